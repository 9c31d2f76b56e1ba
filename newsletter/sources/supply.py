"""What a source hands over, before anything is cut at the issue's moment. Types only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType

from newsletter.clock import utc
from newsletter.market import Gap, Headline, Members, Release, Series, Timing


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetch:
    """One reply or file: where it came from and what was in it. Stands in ``sources.json``, not in the issue.

    ``what`` is a path, URL or list of symbols; ``first`` and ``newest`` are the dates of its oldest and newest row;
    ``sha256`` is that of the bytes, or of the frame where there are no bytes.
    """

    source: str
    what: str
    rows: int
    first: date | None
    newest: date | None
    sha256: str
    fetched_at: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "fetched_at", utc(self.fetched_at))


@dataclass(frozen=True, kw_only=True, slots=True)
class ShareCount:
    """Shares outstanding of a company as of a day; published some weeks later."""

    symbol: str
    as_of: date
    shares: float


@dataclass(frozen=True, kw_only=True, slots=True)
class EarningsClaim:
    """What one source says of one report. ``trust`` ranks sources, 0 first; ``market_value`` is in dollars."""

    symbol: str
    day: date
    timing: Timing
    source: str
    trust: int = 0
    name: str = ""
    eps_estimate: float | None = None
    eps_actual: float | None = None
    market_value: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class PriceSupply:
    """Prices as a source has them, to its newest row. ``series`` by symbol, in the order of the universe."""

    series: Mapping[str, Series]
    members: Members | None = None
    shares: tuple[ShareCount, ...] = ()
    gaps: tuple[Gap, ...] = ()
    fetches: tuple[Fetch, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class CalendarSupply:
    """Calendars as a source has them, past and to come.

    ``earnings`` are claims, to be merged when they have been cut. ``coverage`` is from when, ``reach`` up to when a calendar
    (``releases``, ``earnings``) knows anything; a calendar without ``reach`` has no end.
    """

    releases: tuple[Release, ...] = ()
    earnings: tuple[EarningsClaim, ...] = ()
    decisions: tuple[date, ...] = ()
    coverage: Mapping[str, date] = field(default_factory=lambda: MappingProxyType({}))
    reach: Mapping[str, date] = field(default_factory=lambda: MappingProxyType({}))
    gaps: tuple[Gap, ...] = ()
    fetches: tuple[Fetch, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class HeadlineSupply:
    """Headlines as they came, newest first."""

    headlines: tuple[Headline, ...] = ()
    gaps: tuple[Gap, ...] = ()
    fetches: tuple[Fetch, ...] = ()
