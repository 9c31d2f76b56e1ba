"""Working stand-ins for the outside world: an invented CSV folder, and a copy of a real one that ends at a session."""

import gzip
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from newsletter.clock import Clock, frozen
from newsletter.config import (
    Config,
    DataSource,
    Edition,
    Entry,
    HeadlineKind,
    Headlines,
    PriceKind,
    Sources,
)
from newsletter.instruments import Kind
from newsletter.market import MarketDay, Members, Series
from newsletter.sessions import exchange
from newsletter.sources import gather

NEW_YORK = ZoneInfo("America/New_York")
LATE = ("DFF", "SOFR", "HY_OAS", "IG_OAS")
"""Columns of rates_fred.csv whose value of a session appears on the next morning."""

LATER: Clock = frozen(datetime(2026, 1, 5, 12, 0, tzinfo=UTC))


# An invented folder -----------------------------------------------------------------------------------------------

INVENTED: Mapping[str, Kind] = {
    "^GSPC": Kind.INDEX,
    "^IXIC": Kind.INDEX,
    "^DJI": Kind.INDEX,
    "^RUT": Kind.INDEX,
    "^VIX": Kind.VOLATILITY,
    "^TNX": Kind.YIELD,
    "SPY": Kind.ETF,
    "BTC-USD": Kind.CRYPTO,
    "NVDA": Kind.STOCK,
}


def invented_bars(symbol: str, first: date, last: date) -> pd.DataFrame:
    """Invented bars, complete and unremarkable, on the days that such a series trades."""
    if INVENTED.get(symbol) is Kind.CRYPTO:
        days = pd.date_range(first, last, freq="D")
    else:
        days = pd.DatetimeIndex([pd.Timestamp(day) for day in exchange("XNYS", 2026).between(first, last)])
    market = np.random.default_rng(7).standard_normal(len(days)) * 0.6
    # Chance of its own, from the symbol's letters: `hash` differs from one process to the next.
    chance = np.random.default_rng([ord(letter) for letter in symbol])
    own = chance.standard_normal((len(days), 3)) * 0.15
    if symbol == "SPY":
        own[:, 0] = 0
    sign = -4 if symbol == "^VIX" else 1
    level = {"^VIX": 17.0, "^TNX": 4.2}.get(symbol, 500.0)
    close = level * np.exp(np.cumsum(sign * market + own[:, 0]) / (1000 if symbol == "^TNX" else 100))
    opened = np.concatenate(([close[0]], close[:-1]))
    bars = pd.DataFrame(
        {
            "open": opened,
            "high": np.maximum(opened, close) * (1 + np.abs(own[:, 1]) / 100),
            "low": np.minimum(opened, close) * (1 - np.abs(own[:, 2]) / 100),
            "close": close,
            "volume": 1e6,
        },
        index=days,
    )
    return bars.round(3)


def write_folder(
    folder: Path,
    *,
    first: date = date(2024, 1, 2),
    last: date = date(2025, 9, 30),
    symbols: Iterable[str] = tuple(INVENTED),
    change: Callable[[str, pd.DataFrame], pd.DataFrame] | None = None,
) -> Path:
    """A folder of invented prices as ``csv_prices`` reads it; ``change`` spoils what a test wants spoilt."""
    (folder / "prices").mkdir(parents=True)
    rows = ["file,symbol,name,kind"]
    for symbol in symbols:
        bars = invented_bars(symbol, first, last)
        if change is not None:
            bars = change(symbol, bars)
        write_bars(folder / "prices" / f"{symbol}.csv", bars)
        rows.append(f"{symbol}.csv,{symbol},{symbol},{INVENTED.get(symbol, Kind.STOCK)}")
    (folder / "symbols.csv").write_text("\n".join(rows) + "\n")
    return folder


def write_bars(path: Path, bars: pd.DataFrame) -> None:
    bars.to_csv(path, index_label="date", date_format="%Y-%m-%d")


def config_for(
    prices: Path,
    calendars: Path | None = None,
    *,
    kinds: Mapping[str, Kind] = INVENTED,
    reading: Path | None = None,
) -> Config:
    """A newsletter on those folders; without calendars, those of the sample market."""
    news = Headlines(kind=HeadlineKind.FILE, path=reading) if reading else Headlines()
    return Config(
        name="Test",
        first_issue=date(2024, 1, 2),
        editions=(Edition(id="morning", title="Morning"),),
        sources=Sources(
            prices=DataSource(kind=PriceKind.CSV, path=prices),
            calendars=DataSource(kind=PriceKind.CSV, path=calendars)
            if calendars
            else DataSource(kind=PriceKind.SAMPLE),
            headlines=news,
        ),
        universe=tuple(Entry(symbol=s, name=s, kind=kind, prose=s) for s, kind in kinds.items()),
        glance=(),
        tiles=(),
        folder=prices.parent,
    )


def day_of(config: Config, day: str, *, clock: Clock = LATER) -> MarketDay:
    """The MarketDay of the issue of ``day``."""
    return gather(config, config.editions[0], date.fromisoformat(day), clock=clock).day


# A real folder, ended ---------------------------------------------------------------------------------------------


def truncate_folder(source: Path, target: Path, session: date) -> Path:
    """Copy ``source`` (with ``market/`` and ``calendars/``) to ``target`` as it was on the morning after ``session``.

    Written apart from the code that cuts, line by line on the text of the files, so that the two can be compared.
    """
    market, calendars = target / "market", target / "calendars"
    (market / "prices").mkdir(parents=True)
    calendars.mkdir()
    day = session.isoformat()
    shutil_copy(source / "market" / "symbols.csv", market)
    for path in sorted((source / "market" / "prices").iterdir()):
        _keep(path, market / "prices" / path.name, lambda row: row[0] <= day)
    _rates(source / "market" / "rates_fred.csv", market / "rates_fred.csv", day)
    panel = gzip.decompress((source / "market" / "sp500_adjclose_panel.csv.gz").read_bytes()).decode()
    head, *rows = panel.splitlines()
    kept = [head, *(row for row in rows if row[:10] <= day)]
    (market / "sp500_adjclose_panel.csv.gz").write_bytes(gzip.compress(("\n".join(kept) + "\n").encode(), 1))
    shutil_copy(source / "market" / "sp500_constituents.csv", market)
    _membership(source / "market", market, day)
    public = (session - timedelta(days=45)).isoformat()
    _keep(
        source / "market" / "shares_outstanding.csv",
        market / "shares_outstanding.csv",
        lambda row: row[1] <= public,
    )
    _calendars(source / "calendars", calendars, session)
    return target


def shutil_copy(path: Path, folder: Path) -> None:
    (folder / path.name).write_bytes(path.read_bytes())


def _keep(path: Path, target: Path, wanted: Callable[[list[str]], bool]) -> None:
    head, *rows = path.read_text().splitlines()
    target.write_text("\n".join([head, *(row for row in rows if wanted(row.split(",")))]) + "\n")


def _rates(path: Path, target: Path, day: str) -> None:
    head, *rows = path.read_text().splitlines()
    late = [place for place, name in enumerate(head.split(",")) if name in LATE]
    kept = [head]
    for row in rows:
        cells = row.split(",")
        if cells[0] == day:
            cells = ["" if place in late else cell for place, cell in enumerate(cells)]
        if cells[0] <= day:
            kept.append(",".join(cells))
    target.write_text("\n".join(kept) + "\n")


def _membership(source: Path, target: Path, day: str) -> None:
    name = "sp500_membership_start_end.csv"
    head, *rows = (source / name).read_text().splitlines()
    kept = [head]
    for row in rows:
        ticker, start, end = row.split(",")
        if start <= day:
            kept.append(f"{ticker},{start},{end if end <= day else ''}")
    (target / name).write_text("\n".join(kept) + "\n")


def _calendars(source: Path, target: Path, session: date) -> None:
    # The issue is read on the morning after, at six in New York; a figure published by then is known.
    morning = exchange("XNYS", 2026).after(session)
    cut = datetime.combine(morning, time(6), NEW_YORK)
    for path in source.glob("economic_*.csv"):
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        stamps = [
            datetime.combine(date.fromisoformat(d), time.fromisoformat(t or "00:00"), NEW_YORK)
            for d, t in zip(table["date"], table["time_et"], strict=True)
        ]
        table.loc[[stamp > cut for stamp in stamps], "actual"] = ""
        table.to_csv(target / path.name, index=False)
    seen = (session + timedelta(days=14)).isoformat()
    for path in source.glob("earnings_dates_*.csv"):
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        column = "date" if "date" in table else "report_date"
        table[table[column] <= seen].to_csv(target / path.name, index=False)
    results = pd.read_csv(source / "earnings_eps_history.csv", dtype=str, keep_default_na=False)
    results = results[results["announce_date"] <= seen]
    results.loc[results["announce_date"] > session.isoformat(), "eps_actual"] = ""
    results.to_csv(target / "earnings_eps_history.csv", index=False)
    shutil_copy(source / "fomc_dates.csv", target)


def assert_same_day(one: MarketDay, other: MarketDay) -> None:
    """Every field of two MarketDays is equal, frames cell by cell."""
    assert list(one.series) == list(other.series)
    for symbol, series in one.series.items():
        _assert_same_series(series, other.series[symbol])
    _assert_same_members(one.members, other.members)
    pd.testing.assert_index_equal(one.sessions, other.sessions)
    for field in fields(MarketDay):
        if field.name not in ("series", "members", "sessions"):
            assert getattr(one, field.name) == getattr(other, field.name), field.name


def _assert_same_series(one: Series, other: Series) -> None:
    pd.testing.assert_frame_equal(one.bars, other.bars, check_freq=False)
    assert (one.instrument, one.source, one.state) == (other.instrument, other.source, other.state)


def _assert_same_members(one: Members | None, other: Members | None) -> None:
    if one is None or other is None:
        assert one is other
        return
    pd.testing.assert_frame_equal(one.closes, other.closes)
    assert (one.spells, one.names, one.sectors) == (other.spells, other.names, other.sectors)
