"""Moves of a series, as charts compare them: percent, or whole basis points for yields."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from newsletter.errors import ChartError
from newsletter.facts import Unit
from newsletter.instruments import Instrument
from newsletter.market import MarketDay

from .closes import closes, series_of, unbroken
from .words import Citations, in_bp

PERIODS = {"week_extreme": "week", "month_extreme": "month", "quarter_extreme": "quarter"}
"""Detectors that compare longer moves than a session's, and which."""

_FREQUENCY = {"week": "W", "month": "M", "quarter": "Q"}


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Moves:
    """Every move of a file, oldest first: of one session, or of whole ``period``s, each dated by its last session."""

    instrument: Instrument
    source: str
    first: date
    values: pd.Series[float]
    period: str = ""

    @property
    def adjective(self) -> str:
        """``one-day``, ``weekly``, ``monthly``."""
        return f"{self.period}ly" if self.period else "one-day"

    @property
    def unit_of_count(self) -> str:
        return f"{self.period}s" if self.period else "sessions"

    @property
    def last(self) -> float:
        return float(self.values.iloc[-1])

    @property
    def sign(self) -> int:
        return 1 if self.last > 0 else -1 if self.last < 0 else 0

    @property
    def noun(self) -> str:
        """What a move of today's sign is called."""
        if in_bp(self.instrument) or self.instrument.symbol == "^VIX":
            return "rise" if self.sign >= 0 else "fall"
        return "gain" if self.sign >= 0 else "drop"


def moves(day: MarketDay, symbol: str, *, at_least: int, period: str = "") -> Moves:
    """The moves of ``symbol`` up to the session; ChartError where there are too few, or a price isn't positive.

    Of periods only whole ones count: the last ends with the session, which is the last of its week, month or quarter.
    """
    series = series_of(day, symbol)
    found = closes(day, symbol, at_least=at_least + 1)
    first = found.index[0].date()
    if period:
        numbers = pd.DatetimeIndex(found.index).to_period(_FREQUENCY[period])
        found = found[~numbers.duplicated(keep="last")]
        if len(found) <= at_least:
            raise ChartError(f"{symbol} has {len(found)} {period}s; the chart needs {at_least + 1}")
    if in_bp(series.instrument):
        values = pd.Series(np.rint(found.diff().to_numpy() * 100), index=found.index).iloc[1:]
    else:
        if (found <= 0).any():
            raise ChartError(
                f"{symbol} has a close that isn't positive: there is no percent change across zero"
            )
        values = found.pct_change().iloc[1:] * 100
    return Moves(
        instrument=series.instrument,
        source=series.source,
        first=first,
        values=values,
        period=period,
    )


def of_sign(found: Moves) -> pd.Series[float]:
    """Sizes of all moves of the last one's sign; ChartError where that is none."""
    if found.sign == 0:
        raise ChartError(f"{found.instrument.symbol} did not move")
    same: pd.Series[float] = found.values[np.sign(found.values) == found.sign].abs()
    return same


def unbroken_today(day: MarketDay, found: Moves) -> None:
    """Refuse a move over a hole: it would be of two sessions. Futures are refused as well: a roll looks like a move."""
    if found.instrument.symbol.endswith("=F"):
        raise ChartError(f"{found.instrument.symbol} is a continuous future: a roll looks like a move")
    unbroken(day, found.instrument.symbol, closes(day, found.instrument.symbol).iloc[-2:])


def cite_move(cited: Citations, found: Moves, day: date) -> None:
    """Note that the chart states the move that ended on ``day``."""
    value = float(found.values[pd.Timestamp(day)])
    symbol, source = found.instrument.symbol, found.source
    if in_bp(found.instrument):
        metric, unit = ("change", Unit.BP) if not found.period else (f"{found.period}_change", Unit.BP)
        cited.cite(symbol, metric, found.period or "1s", int(value), unit, day, source)
    else:
        metric = f"{found.period}_return" if found.period else "return"
        cited.cite(symbol, metric, found.period or "1s", value, Unit.PCT, day, source)
