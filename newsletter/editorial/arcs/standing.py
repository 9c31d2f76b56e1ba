"""A record that is near but not reached: a standing theme of family A, and the miss that ends one."""

from __future__ import annotations

from newsletter.editorial.arcs import spans, steps
from newsletter.editorial.arcs.next_up import coming
from newsletter.editorial.arcs.spans import takes
from newsletter.editorial.arcs.steps import INDEXES, RUSSELL, SP
from newsletter.editorial.desk import Desk, moved, name, say
from newsletter.editorial.phrase import Line, Part, Style, part
from newsletter.facts import Story

RECENT_RECORD = 30
"""Sessions within which a record is recent."""


def standing(desk: Desk, story: Story) -> tuple[Part | None, ...]:
    """A record that is near but not reached: the wait, who has none, what made it news, what it would take."""
    who = story.entity
    return (
        part("finding", *_wait(desk, who)),
        part("contrast", *_no_wait(desk, who)),
        part("brought", *_brought(desk, who)),
        part("span", spans.month_span(desk, who)),
        part("counter", *_counter(desk, who)),
        part("history", *_near_miss(desk, who)),
        part("takes", *takes(desk, who)),
        coming(desk),
    )


def missed(desk: Desk, story: Story) -> tuple[Part | None, ...]:
    """A record that was nearly reached, and what was lost since."""
    who = story.entity
    fell = desk.line(
        f"since the miss {who}",
        (
            "{who:it} {who.has} lost {fall} since closing at {level} on {when}, just short of the record.",
            "On {when} {who:it} closed at {level}, just short of the record; {fall} has been lost since.",
        ),
        who=name(who),
        fall=say(desk.get(who, "missed_fall", "file"), Style.MOVE),
        level=say(desk.get(who, "missed_close", "file"), Style.LEVEL),
        when=say(desk.get(who, "missed_date", "file"), Style.DATE),
    )
    return (
        part("finding", steps.closed(desk, who), fell, spans.record_distance(desk, who)),
        part("contrast", *_no_wait(desk, who)[1:]),
        part("size", steps.rarity(desk, who), steps.others(desk, who)),
        part("span", spans.month_span(desk, who), spans.year_span(desk, who)),
        coming(desk),
    )


def _wait(desk: Desk, who: str) -> tuple[Line | None, ...]:
    close = say(desk.get(who, "close"), Style.LEVEL)
    record = say(desk.get(who, "record_close", "file"), Style.LEVEL)
    when = say(desk.get(who, "record_date", "file"), Style.DATE)
    wait = say(desk.get(who, "drought", "file"), Style.COUNT)
    distance = say(desk.get(who, "dist_record", "file"), Style.MOVE)
    return (
        desk.line(
            "wait level",
            "{who} ended {day} at {close}.",
            who=name(who),
            day=desk.weekday(desk.session),
            close=close,
        ),
        desk.line(
            "wait record",
            (
                "{who:its} record close, {record}, dates from {when}.",
                "{who:its} record, of {when}, is {record}.",
                "{when} brought {who:its} record close of {record}.",
            ),
            who=name(who),
            record=record,
            when=when,
        ),
        desk.line(
            "wait sessions",
            (
                "That was {wait} sessions ago, and the index is still {far} short.",
                "It has gone {wait} sessions without another, and is {far} short of one.",
                "That makes {wait} sessions without a new one, and the index stands {far} below it.",
            ),
            wait=wait,
            far=distance,
        ),
    )


def _no_wait(desk: Desk, who: str) -> tuple[Line | None, ...]:
    """The indexes that have set records lately."""
    rich = [
        entity
        for entity in INDEXES
        if entity != who
        and (waited := desk.number(entity, "drought", "file")) is not None
        and waited <= RECENT_RECORD
    ]
    if not rich:
        return ()
    opening = None
    if who == RUSSELL:
        opening = desk.line(
            "no wait",
            (
                "Big stocks have had no such wait.",
                "Large companies know no such wait.",
                "There is no such wait among big stocks.",
            ),
        )
    newest = sorted(rich[1:], key=lambda entity: desk.number(entity, "drought", "file") or 0.0)
    return (opening, *(_records_of(desk, entity) for entity in (*rich[:1], *newest[:1])))


def _records_of(desk: Desk, entity: str) -> Line | None:
    count, last = desk.get(entity, "records", "ytd"), desk.get(entity, "last_record", "ytd")
    if count is None or last is None or count.number < 1:
        return None
    if count.number == 1:
        return desk.line(
            f"one record {entity}",
            ("{who} made one on {last}.", "{who} set its only one of the year on {last}."),
            who=name(entity),
            last=say(last, Style.DAY),
            also=[count],
        )
    return desk.line(
        f"records {entity}",
        (
            "{who} {who.has} closed at a record {times} this year, most recently on {last}.",
            "{who} {who.has} set {count} record closes this year, the latest on {last}.",
        ),
        who=name(entity),
        times=say(count, Style.TIMES),
        count=say(count, Style.COUNT),
        last=say(last, Style.DAY),
    )


def _brought(desk: Desk, who: str) -> tuple[Line | None, ...]:
    """The session before, where it was rare enough to have made the standing state news."""
    before = desk.before
    day = desk.weekday(before)
    move = desk.move(who, before)
    if before is None or day is None or move is None or abs(desk.size(who, before)) < 1.5:
        return ()
    last = steps.since(desk, who, before)
    versus = RUSSELL if who == SP else SP
    gap = desk.get(f"pair:{who}-{versus}", "gap_share", "1260s", before)
    opening = desk.line(
        "brought",
        (
            "{day} is why the gap is worth measuring again.",
            "{day} put the record back in view.",
            "What made it news again was {day}.",
        ),
        day=day,
    )
    named = "" if move.number > 0 else "on {day} "
    jump = desk.line(
        f"brought jump {who}",
        f"{named}{{who}} {{move}}, {{who.its}} {{best}} day since {{last}}, while {{other}} {{theirs}}.",
        day=day,
        who=name(who),
        move=moved(move),
        best=steps.best_or_worst(move),
        last=say(last, Style.DATE),
        other=name(versus),
        theirs=moved(desk.move(versus, before)),
    ) or desk.line(
        f"brought move {who}",
        f"{named}{{who}} {{move}}, while {{other}} {{theirs}}.",
        day=day,
        who=name(who),
        move=moved(move),
        other=name(versus),
        theirs=moved(desk.move(versus, before)),
    )
    apart = None
    if gap is not None and gap.number >= 100:
        apart = desk.line(
            "brought furthest",
            (
                "In five years the two had not been that far apart.",
                "No day in five years had seen them that far apart.",
            ),
            also=[gap],
        )
    elif gap is not None and 90 <= gap.number <= steps.RAREST:
        apart = desk.line(
            "brought apart",
            (
                "In five years the two have been pulled that far apart on {odds}.",
                "Five years have seen the two that far apart on {odds}.",
            ),
            odds=say(gap, Style.ONE_IN),
        )
    return (opening if move.number > 0 else None, jump, apart)


def _counter(desk: Desk, who: str) -> tuple[Line | None, ...]:
    """The session's own move where it argues against the one before, sized honestly."""
    before, move = desk.before, desk.move(who)
    earlier = desk.move(who, before)
    if move is None or earlier is None or move.number * earlier.number >= 0 or steps.flat(desk, who):
        return ()
    taken = desk.get(who, "retraced")
    opening = None
    if taken is not None and 5 <= taken.number <= 95 and abs(desk.size(who, before)) >= 1:
        opening = desk.line(
            "retraced",
            (
                "{day} took back {part} of {earlier}'s points.",
                "Of {earlier}'s points, {day} took back {part}.",
            )
            if move.number < 0
            else ("{day} won back {part} of {earlier}'s loss.",),
            day=desk.weekday(desk.session),
            part=say(taken, Style.FRACTION),
            earlier=desk.weekday(before),
            also=[earlier],
        )
    versus = RUSSELL if who == SP else SP
    both = desk.line(
        f"counter {who}",
        ("{who} {move} and {other} {theirs}.", "{who} {move}; {other} {theirs}."),
        who=name(who),
        move=moved(move),
        other=name(versus),
        theirs=moved(desk.move(versus)),
    )
    gap, usual = (
        desk.get(f"pair:{who}-{versus}", "gap_share", "1260s"),
        desk.get(f"pair:{who}-{versus}", "gap_typical", "1260s"),
    )
    ordinary = None
    if gap is not None and usual is not None and 30 <= gap.number <= 70:
        ordinary = desk.line(
            "ordinary gap",
            (
                "A gap of that size is what a typical day brings: the median is {usual}.",
                "That is an ordinary gap; the median of five years is {usual}.",
            ),
            usual=say(usual, Style.MOVE),
            also=[gap],
        )
    return (opening, both, ordinary)


def _near_miss(desk: Desk, who: str) -> tuple[Line | None, ...]:
    close, record = desk.get(who, "near_miss_close", "file"), desk.get(who, "record_close", "file")
    today = desk.get(who, "close")
    if close is None or record is None or today is None or close.number <= today.number:
        return ()
    gap, fall = desk.get(who, "near_miss_gap", "file"), desk.get(who, "near_miss_fall", "file")
    when = say(desk.get(who, "near_miss_date", "file"), Style.DATE)
    level = say(close, Style.LEVEL)
    if gap is not None and gap.number < 1:
        missed = desk.line(
            "missed",
            (
                "On {when}, {who} closed at {level}, less than a point from the record.",
                "At {level} on {when}, {who:it} missed the record by less than a point.",
                "{who:it} stood within a point of the record on {when}, at {level}.",
            ),
            who=name(who),
            when=when,
            level=level,
            also=[gap],
        )
    else:
        missed = desk.line(
            "missed by points",
            ("{who:it} closed at {level} on {when}, {gap} from the record.",),
            who=name(who),
            when=when,
            level=level,
            gap=say(gap, Style.MOVE),
        )
    opening = (
        desk.line(
            "closer",
            ("{who} {who.has} been closer than this.", "{who} {who.has} come closer before."),
            who=name(who),
        )
        if missed
        else None
    )
    after = None
    if fall is not None and fall.number <= -5:
        after = desk.line(
            "after the miss",
            ("By {low} {who} had lost {fall}.", "{who} then lost {fall} by {low}."),
            low=say(desk.get(who, "near_miss_low", "file"), Style.DATE),
            who=name(who),
            fall=say(fall, Style.MOVE),
        )
    return (opening, missed, after)
