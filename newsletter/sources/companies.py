"""One company, one symbol: share classes and spellings."""

from __future__ import annotations

from collections.abc import Collection, Mapping

SHARE_CLASSES = {"GOOGL": "GOOG", "BRK-A": "BRK-B", "FOX": "FOXA", "NWS": "NWSA"}
"""A second class of shares -> the class under which the company's reports and share count are kept."""


def dashed(symbol: str) -> str:
    """``BRK.B`` as Yahoo writes it, ``BRK-B``."""
    return symbol.replace(".", "-")


def classes(universe: Collection[str]) -> Mapping[str, str]:
    """Every class of shares we know of -> the one symbol for its company: what the universe holds, else the first."""
    found: dict[str, str] = {}
    for first in set(SHARE_CLASSES.values()):
        others = [name for name, kept in SHARE_CLASSES.items() if kept == first]
        chosen = next((name for name in (first, *others) if name in universe), first)
        found.update(dict.fromkeys((first, *others), chosen))
    return found
