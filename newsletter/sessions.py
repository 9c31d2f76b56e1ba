"""Exchange time: which dates are sessions, when they open and close.

A :data:`Session` is a date on which an exchange trades. A bare ``date`` never stands for one: only an
:class:`Exchange` makes them, so that a holiday can't slip through. Facts come from `exchange_calendars`.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NewType

from newsletter.errors import ConfigError, NoSession

if TYPE_CHECKING:
    import pandas as pd
    from exchange_calendars import ExchangeCalendar

Session = NewType("Session", date)
"""One trading day of an exchange."""

FIRST_DAY = date(1985, 1, 1)
"""Where our calendars begin: the first year of the oldest index file we have seen."""


class Exchange:
    """The sessions of one exchange, by its ISO 10383 code (``XNYS`` is New York)."""

    def __init__(self, mic: str, *, last_year: int) -> None:
        import exchange_calendars as xcals

        if mic not in xcals.get_calendar_names(include_aliases=False):
            raise ConfigError(f"unknown exchange {mic!r}: use an ISO 10383 code such as XNYS")
        self.mic = mic
        self._last_year = last_year

    @cached_property
    def _calendar(self) -> ExchangeCalendar:
        import exchange_calendars as xcals

        # Without bounds the calendar spans twenty years back to one ahead. Some exchanges are only known up to a
        # certain date; past it the library refuses, so the end is clamped to what it knows.
        factory = xcals.calendar_utils._default_calendar_factories[self.mic]
        end = date(self._last_year, 12, 31)
        bound = factory.bound_max()
        if bound is not None:
            end = min(end, bound.date())
        start = FIRST_DAY
        lower = factory.bound_min()
        if lower is not None:
            start = max(start, lower.date())
        return xcals.get_calendar(self.mic, start=str(start), end=str(end))

    @cached_property
    def index(self) -> pd.DatetimeIndex:
        """All sessions known, ascending, as naive midnights."""
        sessions: pd.DatetimeIndex = self._calendar.sessions
        return sessions

    def is_session(self, day: date) -> bool:
        """Whether the exchange trades on ``day``; False outside the years the calendar knows."""
        if not self.index[0].date() <= day <= self.index[-1].date():
            return False
        return bool(self._calendar.is_session(str(day)))

    def session(self, day: date) -> Session:
        """``day`` as a session; raises NoSession with the nearest earlier one when the exchange is closed."""
        if self.is_session(day):
            return Session(day)
        if day < self.index[0].date() or day > self.index[-1].date():
            raise NoSession(
                f"{day} lies outside the calendar of {self.mic} ({self.index[0].date()} to {self.index[-1].date()})"
            )
        raise NoSession(
            f"{day} ({day:%A}) is not a session of {self.mic}; the one before it is {self.before(day)}"
        )

    def before(self, day: date) -> Session:
        """The last session strictly before ``day``."""
        position = int(self.index.searchsorted(_midnight(day), side="left")) - 1
        if position < 0:
            raise NoSession(
                f"no session of {self.mic} before {day}: its calendar begins {self.index[0].date()}"
            )
        return Session(self.index[position].date())

    def after(self, day: date) -> Session:
        """The first session strictly after ``day``."""
        position = int(self.index.searchsorted(_midnight(day), side="right"))
        if position >= len(self.index):
            raise NoSession(
                f"no session of {self.mic} after {day}: its calendar ends {self.index[-1].date()}"
            )
        return Session(self.index[position].date())

    def offset(self, session: Session, count: int) -> Session:
        """The session ``count`` sessions later (earlier if negative)."""
        position = int(self.index.searchsorted(_midnight(session), side="left")) + count
        if not 0 <= position < len(self.index):
            raise NoSession(f"no session {count:+d} from {session} in the calendar of {self.mic}")
        return Session(self.index[position].date())

    def between(self, start: date, end: date) -> tuple[Session, ...]:
        """Every session from ``start`` to ``end``, both included."""
        left = int(self.index.searchsorted(_midnight(start), side="left"))
        right = int(self.index.searchsorted(_midnight(end), side="right"))
        return tuple(Session(stamp.date()) for stamp in self.index[left:right])

    def opens(self, session: Session) -> datetime:
        """When ``session`` opens, aware UTC."""
        return _aware(self._calendar.session_open(str(session)))

    def closes(self, session: Session) -> datetime:
        """When ``session`` closes, aware UTC; early closes included."""
        return _aware(self._calendar.session_close(str(session)))

    def is_early_close(self, session: Session) -> bool:
        """Whether ``session`` ends before the exchange's usual hour."""
        return _midnight(session) in self._calendar.early_closes

    def last_completed(self, instant: datetime) -> Session:
        """The newest session whose close is not after ``instant``."""
        candidate = self.before(instant.astimezone(UTC).date() + timedelta(days=2))
        while self.closes(candidate) > instant:
            candidate = self.before(candidate)
        return candidate


@lru_cache(maxsize=8)
def exchange(mic: str, last_year: int) -> Exchange:
    """The exchange ``mic`` with sessions to the end of ``last_year``; kept, since building one takes a moment."""
    return Exchange(mic, last_year=last_year)


def _midnight(day: date) -> pd.Timestamp:
    import pandas as pd

    return pd.Timestamp(day.year, day.month, day.day)


def _aware(stamp: pd.Timestamp) -> datetime:
    return stamp.to_pydatetime().astimezone(UTC)
