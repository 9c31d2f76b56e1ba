"""Families C and D, relative moves and breadth: who led, who lagged, and how many took part."""

from __future__ import annotations

from newsletter.editorial.arcs import market_wide, spans, steps
from newsletter.editorial.arcs.next_up import coming
from newsletter.editorial.arcs.steps import SP
from newsletter.editorial.desk import Desk, moved, name, say
from newsletter.editorial.phrase import Line, Part, Style, part
from newsletter.facts import Story

ONLY = 0.3
"""Share of the members below which they are "only" so many."""


AVERAGE_COMPANY = "pair:RSP-SPY"
"""The S&P 500 with each company counted the same, against itself: the average company against the giants."""

AVERAGES = {"50s": "50-day", "200s": "200-day"}
"""What the averages of closes are called, by their window."""

YEARS = 1260
"""Sessions from which "the widest on file" says something."""


def sides(entity: str) -> tuple[str, str]:
    """The two of ``pair:^RUT-^GSPC``; symbols with a hyphen of their own don't stand in pairs."""
    first, _, second = entity.partition(":")[2].partition("-")
    return first, second


def pair(desk: Desk, story: Story) -> tuple[Part | None, ...]:
    """Two that usually go together, pulled apart: by how much, how rarely, and what the months before say."""
    first, second = sides(story.entity)
    return (
        part(
            "finding",
            _apart(desk, first, second),
            _gap(desk, story.entity),
            _apart_rarity(desk, story.entity),
        ),
        part("contrast", *_index_line(desk, (first, second))),
        part("span", spans.month_span(desk, first, second), spans.year_span(desk, first)),
        part("counter", _day_before(desk, story.entity), spans.record_distance(desk, first)),
        part("breadth", market_wide.breadth(desk), market_wide.sectors(desk), market_wide.volatility(desk)),
        coming(desk),
    )


def ratio(desk: Desk, story: Story) -> tuple[Part | None, ...]:
    """One against another at an extreme of a year or more."""
    first, second = sides(story.entity)
    since = desk.get(story.entity, "extreme_since", "file")
    extreme = desk.line(
        f"ratio {story.entity}",
        (
            "Against {second}, {first} {first.is} at {first.its} {edge} since {since}.",
            "{first} {first.has} not been as {edge2} against {second} since {since}.",
        ),
        first=name(first),
        second=name(second),
        edge="strongest" if story.direction > 0 else "weakest",
        edge2="strong" if story.direction > 0 else "weak",
        since=say(since, Style.DATE),
        also=[desk.get(story.entity, "extreme_side", "file")],
    )
    return (
        part("finding", extreme, _apart(desk, first, second)),
        part(
            "span",
            spans.month_span(desk, first, second),
            spans.year_span(desk, first),
            spans.year_span(desk, second),
        ),
        part("contrast", *_index_line(desk, (first, second))),
        part("breadth", market_wide.breadth(desk), market_wide.sectors(desk), market_wide.volatility(desk)),
        coming(desk),
    )


def _apart(desk: Desk, first: str, second: str) -> Line | None:
    one, two = desk.move(first), desk.move(second)
    if one is None or two is None:
        return None
    relation = "while" if one.number * two.number < 0 or steps.flat(desk, second) else "and"
    return desk.line(
        f"apart {first}",
        (
            f"{{first}} {{one}} on {{day}}, {relation} {{second}} {{two}}.",
            f"On {{day}} {{first}} {{one}} {relation} {{second}} {{two}}.",
        ),
        first=name(first),
        one=moved(one),
        day=desk.weekday(desk.session),
        second=name(second),
        two=moved(two),
    )


def _gap(desk: Desk, entity: str) -> Line | None:
    """The gap of the two just named."""
    return desk.line(
        f"gap {entity}",
        ("That is a gap of {gap}.", "The two ended {gap} apart.", "They came out {gap} apart."),
        gap=say(desk.get(entity, "gap"), Style.MOVE),
    )


def gap(desk: Desk, entity: str) -> Line | None:
    """The gap of a pair, by name."""
    first, second = sides(entity)
    return desk.line(
        f"gap named {entity}",
        (
            "The gap between {first} and {second} was {gap}.",
            "{first} and {second} ended {gap} apart.",
        ),
        first=name(first),
        second=name(second),
        gap=say(desk.get(entity, "gap"), Style.MOVE),
    )


def _apart_rarity(desk: Desk, entity: str) -> Line | None:
    last, span = desk.get(entity, "gap_since", "file"), desk.get(entity, "gap_span", "file")
    share = desk.get(entity, "gap_share", "1260s")
    if last is not None and span is not None and span.number >= 63:
        return desk.line(
            f"gap since {entity}",
            (
                "The gap is the widest in that direction since {last}.",
                "Not since {last} has the gap been wider in that direction.",
            ),
            last=say(last, Style.DATE),
        )
    if last is None and span is not None and span.number >= YEARS:
        return desk.line(
            f"gap first {entity}",
            ("No gap in that direction since at least {begin} was wider.",),
            begin=say(span, Style.FILE_YEAR),
        )
    if share is not None and share.number >= 100:
        return desk.line(
            f"gap none {entity}",
            ("In five years {first} and {second} had not been that far apart.",),
            first=name(sides(entity)[0]),
            second=name(sides(entity)[1]),
            also=[share],
        )
    if share is not None and 90 <= share.number <= steps.RAREST:
        return desk.line(
            f"gap rare {entity}",
            (
                "In five years {first} and {second} have been that far apart on {odds}.",
                "{odds} in five years saw as wide a gap between {first} and {second}.",
                "As wide a gap between {first} and {second} came on {odds} in five years.",
            ),
            first=name(sides(entity)[0]),
            second=name(sides(entity)[1]),
            odds=say(share, Style.ONE_IN),
        )
    return None


def _index_line(desk: Desk, named: tuple[str, str]) -> tuple[Line | None, ...]:
    if SP not in named:
        return (steps.closed(desk, SP), spans.record_distance(desk, SP))
    return (
        steps.others(
            desk,
            SP,
            tuple(
                item
                for item in (SP, steps.NASDAQ, steps.DOW, steps.RUSSELL)
                if item == SP or item not in named
            ),
        ),
    )


def _day_before(desk: Desk, entity: str) -> Line | None:
    """Yesterday's gap, if it ran the other way."""
    now, then = desk.get(entity, "gap"), desk.get(entity, "gap", as_of=desk.before)
    if now is None or then is None or now.number * then.number >= 0 or abs(then.number) < 0.3:
        return None
    first, second = sides(entity)
    return desk.line(
        f"gap before {entity}",
        ("On {day} the gap between {first} and {second} had run the other way, at {gap}.",),
        first=name(first),
        second=name(second),
        day=desk.weekday(desk.before),
        gap=say(then, Style.MOVE),
    )


def sector(desk: Desk, _story: Story) -> tuple[Part | None, ...]:
    """A day on which sectors went separate ways."""
    best, worst = desk.get("sectors:SPDR", "best"), desk.get("sectors:SPDR", "worst")
    if best is None or worst is None:
        return (part("finding", steps.closed(desk, SP)), coming(desk))
    return (
        part(
            "finding",
            _apart(desk, str(best.value), str(worst.value)),
            _gap(desk, "sectors:SPDR"),
            _sector_rarity(desk),
        ),
        part("contrast", steps.closed(desk, SP), market_wide.sectors(desk), market_wide.breadth(desk)),
        part("span", spans.record_distance(desk, SP), spans.month_span(desk, SP)),
        coming(desk),
    )


def _sector_rarity(desk: Desk) -> Line | None:
    last, share = (
        desk.get("sectors:SPDR", "gap_since", "file"),
        desk.get("sectors:SPDR", "gap_share", "1260s"),
    )
    span = desk.get("sectors:SPDR", "gap_span", "file")
    if last is not None and span is not None and span.number >= 63:
        return desk.line(
            "sector since",
            (
                "No two sectors have been further apart since {last}.",
                "It is the widest spread of the sectors since {last}.",
            ),
            last=say(last, Style.DATE),
        )
    if share is not None and 90 <= share.number <= steps.RAREST:
        return desk.line(
            "sector rare", ("The eleven sectors spread that wide on {odds}.",), odds=say(share, Style.ONE_IN)
        )
    return None


def internals(desk: Desk, story: Story) -> tuple[Part | None, ...]:
    """What the index hides: how many members rose and fell, stand at an edge or above their average; who carried it."""
    return (
        part(
            "finding",
            steps.closed(desk, SP),
            _standing(desk, story) or members(desk),
            market_wide.sectors(desk),
        ),
        part("contrast", steps.others(desk, SP), _equal_weight(desk)),
        part("span", spans.record_distance(desk, SP), spans.month_span(desk, SP)),
        part("counter", market_wide.volatility(desk)),
        coming(desk),
    )


def _standing(desk: Desk, story: Story) -> Line | None:
    """Where the members stand in their own year, for stories that are about that."""
    window = f"{story.detector.rpartition('_')[2]}s"
    if window in AVERAGES:
        return desk.line(
            f"average {window}",
            (
                "In {who}, {share} of members are now above their {days} average.",
                "That leaves {share} of members above their {days} average.",
            ),
            who=name(SP),
            share=say(desk.get("breadth:SPX", "share_above_mean", window), Style.ROUND),
            days=AVERAGES[window],
        )
    if story.detector != "new_highs_lows":
        return None
    return desk.line(
        "highs and lows",
        ("Of its members, {highs} closed at one-year highs and {lows} at one-year lows.",),
        highs=say(desk.get("breadth:SPX", "highs", "252s"), Style.COUNT),
        lows=say(desk.get("breadth:SPX", "lows", "252s"), Style.COUNT),
    )


def members(desk: Desk) -> Line | None:
    """How many members of the index rose or fell, said as a contradiction where it is one."""
    up, down, known = (desk.get("breadth:SPX", metric) for metric in ("up", "down", "members"))
    move = desk.move(SP)
    if up is None or down is None or known is None or move is None:
        return None
    minority = (up.number < down.number) == (move.number > 0)
    if minority:
        fewer = min(up.number, down.number)
        only = "only " if fewer < ONLY * (up.number + down.number) else ""
        return desk.line(
            "members against",
            (f"Of the members with data, {{many}} {{fell}} and {only}{{few}} {{rose}}.",),
            many=say(down if move.number > 0 else up, Style.FIGURE),
            fell="fell" if move.number > 0 else "rose",
            few=say(up if move.number > 0 else down, Style.FIGURE),
            rose="rose" if move.number > 0 else "fell",
        )
    return desk.line(
        "members with",
        (
            "Of {members} members with a price, {many} {rose}.",
            "Of {members} members with data, {many} {rose}.",
        ),
        members=say(known, Style.FIGURE),
        many=say(up if move.number > 0 else down, Style.FIGURE),
        rose="rose" if move.number > 0 else "fell",
    )


def _equal_weight(desk: Desk) -> Line | None:
    gap = desk.get(AVERAGE_COMPANY, "gap")
    if gap is None or abs(gap.number) < 0.3:
        return None
    return desk.line(
        "equal weight",
        ("{who}, in which each company counts the same, {move}.",),
        who=name("RSP"),
        move=moved(desk.move("RSP")),
    )
