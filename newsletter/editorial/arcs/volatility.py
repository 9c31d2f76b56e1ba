"""Family E, volatility and risk: what protection costs, and what the index did meanwhile."""

from __future__ import annotations

from newsletter.editorial.arcs import market_wide, spans, steps
from newsletter.editorial.arcs.next_up import coming
from newsletter.editorial.arcs.steps import NASDAQ, SP, VIX
from newsletter.editorial.desk import Desk, moved, name, say
from newsletter.editorial.phrase import Line, Part, Style, part
from newsletter.facts import Story

IMPLIED = "risk:implied"
"""What the VIX expects less what came."""

LONG = 10
"""Sessions on the other side from which a crossing's wait is worth saying."""


def fear(desk: Desk, _story: Story) -> tuple[Part | None, ...]:
    """The VIX: its move, its level in its own history, the index beside it."""
    return (
        part("finding", _vix(desk), _rank(desk), _level(desk)),
        part("contrast", *steps.session(desk, SP), steps.did_more(desk, SP, NASDAQ)),
        part("breadth", market_wide.breadth(desk), market_wide.sectors(desk)),
        part("span", spans.record_distance(desk, SP), spans.month_span(desk, SP)),
        part("counter", _before(desk)),
        coming(desk),
    )


def implied(desk: Desk, _story: Story) -> tuple[Part | None, ...]:
    """What the VIX expects, far from the volatility that came."""
    premium, came = desk.get(IMPLIED, "premium"), desk.get(IMPLIED, "realised", "21s")
    side = "above" if premium is not None and premium.number > 0 else "below"
    gap = desk.line(
        "implied",
        (
            f"That is {{points}} {side} the {{came}} volatility that the index has realized in a month.",
            f"Over a month the index has realized {{came}} volatility; the VIX is {{points}} {side} that.",
        ),
        points=say(premium, Style.MOVE),
        came=say(came, Style.MOVE),
    )
    return (
        part("finding", _vix(desk), gap),
        part("contrast", *steps.session(desk, SP), steps.did_more(desk, SP, NASDAQ)),
        part("span", spans.record_distance(desk, SP), spans.month_span(desk, SP)),
        part("counter", _before(desk)),
        coming(desk),
    )


def crossed(desk: Desk, story: Story) -> tuple[Part | None, ...]:
    """The VIX on another side of a round level."""
    level, sessions = desk.get(VIX, "crossed", "file"), desk.get(VIX, "side_sessions", "file")
    since = desk.get(VIX, "side_since", "file")
    side = "above" if story.direction > 0 else "below"
    line = desk.line(
        "crossed",
        (f"{{who:it}} had gone {{sessions}} sessions without a close {side} {{level}}, since {{since}}.",),
        who=name(VIX),
        level=say(level, Style.ROUND_LEVEL),
        since=say(since, Style.DATE),
        sessions=say(sessions, Style.COUNT),
    )
    return (
        part(
            "finding",
            _vix(desk),
            line if sessions is not None and sessions.number >= LONG else None,
            _rank(desk),
        ),
        part("contrast", steps.closed(desk, SP), spans.record_distance(desk, SP)),
        part("breadth", market_wide.breadth(desk), market_wide.sectors(desk)),
        part("span", spans.month_span(desk, SP), spans.year_span(desk, SP)),
        part("counter", _before(desk)),
        coming(desk),
    )


def _vix(desk: Desk) -> Line | None:
    move = desk.get(VIX, "return")
    if move is None:
        return None
    return desk.line(
        "vix percent",
        ("{who} {move} on {day} to {close}.", "{who} {move} to {close} on {day}."),
        who=name(VIX),
        move=moved(move),
        day=desk.weekday(desk.session),
        close=say(desk.get(VIX, "close"), Style.LEVEL),
    )


def _rank(desk: Desk) -> Line | None:
    move, rank = desk.get(VIX, "return"), desk.get(VIX, "rank", "file")
    last = steps.since(desk, VIX)
    if move is None:
        return None
    kind = "rise" if move.number > 0 else "fall"
    if rank is not None and rank.number == 1:
        return desk.line(
            "fear one",
            ("No daily {kind} since {begin} was larger in percent.",),
            kind=kind,
            begin=say(rank, Style.FILE_YEAR),
        )
    if rank is not None and rank.number <= 10:
        return desk.line(
            "fear rank",
            ("In percent, it was the {rank}-largest daily {kind} since {begin}.",),
            rank=say(rank, Style.ORDINAL),
            kind=kind,
            begin=say(rank, Style.FILE_YEAR),
        )
    if last is not None:
        return desk.line(
            "fear since",
            ("{who:it} had not had a larger daily {kind} since {last}.",),
            who=name(VIX),
            kind=kind,
            last=say(last, Style.DATE),
            also=[move],
        )
    return steps.share(desk, VIX)


def _level(desk: Desk) -> Line | None:
    above, since, move = (
        desk.get(VIX, "share_above", "file"),
        desk.get(VIX, "level_since", "file"),
        desk.get(VIX, "return"),
    )
    if since is not None and move is not None:
        return desk.line(
            "fear level since",
            ("{who:it} had not closed {there} since {since}.", "The last close {there} was on {since}."),
            who=name(VIX),
            there="so high" if move.number > 0 else "so low",
            since=say(since, Style.DATE),
        )
    if above is not None and above.number <= 10:
        return desk.line(
            "fear level share",
            ("Since {begin} {who:it} {who.has} closed higher on {odds}.",),
            who=name(VIX),
            begin=say(above, Style.FILE_YEAR),
            odds=say(above, Style.FEW_IN),
        )
    return None


def _before(desk: Desk) -> Line | None:
    """The session before, where the VIX went the same way or turned."""
    before = desk.move(VIX, desk.before)
    now = desk.move(VIX)
    if before is None or now is None or abs(desk.size(VIX, desk.before)) < 1:
        return None
    relation = "already" if before.number * now.number > 0 else "still"
    return desk.line(
        "fear before",
        (f"On {{day}} {{who:it}} had {relation} {{done}} {{size}}.",),
        who=name(VIX),
        day=desk.weekday(desk.before),
        done="risen" if before.number > 0 else "fallen",
        size=say(before, Style.MOVE),
    )


def calm_ends(desk: Desk, story: Story) -> tuple[Part | None, ...]:
    """The first large move after a long calm."""
    who = story.entity
    return (
        part("finding", steps.closed(desk, who), _calm(desk, story), steps.rarity(desk, who)),
        part("contrast", steps.others(desk, who), market_wide.volatility(desk)),
        part("breadth", market_wide.breadth(desk), market_wide.sectors(desk)),
        part(
            "span", spans.record_distance(desk, who), spans.month_span(desk, who), spans.year_span(desk, who)
        ),
        coming(desk),
    )


def _calm(desk: Desk, story: Story) -> Line | None:
    calm = desk.get(story.entity, "calm_drop2" if story.detector == "calm_end_drop2" else "calm", "file")
    if calm is None:
        return None
    falls = story.detector == "calm_end_drop2"
    such = "a fall of two percent or more" if falls else "a move of one percent or more"
    return desk.line(
        "calm",
        (f"That ends {{calm}} sessions without {such}.",),
        calm=say(calm, Style.COUNT),
    )
