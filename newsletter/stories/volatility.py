"""Family E, volatility and risk. Source of every rule: docs/stories.md."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from newsletter.facts import Fact, Unit
from newsletter.stories import arrays
from newsletter.stories.firings import Firings, Hit, firings, rows
from newsletter.stories.ledger import ledger
from newsletter.stories.relative import extreme
from newsletter.stories.tracks import Track

HALF = 250
"""Of the 500 sessions such a rule needs, half go into the median and half into the distances from it."""

VIX_LEVELS = (15.0, 20.0, 30.0, 40.0)
"""Sides that readers know."""


def vix_cross(track: Track) -> Firings:
    """The VIX changes side of 15, 20, 30 or 40 by the side rule (see `arrays.crossings`).

    Needs 252 sessions. p: E, all levels together; of two levels crossed on one day the further one is told.
    Direction: the new side. A side that is only confirmed today was reached days ago: it makes no day normal.
    """
    crossed: dict[int, tuple[int, float]] = {}
    for level in VIX_LEVELS:
        at, sides = arrays.crossings(track.close, level)
        for t, side in zip(at.tolist(), sides.tolist(), strict=True):
            known = crossed.get(t)
            if known is None or side * level > side * known[1]:
                crossed[t] = (side, level)
    rows_ = sorted(t for t in crossed if t >= 252)
    at = np.array(rows_, dtype=np.int64)
    sides = np.array([crossed[t][0] for t in rows_], dtype=np.int64)
    levels = np.array([crossed[t][1] for t in rows_])
    held = sides * (track.close[at - 1] - levels) > 0
    return firings(at, arrays.event_p(at), sides, milestone=levels, held=held)


def cross_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    """The level that was crossed, and how long the close had stayed on the other side."""
    level = float(hit.extra["milestone"])
    notes = ledger(track, hit.row)
    notes.add("crossed", track.file, level, track.unit)
    there = hit.direction * (track.close[: hit.row] - level) > 0
    last = arrays.last_at(there)
    if len(last) and last[-1] >= 0:
        notes.add("side_since", track.file, track.day(int(last[-1])), Unit.DATE)
        notes.add("side_sessions", track.file, hit.row - int(last[-1]) - 1, Unit.COUNT)
        notes.add("side_ago", track.file, hit.row - int(last[-1]), Unit.COUNT)
    return notes


def level_since(track: Track) -> Firings:
    """Close highest or lowest in 252 sessions or more, first in 21 sessions: VIX, yields, dollar, oil.

    Needs 252 sessions. p: E, highs and lows apart. Direction: + at a high. Yardstick: the last level as extreme.
    """
    return extreme(track, 252)


def calm_end(track: Track) -> Firings:
    """First move of 1% or more after 63 or more sessions without one, counted strictly between the two.

    Needs 252 sessions. p: L on the calm. Direction: the sign of the move.
    """
    with np.errstate(invalid="ignore"):
        return _calm(track, track.sizes >= 1.0)


def calm_end_drop2(track: Track) -> Firings:
    """First fall of 2% or more after 63 or more sessions without one, counted strictly between the two.

    Needs 252 sessions. p: L on the calm. Direction -.
    """
    with np.errstate(invalid="ignore"):
        return _calm(track, track.moves <= -2.0)


def _calm(track: Track, loud: np.ndarray) -> Firings:
    before = arrays.last_before(loud)
    quiet = np.arange(len(track)) - before - 1
    at = rows(loud & (before >= 0) & (quiet >= 63) & track.old_enough(252))
    lengths = quiet[at].astype(float)
    return firings(
        at, arrays.length_p(at, lengths), np.sign(track.moves[at]).astype(np.int64), yardstick=before[at]
    )


def calm_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    """How long there was no move of 1%, and the last one before."""
    return _calm_facts(track, hit, "calm", 1.0)


def calm_drop2_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    """How long there was no fall of 2%, and the last one before."""
    return _calm_facts(track, hit, "calm_drop2", 2.0)


def _calm_facts(track: Track, hit: Hit, name: str, threshold: float) -> Iterable[Fact]:
    notes = ledger(track, hit.row)
    notes.add(name, track.file, hit.row - hit.yardstick - 1, Unit.COUNT)
    notes.add(f"{name}_since", track.file, track.day(hit.yardstick), Unit.DATE)
    notes.add(f"{name}_ago", track.file, hit.row - hit.yardstick, Unit.COUNT)
    notes.add(f"{name}_threshold", track.file, threshold, Unit.PCT)
    return notes


def realised_vs_implied(track: Track) -> Firings:
    """The VIX less 21-session realised volatility of the S&P 500, less its median over W, R <= 0.02, first day.

    Needs 500 sessions. p: R. Direction: + where more is priced than was realised. Runs on the track of both, whose
    moves are that difference.
    """
    middle = (
        pd.Series(track.moves)
        .rolling(arrays.WINDOW, min_periods=HALF)
        .median()
        .shift(1)
        .to_numpy(dtype=float)
    )
    excess = track.moves - middle
    p = arrays.rank_p(np.abs(excess), least=HALF, start=max(track.start - 1, 0))
    with np.errstate(invalid="ignore"):
        rare = p <= 0.02
    first = rare & ~np.concatenate(([False], rare[:-1]))
    at = rows(first)
    return firings(at, p[at], np.sign(excess[at]).astype(np.int64))


def implied_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    """What the index realised, and by how much the VIX stands above it, in points of annual volatility."""
    notes = ledger(track, hit.row)
    notes.add("premium", "1s", float(track.moves[hit.row]), Unit.PTS)
    notes.add("realised", "21s", float(track.parts["realised"][hit.row]), Unit.PCT)
    return notes


def term_inversion(track: Track) -> Firings:
    """The VIX rises above (falls back under) its three-month kin by the side rule.

    Needs 252 sessions. p: E. Direction: - on inversion, + on its end. Runs on the ratio of the two.
    """
    at, sides = arrays.crossings(track.close, 1.0)
    keep = at >= 252
    return firings(at[keep], arrays.event_p(at[keep]), -sides[keep])


def ratio_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    """The ratio of the two."""
    notes = ledger(track, hit.row)
    notes.add("ratio", "1s", float(track.close[hit.row]), Unit.LEVEL)
    return notes


def options_pressure(track: Track) -> Firings:
    """An option gauge (skew) is among the highest or lowest 3% of 1,260 sessions, first day.

    Needs 500 sessions. p: R, two-sided on the distance from the median. Direction: its side.
    """
    middle = (
        pd.Series(track.close)
        .rolling(arrays.WINDOW, min_periods=HALF)
        .median()
        .shift(1)
        .to_numpy(dtype=float)
    )
    excess = track.close - middle
    p = arrays.rank_p(np.abs(excess), least=HALF, start=max(track.start - 1, 0))
    with np.errstate(invalid="ignore"):
        rare = p <= 0.03
    at = rows(rare & ~np.concatenate(([False], rare[:-1])))
    return firings(at, p[at], np.sign(excess[at]).astype(np.int64))
