"""Tracks: one entity's history prepared for detectors.

A track is arrays of one row a trading day of its own calendar. What several detectors need (moves, records, runs,
spans) is computed once, on first use. Everything is causal: row t rests on rows up to t.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from newsletter.facts import Unit
from newsletter.instruments import Kind
from newsletter.market import Series, State
from newsletter.stories import arrays
from newsletter.stories.arrays import Bools, Floats, Ints

Days = NDArray[np.datetime64]

LEVEL_UNITS = {
    Kind.INDEX: Unit.LEVEL,
    Kind.VOLATILITY: Unit.LEVEL,
    Kind.CURRENCY: Unit.LEVEL,
    Kind.YIELD: Unit.PCT,
    Kind.CREDIT: Unit.PCT,
}
"""What a close is counted in; all else is priced in dollars."""

IN_BASIS_POINTS = frozenset({Kind.YIELD, Kind.CREDIT})
OWN_CALENDAR = frozenset({Kind.CRYPTO, Kind.COMMODITY, Kind.CURRENCY, Kind.YIELD, Kind.CREDIT})
"""These keep other holidays than the exchange: their rows are their own trading days."""

TINY, HUGE = 1e-12, 1e15

SPLITS = frozenset({Kind.STOCK, Kind.ETF, Kind.SECTOR})
"""These split their shares; a file that mixes closes from before and after shows a fall that never was."""

RATIOS = (2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 15.0, 20.0, 25.0, 30.0, 50.0)
NEAR_RATIO = 0.04
"""How near a ratio of closes must be to that of a split: no more than a session's ordinary move."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Track:
    """One entity's rows, oldest first.

    ``moves`` are what one session did: percent for prices, whole basis points for yields and spreads, percentage
    points for pairs; NaN on the first row and wherever a session is missing before it. ``close`` is NaN throughout for
    a track that has no level (the sectors). ``next_day`` is the exchange's next session, where the track keeps its
    calendar. Detectors that rank need only be right from row ``start``. ``parts`` are further columns.
    """

    entity: str
    kind: Kind | None
    days: Days
    close: Floats
    moves: Floats
    unit: Unit
    move_unit: Unit
    source: str
    high: Floats | None = None
    low: Floats | None = None
    volume: Floats | None = None
    intraday: bool = True
    start: int = 0
    next_day: Days = field(default_factory=lambda: np.zeros(0, dtype="datetime64[D]"))
    parts: Mapping[str, Floats] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.days)

    def row(self, day: date) -> int | None:
        """The row of ``day``, or None where it didn't trade."""
        at = int(np.searchsorted(self.days, np.datetime64(day, "D")))
        return at if at < len(self.days) and self.days[at] == np.datetime64(day, "D") else None

    def row_up_to(self, day: date) -> int:
        """The last row dated ``day`` or before; -1 where there is none."""
        return int(np.searchsorted(self.days, np.datetime64(day, "D"), side="right")) - 1

    def old_enough(self, sessions: int) -> Bools:
        """Rows with at least so many before them."""
        result: Bools = np.arange(len(self)) >= sessions
        return result

    def day(self, row: int) -> date:
        """The date of a row."""
        return as_date(self.days[row])

    @property
    def lag(self) -> int:
        """Sessions by which its figures come late: a credit spread of one session is published on the next."""
        return 1 if self.kind is Kind.CREDIT else 0

    @property
    def file(self) -> str:
        """The window that reaches back to the first row: ``file@1987-09-10``."""
        return f"file@{self.day(0)}"

    @cached_property
    def sizes(self) -> Floats:
        """Absolute moves."""
        return np.abs(self.moves)

    @cached_property
    def rank_p(self) -> Floats:
        """R: two-sided rank p of each move in the 1,260 before it; NaN before ``start`` and with under 500 known."""
        return arrays.rank_p(self.sizes, least=500, start=self.start)

    @cached_property
    def peak_before(self) -> Floats:
        """Highest close before each row; -inf on the first."""
        filled = np.where(np.isnan(self.close), -np.inf, self.close)
        return np.concatenate(([-np.inf], np.maximum.accumulate(filled)[:-1])) if len(filled) else filled

    @cached_property
    def records(self) -> Bools:
        """Rows whose close is above every close before; the first row opens the file and counts as one."""
        result: Bools = self.close > self.peak_before
        return result

    @cached_property
    def last_record(self) -> Ints:
        """Row of the newest record up to and with each row; -1 before there is one."""
        return arrays.last_at(self.records)

    @cached_property
    def drought(self) -> Ints:
        """Sessions on which no record was set: since the last one, or on a record day between it and the one before."""
        at = np.arange(len(self))
        return np.where(self.records, at - arrays.last_before(self.records) - 1, at - self.last_record)

    @cached_property
    def record_close(self) -> Floats:
        """The record close as of each row, that row included."""
        return np.where(self.last_record >= 0, self.close[np.maximum(self.last_record, 0)], np.nan)

    @cached_property
    def dist_record(self) -> Floats:
        """Close against the record close in percent, 0 on a record; NaN where the record isn't above zero."""
        sound = self.record_close > 0
        out = np.full(len(self), np.nan)
        out[sound] = (self.close[sound] / self.record_close[sound] - 1.0) * 100.0
        return out

    @cached_property
    def turns_10(self) -> tuple[Ints, Ints, Ints]:
        """Turns of 10% on closes: rows, directions, rows of the extremes (`arrays.zigzag`)."""
        return arrays.zigzag(self.close, 0.10)

    @cached_property
    def turns_20(self) -> tuple[Ints, Ints, Ints]:
        """Turns of 20% on closes: rows, directions, rows of the extremes (`arrays.zigzag`)."""
        return arrays.zigzag(self.close, 0.20)

    @cached_property
    def runs(self) -> Ints:
        """Signed number of closes in a row of one sign."""
        return arrays.runs(self.moves)

    def signed(self, sign: int) -> Floats:
        """Moves of one sign as positive sizes; -inf elsewhere."""
        keep = np.nan_to_num(self.moves) * sign > 0
        return np.where(keep, self.sizes, -np.inf)

    def yardstick(self, row: int) -> int:
        """Row of the last earlier same-sign move at least as large as that of ``row``; -1 where there is none."""
        sign = int(np.sign(np.nan_to_num(self.moves[row])))
        if sign == 0:
            return -1
        return int(arrays.previous_larger(self.signed(sign), np.array([row]))[0])


def as_date(day: np.datetime64) -> date:
    """A numpy day as a date."""
    result: date = day.astype("datetime64[D]").item()
    return result


def price_track(series: Series, session: date, sessions: Days, ahead: Days, warm: int | None) -> Track | None:
    if not series.detectable:
        return None
    # A close of almost nothing is no price: a change from it is beyond what a float holds.
    size = series.bars["close"].abs()
    bars = series.bars[(size == 0.0) | ((size >= TINY) & (size <= HUGE))]
    days = bars.index.to_numpy().astype("datetime64[D]")
    kind = series.instrument.kind
    keep = days <= np.datetime64(session, "D")
    keep &= np.concatenate(([True], days[1:] > days[:-1])) if len(days) else keep
    own = kind in OWN_CALENDAR
    if not own:
        keep &= among(days, sessions)
    days = days[keep]
    if not len(days):
        return None
    close = bars["close"].to_numpy(dtype=float)[keep]
    in_bp = kind in IN_BASIS_POINTS
    moves = arrays.basis_points(close) if in_bp else arrays.percent_change(close)
    if not own:
        moves[_after_hole(days, sessions)] = np.nan
    if kind in SPLITS:
        moves[looks_split(close)] = np.nan

    def column(name: str) -> Floats | None:
        return bars[name].to_numpy(dtype=float)[keep] if name in bars.columns else None

    return Track(
        entity=series.symbol,
        kind=kind,
        days=days,
        close=close,
        moves=moves,
        unit=LEVEL_UNITS.get(kind, Unit.USD),
        move_unit=Unit.BP if in_bp else Unit.PCT,
        source=series.source,
        high=column("high"),
        low=column("low"),
        volume=column("volume"),
        intraday=series.state is State.OK,
        start=warm_start(len(days), warm),
        next_day=np.zeros(0, dtype="datetime64[D]") if own else ahead,
    )


def warm_start(rows: int, warm: int | None) -> int:
    """First row that has to be ranked, of a track with so many rows; all of them where ``warm`` is None."""
    return 0 if warm is None else max(rows - warm, 0)


def among(days: Days, sessions: Days) -> Bools:
    """Which of ``days`` are in ``sessions``, which ascend."""
    at = np.minimum(np.searchsorted(sessions, days), max(len(sessions) - 1, 0))
    result: Bools = sessions[at] == days if len(sessions) else np.zeros(len(days), dtype=bool)
    return result


def _after_hole(days: Days, sessions: Days) -> Bools:
    """Rows with a session missing before them: their change spans two sessions and would invent a "biggest since"."""
    position = np.searchsorted(sessions, days)
    return np.concatenate(([False], np.diff(position) > 1))


def looks_split(close: Floats) -> Bools:
    """Rows whose close stands to the one before as after a split (or a reverse one) that nobody adjusted for.

    Only ratios of two or more count. A real move of that size is muted too: a fall by half says nothing that a reader
    should hear from a program.
    """
    result = np.zeros(len(close), dtype=bool)
    if len(close) < 2:
        return result
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.abs(np.log(close[:-1] / close[1:]))
    for split in RATIOS:
        result[1:] |= np.abs(ratio - np.log(split)) <= NEAR_RATIO
    return result
