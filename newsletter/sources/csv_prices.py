"""Prices from a folder of CSV files: anyone's own data, laid out as docs/sources.md shows.

``symbols.csv`` names a file for every symbol; ``prices/`` holds the files. Optional beside them: ``rates_fred.csv``
(yields and credit spreads, one column a series), ``sp500_adjclose_panel.csv.gz`` with ``sp500_constituents.csv`` and
``sp500_membership_start_end.csv`` (members of the index), ``shares_outstanding.csv``.

A mistake in a file raises DataError with file, line and column. A symbol of the universe that the folder doesn't have
is a Gap.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from newsletter.errors import DataError
from newsletter.instruments import Instrument, Kind
from newsletter.market import Gap, Members, Membership, Series
from newsletter.progress import Progress, silent
from newsletter.sources import csv_table
from newsletter.sources.companies import called, classes, dashed
from newsletter.sources.supply import Fetch, PriceSupply, ShareCount

if TYPE_CHECKING:
    import pandas as pd

SYMBOLS = "symbols.csv"
RATES = "rates_fred.csv"
PANEL = "sp500_adjclose_panel.csv.gz"
CONSTITUENTS = "sp500_constituents.csv"
MEMBERSHIP = "sp500_membership_start_end.csv"
SHARES = "shares_outstanding.csv"

COLUMNS = ("open", "high", "low", "close", "volume")
INDEX = "^GSPC"
"""The index whose members the panel holds."""

ON_SESSIONS = frozenset({Kind.INDEX, Kind.VOLATILITY, Kind.ETF, Kind.SECTOR, Kind.STOCK})
"""Kinds that trade on the exchange's sessions and on no other day."""

_EXPECTED = (
    "a folder with symbols.csv (columns file, symbol) and prices/, one CSV a symbol; see docs/sources.md"
)


def read(
    folder: Path,
    universe: Sequence[Instrument],
    sessions: pd.DatetimeIndex,
    *,
    at: datetime,
    progress: Progress = silent,
) -> PriceSupply:
    """Everything of ``universe`` that ``folder`` holds, to its newest row; ``at`` is the time of reading."""
    files = _files(folder)
    rates = _rates(folder, [item.symbol for item in universe if item.symbol not in files])
    series: dict[str, Series] = {}
    fetches: list[Fetch] = []
    absent: list[str] = []
    if rates is not None:
        fetches.append(rates.table.fetch(f"csv:{RATES}", rates.frame.index, at))
    for done, item in enumerate(universe):
        if item.symbol in files:
            listed = files[item.symbol]
            table, bars = _bars(listed.path)
            adjusted = listed.adjusted
            fetches.append(table.fetch(f"csv:{item.symbol}", bars.index, at))
        elif rates is not None and item.symbol in rates.frame:
            bars, adjusted = _single(rates.frame[item.symbol]), False
        else:
            absent.append(item.symbol)
            continue
        bars = on_calendar(bars, item.kind, sessions)
        series[item.symbol] = Series(
            instrument=item, bars=bars, source=f"csv:{item.symbol}", adjusted=adjusted
        )
        progress.advance(done + 1, len(universe))
    members, more = _members(folder, at)
    shares, counted = _shares(folder, universe, at)
    gaps = (Gap(source="prices", reason=f"not in the folder: {', '.join(absent)}"),) if absent else ()
    return PriceSupply(
        series=series, members=members, shares=shares, gaps=gaps, fetches=(*fetches, *more, *counted)
    )


def on_calendar(bars: pd.DataFrame, kind: Kind, sessions: pd.DatetimeIndex) -> pd.DataFrame:
    """Only rows on days that ``kind`` trades on: sessions of the exchange, for rates any weekday, else every day."""
    import pandas as pd

    if kind in ON_SESSIONS:
        return bars[bars.index.isin(sessions)]
    if kind in (Kind.YIELD, Kind.CREDIT):
        # The Federal Reserve fills weekends of the overnight rate; ICE closes a month even on a Sunday.
        return bars[pd.DatetimeIndex(bars.index).day_of_week < 5]
    return bars


class _Rates:
    """The one file that holds several series."""

    def __init__(self, table: csv_table.Table, columns: Sequence[str]) -> None:
        self.table = table
        self.frame = csv_table.frame(table, columns)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Listed:
    """A row of symbols.csv. ``adjusted``: its note says that levels aren't those that were traded."""

    path: Path
    adjusted: bool


_ADJUSTED = re.compile(r"\badjusted\b|\bsplit\b")


def _files(folder: Path) -> Mapping[str, _Listed]:
    if not folder.is_dir():
        raise DataError(f"{folder}: no such folder; expected {_EXPECTED}")
    table = csv_table.read(folder / SYMBOLS, _EXPECTED)
    table.require(["file", "symbol"])
    files: dict[str, _Listed] = {}
    for line, row in table.lines():
        symbol, path = row["symbol"], folder / "prices" / row["file"]
        if symbol in files:
            raise DataError(f"{table.path}:{line}: symbol: {symbol} stands there twice; remove one row")
        if path.parent != folder / "prices" or not row["file"]:
            raise DataError(
                f"{table.path}:{line}: file: {row['file']!r} is not the name of a file in prices/"
            )
        if not path.is_file():
            raise DataError(
                f"{table.path}:{line}: file: {symbol} is listed, but prices/{row['file']} isn't there; "
                "add the file or remove the row"
            )
        files[symbol] = _Listed(path=path, adjusted=bool(_ADJUSTED.search(row.get("note", ""))))
    if not files:
        raise DataError(f"{table.path}: lists no symbol; expected {_EXPECTED}")
    return files


def _bars(path: Path) -> tuple[csv_table.Table, pd.DataFrame]:
    table = csv_table.read(path, "daily bars: date,open,high,low,close,volume")
    header = table.header()
    table.require(["date", "close"])
    wanted = [name for name in (*COLUMNS, "adj_close") if name in header]
    bars = csv_table.frame(table, wanted)
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        bars = bars.assign(**dict.fromkeys(missing, float("nan")))[
            [*COLUMNS, *(("adj_close",) if "adj_close" in header else ())]
        ]
    return table, bars


def _single(column: pd.Series[float]) -> pd.DataFrame:
    """Bars of a series that has one value a day."""
    import pandas as pd

    known = column.dropna()
    nothing = float("nan")
    return pd.DataFrame(
        {"open": nothing, "high": nothing, "low": nothing, "close": known, "volume": nothing},
        index=known.index,
        dtype="float64",
    )


def _rates(folder: Path, wanted: Sequence[str]) -> _Rates | None:
    path = folder / RATES
    if not wanted or not path.is_file():
        return None
    table = csv_table.read(path, "rates by date, one column a series")
    header = table.header()
    columns = [symbol for symbol in wanted if symbol in header]
    return _Rates(table, columns) if columns else None


def _members(folder: Path, at: datetime) -> tuple[Members | None, tuple[Fetch, ...]]:
    path = folder / PANEL
    if not path.is_file():
        return None, ()
    table = csv_table.read(path, "closes of index members, one column a symbol")
    symbols = [name for name in table.header() if name != "date"]
    closes = csv_table.frame(table, symbols)
    spells, spelled = _spells(folder / MEMBERSHIP, at)
    names, sectors, named = _constituents(folder / CONSTITUENTS, at)
    members = Members(
        index=INDEX, closes=closes, spells=spells, names=names, sectors=sectors, source=f"csv:{PANEL}"
    )
    return members, (table.fetch(f"csv:{PANEL}", closes.index, at), *spelled, *named)


def _spells(path: Path, at: datetime) -> tuple[tuple[Membership, ...], tuple[Fetch, ...]]:
    table = csv_table.read(path, "who was a member when: ticker,start_date,end_date")
    table.require(["ticker", "start_date", "end_date"])
    spells = tuple(
        Membership(
            symbol=dashed(row["ticker"]),
            start=csv_table.day(table, line, "start_date", row["start_date"]),
            end=csv_table.day(table, line, "end_date", row["end_date"]) if row["end_date"] else None,
        )
        for line, row in table.lines()
    )
    starts = sorted(spell.start for spell in spells)
    return spells, (table.fetch(f"csv:{MEMBERSHIP}", starts, at),)


def _constituents(path: Path, at: datetime) -> tuple[Mapping[str, str], Mapping[str, str], tuple[Fetch, ...]]:
    if not path.is_file():
        return {}, {}, ()
    table = csv_table.read(path, "names and sectors: Symbol,Security,GICS Sector")
    table.require(["Symbol", "Security", "GICS Sector"])
    rows = [row for _, row in table.lines()]
    names = {dashed(row["Symbol"]): called(row["Security"]) for row in rows}
    sectors = {dashed(row["Symbol"]): row["GICS Sector"] for row in rows}
    return names, sectors, (table.fetch(f"csv:{CONSTITUENTS}", (), at),)


def _shares(
    folder: Path, universe: Sequence[Instrument], at: datetime
) -> tuple[tuple[ShareCount, ...], tuple[Fetch, ...]]:
    path = folder / SHARES
    if not path.is_file():
        return (), ()
    table = csv_table.read(path, "share counts: ticker,asof,shares")
    table.require(["ticker", "asof", "shares"])
    counts: list[ShareCount] = []
    company = classes([item.symbol for item in universe])
    for line, row in table.lines():
        day = csv_table.day(table, line, "asof", row["asof"])
        shares = csv_table.number(table, line, "shares", row["shares"])
        if shares is None or shares <= 0:
            raise DataError(f"{path}:{line}: shares: {row['shares']!r} is not a count of shares; correct it")
        ticker = dashed(row["ticker"])
        counts.append(ShareCount(symbol=company.get(ticker, ticker), as_of=day, shares=shares))
    days = sorted(count.as_of for count in counts)
    return tuple(sorted(counts, key=lambda count: (count.as_of, count.symbol))), (
        table.fetch(f"csv:{SHARES}", days, at),
    )
