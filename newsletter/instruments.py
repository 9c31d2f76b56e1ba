"""What can be priced, and how it is spoken of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What an instrument is; it decides calendar, unit and which detectors apply."""

    INDEX = "index"
    VOLATILITY = "volatility"
    YIELD = "yield"
    CURRENCY = "currency"
    COMMODITY = "commodity"
    CRYPTO = "crypto"
    ETF = "etf"
    SECTOR = "sector"
    STOCK = "stock"
    CREDIT = "credit"


@dataclass(frozen=True, kw_only=True, slots=True)
class Instrument:
    """One thing that has a price, and how it is spoken of.

    ``prose`` is the full form in a sentence ("the Russell 2000"); ``aliases`` are later mentions ("the Russell",
    "small caps"), none of them ambiguous within the universe.
    """

    symbol: str
    name: str
    kind: Kind
    prose: str
    aliases: tuple[str, ...] = ()
    note: str = ""
