"""Which issues are published: those that were mailed, as they were mailed; others only when asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from newsletter import brief_json, pictures
from newsletter.brief import Brief
from newsletter.config import Config
from newsletter.errors import DataError
from newsletter.progress import Progress, silent
from newsletter.publishing.licence import offers_data
from newsletter.store import issues, ledger
from newsletter.store.database import Store, opened
from newsletter.store.issues import FrozenIssue

ISSUE = re.compile(r"\d{4}-\d{2}-\d{2}-[a-z][a-z0-9-]{0,30}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What the caller asks for: ``built`` takes issues that were never mailed, ``sample`` those from invented prices."""

    edition: str | None = None
    built: bool = False
    sample: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """What the site's other pages say of an issue. ``updated`` is its cut-off; ``data`` whether it offers data files; ``sha`` is of all its content."""

    id: str
    sha: str
    folder: Path
    day: date
    edition: str
    number: int
    title: str
    description: str
    date_text: str
    sample: bool
    updated: datetime
    chart: str
    chart_dark: str
    chart_alt: str
    images: tuple[str, ...]
    data: bool

    @property
    def path(self) -> str:
        """Where its page lies in the site; the mail's "View in browser" leads there."""
        return f"archive/{self.id}/"


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftOut:
    """An issue that would have been published, and why it isn't."""

    issue: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """The issues to publish, newest first.

    ``coming`` are those about to be mailed: an edition's newest, where its mailing hasn't begun. Their images have to be
    there before the mail is.
    """

    entries: tuple[Entry, ...]
    coming: tuple[Entry, ...]
    left_out: tuple[LeftOut, ...]
    not_mailed: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Loaded:
    """An issue from disk, and its brief."""

    frozen: FrozenIssue
    brief: Brief


def select(config: Config, wanted: Wanted, *, progress: Progress = silent) -> Chosen:
    """Look through every built issue; a broken one is left out with its reason, like one changed since it was mailed."""
    if wanted.edition is not None:
        config.edition(wanted.edition)
    entries: list[Entry] = []
    left_out: list[LeftOut] = []
    coming: dict[str, Entry] = {}
    not_mailed = 0
    places = tuple(_places(config.paths.issues))
    with ExitStack() as held:
        store = held.enter_context(opened(config.paths.store)) if config.paths.store.exists() else None
        for done, place in enumerate(places, 1):
            progress.advance(done, len(places))
            try:
                found = _loaded(place)
            except DataError as error:
                left_out.append(LeftOut(issue=place.name, reason=str(error)))
                continue
            if wanted.edition not in (None, found.brief.issue.edition):
                continue
            if found.brief.issue.sample:
                if wanted.sample:
                    entries.append(_entry(config, found))
                continue
            coming.pop(found.brief.issue.edition, None)
            sha = _mailed(store, found.frozen.id)
            if sha is not None and sha != found.frozen.sha:
                left_out.append(LeftOut(issue=place.name, reason="changed since it was mailed"))
            elif sha is None and not wanted.built:
                not_mailed += 1
                coming[found.brief.issue.edition] = _entry(config, found)
            else:
                entries.append(_entry(config, found))
    entries.sort(key=lambda entry: (entry.day, entry.updated, entry.id), reverse=True)
    return Chosen(
        entries=tuple(entries),
        coming=tuple(coming.values()) if config.public_base_url else (),
        left_out=tuple(left_out),
        not_mailed=not_mailed,
    )


def load(entry: Entry) -> Loaded:
    """The issue behind an entry."""
    return _loaded(entry.folder)


def _places(folder: Path) -> Iterator[Path]:
    for place in sorted(folder.glob("????-??-??-*")):
        if ISSUE.fullmatch(place.name) and issues.exists(place):
            yield place


def _loaded(place: Path) -> Loaded:
    try:
        frozen = issues.load(place)
    except UnicodeDecodeError as error:
        raise DataError(f"{place}: a file of it isn't UTF-8 text; build the issue again") from error
    if frozen.id != place.name:
        raise DataError(f"{place / 'brief.json'}: says that it is the issue {frozen.id!r}; build it again")
    return Loaded(frozen=frozen, brief=brief_json.from_document(frozen.brief))


def _mailed(store: Store | None, issue: str) -> str | None:
    """The digest of what was mailed, or None where nothing was."""
    mailing = ledger.find(store, issue) if store is not None else None
    return None if mailing is None else mailing.message_sha


def _entry(config: Config, found: Loaded) -> Entry:
    brief = found.brief
    images = tuple(name for name in found.frozen.images if pictures.PATH.fullmatch(name))
    chart = brief.chart if brief.chart is not None and brief.chart.light in images else None
    return Entry(
        id=brief.issue.id,
        sha=found.frozen.sha,
        folder=found.frozen.folder,
        day=brief.issue.date,
        edition=brief.issue.edition,
        number=brief.issue.number,
        title=brief.takeaway.headline.text,
        description=brief.preheader.text,
        date_text=brief.issue.date_text,
        sample=brief.issue.sample,
        updated=_cut_off(config, brief),
        chart=chart.light if chart else "",
        chart_dark=(chart.dark if chart.dark in images else chart.light) if chart else "",
        chart_alt=chart.alt if chart else "",
        images=images,
        data=offers_data(brief, config),
    )


def _cut_off(config: Config, brief: Brief) -> datetime:
    """The instant after which nothing entered the issue; an edition that is no longer configured counts as the first."""
    edition = next((one for one in config.editions if one.id == brief.issue.edition), config.editions[0])
    at: time = edition.cut_off
    return datetime.combine(brief.issue.date, at, ZoneInfo(edition.timezone)).astimezone(UTC)
