"""A whole issue through the real yfinance client and the replay server: the same lead and figures as from the CSV folder."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from newsletter import config as settings
from newsletter import issue, project
from newsletter.clock import frozen
from newsletter.config import Config, Headlines, Yahoo
from tests.test_issue_history import built, lead
from tests.test_sources_yahoo import Replay, replay, server  # noqa: F401 - fixtures

pytestmark = [pytest.mark.shared, pytest.mark.slow]

DAY = date(2025, 8, 26)
MORNING = frozen(datetime(2025, 8, 26, 10, 0, tzinfo=UTC))


def through_yahoo(url: str, place: Path) -> issue.Built:
    base = settings.load(project.defaults() / "config.yaml", folder=place)
    sources = base.sources.model_copy(update={"yahoo": Yahoo(base_url=url), "headlines": Headlines()})
    config: Config = base.model_copy(update={"sources": sources, "first_issue": date(2004, 1, 2)})
    return issue.build(config, config.editions[0], DAY, clock=MORNING)


def figures(found: issue.Built) -> dict[str, tuple[str, str, str]]:
    """Close, day and year of each row of the table, by what it is of; yields come from other series, so they stay out."""
    rows = found.composed.brief.snapshot
    return {row.entity: (row.last.text, row.day.text, row.year.text) for row in rows if row.entity[0] != "D"}


def test_the_same_lead_and_figures_as_from_the_folder(shared: Path, replay: Replay, tmp_path: Path) -> None:  # noqa: F811
    live = through_yahoo(replay.url, tmp_path / "live")
    folder = built(shared, tmp_path / "folder", DAY)
    assert lead(live) == lead(folder) == "drought_distance:^RUT:+"
    assert live.composed.brief.takeaway.headline.text == folder.composed.brief.takeaway.headline.text
    ours, theirs = figures(live), figures(folder)
    common = {name for name in ours.keys() & theirs.keys() if name.startswith("^") and name != "^TNX"}
    assert {"^GSPC", "^IXIC", "^DJI", "^RUT", "^VIX"} <= common
    for name in common | ({"CL=F", "GC=F", "BTC-USD"} & ours.keys()):
        assert ours[name] == theirs[name], name


@pytest.mark.parametrize("fault", ["missing-last-bar", "nan-last-bar"])
def test_a_lost_last_bar_makes_no_story(replay: Replay, tmp_path: Path, fault: str) -> None:  # noqa: F811
    replay.fault(f"kind={fault}&symbols=^DJI,NVDA,KRE")
    found = through_yahoo(replay.url, tmp_path)
    assert lead(found) == "drought_distance:^RUT:+"
    told = {entry.story.entity for entry in found.composed.brief.stories}
    assert not told & {"^DJI", "KRE"}
