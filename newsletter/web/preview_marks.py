"""Each number in the preview's copy of the issue gets its fact: a ``<span>`` around it that shows the fact on hover.

The HTML is not parsed and written again, which would change it: text is located in it, and spans are put in around the
exact characters. Everything else stays byte for byte. Pure.
"""

from __future__ import annotations

import html as entities
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

_ENTITY = re.compile(r"&#?\w+;?")
_QUOTES = {
    "\u2018": "'",
    "\u2019": "'",
    "\u201c": '"',
    "\u201d": '"',
}  # the check reads quotes as typed on a keyboard
_UNSEEN = frozenset("\u00ad\u034f\u200b\u200c\u200d\u2060\ufeff")
_SILENT = frozenset({"title", "style", "script", "template"})
_INLINE = frozenset({"a", "abbr", "b", "em", "font", "i", "small", "span", "strong", "sub", "sup", "u"})
_WORD = re.compile(r"[\w%]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """``text`` inside ``context`` (a sentence, or the name of a table row) is explained by ``tip``.

    ``reach`` is how many characters after the context still belong to it: the cells of a row. A number without a fact
    is ``bound=False``.
    """

    context: str
    text: str
    tip: str
    reach: int = 0
    bound: bool = True


@dataclass(frozen=True, slots=True)
class _Char:
    start: int
    end: int


def marked(html: str, marks: Iterable[Mark]) -> str:
    """``html`` with a span around every number that a mark explains; a mark whose words aren't found is left out."""
    flat, places = _flatten(html)
    edits: list[tuple[int, int, str]] = []
    for (begin, end), mark in sorted(_located(flat, marks).items()):
        for start, stop in _runs(places[begin:end]):
            if html[
                start:stop
            ].strip():  # a span around the space between two cells would fall out of the table
                edits.append((start, stop, _opening(mark)))
    return _spliced(html, edits)


def plain(text: str) -> str:
    """Text as it is compared: single spaces, plain quotes, no invisible characters."""
    return " ".join("".join(_QUOTES.get(char, char) for char in text if char not in _UNSEEN).split())


def _located(flat: str, marks: Iterable[Mark]) -> dict[tuple[int, int], Mark]:
    """Where each mark stands in the text; of two that overlap the first stays."""
    found: dict[tuple[int, int], Mark] = {}
    taken: set[int] = set()
    rows: defaultdict[str, list[Mark]] = defaultdict(list)
    for mark in marks:
        if (context := plain(mark.context)) and plain(mark.text):
            rows[context].append(mark)
    names = [context for context, group in rows.items() if any(mark.reach for mark in group)]
    for context, group in rows.items():
        for begin in _occurrences(flat, context):
            cursors: dict[str, int] = {}
            for mark in group:
                end = begin + len(context)
                if mark.reach:
                    end = min([end + mark.reach, *_next(flat, names, end)])
                text = plain(mark.text)
                at = _find(flat, text, cursors.get(text, begin), end)
                if at is None:
                    continue
                cursors[text] = at + len(text)
                if taken.isdisjoint(range(at, at + len(text))):
                    taken.update(range(at, at + len(text)))
                    found[at, at + len(text)] = mark
    return found


def _occurrences(flat: str, wanted: str) -> Iterator[int]:
    at = _find(flat, wanted, 0, len(flat))
    while at is not None:
        yield at
        at = _find(flat, wanted, at + len(wanted), len(flat))


def _find(flat: str, wanted: str, begin: int, end: int) -> int | None:
    """The first place where ``wanted`` is not a part of a longer word or number."""
    at = flat.find(wanted, begin, end)
    while at >= 0:
        if not _joined(flat, at, at + len(wanted)):
            return at
        at = flat.find(wanted, at + 1, end)
    return None


def _joined(flat: str, begin: int, end: int) -> bool:
    before, after = flat[max(begin - 2, 0) : begin], flat[end : end + 2]
    if _WORD.match(flat[begin]) and before and (_WORD.match(before[-1]) or re.fullmatch(r"\d[.,]", before)):
        return True
    return bool(
        _WORD.match(flat[end - 1]) and after and (_WORD.match(after[0]) or re.fullmatch(r"[.,]\d", after))
    )


def _next(flat: str, names: Iterable[str], begin: int) -> list[int]:
    """Where the next rows begin: a row's cells end there."""
    return [at for name in names if (at := _find(flat, name, begin, len(flat))) is not None]


def _runs(places: list[_Char]) -> Iterator[tuple[int, int]]:
    """Stretches without a tag inside, as (start, stop) in the HTML."""
    start, stop = places[0].start, places[0].end
    for char in places[1:]:
        if char.start != stop:
            yield start, stop
            start = char.start
        stop = char.end
    yield start, stop


def _opening(mark: Mark) -> str:
    tip = entities.escape(mark.tip, quote=True)
    state = "nl-fact" if mark.bound else "nl-fact nl-none"
    return f'<span class="{state}" tabindex="0" data-fact="{tip}" aria-description="{tip}">'


def _spliced(html: str, edits: list[tuple[int, int, str]]) -> str:
    pieces: list[str] = []
    done = 0
    for start, stop, opening in sorted(edits):
        pieces += [html[done:start], opening, html[start:stop], "</span>"]
        done = stop
    return "".join([*pieces, html[done:]])


def _flatten(html: str) -> tuple[str, list[_Char]]:
    """The text a reader sees, white space as single spaces, and where each character stands in the HTML."""
    reader = _Reader(html)
    reader.feed(html)
    reader.close()
    text: list[str] = []
    places: list[_Char] = []
    for char, place in reader.characters:
        if char in _UNSEEN:
            continue
        if char.isspace():
            if not text or text[-1] == " ":
                continue
            char = " "
        text.append(_QUOTES.get(char, char))
        places.append(place)
    return "".join(text), places


class _Reader(HTMLParser):
    """Collects (character, place); a tag that isn't inline counts as a space."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=False)
        self._html = html
        self._lines = [0, *(match.end() for match in re.finditer("\n", html))]
        self._silent = 0
        self.characters: list[tuple[str, _Char]] = []

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT
        self._break(tag)

    def handle_startendtag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(self._silent - (tag in _SILENT), 0)
        self._break(tag)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            start = self._offset()
            self.characters += [(char, _Char(start + i, start + i + 1)) for i, char in enumerate(data)]

    def handle_entityref(self, _name: str) -> None:
        self._entity()

    def handle_charref(self, _name: str) -> None:
        self._entity()

    def _entity(self) -> None:
        start = self._offset()
        match = _ENTITY.match(self._html, start)
        if match is None or self._silent:
            return
        place = _Char(start, match.end())
        self.characters += [(char, place) for char in entities.unescape(match[0])]

    def _break(self, tag: str) -> None:
        if tag not in _INLINE:
            at = self._offset()
            self.characters.append((" ", _Char(at, at)))

    def _offset(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column
