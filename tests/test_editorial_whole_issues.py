"""Whole issues of real history, chart included: nothing that they state is refused, and no chart is lost to the check."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from newsletter import issue, sources
from newsletter.clock import system_clock
from tests.test_issue_history import history

pytestmark = pytest.mark.shared

DAYS = [
    date(2025, 8, 26), date(2025, 4, 10), date(2024, 8, 6), date(2024, 5, 8), date(2020, 11, 10), date(2022, 1, 25),
    date(2023, 7, 27), date(2024, 12, 19), date(2025, 5, 5), date(2025, 8, 25), date(2025, 8, 29), date(2023, 5, 26),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("day", DAYS, ids=str)
def test_every_claim_of_the_issue_as_written_is_bound(shared: Path, tmp_path: Path, day: date) -> None:
    config = history(shared, tmp_path)
    gathered = sources.gather(config, config.editions[0], day, clock=system_clock)
    thought = issue.think(gathered.day)
    written = issue.draft(config, config.editions[0], thought)
    composed = issue.finish(config, gathered, thought, written, as_written=True)
    assert [claim.reason for claim in composed.report.failures] == []
    assert composed.brief.chart is not None
