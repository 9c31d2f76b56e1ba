"""What changed since the last issue: answers to what was watched, states that turned, and numbers that were revised."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

import pandas as pd

from newsletter import numerals
from newsletter.brief import Correction, Sentence
from newsletter.editorial.arcs import events, next_up, rates, records, relative
from newsletter.editorial.arcs.steps import SP, up_or_down
from newsletter.editorial.arcs.volatility import LONG
from newsletter.editorial.desk import Desk, moved, name, say
from newsletter.editorial.figures import nil
from newsletter.editorial.phrase import Line, Say, Style
from newsletter.editorial.releases import HEAVY, event_entity, window
from newsletter.editorial.tables import change_cell, level_cell
from newsletter.editorial.voice import Voice
from newsletter.facts import Fact, Findings, Story, fact_id
from newsletter.market import Release, Timing

MOST = 4
REPORTS = 2
"""Reports answered, at most."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Previous:
    """What the last issue of this edition stated."""

    day: date
    facts: tuple[Fact, ...] = ()


def changes(desk: Desk, findings: Findings, voice: Voice, told: frozenset[str]) -> tuple[Sentence, ...]:
    """How companies' reports were answered, releases against their consensus, states that turned; none is ``told`` twice."""
    said: list[Sentence] = []
    for line in (*_reported(desk, told), *_answers(desk, told), *_turned(desk, findings, told)):
        if line is not None and len(said) < MOST:
            said.append(voice.alone(line))
    return tuple(said)


def _reported(desk: Desk, told: frozenset[str]) -> Iterator[Line | None]:
    """The session after a report of the universe's largest companies, beside what their reports usually bring."""
    known = {entry.symbol for entry in desk.config.universe}
    out = [
        report
        for report in desk.day.earnings
        if report.symbol in known
        and (report.day, report.timing)
        in ((desk.before, Timing.AFTER_CLOSE), (desk.session, Timing.BEFORE_OPEN))
    ]
    for report in sorted(out, key=lambda item: (-(item.market_value or 0.0), -item.size))[:REPORTS]:
        move = desk.move(report.symbol)
        if move is not None and move.id not in told:
            yield desk.line(
                f"reported {report.symbol}",
                "{who} {move} on its report; {usual} is typical of its last {count}.",
                who=name(report.symbol),
                move=moved(move),
                count=say(desk.newest(report.symbol, "report_count", "12r"), Style.COUNT),
                usual=say(desk.newest(report.symbol, "report_move", "12r"), Style.MOVE),
            )


def _answers(desk: Desk, told: frozenset[str]) -> Iterator[Line | None]:
    out = [
        item
        for item in desk.day.releases
        if item.day == desk.session
        and item.actual is not None
        and fact_id(event_entity(item.event), "actual", window(item.day, desk.session), desk.session)
        not in told
    ]
    weighty = [item for item in out if next_up.weight(item) >= HEAVY]
    for item in sorted(weighty, key=lambda item: -next_up.weight(item))[:2]:
        yield _answer(desk, item)


def _answer(desk: Desk, item: Release) -> Line | None:
    """What a release brought against its consensus, and since when no print had missed it so in that direction."""
    line, since = events.out(desk, item, answering=True), events.surprise_since(desk, item)
    if line is None or since is None:
        return line
    clause = f"{since.template[:1].lower()}{since.template[1:]}"
    return replace(
        line, template=f"{line.template.removesuffix('.')}; {clause}", slots={**line.slots, **since.slots}
    )


def _turned(desk: Desk, findings: Findings, told: frozenset[str]) -> Iterator[Line | None]:
    """States that turned, one of a kind, and none whose figures the column gives."""
    lead = desk.choice.lead
    kinds: set[str] = set()
    for story in findings.stories:
        if (
            story.detector not in STATES
            or (lead is not None and story.key == lead.key)
            or story.detector in kinds
        ):
            continue
        line = STATES[story.detector](desk, story)
        figures = {slot.fact.id for slot in line.slots.values() if isinstance(slot, Say)} if line else set()
        if line is not None and not figures & told:
            kinds.add(story.detector)
            yield line


def _run_ended(desk: Desk, story: Story) -> Line | None:
    who = story.entity
    length, total = desk.get(who, "ended_streak", "run"), desk.get(who, "ended_return", "run")
    if length is None or total is None:
        return None
    return desk.line(
        f"run over {who}",
        f"{{who}} ended a run of {{length}} {'gains' if total.number > 0 else 'losses'} in a row.",
        who=name(who),
        length=say(length, Style.COUNT),
    )


def _record(desk: Desk, story: Story) -> Line | None:
    who = story.entity
    return desk.line(
        f"record again {who}",
        "{who} closed at a record, the first in {wait} sessions.",
        who=name(who),
        wait=say(desk.get(who, "drought", "file"), Style.FIGURE),
        also=[desk.get(who, "dist_record", "file")],
    )


def _year(desk: Desk, story: Story) -> Line | None:
    who = story.entity
    year = desk.get(who, "return", "ytd")
    if year is None or nil(year):
        return None
    return desk.line(
        f"year again {who}",
        "{who} {who.is} {way} {year} for the year.",
        who=name(who),
        way=up_or_down(year),
        year=say(year, Style.MOVE),
    )


def _members(desk: Desk, story: Story) -> Line | None:
    window = f"{story.detector.rpartition('_')[2]}s"
    return desk.line(
        f"members {window}",
        "In {who}, {share} of members are above their {days} average.",
        who=name(SP),
        share=say(desk.get("breadth:SPX", "share_above_mean", window), Style.ROUND),
        days=relative.AVERAGES[window],
    )


def _average(desk: Desk, story: Story) -> Line | None:
    far = desk.get(story.entity, "dist_sma200", "200s")
    if far is None or (far.number > 0) != (story.direction > 0):
        return None
    return desk.line(
        f"average {story.entity}",
        f"{{who}} closed {'above' if far.number > 0 else 'below'} {{who.its}} {{days}} average.",
        who=name(story.entity),
        days=relative.AVERAGES["200s"],
        also=[far],
    )


def _crossed(desk: Desk, story: Story) -> Line | None:
    side, other = ("above", "below") if story.direction > 0 else ("below", "above")
    if (desk.number(story.entity, "side_sessions", "file") or 0) < LONG:
        return None
    return desk.line(
        f"crossed {story.entity}",
        f"{{who}} closed {side} {{level}}, after {{sessions}} sessions {other} it.",
        who=name(story.entity),
        level=say(desk.get(story.entity, "crossed", "file"), Style.ROUND_LEVEL),
        sessions=say(desk.get(story.entity, "side_sessions", "file"), Style.COUNT),
    )


STATES: MappingProxyType[str, Callable[[Desk, Story], Line | None]] = MappingProxyType(
    {
        "ma_cross_200": _average,
        "vix_cross": _crossed,
        "curve_flip": rates.turned,
        "ytd_flip": _year,
        "drawdown_enter_10": records.state,
        "drawdown_enter_20": records.state,
        "drawdown_exit_10": records.state,
        "drawdown_exit_20": records.state,
        "drought_end": _record,
        "streak_snapped": _run_ended,
        "breadth_cross_50": _members,
        "breadth_cross_200": _members,
    }
)
"""By the detectors that mark a state turning: the sentence that says which, where the column doesn't."""


def corrections(desk: Desk, previous: Previous | None) -> tuple[Correction, ...]:
    """Numbers that the last issue printed and that later data changed: old, new, and why."""
    if previous is None:
        return ()
    return tuple(_correction(desk, old, new) for old, new in _revised(desk, previous.facts))


def _revised(desk: Desk, facts: Iterable[Fact]) -> Iterator[tuple[Fact, Fact]]:
    for old in facts:
        if old.as_of != desk.before or old.window != "1s" or old.metric not in ("close", "return"):
            continue
        new = (
            _close_now(desk, old)
            if old.metric == "close"
            else desk.get(old.entity, "return", as_of=old.as_of)
        )
        if new is not None and _printed(old) != _printed(new):
            yield old, new


def _close_now(desk: Desk, old: Fact) -> Fact | None:
    """The close of that very day as it stands now; bitcoin's session before is no exchange's session before."""
    series = desk.day.series.get(old.entity)
    if series is None or series.adjusted:
        return None
    value = series.close.get(pd.Timestamp(old.as_of))
    return None if value is None else replace(old, value=float(value))


def _printed(fact: Fact) -> str:
    return level_cell(fact).text if fact.metric == "close" else change_cell(fact, 2).text


def _correction(desk: Desk, old: Fact, new: Fact) -> Correction:
    what = "close" if old.metric == "close" else "one-day change"
    whose = desk.names.of(old.entity).name
    when = numerals.ap_date(old.as_of, relative_to=desk.today)
    return Correction(
        text=f"{whose}: the {what} of {when} was printed as {_printed(old)}; revised data give {_printed(new)}."
    )
