"""Whose a number is: the names in a sentence, and those that the sentences before it left in mind."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from newsletter.editorial.check import lexicon as words
from newsletter.editorial.check import metrics
from newsletter.editorial.check.reading import Known, Read
from newsletter.editorial.check.tokens import When
from newsletter.facts import Fact
from newsletter.instruments import Kind as Asset

_FOLLOWED = re.compile(r"^\s*(?:for|of|in|by)\s+(?:the\s+)?$")
_PRONOUNS = ("it ", "its ", "they ", "their ")
"""A sentence that begins so goes on about whom the one before spoke of, whoever it names besides."""

_LEANS = re.compile(
    r"\b(?:it|its|they|their|that|this(?! (?:week|month|year))|the index|the two|the stock)\b"
)
"""Words that speak of whom the sentence before spoke of."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Topic:
    """Whom a section is about: whom it named first, and which index."""

    first: tuple[str, ...] = ()
    index: tuple[str, ...] = ()


NOBODY = Topic()
"""Of a section that has named nobody yet."""


@dataclass(kw_only=True, slots=True)
class Context:
    """What a sentence leans on: who was spoken of before it in its block and its section, and of which day."""

    subject: tuple[str, ...] = ()
    topic: Topic = NOBODY
    pair: tuple[tuple[str, ...], ...] = ()
    event: tuple[str, ...] = ()
    day: date | None = None
    before: str = ""


class Ownership:
    """What a block has spoken of so far; one for each block."""

    def __init__(self, known: Known, topic: Topic = NOBODY) -> None:
        self.known = known
        self.context = Context(topic=topic)

    def hear(self, found: Read) -> None:
        """The day a sentence speaks of: the last past weekday it names, else the one carried."""
        for when in found.whens:
            owned = found.text[when.end :].startswith("'s")  # "Wednesday's loss" is spoken of on another day
            day = self.weekday(when, past=True) if when.kind == "weekday" and not owned else None
            if day is not None and day <= self.known.session:
                self.context.day = day

    def carry(self, found: Read) -> None:
        """Remember the sentence for the next one."""
        context = self.context
        instruments, events = found.instruments, found.events
        if instruments:
            if not found.lower.startswith(_PRONOUNS):
                context.subject = instruments[0]
            context.pair = instruments[:2] if len(instruments) > 1 else context.pair
            index = next((item for item in instruments if self._is_index(item)), ())
            context.topic = Topic(
                first=context.topic.first or instruments[0], index=context.topic.index or index
            )
        elif "the index" in found.lower:
            context.subject = self._carried(found)
        if events:
            context.event = events[0]
        context.before = found.lower

    def weekday(self, when: When, *, past: bool) -> date | None:
        """The date a weekday means: the newest such day up to the session, or the next from today."""
        known = self.known
        if past:
            return known.session - timedelta(days=(known.session.weekday() - when.weekday) % 7)
        return known.today + timedelta(days=(when.weekday - known.today.weekday()) % 7)

    def owners(self, found: Read, start: int, end: int) -> tuple[str, ...]:
        """Whose number it is: named right after it ("for the S&P 500"), else last before it, else carried."""
        for mention in found.mentions:
            if mention.start >= end and _FOLLOWED.match(found.text[end : mention.start] or "x"):
                return mention.entities
        before = [item.entities for item in found.mentions if item.end <= start]
        if before:
            return before[-1]
        if found.mentions and not _LEANS.search(found.lower[:start]):
            return found.mentions[0].entities
        return self._carried(found)

    def _carried(self, found: Read) -> tuple[str, ...]:
        """Whom a sentence without a name goes on about; "the index" is no stock, whatever was named before it."""
        subject, topic = self.context.subject, self.context.topic
        if "the index" in found.lower and not self._is_index(subject):
            return topic.index or topic.first
        return subject or topic.first

    def _is_index(self, entities: tuple[str, ...]) -> bool:
        return bool(entities) and self.known.lexicon.names.kind(entities[0]) is Asset.INDEX

    def _pairs(self, found: Read) -> tuple[str, ...]:
        """Pairs that the sentence can speak of, either way round: of the names in it and the ones carried."""
        named = found.instruments
        if len(named) == 1 and sum(item.entities == named[0] for item in found.mentions) > 1:
            return ()  # one market against itself
        carried = (self.context.subject,) if self.context.subject else ()
        options = (named,) if len(named) > 1 else ((*carried, *named), self.context.pair)
        result: list[str] = []
        for option in options:
            for one in option:
                for two in option:
                    result += [
                        f"{kind}:{a}-{b}" for kind in ("pair", "ratio") for a in one for b in two if a != b
                    ]
        return tuple(dict.fromkeys(result))

    def belongs(self, found: Read, fact: Fact, owners: tuple[str, ...]) -> bool:
        """Whether a fact is one of those the words are about."""
        if self.known.free:
            return True
        if fact.entity == words.AVERAGE and "average company" in found.lower:
            return True
        if fact.entity.startswith(("pair:", "ratio:")):
            return fact.entity in self._pairs(found)
        if fact.entity == words.IMPLIED:
            return "volatility" in found.lower
        if fact.entity.startswith("cross:"):
            return "bonds and the dollar" in found.lower
        if fact.entity in (words.MEMBERS, words.SECTORS):
            if fact.entity == words.MEMBERS and self._other_index(found):
                return False
            spoken = re.search(r"\bmembers\b|\bsectors?\b", found.lower + self.context.before)
            return fact.entity in owners or bool(spoken) or self._two_sectors(found, fact)
        if fact.entity.startswith("spread:") and fact.entity not in owners:
            sides = fact.entity.removeprefix("spread:").split("-")
            named_here = [entity for item in found.mentions for entity in item.entities]
            return all(side in named_here for side in sides)
        if fact.entity.startswith("event:"):
            if fact.metric in ("release_move", "usual_move") and self._other_index(found):
                return False
            named = found.events
            if (
                not named
                and found.mentions
                and fact.metric not in ("release_move", "usual_move", "release_count")
            ):
                return False
            return any(fact.entity in entities for entities in named or (self.context.event,))
        if fact.metric in ("report_move", "report_count") and fact.entity in self.context.subject:
            return True
        if not owners:  # a headline that names nobody speaks of the market
            return fact.metric != "streak" or fact.entity == words.BENCHMARK
        return fact.entity in owners

    def _other_index(self, found: Read) -> bool:
        """Whether the sentence names an index other than the one that members and releases are measured on."""
        kinds = self.known.lexicon.names
        return any(
            kinds.kind(item.entities[0]) is Asset.INDEX and words.BENCHMARK not in item.entities
            for item in found.mentions
        )

    def _two_sectors(self, found: Read, fact: Fact) -> bool:
        """Whether a gap of the sectors is said of two of them, here or in the sentence before."""
        spoken = (*(item.entities for item in found.mentions), *self.context.pair)
        kinds = [self.known.lexicon.names.kind(entities[0]) for entities in dict.fromkeys(spoken)]
        return fact.entity == words.SECTORS and kinds.count(Asset.SECTOR) >= 2

    def on_day(self, fact: Fact) -> bool:
        """Whether the fact is of the day spoken of; facts without a day of their own are of the session."""
        if self.known.free or fact.window.startswith(("due@", "out@")) or fact.window.endswith("r"):
            return True
        day = self.context.day or self.known.session
        if self.known.lexicon.names.kind(fact.entity) is Asset.CREDIT:
            return fact.as_of in (self.context.day or self.known.previous, self.known.previous)
        return (
            fact.as_of in (day, self.known.session)
            if fact.metric not in metrics.SIZE_WINDOWS
            else fact.as_of == day
        )
