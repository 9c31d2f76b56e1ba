"""What the program has to offer somebody who overrules it: each story with the headlines it would write, and the facts.

A headline is offered only where the check bears it out, so that it may be taken as it stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import islice

from newsletter.config import Config
from newsletter.editorial import proof, subject, watching
from newsletter.editorial.check import known_for, metrics
from newsletter.editorial.compose import desk_for
from newsletter.editorial.names import Names, names_of
from newsletter.editorial.notes import Note, overrule
from newsletter.facts import Choice, Fact, Findings, Story
from newsletter.market import MarketDay

HEADLINES = 4
"""Offered for a story, at most."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryOffer:
    """A story that may lead: ``what`` it says in a line, ``score`` in bits, ``role`` ``lead``, ``also`` or None.

    ``headlines`` are plain words, the best first; there may be none.
    """

    key: str
    what: str
    score: float
    role: str | None
    headlines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class FactOffer:
    """A fact that a note may name: ``reference`` as it is typed, ``printed`` as it then reads."""

    fact: Fact
    name: str
    reference: str
    printed: str


def judge_of(findings: Findings, day: MarketDay) -> proof.Judge:
    """Who judges a note of that day: by every fact that was found."""
    return proof.Judge(known_for(findings.facts, names_of(day), day))


def stories(
    choice: Choice, findings: Findings, day: MarketDay, judged: proof.Judge, *, config: Config
) -> tuple[StoryOffer, ...]:
    """Every story of the day, best first. ``choice`` is the program's own."""
    also = {story.key for story in choice.also}
    lead = None if choice.lead is None else choice.lead.key
    desk = desk_for(choice, findings, day, config)
    return tuple(
        StoryOffer(
            key=story.key,
            what=watching.one_line(desk, story, desk.voice(tickers=False)).text,
            score=story.score,
            role="lead" if story.key == lead else "also" if story.key in also else None,
            headlines=_headlines(story, choice, findings, day, judged, config),
        )
        for story in findings.stories
    )


def facts(judged: proof.Judge, day: MarketDay, wanted: str, *, most: int) -> tuple[FactOffer, ...]:
    """Facts whose entity, name, metric or window hold every word of ``wanted``, those of the session first."""
    words = wanted.lower().split()
    names = names_of(day)
    by_day = sorted(
        judged.known.facts, key=lambda fact: fact.as_of, reverse=True
    )  # stable: as found, within a day
    found: list[FactOffer] = []
    for fact in by_day:
        offer = _offer(fact, judged, names) if _meant(fact, names, words) else None
        if offer is not None:
            found.append(offer)
        if len(found) == most:
            break
    return tuple(found)


def _headlines(
    story: Story, choice: Choice, findings: Findings, day: MarketDay, judged: proof.Judge, config: Config
) -> tuple[str, ...]:
    """What the story would be headed if it led."""
    leading = overrule(choice, findings, Note(name="", lead=story.key))
    desk = desk_for(leading, findings, day, config)
    fitting = (line.text for line in subject.wordings(desk, story, desk.voice(tickers=False)))
    proved = (
        text for text in dict.fromkeys(fitting) if all(claim.fact is not None for claim in judged(text))
    )
    return tuple(islice(proved, HEADLINES))


def _meant(fact: Fact, names: Names, words: list[str]) -> bool:
    instrument = names.of(fact.entity)
    said = " ".join((fact.entity, fact.metric, fact.window, instrument.name, *instrument.aliases)).lower()
    return all(word in said for word in words)


def _offer(fact: Fact, judged: proof.Judge, names: Names) -> FactOffer | None:
    """None for what can't be said: no words are known to stand by it, or a newer fact goes by its name."""
    sayable = isinstance(fact.value, str | date) or fact.metric in metrics.NUMBERS
    reference = proof.reference(fact, judged.book) if sayable else None
    if reference is None:
        return None
    return FactOffer(
        fact=fact,
        name=names.of(fact.entity).name,
        reference=reference,
        printed=proof.printed(fact, judged.known),
    )
