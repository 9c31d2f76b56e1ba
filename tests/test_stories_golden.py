"""The numbers that docs/stories.md says a right implementation reproduces, on the real history.

Expected values were computed apart from this code. A comment after a date says why it is there.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from newsletter.stories import arrays, context, levels, macro, moves, relative, volatility
from newsletter.stories.firings import Firings, Hit
from newsletter.stories.prepared import Market
from newsletter.stories.registry import BY_NAME
from newsletter.stories.tracks import Track
from tests.stories_support import LAST, real_day

pytestmark = pytest.mark.shared

SP, NASDAQ, DOW, RUSSELL, VIX = "^GSPC", "^IXIC", "^DJI", "^RUT", "^VIX"
TWO_TEN = "spread:DGS10-DGS2"
BEFORE = date(2004, 1, 1)


@lru_cache(maxsize=1)
def _market(folder: Path) -> Market:
    return Market(day=real_day(folder, LAST))


@pytest.fixture(scope="module")
def market(shared: Path) -> Market:
    return _market(shared)


def track(market: Market, entity: str) -> Track:
    found = market.track(entity)
    assert found is not None, entity
    return found


def fired(market: Market, detector: str, entity: str) -> tuple[Track, Firings]:
    on = track(market, entity)
    return on, BY_NAME[detector].run(on)


def hit(market: Market, detector: str, entity: str, day: str) -> Hit | None:
    on, found = fired(market, detector, entity)
    row = on.row(date.fromisoformat(day))
    assert row is not None, f"{entity} did not trade on {day}"
    k = found.on(row)
    return None if k is None else found.hit(k)


def since(market: Market, entity: str, found: Hit | None) -> str | None:
    assert found is not None
    return str(track(market, entity).day(found.yardstick)) if found.yardstick >= 0 else None


def value(market: Market, entity: str, day: str, column: str) -> float:
    on = track(market, entity)
    row = on.row(date.fromisoformat(day))
    assert row is not None
    return float(getattr(on, column)[row])


def days(market: Market, detector: str, entity: str, first: str, last: str) -> list[str]:
    on, found = fired(market, detector, entity)
    listed = [str(on.day(int(row))) for row in found.at]
    return [day for day in listed if first <= day <= last]


# Base rates: sessions 2004-01-02 to 2025-09-30, earlier history counting as history.


def counted(on: Track, flags: np.ndarray) -> int:
    return int(flags[on.row_up_to(BEFORE) + 1 :].sum())


def fired_since(on: Track, found: Firings) -> int:
    first = on.row_up_to(BEFORE) + 1
    return int((found.at >= first).sum())


@pytest.mark.parametrize(("entity", "rows"), [(SP, 5471), (RUSSELL, 5471), ("DGS10", 5441)])
def test_sessions_counted(market: Market, entity: str, rows: int) -> None:
    on = track(market, entity)
    assert len(on) - (on.row_up_to(BEFORE) + 1) == rows


@pytest.mark.parametrize(("entity", "count"), [(SP, 440), (NASDAQ, 326), (DOW, 410), (RUSSELL, 279)])
def test_records(market: Market, entity: str, count: int) -> None:
    on = track(market, entity)
    assert fired_since(on, levels.record_close(on)) == count


@pytest.mark.parametrize(
    ("entity", "wait", "count"), [(SP, 63, 10), (RUSSELL, 63, 13), (SP, 252, 4), (RUSSELL, 252, 6)]
)
def test_records_after_a_wait(market: Market, entity: str, wait: int, count: int) -> None:
    on = track(market, entity)
    found = levels.drought_end(on)
    first = on.row_up_to(BEFORE) + 1
    assert int(((found.at >= first) & (on.drought[found.at] >= wait)).sum()) == count


@pytest.mark.parametrize(
    ("entity", "counts"), [(SP, [563, 252, 111, 43, 14]), (RUSSELL, [598, 280, 124, 54, 26])]
)
def test_streaks(market: Market, entity: str, counts: list[int]) -> None:
    on = track(market, entity)
    first = on.row_up_to(BEFORE) + 1
    found = moves.streak(on)
    lengths = np.abs(on.runs[found.at[found.at >= first]])
    assert [int((lengths >= n).sum()) for n in (4, 5, 6, 7, 8)] == counts


def test_spans_of_gains_and_drops(market: Market) -> None:
    on = track(market, SP)
    found = moves.biggest_since(on)
    spans = found.extra["span"][found.at > on.row_up_to(BEFORE)]
    assert [int((spans >= n).sum()) for n in (63, 126, 252)] == [188, 107, 68]


@pytest.mark.parametrize(("entity", "high", "low"), [(SP, 669, 62), (RUSSELL, 389, 87)])
def test_year_highs_and_lows(market: Market, entity: str, high: int, low: int) -> None:
    on = track(market, entity)
    first = on.row_up_to(BEFORE) + 1
    highs = on.close >= arrays.rolling_max(on.close, 251)
    lows = on.close <= arrays.rolling_min(on.close, 251)
    assert (int(highs[first:].sum()), int(lows[first:].sum())) == (high, low)


def test_first_ten_percent_falls(market: Market) -> None:
    on = track(market, SP)
    deep = on.dist_record <= -10.0
    first_since = deep & (arrays.last_before(deep) < on.last_record)
    assert counted(on, first_since) == 7


def test_russell_against_the_sp(market: Market) -> None:
    on = track(market, "pair:^RUT-^GSPC")
    assert counted(on, on.sizes >= 0.5) == 2189
    assert counted(on, on.sizes >= 1.0) == 672


def test_vix_moves(market: Market) -> None:
    on = track(market, VIX)
    assert (counted(on, on.sizes >= 10), counted(on, on.sizes >= 20)) == (696, 130)


def test_ten_year_moves_in_whole_basis_points(market: Market) -> None:
    # Without rounding 15% of the moves of 5 bp or more vanish: 4.30 - 4.25 is 4.9999...
    on = track(market, "DGS10")
    assert [counted(on, on.sizes >= n) for n in (5, 8, 10)] == [1991, 867, 484]


def test_curve_changes_side_sixteen_times(market: Market) -> None:
    on = track(market, TWO_TEN)
    assert fired_since(on, macro.curve_flip(on)) == 16


def test_large_moves(market: Market) -> None:
    on = track(market, SP)
    assert [counted(on, on.sizes >= n) for n in (1, 2, 3, 5)] == [1386, 383, 142, 35]


def test_split_signs_and_sweeps(market: Market) -> None:
    split = track(market, "pair:^IXIC-^DJI")
    assert fired_since(split, relative.sign_split(split)) == 200
    sectors = track(market, "sectors:SPDR")
    assert (len(sectors) - 1, len(relative.sector_sweep(sectors))) == (1830, 325)


# Golden facts.


@pytest.mark.parametrize(
    ("detector", "entity", "day", "move", "yardstick", "span"),
    [
        ("biggest_since", SP, "1997-10-27", -6.87, "1987-10-26", 2530),
        ("biggest_since", NASDAQ, "2001-01-03", 14.17, None, None),
        ("biggest_since", SP, "2001-01-03", 5.01, "1998-09-08", 586),
        ("biggest_since", DOW, "2001-09-17", -7.13, "1997-10-27", None),
        ("biggest_since", SP, "2008-09-29", -8.81, "1987-10-19", 5282),
        ("biggest_since", NASDAQ, "2008-09-29", -9.14, "2000-04-14", None),
        ("biggest_since", SP, "2008-10-13", 11.58, None, None),
        ("biggest_since", DOW, "2008-10-13", 11.08, None, None),
        ("biggest_since", NASDAQ, "2008-10-13", 11.81, "2001-01-03", None),
        ("biggest_since", SP, "2011-08-08", -6.66, "2008-12-01", 676),
        ("biggest_since", SP, "2015-08-24", -3.94, "2011-08-18", None),
        ("biggest_since", SP, "2018-02-05", -4.10, "2011-08-18", None),
        ("biggest_since", SP, "2018-12-26", 4.96, "2009-03-23", 2458),
        ("biggest_since", SP, "2022-09-13", -4.32, "2020-06-11", 568),
        ("biggest_since", NASDAQ, "2022-09-13", -5.16, "2020-06-11", 568),
        ("biggest_since", SP, "2024-02-22", 2.11, "2023-01-06", 282),
        ("biggest_since", NASDAQ, "2024-07-24", -3.64, "2022-10-07", 449),
        ("biggest_since", SP, "2024-08-05", -3.00, "2022-09-13", 475),
        ("biggest_since", SP, "2024-12-18", -2.95, "2024-08-05", None),
        ("biggest_since", RUSSELL, "2024-12-18", -4.39, "2022-06-16", None),
        ("biggest_since", SP, "2025-04-09", 9.52, "2008-10-28", 4137),
        ("biggest_since", NASDAQ, "2025-04-09", 12.16, "2001-01-03", None),
        ("biggest_since", RUSSELL, "2025-08-22", 3.86, "2025-04-09", 93),
        ("vix_move", VIX, "2018-02-05", 115.60, None, None),
        ("vix_move", VIX, "2020-06-11", 47.95, "2018-02-05", None),
        ("vix_move", VIX, "2021-01-27", 61.64, "2018-02-05", None),
        ("vix_move", VIX, "2024-08-05", 64.90, "2018-02-05", None),
        ("vix_move", VIX, "2025-04-09", -35.75, None, None),
        ("pair_divergence", "pair:^RUT-^GSPC", "2025-08-22", 2.34, "2024-11-06", None),
        ("pair_divergence", "pair:RSP-SPY", "2020-11-09", 3.03, None, None),
        ("pair_divergence", "pair:SMH-SPY", "2023-05-25", 7.73, None, None),
    ],
)
def test_biggest(
    market: Market, detector: str, entity: str, day: str, move: float, yardstick: str | None, span: int | None
) -> None:
    found = hit(market, detector, entity, day)
    assert found is not None
    assert value(market, entity, day, "moves") == pytest.approx(move, abs=0.01)
    assert found.direction == (1 if move > 0 else -1)
    if detector != "pair_divergence" or yardstick is not None:
        assert since(market, entity, found) == yardstick
    if span is not None:
        assert found.row - found.yardstick == span


@pytest.mark.parametrize(
    ("detector", "entity", "day"),
    [
        ("drawdown_enter_20", SP, "1990-10-11"),  # -19.92% from its record
        ("record_close", SP, "2000-03-10"),
        ("record_close", DOW, "2000-03-10"),
        ("record_close", RUSSELL, "2013-03-28"),  # -0.16%
        ("drawdown_enter_20", SP, "2018-12-24"),  # -19.78%
        ("curve_flip", TWO_TEN, "2019-08-14"),  # +1 bp at the close, inverted only intraday
        ("biggest_since", SP, "2020-06-11"),  # span 61
        ("biggest_since", SP, "2021-01-27"),  # span 61
        ("record_close", NASDAQ, "2024-02-22"),  # -0.10%
        ("record_close", SP, "2025-08-22"),  # -0.03%
        ("biggest_since", SP, "2025-08-22"),  # span 61
        ("yield_move", "DGS2", "2025-08-22"),  # -11 bp, p above 0.05
        ("pair_divergence", "pair:^RUT-^GSPC", "2025-08-25"),  # an ordinary gap
    ],
)
def test_stays_silent(market: Market, detector: str, entity: str, day: str) -> None:
    assert hit(market, detector, entity, day) is None


@pytest.mark.parametrize(
    ("entity", "day", "close", "wait", "record"),
    [
        (RUSSELL, "2004-04-05", 606.39, 1021, "2000-03-09"),
        (DOW, "2006-10-03", 11727.34, 1687, "2000-01-14"),
        (SP, "2007-05-30", 1530.23, 1802, "2000-03-24"),
        (DOW, "2013-03-05", 14253.77, 1358, "2007-10-09"),
        (SP, "2013-03-28", 1569.19, 1375, "2007-10-09"),
        (NASDAQ, "2015-04-23", 5056.06, 3801, "2000-03-10"),
        (SP, "2020-08-18", 3389.78, 125, None),
        (DOW, "2023-12-13", 37090.24, 487, "2022-01-04"),
        (NASDAQ, "2024-02-29", 16091.92, 569, "2021-11-19"),
        (DOW, "2025-08-22", 45631.74, 177, "2024-12-04"),
    ],
)
def test_waits_end(
    market: Market, entity: str, day: str, close: float, wait: int, record: str | None
) -> None:
    found = hit(market, "drought_end", entity, day)
    assert found is not None
    assert value(market, entity, day, "close") == pytest.approx(close, abs=0.01)
    assert value(market, entity, day, "drought") == wait
    if record is not None:
        assert since(market, entity, found) == record


@pytest.mark.parametrize(
    ("detector", "entity", "day", "leg", "start"),
    [
        ("drawdown_enter_20", DOW, "1990-10-11", -21.16, "1990-07-16"),
        ("drawdown_enter_10", SP, "1997-10-27", -10.80, "1997-10-07"),
        ("drawdown_enter_20", DOW, "2001-09-17", -23.90, None),
        ("drawdown_enter_20", RUSSELL, "2011-08-08", -24.77, "2011-04-29"),
        ("drawdown_enter_10", SP, "2015-08-24", -11.15, "2015-05-21"),
        ("drawdown_enter_20", NASDAQ, "2018-12-21", None, None),
        ("drawdown_enter_20", RUSSELL, "2018-12-17", None, None),
        ("drawdown_enter_10", SP, "2020-02-27", -12.03, "2020-02-19"),
        ("drawdown_exit_20", SP, "2023-06-08", 20.04, "2022-10-12"),
    ],
)
def test_drawdowns(
    market: Market, detector: str, entity: str, day: str, leg: float | None, start: str | None
) -> None:
    found = hit(market, detector, entity, day)
    assert found is not None
    on = track(market, entity)
    if leg is not None:
        assert (on.close[found.row] / on.close[found.yardstick] - 1) * 100 == pytest.approx(leg, abs=0.01)
    if start is not None:
        assert since(market, entity, found) == start


@pytest.mark.parametrize(
    ("entity", "day", "close", "level"),
    [
        (DOW, "1995-11-21", 5023.55, 5000),
        (DOW, "1999-03-29", 10006.78, 10000),
        (NASDAQ, "2020-06-10", 10020.35, 10000),
        (SP, "2025-08-28", 6501.86, 6500),
    ],
)
def test_round_numbers(market: Market, entity: str, day: str, close: float, level: float) -> None:
    found = hit(market, "round_number", entity, day)
    assert found is not None
    assert found.extra["milestone"] == level
    assert value(market, entity, day, "close") == pytest.approx(close, abs=0.01)
    assert hit(market, "record_close", entity, day) is not None


@pytest.mark.parametrize(
    ("entity", "day", "length", "last"),
    [
        (RUSSELL, "2016-11-25", 15, "1996-02-06"),
        (DOW, "2023-07-26", 13, "1987-01-20"),
        (DOW, "2024-12-18", -10, None),
        (SP, "2025-05-02", 9, "2004-11-05"),
    ],
)
def test_runs(market: Market, entity: str, day: str, length: int, last: str | None) -> None:
    found = hit(market, "streak", entity, day)
    assert found is not None
    assert value(market, entity, day, "runs") == length
    ends = {item.metric: item.value for item in context.position(track(market, entity), found.row)}
    assert str(ends.get("streak_since")) == str(last and date.fromisoformat(last))


def test_a_run_of_thirteen_snaps(market: Market) -> None:
    found = hit(market, "streak_snapped", DOW, "2023-07-27")
    assert found is not None
    assert found.extra["ended"] == 13
    assert value(market, DOW, "2023-07-27", "moves") == pytest.approx(-0.67, abs=0.01)


@pytest.mark.parametrize(
    ("entity", "day", "low", "move"),
    [(SP, "2022-01-24", -3.99, 0.28), (NASDAQ, "2022-01-24", -4.90, 0.63)],
)
def test_reversals(market: Market, entity: str, day: str, low: float, move: float) -> None:
    found = hit(market, "intraday_reversal", entity, day)
    assert found is not None
    assert found.extra["extreme"] == pytest.approx(low, abs=0.01)
    assert value(market, entity, day, "moves") == pytest.approx(move, abs=0.01)


def test_whipsaw_of_august_2011(market: Market) -> None:
    on = track(market, DOW)
    found = hit(market, "whipsaw", DOW, "2011-08-11")
    assert found is not None
    points = np.diff(on.close[found.row - 4 : found.row + 1])
    assert points == pytest.approx([-634.76, 429.92, -519.83, 423.37], abs=0.05)


@pytest.mark.parametrize(
    ("detector", "entity", "day", "close"),
    [
        ("level_since", VIX, "2008-11-20", 80.86),
        ("level_since", "DGS10", "2020-08-04", 0.52),
        ("range_low", SP, "2008-11-20", 752.44),
    ],
)
def test_extreme_levels(market: Market, detector: str, entity: str, day: str, close: float) -> None:
    assert value(market, entity, day, "close") == pytest.approx(close, abs=0.01)


def test_lowest_vix_in_the_file(market: Market) -> None:
    on = track(market, VIX)
    row = on.row(date(2017, 11, 3))
    assert row is not None
    assert on.close[row] == pytest.approx(9.14) == on.close.min()


def test_calm_ends(market: Market) -> None:
    found = hit(market, "calm_end_drop2", SP, "2024-07-24")
    assert found is not None
    assert found.row - found.yardstick - 1 == 356
    assert since(market, SP, found) == "2023-02-21"


def test_pullback_after_404_sessions(market: Market) -> None:
    found = hit(market, "pullback_5", SP, "2018-02-05")
    assert found is not None
    assert found.row - found.yardstick - 1 == 404
    assert since(market, SP, found) == "2016-06-27"


def test_energy_against_communication_services(market: Market) -> None:
    found = hit(market, "sector_spread", "sectors:SPDR", "2020-11-09")
    assert found is not None
    sectors = track(market, "sectors:SPDR")
    assert sectors.moves[found.row] == pytest.approx(15.13, abs=0.01)
    assert sectors.parts["XLE"][found.row] == pytest.approx(14.28, abs=0.01)
    assert sectors.parts["XLC"][found.row] == pytest.approx(-0.85, abs=0.01)
    assert value(market, "pair:^IXIC-^DJI", "2020-11-09", "moves") == pytest.approx(-4.47, abs=0.01)
    assert hit(market, "sign_split", "pair:^IXIC-^DJI", "2020-11-09") is not None


@pytest.mark.parametrize(
    ("entity", "day", "close"),
    [
        (TWO_TEN, "2019-08-14", 1),
        (TWO_TEN, "2019-08-27", -4),
        (TWO_TEN, "2022-04-01", -5),
    ],
)
def test_spreads_in_whole_basis_points(market: Market, entity: str, day: str, close: int) -> None:
    assert value(market, entity, day, "close") == close


def test_bottom_of_2009(market: Market) -> None:
    assert value(market, SP, "2009-03-09", "dist_record") == pytest.approx(-56.78, abs=0.01)
    assert value(market, SP, "2009-03-09", "drought") == 355


def test_russell_in_august_2025(market: Market) -> None:
    found = hit(market, "drought_distance", RUSSELL, "2025-08-25")
    assert found is not None
    assert value(market, RUSSELL, "2025-08-25", "dist_record") == pytest.approx(-4.24, abs=0.01)
    assert value(market, RUSSELL, "2025-08-25", "drought") == 951
    assert since(market, RUSSELL, found) == "2021-11-08"


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
    assert days(market, detector, entity, first, last) == expected.split()


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
    assert len(days(market, "record_close", entity, f"{year}-01-01", f"{year}-12-31")) == count


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


@pytest.mark.parametrize(
    ("day", "entity", "column", "expected"),
    [
        ("1990-10-11", SP, "close", 295.46),
        ("1990-10-11", SP, "dist_record", -19.92),
        ("1990-10-11", DOW, "dist_record", -21.16),
        ("1995-11-21", DOW, "nth", 60),
        ("1995-11-21", SP, "close", 600.24),
        ("1995-11-21", SP, "nth", 70),
        ("1997-10-27", SP, "dist_record", -10.80),
        ("1997-10-27", DOW, "moves", -7.18),
        ("1997-10-27", VIX, "close", 31.12),
        ("2000-03-10", NASDAQ, "close", 5048.62),
        ("2000-03-10", NASDAQ, "nth", 16),
        ("2000-03-10", SP, "dist_record", -5.05),
        ("2000-03-10", DOW, "dist_record", -15.30),
        ("2001-09-17", DOW, "dist_record", -23.90),
        ("2008-09-29", VIX, "close", 46.72),
        ("2008-10-13", DOW, "points", 936.42),
        ("2008-11-20", SP, "close", 752.44),
        ("2011-08-08", VIX, "close", 48.00),
        ("2011-08-08", VIX, "moves", 50.00),
        ("2011-08-08", RUSSELL, "dist_record", -24.77),
        ("2015-08-24", SP, "close", 1893.21),
        ("2015-08-24", SP, "dist_record", -11.15),
        ("2015-08-24", VIX, "close", 40.74),
        ("2015-08-24", VIX, "high", 53.29),
        ("2016-11-25", RUSSELL, "close", 1347.20),
        ("2017-11-03", SP, "nth", 51),
        ("2018-02-05", VIX, "close", 37.32),
        ("2018-02-05", DOW, "points", -1175.21),
        ("2018-12-24", SP, "close", 2351.10),
        ("2018-12-24", SP, "dist_record", -19.78),
        ("2018-12-26", DOW, "points", 1086.25),
        ("2018-12-26", "sectors:SPDR", "up", 11),
        ("2019-08-14", DOW, "moves", -3.05),
        ("2020-02-27", SP, "moves", -4.42),
        ("2020-02-27", SP, "dist_record", -12.03),
        ("2020-02-27", "sectors:SPDR", "up", 0),
        ("2020-06-11", SP, "moves", -5.89),
        ("2020-06-11", VIX, "close", 40.79),
        ("2020-06-11", "sectors:SPDR", "up", 0),
        ("2020-11-09", NASDAQ, "moves", -1.53),
        ("2020-11-09", DOW, "moves", 2.95),
        ("2020-11-09", "pair:^IXIC-^DJI", "moves", -4.47),
        ("2020-11-09", "DGS10", "moves", 13),
        ("2021-01-27", VIX, "close", 37.21),
        ("2021-01-27", SP, "moves", -2.57),
        ("2022-02-03", "META", "moves", -26.39),
        ("2022-04-01", "DGS2", "moves", 16),
        ("2022-09-13", DOW, "points", -1276.37),
        ("2022-09-13", "sectors:SPDR", "up", 0),
        ("2023-05-25", SP, "moves", 0.88),
        ("2023-05-25", NASDAQ, "moves", 1.71),
        ("2023-05-25", DOW, "moves", -0.11),
        ("2024-02-22", SP, "close", 5087.03),
        ("2024-02-22", DOW, "close", 39069.11),
        ("2024-02-22", NASDAQ, "dist_record", -0.10),
        ("2024-07-24", SP, "moves", -2.31),
        ("2024-07-24", VIX, "moves", 22.55),
        ("2024-08-05", VIX, "close", 38.57),
        ("2024-08-05", VIX, "high", 65.73),
        ("2024-12-18", VIX, "close", 27.62),
        ("2024-12-18", VIX, "moves", 74.04),
        ("2025-08-28", SP, "close", 6501.86),
        ("2025-08-28", SP, "nth", 20),
        ("2025-08-28", "NVDA", "moves", -0.79),
    ],
)
def test_levels_and_moves(market: Market, day: str, entity: str, column: str, expected: float) -> None:
    on = track(market, entity)
    row = on.row(date.fromisoformat(day))
    assert row is not None
    if column == "nth":
        first = on.row_up_to(date(int(day[:4]) - 1, 12, 31)) + 1
        assert on.records[row]
        assert int(on.records[first : row + 1].sum()) == expected
    elif column == "points":
        assert on.close[row] - on.close[row - 1] == pytest.approx(expected, abs=0.05)
    elif column == "up":
        assert sum(float(moves[row]) > 0 for moves in on.parts.values()) == expected
    else:
        assert float(getattr(on, column)[row]) == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize(
    ("detector", "entity", "day"),
    [
        ("earnings_reaction", "reports:META", "2022-02-03"),
        ("near_miss", RUSSELL, "2024-12-18"),
        ("narrow_rally", "breadth:SPX", "2023-05-25"),
        ("sign_split", "pair:^IXIC-^DJI", "2020-11-09"),
    ],
)
def test_fires(market: Market, detector: str, entity: str, day: str) -> None:
    assert hit(market, detector, entity, day) is not None


def test_core_prices_of_september_2022_rose_twice_the_consensus(market: Market) -> None:
    assert value(market, "prints:Core CPI m/m", "2022-09-13", "moves") == pytest.approx(0.3)


def test_the_session_before_17_september_2001_was_the_10th(market: Market) -> None:
    dow = track(market, DOW)
    row = dow.row(date(2001, 9, 17))
    assert row is not None
    assert dow.day(row - 1) == date(2001, 9, 10)
    assert not np.isnan(dow.moves[row])
