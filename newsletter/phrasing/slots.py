"""The program's own sentence with every claim taken out of it, and an answer with every claim put back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from newsletter.phrasing.guarded import Guard, Guards, Span

SLOT = re.compile(r"\{s([1-9]\d?)\}")

MIN_FREE = 1
"""Words outside slots below which a sentence isn't offered: there would be nothing to phrase."""

_BINDS = (Guard.LIMIT, Guard.SUPERLATIVE, Guard.WHEN)
"""What a date after it belongs to ("best since Nov. 8"); after anything else a date is free to move."""

_MOVABLE = re.compile(
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:today|tomorrow|yesterday)|this (?:week|month|quarter|year)",
    re.IGNORECASE,
)
"""Days and windows that say when the whole sentence holds. A date may belong to one word ("the record of Nov. 11"), so
it stays."""

_ARTICLES = frozenset(("The", "A", "An"))
_OPENERS = "“\"'(‘["


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """A stretch of the program's sentence that stands as it is. ``words`` is its form within a sentence."""

    words: str
    guards: tuple[Guard, ...]

    @property
    def movable(self) -> bool:
        """Whether it may change its place among the slots: a day or window that no other word is bound to."""
        return set(self.guards) == {Guard.WHEN} and _MOVABLE.fullmatch(self.words) is not None

    @property
    def description(self) -> str:
        """For the model: what kind of claim, and its words unless they count or date; ``#`` stands for a digit."""
        kinds = " and ".join(self.guards)
        shown = re.sub(r"\d", "#", self.words)
        return kinds if {Guard.COUNT, Guard.WHEN}.intersection(self.guards) else f"{kinds}: {shown}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Masked:
    """A sentence as the model sees it: ``text`` with ``{s1}``, ``{s2}``... in order."""

    text: str
    slots: tuple[Slot, ...]


def mask(sentence: str, guards: Guards) -> Masked | None:
    """``sentence`` in slots, or None where there is nothing to phrase or it quotes somebody."""
    if re.search(r"[“”\"{}<>\n]|https?:", sentence) or not sentence.endswith("."):
        return None
    pieces: list[str] = []
    slots: list[Slot] = []
    done = 0
    for span, kinds in _joined(sentence, guards.spans(sentence)):
        slots.append(Slot(words=_within(sentence, span, kinds), guards=kinds))
        pieces += [sentence[done : span.start], f"{{s{len(slots)}}}"]
        done = span.end
    text = "".join([*pieces, sentence[done:]])
    free = re.findall(r"[A-Za-z]+", SLOT.sub(" ", text))
    return Masked(text=text, slots=tuple(slots)) if slots and len(free) >= MIN_FREE else None


def fill(text: str, slots: tuple[Slot, ...]) -> str:
    """``text`` with the words of each slot; its first letter as a sentence begins."""
    filled = SLOT.sub(lambda match: slots[int(match[1]) - 1].words, text)
    opening = re.match(r"[a-z]+(?![A-Z])", filled)
    return filled[:1].upper() + filled[1:] if opening else filled


def _joined(sentence: str, spans: Iterable[Span]) -> list[tuple[Span, tuple[Guard, ...]]]:
    """Whole words, left to right; what overlaps or belongs together is one."""
    merged: list[tuple[Span, tuple[Guard, ...]]] = []
    whole = (_whole(sentence, span) for span in spans)
    for span in sorted(whole, key=lambda item: (item.start, -item.end, item.guard is not Guard.WHEN)):
        if merged and _one(sentence, merged[-1], span):
            last, kinds = merged[-1]
            kinds = kinds if span.end <= last.end else tuple(dict.fromkeys((*kinds, span.guard)))
            merged[-1] = (Span(start=last.start, end=max(last.end, span.end), guard=last.guard), kinds)
        else:
            merged.append((span, (span.guard,)))
    return merged


def _one(sentence: str, before: tuple[Span, tuple[Guard, ...]], span: Span) -> bool:
    last, kinds = before
    if span.start < last.end:
        return True
    if sentence[last.end : span.start].strip():
        return False
    if Guard.NAME in (kinds[-1], span.guard):
        return kinds[-1] is span.guard
    if span.guard is Guard.WHEN:
        return kinds[-1] in _BINDS
    return _MOVABLE.fullmatch(sentence, last.start, last.end) is None


def _whole(sentence: str, span: Span) -> Span:
    """The span out to the ends of its words, without the full stop of the sentence."""
    start, end = span.start, span.end
    while start and (sentence[start - 1].isalnum() or sentence[start - 1] in "-−’'$^+%"):
        start -= 1
    while end < len(sentence) and (sentence[end].isalnum() or sentence[end] in "-−’'%"):
        end += 1
    if end == len(sentence) and sentence[end - 1] == ".":
        end -= 1
    return Span(start=start, end=end, guard=span.guard)


def _within(sentence: str, span: Span, kinds: tuple[Guard, ...]) -> str:
    """The slot's words as they stand inside a sentence: a first word without its capital, unless that is its own."""
    words = sentence[span.start : span.end]
    if sentence[: span.start].strip(_OPENERS + " "):
        return words
    first = re.match(r"[A-Z][a-z]*(?![A-Za-z.&])", words)
    if first is None or (kinds[0] in (Guard.NAME, Guard.WHEN) and not _lowers(first[0], kinds[0])):
        return words
    return words[:1].lower() + words[1:]


def _lowers(first: str, guard: Guard) -> bool:
    if first in _ARTICLES:
        return True
    return guard is Guard.WHEN and first in ("Today", "Yesterday", "Tomorrow", "This", "Last", "Next", "Past")
