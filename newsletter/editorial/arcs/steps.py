"""Moves that several arcs share: from facts to a sentence, None where the facts aren't there or aren't interesting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from newsletter.editorial.desk import Desk, moved, name, say
from newsletter.editorial.phrase import Line, Slot, Style
from newsletter.editorial.verbs import HAVE_DAYS
from newsletter.facts import Fact

SP, NASDAQ, DOW, RUSSELL, VIX = "^GSPC", "^IXIC", "^DJI", "^RUT", "^VIX"
INDEXES = (SP, NASDAQ, DOW, RUSSELL)
NOTABLE_SPAN = 42
"""Sessions a "best since" must reach back to be worth saying in a second sentence."""


RAREST = 99.75
"""Percent of days that were smaller, above which odds of "one day in" rest on a day or two."""

LEAST_SHARE = 5
"""Percent of days with a smaller move, below which counting them says nothing more than that it was flat."""


def up_or_down(fact: Fact) -> str:
    """``up`` or ``down``, by the sign."""
    return "up" if fact.number > 0 else "down"


def best_or_worst(fact: Fact) -> str:
    """``best`` or ``worst`` day, by the sign."""
    return "best" if fact.number > 0 else "worst"


def flat(desk: Desk, entity: str, as_of: date | None = None) -> bool:
    """Whether the move is too small for a number in words."""
    return abs(desk.size(entity, as_of)) < 0.1


def closed(desk: Desk, entity: str, *, as_of: date | None = None) -> Line | None:
    """What an instrument did in one session and where that left it."""
    day = desk.weekday(as_of or desk.session)
    move = desk.move(entity, as_of)
    slots: dict[str, Slot | None] = {
        "who": name(entity),
        "move": moved(move),
        "day": day,
        "close": say(desk.get(entity, "close", as_of=as_of), Style.LEVEL),
    }
    if move is not None and flat(desk, entity, as_of):
        return desk.line(
            f"closed flat {entity}",
            (
                "{day} left {who} little changed at {close}.",
                "{who} ended {day} little changed, at {close}.",
            ),
            also=[move],
            who=name(entity),
            day=day,
            close=slots["close"],
        )
    return desk.fill(
        f"closed {entity}",
        ("{who} {move} on {day} to {close}.", "{who} {move} to {close} on {day}."),
        slots,
        plain="{who} ended {day} at {close}.",
    )


def session(desk: Desk, entity: str) -> tuple[Line | None, ...]:
    """What an instrument did and how rare that was: in one sentence where only a date is to be said."""
    move, last, rank = desk.move(entity), since(desk, entity), desk.get(entity, "rank", "file")
    ranked = rank is not None and rank.number <= 10 and _is_far(desk, entity)
    if move is None or last is None or ranked or desk.names.kind(entity) not in HAVE_DAYS:
        return (closed(desk, entity), rarity(desk, entity))
    return (
        desk.line(
            f"session {entity}",
            (
                "{who} {move} to {close} on {day}, {who.its} {best} day since {last}.",
                "{who} {move} on {day} to {close}, the {best} day since {last}.",
            ),
            plain="{who} ended {day} at {close}.",
            who=name(entity),
            move=moved(move),
            day=desk.weekday(desk.session),
            close=say(desk.get(entity, "close"), Style.LEVEL),
            best=best_or_worst(move),
            last=say(last, Style.DATE),
        ),
    )


def since(desk: Desk, entity: str, as_of: date | None = None) -> Fact | None:
    """The day of the last move as large, where that is long enough ago to be said."""
    reach = desk.get(entity, "span", "file", as_of)
    found = desk.get(entity, "since", "file", as_of)
    return found if found is not None and (reach is None or reach.number >= NOTABLE_SPAN) else None


def rarity(desk: Desk, entity: str) -> Line | None:
    """How rare the session's move was: its rank in the file, the day it was last matched, or its share."""
    move = desk.move(entity)
    if move is None:
        return None
    days = desk.names.kind(entity) in HAVE_DAYS
    up, down = ("gain", "drop") if days else ("rise", "fall")
    kind = up if move.number > 0 else down
    rank = desk.get(entity, "rank", "file")
    if rank is not None and rank.number <= 10 and _is_far(desk, entity):
        return _ranked(desk, entity, rank, kind)
    last = since(desk, entity)
    if last is not None and desk.names.kind(entity) not in HAVE_DAYS:
        return desk.line(
            f"as much {entity}",
            (
                "{who:it} had not {gone} as much in a day since {last}.",
                "Not since {last} had {who:it} {gone} as much in a day.",
            ),
            who=name(entity),
            gone="risen" if move.number > 0 else "fallen",
            last=say(last, Style.DATE),
            also=[move],
        )
    if last is not None:
        return desk.line(
            f"since {entity}",
            (
                "{who:it} had {who.its} {best} day since {last}.",
                "Not since {last} had {who:it} had a {better} day.",
            ),
            who=name(entity),
            best=best_or_worst(move),
            better="better" if move.number > 0 else "worse",
            last=say(last, Style.DATE),
            also=[move],
        )
    return share(desk, entity)


def _is_far(desk: Desk, entity: str) -> bool:
    """Whether the last move as large lies far enough back, or there is none."""
    reach = desk.get(entity, "span", "file")
    return reach is None or reach.number >= NOTABLE_SPAN


def _ranked(desk: Desk, entity: str, rank: Fact, kind: str) -> Line | None:
    begin = say(rank, Style.FILE_YEAR)
    if rank.number == 1:
        return desk.line(
            f"rank one {entity}",
            (
                "No daily {kind} since {begin} was larger.",
                "{who:it} had not had a larger daily {kind} since at least {begin}.",
            ),
            who=name(entity),
            kind=kind,
            begin=begin,
        )
    days = desk.names.kind(entity) in HAVE_DAYS
    better = "larger" if not days else "better" if kind == "gain" else "worse"
    unit = "day" if days else kind
    larger = [desk.get(entity, f"larger_{place}", "file") for place in (1, 2)]
    first, second = larger
    if rank.number == 3 and first is not None and second is not None:
        together = (first.day.year, first.day.month) == (second.day.year, second.day.month)
        return desk.line(
            f"rank three {entity}",
            f"Only two {unit}s since {{begin}} were {{better}}, both in {{month}}."
            if together
            else f"Only two {unit}s since {{begin}} were {{better}}, on {{month}} and {{other}}.",
            begin=begin,
            better=better,
            month=say(first, Style.MONTH if together else Style.DATE),
            other=say(second, Style.DATE),
            also=[rank],
        )
    if rank.number == 2 and first is not None:
        return desk.line(
            f"rank two {entity}",
            (f"Only one {unit} since {{begin}} was {{better}}: {{date}}.",),
            begin=begin,
            better=better,
            date=say(first, Style.DATE),
            also=[rank],
        )
    last = desk.get(entity, "since", "file")
    return desk.line(
        f"rank {entity}",
        ("It is the {rank}-largest {kind} since {begin}, and the largest since {last}.",),
        rank=say(rank, Style.ORDINAL),
        kind=kind,
        begin=begin,
        last=say(last, Style.DATE),
    )


def share(desk: Desk, entity: str) -> Line | None:
    """How often a move of that size comes: large ones as one day in n, small ones as n days in m."""
    found = desk.get(entity, "move_share", "1260s")
    if found is None:
        return None
    if found.number >= 100:
        return desk.line(
            f"none as large {entity}",
            (
                "In five years {who:it} had not moved that much in a day.",
                "No day in five years had moved {who:it} that much.",
            ),
            who=name(entity),
            also=[found],
        )
    if 90 <= found.number <= RAREST:
        return desk.line(
            f"rare {entity}",
            (
                "In five years {who:it} {who.has} moved that much on {odds}.",
                "{who:it} {who.has} moved that much on {odds} in five years.",
            ),
            who=name(entity),
            odds=say(found, Style.ONE_IN),
        )
    if LEAST_SHARE <= found.number <= 34:
        return desk.line(
            f"small {entity}",
            ("On {odds} {who:it} {who.moves} more.", "{who:it} {who.moves} more than that on {odds}."),
            who=name(entity),
            odds=say(found, Style.MANY_IN),
        )
    return None


def too(entities: Sequence[str]) -> tuple[str, dict[str, Slot]]:
    """``, the Nasdaq too, the Dow too`` of those after the first, as the end of a template, and its slots."""
    called: dict[str, Slot] = {f"other{place}": name(entity) for place, entity in enumerate(entities[1:])}
    return "".join(f", {{{key}}} too" for key in called), called


def others(desk: Desk, lead: str, candidates: tuple[str, ...] = INDEXES) -> Line | None:
    """The two companions of an index in one sentence, by how they relate to it and to each other."""
    rest = [entity for entity in candidates if entity != lead and desk.move(entity) is not None][:2]
    if len(rest) < 2:
        return None
    one, two = rest
    joint = "and" if desk.size(one) * desk.size(two) >= 0 or flat(desk, one) or flat(desk, two) else "but"
    line = desk.line(
        f"others {lead}",
        (
            f"{{one}} {{first}} {joint} {{two}} {{second}}.",
            f"{{one}} {{first}}, {joint} {{two}} {{second}}.",
            "{one} {first}; {two} {second}.",
        ),
        one=name(one),
        first=moved(desk.move(one)),
        two=name(two),
        second=moved(desk.move(two)),
    )
    return None if line is None else replace(line, beside=True)


def did_more(desk: Desk, lead: str, other: str) -> Line | None:
    """A companion whose move of the same sign was clearly larger, with its own yardstick."""
    mine, theirs = desk.move(lead), desk.move(other)
    if (
        mine is None
        or theirs is None
        or mine.number * theirs.number <= 0
        or abs(theirs.number) < 1.15 * abs(mine.number)
    ):
        return None
    last = since(desk, other)
    if last is None:
        return desk.line(
            f"more {other}",
            ("{who} did more: it {move}.", "{who} went further and {move}."),
            who=name(other),
            move=moved(theirs),
        )
    return desk.line(
        f"more since {other}",
        (
            "{who} went further: it {move}, its {best} day since {last}.",
            "{who} did more: it {move}, the {best} since {last}.",
        ),
        who=name(other),
        move=moved(theirs),
        best=best_or_worst(theirs),
        last=say(last, Style.DATE),
    )


def against(desk: Desk, lead: str) -> Line | None:
    """An index that went clearly the other way."""
    mine = desk.move(lead)
    if mine is None:
        return None
    for other in INDEXES:
        theirs = desk.move(other)
        if other != lead and theirs is not None and theirs.number * mine.number < 0 and not flat(desk, other):
            return desk.line(
                f"against {other}",
                ("{who} went the other way and {move}.", "{who} disagreed: it {move}."),
                who=name(other),
                move=moved(theirs),
            )
    return None
