"""Guards: what changes or mutes a story without being one.

Barred series (stale, holed, suspect) never become tracks; a move across a missing session isn't known (tracks.py);
breadth below 90% of the members is silent (internals.py); there is no percentage across zero (arrays.py).
"""

from __future__ import annotations

import re
from datetime import date

from newsletter.facts import Family, Story
from newsletter.market import MarketDay
from newsletter.stories import scoring
from newsletter.stories.firings import Hit

CAP = 2.5
"""The most that context may score, and what flows alone could have made."""

MECHANICAL = "mechanical_day"
ROLL = "roll"
INSIDE = "inside_bear"
OPEN = "no_outcome"
HELD = "side_held"
BETWEEN = "between_sessions"
LATE = "a_session_late"

FLOWS = frozenset({Family.RELATIVE, Family.BREADTH})
"""Families whose findings index reconstitution and expiry can make on their own."""

FUTURES = frozenset({"GC=F", "CL=F", "SI=F", "HG=F"})
"""Continuous futures: a roll from one contract to the next looks like a move."""

ROLL_SAFE = "line_level"
"""The chart that shows a future's level and compares no moves."""


def is_mechanical(day: date) -> bool:
    """Triple witching (third Friday of a quarter's last month) or Russell reconstitution (fourth Friday of June)."""
    nth = (day.day - 1) // 7 + 1
    friday = day.weekday() == 4
    return friday and ((day.month % 3 == 0 and nth == 3) or (day.month == 6 and nth == 4))


def notes(
    entity: str, hit: Hit, session: date, *, between: bool = False, late: bool = False
) -> tuple[str, ...]:
    """What a reader of the story must be told, as stable words; ``between`` says it is of a day without a session."""
    found = []
    if is_mechanical(session):
        found.append(MECHANICAL)
    if hit.extra.get("inside"):
        found.append(INSIDE)
    if hit.extra.get("open"):
        found.append(OPEN)
    if hit.extra.get("held"):
        found.append(HELD)
    if between:
        found.append(BETWEEN)
    if late:
        found.append(LATE)
    if entity in FUTURES:
        found.append(ROLL)
    return tuple(found)


def capped(story: Story, session: date) -> Story:
    """The story, its score held at 2.5 if it is context, or if flows alone could have made it on a mechanical day."""
    flows = story.family in FLOWS or story.detector == "volume_surge"
    held = story.family is Family.CALENDAR or (flows and is_mechanical(session))
    return scoring.scored(story, guard=CAP / story.score) if held and story.score > CAP else story


def headlined(day: MarketDay) -> frozenset[str]:
    """Entities that two or more independent publishers name in the day's headlines."""
    found = set()
    for symbol, series in day.series.items():
        names = {series.instrument.name, *series.instrument.aliases}
        pattern = re.compile(
            "|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in sorted(names) if name), re.IGNORECASE
        )
        if len({item.source for item in day.headlines if pattern.search(item.title)}) >= 2:
            found.add(symbol)
    return frozenset(found)
