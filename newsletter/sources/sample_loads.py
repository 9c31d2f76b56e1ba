"""How each instrument of the sample market moves with its invented factors. Data, and nothing real in it."""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass

from newsletter.instruments import Instrument, Kind


@dataclass(frozen=True, kw_only=True, slots=True)
class Loads:
    """Percent per percent of a factor (``rate``: percent per basis point); ``own`` is the own daily noise in percent.

    ``start`` is the price at the origin, ``volume`` an ordinary day's turnover in shares (0: none is known).
    """

    start: float
    market: float = 0.0
    size: float = 0.0
    growth: float = 0.0
    rate: float = 0.0
    oil: float = 0.0
    gold: float = 0.0
    dollar: float = 0.0
    own: float = 0.0
    drift: float = 0.0
    volume: float = 0.0


LOADS: dict[str, Loads] = {
    "^GSPC": Loads(start=1190, market=1, volume=3.2e9),
    "^IXIC": Loads(start=2160, market=1.1, growth=0.9, size=0.1, volume=4.1e9),
    "^DJI": Loads(start=10730, market=0.94, growth=-0.5, own=0.1, volume=3.1e8),
    "^RUT": Loads(start=640, market=1.12, size=1, growth=-0.15, volume=2.6e9),
    "^NDX": Loads(start=1600, market=1.12, growth=1.1, volume=4.0e9),
    "^SOX": Loads(start=420, market=1.35, growth=1.4, own=0.7, volume=5e8),
    "SPY": Loads(start=119, market=1, own=0.02, volume=7.5e7),
    "QQQ": Loads(start=39, market=1.12, growth=1.1, own=0.02, volume=4.5e7),
    "IWM": Loads(start=64, market=1.12, size=1, growth=-0.15, own=0.02, volume=3.2e7),
    "DIA": Loads(start=107, market=0.94, growth=-0.5, own=0.1, volume=4e6),
    "RSP": Loads(start=38, market=0.98, size=0.35, growth=-0.3, own=0.05, volume=8e6),
    "IWF": Loads(start=49, market=1.04, growth=0.6, own=0.03, volume=2e6),
    "IWD": Loads(start=66, market=0.95, growth=-0.6, own=0.03, volume=2.5e6),
    "IJR": Loads(start=54, market=1.08, size=1, growth=-0.3, own=0.08, volume=5e6),
    "EFA": Loads(start=52, market=0.82, dollar=-0.5, own=0.3, volume=1.8e7),
    "SMH": Loads(start=17, market=1.35, growth=1.4, own=0.7, volume=6e6),
    "KRE": Loads(start=45, market=1.1, size=0.6, growth=-0.5, rate=0.035, own=0.8, volume=9e6),
    "XBI": Loads(start=33, market=1, size=0.7, growth=0.5, own=1.2, volume=8e6),
    "TLT": Loads(start=88, rate=-0.165, own=0.1, volume=2.4e7),
    "HYG": Loads(start=75, market=0.28, rate=-0.02, own=0.08, volume=3e7),
    "LQD": Loads(start=105, market=0.04, rate=-0.08, own=0.08, volume=2.2e7),
    "GLD": Loads(start=43, gold=1, own=0.04, volume=8e6),
    "USO": Loads(start=60, oil=0.97, own=0.2, volume=6e6),
    "XLK": Loads(start=20, market=1.1, growth=0.9, own=0.3, volume=8e6),
    "XLF": Loads(start=24, market=1.08, growth=-0.6, rate=0.03, own=0.4, volume=4.2e7),
    "XLE": Loads(start=35, market=0.9, growth=-0.4, oil=0.32, own=0.6, volume=1.6e7),
    "XLV": Loads(start=30, market=0.76, own=0.42, volume=9e6),
    "XLY": Loads(start=34, market=1.08, growth=0.35, own=0.38, volume=5e6),
    "XLP": Loads(start=23, market=0.56, growth=-0.2, own=0.36, volume=1e7),
    "XLI": Loads(start=31, market=1.04, size=0.1, growth=-0.3, own=0.32, volume=1e7),
    "XLU": Loads(start=27, market=0.52, rate=-0.05, own=0.5, volume=1.2e7),
    "XLB": Loads(start=29, market=1.02, growth=-0.2, dollar=-0.4, own=0.45, volume=6e6),
    "XLRE": Loads(start=30, market=0.82, rate=-0.06, own=0.5, volume=5e6),
    "XLC": Loads(start=50, market=1, growth=0.55, own=0.45, volume=5e6),
    "DX-Y.NYB": Loads(start=92, dollar=1),
    "GC=F": Loads(start=430, gold=1, volume=2e5),
    "CL=F": Loads(start=44, oil=1, volume=3e5),
    "BTC-USD": Loads(start=400, own=3.2, drift=0.13, volume=2e10),
}

_TRAITS = {
    Kind.INDEX: Loads(start=1000, market=0.9, own=0.4, volume=1e9),
    Kind.ETF: Loads(start=60, market=0.9, own=0.4, volume=3e6),
    Kind.SECTOR: Loads(start=40, market=1, own=0.4, volume=5e6),
    Kind.CURRENCY: Loads(start=1, dollar=-0.7, own=0.2),
    Kind.COMMODITY: Loads(start=100, oil=0.2, dollar=-0.4, own=1.1, volume=1e5),
    Kind.CRYPTO: Loads(start=200, own=4, drift=0.12, volume=1e10),
}


def share(symbol: str, place: int) -> float:
    """A number from 0 to 1 that belongs to the symbol, the same in every process."""
    return zlib.crc32(f"{place}:{symbol}".encode()) / 2**32


def loads(item: Instrument) -> Loads:
    """The loads of an instrument; those of an unlisted one follow from its kind and symbol."""
    if item.symbol in LOADS:
        return LOADS[item.symbol]
    if item.kind is not Kind.STOCK:
        return _TRAITS.get(item.kind, _TRAITS[Kind.ETF])
    return Loads(
        start=round(8 + 90 * share(item.symbol, 1), 2),
        market=0.75 + 0.75 * share(item.symbol, 2),
        growth=-0.4 + 1.6 * share(item.symbol, 3),
        own=0.9 + 0.9 * share(item.symbol, 4),
        drift=0.01 + 0.035 * share(item.symbol, 5),
        volume=10 ** (6 + 1.7 * share(item.symbol, 6)),
    )


def ordinary_move(loads: Loads) -> float:
    """The daily move in percent that these loads amount to; a constant, whatever the market has done."""
    parts = (
        *(0.95 * loads.market, 0.5 * loads.size, 0.42 * loads.growth, 4.3 * loads.rate),
        *(1.9 * loads.oil, 0.85 * loads.gold, 0.38 * loads.dollar, loads.own),
    )
    return math.sqrt(sum(part * part for part in parts))


COMPANIES = 450
"""Invented members of the index beside the stocks of the universe."""

_HEADS = (
    *("Abrelo", "Bentora", "Caldwyne", "Dorrick", "Elmsgate", "Farrowyn", "Gildemere", "Harkstone", "Ivoryk"),
    *(
        "Jaspell",
        "Kestrune",
        "Lorvane",
        "Marlund",
        "Norquay",
        "Oakvander",
        "Pellimore",
        "Quarrish",
        "Rookmoor",
    ),
    *("Saltmarch", "Tarnholt", "Umberlane", "Valdrey", "Wexcombe", "Yarrowick", "Zellmont"),
)
_TAILS = (
    *("Foods", "Freight", "Instruments", "Materials", "Networks", "Paper", "Pharma", "Power", "Properties"),
    *("Retail", "Semiconductor", "Software", "Steel", "Systems", "Tools", "Trust", "Water", "Works"),
)
_SECTORS = {
    "Foods": "Consumer Staples",
    "Freight": "Industrials",
    "Instruments": "Health Care",
    "Materials": "Materials",
    "Networks": "Communication Services",
    "Paper": "Materials",
    "Pharma": "Health Care",
    "Power": "Utilities",
    "Properties": "Real Estate",
    "Retail": "Consumer Discretionary",
    "Semiconductor": "Information Technology",
    "Software": "Information Technology",
    "Steel": "Materials",
    "Systems": "Information Technology",
    "Tools": "Industrials",
    "Trust": "Financials",
    "Water": "Utilities",
    "Works": "Energy",
}


def companies() -> tuple[tuple[str, str, str], ...]:
    """Symbol, name and sector of every invented member. A digit in the symbol: no real share has one."""
    made = [(head, tail) for head in _HEADS for tail in _TAILS][:COMPANIES]
    return tuple(
        (f"{head[:2].upper()}{number:03d}", f"{head} {tail}", _SECTORS[tail])
        for number, (head, tail) in enumerate(made, start=1)
    )
