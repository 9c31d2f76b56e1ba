"""How a stock has moved on the session that answered each of its reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from newsletter.market import EarningsDate, MarketDay, Timing

from .closes import closes

LAST, LEAST = 12, 8
"""Reports that are looked at, and the fewest that say anything."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """A report and the stock's move, in percent, of the first session after it."""

    report: EarningsDate
    session: pd.Timestamp
    move: float


def answers(day: MarketDay, symbol: str) -> tuple[Answer, ...]:
    """Every answered report of ``symbol``, oldest first.

    A report before the open is answered the same day, one after the close the next session; one whose hour isn't known
    is taken to be answered on its own day.
    """
    found = closes(day, symbol, at_least=3)
    moves = found.pct_change().to_numpy() * 100
    stamps = found.index.to_numpy()
    result: dict[int, Answer] = {}
    for report in sorted(day.earnings, key=lambda item: item.day):
        if report.symbol != symbol:
            continue
        side: Literal["left", "right"] = "right" if report.timing is Timing.AFTER_CLOSE else "left"
        at = int(np.searchsorted(stamps, pd.Timestamp(report.day).to_datetime64(), side=side))
        if 0 < at < len(found) and np.isfinite(moves[at]):
            result[at] = Answer(report=report, session=pd.Timestamp(stamps[at]), move=float(moves[at]))
    return tuple(result[at] for at in sorted(result))
