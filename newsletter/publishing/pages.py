"""The pages of the site, from templates and briefs."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

import newsletter
from newsletter.brief import UNSUBSCRIBE_TOKEN, Brief, Chart
from newsletter.config import Config
from newsletter.look import CHART_SIZE, SCALE
from newsletter.numerals import month_year
from newsletter.publishing import calendar
from newsletter.publishing.evidence import evidence
from newsletter.publishing.selection import Entry, Loaded, load
from newsletter.render import templates
from newsletter.render.characters import clean
from newsletter.render.page import page, tokens

LEAVES = ("index.html", "issue.txt", "brief.json", "chart.csv")
"""What an issue's folder may hold beside its images."""

FEED = 30
"""Issues in a feed."""

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would run."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Month:
    """The issues of one month, newest first; ``label`` is "August 2025"."""

    label: str
    entries: tuple[Entry, ...]


class Site:
    """What every page may know of the others. ``calendar`` is the file of coming releases, None where none is known."""

    def __init__(self, config: Config, entries: tuple[Entry, ...], folders: tuple[Path, ...]) -> None:
        self.config = config
        self.entries = entries
        self.name = config.name
        self.base = config.public_base_url or ""
        self.indexed = config.distribution == "public"
        self.calendar = _calendar(config, entries)
        self.newer, self.older = _chains(entries)
        self._folders = folders
        self._made = templates.environment(folders)

    def url(self, path: str) -> str:
        """The whole address of a page of the site."""
        return f"{self.base}/{path}"

    @cached_property
    def ground(self) -> str:
        """A digest of what all pages share: templates, configuration, and this program."""
        program = sorted(Path(newsletter.__file__).parent.rglob("*.py"))
        templates_read = (path for folder in self._folders for path in sorted(folder.rglob("*.j2")))
        digest = hashlib.sha256(self.config.model_dump_json().encode())
        for path in (*program, *templates_read):
            digest.update(f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}".encode())
        return digest.hexdigest()

    @cached_property
    def feed(self) -> tuple[tuple[Entry, str], ...]:
        """The newest issues, and what a feed shows of each."""
        shown = ((entry, _shown(load(entry).brief, entry)) for entry in self.entries[:FEED])
        return tuple(
            (entry, self.fill("issue_feed", 2, entry=entry, brief=brief, page=page(brief, self.config)))
            for entry, brief in shown
        )

    def fill(self, name: str, depth: int, **values: Any) -> str:
        """A template; ``depth`` is how many folders lie between its page and the site's root."""
        shared = {
            "name": self.name,
            "base": self.base,
            "root": "../" * depth,
            "leaf": "" if self.base else "index.html",
            "indexed": self.indexed,
            "postal_address": self.config.sender.postal_address or "",
            "has_calendar": self.calendar is not None,
            "image_size": tuple(side * SCALE for side in CHART_SIZE),
            "look": tokens(),
        }
        return templates.fill(self._made, f"web/{name}.html.j2", {**shared, **values})


def made_of(site: Site, entry: Entry) -> str:
    """A digest of all that the issue's page is made from: it, its neighbours, and what all pages share."""
    parts = (entry, site.newer.get(entry.id), site.older.get(entry.id), site.calendar is not None)
    return hashlib.sha256(f"{site.ground} {parts!r}".encode()).hexdigest()


def of_issue(site: Site, entry: Entry, loaded: Loaded) -> Iterator[tuple[str, bytes]]:
    """Every file of one issue's page: (path in the site, content)."""
    brief = _shown(loaded.brief, entry)
    groups = evidence(brief, site.config, values=entry.data)
    html = site.fill(
        "issue",
        2,
        brief=brief,
        page=page(brief, site.config),
        entry=entry,
        newer=site.newer.get(entry.id),
        older=site.older.get(entry.id),
        groups=groups,
        anchors={group.anchor for group in groups},
        fact_count=sum(len(group.rows) for group in groups),
    )
    yield f"{entry.path}index.html", html.encode()
    yield f"{entry.path}issue.txt", without_token(loaded.frozen.text).encode()
    if entry.data:
        yield f"{entry.path}brief.json", (entry.folder / "brief.json").read_bytes()
        if brief.chart is not None:
            yield f"{entry.path}chart.csv", chart_csv(brief.chart).encode()
    for name in entry.images:
        yield f"{entry.path}{name}", loaded.frozen.images[name]


def indexes(site: Site) -> Iterator[tuple[str, bytes]]:
    """The front page, with the issues of the newest year, and a page for each year."""
    years = {year: tuple(found) for year, found in groupby(site.entries, lambda entry: entry.day.year)}
    newest = site.entries[0]
    front = {"years": tuple(years), "year": newest.day.year, "lead": newest}
    months = _months(years[newest.day.year])
    for path, depth in (("", 0), ("archive/", 1)):
        html = site.fill(
            "archive_index", depth, **front, months=months, path="", sample=_sample(site.entries)
        )
        yield f"{path}index.html", html.encode()
    for year, entries in years.items():
        values = {"years": tuple(years), "year": year, "lead": None, "path": f"archive/{year}/"}
        html = site.fill("archive_index", 2, **values, months=_months(entries), sample=_sample(entries))
        yield f"archive/{year}/index.html", html.encode()


def without_token(text: str) -> str:
    """The text part as it was written, less the lines on which each subscriber's own link stands."""
    kept: list[str] = []
    for line in text.splitlines():
        if UNSUBSCRIBE_TOKEN not in line:
            kept.append(line)
        elif kept and kept[-1].endswith(":"):
            kept.pop()
    return "\n".join(kept) + "\n"


def chart_csv(chart: Chart) -> str:
    """What the chart plots. A cell of text can't become a formula in a spreadsheet."""
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow([_cell(column) for column in chart.columns])
    writer.writerows([_cell(value) for value in row] for row in chart.data)
    return made.getvalue()


def _cell(value: str | float | None) -> str | float:
    if isinstance(value, str):
        text = clean(value)
        return f"'{text}" if text.startswith(FORMULA) else text
    return "" if value is None else value


def _shown(brief: Brief, entry: Entry) -> Brief:
    """The brief without images that aren't there."""
    chart = brief.chart if entry.chart else None
    if chart is not None:
        chart = replace(chart, dark=entry.chart_dark)
    snapshot = tuple(
        row
        if {row.spark_light, row.spark_dark} <= {"", *entry.images}
        else replace(row, spark_light="", spark_dark="")
        for row in brief.snapshot
    )
    return replace(brief, chart=chart, snapshot=snapshot)


def _calendar(config: Config, entries: Sequence[Entry]) -> bytes | None:
    newest = entries[: calendar.ISSUES]
    events = [event for entry in newest for event in calendar.coming(entry, load(entry).brief, config)]
    return calendar.file(events, name=config.name, since=newest[0].day)


def _chains(entries: Sequence[Entry]) -> tuple[dict[str, Entry], dict[str, Entry]]:
    """For each issue the next and the previous one of its edition."""
    newer: dict[str, Entry] = {}
    older: dict[str, Entry] = {}
    latest: dict[str, Entry] = {}
    for entry in entries:
        after = latest.get(entry.edition)
        if after is not None:
            newer[entry.id], older[after.id] = after, entry
        latest[entry.edition] = entry
    return newer, older


def _months(entries: Sequence[Entry]) -> tuple[Month, ...]:
    return tuple(
        Month(label=label, entries=tuple(found))
        for label, found in groupby(entries, lambda entry: month_year(entry.day))
    )


def _sample(entries: Sequence[Entry]) -> bool:
    return any(entry.sample for entry in entries)
