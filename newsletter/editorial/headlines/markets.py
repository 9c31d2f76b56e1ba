"""Headlines about the market as a whole and the markets beside it: sectors, members, fear, yields, credit."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.editorial.arcs import relative, steps
from newsletter.editorial.arcs.volatility import IMPLIED
from newsletter.editorial.desk import Desk, name, say
from newsletter.editorial.desk import moves as moving
from newsletter.editorial.headlines.moves import dated, moved
from newsletter.editorial.phrase import Line, Style
from newsletter.facts import Story


def sectors(desk: Desk) -> Iterator[Line | None]:
    """The two ends of the sectors."""
    best, worst = desk.get("sectors:SPDR", "best"), desk.get("sectors:SPDR", "worst")
    if best is None or worst is None:
        return
    yield desk.line(
        "h sectors",
        ("{best} and {worst} end {gap} apart",),
        best=name(str(best.value)),
        worst=name(str(worst.value)),
        gap=say(desk.get("sectors:SPDR", "gap"), Style.MOVE),
    )


def curve(desk: Desk, entity: str) -> Iterator[Line | None]:
    """One yield above another."""
    close = desk.get(entity, "close")
    long, _, short = entity.partition(":")[2].partition("-")
    if close is None or close.number == 0:
        return
    above, below = (long, short) if close.number > 0 else (short, long)
    yield desk.line(
        "h curve",
        ("{above} closes above {below}", "{above} is {gap} above {below}"),
        above=name(above),
        below=name(below),
        gap=say(close, Style.MOVE),
        also=[close],
    )


def curve_extreme(desk: Desk, story: Story) -> Iterator[Line | None]:
    """A gap between two yields, the widest or narrowest since a date."""
    since = desk.get(story.entity, "extreme_since", "file")
    for style in dated(desk, since, Style.MONTH, Style.YEAR):
        yield desk.line(
            f"h curve extreme {story.entity}",
            "{who} is at its {edge} since {since}",
            who=name(story.entity),
            edge="widest" if story.direction > 0 else "narrowest",
            since=say(since, style),
            also=[desk.get(story.entity, "extreme_side", "file")],
        )
    yield from curve(desk, story.entity)


def implied(desk: Desk) -> Iterator[Line | None]:
    """Feared volatility far from what came."""
    premium = desk.get(IMPLIED, "premium")
    yield desk.line(
        "h implied",
        f"{{who}} is {{points}} {'above' if premium is not None and premium.number > 0 else 'below'} realized volatility",
        who=name(steps.VIX),
        points=say(premium, Style.MOVE),
    )
    yield from moved(desk, steps.VIX)


def credit(desk: Desk, who: str) -> Iterator[Line | None]:
    """A spread, whose figures come a session late."""
    move = desk.move(who, desk.before)
    way = "narrowed" if move is not None and move.number < 0 else "widened"
    yield desk.line(
        f"h credit {who}",
        f"{{who:proper}} {way} {{size}} on {{day}}",
        who=name(who),
        size=say(move, Style.MOVE),
        day=desk.weekday(desk.before),
    )


def new_highs_lows(desk: Desk) -> Iterator[Line | None]:
    """How many members stand at an edge of their year."""
    highs, lows = desk.get("breadth:SPX", "highs", "252s"), desk.get("breadth:SPX", "lows", "252s")
    if highs is None or lows is None:
        return
    up = highs.number > lows.number
    yield desk.line(
        "h highs",
        f"{{many}} members of {{who}} close at one-year {'highs' if up else 'lows'}",
        who=name(steps.SP),
        many=say(highs if up else lows, Style.FIGURE),
    )
    yield from breadth(desk)


def breadth_cross(desk: Desk, story: Story) -> Iterator[Line | None]:
    """How much of the index stands above its own average."""
    window = f"{story.detector.rpartition('_')[2]}s"
    yield desk.line(
        "h average",
        "{share} of {who:s} members are above their {days} average",
        who=name(steps.SP),
        share=say(desk.get("breadth:SPX", "share_above_mean", window), Style.ROUND),
        days=relative.AVERAGES[window],
    )
    yield from breadth(desk)


def breadth(desk: Desk) -> Iterator[Line | None]:
    """How many members went along, or did not."""
    up, down, move = desk.get("breadth:SPX", "up"), desk.get("breadth:SPX", "down"), desk.move(steps.SP)
    if up is None or down is None or move is None:
        return
    minority = (up.number < down.number) == (move.number > 0)
    many = down if up.number < down.number else up
    verb = "fall" if many is down else "rise"
    yield desk.line(
        "h breadth",
        (f"{{who}} {{move}}, yet {{many}} of its members {verb}",)
        if minority
        else (f"{{many}} members of {{who}} {verb} in one day",),
        who=name(steps.SP),
        move=moving(move),
        many=say(many, Style.FIGURE),
    )


def together(desk: Desk, entity: str) -> Iterator[Line | None]:
    """Stocks, bonds and the dollar down on one day, and the yield that came of it."""
    stocks, high = desk.get(entity, "stocks"), desk.get("DGS10", "level_since", "file")
    if high is not None and stocks is not None:
        yield desk.line(
            "h together level",
            "{who:proper} ends at {close}, its highest since {year}",
            who=name("DGS10"),
            close=say(desk.get("DGS10", "close"), Style.LEVEL),
            year=say(high, Style.YEAR),
            also=[stocks],
        )
    yield desk.line("h together", "Stocks, bonds and the dollar all fall on one day", also=[stocks])
