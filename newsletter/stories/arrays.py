"""The arithmetic of history: ranks, runs, records, waits. Vectorised, and causal: row t rests on rows up to t alone.

All functions take float arrays of one row a session, oldest first, and return arrays of the same length unless they say
otherwise. NaN marks a row that isn't known; it is never counted.
"""

from __future__ import annotations

from bisect import bisect_left, insort

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

WINDOW = 1260
"""Sessions that make up "the last five years": today's move is ranked against these, today excluded."""

ATOL = 1e-9
"""Two moves closer than this are the same move: their difference is the noise of binary fractions."""


def percent_change(close: Floats, lag: int = 1) -> Floats:
    """Change over ``lag`` rows in percent; NaN where there is no earlier row or either close is not above zero."""
    out = np.full(len(close), np.nan)
    if lag < len(close):
        old, new = close[:-lag], close[lag:]
        sound = (old > 0) & (new > 0)
        out[lag:][sound] = (new[sound] / old[sound] - 1.0) * 100.0
    return out


def percent(old: float, new: float) -> float:
    """Change from ``old`` to ``new`` in percent; NaN where either is not above zero."""
    old, new = float(old), float(new)
    return (new / old - 1.0) * 100.0 if old > 0 and new > 0 else float("nan")


def basis_points(close: Floats, lag: int = 1) -> Floats:
    """Change over ``lag`` rows of a percentage in whole basis points, rounded before anything compares it."""
    out = np.full(len(close), np.nan)
    if lag < len(close):
        out[lag:] = np.rint((close[lag:] - close[:-lag]) * 100.0)
    return out


def rolling_max(values: Floats, window: int) -> Floats:
    """Largest of rows t-window .. t-1 (today excluded); -inf where none is known."""
    return _rolling(values, window, "max")


def rolling_min(values: Floats, window: int) -> Floats:
    """Smallest of rows t-window .. t-1 (today excluded); +inf where none is known."""
    return _rolling(values, window, "min")


def highest_before(table: Floats, window: int) -> Floats:
    """Largest of rows t-window .. t-1 of each column, today excluded; NaN where one of them isn't known.

    Within blocks of ``window`` rows the running maxima from both ends meet in any stretch of that length (van Herk, 1992):
    the work doesn't grow with the window.
    """
    rows, columns = table.shape
    out = np.full((rows, columns), np.nan)
    if rows <= window:
        return out
    blocks = -(-rows // window)
    padded = np.full((blocks * window, columns), np.nan)
    padded[:rows] = table
    stacked = padded.reshape(blocks, window, columns)
    onward = np.maximum.accumulate(stacked, axis=1).reshape(-1, columns)
    back = np.maximum.accumulate(stacked[:, ::-1], axis=1)[:, ::-1].reshape(-1, columns)
    out[window:] = np.maximum(back[: rows - window], onward[window - 1 : rows - 1])
    return out


def _rolling(values: Floats, window: int, what: str) -> Floats:
    empty = -np.inf if what == "max" else np.inf
    rolled = getattr(pd.Series(values).rolling(window, min_periods=1), what)().to_numpy(dtype=float)
    out = np.full(len(values), empty)
    out[1:] = rolled[:-1]
    return np.where(np.isnan(out), empty, out)


def rolling_count(flags: Bools, window: int) -> Ints:
    """How many of rows t-window .. t-1 are set."""
    total = np.concatenate(([0], np.cumsum(flags, dtype=np.int64)))
    at = np.arange(len(flags))
    result: Ints = total[at] - total[np.maximum(at - window, 0)]
    return result


def at_least(values: Floats, start: int = 0, window: int = WINDOW) -> tuple[Ints, Ints]:
    """For each row from ``start``: how many of the ``window`` rows before it are >= it, and how many are known.

    Rows before ``start`` are left at zero, so that one session's issue need not rank forty years. ``values`` are
    compared as given: pass ``abs(x)`` for a two-sided rank.
    """
    n = len(values)
    larger, known = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    start = max(start, 0)
    if start >= n:
        return larger, known
    padded = np.concatenate((np.full(window, np.nan), values))
    views = sliding_window_view(padded, window)[start:n]
    for begin in range(0, n - start, 1024):  # a block at a time keeps the comparison inside the cache
        block = slice(begin, begin + 1024)
        rows = slice(start + begin, min(start + begin + 1024, n))
        with np.errstate(invalid="ignore"):
            larger[rows] = np.count_nonzero(views[block] >= values[rows, None] - ATOL, axis=1)
    counted = np.concatenate(([0], np.cumsum(~np.isnan(values), dtype=np.int64)))
    at = np.arange(start, n)
    known[start:] = counted[at] - counted[np.maximum(at - window, 0)]
    return larger, known


def rank_p(values: Floats, *, least: int, start: int = 0, window: int = WINDOW) -> Floats:
    """R of the design: ``(1 + #{s in W: x_s >= x_t}) / (1 + n)``; NaN where fewer than ``least`` rows are known."""
    larger, known = at_least(values, start, window)
    p = (1.0 + larger) / (1.0 + known)
    p[(known < least) | np.isnan(values)] = np.nan
    p[:start] = np.nan
    return p


def robust_z(values: Floats, at: Ints, window: int = WINDOW) -> Floats:
    """``(x - median) / (1.4826 MAD)`` over the window before each row of ``at``; 0 where that isn't defined."""
    out = np.zeros(len(at))
    for k, t in enumerate(at):
        past = values[max(t - window, 0) : t]
        past = past[~np.isnan(past)]
        if len(past) < 20 or np.isnan(values[t]):
            continue
        middle = np.median(past)
        spread = 1.4826 * np.median(np.abs(past - middle))
        if spread > 0:
            out[k] = (values[t] - middle) / spread
    return out


def event_p(at: Ints, since: int = 0) -> Floats:
    """E: ``(1 + k) / (1 + n)``, k earlier firings in n rows since the file begins (at row ``since``)."""
    p: Floats = (1.0 + np.arange(len(at))) / (1.0 + at - since)
    return p


def length_p(at: Ints, lengths: Floats) -> Floats:
    """L: ``(1 + #{earlier firings at least as long}) / (1 + n)``, n rows since the file begins."""
    return (1.0 + earlier_at_least(lengths)) / (1.0 + at)


def earlier_at_least(lengths: Floats) -> Floats:
    """For each entry, how many entries before it are at least as large."""
    seen: list[float] = []
    out = np.zeros(len(lengths))
    for k, value in enumerate(lengths.tolist()):
        out[k] = k - bisect_left(seen, value - ATOL)
        insort(seen, value)
    return out


def previous_larger(values: Floats, at: Ints) -> Ints:
    """Row of the last earlier value at least as large as that of each row of ``at``; -1 where there is none."""
    out = np.full(len(at), -1, dtype=np.int64)
    for k, t in enumerate(at):
        wanted = values[t] - ATOL
        width = 64
        while True:  # most yardsticks are near: look back in growing steps
            begin = max(t - width, 0)
            hits = np.flatnonzero(values[begin:t] >= wanted)
            if len(hits):
                out[k] = begin + hits[-1]
                break
            if begin == 0:
                break
            width *= 8
    return out


def runs(moves: Floats) -> Ints:
    """Signed number of moves in a row of one sign, up to and with each row; 0 on an unchanged or unknown row."""
    sign = np.sign(np.nan_to_num(moves)).astype(np.int64)
    change = np.concatenate(([True], sign[1:] != sign[:-1])) if len(sign) else np.zeros(0, dtype=bool)
    start = np.maximum.accumulate(np.where(change, np.arange(len(sign)), 0)) if len(sign) else sign
    return sign * (np.arange(len(sign)) - start + 1)


def last_at(flags: Bools) -> Ints:
    """Row of the last set flag up to and with each row; -1 before the first."""
    at = np.where(flags, np.arange(len(flags)), -1)
    result: Ints = np.maximum.accumulate(at) if len(at) else at
    return result


def last_before(flags: Bools) -> Ints:
    """Row of the last set flag strictly before each row; -1 before the first."""
    out = np.full(len(flags), -1, dtype=np.int64)
    out[1:] = last_at(flags)[:-1]
    return out


def first_in(flags: Bools, quiet: int) -> Bools:
    """Set flags with none set in the ``quiet`` rows before."""
    result: Bools = flags & (rolling_count(flags, quiet) == 0)
    return result


def crossings(values: Floats, level: float, memory: int = 20, confirm: int = 5) -> tuple[Ints, Ints]:
    """Rows where ``values`` change side of ``level``, and the new side, by the side rule.

    On the first close there if that side was not seen in the ``memory`` rows before, else on the ``confirm``-th close
    in a row; a value exactly on the level has no side.
    """
    sides = np.sign(np.nan_to_num(np.round(values - level, 9))).astype(int).tolist()
    at: list[int] = []
    new: list[int] = []
    current, run, last = 0, 0, {1: -(10**9), -1: -(10**9)}
    for t, side in enumerate(sides):
        run = run + 1 if t and side == sides[t - 1] else 1
        if side == 0:
            continue
        if current == 0:
            current = side
        elif side != current and (t - last[side] > memory or run >= confirm):
            current = side
            at.append(t)
            new.append(side)
        last[side] = t
    return np.array(at, dtype=np.int64), np.array(new, dtype=np.int64)


def zigzag(close: Floats, theta: float) -> tuple[Ints, Ints, Ints]:
    """Rows where a zigzag on closes turns, the direction of each turn, and the row of the extreme it turned from.

    An up-leg keeps its highest close H until C <= (1 - theta) H, a down-leg its lowest close L until C >= (1 + theta)
    L; the first leg is up. ``theta`` as a fraction.
    """
    at: list[int] = []
    signs: list[int] = []
    extremes: list[int] = []
    values = close.tolist()
    up, extreme = True, 0
    for t, value in enumerate(values):
        best = values[extreme]
        # Exactly 10% counts: 1.1 * 98 is a hair above 107.8 in binary.
        near = ATOL * abs(best)
        if (value > best) if up else (value < best):
            extreme = t
        elif (value <= (1 - theta) * best + near) if up else (value >= (1 + theta) * best - near):
            at.append(t)
            signs.append(-1 if up else 1)
            extremes.append(extreme)
            up, extreme = not up, t
    return (np.array(at, dtype=np.int64), np.array(signs, dtype=np.int64), np.array(extremes, dtype=np.int64))
