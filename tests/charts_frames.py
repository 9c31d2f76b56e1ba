"""Invented prices for chart tests: ordinary, flat, extreme, short and broken frames of the same universe.

Nothing here is a real price. Every frame ends with the session of Aug. 25, 2025, so that dates can be asserted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from newsletter.facts import Family, Story
from newsletter.instruments import Instrument, Kind
from newsletter.market import (
    EarningsDate,
    MarketDay,
    Members,
    Membership,
    Reading,
    Release,
    Series,
    Timing,
)
from newsletter.sessions import Session, exchange

LAST = date(2025, 8, 25)
NEW_YORK = exchange("XNYS", 2025)

INSTRUMENTS = {
    item.symbol: item
    for item in (
        Instrument(symbol="^GSPC", name="S&P 500", kind=Kind.INDEX, prose="the S&P 500"),
        Instrument(symbol="^RUT", name="Russell 2000", kind=Kind.INDEX, prose="the Russell 2000"),
        Instrument(symbol="^VIX", name="VIX", kind=Kind.VOLATILITY, prose="the VIX"),
        Instrument(symbol="DGS10", name="10-year yield", kind=Kind.YIELD, prose="the 10-year Treasury yield"),
        Instrument(symbol="BTC-USD", name="Bitcoin", kind=Kind.CRYPTO, prose="bitcoin"),
        Instrument(symbol="CL=F", name="WTI crude", kind=Kind.COMMODITY, prose="WTI crude"),
        Instrument(symbol="DX-Y.NYB", name="Dollar index", kind=Kind.CURRENCY, prose="the dollar index"),
        Instrument(symbol="DGS2", name="2-year yield", kind=Kind.YIELD, prose="the two-year Treasury yield"),
        Instrument(symbol="DGS30", name="30-year yield", kind=Kind.YIELD, prose="the 30-year Treasury yield"),
        Instrument(symbol="NVDA", name="Nvidia", kind=Kind.STOCK, prose="Nvidia"),
        *(
            Instrument(symbol=symbol, name=name, kind=Kind.SECTOR, prose=name.lower())
            for symbol, name in (
                ("XLK", "Technology"),
                ("XLF", "Financials"),
                ("XLE", "Energy"),
                ("XLV", "Health care"),
                ("XLY", "Consumer discretionary"),
                ("XLP", "Consumer staples"),
                ("XLI", "Industrials"),
                ("XLU", "Utilities"),
                ("XLB", "Materials"),
                ("XLRE", "Real estate"),
                ("XLC", "Communication services"),
            )
        ),
    )
}
SECTORS = tuple(symbol for symbol, item in INSTRUMENTS.items() if item.kind is Kind.SECTOR)

Closes = Mapping[str, NDArray[np.float64]]


def sessions(count: int) -> pd.DatetimeIndex:
    """The last ``count`` sessions up to LAST."""
    index = NEW_YORK.index
    return index[index <= pd.Timestamp(LAST)][-count:]


def walk(count: int, *, start: float, step: float, seed: int, drift: float = 0.0) -> NDArray[np.float64]:
    """A random walk in percent; the same for the same seed."""
    moves = np.random.default_rng(seed).standard_t(4, count - 1) * step + drift
    return start * np.concatenate([[1.0], np.cumprod(1 + moves / 100)])


def day_of(closes: Closes, *, sample: bool = False) -> MarketDay:
    """A market of these closes, the last of each on LAST; opens, highs and lows lie around the closes."""
    series = {}
    for symbol, values in closes.items():
        close = pd.Series(values, index=sessions(len(values)), dtype="float64")
        before = close.shift(1).fillna(close)
        bars = pd.DataFrame(
            {
                "open": before,
                "high": np.maximum(close, before) * 1.002,
                "low": np.minimum(close, before) * 0.998,
                "close": close,
                "volume": 1e9 * (1.0 + np.arange(len(close)) % 7 / 10),
            }
        )
        series[symbol] = Series(instrument=INSTRUMENTS[symbol], bars=bars, source=f"csv:{symbol}")
    return MarketDay(
        day=date(2025, 8, 26),
        session=Session(LAST),
        cut_off=datetime(2025, 8, 26, 10, tzinfo=UTC),
        exchange="XNYS",
        sessions=sessions(7000),
        ahead=NEW_YORK.between(date(2025, 8, 26), date(2025, 9, 9))[:10],
        series=series,
        sample=sample,
        members=members(max((len(values) for values in closes.values()), default=0)),
        releases=releases(),
        earnings=earnings(),
    )


@cache
def members(count: int) -> Members | None:
    """Forty invented members with ``count`` closes each, and one that has left the index."""
    if count < 3:
        return None
    names = [f"M{i:02d}" for i in range(40)]
    closes = pd.DataFrame(
        {name: walk(count, start=50, step=1.5, seed=100 + i, drift=0.03) for i, name in enumerate(names)},
        index=sessions(count),
    )
    spells = [Membership(symbol=name, start=date(2000, 1, 3), end=None) for name in names]
    spells[3] = Membership(symbol=names[3], start=date(2000, 1, 3), end=date(2020, 1, 2))
    return Members(
        index="^GSPC",
        closes=closes,
        spells=tuple(spells),
        names={name: name for name in names},
        sectors={},
        source="csv:members",
    )


@cache
def releases() -> tuple[Release, ...]:
    """Thirty prints of an invented CPI and of an invented jobs count up to LAST, and one of each due after it."""
    months = pd.date_range(end="2025-08-12", periods=30, freq="30D")
    found = []
    for i, stamp in enumerate([*months, pd.Timestamp("2025-08-28")]):
        due = stamp.date() > LAST
        for event, unit, actual, consensus in (
            ("CPI m/m", "pct", 0.3 + 0.1 * (i % 4 - 1), 0.3),
            ("Non-Farm Employment Change", "count", 150_000.0 + 20_000 * (i % 5), 170_000.0),
        ):
            found.append(
                Release(
                    event=event,
                    day=stamp.date(),
                    at=time(8, 30) if unit == "pct" else time(10, 0),
                    impact="high",
                    actual=None if due else Reading(text=printed(actual, unit), value=actual, unit=unit),
                    consensus=Reading(text=printed(consensus, unit), value=consensus, unit=unit),
                    previous=None,
                    source="Invented calendar",
                )
            )
    return tuple(found)


def printed(value: float, unit: str) -> str:
    return f"{value:.1f}%" if unit == "pct" else f"{value / 1000:.0f}K"


@cache
def earnings() -> tuple[EarningsDate, ...]:
    """Fourteen invented reports of one company, the last but one on LAST before the open, and one ahead."""
    days = [
        *pd.date_range(end="2025-05-26", periods=13, freq="91D"),
        pd.Timestamp(LAST),
        pd.Timestamp("2025-08-27"),
    ]
    return tuple(
        EarningsDate(
            symbol="NVDA",
            name="Nvidia",
            day=stamp.date(),
            timing=Timing.BEFORE_OPEN if stamp.date() == LAST else Timing.AFTER_CLOSE,
            size=1.0,
            source="Invented calendar",
            eps_estimate=1.0 if i > 5 else None,
            eps_actual=(1.1 if i % 3 else 0.9) if 5 < i < 14 else None,
        )
        for i, stamp in enumerate(days)
    )


def market(
    count: int = 1500, change: Callable[[str, NDArray[np.float64]], NDArray[np.float64]] | None = None
) -> MarketDay:
    """Every instrument with ``count`` closes of a random walk, each passed through ``change``."""
    closes: dict[str, NDArray[np.float64]] = {
        "^GSPC": walk(count, start=3000, step=0.7, seed=1, drift=0.04),
        "^RUT": walk(count, start=1500, step=1.0, seed=2, drift=0.02),
        "^VIX": np.clip(walk(count, start=18, step=4.5, seed=3), 9, 80),
        "DGS10": np.clip(walk(count, start=3, step=1.2, seed=4), 0.4, 9).round(2),
        "BTC-USD": walk(count, start=20_000, step=2.5, seed=5, drift=0.1),
        "CL=F": walk(count, start=70, step=2.0, seed=6),
        "DX-Y.NYB": walk(count, start=100, step=0.4, seed=7),
        "DGS2": np.clip(walk(count, start=2.6, step=1.2, seed=8), 0.4, 9).round(2),
        "DGS30": np.clip(walk(count, start=3.6, step=1.0, seed=9), 0.4, 9).round(2),
        "NVDA": walk(count, start=40, step=2.2, seed=10, drift=0.1),
        **{
            symbol: walk(count, start=80, step=1.0, seed=20 + i, drift=0.03)
            for i, symbol in enumerate(SECTORS)
        },
    }
    return day_of({symbol: change(symbol, values) if change else values for symbol, values in closes.items()})


def with_run(values: NDArray[np.float64], moves: list[float]) -> NDArray[np.float64]:
    """The walk with its last moves, in percent, replaced."""
    head = values[: -len(moves)]
    return np.concatenate([head, head[-1] * np.cumprod(1 + np.array(moves) / 100)])


FRAMES: dict[str, MarketDay] = {
    "ordinary": market(),
    "run": market(change=lambda _, v: with_run(v, [-1.0, 0.4, 0.3, 0.8, 0.2, 0.6])),
    "jump": market(change=lambda _, v: with_run(v, [6.0, -2.0, *([0.3, -0.2] * 40), 5.5])),
    "record": market(change=lambda _, v: with_run(v, [0.1, float((v.max() * 1.02 / v[-3] - 1) * 100)])),
    "crash": market(change=lambda _, v: with_run(v, [-35.0])),
    "moonshot": market(change=lambda _, v: with_run(v, [900.0])),
    "short": market(count=150),
    "flat": market(change=lambda _, v: np.full(len(v), 100.0)),
    "decades": market(count=6000),
}
"""Frames on which a recipe draws, or says why not."""


def hole(values: NDArray[np.float64]) -> NDArray[np.float64]:
    broken = values.copy()
    broken[-12] = np.nan
    return broken


HOSTILE: dict[str, MarketDay] = {
    "one point": market(count=1),
    "two points": market(count=2),
    "all unknown": market(count=400, change=lambda _, v: np.full(len(v), np.nan)),
    "a hole": market(change=lambda _, v: hole(v)),
    "infinite": market(change=lambda _, v: np.where(np.arange(len(v)) == len(v) - 5, np.inf, v)),
    "huge": market(change=lambda _, v: v * 1e12),
    "tiny": market(change=lambda _, v: v * 1e-9),
    "negative": market(change=lambda _, v: -v),
    "through zero": market(change=lambda _, v: v - v.mean()),
    "nothing": day_of({}),
}
"""Frames that no recipe may stumble over."""


def story(entity: str, recipe: str, detector: str = "invented", direction: int = 1) -> Story:
    return Story(
        detector=detector,
        family=Family.LEVELS,
        entity=entity,
        direction=direction,
        p=0.01,
        z=0.0,
        facts=(),
        recipe=recipe,
    )
