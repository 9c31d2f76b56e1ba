"""How numbers, dates and times are written; the same in words, tables, charts and alt text.

Minus is U+2212, ``%`` follows without a space, ``bp`` after a no-break one, dates and times in AP style. Rounding is
half away from zero on the decimal the float prints as, so that 0.125 and 2.675 round as a reader would.
"""

from __future__ import annotations

from datetime import date, time
from decimal import ROUND_HALF_UP, Decimal

MINUS = "\N{MINUS SIGN}"
NBSP = "\N{NO-BREAK SPACE}"

_MONTHS = ("Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec.")
_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_ORDINALS = ("zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")


def rounded(value: float, places: int) -> Decimal:
    """``value`` to ``places`` decimals, half away from zero; never minus zero."""
    result = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return abs(result) if result == 0 else result


def number(value: float, places: int = 0, *, signed: bool = False) -> str:
    """``-1234.5`` as ``−1,234.5``; with ``signed`` a plus too. Zero has no sign."""
    figure = rounded(value, places)
    sign = MINUS if figure < 0 else "+" if signed and figure > 0 else ""
    return f"{sign}{abs(figure):,.{places}f}"


def percent(value: float, places: int = 1, *, signed: bool = False) -> str:
    """``3.86`` as ``3.9%``."""
    return f"{number(value, places, signed=signed)}%"


def basis_points(value: float, *, signed: bool = False) -> str:
    """``-4`` as ``−4 bp``, with a no-break space."""
    return f"{number(value, 0, signed=signed)}{NBSP}bp"


def dollars(value: float, places: int = 2) -> str:
    """``84.1`` as ``$84.10``; a negative price as ``−$37.63``."""
    text = number(abs(value), places)
    return f"{MINUS}${text}" if rounded(value, places) < 0 else f"${text}"


def count(value: int) -> str:
    """A count in prose: words below ten, figures from ten."""
    return _WORDS[value] if 0 <= value < len(_WORDS) else number(value)


def ordinal(value: int, *, words: bool = True) -> str:
    """``4`` as ``fourth`` (below ten, in prose) or ``20`` as ``20th``."""
    if words and 0 < value < len(_ORDINALS):
        return _ORDINALS[value]
    suffix = "th" if 10 <= value % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value:,}{suffix}"


def ap_date(day: date, *, relative_to: date | None = None) -> str:
    """``Nov. 8, 2021``; the year is left out when it is that of ``relative_to``."""
    text = f"{_MONTHS[day.month - 1]} {day.day}"
    return text if relative_to is not None and relative_to.year == day.year else f"{text}, {day.year}"


def month_year(day: date) -> str:
    """``November 2021``."""
    return f"{day:%B} {day.year}"


def ap_time(at: time) -> str:
    """``8:30 a.m. ET``, ``2 p.m. ET``."""
    hour = at.hour % 12 or 12
    minutes = f":{at.minute:02d}" if at.minute else ""
    return f"{hour}{minutes} {'a.m.' if at.hour < 12 else 'p.m.'} ET"


def table_time(at: time) -> str:
    """``8:30`` on the 24-hour clock, for tables."""
    return f"{at.hour}:{at.minute:02d}"
