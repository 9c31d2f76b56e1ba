"""A person's words for an issue: ``notes/2025-08-26.md`` overrules headline, lead, byline, chart and column.

Front matter may set ``headline``, ``lead`` (a story's key), ``byline`` and ``chart`` (a recipe's name); the body is Markdown.
This is the file, read and written; ``newsletter.editorial.proof`` judges what it says.

Whoever can write the file is trusted to speak for the newsletter, not to run code or to hide anything from a reader: YAML is
read without its tags, and characters that can't be seen are refused.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from io import StringIO

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from newsletter.errors import UsageError
from newsletter.facts import Choice, Findings

FIELDS = ("headline", "lead", "byline", "chart")
LONGEST = {"lead": 200, "byline": 80, "chart": 80}
"""Characters; a headline's are counted when it is judged, where it is known how much room a subject has."""

_FENCE = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_OPENED = re.compile(r"\A---[ \t]*(?:\n|\Z)")
_UNSEEN = ("Cc", "Cf")
"""Unicode's control and format characters; also those that turn the direction of what follows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """A note as read. ``name`` is its file, for messages; ``first_line`` the line of the file where the body begins.

    ``lines`` says on which line each setting stands.
    """

    name: str
    headline: str | None = None
    lead: str | None = None
    byline: str | None = None
    chart: str | None = None
    body: str = ""
    first_line: int = 1
    lines: Mapping[str, int] = field(default_factory=dict)

    def at(self, setting: str) -> str:
        """``notes/2025-08-26.md:2``, where a setting stands."""
        return f"{self.name}:{self.lines.get(setting, 1)}"


def read(text: str, name: str) -> Note:
    """A note from the text of its file; an unknown or broken setting raises UsageError with file and line."""
    text = text.replace("\r\n", "\n").removeprefix("\ufeff")
    _refuse_unseen(text, name)
    match = _FENCE.match(text)
    if match is None:
        if _OPENED.match(text):
            raise UsageError(f"{name}:1: the settings aren't closed; put --- on a line of its own after them")
        return Note(name=name, body=text.strip("\n"), first_line=1 + _leading(text))
    body = text[match.end() :]
    settings, lines = _settings(match.group(1), name)
    return Note(
        name=name,
        body=body.strip("\n"),
        first_line=1 + text[: match.end()].count("\n") + _leading(body),
        lines=lines,
        **settings,
    )


def text_of(note: Note) -> str:
    """The file of a note: what :func:`read` makes the same note of. Empty where it says nothing."""
    settings = {name: value for name in FIELDS if (value := getattr(note, name)) is not None}
    front = "".join(f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in settings.items())
    body = note.body.strip("\n")
    parts = [f"---\n{front}---\n"] if front or _OPENED.match(body) else []
    return "\n".join([*parts, *([f"{body}\n"] if body else [])])


def overrule(choice: Choice, findings: Findings, note: Note | None) -> Choice:
    """The choice with the note's lead and chart. A key that no story of the day has raises UsageError."""
    if note is None or (note.lead is None and note.chart is None):
        return choice
    lead = choice.lead
    if note.lead is not None:
        lead = next((story for story in findings.stories if story.key == note.lead), None)
        if lead is None:
            known = ", ".join(story.key for story in findings.stories[:5]) or "none"
            raise UsageError(f"{note.at('lead')}: no story {note.lead} today; the first are {known}")
    if lead is not None and note.chart is not None:
        lead = replace(lead, recipe=note.chart)
    also = tuple(story for story in choice.also if lead is None or story.key != lead.key)
    return replace(choice, lead=lead, also=also)


def _leading(text: str) -> int:
    return len(text) - len(text.lstrip("\n"))


def _refuse_unseen(text: str, name: str) -> None:
    unseen = _unseen(text.replace("\n", " ").replace("\t", " "))
    if unseen is not None:
        line = 1 + text[: text.index(unseen)].count("\n")
        raise UsageError(f"{name}:{line}: U+{ord(unseen):04X} can't be seen by a reader; remove it")


def _unseen(text: str) -> str | None:
    return next((char for char in text if unicodedata.category(char) in _UNSEEN), None)


def _settings(front: str, name: str) -> tuple[dict[str, str], dict[str, int]]:
    found = _loaded(front, name)
    settings: dict[str, str] = {}
    lines: dict[str, int] = {}
    for key, value in found.items():
        line = 2 + next((n for n, text in enumerate(front.split("\n")) if text.startswith(f"{key}:")), 0)
        if key not in FIELDS:
            raise UsageError(
                f"{name}:{line}: unknown setting {str(key)[:40]}; a note may set {', '.join(FIELDS)}"
            )
        settings[key] = _value(key, value, f"{name}:{line}")
        lines[key] = line
    return settings, lines


def _loaded(front: str, name: str) -> dict[object, object]:
    yaml = YAML(typ="safe", pure=True)
    try:
        found = yaml.load(StringIO(front))
    except MarkedYAMLError as error:
        # What is never closed is found at the end of the settings; where it was opened says more.
        opened = error.context_mark if "end of stream" in (error.problem or "") else None
        mark = opened or error.problem_mark
        line = mark.line + 2 if mark else 1
        raise UsageError(f"{name}:{line}: not valid YAML: {error.problem or error.context}") from None
    except YAMLError as error:
        raise UsageError(f"{name}:1: not valid YAML: {str(error).splitlines()[0]}") from None
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise UsageError(f"{name}:1: expected settings such as `headline: ...` between the dashes")
    return found


def _value(key: str, value: object, at: str) -> str:
    """A setting's words: one line that can be read, and no longer than there is room for."""
    if not isinstance(value, str) or not value.strip():
        # A list may hold itself many times over, and is never written out.
        what = f"a {type(value).__name__}" if isinstance(value, list | dict) else repr(value)
        raise UsageError(f"{at}: {key} should be words in quotes, not {what}")
    value = value.strip()
    if (unseen := _unseen(value)) is not None:
        raise UsageError(f"{at}: {key} is one line of words; U+{ord(unseen):04X} is no part of one")
    if len(value) > (most := LONGEST.get(key, len(value))):
        raise UsageError(f"{at}: {key} has {len(value)} characters; there is room for {most}")
    return value
