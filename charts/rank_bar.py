"""Today's move among the largest of its sign: the ranking, one bar each, today's highlighted.

For moves of rank ten or better, of one session or of a whole week, month or quarter. The last larger one is named.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd
from matplotlib.figure import Figure

from newsletter.errors import ChartError
from newsletter.facts import FactBook, Story, Unit
from newsletter.look import BOLD, REGULAR, SEMIBOLD, Theme, text_width
from newsletter.market import MarketDay
from newsletter.numerals import ap_date, count, ordinal

from . import style
from .moves import PERIODS, Moves, cite_move, moves, of_sign, unbroken_today
from .place import Box
from .words import Citations, Plan, alt, move, source_line

RANKED, ROWS = 10, 8
"""The ranking is told up to this rank, with this many bars at least."""

TOP, BOTTOM = 128.0, 458.0
LARGER = "last larger"


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """One move: its date, size and text; ``now`` is today's, ``larger`` the last larger one before it."""

    label: str
    value: float
    text: str
    now: bool
    larger: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class RankPlan(Plan):
    """Largest first."""

    bars: tuple[Bar, ...]


def plan(story: Story, book: FactBook, day: MarketDay) -> RankPlan:
    """The ranking; ChartError for a future, an unchanged close, a short file, or a move of no high rank."""
    if story.detector == "whipsaw":
        raise ChartError("a whipsaw is told in days, not in ranks")
    found = moves(day, story.entity, at_least=40, period=PERIODS.get(story.detector, ""))
    unbroken_today(day, found)
    same = of_sign(found)
    larger = same.iloc[:-1][same.iloc[:-1] >= same.iloc[-1]]
    rank = len(larger) + 1
    if rank > RANKED:
        raise ChartError(f"a move of rank {rank} is not among the {RANKED} largest")
    # Of equal moves the earlier one ranks first, so today's stands below them.
    order = same.sort_values(ascending=False, kind="stable").iloc[: max(ROWS, rank)]
    last_larger = pd.Timestamp(larger.index[-1]) if len(larger) else None
    cited = _cited(found, order, rank, last_larger, book, day)
    noun, year, adjective = found.noun, found.first.year, found.adjective
    were = "were" if rank > 2 else "was"
    others = f"Only {count(rank - 1)} {noun}{'s' if rank > 2 else ''} since {year} {were} larger"
    name, text = found.instrument.name, move(found.instrument, found.last)
    before = ""
    if last_larger is not None:
        size = move(found.instrument, float(found.values[last_larger]))
        before = f"The last larger one: {size} on {ap_date(last_larger.date())}."
    return RankPlan(
        titles=(others, f"The {_nth(rank)} {noun} since {year}")
        if rank > 1
        else (f"{name}: largest {noun} since {year}", f"The largest {noun} since {year}"),
        subtitle=f"{name}, largest {adjective} {noun}s in {len(found.values):,} {found.unit_of_count}",
        alt=alt(
            f"Bar chart of the largest {adjective} {noun}s of {found.instrument.prose}.",
            f"{text} {'to' if found.period else 'on'} {ap_date(day.session)} is the {_nth(rank)} since {year}.",
            before,
        ),
        source=source_line(day, day.series[found.instrument.symbol]),
        facts=cited.all,
        columns=("date", "move"),
        rows=tuple(
            (str(stamp.date()), float(found.values[stamp])) for stamp in pd.DatetimeIndex(order.index)
        ),
        bars=tuple(
            Bar(
                label=ap_date(stamp.date()),
                value=float(order[stamp]),
                text=move(found.instrument, float(found.values[stamp])),
                now=stamp == same.index[-1],
                larger=stamp == last_larger,
            )
            for stamp in pd.DatetimeIndex(order.index)
        ),
    )


def _cited(
    found: Moves,
    order: pd.Series[float],
    rank: int,
    last_larger: pd.Timestamp | None,
    book: FactBook,
    day: MarketDay,
) -> Citations:
    cited = Citations(book=book)
    symbol, source, file = found.instrument.symbol, found.source, f"file@{found.first}"
    prefix = f"{found.period}_" if found.period else ""

    def cite(metric: str, value: int | date, unit: Unit) -> None:
        cited.cite(symbol, metric, file, value, unit, day.session, source)

    cite_move(cited, found, day.session)
    cite(f"{prefix}rank", rank, Unit.COUNT)
    cite(f"{prefix}sessions" if not prefix else f"{found.period}s", len(found.values), Unit.COUNT)
    if last_larger is not None:
        cite(f"{prefix}since", last_larger.date(), Unit.DATE)
    for stamp in pd.DatetimeIndex(order.index):
        cite_move(cited, found, stamp.date())
    return cited


def _nth(rank: int) -> str:
    return "largest" if rank == 1 else f"{ordinal(rank)} largest"


def draw(plan: RankPlan, theme: Theme, *, title: str, name: str) -> Figure:
    """The plan in one theme."""
    page = style.sheet(theme, title=title, subtitle=plan.subtitle, source=plan.source, name=name)
    pitch = (BOTTOM - TOP) / len(plan.bars)
    left = style.LEFT + max(text_width(bar.label, style.AXIS, SEMIBOLD) for bar in plan.bars) + 12
    widest = max(
        text_width(bar.text, style.LABEL, BOLD) + (text_width(LARGER, style.NOTE) + 8 if bar.larger else 0)
        for bar in plan.bars
    )
    per_px = max(bar.value for bar in plan.bars) / (style.RIGHT - left - widest - 10)
    page.rule([left, left], [TOP, BOTTOM], colour=theme.base, width=1.1)
    for row, bar in enumerate(plan.bars):
        _bar(
            page,
            bar,
            middle=TOP + pitch * (row + 0.5),
            height=min(24.0, pitch * 0.68),
            left=left,
            per_px=per_px,
        )
    return page.figure


def _bar(page: style.Sheet, bar: Bar, *, middle: float, height: float, left: float, per_px: float) -> None:
    theme = page.theme
    end = left + bar.value / per_px
    page.block(
        Box(left=left, top=middle - height / 2, right=end, bottom=middle + height / 2),
        theme.accent if bar.now else theme.quiet,
        zorder=0.6,
    )
    strong = bar.now or bar.larger
    label = style.Run(
        text=bar.label,
        size=style.AXIS,
        weight=SEMIBOLD if strong else REGULAR,
        colour=theme.ink if strong else theme.muted,
    )
    value = style.Run(
        text=bar.text,
        size=style.LABEL,
        weight=BOLD if bar.now else SEMIBOLD,
        colour=theme.accent if bar.now else theme.muted,
    )
    page.write(style.LEFT, middle + style.LEVEL * style.AXIS, label)
    box = page.write(end + 8, middle + style.LEVEL * style.LABEL, value)
    if bar.larger:
        run = style.Run(text=LARGER, size=style.NOTE, colour=theme.sub)
        page.write(box.right + 8, middle + style.LEVEL * style.LABEL, run)
