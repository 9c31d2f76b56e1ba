"""What the last issues said, so that this one says it in other words: no run of seven words stands in two of them."""

from __future__ import annotations

import re
from collections.abc import Iterable

RUN = 7
"""Words in a row that a reader recognises."""

_LABELS = re.compile(r"\([^)]*\)")
"""Tickers and sources stand in brackets, the same every time."""
_WORD = re.compile(r"[^\s,;:.!?]+(?:[.,]\d+)*")

Run = tuple[str, ...]


def runs(text: str) -> frozenset[Run]:
    """Every run of seven words, in lower case, without punctuation and what stands in brackets."""
    words = [word.lower() for word in _WORD.findall(_LABELS.sub("", text))]
    return frozenset(tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1))


def heard(passages: Iterable[str]) -> frozenset[Run]:
    """The runs of all the passages; one may reach over two sentences, as a reader's ear does."""
    return frozenset().union(*(runs(passage) for passage in passages))
