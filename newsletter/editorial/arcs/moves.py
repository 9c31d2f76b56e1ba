"""Family B, moves and streaks: a session or a run that stands out."""

from __future__ import annotations

from newsletter.editorial.arcs import market_wide, spans, steps
from newsletter.editorial.arcs.next_up import coming
from newsletter.editorial.arcs.steps import NASDAQ, SP, VIX
from newsletter.editorial.desk import Desk, moved, name, say
from newsletter.editorial.figures import nil
from newsletter.editorial.phrase import Line, Part, Style, part
from newsletter.facts import Story


def big_move(desk: Desk, story: Story) -> tuple[Part | None, ...]:
    """One of the larger sessions: its size, its rank, what it undid, what fear did, what such days have meant."""
    who = story.entity
    companion = NASDAQ if who != NASDAQ else SP
    return (
        part("finding", *steps.session(desk, who), steps.did_more(desk, who, companion)),
        part("run", *_undone(desk, who)),
        part("contrast", *_fear(desk)),
        part("history", _big_gains(desk, who)),
        part("breadth", market_wide.breadth(desk), market_wide.sectors(desk), steps.against(desk, who)),
        part("span", spans.month_span(desk, who), spans.year_span(desk, who)),
        coming(desk),
    )


def swings(desk: Desk, story: Story) -> tuple[Part | None, ...]:
    """Large moves to and fro: how many, what the last one was, and where all that leaves the index."""
    who = story.entity
    counted = desk.line(
        f"swings {who}",
        (
            "{count} of the last five sessions moved {who:it} by one percent or more.",
            "It was the {nth} move of one percent or more in five sessions.",
        ),
        who=name(who),
        count=say(desk.get(who, "swings", "5s"), Style.COUNT),
        nth=say(desk.get(who, "swings", "5s"), Style.ORDINAL),
    )
    return (
        part("finding", steps.closed(desk, who), counted),
        part("contrast", steps.others(desk, who), market_wide.volatility(desk)),
        part("span", spans.record_distance(desk, who), spans.month_span(desk, who)),
        coming(desk),
    )


def _undone(desk: Desk, who: str) -> tuple[Line | None, ...]:
    """The run that this session turned, and what is left of it; the distance to the record."""
    swing, sessions, back = (
        desk.get(who, metric, "run") for metric in ("swing", "swing_sessions", "swing_back")
    )
    left, distance = desk.get(who, "swing_left", "run"), desk.get(who, "dist_record", "file")
    if swing is None or sessions is None or sessions.number < 2 or back is None or back.number <= 0:
        return (spans.record_distance(desk, who),)
    lost = swing.number < 0
    whole = back.number >= 100
    most = "all of it" if whole else "most of it" if back.number > 50 else None
    lose, win = ("lose", "win") if lost else ("gain", "give")
    took = desk.line(
        f"undone {who}",
        (
            f"{{who:it}} took {{sessions}} sessions to {lose} {{swing}} and one to {win} back {{most}}.",
            f"After {{sessions}} sessions to {lose} {{swing}}, {{who:it}} took one to {win} back {{most}}.",
        ),
        who=name(who),
        sessions=say(sessions, Style.COUNT),
        swing=say(swing, Style.MOVE),
        most=most,
        also=[back],
    ) or desk.line(
        f"undone in part {who}",
        (
            f"{{who:it}} had taken {{sessions}} sessions to {lose} {{swing}} and took one to {win} back {{part}}.",
        ),
        who=name(who),
        sessions=say(sessions, Style.COUNT),
        swing=say(swing, Style.MOVE),
        part=say(back, Style.FRACTION),
    )
    if left is None or not lost:
        return (took, spans.record_distance(desk, who))
    stand = desk.line(
        f"left {who}",
        (
            "{who:it} {who.is} still {left} below where {who.it} stood on {base}, and {far} below the record of {record}.",
        ),
        who=name(who),
        left=say(left, Style.MOVE),
        base=say(left, Style.BASE),
        far=say(distance, Style.MOVE),
        record=say(desk.get(who, "record_date", "file"), Style.DATE),
    )
    return (
        took,
        stand
        if left.number < -0.5 and distance is not None and distance.number < left.number
        else spans.record_distance(desk, who),
    )


def _fear(desk: Desk) -> tuple[Line | None, ...]:
    """The VIX on a big day, with its own yardstick."""
    line = market_wide.volatility(desk)
    if line is None:
        return ()
    above = desk.get(VIX, "share_above", "file")
    level = None
    if above is not None and above.number <= 10:
        level = desk.line(
            "vix level",
            (
                "{who:it} {who.has} closed higher than that on {odds} since {begin}.",
                "Since {begin} {who:it} {who.has} been higher on {odds}.",
            ),
            who=name(VIX),
            odds=say(above, Style.FEW_IN),
            begin=say(above, Style.FILE_YEAR),
        )
    return (line, _vix_rank(desk), level)


def _vix_rank(desk: Desk) -> Line | None:
    rank, points = desk.get(VIX, "rank", "file"), desk.get(VIX, "change")
    if rank is None or points is None or rank.number > 5:
        return None
    kind = "rise" if points.number > 0 else "fall"
    if rank.number == 1:
        return desk.line(
            "vix rank one",
            ("In percent, no daily {kind} since {begin} was larger.",),
            kind=kind,
            begin=say(rank, Style.FILE_YEAR),
            also=[rank],
        )
    return desk.line(
        "vix rank",
        ("In percent, it was the {rank}-largest daily {kind} since {begin}.",),
        rank=say(rank, Style.ORDINAL),
        kind=kind,
        begin=say(rank, Style.FILE_YEAR),
    )


def _big_gains(desk: Desk, who: str) -> Line | None:
    least = desk.get(who, "top10_drawdown", "file")
    if least is None or least.number > -5:
        return None
    return desk.line(
        f"big gains {who}",
        (
            "Such days are no sign of calm: before each of its ten largest gains, {who} stood {far} or more below its record.",
            "Gains of this size belong to bad times: before each of the ten largest, {who} stood {far} or more under its record.",
        ),
        who=name(who),
        far=say(least, Style.FLOOR),
    )


def run(desk: Desk, story: Story) -> tuple[Part | None, ...]:
    """A streak: its length and the last one like it, what it added up to, who kept pace."""
    who = story.entity
    return (
        part("finding", _streak(desk, who), _last_such(desk, who), steps.share(desk, who)),
        part("run", _run_size(desk, who), spans.record_distance(desk, who)),
        part("contrast", steps.others(desk, who)),
        part("span", spans.month_span(desk, who), spans.year_span(desk, who)),
        part("counter", market_wide.volatility(desk), market_wide.breadth(desk)),
        coming(desk),
    )


def _streak(desk: Desk, who: str) -> Line | None:
    streak, move = desk.get(who, "streak"), desk.move(who)
    if streak is None or move is None:
        return None
    return desk.line(
        f"streak {who}",
        (
            "{who} {move} to {close} on {day}, {who.its} {count} {kind} in a row.",
            "{who} {move} on {day} to {close}, the {count} {kind} in a row.",
        ),
        who=name(who),
        move=moved(move),
        close=say(desk.get(who, "close"), Style.LEVEL),
        day=desk.weekday(desk.session),
        count=say(streak, Style.ORDINAL),
        kind="gain" if streak.number > 0 else "loss",
    )


def _last_such(desk: Desk, who: str) -> Line | None:
    streak, last = desk.get(who, "streak"), desk.get(who, "streak_since", "file")
    if streak is None or abs(streak.number) < 6:
        return None
    if last is None:
        return desk.line(
            f"longest run {who}",
            ("No run since {begin} has been longer.",),
            begin=say(desk.get(who, "record_close", "file"), Style.FILE_YEAR),
            also=[streak],
        )
    return desk.line(
        f"last run {who}",
        (
            "The last run as long ended on {last}.",
            "No run has lasted as long since the one that ended on {last}.",
        ),
        last=say(last, Style.DATE),
    )


def _run_size(desk: Desk, who: str) -> Line | None:
    total = desk.get(who, "streak_return", "run")
    if total is None:
        return None
    return desk.line(
        f"run size {who}",
        (
            "{who:it} {who.has} {done} {total} since {base}.",
            "Since {base} {who:it} {who.has} {done} {total}.",
        ),
        who=name(who),
        done="added" if total.number > 0 else "lost",
        total=say(total, Style.MOVE),
        base=say(total, Style.BASE),
    )


def run_ends(desk: Desk, story: Story) -> tuple[Part | None, ...]:
    """The session that ends a run: how long it was, what it had added."""
    who = story.entity
    length, total = desk.get(who, "ended_streak", "run"), desk.get(who, "ended_return", "run")
    ended = None
    if length is not None and total is not None:
        kinds = "gains" if total.number > 0 else "losses"
        ended = desk.line(
            f"run ends {who}",
            (
                f"Before that {{who:it}} had had {{length}} {kinds} in a row, {{total}} in all.",
                f"{{who:it}} had come from {{length}} {kinds} in a row, {{total}} together.",
            ),
            length=say(length, Style.COUNT),
            who=name(who),
            total=say(total, Style.MOVE),
        )
    return (
        part("finding", steps.closed(desk, who), ended, steps.share(desk, who)),
        part("contrast", steps.others(desk, who), market_wide.volatility(desk)),
        part(
            "span", spans.record_distance(desk, who), spans.month_span(desk, who), spans.year_span(desk, who)
        ),
        part("breadth", market_wide.breadth(desk), market_wide.sectors(desk)),
        coming(desk),
    )


def reversal(desk: Desk, story: Story) -> tuple[Part | None, ...]:
    """A session that turned around: its extreme, its close, and what that says of the day."""
    who = story.entity
    return (
        part("finding", _turn(desk, who), _extreme(desk, who)),
        part("contrast", steps.others(desk, who), market_wide.volatility(desk)),
        part("span", spans.record_distance(desk, who), spans.month_span(desk, who)),
        part("breadth", market_wide.breadth(desk), market_wide.sectors(desk)),
        coming(desk),
    )


def _turn(desk: Desk, who: str) -> Line | None:
    extreme = desk.get(who, "low_return") or desk.get(who, "high_return")
    move = desk.move(who)
    if extreme is None or move is None:
        return steps.closed(desk, who)
    return desk.line(
        f"turn {who}",
        "{who} {who.was} {way} {extreme} at {who.its} {end} on {day} and ended flat."
        if nil(move)
        else "{who} {who.was} {way} {extreme} at {who.its} {end} on {day} and ended {sign} {move}.",
        who=name(who),
        way=steps.up_or_down(extreme),
        extreme=say(extreme, Style.MOVE),
        end="low" if extreme.number < 0 else "high",
        day=desk.weekday(desk.session),
        sign=steps.up_or_down(move),
        move=say(move, Style.MOVE),
    )


def _extreme(desk: Desk, who: str) -> Line | None:
    return desk.line(
        f"turn close {who}",
        ("{who:it} finished at {close}.",),
        who=name(who),
        close=say(desk.get(who, "close"), Style.LEVEL),
    )


def period(desk: Desk, story: Story) -> tuple[Part | None, ...]:
    """A week, month or quarter that stands out."""
    who, span = story.entity, story.detector.removesuffix("_extreme")
    total, last = desk.get(who, f"{span}_return", span), desk.get(who, f"{span}_since", "file")
    if total is None:
        return pace(desk, story)
    line = desk.line(
        f"period {who}",
        (
            "{who:it} {who.has} {done} {total} over the {span}, {who.its} {best} since the one that ended on {last}.",
        ),
        who=name(who),
        done="gained" if total.number > 0 else "lost",
        total=say(total, Style.MOVE),
        span=span,
        best=steps.best_or_worst(total),
        last=say(last, Style.DATE),
    ) or desk.line(
        f"period alone {who}",
        ("{who:it} {who.has} {done} {total} over the {span}.",),
        who=name(who),
        done="gained" if total.number > 0 else "lost",
        total=say(total, Style.MOVE),
        span=span,
    )
    return (
        part("finding", steps.closed(desk, who), line, spans.record_distance(desk, who)),
        part("contrast", steps.others(desk, who), market_wide.volatility(desk)),
        part("span", spans.month_span(desk, who)),
        part("breadth", market_wide.breadth(desk), market_wide.sectors(desk)),
        coming(desk),
    )


def pace(desk: Desk, story: Story) -> tuple[Part | None, ...]:
    """A month's start that stands out."""
    who = story.entity
    total = desk.get(who, "return", "mtd")
    line = desk.line(
        f"pace {who}",
        ("The month has left {who} {way} {total}, {nth} sessions in.",),
        who=name(who),
        way=steps.up_or_down(total) if total is not None else None,
        total=say(total, Style.MOVE),
        nth=say(desk.get(who, "month_session", "mtd"), Style.COUNT),
    )
    return (
        part("finding", steps.closed(desk, who), line, steps.rarity(desk, who)),
        part("contrast", steps.others(desk, who)),
        part("span", spans.record_distance(desk, who), spans.year_span(desk, who)),
        part("counter", market_wide.breadth(desk), market_wide.volatility(desk)),
        coming(desk),
    )
