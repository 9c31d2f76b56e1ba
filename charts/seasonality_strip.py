"""One calendar month over the years: a dot a year, the median as a line, this year highlighted.

Printed are the hit rate with its n (at least twenty years) and the 95% interval of that rate, after Wilson.
"""

from __future__ import annotations

import calendar
import math
from dataclasses import dataclass

import pandas as pd
from matplotlib.figure import Figure

from newsletter.errors import ChartError
from newsletter.facts import FactBook, Story, Unit
from newsletter.look import SEMIBOLD, Theme
from newsletter.market import MarketDay
from newsletter.numerals import ap_date, percent

from . import callouts, style
from .closes import closes, series_of
from .place import Box, span, ticks
from .words import Citations, Plan, alt, source_line

LEAST = 20
Z = 1.959964  # 97.5th percentile of the normal distribution


@dataclass(frozen=True, kw_only=True, slots=True)
class SeasonPlan(Plan):
    """``changes`` of the month in each of ``years``; the last is this year's, so far."""

    years: tuple[int, ...]
    changes: tuple[float, ...]
    median: float
    median_text: str
    last: str


def plan(story: Story, book: FactBook, day: MarketDay) -> SeasonPlan:
    """The session's month in every year of the file; ChartError for fewer than twenty earlier years."""
    series = series_of(day, story.entity)
    found = closes(day, story.entity, at_least=LEAST)
    if (found <= 0).any():
        raise ChartError(f"{story.entity} has a close that isn't positive")
    ends = found[~pd.DatetimeIndex(found.index).to_period("M").duplicated(keep="last")]
    moves = (ends.pct_change() * 100).dropna()
    month = day.session.month
    chosen = moves[pd.DatetimeIndex(moves.index).month == month]
    past = chosen[pd.DatetimeIndex(chosen.index).year < day.session.year]
    if len(past) < LEAST or len(past) == len(chosen):
        raise ChartError(
            f"{story.entity} has {len(past)} such months before this one; the chart needs {LEAST}"
        )
    hits, n, median = int((past > 0).sum()), len(past), float(past.median())
    low, high = wilson(hits, n)
    cited = Citations(book=book)
    window = f"month{month}@{pd.Timestamp(past.index[0]).year}"
    for metric, value, unit in (
        ("season_up", hits, Unit.COUNT),
        ("season_count", n, Unit.COUNT),
        ("season_median", median, Unit.PCT),
        ("season_low", low, Unit.PCT),
        ("season_high", high, Unit.PCT),
        ("season_now", float(chosen.iloc[-1]), Unit.PCT),
    ):
        cited.cite(story.entity, metric, window, value, unit, day.session, series.source)
    name, now = calendar.month_name[month], percent(float(chosen.iloc[-1]), 1, signed=True)
    interval = f"{percent(low, 0)} to {percent(high, 0)}"
    return SeasonPlan(
        titles=(f"{name} has been up in {hits} of {n} years", f"{name}: up in {hits} of {n} years"),
        subtitle=f"{series.instrument.name} in {name}. 95% interval of that rate: {interval}",
        alt=alt(
            f"Dot chart of {series.instrument.prose}, change in {name} of each year, in percent.",
            f"It rose in {hits} of {n} years before this one (95% interval {interval}); the median is "
            f"{percent(median, 1, signed=True)}.",
            f"This year to {ap_date(day.session)}: {now}.",
        ),
        source=source_line(day, series),
        facts=cited.all,
        columns=("year", "change"),
        rows=tuple(
            (float(stamp.year), float(value))
            for stamp, value in zip(pd.DatetimeIndex(chosen.index), chosen, strict=True)
        ),
        years=tuple(int(year) for year in pd.DatetimeIndex(chosen.index).year),
        changes=tuple(map(float, chosen)),
        median=median,
        median_text=percent(median, 1, signed=True),
        last=now,
    )


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The 95% interval of a rate, in percent (Wilson 1927)."""
    rate, z2 = hits / n, Z * Z
    middle = (rate + z2 / (2 * n)) / (1 + z2 / n)
    half = Z * math.sqrt(rate * (1 - rate) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return 100 * (middle - half), 100 * (middle + half)


def draw(plan: SeasonPlan, theme: Theme, *, title: str, name: str) -> Figure:
    """The plan in one theme."""
    page = style.sheet(theme, title=title, subtitle=plan.subtitle, source=plan.source, name=name)
    low, high = span(plan.changes, include=(0.0,))
    scale = style.scale(low, high, head=18.0, foot=18.0, zero=True)
    labels = [callouts.end(theme, str(plan.years[-1]), plan.last, y=0, main=True), _median(theme, plan, 0)]
    box = Box(
        left=scale.left,
        top=style.PLOT_TOP,
        right=callouts.label_column([label.width for label in labels]),
        bottom=style.PLOT_BOTTOM,
    )
    first, last = plan.years[0], plan.years[-1]
    target = style.plot(page, x=(first - 0.7, last + 0.3), y=(scale.floor, scale.ceiling), box=box)
    target.grid(scale.lines, scale.label, base=0.0)
    target.dates([(year, f"{year:.0f}") for year in ticks(first, last)])
    target.level(plan.median, colour=theme.muted)
    for year, change in zip(plan.years, plan.changes, strict=True):
        main = year == last
        at = target.px_x(year)
        page.rule(
            [at, at],
            [target.px_y(0.0), target.px_y(change)],
            colour=theme.accent if main else theme.rule_strong,
            width=1.2,
            zorder=0.6,
        )
        target.dot(year, change, main=main, size=8.0 if main else 6.5)
    callouts.ends(
        target,
        [
            callouts.end(theme, str(last), plan.last, y=target.px_y(plan.changes[-1]), main=True),
            _median(theme, plan, target.px_y(plan.median)),
        ],
    )
    return page.figure


def _median(theme: Theme, plan: SeasonPlan, y: float) -> callouts.End:
    words = ("Median", plan.median_text)
    return callouts.End(
        y=y,
        runs=tuple(
            style.Run(text=text, size=style.NOTE, weight=SEMIBOLD, colour=theme.muted) for text in words
        ),
    )
