"""From a MarketDay to its findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from newsletter.facts import Fact, FactBook, Findings, PastIssue, ScoreParts, Story
from newsletter.instruments import Kind
from newsletter.market import MarketDay
from newsletter.stories import aftermath, arrays, calibration, guards, merging, scoring, since, standard
from newsletter.stories.firings import Detector, Hit
from newsletter.stories.prepared import Market
from newsletter.stories.registry import BY_NAME, DETECTORS
from newsletter.stories.tracks import Track

WARM = 64
"""Last rows that are ranked for one issue: the longest look back at earlier ranks is a quarter."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sighting:
    """One rule that fired: where, what it saw, and the facts it adds."""

    detector: Detector
    track: Track
    hit: Hit
    facts: tuple[Fact, ...] = ()


def find(day: MarketDay, *, recent: tuple[PastIssue, ...] = ()) -> Findings:
    """Every story of the day, scored, de-duplicated and ranked best first, and every fact that may be stated."""
    market = Market(day=day, warm=WARM)
    facts = standard.book(market) + since.facts(market, recent)
    sightings = list(sight(market))
    for seen in sightings:
        facts += seen.facts
        if between(seen.track, seen.hit.row, market.session):
            facts += standard.one_day(seen.track, seen.hit.row)
    book = FactBook(facts)
    stories = [
        told(seen, market.session, z_of(seen), weight_of(market, seen.track), tuple(facts_of(seen, book)))
        for seen in sightings
    ]
    named = guards.headlined(day)
    return Findings(stories=rank(stories, market.session, _broad(market), named, recent), facts=book)


def sight(market: Market) -> Iterator[Sighting]:
    """Every rule that fires on the issue's session."""
    for detector in DETECTORS:
        for track in detector.entities(market):
            rows = rows_told(market, track)
            if not rows:
                continue
            found = detector.run(track)
            k = next((k for row in rows if (k := found.on(row)) is not None), None)
            if k is not None:
                hit = found.hit(k)
                own = list(detector.facts(track, hit))
                if track.kind is Kind.INDEX:
                    own += aftermath.facts(track, detector.name, found, hit)
                yield Sighting(detector=detector, track=track, hit=hit, facts=tuple(own))


def rows_told(market: Market, track: Track) -> range:
    """The track's rows that belong to the issue, the newest first.

    That is its session's; of figures a session late the one before; of what trades while the exchange is closed also
    those since the session before, such as bitcoin's weekend.
    """
    if track.lag:
        row = track.row(market.previous_session)
        return range(0) if row is None else range(row, row + 1)
    told = market.previous_session if len(market.sessions) > 1 else market.session - timedelta(days=1)
    return range(track.row_up_to(market.session), track.row_up_to(told), -1)


def between(track: Track, row: int, session: date) -> bool:
    """Whether a row lies between two sessions, the exchange being closed."""
    return not track.lag and track.day(row) != session


def rank(
    stories: Iterable[Story],
    session: date,
    broad: bool,
    named: frozenset[str],
    recent: Sequence[PastIssue],
) -> tuple[Story, ...]:
    """Fold duplicates, add what depends on the other stories and on earlier issues, best first."""
    merged = merging.merge(stories, broad)
    ranked = []
    for story in merged:
        last = scoring.scored(
            story,
            linkage=scoring.linkage(story, merged),
            attribution=scoring.ATTRIBUTED if story.entity in named else 0.0,
            freshness=scoring.freshness(story, recent, theme=BY_NAME[story.detector].theme),
        )
        ranked.append(guards.capped(last, session))
    return tuple(sorted(ranked, key=lambda story: (-story.score, story.key)))


def _broad(market: Market) -> bool:
    track = market.track("^GSPC")
    row = None if track is None else track.row(market.session)
    return track is not None and row is not None and bool(track.sizes[row] >= merging.BROAD_MOVE)


def told(
    seen: Sighting,
    session: date,
    z: float,
    index_weight: float,
    facts: tuple[str, ...],
    table: calibration.Calibration | None = None,
) -> Story:
    """The story of a sighting, with the parts of its score that depend on nothing else."""
    detector, track, hit = seen.detector, seen.track, seen.hit
    own = scoring.family(detector.family, track)
    reach = scoring.reach(track, index_weight)
    weight = scoring.weight(detector.name)
    bits = scoring.calibrated(table or calibration.load(), own, scoring.raw(reach, weight, hit.p, z))
    parts = ScoreParts(
        surprise=round(scoring.surprise(hit.p), 6),
        magnitude=round(scoring.magnitude(z), 6),
        reach=round(reach, 6),
        weight=weight,
        calibration=round(bits, 6),
    )
    return Story(
        detector=detector.name,
        family=own,
        entity=track.entity,
        direction=hit.direction,
        p=round(hit.p, 9),
        z=round(z, 6),
        facts=facts,
        recipe=guards.ROLL_SAFE if track.entity in guards.FUTURES else detector.recipe,
        fallback=None if track.entity in guards.FUTURES else detector.fallback,
        yardstick=track.day(hit.yardstick) if hit.yardstick >= 0 else None,
        score=round(scoring.total(parts), 6),
        parts=parts,
        changed=hit.changed,
        notes=guards.notes(
            track.entity, hit, session, between=between(track, hit.row, session), late=track.lag > 0
        ),
    )


def z_of(seen: Sighting) -> float:
    """Robust z of the session's move where the rule is about it, else 0."""
    if not seen.detector.sized:
        return 0.0
    return float(arrays.robust_z(seen.track.moves, np.array([seen.hit.row]))[0])


def facts_of(seen: Sighting, book: FactBook) -> Iterator[str]:
    """Ids of the story's facts: the standard ones it states, main fact first, then its own."""
    cited: list[Fact] = []
    for cite in seen.detector.cites:
        name, _, window = cite.partition(":")
        entity, _, metric = name.rpartition(" ")
        # The newest may be of another day, where today's isn't known or the story is of a day between: not this story's.
        item = book.of_day(entity or seen.track.entity, metric, window, seen.track.day(seen.hit.row))
        if item is not None:
            cited.append(item)
    return iter(dict.fromkeys(item.id for item in [*cited, *seen.facts]))


def weight_of(market: Market, track: Track, row: int = -1) -> float:
    """A company's weight in the index at a session's position; 0 for everything else."""
    table = market.schedule.weights.get(track.entity)
    return 0.0 if table is None or not len(table) else float(table[row])
