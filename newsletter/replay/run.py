"""Walking a history, session by session, and counting what was told."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path

from newsletter.errors import UsageError
from newsletter.facts import Mode, PastIssue, Story
from newsletter.market import MarketDay
from newsletter.progress import Progress, silent
from newsletter.replay import kept
from newsletter.replay.kept import Seen, Told
from newsletter.replay.page import page
from newsletter.replay.rates import Rate, base_rates
from newsletter.replay.report import Issue, Report, Row, Together, Year, as_json
from newsletter.stories import calibration, history, scoring
from newsletter.stories.history import Past, Tested
from newsletter.stories.prepared import Market
from newsletter.stories.registry import BY_NAME

BEST = 20
SAMPLE = 30
TOGETHER = 0.85
"""Share from which one story can be inferred from the other."""

TOGETHER_LEAST = 20


def replay(
    day: MarketDay, start: date, end: date, *, progress: Progress = silent, keep: Path | None = None
) -> Report:
    """What would have been told between two days of a MarketDay's history, the last day's data cut for each.

    ``keep`` is a folder for finished years: a later run over the same data, rules and table reads them from there.
    """
    market = Market(day=day)
    progress.step("running every rule")
    by_session = history.stories_by_session(market, start, end, progress=progress)
    if not by_session:
        raise UsageError(
            f"no session between {start} and {end}; the data reach from {market.sessions[0]} to {day.session}"
        )
    progress.step("walking the sessions")
    told: list[Told] = []
    years = sorted({session.year for session in by_session})
    for done, year in enumerate(years):
        progress.advance(done, len(years))
        sessions = {session: stories for session, stories in by_session.items() if session.year == year}
        recent = [item.past for item in reversed(told[-scoring.REMEMBERED :])]
        told += _year(market, sessions, recent, keep)
    progress.step("counting")
    return _report(told, history.tested(market, start, end), base_rates(market, start, end))


def calibrate(day: MarketDay, start: date, end: date, *, progress: Progress = silent) -> str:
    """The calibration table fitted on a history, as text for newsletter/stories/calibration.json."""
    progress.step("fitting the calibration")
    return calibration.dump(history.fit(Market(day=day), start, end))


def write(report: Report, folder: Path) -> tuple[Path, Path]:
    """Put replay.json and replay.html into ``folder``, which is made if need be; their paths."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        data, html = folder / "replay.json", folder / "replay.html"
        data.write_text(as_json(report), encoding="utf-8")
        html.write_text(page(report), encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"can't write to {folder}: {error.strerror or error}; choose another folder"
        ) from error
    return data, html


def _year(
    market: Market, sessions: dict[date, list[Story]], recent: Sequence[PastIssue], keep: Path | None
) -> list[Told]:
    if keep is None:
        return [_told(past) for past in history.walk(market, sessions, recent)]
    path = kept.path(keep, sessions, recent)
    if path.is_file():
        return kept.read(path)
    told = [_told(past) for past in history.walk(market, sessions, recent)]
    kept.write(path, told)
    return told


def _told(past: Past) -> Told:
    choice = past.choice
    lead = choice.lead
    return Told(
        issue=Issue(
            session=past.session,
            mode=choice.mode,
            lead=lead.key if lead else None,
            score=lead.score if lead else 0.0,
            also=tuple(story.key for story in choice.also),
        ),
        stories=tuple(_seen(story) for story in past.stories),
        past=history.remembered(past.session, choice),
    )


def _seen(story: Story) -> Seen:
    parts = story.parts
    return Seen(
        key=story.key,
        detector=story.detector,
        entity=story.entity,
        bits=parts.calibration if parts else 0.0,
        score=story.score,
        stale=bool(parts and parts.freshness < 1.0),
        guarded=bool(parts and parts.guard < 1.0),
        absorbed=story.absorbed,
    )


def _report(told: Sequence[Told], tested: Iterable[Tested], rates: tuple[Rate, ...]) -> Report:
    table = calibration.load()
    issues = [item.issue for item in told]
    leads = Counter(
        issue.lead.split(":")[0] for issue in issues if issue.lead and issue.mode is not Mode.QUIET
    )
    step = max(len(issues) // SAMPLE, 1)
    return Report(
        start=issues[0].session,
        end=issues[-1].session,
        sessions=len(issues),
        fitted=table.fitted,
        kappa=table.kappa,
        rows=tuple(_rows(told, tested)),
        years=tuple(_years(issues)),
        scores=tuple(_histogram(told)),
        best=tuple(sorted(issues, key=lambda issue: (-issue.score, issue.session))[:BEST]),
        sample=tuple(issues[step // 2 :: step][:SAMPLE]),
        leads=tuple(sorted(leads.items(), key=lambda item: (-item[1], item[0]))),
        repeats=sum(one.lead == two.lead is not None for one, two in pairwise(issues)),
        together=tuple(_together(told)),
        rates=rates,
    )


def _years(issues: Iterable[Issue]) -> Iterable[Year]:
    counts: dict[int, Counter[Mode]] = defaultdict(Counter)
    for issue in issues:
        counts[issue.session.year][issue.mode] += 1
    for year, modes in sorted(counts.items()):
        yield Year(year=year, strong=modes[Mode.STRONG], normal=modes[Mode.NORMAL], quiet=modes[Mode.QUIET])


def _histogram(told: Iterable[Told]) -> Iterable[tuple[float, int]]:
    """How many sessions have their best score in each half bit."""
    best = Counter(int(2 * max((seen.score for seen in item.stories), default=0.0)) for item in told)
    for half in range(max(best, default=0) + 1):
        yield half / 2.0, best[half]


def _rows(told: Sequence[Told], tested: Iterable[Tested]) -> Iterable[Row]:
    sessions = {item.issue.session: k for k, item in enumerate(told)}
    seen: dict[tuple[str, str], list[tuple[date, Seen]]] = defaultdict(list)
    dates: dict[tuple[str, str], set[date]] = defaultdict(set)
    folded: Counter[tuple[str, str]] = Counter()
    led: Counter[tuple[str, str]] = Counter()
    listed: Counter[tuple[str, str]] = Counter()
    for item in told:
        for story in item.stories:
            name = (story.detector, story.entity)
            seen[name].append((item.issue.session, story))
            dates[name].add(item.issue.session)
            for key in story.absorbed:
                folded[_name(key)] += 1
                dates[_name(key)].add(item.issue.session)
        if item.issue.lead:
            led[_name(item.issue.lead)] += 1
        listed.update(_name(key) for key in item.issue.also)
    for test in tested:
        name = (test.detector, test.entity)
        mine = [story for _, story in seen[name]]
        fired = sorted(dates[name])
        rate = 100.0 * test.fired / test.sessions if test.sessions else 0.0
        yield Row(
            detector=test.detector,
            entity=test.entity,
            family=BY_NAME[test.detector].family.value,
            first=test.first,
            sessions=test.sessions,
            fired=test.fired,
            rate=round(rate, 3),
            reference=BY_NAME[test.detector].reference,
            median_bits=round(statistics.median(story.bits for story in mine), 2) if mine else None,
            longest_silence=_silence([sessions[day] for day in fired], len(told)),
            led=led[name],
            listed=listed[name],
            stale=sum(story.stale for story in mine),
            folded=folded[name],
            guarded=sum(story.guarded for story in mine),
            last=tuple(fired[-5:]),
        )


def _name(key: str) -> tuple[str, str]:
    """Detector and entity of a story's key; an entity may hold colons itself."""
    detector, _, rest = key.partition(":")
    return detector, rest.rpartition(":")[0]


def _silence(fired: Sequence[int], sessions: int) -> int:
    """Most sessions in a row without a firing."""
    edges = [-1, *fired, sessions]
    return max(later - earlier - 1 for earlier, later in pairwise(edges))


def _together(told: Iterable[Told]) -> Iterable[Together]:
    """Pairs of stories of one direction that come together so often that one can be inferred from the other."""
    alone: Counter[str] = Counter()
    both: Counter[tuple[str, str]] = Counter()
    for item in told:
        keys = sorted({seen.key for seen in item.stories})
        alone.update(keys)
        both.update((one, other) for one in keys for other in keys if one != other)
    for (one, other), count in sorted(both.items()):
        if alone[one] >= TOGETHER_LEAST and count / alone[one] >= TOGETHER:
            yield Together(one=one, other=other, share=round(count / alone[one], 3), sessions=alone[one])
