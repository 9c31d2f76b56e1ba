"""The store: one SQLite file, opened so that what was committed survives a power cut.

WAL lets the public pages read while a mailing writes; ``synchronous=FULL`` makes a commit wait for the disk, because the
intent to send must not be forgotten after the bytes have left.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, insert, inspect, select
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from newsletter.errors import StoreError
from newsletter.store import schema

PATIENCE = 20
"""Seconds to wait for another process that is writing."""


Transaction = Connection
"""What the named queries of this floor take; nobody above needs more of it."""


class Store:
    """An open store. Safe to use from several threads; every transaction has a connection of its own."""

    def __init__(self, engine: Engine, path: Path) -> None:
        self._engine = engine
        self.path = path

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the store and changes nothing."""
        with self._said_plainly(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that alone may write; committed at the end, or undone if anything is raised."""
        with self._said_plainly(), self._engine.connect() as connection:
            writer = connection.execution_options(newsletter_writes=True)
            with writer.begin():
                yield writer

    def close(self) -> None:
        """Give the file back."""
        self._engine.dispose()

    @contextmanager
    def _said_plainly(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise StoreError(f"{self.path}: {error.orig}; {_advice(str(error.orig))}") from error


@contextmanager
def opened(path: Path) -> Iterator[Store]:
    """The store at ``path`` for the length of a ``with``; see :func:`connect`."""
    store = connect(path)
    try:
        yield store
    finally:
        store.close()


def connect(path: Path) -> Store:
    """Open the store at ``path``, making it where there is none.

    Raises StoreError if the place can't be written, if the file is no store, or if a later version of the program made
    it.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"{path.parent}: {error.strerror}; name another place under paths.store in config.yaml"
        ) from error
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": PATIENCE})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    store = Store(engine, path)
    try:
        _create_or_check(store)
    except StoreError:
        store.close()
        raise
    return store


def _prepare(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    # The driver would begin transactions by rules of its own; _begin does it for every one of them.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    # A writer that began as a reader can find its view outdated and fail; one that asks first waits its turn.
    writes = connection.get_execution_options().get("newsletter_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _create_or_check(store: Store) -> None:
    with store.reading() as connection:
        known = inspect(connection).get_table_names()
        found = connection.scalar(select(schema.version.c.version)) if schema.version.name in known else None
    if found is None and known:
        raise StoreError(
            f"{store.path}: a database of something else; name another file under paths.store in config.yaml"
        )
    if found is None:
        with store.writing() as connection:
            schema.metadata.create_all(connection)
            if connection.scalar(select(schema.version.c.version)) is None:
                connection.execute(insert(schema.version), {"version": schema.VERSION})
    elif found != schema.VERSION:
        raise StoreError(
            f"{store.path}: made by a later version of newsletter (store version {found}, this one knows {schema.VERSION}); update the program"
        )


def _advice(problem: str) -> str:
    if "locked" in problem:
        return "another process is writing to it; try again when that has ended"
    if "not a database" in problem or "malformed" in problem:
        return "restore it from a backup, or name another file under paths.store in config.yaml"
    return "see that the file and its folder can be written, or change paths.store in config.yaml"
