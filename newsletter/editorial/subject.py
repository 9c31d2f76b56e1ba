"""The headline, which is the mail's subject, and the preheader."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.brief import Sentence
from newsletter.editorial import arcs
from newsletter.editorial.arcs import events, relative, steps
from newsletter.editorial.arcs.next_up import chief_releases, heavyweights
from newsletter.editorial.desk import Desk, moves, name, say
from newsletter.editorial.phrase import Line, Part, Style
from newsletter.editorial.releases import EVENTS, HEAVY, window
from newsletter.editorial.verbs import HAVE_DAYS
from newsletter.editorial.voice import Voice
from newsletter.facts import Fact, Mode, Story

SUBJECT = (20, 60)
PREHEADER = (35, 110)
"""Characters, least and most."""

SAMPLE_PREFIX = "[Sample] "
"""Stands before the subject of an issue made of invented prices."""

_DANGLING = ("It ", "Its ", "That ", "They ", "The index ", "The two ", "Not since", "Yet ", "Only ", "No ")
"""Sentences that lean on the one before can't stand alone in a preheader."""


def headline(desk: Desk, story: Story | None, voice: Voice) -> Sentence:
    """The finding in the present tense; the first wording that fits a subject line."""
    room = SUBJECT[1] - (len(SAMPLE_PREFIX) if desk.day.sample else 0)
    for line in (*_for(desk, story), *_plain(desk)):
        if line is None:
            continue
        sentence = voice.sentence(line)
        if SUBJECT[0] <= len(sentence.text) <= room:
            return sentence
    return Sentence(text=f"The market on {desk.session:%A}, in figures")


def _for(desk: Desk, story: Story | None) -> Iterator[Line | None]:
    if story is None or (desk.choice.mode is Mode.QUIET and not arcs.leads_quietly(story)):
        yield from _quiet(desk)
        return
    who = story.entity
    match story.detector:
        case "drought_distance" | "near_miss":
            yield from _near_record(desk, who)
        case "record_close" | "drought_end" | "recovery_full":
            yield from _record(desk, who)
        case "streak":
            yield from _streak(desk, who)
        case "pair_divergence" | "leadership_flip" | "sign_split":
            yield from _pair(desk, who)
        case "sector_spread" | "sector_sweep":
            yield from _sectors(desk)
        case "rotation_extreme":
            yield from _ratio(desk, story)
        case "ytd_flip":
            yield from _year(desk, who)
        case "drawdown_exit_10" | "drawdown_exit_20" | "recovery_half":
            yield from _back(desk, who)
        case "vix_cross":
            yield from _cross(desk, story)
        case "round_number" | "round_level":
            yield from _milestone(desk, who)
        case "curve_flip" | "curve_extreme":
            yield from _curve(desk, who)
        case "macro_surprise":
            yield from _surprise(desk, who)
        case "fed_event" if events.published(desk, story) is not None:
            yield from _decision(desk, story)
        case "macro_ahead" | "fed_event" | "earnings_ahead" | "report_cluster":
            yield from _ahead(desk, story)
        case "earnings_reaction" | "earnings_surprise":
            yield desk.line(
                "h reaction",
                "{who} {move} in the session after its report",
                who=name(who),
                move=moves(desk.move(who)),
            )
        case "adv_dec_extreme" | "narrow_rally" | "new_highs_lows" | "breadth_cross":
            yield from _breadth(desk)
        case "intraday_reversal":
            yield from _reversal(desk, who)
        case "level_since":
            yield from _level_since(desk, story)
        case "pullback_5" | "drawdown_enter_10" | "drawdown_enter_20":
            yield from _below(desk, who)
        case "week_extreme" | "month_extreme" | "quarter_extreme" | "mtd_pace":
            yield from _period(desk, story)
        case _:
            yield from _move(desk, who)


def _near_record(desk: Desk, who: str) -> Iterator[Line | None]:
    far, date = desk.get(who, "dist_record", "file"), desk.get(who, "record_date", "file")
    yield desk.line(
        f"h near {who}",
        (
            "{who} {who.is} {far} from a record {who.it} set in {year}",
            "{who}, {far} from a record set in {year}",
        ),
        who=name(who),
        far=say(far, Style.ROUND),
        year=say(date, Style.YEAR),
    )
    yield desk.line(
        f"h wait {who}",
        "{wait} sessions on, {who} {who.is} still short of a record",
        wait=say(desk.get(who, "drought", "file"), Style.FIGURE),
        who=name(who),
    )


def _record(desk: Desk, who: str) -> Iterator[Line | None]:
    count, waited = desk.get(who, "records", "ytd"), desk.get(who, "drought", "file")
    if waited is not None and waited.number >= 20:
        yield desk.line(
            f"h first {who}",
            (
                "A record for {who}, the first in {wait} sessions",
                "{who:proper} ends a wait of {wait} sessions for a record",
            ),
            who=name(who),
            wait=say(waited, Style.FIGURE),
        )
    yield desk.line(
        f"h record {who}",
        (
            "{who:proper} closes at {close}, its {count} record of the year",
            "Record No. {figure} of the year for {who}: {close}",
        ),
        who=name(who),
        close=say(desk.get(who, "close"), Style.LEVEL),
        count=say(count, Style.ORDINAL),
        figure=say(count, Style.FIGURE),
    )
    yield desk.line(
        f"h record short {who}",
        "A record close for {who}: {close}",
        who=name(who),
        close=say(desk.get(who, "close"), Style.LEVEL),
    )


def _streak(desk: Desk, who: str) -> Iterator[Line | None]:
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
                "{who:proper} has its longest run since {year}",
            )
            if (desk.today.year != last.day.year)
            else ("{a} {count} {kind} in a row for {who}",),
            a=article(streak),
            count=say(streak, Style.ORDINAL),
            kind=kind,
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


def article(fact: Fact) -> str:
    """``A`` fourth, ``An`` eighth, ``An`` 11th."""
    return "An" if abs(round(fact.number)) in (8, 11, 18) else "A"


def _pair(desk: Desk, entity: str) -> Iterator[Line | None]:
    first, second = relative.sides(entity)
    gap = desk.get(entity, "gap")
    if gap is None:
        return
    ahead, behind = (first, second) if gap.number > 0 else (second, first)
    yield desk.line(
        f"h pair {entity}",
        ("{ahead} {ahead.beats} {behind} by {gap}", "{ahead} and {behind} end {gap} apart"),
        ahead=name(ahead),
        behind=name(behind),
        gap=say(gap, Style.POINTS),
    )
    yield desk.line(
        f"h pair move {entity}",
        "{ahead:proper} {one}, {behind:proper} {two}",
        ahead=name(ahead),
        one=moves(desk.move(ahead)),
        behind=name(behind),
        two=moves(desk.move(behind)),
    )


def _ratio(desk: Desk, story: Story) -> Iterator[Line | None]:
    first, second = relative.sides(story.entity)
    since = desk.get(story.entity, "extreme_since", "file")
    yield desk.line(
        f"h ratio {story.entity}",
        "{first} at {first.its} {edge} against {second} since {since}",
        first=name(first),
        second=name(second),
        edge="strongest" if story.direction > 0 else "weakest",
        since=say(
            since, Style.MONTH if since is not None and since.day.year == desk.today.year else Style.YEAR
        ),
    )
    yield from _pair(desk, story.entity)


def _year(desk: Desk, who: str) -> Iterator[Line | None]:
    year = desk.get(who, "return", "ytd")
    yield desk.line(
        f"h year {who}",
        "{who} {who.is} now {way} {year} for the year",
        who=name(who),
        way=steps.up_or_down(year) if year is not None else None,
        year=say(year, Style.MOVE),
    )


def _back(desk: Desk, who: str) -> Iterator[Line | None]:
    leg, won = desk.get(who, "leg", "turn"), desk.get(who, "recovered", "leg")
    yield desk.line(
        f"h won {who}",
        "{who} {who.has} won back {won} of {who.its} fall",
        who=name(who),
        won=say(won, Style.ROUND),
    )
    yield desk.line(
        f"h leg {who}",
        "{who} {who.has} gained {leg} since the low of {start}",
        who=name(who),
        leg=say(leg, Style.MOVE),
        start=say(desk.get(who, "leg_start", "turn"), Style.DATE),
    )


def _cross(desk: Desk, story: Story) -> Iterator[Line | None]:
    level, close = desk.get(story.entity, "crossed", "file"), desk.get(story.entity, "close")
    if level is None or close is None or abs(close.number / level.number - 1) > CLOSE_TO:
        yield from _move(desk, story.entity)
        return
    yield desk.line(
        "h cross",
        f"{{who:proper}} closes {'above' if story.direction > 0 else 'below'} {{level}}, at {{close}}",
        who=name(story.entity),
        level=say(desk.get(story.entity, "crossed", "file"), Style.ROUND_LEVEL),
        close=say(desk.get(story.entity, "close"), Style.LEVEL),
    )


CLOSE_TO = 0.1
"""How near a crossed level a close must be for the level to be the headline; a crossing can be confirmed days later."""


def _milestone(desk: Desk, who: str) -> Iterator[Line | None]:
    yield desk.line(
        f"h milestone {who}",
        ("{who:proper} closes above {level} for the first time",),
        who=name(who),
        level=say(desk.get(who, "milestone", "file"), Style.ROUND_LEVEL),
    )


def _sectors(desk: Desk) -> Iterator[Line | None]:
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


def _curve(desk: Desk, entity: str) -> Iterator[Line | None]:
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


def _surprise(desk: Desk, entity: str) -> Iterator[Line | None]:
    event = EVENTS.get(entity.removeprefix("event:"))
    of = window(desk.session, desk.session)
    actual, expected = desk.exact(entity, "actual", of), desk.exact(entity, "consensus", of)
    if event is None:
        return
    comes = "come" if event.plural else "comes"
    yield desk.line(
        f"h out {entity}",
        (f"{{what}} {comes} in at {{actual}}, not {{expected}}",),
        what=event.prose.removeprefix("the "),
        actual=say(actual, Style.FIGURES),
        expected=say(expected, Style.FIGURES),
    )


def _decision(desk: Desk, story: Story) -> Iterator[Line | None]:
    line = events.decision(desk, story, headline=True)
    yield line


def _ahead(desk: Desk, story: Story) -> Iterator[Line | None]:
    kind = "A quiet" if abs(desk.size(steps.SP)) < 0.5 else "One more"
    day = f"{desk.session:%A}"
    entity = events.chief(desk, story)
    item = events.next_release(desk, entity)
    if item is not None and item.event in EVENTS:
        yield desk.line("h release", f"{kind} {day} before {{what}}", what=EVENTS[item.event].prose)
    due = [report.symbol for report in heavyweights(desk)]
    for symbol in [entity] if entity in due else due[:1]:
        yield desk.line("h report", f"{kind} {day} before {{who}} reports", who=name(symbol))


def _breadth(desk: Desk) -> Iterator[Line | None]:
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
        move=moves(move),
        many=say(many, Style.FIGURE),
    )


def _reversal(desk: Desk, who: str) -> Iterator[Line | None]:
    extreme, move = desk.get(who, "low_return") or desk.get(who, "high_return"), desk.move(who)
    if move is None:
        return
    if extreme is not None:
        yield desk.line(
            f"h turn {who}",
            ("{who:proper}, {way} {extreme} at its {end}, ends {sign} {move}",),
            who=name(who),
            way=steps.up_or_down(extreme),
            extreme=say(extreme, Style.MOVE),
            end="low" if extreme.number < 0 else "high",
            sign=steps.up_or_down(move),
            move=say(move, Style.MOVE),
        )
    yield from _move(desk, who)


def _level_since(desk: Desk, story: Story) -> Iterator[Line | None]:
    who = story.entity
    since = desk.get(who, "extreme_since", "file") or desk.get(who, "level_since", "file")
    side = "highest" if story.direction > 0 else "lowest"
    if since is not None:
        old = since.day.year < desk.today.year - 1
        yield desk.line(
            f"h level {who}",
            (
                "{who:proper} closes at {close}, its {side} since {since}",
                "At {close}, {who} is at its {side} since {since}",
            ),
            who=name(who),
            close=say(desk.get(who, "close"), Style.LEVEL),
            side=side,
            since=say(since, Style.YEAR if old else Style.MONTH),
        )
    yield from _move(desk, who)


def _below(desk: Desk, who: str) -> Iterator[Line | None]:
    far = desk.get(who, "dist_record", "file")
    yield desk.line(
        f"h below {who}",
        (
            "{who} {who.is} now {far} below the record of {date}",
            "{who}, now {far} below the record of {date}",
        ),
        who=name(who),
        far=say(far, Style.MOVE),
        date=say(desk.get(who, "record_date", "file"), Style.DATE),
    )
    yield from _move(desk, who)


def _period(desk: Desk, story: Story) -> Iterator[Line | None]:
    who, span = story.entity, story.detector.removesuffix("_extreme")
    total = desk.get(who, f"{span}_return", span) or desk.get(who, "return", "mtd")
    yield desk.line(
        f"h period {who}",
        f"{{who}} {{who.is}} {{way}} {{total}} for the {'month' if span == 'mtd_pace' else span}",
        who=name(who),
        way=steps.up_or_down(total) if total is not None else None,
        total=say(total, Style.MOVE),
    )
    yield from _move(desk, who)


def _move(desk: Desk, who: str) -> Iterator[Line | None]:
    if who.startswith("pair:"):
        yield from _pair(desk, who)
    move, last, far = desk.move(who), steps.since(desk, who), desk.get(who, "dist_record", "file")
    if move is None:
        return
    old = last is not None and last.day.year < desk.today.year - 1
    if last is not None and old and far is not None and far.number < -2 and move.number > 0:
        yield desk.line(
            f"h best {who}",
            "Best day since {year} leaves {who} {far} below its record",
            year=say(last, Style.YEAR),
            who=name(who),
            far=say(far, Style.ROUND),
            also=[move],
        )
    if last is not None:
        yield desk.line(
            f"h since {who}",
            (
                "{who:proper} {move}, its {best} day since {last}",
                "{who:proper} {move}, the {best} day since {last}",
            )
            if desk.names.kind(who) in HAVE_DAYS
            else ("{who:proper} {move}, the most since {last}",),
            who=name(who),
            move=moves(move),
            best=steps.best_or_worst(move),
            last=say(last, Style.YEAR if old else Style.DATE),
        )
    yield desk.line(
        f"h to {who}",
        "{who:proper} {move} at {close}" if steps.flat(desk, who) else "{who:proper} {move} to {close}",
        who=name(who),
        move=moves(move),
        close=say(desk.get(who, "close"), Style.LEVEL),
    )


def _quiet(desk: Desk) -> Iterator[Line | None]:
    sp = steps.SP
    streak = desk.get(sp, "streak")
    small = abs(desk.size(sp)) < 0.3
    if streak is not None and abs(streak.number) >= 3 and small:
        kind = "gain" if streak.number > 0 else "loss"
        yield desk.line(
            "h quiet streak",
            (
                f"{{a}} {{count}} {kind} in a row, and hardly a move",
                f"{{a}} {{count}} {kind} in a row, and not much of one",
            ),
            a=article(streak),
            count=say(streak, Style.ORDINAL),
        )
    major = [
        item
        for item in chief_releases(desk, 1)
        if EVENTS[item.event].weight >= HEAVY + 1 and (item.day - desk.today).days <= 1
    ]
    if small and major:
        yield desk.line(
            "h quiet before", f"A quiet {desk.session:%A} before {{what}}", what=EVENTS[major[0].event].prose
        )
    far = desk.get(sp, "dist_record", "file")
    if far is not None and far.number < -0.05:
        yield desk.line(
            "h quiet far",
            (
                f"An ordinary {desk.session:%A} leaves {{who}} {{far}} below its record",
                f"{{who}} {{move}} on an ordinary {desk.session:%A}",
            ),
            who=name(sp),
            far=say(far, Style.MOVE),
            move=moves(desk.move(sp)),
        )
    yield desk.line(
        "h quiet",
        f"{{who}} {{move}} on an ordinary {desk.session:%A}",
        who=name(sp),
        move=moves(desk.move(sp)),
    )


def _plain(desk: Desk) -> Iterator[Line | None]:
    yield desk.line(
        "h plain",
        "{who} {move} to {close}",
        who=name(steps.SP),
        move=moves(desk.move(steps.SP)),
        close=say(desk.get(steps.SP, "close"), Style.LEVEL),
    )


def preheader(desk: Desk, parts: tuple[Part, ...], headline_: str, voice: Voice) -> Sentence:
    """The second fact: a sentence of the column that stands alone, says something else than the headline, and fits."""
    ordered = [line for part in (*parts[1:], *parts[:1]) for line in part.lines if part.role != "next"]
    for line in (*ordered, *(line for part in parts for line in part.lines)):
        sentence = voice.alone(line)
        fits = PREHEADER[0] <= len(sentence.text) <= PREHEADER[1]
        if fits and not sentence.text.startswith(_DANGLING) and sentence.text.rstrip(".") != headline_:
            return sentence
    return Sentence(text=f"What moved on {desk.session:%A}, what it left open, and what is due next.")
