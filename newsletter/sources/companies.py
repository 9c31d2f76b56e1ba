"""One company, one symbol: share classes and spellings."""

from __future__ import annotations

from collections.abc import Collection

SHARE_CLASSES = {"GOOGL": "GOOG", "BRK-A": "BRK-B", "FOX": "FOXA", "NWS": "NWSA"}
"""A second class of shares -> the class under which the company's reports and share count are kept."""


def dashed(symbol: str) -> str:
    """``BRK.B`` as Yahoo writes it, ``BRK-B``."""
    return symbol.replace(".", "-")


def company(symbol: str, universe: Collection[str]) -> str:
    """One symbol for all share classes of a company: the one that the universe holds, else the first class."""
    first = SHARE_CLASSES.get(symbol, symbol)
    others = [name for name, kept in SHARE_CLASSES.items() if kept == first]
    return next((name for name in (first, *others) if name in universe), first)
