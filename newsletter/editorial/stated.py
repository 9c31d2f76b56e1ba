"""Which facts a brief states: those of its sentences, its cells and its stories."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.brief import Brief, Cell, Sentence
from newsletter.facts import Fact, FactBook


def stated(brief: Brief, book: FactBook) -> Iterator[Fact]:
    """Every fact of ``book`` that the brief rests on, once, in the order of the page."""
    named = (fact for sentence in sentences(brief) for fact in sentence.facts)
    celled = (cell.fact for cell in cells(brief) if cell.fact is not None)
    told = (fact for entry in brief.stories if entry.role is not None for fact in entry.story.facts)
    for key in dict.fromkeys((*named, *celled, *told, *_dated(brief, book))):
        found = book.get(key)
        if found is not None:
            yield found


def _dated(brief: Brief, book: FactBook) -> Iterator[str]:
    """Days and hours of what the calendar lists."""
    calendar = brief.calendar
    events = dict.fromkeys(f"event:{row.event}" for row in (*calendar.releases, *calendar.yesterday))
    companies = dict.fromkeys(
        row.symbol for row in (*calendar.before_open, *calendar.after_close, *calendar.unconfirmed)
    )
    for entity in (*events, *companies):
        yield from (fact.id for fact in book.of(entity) if fact.metric in ("day", "at", "report", "timing"))


def sentences(brief: Brief) -> Iterator[Sentence]:
    """Every sentence of the brief, top to bottom."""
    yield brief.subject
    yield brief.preheader
    yield brief.takeaway.headline
    for paragraph in brief.takeaway.paragraphs:
        yield from paragraph.sentences
    if brief.takeaway.bottom_line is not None:
        yield brief.takeaway.bottom_line
    for item in brief.watching:
        yield item.what
        yield item.why
    if brief.calendar.heavyweight is not None:
        yield brief.calendar.heavyweight
    yield from brief.calendar.week_ahead
    if brief.movers_week is not None:
        yield brief.movers_week
    if brief.breadth is not None:
        yield brief.breadth
    yield from brief.changes


def cells(brief: Brief) -> Iterator[Cell]:
    """Every cell of the brief's tables."""
    for tile in brief.tiles:
        yield from (tile.last, tile.change)
    for row in brief.snapshot:
        yield from (row.last, row.day, row.week, row.month, row.year)
    for release in (*brief.calendar.releases, *brief.calendar.yesterday):
        yield from (release.consensus, release.previous)
        if release.actual is not None:
            yield release.actual
    for report in (
        *brief.calendar.before_open,
        *brief.calendar.after_close,
        *brief.calendar.unconfirmed,
    ):
        yield report.estimate
    for mover in brief.movers:
        yield from (mover.last, mover.day)
    for sector in brief.sectors:
        yield sector.day
