"""Issue folders: whole or not at all, refused where they would destroy something, remembered in order."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from newsletter.errors import DataError, UsageError
from newsletter.store import issues


def files(name: str, *, lead: str = "streak:^GSPC:+", session: str = "2025-08-25") -> dict[str, bytes]:
    """A folder's content with an invented brief."""
    stories = [
        {"key": "vix_move:^VIX:-", "role": "watching", "p": 0.04, "yardstick": None},
        {"key": lead, "role": "lead", "p": 0.01, "yardstick": "2025-04-09"},
        {"key": "streak:^DJI:+", "role": None, "p": 0.2, "yardstick": None},
    ]
    brief = {
        "issue": {"id": name, "session": session},
        "subject": "A fourth gain in a row",
        "preheader": "And hardly a move.",
        "takeaway": {"paragraphs": [{"text": "It rose."}], "bottom_line": {"text": "It takes 4%."}},
        "watching": [{"what": {"text": "Consumer prices"}, "why": {"text": "Seven of twelve."}}],
        "changes": [{"text": "A run ended."}],
        "stories": stories,
    }
    return {
        "brief.json": json.dumps(brief).encode(),
        "index.html": b"<html></html>",
        "issue.txt": b"text\n",
        "subject.txt": b"A fourth gain in a row\n",
        "charts/chart-light.png": b"light",
    }


def test_an_issue_reads_back_as_written(tmp_path: Path) -> None:
    folder = tmp_path / "issues" / "2025-08-26-morning"
    issues.write(folder, files(folder.name))
    issue = issues.load(folder)
    assert (issue.id, issue.subject) == ("2025-08-26-morning", "A fourth gain in a row")
    assert issue.images == {"charts/chart-light.png": b"light"}


def test_the_hash_changes_with_any_byte_that_is_mailed(tmp_path: Path) -> None:
    shas = set()
    for change in (
        {},
        {"index.html": b"<html> </html>"},
        {"charts/chart-light.png": b"Light"},
        {"issue.txt": b"Text\n"},
    ):
        issues.write(tmp_path / "i", {**files("2025-08-26-morning"), **change})
        shas.add(issues.load(tmp_path / "i").sha)
    issues.write(tmp_path / "i", {**files("2025-08-26-morning"), "sources.json": b"[1]"})
    assert len(shas) == 4
    assert issues.load(tmp_path / "i").sha in shas


def test_writing_again_replaces_all_of_it(tmp_path: Path) -> None:
    folder = tmp_path / "i"
    issues.write(folder, {**files("2025-08-26-morning"), "old.txt": b"x"})
    issues.write(folder, files("2025-08-26-morning"))
    assert not (folder / "old.txt").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["i"]


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(UsageError, match="something else than an issue"):
        issues.write(tmp_path, files("2025-08-26-morning"))
    assert (tmp_path / "thesis.tex").read_text() == "years of work"


def test_a_place_that_is_a_file_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="choose another folder with --out") as caught:
        issues.write(tmp_path / "file" / "i", files("2025-08-26-morning"))
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("index.html", None, "index.html"),
        ("brief.json", b"{", "not an issue"),
        ("brief.json", b"[]", "not an issue"),
    ],
)
def test_a_broken_issue_names_its_file(name: str, content: bytes | None, says: str, tmp_path: Path) -> None:
    folder = tmp_path / "i"
    issues.write(folder, files("2025-08-26-morning"))
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_bytes(content)
    with pytest.raises(DataError, match=says):
        issues.load(folder)


def test_only_earlier_issues_of_the_edition_are_remembered_newest_first(tmp_path: Path) -> None:
    for name, lead in [
        ("2025-08-25-morning", "drought_end:^DJI:+"),
        ("2025-08-26-morning", "drought_distance:^RUT:-"),
        ("2025-08-27-morning", "round_number:^GSPC:+"),
        ("2025-08-25-closing", "streak:^VIX:-"),
    ]:
        issues.write(tmp_path / name, files(name, lead=lead, session="2025-08-22"))
    (tmp_path / "2025-08-24-morning").mkdir()
    past = issues.past(tmp_path, "morning", before=date(2025, 8, 27))
    assert [item.issue for item in past] == ["2025-08-26-morning", "2025-08-25-morning"]
    assert past[0].keys == ("drought_distance:^RUT:-", "vix_move:^VIX:-")
    assert past[0].p["drought_distance:^RUT:-"] == 0.01
    assert past[0].yardsticks == {"drought_distance:^RUT:-": date(2025, 4, 9)}
    assert past[0].session == date(2025, 8, 22)
    assert past[0].prose == (
        "A fourth gain in a row",
        "And hardly a move.",
        "It rose.",
        "It takes 4%.",
        "Seven of twelve.",
        "A run ended.",
    )


def test_no_issues_at_all(tmp_path: Path) -> None:
    assert issues.past(tmp_path / "none", "morning", before=date(2025, 8, 27)) == ()
