"""The bench at which an issue is previewed: each save does again only what it touches.

config or data -> everything; a note or a chart recipe -> write, draw, render, check; a template -> render, check.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Protocol

from newsletter import issue, project, sources
from newsletter.clock import Clock
from newsletter.config import Config
from newsletter.notebook import Ground


class Change(Protocol):
    """What was saved since the last time that all went well."""

    @property
    def first(self) -> bool: ...

    def touches(self, *places: Path) -> bool: ...


class Bench:
    """Keeps what came in and what was written, and composes from there.

    ``load`` reads the configuration anew. What the check refuses is shown, not repaired. One thread at a time may call :meth:`compose`.
    """

    def __init__(self, load: Callable[[], Config], edition: str, day: date, *, clock: Clock) -> None:
        self._load = load
        self._edition = edition
        self._clock = clock
        self.day = day
        self._config = load()
        self._gathered: sources.Gathered | None = None
        self._thought: issue.Thought | None = None
        self._draft: issue.Draft | None = None

    def watched(self) -> tuple[Path, ...]:
        """Every file and folder whose change is to be seen; some may not be there yet."""
        folder = self._config.folder
        shipped = (*project.template_folders(folder), *project.chart_folders(folder))
        return (
            *shipped,
            folder / "templates",
            folder / "charts",
            self._config.paths.notes,
            *self._config.files,
        )

    def ground(self) -> Ground | None:
        """What a person's words are judged on: what the last composition rested on, or None before any got so far."""
        thought = self._thought
        return None if thought is None else Ground(config=self._config, thought=thought)

    def compose(self, change: Change) -> issue.Composed:
        """The issue as it would be mailed now; what can't be made raises as it does in a build."""
        if change.first or change.touches(*self._config.files):
            self._config, self._gathered, self._thought, self._draft = self._load(), None, None, None
        config = self._config
        edition = config.edition(self._edition)
        if change.touches(
            config.paths.notes, config.folder / "charts", *project.chart_folders(config.folder)
        ):
            self._draft = None
        gathered = self._gathered or sources.gather(config, edition, self.day, clock=self._clock)
        said = issue.said_before(config, edition, self.day)
        thought = self._thought or issue.think(gathered.day, recent=said.recent)
        self._gathered, self._thought = gathered, thought
        self._draft = self._draft or issue.draft(config, edition, thought, said=said)
        return issue.finish(config, gathered, thought, self._draft, as_written=True)
