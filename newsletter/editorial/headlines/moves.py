"""Headlines about what moved, alone or against another."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.editorial.arcs import relative, steps
from newsletter.editorial.desk import Desk, name, say
from newsletter.editorial.desk import moves as moving
from newsletter.editorial.figures import nil
from newsletter.editorial.phrase import Line, Style
from newsletter.editorial.verbs import HAVE_DAYS
from newsletter.facts import Fact, Story

LONG_AGO = 365
"""Days from which a year alone says when something was last so."""


def article(fact: Fact) -> str:
    """``A`` fourth, ``An`` eighth, ``An`` 11th."""
    return "An" if abs(round(fact.number)) in (8, 11, 18) else "A"


def streak(desk: Desk, who: str) -> Iterator[Line | None]:
    """A run and the last one like it."""
    streak = desk.get(who, "streak")
    if streak is None:
        return
    kind = "gain" if streak.number > 0 else "loss"
    last = desk.get(who, "streak_since", "file")
    if last is not None and abs(streak.number) >= 6:
        yield desk.line(
            f"h run {who}",
            (
                "{a} {count} {kind} in a row; {who} last had that in {year}",
                "{who:proper} has its longest run of {kinds} since {year}",
            )
            if (desk.session - last.day).days > LONG_AGO
            else ("{a} {count} {kind} in a row for {who}",),
            a=article(streak),
            count=say(streak, Style.ORDINAL),
            kind=kind,
            kinds="gains" if kind == "gain" else "losses",
            who=name(who),
            year=say(last, Style.YEAR),
        )
    yield desk.line(
        f"h streak {who}",
        ("{a} {count} {kind} in a row for {who}", "{who:proper} makes it {figure} {kinds} in a row"),
        a=article(streak),
        count=say(streak, Style.ORDINAL),
        figure=say(streak, Style.COUNT),
        kind=kind,
        kinds="gains" if kind == "gain" else "losses",
        who=name(who),
    )


def reversal(desk: Desk, who: str) -> Iterator[Line | None]:
    """A session that turned around."""
    extreme, move = desk.get(who, "low_return") or desk.get(who, "high_return"), desk.move(who)
    if move is None:
        return
    if extreme is not None:
        yield desk.line(
            f"h turn {who}",
            "{who:proper}, {way} {extreme} at its {end}, ends flat"
            if nil(move)
            else "{who:proper}, {way} {extreme} at its {end}, ends {sign} {move}",
            who=name(who),
            way=steps.up_or_down(extreme),
            extreme=say(extreme, Style.MOVE),
            end="low" if extreme.number < 0 else "high",
            sign=steps.up_or_down(move),
            move=say(move, Style.MOVE),
        )
    yield from moved(desk, who)


def period(desk: Desk, story: Story) -> Iterator[Line | None]:
    """A week, month or quarter."""
    who, span = story.entity, story.detector.removesuffix("_extreme")
    total = desk.get(who, f"{span}_return", span) or desk.get(who, "return", "mtd")
    last = desk.get(who, f"{span}_since", "file")
    if total is not None and last is not None:
        yield desk.line(
            f"h period since {who}",
            (
                f"{{who}} {{who.has}} {{who.its}} {{best}} {span} since {{last}}, {{way}} {{total}}",
                f"{{who}} {{who.ends}} {{who.its}} {{best}} {span} since {{last}}, {{way}} {{total}}",
            ),
            who=name(who),
            best=steps.best_or_worst(total),
            last=say(last, Style.YEAR if (desk.session - last.day).days > LONG_AGO else Style.MONTH),
            way=steps.up_or_down(total),
            total=say(total, Style.MOVE),
        )
    yield desk.line(
        f"h period {who}",
        f"{{who}} {{who.is}} {{way}} {{total}} for the {'month' if span == 'mtd_pace' else span}",
        who=name(who),
        way=steps.up_or_down(total) if total is not None else None,
        total=say(total, Style.MOVE),
    )
    yield from moved(desk, who)


def pair(desk: Desk, entity: str) -> Iterator[Line | None]:
    """Two that went apart."""
    first, second = relative.sides(entity)
    gap = desk.get(entity, "gap")
    if gap is None:
        return
    ahead, behind = (first, second) if gap.number > 0 else (second, first)
    yield desk.line(
        f"h pair {entity}",
        ("{ahead} {ahead.beats} {behind} by {gap}",)
        if entity == relative.AVERAGE_COMPANY
        else ("{ahead} {ahead.beats} {behind} by {gap}", "{ahead} and {behind} end {gap} apart"),
        ahead=name(ahead),
        behind=name(behind),
        gap=say(gap, Style.POINTS),
    )
    yield desk.line(
        f"h pair move {entity}",
        "{ahead:proper} {one}, {behind:proper} {two}",
        ahead=name(ahead),
        one=moving(desk.move(ahead)),
        behind=name(behind),
        two=moving(desk.move(behind)),
    )


def ratio(desk: Desk, story: Story) -> Iterator[Line | None]:
    """One at an extreme against another."""
    first, second = relative.sides(story.entity)
    since = desk.get(story.entity, "extreme_since", "file")
    near = since is not None and since.day.year == desk.today.year
    for wording in (
        "{first} {first.is} at {first.its} {edge} against {second} since {since}",
        "{first} at {first.its} {edge} against {second} since {since}",
    ):
        yield desk.line(
            f"h ratio {story.entity}",
            wording,
            first=name(first),
            second=name(second),
            edge="strongest" if story.direction > 0 else "weakest",
            since=say(since, Style.MONTH if near else Style.YEAR),
            also=[desk.get(story.entity, "extreme_side", "file")],
        )
    yield from pair(desk, story.entity)


def whipsaw(desk: Desk, who: str) -> Iterator[Line | None]:
    """Large moves to and fro."""
    yield desk.line(
        f"h whipsaw {who}",
        "{count} swings of one percent in five sessions for {who}",
        count=say(desk.get(who, "swings", "5s"), Style.COUNT),
        who=name(who),
    )
    yield from moved(desk, who)


def dated(desk: Desk, last: Fact | None, *styles: Style) -> tuple[Style, ...]:
    """Ways to say since when, in this order; a year alone says it only if it isn't this one. None without a date."""
    if last is None:
        return ()
    return tuple(style for style in styles if style is not Style.YEAR or last.day.year < desk.today.year)


def moved(desk: Desk, who: str) -> Iterator[Line | None]:
    """What moved, and since when it had not moved so."""
    if who.startswith("pair:"):
        yield from pair(desk, who)
    move, last, far = desk.move(who), steps.since(desk, who), desk.get(who, "dist_record", "file")
    if move is None:
        return
    old = last is not None and last.day.year < desk.today.year - 1
    styles = (Style.YEAR,) if old else (Style.DATE, Style.MONTH, Style.YEAR)
    if last is not None and old and far is not None and far.number < -2 and move.number > 0:
        yield desk.line(
            f"h best {who}",
            "Best day since {year} leaves {who} {far} below {who.its} record",
            year=say(last, Style.YEAR),
            who=name(who),
            far=say(far, Style.ROUND),
            also=[move],
        )
    rank = desk.get(who, "rank", "file")
    if rank is not None and rank.number == 1 and last is None:
        yield desk.line(
            f"h most {who}",
            "{who:proper} {move}, the most since at least {begin}",
            who=name(who),
            move=moving(move),
            begin=say(rank, Style.FILE_YEAR),
        )
    for style in dated(desk, last, *styles):
        yield desk.line(
            f"h since {who}",
            (
                "{who:proper} {move}, its {best} day since {last}",
                "{who:proper} {move}, the {best} day since {last}",
            )
            if desk.names.kind(who) in HAVE_DAYS
            else ("{who:proper} {move}, the most since {last}", "{who:proper} {move}, most since {last}"),
            who=name(who),
            move=moving(move),
            best=steps.best_or_worst(move),
            last=say(last, style),
        )
    yield desk.line(
        f"h to {who}",
        "{who:proper} {move} at {close}" if steps.flat(desk, who) else "{who:proper} {move} to {close}",
        who=name(who),
        move=moving(move),
        close=say(desk.get(who, "close"), Style.LEVEL),
    )
