"""Lists of subscribers as CSV files: in with a reason for every row refused, out in a form that no spreadsheet runs."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, TextIO

from newsletter.errors import DataError, UsageError
from newsletter.store import subscribers as table
from newsletter.store.database import Store
from newsletter.store.schema import Standing
from newsletter.subscribers.addresses import Address, AddressRefused, parse
from newsletter.subscribers.keys import Keys
from newsletter.subscribers.roster import Ground, Joined, join

LARGEST = 10_000_000
"""Bytes of a file that is taken: about 400,000 addresses."""

BATCH = 500
"""Rows a transaction; an unsubscribe that arrives meanwhile waits for one only."""

COLUMNS = ("email", "e-mail", "address", "email address", "mail")
"""Headings under which the address is looked for; without one of these, a first row with an @ is data."""

HEADINGS = ("email", "state", "since", "changed")

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What starts a formula in a spreadsheet."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """A row that was not taken; ``row`` is its line in the file, the first is 1."""

    row: int
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportReport:
    """What an import did. ``state`` is what new subscribers got."""

    state: Standing
    added: int
    confirmed: int
    known: int
    refused: tuple[Refusal, ...]


@dataclass(kw_only=True, slots=True)
class _Tally:
    added: int = 0
    confirmed: int = 0
    known: int = 0
    refused: list[Refusal] = field(default_factory=list)


def import_csv(
    store: Store,
    path: Path,
    *,
    consent: str | None,
    keys: Keys | None,
    clock: Callable[[], datetime],
) -> ImportReport:
    """Read addresses from a UTF-8 CSV file as a stream; each refused row is reported, the others are taken.

    ``consent`` is the proof, "text, source"; without it new subscribers are pending. Raises UsageError for a file that
    can't be read, is larger than LARGEST, or is no text.
    """
    if consent is not None and not consent.strip():
        raise UsageError(
            '--consent is empty: say what was agreed to and where, like "daily brief, fair 2025"'
        )
    ground = Ground(how="import", consent=consent.strip() if consent else None)
    tally = _Tally()
    try:
        with path.open("rb") as file:
            batch: list[tuple[int, Address]] = []
            for row, cell in _cells(file, path):
                try:
                    batch.append((row, parse(cell)))
                except AddressRefused as error:
                    tally.refused.append(Refusal(row=row, reason=str(error)))
                if len(batch) == BATCH:
                    _take(store, batch, ground, keys, clock(), tally)
                    batch = []
            _take(store, batch, ground, keys, clock(), tally)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from error
    return ImportReport(
        state=Standing.PENDING if ground.consent is None else Standing.CONFIRMED,
        added=tally.added,
        confirmed=tally.confirmed,
        known=tally.known,
        refused=tuple(sorted(tally.refused, key=lambda refusal: refusal.row)),
    )


def export_csv(
    store: Store, out: TextIO, *, state: Standing | None = None, guard_formulas: bool = True
) -> int:
    """Write subscribers to ``out`` as CSV, by address; returns how many.

    Cells that a spreadsheet would run as a formula get a leading apostrophe unless ``guard_formulas`` is off.
    """
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADINGS)
    number = 0
    with store.reading() as connection:
        for person in table.stream(connection):
            if state is not None and person.state is not state:
                continue
            cells = (
                person.address,
                person.state.value,
                person.created.date().isoformat(),
                person.changed.date().isoformat(),
            )
            writer.writerow([_guarded(cell) for cell in cells] if guard_formulas else cells)
            number += 1
    return number


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _take(
    store: Store,
    batch: list[tuple[int, Address]],
    ground: Ground,
    keys: Keys | None,
    now: datetime,
    tally: _Tally,
) -> None:
    if not batch:
        return
    outcomes = join(store, [address for _, address in batch], ground, keys=keys, now=now)
    for (row, _), outcome in zip(batch, outcomes, strict=True):
        match outcome:
            case Joined.ADDED:
                tally.added += 1
            case Joined.CONFIRMED:
                tally.confirmed += 1
            case Joined.KNOWN:
                tally.known += 1
            case Joined.SUPPRESSED:
                reason = "has left, bounced or complained; only its owner can come back"
                tally.refused.append(Refusal(row=row, reason=reason))


def _cells(file: BinaryIO, path: Path) -> Iterator[tuple[int, str]]:
    """The cell with the address of each row that isn't empty, and the row's line."""
    reader = csv.reader(_lines(file, path), strict=False)
    column: int | None = None
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise DataError(f"{path}:{reader.line_num}: not CSV: {error}") from None
        if not any(cell.strip() for cell in cells):
            continue
        if column is None:
            column = _column(cells, path)
            if not any("@" in cell for cell in cells):
                continue
        yield reader.line_num, cells[column] if column < len(cells) else ""


def _column(cells: list[str], path: Path) -> int:
    headings = [cell.strip().lower() for cell in cells]
    for name in COLUMNS:
        if name in headings:
            return headings.index(name)
    for position, cell in enumerate(cells):
        if "@" in cell:
            return position
    raise UsageError(
        f"{path}: no column with addresses: head it `email`, or give one address a line without a heading"
    )


def _lines(file: BinaryIO, path: Path) -> Iterator[str]:
    read = 0
    for number, raw in enumerate(file, start=1):
        read += len(raw)
        if read > LARGEST:
            raise UsageError(
                f"{path}: larger than {LARGEST // 1_000_000} MB; split it and import the parts (rows so far were taken)"
            )
        if b"\0" in raw:
            raise UsageError(f"{path}: not a text file; save the list as CSV in UTF-8")
        try:
            yield raw.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError:
            # One bad row must not cost the others: it goes on as text that no address check admits.
            yield raw.decode("utf-8", errors="replace")
