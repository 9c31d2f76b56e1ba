"""Two prices, or one beside the S&P 500, from a common base of 100.

For relative moves and for a year that changes sign. The end change of each is printed beside its line; where the main
one crosses 100 today, the day it had left that side is marked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from newsletter.errors import ChartError
from newsletter.facts import FactBook, Story, Unit
from newsletter.instruments import Instrument
from newsletter.look import Theme
from newsletter.market import MarketDay
from newsletter.numerals import ap_date, number, percent

from . import callouts, style
from .closes import calendar_marks, closes, numbers, series_of, unbroken
from .place import Box, span
from .words import Citations, Plan, alt, in_bp, opening, source_line

YOUNG, YEAR = 21, 252
"""A year younger than this many sessions is shown from a year ago instead."""

BENCHMARK, OTHER = "^GSPC", "^RUT"


@dataclass(frozen=True, kw_only=True, slots=True)
class Path:
    """One price from 100 on, and its label."""

    name: str
    change: str
    values: tuple[float, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class IndexedPlan(Plan):
    """``paths``, the main one first; ``event`` is the day that is marked and its note."""

    days: tuple[date, ...]
    paths: tuple[Path, ...]
    event: date | None
    note: tuple[str, ...]


def plan(story: Story, book: FactBook, day: MarketDay) -> IndexedPlan:
    """A pair, or a price beside a broad index; ChartError for yields, and for prices that aren't positive."""
    symbols = _symbols(story.entity, day)
    parts = {symbol: closes(day, symbol, at_least=YOUNG + 2) for symbol in symbols}
    for symbol, part in parts.items():
        if in_bp(series_of(day, symbol).instrument) or (part.iloc[-YEAR - 1 :] <= 0).any():
            raise ChartError(f"{symbol} can't be set to 100: it is a rate, or not positive")
    common = pd.DatetimeIndex(parts[symbols[0]].index)
    for part in parts.values():
        common = pd.DatetimeIndex(common.intersection(pd.DatetimeIndex(part.index)))
    base, window = _base(common, day)
    cited = Citations(book=book)
    paths: list[Path] = []
    shown_days = pd.DatetimeIndex(common[common >= base])
    if len(shown_days) < 3:
        raise ChartError("too few sessions since the base date")
    for symbol in symbols:
        shown = unbroken(day, symbol, parts[symbol].loc[base:]).reindex(shown_days)
        indexed = shown / float(shown.iloc[0]) * 100
        change = float(indexed.iloc[-1]) - 100
        cited.cite(symbol, "return", window, change, Unit.PCT, day.session, series_of(day, symbol).source)
        name = series_of(day, symbol).instrument.name
        paths.append(
            Path(name=name, change=percent(change, 1, signed=True), values=tuple(map(float, indexed)))
        )
    main = series_of(day, symbols[0]).instrument
    gap = _gap(paths, symbols, window, day, cited)
    event, note = _crossed(paths[0], shown_days)
    when = ap_date(base.date())
    return IndexedPlan(
        titles=_titles(paths, [series_of(day, s).instrument for s in symbols], window, day, gap),
        subtitle=f"Price index, {base:%B} {base.day}, {base.year} = 100",
        alt=alt(
            f"Line chart of {main.prose} from {when} = 100.",
            f"By {ap_date(day.session)}: " + ", ".join(f"{path.name} {path.change}" for path in paths) + ".",
            f"{note[1]} {note[0]}." if note else "",
        ),
        source=source_line(day, *(series_of(day, symbol) for symbol in symbols)),
        facts=cited.all,
        columns=("date", *(path.name for path in paths)),
        rows=tuple(
            (str(stamp.date()), *(path.values[i] for path in paths)) for i, stamp in enumerate(shown_days)
        ),
        days=tuple(stamp.date() for stamp in shown_days),
        paths=tuple(paths),
        event=event,
        note=note,
    )


def _symbols(entity: str, day: MarketDay) -> tuple[str, ...]:
    """The main price and what it is compared with."""
    if entity.startswith("pair:"):
        first, second = _pair(entity.removeprefix("pair:"), day)
        ahead = _year_change(day, first) >= _year_change(day, second)
        return (first, second) if ahead else (second, first)
    other = OTHER if entity == BENCHMARK else BENCHMARK
    return (entity, other) if other in day.series else (entity,)


def _pair(text: str, day: MarketDay) -> tuple[str, str]:
    """Symbols may hold a hyphen themselves, so each place to split is tried."""
    places = [i for i, letter in enumerate(text) if letter == "-"]
    for place in places:
        if text[:place] in day.series and text[place + 1 :] in day.series:
            return text[:place], text[place + 1 :]
    raise ChartError(f"there are no prices for the pair {text}")


def _base(common: pd.DatetimeIndex, day: MarketDay) -> tuple[pd.Timestamp, str]:
    """The last session of the year before; in a young year the session a year ago."""
    before = common[common.year < day.session.year]
    if len(before) and len(common) - len(before) >= YOUNG:
        return before[-1], f"ytd@{before[-1].date()}"
    back = min(YEAR, len(common) - 1)
    return common[len(common) - 1 - back], f"{back}s"


def _year_change(day: MarketDay, symbol: str) -> float:
    part = closes(day, symbol)
    base, _ = _base(pd.DatetimeIndex(part.index), day)
    return float(part.iloc[-1] / part[base])


def _gap(paths: list[Path], symbols: tuple[str, ...], window: str, day: MarketDay, cited: Citations) -> float:
    """How many percentage points the main price is ahead of the other; 0 where it stands alone."""
    if len(paths) == 1:
        return 0.0
    gap = paths[0].values[-1] - paths[1].values[-1]
    source = series_of(day, symbols[0]).source
    cited.cite(f"pair:{symbols[0]}-{symbols[1]}", "gap", window, gap, Unit.PP, day.session, source)
    return gap


def _crossed(main: Path, stamps: pd.DatetimeIndex) -> tuple[date | None, tuple[str, ...]]:
    """Where the main line last left the side of 100 that it reached today."""
    above = np.array(main.values) > 100
    if above[-1] == above[-2] or len(above) < 5:
        return None, ()
    changes = np.flatnonzero(above[1:-1] != above[:-2])
    left = int(changes[-1]) if len(changes) else 0
    when = stamps[left].date()
    return when, (
        ap_date(when, relative_to=stamps[-1].date()),
        f"Last {'above' if above[-1] else 'below'} 100",
    )


def _titles(
    paths: list[Path], instruments: list[Instrument], window: str, day: MarketDay, gap: float
) -> tuple[str, ...]:
    main, values = opening(instruments[0]), np.array(paths[0].values)
    year = f"{day.session.year}" if window.startswith("ytd") else "a year"
    if (values[-1] > 100) != (values[-2] > 100):
        word = "up" if values[-1] > 100 else "down"
        return (f"{main} is {word} for {year} again", f"{instruments[0].name}: {word} for {year} again")
    if len(paths) == 1:
        return (f"{main}: {paths[0].change} over {year}", f"{paths[0].change} over {year}")
    if abs(gap) < 0.05:
        return (f"{instruments[0].name} and {instruments[1].name} are level", f"Level over {year}")
    word, size = ("ahead of" if gap >= 0 else "behind"), number(abs(gap), 1)
    return (
        f"{instruments[0].name} {'leads' if gap >= 0 else 'trails'} {instruments[1].name} by {size} points",
        f"{size} points {word} {instruments[1].prose}",
        f"{size} points {'ahead' if gap >= 0 else 'behind'} over {year}",
    )


def draw(plan: IndexedPlan, theme: Theme, *, title: str, name: str) -> Figure:
    """The plan in one theme."""
    page = style.sheet(theme, title=title, subtitle=plan.subtitle, source=plan.source, name=name)
    low, high = span([value for path in plan.paths for value in path.values], include=(100.0,))
    scale = style.scale(low, high, head=26.0)
    widths = [callouts.end(theme, path.name, path.change, y=0, main=True).width for path in plan.paths]
    box = Box(
        left=scale.left, top=style.PLOT_TOP, right=callouts.label_column(widths), bottom=style.PLOT_BOTTOM
    )
    xs = numbers(plan.days)
    target = style.plot(page, x=(xs[0], xs[-1]), y=(scale.floor, scale.ceiling), box=box)
    target.grid(scale.lines, scale.label, base=100.0)
    target.dates(calendar_marks(plan.days))
    if plan.event is not None:
        target.band(numbers([plan.event])[0], xs[-1])
    for path in plan.paths:
        target.line(xs, path.values, main=path is plan.paths[0])
    for path in plan.paths[::-1]:
        target.dot(xs[-1], path.values[-1], main=path is plan.paths[0])
    callouts.ends(
        target,
        [
            callouts.end(
                theme, path.name, path.change, y=target.px_y(path.values[-1]), main=path is plan.paths[0]
            )
            for path in plan.paths
        ],
    )
    if plan.event is not None:
        _event(target, plan, plan.event)
    return page.figure


def _event(target: style.Plot, plan: IndexedPlan, event: date) -> None:
    x = numbers([event])[0]
    value = plan.paths[0].values[plan.days.index(event)]
    target.moment(x)
    target.ring(x, value)
    callouts.note(
        target,
        callouts.dated(target.sheet.theme, *plan.note),
        x=target.px_x(x),
        y=target.box.top + 24,
        prefer=("left", "right"),
    )
