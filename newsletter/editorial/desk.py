"""What a move works with: the issue's facts, its days, and short ways to ask for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from newsletter.config import Config
from newsletter.editorial.names import Names
from newsletter.editorial.phrase import Line, Moved, Name, Say, Slot, Style
from newsletter.editorial.repeats import Run
from newsletter.editorial.scale import Scale
from newsletter.editorial.variation import Variation
from newsletter.editorial.voice import Voice
from newsletter.facts import Choice, Fact, FactBook, fact_id
from newsletter.market import MarketDay


@dataclass(frozen=True, kw_only=True, eq=False)
class Desk:
    """One issue in the making. ``session`` is the day it covers, ``before`` the session before that.

    ``heard`` are the runs of words of the edition's last issues.
    """

    book: FactBook
    day: MarketDay
    config: Config
    choice: Choice
    names: Names
    scale: Scale
    variation: Variation
    before: date | None
    heard: frozenset[Run] = frozenset()
    _by_base: dict[tuple[str, str, str, date], Fact] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for item in self.book.values():
            self._by_base[(item.entity, item.metric, item.window.split("@", 1)[0], item.as_of)] = item

    @property
    def session(self) -> date:
        return self.day.session

    @property
    def today(self) -> date:
        return self.day.day

    def get(self, entity: str, metric: str, window: str = "1s", as_of: date | None = None) -> Fact | None:
        """The fact as of ``as_of`` (the session if not given); windows match by what stands before ``@``."""
        return self._by_base.get((entity, metric, window.split("@", 1)[0], as_of or self.session))

    def exact(self, entity: str, metric: str, window: str) -> Fact | None:
        """The session's fact under exactly this window, for events, of which several of a name may be due."""
        return self.book.get(fact_id(entity, metric, window, self.session))

    def newest(self, entity: str, metric: str, window: str = "1s") -> Fact | None:
        """The newest fact, whichever its day: for series that are published a day late."""
        return self.book.find(entity, metric, window)

    def number(self, entity: str, metric: str, window: str = "1s", as_of: date | None = None) -> float | None:
        """The value of a fact that is there."""
        found = self.get(entity, metric, window, as_of)
        return None if found is None else found.number

    def move(self, entity: str, as_of: date | None = None) -> Fact | None:
        """What one session did: the return, or the change in basis points for yields and spreads."""
        return self.get(entity, "return", "1s", as_of) or self.get(entity, "change", "1s", as_of)

    def size(self, entity: str, as_of: date | None = None) -> float:
        """The session's move on the scale of an index's day; 0 where there is none."""
        fact = self.move(entity, as_of)
        return 0.0 if fact is None else self.scale.of(fact)

    def line(
        self,
        name: str,
        templates: str | Sequence[str],
        *,
        plain: str = "",
        also: Sequence[Fact | None] = (),
        **slots: Slot | None,
    ) -> Line | None:
        """A sentence in one of several wordings; None where a slot's fact isn't there."""
        return self.fill(name, templates, slots, plain=plain, also=also)

    def fill(
        self,
        name: str,
        templates: str | Sequence[str],
        slots: Mapping[str, Slot | None],
        *,
        plain: str = "",
        also: Sequence[Fact | None] = (),
    ) -> Line | None:
        """The same with the slots in a mapping."""
        filled = {key: slot for key, slot in slots.items() if slot is not None}
        if len(filled) < len(slots):
            return None
        wordings = (templates,) if isinstance(templates, str) else templates
        template, *others = self.variation.order(name, wordings)
        return Line(
            template=template,
            others=tuple(others),
            slots=filled,
            plain=plain,
            also=tuple(fact for fact in also if fact is not None),
        )

    def voice(self, *, tickers: bool = True) -> Voice:
        """A voice that has named nothing yet."""
        return Voice(self.names, self.scale, self.variation, tickers=tickers, heard=self.heard)

    def weekday(self, day: date | None) -> str | None:
        """The name of a day near the issue; None for one that isn't."""
        if day is None or abs((day - self.today).days) > 6:
            return None
        return f"{day:%A}"


def say(fact: Fact | None, style: Style) -> Say | None:
    """A fact in a style; None stays None."""
    return None if fact is None else Say(fact=fact, style=style)


def moved(fact: Fact | None) -> Moved | None:
    """A verb and its size; None stays None."""
    return None if fact is None else Moved(fact=fact)


def moves(fact: Fact | None) -> Moved | None:
    """The same in the present tense, for headlines."""
    return None if fact is None else Moved(fact=fact, present=True)


def name(entity: str) -> Name:
    """An instrument, to be named as the text needs."""
    return Name(entity=entity)
