"""From the choice of the day to the finished words and figures of an issue."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from newsletter import numerals
from newsletter.brief import Brief, IssueInfo, Sentence, StoryEntry, Takeaway
from newsletter.config import Config, Edition
from newsletter.editorial import arcs, calendar, reading, subject, tables, watching
from newsletter.editorial.arcs import relative
from newsletter.editorial.desk import Desk
from newsletter.editorial.names import names_of
from newsletter.editorial.phrase import Line, Part
from newsletter.editorial.scale import Scale
from newsletter.editorial.stated import stated
from newsletter.editorial.variation import Variation
from newsletter.editorial.voice import Voice
from newsletter.facts import Choice, Findings, Mode
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
) -> Brief:
    """The brief of an issue, without its chart. ``number`` is the issue's; nothing else is asked of the world."""
    desk = desk_for(choice, findings, day, config)
    parts = _trimmed(desk, _tidy(arcs.tell(desk, choice.lead)))
    column = _voice(desk)
    paragraphs = tuple(column.speak(part) for part in parts)
    headline = subject.headline(desk, choice.lead, _voice(desk, tickers=False))
    preheader = subject.preheader(desk, parts, headline.text, _voice(desk, tickers=False))
    items, universe = tables.movers(desk)
    brief = Brief(
        issue=_issue(desk, edition, number),
        subject=_subject(headline, sample=day.sample),
        preheader=preheader,
        words=0,
        read_minutes=1,
        tiles=tables.tiles(desk),
        takeaway=Takeaway(kicker=KICKER, headline=headline, byline=config.byline, paragraphs=paragraphs),
        chart=None,
        watching=watching.watching(desk, _voice(desk)),
        reading=reading.reading(desk),
        calendar=calendar.calendar(desk, _voice(desk)),
        snapshot=tables.snapshot(desk),
        movers=items,
        movers_universe=universe,
        sectors=tables.sectors(desk),
        breadth=_breadth(desk),
        changes=(),
        corrections=(),
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


def _tidy(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """No line twice, at most three a paragraph, a lone short line joined to the paragraph before where there is room."""
    seen: set[str] = set()
    tidy: list[Part] = []
    for part in parts:
        lines: list[Line] = []
        for line in part.lines:
            mark = _mark(line)
            if mark not in seen:
                seen.add(mark)
                lines.append(line)
        if not lines:
            continue
        room = SENTENCES - len(tidy[-1].lines) if tidy else 0
        if (
            tidy
            and len(lines) == 1
            and room > 0
            and part.role not in ("next", "finding")
            and tidy[-1].role != "finding"
        ):
            tidy[-1] = Part(role=tidy[-1].role, lines=(*tidy[-1].lines, *lines))
        else:
            tidy.append(Part(role=part.role, lines=tuple(lines[:SENTENCES])))
    return tuple(tidy)


def _mark(line: Line) -> str:
    """What a line says, whatever its wording: the facts it states."""
    said = sorted(
        slot.fact.id for slot in line.slots.values() if not isinstance(slot, str) and hasattr(slot, "fact")
    )
    return "|".join(said) or line.template


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
    monday, friday = calendar.is_first_of_week(desk), calendar.is_last_of_week(desk)
    marks = {
        "monday": monday,
        "friday": friday,
        "holiday_before": _holiday_between(desk),
        "holiday_after": _holiday_after(desk),
        "early_close": day.early_close,
        "quiet": desk.choice.mode is Mode.QUIET,
        "degraded": day.verdict is Verdict.DEGRADED,
        "sample": day.sample,
    }
    return tuple(name for name, present in marks.items() if present)


def _weekdays(start: date, end: date) -> int:
    """Mondays to Fridays strictly between two days."""
    days = (start + timedelta(days=offset) for offset in range(1, (end - start).days))
    return sum(day.weekday() < 5 for day in days)


def _holiday_between(desk: Desk) -> bool:
    return _weekdays(desk.session, desk.today) > 0


def _holiday_after(desk: Desk) -> bool:
    later = [item for item in desk.day.ahead if item > desk.today]
    return bool(later) and _weekdays(desk.today, later[0]) > 0


def _as_of(desk: Desk) -> str:
    close = "the 1 p.m. ET early close" if desk.day.early_close else "the close"
    return f"Prices as of {close} on {desk.session:%A}, {numerals.ap_date(desk.session)}"


def _glance_note(desk: Desk) -> str:
    note = (
        f"1D compares with {desk.before:%A}'s close. "
        if desk.before is not None and _holiday_in_day(desk)
        else ""
    )
    weekend = "The bitcoin row includes the weekend. " if calendar.is_first_of_week(desk) else ""
    return f"{note}{weekend}1D is one session, 1W five sessions, 1M a calendar month; yields move in basis points."


def _holiday_in_day(desk: Desk) -> bool:
    return desk.before is not None and _weekdays(desk.before, desk.session) > 0


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
