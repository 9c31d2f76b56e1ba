"""Binding tables: each cell to the fact of its row's instrument and its column's window."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter import numerals
from newsletter.editorial.check.ledger import Claim, Kind
from newsletter.editorial.check.pages import Row
from newsletter.editorial.check.reading import Known, read
from newsletter.editorial.check.tokens import NUMBER, Measure, number
from newsletter.facts import Fact, Unit

COLUMNS = {
    "Last": ("close", "1s"),
    "1D": ("move", "1s"),
    "Day": ("move", "1s"),
    "1W": ("move", "5s"),
    "1M": ("move", "1cm"),
    "YTD": ("move", "ytd"),
    "Forecast": ("consensus", ""),
    "Consensus": ("consensus", ""),
    "Previous": ("previous", ""),
    "Actual": ("actual", ""),
    "Estimate": ("eps_estimate", ""),
    "EPS estimate": ("eps_estimate", ""),
    "Time (ET)": ("at", ""),
}
"""Column heads and what stands under them: metric, window."""

_BLANK = ("—", "", "No headline found")
_DETAIL = re.compile(r"\b(previous|expected|actual|estimate) (\S+)")
_TABLE_CLOCK = re.compile(r"^(\d{1,2}):(\d\d)$")


def row_claims(part: str, row: Row, known: Known, quoted: frozenset[str]) -> Iterator[Claim]:
    """The claims of one row; ``quoted`` are other people's words that stand in it."""
    name, _, detail = row.name.partition("\n")
    entities = _entities(name, known)
    text = " | ".join((name, *(cell for _, cell in row.cells)))
    heads = _heads(row)
    for head, (_, cell) in zip(heads, row.cells, strict=True):
        if cell in _BLANK or cell in quoted:
            continue
        yield _cell(part, text, entities, head, cell, known)
    if detail and detail not in quoted:
        for match in _DETAIL.finditer(detail):
            metric = {"expected": "consensus", "estimate": "eps_estimate"}.get(match[1], match[1])
            if match[2] not in _BLANK:
                yield _bound(part, text, entities, metric, "", match[2], known)


def _heads(row: Row) -> tuple[str, ...]:
    """Heads of the cells; where a table has none they are told by what the cells look like: a level, then its change."""
    if any(head for head, _ in row.cells):
        return tuple(head for head, _ in row.cells)
    return tuple(
        "1D" if cell[:1] in "+−" or cell.startswith(("0.00%", "0 bp")) else "Last" for _, cell in row.cells
    )


def _entities(name: str, known: Known) -> tuple[str, ...]:
    exact = tuple(
        dict.fromkeys(
            fact.entity
            for fact in known.facts
            if name in (known.lexicon.names.of(fact.entity).name, fact.entity.removeprefix("event:"))
            or name.split(" ")[0] == fact.entity
        )
    )
    if exact:
        return exact
    found = read("", name, known).mentions
    return found[0].entities if found else ()


def _cell(part: str, text: str, entities: tuple[str, ...], head: str, cell: str, known: Known) -> Claim:
    column = COLUMNS.get(head)
    if column is None:
        return _failed(part, text, cell, Kind.WINDOW, f"column {head!r} is none that we know")
    return _bound(part, text, entities, *column, cell, known)


def _bound(
    part: str, text: str, entities: tuple[str, ...], metric: str, window: str, cell: str, known: Known
) -> Claim:
    if not entities:
        return _failed(part, text, cell, Kind.ENTITY, "the row names nothing that this issue has facts of")
    candidates = [fact for fact in known.of(entities) if _fits(fact, metric, window)]
    for fact in candidates:
        if _printed(fact, cell):
            return Claim(part=part, sentence=text, text=cell, kind=Kind.NUMBER, fact=fact.id)
    nearest = f"; it is {candidates[0].value}" if candidates else ""
    return _failed(
        part,
        text,
        cell,
        Kind.NUMBER,
        f"no fact {metric} {window} of {' or '.join(entities)} prints so{nearest}",
    )


def _fits(fact: Fact, metric: str, window: str) -> bool:
    base = fact.window.partition("@")[0]
    if metric == "move":
        return base == window and (
            fact.metric == "return" or (fact.metric == "change" and fact.unit is Unit.BP)
        )
    return fact.metric == metric and (not window or base == window)


def _printed(fact: Fact, cell: str) -> bool:
    clock = _TABLE_CLOCK.match(cell)
    if clock is not None:
        return str(fact.value) == f"{int(clock[1]):02d}:{clock[2]}"
    match = NUMBER.match(cell)
    if match is None or not isinstance(fact.value, int | float):
        return False
    item = number(match)
    if (fact.unit is Unit.BP) != (item.measure is Measure.BP):
        return False
    if fact.unit is Unit.PCT and item.measure is not Measure.PCT:
        return False
    shown = numerals.rounded(fact.number / item.scale, item.places)
    return float(shown) == round(item.value / item.scale, item.places)


def _failed(part: str, text: str, cell: str, kind: Kind, reason: str) -> Claim:
    line = f'{kind.value}: {cell!r} in row "{text}" ({part}): {reason}'
    return Claim(part=part, sentence=text, text=cell, kind=kind, fact=None, reason=line)
