"""The fact that somebody may have meant who typed a number or a date that no fact bears out. A hint, and no judgement."""

from __future__ import annotations

from newsletter.editorial.check import Claim, metrics
from newsletter.editorial.check.reading import Known, read
from newsletter.editorial.check.tokens import Measure, dates, numbers
from newsletter.facts import Fact, Unit

_UNITS = {
    Measure.PCT: (Unit.PCT,),
    Measure.BP: (Unit.BP,),
    Measure.PP: (Unit.PP,),
    Measure.PTS: (Unit.PTS, Unit.PP),
    Measure.USD: (Unit.USD,),
    Measure.ORDINAL: (Unit.COUNT,),
    Measure.PLAIN: (Unit.LEVEL, Unit.COUNT),
}


def nearest(claim: Claim, known: Known, *, within: str) -> Fact | None:
    """The nearest sayable fact of whom the claim's sentence names, or else the words ``within`` which it stands."""
    typed = next(iter(numbers(claim.text, ())), None)
    days = (when.day for when in dates(claim.text, known.today) if when.day is not None)
    day = next(days, None)
    if day is not None:
        dated = (fact for fact in _of_named(claim, known, within) if fact.unit is Unit.DATE)
        return min(dated, key=lambda fact: abs(fact.day - day), default=None)
    if typed is None:
        return None
    facts, units = _of_named(claim, known, within), _UNITS[typed.measure]
    alike = (fact for fact in facts if fact.unit in units and fact.metric in metrics.NUMBERS)
    return min(alike, key=lambda fact: abs(abs(fact.number) - abs(typed.value)), default=None)


def _of_named(claim: Claim, known: Known, within: str) -> list[Fact]:
    return _facts_in(claim.sentence, known) or _facts_in(within, known)


def _facts_in(words: str, known: Known) -> list[Fact]:
    mentions = read("", words, known).mentions
    named = dict.fromkeys(entity for item in mentions for entity in item.entities)
    return known.of(tuple(named)) if named else []
