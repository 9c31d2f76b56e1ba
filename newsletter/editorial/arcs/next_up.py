"""The last move of a column: what is due, when, and what is expected; from the calendars only."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from newsletter.editorial.desk import Desk, name, say
from newsletter.editorial.phrase import Line, Part, Slot, Style, part
from newsletter.editorial.releases import EVENTS, HEAVY, event_entity, window
from newsletter.facts import Fact
from newsletter.market import EarningsDate, Release, Timing

RATE_DECISION = "Federal Funds Rate"

FRIDAY = 4
HORIZON = 7
"""Days ahead that the last paragraph looks."""

REPORT_DAYS = 3
"""Days ahead that a company's report is known well enough to be named."""

HEAVYWEIGHTS = 8
"""A report is worth a sentence if the company is among so many largest of the calendar."""


def coming(desk: Desk) -> Part | None:
    """What is due, at most three sentences; a day without a major release is said to have none."""
    due = [(item.day, "00", report(desk)) for item in heavyweights(desk)[:1]]
    unsourced = False
    for item in chief_releases(desk):
        due.append((item.day, str(item.at), release(desk, item, sourced=not unsourced)))
        unsourced = unsourced or item.consensus is not None
    lines = [line for _, _, line in sorted(due, key=lambda entry: entry[:2]) if line is not None]
    quiet = nothing_today(desk)
    if not lines:
        return part("next", quiet)
    opening = quiet if quiet is not None and len(lines) < 3 else None
    return part("next", opening, *lines[: 3 if opening is None else 2])


def nothing_today(desk: Desk) -> Line | None:
    """Says that the calendar has no major release today, where it covers today; a calendar may have holes."""
    if not desk.day.covers("releases", desk.today) or due_on(desk, desk.today, HEAVY):
        return None
    return desk.line(
        "nothing today",
        (
            "No major release is due today.",
            "The calendar has nothing major today.",
            "Nothing major is on today's calendar.",
        ),
    )


def due_on(desk: Desk, day: date, least: float) -> tuple[Release, ...]:
    """Releases of that weight or more on a day."""
    return tuple(item for item in desk.day.releases if item.day == day and weight(item) >= least)


def weight(item: Release) -> float:
    """How much a release matters; 0 for one that is not spoken of."""
    event = EVENTS.get(item.event)
    return 0.0 if event is None else event.weight


def chief_releases(desk: Desk, limit: int = 2) -> tuple[Release, ...]:
    """The releases that matter most within the horizon, in order of time; one of a kind a day and hour."""
    last = desk.today + timedelta(days=HORIZON)
    due = [item for item in desk.day.releases if desk.today <= item.day <= last and weight(item) >= HEAVY]
    soonest: dict[str, Release] = {}
    for item in sorted(due, key=lambda item: item.day):
        soonest.setdefault(item.event, item)  # to name a later one would hide the one that comes first
    candidates = list(soonest.values())
    chosen: list[Release] = []
    for item in sorted(candidates, key=lambda item: (-_urgency(item, desk.today), item.day, item.event)):
        told = any((other.day, other.at) == (item.day, item.at) for other in chosen)
        if not told and len(chosen) < limit:
            chosen.append(item)
    return tuple(sorted(chosen, key=lambda item: (item.day, str(item.at))))


def _urgency(item: Release, today: date) -> float:
    return weight(item) - 0.25 * (item.day - today).days


def release(desk: Desk, item: Release, *, sourced: bool = True) -> Line | None:
    """One release: when it is due, the consensus, and the figure before; ``sourced`` names whose consensus it is."""
    event = EVENTS.get(item.event)
    if event is None:
        return None
    entity, of = event_entity(item.event), window(item.day, desk.session)

    def fact(metric: str) -> Fact | None:
        return desk.exact(entity, metric, of)

    due, at, consensus, previous = fact("day"), fact("at"), fact("consensus"), fact("previous")
    same = consensus is not None and previous is not None and previous.value == consensus.value
    slots: dict[str, Slot | None] = {
        "what": event.prose,
        "day": say(due, Style.DAY),
        "at": say(at, Style.TIME),
    }
    if consensus is not None:
        slots |= {"expected": say(consensus, Style.FIGURES)}
    if consensus is not None and sourced:
        slots |= {"source": item.source}
    if consensus is not None and previous is not None and not same:
        slots["last"] = say(previous, Style.FIGURES)
    decision = item.event == RATE_DECISION
    wordings: tuple[str, ...]
    if consensus is None:
        wordings = _ALONE
    elif previous is None:
        wordings = _FIRST
    elif same:
        wordings = _NO_CHANGE if decision else _AGAIN
    elif decision:
        wordings = _CUT if consensus.number < previous.number else _RISE
    else:
        wordings = _CHANGED
    filled = tuple(_agreeing(text, plural=event.plural, sourced=sourced) for text in wordings)
    line = desk.fill(f"release {item.event}", filled, slots, also=[previous])
    return None if line is None else replace(line, others=(*line.others, _SHORT))


def dated(desk: Desk, item: Release) -> Line | None:
    """One release and when it is due, nothing else."""
    entity, of, event = event_entity(item.event), window(item.day, desk.session), EVENTS.get(item.event)
    if event is None:
        return None
    return desk.line(
        f"dated {item.event}",
        "{what}: {day}, {at}.",
        what=event.prose,
        day=say(desk.exact(entity, "day", of), Style.DAY),
        at=say(desk.exact(entity, "at", of), Style.TIME),
    )


def _agreeing(text: str, *, plural: bool, sourced: bool) -> str:
    verbs = (("[are]", "are" if plural else "is"), ("[come]", "come" if plural else "comes"))
    for mark, word in (*verbs, (" [by]", " ({source})" if sourced else "")):
        text = text.replace(mark, word)
    return text


_SHORT = "{what}: {day}, {at}."
"""For what the last issues have already told with its consensus."""

# In brackets what agrees with the event, and the source, which stands once a paragraph.
_CHANGED = (
    "{what} [are] due {day} at {at}; the consensus [by] is {expected}, after {last}.",
    "{what} [come] {day} at {at}, with {expected} as the consensus [by] after {last}.",
    "{what} [are] out {day} at {at}; {expected} is the consensus [by], after {last}.",
    "{day} at {at} brings {what}; {expected} is the consensus [by], after {last}.",
)
_AGAIN = (
    "{what} [are] due {day} at {at}; the consensus [by] is {expected}, the same as before.",
    "{what} [come] {day} at {at}, with {expected} as the consensus [by], as last time.",
    "{what} [are] out {day} at {at}; {expected} is the consensus [by], as before.",
    "{day} at {at} brings {what}; {expected} is the consensus [by], no change.",
)
_CUT = (
    "{what} is due {day} at {at}; the consensus [by] is a cut to {expected}, from {last}.",
    "{what} comes {day} at {at}, with {expected} as the consensus [by] after {last}.",
)
_RISE = (
    "{what} is due {day} at {at}; the consensus [by] is a rise to {expected}, from {last}.",
    "{what} comes {day} at {at}, with {expected} as the consensus [by] after {last}.",
)
_NO_CHANGE = (
    "{what} is due {day} at {at}; the consensus [by] is {expected}, no change.",
    "{what} comes {day} at {at}, with {expected} as the consensus [by], no change.",
)
_FIRST = (
    "{what} [are] due {day} at {at}; the consensus [by] is {expected}.",
    "{what} [come] {day} at {at}, with a consensus [by] of {expected}.",
)
_ALONE = ("{what} [are] due {day} at {at}.", "{what} [come] {day} at {at}.")


def heavyweights(desk: Desk) -> tuple[EarningsDate, ...]:
    """The companies of the universe that report soon, by market value; the sooner first where no value is known."""
    known = {entry.symbol for entry in desk.config.universe}
    last = desk.today + timedelta(days=REPORT_DAYS)
    soon = [item for item in desk.day.earnings if desk.today <= item.day <= last and item.eps_actual is None]
    ours = [item for item in soon if item.symbol in known]
    return tuple(sorted(ours, key=lambda item: (-(item.market_value or 0.0), item.day, -item.size)))


def report(desk: Desk, symbol: str | None = None) -> Line | None:
    """The report of the largest company that is due, or of a certain one."""
    chosen = [item for item in heavyweights(desk) if symbol in (None, item.symbol)]
    for item in chosen[:1]:
        of = window(item.day, desk.session)
        day, timing = desk.exact(item.symbol, "report", of), desk.exact(item.symbol, "timing", of)
        if item.day.weekday() > FRIDAY:
            return desk.line(
                "report weekend", ("{who} reports {day}.",), who=name(item.symbol), day=say(day, Style.DAY)
            )
        if item.timing is Timing.UNKNOWN or not item.confirmed:
            return desk.line(
                "report",
                "{who} reports {day}, hour unconfirmed.",
                who=name(item.symbol),
                day=say(day, Style.DAY),
            )
        return desk.line(
            "report",
            ("{who} reports {day} {timing}.", "{day} {timing} {who} reports."),
            who=name(item.symbol),
            day=say(day, Style.DAY),
            timing=say(timing, Style.TEXT),
        )
    return None
