"""An invented market: one run of chance from a fixed day on, so that a session has the same prices forever.

Three regimes (calm, ordinary, stormy) steer a market factor with clustered, asymmetric volatility; style, rates, oil,
gold and the dollar have factors of their own, and every instrument follows them by its loads. Chance is drawn a weekday
at a time, the oldest first, from one stream a purpose: going on to a later day never changes an earlier one. Nothing
here was fitted to real prices.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

ORIGIN = date(2005, 1, 3)
"""The first day of the sample market, a Monday."""

SEED = 20050103

Floats = np.ndarray[tuple[Any, ...], np.dtype[np.floating[Any]]]
Rows = np.ndarray[tuple[Any, ...], np.dtype[np.integer[Any]]]

CALM, ORDINARY, STORMY = 0, 1, 2
_TARGET = (0.5, 0.9, 1.9)  # percent a day
_DRIFT = (0.077, 0.052, -0.048)
_LEAVE = ((0.0, 0.010), (0.010, 0.0045), (0.030, 0.0))  # down, up


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Factors:
    """One row a weekday from the origin on. Percent a day; ``rate`` in basis points; the rest are levels.

    ``yields`` are percent by series, ``vix`` and ``spread`` (a credit spread in percent) are levels.
    """

    days: pd.DatetimeIndex
    market: Floats
    size: Floats
    growth: Floats
    rate: Floats
    oil: Floats
    gold: Floats
    dollar: Floats
    calm: Floats
    vix: Floats
    spread: Floats
    yields: dict[str, Floats]


def stream(purpose: str) -> np.random.Generator:
    """The one stream of chance of that name."""
    return np.random.default_rng([SEED, zlib.crc32(purpose.encode())])


def factors(until: date) -> Factors:
    """Every factor from the origin to ``until``."""
    days = pd.bdate_range(ORIGIN, until, name="date").as_unit("ns")
    noise = stream("factors").standard_normal((len(days), 10))
    chance = stream("regimes").random((len(days), 2))
    market, sigma = _market(noise[:, 0], chance)
    scale = 0.5 + 0.5 * sigma / 0.9
    rate, yields = _yields(noise[:, 3], noise[:, 4], market, scale)
    dollar = _reverting(0.38 * scale * noise[:, 5] - 0.06 * market, 0.0008, 0.0)
    return Factors(
        days=days,
        market=market,
        size=0.5 * scale * noise[:, 1] - 0.008,
        growth=0.42 * scale * noise[:, 2] + 0.012,
        rate=rate,
        oil=_reverting(1.9 * scale * noise[:, 6] + 0.35 * market, 0.0022, 38.0),
        gold=0.85 * noise[:, 7] - 0.035 * rate - 0.7 * dollar + 0.03,
        dollar=dollar,
        calm=sigma,
        vix=_vix(noise[:, 8], market, sigma),
        spread=_spread(noise[:, 9], market),
        yields=yields,
    )


def bars(
    symbol: str, closes: Floats, days: pd.DatetimeIndex, wobble: float, turnover: float, places: int = 2
) -> pd.DataFrame:
    """Open, high, low and volume around closes. ``wobble`` is the ordinary move within a day in percent."""
    noise = stream(f"bars:{symbol}").standard_normal((len(days), 4))
    before = np.concatenate(([closes[0]], closes[:-1]))
    gap = closes / before
    opened = before * gap ** (0.35 + 0.2 * np.tanh(noise[:, 0]))
    high = np.maximum(opened, closes) * (1 + np.abs(noise[:, 1]) * wobble / 200)
    low = np.minimum(opened, closes) * (1 - np.abs(noise[:, 2]) * wobble / 200)
    if turnover:
        moved = np.abs(np.log(gap)) * 100 / max(wobble, 0.1)
        volume = np.round(turnover * np.exp(0.18 * noise[:, 3] + 0.28 * np.minimum(moved - 0.7, 4)))
    else:
        volume = np.full(len(days), np.nan)
    return pd.DataFrame(
        {
            "open": np.round(opened, places),
            "high": np.round(high, places),
            "low": np.round(low, places),
            "close": np.round(closes, places),
            "volume": volume,
        },
        index=days,
    )


def level_bars(closes: Floats, days: pd.DatetimeIndex, places: int = 2) -> pd.DataFrame:
    """Bars of a series with one value a day."""
    nothing = np.full(len(days), np.nan)
    return pd.DataFrame(
        {
            "open": nothing,
            "high": nothing,
            "low": nothing,
            "close": np.round(closes, places),
            "volume": nothing,
        },
        index=days,
    )


def _market(noise: Floats, chance: Floats) -> tuple[Floats, Floats]:
    """Daily percent and the volatility it was drawn with."""
    regime, sigma, last = CALM, 0.6, 0.0
    moves, sigmas = np.empty(len(noise)), np.empty(len(noise))
    for t, (shock, (turn, tail)) in enumerate(zip(noise.tolist(), chance.tolist(), strict=True)):
        down, up = _LEAVE[regime]
        if turn < down:
            regime -= 1
        elif turn > 1 - up:
            regime += 1
        sigma = 0.88 * sigma + 0.10 * _TARGET[regime] + 0.045 * max(-last, 0.0) + 0.012 * abs(last)
        fat = 1.9 if tail < 0.03 else 0.93
        last = _DRIFT[regime] + min(max(sigma * shock * fat, -11.0), 11.0)
        moves[t], sigmas[t] = last, sigma
    return moves, sigmas


def _vix(noise: Floats, market: Floats, sigma: Floats) -> Floats:
    level = np.log(14.0)
    out = np.empty(len(noise))
    for t, (shock, move, vol) in enumerate(zip(noise.tolist(), market.tolist(), sigma.tolist(), strict=True)):
        wanted = np.log(4.5 + 15.3 * vol)
        level += 0.07 * (wanted - level) - 0.052 * move + 0.028 * shock
        level = min(max(level, np.log(9.2)), np.log(85.0))
        out[t] = level
    result: Floats = np.exp(out)
    return result


def _yields(level: Floats, slope: Floats, market: Floats, scale: Floats) -> tuple[Floats, dict[str, Floats]]:
    """The 10-year's daily change in basis points, and all yields in percent."""
    moves = 4.3 * scale * level + 0.9 * market
    ten, steep = 4.2, 0.9
    tens, steeps = np.empty(len(level)), np.empty(len(level))
    for t, (move, tilt) in enumerate(zip(moves.tolist(), slope.tolist(), strict=True)):
        ten = max(ten + move / 100 + 0.0012 * (3.4 - ten), 0.45)
        steep += 0.017 * tilt + 0.0022 * (0.85 - steep)
        tens[t], steeps[t] = ten, steep
    change = np.diff(tens, prepend=tens[0]) * 100
    two = np.maximum(tens - steeps, 0.08)
    return change, {
        "DGS3MO": np.maximum(two - 0.35 * steeps, 0.02),
        "DGS2": two,
        "DGS5": np.maximum(tens - 0.55 * steeps, 0.12),
        "DGS10": tens,
        "DGS30": tens + 0.25 + 0.25 * np.maximum(steeps, 0),
        "^TNX": tens,
    }


def _spread(noise: Floats, market: Floats) -> Floats:
    level, out = 3.4, np.empty(len(noise))
    for t, (shock, move) in enumerate(zip(noise.tolist(), market.tolist(), strict=True)):
        level = max(level - 0.085 * move + 0.03 * shock + 0.009 * (3.6 - level), 2.35)
        out[t] = level
    return out


def _reverting(moves: Floats, pull: float, centre: float) -> Floats:
    """Daily percents whose sum is drawn back to ``centre`` percent of log growth."""
    total, out = 0.0, np.empty(len(moves))
    for t, move in enumerate(moves.tolist()):
        step = move + pull * (centre - total)
        total += step
        out[t] = step
    return out
