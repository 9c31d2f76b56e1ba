"""Base rates: how often plain conditions held, beside the counts the rules were designed on.

They say nothing of what is told; they say whether data and arithmetic are those the rules were weighed with. The
documented counts are of 2004-01-02 to 2025-09-30, earlier history counting as history. Source: docs/stories.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from newsletter.stories import arrays, compounds, levels, macro, moves, relative
from newsletter.stories.arrays import Bools, Floats
from newsletter.stories.firings import Firings
from newsletter.stories.prepared import Market
from newsletter.stories.tracks import Track

SP, NASDAQ, DOW, RUSSELL, VIX = "^GSPC", "^IXIC", "^DJI", "^RUT", "^VIX"
SMALL_LARGE = compounds.pair(RUSSELL, SP)
TWO_TEN = compounds.spread("DGS10", "DGS2")

Condition = Callable[[Track], Bools]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rate:
    """On how many of ``sessions`` a condition held, and on how many of how many it did when the rules were designed."""

    number: int
    rule: str
    entity: str
    count: int
    sessions: int
    documented: int
    documented_sessions: int

    @property
    def percent(self) -> float:
        """Share of sessions in percent."""
        return 100.0 * self.count / self.sessions if self.sessions else 0.0

    @property
    def documented_percent(self) -> float:
        """The documented share in percent."""
        return 100.0 * self.documented / self.documented_sessions


def base_rates(market: Market, start: date, end: date) -> tuple[Rate, ...]:
    """Every condition between two days, each on its entity's own calendar; entities without data are left out."""
    return tuple(_rates(market, start, end))


def _rates(market: Market, start: date, end: date) -> Iterator[Rate]:
    for number, rule, entity, condition, documented, sessions in _table():
        track = market.track(entity)
        if track is None:
            continue
        inside = slice(track.row_up_to(start) + (track.row(start) is None), track.row_up_to(end) + 1)
        known = ~(np.isnan(track.close) & np.isnan(track.moves))
        with np.errstate(invalid="ignore"):
            held = condition(track)
        yield Rate(
            number=number,
            rule=rule,
            entity=entity,
            count=int(held[inside].sum()),
            sessions=int(known[inside].sum()),
            documented=documented,
            documented_sessions=sessions,
        )


def _table() -> Iterable[tuple[int, str, str, Condition, int, int]]:
    """Number, rule, entity, condition, documented count and sessions."""
    for entity, count in ((SP, 440), (NASDAQ, 326), (DOW, 410), (RUSSELL, 279)):
        yield 1, "record close", entity, _fired(levels.record_close), count, 5471
    for number, wait, entity, count in (
        (2, 63, SP, 10),
        (2, 63, RUSSELL, 13),
        (3, 252, SP, 4),
        (3, 252, RUSSELL, 6),
    ):
        yield number, f"record after {wait} sessions or more", entity, _waited(wait), count, 5471
    for entity, counts in ((SP, (563, 252, 111, 43, 14)), (RUSSELL, (598, 280, 124, 54, 26))):
        for length, count in enumerate(counts, start=4):
            yield 4, f"run of {length} or more", entity, _run(length), count, 5471
    for span, count in ((63, 188), (126, 107), (252, 68)):
        yield 5, f"largest gain or drop in {span} sessions or more", SP, _span(span), count, 5471
    for entity, count in ((SP, 669), (RUSSELL, 389)):
        yield 6, "highest close of 252", entity, _highest, count, 5471
    for entity, count in ((SP, 62), (RUSSELL, 87)):
        yield 7, "lowest close of 252", entity, _lowest, count, 5471
    for fast, slow, count in ((1, 50, 380), (1, 200, 156), (50, 200, 22)):
        name = "close" if fast == 1 else f"SMA{fast}"
        yield 8, f"{name} crosses SMA{slow}", SP, _means_cross(fast, slow), count, 5471
    yield 9, "first close 10% below the record", SP, _first_below(-10.0), 7, 5471
    for gap, count in ((0.5, 2189), (1.0, 672)):
        yield 10, f"gap of {gap:g} points or more", SMALL_LARGE, _sized(gap), count, 5471
    yield 10, "gap in the top 2% of 1,260", SMALL_LARGE, _top(0.98), 134, 5471
    for size, count in ((10.0, 696), (20.0, 130)):
        yield 11, f"move of {size:g}% or more", VIX, _sized(size), count, 5471
    for level, count in ((20.0, 280), (30.0, 104)):
        yield 11, f"close crosses {level:g}", VIX, _crosses(level), count, 5471
    for size, count in ((5.0, 1991), (8.0, 867), (10.0, 484)):
        yield 12, f"move of {size:g} bp or more", "DGS10", _sized(size), count, 5441
    yield 13, "changes sign, zero a side", TWO_TEN, lambda on: _side_changes(np.sign(on.close)), 51, 5441
    yield 13, "changes sign, zero skipped", TWO_TEN, lambda on: _side_changes(_kept_side(on.close)), 30, 5441
    yield 13, "changes sign by the side rule", TWO_TEN, _fired(macro.curve_flip), 16, 5441
    yield 14, "move of 10 bp or more", "HY_OAS", _sized(10.0), 67, 568
    for size, count in ((1.0, 1386), (2.0, 383), (3.0, 142), (5.0, 35)):
        yield 15, f"move of {size:g}% or more", SP, _sized(size), count, 5471
    yield (
        16,
        "opposite signs, a point apart",
        compounds.pair(NASDAQ, DOW),
        _fired(relative.sign_split),
        200,
        5471,
    )
    yield 16, "all or none of eleven sectors up", compounds.SECTORS, _fired(relative.sector_sweep), 325, 1830


def _fired(rule: Callable[[Track], Firings]) -> Condition:
    def condition(track: Track) -> Bools:
        return _flags(track, rule(track).at)

    return condition


def _flags(track: Track, at: arrays.Ints) -> Bools:
    held = np.zeros(len(track), dtype=bool)
    held[at] = True
    return held


def _waited(sessions: int) -> Condition:
    def condition(track: Track) -> Bools:
        at = levels.drought_end(track).at
        return _flags(track, at[track.drought[at] >= sessions])

    return condition


def _run(length: int) -> Condition:
    def condition(track: Track) -> Bools:
        at = moves.streak(track).at
        return _flags(track, at[np.abs(track.runs[at]) >= length])

    return condition


def _span(sessions: int) -> Condition:
    def condition(track: Track) -> Bools:
        found = moves.biggest_since(track)
        return _flags(track, found.at[found.extra["span"] >= sessions])

    return condition


def _highest(track: Track) -> Bools:
    result: Bools = track.close >= arrays.rolling_max(track.close, 251)
    return result


def _lowest(track: Track) -> Bools:
    result: Bools = track.close <= arrays.rolling_min(track.close, 251)
    return result


def _sized(least: float) -> Condition:
    def condition(track: Track) -> Bools:
        result: Bools = track.sizes >= least
        return result

    return condition


def _top(share: float) -> Condition:
    def condition(track: Track) -> Bools:
        ranked = pd.Series(track.sizes).rolling(arrays.WINDOW, min_periods=500).rank(pct=True)
        result: Bools = ranked.to_numpy(dtype=float) > share
        return result

    return condition


def _first_below(percent: float) -> Condition:
    def condition(track: Track) -> Bools:
        deep = track.dist_record <= percent
        result: Bools = deep & (arrays.last_before(deep) < track.last_record)
        return result

    return condition


def _means_cross(fast: int, slow: int) -> Condition:
    def condition(track: Track) -> Bools:
        close = pd.Series(track.close)
        return _side_changes(
            np.sign((close.rolling(fast).mean() - close.rolling(slow).mean()).to_numpy(dtype=float))
        )

    return condition


def _crosses(level: float) -> Condition:
    """A close exactly on the level has a side of its own."""

    def condition(track: Track) -> Bools:
        return _side_changes(np.sign(track.close - level))

    return condition


def _kept_side(close: Floats) -> Floats:
    """The sign of each close; on zero, that of the last one before."""
    signs = np.where(close == 0.0, np.nan, np.sign(close))
    return np.asarray(pd.Series(signs).ffill(), dtype=np.float64)


def _side_changes(sides: Floats) -> Bools:
    """Rows whose side is known and not that of the row before, which is known too."""
    held = np.zeros(len(sides), dtype=bool)
    held[1:] = (sides[1:] != sides[:-1]) & ~np.isnan(sides[1:]) & ~np.isnan(sides[:-1])
    return held
