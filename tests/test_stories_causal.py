"""Nothing after a session may change what is found on it: every rule, truncated at a day, says the same of that day."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from newsletter.instruments import Kind
from newsletter.market import MarketDay
from newsletter.stories import choose, find
from newsletter.stories.firings import Detector, Firings, Hit
from newsletter.stories.prepared import Market
from newsletter.stories.registry import DETECTORS
from tests.stories_support import LAST, LIVE, invented_day, invented_market, real_day
from tests.test_stories_golden_days import DAYS as GOLDEN

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


def compare(
    full: Market, short: Market, session: date, ran: dict[tuple[str, str], Firings] | None = None
) -> int:
    """Assert that both say the same of ``session``; how many firings that was. ``ran`` keeps what the full one said."""
    fired = 0
    ran = {} if ran is None else ran
    for detector in DETECTORS:
        for track in detector.entities(short):
            row = track.row(session)
            whole = full.track(_key(detector.name, track.entity))
            if row is None or whole is None:
                continue
            assert whole.row(session) == row, (detector.name, track.entity)
            key = (detector.name, track.entity)
            if key not in ran:
                ran[key] = detector.run(whole)
            there, here = at_end(ran[key], row), at_end(detector.run(track), row)
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
    full = Market(day=real_day(shared, LAST))
    newest = {newest_firing(full, detector) for detector in DETECTORS if detector.name not in LIVE}
    ran: dict[tuple[str, str], Firings] = {}
    fired = 0
    for session in sorted({*map(date.fromisoformat, DAYS), *newest}):
        fired += compare(full, Market(day=real_day(shared, session)), session, ran)
    assert fired > 300


@pytest.mark.shared
@pytest.mark.parametrize("day", ["2018-02-05", "2024-08-05", "2025-08-25"])
def test_an_issue_does_not_see_later_prices(shared: Path, day: str) -> None:
    session = date.fromisoformat(day)
    short, long = real_day(shared, session), real_day(shared, session, truncated=False)
    found, again = find(short), find(long)
    assert again.stories == found.stories
    assert list(again.facts.values()) == list(found.facts.values())
    assert choose(again, long) == choose(found, short)


def told_the_same(shared: Path, session: date) -> set[str]:
    """Assert that an issue is the same whether its data end with the session or not; the rules it told of."""
    short, long = real_day(shared, session), real_day(shared, session, truncated=False)
    found, again = find(short), find(long)
    assert again.stories == found.stories, session
    assert list(again.facts.values()) == list(found.facts.values()), session
    assert choose(again, long) == choose(found, short), session
    return {key.split(":")[0] for story in found.stories for key in (story.key, *story.absorbed)}


def golden_and_random(shared: Path) -> list[date]:
    """Every golden date, and 50 drawn from all sessions since 1990."""
    later = [day.date() for day in real_day(shared, LAST).sessions if day.year >= 1990]
    return sorted({*map(date.fromisoformat, GOLDEN), *random.Random(11).sample(later, 50)})


@pytest.mark.shared
@pytest.mark.slow
def test_some_golden_and_random_issues_do_not_see_later_prices(shared: Path) -> None:
    for session in golden_and_random(shared)[::8]:
        told_the_same(shared, session)


@pytest.mark.shared
@pytest.mark.soak
def test_no_golden_or_random_issue_and_no_rule_sees_later_prices(shared: Path) -> None:
    whole = Market(day=real_day(shared, LAST))
    told: set[str] = set()
    for session in golden_and_random(shared):
        told |= told_the_same(shared, session)
    for detector in DETECTORS:
        if detector.name not in told | LIVE:
            told |= told_the_same(shared, newest_firing(whole, detector))
            assert detector.name in told


def newest_firing(market: Market, detector: Detector) -> date:
    """The newest session on which a rule fires."""
    sessions = {day.date() for day in market.day.sessions}
    fired = {track.day(int(row)) for track in detector.entities(market) for row in detector.run(track).at}
    return max(fired & sessions)


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
