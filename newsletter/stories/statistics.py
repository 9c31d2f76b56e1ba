"""Family H, calendar and statistics: context that never leads. Source of every rule: docs/stories.md."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import pandas as pd

from newsletter.facts import Fact, Unit
from newsletter.stories import arrays
from newsletter.stories.arrays import Bools, Floats, Ints
from newsletter.stories.firings import Firings, Hit, firings, rows
from newsletter.stories.ledger import ledger
from newsletter.stories.moves import period_number
from newsletter.stories.tracks import Track

YEARS = (1, 5, 10, 25)
"""Anniversaries that are told."""


def mean(close: Floats, sessions: int) -> Floats:
    """Mean of the last closes, the row's own included; NaN before there are enough."""
    return pd.Series(close).rolling(sessions, min_periods=sessions).mean().to_numpy(dtype=float)


def ma_cross_200(track: Track) -> Firings:
    """The close changes side of its 200-session mean by the side rule. Needs 252. p: E. Direction: the new side."""
    return _ma_cross(track.close - mean(track.close, 200))


def ma_cross_50_200(track: Track) -> Firings:
    """The 50-session mean changes side of the 200-session mean by the side rule.

    Needs 252 sessions. p: E. Direction: the new side.
    """
    return _ma_cross(mean(track.close, 50) - mean(track.close, 200))


def _ma_cross(difference: Floats) -> Firings:
    at, sides = arrays.crossings(difference, 0.0)
    keep = at >= 252
    return firings(at[keep], arrays.event_p(at[keep]), sides[keep])


def ma_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    """The 50-session mean; the 200-session one stands in the standard book."""
    notes = ledger(track, hit.row)
    notes.add("sma50", "50s", float(track.close[hit.row - 49 : hit.row + 1].mean()), track.unit)
    return notes


def correlation_break(track: Track) -> Firings:
    """The 63-session correlation of stocks and bond prices has held a new sign for ten sessions.

    Needs 500 sessions. p: E. Direction: the new sign.
    """
    sides = np.sign(np.nan_to_num(track.close)).astype(np.int64)
    at, signs = _announced(sides, 10)
    keep = at >= 500
    return firings(at[keep], arrays.event_p(at[keep]), signs[keep])


def correlation_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    """The correlation."""
    notes = ledger(track, hit.row)
    notes.add("correlation", "63s", float(track.close[hit.row]), Unit.LEVEL)
    return notes


def correlation_low(track: Track) -> Firings:
    """The 63-session correlation of a pair's two sides is among the lowest 2% of 1,260 sessions, first day.

    Needs 500 sessions. p: R+ on low values. Direction -.
    """
    close = pair_correlation(track)
    p = arrays.rank_p(-close, least=500, start=max(track.start - 1, 0))
    with np.errstate(invalid="ignore"):
        rare = p <= 0.02
    at = rows(rare & ~np.concatenate(([False], rare[:-1])))
    return firings(at, p[at], -1, correlation=close[at])


def pair_correlation(track: Track) -> Floats:
    """63-session correlation of the two sides' moves."""
    first, second = pd.Series(track.parts["first"]), pd.Series(track.parts["second"])
    close = first.rolling(63, min_periods=63).corr(second).to_numpy(dtype=float)
    return np.where(np.isfinite(close), close, np.nan)


def low_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    """The correlation."""
    notes = ledger(track, hit.row)
    notes.add("correlation", "63s", float(hit.extra["correlation"]), Unit.LEVEL)
    return notes


def _announced(states: Ints, hold: int) -> tuple[Ints, Ints]:
    """Rows on which a state other than the announced one has held for ``hold`` rows, and that state; 0 is no state."""
    at: list[int] = []
    new: list[int] = []
    announced, run = 0, 0
    listed = states.tolist()
    for t, state in enumerate(listed):
        run = run + 1 if t and state == listed[t - 1] else 1
        if state in (0, announced) or run < hold:
            continue
        if announced:
            at.append(t)
            new.append(state)
        announced = state
    return np.array(at, dtype=np.int64), np.array(new, dtype=np.int64)


def regimes(track: Track) -> Ints:
    """1 calm uptrend, 2 calm downtrend, 3 nervous uptrend, 4 nervous downtrend, 0 not known.

    Up: close above its 200-session mean. Nervous: 21-session volatility above its median over W.
    """
    average = mean(track.close, 200)
    sigma = pd.Series(track.moves).rolling(21, min_periods=21).std()
    usual = sigma.rolling(arrays.WINDOW, min_periods=252).median().shift(1).to_numpy(dtype=float)
    known = ~np.isnan(average) & ~np.isnan(usual) & ~sigma.isna().to_numpy()
    with np.errstate(invalid="ignore"):
        state = 1 + (track.close <= average).astype(np.int64) + 2 * (sigma.to_numpy(dtype=float) > usual)
    return np.where(known, state, 0).astype(np.int64)


def regime_change(track: Track) -> Firings:
    """The regime differs from the announced one for five sessions. Needs 500. p: E. Direction none. See `regimes`."""
    at, states = _announced(regimes(track), 5)
    keep = at >= 500
    return firings(at[keep], arrays.event_p(at[keep]), 0, regime=states[keep])


REGIMES = {1: "calm uptrend", 2: "calm downtrend", 3: "nervous uptrend", 4: "nervous downtrend"}


def regime_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    """The new regime, as a name."""
    notes = ledger(track, hit.row)
    notes.add("regime", "5s", REGIMES[int(hit.extra["regime"])], Unit.TEXT)
    return notes


def binomial_p(hits: int, n: int, rate: float) -> float:
    """Two-sided p of ``hits`` of ``n`` at ``rate``: the chance of a count no likelier than this one."""
    logs = [
        math.lgamma(n + 1)
        - math.lgamma(k + 1)
        - math.lgamma(n - k + 1)
        + (k * math.log(rate) if k else 0.0)
        + ((n - k) * math.log(1 - rate) if n - k else 0.0)
        for k in range(n + 1)
    ]
    mine = logs[hits] + 1e-9
    return min(1.0, sum(math.exp(value) for value in logs if value <= mine))


def wilson(hits: int, n: int) -> tuple[float, float]:
    """95% interval of a share, in percent (Wilson 1927)."""
    z = 1.959964
    share, spread = hits / n, z * math.sqrt(hits / n * (1 - hits / n) / n + z * z / (4 * n * n))
    middle, scale = share + z * z / (2 * n), 1 + z * z / n
    return 100 * (middle - spread) / scale, 100 * (middle + spread) / scale


def seasonality(track: Track) -> Firings:
    """Told at a month's last session, of the month to come: its hit rate against that of all other months.

    Needs 20 years. p: two-sided binomial, at most 0.05. Direction: + where it has risen more often.
    """
    months = period_number(np.concatenate((track.days, track.next_day)), "month")
    last = rows(months[:-1] != months[1:])
    ups = np.zeros(len(last))
    with np.errstate(invalid="ignore"):
        ups[1:] = track.close[last[1:]] > track.close[last[:-1]]
    calendar = months[last] % 12
    found: list[tuple[int, float, int, int, int, float]] = []
    for k in range(13, len(last)):
        same = calendar[1 : k + 1] == (months[last[k]] + 1) % 12
        n, hits = int(same.sum()), int(ups[1 : k + 1][same].sum())
        others = ups[1 : k + 1][~same]
        rate = float(others.mean())
        if n < 20 or not 0 < rate < 1:
            continue
        p = binomial_p(hits, n, rate)
        if p <= 0.05:
            found.append((int(last[k]), p, 1 if hits / n > rate else -1, hits, n, 100 * rate))
    columns = [np.array(column) for column in zip(*found, strict=True)] or [np.zeros(0)] * 6
    at, signs = columns[0].astype(np.int64), columns[2].astype(np.int64)
    return firings(at, columns[1].astype(float), signs, hits=columns[3], n=columns[4], rate=columns[5])


def season_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    """How often the coming month has ended higher, the interval, and the rate of all other months."""
    hits, n = int(hit.extra["hits"]), int(hit.extra["n"])
    low, high = wilson(hits, n)
    notes = ledger(track, hit.row)
    notes.add("month_up", track.file, hits, Unit.COUNT)
    notes.add("month_count", track.file, n, Unit.COUNT)
    notes.add("month_up_low", track.file, low, Unit.PCT)
    notes.add("month_up_high", track.file, high, Unit.PCT)
    notes.add("other_months_up", track.file, float(hit.extra["rate"]), Unit.PCT)
    return notes


def anniversary(track: Track) -> Firings:
    """1, 5, 10 or 25 years after a move of 5% or more, or after the low of a fall of 20%: garnish only.

    The first session on or after the day counts. A low is known as one from the close 20% above it on. p = 0.5.
    Direction: the sign of the move then, - for a low.
    """
    with np.errstate(invalid="ignore"):
        notable: Bools = track.sizes >= 5.0
    dates = [(row, row, int(np.sign(track.moves[row]))) for row in rows(notable).tolist()]
    turns, signs, extremes = track.turns_20
    dates += [(int(e), int(t), -1) for t, s, e in zip(turns, signs, extremes, strict=True) if s > 0]
    found: dict[int, tuple[int, int]] = {}
    for row, known, sign in dates:
        for years in YEARS:
            at = _years_on(track, row, years)
            if at is not None and at > known:
                found.setdefault(at, (row, sign))
    listed = sorted(found)
    back = np.array([found[t][0] for t in listed], dtype=np.int64)
    ways = np.array([found[t][1] for t in listed], dtype=np.int64)
    return firings(np.array(listed, dtype=np.int64), np.full(len(listed), 0.5), ways, yardstick=back)


def _years_on(track: Track, row: int, years: int) -> int | None:
    day = track.day(row)
    shifted = day.replace(year=day.year + years, day=min(day.day, 28 if day.month == 2 else day.day))
    at = int(np.searchsorted(track.days, np.datetime64(shifted, "D")))
    late = at < len(track) and (track.day(at) - shifted).days <= 4
    return at if late else None


def anniversary_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    """What happened then."""
    notes = ledger(track, hit.row)
    notes.add("anniversary", track.file, track.day(hit.yardstick), Unit.DATE)
    notes.add("anniversary_return", track.file, float(track.moves[hit.yardstick]), Unit.PCT)
    notes.add(
        "anniversary_years", track.file, track.day(hit.row).year - track.day(hit.yardstick).year, Unit.COUNT
    )
    return notes
