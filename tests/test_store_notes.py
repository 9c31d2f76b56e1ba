"""A person's note on disk: read whole, replaced whole, never lost and never overwritten unseen."""

from __future__ import annotations

import stat
from datetime import date
from pathlib import Path

import pytest

from newsletter.errors import UsageError
from newsletter.store.notes import ABSENT, LARGEST, ChangedMeanwhile, NoteFile


@pytest.fixture
def note(tmp_path: Path) -> NoteFile:
    return NoteFile(folder=tmp_path / "notes", day=date(2025, 8, 26))


def test_a_note_is_written_where_it_is_looked_for(note: NoteFile) -> None:
    assert (note.read(), note.version()) == (None, ABSENT)

    version = note.save("Words.\n", seen=ABSENT)

    assert note.path == note.folder / "2025-08-26.md"
    assert (note.read(), note.version()) == ("Words.\n", version)
    assert [path.name for path in note.folder.iterdir()] == ["2025-08-26.md"]


def test_a_version_is_of_the_content(note: NoteFile) -> None:
    first = note.save("One.\n", seen=ABSENT)
    second = note.save("Two.\n", seen=first)
    assert len({ABSENT, first, second}) == 3
    assert note.save("One.\n", seen=second) == first


@pytest.mark.parametrize("other", ["Somebody else's.\n", None])
def test_what_changed_meanwhile_is_not_overwritten(note: NoteFile, other: str | None) -> None:
    seen = note.save("Mine.\n", seen=ABSENT)
    if other is None:
        note.path.unlink()
    else:
        note.path.write_text(other)

    with pytest.raises(ChangedMeanwhile, match=r"^notes/2025-08-26\.md was changed on disk .*load it again$"):
        note.save("Mine, later.\n", seen=seen)
    with pytest.raises(ChangedMeanwhile):
        note.put_aside(seen=seen)

    assert note.read() == other


def test_a_note_put_aside_keeps_every_earlier_one(note: NoteFile) -> None:
    kept = []
    for words in ("One.\n", "Two.\n", "Three.\n"):
        kept.append(note.put_aside(seen=note.save(words, seen=ABSENT)))
        assert note.read() is None
    assert [path.name for path in kept] == ["2025-08-26.md.old", "2025-08-26.md.old2", "2025-08-26.md.old3"]
    assert [path.read_text() for path in kept] == ["One.\n", "Two.\n", "Three.\n"]


def test_a_failed_write_leaves_the_old_note_and_nothing_else(
    note: NoteFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = note.save("Old.\n", seen=ABSENT)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("newsletter.store.notes.os.fsync", full)
    with pytest.raises(UsageError, match=r"^notes/2025-08-26\.md: can't be written: No space left on device"):
        note.save("New.\n", seen=seen)

    assert note.read() == "Old.\n"
    assert [path.name for path in note.folder.iterdir()] == ["2025-08-26.md"]


def test_a_folder_that_can_not_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("a file in its place")
    note = NoteFile(folder=tmp_path / "notes" / "inner", day=date(2025, 8, 26))
    with pytest.raises(UsageError, match=r"^inner/2025-08-26\.md: can't be "):
        note.save("Words.\n", seen=ABSENT)


def test_its_permissions_stay(note: NoteFile) -> None:
    seen = note.save("One.\n", seen=ABSENT)
    assert stat.S_IMODE(note.path.stat().st_mode) == 0o644
    note.path.chmod(0o640)
    note.save("Two.\n", seen=seen)
    assert stat.S_IMODE(note.path.stat().st_mode) == 0o640


def test_what_is_too_large_is_neither_read_nor_written(note: NoteFile) -> None:
    seen = note.save("x" * LARGEST, seen=ABSENT)
    with pytest.raises(UsageError, match="larger than 20,000 bytes"):
        note.save("x" * (LARGEST + 1), seen=seen)
    assert note.version() == seen

    note.path.write_bytes(b"x" * 1_000_000)
    with pytest.raises(UsageError, match="larger than 20,000 bytes"):
        note.read()
    # It can still be put aside.
    assert note.put_aside(seen=note.version()).stat().st_size == 1_000_000
