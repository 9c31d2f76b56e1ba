"""What futures say of tomorrow: the odds of a rate decision, and where stocks stand before the open.

Source of both rules: docs/stories.md; of their tracks: live.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import numpy as np

from newsletter.facts import Fact, Unit
from newsletter.stories import arrays
from newsletter.stories.firings import Firings, Hit, firings, rows
from newsletter.stories.ledger import ledger
from newsletter.stories.moves import RARE
from newsletter.stories.tracks import Track

EARLY = "06:00"
"""New York time at which futures are looked at."""

MOVED = 10.0
"""Points of probability from which a change in a day is told."""


def fed_odds(track: Track) -> Firings:
    """The probability of a quarter point at the next decision changed by 10 points or more in a day.

    Needs 60 days before a decision. p: R. Direction: + where a higher rate became likelier. It is the change of the
    implied mean rate, over the share of the month that follows the decision, over a quarter point.
    """
    p = arrays.rank_p(track.sizes, least=60, start=track.start)
    with np.errstate(invalid="ignore"):
        at = rows(track.sizes >= MOVED - arrays.ATOL)
    back = np.array([track.yardstick(int(t)) for t in at], dtype=np.int64)
    return firings(at, p[at], np.sign(track.moves[at]).astype(np.int64), yardstick=back)


def odds_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    """The change in points, the mean rate that the future implies, and the decision it is about."""
    notes = ledger(track, hit.row)
    due = np.datetime64(int(track.parts["due"][hit.row]), "D").astype(date)
    notes.add("odds_change", "1s", float(track.moves[hit.row]), Unit.PP)
    notes.add("implied_rate", "1s", float(track.close[hit.row]), Unit.PCT)
    notes.add("odds_day", f"due@{due}", due, Unit.DATE)
    if hit.yardstick >= 0:
        notes.add("odds_since", track.file, track.day(hit.yardstick), Unit.DATE)
    return notes


def overnight_gap(track: Track) -> Firings:
    """Futures of the S&P 500 at 06:00 are as far from their level at 16:00 as on 5% of 1,260 mornings.

    Needs 250 mornings. p: R. Direction: the sign. It is not of the session, so it never leads and is told with its hour.
    """
    p = arrays.rank_p(track.sizes, least=250, start=track.start)
    with np.errstate(invalid="ignore"):
        at = rows((p <= RARE) & (track.sizes > 0))
    back = np.array([track.yardstick(int(t)) for t in at], dtype=np.int64)
    return firings(at, p[at], np.sign(track.moves[at]).astype(np.int64), yardstick=back)


def overnight_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    """The gap, its hour, and the last morning with one as wide."""
    notes = ledger(track, hit.row)
    notes.add("overnight", "1s", float(track.moves[hit.row]), Unit.PCT)
    notes.add("at", "1s", EARLY, Unit.TIME)
    if hit.yardstick >= 0:
        notes.add("overnight_since", track.file, track.day(hit.yardstick), Unit.DATE)
    return notes
