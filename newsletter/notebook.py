"""A person's words for the issue that is previewed: what the program offers, what a draft proves, and the note saved.

The file ``notes/DATE.md`` is the only state. A draft is judged as the build judges the file it would be saved as, without
composing the issue; only what would build is saved.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from newsletter import editorial, issue
from newsletter.config import Config
from newsletter.editorial import notes, offers, proof, subject
from newsletter.errors import DataError, NewsletterError, UsageError
from newsletter.store.notes import LARGEST, NoteFile

FACTS = 40
"""Shown for a search, at most."""

HINTS = 20
"""Given for a draft, at most."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Ground:
    """What a note is judged on: the configuration and what the day's data came to."""

    config: Config
    thought: issue.Thought


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """A note being written. An empty setting leaves it to the program."""

    headline: str = ""
    lead: str = ""
    byline: str = ""
    chart: str = ""
    body: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """The note as it lies on disk, and what the program offers beside it.

    ``problem`` says why the file can't be read as a note; the draft is then empty, and must not be saved over it. ``room``
    is how many characters a headline may have, ``byline`` what the program would sign, ``headlines`` what it would write for
    its own choice.
    """

    name: str
    version: str
    draft: Draft
    problem: str
    room: int
    byline: str
    headlines: tuple[str, ...]
    stories: tuple[offers.StoryOffer, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Proofed:
    """A draft judged: its passages as they would print, and each fault as ``file:line: what is wrong``.

    ``first_line`` is the line of the file on which the draft's body would begin. ``hints`` says which fact may have been
    meant by a claim that none bears out.
    """

    first_line: int
    passages: tuple[proof.Passage, ...]
    faults: tuple[str, ...]
    hints: Mapping[proof.Mark, offers.FactOffer] = field(default_factory=dict)


class Notebook:
    """The note of one morning. ``ground`` gives what to judge on, or None before anything was gathered.

    Its methods may be called from any thread; they raise UsageError where there is nothing yet to judge on.
    """

    def __init__(self, ground: Callable[[], Ground | None]) -> None:
        self._ground = ground
        self._lock = threading.Lock()
        self._judged: tuple[issue.Thought, proof.Judge] | None = None

    def open(self) -> Opened:
        """The note and the offers."""
        with self._lock:
            ground = self._standing()
            file = _file(ground)
            version = file.version()  # before reading: what is saved meanwhile is then seen as a change
            draft, problem = Draft(), ""
            try:
                draft = _draft(file)
            except NewsletterError as error:
                problem = str(error)
            day, judged = ground.thought.day, self._judge_of(ground)
            choice, findings = ground.thought.choice, ground.thought.findings
            return Opened(
                name=file.name,
                version=version,
                draft=draft,
                problem=problem,
                room=_room(ground),
                byline=ground.config.byline,
                headlines=offers.headlines(choice, findings, day, judged, config=ground.config),
                stories=offers.stories(choice, findings, day, judged, config=ground.config),
            )

    def judge(self, draft: Draft) -> Proofed:
        """What the draft claims, and what keeps it from being printed."""
        with self._lock:
            return self._proofed(self._standing(), draft)

    def facts(self, wanted: str) -> tuple[offers.FactOffer, ...]:
        """Facts to name, by entity, name, metric or window."""
        with self._lock:
            return offers.facts(self._judge_of(self._standing()), wanted, most=FACTS)

    def save(self, draft: Draft, *, seen: str) -> str:
        """Write the note and return its version.

        Raises DataError for what can't be borne out, ChangedMeanwhile where the file isn't the one ``seen``, and UsageError
        for a draft that says nothing: the program's words come back by :meth:`put_aside`.
        """
        with self._lock:
            ground = self._standing()
            file = _file(ground)
            text = notes.text_of(_note(draft, file.name))
            if not text:
                raise UsageError(f"{file.name}: nothing to save; the program's own words stand")
            faults = self._proofed(ground, draft).faults
            if faults:
                more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
                raise DataError(f"{faults[0]}{more}")
            return file.save(text, seen=seen)

    def put_aside(self, *, seen: str) -> Path:
        """Move the note out of the way, so that the program's own words stand, and return where it went."""
        with self._lock:
            return _file(self._standing()).put_aside(seen=seen)

    def _standing(self) -> Ground:
        ground = self._ground()
        if ground is None:
            raise UsageError("nothing is composed yet; wait until the issue is")
        return ground

    def _judge_of(self, ground: Ground) -> proof.Judge:
        """One judge as long as the data stay the same: he remembers what he has judged."""
        if self._judged is None or self._judged[0] is not ground.thought:
            self._judged = (ground.thought, offers.judge_of(ground.thought.findings, ground.thought.day))
        return self._judged[1]

    def _proofed(self, ground: Ground, draft: Draft) -> Proofed:
        name = _file(ground).name
        text = notes.text_of(_note(draft, name))
        if len(text.encode()) > LARGEST:
            fault = f"{name}: larger than {LARGEST:,} bytes; an issue's note is a page or two"
            return Proofed(first_line=1, passages=(), faults=(fault,))
        try:
            note = notes.read(text, name)
            editorial.overrule(ground.thought.choice, ground.thought.findings, note)
            issue.refuse_unknown_chart(note, ground.config)
        except UsageError as error:
            return Proofed(first_line=1, passages=(), faults=(str(error),))
        judged = self._judge_of(ground)
        passages = proof.proof(note, judged, room=_room(ground))
        return Proofed(
            first_line=note.first_line,
            passages=passages,
            faults=tuple(proof.faults(passages, note)),
            hints=dict(islice(_hints(passages, judged), HINTS)),
        )


def _file(ground: Ground) -> NoteFile:
    return NoteFile(folder=ground.config.paths.notes, day=ground.thought.day.day)


def _room(ground: Ground) -> int:
    return subject.room(sample=ground.thought.day.sample)


def _hints(
    passages: tuple[proof.Passage, ...], judged: proof.Judge
) -> Iterator[tuple[proof.Mark, offers.FactOffer]]:
    for passage in passages:
        for mark in passage.refused:
            found = offers.hint(mark.claim, judged, within=passage.text)
            if found is not None:
                yield mark, found


def _draft(file: NoteFile) -> Draft:
    text = file.read()
    if text is None:
        return Draft()
    note = editorial.read_note(text, file.name)
    settings = {name: getattr(note, name) or "" for name in notes.FIELDS}
    return Draft(body=note.body, **settings)


def _note(draft: Draft, name: str) -> editorial.Note:
    body = draft.body.replace("\r\n", "\n")
    return editorial.Note(
        name=name,
        headline=draft.headline.strip() or None,
        lead=draft.lead.strip() or None,
        byline=draft.byline.strip() or None,
        chart=draft.chart.strip() or None,
        body=body if body.strip() else "",
    )
