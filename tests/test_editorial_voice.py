"""How things are said: verbs by size, figures, names, wordings. Expected words come from docs/writing.md or by hand."""

from datetime import date

import pytest

from newsletter.editorial.figures import fraction, level, many_in, one_in, reading, size, written
from newsletter.editorial.names import Names, is_plural
from newsletter.editorial.phrase import Line, Moved, Name, Part, Say, Style
from newsletter.editorial.scale import Scale
from newsletter.editorial.variation import Variation
from newsletter.editorial.verbs import scaled, verbs
from newsletter.editorial.voice import Voice
from newsletter.facts import Fact, FactBook, Unit, fact
from newsletter.instruments import Instrument, Kind

TODAY = date(2025, 8, 26)
SESSION = date(2025, 8, 25)
RUSSELL = Instrument(
    symbol="^RUT",
    name="Russell 2000",
    kind=Kind.INDEX,
    prose="the Russell 2000",
    aliases=("the Russell", "small caps"),
)
SP = Instrument(symbol="^GSPC", name="S&P 500", kind=Kind.INDEX, prose="the S&P 500")
TEN = Instrument(symbol="DGS10", name="10-year yield", kind=Kind.YIELD, prose="the 10-year Treasury yield")
NAMES = Names(instruments={item.symbol: item for item in (RUSSELL, SP, TEN)})


def a_fact(
    value: float | date | str, unit: Unit, *, entity: str = "^RUT", metric: str = "close", window: str = "1s"
) -> Fact:
    return fact(entity, metric, window, value, unit, SESSION, "invented")


def voice(*, tickers: bool = True) -> Voice:
    return Voice(NAMES, Scale(book=FactBook(), names=NAMES), Variation(day=TODAY), tickers=tickers)


# docs/writing.md, "Verbs by size"
@pytest.mark.parametrize(
    ("move", "allowed"),
    [
        (0.05, {"ended little changed", "ended flat"}),
        (-0.0999, {"ended little changed", "ended flat"}),
        (0.1, {"edged up", "added"}),
        (-0.49, {"slipped", "dipped"}),
        (0.5, {"rose", "gained"}),
        (-0.96, {"fell", "lost"}),
        (1.0, {"climbed"}),
        (-1.99, {"dropped"}),
        (2.0, {"jumped", "rallied"}),
        (-3.99, {"slid", "sank"}),
        (4.0, {"soared", "surged"}),
        (-12.0, {"tumbled", "plunged"}),
    ],
)
def test_a_verb_fits_the_size_of_the_move(move: float, allowed: set[str]) -> None:
    assert set(verbs(move)) == allowed


def test_other_assets_scale_by_their_own_volatility() -> None:
    # An index moves half a percent on a usual day; a coin that moves 2% on one has climbed with 6%, not soared.
    assert scaled(6.0, Kind.CRYPTO, 2.0) == pytest.approx(1.5)
    assert scaled(6.0, Kind.INDEX, 2.0) == 6.0


@pytest.mark.parametrize(
    ("item", "style", "text"),
    [
        (a_fact(2339.17, Unit.LEVEL), Style.LEVEL, "2,339.17"),
        (a_fact(4.28, Unit.PCT), Style.LEVEL, "4.28%"),
        (a_fact(110123.6, Unit.USD), Style.LEVEL, "$110,124"),
        (a_fact(64.8, Unit.USD), Style.LEVEL, "$64.80"),
        (a_fact(-0.963, Unit.PCT), Style.MOVE, "1.0%"),
        (a_fact(3.8599, Unit.PCT), Style.MOVE, "3.9%"),
        (a_fact(-18.71, Unit.PTS), Style.MOVE, "18.71 points"),
        (a_fact(2962.86, Unit.PTS), Style.MOVE, "2,963 points"),
        (a_fact(1, Unit.BP), Style.MOVE, "1 basis point"),
        (a_fact(-13, Unit.BP), Style.MOVE, "13 basis points"),
        (a_fact(2.345, Unit.PP), Style.MOVE, "2.3 percentage points"),
        (a_fact(-4.24, Unit.PCT), Style.ROUND, "4%"),
        (a_fact(9, Unit.COUNT), Style.COUNT, "nine"),
        (a_fact(951, Unit.COUNT), Style.COUNT, "951"),
        (a_fact(-4, Unit.COUNT), Style.ORDINAL, "fourth"),
        (a_fact(20, Unit.COUNT), Style.ORDINAL, "20th"),
        (a_fact(18, Unit.COUNT), Style.TIMES, "18 times"),
        (a_fact(2, Unit.COUNT), Style.TIMES, "twice"),
        (a_fact(-18.9, Unit.PCT), Style.FLOOR, "18%"),
        (a_fact("after_close", Unit.TEXT), Style.TEXT, "after the close"),
        (a_fact("08:30", Unit.TIME), Style.TIME, "8:30 a.m. ET"),
        (a_fact(date(2021, 11, 8), Unit.DATE), Style.DATE, "Nov. 8, 2021"),
        (a_fact(date(2025, 4, 9), Unit.DATE), Style.DATE, "April 9"),
        (a_fact(date(2025, 8, 22), Unit.DATE), Style.DAY, "Friday"),
        (a_fact(date(2025, 8, 14), Unit.DATE), Style.DAY, "Aug. 14"),
        (a_fact(date(2025, 8, 26), Unit.DATE), Style.DAY, "today"),
        (a_fact(date(2008, 10, 28), Unit.DATE), Style.MONTH, "October 2008"),
        (a_fact(1.0, Unit.COUNT, window="file@1987-09-10"), Style.FILE_YEAR, "1987"),
        (a_fact(-3.8, Unit.PCT, window="run@2025-04-02"), Style.BASE, "April 2"),
    ],
)
def test_a_fact_is_written_as_the_house_writes_it(item: Fact, style: Style, text: str) -> None:
    assert written(item, style, TODAY) == text


@pytest.mark.parametrize(
    ("share", "cases"), [(98.9, 90), (91.67, 12), (75.0, 4), (96.7, 30), (99.6, 250), (99.9, 1000)]
)
def test_odds_are_rounded_as_a_person_would(share: float, cases: int) -> None:
    assert one_in(share) == cases


def test_small_moves_are_counted_by_the_larger_ones() -> None:
    assert many_in(12.4) == 8  # seven days in eight bring a larger move


@pytest.mark.parametrize(
    ("share", "words"), [(25.9, "about a quarter"), (64.0, "about two-thirds"), (43.0, "43%")]
)
def test_a_share_near_a_simple_fraction_is_called_one(share: float, words: str) -> None:
    assert fraction(share) == words


def test_a_reading_is_said_with_the_decimals_it_has() -> None:
    assert reading(a_fact(0.3, Unit.PCT)) == "0.3%"
    assert reading(a_fact(212000.0, Unit.COUNT)) == "212,000"
    assert reading(a_fact(7_180_000.0, Unit.COUNT)) == "7.18 million"
    assert reading(a_fact(48.7, Unit.LEVEL)) == "48.7"
    assert size(Unit.PCT, -0.04) == "0.0%"
    assert level(a_fact(55, Unit.BP)) == "55 basis points"


def test_the_first_mention_carries_the_ticker_and_later_ones_vary() -> None:
    line = Line(template="{who} {who.is} here.", slots={"who": Name(entity="^RUT")})
    speaker = voice()
    said = [speaker.sentence(line).text for _ in range(4)]
    assert said == [
        "The Russell 2000 (^RUT) is here.",
        "The Russell is here.",
        "Small caps are here.",
        "The Russell is here.",
    ]


def test_what_has_no_ticker_a_reader_could_use_has_none() -> None:
    line = Line(template="{who} rose.", slots={"who": Name(entity="DGS10")})
    assert voice().sentence(line).text == "The 10-year Treasury yield rose."


def test_a_pronoun_stands_only_where_it_can_mean_one_thing() -> None:
    about_one = Line(template="{who} rose.", slots={"who": Name(entity="^GSPC")})
    about_two = Line(
        template="{a} rose while {b} fell.", slots={"a": Name(entity="^GSPC"), "b": Name(entity="^RUT")}
    )
    leaning = Line(template="{who:it} {who.is} high.", slots={"who": Name(entity="^GSPC")})
    speaker = voice()
    paragraph = speaker.speak(Part(role="x", lines=(about_one, leaning, about_two, leaning)))
    assert [sentence.text for sentence in paragraph.sentences] == [
        "The S&P 500 (^GSPC) rose.",
        "It is high.",
        "The S&P 500 rose while the Russell 2000 (^RUT) fell.",
        "The S&P 500 is high.",
    ]
    assert speaker.speak(Part(role="y", lines=(leaning,))).text == "The S&P 500 is high."


def test_a_headline_has_no_ticker_and_takes_the_short_name() -> None:
    line = Line(template="{who} {who.is} up", slots={"who": Name(entity="^RUT")})
    assert voice(tickers=False).sentence(line).text == "Small caps are up"


def test_a_sentence_names_the_facts_it_states() -> None:
    close, move = a_fact(2339.17, Unit.LEVEL), a_fact(-0.96, Unit.PCT, metric="return")
    line = Line(
        template="{who} {move} to {close}.",
        slots={
            "who": Name(entity="^RUT"),
            "move": Moved(fact=move),
            "close": Say(fact=close, style=Style.LEVEL),
        },
        plain="{who} ended at {close}.",
    )
    sentence = voice().sentence(line)
    assert sentence.facts == (move.id, close.id)
    assert sentence.text in (
        "The Russell 2000 (^RUT) fell 1.0% to 2,339.17.",
        "The Russell 2000 (^RUT) lost 1.0% to 2,339.17.",
    )
    assert sentence.plain == "The Russell 2000 (^RUT) ended at 2,339.17."


def test_a_year_is_followed_by_a_comma_where_the_sentence_goes_on() -> None:
    day = a_fact(date(2021, 11, 8), Unit.DATE)
    line = Line(template="From {day} it fell.", slots={"day": Say(fact=day, style=Style.DATE)})
    assert voice().sentence(line).text == "From Nov. 8, 2021, it fell."


def test_what_hardly_moved_ends_at_a_level() -> None:
    move, close = a_fact(0.02, Unit.PCT, metric="return"), a_fact(2339.17, Unit.LEVEL)
    line = Line(
        template="{who} {move} on Monday to {close}.",
        slots={
            "who": Name(entity="^RUT"),
            "move": Moved(fact=move),
            "close": Say(fact=close, style=Style.LEVEL),
        },
    )
    assert voice().sentence(line).text.endswith("on Monday at 2,339.17.")


def test_a_number_can_only_come_from_a_fact() -> None:
    with pytest.raises(ValueError, match="a number outside a fact"):
        Line(template="{who} fell 3 days.", slots={"who": Name(entity="^RUT")})
    with pytest.raises(ValueError, match="no slot close"):
        Line(template="{close} it was.", slots={})


@pytest.mark.parametrize(
    ("mention", "plural"),
    [("small caps", True), ("the Russell 2000", False), ("regional banks", True), ("technology", False)],
)
def test_plural_names_are_known(mention: str, plural: bool) -> None:
    assert is_plural(mention) is plural


def test_wording_is_chosen_by_the_date_alone() -> None:
    options = ("a", "b", "c", "d", "e")
    week = [date(2025, 8, 25 + offset) for offset in range(5)]
    first = [Variation(day=day).pick("move", options) for day in week]
    assert first == [Variation(day=day).pick("move", options) for day in week]
    assert len(set(first)) == 5, "five days in a row take five wordings"
    friday, monday = date(2025, 8, 22), date(2025, 8, 25)
    assert Variation(day=friday).pick("move", options) != Variation(day=monday).pick("move", options)
