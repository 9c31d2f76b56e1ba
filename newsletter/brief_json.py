"""``brief.json``: the whole content of an issue as data, stable and versioned; described in docs/brief-json.md.

Anyone can audit an issue from it or build on it: every fact, every story's score in parts, every gap.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from newsletter.brief import (
    SCHEMA,
    Brief,
    Calendar,
    Chart,
    Correction,
    IssueInfo,
    MoverRow,
    Paragraph,
    ReadingItem,
    SectorRow,
    Sentence,
    SnapshotRow,
    StoryEntry,
    Takeaway,
    Tile,
    WatchItem,
)
from newsletter.errors import DataError
from newsletter.facts import Fact, Family, ScoreParts, Story, Unit
from newsletter.market import Gap
from newsletter.sessions import Session


def to_json(brief: Brief) -> str:
    """The brief as JSON text: UTF-8, two-space indent, keys in a fixed order, one final newline."""
    document = {
        "schema": SCHEMA,
        "issue": _plain(brief.issue),
        "subject": brief.subject.text,
        "preheader": brief.preheader.text,
        "read_minutes": brief.read_minutes,
        "words": brief.words,
        "takeaway": {
            "kicker": brief.takeaway.kicker,
            "headline": brief.takeaway.headline.text,
            "byline": brief.takeaway.byline,
            "paragraphs": [_paragraph(paragraph) for paragraph in brief.takeaway.paragraphs],
            "bottom_line": _plain(brief.takeaway.bottom_line),
        },
        "stories": [_story(entry) for entry in brief.stories],
        "facts": [_plain(fact) for fact in brief.facts],
        "tiles": _plain(brief.tiles),
        "snapshot": _plain(brief.snapshot),
        "chart": _plain(brief.chart),
        "watching": _plain(brief.watching),
        "reading": _plain(brief.reading),
        "calendar": _plain(brief.calendar),
        "movers": {
            "universe": brief.movers_universe,
            "week": _plain(brief.movers_week),
            "rows": _plain(brief.movers),
        },
        "sectors": _plain(brief.sectors),
        "breadth": _plain(brief.breadth),
        "changes": _plain(brief.changes),
        "corrections": _plain(brief.corrections),
        "gaps": _plain(brief.gaps),
        "sources": list(brief.sources),
        "checked": {"facts": brief.facts_checked, "sentences_dropped": brief.sentences_dropped},
    }
    return json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _paragraph(paragraph: Paragraph) -> dict[str, Any]:
    return {"role": paragraph.role, "text": paragraph.text, "facts": list(paragraph.facts)}


def _story(entry: StoryEntry) -> dict[str, Any]:
    story = entry.story
    return {
        "key": story.key,
        "detector": story.detector,
        "family": story.family.value,
        "entity": story.entity,
        "direction": story.direction,
        "score": story.score,
        "p": story.p,
        "z": story.z,
        "parts": _plain(story.parts),
        "yardstick": _plain(story.yardstick),
        "changed": story.changed,
        "absorbed": list(story.absorbed),
        "notes": list(story.notes),
        "sentence": entry.sentence,
        "facts": list(story.facts),
        "recipe": story.recipe,
        "fallback": story.fallback,
        "role": entry.role,
        "passed_over": entry.passed_over,
    }


def _plain(value: object) -> Any:
    """Dataclasses as objects, dates as ISO text, sentences as ``{text, facts}``; everything else as it is."""
    if isinstance(value, Sentence):
        return {"text": value.text, "facts": list(value.facts)}
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: _plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value


def from_json(text: str) -> Brief:
    """The brief as it was written; what isn't one of this schema raises DataError."""
    try:
        data = json.loads(text)
    except ValueError as error:
        raise _no_brief(error) from error
    return from_document(data)


def from_document(data: Any) -> Brief:
    """The brief of a ``brief.json`` that has been parsed; raises DataError as :func:`from_json` does."""
    try:
        if data["schema"] != SCHEMA:
            raise DataError(
                f"brief.json has schema {data['schema']}, this program reads {SCHEMA}; build the issue again"
            )
        takeaway = data["takeaway"]
        return Brief(
            issue=_read(IssueInfo, data["issue"]),
            subject=Sentence(text=data["subject"]),
            preheader=Sentence(text=data["preheader"]),
            words=data["words"],
            read_minutes=data["read_minutes"],
            tiles=_read(tuple[Tile, ...], data["tiles"]),
            takeaway=Takeaway(
                kicker=takeaway["kicker"],
                headline=Sentence(text=takeaway["headline"]),
                byline=takeaway["byline"],
                paragraphs=tuple(_read_paragraph(item) for item in takeaway["paragraphs"]),
                bottom_line=_read(Sentence | None, takeaway["bottom_line"]),
            ),
            chart=_read(Chart | None, data["chart"]),
            watching=_read(tuple[WatchItem, ...], data["watching"]),
            reading=_read(tuple[ReadingItem, ...], data["reading"]),
            calendar=_read(Calendar, data["calendar"]),
            snapshot=_read(tuple[SnapshotRow, ...], data["snapshot"]),
            movers=_read(tuple[MoverRow, ...], data["movers"]["rows"]),
            movers_universe=data["movers"]["universe"],
            movers_week=_read(Sentence | None, data["movers"].get("week")),
            sectors=_read(tuple[SectorRow, ...], data["sectors"]),
            breadth=_read(Sentence | None, data["breadth"]),
            changes=_read(tuple[Sentence, ...], data["changes"]),
            corrections=_read(tuple[Correction, ...], data["corrections"]),
            stories=tuple(_read_story(item) for item in data["stories"]),
            facts=tuple(_read_fact(item) for item in data["facts"]),
            gaps=_read(tuple[Gap, ...], data["gaps"]),
            sources=tuple(data["sources"]),
            facts_checked=data["checked"]["facts"],
            sentences_dropped=data["checked"]["sentences_dropped"],
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise _no_brief(error) from error


def _no_brief(error: Exception) -> DataError:
    return DataError(f"brief.json is not a brief ({type(error).__name__}: {error}); build the issue again")


_AS_THEY_ARE = frozenset({str, int, float, bool, type(None)})
"""What JSON has itself; a year of closes is one of them 252 times, and what a chart plots thousands."""


@cache
def _is_as_it_is(kind: Any) -> bool:
    return kind in _AS_THEY_ARE or (
        get_origin(kind) in (Union, UnionType) and _AS_THEY_ARE.issuperset(get_args(kind))
    )


_hints = cache(get_type_hints)


def _read(kind: Any, value: Any) -> Any:
    """``value`` as ``kind``: a dataclass, a tuple of one kind, an optional, an enum, a date, or itself."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        if value is None:
            return None
        kinds = [item for item in arguments if item is not type(None)]
        return _read(kinds[0], value) if len(kinds) == 1 else value
    if origin is tuple:
        if _is_as_it_is(arguments[0]):
            return tuple(value)
        return tuple(_read(arguments[0], item) for item in value)
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        return kind(
            **{
                item.name: _read(hints[item.name], value[item.name])
                for item in fields(kind)
                if item.name in value
            }
        )
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    if kind is date or kind is Session:
        return date.fromisoformat(value)
    return value


def _read_paragraph(data: Mapping[str, Any]) -> Paragraph:
    # The sentences of a paragraph were joined; which of its facts stands in which isn't kept.
    sentence = Sentence(text=data["text"], facts=tuple(data["facts"]))
    return Paragraph(sentences=(sentence,), role=data["role"])


def _read_fact(data: Mapping[str, Any]) -> Fact:
    unit = Unit(data["unit"])
    value = date.fromisoformat(data["value"]) if unit is Unit.DATE else data["value"]
    return Fact(**{**data, "unit": unit, "value": value, "as_of": date.fromisoformat(data["as_of"])})


def _read_story(data: Mapping[str, Any]) -> StoryEntry:
    story = Story(
        detector=data["detector"],
        family=Family(data["family"]),
        entity=data["entity"],
        direction=data["direction"],
        p=data["p"],
        z=data["z"],
        facts=tuple(data["facts"]),
        recipe=data["recipe"],
        fallback=data["fallback"],
        yardstick=_read(date | None, data["yardstick"]),
        score=data["score"],
        parts=_read(ScoreParts | None, data["parts"]),
        changed=data["changed"],
        absorbed=tuple(data["absorbed"]),
        notes=tuple(data["notes"]),
    )
    return StoryEntry(
        story=story, sentence=data["sentence"], role=data["role"], passed_over=data["passed_over"]
    )
