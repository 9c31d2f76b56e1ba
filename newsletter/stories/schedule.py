"""Tracks of what is scheduled: one row a session, how much is due then, measured by how such days have moved before.

``due:NVDA`` and ``due:event:CPI m/m`` run over sessions; their moves are the importance of what is due (0 where nothing
is), their part ``largest`` that of the most important item of its kind. ``reports:NVDA`` has a row for each session that
answered a report; ``prints:CPI m/m`` one for each session with a print, its move the print less consensus.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Protocol

import numpy as np
import pandas as pd

from newsletter.facts import Unit
from newsletter.instruments import Kind
from newsletter.market import EarningsDate, MarketDay, Timing
from newsletter.stories.arrays import Floats, Ints
from newsletter.stories.tracks import Days, Track

LAST = 12
"""How many earlier days of its kind an event is measured by."""

REPORTS = 8
"""Fewest report days that say anything about a company's reactions."""

REPORT_SESSIONS = 3
"""A report is ahead while it lies within so many sessions."""

BENCHMARK = "^GSPC"
"""The index that releases are measured on."""

COVERED_WEIGHT = 0.35
"""About what the twenty largest companies weigh in the index: a prior that scales shares of turnover to weights."""

TIER_1: Mapping[str, tuple[str, ...]] = {
    "Non-Farm Employment Change": ("Non-Farm Employment Change",),
    "CPI m/m": ("CPI m/m", "Core CPI m/m", "CPI y/y"),
    "Federal Funds Rate": ("Federal Funds Rate", "FOMC Statement"),
    "Core PCE Price Index m/m": ("Core PCE Price Index m/m",),
    "Retail Sales m/m": ("Retail Sales m/m", "Core Retail Sales m/m"),
    "ISM Manufacturing PMI": ("ISM Manufacturing PMI",),
    "ISM Services PMI": ("ISM Services PMI",),
}
"""Releases that move markets, and the calendar's rows that make up each."""

FED = "Federal Funds Rate"
MINUTES = "FOMC Meeting Minutes"


class House(Protocol):
    """What gives the single tracks and the day."""

    @property
    def day(self) -> MarketDay: ...
    @property
    def warm(self) -> int | None: ...
    @property
    def sessions(self) -> Days: ...

    def track(self, entity: str) -> Track | None: ...


@dataclass(frozen=True, kw_only=True, eq=False)
class Schedule:
    """The calendars of a day, laid over its sessions."""

    house: House
    _answered: dict[str, Ints] = field(default_factory=dict)

    def build(self, entity: str) -> Track | None:
        """The track of that name; None where nothing of the kind is known."""
        kind, _, name = entity.partition(":")
        if kind == "due":
            event = name.removeprefix("event:")
            return self._due(name, self._releases if event in TIER_1 else self._reports)
        if kind == "reports":
            return self._answers(name)
        makers = {"prints": self._prints, "beats": self._beats, "out": self._out, "cluster": self._cluster}
        return makers[kind](name) if kind in makers else None

    @cached_property
    def calendar(self) -> Days:
        """Sessions up to the issue's, then those ahead."""
        ahead = np.array([str(day) for day in self.house.day.ahead], dtype="datetime64[D]")
        return np.concatenate((self.house.sessions, ahead))

    def position(self, day: date) -> int:
        """Position in the calendar of the first session on or after ``day``."""
        return int(np.searchsorted(self.calendar, np.datetime64(day, "D")))

    @property
    def first(self) -> int:
        """First position whose importance has to be known: a year before the rows that are ranked."""
        sessions = len(self.house.sessions)
        return 0 if self.house.warm is None else max(sessions - self.house.warm - 253, 0)

    def _due(self, entity: str, table: Mapping[str, Floats]) -> Track | None:
        if entity not in table:
            return None
        largest = np.max(np.vstack(list(table.values())), axis=0)
        return self._over_sessions(entity, table[entity], {"largest": largest})

    def _over_sessions(self, entity: str, moves: Floats, parts: Mapping[str, Floats]) -> Track:
        return Track(
            entity=entity,
            kind=None,
            days=self.house.sessions,
            close=np.full(len(moves), np.nan),
            moves=moves,
            unit=Unit.LEVEL,
            move_unit=Unit.LEVEL,
            source="calendar",
            parts=parts,
        )

    @cached_property
    def stocks(self) -> tuple[Track, ...]:
        """Every company with a price."""
        names = [name for name, item in self.house.day.series.items() if item.instrument.kind is Kind.STOCK]
        return tuple(found for found in map(self.house.track, names) if found is not None)

    @cached_property
    def weights(self) -> Mapping[str, Floats]:
        """Each company's weight at each session: its share of all companies' 60-session turnover, scaled."""
        sessions = self.house.sessions
        table: dict[str, Floats] = {}
        for track in self.stocks:
            traded = np.full(len(sessions), np.nan)
            if track.volume is not None:
                traded[np.searchsorted(sessions, track.days)] = track.close * track.volume
            mean = pd.Series(traded).rolling(60, min_periods=20).mean()
            table[track.entity] = np.nan_to_num(mean.to_numpy(dtype=float))
        if not table:
            return {}
        total = np.sum(np.vstack(list(table.values())), axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            return {
                name: np.where(total > 0, COVERED_WEIGHT * row / total, 0.0) for name, row in table.items()
            }

    @cached_property
    def reports_of(self) -> Mapping[str, tuple[EarningsDate, ...]]:
        """Reports by company, oldest first."""
        found: dict[str, list[EarningsDate]] = {}
        for item in sorted(self.house.day.earnings, key=lambda item: item.day):
            found.setdefault(item.symbol, []).append(item)
        return {name: tuple(items) for name, items in found.items()}

    @cached_property
    def _reports(self) -> Mapping[str, Floats]:
        """Importance of the report a company has due within three sessions, by session."""
        table: dict[str, Floats] = {}
        for track in self.stocks:
            if track.entity not in self.reports_of:
                continue
            row = np.zeros(len(self.house.sessions))
            days = [str(report.day) for report in self.reports_of[track.entity]]
            positions = np.searchsorted(self.calendar, np.array(days, dtype="datetime64[D]"))
            for position in positions[positions > self.first].tolist():
                self._mark(row, track, position)
            table[track.entity] = row
        return table

    def _mark(self, row: Floats, track: Track, position: int) -> None:
        begin, end = max(position - REPORT_SESSIONS, self.first, 0), min(position, len(row))
        if begin >= end:
            return
        answers = self.answers(track)
        answers = answers[track.days[answers] <= self.house.sessions[begin]]
        sizes = track.sizes[answers][-LAST:]
        sizes = sizes[~np.isnan(sizes)]
        if len(sizes) >= REPORTS:
            row[begin:end] = self.weights[track.entity][begin:end] * float(np.median(sizes))

    def answers(self, track: Track) -> Ints:
        """Rows of a company's track that answered a report: the same session if before the open, else the next.

        A report whose hour isn't known is left out: which session answered it can't be said.
        """
        if track.entity not in self._answered:
            self._answered[track.entity] = self._rows_after(track)
        return self._answered[track.entity]

    def _rows_after(self, track: Track) -> Ints:
        known = self.reports_of.get(track.entity, ())
        reports = [report for report in known if report.timing is not Timing.UNKNOWN]
        days = np.array([str(report.day) for report in reports], dtype="datetime64[D]")
        late = np.array([report.timing is Timing.AFTER_CLOSE for report in reports], dtype=bool)
        at = np.where(
            late,
            np.searchsorted(track.days, days, side="right"),
            np.searchsorted(track.days, days, side="left"),
        )
        result: Ints = np.unique(at[(at > 0) & (at < len(track))]).astype(np.int64)
        return result

    @cached_property
    def _releases(self) -> Mapping[str, Floats]:
        """Importance of the release due next session, by session, under ``event:NAME``."""
        table: dict[str, Floats] = {}
        track = self.house.track(BENCHMARK)
        if track is None:
            return table
        for event in TIER_1:
            row = np.zeros(len(self.house.sessions))
            days = self.days_of(event)
            for k, day in enumerate(days):
                before = self.position(day) - 1
                if k >= LAST and self.first <= before < len(row):
                    row[before] = importance(track, days[k - LAST : k], self.house.sessions[before])
            if row.any():
                table[f"event:{event}"] = row
        return table

    def days_of(self, event: str) -> list[date]:
        """Days of a tier-1 event, past and due, oldest first."""
        names = TIER_1.get(event, (event,))
        days = {item.day for item in self.house.day.releases if item.event in names}
        if event == FED:
            days |= set(self.house.day.rate_decisions)
        return sorted(days)

    def _answers(self, symbol: str) -> Track | None:
        track = self.house.track(symbol)
        if track is None:
            return None
        at = self.answers(track)
        if not len(at):
            return None
        return Track(
            entity=symbol,
            kind=Kind.STOCK,
            days=track.days[at],
            close=track.close[at],
            moves=track.moves[at],
            unit=track.unit,
            move_unit=track.move_unit,
            source=track.source,
        )

    def _prints(self, event: str) -> Track | None:
        prints = {
            item.day: item.actual.value - item.consensus.value
            for item in self.house.day.releases
            if item.event == event and item.actual is not None and item.consensus is not None
        }
        at = sorted({self.position(day) for day in prints if day <= self.house.day.session})
        at = [position for position in at if position < len(self.house.sessions)]
        if not at:
            return None
        by_position = {self.position(day): value for day, value in sorted(prints.items())}
        return Track(
            entity=f"event:{event}",
            kind=None,
            days=self.house.sessions[at],
            close=np.full(len(at), np.nan),
            moves=np.array([by_position[position] for position in at]),
            unit=Unit.LEVEL,
            move_unit=Unit.LEVEL,
            source="calendar",
        )

    def _beats(self, symbol: str) -> Track | None:
        """A row for each session with a report whose earnings and estimate are known; moves in percent."""
        track = self.house.track(symbol)
        found = {
            self.position(item.day): 100.0 * (item.eps_actual - item.eps_estimate) / abs(item.eps_estimate)
            for item in self.reports_of.get(symbol, ())
            if item.eps_actual is not None
            and item.eps_estimate is not None
            and abs(item.eps_estimate) >= 0.10
        }
        at = sorted(position for position in found if position < len(self.house.sessions))
        if track is None or not at:
            return None
        return Track(
            entity=symbol,
            kind=Kind.STOCK,
            days=self.house.sessions[at],
            close=np.full(len(at), np.nan),
            moves=np.array([found[position] for position in at]),
            unit=Unit.USD,
            move_unit=Unit.PCT,
            source=self.reports_of[symbol][-1].source,
        )

    def _out(self, name: str) -> Track | None:
        """Sessions on which the central bank decided or published its minutes: importance of the day, direction."""
        event = name.removeprefix("event:")
        table = self._banking
        if name not in table:
            return None
        sessions = len(self.house.sessions)
        decided, change, rate = np.zeros(sessions), np.zeros(sessions), np.full(sessions, np.nan)
        for item in self.house.day.releases:
            at = self.position(item.day)
            if item.event == event == FED and item.actual and item.previous and at < sessions:
                decided[at] = 1.0
                rate[at] = item.actual.value
                change[at] = round(item.actual.value - item.previous.value, 9)
        parts = {"decided": decided, "change": change, "rate": rate, "direction": np.sign(change)}
        largest = np.max(np.vstack(list(table.values())), axis=0)
        return self._over_sessions(name, table[name], {"largest": largest, **parts})

    @cached_property
    def _banking(self) -> Mapping[str, Floats]:
        table: dict[str, Floats] = {}
        track = self.house.track(BENCHMARK)
        if track is None:
            return table
        for event in (FED, MINUTES):
            row = np.zeros(len(self.house.sessions))
            days = self.days_of(event)
            for k, day in enumerate(days):
                at = self.position(day)
                if k >= LAST and self.first < at < len(row):
                    row[at] = importance(track, days[k - LAST : k], self.house.sessions[at - 1])
            if row.any():
                table[f"event:{event}"] = row
        return table

    def _cluster(self, name: str) -> Track | None:
        """Weight of the companies that report at the next session, where there are two or more."""
        weight = np.zeros(len(self.house.sessions))
        count = np.zeros(len(self.house.sessions))
        for symbol in self.weights:
            for report in self.reports_of.get(symbol, ()):
                before = self.position(report.day) - 1
                if 0 <= before < len(weight):
                    weight[before] += self.weights[symbol][before]
                    count[before] += 1
        if not (count >= 2).any():
            return None
        weight = np.where(count >= 2, weight, 0.0)
        return self._over_sessions(f"cluster:{name}", weight, {"largest": weight, "count": count})


def importance(track: Track, days: list[date], until: np.datetime64) -> float:
    """Median absolute move on those days over the median of all days since the first of them; 0 where not known."""
    end = int(np.searchsorted(track.days, until, side="right"))
    at = np.searchsorted(track.days, np.array([str(day) for day in days], dtype="datetime64[D]"))
    at = at[at < end]
    if len(at) < LAST:
        return 0.0
    usual = float(np.nanmedian(track.sizes[at[0] : end]))
    return float(np.nanmedian(track.sizes[at])) / usual if usual > 0 else 0.0
