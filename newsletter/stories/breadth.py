"""Family D, breadth and internals: how the index's members moved. Source of every rule: docs/stories.md.

The track ``breadth:SPX`` has a row a session; its parts count members. A row on which fewer than 90% of the members have
data is NaN throughout, so that no rule fires there.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from newsletter.facts import Fact, Unit
from newsletter.stories import arrays
from newsletter.stories.firings import Firings, Hit, firings, rows
from newsletter.stories.ledger import ledger
from newsletter.stories.tracks import Track

CROSSED = (20.0, 50.0, 80.0)
"""Shares of members, in percent, that readers know."""


def adv_dec_extreme(track: Track) -> Firings:
    """Advancers are 90% or more, or 10% or fewer, of members that moved. Needs 60 sessions. p: E. Direction: the side."""
    share = track.parts["advancing"]
    with np.errstate(invalid="ignore"):
        at = rows(((share >= 0.9) | (share <= 0.1)) & track.old_enough(60))
    return firings(at, arrays.event_p(at), np.where(share[at] > 0.5, 1, -1))


def narrow_rally(track: Track) -> Firings:
    """The index rose more than 0.3% with fewer than 45% of members advancing, or fell so with more than 55%.

    Needs 60 sessions. p: E. Direction: that of the index.
    """
    share, index = track.parts["advancing"], track.parts["index"]
    with np.errstate(invalid="ignore"):
        narrow = ((index > 0.3) & (share < 0.45)) | ((index < -0.3) & (share > 0.55))
    at = rows(narrow & track.old_enough(60))
    return firings(at, arrays.event_p(at), np.sign(index[at]).astype(np.int64))


def narrow_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    """The share of members that rose, among those that moved."""
    notes = ledger(track, hit.row)
    notes.add("advancing", "1s", 100.0 * float(track.parts["advancing"][hit.row]), Unit.PCT)
    return notes


def breadth_cross_50(track: Track) -> Firings:
    """The share of members above their 50-session mean crosses 20, 50 or 80% by the side rule. See `_cross`."""
    return _cross(track, "above_50")


def breadth_cross_200(track: Track) -> Firings:
    """The share of members above their 200-session mean crosses 20, 50 or 80% by the side rule. See `_cross`."""
    return _cross(track, "above_200")


def _cross(track: Track, part: str) -> Firings:
    """Needs 200 sessions. p: E, all levels together. Direction: the new side."""
    share = track.parts[part]
    first = int(np.argmax(~np.isnan(share))) if (~np.isnan(share)).any() else len(share)
    crossed: dict[int, tuple[int, float]] = {}
    for level in CROSSED:
        at, sides = arrays.crossings(share, level)
        for t, side in zip(at.tolist(), sides.tolist(), strict=True):
            crossed[t] = (side, level)
    kept = sorted(t for t in crossed if t >= first + 1)
    at = np.array(kept, dtype=np.int64)
    return firings(
        at,
        arrays.event_p(at),
        np.array([crossed[t][0] for t in kept], dtype=np.int64),
        milestone=np.array([crossed[t][1] for t in kept], dtype=float),
        share=share[at],
    )


def cross_50_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    """The share, and the level it crossed."""
    return _cross_facts(track, hit, "50s")


def cross_200_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    """The share, and the level it crossed."""
    return _cross_facts(track, hit, "200s")


def _cross_facts(track: Track, hit: Hit, window: str) -> Iterable[Fact]:
    notes = ledger(track, hit.row)
    notes.add("share_above_mean", window, float(hit.extra["share"]), Unit.PCT)
    notes.add("crossed", window, float(hit.extra["milestone"]), Unit.PCT)
    return notes


def new_highs_lows(track: Track) -> Firings:
    """252-session highs less lows, over members, is among the most lopsided 3% of 1,260 sessions, first day.

    Needs 250 sessions of it. p: R. Direction: + where highs prevail.
    """
    net = track.parts["net_highs"]
    p = arrays.rank_p(np.abs(net), least=250)
    with np.errstate(invalid="ignore"):
        rare = p <= 0.03
    at = rows(rare & ~np.concatenate(([False], rare[:-1])))
    return firings(at, p[at], np.sign(net[at]).astype(np.int64))


def highs_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    """How many members closed at 252-session highs and lows."""
    notes = ledger(track, hit.row)
    notes.add("highs", "252s", int(track.parts["highs"][hit.row]), Unit.COUNT)
    notes.add("lows", "252s", int(track.parts["lows"][hit.row]), Unit.COUNT)
    return notes


def volume_surge(track: Track) -> Firings:
    """Volume over the median of the previous 50 sessions is among the highest 2% of 1,260.

    Needs 500 sessions. p: R+. Direction none. Mechanical days cap it (guards.py).
    """
    if track.volume is None or len(track) < 2:
        return firings(np.zeros(0, dtype=np.int64), np.zeros(0), 0)
    ratio = volume_ratio(track.volume)
    p = arrays.rank_p(ratio, least=500, start=track.start)
    with np.errstate(invalid="ignore"):
        at = rows(p <= 0.02)
    return firings(at, p[at], 0, ratio=ratio[at])


def volume_ratio(volume: arrays.Floats) -> arrays.Floats:
    """Volume over the median of the 50 sessions before; NaN where that isn't known or zero."""
    positive = np.where(volume > 0, volume, np.nan)
    usual = pd.Series(positive).rolling(50, min_periods=40).median().shift(1).to_numpy(dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        result: arrays.Floats = np.where(usual > 0, positive / usual, np.nan)
    return result


def volume_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    """Volume as a multiple of its usual."""
    notes = ledger(track, hit.row)
    notes.add("volume_ratio", "50s", float(hit.extra["ratio"]), Unit.LEVEL)
    return notes
