"""A quiet day: said to be one, in few words."""

from __future__ import annotations

from newsletter.editorial.arcs import market_wide, rates, spans, steps
from newsletter.editorial.arcs.next_up import coming
from newsletter.editorial.arcs.steps import DOW, NASDAQ, SP
from newsletter.editorial.desk import Desk, moved, name, say
from newsletter.editorial.phrase import Line, Part, Style, part

RUN = 3
"""Closes in a row worth counting on a quiet day."""


YIELDS = (rates.TEN, rates.TWO)
OTHERS = (*YIELDS, "GC=F", "CL=F", "DX-Y.NYB", "BTC-USD")
LIVELY = 90
"""Percent of days with a smaller move, from which another market's day is worth a sentence."""


def aside(parts: tuple[Part | None, ...]) -> tuple[Line, ...]:
    """What little there was: the first lines of a story's own column, without talk of records."""
    lines = [line for found in parts if found is not None and found.role == "finding" for line in found.lines]
    return () if any("record" in line.template for line in lines[:1]) else tuple(lines[:2])


def ordinary(desk: Desk, small: tuple[Line, ...]) -> tuple[Part | None, ...]:
    """The plain day: the index, how ordinary that was, where its last fall stands, what is due."""
    return (
        part("finding", _index(desk), steps.share(desk, SP), steps.others(desk, SP, (SP, NASDAQ, DOW))),
        part("aside", *small),
        part("history", *_recovered(desk)),
        part("span", *_elsewhere(desk)),
        coming(desk),
    )


def _elsewhere(desk: Desk) -> tuple[Line | None, ...]:
    """Other markets where their day was one in ten; else what stood behind the index's own day."""
    lively = [entity for entity in OTHERS if (desk.number(entity, "move_share", "1260s") or 0.0) >= LIVELY]
    if lively:
        return tuple(
            rates.one_yield(desk, entity) if entity in YIELDS else steps.closed(desk, entity)
            for entity in lively[:2]
        )
    return (market_wide.breadth(desk),)


def plain(desk: Desk) -> tuple[Part, ...]:
    """One line an index, for a day on which a source is missing: nothing is said that rests on more than its close."""
    lines = [
        desk.line(
            f"plain {entity}",
            "{who} {move}, or {percent}, to {close}.",
            who=name(entity),
            move=moved(desk.get(entity, "change")),
            percent=say(desk.get(entity, "return"), Style.MOVE),
            close=say(desk.get(entity, "close"), Style.LEVEL),
        )
        for entity in steps.INDEXES
    ]
    found = (part("finding", *lines[:2]), part("contrast", *lines[2:]), coming(desk))
    return tuple(item for item in found if item is not None)


def _index(desk: Desk) -> Line | None:
    streak = desk.get(SP, "streak")
    if steps.since(desk, SP) is not None and not steps.flat(desk, SP):
        return steps.session(desk, SP)[0]
    if streak is None or abs(streak.number) < RUN or steps.flat(desk, SP):
        return steps.closed(desk, SP)
    return desk.line(
        "quiet streak",
        (
            "{who} {move} to {close} on {day}, {who.its} {count} {kind} in a row.",
            "On {day} {who} {move} to {close}, the {count} {kind} in a row.",
        ),
        who=name(SP),
        move=moved(desk.move(SP)),
        close=say(desk.get(SP, "close"), Style.LEVEL),
        day=desk.weekday(desk.session),
        count=say(streak, Style.ORDINAL),
        kind="gain" if streak.number > 0 else "loss",
    )


def _recovered(desk: Desk) -> tuple[Line | None, ...]:
    """What was lost since the record and how much of it is won back."""
    fall, won = desk.get(SP, "pullback", "leg"), desk.get(SP, "recovered", "leg")
    start, low = desk.get(SP, "pullback_start", "leg"), desk.get(SP, "pullback_low", "leg")
    if fall is None or won is None or start is None or low is None or low.day == desk.session:
        return (spans.record_distance(desk, SP), spans.year_span(desk, SP))
    lost = desk.line(
        "lost",
        (
            "{who} lost {fall} from {who.its} record on {start} to {low}.",
            "From the record of {start} to {low} {who} lost {fall}.",
        ),
        who=name(SP),
        fall=say(fall, Style.MOVE),
        start=say(start, Style.DATE),
        low=say(low, Style.DATE),
    )
    distance = desk.get(SP, "dist_record", "file")
    back = (
        desk.line(
            "won back",
            (
                "It has won back {won} of that and now stands {far} below the record.",
                "With {won} of that won back, it stands {far} below the record.",
            ),
            won=say(won, Style.ROUND),
            far=say(distance, Style.MOVE),
        )
        if won.number >= 10
        else spans.record_distance(desk, SP)
    )
    return (lost, back)
