"""What came in for one issue: bars, calendars, headlines, and what is missing. Types only.

Everything here is point in time: nothing was stamped after the issue's session (prices) or its cut-off (calendars,
headlines). Instants are aware UTC and refused at construction otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from newsletter.clock import utc
from newsletter.instruments import Instrument
from newsletter.sessions import Session

if TYPE_CHECKING:
    import pandas as pd


class State(StrEnum):
    """What the quality gate says of a series."""

    OK = "ok"  #: complete and fresh
    REBUILT = "rebuilt"  #: last bar rebuilt from intraday bars: footnoted, no intraday detector
    CLOSE_ONLY = "close_only"  #: last close from metadata: footnoted, no intraday detector
    STALE = "stale"  #: newest bar older than the last completed session: out of table and detectors
    HOLED = "holed"  #: a session missing in the last 30: out of detectors
    SUSPECT = "suspect"  #: implausible and uncorroborated: out until corroborated


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Series:
    """Daily bars of one instrument, oldest first.

    ``bars``: index = naive midnights of its own trading days, unique and ascending; columns ``open high low close
    volume`` (float64, NaN = not known) and, where known, ``adj_close``. Prices are in the instrument's currency, index
    points, or percent for yields and credit spreads. ``source`` names provider and series, e.g. ``csv:^RUT``.
    ``adjusted`` says that a later split or dividends have changed the levels: moves are right, no level may be printed.
    """

    instrument: Instrument
    bars: pd.DataFrame
    source: str
    state: State = State.OK
    adjusted: bool = False

    @property
    def symbol(self) -> str:
        return self.instrument.symbol

    @property
    def close(self) -> pd.Series[float]:
        """Closes, NaN rows dropped."""
        return self.bars["close"].dropna()

    @property
    def detectable(self) -> bool:
        """Whether detectors may look at it."""
        return self.state in (State.OK, State.REBUILT, State.CLOSE_ONLY)


@dataclass(frozen=True, kw_only=True, slots=True)
class Membership:
    """One spell of a stock in the index; ``end`` is the first day it no longer belonged."""

    symbol: str
    start: date
    end: date | None


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Members:
    """The members of an index (the S&P 500) and their closes.

    ``closes``: index = naive midnights of sessions, one column a symbol, NaN where there is none. Adjusted closes:
    moves are right, old levels are not. ``names`` and ``sectors`` by symbol.
    """

    index: str
    closes: pd.DataFrame
    spells: tuple[Membership, ...]
    names: Mapping[str, str]
    sectors: Mapping[str, str]
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """A published figure: as printed, and as a number. ``unit`` is ``pct``, ``count``, ``usd`` or ``level``."""

    text: str
    value: float
    unit: str


_READING = re.compile(r"^\s*([<>]?)([-+−]?\d[\d,]*\.?\d*|[-+−]?\.\d+)\s*([KMBT%]?)\s*$", re.IGNORECASE)
_SCALE = {"": 1.0, "%": 1.0, "K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}


def reading(text: str) -> Reading | None:
    """``"223K"`` as a Reading of 223,000; None for an empty cell or what isn't a number (votes such as ``0-9-0``)."""
    match = _READING.match(text)
    if match is None or match.group(1):
        return None
    digits, suffix = match.group(2).replace(",", "").replace("−", "-"), match.group(3).upper()
    unit = "pct" if suffix == "%" else "count" if suffix in "KMBT" and suffix else "level"
    return Reading(text=text.strip(), value=float(digits) * _SCALE[suffix], unit=unit)


@dataclass(frozen=True, kw_only=True, slots=True)
class Release:
    """One economic release. ``actual`` is None before it is published (and where nobody published one).

    ``day`` and ``at`` are New York time; ``at`` None means the hour isn't known. ``source`` names who says so; it is
    also the source of the consensus.
    """

    event: str
    day: date
    at: time | None
    impact: str
    actual: Reading | None
    consensus: Reading | None
    previous: Reading | None
    source: str
    period: str = ""


class Timing(StrEnum):
    """When in the day a company reports."""

    BEFORE_OPEN = "before_open"
    AFTER_CLOSE = "after_close"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class EarningsDate:
    """A company's report, past or due. ``size`` orders companies (market value, or mean turnover), never printed.

    ``confirmed`` means that two sources give this date and none contradicts it or its timing.
    """

    symbol: str
    name: str
    day: date
    timing: Timing
    size: float
    source: str
    eps_estimate: float | None = None
    eps_actual: float | None = None
    market_value: float | None = None
    confirmed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Headline:
    """Title, link, source and time of somebody else's article; never its text."""

    title: str
    url: str
    source: str
    published: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "published", utc(self.published))


@dataclass(frozen=True, kw_only=True, slots=True)
class Gap:
    """What is missing from this issue, and why. ``degraded`` is False where data simply doesn't reach the date."""

    source: str
    reason: str
    degraded: bool = False


class Verdict(StrEnum):
    """What the quality gate says of the whole day."""

    NORMAL = "normal"
    DEGRADED = "degraded"
    HELD = "held"


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class MarketDay:
    """All that came in for one issue, cut at its session and cut-off.

    ``session`` is the last one completed before the issue, ``day`` the morning it is read, ``cut_off`` the instant
    after which nothing may come in. ``sessions`` are the exchange's sessions from its first bar up to ``session``;
    ``ahead`` the next ten. ``rate_decisions`` are the days of scheduled central-bank decisions known by the cut-off.
    ``shares`` are counts by company, ``weights`` the largest companies' shares of the main index (0.07 is 7%) as of the
    session. ``coverage`` tells from when a calendar reaches: a day before it is not covered, which is not the same as empty.
    """

    day: date
    session: Session
    cut_off: datetime
    exchange: str
    sessions: pd.DatetimeIndex
    ahead: tuple[Session, ...]
    series: Mapping[str, Series]
    members: Members | None = None
    releases: tuple[Release, ...] = ()
    earnings: tuple[EarningsDate, ...] = ()
    rate_decisions: tuple[date, ...] = ()
    headlines: tuple[Headline, ...] = ()
    shares: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    weights: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    coverage: Mapping[str, date] = field(default_factory=lambda: MappingProxyType({}))
    gaps: tuple[Gap, ...] = ()
    verdict: Verdict = Verdict.NORMAL
    early_close: bool = False
    sample: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "cut_off", utc(self.cut_off))

    def covers(self, calendar: str, day: date) -> bool:
        """Whether ``calendar`` (``releases``, ``earnings``, ``members``) reaches ``day``."""
        first = self.coverage.get(calendar)
        return first is not None and first <= day
