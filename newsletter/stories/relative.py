"""Family C, relative moves and rotation: tracks of pairs and of the sector funds. Source: docs/stories.md."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from newsletter.facts import Fact, Unit
from newsletter.stories import arrays
from newsletter.stories.firings import Firings, Hit, firings, rows
from newsletter.stories.ledger import ledger
from newsletter.stories.moves import RARE
from newsletter.stories.tracks import Track

SMALL_CAPS_NASDAQ = "pair:^RUT-^IXIC"


def pair_divergence(track: Track) -> Firings:
    """The gap between two returns is among the widest 5% of 1,260 sessions.

    Needs 500 sessions. p: R. Direction: the sign of the gap. Yardstick: the last same-sign gap at least as wide. Of
    small caps against the Nasdaq only where small caps moved more: the Nasdaq has a pair of its own.
    """
    with np.errstate(invalid="ignore"):
        fires = (track.rank_p <= RARE) & (track.sizes > 0)
        if track.entity == SMALL_CAPS_NASDAQ:
            fires &= np.abs(track.parts["first"]) >= np.abs(track.parts["second"])
        at = rows(fires)
    back = np.array([track.yardstick(int(t)) for t in at], dtype=np.int64)
    return firings(at, track.rank_p[at], np.sign(track.moves[at]).astype(np.int64), yardstick=back)


def leadership_flip(track: Track) -> Firings:
    """The gap changes sign from yesterday and is among the widest 20% on both days.

    Needs 500 sessions. p: E. Direction: the new leader.
    """
    p = arrays.rank_p(track.sizes, least=500)  # in full: earlier firings are counted
    sign = np.sign(np.nan_to_num(track.moves)).astype(np.int64)
    with np.errstate(invalid="ignore"):
        wide = p <= 0.20
    fires = np.zeros(len(track), dtype=bool)
    fires[1:] = wide[1:] & wide[:-1] & (sign[1:] == -sign[:-1]) & (sign[1:] != 0)
    at = rows(fires)
    return firings(at, arrays.event_p(at), sign[at], yardstick=at - 1)


def sign_split(track: Track) -> Firings:
    """The two indexes of a pair closed on opposite sides, a percentage point or more apart.

    Needs 252 sessions. p: E. Direction: the leader.
    """
    first, second = track.parts["first"], track.parts["second"]
    with np.errstate(invalid="ignore"):
        fires = (first * second < 0) & (track.sizes >= 1.0) & track.old_enough(252)
    at = rows(fires)
    return firings(at, arrays.event_p(at), np.sign(track.moves[at]).astype(np.int64))


def rotation_extreme(track: Track) -> Firings:
    """The ratio of a pair closes at a 252-session high or low, first time in 21 sessions.

    Needs 252 sessions. p: E, highs and lows apart. Direction: + at a high. Yardstick: the last ratio as extreme.
    """
    return extreme(track, 252)


def extreme(track: Track, window: int) -> Firings:
    """Close above (below) all of the previous ``window`` - 1 closes, first in 21 sessions; p: E, each way on its own."""
    high = track.close > arrays.rolling_max(track.close, window - 1)
    low = track.close < arrays.rolling_min(track.close, window - 1)
    enough = track.old_enough(window)
    up, down = arrays.first_in(high & enough, 21), arrays.first_in(low & enough, 21)
    at = rows(up | down)
    sign = np.where(up[at], 1, -1)
    p = np.ones(len(at))
    for way in (1, -1):
        p[sign == way] = arrays.event_p(at[sign == way])
    back = np.array(
        [arrays.previous_larger(s * track.close, np.array([t]))[0] for s, t in zip(sign, at, strict=True)],
        dtype=np.int64,
    )
    return firings(at, p, sign, yardstick=back)


def extreme_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    """At which edge the level is, since when it was last so (no fact where it never was); a ratio's own level."""
    notes = ledger(track, hit.row)
    if track.kind is None and track.unit is Unit.LEVEL:
        notes.add("ratio", "1s", float(track.close[hit.row]), Unit.LEVEL)
    notes.add("extreme_side", track.file, "high" if hit.direction > 0 else "low", Unit.TEXT)
    if hit.yardstick >= 0:
        notes.add("extreme_since", track.file, track.day(hit.yardstick), Unit.DATE)
        notes.add("extreme_span", track.file, hit.row - hit.yardstick, Unit.COUNT)
    return notes


def sector_spread(track: Track) -> Firings:
    """Best less worst of the eleven sector funds is among the widest 5% of 1,260 sessions.

    Needs 500 sessions. p: R+. Direction none.
    """
    with np.errstate(invalid="ignore"):
        at = rows(track.rank_p <= RARE)
    back = np.array([track.yardstick(int(t)) for t in at], dtype=np.int64)
    return firings(at, track.rank_p[at], 0, yardstick=back)


def sector_sweep(track: Track) -> Firings:
    """All or none of the eleven sector funds rose: a supporting fact, never a lead.

    Needs 252 earlier moves. p: E, both ways together. Direction: the way they went.
    """
    table = np.vstack(list(track.parts.values()))
    known = ~np.isnan(track.moves)
    with np.errstate(invalid="ignore"):
        all_up, none_up = (table > 0).all(axis=0) & known, (table <= 0).all(axis=0) & known
    at = rows((all_up | none_up) & (np.arange(len(track)) > 252))
    return firings(at, arrays.event_p(at), np.where(all_up[at], 1, -1))
