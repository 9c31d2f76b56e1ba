"""Every way a person's note can be wrong: one line with file and line, what to do, and an issue that stays as it was.

The market is the invented sample.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter import issue, sources
from newsletter.clock import system_clock
from newsletter.config import Config, load
from newsletter.editorial import Note, read_note
from newsletter.editorial.notes import text_of
from newsletter.errors import DataError, NewsletterError, UsageError
from newsletter.facts import Fact
from tests.words_support import sample_project

DAY = date(2025, 8, 26)


class Desk(NamedTuple):
    """A sample project and its day, found once."""

    config: Config
    thought: issue.Thought

    @property
    def note(self) -> Path:
        return self.config.paths.notes / f"{DAY}.md"

    def draft(self) -> issue.Draft:
        return issue.draft(self.config, self.config.edition(None), self.thought)

    def fact(self, entity: str, metric: str, window: str = "1s") -> Fact:
        found = self.thought.findings.facts.find(entity, metric, window)
        assert found is not None
        return found


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("project")
    sample_project(folder)
    config = load(folder / "config.yaml")
    gathered = sources.gather(config, config.edition(None), DAY, clock=system_clock)
    config.paths.notes.mkdir()
    return Desk(config, issue.think(gathered.day))


@pytest.fixture
def desk(sample: Desk) -> Iterator[Desk]:
    yield sample
    sample.note.unlink(missing_ok=True)


def refused(desk: Desk, text: str | bytes) -> str:
    """The one line that a build says to the note."""
    desk.note.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(NewsletterError) as caught:
        desk.draft()
    said = str(caught.value)
    assert "\n" not in said
    return said


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('Calm.\n\n{{ f("^GSPC", "nonsense") }}\n', 3, r"no fact nonsense of \^GSPC; there is .*close"),
        ('{{ f("^NONE", "close") }}\n', 1, r"no fact close of \^NONE; nothing is known of \^NONE"),
        ('{{ f("^GSPC", "close", "9y") }}\n', 1, r"no fact close 9y of \^GSPC"),
        ('{{ f("^GSPC", "close", "1s", "date") }}\n', 1, r"close of \^GSPC can't be written as 'date'"),
        ('{{ f("^GSPC", "close", "1s", "few_in") }}\n', 1, r"can't be written as 'few_in'; leave the style out"),
        ('Calm,\nand {{ f("^GSPC", "close") on\n', 2, r"\{\{ is only half of a reference"),
        ('Calm }} day\n', 1, r"\}\} is only half of a reference; write \{\{ f\("),
        ("---\nheadline: One\nfoo: bar\n---\n", 3, "unknown setting foo; a note may set headline, lead"),
        ("---\nheadline: 'open\n---\n", 2, "not valid YAML"),
        ("---\nheadline: One\nheadline: Two\n---\n", 3, "not valid YAML: .*duplicate key"),
        ("---\nheadline: One\n\nBody without an end.\n", 1, "the settings aren't closed; put --- on a line"),
        ("---\nheadline: \ufffe\n---\n", 1, "not valid YAML"),
        ("---\nlead: 3\n---\n", 2, "lead should be words in quotes, not 3"),
        ("---\nbyline:\n---\n", 2, "byline should be words in quotes, not None"),
        ("---\nbyline: {a: [b]}\n---\n", 2, "byline should be words in quotes, not a dict"),
        ('---\nheadline: "A day\\nBcc: x@example.com"\n---\n', 2, "headline is one line of words; U.000A"),
        ("---\nheadline: !!python/object:os.system x\n---\n", 2, "not valid YAML"),
        ("---\nbyline: By me\nchart: nonsense\n---\n", 3, "no chart recipe nonsense; there is .*distance_to_record"),
        ("---\nchart: ../../etc/passwd\n---\n", 2, "no chart recipe ../../etc/passwd; there is "),
        (f"---\nheadline: {'A calm day ' * 8}\n---\n", 2, "the headline has 87 characters; a subject has room for 51"),
        (f"---\nbyline: {'By me ' * 20}\n---\n", 2, "byline has 119 characters; there is room for 80"),
        ("---\nbyline: First\nlead: nonsense:^GSPC:+\n---\n", 3, r"no story nonsense:\^GSPC:\+ today; the first are \w+"),
        ("Calm.\n\n<script>alert(1)</script>\n", 3, "'<script>alert\\(1\\)</script>' is HTML, which isn't printed"),
        ("Calm <img src=x onerror=alert(1)>.\n", 1, "is HTML, which isn't printed; remove it"),
        (f"Calm.\n\n{'1.5% ' * 600}\n", 3, "2,999 characters are one paragraph; break it before 2,000"),
        ("Calm.\n\n    indented = code\n", 3, "a block of code isn't printed"),
        ("Calm.\n\n```\ncode\n```\n", 3, "a block of code isn't printed"),
        ("Calm.\nA day\u202efo \n", 2, "U.202E can't be seen by a reader; remove it"),
        ("Calm.\n\n\n\x00\n", 4, "U.0000 can't be seen"),
        ("Now is the time to buy.\n", 1, "advice: 'time to' in"),
        ("---\nbyline: The fund that is up 99%\n---\n", 2, "'99%'"),
    ],
)  # fmt: skip
def test_a_bad_note_is_one_line_with_its_place(desk: Desk, text: str, line: int, words: str) -> None:
    said = refused(desk, text)
    assert said.startswith(f"notes/2025-08-26.md:{line}: "), said
    assert re.search(words, said), said


def test_a_number_off_by_one_digit_is_named_with_its_line_and_the_nearest_fact(desk: Desk) -> None:
    close = f"{desk.fact('^GSPC', 'close').number:,.2f}"
    wrong = f"{close[:-1]}{(int(close[-1]) + 1) % 10}"
    said = refused(desk, f"---\nbyline: By a person\n---\n\nA day.\nThe S&P 500 closed at {wrong}.\n")
    assert re.match(
        rf"notes/2025-08-26\.md:6: number: '{wrong}' in .*no fact rounds to it; nearest is \^GSPC:", said
    )

    desk.note.write_text(f"A day.\nThe S&P 500 closed at {close}.\n")
    assert [part.text for part in desk.draft().brief.takeaway.paragraphs] == [f"A day. The S&P 500 closed at {close}."]  # fmt: skip


def test_what_a_typed_number_rests_on_is_stated_by_the_issue(desk: Desk) -> None:
    # Of no tile, table or story of its own: the final check knows it by the note alone.
    month = desk.fact("^DJI", "return", "mtd")
    words = "up" if month.number > 0 else "down"
    desk.note.write_text(f"The Dow (^DJI) is {words} {abs(month.number):.1f}% for the month so far.\n")
    brief = desk.draft().brief
    assert month.id in brief.takeaway.paragraphs[0].facts
    assert month.id in {fact.id for fact in brief.facts}


def test_megabytes_of_text_are_not_read(desk: Desk) -> None:
    assert refused(desk, "Calm. " * 200_000) == (
        "notes/2025-08-26.md: larger than 20,000 bytes; an issue's note is a page or two"
    )


def test_bytes_that_are_no_text_are_named_with_their_line(desk: Desk) -> None:
    assert refused(desk, b"Calm.\n\n\xff\xfe\n") == (
        "notes/2025-08-26.md:3: this isn't UTF-8 text; save it as UTF-8"
    )


def test_a_folder_in_the_notes_place_is_one_line(desk: Desk) -> None:
    desk.note.mkdir()
    with pytest.raises(UsageError, match=r"^notes/2025-08-26\.md: can't be read: "):
        desk.draft()
    desk.note.rmdir()


@pytest.mark.parametrize("text", ["", "\n\n", "---\n---\n", "\ufeff\r\n"])
def test_an_empty_note_leaves_the_programs_words(desk: Desk, text: str) -> None:
    plain = desk.draft()
    desk.note.write_bytes(text.encode())
    assert desk.draft().brief == plain.brief


def test_lists_within_lists_cost_nothing(desk: Desk) -> None:
    """Nine levels of ten aliases would be a billion words if they were ever written out."""
    levels = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    front = "\n".join(["a0: &a0 [x]", *levels])
    assert "unknown setting a0" in refused(desk, f"---\n{front}\n---\n")
    assert "headline should be words in quotes, not a list" in refused(desk, "---\nheadline: &a [*a]\n---\n")


def test_an_issue_that_stands_is_not_touched_by_a_bad_note(desk: Desk) -> None:
    def build() -> None:
        issue.build(desk.config, desk.config.edition(None), DAY, clock=system_clock)

    def files() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in desk.config.paths.issues.rglob("*") if path.is_file()}

    build()
    before = files()
    desk.note.write_text("Calm.\n\nThe S&P 500 closed at 1.23.\n")
    with pytest.raises(DataError, match=r"^notes/2025-08-26\.md:3: number: '1\.23'"):
        build()
    assert before
    assert files() == before


# Read and written

_LINE = st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp")), min_size=1, max_size=40)
_SETTING = st.none() | _LINE.map(str.strip).filter(bool)
_BODY = st.lists(st.just("---") | _LINE, max_size=4).map("\n".join).map(lambda text: text.strip("\n"))


@given(headline=_SETTING, lead=_SETTING, byline=_SETTING, chart=_SETTING, body=_BODY)
def test_a_note_written_is_read_as_the_same_note(
    headline: str | None, lead: str | None, byline: str | None, chart: str | None, body: str
) -> None:
    note = Note(name="n", headline=headline, lead=lead, byline=byline, chart=chart, body=body)
    read = read_note(text_of(note), "n")
    assert (read.headline, read.lead, read.byline, read.chart) == (headline, lead, byline, chart)
    assert read.body == body


def test_a_note_is_written_as_documented() -> None:
    note = Note(name="n", headline='A "calm" Monday', byline="By hand", body="First.\n\nSecond.")
    assert (
        text_of(note) == '---\nheadline: "A \\"calm\\" Monday"\nbyline: "By hand"\n---\n\nFirst.\n\nSecond.\n'
    )
    assert text_of(Note(name="n", body="Only words.")) == "Only words.\n"
    assert text_of(Note(name="n")) == ""
