"""Several markets over one window, a small line each on its own scale, with the last value and the change.

For quiet days and for stories of several markets at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from matplotlib.figure import Figure

from newsletter.errors import ChartError
from newsletter.facts import FactBook, Story, Unit
from newsletter.instruments import Instrument
from newsletter.look import BOLD, SEMIBOLD, Theme, text_width
from newsletter.market import MarketDay
from newsletter.numerals import ap_date, basis_points, count, percent

from . import style
from .closes import closes
from .place import Box, span
from .words import Citations, Plan, alt, in_bp, level, source_line

MARKETS = (
    "^GSPC",
    "^IXIC",
    "^DJI",
    "^RUT",
    ("DGS10", "^TNX"),
    "^VIX",
    "DX-Y.NYB",
    "CL=F",
    "GC=F",
    "BTC-USD",
)
"""In this order, a row each; of two in brackets the first that has data."""

COMBO = ("^GSPC", ("DGS10", "^TNX"), "DX-Y.NYB")
ROWS, LEAST, MONTHS_3, MONTH = 8, 3, 63, 21
TOP, BOTTOM = 148.0, 462.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Market:
    """One row: the name, its line, and two texts."""

    name: str
    values: tuple[float, ...]
    last: str
    change: str
    up: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class TablePlan(Plan):
    """Rows from top to bottom."""

    markets: tuple[Market, ...]


def plan(story: Story, book: FactBook, day: MarketDay) -> TablePlan:
    """Up to eight markets over 63 sessions, or the three of a joint move over 21; ChartError for fewer than three."""
    joint = story.entity.startswith("cross:")
    sessions = MONTH if joint else MONTHS_3
    if len(day.sessions) <= sessions:
        raise ChartError(f"there are only {len(day.sessions)} sessions; the chart shows {sessions}")
    base = pd.Timestamp(day.sessions[-1 - sessions])
    cited = Citations(book=book)
    markets: dict[str, Market] = {}
    for symbol in _symbols(day, COMBO if joint else MARKETS):
        row = _market(day, symbol, base, sessions, cited)
        if row is not None:
            markets[symbol] = row
    if len(markets) < LEAST:
        raise ChartError(f"{len(markets)} markets have data; the chart needs {LEAST}")
    rows = tuple(markets.values())
    rising = sum(market.up for market in rows)
    window = "a month" if joint else "three months"
    cited.cite("glance", "up", f"{sessions}s", rising, Unit.COUNT, day.session, "markets shown")
    cited.cite("glance", "count", f"{sessions}s", len(rows), Unit.COUNT, day.session, "markets shown")
    some = count(rising) if rising else "none"
    of_all = f"{some[:1].upper()}{some[1:]} of {count(len(rows))} markets"
    share = (f"{of_all} rose in {window}", f"{of_all} up in {window}", f"{of_all} rose")
    return TablePlan(
        titles=("Stocks, bonds and the dollar, together", *share) if joint else share,
        subtitle=f"Closes since {ap_date(base.date())}, each on its own scale",
        alt=alt(
            f"Small line charts of {len(rows)} markets, closes since {ap_date(base.date())}.",
            f"{rising} rose. " + ", ".join(f"{market.name} {market.change}" for market in rows[:3]) + ".",
        ),
        source=source_line(day, *(day.series[symbol] for symbol in markets)),
        facts=cited.all,
        columns=("market", "last", "change"),
        rows=tuple((market.name, market.last, market.change) for market in rows),
        markets=rows,
    )


def _symbols(day: MarketDay, wanted: tuple[str | tuple[str, ...], ...]) -> list[str]:
    chosen = []
    for row in wanted:
        options = (row,) if isinstance(row, str) else row
        known = next((s for s in options if s in day.series and day.series[s].detectable), None)
        if known is not None:
            chosen.append(known)
    return chosen[:ROWS]


def _market(
    day: MarketDay, symbol: str, base: pd.Timestamp, sessions: int, cited: Citations
) -> Market | None:
    """The row of ``symbol``; None where its closes don't reach back to the base or aren't positive."""
    series = day.series[symbol]
    found = closes(day, symbol)
    before = found[found.index <= base]
    if not len(before):
        return None
    part = found[found.index >= before.index[-1]]
    first, last = float(part.iloc[0]), float(part.iloc[-1])
    if len(part) < 5 or ((first <= 0 or last <= 0) and not in_bp(series.instrument)):
        return None
    window = f"{sessions}s@{pd.Timestamp(part.index[0]).date()}"
    instrument = series.instrument
    unit = Unit.PCT if in_bp(instrument) else Unit.LEVEL
    cited.cite(symbol, "close", "1s", last, unit, pd.Timestamp(part.index[-1]).date(), series.source)
    change = _change(instrument, first, last)
    metric, change_unit = ("change", Unit.BP) if in_bp(instrument) else ("return", Unit.PCT)
    cited.cite(symbol, metric, window, change, change_unit, day.session, series.source)
    return Market(
        name=instrument.name,
        values=tuple(map(float, part)),
        last=level(instrument, last),
        change=basis_points(change, signed=True) if in_bp(instrument) else percent(change, 1, signed=True),
        up=change > 0,
    )


def _change(instrument: Instrument, first: float, last: float) -> float:
    return round((last - first) * 100) if in_bp(instrument) else (last / first - 1) * 100


def draw(plan: TablePlan, theme: Theme, *, title: str, name: str) -> Figure:
    """The plan in one theme."""
    page = style.sheet(theme, title=title, subtitle=plan.subtitle, source=plan.source, name=name)
    names = max(text_width(market.name, style.AXIS, SEMIBOLD) for market in plan.markets)
    lasts = max(text_width(market.last, style.AXIS) for market in plan.markets)
    changes = max(text_width(market.change, style.AXIS, BOLD) for market in plan.markets)
    left, right = style.LEFT + names + 18, style.RIGHT - changes - 18 - lasts - 18
    pitch = min(96.0, (BOTTOM - TOP) / len(plan.markets))
    head = style.Run(text="Last", size=style.FOOT, colour=theme.muted)
    page.write(style.RIGHT - changes - 18, TOP - 10, head, align="right")
    page.write(
        style.RIGHT, TOP - 10, style.Run(text="Change", size=style.FOOT, colour=theme.muted), align="right"
    )
    for row, market in enumerate(plan.markets):
        top = TOP + pitch * row
        page.rule([style.LEFT, style.RIGHT], [top, top], colour=theme.rule, width=style.HAIR, zorder=0)
        _row(page, market, Box(left=left, top=top + 6, right=right, bottom=top + pitch - 6), changes)
    return page.figure


def _row(page: style.Sheet, market: Market, box: Box, changes: float) -> None:
    theme = page.theme
    low, high = span(market.values)
    target = style.plot(page, x=(0.0, len(market.values) - 1.0), y=(low, high), box=box)
    first = target.px_y(market.values[0])
    page.rule([box.left, box.right], [first, first], colour=theme.rule_strong, width=style.HAIR, zorder=0.1)
    target.axes.plot(
        range(len(market.values)),
        market.values,
        color=theme.accent,
        linewidth=1.7,
        solid_joinstyle="round",
        clip_on=False,
    )
    target.dot(len(market.values) - 1.0, market.values[-1], size=4.5)
    baseline = (box.top + box.bottom) / 2 + style.LEVEL * style.AXIS
    page.write(
        style.LEFT, baseline, style.Run(text=market.name, size=style.AXIS, weight=SEMIBOLD, colour=theme.ink)
    )
    page.write(
        style.RIGHT - changes - 18,
        baseline,
        style.Run(text=market.last, size=style.AXIS, colour=theme.text),
        align="right",
    )
    page.write(
        style.RIGHT,
        baseline,
        style.Run(text=market.change, size=style.AXIS, weight=BOLD, colour=theme.ink),
        align="right",
    )
