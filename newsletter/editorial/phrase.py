"""Sentences before they are spoken: a template whose slots hold facts, names and verbs.

A template is a plain sentence, ``"{rut} ended {day} at {close}."``. A slot takes a :class:`Say` (a fact and how to write
it), a :class:`Name` (an instrument; how it is called depends on what was said before) or a literal word. Literals may not
hold a digit: numbers come from facts alone. ``newsletter.editorial.voice`` speaks them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from string import Formatter
from types import MappingProxyType

from newsletter.facts import Fact


class Style(StrEnum):
    """How a fact is written in prose."""

    ROUND_LEVEL = "round_level"  #: 6,500, for round numbers
    LEVEL = "level"  #: 2,339.17 · 4.28% · $63.12
    MOVE = "move"  #: size of a change without its sign: 3.9%, 20 basis points, 18.71 points
    ROUND = "round"  #: the same without decimals: 4%
    POINTS = "points"  #: percentage points as "2.3 points", for headlines
    COUNT = "count"  #: four, 951
    FIGURE = "figure"  #: 18, never in words
    ORDINAL = "ordinal"  #: fourth, 20th
    DATE = "date"  #: Nov. 8, 2021; the year is left out within the year of the issue
    DAY = "day"  #: Friday within the last or next six days, else as DATE
    MONTH = "month"  #: November 2021
    YEAR = "year"  #: 2021
    BASE = "base"  #: the date that the fact's window starts from: April 2
    FILE_YEAR = "file_year"  #: the year in which the fact's window begins: 1987
    TIME = "time"  #: 8:30 a.m. ET
    TEXT = "text"  #: a name
    TIMES = "times"  #: 18 times, twice, once
    ONE_IN = "one_in"  #: a share of smaller cases as "one day in 90"
    FEW_IN = "few_in"  #: a small share as "fewer than one day in 20"
    FLOOR = "floor"  #: a size rounded down to whole percent: 18%
    MANY_IN = "many_in"  #: a share of larger cases as "seven days in eight"
    FRACTION = "fraction"  #: about a quarter
    FIGURES = "figures"  #: a release's reading: 0.3%, 212,000


@dataclass(frozen=True, kw_only=True, slots=True)
class Say:
    """A fact to be stated."""

    fact: Fact
    style: Style


@dataclass(frozen=True, kw_only=True, slots=True)
class Name:
    """An instrument to be named."""

    entity: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """A verb by size and the size itself, ``jumped 3.9%``, or ``ended little changed`` alone; ``jumps`` in headlines."""

    fact: Fact
    present: bool = False


Slot = Say | Name | Moved | str

_DIGIT = re.compile(r"\d")
_LEANS = re.compile(
    r"that much|that far apart|^that is a gap|^the two |^they came out |\bthe gap\b|as wide a gap|that direction|who\.moves|\bof that\b",
    re.IGNORECASE,
)
"""Words of a template that lean on the sentence before."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One sentence to be spoken; ``plain`` is its safer form, ``others`` are wordings as good, all filled from the same slots.

    ``also`` are facts the words rest on without printing them: a superlative, a comparison. ``beside``: it sets several beside each
    other, and isn't said of one that has been told.
    """

    template: str
    slots: Mapping[str, Slot] = field(default_factory=lambda: MappingProxyType({}))
    plain: str = ""
    also: tuple[Fact, ...] = ()
    others: tuple[str, ...] = ()
    beside: bool = False

    @property
    def leans(self) -> bool:
        """Whether any of its wordings is about the sentence before, and would be about another without it."""
        return any(_LEANS.search(template) for template in (self.template, *self.others))

    def __post_init__(self) -> None:
        for template in (self.template, self.plain, *self.others):
            for literal, name, _, _ in Formatter().parse(template):
                if _DIGIT.search(literal):
                    raise ValueError(f"a number outside a fact in {template!r}")
                if name is not None and name.partition(".")[0] not in self.slots:
                    raise ValueError(f"no slot {name} for {template!r}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A paragraph to be spoken: the move that made it and its lines."""

    role: str
    lines: tuple[Line, ...]


def part(role: str, *lines: Line | None) -> Part | None:
    """A paragraph of the lines that are there; None where none is."""
    present = tuple(line for line in lines if line is not None)
    return Part(role=role, lines=present) if present else None
