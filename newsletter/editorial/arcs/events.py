"""Family G, events: a report or release that surprised, or one that is about to come."""

from __future__ import annotations

from datetime import timedelta

from newsletter.editorial import figures
from newsletter.editorial.arcs import market_wide, meaning, next_up, spans, steps
from newsletter.editorial.arcs.next_up import coming
from newsletter.editorial.arcs.steps import SP
from newsletter.editorial.desk import Desk, moved, name, say
from newsletter.editorial.phrase import Line, Part, Style, part
from newsletter.editorial.releases import EVENTS, event_entity, window
from newsletter.facts import Fact, Story, Unit
from newsletter.instruments import Kind
from newsletter.market import Release


def reaction(desk: Desk, story: Story) -> tuple[Part | None, ...]:
    """A company's session after its report, against its own earlier ones."""
    who = story.entity
    return (
        part("finding", steps.closed(desk, who), _usual_reaction(desk, who)),
        part("contrast", steps.closed(desk, SP), steps.others(desk, SP)),
        part("span", spans.month_span(desk, who), spans.year_span(desk, who)),
        part("breadth", market_wide.breadth(desk), market_wide.volatility(desk)),
        coming(desk),
    )


def _usual_reaction(desk: Desk, who: str) -> Line | None:
    """The median of its earlier reactions."""
    return desk.line(
        f"usual reaction {who}",
        (
            "On the last {count} report days of {who} the median move was {usual}.",
            "The median move of {who} on {who.its} past {count} reports is {usual}.",
        ),
        who=name(who),
        count=say(desk.newest(who, "report_count", "12r"), Style.COUNT),
        usual=say(desk.newest(who, "report_move", "12r"), Style.MOVE),
    )


def surprise(desk: Desk, story: Story) -> tuple[Part | None, ...]:
    """A release that missed its consensus: the figure, the expectation, what markets did that day."""
    return (
        part("finding", *_published(desk, story)),
        part("contrast", *steps.session(desk, SP), steps.others(desk, SP)),
        part("rates", _ten_year(desk), market_wide.volatility(desk)),
        part("span", spans.record_distance(desk, SP), spans.month_span(desk, SP)),
        coming(desk),
    )


def published(desk: Desk, story: Story) -> Release | None:
    """The story's release, if it came out during the session."""
    wanted = story.entity.removeprefix("event:")
    for item in desk.day.releases:
        if item.event == wanted and item.day == desk.session:
            return item
    return None


def _event_fact(desk: Desk, item: Release, metric: str) -> Fact | None:
    return desk.exact(f"event:{item.event}", metric, window(item.day, desk.session))


def _published(desk: Desk, story: Story) -> tuple[Line | None, ...]:
    item = published(desk, story)
    if item is None or item.event not in EVENTS:
        return ()
    return (out(desk, item), surprise_since(desk, item) or _previous(desk, item))


CHIEF = 3.0
"""Weight from which a release of the session belongs into any column."""


def chief_release(desk: Desk) -> Release | None:
    """The weightiest release that came out during the session with a consensus; None where none was weighty."""
    came = [
        item
        for item in desk.day.releases
        if item.day == desk.session
        and item.actual is not None
        and item.consensus is not None
        and item.event in EVENTS
        and next_up.weight(item) >= CHIEF
    ]
    return max(came, key=next_up.weight, default=None)


def out(desk: Desk, item: Release, *, answering: bool = False) -> Line | None:
    """What a release brought, against its consensus; what the Fed did, in its own words.

    ``answering``: as an entry of a list, which doesn't name the day.
    """
    if item.event == next_up.RATE_DECISION:
        return decided(desk, item)
    actual, expected = _event_fact(desk, item, "actual"), _event_fact(desk, item, "consensus")
    if actual is None or expected is None:
        return None
    same = actual.value == expected.value
    wordings = _ANSWERS if answering else _PRINTS
    return desk.line(
        f"out {item.event}",
        wordings[same],
        what=EVENTS[item.event].prose,
        actual=say(actual, Style.FIGURES),
        day=desk.weekday(item.day),
        source=item.source,
        expected=say(expected, Style.FIGURES),
        also=[expected],
    )


_PRINTS = {
    False: (
        "{what} came in at {actual} on {day}, against a consensus ({source}) of {expected}.",
        "On {day} {what} came in at {actual}; the consensus ({source}) had been {expected}.",
    ),
    True: (
        "{what} came in at {actual} on {day}, as the consensus ({source}) had it.",
        "{what} came in on {day} where the consensus ({source}) had it: {actual}.",
    ),
}
_ANSWERS = {
    False: ("{what} came in at {actual}, not the {expected} of the consensus ({source}).",),
    True: ("{what} came in at {actual}, as the consensus ({source}) had it.",),
}
"""By whether the figure is the one that was expected."""


def surprise_since(desk: Desk, item: Release) -> Line | None:
    """Since when no print had missed its consensus by as much in that direction."""
    since = desk.newest(event_entity(item.event), "surprise_since", "file")
    if since is None or since.as_of != desk.session:
        return None
    return desk.line(
        f"missed since {item.event}",
        ("No print had missed so far that way since {since}.",),
        since=say(since, Style.DATE),
    )


def _previous(desk: Desk, item: Release) -> Line | None:
    return desk.line(
        f"previous {item.event}",
        ("The previous figure was {previous}.", "Before that it had been {previous}."),
        previous=say(_event_fact(desk, item, "previous"), Style.FIGURES),
    )


def _ten_year(desk: Desk) -> Line | None:
    change = desk.get("DGS10", "change")
    if change is None or change.number == 0:
        return None
    return desk.line(
        "ten-year",
        ("{who} {move} to {level}.",),
        who=name("DGS10"),
        move=moved(change),
        level=say(desk.get("DGS10", "close"), Style.LEVEL),
    )


def decision(desk: Desk, story: Story, *, headline: bool = False) -> Line | None:
    """What the Fed did with the top of its target range; None where it hasn't yet."""
    item = published(desk, story)
    return None if item is None else decided(desk, item, headline=headline)


def decided(desk: Desk, item: Release, *, headline: bool = False) -> Line | None:
    """A decision that came out during the session."""
    if item.actual is None or item.previous is None:
        return None
    step = item.actual.value - item.previous.value
    now, then = (
        say(_event_fact(desk, item, "actual"), Style.FIGURES),
        say(_event_fact(desk, item, "previous"), Style.FIGURES),
    )
    if headline:
        done = (
            "raises the top of its range to"
            if step > 0
            else "cuts the top of its range to"
            if step < 0
            else "stays at"
        )
        return desk.line("h decision", f"The Fed {done} {{now}}", now=now)
    if step == 0:
        return desk.line(
            "decision",
            ("In its decision on {day} {what} left the top of its range at {now}.",),
            day=desk.weekday(item.day),
            what="the Fed",
            now=now,
        )
    return desk.line(
        "decision",
        (
            f"In its decision on {{day}} {{what}} {'raised' if step > 0 else 'cut'} the top of its range to {{now}}, from {{then}}.",
        ),
        day=desk.weekday(item.day),
        what="the Fed",
        now=now,
        then=then,
    )


def fed(desk: Desk, story: Story) -> tuple[Part | None, ...]:
    """A decision just taken, or about to be."""
    done = decision(desk, story)
    if done is None:
        return ahead(desk, story)
    return (
        part("finding", done, *steps.session(desk, SP), steps.others(desk, SP)),
        part("size", _usual_move(desk, story.entity)),
        part("rates", _ten_year(desk), market_wide.volatility(desk)),
        part("span", spans.record_distance(desk, SP), spans.month_span(desk, SP)),
        coming(desk),
    )


def ahead(desk: Desk, story: Story) -> tuple[Part | None, ...]:
    """A day whose story is tomorrow's: what is due, how such days have gone, where the index waits."""
    entity = chief(desk, story)
    return (
        part(
            "finding",
            _due(desk, entity),
            meaning.of_release(desk, entity.removeprefix("event:")),
            _usual_move(desk, entity),
        ),
        part("contrast", steps.closed(desk, SP), steps.share(desk, SP), steps.others(desk, SP)),
        part("span", spans.record_distance(desk, SP), spans.month_span(desk, SP)),
        coming(desk),
    )


def chief(desk: Desk, story: Story) -> str:
    """What a story about the calendar is about: its own event, or a weightier one of the same day or before."""
    own = next_release(desk, story.entity)
    others = [item for item in next_up.chief_releases(desk, 1) if own is None or item.day <= own.day]
    company = desk.names.kind(story.entity) is Kind.STOCK and next_up.report(desk, story.entity) is not None
    if company or not others:
        return story.entity
    weightier = own is None or next_up.weight(others[0]) > next_up.weight(own)
    return event_entity(others[0].event) if weightier else story.entity


def next_release(desk: Desk, entity: str) -> Release | None:
    """The next release of that name within the horizon; a calendar may begin years later."""
    wanted, last = entity.removeprefix("event:"), desk.today + timedelta(days=next_up.HORIZON)
    due = (item for item in desk.day.releases if item.event == wanted and desk.today <= item.day <= last)
    return min(due, key=lambda item: item.day, default=None)


def _due(desk: Desk, entity: str) -> Line | None:
    item = next_release(desk, entity)
    if item is not None:
        return next_up.release(desk, item)
    day, event = desk.newest(entity, "day", "due"), EVENTS.get(entity.removeprefix("event:"))
    if day is not None and event is not None:  # known from the central bank's own calendar
        return desk.line(
            f"due {entity}",
            f"{{what}} {'are' if event.plural else 'is'} due {{day}}.",
            what=event.prose,
            day=say(day, Style.DAY),
        )
    return next_up.report(desk, entity) or next_up.report(desk)


def _usual_move(desk: Desk, entity: str) -> Line | None:
    event = EVENTS.get(entity.removeprefix("event:"))
    usual, every = desk.newest(entity, "release_move", "12r"), desk.newest(entity, "usual_move", "12r")
    if event is None or usual is None or every is None:
        return _usual_reaction(desk, entity)
    if figures.size(Unit.PCT, usual.number) == figures.size(Unit.PCT, every.number):
        return desk.line(
            f"usual as ever {entity}",
            "On the last {count} days of {what}, {index} moved {usual} in the median, no more than on any other day.",
            what=event.prose,
            count=say(desk.newest(entity, "release_count", "12r"), Style.COUNT),
            index=name(SP),
            usual=say(usual, Style.MOVE),
            also=[every],
        )
    return desk.line(
        f"usual move {entity}",
        (
            "On the last {count} days of {what}, {index} moved {usual} in the median, against {every} on all days.",
            "The median move of {index} on the last {count} days of {what} is {usual}, against {every} on all days.",
        ),
        what=event.prose,
        count=say(desk.newest(entity, "release_count", "12r"), Style.COUNT),
        index=name(SP),
        usual=say(usual, Style.MOVE),
        every=say(every, Style.MOVE),
    )
