"""A folder of CSV files: read as it is meant, and every mistake in it told in one line."""

import gzip
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from newsletter.errors import DataError
from newsletter.instruments import Kind
from newsletter.market import State
from tests.sources_support import INVENTED, config_for, day_of, write_folder

ISSUE = "2025-08-26"


def complaint(folder: Path) -> str:
    """The one line that building from ``folder`` ends with."""
    with pytest.raises(DataError) as error:
        day_of(config_for(folder), ISSUE)
    text = str(error.value)
    assert "\n" not in text
    return text.replace(f"{folder}/", "")


def edit(path: Path, line: int, text: str) -> None:
    """Replace one line, counted from 1; the heading is line 1."""
    lines = path.read_text().splitlines()
    lines[line - 1] = text
    path.write_text("\n".join(lines) + "\n")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "market")


def test_a_whole_folder_makes_a_normal_day(folder: Path) -> None:
    day = day_of(config_for(folder), ISSUE)
    assert day.verdict == "normal"
    assert list(day.series) == list(INVENTED)
    assert day.series["^RUT"].source == "csv:^RUT"
    assert list(day.series["^RUT"].bars.columns) == ["open", "high", "low", "close", "volume"]
    assert (day.series["^RUT"].bars.dtypes == "float64").all()
    assert day.sample  # its calendars are those of the sample market


def test_no_folder(tmp_path: Path) -> None:
    text = complaint(tmp_path / "nowhere")
    assert "no such folder" in text
    assert "symbols.csv" in text


def test_an_empty_folder_says_what_is_expected(tmp_path: Path) -> None:
    (tmp_path / "market").mkdir()
    assert complaint(tmp_path / "market").startswith(
        "symbols.csv: no such file; expected a folder with symbols.csv"
    )


def test_a_listed_file_that_is_not_there(folder: Path) -> None:
    (folder / "prices" / "^RUT.csv").unlink()
    assert complaint(folder) == (
        "symbols.csv:5: file: ^RUT is listed, but prices/^RUT.csv isn't there; add the file or remove the row"
    )


def test_a_listed_file_outside_the_folder_is_refused(folder: Path) -> None:
    edit(folder / "symbols.csv", 2, "../../secret.csv,^GSPC,S&P 500,index")
    assert "not the name of a file in prices/" in complaint(folder)


def test_a_missing_column(folder: Path) -> None:
    edit(folder / "prices" / "SPY.csv", 1, "date,open,high,low,last,volume")
    assert complaint(folder).startswith("prices/SPY.csv:1: no column 'close'; found date, open")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            "2024-01-05,500,501,499,n.a.,1",
            "close: 'n.a.' is not a number; correct it, or leave the cell empty",
        ),
        ("2024-01-05,500,501,499,inf,1", "close: 'inf' is not a number"),
        ("2024-01-04,500,501,499,500,1", "date: 2024-01-04 stands there twice; remove one row"),
        ("2024-01-03,500,501,499,500,1", "date: 2024-01-03 comes after 2024-01-04; sort the rows by date"),
        ("05.01.2024,500,501,499,500,1", "date: '05.01.2024' is not a date; write it like 2025-08-22"),
        ("2024-01-05,500,501,499", "4 cells where the heading has 6; correct the row"),
    ],
)
def test_a_wrong_row_is_told_with_its_line(folder: Path, row: str, said: str) -> None:
    edit(folder / "prices" / "^GSPC.csv", 5, row)
    text = complaint(folder)
    assert text.startswith("prices/^GSPC.csv:5: ")
    assert said in text


def test_an_empty_file(folder: Path) -> None:
    (folder / "prices" / "^DJI.csv").write_text("")
    assert complaint(folder).startswith("prices/^DJI.csv: is empty; expected daily bars")


def test_a_file_that_is_not_text(folder: Path) -> None:
    (folder / "prices" / "^DJI.csv").write_bytes(b"date,close\n2024-01-02,\xff\xfe\n")
    assert "UTF-8" in complaint(folder)


def test_a_broken_gzip_file(folder: Path) -> None:
    (folder / "sp500_adjclose_panel.csv.gz").write_bytes(gzip.compress(b"date,A\n2024-01-02,1\n" * 99)[:-20])
    assert complaint(folder).startswith("sp500_adjclose_panel.csv.gz: is not a whole gzip file")


def test_a_listing_given_twice(folder: Path) -> None:
    edit(folder / "symbols.csv", 3, "^GSPC.csv,^GSPC,again,index")
    assert complaint(folder) == "symbols.csv:3: symbol: ^GSPC stands there twice; remove one row"


def test_a_symbol_that_the_folder_lacks_is_a_gap(folder: Path) -> None:
    config = config_for(folder, kinds={**INVENTED, "AAPL": Kind.STOCK})
    day = day_of(config, ISSUE)
    assert "AAPL" not in day.series
    assert [(gap.reason, gap.degraded) for gap in day.gaps] == [("not in the folder: AAPL", False)]
    assert day.verdict == "normal"


def test_a_core_symbol_that_the_folder_lacks_degrades_the_day(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "market", symbols=[s for s in INVENTED if s != "^RUT"])
    day = day_of(config_for(folder), ISSUE)
    assert day.verdict == "degraded"
    assert any(gap.source == "^RUT" and gap.degraded for gap in day.gaps)


def test_only_close_is_needed(tmp_path: Path) -> None:
    def bare(symbol: str, bars: pd.DataFrame) -> pd.DataFrame:
        return bars[["close"]]

    folder = write_folder(tmp_path / "market", change=bare)
    day = day_of(config_for(folder), ISSUE)
    assert day.verdict == "normal"
    assert day.series["^GSPC"].bars["high"].isna().all()


def test_rows_on_holidays_are_dropped_where_nothing_trades(tmp_path: Path) -> None:
    def on_independence_day(symbol: str, bars: pd.DataFrame) -> pd.DataFrame:
        extra = bars.iloc[[-1]].set_axis([pd.Timestamp("2025-07-04")])
        return bars if symbol == "BTC-USD" else pd.concat([bars, extra]).sort_index()

    day = day_of(config_for(write_folder(tmp_path / "market", change=on_independence_day)), ISSUE)
    assert pd.Timestamp("2025-07-04") not in day.series["^VIX"].bars.index
    assert pd.Timestamp("2025-07-04") in day.series["BTC-USD"].bars.index
    assert day.series["^VIX"].state is State.OK


def test_the_rates_file_fills_what_has_no_file_of_its_own(folder: Path) -> None:
    dates = [stamp.date() for stamp in pd.bdate_range("2024-01-02", "2025-08-29")]
    rows = [f"{day},4.2,{5.33 if day.year == 2024 else 4.33}" for day in dates]
    rows[-5] = f"{dates[-5]},,4.33"  # no par yield on 25 August
    (folder / "rates_fred.csv").write_text("\n".join(["date,DGS10,DFF", *rows]) + "\n")
    kinds = {**INVENTED, "DGS10": Kind.YIELD, "DFF": Kind.YIELD}
    day = day_of(config_for(folder, kinds=kinds), ISSUE)
    assert day.series["DGS10"].close.index[-1].date() == date(2025, 8, 22)
    assert day.series["DGS10"].state is State.STALE
    assert day.series["DFF"].close.index[-1].date() == date(2025, 8, 22)  # that of the 25th comes out later
    assert day.series["DFF"].state is State.OK
    assert day.verdict == "normal"  # ^TNX still tells the ten-year yield


def test_levels_that_were_never_traded_are_marked(shared: Path) -> None:
    # By the notes of symbols.csv: adjusted for dividends or halved by a later split; futures say "unadjusted".
    kinds = {
        "NFLX": Kind.STOCK,
        "XLK": Kind.SECTOR,
        "NVDA": Kind.STOCK,
        "CL=F": Kind.COMMODITY,
        "^GSPC": Kind.INDEX,
    }
    day = day_of(config_for(shared / "market", kinds=kinds), "2025-08-26")
    marked = {symbol for symbol, series in day.series.items() if series.adjusted}
    assert marked == {"NFLX", "XLK"}
