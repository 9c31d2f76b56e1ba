"""The real yfinance client against a replay of recorded history: the right closes, and no fault gives a wrong last bar.

The replay server speaks as Yahoo did on the morning of 26 August 2025. It runs as a process of its own on a free port
and is ended with the tests. Nothing here needs the outside network.
"""

import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from newsletter.clock import Clock, frozen
from newsletter.config import Config, Headlines, Yahoo, load
from newsletter.errors import SourceUnavailable
from newsletter.instruments import Instrument
from newsletter.market import MarketDay, State, Timing, Verdict
from newsletter.progress import silent
from newsletter.sessions import exchange
from newsletter.sources import assemble, gather, moment_of, yahoo, yahoo_calendars, yahoo_process
from newsletter.sources.supply import CalendarSupply, HeadlineSupply, PriceSupply
from newsletter.sources.yahoo_process import Patience, Replies, Request
from newsletter.store.prices import PriceStore
from tests.sources_support import day_of
from tests.test_sources_point_in_time import on

pytestmark = pytest.mark.slow

CONFIG = Path(__file__).parent.parent / "config.yaml"
MORNING = frozen(datetime(2025, 8, 26, 10, 0, tzinfo=UTC))
ISSUE = date(2025, 8, 26)
SESSION = pd.Timestamp("2025-08-25")
FEW = ("^GSPC", "^IXIC", "^DJI", "^RUT", "^VIX", "^TNX", "SPY", "DX-Y.NYB", "BTC-USD", "NVDA")


class Replay:
    """The replay server, and what is asked of it."""

    def __init__(self, url: str) -> None:
        self.url = url

    def fault(self, text: str) -> None:
        with urllib.request.urlopen(f"{self.url}/__fault__?{text}") as reply:
            assert reply.status == 200


@pytest.fixture(scope="module")
def server(shared: Path) -> Iterator[Replay]:
    command = [sys.executable, str(shared / "tools" / "yahoo_replay.py"), "--data", str(shared / "market"),
               "--calendars", str(shared / "calendars"), "--as-of", "2025-08-26T06:00-04:00", "--port", "0"]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        try:
            yield Replay(process.stdout.readline().strip())
        finally:
            process.kill()


@pytest.fixture
def replay(server: Replay) -> Iterator[Replay]:
    """The server without faults, before and after."""
    server.fault("clear=1")
    yield server
    server.fault("clear=1")


def source(
    url: str, folder: Path, *, clock: Clock = MORNING, waits: Sequence[float] = (), seconds: float = 120
) -> yahoo.Source:
    """Yahoo at ``url``, with little patience."""
    return yahoo.Source(
        settings=Yahoo(base_url=url, retries=0, timeout=10),
        store=PriceStore(folder / "prices"),
        market=exchange("XNYS", 2026),
        clock=clock,
        patience=Patience(ends=time.monotonic() + seconds, waits=waits, pauses=(0.05, 0.05)),
        progress=silent,
    )


def config(symbols: Sequence[str] = FEW) -> Config:
    everything = load(CONFIG)
    return everything.model_copy(
        update={
            "universe": tuple(entry for entry in everything.universe if entry.symbol in symbols),
            "sources": everything.sources.model_copy(update={"headlines": Headlines()}),
        }
    )


def supply(config: Config, at: yahoo.Source, issue: date = ISSUE) -> PriceSupply:
    universe = [Instrument(symbol=e.symbol, name=e.name, kind=e.kind, prose=e.prose) for e in config.universe]
    moment = moment_of(at.market, config.editions[0], issue, clock=MORNING)
    return yahoo.prices(universe, moment, at)


def judged(config: Config, prices: PriceSupply, at: yahoo.Source) -> MarketDay:
    edition = config.editions[0]
    moment = moment_of(at.market, edition, ISSUE, clock=MORNING)
    return assemble(config, edition, at.market, moment, prices, CalendarSupply(), HeadlineSupply())


@pytest.fixture(scope="module")
def truth(shared: Path) -> MarketDay:
    """The same morning from the CSV folder."""
    return day_of(on(shared), ISSUE.isoformat())


@pytest.fixture(scope="module")
def yesterdays(server: Replay, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store as yesterday's run left it: everything up to Friday."""
    folder = tmp_path_factory.mktemp("yesterday")
    clock = frozen(MORNING() - timedelta(days=1))
    supply(config(), source(server.url, folder, clock=clock), date(2025, 8, 25))
    return folder


@pytest.fixture
def warm(yesterdays: Path, tmp_path: Path) -> Path:
    """A copy of yesterday's store, for one test."""
    shutil.copytree(yesterdays / "prices", tmp_path / "prices")
    return tmp_path


def assert_no_wrong_last_bar(day: MarketDay, truth: MarketDay) -> None:
    """Whatever may be used of ``day`` ends with the true closes of the last two sessions."""
    for symbol, series in day.series.items():
        if series.state in (State.STALE, State.SUSPECT):
            continue
        mine, right = series.close.tail(2), truth.series[symbol].close.tail(2)
        assert mine.index.equals(right.index), symbol
        np.testing.assert_allclose(mine.to_numpy(), right.to_numpy(), rtol=1e-9, err_msg=symbol)


def test_the_whole_universe_has_the_closes_of_the_csv_folder(
    replay: Replay, tmp_path: Path, truth: MarketDay
) -> None:
    base = load(CONFIG)
    config = base.model_copy(
        update={
            "sources": base.sources.model_copy(
                update={
                    "yahoo": Yahoo(base_url=replay.url, retries=0),
                    "headlines": Headlines(),
                    "deadline": 300,
                }
            ),
            "paths": base.paths.model_copy(update={"prices": tmp_path / "prices"}),
        }
    )
    gathered = gather(config, config.editions[0], ISSUE, clock=MORNING)
    day = gathered.day
    assert day.verdict is Verdict.NORMAL
    assert set(truth.series) - set(day.series) == {"DGS3MO", "DGS2", "DGS10", "DGS30", "HY_OAS"}
    for symbol, series in day.series.items():
        mine, right = series.close, truth.series[symbol].close
        assert mine.index.equals(right.index), symbol
        np.testing.assert_allclose(mine.to_numpy(), right.to_numpy(), rtol=1e-9, err_msg=symbol)
    assert {series.state for series in day.series.values()} == {State.OK}
    assert {fetch.source for fetch in gathered.provenance} >= {"yahoo:^GSPC", "yahoo:economic"}
    # What is asked again within the hour comes from the store.
    again = gather(config, config.editions[0], ISSUE, clock=MORNING)
    assert {fetch.source for fetch in again.provenance} == {"yahoo:economic", "yahoo:earnings"}
    assert {symbol: series.close.iloc[-1] for symbol, series in again.day.series.items()} == {
        symbol: series.close.iloc[-1] for symbol, series in day.series.items()
    }


def test_calendars(replay: Replay, tmp_path: Path) -> None:
    at = source(replay.url, tmp_path)
    moment = moment_of(at.market, config().editions[0], ISSUE, clock=MORNING)
    came = yahoo_calendars.calendars(["NVDA", "GOOGL"], moment, at)
    assert came.gaps == ()
    due = {row.event: row for row in came.releases if row.day == ISSUE}
    confidence = due["CB Consumer Confidence"]
    assert confidence.at is not None
    assert (confidence.at.hour, confidence.actual) == (10, None)
    assert confidence.consensus is not None
    assert confidence.consensus.text == "96.4"
    sales = next(r for r in came.releases if r.event == "New Home Sales" and r.day == date(2025, 8, 25))
    assert sales.actual is not None
    assert (sales.actual.text, sales.actual.value) == ("652K", 652_000.0)
    nvidia = next(claim for claim in came.earnings if claim.symbol == "NVDA")
    assert (nvidia.day, nvidia.timing, nvidia.eps_estimate, nvidia.eps_actual) == (
        date(2025, 8, 27),
        Timing.AFTER_CLOSE,
        1.01,
        None,
    )
    assert nvidia.market_value == pytest.approx(4.385e12, rel=0.001)
    assert date(2025, 9, 17) in came.decisions


def test_more_than_a_page_of_releases_comes_whole(replay: Replay, tmp_path: Path) -> None:
    at = source(replay.url, tmp_path)
    request = Request(economic=(date(2025, 6, 1), date(2025, 8, 26)))
    replies = yahoo_process.ask(request, at.settings, at.patience, advance=silent.advance, step=silent.step)
    assert replies.economic is not None
    assert len(replies.economic) > 200
    assert len({(row["Event"], row["Event Time"]) for row in replies.economic}) == len(replies.economic)


@pytest.mark.parametrize(
    ("fault", "bad", "verdict"),
    [
        # Within-day bars of ^RUT are recorded, and the quote bears them out: the bar is rebuilt.
        ("kind=missing-last-bar&symbols=^RUT", {"^RUT": State.REBUILT}, Verdict.NORMAL),
        ("kind=nan-last-bar&symbols=^RUT,^GSPC", {"^RUT": State.REBUILT, "^GSPC": State.REBUILT}, Verdict.NORMAL),
        # Of these there are none: no second witness, no bar.
        ("kind=missing-last-bar&symbols=NVDA,^VIX", {"NVDA": State.STALE, "^VIX": State.STALE}, Verdict.DEGRADED),
        ("kind=nan-last-bar&symbols=NVDA", {"NVDA": State.STALE}, Verdict.NORMAL),
        # Yesterday's store still has the two sessions that Yahoo has lost.
        ("kind=two-day-gap&symbols=^DJI", {}, Verdict.NORMAL),
        ("kind=stale&symbols=^IXIC,NVDA", {"^IXIC": State.STALE, "NVDA": State.STALE}, Verdict.DEGRADED),
        ("kind=stale&symbols=^GSPC", {"^GSPC": State.STALE}, Verdict.HELD),
        ("kind=live-bar", {}, Verdict.NORMAL),
        ("kind=float32", {}, Verdict.NORMAL),
        ("kind=zero-volume", {}, Verdict.NORMAL),
        ("kind=latency&ms=100&path=/v8", {}, Verdict.NORMAL),
    ],
)  # fmt: skip
def test_a_fault_in_the_data_never_gives_a_wrong_last_bar(
    replay: Replay, warm: Path, truth: MarketDay, fault: str, bad: dict[str, State], verdict: Verdict
) -> None:
    replay.fault(fault)
    at = source(replay.url, warm)
    day = judged(config(), supply(config(), at), at)
    assert {name: s.state for name, s in day.series.items() if s.state is not State.OK} == bad
    assert day.verdict is verdict
    assert_no_wrong_last_bar(day, truth)


def test_a_gap_without_a_store_to_fill_it_is_suspect(
    replay: Replay, tmp_path: Path, truth: MarketDay
) -> None:
    replay.fault("kind=two-day-gap&symbols=^DJI")
    at = source(replay.url, tmp_path)
    few = config(("^GSPC", "^DJI"))
    day = judged(few, supply(few, at), at)
    assert day.series["^DJI"].state is State.SUSPECT
    assert day.verdict is Verdict.DEGRADED
    assert_no_wrong_last_bar(day, truth)


def test_a_rebuilt_bar_holds_the_session(replay: Replay, warm: Path, truth: MarketDay) -> None:
    replay.fault("kind=missing-last-bar&symbols=^GSPC")
    at = source(replay.url, warm)
    rebuilt = supply(config(), at).series["^GSPC"].bars.loc[SESSION]
    right = truth.series["^GSPC"].bars.loc[SESSION]
    assert rebuilt["close"] == right["close"]
    for name in ("open", "high", "low"):
        assert rebuilt[name] == pytest.approx(right[name], rel=5e-4)
    # When Yahoo has found the bar again, it replaces ours.
    replay.fault("clear=1")
    later = source(replay.url, warm, clock=frozen(MORNING() + timedelta(hours=2)))
    healed = supply(config(), later).series["^GSPC"]
    assert healed.state is State.OK
    assert healed.bars.loc[SESSION, "volume"] == right["volume"]


@pytest.mark.parametrize(
    "fault",
    [
        "status=429&path=/v8/finance/chart&n=2",
        "status=502&path=/v8/finance/chart&n=3",
        "kind=truncate&path=/v8&n=2",
        "kind=reset&path=/v8&n=2",
    ],
)
def test_what_failed_is_asked_again(replay: Replay, warm: Path, truth: MarketDay, fault: str) -> None:
    replay.fault(fault)
    at = source(replay.url, warm, waits=(0.05, 0.05))
    prices = supply(config(), at)
    assert set(prices.series) == set(FEW)
    assert prices.gaps == ()
    day = judged(config(), prices, at)
    assert day.verdict is Verdict.NORMAL
    assert_no_wrong_last_bar(day, truth)


def test_a_lasting_refusal_is_one_clear_line(replay: Replay, warm: Path) -> None:
    replay.fault("status=429&path=/v8/finance/chart&n=-1")
    with pytest.raises(
        SourceUnavailable, match=r"Yahoo Finance can't be reached \(rate limited\); try again later"
    ):
        supply(config(), source(replay.url, warm, waits=(0.05,)))


def test_nobody_there_is_one_clear_line(tmp_path: Path) -> None:
    begun = time.monotonic()
    with pytest.raises(SourceUnavailable, match="Yahoo Finance can't be reached"):
        supply(config(), source("http://127.0.0.1:9", tmp_path))
    assert time.monotonic() - begun < 60


def test_without_a_network_nobody_waits(tmp_path: Path) -> None:
    at = source("http://nowhere.invalid", tmp_path)
    at.patience.pauses = (60.0,)
    begun = time.monotonic()
    with pytest.raises(SourceUnavailable, match=r"\(no network, or no name service\)"):
        supply(config(), at)
    assert time.monotonic() - begun < 60


def test_time_that_runs_out_is_one_clear_line(replay: Replay, tmp_path: Path) -> None:
    replay.fault("kind=latency&ms=60000&path=/v8/finance/chart")
    with pytest.raises(SourceUnavailable, match="no answer in time"):
        supply(config(), source(replay.url, tmp_path, seconds=4))


def test_one_symbol_that_nobody_knows_is_a_gap(replay: Replay, warm: Path) -> None:
    base = config()
    odd = base.universe[-1].model_copy(update={"symbol": "NOSUCH", "name": "Nothing"})
    wider = base.model_copy(update={"universe": (*base.universe, odd)})
    at = source(replay.url, warm)
    prices = supply(wider, at)
    assert set(prices.series) == set(FEW)
    (gap,) = prices.gaps
    assert gap.source == "Yahoo Finance"
    assert gap.reason.startswith("Nothing: ")
    assert judged(wider, prices, at).verdict is Verdict.NORMAL


def test_a_split_rewrites_the_history(replay: Replay, warm: Path) -> None:
    few = config(("^GSPC", "NVDA"))
    stored = PriceStore(warm / "prices").read("NVDA")
    assert stored is not None
    replay.fault("kind=split&symbols=NVDA")
    at = source(replay.url, warm)
    prices = supply(few, at)
    after = prices.series["NVDA"].close
    assert after.index[-1] == SESSION
    np.testing.assert_allclose(after.to_numpy()[:-1], stored.bars["close"].to_numpy() / 2, rtol=1e-6)
    assert judged(few, prices, at).series["NVDA"].state is State.OK
    assert at.store.revisions() == ()


def test_a_split_whose_history_can_not_be_had_is_stale(
    replay: Replay, warm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = config(("^GSPC", "NVDA"))
    replay.fault("kind=split&symbols=NVDA")
    original = yahoo_process.ask
    asked: list[Request] = []

    def ask_once(request: Request, *args: Any, **kwargs: Any) -> Replies:
        # The two weeks come; when the whole history is asked for, nothing does.
        asked.append(request)
        if len(asked) == 2:
            replay.fault("status=502&path=/v8/finance/chart&n=-1")
        return original(request, *args, **kwargs)

    monkeypatch.setattr(yahoo, "ask", ask_once)
    at = source(replay.url, warm)
    prices = supply(few, at)
    assert [gap.source for gap in prices.gaps] == ["NVDA"]
    assert "a split, and its history can't be had" in prices.gaps[0].reason
    assert judged(few, prices, at).series["NVDA"].state is State.STALE


def test_plain_requests_serve_as_well(
    replay: Replay, warm: Path, truth: MarketDay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YF_DISABLE_CURL_CFFI", "1")
    at = source(replay.url, warm)
    day = judged(config(), supply(config(), at), at)
    assert day.verdict is Verdict.NORMAL
    assert_no_wrong_last_bar(day, truth)


def test_calendars_that_fail_are_a_gap_that_degrades(replay: Replay, tmp_path: Path) -> None:
    replay.fault("status=502&path=/v1/finance/visualization&n=-1")
    at = source(replay.url, tmp_path)
    moment = moment_of(at.market, config().editions[0], ISSUE, clock=MORNING)
    came = yahoo_calendars.calendars(["NVDA"], moment, at)
    assert [(gap.source, gap.degraded) for gap in came.gaps] == [("releases", True), ("earnings", True)]
    assert came.coverage == {}
