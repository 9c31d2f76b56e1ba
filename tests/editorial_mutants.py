"""Seeded mistakes: correct sentences made wrong in one way each, to measure what the check catches.

A mutant that happens to be true is left out: an entity whose own figure rounds to the same print, a window whose change
is the same. The mutation knows only the text and the facts, nothing of how the check reads.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from newsletter import numerals
from newsletter.facts import Fact

INDEXES = {
    "^GSPC": ("the S&P 500", "The S&P 500"),
    "^IXIC": ("the Nasdaq", "The Nasdaq"),
    "^DJI": ("the Dow", "The Dow"),
}
OPPOSITE = {
    "rose": "fell", "fell": "rose", "gained": "lost", "lost": "gained", "climbed": "dropped", "dropped": "climbed",
    "jumped": "slid", "slid": "jumped", "rallied": "sank", "sank": "rallied", "soared": "tumbled", "tumbled": "soared",
    "surged": "plunged", "plunged": "surged", "edged up": "slipped", "slipped": "edged up", "dipped": "added",
    "added": "dipped",
}  # fmt: skip
LOUD = {
    "edged up": "soared", "added": "surged", "slipped": "plunged", "dipped": "tumbled", "rose": "soared", "fell": "plunged",
    "climbed": "edged up", "dropped": "slipped", "jumped": "edged up", "slid": "dipped", "rallied": "added",
    "soared": "edged up", "tumbled": "slipped", "surged": "added", "plunged": "dipped", "sank": "slipped",
}  # fmt: skip
WINDOWS = {
    "over the past month": (("1cm",), "over the past week", ("5s",)),
    "this year": (("ytd",), "this month", ("mtd",)),
    "for the year": (("ytd",), "for the month", ("mtd",)),
    "for the week": (("wtd",), "for the year", ("ytd",)),
}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
MONTHS = ("Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec.")
_FIGURE = re.compile(r"(?<![\w.,$])\$?\d[\d,]*(?:\.\d+)?(?=%|\b)")
_LABELS = re.compile(
    r"S&P 500|Russell 2000|10-year|two-year|\(\^?[A-Z0-9.=-]+\)|\d+(?::\d+)? [ap]\.m\.|(?:19|20)\d\d"
)
_DATE = re.compile(
    r"(Jan\.|Feb\.|March|April|May|June|July|Aug\.|Sept\.|Oct\.|Nov\.|Dec\.) (\d{1,2})(, \d{4})?"
)


@dataclass(frozen=True)
class Mutant:
    """One mistake: its class, the sentence as it was, and as it was made."""

    kind: str
    before: str
    after: str


def mutants(sentence: str, facts: tuple[Fact, ...], seed: int) -> Iterator[Mutant]:
    """Every mistake that can be made in a sentence, one of each place."""
    chance = random.Random(f"{seed}{sentence}")
    for maker in (_numbers, _entities, _signs, _verbs, _windows, _dates, _superlatives, _causes, _advice):
        for kind, after in maker(sentence, facts, chance):
            if after != sentence:
                yield Mutant(kind=kind, before=sentence, after=after)


def _numbers(sentence: str, facts: tuple[Fact, ...], chance: random.Random) -> Iterator[tuple[str, str]]:
    """The last digit off by one."""
    taken = [match.span() for pattern in (_LABELS, _DATE) for match in pattern.finditer(sentence)]
    for match in _FIGURE.finditer(sentence):
        if any(start <= match.start() < end for start, end in taken):
            continue
        last = match.end() - 1
        digit = int(sentence[last])
        other = digit + 1 if digit < 9 else digit - 1
        yield "number", f"{sentence[:last]}{other}{sentence[last + 1 :]}"


def _entities(sentence: str, facts: tuple[Fact, ...], chance: random.Random) -> Iterator[tuple[str, str]]:
    """One index taken for another, where their printed figures differ."""
    for symbol, names in INDEXES.items():
        for other, others in INDEXES.items():
            if other == symbol or others[0] in sentence or others[1] in sentence:
                continue
            for mine, theirs in zip(names, others, strict=True):
                spots = [match.start() for match in re.finditer(re.escape(mine), sentence)]
                if not spots or not _FIGURE.search(_LABELS.sub("", sentence)):
                    continue
                if (
                    ("since" in sentence.lower() and _same_since(symbol, other, facts))
                    or _same_figures(symbol, other, sentence, facts)
                    or ("ended" in sentence and _hardly_moved(other, facts))
                ):
                    continue
                swapped = sentence.replace(mine, theirs, 1).replace(f"({symbol})", f"({other})", 1)
                yield "entity", swapped


def _same_figures(one: str, two: str, sentence: str, facts: tuple[Fact, ...]) -> bool:
    """Whether some printed figure would be true of both."""
    for figure in _FIGURE.findall(_LABELS.sub("", sentence)):
        places = len(figure.partition(".")[2])
        value = figure.replace(",", "").lstrip("$")
        mine = {
            (fact.metric, fact.window.partition("@")[0], fact.as_of)
            for fact in facts
            if fact.entity == one and _prints(fact, value, places)
        }
        theirs = {
            (fact.metric, fact.window.partition("@")[0], fact.as_of)
            for fact in facts
            if fact.entity == two and _prints(fact, value, places)
        }
        if mine & theirs:
            return True
    return False


def _same_since(one: str, two: str, facts: tuple[Fact, ...]) -> bool:
    """Whether both were last moved as much on the same day."""
    days = [
        {fact.value for fact in facts if fact.entity == entity and fact.metric == "since"}
        for entity in (one, two)
    ]
    return bool(days[0] & days[1])


def _hardly_moved(entity: str, facts: tuple[Fact, ...]) -> bool:
    return any(
        fact.entity == entity and fact.metric == "return" and fact.window == "1s" and abs(fact.number) < 0.1
        for fact in facts
    )


def _prints(fact: Fact, value: str, places: int) -> bool:
    if not isinstance(fact.value, int | float):
        return False
    return str(abs(numerals.rounded(fact.number, places))) == value


def _signs(sentence: str, facts: tuple[Fact, ...], chance: random.Random) -> Iterator[tuple[str, str]]:
    """A verb or direction turned round, where a figure follows it."""
    for verb, other in OPPOSITE.items():
        for match in re.finditer(rf"\b{verb} (?=[\d$])", sentence):
            yield "sign", f"{sentence[: match.start()]}{other} {sentence[match.end() :]}"
    for word, other in (("up", "down"), ("down", "up")):
        for match in re.finditer(rf"\b(?<!edged ){word} (?=\d)", sentence):
            yield "sign", f"{sentence[: match.start()]}{other} {sentence[match.end() :]}"
    for match in re.finditer(r" below (?=the record|its record)", sentence):
        yield "sign", f"{sentence[: match.start()]} above {sentence[match.end() :]}"


def _verbs(sentence: str, facts: tuple[Fact, ...], chance: random.Random) -> Iterator[tuple[str, str]]:
    """A verb of quite another size, the sign kept. Members that rise or fall are counted, not sized."""
    if "members" in sentence or "had come from" in sentence or "since" in sentence:
        return
    for verb, other in LOUD.items():
        for match in re.finditer(rf"\b{verb} (?=[\d$])", sentence):
            yield "verb", f"{sentence[: match.start()]}{other} {sentence[match.end() :]}"


def _windows(sentence: str, facts: tuple[Fact, ...], chance: random.Random) -> Iterator[tuple[str, str]]:
    """One window's change said of another, where the two differ as printed."""
    for phrase, (_, other, theirs) in WINDOWS.items():
        if phrase not in sentence:
            continue
        shown = set(re.findall(r"(\d[\d,]*\.\d)%", sentence))
        moved = {
            str(abs(numerals.rounded(fact.number, 1)))
            for fact in facts
            if fact.metric in ("return", "change") and fact.window.partition("@")[0] in theirs
        }
        if not shown & moved:
            yield "window", sentence.replace(phrase, other, 1)


def _dates(sentence: str, facts: tuple[Fact, ...], chance: random.Random) -> Iterator[tuple[str, str]]:
    """A day one off, another weekday, another year."""
    for match in _DATE.finditer(sentence):
        day = int(match[2])
        shifted = day + 1 if day < 28 else day - 1
        yield "date", f"{sentence[: match.start(2)]}{shifted}{sentence[match.end(2) :]}"
    for match in re.finditer(r"\b(" + "|".join(WEEKDAYS) + r")\b", sentence):
        other = WEEKDAYS[(WEEKDAYS.index(match[1]) + 2) % 5]
        if other not in sentence:
            yield "date", f"{sentence[: match.start()]}{other}{sentence[match.end() :]}"
    for hour, other in (("after the close", "before the open"), ("before the open", "after the close")):
        if "report" in sentence and hour in sentence:
            yield "date", sentence.replace(hour, other, 1)
    for match in re.finditer(r"(?<=since )(19|20)(\d)(\d)\b", sentence):
        digit = (int(match[3]) + 3) % 10
        yield "date", f"{sentence[: match.start(3)]}{digit}{sentence[match.end(3) :]}"


def _superlatives(sentence: str, facts: tuple[Fact, ...], chance: random.Random) -> Iterator[tuple[str, str]]:
    """Best for worst, and a record where there is none."""
    for one, two in (
        ("best day", "worst day"),
        ("worst day", "best day"),
        ("better", "worse"),
        ("worse", "better"),
    ):
        if one in sentence and "better week" not in sentence and "better month" not in sentence:
            yield "superlative", sentence.replace(one, two, 1)
    for match in re.finditer(r" to (?=[\d,]+\.\d\d\b(?!%))", sentence):
        if "record" not in sentence and not _at_record(sentence, facts):
            yield "superlative", f"{sentence[: match.start()]} to a record close of {sentence[match.end() :]}"


def _at_record(sentence: str, facts: tuple[Fact, ...]) -> bool:
    """Whether the sentence's index did close at a record, so that saying so would be no mistake."""
    return any(
        fact.metric == "dist_record"
        and fact.value == 0
        and any(
            name in sentence
            for name in (f"({fact.entity})", *INDEXES.get(fact.entity, ("the Russell", "small caps")))
        )
        for fact in facts
    )


def _causes(sentence: str, facts: tuple[Fact, ...], chance: random.Random) -> Iterator[tuple[str, str]]:
    cause = chance.choice(
        (
            " because of the Fed",
            " amid tariff fears",
            " on hopes of a rate cut",
            " as investors sold",
            " thanks to earnings",
        )
    )
    if sentence.endswith("."):
        yield "cause", f"{sentence[:-1]}{cause}."


def _advice(sentence: str, facts: tuple[Fact, ...], chance: random.Random) -> Iterator[tuple[str, str]]:
    words = chance.choice(
        (" Investors should buy.", " It is an opportunity.", " The target is higher.", " It is time to sell.")
    )
    yield "advice", f"{sentence}{words}"
