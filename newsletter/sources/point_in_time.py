"""The cut: nothing stamped after an issue's session (prices) or cut-off (calendars, headlines) gets past here. Pure.

Building from all data equals building from data that ends at that moment; tests hold it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

from newsletter.clock import utc
from newsletter.instruments import Kind
from newsletter.market import Gap, Headline, Members, Membership, Reading, Release, Series
from newsletter.sessions import Session
from newsletter.sources.supply import CalendarSupply, HeadlineSupply, PriceSupply

NEW_YORK = ZoneInfo("America/New_York")

CALENDARS = ("releases", "earnings")

REPORTS_AHEAD = timedelta(days=14)
"""How far ahead a company's report date counts as known."""

REPORTS_BACK = timedelta(days=370)
"""How long reports of companies outside the universe are kept: a year of calendars to compare with."""

REPORTS_PAUSE = timedelta(days=100)
"""Some company reports in any quarter; a calendar without one for so long has ended."""

SHARES_DELAY = timedelta(days=45)
"""How long after its as-of day a share count is public."""

NEXT_MORNING = frozenset({"DFF", "SOFR"})
"""Overnight rates of a session are published on the next morning, after our cut-off; credit spreads too."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """The issue's moment: the morning it is read, the session it covers, the instant after which nothing comes in."""

    day: date
    session: Session
    cut_off: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "cut_off", utc(self.cut_off))

    @property
    def midnight(self) -> pd.Timestamp:
        """The session as a row of bars."""
        return pd.Timestamp(self.session.year, self.session.month, self.session.day)


def published_next_morning(series: Series) -> bool:
    """Whether a session's value appears only after the cut-off of the issue that covers it."""
    return series.instrument.kind is Kind.CREDIT or series.symbol in NEXT_MORNING


def cut_prices(supply: PriceSupply, moment: Moment) -> PriceSupply:
    """Bars, members and share counts known at ``moment``. A series that begins later has no rows left."""
    members = _cut_members(supply.members, moment)
    begins = supply.members is not None and members is None
    return replace(
        supply,
        gaps=(
            *supply.gaps,
            *((Gap(source="members", reason="no prices yet on this date"),) if begins else ()),
        ),
        series={symbol: _cut_series(series, moment) for symbol, series in supply.series.items()},
        members=members,
        shares=tuple(count for count in supply.shares if count.as_of + SHARES_DELAY <= moment.session),
    )


_ROUND = re.compile(r"^(?:Advance|Prelim|Preliminary|Flash|Final|Revised) ")
"""First words that tell an estimate's round."""

UNSCHEDULED = frozenset({"Fed Announcement", "President Trump Speaks"})
"""Events that an archive lists afterwards and that nobody could have expected."""


def cut_calendars(supply: CalendarSupply, moment: Moment, universe: frozenset[str]) -> CalendarSupply:
    """Calendars as they were at ``moment``: no figure published later, no report date announced later."""
    visible = moment.session + REPORTS_AHEAD
    oldest = moment.session - REPORTS_BACK
    claims = tuple(
        claim if claim.day <= moment.session else replace(claim, eps_actual=None)
        for claim in supply.earnings
        if claim.day <= visible and (claim.day >= oldest or claim.symbol in universe)
    )
    coverage = {name: first for name, first in supply.coverage.items() if first <= moment.day}
    if moment.day > supply.reach.get("releases", moment.day):
        coverage.pop("releases", None)
    if not any(claim.day >= moment.day - REPORTS_PAUSE for claim in claims):
        coverage.pop("earnings", None)
    gaps = list(supply.gaps)
    for name in CALENDARS:
        if name not in coverage and not any(gap.source == name for gap in gaps):
            gaps.append(Gap(source=name, reason="the calendar doesn't reach this date"))
    return replace(
        supply,
        releases=_releases_at(supply.releases, moment),
        earnings=claims,
        coverage=coverage,
        gaps=tuple(gaps),
    )


def cut_headlines(supply: HeadlineSupply, moment: Moment) -> HeadlineSupply:
    """Headlines published by the cut-off."""
    known: tuple[Headline, ...] = tuple(item for item in supply.headlines if item.published <= moment.cut_off)
    return replace(supply, headlines=known)


def shares_at(supply: PriceSupply) -> Mapping[str, float]:
    """The newest share count of each company in an already cut supply."""
    return {count.symbol: count.shares for count in sorted(supply.shares, key=lambda count: count.as_of)}


def _cut_series(series: Series, moment: Moment) -> Series:
    bars = series.bars.loc[: moment.midnight]
    if published_next_morning(series):
        bars = bars.loc[bars.index < moment.midnight]
    return replace(series, bars=bars)


def _cut_members(members: Members | None, moment: Moment) -> Members | None:
    if members is None:
        return None
    closes = members.closes.loc[: moment.midnight].dropna(axis="columns", how="all")
    if closes.empty:
        return None
    spells = tuple(
        spell
        if spell.end is None or spell.end <= moment.session
        else Membership(symbol=spell.symbol, start=spell.start, end=None)
        for spell in members.spells
        if spell.start <= moment.session
    )
    held = set(closes.columns)
    return replace(
        members,
        closes=closes,
        spells=spells,
        names={symbol: name for symbol, name in members.names.items() if symbol in held},
        sectors={symbol: name for symbol, name in members.sectors.items() if symbol in held},
    )


def _releases_at(releases: Sequence[Release], moment: Moment) -> tuple[Release, ...]:
    """Each release as a reader could know it at ``moment``, in the order given.

    A calendar's ``previous`` is as revised with the next release, and for a row further ahead it is the figure of one
    that is still to come. So the figure before is the last one that was out; where an earlier release of the series is
    still due there is none, nor a consensus, which nobody would have given so early.
    """
    last: dict[str, Reading] = {}
    due: set[str] = set()
    known: dict[int, Release] = {}
    for place, release in sorted(enumerate(releases), key=lambda item: (item[1].day, item[1].at or time.max)):
        series = _series_of(release.event)
        if _published(release, moment):
            known[place] = release
            if release.actual is not None:
                last[series] = release.actual
            continue
        if release.event in UNSCHEDULED:
            continue
        early = series in due
        known[place] = replace(
            release,
            actual=None,
            previous=None if early else last.get(series, release.previous),
            consensus=None if early else release.consensus,
        )
        due.add(series)
    return tuple(known[place] for place in sorted(known))


def _series_of(event: str) -> str:
    """The series that a release continues: an estimate follows the one before it, whatever its round is called."""
    return _ROUND.sub("", event)


def _published(release: Release, moment: Moment) -> bool:
    if release.at is None:
        return release.day <= moment.session
    return datetime.combine(release.day, release.at, NEW_YORK) <= moment.cut_off


def cut_off(day: date, at: time, zone: str) -> datetime:
    """The instant of ``at`` o'clock on ``day`` in ``zone``, in UTC."""
    return utc(datetime.combine(day, at, ZoneInfo(zone)))
