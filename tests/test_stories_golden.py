"""Base rates, sequences and firing rates of the real history: expected values were computed apart from this code."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from newsletter.replay import base_rates
from newsletter.stories import volatility
from newsletter.stories.prepared import Market
from newsletter.stories.registry import BY_NAME
from newsletter.stories.tracks import Track
from tests.golden_support import DOW, NASDAQ, RUSSELL, SECTORS, SP, TWO_TEN, VIX, fires_on, track, whole
from tests.stories_support import LAST

pytestmark = pytest.mark.shared

BEFORE = date(2004, 1, 1)


@pytest.fixture(scope="module")
def market(shared: Path) -> Market:
    return whole(shared)


BASE_RATES: dict[int, list[int]] = {
    1: [440, 326, 410, 279],
    2: [10, 13],
    3: [4, 6],
    4: [563, 252, 111, 43, 14, 598, 280, 124, 54, 26],
    5: [188, 107, 68],
    6: [669, 389],
    7: [62, 87],
    8: [380, 156, 22],
    9: [7],
    10: [2189, 672, 134],
    11: [696, 130, 280, 104],
    12: [
        1991,
        867,
        484,
    ],  # without rounding 15% of the moves of 5 bp or more vanish: 4.30 - 4.25 is 4.9999...
    13: [51, 30, 16],
    14: [67],
    15: [1386, 383, 142, 35],
    16: [200, 325],
}
"""How often each condition of the table held from 2004-01-02 to 2025-09-30, in the order it is listed."""


def test_base_rates(market: Market) -> None:
    rates = base_rates(market, date(2004, 1, 2), LAST)
    found: dict[int, list[int]] = {}
    for rate in rates:
        found.setdefault(rate.number, []).append(rate.count)
    assert found == BASE_RATES
    assert all(rate.count == rate.documented for rate in rates)


@pytest.mark.parametrize(
    ("entity", "sessions"), [(SP, 5471), (RUSSELL, 5471), ("DGS10", 5441), ("HY_OAS", 568), (SECTORS, 1830)]
)
def test_sessions_counted(market: Market, entity: str, sessions: int) -> None:
    rates = [rate for rate in base_rates(market, date(2004, 1, 2), LAST) if rate.entity == entity]
    assert {rate.sessions for rate in rates} == {sessions}
    assert {rate.documented_sessions for rate in rates} == {sessions}


# Sequences: exact sets, no extra members.


@pytest.mark.parametrize(
    ("detector", "entity", "first", "last", "expected"),
    [
        (
            "drawdown_enter_20",
            SP,
            "1990",
            "2021-12-31",
            "2001-03-12 2002-07-10 2008-07-09 2009-02-23 2020-03-12",
        ),
        (
            "drawdown_exit_20",
            SP,
            "1990",
            "2021-12-31",
            "2001-12-05 2002-08-22 2008-12-08 2009-03-23 2020-04-08",
        ),
        (
            "drawdown_enter_10",
            SP,
            "2007",
            "2021-12-31",
            (
                "2007-11-26 2008-06-26 2008-10-22 2008-11-06 2009-01-20 2010-05-20 2011-08-04 2015-08-24 2016-01-13 "
                "2018-02-08 2018-11-23 2020-02-27"
            ),
        ),
        (
            "curve_flip",
            TWO_TEN,
            "1985",
            "2025-09-30",
            (
                "2000-02-02 2000-12-27 2005-12-27 2006-01-09 2006-02-06 2006-03-08 2006-03-27 2006-04-05 2006-06-08 "
                "2007-03-21 2007-05-03 2007-06-13 2019-08-27 2019-09-10 2022-04-01 2022-04-11 2022-07-06 2024-08-28"
            ),
        ),
        ("near_miss", RUSSELL, "1985", "2025-09-30", "2012-10-19 2014-07-17 2024-11-15 2024-12-18"),
        ("near_miss", NASDAQ, "1985", "2025-09-30", ""),
    ],
)
def test_sequences(market: Market, detector: str, entity: str, first: str, last: str, expected: str) -> None:
    assert fires_on(market, detector, entity, first, last) == expected.split()


@pytest.mark.parametrize(
    ("entity", "year", "count"),
    [
        (SP, 1995, 77),
        (SP, 2013, 45),
        (SP, 2014, 53),
        (SP, 2017, 62),
        (SP, 2021, 70),
        (SP, 2023, 0),
        (SP, 2024, 57),
        (NASDAQ, 2017, 72),
        (NASDAQ, 2021, 46),
        (DOW, 2017, 71),
        (DOW, 2024, 48),
        (RUSSELL, 2013, 68),
        (RUSSELL, 2017, 31),
    ],
)
def test_records_a_year(market: Market, entity: str, year: int, count: int) -> None:
    assert len(fires_on(market, "record_close", entity, f"{year}-01-01", f"{year}-12-31")) == count


# Share of sessions on which each rule fires per entity, against the reference replay.


@pytest.mark.parametrize("name", [name for name, item in BY_NAME.items() if item.reference is not None])
def test_firing_rates(market: Market, name: str) -> None:
    detector = BY_NAME[name]
    assert detector.reference is not None
    low, high = detector.reference
    core = {SP, NASDAQ, DOW, RUSSELL}
    tracks: list[Track] = list(detector.entities(market))
    if any(item.entity in core for item in tracks):
        tracks = [item for item in tracks if item.entity in core]
    for on in tracks:
        found = detector.run(on)
        first = on.row_up_to(BEFORE) + 1
        n = max(len(on) - first, 1)
        signs = (1, -1) if name in ("level_since", "rotation_extreme", "curve_extreme") else (0,)
        for sign in signs:
            mine = (found.at >= first) & ((found.direction == sign) if sign else True)
            rate = 100.0 * mine.sum() / n
            assert 0.5 * low - 0.02 <= rate <= 2.0 * high + 0.02, (on.entity, rate)


def test_vix_sides_are_the_reader_s(market: Market) -> None:
    on = track(market, VIX)
    assert set(volatility.vix_cross(on).extra["milestone"].tolist()) == {15.0, 20.0, 30.0, 40.0}
