"""Issue folders: written whole or not at all, read back by the mailing and the archive.

``issues/2025-08-26-morning/`` holds ``brief.json``, ``index.html``, ``issue.txt``, ``subject.txt``, ``charts/*.png``,
``sources.json`` (how and when the data came; not part of the issue's content) and ``issue.mjml`` for the curious.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from newsletter.errors import DataError, UsageError
from newsletter.facts import PastIssue

CONTENT = ("brief.json", "index.html", "issue.txt", "subject.txt")
PROVENANCE = "sources.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class FrozenIssue:
    """An issue as it lies on disk. ``images`` by path inside the folder; ``sha`` over all content."""

    folder: Path
    id: str
    subject: str
    html: str
    text: str
    images: Mapping[str, bytes]
    brief: Mapping[str, Any]
    sha: str


def issue_id(day: date, edition: str) -> str:
    """``2025-08-26-morning``."""
    return f"{day.isoformat()}-{edition}"


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Replace ``folder`` by ``files`` (path inside it -> bytes); an unwritable place leaves everything as it was."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    except OSError as error:
        raise UsageError(
            f"can't write to {folder.parent}: {error.strerror or error}; choose another folder with --out"
        ) from error
    try:
        for name, content in files.items():
            target = staging / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        staging.chmod(0o755)
        _swap(staging, folder)
    except OSError as error:
        raise UsageError(
            f"can't write {folder}: {error.strerror or error}; choose another folder with --out"
        ) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def load(folder: Path) -> FrozenIssue:
    """The issue in ``folder``; a missing or broken file raises DataError with its name."""
    try:
        content = {name: (folder / name).read_bytes() for name in CONTENT}
    except OSError as error:
        raise DataError(
            f"{error.filename}: {error.strerror}; build the issue again with `newsletter build`"
        ) from error
    try:
        brief = json.loads(content["brief.json"])
        identity = str(brief["issue"]["id"])
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"{folder / 'brief.json'}: not an issue: {error}; build it again with `newsletter build`"
        ) from error
    images = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted((folder / "charts").glob("*.png"))
    }
    digest = hashlib.sha256()
    for name, data in sorted({**content, **images}.items()):
        digest.update(f"{name} {len(data)}\n".encode())
        digest.update(data)
    return FrozenIssue(
        folder=folder,
        id=identity,
        subject=content["subject.txt"].decode("utf-8").strip(),
        html=content["index.html"].decode("utf-8"),
        text=content["issue.txt"].decode("utf-8"),
        images=images,
        brief=brief,
        sha=digest.hexdigest(),
    )


def exists(folder: Path) -> bool:
    """Whether an issue has been built there."""
    return all((folder / name).is_file() for name in CONTENT)


def past(folder: Path, edition: str, *, before: date, count: int = 10) -> tuple[PastIssue, ...]:
    """What the last ``count`` issues of ``edition`` before that day said, newest first; what isn't an issue is passed by.

    Only earlier issues count, so that an old issue built again remembers no later one.
    """
    found = []
    for place in sorted(folder.glob(f"????-??-??-{edition}"), reverse=True):
        day = _day_of(place.name, edition)
        if day is not None and day < before and exists(place):
            found.append(_remembered(load(place)))
        if len(found) == count:
            break
    return tuple(found)


def _day_of(name: str, edition: str) -> date | None:
    try:
        return date.fromisoformat(name.removesuffix(f"-{edition}"))
    except ValueError:
        return None


def prose_of(brief: Mapping[str, Any]) -> Iterator[str]:
    """What an issue said in prose, from its ``brief.json``: subject and preheader, column, what it watched, what had changed."""
    column = brief["takeaway"]
    yield brief["subject"]
    yield brief["preheader"]
    yield from (paragraph["text"] for paragraph in column["paragraphs"])
    if column["bottom_line"]:
        yield column["bottom_line"]["text"]
    for item in brief["watching"]:
        yield item["why"]["text"]
    yield from (sentence["text"] for sentence in brief["changes"])


def _remembered(issue: FrozenIssue) -> PastIssue:
    try:
        ran = [story for story in issue.brief["stories"] if story["role"]]
        ran.sort(key=lambda story: story["role"] != "lead")
        return PastIssue(
            issue=issue.id,
            session=date.fromisoformat(issue.brief["issue"]["session"]),
            keys=tuple(story["key"] for story in ran),
            p={story["key"]: float(story["p"]) for story in ran},
            yardsticks={
                story["key"]: date.fromisoformat(story["yardstick"]) for story in ran if story["yardstick"]
            },
            prose=tuple(prose_of(issue.brief)),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(
            f"{issue.folder / 'brief.json'}: not a brief we can read ({error}); build it again or move it away"
        ) from error


def _swap(staging: Path, folder: Path) -> None:
    if not folder.exists():
        staging.rename(folder)
        return
    if not exists(folder) and any(folder.iterdir()):
        raise UsageError(f"{folder} holds something else than an issue; choose another folder with --out")
    retired = staging.with_name(f"{staging.name}.old")
    folder.rename(retired)
    try:
        staging.rename(folder)
    except OSError:
        retired.rename(folder)
        raise
    shutil.rmtree(retired, ignore_errors=True)
