"""Futures and index weights, which only a live universe brings: all on invented data."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.facts import Findings, Story
from newsletter.instruments import Kind
from newsletter.market import MarketDay
from newsletter.stories import choose, find
from newsletter.stories.prepared import Market
from newsletter.stories.registry import BY_NAME
from tests.stories_support import invented_day
from tests.test_stories_odd import sound

LAST = date(2024, 6, 10)
"""A Monday; in this invented June the central bank decides two days later, with 18 of 30 days to come."""

DECISION = date(2024, 6, 12)


def told(findings: Findings, detector: str) -> Story | None:
    return next((story for story in findings.stories if story.detector == detector), None)


def value(findings: Findings, entity: str, metric: str, window: str = "1s") -> object:
    found = findings.facts.find(entity, metric, window)
    return None if found is None else found.value


# The odds of a decision


def rates(*last: float, decisions: Sequence[date] = (DECISION,), until: date = LAST) -> MarketDay:
    """A future that stands still but for its last closes; a decision every 42 days before."""
    closes = [94.67 + 0.005 * (k % 2) for k in range(700)] + list(last)
    day = invented_day({"ZQ=F": closes}, last=until, kinds={"ZQ=F": Kind.COMMODITY})
    past = [min(decisions, default=DECISION) - timedelta(days=42 * k) for k in range(1, 24)]
    return replace(day, rate_decisions=tuple(sorted((*past, *decisions))))


def test_a_cut_becomes_likelier() -> None:
    # The mean rate of June falls 3 basis points; 18 of its 30 days follow the decision: 3 / 25 * 30 / 18 = 20 points.
    findings = find(rates(94.67, 94.70))
    story = told(findings, "fed_odds")
    assert story is not None
    assert story.key == "fed_odds:ZQ=F:-"
    assert value(findings, "ZQ=F", "odds_change") == pytest.approx(-20.0)
    assert value(findings, "ZQ=F", "implied_rate") == pytest.approx(5.30)
    assert value(findings, "ZQ=F", "odds_day", "due") == DECISION


def test_less_than_ten_points_is_no_story() -> None:
    assert told(find(rates(94.67, 94.68)), "fed_odds") is None  # 6.7 points


@pytest.mark.parametrize(
    ("decisions", "why"),
    [
        ((), "nothing is decided this month"),
        ((LAST,), "it was decided today: what moved is the answer, not the odds"),
        ((date(2024, 6, 26),), "four days of the month follow: its mean says too little"),
        ((date(2024, 7, 3),), "another month's contract"),
    ],
)
def test_without_a_decision_the_contract_speaks_of_there_are_no_odds(
    decisions: tuple[date, ...], why: str
) -> None:
    assert told(find(rates(94.67, 94.80, decisions=decisions)), "fed_odds") is None, why


def test_a_new_contract_is_no_change_of_odds() -> None:
    # Its first day stands beside the last of another month.
    first = date(2024, 6, 3)
    assert told(find(rates(94.67, 94.90, until=first)), "fed_odds") is None
    second = date(2024, 6, 4)
    assert told(find(rates(94.67, 94.90, until=second)), "fed_odds") is not None


def test_no_future_no_odds() -> None:
    day = replace(invented_day({"^GSPC": [100.0] * 300}, last=LAST), rate_decisions=(DECISION,))
    assert told(find(day), "fed_odds") is None


# Before the open


def early(gap: float, *, mornings: int = 400) -> MarketDay:
    close = [5000.0 + k for k in range(mornings + 1)]
    dawn = [level * (1 + 0.001 * (1 if k % 2 else -1)) for k, level in enumerate(close)]
    dawn[-1] = close[-1] * (1 + gap / 100)
    kinds = {"ES=F": Kind.COMMODITY, "ES=F-0600": Kind.COMMODITY}
    return invented_day({"ES=F": close, "ES=F-0600": dawn}, last=LAST, kinds=kinds)


def test_futures_far_from_the_close_are_told_with_their_hour() -> None:
    day = early(-0.6)
    findings = find(day)
    story = told(findings, "overnight_gap")
    assert story is not None
    assert story.direction == -1
    assert value(findings, "overnight:ES=F", "overnight") == pytest.approx(-0.6)
    assert value(findings, "overnight:ES=F", "at") == "06:00"


def test_what_moved_overnight_never_leads_and_is_never_listed() -> None:
    day = early(-4.0)
    findings = find(day)
    assert told(findings, "overnight_gap") is not None
    choice = choose(findings, day)
    chosen = [story.detector for story in (*((choice.lead,) if choice.lead else ()), *choice.also)]
    assert "overnight_gap" not in chosen


def test_an_ordinary_night_and_too_few_mornings_are_silent() -> None:
    assert told(find(early(0.05)), "overnight_gap") is None
    assert told(find(early(-4.0, mornings=200)), "overnight_gap") is None


# The largest companies


def index_of(
    weights: Mapping[str, float], last: Mapping[str, float], index_move: float, *, sessions: int = 700
) -> MarketDay:
    """Companies and an index that all go the same small way, but for the last session (percent)."""
    draw = np.random.default_rng(7)
    common = draw.choice((-0.006, 0.006), sessions)
    closes: dict[str, list[float]] = {}
    for name in weights:
        own = np.concatenate((common, [last.get(name, 0.0) / 100]))
        closes[name] = (100 * np.cumprod(1 + own)).tolist()
    closes["^GSPC"] = (5000 * np.cumprod(1 + np.concatenate((common, [index_move / 100])))).tolist()
    kinds = dict.fromkeys(weights, Kind.STOCK)
    return replace(invented_day(closes, last=LAST, kinds=kinds), weights=weights)


WEIGHTS = {f"C{k}": 0.07 - 0.005 * k for k in range(10)}
"""Ten invented companies of 7, 6.5 ... 2.5% of the index, 47.5% together."""


def test_one_company_made_most_of_the_gain() -> None:
    # 7% of the index rose 10%, the index 1%: 70% of it, give or take what the weight was before the session.
    findings = find(index_of(WEIGHTS, {"C0": 10.0}, 1.0))
    story = told(findings, "concentration")
    assert story is not None
    assert story.key == "concentration:concentration:SPX:+"
    assert value(findings, "concentration:SPX", "carriers") == 1
    # weight before = 0.07 x (1.01 / 1.10): shares stand still, prices don't
    assert value(findings, "concentration:SPX", "carried") == pytest.approx(64.27, abs=0.01)


def test_shares_of_all_groups_are_counted_as_weights_times_moves() -> None:
    day = index_of(WEIGHTS, dict.fromkeys(WEIGHTS, 2.0), 2.0)
    track = Market(day=day).track("concentration:SPX")
    assert track is not None
    # Everything moves alike, so each group makes what it weighs.
    assert [track.parts[f"largest_{k}"][-1] for k in (1, 5, 10)] == pytest.approx([7.0, 30.0, 47.5])
    assert told(find(day), "concentration") is None


def test_a_share_of_next_to_nothing_is_not_told() -> None:
    assert told(find(index_of(WEIGHTS, {"C0": 10.0}, 0.2)), "concentration") is None


def test_companies_against_the_index_carry_nothing() -> None:
    assert told(find(index_of(WEIGHTS, {"C0": -10.0}, 1.0)), "concentration") is None


def test_without_weights_or_with_nine_there_is_no_track() -> None:
    day = index_of(WEIGHTS, {"C0": 10.0}, 1.0)
    nine = {name: weight for name, weight in WEIGHTS.items() if name != "C9"}
    for weights in ({}, nine):
        assert told(find(replace(day, weights=weights)), "concentration") is None


# Nothing after a session changes what is said of it


@pytest.mark.parametrize("name", ["fed_odds", "overnight_gap"])
def test_rows_rest_on_those_before(name: str) -> None:
    long = {"fed_odds": rates(94.67, 94.70, 94.60), "overnight_gap": early(-0.6)}[name]
    detector = BY_NAME[name]
    [whole] = detector.entities(Market(day=long))
    found = detector.run(whole)
    assert len(found)
    for k, row in enumerate(found.at.tolist()):
        cut = {symbol: series.bars.iloc[: row + 1] for symbol, series in long.series.items()}
        kinds = {symbol: series.instrument.kind for symbol, series in long.series.items()}
        closes = {symbol: frame["close"].tolist() for symbol, frame in cut.items()}
        short = invented_day(closes, last=whole.day(row), kinds=kinds, bars=cut)
        short = replace(short, rate_decisions=long.rate_decisions)
        [track] = detector.entities(Market(day=short))
        again = detector.run(track)
        assert again.hit(len(again) - 1) == found.hit(k)


prices = st.one_of(
    st.floats(-200, 200), st.sampled_from([0.0, math.nan, math.inf, -math.inf, 1e-320, 1e300, 94.67])
)


@given(
    tail=st.lists(prices, min_size=1, max_size=20),
    length=st.sampled_from([1, 30, 300]),
    weight=st.sampled_from([0.0, 0.05, 1.0]),
    ahead=st.integers(-3, 40),
)
def test_any_prices(tail: list[float], length: int, weight: float, ahead: int) -> None:
    closes = [*(100.0 + math.sin(k) for k in range(length)), *tail]
    names = ("^GSPC", "ZQ=F", "ES=F", "ES=F-0600", *WEIGHTS)
    kinds = {name: Kind.COMMODITY for name in names if "=" in name} | dict.fromkeys(WEIGHTS, Kind.STOCK)
    day = invented_day(dict.fromkeys(names, closes), last=LAST, kinds=kinds)
    due = LAST + timedelta(days=ahead)
    sound(replace(day, weights=dict.fromkeys(WEIGHTS, weight), rate_decisions=(due,)))
