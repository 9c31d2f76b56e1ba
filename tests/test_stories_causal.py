"""Nothing after a session may change what is found on it: every rule, truncated at a day, says the same of that day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from newsletter.instruments import Kind
from newsletter.market import MarketDay
from newsletter.stories import choose, find
from newsletter.stories.firings import Firings, Hit
from newsletter.stories.prepared import Market
from newsletter.stories.registry import DETECTORS
from tests.stories_support import invented_day, invented_market, real_day

DAYS = (
    "2001-09-17",
    "2008-10-13",
    "2013-03-28",
    "2018-02-05",
    "2020-11-09",
    "2022-01-24",
    "2024-08-05",
    "2025-08-25",
)


def at_end(found: Firings, row: int) -> Hit | None:
    k = found.on(row)
    return None if k is None else found.hit(k)


def compare(full: Market, short: Market, session: date) -> int:
    """Assert that both say the same of ``session``; how many firings that was."""
    fired = 0
    for detector in DETECTORS:
        for track in detector.entities(short):
            row = track.row(session)
            whole = full.track(_key(detector.name, track.entity))
            if row is None or whole is None:
                continue
            assert whole.row(session) == row, (detector.name, track.entity)
            there, here = at_end(detector.run(whole), row), at_end(detector.run(track), row)
            assert (there is None) == (here is None), (detector.name, track.entity, there, here)
            if there is not None and here is not None:
                fired += 1
                where = (detector.name, track.entity)
                assert here.p == pytest.approx(there.p), where
                assert (here.direction, here.yardstick, here.changed) == (
                    there.direction,
                    there.yardstick,
                    there.changed,
                ), where
                for name, value in here.extra.items():
                    assert value == pytest.approx(there.extra[name], nan_ok=True), (detector.name, name)
    return fired


def _key(detector: str, entity: str) -> str:
    prefix = {
        "earnings_ahead": "due:",
        "macro_ahead": "due:",
        "earnings_reaction": "reports:",
        "macro_surprise": "prints:",
        "earnings_surprise": "beats:",
        "fed_event": "out:",
    }.get(detector, "")
    return prefix + (entity.removeprefix("event:") if detector == "macro_surprise" else entity)


@pytest.mark.shared
@pytest.mark.slow
def test_real_history_truncated(shared: Path) -> None:
    full = Market(day=real_day(shared, date(2025, 9, 30)))
    fired = 0
    for day in DAYS:
        session = date.fromisoformat(day)
        fired += compare(full, Market(day=real_day(shared, session)), session)
    assert fired > 60


@pytest.mark.shared
@pytest.mark.parametrize("day", ["2018-02-05", "2024-08-05", "2025-08-25"])
def test_an_issue_does_not_see_later_prices(shared: Path, day: str) -> None:
    session = date.fromisoformat(day)
    short, long = real_day(shared, session), real_day(shared, session, truncated=False)
    found, again = find(short), find(long)
    assert again.stories == found.stories
    assert list(again.facts.values()) == list(found.facts.values())
    assert choose(again, long) == choose(found, short)


@pytest.mark.parametrize("seed", range(4))
def test_invented_market_truncated(seed: int) -> None:
    full_day = invented_market(seed, sessions=1400)
    full = Market(day=full_day)
    fired = 0
    for back in (1, 7, 40, 41, 133, 500):
        session = full_day.sessions[-1 - back].date()
        fired += compare(full, Market(day=cut(full_day, back)), session)
    assert fired > 3


@pytest.mark.parametrize("seed", range(2))
def test_one_session_is_ranked_as_the_whole_history_is(seed: int) -> None:
    # find ranks only the last rows; a rule that looked further back would differ from the full ranking.
    day = invented_market(seed, sessions=1400)
    for back in range(0, 40, 4):
        short = cut(day, back) if back else day
        compare(Market(day=short), Market(day=short, warm=64), short.session)


def cut(day: MarketDay, back: int) -> MarketDay:
    """The invented market as it stood ``back`` sessions earlier."""
    closes = {
        name: series.bars["close"].to_numpy()[: len(series.bars) - back].tolist()
        for name, series in day.series.items()
    }
    kinds = {name: series.instrument.kind for name, series in day.series.items()}
    last = day.sessions[-1 - back].date()
    shorter = invented_day(closes, last=last, kinds=kinds)
    bars = {name: series.bars.iloc[: len(series.bars) - back] for name, series in day.series.items()}
    return invented_day(closes, last=last, kinds=kinds, bars=bars) if bars else shorter


def test_the_invented_market_is_of_every_kind() -> None:
    kinds = {series.instrument.kind for series in invented_market(0, sessions=300).series.values()}
    assert {Kind.INDEX, Kind.VOLATILITY, Kind.YIELD, Kind.COMMODITY, Kind.ETF, Kind.SECTOR} <= kinds
    assert np.isfinite(invented_market(0, sessions=300).series["^GSPC"].bars["close"]).all()
