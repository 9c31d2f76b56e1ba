"""Reading the operator's CSV files: fast when they are right, exact about the row and column when they are not."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from newsletter.errors import DataError
from newsletter.sources.supply import Fetch

if TYPE_CHECKING:
    import pandas as pd

EMPTY = frozenset({"", "nan", "NaN", "NA", "N/A", "null", "."})
"""What stands for "not known" in a column of numbers; ``.`` is the Federal Reserve's way."""


@dataclass(frozen=True, slots=True)
class Table:
    """One file in memory."""

    path: Path
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    def lines(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Every row as text with its line number; a row of the wrong length raises DataError."""
        reader = csv.reader(io.StringIO(self.text()))
        header = [name.strip() for name in next(reader, [])]
        for row in reader:
            if not row:
                continue
            if len(row) != len(header):
                raise DataError(
                    f"{self.path}:{reader.line_num}: {len(row)} cells where the heading has {len(header)}; "
                    "correct the row"
                )
            yield reader.line_num, dict(zip(header, (cell.strip() for cell in row), strict=True))

    def text(self) -> str:
        try:
            return self.content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise DataError(
                f"{self.path}: is not UTF-8 text (byte {error.start}); save it as UTF-8"
            ) from None

    def header(self) -> list[str]:
        """The column names, stripped."""
        first = self.content.split(b"\n", 1)[0].decode("utf-8-sig", errors="replace")
        return [name.strip() for name in next(csv.reader([first]), [])]

    def is_even(self, rows: int) -> bool:
        """Whether all rows are as long as the heading: a short one would read as "not known"."""
        return b'"' in self.content or self.content.count(b",") == (len(self.header()) - 1) * (rows + 1)

    def require(self, columns: Sequence[str]) -> None:
        """Raise DataError where a column is missing."""
        header = self.header()
        missing = [name for name in columns if name not in header]
        if missing:
            found = ", ".join(header) or "nothing"
            raise DataError(
                f"{self.path}:1: no column {missing[0]!r}; found {found}; expected {', '.join(columns)}"
            )

    def fetch(self, source: str, index: pd.Index | Sequence[date], at: datetime) -> Fetch:
        """How this file came, for ``sources.json``."""
        first, newest = (_date(index[0]), _date(index[-1])) if len(index) else (None, None)
        return Fetch(
            source=source,
            what=self.path.name,
            rows=len(index),
            first=first,
            newest=newest,
            sha256=self.sha256,
            fetched_at=at,
        )


def read(path: Path, what: str) -> Table:
    """The file's bytes, unpacked where its name ends in ``.gz``. ``what`` says in an error what was expected there."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise DataError(f"{path}: no such file; expected {what}") from None
    except OSError as error:
        raise DataError(f"{path}: can't be read ({error.strerror}); expected {what}") from None
    if path.suffix == ".gz":
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error) as error:
            raise DataError(f"{path}: is not a whole gzip file ({error}); fetch or pack it again") from None
    if not content.strip():
        raise DataError(f"{path}: is empty; expected {what}")
    return Table(path, content)


def frame(table: Table, columns: Sequence[str], *, dated: str = "date") -> pd.DataFrame:
    """The numeric ``columns`` by date: index of naive midnights, unique and ascending; float64, NaN = not known.

    Every mistake raises DataError with file, line and column.
    """
    import pandas as pd

    table.require([dated, *columns])
    try:
        bars = pd.read_csv(
            io.BytesIO(table.content),
            engine="c",
            usecols=[dated, *columns],
            dtype={dated: str, **dict.fromkeys(columns, np.float64)},
            na_values=sorted(EMPTY),
            keep_default_na=False,
            encoding="utf-8-sig",
            skipinitialspace=True,
            index_col=dated,
        )
        bars.index = pd.DatetimeIndex(pd.to_datetime(bars.index, format="%Y-%m-%d", exact=True), name="date")
        bars.index = bars.index.as_unit("ns")
    except (ValueError, UnicodeDecodeError, OverflowError, pd.errors.ParserError):
        raise _mistake(table, columns, dated) from None
    if bars.index.hasnans or not (bars.index.is_monotonic_increasing and bars.index.is_unique):
        raise _mistake(table, columns, dated)
    if np.isinf(bars.to_numpy()).any() or not table.is_even(len(bars)):
        raise _mistake(table, columns, dated)
    return bars[list(columns)]


def day(table: Table, line: int, column: str, text: str) -> date:
    """``text`` as a date; anything else raises DataError."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DataError(
            f"{table.path}:{line}: {column}: {text!r} is not a date; write it like 2025-08-22"
        ) from None


def number(table: Table, line: int, column: str, text: str) -> float | None:
    """``text`` as a number, None where the cell is empty; anything else raises DataError."""
    if text in EMPTY:
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("inf")
    if not np.isfinite(value):
        raise DataError(
            f"{table.path}:{line}: {column}: {text!r} is not a number; correct it, or leave the cell empty"
        )
    return value


def _date(stamp: date) -> date:
    return stamp.date() if isinstance(stamp, datetime) else stamp


def _mistake(table: Table, columns: Sequence[str], dated: str) -> DataError:
    """Read slowly, row by row, until the first thing that is wrong."""
    before: date | None = None
    try:
        for line, row in table.lines():
            here = day(table, line, dated, row[dated])
            if before is not None and here == before:
                raise DataError(f"{table.path}:{line}: {dated}: {here} stands there twice; remove one row")
            if before is not None and here < before:
                raise DataError(
                    f"{table.path}:{line}: {dated}: {here} comes after {before}; sort the rows by date"
                )
            for column in columns:
                number(table, line, column, row[column])
            before = here
    except csv.Error as error:
        return DataError(f"{table.path}: is not a CSV file: {error}")
    except DataError as error:
        return error
    return DataError(f"{table.path}: can't be read as CSV; expected {dated}, {', '.join(columns)}")
