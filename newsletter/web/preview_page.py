"""What the preview's page says: rows for its tabs, and the page itself from ``templates/web/preview.html.j2``.

The preview's own page comes with the program, never from the operator's folder: an old copy there must not break the
tool that shows what is broken. Pure but for reading that template.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from newsletter import look, project
from newsletter.brief import Brief, StoryEntry
from newsletter.editorial.check import PERSONAL
from newsletter.facts import ScoreParts
from newsletter.numerals import number
from newsletter.web.preview_desk import Composed, Shown
from newsletter.web.preview_explain import fact_rows
from newsletter.web.preview_marks import plain

FOLDER = project.defaults() / "templates" / "web"


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryRow:
    """One story of the ranking. ``bars`` are (name, bits, left, width), the last two in percent of the best score."""

    rank: int
    story: StoryEntry
    what: str
    score: str
    fate: str
    bars: tuple[tuple[str, str, float, float], ...]
    factors: tuple[tuple[str, str], ...]
    inputs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """How large one part of the mail is."""

    part: str
    size: str


def page(shown: Shown, *, token: str | None = None) -> str:
    """The whole page; every word from outside is escaped by the template. With ``token`` words can be written on it."""
    composed = shown.composed
    template = _environment().get_template("preview.html.j2")
    if composed is None:
        return template.render(shown=shown, brief=None, token=token, column="")
    return template.render(
        shown=shown,
        token=token,
        column=_column(composed.brief),
        brief=composed.brief,
        rendered=composed.rendered,
        bound=[claim for claim in composed.report.claims if claim.fact is not None],
        refused=composed.report.failures,
        stories=story_rows(composed.brief),
        facts=fact_rows(composed),
        sizes=sizes(composed),
    )


def _column(brief: Brief) -> str:
    """The program's own column, for a person to begin with; empty where a person has written it already."""
    paragraphs = brief.takeaway.paragraphs
    return (
        "" if any(part.role == PERSONAL for part in paragraphs) else "\n\n".join(p.text for p in paragraphs)
    )


def tokens() -> str:
    """The design tokens as custom properties, for the preview's own style sheet."""
    light, dark = (_properties(theme) for theme in look.THEMES)
    return f":root{{{light}}}\n@media (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"


def story_rows(brief: Brief) -> tuple[StoryRow, ...]:
    """Every story, best first, with the parts of its score."""
    ranked = sorted(brief.stories, key=lambda entry: -entry.story.score)
    longest = max((_reach(entry.story.parts, entry.story.score) for entry in ranked), default=0.0) or 1.0
    return tuple(_story_row(rank, entry, longest) for rank, entry in enumerate(ranked, start=1))


def sizes(composed: Composed) -> tuple[Size, ...]:
    """Bytes of the HTML, lines of the text, and the images."""
    text = composed.rendered.text
    widest = max((len(line) for line in text.splitlines()), default=0)
    rows = [
        Size(part="HTML", size=f"{number(len(composed.rendered.html.encode()))} bytes"),
        Size(part="Text", size=f"{number(len(text.split()))} words, widest line {widest} characters"),
    ]
    rows += [
        Size(part=path, size=f"{number(len(data))} bytes") for path, data in sorted(composed.images.items())
    ]
    return tuple(rows)


def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _properties(theme: look.Theme) -> str:
    return "".join(
        f"--{item.name.replace('_', '-')}:{getattr(theme, item.name)};"
        for item in fields(theme)
        if item.name not in ("name", "band")
    )


def _reach(parts: ScoreParts | None, score: float) -> float:
    """How far to the right a story's bars go, bits."""
    if parts is None:
        return max(score, 0.0)
    return max(score, sum(max(bits, 0.0) for bits in (parts.calibration, parts.linkage, parts.attribution)))


def _story_row(rank: int, entry: StoryEntry, longest: float) -> StoryRow:
    story = entry.story
    parts = story.parts
    return StoryRow(
        rank=rank,
        story=entry,
        what=plain(entry.sentence),
        score=number(story.score, 2),
        fate=entry.passed_over or "",
        bars=_bars(parts, longest) if parts else (),
        factors=_nonneutral(parts) if parts else (),
        inputs=_inputs(parts) if parts else (),
    )


def _bars(parts: ScoreParts, longest: float) -> tuple[tuple[str, str, float, float], ...]:
    """The bits that are added, side by side; a negative part has no bar, its number says so."""
    bars = []
    left = 0.0
    for name, bits in (
        ("calibration", parts.calibration),
        ("linkage", parts.linkage),
        ("attribution", parts.attribution),
    ):
        if bits:
            width = round(max(bits, 0.0) / longest * 100, 2)
            bars.append((name, number(bits, 2, signed=True), round(left, 2), width))
            left += width
    return tuple(bars)


def _nonneutral(parts: ScoreParts) -> tuple[tuple[str, str], ...]:
    named = (("freshness", parts.freshness), ("guard", parts.guard))
    return tuple((name, f"×{number(factor, 2)}") for name, factor in named if factor != 1)


def _inputs(parts: ScoreParts) -> tuple[tuple[str, str], ...]:
    return (
        ("surprise", f"{number(parts.surprise, 1)} bits"),
        ("magnitude", number(parts.magnitude, 1)),
        ("reach", number(parts.reach, 2)),
        ("weight", number(parts.weight, 2)),
    )
