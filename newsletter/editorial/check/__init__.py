"""The check: what was rendered, read again, and every claim in it bound to a fact.

It knows nothing of what was meant: it reads the HTML, the text, the subject, the preheader, the chart's title and its alt
text as a reader would. docs/writing.md lists the classes of error it must catch.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from newsletter.brief import Brief, EarningsRow
from newsletter.editorial.check.binding import Binder
from newsletter.editorial.check.ledger import CheckReport, Claim, Kind
from newsletter.editorial.check.lexicon import Lexicon
from newsletter.editorial.check.ownership import NOBODY, Topic
from newsletter.editorial.check.pages import Block, Page, clean, read_html, read_text, sentences
from newsletter.editorial.check.reading import Known
from newsletter.editorial.check.rows import row_claims
from newsletter.editorial.check.words import word_claims
from newsletter.editorial.names import Names, names_of
from newsletter.editorial.scale import Scale
from newsletter.facts import Fact, FactBook, Findings
from newsletter.market import MarketDay

PERSONAL = "note"
"""Role of paragraphs that a person wrote; a person may say why."""

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_SESSIONS = re.compile(r"(\d+)s$")
_ADDRESS = re.compile(r"https?://\S+|\[\d+\]")
"""Addresses of links, and the numbers that lead to them in the text part."""

__all__ = ["CheckReport", "Claim", "Kind", "check", "judge", "known_for", "known_of"]


def check(html: str, text: str, brief: Brief, findings: Findings, day: MarketDay) -> CheckReport:
    """Every claim of the rendered issue, and those that no fact bears out.

    Claims are judged by the facts the brief states (``brief.facts``); ``findings`` gives each asset's usual move.
    """
    known = known_of(brief, findings, day)
    drawn = _drawn(known, brief)
    outside = quoted(brief)
    sources = frozenset(item.source for item in day.headlines)
    personal = frozenset(
        sentence.text
        for item in brief.takeaway.paragraphs
        if item.role == PERSONAL
        for sentence in item.sentences
    )
    names = frozenset((*(row.name for row in brief.movers), *(row.name for row in _reports(brief))))
    claims: list[Claim] = []
    for part, page in (("html", read_html(html)), ("text", read_text(text))):
        claims += _page(part, _without_chart(page, brief), known, outside, sources, names, personal)
        for alt in page.alts:
            claims += judge("alt", alt, drawn, sources)
    for part, line, by in _lines(brief, known, drawn):
        claims += judge(part, line, by, sources)
    unique = tuple(dict.fromkeys(claims))
    return CheckReport(claims=unique, failures=tuple(claim for claim in unique if claim.fact is None))


def _reports(brief: Brief) -> tuple[EarningsRow, ...]:
    calendar = brief.calendar
    return (*calendar.before_open, *calendar.after_close, *calendar.unconfirmed)


def known_of(brief: Brief, findings: Findings, day: MarketDay) -> Known:
    """What the check judges a brief by: the facts it states."""
    book = FactBook({**{fact.id: fact for fact in brief.facts}, **findings.facts}.values())
    return known_for(book, names_of(day), day, facts=brief.facts)


def known_for(
    book: FactBook, names: Names, day: MarketDay, *, facts: tuple[Fact, ...] | None = None
) -> Known:
    """What words of a day may be judged by: ``facts``, or the whole book; the book gives each asset's usual move."""
    judged = tuple(book.values()) if facts is None else facts
    return Known(
        facts=judged,
        lexicon=Lexicon(names, judged),
        scale=Scale(book=book, names=names),
        today=day.day,
        session=day.session,
        previous=day.sessions[-2].date() if len(day.sessions) > 1 else None,
        left=len({item for item in day.ahead if item.isocalendar()[:2] == day.day.isocalendar()[:2]}),
    )


def _drawn(known: Known, brief: Brief) -> Known:
    """What a chart's title and alt text are judged by: its own facts, what it plots, how much of it."""
    rows = brief.chart.data if brief.chart is not None else ()
    cells = [cell for row in rows for cell in row]
    figures = [float(cell) for cell in cells if isinstance(cell, int | float)]
    windows = [float(match[1]) for fact in known.facts if (match := _SESSIONS.match(fact.window))]
    days = [date.fromisoformat(cell) for cell in cells if isinstance(cell, str) and _DAY.fullmatch(cell)]
    return replace(
        known,
        facts=_chart_facts(brief),
        free=True,
        plotted=frozenset((*figures, *windows, float(len(rows)))),
        plotted_days=frozenset(days),
        by_entity={},
    )


def _chart_facts(brief: Brief) -> tuple[Fact, ...]:
    """The facts the chart states; its title and alt text may rest on these alone."""
    named = frozenset(brief.chart.facts) if brief.chart is not None else frozenset()
    return tuple(fact for fact in brief.facts if fact.id in named)


def _without_chart(page: Page, brief: Brief) -> Page:
    """The page less the blocks that only repeat the chart's title and alt text; those are judged by its own facts."""
    if brief.chart is None:
        return page
    said = clean(
        f"{brief.chart.title} {brief.chart.alt} {brief.chart.subtitle} {brief.chart.source}"
    ).replace("\n", " ")
    blocks = (block for block in page.blocks if not _repeats(block, said))
    return replace(page, blocks=tuple(blocks))


def _repeats(block: Block, said: str) -> bool:
    text = " ".join(block.sentences).removeprefix("[Chart: ").rstrip("]")
    return all(sentence.strip("[]. ").removeprefix("Chart: ") in said for sentence in sentences(text))


def quoted(brief: Brief) -> frozenset[str]:
    """Other people's words and labels that say what the issue itself is; they are compared whole, not read."""
    issue = brief.issue
    headlines = (part for item in brief.reading for part in (item.title, item.when))
    reasons = (row.reason for row in brief.movers)
    # What is missing, and why, is the quality gate's own word; it may name days and figures that are no facts.
    lacks = (
        part
        for gap in brief.gaps
        for part in (f"{gap.source}: {gap.reason}", f"{gap.source} ({gap.reason})", *sentences(gap.reason))
    )
    return frozenset(
        clean(item)
        for item in (
            *headlines,
            *reasons,
            *lacks,
            *brief.calendar.notes,
            issue.date_text,
            issue.as_of_text,
            *sentences(issue.glance_note),
            *sentences(issue.as_of_text),
            f"No. {issue.number}",
            f"No. {issue.number:,}",
            f"{brief.read_minutes} min, {brief.words:,} words",
            f"{brief.read_minutes} min, {brief.words} words",
            brief.movers_universe,
            issue.name,
            brief.takeaway.byline,
            *(item.text for item in brief.corrections),
        )
        if item
    )


def _page(
    part: str,
    page: Page,
    known: Known,
    outside: frozenset[str],
    sources: frozenset[str],
    names: frozenset[str],
    personal: frozenset[str],
) -> Iterator[Claim]:
    binder = Binder(known)
    section = ""
    for block in page.blocks:
        topic = binder.topic if block.section == section else NOBODY
        section = block.section
        binder = Binder(known, topic)
        for sentence in block.sentences:
            left = _without(sentence, outside)
            said = word_claims(part, left, sources, names)
            yield from (claim for claim in said if claim.kind is not Kind.CAUSE or left not in personal)
            yield from binder.sentence(part, left)
    for row in page.rows:
        yield from row_claims(part, row, known, outside)


def _without(sentence: str, outside: frozenset[str]) -> str:
    """The sentence less the labels that were compared whole."""
    for label in sorted(outside, key=len, reverse=True):
        if label in sentence:
            sentence = re.sub(rf"{re.escape(label)}(?!\w)", " ", sentence)
    return clean(_ADDRESS.sub(" ", sentence))


def _lines(brief: Brief, known: Known, drawn: Known) -> Iterator[tuple[str, str, Known]]:
    yield "subject", brief.subject.text.removeprefix("[Sample] "), known
    yield "preheader", brief.preheader.text, known
    if brief.chart is not None:
        yield "chart title", brief.chart.title, drawn
        yield "alt", brief.chart.alt, drawn


def judge(
    part: str,
    text: str,
    known: Known,
    sources: frozenset[str] = frozenset(),
    topic: Topic = NOBODY,
) -> Iterator[Claim]:
    """The claims of a run of sentences that belong together, bound or not; ``topic`` is whom its section is about."""
    binder = Binder(known, topic)
    for sentence in sentences(text):
        yield from word_claims(part, sentence, sources, known.lexicon.companies(sentence))
        yield from binder.sentence(part, sentence)
