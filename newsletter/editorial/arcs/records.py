"""Family A, levels and records: what stands where against its own history."""

from __future__ import annotations

from dataclasses import dataclass

from newsletter.editorial.arcs import market_wide, spans, steps
from newsletter.editorial.arcs.next_up import coming
from newsletter.editorial.arcs.spans import takes
from newsletter.editorial.arcs.steps import INDEXES
from newsletter.editorial.desk import Desk, moved, name, say
from newsletter.editorial.figures import nil
from newsletter.editorial.phrase import Line, Part, Style, part
from newsletter.facts import Story


def new_record(desk: Desk, story: Story) -> tuple[Part | None, ...]:
    """A record close: how long it took, who shares it and who doesn't, what the year looks like."""
    who = story.entity
    return (
        part("finding", _record(desk, who), _after_wait(desk, story), steps.share(desk, who)),
        part("contrast", *_not_there(desk, who)),
        part("span", _year_of_records(desk, who), spans.year_span(desk, who)),
        part("counter", market_wide.breadth(desk), market_wide.volatility(desk)),
        coming(desk),
    )


def _record(desk: Desk, who: str) -> Line | None:
    if steps.flat(desk, who):
        return desk.line(
            f"record flat {who}",
            ("{who} {move} on {day}, and yet at a record close: {close}.",),
            plain="{who} ended {day} at {close}, a record close.",
            who=name(who),
            move=moved(desk.move(who)),
            day=desk.weekday(desk.session),
            close=say(desk.get(who, "close"), Style.LEVEL),
            also=[desk.get(who, "dist_record", "file")],
        )
    return desk.line(
        f"record {who}",
        (
            "{who} {move} on {day} to a record close of {close}.",
            "{who} closed at a record {close} on {day}; {who.it} {move}.",
        ),
        plain="{who} ended {day} at {close}, a record close.",
        who=name(who),
        move=moved(desk.move(who)),
        day=desk.weekday(desk.session),
        close=say(desk.get(who, "close"), Style.LEVEL),
        also=[desk.get(who, "dist_record", "file")],
    )


def _after_wait(desk: Desk, story: Story) -> Line | None:
    who = story.entity
    waited = desk.get(who, "drought", "file")
    if waited is None or waited.number < 20:
        return None
    last = desk.get(who, "previous_record", "file")
    return desk.line(
        f"waited {who}",
        (
            "{who:it} had not set one since {last}, for {wait} sessions.",
            "{who:it} had gone {wait} sessions without one, since {last}.",
        ),
        who=name(who),
        last=say(last, Style.DATE),
        wait=say(waited, Style.COUNT),
    ) or desk.line(
        f"waited short {who}",
        ("That ends {wait} sessions without one.", "The wait for it lasted {wait} sessions."),
        wait=say(waited, Style.COUNT),
    )


def _year_of_records(desk: Desk, who: str) -> Line | None:
    count = desk.get(who, "records", "ytd")
    if count is None:
        return None
    if count.number == 1:
        return desk.line(
            f"first of year {who}",
            ("{who:it} had not set one this year before.",),
            who=name(who),
            also=[count],
        )
    return desk.line(
        f"count of year {who}",
        (
            "{who:it} {who.has} closed at a record {times} this year.",
            "{who:it} {who.has} set {count} record closes this year.",
        ),
        who=name(who),
        times=say(count, Style.TIMES),
        count=say(count, Style.COUNT),
    )


def _not_there(desk: Desk, who: str) -> tuple[Line | None, ...]:
    """The indexes that set one too, and those that are far from theirs."""
    distances = {
        entity: fact
        for entity in INDEXES
        if entity != who and (fact := desk.get(entity, "dist_record", "file")) is not None
    }
    too = [entity for entity, fact in distances.items() if fact.number == 0]
    far = [entity for entity, fact in distances.items() if fact.number <= -2]
    return (_too(desk, too), *(_far_off(desk, entity) for entity in far))[:3]


def _too(desk: Desk, entities: list[str]) -> Line | None:
    if not entities:
        return None
    others, called = steps.too(entities)
    return desk.fill(
        f"too {entities[0]}",
        f"{{first}} set one too, at {{close}}{others}.",
        {
            **called,
            "first": name(entities[0]),
            "close": say(desk.get(entities[0], "close"), Style.LEVEL),
        },
        also=[desk.get(entity, "dist_record", "file") for entity in entities],
    )


def _far_off(desk: Desk, entity: str) -> Line | None:
    return desk.line(
        f"not there {entity}",
        (
            "{who} {who.is} {far} below {who.its} own, of {date}.",
            "{who} {who.stands} {far} short of the record {who.it} set on {date}.",
        ),
        who=name(entity),
        far=say(desk.get(entity, "dist_record", "file"), Style.MOVE),
        date=say(desk.get(entity, "record_date", "file"), Style.DATE),
    )


def recovering(desk: Desk, story: Story) -> tuple[Part | None, ...]:
    """Up from a low by a round amount, or half of a fall won back."""
    who = story.entity
    return (
        part(
            "finding",
            steps.closed(desk, who),
            state(desk, story) or _leg(desk, who),
            spans.record_distance(desk, who),
        ),
        part("contrast", steps.others(desk, who), market_wide.volatility(desk)),
        part("history", *_fall_and_back(desk, who)),
        part("span", spans.month_span(desk, who), spans.year_span(desk, who)),
        part("counter", market_wide.breadth(desk), market_wide.volatility(desk)),
        coming(desk),
    )


_ROSE = (
    "{who:it} {who.has} gained {leg} since the low of {start}, {sessions} sessions ago.",
    "From the low of {start}, {sessions} sessions ago, {who:it} {who.has} risen {leg}.",
)
_FELL = (
    "{who:it} {who.has} lost {leg} since the high of {start}, {sessions} sessions ago.",
    "From the high of {start}, {sessions} sessions ago, {who:it} {who.has} fallen {leg}.",
)


def _leg(desk: Desk, who: str) -> Line | None:
    """How far the leg has come since the extreme that it turned from."""
    leg, sessions = desk.get(who, "leg", "turn"), desk.get(who, "leg_sessions", "turn")
    if leg is None:
        return None
    way, wordings = ("up", _ROSE) if leg.number > 0 else ("down", _FELL)
    return desk.line(
        f"leg {way} {who}",
        wordings,
        who=name(who),
        leg=say(leg, Style.MOVE),
        start=say(desk.get(who, "leg_start", "turn"), Style.DATE),
        sessions=say(sessions, Style.COUNT),
    )


def _fall_and_back(desk: Desk, who: str) -> tuple[Line | None, ...]:
    fall, won = desk.get(who, "pullback", "leg"), desk.get(who, "recovered", "leg")
    if fall is None or won is None or won.number < 10:
        return ()
    return (
        desk.line(
            f"fall {who}",
            ("From the record of {start} to {low} {who:it} lost {fall}; {won} of that has been won back.",),
            who=name(who),
            start=say(desk.get(who, "pullback_start", "leg"), Style.DATE),
            low=say(desk.get(who, "pullback_low", "leg"), Style.DATE),
            fall=say(fall, Style.MOVE),
            won=say(won, Style.ROUND),
        ),
    )


def year_turns(desk: Desk, story: Story) -> tuple[Part | None, ...]:
    """The year's change goes through zero."""
    who = story.entity
    year = desk.get(who, "return", "ytd")
    if year is not None and nil(year):
        year = None
    turned = desk.line(
        f"year turns {who}",
        ("That puts {who} {way} {year} for the year.", "{who:it} {who.is} now {way} {year} this year."),
        who=name(who),
        way=steps.up_or_down(year) if year is not None else None,
        year=say(year, Style.MOVE),
    )
    return (
        part("finding", steps.closed(desk, who), turned, steps.rarity(desk, who)),
        part("contrast", *(spans.year_span(desk, other) for other in INDEXES if other != who)),
        part("history", *_fall_and_back(desk, who), spans.record_distance(desk, who)),
        part("counter", market_wide.breadth(desk), market_wide.volatility(desk)),
        coming(desk),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """How a turn is spoken of: ``is`` in a bear market, so far below a close; ``has`` left it, so far above."""

    verb: str
    words: str
    side: str


STATES = {
    "drawdown_enter_10": State(verb="is", words="in a correction", side="below"),
    "drawdown_enter_20": State(verb="is", words="in a bear market", side="below"),
    "drawdown_exit_10": State(verb="has", words="left {who.its} correction", side="above"),
    "drawdown_exit_20": State(verb="has", words="left {who.its} bear market", side="above"),
}


def drawdown(desk: Desk, story: Story) -> tuple[Part | None, ...]:
    """Down from a record by a round amount: how far, how fast, who else, what came with it."""
    who = story.entity
    calm = desk.line(
        f"pullback calm {who}",
        ("{who:it} had gone {calm} sessions without a close five percent below a record, since {since}.",),
        who=name(who),
        calm=say(desk.get(who, "pullback_calm", "file"), Style.COUNT),
        since=say(desk.get(who, "pullback_since", "file"), Style.DATE),
    )
    named = calm if story.detector == "pullback_5" else state(desk, story)
    return (
        part(
            "finding",
            steps.closed(desk, who),
            named or spans.record_distance(desk, who),
            steps.rarity(desk, who),
        ),
        part("contrast", steps.others(desk, who), market_wide.volatility(desk)),
        part("span", spans.month_span(desk, who), spans.year_span(desk, who)),
        part("size", market_wide.breadth(desk), market_wide.sectors(desk)),
        part("takes", *takes(desk, who)),
        coming(desk),
    )


def state(desk: Desk, story: Story) -> Line | None:
    """What a fall or rise of ten or twenty percent is called, and the close it is counted from."""
    who, leg = story.entity, desk.get(story.entity, "leg", "turn")
    said = STATES.get(story.detector)
    if leg is None or said is None:
        return None
    return desk.line(
        f"state {who}",
        f"{{who:it}} {{who.{said.verb}}} {said.words}, {{leg}} {said.side} the close of {{start}}.",
        who=name(who),
        leg=say(leg, Style.MOVE),
        start=say(desk.get(who, "leg_start", "turn"), Style.DATE),
    )


def level(desk: Desk, story: Story) -> tuple[Part | None, ...]:
    """A round number, a range's edge, the year's zero line: where the close stands and what it left behind."""
    who = story.entity
    return (
        part("finding", steps.closed(desk, who), _milestone(desk, story), spans.record_distance(desk, who)),
        part("contrast", steps.others(desk, who)),
        part("span", spans.month_span(desk, who), spans.year_span(desk, who)),
        part("counter", market_wide.breadth(desk), market_wide.volatility(desk)),
        coming(desk),
    )


def _milestone(desk: Desk, story: Story) -> Line | None:
    who = story.entity
    threshold = desk.get(who, "milestone", "file")
    if story.detector == "round_number" and threshold is not None:
        return desk.line(
            "milestone",
            ("{who:it} had never closed above {level} before.",),
            who=name(who),
            level=say(threshold, Style.ROUND_LEVEL),
        )
    since, move = desk.get(who, "level_since", "file"), desk.move(who)
    if story.detector in ("range_high", "range_low") and since is not None and move is not None:
        edge = "high" if story.detector == "range_high" else "low"
        return desk.line(
            f"range since {who}",
            (f"It had not closed as {edge} since {{since}}.", f"The last close as {edge} was on {{since}}."),
            since=say(since, Style.DATE),
            also=[move],
        )
    if story.detector == "range_high":
        return desk.line(
            "range high",
            ("No close of the past year was higher.", "It is the highest close in a year."),
            also=[desk.get(who, "high_52w", "252s")],
        )
    if story.detector == "range_low":
        return desk.line(
            "range low",
            ("No close of the past year was lower.", "It is the lowest close in a year."),
            also=[desk.get(who, "low_52w", "252s")],
        )
    return None
