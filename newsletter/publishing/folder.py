"""The site's folder: each file replaced whole or not at all, what vanished removed, nobody else's file touched.

A manifest in the folder says which files are ours, each with its SHA-256, and from what each page was made. It is written before the first page, with
everything that is about to be there, so that no crash leaves a file that nobody would remove.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from types import TracebackType

from newsletter.errors import DataError, UsageError

MANIFEST = ".newsletter-site.json"
FORMAT = 1


class SiteFolder:
    """An open site; as a context it removes on leaving what wasn't put, unless something failed."""

    def __init__(self, root: Path, *, expected: Iterable[str] = ()) -> None:
        self.written = self.unchanged = self.removed = 0
        self._root = root
        self._before, self._made_before = _claimed(root)
        self._now: dict[str, str] = {}
        self._made: dict[str, str] = {}
        self._save({**dict.fromkeys(sorted(expected), ""), **self._before}, self._made_before)

    def __enter__(self) -> SiteFolder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._finish()

    def keep(self, path: str, made_of: str) -> bool:
        """Leave what lies below ``path`` as it is, if it was made of the same and nobody has touched it."""
        files = {name: sha for name, sha in self._before.items() if name.startswith(path)}
        same = self._made_before.get(path) == made_of and bool(files)
        if not same or not all(self._lies_there(name, sha) for name, sha in files.items()):
            return False
        self._now |= files
        self._made[path] = made_of
        self.unchanged += len(files)
        return True

    def _lies_there(self, name: str, sha: str) -> bool:
        try:
            return hashlib.sha256((self._root / name).read_bytes()).hexdigest() == sha
        except OSError:
            return False

    def made(self, path: str, made_of: str) -> None:
        """Note that all below ``path`` has been put, and what it was made of."""
        self._made[path] = made_of

    def put(self, name: str, content: bytes) -> None:
        """Let the file ``name`` (``archive/…/index.html``) have this content."""
        place = self._root / name
        self._now[name] = hashlib.sha256(content).hexdigest()
        try:
            if place.is_file() and place.read_bytes() == content:
                self.unchanged += 1
                return
            place.parent.mkdir(parents=True, exist_ok=True)
            _replace(place, content)
        except OSError as error:
            raise _unwritable(place, error) from error
        self.written += 1

    def _finish(self) -> None:
        for name in sorted(set(self._before) - set(self._now)):
            self.removed += self._remove(self._root / name)
        self._save(self._now, self._made)

    def _remove(self, place: Path) -> bool:
        try:
            there = place.exists()
            place.unlink(missing_ok=True)
            for parent in place.parents:
                if parent == self._root or not parent.is_dir() or any(parent.iterdir()):
                    break
                parent.rmdir()
        except OSError as error:
            raise _unwritable(place, error) from error
        return there

    def _save(self, files: Mapping[str, str], made: Mapping[str, str]) -> None:
        document = {
            "format": FORMAT,
            "files": dict(sorted(files.items())),
            "made": dict(sorted(made.items())),
        }
        content = (json.dumps(document, indent=1) + "\n").encode()
        place = self._root / MANIFEST
        try:
            if not place.is_file() or place.read_bytes() != content:
                _replace(place, content)
        except OSError as error:
            raise _unwritable(place, error) from error


def _claimed(root: Path) -> tuple[dict[str, str], dict[str, str]]:
    """The files of the site that lies in ``root`` and what its pages were made of, none where it is new.

    A folder that isn't ours is refused.
    """
    manifest = root / MANIFEST
    try:
        root.mkdir(parents=True, exist_ok=True)
        if manifest.is_file():
            return _read(manifest)
        foreign = next(iter(sorted(root.iterdir())), None)
    except OSError as error:
        raise _unwritable(root, error) from error
    if foreign is not None:
        raise UsageError(
            f"{root} holds {foreign.name}, so it isn't a site of ours; name an empty or a new folder"
        )
    return {}, {}


def _read(manifest: Path) -> tuple[dict[str, str], dict[str, str]]:
    try:
        document = json.loads(manifest.read_text(encoding="utf-8"))
        if document["format"] != FORMAT:
            raise ValueError(f"format {document['format']!r}, this program writes {FORMAT}")
        files = {str(name): str(sha) for name, sha in document["files"].items()}
        made = {str(path): str(sha) for path, sha in document.get("made", {}).items()}
        for name in files:
            if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
                raise ValueError(f"{name!r} lies outside the site")
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise DataError(
            f"{manifest}: not the list of a site's files ({error}); remove the folder and publish again"
        ) from error
    return files, made


def _replace(place: Path, content: bytes) -> None:
    # Always the same name, so that what a crash left is overwritten by the next run.
    part = place.with_name(f".{place.name}.part")
    part.write_bytes(content)
    part.replace(place)


def _unwritable(place: Path, error: OSError) -> UsageError:
    return UsageError(f"can't write to {place}: {error.strerror or error}; choose another folder")
