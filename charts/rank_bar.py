"""Today's move among the largest, three ways.

Where it is one of the ten largest of its sign on file, a ranking: the largest moves, one bar each, today's highlighted.
Else, where a larger one lies some weeks to two years back, the days since as bars. Else every move of five years as a
distribution with today's place in it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from newsletter.errors import ChartError
from newsletter.facts import FactBook, Story, Unit
from newsletter.look import BOLD, REGULAR, SEMIBOLD, Theme, text_width
from newsletter.market import MarketDay
from newsletter.numerals import ap_date, count, number, ordinal, percent

from . import style
from .closes import days, position, session_marks, unbroken
from .moves import Moves, moves
from .place import Box, nice_step, places, span, ticks
from .words import Citations, Plan, alt, in_bp, move, source_line

RANKED, ROWS = 10, 8
"""The ranking is shown up to this rank, with this many bars at least."""

SHORTEST, LONGEST = 21, 504
"""Sessions between which the days since the last larger move are shown, a bar each."""

YEARS_5 = 1260
BINS = 61


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """One move: its label, size and text; ``now`` is today's, ``larger`` the last larger one before it."""

    label: str
    value: float
    text: str
    now: bool = False
    larger: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class RankPlan(Plan):
    """``bars`` as they are drawn; ``form`` is ``ranking``, ``since`` or ``spread``."""

    form: str
    bars: tuple[Bar, ...]
    days: tuple[date, ...] = ()
    note: tuple[str, ...] = ()
    edges: tuple[float, ...] = ()
    last: float = 0.0
    unit: str = "%"


def plan(story: Story, book: FactBook, day: MarketDay) -> RankPlan:
    """The form that fits today's move; ChartError for a future, an unchanged close or a short file."""
    if story.entity.endswith("=F"):
        raise ChartError(f"{story.entity} is a continuous future: a roll looks like a move")
    found = moves(day, story.entity, at_least=60)
    if found.sign == 0:
        raise ChartError(f"{story.entity} did not move")
    cited = Citations(book=book)
    metric, unit = ("change", Unit.BP) if in_bp(found.instrument) else ("return", Unit.PCT)
    unbroken(day, story.entity, found.values.iloc[-2:])  # after a hole today's move is two sessions' move
    value = int(found.last) if unit is Unit.BP else found.last
    cited.cite(story.entity, metric, "1s", value, unit, day.session, found.source)
    same = found.values[np.sign(found.values) == found.sign].abs()
    size = abs(found.last)
    rank = int((same.iloc[:-1] >= size).sum()) + 1
    larger = same.iloc[:-1][same.iloc[:-1] >= size]
    apart = len(found.values) - 1 - position(found.values, larger.index[-1]) if len(larger) else None
    if rank <= RANKED and story.recipe != "hist_dot":
        return _ranking(found, same, rank, day, cited)
    if apart is not None and SHORTEST <= apart <= LONGEST and story.recipe != "hist_dot":
        return _since(found, larger.index[-1], apart, day, cited)
    return _spread(found, day, cited)


def _cite(
    cited: Citations, found: Moves, day: MarketDay, metric: str, value: int | date | float, unit: Unit
) -> None:
    window = f"file@{found.first}"
    cited.cite(found.instrument.symbol, metric, window, value, unit, day.session, found.source)


def _count(cited: Citations, found: Moves, day: MarketDay, window: str, number_of: int) -> None:
    """How many sessions are compared."""
    symbol, source = found.instrument.symbol, found.source
    cited.cite(symbol, "sessions", window, number_of, Unit.COUNT, day.session, source)


def _ranking(found: Moves, same: pd.Series[float], rank: int, day: MarketDay, cited: Citations) -> RankPlan:
    # Of equal moves the earlier one ranks first, so today's stands below them.
    order = same.sort_values(ascending=False, kind="stable").iloc[: max(ROWS, rank)]
    instrument, now = found.instrument, same.index[-1]
    above = order.iloc[: rank - 1]
    last_larger = above.index.max() if len(above) else None
    _cite(cited, found, day, "rank", rank, Unit.COUNT)
    _count(cited, found, day, f"file@{found.first}", len(found.values))
    if last_larger is not None:
        _cite(cited, found, day, "since", last_larger.date(), Unit.DATE)
    for stamp in order.index[order.index != now]:
        value = found.values[stamp]
        unit = Unit.BP if in_bp(instrument) else Unit.PCT
        metric = "change" if in_bp(instrument) else "return"
        exact = int(value) if in_bp(instrument) else float(value)
        cited.cite(instrument.symbol, metric, "1s", exact, unit, stamp.date(), found.source)
    bars = tuple(
        Bar(
            label=ap_date(stamp.date()),
            value=float(size),
            text=move(instrument, float(found.values[stamp])),
            now=stamp == now,
            larger=stamp == last_larger,
        )
        for stamp, size in zip(_stamps(order), order, strict=True)
    )
    year, noun = found.first.year, found.noun
    others = f"Only {count(rank - 1)} {noun}{'s' if rank > 2 else ''} since {year} {'were' if rank > 2 else 'was'} larger"
    first = f"{instrument.name}: largest {noun} since {year}"
    finding = f"{move(instrument, found.last)} on {ap_date(day.session)} is the {_nth(rank)} since {year}."
    return RankPlan(
        titles=(others, f"The {_nth(rank)} {noun} since {year}")
        if rank > 1
        else (first, f"The largest {noun} since {year}"),
        subtitle=f"{instrument.name}, largest one-day {noun}s in {len(found.values):,} sessions",
        alt=alt(
            f"Bar chart of the largest one-day {noun}s of {instrument.prose}.",
            finding,
            f"The last larger one: {move(instrument, float(found.values[last_larger]))} on {ap_date(last_larger.date())}."
            if last_larger is not None
            else "",
        ),
        source=source_line(day, day.series[instrument.symbol]),
        facts=cited.all,
        columns=("date", "move"),
        rows=tuple((str(stamp.date()), float(found.values[stamp])) for stamp in order.index),
        form="ranking",
        bars=bars,
        unit="bp" if in_bp(instrument) else "%",
    )


def _stamps(part: pd.Series[float]) -> list[pd.Timestamp]:
    return list(pd.DatetimeIndex(part.index))


def _nth(rank: int) -> str:
    return "largest" if rank == 1 else f"{ordinal(rank)} largest"


def _since(found: Moves, when: pd.Timestamp, apart: int, day: MarketDay, cited: Citations) -> RankPlan:
    instrument, noun = found.instrument, found.noun
    part = unbroken(day, instrument.symbol, found.values.loc[when:])
    since, then = when.date(), float(found.values[when])
    _cite(cited, found, day, "since", since, Unit.DATE)
    _cite(cited, found, day, "span", apart, Unit.COUNT)
    unit, metric = (Unit.BP, "change") if in_bp(instrument) else (Unit.PCT, "return")
    cited.cite(
        instrument.symbol, metric, "1s", int(then) if in_bp(instrument) else then, unit, since, found.source
    )
    short = ap_date(since, relative_to=day.session)
    return RankPlan(
        titles=(
            f"Largest {instrument.name} {noun} since {short}",
            f"{instrument.name}: most since {short}",
            f"Largest {noun} since {short}",
        ),
        subtitle=f"{instrument.name}, daily change in {'basis points' if in_bp(instrument) else 'percent'}",
        alt=alt(
            f"Bar chart of {instrument.prose}, daily changes since {ap_date(since)}.",
            f"{move(instrument, found.last)} on {ap_date(day.session)} is the largest {noun} in {apart} sessions.",
            f"The last larger one was {move(instrument, then)}.",
        ),
        source=source_line(day, day.series[instrument.symbol]),
        facts=cited.all,
        columns=("date", "move"),
        rows=tuple(
            (str(stamp.date()), float(value)) for stamp, value in zip(_stamps(part), part, strict=True)
        ),
        form="since",
        bars=tuple(
            Bar(
                label="",
                value=float(value),
                text=move(instrument, float(value)),
                now=stamp == part.index[-1],
                larger=stamp == when,
            )
            for stamp, value in zip(_stamps(part), part, strict=True)
        ),
        days=days(part),
        note=(ap_date(since), move(instrument, then)),
        unit="bp" if in_bp(instrument) else "%",
    )


def _spread(found: Moves, day: MarketDay, cited: Citations) -> RankPlan:
    instrument = found.instrument
    window = unbroken(day, instrument.symbol, found.values.iloc[-YEARS_5 - 1 :]).iloc[:-1]
    smaller = float((window.abs() < abs(found.last)).mean() * 100)
    cited.cite(
        instrument.symbol, "move_share", f"{len(window)}s", smaller, Unit.PCT, day.session, found.source
    )
    reach = float(max(np.quantile(window.abs(), 0.998), abs(found.last)))
    edges = _edges(reach, whole=in_bp(instrument))
    counts, _ = np.histogram(np.clip(window, edges[0], edges[-1]), bins=edges)
    share = percent(smaller, 1)
    of_moves = "moves in five years" if len(window) == YEARS_5 else f"{len(window):,} moves"
    _count(cited, found, day, f"{len(window)}s", len(window))
    return RankPlan(
        titles=(f"Larger than {share} of {of_moves}", f"Larger than {share} of moves"),
        subtitle=f"{instrument.name}, daily changes of the {len(window):,} sessions before",
        alt=alt(
            f"Histogram of the daily changes of {instrument.prose} over {len(window):,} sessions.",
            f"{move(instrument, found.last)} on {ap_date(day.session)} is larger than {share} of them, up or down.",
        ),
        source=source_line(day, day.series[instrument.symbol]),
        facts=cited.all,
        columns=("from", "to", "sessions"),
        rows=tuple(
            (float(low), float(high), float(n))
            for low, high, n in zip(edges, edges[1:], counts, strict=False)
        ),
        form="spread",
        bars=tuple(Bar(label="", value=float(n), text="") for n in counts),
        edges=tuple(map(float, edges)),
        last=found.last,
        note=(ap_date(day.session), move(instrument, found.last)),
        unit="bp" if in_bp(instrument) else "%",
    )


def _edges(reach: float, *, whole: bool) -> NDArray[np.float64]:
    """Edges of about forty bins around zero; of basis points each bin holds the same count of whole numbers."""
    if not whole:
        width = nice_step(2 * reach / BINS)
        half = math.ceil(reach / width)
        return np.arange(-half, half + 1, dtype=np.float64) * width
    width = max(1, math.ceil(2 * reach / BINS)) // 2 * 2 + 1
    half = math.ceil((reach - width / 2) / width)
    return (np.arange(-half, half + 2, dtype=np.float64) - 0.5) * width


def draw(plan: RankPlan, theme: Theme, *, title: str, name: str) -> Figure:
    """The plan in one theme."""
    page = style.sheet(theme, title=title, subtitle=plan.subtitle, source=plan.source, name=name)
    {"ranking": _draw_ranking, "since": _draw_since, "spread": _draw_spread}[plan.form](page, plan)
    return page.figure


def _draw_ranking(page: style.Sheet, plan: RankPlan) -> None:
    theme, rows = page.theme, len(plan.bars)
    top, bottom = 128.0, 458.0
    pitch = (bottom - top) / rows
    left = style.LEFT + max(text_width(bar.label, style.AXIS, SEMIBOLD) for bar in plan.bars) + 12
    widest = max(
        text_width(bar.text, style.LABEL, BOLD)
        + (text_width("  last larger", style.NOTE) if bar.larger else 0)
        for bar in plan.bars
    )
    scale = (style.RIGHT - left - widest - 10) / max(bar.value for bar in plan.bars)
    page.rule([left, left], [top, bottom], colour=theme.base, width=1.1)
    for number_, bar in enumerate(plan.bars):
        middle = top + pitch * (number_ + 0.5)
        height = min(24.0, pitch * 0.68)
        end = left + bar.value * scale
        page.block(
            Box(left=left, top=middle - height / 2, right=end, bottom=middle + height / 2),
            theme.accent if bar.now else theme.quiet,
            zorder=0.6,
        )
        strong = bar.now or bar.larger
        page.write(
            style.LEFT,
            middle + 0.32 * style.AXIS,
            style.Run(
                text=bar.label,
                size=style.AXIS,
                weight=SEMIBOLD if strong else REGULAR,
                colour=theme.ink if strong else theme.muted,
            ),
        )
        value = style.Run(
            text=bar.text,
            size=style.LABEL,
            weight=BOLD if bar.now else SEMIBOLD,
            colour=theme.accent if bar.now else theme.muted,
        )
        box = page.write(end + 8, middle + 0.32 * style.LABEL, value)
        if bar.larger:
            page.write(
                box.right + 8,
                middle + 0.32 * style.LABEL,
                style.Run(text="last larger", size=style.NOTE, colour=theme.sub),
            )


def _draw_since(page: style.Sheet, plan: RankPlan) -> None:
    theme = page.theme
    values = [bar.value for bar in plan.bars]
    today = plan.bars[-1]
    label = style.end(theme, "", today.text, y=0, main=True)
    target = _bar_plot(page, plan, [label.width])
    for x, bar in enumerate(plan.bars):
        target.bar(x, bar.value, colour=theme.accent if bar.now else theme.sub if bar.larger else theme.quiet)
    target.dates(session_marks(plan.days))
    at = target.px_y(today.value / 2 if abs(today.value) > 0.2 * max(map(abs, values)) else today.value)
    style.ends(target, [style.end(theme, "", today.text, y=at, main=True)], leaders=False)
    style.note(
        target,
        style.dated(theme, *plan.note),
        x=target.px_x(0.5),
        y=min(max(target.px_y(values[0]), target.box.top + 28), target.box.bottom - 28),
        prefer=("right", "above-right", "below-right"),
        reach=8,
    )


def _bar_plot(page: style.Sheet, plan: RankPlan, widths: Sequence[float]) -> style.Plot:
    """A plot of one bar a session, zero its base line."""
    values = [bar.value for bar in plan.bars]
    low, high = span(values, include=(0.0,))
    scale = style.scale(low, high, head=14.0, foot=14.0, zero=True)
    box = Box(left=scale.left, top=style.PLOT_TOP, right=style.label_column(widths), bottom=style.PLOT_BOTTOM)
    target = style.plot(page, x=(-0.7, len(values) - 0.3), y=(scale.floor, scale.ceiling), box=box)
    target.grid(scale.lines, scale.label, base=0.0)
    return target


def _draw_spread(page: style.Sheet, plan: RankPlan) -> None:
    theme, reach = page.theme, plan.edges[-1]
    most = max(bar.value for bar in plan.bars)
    scale = style.scale(0.0, most, head=24.0, zero=True)
    box = Box(left=scale.left, top=style.PLOT_TOP, right=style.RIGHT, bottom=style.PLOT_BOTTOM)
    target = style.plot(page, x=(-reach, reach), y=(0.0, scale.ceiling), box=box)
    target.grid(scale.lines, scale.label, base=0.0)
    for low, high, bar in zip(plan.edges, plan.edges[1:], plan.bars, strict=False):
        middle, far = (low + high) / 2, abs((low + high) / 2) >= abs(plan.last)
        target.bar(middle, bar.value, colour=theme.accent if far else theme.quiet, width=(high - low) * 0.86)
    marks = ticks(-reach, reach)
    decimals = places(marks[1] - marks[0])
    target.dates([(mark, number(mark, decimals, signed=True)) for mark in marks])
    target.moment(plan.last, top=target.box.top + 70)
    target.dot(plan.last, 0.0)
    style.note(
        target,
        style.dated(theme, *plan.note),
        x=target.px_x(plan.last),
        y=target.box.top + 62,
        prefer=("above-left", "above") if plan.last > 0 else ("above-right", "above"),
        reach=4,
    )
