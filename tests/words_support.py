"""Invented markets for a person's words: found once as a notebook stands on it, and a project on the sample."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from newsletter import issue, project
from newsletter.notebook import Ground
from tests.editorial_support import config, market

NAME = "notes/2026-03-10.md"
FALL = {
    "^RUT": (3.9, -5.0),
    "^GSPC": (1.5, -4.2),
    "^IXIC": (1.9, -6.2),
    "^DJI": (1.9, -3.1),
    "^VIX": (-3.0, 28.0),
}


SAMPLE = """\
extends: {base}
sources:
  prices: {{kind: sample, path: null}}
  calendars: {{kind: sample, path: null}}
  headlines: {{kind: sample, path: null, feeds: []}}
"""


def sample_project(folder: Path) -> None:
    """A project in ``folder`` on the invented sample market."""
    (folder / "config.yaml").write_text(SAMPLE.format(base=project.defaults() / "config.yaml"))


def ground(folder: Path, last: Mapping[str, tuple[float, float]] = FALL) -> Ground:
    """The day found, and the repository's configuration with its notes in ``folder``."""
    paths = config().paths.model_copy(update={"notes": folder / "notes", "issues": folder / "issues"})
    return Ground(config=config().model_copy(update={"paths": paths}), thought=_found(tuple(last.items())))


@lru_cache
def _found(last: tuple[tuple[str, tuple[float, float]], ...]) -> issue.Thought:
    return issue.think(market(last=dict(last)))


def word_file(on: Ground) -> Path:
    """Where the note lies."""
    return on.config.paths.notes / Path(NAME).name


def close(on: Ground) -> str:
    """How the S&P 500's close is printed."""
    found = on.thought.findings.facts.find("^GSPC", "close")
    assert found is not None
    return f"{found.number:,.2f}"
