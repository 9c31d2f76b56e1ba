"""On which side of a level a close is, which of two yields is higher, and other edges; every figure is invented."""

from __future__ import annotations

from datetime import date

import pytest

from newsletter.facts import Fact, Unit
from tests.test_editorial_check import GSPC, check, made

FILE = "file@1990-01-02"
CURVE = "spread:DGS10-DGS2"

FACTS: tuple[Fact, ...] = (
    made("^VIX", "close", "1s", 28.40, Unit.LEVEL),
    made("^VIX", "crossed", FILE, 20.0, Unit.LEVEL),
    made("^VIX", "side_sessions", FILE, 45, Unit.COUNT),
    made("DGS10", "close", "1s", 1.97, Unit.PCT),
    made("DGS10", "change", "1s", -7, Unit.BP),
    made("DGS10", "milestone", FILE, 2.0, Unit.PCT),
    made("DGS10", "level_since", FILE, date(2013, 5, 21), Unit.DATE),
    made("DGS2", "change", "1s", -3, Unit.BP),
    made(CURVE, "close", "1s", 21, Unit.BP),
    made(GSPC, "return", "ytd@2025-12-31", 8.0, Unit.PCT),
)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("The VIX closes above 20, at 28.40.", "The VIX closes below 20, at 28.40."),
        ("The 10-year yield closes below 2.0%, at 1.97%.", "The 10-year yield closes above 2.0%, at 1.97%."),
        (
            "The 10-year yield closes at 1.97%, its lowest since May 2013.",
            "The 10-year yield closes at 1.97%, its highest since May 2013.",
        ),
        (
            "The 10-year yield closed 21 basis points above the two-year yield.",
            "The two-year yield closed 21 basis points above the 10-year yield.",
        ),
    ],
)
def test_the_side_is_part_of_the_claim(right: str, wrong: str) -> None:
    assert not check(right, facts=FACTS).failures
    assert check(wrong, facts=FACTS).failures


def test_a_year_that_has_moved_is_not_back_at_its_start() -> None:
    assert check("The S&P 500 is back where it began the year.", facts=FACTS).failures
    flat = (*FACTS[:-1], made(GSPC, "return", "ytd@2025-12-31", 0.02, Unit.PCT))
    assert not check("The S&P 500 is back where it began the year.", facts=flat).failures


def test_a_third_record_is_its_own_claim() -> None:
    at, below = (
        made("^IXIC", "dist_record", FILE, 0, Unit.PCT),
        made("^DJI", "dist_record", FILE, -3, Unit.PCT),
    )
    said = "The Nasdaq set record No. 3 of the year, the Dow too."
    facts = (at, below, made("^IXIC", "records", "ytd@2025-12-31", 3, Unit.COUNT))
    assert check(said, facts=facts).failures
    both = (at, made("^DJI", "dist_record", FILE, 0, Unit.PCT), facts[-1])
    assert not check(said, facts=both).failures


def test_a_close_said_to_be_a_record_is_one() -> None:
    said = "The S&P 500 closed at 6,358.91, record No. 12 of the year, the Nasdaq too."
    facts = (
        made(GSPC, "close", "1s", 6358.91, Unit.LEVEL),
        made(GSPC, "records", "ytd@2025-12-31", 12, Unit.COUNT),
        made("^IXIC", "dist_record", FILE, 0, Unit.PCT),
    )
    assert not check(said, facts=(*facts, made(GSPC, "dist_record", FILE, 0, Unit.PCT))).failures
    assert check(said, facts=(*facts, made(GSPC, "dist_record", FILE, -1.2, Unit.PCT))).failures
