"""Which of a release's figures a sentence states: what came, what was expected, what had been before.

Three figures of one release often stand in one sentence, so the words around each decide. The sentence is taken with its
figures replaced by ``#0``, ``#1``, ...
"""

from __future__ import annotations

import re

SAID: dict[str, tuple[str, ...]] = {
    "consensus": (
        r"#N by consensus",
        r"#N is the consensus",
        r"with #N as the consensus",
        r"\bat #N, the consensus",
        r"the consensus \([^)]*\) has [^#]* at #N",
        r"consensus \([^)]*\)(?:,? (?:is|of|had been))? #N",
        r"consensus(?: \([^)]*\))? (?:is|of) (?:a (?:cut|rise) to )?#N",
        r"has [^#]* leaving #N alone",
        r"#N expected",
        r"\bnot (?:the )?#N",
    ),
    "previous": (
        r"\bafter #N",
        r"\bagainst #N(?! expected| on all days)",
        r"\bfollows #N",
        r"\bprevious #N",
        r"#N (?:before|last time)",
        r"\bfrom #N",
        r"(?<!\)) \bhad been #N",
        r"previous figure was #N",
        r"last time it was #N",
    ),
    "actual": (
        r"\bcame in at #N",
        r"\bcomes? in at #N",
        r"\bwas #N on",
        r"\bhad it: #N",
        r"\brange (?:to|at) #N",
        r"\bstays at #N",
        r"(?:^|; )[^#,;]*[a-z/] #N(?: against|[.;]|$)",
    ),
}
"""By metric, the phrases that say it; ``#N`` is the figure in question."""


_SAME = (
    ("actual", "consensus", re.compile(r"\bconsensus [^#;]*had it\b")),
    (
        "consensus",
        "previous",
        re.compile(r"#\d+[^#]*(?:, |\bthe same )(?:as (?:before|last time|the month before)|no change)\b"),
    ),
)
"""Of which figure it is said that it is the same as another, and how."""


def same_as(masked: str, metric: str) -> str | None:
    """The figure that the sentence says ``metric`` equals, without printing it."""
    return next((other for own, other, said in _SAME if own == metric and said.search(masked)), None)


def says(masked: str, place: int, metric: str) -> bool:
    """Whether the figure at ``place`` of the masked sentence is stated as ``metric``."""
    return any(re.search(pattern.replace("#N", rf"#{place}\b"), masked) for pattern in SAID[metric])


def masked(lower: str, spans: tuple[tuple[int, int], ...]) -> str:
    """The sentence with each figure replaced by its place."""
    pieces: list[str] = []
    end = 0
    for place, (start, stop) in enumerate(spans):
        pieces += [lower[end:start], f"#{place}"]
        end = stop
    return "".join((*pieces, lower[end:]))
