"""Par yields from the Treasury's files: read by heading, in any order, kept, and never a reason to stop."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from newsletter.clock import frozen
from newsletter.instruments import Instrument, Kind
from newsletter.sessions import Session, exchange
from newsletter.sources import treasury
from newsletter.sources.point_in_time import Moment
from newsletter.sources.supply import PriceSupply
from newsletter.sources.web_fetch import Refused
from newsletter.store.prices import PriceStore

NOW = datetime(2025, 8, 26, 10, 0, tzinfo=UTC)
MOMENT = Moment(day=date(2025, 8, 26), session=Session(date(2025, 8, 25)), cut_off=NOW)
UNIVERSE = [
    Instrument(symbol=symbol, name=symbol, kind=Kind.YIELD, prose=symbol)
    for symbol in ("DGS2", "DGS10", "^TNX")
]

# Invented figures in the Treasury's layout: newest first, a column that once was new, a blank where none was struck.
TABLE = b"""Date,"1 Mo","1.5 Month","2 Yr","10 Yr","30 Yr"
08/25/2025,4.40,4.41,3.73,4.28,4.89
08/22/2025,4.41,4.42,3.68,4.26,
08/21/2025,4.42,4.43,3.79,4.33,4.92
"""


def supply(folder: Path, get: treasury.Get, *, now: datetime = NOW) -> PriceSupply:
    store = PriceStore(folder / "prices")
    sessions = exchange("XNYS", 2026).index
    return treasury.prices(UNIVERSE, MOMENT, store, sessions, clock=frozen(now), get=get)


class Files:
    """The Treasury, as far as it is asked."""

    def __init__(self, content: bytes = TABLE) -> None:
        self.content = content
        self.asked: list[str] = []

    def __call__(self, url: str) -> bytes:
        self.asked.append(url.split("daily-treasury-rates.csv/")[1][:4])
        return self.content


def closes(came: PriceSupply, symbol: str) -> Sequence[float]:
    return [float(value) for value in came.series[symbol].close]


def test_yields_are_read_by_their_heading_oldest_first(tmp_path: Path) -> None:
    came = supply(tmp_path, Files())
    assert list(came.series) == ["DGS2", "DGS10"]
    assert closes(came, "DGS2") == [3.79, 3.68, 3.73]
    assert closes(came, "DGS10") == [4.33, 4.26, 4.28]
    assert came.series["DGS2"].bars.index[-1] == pd.Timestamp("2025-08-25")
    assert came.gaps == ()


def test_a_blank_is_not_known() -> None:
    table = treasury.parse(TABLE)
    assert table["DGS30"].isna().tolist() == [False, True, False]
    assert "DGS5" not in table


def test_six_years_at_first_then_the_present_one(tmp_path: Path) -> None:
    files = Files()
    supply(tmp_path, files)
    assert files.asked == ["2019", "2020", "2021", "2022", "2023", "2024", "2025"]
    files.asked.clear()
    supply(tmp_path, files, now=NOW + timedelta(minutes=5))
    assert files.asked == []
    supply(tmp_path, files, now=NOW + timedelta(hours=5))
    assert files.asked == ["2025"]


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>Maintenance</html>", b"Date,Rate\n08/25/2025,1\n", TABLE.replace(b"08/22/2025", b"2025-08-22"),
     TABLE.replace(b"3.68", b"n/a")],
    ids=["nothing", "a page", "other columns", "another date", "no number"],
)  # fmt: skip
def test_anything_else_is_a_gap(tmp_path: Path, content: bytes) -> None:
    came = supply(tmp_path, Files(content))
    assert came.series == {}
    assert len(came.gaps) == 7
    assert all(not gap.degraded and gap.source == "US Treasury" for gap in came.gaps)


def test_what_is_stored_stands_when_nobody_answers(tmp_path: Path) -> None:
    supply(tmp_path, Files())

    def down(url: str) -> bytes:
        raise Refused("HTTP status 503")

    came = supply(tmp_path, down, now=NOW + timedelta(hours=5))
    assert closes(came, "DGS10") == [4.33, 4.26, 4.28]
    assert [gap.reason for gap in came.gaps] == ["yields of 2025: HTTP status 503"]
