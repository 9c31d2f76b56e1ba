"""From the choice of the day to the finished words and figures of an issue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from newsletter.brief import Brief, Paragraph, Sentence, StoryEntry, Takeaway
from newsletter.config import Config, Edition
from newsletter.editorial import (
    calendar,
    changes,
    column,
    masthead,
    proof,
    reading,
    subject,
    tables,
    watching,
)
from newsletter.editorial.arcs import relative
from newsletter.editorial.changes import Previous
from newsletter.editorial.check import known_for
from newsletter.editorial.desk import Desk
from newsletter.editorial.names import names_of
from newsletter.editorial.notes import Note
from newsletter.editorial.phrase import Line
from newsletter.editorial.repeats import heard
from newsletter.editorial.scale import Scale
from newsletter.editorial.stated import stated
from newsletter.editorial.variation import Variation
from newsletter.editorial.voice import Voice
from newsletter.facts import Choice, Findings, Mode, PastIssue
from newsletter.market import MarketDay

KICKER = "The Takeaway"
WORDS_A_MINUTE = 230


def desk_for(
    choice: Choice,
    findings: Findings,
    day: MarketDay,
    config: Config,
    recent: tuple[PastIssue, ...] = (),
) -> Desk:
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
        heard=heard(passage for issue in recent for passage in issue.prose),
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
    recent: tuple[PastIssue, ...] = (),
) -> Brief:
    """The brief of an issue, without its chart.

    ``number`` is the issue's. ``note`` holds a person's words (``choice`` should have gone through ``overrule``), ``previous``
    what the last issue of this edition stated, ``recent`` what the last ten said. Raises UsageError or DataError with file and
    line for a note that can't be borne out.
    """
    desk = desk_for(choice, findings, day, config, recent)
    parts = column.parts(desk)
    voice = desk.voice()
    paragraphs, bottom_line = _boxed(desk, tuple(voice.speak(part) for part in parts))
    headline = subject.headline(desk, choice.lead, desk.voice(tickers=False))
    preheader = subject.preheader(desk, parts, headline, desk.voice(tickers=False))
    byline = config.byline
    if note is not None:
        judged = proof.Judge(known_for(findings.facts, desk.names, day))
        room = subject.room(sample=day.sample)
        own_headline, own_paragraphs = proof.borne_out(note, judged, room=room)
        headline = own_headline or headline
        paragraphs, bottom_line = (own_paragraphs, None) if own_paragraphs else (paragraphs, bottom_line)
        byline = note.byline or byline
    items, universe = tables.movers(desk)
    brief = Brief(
        issue=masthead.issue(desk, edition, number),
        subject=_subject(headline, sample=day.sample),
        preheader=preheader,
        words=0,
        read_minutes=1,
        tiles=tables.tiles(desk),
        takeaway=Takeaway(
            kicker=KICKER,
            headline=headline,
            byline=byline,
            paragraphs=paragraphs,
            bottom_line=bottom_line,
        ),
        chart=None,
        watching=watching.watching(desk, desk.voice(), _told(paragraphs)),
        reading=reading.reading(desk),
        calendar=calendar.calendar(desk, desk.voice()),
        snapshot=tables.snapshot(desk),
        movers=items,
        movers_universe=universe,
        movers_week=_spoken(desk.voice(), tables.week(desk)),
        sectors=tables.sectors(desk),
        breadth=_spoken(desk.voice(tickers=False), relative.members(desk)),
        changes=changes.changes(desk, findings, desk.voice(), _told(paragraphs)),
        corrections=changes.corrections(desk, previous),
        stories=_entries(desk, findings),
        facts=(),
        gaps=day.gaps,
        sources=masthead.sources(desk),
    )
    return counted(replace(brief, facts=tuple(stated(brief, findings.facts))))


def _boxed(desk: Desk, paragraphs: tuple[Paragraph, ...]) -> tuple[tuple[Paragraph, ...], Sentence | None]:
    """On a strong day, what a record would take and how often that came is what stays: it goes into the box."""
    takes = [paragraph for paragraph in paragraphs if paragraph.role == "takes"]
    if desk.choice.mode is not Mode.STRONG or not takes:
        return paragraphs, None
    first, *rest = (sentence.text for sentence in takes[0].sentences)
    text = "; ".join((first.removesuffix("."), *(f"{one[:1].lower()}{one[1:]}" for one in rest)))
    box = Sentence(text=text if rest else first, facts=takes[0].facts)
    return tuple(paragraph for paragraph in paragraphs if paragraph.role != "takes"), box


def _told(paragraphs: tuple[Paragraph, ...]) -> frozenset[str]:
    return frozenset(fact for item in paragraphs for sentence in item.sentences for fact in sentence.facts)


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
    for sentence in (
        *brief.changes,
        *((brief.breadth,) if brief.breadth else ()),
        *((brief.movers_week,) if brief.movers_week else ()),
    ):
        yield sentence.text


def _subject(headline: Sentence, *, sample: bool) -> Sentence:
    if not sample:
        return headline
    prefix = subject.SAMPLE_PREFIX
    plain = f"{prefix}{headline.plain}" if headline.plain else ""
    return replace(headline, text=f"{prefix}{headline.text}", plain=plain)


def _spoken(voice: Voice, line: Line | None) -> Sentence | None:
    return None if line is None else voice.sentence(line)


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
                sentence=watching.one_line(desk, story, desk.voice(tickers=False)).text,
                role=role,
                passed_over=reasons.get(story.key),
            )
        )
    return tuple(entries)
