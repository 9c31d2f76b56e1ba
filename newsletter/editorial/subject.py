"""The headline, which is the mail's subject, and the preheader."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.brief import Sentence
from newsletter.editorial.arcs import relative, steps
from newsletter.editorial.arcs.next_up import chief_releases, heavyweights
from newsletter.editorial.desk import Desk, moves, name, say
from newsletter.editorial.phrase import Line, Part, Style
from newsletter.editorial.releases import EVENTS, HEAVY, window
from newsletter.editorial.voice import Voice
from newsletter.facts import Mode, Story

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
    if story is None or (desk.choice.mode is Mode.QUIET and story.detector not in _THEMES):
        yield from _quiet(desk)
    if story is None:
        return
    who = story.entity
    match story.detector.partition("(")[0]:
        case "drought_distance" | "near_miss":
            yield from _near_record(desk, who)
        case "record_close" | "drought_end" | "recovery_full":
            yield from _record(desk, who)
        case "streak":
            yield from _streak(desk, who)
        case "pair_divergence" | "leadership_flip" | "sign_split" | "rotation_extreme":
            yield from _pair(desk, who)
        case "sector_spread" | "sector_sweep":
            yield from _sectors(desk)
        case "curve_flip" | "curve_extreme":
            yield from _curve(desk, who)
        case "macro_surprise":
            yield from _surprise(desk, who)
        case "macro_ahead" | "fed_event" | "earnings_ahead" | "report_cluster":
            yield from _ahead(desk)
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
        case _:
            yield from _move(desk, who)


_THEMES = ("drought_distance", "near_miss", "macro_ahead", "earnings_ahead", "fed_event")


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
                "{count} {kind} in a row, a run {who} last had in {year}",
                "{who:proper} has its longest run since {year}",
            )
            if (desk.today.year != last.day.year)
            else ("A {count} {kind} in a row for {who}",),
            count=say(streak, Style.ORDINAL),
            kind=kind,
            who=name(who),
            year=say(last, Style.YEAR),
        )
    yield desk.line(
        f"h streak {who}",
        ("A {count} {kind} in a row for {who}", "{who:proper} makes it {figure} {kinds} in a row"),
        count=say(streak, Style.ORDINAL),
        figure=say(streak, Style.COUNT),
        kind=kind,
        kinds="gains" if kind == "gain" else "losses",
        who=name(who),
    )


def _pair(desk: Desk, entity: str) -> Iterator[Line | None]:
    first, second = relative.sides(entity)
    gap = desk.get(entity, "gap")
    if gap is None:
        return
    ahead, behind = (first, second) if gap.number > 0 else (second, first)
    yield desk.line(
        f"h pair {entity}",
        ("{ahead} and {behind} end {gap} apart", "{gap} between {ahead} and {behind}"),
        ahead=name(ahead),
        behind=name(behind),
        gap=say(gap, Style.MOVE),
    )
    yield desk.line(
        f"h pair move {entity}",
        "{ahead:proper} {one}, {behind:proper} {two}",
        ahead=name(ahead),
        one=moves(desk.move(ahead)),
        behind=name(behind),
        two=moves(desk.move(behind)),
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


def _ahead(desk: Desk) -> Iterator[Line | None]:
    day = f"{desk.session:%A}"
    quiet = abs(desk.size(steps.SP)) < 0.5
    kind = "A quiet" if quiet else "One more"
    for report in heavyweights(desk)[:1]:
        yield desk.line("h report", (f"{kind} {day} before {{who}} reports",), who=name(report.symbol))
    for item in chief_releases(desk, 1):
        yield desk.line("h release", (f"{kind} {day} before {{what}}",), what=EVENTS[item.event].prose)


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
    low, high, move = desk.get(who, "day_low"), desk.get(who, "day_high"), desk.move(who)
    if move is None:
        return
    extreme = low if move.number >= 0 else high
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


def _move(desk: Desk, who: str) -> Iterator[Line | None]:
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
            ),
            who=name(who),
            move=moves(move),
            best=steps.best_or_worst(move),
            last=say(last, Style.YEAR if old else Style.DATE),
        )
    yield desk.line(
        f"h to {who}",
        "{who:proper} {move} to {close}",
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
                f"A {{count}} {kind} in a row, and hardly a move",
                f"A {{count}} {kind} in a row, and not much of one",
            ),
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
        sentence = voice.sentence(line)
        fits = PREHEADER[0] <= len(sentence.text) <= PREHEADER[1]
        if fits and not sentence.text.startswith(_DANGLING) and sentence.text.rstrip(".") != headline_:
            return sentence
    return Sentence(text=f"What moved on {desk.session:%A}, what it left open, and what is due next.")
