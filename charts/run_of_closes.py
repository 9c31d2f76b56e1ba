"""A run of closes in one direction: the daily moves as bars, the run highlighted.

For a streak that goes on and for one that ended today. The run is bracketed with its length and what it added up to;
the subtitle names the last run as long.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from newsletter.errors import ChartError
from newsletter.facts import FactBook, Story, Unit
from newsletter.look import BOLD, SEMIBOLD, Theme
from newsletter.market import MarketDay
from newsletter.numerals import ap_date, basis_points, count, percent

from . import callouts, style
from .closes import closes, days, session_marks, unbroken
from .moves import moves
from .place import Box, span
from .words import Citations, Plan, alt, in_bp, move, source_line

LEAST = 3
"""Closes that make a run."""

BEFORE = 21
"""Sessions shown before the run, at least as many as the run has."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RunPlan(Plan):
    """``values`` are daily moves; the run is ``values[start:end]``, ``last`` the text of today's move."""

    days: tuple[date, ...]
    values: tuple[float, ...]
    start: int
    end: int
    run: tuple[str, ...]
    last: str


def plan(story: Story, book: FactBook, day: MarketDay) -> RunPlan:
    """The run that ends today, or ended with the session before; ChartError where there is none of three."""
    found = moves(day, story.entity, at_least=60)
    instrument = found.instrument
    signs = np.sign(found.values.to_numpy()).astype(int)
    lengths = _lengths(signs)
    snapped = abs(lengths[-1]) < LEAST
    at = len(signs) - (2 if snapped else 1)
    length, sign = int(abs(lengths[at])), int(signs[at])
    if length < LEAST or (snapped and lengths[-1] * sign > 0):
        raise ChartError(f"{story.entity} has no run of {LEAST} closes that ends on {day.session}")
    cited = Citations(book=book)
    file = f"file@{found.first}"

    def cite(
        metric: str, window: str, value: int | float | date, unit: Unit, as_of: date = day.session
    ) -> None:
        cited.cite(story.entity, metric, window, value, unit, as_of, found.source)

    ended = found.values.index[at].date()
    cite("streak", "1s", length * sign, Unit.COUNT, ended)
    earlier = _last_as_long(lengths, signs, at, length)
    since = found.values.index[earlier].date() if earlier is not None else None
    if since is not None:
        cite("streak_since", file, since, Unit.DATE, ended)
    before = at - length
    prices = closes(day, story.entity)
    base = prices.index[before + 1].date()
    first, final = float(prices.iloc[before + 1]), float(prices.iloc[at + 1])
    total: float = round((final - first) * 100) if in_bp(instrument) else (final / first - 1) * 100
    cite("streak_return", f"run@{base}", total, Unit.BP if in_bp(instrument) else Unit.PCT, ended)
    change = int(found.last) if in_bp(instrument) else found.last
    cite(
        "change" if in_bp(instrument) else "return", "1s", change, Unit.BP if in_bp(instrument) else Unit.PCT
    )
    shown = unbroken(day, story.entity, found.values.iloc[max(0, before + 1 - max(BEFORE, length)) :])
    up = sign > 0
    noun = ("rises" if up else "falls") if in_bp(instrument) else ("gains" if up else "losses")
    words = count(length)
    capital = words[:1].upper() + words[1:]
    rank = f"most since {_year_or_month(since, day.session)}" if since else f"most since {found.first.year}"
    yardstick = (
        f"Last run as long ended {ap_date(since)}" if since else f"Longest run since {found.first.year}"
    )
    text = basis_points(total, signed=True) if in_bp(instrument) else percent(total, 1, signed=True)
    titles = (
        (f"{instrument.name}: {words} {noun}, then a turn", f"{capital} {noun}, then a turn")
        if snapped
        else (f"{capital} {noun} in a row, the {rank}", f"{capital} {noun} in a row")
    )
    return RunPlan(
        titles=titles,
        subtitle=f"{instrument.name}, daily change in {'bp' if in_bp(instrument) else '%'}. {yardstick}",
        alt=alt(
            f"Bar chart of daily changes of {instrument.prose}.",
            f"{capital} {noun} in a row to {ap_date(ended)} added up to {text}.",
            f"It ended with {move(instrument, found.last)}." if snapped else "",
            f"{yardstick}.",
        ),
        source=source_line(day, day.series[story.entity]),
        facts=cited.all,
        columns=("date", "change"),
        rows=tuple((str(when), float(value)) for when, value in zip(days(shown), shown, strict=True)),
        days=days(shown),
        values=tuple(map(float, shown)),
        start=len(shown) - (len(signs) - 1 - before),
        end=len(shown) - (1 if snapped else 0),
        run=(f"{capital} {noun} in a row", text),
        last=move(instrument, found.last),
    )


def _year_or_month(then: date, now: date) -> str:
    """When, short enough for a title and not so short that it says nothing: a year only from the one before last."""
    if then.year == now.year:
        return f"{then:%B}"
    return str(then.year) if then.year < now.year - 1 else f"{then:%B} {then.year}"


def _lengths(signs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Length, with its sign, of the run that each close belongs to; an unchanged close ends a run."""
    result = np.zeros(len(signs), dtype=np.int64)
    for i, sign in enumerate(signs):
        same = i > 0 and sign == signs[i - 1]
        result[i] = sign * (abs(result[i - 1]) + 1 if same and sign else 1) if sign else 0
    return result


def _last_as_long(lengths: NDArray[np.int64], signs: NDArray[np.int64], at: int, length: int) -> int | None:
    """Where the last earlier run of that sign at least as long ended."""
    before = at - length
    ends = [
        i
        for i in range(before, -1, -1)
        if lengths[i] * signs[at] >= length
        and (i == before or lengths[i + 1] * signs[at] <= lengths[i] * signs[at])
    ]
    return ends[0] if ends else None


def draw(plan: RunPlan, theme: Theme, *, title: str, name: str) -> Figure:
    """The plan in one theme."""
    page = style.sheet(theme, title=title, subtitle=plan.subtitle, source=plan.source, name=name)
    low, high = span(plan.values, include=(0.0,))
    up = plan.values[plan.start] > 0
    scale = style.scale(low, high, head=78.0 if up else 14.0, foot=14.0 if up else 78.0, zero=True)
    label = callouts.end(theme, "", plan.last, y=0, main=True)
    box = Box(
        left=scale.left,
        top=style.PLOT_TOP,
        right=callouts.label_column([label.width]),
        bottom=style.PLOT_BOTTOM,
    )
    target = style.plot(page, x=(-0.7, len(plan.values) - 0.3), y=(scale.floor, scale.ceiling), box=box)
    target.grid(scale.lines, scale.label, base=0.0)
    for x, value in enumerate(plan.values):
        inside = plan.start <= x < plan.end
        last = x == len(plan.values) - 1
        target.bar(x, value, colour=theme.accent if inside else theme.ink if last else theme.quiet)
    target.dates(session_marks(plan.days))
    middle = target.px_y(plan.values[-1] / 2)
    colour = theme.accent if plan.end == len(plan.values) else theme.ink
    run = style.Run(text=plan.last, size=style.LABEL, weight=BOLD, colour=colour)
    callouts.ends(target, [callouts.End(y=middle, runs=(run,))], leaders=False)
    _bracket(target, plan, up=up)
    return page.figure


def _bracket(target: style.Plot, plan: RunPlan, *, up: bool) -> None:
    """A bracket over the run, or under it where it goes down, with its length and sum."""
    theme = target.sheet.theme
    left, right = target.px_x(plan.start - 0.4), target.px_x(plan.end - 0.6)
    inside = plan.values[plan.start : plan.end]
    edge = target.px_y(max(inside) if up else min(inside))
    y, tooth = (edge - 12, 5) if up else (edge + 12, -5)
    target.sheet.rule([left, left, right, right], [y + tooth, y, y, y + tooth], colour=theme.ink, width=1.2)
    runs = (
        style.Run(text=plan.run[0], size=style.LABEL, weight=SEMIBOLD, colour=theme.ink),
        *(style.Run(text=line, size=style.NOTE, colour=theme.sub) for line in plan.run[1:]),
    )
    callouts.note(
        target,
        runs,
        x=(left + right) / 2,
        y=y,
        reach=5,
        prefer=("above", "above-left") if up else ("below", "below-left"),
        bounds=Box(
            left=target.box.left, top=target.box.top - 10, right=style.RIGHT, bottom=target.box.bottom + 2
        ),
    )
