"""The invented market: the same prices whenever a session is asked for, plausible bars, and nothing real."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from newsletter.clock import frozen
from newsletter.config import Config, DataSource, HeadlineKind, Headlines, PriceKind, load
from newsletter.errors import NoSession
from newsletter.instruments import Kind
from newsletter.market import MarketDay, Timing, Verdict
from newsletter.sources.sample_loads import companies
from tests.sources_support import day_of

CONFIG = Path(__file__).parent.parent / "config.yaml"
NOW = frozen(datetime(2026, 11, 25, 12, 0, tzinfo=UTC))


def invented() -> Config:
    config = load(CONFIG)
    made_up = DataSource(kind=PriceKind.SAMPLE)
    update: Mapping[str, object] = {
        "prices": made_up,
        "calendars": made_up,
        "headlines": Headlines(kind=HeadlineKind.SAMPLE),
    }
    return config.model_copy(update={"sources": config.sources.model_copy(update=update)})


@pytest.fixture(scope="module")
def early() -> MarketDay:
    return day_of(invented(), "2025-03-04", clock=NOW)


@pytest.fixture(scope="module")
def late() -> MarketDay:
    return day_of(invented(), "2026-11-24", clock=NOW)


def test_it_reaches_the_last_session(late: MarketDay) -> None:
    assert late.session == date(2026, 11, 23)
    assert late.verdict is Verdict.NORMAL
    assert late.gaps == ()
    assert late.sample
    assert {series.bars.index[-1].date() for series in late.series.values()} == {
        date(2026, 11, 23),
        date(2026, 11, 20),  # credit
    }


def test_a_session_has_the_same_prices_whenever_it_is_asked_for(early: MarketDay, late: MarketDay) -> None:
    for symbol, series in early.series.items():
        again = late.series[symbol].bars.loc[: series.bars.index[-1]]
        pd.testing.assert_frame_equal(series.bars, again, check_freq=False)
    assert early.members is not None
    assert late.members is not None
    again = late.members.closes.loc[: early.members.closes.index[-1]]
    pd.testing.assert_frame_equal(early.members.closes, again, check_freq=False)


def test_calendars_do_not_change_either(early: MarketDay, late: MarketDay) -> None:
    shown = [row for row in early.releases if date(2022, 1, 1) <= row.day <= early.session]
    again = [row for row in late.releases if date(2022, 1, 1) <= row.day <= early.session]
    assert shown
    assert shown == again
    assert [day for day in late.rate_decisions if day <= early.session] == [
        day for day in early.rate_decisions if day <= early.session
    ]


def test_every_bar_holds_its_open_and_close(late: MarketDay) -> None:
    for series in late.series.values():
        bars = series.bars.dropna(subset=["open", "high", "low", "close"])
        assert (bars["low"] <= bars[["open", "close"]].min(axis=1)).all(), series.symbol
        assert (bars["high"] >= bars[["open", "close"]].max(axis=1)).all(), series.symbol
        if series.instrument.kind not in (Kind.YIELD, Kind.CREDIT):
            assert (bars["low"] > 0).all(), series.symbol


def test_the_universe_is_there_with_members_for_breadth(late: MarketDay) -> None:
    assert set(late.series) == {entry.symbol for entry in invented().universe}
    assert late.members is not None
    assert late.members.closes.shape[1] >= 450
    assert not late.members.closes.iloc[-1].isna().any()


def test_instruments_move_together_as_they_should(late: MarketDay) -> None:
    closes = pd.DataFrame({symbol: series.close for symbol, series in late.series.items()})
    moves = closes.loc["2016":].pct_change(fill_method=None).dropna()
    related = moves.corr()["^GSPC"]
    assert related["SPY"] > 0.99
    assert 0.7 < related["^RUT"] < 0.98
    assert related["^VIX"] < -0.6
    assert abs(related["GC=F"]) < 0.3
    assert 0.1 < related["BTC-USD"] < 0.7


def test_there_are_calm_and_stormy_times(late: MarketDay) -> None:
    moves = late.series["^GSPC"].close.pct_change().dropna() * 100
    month = moves.rolling(21).std().dropna()
    assert month.quantile(0.1) < 0.7
    assert month.quantile(0.99) > 1.6
    assert 0.7 < moves.std() < 1.4
    assert moves.abs().autocorr(5) > 0.1  # storms last
    level = late.series["^GSPC"].close
    assert float((level / level.cummax() - 1).min()) < -0.2


def test_it_has_something_due_and_something_done(late: MarketDay) -> None:
    due = [row for row in late.releases if row.day > late.session]
    done = [row for row in late.releases if row.day <= late.session and row.event == "CPI m/m"]
    assert due
    assert all(row.actual is None for row in due)
    assert all(row.actual is not None and row.consensus is not None for row in done)
    assert len(done) >= 60
    reports = [item for item in late.earnings if item.symbol == "NVDA"]
    assert len(reports) > 80
    assert all(item.confirmed and item.timing is not Timing.UNKNOWN for item in reports)


def test_nothing_is_due_on_a_holiday(late: MarketDay) -> None:
    days = {row.day for row in late.releases} | set(late.rate_decisions) | {e.day for e in late.earnings}
    assert date(2025, 12, 25) not in days
    assert date(2026, 7, 3) not in days
    assert all(day.weekday() < 5 for day in days)


def test_reports_move_the_share(late: MarketDay) -> None:
    close = late.series["META"].close
    moves = close.pct_change().abs() * 100
    reports = [item.day for item in late.earnings if item.symbol == "META" and item.day < late.session]
    felt = [moves.iloc[moves.index.searchsorted(pd.Timestamp(day)) :][:2].max() for day in reports]
    assert np.median(felt) > 2 * moves.median()


def test_headlines_are_plainly_invented(late: MarketDay) -> None:
    assert 4 <= len(late.headlines) <= 6
    assert all(item.title.startswith("Sample headline: ") for item in late.headlines)
    assert {item.url.split("/")[2] for item in late.headlines} <= {
        "example.com",
        "example.org",
        "example.net",
    }
    assert all(item.published < late.cut_off for item in late.headlines)


def test_invented_members_have_symbols_that_no_share_has() -> None:
    made_up = companies()
    assert len({symbol for symbol, _, _ in made_up}) == len({name for _, name, _ in made_up}) == 450
    assert all(any(letter.isdigit() for letter in symbol) for symbol, _, _ in made_up)


@pytest.mark.parametrize("day", ["2006-01-04", "2009-03-10", "2014-09-18", "2020-03-17", "2024-12-26"])
def test_the_gate_finds_nothing_to_say(day: str) -> None:
    assert day_of(invented(), day, clock=NOW).verdict is Verdict.NORMAL


def test_it_has_a_first_day() -> None:
    with pytest.raises(
        NoSession, match="sample market begins 2005-01-03; the first possible issue is of 2005-01-05"
    ):
        day_of(invented(), "2005-01-04", clock=NOW)
    assert day_of(invented(), "2005-01-05", clock=NOW).session == date(2005, 1, 4)
