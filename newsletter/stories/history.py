"""Every story of a long history at once: what replay reads and calibration is fitted on.

Each rule runs once over each track; the sessions are then walked in order, as find and choose would have seen them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from newsletter.facts import Choice, FactBook, Family, Findings, PastIssue, Story
from newsletter.progress import Progress, silent
from newsletter.sessions import Session
from newsletter.stories import arrays, calibration, choosing, finding, merging, scoring
from newsletter.stories.arrays import Ints
from newsletter.stories.calibration import Calibration
from newsletter.stories.finding import Sighting
from newsletter.stories.prepared import Market
from newsletter.stories.registry import DETECTORS
from newsletter.stories.tracks import Track, among, as_date

FITTED_FROM = {Family.EVENTS: date(2020, 1, 2), Family.BREADTH: date(2022, 1, 20)}
"""There is no calendar of releases before 2020, and no panel that covers 90% of the members before 2022."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Past:
    """One session of the history: its stories, best first, and what would have been chosen."""

    session: date
    stories: tuple[Story, ...]
    choice: Choice


def stories_by_session(
    market: Market, start: date, end: date, table: Calibration | None = None, progress: Progress = silent
) -> dict[date, list[Story]]:
    """Every firing of every rule as a story without facts, under its session; sessions without one are there too."""
    sessions = [as_date(day) for day in market.sessions]
    found: dict[date, list[Story]] = {day: [] for day in sessions if start <= day <= end}
    for done, detector in enumerate(DETECTORS):
        progress.advance(done, len(DETECTORS))
        for track in detector.entities(market):
            fired = detector.run(track)
            z = arrays.robust_z(track.moves, fired.at) if detector.sized else np.zeros(len(fired))
            # Of several days that one issue tells of, such as a weekend, the newest stands: a later k overwrites.
            told = {int(at): k for k, at in enumerate(_positions(market, track, fired.at))}
            for at, k in told.items():
                day = sessions[at] if at < len(sessions) else None
                if day is None or day not in found:
                    continue
                seen = Sighting(detector=detector, track=track, hit=fired.hit(k))
                weight = finding.weight_of(market, track, at)
                found[day].append(finding.told(seen, day, float(z[k]), weight, (), table))
    return found


def _positions(market: Market, track: Track, rows: Ints) -> Ints:
    """For each row the position of the session whose issue tells of it: the first on or after its day.

    Figures a session late are told of a session later, and only those of sessions.
    """
    days = track.days[rows]
    at = np.searchsorted(market.sessions, days).astype(np.int64)
    if not track.lag:
        return at
    of_session = among(days, market.sessions)
    result: Ints = np.where(of_session, at + 1, len(market.sessions))
    return result


@dataclass(frozen=True, kw_only=True, slots=True)
class Tested:
    """A rule on one entity: from which session it could fire, on how many sessions it was tested, how often it fired."""

    detector: str
    entity: str
    first: date
    sessions: int
    fired: int


def tested(market: Market, start: date, end: date) -> list[Tested]:
    """Every rule on every entity it ran on, counted between two sessions on the entity's own calendar."""
    found = []
    for detector in DETECTORS:
        for track in detector.entities(market):
            begin, last = track.row_up_to(start), track.row_up_to(end)
            begin += begin < 0 or track.day(begin) < start
            begin = max(begin, _known_from(track))
            fired = detector.run(track).at
            found.append(
                Tested(
                    detector=detector.name,
                    entity=track.entity,
                    first=track.day(min(begin, len(track) - 1)),
                    sessions=max(last + 1 - begin, 0),
                    fired=int(((fired >= begin) & (fired <= last)).sum()),
                )
            )
    return found


def _known_from(track: Track) -> int:
    """First row with anything known: breadth has rows before the panel covers enough members."""
    share = track.parts.get("advancing")
    if share is None:
        return 0
    known = np.flatnonzero(~np.isnan(share))
    return int(known[0]) if len(known) else len(track)


def walk(
    market: Market, by_session: Mapping[date, Iterable[Story]], recent: Sequence[PastIssue] = ()
) -> Iterator[Past]:
    """What each session's issue would have told, in order, each remembering those before it."""
    index = market.track("^GSPC")
    recent = list(recent)
    sessions = sorted(by_session)
    for session in sessions:
        row = None if index is None else index.row(session)
        broad = index is not None and row is not None and bool(index.sizes[row] >= merging.BROAD_MOVE)
        stories = finding.rank(by_session[session], session, broad, frozenset(), recent)
        day = replace(market.day, session=Session(session), ahead=())
        choice = choosing.choose(Findings(stories=stories, facts=FactBook()), day, recent=tuple(recent))
        yield Past(session=session, stories=stories, choice=choice)
        recent = [remembered(session, choice), *recent][: scoring.REMEMBERED]


def remembered(session: date, choice: Choice) -> PastIssue:
    """What an issue leaves behind for those after it."""
    told = [*((choice.lead,) if choice.lead else ()), *choice.also]
    return PastIssue(
        issue=session.isoformat(),
        session=session,
        keys=tuple(story.key for story in told),
        p={story.key: story.p for story in told},
        yardsticks={story.key: story.yardstick for story in told if story.yardstick is not None},
    )


def fit(market: Market, start: date, end: date) -> Calibration:
    """The calibration table of a history: each family's best raw score of each session, then kappa.

    A family whose data begin later is fitted from then on (:data:`FITTED_FROM`). Kappa is found so that 20% of sessions
    are strong with linkage and freshness on.
    """
    plain = Calibration(kappa=0.0, fitted=f"{start} to {end}", curves={})
    by_session = stories_by_session(market, start, end, plain)
    curves = {}
    for family in Family:
        sessions = [day for day in by_session if day >= FITTED_FROM.get(family, start)]
        best = np.array(
            [
                max((_raw(story) for story in by_session[day] if story.family is family), default=0.0)
                for day in sessions
            ]
        )
        if best.any():
            curves[family] = calibration.fit(best)
    table = replace(plain, curves=curves)
    kappa = 0.0
    for _ in range(3):  # freshness and linkage move with kappa a little, so it is found in a few steps
        table = replace(table, kappa=kappa)
        calibrated = {
            day: [_recalibrated(story, table) for story in stories] for day, stories in by_session.items()
        }
        best_scores = [_best(past) for past in walk(market, calibrated)]
        kappa = round(kappa + calibration.kappa(best_scores), 2)
    return replace(table, kappa=kappa)


def _raw(story: Story) -> float:
    parts = story.parts
    if parts is None:
        return 0.0
    return parts.reach * parts.weight * (parts.surprise + scoring.MAGNITUDE_SHARE * parts.magnitude)


def _recalibrated(story: Story, table: Calibration) -> Story:
    return scoring.scored(story, calibration=scoring.calibrated(table, story.family, _raw(story)))


def _best(past: Past) -> float:
    return max((story.score for story in past.stories if choosing.can_lead(story)), default=0.0)
