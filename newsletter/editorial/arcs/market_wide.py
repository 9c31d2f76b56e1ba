"""What the whole market did: fear, members, sectors."""

from __future__ import annotations

from newsletter.editorial.arcs.steps import SP, VIX
from newsletter.editorial.desk import Desk, moved, name, say
from newsletter.editorial.phrase import Line, Slot, Style


def volatility(desk: Desk) -> Line | None:
    """What the VIX did, where it was worth a sentence."""
    points = desk.get(VIX, "change")
    if points is None or abs(desk.size(VIX)) < 0.5:
        return None
    return desk.line(
        "vix",
        ("{who} {move} to {close}.", "{who} {move}, to {close}."),
        who=name(VIX),
        move=moved(points),
        close=say(desk.get(VIX, "close"), Style.LEVEL),
    )


LOPSIDED = 0.75
"""Share of the members on one side from which it is worth a sentence of the column."""


def breadth(desk: Desk) -> Line | None:
    """How many members rose and fell, where that was lopsided or ran against the index."""
    up, down, move = desk.get("breadth:SPX", "up"), desk.get("breadth:SPX", "down"), desk.move(SP)
    if up is None or down is None or move is None or up.number + down.number == 0:
        return None
    slots: dict[str, Slot | None] = {
        "index": name(SP),
        "up": say(up, Style.FIGURE),
        "down": say(down, Style.FIGURE),
    }
    if abs(desk.size(SP)) >= 0.1 and (up.number > down.number) != (move.number > 0):
        more = "{up} members rose and {down} fell" if move.number < 0 else "{down} members fell and {up} rose"
        return desk.fill("breadth against", f"Yet in {{index}} {more}.", slots)
    if max(up.number, down.number) < LOPSIDED * (up.number + down.number):
        return None
    return desk.fill(
        "breadth",
        "In {index}, {up} members rose and {down} fell.",
        slots,
    )


def sectors(desk: Desk) -> Line | None:
    """All, none or how many of the eleven sectors rose."""
    up = desk.get("sectors:SPDR", "up")
    if up is None or up.number not in (0, 1, 10, 11):
        return None
    words = {
        0: "Not one of eleven sectors rose.",
        1: "One of eleven sectors rose.",
        10: "Ten of eleven sectors rose.",
        11: "All eleven sectors rose.",
    }
    return desk.line("sectors", words[round(up.number)], also=[up])
