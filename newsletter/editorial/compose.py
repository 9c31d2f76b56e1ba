"""From the choice of the day to the finished words and figures of an issue."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import islice

from newsletter import numerals
from newsletter.brief import Brief, IssueInfo, Sentence, StoryEntry, Takeaway
from newsletter.config import Config, Edition
from newsletter.editorial import arcs, calendar, changes, notes, reading, subject, tables, watching
from newsletter.editorial.arcs import periods, quiet, relative
from newsletter.editorial.calendar_days import closed_between, is_first_of_week, is_last_of_week, next_session
from newsletter.editorial.changes import Previous
from newsletter.editorial.check import known_for
from newsletter.editorial.desk import Desk
from newsletter.editorial.names import names_of
from newsletter.editorial.notes import Note
from newsletter.editorial.phrase import Line, Moved, Name, Part, Say, Slot
from newsletter.editorial.scale import Scale
from newsletter.editorial.stated import stated
from newsletter.editorial.variation import Variation
from newsletter.editorial.voice import Voice
from newsletter.facts import Choice, Family, Findings, Mode
from newsletter.market import MarketDay, Verdict

KICKER = "The Takeaway"
WORDS_A_MINUTE = 230
SENTENCES = 3
"""In a paragraph, at most."""

LIMITS = {Mode.STRONG: 400, Mode.NORMAL: 400, Mode.QUIET: 300}
"""Words the column may have."""

EXPENDABLE = ("breadth", "counter", "rates", "contrast", "span", "history")
"""Roles that go first when the column is too long."""


def desk_for(choice: Choice, findings: Findings, day: MarketDay, config: Config) -> Desk:
    """Everything the moves work with."""
    known = names_of(day)
    return Desk(
        book=findings.facts,
        day=day,
        config=config,
        choice=choice,
        names=known,
        scale=Scale(book=findings.facts, names=known),
        variation=Variation(day=day.day),
        before=day.sessions[-2].date() if len(day.sessions) > 1 else None,
    )


def write(
    choice: Choice,
    findings: Findings,
    day: MarketDay,
    *,
    config: Config,
    edition: Edition,
    number: int,
    note: Note | None = None,
    previous: Previous | None = None,
) -> Brief:
    """The brief of an issue, without its chart.

    ``number`` is the issue's. ``note`` holds a person's words (``choice`` should have gone through ``overrule``), ``previous``
    what the last issue of this edition stated. Raises UsageError or DataError with file and line for a note that can't
    be borne out.
    """
    desk = desk_for(choice, findings, day, config)
    parts = _trimmed(desk, _tidy(desk, _column(desk)))
    column = _voice(desk)
    paragraphs = tuple(column.speak(part) for part in parts)
    headline = subject.headline(desk, choice.lead, _voice(desk, tickers=False))
    preheader = subject.preheader(desk, parts, headline.text, _voice(desk, tickers=False))
    byline = config.byline
    if note is not None:
        known = known_for(findings.facts, desk.names, day)
        headline = notes.headline(note, known) or headline
        paragraphs = notes.paragraphs(note, known) or paragraphs
        byline = note.byline or byline
    items, universe = tables.movers(desk)
    brief = Brief(
        issue=_issue(desk, edition, number),
        subject=_subject(headline, sample=day.sample),
        preheader=preheader,
        words=0,
        read_minutes=1,
        tiles=tables.tiles(desk),
        takeaway=Takeaway(kicker=KICKER, headline=headline, byline=byline, paragraphs=paragraphs),
        chart=None,
        watching=watching.watching(desk, _voice(desk)),
        reading=reading.reading(desk),
        calendar=calendar.calendar(desk, _voice(desk)),
        snapshot=tables.snapshot(desk),
        movers=items,
        movers_universe=universe,
        sectors=tables.sectors(desk),
        breadth=_breadth(desk),
        changes=changes.changes(desk, findings, _voice(desk)),
        corrections=changes.corrections(desk, previous),
        stories=_entries(desk, findings),
        facts=(),
        gaps=day.gaps,
        sources=_sources(desk),
    )
    return counted(replace(brief, facts=tuple(stated(brief, findings.facts))))


def counted(brief: Brief) -> Brief:
    """The brief with its words counted: the column, what is watched and what changed."""
    words = sum(len(text.split()) for text in _prose(brief))
    return replace(brief, words=words, read_minutes=max(round(words / WORDS_A_MINUTE), 1))


def _prose(brief: Brief) -> Iterable[str]:
    yield brief.takeaway.headline.text
    for paragraph in brief.takeaway.paragraphs:
        yield paragraph.text
    if brief.takeaway.bottom_line is not None:
        yield brief.takeaway.bottom_line.text
    for item in brief.watching:
        yield f"{item.what.text} {item.why.text}"
    for sentence in (*brief.changes, *((brief.breadth,) if brief.breadth else ())):
        yield sentence.text


def _voice(desk: Desk, *, tickers: bool = True) -> Voice:
    return Voice(desk.names, desk.scale, desk.variation, tickers=tickers)


def _subject(headline: Sentence, *, sample: bool) -> Sentence:
    if not sample:
        return headline
    prefix = subject.SAMPLE_PREFIX
    plain = f"{prefix}{headline.plain}" if headline.plain else ""
    return replace(headline, text=f"{prefix}{headline.text}", plain=plain)


ENOUGH = 230
"""Words from which a column needs no second story."""


def _column(desk: Desk) -> tuple[Part, ...]:
    """The lead's arc; then, where there is room, the runner-up and what the calendar adds; last what is due."""
    if desk.day.verdict is Verdict.DEGRADED:
        return quiet.plain(desk)
    told = arcs.tell(desk, desk.choice.lead)
    body = [part for part in told if part.role != "next"]
    ending = [part for part in told if part.role == "next"]
    if desk.choice.mode is not Mode.QUIET:
        for second in _seconds(desk, {slot.entity for slot in _slots(body) if isinstance(slot, Name)}):
            if _length(desk, body) < ENOUGH:
                body.append(second)
    period = periods.closing(desk)
    return (*body, *((period,) if period is not None else ()), *ending)


def _slots(parts: list[Part]) -> Iterator[Slot]:
    for part in parts:
        for line in part.lines:
            yield from line.slots.values()


def _seconds(desk: Desk, named: set[str]) -> Iterator[Part]:
    """The findings of the two best runners-up about something that the column hasn't named."""
    others = (story for story in desk.choice.also if story.entity not in named)
    for story in islice((story for story in others if story.family is not Family.EVENTS), 2):
        for part in arcs.own(desk, story)[:1]:
            yield Part(role="also", lines=part.lines)


def _tidy(desk: Desk, parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """No line twice, at most three a paragraph, a lone short line joined to the paragraph before where there is room."""
    said: set[str] = set()
    tidy: list[Part] = []
    for part in parts:
        lines: list[Line] = []
        for line in part.lines:
            marks = _marks(line)
            if not marks <= said:
                said |= marks
                lines.append(line)
        if not lines:
            continue
        room = SENTENCES - len(tidy[-1].lines) if tidy else 0
        if (
            tidy
            and not _of_before(desk, tidy[-1])
            and len(lines) == 1
            and room > 0
            and part.role not in ("next", "finding")
            and tidy[-1].role != "finding"
        ):
            tidy[-1] = Part(role=tidy[-1].role, lines=(*tidy[-1].lines, *lines))
        else:
            tidy.append(Part(role=part.role, lines=tuple(lines[:SENTENCES])))
    return tuple(tidy)


def _of_before(desk: Desk, part: Part) -> bool:
    """Whether a paragraph speaks of the session before: what follows in it would seem to be of that day."""
    day = desk.weekday(desk.before)
    return any(day in line.slots.values() for line in part.lines)


def _marks(line: Line) -> set[str]:
    """What a line says, whatever its wording: the facts it states, or else its template."""
    slots = (slot for slot in line.slots.values() if isinstance(slot, Say | Moved))
    return {slot.fact.id for slot in slots} or {line.template}


def _trimmed(desk: Desk, parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """The column within its limit, its least needed paragraphs left out."""
    limit = LIMITS[desk.choice.mode]
    kept = list(parts)
    for role in EXPENDABLE:
        if _length(desk, kept) <= limit:
            break
        kept = [part for part in kept if part.role != role]
    return tuple(kept)


def _length(desk: Desk, parts: list[Part]) -> int:
    voice = _voice(desk)
    return sum(len(voice.speak(part).text.split()) for part in parts)


def _issue(desk: Desk, edition: Edition, number: int) -> IssueInfo:
    day = desk.day
    return IssueInfo(
        id=f"{day.day.isoformat()}-{edition.id}",
        number=number,
        edition=edition.id,
        date=day.day,
        session=day.session,
        mode=desk.choice.mode,
        flags=flags(desk),
        sample=day.sample,
        name=desk.config.name,
        date_text=f"{day.day:%A}, {numerals.ap_date(day.day)}",
        as_of_text=_as_of(desk),
        glance_note=_glance_note(desk),
    )


def flags(desk: Desk) -> tuple[str, ...]:
    """What kind of issue it is."""
    day = desk.day
    later = next_session(day)
    marks = {
        "monday": is_first_of_week(day),
        "friday": is_last_of_week(day),
        "holiday_before": bool(closed_between(day.session, day.day)),
        "holiday_after": later is not None and bool(closed_between(day.day, later)),
        "early_close": day.early_close,
        "quiet": desk.choice.mode is Mode.QUIET,
        "degraded": day.verdict is Verdict.DEGRADED,
        "sample": day.sample,
    }
    return tuple(name for name, present in marks.items() if present)


def _as_of(desk: Desk) -> str:
    """Of which close the prices are, and which weekdays near it have no session."""
    day = desk.day
    close = "the 1 p.m. ET early close" if day.early_close else "the close"
    text = f"Prices as of {close} on {day.session:%A}, {numerals.ap_date(day.session)}"
    shut = closed_between(day.session, day.day)
    if shut:
        text += f"; the market was closed on {_joined(shut)}"
    later = next_session(day)
    ahead = closed_between(day.day, later) if later is not None else ()
    return f"{text}; it is closed on {_joined(ahead)}" if ahead else text


def _joined(days: tuple[date, ...]) -> str:
    return " and ".join(f"{day:%A}" for day in days)


def _glance_note(desk: Desk) -> str:
    note = (
        f"1D compares with {desk.before:%A}'s close. "
        if desk.before is not None and closed_between(desk.before, desk.session)
        else ""
    )
    weekend = "The bitcoin row includes the weekend. " if is_first_of_week(desk.day) else ""
    return f"{note}{weekend}1D is one session, 1W five sessions, 1M a calendar month; yields move in basis points."


def _breadth(desk: Desk) -> Sentence | None:
    line = relative.members(desk)
    return None if line is None else _voice(desk, tickers=False).sentence(line)


def _entries(desk: Desk, findings: Findings) -> tuple[StoryEntry, ...]:
    choice = desk.choice
    reasons = {item.story.key: item.reason for item in choice.passed_over}
    also = {story.key for story in choice.also}
    entries = []
    for story in findings.stories:
        lead = choice.lead is not None and story.key == choice.lead.key
        role = "lead" if lead else "also" if story.key in also else None
        entries.append(
            StoryEntry(
                story=story,
                sentence=watching.one_line(desk, story, _voice(desk, tickers=False)).text,
                role=role,
                passed_over=reasons.get(story.key),
            )
        )
    return tuple(entries)


_PROVIDERS = {
    "csv": "price files",
    "yahoo": "Yahoo Finance",
    "sample": "invented sample market",
    "treasury": "U.S. Treasury",
    "fred": "Federal Reserve Economic Data",
}


def _sources(desk: Desk) -> tuple[str, ...]:
    """Providers of prices and calendars, each once."""
    prices = (series.source for series in desk.day.series.values())
    releases = (item.source for item in desk.day.releases[-50:])
    reports = (item.source for item in desk.day.earnings[-50:])
    named = (re.split(r"[:/]", source, maxsplit=1)[0] for source in (*prices, *releases, *reports))
    return tuple(dict.fromkeys(_PROVIDERS.get(item, item) for item in named if item))
