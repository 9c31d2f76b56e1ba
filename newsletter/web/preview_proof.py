"""What the Words tab is told, as plain JSON values. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict

from newsletter.editorial.check import Claim
from newsletter.editorial.offers import FactOffer
from newsletter.editorial.proof import BODY, Mark, Passage
from newsletter.notebook import Opened, Proofed
from newsletter.web.preview_explain import value_text

Json = Mapping[str, object]


def as_opened(opened: Opened) -> Json:
    """The note and the offers."""
    return asdict(opened)


def as_facts(found: Iterable[FactOffer]) -> list[Json]:
    """Facts to insert."""
    return [as_fact(offer) for offer in found]


def as_fact(offer: FactOffer) -> Json:
    """``reference`` as it is typed, ``printed`` as it reads, ``value`` unrounded."""
    fact = offer.fact
    return {
        "name": offer.name,
        "metric": fact.metric,
        "window": fact.window.partition("@")[0],
        "as_of": str(fact.as_of),
        "reference": offer.reference,
        "printed": offer.printed,
        "value": value_text(fact),
    }


def as_proof(proofed: Proofed) -> Json:
    """Each passage in runs of words, so that the page needn't count characters; then every fault with its line."""
    passages = proofed.passages
    listed = [fault for passage in passages for fault in _faults(passage, proofed)]
    alone = [
        {"part": "", "line": None, "words": "", "reason": fault, "hint": None} for fault in proofed.faults
    ]
    return {
        "passages": [
            {
                "part": passage.part,
                "line": _line(passage.line, passage, proofed.first_line),
                "runs": list(_runs(passage)),
            }
            for passage in passages
        ],
        "proven": sum(mark.claim.fact is not None for passage in passages for mark in passage.marks),
        "faults": listed if passages else alone,
        "words": sum(len(passage.text.split()) for passage in passages if passage.part == BODY),
    }


def _line(line: int, passage: Passage, first_line: int) -> int | None:
    """The line within the body, as the editor counts; the headline and the byline have one line each."""
    return line - first_line + 1 if passage.part == BODY else None


def _faults(passage: Passage, proofed: Proofed) -> Iterator[Json]:
    if passage.fault is not None:
        yield {
            "part": passage.part,
            "line": _line(passage.line, passage, proofed.first_line),
            "words": "",
            "reason": passage.fault.partition(": ")[2] or passage.fault,
            "hint": None,
        }
    for mark in passage.refused:
        hint = proofed.hints.get(mark)
        yield {
            "part": passage.part,
            "line": _line(mark.line, passage, proofed.first_line),
            "words": mark.claim.text,
            "reason": reason_of(mark.claim),
            "hint": None if hint is None else as_fact(hint),
        }


def reason_of(claim: Claim) -> str:
    """Why no fact bears the claim out, without the sentence, which is seen beside it."""
    return claim.reason.partition(f'" ({claim.part}): ')[2] or claim.reason


def _runs(passage: Passage) -> Iterator[Json]:
    """The words of a passage: plain, ``proven`` or ``unproven``; of two claims on the same words the refused one is shown."""
    text = passage.text
    if passage.fault is not None and not passage.marks:
        yield {"words": text, "state": "unproven", "note": passage.fault}
        return
    at = 0
    for mark in _apart(passage):
        if mark.start > at:
            yield {"words": text[at : mark.start], "state": "plain", "note": ""}
        yield _run(mark, text[mark.start : mark.end])
        at = mark.end
    if at < len(text):
        yield {"words": text[at:], "state": "plain", "note": ""}


def _run(mark: Mark, words: str) -> Json:
    claim = mark.claim
    if claim.fact is None:
        return {"words": words, "state": "unproven", "note": reason_of(claim)}
    return {"words": words, "state": "proven", "note": claim.fact}


def _apart(passage: Passage) -> list[Mark]:
    """The marks to show, left to right, none over another."""
    proven = (mark for mark in passage.marks if mark.claim.fact is not None)
    kept: list[Mark] = []
    for mark in (*passage.refused, *proven):
        if all(mark.end <= other.start or other.end <= mark.start for other in kept):
            kept.append(mark)
    return sorted(kept, key=lambda mark: mark.start)
