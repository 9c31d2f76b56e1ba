"""A person's note as it will be printed, and each claim in it with the fact that bears it out, or the reason why none does.

``{{ f("^RUT", "dist_record") }}`` puts a fact in the program's own writing. Numbers typed by hand are allowed only where
they match a fact: everything is judged as the program's own words are, but a person may say why.

A reference is read, never evaluated, and of the Markdown only its words are kept; HTML is refused.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from newsletter.brief import Paragraph, Sentence
from newsletter.editorial.check import PERSONAL, Claim, Kind, judge
from newsletter.editorial.check.pages import sentences
from newsletter.editorial.check.reading import Known
from newsletter.editorial.figures import written
from newsletter.editorial.notes import Note
from newsletter.editorial.phrase import Style
from newsletter.errors import DataError, UsageError
from newsletter.facts import Fact, FactBook, Unit

HEADLINE, BYLINE, BODY = "headline", "byline", "body"

LONGEST = 2_000
"""Characters of a paragraph: three times what a reader takes in, and no more than can be judged while somebody waits."""

REMEMBERED = 500
"""Passages whose claims a judge keeps."""

_REFERENCE = re.compile(r"\{\{(.*?)\}\}")
_BRACES = re.compile(r"\{\{|\}\}")
_CALL = re.compile(r"""\A\s*f\(\s*((?:"[^"]*"|'[^']*')(?:\s*,\s*(?:"[^"]*"|'[^']*')){1,3})\s*\)\s*\Z""")
_STRINGS = re.compile(r""""([^"]*)"|'([^']*)'""")
_LIKE = 'write {{ f("^RUT", "dist_record") }}, with window and style after it where needed'
_TYPED = str.maketrans({"\u2018": "'", "\u2019": "'", "\u00a0": " ", "\n": " "})
"""The check reads quotes and spaces as typed on a keyboard; each stays one character here, so that places agree."""

_STYLES = {
    Unit.PCT: Style.MOVE,
    Unit.PP: Style.MOVE,
    Unit.BP: Style.MOVE,
    Unit.PTS: Style.MOVE,
    Unit.LEVEL: Style.LEVEL,
    Unit.USD: Style.LEVEL,
    Unit.COUNT: Style.COUNT,
    Unit.DATE: Style.DATE,
    Unit.TIME: Style.TIME,
    Unit.TEXT: Style.TEXT,
}
"""How a fact is written where a note doesn't name a style."""

_LEVELS = re.compile(r"close$|^(?:high|low)_52w$")
"""Metrics that are a level though their unit is percent: yields."""


class Judge:
    """Judges words by what is known, the same words only once: while somebody types, most stay as they were."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.names = known.scale.names
        self.book = FactBook(known.facts)
        self._claims: dict[str, tuple[Claim, ...]] = {}

    def __call__(self, text: str) -> tuple[Claim, ...]:
        """The claims of a run of sentences that belong together."""
        if len(self._claims) >= REMEMBERED:
            self._claims.clear()
        if text not in self._claims:
            self._claims[text] = tuple(judge(PERSONAL, text, self.known))
        return self._claims[text]


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """A claim and where it stands: characters of the passage's ``text``, and the line of the file."""

    start: int
    end: int
    line: int
    claim: Claim


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """The headline, the byline or a paragraph: its words as printed, and what they claim.

    ``facts`` are those it names by reference. ``fault`` says in one line why it can't be printed, where it can't be read.
    """

    part: str
    line: int
    text: str
    marks: tuple[Mark, ...] = ()
    facts: tuple[str, ...] = ()
    fault: str | None = None

    @property
    def refused(self) -> tuple[Mark, ...]:
        """The claims that no fact bears out. A person may name causes."""
        return tuple(m for m in self.marks if m.claim.fact is None and m.claim.kind is not Kind.CAUSE)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Block:
    """A run of words in the note: what part, where it begins, and its words with their line breaks."""

    part: str
    line: int
    words: str
    fault: str | None = None


def proof(note: Note, judged: Judge, *, room: int) -> tuple[Passage, ...]:
    """Every passage of the note, top to bottom, whatever is wrong with it. ``room`` is how long a headline may be."""
    reader = _Proofreader(note=note, judged=judged, room=room)
    return tuple(reader.passage(block) for block in _blocks(note))


def faults(passages: Sequence[Passage], note: Note) -> Iterator[str]:
    """What keeps the note from being printed, each ``file:line: what is wrong``."""
    for passage in passages:
        if passage.fault is not None:
            yield passage.fault
        for mark in passage.refused:
            yield f"{note.name}:{mark.line}: {mark.claim.reason}"


def borne_out(note: Note, judged: Judge, *, room: int) -> tuple[Sentence | None, tuple[Paragraph, ...]]:
    """The note's headline and column, each None or empty where it has none.

    Raises UsageError for what can't be read and DataError for the first claim that no fact bears out, with file and line.
    """
    passages = proof(note, judged, room=room)
    for passage in passages:
        if passage.fault is not None:
            raise UsageError(passage.fault)
        for mark in passage.refused:
            raise DataError(f"{note.name}:{mark.line}: {mark.claim.reason}")
    headline = next((_headline(item) for item in passages if item.part == HEADLINE), None)
    paragraphs = (_paragraph(item) for item in passages if item.part == BODY)
    return headline, tuple(item for item in paragraphs if item.sentences)


def reference(fact: Fact, book: FactBook) -> str | None:
    """How a note refers to the fact, as short as may be; None where another fact is meant by its name."""
    for words in ((fact.entity, fact.metric), (fact.entity, fact.metric, fact.window.partition("@")[0])):
        found = _find(book, *words)
        if found is not None and found.id == fact.id and '"' not in "".join(words):
            return "{{ f(" + ", ".join(f'"{word}"' for word in words) + ") }}"
    return None


def printed(fact: Fact, known: Known) -> str:
    """The fact as a reference without a style writes it."""
    return written(fact, _style(fact), known.today)


def _headline(passage: Passage) -> Sentence:
    bound = (mark.claim.fact for mark in passage.marks if mark.claim.fact is not None)
    return Sentence(text=passage.text, facts=tuple(dict.fromkeys((*passage.facts, *bound))))


def _paragraph(passage: Passage) -> Paragraph:
    """The passage in sentences, each with the facts of its own claims; those named by reference go with the first."""
    spoken = []
    for place, part in enumerate(sentences(passage.text)):
        bound = (m.claim.fact for m in passage.marks if m.claim.sentence == part and m.claim.fact is not None)
        named = passage.facts if place == 0 else ()
        spoken.append(Sentence(text=part, facts=tuple(dict.fromkeys((*named, *bound)))))
    return Paragraph(sentences=tuple(spoken), role=PERSONAL)


# What the note says


def _blocks(note: Note) -> Iterator[_Block]:
    for part, words in ((HEADLINE, note.headline), (BYLINE, note.byline)):
        if words is not None:
            yield _Block(part=part, line=note.lines.get(part, 1), words=words)
    parser = MarkdownIt("commonmark", {"html": True})  # so that HTML is seen as such, and refused
    for token in parser.parse(note.body):
        if token.map is not None:
            block = _block(token, note)
            if block is not None:
                yield block


def _block(token: Token, note: Note) -> _Block | None:
    line = note.first_line + (token.map[0] if token.map else 0)
    children = token.children or ()
    markup = token if token.type == "html_block" else next(_of(children, "html_inline"), None)
    fault = None
    if markup is not None:
        shown = " ".join(markup.content.split())[:40]
        fault = f"{note.name}:{line}: {shown!r} is HTML, which isn't printed; remove it, or write &lt; for <"
    elif token.type in ("fence", "code_block"):
        fault = (
            f"{note.name}:{line}: a block of code isn't printed; write it as a paragraph, without the indent"
        )
    elif token.type != "inline":
        return None
    raw = "".join(_words(child) for child in children)
    clean = nh3.clean(raw, tags=set(), attributes={}).strip()
    return _Block(part=BODY, line=line, words=html.unescape(clean), fault=fault)


def _of(tokens: Sequence[Token], kind: str) -> Iterator[Token]:
    return (token for token in tokens if token.type == kind)


def _words(token: Token) -> str:
    if token.type in ("text", "code_inline"):
        return html.escape(token.content, quote=False)
    return "\n" if token.type in ("softbreak", "hardbreak") else ""


# What it claims


@dataclass(frozen=True, kw_only=True, slots=True)
class _Proofreader:
    """Reads one note."""

    note: Note
    judged: Judge
    room: int

    def passage(self, block: _Block) -> Passage:
        """The block as printed, and its claims."""
        fault = block.fault
        filled = block.words
        facts: tuple[str, ...] = ()
        if fault is None:
            try:
                filled, facts = self._filled(block)
            except UsageError as error:
                fault = str(error)
        text = _flat(filled)
        if len(text) > LONGEST and fault is None:
            fault = f"{self._at(block, 0)}: {len(text):,} characters are one paragraph; break it before {LONGEST:,}"
        if fault is not None:
            return Passage(part=block.part, line=block.line, text=text, fault=fault)
        marks = tuple(_placed(filled, block.line, self.judged(text)))
        if block.part == HEADLINE and len(text) > self.room:
            fault = f"{self.note.at(HEADLINE)}: the headline has {len(text)} characters; a subject has room for {self.room}"
        return Passage(part=block.part, line=block.line, text=text, marks=marks, facts=facts, fault=fault)

    def _filled(self, block: _Block) -> tuple[str, tuple[str, ...]]:
        """The words with their references written out, and the facts they name."""
        used: list[str] = []

        def fill(match: re.Match[str]) -> str:
            at = self._at(block, match.start())
            fact, style = _referred(match.group(1), self.judged.book, at)
            used.append(fact.id)
            return _as_styled(fact, style, self.judged.known, at)

        alone = _BRACES.search(_REFERENCE.sub(lambda match: " " * len(match[0]), block.words))
        if alone is not None:
            raise UsageError(
                f"{self._at(block, alone.start())}: {alone[0]} is only half of a reference; {_LIKE}"
            )
        return _REFERENCE.sub(fill, block.words), tuple(used)

    def _at(self, block: _Block, place: int) -> str:
        line = block.line + block.words[:place].count("\n")
        return f"{self.note.name}:{line}"


def _flat(words: str) -> str:
    return words.replace("\n", " ")


def _placed(words: str, line: int, claims: Sequence[Claim]) -> Iterator[Mark]:
    """Each claim where it stands; two in the same words get the places in turn."""
    typed = words.translate(_TYPED)
    taken: set[int] = set()
    for claim in claims:
        sentence = max(typed.find(claim.sentence), 0)
        place = typed.find(claim.text, sentence)
        while place in taken:
            place = typed.find(claim.text, place + 1)
        if (
            place < 0
        ):  # the check read the words otherwise than they stand here; the sentence is marked instead
            place = sentence
        taken.add(place)
        yield Mark(
            start=place,
            end=min(place + len(claim.text), len(words)),
            line=line + words[:place].count("\n"),
            claim=claim,
        )


def _style(fact: Fact) -> Style:
    return Style.LEVEL if fact.unit is Unit.PCT and _LEVELS.search(fact.metric) else _STYLES[fact.unit]


def _as_styled(fact: Fact, style: Style, known: Known, at: str) -> str:
    try:
        return written(fact, style, known.today)
    except (ValueError, TypeError, StopIteration):  # each style is for some kinds of facts only
        raise UsageError(
            f"{at}: {fact.metric} of {fact.entity} can't be written as {style.value!r}; leave the style out"
        ) from None


def _referred(call: str, book: FactBook, at: str) -> tuple[Fact, Style]:
    match = _CALL.match(call)
    if match is None:
        raise UsageError(f"{at}: {{{{{call[:60]}}}}} is no reference; {_LIKE}")
    parts = [double or single for double, single in _STRINGS.findall(match.group(1))]
    entity, metric = parts[:2]
    window, style = [*parts[2:], "", ""][:2]
    fact = _find(book, entity, metric, window)
    if fact is None:
        there = sorted({f"{item.metric}" for item in book.of(entity)})
        hint = f"there is {', '.join(there[:12])}" if there else f"nothing is known of {entity}"
        wanted = f"{metric} {window}".strip()
        raise UsageError(f"{at}: no fact {wanted} of {entity}; {hint}")
    try:
        return fact, Style(style) if style else _style(fact)
    except ValueError:
        raise UsageError(
            f"{at}: no style {style!r}; there is {', '.join(item.value for item in Style)}"
        ) from None


def _find(book: FactBook, entity: str, metric: str, window: str = "") -> Fact | None:
    """The newest fact of that entity and metric, in that window or else the one-session window first."""
    if window:
        return book.find(entity, metric, window)
    found = [item for item in book.of(entity) if item.metric == metric]
    return max(found, key=lambda item: (item.as_of, item.window == "1s"), default=None)
