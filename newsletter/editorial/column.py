"""The column as a whole: the lead's arc, a second story where there is room, nothing said twice, no word too many."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from newsletter.editorial import arcs
from newsletter.editorial.arcs import periods, quiet, relative, spans, steps
from newsletter.editorial.desk import Desk
from newsletter.editorial.phrase import Line, Moved, Name, Part, Say, Slot
from newsletter.editorial.phrase import part as part_of
from newsletter.facts import Fact, Family, Mode, Story
from newsletter.market import Verdict

FUNDS = ("SPY", "RSP")
"""Funds of the whole market, which a reader knows as the index."""

_DAY = re.compile(r"^On \{day\} | on \{day\}(?=[ .,;])")

SENTENCES = 3
"""In a paragraph, at most."""


LIMITS = {Mode.STRONG: 400, Mode.NORMAL: 400, Mode.QUIET: 300}
"""Words the column may have."""


EXPENDABLE = ("breadth", "counter", "rates", "contrast", "span", "history")
"""Roles that go first when the column is too long."""


ENOUGH = 230
"""Words from which a column needs no second story."""


def parts(desk: Desk) -> tuple[Part, ...]:
    """The paragraphs of the day, to be spoken."""
    return _trimmed(desk, _tidy(desk, _column(desk)))


def _column(desk: Desk) -> tuple[Part, ...]:
    """The lead's arc; then, where there is room, the runner-up and what the calendar adds; last what is due."""
    if desk.day.verdict is Verdict.DEGRADED:
        return quiet.plain(desk)
    told = arcs.tell(desk, desk.choice.lead)
    body = [part for part in told if part.role != "next"]
    ending = [part for part in told if part.role == "next"]
    if desk.choice.mode is not Mode.QUIET:
        for second in _seconds(desk, _named(body)):
            if _length(desk, body) < ENOUGH:
                body.append(second)
    records = _records(desk, body)
    if records is not None:
        body.insert(1, records)
    period = periods.closing(desk)
    return (*body, *((period,) if period is not None else ()), *ending)


def _named(parts: list[Part]) -> set[str]:
    """Whom the parts name or state a figure of."""
    slots = list(_slots(parts))
    stated = {slot.fact.entity for slot in slots if isinstance(slot, Say | Moved)}
    return stated | {slot.entity for slot in slots if isinstance(slot, Name)}


def _slots(parts: list[Part]) -> Iterator[Slot]:
    for part in parts:
        for line in part.lines:
            yield from line.slots.values()


def _seconds(desk: Desk, named: set[str]) -> Iterator[Part]:
    """The findings of the two best runners-up about something that the column hasn't named."""
    told = ((story, _lines(desk, story, named)) for story in desk.choice.also)
    fitting = (lines for story, lines in told if lines and story.family is not Family.EVENTS)
    for lines in islice(fitting, 2):
        yield Part(role="also", lines=lines)


def _lines(desk: Desk, story: Story, named: set[str]) -> tuple[Line, ...]:
    """What a runner-up adds; a fund beside the market's own is told by itself, the market being told already."""
    subject, against = (
        relative.sides(story.entity) if story.entity.startswith("pair:") else (story.entity, "")
    )
    if subject in named or subject in FUNDS:
        return ()
    if against in FUNDS:
        return tuple(line for line in steps.session(desk, subject) if line is not None)
    lines = next((part.lines for part in arcs.own(desk, story)[:1]), ())
    alone = steps.closed(desk, subject) if against in named else None
    return lines if alone is None else (alone, *lines[1:])


def _records(desk: Desk, body: list[Part]) -> Part | None:
    """The records of the day that the column hasn't told."""
    facts = {fact.id for part in body for line in part.lines for fact in line.also}
    lines: list[Line | None] = []
    for entity in steps.INDEXES:
        distance = desk.get(entity, "dist_record", "file")
        if distance is not None and distance.number == 0 and distance.id not in facts:
            lines.append(spans.at_record(desk, entity, another=bool(lines)))
    return part_of("records", *lines)


def _tidy(desk: Desk, parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """No line twice, at most three a paragraph, a lone short line joined to the paragraph before where there is room."""
    said: set[str] = set()
    tidy: list[Part] = []
    dated = False
    for part in parts:
        lines: list[Line] = []
        for line in part.lines:
            marks = _marks(line)
            if not marks <= said:
                said |= marks
                spoken = line if not dated else _undated(desk, line)
                dated = _dates(desk, spoken, dated)
                lines.append(spoken)
        if not lines:
            continue
        room = SENTENCES - len(tidy[-1].lines) if tidy else 0
        if (
            tidy
            and not _of_before(desk, tidy[-1])
            and len(lines) == 1
            and room > 0
            and part.role not in ("next", "finding")
            and (tidy[-1].role != "finding" or len(tidy[-1].lines) == 1)
        ):
            tidy[-1] = Part(role=tidy[-1].role, lines=(*tidy[-1].lines, *lines))
        else:
            tidy.append(Part(role=part.role, lines=tuple(lines[:SENTENCES])))
    return tuple(tidy)


def _undated(desk: Desk, line: Line) -> Line:
    """The line without the session's weekday, where that can be left out."""
    if line.slots.get("day") != desk.weekday(desk.session):
        return line
    shorter = _DAY.sub("", line.template)
    return replace(line, template=shorter, plain=_DAY.sub("", line.plain))


def _dates(desk: Desk, line: Line, dated: bool) -> bool:
    """Whether the reader knows after this line that the session is spoken of."""
    if desk.weekday(desk.before) in line.slots.values():
        return False
    return dated or desk.weekday(desk.session) in line.slots.values()


def _of_before(desk: Desk, part: Part) -> bool:
    """Whether a paragraph speaks of the session before: what follows in it would seem to be of that day."""
    day = desk.weekday(desk.before)
    return any(day in line.slots.values() for line in part.lines)


def _marks(line: Line) -> set[str]:
    """What a line says, whatever its wording: the facts it states, or else its template."""
    slots = (slot for slot in line.slots.values() if isinstance(slot, Say | Moved))
    return {_mark(slot.fact) for slot in slots} or {line.template}


def _mark(fact: Fact) -> str:
    """A fact; a session's move is one whether in points or in percent."""
    if fact.metric in ("return", "change"):
        return f"{fact.entity} moved {fact.window} {fact.as_of}"
    return fact.id


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
    voice = desk.voice()
    return sum(len(voice.speak(part).text.split()) for part in parts)
