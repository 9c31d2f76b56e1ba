"""How unusual a last move is, and whether another series bears it out. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from newsletter.instruments import Kind
from newsletter.market import Members, Series

TRACKERS: Mapping[str, tuple[str, ...]] = {
    "^GSPC": ("SPY",),
    "^RUT": ("IWM",),
    "^DJI": ("DIA",),
    "^NDX": ("QQQ",),
    "^IXIC": ("^NDX", "QQQ"),
    "SPY": ("^GSPC",),
    "IWM": ("^RUT",),
    "DIA": ("^DJI",),
    "QQQ": ("^NDX", "^IXIC"),
    "^TNX": ("DGS10",),
    "DGS10": ("^TNX",),
    "CL=F": ("USO",),
    "USO": ("CL=F",),
    "GC=F": ("GLD",),
    "GLD": ("GC=F",),
}
"""Series that follow the same thing: their moves differ by tenths of a point at most."""

Floats = np.ndarray[tuple[Any, ...], np.dtype[np.floating[Any]]]

EQUITIES = frozenset({Kind.INDEX, Kind.ETF, Kind.SECTOR})
BONDS = ("TLT", "LQD", "HYG")
RATES = frozenset({Kind.YIELD, Kind.CREDIT})

DECAY = 0.94
"""Of the exponentially weighted variance, as RiskMetrics has it."""

FLOORS = {Kind.VOLATILITY: 3.0, Kind.YIELD: 2.0, Kind.CREDIT: 2.0}
FLOOR = 0.3
"""The least that counts as an ordinary move, in percent (rates: bp): a market asleep is no measure."""

MEMORY = 250
SPLITS = (1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 15.0, 20.0, 25.0, 30.0, 50.0, 100.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """The last move of a series: percent, or basis points for rates. ``z`` in its own EWMA sigmas before it."""

    size: float
    z: float
    ratio: float
    volume: float
    """Today's volume over the median of the fifty sessions before; NaN where not known."""


def last_move(series: Series) -> Move | None:
    """How the newest close compares with the one before; None without twenty earlier moves."""
    close = series.close.to_numpy()[-MEMORY - 2 :]
    if len(close) < 22:
        return None
    moves = _moves(close, series.instrument.kind)
    variance = float(np.mean(moves[:20] ** 2))
    for move in moves[20:-1]:
        variance = DECAY * variance + (1 - DECAY) * move * move
    sigma = max(np.sqrt(variance), FLOORS.get(series.instrument.kind, FLOOR))
    ratio = float(close[-1] / close[-2]) if close[-2] else float("nan")
    return Move(
        size=float(moves[-1]), z=float(moves[-1] / sigma), ratio=ratio, volume=_volume(series.bars["volume"])
    )


def looks_like_a_split(move: Move) -> bool:
    """Whether the close changed by the factor of a usual split, to within 3 percent."""
    ratio = max(move.ratio, 1 / move.ratio) if move.ratio > 0 else 0.0
    return any(abs(ratio / split - 1) < 0.03 for split in SPLITS)


def tracks(a: float, b: float) -> bool:
    """Whether two daily moves in percent are of the same thing: 0.4 points, more on a wild day."""
    return abs(a - b) <= 0.4 + 0.15 * max(abs(a), abs(b))


def corroborated(
    series: Series,
    move: Move,
    moves: Mapping[str, Move],
    everything: Mapping[str, Series],
    members: Members | None,
    reported: Collection[str],
) -> bool:
    """Whether something else bears out an extreme move: a tracker, its peers, a report, or heavy trading."""
    symbol = series.symbol
    for other in TRACKERS.get(symbol, ()):
        if other in moves and _agrees(series, move, moves[other]):
            return True
    if _peers_agree(series, move, moves, everything):
        return True
    if series.instrument.kind is Kind.STOCK:
        panel = _panel_move(symbol, members)
        if panel is not None and tracks(panel, move.size):
            return True
        if symbol in reported and abs(move.size) < 60:
            return True
    if series.instrument.kind is Kind.COMMODITY and _went_there(series):
        return True
    return move.volume >= 2 and not looks_like_a_split(move)


def _went_there(series: Series) -> bool:
    """Whether the day opened where the day before closed: the bar holds the whole way, as when crude fell below zero.

    A change of units or contract has its open at the new price already.
    """
    rows = series.bars[["open", "high", "low", "close"]].to_numpy()[-2:]
    opened, high, low, close = (float(price) for price in rows[-1])
    return bool(low <= close <= high and abs(opened / rows[0][3] - 1) < 0.05)


def _agrees(series: Series, move: Move, other: Move) -> bool:
    if series.instrument.kind in RATES:
        return abs(move.size - other.size) <= 5
    return tracks(move.size, other.size) or _same_way(move, other)


def _same_way(move: Move, other: Move, *, opposite: bool = False) -> bool:
    """Another moved the same way, itself unusually and at least a quarter as far."""
    sign = -1 if opposite else 1
    return bool(np.sign(move.size) == sign * np.sign(other.size)) and (
        abs(other.z) >= 2.5 and abs(other.size) >= abs(move.size) / 4
    )


def _peers_agree(
    series: Series, move: Move, moves: Mapping[str, Move], everything: Mapping[str, Series]
) -> bool:
    kind = series.instrument.kind
    if kind is Kind.VOLATILITY:
        stocks = moves.get("^GSPC")
        return stocks is not None and stocks.size * move.size < 0 and abs(stocks.size) >= 1
    if kind in RATES and any(
        bond in moves and np.sign(moves[bond].size) == -np.sign(move.size) and abs(moves[bond].z) >= 2.5
        for bond in BONDS
    ):
        return True
    return sum(_same_way(move, other) for other in _peers(series, moves, everything)) >= 1


def _peers(series: Series, moves: Mapping[str, Move], everything: Mapping[str, Series]) -> Iterator[Move]:
    kind = series.instrument.kind
    family = RATES if kind in RATES else EQUITIES
    for symbol, other in everything.items():
        if symbol != series.symbol and symbol in moves and other.instrument.kind in family:
            yield moves[symbol]


def _panel_move(symbol: str, members: Members | None) -> float | None:
    if members is None or symbol not in members.closes:
        return None
    closes = members.closes[symbol].dropna().to_numpy()[-2:]
    return float(100 * (closes[1] / closes[0] - 1)) if len(closes) == 2 else None


def _moves(close: Floats, kind: Kind) -> Floats:
    change = np.diff(close)
    if kind in RATES:
        return np.round(100 * change, 6)
    # A price may cross zero (crude did); against a typical price the change still has a size.
    base = close[:-1].copy()
    odd = base <= 0
    base[odd] = max(float(np.median(np.abs(close))), 1e-9)
    return 100 * change / base


def _volume(volume: pd.Series[float]) -> float:
    recent = volume.to_numpy()[-51:]
    before = recent[:-1][recent[:-1] > 0]
    if len(before) < 20 or not recent[-1] > 0:
        return float("nan")
    return float(recent[-1] / np.median(before))
