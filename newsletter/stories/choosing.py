"""The choice of the day: lead, runners-up, and why the others were passed over."""

from __future__ import annotations

from newsletter.facts import Choice, Findings, Mode, PastIssue
from newsletter.market import MarketDay


def choose(findings: Findings, day: MarketDay, *, recent: tuple[PastIssue, ...] = ()) -> Choice:
    """The lead and the rest of the issue of ``day``."""
    return Choice(mode=Mode.QUIET, lead=findings.stories[0] if findings.stories else None)
