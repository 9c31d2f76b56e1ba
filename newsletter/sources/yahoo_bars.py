"""Yahoo's replies as daily bars: which days are over, what a price really was, and a lost last bar made good. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from newsletter.instruments import Kind
from newsletter.market import State
from newsletter.sessions import Exchange, Session
from newsletter.sources.csv_prices import ON_SESSIONS
from newsletter.sources.yahoo_process import Chart, Quote

NEW_YORK = ZoneInfo("America/New_York")

WITNESS = 0.0005
"""Two witnesses of one close agree to within this share."""

_COLUMNS = {
    "Open": "open",
    "High": "high",
    "Low": "low",
    "Close": "close",
    "Adj Close": "adj_close",
    "Volume": "volume",
}
_STEP = {"1h": timedelta(hours=1), "30m": timedelta(minutes=30)}


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Repair:
    """A last bar made from other data: one row of bars, and what it is."""

    bar: pd.DataFrame
    state: State


def over(kind: Kind, market: Exchange, now: datetime) -> date:
    """The last day whose bar of this kind can't change any more at ``now``."""
    if kind is Kind.CRYPTO:
        return now.astimezone(UTC).date() - timedelta(days=1)
    if kind in (Kind.CURRENCY, Kind.COMMODITY):
        local = now.astimezone(NEW_YORK)
        return local.date() if local.hour >= 18 else local.date() - timedelta(days=1)
    # The VIX is struck until a quarter past the closing bell.
    late = timedelta(minutes=15) if kind is Kind.VOLATILITY else timedelta(0)
    return market.last_completed(now - late)


def daily(chart: Chart, kind: Kind, market: Exchange, now: datetime) -> pd.DataFrame:
    """Complete days with a close: columns of the store, index naive midnights.

    A bar of a day under way is left out, as is one on a day on which this kind doesn't trade. Yahoo sends prices
    widened from 32 bits; they become the shortest decimals again.
    """
    bars = chart.bars.rename(columns=_COLUMNS)[list(_COLUMNS.values())].astype(float)
    stamps = pd.DatetimeIndex(chart.bars.index)
    bars.index = pd.DatetimeIndex(stamps.tz_localize(None).normalize(), name="date").as_unit("ns")
    bars = bars[~bars.index.duplicated(keep="last")].sort_index()
    last = pd.Timestamp(over(kind, market, now))
    bars = bars[(bars.index <= last) & bars["close"].notna()]
    if kind in ON_SESSIONS or kind is Kind.YIELD:
        bars = bars[bars.index.isin(market.index)]
    for name in ("open", "high", "low", "close", "adj_close"):
        bars[name] = narrowed(bars[name].to_numpy())
    return bars


def narrowed(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """179.80999755859375 as 179.81: the shortest decimal of a number that 32 bits hold exactly, others as they are."""
    with np.errstate(over="ignore"):
        single = values.astype(np.float32)
    exact = single.astype(np.float64) == values
    result = values.astype(np.float64, copy=True)
    result[exact] = [float(str(value)) for value in single[exact]]
    return result


def contradicted(
    bars: pd.DataFrame, quote: Quote | None, kind: Kind, market: Exchange, session: Session
) -> bool:
    """Whether the quote that came with a chart is of the session's close and differs from the chart's last bar."""
    close = _close_of(quote, kind, market, session)
    own = bars["close"].loc[bars.index == pd.Timestamp(session)].to_numpy()
    return close is not None and len(own) == 1 and not _agree(float(own[0]), close)


def repaired(
    hours: Chart | None, quote: Quote | None, kind: Kind, market: Exchange, session: Session
) -> Repair | None:
    """The session's bar from bars within it, if the quote bears out their last price; else nothing.

    ``rebuilt`` when they cover the session from bell to bell, ``close only`` when some are missing.
    """
    close = _close_of(quote, kind, market, session)
    if hours is None or close is None or kind not in ON_SESSIONS or kind is Kind.VOLATILITY:
        return None
    opens, closes = pd.Timestamp(market.opens(session)), pd.Timestamp(market.closes(session))
    stamps = pd.DatetimeIndex(hours.bars.index).tz_convert("UTC")
    inside = (stamps >= opens) & (stamps < closes)
    bars = hours.bars.loc[inside].dropna(subset=["Open", "High", "Low", "Close"])
    stamps = pd.DatetimeIndex(bars.index).tz_convert("UTC")
    step = _STEP[hours.task.interval]
    if bars.empty or stamps[-1] + step < closes:
        return None
    last = float(narrowed(bars["Close"].to_numpy()[-1:])[0])
    if not _agree(last, close):
        return None
    whole = stamps[0] <= opens and len(bars) * pd.Timedelta(step) >= closes - opens
    nothing = float("nan")
    bar = pd.DataFrame(
        {
            "open": narrowed(bars["Open"].to_numpy()[:1]) if whole else nothing,
            "high": narrowed(np.array([bars["High"].max()])) if whole else nothing,
            "low": narrowed(np.array([bars["Low"].min()])) if whole else nothing,
            "close": close,
            "adj_close": close,
            "volume": nothing,
        },
        index=pd.DatetimeIndex([pd.Timestamp(session)], name="date"),
    )
    return Repair(bar=bar, state=State.REBUILT if whole else State.CLOSE_ONLY)


def _close_of(quote: Quote | None, kind: Kind, market: Exchange, session: Session) -> float | None:
    """The quote's price if it is the session's close: struck at or after the bell, before the next one rings."""
    if quote is None or not (kind in ON_SESSIONS or kind is Kind.YIELD):
        return None
    # Yields are struck at three in the afternoon.
    early = timedelta(hours=2) if kind is Kind.YIELD else timedelta(0)
    if not market.closes(session) - early <= quote.at < market.opens(market.after(session)):
        return None
    return float(narrowed(np.array([quote.price]))[0])


def _agree(one: float, other: float) -> bool:
    return abs(one - other) <= WITNESS * max(abs(one), abs(other))
