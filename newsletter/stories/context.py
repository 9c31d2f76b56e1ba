"""Facts that put a move or a level into its history: since when, which rank, how far back, how often."""

from __future__ import annotations

import numpy as np

from newsletter.facts import Fact, Unit
from newsletter.stories import arrays
from newsletter.stories.ledger import Ledger, ledger
from newsletter.stories.tracks import Track

LISTED = 20
"""Ranks beyond this are not worth printing."""

FEW = 3
"""Cases from which "one in so many" says something; fewer are told by their days."""

NEAR = 0.99
"""How close to the record a later high must have come to be told as a near miss."""

LONG_SINCE = 63
"""A level or move is dated only if its like lies at least this many sessions back."""


def yardsticks(track: Track, row: int) -> list[Fact]:
    """Since when there was no such move, and which rank it takes among those of its sign in the file."""
    move = track.moves[row]
    if np.isnan(move) or move == 0:
        return []
    notes = ledger(track, row)
    earlier = track.yardstick(row)
    notes.add("span", track.file, row - earlier if earlier >= 0 else row, Unit.COUNT)
    if earlier >= 0:
        notes.add("since", track.file, track.day(earlier), Unit.DATE)
    _as_large(track, row, "as_large", notes)
    larger = _larger(track, row)
    notes.add("moves", track.file, int((~np.isnan(track.moves[: row + 1])).sum()), Unit.COUNT)
    if len(larger) < LISTED:
        notes.add("rank", track.file, len(larger) + 1, Unit.COUNT)
    for k, other in enumerate(larger[:3] if len(larger) <= 3 else (), start=1):
        notes.add(f"larger_{k}", track.file, track.day(int(other)), Unit.DATE)
    if track.unit is Unit.LEVEL and track.move_unit is Unit.PCT:
        points = np.diff(track.close[: row + 1], prepend=np.nan)
        rank = int((np.sign(move) * points > abs(points[row]) + arrays.ATOL).sum()) + 1
        if rank <= LISTED:
            notes.add("points_rank", track.file, rank, Unit.COUNT)
    return list(notes)


def _as_large(track: Track, row: int, metric: str, notes: Ledger) -> None:
    """How many of the 1,260 sessions before moved at least as much, either way, and which, where they are one or two."""
    first = max(row - arrays.WINDOW, 0)
    past = track.sizes[first:row]
    if (~np.isnan(past)).sum() < 250:
        return
    window = f"{arrays.WINDOW}s"
    with np.errstate(invalid="ignore"):
        at = first + np.flatnonzero(past >= track.sizes[row] - arrays.ATOL)
    notes.add(metric, window, len(at), Unit.COUNT)
    for k, other in enumerate(at if len(at) < FEW else (), start=1):
        notes.add(f"{metric}_{k}", window, track.day(int(other)), Unit.DATE)


def _larger(track: Track, row: int) -> list[int]:
    """Rows of larger same-sign moves up to the row, oldest first."""
    sizes = track.signed(int(np.sign(track.moves[row])))[:row]
    return [int(k) for k in np.flatnonzero(sizes > track.sizes[row] + arrays.ATOL)]


def position(track: Track, row: int) -> list[Fact]:
    """Where the close stands: since when it was so high or low, against its run, its last swing, its 200-session mean."""
    notes = ledger(track, row)
    close = track.close[: row + 1]
    here = close[row]
    if row >= 252:
        notes.add("share_above", track.file, 100.0 * float((close[:-1] > here).mean()), Unit.PCT)
    sign = int(np.sign(np.nan_to_num(track.moves[row])))
    if sign and row:
        hits = np.flatnonzero(sign * close[:-1] >= sign * here)
        if len(hits) and row - hits[-1] >= LONG_SINCE:
            notes.add("level_since", track.file, track.day(int(hits[-1])), Unit.DATE)
        if not len(hits) and row >= 252:
            notes.add("level_extreme", track.file, "highest" if sign > 0 else "lowest", Unit.TEXT)
    facts = list(notes) + _run(track, row) + _swing(track, row)
    if row >= 199 and track.move_unit is Unit.PCT:
        mean = float(close[-200:].mean())
        notes = ledger(track, row)
        notes.add("sma200", "200s", mean, track.unit)
        notes.add("dist_sma200", "200s", arrays.percent(mean, here), Unit.PCT)
        facts += notes
    return facts


def _run(track: Track, row: int) -> list[Fact]:
    length = abs(int(track.runs[row]))
    if length < 2:
        return []
    notes = ledger(track, row)
    base = row - length
    notes.add("streak_return", f"run@{track.day(base)}", _between(track, base, row), track.move_unit)
    same = np.sign(track.runs[:base]) == np.sign(track.runs[row])
    hits = np.flatnonzero(same & (np.abs(track.runs[:base]) >= length))
    if len(hits):
        notes.add("streak_since", track.file, track.day(_run_end(track, int(hits[-1]))), Unit.DATE)
    return list(notes)


def _run_end(track: Track, row: int) -> int:
    """Last row of the run that ``row`` belongs to."""
    while row + 1 < len(track) and abs(track.runs[row + 1]) > abs(track.runs[row]):
        row += 1
    return row


def _swing(track: Track, row: int) -> list[Fact]:
    """The run of closes the other way that ended just before: its size, its length, and what is left of it."""
    before = row - 1
    if before < 1 or track.runs[before] * np.nan_to_num(track.moves[row]) >= 0:
        return []
    base = before - abs(int(track.runs[before]))
    size = _between(track, base, before)
    if track.move_unit is not Unit.PCT or abs(size) < 3.0:
        return []
    notes = ledger(track, row)
    window = f"run@{track.day(base)}"
    notes.add("swing", window, size, Unit.PCT)
    notes.add("swing_sessions", window, before - base, Unit.COUNT)
    notes.add("swing_left", window, _between(track, base, row), Unit.PCT)
    fallen = track.close[base] - track.close[before]
    notes.add("swing_back", window, 100.0 * (track.close[row] - track.close[before]) / fallen, Unit.PCT)
    return list(notes)


def _between(track: Track, base: int, row: int) -> float:
    """Change between two rows, in the unit of the track's moves; NaN across zero."""
    old, new = float(track.close[base]), float(track.close[row])
    if track.move_unit is Unit.BP:
        return float(np.rint((new - old) * (1.0 if track.unit is Unit.BP else 100.0)))
    return arrays.percent(old, new)


def retraced(track: Track, row: int, before: int) -> list[Fact]:
    """Today's change as a share of the session's before, where it goes the other way."""
    if before != row - 1 or before < 1 or np.isnan(track.moves[[row, before]]).any():
        return []
    now, then = track.close[row] - track.close[before], track.close[before] - track.close[before - 1]
    if now * then >= 0:
        return []
    notes = ledger(track, row)
    notes.add("retraced", "1s", -100.0 * float(now / then), Unit.PCT)
    return list(notes)


def recovery(track: Track, row: int) -> list[Fact]:
    """What was lost since the record and what of it is won back; how near the record was; how often so much was gained."""
    if track.records[row]:
        return _after_big_days(track, row)
    return (
        _pullback(track, row) + _near_miss(track, row) + _gain_rate(track, row) + _after_big_days(track, row)
    )


def _pullback(track: Track, row: int) -> list[Fact]:
    start = int(track.last_record[row])
    low = start + int(np.argmin(track.close[start : row + 1]))
    fall = _between(track, start, low)
    if not fall <= -3.0:
        return []
    notes = ledger(track, row)
    window = f"leg@{track.day(start)}"
    notes.add("pullback", window, fall, Unit.PCT)
    notes.add("pullback_start", window, track.day(start), Unit.DATE)
    notes.add("pullback_low", window, track.day(low), Unit.DATE)
    notes.add("pullback_low_close", window, float(track.close[low]), track.unit)
    won = 100.0 * (track.close[row] - track.close[low]) / (track.close[start] - track.close[low])
    notes.add("recovered", window, float(won), Unit.PCT)
    return list(notes)


def _near_miss(track: Track, row: int) -> list[Fact]:
    """The highest close since the index first stood 5% under its record, if it came within a percent of it."""
    start = int(track.last_record[row])
    if track.drought[row] < LONG_SINCE:
        return []
    record = float(track.close[start])
    below = np.flatnonzero(track.close[start : row + 1] <= 0.95 * record)
    if not len(below):
        return []
    after = start + int(below[0])
    high = after + int(np.argmax(track.close[after : row + 1]))
    if high == row or track.close[high] < NEAR * record:
        return []
    low = high + int(np.argmin(track.close[high : row + 1]))
    notes = ledger(track, row)
    notes.add("near_miss_close", track.file, float(track.close[high]), track.unit)
    notes.add("near_miss_date", track.file, track.day(high), Unit.DATE)
    notes.add("near_miss_gap", track.file, record - float(track.close[high]), Unit.PTS)
    notes.add("near_miss_dist", track.file, arrays.percent(record, track.close[high]), Unit.PCT)
    notes.add("near_miss_fall", track.file, _between(track, high, low), Unit.PCT)
    notes.add("near_miss_low", track.file, track.day(low), Unit.DATE)
    notes.add("near_miss_low_close", track.file, float(track.close[low]), track.unit)
    return list(notes)


def _gain_rate(track: Track, row: int) -> list[Fact]:
    """How often a month of sessions gained what is missing to the record."""
    gains = arrays.percent_change(track.close[: row + 1], 21)
    gains = gains[~np.isnan(gains)]
    if len(gains) < 252 or not track.close[row] > 0:
        return []
    needed = arrays.percent(track.close[row], track.record_close[row])
    notes = ledger(track, row)
    notes.add("gain_rate", "21s", 100.0 * float((gains >= needed).mean()), Unit.PCT)
    notes.add("gain_rate_count", "21s", len(gains), Unit.COUNT)
    return list(notes)


def _after_big_days(track: Track, row: int) -> list[Fact]:
    """On a day among the ten largest gains: how far below the record the index stood before each of them, at least."""
    if row < 1260 or not track.moves[row] > 0:
        return []
    gains = np.where(np.isnan(track.moves[: row + 1]), -np.inf, track.moves[: row + 1])
    top = np.argsort(-gains, kind="stable")[:10]
    if row not in top:
        return []
    notes = ledger(track, row)
    notes.add("top10_drawdown", track.file, float(track.dist_record[top - 1].max()), Unit.PCT)
    return list(notes)


def gap(track: Track, row: int) -> list[Fact]:
    """A pair's (or the sectors') gap of the day against its own history."""
    move = track.moves[row]
    if np.isnan(move):
        return []
    notes = ledger(track, row)
    notes.add("gap", "1s", float(move), Unit.PP)
    past = track.sizes[max(row - arrays.WINDOW, 0) : row]
    past = past[~np.isnan(past)]
    if len(past) >= 250:
        window = f"{arrays.WINDOW}s"
        wider = int((past >= abs(move) - arrays.ATOL).sum())
        notes.add("gap_share", window, 100.0 * (len(past) - wider) / len(past), Unit.PCT)
        notes.add("gap_typical", window, float(np.median(past)), Unit.PP)
        if wider >= FEW:
            notes.add("gap_one_in", window, round(len(past) / wider), Unit.COUNT)
    _as_large(track, row, "gap_as_wide", notes)
    earlier = track.yardstick(row)
    rank = len(_larger(track, row)) + 1
    if move and rank <= LISTED:
        notes.add("gap_rank", track.file, rank, Unit.COUNT)
    if earlier >= 0:
        notes.add("gap_since", track.file, track.day(earlier), Unit.DATE)
    notes.add("gap_span", track.file, row - earlier if earlier >= 0 else row, Unit.COUNT)
    return list(notes)
