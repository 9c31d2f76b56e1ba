"""Closes of a series, cut for a chart; a hole in them is refused, never drawn across."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd

from newsletter.errors import ChartError
from newsletter.instruments import Kind
from newsletter.market import MarketDay, Series

_ON_EXCHANGE = (Kind.INDEX, Kind.ETF, Kind.SECTOR, Kind.STOCK)
_LONGEST_CLOSURE = 7
"""Days between two closes: a holiday beside a weekend, or September 2001. More is a hole."""


def series_of(day: MarketDay, symbol: str) -> Series:
    """The series of ``symbol``, up to date; raises ChartError where it has none or isn't fit to be drawn."""
    series = day.series.get(symbol)
    if series is None:
        raise ChartError(f"there are no prices of {symbol}")
    if not series.detectable:
        raise ChartError(f"the prices of {symbol} are {series.state.value}")
    return series


def closes(day: MarketDay, symbol: str, *, at_least: int = 2) -> pd.Series[float]:
    """Every close of ``symbol`` up to the session."""
    found = series_of(day, symbol).close
    found = found[found.index <= pd.Timestamp(day.session)]
    if len(found) < at_least:
        raise ChartError(f"{symbol} has {len(found)} closes; the chart needs {at_least}")
    if not np.isfinite(found.to_numpy()).all():
        raise ChartError(f"{symbol} has a close that is not a number")
    return found


def unbroken(day: MarketDay, symbol: str, part: pd.Series[float]) -> pd.Series[float]:
    """``part`` of the closes of ``symbol``, if none is missing between its first and its last."""
    stamps = part.index
    known = day.series[symbol].bars["close"].loc[stamps[0] : stamps[-1]]
    if known.isna().any():
        raise ChartError(f"{symbol} has no close on {known.index[known.isna()][0].date()}")
    if day.series[symbol].instrument.kind in _ON_EXCHANGE:
        due = day.sessions[(day.sessions >= stamps[0]) & (day.sessions <= stamps[-1])]
        missing = due.difference(stamps)
        if len(missing):
            raise ChartError(f"{symbol} has no close on {missing[0].date()}")
    for before, after in pairwise(stamps):
        if (after - before).days > _LONGEST_CLOSURE:
            raise ChartError(f"{symbol} has no close between {before.date()} and {after.date()}")
    return part


def position(part: pd.Series[float], day: pd.Timestamp) -> int:
    """How many closes stand before ``day``."""
    return int(np.searchsorted(part.index.to_numpy(), day.to_datetime64()))


def stamp(part: pd.Series[float], at: int) -> pd.Timestamp:
    """The day of a close by its position."""
    return pd.Timestamp(part.index.to_numpy()[at])


def days(part: pd.Series[float]) -> tuple[date, ...]:
    """The dates of closes."""
    return tuple(stamp.date() for stamp in part.index)


def numbers(dates: Sequence[date]) -> list[float]:
    """Dates as days since 1970, which is how the axis counts them."""
    epoch = date(1970, 1, 1)
    return [float((day - epoch).days) for day in dates]


def session_marks(dates: Sequence[date]) -> list[tuple[float, str]]:
    """The same for an axis that counts sessions, 0 the first of ``dates``."""
    position = {numbers([day])[0]: float(index) for index, day in enumerate(dates)}
    return [(position[value], label) for value, label in calendar_marks(dates)]


def calendar_marks(dates: Sequence[date], *, most: int = 6) -> list[tuple[float, str]]:
    """Where to tick an axis of dates and what to write: years, else months, else days of a short run."""
    first, last = dates[0], dates[-1]
    months = (last.year - first.year) * 12 + last.month - first.month
    if months < 2:
        step = max(1, len(dates) // 4)
        return [(numbers([day])[0], f"{day:%b} {day.day}") for day in dates[::step]]
    for every in (1, 2, 3, 6):
        if months / every <= most:
            starts = _starts(dates, every)
            return [(numbers([day])[0], _month(day, named=day is starts[0])) for day in starts]
    for every in (1, 2, 5, 10, 20):
        if months / 12 / every <= most:
            break
    return [(numbers([day])[0], str(day.year)) for day in _starts(dates, 12) if day.year % every == 0]


def _starts(dates: Sequence[date], every: int) -> list[date]:
    """The first date of each ``every``-th month, the first one only where the month begins inside."""
    result = []
    for before, after in pairwise(dates):
        if (before.year, before.month) != (after.year, after.month) and (after.month - 1) % every == 0:
            result.append(after)
    return result


def _month(day: date, *, named: bool) -> str:
    """``Mar``; January is written as its year, unless nothing stands before it."""
    return f"{day:%b}" if named or day.month > 1 else str(day.year)
