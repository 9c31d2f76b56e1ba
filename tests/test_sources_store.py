"""The price store: whole files, first sight kept, revisions noted, a split never mixed in."""

from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest

from newsletter.errors import DataError
from newsletter.store.prices import Outcome, PriceStore, as_known

MONDAY = datetime(2025, 8, 25, 22, 0, tzinfo=UTC)
TUESDAY = datetime(2025, 8, 26, 22, 0, tzinfo=UTC)


def bars(closes: dict[str, float]) -> pd.DataFrame:
    index = pd.DatetimeIndex([pd.Timestamp(day) for day in closes], name="date")
    close = pd.Series(list(closes.values()), index=index)
    return pd.DataFrame(
        {"open": close, "high": close, "low": close, "close": close, "adj_close": close, "volume": 100.0}
    )


WEEK = {"2025-08-20": 10.0, "2025-08-21": 11.0, "2025-08-22": 12.0, "2025-08-25": 13.0}


@pytest.fixture
def store(tmp_path: Path) -> PriceStore:
    made = PriceStore(tmp_path / "prices")
    assert made.merge("^RUT", bars(WEEK), source="yahoo:^RUT", seen_at=MONDAY) is Outcome.NEW
    return made


def closes(store: PriceStore) -> dict[str, float]:
    stored = store.read("^RUT")
    assert stored is not None
    days = [str(stamp.date()) for stamp in stored.bars.index]
    return dict(zip(days, stored.bars["close"].tolist(), strict=True))


def test_what_was_put_in_comes_out(store: PriceStore) -> None:
    stored = store.read("^RUT")
    assert stored is not None
    assert closes(store) == WEEK
    assert stored.checked_at == MONDAY
    assert set(stored.bars["source"]) == {"yahoo:^RUT"}
    assert set(stored.bars["state"]) == {"ok"}
    assert store.read("^VIX") is None


def test_the_same_again_changes_nothing(store: PriceStore) -> None:
    assert store.merge("^RUT", bars(WEEK), source="s", seen_at=TUESDAY) is Outcome.SAME
    stored = store.read("^RUT")
    assert stored is not None
    assert stored.checked_at == TUESDAY
    assert set(stored.bars["first_seen"]) == {pd.Timestamp(MONDAY)}
    assert store.revisions() == ()


def test_new_rows_are_added_with_when_they_were_seen(store: PriceStore) -> None:
    fresh = bars({"2025-08-25": 13.0, "2025-08-26": 14.0})
    assert store.merge("^RUT", fresh, source="s", seen_at=TUESDAY) is Outcome.NEW
    stored = store.read("^RUT")
    assert stored is not None
    assert closes(store) == {**WEEK, "2025-08-26": 14.0}
    assert list(stored.bars["first_seen"])[-2:] == [pd.Timestamp(MONDAY), pd.Timestamp(TUESDAY)]


def test_a_cell_that_differs_is_a_revision(store: PriceStore) -> None:
    fresh = bars({**WEEK, "2025-08-22": 12.5})
    assert store.merge("^RUT", fresh, source="s", seen_at=TUESDAY) is Outcome.REVISED
    assert closes(store)["2025-08-22"] == 12.5
    close = next(item for item in store.revisions() if item.field == "close")
    assert (close.symbol, close.session, close.old, close.new, close.seen_at) == (
        "^RUT",
        date(2025, 8, 22),
        12.0,
        12.5,
        TUESDAY,
    )


def test_a_replay_undoes_what_was_revised_later(store: PriceStore) -> None:
    store.merge("^RUT", bars({**WEEK, "2025-08-22": 12.5}), source="s", seen_at=TUESDAY)
    stored = store.read("^RUT")
    assert stored is not None
    before = as_known(stored.bars, store.revisions(), MONDAY)
    assert before.loc["2025-08-22", "close"] == 12.0
    assert as_known(stored.bars, store.revisions(), TUESDAY).loc["2025-08-22", "close"] == 12.5


def test_a_cell_that_the_source_lost_is_kept(store: PriceStore) -> None:
    fresh = bars({**WEEK, "2025-08-26": 14.0})
    fresh.loc["2025-08-25"] = float("nan")
    fresh.loc["2025-08-22", "volume"] = float("nan")
    store.merge("^RUT", fresh.drop(index=pd.Timestamp("2025-08-21")), source="s", seen_at=TUESDAY)
    assert closes(store) == {**WEEK, "2025-08-26": 14.0}
    stored = store.read("^RUT")
    assert stored is not None
    assert stored.bars.loc["2025-08-22", "volume"] == 100.0
    assert store.revisions() == ()


def test_a_split_is_told_and_nothing_is_written(store: PriceStore) -> None:
    halved = bars({day: close / 2 for day, close in WEEK.items()} | {"2025-08-26": 7.0})
    assert store.merge("^RUT", halved, source="s", seen_at=TUESDAY) is Outcome.SPLIT
    assert closes(store) == WEEK
    store.rewrite("^RUT", halved, source="s", seen_at=TUESDAY)
    assert closes(store)["2025-08-20"] == 5.0
    stored = store.read("^RUT")
    assert stored is not None
    assert stored.bars["first_seen"].iloc[0] == pd.Timestamp(MONDAY)
    assert store.revisions() == ()


def test_one_price_off_by_half_is_no_split(store: PriceStore) -> None:
    fresh = bars({**WEEK, "2025-08-25": 6.5})
    assert store.merge("^RUT", fresh, source="s", seen_at=TUESDAY) is Outcome.REVISED


def test_a_broken_file_says_what_to_do(store: PriceStore, tmp_path: Path) -> None:
    (tmp_path / "prices" / "^RUT.parquet").write_bytes(b"PAR1 nonsense")
    with pytest.raises(DataError, match="delete it, and the history is fetched again"):
        store.read("^RUT")


def test_a_place_that_can_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "prices").write_text("a file where the folder should be")
    with pytest.raises(DataError, match=r"set paths\.prices elsewhere"):
        PriceStore(tmp_path / "prices").merge("^RUT", bars(WEEK), source="s", seen_at=MONDAY)


def test_nothing_but_whole_files_is_left(store: PriceStore, tmp_path: Path) -> None:
    store.merge("^RUT", bars(WEEK), source="s", seen_at=TUESDAY)
    assert [path.name for path in (tmp_path / "prices").iterdir()] == ["^RUT.parquet"]
