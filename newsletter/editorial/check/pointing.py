"""Which way the words around a number point, which window they name, and which verb it follows."""

from __future__ import annotations

import re

from newsletter.editorial.check import lexicon as words
from newsletter.editorial.check.tokens import Number


def window(lower: str, item: Number) -> str | None:
    """The window named for a number: the next phrase after it before another number, else the one that opens the sentence."""
    found = [(match.start(), name) for name, pattern in words.WINDOWS for match in pattern.finditer(lower)]
    if not found:
        return None
    following = re.search(r"\d", lower[item.end :])
    stop = item.end + following.start() if following else len(lower)
    after = [name for start, name in sorted(found) if item.end <= start < stop]
    if after:
        return after[0]
    before = [name for start, name in sorted(found) if start < item.start]
    return before[-1] if before else None


_DIRECTIONS = re.compile(
    r"\b("
    + "|".join(
        re.escape(word) for word in sorted((*words.UP_WORDS, *words.DOWN_WORDS), key=len, reverse=True)
    )
    + r")\b"
)


def direction(lower: str, item: Number) -> int:
    """+1 or -1 by the nearest direction word before the number since the number before it, else right after it."""
    before = list(_DIRECTIONS.finditer(lower[: item.start]))
    if before:
        return 1 if before[-1].group(1) in words.UP_WORDS else -1
    after = _DIRECTIONS.search(lower[item.end : item.end + 40])
    if after is None:
        return 0
    return 1 if after.group(1) in words.UP_WORDS else -1


def beside(lower: str, item: Number) -> int:
    """+1 or -1 by a direction word that touches the number on either side; 0 where there is none."""
    after = re.match(r"\s*(?:or more )?(below|short|under|above|up|down)\b", lower[item.end :])
    before = re.search(r"\b(up|down)\s*$", lower[: item.start])
    word = before or after
    return 0 if word is None else 1 if word.group(1) in ("up", "above") else -1


_VERBS = re.compile(
    r"\b("
    + "|".join(
        re.escape(word) for word in sorted((*words.UP_VERBS, *words.DOWN_VERBS), key=len, reverse=True)
    )
    + r")\b"
)


def verb(lower: str, item: Number) -> str | None:
    """The verb by size that a number follows at once."""
    found = list(_VERBS.finditer(lower[: item.start]))
    if not found or lower[found[-1].end() : item.start].strip(" a$"):
        return None
    return found[-1].group(1)
