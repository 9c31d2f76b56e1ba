"""Price history already fetched: one Parquet file a symbol, replaced whole, so that a crash leaves the old or the new.

Rows are raw daily bars by session. What a source says differently later is kept too, in ``revisions.jsonl``: replays
undo it, and corrections are made from it.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path

import numpy as np
import pandas as pd

from newsletter.clock import utc
from newsletter.errors import DataError

PRICES = ("open", "high", "low", "close")
VALUES = (*PRICES, "adj_close", "volume")
COLUMNS = (*VALUES, "source", "state", "first_seen")
"""Index: session, naive midnight. ``state`` is that of ``market.State``; ``first_seen`` is aware UTC."""

REVISIONS = "revisions.jsonl"

EQUAL = 1e-6
SAME_RATIO = 1e-3
LEAST_SPLIT = 0.02
"""A ratio nearer to one than this is no split but a revision."""

CHECKED = b"newsletter.checked_at"


class Outcome(StrEnum):
    """What new rows did to what was known."""

    NEW = "new"  #: rows were added, or nothing was known before
    SAME = "same"  #: nothing new
    REVISED = "revised"  #: single cells differ; they are replaced and noted
    SPLIT = "split"  #: every old close is off by one ratio; nothing was written, fetch all and rewrite


@dataclass(frozen=True, kw_only=True, slots=True)
class Revision:
    """A cell that a source said differently later."""

    symbol: str
    session: date
    field: str
    old: float
    new: float
    seen_at: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "seen_at", utc(self.seen_at))


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Stored:
    """The rows of one symbol and when its source was last asked."""

    bars: pd.DataFrame
    checked_at: datetime


class PriceStore:
    """The folder of price files. Only the process that makes issues writes to it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, symbol: str) -> Stored | None:
        """What is known of ``symbol``, or None; a broken file raises DataError with its name."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        path = self._path(symbol)
        try:
            table = pq.read_table(path)
            checked = datetime.fromisoformat((table.schema.metadata or {})[CHECKED].decode())
            bars = table.to_pandas()[list(COLUMNS)]
        except FileNotFoundError:
            return None
        except (OSError, pa.ArrowException, KeyError, ValueError) as error:
            reason = str(error).splitlines()[0]
            raise DataError(
                f"{path}: can't be read ({reason}); delete it, and the history is fetched again"
            ) from None
        bars.index = pd.DatetimeIndex(bars.index, name="date").as_unit("ns")
        return Stored(bars=bars, checked_at=checked)

    def merge(self, symbol: str, fresh: pd.DataFrame, *, source: str, seen_at: datetime) -> Outcome:
        """Add ``fresh`` rows (columns of VALUES, and ``state``) to what is known.

        A cell that the source no longer has is kept. Nothing is written when the outcome is SPLIT.
        """
        known = self.read(symbol)
        rows = _rows(fresh, source, seen_at)
        if known is None:
            self._write(symbol, rows, seen_at)
            return Outcome.NEW
        common = known.bars.index.intersection(rows.index)
        if _rescaled(known.bars.loc[common], rows.loc[common]):
            return Outcome.SPLIT
        revisions = tuple(_revisions(symbol, known.bars.loc[common], rows.loc[common], seen_at))
        merged = _merged(known.bars, rows)
        added = len(merged) > len(known.bars)
        self._note(revisions)
        self._write(symbol, merged, seen_at)
        if revisions:
            return Outcome.REVISED
        return Outcome.NEW if added else Outcome.SAME

    def rewrite(self, symbol: str, fresh: pd.DataFrame, *, source: str, seen_at: datetime) -> None:
        """Replace the whole history, as after a split; when a session was first seen stays known."""
        rows = _rows(fresh, source, seen_at)
        known = self.read(symbol)
        if known is not None:
            common = rows.index.intersection(known.bars.index)
            rows.loc[common, "first_seen"] = known.bars.loc[common, "first_seen"]
        self._write(symbol, rows, seen_at)

    def revisions(self) -> tuple[Revision, ...]:
        """Every revision noted so far, oldest first; a line that can't be read raises DataError."""
        path = self._folder / REVISIONS
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return ()
        return tuple(_revision(path, number, line) for number, line in enumerate(lines, 1))

    def _note(self, revisions: Iterable[Revision]) -> None:
        lines = [
            json.dumps(
                {
                    **asdict(item),
                    "session": item.session.isoformat(),
                    "seen_at": item.seen_at.isoformat(),
                }
            )
            for item in revisions
        ]
        if lines:
            self._folder.mkdir(parents=True, exist_ok=True)
            with (self._folder / REVISIONS).open("a", encoding="utf-8") as file:
                file.write("\n".join(lines) + "\n")

    def _write(self, symbol: str, rows: pd.DataFrame, checked_at: datetime) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        table = pa.Table.from_pandas(rows)
        checked = {CHECKED: utc(checked_at).isoformat().encode()}
        table = table.replace_schema_metadata({**(table.schema.metadata or {}), **checked})
        path = self._path(symbol)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._folder, suffix=".partial", delete=False) as file:
                pq.write_table(table, file)
                file.flush()
                os.fsync(file.fileno())
            Path(file.name).replace(path)
        except OSError as error:
            raise DataError(
                f"{path}: can't be written ({error.strerror or error}); make room, or set paths.prices elsewhere"
            ) from error

    def _path(self, symbol: str) -> Path:
        return self._folder / f"{symbol}.parquet"


def as_known(bars: pd.DataFrame, revisions: Iterable[Revision], at: datetime) -> pd.DataFrame:
    """``bars`` of one symbol with every revision seen after ``at`` undone, the newest first."""
    later = sorted(
        (item for item in revisions if item.seen_at > at), key=lambda item: item.seen_at, reverse=True
    )
    if not later:
        return bars
    undone = bars.copy()
    for item in later:
        stamp = pd.Timestamp(item.session)
        if stamp in undone.index:
            undone.loc[stamp, item.field] = item.old
    return undone


def _rows(fresh: pd.DataFrame, source: str, seen_at: datetime) -> pd.DataFrame:
    rows = fresh.reindex(columns=list(VALUES)).astype(float)
    rows = rows.assign(
        state=fresh.get("state", "ok"),
        source=source,
        first_seen=pd.Timestamp(utc(seen_at)).as_unit("us"),
    )
    rows.index = pd.DatetimeIndex(rows.index, name="date").as_unit("ns")
    return rows.loc[rows["close"].notna(), list(COLUMNS)].sort_index()


def _rescaled(old: pd.DataFrame, new: pd.DataFrame) -> bool:
    """Whether every close of at least three sessions is off by one ratio."""
    both = old["close"].notna() & new["close"].notna() & (old["close"] != 0)
    ratios = (new["close"][both] / old["close"][both]).to_numpy()
    if len(ratios) < 3:
        return False
    middle = float(np.median(ratios))
    return abs(middle - 1) > LEAST_SPLIT and bool(np.all(np.abs(ratios / middle - 1) < SAME_RATIO))


def _revisions(symbol: str, old: pd.DataFrame, new: pd.DataFrame, seen_at: datetime) -> Iterator[Revision]:
    days = [stamp.date() for stamp in old.index]
    # Dividends move every adjusted close; only what was printed can be revised.
    for field in (*PRICES, "volume"):
        before, after = old[field].to_numpy(float), new[field].to_numpy(float)
        known = ~np.isnan(before) & ~np.isnan(after)
        scale = np.maximum(np.abs(before), 1e-9)
        with np.errstate(invalid="ignore"):
            differs = known & (np.abs(after - before) > EQUAL * scale)
        for place in np.flatnonzero(differs).tolist():
            yield Revision(
                symbol=symbol,
                session=days[place],
                field=field,
                old=float(before[place]),
                new=float(after[place]),
                seen_at=seen_at,
            )


def _merged(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    rows = new.copy()
    common = rows.index.intersection(old.index)
    rows.loc[common, "first_seen"] = old.loc[common, "first_seen"]
    for field in VALUES:
        gone = rows.loc[common, field].isna()
        rows.loc[common[gone], field] = old.loc[common[gone], field]
    return pd.concat([old.drop(index=common), rows]).sort_index()


def _revision(path: Path, number: int, line: str) -> Revision:
    try:
        row = json.loads(line)
        return Revision(
            symbol=str(row["symbol"]),
            session=date.fromisoformat(row["session"]),
            field=str(row["field"]),
            old=float(row["old"]),
            new=float(row["new"]),
            seen_at=datetime.fromisoformat(row["seen_at"]).astimezone(UTC),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path}:{number}: not a revision ({error}); remove the line") from None
