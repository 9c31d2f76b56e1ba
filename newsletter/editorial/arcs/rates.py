"""Family F, rates, currencies, commodities, crypto: the markets beside stocks."""

from __future__ import annotations

from newsletter.editorial.arcs import market_wide, relative, spans, steps
from newsletter.editorial.arcs.next_up import coming
from newsletter.editorial.arcs.steps import SP
from newsletter.editorial.desk import Desk, moved, name, say
from newsletter.editorial.figures import nil
from newsletter.editorial.phrase import Line, Part, Style, part
from newsletter.facts import Story
from newsletter.instruments import Kind

TEN, TWO = "DGS10", "DGS2"
LONG = 20
"""Sessions from which it is worth saying how long a curve had been the other way."""
CURVE = "spread:DGS10-DGS2"
BETWEEN = "between_sessions"
"""Note of a story that fired while the exchange was closed."""


def yields(desk: Desk, story: Story) -> tuple[Part | None, ...]:
    """A yield's session: how far, since when, what the other end of the curve did, what stocks made of it."""
    who = story.entity
    other = TWO if who != TWO else TEN
    return (
        part(
            "finding",
            one_yield(desk, who),
            steps.rarity(desk, who) if desk.move(who) else None,
            _level_since(desk, who),
        ),
        part("contrast", one_yield(desk, other), _curve(desk)),
        part("span", _month(desk, who)),
        part("counter", steps.closed(desk, SP), spans.record_distance(desk, SP)),
        coming(desk),
    )


def one_yield(desk: Desk, who: str) -> Line | None:
    """A yield's session in basis points and its level."""
    change = desk.get(who, "change")
    if change is None:
        return None
    level = say(desk.get(who, "close"), Style.LEVEL)
    if change.number == 0:
        return desk.line(
            f"yield flat {who}",
            ("{who} was unchanged at {level}.",),
            who=name(who),
            level=level,
            also=[change],
        )
    return desk.line(
        f"yield {who}",
        ("{who} {move} to {level} on {day}.", "{who} {move} on {day} to {level}."),
        who=name(who),
        move=moved(change),
        level=level,
        day=desk.weekday(desk.session),
    )


def _level_since(desk: Desk, who: str) -> Line | None:
    since, move = desk.get(who, "level_since", "file"), desk.move(who)
    extreme = desk.get(who, "level_extreme", "file")
    if extreme is not None:
        return desk.line(
            f"level edge {who}",
            ("That is {who:s} {side} since at least {begin}.",),
            who=name(who),
            side=str(extreme.value),
            begin=say(extreme, Style.FILE_YEAR),
        )
    if since is None or move is None:
        return None
    return desk.line(
        f"level since {who}",
        ("{who:it} {who.was} last {there} on {since}.", "Not since {since} {who.has} {who:it} been {there}."),
        who=name(who),
        there="as high" if move.number > 0 else "as low",
        since=say(since, Style.DATE),
        also=[move],
    )


def _curve(desk: Desk) -> Line | None:
    close = desk.get(CURVE, "close")
    if close is None or close.number <= 0:
        return None
    return desk.line(
        "curve",
        ("{who} stands at {close}.",),
        who=name(CURVE),
        close=say(close, Style.LEVEL),
    )


def _month(desk: Desk, who: str) -> Line | None:
    month = (
        desk.get(who, "change", "1cm")
        if desk.names.kind(who) is Kind.YIELD
        else desk.get(who, "return", "1cm")
    )
    if month is None or nil(month):
        return None
    return desk.line(
        f"month {who}",
        (
            "Over the past month {who} {who.is} {way} {month}.",
            "{who:it} {who.is} {way} {month} over the past month.",
        ),
        who=name(who),
        way=steps.up_or_down(month),
        month=say(month, Style.MOVE),
    )


def curve(desk: Desk, story: Story) -> tuple[Part | None, ...]:
    """The gap between two yields turning, or at an extreme."""
    long, _, short = story.entity.partition(":")[2].partition("-")
    return (
        part("finding", turned(desk, story), _other_side(desk, story)),
        part("contrast", one_yield(desk, short), one_yield(desk, long)),
        part("span", _month(desk, long)),
        part("counter", steps.closed(desk, SP), spans.record_distance(desk, SP)),
        coming(desk),
    )


def _other_side(desk: Desk, story: Story) -> Line | None:
    since, sessions = (desk.get(story.entity, metric, "file") for metric in ("side_since", "side_sessions"))
    extreme = desk.get(story.entity, "extreme_since", "file")
    if story.detector == "curve_extreme":
        return desk.line(
            "curve extreme",
            ("{who} has not been as {edge} since {since}.",),
            who=name(story.entity),
            edge="wide" if story.direction > 0 else "narrow",
            since=say(extreme, Style.DATE),
            also=[desk.get(story.entity, "extreme_side", "file")],
        )
    if sessions is None or sessions.number < LONG:
        return None
    return desk.line(
        "other side",
        ("{who} had gone {sessions} sessions without a close on that side, since {since}.",),
        who=name(story.entity),
        since=say(since, Style.DATE),
        sessions=say(sessions, Style.COUNT),
    )


def turned(desk: Desk, story: Story) -> Line | None:
    """Which of two yields closed above the other, and by how much."""
    close = desk.get(story.entity, "close")
    long, _, short = story.entity.partition(":")[2].partition("-")
    if close is None or close.number == 0:
        return None
    above, below = (long, short) if close.number > 0 else (short, long)
    return desk.line(
        "turned",
        ("{above} ended {day} {gap} above {below}.", "On {day} {above} closed {gap} above {below}."),
        above=name(above),
        below=name(below),
        day=desk.weekday(desk.session),
        gap=say(close, Style.MOVE),
    )


def price(desk: Desk, story: Story) -> tuple[Part | None, ...]:
    """The dollar, oil, gold, bitcoin: the move and its yardstick, then stocks for scale."""
    who = story.entity
    if BETWEEN in story.notes:
        return (part("finding", *_weekend(desk, story)), part("span", _month(desk, who)), coming(desk))
    return (
        part(
            "finding",
            steps.closed(desk, who),
            steps.rarity(desk, who),
            _record(desk, who) or _level_since(desk, who),
        ),
        part("span", _month(desk, who), spans.year_span(desk, who)),
        part("contrast", steps.closed(desk, SP), spans.record_distance(desk, SP)),
        part("counter", one_yield(desk, TEN), market_wide.volatility(desk)),
        coming(desk),
    )


def _weekend(desk: Desk, story: Story) -> tuple[Line | None, ...]:
    """What moved while the exchange was closed, on its own day."""
    main = next((fact for name in story.facts if (fact := desk.book.get(name)) is not None), None)
    return () if main is None else (steps.closed(desk, story.entity, as_of=main.as_of),)


def _record(desk: Desk, who: str) -> Line | None:
    distance = desk.get(who, "dist_record", "file")
    if distance is None or distance.number != 0:
        return None
    return desk.line(
        f"record {who}",
        (
            "No close of {who} since {begin} had been higher.",
            "{who:it} had not closed higher since at least {begin}.",
        ),
        who=name(who),
        begin=say(distance, Style.FILE_YEAR),
    )


def credit(desk: Desk, story: Story) -> tuple[Part | None, ...]:
    """A credit spread, whose figures come a session late: how far it went, since when, and what stocks did."""
    who = story.entity
    if desk.names.kind(who) is not Kind.CREDIT:
        return relative.pair(desk, story)
    move, since = desk.move(who, desk.before), desk.get(who, "since", "file", desk.before)
    wider = move is not None and move.number > 0
    spread = desk.line(
        f"credit {who}",
        (f"{{who}} {'widened' if wider else 'narrowed'} {{size}} on {{day}}, to {{close}}.",),
        who=name(who),
        size=say(move, Style.MOVE),
        day=desk.weekday(desk.before),
        close=say(desk.get(who, "close", as_of=desk.before), Style.LEVEL),
    )
    rare = desk.line(
        f"credit since {who}",
        (f"Not since {{last}} had it {'widened' if wider else 'narrowed'} as much in a day.",),
        last=say(since, Style.DATE),
        also=[move],
    )
    late = desk.line("credit late", "Its figures come a session late.")
    return (
        part("finding", spread, rare, late),
        part("contrast", *steps.session(desk, SP), steps.did_more(desk, SP, steps.NASDAQ)),
        part("rates", one_yield(desk, TEN), market_wide.volatility(desk)),
        part("breadth", market_wide.breadth(desk), market_wide.sectors(desk)),
        part("span", spans.record_distance(desk, SP), spans.month_span(desk, SP)),
        coming(desk),
    )


def _all_fell(desk: Desk, story: Story) -> Line | None:
    stocks, since = desk.get(story.entity, "stocks"), desk.get(story.entity, "since", "file")
    if stocks is None or stocks.number >= 0:
        return None
    return desk.line(
        "all fell",
        "Stocks, bonds and the dollar all fell on {day}, as they last did on {since}.",
        day=desk.weekday(desk.session),
        since=say(since, Style.DATE),
        also=[stocks],
    ) or desk.line(
        "all fell alone",
        "Stocks, bonds and the dollar all fell on {day}.",
        day=desk.weekday(desk.session),
        also=[stocks],
    )


def together(desk: Desk, story: Story) -> tuple[Part | None, ...]:
    """Stocks, bonds and the dollar down on one day."""
    return (
        part("finding", _all_fell(desk, story), steps.closed(desk, SP)),
        part("size", one_yield(desk, TEN), _level_since(desk, TEN), steps.closed(desk, "DX-Y.NYB")),
        part("contrast", steps.others(desk, SP), market_wide.volatility(desk)),
        part("span", spans.record_distance(desk, SP), spans.month_span(desk, SP), _month(desk, TEN)),
        coming(desk),
    )
