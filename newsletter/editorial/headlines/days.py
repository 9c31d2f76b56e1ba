"""Headlines about what came or is due, and about days on which little did."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.editorial.arcs import events, steps
from newsletter.editorial.arcs.next_up import chief_releases, heavyweights
from newsletter.editorial.arcs.quiet import RUN
from newsletter.editorial.desk import Desk, name, say
from newsletter.editorial.desk import moves as moving
from newsletter.editorial.figures import nil
from newsletter.editorial.headlines import levels
from newsletter.editorial.headlines.moves import article
from newsletter.editorial.phrase import Line, Style
from newsletter.editorial.releases import EVENTS, HEAVY, window
from newsletter.facts import Story

HARDLY = 0.3
"""Percent up to which the index has hardly moved."""

CALM = 0.5
"""Percent up to which a day is quiet."""

ORDINARY = 1.0
"""Percent from which a session isn't called ordinary, whatever its rank in a wild year."""


def surprise(desk: Desk, entity: str) -> Iterator[Line | None]:
    """A print beside its consensus."""
    event = EVENTS.get(entity.removeprefix("event:"))
    of = window(desk.session, desk.session)
    actual, expected = desk.exact(entity, "actual", of), desk.exact(entity, "consensus", of)
    if event is None:
        return
    comes = "come" if event.plural else "comes"
    yield desk.line(
        f"h out {entity}",
        (f"{{what}} {comes} in at {{actual}}, not {{expected}}",),
        what=event.prose.removeprefix("the "),
        actual=say(actual, Style.FIGURES),
        expected=say(expected, Style.FIGURES),
    )


def decision(desk: Desk, story: Story) -> Iterator[Line | None]:
    """What the Fed did."""
    line = events.decision(desk, story, headline=True)
    yield line


def ahead(desk: Desk, story: Story) -> Iterator[Line | None]:
    """The day before something."""
    kind = "A quiet" if abs(desk.size(steps.SP)) < CALM else "One more"
    day = f"{desk.session:%A}"
    entity = events.chief(desk, story)
    event = EVENTS.get(entity.removeprefix("event:"))
    if event is not None and (events.next_release(desk, entity) or desk.newest(entity, "day", "due")):
        yield desk.line("h release", f"{kind} {day} before {{what}}", what=event.prose)
    due = [report.symbol for report in heavyweights(desk)]
    for symbol in [entity] if entity in due else due[:1]:
        yield desk.line("h report", f"{kind} {day} before {{who}} reports", who=name(symbol))


def quiet(desk: Desk) -> Iterator[Line | None]:
    """A day on which little happened, said to be one."""
    small = abs(desk.size(steps.SP)) < HARDLY
    if small:
        yield _quiet_streak(desk)
        yield _quiet_before(desk)
    yield from _quiet_records(desk)
    if not small:
        for entity in _at_records(desk):
            yield from levels.record(desk, entity)
    soon = [report.symbol for report in heavyweights(desk) if (report.day - desk.today).days <= 1]
    if small and soon:
        yield desk.line(
            "h quiet report", f"A quiet {desk.session:%A} before {{who}} reports", who=name(soon[0])
        )
    if abs(desk.size(steps.SP)) < ORDINARY:
        yield from _ordinary(desk)


def _quiet_streak(desk: Desk) -> Line | None:
    streak = desk.get(steps.SP, "streak")
    if streak is None or abs(streak.number) < RUN:
        return None
    kind = "gain" if streak.number > 0 else "loss"
    return desk.line(
        "h quiet streak",
        (
            f"{{a}} {{count}} {kind} in a row, and hardly a move",
            f"{{a}} {{count}} {kind} in a row, and not much of one",
        ),
        a=article(streak),
        count=say(streak, Style.ORDINAL),
    )


def _quiet_before(desk: Desk) -> Line | None:
    """The eve or morning of a release that matters most."""
    major = [
        item
        for item in chief_releases(desk, 1)
        if EVENTS[item.event].weight >= HEAVY + 1 and (item.day - desk.today).days <= 1
    ]
    if not major:
        return None
    return desk.line(
        "h quiet before", f"A quiet {desk.session:%A} before {{what}}", what=EVENTS[major[0].event].prose
    )


def _at_records(desk: Desk) -> tuple[str, ...]:
    return tuple(entity for entity in steps.INDEXES if desk.number(entity, "dist_record", "file") == 0)


def _quiet_records(desk: Desk) -> Iterator[Line | None]:
    for entity in _at_records(desk):
        if max(abs(desk.size(entity)), abs(desk.size(steps.SP))) < CALM:
            yield desk.line(
                f"h quiet record {entity}",
                (
                    f"{{who:s}} {{count}} record of the year, on a quiet {desk.session:%A}",
                    f"A quiet {desk.session:%A}, and a record close for {{who}}",
                ),
                who=name(entity),
                count=say(desk.get(entity, "records", "ytd"), Style.ORDINAL),
                also=[desk.get(entity, "dist_record", "file")],
            )


def _ordinary(desk: Desk) -> Iterator[Line | None]:
    """The plain day, with how far it leaves the record."""
    who, far = steps.SP, desk.get(steps.SP, "dist_record", "file")
    moves = f"{{who}} {{move}} on an ordinary {desk.session:%A}"
    if far is not None and far.number < 0 and not nil(far):
        yield desk.line(
            "h quiet far",
            (f"An ordinary {desk.session:%A} leaves {{who}} {{far}} below its record", moves),
            who=name(who),
            far=say(far, Style.MOVE),
            move=moving(desk.move(who)),
        )
    yield desk.line("h quiet", moves, who=name(who), move=moving(desk.move(who)))


def plain(desk: Desk) -> Iterator[Line | None]:
    """The index and where it closed."""
    yield desk.line(
        "h plain",
        "{who} {move} to {close}",
        who=name(steps.SP),
        move=moving(desk.move(steps.SP)),
        close=say(desk.get(steps.SP, "close"), Style.LEVEL),
    )
