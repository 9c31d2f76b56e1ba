"""What a replay finds, counted; and what of it is out of bounds."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date

from newsletter.facts import Mode
from newsletter.replay.rates import Rate
from newsletter.stories.registry import BY_NAME

STRONG_SHARE = (15.0, 25.0)
YEAR_SHARE = (5.0, 45.0)
LEAD_SHARE = 8.0
"""Bounds in percent of sessions: strong over all, strong in any year, and led by one rule on strong and normal days."""

ENOUGH = 1260
"""Sessions from which a firing rate says something; a rule of one in a thousand fires but once by then."""

RATE = (0.5, 2.0)
"""A rate may stand so far from its reference."""

CORE = frozenset({"^GSPC", "^IXIC", "^DJI", "^RUT"})
"""Indexes whose range of rates is the reference of the rules that run on them."""

PER_DIRECTION = frozenset({"level_since", "rotation_extreme", "curve_extreme"})
"""Rules whose reference rate is that of one direction."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One rule on one entity. Rates in percent of the sessions it was tested on."""

    detector: str
    entity: str
    family: str
    first: date
    sessions: int
    fired: int
    rate: float
    reference: tuple[float, float] | None
    median_bits: float | None
    longest_silence: int
    led: int
    listed: int
    stale: int
    folded: int
    guarded: int
    last: tuple[date, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Year:
    """How a year's sessions divide."""

    year: int
    strong: int
    normal: int
    quiet: int

    @property
    def sessions(self) -> int:
        return self.strong + self.normal + self.quiet

    def of(self, mode: Mode) -> int:
        """Sessions of that mode."""
        return {Mode.STRONG: self.strong, Mode.NORMAL: self.normal, Mode.QUIET: self.quiet}[mode]


@dataclass(frozen=True, kw_only=True, slots=True)
class Issue:
    """One session as its issue would have told it."""

    session: date
    mode: Mode
    lead: str | None
    score: float
    also: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Together:
    """On what share of the sessions on which one story was found the other was found too."""

    one: str
    other: str
    share: float
    sessions: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """A replay, counted."""

    start: date
    end: date
    sessions: int
    fitted: str
    kappa: float
    rows: tuple[Row, ...]
    years: tuple[Year, ...]
    scores: tuple[tuple[float, int], ...]
    best: tuple[Issue, ...]
    sample: tuple[Issue, ...]
    leads: tuple[tuple[str, int], ...]
    repeats: int
    together: tuple[Together, ...]
    rates: tuple[Rate, ...]

    def share(self, mode: Mode) -> float:
        """Percent of sessions of that mode."""
        return 100.0 * sum(year.of(mode) for year in self.years) / max(self.sessions, 1)


def faults(report: Report) -> tuple[str, ...]:
    """Everything out of bounds, a line each; empty for a history that behaves."""
    return (*_shares(report), *_leads(report), *_rates(report), *_mute(report))


def _shares(report: Report) -> list[str]:
    found = []
    share = report.share(Mode.STRONG)
    if not STRONG_SHARE[0] <= share <= STRONG_SHARE[1]:
        found.append(f"{share:.1f}% of sessions are strong, not {STRONG_SHARE[0]:g} to {STRONG_SHARE[1]:g}%")
    for year in report.years:
        share = 100.0 * year.strong / max(year.sessions, 1)
        if year.sessions >= 200 and not YEAR_SHARE[0] <= share <= YEAR_SHARE[1]:
            found.append(
                f"{share:.1f}% of {year.year} is strong, not {YEAR_SHARE[0]:g} to {YEAR_SHARE[1]:g}%"
            )
    return found


def _leads(report: Report) -> list[str]:
    return [
        f"{detector} leads {100.0 * count / report.sessions:.1f}% of sessions, more than {LEAD_SHARE:g}%"
        for detector, count in report.leads
        if 100.0 * count / max(report.sessions, 1) > LEAD_SHARE
    ]


def _rates(report: Report) -> list[str]:
    found = []
    for row in report.rows:
        if row.reference is None or row.sessions < ENOUGH:
            continue
        if row.entity not in CORE and any(
            other.detector == row.detector and other.entity in CORE for other in report.rows
        ):
            continue  # the reference is that of the four indexes
        low, high = row.reference
        scale = 2.0 if row.detector in PER_DIRECTION else 1.0
        # A rule so rare that one firing more or less doubles its rate has a firing to spare.
        spare = 100.0 / row.sessions
        if not RATE[0] * low - spare <= row.rate / scale <= RATE[1] * high + spare:
            found.append(
                f"{row.detector} on {row.entity} fires on {row.rate:.2f}% of {row.sessions} sessions, "
                f"reference {low:g} to {high:g}%"
            )
    return found


def _mute(report: Report) -> list[str]:
    tested: dict[str, int] = {}
    for row in report.rows:
        if row.sessions >= ENOUGH:
            tested[row.detector] = tested.get(row.detector, 0) + row.fired
    return [
        f"{name} never fires"
        for name, fired in tested.items()
        if not fired and BY_NAME[name].reference is not None
    ]


def as_json(report: Report) -> str:
    """The report for programs; the same bytes for the same report."""
    return json.dumps(asdict(report), indent=1, default=_plain, ensure_ascii=False) + "\n"


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} does not belong in a report")
