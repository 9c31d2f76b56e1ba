"""Which company is larger: what orders earnings dates and movers. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from newsletter.instruments import Kind
from newsletter.market import Members, Series
from newsletter.sources.supply import EarningsClaim

SESSIONS = 60
"""Sessions over which turnover is averaged."""

MEMBER = 1.0
"""The size of a company of which only membership in the index is known."""


def market_values(
    series: Mapping[str, Series], shares: Mapping[str, float], claims: Iterable[EarningsClaim] = ()
) -> dict[str, float]:
    """Dollars by symbol: share count times last close, else what a calendar says."""
    values = {claim.symbol: claim.market_value for claim in claims if claim.market_value}
    for symbol, count in shares.items():
        if symbol in series and not (close := series[symbol].close).empty:
            values[symbol] = count * float(close.iloc[-1])
    return values


def sizes(
    series: Mapping[str, Series], members: Members | None, values: Mapping[str, float]
) -> dict[str, float]:
    """Market value where known, else mean turnover of sixty sessions in dollars, else membership in the index."""
    ordered: dict[str, float] = {}
    if members is not None:
        ordered.update({spell.symbol: MEMBER for spell in members.spells if spell.end is None})
    for symbol, item in series.items():
        if item.instrument.kind is Kind.STOCK:
            recent = item.bars.tail(SESSIONS)
            turnover = (recent["close"] * recent["volume"]).to_numpy()
            if not np.isnan(turnover).all():
                ordered[symbol] = float(np.nanmean(turnover))
    return {**ordered, **values}
