"""The text part: its own words, in lines that any mail program shows."""

import re

import pytest

from newsletter.brief import UNSUBSCRIBE_TOKEN
from newsletter.render import characters, render
from tests import briefs


def text_of(variant: str) -> str:
    return render(briefs.VARIANTS[variant](), config=briefs.config(), folders=briefs.FOLDERS).text


@pytest.mark.parametrize("variant", briefs.VARIANTS)
def test_every_variant_is_readable_text(variant: str) -> None:
    text = text_of(variant)
    for line in text.splitlines():
        assert len(line) <= 78 or re.fullmatch(r"(\[\d+\] )?https://\S+", line), line
        assert line == line.rstrip()
    assert "\n\n\n" not in text
    assert len(text.split()) >= 100
    assert f"\n{briefs.BASE_URL}/unsubscribe/{UNSUBSCRIBE_TOKEN}\n" in text
    assert "not investment advice" in text
    assert not re.search(r"[<>{}]|&\w+;", text)


def test_tables_are_aligned() -> None:
    lines = text_of("full").splitlines()
    head = next(line for line in lines if line.startswith("Market"))
    rows = lines[lines.index(head) + 1 :][: len(briefs.SNAPSHOT)]
    assert [row.split("  ")[0].split()[0] for row in rows][:3] == ["S&P", "Nasdaq", "Dow"]
    ends = [match.end() for match in re.finditer(r"Last|1D|1W|1M|YTD", head)]
    for row in rows:
        figures = [match.end() for match in re.finditer(r"[\d.,]+(%|\xa0bp)?(?= |$)", row[20:])]
        assert [end + 20 for end in figures] == ends, row


def test_links_are_footnotes() -> None:
    text = text_of("full")
    for number, item in enumerate(briefs.READING, 1):
        assert f"[{number}] {item.title}" in text.replace("\n    ", " ")
        assert f"\n[{number}] {item.url}\n" in text
    assert text.index(briefs.READING[0].url) > text.index("WHAT CHANGED")


def test_the_chart_is_described() -> None:
    assert "[Chart: Small caps went from laggards to leaders. Line chart," in text_of("full")


def test_the_text_says_what_the_page_says() -> None:
    text = " ".join(text_of("full").split())
    for paragraph in briefs.TAKEAWAY.paragraphs:
        assert paragraph.text in text
    for item in briefs.WATCHING:
        assert item.what.text in text
        assert item.why.text in text
    for row in briefs.MOVERS:
        assert row.reason in text
    assert "Correction: Monday’s issue gave" in text


@pytest.mark.parametrize(
    ("text", "columns", "fitted"),
    [
        ("abc", 5, "abc  "),
        ("abcdef", 5, "abcd…"),
        ("ab cdef", 4, "ab… "),
        ("東京株", 5, "東京…"),
        ("a\n b", 4, "a b "),
        ("e\u0301te\u0301", 4, "e\u0301te\u0301 "),
    ],
)
def test_fit(text: str, columns: int, fitted: str) -> None:
    assert characters.fit(text, columns) == fitted


def test_right() -> None:
    assert characters.right("−4\xa0bp", 8) == "   −4\xa0bp"
    assert characters.right("$1,234,567,890", 8) == "$1,234,567,890"  # a figure is never cut


def test_wrap_keeps_a_no_break_space() -> None:
    assert characters.wrap("moved 4\xa0bp up", 9) == "moved\n4\xa0bp up"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("By April 8 it fell", "By April~8 it fell"),
        ("on Nov. 25, 2024", "on Nov.~25, 2024"),
        ("Sept. 3 at 8:30 a.m. ET", "Sept.~3 at 8:30~a.m.~ET"),
        ("5:12 ET", "5:12~ET"),
        ("the S&P 500 rose 4 bp", "the S&P~500 rose 4~bp"),
        ("In May 2025 and April 2,442.03", "In May 2025 and April 2,442.03"),
        ("Dismay 5 and 500 members", "Dismay 5 and 500 members"),
    ],
)
def test_dates_times_and_names_stay_whole(text: str, written: str) -> None:
    assert characters.tied(text) == written.replace("~", "\xa0")


@pytest.mark.parametrize(
    ("text", "written"),
    [("one two three", "one two\xa0three"), ("one", "one"), ("", ""), (" a b ", "a\xa0b")],
)
def test_heading(text: str, written: str) -> None:
    assert characters.heading(text) == written
