"""What was found: facts, stories made of them, and the choice of the day. Types only.

A fact is one number or date with its entity, metric, window, unit, as-of date and source. A story is a finding made of
facts; it adds no number of its own. docs/facts.md lists the vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType


class Unit(StrEnum):
    """What a fact's value is counted in."""

    PCT = "pct"  #: percent, 3.86 means 3.86%
    PP = "pp"  #: percentage points between two percents
    BP = "bp"  #: basis points, integers
    PTS = "pts"  #: index points
    LEVEL = "level"  #: the level of an index or ratio
    COUNT = "count"  #: sessions, records, members
    DATE = "date"  #: a calendar day
    USD = "usd"  #: US dollars
    TIME = "time"  #: New York time of day, "08:30"
    TEXT = "text"  #: a name, e.g. of an event


Value = float | int | str | date


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """One number or date and all that is needed to check it.

    ``window`` is always explicit: ``1s`` (one session), ``21s``, ``1cm@2025-07-25`` (a calendar month and its base
    date), ``ytd``, ``file@1987-09-10`` (since the file begins). ``as_of`` is the session the value belongs to.
    ``source`` names provider and series.
    """

    id: str
    entity: str
    metric: str
    window: str
    value: Value
    unit: Unit
    as_of: date
    source: str

    @property
    def number(self) -> float:
        """The value as a number; raises TypeError for a date or a name."""
        if isinstance(self.value, int | float):
            return float(self.value)
        raise TypeError(f"{self.id} is a {self.unit}, not a number")

    @property
    def day(self) -> date:
        """The value as a date; raises TypeError for a number."""
        if isinstance(self.value, date):
            return self.value
        raise TypeError(f"{self.id} is a {self.unit}, not a date")


def fact_id(entity: str, metric: str, window: str, as_of: date) -> str:
    """The one way a fact is named: ``^RUT:return:1s@2025-08-22``."""
    return f"{entity}:{metric}:{window}@{as_of.isoformat()}"


def fact(entity: str, metric: str, window: str, value: Value, unit: Unit, as_of: date, source: str) -> Fact:
    """A fact under its canonical id."""
    return Fact(
        id=fact_id(entity, metric, window, as_of),
        entity=entity,
        metric=metric,
        window=window,
        value=value,
        unit=unit,
        as_of=as_of,
        source=source,
    )


class FactBook(Mapping[str, Fact]):
    """All facts of an issue by id, in the order they were found. Two values under one id are a bug and raise."""

    def __init__(self, facts: Iterable[Fact] = ()) -> None:
        book: dict[str, Fact] = {}
        latest: dict[tuple[str, str, str], Fact] = {}
        for item in facts:
            known = book.setdefault(item.id, item)
            if known.value != item.value:
                raise ValueError(f"two values for {item.id}: {known.value} and {item.value}")
            key = (item.entity, item.metric, _base(item.window))
            if key not in latest or item.as_of > latest[key].as_of:
                latest[key] = item
        self._book = book
        self._latest = latest

    def __getitem__(self, key: str) -> Fact:
        return self._book[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._book)

    def __len__(self) -> int:
        return len(self._book)

    def find(self, entity: str, metric: str, window: str = "1s", as_of: date | None = None) -> Fact | None:
        """The newest fact of that entity, metric and window (``1cm`` finds ``1cm@2025-07-25``), or the one of ``as_of``."""
        if as_of is not None:
            return self._book.get(fact_id(entity, metric, window, as_of))
        return self._latest.get((entity, metric, _base(window)))

    def of_day(self, entity: str, metric: str, window: str, day: date) -> Fact | None:
        """The fact of that day, the window without its base as in :meth:`find`."""
        newest = self._latest.get((entity, metric, _base(window)))
        if newest is None or newest.as_of == day:
            return newest
        wanted = (entity, metric, _base(window), day)
        found = (item for item in self._book.values() if item.as_of == day)
        return next(
            (item for item in found if (item.entity, item.metric, _base(item.window), day) == wanted), None
        )

    def of(self, entity: str) -> tuple[Fact, ...]:
        """Every fact of one entity."""
        return tuple(item for item in self._book.values() if item.entity == entity)

    def with_(self, facts: Iterable[Fact]) -> FactBook:
        """This book and more facts."""
        return FactBook([*self._book.values(), *facts])


def _base(window: str) -> str:
    return window.split("@", 1)[0]


class Family(StrEnum):
    """Families of detectors; calibration and diversity work by family."""

    LEVELS = "A"  #: levels and records
    MOVES = "B"  #: moves and streaks
    RELATIVE = "C"  #: relative moves and rotation
    BREADTH = "D"  #: breadth and internals
    VOLATILITY = "E"  #: volatility and risk
    MACRO = "F"  #: rates, currencies, commodities, crypto
    EVENTS = "G"  #: events
    CALENDAR = "H"  #: calendar and statistics


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreParts:
    """Why a story ranks where it does, each part on its own.

    ``surprise`` and ``magnitude`` in bits, ``reach`` and ``weight`` editorial priors, ``calibration`` the bits after
    the family table less kappa, ``linkage`` and ``attribution`` bits added, ``freshness`` and ``guard`` factors.
    """

    surprise: float
    magnitude: float
    reach: float
    weight: float
    calibration: float
    linkage: float = 0.0
    attribution: float = 0.0
    freshness: float = 1.0
    guard: float = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """One finding. ``direction`` is +1, -1 or 0; ``p`` how rare it is, in (0, 1]; ``z`` the robust z of the move or 0.

    ``facts`` are ids in the issue's book, the story's main fact first. ``yardstick`` is the date that "since" names.
    ``recipe`` and ``fallback`` are chart recipes. ``changed`` marks a standing state that changed today.
    ``absorbed`` are keys of stories folded into this one.
    """

    detector: str
    family: Family
    entity: str
    direction: int
    p: float
    z: float
    facts: tuple[str, ...]
    recipe: str
    fallback: str | None = None
    yardstick: date | None = None
    score: float = 0.0
    parts: ScoreParts | None = None
    changed: bool = True
    absorbed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """``detector:entity:direction``; the same finding on another day has the same key."""
        sign = {1: "+", -1: "-", 0: "0"}[self.direction]
        return f"{self.detector}:{self.entity}:{sign}"


class Mode(StrEnum):
    """What kind of day it was, by the best score."""

    STRONG = "strong"  #: 4 bits or more: the story is the column
    NORMAL = "normal"  #: 2.5 to 4
    QUIET = "quiet"  #: below 2.5: say that the day was ordinary


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Findings:
    """Everything found on one day: stories, best first, and every fact that may be stated."""

    stories: tuple[Story, ...]
    facts: FactBook


@dataclass(frozen=True, kw_only=True, slots=True)
class PassedOver:
    """A story that was not chosen, and why."""

    story: Story
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PastIssue:
    """What an earlier issue said, for freshness: its session, the stories it ran and their p, lead first; its prose."""

    issue: str
    session: date
    keys: tuple[str, ...]
    p: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    yardsticks: Mapping[str, date] = field(default_factory=lambda: MappingProxyType({}))
    prose: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """The lead, the runners-up for "what we're watching", and what was passed over.

    ``lead`` is None only where nothing at all was found; the brief then shows the plain table.
    """

    mode: Mode
    lead: Story | None
    also: tuple[Story, ...] = ()
    passed_over: tuple[PassedOver, ...] = ()
