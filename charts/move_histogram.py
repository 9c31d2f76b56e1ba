"""Today's move among every move of five years: a histogram, what is as large highlighted.

For a move that is unusual without being a record. The share of smaller moves counts both signs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from newsletter.errors import ChartError
from newsletter.facts import FactBook, Story, Unit
from newsletter.look import Theme
from newsletter.market import MarketDay
from newsletter.numerals import ap_date, number

from . import callouts, style
from .closes import unbroken
from .moves import cite_move, moves, unbroken_today
from .place import Box, nice_step, places, ticks
from .words import Citations, Plan, alt, in_bp, move, share_of, source_line

YEARS_5, BINS = 1260, 61


@dataclass(frozen=True, kw_only=True, slots=True)
class HistogramPlan(Plan):
    """``counts`` of moves between neighbouring ``edges``; today's move is ``last``."""

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    last: float
    note: tuple[str, ...]


def plan(story: Story, book: FactBook, day: MarketDay) -> HistogramPlan:
    """Today's place in five years of moves, or in as many as there are; ChartError for less than a quarter."""
    if story.entity.endswith("=F"):
        raise ChartError(f"{story.entity} is a continuous future: a roll looks like a move")
    found = moves(day, story.entity, at_least=64)
    unbroken_today(day, found)
    instrument, symbol = found.instrument, found.instrument.symbol
    window = unbroken(day, symbol, found.values.iloc[-YEARS_5 - 1 :]).iloc[:-1]
    smaller = float((window.abs() < abs(found.last)).mean() * 100)
    cited = Citations(book=book)
    cite_move(cited, found, day.session)
    sessions = f"{len(window)}s"
    cited.cite(symbol, "move_share", sessions, smaller, Unit.PCT, day.session, found.source)
    cited.cite(symbol, "sessions", sessions, len(window), Unit.COUNT, day.session, found.source)
    reach = max(float(np.quantile(window.abs(), 0.998)), abs(found.last))
    if reach <= 0:
        raise ChartError(f"{symbol} never moved")
    edges = _edges(reach, whole=in_bp(instrument))
    counts, _ = np.histogram(np.clip(window, edges[0], edges[-1]), bins=edges)
    share, n = share_of(smaller), f"{len(window):,}"
    larger = f"Larger than {share}{' of' if share.endswith('%') else ''}"
    moves_of = "moves in five years" if len(window) == YEARS_5 else f"{n} moves"
    return HistogramPlan(
        titles=(f"{larger} {moves_of}", f"{larger} moves"),
        subtitle=f"{instrument.name}, daily changes of the {n} sessions before",
        alt=alt(
            f"Histogram of the daily changes of {instrument.prose} over {n} sessions.",
            f"{move(instrument, found.last)} on {ap_date(day.session)} is larger than {share} of them, up or down.",
        ),
        source=source_line(day, day.series[symbol]),
        facts=cited.all,
        columns=("from", "to", "sessions"),
        rows=tuple(
            (float(low), float(high), int(n)) for low, high, n in zip(edges, edges[1:], counts, strict=False)
        ),
        edges=tuple(map(float, edges)),
        counts=tuple(map(int, counts)),
        last=found.last,
        note=(ap_date(day.session), move(instrument, found.last)),
    )


def _edges(reach: float, *, whole: bool) -> NDArray[np.float64]:
    """Edges of bins around zero, sixty or fewer; of basis points each bin holds the same count of whole numbers."""
    if not whole:
        width = nice_step(2 * reach / BINS)
        half = math.ceil(reach / width)
        return np.arange(-half, half + 1, dtype=np.float64) * width
    width = max(1, math.ceil(2 * reach / BINS)) // 2 * 2 + 1
    half = max(1, math.ceil((reach - width / 2) / width))
    return (np.arange(-half, half + 2, dtype=np.float64) - 0.5) * width


def draw(plan: HistogramPlan, theme: Theme, *, title: str, name: str) -> Figure:
    """The plan in one theme."""
    page = style.sheet(theme, title=title, subtitle=plan.subtitle, source=plan.source, name=name)
    scale = style.scale(0.0, max(plan.counts), head=24.0, zero=True)
    box = Box(left=scale.left, top=style.PLOT_TOP, right=style.RIGHT, bottom=style.PLOT_BOTTOM)
    target = style.plot(page, x=(plan.edges[0], plan.edges[-1]), y=(0.0, scale.ceiling), box=box)
    target.grid(scale.lines, scale.label, base=0.0)
    for low, high, height in zip(plan.edges, plan.edges[1:], plan.counts, strict=False):
        far = abs(low + high) / 2 >= abs(plan.last)
        colour = theme.accent if far else theme.quiet
        target.bar((low + high) / 2, height, colour=colour, width=(high - low) * 0.86)
    marks = ticks(plan.edges[0], plan.edges[-1])
    decimals = places(marks[1] - marks[0])
    target.dates([(mark, number(mark, decimals, signed=True)) for mark in marks])
    target.moment(plan.last, top=target.box.top + 70)
    target.dot(plan.last, 0.0)
    callouts.note(
        target,
        callouts.dated(theme, *plan.note),
        x=target.px_x(plan.last),
        y=target.box.top + 62,
        prefer=("above-left", "above") if plan.last > 0 else ("above-right", "above"),
        reach=4,
    )
    return page.figure
