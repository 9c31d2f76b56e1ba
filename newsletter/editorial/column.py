"""The column as a whole: the lead's arc, a second story where there is room, nothing said twice, no word too many."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from newsletter.editorial import arcs
from newsletter.editorial.arcs import events, meaning, periods, quiet, relative, spans, steps
from newsletter.editorial.desk import Desk
from newsletter.editorial.phrase import Line, Moved, Name, Part, Say, Slot, Style
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


SECONDS = 2
"""Runners-up that the column tells, at most."""


COMPANY = ("contrast", "span", "size", "rates")
"""Roles that set several beside each other: not those of whom one has been told."""


ALONE = ("next", "finding", "release", "period", "takes")
"""Roles that begin a paragraph of their own."""


LASTING = ("history", "takes", "aside", "meaning")
"""Roles that tell what lasts, or always holds; within ten sessions once is enough."""


FIRM = ("finding", "next", "records", "release")
"""Roles whose first sentence stands, however it sounds."""


RECORDS = ("record_close", "drought_end", "recovery_full")
"""Rules whose arc tells of all records of the day."""


ODDS = 1
"""Sentences that say on how many days so much happened, at most: the next reads like a form."""


def parts(desk: Desk) -> tuple[Part, ...]:
    """The paragraphs of the day, to be spoken."""
    return _trimmed(desk, _news(desk, _tidy(desk, _column(desk))))


def _column(desk: Desk) -> tuple[Part, ...]:
    """The lead's arc; then, where there is room, the runner-up and what the calendar adds; last what is due."""
    if desk.day.verdict is Verdict.DEGRADED:
        return quiet.plain(desk)
    told = arcs.tell(desk, desk.choice.lead)
    body = [part for part in told if part.role != "next"]
    ending = [part for part in told if part.role == "next"]
    fresh = _unsaid_records(desk, body)
    level = desk.get(fresh[0], "close") if fresh else None
    told_level = any(fact == level for part in body for line in part.lines for fact in _facts(line))
    body = [*body[:1], *(_without_records(part, fresh) for part in body[1:])]
    records = part_of("records", spans.at_records(desk, fresh, level=not told_level))
    # What the finding measures stands behind it; what came out, behind what leans on the finding.
    body = [
        *body[:1],
        *_found(_meaning(desk)),
        *_found(records),
        *body[1:2],
        *_found(_released(desk)),
        *body[2:],
    ]
    if desk.choice.mode is not Mode.QUIET:
        body += _seconds(desk, body)
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


def _found(one: Part | None) -> tuple[Part, ...]:
    return () if one is None else (one,)


def _meaning(desk: Desk) -> Part | None:
    """Why the lead matters, where the column is the lead's."""
    lead = desk.choice.lead
    told = lead is not None and (desk.choice.mode is not Mode.QUIET or arcs.leads_quietly(lead))
    return meaning.meaning(desk, lead) if lead is not None and told else None


def _released(desk: Desk) -> Part | None:
    """The chief release of the session against its consensus, where the lead isn't about one."""
    lead = desk.choice.lead
    if lead is not None and lead.family is Family.EVENTS:
        return None
    item = events.chief_release(desk)
    return (
        None
        if item is None
        else part_of(
            "release",
            events.out(desk, item),
            meaning.of_release(desk, item.event),
            events.surprise_since(desk, item),
        )
    )


def _seconds(desk: Desk, body: list[Part]) -> list[Part]:
    """The findings of the two best runners-up about something that the column hasn't named, where there is room."""
    found: list[Part] = []
    for story in desk.choice.also:
        if len(found) == SECONDS or _length(desk, [*body, *found]) >= ENOUGH:
            break
        lines = _lines(desk, story, _named([*body, *found])) if story.family is not Family.EVENTS else ()
        if lines:
            found.append(Part(role="also", lines=lines))
    return found


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
    apart = arcs.BY_DETECTOR.get(story.detector) is relative.pair
    alone = steps.closed(desk, subject) if apart and against in named else None
    if alone is None:
        return lines
    return tuple(line for line in (alone, relative.gap(desk, story.entity), *lines[2:]) if line is not None)


def _unsaid_records(desk: Desk, body: list[Part]) -> list[str]:
    """The indexes at a record today that neither the finding nor a count of records tells."""
    told = {
        fact.entity
        for place, part in enumerate(body)
        for line in part.lines
        for fact in _facts(line)
        if fact.metric == "last_record" or (place == 0 and fact.metric == "dist_record" and fact.number == 0)
    }
    lead = desk.choice.lead
    if lead is not None and lead.detector in RECORDS and desk.choice.mode is not Mode.QUIET:
        return []  # its arc says who set one too
    return [
        entity
        for entity in steps.INDEXES
        if desk.number(entity, "dist_record", "file") == 0 and entity not in told
    ]


def _without_records(part: Part, fresh: list[str]) -> Part:
    """The part without the sentences that say of ``fresh`` what the sentence on records says."""
    kept = tuple(
        line
        for line in part.lines
        if not any(fact.metric == "dist_record" and fact.entity in fresh for fact in line.also)
    )
    return replace(part, lines=kept)


def _facts(line: Line) -> Iterator[Fact]:
    yield from line.also
    yield from (slot.fact for slot in line.slots.values() if isinstance(slot, Say))


def _tidy(desk: Desk, parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """No line twice, at most three a paragraph, a lone short line joined to the paragraph before where there is room."""
    tidy: list[Part] = []
    for part in _once(desk, parts):
        if tidy and len(part.lines) == 1 and _joins(desk, tidy[-1], part.role):
            tidy[-1] = Part(role=tidy[-1].role, lines=(*tidy[-1].lines, *part.lines))
        else:
            tidy.append(Part(role=part.role, lines=part.lines[:SENTENCES]))
    return tuple(tidy)


def _once(desk: Desk, parts: tuple[Part, ...]) -> Iterator[Part]:
    """The parts with what hasn't been said before them, the day named once, odds given once."""
    said: set[str] = set()
    dated, odds = False, 0
    for part in parts:
        lines: list[Line] = []
        skipped = False
        for line in part.lines:
            skipped = _is_said(part, line, said) or (skipped and line.leans)
            skipped = skipped or (_gives_odds(line) and odds >= ODDS)
            if skipped:
                if part.role == "also" and not lines:
                    break  # what a second story has left to say without its finding is no story
                continue
            odds += _gives_odds(line)
            said |= _marks(line)
            spoken = line if not dated else _undated(desk, line)
            dated = _dates(desk, spoken, dated)
            lines.append(spoken)
        if lines:
            yield Part(role=part.role, lines=tuple(lines))


def _is_said(part: Part, line: Line, said: set[str]) -> bool:
    """Whether nothing of a line is new, or one of several that it sets beside each other has been told."""
    marks = _marks(line)
    beside = line.beside or part.role in COMPANY
    return marks <= said or (beside and len(marks) > 1 and bool(marks & said))


def _joins(desk: Desk, before: Part, role: str) -> bool:
    """Whether a lone sentence of this role goes to the paragraph before."""
    if role in ALONE or before.role in ("release", "meaning", "takes") or _of_before(desk, before):
        return False
    if before.role == "finding":
        return len(before.lines) < (SENTENCES if role == "meaning" else 2)
    return role != "meaning" and len(before.lines) < SENTENCES


def _gives_odds(line: Line) -> bool:
    return any(isinstance(slot, Say) and slot.style is Style.ONE_IN for slot in line.slots.values())


def _undated(desk: Desk, line: Line) -> Line:
    """The line without the session's weekday, where that can be left out."""
    if line.slots.get("day") != desk.weekday(desk.session):
        return line
    return replace(
        line,
        template=_DAY.sub("", line.template),
        plain=_DAY.sub("", line.plain),
        others=tuple(_DAY.sub("", other) for other in line.others),
    )


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


def _news(desk: Desk, parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Without what only repeats words of the last issues: a state is told when it changes, a remark once in ten days."""
    voice = desk.voice()
    kept: list[Part] = []
    for part in parts:
        old = [voice.repeats(sentence.text) for sentence in voice.speak(part).sentences]
        if part.role in LASTING and old[0]:
            continue
        lines: list[Line] = []
        gone = False
        for place, (line, again) in enumerate(zip(part.lines, old, strict=True)):
            remark = place > 0 or part.role not in FIRM
            gone = (again and remark) or (gone and line.leans)
            if not gone:
                lines.append(line)
        if lines:
            kept.append(Part(role=part.role, lines=tuple(lines)))
    return tuple(kept)


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
