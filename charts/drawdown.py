"""How far below its record a price has been since: the area under zero.

For falls of 5, 10 and 20 percent and for the way back. Named are the record, the lowest close since, and today's
distance; lines at −10% and −20% are drawn only where they were crossed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from matplotlib.figure import Figure

from newsletter.errors import ChartError
from newsletter.facts import FactBook, Story, Unit
from newsletter.look import Theme
from newsletter.market import MarketDay
from newsletter.numerals import ap_date, number, percent

from . import callouts, style
from .closes import calendar_marks, closes, days, numbers, series_of, stamp, unbroken
from .place import Box
from .words import Citations, Plan, alt, level, opening, source_line

LEAST, LEAD = 63, 21
MARKS = (-10.0, -20.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class DrawdownPlan(Plan):
    """``values`` are percent below the record so far; ``trough`` is the day of the lowest, ``record`` of the highest."""

    days: tuple[date, ...]
    values: tuple[float, ...]
    record: date
    record_note: tuple[str, ...]
    trough: date
    trough_note: tuple[str, ...]
    name: str
    last: str


def plan(story: Story, book: FactBook, day: MarketDay) -> DrawdownPlan:
    """The fall since the last record, or since the one before where today is one; ChartError for a future."""
    series = series_of(day, story.entity)
    if series.symbol.endswith("=F"):
        raise ChartError(f"{series.symbol} is a continuous future: its old levels are not records")
    found = closes(day, series.symbol, at_least=LEAST)
    if (found <= 0).any():
        raise ChartError(f"{series.symbol} has a close that isn't positive")
    values = found.to_numpy()
    before = values[:-1] if values[-1] >= values[:-1].max() else values
    top = int(before.argmax())
    below = (values / np.maximum.accumulate(values) - 1) * 100
    if len(values) - 1 - top < 2:
        raise ChartError(f"{series.symbol} has only just left its record")
    lowest = top + int(values[top:].argmin())
    part = unbroken(day, series.symbol, found.iloc[max(0, top - max(LEAD, (len(values) - top) // 8)) :])
    instrument, record, trough = series.instrument, stamp(found, top).date(), stamp(found, lowest).date()
    recovered = bool(values[-1] >= values[top])
    cited = Citations(book=book)
    file, leg = f"file@{found.index[0].date()}", f"leg@{record}"

    def cite(metric: str, window: str, value: float | date, unit: Unit) -> None:
        cited.cite(series.symbol, metric, window, value, unit, day.session, series.source)

    price = float(values[top])
    cite("close", "1s", float(values[-1]), Unit.LEVEL)
    if recovered:
        cite("previous_record_close", file, price, Unit.LEVEL)
        cite("previous_record", file, record, Unit.DATE)
    else:
        cite("record_close", file, price, Unit.LEVEL)
        cite("record_date", file, record, Unit.DATE)
        cite("dist_record", file, float(below[-1]), Unit.PCT)
    cite("fall", leg, float(below[lowest]), Unit.PCT)
    cite("fall_date", leg, trough, Unit.DATE)
    gain = float(values[-1] / values[lowest] - 1) * 100
    if lowest < len(values) - 1:
        cite("gain_since_low", leg, gain, Unit.PCT)
    now, deepest = percent(float(below[-1]), 1), percent(float(below[lowest]), 1)
    tail = below[len(values) - len(part) :]
    return DrawdownPlan(
        titles=_titles(
            story, opening(instrument), instrument.name, float(below[-1]), gain, trough, recovered
        ),
        subtitle=f"{instrument.name}, percent below its record close so far",
        alt=alt(
            f"Area chart of how far {instrument.prose} has been below its record of {ap_date(record)}.",
            f"On {ap_date(day.session)} it was " + ("back at a record." if recovered else f"{now} from it."),
            f"The lowest close, {deepest}, came on {ap_date(trough)}.",
        ),
        source=source_line(day, series),
        facts=cited.all,
        columns=("date", "below record"),
        rows=tuple((str(when), float(value)) for when, value in zip(days(part), tail, strict=True)),
        days=days(part),
        values=tuple(map(float, tail)),
        record=record,
        record_note=(ap_date(record), f"Record {level(instrument, price)}"),
        trough=trough,
        trough_note=(ap_date(trough), deepest) if lowest < len(values) - 1 else (),
        name=instrument.name,
        last=now,
    )


def _titles(
    story: Story, subject: str, name: str, now: float, gain: float, trough: date, recovered: bool
) -> tuple[str, ...]:
    distance, up = percent(abs(now), 1), percent(gain, 1)
    if recovered:
        return (f"{subject} has made up its whole fall", f"{name}: the fall is made up")
    if story.detector == "recovery_half":
        return (f"{name} has won back half of its fall", "Half of the fall is won back")
    if story.direction > 0 and gain > 0:
        return (f"Up {up} from the low of {ap_date(trough)}", f"{name}: up {up} from its low")
    return (
        f"{subject} is {distance} below its record",
        f"{name}: {distance} below record",
        f"{distance} below record",
    )


def draw(plan: DrawdownPlan, theme: Theme, *, title: str, name: str) -> Figure:
    """The plan in one theme."""
    page = style.sheet(theme, title=title, subtitle=plan.subtitle, source=plan.source, name=name)
    low = min(plan.values)
    scale = style.scale(low, 0.0, head=54.0, foot=52.0, zero=True)
    label = callouts.end(theme, plan.name, plan.last, y=0, main=True)
    box = Box(
        left=scale.left,
        top=style.PLOT_TOP,
        right=callouts.label_column([label.width]),
        bottom=style.PLOT_BOTTOM,
    )
    xs = numbers(plan.days)
    target = style.plot(page, x=(xs[0], xs[-1]), y=(scale.floor, scale.ceiling), box=box)
    target.grid(
        [line for line in scale.lines if line <= 0], lambda value: number(value, scale.decimals), base=0.0
    )
    target.dates(calendar_marks(plan.days))
    target.axes.fill_between(
        xs, plan.values, 0.0, color=theme.accent, alpha=2 * theme.band, linewidth=0, zorder=1
    )
    for mark in MARKS:
        if low <= mark:
            target.level(mark, colour=theme.base)
    target.line(xs, plan.values, main=True)
    target.dot(xs[-1], plan.values[-1])
    callouts.ends(
        target, [callouts.end(theme, plan.name, plan.last, y=target.px_y(plan.values[-1]), main=True)]
    )
    for when, lines, side in (
        (plan.record, plan.record_note, "above-right"),
        (plan.trough, plan.trough_note, "below-left"),
    ):
        if not lines:
            continue
        x, value = numbers([when])[0], plan.values[plan.days.index(when)]
        target.ring(x, value)
        callouts.note(
            target,
            callouts.dated(theme, *lines),
            x=target.px_x(x),
            y=target.px_y(value),
            prefer=(side, "above", "below"),
            required=when == plan.record,
        )
    return page.figure
