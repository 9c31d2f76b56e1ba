"""Counts in words, years of odds, runs, ranks and whom "the index" means: what passes and what doesn't (all invented)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from newsletter.editorial.check import judge, known_of
from newsletter.editorial.check.ownership import Topic
from newsletter.facts import Fact, FactBook, Unit
from tests.test_editorial_check import DJI, GSPC, RUT, SESSION, brief, check, made, skeleton

IXIC, PAIR = "^IXIC", "pair:^IXIC-^DJI"
FILE = "file@1990-01-02"

FACTS: tuple[Fact, ...] = (
    made("sectors:SPDR", "up", "1s", 10, Unit.COUNT),
    made(GSPC, "return", "1s", -0.43, Unit.PCT),
    made(GSPC, "return", "wtd@2026-03-06", -0.43, Unit.PCT),
    made(GSPC, "dist_record", FILE, -1.37, Unit.PCT),
    made(GSPC, "pullback", "leg@2026-01-05", -5.5, Unit.PCT),
    made(GSPC, "pullback_start", "leg@2026-01-05", date(2026, 1, 5), Unit.DATE),
    made(GSPC, "record_date", FILE, date(2026, 1, 5), Unit.DATE),
    made(GSPC, "pullback_low", "leg@2026-01-05", date(2026, 2, 3), Unit.DATE),
    made(GSPC, "recovered", "leg@2026-01-05", 77.0, Unit.PCT),
    made(DJI, "return", "1s", 1.37, Unit.PCT),
    made(DJI, "calm_drop2", FILE, 364, Unit.COUNT),
    made(DJI, "move_share", "1260s", 96.0, Unit.PCT),
    made(IXIC, "return", "1s", -2.2, Unit.PCT),
    made(IXIC, "ended_streak", "run@2026-02-25", 8, Unit.COUNT),
    made(IXIC, "swings", "5s", 4, Unit.COUNT),
    made(IXIC, "rank", FILE, 9, Unit.COUNT),
    made(IXIC, "typical_move", "1260s", 0.9, Unit.PCT),
    made(RUT, "return", "1s", 1.1, Unit.PCT),
    made(RUT, "low_return", "1s", -1.4, Unit.PCT),
    made(RUT, "dist_record", FILE, 0, Unit.PCT),
    made(RUT, "drought", FILE, 177, Unit.COUNT),
    made(RUT, "level_since", FILE, date(2025, 8, 13), Unit.DATE),
    made(PAIR, "gap", "1s", -3.57, Unit.PP),
    made(PAIR, "extreme_since", FILE, date(2024, 5, 8), Unit.DATE),
    *(
        made(f"event:{name}", metric, "out@2026-03-09", value, unit)
        for name, metric, value, unit in (
            ("Unemployment Claims", "actual", 221_000, Unit.COUNT),
            ("Unemployment Claims", "consensus", 221_000, Unit.COUNT),
            ("Unemployment Claims", "day", SESSION, Unit.DATE),
            ("Retail Sales m/m", "actual", 0.5, Unit.PCT),
            ("Retail Sales m/m", "consensus", 0.4, Unit.PCT),
            ("Retail Sales m/m", "day", SESSION, Unit.DATE),
        )
    ),
    *(
        made("event:PPI m/m", metric, "due@2026-03-11", value, unit)
        for metric, value, unit in (
            ("consensus", 0.2, Unit.PCT),
            ("previous", 0.2, Unit.PCT),
            ("day", date(2026, 3, 11), Unit.DATE),
        )
    ),
    made("pair:RSP-SPY", "gap", "1s", 0.9, Unit.PP),
    made("DGS2", "close", "1s", 4.78, Unit.PCT),
    made("DGS2", "change", "1s", 12, Unit.BP),
    made("DGS2", "level_since", "file@2000-01-03", date(2007, 7, 23), Unit.DATE),
    made(GSPC, "streak", "1s", 3, Unit.COUNT),
    made(DJI, "streak", "1s", 4, Unit.COUNT),
    made("event:CPI m/m", "usual_move", "12r", 0.6, Unit.PCT),
    made("event:CPI m/m", "release_move", "12r", 0.7, Unit.PCT),
    made("event:CPI m/m", "release_count", "12r", 12, Unit.COUNT),
    made("event:CPI m/m", "consensus", "due@2026-03-11", 0.4, Unit.PCT),
    made("event:CPI m/m", "previous", "due@2026-03-11", 0.3, Unit.PCT),
    made("event:CPI m/m", "day", "due@2026-03-11", date(2026, 3, 11), Unit.DATE),
)

CASES = {
    "a count of sectors": ("Ten of eleven sectors rose.", "Ten of twelve sectors rose."),
    "sessions that the week has left": (
        "With four sessions left, the S&P 500 is down 0.4% for the week.",
        "With one session left, the S&P 500 is down 0.4% for the week.",
    ),
    "years of odds": (
        "In five years the Dow has moved that much on about one day in 25.",
        "In ten years the Dow has moved that much on about one day in 25.",
    ),
    "a run that ended": (
        "The Nasdaq ended a run of eight gains in a row.",
        "The Nasdaq ended a run of eight losses in a row.",
    ),
    "swings": (
        "The Nasdaq has had four swings of one percent in five sessions.",
        "The Nasdaq has had four swings of one percent in six sessions.",
    ),
    "a rank of falls": (
        "For the Nasdaq it was the ninth-largest drop since 1990.",
        "For the Nasdaq it was the ninth-largest gain since 1990.",
    ),
    "sessions between are not ago": (
        "That ends 364 sessions without a fall of two percent or more for the Dow.",
        "The last fall of two percent or more for the Dow was 364 sessions ago.",
    ),
    "a size that was counted": (
        "That ends 364 sessions without a fall of two percent or more for the Dow.",
        "That ends 364 sessions without a fall of three percent or more for the Dow.",
    ),
    "a wait that a record ended": (
        "The Russell 2000 had gone 177 sessions without a record.",
        "The record of the Russell 2000 was 177 sessions ago.",
    ),
    "their low": (
        "Small caps were down 1.4% at their low and ended up 1.1%.",
        "Small caps were down 1.1% at their low and ended up 1.1%.",
    ),
    "as high": (
        "The Russell 2000 was last as high on Aug. 13, 2025.",
        "The Russell 2000 was last as low on Aug. 13, 2025.",
    ),
    "a pair's first is the weaker": (
        "The Nasdaq is at its weakest against the Dow since May 8, 2024.",
        "The Nasdaq is at its strongest against the Dow since May 8, 2024.",
    ),
    "a pair's second is no first": (
        "Against the Dow, the Nasdaq is at its weakest since May 8, 2024.",
        "Against the Nasdaq, the Dow is at its weakest since May 8, 2024.",
    ),
    "a pair of two": (
        "The gap between the Nasdaq and the Dow was 3.6 percentage points.",
        "The gap between the Nasdaq and the Nasdaq was 3.6 percentage points.",
    ),
    "a release's days": (
        "On the last 12 days of consumer prices the S&P 500 moved 0.7% in the median.",
        "On the last 12 days of consumer prices the Nasdaq moved 0.9% in the median.",
    ),
    "a distance is no change": (
        "The S&P 500 is 1.4% below the record of Jan. 5.",
        "The Dow is 1.4% above the record of Jan. 5.",
    ),
    "a fall that was no gain": (
        "The S&P 500 lost 5.5% from its record on Jan. 5 to Feb. 3.",
        "The S&P 500 gained 5.5% from its record on Jan. 5 to Feb. 3.",
    ),
    "what was before": (
        "Consumer prices come Wednesday; 0.4% is the consensus (ForexFactory), 0.3% last time.",
        "Consumer prices come Wednesday; 0.4% is the consensus (ForexFactory), 0.4% last time.",
    ),
    "the average company": (
        "On such a day the average company did better than the giants.",
        "On such a day the giants did better than the average company.",
    ),
    "a print that was expected": (
        "Jobless claims came in on Monday where the consensus (ForexFactory) had it: 221,000.",
        "Retail sales came in on Monday where the consensus (ForexFactory) had it: 0.5%.",
    ),
    "a consensus that is no news": (
        "Producer prices come Wednesday; the consensus (ForexFactory) is 0.2%, the same as before.",
        "Consumer prices come Wednesday; the consensus (ForexFactory) is 0.4%, the same as before.",
    ),
    "a year in which it was as high": (
        "The two-year yield closes at 4.78%, its highest since 2007",
        "The two-year yield closes at 4.78%, its highest since 2000",
    ),
    "whose run a headline means": (
        "A third gain in a row, and hardly a move",
        "A fourth gain in a row, and hardly a move",
    ),
    "all days are no month before": (
        "On the last 12 days of consumer prices the S&P 500 moved 0.7% in the median, against 0.6% on all days.",
        "On the last 12 days of consumer prices the S&P 500 moved 0.7% in the median, against 0.3% on all days.",
    ),
    "what is least": (
        "The gap between the Nasdaq and the Dow was 3.6 percentage points.",
        "The gap between the Nasdaq and the Dow was 3.6 percentage points; none was narrower.",
    ),
}
"""By name: what the facts bear out, and what they don't."""


@pytest.mark.parametrize("name", CASES)
def test_the_one_passes_and_the_other_does_not(name: str) -> None:
    right, wrong = CASES[name]
    assert [claim.reason for claim in check(right, facts=FACTS).failures] == []
    assert check(wrong, facts=FACTS).failures


INDEX = "The index lost 5.5% from its record on Jan. 5 to Feb. 3. It has won back 77% of that."


@pytest.mark.parametrize(
    ("topic", "right"),
    [
        (Topic(first=("NVDA",), index=(GSPC,)), True),  # a company was named first, but it is no index
        (Topic(first=(GSPC,), index=(GSPC,)), True),
        (Topic(first=("NVDA",), index=(DJI,)), False),
        (Topic(first=(DJI,), index=(DJI,)), False),
    ],
)
def test_the_index_is_the_first_that_the_section_named(topic: Topic, right: bool) -> None:
    whole = skeleton()
    findings = replace(whole.findings, facts=FactBook(FACTS))
    claims = list(judge("html", INDEX, known_of(brief(FACTS), findings, whole.day), topic=topic))
    assert {"5.5%", "77%"} <= {claim.text for claim in claims}
    assert all(claim.fact is not None for claim in claims) is right
