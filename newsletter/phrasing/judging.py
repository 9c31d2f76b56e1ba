"""Whether an answer may stand: the same claims in the same order, and none beside them."""

from __future__ import annotations

import re

from newsletter.phrasing.guarded import Guards
from newsletter.phrasing.slots import SLOT, Masked

MAX_CHARACTERS = 400
"""Of a sentence in slots; a longer one is no sentence of this column."""

MAX_STRANGERS = 3
"""Words that are neither the column's own nor grammar; more of them would be a sentence of the model's own."""

_GAP = "\x00"
_LETTERS = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)*")
_SIGNS = re.compile(r"[^A-Za-z \x00,;:'’()–—.-]")
_GLUED = re.compile(r"[A-Za-z0-9-]\x00|\x00(?!['’]s\b)['’A-Za-z0-9-]|\x00\x00")

_GRAMMAR = (
    "a an and are as at be been being but by did do does for had has have in into is it its itself "
    "of off on out put that the their them then there these they this those through too upon was were what "
    "when where which while who whose with yet came come comes coming end ended ending ends finish finished "
    "finishes finishing leave leaves leaving left stand standing stands stood remain remained remains "
    "also meanwhile elsewhere here one other others alongside along together compared across among "
    "showed show shows saw see sees seen made make makes making mark marked marks marking brought bring brings"
)
GRAMMAR = frozenset(_GRAMMAR.split())
"""Words that claim nothing by themselves."""


def refusal(answer: str, masked: Masked, guards: Guards, own: frozenset[str]) -> str | None:
    """Why ``answer`` can't stand for ``masked``, in words for the model, or None. ``own`` are the column's own words."""
    if not answer.strip():
        return "the answer is empty"
    if len(answer) > MAX_CHARACTERS or len(answer.split()) > len(masked.text.split()) * 3 // 2 + 4:
        return "the answer is too long"
    return _slots(answer, masked) or _shape(answer) or _words(answer, guards, own)


def own_words(sentences: tuple[Masked, ...]) -> frozenset[str]:
    """The words outside slots of the whole column, in lower case."""
    return frozenset(
        word.lower() for item in sentences for word in _LETTERS.findall(SLOT.sub(_GAP, item.text))
    )


def _slots(answer: str, masked: Masked) -> str | None:
    used = [int(number) for number in SLOT.findall(answer)]
    known = range(1, len(masked.slots) + 1)
    for number in used:
        if number not in known:
            return f"there is no slot {{s{number}}}"
        if used.count(number) > 1:
            return f"slot {{s{number}}} is used more than once"
    for number in known:
        if number not in used:
            return f"slot {{s{number}}} is missing"
    movable = [number for number in known if masked.slots[number - 1].movable]
    fixed = [number for number in used if len(movable) > 1 or number not in movable]
    if fixed != sorted(fixed):
        return "the slots have changed their order"
    return None


def _shape(answer: str) -> str | None:
    bare = SLOT.sub(_GAP, answer)
    sign = _SIGNS.search(bare)
    if sign:
        return f"{sign[0]!r} stands outside a slot; only letters and plain punctuation may"
    if _GLUED.search(bare):
        return "a slot is joined to a word or to another slot"
    if not bare.endswith(".") or bare.count(".") != 1 or bare != bare.strip():
        return "the answer isn't one sentence with one full stop at its end"
    if bare.count("(") != bare.count(")") or re.search(r" [,;:.]|  |[,;:][,;:.]|\(\s*\)", bare):
        return "the punctuation is broken"
    return None


def _words(answer: str, guards: Guards, own: frozenset[str]) -> str | None:
    bare = SLOT.sub(_GAP, answer)
    for span in guards.spans(bare):
        return f"{bare[span.start : span.end].strip()!r} stands outside a slot ({span.guard})"
    words = [word.lower() for word in _LETTERS.findall(bare)]
    strangers = [word for word in dict.fromkeys(words) if word not in own and word not in GRAMMAR]
    if len(strangers) > MAX_STRANGERS:
        return f"too many words are new: {', '.join(strangers)}"
    opening = _LETTERS.match(bare)
    if opening and opening[0].lower() in strangers:
        return f"the sentence begins with {opening[0]!r}, which could be a name"
    return None
