"""The story of one issue, top to bottom.

    session = the last one completed before the issue
    gather(session)  -> MarketDay     every source, in parallel; a failed one becomes a Gap; the quality gate speaks here
    find(day)        -> Findings      every detector, scored, ranked, de-duplicated
    choose(findings) -> Choice        the lead and the rest, with why the others were passed over
    write(choice)    -> Brief         the Takeaway, watching, tables; numbers only from facts
    draw(choice)     -> Drawn         the lead's own recipe, light and dark, alt text
    render(brief)    -> HTML, text
    check(rendered)  -> claims        every number is bound to a fact; a failing sentence falls back and it renders again
    save             -> issues/2025-08-26-morning/

Nothing after gathering touches the network; nothing at all asks what time it is but through the clock it is handed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from newsletter import brief_json, charting, editorial, project, render, sources, stories
from newsletter.brief import CHART_DARK, CHART_LIGHT, Brief
from newsletter.clock import Clock
from newsletter.config import Config, DataSource, Edition, HeadlineKind, Headlines, PriceKind
from newsletter.errors import Held, NoSession, SourceUnavailable
from newsletter.facts import Choice, Findings, PastIssue
from newsletter.market import MarketDay, Verdict
from newsletter.progress import Progress, silent
from newsletter.sessions import exchange
from newsletter.store import issues

REPAIRS = 3
"""Rounds of check and repair: plain form, then dropped, then nothing of it may be left."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Composed:
    """An issue in memory: the brief, what it renders to, the claims it makes, and every file it leaves."""

    brief: Brief
    findings: Findings
    choice: Choice
    rendered: render.Rendered
    images: Mapping[str, bytes]
    report: editorial.CheckReport
    files: Mapping[str, bytes]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Built:
    """An issue on disk, and all that went into it."""

    folder: Path
    composed: Composed


def folder_of(config: Config, edition: Edition, day: date) -> Path:
    """Where the issue of that morning lies."""
    return config.paths.issues / issues.issue_id(day, edition.id)


def build(
    config: Config,
    edition: Edition,
    day: date,
    *,
    clock: Clock,
    out: Path | None = None,
    progress: Progress = silent,
) -> Built:
    """Make the issue of ``day`` and save it whole. Raises Held when it may not be mailed, and then saves nothing."""
    folder = out / issues.issue_id(day, edition.id) if out is not None else folder_of(config, edition, day)
    recent = issues.past(config.paths.issues, edition.id, before=day)
    gathered = sources.gather(config, edition, day, clock=clock, progress=progress)
    composed = compose(config, edition, gathered, recent=recent, progress=progress)
    issues.write(folder, composed.files)
    return Built(folder=folder, composed=composed)


def demonstrate(
    config: Config,
    edition: Edition,
    day: date | None,
    *,
    clock: Clock,
    sample: bool = False,
    progress: Progress = silent,
) -> Built:
    """The next issue from the configured sources, or from the sample market where those can't be reached.

    The only place that falls back to invented prices; the issue says so on every page.
    """
    place = exchange(edition.exchange, clock().year + 1)
    due = day or place.after(place.last_completed(clock()))
    if not sample:
        try:
            return build(config, edition, due, clock=clock, progress=progress)
        except (SourceUnavailable, Held) as error:
            progress.step(f"live data can't be had ({error}); using the sample market")
    return build(_on_sample(config), edition, due, clock=clock, progress=progress)


def _on_sample(config: Config) -> Config:
    invented = DataSource(kind=PriceKind.SAMPLE)
    update = {"prices": invented, "calendars": invented, "headlines": Headlines(kind=HeadlineKind.SAMPLE)}
    return config.model_copy(update={"sources": config.sources.model_copy(update=update)})


def rank(
    config: Config, edition: Edition, day: date, *, clock: Clock, progress: Progress = silent
) -> tuple[Findings, Choice]:
    """Everything found for the issue of ``day`` and what was chosen, without writing a word."""
    recent = issues.past(config.paths.issues, edition.id, before=day)
    gathered = sources.gather(config, edition, day, clock=clock, progress=progress)
    progress.step("finding the story")
    findings = stories.find(gathered.day, recent=recent)
    return findings, stories.choose(findings, gathered.day, recent=recent)


def compose(
    config: Config,
    edition: Edition,
    gathered: sources.Gathered,
    *,
    recent: tuple[PastIssue, ...] = (),
    progress: Progress = silent,
) -> Composed:
    """From what came in to every byte that goes out; the same input gives the same bytes."""
    day = gathered.day
    if day.verdict is Verdict.HELD:
        raise Held(
            f"{issues.issue_id(day.day, edition.id)} is held: {'; '.join(gap.reason for gap in day.gaps)}"
        )
    progress.step("finding the story")
    findings = stories.find(day, recent=recent)
    choice = stories.choose(findings, day, recent=recent)
    progress.step("writing the brief")
    brief = editorial.write(
        choice, findings, day, config=config, edition=edition, number=number_of(config, edition, day.day)
    )
    progress.step("drawing the chart")
    drawn = charting.draw(choice, findings, day, config=config)
    if drawn is not None:
        brief = replace(brief, chart=drawn.chart)
    progress.step("rendering and checking")
    brief, rendered, report = _proved(brief, findings, day, config)
    images = {} if drawn is None else {CHART_LIGHT: drawn.light_png, CHART_DARK: drawn.dark_png}
    files = {
        "brief.json": brief_json.to_json(brief).encode(),
        "index.html": rendered.html.encode(),
        "issue.txt": rendered.text.encode(),
        "issue.mjml": rendered.mjml.encode(),
        "subject.txt": f"{brief.subject.text}\n".encode(),
        issues.PROVENANCE: _provenance(gathered),
        **images,
    }
    return Composed(
        brief=brief,
        findings=findings,
        choice=choice,
        rendered=rendered,
        images=images,
        report=report,
        files=files,
    )


def number_of(config: Config, edition: Edition, day: date) -> int:
    """The issue's number: sessions from ``first_issue`` to ``day``, both counted."""
    if day < config.first_issue:
        raise NoSession(
            f"{day} is before first_issue ({config.first_issue}) in config.yaml; set an earlier first_issue"
        )
    return len(exchange(edition.exchange, day.year + 1).between(config.first_issue, day))


def _proved(
    brief: Brief, findings: Findings, day: MarketDay, config: Config
) -> tuple[Brief, render.Rendered, editorial.CheckReport]:
    """Render and check until every claim is bound; what can't be bound is said plainly, then dropped, or holds the issue."""
    folders = project.template_folders(config.folder)
    for _ in range(REPAIRS):
        rendered = render.render(brief, config=config, folders=folders)
        report = editorial.check(rendered.html, rendered.text, brief, findings, day)
        if not report.failures:
            counted = replace(brief, facts_checked=len(report.claims))
            return counted, render.render(counted, config=config, folders=folders), report
        brief = editorial.repair(brief, report)
    raise Held(f"{brief.issue.id} is held: {report.failures[0].reason}")


def _provenance(gathered: sources.Gathered) -> bytes:
    records = [fetch.as_json() for fetch in gathered.provenance]
    return (json.dumps(records, ensure_ascii=False, indent=2) + "\n").encode()
