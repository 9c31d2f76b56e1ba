"""What the check finds: claims, each with its fact or the reason why it has none."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a claim states; failures are told apart by it."""

    NUMBER = "number"
    ENTITY = "entity"
    WINDOW = "window"
    SIGN = "sign"
    VERB = "verb"
    SUPERLATIVE = "superlative"
    DATE = "date"
    CAUSE = "cause"
    ADVICE = "advice"
    STALE = "stale"
    PHRASE = "phrase"


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """One thing that the issue states: where, in which words, and the fact behind it.

    ``part`` is where it was read (``subject``, ``preheader``, ``html``, ``text``, ``chart title``, ``alt``), ``sentence`` the
    whole sentence or table row, ``text`` the words of the claim. ``fact`` is None in a failure, and ``reason`` then
    says in one line what is wrong and where.
    """

    part: str
    sentence: str
    text: str
    kind: Kind
    fact: str | None
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckReport:
    """The ledger of an issue. An issue with failures isn't mailed."""

    claims: tuple[Claim, ...]
    failures: tuple[Claim, ...]
