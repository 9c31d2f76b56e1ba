"""Binding one sentence: every number, date, hour and name in it to a fact of the right entity, window and sign."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from newsletter import numerals
from newsletter.editorial.check import lexicon as words
from newsletter.editorial.check import metrics, phrases, pointing, prints
from newsletter.editorial.check.dating import date_claim, hour_claim, left_claims
from newsletter.editorial.check.ledger import Claim, Kind
from newsletter.editorial.check.ownership import NOBODY, Ownership, Topic
from newsletter.editorial.check.reading import Known, Read, read, who
from newsletter.editorial.check.tokens import WORDS, Measure, Number
from newsletter.editorial.verbs import band
from newsletter.facts import Fact, Unit

UNITS = {
    Measure.PCT: (Unit.PCT,),
    Measure.BP: (Unit.BP,),
    Measure.PP: (Unit.PP,),
    Measure.PTS: (Unit.PTS, Unit.PP),
    Measure.USD: (Unit.USD,),
    Measure.ORDINAL: (Unit.COUNT,),
    Measure.PLAIN: (Unit.LEVEL, Unit.COUNT, Unit.PTS),
}
"""Of which units the fact may be that a printed number states."""
LEVEL_PLACES = 2
"""Decimals that a level carries wherever it is printed; with fewer it is another number."""
_MEDIANS = ("typical_move", "release_move", "usual_move", "report_move", "gap_typical")
"""What is usual; nothing rose or fell by it."""
_LESS_CONSENSUS = ("surprise", "surprise_deviation")
"""Differences of two percentages: in points."""
_SESSIONS = re.compile(r"(\d+)s")
_YEARS = re.compile(rf"\b(?P<n>{'|'.join(WORDS)}) years\b")
_AGO = re.compile(r" sessions? (?:ago|before)\b")
LEVELS = ("milestone", "crossed")
"""Metrics of a level that a close is on one side of."""
_TICKER = re.compile(r"\s*\((\^?[A-Z0-9][A-Z0-9.=-]*)\)")


class Binder:
    """Binds the sentences of one block, in order."""

    def __init__(self, known: Known, topic: Topic = NOBODY) -> None:
        self._known = known
        self._whose = Ownership(known, topic)

    @property
    def topic(self) -> Topic:
        """Whom the section is about so far."""
        return self._whose.context.topic

    def sentence(self, part: str, text: str) -> Iterator[Claim]:
        """The claims of the next sentence."""
        found = read(part, text, self._known)
        self._whose.hear(found)
        yield from self._tickers(found)
        told = [*self._words(found), *left_claims(self._known, found)]
        yield from (claim for claim, _ in told)
        for item in found.numbers:
            if not any(start <= item.start < end for _, spans in told for start, end in spans):
                yield self._number(found, item)
        for when in found.whens:
            yield date_claim(self._whose, found, when)
        for hour in found.hours:
            yield hour_claim(self._whose, found, hour)
        self._whose.carry(found)

    # Names

    def _tickers(self, found: Read) -> Iterator[Claim]:
        """A ticker in parentheses belongs to the name before it."""
        for mention in found.mentions:
            match = _TICKER.match(found.text, mention.end)
            if match is not None:
                facts = self._known.of(mention.entities) if match[1] in mention.entities else []
                text = f"{mention.text} ({match[1]})"
                reason = f"{mention.text} is {who(mention.entities)}"
                yield found.claim(text, Kind.ENTITY, facts[0] if facts else None, reason)

    # Words that state a number, a rank or a size

    def _words(self, found: Read) -> Iterator[tuple[Claim, tuple[tuple[int, int], ...]]]:
        """Claims of known phrases, and where the figures stand that each accounts for."""
        for phrase in phrases.PHRASES:
            if phrase.prose and self._known.free:
                continue
            for match in phrase.pattern.finditer(found.lower):
                owners = self._whose.owners(found, match.start(), match.end())
                facts = [
                    fact
                    for fact in self._known.facts
                    if fact.metric in phrase.metrics
                    and _of_years(found, fact)
                    and self._whose.belongs(found, fact, owners)
                    and self._whose.on_day(fact)
                    and (not phrase.ordered or _first_of(fact, owners))
                ]
                bound = next((fact for fact in facts if phrase.holds(match, fact, self._known.scale)), None)
                text = found.text[match.start() : match.end()]
                reason = (
                    f"not so by {facts[0].id} = {facts[0].value}"
                    if facts
                    else f"no fact of {who(owners)} says so"
                )
                yield found.claim(text, phrase.kind, bound, reason), phrases.figures(match)

    # Numbers

    def _number(self, found: Read, item: Number) -> Claim:
        known = self._known
        owners = self._whose.owners(found, item.start, item.end)
        everyone = [fact for fact in known.facts if _rounds(fact, item)]
        if not everyone and self._plotted(found, item):
            return found.on_chart(item.text, Kind.NUMBER)
        if not everyone:
            return found.claim(
                item.text, Kind.NUMBER, None, f"no fact rounds to it{self._nearest(item, owners)}"
            )
        theirs = [fact for fact in everyone if self._whose.belongs(found, fact, owners)]
        if not theirs:
            return found.claim(
                item.text,
                Kind.ENTITY,
                None,
                f"{everyone[0].id} rounds to it, but not a fact of {who(owners)}",
            )
        spoken = [fact for fact in theirs if self._spoken(found, fact, item)]
        if not spoken:
            return found.claim(item.text, Kind.NUMBER, None, f"nothing says that it is {theirs[0].id}")
        fitting = [fact for fact in spoken if self._in_window(found, fact, item)]
        if not fitting:
            return found.claim(
                item.text, Kind.WINDOW, None, f"the words name another window than {spoken[0].id}"
            )
        signed = [fact for fact in fitting if self._agrees(found, fact, item)]
        if not signed:
            return found.claim(
                item.text, Kind.SIGN, None, f"the words point the other way than {fitting[0].id}"
            )
        sized = [fact for fact in signed if self._sized(found, fact, item)]
        if not sized:
            return found.claim(item.text, Kind.VERB, None, f"the verb is of another size than {signed[0].id}")
        return found.claim(item.text, Kind.NUMBER, sized[0])

    def _plotted(self, found: Read, item: Number) -> bool:
        """Whether a chart's own text names a value it plots, how many it plots, or the width of its band."""
        known = self._known
        band_of = item.measure is Measure.PCT and found.lower[: item.start].endswith("middle ")
        shown = {float(numerals.rounded(abs(value), item.places)) for value in known.plotted}
        return known.free and (band_of or round(abs(item.value), item.places) in shown)

    def _nearest(self, item: Number, owners: tuple[str, ...]) -> str:
        units = UNITS[item.measure]
        candidates = [
            fact
            for fact in self._known.of(owners)
            if fact.unit in units and not isinstance(fact.value, str | date)
        ]
        if not candidates:
            return ""
        best = min(candidates, key=lambda fact: abs(abs(fact.number) - abs(item.value)))
        return f"; nearest is {best.id} = {best.number:g}"

    def _spoken(self, found: Read, fact: Fact, item: Number) -> bool:
        if self._known.free:
            return True
        spoken = metrics.NUMBERS.get(fact.metric)
        if spoken is None:
            return False
        near = found.lower if not spoken.carried else f"{self._whose.context.before} {found.lower}"
        if spoken.forbid is not None and spoken.forbid.search(found.lower):
            return False
        if spoken.cue is not None and not spoken.cue.search(near):
            return False
        if spoken.after is not None and not spoken.after.match(found.lower[item.end :]):
            return False
        if fact.metric in _MEDIANS and pointing.verb(found.lower, item):
            return False
        if not _of_years(found, fact) or self._miscounted(found, fact, item, between=spoken.between):
            return False
        if fact.entity.startswith("event:") and fact.metric in ("consensus", "previous", "actual"):
            spans = tuple((number.start, number.end) for number in found.numbers)
            place = found.numbers.index(item)
            masked = prints.masked(found.lower, spans)
            other = prints.same_as(masked, fact.metric)
            return prints.says(masked, place, fact.metric) and (other is None or self._equals(fact, other))
        return True

    def _equals(self, fact: Fact, metric: str) -> bool:
        """Whether a release's other figure of the same day is the same."""
        own = self._known.of((fact.entity,))
        return any((f.metric, f.window, f.value) == (metric, fact.window, fact.value) for f in own)

    def _miscounted(self, found: Read, fact: Fact, item: Number, *, between: bool) -> bool:
        """Whether sessions strictly between two days are said to be sessions ago; a record's are, on a record day."""
        if not _AGO.match(found.lower, item.end):
            return False
        own = self._known.of((fact.entity,))
        return between or (
            fact.metric == "drought" and any(f.metric == "dist_record" and f.value == 0 for f in own)
        )

    def _in_window(self, found: Read, fact: Fact, item: Number) -> bool:
        if self._known.free:
            return True
        if fact.metric not in metrics.SIZE_WINDOWS:
            return self._whose.on_day(fact)
        base = fact.window.partition("@")[0]
        phrase = pointing.window(found.lower, item)
        if phrase is None:
            return base == "1s" and self._whose.on_day(fact)
        return base in words.WINDOW_BASES[phrase]

    def _agrees(self, found: Read, fact: Fact, item: Number) -> bool:
        if fact.metric in LEVELS and not self._on_side(found, fact, item):
            return False
        if (
            fact.metric == "close"
            and fact.entity.startswith("spread:")
            and not _upper_first(found, fact, item)
        ):
            return False
        spoken = metrics.NUMBERS.get(fact.metric, metrics.UNSPOKEN)
        if item.signed:
            return (item.value > 0) == (fact.number > 0) or fact.number == 0
        if self._known.free and pointing.direction(found.lower, item) == 0:
            return True
        if spoken.near and (beside := pointing.beside(found.lower, item)):
            return beside == (1 if fact.number > 0 else -1)
        if spoken.near and (verb := pointing.verb(found.lower, item)):
            return (verb in words.UP_VERBS) == (fact.number > 0)
        if not spoken.signed or round(fact.number, 9) == 0:
            return True
        direction = pointing.direction(found.lower, item)
        return (
            direction == 0
            if fact.metric == "return" and "moved" in found.lower
            else direction == (1 if fact.number > 0 else -1)
        )

    def _on_side(self, found: Read, fact: Fact, item: Number) -> bool:
        """Whether the close stands on the side of a level that the word before it names."""
        side = re.search(r"\b(above|below)\s*$", found.lower[: item.start])
        closes = [one for one in self._known.of((fact.entity,)) if one.metric == "close"]
        return (
            side is None
            or not closes
            or any((one.number > fact.number) == (side[1] == "above") for one in closes)
        )

    def _sized(self, found: Read, fact: Fact, item: Number) -> bool:
        spoken = metrics.NUMBERS.get(fact.metric, metrics.UNSPOKEN)
        if self._known.free or not spoken.verbs or not fact.window.startswith("1s"):
            return True
        verb = pointing.verb(found.lower, item)
        if verb is None:
            return True
        right = words.UP_VERBS.get(verb) or words.DOWN_VERBS[verb]
        scaled = self._known.scale.of(fact)
        printed = scaled * (item.value / fact.number) if fact.number else scaled
        return right in (band(scaled), band(abs(printed)))


def _first_of(fact: Fact, owners: tuple[str, ...]) -> bool:
    """Whether a pair's fact is said of its first side; of any other fact it makes no odds."""
    kind, _, sides = fact.entity.partition(":")
    return kind != "pair" or any(sides.startswith(f"{owner}-") for owner in owners)


def _of_years(found: Read, fact: Fact) -> bool:
    """Whether a fact of some years' sessions is of as many years as the sentence names."""
    sessions, said = _SESSIONS.fullmatch(fact.window), _YEARS.search(found.lower)
    if sessions is None or said is None or int(sessions[1]) < phrases.SESSIONS_A_YEAR:
        return True
    return int(sessions[1]) == phrases.SESSIONS_A_YEAR * phrases.value(said["n"])


def _upper_first(found: Read, fact: Fact, item: Number) -> bool:
    """Whether of two yields the one named before a gap "above" the other is the higher one."""
    before = [mention for mention in found.mentions if mention.end <= item.start]
    if not before or not re.match(r"\s*above\b", found.lower[item.end :]):
        return True
    long, _, short = fact.entity.removeprefix("spread:").partition("-")
    return (long if fact.number > 0 else short) in before[-1].entities


def _rounds(fact: Fact, item: Number) -> bool:
    """Whether the fact, rounded as printed, is the printed number; sign apart."""
    if fact.unit not in UNITS[item.measure]:
        level = fact.unit is Unit.BP and item.measure is Measure.PLAIN and fact.metric == "close"
        points = fact.unit is Unit.PCT and item.measure is Measure.PTS and fact.metric in _LESS_CONSENSUS
        if not (level or points):
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
