"""What we're watching: dated catalysts and the runners-up, each with a base rate worth knowing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from newsletter import numerals
from newsletter.brief import Sentence, WatchItem
from newsletter.editorial import arcs
from newsletter.editorial.arcs import next_up
from newsletter.editorial.arcs.steps import SP, VIX
from newsletter.editorial.desk import Desk, name, say
from newsletter.editorial.phrase import Line, Slot, Style
from newsletter.editorial.releases import EVENTS, event_entity, window
from newsletter.editorial.voice import Voice
from newsletter.facts import Story
from newsletter.market import EarningsDate, Release, Timing

MOST = 5
RELEASES, REPORTS = 3, 2
"""Dated items of each kind, at most."""

CASES = 8
"""A base rate from fewer cases is not printed."""

RARE_LEVEL = 10
"""Percent of days with a higher VIX, below which its level is worth watching."""

HOURS = {Timing.BEFORE_OPEN: "08", Timing.AFTER_CLOSE: "16", Timing.UNKNOWN: "99"}
"""Where a report stands among the hours of its day."""


def watching(desk: Desk, voice: Voice, told: frozenset[str]) -> tuple[WatchItem, ...]:
    """Up to five items: what is due, soonest first, then levels to watch; ``told`` are the facts that the column states."""
    items = [*_dated(desk, voice)]
    items += _levels(desk, voice, told)
    return tuple(items[:MOST])


def _dated(desk: Desk, voice: Voice) -> Iterator[WatchItem]:
    found: list[tuple[date, str, str, Line | None, Line | None]] = [
        (
            report.day,
            HOURS[_timing(report)],
            _report_time(desk, report),
            _report_name(desk, report),
            _report_rate(desk, report),
        )
        for report in next_up.heavyweights(desk)[:REPORTS]
    ]
    found += [
        (
            item.day,
            str(item.at),
            _release_time(desk, item),
            _release_name(desk, item),
            _release_rate(desk, item),
        )
        for item in next_up.chief_releases(desk, RELEASES)
    ]
    for _, _, when, what, why in sorted(found, key=lambda entry: entry[:2]):
        if what is not None and why is not None:
            yield WatchItem(what=voice.alone(what), when=when, why=voice.sentence(why))


def _report_name(desk: Desk, report: EarningsDate) -> Line | None:
    of = window(report.day, desk.session)
    return desk.line(
        f"watch {report.symbol}",
        "{who} results",
        who=name(report.symbol),
        also=[desk.exact(report.symbol, metric, of) for metric in ("report", "timing")],
    )


def _release_name(desk: Desk, item: Release) -> Line | None:
    event = EVENTS[item.event]
    entity, of = event_entity(item.event), window(item.day, desk.session)
    consensus = desk.exact(entity, "consensus", of)
    due = [desk.exact(entity, metric, of) for metric in ("day", "at")]
    previous = desk.exact(entity, "previous", of)
    if consensus is None:
        return desk.line(f"watch {item.event}", "{what}", what=event.prose, also=due)
    slots: dict[str, Slot | None] = {
        "what": event.prose,
        "source": item.source,
        "expected": say(consensus, Style.FIGURES),
    }
    if previous is None:
        return desk.fill(f"watch {item.event}", "{what}: {expected} expected ({source})", slots, also=due)
    slots["last"] = say(previous, Style.FIGURES)
    return desk.fill(
        f"watch {item.event}", "{what}: {expected} expected ({source}), {last} before", slots, also=due
    )


def _release_rate(desk: Desk, item: Release) -> Line | None:
    entity = event_entity(item.event)
    count = desk.newest(entity, "release_count", "12r")
    if count is None or count.number < CASES:
        return None
    usual, every = desk.newest(entity, "release_move", "12r"), desk.newest(entity, "usual_move", "12r")
    if usual is None or every is None:
        return None
    livelier = numerals.rounded(usual.number, 1) > numerals.rounded(every.number, 1)
    return (None if livelier else _misses(desk, entity)) or desk.line(
        f"watch rate {item.event}",
        "{index} on its last {count}: {usual} in the median, {every} on all days.",
        index=desk.names.of(SP).name,
        count=say(count, Style.COUNT),
        usual=say(usual, Style.MOVE),
        every=say(every, Style.MOVE),
    )


def _misses(desk: Desk, entity: str) -> Line | None:
    """How often an event that moves nothing came in on one side of its consensus; more telling than its day."""
    above, below = (desk.newest(entity, f"{side}_consensus", "12r") for side in ("above", "below"))
    if above is None or below is None:
        return None
    side, most = ("above", above) if above.number >= below.number else ("below", below)
    return desk.line(
        f"watch misses {entity}",
        f"{{most}} of its last {{count}} came in {side} consensus.",
        most=say(most, Style.COUNT),
        count=say(desk.newest(entity, "print_count", "12r"), Style.COUNT),
    )


def _report_rate(desk: Desk, report: EarningsDate) -> Line | None:
    count = desk.newest(report.symbol, "report_count", "12r")
    if count is None or count.number < CASES:
        return None
    return desk.line(
        f"watch report {report.symbol}",
        "Median move, last {count} reports: {usual}.",
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
        Timing.UNKNOWN: ", hour unconfirmed",
    }
    return f"{_day(desk, report.day)}{hour[_timing(report)]}"


def _timing(report: EarningsDate) -> Timing:
    return report.timing if report.confirmed else Timing.UNKNOWN


def _day(desk: Desk, day: date) -> str:
    if day == desk.today:
        return "Today"
    return f"{day:%A}" if (day - desk.today).days <= 6 else numerals.ap_date(day, relative_to=desk.today)


def _levels(desk: Desk, voice: Voice, told: frozenset[str]) -> Iterator[WatchItem]:
    """Levels that the stories which did not lead leave to watch, each with its own base rate."""
    seen: set[str] = set()
    for story in desk.choice.also:
        if story.entity in seen:
            continue
        seen.add(story.entity)
        pair = _fear(desk) if story.entity == VIX else _record(desk, story)
        if pair is None:
            continue
        what, when, why = pair
        spoken = voice.alone(what), voice.sentence(why)
        if not any(set(sentence.facts) <= told for sentence in spoken):
            yield WatchItem(what=spoken[0], when=when, why=spoken[1])


def _record(desk: Desk, story: Story) -> tuple[Line, str, Line] | None:
    """A record that is within reach: its level, how far it is, and how often as much is gained in a month."""
    if story.detector not in arcs.THEMES:
        return None
    who = story.entity
    since, rate = desk.get(who, "record_date", "file"), desk.get(who, "gain_rate", "21s")
    what = desk.line(
        f"watch record {who}",
        "{who}, {far} below its record close of {level}",
        who=name(who),
        far=say(desk.get(who, "dist_record", "file"), Style.MOVE),
        level=say(desk.get(who, "record_close", "file"), Style.LEVEL),
        also=[since],
    )
    why = desk.line(
        f"watch record rate {who}",
        "It needs {gain}; since {first} it has gained at least that much in {rate} of one-month stretches.",
        gain=say(desk.get(who, "to_record", "file"), Style.MOVE),
        first=say(desk.get(who, "to_record", "file"), Style.FILE_YEAR),
        rate=say(rate, Style.ROUND),
    )
    if what is None or why is None or since is None:
        return None
    return what, f"Since {numerals.ap_date(since.day, relative_to=desk.today)}", why


def _fear(desk: Desk) -> tuple[Line, str, Line] | None:
    """The VIX where it is high in its own history."""
    above = desk.get(VIX, "share_above", "file")
    what = desk.line(
        "watch vix", "{who}, at {close}", who=name(VIX), close=say(desk.get(VIX, "close"), Style.LEVEL)
    )
    why = desk.line(
        "watch vix level",
        "Since {begin} it has been higher on {odds}.",
        begin=say(above, Style.FILE_YEAR),
        odds=say(above, Style.FEW_IN),
    )
    if above is None or above.number > RARE_LEVEL or what is None or why is None:
        return None
    return what, f"Since {desk.session:%A}", why


def one_line(desk: Desk, story: Story, voice: Voice) -> Sentence:
    """A story in one sentence, for the list of all that was found."""
    for part in arcs.own(desk, story):
        if part.role != "next" and part.lines:
            return voice.alone(part.lines[0])
    return Sentence(text="")
