"""Rules whose data only a live source brings, and the member panel: all on invented data."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import numpy as np
import pandas as pd
import pytest

from newsletter.facts import Findings
from newsletter.instruments import Kind
from newsletter.market import EarningsDate, MarketDay, Members, Membership, Release, Timing, reading
from newsletter.sessions import exchange
from newsletter.stories import find
from tests.stories_support import invented_day

LAST = date(2024, 6, 27)
HOUSE = exchange("XNYS", 2026)


def told(findings: Findings) -> set[str]:
    return {key for story in findings.stories for key in (story.key, *story.absorbed)}


def value(findings: Findings, entity: str, metric: str, window: str = "1s") -> object:
    found = findings.facts.find(entity, metric, window)
    return None if found is None else found.value


def sessions(count: int) -> pd.DatetimeIndex:
    index = HOUSE.index
    return index[index <= pd.Timestamp(LAST)][-count:]


# Series that only a live universe carries


def test_short_dated_protection_costs_more() -> None:
    closes = {"^VIX": [15.0] * 300 + [31.0], "^VIX3M": [18.0] * 300 + [28.0]}
    found = find(invented_day(closes, last=LAST, kinds=dict.fromkeys(closes, Kind.VOLATILITY)))
    assert "vix_term_inversion:ratio:^VIX-^VIX3M:-" in told(found)
    assert value(found, "ratio:^VIX-^VIX3M", "ratio") == pytest.approx(31 / 28)


def test_skew_far_from_its_usual() -> None:
    usual = (130 + 5 * np.sin(np.arange(900))).tolist()
    closes = {"^SKEW": [*usual, 165.0]}
    found = find(invented_day(closes, last=LAST, kinds={"^SKEW": Kind.VOLATILITY}))
    assert "options_pressure:^SKEW:+" in told(found)


def test_real_yields_move_in_basis_points() -> None:
    usual = [2.0 + 0.01 * (k % 3) for k in range(700)]
    found = find(invented_day({"DFII10": [*usual, 2.20]}, last=LAST, kinds={"DFII10": Kind.YIELD}))
    assert "real_yield:DFII10:+" in told(found)
    assert value(found, "DFII10", "change") == 20


def test_gold_against_silver() -> None:
    gold = [2000.0 + 10 * (k % 7) for k in range(400)]
    found = find(
        invented_day(
            {"GC=F": [*gold, 2300.0], "SI=F": [25.0] * 401},
            last=LAST,
            kinds={"GC=F": Kind.COMMODITY, "SI=F": Kind.COMMODITY},
        )
    )
    assert "metal_ratio:ratio:GC=F-SI=F:+" in told(found)


def test_credit_spreads_of_the_session_before_count_today() -> None:
    spread = [4.0 + 0.01 * (k % 3) for k in range(700)] + [4.40]
    frame = pd.DataFrame({"close": spread}, index=sessions(702)[:-1])
    found = find(invented_day({"^GSPC": [100.0] * 702, "HY_OAS": spread}, last=LAST, bars={"HY_OAS": frame}))
    assert "credit_move:HY_OAS:+" in told(found)
    change = found.facts.find("HY_OAS", "change")
    assert change is not None
    assert change.as_of == sessions(2)[0].date()


# Reports


def reports(*days: date, surprise: float = 1.1, timing: Timing = Timing.AFTER_CLOSE) -> list[EarningsDate]:
    return [
        EarningsDate(
            symbol="NVDA",
            name="Nvidia",
            day=day,
            timing=timing,
            size=1.0,
            source="invented:earnings",
            eps_estimate=1.0,
            eps_actual=(surprise if day == days[-1] else 1.01 + 0.001 * k) if day <= LAST else None,
        )
        for k, day in enumerate(days)
    ]


def nvidia(reported: list[EarningsDate], last_move: float) -> MarketDay:
    count = 900
    index = sessions(count)
    closes = [100.0 + 0.1 * (k % 2) for k in range(count)]
    for report in reported[:-1]:
        row = int(index.searchsorted(pd.Timestamp(report.day))) + 1
        closes[row:] = [close * 1.03 for close in closes[row:]]
    closes[-1] = closes[-2] * (1 + last_move / 100)
    return invented_day(
        {"^GSPC": [100.0] * count, "NVDA": closes},
        last=LAST,
        kinds={"NVDA": Kind.STOCK},
        volumes={"NVDA": [1e6] * count},
        earnings=reported,
        coverage={"earnings": date(2020, 1, 1)},
    )


PAST = [LAST - timedelta(days=91 * k) for k in range(12, 0, -1)]


def past_reports() -> list[date]:
    return [HOUSE.before(day + timedelta(days=1)) for day in PAST if day >= sessions(900)[5].date()]


def test_the_session_after_a_report_answers_it() -> None:
    yesterday = HOUSE.before(LAST)
    found = find(nvidia(reports(*past_reports(), yesterday), -9.0))
    assert "earnings_reaction:NVDA:-" in told(found)
    assert value(found, "NVDA", "reaction") == pytest.approx(-9.0)
    assert value(found, "NVDA", "reaction_rank", "file") == 1
    assert value(found, "NVDA", "report_move", "12r") == pytest.approx(3.0, abs=0.15)


def test_a_report_after_todays_close_is_not_answered_today() -> None:
    found = find(nvidia(reports(*past_reports(), LAST), -9.0))
    assert "earnings_reaction:NVDA:-" not in told(found)
    assert "earnings_surprise:NVDA:+" in told(found)
    assert value(found, "NVDA", "eps_surprise") == pytest.approx(10.0)


def test_a_report_within_three_sessions_is_ahead_and_one_in_four_is_not() -> None:
    for ahead, expected in ((3, True), (4, False)):
        due = HOUSE.offset(HOUSE.session(LAST), ahead)
        found = find(nvidia(reports(*past_reports(), due), 0.1))
        assert ("earnings_ahead:NVDA:0" in told(found)) is expected
        assert value(found, "NVDA", "report", "due") == due


# Releases


def release(event: str, day: date, actual: str, consensus: str) -> Release:
    return Release(
        event=event,
        day=day,
        at=time(8, 30),
        impact="high",
        actual=reading(actual),
        consensus=reading(consensus),
        previous=reading("0.2%"),
        source="Invented",
    )


def test_a_surprise_is_measured_against_the_same_release() -> None:
    days = [HOUSE.offset(HOUSE.session(LAST), -21 * k) for k in range(14, 0, -1)]
    before = [release("CPI m/m", day, "0.3%", "0.2%") for day in days]
    today = release("CPI m/m", LAST, "0.6%", "0.3%")
    day = invented_day(
        {"^GSPC": [100.0 + 0.1 * (k % 2) for k in range(600)]}, last=LAST, releases=[*before, today]
    )
    found = find(day)
    assert "macro_surprise:event:CPI m/m:+" in told(found)
    assert value(found, "event:CPI m/m", "surprise", "out") == pytest.approx(0.3)
    few = invented_day({"^GSPC": [100.0] * 600}, last=LAST, releases=[*before[:5], today])
    assert "macro_surprise:event:CPI m/m:+" not in told(find(few))


def test_who_speaks_twice_has_two_hours() -> None:
    day = HOUSE.offset(HOUSE.session(LAST), 1)
    twice = [
        release("President Speaks", day, "", ""),
        replace(release("President Speaks", day, "", ""), at=time(21)),
    ]
    found = find(invented_day({"^GSPC": [100.0] * 60}, last=LAST, releases=twice))
    hours = {
        item.window: item.value for item in found.facts.of("event:President Speaks") if item.metric == "at"
    }
    assert hours == {f"due@{day}": "08:30", f"due@{day}#2": "21:00"}


def test_an_ordinary_print_is_no_surprise() -> None:
    days = [HOUSE.offset(HOUSE.session(LAST), -21 * k) for k in range(14, 0, -1)]
    same = [release("CPI m/m", day, "0.3%", "0.2%") for day in (*days, LAST)]
    day = invented_day({"^GSPC": [100.0] * 600}, last=LAST, releases=same)
    assert told(find(day)) == set()


# Members


def panel(
    rising: int, falling: int, unknown: int, spells: dict[int, tuple[date, date | None]] | None = None
) -> Members:
    names = [f"S{k:03d}" for k in range(rising + falling + unknown)]
    index = sessions(80)
    closes = pd.DataFrame(100.0, index=index, columns=names)
    for k, name in enumerate(names):
        closes.loc[index[-1], name] = 101.0 + k / 100 if k < rising else 99.0 - k / 100
        if k >= rising + falling:
            closes[name] = np.nan
    return Members(
        index="^GSPC",
        closes=closes,
        spells=tuple(
            Membership(symbol=name, start=start, end=end)
            for k, name in enumerate(names)
            for start, end in [(spells or {}).get(k, (date(2000, 1, 3), None))]
        ),
        names={},
        sectors={},
        source="invented:members",
    )


def with_members(members: Members) -> Findings:
    return find(
        invented_day({"^GSPC": [100.0 + 0.1 * (k % 2) for k in range(300)]}, last=LAST, members=members)
    )


def test_breadth_counts_members_with_data_on_both_days() -> None:
    found = with_members(panel(95, 3, 2))
    assert "adv_dec_extreme:breadth:SPX:+" in told(found)
    assert [value(found, "breadth:SPX", name) for name in ("up", "down", "members")] == [95, 3, 98]
    assert value(found, "breadth:SPX", "gainer_1") == "S094"
    assert value(found, "breadth:SPX", "loser_1") == "S097"
    assert value(found, "S094", "return") == pytest.approx(1.94)


def test_the_weeks_best_and_worst_are_counted_from_the_week_before() -> None:
    members = panel(95, 5, 0)
    closes = members.closes.copy()
    monday = closes.index[closes.index <= closes.index[-1] - pd.Timedelta(days=closes.index[-1].weekday())][
        -1
    ]
    before = closes.index[closes.index < monday][-1]
    closes.loc[before, "S010"] = 50.0  # it doubled on Monday, and has only 1.10% of the session's gains
    closes.loc[before, "S020"] = 200.0
    found = with_members(replace(members, closes=closes))
    assert value(found, "breadth:SPX", "week_best", "wtd") == "S010"
    assert value(found, "breadth:SPX", "week_worst", "wtd") == "S020"
    assert value(found, "S010", "return", "wtd") == pytest.approx((101.10 / 50.0 - 1) * 100)
    assert value(found, "S020", "return", "wtd") == pytest.approx((101.20 / 200.0 - 1) * 100)
    assert value(found, "breadth:SPX", "gainer_1") == "S094"


def test_breadth_below_nine_tenths_is_silent() -> None:
    found = with_members(panel(85, 4, 11))
    assert told(found) == set()
    assert found.facts.of("breadth:SPX") == ()


def test_who_left_the_index_is_not_counted() -> None:
    left = {0: (date(2000, 1, 3), LAST), 1: (LAST + timedelta(days=1), None)}
    found = with_members(panel(50, 50, 0, left))
    assert value(found, "breadth:SPX", "members") == 98
    assert value(found, "S001", "index_change", "due") == "joins"
    assert value(found, "S000", "index_change", "due") is None  # it left on the session itself


def test_a_narrow_rally() -> None:
    members = panel(20, 80, 0)
    closes = [100.0 + 0.1 * (k % 2) for k in range(300)]
    closes[-1] = closes[-2] * 1.01
    found = find(invented_day({"^GSPC": closes}, last=LAST, members=members))
    assert "narrow_rally:breadth:SPX:+" in told(found)
    assert value(found, "breadth:SPX", "advancing") == pytest.approx(20.0)
