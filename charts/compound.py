"""Series made of two: pairs, spreads and ratios, by the names stories give them (``pair:^RUT-^GSPC``)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from newsletter.errors import ChartError
from newsletter.instruments import Instrument
from newsletter.market import MarketDay

from .closes import closes, series_of, unbroken
from .words import in_bp

REALISED, CORRELATED = 21, 63
"""Sessions over which realised volatility and correlation are measured."""

STOCKS_BONDS = "cross:stocks-bonds"


class Measure(StrEnum):
    """What a compound is counted in."""

    GAP = "gap"  #: percentage points between two one-session returns
    RATIO = "ratio"  #: first close over second
    SPREAD = "spread"  #: basis points between two yields
    PREMIUM = "premium"  #: points of annual volatility, implied less realised
    CORRELATION = "correlation"  #: of one-session moves over 63 sessions, from -1 to 1


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Compound:
    """One number a session, oldest first, and the two instruments it comes from."""

    entity: str
    measure: Measure
    first: Instrument
    second: Instrument
    values: pd.Series[float]
    source: str


def parts(entity: str, day: MarketDay) -> tuple[str, str]:
    """The two symbols of a compound. They may hold a hyphen themselves, so each place to split is tried."""
    text = entity.partition(":")[2]
    for place in (i for i, letter in enumerate(text) if letter == "-"):
        if text[:place] in day.series and text[place + 1 :] in day.series:
            return text[:place], text[place + 1 :]
    raise ChartError(f"there are no prices for {entity}")


def compound(entity: str, day: MarketDay, *, recipe: str = "") -> Compound:
    """The series of ``entity``: of a pair the gap of returns, but its ratio or correlation where ``recipe`` wants that."""
    kind = entity.partition(":")[0]
    if entity == STOCKS_BONDS:
        return _correlation(entity, day, "^GSPC", "DGS10")
    if entity == "risk:implied":
        return _premium(entity, day)
    if kind not in ("pair", "ratio", "spread"):
        raise ChartError(f"{entity} is not made of two series")
    first, second = parts(entity, day)
    if recipe == "corr_line":
        return _correlation(entity, day, first, second)
    a, b = _common(day, first, second)
    left, right = series_of(day, first).instrument, series_of(day, second).instrument
    if kind == "spread":
        if not (in_bp(left) and in_bp(right)):
            raise ChartError(f"{entity} is not a spread of two yields")
        measure, values = Measure.SPREAD, ((a - b) * 100).round()
    elif (a <= 0).any() or (b <= 0).any():
        raise ChartError(f"{entity} has a close that isn't positive")
    elif kind == "ratio" or recipe == "ratio_line":
        measure, values = Measure.RATIO, a / b
    else:
        measure, values = Measure.GAP, (a.pct_change() - b.pct_change()).iloc[1:] * 100
    return Compound(
        entity=entity,
        measure=measure,
        first=left,
        second=right,
        values=values,
        source=_source(day, first, second),
    )


def _premium(entity: str, day: MarketDay) -> Compound:
    vix, index = _common(day, "^VIX", "^GSPC")
    whole = closes(day, "^GSPC", at_least=REALISED + 2)
    realised = whole.pct_change().rolling(REALISED).std() * np.sqrt(252) * 100
    values = (vix - realised.reindex(index.index)).dropna()
    return Compound(
        entity=entity,
        measure=Measure.PREMIUM,
        first=series_of(day, "^VIX").instrument,
        second=series_of(day, "^GSPC").instrument,
        values=values,
        source=_source(day, "^VIX", "^GSPC"),
    )


def _correlation(entity: str, day: MarketDay, first: str, second: str) -> Compound:
    """Of the moves of both; a yield counts with the sign of its bond's price, which moves against it."""
    _common(day, first, second)  # refuses holes
    moves = pd.DataFrame({symbol: _moves(day, symbol) for symbol in (first, second)}).dropna()
    values = moves[first].rolling(CORRELATED).corr(moves[second]).replace([np.inf, -np.inf], np.nan).dropna()
    return Compound(
        entity=entity,
        measure=Measure.CORRELATION,
        first=series_of(day, first).instrument,
        second=series_of(day, second).instrument,
        values=values,
        source=_source(day, first, second),
    )


def _moves(day: MarketDay, symbol: str) -> pd.Series[float]:
    found = closes(day, symbol, at_least=3)
    if in_bp(series_of(day, symbol).instrument):
        return -(found.diff() * 100).round()
    return found.pct_change()


def _common(day: MarketDay, first: str, second: str) -> tuple[pd.Series[float], pd.Series[float]]:
    """Closes of both on the days that both have, each unbroken over its last two years."""
    a, b = closes(day, first, at_least=3), closes(day, second, at_least=3)
    for symbol, part in ((first, a), (second, b)):
        unbroken(day, symbol, part.iloc[-504:])
    shared = a.index.intersection(pd.DatetimeIndex(b.index))
    if len(shared) < 3:
        raise ChartError(f"{first} and {second} share only {len(shared)} days")
    return a.loc[shared], b.loc[shared]


def _source(day: MarketDay, first: str, second: str) -> str:
    return f"{series_of(day, first).source}, {series_of(day, second).source}"
