"""A price and one level: a round number, an average, or today's close against the last one that high or low.

The level is a line across the plot. Ringed is the last close on that side before today: when it was last above 6,500, or
last as low as 0.52%.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from newsletter.errors import ChartError
from newsletter.facts import FactBook, Story, Unit
from newsletter.instruments import Instrument, Kind
from newsletter.look import SEMIBOLD, Theme
from newsletter.market import MarketDay, Series
from newsletter.numerals import ap_date, number

from . import callouts, style
from .closes import calendar_marks, closes, days, numbers, position, series_of, unbroken
from .place import Box, span
from .words import Citations, Plan, alt, in_bp, level, measure, move, opening, source_line

SHORTEST, MONTH, QUARTER, YEAR = 126, 21, 63, 252
AVERAGE = 200
VIX_LEVELS = (15.0, 20.0, 30.0, 40.0)
RECENT = 6
"""Closes in which a crossing is looked for: a story waits up to five for a side to hold."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LevelPlan(Plan):
    """``level`` is a value or, for an average, one for each day; ``then`` the last close on today's side."""

    name: str
    last: str
    days: tuple[date, ...]
    values: tuple[float, ...]
    level: tuple[float, ...]
    level_text: str
    then: tuple[date, float] | None
    note: tuple[str, ...]


class _Crossing(NamedTuple):
    level: float
    above: bool


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Telling:
    """One way to tell it: words, the level as a value or as a series, and what is cited beside the close."""

    titles: tuple[str, ...]
    tail: str
    mark: float
    line: pd.Series[float] | None = None
    text: str = ""
    then: pd.Timestamp | None = None
    note: str = ""
    cites: tuple[tuple[str, str, float | int | date, Unit], ...] = ()
    sessions: int = 5 * YEAR  # shown where no day is ringed


def plan(story: Story, book: FactBook, day: MarketDay) -> LevelPlan:
    """The level that the story is about; without one, today's close as a level."""
    series = series_of(day, story.entity)
    found = closes(day, series.symbol, at_least=SHORTEST)
    crossing = _crossing(story, book, found)
    if story.detector == "ma_cross":
        telling = _average(found, series.instrument)
    elif crossing is not None:
        telling = _round(found, crossing, series.instrument, story.detector)
    else:
        telling = _since(found, series.instrument)
    return _built(found, telling, book, day, series)


def _crossing(story: Story, book: FactBook, found: pd.Series[float]) -> _Crossing | None:
    """The round number that the newest closes crossed, if the story is of one."""
    known = next(
        (
            book[name]
            for name in story.facts
            if name in book and book[name].metric in ("milestone", "crossed")
        ),
        None,
    )
    if known is not None:
        return _Crossing(known.number, bool(found.iloc[-1] > known.number))
    if story.detector not in ("round_number", "round_level", "vix_cross"):
        return None
    recent = np.array(found.iloc[-RECENT:], dtype=np.float64)
    now = recent[-1]
    candidates = VIX_LEVELS if story.detector == "vix_cross" else _grid(float(now), recent)
    for before in recent[-2::-1]:
        crossed = [mark for mark in candidates if (before - mark) * (now - mark) < 0]
        if crossed:
            return _Crossing(max(crossed) if now > before else min(crossed), bool(now > before))
    return None


def _grid(now: float, recent: NDArray[np.float64]) -> tuple[float, ...]:
    if now <= 0:
        return ()
    step = 10.0 ** math.floor(math.log10(now)) / 2
    low, high = math.floor(recent.min() / step), math.ceil(recent.max() / step)
    return tuple(step * i for i in range(low, high + 1)) if high - low <= 1000 else ()


def _round(found: pd.Series[float], crossing: _Crossing, instrument: Instrument, detector: str) -> _Telling:
    mark, above = crossing
    before = found.iloc[:-RECENT]
    side = before[before > mark] if above else before[before < mark]
    then = pd.Timestamp(side.index[-1]) if len(side) else None
    text, word, name = _plain(instrument, mark), "above" if above else "below", opening(instrument)
    file = f"file@{found.index[0].date()}"
    metric = "crossed" if detector == "vix_cross" else "milestone"
    if then is None:
        titles = (
            f"{name} closes {word} {text} for the first time",
            f"First {instrument.name} close {word} {text}",
        )
        tail = f"its first close {word} {text} since at least {found.index[0].year}"
    else:
        titles = (f"{name} is back {word} {text}", f"Back {word} {text}")
        tail = f"back {word} {text}, last so on {ap_date(then.date())}"
    return _Telling(
        titles=titles,
        tail=tail,
        mark=mark,
        text=text,
        then=then,
        note=f"Last {word} {text}",
        cites=((metric, file, mark, _unit(instrument)), _then(found, then, "side_before")),
    )


def _average(found: pd.Series[float], instrument: Instrument) -> _Telling:
    if len(found) < AVERAGE + SHORTEST:
        raise ChartError(f"{len(found)} closes: an average of {AVERAGE} over half a year needs more")
    mean = found.rolling(AVERAGE).mean()
    last = float(mean.iloc[-1])
    above = bool(found.iloc[-1] > last)
    sides = (found > mean).iloc[AVERAGE - 1 : -RECENT]
    there = sides[sides == above]
    then = pd.Timestamp(there.index[-1]) if len(there) else None
    word, name = "above" if above else "below", instrument.name
    return _Telling(
        titles=(
            f"{opening(instrument)} is {word} its 200-day average",
            f"{name} is {word} its 200-day mean",
            f"{word.capitalize()} the 200-day average",
        ),
        tail=f"{word} its average of 200 sessions, {level(instrument, last)}",
        mark=last,
        line=mean,
        text="200-day average",
        then=then,
        note=f"Last {word} it",
        cites=(("sma200", "200s", last, _unit(instrument)), _then(found, then, "side_before")),
    )


def _since(found: pd.Series[float], instrument: Instrument) -> _Telling:
    """Today's close as a level: the highest, or lowest, since when; a close that is neither, by its move."""
    now, before = float(found.iloc[-1]), found.iloc[:-1]
    higher, lower = before[before >= now], before[before <= now]
    span_high = len(before) - (position(before, higher.index[-1]) if len(higher) else -1)
    span_low = len(before) - (position(before, lower.index[-1]) if len(lower) else -1)
    if max(span_high, span_low) < MONTH:
        return _moved(found, instrument)
    reached = higher if span_high >= span_low else lower
    then = pd.Timestamp(reached.index[-1]) if len(reached) else None
    word = "highest" if span_high >= span_low else "lowest"
    since = ap_date(then.date()) if then is not None else f"at least {found.index[0].year}"
    return _Telling(
        titles=(
            f"{opening(instrument)} is at its {word} since {since}",
            f"{instrument.name}: {word} since {since}",
            f"{word.capitalize()} close since {since}",
        ),
        tail=f"its {word} since {since}",
        mark=now,
        then=then,
        cites=(_then(found, then, "extreme_since"),),
    )


def _moved(found: pd.Series[float], instrument: Instrument) -> _Telling:
    """The day's move, with yesterday's close as the level."""
    before, now = float(found.iloc[-2]), float(found.iloc[-1])
    if in_bp(instrument):
        change: float = round((now - before) * 100)
        cite = ("change", "1s", change, Unit.BP)
    elif before > 0 and now > 0:
        change = (now / before - 1) * 100
        cite = ("return", "1s", change, Unit.PCT)
    else:
        raise ChartError(f"{instrument.symbol} has no percent change across zero")
    text = move(instrument, change)
    return _Telling(
        titles=(f"{opening(instrument)}: {text} in one session", f"{instrument.name}: {text} in a session"),
        tail=f"a change of {text} on the session before",
        mark=before,
        text="Close before",
        cites=(cite,),
        sessions=QUARTER,
    )


def _unit(instrument: Instrument) -> Unit:
    return Unit.PCT if in_bp(instrument) else Unit.LEVEL


def _then(
    found: pd.Series[float], then: pd.Timestamp | None, metric: str
) -> tuple[str, str, float | int | date, Unit]:
    """The day of the ring, or how many closes were searched for one."""
    file = f"file@{found.index[0].date()}"
    return (
        ("sessions", file, len(found), Unit.COUNT) if then is None else (metric, file, then.date(), Unit.DATE)
    )


def _built(
    found: pd.Series[float], telling: _Telling, book: FactBook, day: MarketDay, series: Series
) -> LevelPlan:
    instrument, now, then = series.instrument, float(found.iloc[-1]), telling.then
    last = found.index[-1].date()  # of a spread that is published late, the session before
    cited = Citations(book=book)
    for metric, window, value, unit in (("close", "1s", now, _unit(instrument)), *telling.cites):
        cited.cite(series.symbol, metric, window, value, unit, last, series.source)
    shown = unbroken(day, series.symbol, found.iloc[_start(found, then, telling.sessions) :])
    if telling.line is None:
        levels = pd.Series(telling.mark, index=shown.index)
    else:
        levels = telling.line.loc[shown.index].dropna()
        shown = shown.loc[levels.index]
    ringed = then is not None and then >= shown.index[0]
    note: tuple[str, ...] = ()
    if then is not None and ringed:
        note = (ap_date(then.date()), telling.note or level(instrument, float(found[then])))
    return LevelPlan(
        titles=telling.titles,
        subtitle=f"{instrument.name}, daily close in {measure(instrument)}",
        alt=alt(
            f"Line chart of {instrument.prose}, daily closes since {ap_date(shown.index[0].date())}.",
            f"On {ap_date(last)} it closed at {level(instrument, now)}, {telling.tail}.",
        ),
        source=source_line(day, series),
        facts=cited.all,
        columns=("date", instrument.name, "level"),
        rows=tuple(
            (str(when), float(value), float(mean))
            for when, value, mean in zip(days(shown), shown, levels, strict=True)
        ),
        name=instrument.name,
        last=level(instrument, now),
        days=days(shown),
        values=tuple(map(float, shown)),
        level=tuple(map(float, levels)),
        level_text=telling.text,
        then=(then.date(), float(found[then])) if then is not None and ringed else None,
        note=note,
    )


def _start(found: pd.Series[float], then: pd.Timestamp | None, sessions: int) -> int:
    """Where the chart begins: some time before the last close on that side, at least a year back."""
    if then is None:
        return max(0, len(found) - sessions)
    back = len(found) - position(found, then)
    return max(0, len(found) - max(YEAR, back + max(QUARTER // 3, back // 8)))


def _plain(instrument: Instrument, value: float) -> str:
    """A round number without the decimals it doesn't need."""
    if instrument.kind in (Kind.YIELD, Kind.CREDIT):
        return f"{number(value, 0 if value == int(value) else 1)}%"
    text = number(value, 0 if value == int(value) else 1)
    return text if measure(instrument) != "US dollars" else f"${text}"


def draw(plan: LevelPlan, theme: Theme, *, title: str, name: str) -> Figure:
    """The plan in one theme."""
    page = style.sheet(theme, title=title, subtitle=plan.subtitle, source=plan.source, name=name)
    low, high = span(plan.values, include=plan.level)
    scale = style.scale(low, high, head=58.0 if plan.note else 20.0)
    flat = min(plan.level) == max(plan.level)
    labels = [callouts.end(theme, plan.name, plan.last, y=0, main=True)]
    if plan.level_text:
        labels.append(_level_label(theme, plan, 0))
    box = Box(
        left=scale.left,
        top=style.PLOT_TOP,
        right=callouts.label_column([label.width for label in labels]),
        bottom=style.PLOT_BOTTOM,
    )
    xs = numbers(plan.days)
    target = style.plot(page, x=(xs[0], xs[-1]), y=(scale.floor, scale.ceiling), box=box)
    target.grid(scale.lines, scale.label)
    target.dates(calendar_marks(plan.days))
    if flat:
        target.level(plan.level[-1], colour=theme.muted)
    else:
        target.line(xs, plan.level, main=False)
    target.line(xs, plan.values, main=True)
    target.dot(xs[-1], plan.values[-1])
    labels = [callouts.end(theme, plan.name, plan.last, y=target.px_y(plan.values[-1]), main=True)]
    if plan.level_text:
        labels.append(_level_label(theme, plan, target.px_y(plan.level[-1])))
    callouts.ends(target, labels)
    if plan.then is not None:
        x = numbers([plan.then[0]])[0]
        target.ring(x, plan.then[1])
        callouts.note(
            target, callouts.dated(theme, *plan.note), x=target.px_x(x), y=target.px_y(plan.then[1])
        )
    return page.figure


def _level_label(theme: Theme, plan: LevelPlan, y: float) -> callouts.End:
    words = plan.level_text.split(" ", 1)
    lines = words if len(plan.level_text) > 10 else [plan.level_text]
    return callouts.End(
        y=y,
        runs=tuple(
            style.Run(text=line, size=style.NOTE, weight=SEMIBOLD, colour=theme.muted) for line in lines
        ),
    )
