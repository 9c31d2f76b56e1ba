"""What the last issues said, so that this one says it in other words: no run of seven words stands in two of them."""

from __future__ import annotations

import re
from collections.abc import Iterable

RUN = 7
"""Words in a row that a reader recognises."""

_LABELS = re.compile(r"\([^)]*\)")
"""Tickers and sources stand in brackets, the same every time."""
_HOUR = re.compile(r"\d{1,2}(?::\d\d)? [ap]\.m\.(?: ET)?")
"""An hour is one word, however it is written."""
_WORD = re.compile(r"[^\s,;:.!?]+(?:[.,]\d+)*%?")

_END = re.compile(r"(?<=[.!?]) ")

Run = tuple[str, ...]


def runs(text: str) -> frozenset[Run]:
    """Every run of seven words of one sentence, in lower case, without punctuation and what stands in brackets."""
    found: set[Run] = set()
    for sentence in _END.split(_HOUR.sub("hour", _LABELS.sub("", text))):
        words = [word.lower() for word in _WORD.findall(sentence)]
        found |= {tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}
    return frozenset(found)


def heard(passages: Iterable[str]) -> frozenset[Run]:
    """The runs of all the passages."""
    return frozenset().union(*(runs(passage) for passage in passages))
