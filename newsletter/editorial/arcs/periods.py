"""What the calendar adds to any column: a week that is nearly over or has just ended, a month that has."""

from __future__ import annotations

from newsletter.editorial.arcs.steps import INDEXES, SP, up_or_down
from newsletter.editorial.calendar_days import is_first_of_week, is_last_of_week
from newsletter.editorial.desk import Desk, name, say
from newsletter.editorial.figures import nil
from newsletter.editorial.phrase import Line, Part, Style, part

SPANS = ("week_extreme", "month_extreme", "quarter_extreme", "mtd_pace")
"""Leads that are about a span: what the index did in it is told."""


def closing(desk: Desk) -> Part | None:
    """The week so far before its last session, the week or month just ended before the next one; else None."""
    lead = desk.choice.lead
    whole = _closing(desk)
    if whole is None or lead is None or lead.detector not in SPANS:
        return whole
    return part("period", *whole.lines[1:])


def _closing(desk: Desk) -> Part | None:
    if desk.session.month != desk.today.month:
        return part("period", _ended(desk, "month", "mtd"), _extremes(desk, "month", "mtd"))
    if is_first_of_week(desk.day):
        return part("period", _ended(desk, "week", "wtd"), _extremes(desk, "week", "wtd"))
    if is_last_of_week(desk.day):
        return part("period", _so_far(desk))
    return None


def _ended(desk: Desk, period: str, window: str) -> Line | None:
    total = desk.get(SP, "return", window)
    if total is None or nil(total):
        return None
    return desk.line(
        f"{period} ended",
        f"{{who}} {{who.was}} {{way}} {{total}} for the {period}.",
        who=name(SP),
        way=up_or_down(total),
        total=say(total, Style.MOVE),
    )


def _extremes(desk: Desk, period: str, window: str) -> Line | None:
    """The best and the worst of the indexes over the period."""
    ranked = sorted(
        (entity for entity in INDEXES if desk.get(entity, "return", window) is not None),
        key=lambda entity: desk.number(entity, "return", window) or 0.0,
    )
    if len(ranked) < 3:
        return None
    worst, best = desk.get(ranked[0], "return", window), desk.get(ranked[-1], "return", window)
    if worst is None or best is None or best.number - worst.number < 0.3:
        return None
    if nil(worst) or nil(best):
        return None
    return desk.line(
        f"{period} extremes",
        (
            f"{{best}} led the {period}, {{up}} {{most}}; {{worst}} came last, {{down}} {{least}}.",
            f"{{best}} did best over the {period}, {{up}} {{most}}; {{worst}} did worst, {{down}} {{least}}.",
            f"The {period}'s range runs from {{best}}, {{up}} {{most}}, to {{worst}}, {{down}} {{least}}.",
        ),
        best=name(ranked[-1]),
        up=up_or_down(best),
        most=say(best, Style.MOVE),
        worst=name(ranked[0]),
        down=up_or_down(worst),
        least=say(worst, Style.MOVE),
    )


def _so_far(desk: Desk) -> Line | None:
    total = desk.get(SP, "return", "wtd")
    if total is None or nil(total):
        return None
    return desk.line(
        "week so far",
        (
            "With one session left, {who} {who.is} {way} {total} for the week.",
            "The week so far has {who} {way} {total}, with a session to go.",
        ),
        who=name(SP),
        way=up_or_down(total),
        total=say(total, Style.MOVE),
    )
