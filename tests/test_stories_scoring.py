"""How stories are scored, folded and chosen; all stories here are invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from importlib import resources

import numpy as np
import pytest

from newsletter.facts import FactBook, Family, Findings, Mode, PastIssue, ScoreParts, Story
from newsletter.instruments import Instrument, Kind
from newsletter.market import Headline, MarketDay, Series
from newsletter.stories import calibration, choose, choosing, guards, merging, scoring
from newsletter.stories.registry import BY_NAME, DETECTORS
from tests.stories_support import invented_day

SESSION = date(2024, 6, 28)


def story(
    detector: str = "biggest_since",
    entity: str = "^GSPC",
    direction: int = 1,
    score: float = 5.0,
    *,
    p: float = 0.01,
    family: Family | None = None,
    yardstick: date | None = None,
    changed: bool = True,
    freshness: float = 1.0,
    notes: tuple[str, ...] = (),
    facts: tuple[str, ...] = (),
) -> Story:
    parts = ScoreParts(
        surprise=6.6, magnitude=0, reach=1, weight=1, calibration=score / freshness, freshness=freshness
    )
    return Story(
        detector=detector,
        family=family or BY_NAME[detector].family,
        entity=entity,
        direction=direction,
        p=p,
        z=0,
        facts=facts or (f"{detector}:{entity}",),
        recipe="bars_since",
        yardstick=yardstick,
        score=score,
        parts=parts,
        changed=changed,
        notes=notes,
    )


def past(day: int, *keys: str, p: float | None = None, yardstick: date | None = None) -> PastIssue:
    return PastIssue(
        issue=f"2024-06-{day:02d}-morning",
        session=date(2024, 6, day),
        keys=keys,
        p={key: p for key in keys if p is not None},
        yardsticks={key: yardstick for key in keys if yardstick is not None},
    )


def market() -> MarketDay:
    return invented_day({"^GSPC": [100.0, 101.0]})


def chosen(*stories: Story, recent: tuple[PastIssue, ...] = ()) -> Mode:
    return choose(found(*stories), market(), recent=recent).mode


def found(*stories: Story) -> Findings:
    ranked = sorted(stories, key=lambda item: -item.score)
    return Findings(stories=tuple(ranked), facts=FactBook())


# Parts


def test_surprise_is_capped_where_five_years_can_tell_no_more() -> None:
    assert scoring.surprise(0.5) == 1.0
    assert scoring.surprise(1e-9) == 10.3


def test_raw_score() -> None:
    assert scoring.raw(0.5, 0.8, 0.25, 4.0) == pytest.approx(0.5 * 0.8 * (2 + 0.3 * 2))


@pytest.mark.parametrize(
    ("name", "kind", "weight", "reach"),
    [
        ("^GSPC", Kind.INDEX, 0, 1.0),
        ("^RUT", Kind.INDEX, 0, 0.75),
        ("^FTSE", Kind.INDEX, 0, 0.6),
        ("NVDA", Kind.STOCK, 0.08, 0.66),
        ("NVDA", Kind.STOCK, 0.5, 0.8),
        ("ORCL", Kind.STOCK, 0.005, 0.15),
        ("XLE", Kind.SECTOR, 0, 0.4),
        ("event:CPI m/m", None, 0, 1.0),
        ("event:New Home Sales", None, 0, 0.5),
    ],
)
def test_reach(name: str, kind: Kind | None, weight: float, reach: float) -> None:
    from tests.test_stories_rules import track

    entity = replace(track([1.0, 2.0]), entity=name, kind=kind)
    assert scoring.reach(entity, weight) == pytest.approx(reach)


def test_every_weight_names_a_rule() -> None:
    assert set(scoring.WEIGHT) <= set(BY_NAME)


def test_rules_have_unique_names_and_docstrings() -> None:
    assert len(BY_NAME) == len(DETECTORS)
    assert [item.name for item in DETECTORS if not item.run.__doc__] == []


# Calibration


def test_calibration_counts_the_sessions_that_did_as_well() -> None:
    best = np.array([0.0] * 90 + [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0])
    curve = calibration.fit(best)
    table = calibration.Calibration(kappa=0.0, fitted="", curves={Family.MOVES: curve})
    assert table.bits(Family.MOVES, 10.0) == pytest.approx(-np.log2(2 / 101), abs=0.01)
    assert table.bits(Family.MOVES, 1.0) == pytest.approx(-np.log2(11 / 101), abs=0.01)
    assert table.bits(Family.MOVES, 99.0) == pytest.approx(np.log2(101), abs=0.01)
    assert table.bits(Family.MOVES, 0.0) == 0.0
    assert table.bits(Family.LEVELS, 3.3) == 3.3  # a family that was never fitted keeps its raw score


def test_calibration_rises_with_the_raw_score() -> None:
    for curve in calibration.load().curves.values():
        assert list(curve.raw) == sorted(curve.raw)
        assert list(curve.bits) == sorted(curve.bits)


def test_the_committed_table_is_what_would_be_written() -> None:
    text = resources.files("newsletter.stories").joinpath(calibration.FILE).read_text(encoding="utf-8")
    assert calibration.dump(calibration.load()) == text
    assert set(calibration.load().curves) == set(Family)


# Freshness


@pytest.mark.parametrize(("age", "expected"), [(1, 0.498), (2, 0.641), (10, 0.975)])
def test_a_story_told_before_is_less_fresh(age: int, expected: float) -> None:
    recent = [past(27 - k, "x") for k in range(age - 1)] + [past(28 - age, "biggest_since:^GSPC:+", p=0.01)]
    assert scoring.freshness(story(), recent, theme=False) == pytest.approx(expected, abs=0.001)


def test_eleven_issues_ago_is_forgotten() -> None:
    recent = [past(27 - k, "x") for k in range(10)] + [past(10, "biggest_since:^GSPC:+", p=0.01)]
    assert scoring.freshness(story(), recent, theme=False) == 1.0


def test_the_order_in_which_issues_come_does_not_matter() -> None:
    recent = [past(20, "y"), past(27, "biggest_since:^GSPC:+", p=0.01), past(26, "x")]
    assert scoring.freshness(story(), recent, theme=False) == pytest.approx(0.498, abs=0.001)


def test_rarer_by_half_a_bit_is_fresh_again() -> None:
    recent = [past(27, "biggest_since:^GSPC:+", p=0.01)]
    assert scoring.freshness(story(p=0.0070), recent, theme=False) == 1.0
    assert scoring.freshness(story(p=0.0072), recent, theme=False) < 1.0


def test_a_yardstick_further_back_is_fresh_again() -> None:
    recent = [past(27, "biggest_since:^GSPC:+", p=0.01, yardstick=date(2020, 1, 2))]
    assert scoring.freshness(story(yardstick=date(2008, 1, 2)), recent, theme=False) == 1.0
    assert scoring.freshness(story(yardstick=date(2020, 1, 2)), recent, theme=False) < 1.0


def test_a_larger_move_than_the_one_told_is_fresh_though_p_can_fall_no_further() -> None:
    crash = date(1987, 10, 19)
    recent = [past(25, "biggest_since:^GSPC:+", p=0.0001, yardstick=crash)]
    assert scoring.freshness(story(p=0.0001, yardstick=crash), recent, theme=False) == 1.0
    assert scoring.freshness(story(p=0.0001), recent, theme=False) == 1.0  # the largest of all
    assert scoring.freshness(story(p=0.01, yardstick=crash), recent, theme=False) < 1.0  # not that rare
    smaller = story(p=0.0001, yardstick=date(2024, 6, 25))
    assert scoring.freshness(smaller, recent, theme=False) < 1.0
    streak = [past(25, "streak:^GSPC:+", p=0.0001, yardstick=crash)]
    assert scoring.freshness(story("streak", p=0.0001, yardstick=crash), streak, theme=False) < 1.0


def test_a_standing_theme_is_fresh_when_it_changed() -> None:
    recent = [past(27, "drought_distance:^RUT:+", p=0.04)]
    theme = story("drought_distance", "^RUT", p=0.04)
    assert scoring.freshness(theme, recent, theme=True) == 1.0
    assert scoring.freshness(replace(theme, changed=False), recent, theme=True) < 1.0


# Linkage and attribution


def test_stories_that_point_the_same_way_support_each_other() -> None:
    one = story()
    others = [
        story("streak", "^IXIC", 1),
        story("record_close", "^DJI", 1),
        story("move_rank", "^IXIC", -1),  # the other way
        story("yield_move", "DGS2", 1),  # another driver
        story("sector_spread", "sectors:SPDR", 0),  # no way at all
    ]
    assert scoring.linkage(one, [one, *others]) == 1.0
    many = [story(name, "^GSPC", 1) for name in ("streak", "ytd_flip", "round_number", "week_extreme")]
    assert scoring.linkage(one, [one, *many]) == 1.5


def test_a_wider_spread_points_the_way_of_falling_junk_bonds() -> None:
    wider = story("credit_move", "HY_OAS", 1)
    for direction, linkage in ((-1, 0.5), (1, 0.0)):
        bonds = story("credit_move", "pair:HYG-LQD", direction)
        assert scoring.linkage(wider, [wider, bonds]) == linkage
        assert scoring.linkage(bonds, [wider, bonds]) == linkage


def test_two_publishers_make_a_headline() -> None:
    def named(*rows: tuple[str, str]) -> frozenset[str]:
        day = market()
        series = Series(
            instrument=Instrument(symbol="NVDA", name="Nvidia", kind=Kind.STOCK, prose="Nvidia"),
            bars=day.series["^GSPC"].bars,
            source="invented:NVDA",
        )
        when = datetime(2024, 6, 28, 22, tzinfo=UTC)
        headlines = tuple(
            Headline(title=title, url="https://example.com", source=source, published=when)
            for source, title in rows
        )
        return guards.headlined(replace(day, series={"NVDA": series}, headlines=headlines))

    assert named(("A", "Nvidia slides"), ("B", "Why NVIDIA fell")) == {"NVDA"}
    assert named(("A", "Nvidia slides"), ("A", "Why Nvidia fell")) == frozenset()
    assert named(("A", "Nvidia slides"), ("B", "Nvidialand opens")) == frozenset()


# Folding


def keys(stories: tuple[Story, ...]) -> list[str]:
    return [item.key for item in stories]


def test_one_move_is_told_once_by_its_best_rule() -> None:
    best = story("move_rank", score=5)
    merged = merging.merge(
        [story(score=4, yardstick=date(2008, 1, 2)), best, story("ewma_shock", score=3)], False
    )
    assert keys(merged) == ["move_rank:^GSPC:+"]
    assert set(merged[0].absorbed) == {"biggest_since:^GSPC:+", "ewma_shock:^GSPC:+"}
    assert merged[0].yardstick == date(2008, 1, 2)  # "since when" was known only to the folded rule
    assert "biggest_since:^GSPC" in merged[0].facts


def test_what_is_implied_is_folded_however_it_scores() -> None:
    merged = merging.merge(
        [
            story("drought_end", "^DJI", score=2),
            story("record_close", "^DJI", score=9),
            story("range_high", "^DJI", score=9),
        ],
        False,
    )
    assert keys(merged) == ["drought_end:^DJI:+"]


def test_records_of_two_indexes_are_two_stories() -> None:
    merged = merging.merge([story("record_close", "^GSPC"), story("record_close", "^IXIC")], False)
    assert len(merged) == 2


def test_the_same_move_of_the_nasdaq_is_inferred_and_an_opposite_one_is_not() -> None:
    assert keys(merging.merge([story(), story("move_rank", "^IXIC", score=5.9)], False)) == [
        "biggest_since:^GSPC:+"
    ]
    assert len(merging.merge([story(), story("move_rank", "^IXIC", score=6)], False)) == 2  # a bit rarer
    assert len(merging.merge([story(), story("move_rank", "^IXIC", -1)], False)) == 2


def test_a_twin_that_is_rarer_in_its_own_history_is_told_though_fewer_readers_follow_it() -> None:
    index = ranked(story(score=8.4), surprise=8.7, reach=1.0)
    for surprise, told in ((9.6, 1), (9.7, 2)):
        twin = ranked(story("move_rank", "^IXIC", score=8.3), surprise=surprise, reach=0.85)
        assert len(merging.merge([index, twin], False)) == told


def test_the_largest_move_of_a_file_is_never_inferred() -> None:
    dated = story(yardstick=date(2008, 10, 13))
    assert len(merging.merge([dated, story(entity="^IXIC", score=4)], False)) == 2
    assert len(merging.merge([story(), story(entity="^IXIC", score=4)], False)) == 1  # both are
    assert len(merging.merge([dated, story(entity="^IXIC", score=4, yardstick=SESSION)], False)) == 1


def test_small_caps_against_two_indexes_are_one_gap() -> None:
    def merged(nasdaq: float, direction: int = 1) -> list[str]:
        gaps = [
            story("pair_divergence", "pair:^RUT-^GSPC", score=5),
            story("pair_divergence", "pair:^RUT-^IXIC", direction, score=nasdaq),
        ]
        return [item.entity for item in merging.merge(gaps, False)]

    assert merged(5.0) == ["pair:^RUT-^GSPC"]
    assert merged(5.1) == ["pair:^RUT-^IXIC"]
    assert len(merged(4.0, -1)) == 2


def test_breadth_says_nothing_new_inside_a_large_move() -> None:
    stories = [story(direction=-1), story("adv_dec_extreme", "breadth:SPX", -1)]
    assert len(merging.merge(stories, broad=True)) == 1
    assert len(merging.merge(stories, broad=False)) == 2


# Guards


@pytest.mark.parametrize(
    ("day", "mechanical"),
    [
        ("2024-06-21", True),  # third Friday of June
        ("2024-06-28", True),  # fourth Friday: reconstitution
        ("2024-09-20", True),
        ("2024-09-27", False),
        ("2024-05-17", False),  # a third Friday, but not of a quarter's last month
        ("2024-06-20", False),
    ],
)
def test_mechanical_days(day: str, mechanical: bool) -> None:
    assert guards.is_mechanical(date.fromisoformat(day)) is mechanical


def test_flows_are_held_on_a_mechanical_day_and_moves_are_not() -> None:
    witching, other = date(2024, 6, 21), date(2024, 6, 20)
    flows = story("pair_divergence", "pair:RSP-SPY", score=6)
    assert guards.capped(flows, witching).score == pytest.approx(2.5)
    assert guards.capped(flows, other).score == 6
    assert guards.capped(story(score=6), witching).score == 6


# Choosing


def test_modes() -> None:
    assert chosen(story(score=4.0)) is Mode.STRONG
    assert chosen(story(score=3.99)) is Mode.NORMAL
    assert chosen(story(score=2.49)) is Mode.QUIET
    assert chosen() is Mode.QUIET


@pytest.mark.parametrize(
    "other",
    [
        story("sector_sweep", "sectors:SPDR", score=9),
        story("ma_cross_200", "^GSPC", score=9),
        story("macro_ahead", "event:CPI m/m", 0, score=9),
        story("drawdown_enter_10", "^GSPC", -1, score=9, notes=(guards.INSIDE,)),
    ],
)
def test_some_stories_never_lead_a_loud_day(other: Story) -> None:
    choice = choose(found(story(score=3), other), market())
    assert choice.mode is Mode.NORMAL
    assert choice.lead is not None
    assert choice.lead.key == "biggest_since:^GSPC:+"


def test_a_side_held_for_days_makes_no_day_normal_but_may_stand_where_nothing_else_does() -> None:
    held = story("vix_cross", "^VIX", score=3, notes=(guards.HELD,))
    small = story("streak", "^GSPC", score=1)
    alone = choose(found(held), market())
    assert (alone.mode, alone.lead) == (Mode.QUIET, held)
    assert choose(found(held, small), market()).lead == small
    assert chosen(replace(held, notes=())) is Mode.NORMAL


def test_a_quiet_day_prefers_a_theme_then_what_is_due_then_the_best_of_the_rest() -> None:
    theme = story("drought_distance", "^RUT", score=1, changed=False)
    due = story("macro_ahead", "event:CPI m/m", 0, score=2, p=0.05)
    small = story("streak", "^GSPC", score=2.4)
    day = market()

    def lead(*stories: Story, recent: tuple[PastIssue, ...] = ()) -> str | None:
        choice = choose(found(*stories), day, recent=recent)
        return choice.lead.key if choice.lead else None

    assert lead(theme, due, small) == theme.key
    assert lead(due, small) == due.key
    assert lead(replace(due, p=0.2), small) == small.key  # nothing rare is due
    assert lead(story("report_cluster", "cluster:SPX", 0, score=2, p=0.01), small) == small.key
    assert lead() is None
    led = past(27, theme.key)
    assert lead(theme, small, recent=(led,)) == small.key  # it led within five issues
    assert lead(replace(theme, changed=True), small, recent=(led,)) == theme.key
    old = (*(past(27 - k, "x") for k in range(5)), past(20, theme.key))
    assert lead(theme, small, recent=old) == theme.key


def test_what_is_due_later_than_two_sessions_does_not_lead() -> None:
    from newsletter.facts import Unit, fact

    day = market()
    report = fact("NVDA", "report", f"due@{day.ahead[2]}", day.ahead[2], Unit.DATE, SESSION, "invented")
    due = story("earnings_ahead", "NVDA", 0, score=2, p=0.01, facts=(report.id,))
    findings = Findings(stories=(due,), facts=FactBook([report]))
    assert choose(findings, day).lead is None


def test_the_same_story_leads_twice_running_only_if_it_is_far_ahead() -> None:
    stale = story(score=5, freshness=0.5)
    rival = story("yield_move", "DGS10", score=4)
    recent = (past(27, stale.key),)
    assert choose(found(stale, rival), market(), recent=recent).lead == rival
    assert choose(found(stale, replace(rival, score=3.0)), market(), recent=recent).lead == stale
    assert choose(found(replace(stale, parts=rival.parts), rival), market(), recent=recent).lead is not rival


def ranked(item: Story, *, surprise: float, reach: float, magnitude: float = 0.0) -> Story:
    assert item.parts is not None
    return replace(item, parts=replace(item.parts, surprise=surprise, reach=reach, magnitude=magnitude))


def test_at_the_cap_reach_decides_then_the_size_of_the_move() -> None:
    yields = ranked(story("yield_move", "DGS10", score=9.6), surprise=10.3, reach=0.85)
    stocks = ranked(story(score=9), surprise=10.3, reach=1.0)
    dow = ranked(story(entity="^DJI", score=9.5), surprise=10.3, reach=1.0, magnitude=4.0)

    def lead(*stories: Story) -> Story | None:
        return choose(found(*stories), market()).lead

    assert lead(yields, stocks) == stocks
    assert lead(yields, stocks, dow) == dow
    assert (
        lead(yields, ranked(stocks, surprise=9.0, reach=1.0)) == yields
    )  # the other can be told to be rarer
    assert lead(yields, replace(stocks, score=3.9)) == yields


@pytest.mark.parametrize(
    ("detector", "entity"),
    [("pair_divergence", "pair:^RUT-^GSPC"), ("vix_move", "^VIX"), ("vix_cross", "^VIX")],
)
def test_a_market_goes_before_a_gap_or_the_vix_that_is_hardly_rarer(detector: str, entity: str) -> None:
    gap = ranked(story(detector, entity, score=7), surprise=8, reach=0.65)
    index = ranked(story(score=6), surprise=7, reach=1.0)
    small = ranked(story(entity="^XYZ", score=6.5), surprise=7, reach=0.6)
    yields = ranked(story("yield_move", "DGS10", score=6.9), surprise=7, reach=0.85)

    def lead(*stories: Story) -> Story | None:
        return choose(found(*stories), market()).lead

    assert lead(gap, index) == index
    assert lead(gap, replace(index, score=5.9)) == gap
    assert lead(gap, small) == gap
    assert lead(gap, yields) == gap


def test_a_decision_that_has_happened_may_lead_and_one_without_an_outcome_may_not() -> None:
    fed = story("fed_event", "event:Federal Funds Rate", -1, score=3)
    choice = choose(found(fed, story("record_close", score=1)), market())
    assert (choice.mode, choice.lead) == (Mode.NORMAL, fed)
    silent = replace(fed, notes=(guards.OPEN,))
    assert choose(found(silent), market()).mode is Mode.QUIET


def test_runners_up_say_something_else() -> None:
    lead = story(score=8)
    same = story("streak", "^GSPC", score=7)
    other = story("yield_move", "DGS10", score=4)
    assert choosing.runners_up([lead, same, other], lead)[0] == other


def test_at_most_two_of_a_family_and_four_in_all() -> None:
    stories = [story("streak", f"^I{k}", score=5) for k in range(5)]
    stories += [story("yield_move", f"DGS{k}", score=4) for k in range(3)]
    stories += [story("pair_divergence", f"pair:{k}", score=4) for k in range(3)]
    choice = choose(found(*stories), market())
    assert len(choice.also) == 4
    families = [item.family for item in (choice.lead, *choice.also) if item is not None]
    assert max(families.count(family) for family in families) == 2


def test_everything_passed_over_has_a_reason() -> None:
    stories = [story("streak", f"^I{k}", score=5 - k / 10) for k in range(5)]
    choice = choose(found(*stories), market())
    told = {item.key for item in choice.also} | {choice.lead.key if choice.lead else ""}
    assert {item.story.key for item in choice.passed_over} | told == {item.key for item in stories}
    assert all(item.reason for item in choice.passed_over)


def test_what_only_supports_is_not_listed() -> None:
    choice = choose(found(story(score=5), story("sector_sweep", "sectors:SPDR", score=4)), market())
    assert choice.also == ()
