"""Clauses about one session of the real history: what a right implementation finds there.

Each builder names the clause, says how the product answers it, and what the answer must be.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from newsletter.stories import context
from newsletter.stories.firings import Firings, Hit
from newsletter.stories.prepared import Market
from newsletter.stories.registry import BY_NAME
from newsletter.stories.tracks import Track
from tests.stories_support import LAST, real_day

SP, NASDAQ, DOW, RUSSELL, VIX = "^GSPC", "^IXIC", "^DJI", "^RUT", "^VIX"
TWO_TEN = "spread:DGS10-DGS2"
SECTORS, BREADTH = "sectors:SPDR", "breadth:SPX"
SMALL_LARGE, TECH_DOW = "pair:^RUT-^GSPC", "pair:^IXIC-^DJI"
FILE = "file"
"""In place of a date: no such move in the whole file."""


@lru_cache(maxsize=1)
def whole(folder: Path) -> Market:
    """The whole real history, prepared once for every test."""
    return Market(day=real_day(folder, LAST))


def track(market: Market, entity: str) -> Track:
    found = market.track(entity)
    assert found is not None, entity
    return found


def row_of(on: Track, day: str) -> int:
    row = on.row(date.fromisoformat(day))
    assert row is not None, f"{on.entity} did not trade on {day}"
    return row


def fired(market: Market, detector: str, entity: str) -> tuple[Track, Firings]:
    on = track(market, entity)
    return on, BY_NAME[detector].run(on)


def hit(market: Market, detector: str, entity: str, day: str) -> Hit | None:
    on, found = fired(market, detector, entity)
    k = found.on(row_of(on, day))
    return None if k is None else found.hit(k)


def value(market: Market, entity: str, day: str, column: str) -> float:
    on = track(market, entity)
    return float(getattr(on, column)[row_of(on, day)])


def fires_on(market: Market, detector: str, entity: str, first: str, last: str) -> list[str]:
    on, found = fired(market, detector, entity)
    listed = [str(on.day(int(row))) for row in found.at]
    return [day for day in listed if first <= day <= last]


@dataclass(frozen=True, kw_only=True, slots=True)
class Clause:
    """``answer`` asks the product about a day; figures may differ by ``within``."""

    name: str
    answer: Callable[[Market, str], object]
    expected: object
    within: float = 0.0

    def holds(self, market: Market, day: str) -> None:
        found = self.answer(market, day)
        wanted = (
            pytest.approx(self.expected, abs=self.within)
            if isinstance(self.expected, float)
            else self.expected
        )
        assert found == wanted, f"{day} {self.name}: {found}, not {self.expected}"


def figure(entity: str, column: str, expected: float, within: float = 0.01) -> Clause:
    """A column of a track: close, high, moves, dist_record (percent), drought, runs."""
    return Clause(
        name=f"{column} {entity}",
        answer=lambda market, day: value(market, entity, day, column),
        expected=float(expected),
        within=within,
    )


def close(entity: str, expected: float) -> Clause:
    return figure(entity, "close", expected)


def move(entity: str, expected: float, within: float = 0.01) -> Clause:
    """Percent, or whole basis points of a yield."""
    return figure(entity, "moves", expected, within)


def below(entity: str, expected: float) -> Clause:
    """Percent below the record close."""
    return figure(entity, "dist_record", expected)


def points(entity: str, expected: float) -> Clause:
    """Change in points, to 0.05."""

    def answer(market: Market, day: str) -> float:
        on = track(market, entity)
        row = row_of(on, day)
        return float(on.close[row] - on.close[row - 1])

    return Clause(name=f"points {entity}", answer=answer, expected=float(expected), within=0.05)


def session_before(entity: str, expected: str) -> Clause:
    """The session before, which a known move is measured from."""

    def answer(market: Market, day: str) -> str:
        on = track(market, entity)
        return str(on.day(row_of(on, day) - 1))

    return Clause(name=f"session before of {entity}", answer=answer, expected=expected)


def part(entity: str, name: str, expected: float) -> Clause:
    """A further column of a compound track."""

    def answer(market: Market, day: str) -> float:
        on = track(market, entity)
        return float(on.parts[name][row_of(on, day)])

    return Clause(name=f"{name} of {entity}", answer=answer, expected=float(expected), within=0.01)


def sectors_up(expected: int) -> Clause:
    def answer(market: Market, day: str) -> int:
        on = track(market, SECTORS)
        return sum(float(moves[row_of(on, day)]) > 0 for moves in on.parts.values())

    return Clause(name="sectors up", answer=answer, expected=expected)


def record_day(entity: str, expected: str) -> Clause:
    """The day of the record that held at the close."""

    def answer(market: Market, day: str) -> str:
        on = track(market, entity)
        return str(on.day(int(on.last_record[row_of(on, day)])))

    return Clause(name=f"record of {entity}", answer=answer, expected=expected)


def nth(entity: str, expected: int) -> Clause:
    """Which record of its year it is."""

    def answer(market: Market, day: str) -> int:
        on = track(market, entity)
        row = row_of(on, day)
        return int(on.records[row]) and records_to_date(on, row)

    return Clause(name=f"nth record {entity}", answer=answer, expected=expected)


def records_so_far(entity: str, expected: int) -> Clause:
    """Records of the year up to that day."""
    return Clause(
        name=f"records of the year {entity}",
        answer=lambda market, day: records_to_date(track(market, entity), row_of(track(market, entity), day)),
        expected=expected,
    )


def records_to_date(on: Track, row: int) -> int:
    first = on.row_up_to(date(on.day(row).year - 1, 12, 31)) + 1
    return int(on.records[first : row + 1].sum())


def fires(detector: str, entity: str) -> Clause:
    return Clause(
        name=f"{detector} {entity}",
        answer=lambda market, day: hit(market, detector, entity, day) is not None,
        expected=True,
    )


def silent(detector: str, entity: str) -> Clause:
    return Clause(
        name=f"no {detector} {entity}",
        answer=lambda market, day: hit(market, detector, entity, day) is not None,
        expected=False,
    )


def direction(detector: str, entity: str, expected: int) -> Clause:
    return Clause(
        name=f"direction of {detector} {entity}",
        answer=lambda market, day: _hit(market, detector, entity, day).direction,
        expected=expected,
    )


def since(detector: str, entity: str, expected: str) -> Clause:
    """The day a story's "since" names; FILE where there is none."""

    def answer(market: Market, day: str) -> str:
        back = _hit(market, detector, entity, day).yardstick
        return str(track(market, entity).day(back)) if back >= 0 else FILE

    return Clause(name=f"{detector} {entity} since", answer=answer, expected=expected)


def span(detector: str, entity: str, expected: int) -> Clause:
    """Sessions from a story's yardstick to the day."""

    def answer(market: Market, day: str) -> int:
        found = _hit(market, detector, entity, day)
        return found.row - found.yardstick

    return Clause(name=f"{detector} {entity} span", answer=answer, expected=expected)


def between(detector: str, entity: str, expected: int) -> Clause:
    """Sessions strictly between a story's yardstick and the day."""

    def answer(market: Market, day: str) -> int:
        found = _hit(market, detector, entity, day)
        return found.row - found.yardstick - 1

    return Clause(name=f"{detector} {entity} strictly between", answer=answer, expected=expected)


def extra(detector: str, entity: str, name: str, expected: float) -> Clause:
    """A number the rule hands to its facts."""
    return Clause(
        name=f"{name} of {detector} {entity}",
        answer=lambda market, day: float(_hit(market, detector, entity, day).extra[name]),
        expected=float(expected),
        within=0.01,
    )


def leg(detector: str, entity: str, expected: float) -> Clause:
    """Percent from the turn a drawdown rule measures from."""

    def answer(market: Market, day: str) -> float:
        found = _hit(market, detector, entity, day)
        on = track(market, entity)
        return float((on.close[found.row] / on.close[found.yardstick] - 1.0) * 100.0)

    return Clause(name=f"leg of {detector} {entity}", answer=answer, expected=float(expected), within=0.01)


def ordinary_span(entity: str, expected: int) -> Clause:
    """Sessions back to the last same-sign move at least as large, where that is no story."""

    def answer(market: Market, day: str) -> int:
        on = track(market, entity)
        row = row_of(on, day)
        return row - on.yardstick(row)

    return Clause(name=f"span of {entity}", answer=answer, expected=expected)


def since_fact(entity: str, metric: str, expected: str) -> Clause:
    """``level_since``, ``level_extreme`` or ``streak_since`` among the facts of the position."""

    def answer(market: Market, day: str) -> str:
        on = track(market, entity)
        found = {item.metric: item.value for item in context.position(on, row_of(on, day))}
        return str(found.get(metric))

    return Clause(name=f"{metric} {entity}", answer=answer, expected=expected)


def longest_wait(entity: str, *against: str) -> Clause:
    """No wait for a record, of this index or ``against`` others, is as long in the files."""

    def answer(market: Market, day: str) -> bool:
        here = value(market, entity, day, "drought")
        others = [int(track(market, name).drought.max()) for name in against]
        own = np.delete(track(market, entity).drought, row_of(track(market, entity), day))
        # The days of the wait itself count up to it; no other wait gets as far.
        return bool(here >= max([*others, int(own.max())]))

    return Clause(name=f"longest wait {entity}", answer=answer, expected=True)


def shares_smaller(entity: str, expected: float) -> Clause:
    """Share in percent of the 1,260 sessions before with a smaller absolute move or gap, to 0.1."""

    def answer(market: Market, day: str) -> float:
        on = track(market, entity)
        row = row_of(on, day)
        before = on.sizes[row - 1260 : row]
        return 100.0 * float((before < on.sizes[row] - 1e-9).mean())

    return Clause(name=f"share {entity}", answer=answer, expected=float(expected), within=0.05)


def _hit(market: Market, detector: str, entity: str, day: str) -> Hit:
    found = hit(market, detector, entity, day)
    assert found is not None, f"{detector} is silent on {entity} on {day}"
    return found
