"""The sample market's calendars: releases by the rule of the month, meetings, and reports once a quarter. All invented.

Figures are drawn like prices: one stream an event, from a fixed day on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import lru_cache

import numpy as np

from newsletter.market import Reading, Release, Timing
from newsletter.sessions import Exchange
from newsletter.sources.sample_loads import share
from newsletter.sources.sample_market import ORIGIN, stream
from newsletter.sources.supply import EarningsClaim

YEARS = 6
"""How far back releases are made."""

AHEAD = timedelta(days=60)

SOURCE = "sample"

Rule = Callable[[int, int], date]
"""The day of a release in a month of a year."""


def _weekday(number: int, weekday: int) -> Rule:
    """The ``number``-th such weekday of the month (1 is the first); Monday is 0."""

    def rule(year: int, month: int) -> date:
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))

    return rule


def _last(weekday: int) -> Rule:
    def rule(year: int, month: int) -> date:
        after = date(year + month // 12, month % 12 + 1, 1)
        return after - timedelta(days=(after.weekday() - weekday - 1) % 7 + 1)

    return rule


def _from(day: int) -> Rule:
    return lambda year, month: date(year, month, day)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Event:
    """``centre`` and ``spread`` of its figures; ``write`` makes the text that is printed."""

    name: str
    rule: Rule
    at: time
    impact: str
    centre: float
    spread: float
    write: str
    months: tuple[int, ...] = tuple(range(1, 13))


EARLY, TEN, TWO = time(8, 30), time(10, 0), time(14, 0)
QUARTERS = {0: (1, 4, 7, 10), 1: (2, 5, 8, 11), 2: (3, 6, 9, 12)}

EVENTS: tuple[_Event, ...] = (
    _Event(name="ISM Manufacturing PMI", rule=_from(1), at=TEN, impact="high", centre=50.2, spread=1.8, write="{:.1f}"),
    _Event(name="JOLTS Job Openings", rule=_weekday(1, 1), at=TEN, impact="high", centre=7.6, spread=0.3, write="{:.2f}M"),
    _Event(name="ISM Services PMI", rule=_from(3), at=TEN, impact="high", centre=52.5, spread=1.6, write="{:.1f}"),
    _Event(name="Non-Farm Employment Change", rule=_weekday(1, 4), at=EARLY, impact="high", centre=150, spread=70, write="{:.0f}K"),
    _Event(name="Unemployment Rate", rule=_weekday(1, 4), at=EARLY, impact="high", centre=4.3, spread=0.15, write="{:.1f}%"),
    _Event(name="Average Hourly Earnings m/m", rule=_weekday(1, 4), at=EARLY, impact="high", centre=0.3, spread=0.12, write="{:.1f}%"),
    _Event(name="CPI m/m", rule=_from(12), at=EARLY, impact="high", centre=0.2, spread=0.15, write="{:.1f}%"),
    _Event(name="Core CPI m/m", rule=_from(12), at=EARLY, impact="high", centre=0.2, spread=0.11, write="{:.1f}%"),
    _Event(name="CPI y/y", rule=_from(12), at=EARLY, impact="high", centre=2.6, spread=0.3, write="{:.1f}%"),
    _Event(name="PPI m/m", rule=_from(13), at=EARLY, impact="high", centre=0.2, spread=0.25, write="{:.1f}%"),
    _Event(name="Retail Sales m/m", rule=_from(15), at=EARLY, impact="high", centre=0.3, spread=0.6, write="{:.1f}%"),
    _Event(name="Core Retail Sales m/m", rule=_from(15), at=EARLY, impact="high", centre=0.3, spread=0.5, write="{:.1f}%"),
    _Event(name="Building Permits", rule=_from(18), at=EARLY, impact="medium", centre=1.45, spread=0.06, write="{:.2f}M"),
    _Event(name="Existing Home Sales", rule=_from(21), at=TEN, impact="medium", centre=4.1, spread=0.15, write="{:.2f}M"),
    _Event(name="New Home Sales", rule=_from(24), at=TEN, impact="medium", centre=660, spread=35, write="{:.0f}K"),
    _Event(name="Durable Goods Orders m/m", rule=_from(26), at=EARLY, impact="medium", centre=0.4, spread=2.4, write="{:.1f}%"),
    _Event(name="CB Consumer Confidence", rule=_last(1), at=TEN, impact="high", centre=100, spread=5, write="{:.1f}"),
    _Event(name="Advance GDP q/q", rule=_last(3), at=EARLY, impact="high", centre=2.2, spread=1, write="{:.1f}%", months=QUARTERS[0]),
    _Event(name="Prelim GDP q/q", rule=_last(3), at=EARLY, impact="high", centre=2.2, spread=1, write="{:.1f}%", months=QUARTERS[1]),
    _Event(name="Final GDP q/q", rule=_last(3), at=EARLY, impact="high", centre=2.2, spread=1, write="{:.1f}%", months=QUARTERS[2]),
    _Event(name="Core PCE Price Index m/m", rule=_last(4), at=EARLY, impact="high", centre=0.2, spread=0.1, write="{:.1f}%"),
    _Event(name="Prelim UoM Consumer Sentiment", rule=_weekday(2, 4), at=TEN, impact="high", centre=72, spread=5, write="{:.1f}"),
    _Event(name="Revised UoM Consumer Sentiment", rule=_weekday(4, 4), at=TEN, impact="medium", centre=72, spread=5, write="{:.1f}"),
)  # fmt: skip

MEETINGS = (1, 3, 5, 6, 7, 9, 11, 12)
_MEETING = _weekday(3, 2)


def releases(market: Exchange, session: date) -> tuple[Release, ...]:
    """Every release of the last six years and the next two months, in order."""
    first = max(ORIGIN, date(session.year - YEARS, 1, 1))
    last = session + AHEAD
    rows = [row for event in EVENTS for row in _series(event, market, first, last)]
    rows.extend(_claims(market, first, last))
    for day in decisions(market, last):
        if day >= first:
            rows.extend(_meeting(day, market))
    return tuple(sorted(rows, key=lambda row: (row.day, row.at or time.max, row.event)))


def decisions(market: Exchange, until: date) -> tuple[date, ...]:
    """The days of rate decisions since the origin."""
    return tuple(
        _open(market, _MEETING(year, month))
        for year in range(ORIGIN.year, until.year + 1)
        for month in MEETINGS
        if _MEETING(year, month) <= until
    )


def reports(market: Exchange, symbol: str, first: date, last: date) -> Iterator[tuple[date, Timing, int]]:
    """The days on which a company reports, when in the day, and the number of the quarter since the origin."""
    timing = Timing.BEFORE_OPEN if share(symbol, 11) < 0.4 else Timing.AFTER_CLOSE
    wait = timedelta(days=14 + int(30 * share(symbol, 12)))
    for year in range(first.year - 1, last.year + 1):
        for quarter, month in enumerate((1, 4, 7, 10)):
            day = date(year, month, 1) + wait
            if first <= day <= last:
                yield _open(market, day), timing, 4 * (year - ORIGIN.year) + quarter


def claims(
    market: Exchange, symbols: Sequence[tuple[str, str]], sources: Sequence[str], first: date, last: date
) -> Iterator[EarningsClaim]:
    """What each of ``sources`` says of the reports of every (symbol, name)."""
    for symbol, name in symbols:
        base = 0.4 + 3 * share(symbol, 13)
        for day, timing, quarter in reports(market, symbol, first, last):
            estimate = base * 1.02**quarter
            surprise = 1 + 0.3 * (share(f"{symbol}{quarter}", 14) - 0.42)
            for trust, source in enumerate(sources):
                yield EarningsClaim(
                    symbol=symbol,
                    name=name,
                    day=day,
                    timing=timing,
                    source=source,
                    trust=trust,
                    eps_estimate=round(estimate, 2),
                    eps_actual=round(estimate * surprise, 2),
                )


def _series(event: _Event, market: Exchange, first: date, last: date) -> Iterator[Release]:
    months = [(y, m) for y in range(ORIGIN.year, last.year + 1) for m in event.months]
    actuals, guesses = _figures(event.name, event.centre, event.spread, len(months))
    for place, (year, month) in enumerate(months):
        day = _open(market, event.rule(year, month))
        if first <= day <= last and place:
            yield Release(
                event=event.name,
                day=day,
                at=event.at,
                impact=event.impact,
                actual=_reading(event.write, actuals[place]),
                consensus=_reading(event.write, guesses[place]),
                previous=_reading(event.write, actuals[place - 1]),
                source=SOURCE,
            )


def _claims(market: Exchange, first: date, last: date) -> Iterator[Release]:
    weeks = (last - ORIGIN).days // 7 + 1
    actuals, guesses = _figures("Unemployment Claims", 232, 12, weeks)
    for week in range(1, weeks):
        day = _open(market, ORIGIN + timedelta(days=7 * week + 3))
        if first <= day <= last:
            yield Release(
                event="Unemployment Claims",
                day=day,
                at=EARLY,
                impact="high",
                actual=_reading("{:.0f}K", actuals[week]),
                consensus=_reading("{:.0f}K", guesses[week]),
                previous=_reading("{:.0f}K", actuals[week - 1]),
                source=SOURCE,
            )


def _meeting(day: date, market: Exchange) -> Iterator[Release]:
    minutes = _open(market, day + timedelta(days=21))
    for event, when, at in (
        ("FOMC Statement", day, TWO),
        ("FOMC Press Conference", day, time(14, 30)),
        ("FOMC Meeting Minutes", minutes, TWO),
    ):
        yield Release(
            event=event,
            day=when,
            at=at,
            impact="high",
            actual=None,
            consensus=None,
            previous=None,
            source=SOURCE,
        )


def _figures(name: str, centre: float, spread: float, count: int) -> tuple[list[float], list[float]]:
    """Actual figures, which dwell where they were, and what was expected of them."""
    noise = stream(f"release:{name}").standard_normal((count, 2))
    actual, guess = np.empty(count), np.empty(count)
    state = 0.0
    for t in range(count):
        state = 0.75 * state + 0.66 * noise[t, 0]
        actual[t] = centre + spread * state
        guess[t] = centre + spread * (state - 0.45 * noise[t, 1])
    return actual.tolist(), guess.tolist()


def _reading(write: str, value: float) -> Reading:
    text = write.format(value)
    if text.lstrip("-").strip("0.%KM") == "":
        text = text.lstrip("-")
    scale = {"K": 1e3, "M": 1e6}.get(text[-1], 1.0)
    unit = "pct" if text[-1] == "%" else "count" if text[-1] in "KM" else "level"
    return Reading(text=text, value=float(text.rstrip("%KM")) * scale, unit=unit)


@lru_cache(maxsize=16384)
def _open(market: Exchange, day: date) -> date:
    """``day``, or the next session."""
    return day if market.is_session(day) else market.after(day)
