"""The days since: daily moves as bars, from the last one as large to today's.

For a move that is the largest in some weeks to two years; for the end of a calm, from the last move of that size; and
for a whipsaw, whose five sessions are highlighted among the month before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from newsletter.errors import ChartError
from newsletter.facts import FactBook, Story, Unit
from newsletter.look import Theme
from newsletter.market import MarketDay
from newsletter.numerals import ap_date, count

from . import callouts, style
from .closes import days, position, session_marks, unbroken
from .moves import PERIODS, Moves, cite_move, moves, of_sign, unbroken_today
from .place import Box, span
from .words import Citations, Plan, alt, in_bp, move, source_line

SHORTEST, LONGEST = 21, 504
"""Sessions between which the days since the last larger move are told, a bar each."""

CALMS = {"calm_end": (1.0, 0, "1% move"), "calm_end_drop2": (2.0, -1, "2% drop")}
"""Size in percent, sign (0 either), and name of the move that a calm is without."""

LONGEST_CALM = 1300
WHIPSAW, BEFORE = 5, 37


@dataclass(frozen=True, kw_only=True, slots=True)
class SincePlan(Plan):
    """``values[lit:]`` are highlighted; ``note`` stands at the first bar, ``last`` beside today's."""

    days: tuple[date, ...]
    values: tuple[float, ...]
    lit: int
    note: tuple[str, ...]
    last: str


def plan(story: Story, book: FactBook, day: MarketDay) -> SincePlan:
    """Bars since the last larger move, the last calm's start, or of a whipsaw; ChartError where it is too far back."""
    found = moves(day, story.entity, at_least=60, period=PERIODS.get(story.detector, ""))
    unbroken_today(day, found)
    cited = Citations(book=book)
    cite_move(cited, found, day.session)
    if story.detector in CALMS:
        return _calm(found, story.detector, cited, day)
    if story.detector == "whipsaw":
        return _whipsaw(found, cited, day)
    return _larger(found, cited, day)


def _larger(found: Moves, cited: Citations, day: MarketDay) -> SincePlan:
    same, noun, name = of_sign(found), found.noun, found.instrument.name
    larger = same.iloc[:-1][same.iloc[:-1] >= same.iloc[-1]]
    apart = (
        len(found.values) - 1 - position(found.values, pd.Timestamp(larger.index[-1]))
        if len(larger)
        else None
    )
    shortest = 8 if found.period else SHORTEST
    if apart is None or not shortest <= apart <= LONGEST:
        raise ChartError(f"the last larger move lies {apart or 'nowhere'} {found.unit_of_count} back")
    when = pd.Timestamp(larger.index[-1])
    prefix = f"{found.period}_" if found.period else ""
    _cite(cited, found, f"{prefix}since", when.date(), Unit.DATE, day)
    _cite(cited, found, f"{prefix}span", apart, Unit.COUNT, day)
    short = ap_date(when.date(), relative_to=day.session)
    return _built(
        found,
        found.values.loc[when:],
        cited,
        day,
        titles=(
            f"Largest {name} {noun} since {short}",
            f"{name}: most since {short}",
            f"Largest {noun} since {short}",
        ),
        finding=f"{{}} is the largest {noun} in {apart:,} {found.unit_of_count}.",
        lit=apart,
    )


def _calm(found: Moves, detector: str, cited: Citations, day: MarketDay) -> SincePlan:
    size, sign, name = CALMS[detector]
    values = found.values.to_numpy()
    reached = np.flatnonzero(np.abs(values) >= size if sign == 0 else values * sign >= size)
    if len(reached) < 2 or reached[-1] != len(values) - 1:
        raise ChartError(f"{found.instrument.symbol} made no {name} today, or none before")
    calm = int(reached[-1] - reached[-2] - 1)
    if not SHORTEST <= calm <= LONGEST_CALM:
        raise ChartError(f"a calm of {calm} sessions can't be told in bars")
    when = pd.Timestamp(found.values.index[int(reached[-2])])
    metric = "calm" if detector == "calm_end" else "calm_drop2"
    _cite(cited, found, metric, calm, Unit.COUNT, day)
    _cite(cited, found, f"{metric}_since", when.date(), Unit.DATE, day)
    return _built(
        found,
        found.values.loc[when:],
        cited,
        day,
        titles=(f"{calm:,} sessions without a {name} are over", f"{calm:,} sessions without a {name}"),
        finding=f"{{}} ended {calm:,} sessions without a {name}.",
        lit=calm + 1,
    )


def _whipsaw(found: Moves, cited: Citations, day: MarketDay) -> SincePlan:
    part = found.values.iloc[-WHIPSAW - BEFORE :]
    last = part.iloc[-WHIPSAW:]
    swings = int((last.abs() >= 1).sum())
    _cite(cited, found, "swings", swings, Unit.COUNT, day, window=f"{WHIPSAW}s")
    for stamp in pd.DatetimeIndex(last.index):
        cite_move(cited, found, stamp.date())
    words = count(swings)
    return _built(
        found,
        part,
        cited,
        day,
        titles=(f"{words[:1].upper()}{words[1:]} swings of 1% in five sessions",),
        finding=f"{swings} of the last five sessions to {{}} moved it by 1% or more.",
        lit=len(part) - WHIPSAW,
        noted=False,
    )


def _cite(
    cited: Citations,
    found: Moves,
    metric: str,
    value: int | date,
    unit: Unit,
    day: MarketDay,
    window: str = "",
) -> None:
    window = window or f"file@{found.first}"
    cited.cite(found.instrument.symbol, metric, window, value, unit, day.session, found.source)


def _built(
    found: Moves,
    part: pd.Series[float],
    cited: Citations,
    day: MarketDay,
    *,
    titles: tuple[str, ...],
    finding: str,
    lit: int,
    noted: bool = True,
) -> SincePlan:
    instrument = found.instrument
    if not found.period:
        unbroken(day, instrument.symbol, part)
    first, then = days(part)[0], move(instrument, float(part.iloc[0]))
    if noted:
        cite_move(cited, found, first)
    each = f"{found.period}ly" if found.period else "daily"
    today = f"{move(instrument, found.last)} on {ap_date(day.session)}"
    return SincePlan(
        titles=titles,
        subtitle=f"{instrument.name}, {each} change in {'basis points' if in_bp(instrument) else 'percent'}",
        alt=alt(
            f"Bar chart of {each} changes of {instrument.prose} since {ap_date(first)}.",
            finding.format(today if noted else ap_date(day.session)),
            f"The last one before it was {then}." if noted else "",
        ),
        source=source_line(day, day.series[instrument.symbol]),
        facts=cited.all,
        columns=("date", "change"),
        rows=tuple((str(when), float(value)) for when, value in zip(days(part), part, strict=True)),
        days=days(part),
        values=tuple(map(float, part)),
        lit=lit,
        note=(ap_date(first), then) if noted else (),
        last=move(instrument, found.last),
    )


def draw(plan: SincePlan, theme: Theme, *, title: str, name: str) -> Figure:
    """The plan in one theme."""
    page = style.sheet(theme, title=title, subtitle=plan.subtitle, source=plan.source, name=name)
    label = callouts.end(theme, "", plan.last, y=0, main=True)
    low, high = span(plan.values, include=(0.0,))
    scale = style.scale(low, high, head=14.0, foot=14.0, zero=True)
    box = Box(
        left=scale.left,
        top=style.PLOT_TOP,
        right=callouts.label_column([label.width]),
        bottom=style.PLOT_BOTTOM,
    )
    target = style.plot(page, x=(-0.7, len(plan.values) - 0.3), y=(scale.floor, scale.ceiling), box=box)
    target.grid(scale.lines, scale.label, base=0.0)
    for x, value in enumerate(plan.values):
        target.bar(
            x,
            value,
            colour=theme.accent if x >= plan.lit else theme.quiet,
            least=2.4 if x >= plan.lit else 1.0,
        )
    target.dates(session_marks(plan.days))
    last = plan.values[-1]
    y = target.px_y(last / 2 if abs(last) > 0.2 * max(map(abs, plan.values)) else last)
    callouts.ends(target, [callouts.end(theme, "", plan.last, y=y, main=True)], leaders=False)
    if plan.note:
        target.ring(0, plan.values[0], main=False)
        callouts.note(
            target,
            callouts.dated(theme, *plan.note),
            x=target.px_x(0) + 4,
            y=min(max(target.px_y(plan.values[0]), target.box.top + 28), target.box.bottom - 28),
            prefer=("right", "above-right", "below-right"),
            reach=8,
        )
    return page.figure
