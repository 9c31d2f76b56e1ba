"""A person's words beside the preview, on an invented market: offers, a draft judged, and the note saved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from newsletter import editorial
from newsletter.brief import Brief
from newsletter.editorial.check import Claim, judge
from newsletter.editorial.check.reading import Known
from newsletter.errors import DataError, UsageError
from newsletter.notebook import Draft, Ground, Notebook
from newsletter.store.notes import ABSENT, ChangedMeanwhile
from tests.words_support import NAME, close, ground, word_file


@pytest.fixture
def on(tmp_path: Path) -> Ground:
    return ground(tmp_path)


@pytest.fixture
def notebook(on: Ground) -> Notebook:
    return Notebook(lambda: on)


def test_before_anything_is_composed_it_says_so() -> None:
    empty = Notebook(lambda: None)
    for ask in (
        empty.open,
        lambda: empty.facts(""),
        lambda: empty.judge(Draft()),
        lambda: empty.put_aside(seen=""),
    ):
        with pytest.raises(UsageError, match="nothing is composed yet"):
            ask()


def test_the_program_offers_its_stories_with_headlines_that_hold(on: Ground, notebook: Notebook) -> None:
    opened = notebook.open()
    assert (opened.name, opened.version, opened.draft, opened.problem) == (NAME, ABSENT, Draft(), "")
    assert [offer.key for offer in opened.stories] == [story.key for story in on.thought.findings.stories]
    assert [offer.role for offer in opened.stories].count("lead") == 1
    headlines = {text for offer in opened.stories for text in offer.headlines}
    assert headlines
    for text in headlines:
        assert notebook.judge(Draft(headline=text)).faults == ()
        assert len(text) <= opened.room == 60


def test_a_lead_is_offered_the_headline_that_the_program_would_write(on: Ground, notebook: Notebook) -> None:
    held = 0
    for offer in notebook.open().stories:
        written = headline(on, editorial.Note(name=NAME, lead=offer.key))
        if notebook.judge(Draft(headline=written)).faults == ():
            assert offer.headlines[0] == written
            held += 1
    assert held


def headline(on: Ground, note: editorial.Note | None) -> str:
    """What the program heads the issue with."""
    return write(on, note).takeaway.headline.text


def write(on: Ground, note: editorial.Note | None) -> Brief:
    """The brief as a build has it, but for its chart."""
    thought = on.thought
    return editorial.write(
        editorial.overrule(thought.choice, thought.findings, note),
        thought.findings,
        thought.day,
        config=on.config,
        edition=on.config.edition(None),
        number=7,
        note=note,
    )


def test_the_programs_own_headline_is_the_first_it_offers(on: Ground, notebook: Notebook) -> None:
    assert notebook.open().headlines[0] == headline(on, None)


def test_a_draft_is_judged_as_the_build_judges_the_file(on: Ground, notebook: Notebook) -> None:
    for body, right in (
        (f"The S&P 500 closed at {close(on)}.", True),
        ("The S&P 500 closed at 1.23.", False),
        ('The S&P 500 closed at {{ f("^GSPC", "close") }}.', True),
        ('The S&P 500 closed at {{ f("^GSPC", "clos") }}.', False),
        ("Calm.\n\n<b>Bold</b> words.", False),
        ("Because of the election, nothing moved.", True),
        ("Now is the time to buy.", False),
        ("---\nheadline: not a setting\n---\n", True),
    ):
        faults = notebook.judge(Draft(byline="By hand", body=body)).faults
        said = ""
        try:
            write(on, editorial.read_note(f'---\nbyline: "By hand"\n---\n\n{body}\n', NAME))
        except (DataError, UsageError) as error:
            said = str(error)
        assert (faults == ()) is right, body
        assert (faults or ("",))[0] == said


def test_each_fault_has_its_line_and_a_hint(on: Ground, notebook: Notebook) -> None:
    wrong = f"{close(on)[:-1]}{(int(close(on)[-1]) + 1) % 10}"
    judged = notebook.judge(
        Draft(byline="By hand", body=f"Calm.\n\nA day,\nand the S&P 500 closed at {wrong}.")
    )
    assert judged.first_line == 5
    (mark,) = judged.passages[-1].refused
    assert mark.line == 8
    assert judged.passages[-1].text[mark.start : mark.end] == wrong
    assert judged.hints[mark].printed == close(on)
    assert judged.hints[mark].reference == '{{ f("^GSPC", "close") }}'


def test_what_is_saved_is_what_is_loaded(on: Ground, notebook: Notebook) -> None:
    draft = Draft(
        headline="A calm Monday",
        lead=on.thought.findings.stories[-1].key,
        byline="By hand",
        body=f"The S&P 500 closed at {close(on)}.\n\nThat is all.",
    )
    version = notebook.save(draft, seen=ABSENT)
    assert word_file(on).read_text() == (
        f'---\nheadline: "A calm Monday"\nlead: "{draft.lead}"\nbyline: "By hand"\n---\n\n{draft.body}\n'
    )
    assert (notebook.open().draft, notebook.open().version) == (draft, version)


def test_a_chart_in_the_file_is_kept(on: Ground, notebook: Notebook) -> None:
    word_file(on).parent.mkdir()
    word_file(on).write_text("---\nchart: level_line\n---\n")
    opened = notebook.open()
    assert opened.draft == Draft(chart="level_line")
    notebook.save(Draft(chart=opened.draft.chart, byline="By hand"), seen=opened.version)
    assert 'chart: "level_line"' in word_file(on).read_text()


def test_nothing_that_would_not_build_is_saved(on: Ground, notebook: Notebook) -> None:
    with pytest.raises(DataError, match=rf"^{NAME}:1: number: '1\.23' in .* \(and 1 more\)$"):
        notebook.save(Draft(body="The S&P 500 closed at 1.23, or 4.56."), seen=ABSENT)
    with pytest.raises(DataError, match=rf"^{NAME}:2: no story nonsense today; the first are "):
        notebook.save(Draft(lead="nonsense"), seen=ABSENT)
    with pytest.raises(DataError, match=rf"^{NAME}:2: no chart recipe nonsense; there is "):
        notebook.save(Draft(chart="nonsense"), seen=ABSENT)
    with pytest.raises(DataError, match="larger than 20,000 bytes"):
        notebook.save(Draft(body="Calm. " * 200_000), seen=ABSENT)
    with pytest.raises(UsageError, match="nothing to save; the program's own words stand"):
        notebook.save(Draft(body=" \n "), seen=ABSENT)
    assert not word_file(on).exists()


def test_an_emptied_draft_does_not_remove_the_note(on: Ground, notebook: Notebook) -> None:
    version = notebook.save(Draft(byline="By hand"), seen=ABSENT)
    with pytest.raises(UsageError, match="nothing to save"):
        notebook.save(Draft(), seen=version)
    assert word_file(on).exists()

    place = notebook.put_aside(seen=version)
    assert not word_file(on).exists()
    assert place.read_text() == '---\nbyline: "By hand"\n---\n'


def test_a_change_on_disk_is_not_overwritten(on: Ground, notebook: Notebook) -> None:
    version = notebook.save(Draft(byline="By hand"), seen=ABSENT)
    word_file(on).write_text("Somebody else's words.\n")
    with pytest.raises(ChangedMeanwhile):
        notebook.save(Draft(byline="By me"), seen=version)
    assert word_file(on).read_text() == "Somebody else's words.\n"


def test_a_broken_file_is_said_and_can_be_put_aside(on: Ground, notebook: Notebook) -> None:
    word_file(on).parent.mkdir()
    word_file(on).write_text("---\nheadlin: x\n---\n")
    opened = notebook.open()
    assert opened.problem.startswith(f"{NAME}:2: unknown setting headlin")
    assert opened.draft == Draft()
    notebook.put_aside(seen=opened.version)
    assert notebook.open().problem == ""


def test_facts_are_found_by_words_and_print_as_offered(on: Ground, notebook: Notebook) -> None:
    found = notebook.facts("s&p close")
    assert [offer.reference for offer in found][:1] == ['{{ f("^GSPC", "close") }}']
    assert found[0].printed == close(on)
    assert all("^RUT" in offer.fact.entity for offer in notebook.facts("^rut"))
    assert notebook.facts("nothing has all these words") == ()
    for offer in (*notebook.facts("return"), *notebook.facts("yield"), *notebook.facts("date")):
        passage = notebook.judge(Draft(body=f"It says {offer.reference} there.")).passages[0]
        assert passage.text == f"It says {offer.printed} there."
        assert passage.facts == (offer.fact.id,)


def test_words_judged_once_are_remembered(
    on: Ground, notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def counting(part: str, text: str, known: Known) -> Iterator[Claim]:
        asked.append(text)
        return judge(part, text, known)

    monkeypatch.setattr("newsletter.editorial.proof.judge", counting)
    notebook.judge(Draft(body="One day.\n\nTwo days."))
    notebook.judge(Draft(body="One day.\n\nTwo more days."))
    assert asked == ["One day.", "Two days.", "Two more days."]


def test_a_day_found_anew_is_judged_anew(on: Ground, tmp_path: Path) -> None:
    grounds = [on, ground(tmp_path, last={"^GSPC": (1.5, 0.3)})]
    notebook = Notebook(lambda: grounds[0])
    draft = Draft(body=f"The S&P 500 closed at {close(on)}.")
    assert notebook.judge(draft).faults == ()
    grounds.pop(0)
    assert len(notebook.judge(draft).faults) == 1


def test_a_date_that_no_fact_bears_out_has_the_nearest_for_a_hint(on: Ground, notebook: Notebook) -> None:
    record = on.thought.findings.facts.find("^GSPC", "record_date", "file")
    assert record is not None
    wrong = record.day + timedelta(days=1)
    judged = notebook.judge(Draft(body=f"The S&P 500 has a record of {wrong:%B} {wrong.day}, {wrong.year}."))
    hints = [offer.fact.value for mark, offer in judged.hints.items() if str(wrong.year) in mark.claim.text]
    assert hints == [record.day]


def test_words_without_a_number_have_no_hint(notebook: Notebook) -> None:
    judged = notebook.judge(
        Draft(body="The S&P 500 had its best day since records began. Now is the time to buy.")
    )
    assert judged.faults
    assert not [offer for mark, offer in judged.hints.items() if mark.claim.text == "time to"]
