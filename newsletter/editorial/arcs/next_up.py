"""The last move of a column: what is due, when, and what is expected; from the calendars only."""

from __future__ import annotations

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
    due += [(item.day, str(item.at), release(desk, item)) for item in chief_releases(desk)]
    lines = [line for _, _, line in sorted(due, key=lambda entry: entry[:2]) if line is not None]
    quiet = nothing_today(desk)
    if not lines:
        return part("next", quiet)
    opening = quiet if quiet is not None and len(lines) < 3 else None
    return part("next", opening, *lines[: 3 if opening is None else 2])


def nothing_today(desk: Desk) -> Line | None:
    """Says that today has no major release, where the calendar covers today."""
    if not desk.day.covers("releases", desk.today) or due_on(desk, desk.today, HEAVY):
        return None
    return desk.line(
        "nothing today",
        (
            "No major release is due today.",
            "Today's calendar has no major release.",
            "Nothing major is scheduled today.",
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
    candidates = [
        item for item in desk.day.releases if desk.today <= item.day <= last and weight(item) >= HEAVY
    ]
    chosen: list[Release] = []
    for item in sorted(candidates, key=lambda item: (-_urgency(item, desk.today), item.day, item.event)):
        same_hour = any(other.day == item.day and other.at == item.at for other in chosen)
        if not same_hour and len(chosen) < limit:
            chosen.append(item)
    return tuple(sorted(chosen, key=lambda item: (item.day, str(item.at))))


def _urgency(item: Release, today: date) -> float:
    return weight(item) - 0.25 * (item.day - today).days


def release(desk: Desk, item: Release) -> Line | None:
    """One release: when it is due, the consensus with its source, and the figure before."""
    event = EVENTS.get(item.event)
    if event is None:
        return None
    entity, of = event_entity(item.event), window(item.day, desk.session)

    def fact(metric: str) -> Fact | None:
        return desk.exact(entity, metric, of)

    due, at, consensus, previous = fact("day"), fact("at"), fact("consensus"), fact("previous")
    come = "come" if event.plural else "comes"
    are = "are" if event.plural else "is"
    slots: dict[str, Slot | None] = {
        "what": event.prose,
        "day": say(due, Style.DAY),
        "at": say(at, Style.TIME),
    }
    key = f"release {item.event}"
    if consensus is None:
        return desk.fill(
            key,
            (f"{{what}} {are} due {{day}} at {{at}}.", f"{{what}} {come} {{day}} at {{at}}."),
            slots,
        )
    slots |= {
        "source": item.source,
        "expected": say(consensus, Style.FIGURES),
        "last": say(previous, Style.FIGURES),
    }
    if previous is not None and previous.value == consensus.value and item.event == RATE_DECISION:
        return desk.line(
            key,
            (
                "{what} comes {day} at {at}; no change from {expected} is the consensus ({source}).",
                "{day} at {at} brings {what}; the consensus ({source}) is {expected}, no change.",
            ),
            what=event.prose,
            day=say(due, Style.DAY),
            at=say(at, Style.TIME),
            expected=say(consensus, Style.FIGURES),
            source=item.source,
        )
    if previous is not None and previous.value == consensus.value:
        return desk.fill(
            key,
            (
                f"{{what}} {are} due {{day}} at {{at}}; the consensus ({{source}}) is {{expected}}, as it was last time.",
                f"{{what}} {come} {{day}} at {{at}}, and the consensus ({{source}}), {{expected}}, is the previous figure again.",
            ),
            {slot: filled for slot, filled in slots.items() if slot != "last"},
        )
    return desk.fill(
        key,
        (
            f"{{what}} {are} due {{day}} at {{at}}; the consensus ({{source}}) is {{expected}}, against {{last}} before.",
            f"{{what}} {come} {{day}} at {{at}}, with a consensus ({{source}}) of {{expected}} after {{last}}.",
            "{day} at {at} brings {what}: {expected} is the consensus ({source}), after {last}.",
        ),
        slots,
    )


def heavyweights(desk: Desk) -> tuple[EarningsDate, ...]:
    """The largest companies of the universe that report soon, largest first."""
    known = {entry.symbol for entry in desk.config.universe}
    last = desk.today + timedelta(days=REPORT_DAYS)
    soon = [item for item in desk.day.earnings if desk.today <= item.day <= last and item.eps_actual is None]
    return tuple(sorted((item for item in soon if item.symbol in known), key=lambda item: -item.size))


def report(desk: Desk) -> Line | None:
    """The report of the largest company that is due."""
    for item in heavyweights(desk)[:1]:
        of = window(item.day, desk.session)
        day, timing = desk.exact(item.symbol, "report", of), desk.exact(item.symbol, "timing", of)
        if item.day.weekday() > FRIDAY:
            return desk.line(
                "report weekend", ("{who} reports {day}.",), who=name(item.symbol), day=say(day, Style.DAY)
            )
        if item.timing is Timing.UNKNOWN:
            return desk.line(
                "report",
                ("{who} is expected to report {day}; the hour is not confirmed.",),
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
