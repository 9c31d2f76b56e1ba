"""What followed earlier cases of a finding: with n and a count, beside what follows any session. Never for fewer than 8."""

from __future__ import annotations

import numpy as np

from newsletter.facts import Fact, Unit
from newsletter.stories import arrays
from newsletter.stories.arrays import Ints
from newsletter.stories.firings import Firings, Hit
from newsletter.stories.ledger import ledger
from newsletter.stories.tracks import Track

AHEAD = 21
"""Sessions after which is looked, and by which cases must lie apart: overlapping months are one case."""

CASES = 8
"""Fewest cases that are told."""


def facts(track: Track, detector: str, fired: Firings, hit: Hit) -> list[Fact]:
    """How often the next 21 sessions rose after earlier firings the same way, and after any session.

    Only cases whose 21 sessions had passed by the row count.
    """
    cases = apart(fired.at[(fired.direction == hit.direction) & (fired.at <= hit.row - AHEAD)])
    if len(cases) < CASES:
        return []
    after = arrays.percent_change(track.close[: hit.row + 1], AHEAD)
    followed = after[cases + AHEAD]
    usual = after[~np.isnan(after)]
    followed = followed[~np.isnan(followed)]
    if len(followed) < CASES:
        return []
    notes = ledger(track, hit.row)
    window = f"{AHEAD}s"
    notes.add(f"{detector}_cases", window, len(followed), Unit.COUNT)
    notes.add(f"{detector}_rose", window, int((followed > 0).sum()), Unit.COUNT)
    notes.add(f"{detector}_median", window, float(np.median(followed)), Unit.PCT)
    notes.add("usual_rose", window, 100.0 * float((usual > 0).mean()), Unit.PCT)
    return list(notes)


def apart(at: Ints) -> Ints:
    """Rows of which each lies at least 21 after the one kept before it."""
    kept: list[int] = []
    for row in at.tolist():
        if not kept or row - kept[-1] >= AHEAD:
            kept.append(row)
    return np.array(kept, dtype=np.int64)
