"""Every fact of an issue under the section that prints it, written so that a reader can check it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from newsletter.brief import Brief, Cell, ReleaseRow, Sentence
from newsletter.config import Config
from newsletter.facts import Fact, Unit
from newsletter.numerals import NBSP, ap_date, number

PLACES = 4
"""Decimals of a fact at most."""

_PLAIN_WINDOWS = {"1s": "one session", "ytd": "year to date"}
_COUNTED = re.compile(r"(\d+)(s|cm|r)")
_COUNTED_UNITS = {"s": "sessions", "cm": "months", "r": "reports or releases"}
_SINCE = {
    "ytd": "year to date, from",
    "wtd": "week to date, from",
    "mtd": "month to date, from",
    "file": "history since",
    "run": "run since",
    "leg": "since",
    "weekend": "weekend from",
    "due": "due",
    "out": "published",
}

_JOINED = {"pair": "against", "spread": "less"}

Use = tuple[str, str]
"""The id of a fact, and how it is printed; empty in a sentence."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One fact. ``value`` is empty where the licence lets us offer no table of values."""

    name: str
    measure: str
    window: str
    value: str
    printed: str
    as_of: str
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """The facts of one section; ``anchor`` is the end of its address in the page."""

    title: str
    anchor: str
    rows: tuple[Row, ...]

    @property
    def prints(self) -> bool:
        """Whether any of its facts stands in a table or tile as a figure of its own."""
        return any(row.printed for row in self.rows)


def evidence(brief: Brief, config: Config, *, values: bool) -> tuple[Group, ...]:
    """The groups in the order of the page; a fact stands where it is printed first, unprinted ones come last."""
    names = {
        **{row.symbol: row.name for row in config.universe},
        **{row.entity: row.name for row in brief.snapshot},
        **{row.symbol: row.name for row in brief.movers},
    }
    book = {fact.id: fact for fact in brief.facts}
    taken: set[str] = set()
    groups: list[Group] = []
    sections = (*_sections(brief), ("Considered, not printed", "other", ((name, "") for name in book)))
    for title, anchor, uses in sections:
        printed: dict[str, dict[str, None]] = {}
        for name, text in uses:
            if name in book and name not in taken:
                printed.setdefault(name, {})
                if text:
                    printed[name][text] = None
        taken.update(printed)
        if printed:
            rows = tuple(_row(book[name], names, texts, values) for name, texts in printed.items())
            groups.append(Group(title=title, anchor=anchor, rows=rows))
    return tuple(groups)


def value_text(fact: Fact) -> str:
    """The value to at most four decimals, with its unit."""
    if isinstance(fact.value, date):
        return ap_date(fact.value)
    if isinstance(fact.value, str):
        return fact.value.replace("_", " ")
    figure = number(fact.value, PLACES)
    figure = figure.rstrip("0").rstrip(".") if "." in figure else figure
    match fact.unit:
        case Unit.PCT:
            return f"{figure}%"
        case Unit.USD:
            return f"${figure}" if fact.value >= 0 else f"{figure[:1]}${figure[1:]}"
        case Unit.BP | Unit.PP:
            return f"{figure}{NBSP}{fact.unit.value}"
        case Unit.PTS:
            return f"{figure}{NBSP}points"
        case _:
            return figure


def window_text(window: str) -> str:
    """``1cm@2025-07-25`` as ``1 month, from July 25, 2025``; what has no plain words stays as it is."""
    span, _, base = window.partition("@")
    try:
        day = ap_date(date.fromisoformat(base)) if base else ""
    except ValueError:
        return window
    if span in _SINCE and day:
        return f"{_SINCE[span]} {day}"
    counted = _COUNTED.fullmatch(span)
    if span in _PLAIN_WINDOWS:
        text = _PLAIN_WINDOWS[span]
    elif counted is not None:
        amount = int(counted[1])
        unit = _COUNTED_UNITS[counted[2]]
        text = f"{amount:,} {unit.removesuffix('s') if amount == 1 else unit}"
    else:
        return window
    return f"{text}, from {day}" if day else text


def entity_text(entity: str, names: Mapping[str, str]) -> str:
    """``pair:^RUT-^GSPC`` as ``Russell 2000 against S&P 500``; what has no name stays as it is."""
    if entity in names:
        return names[entity]
    kind, colon, rest = entity.partition(":")
    if colon and kind in _JOINED:
        first, _, second = rest.partition("-")
        return f"{names.get(first, first)} {_JOINED[kind]} {names.get(second, second)}"
    return rest if kind == "event" else entity


def _row(fact: Fact, names: Mapping[str, str], texts: Iterable[str], values: bool) -> Row:
    return Row(
        name=entity_text(fact.entity, names),
        measure=fact.metric.replace("_", " ").replace("dist ", "distance to "),
        window=window_text(fact.window),
        value=value_text(fact) if values else "",
        printed=" · ".join(texts),
        as_of=ap_date(fact.as_of),
        source=fact.source,
    )


def _sections(brief: Brief) -> Iterator[tuple[str, str, Iterable[Use]]]:
    takeaway = brief.takeaway
    column = [use for paragraph in takeaway.paragraphs for use in _said(paragraph.facts)]
    yield "The Takeaway", "takeaway", [*column, *_sentences(takeaway.headline, takeaway.bottom_line)]
    yield "The chart", "chart", _said(brief.chart.facts if brief.chart is not None else ())
    watching = [sentence for item in brief.watching for sentence in (item.what, item.why)]
    yield "What we’re watching", "watching", _sentences(*watching)
    yield "Economic data releases and earnings", "calendar", [*_calendar(brief)]
    figures = [cell for row in brief.snapshot for cell in (row.last, row.day, row.week, row.month, row.year)]
    tiles = [cell for tile in brief.tiles for cell in (tile.last, tile.change)]
    yield "At a glance", "glance", _cells(*figures, *tiles)
    yield "Movers", "movers", _cells(*(cell for row in brief.movers for cell in (row.last, row.day)))
    sectors = _cells(*(row.day for row in brief.sectors))
    yield "Sectors and breadth", "sectors", [*sectors, *_sentences(brief.breadth)]
    yield "What changed", "changes", _sentences(*brief.changes)


def _calendar(brief: Brief) -> Iterator[Use]:
    calendar = brief.calendar
    for row in (*calendar.releases, *calendar.yesterday):
        yield from _cells(*_release(row))
    for report in (*calendar.before_open, *calendar.after_close, *calendar.unconfirmed):
        yield from _cells(report.estimate)
    yield from _sentences(calendar.heavyweight, *calendar.week_ahead)


def _release(row: ReleaseRow) -> tuple[Cell, ...]:
    return (row.consensus, row.previous, *(() if row.actual is None else (row.actual,)))


def _said(facts: Iterable[str]) -> list[Use]:
    return [(name, "") for name in facts]


def _sentences(*sentences: Sentence | None) -> list[Use]:
    return [use for sentence in sentences if sentence is not None for use in _said(sentence.facts)]


def _cells(*cells: Cell) -> list[Use]:
    return [(cell.fact, cell.text) for cell in cells if cell.fact is not None]
