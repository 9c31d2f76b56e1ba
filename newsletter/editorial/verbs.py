"""Verbs by the size of a move, the same table for writing and for the check.

The table is for the daily change of an equity index in percent. Other assets scale by their own volatility: a move is
divided by how much livelier they are than an index whose median absolute day is :data:`USUAL`.
"""

from __future__ import annotations

from dataclasses import dataclass

from newsletter.instruments import Kind

USUAL = 0.5
"""Median absolute daily change of the S&P 500 over long stretches, percent."""

TYPICAL = {
    Kind.INDEX: 0.5,
    Kind.VOLATILITY: 4.0,
    Kind.YIELD: 3.5,
    Kind.CURRENCY: 0.25,
    Kind.COMMODITY: 0.9,
    Kind.CRYPTO: 1.5,
    Kind.ETF: 0.6,
    Kind.SECTOR: 0.6,
    Kind.STOCK: 1.0,
    Kind.CREDIT: 3.0,
}
"""Median absolute daily change by kind, used where the instrument's own isn't known; percent, or basis points for
yields and credit."""


HAVE_DAYS = (Kind.INDEX, Kind.ETF, Kind.SECTOR, Kind.STOCK, Kind.COMMODITY, Kind.CRYPTO)
"""Kinds that rally and have good days; fear, yields and spreads only rise and fall."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Band:
    """One size of move: ``low`` (inclusive) to ``high`` (exclusive), in index percent, and its verbs up and down."""

    low: float
    high: float
    up: tuple[str, ...]
    down: tuple[str, ...]


FLAT = Band(
    low=0.0, high=0.1, up=("ended little changed", "ended flat"), down=("ended little changed", "ended flat")
)
BANDS = (
    FLAT,
    Band(low=0.1, high=0.5, up=("edged up", "added"), down=("slipped", "dipped")),
    Band(low=0.5, high=1.0, up=("rose", "gained"), down=("fell", "lost")),
    Band(low=1.0, high=2.0, up=("climbed",), down=("dropped",)),
    Band(low=2.0, high=4.0, up=("jumped", "rallied"), down=("slid", "sank")),
    Band(low=4.0, high=float("inf"), up=("soared", "surged"), down=("tumbled", "plunged")),
)

PRESENT = {
    "ended little changed": "ends little changed",
    "ended flat": "ends flat",
    "edged up": "edges up",
    "added": "adds",
    "slipped": "slips",
    "dipped": "dips",
    "rose": "rises",
    "gained": "gains",
    "fell": "falls",
    "lost": "loses",
    "climbed": "climbs",
    "dropped": "drops",
    "jumped": "jumps",
    "rallied": "rallies",
    "slid": "slides",
    "sank": "sinks",
    "soared": "soars",
    "surged": "surges",
    "tumbled": "tumbles",
    "plunged": "plunges",
}
"""The same verbs as headlines use them."""


def plural(present: str) -> str:
    """``surge`` of "surges", ``edge up`` of "edges up", ``rally`` of "rallies"."""
    verb, space, rest = present.partition(" ")
    bare = f"{verb.removesuffix('ies')}y" if verb.endswith("ies") else verb.removesuffix("s")
    return f"{bare}{space}{rest}"


def scaled(move: float, kind: Kind, typical: float | None) -> float:
    """``move`` (percent, or bp for yields) as the index move that is as large for its asset; keeps the sign."""
    if kind is Kind.INDEX:
        return move
    usual = typical if typical else TYPICAL[kind]
    return move * USUAL / usual


def band(size: float) -> Band:
    """The band of an index-sized move, by its rounded absolute value: the reader judges the printed number."""
    magnitude = round(abs(size), 6)
    return next(item for item in BANDS if item.low <= magnitude < item.high)


def verbs(size: float) -> tuple[str, ...]:
    """Verbs that fit an index-sized move."""
    fitting = band(size)
    return fitting.up if size > 0 else fitting.down
