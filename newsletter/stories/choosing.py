"""The choice of the day: lead, runners-up, and why the others were passed over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from newsletter.facts import Choice, FactBook, Family, Findings, Mode, PassedOver, PastIssue, Story
from newsletter.market import MarketDay
from newsletter.stories import guards, scoring
from newsletter.stories.registry import BY_NAME

STRONG, NORMAL = 4.0, 2.5
"""Bits from which the best story is the column, or a normal lead."""

RUNNERS_UP = 4
PER_FAMILY = 2
DIVERSITY = 0.3
THEME_REST = 5
"""Issues after which a standing theme that hasn't changed may lead again."""

IMPORTANT_P = 1 / 8
"""How rare what is ahead must be to lead a quiet day: more than one session in eight has nothing as important."""

CAPPED = 10.2
"""Bits of surprise from which a story is as rare as can be told (the cap is 10.3: one in five years)."""

NEAR_BEST = 1.0
SHADOWS = ("pair:", "spread:", "^VIX")
"""Entities that live off others: what sets one market against another, and what the S&P 500's options cost."""

OWN = frozenset({Family.LEVELS, Family.MOVES})
"""Families about an index's own closes."""

AHEAD_SESSIONS = 2
REPEAT = 1.5
"""By how much a story must beat the runner-up to lead two issues running without having changed."""


def choose(findings: Findings, day: MarketDay, *, recent: tuple[PastIssue, ...] = ()) -> Choice:
    """The lead and the rest of the issue of ``day``."""
    issues = sorted(recent, key=lambda issue: issue.session, reverse=True)
    able = sorted(filter(can_lead, findings.stories), key=_held)
    mode = mode_of(able)
    lead = _quiet_lead(findings, able, day, issues) if mode is Mode.QUIET else _lead(able, issues)
    also = runners_up(findings.stories, lead)
    used = {story.key for story in (*also, *((lead,) if lead else ()))}
    passed = tuple(
        PassedOver(story=story, reason=_reason(story, mode, lead, also))
        for story in findings.stories
        if story.key not in used
    )
    return Choice(mode=mode, lead=lead, also=also, passed_over=passed)


def can_lead(story: Story) -> bool:
    """Whether a story may lead by its score.

    Not what is ahead, or out without a known outcome; not context, not a 10% fall inside a bear market, not what
    happened while the exchange was closed or in the session before.
    """
    detector = BY_NAME[story.detector]
    return (
        detector.leads
        and not detector.ahead
        and story.family is not Family.CALENDAR
        and not {guards.INSIDE, guards.OPEN, guards.BETWEEN, guards.LATE} & set(story.notes)
    )


def mode_of(able: Sequence[Story]) -> Mode:
    """What kind of day it was, by the best story that may lead; a side held for days already makes none."""
    best = max((story.score for story in able if not _held(story)), default=0.0)
    return Mode.STRONG if best >= STRONG else Mode.NORMAL if best >= NORMAL else Mode.QUIET


def _held(story: Story) -> bool:
    """Whether the story is of a side that was reached days ago and is only confirmed now."""
    return guards.HELD in story.notes


def _lead(able: Sequence[Story], issues: Sequence[PastIssue]) -> Story:
    """The best story; the runner-up where the best led the last issue, hasn't changed and isn't far ahead."""
    best = _first(able)
    last = issues[0].keys[:1] if issues else ()
    others = [story for story in able if story.key != best.key]
    if others and best.key in last and stale(best) and best.score < REPEAT * others[0].score:
        return _first(others)
    return best


def _first(able: Sequence[Story]) -> Story:
    """The best story, but where rarity can't tell two apart, the one that more readers wake up to.

    At the cap of surprise nothing is rarer than anything else: reach and weight decide, then the size of the move. And
    families are calibrated apart, so the widest gap between two markets scores like the largest move of one: an
    index's own record or move goes before a gap, a spread or the VIX that is at most a bit ahead of it.
    """
    best = able[0]
    if _capped(best):
        return max((story for story in able if _capped(story)), key=_standing)
    if best.entity.startswith(SHADOWS):
        for story in able:
            near = story.score >= best.score - NEAR_BEST
            if near and story.family in OWN and _standing(story) > _standing(best):
                return story
    return best


def _capped(story: Story) -> bool:
    """Whether the story is as rare as can be told, and strong."""
    return story.parts is not None and story.parts.surprise >= CAPPED and story.score >= STRONG


def _standing(story: Story) -> tuple[float, float, float]:
    """Reach times weight, magnitude, score."""
    parts = story.parts
    return (parts.reach * parts.weight, parts.magnitude, story.score) if parts else (0.0, 0.0, story.score)


def stale(story: Story) -> bool:
    """Whether the story lost freshness: an earlier issue ran it and it hasn't changed."""
    return story.parts is not None and story.parts.freshness < 1.0


def _quiet_lead(
    findings: Findings, able: Sequence[Story], day: MarketDay, issues: Sequence[PastIssue]
) -> Story | None:
    """A standing theme that changed or is rested; else what is due; else the best of what little there was."""
    for story in able:
        if BY_NAME[story.detector].theme and (story.changed or _rested(story, issues)):
            return story
    ahead = [
        story
        for story in findings.stories
        if BY_NAME[story.detector].ahead
        and BY_NAME[story.detector].leads
        and story.p <= IMPORTANT_P
        and _near(story, findings.facts, day)
    ]
    if ahead:
        return max(ahead, key=lambda story: (_raw(story), story.key))
    return able[0] if able else None


def _raw(story: Story) -> float:
    parts = story.parts
    return parts.reach * parts.weight * parts.surprise if parts is not None else 0.0


def _rested(story: Story, issues: Sequence[PastIssue]) -> bool:
    return all(issue.keys[:1] != (story.key,) for issue in issues[:THEME_REST])


def _near(story: Story, book: FactBook, day: MarketDay) -> bool:
    """Whether what is ahead is due within two sessions."""
    due = _due(story, book)
    limit = day.ahead[min(AHEAD_SESSIONS, len(day.ahead)) - 1] if day.ahead else day.session
    return due is None or due <= limit


def _due(story: Story, book: FactBook) -> date | None:
    days = [book[item].value for item in story.facts if ":due@" in item and item in book]
    return min((value for value in days if isinstance(value, date)), default=None)


def runners_up(stories: Iterable[Story], lead: Story | None) -> tuple[Story, ...]:
    """Up to four more by maximal marginal relevance: good ones that say something else, two of a family at most."""
    chosen = [lead] if lead is not None else []
    left = [
        story
        for story in stories
        if BY_NAME[story.detector].listed and (lead is None or story.key != lead.key)
    ]
    picked: list[Story] = []
    while left and len(picked) < RUNNERS_UP:
        left = [story for story in left if sum(other.family is story.family for other in chosen) < PER_FAMILY]
        if not left:
            break
        best = max(left, key=lambda story: (_relevance(story, chosen), story.score))
        if best.score <= 0:
            break
        picked.append(best)
        chosen.append(best)
        left.remove(best)
    return tuple(picked)


def _relevance(story: Story, chosen: Sequence[Story]) -> float:
    nearest = max((similarity(story, other) for other in chosen), default=0.0)
    return (1.0 - DIVERSITY) * story.score - DIVERSITY * 10.0 * nearest


def similarity(one: Story, other: Story) -> float:
    """1 same entity, 0.6 same family, 0.5 moved by the same thing, else 0."""
    if one.entity == other.entity:
        return 1.0
    if one.family is other.family:
        return 0.6
    return 0.5 if scoring.related(one.entity, other.entity) else 0.0


def _reason(story: Story, mode: Mode, lead: Story | None, also: Sequence[Story]) -> str:
    chosen = [*((lead,) if lead else ()), *also]
    if stale(story):
        return "an earlier issue told it and it has not changed"
    if sum(other.family is story.family for other in chosen) >= PER_FAMILY:
        return "two of its family are in the issue"
    if any(other.entity == story.entity for other in chosen):
        return "another story of its entity is in the issue"
    if not can_lead(story) and mode is Mode.QUIET:
        return "context, not a lead"
    return "scored below those chosen"
