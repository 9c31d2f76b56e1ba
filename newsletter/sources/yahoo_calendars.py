"""Economic releases and earnings dates from Yahoo, and the Federal Reserve's own meeting days. Times are UTC there.

One source confirms nothing: every earnings date stays unconfirmed, and a consensus is Yahoo's and said to be.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML

from newsletter.market import Gap, Release, Timing
from newsletter.sessions import Exchange
from newsletter.sources.companies import called, classes
from newsletter.sources.economic_events import event, figure
from newsletter.sources.headlines import plain
from newsletter.sources.point_in_time import REPORTS_AHEAD, Moment
from newsletter.sources.supply import CalendarSupply, EarningsClaim, Fetch
from newsletter.sources.yahoo import Source
from newsletter.sources.yahoo_process import Replies, Request, ask

NEW_YORK = ZoneInfo("America/New_York")
SOURCE = "Yahoo"

BACK = timedelta(days=10)
"""How far back releases and reports are asked for: a long weekend's and the week before."""

AHEAD = timedelta(days=10)

MEETINGS = Path(__file__).with_name("fomc.yaml")

_TIMINGS = {"BMO": Timing.BEFORE_OPEN, "AMC": Timing.AFTER_CLOSE}


def calendars(universe: Sequence[str], moment: Moment, source: Source) -> CalendarSupply:
    """Releases and reports around the issue; what doesn't come is a Gap and degrades the day."""
    since = moment.session - BACK
    economic = (since, moment.day + AHEAD)
    # Both ends are midnights: one day more, cut by New York time afterwards.
    request = Request(
        economic=(economic[0], economic[1] + timedelta(days=1)),
        earnings=(since, moment.session + REPORTS_AHEAD + timedelta(days=1)),
    )
    source.progress.step("asking Yahoo for calendars")
    replies = ask(
        request,
        source.settings,
        source.patience,
        advance=source.progress.advance,
        step=source.progress.step,
    )
    at = source.clock()
    meetings = _meetings()
    releases = tuple(releases_of(replies.economic or ()))
    coverage: dict[str, date] = {}
    if replies.economic is not None:
        coverage["releases"] = since
        releases = merged(releases, meetings, source.market, since, economic[1])
    if replies.earnings is not None:
        coverage["earnings"] = since
    return CalendarSupply(
        releases=releases,
        earnings=tuple(claims_of(replies.earnings or (), universe)),
        decisions=tuple(day for day, _ in meetings),
        coverage=coverage,
        gaps=tuple(_gaps(replies)),
        fetches=tuple(_fetches(replies, request, at)),
    )


def releases_of(rows: Iterable[Mapping[str, Any]]) -> Iterator[Release]:
    """American releases of Yahoo's economic calendar, its labels as they come; a row without a time is left out."""
    for row in rows:
        when = _instant(row.get("Event Time"))
        if row.get("Country Code") != "US" or when is None or not row.get("Event"):
            continue
        kind = event(plain(str(row["Event"]), 80))
        yield Release(
            event=kind.name,
            day=when.date(),
            at=when.time(),
            impact=kind.impact,
            actual=figure(_number(row.get("Actual")), kind),
            consensus=figure(_number(row.get("Market Expectation")), kind),
            previous=figure(_number(row.get("Prior to This")), kind),
            source=SOURCE,
            period=plain(str(row.get("For") or ""), 20),
        )


def claims_of(rows: Iterable[Mapping[str, Any]], universe: Sequence[str]) -> Iterator[EarningsClaim]:
    """Yahoo's earnings calendar as claims; its start is UTC, the day that of New York."""
    company = classes(universe)
    for row in rows:
        when = _instant(row.get("Event Start Date"))
        if when is None or not row.get("Symbol"):
            continue
        yield EarningsClaim(
            symbol=company.get(str(row["Symbol"]), str(row["Symbol"])),
            name=called(plain(str(row.get("Company Name") or ""), 60)),
            day=when.date(),
            timing=_TIMINGS.get(str(row.get("Timing")), Timing.UNKNOWN),
            source=SOURCE,
            eps_estimate=_number(row.get("EPS Estimate")),
            eps_actual=_number(row.get("Reported EPS")),
            market_value=_number(row.get("Market Cap (Intraday)")),
        )


def merged(
    releases: Sequence[Release],
    meetings: Sequence[tuple[date, bool]],
    market: Exchange,
    first: date,
    last: date,
) -> tuple[Release, ...]:
    """Yahoo's releases and the Federal Reserve's meetings in order; what both have stands once, at the official time."""
    official = {(row.event, row.day): row for row in _official(meetings, market) if first <= row.day <= last}
    rows = [row for row in releases if (row.event, row.day) not in official]
    for key, row in official.items():
        theirs = next((item for item in releases if (item.event, item.day) == key), None)
        rows.append(row if theirs is None else _with_figures(row, theirs))
    return tuple(sorted(rows, key=lambda row: (row.day, row.at or time.max, row.event)))


def _with_figures(official: Release, other: Release) -> Release:
    return Release(
        event=official.event,
        day=official.day,
        at=official.at,
        impact=official.impact,
        actual=other.actual,
        consensus=other.consensus,
        previous=other.previous,
        source=other.source,
        period=other.period,
    )


def _official(meetings: Sequence[tuple[date, bool]], market: Exchange) -> Iterator[Release]:
    for day, projections in meetings:
        minutes = day + timedelta(days=21)
        rows = [
            ("Federal Funds Rate", day, time(14)),
            ("FOMC Statement", day, time(14)),
            ("FOMC Press Conference", day, time(14, 30)),
            (
                "FOMC Meeting Minutes",
                minutes if market.is_session(minutes) else market.before(minutes),
                time(14),
            ),
        ]
        if projections:
            rows.append(("FOMC Economic Projections", day, time(14)))
        for name, when, at in rows:
            yield Release(
                event=name,
                day=when,
                at=at,
                impact="high",
                actual=None,
                consensus=None,
                previous=None,
                source="Federal Reserve",
            )


def _meetings() -> tuple[tuple[date, bool], ...]:
    rows = YAML(typ="safe").load(MEETINGS)
    return tuple((row["date"], bool(row["projections"])) for row in rows)


def _instant(value: object) -> datetime | None:
    """A moment in New York; what isn't one is None."""
    if not isinstance(value, str):
        return None
    try:
        when = datetime.fromisoformat(value)
    except ValueError:
        return None
    return None if when.tzinfo is None else when.astimezone(NEW_YORK)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _gaps(replies: Replies) -> Iterator[Gap]:
    for name, rows, section in (
        ("economic", replies.economic, "releases"),
        ("earnings", replies.earnings, "earnings"),
    ):
        if rows is None:
            reason = replies.failures[name].reason if name in replies.failures else "no answer"
            yield Gap(source=section, reason=f"Yahoo Finance: {reason}", degraded=True)


def _fetches(replies: Replies, request: Request, at: datetime) -> Iterator[Fetch]:
    for name, rows, span in (
        ("economic", replies.economic, request.economic),
        ("earnings", replies.earnings, request.earnings),
    ):
        if rows is not None and span is not None:
            yield Fetch(
                source=f"yahoo:{name}",
                what=f"{name} calendar {span[0]} to {span[1]}",
                rows=len(rows),
                first=span[0],
                newest=span[1],
                sha256=hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest(),
                fetched_at=at,
            )
