"""What a story is worth: the parts of a score, each on its own, and the editorial tables behind two of them.

    surprise  = min(-log2 p, 10.3)                  10.3 = log2(W + 1)
    magnitude = min(|z|, 8) / 2
    raw       = reach x weight x (surprise + 0.3 magnitude)
    bits      = -log2(share of calibration sessions whose best raw in the family was at least this)
    score     = (bits - kappa + linkage + attribution) x freshness x guard

Rarity alone knows nothing of meaning; reach and weight do. docs/stories.md explains each.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from newsletter.facts import Family, PastIssue, ScoreParts, Story
from newsletter.instruments import Kind
from newsletter.stories import compounds, live
from newsletter.stories.calibration import Calibration
from newsletter.stories.schedule import TIER_1
from newsletter.stories.tracks import Track

MOST_SURPRISE = 10.3
MOST_Z = 8.0
MAGNITUDE_SHARE = 0.3

REACH: Mapping[str, float] = {
    "^GSPC": 1.0,
    "^IXIC": 0.85,
    "DGS10": 0.85,
    "^TNX": 0.85,
    "^DJI": 0.75,
    "^RUT": 0.75,
    "^VIX": 0.75,
    "breadth:SPX": 0.7,
    compounds.COMBO: 0.8,
    live.FUNDS: 1.0,
    "DGS2": 0.65,
    "DGS30": 0.65,
    "DFII10": 0.65,
    "spread:DGS10-DGS2": 0.65,
    "CL=F": 0.65,
    "pair:^RUT-^GSPC": 0.65,
    "pair:^IXIC-^DJI": 0.65,
    "pair:^RUT-^IXIC": 0.65,
    "GC=F": 0.6,
    "DX-Y.NYB": 0.6,
    "BTC-USD": 0.6,
    "spread:DGS10-DGS3MO": 0.6,
    "pair:RSP-SPY": 0.6,
    "pair:IWF-IWD": 0.6,
    compounds.SECTORS: 0.6,
    compounds.CORRELATION: 0.6,
    compounds.IMPLIED: 0.75,
    "HY_OAS": 0.5,
    "pair:HYG-LQD": 0.5,
    "pair:SMH-SPY": 0.5,
    "pair:XLY-XLP": 0.45,
    "pair:KRE-SPY": 0.45,
}
"""How many readers an entity concerns, 0 to 1: an editorial prior."""

REACH_OF_KIND: Mapping[Kind, float] = {
    Kind.INDEX: 0.6,
    Kind.VOLATILITY: 0.5,
    Kind.YIELD: 0.5,
    Kind.CREDIT: 0.5,
    Kind.SECTOR: 0.4,
}
"""For entities that the table above doesn't name."""

OTHER_STOCK = 0.15
OTHER_RELEASE = 0.5
OTHER = 0.5
MEGA_CAP = 0.012
"""Index weight from which a company counts as a mega cap; about the ten largest."""

WEIGHT: Mapping[str, float] = {
    **dict.fromkeys(("pullback_5", "streak", "ewma_shock", "intraday_reversal", "level_since"), 0.9),
    **dict.fromkeys(("calm_end", "calm_end_drop2", "narrow_rally", "cross_asset_combo"), 0.9),
    **dict.fromkeys(("drought_distance", "near_miss", "round_number", "round_level", "ytd_flip"), 0.8),
    **dict.fromkeys(("mtd_pace", "sign_split", "rotation_extreme", "sector_spread"), 0.8),
    **dict.fromkeys(("adv_dec_extreme", "new_highs_lows", "metal_ratio"), 0.8),
    **dict.fromkeys(("range_high", "range_low", "recovery_half", "recovery_full", "whipsaw"), 0.7),
    **dict.fromkeys(("leadership_flip", "sector_sweep", "vix_cross", "curve_extreme"), 0.7),
    **dict.fromkeys(("breadth_cross_50", "breadth_cross_200"), 0.7),
    **dict.fromkeys(("streak_snapped", "drawdown_exit_10", "correlation_break", "correlation_low"), 0.6),
    **dict.fromkeys(("volume_surge", "realised_vs_implied", "regime_change", "seasonality"), 0.5),
    **dict.fromkeys(("ma_cross_200", "ma_cross_50_200", "anniversary"), 0.5),
}
"""How much a rule's findings mean, 0 to 1; 1 where not named."""

FAMILY_OF_KIND: Mapping[Kind, Family] = {
    Kind.VOLATILITY: Family.VOLATILITY,
    Kind.CREDIT: Family.VOLATILITY,
    Kind.YIELD: Family.MACRO,
    Kind.CURRENCY: Family.MACRO,
    Kind.COMMODITY: Family.MACRO,
    Kind.CRYPTO: Family.MACRO,
}
"""Rules on these count as their market's family, whatever the rule."""

REMEMBERED = 10
"""Issues whose stories make the same story less fresh."""

RAREST = 2.0 / 1261.0
"""p at which five years hold at most one move as large: a larger one is not rarer by p."""

DATED_MOVES = frozenset(
    {"biggest_since", "move_rank", "yield_move", "vix_move", "credit_move", "real_yield", "pair_divergence"}
    | {"dollar_move", "oil_move", "gold_move", "crypto_move"}
)
"""Rules whose yardstick is the last move of that sign at least as large; none means the largest in the file."""

LINK = 0.5
MOST_LINKAGE = 1.5
ATTRIBUTED = 0.5

DRIVERS: Mapping[str, frozenset[str]] = {
    "large caps": frozenset({"^GSPC", "^IXIC", "^DJI", "SPY", "QQQ", "DIA"}),
    "small caps": frozenset({"^RUT", "IWM", "pair:^RUT-^GSPC", "pair:^RUT-^IXIC"}),
    "chips": frozenset({"SMH", "pair:SMH-SPY", "NVDA", "AMD", "AVGO", "MU", "TSM", "INTC"}),
    "rates": frozenset(
        {"DGS2", "DGS10", "DGS30", "^TNX", "DFII10", "spread:DGS10-DGS2", "spread:DGS10-DGS3MO"}
    ),
    "credit": frozenset({"HY_OAS", "pair:HYG-LQD"}),
    "commodities": frozenset({"CL=F", "GC=F"}),
    "crypto": frozenset({"BTC-USD"}),
}
"""What moves together: stories of one group may tell one story."""


AGAINST = frozenset({"HY_OAS"})
"""What rises where its group falls: a wider spread is credit doing worse."""


def surprise(p: float) -> float:
    """Bits of surprise in a p-value, capped where five years of sessions can't tell rarer."""
    return min(-math.log2(p), MOST_SURPRISE)


def magnitude(z: float) -> float:
    """Half the robust z of the move, capped; in bits by fiat."""
    return min(abs(z), MOST_Z) / 2.0


def raw(reach: float, weight: float, p: float, z: float) -> float:
    """The score before calibration."""
    return reach * weight * (surprise(p) + MAGNITUDE_SHARE * magnitude(z))


def family(own: Family, track: Track) -> Family:
    """The family a story counts as: its market's for VIX, yields, currencies, commodities and crypto."""
    if own is Family.EVENTS or track.kind is None:
        return own
    return FAMILY_OF_KIND.get(track.kind, own)


def reach(track: Track, weight: float = 0.0) -> float:
    """Reach of an entity; ``weight`` is a company's share of the index, by which its reach grows."""
    name = track.entity
    if name in REACH:
        return REACH[name]
    if name.startswith("event:"):
        return 1.0 if name.removeprefix("event:") in TIER_1 else OTHER_RELEASE
    if track.kind is Kind.STOCK:
        return min(0.5 + 2.0 * weight, 0.8) if weight >= MEGA_CAP else OTHER_STOCK
    return OTHER if track.kind is None else REACH_OF_KIND.get(track.kind, OTHER)


def weight(detector: str) -> float:
    """Editorial weight of a rule."""
    return WEIGHT.get(detector, 1.0)


def freshness(story: Story, recent: Iterable[PastIssue], *, theme: bool) -> float:
    """1, or less where one of the last ten issues ran the same story and nothing about it has changed since.

    It changed where a standing state did, where its yardstick moved further back, where p fell by half a bit, or where
    p can fall no further and the move is larger than the one told.
    """
    issues = sorted(recent, key=lambda issue: issue.session, reverse=True)[:REMEMBERED]
    for age, issue in enumerate(issues, start=1):
        if story.key not in issue.keys:
            continue
        last_p, last_yardstick = issue.p.get(story.key), issue.yardsticks.get(story.key)
        further = (
            story.yardstick is not None and last_yardstick is not None and story.yardstick < last_yardstick
        )
        rarer = last_p is not None and story.p <= last_p / math.sqrt(2.0)
        if further or rarer or _outdoes(story, issue) or (theme and story.changed):
            return 1.0
        return 1.0 - 0.7 * math.exp(-age / 3.0)
    return 1.0


def _outdoes(story: Story, issue: PastIssue) -> bool:
    """Whether a move as rare as can be told is larger than the one an issue told: no such move since that session.

    Without it the second crash of a week is old news: its p is at the floor already, its yardstick the same day.
    """
    return (
        story.detector in DATED_MOVES
        and story.p <= RAREST
        and (story.yardstick is None or story.yardstick < issue.session)
    )


def linkage(story: Story, others: Sequence[Story]) -> float:
    """Half a bit for each other story of the same entity or driver group that points the same way, at most 1.5."""
    if story.direction == 0:
        return 0.0
    linked = sum(
        other.key != story.key and _way(other) == _way(story) and related(story.entity, other.entity)
        for other in others
    )
    return min(LINK * linked, MOST_LINKAGE)


def _way(story: Story) -> int:
    """The way a story points for its group."""
    return -story.direction if story.entity in AGAINST else story.direction


def related(one: str, other: str) -> bool:
    """Whether two entities are the same or moved by the same thing."""
    return one == other or any(one in group and other in group for group in DRIVERS.values())


def total(parts: ScoreParts) -> float:
    """The score of its parts."""
    return (parts.calibration + parts.linkage + parts.attribution) * parts.freshness * parts.guard


def scored(story: Story, **changes: float) -> Story:
    """The story with some parts changed and its score recomputed."""
    assert story.parts is not None  # set where a story is made; there is no story without parts
    parts = replace(story.parts, **changes)
    return replace(story, parts=parts, score=round(total(parts), 6))


def calibrated(table: Calibration, own: Family, value: float) -> float:
    """Bits after the family's table, less kappa."""
    return table.bits(own, value) - table.kappa
