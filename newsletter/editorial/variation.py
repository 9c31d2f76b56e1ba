"""Which of several equal wordings an issue uses: decided by its date, so that a rebuild says the same."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Variation:
    """Chooses by the issue's date and the name of the move.

    Consecutive days walk through the wordings in turn, so that neighbours differ; where in the turn a move stands is a
    hash of its name, so that two moves don't change places together.
    """

    day: date

    def pick(self, name: str, options: Sequence[_T]) -> _T:
        """One of ``options`` (at least one)."""
        return self.order(name, options)[0]

    def order(self, name: str, options: Sequence[_T]) -> tuple[_T, ...]:
        """All of ``options``, beginning with the one whose turn it is."""
        offset = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big")
        first = (weekday_number(self.day) + offset) % len(options)
        return (*options[first:], *options[:first])


def weekday_number(day: date) -> int:
    """Counts Mondays to Fridays, so that Friday and the Monday after it are neighbours."""
    weeks, weekday = divmod(day.toordinal() - 1, 7)
    return weeks * 5 + min(weekday, 4)
