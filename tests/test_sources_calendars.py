"""Releases, decisions and reports from CSV files: which file wins, what is merged, and what is told of mistakes."""

from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from newsletter.errors import DataError
from newsletter.market import EarningsDate, Timing
from newsletter.sources import csv_calendars, earnings
from newsletter.sources.companies import called
from newsletter.sources.supply import EarningsClaim
from tests.sources_support import day_of
from tests.test_sources_point_in_time import on

AT = datetime(2025, 9, 1, tzinfo=UTC)
HEAD = "date,time_et,country,impact,event,actual,consensus,previous"


def write(folder: Path, name: str, *rows: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("\n".join(rows) + "\n")
    return folder


def claim(day: str, source: str, trust: int, timing: Timing = Timing.UNKNOWN) -> EarningsClaim:
    return EarningsClaim(symbol="ABC", day=date.fromisoformat(day), timing=timing, source=source, trust=trust)


def merged(*claims: EarningsClaim) -> list[EarningsDate]:
    return list(earnings.merge(claims, names={}, sizes={}, values={}))


# Releases ----------------------------------------------------------------------------------------------------------


def test_the_file_of_all_impacts_wins_in_its_years(tmp_path: Path) -> None:
    write(tmp_path, "economic_us_high_impact.csv", HEAD,
          "2024-12-11,08:30,US,high,CPI m/m,0.3%,0.3%,0.2%", "2025-01-15,08:30,US,high,CPI m/m,9.9%,,")  # fmt: skip
    write(tmp_path, "economic_us_2025_all.csv", f"{HEAD},date_quality",
          "2025-01-15,08:30,US,high,CPI m/m,0.4%,0.3%,0.3%,exact",
          "2025-01-16,08:30,US,high,Retail Sales m/m,0.4%,0.6%,0.8%,ambiguous_plus_1d",
          "2025-01-17,08:30,US,medium,Building Permits,1.48M,1.46M,1.49M,repaired",
          "2025-01-20,08:30,CA,high,CPI m/m,0.1%,0.1%,0.1%,exact")  # fmt: skip
    supply = csv_calendars.read(tmp_path, [], at=AT)
    assert [(row.event, row.day.isoformat(), row.actual and row.actual.text) for row in supply.releases] == [
        ("CPI m/m", "2024-12-11", "0.3%"),
        ("CPI m/m", "2025-01-15", "0.4%"),
        ("Building Permits", "2025-01-17", "1.48M"),
    ]
    assert supply.releases[0].at == time(8, 30)
    assert supply.coverage == {"releases": date(2024, 12, 11)}


def test_a_true_zero_is_no_missing_value(tmp_path: Path) -> None:
    write(tmp_path, "economic_us_high_impact.csv", HEAD, "2024-08-14,08:30,US,high,CPI m/m,0.0%,,0.1%")
    release = csv_calendars.read(tmp_path, [], at=AT).releases[0]
    assert release.actual is not None
    assert (release.actual.text, release.actual.value) == ("0.0%", 0.0)
    assert release.consensus is None


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("2024-02-30,08:30,US,high,CPI m/m,,,", ":2: date: '2024-02-30' is not a date"),
        ("2024-02-13,8.30,US,high,CPI m/m,,,", ":2: time_et: '8.30' is not a time; write it like 08:30"),
        ("2024-02-13,28:30,US,high,CPI m/m,,,", ":2: time_et: '28:30' is not a time"),
        ("2024-02-13,08:30,US,high", ":2: 4 cells where the heading has 8"),
    ],
)
def test_a_wrong_release_is_told(tmp_path: Path, row: str, said: str) -> None:
    write(tmp_path, "economic_us_high_impact.csv", HEAD, row)
    with pytest.raises(DataError) as error:
        csv_calendars.read(tmp_path, [], at=AT)
    assert said in str(error.value)


def test_a_folder_without_calendars_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds none of the calendars"):
        csv_calendars.read(tmp_path, [], at=AT)
    with pytest.raises(DataError, match="no such folder"):
        csv_calendars.read(tmp_path / "nowhere", [], at=AT)


def test_releases_of_the_real_week(shared: Path) -> None:
    day = day_of(on(shared), "2025-08-26")
    today = [
        (row.event, row.at, row.consensus and row.consensus.text)
        for row in day.releases
        if row.day == day.day
    ]
    assert ("CB Consumer Confidence", time(10), "96.4") in today
    assert ("Durable Goods Orders m/m", time(8, 30), "-3.8%") in today
    assert len(day.rate_decisions) > 200


# Reports -----------------------------------------------------------------------------------------------------------


def test_two_sources_that_agree_confirm_a_report() -> None:
    report = merged(
        claim("2025-08-27", "a", 0, Timing.AFTER_CLOSE), claim("2025-08-27", "b", 1, Timing.AFTER_CLOSE)
    )
    assert [(item.day, item.timing, item.confirmed) for item in report] == [
        (date(2025, 8, 27), Timing.AFTER_CLOSE, True)
    ]
    assert report[0].source == "a+b"


def test_a_second_source_without_timing_confirms_too() -> None:
    (report,) = merged(claim("2025-07-15", "a", 1, Timing.BEFORE_OPEN), claim("2025-07-15", "b", 2))
    assert (report.timing, report.confirmed) == (Timing.BEFORE_OPEN, True)


def test_one_source_alone_confirms_nothing() -> None:
    (report,) = merged(claim("2025-08-27", "a", 0, Timing.AFTER_CLOSE))
    assert (report.timing, report.confirmed) == (Timing.AFTER_CLOSE, False)


def test_timings_at_odds_are_no_timing() -> None:
    (report,) = merged(
        claim("2025-08-27", "a", 0, Timing.AFTER_CLOSE), claim("2025-08-27", "b", 1, Timing.BEFORE_OPEN)
    )
    assert (report.timing, report.confirmed) == (Timing.UNKNOWN, False)


def test_dates_at_odds_are_one_unconfirmed_report() -> None:
    (report,) = merged(claim("2025-05-30", "a", 0), claim("2025-05-29", "b", 1), claim("2025-05-29", "c", 2))
    assert (report.day, report.confirmed) == (date(2025, 5, 29), False)
    (report,) = merged(claim("2025-05-30", "a", 0), claim("2025-05-29", "b", 1))
    assert report.day == date(2025, 5, 30)  # the more trusted


def test_quarters_stay_apart() -> None:
    reports = merged(claim("2025-05-28", "a", 0), claim("2025-08-27", "a", 0))
    assert [report.day for report in reports] == [date(2025, 5, 28), date(2025, 8, 27)]


@pytest.mark.parametrize(
    ("registered", "printed"),
    [
        ("Walt Disney Company (The)", "Walt Disney Company"),
        ("Hartford (The)", "Hartford"),
        ("Lilly (Eli)", "Eli Lilly"),
        ("Alphabet Inc. (Class C)", "Alphabet Class C"),
        ("News Corp (Class B)", "News Corp Class B"),
        ("Nike, Inc.", "Nike"),
        ("Adobe Inc.", "Adobe"),
        ("Vistra Corp.", "Vistra"),
        ("Hubbell Incorporated", "Hubbell"),
        ("Linde plc", "Linde"),
        ("Texas Pacific Land Corporation", "Texas Pacific Land"),
        ("Packaging Corporation of America", "Packaging Corporation of America"),
        ("Dow Inc.", "Dow Inc."),
        ("Merck & Co.", "Merck & Co."),
        ("KeyCorp", "KeyCorp"),
        ("3M", "3M"),
        ("", ""),
    ],
)
def test_a_company_is_called_as_newspapers_do(registered: str, printed: str) -> None:
    assert called(registered) == printed


def test_both_share_classes_are_one_company(tmp_path: Path) -> None:
    write(tmp_path, "earnings_dates_us740.csv", "symbol,report_date", "GOOG,2025-07-23", "GOOGL,2025-07-23")
    for universe, expected in ((["GOOGL"], "GOOGL"), (["GOOG", "GOOGL"], "GOOG"), ([], "GOOG")):
        claims = csv_calendars.read(tmp_path, universe, at=AT).earnings
        assert {item.symbol for item in claims} == {expected}
        assert not earnings.merge(claims, names={}, sizes={}, values={})[0].confirmed


@pytest.mark.parametrize(
    ("issue", "symbol", "day", "timing"),
    [
        ("2025-08-26", "NVDA", "2025-08-27", Timing.AFTER_CLOSE),
        ("2022-02-03", "META", "2022-02-02", Timing.AFTER_CLOSE),
        ("2025-07-15", "JPM", "2025-07-15", Timing.BEFORE_OPEN),
    ],
)
def test_real_reports(shared: Path, issue: str, symbol: str, day: str, timing: Timing) -> None:
    reports = {(item.symbol, item.day): item for item in day_of(on(shared), issue).earnings}
    report = reports[symbol, date.fromisoformat(day)]
    assert (report.timing, report.confirmed) == (timing, True)


def test_the_largest_company_of_a_day_comes_first(shared: Path) -> None:
    day = day_of(on(shared), "2025-08-26")
    wednesday = [item for item in day.earnings if item.day == date(2025, 8, 27)]
    assert wednesday[0].symbol == "NVDA"
    assert wednesday[0].name == "Nvidia"
    assert "CrowdStrike" in {item.name for item in wednesday}
