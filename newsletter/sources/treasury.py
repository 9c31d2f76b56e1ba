"""Par yields of the US Treasury, one CSV file a year, no key needed; kept in the price store like other series.

Quotes are of about half past three in New York and out on the same evening. Columns are read by their heading: a new one
(``1.5 Month``) appeared one day.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

import pandas as pd

from newsletter.clock import Clock
from newsletter.instruments import Instrument
from newsletter.market import Gap, Series
from newsletter.sources.csv_prices import on_calendar
from newsletter.sources.point_in_time import Moment
from newsletter.sources.supply import Fetch, PriceSupply
from newsletter.sources.web_fetch import Fetcher, Refused
from newsletter.store.prices import Outcome, PriceStore

COLUMNS = {"DGS3MO": "3 Mo", "DGS2": "2 Yr", "DGS5": "5 Yr", "DGS10": "10 Yr", "DGS30": "30 Yr"}
"""The Federal Reserve's names of the series, which are ours, and the Treasury's headings."""

ADDRESS = (
    "https://home.treasury.gov/resource-center/data-chart-center/interest-rates/daily-treasury-rates.csv/"
    "{year}/all?type=daily_treasury_yield_curve&field_tdr_date_value={year}&page&_format=csv"
)

YEARS = 6
"""How many years back a first run asks for: more than the 1,260 sessions that moves are ranked in."""

FRESH = timedelta(hours=1)

SOURCE = "US Treasury"

Get = Callable[[str], bytes]


def prices(
    universe: Sequence[Instrument],
    moment: Moment,
    store: PriceStore,
    sessions: pd.DatetimeIndex,
    *,
    clock: Clock,
    get: Get | None = None,
) -> PriceSupply:
    """The par yields of ``universe``; a year that can't be had is a Gap, and what is stored stands."""
    wanted = [item for item in universe if item.symbol in COLUMNS]
    if not wanted:
        return PriceSupply(series={})
    fetch, now = get if get is not None else Fetcher(), clock()
    gaps: list[Gap] = []
    fetches: list[Fetch] = []
    for year in _years(wanted, moment, store, now):
        try:
            content = fetch(ADDRESS.format(year=year))
            table = parse(content)
        except (Refused, OSError) as error:
            gaps.append(Gap(source=SOURCE, reason=f"yields of {year}: {_said(error)}"))
            continue
        fetches.append(_fetch(year, content, table, now))
        for item in wanted:
            if item.symbol in table:
                _keep(store, item.symbol, table[item.symbol].dropna(), now)
    series = {item.symbol: found for item in wanted if (found := _series(item, store, sessions)) is not None}
    return PriceSupply(series=series, gaps=tuple(gaps), fetches=tuple(fetches))


def parse(content: bytes) -> pd.DataFrame:
    """Percent by day, oldest first, one column a series; raises Refused where this is not the Treasury's table."""
    reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig", errors="replace")))
    headings = [name.strip() for name in reader.fieldnames or ()]
    present = {symbol: name for symbol, name in COLUMNS.items() if name in headings}
    if "Date" not in headings or not present:
        raise Refused("not the table of yields that we know")
    rows = dict(_rows(reader, present))
    table = pd.DataFrame.from_dict(rows, orient="index", columns=list(present), dtype="float64")
    table.index = pd.DatetimeIndex(table.index, name="date").as_unit("ns")
    return table.sort_index()


def _rows(
    reader: csv.DictReader[str], present: Mapping[str, str]
) -> Iterator[tuple[pd.Timestamp, list[float]]]:
    for row in reader:
        cells = {
            (name or "").strip(): (cell or "").strip() for name, cell in row.items() if isinstance(cell, str)
        }
        try:
            day = datetime.strptime(cells["Date"], "%m/%d/%Y")  # noqa: DTZ007 - a day has no zone
            yield pd.Timestamp(day), [float(cells.get(name) or "nan") for name in present.values()]
        except (KeyError, ValueError):
            raise Refused(f"a row we can't read: {', '.join(cells.values())[:60]}") from None


def _years(wanted: Sequence[Instrument], moment: Moment, store: PriceStore, now: datetime) -> list[int]:
    """Which files to ask for: six years at first, then the present one, and in January the last one too."""
    stored = [store.read(item.symbol) for item in wanted]
    if any(known is None for known in stored):
        return list(range(moment.session.year - YEARS, moment.session.year + 1))
    asked = min(known.checked_at for known in stored if known is not None)
    if now - asked < FRESH:
        return []
    newest = min(known.bars.index[-1] for known in stored if known is not None)
    return list(range(min(newest.year, (moment.session - timedelta(days=31)).year), moment.session.year + 1))


def _keep(store: PriceStore, symbol: str, values: pd.Series[float], now: datetime) -> None:
    if values.empty:
        return
    bars = pd.DataFrame({"close": values})
    if store.merge(symbol, bars, source=SOURCE, seen_at=now) is Outcome.SPLIT:
        # Yields don't split; that they all moved alike means another table, and the new one is the Treasury's word.
        store.rewrite(symbol, bars, source=SOURCE, seen_at=now)


def _series(item: Instrument, store: PriceStore, sessions: pd.DatetimeIndex) -> Series | None:
    stored = store.read(item.symbol)
    if stored is None or stored.bars.empty:
        return None
    rows = stored.bars[["open", "high", "low", "close", "volume"]].astype(float)
    return Series(
        instrument=item, bars=on_calendar(rows, item.kind, sessions), source=f"treasury:{item.symbol}"
    )


def _said(error: Refused | OSError) -> str:
    if isinstance(error, OSError):
        return f"no answer ({error.strerror or type(error).__name__})"
    return str(error)


def _fetch(year: int, content: bytes, table: pd.DataFrame, at: datetime) -> Fetch:
    days: list[date] = [stamp.date() for stamp in pd.DatetimeIndex(table.index)]
    return Fetch(
        source=f"treasury:{year}",
        what=ADDRESS.format(year=year),
        rows=len(days),
        first=days[0] if days else None,
        newest=days[-1] if days else None,
        sha256=hashlib.sha256(content).hexdigest(),
        fetched_at=at,
    )
