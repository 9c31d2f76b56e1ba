"""The fact that somebody may have meant who typed a number or a date that no fact bears out. A hint, and no judgement."""

from __future__ import annotations

from newsletter.editorial.check import Claim, metrics
from newsletter.editorial.check.binding import UNITS
from newsletter.editorial.check.reading import Known, read
from newsletter.editorial.check.tokens import dates, numbers
from newsletter.facts import Fact, Unit


def nearest(claim: Claim, known: Known, *, within: str) -> Fact | None:
    """The nearest sayable fact of whom the claim's sentence names, or else the words ``within`` which it stands."""
    days = (when.day for when in dates(claim.text, known.today) if when.day is not None)
    day = next(days, None)
    if day is not None:
        dated = (fact for fact in _of_named(claim, known, within) if fact.unit is Unit.DATE)
        return min(dated, key=lambda fact: abs(fact.day - day), default=None)
    typed = next(iter(numbers(claim.text, ())), None)
    if typed is None:
        return None
    facts, units = _of_named(claim, known, within), UNITS[typed.measure]
    alike = (fact for fact in facts if fact.unit in units and fact.metric in metrics.NUMBERS)
    return min(alike, key=lambda fact: abs(abs(fact.number) - abs(typed.value)), default=None)


def _of_named(claim: Claim, known: Known, within: str) -> list[Fact]:
    return _facts_in(claim.sentence, known) or _facts_in(within, known)


def _facts_in(words: str, known: Known) -> list[Fact]:
    mentions = read("", words, known).mentions
    named = dict.fromkeys(entity for item in mentions for entity in item.entities)
    return known.of(tuple(named)) if named else []
