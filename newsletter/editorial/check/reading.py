"""A sentence taken apart, and what the check judges it by."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from newsletter.editorial.check.ledger import Claim, Kind
from newsletter.editorial.check.lexicon import Lexicon, Mention
from newsletter.editorial.check.tokens import Hour, Number, When, dates, hours, numbers
from newsletter.editorial.scale import Scale
from newsletter.facts import Fact

PLOTTED = "chart:data"
"""Stands for a fact where a chart's text names what it plots."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What the check judges by: the issue's facts and days.

    ``left`` is how many sessions of the issue's week are to come, its own morning's included.
    ``free`` is for a chart's title and alt text: its facts are few and its own, so no words need to stand by them, and what it plots
    (``plotted``, ``plotted_days``) may be named too.
    """

    facts: tuple[Fact, ...]
    lexicon: Lexicon
    scale: Scale
    today: date
    session: date
    previous: date | None
    left: int = 0
    free: bool = False
    plotted: frozenset[float] = frozenset()
    plotted_days: frozenset[date] = frozenset()
    by_entity: dict[str, list[Fact]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for fact in self.facts:
            self.by_entity.setdefault(fact.entity, []).append(fact)

    def of(self, entities: tuple[str, ...]) -> list[Fact]:
        """Facts of any of the entities; of all where none is given."""
        if not entities:
            return list(self.facts)
        return [fact for entity in entities for fact in self.by_entity.get(entity, [])]


@dataclass(frozen=True, kw_only=True, slots=True)
class Read:
    """A sentence taken apart."""

    part: str
    text: str
    lower: str
    mentions: tuple[Mention, ...]
    whens: tuple[When, ...]
    hours: tuple[Hour, ...]
    numbers: tuple[Number, ...]

    def claim(self, text: str, kind: Kind, fact: Fact | None, reason: str = "") -> Claim:
        """A claim of this sentence: bound to a fact, or refused for a reason."""
        line = "" if fact is not None else f'{kind.value}: {text!r} in "{self.text}" ({self.part}): {reason}'
        return Claim(
            part=self.part,
            sentence=self.text,
            text=text,
            kind=kind,
            fact=None if fact is None else fact.id,
            reason=line,
        )

    def on_chart(self, text: str, kind: Kind) -> Claim:
        """A claim that a chart's own data bear out."""
        return Claim(part=self.part, sentence=self.text, text=text, kind=kind, fact=PLOTTED)

    @property
    def events(self) -> tuple[tuple[str, ...], ...]:
        """Releases that the sentence names."""
        return tuple(item.entities for item in self.mentions if is_event(item.entities))

    @property
    def instruments(self) -> tuple[tuple[str, ...], ...]:
        """Everything else that it names, each once."""
        return tuple(dict.fromkeys(item.entities for item in self.mentions if not is_event(item.entities)))


def read(part: str, sentence: str, known: Known) -> Read:
    """Names, dates, hours and numbers of a sentence."""
    mentions = known.lexicon.mentions(sentence)
    free = [(item.start, item.end) for item in mentions]
    whens = tuple(
        item
        for item in dates(sentence, known.today)
        if not any(start <= item.start < end for start, end in free)
    )
    at = hours(sentence)
    taken = (*free, *((item.start, item.end) for item in whens), *((item.start, item.end) for item in at))
    return Read(
        part=part,
        text=sentence,
        lower=sentence.lower(),
        mentions=mentions,
        whens=whens,
        hours=at,
        numbers=numbers(sentence, taken),
    )


def is_event(entities: tuple[str, ...]) -> bool:
    """Whether a name is that of a release."""
    return any(entity.startswith("event:") for entity in entities)


def who(owners: tuple[str, ...]) -> str:
    """Owners for a message."""
    return " or ".join(owners) if owners else "anything"
