"""The strict reading of MJML that the engine lacks: it accepts any mistake in silence, and a reader would see it.

Templates are read with their Jinja blanked out, so that findings carry the template's own lines; each partial says on
its first line what it stands in (``{# in: mj-body #}``). The MJML of an issue is read again once it is filled.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from newsletter.errors import TemplateError
from newsletter.render import templates
from newsletter.render.rules import CONTENT, NESTING, attribute_types, fault_of_value

_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_PARENT = re.compile(r"\{# in: ([\w-]+) #\}")
# Stands where an expression was: a value that holds it can't be judged before it is filled.
_FILLED = "\ue000"

_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_NO_TEXT = frozenset(
    {"mjml", "mj-head", "mj-attributes", "mj-body", "mj-section", "mj-column", "mj-group", "mj-wrapper"}
)
_ROOT = "document"


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One mistake: file as a person finds it, line from 1, and what is wrong."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


def refuse(faults: Iterable[Fault]) -> None:
    """Raise TemplateError with the first of ``faults`` and the number of the others; nothing if there are none."""
    found = tuple(faults)
    if found:
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        raise TemplateError(f"{found[0]}{more}")


def check_templates(folders: tuple[Path, ...]) -> tuple[Fault, ...]:
    """Every fault of every MJML template in ``folders``, in the order of names and lines."""
    found: list[Fault] = []
    for name, source in sorted(templates.sources(folders, templates.MJML).items()):
        found += check_template(templates.label(name), source)
    return tuple(found)


def check_template(file: str, source: str) -> tuple[Fault, ...]:
    """Every fault of one template before it is filled."""
    first = source.split("\n", 1)[0]
    parent = _PARENT.match(first)
    if parent is None:
        return (
            Fault(
                file=file,
                line=1,
                message="say on line 1 what this stands in, like {# in: mj-body #}; a whole mail: {# in: document #}",
            ),
        )
    if parent[1] not in {_ROOT, *NESTING, *CONTENT}:
        return (Fault(file=file, line=1, message=f"no MJML element {parent[1]!r} to stand in"),)
    return _read(file, _JINJA.sub(_blank, source), parent[1])


def check_rendered(mjml: str, file: str = "issue.mjml") -> tuple[Fault, ...]:
    """Every fault of a filled MJML document."""
    return _read(file, mjml, _ROOT)


def _blank(match: re.Match[str]) -> str:
    """Jinja's own text as nothing, line breaks kept; an expression leaves a mark."""
    breaks = "\n" * match.group().count("\n")
    return breaks + (_FILLED if match.group().startswith("{{") else "")


def _read(file: str, source: str, parent: str) -> tuple[Fault, ...]:
    reader = _Reader(file, parent)
    reader.feed(source)
    reader.close()
    reader.finish()
    return tuple(sorted(reader.faults, key=lambda fault: fault.line))


class _Reader(HTMLParser):
    """Walks a document, keeps what is open, and notes what is wrong."""

    def __init__(self, file: str, parent: str) -> None:
        super().__init__(convert_charrefs=False)
        self.file = file
        self.parent = parent
        self.open: list[tuple[str, int]] = []
        self.faults: list[Fault] = []

    @property
    def inside(self) -> str:
        return self.open[-1][0] if self.open else self.parent

    def note(self, message: str, line: int | None = None) -> None:
        self.faults.append(
            Fault(file=self.file, line=self.getpos()[0] if line is None else line, message=message)
        )

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._element(tag, attrs)
        if tag not in _VOID:
            self.open.append((tag, self.getpos()[0]))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._element(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        names = [name for name, _ in self.open]
        if tag not in names:
            if tag not in _VOID:
                self.note(f"</{tag}> closes nothing")
            return
        while self.open[-1][0] != tag:
            name, line = self.open.pop()
            self.note(f"<{name}> is never closed", line)
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.inside in _NO_TEXT and data.strip().strip(_FILLED).strip():
            words = " ".join(data.split())
            self.note(f"text {words[:30]!r} stands directly in <{self.inside}>, where it is lost")

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        if not data.lstrip().startswith(("[if", "<![endif")):
            self.note("a comment would travel in the mail; write {# … #}")

    def finish(self) -> None:
        for name, line in self.open:
            self.note(f"<{name}> is never closed", line)

    def _element(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        for name in dict.fromkeys(name for name in names if names.count(name) > 1):
            self.note(f"<{tag}> has {name!r} twice")
        if tag == "mjml" or tag.startswith("mj-"):
            self._place(tag)
            self._attributes(tag, attrs)
        elif self.inside in NESTING and _FILLED not in tag:
            self.note(f"<{tag}> can't stand in <{self.inside}>; put it in <mj-text> or <mj-raw>")

    def _place(self, tag: str) -> None:
        if tag not in NESTING and tag not in CONTENT and tag not in ("mj-all", "mj-class"):
            self.note(f"there is no <{tag}> in MJML")
        elif self.inside == _ROOT and tag != "mjml":
            self.note(f"<{tag}> can't be the outermost element")
        elif self.inside in CONTENT:
            self.note(f"<{tag}> can't stand in <{self.inside}>, which holds HTML")
        elif self.inside in NESTING and tag not in NESTING[self.inside]:
            self.note(f"<{tag}> can't stand in <{self.inside}>")
        elif self.inside not in (_ROOT, *NESTING) and not self.inside.startswith("mj-"):
            self.note(f"<{tag}> can't stand in <{self.inside}>, which is HTML")

    def _attributes(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = attribute_types(tag)
        if known is None:
            return
        for name, value in attrs:
            if _FILLED in name:
                continue
            if name not in known:
                self.note(f"<{tag}> has no attribute {name!r}")
            elif value is None:
                self.note(f"<{tag}> {name} has no value")
            elif _FILLED not in value and (fault := fault_of_value(known[name], value)):
                self.note(f"<{tag}> {name}={value!r}: {fault}")
