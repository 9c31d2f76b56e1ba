"""Today's releases and reports, and what came out during the session."""

from __future__ import annotations

import re
from datetime import date, timedelta

from newsletter import numerals
from newsletter.brief import Calendar, Cell, EarningsRow, ReleaseRow, Sentence
from newsletter.editorial.arcs import next_up
from newsletter.editorial.calendar_days import is_first_of_week, is_last_of_week
from newsletter.editorial.desk import Desk
from newsletter.editorial.releases import EVENTS, event_entity, window
from newsletter.editorial.voice import Voice
from newsletter.market import EarningsDate, Reading, Release, Timing

IMPORTANT = ("high", "medium")
"""Impacts that stand in the table."""

NOT_AN_EVENT = ("Bank Holiday", "Daylight Saving Time Shift")
_CLASS = re.compile(r"\s*\((?:The|Class [A-C])\)$")
_FORM = re.compile(r",? (?:Company|Corporation|Inc\.|plc|Incorporated)$")
MANY = 8
"""Companies listed under each hour."""


def calendar(desk: Desk, voice: Voice) -> Calendar:
    """The section, with a note for what isn't covered or is empty."""
    today = _rows(desk, desk.today)
    yesterday = tuple(
        row for row in _rows(desk, desk.session) if row.actual is not None and row.actual.text != "—"
    )
    reports = [item for item in desk.day.earnings if item.day == desk.today]
    return Calendar(
        releases=today,
        yesterday=yesterday,
        before_open=_reports(desk, reports, Timing.BEFORE_OPEN)[:MANY],
        after_close=_reports(desk, reports, Timing.AFTER_CLOSE)[:MANY],
        unconfirmed=_reports(desk, reports, Timing.UNKNOWN)[:MANY],
        heavyweight=_heavyweight(desk, voice),
        week_ahead=_week_ahead(desk, voice),
        notes=(*_notes(desk, bool(today), bool(reports)), *_more(desk, reports)),
        consensus_source=_consensus_source(desk),
    )


def _rows(desk: Desk, day: date) -> tuple[ReleaseRow, ...]:
    chosen = [
        item
        for item in desk.day.releases
        if item.day == day
        and item.event not in NOT_AN_EVENT
        and (item.impact in IMPORTANT or item.event in EVENTS)
    ]
    ordered = sorted(chosen, key=lambda item: (str(item.at or "99"), -next_up.weight(item), item.event))
    seen: dict[tuple[str, str], ReleaseRow] = {}
    for item in ordered:
        seen.setdefault((item.event, str(item.at)), _row(desk, item, published=day < desk.today))
    return tuple(seen.values())


def _row(desk: Desk, item: Release, *, published: bool) -> ReleaseRow:
    return ReleaseRow(
        time=numerals.table_time(item.at) if item.at is not None else "—",
        event=item.event,
        detail=item.period,
        consensus=_cell(desk, item, "consensus", item.consensus),
        previous=_cell(desk, item, "previous", item.previous),
        actual=_cell(desk, item, "actual", item.actual) if published else None,
        important=item.impact == "high",
    )


def _cell(desk: Desk, item: Release, metric: str, figure: Reading | None) -> Cell:
    if figure is None:
        return Cell(text="—")
    fact = desk.exact(event_entity(item.event), metric, window(item.day, desk.session))
    text = figure.text.replace("-", numerals.MINUS, 1) if figure.text.startswith("-") else figure.text
    return Cell(text=text, fact=fact.id if fact is not None else None)


def _reports(desk: Desk, reports: list[EarningsDate], timing: Timing) -> tuple[EarningsRow, ...]:
    """The companies of an hour, by market value; an hour that is not confirmed is not printed."""
    fitting = sorted(
        (item for item in reports if (item.timing if item.confirmed else Timing.UNKNOWN) is timing),
        key=lambda item: (-(item.market_value or 0.0), -item.size, item.symbol),
    )
    return tuple(_report(desk, item) for item in fitting)


def _report(desk: Desk, item: EarningsDate) -> EarningsRow:
    fact = desk.exact(item.symbol, "eps_estimate", window(item.day, desk.session))
    estimate = Cell(text="—") if fact is None else Cell(text=numerals.dollars(fact.number), fact=fact.id)
    return EarningsRow(symbol=item.symbol, name=spoken_name(item.name), estimate=estimate)


def spoken_name(name: str) -> str:
    """``Walt Disney`` of "Walt Disney Company (The)": a company's name without its class of shares and its form."""
    plain = _CLASS.sub("", name)
    bare = _FORM.sub("", plain).rstrip(" ,&")
    return bare if " " in bare else plain  # one word alone could be another's name: Dow Inc. is not the Dow


def _heavyweight(desk: Desk, voice: Voice) -> Sentence | None:
    line = next_up.report(desk)
    return None if line is None else voice.alone(line)


def _week_ahead(desk: Desk, voice: Voice) -> tuple[Sentence, ...]:
    """On the first and last session of a week: the chief dated events."""
    if not (is_first_of_week(desk.day) or is_last_of_week(desk.day)):
        return ()
    found = (item for item in next_up.chief_releases(desk, 3) if item.day > desk.today)
    lines = (next_up.dated(desk, item) for item in found)
    return tuple(voice.alone(line) for line in lines if line is not None)


def _notes(desk: Desk, releases: bool, reports: bool) -> tuple[str, ...]:
    notes = []
    if not desk.day.covers("releases", desk.today):
        notes.append("The release calendar does not reach this date.")
    elif not releases:
        notes.append("The calendar lists no release of note today.")
    if not desk.day.covers("earnings", desk.today):
        notes.append("The earnings calendar does not reach this date.")
    elif not reports:
        notes.append("No company that we follow reports today.")
    return tuple(notes)


def _more(desk: Desk, reports: list[EarningsDate]) -> tuple[str, ...]:
    """How many companies the lists leave out."""
    left = sum(max(len(_reports(desk, reports, timing)) - MANY, 0) for timing in Timing)
    return (f"And {numerals.count(left)} more report today.",) if left else ()


def _consensus_source(desk: Desk) -> str:
    near = [
        item.source
        for item in desk.day.releases
        if desk.session <= item.day <= desk.today + timedelta(days=7)
    ]
    return ", ".join(dict.fromkeys(near))
