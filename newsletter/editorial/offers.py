"""What the program has to offer somebody who overrules it: each story with the headlines it would write, and the facts.

A headline is offered only where the check bears it out, so that it may be taken as it stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import islice

from newsletter.config import Config
from newsletter.editorial import proof, subject, watching
from newsletter.editorial.check import Claim, known_for, metrics
from newsletter.editorial.compose import desk_for
from newsletter.editorial.names import Names, names_of
from newsletter.editorial.nearest import nearest
from newsletter.editorial.notes import Note, overrule
from newsletter.facts import Choice, Fact, Findings
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
    """A fact that a note may name: ``reference`` as it is typed, ``printed`` as it then reads.

    ``reference`` is empty where a newer fact goes by its name, or where no words are known to stand by it.
    """

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
            headlines=headlines(
                overrule(choice, findings, Note(name="", lead=story.key)),
                findings,
                day,
                judged,
                config=config,
            ),
        )
        for story in findings.stories
    )


def headlines(
    choice: Choice, findings: Findings, day: MarketDay, judged: proof.Judge, *, config: Config
) -> tuple[str, ...]:
    """What the program would head an issue of this choice, the best first."""
    desk = desk_for(choice, findings, day, config)
    fitting = (line.text for line in subject.wordings(desk, choice.lead, desk.voice(tickers=False)))
    proved = (
        text for text in dict.fromkeys(fitting) if all(claim.fact is not None for claim in judged(text))
    )
    return tuple(islice(proved, HEADLINES))


def facts(judged: proof.Judge, wanted: str, *, most: int) -> tuple[FactOffer, ...]:
    """Facts whose entity, name, metric or window hold every word of ``wanted``; the newest first, in a day as found."""
    words = wanted.lower().split()
    newest_first = sorted(judged.known.facts, key=lambda fact: fact.as_of, reverse=True)
    meant = (_offer(fact, judged) for fact in newest_first if _meant(fact, judged.names, words))
    return tuple(islice((offer for offer in meant if offer.reference), most))


def hint(claim: Claim, judged: proof.Judge, *, within: str) -> FactOffer | None:
    """The fact that may have been meant by a claim of the passage ``within``, which none bears out."""
    fact = nearest(claim, judged.known, within=within)
    return None if fact is None else _offer(fact, judged)


def _offer(fact: Fact, judged: proof.Judge) -> FactOffer:
    sayable = isinstance(fact.value, str | date) or fact.metric in metrics.NUMBERS
    return FactOffer(
        fact=fact,
        name=judged.names.of(fact.entity).name,
        reference=(proof.reference(fact, judged.book) or "") if sayable else "",
        printed=proof.printed(fact, judged.known),
    )


def _meant(fact: Fact, names: Names, words: list[str]) -> bool:
    instrument = names.of(fact.entity)
    said = " ".join((fact.entity, fact.metric, fact.window, instrument.name, *instrument.aliases)).lower()
    return all(word in said for word in words)
