"""One company, one symbol: share classes and spellings."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

SHARE_CLASSES = {"GOOGL": "GOOG", "BRK-A": "BRK-B", "FOX": "FOXA", "NWS": "NWSA"}
"""A second class of shares -> the class under which the company's reports and share count are kept."""


KEEP_THEIR_FORM = frozenset({"Ball", "Block", "Dow", "Pool", "Progressive", "Target", "Waters"})
"""Names that mean something else without their legal form."""

_BRACKET = re.compile(r"(?P<name>.+?) \((?P<inner>[^()]+)\)")
_FORM = re.compile(r",? (?:Inc\.?|Incorporated|Corporation|Corp\.|Ltd\.?|Limited|plc|PLC)$")


def called(name: str) -> str:
    """A company as newspapers call it, from a register's spelling.

    ``Walt Disney Company (The)`` is Walt Disney Company, ``Lilly (Eli)`` Eli Lilly, ``Nike, Inc.`` Nike, and
    ``Fox Corporation (Class B)`` Fox Class B.
    """
    bracket = _BRACKET.fullmatch(name)
    if bracket is None:
        return _without_form(name)
    bare, inner = _without_form(bracket["name"]), bracket["inner"]
    if inner == "The":
        return bare
    return f"{bare} {inner}" if inner.startswith("Class ") else f"{inner} {bare}"


def _without_form(name: str) -> str:
    bare = _FORM.sub("", name)
    return name if bare in KEEP_THEIR_FORM else bare


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
