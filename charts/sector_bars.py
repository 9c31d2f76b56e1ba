"""The day's change of each sector, best to worst, on both sides of zero; the index's own change as a line."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from matplotlib.figure import Figure

from newsletter.errors import ChartError
from newsletter.facts import FactBook, Story, Unit
from newsletter.instruments import Kind
from newsletter.look import BOLD, REGULAR, SEMIBOLD, Theme, text_width
from newsletter.market import MarketDay
from newsletter.numerals import ap_date, number, percent

from . import style
from .closes import closes, unbroken
from .place import Box
from .words import Citations, Plan, alt, source_line

INDEX = "^GSPC"
LEAST = 9
"""Sectors that must have data; the count is printed."""

TOP, BOTTOM = 146.0, 462.0


@dataclass(frozen=True, kw_only=True, slots=True)
class SectorPlan(Plan):
    """Sectors and their changes in percent, best first."""

    names: tuple[str, ...]
    changes: tuple[float, ...]
    index_name: str
    index: float


def plan(story: Story, book: FactBook, day: MarketDay) -> SectorPlan:
    """Every sector with a close on the session and the one before; ChartError where that are fewer than nine."""
    changes: dict[str, float] = {}
    for symbol, series in day.series.items():
        if series.instrument.kind is Kind.SECTOR and series.detectable:
            changes[symbol] = _change(day, symbol)
    if len(changes) < LEAST:
        raise ChartError(f"{len(changes)} sectors have data; the chart needs {LEAST}")
    index = _change(day, INDEX)
    order = sorted(changes, key=lambda symbol: -changes[symbol])
    best, worst = order[0], order[-1]
    up, gap = sum(change > 0 for change in changes.values()), changes[best] - changes[worst]
    cited = Citations(book=book)
    entity, sources = "sectors:SPDR", ", ".join(day.series[symbol].source for symbol in order)
    cited.cite(entity, "up", "1s", up, Unit.COUNT, day.session, sources)
    cited.cite(entity, "count", "1s", len(changes), Unit.COUNT, day.session, sources)
    cited.cite(entity, "gap", "1s", gap, Unit.PP, day.session, sources)
    for symbol in (*order, INDEX):
        value = index if symbol == INDEX else changes[symbol]
        cited.cite(symbol, "return", "1s", value, Unit.PCT, day.session, day.series[symbol].source)
    names = {symbol: day.series[symbol].instrument.name for symbol in order}
    size = number(gap, 1)
    return SectorPlan(
        titles=_titles(
            names[best], names[worst], size, up, len(changes), spread=story.detector == "sector_spread"
        ),
        subtitle=f"Sectors, one-day change. {up} of {len(changes)} up; {size} points apart",
        alt=alt(
            f"Bar chart of the one-day change of {len(changes)} sectors.",
            f"{up} rose on {ap_date(day.session)}. {names[best]} {percent(changes[best], 1, signed=True)}, "
            f"{names[worst]} {percent(changes[worst], 1, signed=True)}.",
            f"The S&P 500: {percent(index, 1, signed=True)}.",
        ),
        source=source_line(day, day.series[best]),
        facts=cited.all,
        columns=("sector", "change"),
        rows=tuple((names[symbol], changes[symbol]) for symbol in order),
        names=tuple(names[symbol] for symbol in order),
        changes=tuple(changes[symbol] for symbol in order),
        index_name=day.series[INDEX].instrument.name,
        index=index,
    )


def _change(day: MarketDay, symbol: str) -> float:
    part = unbroken(day, symbol, closes(day, symbol).iloc[-2:])
    if float(part.iloc[0]) <= 0 or pd.Timestamp(part.index[-1]).date() != day.session:
        raise ChartError(f"{symbol} has no change on {day.session}")
    return float(part.iloc[-1] / part.iloc[0] - 1) * 100


def _titles(best: str, worst: str, size: str, up: int, total: int, *, spread: bool) -> tuple[str, ...]:
    if up in (0, total) and not spread:
        return (f"All {total} sectors {'rose' if up else 'fell'}",)
    gap = (
        f"{best} beat {worst.lower()} by {size} points",
        f"{best} beat {worst.lower()} by {size}",
        f"{size} points from best to worst sector",
    )
    share = f"{up} of {total} sectors rose" if up else f"None of {total} sectors rose"
    return (*gap, share) if spread else (share, *gap)


def draw(plan: SectorPlan, theme: Theme, *, title: str, name: str) -> Figure:
    """The plan in one theme."""
    page = style.sheet(theme, title=title, subtitle=plan.subtitle, source=plan.source, name=name)
    names = style.LEFT + max(text_width(each, style.AXIS, SEMIBOLD) for each in plan.names) + 14
    value = max(text_width(percent(each, 1, signed=True), style.AXIS, BOLD) for each in plan.changes) + 8
    low, high = min(0.0, *plan.changes, plan.index), max(0.0, *plan.changes, plan.index)
    left, right = names + (value if low < 0 else 0), style.RIGHT - (value if high > 0 else 0)
    per_px = max(high - low, 1e-9) / (right - left)
    zero = left - low / per_px
    page.rule([zero, zero], [TOP, BOTTOM], colour=theme.base, width=1.1, zorder=0.7)
    pitch = (BOTTOM - TOP) / len(plan.names)
    for row, (each, change) in enumerate(zip(plan.names, plan.changes, strict=True)):
        lit = row in (0, len(plan.names) - 1)
        middle = TOP + pitch * (row + 0.5)
        _bar(page, each, change, lit=lit, middle=middle, height=pitch * 0.64, zero=zero, per_px=per_px)
    _index(page, plan, zero + plan.index / per_px)
    return page.figure


def _bar(
    page: style.Sheet,
    name: str,
    change: float,
    *,
    lit: bool,
    middle: float,
    height: float,
    zero: float,
    per_px: float,
) -> None:
    theme, end = page.theme, zero + change / per_px
    page.block(
        Box(left=min(zero, end), top=middle - height / 2, right=max(zero, end), bottom=middle + height / 2),
        theme.accent if lit else theme.quiet,
        zorder=0.6,
    )
    baseline = middle + style.LEVEL * style.AXIS
    label = style.Run(
        text=name,
        size=style.AXIS,
        weight=SEMIBOLD if lit else REGULAR,
        colour=theme.ink if lit else theme.muted,
    )
    figure = style.Run(
        text=percent(change, 1, signed=True),
        size=style.AXIS,
        weight=BOLD if lit else SEMIBOLD,
        colour=theme.accent if lit else theme.muted,
    )
    page.write(style.LEFT, baseline, label)
    side = "left" if change >= 0 else "right"
    page.write(end + (7 if change >= 0 else -7), baseline, figure, align=side, ground=theme.card)


def _index(page: style.Sheet, plan: SectorPlan, x: float) -> None:
    """A hairline through all bars at the index's own change, named above them."""
    theme = page.theme
    page.rule([x, x], [TOP - 6, BOTTOM], colour=theme.ink, width=1.0, zorder=3)
    run = style.Run(
        text=f"{plan.index_name} {percent(plan.index, 1, signed=True)}",
        size=style.FOOT,
        weight=SEMIBOLD,
        colour=theme.ink,
    )
    half = run.width / 2
    page.write(min(max(x, style.LEFT + half), style.RIGHT - half), TOP - 12, run, align="center")
