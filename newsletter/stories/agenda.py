"""What is on the calendars, as facts: releases out and due, reports due, and how such days have moved before."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import numpy as np

from newsletter.facts import Fact, Unit
from newsletter.market import Reading, Release
from newsletter.stories.ledger import Ledger
from newsletter.stories.prepared import Market
from newsletter.stories.schedule import BENCHMARK, FED, LAST, REPORTS
from newsletter.stories.tracks import Track

AHEAD = timedelta(days=10)
"""How far ahead what is due is told."""


def facts(market: Market) -> list[Fact]:
    """Calendar facts of the day."""
    return _releases(market) + _reports(market)


def _releases(market: Market) -> list[Fact]:
    found: list[Fact] = []
    seen: Counter[tuple[str, date]] = Counter()
    for item in market.day.releases:
        if not market.session <= item.day <= market.session + AHEAD:
            continue
        seen[item.event, item.day] += 1
        found += _release(market, item, seen[item.event, item.day])
    for day in market.day.rate_decisions:
        # Known from the central bank's own calendar, long before and after anybody publishes a consensus.
        if market.session <= day <= market.session + AHEAD and (FED, day) not in seen:
            seen[FED, day] += 1
            found += _decision(market, day)
    for event in dict.fromkeys(name for name, _ in sorted(seen, key=lambda pair: pair[1])):
        found += release_moves(market, event)
        found += release_misses(market, event)
    return found


def _release(market: Market, item: Release, nth: int) -> list[Fact]:
    """Facts of one release; ``nth`` of its name on its day, since somebody may well speak twice."""
    notes = Ledger(entity=f"event:{item.event}", as_of=market.session, source=item.source)
    window = f"{'out' if item.day <= market.session else 'due'}@{item.day}" + (f"#{nth}" if nth > 1 else "")
    notes.add("day", window, item.day, Unit.DATE)
    if item.at is not None:
        notes.add("at", window, f"{item.at:%H:%M}", Unit.TIME)
    for metric, figure in (
        ("actual", item.actual),
        ("consensus", item.consensus),
        ("previous", item.previous),
    ):
        if figure is not None:
            notes.add(metric, window, figure.value, reading_unit(figure))
    if item.actual is not None and item.consensus is not None:
        notes.add(
            "surprise", window, round(item.actual.value - item.consensus.value, 9), reading_unit(item.actual)
        )
    return list(notes)


def _decision(market: Market, day: date) -> list[Fact]:
    notes = Ledger(entity=f"event:{FED}", as_of=market.session, source="Federal Reserve calendar")
    notes.add("day", f"{'out' if day <= market.session else 'due'}@{day}", day, Unit.DATE)
    return list(notes)


def reading_unit(figure: Reading) -> Unit:
    """The unit a calendar's figure is a fact in."""
    return {"pct": Unit.PCT, "count": Unit.COUNT, "usd": Unit.USD}.get(figure.unit, Unit.LEVEL)


def release_misses(market: Market, event: str) -> list[Fact]:
    """How many of the event's last twelve figures came in above and below their consensus, where twelve are known."""
    known = [
        item
        for item in market.day.releases
        if item.event == event and item.day <= market.session and item.actual and item.consensus
    ][-LAST:]
    if len(known) < LAST:
        return []
    misses = [item.actual.value - item.consensus.value for item in known if item.actual and item.consensus]
    notes = Ledger(entity=f"event:{event}", as_of=market.session, source=known[-1].source)
    notes.add("above_consensus", f"{LAST}r", sum(miss > 0 for miss in misses), Unit.COUNT)
    notes.add("below_consensus", f"{LAST}r", sum(miss < 0 for miss in misses), Unit.COUNT)
    notes.add("print_count", f"{LAST}r", LAST, Unit.COUNT)
    return list(notes)


def release_moves(market: Market, event: str) -> list[Fact]:
    """How the S&P 500 has moved on the event's last twelve days, and on all days since the first of them."""
    track = market.track(BENCHMARK)
    if track is None:
        return []
    days = [day for day in market.schedule.days_of(event) if day <= market.session]
    rows = np.array([row for day in days if (row := track.row(day)) is not None], dtype=np.int64)[-LAST:]
    if len(rows) < LAST:
        return []
    notes = Ledger(entity=f"event:{event}", as_of=market.session, source=track.source)
    window = f"{LAST}r"
    notes.add("release_move", window, float(np.nanmedian(track.sizes[rows])), Unit.PCT)
    notes.add("usual_move", window, float(np.nanmedian(track.sizes[rows[0] :])), Unit.PCT)
    notes.add("release_count", window, len(rows), Unit.COUNT)
    return list(notes)


def _reports(market: Market) -> list[Fact]:
    found: list[Fact] = []
    ranks = {name: place for place, name in enumerate(by_size(market), start=1)}
    since = market.previous_session  # what was reported after its close is answered today
    for report in market.day.earnings:
        if not since <= report.day <= market.session + AHEAD:
            continue
        notes = Ledger(entity=report.symbol, as_of=market.session, source=report.source)
        window = f"{'out' if report.day <= market.session else 'due'}@{report.day}"
        notes.add("report", window, report.day, Unit.DATE)
        notes.add("timing", window, report.timing.value, Unit.TEXT)
        notes.add("eps_estimate", window, report.eps_estimate, Unit.USD)
        notes.add("eps_actual", window, report.eps_actual, Unit.USD)
        notes.add("size_rank", window, ranks.get(report.symbol), Unit.COUNT)
        found += [*notes, *report_moves(market, report.symbol)]
    return found


def report_moves(market: Market, symbol: str) -> list[Fact]:
    """The median absolute move of a company's stock on its last twelve report days, where eight are known."""
    track = market.track(symbol)
    if track is None:
        return []
    moves = track.moves[market.schedule.answers(track)]
    moves = moves[~np.isnan(moves)][-LAST:]
    if len(moves) < REPORTS:
        return []
    notes = Ledger(entity=symbol, as_of=market.session, source=track.source)
    notes.add("report_move", f"{LAST}r", float(np.median(np.abs(moves))), Unit.PCT)
    notes.add("report_count", f"{LAST}r", len(moves), Unit.COUNT)
    return list(notes)


def by_size(market: Market) -> list[str]:
    """Companies with a price, largest first: by market value where a share count is known, else by mean turnover.

    The two are never mixed: companies of known value come first, which holds for the ten largest that have one.
    """
    sizes: list[tuple[int, float, str]] = []
    for name, series in market.day.series.items():
        track = market.track(name) if series.instrument.kind == "stock" else None
        if track is None:
            continue
        value = market_value(market, track)
        sizes.append((0, -value, name) if value is not None else (1, -turnover(track), name))
    return [name for _, _, name in sorted(sizes)]


def market_value(market: Market, track: Track) -> float | None:
    """Shares known by the issue's day times the last close, in dollars."""
    shares = market.day.shares.get(track.entity)
    return None if shares is None else shares * float(track.close[track.row_up_to(market.session)])


def turnover(track: Track, sessions: int = 60) -> float:
    """Mean of close times volume over the last sessions, in dollars; 0 where volume isn't known."""
    if track.volume is None:
        return 0.0
    traded = (track.close * track.volume)[-sessions:]
    traded = traded[~np.isnan(traded)]
    return float(traded.mean()) if len(traded) else 0.0
