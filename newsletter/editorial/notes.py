"""A person's words for an issue: ``notes/2025-08-26.md`` overrules headline, lead, byline, chart and column.

Front matter may set ``headline``, ``lead`` (a story's key), ``byline`` and ``chart`` (a recipe's name). The body is Markdown;
``{{ f("^RUT", "dist_record") }}`` puts a fact in the program's own writing. Numbers typed by hand are allowed only where
they match a fact: everything in a note is judged as the program's own words are, but a person may say why.

Whoever can write the file is trusted to speak for the newsletter, not to run code: the references are read, never
evaluated, and of the Markdown only its words are kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from io import StringIO

import nh3
from markdown_it import MarkdownIt
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from newsletter.brief import Paragraph, Sentence
from newsletter.editorial.check import PERSONAL, Kind, judge
from newsletter.editorial.check.pages import sentences
from newsletter.editorial.check.reading import Known
from newsletter.editorial.figures import written
from newsletter.editorial.phrase import Style
from newsletter.errors import DataError, UsageError
from newsletter.facts import Choice, Fact, FactBook, Findings, Unit

FIELDS = ("headline", "lead", "byline", "chart")
_FENCE = re.compile(r"\A---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_REFERENCE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_CALL = re.compile(r"""\A\s*f\(\s*((?:"[^"]*"|'[^']*')(?:\s*,\s*(?:"[^"]*"|'[^']*')){1,3})\s*\)\s*\Z""")
_STRINGS = re.compile(r""""([^"]*)"|'([^']*)'""")

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


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """A note as read. ``name`` is its file, for messages; ``first_line`` the line of the file where the body begins."""

    name: str
    headline: str | None = None
    lead: str | None = None
    byline: str | None = None
    chart: str | None = None
    body: str = ""
    first_line: int = 1


def read(text: str, name: str) -> Note:
    """A note from the text of its file; an unknown or broken setting raises UsageError with file and line."""
    text = text.replace("\r\n", "\n").removeprefix("\ufeff")
    match = _FENCE.match(text)
    if match is None:
        return Note(name=name, body=text.strip("\n"), first_line=1 + _leading(text))
    body = text[match.end() :]
    settings = _settings(match.group(1), name)
    return Note(
        name=name,
        body=body.strip("\n"),
        first_line=1 + text[: match.end()].count("\n") + _leading(body),
        **settings,
    )


def _leading(text: str) -> int:
    return len(text) - len(text.lstrip("\n"))


def _settings(front: str, name: str) -> dict[str, str]:
    yaml = YAML(typ="safe", pure=True)
    try:
        found = yaml.load(StringIO(front))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise UsageError(f"{name}:{line}: not valid YAML: {error.problem or error.context}") from None
    except YAMLError as error:
        raise UsageError(f"{name}:1: not valid YAML: {str(error).splitlines()[0]}") from None
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise UsageError(f"{name}:1: expected settings such as `headline: ...` between the dashes")
    for key, value in found.items():
        line = 2 + next((n for n, text in enumerate(front.split("\n")) if text.startswith(f"{key}:")), 0)
        if key not in FIELDS:
            raise UsageError(f"{name}:{line}: unknown setting {key}; a note may set {', '.join(FIELDS)}")
        if not isinstance(value, str) or not value.strip():
            raise UsageError(f"{name}:{line}: {key} should be words in quotes, not {value!r}")
    return {str(key): str(value).strip() for key, value in found.items()}


def overrule(choice: Choice, findings: Findings, note: Note | None) -> Choice:
    """The choice with the note's lead and chart. A key that no story of the day has raises UsageError."""
    if note is None or (note.lead is None and note.chart is None):
        return choice
    lead = choice.lead
    if note.lead is not None:
        lead = next((story for story in findings.stories if story.key == note.lead), None)
        if lead is None:
            known = ", ".join(story.key for story in findings.stories[:5]) or "none"
            raise UsageError(f"{note.name}: no story {note.lead} today; the first are {known}")
    if lead is not None and note.chart is not None:
        lead = replace(lead, recipe=note.chart)
    also = tuple(story for story in choice.also if lead is None or story.key != lead.key)
    return replace(choice, lead=lead, also=also)


def headline(note: Note, known: Known) -> Sentence | None:
    """The note's headline, judged; None where it sets none."""
    if note.headline is None:
        return None
    text, facts = _filled(note.headline, note, known, 1)
    _judged(text, note, known, 1)
    return Sentence(text=text, facts=facts)


def paragraphs(note: Note, known: Known) -> tuple[Paragraph, ...]:
    """The note's body as paragraphs of plain sentences; a number that matches no fact raises DataError with its line."""
    found: list[Paragraph] = []
    for block, line in _blocks(note):
        text, facts = _filled(block, note, known, line)
        _judged(text, note, known, line)
        split = sentences(text)
        spoken = tuple(
            Sentence(text=part, facts=facts if place == 0 else ()) for place, part in enumerate(split)
        )
        if spoken:
            found.append(Paragraph(sentences=spoken, role=PERSONAL))
    return tuple(found)


def _blocks(note: Note) -> list[tuple[str, int]]:
    """Paragraphs of the Markdown as words, and the line of the file each begins on."""
    parser: MarkdownIt = MarkdownIt("commonmark", {"html": False})
    blocks: list[tuple[str, int]] = []
    for token in parser.parse(note.body):
        if token.type == "inline" and token.map is not None:
            words = "".join(_words(child.type, child.content) for child in token.children or ())
            plain = nh3.clean(words, tags=set(), attributes={}).strip()
            blocks.append((_unescaped(plain), note.first_line + token.map[0]))
    return blocks


def _words(kind: str, content: str) -> str:
    if kind in ("text", "code_inline"):
        return content.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return " " if kind in ("softbreak", "hardbreak") else ""


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _filled(text: str, note: Note, known: Known, line: int) -> tuple[str, tuple[str, ...]]:
    """The text with its references written out, and the facts they name."""
    used: list[str] = []
    book = FactBook(known.facts)

    def fill(match: re.Match[str]) -> str:
        at = line + text[: match.start()].count("\n")
        fact, style = _reference(match.group(1), book, note, at)
        used.append(fact.id)
        return written(fact, style, known.today)

    return _REFERENCE.sub(fill, text), tuple(used)


def _reference(call: str, book: FactBook, note: Note, line: int) -> tuple[Fact, Style]:
    match = _CALL.match(call)
    if match is None:
        raise UsageError(
            f'{note.name}:{line}: {{{{{call}}}}} is no reference; write {{{{ f("^RUT", "dist_record") }}}}, '
            "with window and style after it where needed"
        )
    parts = [double or single for double, single in _STRINGS.findall(match.group(1))]
    entity, metric = parts[:2]
    window, style = [*parts[2:], "", ""][:2]
    fact = book.find(entity, metric, window) if window else _only(book, entity, metric)
    if fact is None:
        there = sorted({f"{item.metric}" for item in book.of(entity)})
        hint = f"there is {', '.join(there[:12])}" if there else f"nothing is known of {entity}"
        wanted = f"{metric} {window}".strip()
        raise UsageError(f"{note.name}:{line}: no fact {wanted} of {entity}; {hint}")
    try:
        return fact, Style(style) if style else _STYLES[fact.unit]
    except ValueError:
        raise UsageError(
            f"{note.name}:{line}: no style {style!r}; there is {', '.join(item.value for item in Style)}"
        ) from None


def _only(book: FactBook, entity: str, metric: str) -> Fact | None:
    """The newest fact of that entity and metric, the one-session window first."""
    found = [item for item in book.of(entity) if item.metric == metric]
    return max(found, key=lambda item: (item.as_of, item.window == "1s"), default=None)


def _judged(text: str, note: Note, known: Known, line: int) -> None:
    """Raises DataError for the first claim that no fact bears out. A person may name causes."""
    for claim in judge(note.name, text, known):
        if claim.fact is None and claim.kind is not Kind.CAUSE:
            raise DataError(f"{note.name}:{line}: {claim.reason}")
