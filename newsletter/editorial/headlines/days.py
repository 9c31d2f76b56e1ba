"""Headlines about what came or is due, and about days on which little did."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.editorial.arcs import events, steps
from newsletter.editorial.arcs.next_up import chief_releases, heavyweights
from newsletter.editorial.desk import Desk, name, say
from newsletter.editorial.desk import moves as moving
from newsletter.editorial.headlines import levels
from newsletter.editorial.headlines.moves import article
from newsletter.editorial.phrase import Line, Style
from newsletter.editorial.releases import EVENTS, HEAVY, window
from newsletter.facts import Story

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
    sp = steps.SP
    streak = desk.get(sp, "streak")
    small = abs(desk.size(sp)) < 0.3
    if streak is not None and abs(streak.number) >= 3 and small:
        kind = "gain" if streak.number > 0 else "loss"
        yield desk.line(
            "h quiet streak",
            (
                f"{{a}} {{count}} {kind} in a row, and hardly a move",
                f"{{a}} {{count}} {kind} in a row, and not much of one",
            ),
            a=article(streak),
            count=say(streak, Style.ORDINAL),
        )
    major = [
        item
        for item in chief_releases(desk, 1)
        if EVENTS[item.event].weight >= HEAVY + 1 and (item.day - desk.today).days <= 1
    ]
    if small and major:
        yield desk.line(
            "h quiet before", f"A quiet {desk.session:%A} before {{what}}", what=EVENTS[major[0].event].prose
        )
    for entity in steps.INDEXES:
        if (
            desk.number(entity, "dist_record", "file") == 0
            and max(abs(desk.size(entity)), abs(desk.size(sp))) < CALM
        ):
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
    for entity in steps.INDEXES:
        if desk.number(entity, "dist_record", "file") == 0 and not small:
            yield from levels.record(desk, entity)
    soon = [report.symbol for report in heavyweights(desk) if (report.day - desk.today).days <= 1]
    if small and soon:
        yield desk.line(
            "h quiet report", f"A quiet {desk.session:%A} before {{who}} reports", who=name(soon[0])
        )
    if abs(desk.size(sp)) >= ORDINARY:
        return
    far = desk.get(sp, "dist_record", "file")
    if far is not None and far.number < -0.05:
        yield desk.line(
            "h quiet far",
            (
                f"An ordinary {desk.session:%A} leaves {{who}} {{far}} below its record",
                f"{{who}} {{move}} on an ordinary {desk.session:%A}",
            ),
            who=name(sp),
            far=say(far, Style.MOVE),
            move=moving(desk.move(sp)),
        )
    yield desk.line(
        "h quiet",
        f"{{who}} {{move}} on an ordinary {desk.session:%A}",
        who=name(sp),
        move=moving(desk.move(sp)),
    )


def plain(desk: Desk) -> Iterator[Line | None]:
    """The index and where it closed."""
    yield desk.line(
        "h plain",
        "{who} {move} to {close}",
        who=name(steps.SP),
        move=moving(desk.move(steps.SP)),
        close=say(desk.get(steps.SP, "close"), Style.LEVEL),
    )
