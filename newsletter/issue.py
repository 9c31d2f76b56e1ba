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

Nothing after gathering touches the network, unless config.yaml lets a model phrase the column; nothing at all asks what
time it is but through the clock it is handed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from newsletter import brief_json, charting, editorial, phrasing, project, render, sources, stories
from newsletter.brief import Brief
from newsletter.clock import Clock
from newsletter.config import Config, DataSource, Edition, HeadlineKind, Headlines, PriceKind
from newsletter.errors import Held, NoSession, SourceUnavailable, UsageError
from newsletter.facts import Choice, Fact, FactBook, Findings, PastIssue
from newsletter.findings import Severity
from newsletter.market import MarketDay, Verdict
from newsletter.progress import Progress, silent
from newsletter.render import audit
from newsletter.sessions import exchange
from newsletter.store import issues, ledger, notes
from newsletter.store.database import opened

REPAIRS = 3
"""Rounds of check and repair: plain form, then dropped, then nothing of it may be left."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Thought:
    """What a day's data came to, before a word is written."""

    day: MarketDay
    findings: Findings
    choice: Choice


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Draft:
    """The brief as written, before the check, and its images by their path in the issue's folder."""

    brief: Brief
    images: Mapping[str, bytes]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Composed:
    """An issue in memory: the brief, what it renders to, the claims it makes, and every file it leaves."""

    brief: Brief
    rendered: render.Rendered
    images: Mapping[str, bytes]
    report: editorial.CheckReport
    files: Mapping[str, bytes]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Built:
    """An issue on disk, and all that went into it."""

    folder: Path
    composed: Composed


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Demonstration:
    """An issue to look at; ``live_failed`` says why it is made from the sample market, empty if it isn't."""

    built: Built
    live_failed: str


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Said:
    """What earlier issues of the edition said: their stories, newest first, and the facts of the last one."""

    recent: tuple[PastIssue, ...]
    previous: editorial.Previous | None


def said_before(config: Config, edition: Edition, day: date) -> Said:
    """What issues before ``day`` said; later ones are not looked at, so that an old issue can be built again."""
    recent = issues.past(config.paths.issues, edition.id, before=day)
    if not recent:
        return Said(recent=(), previous=None)
    file = config.paths.issues / recent[0].issue / "brief.json"
    last = brief_json.from_json(file.read_text(encoding="utf-8"))
    return Said(recent=recent, previous=editorial.Previous(day=last.issue.date, facts=last.facts))


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
    """Make the issue of ``day`` and save it whole. Raises Held when it may not be mailed, and then saves nothing.

    An issue whose mailing has begun is frozen: it is refused here, and what was wrong is corrected in a later one.
    """
    name = issues.issue_id(day, edition.id)
    folder = config.paths.issues / name if out is None else out / name
    if out is None:
        _refuse_frozen(config, name)
    said = said_before(config, edition, day)
    gathered = sources.gather(config, edition, day, clock=clock, progress=progress)
    composed = compose(config, edition, gathered, said=said, progress=progress)
    if out is None:
        _refuse_frozen(config, name)  # once more: a mailing may have begun while we wrote
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
) -> Demonstration:
    """The next issue from the configured sources, or from the sample market where those can't be reached.

    The only place that falls back to invented prices; the issue says so on every page.
    """
    place = exchange(edition.exchange, clock().year + 1)
    due = day or place.after(place.last_completed(clock()))
    failed = ""
    if not sample:
        try:
            built = build(config, edition, due, clock=clock, progress=progress)
            return Demonstration(built=built, live_failed="")
        except (SourceUnavailable, Held) as error:
            failed = str(error)
    built = build(_on_sample(config), edition, due, clock=clock, progress=progress)
    return Demonstration(built=built, live_failed=failed)


def rank(
    config: Config, edition: Edition, day: date, *, clock: Clock, progress: Progress = silent
) -> tuple[Findings, Choice]:
    """Everything found for the issue of ``day`` and what was chosen, without writing a word."""
    recent = issues.past(config.paths.issues, edition.id, before=day)
    gathered = sources.gather(config, edition, day, clock=clock, progress=progress)
    thought = think(gathered.day, recent=recent, progress=progress)
    return thought.findings, thought.choice


def history(
    config: Config, edition: Edition, until: date, *, clock: Clock, progress: Progress = silent
) -> MarketDay:
    """All data up to the newest session that is not after ``until``, for a replay; it may end long before."""
    place = exchange(edition.exchange, max(until.year, clock().year) + 1)
    last = min(place.before(until + timedelta(days=1)), place.last_completed(clock()))
    day = sources.gather(config, edition, place.after(last), clock=clock, progress=progress).day
    newest = max(
        (series.close.index[-1].date() for series in day.series.values() if len(series.close)), default=last
    )
    if newest >= last:
        return day
    ended = place.after(place.before(newest + timedelta(days=1)))
    return sources.gather(config, edition, ended, clock=clock, progress=progress).day


def compose(
    config: Config,
    edition: Edition,
    gathered: sources.Gathered,
    *,
    said: Said | None = None,
    progress: Progress = silent,
) -> Composed:
    """From what came in to every byte that goes out; the same input gives the same bytes."""
    thought = think(gathered.day, recent=said.recent if said else (), progress=progress)
    drafted = draft(config, edition, thought, said=said, progress=progress)
    return finish(config, gathered, thought, drafted, progress=progress)


def think(day: MarketDay, *, recent: tuple[PastIssue, ...] = (), progress: Progress = silent) -> Thought:
    """Find and choose. Raises Held where the quality gate says that nothing may be built on this day's data."""
    if day.verdict is Verdict.HELD:
        raise Held(f"the issue of {day.day} is held: {'; '.join(gap.reason for gap in day.gaps)}")
    progress.step("finding the story")
    findings = stories.find(day, recent=recent)
    return Thought(day=day, findings=findings, choice=stories.choose(findings, day, recent=recent))


def draft(
    config: Config,
    edition: Edition,
    thought: Thought,
    *,
    said: Said | None = None,
    progress: Progress = silent,
) -> Draft:
    """Write and draw; a person's note for that morning overrules the program."""
    day, findings = thought.day, thought.findings
    progress.step("writing the brief")
    note = _note(config, day.day)
    choice = editorial.overrule(thought.choice, findings, note)
    brief = editorial.write(
        choice,
        findings,
        day,
        config=config,
        edition=edition,
        number=number_of(config, edition, day.day),
        note=note,
        previous=said.previous if said else None,
        recent=said.recent if said else (),
    )
    if note is None or not note.body:
        brief = phrasing.phrase(brief, config=config).brief
    progress.step("drawing the chart")
    brief, lines = _with_sparklines(brief, config)
    drawn = charting.draw(choice, findings, day, config=config, headline=brief.takeaway.headline.text)
    if drawn is None:
        return Draft(brief=replace(brief, facts=_stated(brief, findings.facts)), images=lines)
    brief = replace(brief, chart=drawn.chart)
    brief = replace(brief, facts=_stated(brief, findings.facts.with_(drawn.facts)))
    chart = {drawn.chart.light: drawn.light_png, drawn.chart.dark: drawn.dark_png}
    return Draft(brief=brief, images={**chart, **lines})


def finish(
    config: Config,
    gathered: sources.Gathered,
    thought: Thought,
    drafted: Draft,
    *,
    as_written: bool = False,
    progress: Progress = silent,
) -> Composed:
    """Render and check, and every file that is saved.

    What the check refuses is said plainly or dropped; ``as_written`` leaves it standing, for a person to look at.
    """
    progress.step("rendering and checking")
    proof = _read_again if as_written else _proved
    brief, rendered, report = proof(drafted.brief, thought.findings, thought.day, config)
    images = {path: data for path, data in drafted.images.items() if path in _shown(brief)}
    if not as_written:
        _hold_if_broken(brief, rendered, images)
    files = {
        "brief.json": brief_json.to_json(brief).encode(),
        "index.html": rendered.html.encode(),
        "issue.txt": rendered.text.encode(),
        "issue.mjml": rendered.mjml.encode(),
        "subject.txt": f"{brief.subject.text}\n".encode(),
        issues.PROVENANCE: _provenance(gathered),
        **images,
    }
    return Composed(brief=brief, rendered=rendered, images=images, report=report, files=files)


def number_of(config: Config, edition: Edition, day: date) -> int:
    """The issue's number: sessions from ``first_issue`` to ``day``, both counted."""
    if day < config.first_issue:
        raise NoSession(
            f"{day} is before first_issue ({config.first_issue}) in config.yaml; set an earlier first_issue"
        )
    return len(exchange(edition.exchange, day.year + 1).between(config.first_issue, day))


def _on_sample(config: Config) -> Config:
    invented = DataSource(kind=PriceKind.SAMPLE)
    update = {"prices": invented, "calendars": invented, "headlines": Headlines(kind=HeadlineKind.SAMPLE)}
    return config.model_copy(update={"sources": config.sources.model_copy(update=update)})


def _refuse_frozen(config: Config, name: str) -> None:
    if not config.paths.store.exists():
        return
    with opened(config.paths.store) as store:
        begun = ledger.find(store, name)
    if begun is not None:
        raise UsageError(
            f"{name} is frozen: its mailing began {begun.started:%Y-%m-%d %H:%M} UTC; --out DIR makes a copy elsewhere"
        )


def _stated(brief: Brief, book: FactBook) -> tuple[Fact, ...]:
    """The brief's facts, its chart's, and each entity's usual move, by which its verbs are judged."""
    drawn = brief.chart.facts if brief.chart is not None else ()
    shown = {fact.id: fact for fact in (*brief.facts, *(book[name] for name in drawn))}
    usual = (
        book.find(entity, "typical_move", "1260s")
        for entity in dict.fromkeys(f.entity for f in shown.values())
    )
    return tuple({**shown, **{fact.id: fact for fact in usual if fact is not None}}.values())


def _with_sparklines(brief: Brief, config: Config) -> tuple[Brief, Mapping[str, bytes]]:
    """A line for each row of the glance where images are hosted; mails that carry theirs go without."""
    if config.public_base_url is None:
        return brief, {}
    rows, lines = charting.sparklines(brief.snapshot)
    return replace(brief, snapshot=rows), lines


def _shown(brief: Brief) -> set[str]:
    """The images that the brief names: a repair may have taken its chart away."""
    chart = () if brief.chart is None else (brief.chart.light, brief.chart.dark)
    return {*chart, *(path for row in brief.snapshot for path in (row.spark_light, row.spark_dark))}


def _hold_if_broken(brief: Brief, rendered: render.Rendered, images: Mapping[str, bytes]) -> None:
    """An issue that some mail program or screen reader could not show stays here."""
    quoted = audit.quoted_in(json.loads(brief_json.to_json(brief)))
    found = audit.audit(rendered.html, rendered.text, images=images, quoted=quoted)
    errors = [finding for finding in found if finding.severity is Severity.ERROR]
    if errors:
        raise Held(f"{brief.issue.id} is held: {errors[0]}")


def _note(config: Config, day: date) -> editorial.Note | None:
    """A person's words for that morning, from ``notes/2025-08-26.md``."""
    file = notes.NoteFile(folder=config.paths.notes, day=day)
    text = file.read()
    if text is None:
        return None
    note = editorial.read_note(text, file.name)
    refuse_unknown_chart(note, config)
    return note


def refuse_unknown_chart(note: editorial.Note, config: Config) -> None:
    """Raises UsageError where a note asks for a recipe that isn't there; the story's own would be drawn in silence."""
    recipes = charting.names(project.chart_folders(config.folder))
    if note.chart is not None and note.chart not in recipes:
        raise UsageError(f"{note.at('chart')}: no chart recipe {note.chart}; there is {', '.join(recipes)}")


Proof = tuple[Brief, render.Rendered, editorial.CheckReport]


def _proved(brief: Brief, findings: Findings, day: MarketDay, config: Config) -> Proof:
    """Render and check until every claim is bound; what can't be bound is said plainly, then dropped, or holds the issue."""
    failure = ""
    for _ in range(REPAIRS):
        brief, _, report = _read_again(brief, findings, day, config)
        if not report.failures:
            counted = replace(brief, facts_checked=len(report.claims))
            return counted, _rendered(counted, config), report
        failure = report.failures[0].reason
        brief = editorial.repair(brief, report)
    raise Held(f"{brief.issue.id} is held: {failure}")


def _read_again(brief: Brief, findings: Findings, day: MarketDay, config: Config) -> Proof:
    rendered = _rendered(brief, config)
    return brief, rendered, editorial.check(rendered.html, rendered.text, brief, findings, day)


def _rendered(brief: Brief, config: Config) -> render.Rendered:
    return render.render(brief, config=config, folders=project.template_folders(config.folder))


def _provenance(gathered: sources.Gathered) -> bytes:
    records = [asdict(fetch) for fetch in gathered.provenance]
    return (json.dumps(records, ensure_ascii=False, indent=2, default=str) + "\n").encode()
