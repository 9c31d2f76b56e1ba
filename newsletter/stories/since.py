"""What has changed since the last issue: where an index stood then and stands now, only where the two differ."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from newsletter.facts import Fact, PastIssue, Unit
from newsletter.instruments import Kind
from newsletter.stories.ledger import ledger
from newsletter.stories.prepared import Market
from newsletter.stories.tracks import Track

MEAN = 200
"""Sessions of the average whose side is told."""

STATES = ((-20.0, "bear_market"), (-10.0, "correction"), (-5.0, "pullback"), (0.0, "near_record"))
"""Distance from the record in percent up to which each state reaches; on a record day the state is `record`."""


def facts(market: Market, recent: Sequence[PastIssue]) -> list[Fact]:
    """Changed states of every index since the newest earlier issue of this edition; nothing without one.

    Both ends rest on closes up to the issue's session, so they are the same whenever they are computed.
    """
    earlier = [issue.session for issue in recent if issue.session < market.session]
    if not earlier:
        return []
    then = max(earlier)
    found: list[Fact] = []
    for track in market.of_kind(Kind.INDEX):
        now, before = track.row(market.session), track.row(then)
        if now is not None and before is not None:
            found += _changes(track, before, now)
    return found


def _changes(track: Track, before: int, now: int) -> list[Fact]:
    notes = ledger(track, now)
    window = f"issue@{track.day(before)}"
    for metric, measure in (("standing", standing), ("average_side", average_side)):
        was, is_ = measure(track, before), measure(track, now)
        if was and is_ and was != is_:
            notes.add(f"{metric}_was", window, was, Unit.TEXT)
            notes.add(f"{metric}_now", window, is_, Unit.TEXT)
    if track.drought[before] and track.records[now]:
        notes.add("drought_was", window, int(track.drought[before]), Unit.COUNT)
    if track.runs[before] * track.runs[now] < 0:
        notes.add("streak_was", window, int(track.runs[before]), Unit.COUNT)
        notes.add("streak_now", window, int(track.runs[now]), Unit.COUNT)
    return list(notes)


def standing(track: Track, row: int) -> str:
    """How far the close stands below the record close: `record`, `near_record`, `pullback`, `correction`, `bear_market`."""
    distance = float(track.dist_record[row])
    if np.isnan(distance):
        return ""
    if track.records[row]:
        return "record"
    return next(name for limit, name in STATES if distance <= limit)


def average_side(track: Track, row: int) -> str:
    """Whether the close is `above` or `below` its 200-session mean; nothing on it, or where there are too few."""
    if row + 1 < MEAN:
        return ""
    mean = float(track.close[row + 1 - MEAN : row + 1].mean())
    close = float(track.close[row])
    return "" if close == mean else "above" if close > mean else "below"
