"""One fact in words: the only place where a number of the Takeaway is written."""

from __future__ import annotations

from datetime import date, time

from newsletter import numerals
from newsletter.editorial.phrase import Style
from newsletter.facts import Fact, Unit

FRACTIONS = (
    (25.0, "a quarter"),
    (100 / 3, "a third"),
    (50.0, "half"),
    (200 / 3, "two-thirds"),
    (75.0, "three-quarters"),
)
FRACTION_TOLERANCE = 4.0
"""Percentage points by which "about a quarter" may be off."""

NEAR_DAYS = 6
"""Within so many days of the issue a date is called by its weekday."""

_TIMES = {1: "once", 2: "twice"}


def written(fact: Fact, style: Style, today: date) -> str:
    """``fact`` as prose of the issue dated ``today``."""
    if style in (Style.DATE, Style.DAY, Style.MONTH, Style.YEAR):
        return _day(fact.day, style, today)
    if style is Style.TIME:
        return numerals.ap_time(time.fromisoformat(str(fact.value)))
    if style is Style.BASE:
        return _day(window_base(fact), Style.DAY, today)
    if style is Style.FILE_YEAR:
        return str(window_base(fact).year)
    if style is Style.TEXT:
        return (
            str(fact.value)
            .replace("before_open", "before the open")
            .replace("after_close", "after the close")
        )
    return _figure(fact, style)


def window_base(fact: Fact) -> date:
    """The date that a window names: ``file@1987-09-10`` begins then."""
    return date.fromisoformat(fact.window.partition("@")[2])


def _day(day: date, style: Style, today: date) -> str:
    if style is Style.YEAR:
        return str(day.year)
    if style is Style.MONTH:
        return f"{day:%B}" if day.year == today.year else numerals.month_year(day)
    if style is Style.DAY and abs((day - today).days) <= NEAR_DAYS:
        return "today" if day == today else f"{day:%A}"
    return numerals.ap_date(day, relative_to=today)


def _figure(fact: Fact, style: Style) -> str:
    value = fact.number
    match style:
        case Style.LEVEL:
            return level(fact)
        case Style.ROUND_LEVEL:
            return numerals.percent(value) if fact.unit is Unit.PCT else numerals.number(value)
        case Style.MOVE:
            return size(fact.unit, value)
        case Style.ROUND:
            return size(fact.unit, value, places=0)
        case Style.POINTS:
            return f"{numerals.number(abs(value), 1)} points"
        case Style.COUNT:
            return numerals.count(round(abs(value)))
        case Style.FIGURE:
            return numerals.number(round(abs(value)))
        case Style.ORDINAL:
            return numerals.ordinal(round(abs(value)))
        case Style.TIMES:
            number = round(value)
            return _TIMES.get(number, f"{numerals.count(number)} times")
        case Style.ONE_IN:
            return f"about one day in {numerals.count(one_in(value))}"
        case Style.FEW_IN:
            return f"fewer than one day in {numerals.count(few_in(value))}"
        case Style.FLOOR:
            return numerals.percent(float(int(abs(value))), 0)
        case Style.MANY_IN:
            cases = many_in(value)
            return f"{numerals.count(cases - 1)} days in {numerals.count(cases)}"
        case Style.FRACTION:
            return fraction(value)
        case _:
            return reading(fact)


def level(fact: Fact) -> str:
    """A level as in "at a glance": index points, percent for yields, dollars; large dollar prices without cents."""
    value = fact.number
    if fact.unit is Unit.PCT:
        return numerals.percent(value, 2)
    if fact.unit is Unit.USD:
        return numerals.dollars(value, 0 if abs(value) >= 10_000 else 2)
    if fact.unit is Unit.BP:
        return f"{numerals.number(value)} basis points"
    return numerals.number(value, 2)


def size(unit: Unit, value: float, places: int | None = None) -> str:
    """How large a change is, without its sign; one decimal for percent, none for basis points."""
    magnitude = abs(value)
    if unit is Unit.PCT:
        return numerals.percent(magnitude, 1 if places is None else places)
    if unit is Unit.PP:
        return f"{numerals.number(magnitude, 1 if places is None else places)} percentage points"
    if unit is Unit.BP:
        return f"{numerals.number(magnitude)} basis point{'' if round(magnitude) == 1 else 's'}"
    if unit is Unit.USD:
        return numerals.dollars(magnitude)
    return f"{numerals.number(magnitude, (2 if magnitude < 100 else 0) if places is None else places)} points"


NIL = 0.05
"""Percent below which one decimal prints 0.0."""


def nil(fact: Fact) -> bool:
    """Whether a change in percent would print as 0.0%: then "up" and "down" say nothing."""
    return abs(fact.number) < NIL


def one_in(share_smaller: float) -> int:
    """98.9 (percent of days that were smaller) as 90: one day in about 90 was as large."""
    cases = 100 / max(100 - share_smaller, 0.01)
    if round(cases) <= 12:
        return max(round(cases), 1)
    step = 5 if cases < 50 else 10 if cases < 200 else 50 if cases < 1000 else 100
    return round(cases / step) * step


def few_in(share: float) -> int:
    """4.2 (percent of days that were larger) as 20: fewer than one day in 20."""
    return next(cases for cases in (1000, 500, 200, 100, 50, 20, 10, 5, 2) if share < 100 / cases)


def many_in(share_smaller: float) -> int:
    """12.4 (percent of days that were smaller) as 8: seven days in eight were larger."""
    return max(round(100 / max(share_smaller, 1.0)), 2)


def fraction(share: float) -> str:
    """``about a quarter``; a share near no simple fraction as its percentage, ``43%``."""
    nearest, words = min(FRACTIONS, key=lambda item: abs(item[0] - share))
    if abs(nearest - share) <= FRACTION_TOLERANCE:
        return f"about {words}"
    return numerals.percent(share, 0)


def reading(fact: Fact) -> str:
    """A release's figure in prose: ``0.3%``, ``212,000``, ``48.7``; decimals as many as it needs, at most two."""
    value = fact.number
    places = next(
        place
        for place in (0, 1, 2)
        if place == 2 or numerals.rounded(value, place) == numerals.rounded(value, 2)
    )
    if fact.unit is Unit.PCT:
        return numerals.percent(value, max(places, 1))
    if fact.unit is Unit.USD:
        return numerals.dollars(value)
    if abs(value) >= 1_000_000:
        return _millions(value)
    return numerals.number(value, 0 if abs(value) >= 1000 else max(places, 1))


def _millions(value: float) -> str:
    name, unit = ("billion", 1e9) if abs(value) >= 1e9 else ("million", 1e6)
    scaled = value / unit
    most = 1 if abs(scaled) >= 10 else 2
    places = next(
        place for place in range(most + 1) if place == most or abs(round(scaled, place) - scaled) < 1e-9
    )
    return f"{numerals.number(scaled, places)} {name}"
