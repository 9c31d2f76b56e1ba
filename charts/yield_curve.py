"""The Treasury yield curve now and then, with the change of the two-year and the ten-year yield.

Maturities stand where they belong on the time axis. "Then" is a year ago; for a curve that changed its sign it is the
day of that year on which the other sign went furthest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from newsletter.errors import ChartError
from newsletter.facts import FactBook, Story, Unit
from newsletter.look import SEMIBOLD, Theme
from newsletter.market import MarketDay
from newsletter.numerals import ap_date, basis_points, percent

from . import callouts, style
from .closes import closes, series_of
from .place import Box, span
from .words import Citations, Plan, alt, source_line

MATURITIES = {"DGS3MO": 0.25, "DGS2": 2.0, "DGS5": 5.0, "DGS10": 10.0, "DGS30": 30.0}
"""Years to maturity by series; those without data are left out, but the two and ten years are needed."""

SHORT, LONG = "DGS2", "DGS10"
YEAR = 252


@dataclass(frozen=True, kw_only=True, slots=True)
class CurvePlan(Plan):
    """Yields by maturity in years, now and then, and the notes at two and ten years."""

    years: tuple[float, ...]
    now: tuple[float, ...]
    then: tuple[float, ...]
    now_label: str
    then_label: str
    notes: tuple[tuple[float, str, str], ...]


def plan(story: Story, book: FactBook, day: MarketDay) -> CurvePlan:
    """The curve on the session and on the day it is compared with; ChartError without two and ten years."""
    known = {symbol: closes(day, symbol) for symbol in MATURITIES if symbol in day.series}
    if SHORT not in known or LONG not in known:
        raise ChartError("the curve needs the two-year and the ten-year yield")
    table = pd.DataFrame(known).dropna()
    if len(table) <= YEAR:
        raise ChartError(f"yields share {len(table)} days; a year ago isn't among them")
    spread = ((table[LONG] - table[SHORT]) * 100).round()
    at = _then(story, table, spread)
    now, then = table.iloc[-1], table.iloc[at]
    last, before = pd.Timestamp(table.index[-1]).date(), pd.Timestamp(table.index[at]).date()
    cited = Citations(book=book)
    for symbol in table.columns:
        source = series_of(day, symbol).source
        cited.cite(symbol, "close", "1s", float(now[symbol]), Unit.PCT, last, source)
    notes = []
    changes = {}
    for symbol, name in ((SHORT, "2-year"), (LONG, "10-year")):
        change = round((float(now[symbol]) - float(then[symbol])) * 100)
        source = series_of(day, symbol).source
        cited.cite(symbol, "change", f"since@{before}", change, Unit.BP, last, source)
        changes[symbol] = change
        notes.append(
            (
                MATURITIES[symbol],
                f"{name} {percent(float(now[symbol]), 2)}",
                basis_points(change, signed=True),
            )
        )
    gap = int(spread.iloc[-1])
    entity = f"spread:{LONG}-{SHORT}"
    cited.cite(
        entity,
        "close",
        "1s",
        gap,
        Unit.BP,
        last,
        f"{series_of(day, LONG).source}, {series_of(day, SHORT).source}",
    )
    word = "above" if gap > 0 else "below"
    size = basis_points(abs(gap))
    years = tuple(MATURITIES[symbol] for symbol in table.columns)
    return CurvePlan(
        titles=(f"10-year yield {size} {word} the 2-year", f"10-year {size} {word} 2-year")
        if gap
        else ("2-year and 10-year yields are level",),
        subtitle=f"Treasury yields by maturity, {ap_date(last)} and {ap_date(before)}",
        alt=alt(
            f"Line chart of Treasury yields by maturity on {ap_date(last)} and {ap_date(before)}.",
            f"The 10-year yield is {size} {word} the 2-year."
            if gap
            else "The 2-year and 10-year yields are level.",
            f"The 2-year changed by {basis_points(changes[SHORT], signed=True)}, "
            f"the 10-year by {basis_points(changes[LONG], signed=True)}.",
        ),
        source=source_line(day, series_of(day, LONG)),
        facts=cited.all,
        columns=("years", "now", "then"),
        rows=tuple((year, float(a), float(b)) for year, a, b in zip(years, now, then, strict=True)),
        years=years,
        now=tuple(map(float, now)),
        then=tuple(map(float, then)),
        now_label=ap_date(last),
        then_label=ap_date(before),
        notes=tuple(notes),
    )


def _then(story: Story, table: pd.DataFrame, spread: pd.Series[float]) -> int:
    """The row that is compared with: a year ago; for a flip the day of the widest spread of the other sign since."""
    year_ago = len(table) - 1 - YEAR
    if story.detector != "curve_flip":
        return year_ago
    other = spread.iloc[year_ago:-1] * -np.sign(spread.iloc[-1])
    return year_ago + int(other.to_numpy().argmax()) if float(other.max()) > 0 else year_ago


def draw(plan: CurvePlan, theme: Theme, *, title: str, name: str) -> Figure:
    """The plan in one theme."""
    page = style.sheet(theme, title=title, subtitle=plan.subtitle, source=plan.source, name=name)
    low, high = span((*plan.now, *plan.then))
    scale = style.scale(low, high, head=54.0, foot=40.0)
    now, then = plan.now_label.split(", "), plan.then_label.split(", ")
    labels = [callouts.end(theme, *now, y=0, main=True), callouts.end(theme, *then, y=0, main=False)]
    box = Box(
        left=scale.left,
        top=style.PLOT_TOP,
        right=callouts.label_column([label.width for label in labels]),
        bottom=style.PLOT_BOTTOM,
    )
    target = style.plot(page, x=(-0.6, max(plan.years)), y=(scale.floor, scale.ceiling), box=box)
    target.grid(scale.lines, scale.label)
    target.dates([(year, _years(year)) for year in plan.years])
    target.line(plan.years, plan.then, main=False)
    target.line(plan.years, plan.now, main=True)
    for year, a, b in zip(plan.years, plan.now, plan.then, strict=True):
        target.dot(year, b, main=False)
        target.dot(year, a, main=True)
    callouts.ends(
        target,
        [
            callouts.end(theme, *now, y=target.px_y(plan.now[-1]), main=True),
            callouts.end(theme, *then, y=target.px_y(plan.then[-1]), main=False),
        ],
    )
    for year, level, change in plan.notes:
        runs = (
            style.Run(text=level, size=style.NOTE, weight=SEMIBOLD, colour=theme.ink),
            style.Run(text=change, size=style.NOTE, colour=theme.sub),
        )
        at = plan.years.index(year)
        callouts.note(
            target,
            runs,
            x=target.px_x(year),
            y=target.px_y(plan.now[at]),
            prefer=("below-right", "above-right"),
        )
    return page.figure


def _years(year: float) -> str:
    return "" if year < 1 else f"{year:.0f} yr"
