"""Runs of issues from real history, each remembering those before it as a mailed one does. Nothing is saved or mailed."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from newsletter import brief_json, editorial, issue, sources
from newsletter.brief import Brief
from newsletter.clock import system_clock
from newsletter.config import Config
from newsletter.editorial.check import known_of, quoted
from newsletter.editorial.check.pages import read_html
from newsletter.editorial.check.rows import row_claims
from newsletter.errors import Held
from newsletter.sessions import exchange
from newsletter.store.issues import prose_of
from newsletter.stories import history, scoring
from tests.editorial_mutants import Tally, blocks, refused


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Written:
    """An issue with its words, before its chart is drawn and before anything is checked."""

    day: date
    gathered: sources.Gathered
    thought: issue.Thought
    said: issue.Said
    brief: Brief


@dataclass(frozen=True, kw_only=True, slots=True)
class Withheld:
    """A day whose data the quality gate stopped, and why."""

    day: date
    reason: str


def runs(start: date, end: date, *, issues: int, length: int, seed: int) -> tuple[tuple[date, ...], ...]:
    """Mornings of ``issues`` issues in runs of ``length`` trading days on end, drawn from a span without overlap.

    Days and runs are in order of time; the last run is shorter where ``issues`` is no multiple of ``length``.
    """
    days = exchange("XNYS", end.year + 1).between(start, end)
    stretches = [tuple(days[place : place + length]) for place in range(0, len(days) - length + 1, length)]
    wanted = min(-(-issues // length), len(stretches))
    drawn = sorted(random.Random(seed).sample(stretches, wanted))
    left = issues - length * (wanted - 1)
    return (*drawn[:-1], drawn[-1][:left]) if drawn else ()


def walk(config: Config, days: Sequence[date]) -> Iterator[Written | Withheld]:
    """The issue of each morning in turn, with the memory of those before it; the first remembers nothing."""
    edition = config.edition(None)
    said = issue.Said(recent=(), previous=None)
    for day in days:
        gathered = sources.gather(config, edition, day, clock=system_clock)
        try:
            thought = issue.think(gathered.day, recent=said.recent)
        except Held as held:
            yield Withheld(day=day, reason=str(held))
            continue
        brief = editorial.write(
            thought.choice,
            thought.findings,
            thought.day,
            config=config,
            edition=edition,
            number=issue.number_of(config, edition, day),
            previous=said.previous,
            recent=said.recent,
        )
        yield Written(day=day, gathered=gathered, thought=thought, said=said, brief=brief)
        told = replace(
            history.remembered(thought.day.session, thought.choice),
            prose=tuple(prose_of(json.loads(brief_json.to_json(brief)))),
        )
        said = issue.Said(
            recent=(told, *said.recent)[: scoring.REMEMBERED],
            previous=editorial.Previous(day=day, facts=brief.facts),
        )


def composed(config: Config, written: Written) -> issue.Composed:
    """The whole issue with its chart, as written: what the check refuses of it is left standing."""
    drafted = issue.draft(config, config.edition(None), written.thought, said=written.said)
    return issue.finish(config, written.gathered, written.thought, drafted, as_written=True)


def mistakes(written: Written, made: issue.Composed, tally: Tally, *, seed: int) -> None:
    """Make every mistake in the prose and the tables of an issue and add to ``tally`` what the check catches of them.

    What is refused as it stands tells nothing of the mistakes in it and is left out.
    """
    findings = written.thought.findings
    known = known_of(made.brief, findings, written.thought.day)
    for block in blocks(made.brief, known):
        if not refused(block, known):
            tally.add(block, known, tuple(findings.facts.values()), seed)
    outside = quoted(made.brief)
    rows = read_html(made.rendered.html).rows
    right = [row for row in rows if all(claim.fact for claim in row_claims("html", row, known, outside))]
    tally.add_rows(right, known, outside)
