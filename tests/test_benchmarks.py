"""What the benchmarks of the editorial count, on texts made up here."""

import re
from dataclasses import replace
from datetime import date

import pytest

from benchmarks import check, prose
from newsletter.brief import Paragraph, Sentence
from newsletter.facts import Unit, fact
from newsletter.sessions import exchange
from tests.editorial_mutants import MAKERS, Tally
from tests.editorial_support import DAY, market, told
from tests.past_issues import runs

LABELS = re.compile(r"S&P 500|Nasdaq")

DESIGN = """
Some rules before.

**Issue of 2031-02-04** (an invented Monday)

> **Nothing much**
>
> The Nasdaq rose 1.0% to 12,345.67. It closed at a record on
> Nov. 8, 2030.
>
> No release is due.

Some rules after.

> A quotation that is no issue.
"""


def test_issues_written_by_hand_are_read_without_their_headline() -> None:
    assert prose.by_hand(DESIGN) == {
        "2031-02-04": prose.Column(
            paragraphs=(
                ("The Nasdaq rose 1.0% to 12,345.67.", "It closed at a record on Nov. 8, 2030."),
                ("No release is due.",),
            )
        )
    }


@pytest.mark.parametrize(
    ("sentence", "count"),
    [
        (
            "The Russell 2000 (^RUT) jumped 3.9%, its best day since April 9, while the S&P 500 climbed 1.5%.",
            2,
        ),
        ("On Nov. 25, 2024, the Russell closed at 2,442.03.", 1),
        ("Since 1987 it has gained as much in 23% of 21-session stretches.", 2),
        ("Due at 8:30 a.m. ET; the consensus is 212,000 after 209,000.", 2),
        ("The 10-year yield ended flat.", 0),
    ],
)
def test_names_dates_and_hours_are_no_numbers(sentence: str, count: int) -> None:
    assert prose.numbers(sentence) == count


def test_a_name_or_an_hour_is_one_word_and_a_bracket_none() -> None:
    found = prose.masked("The S&P 500 (^GSPC) reports at 8:30 a.m. ET; 1.2% is expected.", LABELS)
    assert found == ("the", "s&p_500", "reports", "at", "8:30_a.m._et", "1.2%", "is", "expected")


ONE = ("a", "b", "c", "d", "e", "f", "g", "h", "i")


@pytest.mark.parametrize(
    ("other", "shared"),
    [
        ("x a b c d e f y", set()),  # six words are no repetition
        ("x a b c d e f g y", {"a b c d e f g"}),
        ("a b c d e f g h i", {"a b c d e f g …"}),  # one run, however long
        ("b c d e f g x a b c d e f g", {"a b c d e f g"}),
    ],
)
def test_seven_words_in_a_row_are_a_repetition(other: str, shared: set[str]) -> None:
    assert prose.shared_runs([ONE], [tuple(other.split())]) == shared


def test_only_ten_sessions_back_are_compared() -> None:
    issues = [[ONE]] + [[("x",) * 3]] * 10 + [[ONE]]
    assert prose.repeats(issues, prose.Repeats()).sharing == 0
    found = prose.repeats(issues[1:], prose.repeats([[ONE], [ONE]], prose.Repeats()))
    assert (found.sharing, found.pairs) == (1, 1 + 55)


def test_a_superlative_in_other_words_is_told_twice() -> None:
    rare = fact("^RUT", "rank", "file@1987-09-10", 3, Unit.COUNT, DAY, "invented")
    brief = replace(told(market()).brief, facts=(rare,))
    one, two = Sentence(text="A rare day.", facts=(rare.id,)), Sentence(text="Seldom seen.", facts=(rare.id,))
    column = replace(brief.takeaway, paragraphs=(Paragraph(sentences=(one, two), role="finding"),))
    assert list(prose.told_twice(replace(brief, takeaway=column))) == ["A rare day. | Seldom seen."]
    column = replace(brief.takeaway, paragraphs=(Paragraph(sentences=(one,), role="finding"),))
    assert list(prose.told_twice(replace(brief, takeaway=column))) == []


def test_the_table_sets_issues_beside_those_written_by_hand() -> None:
    item = prose.column(told(market()).brief)
    hand = prose.by_hand(DESIGN)["2031-02-04"]
    lines = list(prose.table({"ours": [item, item], "by hand": [hand], "none": []}))
    assert lines[0].split() == ["ours", "by", "hand", "rule"]
    (words,) = (line for line in lines if line.startswith("words, "))
    assert words.endswith(" 19  120-400, quiet 40-300")
    (numbers,) = (line for line in lines if line.startswith("numbers a sentence, most"))
    assert numbers.split()[-2:] == ["2", "3"]


def test_sentences_against_the_rules_are_listed() -> None:
    long = " ".join(["word"] * 26) + "."
    item = prose.Column(paragraphs=((long, "Up 1% and 2% and 3% and 4%.", "A short one."),))
    found = list(prose.against_the_rules([(DAY, item)]))
    assert [line.split("  ")[1].split(":")[0] for line in found] == [
        "26 words, 0 numbers",
        "8 words, 4 numbers",
    ]


def test_the_table_of_the_check_has_every_class() -> None:
    tally = Tally()
    tally.made.update({"number": 3, "sign": 1})
    tally.caught.update({"number": 2, "sign": 1})
    lines = list(check.table(tally))
    assert [line.split()[0] for line in lines[1:]] == [*MAKERS, "all"]
    assert lines[1].split() == ["number", "3", "2", "66.67%"]
    assert lines[-1].split() == ["all", "4", "3", "75.00%"]


def test_runs_are_trading_days_on_end_without_overlap() -> None:
    found = runs(date(2024, 1, 2), date(2024, 12, 31), issues=45, length=20, seed=3)
    assert [len(days) for days in found] == [20, 20, 5]
    every = [day for days in found for day in days]
    assert every == sorted(set(every))
    place = exchange("XNYS", 2025)
    for days in found:
        assert days == place.between(days[0], days[-1])
    assert found == runs(date(2024, 1, 2), date(2024, 12, 31), issues=45, length=20, seed=3)
    assert found != runs(date(2024, 1, 2), date(2024, 12, 31), issues=45, length=20, seed=4)
