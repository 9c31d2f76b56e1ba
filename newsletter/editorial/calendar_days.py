"""Where an issue's morning lies among the sessions: the week's first or last, before or after a holiday."""

from __future__ import annotations

from datetime import date, timedelta

from newsletter.market import MarketDay


def is_first_of_week(day: MarketDay) -> bool:
    """Whether no session of the issue's week came before its morning."""
    return day.session.isocalendar()[:2] != day.day.isocalendar()[:2]


def is_last_of_week(day: MarketDay) -> bool:
    """Whether the issue's morning is the last session of its week."""
    later = next_session(day)
    return later is not None and later.isocalendar()[:2] != day.day.isocalendar()[:2]


def next_session(day: MarketDay) -> date | None:
    """The session after the issue's own morning."""
    return next((item for item in day.ahead if item > day.day), None)


def closed_between(start: date, end: date) -> tuple[date, ...]:
    """Mondays to Fridays strictly between two sessions: days on which the market was closed."""
    days = (start + timedelta(days=offset) for offset in range(1, (end - start).days))
    return tuple(day for day in days if day.weekday() < 5)
