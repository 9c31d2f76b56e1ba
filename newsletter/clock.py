"""The only place that asks what time it is. Everything that needs the time is handed a :class:`Clock`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""A function that returns the current instant, aware and in UTC."""


def system_clock() -> datetime:
    """The machine's time, aware, in UTC."""
    return datetime.now(UTC)


def frozen(instant: datetime) -> Clock:
    """A clock that always says ``instant``; raises ValueError if that is naive."""
    moment = utc(instant)
    return lambda: moment


def utc(instant: datetime) -> datetime:
    """``instant`` in UTC; a naive one raises ValueError, because nobody can know what it means."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant.isoformat()} has no time zone")
    return instant.astimezone(UTC)
