"""Numbers, dates and hours in a sentence, as they are printed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from newsletter.numerals import MINUS

WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12,
}  # fmt: skip
ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10,
}  # fmt: skip
_MONTHS = {
    "Jan": 1, "January": 1, "Feb": 2, "February": 2, "March": 3, "April": 4, "May": 5, "June": 6, "July": 7, "Aug": 8,
    "August": 8, "Sept": 9, "September": 9, "Oct": 10, "October": 10, "Nov": 11, "November": 11, "Dec": 12, "December": 12,
}  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_FIGURE = r"(?P<sign>[+−-]?)(?P<currency>\$?)(?P<figure>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)"
_UNIT = r"(?P<unit>\s?(?:%|bp\b|basis points?\b|percentage points?\b|points?\b|million\b|billion\b|[KMBT](?![\w%]))|(?:st|nd|rd|th)\b)?"
NUMBER = re.compile(rf"(?<![\w.,^]){_FIGURE}{_UNIT}")
COUNTED = re.compile(
    rf"\b(?P<word>{'|'.join(WORDS)})(?= (?:sessions|sectors|reports|days|gains|losses|records|members|times|swings|moves)\b)|"
    rf"\b(?P<one>one)(?= session\b)|"
    rf"\b(?P<rank>{'|'.join(word for word in ORDINALS if word != 'first')})(?=-largest| (?:gain|loss|record|move|of the year)\b)",
    re.IGNORECASE,
)
"""Numbers in words, before what they count."""
DATE = re.compile(rf"\b(?P<month>{_MONTH})\.? (?P<day>\d{{1,2}})(?:, (?P<year>\d{{4}}))?(?!\d|,\d|%|\.\d)")
MONTH_YEAR = re.compile(rf"\b(?P<month>{_MONTH})\.? (?P<year>(?:19|20)\d\d)\b")
MONTH_ALONE = re.compile(
    r"\bin (?P<month>January|February|March|April|May|June|July|August|September|October|November|December)\b(?! \d)"
)
YEAR = re.compile(r"(?<![\w,.$])(?P<year>(?:19|20)\d\d)(?!\w|%|,\d|\.\d)")
CLOCK = re.compile(r"\b(?P<hour>\d{1,2})(?::(?P<minute>\d\d))? (?P<half>[ap])\.m\.(?: ET)?")
WEEKDAY = re.compile(rf"\b(?P<weekday>{'|'.join(WEEKDAYS)})\b")
TODAY = re.compile(r"\b[Tt]oday(?!'s calendar)\b")


class Measure(StrEnum):
    """What a printed number counts."""

    PCT = "pct"
    BP = "bp"
    PP = "pp"
    PTS = "pts"
    USD = "usd"
    PLAIN = "plain"
    ORDINAL = "ordinal"


_MEASURES = {
    "%": Measure.PCT, "bp": Measure.BP, "basis point": Measure.BP, "basis points": Measure.BP,
    "percentage point": Measure.PP, "percentage points": Measure.PP, "point": Measure.PTS, "points": Measure.PTS,
    "st": Measure.ORDINAL, "nd": Measure.ORDINAL, "rd": Measure.ORDINAL, "th": Measure.ORDINAL,
}  # fmt: skip
_SCALE = {"million": 1e6, "billion": 1e9, "K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}


@dataclass(frozen=True, kw_only=True, slots=True)
class Number:
    """A printed number: value (with its sign), decimals and the step of its last digit, and what it counts."""

    start: int
    end: int
    text: str
    value: float
    places: int
    scale: float
    measure: Measure
    signed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class When:
    """A printed date: the whole of it, or a month, a year, a weekday."""

    start: int
    end: int
    text: str
    kind: str
    day: date | None = None
    month: int = 0
    year: int = 0
    weekday: int = -1


@dataclass(frozen=True, kw_only=True, slots=True)
class Hour:
    """A printed hour."""

    start: int
    end: int
    text: str
    at: time


def number(match: re.Match[str]) -> Number:
    """The number of a match of :data:`NUMBER`."""
    figure, unit = match["figure"].replace(",", ""), (match["unit"] or "").strip()
    scale = _SCALE.get(unit, 1.0)
    measure = Measure.USD if match["currency"] else _MEASURES.get(unit, Measure.PLAIN)
    negative = match["sign"] in (MINUS, "-")
    value = float(figure) * scale
    return Number(
        start=match.start(),
        end=match.end(),
        text=match.group(0).strip(),
        value=-value if negative else value,
        places=len(figure.partition(".")[2]),
        scale=scale,
        measure=measure,
        signed=bool(match["sign"]),
    )


def dates(sentence: str, today: date) -> tuple[When, ...]:
    """Every date, left to right; one without a year is in the issue's year."""
    found: list[When] = []
    for match in DATE.finditer(sentence):
        year = int(match["year"]) if match["year"] else today.year
        try:
            day = date(year, _MONTHS[match["month"]], int(match["day"]))
        except ValueError:
            day = None
        found.append(_when(match, "day", day=day))
    for match in MONTH_YEAR.finditer(sentence):
        if not _inside(match, found):
            found.append(_when(match, "month", month=_MONTHS[match["month"]], year=int(match["year"])))
    for match in MONTH_ALONE.finditer(sentence):
        if not _inside(match, found):
            found.append(_when(match, "month", month=_MONTHS[match["month"]], year=today.year))
    for match in YEAR.finditer(sentence):
        if not _inside(match, found):
            found.append(_when(match, "year", year=int(match["year"])))
    for match in WEEKDAY.finditer(sentence):
        found.append(_when(match, "weekday", weekday=WEEKDAYS.index(match["weekday"])))
    for match in TODAY.finditer(sentence):
        found.append(_when(match, "day", day=today))
    return tuple(sorted(found, key=lambda item: item.start))


def hours(sentence: str) -> tuple[Hour, ...]:
    """Every hour, left to right."""
    return tuple(
        Hour(
            start=match.start(),
            end=match.end(),
            text=match.group(0),
            at=time(int(match["hour"]) % 12 + (12 if match["half"] == "p" else 0), int(match["minute"] or 0)),
        )
        for match in CLOCK.finditer(sentence)
        if 1 <= int(match["hour"]) <= 12 and int(match["minute"] or 0) < 60
    )


def numbers(sentence: str, taken: tuple[tuple[int, int], ...]) -> tuple[Number, ...]:
    """Every number that is no part of a name, date or hour, in figures or in words, left to right."""
    found = [
        make(match)
        for pattern, make in ((NUMBER, number), (COUNTED, _in_words))
        for match in pattern.finditer(sentence)
        if not any(start < match.end() and match.start() < end for start, end in taken)
    ]
    return tuple(sorted(found, key=lambda item: item.start))


def _in_words(match: re.Match[str]) -> Number:
    word = match.group(0).lower()
    ordinal = match["rank"] is not None
    return Number(
        start=match.start(),
        end=match.end(),
        text=match.group(0),
        value=float(ORDINALS[word] if ordinal else WORDS[word]),
        places=0,
        scale=1.0,
        measure=Measure.ORDINAL if ordinal else Measure.PLAIN,
        signed=False,
    )


def _when(
    match: re.Match[str], kind: str, day: date | None = None, month: int = 0, year: int = 0, weekday: int = -1
) -> When:
    return When(
        start=match.start(),
        end=match.end(),
        text=match.group(0),
        kind=kind,
        day=day,
        month=month,
        year=year,
        weekday=weekday,
    )


def _inside(match: re.Match[str], found: list[When]) -> bool:
    return any(item.start <= match.start() < item.end for item in found)
