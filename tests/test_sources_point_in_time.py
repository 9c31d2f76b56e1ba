"""Nothing stamped after an issue's moment may get in: all data and data ended at the moment give the same day."""

from datetime import date
from pathlib import Path

import pytest

from newsletter.config import Config, load
from newsletter.market import MarketDay
from newsletter.sessions import exchange
from tests.sources_support import LATER, assert_same_day, day_of, truncate_folder

HISTORY = Path(__file__).parent.parent / "examples" / "history" / "config.yaml"


def on(shared: Path) -> Config:
    """The history example on the folder that tests were given."""
    config = load(HISTORY)
    sources = config.sources
    return config.model_copy(
        update={
            "sources": sources.model_copy(
                update={
                    "prices": sources.prices.model_copy(update={"path": shared / "market"}),
                    "calendars": sources.calendars.model_copy(update={"path": shared / "calendars"}),
                }
            )
        }
    )


@pytest.mark.parametrize(
    "session",
    [
        "1987-10-19",  # before most files begin
        "2008-10-13",
        "2019-12-03",  # the member panel's second row
        "2020-03-16",
        "2021-04-01",  # the next day is Good Friday: the jobs report came out on a holiday
        "2022-02-02",  # Meta reports after the close
        "2024-10-11",  # Columbus Day follows
        "2024-12-24",  # early close; no investment-grade spread in the file
        "2025-08-22",
        "2025-08-25",
    ],
)
def test_all_data_give_the_same_day_as_data_that_end(shared: Path, tmp_path: Path, session: str) -> None:
    ended = truncate_folder(shared, tmp_path / "ended", date.fromisoformat(session))
    issue = exchange("XNYS", 2026).after(date.fromisoformat(session)).isoformat()
    assert_same_day(day_of(on(shared), issue), day_of(on(ended), issue))


def seed(shared: Path) -> MarketDay:
    return day_of(on(shared), "2025-08-26", clock=LATER)


def test_no_bar_is_later_than_the_session(shared: Path) -> None:
    day = seed(shared)
    assert day.session == date(2025, 8, 25)
    assert not day.sample
    assert {series.bars.index[-1].date() for series in day.series.values()} == {
        date(2025, 8, 25),
        date(2025, 8, 22),  # credit spreads of a session appear on the next morning
    }
    assert day.series["HY_OAS"].bars.index[-1].date() == date(2025, 8, 22)


def test_golden_closes(shared: Path) -> None:
    day = seed(shared)
    assert day.series["^RUT"].close.iloc[-1] == pytest.approx(2339.17, abs=0.01)
    assert day.series["^GSPC"].close.loc["2025-08-22"] == pytest.approx(6466.91, abs=0.01)
    assert day.series["^DJI"].close.loc["2025-08-22"] == pytest.approx(45631.74, abs=0.01)


def test_an_actual_figure_is_blank_until_its_hour(shared: Path) -> None:
    day = seed(shared)
    known = {(row.event, row.day): row.actual for row in day.releases}
    sales = known["New Home Sales", date(2025, 8, 25)]
    assert sales is not None
    assert sales.text == "652K"
    confidence = [row for row in day.releases if row.event == "CB Consumer Confidence"][-1]
    due = next(
        row for row in day.releases if row.event == "CB Consumer Confidence" and row.day == date(2025, 8, 26)
    )
    assert due.actual is None
    assert due.consensus is not None
    assert due.consensus.text == "96.4"
    assert confidence.actual is None


def test_a_figure_of_a_holiday_is_known_on_the_next_morning(shared: Path) -> None:
    # Jobs came out on Good Friday, 7 April 2023; the Monday issue covers Thursday but is read after them.
    day = day_of(on(shared), "2023-04-10")
    assert day.session == date(2023, 4, 6)
    jobs = next(
        row
        for row in day.releases
        if row.event == "Non-Farm Employment Change" and row.day == date(2023, 4, 7)
    )
    assert jobs.actual is not None


def test_reports_are_seen_fourteen_days_ahead(shared: Path) -> None:
    day = seed(shared)
    assert max(report.day for report in day.earnings) <= date(2025, 9, 8)
    nvidia = [report for report in day.earnings if report.symbol == "NVDA" and report.day > day.session]
    assert [report.day for report in nvidia] == [date(2025, 8, 27)]
    assert nvidia[0].eps_estimate == 1.01
    assert nvidia[0].eps_actual is None


def test_share_counts_are_public_after_forty_five_days(shared: Path) -> None:
    day = seed(shared)
    assert day.shares["NVDA"] == 24387557065  # of 30 April; that of 31 July isn't public yet
    assert day.shares["MSFT"] == 7434158655  # of 30 June
    values = {report.symbol: report.market_value for report in day.earnings}
    assert values["NVDA"] == pytest.approx(4.385e12, rel=0.001)
    assert max(values.values(), key=lambda value: value or 0.0) == values["NVDA"]


def test_members_left_and_joined_as_known(shared: Path) -> None:
    day = seed(shared)
    assert day.members is not None
    now = {
        spell.symbol
        for spell in day.members.spells
        if spell.start <= day.session and (spell.end is None or spell.end > day.session)
    }
    assert "BRK-B" in now
    assert len(now & set(day.members.closes.columns)) >= 484
    assert all(spell.end is None or spell.end <= day.session for spell in day.members.spells)


def test_unscheduled_decisions_were_never_on_a_calendar(shared: Path) -> None:
    decisions = seed(shared).rate_decisions
    for unforeseen in ("2001-01-03", "2007-08-17", "2008-10-08", "2020-03-03", "2020-03-15"):
        assert date.fromisoformat(unforeseen) not in decisions
    assert date(2025, 9, 17) in decisions
    assert date(2019, 12, 11) in decisions


@pytest.mark.parametrize(
    ("issue", "event", "due", "before"),
    [
        (
            "2025-07-17",
            "Unemployment Claims",
            "2025-07-17",
            "227K",
        ),  # 10 July; 221K came out at 8:30 that morning
        (
            "2025-07-17",
            "Unemployment Claims",
            "2025-07-24",
            None,
        ),  # a release of the series is still due before it
        ("2025-03-05", "Non-Farm Employment Change", "2025-03-07", "143K"),  # revised to 125K on 7 March
        ("2025-08-26", "Prelim GDP q/q", "2025-08-28", "3.0%"),  # the advance estimate of 30 July
    ],
)
def test_the_figure_before_is_the_last_one_that_was_out(
    shared: Path, issue: str, event: str, due: str, before: str | None
) -> None:
    day = day_of(on(shared), issue)
    (release,) = (item for item in day.releases if item.event == event and str(item.day) == due)
    assert (release.previous and release.previous.text) == before
    assert (release.consensus is None) == (before is None)


def test_nobody_knew_of_an_emergency_decision_that_morning(shared: Path) -> None:
    day = day_of(on(shared), "2020-03-17")
    assert not [item for item in day.releases if item.day >= day.day and item.event == "Fed Announcement"]
