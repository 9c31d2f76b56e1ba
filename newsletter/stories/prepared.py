"""The market of one day, prepared: every track by its entity, made on first use."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np

from newsletter.instruments import Kind
from newsletter.market import MarketDay
from newsletter.stories import compounds, internals, live
from newsletter.stories.schedule import Schedule
from newsletter.stories.tracks import Days, Track, as_date, price_track


@dataclass(frozen=True, kw_only=True, eq=False)
class Market:
    """A MarketDay prepared. ``warm`` says how many last rows of a track must be ranked; None ranks them all."""

    day: MarketDay
    warm: int | None = None
    _kept: dict[str, Track | None] = field(default_factory=dict)

    @cached_property
    def sessions(self) -> Days:
        """The exchange's sessions, up to the issue's."""
        return self.day.sessions.to_numpy().astype("datetime64[D]")

    @property
    def session(self) -> date:
        return self.day.session

    @property
    def previous_session(self) -> date:
        """The session before the issue's; the issue's own where it is the first."""
        return as_date(self.sessions[max(len(self.sessions) - 2, 0)]) if len(self.sessions) else self.session

    @cached_property
    def next_session(self) -> Days:
        """The exchange's next session, alone in an array; empty where it isn't known."""
        return np.array([str(self.day.ahead[0])] if self.day.ahead else [], dtype="datetime64[D]")

    @cached_property
    def schedule(self) -> Schedule:
        """The calendars, laid over the sessions."""
        return Schedule(house=self)

    def track(self, entity: str) -> Track | None:
        """The track of an entity; None where there is no data, or the quality gate barred it."""
        if entity not in self._kept:
            self._kept[entity] = self._make(entity)
        return self._kept[entity]

    def tracks(self, *entities: str) -> tuple[Track, ...]:
        """Those of ``entities`` that have data."""
        return tuple(found for found in map(self.track, entities) if found is not None)

    def of_kind(self, *kinds: Kind) -> tuple[Track, ...]:
        """Every track of these kinds, in the universe's order."""
        return self.tracks(*(name for name, item in self.day.series.items() if item.instrument.kind in kinds))

    def _make(self, entity: str) -> Track | None:
        series = self.day.series.get(entity)
        if series is not None:
            return price_track(series, self.session, self.sessions, self.next_session, self.warm)
        if entity == internals.ENTITY:
            return internals.build(self)
        return compounds.build(self, entity) or live.build(self, entity) or self.schedule.build(entity)
