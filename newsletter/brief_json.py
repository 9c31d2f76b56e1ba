"""``brief.json``: the whole content of an issue as data, stable and versioned; described in docs/brief-json.md.

Anyone can audit an issue from it or build on it: every fact, every story's score in parts, every gap.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any

from newsletter.brief import SCHEMA, Brief, Paragraph, Sentence, StoryEntry


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
        "movers": {"universe": brief.movers_universe, "rows": _plain(brief.movers)},
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
