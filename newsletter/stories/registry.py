"""Every rule there is. Adding one is a function in its family's file and an entry here.

Rates in percent are those of the reference replay, 2004-01-02 to 2025-09-30, per entity (docs/stories.md).
"""

from __future__ import annotations

from collections.abc import Callable

from newsletter.facts import Family
from newsletter.instruments import Kind
from newsletter.stories import (
    breadth,
    compounds,
    concentration,
    drawdowns,
    events,
    futures,
    internals,
    levels,
    live,
    macro,
    moves,
    relative,
    statistics,
    volatility,
)
from newsletter.stories.firings import Detector
from newsletter.stories.prepared import Market
from newsletter.stories.schedule import FED, MINUTES, TIER_1
from newsletter.stories.tracks import Track

Pick = Callable[[Market], tuple[Track, ...]]

RECORD_CITES = (
    "record_close:file",
    "close:1s",
    "return:1s",
    "records:ytd",
    "drought:file",
    "record_date:file",
)
MOVE_CITES = (
    "return:1s",
    "change:1s",
    "since:file",
    "span:file",
    "rank:file",
    "close:1s",
    "move_share:1260s",
    "level_since:file",
    "level_extreme:file",
    "record_set:file",
)
DRAWDOWN_CITES = ("dist_record:file", "close:1s", "return:1s", "record_close:file", "record_date:file")
GAP_CITES = ("gap:1s", "gap_share:1260s", "gap_one_in:1260s", "gap_since:file", "gap_typical:1260s")


def these(*entities: str) -> Pick:
    """Exactly these entities, where they have data."""
    return lambda market: market.tracks(*entities)


def indexes(market: Market) -> tuple[Track, ...]:
    """Every share index."""
    return market.of_kind(Kind.INDEX)


def yields(market: Market) -> tuple[Track, ...]:
    """The 2-, 10- and 30-year par yields; the ten-year quote where there are none."""
    return market.tracks("DGS2", "DGS10", "DGS30") or market.tracks("^TNX")


def moving(market: Market) -> tuple[Track, ...]:
    """Whatever has a one-session move worth dating."""
    return indexes(market) + yields(market) + market.tracks("DX-Y.NYB", "CL=F", "GC=F", "BTC-USD")


def levelled(market: Market) -> tuple[Track, ...]:
    """Yields, oil and the VIX: their levels have names of their own."""
    return market.tracks("^VIX") + yields(market) + market.tracks("CL=F")


def pairs(market: Market) -> tuple[Track, ...]:
    """Every pair whose gap is watched."""
    return market.tracks(*(compounds.pair(first, second) for first, second in compounds.PAIRS))


def curves(market: Market) -> tuple[Track, ...]:
    """The spreads of yields."""
    return market.tracks(*(compounds.spread(first, second) for first, second in compounds.SPREADS))


def due_reports(market: Market) -> tuple[Track, ...]:
    """What companies have due."""
    return market.tracks(*(f"due:{item.entity}" for item in market.schedule.stocks))


def due_releases(market: Market) -> tuple[Track, ...]:
    """What tier-1 releases are due."""
    return market.tracks(*(f"due:event:{event}" for event in TIER_1))


def answered(market: Market) -> tuple[Track, ...]:
    """Companies' sessions after their reports."""
    return market.tracks(*(f"reports:{item.entity}" for item in market.schedule.stocks))


def beats(market: Market) -> tuple[Track, ...]:
    """Companies' earnings against their estimates."""
    return market.tracks(*(f"beats:{item.entity}" for item in market.schedule.stocks))


def prints(market: Market) -> tuple[Track, ...]:
    """Every release's prints less consensus."""
    events_ = dict.fromkeys(item.event for item in market.day.releases if item.actual is not None)
    return market.tracks(*(f"prints:{event}" for event in events_))


DETECTORS: tuple[Detector, ...] = (
    # A. Levels and records
    Detector(
        name="record_close",
        family=Family.LEVELS,
        entities=lambda market: indexes(market) + market.tracks("BTC-USD"),
        run=levels.record_close,
        facts=levels.record_facts,
        cites=RECORD_CITES,
        recipe="line_record",
        reference=(5.1, 8.0),
    ),
    Detector(
        name="gold_record",
        family=Family.LEVELS,
        entities=these("GC=F"),
        run=levels.record_close,
        facts=levels.record_facts,
        cites=RECORD_CITES,
        recipe="line_level",
        reference=(4.4, 4.4),
    ),
    Detector(
        name="drought_end",
        family=Family.LEVELS,
        entities=indexes,
        run=levels.drought_end,
        facts=levels.drought_end_facts,
        cites=("drought:file", *RECORD_CITES),
        recipe="drought_bars",
        fallback="line_record",
        reference=(0.15, 0.24),
    ),
    Detector(
        name="drought_distance",
        family=Family.LEVELS,
        entities=indexes,
        run=levels.drought_distance,
        cites=(
            "dist_record:file",
            "record_close:file",
            "record_date:file",
            "drought:file",
            "to_record:file",
            "close:1s",
            "return:1s",
            "retraced:1s",
            "near_miss_close:file",
            "near_miss_date:file",
            "near_miss_gap:file",
            "near_miss_fall:file",
            "near_miss_low:file",
            "gain_rate:21s",
            "gain_rate_count:21s",
        ),
        recipe="line_record",
        theme=True,
        reference=(1.7, 4.8),
    ),
    Detector(
        name="near_miss",
        family=Family.LEVELS,
        entities=indexes,
        run=levels.near_miss,
        facts=levels.near_miss_facts,
        cites=("record_close:file", "record_date:file", "close:1s", "return:1s", "dist_record:file"),
        recipe="line_record",
        reference=(0.0, 0.07),
    ),
    Detector(
        name="range_high",
        family=Family.LEVELS,
        entities=indexes,
        run=levels.range_high,
        cites=("close:1s", "level_since:file", "return:1s"),
        recipe="line_range",
        reference=(0.2, 0.5),
    ),
    Detector(
        name="range_low",
        family=Family.LEVELS,
        entities=indexes,
        run=levels.range_low,
        cites=("close:1s", "level_since:file", "return:1s", "dist_record:file"),
        recipe="line_range",
        reference=(0.2, 0.5),
    ),
    Detector(
        name="round_number",
        family=Family.LEVELS,
        entities=lambda market: indexes(market) + market.tracks("BTC-USD"),
        run=levels.round_number,
        facts=levels.milestone_facts,
        cites=("close:1s", "records:ytd", "return:1s"),
        recipe="line_level",
        reference=(0.1, 0.2),
    ),
    Detector(
        name="round_level",
        family=Family.LEVELS,
        entities=levelled,
        run=levels.round_level,
        facts=levels.milestone_facts,
        cites=("close:1s", "change:1s", "return:1s", "level_since:file"),
        recipe="line_level",
    ),
    Detector(
        name="pullback_5",
        family=Family.LEVELS,
        entities=indexes,
        run=drawdowns.pullback_5,
        facts=drawdowns.pullback_facts,
        cites=(*DRAWDOWN_CITES, "as_far_since:file", "as_far_ago:file"),
        recipe="drawdown_area",
        reference=(0.3, 0.3),
    ),
    *(
        Detector(
            name=f"drawdown_{way}_{depth}",
            family=Family.LEVELS,
            entities=indexes,
            run=run,
            facts=facts,
            cites=(*DRAWDOWN_CITES, "level_since:file", "as_far_since:file"),
            recipe="drawdown_area",
            reference=rate,
        )
        for way, depth, run, facts, rate in (
            ("enter", 10, drawdowns.drawdown_enter_10, drawdowns.enter_10_facts, (0.3, 0.7)),
            ("enter", 20, drawdowns.drawdown_enter_20, drawdowns.enter_20_facts, (0.05, 0.2)),
            ("exit", 10, drawdowns.drawdown_exit_10, drawdowns.leg_facts, (0.3, 0.7)),
            ("exit", 20, drawdowns.drawdown_exit_20, drawdowns.leg_facts, (0.05, 0.2)),
        )
    ),
    Detector(
        name="recovery_half",
        family=Family.LEVELS,
        entities=indexes,
        run=drawdowns.recovery_half,
        facts=drawdowns.recovery_facts,
        cites=("recovered:leg", "pullback:leg", "pullback_low:leg", *DRAWDOWN_CITES),
        recipe="drawdown_area",
        reference=(0.2, 0.3),
    ),
    Detector(
        name="recovery_full",
        family=Family.LEVELS,
        entities=indexes,
        run=drawdowns.recovery_full,
        facts=drawdowns.recovery_facts,
        cites=RECORD_CITES,
        recipe="drawdown_area",
        reference=(0.15, 0.3),
    ),
    Detector(
        name="ytd_flip",
        family=Family.LEVELS,
        entities=indexes,
        run=levels.ytd_flip,
        cites=("return:ytd", "close:1s", "return:1s"),
        recipe="ytd_paths",
        reference=(0.6, 0.7),
    ),
    # B. Moves and streaks
    Detector(
        name="biggest_since",
        family=Family.MOVES,
        entities=moving,
        run=moves.biggest_since,
        cites=MOVE_CITES,
        recipe="bars_since",
        fallback="hist_dot",
        sized=True,
        reference=(2.6, 3.5),
    ),
    Detector(
        name="move_rank",
        family=Family.MOVES,
        entities=indexes,
        run=moves.move_rank,
        cites=MOVE_CITES,
        recipe="hist_dot",
        sized=True,
        reference=(5.1, 5.7),
    ),
    Detector(
        name="ewma_shock",
        family=Family.MOVES,
        entities=indexes,
        run=moves.ewma_shock,
        facts=moves.shock_facts,
        cites=MOVE_CITES,
        recipe="hist_dot",
        sized=True,
        reference=(1.0, 1.3),
    ),
    Detector(
        name="streak",
        family=Family.MOVES,
        entities=indexes,
        run=moves.streak,
        cites=(
            "streak:1s",
            "streak_since:file",
            "streak_return:run",
            "return:1s",
            "close:1s",
            "move_share:1260s",
            "recovered:leg",
            "pullback:leg",
            "pullback_start:leg",
            "pullback_low:leg",
            "dist_record:file",
        ),
        recipe="streak_ladder",
        reference=(10.3, 12.5),
    ),
    Detector(
        name="streak_snapped",
        family=Family.MOVES,
        entities=indexes,
        run=moves.streak_snapped,
        facts=moves.snapped_facts,
        cites=("return:1s", "close:1s", "retraced:1s"),
        recipe="streak_ladder",
        reference=(2.6, 3.2),
    ),
    *(
        Detector(
            name=f"{period}_extreme",
            family=Family.MOVES,
            entities=indexes,
            run=run,
            facts=facts,
            cites=(f"return:{window}", "close:1s", "return:1s") if window else ("close:1s", "return:1s"),
            recipe="bars_since",
            reference=(rate, rate),
        )
        for period, run, facts, window, rate in (
            ("week", moves.week_extreme, moves.week_facts, "wtd", 0.9),
            ("month", moves.month_extreme, moves.month_facts, "mtd", 0.5),
            ("quarter", moves.quarter_extreme, moves.quarter_facts, "", 0.2),
        )
    ),
    Detector(
        name="mtd_pace",
        family=Family.MOVES,
        entities=indexes,
        run=moves.mtd_pace,
        facts=moves.pace_facts,
        cites=("return:mtd", "close:1s", "return:1s"),
        recipe="ytd_paths",
        reference=(0.2, 0.6),
    ),
    Detector(
        name="intraday_reversal",
        family=Family.MOVES,
        entities=indexes,
        run=moves.intraday_reversal,
        facts=moves.reversal_facts,
        cites=("return:1s", "close:1s"),
        recipe="candle",
        reference=(3.4, 7.4),
    ),
    Detector(
        name="whipsaw",
        family=Family.MOVES,
        entities=indexes,
        run=moves.whipsaw,
        facts=moves.whipsaw_facts,
        cites=("return:1s", "return:5s", "close:1s"),
        recipe="bars_since",
        reference=(0.5, 1.0),
    ),
    # C. Relative moves and rotation
    Detector(
        name="pair_divergence",
        family=Family.RELATIVE,
        entities=pairs,
        run=relative.pair_divergence,
        cites=GAP_CITES,
        recipe="pair_spread",
        sized=True,
        reference=(5.4, 7.5),
    ),
    Detector(
        name="leadership_flip",
        family=Family.RELATIVE,
        entities=pairs,
        run=relative.leadership_flip,
        cites=GAP_CITES,
        recipe="pair_spread",
        reference=(3.2, 4.3),
    ),
    Detector(
        name="sign_split",
        family=Family.RELATIVE,
        entities=these("pair:^IXIC-^DJI"),
        run=relative.sign_split,
        cites=GAP_CITES,
        recipe="pair_spread",
        reference=(3.7, 3.7),
    ),
    Detector(
        name="rotation_extreme",
        family=Family.RELATIVE,
        entities=lambda market: pairs(market) + market.tracks(compounds.ratio("GC=F", "^GSPC")),
        run=relative.rotation_extreme,
        facts=relative.extreme_facts,
        cites=("gap:1s",),
        recipe="ratio_line",
        reference=(0.2, 0.7),
    ),
    Detector(
        name="sector_spread",
        family=Family.RELATIVE,
        entities=these(compounds.SECTORS),
        run=relative.sector_spread,
        cites=("gap:1s", "best:1s", "worst:1s", "gap_since:file", "gap_share:1260s", "up:1s", "count:1s"),
        recipe="sector_bars",
        reference=(2.2, 2.2),
    ),
    Detector(
        name="sector_sweep",
        family=Family.RELATIVE,
        entities=these(compounds.SECTORS),
        run=relative.sector_sweep,
        cites=("up:1s", "count:1s", "best:1s", "worst:1s", "gap:1s"),
        recipe="sector_bars",
        leads=False,
        listed=False,
        reference=(17.8, 17.8),
    ),
    Detector(
        name="concentration",
        family=Family.RELATIVE,
        entities=these(live.CONCENTRATION),
        run=concentration.concentration,
        facts=concentration.concentration_facts,
        cites=("^GSPC return:1s",),
        recipe="stack_bar",
    ),
    # D. Breadth and internals
    Detector(
        name="adv_dec_extreme",
        family=Family.BREADTH,
        entities=these(internals.ENTITY),
        run=breadth.adv_dec_extreme,
        cites=("up:1s", "down:1s", "members:1s"),
        recipe="breadth_area",
        reference=(9.7, 9.7),
    ),
    Detector(
        name="narrow_rally",
        family=Family.BREADTH,
        entities=these(internals.ENTITY),
        run=breadth.narrow_rally,
        facts=breadth.narrow_facts,
        cites=("up:1s", "down:1s", "members:1s"),
        recipe="breadth_area",
        reference=(4.0, 4.0),
    ),
    *(
        Detector(
            name=f"breadth_cross_{sessions}",
            family=Family.BREADTH,
            entities=these(internals.ENTITY),
            run=run,
            facts=facts,
            cites=(f"share_above_mean:{sessions}s", "members:1s"),
            recipe="breadth_area",
            reference=(rate, rate),
        )
        for sessions, run, facts, rate in (
            (50, breadth.breadth_cross_50, breadth.cross_50_facts, 5.7),
            (200, breadth.breadth_cross_200, breadth.cross_200_facts, 3.1),
        )
    ),
    Detector(
        name="new_highs_lows",
        family=Family.BREADTH,
        entities=these(internals.ENTITY),
        run=breadth.new_highs_lows,
        facts=breadth.highs_facts,
        cites=("members:1s",),
        recipe="breadth_area",
        reference=(1.3, 1.3),
    ),
    Detector(
        name="volume_surge",
        family=Family.BREADTH,
        entities=these("^GSPC", "^IXIC", "^DJI"),  # the Russell 2000's file repeats the S&P 500's volume
        run=breadth.volume_surge,
        facts=breadth.volume_facts,
        cites=("return:1s", "close:1s"),
        recipe="bars_since",
        leads=False,
        reference=(2.0, 2.5),
    ),
    # E. Volatility and risk
    Detector(
        name="vix_move",
        family=Family.VOLATILITY,
        entities=these("^VIX"),
        run=moves.move_rank,
        cites=(*MOVE_CITES, "points_rank:file", "share_above:file"),
        recipe="bars_since",
        fallback="line_level",
        sized=True,
        reference=(5.6, 5.6),
    ),
    Detector(
        name="vix_cross",
        family=Family.VOLATILITY,
        entities=these("^VIX"),
        run=volatility.vix_cross,
        facts=volatility.cross_facts,
        cites=("close:1s", "return:1s", "change:1s"),
        recipe="line_level",
        reference=(5.4, 5.4),
    ),
    Detector(
        name="level_since",
        family=Family.VOLATILITY,
        entities=lambda market: levelled(market) + market.tracks("DX-Y.NYB"),
        run=volatility.level_since,
        facts=relative.extreme_facts,
        cites=("close:1s", "level_since:file", "change:1s", "return:1s"),
        recipe="line_range",
        reference=(0.3, 0.6),
    ),
    Detector(
        name="calm_end",
        family=Family.VOLATILITY,
        entities=indexes,
        run=volatility.calm_end,
        facts=volatility.calm_facts,
        cites=("return:1s", "close:1s"),
        recipe="drought_bars",
        reference=(0.0, 0.05),
    ),
    Detector(
        name="calm_end_drop2",
        family=Family.VOLATILITY,
        entities=indexes,
        run=volatility.calm_end_drop2,
        facts=volatility.calm_drop2_facts,
        cites=("return:1s", "close:1s"),
        recipe="drought_bars",
        reference=(0.3, 0.4),
    ),
    Detector(
        name="realised_vs_implied",
        family=Family.VOLATILITY,
        entities=these(compounds.IMPLIED),
        run=volatility.realised_vs_implied,
        facts=volatility.implied_facts,
        recipe="pair_spread",
        reference=(0.7, 0.7),
    ),
    Detector(
        name="credit_move",
        family=Family.VOLATILITY,
        entities=these("HY_OAS", compounds.pair(*compounds.CREDIT)),
        run=moves.move_rank,
        cites=("change:1s", "close:1s", "since:file", *GAP_CITES),
        recipe="line_level",
        sized=True,
    ),
    Detector(
        name="vix_term_inversion",
        family=Family.VOLATILITY,
        entities=these(compounds.ratio("^VIX", "^VIX3M")),
        run=volatility.term_inversion,
        facts=volatility.ratio_facts,
        recipe="pair_spread",
    ),
    Detector(
        name="options_pressure",
        family=Family.VOLATILITY,
        entities=these("^SKEW"),
        run=volatility.options_pressure,
        cites=("close:1s",),
        recipe="line_level",
    ),
    # F. Rates, currencies, commodities, crypto
    Detector(
        name="yield_move",
        family=Family.MACRO,
        entities=yields,
        run=moves.move_rank,
        cites=("change:1s", "close:1s", "since:file", "span:file", "rank:file", "move_share:1260s"),
        recipe="bars_since",
        fallback="hist_dot",
        sized=True,
        reference=(4.8, 5.2),
    ),
    Detector(
        name="real_yield",
        family=Family.MACRO,
        entities=these("DFII10"),
        run=moves.move_rank,
        cites=("change:1s", "close:1s", "since:file"),
        recipe="line_level",
        sized=True,
    ),
    Detector(
        name="curve_flip",
        family=Family.MACRO,
        entities=curves,
        run=macro.curve_flip,
        facts=macro.flip_facts,
        cites=("close:1s", "change:1s"),
        recipe="curve_line",
        fallback="line_level",
        reference=(0.3, 0.4),
    ),
    Detector(
        name="curve_extreme",
        family=Family.MACRO,
        entities=curves,
        run=macro.curve_extreme,
        facts=relative.extreme_facts,
        cites=("close:1s", "change:1s"),
        recipe="curve_line",
        fallback="line_level",
        reference=(0.2, 0.6),
    ),
    *(
        Detector(
            name=f"{name}_move",
            family=Family.MACRO,
            entities=these(entity),
            run=moves.move_rank,
            cites=MOVE_CITES,
            recipe="bars_since",
            sized=True,
            reference=(3.8, 5.3),
        )
        for name, entity in (
            ("dollar", "DX-Y.NYB"),
            ("oil", "CL=F"),
            ("gold", "GC=F"),
            ("crypto", "BTC-USD"),
        )
    ),
    Detector(
        name="metal_ratio",
        family=Family.MACRO,
        entities=these(compounds.ratio("GC=F", "SI=F"), compounds.ratio("HG=F", "GC=F")),
        run=relative.rotation_extreme,
        facts=relative.extreme_facts,
        recipe="ratio_line",
    ),
    Detector(
        name="cross_asset_combo",
        family=Family.MACRO,
        entities=these(compounds.COMBO),
        run=macro.cross_asset_combo,
        facts=macro.combo_facts,
        cites=(
            *(f"{name} {fact}" for name in ("DGS10", "DGS30") for fact in ("close:1s", "level_since:file")),
            "^GSPC return:1s",
            "DX-Y.NYB return:1s",
        ),
        recipe="triple_bars",
        reference=(0.3, 0.3),
    ),
    Detector(
        name="fed_odds",
        family=Family.MACRO,
        entities=these(live.ODDS),
        run=futures.fed_odds,
        facts=futures.odds_facts,
        recipe="line_level",
        sized=True,
    ),
    Detector(
        name="overnight_gap",
        family=Family.MACRO,
        entities=these(live.OVERNIGHT),
        run=futures.overnight_gap,
        facts=futures.overnight_facts,
        recipe="line_level",
        sized=True,
        leads=False,
        listed=False,  # its hour is not the session's: it stands beside what is told
    ),
    # G. Events
    Detector(
        name="earnings_ahead",
        family=Family.EVENTS,
        entities=due_reports,
        run=events.ahead,
        cites=("report:due", "timing:due", "report_move:12r", "report_count:12r", "size_rank:due"),
        recipe="reaction_dots",
        fallback="calendar_strip",
        ahead=True,
    ),
    Detector(
        name="macro_ahead",
        family=Family.EVENTS,
        entities=due_releases,
        run=events.ahead,
        cites=(
            "day:due",
            "at:due",
            "consensus:due",
            "previous:due",
            "release_move:12r",
            "usual_move:12r",
            "release_count:12r",
        ),
        recipe="calendar_strip",
        ahead=True,
    ),
    Detector(
        name="earnings_reaction",
        family=Family.EVENTS,
        entities=answered,
        run=events.earnings_reaction,
        facts=events.reaction_facts,
        cites=("return:1s", "close:1s", "report_move:12r", "report_count:12r"),
        recipe="reaction_dots",
        sized=True,
    ),
    Detector(
        name="macro_surprise",
        family=Family.EVENTS,
        entities=prints,
        run=events.macro_surprise,
        facts=events.surprise_facts,
        cites=("actual:out", "consensus:out", "previous:out", "surprise:out"),
        recipe="surprise_bars",
    ),
    Detector(
        name="earnings_surprise",
        family=Family.EVENTS,
        entities=beats,
        run=events.earnings_surprise,
        facts=events.beat_facts,
        cites=("eps_actual:out", "eps_estimate:out"),
        recipe="reaction_dots",
    ),
    Detector(
        name="report_cluster",
        family=Family.EVENTS,
        entities=these("cluster:SPX"),
        run=events.ahead,
        facts=events.cluster_facts,
        recipe="calendar_strip",
        leads=False,  # the largest of the companies is what is told
        ahead=True,
    ),
    Detector(
        name="fed_event",
        family=Family.EVENTS,
        entities=these(f"out:event:{FED}", f"out:event:{MINUTES}"),
        run=events.fed_event,
        facts=events.fed_facts,
        cites=("day:out", "at:out", "actual:out", "consensus:out", "previous:out", "release_move:12r"),
        recipe="calendar_strip",
        fallback="curve_line",
    ),
    # H. Calendar and statistics: context, none leads
    *(
        Detector(
            name=f"ma_cross_{name}",
            family=Family.CALENDAR,
            entities=indexes,
            run=run,
            facts=statistics.ma_facts,
            cites=("close:1s", "sma200:200s", "dist_sma200:200s", "return:1s"),
            recipe="line_level",
            leads=False,
            reference=rate,
        )
        for name, run, rate in (
            ("200", statistics.ma_cross_200, (1.1, 1.6)),
            ("50_200", statistics.ma_cross_50_200, (0.4, 0.6)),
        )
    ),
    Detector(
        name="correlation_break",
        family=Family.CALENDAR,
        entities=these(compounds.CORRELATION),
        run=statistics.correlation_break,
        facts=statistics.correlation_facts,
        recipe="corr_line",
        leads=False,
        reference=(0.7, 0.7),
    ),
    Detector(
        name="correlation_low",
        family=Family.CALENDAR,
        entities=these("pair:^RUT-^GSPC"),
        run=statistics.correlation_low,
        facts=statistics.low_facts,
        recipe="corr_line",
        leads=False,
        reference=(0.7, 0.7),
    ),
    Detector(
        name="regime_change",
        family=Family.CALENDAR,
        entities=indexes,
        run=statistics.regime_change,
        facts=statistics.regime_facts,
        cites=("close:1s", "dist_sma200:200s"),
        recipe="regime_strip",
        leads=False,
        reference=(1.9, 2.3),
    ),
    Detector(
        name="seasonality",
        family=Family.CALENDAR,
        entities=these("^GSPC"),
        run=statistics.seasonality,
        facts=statistics.season_facts,
        recipe="season_bars",
        leads=False,
        listed=False,
    ),
    Detector(
        name="anniversary",
        family=Family.CALENDAR,
        entities=these("^GSPC"),
        run=statistics.anniversary,
        facts=statistics.anniversary_facts,
        recipe="line_level",
        leads=False,
        listed=False,
    ),
)

BY_NAME = {detector.name: detector for detector in DETECTORS}
