"""Where a session leaves the month, the year and the distance to the record."""

from __future__ import annotations

from collections.abc import Sequence

from newsletter.editorial.arcs.steps import SP, too, up_or_down
from newsletter.editorial.desk import Desk, name, say
from newsletter.editorial.figures import nil
from newsletter.editorial.phrase import Line, Slot, Style

WITHIN_REACH = 15.0
"""Percent to a record beyond which a month's chances of it are not worth a sentence."""


def record_distance(desk: Desk, entity: str) -> Line | None:
    """How far below its record an index stands."""
    distance = desk.get(entity, "dist_record", "file")
    if distance is not None and distance.number == 0:
        return at_record(desk, entity)
    last = desk.get(entity, "record_date", "file")
    if distance is not None and distance.number > -1 and last is not None and last.day == desk.before:
        return desk.line(
            f"record before {entity}",
            (
                "{who:it} had set {who.its} record close on {day}.",
                "The record close of {who} was {day}'s.",
            ),
            who=name(entity),
            day=say(last, Style.DAY),
        )
    if distance is None or distance.number > -1:
        return None
    return desk.line(
        f"distance {entity}",
        (
            "{who:it} {who.is} {far} below the record of {date}.",
            "{who:it} {who.stands} {far} short of the record set on {date}.",
            "From the record of {date} {who:it} {who.is} down {far}.",
        ),
        who=name(entity),
        far=say(distance, Style.MOVE),
        date=say(desk.get(entity, "record_date", "file"), Style.DATE),
    )


def at_record(desk: Desk, entity: str) -> Line | None:
    """That the close is a record."""
    return at_records(desk, [entity], level=False)


def at_records(desk: Desk, entities: Sequence[str], *, level: bool = True) -> Line | None:
    """That the closes are records, the first with its place in the year and, with ``level``, where it closed."""
    if not entities:
        return None
    others, called = too(entities)
    slots: dict[str, Slot | None] = {
        **called,
        "first": name(entities[0]),
        "count": say(desk.get(entities[0], "records", "ytd"), Style.FIGURE),
    }
    if level:
        slots["close"] = say(desk.get(entities[0], "close"), Style.LEVEL)
    return desk.fill(
        f"at record {entities[0]}",
        f"{{first:it}} {'closed at {close},' if level else 'set'} record No. {{count}} of the year{others}.",
        slots,
        also=[desk.get(entity, "dist_record", "file") for entity in entities],
    )


def month_span(desk: Desk, entity: str, versus: str = SP) -> Line | None:
    """Where the session leaves the past month, against another index; with the year where there is none."""
    mine, theirs = desk.get(entity, "return", "1cm"), desk.get(versus, "return", "1cm")
    if mine is None or abs(mine.number) < 0.5:
        return None
    if theirs is None or versus == entity or nil(theirs):
        return _month_and_year(desk, entity)
    if mine.number * theirs.number > 0:
        return desk.line(
            f"month same {entity}",
            (
                "{who:it} {who.is} {way} {month} over the past month, against {other} for {versus}.",
                "Over the past month {who:it} {who.is} {way} {month}, against {other} for {versus}.",
            ),
            who=name(entity),
            way=up_or_down(mine),
            month=say(mine, Style.MOVE),
            other=say(theirs, Style.MOVE),
            versus=name(versus),
        )
    return desk.line(
        f"month apart {entity}",
        (
            "Over the past month {who:it} {who.is} {way} {month}, while {versus} {versus.is} {counter} {other}.",
        ),
        who=name(entity),
        way=up_or_down(mine),
        month=say(mine, Style.MOVE),
        versus=name(versus),
        counter=up_or_down(theirs),
        other=say(theirs, Style.MOVE),
    )


def _month_and_year(desk: Desk, entity: str) -> Line | None:
    month, year = desk.get(entity, "return", "1cm"), desk.get(entity, "return", "ytd")
    if month is None:
        return None
    if year is None or nil(year):
        return desk.line(
            f"month {entity}",
            ("{who:it} {who.is} {way} {month} over the past month.",),
            who=name(entity),
            way=up_or_down(month),
            month=say(month, Style.MOVE),
        )
    joint = "and" if month.number * year.number > 0 else "but"
    return desk.line(
        f"month and year {entity}",
        (
            f"{{who:it}} {{who.is}} {{way}} {{month}} over the past month {joint} {{way2}} {{year}} this year.",
            f"{{who:it}} {{who.is}} {{way}} {{month}} over the past month, {joint} {{way2}} {{year}} for the year.",
        ),
        who=name(entity),
        way=up_or_down(month),
        month=say(month, Style.MOVE),
        way2=up_or_down(year),
        year=say(year, Style.MOVE),
    )


def year_span(desk: Desk, entity: str) -> Line | None:
    """Where the session leaves the year."""
    year = desk.get(entity, "return", "ytd")
    if year is None or nil(year):
        return None
    return desk.line(
        f"year {entity}",
        ("{who:it} {who.is} {way} {year} for the year.", "{who:it} {who.is} {way} {year} this year."),
        who=name(entity),
        way=up_or_down(year),
        year=say(year, Style.MOVE),
    )


def takes(desk: Desk, who: str) -> tuple[Line | None, ...]:
    """What a record would take, and how often a month has brought as much."""
    needed, rate = desk.get(who, "to_record", "file"), desk.get(who, "gain_rate", "21s")
    if needed is None or needed.number > WITHIN_REACH:
        return ()
    need = desk.line(
        "needs",
        (
            "From here {who} {who.needs} {gain}.",
            "A record now takes a gain of {gain}.",
            "What is missing is a gain of {gain}.",
        ),
        who=name(who),
        gain=say(needed, Style.MOVE),
    )
    if need is None:
        return ()
    often = desk.line(
        "how often",
        (
            "Since {first} {who:it} {who.has} gained at least that much in {rate} of all one-month stretches.",
            "One-month stretches have brought that much in {rate} of cases since {first}.",
            "In {rate} of one-month stretches since {first} {who:it} {who.has} gained as much.",
        ),
        who=name(who),
        first=say(needed, Style.FILE_YEAR),
        rate=say(rate, Style.ROUND),
    )
    return (need, often)
