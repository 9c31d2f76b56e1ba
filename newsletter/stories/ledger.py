"""Writing facts down: one track, one session, and the file they stand in."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from newsletter.facts import Fact, Unit, Value, fact
from newsletter.stories.tracks import Track


@dataclass(kw_only=True, slots=True)
class Ledger:
    """Facts of one entity as of one day. A value that isn't finite is left out: there is no such fact."""

    entity: str
    as_of: date
    source: str
    facts: list[Fact] = field(default_factory=list)

    def add(self, metric: str, window: str, value: Value | None, unit: Unit) -> Fact | None:
        """Write one fact down; numpy scalars become plain numbers, so that an issue is plain JSON."""
        if value is None:
            return None
        if isinstance(value, float):
            value = float(value)
            if not math.isfinite(value):
                return None
        elif hasattr(value, "item") and not isinstance(value, date | str):
            value = value.item()
        if unit in (Unit.COUNT, Unit.BP) and isinstance(value, float):
            value = round(value)
        item = fact(self.entity, metric, window, value, unit, self.as_of, self.source)
        self.facts.append(item)
        return item

    def __iter__(self) -> Iterator[Fact]:
        return iter(self.facts)


def ledger(track: Track, row: int) -> Ledger:
    """An empty ledger for a track's row."""
    return Ledger(entity=track.entity, as_of=track.day(row), source=track.source)
