"""Market days for the story tests: from the real history where it is present, and invented ones."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from newsletter.config import load
from newsletter.instruments import Instrument, Kind
from newsletter.market import (
    EarningsDate,
    MarketDay,
    Members,
    Membership,
    Release,
    Series,
    State,
    Timing,
    reading,
)
from newsletter.sessions import Session, exchange

NEW_YORK = ZoneInfo("America/New_York")
ROOT = Path(__file__).resolve().parent.parent
LAST = date(2025, 9, 30)
LIVE = frozenset(
    {"vix_term_inversion", "options_pressure", "real_yield", "metal_ratio", "earnings_surprise"}
    | {"concentration", "fed_odds", "overnight_gap"}
)
"""Rules whose data only a live source brings."""

RATES = ("DGS3MO", "DGS2", "DGS10", "DGS30", "HY_OAS")


@lru_cache(maxsize=1)
def universe() -> tuple[Instrument, ...]:
    """The instruments of the shipped config.yaml."""
    return tuple(
        Instrument(symbol=item.symbol, name=item.name, kind=item.kind, prose=item.prose, aliases=item.aliases)
        for item in load(ROOT / "config.yaml").universe
    )


@lru_cache(maxsize=1)
def _bars(shared: Path) -> Mapping[str, pd.DataFrame]:
    rates = pd.read_csv(shared / "market" / "rates_fred.csv", index_col="date", parse_dates=True)
    found: dict[str, pd.DataFrame] = {}
    for item in universe():
        file = shared / "market" / "prices" / f"{item.symbol}.csv"
        if file.is_file():
            found[item.symbol] = pd.read_csv(file, index_col="date", parse_dates=True).astype(float)
        elif item.symbol in RATES:
            found[item.symbol] = pd.DataFrame({"close": rates[item.symbol].dropna()})
    return found


@lru_cache(maxsize=1)
def _members(shared: Path) -> Members:
    market = shared / "market"
    closes = pd.read_csv(market / "sp500_adjclose_panel.csv.gz", index_col=0, parse_dates=True)
    with (market / "sp500_membership_start_end.csv").open() as file:
        spells = tuple(
            Membership(
                symbol=row["ticker"].replace(".", "-"),
                start=date.fromisoformat(row["start_date"]),
                end=date.fromisoformat(row["end_date"]) if row["end_date"] else None,
            )
            for row in csv.DictReader(file)
        )
    with (market / "sp500_constituents.csv").open() as file:
        rows = list(csv.DictReader(file))
    return Members(
        index="^GSPC",
        closes=closes,
        spells=spells,
        names={row["Symbol"].replace(".", "-"): row["Security"] for row in rows},
        sectors={row["Symbol"].replace(".", "-"): row["GICS Sector"] for row in rows},
        source="csv:members",
    )


@lru_cache(maxsize=1)
def _releases(shared: Path) -> tuple[Release, ...]:
    found: list[Release] = []
    for name in ("economic_us_2025_all", "economic_us_high_impact"):
        with (shared / "calendars" / f"{name}.csv").open() as file:
            for row in csv.DictReader(file):
                day = date.fromisoformat(row["date"])
                if name.endswith("impact") and day.year >= 2025:
                    continue
                if row.get("date_quality", "exact") not in ("exact", "repaired"):
                    continue
                found.append(
                    Release(
                        event=row["event"],
                        day=day,
                        at=time.fromisoformat(row["time_et"]) if ":" in row["time_et"] else None,
                        impact=row["impact"],
                        actual=reading(row["actual"]),
                        consensus=reading(row["consensus"]),
                        previous=reading(row["previous"]),
                        source="ForexFactory",
                    )
                )
    return tuple(sorted(found, key=lambda item: (item.day, item.at or time(0), item.event)))


@lru_cache(maxsize=1)
def _earnings(shared: Path) -> tuple[tuple[str, date, Timing], ...]:
    timings = {"BMO": Timing.BEFORE_OPEN, "AMC": Timing.AFTER_CLOSE}
    names = {item.symbol for item in universe() if item.kind is Kind.STOCK}
    found: dict[tuple[str, date], Timing] = {}
    for file_name, symbol, day in (
        ("earnings_dates_us740.csv", "symbol", "report_date"),
        ("earnings_dates_edgar_ndx.csv", "ticker", "report_date"),
        ("earnings_dates_megacap.csv", "ticker", "date"),
    ):
        with (shared / "calendars" / file_name).open() as file:
            for row in csv.DictReader(file):
                if row[symbol] not in names:
                    continue
                when = date.fromisoformat(row[day])
                for gap in (-2, -1, 1, 2):  # the same report, dated otherwise elsewhere: the later file wins
                    found.pop((row[symbol], when + timedelta(days=gap)), None)
                found[row[symbol], when] = timings.get(row.get("timing", "").upper(), Timing.UNKNOWN)
    return tuple(sorted((symbol, when, timing) for (symbol, when), timing in found.items()))


@lru_cache(maxsize=1)
def _shares(shared: Path) -> tuple[tuple[str, date, float], ...]:
    with (shared / "market" / "shares_outstanding.csv").open() as file:
        return tuple(
            (row["ticker"], date.fromisoformat(row["asof"]), float(row["shares"]))
            for row in csv.DictReader(file)
        )


@lru_cache(maxsize=1)
def _decisions(shared: Path) -> tuple[date, ...]:
    return tuple(
        date.fromisoformat(line) for line in (shared / "calendars" / "fomc_dates.csv").read_text().split()[1:]
    )


UNSCHEDULED = frozenset(
    date.fromisoformat(day) for day in ("2001-01-03", "2007-08-17", "2008-10-08", "2020-03-03", "2020-03-15")
)


def real_day(shared: Path, session: date, *, truncated: bool = True, members: bool = True) -> MarketDay:
    """The MarketDay of the issue after ``session``; ``truncated=False`` leaves later prices in the series."""
    house = exchange("XNYS", 2026)
    now = house.session(session)
    morning = house.after(now)
    cut = pd.Timestamp(session if truncated else LAST)
    bars = _bars(shared)
    series = {
        item.symbol: Series(instrument=item, bars=bars[item.symbol].loc[:cut], source=f"csv:{item.symbol}")
        for item in universe()
        if item.symbol in bars and len(bars[item.symbol].loc[:cut])
    }
    if "HY_OAS" in series:
        earlier = series["HY_OAS"].bars.loc[: pd.Timestamp(session) - pd.Timedelta(days=1)]
        if len(earlier):
            series["HY_OAS"] = Series(
                instrument=series["HY_OAS"].instrument, bars=earlier, source="csv:HY_OAS"
            )
        else:
            del series["HY_OAS"]
    panel = _members(shared)
    if truncated:
        panel = Members(
            index=panel.index,
            closes=panel.closes.loc[:cut],
            spells=panel.spells,
            names=panel.names,
            sectors=panel.sectors,
            source=panel.source,
        )
    shares = {
        symbol: count
        for symbol, day, count in sorted(_shares(shared), key=lambda row: row[1])
        if day + timedelta(days=45) <= morning
    }
    return MarketDay(
        day=morning,
        session=now,
        cut_off=datetime.combine(morning, time(6), NEW_YORK),
        exchange="XNYS",
        sessions=house.index[
            (house.index >= pd.Timestamp("1985-01-02")) & (house.index <= pd.Timestamp(session))
        ],
        ahead=tuple(house.offset(now, k) for k in range(1, 11)),
        series=series,
        members=panel if members else None,
        releases=tuple(
            _cut(item, session) for item in _releases(shared) if item.day <= session + timedelta(days=14)
        ),
        earnings=tuple(
            EarningsDate(symbol=symbol, name=symbol, day=day, timing=timing, size=1.0, source="csv:earnings")
            for symbol, day, timing in _earnings(shared)
            if day <= session + timedelta(days=14)
        ),
        rate_decisions=tuple(
            day
            for day in _decisions(shared)
            if day <= session + timedelta(days=60) and day not in UNSCHEDULED
        ),
        shares=shares,
        coverage={"releases": date(2020, 1, 3), "earnings": date(2018, 1, 1), "members": date(2019, 12, 2)},
    )


def _cut(item: Release, session: date) -> Release:
    if item.day <= session:
        return item
    return Release(
        event=item.event,
        day=item.day,
        at=item.at,
        impact=item.impact,
        actual=None,
        consensus=item.consensus,
        previous=item.previous,
        source=item.source,
    )


def invented_day(
    closes: Mapping[str, Sequence[float]],
    *,
    last: date = date(2024, 6, 28),
    kinds: Mapping[str, Kind] | None = None,
    volumes: Mapping[str, Sequence[float]] | None = None,
    bars: Mapping[str, pd.DataFrame] | None = None,
    states: Mapping[str, State] | None = None,
    releases: Sequence[Release] = (),
    earnings: Sequence[EarningsDate] = (),
    members: Members | None = None,
    coverage: Mapping[str, date] | None = None,
) -> MarketDay:
    """A MarketDay of invented closes, each series ending on ``last``; nothing in it is real."""
    house = exchange("XNYS", 2026)
    now = house.session(last)
    known = {item.symbol: item for item in universe()}
    longest = max((len(row) for row in closes.values()), default=1)
    sessions = house.index[house.index <= pd.Timestamp(last)][-max(longest, 1) :]
    series: dict[str, Series] = {}
    for symbol, row in closes.items():
        kind = (kinds or {}).get(symbol, known[symbol].kind if symbol in known else Kind.INDEX)
        values = np.asarray(row, dtype=float)
        frame = pd.DataFrame({"close": values}, index=sessions[len(sessions) - len(values) :])
        for column in ("open", "high", "low"):
            frame[column] = values
        frame["volume"] = np.asarray((volumes or {}).get(symbol, np.full(len(values), np.nan)), dtype=float)
        if bars and symbol in bars:
            frame = bars[symbol]
        series[symbol] = Series(
            instrument=Instrument(symbol=symbol, name=symbol, kind=kind, prose=symbol),
            bars=frame,
            source=f"invented:{symbol}",
            state=(states or {}).get(symbol, State.OK),
        )
    morning = house.after(Session(now))
    return MarketDay(
        day=morning,
        session=now,
        cut_off=datetime.combine(morning, time(6), NEW_YORK),
        exchange="XNYS",
        sessions=sessions,
        ahead=tuple(house.offset(now, k) for k in range(1, 11)),
        series=series,
        members=members,
        releases=tuple(releases),
        earnings=tuple(earnings),
        coverage=dict(coverage or {}),
    )


def invented_market(seed: int, *, sessions: int = 1400, last: date = date(2024, 6, 28)) -> MarketDay:
    """A correlated market of the universe's indexes, yields and funds; every number in it is made up."""
    draw = np.random.default_rng(seed)
    common = draw.standard_t(4, sessions) * 0.008
    closes: dict[str, list[float]] = {}
    kinds = {item.symbol: item.kind for item in universe()}
    for name, kind in kinds.items():
        own = draw.standard_t(4, sessions) * 0.006
        if kind is Kind.YIELD:
            walk = 4.0 + np.cumsum(draw.normal(0, 0.05, sessions))
            closes[name] = np.round(np.clip(walk, 0.05, None), 2).tolist()
        elif kind is Kind.VOLATILITY:
            closes[name] = np.round(18 * np.exp(np.cumsum(-4 * common + own) * 0.3), 2).tolist()
        elif kind in (Kind.INDEX, Kind.ETF, Kind.SECTOR, Kind.COMMODITY):
            closes[name] = np.round(1000 * np.exp(np.cumsum(0.0003 + common + own)), 2).tolist()
    market = invented_day(closes, last=last, kinds=kinds)
    bars = {name: _with_range(series.bars, draw) for name, series in market.series.items()}
    return invented_day(closes, last=last, kinds=kinds, bars=bars)


def _with_range(frame: pd.DataFrame, draw: np.random.Generator) -> pd.DataFrame:
    wide = np.abs(draw.normal(0, 0.008, len(frame)))
    return frame.assign(
        high=frame["close"] * (1 + wide),
        low=frame["close"] * (1 - wide),
        volume=draw.integers(10**6, 10**7, len(frame)).astype(float),
    )
