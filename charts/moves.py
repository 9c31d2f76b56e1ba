"""One-session moves of a series, as charts compare them: percent, or whole basis points for yields."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from newsletter.errors import ChartError
from newsletter.instruments import Instrument
from newsletter.market import MarketDay

from .closes import closes, series_of
from .words import in_bp


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Moves:
    """Every one-session move of a file, oldest first."""

    instrument: Instrument
    source: str
    first: date
    values: pd.Series[float]

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


def moves(day: MarketDay, symbol: str, *, at_least: int) -> Moves:
    """The moves of ``symbol`` up to the session; ChartError where there are too few, or a price isn't positive."""
    series = series_of(day, symbol)
    found = closes(day, symbol, at_least=at_least + 1)
    if in_bp(series.instrument):
        values = pd.Series(np.rint(found.diff().to_numpy() * 100), index=found.index).iloc[1:]
    else:
        if (found <= 0).any():
            raise ChartError(
                f"{symbol} has a close that isn't positive: there is no percent change across zero"
            )
        values = found.pct_change().iloc[1:] * 100
    return Moves(
        instrument=series.instrument, source=series.source, first=found.index[0].date(), values=values
    )
