"""What an issue says of itself: its number, date, kind of day, as-of line, and where its data come from."""

from __future__ import annotations

import re
from datetime import date

from newsletter import numerals
from newsletter.brief import IssueInfo
from newsletter.config import Edition
from newsletter.editorial.calendar_days import closed_between, is_first_of_week, is_last_of_week, next_session
from newsletter.editorial.desk import Desk
from newsletter.facts import Mode
from newsletter.market import Verdict


def issue(desk: Desk, edition: Edition, number: int) -> IssueInfo:
    """Which issue this is, and what kind of day it covers."""
    day = desk.day
    return IssueInfo(
        id=f"{day.day.isoformat()}-{edition.id}",
        number=number,
        edition=edition.id,
        date=day.day,
        session=day.session,
        mode=desk.choice.mode,
        flags=flags(desk),
        sample=day.sample,
        name=desk.config.name,
        date_text=f"{day.day:%a}, {day.day:%b} {day.day.day}, {day.day.year}",
        as_of_text=_as_of(desk),
        glance_note=_glance_note(desk),
    )


def flags(desk: Desk) -> tuple[str, ...]:
    """What kind of issue it is."""
    day = desk.day
    later = next_session(day)
    marks = {
        "monday": is_first_of_week(day),
        "friday": is_last_of_week(day),
        "holiday_before": bool(closed_between(day.session, day.day)),
        "holiday_after": later is not None and bool(closed_between(day.day, later)),
        "early_close": day.early_close,
        "quiet": desk.choice.mode is Mode.QUIET,
        "degraded": day.verdict is Verdict.DEGRADED,
        "sample": day.sample,
    }
    return tuple(name for name, present in marks.items() if present)


def _as_of(desk: Desk) -> str:
    """Of which close the prices are, and which weekdays near it have no session."""
    day = desk.day
    close = "the 1 p.m. ET early close" if day.early_close else "the close"
    text = f"Prices as of {close} on {day.session:%A}, {numerals.ap_date(day.session)}"
    shut = closed_between(day.session, day.day)
    if shut:
        text += f"; the market was closed on {_joined(shut)}"
    later = next_session(day)
    ahead = closed_between(day.day, later) if later is not None else ()
    return f"{text}; the market is closed on {_joined(ahead)}" if ahead else text


def _joined(days: tuple[date, ...]) -> str:
    return " and ".join(f"{day:%A}" for day in days)


def _glance_note(desk: Desk) -> str:
    note = (
        f"1D compares with {desk.before:%A}'s close. "
        if desk.before is not None and closed_between(desk.before, desk.session)
        else ""
    )
    return f"{note}1D is one session, 1W five sessions, 1M a calendar month; yields move in basis points."


_PROVIDERS = {
    "csv": "price files",
    "yahoo": "Yahoo Finance",
    "sample": "invented sample market",
    "treasury": "U.S. Treasury",
    "fred": "Federal Reserve Economic Data",
}


def sources(desk: Desk) -> tuple[str, ...]:
    """Providers of prices and calendars, each once."""
    prices = (series.source for series in desk.day.series.values())
    releases = (item.source for item in desk.day.releases[-50:])
    reports = (item.source for item in desk.day.earnings[-50:])
    named = (re.split(r"[:/]", source, maxsplit=1)[0] for source in (*prices, *releases, *reports))
    return tuple(dict.fromkeys(_PROVIDERS.get(item, item) for item in named if item))
