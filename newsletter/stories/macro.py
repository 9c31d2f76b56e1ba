"""Family F, rates, currencies, commodities, crypto. Source of every rule: docs/stories.md.

`yield_move`, `dollar_move`, `oil_move`, `gold_move` and `crypto_move` are :func:`moves.move_rank` on their entities;
records, spans and levels come from the families that own those rules.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from newsletter.facts import Fact, Unit
from newsletter.stories import arrays
from newsletter.stories.firings import Firings, Hit, firings, rows
from newsletter.stories.ledger import ledger
from newsletter.stories.relative import extreme
from newsletter.stories.tracks import Track


def curve_flip(track: Track) -> Firings:
    """A spread of two yields, in whole basis points, changes sign by the side rule; zero is no side.

    Needs no more than the file's first close with a side. p: E. Direction: the new sign. Daily par yields only: an
    intraday print never counts.
    """
    at, sides = arrays.crossings(track.close, 0.0)
    return firings(at, arrays.event_p(at), sides)


def flip_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    """Since when the curve had not stood on this side."""
    notes = ledger(track, hit.row)
    before = hit.direction * track.close[: hit.row] > 0
    last = arrays.last_at(before)
    if len(last) and last[-1] >= 0:
        notes.add("side_since", track.file, track.day(int(last[-1])), Unit.DATE)
        notes.add("side_sessions", track.file, hit.row - int(last[-1]) - 1, Unit.COUNT)
        notes.add("side_ago", track.file, hit.row - int(last[-1]), Unit.COUNT)
    return notes


def curve_extreme(track: Track) -> Firings:
    """A spread of two yields at a 252-session high or low, first in 21. Needs 252. p: E, highs and lows apart. Direction: + at a high."""
    return extreme(track, 252)


def cross_asset_combo(track: Track) -> Firings:
    """S&P 500 down 0.5% or more, 10-year yield up 5 bp or more, dollar down 0.3% or more, all on one day.

    Needs 252 sessions. p: E. Direction -. Runs on the track of the three.
    """
    stocks, yields, dollar = track.parts["stocks"], track.parts["yields"], track.parts["dollar"]
    with np.errstate(invalid="ignore"):
        fires = (stocks <= -0.5) & (yields >= 5) & (dollar <= -0.3) & track.old_enough(252)
    at = rows(fires)
    return firings(at, arrays.event_p(at), -1, yardstick=arrays.last_before(fires)[at])


def combo_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    """The three moves, and when they last came together."""
    notes = ledger(track, hit.row)
    notes.add("stocks", "1s", float(track.parts["stocks"][hit.row]), Unit.PCT)
    notes.add("yields", "1s", float(track.parts["yields"][hit.row]), Unit.BP)
    notes.add("dollar", "1s", float(track.parts["dollar"][hit.row]), Unit.PCT)
    if hit.yardstick >= 0:
        notes.add("since", track.file, track.day(hit.yardstick), Unit.DATE)
    return notes
