"""The ranking of a day's stories as a person reads it in a table and a program reads it as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, ClassVar

from newsletter.facts import Choice, Findings, ScoreParts, Story

PARTS = (
    "surprise",
    "magnitude",
    "reach",
    "weight",
    "calibration",
    "linkage",
    "attribution",
    "freshness",
    "guard",
)


class Ranking:
    """Stories best first, each with its role or why it was passed over."""

    COLUMNS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("#", "right"),
        ("score", "right"),
        ("story", "left"),
        ("p", "right"),
        *((part[:9], "right") for part in PARTS),
        ("role", "left"),
    )

    def __init__(self, findings: Findings, choice: Choice) -> None:
        self._findings = findings
        self._choice = choice
        also = {story.key for story in choice.also}
        reasons = {item.story.key: item.reason for item in choice.passed_over}
        lead = choice.lead.key if choice.lead else None
        self._roles = {
            story.key: "lead"
            if story.key == lead
            else "also"
            if story.key in also
            else reasons.get(story.key, "")
            for story in findings.stories
        }

    def heading(self) -> str:
        """One line: the kind of day, and the lead."""
        lead = self._choice.lead
        return f"{self._choice.mode} day; lead: {lead.key if lead else 'none, the plain table of indexes'}"

    def rows(self) -> list[list[str]]:
        """One row a story, in the order of :attr:`COLUMNS`."""
        return [self._row(place, story) for place, story in enumerate(self._findings.stories, start=1)]

    def as_json(self) -> dict[str, Any]:
        """The same for programs, with each story's facts."""
        return {
            "mode": self._choice.mode.value,
            "lead": self._choice.lead.key if self._choice.lead else None,
            "stories": [self._entry(story) for story in self._findings.stories],
        }

    def _row(self, place: int, story: Story) -> list[str]:
        parts = [_part(story.parts, name) for name in PARTS]
        return [str(place), f"{story.score:.2f}", story.key, f"{story.p:.4f}", *parts, self._roles[story.key]]

    def _entry(self, story: Story) -> dict[str, Any]:
        facts = [self._findings.facts[name] for name in story.facts]
        return {
            "key": story.key,
            "score": story.score,
            "p": story.p,
            "z": story.z,
            "yardstick": story.yardstick.isoformat() if story.yardstick else None,
            "parts": asdict(story.parts) if story.parts else None,
            "role": self._roles[story.key],
            "absorbed": list(story.absorbed),
            "notes": list(story.notes),
            "facts": [{"id": fact.id, "value": str(fact.value), "unit": fact.unit.value} for fact in facts],
        }


def _part(parts: ScoreParts | None, name: str) -> str:
    return "" if parts is None else f"{getattr(parts, name):.2f}"
