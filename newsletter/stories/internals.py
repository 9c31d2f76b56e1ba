"""The index's members: who belonged when, how many rose, which moved most, as a track and as the day's facts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Protocol

import numpy as np
import pandas as pd

from newsletter.facts import Fact, Unit
from newsletter.market import MarketDay, Members
from newsletter.stories import arrays
from newsletter.stories.arrays import Bools, Floats
from newsletter.stories.ledger import Ledger
from newsletter.stories.tracks import Days, Track, among

ENTITY = "breadth:SPX"
COVERED = 0.9
"""Below this share of members with data, breadth is silent."""

YEAR = 252
"""Sessions of which a member's close may be the highest or lowest."""

LISTED = 5
"""Gainers and losers told."""


class House(Protocol):
    """What gives the day and its tracks."""

    @property
    def day(self) -> MarketDay: ...
    @property
    def sessions(self) -> Days: ...

    def track(self, entity: str) -> Track | None: ...


def build(house: House) -> Track | None:
    """The track of the members; None where there is no panel, or it holds none of the sessions."""
    members = house.day.members
    if members is None:
        return None
    days = members.closes.index.to_numpy().astype("datetime64[D]")
    keep = among(days, house.sessions)
    days = days[keep]
    if len(days) < 2:
        return None
    close = members.closes.to_numpy(dtype=float)[keep]
    belongs = membership(members, days)
    consecutive = np.concatenate(([False], np.diff(np.searchsorted(house.sessions, days)) == 1))
    return Track(
        entity=ENTITY,
        kind=None,
        days=days,
        close=np.full(len(days), np.nan),
        moves=np.full(len(days), np.nan),
        unit=Unit.LEVEL,
        move_unit=Unit.PP,
        source=members.source,
        parts={
            "index": _index(house, members.index, days),
            **_advances(close, belongs, consecutive, _size(members, days)),
            **_positions(close, belongs, _size(members, days)),
        },
    )


def membership(members: Members, days: Days) -> Bools:
    """Which of the panel's columns belonged to the index on each day."""
    column = {name: k for k, name in enumerate(members.closes.columns)}
    result = np.zeros((len(days), len(column)), dtype=bool)
    for spell in members.spells:
        if spell.symbol in column:
            begin, end = _rows(spell.start, spell.end, days)
            result[begin:end, column[spell.symbol]] = True
    return result


def _rows(start: date, end: date | None, days: Days) -> tuple[int, int]:
    begin = int(np.searchsorted(days, np.datetime64(start, "D")))
    return begin, len(days) if end is None else int(np.searchsorted(days, np.datetime64(end, "D")))


def _size(members: Members, days: Days) -> Floats:
    """How many stocks belonged to the index on each day, with data or without."""
    changes = np.zeros(len(days) + 1)
    for spell in members.spells:
        begin, end = _rows(spell.start, spell.end, days)
        changes[begin] += 1
        changes[end] -= 1
    result: Floats = np.cumsum(changes)[:-1]
    return result


def _index(house: House, symbol: str, days: Days) -> Floats:
    track = house.track(symbol)
    result = np.full(len(days), np.nan)
    if track is not None:
        common, ours, theirs = np.intersect1d(days, track.days, assume_unique=True, return_indices=True)
        if len(common):
            result[ours] = track.moves[theirs]
    return result


def _covered(known: Floats, size: Floats) -> Bools:
    result: Bools = (size > 0) & (known >= COVERED * size)
    return result


def _advances(close: Floats, belongs: Bools, consecutive: Bools, size: Floats) -> dict[str, Floats]:
    before = np.vstack((np.full(close.shape[1], np.nan), close[:-1]))
    with np.errstate(invalid="ignore"):
        known = belongs & (close > 0) & (before > 0) & consecutive[:, None]
        up = (known & (close > before)).sum(axis=1).astype(float)
        down = (known & (close < before)).sum(axis=1).astype(float)
    count = known.sum(axis=1).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        advancing = np.where(_covered(count, size) & (up + down > 0), up / (up + down), np.nan)
        coverage = np.where(size > 0, count / size, np.nan)
    return {"up": up, "down": down, "known": count, "advancing": advancing, "coverage": coverage}


def _positions(close: Floats, belongs: Bools, size: Floats) -> dict[str, Floats]:
    """Shares of members above their means, and members at 252-session highs and lows."""
    found: dict[str, Floats] = {}
    for sessions in (50, 200):
        mean = _mean(close, sessions)
        known = belongs & ~np.isnan(mean) & ~np.isnan(close)
        with np.errstate(invalid="ignore"):
            above = (known & (close > mean)).sum(axis=1)
        count = known.sum(axis=1).astype(float)
        with np.errstate(invalid="ignore", divide="ignore"):
            found[f"above_{sessions}"] = np.where(_covered(count, size), 100.0 * above / count, np.nan)
    high, low = arrays.highest_before(close, YEAR - 1), -arrays.highest_before(-close, YEAR - 1)
    known = belongs & ~np.isnan(high) & ~np.isnan(close)
    with np.errstate(invalid="ignore"):
        found["highs"] = (known & (close > high)).sum(axis=1).astype(float)
        found["lows"] = (known & (close < low)).sum(axis=1).astype(float)
    count = known.sum(axis=1).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        found["net_highs"] = np.where(_covered(count, size), (found["highs"] - found["lows"]) / count, np.nan)
    return found


def _mean(close: Floats, sessions: int) -> Floats:
    """Mean of the last ``sessions`` closes, that of the row included; NaN where one of them is missing."""
    filled = np.nan_to_num(close)
    total = np.vstack((np.zeros(close.shape[1]), np.cumsum(filled, axis=0)))
    holes = np.vstack((np.zeros(close.shape[1]), np.cumsum(np.isnan(close), axis=0)))
    result = np.full(close.shape, np.nan)
    if len(close) >= sessions:
        full = holes[sessions:] == holes[:-sessions]
        result[sessions - 1 :] = np.where(full, (total[sessions:] - total[:-sessions]) / sessions, np.nan)
    return result


def facts(house: House) -> list[Fact]:
    """Breadth of the day and its largest movers; nothing where too few members have data."""
    track, members = house.track(ENTITY), house.day.members
    row = None if track is None else track.row(house.day.session)
    if track is None or members is None or row is None or np.isnan(track.parts["advancing"][row]):
        return []
    notes = Ledger(entity=ENTITY, as_of=house.day.session, source=members.source)
    parts = {name: float(values[row]) for name, values in track.parts.items()}
    notes.add("up", "1s", int(parts["up"]), Unit.COUNT)
    notes.add("down", "1s", int(parts["down"]), Unit.COUNT)
    notes.add("members", "1s", int(parts["known"]), Unit.COUNT)
    notes.add("coverage", "1s", 100.0 * parts["coverage"], Unit.PCT)
    notes.add("share_above_mean", "50s", parts["above_50"], Unit.PCT)
    notes.add("share_above_mean", "200s", parts["above_200"], Unit.PCT)
    if not np.isnan(parts["net_highs"]):
        notes.add("highs", "252s", int(parts["highs"]), Unit.COUNT)
        notes.add("lows", "252s", int(parts["lows"]), Unit.COUNT)
    return [*notes, *_movers(house, members), *_week(house, members)]


def changes(house: House) -> list[Fact]:
    """Stocks that join or leave the index before the next session opens."""
    members = house.day.members
    if members is None or not house.day.ahead:
        return []
    coming = house.day.ahead[0]
    found: list[Fact] = []
    for spell in members.spells:
        for day, word in ((spell.start, "joins"), (spell.end, "leaves")):
            if day is not None and house.day.session < day <= coming:
                notes = Ledger(entity=spell.symbol, as_of=house.day.session, source=members.source)
                notes.add("index_change", f"due@{coming}", word, Unit.TEXT)
                found += notes
    return found


def _week(house: House, members: Members) -> list[Fact]:
    """The members that did best and worst in the week so far, with their change since the week before."""
    day = house.day.session
    closes = members.closes.loc[: pd.Timestamp(day)]
    before = closes.loc[: pd.Timestamp(day - timedelta(days=day.weekday() + 1))]
    if before.empty or closes.index[-1].date() != day:
        return []
    base = before.index[-1]
    belongs = membership(members, np.array([np.datetime64(day)]))[0]
    now, then = closes.iloc[-1], before.iloc[-1]
    changes = ((now / then - 1.0) * 100.0)[belongs & (now > 0).to_numpy() & (then > 0).to_numpy()]
    if len(changes) < 2 * LISTED:
        return []
    window = f"wtd@{base.date()}"
    notes = Ledger(entity=ENTITY, as_of=day, source=members.source)
    found: list[Fact] = []
    for metric, symbol in (("week_best", str(changes.idxmax())), ("week_worst", str(changes.idxmin()))):
        notes.add(metric, window, symbol, Unit.TEXT)
        if house.track(symbol) is None:
            own = Ledger(entity=symbol, as_of=day, source=members.source)
            own.add("return", window, float(changes[symbol]), Unit.PCT)
            found += own
    return [*notes, *found]


def _movers(house: House, members: Members) -> list[Fact]:
    session = pd.Timestamp(house.day.session)
    place = members.closes.index.get_loc(session)
    if not isinstance(place, int) or place == 0:
        return []
    now, before = members.closes.iloc[place], members.closes.iloc[place - 1]
    belongs = membership(members, np.array([session.to_datetime64()]).astype("datetime64[D]"))[0]
    moves = ((now / before - 1.0) * 100.0)[belongs & (now > 0).to_numpy() & (before > 0).to_numpy()]
    ranked = moves.sort_values(kind="stable")
    best, worst = list(ranked.index[::-1][:LISTED]), list(ranked.index[:LISTED])
    notes = Ledger(entity=ENTITY, as_of=house.day.session, source=members.source)
    for k, (gainer, loser) in enumerate(zip(best, worst, strict=True), start=1):
        notes.add(f"gainer_{k}", "1s", gainer, Unit.TEXT)
        notes.add(f"loser_{k}", "1s", loser, Unit.TEXT)
    found = list(notes)
    for name in dict.fromkeys([*best, *worst]):
        if house.track(name) is not None:
            continue  # its own series has already said so, unadjusted
        own = Ledger(entity=name, as_of=house.day.session, source=members.source)
        own.add("return", "1s", float(moves[name]), Unit.PCT)
        found += own
    return found
