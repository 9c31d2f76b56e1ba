"""Replaying an invented history, and the real one where it is present."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path

import pytest

from newsletter.errors import DataError, UsageError
from newsletter.facts import Mode
from newsletter.market import MarketDay
from newsletter.replay import Report, Year, as_json, calibrate, faults, page, write
from newsletter.replay import replay as run
from newsletter.stories import find, finding, history
from newsletter.stories.prepared import Market
from newsletter.stories.registry import BY_NAME
from tests.stories_support import LIVE, invented_market, real_day
from tests.test_stories_causal import cut

START, END = date(2023, 7, 3), date(2024, 6, 28)
SESSIONS = 126 + 124
"""Sessions of New York in the second half of 2023, and in the first of 2024."""


@lru_cache(maxsize=2)
def history_of(seed: int) -> MarketDay:
    return invented_market(seed, sessions=800)


@pytest.fixture(scope="module")
def report() -> Report:
    return run(history_of(3), START, END)


def test_every_session_is_counted_once(report: Report) -> None:
    assert report.sessions == SESSIONS
    assert sum(year.sessions for year in report.years) == SESSIONS
    assert sum(count for _, count in report.scores) == SESSIONS
    assert [year.year for year in report.years] == [2023, 2024]


def test_rows_count_what_fired(report: Report) -> None:
    names = {row.detector for row in report.rows}
    assert {"record_close", "biggest_since", "pair_divergence", "yield_move", "vix_move"} <= names
    fired = [row for row in report.rows if row.fired]
    assert len(fired) > 20
    for row in fired:
        assert row.rate == pytest.approx(100 * row.fired / row.sessions, abs=0.001)
        assert 0 <= row.longest_silence <= report.sessions
        assert list(row.last) == sorted(row.last)


def test_a_replay_finds_what_the_issues_would_have() -> None:
    # Sessions rebuilt one by one, each from data cut at its day.
    day = history_of(3)
    market = Market(day=day)
    at_once = history.stories_by_session(market, START, END)
    found = 0
    for back in (0, 3, 17, 18, 90, 200):
        short = cut(day, back) if back else day
        sizes = market.track("^GSPC")
        assert sizes is not None
        row = sizes.row(short.session)
        broad = row is not None and bool(sizes.sizes[row] >= 2.0)
        ranked = finding.rank(at_once[short.session], short.session, broad, frozenset(), ())
        one = find(short).stories
        assert [story.key for story in ranked] == [story.key for story in one]
        assert [story.score for story in ranked] == pytest.approx([story.score for story in one])
        found += len(one)
    assert found > 10


def test_the_same_history_gives_the_same_bytes(report: Report) -> None:
    again = run(history_of(3), START, END)
    assert as_json(again) == as_json(report)
    assert page(again) == page(report)


def test_finished_years_are_read_back(report: Report, tmp_path: Path) -> None:
    first = run(history_of(3), START, END, keep=tmp_path)
    kept = sorted(path.name[:4] for path in tmp_path.iterdir())
    assert kept == ["2023", "2024"]
    newest = max(tmp_path.iterdir())
    newest.unlink()  # as if it had been stopped in the last year
    assert run(history_of(3), START, END, keep=tmp_path) == first == report
    newest.write_text("[{}]", encoding="utf-8")
    with pytest.raises(DataError, match="delete it"):
        run(history_of(3), START, END, keep=tmp_path)


def test_other_data_do_not_meet_kept_years(tmp_path: Path) -> None:
    run(history_of(3), START, END, keep=tmp_path)
    other = run(history_of(4), START, END, keep=tmp_path)
    assert other == run(history_of(4), START, END)


def test_a_range_without_sessions_says_what_there_is() -> None:
    with pytest.raises(UsageError, match="the data reach from"):
        run(history_of(3), date(1990, 1, 1), date(1990, 12, 31))


def test_write(report: Report, tmp_path: Path) -> None:
    data, html = write(report, tmp_path / "out")
    assert json.loads(data.read_text(encoding="utf-8"))["sessions"] == report.sessions
    text = html.read_text(encoding="utf-8")
    assert text.count("<svg") == 4
    assert "13. changes sign by the side rule" in text
    assert "http" not in text.replace('xmlns="http', "")
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="choose another folder"):
        write(report, tmp_path / "file")


def test_faults_name_what_is_out_of_bounds(report: Report) -> None:
    years = (Year(year=2023, strong=200, normal=20, quiet=30),)
    row = next(row for row in report.rows if row.detector == "record_close" and row.entity == "^GSPC")
    bad = replace(
        report,
        sessions=250,
        years=years,
        leads=(("pair_divergence", 100),),
        rows=(replace(row, sessions=2000, fired=900, rate=45.0),),
    )
    lines = "\n".join(faults(bad))
    assert "80.0% of sessions are strong" in lines
    assert "80.0% of 2023 is strong" in lines
    assert "pair_divergence leads 40.0%" in lines
    assert "record_close on ^GSPC fires on 45.00%" in lines
    silent = replace(bad, rows=(replace(row, sessions=2000, fired=0, rate=0.0),))
    assert "record_close never fires" in "\n".join(faults(silent))


def test_base_rates_count_between_two_days_and_leave_out_what_has_no_data(report: Report) -> None:
    inside = {(rate.number, rate.rule, rate.entity): rate for rate in report.rates}
    moved = inside[15, "move of 1% or more", "^GSPC"]
    close = history_of(3).series["^GSPC"].close
    moves = close.pct_change()[str(START) : str(END)]
    assert (moved.count, moved.sessions) == (int((moves.abs() >= 0.01).sum()), SESSIONS)
    assert moved.percent == pytest.approx(100 * moved.count / SESSIONS)
    assert moved.documented_percent == pytest.approx(25.33, abs=0.005)
    assert "HY_OAS" not in {entity for _, _, entity in inside}


def test_calibrating_an_invented_history() -> None:
    table = json.loads(calibrate(history_of(3), START, END))
    assert table["fitted"] == f"{START} to {END}"
    assert {"A", "B", "C", "F"} <= set(table["families"])


@pytest.mark.shared
@pytest.mark.slow
def test_twenty_two_years_behave(shared: Path) -> None:
    report = run(real_day(shared, date(2025, 9, 30)), date(2004, 1, 2), date(2025, 9, 30))
    assert report.sessions == 5471
    assert faults(report) == ()
    assert report.share(Mode.STRONG) == pytest.approx(20, abs=2)
    assert report.share(Mode.NORMAL) == pytest.approx(23, abs=3)
    assert report.share(Mode.QUIET) == pytest.approx(57, abs=3)
    # Every rule that the shared data can carry fires on something.
    silent = set(BY_NAME) - {row.detector for row in report.rows if row.fired}
    assert silent <= LIVE
