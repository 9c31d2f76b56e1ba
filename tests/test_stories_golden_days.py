"""The golden facts of docs/stories.md: session by session, clause by clause, on the real history.

Expected values were computed apart from this code. A clause a rule must stay silent on says why beside it.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from newsletter.market import Timing
from newsletter.sessions import exchange
from newsletter.stories import agenda, find
from newsletter.stories.prepared import Market
from tests.golden_support import (
    BREADTH,
    DOW,
    FILE,
    NASDAQ,
    RUSSELL,
    SECTORS,
    SMALL_LARGE,
    SP,
    TECH_DOW,
    TWO_TEN,
    VIX,
    Clause,
    below,
    between,
    close,
    direction,
    extra,
    figure,
    fires,
    leg,
    longest_wait,
    move,
    nth,
    ordinary_span,
    part,
    points,
    record_day,
    records_so_far,
    row_of,
    sectors_up,
    session_before,
    shares_smaller,
    silent,
    since,
    since_fact,
    span,
    track,
    whole,
)
from tests.stories_support import NEW_YORK, real_day

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def market(shared: Path) -> Market:
    return whole(shared)


def biggest(entity: str, percent: float, back: str, sessions: int | None = None) -> tuple[Clause, ...]:
    """The move, its sign, and since when there was none as large."""
    return (
        move(entity, percent),
        direction("biggest_since", entity, 1 if percent > 0 else -1),
        since("biggest_since", entity, back),
        *(() if sessions is None else (span("biggest_since", entity, sessions),)),
    )


def wait_ends(entity: str, level: float, sessions: int, record: str | None = None) -> tuple[Clause, ...]:
    """A record, the sessions without one, and the record before."""
    return (
        fires("drought_end", entity),
        close(entity, level),
        figure(entity, "drought", sessions),
        *(() if record is None else (since("drought_end", entity, record),)),
    )


def fallen(detector: str, entity: str, percent: float, start: str) -> tuple[Clause, ...]:
    """A drawdown rule fires, so far from its turn, on such a day."""
    return leg(detector, entity, percent), since(detector, entity, start)


DAYS: dict[str, tuple[Clause, ...]] = {
    "1990-10-11": (
        close(SP, 295.46),
        below(SP, -19.92),
        record_day(SP, "1990-07-16"),
        silent("drawdown_enter_20", SP),
        *fallen("drawdown_enter_20", DOW, -21.16, "1990-07-16"),
    ),
    "1995-11-21": (
        extra("round_number", DOW, "milestone", 5000),
        close(DOW, 5023.55),
        nth(DOW, 60),
        close(SP, 600.24),
        nth(SP, 70),
    ),
    "1995-12-29": (records_so_far(SP, 77),),
    "1997-10-27": (
        *biggest(SP, -6.87, "1987-10-26", 2530),
        *fallen("drawdown_enter_10", SP, -10.80, "1997-10-07"),
        move(DOW, -7.18),
        close(VIX, 31.12),
        move(VIX, 34.3, within=0.05),
    ),
    "1999-03-29": (extra("round_number", DOW, "milestone", 10000), close(DOW, 10006.78)),
    "2000-03-10": (
        fires("record_close", NASDAQ),
        close(NASDAQ, 5048.62),
        nth(NASDAQ, 16),
        silent("record_close", SP),
        below(SP, -5.05),
        silent("record_close", DOW),
        below(DOW, -15.30),
    ),
    "2001-01-03": (*biggest(NASDAQ, 14.17, FILE), *biggest(SP, 5.01, "1998-09-08", 586)),
    "2001-09-17": (
        *biggest(DOW, -7.13, "1997-10-27"),
        leg("drawdown_enter_20", DOW, -23.90),
        session_before(DOW, "2001-09-10"),  # no hole in the data: the move above is known
    ),
    "2004-04-05": wait_ends(RUSSELL, 606.39, 1021, "2000-03-09"),
    "2006-10-03": wait_ends(DOW, 11727.34, 1687, "2000-01-14"),
    "2007-05-30": (*wait_ends(SP, 1530.23, 1802, "2000-03-24"), longest_wait(SP)),
    "2008-09-29": (
        *biggest(SP, -8.81, "1987-10-19", 5282),
        *biggest(NASDAQ, -9.14, "2000-04-14"),
        close(VIX, 46.72),
        since_fact(VIX, "level_extreme", "highest"),
    ),
    "2008-10-13": (
        *biggest(SP, 11.58, FILE),
        *biggest(DOW, 11.08, FILE),
        points(DOW, 936.42),
        *biggest(NASDAQ, 11.81, "2001-01-03"),
    ),
    "2008-11-20": (
        close(VIX, 80.86),
        silent("level_since", VIX),  # 18 sessions after the last such close: a fact, no story of its own
        since_fact(VIX, "level_extreme", "highest"),
        close(SP, 752.44),
        since_fact(SP, "level_since", "1997-04-14"),
    ),
    "2009-03-09": (
        close(SP, 676.53),
        below(SP, -56.78),
        record_day(SP, "2007-10-09"),
        figure(SP, "drought", 355),
        since_fact(SP, "level_since", "1996-09-12"),
    ),
    "2011-08-08": (
        *biggest(SP, -6.66, "2008-12-01", 676),
        close(VIX, 48.00),
        move(VIX, 50.00),
        *fallen("drawdown_enter_20", RUSSELL, -24.77, "2011-04-29"),
    ),
    "2011-08-11": (fires("whipsaw", DOW), points(DOW, 423.37), move(SP, 4.63)),
    "2011-08-10": (points(DOW, -519.83), move(SP, -4.42)),
    "2011-08-09": (points(DOW, 429.92), move(SP, 4.74)),
    "2013-03-05": wait_ends(DOW, 14253.77, 1358, "2007-10-09"),
    "2013-03-28": (
        *wait_ends(SP, 1569.19, 1375, "2007-10-09"),
        silent("record_close", RUSSELL),
        below(RUSSELL, -0.16),
    ),
    "2015-04-23": (
        *wait_ends(NASDAQ, 5056.06, 3801, "2000-03-10"),
        longest_wait(NASDAQ, SP, DOW, RUSSELL),
    ),
    "2015-08-24": (
        *biggest(SP, -3.94, "2011-08-18"),
        close(SP, 1893.21),
        *fallen("drawdown_enter_10", SP, -11.15, "2015-05-21"),
        close(VIX, 40.74),
        figure(VIX, "high", 53.29),
    ),
    "2016-11-25": (
        fires("streak", RUSSELL),
        figure(RUSSELL, "runs", 15),
        since_fact(RUSSELL, "streak_since", "1996-02-06"),
        fires("record_close", RUSSELL),
        close(RUSSELL, 1347.20),
    ),
    "2017-11-03": (
        close(VIX, 9.14),
        silent("level_since", VIX),  # 21 sessions after the last such close
        since_fact(VIX, "level_extreme", "lowest"),
        nth(SP, 51),
    ),
    "2017-12-29": (records_so_far(SP, 62),),
    "2018-02-05": (
        close(VIX, 37.32),
        move(VIX, 115.60),
        since("vix_move", VIX, FILE),
        *biggest(SP, -4.10, "2011-08-18"),
        between("pullback_5", SP, 404),
        since("pullback_5", SP, "2016-06-27"),
        points(DOW, -1175.21),
    ),
    "2018-12-17": (fires("drawdown_enter_20", RUSSELL),),
    "2018-12-21": (fires("drawdown_enter_20", NASDAQ),),
    "2018-12-24": (
        close(SP, 2351.10),
        below(SP, -19.78),
        record_day(SP, "2018-09-20"),
        silent("drawdown_enter_20", SP),
    ),
    "2018-12-26": (*biggest(SP, 4.96, "2009-03-23", 2458), points(DOW, 1086.25), sectors_up(11)),
    "2019-08-14": (
        silent("curve_flip", TWO_TEN),  # inverted only within the day
        close("DGS10", 1.59),
        close("DGS2", 1.58),
        close(TWO_TEN, 1),
        move(DOW, -3.05),
    ),
    "2019-08-27": (
        fires("curve_flip", TWO_TEN),
        close(TWO_TEN, -4),
        close("DGS10", 1.49),
        close("DGS2", 1.53),
    ),
    "2020-02-27": (
        move(SP, -4.42),
        *fallen("drawdown_enter_10", SP, -12.03, "2020-02-19"),
        span("drawdown_enter_10", SP, 6),
        sectors_up(0),
    ),
    "2020-06-10": (
        extra("round_number", NASDAQ, "milestone", 10000),
        close(NASDAQ, 10020.35),
        fires("record_close", NASDAQ),
    ),
    "2020-06-11": (
        move(SP, -5.89),
        ordinary_span(SP, 61),
        silent("biggest_since", SP),  # 61 sessions are under 63
        fires("move_rank", SP),
        close(VIX, 40.79),
        move(VIX, 47.95),
        since("vix_move", VIX, "2018-02-05"),
        sectors_up(0),
    ),
    "2020-08-04": (
        fires("level_since", "DGS10"),
        close("DGS10", 0.52),
        since_fact("DGS10", "level_extreme", "lowest"),
    ),
    "2020-08-18": wait_ends(SP, 3389.78, 125),
    "2020-11-09": (
        fires("sign_split", TECH_DOW),
        move(NASDAQ, -1.53),
        move(DOW, 2.95),
        move(TECH_DOW, -4.47),
        fires("sector_spread", SECTORS),
        move(SECTORS, 15.13),
        part(SECTORS, "XLE", 14.28),
        part(SECTORS, "XLC", -0.85),
        move("pair:RSP-SPY", 3.03),
        move("DGS10", 13),
        close("DGS10", 0.96),
    ),
    "2021-01-27": (
        close(VIX, 37.21),
        move(VIX, 61.64),
        since("vix_move", VIX, "2018-02-05"),
        move(SP, -2.57),
        ordinary_span(SP, 61),
        silent("biggest_since", SP),  # 61 sessions are under 63
    ),
    "2022-01-24": (
        extra("intraday_reversal", SP, "extreme", -3.99),
        move(SP, 0.28),
        extra("intraday_reversal", NASDAQ, "extreme", -4.90),
        move(NASDAQ, 0.63),
    ),
    "2022-02-03": (
        fires("earnings_reaction", "reports:META"),
        move("META", -26.39),
        since("earnings_reaction", "reports:META", FILE),
    ),
    "2022-04-01": (
        fires("curve_flip", TWO_TEN),
        close(TWO_TEN, -5),
        close("DGS10", 2.39),
        close("DGS2", 2.44),
        move("DGS2", 16),
    ),
    "2022-09-13": (
        *biggest(SP, -4.32, "2020-06-11", 568),
        *biggest(NASDAQ, -5.16, "2020-06-11", 568),
        points(DOW, -1276.37),
        part(BREADTH, "up", 4),
        part(BREADTH, "known", 463),
        sectors_up(0),
        move("prints:Core CPI m/m", 0.3),
    ),
    "2023-05-25": (
        fires("narrow_rally", BREADTH),
        move(SP, 0.88),
        part(BREADTH, "up", 197),
        part(BREADTH, "down", 273),
        move("NVDA", 24.4, within=0.05),
        move("pair:SMH-SPY", 7.73),
        move(NASDAQ, 1.71),
        move(DOW, -0.11),
    ),
    "2023-06-08": (
        close(SP, 4293.93),
        *fallen("drawdown_exit_20", SP, 20.04, "2022-10-12"),
    ),
    "2022-10-12": (close(SP, 3577.03),),
    "2023-07-26": (
        fires("streak", DOW),
        figure(DOW, "runs", 13),
        since_fact(DOW, "streak_since", "1987-01-20"),
    ),
    "2023-07-27": (extra("streak_snapped", DOW, "ended", 13), move(DOW, -0.67)),
    "2023-12-13": wait_ends(DOW, 37090.24, 487, "2022-01-04"),
    "2024-02-22": (
        *biggest(SP, 2.11, "2023-01-06", 282),
        fires("record_close", SP),
        close(SP, 5087.03),
        fires("record_close", DOW),
        close(DOW, 39069.11),
        silent("record_close", NASDAQ),
        below(NASDAQ, -0.10),
        move("NVDA", 16.4, within=0.05),
        fires("earnings_reaction", "reports:NVDA"),
    ),
    "2024-02-29": wait_ends(NASDAQ, 16091.92, 569, "2021-11-19"),
    "2024-07-24": (
        move(SP, -2.31),
        between("calm_end_drop2", SP, 356),
        since("calm_end_drop2", SP, "2023-02-21"),
        *biggest(NASDAQ, -3.64, "2022-10-07", 449),
        move(VIX, 22.55),
    ),
    "2024-08-05": (
        close(VIX, 38.57),
        move(VIX, 64.90),
        since("vix_move", VIX, "2018-02-05"),
        figure(VIX, "high", 65.73),
        since_fact(VIX, "level_since", "2020-10-28"),
        *biggest(SP, -3.00, "2022-09-13", 475),
        part(BREADTH, "up", 21),
        part(BREADTH, "known", 482),
    ),
    "2024-12-18": (
        fires("streak", DOW),
        figure(DOW, "runs", -10),
        since_fact(DOW, "streak_since", "None"),
        close(VIX, 27.62),
        move(VIX, 74.04),
        *biggest(SP, -2.95, "2024-08-05"),
        *biggest(RUSSELL, -4.39, "2022-06-16"),
        fires("near_miss", RUSSELL),
    ),
    "2025-04-09": (
        *biggest(SP, 9.52, "2008-10-28", 4137),
        *biggest(NASDAQ, 12.16, "2001-01-03"),
        points(DOW, 2962.86),
        move(VIX, -35.75),
        since("vix_move", VIX, FILE),
        part(BREADTH, "up", 476),
        part(BREADTH, "known", 484),
        sectors_up(11),
    ),
    "2025-05-02": (
        fires("streak", SP),
        figure(SP, "runs", 9),
        since_fact(SP, "streak_since", "2004-11-05"),
    ),
    "2025-08-22": (
        *wait_ends(DOW, 45631.74, 177, "2024-12-04"),
        nth(DOW, 1),
        close(SP, 6466.91),
        silent("record_close", SP),
        below(SP, -0.03),
        move(SP, 1.52),
        ordinary_span(SP, 61),
        silent("biggest_since", SP),  # 61 sessions are under 63
        *biggest(RUSSELL, 3.86, "2025-04-09", 93),
        fires("pair_divergence", SMALL_LARGE),
        move(SMALL_LARGE, 2.34),
        shares_smaller(SMALL_LARGE, 98.9),
        since("pair_divergence", SMALL_LARGE, "2024-11-06"),
        move("DGS2", -11),
        silent("yield_move", "DGS2"),  # p above 0.05
        move("KRE", 4.94),
    ),
    "2025-08-25": (
        fires("drought_distance", RUSSELL),
        close(RUSSELL, 2339.17),
        below(RUSSELL, -4.24),
        record_day(RUSSELL, "2021-11-08"),
        figure(RUSSELL, "drought", 951),
        move(SMALL_LARGE, -0.54),
        move(RUSSELL, -0.96),
        move(SP, -0.43),
        shares_smaller(SMALL_LARGE, 51.7),
        silent("pair_divergence", SMALL_LARGE),  # an ordinary gap
        records_so_far(SP, 18),
        record_day(SP, "2025-08-14"),
        records_so_far(NASDAQ, 20),
        records_so_far(DOW, 1),
        records_so_far(RUSSELL, 0),
    ),
    "2025-08-28": (
        extra("round_number", SP, "milestone", 6500),
        close(SP, 6501.86),
        nth(SP, 20),
        move("reports:NVDA", -0.79),
        silent("earnings_reaction", "reports:NVDA"),  # p far above 0.25
    ),
    # Quiet controls.
    "2015-05-13": (
        move(SP, -0.03),
        move(NASDAQ, 0.11),
        move(DOW, -0.04),
        move(RUSSELL, -0.07),
        close(VIX, 13.76),
    ),
    "2017-05-31": (
        move(SP, -0.05),
        move(NASDAQ, -0.08),
        move(DOW, -0.10),
        move(RUSSELL, -0.07),
        close(VIX, 10.41),
    ),
    "2019-12-10": (
        move(SP, -0.11),
        move(NASDAQ, -0.07),
        move(DOW, -0.10),
        move(RUSSELL, 0.13),
        close(VIX, 15.68),
    ),
}


@pytest.mark.parametrize(
    ("day", "clause"),
    [pytest.param(day, item, id=f"{day} {item.name}") for day, items in DAYS.items() for item in items],
)
def test_clause(market: Market, day: str, clause: Clause) -> None:
    clause.holds(market, day)


def test_half_a_day_before_christmas() -> None:
    house = exchange("XNYS", 2026)
    assert house.is_early_close(house.session(date(2018, 12, 24)))
    closes = house.closes(house.session(date(2018, 12, 24)))
    assert f"{closes.astimezone(NEW_YORK):%H:%M}" == "13:00"


def test_the_lowest_ten_year_yield_stays_it(market: Market) -> None:
    on = track(market, "DGS10")
    assert on.day(int(on.close.argmin())) == date(2020, 8, 4)


def test_files_begin_when_they_say(market: Market) -> None:
    # The Dow's run is the longest "since at least 1985", not ever.
    assert track(market, DOW).day(0).year == 1985


def test_meta_reported_after_the_close(market: Market) -> None:
    reports = {item.day: item.timing for item in market.day.earnings if item.symbol == "META"}
    assert reports[date(2022, 2, 2)] is Timing.AFTER_CLOSE


def test_core_prices_rose_twice_the_consensus(market: Market) -> None:
    [core] = [
        item for item in market.day.releases if item.event == "Core CPI m/m" and item.day == date(2022, 9, 13)
    ]
    assert core.actual is not None
    assert core.consensus is not None
    assert (core.actual.text, core.consensus.text) == ("0.6%", "0.3%")


@pytest.mark.parametrize(
    ("session", "window", "base", "percent"),
    [
        ("2025-08-25", "1cm", "2025-07-25", 3.45),
        ("2025-08-25", "21s", "2025-07-25", 3.45),
        ("2025-08-22", "1cm", None, 5.03),
    ],
)
def test_the_russells_past_month(
    shared: Path, session: str, window: str, base: str | None, percent: float
) -> None:
    facts = find(real_day(shared, date.fromisoformat(session))).facts
    found = facts.find(RUSSELL, "return", window)
    assert found is not None
    assert found.number == pytest.approx(percent, abs=0.01)
    on = track(whole(shared), RUSSELL)
    if window == "1cm" and base is not None:
        assert found.window == f"1cm@{base}"
    elif base is not None:
        assert str(on.day(row_of(on, session) - 21)) == base


def test_a_record_missed_by_a_hair(shared: Path) -> None:
    facts = find(real_day(shared, date(2025, 8, 25))).facts
    for metric, expected in (
        ("near_miss_dist", -0.03),
        ("near_miss_fall", -27.9),
        ("near_miss_low_close", 1760.71),
    ):
        found = facts.find(RUSSELL, metric, "file")
        assert found is not None
        assert found.number == pytest.approx(expected, abs=0.05)
    low = facts.find(RUSSELL, "near_miss_low", "file")
    assert low is not None
    assert low.day == date(2025, 4, 8)


def test_nvidia_is_due_and_the_largest(shared: Path) -> None:
    day = real_day(shared, date(2025, 8, 25))
    findings = find(day)
    assert any(story.key == "earnings_ahead:NVDA:0" for story in findings.stories)
    due = findings.facts.find("NVDA", "report", "due")
    timing = findings.facts.find("NVDA", "timing", "due")
    assert due is not None
    assert timing is not None
    assert (due.day, timing.value) == (date(2025, 8, 27), "after_close")
    market = Market(day=day)
    assert agenda.by_size(market)[:2] == ["NVDA", "MSFT"]
    values = [agenda.market_value(market, track(market, name)) for name in ("NVDA", "MSFT")]
    assert values[0] == pytest.approx(4.4e12, rel=0.01)
    assert values[1] == pytest.approx(3.75e12, rel=0.01)
    assert track(market, "NVDA").close[-1] == pytest.approx(179.81)
