"""Which mornings have an issue, and what a MarketDay says of them."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from newsletter.clock import frozen
from newsletter.errors import NoSession
from newsletter.sources import gather
from tests.sources_support import LATER, config_for, day_of, write_folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_folder(tmp_path_factory.mktemp("data") / "market")


@pytest.mark.parametrize(
    ("day", "next_one"),
    [
        ("2025-08-23", "2025-08-25"),  # a Saturday
        ("2025-07-04", "2025-07-07"),  # Independence Day, a Friday
        ("2025-01-09", "2025-01-10"),  # mourning for President Carter
    ],
)
def test_no_issue_on_a_day_without_a_session(folder: Path, day: str, next_one: str) -> None:
    with pytest.raises(
        NoSession, match=f"no issue on {day} .*XNYS is closed; the next issue is of {next_one}"
    ):
        day_of(config_for(folder), day)


def test_no_issue_before_the_session_before_is_over(folder: Path) -> None:
    # 25 August 2025, 15:59 in New York: the session ends in a minute.
    clock = frozen(datetime(2025, 8, 25, 19, 59, tzinfo=UTC))
    with pytest.raises(NoSession, match="the newest possible issue is of 2025-08-25"):
        day_of(config_for(folder), "2025-08-26", clock=clock)


@pytest.mark.parametrize("day", ["2027-03-01", "2099-01-05", "9999-12-31"])
def test_no_issue_in_a_far_future(folder: Path, day: str) -> None:
    with pytest.raises(NoSession, match=f"no issue of {day} yet"):
        day_of(config_for(folder), day)


@pytest.mark.parametrize("day", ["1984-06-01", "0001-01-01"])
def test_no_issue_before_the_calendar_begins(folder: Path, day: str) -> None:
    with pytest.raises(NoSession, match="lies outside the calendar of XNYS"):
        day_of(config_for(folder), day)


def test_an_issue_as_soon_as_the_session_before_is_over(folder: Path) -> None:
    clock = frozen(datetime(2025, 8, 25, 20, 0, tzinfo=UTC))
    assert day_of(config_for(folder), "2025-08-26", clock=clock).session == date(2025, 8, 25)


def test_an_early_close_counts(folder: Path) -> None:
    # Thanksgiving Friday of 2024 ended at 13:00 in New York, 18:00 UTC.
    clock = frozen(datetime(2024, 11, 29, 18, 0, tzinfo=UTC))
    assert day_of(config_for(folder), "2024-12-02", clock=clock).early_close


def test_no_issue_before_the_data_begin(folder: Path) -> None:
    with pytest.raises(NoSession, match="prices begin 2024-01-02; the first possible issue is of 2024-01-04"):
        day_of(config_for(folder), "2024-01-03")
    assert day_of(config_for(folder), "2024-01-04").session == date(2024, 1, 3)


def test_an_issue_past_the_end_of_the_data_is_held(folder: Path) -> None:
    day = day_of(config_for(folder), "2025-10-06")
    assert day.verdict == "held"
    assert any(
        gap.source == "^GSPC" and gap.reason == "newest close is of 2025-09-30, expected 2025-10-03"
        for gap in day.gaps
    )


def test_the_moment_of_an_issue(folder: Path) -> None:
    day = day_of(config_for(folder), "2025-08-26")
    assert day.cut_off == datetime(2025, 8, 26, 10, 0, tzinfo=UTC)  # six in New York, in summer
    assert day.ahead[0] == date(2025, 8, 26)
    assert len(day.ahead) == 10
    assert date(2025, 9, 1) not in day.ahead  # Labor Day
    assert day.sessions[0].date() == date(2024, 1, 2)
    assert day.sessions[-1].date() == date(2025, 8, 25)


def test_every_file_is_accounted_for(folder: Path) -> None:
    config = config_for(folder)
    gathered = gather(config, config.editions[0], date(2025, 8, 26), clock=LATER)
    fetch = next(item for item in gathered.provenance if item.source == "csv:^RUT")
    assert fetch.what == "^RUT.csv"
    assert fetch.rows == 438  # 252 sessions in 2024, 186 to the end of September
    assert fetch.newest == date(2025, 9, 30)
    assert len(fetch.sha256) == 64
    assert fetch.fetched_at == LATER()


def test_progress_is_told(folder: Path) -> None:
    told: list[str] = []

    class Watch:
        def step(self, name: str) -> None:
            told.append(name)

        def advance(self, done: int, total: int) -> None:
            told.append(f"{done}/{total}")

    config = config_for(folder)
    gather(config, config.editions[0], date(2025, 8, 26), clock=LATER, progress=Watch())
    assert told[0] == "reading prices"
    assert "9/9" in told
