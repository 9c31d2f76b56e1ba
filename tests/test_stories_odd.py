"""Odd data: nothing crashes, nothing invents a record or an infinite score."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.facts import Findings
from newsletter.instruments import Kind
from newsletter.market import MarketDay, State
from newsletter.stories import choose, find
from tests.stories_support import invented_day

NAMES = ("^GSPC", "^IXIC", "^RUT", "^VIX", "DGS2", "DGS10", "CL=F", "GC=F", "BTC-USD", "NVDA", "SPY", "RSP")


def sound(day: MarketDay) -> Findings:
    """Find and choose, and hold what must be true of any market."""
    findings = find(day)
    choose(findings, day)
    for item in findings.facts.values():
        assert item.as_of <= day.session
        if isinstance(item.value, float):
            assert math.isfinite(item.value), item.id
    for story in findings.stories:
        assert 0 < story.p <= 1
        assert math.isfinite(story.score)
        assert set(story.facts) <= set(findings.facts)
        if story.yardstick is not None:
            assert story.yardstick < day.session
    return findings


def market(series: dict[str, list[float]]) -> MarketDay:
    return invented_day(series)


@pytest.mark.parametrize("length", [1, 2, 3, 50, 260, 700])
@pytest.mark.parametrize("level", [100.0, 0.0, -5.0, 1e-9, 1e12])
def test_constant(length: int, level: float) -> None:
    found = sound(market(dict.fromkeys(NAMES, [level] * length)))
    assert [story for story in found.stories if "record" in story.detector] == []


@pytest.mark.parametrize("step", [0.5, -0.05])
def test_monotone(step: float) -> None:
    closes = [100.0 + step * k for k in range(1500)]
    found = sound(market(dict.fromkeys(NAMES, closes)))
    up = {story.detector for story in found.stories if story.entity == "^GSPC"}
    assert ("record_close" in up) == (step > 0)
    assert "streak" in up


def test_one_session() -> None:
    found = sound(market({name: [50.0] for name in NAMES}))
    assert found.stories == ()
    assert found.facts.find("^GSPC", "close") is not None
    assert found.facts.find("^GSPC", "return") is None


def test_nothing_at_all() -> None:
    day = invented_day({})
    found = sound(day)
    assert (found.stories, len(found.facts)) == ((), 0)
    assert choose(found, day).lead is None


def test_closes_that_are_not_known() -> None:
    closes = [100.0 + math.sin(k) if k % 3 else math.nan for k in range(900)]
    closes.append(101.0)
    sound(market(dict.fromkeys(NAMES, closes)))
    assert sound(market({"^GSPC": [math.nan] * 50})).facts.of("^GSPC") == ()


def test_a_missing_session_invents_no_biggest_since() -> None:
    closes = [100.0 + 0.1 * (k % 2) for k in range(600)]
    closes[-1] = 110.0
    day = market({"^GSPC": closes})
    frame = day.series["^GSPC"].bars
    holed = invented_day({"^GSPC": closes}, bars={"^GSPC": frame.drop(frame.index[-2])})
    found = sound(holed)
    assert {story.detector for story in found.stories} & {"biggest_since", "move_rank", "ewma_shock"} == set()
    assert found.facts.find("^GSPC", "return", "1s", holed.session) is None
    assert {story.detector for story in sound(day).stories} & {"biggest_since", "move_rank", "ewma_shock"}


def test_rows_on_holidays_are_left_out() -> None:
    closes = [100.0 + 0.1 * (k % 2) for k in range(600)]
    frame = market({"^VIX": closes}).series["^VIX"].bars
    extra = pd.DataFrame({"close": [500.0]}, index=[pd.Timestamp("2024-06-19")])  # Juneteenth
    day = invented_day({"^VIX": closes}, bars={"^VIX": pd.concat([frame, extra]).sort_index()})
    found = sound(day)
    highest = found.facts.find("^VIX", "high_52w", "252s")
    assert highest is not None
    assert highest.number < 101


def test_a_doubled_date_counts_once() -> None:
    closes = [100.0 + 0.1 * (k % 2) for k in range(600)]
    frame = market({"^GSPC": closes}).series["^GSPC"].bars
    twice = pd.concat([frame, frame.iloc[[-1]]])
    found = sound(invented_day({"^GSPC": closes}, bars={"^GSPC": twice}))
    assert found.facts == sound(market({"^GSPC": closes})).facts


@pytest.mark.parametrize("state", [State.STALE, State.HOLED, State.SUSPECT])
def test_a_barred_series_is_not_looked_at(state: State) -> None:
    closes = [100.0 + 0.1 * k for k in range(600)]
    found = sound(invented_day({"^GSPC": closes}, states={"^GSPC": state}))
    assert (found.stories, found.facts.of("^GSPC")) == ((), ())


def test_a_split_is_no_crash() -> None:
    closes = [1000.0 + (k % 5) for k in range(600)] + [100.0]
    day = invented_day({"NVDA": closes}, kinds={"NVDA": Kind.STOCK})
    found = sound(day)
    assert found.facts.find("NVDA", "return", "1s", day.session) is None


def test_oil_below_zero() -> None:
    closes = [20.0 + (k % 3) for k in range(600)] + [-37.63]
    day = market({"CL=F": closes})
    found = sound(day)
    assert found.facts.find("CL=F", "return", "1s", day.session) is None
    settled = found.facts.find("CL=F", "close")
    assert settled is not None
    assert settled.value == -37.63


def test_a_series_that_ended_long_ago_has_no_facts() -> None:
    closes = [4.0] * 300
    frame = market({"DGS10": closes}).series["DGS10"].bars
    found = sound(invented_day({"DGS10": closes}, bars={"DGS10": frame.iloc[:-10]}))
    assert found.facts.of("DGS10") == ()


def test_a_bond_holiday_leaves_yesterdays_yield_and_no_story() -> None:
    closes = [4.0 + 0.01 * (k % 2) for k in range(600)]
    closes[-2] = 5.0
    frame = market({"DGS10": closes}).series["DGS10"].bars
    found = sound(invented_day({"DGS10": closes}, bars={"DGS10": frame.iloc[:-1]}))
    latest = found.facts.find("DGS10", "close")
    assert latest is not None
    assert latest.as_of == date(2024, 6, 27)
    assert found.stories == ()


prices = st.one_of(
    st.floats(min_value=-1e6, max_value=1e6, allow_nan=False),
    st.just(math.nan),
    st.just(0.0),
)


@given(
    tail=st.lists(prices, min_size=1, max_size=30),
    length=st.sampled_from([1, 30, 300, 600]),
    names=st.sets(st.sampled_from(NAMES), min_size=1, max_size=5),
)
def test_any_prices(tail: list[float], length: int, names: set[str]) -> None:
    closes = [*(100.0 + np.sin(k) for k in range(length)), *tail]
    sound(market(dict.fromkeys(sorted(names), closes)))


@given(seed=st.integers(0, 10**6), length=st.integers(255, 700))
def test_a_record_is_the_highest_close_of_the_file(seed: int, length: int) -> None:
    draw = np.random.default_rng(seed)
    closes = np.round(100 * np.exp(np.cumsum(draw.normal(0.001, 0.01, length))), 1)
    found = sound(market({"^GSPC": closes.tolist()}))
    told = any(story.detector == "record_close" for story in found.stories) or any(
        "record_close:^GSPC:+" in story.absorbed for story in found.stories
    )
    assert told == (length > 500 and closes[-1] > closes[:-1].max())
