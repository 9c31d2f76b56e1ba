"""What a source's licence lets us offer beside the words: Yahoo's numbers leave no data file and no raw table."""

from __future__ import annotations

from newsletter.brief import Brief
from newsletter.config import Config, PriceKind


def offers_data(brief: Brief, config: Config) -> bool:
    """Whether the issue's figures may be offered as files and in a table of values.

    An issue tells by its own facts where its prices came from, since the configuration may have changed since; without
    facts the configuration decides.
    """
    if brief.facts:
        return not any(from_yahoo(fact.source) for fact in brief.facts)
    return config.sources.prices.kind is not PriceKind.YAHOO


def from_yahoo(source: str) -> bool:
    """Whether Yahoo is among those whom a fact's source names (``yahoo:^RUT``, ``csv:a.csv+Yahoo``)."""
    return any(part.strip().casefold().startswith("yahoo") for part in source.split("+"))
