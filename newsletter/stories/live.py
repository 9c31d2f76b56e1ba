"""Tracks of what only a live universe brings: futures before a decision and before the open, index weights.

Without their series they are not there, and the rules on them are silent (docs/stories.md, "What needs data we don't
have").
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol

import numpy as np

from newsletter.facts import Unit
from newsletter.market import MarketDay
from newsletter.stories import arrays
from newsletter.stories.arrays import Floats
from newsletter.stories.tracks import Days, Track, warm_start

FUNDS = "ZQ=F"
"""The 30-day fed funds future of the month at hand: 100 less the mean rate of that month."""

INDEX = "^GSPC"
FUTURE, FUTURE_EARLY = "ES=F", "ES=F-0600"
"""The S&P 500 future at 16:00 New York time of a session, and at 06:00 the morning after, dated with that session."""

ODDS, OVERNIGHT, CONCENTRATION = f"odds:{FUNDS}", f"overnight:{FUTURE}", "concentration:SPX"

STEP = 0.25
"""Percentage points by which a central bank moves."""

DAYS_AFTER = 7
"""Fewest days of the month after a decision: with fewer, the month's mean says too little of it."""

GROUPS = (1, 5, 10)
"""So many of the largest companies are looked at together."""

LEAST_MOVE = 0.3
"""Percent the index must move: a share of next to nothing is any number."""


class House(Protocol):
    """What gives the day and the single tracks."""

    @property
    def day(self) -> MarketDay: ...
    @property
    def warm(self) -> int | None: ...

    def track(self, entity: str) -> Track | None: ...


def build(house: House, entity: str) -> Track | None:
    """The track of that name; None where its series are not there."""
    makers = {ODDS: _odds, OVERNIGHT: _overnight, CONCENTRATION: _concentration}
    return makers[entity](house) if entity in makers else None


def _odds(house: House) -> Track | None:
    """Moves: change in a day of the probability that the month's decision is a quarter point higher, in points."""
    future = house.track(FUNDS)
    if future is None or not house.day.rate_decisions:
        return None
    implied = 100.0 - future.close
    due, share = _due(future.days, house.day.rate_decisions)
    moves = np.full(len(future), np.nan)
    # Both days lie before one decision and so in one month: no change of contract is ever taken for news.
    same = due[1:] == due[:-1]
    change = np.diff(implied) / STEP * 100.0
    moves[1:][same] = change[same] / share[1:][same]
    return Track(
        entity=FUNDS,
        kind=None,
        days=future.days,
        close=implied,
        moves=moves,
        unit=Unit.PCT,
        move_unit=Unit.PP,
        source=future.source,
        start=warm_start(len(future), house.warm),
        parts={"due": due},
    )


def _due(days: Days, decisions: Iterable[date]) -> tuple[Floats, Floats]:
    """For each day the next decision of its month, in days since 1970, and the share of the month that follows it.

    NaN where none is left, or too little of the month follows: a decision counts from the day after it.
    """
    due, share = np.full(len(days), np.nan), np.full(len(days), np.nan)
    months = days.astype("datetime64[M]")
    for decision in sorted((np.datetime64(day, "D") for day in decisions), reverse=True):
        month = decision.astype("datetime64[M]")
        first, last = month.astype("datetime64[D]"), (month + 1).astype("datetime64[D]")
        after = int((last - decision).astype(int)) - 1
        waiting = (months == month) & (days < decision)
        due[waiting] = float(decision.astype(int)) if after >= DAYS_AFTER else np.nan
        share[waiting] = after / int((last - first).astype(int))
    return due, share


def _overnight(house: House) -> Track | None:
    """Moves: percent from the session's 16:00 to 06:00 the morning after."""
    close, early = house.track(FUTURE), house.track(FUTURE_EARLY)
    if close is None or early is None:
        return None
    days, ours, theirs = np.intersect1d(close.days, early.days, assume_unique=True, return_indices=True)
    if not len(days):
        return None
    joint = np.stack((close.close[ours], early.close[theirs]))
    moves = np.array([arrays.percent(old, new) for old, new in joint.T.tolist()])
    return Track(
        entity=OVERNIGHT,
        kind=None,
        days=days,
        close=joint[1],
        moves=moves,
        unit=Unit.LEVEL,
        move_unit=Unit.PCT,
        source=f"{close.source}, {early.source}",
        start=warm_start(len(days), house.warm),
    )


def _concentration(house: House) -> Track | None:
    """The track of the largest companies' share in the index's moves; None where weights, index or prices are missing.

    A weight moves with its company's price against the index, from what it was known to be on the issue's session: exact
    while share counts stand still.
    """
    index = house.track(INDEX)
    known = {name: house.track(name) for name in house.day.weights}
    companies = {name: track for name, track in known.items() if track is not None}
    if index is None or len(companies) < max(GROUPS):
        return None
    largest = sorted(companies, key=lambda name: (-house.day.weights[name], name))
    made = np.vstack([_points(house, companies[name], index) for name in largest])
    with np.errstate(invalid="ignore"):
        moved = np.where(np.abs(index.moves) >= LEAST_MOVE, index.moves, np.nan)
    shares = {f"largest_{k}": 100.0 * made[:k].sum(axis=0) / moved for k in GROUPS}
    return Track(
        entity=CONCENTRATION,
        kind=None,
        days=index.days,
        close=np.full(len(index), np.nan),
        moves=index.moves,
        unit=Unit.LEVEL,
        move_unit=Unit.PCT,
        source=", ".join((index.source, *(companies[name].source for name in largest[: max(GROUPS)]))),
        start=warm_start(len(index), house.warm),
        parts=shares,
    )


def _points(house: House, company: Track, index: Track) -> Floats:
    """What a company added to the index's move, in percentage points, on the index's days; NaN where not known."""
    _, ours, theirs = np.intersect1d(index.days, company.days, assume_unique=True, return_indices=True)
    close, moves = np.full(len(index), np.nan), np.full(len(index), np.nan)
    close[ours], moves[ours] = company.close[theirs], company.moves[theirs]
    against = np.full(len(index), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        against[1:] = close[:-1] / index.close[:-1]
        weight = house.day.weights[company.entity] * against / (company.close[-1] / index.close[-1])
        result: Floats = weight * moves
    return result
