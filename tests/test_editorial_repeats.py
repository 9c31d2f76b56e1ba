"""Words that the last issues used: recognised, and said otherwise."""

from __future__ import annotations

from datetime import date

import pytest

from newsletter.editorial.repeats import RUN, heard, runs
from newsletter.facts import PastIssue
from tests.editorial_support import checked, market, told


def test_a_run_is_seven_words_without_punctuation_case_and_brackets() -> None:
    said = "The S&P 500 (^GSPC) closed at a record: 6,309.62, the 11th."
    assert runs(said) == {
        ("the", "s&p", "500", "closed", "at", "a", "record"),
        ("s&p", "500", "closed", "at", "a", "record", "6,309.62"),
        ("500", "closed", "at", "a", "record", "6,309.62", "the"),
        ("closed", "at", "a", "record", "6,309.62", "the", "11th"),
    }


def test_an_hour_is_one_word_and_a_percentage_too() -> None:
    said = "Retail sales are out Thursday at 8:30 a.m. ET; 0.1% is it."
    assert runs(said) == {
        ("retail", "sales", "are", "out", "thursday", "at", "hour"),
        ("sales", "are", "out", "thursday", "at", "hour", "0.1%"),
        ("are", "out", "thursday", "at", "hour", "0.1%", "is"),
        ("out", "thursday", "at", "hour", "0.1%", "is", "it"),
    }


@pytest.mark.parametrize("text", ["", "Six words are not a run.", "One two three four five six"])
def test_fewer_words_are_no_run(text: str) -> None:
    assert len(text.split()) < RUN
    assert not runs(text)


def test_nothing_was_heard_before_the_first_issue() -> None:
    assert heard(()) == frozenset()


def test_what_the_last_issue_said_is_said_in_other_words() -> None:
    day = market()
    first = tuple(part.text for part in told(day).brief.takeaway.paragraphs)
    last = PastIssue(issue="2026-03-09-morning", session=date(2026, 3, 6), keys=(), prose=first)
    again = tuple(part.text for part in told(day, recent=(last,)).brief.takeaway.paragraphs)
    assert len(heard(again) & heard(first)) < len(heard(first)) / 2


def test_the_same_memory_gives_the_same_words() -> None:
    day = market()
    last = PastIssue(
        issue="2026-03-09-morning",
        session=date(2026, 3, 6),
        keys=(),
        prose=tuple(part.text for part in told(day).brief.takeaway.paragraphs),
    )
    assert told(day, recent=(last,)).brief == told(day, recent=(last,)).brief


def test_words_said_otherwise_still_hold() -> None:
    day = market()
    first = told(day)
    last = PastIssue(
        issue="2026-03-09-morning",
        session=date(2026, 3, 6),
        keys=(),
        prose=tuple(part.text for part in first.brief.takeaway.paragraphs),
    )
    assert not checked(told(day, recent=(last,))).failures
