"""Facts by which the words keep apart what is easily confused; all data here are invented and counted by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from newsletter.facts import Fact, FactBook, PastIssue
from newsletter.instruments import Kind
from newsletter.market import MarketDay
from newsletter.stories import context, drawdowns, find, since, standard, volatility
from newsletter.stories.prepared import Market
from newsletter.stories.registry import BY_NAME
from newsletter.stories.tracks import Track
from tests.stories_support import invented_day

LAST = date(2024, 6, 28)


def market(closes: Sequence[float], entity: str = "^GSPC") -> tuple[Market, Track]:
    found = Market(day=invented_day({entity: closes}))
    track = found.track(entity)
    assert track is not None
    return found, track


def values(facts: Sequence[Fact]) -> dict[str, object]:
    return {item.metric: item.value for item in facts}


def told(day: MarketDay, entity: str, metric: str, window: str) -> object:
    found = FactBook(standard.book(Market(day=day))).find(entity, metric, window)
    return None if found is None else found.value


def test_as_far_below_a_record_is_not_five_percent_below_one() -> None:
    # Records of 100; closes of 94 and 95 long ago, 94.5 now: 5% below was last so at 95, as far below at 94.
    closes = [100.0, 94.0, 97.0, 95.0, *[97.0] * 70, 101.0, *[100.0] * 300, 95.445]
    _, track = market(closes)
    last = len(closes) - 1
    facts = values(standard.records(track, last))
    assert facts["as_far_ago"] == last - 1
    assert facts["as_far_since"] == track.day(1)
    found = drawdowns.pullback_5(track)
    own = values(list(drawdowns.pullback_facts(track, found.hit(len(found) - 1))))
    assert own["pullback_since"] == track.day(3)
    assert own["pullback_ago"] == last - 3
    assert own["pullback_calm"] == last - 4
    assert own["pullback_threshold"] == 5.0


def test_a_record_of_the_day_is_a_fact_of_its_own() -> None:
    day = invented_day({"^GSPC": [100.0, 101.0, 102.0], "^IXIC": [100.0, 102.0, 102.0]})
    assert told(day, "^GSPC", "record_set", "file") == LAST
    assert told(day, "^IXIC", "record_set", "file") is None  # a tie is no record


def test_the_first_close_a_fifth_below_is_a_bear_market_with_a_date() -> None:
    closes = [100.0, 79.0, 101.0, *[101.0] * 600, 80.0]
    _, track = market(closes)
    found = drawdowns.drawdown_enter_20(track)
    facts = values(list(BY_NAME["drawdown_enter_20"].facts(track, found.hit(len(found) - 1))))
    assert facts["bear_market"] == 20.0
    assert facts["bear_market_since"] == track.day(1)
    assert facts["bear_market_ago"] == len(closes) - 2


def test_calm_says_what_it_counted() -> None:
    moves = [0.0] * 300 + [-2.5] + [0.0] * 70 + [-2.6]
    closes = [100.0]
    for move in moves:
        closes.append(closes[-1] * (1 + move / 100))
    _, track = market(closes)
    found = volatility.calm_end_drop2(track)
    facts = values(list(volatility.calm_drop2_facts(track, found.hit(len(found) - 1))))
    assert facts["calm_drop2_threshold"] == 2.0
    assert (facts["calm_drop2"], facts["calm_drop2_ago"]) == (70, 71)


def test_the_highest_level_of_a_file_is_said_to_be_it() -> None:
    closes = [*[15.0] * 299, 14.0, 30.0]
    _, track = market(closes, "^VIX")
    facts = values(context.position(track, 300))
    assert facts["level_extreme"] == "highest"
    assert "level_since" not in facts
    assert values(context.position(track, 299))["level_extreme"] == "lowest"
    short, _ = market([15.0, 30.0], "^VIX")
    assert told(short.day, "^VIX", "level_extreme", "file") is None


def test_one_or_two_days_as_large_are_named_and_three_are_counted() -> None:
    def facts(large: int) -> dict[str, object]:
        moves = [0.1, -0.1] * 150 + [3.0, 0.1] * large + [0.1, -0.1, -3.0]
        closes = [100.0]
        for move in moves:
            closes.append(closes[-1] * (1 + move / 100))
        _, track = market(closes)
        found = values(context.yardsticks(track, len(closes) - 1))
        found["days"] = [track.day(301 + 2 * k) for k in range(large)]
        return found

    two = facts(2)
    assert two["as_large"] == 2
    assert [two["as_large_1"], two["as_large_2"]] == two["days"]
    three = facts(3)
    assert three["as_large"] == 3
    assert "as_large_1" not in three
    assert facts(0)["as_large"] == 0


def test_a_week_of_bitcoin_is_five_sessions_of_the_exchange() -> None:
    # Friday 2024-06-28; the exchange's sessions back: 27, 26, 25, 24, 21 June (five before), Juneteenth is closed.
    days = pd.date_range("2024-01-01", "2024-06-28", freq="D")
    bars = pd.DataFrame({"close": [float(k + 100) for k in range(len(days))]}, index=days)
    day = invented_day(
        {"^GSPC": [100.0] * 120, "BTC-USD": [1.0]}, kinds={"BTC-USD": Kind.CRYPTO}, bars={"BTC-USD": bars}
    )
    close = bars["close"]
    now, week = float(close.iloc[-1]), float(close.iloc[-8])  # the file has every day: the 28th and the 21st
    assert told(day, "BTC-USD", "return", "5s") == 100 * (now / week - 1)
    assert told(day, "BTC-USD", "return", "1s") == 100 * (now / (now - 1) - 1)  # its own day before


def past(day: date) -> PastIssue:
    return PastIssue(issue=f"{day}-morning", session=day, keys=())


def test_what_changed_since_the_last_issue_and_only_that() -> None:
    # Monday to Friday: a record, a fall of a tenth, and back above the average with a record.
    closes = [*[100.0] * 250, 101.0, 90.0, 89.0, 102.0]
    day = invented_day({"^GSPC": closes, "^DJI": [100.0 + k / 10 for k in range(254)]})
    found = Market(day=day)
    issues = [past(date(2024, 6, 26)), past(date(2024, 6, 27))]
    facts = [item for item in since.facts(found, issues) if item.entity == "^GSPC"]
    assert {item.window for item in facts} == {"issue@2024-06-27"}
    assert values(facts) == {
        "standing_was": "correction",
        "standing_now": "record",
        "average_side_was": "below",
        "average_side_now": "above",
        "drought_was": 2,
        "streak_was": -2,
        "streak_now": 1,
    }
    assert all(item.entity == "^GSPC" for item in since.facts(found, issues))  # the Dow rose as it had
    assert since.facts(found, []) == []
    assert since.facts(found, [past(LAST)]) == []
    assert find(day, recent=tuple(issues)).facts.find("^GSPC", "standing_now", "issue") is not None


def test_small_caps_beside_the_nasdaq_are_told_only_where_they_moved_more() -> None:
    def fires(russell: float, nasdaq: float) -> bool:
        quiet = [100.0 + k % 2 * 0.2 for k in range(600)]
        day = invented_day(
            {
                "^RUT": [*quiet, quiet[-1] * (1 + russell / 100)],
                "^IXIC": [*quiet, quiet[-1] * (1 + nasdaq / 100)],
            }
        )
        gap = Market(day=day).track("pair:^RUT-^IXIC")
        assert gap is not None
        return BY_NAME["pair_divergence"].run(gap).on(600) is not None

    assert fires(3.6, -2.0)
    assert not fires(1.0, 5.0)
