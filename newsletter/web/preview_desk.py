"""What the preview shows now: the last issue composed, what is wrong with the next one, and who waits for it.

A composition runs in a thread of its own, so that the page answers meanwhile. What was saved during one is taken up by
the next; what was saved before a failed one is not forgotten.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, TypeVar

import structlog

from newsletter.brief import Brief
from newsletter.web.preview_problem import Problem, problem

T = TypeVar("T")


class Claim(Protocol):
    """One statement found in the rendered issue, and the fact it was bound to."""

    @property
    def part(self) -> str:
        """Where it was read: ``html``, ``text``, ``subject`` ..."""

    @property
    def sentence(self) -> str:
        """The whole sentence, or the row of a table as ``name | cell | cell``."""

    @property
    def text(self) -> str:
        """The words of the claim, e.g. ``3.9%``."""

    @property
    def fact(self) -> str | None:
        """The fact's id, or None where there is none."""

    @property
    def reason(self) -> str:
        """Why there is none."""


class Report(Protocol):
    """What the check of the rendered issue found."""

    @property
    def claims(self) -> Sequence[Claim]:
        """Everything stated."""

    @property
    def failures(self) -> Sequence[Claim]:
        """What has no fact."""


class Rendered(Protocol):
    """What the brief rendered to."""

    @property
    def html(self) -> str:
        """The mail's HTML."""

    @property
    def text(self) -> str:
        """The mail's text part."""


class Composed(Protocol):
    """As much of a composed issue as the preview shows; ``newsletter.issue.Composed`` fits."""

    @property
    def brief(self) -> Brief:
        """The content."""

    @property
    def rendered(self) -> Rendered:
        """The very bytes that are mailed."""

    @property
    def images(self) -> Mapping[str, bytes]:
        """PNG files by path inside the issue's folder."""

    @property
    def report(self) -> Report:
        """The check of what was rendered."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Changed:
    """What was saved since the last composition that succeeded. ``first`` until one has."""

    paths: frozenset[Path] = frozenset()
    first: bool = False

    def touches(self, *places: Path) -> bool:
        """Whether something was saved at one of these files or inside one of these folders."""
        resolved = [place.resolve() for place in places]
        return any(path == place or place in path.parents for path in self.paths for place in resolved)


Composer = Callable[[Changed], Composed]
"""Makes the issue again, and may reuse whatever ``Changed`` doesn't touch; raises NewsletterError where it can't."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """What a page asked for now would show. ``state`` differs whenever the page does."""

    state: str
    composed: Composed | None = None
    problem: Problem | None = None
    seconds: float = 0.0
    busy: bool = True


class Desk:
    """Composes on demand and tells who waits. All methods but the composer itself run in the event loop."""

    def __init__(self, composer: Composer, watched: Sequence[Path]) -> None:
        self._composer = composer
        self._watched = watched
        self._boot = secrets.token_hex(4)
        self._turn = 0
        self._pending: set[Path] = set()
        self._saved = asyncio.Event()
        self._saved.set()
        self._told = asyncio.Condition()
        self._closed = False
        self.shown = Shown(state=self._state())

    def saved(self, paths: Iterable[Path]) -> None:
        """Note that these were saved; the issue is composed again as soon as may be."""
        self._pending.update(paths)
        self._saved.set()

    async def run(self) -> None:
        """Compose at once, then after each save, until cancelled."""
        first = True
        carried: frozenset[Path] = frozenset()
        while True:
            await self._saved.wait()
            self._saved.clear()
            changed = Changed(paths=carried | frozenset(self._pending), first=first)
            self._pending.clear()
            await self._tell(replace(self.shown, busy=True))
            done = await self._compose(changed)
            first = first and done.problem is not None
            carried = changed.paths if done.problem else frozenset()
            await self._tell(done)

    async def changed(self, seen: str | None) -> Shown | None:
        """Wait until something else than ``seen`` is shown; None when the preview ends."""
        async with self._told:
            await self._told.wait_for(lambda: self._closed or self.shown.state != seen)
            return None if self._closed else self.shown

    async def close(self) -> None:
        """Let everybody go who waits."""
        async with self._told:
            self._closed = True
            self._told.notify_all()

    async def _compose(self, changed: Changed) -> Shown:
        began = time.perf_counter()
        try:
            composed = await _in_thread(lambda: self._composer(changed))
        # What runs here is being edited: a recipe may raise anything, and the page must outlive it to show the next save.
        except Exception as error:
            wrong = problem(error, self._watched)
            if wrong.unexpected:
                structlog.get_logger().error(
                    "preview failed", action="preview_failed", reason=wrong.message, exc_info=error
                )
            return replace(self.shown, problem=wrong, seconds=time.perf_counter() - began, busy=False)
        return replace(
            self.shown, composed=composed, problem=None, seconds=time.perf_counter() - began, busy=False
        )

    async def _tell(self, shown: Shown) -> None:
        async with self._told:
            self._turn += 1
            self.shown = replace(shown, state=self._state())
            self._told.notify_all()

    def _state(self) -> str:
        return f"{self._boot}-{self._turn}"


async def _in_thread(work: Callable[[], T]) -> T:
    """Run ``work`` in a daemon thread: leaving the preview doesn't wait for a download."""
    promise: Future[T] = Future()

    def run() -> None:
        try:
            promise.set_result(work())
        except BaseException as error:  # handed to the loop, which raises it
            promise.set_exception(error)

    threading.Thread(target=run, name="newsletter-preview", daemon=True).start()
    return await asyncio.wrap_future(promise)
