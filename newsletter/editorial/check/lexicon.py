"""Words that the check knows: names of instruments and events, directions, windows, superlatives, causes, advice."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from newsletter.editorial.names import Names
from newsletter.editorial.releases import EVENTS
from newsletter.editorial.verbs import BANDS, PRESENT, plural
from newsletter.facts import Fact
from newsletter.instruments import Kind as Asset

BENCHMARK = "^GSPC"
"""The index whose members are counted and on which releases are measured."""

MEMBERS, SECTORS, IMPLIED = "breadth:SPX", "sectors:SPDR", "risk:implied"
AVERAGE = "pair:RSP-SPY"
"""The average company against the index that its giants weigh down."""

UP_VERBS = {verb: item for item in BANDS[1:] for verb in item.up}
DOWN_VERBS = {verb: item for item in BANDS[1:] for verb in item.down}
UP_VERBS |= {form(PRESENT[verb]): item for verb, item in list(UP_VERBS.items()) for form in (str, plural)}
DOWN_VERBS |= {form(PRESENT[verb]): item for verb, item in list(DOWN_VERBS.items()) for form in (str, plural)}

UP_WORDS = (
    *UP_VERBS,
    "up",
    "gain",
    "gains",
    "risen",
    "rise",
    "above",
    "won",
    "win",
    "best",
    "better",
    "higher",
    "widens",
    "widened",
)
DOWN_WORDS = (
    *DOWN_VERBS, "down", "loss", "losses", "lose", "fallen", "fall", "drop", "below", "short", "under",
    "worst", "worse", "lower", "shed", "narrows", "narrowed",
)  # fmt: skip

CAUSES = re.compile(
    r"\b(because|amid|amidst|thanks to|fuel(?:l?ed|s) by|driven by|sparked by|triggered by|due to(?! report)|owing to|in response to|"
    r"on (?:hopes|fears|news|worries|optimism|concerns?|expectations|bets)|boosted by|weighed (?:down )?by|helped by|"
    r"hurt by|led by|prompted by|caused? by|as (?:investors|traders|markets?|stocks|fears|hopes|worries|yields|the Fed)|"
    r"after (?!the (?:close|bell|open|last|lowest)|its (?:last|past|report)|\w+ sessions|\d|−|\$|[A-Z][a-z]+\.? \d))\b"
)
"""Words that explain. ``after`` before an hour or a number ("after 0.2%", "after the close") orders and doesn't explain."""

ADVICE = re.compile(
    r"\b(buy(?:ing)?|sell(?:ing)?|should|ought|must|consider|target|opportunit(?:y|ies)|bargains?|undervalued|overvalued|"
    r"outlook|will (?:rise|fall|rally|climb|drop|recover)|likely to|poised|set to|recommend(?:ed|s)?|time to|attractive|"
    r"overweight|underweight|hold on|get in|cheap|expensive)\b",
    re.IGNORECASE,
)
LEAST = re.compile(r"\b(narrower|smaller|smallest|tighter|tightest|shallower|shallowest|shorter|shortest)\b")
"""No fact says what is least, so none of these can be borne out. "At its narrowest" is one of the phrases."""
STOCK_PHRASES = re.compile(
    r"\b(investors shrugged|all eyes|remains? to be seen|roller-?coaster|amid|only time will tell|on edge|wall street(?:'s)? "
    r"mood|dust settles|perfect storm|sea of (?:red|green)|bloodbath|to the moon)\b|!",
    re.IGNORECASE,
)

WINDOWS = (
    ("month", re.compile(r"\bover (?:the|a) (?:past |last )?month\b|\bpast month\b|\ba month\b")),
    ("sessions", re.compile(r"\bpast week\b|\bfive sessions\b")),
    ("week", re.compile(r"\bthis week\b|\b(?:the|better) week\b|\ba week\b")),
    (
        "year",
        re.compile(r"\bthis year\b|\bfor the year\b|\byear to date\b|\bof the year\b|\bsince january\b"),
    ),
    ("mtd", re.compile(r"\bthis month\b|\bfor the month\b|\b(?:the|better) month\b")),
    ("quarter", re.compile(r"\bthe quarter\b")),
)
"""What window a phrase names; a week or month without "past" is the one that is running or has just ended."""

WINDOW_BASES = {
    "month": ("1cm",),
    "sessions": ("5s",),
    "week": ("wtd",),
    "year": ("ytd",),
    "mtd": ("mtd",),
    "quarter": ("qtd",),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Mention:
    """A name in a sentence: where, and whose it can be."""

    start: int
    end: int
    text: str
    entities: tuple[str, ...]


class Lexicon:
    """Finds names in sentences, the longest that fits, among what the issue's facts are about."""

    def __init__(self, names: Names, facts: Iterable[Fact]) -> None:
        self.names = names
        known: dict[str, list[str]] = {}
        for entity in _entities(facts):
            for call in self._calls(entity):
                known.setdefault(call, []).append(entity)
        self._known = {call: tuple(entities) for call, entities in known.items()}
        ordered = sorted(self._known, key=len, reverse=True)
        body = "|".join(_loose(call) for call in ordered)
        self._pattern = re.compile(rf"(?<![\w&])(?:{body})(?!\w)") if body else re.compile(r"(?!x)x")
        self._folded = {call[:1].lower() + call[1:]: entities for call, entities in self._known.items()}

    def _calls(self, entity: str) -> tuple[str, ...]:
        if entity.startswith("event:"):
            name = entity.removeprefix("event:")
            event = EVENTS.get(name)
            return (name, *event_calls(name, "" if event is None else event.prose))
        if entity == MEMBERS:
            return ("members with data", "index's members", "members")
        if entity == SECTORS:
            return ("sectors",)
        if entity.startswith(("pair:", "ratio:")):
            return ()
        instrument = self.names.of(entity)
        return tuple(
            dict.fromkeys(
                call.removeprefix("the ") for call in (instrument.prose, instrument.name, *instrument.aliases)
            )
        )

    def companies(self, sentence: str) -> frozenset[str]:
        """Names of companies in a sentence, whose words mean nothing else: Target, Best Buy."""
        found = self.mentions(sentence)
        return frozenset(
            item.text for item in found if item.entities and self.names.kind(item.entities[0]) is Asset.STOCK
        )

    def mentions(self, sentence: str) -> tuple[Mention, ...]:
        """Every name, left to right."""
        found = []
        for match in self._pattern.finditer(sentence):
            text = match.group(0)
            entities = self._known.get(text) or self._folded.get(text[:1].lower() + text[1:]) or ()
            found.append(Mention(start=match.start(), end=match.end(), text=text, entities=entities))
        return tuple(found)


def _entities(facts: Iterable[Fact]) -> Iterable[str]:
    """Entities of the facts, and the two that a pair, ratio or spread is made of."""
    found = dict.fromkeys(fact.entity for fact in facts)
    for entity in list(found):
        kind, _, sides = entity.partition(":")
        if kind in ("pair", "ratio", "spread"):
            first, _, second = sides.partition("-")
            found |= dict.fromkeys((first, second))
    return found


def event_calls(name: str, prose: str) -> tuple[str, ...]:
    """How a release is spoken of; a decision also as the Fed's range."""
    calls = [prose.removeprefix("the ").removeprefix("a ")] if prose else []
    if name == "Federal Funds Rate":
        calls += [
            "Fed left the top of its range",
            "Fed raised the top of its range",
            "Fed cut the top of its range",
        ]
        calls += ["Fed raises the top of its range", "Fed cuts the top of its range", "Fed stays at"]
    return tuple(calls)


def _loose(call: str) -> str:
    """The first letter may be capital: a sentence can begin with it."""
    first = call[:1]
    return (
        f"[{re.escape(first)}{re.escape(first.upper())}]{re.escape(call[1:])}"
        if first.islower()
        else re.escape(call)
    )
