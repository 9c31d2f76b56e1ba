"""Whole issues from real history: the right lead, its figures, and nothing that only the future could tell.

Figures are those of the market's published closes, as the design fixed them, not the program's own.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from newsletter import config as settings
from newsletter import issue, project
from newsletter.clock import system_clock
from newsletter.config import Config, PriceKind
from newsletter.errors import DataError
from newsletter.facts import Mode
from tests.sources_support import truncate_folder

pytestmark = pytest.mark.shared

TWENTY = [
    date(2020, 3, 13), date(2020, 6, 12), date(2020, 11, 10), date(2021, 1, 28), date(2021, 11, 9),
    date(2022, 1, 25), date(2022, 9, 14), date(2023, 5, 26), date(2023, 7, 27), date(2023, 12, 14),
    date(2024, 2, 23), date(2024, 5, 8), date(2024, 7, 25), date(2024, 8, 6), date(2024, 12, 19),
    date(2025, 4, 10), date(2025, 5, 5), date(2025, 7, 3), date(2025, 8, 26), date(2025, 9, 30),
]  # fmt: skip
"""Big days and small, a Monday, a day before a holiday, and the last issue the files allow."""


def history(folder: Path, place: Path) -> Config:
    """The shipped configuration on the CSV files in ``folder``; issues go to ``place``."""
    base = settings.load(project.defaults() / "config.yaml", folder=place)
    prices = base.sources.prices.model_copy(update={"kind": PriceKind.CSV, "path": folder / "market"})
    calendars = base.sources.calendars.model_copy(
        update={"kind": PriceKind.CSV, "path": folder / "calendars"}
    )
    headlines = base.sources.headlines.model_copy(update={"kind": settings.HeadlineKind.NONE})
    sources = base.sources.model_copy(
        update={"prices": prices, "calendars": calendars, "headlines": headlines}
    )
    return base.model_copy(update={"sources": sources, "first_issue": date(2004, 1, 2)})


def built(folder: Path, place: Path, day: date) -> issue.Built:
    config = history(folder, place)
    return issue.build(config, config.editions[0], day, clock=system_clock)


def prose(found: issue.Built) -> str:
    takeaway = found.composed.brief.takeaway
    return " ".join(paragraph.text for paragraph in takeaway.paragraphs).replace("\N{NO-BREAK SPACE}", " ")


def lead(found: issue.Built) -> str:
    return next(entry.story.key for entry in found.composed.brief.stories if entry.role == "lead")


def test_small_caps_are_short_of_a_record_from_2021(shared: Path, tmp_path: Path) -> None:
    found = built(shared, tmp_path, date(2025, 8, 26))
    assert lead(found).startswith("drought_distance:^RUT")
    text = prose(found)
    for figure in ("2,339.17", "4.2%", "951 sessions", "2021", "3.9%"):
        assert figure in text
    assert re.search(r"Nvidia \(NVDA\) reports Wednesday|Wednesday[^.]*Nvidia \(NVDA\) reports", text)
    assert "4%" in found.composed.brief.subject.text
    assert found.composed.brief.chart is not None


def test_the_best_day_since_2008(shared: Path, tmp_path: Path) -> None:
    found = built(shared, tmp_path, date(2025, 4, 10))
    assert lead(found) == "biggest_since:^GSPC:+"
    assert found.composed.brief.issue.mode is Mode.STRONG
    assert "9.5%" in prose(found)
    assert "2008" in found.composed.brief.takeaway.headline.text


def test_the_vix_spike_of_august_2024(shared: Path, tmp_path: Path) -> None:
    found = built(shared, tmp_path, date(2024, 8, 6))
    assert lead(found) == "vix_move:^VIX:+"
    assert "38.57" in prose(found)


def test_a_quiet_day_is_short_and_calm(shared: Path, tmp_path: Path) -> None:
    found = built(shared, tmp_path, date(2024, 5, 8))
    brief, text = found.composed.brief, prose(found)
    assert brief.issue.mode is Mode.QUIET
    assert 40 <= len(text.split()) <= 300
    assert not re.search(r"soar|surg|tumbl|plung|jump|slid|sank|rall", text)


def test_a_monday_after_bitcoins_weekend_corrects_nothing(shared: Path, tmp_path: Path) -> None:
    # Bitcoin closed at 116,874.09 on Friday and at 113,458.43 on Sunday, Aug. 24: two days, not a revision.
    built(shared, tmp_path, date(2025, 8, 25))
    assert built(shared, tmp_path, date(2025, 8, 26)).composed.brief.corrections == ()


def test_a_persons_note_overrules_and_is_held_to_the_facts(shared: Path, tmp_path: Path) -> None:
    note = tmp_path / "notes" / "2025-08-26.md"
    note.parent.mkdir()
    body = 'The Russell 2000 (^RUT) is {{ f("^RUT", "dist_record") }} short. It closed at 2,339.1%s.\n'
    note.write_text("---\nbyline: By a person\n---\n" + body % "8")
    with pytest.raises(DataError, match=r"2025-08-26\.md:4: .*2,339\.18"):
        built(shared, tmp_path, date(2025, 8, 26))
    assert not (tmp_path / "issues" / "2025-08-26-morning").exists()
    note.write_text("---\nbyline: By a person\n---\n" + body % "7")
    found = built(shared, tmp_path, date(2025, 8, 26))
    assert "is 4.2% short. It closed at 2,339.17." in prose(found)
    assert found.composed.brief.takeaway.byline == "By a person"


@pytest.mark.slow
@pytest.mark.parametrize("day", TWENTY, ids=str)
def test_nothing_after_the_session_has_a_say(shared: Path, tmp_path: Path, day: date) -> None:
    full = built(shared, tmp_path / "full", day)
    session = full.composed.brief.issue.session
    cut = truncate_folder(shared, tmp_path / "cut", session)
    short = built(cut, tmp_path / "short", day)
    for name, content in full.composed.files.items():
        if name != "sources.json":
            assert short.composed.files[name] == content, name
