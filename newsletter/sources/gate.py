"""The quality gate: what may be believed, series by series, and whether the day may go out at all. Pure.

A series that is stale or suspect is worse than none: it turns a one-day change into two, or invents a record.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from newsletter.instruments import Kind
from newsletter.market import Gap, Members, Series, State, Verdict
from newsletter.sources.bonds import bonds_closed, bonds_open
from newsletter.sources.point_in_time import Moment, published_next_morning
from newsletter.sources.witnesses import RATES, Move, corroborated, last_move, tracks

CORE: tuple[tuple[str, ...], ...] = (
    ("^GSPC",),
    ("^IXIC",),
    ("^DJI",),
    ("^RUT",),
    ("^VIX",),
    ("DGS10", "^TNX"),
)
"""Series whose loss changes the mode of an issue; of a group one is enough."""

LEADER = "^GSPC"
"""Without it nothing is mailed."""

LOOK_BACK = 30
"""Sessions in which a missing one keeps a series away from detectors."""

EXTREME = 10
"""Sigmas beyond which a move needs a witness."""

_SLACK = {Kind.COMMODITY: 0.05, Kind.VOLATILITY: 0.25}
"""How far a close may lie outside the day's range: a settlement, or a value struck later, isn't a trade in it."""

NAMED = 6
"""As many series as one line can name."""

FACTORS = (10.0, 100.0)
"""A close off by one of these is a change of units or a split, until somebody else says the same."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """Every series with its state (those without a row left out), what is missing and why, and the day's verdict."""

    series: Mapping[str, Series]
    gaps: tuple[Gap, ...]
    verdict: Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class _Finding:
    state: State
    reason: str


def judge(
    series: Mapping[str, Series],
    moment: Moment,
    sessions: pd.DatetimeIndex,
    *,
    universe: Collection[str],
    members: Members | None = None,
    reported: Collection[str] = (),
) -> Judgement:
    """Judge every series as of ``moment``.

    ``series`` are cut at the moment; one without rows begins later. ``sessions`` end with the session; ``universe`` are
    the symbols that should be there; ``reported`` companies have just reported, so that their shares may jump.
    """
    present = {symbol: item for symbol, item in series.items() if not item.bars.empty}
    findings = {symbol: _timely(item, moment, sessions) for symbol, item in present.items()}
    fresh = {symbol: item for symbol, item in present.items() if findings[symbol] is None}
    moves = {symbol: move for symbol, item in fresh.items() if (move := last_move(item)) is not None}
    for symbol, item in fresh.items():
        others = {name: move for name, move in moves.items() if name != symbol}
        findings[symbol] = _plausible(item, moves.get(symbol), others, fresh, members, reported) or _whole(
            item, moment, sessions
        )
    judged = {
        symbol: item if (found := findings[symbol]) is None else replace(item, state=found.state)
        for symbol, item in present.items()
    }
    closed = bonds_closed(moment.session)
    out = _core_out(series, judged, universe, closed)
    gaps = _gaps(series, findings, out, closed)
    if _at_odds(moves) and not _fund_pays(moment.session):
        gaps = (*gaps, Gap(source=LEADER, reason="its move and that of SPY don't agree", degraded=True))
        return Judgement(series=judged, gaps=gaps, verdict=Verdict.HELD)
    return Judgement(series=judged, gaps=gaps, verdict=_verdict(out))


def _timely(series: Series, moment: Moment, sessions: pd.DatetimeIndex) -> _Finding | None:
    """Whether the newest bar, and the one before it, are those of the right sessions."""
    close = series.close
    fresh = not close.empty and close.index[-1] >= moment.midnight
    if not fresh and series.instrument.kind is Kind.YIELD and bonds_closed(moment.session):
        return _Finding(state=State.STALE, reason="bond market closed")
    expected = _expected(series, moment, sessions)
    if close.empty or close.index[-1] < expected[-1]:
        newest = "no close" if close.empty else f"newest close is of {close.index[-1].date()}"
        return _Finding(state=State.STALE, reason=f"{newest}, expected {expected[-1].date()}")
    if len(expected) > 1 and close.index[0] < expected[-1]:
        before = close.index[-1] if close.index[-1] > expected[-1] else close.index[-2]
        if before < expected[-2]:
            return _Finding(
                state=State.SUSPECT,
                reason=f"{expected[-2].date()} is missing, so a one-day change would be of more than a day",
            )
    return None


def _whole(series: Series, moment: Moment, sessions: pd.DatetimeIndex) -> _Finding | None:
    close = series.close
    recent = _expected(series, moment, sessions)
    holes = recent[recent >= close.index[0]].difference(close.index)
    if len(holes):
        return _Finding(
            state=State.HOLED, reason=f"no close of {', '.join(str(hole.date()) for hole in holes[-3:])}"
        )
    return None


def _expected(series: Series, moment: Moment, sessions: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """The last days on which this series should have a close, the newest last."""
    kind = series.instrument.kind
    if kind is Kind.CRYPTO:
        return pd.date_range(end=moment.midnight, periods=LOOK_BACK, freq="D")
    days = sessions[-LOOK_BACK - 1 :] if published_next_morning(series) else sessions[-LOOK_BACK:]
    if published_next_morning(series):
        days = days[:-1]
    if kind in RATES:
        days = days[bonds_open(days)]
    return days


def _plausible(
    series: Series,
    move: Move | None,
    others: Mapping[str, Move],
    everything: Mapping[str, Series],
    members: Members | None,
    reported: Collection[str],
) -> _Finding | None:
    broken = _broken(series)
    if broken:
        return _Finding(state=State.SUSPECT, reason=broken)
    if move is None or not (abs(move.z) > EXTREME or _off_by_a_factor(series, move)):
        return None
    if corroborated(series, move, others, everything, members, reported):
        return None
    amount = f"{move.size:+.0f} bp" if series.instrument.kind in RATES else f"{move.size:+.1f}%"
    return _Finding(state=State.SUSPECT, reason=f"a move of {amount} that nothing else bears out")


def _broken(series: Series) -> str:
    """What is impossible in the last bar, or nothing."""
    rows = series.bars[["open", "high", "low", "close"]].iloc[-2:].to_numpy()
    opened, high, low, close = (float(price) for price in rows[-1])
    if close <= 0 and series.instrument.kind not in (*RATES, Kind.COMMODITY):
        return f"a close of {close:g}"
    ends = [end for end in (opened, close) if not np.isnan(end)]
    slack = _SLACK.get(series.instrument.kind, 1e-4) * max(abs(end) for end in ends)
    if low > min(ends) + slack:
        return f"a low of {low:g} above its open or close"
    if high < max(ends) - slack:
        return f"a high of {high:g} below its open or close"
    if len(rows) > 1 and high > low and bool((rows[0] == rows[1]).all()):
        return "the same four prices as the day before"
    return ""


def _off_by_a_factor(series: Series, move: Move) -> bool:
    if series.instrument.kind in RATES and abs(move.size) < 100:
        return False
    ratio = max(move.ratio, 1 / move.ratio) if move.ratio > 0 else 0.0
    return any(abs(ratio / factor - 1) < 0.05 for factor in FACTORS)


def _core_out(
    series: Mapping[str, Series], judged: Mapping[str, Series], universe: Collection[str], closed: bool
) -> tuple[str, ...]:
    """The core groups that can't be used, by their first symbol in the universe."""
    out: list[str] = []
    for group in CORE:
        wanted = [symbol for symbol in group if symbol in universe]
        begun = [symbol for symbol in wanted if symbol not in series or symbol in judged]
        usable = any(symbol in judged and judged[symbol].detectable for symbol in wanted)
        resting = closed and len(group) > 1
        if wanted and begun and not usable and not resting:
            out.append(wanted[0])
    return tuple(out)


def _gaps(
    series: Mapping[str, Series],
    findings: Mapping[str, _Finding | None],
    out: tuple[str, ...],
    closed: bool,
) -> tuple[Gap, ...]:
    gaps: list[Gap] = []
    later = [item.instrument.name for symbol, item in series.items() if symbol not in findings]
    if later:
        named = ", ".join(later) if len(later) <= NAMED else f"{len(later)} series"
        gaps.append(Gap(source="prices", reason=f"no history yet on this date: {named}"))
    if closed:
        gaps.append(Gap(source="bonds", reason="bond market closed"))
    for symbol, found in findings.items():
        if found is not None and not (closed and series[symbol].instrument.kind is Kind.YIELD):
            gaps.append(Gap(source=symbol, reason=found.reason, degraded=symbol in out))
    gaps.extend(
        Gap(source=symbol, reason="no prices", degraded=True) for symbol in out if symbol not in findings
    )
    return tuple(gaps)


def _at_odds(moves: Mapping[str, Move]) -> bool:
    if LEADER not in moves or "SPY" not in moves:
        return False
    return not tracks(moves[LEADER].size, moves["SPY"].size)


def _fund_pays(day: date) -> bool:
    """Whether SPY trades without its dividend from ``day`` on: the third Friday of a quarter's last month."""
    return day.month % 3 == 0 and day.weekday() == 4 and 15 <= day.day <= 21


def _verdict(out: tuple[str, ...]) -> Verdict:
    if LEADER in out or len(out) > 3:
        return Verdict.HELD
    return Verdict.DEGRADED if out else Verdict.NORMAL
