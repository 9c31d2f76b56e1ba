"""What moves while the exchange is closed: bitcoin's weekend, and bonds on Good Friday; every figure is invented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from newsletter.facts import FactBook, Findings, Story, Unit, fact
from newsletter.instruments import Kind
from newsletter.market import MarketDay
from newsletter.stories import choose, find, finding, history
from newsletter.stories.prepared import Market
from tests.stories_support import invented_day

FRIDAY, SATURDAY, SUNDAY, MONDAY = (date(2024, 6, day) for day in (21, 22, 23, 24))
SMALL = 0.4
"""Percent by which bitcoin moves on its ordinary days."""


def bitcoin(last: date, moves: Mapping[date, float]) -> MarketDay:
    """Bitcoin on every day of the calendar, and an S&P 500 that hardly moves."""
    days = pd.date_range(end=pd.Timestamp(last), periods=900, freq="D")
    steps = np.array([SMALL if k % 2 else -SMALL for k in range(len(days))])
    for day, percent in moves.items():
        if pd.Timestamp(day) in days:
            steps[days.get_loc(pd.Timestamp(day))] = percent
    bars = pd.DataFrame({"close": 60000.0 * np.cumprod(1 + steps / 100)}, index=days)
    return invented_day(
        {"^GSPC": [5000.0 + 5 * (k % 2) for k in range(700)], "BTC-USD": [1.0]},
        last=last,
        kinds={"BTC-USD": Kind.CRYPTO},
        bars={"BTC-USD": bars},
    )


def told(findings: Findings) -> dict[str, Story]:
    return {story.key: story for story in findings.stories}


def absorbed(findings: Findings) -> set[str]:
    return {key for story in findings.stories for key in (story.key, *story.absorbed)}


@pytest.mark.parametrize("day", [SATURDAY, SUNDAY])
def test_a_crash_of_the_weekend_is_told_after_monday_and_dated_with_its_own_day(day: date) -> None:
    findings = find(bitcoin(MONDAY, {day: -12.0}))
    [story] = [item for item in findings.stories if item.entity == "BTC-USD"]
    assert story.direction == -1
    assert "between_sessions" in story.notes
    cited = [findings.facts[item] for item in story.facts]
    assert {item.as_of for item in cited} == {day}
    move = next(item for item in cited if item.metric == "return")
    assert move.number == pytest.approx(-12.0)
    close = next(item for item in cited if item.metric == "close")
    assert close.as_of == day
    # Monday's own figures stay the newest.
    newest = findings.facts.find("BTC-USD", "return")
    assert newest is not None
    assert newest.as_of == MONDAY
    assert abs(newest.number) == pytest.approx(SMALL)


def test_the_issue_of_friday_knows_nothing_of_the_weekend() -> None:
    # It is mailed on Monday morning, but nothing dated after its session may enter.
    assert not any(item.entity == "BTC-USD" for item in find(bitcoin(FRIDAY, {SUNDAY: -12.0})).stories)


def test_a_weekend_may_be_listed_and_never_leads() -> None:
    day = bitcoin(MONDAY, {SUNDAY: -12.0})
    choice = choose(find(day), day)
    assert choice.lead is None or choice.lead.entity != "BTC-USD"
    assert "BTC-USD" in {story.entity for story in choice.also}


def test_mondays_own_move_goes_before_the_weekends() -> None:
    findings = find(bitcoin(MONDAY, {SATURDAY: 12.0, MONDAY: -12.0}))
    stories = [item for item in findings.stories if item.entity == "BTC-USD" and item.direction < 0]
    assert stories
    assert all("between_sessions" not in item.notes for item in stories)


def test_a_weekend_is_told_once() -> None:
    tuesday = date(2024, 6, 25)
    findings = find(bitcoin(tuesday, {SUNDAY: -12.0}))
    assert not any(item.entity == "BTC-USD" for item in findings.stories)


def test_bonds_trade_on_good_friday() -> None:
    good_friday, monday = date(2024, 3, 29), date(2024, 4, 1)
    index = pd.bdate_range(end=pd.Timestamp(monday), periods=700)
    close = pd.Series([4.0 + 0.01 * (k % 2) for k in range(len(index))], index=index)
    close[pd.Timestamp(good_friday) :] += 0.30
    day = invented_day(
        {"^GSPC": [5000.0 + 5 * (k % 2) for k in range(700)], "DGS10": [4.0]},
        last=monday,
        kinds={"DGS10": Kind.YIELD},
        bars={"DGS10": pd.DataFrame({"close": close})},
    )
    findings = find(day)
    assert "yield_move:DGS10:+" in absorbed(findings)
    for story in findings.stories:
        if story.entity == "DGS10" and story.direction > 0:
            assert {findings.facts[item].as_of for item in story.facts} == {good_friday}
            assert "between_sessions" in story.notes


@pytest.mark.parametrize(
    "moves",
    [
        {SUNDAY: -12.0},
        {SATURDAY: -12.0, SUNDAY: 12.0},
        {SATURDAY: 12.0, MONDAY: -12.0},
        {FRIDAY: 12.0, SATURDAY: 12.0},
    ],
)
def test_a_replay_tells_weekends_as_issues_do(moves: dict[date, float]) -> None:
    whole = bitcoin(MONDAY, moves)
    by_session = history.stories_by_session(Market(day=whole), date(2024, 6, 17), MONDAY)
    for session, stories in by_session.items():
        bars = {name: series.bars.loc[: pd.Timestamp(session)] for name, series in whole.series.items()}
        closes = {name: frame["close"].tolist() for name, frame in bars.items()}
        short = invented_day(closes, last=session, kinds={"BTC-USD": Kind.CRYPTO}, bars=bars)
        one = find(short).stories
        ranked = finding.rank(stories, session, False, frozenset(), ())
        assert [(item.key, item.score, item.notes) for item in ranked] == [
            (item.key, item.score, item.notes) for item in one
        ]


def test_a_book_finds_the_fact_of_a_day() -> None:
    facts = [
        fact("X", "close", "file@2020-01-02", value, Unit.LEVEL, day, "invented")
        for value, day in ((1.0, FRIDAY), (2.0, SUNDAY), (3.0, MONDAY))
    ]
    book = FactBook(facts)
    assert [book.of_day("X", "close", "file", day) for day in (FRIDAY, SUNDAY, MONDAY)] == facts
    assert book.of_day("X", "close", "file", SATURDAY) is None
    assert book.of_day("X", "return", "file", MONDAY) is None


def test_weekends_of_two_issues_stay_apart() -> None:
    # The week's first session after a holiday tells of every day since the last.
    friday, saturday, tuesday = date(2024, 5, 24), date(2024, 5, 25), date(2024, 5, 28)
    findings = find(bitcoin(tuesday, {saturday: -12.0}))
    assert friday == Market(day=bitcoin(tuesday, {})).previous_session
    assert any(item.entity == "BTC-USD" for item in findings.stories)
    lone = replace(bitcoin(tuesday, {saturday: -12.0}), sessions=pd.DatetimeIndex([pd.Timestamp(tuesday)]))
    assert not any(item.entity == "BTC-USD" for item in find(lone).stories)
