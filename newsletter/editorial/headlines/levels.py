"""Headlines about where something stands: records, levels, distances."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.editorial.arcs import steps
from newsletter.editorial.arcs.records import STATES
from newsletter.editorial.desk import Desk, name, say
from newsletter.editorial.figures import NIL, nil
from newsletter.editorial.headlines.moves import dated, moved
from newsletter.editorial.phrase import Line, Style
from newsletter.facts import Story


def near_record(desk: Desk, who: str) -> Iterator[Line | None]:
    """How far a record is that was set long ago."""
    far, date = desk.get(who, "dist_record", "file"), desk.get(who, "record_date", "file")
    yield desk.line(
        f"h near {who}",
        "{who} {who.is} {far} from a record {who.it} set in {year}",
        who=name(who),
        far=say(far, Style.ROUND),
        year=say(date, Style.YEAR),
    )
    yield desk.line(
        f"h wait {who}",
        "{wait} sessions on, {who} {who.is} still short of a record",
        wait=say(desk.get(who, "drought", "file"), Style.FIGURE),
        who=name(who),
    )


def record(desk: Desk, who: str) -> Iterator[Line | None]:
    """A record close, and the wait that it ends."""
    count, waited = desk.get(who, "records", "ytd"), desk.get(who, "drought", "file")
    if waited is not None and waited.number >= 20:
        yield desk.line(
            f"h first {who}",
            (
                "A record for {who}, the first in {wait} sessions",
                "{who:proper} ends a wait of {wait} sessions for a record",
            ),
            who=name(who),
            wait=say(waited, Style.FIGURE),
        )
    yield desk.line(
        f"h record {who}",
        (
            "{who:proper} closes at {close}, its {count} record of the year",
            "Record No. {figure} of the year for {who}: {close}",
        ),
        who=name(who),
        close=say(desk.get(who, "close"), Style.LEVEL),
        count=say(count, Style.ORDINAL),
        figure=say(count, Style.FIGURE),
    )
    yield desk.line(
        f"h record short {who}",
        "A record close for {who}: {close}",
        who=name(who),
        close=say(desk.get(who, "close"), Style.LEVEL),
    )


def year(desk: Desk, who: str) -> Iterator[Line | None]:
    """The year through zero."""
    year = desk.get(who, "return", "ytd")
    if year is not None and nil(year):
        yield desk.line(
            f"h year zero {who}",
            "{who} {who.is} back where {who.it} began the year",
            who=name(who),
            also=[year],
        )
        return
    yield desk.line(
        f"h year {who}",
        "{who} {who.is} now {way} {year} for the year",
        who=name(who),
        way=steps.up_or_down(year) if year is not None else None,
        year=say(year, Style.MOVE),
    )


def back(desk: Desk, story: Story) -> Iterator[Line | None]:
    """What a rise has ended, or what of a fall has been won back."""
    who = story.entity
    leg, won = desk.get(who, "leg", "turn"), desk.get(who, "recovered", "leg")
    said = STATES.get(story.detector)
    if said is not None:
        yield desk.line(
            f"h left {who}",
            f"{{who}} {{who.{said.verb}}} {said.words}, up {{leg}}",
            who=name(who),
            leg=say(leg, Style.MOVE),
        )
    yield desk.line(
        f"h won {who}",
        "{who} {who.has} won back {won} of {who.its} fall",
        who=name(who),
        won=say(won, Style.ROUND),
    )
    yield desk.line(
        f"h leg {who}",
        "{who} {who.has} gained {leg} since the low of {start}",
        who=name(who),
        leg=say(leg, Style.MOVE),
        start=say(desk.get(who, "leg_start", "turn"), Style.DATE),
    )


def cross(desk: Desk, story: Story) -> Iterator[Line | None]:
    """A round level of the VIX crossed, today or by enough closes beyond it to be sure only now."""
    sure_now = desk.number(story.entity, "side_sessions", "file") == 0
    yield _beyond(desk, story, "crossed", "stays" if sure_now else "closes")


def _beyond(desk: Desk, story: Story, level: str, verb: str) -> Line | None:
    """On which side of a level the close stands; ``level`` is the metric that names it."""
    side = "above" if story.direction > 0 else "below"
    return desk.line(
        f"h {level} {verb} {story.entity}",
        f"{{who:proper}} {verb} {side} {{level}}, at {{close}}",
        who=name(story.entity),
        level=say(desk.get(story.entity, level, "file"), Style.ROUND_LEVEL),
        close=say(desk.get(story.entity, "close"), Style.LEVEL),
    )


def milestone(desk: Desk, who: str) -> Iterator[Line | None]:
    """A round number passed for the first time."""
    yield desk.line(
        f"h milestone {who}",
        ("{who:proper} closes above {level} for the first time",),
        who=name(who),
        level=say(desk.get(who, "milestone", "file"), Style.ROUND_LEVEL),
        also=[desk.get(who, "dist_record", "file")],
    )


def round_level(desk: Desk, story: Story) -> Iterator[Line | None]:
    """A round level crossed for the first time in a year, either way."""
    yield from _edge(desk, story)
    yield _beyond(desk, story, "milestone", "closes")


def level_since(desk: Desk, story: Story) -> Iterator[Line | None]:
    """The highest or lowest close since a date."""
    yield from _edge(desk, story)
    yield from moved(desk, story.entity)


def _edge(desk: Desk, story: Story) -> Iterator[Line | None]:
    """The close as the highest or lowest since a date, or since the file begins; the nearer date first."""
    who = story.entity
    since, extreme = desk.get(who, "level_since", "file"), desk.get(who, "level_extreme", "file")
    side = "highest" if story.direction > 0 else "lowest"
    close = say(desk.get(who, "close"), Style.LEVEL)
    for style in dated(desk, since, Style.MONTH, Style.YEAR):
        yield desk.line(
            f"h level {who}",
            (
                "{who:proper} closes at {close}, its {side} since {since}",
                "At {close}, {who} {who.is} at {who.its} {side} since {since}",
            ),
            who=name(who),
            close=close,
            side=side,
            since=say(since, style),
        )
    if extreme is not None and extreme.value == side:
        yield desk.line(
            f"h edge {who}",
            (
                "{who:proper} closes at {close}, its {side} since at least {begin}",
                "{who:proper} ends at {close}, {side} since at least {begin}",
            ),
            who=name(who),
            close=close,
            side=side,
            begin=say(extreme, Style.FILE_YEAR),
        )


def highest(desk: Desk, who: str) -> Iterator[Line | None]:
    """A close above all of the file, of something whose history is longer than the file."""
    yield desk.line(
        f"h highest {who}",
        (
            "{who:proper} closes at {close}, its highest since at least {begin}",
            "At {close}, {who} {who.is} at {who.its} highest since at least {begin}",
        ),
        who=name(who),
        close=say(desk.get(who, "close"), Style.LEVEL),
        begin=say(desk.get(who, "dist_record", "file"), Style.FILE_YEAR),
    )
    yield from moved(desk, who)


def below(desk: Desk, story: Story) -> Iterator[Line | None]:
    """What a fall is called, or how far below the record it leaves."""
    who = story.entity
    far, leg = desk.get(who, "dist_record", "file"), desk.get(who, "leg", "turn")
    said = STATES.get(story.detector)
    if said is not None and far is not None and leg is not None:
        # Within a longer fall the state is counted from a later high than the record.
        later = far.number < leg.number - NIL
        ends = ("down {leg} since {start}", "down {leg}") if later else ("{far} below {who.its} record",)
        for end in ends:
            yield desk.line(
                f"h state {who}",
                f"{{who}} {{who.{said.verb}}} {said.words}, {end}",
                also=[leg],
                who=name(who),
                leg=say(leg, Style.MOVE),
                start=say(desk.get(who, "leg_start", "turn"), Style.DATE),
                far=say(far, Style.MOVE),
            )
    yield desk.line(
        f"h below {who}",
        "{who} {who.is} now {far} below the record of {date}",
        who=name(who),
        far=say(far, Style.MOVE),
        date=say(desk.get(who, "record_date", "file"), Style.DATE),
    )
    yield from moved(desk, who)
