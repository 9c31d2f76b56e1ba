"""Reading what was rendered: the HTML and text parts as sentences and table rows.

Nothing here knows what was meant. Text comes in blocks (a paragraph, a heading, a cell); tables of data are those with
``role="table"``, their rows named by ``th scope="row"`` and their columns by ``th scope="col"``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import html as lxml_html
from lxml.html import HtmlElement

_ABBREVIATIONS = re.compile(
    r"(?:\b(?:Jan|Feb|Aug|Sept|Oct|Nov|Dec|No|vs|St|Inc|Corp|Co|Mr|Ms|Dr|a\.m|p\.m|U\.S)|\b[A-Z]|\b[A-Z]\.[A-Z])\.$"
)
_BREAK = re.compile(
    r"(?:(?<=[.!?])[”\"')]?\s+(?=[“\"(A-Z])|(?<=[a-z]\))\s+(?=[A-Z])|(?<=ET\))\s+(?=[A-Z])|\n)"
)
_SPACE = re.compile(r"[^\S\n]+")
_FILLER = re.compile(
    "[\N{COMBINING GRAPHEME JOINER}\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH SPACE}\N{SOFT HYPHEN}]"
)
_BLOCKS = ("p", "h1", "h2", "li", "td", "th", "div", "caption")
_COLUMNS = re.compile(r"\s{2,}")
_FIGURE = re.compile(r"\d(?![DWM]\b)|—")
_ADDRESS = re.compile(r"https?://\S+")
_ALONE = re.compile(r"[+−-]?\$?\d[\d,]*(?:\.\d+)?(?:%| bp)?")
FOOTER = "You get this because"
"""The block from which on a page speaks of the mail itself: address, opt-out, how it was made."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """A run of sentences that belong together. ``section`` is the heading above it."""

    section: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A row of a data table: its name, and each cell with the head of its column ("" where there is none)."""

    section: str
    table: str
    name: str
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One rendering, top to bottom."""

    blocks: tuple[Block, ...]
    rows: tuple[Row, ...]
    alts: tuple[str, ...] = ()


def clean(text: str) -> str:
    """Without invisible filler and double spaces; quotes and spaces as on a keyboard, the minus sign kept."""
    text = _FILLER.sub("", text).replace("’", "'").replace("‘", "'").replace("\N{NO-BREAK SPACE}", " ")
    return _SPACE.sub(" ", text).strip()


def flat(text: str) -> str:
    """Cleaned, on one line."""
    return clean(text.replace("\n", " "))


def sentences(text: str) -> tuple[str, ...]:
    """``text`` split into sentences; abbreviations don't end one. A web address claims nothing and is left out."""
    pieces: list[str] = []
    for piece in _BREAK.split(clean(_ADDRESS.sub("", text))):
        if pieces and _ABBREVIATIONS.search(pieces[-1]):
            pieces[-1] = f"{pieces[-1]} {piece}"
        elif piece.strip():
            pieces.append(piece.strip())
    return tuple(pieces)


def read_html(html: str) -> Page:
    """The blocks and data rows of an HTML part, up to its footer."""
    document = lxml_html.document_fromstring(html)
    body = document.find("body")
    blocks: list[Block] = []
    rows: list[Row] = []
    section = ""
    for element in body.iter() if body is not None else ():
        if not isinstance(element.tag, str):
            continue
        if _role(element) == "table":
            rows += _rows(element, section)
        if element.tag not in _BLOCKS or _inside_table(element) or _has_blocks(element):
            continue
        text = clean(_text(element))
        if text.startswith(FOOTER):
            break
        if element.tag in ("h1", "h2"):
            section = text
        if text and _ALONE.fullmatch(text) and blocks:
            rows.append(_tile(blocks[-1], text, rows))
        elif text:
            blocks.append(Block(section=section, sentences=sentences(text)))
    alts = [flat(str(image.get("alt") or "")) for image in document.iter("img")]
    return Page(blocks=tuple(blocks), rows=tuple(rows), alts=tuple(alt for alt in alts if alt))


def _tile(label: Block, figure: str, rows: list[Row]) -> Row:
    """A figure that stands alone belongs to the label above it; the second one is its change."""
    name = label.sentences[-1]
    again = bool(rows) and rows[-1].table == "tile" and rows[-1].name == name
    return Row(section=label.section, table="tile", name=name, cells=(("1D" if again else "Last", figure),))


def _role(element: HtmlElement) -> str:
    return str(element.get("role") or "")


def _inside_table(element: HtmlElement) -> bool:
    return any(_role(parent) == "table" for parent in element.iterancestors("table"))


def _has_blocks(element: HtmlElement) -> bool:
    return any(child is not element and child.tag in (*_BLOCKS, "table") for child in element.iter())


def _text(element: HtmlElement) -> str:
    """All text; only ``<br>`` breaks a line."""
    pieces: list[str] = []
    for node in element.iter():
        if not isinstance(node.tag, str):
            pieces.append(f" {_line(node.tail)}" if node is not element else "")
            continue
        if node.get("aria-hidden") != "true":
            pieces.append(_line(node.text))
        if node is not element:
            pieces.append(f"\n{_line(node.tail)}" if node.tag == "br" else _line(node.tail))
    return "".join(pieces)


def _line(text: str | None) -> str:
    return (text or "").replace("\n", " ")


def _rows(table: HtmlElement, section: str) -> Iterator[Row]:
    heads: list[str] = []
    label = str(table.get("aria-label") or section)
    for line in table.iter("tr"):
        if _nearest_table(line) is not table:
            continue
        cells = [cell for cell in line if isinstance(cell.tag, str) and cell.tag in ("td", "th")]
        columns = [cell for cell in cells if cell.get("scope") == "col"]
        if columns:
            heads = [text for cell in cells for text in [flat(_text(cell))] * int(cell.get("colspan") or 1)]
            continue
        name = next((clean(_text(cell)) for cell in cells if cell.get("scope") == "row"), "")
        found: list[tuple[str, str]] = []
        position = 0
        for cell in cells:
            head = heads[position] if position < len(heads) else ""
            position += int(cell.get("colspan") or 1)
            text = flat(_text(cell))
            if cell.get("scope") != "row" and text:
                found.append((head, text))
        if found:
            yield Row(section=section, table=label, name=name, cells=tuple(found))


def _nearest_table(element: HtmlElement) -> HtmlElement | None:
    return next(iter(element.iterancestors("table")), None)


def read_text(text: str) -> Page:
    """The blocks and columns of a text part, up to its footer."""
    reader = _TextReader()
    for chunk in re.split(r"\n\s*\n", text.replace("\r\n", "\n")):
        lines = [line.rstrip() for line in chunk.split("\n") if line.strip()]
        if any(line.strip().startswith(FOOTER) for line in lines):
            break
        reader.chunk(lines)
    return Page(blocks=tuple(reader.blocks), rows=tuple(reader.rows))


class _TextReader:
    """Tells columns, which two spaces part, from prose; an indented line below a row belongs to it."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.rows: list[Row] = []
        self._section = ""
        self._heads: tuple[str, ...] = ()
        self._prose: list[str] = []

    def chunk(self, lines: list[str]) -> None:
        """One run of lines between blank ones."""
        self._heads = ()
        in_table = False
        for line in lines:
            text = line.strip()
            if set(text) <= set("-="):
                self._section = self._prose[-1] if self._prose else self._section
                self._flush()
            elif text.startswith("* "):
                self._flush()
                self._prose.append(text.removeprefix("* "))
            elif in_table and line.startswith("  "):
                row = self.rows[-1]
                self.rows[-1] = Row(
                    section=row.section, table=row.table, name=f"{row.name}\n{text}", cells=row.cells
                )
            elif len(_COLUMNS.split(text)) > 1:
                in_table = self._columns(tuple(clean(part) for part in _COLUMNS.split(text))) or in_table
            else:
                self._prose.append(text)
        self._flush()

    def _columns(self, parts: tuple[str, ...]) -> bool:
        """A row, or the heads of the rows to come; whether it was a row."""
        if not _FIGURE.search(" ".join(parts[1:])):
            self._heads = parts
            return False
        heads = self._heads if len(self._heads) == len(parts) else ("",) * len(parts)
        named = dict(zip(heads, parts, strict=True))
        name = named.get("Event", parts[0])
        cells = tuple((head, part) for head, part in zip(heads, parts, strict=True) if part is not name)
        self.rows.append(Row(section=self._section, table="text", name=name, cells=cells))
        return True

    def _flush(self) -> None:
        found = sentences(" ".join(self._prose))
        if found:
            self.blocks.append(Block(section=self._section, sentences=found))
        self._prose = []
