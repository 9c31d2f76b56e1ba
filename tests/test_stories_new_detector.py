"""The worked example of CONTRIBUTING.md: a detector is one function and one entry; the data are invented."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from newsletter.facts import Family, Mode
from newsletter.replay import replay, run
from newsletter.stories import arrays, choose, choosing, find, finding, history
from newsletter.stories.firings import Detector, Firings, firings, rows
from newsletter.stories.registry import indexes
from newsletter.stories.tracks import Track
from tests.stories_support import invented_day

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def unchanged(monkeypatch: pytest.MonkeyPatch) -> Detector:
    """The example, taken from the page itself and made the only rule there is."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = text.partition("## Adding a detector")[2]
    match = re.search(r"```python\n(.*?)```", section, re.DOTALL)
    assert match is not None
    code = match[1].replace("\nDetector(\n", "\nentry = Detector(\n")
    names = {
        "Detector": Detector,
        "Family": Family,
        "Firings": Firings,
        "Track": Track,
        "arrays": arrays,
        "firings": firings,
        "indexes": indexes,
        "rows": rows,
    }
    exec(compile(code, "CONTRIBUTING.md", "exec", dont_inherit=True), names)
    entry = names["entry"]
    assert isinstance(entry, Detector)
    for module in (finding, history):
        monkeypatch.setattr(module, "DETECTORS", (entry,))
    for module in (finding, choosing, run):
        monkeypatch.setattr(module, "BY_NAME", {entry.name: entry})
    return entry


def closes(*last: float) -> list[float]:
    return [100.0 + k % 2 for k in range(300)] + list(last)


def test_it_fires_is_scored_and_leads(unchanged: Detector) -> None:
    day = invented_day({"^GSPC": closes(102.5, 102.5)})
    findings = find(day)
    assert [story.key for story in findings.stories] == ["unchanged:^GSPC:0"]
    story = findings.stories[0]
    assert story.p == pytest.approx(1 / 302)  # never before in 301 sessions
    assert [findings.facts[item].value for item in story.facts] == [102.5, 102.5]
    choice = choose(findings, day)
    assert choice.lead == story
    assert choice.mode is Mode.STRONG


def test_it_stays_silent_on_a_move(unchanged: Detector) -> None:
    assert find(invented_day({"^GSPC": closes(102.5, 102.6)})).stories == ()


def test_replay_counts_it(unchanged: Detector) -> None:
    day = invented_day({"^GSPC": closes(102.5, 102.5)})
    report = replay(day, day.sessions[260].date(), day.session)
    assert [(row.detector, row.entity, row.fired) for row in report.rows] == [("unchanged", "^GSPC", 1)]
