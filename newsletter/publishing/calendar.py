"""Coming releases and reports as an iCalendar file, from what the newest issues knew of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import icalendar

from newsletter.brief import Brief
from newsletter.config import Config
from newsletter.facts import Fact
from newsletter.numerals import ap_date
from newsletter.publishing.evidence import value_text
from newsletter.publishing.licence import from_yahoo
from newsletter.publishing.selection import Entry
from newsletter.render.characters import clean

NAME = "calendar.ics"

ISSUES = 10
"""How many of the newest issues are asked: Monday's knows the whole week, Tuesday's the next days."""

LENGTH = timedelta(minutes=30)
"""How long a release takes in the calendar; it is an instant."""

NEW_YORK = ZoneInfo("America/New_York")
"""Facts give times of day there."""

TIMING = {"before_open": "before the open", "after_close": "after the close"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Something due on ``day``; ``at`` is New York time, None where only the day is known."""

    entity: str
    day: date
    at: time | None
    summary: str
    description: str
    known: datetime


def coming(entry: Entry, brief: Brief, config: Config) -> Iterator[Event]:
    """What the issue knew to be due. Yahoo's dates aren't passed on."""
    due: dict[tuple[str, date], dict[str, Fact]] = {}
    for fact in brief.facts:
        span, _, base = fact.window.partition("@")
        if span == "due" and not from_yahoo(fact.source):
            day = _day(base)
            if day is not None:
                due.setdefault((fact.entity, day), {})[fact.metric] = fact
    names = {row.symbol: row.name for row in config.universe}
    for (entity, day), facts in due.items():
        if "day" in facts:
            yield _release(entry, entity, day, facts)
        elif "report" in facts:
            yield _report(entry, entity, day, facts, names)


def file(found: Iterable[Event], *, name: str, since: date) -> bytes | None:
    """The calendar of all that is due from ``since`` on; of two that tell of the same event, the later word counts.

    None where nothing is due, since a calendar can't be empty.
    """
    newest: dict[tuple[str, date], Event] = {}
    for event in sorted(found, key=lambda event: event.known):
        if event.day >= since:
            newest[event.entity, event.day] = event
    if not newest:
        return None
    made = icalendar.Calendar()
    made.add("prodid", "-//newsletter//coming releases//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", clean(f"{name}: coming releases"))
    for event in sorted(newest.values(), key=lambda event: (event.day, event.at or time(), event.entity)):
        made.add_component(_component(event))
    return bytes(made.to_ical())


def _component(event: Event) -> icalendar.Event:
    made = icalendar.Event()
    # The same release on the same day is the same event, whichever issue tells of it.
    identity = hashlib.sha256(f"{clean(event.entity)} {event.day.isoformat()}".encode()).hexdigest()[:32]
    made.add("uid", f"{identity}@newsletter.invalid")
    made.add("dtstamp", event.known)
    if event.at is None:
        made.add("dtstart", event.day)
    else:
        start = datetime.combine(event.day, event.at, NEW_YORK).astimezone(UTC)
        made.add("dtstart", start)
        made.add("dtend", start + LENGTH)
    made.add("summary", clean(event.summary))
    made.add("description", clean(event.description))
    made.add("transp", "TRANSPARENT")
    return made


def _release(entry: Entry, entity: str, day: date, facts: Mapping[str, Fact]) -> Event:
    name = entity.removeprefix("event:")
    said = [
        f"{word} {value_text(facts[metric])}"
        for metric, word in (("consensus", "Forecast"), ("previous", "previous"))
        if metric in facts
    ]
    source = facts["day"].source
    figures = f"{', '.join(said)}. " if said else ""
    return Event(
        entity=entity,
        day=day,
        at=_time(facts.get("at")),
        summary=_titled(entry, name),
        description=f"{figures}Source: {source}. Known on {ap_date(entry.day)}.",
        known=entry.updated,
    )


def _report(
    entry: Entry, symbol: str, day: date, facts: Mapping[str, Fact], names: Mapping[str, str]
) -> Event:
    timing = TIMING.get(str(facts["timing"].value), "") if "timing" in facts else ""
    who = f"{names[symbol]} ({symbol})" if symbol in names else symbol
    return Event(
        entity=symbol,
        day=day,
        at=None,
        summary=_titled(entry, f"{who} reports{f', {timing}' if timing else ''}"),
        description=f"Known on {ap_date(entry.day)}; companies move their dates.",
        known=entry.updated,
    )


def _titled(entry: Entry, text: str) -> str:
    return f"[Sample] {text}" if entry.sample else text


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _time(fact: Fact | None) -> time | None:
    try:
        return time.fromisoformat(str(fact.value)) if fact is not None else None
    except ValueError:
        return None
