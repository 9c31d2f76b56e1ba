"""How far a price stands from its record, and for how long: level, record line, gap bracket.

For records and droughts. The ground behind the line is tinted for the sessions without a record, the gap is bracketed
at the right edge, and the highest close since the record is ringed where it came within 1% after a setback ("near
miss"). On the day a long wait ends the same picture shows the wait; a record after a short one shows the year's records
as strokes on the floor.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from newsletter.errors import ChartError
from newsletter.facts import FactBook, Story, Unit, Value
from newsletter.instruments import Instrument
from newsletter.look import SEMIBOLD, Theme
from newsletter.market import MarketDay
from newsletter.numerals import ap_date, number, ordinal, percent

from . import callouts, style
from .closes import calendar_marks, closes, days, numbers, series_of, stamp, unbroken
from .place import Box, span
from .words import Citations, Plan, alt, level, measure, opening, source_line

LONG_WAIT = 63
"""Sessions without a record from which the wait is the subject, a quarter of a year."""

NEAR, SETBACK = 0.99, 0.95
"""A near miss reaches the first share of the record after a fall to the second; before, it has just left the top."""

YEAR, RECENT = 252, 22


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """A close that is ringed and named."""

    day: date
    value: float
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Marks:
    """What is annotated. ``gap`` stands at the bracket, ``wait`` in the tinted ground or over the strokes of the year's records, ``dots``."""

    record: Moment | None = None
    miss: Moment | None = None
    wait: str = ""
    gap: str = ""
    dots: tuple[date, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class DistancePlan(Plan):
    """One line and its marks."""

    name: str
    last: str
    days: tuple[date, ...]
    values: tuple[float, ...]
    marks: Marks


class _Told(NamedTuple):
    shown: pd.Series[float]
    titles: tuple[str, ...]
    alt: str
    marks: Marks


@dataclass(frozen=True, kw_only=True, slots=True)
class _Records:
    """Where the records of a file of closes stand; ``previous`` is the one before today's, or the record itself."""

    closes: pd.Series[float]
    at: np.ndarray[tuple[int], np.dtype[np.int64]]
    previous: int
    drought: int
    today: bool

    @property
    def level(self) -> float:
        return float(self.closes.iloc[self.at[-1]])

    @property
    def last(self) -> float:
        return float(self.closes.iloc[-1])


def _records(found: pd.Series[float]) -> _Records:
    values = found.to_numpy()
    before = np.maximum.accumulate(values)[:-1]
    at = np.concatenate([[0], np.flatnonzero(values[1:] > before) + 1])
    today = bool(at[-1] == len(values) - 1)
    previous = int(at[-2] if today and len(at) > 1 else at[-1])
    drought = len(values) - 1 - previous - (1 if today else 0)
    return _Records(closes=found, at=at, previous=previous, drought=drought, today=today)


def plan(story: Story, book: FactBook, day: MarketDay) -> DistancePlan:
    """The chart for a story on one price; ChartError where the file is too short to speak of a record."""
    series = series_of(day, story.entity)
    if series.symbol.endswith("=F"):
        raise ChartError(f"{series.symbol} is a continuous future: its old levels are not records")
    found = _records(closes(day, series.symbol, at_least=LONG_WAIT))
    cited = Citations(book=book)
    file = f"file@{found.closes.index[0].date()}"

    def cite(metric: str, value: Value, unit: Unit, window: str = file) -> None:
        cited.cite(series.symbol, metric, window, value, unit, day.session, series.source)

    cite("close", found.last, Unit.LEVEL, "1s")
    build = _year if found.today and found.drought < LONG_WAIT else _wait
    told = build(found, series.instrument, cite)
    part = unbroken(day, series.symbol, told.shown)
    return DistancePlan(
        titles=told.titles,
        subtitle=f"{series.instrument.name}, daily close in {measure(series.instrument)}",
        alt=told.alt,
        source=source_line(day, series),
        facts=cited.all,
        columns=("date", series.instrument.name),
        rows=tuple((str(when), float(value)) for when, value in zip(days(part), part, strict=True)),
        name=series.instrument.name,
        last=level(series.instrument, found.last),
        days=days(part),
        values=tuple(map(float, part)),
        marks=told.marks,
    )


_Cite = Callable[..., None]


def _wait(found: _Records, instrument: Instrument, cite: _Cite) -> _Told:
    """The wait since the record, ended today or not."""
    top, when = float(found.closes.iloc[found.previous]), found.closes.index[found.previous].date()
    lead = max(LONG_WAIT, int(found.drought * 0.12))
    shown = found.closes.iloc[max(0, found.previous - lead) :]
    cite("drought", found.drought, Unit.COUNT)
    if found.today:
        cite("previous_record_close", top, Unit.LEVEL)
        cite("previous_record", when, Unit.DATE)
    else:
        cite("record_close", top, Unit.LEVEL)
        cite("record_date", when, Unit.DATE)
    short = (found.last / top - 1) * 100
    if not found.today:
        cite("dist_record", short, Unit.PCT)
    miss = _near_miss(found, instrument, cite)
    count = f"{found.drought:,} session{'' if found.drought == 1 else 's'}"
    name, gap = instrument.name, percent(abs(short))
    if found.today:
        titles = (
            f"{opening(instrument)} ends {count} without a record",
            f"{count} without a record are over",
        )
        finding = f"A record {level(instrument, found.last)} ended {count} without one"
    else:
        titles = (f"No {name} record in {count}", f"{count} without a record")
        finding = f"At {level(instrument, found.last)} it is {gap} below the record"
    record = f"record {level(instrument, top)} of {ap_date(when)}"
    clause = f"Closest since: {miss.lines[0]}, {level(instrument, miss.value)}." if miss else ""
    return _Told(
        shown,
        titles,
        alt(
            f"Line chart of {instrument.prose}, daily closes since {shown.index[0].year}.",
            f"{finding}, since the {record}."
            if found.today
            else f"{finding} of {ap_date(when)}, {count} ago.",
            clause,
        ),
        Marks(
            record=Moment(day=when, value=top, lines=(ap_date(when), f"Record {level(instrument, top)}")),
            miss=miss,
            wait=f"{count} without a record",
            gap="" if found.today else f"{gap} below",
        ),
    )


def _near_miss(found: _Records, instrument: Instrument, cite: _Cite) -> Moment | None:
    """The highest close since the record, where it came near after a setback and isn't of the last weeks."""
    values = found.closes.to_numpy()
    top = values[found.previous]
    setback = np.flatnonzero(values[found.previous : -1] <= SETBACK * top)
    if not len(setback):
        return None
    since = found.previous + int(setback[0])
    best = since + int(values[since:-1].argmax())
    if best > len(values) - RECENT or values[best] < NEAR * top:
        return None
    when, value = stamp(found.closes, best).date(), float(values[best])
    if not found.today:
        cite("near_miss_close", value, Unit.LEVEL)
        cite("near_miss_date", when, Unit.DATE)
        cite("near_miss_gap", float(top) - value, Unit.PTS)
    unit = "points" if measure(instrument) == "points" else measure(instrument)
    return Moment(
        day=when, value=value, lines=(ap_date(when), f"{number(float(top) - value, 2)} {unit} short")
    )


def _year(found: _Records, instrument: Instrument, cite: _Cite) -> _Told:
    """A record among others: the past year, this year's records as dots."""
    this_year = found.closes.index[-1].year
    stamps = [stamp(found.closes, int(i)) for i in found.at]
    records = [day for day in stamps if day.year == this_year and day != found.closes.index[0]]
    nth, price = len(records), level(instrument, found.last)
    cite("record_close", found.last, Unit.LEVEL)
    cite("records", nth, Unit.COUNT, "ytd")
    cite("dist_record", 0.0, Unit.PCT)
    words = ordinal(nth, words=nth < 10)
    count = f"{nth} record close{'' if nth == 1 else 's'} in {this_year}"
    return _Told(
        found.closes.iloc[-YEAR:],
        (
            f"{opening(instrument)}’s {words} record close of {this_year}",
            f"{instrument.name}: {words} record of {this_year}",
        ),
        alt(
            f"Line chart of {instrument.prose}, daily closes, records of {this_year} marked.",
            f"It closed at a record {price}, the {words} of {this_year}.",
        ),
        Marks(dots=tuple(day.date() for day in records), wait=count),
    )


def draw(plan: DistancePlan, theme: Theme, *, title: str, name: str) -> Figure:
    """The plan in one theme."""
    page = style.sheet(theme, title=title, subtitle=plan.subtitle, source=plan.source, name=name)
    target, scale = _plot(page, plan)
    target.grid(scale.lines, scale.label)
    xs = numbers(plan.days)
    target.dates(calendar_marks(plan.days))
    if plan.marks.record:
        target.band(numbers([plan.marks.record.day])[0], xs[-1])
        target.level(plan.marks.record.value, start=numbers([plan.marks.record.day])[0], colour=theme.muted)
    target.line(xs, plan.values, main=True)
    target.rug(numbers(plan.marks.dots))
    target.dot(xs[-1], plan.values[-1])
    _labels(target, plan)
    _notes(target, plan)
    return page.figure


def _plot(page: style.Sheet, plan: DistancePlan) -> tuple[style.Plot, style.Scale]:
    record = plan.marks.record
    low, high = span(plan.values, include=(record.value,) if record else ())
    scale = style.scale(low, high, head=64.0 if record else 20.0, foot=36.0)  # notes above, caption below
    widths = [label.width for label in _end_labels(page.theme, plan, 0, 0)]
    right = callouts.label_column(widths) - (9 if plan.marks.gap else 0)
    xs = numbers(plan.days)
    box = Box(left=scale.left, top=style.PLOT_TOP, right=right, bottom=style.PLOT_BOTTOM)
    return style.plot(page, x=(xs[0], xs[-1]), y=(scale.floor, scale.ceiling), box=box), scale


def _end_labels(theme: Theme, plan: DistancePlan, last: float, middle: float) -> list[callouts.End]:
    labels = [callouts.end(theme, plan.name, plan.last, y=last, main=True)]
    if plan.marks.gap:
        run = style.Run(text=plan.marks.gap, size=style.NOTE, weight=SEMIBOLD, colour=theme.ink)
        labels.append(callouts.End(y=middle, runs=(run,)))
    return labels


def _labels(target: style.Plot, plan: DistancePlan) -> None:
    """End label, and the bracket from the last close to the record line with the gap beside it."""
    last = target.px_y(plan.values[-1])
    if not (plan.marks.gap and plan.marks.record):
        callouts.ends(target, _end_labels(target.sheet.theme, plan, last, last))
        return
    top, x = target.px_y(plan.marks.record.value), target.box.right + 11
    if last - top > 8:
        target.sheet.rule(
            [x - 4, x, x, x - 4], [top, top, last, last], colour=target.sheet.theme.ink, width=1.2
        )
    callouts.ends(
        target, _end_labels(target.sheet.theme, plan, last, (top + last) / 2), offset=22, leaders=False
    )


def _notes(target: style.Plot, plan: DistancePlan) -> None:
    theme = target.sheet.theme
    if plan.marks.record is None:
        callouts.note(
            target,
            (style.Run(text=plan.marks.wait, size=style.NOTE, colour=theme.sub),),
            x=target.px_x(numbers(plan.marks.dots)[0]),
            y=target.box.bottom - 13,
            prefer=("above-right", "above-left", "above"),
            reach=4,
        )
        return
    for moment, side in ((plan.marks.record, "above-right"), (plan.marks.miss, "above-left")):
        if moment is None:
            continue
        x = numbers([moment.day])[0]
        target.ring(x, moment.value)
        callouts.note(
            target,
            callouts.dated(theme, *moment.lines),
            x=target.px_x(x),
            y=target.px_y(moment.value),
            prefer=(side, "above"),
            required=moment is plan.marks.record,
        )
    start = target.px_x(numbers([plan.marks.record.day])[0])
    callouts.note(
        target,
        (style.Run(text=plan.marks.wait, size=style.NOTE, colour=theme.sub),),
        x=start + 10,
        y=target.box.bottom,
        prefer=("above-right",),
        required=False,
        bounds=Box(left=start, top=target.box.top, right=target.box.right, bottom=target.box.bottom),
    )
