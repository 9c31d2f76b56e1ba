"""A person's notes on disk, ``notes/2025-08-26.md``: read whole, replaced whole, and put aside rather than deleted.

Whoever saves says which version he has seen: what somebody else wrote meanwhile is not overwritten.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path

from newsletter.errors import UsageError

LARGEST = 20_000
"""Bytes of a note that are read or written: some 3,000 words. Mail programs cut off an issue of 100 KB."""

ABSENT = "absent"
"""The version of a note that isn't there."""


class ChangedMeanwhile(UsageError):
    """The file on disk is not the one that was seen; nothing was written."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NoteFile:
    """The note of one morning. ``folder`` may not exist yet."""

    folder: Path
    day: date

    @property
    def path(self) -> Path:
        return self.folder / f"{self.day}.md"

    @property
    def name(self) -> str:
        """As messages call it: ``notes/2025-08-26.md``."""
        return f"{self.folder.name}/{self.path.name}"

    def read(self) -> str | None:
        """Its text, or None where there is no note; one that is too large or no text raises UsageError."""
        try:
            with self.path.open("rb") as file:
                data = file.read(LARGEST + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise UsageError(
                f"{self.name}: can't be read: {error.strerror}; mend its permissions, or remove it"
            ) from error
        _refuse_large(data, self.name)
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            line = 1 + data[: error.start].count(b"\n")
            raise UsageError(f"{self.name}:{line}: this isn't UTF-8 text; save it as UTF-8") from error

    def version(self) -> str:
        """Differs whenever the content does."""
        try:
            with self.path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError:
            return ABSENT
        except OSError as error:
            raise UsageError(f"{self.name}: can't be read: {error.strerror}; mend its permissions") from error

    def save(self, text: str, *, seen: str) -> str:
        """Replace the note whole and return its new version; raises ChangedMeanwhile where it isn't the one ``seen``."""
        data = text.encode()
        _refuse_large(data, self.name)
        self._refuse_other(seen)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            _replace(self.path, data)
        except OSError as error:
            raise UsageError(
                f"{self.name}: can't be written: {error.strerror}; mend the folder's permissions"
            ) from error
        return self.version()

    def put_aside(self, *, seen: str) -> Path:
        """Move the note to ``2025-08-26.md.old`` (or ``.old2`` ...), which nothing reads, and return that place."""
        self._refuse_other(seen)
        names = (f"{self.path.name}.old{number if number > 1 else ''}" for number in count(1))
        place = next(path for name in names if not (path := self.folder / name).exists())
        try:
            self.path.rename(place)
        except OSError as error:
            raise UsageError(f"{self.name}: can't be moved: {error.strerror}; remove it yourself") from error
        return place

    def _refuse_other(self, seen: str) -> None:
        if self.version() != seen:
            raise ChangedMeanwhile(
                f"{self.name} was changed on disk since it was loaded; nothing was written, load it again"
            )


def _refuse_large(data: bytes, name: str) -> None:
    if len(data) > LARGEST:
        raise UsageError(f"{name}: larger than {LARGEST:,} bytes; an issue's note is a page or two")


def _replace(path: Path, data: bytes) -> None:
    """Write beside it and rename, so that a reader sees the old note or the new one, never half of either."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
