"""Binding one sentence: every number, date, hour and name in it to a fact of the right entity, window and sign."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from newsletter import numerals
from newsletter.editorial.check import lexicon as words
from newsletter.editorial.check import metrics, phrases, prints
from newsletter.editorial.check.ledger import Claim, Kind
from newsletter.editorial.check.lexicon import Lexicon, Mention
from newsletter.editorial.check.tokens import Hour, Measure, Number, When, dates, hours, numbers
from newsletter.editorial.scale import Scale
from newsletter.editorial.verbs import band
from newsletter.facts import Fact, Unit
from newsletter.instruments import Kind as Asset

_UNITS = {
    Measure.PCT: (Unit.PCT,),
    Measure.BP: (Unit.BP,),
    Measure.PP: (Unit.PP,),
    Measure.PTS: (Unit.PTS, Unit.PP),
    Measure.USD: (Unit.USD,),
    Measure.ORDINAL: (Unit.COUNT,),
    Measure.PLAIN: (Unit.LEVEL, Unit.COUNT, Unit.PTS),
}
LEVEL_PLACES = 2
"""Decimals that a level carries wherever it is printed; with fewer it is another number."""

ISSUE_DATE = "issue:date"
"""Stands for a fact where a word says only what day the issue is of."""

_FOLLOWED = re.compile(r"^\s*(?:for|of|in|by)\s+(?:the\s+)?$")
_TICKER = re.compile(r"\s*\((\^?[A-Z0-9][A-Z0-9.=-]*)\)")
_KIND_OF_DAY = re.compile(r"\b(?:quiet|ordinary|one more) $")
"""Before a weekday: the session itself is meant, whatever else the sentence says is due."""

_NAMED_LAST = re.compile(r"\b(?:recently|latest|made one|only one of the year) on $")
"""Before a weekday: it is that of the last record, not of the session."""

_LEANS = re.compile(r"\b(?:it|its|they|their|that|this|the index|the two|the stock)\b")
"""Words that speak of whom the sentence before spoke of."""


@dataclass(kw_only=True, slots=True)
class Context:
    """What a sentence leans on: who was spoken of before it in its block and its section, and of which day."""

    subject: tuple[str, ...] = ()
    topic: tuple[str, ...] = ()
    pair: tuple[tuple[str, ...], ...] = ()
    event: tuple[str, ...] = ()
    day: date | None = None
    before: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What the check judges by: the issue's facts and days.

    ``free`` is for a chart's title and alt text: its facts are few and its own, so no words need to stand by them.
    """

    facts: tuple[Fact, ...]
    lexicon: Lexicon
    scale: Scale
    today: date
    session: date
    previous: date | None
    free: bool = False
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


class Binder:
    """Binds the sentences of one block, in order."""

    def __init__(self, known: Known, topic: tuple[str, ...] = ()) -> None:
        self._known = known
        self._context = Context(topic=topic)

    @property
    def topic(self) -> tuple[str, ...]:
        """Whom the block is about: its first subject."""
        return self._context.topic

    def sentence(self, part: str, text: str) -> Iterator[Claim]:
        """The claims of the next sentence."""
        found = read(part, text, self._known)
        self._days(found)
        yield from self._tickers(found)
        told = list(self._words(found))
        yield from (claim for claim, _ in told)
        for item in found.numbers:
            if not any(start <= item.start < end for _, spans in told for start, end in spans):
                yield self._number(found, item)
        for when in found.whens:
            yield self._date(found, when)
        for hour in found.hours:
            yield self._hour(found, hour)
        self._carry(found)

    def _claim(self, found: Read, text: str, kind: Kind, fact: Fact | None, reason: str = "") -> Claim:
        line = (
            "" if fact is not None else f'{kind.value}: {text!r} in "{found.text}" ({found.part}): {reason}'
        )
        return Claim(
            part=found.part,
            sentence=found.text,
            text=text,
            kind=kind,
            fact=None if fact is None else fact.id,
            reason=line,
        )

    # Context

    def _days(self, found: Read) -> None:
        """The day a sentence speaks of: the last past weekday it names, else the one carried."""
        for when in found.whens:
            owned = found.text[when.end :].startswith("'s")  # "Wednesday's loss" is spoken of on another day
            day = self._weekday(when, past=True) if when.kind == "weekday" and not owned else None
            if day is not None and day <= self._known.session:
                self._context.day = day

    def _carry(self, found: Read) -> None:
        context = self._context
        instruments = [item.entities for item in found.mentions if not _is_event(item.entities)]
        events = [item.entities for item in found.mentions if _is_event(item.entities)]
        if instruments:
            context.subject = instruments[0]
            context.pair = (
                tuple(dict.fromkeys(instruments))[:2] if len(set(instruments)) > 1 else context.pair
            )
            context.topic = context.topic or instruments[0]
        if events:
            context.event = events[0]
        context.before = found.lower

    def _weekday(self, when: When, *, past: bool) -> date | None:
        """The date a weekday means: the newest such day up to the session, or the next from today."""
        known = self._known
        if past:
            return known.session - timedelta(days=(known.session.weekday() - when.weekday) % 7)
        return known.today + timedelta(days=(when.weekday - known.today.weekday()) % 7)

    def _owners(self, found: Read, start: int, end: int) -> tuple[str, ...]:
        """Whose number it is: named right after it ("for the S&P 500"), else last before it, else carried."""
        for mention in found.mentions:
            if mention.start >= end and _FOLLOWED.match(found.text[end : mention.start] or "x"):
                return mention.entities
        before = [item.entities for item in found.mentions if item.end <= start]
        if before:
            return before[-1]
        if found.mentions and not _LEANS.search(found.lower[:start]):
            return found.mentions[0].entities
        return self._context.subject or self._context.topic

    def _pairs(self, found: Read) -> tuple[str, ...]:
        """Pairs that the sentence can speak of, either way round: of the names in it and the ones carried."""
        named = tuple(dict.fromkeys(item.entities for item in found.mentions if not _is_event(item.entities)))
        carried = (self._context.subject,) if self._context.subject else ()
        options = (named,) if len(named) > 1 else ((*carried, *named), self._context.pair)
        result: list[str] = []
        for option in options:
            for one in option:
                for two in option:
                    result += [
                        f"{kind}:{a}-{b}" for kind in ("pair", "ratio") for a in one for b in two if a != b
                    ]
        return tuple(dict.fromkeys(result))

    # Names

    def _tickers(self, found: Read) -> Iterator[Claim]:
        """A ticker in parentheses belongs to the name before it."""
        for mention in found.mentions:
            match = _TICKER.match(found.text, mention.end)
            if match is not None:
                facts = self._known.of(mention.entities) if match[1] in mention.entities else []
                text = f"{mention.text} ({match[1]})"
                reason = f"{mention.text} is {_who(mention.entities)}"
                yield self._claim(found, text, Kind.ENTITY, facts[0] if facts else None, reason)

    # Words that state a number, a rank or a size

    def _words(self, found: Read) -> Iterator[tuple[Claim, tuple[tuple[int, int], ...]]]:
        """Claims of known phrases, and where the figures stand that each accounts for."""
        for phrase in phrases.PHRASES:
            for match in phrase.pattern.finditer(found.lower):
                owners = self._owners(found, match.start(), match.end())
                facts = [
                    fact
                    for fact in self._known.facts
                    if fact.metric in phrase.metrics
                    and self._belongs(found, fact, owners)
                    and self._on_day(fact)
                ]
                bound = next((fact for fact in facts if phrase.holds(match, fact, self._known.scale)), None)
                text = found.text[match.start() : match.end()]
                reason = (
                    f"not so by {facts[0].id} = {facts[0].value}"
                    if facts
                    else f"no fact of {_who(owners)} says so"
                )
                yield self._claim(found, text, phrase.kind, bound, reason), phrases.figures(match)

    # Numbers

    def _number(self, found: Read, item: Number) -> Claim:
        known = self._known
        owners = self._owners(found, item.start, item.end)
        everyone = [fact for fact in known.facts if _rounds(fact, item)]
        if not everyone:
            return self._claim(
                found, item.text, Kind.NUMBER, None, f"no fact rounds to it{self._nearest(item, owners)}"
            )
        theirs = [fact for fact in everyone if self._belongs(found, fact, owners)]
        if not theirs:
            return self._claim(
                found,
                item.text,
                Kind.ENTITY,
                None,
                f"{everyone[0].id} rounds to it, but not a fact of {_who(owners)}",
            )
        spoken = [fact for fact in theirs if self._spoken(found, fact, item)]
        if not spoken:
            return self._claim(found, item.text, Kind.NUMBER, None, f"nothing says that it is {theirs[0].id}")
        fitting = [fact for fact in spoken if self._in_window(found, fact, item)]
        if not fitting:
            return self._claim(
                found, item.text, Kind.WINDOW, None, f"the words name another window than {spoken[0].id}"
            )
        signed = [fact for fact in fitting if self._agrees(found, fact, item)]
        if not signed:
            return self._claim(
                found, item.text, Kind.SIGN, None, f"the words point the other way than {fitting[0].id}"
            )
        sized = [fact for fact in signed if self._sized(found, fact, item)]
        if not sized:
            return self._claim(
                found, item.text, Kind.VERB, None, f"the verb is of another size than {signed[0].id}"
            )
        return self._claim(found, item.text, Kind.NUMBER, sized[0])

    def _nearest(self, item: Number, owners: tuple[str, ...]) -> str:
        units = _UNITS[item.measure]
        candidates = [
            fact
            for fact in self._known.of(owners)
            if fact.unit in units and not isinstance(fact.value, str | date)
        ]
        if not candidates:
            return ""
        best = min(candidates, key=lambda fact: abs(abs(fact.number) - abs(item.value)))
        return f"; nearest is {best.id} = {best.number:g}"

    def _belongs(self, found: Read, fact: Fact, owners: tuple[str, ...]) -> bool:
        if self._known.free:
            return True
        if fact.entity.startswith(("pair:", "ratio:")):
            return fact.entity in self._pairs(found)
        if fact.entity in (words.MEMBERS, words.SECTORS):
            if fact.entity == words.MEMBERS and self._other_index(found):
                return False
            spoken = re.search(r"\bmembers\b|\bsectors?\b", found.lower + self._context.before)
            return fact.entity in owners or bool(spoken) or self._two_sectors(found, fact)
        if fact.entity.startswith("spread:") and fact.entity not in owners:
            sides = fact.entity.removeprefix("spread:").split("-")
            named_here = [entity for item in found.mentions for entity in item.entities]
            return all(side in named_here for side in sides)
        if fact.entity.startswith("event:"):
            if fact.metric in ("release_move", "usual_move") and self._other_index(found):
                return False
            named = [item.entities for item in found.mentions if _is_event(item.entities)]
            if (
                not named
                and found.mentions
                and fact.metric not in ("release_move", "usual_move", "release_count")
            ):
                return False
            return any(fact.entity in entities for entities in named or [self._context.event])
        if fact.metric in ("report_move", "report_count") and fact.entity in self._context.subject:
            return True
        if not owners:
            return True
        return fact.entity in owners

    def _other_index(self, found: Read) -> bool:
        """Whether the sentence names an index other than the one that members and releases are measured on."""
        kinds = self._known.lexicon.names
        return any(
            kinds.kind(item.entities[0]) is Asset.INDEX and words.BENCHMARK not in item.entities
            for item in found.mentions
        )

    def _two_sectors(self, found: Read, fact: Fact) -> bool:
        """Whether a gap of the sectors is said of two of them, here or in the sentence before."""
        spoken = (*(item.entities for item in found.mentions), *self._context.pair)
        kinds = [self._known.lexicon.names.kind(entities[0]) for entities in dict.fromkeys(spoken)]
        return fact.entity == words.SECTORS and kinds.count(Asset.SECTOR) >= 2

    def _spoken(self, found: Read, fact: Fact, item: Number) -> bool:
        if self._known.free:
            return True
        spoken = metrics.NUMBERS.get(fact.metric)
        if spoken is None:
            return False
        near = found.lower if not spoken.carried else f"{self._context.before} {found.lower}"
        if spoken.forbid is not None and spoken.forbid.search(found.lower):
            return False
        if spoken.cue is not None and not spoken.cue.search(near):
            return False
        if spoken.after is not None and not spoken.after.match(found.lower[item.end :]):
            return False
        if fact.entity.startswith("event:") and fact.metric in ("consensus", "previous", "actual"):
            spans = tuple((number.start, number.end) for number in found.numbers)
            place = found.numbers.index(item)
            return prints.says(prints.masked(found.lower, spans), place, fact.metric)
        return True

    def _in_window(self, found: Read, fact: Fact, item: Number) -> bool:
        if self._known.free:
            return True
        if fact.metric not in metrics.SIZE_WINDOWS:
            return self._on_day(fact)
        base = fact.window.partition("@")[0]
        phrase = _window(found.lower, item)
        if phrase is None:
            return base == "1s" and self._on_day(fact)
        return base in words.WINDOW_BASES[phrase]

    def _on_day(self, fact: Fact) -> bool:
        """Whether the fact is of the day spoken of; facts without a day of their own are of the session."""
        if self._known.free or fact.window.startswith(("due@", "out@")) or fact.window.endswith("r"):
            return True
        day = self._context.day or self._known.session
        return (
            fact.as_of in (day, self._known.session)
            if fact.metric not in metrics.SIZE_WINDOWS
            else fact.as_of == day
        )

    def _agrees(self, found: Read, fact: Fact, item: Number) -> bool:
        spoken = metrics.NUMBERS.get(fact.metric, metrics.UNSPOKEN)
        if item.signed:
            return (item.value > 0) == (fact.number > 0) or fact.number == 0
        if self._known.free and _direction(found.lower, item) == 0:
            return True
        if spoken.near and (beside := _beside(found.lower, item)):
            return beside == (1 if fact.number > 0 else -1)
        if not spoken.signed or round(fact.number, 9) == 0:
            return True
        direction = _direction(found.lower, item)
        return (
            direction == 0
            if fact.metric == "return" and "moved" in found.lower
            else direction == (1 if fact.number > 0 else -1)
        )

    def _sized(self, found: Read, fact: Fact, item: Number) -> bool:
        spoken = metrics.NUMBERS.get(fact.metric, metrics.UNSPOKEN)
        if self._known.free or not spoken.verbs or not fact.window.startswith("1s"):
            return True
        verb = _verb(found.lower, item)
        if verb is None:
            return True
        right = words.UP_VERBS.get(verb) or words.DOWN_VERBS[verb]
        scaled = self._known.scale.of(fact)
        printed = scaled * (item.value / fact.number) if fact.number else scaled
        return right in (band(scaled), band(abs(printed)))

    # Dates and hours

    def _date(self, found: Read, when: When) -> Claim:
        told = (
            _KIND_OF_DAY.search(found.lower[: when.start]) and when.weekday != self._known.session.weekday()
        )
        for fact in () if told else self._date_facts(found, when):
            return self._claim(found, when.text, Kind.DATE, fact)
        of_the_day = not self._future(found) or _KIND_OF_DAY.search(found.lower[: when.start])
        if (
            when.kind == "weekday"
            and not found.numbers
            and of_the_day
            and when.weekday == self._known.session.weekday()
        ):
            return replace(self._claim(found, when.text, Kind.DATE, None), fact=ISSUE_DATE, reason="")
        if when.text.lower() == "today" and not self._dated_subjects(found):
            return replace(self._claim(found, when.text, Kind.DATE, None), fact=ISSUE_DATE, reason="")
        return self._claim(
            found,
            when.text,
            Kind.DATE,
            None,
            f"no fact of {_who(self._owners(found, when.start, when.end))} has that date",
        )

    def _date_facts(self, found: Read, when: When) -> Iterator[Fact]:
        owners = self._owners(found, when.start, when.end)
        own = [fact for fact in self._known.facts if self._dated_by(found, fact, owners)]
        for fact in own:
            if fact.unit is Unit.DATE and _same(when, fact.day, self._known) and self._dated(found, fact):
                yield fact
        for fact in own:
            base = _base(fact)
            if base is not None and _same(when, base, self._known) and self._base_spoken(found, fact, when):
                yield fact
        if when.kind == "day" and self._known.free:
            yield from (fact for fact in own if fact.as_of == when.day and fact.window.startswith("1s"))
        if when.kind == "weekday":
            day = self._weekday(when, past=True)
            if not self._future(found) and not _NAMED_LAST.search(found.lower[: when.start]):
                yield from (
                    fact for fact in self._known.facts if fact.as_of == day and fact.window.startswith("1s")
                )

    def _dated_subjects(self, found: Read) -> bool:
        """Whether the sentence, or the one it leans on, names something that has a day of its own."""
        if any(_is_event(item.entities) for item in found.mentions):
            return True
        if not found.mentions and self._context.event and not self._context.subject:
            return True
        return bool(re.search(r"\breports?\b", found.lower + self._context.before))

    def _future(self, found: Read) -> bool:
        return bool(re.search(r"\b(due|reports|comes?|brings?|follows?)\b", found.lower)) or (
            bool(found.mentions) and all(_is_event(item.entities) for item in found.mentions)
        )

    def _dated_by(self, found: Read, fact: Fact, owners: tuple[str, ...]) -> bool:
        if fact.entity.startswith(("event:", "pair:", "ratio:")) or fact.entity in (
            words.MEMBERS,
            words.SECTORS,
        ):
            return self._belongs(found, fact, owners)
        if fact.metric == "report":
            return any(fact.entity in item.entities for item in found.mentions) or (
                not found.mentions and fact.entity in self._context.subject
            )
        return self._known.free or not owners or fact.entity in owners

    def _dated(self, found: Read, fact: Fact) -> bool:
        cue = "" if self._known.free else metrics.DATES.get(fact.metric)
        if cue is None:
            return False
        if not self._on_day(fact) and not fact.window.startswith(("due@", "out@")):
            return False
        return not cue or bool(re.search(cue, found.lower)) or bool(re.search(cue, self._context.before))

    def _base_spoken(self, found: Read, fact: Fact, when: When) -> bool:
        if self._known.free:
            return True
        if fact.window.startswith("file@"):
            return when.kind == "year" and bool(re.search(r"\bsince\b|\bfile from\b", found.lower))
        if fact.window.startswith(("run@", "leg@", "turn@")):
            return bool(re.search(r"\bsince\b|\bstood on\b|\bfrom\b", found.lower))
        return False

    def _hour(self, found: Read, hour: Hour) -> Claim:
        events = [item.entities for item in found.mentions if _is_event(item.entities)] or [
            self._context.event
        ]
        for fact in self._known.facts:
            if (
                fact.metric == "at"
                and any(fact.entity in entities for entities in events)
                and fact.value == f"{hour.at:%H:%M}"
            ):
                return self._claim(found, hour.text, Kind.DATE, fact)
        return self._claim(found, hour.text, Kind.DATE, None, "no release named here is due at that hour")


def _is_event(entities: tuple[str, ...]) -> bool:
    return any(entity.startswith("event:") for entity in entities)


def _who(owners: tuple[str, ...]) -> str:
    return " or ".join(owners) if owners else "anything"


def _rounds(fact: Fact, item: Number) -> bool:
    """Whether the fact, rounded as printed, is the printed number; sign apart."""
    if fact.unit not in _UNITS[item.measure]:
        level = fact.unit is Unit.BP and item.measure is Measure.PLAIN
        if not (level and fact.metric == "close"):
            return False
    if not isinstance(fact.value, int | float):
        return False
    spoken = metrics.NUMBERS.get(fact.metric)
    if fact.metric == "close" and fact.unit in (Unit.LEVEL, Unit.PCT) and item.places < LEVEL_PLACES:
        return False
    printed = abs(item.value) / item.scale
    value = abs(fact.number) / item.scale
    if spoken is not None and spoken.floor:
        return int(value) == printed
    return float(numerals.rounded(value, item.places)) == round(printed, item.places)


def _base(fact: Fact) -> date | None:
    base = fact.window.partition("@")[2]
    return date.fromisoformat(base) if base else None


def _same(when: When, day: date, known: Known) -> bool:
    match when.kind:
        case "day":
            return when.day == day
        case "month":
            return (when.year, when.month) == (day.year, day.month)
        case "year":
            return when.year == day.year
        case _:
            return when.weekday == day.weekday() and abs((day - known.today).days) <= 6


def _window(lower: str, item: Number) -> str | None:
    """The window named for a number: the next phrase after it before another number, else the one that opens the sentence."""
    found = [(match.start(), name) for name, pattern in words.WINDOWS for match in pattern.finditer(lower)]
    if not found:
        return None
    following = re.search(r"\d", lower[item.end :])
    stop = item.end + following.start() if following else len(lower)
    after = [name for start, name in sorted(found) if item.end <= start < stop]
    if after:
        return after[0]
    before = [name for start, name in sorted(found) if start < item.start]
    return before[-1] if before else None


_DIRECTIONS = re.compile(
    r"\b("
    + "|".join(
        re.escape(word) for word in sorted((*words.UP_WORDS, *words.DOWN_WORDS), key=len, reverse=True)
    )
    + r")\b"
)


def _direction(lower: str, item: Number) -> int:
    """+1 or -1 by the nearest direction word before the number since the number before it, else right after it."""
    before = list(_DIRECTIONS.finditer(lower[: item.start]))
    if before:
        return 1 if before[-1].group(1) in words.UP_WORDS else -1
    after = _DIRECTIONS.search(lower[item.end : item.end + 40])
    if after is None:
        return 0
    return 1 if after.group(1) in words.UP_WORDS else -1


def _beside(lower: str, item: Number) -> int:
    """+1 or -1 by a direction word that touches the number on either side; 0 where there is none."""
    after = re.match(r"\s*(?:or more )?(below|short|under|above|up|down)\b", lower[item.end :])
    before = re.search(r"\b(up|down)\s*$", lower[: item.start])
    word = before or after
    return 0 if word is None else 1 if word.group(1) in ("up", "above") else -1


_VERBS = re.compile(
    r"\b("
    + "|".join(
        re.escape(word) for word in sorted((*words.UP_VERBS, *words.DOWN_VERBS), key=len, reverse=True)
    )
    + r")\b"
)


def _verb(lower: str, item: Number) -> str | None:
    """The verb by size that a number follows at once."""
    found = list(_VERBS.finditer(lower[: item.start]))
    if not found or lower[found[-1].end() : item.start].strip(" a$"):
        return None
    return found[-1].group(1)
