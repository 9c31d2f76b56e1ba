"""The column of an invented market: its shape, its variants, and what it may not say."""

import re
from dataclasses import replace
from datetime import date

import pytest

from newsletter.brief import Brief
from newsletter.editorial.compose import desk_for
from newsletter.editorial.tables import spotlight
from newsletter.facts import Family, Mode
from newsletter.market import Verdict
from tests.editorial_support import DAY, Told, checked, column, config, market, release, story, told

# The last two sessions of each index, percent: a big Friday, an ordinary Monday.
BIG_FRIDAY = {"^RUT": (3.9, -1.0), "^GSPC": (1.5, -0.4), "^IXIC": (1.9, -0.2), "^DJI": (1.9, -0.8)}
LEADS = (
    ("drought_distance", "^RUT", Family.LEVELS),
    ("pullback_5", "^RUT", Family.LEVELS),
    ("biggest_since", "^GSPC", Family.MOVES),
    ("streak", "^DJI", Family.MOVES),
    ("pair_divergence", "pair:^RUT-^GSPC", Family.RELATIVE),
    ("sign_split", "pair:^IXIC-^DJI", Family.RELATIVE),
    ("adv_dec_extreme", "breadth:SPX", Family.BREADTH),
    ("vix_move", "^VIX", Family.VOLATILITY),
    ("yield_move", "DGS10", Family.MACRO),
    ("curve_extreme", "spread:DGS10-DGS2", Family.MACRO),
    ("gold_move", "GC=F", Family.MACRO),
    ("crypto_move", "BTC-USD", Family.MACRO),
    ("macro_ahead", "event:CPI m/m", Family.EVENTS),
    ("earnings_ahead", "NVDA", Family.EVENTS),
    ("ma_cross", "^GSPC", Family.CALENDAR),
    ("a_detector_of_tomorrow", "^GSPC", Family.MOVES),
)


@pytest.fixture(scope="module")
def monday() -> Told:
    return told(market(last=BIG_FRIDAY))


def sentences_of(brief: Brief) -> list[str]:
    return [sentence.text for paragraph in brief.takeaway.paragraphs for sentence in paragraph.sentences]


def words(text: str) -> int:
    return len(text.split())


def numbers(sentence: str) -> int:
    """Figures of a sentence; names, dates and hours are none."""
    labels = r"S&P 500|Russell 2000|10-year|\(\^?[A-Z0-9.=-]+\)|[A-Z][a-z]+\.? \d{1,2}(?:, \d{4})?|\d+(?::\d+)? [ap]\.m\."
    return len(re.findall(r"\d[\d,]*(?:\.\d+)?", re.sub(labels, "", sentence)))


@pytest.mark.parametrize(("detector", "entity", "family"), LEADS)
@pytest.mark.parametrize("mode", [Mode.STRONG, Mode.QUIET])
def test_every_family_of_stories_makes_a_column_that_holds(
    detector: str, entity: str, family: Family, mode: Mode
) -> None:
    made = told(market(last=BIG_FRIDAY), lead=story(detector, entity, family), mode=mode)
    brief = made.brief
    assert 20 <= len(brief.subject.text) <= 60
    assert 35 <= len(brief.preheader.text) <= 110
    assert brief.preheader.text.rstrip(".") != brief.subject.text
    assert 2 <= len(brief.takeaway.paragraphs) <= 10
    for paragraph in brief.takeaway.paragraphs:
        assert 1 <= len(paragraph.sentences) <= 3
    for sentence in sentences_of(brief):
        assert words(sentence) <= 25, sentence
        assert numbers(sentence) <= 3, sentence
        assert sentence[0].isupper(), sentence
        assert sentence.endswith("."), sentence
        assert "None" not in sentence
        assert "  " not in sentence
    assert words(column(brief)) <= 400
    assert not checked(made).failures


def test_a_record_is_told_with_who_has_none() -> None:
    made = told(
        market(last={**BIG_FRIDAY, "^GSPC": (30.0, 1.2)}),
        lead=story("record_close", "^GSPC", Family.LEVELS),
        mode=Mode.STRONG,
    )
    assert re.search(r"at a record [\d,]+\.\d\d|record close of [\d,]+\.\d\d", sentences_of(made.brief)[0])
    assert re.search(r"(?i)record", made.brief.subject.text)
    assert not checked(made).failures


def test_most_sentences_are_short(monday: Told) -> None:
    lengths = [words(sentence) for sentence in sentences_of(monday.brief)]
    assert sum(length < 18 for length in lengths) > len(lengths) / 2


def test_the_same_day_says_the_same_again() -> None:
    first, second = told(market(last=BIG_FRIDAY)), told(market(last=BIG_FRIDAY))
    assert first.brief == second.brief


def test_every_stated_fact_is_in_the_book_and_every_cell_has_one(monday: Told) -> None:
    known = {fact.id for fact in monday.brief.facts}
    for paragraph in monday.brief.takeaway.paragraphs:
        assert set(paragraph.facts) <= known
    for row in monday.brief.snapshot:
        for cell in (row.last, row.day, row.week, row.month, row.year):
            assert cell.text == "—" or cell.fact in known


def test_the_first_mention_carries_the_ticker_once(monday: Told) -> None:
    text = column(monday.brief)
    for ticker in ("(^GSPC)", "(^RUT)", "(^IXIC)", "(^DJI)"):
        assert text.count(ticker) <= 1


def test_a_quiet_day_claims_no_record_for_its_own_moves() -> None:
    made = told(market(last=BIG_FRIDAY), lead=story("record_close", "^DJI", Family.LEVELS), mode=Mode.QUIET)
    assert "quiet" in made.brief.issue.flags
    assert words(column(made.brief)) <= 300
    assert not re.search(r"\bat a record\b|record close of|\bsoared\b|\btumbled\b", column(made.brief))


def test_a_degraded_day_falls_back_to_one_plain_line_an_index() -> None:
    made = told(market(last=BIG_FRIDAY, verdict=Verdict.DEGRADED))
    first = sentences_of(made.brief)[0]
    assert re.fullmatch(
        r"The S&P 500 \(\^GSPC\) (slipped|dipped) [\d.]+ points, or 0\.4%, to [\d,]+\.\d\d\.", first
    ), first
    assert "degraded" in made.brief.issue.flags
    assert not checked(made).failures


@pytest.mark.parametrize(
    ("day", "flags", "words_in_it"),
    [
        # 2026-03-09 is a Monday: the issue covers Friday and closes on the week.
        (date(2026, 3, 9), {"monday"}, r"\bweek\b"),
        # 2026-03-13 is a Friday: one session is left.
        (date(2026, 3, 13), {"friday"}, r"\bfor the week|The week so far"),
        # 2026-04-02 is the last session before Good Friday.
        (date(2026, 4, 2), {"friday", "holiday_after"}, r"\bfor the week|The week so far"),
        # 2026-05-26 follows Memorial Day.
        (date(2026, 5, 26), {"monday", "holiday_before"}, r"\bweek\b"),
        # 2026-04-01 is the first morning of a month: March has ended.
        (date(2026, 4, 1), set(), r"\b[Mm]onth\b"),
    ],
)
def test_the_calendar_adds_its_own_paragraph(day: date, flags: set[str], words_in_it: str) -> None:
    made = told(
        market(day, last=BIG_FRIDAY), lead=story("biggest_since", "^GSPC", Family.MOVES), mode=Mode.STRONG
    )
    assert flags <= set(made.brief.issue.flags)
    period = [paragraph.text for paragraph in made.brief.takeaway.paragraphs if paragraph.role == "period"]
    merged = column(made.brief)
    assert period or re.search(words_in_it, merged)
    assert re.search(words_in_it, merged)
    assert not checked(made).failures


def test_a_holiday_is_said_beside_the_as_of_line() -> None:
    after = told(market(date(2026, 5, 26)))
    assert "closed on Monday" in after.brief.issue.as_of_text
    before = told(market(date(2026, 4, 2)))
    assert "closed on Friday" in before.brief.issue.as_of_text
    early = told(market(date(2026, 11, 30), early_close=True))
    assert "1 p.m. ET early close" in early.brief.issue.as_of_text
    assert "early_close" in early.brief.issue.flags


def test_a_calendar_that_does_not_reach_the_day_is_not_an_empty_day() -> None:
    uncovered = replace(market(last=BIG_FRIDAY, releases=()), coverage={}, earnings=())
    made = told(uncovered)
    assert made.brief.calendar.notes == (
        "The release calendar does not reach this date.",
        "The earnings calendar does not reach this date.",
    )
    assert "release is due" not in column(made.brief)
    empty = told(replace(market(last=BIG_FRIDAY, releases=()), earnings=()))
    assert "The calendar lists no release of note today." in empty.brief.calendar.notes


def test_a_sample_issue_says_so_in_its_subject_and_still_fits() -> None:
    made = told(replace(market(last=BIG_FRIDAY), sample=True))
    assert made.brief.subject.text.startswith("[Sample] ")
    assert len(made.brief.subject.text) <= 60
    assert made.brief.issue.sample
    assert not checked(made).failures


def test_a_consensus_names_its_source_and_a_missing_one_is_no_number() -> None:
    when = date(2026, 3, 11)
    known = told(market(releases=(release(when, "CPI m/m", "0.3%", "0.2%"),)))
    assert "(ForexFactory)" in column(known.brief)
    unknown = told(market(releases=(release(when, "CPI m/m", "", "0.2%"),)))
    assert re.search(r"[Cc]onsumer prices", column(unknown.brief))
    assert "consensus" not in column(unknown.brief)


def test_releases_and_reports_stand_in_their_tables(monday: Told) -> None:
    calendar = monday.brief.calendar
    assert [(row.time, row.event, row.consensus.text, row.previous.text) for row in calendar.releases] == [
        ("10:00", "ISM Services PMI", "52.1", "51.7")
    ]
    assert [(row.event, row.actual.text if row.actual else None) for row in calendar.yesterday] == [
        ("New Home Sales", "655K")
    ]
    assert "No company that we follow reports today." in calendar.notes


def test_the_spotlight_is_the_stock_that_moved_most_for_its_habits() -> None:
    made = told(market(last={**BIG_FRIDAY, "AAPL": (0.1, 9.0), "NVDA": (0.1, 2.0)}))
    desk = desk_for(made.choice, made.findings, made.day, config())
    assert spotlight(desk) == "AAPL"


def test_what_is_watched_says_what_when_and_why(monday: Told) -> None:
    for item in monday.brief.watching:
        assert item.what.text.endswith(".")
        assert item.why.text.endswith(".")
        assert re.match(r"Today|Monday|Tuesday|Wednesday|Thursday|Friday|[A-Z][a-z]+\.? \d", item.when)


def test_headline_is_in_the_present_tense_and_has_no_ticker() -> None:
    made = told(
        market(last=BIG_FRIDAY), lead=story("biggest_since", "^RUT", Family.MOVES, -1), mode=Mode.STRONG
    )
    assert "(^" not in made.brief.subject.text
    assert re.search(r"\b(falls|loses|drops|is|slips|dips)\b", made.brief.subject.text), (
        made.brief.subject.text
    )
    assert made.brief.issue.id == f"{DAY}-morning"
