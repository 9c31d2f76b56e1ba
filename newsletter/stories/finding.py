"""From a MarketDay to its findings."""

from __future__ import annotations

from newsletter.facts import FactBook, Findings, PastIssue
from newsletter.market import MarketDay
from newsletter.stories import standard
from newsletter.stories.tracks import Market

WARM = 64
"""Last rows that are ranked for one issue: the longest look back at earlier ranks is a quarter."""


def find(day: MarketDay, *, recent: tuple[PastIssue, ...] = ()) -> Findings:
    """Every story of the day, scored, de-duplicated and ranked best first, and every fact that may be stated."""
    market = Market(day=day, warm=WARM)
    return Findings(stories=(), facts=FactBook(standard.book(market)))
