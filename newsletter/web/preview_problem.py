"""An error as the preview's page shows it: one line, and the place in the file where that is known."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from newsletter.errors import NewsletterError

CONTEXT = 3
"""Lines shown before and after the one at fault."""

LARGEST = 1_000_000
"""Bytes of a file that is still read for its lines."""

_PLACE = re.compile(r"(?P<file>[^\s:'\"(]+\.\w+):(?P<line>\d+)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """Why there is no new issue. ``lines`` are (number, text) around ``line`` of ``file``, where they could be found.

    ``unexpected`` marks what no part of the program foresaw: a mistake in a recipe, or a bug of ours.
    """

    message: str
    file: str | None = None
    line: int | None = None
    lines: tuple[tuple[int, str], ...] = ()
    unexpected: bool = False


def problem(error: Exception, watched: Sequence[Path]) -> Problem:
    """``error`` as one line with file and line; only files inside ``watched`` are read."""
    if isinstance(error, NewsletterError):
        message = " ".join(str(error).split())
        unexpected = False
    else:
        message = f"{_where(error, watched)}: {type(error).__name__}: {' '.join(str(error).split())}"
        unexpected = True
    for place in _PLACE.finditer(message):
        path = _find(place["file"], watched)
        if path is not None:
            line = int(place["line"])
            return Problem(
                message=message, file=path.name, line=line, lines=_around(path, line), unexpected=unexpected
            )
    return Problem(message=message, unexpected=unexpected)


def _where(error: Exception, watched: Sequence[Path]) -> str:
    """The line a person can mend: the last one inside what is watched, else the last one at all."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno or 1}"
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if _inside(Path(frame.filename), watched)]
    frame = (ours or list(frames))[-1]
    return f"{frame.filename}:{frame.lineno}"


def _find(name: str, watched: Sequence[Path]) -> Path | None:
    for root in watched:
        for candidate in _candidates(Path(name), root):
            if candidate.is_file() and _inside(candidate, watched):
                return candidate
    return None


def _candidates(name: Path, root: Path) -> Iterator[Path]:
    """A message names a file from the project's folder, from inside its own folder, or in full."""
    yield root / name
    yield root.parent / name


def _inside(path: Path, watched: Sequence[Path]) -> bool:
    resolved = path.resolve()
    return any(resolved == root or root in resolved.parents for root in (item.resolve() for item in watched))


def _around(path: Path, line: int) -> tuple[tuple[int, str], ...]:
    try:
        if path.stat().st_size > LARGEST:
            return ()
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ()
    first = max(line - CONTEXT, 1)
    return tuple(enumerate(lines[first - 1 : line + CONTEXT], start=first))
