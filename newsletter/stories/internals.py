"""The index's members on one day: how many rose, which moved most."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from newsletter.facts import Fact, Unit
from newsletter.market import Members
from newsletter.stories.ledger import Ledger
from newsletter.stories.prepared import Market

ENTITY = "breadth:SPX"
COVERED = 0.9
"""Below this share of members with data, breadth is silent."""

LISTED = 5
"""Gainers and losers told."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """Members' one-session moves in percent, and how many belonged to the index that day."""

    moves: pd.Series[float]
    members: int

    @property
    def covered(self) -> float:
        return len(self.moves) / self.members if self.members else 0.0


def member_symbols(members: Members, day: date) -> frozenset[str]:
    """Who belonged to the index on ``day``."""
    return frozenset(
        spell.symbol
        for spell in members.spells
        if spell.start <= day and (spell.end is None or day < spell.end)
    )


def on(market: Market, day: date, before: date) -> Day | None:
    """Members with data on ``day`` and the session before; None where the panel doesn't reach."""
    members = market.day.members
    if members is None:
        return None
    now, then = pd.Timestamp(day), pd.Timestamp(before)
    if now not in members.closes.index or then not in members.closes.index:
        return None
    current = member_symbols(members, day)
    known = [name for name in members.closes.columns if name in current]
    rows = members.closes.loc[[then, now]][known]
    moves = (rows.iloc[1] / rows.iloc[0] - 1.0) * 100.0
    moves = moves[np.isfinite(moves) & (rows > 0).all()]
    return Day(moves=moves, members=len(current))


def facts(market: Market) -> list[Fact]:
    """Breadth of the day and its largest movers; nothing where too few members have data."""
    if len(market.sessions) < 2:
        return []
    before = market.sessions[-2].astype("datetime64[D]").item()
    day = on(market, market.session, before)
    members = market.day.members
    if day is None or members is None or day.covered < COVERED:
        return []
    notes = Ledger(entity=ENTITY, as_of=market.session, source=members.source)
    notes.add("up", "1s", int((day.moves > 0).sum()), Unit.COUNT)
    notes.add("down", "1s", int((day.moves < 0).sum()), Unit.COUNT)
    notes.add("members", "1s", len(day.moves), Unit.COUNT)
    notes.add("coverage", "1s", 100.0 * day.covered, Unit.PCT)
    found = list(notes)
    ranked = day.moves.sort_values(kind="stable")
    worst, best = list(ranked.index[:LISTED]), list(ranked.index[::-1][:LISTED])
    for place, (gainer, loser) in enumerate(zip(best, worst, strict=True), start=1):
        notes = Ledger(entity=ENTITY, as_of=market.session, source=members.source)
        notes.add(f"gainer_{place}", "1s", gainer, Unit.TEXT)
        notes.add(f"loser_{place}", "1s", loser, Unit.TEXT)
        found += notes
    for name in dict.fromkeys([*best, *worst]):
        if market.track(name) is not None:
            continue  # its own series has already said so, unadjusted
        notes = Ledger(entity=name, as_of=market.session, source=members.source)
        notes.add("return", "1s", float(day.moves[name]), Unit.PCT)
        notes.add("close", "1s", float(members.closes[name].loc[pd.Timestamp(market.session)]), Unit.USD)
        found += notes
    return found
