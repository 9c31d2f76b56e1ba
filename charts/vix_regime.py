"""The VIX over two years in its zones: calm under 15, then to 20, to 30, and above."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from newsletter.facts import FactBook, Story, Unit
from newsletter.look import Theme
from newsletter.market import MarketDay
from newsletter.numerals import ap_date, number

from . import callouts, style
from .closes import calendar_marks, closes, days, numbers, series_of, stamp, unbroken
from .place import Box, span
from .words import Citations, Plan, alt, source_line

VIX = "^VIX"
EDGES = (15.0, 20.0, 30.0)
ZONES = ("below 15", "between 15 and 20", "between 20 and 30", "above 30")
SHOWN, LEAST = 504, 126


@dataclass(frozen=True, kw_only=True, slots=True)
class RegimePlan(Plan):
    """The line, the day its zone was entered, and its peak."""

    days: tuple[date, ...]
    values: tuple[float, ...]
    entered: date
    peak: date
    peak_note: tuple[str, ...]
    last: str


def plan(story: Story, book: FactBook, day: MarketDay) -> RegimePlan:  # noqa: ARG001  # the regime is the market's
    """The VIX, whatever the story's entity; ChartError for less than half a year."""
    series = series_of(day, VIX)
    found = closes(day, VIX, at_least=LEAST)
    part = unbroken(day, VIX, found.iloc[-SHOWN:])
    zones = np.array([bisect_right(EDGES, value) for value in found])
    other = np.flatnonzero(zones != zones[-1])
    since = int(other[-1]) + 1 if len(other) else 0
    spell, entered = len(found) - since, stamp(found, since).date()
    now, zone = float(found.iloc[-1]), ZONES[zones[-1]]
    top = int(part.to_numpy().argmax())
    peak, height = stamp(part, top).date(), float(part.iloc[top])
    cited = Citations(book=book)
    for metric, window, value, unit in (
        ("close", "1s", now, Unit.LEVEL),
        ("zone_sessions", "1s", spell, Unit.COUNT),
        ("zone_since", "1s", entered, Unit.DATE),
        ("peak", f"{len(part)}s", height, Unit.LEVEL),
        ("peak_date", f"{len(part)}s", peak, Unit.DATE),
    ):
        cited.cite(VIX, metric, window, value, unit, day.session, series.source)
    text, sessions = number(now, 2), f"{spell:,} session{'' if spell == 1 else 's'}"
    return RegimePlan(
        titles=(f"VIX: {sessions} {zone}", f"VIX is {zone}")
        if spell > 1
        else (f"VIX is back {zone}", f"VIX {zone}"),
        subtitle=f"VIX, daily close; {zone} since {ap_date(entered)}",
        alt=alt(
            "Line chart of the VIX, daily closes with zones at 15, 20 and 30.",
            f"On {ap_date(day.session)} it closed at {text}, {zone} since {ap_date(entered)}.",
            f"The highest close shown was {number(height, 2)} on {ap_date(peak)}.",
        ),
        source=source_line(day, series),
        facts=cited.all,
        columns=("date", "VIX"),
        rows=tuple((str(when), float(value)) for when, value in zip(days(part), part, strict=True)),
        days=days(part),
        values=tuple(map(float, part)),
        entered=max(entered, pd.Timestamp(part.index[0]).date()),
        peak=peak,
        peak_note=(ap_date(peak), number(height, 2)) if peak != day.session else (),
        last=text,
    )


def _clear(target: style.Plot, edge: float, above: float) -> bool:
    """Whether the numbers of two lines don't touch."""
    return target.px_y(edge) - target.px_y(above) > style.AXIS + 4


def draw(plan: RegimePlan, theme: Theme, *, title: str, name: str) -> Figure:
    """The plan in one theme."""
    page = style.sheet(theme, title=title, subtitle=plan.subtitle, source=plan.source, name=name)
    low, high = span(plan.values, include=EDGES[:2])
    scale = style.scale(low, high, head=66.0)
    label = callouts.end(theme, "VIX", plan.last, y=0, main=True)
    edges = [edge for edge in EDGES if scale.floor <= edge <= scale.ceiling]
    left = style.gutter([number(edge) for edge in edges])
    box = Box(
        left=left, top=style.PLOT_TOP, right=callouts.label_column([label.width]), bottom=style.PLOT_BOTTOM
    )
    xs = numbers(plan.days)
    target = style.plot(page, x=(xs[0], xs[-1]), y=(scale.floor, scale.ceiling), box=box)
    target.band(numbers([plan.entered])[0], xs[-1])
    far = [line for line in scale.lines if line > EDGES[-1] and line % 10 == 0]
    close = [*edges, *far]
    apart = [
        edge
        for edge, above in zip(close, [*close[1:], None], strict=True)
        if above is None or _clear(target, edge, above)
    ]
    target.grid(apart, number)
    for edge in edges:
        target.level(edge, colour=theme.base)
    target.dates(calendar_marks(plan.days))
    target.line(xs, plan.values, main=True)
    target.dot(xs[-1], plan.values[-1])
    callouts.ends(target, [callouts.end(theme, "VIX", plan.last, y=target.px_y(plan.values[-1]), main=True)])
    if plan.peak_note:
        x, value = numbers([plan.peak])[0], plan.values[plan.days.index(plan.peak)]
        target.ring(x, value)
        callouts.note(target, callouts.dated(theme, *plan.peak_note), x=target.px_x(x), y=target.px_y(value))
    return page.figure
