"""What may be believed: invented faults are caught, and the wildest real days pass."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from newsletter.market import State, Verdict
from newsletter.sources.bonds import bonds_closed
from tests.sources_support import config_for, day_of, write_folder
from tests.test_sources_point_in_time import on

Change = Callable[[pd.DataFrame], pd.DataFrame]
SESSION = pd.Timestamp("2025-08-25")
ISSUE = "2025-08-26"


def states(tmp_path: Path, symbol: str, change: Change) -> tuple[dict[str, State], Verdict, dict[str, str]]:
    """States by symbol, verdict and reasons when one symbol's bars are changed."""

    def only(name: str, bars: pd.DataFrame) -> pd.DataFrame:
        return change(bars.copy()) if name == symbol else bars

    day = day_of(config_for(write_folder(tmp_path / "market", change=only)), ISSUE)
    return (
        {name: series.state for name, series in day.series.items() if series.state is not State.OK},
        day.verdict,
        {gap.source: gap.reason for gap in day.gaps},
    )


def without(day: pd.Timestamp) -> Change:
    return lambda bars: bars.drop(index=day)


def scaled(factor: float, since: str = "2025-08-25", columns: str = "open high low close") -> Change:
    def change(bars: pd.DataFrame) -> pd.DataFrame:
        bars.loc[since:, columns.split()] *= factor
        return bars

    return change


def without_last_close(bars: pd.DataFrame) -> pd.DataFrame:
    bars.loc[SESSION, ["open", "high", "low", "close"]] = np.nan
    return bars


@pytest.mark.parametrize("change", [without(SESSION), without_last_close], ids=["absent", "not a number"])
def test_a_missing_last_bar_is_stale(tmp_path: Path, change: Change) -> None:
    bad, verdict, reasons = states(tmp_path, "^RUT", change)
    assert bad == {"^RUT": State.STALE}
    assert verdict is Verdict.DEGRADED
    assert reasons["^RUT"].endswith("2025-08-22, expected 2025-08-25")


def test_no_newest_close_of_the_leading_index_holds_the_issue(tmp_path: Path) -> None:
    assert states(tmp_path, "^GSPC", without(SESSION))[1] is Verdict.HELD


def test_a_stale_side_series_does_not_degrade_the_day(tmp_path: Path) -> None:
    bad, verdict, _ = states(tmp_path, "NVDA", without(SESSION))
    assert bad == {"NVDA": State.STALE}
    assert verdict is Verdict.NORMAL


def test_a_one_day_change_over_two_days_is_suspect(tmp_path: Path) -> None:
    bad, _, reasons = states(tmp_path, "^IXIC", without(pd.Timestamp("2025-08-22")))
    assert bad == {"^IXIC": State.SUSPECT}
    assert reasons["^IXIC"].startswith("2025-08-22 is missing")


def test_an_older_hole_keeps_detectors_away(tmp_path: Path) -> None:
    bad, verdict, reasons = states(tmp_path, "^DJI", without(pd.Timestamp("2025-08-12")))
    assert bad == {"^DJI": State.HOLED}
    assert verdict is Verdict.DEGRADED
    assert reasons["^DJI"] == "no close of 2025-08-12"


def test_a_hole_of_long_ago_does_not(tmp_path: Path) -> None:
    assert states(tmp_path, "^DJI", without(pd.Timestamp("2025-05-12")))[0] == {}


def test_bitcoin_must_have_every_day(tmp_path: Path) -> None:
    bad, _, _ = states(tmp_path, "BTC-USD", without(pd.Timestamp("2025-08-17")))  # a Sunday
    assert bad == {"BTC-USD": State.HOLED}


def test_a_bar_on_a_holiday_is_no_hole(tmp_path: Path) -> None:
    day = day_of(config_for(write_folder(tmp_path / "market")), "2025-07-07")
    assert day.verdict is Verdict.NORMAL


@pytest.mark.parametrize("factor", [0.1, 0.5, 10.0, 100.0], ids=lambda factor: f"times {factor:g}")
@pytest.mark.parametrize("symbol", ["NVDA", "^RUT", "^TNX"])
def test_a_split_or_a_change_of_units_is_suspect(tmp_path: Path, symbol: str, factor: float) -> None:
    bad, _, reasons = states(tmp_path, symbol, scaled(factor))
    assert bad == {symbol: State.SUSPECT}
    assert "nothing else bears out" in reasons[symbol]


def test_a_split_is_suspect_however_many_shares_trade(tmp_path: Path) -> None:
    def split(bars: pd.DataFrame) -> pd.DataFrame:
        bars.loc["2025-08-25":, ["open", "high", "low", "close"]] /= 10
        bars.loc["2025-08-25":, "volume"] *= 10
        return bars

    assert states(tmp_path, "NVDA", split)[0] == {"NVDA": State.SUSPECT}


def test_a_leap_alone_is_suspect(tmp_path: Path) -> None:
    assert states(tmp_path, "NVDA", scaled(1.37))[0] == {"NVDA": State.SUSPECT}


def test_a_leap_that_heavy_trading_bears_out_is_news(tmp_path: Path) -> None:
    def leap(bars: pd.DataFrame) -> pd.DataFrame:
        bars = scaled(1.37)(bars)
        bars.loc["2025-08-25":, "volume"] *= 4
        return bars

    assert states(tmp_path, "NVDA", leap)[0] == {}


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("low", 1e5, "above its open or close"),
        ("high", 1.0, "below its open or close"),
        ("close", -1.0, "a close of -1"),
        ("close", 0.0, "a close of 0"),
    ],
)
def test_an_impossible_bar_is_suspect(tmp_path: Path, column: str, value: float, said: str) -> None:
    def change(bars: pd.DataFrame) -> pd.DataFrame:
        bars.loc[SESSION, column] = value
        return bars

    bad, _, reasons = states(tmp_path, "^DJI", change)
    assert bad == {"^DJI": State.SUSPECT}
    assert said in reasons["^DJI"]


def test_yesterdays_bar_again_is_suspect(tmp_path: Path) -> None:
    def again(bars: pd.DataFrame) -> pd.DataFrame:
        bars.loc[SESSION] = bars.loc["2025-08-22"]
        return bars

    bad, _, reasons = states(tmp_path, "^IXIC", again)
    assert bad == {"^IXIC": State.SUSPECT}
    assert reasons["^IXIC"] == "the same four prices as the day before"


def test_two_sources_at_odds_about_the_leading_index_hold_the_issue(tmp_path: Path) -> None:
    # A move of one percent is nothing unusual; that SPY has none of it is.
    _, verdict, reasons = states(tmp_path, "SPY", scaled(1.012))
    assert verdict is Verdict.HELD
    assert reasons["^GSPC"] == "its move and that of SPY don't agree"


def test_four_core_series_out_hold_the_issue(tmp_path: Path) -> None:
    def four(name: str, bars: pd.DataFrame) -> pd.DataFrame:
        return bars.drop(index=SESSION) if name in ("^IXIC", "^DJI", "^RUT", "^VIX") else bars

    day = day_of(config_for(write_folder(tmp_path / "market", change=four)), ISSUE)
    assert day.verdict is Verdict.HELD


def test_bonds_rest_on_two_days_on_which_stocks_trade(tmp_path: Path) -> None:
    def resting(name: str, bars: pd.DataFrame) -> pd.DataFrame:
        return bars.drop(index=pd.Timestamp("2024-10-14")) if name == "^TNX" else bars

    day = day_of(config_for(write_folder(tmp_path / "market", change=resting)), "2024-10-15")
    assert day.series["^TNX"].state is State.STALE
    assert day.verdict is Verdict.NORMAL
    assert [gap.reason for gap in day.gaps if gap.source == "bonds"] == ["bond market closed"]


def test_bond_holidays_of_the_calendar() -> None:
    closed = ["2017-10-09", "2018-10-08", "2018-11-12", "2019-11-11", "2022-11-11", "2024-10-14"]
    open_days = ["2017-11-10", "2018-11-13", "2023-11-10", "2024-10-07", "2024-10-21", "2024-11-12"]
    assert all(bonds_closed(date.fromisoformat(day)) for day in closed)
    assert not any(bonds_closed(date.fromisoformat(day)) for day in open_days)


@pytest.mark.parametrize(
    "issue",
    [
        "1987-10-20",  # S&P 500 -20.5%
        "2001-09-18",  # four weekdays closed
        "2008-10-14",  # the largest gains of the file, on a bond holiday
        "2018-02-06",  # VIX +116%
        "2020-03-17",  # S&P 500 -12%
        "2020-04-21",  # crude settled below zero
        "2022-02-04",  # Meta -26%
        "2024-08-06",  # VIX +65%
        "2025-04-10",  # S&P 500 +9.5%
        "2025-09-11",  # Oracle +36%
    ],
)
def test_the_wildest_real_days_pass(shared: Path, issue: str) -> None:
    day = day_of(on(shared), issue)
    resting = bonds_closed(day.session)
    assert [
        name
        for name, series in day.series.items()
        if series.state in (State.STALE, State.SUSPECT)
        and not (resting and series.instrument.kind == "yield")
    ] == []
    assert day.verdict is Verdict.NORMAL
