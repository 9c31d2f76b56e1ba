"""What a chart says, and the facts it says it from.

A recipe recomputes every number it prints from the bars it plots and cites it as a fact. Where the issue's book holds
the same fact, the two must agree: a chart that contradicts the words beside it isn't drawn.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date

from newsletter.errors import ChartError
from newsletter.facts import Fact, FactBook, Unit, Value, fact
from newsletter.instruments import Instrument, Kind
from newsletter.market import MarketDay, Series
from newsletter.numerals import ap_date, basis_points, number, percent

ALT_LIMIT = 200

PROVIDERS = {
    "yahoo": "Source: Yahoo Finance",
    "csv": "Source: market data files",
    "sample": "Sample data: invented prices",
}

Row = tuple[str | float | None, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What a recipe will draw: its words, its facts, and the table it plots. Recipes add their own fields.

    ``titles`` are wordings of one claim, best first; the first that fits is drawn. ``facts`` holds every number printed.
    """

    titles: tuple[str, ...]
    subtitle: str
    alt: str
    source: str
    facts: tuple[Fact, ...]
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(kw_only=True, slots=True)
class Citations:
    """Collects the facts that a chart states."""

    book: FactBook
    facts: dict[str, Fact] = field(default_factory=dict)

    def cite(
        self, entity: str, metric: str, window: str, value: Value, unit: Unit, as_of: date, source: str
    ) -> Value:
        """Note that the chart states this, and return the value; the book's own fact wins where it agrees."""
        own = fact(entity, metric, window, value, unit, as_of, source)
        known = self.book.get(own.id, own)
        if not agree(known.value, own.value):
            raise ChartError(f"the chart has {own.value} for {own.id}, the facts say {known.value}")
        self.facts[own.id] = known
        return value

    @property
    def all(self) -> tuple[Fact, ...]:
        return tuple(self.facts.values())


def agree(known: Value, own: Value) -> bool:
    """Whether two values are the same but for the last digits of a float."""
    if isinstance(known, int | float) and isinstance(own, int | float):
        return math.isclose(known, own, rel_tol=1e-6, abs_tol=1e-6)
    return known == own


def alt(*clauses: str) -> str:
    """The clauses as one text of at most 200 characters; later ones are dropped where they don't fit.

    The first two are the kind of chart and the finding: without them there is no alt text.
    """
    text = " ".join(clauses[:2])
    if len(text) > ALT_LIMIT:
        raise ChartError(f"alt text of {len(text)} characters: at most {ALT_LIMIT} are read out")
    for clause in clauses[2:]:
        if clause and len(text) + 1 + len(clause) <= ALT_LIMIT:
            text = f"{text} {clause}"
    return text


def source_line(day: MarketDay, *series: Series) -> str:
    """Provider and session, e.g. ``Source: Yahoo Finance. Close of Aug. 25, 2025``."""
    names = dict.fromkeys(item.source.partition(":")[0] for item in series)
    if day.sample:
        return f"{PROVIDERS['sample']}. Close of {ap_date(day.session)}"
    known = [PROVIDERS.get(name, f"Source: {name}") for name in names]
    return f"{known[0]}. Close of {ap_date(day.session)}"


def share_of(share: float) -> str:
    """``98.9%``, and ``all`` or ``nearly all`` where the figure would round to a hundred."""
    if share >= 100:
        return "all"
    return percent(share, 1) if share < 99.95 else "nearly all"


def level(instrument: Instrument, value: float) -> str:
    """A price or level as the reader sees it: yields and spreads in percent, the rest in points or dollars."""
    if instrument.kind in (Kind.YIELD, Kind.CREDIT):
        return percent(value, 2)
    if abs(value) >= 1e7:
        return number(value, 0)
    return number(value, 2)


def measure(instrument: Instrument) -> str:
    """The unit of an instrument's level, for a subtitle."""
    return {
        Kind.YIELD: "percent",
        Kind.CREDIT: "percent",
        Kind.INDEX: "points",
        Kind.VOLATILITY: "points",
        Kind.CURRENCY: "index points",
    }.get(instrument.kind, "US dollars")


def move(instrument: Instrument, value: float) -> str:
    """A one-session move: whole basis points for yields, else percent with a sign."""
    return basis_points(value, signed=True) if in_bp(instrument) else percent(value, 1, signed=True)


def in_bp(instrument: Instrument) -> bool:
    return instrument.kind in (Kind.YIELD, Kind.CREDIT)


def opening(instrument: Instrument) -> str:
    """How a sentence begins with an instrument: ``The Dow``."""
    return instrument.prose[:1].upper() + instrument.prose[1:]
