"""What of a sentence is a claim: taken out whole, put back as it was. The sentences are invented."""

import pytest

from newsletter.phrasing.guarded import Guards, names_of
from newsletter.phrasing.judging import own_words, refusal
from newsletter.phrasing.slots import Masked, fill, mask
from tests import briefs

GUARDS = Guards((*names_of(briefs.full(), briefs.config()), "Gap Inc.", "the"))

IN_SLOTS = {
    "The Russell 2000 (^RUT) lost 0.7% on Monday.": "{s1} {s2} on {s3}.",
    "The Dow (^DJI) dipped 0.3% on Tuesday to 36,494.07.": "{s1} {s2} on {s3} {s4}.",
    "It is 10.3% below the record of Nov. 11.": "It is {s1} the {s2} of {s3}.",
    "The Dow is up 23.8% this year.": "{s1} is {s2} {s3}.",
    "In the S&P 500, 244 members rose and 226 fell.": "In {s1}, {s2} and {s3}.",
    "None of eleven sectors rose.": "{s1} of {s2}.",
    "Not since March 6, 2024, has it been as low.": "{s1}, has it been as {s2}.",
    "The 10-year Treasury yield ended at 4.12%, 4 bp lower.": "{s1} ended at {s2}, {s3}.",
    "Nothing major is scheduled today.": "{s1} major is scheduled {s2}.",
    "It didn't close there.": "It {s1} close there.",
    "Twenty-one of the three-month stretches ended there.": "{s1} of the {s2} stretches ended there.",
    "The statement comes today at 2 p.m. ET.": "The {s1} comes {s2} at {s3}.",
}


def masked(sentence: str) -> Masked:
    found = mask(sentence, GUARDS)
    assert found is not None
    return found


@pytest.mark.parametrize(("sentence", "expected"), IN_SLOTS.items())
def test_claims_become_slots(sentence: str, expected: str) -> None:
    found = masked(sentence)

    assert found.text == expected
    assert fill(found.text, found.slots) == sentence
    assert refusal(found.text, found, GUARDS, own_words((found,))) is None


@pytest.mark.parametrize(
    "sentence",
    [
        "“Stocks rose 2%,” it said on Monday.",
        'The post said "buy" on Monday.',
        "See https://brief.example.com on Monday.",
        "Is the Dow up on Monday?",
        "A {{ field }} fell on Monday.",
        "The Dow fell 2%.",
        "It came and went.",
    ],
)
def test_what_quotes_asks_or_leaves_nothing_to_phrase_is_not_offered(sentence: str) -> None:
    assert mask(sentence, GUARDS) is None


@pytest.mark.parametrize(
    ("sentence", "answer", "said"),
    [
        ("The Dow fell 0.2% on Monday.", "On {s3}, {s1} {s2}.", "On Monday, the Dow fell 0.2%."),
        ("Gold fell 0.2% on Monday.", "On {s3}, {s1} {s2}.", "On Monday, Gold fell 0.2%."),
        ("On Monday gold fell 0.2%.", "{s2} {s3} on {s1}.", "Gold fell 0.2% on Monday."),
        ("This year it stands at 7,000.00.", "It stands at {s2} {s1}.", "It stands at 7,000.00 this year."),
    ],
)
def test_a_day_may_move(sentence: str, answer: str, said: str) -> None:
    found = masked(sentence)

    assert refusal(answer, found, GUARDS, own_words((found,))) is None
    assert fill(answer, found.slots) == said


@pytest.mark.parametrize(
    ("sentence", "answer"),
    [
        ("It is 10.3% below the record of Nov. 11.", "On {s3}, it is {s1} the {s2}."),
        ("It set one on Monday and lost it on Friday.", "On {s5} it {s1} {s2} and {s4} it on {s3}."),
        ("The gap between the Nasdaq and the Dow was 1.2 percentage points.", "The gap {s1} {s3} and {s2} was {s4}."),
    ],
)  # fmt: skip
def test_what_belongs_to_a_word_may_not_move(sentence: str, answer: str) -> None:
    found = masked(sentence)

    why = refusal(answer, found, GUARDS, own_words((found,)))
    assert why is not None
    assert "order" in why or "slot" in why


@pytest.mark.parametrize(
    "name", ["Gap Inc.", "gap inc", "Nvidia", "nvidia", "NVDA", "the vix", "Crude", "tech-heavy Nasdaq"]
)
def test_a_name_is_guarded_in_any_case(name: str) -> None:
    found = masked("The Dow fell 0.2% on Monday.")

    assert (
        refusal(f"{{s1}} {{s2}} on {{s3}} with {name} there.", found, GUARDS, frozenset(("there",)))
        is not None
    )


def test_hostile_length_is_read_fast() -> None:
    found = masked("The Dow fell 0.2% on Monday.")
    for text in ("a" * 20_000, "as a " * 5_000, "{s1}" * 5_000, "the past " * 3_000, "\\x00" * 9_000):
        assert refusal(text, found, GUARDS, frozenset()) is not None
