"""Tracks made of several series: pairs, spreads, sectors, and what sets one market against another."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import pandas as pd

from newsletter.facts import Unit
from newsletter.stories import arrays
from newsletter.stories.arrays import Floats, Ints
from newsletter.stories.tracks import Days, Track, warm_start

PAIRS = (
    ("^RUT", "^GSPC"),
    ("^IXIC", "^DJI"),
    ("^RUT", "^IXIC"),
    ("RSP", "SPY"),
    ("IWF", "IWD"),
    ("SMH", "SPY"),
    ("XLY", "XLP"),
    ("KRE", "SPY"),
)
SPREADS = (("DGS10", "DGS2"), ("DGS10", "DGS3MO"))
SECTOR_FUNDS = ("XLK", "XLF", "XLE", "XLV", "XLY", "XLP", "XLI", "XLU", "XLB", "XLRE", "XLC")
SECTORS = "sectors:SPDR"


IMPLIED = "risk:implied"
CORRELATION = "cross:stocks-bonds"
COMBO = "cross:stocks-bonds-dollar"
CREDIT = ("HYG", "LQD")
RATIOS = (("GC=F", "^GSPC"), ("GC=F", "SI=F"), ("HG=F", "GC=F"), ("^VIX", "^VIX3M"))
"""Ratios of two closes; a live universe may add the metals and the three-month VIX."""


class House(Protocol):
    """What gives the single tracks."""

    @property
    def warm(self) -> int | None: ...

    def track(self, entity: str) -> Track | None: ...


def pair(first: str, second: str) -> str:
    """``pair:^RUT-^GSPC``."""
    return f"pair:{first}-{second}"


def spread(first: str, second: str) -> str:
    """``spread:DGS10-DGS2``."""
    return f"spread:{first}-{second}"


def ratio(first: str, second: str) -> str:
    """``ratio:GC=F-^GSPC``."""
    return f"ratio:{first}-{second}"


def build(house: House, entity: str) -> Track | None:
    """The compound track of that name; None where a part has no data or there is no such compound."""
    for first, second in (*PAIRS, CREDIT):
        if entity == pair(first, second):
            return _pair(house, first, second)
    for first, second in SPREADS:
        if entity == spread(first, second):
            return _spread(house, first, second)
    for first, second in RATIOS:
        if entity == ratio(first, second):
            return _ratio(house, first, second)
    made = {SECTORS: _sectors, IMPLIED: _implied, CORRELATION: _correlation, COMBO: _combo}.get(entity)
    return None if made is None else made(house)


class _Joint:
    """Tracks cut to the days common to all of them."""

    def __init__(self, house: House, tracks: list[Track]) -> None:
        days = tracks[0].days
        for other in tracks[1:]:
            days = np.intersect1d(days, other.days, assume_unique=True)
        self.days: Days = days
        self.tracks = tracks
        self.rows: list[Ints] = [np.searchsorted(item.days, days) for item in tracks]
        self.start = warm_start(len(days), house.warm)
        self.source = ", ".join(item.source for item in tracks)

    def moves(self, k: int) -> Floats:
        result: Floats = self.tracks[k].moves[self.rows[k]]
        return result

    def close(self, k: int) -> Floats:
        result: Floats = self.tracks[k].close[self.rows[k]]
        return result

    def ratio(self) -> Floats:
        """The first close over the second; NaN where either is not above zero."""
        first, second = self.close(0), self.close(1)
        out = np.full(len(self.days), np.nan)
        sound = (first > 0) & (second > 0)
        out[sound] = first[sound] / second[sound]
        return out


def _joint(house: House, *entities: str) -> _Joint | None:
    found = [track for track in map(house.track, entities) if track is not None]
    if len(found) < len(entities):
        return None
    joint = _Joint(house, found)
    return joint if len(joint.days) else None


def _compound(joint: _Joint, entity: str, **columns: object) -> Track:
    none = np.full(len(joint.days), np.nan)
    values: dict[str, object] = {
        "close": none,
        "moves": none,
        "unit": Unit.LEVEL,
        "move_unit": Unit.PP,
        **columns,
    }
    return Track(
        entity=entity,
        kind=None,
        days=joint.days,
        source=joint.source,
        start=joint.start,
        **values,  # type: ignore[arg-type]  # a mapping of arrays; the checker can't pair them with fields
    )


def _pair(house: House, first: str, second: str) -> Track | None:
    joint = _joint(house, first, second)
    if joint is None:
        return None
    one, two = joint.moves(0), joint.moves(1)
    return _compound(
        joint,
        pair(first, second),
        close=joint.ratio(),
        moves=one - two,
        parts={"first": one, "second": two},
    )


def _ratio(house: House, first: str, second: str) -> Track | None:
    joint = _joint(house, first, second)
    if joint is None:
        return None
    close = joint.ratio()
    return _compound(
        joint, ratio(first, second), close=close, moves=arrays.percent_change(close), move_unit=Unit.PCT
    )


def _spread(house: House, first: str, second: str) -> Track | None:
    joint = _joint(house, first, second)
    if joint is None:
        return None
    close = np.rint((joint.close(0) - joint.close(1)) * 100.0)
    moves = np.concatenate(([np.nan], np.diff(close)))
    return _compound(joint, spread(first, second), close=close, moves=moves, unit=Unit.BP, move_unit=Unit.BP)


def _sectors(house: House) -> Track | None:
    joint = _joint(house, *SECTOR_FUNDS)
    if joint is None:
        return None
    table = np.vstack([joint.moves(k) for k in range(len(SECTOR_FUNDS))])
    return _compound(
        joint,
        SECTORS,
        moves=table.max(axis=0) - table.min(axis=0),  # NaN where one of the eleven has none
        parts=dict(zip(SECTOR_FUNDS, table, strict=True)),
    )


def _implied(house: House) -> Track | None:
    """The VIX less what the S&P 500 realised over 21 sessions, in points of annual volatility."""
    joint = _joint(house, "^VIX", "^GSPC")
    if joint is None:
        return None
    deviation = pd.Series(joint.tracks[1].moves).rolling(21, min_periods=21).std().to_numpy(dtype=float)
    realised = (deviation * np.sqrt(252.0))[joint.rows[1]]
    return _compound(joint, IMPLIED, moves=joint.close(0) - realised, parts={"realised": realised})


def _correlation(house: House) -> Track | None:
    """63-session correlation of the S&P 500's moves and bond prices (minus the change of the 10-year yield)."""
    joint = _joint(house, "^GSPC", "DGS10")
    if joint is None:
        return None
    stocks, bonds = pd.Series(joint.moves(0)), pd.Series(-joint.moves(1))
    close = stocks.rolling(63, min_periods=63).corr(bonds).replace([np.inf, -np.inf], np.nan)
    return _compound(joint, CORRELATION, close=close.to_numpy(dtype=float))


def _combo(house: House) -> Track | None:
    joint = _joint(house, "^GSPC", "DGS10", "DX-Y.NYB")
    if joint is None:
        return None
    return _compound(
        joint,
        COMBO,
        parts={"stocks": joint.moves(0), "yields": joint.moves(1), "dollar": joint.moves(2)},
    )
