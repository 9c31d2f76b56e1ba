"""What each number in the issue rests on, and where each fact is said. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from newsletter.brief import Brief, Cell, Sentence
from newsletter.facts import Fact, Unit
from newsletter.numerals import MINUS, NBSP, ap_date, number
from newsletter.web.preview_desk import Claim, Composed
from newsletter.web.preview_marks import Mark, plain

ROW_REACH = 240
"""Characters after a row's name in which its cells are looked for."""

_FIGURE = re.compile(r"[$+\u2212]*(\d+(?:,\d{3})*(?:\.\d+)?)%?")
ROW_BAR = " | "
_SUFFIX = {Unit.PCT: "%", Unit.PP: f"{NBSP}pp", Unit.BP: f"{NBSP}bp", Unit.PTS: f"{NBSP}points"}


@dataclass(frozen=True, kw_only=True, slots=True)
class FactRow:
    """One fact, and the sentences or rows that state it."""

    fact: Fact
    name: str
    value: str
    as_of: str
    used: tuple[str, ...]


def marks(composed: Composed) -> tuple[Mark, ...]:
    """What each number in the issue rests on: the check's claims, then the figures the brief itself names."""
    brief = composed.brief
    book = {fact.id: fact for fact in brief.facts}
    names = _names(brief)
    claimed = [
        _mark(claim, _tip(book[claim.fact], names))
        for claim in composed.report.claims
        if claim.fact in book and not _lone(claim)
    ]
    refused = [
        _mark(failure, f"No fact: {failure.reason}", bound=False)
        for failure in composed.report.failures
        if not _lone(failure)
    ]
    known = {plain(claim.sentence) for claim in composed.report.claims}
    stated = [
        mark
        for sentence in _sentences(brief)
        if plain(sentence.text) not in known
        for mark in _stated(sentence, book, names)
    ]
    figures = [
        Mark(context=name, text=cell.text, tip=_tip(book[cell.fact], names), reach=ROW_REACH)
        for name, cell in _cells(brief)
        if cell.fact in book
    ]
    return (*claimed, *refused, *stated, *figures)


def fact_rows(composed: Composed) -> tuple[FactRow, ...]:
    """Every fact of the issue, and where it is stated."""
    brief = composed.brief
    names = _names(brief)
    used: dict[str, dict[str, None]] = {}
    for claim in composed.report.claims:
        if claim.fact is not None and not _lone(claim):
            used.setdefault(claim.fact, {})[_place(claim)] = None
    for name, cell in _cells(brief):
        if cell.fact is not None:
            used.setdefault(cell.fact, {}).setdefault(f"{name}: {cell.text}", None)
    return tuple(
        FactRow(
            fact=fact,
            name=names.get(fact.entity, fact.entity),
            value=value_text(fact),
            as_of=ap_date(fact.as_of),
            used=tuple(used.get(fact.id, ())),
        )
        for fact in brief.facts
    )


def value_text(fact: Fact) -> str:
    """The value unrounded, to four decimals, with its unit."""
    if isinstance(fact.value, date):
        return ap_date(fact.value)
    if isinstance(fact.value, str):
        return fact.value
    figure = number(float(fact.value), 4)
    figure = figure.rstrip("0").rstrip(".") if "." in figure else figure
    if fact.unit is Unit.USD:
        return f"{MINUS}${figure.removeprefix(MINUS)}" if figure.startswith(MINUS) else f"${figure}"
    return figure + _SUFFIX.get(fact.unit, "")


def _mark(claim: Claim, tip: str, *, bound: bool = True) -> Mark:
    """The check writes a row of a table as its name and its cells with ``|`` between."""
    name, bar, _ = claim.sentence.partition(ROW_BAR)
    return Mark(
        context=name if bar else claim.sentence,
        text=claim.text,
        tip=tip,
        reach=ROW_REACH if bar else 0,
        bound=bound,
    )


def _lone(claim: Claim) -> bool:
    """A figure in a block of its own: its words say nothing of where it stands, so the brief's cells must."""
    return plain(claim.sentence) == plain(claim.text)


def _place(claim: Claim) -> str:
    name, bar, _ = claim.sentence.partition(ROW_BAR)
    return f"{name}: {claim.text}" if bar else claim.sentence


def _tip(fact: Fact, names: Mapping[str, str]) -> str:
    name = names.get(fact.entity)
    who = f"{name} ({fact.entity})" if name and name != fact.entity else fact.entity
    return f"{who} · {fact.metric} · {fact.window}\n{value_text(fact)} as of {ap_date(fact.as_of)}\n{fact.source}"


def _names(brief: Brief) -> dict[str, str]:
    movers = {row.symbol: row.name for row in brief.movers}
    return {**movers, **{row.entity: row.name for row in brief.snapshot}}


def _sentences(brief: Brief) -> Iterator[Sentence]:
    """Every sentence of the issue that may state facts, in the order of the mail."""
    yield brief.subject
    yield brief.preheader
    yield brief.takeaway.headline
    for paragraph in brief.takeaway.paragraphs:
        yield from paragraph.sentences
    if brief.takeaway.bottom_line:
        yield brief.takeaway.bottom_line
    for item in brief.watching:
        yield from (item.what, item.why)
    if brief.breadth:
        yield brief.breadth
    yield from brief.changes


def _stated(sentence: Sentence, book: Mapping[str, Fact], names: Mapping[str, str]) -> Iterator[Mark]:
    """The figures of a sentence that no claim covers, each with the fact of the sentence that it writes."""
    facts = [book[fact] for fact in sentence.facts if fact in book]
    for figure in _FIGURE.finditer(sentence.text):
        fitting = [fact for fact in facts if _writes(figure[1], fact)]
        if fitting:
            tip = "\n\n".join(_tip(fact, names) for fact in fitting)
            yield Mark(context=sentence.text, text=figure[0], tip=tip)


def _writes(figure: str, fact: Fact) -> bool:
    """Whether ``figure`` is the fact's value rounded, or a part of its date."""
    if isinstance(fact.value, date):
        return figure in (str(fact.value.day), str(fact.value.year))
    if isinstance(fact.value, str):
        return False
    return number(abs(fact.value), len(figure.partition(".")[2])) == figure


def _cells(brief: Brief) -> Iterator[tuple[str, Cell]]:
    """Every figure of a table with the name of its row, in the order of the mail."""
    for tile in brief.tiles:
        yield from ((tile.name, cell) for cell in (tile.last, tile.change))
    for release in (*brief.calendar.releases, *brief.calendar.yesterday):
        cells = (release.actual, release.consensus, release.previous)
        yield from ((release.event, cell) for cell in cells if cell is not None)
    for report in (*brief.calendar.before_open, *brief.calendar.after_close, *brief.calendar.unconfirmed):
        yield report.name, report.estimate
    for row in brief.snapshot:
        yield from ((row.name, cell) for cell in (row.last, row.day, row.week, row.month, row.year))
    for mover in brief.movers:
        yield from ((mover.name, cell) for cell in (mover.last, mover.day))
    for sector in brief.sectors:
        yield sector.name, sector.day
