"""Actual less consensus of a release's last prints, a dot each, today's highlighted.

First prints only: later revisions are not in it. The band is one standard deviation either side of zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from matplotlib.figure import Figure

from newsletter.errors import ChartError
from newsletter.facts import FactBook, Story, Unit
from newsletter.look import SEMIBOLD, Theme, text_width
from newsletter.market import MarketDay, Release
from newsletter.numerals import ap_date, number

from . import callouts, style
from .closes import session_marks
from .place import Box, span
from .words import Citations, Plan, alt

SHOWN, LEAST = 24, 12
UNITS = {"pct": Unit.PCT, "count": Unit.COUNT, "usd": Unit.USD, "level": Unit.LEVEL}


@dataclass(frozen=True, kw_only=True, slots=True)
class SurprisePlan(Plan):
    """``values`` of each print on its day; ``deviation`` is the half height of the band."""

    days: tuple[date, ...]
    values: tuple[float, ...]
    deviation: float
    deviation_text: str
    last: str


def plan(story: Story, book: FactBook, day: MarketDay) -> SurprisePlan:
    """The last 24 prints up to the session that had a consensus; ChartError where there are fewer than twelve."""
    event = story.entity.removeprefix("event:")
    prints = _prints(event, day)[-SHOWN:]
    if len(prints) < LEAST:
        raise ChartError(f"{event} has {len(prints)} prints with a consensus; the chart needs {LEAST}")
    values = [value for _, value in prints]
    last, now = prints[-1][0], values[-1]
    deviation, n = float(np.std(values, ddof=1)), len(prints)
    if last.actual is None or last.consensus is None:
        raise ChartError(f"{event} has no print")
    unit = last.actual.unit
    cited = Citations(book=book)
    out = f"out@{last.day}"
    fact_unit = UNITS.get(unit, Unit.LEVEL)
    cited.cite(story.entity, "surprise", out, round(now, 9), fact_unit, day.session, last.source)
    cited.cite(story.entity, "actual", out, last.actual.value, fact_unit, day.session, last.source)
    cited.cite(story.entity, "consensus", out, last.consensus.value, fact_unit, day.session, last.source)
    cited.cite(story.entity, "surprise_deviation", f"{n}r", deviation, fact_unit, day.session, last.source)
    cited.cite(story.entity, "surprise_count", f"{n}r", n, Unit.COUNT, day.session, last.source)
    size = _size(abs(now), unit)
    side = "above" if now > 0 else "below" if now < 0 else "on"
    finding = f"{size} {side} the consensus" if now else "as the consensus had it"
    return SurprisePlan(
        titles=(f"{event}: {size} {side} consensus", f"{size} {side} consensus")
        if now
        else (f"{event}: on consensus", "On consensus"),
        subtitle=_subtitle(event, n),
        alt=alt(
            f"Dot chart of {event}, actual less consensus, {n} first prints.",
            f"The print of {ap_date(last.day)}, {last.actual.text}, was {finding} of {last.consensus.text}."
            if now
            else f"The print of {ap_date(last.day)}, {last.actual.text}, was {finding}.",
            f"One standard deviation is {_size(deviation, unit)}.",
        ),
        source=f"Source: {last.source}. First prints to {ap_date(last.day)}",
        facts=cited.all,
        columns=("date", "surprise"),
        rows=tuple((str(item.day), value) for item, value in prints),
        days=tuple(item.day for item, _ in prints),
        values=tuple(values),
        deviation=deviation,
        last=_size(now, unit, signed=True),
        deviation_text=_size(deviation, unit),
    )


def _subtitle(event: str, n: int) -> str:
    """What is drawn, as long as the release's name leaves room for it."""
    long, short = f"{event}, actual less consensus, {n} first prints", f"{event}, {n} first prints"
    return long if text_width(long, style.SUBTITLE) <= style.TITLE_WIDTH else short


def _deviation(theme: Theme, plan: SurprisePlan, y: float) -> callouts.End:
    words = ("One deviation", plan.deviation_text.replace(" points", ""))
    return callouts.End(
        y=y,
        runs=tuple(
            style.Run(text=text, size=style.FOOT, weight=SEMIBOLD, colour=theme.muted) for text in words
        ),
    )


def _prints(event: str, day: MarketDay) -> list[tuple[Release, float]]:
    found = {
        item.day: (item, item.actual.value - item.consensus.value)
        for item in day.releases
        if item.event == event
        and item.day <= day.session
        and item.actual is not None
        and item.consensus is not None
    }
    return [found[when] for when in sorted(found)]


def _size(value: float, unit: str, *, signed: bool = False) -> str:
    """A difference: of percents in points, of counts whole, of anything else with a decimal."""
    if unit == "pct":
        return f"{number(value, 2 if abs(value) < 0.095 else 1, signed=signed)} points"
    if unit == "count":
        return number(value, 0, signed=signed)
    return number(value, 1, signed=signed)


def draw(plan: SurprisePlan, theme: Theme, *, title: str, name: str) -> Figure:
    """The plan in one theme."""
    page = style.sheet(theme, title=title, subtitle=plan.subtitle, source=plan.source, name=name)
    low, high = span((*plan.values, plan.deviation, -plan.deviation), include=(0.0,))
    scale = style.scale(low, high, head=20.0, foot=20.0, zero=True)
    text = plan.last.replace(" points", "")
    deviation = _deviation(theme, plan, 0)
    label = callouts.end(theme, f"{plan.days[-1]:%b} {plan.days[-1].day}", text, y=0, main=True)
    box = Box(
        left=scale.left,
        top=style.PLOT_TOP,
        right=callouts.label_column([label.width, deviation.width]),
        bottom=style.PLOT_BOTTOM,
    )
    target = style.plot(page, x=(-0.7, len(plan.values) - 0.5), y=(scale.floor, scale.ceiling), box=box)
    page.block(
        Box(
            left=box.left,
            top=target.px_y(plan.deviation),
            right=box.right,
            bottom=target.px_y(-plan.deviation),
        ),
        theme.accent,
        alpha=theme.band,
    )
    target.grid(scale.lines, scale.label, base=0.0)
    target.dates(session_marks(plan.days))
    for x, value in enumerate(plan.values):
        main = x == len(plan.values) - 1
        at, zero, top = target.px_x(x), target.px_y(0.0), target.px_y(value)
        page.rule([at, at], [zero, top], colour=theme.accent if main else theme.quiet, width=1.6)
        target.dot(x, value, main=main, size=9.0 if main else 7.5)
    callouts.ends(
        target,
        [
            _deviation(theme, plan, target.px_y(-plan.deviation if plan.values[-1] > 0 else plan.deviation)),
            callouts.end(
                theme,
                f"{plan.days[-1]:%b} {plan.days[-1].day}",
                text,
                y=target.px_y(plan.values[-1]),
                main=True,
            ),
        ],
    )
    return page.figure
