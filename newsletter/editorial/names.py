"""What instruments are called: the config's prose and aliases, and who is plural.

Writing and checking use the same lexicon, so that every way of naming is known on both sides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from newsletter.instruments import Instrument, Kind
from newsletter.market import MarketDay

PLURAL_ENDINGS = (
    "caps",
    "stocks",
    "banks",
    "chipmakers",
    "Treasuries",
    "bonds",
    "financials",
    "utilities",
    "industrials",
    "materials",
    "staples",
    "services",
    "members",
)

SPREADS = {
    "spread:DGS10-DGS2": Instrument(
        symbol="spread:DGS10-DGS2",
        name="2s10s curve",
        kind=Kind.YIELD,
        prose="the gap between two-year and 10-year Treasury yields",
        aliases=("the two-to-10-year gap",),
    ),
    "spread:DGS10-DGS3MO": Instrument(
        symbol="spread:DGS10-DGS3MO",
        name="3m10s curve",
        kind=Kind.YIELD,
        prose="the gap between three-month and 10-year Treasury yields",
        aliases=("the three-month-to-10-year gap",),
    ),
}
"""Spreads of two yields; basis points."""

NO_TICKER = (Kind.YIELD, Kind.CREDIT)
"""Kinds whose symbol is a series' code, of no use to a reader."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Names:
    """Every instrument that may be named, by symbol."""

    instruments: Mapping[str, Instrument] = field(default_factory=lambda: MappingProxyType({}))

    def __contains__(self, entity: str) -> bool:
        return entity in self.instruments

    def of(self, entity: str) -> Instrument:
        """The instrument; an unknown entity is called by its symbol."""
        known = self.instruments.get(entity)
        return known or Instrument(symbol=entity, name=entity, kind=Kind.STOCK, prose=entity)

    def kind(self, entity: str) -> Kind:
        return self.of(entity).kind

    def ticker(self, entity: str) -> str:
        """``^RUT``, or an empty string for what has no ticker a reader could use."""
        instrument = self.of(entity)
        if (
            instrument.kind in NO_TICKER
            or entity.startswith("spread:")
            or instrument.prose == instrument.symbol
        ):
            return ""
        return instrument.symbol


def names_of(day: MarketDay) -> Names:
    """The yield spreads, companies that report, the members of the index, and every instrument of the day."""
    known = dict(SPREADS)
    for report in day.earnings:
        if report.name:
            known[report.symbol] = Instrument(
                symbol=report.symbol, name=report.name, kind=Kind.STOCK, prose=report.name
            )
    if day.members is not None:
        for symbol, name in day.members.names.items():
            known[symbol] = Instrument(symbol=symbol, name=name, kind=Kind.STOCK, prose=name)
    for series in day.series.values():
        known[series.symbol] = series.instrument
    return Names(instruments=MappingProxyType(known))


def is_plural(mention: str) -> bool:
    """Whether a verb after ``mention`` is plural: "small caps are", "the Russell 2000 is"."""
    return mention.endswith(PLURAL_ENDINGS)
