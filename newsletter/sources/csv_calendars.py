"""Economic releases and rate decisions from CSV files; earnings dates are read in ``csv_earnings``.

Files, all optional: ``economic_us_2025_all.csv`` (every impact; for the years it covers it wins over the other),
``economic_us_high_impact.csv``, ``fomc_dates.csv``. Times are New York time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path

from newsletter.errors import DataError
from newsletter.market import Release, reading
from newsletter.sources import csv_earnings, csv_table
from newsletter.sources.supply import CalendarSupply, Fetch

ALL_IMPACTS = "economic_us_2025_all.csv"
HIGH_IMPACT = "economic_us_high_impact.csv"
DECISIONS = "fomc_dates.csv"

RELIABLE = frozenset({"exact", "repaired"})
"""``date_quality`` of rows that are used; ``ambiguous_plus_1d`` may be dated a day early."""

UNSCHEDULED = frozenset(
    {
        *(date(2001, 1, 3), date(2001, 4, 18), date(2001, 9, 17)),
        *(date(2007, 8, 17), date(2008, 1, 22), date(2008, 10, 8)),
        *(date(2020, 3, 3), date(2020, 3, 15)),
    }
)
"""Decisions between meetings. Nobody knew of them beforehand, so no calendar of the day had them."""

_EXPECTED = "date,time_et,country,impact,event,actual,consensus,previous"
_COLUMNS = _EXPECTED.split(",")


def read(folder: Path, universe: Sequence[str], *, at: datetime) -> CalendarSupply:
    """Every calendar in ``folder``; ``universe`` tells which share class of a company is meant."""
    if not folder.is_dir():
        raise DataError(
            f"{folder}: no such folder; expected calendars such as {HIGH_IMPACT}; see docs/sources.md"
        )
    releases, fetched = _releases(folder, at)
    decisions, more = _decisions(folder / DECISIONS, at)
    earnings = csv_earnings.read(folder, universe, at=at)
    if not fetched and not more and not earnings.fetches:
        raise DataError(
            f"{folder}: holds none of the calendars we read, such as {HIGH_IMPACT}; see docs/sources.md"
        )
    coverage, reach = _span("releases", [release.day for release in releases])
    covered, reached = _span("earnings", earnings.span)
    return CalendarSupply(
        releases=releases,
        earnings=earnings.claims,
        decisions=decisions,
        coverage={**coverage, **covered},
        reach={**reach, **reached},
        fetches=(*fetched, *more, *earnings.fetches),
    )


def _span(name: str, days: Iterable[date]) -> tuple[Mapping[str, date], Mapping[str, date]]:
    ordered = sorted(days)
    return ({name: ordered[0]}, {name: ordered[-1]}) if ordered else ({}, {})


def _releases(folder: Path, at: datetime) -> tuple[tuple[Release, ...], tuple[Fetch, ...]]:
    full, fetched = _economic(folder / ALL_IMPACTS, at)
    high, more = _economic(folder / HIGH_IMPACT, at)
    years = {release.day.year for release in full}
    rows = [*full, *(release for release in high if release.day.year not in years)]
    return tuple(sorted(rows, key=lambda item: (item.day, item.at or time.max, item.event))), (
        *fetched,
        *more,
    )


def _economic(path: Path, at: datetime) -> tuple[tuple[Release, ...], tuple[Fetch, ...]]:
    if not path.is_file():
        return (), ()
    table = csv_table.read(path, f"economic releases: {_EXPECTED}")
    table.require(_COLUMNS)
    rows = [
        _release(table, line, row)
        for line, row in table.lines()
        if row["country"] in ("US", "USD") and row.get("date_quality", "exact") in RELIABLE
    ]
    days = sorted(row.day for row in rows)
    return tuple(rows), (table.fetch(f"csv:{path.name}", days, at),)


def _release(table: csv_table.Table, line: int, row: Mapping[str, str]) -> Release:
    return Release(
        event=row["event"],
        day=csv_table.day(table, line, "date", row["date"]),
        at=_hour(table, line, row["time_et"]),
        impact=row["impact"],
        actual=reading(row["actual"]),
        consensus=reading(row["consensus"]),
        previous=reading(row["previous"]),
        source="ForexFactory",
    )


def _hour(table: csv_table.Table, line: int, text: str) -> time | None:
    if not text:
        return None
    if not re.fullmatch(r"[0-2]?\d:[0-5]\d", text) or int(text.split(":")[0]) > 23:
        raise DataError(f"{table.path}:{line}: time_et: {text!r} is not a time; write it like 08:30")
    hour, minute = text.split(":")
    return time(int(hour), int(minute))


def _decisions(path: Path, at: datetime) -> tuple[tuple[date, ...], tuple[Fetch, ...]]:
    if not path.is_file():
        return (), ()
    table = csv_table.read(path, "days of rate decisions: date")
    table.require(["date"])
    days = sorted({csv_table.day(table, line, "date", row["date"]) for line, row in table.lines()})
    return tuple(day for day in days if day not in UNSCHEDULED), (table.fetch(f"csv:{path.name}", days, at),)
