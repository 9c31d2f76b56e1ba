"""Family G, events: what is due, and what answered. Source of every rule: docs/stories.md.

Rules about what is ahead rank an item's importance against the most important item of each of the last 252 sessions
(p: K); they are never about the day's prices, so they lead only on a quiet day.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from newsletter.facts import Fact, Unit
from newsletter.stories import arrays
from newsletter.stories.arrays import Floats
from newsletter.stories.firings import Firings, Hit, firings, rows
from newsletter.stories.ledger import ledger
from newsletter.stories.schedule import REPORTS
from newsletter.stories.tracks import Track

YEAR = 252
LOUD_REACTION = 8.0
"""Percent from which a reaction is told whatever its rank."""


def ahead(track: Track) -> Firings:
    """An item is due: a report within three sessions, a tier-1 release next session.

    p: K, (1 + sessions of the last 252 whose most important item was at least as important) / 253. Direction none.
    """
    at = rows(track.moves > 0)
    return firings(at, calendar_p(track.moves, track.parts["largest"])[at], 0, importance=track.moves[at])


def calendar_p(importance: Floats, largest: Floats) -> Floats:
    """K for each session."""
    p = np.ones(len(importance))
    for t in rows(importance > 0):
        before = largest[max(t - YEAR, 0) : t]
        p[t] = (1.0 + np.count_nonzero(before >= importance[t] - arrays.ATOL)) / (1.0 + YEAR)
    return p


def earnings_reaction(track: Track) -> Firings:
    """The move of the first session after a report, against the company's own report days: p <= 0.25, or 8% or more.

    Needs 8 earlier reports. p: R among all of them. Direction: the sign of the move. Yardstick: the last report that
    moved it as much the same way.
    """
    p = arrays.rank_p(track.sizes, least=REPORTS)
    with np.errstate(invalid="ignore"):
        at = rows(((p <= 0.25) | (track.sizes >= LOUD_REACTION)) & (track.sizes > 0) & ~np.isnan(p))
    back = np.array([track.yardstick(int(t)) for t in at], dtype=np.int64)
    return firings(at, p[at], np.sign(track.moves[at]).astype(np.int64), yardstick=back)


def reaction_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    """The rank of the reaction among the company's own."""
    notes = ledger(track, hit.row)
    same = track.signed(hit.direction)[: hit.row]
    notes.add("reaction", "1s", float(track.moves[hit.row]), Unit.PCT)
    notes.add(
        "reaction_rank", track.file, int((same > track.sizes[hit.row] + arrays.ATOL).sum()) + 1, Unit.COUNT
    )
    notes.add("reaction_count", track.file, hit.row + 1, Unit.COUNT)
    if hit.yardstick >= 0:
        notes.add("reaction_since", track.file, track.day(hit.yardstick), Unit.DATE)
    return notes


def macro_surprise(track: Track) -> Firings:
    """A print less its consensus is among the widest of the last 24 of the same release, p <= 0.10.

    Needs 12 earlier prints. p: R over 24: a longer window lets 2020 hide everything. Direction: the sign.
    """
    p = arrays.rank_p(track.sizes, least=12, window=24)
    with np.errstate(invalid="ignore"):
        at = rows((p <= 0.10) & (track.sizes > 0))
    back = np.array([track.yardstick(int(t)) for t in at], dtype=np.int64)
    return firings(at, p[at], np.sign(track.moves[at]).astype(np.int64), yardstick=back)


def surprise_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    """The last print that differed as much, the same way."""
    notes = ledger(track, hit.row)
    if hit.yardstick >= 0:
        notes.add("surprise_since", track.file, track.day(hit.yardstick), Unit.DATE)
    return notes


def earnings_surprise(track: Track) -> Firings:
    """Earnings less their estimate, over the estimate, against the company's own, where the estimate is 0.10 or more.

    Needs 8 earlier reports. p: R, at most 0.25. Direction: the sign.
    """
    p = arrays.rank_p(track.sizes, least=REPORTS)
    with np.errstate(invalid="ignore"):
        at = rows((p <= 0.25) & (track.sizes > 0))
    return firings(at, p[at], np.sign(track.moves[at]).astype(np.int64))


def beat_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    """The surprise in percent of the estimate, and its place among the company's own."""
    notes = ledger(track, hit.row)
    same = track.signed(hit.direction)[: hit.row]
    notes.add("eps_surprise", "1s", float(track.moves[hit.row]), Unit.PCT)
    rank = int((same > track.sizes[hit.row] + arrays.ATOL).sum()) + 1
    notes.add("eps_surprise_rank", track.file, rank, Unit.COUNT)
    notes.add("eps_surprise_count", track.file, hit.row + 1, Unit.COUNT)
    return notes


def cluster_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    """How many of the universe's companies report next session, and their share of its turnover."""
    notes = ledger(track, hit.row)
    notes.add("reports", "due", int(track.parts["count"][hit.row]), Unit.COUNT)
    return notes


def fed_event(track: Track) -> Firings:
    """A decision or the minutes of the central bank came out today.

    p: K on how such days have moved the S&P 500; for a change of the rate E, changes that way since the first known
    decision (a year of sessions or more), where that is rarer. Direction: that of the change, 0 where there was none or
    it isn't known. Without a known decision it can't lead.
    """
    at = rows(track.moves > 0)
    signs = track.parts["direction"][at].astype(np.int64)
    p = calendar_p(track.moves, track.parts["largest"])[at]
    known = rows(track.parts["decided"] > 0)
    for sign in (1, -1) if len(known) else ():
        changed = rows(track.parts["direction"] == sign)
        since = at - known[0]
        counted = (signs == sign) & (since >= YEAR)
        p[counted] = np.minimum(
            p[counted], (1.0 + np.searchsorted(changed, at[counted])) / (1.0 + since[counted])
        )
    return firings(at, p, signs, open=track.parts["decided"][at] == 0)


def fed_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    """By how much the rate was changed, and the lower end of its range a quarter point under the figure given."""
    decided = float(track.parts["decided"][hit.row])
    if not decided:
        return ()
    notes = ledger(track, hit.row)
    window = f"out@{track.day(hit.row)}"
    notes.add("change", window, round(100.0 * float(track.parts["change"][hit.row])), Unit.BP)
    notes.add("range_low", window, float(track.parts["rate"][hit.row]) - 0.25, Unit.PCT)
    return notes
