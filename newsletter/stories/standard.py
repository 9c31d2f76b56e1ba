"""The standard book: facts every issue has, whatever the story. docs/facts.md is its table of contents."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np

from newsletter.facts import Fact, Unit
from newsletter.instruments import Kind
from newsletter.stories import agenda, arrays, context, internals
from newsletter.stories.compounds import CREDIT, PAIRS, SECTORS, SPREADS, pair, spread
from newsletter.stories.ledger import Ledger, ledger
from newsletter.stories.prepared import Market
from newsletter.stories.tracks import Track, as_date

RECORDS = frozenset({"GC=F", "BTC-USD"})
"""Beside the indexes, whose record closes are worth telling."""

MAJOR = frozenset(
    {Kind.INDEX, Kind.VOLATILITY, Kind.YIELD, Kind.CURRENCY, Kind.COMMODITY, Kind.CRYPTO, Kind.CREDIT}
)
"""Kinds whose moves get a yardstick ("its best day since") even when they are no story."""

FRESH = timedelta(days=5)
"""How old the newest bar may be for its facts to be told (a long weekend and a bond holiday)."""


def book(market: Market) -> list[Fact]:
    """Every standard fact of the day, in the universe's order."""
    facts: list[Fact] = []
    for name in market.day.series:
        track = market.track(name)
        if track is not None:
            facts += instrument(market, track)
    for first, second in SPREADS:
        track = market.track(spread(first, second))
        if track is not None:
            facts += instrument(market, track)
    for first, second in (*PAIRS, CREDIT):
        facts += _pair(market, market.track(pair(first, second)))
    facts += _sectors(market)
    return facts + internals.facts(market) + internals.changes(market) + agenda.facts(market)


def rows_of(market: Market, track: Track) -> Iterable[int]:
    """The newest row and, where the track traded then, the row of the session before."""
    now = track.row_up_to(market.session)
    if now < 0 or market.session - track.day(now) > FRESH:
        return ()
    before = track.row(market.previous_session) if len(market.sessions) > 1 else None
    return (now,) if before is None or before == now else (now, before)


def instrument(market: Market, track: Track) -> list[Fact]:
    """Standard facts of one instrument, as of its newest row and, for its one-session move, the session before."""
    rows = tuple(rows_of(market, track))
    if not rows:
        return []
    now = rows[0]
    notes = ledger(track, now)
    series = market.day.series.get(track.entity)
    traded = series is None or not series.adjusted
    if traded:
        notes.add("close", "1s", _level(track, now), track.unit)
        notes.add("prev_close", "1s", _level(track, now - 1) if now else None, track.unit)
    _moves(market, track, now, notes)
    _sizes(track, now, notes)
    notes.add("streak", "1s", int(track.runs[now]), Unit.COUNT)
    year = track.close[max(now - 251, 0) : now + 1]
    if now >= 251 and traded:
        notes.add("high_52w", "252s", float(year.max()), track.unit)
        notes.add("low_52w", "252s", float(year.min()), track.unit)
    facts = list(notes)
    if _has_records(track):
        facts += records(track, now)
    if track.kind in MAJOR or track.kind is None:
        facts += context.yardsticks(track, now) + context.position(track, now)
    if track.kind is Kind.INDEX:
        facts += context.recovery(track, now)
    for before in rows[1:]:
        earlier = ledger(track, before)
        _one_session(track, before, earlier)
        _sizes(track, before, earlier)
        facts += earlier
        if track.kind in MAJOR or track.kind is None:
            facts += context.yardsticks(track, before)
        facts += context.retraced(track, now, before)
    return facts


def one_day(track: Track, row: int) -> list[Fact]:
    """What one day did, where the exchange was closed: its move, its level, and where both stand in the file."""
    notes = ledger(track, row)
    notes.add("close", "1s", _level(track, row), track.unit)
    _one_session(track, row, notes)
    _sizes(track, row, notes)
    facts = list(notes) + context.yardsticks(track, row) + context.position(track, row)
    return facts + (records(track, row) if _has_records(track) else [])


def records(track: Track, row: int) -> list[Fact]:
    """Where the close stands against the record close of the file, and how often there was one this year."""
    notes = ledger(track, row)
    last = int(track.last_record[row])
    if last < 0:
        return []
    notes.add("record_close", track.file, float(track.close[last]), track.unit)
    notes.add("record_date", track.file, track.day(last), Unit.DATE)
    distance = float(track.dist_record[row])
    notes.add("dist_record", track.file, distance, Unit.PCT)
    if distance < 0:
        notes.add("to_record", track.file, arrays.percent(track.close[row], track.close[last]), Unit.PCT)
        since = arrays.last_at(track.dist_record[:row] <= distance + arrays.ATOL)
        if row and since[-1] >= 0 and row - since[-1] >= context.LONG_SINCE:
            notes.add("as_far_since", track.file, track.day(int(since[-1])), Unit.DATE)
            notes.add("as_far_ago", track.file, row - int(since[-1]), Unit.COUNT)
    elif row and track.records[row]:
        notes.add("record_set", track.file, track.day(row), Unit.DATE)
    notes.add("drought", track.file, int(track.drought[row]), Unit.COUNT)
    first = track.row_up_to(date(track.day(row).year - 1, 12, 31)) + 1
    if first > 0:
        notes.add("records", "ytd", int(track.records[first : row + 1].sum()), Unit.COUNT)
        if last >= first:
            notes.add("last_record", "ytd", track.day(last), Unit.DATE)
    return list(notes)


def _has_records(track: Track) -> bool:
    return track.kind is Kind.INDEX or track.entity in RECORDS


def _level(track: Track, row: int) -> float | int:
    value = float(track.close[row])
    return round(value) if track.unit is Unit.BP else value


def _back(market: Market, track: Track, row: int, sessions: int) -> int:
    """Row so many sessions before; on the exchange's calendar for what trades every day."""
    if track.kind is not Kind.CRYPTO:
        return row - sessions
    if len(market.sessions) <= sessions:
        return -1
    return track.row_up_to(as_date(market.sessions[-1 - sessions]))


def _moves(market: Market, track: Track, row: int, notes: Ledger) -> None:
    _one_session(track, row, notes)
    day = track.day(row)
    for window, base in (
        ("5s", _back(market, track, row, 5)),
        ("21s", _back(market, track, row, 21)),
        ("1cm", track.row_up_to(month_before(day))),
        ("wtd", track.row_up_to(day - timedelta(days=day.weekday() + 1))),
        ("mtd", track.row_up_to(day.replace(day=1) - timedelta(days=1))),
        ("ytd", track.row_up_to(date(day.year - 1, 12, 31))),
    ):
        if base < 0:
            continue
        name = window if window.endswith("s") else f"{window}@{track.day(base)}"
        _change(track, base, row, name, notes)
    if track.kind is Kind.CRYPTO and day.weekday() == 0:
        friday, sunday = track.row(day - timedelta(days=3)), track.row(day - timedelta(days=1))
        if friday is not None and sunday is not None:
            _change(track, friday, sunday, f"weekend@{track.day(friday)}", notes)


def _one_session(track: Track, row: int, notes: Ledger) -> None:
    if row and not np.isnan(track.moves[row]):
        _change(track, row - 1, row, "1s", notes)


def _change(track: Track, base: int, row: int, window: str, notes: Ledger) -> None:
    old, new = float(track.close[base]), float(track.close[row])
    if track.move_unit is Unit.BP:
        scale = 1.0 if track.unit is Unit.BP else 100.0
        notes.add("change", window, round((new - old) * scale), Unit.BP)
        return
    notes.add("return", window, arrays.percent(old, new), Unit.PCT)
    if track.unit is Unit.LEVEL:
        notes.add("change", window, new - old, Unit.PTS)


def _sizes(track: Track, row: int, notes: Ledger) -> None:
    past = track.sizes[max(row - arrays.WINDOW, 0) : row]
    past = past[~np.isnan(past)]
    if len(past) < 250 or np.isnan(track.sizes[row]):
        return
    smaller = int((past < track.sizes[row] - arrays.ATOL).sum())
    notes.add("move_share", f"{arrays.WINDOW}s", 100.0 * smaller / len(past), Unit.PCT)
    notes.add("typical_move", f"{arrays.WINDOW}s", float(np.median(past)), track.move_unit)


def _pair(market: Market, track: Track | None) -> list[Fact]:
    if track is None:
        return []
    return [item for row in rows_of(market, track) for item in context.gap(track, row)]


def _sectors(market: Market) -> list[Fact]:
    track = market.track(SECTORS)
    if track is None:
        return []
    facts: list[Fact] = []
    for row in rows_of(market, track):
        if np.isnan(track.moves[row]):
            continue
        notes = ledger(track, row)
        day = {name: float(moves[row]) for name, moves in track.parts.items()}
        notes.add("up", "1s", sum(move > 0 for move in day.values()), Unit.COUNT)
        notes.add("count", "1s", len(day), Unit.COUNT)
        notes.add("best", "1s", max(day, key=day.__getitem__), Unit.TEXT)
        notes.add("worst", "1s", min(day, key=day.__getitem__), Unit.TEXT)
        facts += [*notes, *context.gap(track, row)]
    return facts


def month_before(day: date) -> date:
    """The same day of the month before, or that month's last."""
    last = day.replace(day=1) - timedelta(days=1)
    return last.replace(day=min(day.day, last.day))
