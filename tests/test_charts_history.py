"""Charts of days that happened. Expected values are the design's golden figures, or counted by hand from the files."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from newsletter.charting import fitting_title
from newsletter.config import load
from newsletter.facts import FactBook
from newsletter.instruments import Instrument
from newsletter.market import MarketDay, Series
from newsletter.sessions import Session, exchange
from tests.charts_frames import story
from tests.test_charts_recipes import module

NEW_YORK = exchange("XNYS", 2025)
CONFIG = load(Path(__file__).resolve().parent.parent / "config.yaml")


@pytest.fixture(scope="module")
def history(shared: Path) -> dict[str, pd.DataFrame]:
    """Bars of the symbols below, unabridged."""
    market = shared / "market"
    bars = {
        symbol: pd.read_csv(market / "prices" / f"{symbol}.csv", index_col=0, parse_dates=True)
        for symbol in ("^GSPC", "^RUT", "^DJI", "^IXIC", "^VIX")
    }
    rates = pd.read_csv(market / "rates_fred.csv", index_col=0, parse_dates=True)
    return bars | {"DGS10": rates[["DGS10"]].dropna().rename(columns={"DGS10": "close"})}


def day_of(history: dict[str, pd.DataFrame], session: str) -> MarketDay:
    instruments = {
        entry.symbol: Instrument(symbol=entry.symbol, name=entry.name, kind=entry.kind, prose=entry.prose)
        for entry in CONFIG.universe
    }
    last = date.fromisoformat(session)
    series = {}
    for symbol, bars in history.items():
        cut = bars[(bars.index <= session) & (symbol != "^VIX" or bars.index.isin(NEW_YORK.index))]
        series[symbol] = Series(instrument=instruments[symbol], bars=cut, source=f"csv:{symbol}")
    return MarketDay(
        day=NEW_YORK.after(last),
        session=Session(last),
        cut_off=datetime(last.year, last.month, last.day, tzinfo=UTC),
        exchange="XNYS",
        sessions=NEW_YORK.index[NEW_YORK.index <= pd.Timestamp(last)],
        ahead=(),
        series=series,
    )


def planned(
    history: dict[str, pd.DataFrame], session: str, recipe: str, entity: str, detector: str = "x"
) -> Any:
    return module(recipe).plan(story(entity, recipe, detector), FactBook(), day_of(history, session))


def values(plan: Any) -> dict[str, Any]:
    """First fact of each metric."""
    found: dict[str, Any] = {}
    for item in plan.facts:
        found.setdefault(item.metric, item.value)
    return found


def test_russell_record_drought(history: dict[str, pd.DataFrame]) -> None:
    plan = planned(history, "2025-08-25", "distance_to_record", "^RUT")
    facts = values(plan)
    assert facts["drought"] == 951
    assert facts["record_date"] == date(2021, 11, 8)
    assert facts["record_close"] == pytest.approx(2442.74, abs=0.01)
    assert facts["dist_record"] == pytest.approx(-4.24, abs=0.01)
    assert facts["near_miss_date"] == date(2024, 11, 25)
    assert facts["near_miss_close"] == pytest.approx(2442.03, abs=0.01)
    assert fitting_title(plan.titles) == "No Russell 2000 record in 951 sessions"
    assert plan.marks.gap == "4.2% below"
    assert plan.last == "2,339.17"
    assert plan.values[-1] == pytest.approx(2339.17)
    assert plan.marks.record.lines == ("Nov. 8, 2021", "Record 2,442.74")
    assert plan.marks.miss.lines == ("Nov. 25, 2024", "0.71 points short")


def test_dow_ends_its_wait(history: dict[str, pd.DataFrame]) -> None:
    plan = planned(history, "2025-08-22", "distance_to_record", "^DJI")
    assert values(plan)["drought"] == 177
    assert plan.marks.record.day == date(2024, 12, 4)
    assert fitting_title(plan.titles) == "The Dow ends 177 sessions without a record"


def test_twentieth_record_of_the_year(history: dict[str, pd.DataFrame]) -> None:
    plan = planned(history, "2025-08-28", "distance_to_record", "^GSPC")
    assert values(plan)["records"] == 20
    assert len(plan.marks.dots) == 20
    assert plan.marks.dots[-2] < date(2025, 8, 28)


def test_third_largest_gain(history: dict[str, pd.DataFrame]) -> None:
    plan = planned(history, "2025-04-09", "rank_bar", "^GSPC")
    assert fitting_title(plan.titles) == "Only two gains since 1985 were larger"
    assert [bar.label for bar in plan.bars[:3]] == ["Oct. 13, 2008", "Oct. 28, 2008", "April 9, 2025"]
    assert [bar.text for bar in plan.bars[:3]] == ["+11.6%", "+10.8%", "+9.5%"]
    assert [bar.now for bar in plan.bars[:3]] == [False, False, True]
    assert plan.bars[1].larger


def test_largest_gain_since_april(history: dict[str, pd.DataFrame]) -> None:
    plan = planned(history, "2025-08-22", "since_bars", "^RUT")
    assert values(plan)["span"] == 93
    assert values(plan)["since"] == date(2025, 4, 9)
    assert len(plan.values) == 94


def test_vix_jump(history: dict[str, pd.DataFrame]) -> None:
    plan = planned(history, "2024-08-05", "rank_bar", "^VIX")
    assert values(plan)["since"] == date(2018, 2, 5)
    assert values(plan)["return"] == pytest.approx(64.90, abs=0.01)
    assert values(planned(history, "2024-08-05", "level_line", "^VIX"))["extreme_since"] == date(2020, 10, 28)


@pytest.mark.parametrize(
    ("session", "entity", "length", "since"),
    [
        ("2025-05-02", "^GSPC", 9, date(2004, 11, 5)),
        ("2016-11-25", "^RUT", 15, date(1996, 2, 6)),
        ("2023-07-26", "^DJI", 13, date(1987, 1, 20)),
        ("2023-07-27", "^DJI", 13, date(1987, 1, 20)),  # the run ended that day
    ],
)
def test_runs(history: dict[str, pd.DataFrame], session: str, entity: str, length: int, since: date) -> None:
    plan = planned(history, session, "run_of_closes", entity)
    assert abs(values(plan)["streak"]) == length == plan.end - plan.start
    assert values(plan)["streak_since"] == since
    assert all(value > 0 for value in plan.values[plan.start : plan.end])


def test_ten_losses_are_the_longest_on_file(history: dict[str, pd.DataFrame]) -> None:
    plan = planned(history, "2024-12-18", "run_of_closes", "^DJI")
    assert values(plan)["streak"] == -10
    assert "streak_since" not in values(plan)
    assert "since 1985" in plan.subtitle


def test_first_close_above_6500(history: dict[str, pd.DataFrame]) -> None:
    plan = planned(history, "2025-08-28", "level_line", "^GSPC", "round_number")
    assert plan.level[-1] == 6500
    assert plan.then is None
    assert fitting_title(plan.titles) == "First S&P 500 close above 6,500"


def test_lowest_ten_year_yield_on_file(history: dict[str, pd.DataFrame]) -> None:
    plan = planned(history, "2020-08-04", "level_line", "DGS10", "level_since")
    assert plan.last == "0.52%"
    assert plan.then is None


def test_up_for_the_year_again(history: dict[str, pd.DataFrame]) -> None:
    plan = planned(history, "2025-05-13", "indexed_comparison", "^GSPC", "ytd_flip")
    assert fitting_title(plan.titles) == "The S&P 500 is up for 2025 again"
    assert plan.paths[0].change == "+0.1%"
    assert plan.event == date(2025, 2, 28)


def test_nothing_after_the_session_changes_a_chart(history: dict[str, pd.DataFrame], shared: Path) -> None:
    """A frame cut at the session plans the same as one that runs on: the recipes look no further."""
    full = day_of(history, "2025-08-25")
    longer = {
        s: Series(instrument=one.instrument, bars=history[s], source=one.source)
        for s, one in full.series.items()
    }
    later = MarketDay(
        **{name: getattr(full, name) for name in full.__slots__ if name != "series"}, series=longer
    )
    for recipe, entity in (("distance_to_record", "^RUT"), ("session", "^RUT"), ("level_line", "^GSPC")):
        asked = story(entity, recipe)
        assert module(recipe).plan(asked, FactBook(), full) == module(recipe).plan(asked, FactBook(), later)
    with (shared / "market" / "symbols.csv").open() as file:
        assert any(row["last"] > "2025-08-25" for row in csv.DictReader(file)), (
            "the history must reach further"
        )


def test_calm_that_ended(history: dict[str, pd.DataFrame]) -> None:
    plan = planned(history, "2024-07-24", "since_bars", "^GSPC", "calm_end_drop2")
    assert values(plan)["calm_drop2"] == 356
    assert values(plan)["calm_drop2_since"] == date(2023, 2, 21)
    assert fitting_title(plan.titles) == "356 sessions without a 2% drop are over"


def test_best_month_since_april_2020(history: dict[str, pd.DataFrame]) -> None:
    plan = planned(history, "2020-04-30", "rank_bar", "^GSPC", "month_extreme")
    assert values(plan)["month_return"] == pytest.approx(12.7, abs=0.05)
    assert values(plan)["month_since"] == date(1987, 1, 30)


def test_pair_gap(history: dict[str, pd.DataFrame]) -> None:
    plan = planned(history, "2025-08-22", "spread_band", "pair:^RUT-^GSPC")
    assert values(plan)["gap"] == pytest.approx(2.34, abs=0.01)
    assert values(plan)["gap_share"] == pytest.approx(98.9, abs=0.05)
    assert values(plan)["gap_since"] == date(2024, 11, 6)


def test_reversal_of_january_2022(history: dict[str, pd.DataFrame]) -> None:
    plan = planned(history, "2022-01-24", "session", "^GSPC")
    assert values(plan)["low_return"] == pytest.approx(-3.99, abs=0.01)
    assert values(plan)["return"] == pytest.approx(0.28, abs=0.01)


def test_bear_market_and_its_end(history: dict[str, pd.DataFrame]) -> None:
    plan = planned(history, "2025-04-09", "drawdown", "^GSPC")
    assert values(plan)["record_date"] == date(2025, 2, 19)
    assert values(plan)["dist_record"] == pytest.approx(-11.2, abs=0.05)
    low = planned(history, "2009-03-09", "drawdown", "^GSPC")
    assert values(low)["fall"] == pytest.approx(-56.78, abs=0.01)
    assert values(low)["record_date"] == date(2007, 10, 9)


def test_september_since_1985(history: dict[str, pd.DataFrame]) -> None:
    plan = planned(history, "2025-09-09", "seasonality_strip", "^GSPC")
    assert (values(plan)["season_up"], values(plan)["season_count"]) == (18, 40)
    # Wilson's interval of 18 in 40, from a published calculator: 30.7% to 60.2%.
    assert values(plan)["season_low"] == pytest.approx(30.7, abs=0.05)
    assert values(plan)["season_high"] == pytest.approx(60.2, abs=0.05)
