"""How large a move is for its own asset, on the scale of an index's day."""

from __future__ import annotations

from dataclasses import dataclass

from newsletter.editorial.names import Names
from newsletter.editorial.verbs import scaled
from newsletter.facts import Fact, FactBook, Unit
from newsletter.instruments import Kind


@dataclass(frozen=True, kw_only=True, slots=True)
class Scale:
    """Knows each instrument's typical move, from the book or by its kind."""

    book: FactBook
    names: Names

    def of(self, fact: Fact) -> float:
        """A change as the index move, in percent, that is as large for its asset. Longer windows count as one day."""
        kind = Kind.YIELD if fact.unit is Unit.BP else self.names.kind(fact.entity)
        typical = self.book.find(fact.entity, "typical_move", "1260s")
        fitting = typical is not None and typical.unit is fact.unit
        if fact.unit is Unit.PTS:
            day = self.book.find(fact.entity, "return", "1s", fact.as_of)
            return self.of(day) if day is not None else fact.number
        return scaled(fact.number, kind, typical.number if typical is not None and fitting else None)
