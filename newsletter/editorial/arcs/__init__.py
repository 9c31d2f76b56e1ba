"""Arcs: for each detector the order of moves that tells its story."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

from newsletter.editorial.arcs import events, moves, quiet, rates, records, relative, volatility
from newsletter.editorial.desk import Desk
from newsletter.editorial.phrase import Part
from newsletter.facts import Family, Story

Arc = Callable[[Desk, Story], tuple[Part | None, ...]]

BY_DETECTOR: MappingProxyType[str, Arc] = MappingProxyType(
    {
        "record_close": records.new_record,
        "drought_end": records.new_record,
        "recovery_full": records.new_record,
        "drought_distance": records.standing,
        "near_miss": records.standing,
        "range_high": records.level,
        "range_low": records.level,
        "round_number": records.level,
        "ytd_flip": records.level,
        "recovery_half": records.level,
        "pullback_5": records.drawdown,
        "drawdown_enter": records.drawdown,
        "drawdown_exit": records.level,
        "biggest_since": moves.big_move,
        "move_rank": moves.big_move,
        "ewma_shock": moves.big_move,
        "whipsaw": moves.big_move,
        "streak": moves.run,
        "streak_snapped": moves.big_move,
        "period_extreme": moves.pace,
        "mtd_pace": moves.pace,
        "intraday_reversal": moves.reversal,
        "pair_divergence": relative.pair,
        "leadership_flip": relative.pair,
        "sign_split": relative.pair,
        "rotation_extreme": relative.pair,
        "sector_spread": relative.sector,
        "sector_sweep": relative.sector,
        "vix_move": volatility.fear,
        "vix_cross": volatility.fear,
        "realised_vs_implied": volatility.fear,
        "calm_end": volatility.calm_ends,
        "calm_end_drop2": volatility.calm_ends,
        "curve_flip": rates.curve,
        "curve_extreme": rates.curve,
        "yield_move": rates.yields,
        "cross_asset_combo": rates.together,
        "earnings_reaction": events.reaction,
        "earnings_surprise": events.reaction,
        "macro_surprise": events.surprise,
        "macro_ahead": events.ahead,
        "earnings_ahead": events.ahead,
        "fed_event": events.ahead,
        "report_cluster": events.ahead,
    }
)

BY_FAMILY: MappingProxyType[Family, Arc] = MappingProxyType(
    {
        Family.LEVELS: records.level,
        Family.MOVES: moves.big_move,
        Family.RELATIVE: relative.pair,
        Family.BREADTH: relative.internals,
        Family.VOLATILITY: volatility.fear,
        Family.MACRO: rates.price,
        Family.EVENTS: events.ahead,
        Family.CALENDAR: records.level,
    }
)


def tell(desk: Desk, story: Story | None) -> tuple[Part, ...]:
    """The parts of the day's column, empty ones left out."""
    return tuple(item for item in _told(desk, story) if item is not None)


def _told(desk: Desk, story: Story | None) -> tuple[Part | None, ...]:
    if story is None:
        return quiet.ordinary(desk, None)
    if story.entity.startswith("DGS") or story.entity == "^TNX":
        return rates.yields(desk, story)
    arc = BY_DETECTOR.get(story.detector.partition("(")[0]) or BY_FAMILY[story.family]
    return arc(desk, story)
