"""The figures beside the column: tiles, at a glance, movers, sectors. Every cell names its fact."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from newsletter import numerals
from newsletter.brief import Cell, MoverRow, SectorRow, SnapshotRow, Tile
from newsletter.config import Row
from newsletter.editorial.calendar_days import is_last_of_week
from newsletter.editorial.desk import Desk, name, say
from newsletter.editorial.phrase import Line, Style
from newsletter.facts import Fact, Unit
from newsletter.instruments import Kind
from newsletter.market import Headline

SPARK = 252
"""Closes in a sparkline: one year."""

LISTED = 5
"""Gainers and losers listed."""

NOTHING = Cell(text="—")
NO_REASON = "No headline found"
SPOTLIGHT = "spotlight"


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """A column of the glance table and how many decimals it carries."""

    window: str
    places: int


DAY, WEEK, MONTH, YEAR = (
    Window(window="1s", places=2),
    Window(window="5s", places=1),
    Window(window="1cm", places=1),
    Window(window="ytd", places=1),
)


def level_cell(fact: Fact | None) -> Cell:
    """A last close: index points, percent, dollars or basis points."""
    if fact is None:
        return NOTHING
    value = fact.number
    match fact.unit:
        case Unit.PCT:
            text = numerals.percent(value, 2)
        case Unit.USD:
            text = numerals.dollars(value, 0 if abs(value) >= 10_000 else 2)
        case Unit.BP:
            text = numerals.basis_points(value)
        case _:
            text = numerals.number(value, 2)
    return Cell(text=text, fact=fact.id)


def change_cell(fact: Fact | None, places: int) -> Cell:
    """A signed change: percent with decimals, basis points whole."""
    if fact is None:
        return NOTHING
    value = fact.number
    if fact.unit is Unit.BP:
        text, shown = numerals.basis_points(value, signed=True), numerals.rounded(value, 0)
    else:
        text, shown = numerals.percent(value, places, signed=True), numerals.rounded(value, places)
    return Cell(text=text, sign=(shown > 0) - (shown < 0), fact=fact.id)


def change(desk: Desk, entity: str, window: str) -> Fact | None:
    """The change over a window: a return, or basis points for yields and spreads."""
    return desk.newest(entity, "return", window) or _points(desk, entity, window)


def _points(desk: Desk, entity: str, window: str) -> Fact | None:
    found = desk.newest(entity, "change", window)
    return found if found is not None and found.unit is Unit.BP else None


def fresh(desk: Desk, entity: str) -> bool:
    """Whether the entity has a close of the session itself."""
    return desk.get(entity, "close") is not None


def resolve(desk: Desk, row: Row) -> str | None:
    """The entity of a configured row: the first of several that has data; the spotlight is the stock of the day."""
    for symbol in (row,) if isinstance(row, str) else row:
        entity = spotlight(desk) if symbol == SPOTLIGHT else symbol
        if entity is not None and desk.newest(entity, "close") is not None:
            return entity
    return None


def spotlight(desk: Desk) -> str | None:
    """The lead's entity if that is a stock, else the stock that moved most for its own habits."""
    lead = desk.choice.lead
    if lead is not None and desk.names.kind(lead.entity) is Kind.STOCK and lead.entity in desk.day.series:
        return lead.entity
    stocks = [
        entry.symbol
        for entry in desk.config.universe
        if entry.kind is Kind.STOCK and desk.get(entry.symbol, "return") is not None
    ]
    return max(stocks, key=lambda symbol: abs(desk.size(symbol)), default=None)


def tiles(desk: Desk) -> tuple[Tile, ...]:
    """Six figures, the same facts as at a glance."""
    found = (resolve(desk, row) for row in desk.config.tiles)
    return tuple(
        Tile(
            name=short_name(desk, entity),
            last=level_cell(desk.newest(entity, "close")),
            change=change_cell(change(desk, entity, "1s"), DAY.places),
        )
        for entity in found
        if entity is not None
    )


def short_name(desk: Desk, entity: str) -> str:
    """What a table calls it."""
    return desk.names.of(entity).name


def snapshot(desk: Desk) -> tuple[SnapshotRow, ...]:
    """The rows of at a glance that have data."""
    found = (resolve(desk, row) for row in desk.config.glance)
    return tuple(_snapshot_row(desk, entity) for entity in found if entity is not None)


def _snapshot_row(desk: Desk, entity: str) -> SnapshotRow:
    close = desk.newest(entity, "close")
    stale = close is not None and close.as_of != desk.session
    cells = {
        column.window: NOTHING
        if stale and column is DAY
        else change_cell(change(desk, entity, column.window), column.places)
        for column in (DAY, WEEK, MONTH, YEAR)
    }
    return SnapshotRow(
        entity=entity,
        name=short_name(desk, entity),
        note=f"as of {numerals.ap_date(close.as_of, relative_to=desk.today)}"
        if stale and close is not None
        else "",
        last=level_cell(close),
        day=cells["1s"],
        week=cells["5s"],
        month=cells["1cm"],
        year=cells["ytd"],
        spark=spark(desk, entity),
    )


def spark(desk: Desk, entity: str) -> tuple[float, ...]:
    """A year of closes up to the session, oldest first; for a spread in basis points."""
    closes = _closes(desk, entity)
    return () if closes is None else tuple(float(value) for value in closes.iloc[-SPARK:])


def _closes(desk: Desk, entity: str) -> pd.Series[float] | None:
    if entity.startswith("spread:"):
        long, _, short = entity.partition(":")[2].partition("-")
        one, two = _closes(desk, long), _closes(desk, short)
        return None if one is None or two is None else ((one - two) * 100).dropna().round()
    series = desk.day.series.get(entity)
    if series is None:
        return None
    return series.close.loc[: pd.Timestamp(desk.session)]


def movers(desk: Desk) -> tuple[tuple[MoverRow, ...], str]:
    """The largest gainers and losers, and the universe they come from."""
    members = desk.get("breadth:SPX", "members")
    if members is not None:
        symbols = [
            _symbol(desk, f"{side}_{place}") for side in ("gainer", "loser") for place in range(1, LISTED + 1)
        ]
        rows = tuple(
            _mover(desk, symbol)
            for place, symbol in enumerate(symbols)
            if symbol is not None and _went(desk, symbol, up=place < LISTED)
        )
        return rows, f"{numerals.number(members.number)} members of the S&P 500"
    stocks = [entry.symbol for entry in desk.config.universe if entry.kind is Kind.STOCK]
    ranked = sorted(
        (symbol for symbol in stocks if desk.get(symbol, "return") is not None),
        key=lambda symbol: -(desk.number(symbol, "return") or 0.0),
    )
    if len(ranked) < 2 * LISTED:
        return (), ""
    chosen = [
        *(symbol for symbol in ranked[:LISTED] if _went(desk, symbol, up=True)),
        *(symbol for symbol in ranked[: -LISTED - 1 : -1] if _went(desk, symbol, up=False)),
    ]
    return tuple(_mover(desk, symbol) for symbol in chosen), f"the {len(ranked)} stocks this brief follows"


def week(desk: Desk) -> Line | None:
    """Before the last session of a week, the members that have done best and worst in it."""
    best, worst = desk.get("breadth:SPX", "week_best", "wtd"), desk.get("breadth:SPX", "week_worst", "wtd")
    if not is_last_of_week(desk.day) or best is None or worst is None:
        return None
    most, least = (desk.get(str(fact.value), "return", "wtd") for fact in (best, worst))
    if most is None or least is None or most.number <= 0 or least.number >= 0:
        return None
    return desk.line(
        "movers week",
        "Over the week so far {best} did best, up {most}, and {worst} worst, down {least}.",
        best=name(str(best.value)),
        most=say(most, Style.MOVE),
        worst=name(str(worst.value)),
        least=say(least, Style.MOVE),
    )


def _went(desk: Desk, symbol: str, *, up: bool) -> bool:
    """Whether it gained, or lost: on a bad day the best of many is no gainer."""
    move = desk.number(symbol, "return") or 0.0
    return move > 0 if up else move < 0


def _symbol(desk: Desk, metric: str) -> str | None:
    fact = desk.get("breadth:SPX", metric)
    return None if fact is None else str(fact.value)


def _mover(desk: Desk, symbol: str) -> MoverRow:
    return MoverRow(
        symbol=symbol,
        name=short_name(desk, symbol),
        last=level_cell(desk.get(symbol, "close")),
        day=change_cell(desk.get(symbol, "return"), DAY.places),
        reason=reason(desk, symbol),
    )


def reason(desk: Desk, symbol: str) -> str:
    """The newest headline that names the company, with its publisher; never a guess."""
    name = short_name(desk, symbol)
    naming = [item for item in desk.day.headlines if _names(item, name, symbol)]
    if not naming:
        return NO_REASON
    newest = max(naming, key=lambda item: item.published)
    return f"{newest.title} ({newest.source})"


def _names(item: Headline, name: str, symbol: str) -> bool:
    words = item.title.replace("’s", "").replace("'s", "").replace(",", " ").replace(":", " ").split()
    first = name.split()[0]
    return (len(first) > 3 and first in words) or (len(symbol) > 2 and f"({symbol})" in item.title)


def sectors(desk: Desk) -> tuple[SectorRow, ...]:
    """The eleven sectors' day, best first; the longest bar is one."""
    rows = [
        (entry, fact)
        for entry in desk.config.universe
        if entry.kind is Kind.SECTOR and (fact := desk.get(entry.symbol, "return")) is not None
    ]
    longest = max((abs(fact.number) for _, fact in rows), default=0.0)
    ranked = sorted(rows, key=lambda item: -item[1].number)
    return tuple(
        SectorRow(
            name=entry.name,
            day=change_cell(fact, DAY.places),
            share=fact.number / longest if longest else 0.0,
        )
        for entry, fact in ranked
    )
