"""Family A, falls from a record and the way back. Source of every rule: docs/stories.md."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from newsletter.facts import Fact, Unit
from newsletter.stories import arrays
from newsletter.stories.arrays import Bools, Ints
from newsletter.stories.firings import Firings, Hit, firings, rows
from newsletter.stories.ledger import ledger
from newsletter.stories.tracks import Track


def pullback_5(track: Track) -> Firings:
    """First close 5% or more below the record since that record.

    Needs 252 sessions. p: E. Direction -. Calm: the sessions strictly between the last close that far down and today.
    """
    deep = track.dist_record <= -5.0
    last = arrays.last_before(deep)
    at = rows(deep & (last < track.last_record) & track.old_enough(252))
    return firings(at, arrays.event_p(at), -1, yardstick=last[at])


def pullback_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    """Since when there was no such pullback."""
    if hit.yardstick < 0:
        return ()
    notes = ledger(track, hit.row)
    notes.add("pullback_calm", track.file, hit.row - hit.yardstick - 1, Unit.COUNT)
    notes.add("pullback_ago", track.file, hit.row - hit.yardstick, Unit.COUNT)
    notes.add("pullback_threshold", track.file, 5.0, Unit.PCT)
    notes.add("pullback_since", track.file, track.day(hit.yardstick), Unit.DATE)
    return notes


def _corrections(track: Track, sign: int) -> Firings:
    """Turns of 10%; a fall inside a 20% down-leg is no news of its own."""
    at, extremes = _turned(track.turns_10, sign)
    return firings(at, arrays.event_p(at), sign, yardstick=extremes, inside=_inside_bear(track, at))


def _bear_markets(track: Track, sign: int) -> Firings:
    """Turns of 20%."""
    at, extremes = _turned(track.turns_20, sign)
    return firings(at, arrays.event_p(at), sign, yardstick=extremes)


def _turned(turns: tuple[Ints, Ints, Ints], sign: int) -> tuple[Ints, Ints]:
    """Rows of the turns that way from the 505th session on, and the rows of the extremes they turned from."""
    at, signs, extremes = turns
    wanted = (signs == sign) & (at >= 504)
    return at[wanted], extremes[wanted]


def _inside_bear(track: Track, at: Ints) -> Bools:
    """Whether each row lies inside a 20% down-leg."""
    turns, signs, _ = track.turns_20
    last = np.searchsorted(turns, at, side="right") - 1
    result: Bools = np.array([k >= 0 and signs[k] < 0 for k in last], dtype=bool)
    return result


def drawdown_enter_10(track: Track) -> Firings:
    """A close 10% under the highest close of the up-leg. Needs 504 sessions. p: E. Direction -. See `arrays.zigzag`."""
    return _corrections(track, -1)


def drawdown_enter_20(track: Track) -> Firings:
    """A close 20% under the highest close of the up-leg. Needs 504 sessions. p: E. Direction -. See `arrays.zigzag`."""
    return _bear_markets(track, -1)


def drawdown_exit_10(track: Track) -> Firings:
    """A close 10% above the lowest close of the down-leg. Needs 504 sessions. p: E. Direction +. See `arrays.zigzag`."""
    return _corrections(track, 1)


def drawdown_exit_20(track: Track) -> Firings:
    """A close 20% above the lowest close of the down-leg. Needs 504 sessions. p: E. Direction +. See `arrays.zigzag`."""
    return _bear_markets(track, 1)


def leg_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    """The extreme the leg turned from, and how far the close has come from it."""
    notes = ledger(track, hit.row)
    base = hit.yardstick
    window = f"turn@{track.day(base)}"
    notes.add("leg", window, arrays.percent(track.close[base], track.close[hit.row]), Unit.PCT)
    notes.add("leg_start", window, track.day(base), Unit.DATE)
    notes.add("leg_start_close", window, float(track.close[base]), track.unit)
    notes.add("leg_sessions", window, hit.row - base, Unit.COUNT)
    return notes


def enter_10_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    """The leg, and the 10% it has passed: a correction."""
    return [*leg_facts(track, hit), *_passed(track, hit, 10.0, "correction")]


def enter_20_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    """The leg, and the 20% it has passed: a bear market."""
    return [*leg_facts(track, hit), *_passed(track, hit, 20.0, "bear_market")]


def _passed(track: Track, hit: Hit, threshold: float, state: str) -> Iterable[Fact]:
    """The threshold under the name of the state that begins there, and the last close before this leg so far below a record."""
    notes = ledger(track, hit.row)
    window = f"turn@{track.day(hit.yardstick)}"
    notes.add(state, window, threshold, Unit.PCT)
    deep = np.flatnonzero(track.dist_record[: hit.yardstick + 1] <= -threshold)
    if len(deep):
        notes.add(f"{state}_since", track.file, track.day(int(deep[-1])), Unit.DATE)
        notes.add(f"{state}_ago", track.file, hit.row - int(deep[-1]), Unit.COUNT)
    return notes


def recovery_half(track: Track) -> Firings:
    """After a fall of 10% or more from record R to low L: first close at or above L + (R - L) / 2; a new low re-arms.

    Needs 504 sessions. p: E. Direction +.
    """
    at, lows = [], []
    for t, low in _recoveries(track)[0]:
        at.append(t)
        lows.append(low)
    found = np.array(at, dtype=np.int64)
    return firings(found, arrays.event_p(found), 1, yardstick=np.array(lows, dtype=np.int64))


def recovery_full(track: Track) -> Firings:
    """A record that wins back a fall of 10% or more. Needs 504 sessions. p: E. Direction +."""
    at, lows = [], []
    for t, low in _recoveries(track)[1]:
        at.append(t)
        lows.append(low)
    found = np.array(at, dtype=np.int64)
    return firings(found, arrays.event_p(found), 1, yardstick=np.array(lows, dtype=np.int64))


def _recoveries(track: Track) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """(row, row of the low) of half and of full recoveries, from the 505th session on."""
    half: list[tuple[int, int]] = []
    full: list[tuple[int, int]] = []
    close = track.close.tolist()
    record, low, armed = -np.inf, -1, False
    for t, (value, is_record) in enumerate(zip(close, track.records.tolist(), strict=True)):
        if is_record:
            if low >= 0 and close[low] <= 0.9 * record and t >= 504:
                full.append((t, low))
            record, low, armed = value, -1, False
        elif low < 0 or value < close[low]:
            low, armed = t, value <= 0.9 * record
        elif armed and value >= close[low] + (record - close[low]) / 2.0:
            armed = False
            if t >= 504:
                half.append((t, low))
    return half, full


def recovery_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    """How long the way back from the low has taken."""
    notes = ledger(track, hit.row)
    window = f"turn@{track.day(hit.yardstick)}"
    notes.add("leg", window, arrays.percent(track.close[hit.yardstick], track.close[hit.row]), Unit.PCT)
    notes.add("leg_start", window, track.day(hit.yardstick), Unit.DATE)
    notes.add("leg_sessions", window, hit.row - hit.yardstick, Unit.COUNT)
    return notes
