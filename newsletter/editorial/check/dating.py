"""Binding dates and hours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from newsletter.editorial.check import lexicon as words
from newsletter.editorial.check import metrics
from newsletter.editorial.check.ledger import Claim, Kind
from newsletter.editorial.check.ownership import Ownership
from newsletter.editorial.check.reading import Known, Read, is_event, who
from newsletter.editorial.check.tokens import WORDS, Hour, When
from newsletter.facts import Fact, Unit

ISSUE_DATE = "issue:date"
"""Stands for a fact where words say only what day the issue is of."""
_LEFT = re.compile(rf"\bwith (?P<n>a|{'|'.join(WORDS)}) sessions? (?:left|to go)\b")
_KIND_OF_DAY = re.compile(r"\b(?:quiet|ordinary|one more) $")
"""Before a weekday: the session itself is meant, whatever else the sentence says is due."""

_EXTREME_SINCE = re.compile(
    r"(?:\b(?:highest|lowest|best|worst|most|strongest|weakest|widest|narrowest)|(?<!-)\blargest)(?: \w+)? since $"
)
"""Before a year: something was as large in it. Where nothing ever was, it says "since at least"."""

_NAMED_LAST = re.compile(r"\b(?:recently|latest|made one|only one of the year) on $")
"""Before a weekday: it is that of the last record, not of the session."""


def date_claim(whose: Ownership, found: Read, when: When) -> Claim:
    """A date, month, year or weekday, bound to a fact that has it."""
    told = _KIND_OF_DAY.search(found.lower[: when.start]) and when.weekday != whose.known.session.weekday()
    for fact in () if told else _date_facts(whose, found, when):
        return found.claim(when.text, Kind.DATE, fact)
    if whose.known.free and any(_same(when, day, whose.known) for day in whose.known.plotted_days):
        return found.on_chart(when.text, Kind.DATE)
    of_the_day = not _future(found) or _KIND_OF_DAY.search(found.lower[: when.start])
    if (
        when.kind == "weekday"
        and not found.numbers
        and of_the_day
        and when.weekday == whose.known.session.weekday()
    ):
        return replace(found.claim(when.text, Kind.DATE, None), fact=ISSUE_DATE, reason="")
    if when.text.lower() == "today" and not _dated_subjects(whose, found):
        return replace(found.claim(when.text, Kind.DATE, None), fact=ISSUE_DATE, reason="")
    return found.claim(
        when.text,
        Kind.DATE,
        None,
        f"no fact of {who(whose.owners(found, when.start, when.end))} has that date",
    )


def left_claims(known: Known, found: Read) -> Iterator[tuple[Claim, tuple[tuple[int, int], ...]]]:
    """How many sessions of the week are still to come, and where the number stands."""
    for match in _LEFT.finditer(found.lower):
        text = found.text[match.start() : match.end()]
        said = 1 if match["n"] == "a" else WORDS[match["n"]]
        claim = found.claim(text, Kind.DATE, None, f"the issue's week has {known.left} left")
        if said == known.left:
            claim = replace(claim, fact=ISSUE_DATE, reason="")
        yield claim, (match.span("n"),)


def _date_facts(whose: Ownership, found: Read, when: When) -> Iterator[Fact]:
    owners = whose.owners(found, when.start, when.end)
    own = [fact for fact in whose.known.facts if _dated_by(whose, found, fact, owners)]
    for fact in own:
        if fact.unit is Unit.DATE and _same(when, fact.day, whose.known) and _dated(whose, found, fact):
            yield fact
    for fact in own:
        base = _base(fact)
        if base is not None and _same(when, base, whose.known) and _base_spoken(whose, found, fact, when):
            yield fact
    if when.kind == "day" and whose.known.free:
        yield from (fact for fact in own if fact.as_of == when.day and fact.window.startswith("1s"))
    if when.kind == "weekday":
        day = whose.weekday(when, past=True)
        if not _future(found) and not _NAMED_LAST.search(found.lower[: when.start]):
            yield from (
                fact for fact in whose.known.facts if fact.as_of == day and fact.window.startswith("1s")
            )


def _dated_subjects(whose: Ownership, found: Read) -> bool:
    """Whether the sentence, or the one it leans on, names something that has a day of its own."""
    if any(is_event(item.entities) for item in found.mentions):
        return True
    if not found.mentions and whose.context.event and not whose.context.subject:
        return True
    return bool(re.search(r"\breports?\b", found.lower + whose.context.before))


def _future(found: Read) -> bool:
    """Whether the sentence speaks of what is to come."""
    return bool(re.search(r"\b(due|reports|comes?|brings?|follows?)\b", found.lower)) or (
        bool(found.mentions) and all(is_event(item.entities) for item in found.mentions)
    )


def _dated_by(whose: Ownership, found: Read, fact: Fact, owners: tuple[str, ...]) -> bool:
    if fact.entity.startswith(("event:", "pair:", "ratio:", "cross:")) or fact.entity in (
        words.MEMBERS,
        words.SECTORS,
    ):
        return whose.belongs(found, fact, owners)
    if fact.metric == "report":
        return any(fact.entity in item.entities for item in found.mentions) or (
            not found.mentions and fact.entity in whose.context.subject
        )
    return whose.known.free or not owners or fact.entity in owners


def _dated(whose: Ownership, found: Read, fact: Fact) -> bool:
    cue = "" if whose.known.free else metrics.DATES.get(fact.metric)
    if cue is None:
        return False
    if not whose.on_day(fact) and not fact.window.startswith(("due@", "out@")):
        return False
    return not cue or bool(re.search(cue, found.lower)) or bool(re.search(cue, whose.context.before))


def _base_spoken(whose: Ownership, found: Read, fact: Fact, when: When) -> bool:
    if whose.known.free:
        return True
    if fact.window.startswith("file@"):
        of_file = when.kind == "year" and not _EXTREME_SINCE.search(found.lower[: when.start])
        return of_file and bool(re.search(r"\bsince\b|\bfile from\b", found.lower))
    if fact.window.startswith(("run@", "leg@", "turn@")):
        return bool(re.search(r"\bsince\b|\bstood on\b|\bfrom\b", found.lower))
    return False


def hour_claim(whose: Ownership, found: Read, hour: Hour) -> Claim:
    """An hour, bound to a release named here."""
    events = [item.entities for item in found.mentions if is_event(item.entities)] or [whose.context.event]
    for fact in whose.known.facts:
        if (
            fact.metric == "at"
            and any(fact.entity in entities for entities in events)
            and fact.value == f"{hour.at:%H:%M}"
        ):
            return found.claim(hour.text, Kind.DATE, fact)
    return found.claim(hour.text, Kind.DATE, None, "no release named here is due at that hour")


def _base(fact: Fact) -> date | None:
    base = fact.window.partition("@")[2]
    return date.fromisoformat(base) if base else None


def _same(when: When, day: date, known: Known) -> bool:
    match when.kind:
        case "day":
            return when.day == day
        case "month":
            return (when.year, when.month) == (day.year, day.month)
        case "year":
            return when.year == day.year
        case _:
            return when.weekday == day.weekday() and abs((day - known.today).days) <= 6
