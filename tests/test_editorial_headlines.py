"""Headlines say the finding: each from invented facts, with the words that a person would expect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from newsletter.editorial import tables
from newsletter.editorial.arcs import meaning, rates, spans
from newsletter.editorial.compose import desk_for
from newsletter.editorial.desk import Desk, name
from newsletter.editorial.desk import moves as moving
from newsletter.editorial.headlines import levels, markets, moves
from newsletter.editorial.phrase import Line
from newsletter.editorial.verbs import plural
from newsletter.facts import Fact, Family, Unit, Value, fact
from newsletter.instruments import Instrument, Kind
from tests.editorial_support import config, market, story, told

FILE = "file@1990-01-02"


def desk(*facts: tuple[str, str, str, Value, Unit]) -> Desk:
    """An invented day's desk, its facts of these entities replaced by the given ones (entity, metric, window, value, unit)."""
    day = market()
    made = told(day)
    own = [fact(*known, day.session, "invented") for known in facts]
    entities = {item.entity for item in own}
    others = [item for item in made.findings.facts.values() if item.entity not in entities]
    findings = replace(made.findings, facts=type(made.findings.facts)([*others, *own]))
    return desk_for(made.choice, findings, day, config())


def first(lines: Iterable[Line | None], at: Desk) -> str:
    """The first headline of 20 to 60 characters."""
    voice = at.voice(tickers=False)
    spoken: Iterator[str] = (voice.sentence(line).text for line in lines if line is not None)
    return next(text for text in spoken if 20 <= len(text) <= 60)


def test_a_yield_that_falls_through_a_round_level_is_not_above_it() -> None:
    at = desk(
        ("DGS10", "close", "1s", 1.97, Unit.PCT),
        ("DGS10", "change", "1s", -7, Unit.BP),
        ("DGS10", "milestone", FILE, 2.0, Unit.PCT),
    )
    said = first(levels.round_level(at, story("round_level", "DGS10", Family.MACRO, -1)), at)
    assert said == "The 10-year yield closes below 2.0%, at 1.97%"


def test_a_yield_at_its_lowest_since_a_date_says_since_when() -> None:
    at = desk(
        ("DGS10", "close", "1s", 1.97, Unit.PCT),
        ("DGS10", "change", "1s", -7, Unit.BP),
        ("DGS10", "level_since", FILE, date(2013, 5, 21), Unit.DATE),
    )
    said = first(levels.level_since(at, story("level_since", "DGS10", Family.MACRO, -1)), at)
    assert said in {
        "The 10-year yield closes at 1.97%, its lowest since May 2013",
        "At 1.97%, the 10-year yield is at its lowest since May 2013",
    }


def test_the_edge_of_the_file_is_no_more_than_the_file_knows() -> None:
    at = desk(
        ("DGS10", "close", "1s", 0.52, Unit.PCT),
        ("DGS10", "change", "1s", -4, Unit.BP),
        ("DGS10", "level_extreme", FILE, "lowest", Unit.TEXT),
    )
    said = first(levels.level_since(at, story("level_since", "DGS10", Family.MACRO, -1)), at)
    assert said == "The 10-year yield ends at 0.52%, lowest since at least 1990"


def test_small_caps_leave_their_correction() -> None:
    at = desk(("^RUT", "leg", "turn@2025-11-03", 10.4, Unit.PCT), ("^RUT", "return", "1s", 0.9, Unit.PCT))
    said = first(levels.back(at, story("drawdown_exit_10", "^RUT", Family.LEVELS)), at)
    assert said == "Small caps have left their correction, up 10.4%"


def test_a_year_at_zero_is_not_up_nothing() -> None:
    at = desk(("^GSPC", "return", "ytd@2025-12-31", 0.02, Unit.PCT))
    assert first(levels.year(at, "^GSPC"), at) == "The S&P 500 is back where it began the year"


def test_the_worst_week_since_a_year() -> None:
    at = desk(
        ("^GSPC", "week_return", "week@2026-03-02", -6.9, Unit.PCT),
        ("^GSPC", "week_since", FILE, date(2020, 3, 20), Unit.DATE),
        ("^GSPC", "return", "1s", -1.2, Unit.PCT),
    )
    said = first(moves.period(at, story("week_extreme", "^GSPC", Family.MOVES, -1)), at)
    assert said in {
        "The S&P 500 has its worst week since 2020, down 6.9%",
        "The S&P 500 ends its worst week since 2020, down 6.9%",
    }


@pytest.mark.parametrize(
    ("ended", "said"),
    [
        (date(2026, 2, 3), "A sixth gain in a row for the S&P 500"),
        (date(2021, 2, 3), "A sixth gain in a row; the S&P 500 last had that in 2021"),
    ],
)
def test_a_run_as_long_weeks_ago_is_not_the_longest_since_last_year(ended: date, said: str) -> None:
    at = desk(("^GSPC", "streak", "1s", 6, Unit.COUNT), ("^GSPC", "streak_since", FILE, ended, Unit.DATE))
    found = first(moves.streak(at, "^GSPC"), at)
    assert found in {said, "The S&P 500 has its longest run of gains since 2021"}
    assert ended.year == 2021 or "longest" not in found


def test_a_gap_between_yields_is_wide_or_narrow_not_crossed() -> None:
    spread = "spread:DGS10-DGS2"
    at = desk(
        (spread, "close", "1s", 192, Unit.BP), (spread, "extreme_since", FILE, date(2002, 10, 9), Unit.DATE)
    )
    said = first(markets.curve_extreme(at, story("curve_extreme", spread, Family.MACRO, -1)), at)
    assert said == "The two-to-10-year gap is at its narrowest since 2002" or said.endswith("October 2002")
    assert "above" not in said


def test_members_at_their_highs_and_above_their_average() -> None:
    at = desk(
        ("breadth:SPX", "highs", "252s", 96, Unit.COUNT),
        ("breadth:SPX", "lows", "252s", 1, Unit.COUNT),
        ("breadth:SPX", "share_above_mean", "200s", 45.2, Unit.PCT),
    )
    assert first(markets.new_highs_lows(at), at) == "96 members of the S&P 500 close at one-year highs"
    crossed = story("breadth_cross_200", "breadth:SPX", Family.BREADTH, -1)
    assert (
        first(markets.breadth_cross(at, crossed), at)
        == "45% of the S&P 500's members are above their 200-day average"
    )


def test_swings_are_counted() -> None:
    at = desk(("^GSPC", "swings", "5s", 4, Unit.COUNT), ("^GSPC", "return", "1s", 1.0, Unit.PCT))
    said = first(moves.whipsaw(at, "^GSPC"), at)
    assert said == "Four swings of one percent in five sessions for the S&P 500"


def test_feared_volatility_beside_what_came() -> None:
    at = desk(("risk:implied", "premium", "1s", -6.14, Unit.PTS))
    assert first(markets.implied(at), at) == "The VIX is 6.14 points below realized volatility"


def late_spread() -> Desk:
    """A spread that widened on the session before, as its publisher is a day late."""
    made = desk()
    assert made.before is not None
    own: list[Fact] = [
        fact("HY_OAS", "change", "1s", 27, Unit.BP, made.before, "invented"),
        fact("HY_OAS", "close", "1s", 3.13, Unit.PCT, made.before, "invented"),
    ]
    names = dict(made.names.instruments)
    names["HY_OAS"] = Instrument(
        symbol="HY_OAS", name="High-yield spread", kind=Kind.CREDIT, prose="the high-yield spread"
    )
    book = type(made.book)([*made.book.values(), *own])
    return replace(made, book=book, names=replace(made.names, instruments=names), _by_base={})


def test_a_credit_spread_is_told_of_the_day_it_is_of() -> None:
    at = late_spread()
    assert first(markets.credit(at, "HY_OAS"), at) == (
        f"The high-yield spread widened 27 basis points on {at.before:%A}"
    )
    told_first = rates.credit(at, story("credit_move", "HY_OAS", Family.VOLATILITY))[0]
    assert told_first is not None
    said = [at.voice().sentence(line).text for line in told_first.lines]
    assert said[0] == f"The high-yield spread widened 27 basis points on {at.before:%A}, to 3.13%."
    assert said[-1] == "Its figures come a session late."


def test_records_of_one_day_are_one_sentence() -> None:
    at = desk(
        *((name, "dist_record", FILE, 0.0, Unit.PCT) for name in ("^GSPC", "^IXIC", "^DJI")),
        ("^GSPC", "records", "ytd@2025-12-31", 12, Unit.COUNT),
        ("^GSPC", "close", "1s", 6358.91, Unit.LEVEL),
    )
    line = spans.at_records(at, ["^GSPC", "^IXIC", "^DJI"])
    assert line is not None
    assert at.voice(tickers=False).sentence(line).text == (
        "The S&P 500 closed at 6,358.91, record No. 12 of the year, the Nasdaq too, the Dow too."
    )
    assert spans.at_records(at, []) is None


def test_what_a_figure_measures_holds_no_number_and_follows_the_direction() -> None:
    at = desk()
    up, down = (
        meaning.meaning(at, story("pair_divergence", "pair:RSP-SPY", Family.RELATIVE, way)) for way in (1, -1)
    )
    assert up is not None
    assert down is not None
    assert "average company did better" in up.lines[0].template
    assert "giants did better" in down.lines[0].template
    assert meaning.meaning(at, story("move_rank", "^GSPC", Family.MOVES)) is None
    for words in (*meaning.BY_ENTITY.values(), *meaning.BY_DETECTOR.values()):
        assert not any(letter.isdigit() for letter in words)
        assert len(words.split()) <= 25


def test_what_moved_on_a_weekend_is_told_of_its_own_day() -> None:
    at = desk()
    saturday = at.session - timedelta(days=(at.session.weekday() - 5) % 7)
    own = [
        fact("BTC-USD", "return", "1s", -12.0, Unit.PCT, saturday, "invented"),
        fact("BTC-USD", "close", "1s", 55_000.0, Unit.USD, saturday, "invented"),
    ]
    moved = replace(at, book=type(at.book)([*at.book.values(), *own]), _by_base={})
    found = replace(
        story("crypto_move", "BTC-USD", Family.MACRO, -1),
        facts=tuple(item.id for item in own),
        notes=("between_sessions",),
    )
    finding = rates.price(moved, found)[0]
    assert finding is not None
    said = [moved.voice().sentence(line).text for line in finding.lines]
    assert len(said) == 1
    assert "on Saturday" in said[0]
    assert "12.0%" in said[0]
    assert "$55,000" in said[0]


@pytest.mark.parametrize(
    ("move", "said"),
    [
        (3.2, "Chip stocks rally 3.2%"),
        (0.2, "Chip stocks end little changed"),
        (-1.6, "Chip stocks lose 1.6%"),
    ],
)
def test_what_is_many_moves_as_many(move: float, said: str) -> None:
    at = desk(("SMH", "return", "1s", move, Unit.PCT))
    line = at.line("h", "{who:proper} {move}", who=name("SMH"), move=moving(at.move("SMH")))
    assert line is not None
    spoken = at.voice(tickers=False).sentence(line).text
    assert spoken.split(" ")[:2] == said.split(" ")[:2]
    assert not spoken.split(" ")[2].endswith("s")


@pytest.mark.parametrize(
    ("present", "many"),
    [
        ("rallies", "rally"),
        ("loses", "lose"),
        ("edges up", "edge up"),
        ("ends flat", "end flat"),
        ("adds", "add"),
    ],
)
def test_a_present_verb_of_many(present: str, many: str) -> None:
    assert plural(present) == many


def test_before_a_weeks_last_session_its_best_and_worst_member_are_named() -> None:
    friday = date(2026, 3, 13)
    day = market(friday)
    made = told(day)
    window = "wtd@2026-03-06"
    own = [
        fact("breadth:SPX", "week_best", window, "NVDA", Unit.TEXT, day.session, "invented"),
        fact("breadth:SPX", "week_worst", window, "JPM", Unit.TEXT, day.session, "invented"),
        fact("NVDA", "return", window, 9.6, Unit.PCT, day.session, "invented"),
        fact("JPM", "return", window, -15.9, Unit.PCT, day.session, "invented"),
    ]
    others = [
        item for item in made.findings.facts.values() if item.entity not in ("breadth:SPX", "NVDA", "JPM")
    ]
    findings = replace(made.findings, facts=type(made.findings.facts)([*others, *own]))
    line = tables.week(desk_for(made.choice, findings, day, config()))
    assert line is not None
    said = desk_for(made.choice, findings, day, config()).voice(tickers=False).sentence(line).text
    assert said.startswith("Over the week so far ")
    assert "did best, up 9.6%" in said
    assert said.endswith("worst, down 15.9%.")
    thursday = market(date(2026, 3, 12))
    assert tables.week(desk_for(made.choice, findings, thursday, config())) is None
