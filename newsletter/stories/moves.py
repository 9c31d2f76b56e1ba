"""Family B, moves and streaks. Source of every rule: docs/stories.md."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from newsletter.facts import Fact, Unit
from newsletter.stories import arrays
from newsletter.stories.arrays import Floats, Ints
from newsletter.stories.firings import Firings, Hit, firings, rows
from newsletter.stories.ledger import ledger
from newsletter.stories.tracks import Days, Track

SPAN = 63
"""Sessions back to the last move of its like from which a move is "the biggest since"."""

RARE = 0.05
"""Rank p from which a move is rare."""


def biggest_since(track: Track) -> Firings:
    """The last same-sign move at least as large lies 63 sessions or more back.

    Needs 252 sessions. p: L on that span; where there is none, the span reaches to the first row and the yardstick is
    -1: "the largest in the file". Direction: the sign of the move.
    """
    found: list[Ints] = []
    back: list[Ints] = []
    for sign in (1, -1):
        sizes = track.signed(sign)
        at = rows((sizes > arrays.rolling_max(sizes, SPAN - 1) + arrays.ATOL) & (sizes > 0))
        at = at[at >= 252]
        found.append(at)
        back.append(arrays.previous_larger(sizes, at))
    at, yardstick = np.concatenate(found), np.concatenate(back)
    order = np.argsort(at, kind="stable")
    at, yardstick = at[order], yardstick[order]
    spans = np.where(yardstick >= 0, at - yardstick, at)
    keep = spans >= SPAN
    at, yardstick, spans = at[keep], yardstick[keep], spans[keep]
    signs = np.sign(track.moves[at]).astype(np.int64)
    return firings(at, arrays.length_p(at, spans.astype(float)), signs, yardstick=yardstick, span=spans)


def move_rank(track: Track) -> Firings:
    """The move is among the largest 5% of 1,260 sessions, both signs together.

    Needs 500 sessions. p: R. Direction: the sign of the move. Also `yield_move`, `vix_move`, `dollar_move`,
    `oil_move`, `gold_move`, `crypto_move` and `credit_move`, each on its own entities.
    """
    with np.errstate(invalid="ignore"):
        at = rows((track.rank_p <= RARE) & (track.sizes > 0))
    signs = np.sign(track.moves[at]).astype(np.int64)
    back = np.array([track.yardstick(int(t)) for t in at], dtype=np.int64)
    return firings(at, track.rank_p[at], signs, yardstick=back)


def ewma_shock(track: Track) -> Firings:
    """The move is three or more sigma, sigma² = 0.94 sigma² + 0.06 r² up to the session before.

    Needs 500 sessions. p: R on z. Direction: the sign of the move. Source: RiskMetrics (1996), lambda 0.94.
    """
    if len(track) < 2:
        return firings(np.zeros(0, dtype=np.int64), np.zeros(0), 0)
    squares = (
        pd.Series(track.moves**2).ewm(alpha=0.06, adjust=False, ignore_na=True).mean().to_numpy(dtype=float)
    )
    sigma = np.concatenate(([np.nan], np.sqrt(squares[:-1])))
    z = np.full(len(track), np.nan)
    sound = sigma > 0
    z[sound] = np.abs(track.moves[sound]) / sigma[sound]
    p = arrays.rank_p(z, least=499, start=track.start)
    with np.errstate(invalid="ignore"):
        at = rows((z >= 3.0) & ~np.isnan(p))
    return firings(at, p[at], np.sign(track.moves[at]).astype(np.int64), sigmas=z[at])


def shock_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    """How many sigma of recent volatility the move was."""
    notes = ledger(track, hit.row)
    notes.add("sigmas", "1s", float(hit.extra["sigmas"]), Unit.LEVEL)
    return notes


def streak(track: Track) -> Firings:
    """Four or more closes of one sign in a row; an unchanged close ends the run.

    Needs 252 sessions. p: L among runs of the same sign. Direction: the sign.
    """
    found: list[Ints] = []
    p: list[Floats] = []
    for sign in (1, -1):
        at = rows((track.runs * sign >= 4) & track.old_enough(252))
        found.append(at)
        p.append(arrays.length_p(at, (track.runs[at] * sign).astype(float)))
    at = np.concatenate(found)
    order = np.argsort(at, kind="stable")
    at = at[order]
    return firings(
        at, np.concatenate(p)[order], np.sign(track.runs[at]), yardstick=at - np.abs(track.runs[at])
    )


def streak_snapped(track: Track) -> Firings:
    """Yesterday five or more closes of one sign in a row, today the other sign.

    Needs 252 sessions. p: that of the run it ends. Direction: today's sign.
    """
    before = np.concatenate(([0], track.runs[:-1]))
    now = np.sign(track.runs)
    at = rows((np.abs(before) >= 5) & (now == -np.sign(before)) & (np.arange(len(track)) > 252))
    runs = streak(track)
    ended = np.searchsorted(runs.at, at - 1)
    return firings(at, runs.p[ended], now[at], yardstick=at - 1, ended=np.abs(before)[at])


def snapped_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    """How long the run was that ended, what it had gained, and since when there was none as long."""
    length = int(hit.extra["ended"])
    end = hit.row - 1
    base = end - length
    notes = ledger(track, hit.row)
    notes.add("ended_streak", f"run@{track.day(base)}", length, Unit.COUNT)
    old, new = float(track.close[base]), float(track.close[end])
    if track.move_unit is Unit.PCT:
        notes.add("ended_return", f"run@{track.day(base)}", arrays.percent(old, new), Unit.PCT)
    return notes


def intraday_reversal(track: Track) -> Firings:
    """Low 1% or more under yesterday's close but a close up (or high 1% or more over it but a close down).

    Needs 500 sessions with high and low. p: R+ on the way from that extreme to the close in percent, other sessions
    counting 0. Direction: the sign of the close.
    """
    if track.high is None or track.low is None or len(track) < 2:
        return firings(np.zeros(0, dtype=np.int64), np.zeros(0), 0)
    before = np.concatenate(([np.nan], track.close[:-1]))
    with np.errstate(invalid="ignore", divide="ignore"):
        down = (track.low / before - 1.0) * 100.0
        up = (track.high / before - 1.0) * 100.0
        rebound = (down <= -1.0) & (track.moves > 0)
        fade = (up >= 1.0) & (track.moves < 0)
        way = np.where(
            rebound, track.close / track.low - 1.0, np.where(fade, 1.0 - track.close / track.high, 0.0)
        )
    way = np.where(np.isnan(down) | np.isnan(up) | np.isnan(track.moves), np.nan, way * 100.0)
    p = arrays.rank_p(way, least=499, start=track.start)
    at = rows(rebound | fade)
    if not track.intraday:
        at = at[at < len(track) - 1]  # the newest bar was rebuilt: its high and low can't be trusted
    extreme = np.where(rebound, down, up)
    return firings(at, p[at], np.sign(track.moves[at]).astype(np.int64), extreme=extreme[at], way=way[at])


def reversal_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    """The extreme against yesterday's close, and the way from there to the close."""
    notes = ledger(track, hit.row)
    low = hit.direction > 0
    values = track.low if low else track.high
    notes.add("low_return" if low else "high_return", "1s", float(hit.extra["extreme"]), Unit.PCT)
    if values is not None:
        notes.add("day_low" if low else "day_high", "1s", float(values[hit.row]), track.unit)
    notes.add("reversal", "1s", float(hit.extra["way"]), Unit.PCT)
    return notes


def whipsaw(track: Track) -> Firings:
    """Among the moves of 1% or more of the last five sessions, today's included, three or more changes of sign.

    First in 11 sessions. Needs 252 sessions. p: E. Direction none.
    """
    signs = np.where(track.sizes >= 1.0, np.sign(track.moves), 0.0)
    signs = np.nan_to_num(signs)
    large = signs != 0
    fires = np.zeros(len(track), dtype=bool)
    # Three changes of sign need four large moves: only such rows are looked at one by one.
    for t in rows(large & (arrays.rolling_count(large, 4) >= 3) & track.old_enough(252)):
        recent = signs[t - 4 : t + 1]
        fires[t] = np.count_nonzero(np.diff(recent[recent != 0])) >= 3
    at = rows(arrays.first_in(fires, 11))
    return firings(at, arrays.event_p(at), 0)


def whipsaw_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    """How many of the five sessions were large, and the moves of each as of its own day."""
    large = ledger(track, hit.row)
    large.add("swings", "5s", int((track.sizes[hit.row - 4 : hit.row + 1] >= 1.0).sum()), Unit.COUNT)
    yield from large
    for row in range(hit.row, max(hit.row - 5, 0), -1):
        notes = ledger(track, row)
        if not np.isnan(track.moves[row]):
            notes.add("return", "1s", arrays.percent(track.close[row - 1], track.close[row]), Unit.PCT)
            notes.add("change", "1s", float(track.close[row] - track.close[row - 1]), Unit.PTS)
        yield from notes


PERIODS = {"week": 52, "month": 24, "quarter": 12}
"""How many of its periods back the like of a return must lie."""


def week_extreme(track: Track) -> Firings:
    """Last session of a week: its return is the largest of its sign in 52 weeks or more. See `_period`."""
    return _period(track, "week")


def month_extreme(track: Track) -> Firings:
    """Last session of a month: its return is the largest of its sign in 24 months or more. See `_period`."""
    return _period(track, "month")


def quarter_extreme(track: Track) -> Firings:
    """Last session of a quarter: its return is the largest of its sign in 12 quarters or more. See `_period`."""
    return _period(track, "quarter")


def period_number(days: Days, period: str) -> Ints:
    """A number that changes with each week (from Monday), month or quarter."""
    if period == "week":
        return (days.astype("datetime64[D]").astype(np.int64) + 3) // 7
    months = days.astype("datetime64[M]").astype(np.int64)
    return months if period == "month" else months // 3


def _period(track: Track, period: str) -> Firings:
    """Needs 756 sessions. p: E. Direction: the sign. The yardstick is the last session of the period that was larger.

    A session is the last of its period when the exchange's next one lies in another.
    """
    number = period_number(np.concatenate((track.days, track.next_day)), period)
    last = rows(number[:-1] != number[1:])
    returns = arrays.percent_change(track.close[last])
    needed = PERIODS[period]
    back = np.full(len(last), -1, dtype=np.int64)
    fires = np.zeros(len(last), dtype=bool)
    for sign in (1, -1):
        sizes = np.where(np.nan_to_num(returns) * sign > 0, np.abs(returns), -np.inf)
        at = rows(
            (sizes > arrays.rolling_max(sizes, needed - 1) + arrays.ATOL) & (np.arange(len(last)) >= needed)
        )
        fires[at] = True
        back[at] = arrays.previous_larger(sizes, at)
    keep = fires & (last >= 756)
    yardstick = np.where(back[keep] >= 0, last[np.maximum(back[keep], 0)], -1)
    at = last[keep]
    return firings(
        at,
        arrays.event_p(at),
        np.sign(returns[keep]).astype(np.int64),
        yardstick=yardstick,
        move=returns[keep],
    )


def week_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    return _period_facts(track, hit, "week")


def month_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    return _period_facts(track, hit, "month")


def quarter_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    return _period_facts(track, hit, "quarter")


def _period_facts(track: Track, hit: Hit, period: str) -> Iterable[Fact]:
    """The period's return, and the last session of the last one that was as large."""
    notes = ledger(track, hit.row)
    notes.add(f"{period}_return", period, float(hit.extra["move"]), Unit.PCT)
    if hit.yardstick >= 0:
        notes.add(f"{period}_since", track.file, track.day(hit.yardstick), Unit.DATE)
    return notes


def mtd_pace(track: Track) -> Firings:
    """Return since the last month-end against all earlier months at the same session number k, k >= 5.

    Needs 120 months. p = 2 min(tails), at most 0.02, first day of the month only. Direction: the sign.
    """
    months = period_number(track.days, "month")
    first = np.concatenate(([True], months[1:] != months[:-1]))
    start = np.maximum.accumulate(np.where(first, np.arange(len(track)), 0))
    k = np.arange(len(track)) - start + 1
    base = np.where(start > 0, track.close[np.maximum(start - 1, 0)], np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        pace = np.where(base > 0, (track.close / base - 1.0) * 100.0, np.nan)
    p = np.full(len(track), np.nan)
    for step in range(5, 24):
        at = rows((k == step) & ~np.isnan(pace))
        values = pace[at]
        n = np.arange(len(at))
        above, below = arrays.earlier_at_least(values), arrays.earlier_at_least(-values)
        p[at] = np.where(
            n >= 119, np.minimum(1.0, 2.0 * (1.0 + np.minimum(above, below)) / (1.0 + n)), np.nan
        )
    with np.errstate(invalid="ignore"):
        rare = p <= 0.02
    before = arrays.last_before(rare)
    at = rows(rare & (before < start))
    return firings(at, p[at], np.sign(pace[at]).astype(np.int64), yardstick=start[at] - 1, nth=k[at])


def pace_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    """Which session of the month it is."""
    notes = ledger(track, hit.row)
    notes.add("month_session", "mtd", int(hit.extra["nth"]), Unit.COUNT)
    return notes
