"""Finished years of a replay, put down so that a later run need not walk them again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from newsletter.errors import DataError
from newsletter.facts import Mode, PastIssue, Story
from newsletter.replay.report import Issue


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What is kept of one story of one session."""

    key: str
    detector: str
    entity: str
    bits: float
    score: float
    stale: bool
    guarded: bool
    absorbed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What is kept of one session, and what its issue would leave for the next."""

    issue: Issue
    stories: tuple[Seen, ...]
    past: PastIssue


def path(folder: Path, sessions: Mapping[date, Sequence[Story]], recent: Sequence[PastIssue]) -> Path:
    """Where a year is kept: named by all its walk rests on.

    That is its stories with their scores, the issues before it, and the code that ranks and chooses.
    """
    known = repr((sorted(sessions.items()), list(recent), _rules())).encode()
    return folder / f"{min(sessions).year}-{hashlib.sha256(known).hexdigest()[:16]}.json"


@lru_cache(maxsize=1)
def _rules() -> str:
    """A digest of the story code: a year walked by other rules isn't this one."""
    files = sorted(
        (item for item in resources.files("newsletter.stories").iterdir() if item.name.endswith(".py")),
        key=lambda item: item.name,
    )
    return hashlib.sha256(b"".join(item.read_bytes() for item in files)).hexdigest()


def write(place: Path, told: Sequence[Told]) -> None:
    """Put a year down, whole or not at all."""
    place.parent.mkdir(parents=True, exist_ok=True)
    staged = place.with_suffix(".part")
    staged.write_text(json.dumps([_plain(item) for item in told]), encoding="utf-8")
    staged.replace(place)


def read(place: Path) -> list[Told]:
    """The year as it was put down; a broken file raises DataError."""
    try:
        return [_told(item) for item in json.loads(place.read_text(encoding="utf-8"))]
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{place}: not a year of a replay: {error}; delete it and run again") from error


def _plain(item: Told) -> dict[str, Any]:
    issue, past = item.issue, item.past
    return {
        "session": issue.session.isoformat(),
        "mode": issue.mode.value,
        "lead": issue.lead,
        "score": issue.score,
        "also": issue.also,
        "stories": [
            [
                seen.key,
                seen.detector,
                seen.entity,
                seen.bits,
                seen.score,
                seen.stale,
                seen.guarded,
                seen.absorbed,
            ]
            for seen in item.stories
        ],
        "keys": past.keys,
        "p": dict(past.p),
        "yardsticks": {key: day.isoformat() for key, day in past.yardsticks.items()},
    }


def _told(data: dict[str, Any]) -> Told:
    day = date.fromisoformat(data["session"])
    return Told(
        issue=Issue(
            session=day,
            mode=Mode(data["mode"]),
            lead=data["lead"],
            score=data["score"],
            also=tuple(data["also"]),
        ),
        stories=tuple(
            Seen(
                key=key,
                detector=detector,
                entity=entity,
                bits=bits,
                score=score,
                stale=stale,
                guarded=guarded,
                absorbed=tuple(absorbed),
            )
            for key, detector, entity, bits, score, stale, guarded, absorbed in data["stories"]
        ),
        past=PastIssue(
            issue=day.isoformat(),
            session=day,
            keys=tuple(data["keys"]),
            p=data["p"],
            yardsticks={key: date.fromisoformat(value) for key, value in data["yardsticks"].items()},
        ),
    )
