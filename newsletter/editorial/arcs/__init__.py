"""Arcs: for each detector the order of moves that tells its story."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

from newsletter.editorial.arcs import events, moves, quiet, rates, records, relative, standing, volatility
from newsletter.editorial.desk import Desk
from newsletter.editorial.phrase import Part
from newsletter.facts import Family, Mode, Story
from newsletter.instruments import Kind

Arc = Callable[[Desk, Story], tuple[Part | None, ...]]

BY_DETECTOR: MappingProxyType[str, Arc] = MappingProxyType(
    {
        "record_close": records.new_record,
        "drought_end": records.new_record,
        "recovery_full": records.new_record,
        "drought_distance": standing.standing,
        "near_miss": standing.missed,
        "range_high": records.level,
        "range_low": records.level,
        "round_number": records.level,
        "ytd_flip": records.year_turns,
        "recovery_half": records.recovering,
        "pullback_5": records.drawdown,
        "drawdown_enter_10": records.drawdown,
        "drawdown_enter_20": records.drawdown,
        "drawdown_exit_10": records.recovering,
        "drawdown_exit_20": records.recovering,
        "round_level": records.level,
        "biggest_since": moves.big_move,
        "move_rank": moves.big_move,
        "ewma_shock": moves.big_move,
        "whipsaw": moves.swings,
        "streak": moves.run,
        "streak_snapped": moves.run_ends,
        "week_extreme": moves.period,
        "month_extreme": moves.period,
        "quarter_extreme": moves.period,
        "mtd_pace": moves.pace,
        "intraday_reversal": moves.reversal,
        "pair_divergence": relative.pair,
        "leadership_flip": relative.pair,
        "sign_split": relative.pair,
        "rotation_extreme": relative.ratio,
        "sector_spread": relative.sector,
        "sector_sweep": relative.sector,
        "concentration": relative.internals,
        "metal_ratio": relative.ratio,
        "vix_move": volatility.fear,
        "vix_cross": volatility.crossed,
        "realised_vs_implied": volatility.implied,
        "credit_move": rates.credit,
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
        "fed_event": events.fed,
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


THEMES = ("drought_distance", "near_miss")
"""Standing states that may lead a quiet day in their own words."""


def tell(desk: Desk, story: Story | None) -> tuple[Part, ...]:
    """The parts of the day's column, empty ones left out."""
    return tuple(item for item in _told(desk, story) if item is not None)


def own(desk: Desk, story: Story) -> tuple[Part, ...]:
    """The parts of a story's own arc, whatever kind of day it is."""
    return tuple(item for item in _arc(desk, story) if item is not None)


def _told(desk: Desk, story: Story | None) -> tuple[Part | None, ...]:
    if story is None:
        return quiet.ordinary(desk, ())
    if desk.choice.mode is Mode.QUIET and not leads_quietly(story):
        return quiet.ordinary(desk, quiet.aside(_arc(desk, story)))
    return _arc(desk, story)


def leads_quietly(story: Story) -> bool:
    """Whether a story may be the column of a quiet day: a standing theme, or what is due."""
    return story.detector in THEMES or story.family is Family.EVENTS


def _arc(desk: Desk, story: Story) -> tuple[Part | None, ...]:
    kind = desk.names.kind(story.entity)
    if kind is Kind.YIELD and not story.entity.startswith("spread:"):
        return rates.yields(desk, story)
    if kind in (Kind.CURRENCY, Kind.COMMODITY, Kind.CRYPTO):
        return rates.price(desk, story)
    if story.entity.startswith("pair:") and story.detector not in BY_DETECTOR:
        return relative.pair(desk, story)
    arc = BY_DETECTOR.get(story.detector) or BY_FAMILY[story.family]
    return arc(desk, story)
