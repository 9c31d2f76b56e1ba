"""A project as an operator has one, on invented prices, and the command line in processes of its own.

The prices are invented: seeded random walks that end with the last session completed before now, so that the issue which
is due next can be built and mailed whatever the day and the hour of the test.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest

from newsletter import project
from newsletter.sessions import exchange
from tests.mail_support import BASE_URL, SECRET

NOTHING: Mapping[str, str] = MappingProxyType({})

SESSIONS = 1400
"""Days of prices: five years and a half, as a chart of months needs."""

LEVELS = {
    "^GSPC": 5200.0, "^IXIC": 16400.0, "^DJI": 39000.0, "^RUT": 2050.0, "^VIX": 16.0, "^TNX": 4.2,
    "SPY": 520.0, "QQQ": 440.0, "IWM": 204.0, "RSP": 160.0, "XLK": 205.0, "XLE": 92.0, "XLF": 41.0,
    "AAPL": 190.0, "JPM": 196.0, "MSFT": 420.0, "NVDA": 88.0, "WMT": 60.0,
}  # fmt: skip
"""What is covered, and an invented price of each to begin with."""

KINDS = {"^VIX": "volatility", "^TNX": "yield"}

CONFIG = """\
extends: {base}
first_issue: 2020-01-02
public_base_url: {public}
editions: {editions}
sources:
  prices: {{kind: {kind}, path: market}}
  calendars: {{kind: csv, path: calendars}}
  headlines: {{kind: none, path: null, feeds: []}}
sender:
  name: Opening Tape
  address: brief@brief.example.com
  reply_to: desk@brief.example.com
  postal_address: Opening Tape, 1 Example St, Springfield, IL 62701, USA
smtp: {{host: 127.0.0.1, port: {port}, security: auto, timeout: 5, connections: 4}}
operator: {{address: operator@brief.example.com}}
"""

MORNING = "{id: morning, title: Morning brief, not_after_open: 600}"
CLOSING = "{id: closing, title: Closing brief, not_after_open: 600}"
"""In New York the next issue is never too late: ten hours after the bell its own session is over, and the one after it is
the next."""

ALWAYS = '{id: daily, title: Daily brief, exchange: 24/7, timezone: UTC, cut_off: "00:00", send_at: "00:00", not_after_open: 1440}'
"""An edition that is due at any hour of any day, for what asks the clock."""


def walk(symbol: str, days: pd.DatetimeIndex) -> pd.DataFrame:
    """Invented bars that end on the last of ``days`` with a bad day, so that there is a story and a chart on any date.

    The moves are drawn from the last one backwards: each day's test sees the same.
    """
    market = np.random.default_rng(11).standard_normal(len(days))[::-1] * 0.8
    market[-1] = -2.6
    # Chance of its own, from the symbol's letters: `hash` differs from one process to the next.
    chance = np.random.default_rng([ord(letter) for letter in symbol])
    own = chance.standard_normal((len(days), 3))[::-1]
    spread = {"SPY": 0.01, "^DJI": 0.2, "^IXIC": 0.3}.get(symbol, 0.5)
    size = {"^VIX": -4.0, "^TNX": 0.8}.get(symbol, 1.0)
    moves = 0.03 + size * market + spread * own[:, 0]
    if symbol == "^VIX":
        moves -= 0.03
    close = LEVELS[symbol] * np.exp(np.cumsum(moves) / 100)
    opened = np.concatenate(([close[0]], close[:-1]))
    return pd.DataFrame(
        {
            "open": opened,
            "high": np.maximum(opened, close) * (1 + np.abs(own[:, 1]) / 400),
            "low": np.minimum(opened, close) * (1 - np.abs(own[:, 2]) / 400),
            "close": close,
            "volume": 1e6,
        },
        index=days,
    ).round(3)


def write_market(folder: Path, days: pd.DatetimeIndex) -> None:
    """A folder of prices and one of calendars, as docs/sources.md shows them."""
    (folder / "market" / "prices").mkdir(parents=True)
    (folder / "calendars").mkdir()
    thursdays = pd.date_range(days[0], days[-1] + pd.Timedelta(weeks=3), freq="W-THU")
    (folder / "calendars" / "economic_us_high_impact.csv").write_text(
        "date,time_et,country,impact,event,actual,consensus,previous\n"
        + "".join(
            f"{day.date()},08:30,US,high,Unemployment Claims,{'221K' if day <= days[-1] else ''},219K,220K\n"
            for day in thursdays
        )
    )
    rows = ["file,symbol,name,kind"]
    for symbol in LEVELS:
        name = f"{symbol.removeprefix('^')}.csv"
        bars = walk(symbol, days)
        bars.to_csv(folder / "market" / "prices" / name, index_label="date", date_format="%Y-%m-%d")
        rows.append(f"{name},{symbol},{symbol},{KINDS.get(symbol, 'index')}")
    (folder / "market" / "symbols.csv").write_text("\n".join(rows) + "\n")


def days_until(mic: str, last: date) -> pd.DatetimeIndex:
    """The last SESSIONS sessions of an exchange, up to ``last``."""
    index = exchange(mic, last.year + 1).index
    return index[index <= pd.Timestamp(last)][-SESSIONS:]


# A project and its command line ------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def error(self) -> str:
        """The one ``error:`` line."""
        said = [line for line in self.err.splitlines() if line.startswith("error: ")]
        assert len(said) == 1, self.err
        return said[0]


@dataclass(frozen=True, kw_only=True, slots=True)
class Project:
    """A project folder; ``day`` is the date of the issue that is due next."""

    folder: Path
    day: date

    def __call__(self, *arguments: str, code: int = 0, environment: Mapping[str, str] = NOTHING) -> Done:
        """Run ``newsletter`` with these arguments to its end; it must leave with ``code`` and without a traceback."""
        child = subprocess.run(
            [*COMMAND, *arguments],
            cwd=self.folder,
            env=environment_with(environment),
            capture_output=True,
            text=True,
            timeout=120,
        )
        done = Done(code=child.returncode, out=child.stdout, err=child.stderr)
        assert "Traceback" not in done.out + done.err, done.err
        assert done.code == code, done.out + done.err
        return done

    @contextmanager
    def started(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """A command that goes on until it is ended, at the latest when the block is left."""
        with (self.folder / f"{arguments[0]}.log").open("a") as log:
            child = subprocess.Popen(
                [*COMMAND, *arguments],
                cwd=self.folder,
                env=environment_with(NOTHING),
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        try:
            yield child
        finally:
            if child.poll() is None:
                child.send_signal(signal.SIGKILL)
            child.wait(10)
            if child.stdout is not None:
                child.stdout.close()

    @property
    def issue(self) -> Path:
        """The folder of the morning's issue."""
        return self.folder / "issues" / f"{self.day}-morning"

    def configured(self, port: int, *, base: Path | None = None, more: str = "", **changes: str) -> Project:
        """The same folder with a config for a mail server on ``port``; ``changes`` fill other blanks of CONFIG."""
        blanks = {"editions": f"[{MORNING}, {CLOSING}]", "kind": "csv", "public": BASE_URL, **changes}
        base = base or project.defaults() / "config.yaml"
        text = CONFIG.format(base=base, port=port, **blanks)
        (self.folder / "config.yaml").write_text(text + more)
        return self

    def list_of(self, addresses: list[str]) -> None:
        """Put ``addresses`` on the list, from a file as an operator has it."""
        (self.folder / "readers.csv").write_text("email\n" + "\n".join(addresses) + "\n")
        self("subscribers", "import", "readers.csv", "--consent", "invented, for tests")

    def stored(self) -> dict[str, list[tuple[object, ...]]]:
        """Every row of every table that has any, read without the program."""
        if not (self.folder / "newsletter.db").exists():
            return {}
        with closing(sqlite3.connect(f"file:{self.folder / 'newsletter.db'}?mode=ro", uri=True)) as database:
            names = [
                name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            ]
            names.remove("schema_version")
            tables = {name: database.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}
        return {name: sorted(rows, key=repr) for name, rows in tables.items() if rows}


COMMAND = (sys.executable, "-m", "newsletter")


def environment_with(changes: Mapping[str, str]) -> dict[str, str]:
    """This process's environment with the test's key and without any other setting of ours; an empty value unsets."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NEWSLETTER_")}
    merged = {**kept, "NEWSLETTER_SECRET_KEY": SECRET, **changes}
    return {name: value for name, value in merged.items() if value}


def in_new_york(folder: Path) -> Project:
    """A project whose prices end with the last session completed in New York; nothing built yet."""
    place, now = exchange("XNYS", datetime.now(UTC).year + 1), datetime.now(UTC)
    last = place.last_completed(now)
    write_market(folder, days_until("XNYS", last))
    return Project(folder=folder, day=place.after(last)).configured(9)


def round_the_clock(folder: Path) -> Project:
    """A project on a market that never closes, whose issue of today is due at any hour; nothing built yet."""
    today = datetime.now(UTC).date()
    write_market(folder, days_until("24/7", today))
    return Project(folder=folder, day=today).configured(9, editions=f"[{ALWAYS}]")


@pytest.fixture
def morning(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project of one's own with the next issue built."""
    return with_issue(tmp_path / "project", tmp_path_factory)


def with_issue(folder: Path, factory: pytest.TempPathFactory) -> Project:
    """A copy, in ``folder``, of a project that all tests of a run share and whose next issue is built."""
    shutil.copytree(_built_once(factory), folder)
    return Project(folder=folder, day=date.fromisoformat((folder / "day").read_text()))


def _built_once(factory: pytest.TempPathFactory) -> Path:
    """One build for all workers of a run: who comes first builds, the others wait."""
    root = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent
    folder = root / "end-to-end"
    with (root / "end-to-end.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "day").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            made = in_new_york(folder)
            made("build", "--date", str(made.day))
            (folder / "day").write_text(str(made.day))
    return folder


# The other ends ----------------------------------------------------------------------------------------------------


@contextmanager
def taken_port() -> Iterator[int]:
    """A port on which somebody else listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield int(listening.getsockname()[1])


@contextmanager
def refusing_server() -> Iterator[int]:
    """A mail server that turns everybody away at the door."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        ending = threading.Event()
        listening.settimeout(0.1)

        def turn_away() -> None:
            while not ending.is_set():
                try:
                    guest, _ = listening.accept()
                except TimeoutError:
                    continue
                with guest:
                    guest.sendall(b"554 5.7.1 no mail from you\r\n")

        thread = threading.Thread(target=turn_away)
        thread.start()
        try:
            yield int(listening.getsockname()[1])
        finally:
            ending.set()
            thread.join(5)


def links(text: str) -> set[str]:
    """Every web address in a text or a page."""
    return {link.rstrip(".,)") for link in re.findall(r"https?://[^\s\"'<>]+", text)}


def clear_of_midnight(seconds: float = 200) -> None:
    """Wait, if a day of Greenwich is about to end: what is due would change in the middle of the test."""
    now = datetime.now(UTC)
    left = (now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1) - now).total_seconds()
    if left < seconds:
        time.sleep(left + 1)
