"""What we're watching: dated catalysts and the runners-up, each with a base rate worth knowing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from newsletter import numerals
from newsletter.brief import Sentence, WatchItem
from newsletter.editorial import arcs
from newsletter.editorial.arcs import next_up
from newsletter.editorial.arcs.steps import SP
from newsletter.editorial.desk import Desk, name, say
from newsletter.editorial.phrase import Line, Style
from newsletter.editorial.releases import EVENTS, event_entity, window
from newsletter.editorial.voice import Voice
from newsletter.facts import Family, Story
from newsletter.market import EarningsDate, Release, Timing

MOST = 5
CASES = 8
"""A base rate from fewer cases is not printed."""


def watching(desk: Desk, voice: Voice) -> tuple[WatchItem, ...]:
    """Three to five items: what is due soonest first, then the stories that did not lead."""
    items = [*_dated(desk, voice)][:3]
    items += [*_stories(desk, voice)][: MOST - len(items)]
    return tuple(items)


def _dated(desk: Desk, voice: Voice) -> Iterator[WatchItem]:
    for report in next_up.heavyweights(desk)[:1]:
        line, why = next_up.report(desk), _report_rate(desk, report)
        if line is not None and why is not None:
            yield WatchItem(what=voice.alone(line), when=_report_time(desk, report), why=voice.sentence(why))
    for item in next_up.chief_releases(desk):
        line, why = _release_name(desk, item), _release_rate(desk, item)
        if line is not None and why is not None:
            yield WatchItem(what=voice.alone(line), when=_release_time(desk, item), why=voice.sentence(why))


def _release_name(desk: Desk, item: Release) -> Line | None:
    event = EVENTS[item.event]
    entity, of = event_entity(item.event), window(item.day, desk.session)
    consensus = desk.exact(entity, "consensus", of)
    if consensus is None:
        return desk.line(
            f"watch {item.event}", "{what}.", what=event.prose, also=[desk.exact(entity, "day", of)]
        )
    return desk.line(
        f"watch {item.event}",
        (
            "{what}: consensus ({source}) {expected}, previous {last}.",
            "{what}, with {expected} expected ({source}) and {last} last time.",
        ),
        what=event.prose,
        source=item.source,
        expected=say(consensus, Style.FIGURES),
        last=say(desk.exact(entity, "previous", of), Style.FIGURES),
        also=[desk.exact(entity, "day", of), desk.exact(entity, "at", of)],
    )


def _release_rate(desk: Desk, item: Release) -> Line | None:
    entity = event_entity(item.event)
    count = desk.newest(entity, "release_count", "12r")
    if count is None or count.number < CASES:
        return None
    usual, every = desk.newest(entity, "release_move", "12r"), desk.newest(entity, "usual_move", "12r")
    if usual is None or every is None:
        return None
    return desk.line(
        f"watch rate {item.event}",
        (
            "On its last {count} days {index} moved {usual} in the median, against {every} on all days.",
            "Its last {count} days moved {index} by a median {usual}, against {every} on all days.",
        ),
        count=say(count, Style.COUNT),
        index=name(SP),
        usual=say(usual, Style.MOVE),
        every=say(every, Style.MOVE),
    )


def _report_rate(desk: Desk, report: EarningsDate) -> Line | None:
    count = desk.newest(report.symbol, "report_count", "12r")
    if count is None or count.number < CASES:
        return None
    return desk.line(
        f"watch report {report.symbol}",
        (
            "After its last {count} reports the stock moved {usual} in the median.",
            "Its median move on the last {count} reports is {usual}.",
        ),
        count=say(count, Style.COUNT),
        usual=say(desk.newest(report.symbol, "report_move", "12r"), Style.MOVE),
    )


def _release_time(desk: Desk, item: Release) -> str:
    when = _day(desk, item.day)
    return f"{when}, {numerals.ap_time(item.at)}" if item.at is not None else when


def _report_time(desk: Desk, report: EarningsDate) -> str:
    hour = {
        Timing.BEFORE_OPEN: ", before the open",
        Timing.AFTER_CLOSE: ", after the close",
        Timing.UNKNOWN: "",
    }
    return f"{_day(desk, report.day)}{hour[report.timing]}"


def _day(desk: Desk, day: date) -> str:
    if day == desk.today:
        return "Today"
    return f"{day:%A}" if (day - desk.today).days <= 6 else numerals.ap_date(day, relative_to=desk.today)


def _stories(desk: Desk, voice: Voice) -> Iterator[WatchItem]:
    for story in desk.choice.also:
        if story.family is Family.EVENTS:
            continue  # what is due stands among the dated items
        pair = two_lines(desk, story)
        if pair is not None:
            what, why = pair
            yield WatchItem(what=voice.alone(what), when="Today", why=voice.sentence(why))


def two_lines(desk: Desk, story: Story) -> tuple[Line, Line] | None:
    """A story in a sentence, and a second one that says how rare or how far it is."""
    for part in arcs.own(desk, story):
        if part.role != "next" and len(part.lines) >= 2:
            return part.lines[0], part.lines[1]
    return None


def one_line(desk: Desk, story: Story, voice: Voice) -> Sentence:
    """A story in one sentence, for the list of all that was found."""
    for part in arcs.own(desk, story):
        if part.role != "next" and part.lines:
            return voice.alone(part.lines[0])
    return Sentence(text="")
