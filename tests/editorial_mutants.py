"""Seeded mistakes: correct sentences made wrong in one way each, to measure what the check catches.

A mutant that happens to be true is left out: an entity whose own figure rounds to the same print, a window whose change
is the same. The mutation knows only the text and the facts, nothing of how the check reads.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise, permutations

from newsletter import numerals
from newsletter.brief import Brief
from newsletter.editorial.check import judge
from newsletter.editorial.check.binding import Binder
from newsletter.editorial.check.ownership import NOBODY, Topic
from newsletter.editorial.check.pages import Row
from newsletter.editorial.check.reading import Known
from newsletter.editorial.check.rows import row_claims
from newsletter.facts import Fact

INDEXES = {
    "^GSPC": ("the S&P 500", "The S&P 500"),
    "^IXIC": ("the Nasdaq", "The Nasdaq"),
    "^DJI": ("the Dow", "The Dow"),
    "^RUT": ("the Russell 2000", "The Russell 2000"),
}
RATES = {
    "DGS2": ("the two-year Treasury yield", "The two-year Treasury yield"),
    "DGS10": ("the 10-year Treasury yield", "The 10-year Treasury yield"),
}
OTHERS = {"GC=F": ("gold", "Gold"), "CL=F": ("WTI crude", "WTI crude"), "BTC-USD": ("bitcoin", "Bitcoin")}
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
    "over the past month": ("over the past week", ("5s",)),
    "Over the past month": ("Over the past week", ("5s",)),
    "this year": ("this month", ("mtd",)),
    "for the year": ("for the month", ("mtd",)),
    "for the week": ("for the year", ("ytd",)),
    "this week": ("this year", ("ytd",)),
    "this month": ("this year", ("ytd",)),
    "five years": ("ten years", ()),
    "Five years": ("Ten years", ()),
    "past year": ("past month", ()),
}
"""What is said, what is said instead, and the windows of changes by which that may be true."""
COUNTS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
PARTS = {"a quarter": "half", "a third": "two-thirds", "half": "a quarter", "two-thirds": "a third", "three-quarters": "a third"}  # fmt: skip
EXTREMES = (
    ("best day", "worst day"), ("better", "worse"), ("highest", "lowest"), ("so high", "so low"), ("as high", "as low"),
    ("was higher", "was lower"), ("larger", "smaller"), ("largest rise", "largest fall"), ("largest gain", "largest drop"),
    ("wider", "narrower"), ("widest", "narrowest"), ("steepest", "flattest"), ("strongest", "weakest"), ("risen as much", "fallen as much"),
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
MONTHS = ("Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec.")
_FIGURE = re.compile(r"(?<![\w.,$])\$?\d[\d,]*(?:\.\d+)?(?=%|\b)")
_LABELS = re.compile(
    r"S&P 500|Russell 2000|10-year|two-year|\(\^?[A-Z0-9.=-]+\)|\d+(?::\d+)? [ap]\.m\.|(?:19|20)\d\d"
)
_DATE = re.compile(
    r"(Jan\.|Feb\.|March|April|May|June|July|Aug\.|Sept\.|Oct\.|Nov\.|Dec\.) (\d{1,2})(, \d{4})?"
)

_COUNT = re.compile(
    rf"(?<!on )\b(?:{'|'.join(COUNTS[:-1])})(?= (?:sessions?|days?|gains|losses|records?|times|members|sectors|reports|percent (?:or more|below|in))\b)"
)
_RANK = re.compile(
    rf"\b(?:{'|'.join(ORDINALS[:-1])})(?=-largest| (?:gain|loss|record|in a row|of the year|close|day)\b)"
)
_PART = re.compile(rf"(?<=about )(?:{'|'.join(PARTS)})\b")


@dataclass(frozen=True)
class Mutant:
    """One mistake: its class, the sentence as it was, and as it was made."""

    kind: str
    before: str
    after: str


def mutants(sentence: str, facts: tuple[Fact, ...], seed: int) -> Iterator[Mutant]:
    """Every mistake that can be made in a sentence, one of each place."""
    chance = random.Random(f"{seed}{sentence}")
    for kind, makers in MAKERS.items():
        for maker in makers:
            for after in maker(sentence, facts, chance):
                if after != sentence:
                    yield Mutant(kind=kind, before=sentence, after=after)


def _numbers(sentence: str, facts: tuple[Fact, ...], chance: random.Random) -> Iterator[str]:
    """The last digit off by one."""
    taken = [match.span() for pattern in (_LABELS, _DATE) for match in pattern.finditer(sentence)]
    for match in _FIGURE.finditer(sentence):
        if any(start <= match.start() < end for start, end in taken):
            continue
        last = match.end() - 1
        digit = int(sentence[last])
        other = digit + 1 if digit < 9 else digit - 1
        yield f"{sentence[:last]}{other}{sentence[last + 1 :]}"


def _counts(sentence: str, facts: tuple[Fact, ...], chance: random.Random) -> Iterator[str]:
    """A number in words one too many, another rank, another part."""
    for match in _COUNT.finditer(sentence):
        yield _put(sentence, match, COUNTS[COUNTS.index(match[0]) + 1])
    for match in _RANK.finditer(sentence):
        yield _put(sentence, match, ORDINALS[ORDINALS.index(match[0]) + 1])
    for match in _PART.finditer(sentence):
        yield _put(sentence, match, PARTS[match[0]])
    for match in re.finditer(r"\btwice(?= this)", sentence):
        yield _put(sentence, match, "three times")


def _put(sentence: str, match: re.Match[str], other: str) -> str:
    return f"{sentence[: match.start()]}{other}{sentence[match.end() :]}"


def _entities(sentence: str, facts: tuple[Fact, ...], chance: random.Random) -> Iterator[str]:
    """One market taken for another of its kind, where their printed figures differ."""
    if not _FIGURE.search(_LABELS.sub("", sentence)):
        return
    for group in (INDEXES, RATES, OTHERS):
        for (symbol, names), (other, others) in permutations(group.items(), 2):
            if (
                others[0] in sentence
                or others[1] in sentence
                or _true_of_both(symbol, other, sentence, facts)
            ):
                continue
            for mine, theirs in dict(zip(names, others, strict=True)).items():
                if re.search(rf"(?<!\w){re.escape(mine)}\b", sentence):
                    yield sentence.replace(mine, theirs, 1).replace(f"({symbol})", f"({other})", 1)


def _exchanged(sentence: str, facts: tuple[Fact, ...], chance: random.Random) -> Iterator[str]:
    """Two percentages of a sentence, each in the other's place."""
    for one, two in pairwise(re.finditer(r"(?<![\d,.])−?\d+\.\d%", sentence)):
        if one[0] != two[0]:
            yield (
                sentence[: one.start()]
                + two[0]
                + sentence[one.end() : two.start()]
                + one[0]
                + sentence[two.end() :]
            )


def _same_again(sentence: str, facts: tuple[Fact, ...], chance: random.Random) -> Iterator[str]:
    """A consensus said to be what was before, and a print what was expected."""
    for match in re.finditer(r",? after −?[\d.,]*\d(?:%| million| billion)?", sentence):
        if "consensus" in sentence[: match.start()]:
            yield _put(sentence, match, ", as before")
    for match in re.finditer(
        r", against a consensus \(ForexFactory\) of −?[\d.,]*\d(?:%| million| billion)?", sentence
    ):
        yield _put(sentence, match, ", as the consensus (ForexFactory) had it")


def _true_of_both(one: str, two: str, sentence: str, facts: tuple[Fact, ...]) -> bool:
    return (
        ("since" in sentence.lower() and _same_since(one, two, facts))
        or _same_figures(one, two, sentence, facts)
        or ("ended" in sentence and _hardly_moved(two, facts))
        or (re.search(r"\b(?:too|as well)\b", sentence) is not None and _at_record_too(two, facts))
        or ("average" in sentence and _same_side(one, two, facts))
        or (re.search(r"as wide|apart", sentence.lower()) is not None and _as_seldom(one, two, facts))
    )


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


def _at_record_too(entity: str, facts: tuple[Fact, ...]) -> bool:
    return any(fact.entity == entity and fact.metric == "dist_record" and fact.value == 0 for fact in facts)


def _same_side(one: str, two: str, facts: tuple[Fact, ...]) -> bool:
    """Whether both stand on one side of their average."""
    sides = [
        {fact.number > 0 for fact in facts if fact.entity == entity and fact.metric == "dist_sma200"}
        for entity in (one, two)
    ]
    return bool(sides[0] & sides[1])


def _as_seldom(one: str, two: str, facts: tuple[Fact, ...]) -> bool:
    """Whether a pair with the other in it goes as far apart as often, so that the same odds are printed."""
    session = max(fact.as_of for fact in facts)
    shares = {
        fact.entity: fact.number for fact in facts if fact.metric == "gap_share" and fact.as_of == session
    }
    return any(
        one in pair and abs((100 - share) - (100 - other)) <= 0.15 * (100 - share)
        for pair, share in shares.items()
        for rival, other in shares.items()
        if rival != pair and two in rival
    )


def _prints(fact: Fact, value: str, places: int) -> bool:
    if not isinstance(fact.value, int | float):
        return False
    return str(abs(numerals.rounded(fact.number, places))) == value


def _signs(sentence: str, facts: tuple[Fact, ...], chance: random.Random) -> Iterator[str]:
    """A verb or direction turned round, where a figure follows it; gains in a row as losses."""
    for verb, other in OPPOSITE.items():
        for match in re.finditer(rf"\b{verb}(?= [\d$])", sentence):
            yield _put(sentence, match, other)
    for word, other in (("up", "down"), ("down", "up")):
        for match in re.finditer(rf"\b(?<!edged ){word}(?= \d)", sentence):
            yield _put(sentence, match, other)
    for match in re.finditer(r"\bbelow(?= (?:the|its) record)", sentence):
        yield _put(sentence, match, "above")
    for word, other in (("gain", "loss"), ("loss", "gain"), ("gains", "losses"), ("losses", "gains")):
        for match in re.finditer(rf"\b{word}(?= in a row)", sentence):
            yield _put(sentence, match, other)
    for word, other in (("rose", "fell"), ("fell", "rose")):
        for match in re.finditer(rf"(?<=members ){word}\b", sentence):
            yield _put(sentence, match, other)


def _verbs(sentence: str, facts: tuple[Fact, ...], chance: random.Random) -> Iterator[str]:
    """A verb of quite another size, the sign kept. Members that rise or fall are counted, not sized."""
    if "members" in sentence or "had come from" in sentence or "since" in sentence:
        return
    for verb, other in LOUD.items():
        for match in re.finditer(rf"\b{verb}(?= [\d$])", sentence):
            yield _put(sentence, match, other)


def _windows(sentence: str, facts: tuple[Fact, ...], chance: random.Random) -> Iterator[str]:
    """One window's change said of another, where the two differ as printed."""
    for phrase, (other, theirs) in WINDOWS.items():
        if phrase not in sentence:
            continue
        shown = set(re.findall(r"(\d[\d,]*\.\d)%", sentence))
        moved = {
            str(abs(numerals.rounded(fact.number, 1)))
            for fact in facts
            if fact.metric in ("return", "change") and fact.window.partition("@")[0] in theirs
        }
        if not shown & moved:
            yield sentence.replace(phrase, other, 1)


def _counting(sentence: str, facts: tuple[Fact, ...], chance: random.Random) -> Iterator[str]:
    """Sessions back to a day said of the sessions between; both are true of a record that isn't reached."""
    if re.search(r"record|without (?:another|one|a new one)|still", sentence):
        return
    for match in re.finditer(r"sessions without [^,.]+", sentence):
        yield _put(sentence, match, "sessions ago")
    for match in re.finditer(r"sessions ago", sentence):
        yield _put(sentence, match, "sessions without such a day")


def _dates(sentence: str, facts: tuple[Fact, ...], chance: random.Random) -> Iterator[str]:
    """A day one off, another weekday, another hour, another year."""
    for match in _DATE.finditer(sentence):
        day = int(match[2])
        shifted = day + 1 if day < 28 else day - 1
        yield f"{sentence[: match.start(2)]}{shifted}{sentence[match.end(2) :]}"
    for match in re.finditer(r"\b(" + "|".join(WEEKDAYS) + r")\b", sentence):
        other = WEEKDAYS[(WEEKDAYS.index(match[1]) + 2) % 5]
        if other not in sentence:
            yield _put(sentence, match, other)
    for match in re.finditer(r"\b\d{1,2}(?=(?::\d\d)? [ap]\.m\.)", sentence):
        yield _put(sentence, match, str(int(match[0]) % 12 + 1))
    for hour, other in (("after the close", "before the open"), ("before the open", "after the close")):
        if "report" in sentence and hour in sentence:
            yield sentence.replace(hour, other, 1)
    for match in re.finditer(r"(?<=since )(19|20)(\d)(\d)\b", sentence):
        digit = (int(match[3]) + 3) % 10
        yield f"{sentence[: match.start(3)]}{digit}{sentence[match.end(3) :]}"


def _superlatives(sentence: str, facts: tuple[Fact, ...], chance: random.Random) -> Iterator[str]:
    """Best for worst, and a record where there is none."""
    for pair in EXTREMES:
        for one, two in (pair, pair[::-1]):
            if re.search(rf"\b{one}\b(?! (?:week|month)\b)", sentence):
                yield re.sub(rf"\b{one}\b", two, sentence, count=1)
    for match in re.finditer(r" to (?=[\d,]+\.\d\d\b(?!%))", sentence):
        if "record" not in sentence and not _at_record(sentence, facts):
            yield _put(sentence, match, " to a record close of ")


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


def _causes(sentence: str, facts: tuple[Fact, ...], chance: random.Random) -> Iterator[str]:
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
        yield f"{sentence[:-1]}{cause}."


def _advice(sentence: str, facts: tuple[Fact, ...], chance: random.Random) -> Iterator[str]:
    words = chance.choice(
        (" Investors should buy.", " It is an opportunity.", " The target is higher.", " It is time to sell.")
    )
    yield f"{sentence}{words}"


def _stale(sentence: str, facts: tuple[Fact, ...], chance: random.Random) -> Iterator[str]:
    """The close, or the change, of the session before in the place of this one's, and nothing that says so."""
    if re.search(r"consensus|expected|record", sentence):
        return  # a figure of the same print may be a release's, or a distance
    session = max(fact.as_of for fact in facts)
    for old in facts:
        if old.window != "1s" or old.metric not in ("return", "prev_close"):
            continue
        new = next(
            (
                fact
                for fact in facts
                if (fact.entity, fact.as_of, fact.window) == (old.entity, session, "1s")
                and fact.metric == old.metric.replace("prev_close", "close")
            ),
            None,
        )
        if new is None or (old.metric == "return" and (old.as_of == session or old.number * new.number <= 0)):
            continue
        said, other = _written(new), _written(old)
        if said != other and re.search(rf"(?<![\d,.]){re.escape(said)}(?!\d)", sentence):
            yield sentence.replace(said, other, 1)


def _written(fact: Fact) -> str:
    return numerals.percent(abs(fact.number)) if fact.metric == "return" else numerals.number(fact.number, 2)


Maker = Callable[[str, tuple[Fact, ...], random.Random], Iterator[str]]

MAKERS: dict[str, tuple[Maker, ...]] = {
    "number": (_numbers, _counts, _same_again),
    "entity": (_entities, _exchanged),
    "sign": (_signs,),
    "verb": (_verbs,),
    "window": (_windows, _counting),
    "date": (_dates,),
    "superlative": (_superlatives,),
    "cause": (_causes,),
    "advice": (_advice,),
    "stale": (_stale,),
}
"""The classes of mistakes, and what makes them."""


def wrong_rows(rows: Sequence[Row]) -> Iterator[tuple[str, Row]]:
    """Rows of tables with one mistake each: a digit, a sign, two columns changed over, another row's figures."""
    for place, row in enumerate(rows):
        for column, (_, cell) in enumerate(row.cells):
            figure = re.search(r"\d(?=\D*$)", cell)
            if figure is None or re.search(r"[A-Za-z]", cell.removesuffix("bp")):
                continue
            digit = int(figure[0])
            yield "number", _with(row, column, _put(cell, figure, str(digit + 1 if digit < 9 else digit - 1)))
            if cell[0] in "+−":
                yield "sign", _with(row, column, ("−" if cell[0] == "+" else "+") + cell[1:])
            following = row.cells[column + 1][1] if column + 1 < len(row.cells) else cell
            if cell[-1] == following[-1] and following[0] in "+−" and not _alike(cell, following):
                yield "window", _with(_with(row, column, following), column + 1, cell)
        other = rows[place + 1] if place + 1 < len(rows) else row
        alike = (other.table, len(other.cells)) == (row.table, len(row.cells))
        if alike and _differ(row, other):
            yield "entity", replace(row, cells=other.cells)


def _alike(one: str, two: str) -> bool:
    """Whether two figures are the same as one with fewer decimals."""
    first, second = (float(re.sub(r"[^\d.]", "", cell)) for cell in (one, two))
    return abs(first - second) < 0.06


def _differ(row: Row, other: Row) -> bool:
    cells = zip(row.cells, other.cells, strict=True)
    return row.name != other.name and any(mine != theirs and theirs[1] != "—" for mine, theirs in cells)


def _with(row: Row, column: int, cell: str) -> Row:
    cells = list(row.cells)
    cells[column] = (cells[column][0], cell)
    return replace(row, cells=tuple(cells))


@dataclass(frozen=True)
class Block:
    """A run of sentences that belong together, and whom their section speaks of."""

    sentences: tuple[str, ...]
    topic: Topic = NOBODY


@dataclass
class Tally:
    """Mistakes made and caught by class, and those missed: class, sentence as made."""

    made: Counter[str] = field(default_factory=Counter)
    caught: Counter[str] = field(default_factory=Counter)
    missed: list[tuple[str, str]] = field(default_factory=list)

    def add(self, block: Block, known: Known, facts: tuple[Fact, ...], seed: int) -> None:
        """Make every mistake in a run of sentences that belong together, one at a time, and have each judged."""
        said = block.sentences
        for place, sentence in enumerate(said):
            for mutant in mutants(sentence, facts, seed):
                self.made[mutant.kind] += 1
                if refused(
                    replace(block, sentences=(*said[:place], mutant.after, *said[place + 1 :])), known
                ):
                    self.caught[mutant.kind] += 1
                else:
                    self.missed.append((mutant.kind, mutant.after))

    def add_rows(self, rows: Sequence[Row], known: Known, quoted: frozenset[str]) -> None:
        """Make every mistake in rows of tables and have each judged."""
        for kind, row in wrong_rows(rows):
            self.made[kind] += 1
            if any(claim.fact is None for claim in row_claims("html", row, known, quoted)):
                self.caught[kind] += 1
            else:
                self.missed.append((kind, f"{row.name}: {row.cells}"))

    def of(self, kind: str) -> list[str]:
        """The missed mistakes of a class."""
        return [after for missed, after in self.missed if missed == kind]


def refused(block: Block, known: Known) -> bool:
    """Whether the check refuses something in a run of sentences."""
    claims = judge("html", "\n".join(block.sentences), known, topic=block.topic)
    return any(claim.fact is None for claim in claims)


def _named(block: Block, known: Known) -> Topic:
    """Whom the section speaks of once a run of sentences has been read."""
    binder = Binder(known, block.topic)
    for sentence in block.sentences:
        list(binder.sentence("html", sentence))
    return binder.topic


def blocks(brief: Brief, known: Known) -> Iterator[Block]:
    """The prose of a brief in runs that belong together: paragraphs, the headline, what to watch, what changed."""
    head = Block(sentences=(brief.takeaway.headline.text,))
    yield head
    topic = _named(head, known)
    for paragraph in brief.takeaway.paragraphs:
        block = Block(sentences=tuple(sentence.text for sentence in paragraph.sentences), topic=topic)
        yield block
        topic = _named(block, known)
    calendar = brief.calendar
    alone = (
        brief.takeaway.headline,
        brief.preheader,
        *brief.changes,
        *calendar.week_ahead,
        calendar.heavyweight,
    )
    yield from (Block(sentences=(item.text,)) for item in (*alone, brief.breadth) if item is not None)
    yield from (Block(sentences=(item.what.text, item.why.text)) for item in brief.watching)
