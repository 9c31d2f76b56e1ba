"""Family A, levels and records. Source of every rule: docs/stories.md."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np

from newsletter.facts import Fact, Unit
from newsletter.stories import arrays, context
from newsletter.stories.arrays import Bools, Floats
from newsletter.stories.firings import Firings, Hit, firings, rows
from newsletter.stories.ledger import ledger
from newsletter.stories.tracks import Track

LONG_WAIT = 252
"""Sessions without a record after which the wait is a standing theme."""


def record_close(track: Track) -> Firings:
    """Close above every close before, strictly: a tie is no record.

    Needs 500 sessions. p = (1 + records in W) / (1 + n). Direction +.
    """
    at = rows(track.records & track.old_enough(500))
    p = (1.0 + arrays.rolling_count(track.records, arrays.WINDOW)[at]) / (1.0 + np.minimum(at, arrays.WINDOW))
    return firings(at, p, 1, yardstick=arrays.last_before(track.records)[at])


def record_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    """The record before this one, and how many sessions in a row have set one."""
    notes = ledger(track, hit.row)
    if hit.yardstick >= 0:
        notes.add("previous_record", track.file, track.day(hit.yardstick), Unit.DATE)
        notes.add("previous_record_close", track.file, float(track.close[hit.yardstick]), track.unit)
    run = 0
    while run <= hit.row and track.records[hit.row - run]:
        run += 1
    notes.add("record_run", "1s", run, Unit.COUNT)
    return notes


def drought_end(track: Track) -> Firings:
    """A record after 63 or more sessions without one, counted strictly between the two records.

    Needs 252 sessions. p: L on the drought. Direction +.
    """
    at = rows(track.records & (track.drought >= 63) & track.old_enough(252))
    waits = track.drought[at].astype(float)
    return firings(at, arrays.length_p(at, waits), 1, yardstick=arrays.last_before(track.records)[at])


def drought_end_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    """What `record_close` adds, and which place the wait takes among all waits of the file."""
    notes = ledger(track, hit.row)
    ends = rows(track.records)[1:]
    waits = track.drought[ends[ends <= hit.row]]
    longer = int((waits > track.drought[hit.row]).sum())
    if longer < context.LISTED:
        notes.add("drought_rank", track.file, longer + 1, Unit.COUNT)
    return [*notes, *record_facts(track, hit)]


def near_record(track: Track) -> Bools:
    """The state of `drought_distance`: 252 sessions or more without a record, and less than 5% below it."""
    result: Bools = (
        (track.drought >= LONG_WAIT)
        & ~track.records
        & (track.dist_record > -5.0)
        & (track.dist_record < 0.0)
        & track.old_enough(504)
    )
    return result


def drought_distance(track: Track) -> Firings:
    """A standing state: a record long past and less than 5% away.

    Needs 504 sessions. p: share of earlier sessions in the state. Direction: sign of the 21-session change. It counts
    as changed on entering the state, at a new closest whole percent since entering, at each 250th session of the wait,
    and when the wait outlasts another of the file's waits of 252 sessions or more.
    """
    state = near_record(track)
    at = rows(state)
    earlier = arrays.rolling_count(state, len(track) + 1)[at]
    change = np.sign(np.nan_to_num(arrays.percent_change(track.close, 21)))[at].astype(np.int64)
    entered = state & ~np.concatenate(([False], state[:-1]))
    ended = track.drought[rows(track.records)]
    longest = set((ended[ended >= LONG_WAIT] + 1).tolist())
    overtakes = np.isin(track.drought, list(longest)) & _ended_before(track)
    changed = entered | _closer(track, state) | (track.drought % 250 == 0) | overtakes
    return firings(
        at, (1.0 + earlier) / (1.0 + at), change, changed=changed[at], yardstick=track.last_record[at]
    )


def _ended_before(track: Track) -> Bools:
    """Whether a wait one session shorter than the present one had already ended before it began."""
    out = np.zeros(len(track), dtype=bool)
    seen: set[int] = set()
    ends = rows(track.records)
    for start, end in pairwise([*ends.tolist(), len(track)]):
        for wait in seen:
            if wait >= LONG_WAIT and start + wait + 1 < end:
                out[start + wait + 1] = True
        seen.add(end - start - 1)
    return out


def _closer(track: Track, state: Bools) -> Bools:
    """Rows on which the distance reaches a whole percent not reached before in this spell of the state."""
    out = np.zeros(len(track), dtype=bool)
    best = 5
    for t in rows(state):
        if t == 0 or not state[t - 1]:
            best = 5
        whole = int(-track.dist_record[t])
        out[t] = whole < best
        best = min(best, whole)
    return out


def near_miss(track: Track) -> Firings:
    """After a record R and a later close at or below 0.95 R, let m be the highest close since then; fires when m is
    at least 0.995 R and the close at or below 0.95 m, once for each m.

    Needs 504 sessions. p: E. Direction -.
    """
    at: list[int] = []
    high_rows: list[int] = []
    record, armed, high, used = -np.inf, False, -1, True
    close = track.close.tolist()
    for t, (value, is_record) in enumerate(zip(close, track.records.tolist(), strict=True)):
        if is_record:
            record, armed, high, used = value, False, -1, True
        elif not armed:
            armed = value <= 0.95 * record
            if armed:
                high, used = t, False
        else:
            if value > close[high]:
                high, used = t, False
            if not used and close[high] >= 0.995 * record and value <= 0.95 * close[high]:
                used = True
                if t >= 504:
                    at.append(t)
                    high_rows.append(high)
    found = np.array(at, dtype=np.int64)
    return firings(found, arrays.event_p(found), -1, yardstick=np.array(high_rows, dtype=np.int64))


def near_miss_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    """How near it was, and how far it has fallen since."""
    notes = ledger(track, hit.row)
    record = float(track.record_close[hit.row])
    missed = float(track.close[hit.yardstick])
    notes.add("missed_close", track.file, missed, track.unit)
    notes.add("missed_date", track.file, track.day(hit.yardstick), Unit.DATE)
    notes.add("missed_dist", track.file, arrays.percent(record, missed), Unit.PCT)
    notes.add("missed_fall", track.file, arrays.percent(missed, track.close[hit.row]), Unit.PCT)
    return notes


def range_high(track: Track) -> Firings:
    """Close above all of the previous 251, not a record, first time in 21 sessions. Needs 252. p: E. Direction +."""
    return _range(track, 1)


def range_low(track: Track) -> Firings:
    """Close below all of the previous 251, first time in 21 sessions. Needs 252. p: E. Direction -."""
    return _range(track, -1)


def _range(track: Track, sign: int) -> Firings:
    beyond = sign * track.close > arrays.rolling_max(sign * track.close, 251)
    beyond &= track.old_enough(252) & ~track.records
    at = rows(arrays.first_in(beyond, 21))
    return firings(at, arrays.event_p(at), sign, yardstick=arrays.previous_larger(sign * track.close, at))


def round_number(track: Track) -> Firings:
    """First close ever above a multiple of g = 10^floor(log10 C) / 2.

    Needs 252 sessions. p: E. Direction +.
    """
    at = rows(track.records & track.old_enough(252) & (track.close > 0))
    close, before = track.close[at], track.peak_before[at]
    level = _multiple_below(close)
    fresh = (close > level) & (before <= level) & (level > 0)
    at = at[fresh]
    return firings(at, arrays.event_p(at), 1, milestone=level[fresh])


def round_level(track: Track) -> Firings:
    """For yields, oil and the VIX: first close across such a multiple in 252 sessions, either way.

    Needs 252 sessions. p: E. Direction: the way it went.
    """
    close = track.close
    sound = track.old_enough(252) & (close > 0)
    at_all, signs, levels = [], [], []
    for sign in (1, -1):
        edge = arrays.rolling_max(close, 252) if sign > 0 else arrays.rolling_min(close, 252)
        at = rows(sound & (sign * close > sign * edge))
        step = 10.0 ** np.floor(np.log10(close[at]) + arrays.ATOL) / 2.0
        ratio = np.round(close[at] / step, 9)
        level = step * (np.ceil(ratio) - 1 if sign > 0 else np.floor(ratio) + 1)
        fresh = (sign * edge[at] <= sign * level + arrays.ATOL) & (level > 0)
        at_all.append(at[fresh])
        signs.append(np.full(fresh.sum(), sign, dtype=np.int64))
        levels.append(level[fresh])
    at = np.concatenate(at_all)
    order = np.argsort(at, kind="stable")
    at = at[order]
    return firings(
        at, arrays.event_p(at), np.concatenate(signs)[order], milestone=np.concatenate(levels)[order]
    )


def _multiple_below(close: Floats) -> Floats:
    """Largest multiple of the grid strictly below each close."""
    step = 10.0 ** np.floor(np.log10(close) + arrays.ATOL) / 2.0
    result: Floats = step * (np.ceil(np.round(close / step, 9)) - 1)
    return result


def milestone_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    """The round number that was crossed."""
    notes = ledger(track, hit.row)
    notes.add("milestone", track.file, float(hit.extra["milestone"]), track.unit)
    return notes


def ytd_flip(track: Track) -> Firings:
    """The year's return changes sign after 20 or more sessions on the other side, from the 21st session of a year.

    Needs 252 sessions. p: E. Direction: the new sign.
    """
    years = track.days.astype("datetime64[Y]").astype(np.int64)
    first = np.concatenate(([True], years[1:] != years[:-1]))
    start = np.maximum.accumulate(np.where(first, np.arange(len(track)), 0))
    base = np.where(start > 0, track.close[start - 1], np.nan)
    side = np.sign(np.nan_to_num(track.close - base)).astype(np.int64)
    run = np.abs(arrays.runs(side.astype(float)))
    before = np.concatenate(([0], run[:-1]))
    other = np.concatenate(([0], side[:-1]))
    nth = np.arange(len(track)) - start + 1
    flips = (side != 0) & (other == -side) & (np.minimum(before, nth - 1) >= 20) & track.old_enough(252)
    at = rows(flips & (nth >= 21))
    return firings(at, arrays.event_p(at), side[at], yardstick=at - before[at] - 1)
