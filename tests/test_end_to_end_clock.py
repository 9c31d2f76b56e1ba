"""Mailing by itself: the scheduler as a process, and the README's crontab line under a real cron.

The market of these tests never closes, so that an issue is due whenever they run; the calendar of New York is put through
its holidays in test_scheduler.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from newsletter.subscribers.keys import from_environment
from tests.end_to_end_support import ALWAYS, Project, clear_of_midnight, morning, round_the_clock
from tests.mail_support import Mailbox, free_port, read, readers, server, wait_for

__all__ = ["morning"]

README = Path(__file__).resolve().parent.parent / "README.md"
READERS = readers(5)


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Mailbox]:
    with server(tmp_path / "inbox") as box:
        yield box


@pytest.fixture
def due(tmp_path: Path, inbox: Mailbox) -> Project:
    """A project with five readers whose issue of today is due now, and not built yet."""
    clear_of_midnight()
    (tmp_path / "project").mkdir()
    project = round_the_clock(tmp_path / "project").configured(inbox.port, editions=f"[{ALWAYS}]")
    project.list_of(READERS)
    return project


def test_of_two_schedulers_one_mails_and_both_end_well(due: Project, inbox: Mailbox) -> None:
    with due.started("run") as one, due.started("run") as other:
        log = due.folder / "run.log"
        wait_for(lambda: log.read_text().count("action=mailing_ended") == 2, 60)
        for child in (one, other):
            child.send_signal(signal.SIGTERM)
        assert [child.wait(10) for child in (one, other)] == [0, 0]
    assert sorted(inbox.recipients().elements()) == READERS
    subject = (due.folder / "issues" / f"{due.day}-daily" / "subject.txt").read_text().strip()
    assert {read(content)["Subject"] for *_, content in inbox.raw()} == {subject}
    assert "Traceback" not in log.read_text()
    assert "done, 5 planned" in due("status").out
    # Started again it finds nothing to do, and ends as well.
    with due.started("run") as again:
        wait_for(lambda: log.read_text().count("action=scheduler_started") == 3, 60)
        again.send_signal(signal.SIGTERM)
        assert again.wait(10) == 0
    assert len(inbox.raw()) == 5


def test_of_two_crons_one_builds_and_mails(due: Project, inbox: Mailbox) -> None:
    with due.started("send") as one, due.started("send") as other:
        said = sorted(child.communicate(timeout=60)[0] for child in (one, other))
        assert [child.returncode for child in (one, other)] == [0, 0], (due.folder / "send.log").read_text()
    assert f"{due.day}-daily sent: 5 planned, 5 accepted\n" in said
    assert re.search(r"already sent|being sent by another process", "".join(said))
    assert (due.folder / "send.log").read_text().count("name='reading prices'") == 1
    assert sorted(inbox.recipients().elements()) == READERS


def test_stopped_before_anything_is_due(morning: Project) -> None:
    """Nothing is due in New York but in the day's last minute, and then it is too late."""
    late = '{id: morning, title: Morning brief, send_at: "23:59", not_after_open: 0}'
    morning.configured(free_port(), editions=f"[{late}]")
    log = morning.folder / "run.log"
    with morning.started("run") as child:
        wait_for(lambda: "action=scheduler_started" in log.read_text(), 60)
        child.send_signal(signal.SIGTERM)
        assert child.wait(10) == 0
    assert morning("status").out == "nothing was mailed yet\n"


# Cron --------------------------------------------------------------------------------------------------------------


class Crontab(NamedTuple):
    """What the README tells an operator to do."""

    key: str
    line: str


def from_readme() -> Crontab:
    """The command that makes the key, and the line for cron, word for word."""
    section = README.read_text().split("### Every morning")[1].split("\n## ")[0]
    (key,) = re.findall(r"(?m)^python3 -c .*>\.env$", section)
    (line,) = re.findall(r"(?m)^```crontab\n(.+)\n```$", section)
    return Crontab(key, line)


def every_minute(line: str, folder: Path) -> str:
    """The README's line with another time, user and folder."""
    found = re.fullmatch(r"\*/15 \* \* \* \* brief (cd )/srv/newsletter( && .+)", line)
    assert found, line
    return f"* * * * * root {found[1]}{folder}{found[2]}\n"


@contextmanager
def in_crontab(line: str) -> Iterator[None]:
    # Cron reads only names without a dot; the process's number keeps runs apart.
    file = Path(f"/etc/cron.d/newsletter-test-{os.getpid()}")
    try:
        file.write_text(line)
        file.chmod(0o644)
        yield
    finally:
        file.unlink(missing_ok=True)


class Daemon:
    """Cron in the foreground. Where another one runs it leaves at once, and that one does the work."""

    def __init__(self, program: Path) -> None:
        self._command = [str(program), "-f"]
        self._child = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self._command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def keep(self) -> None:
        if self._child.poll() is not None:
            self._child = self._start()

    def end(self) -> None:
        if self._child.poll() is None:
            self._child.terminate()
        self._child.wait(10)


@pytest.mark.slow
def test_the_readmes_crontab_line(cron: Path, due: Project, inbox: Mailbox) -> None:
    told = from_readme()
    subprocess.run(["sh", "-c", f"umask 077\n{told.key}"], cwd=due.folder, check=True)
    assert (due.folder / ".env").stat().st_mode & 0o077 == 0
    (due.folder / ".venv").symlink_to(sys.prefix)
    log = due.folder / "send.log"
    daemon = Daemon(cron)
    try:
        with in_crontab(every_minute(told.line, due.folder)):
            until = time.monotonic() + 130
            while not (log.exists() and "5 accepted" in log.read_text()):
                assert time.monotonic() < until, log.read_text() if log.exists() else "cron never ran it"
                daemon.keep()
                time.sleep(0.5)
    finally:
        daemon.end()
    assert sorted(inbox.recipients().elements()) == READERS
    # It was the key of that file which made the links.
    key = (due.folder / ".env").read_text().strip().removeprefix("export NEWSLETTER_SECRET_KEY=")
    link = str(read(inbox.raw()[0][2])["List-Unsubscribe"]).strip("<>")
    assert from_environment({"NEWSLETTER_SECRET_KEY": key}).read(link.rpartition("/")[2]) is not None


def test_before_its_hour_the_line_does_nothing(morning: Project) -> None:
    later = (
        '{id: daily, title: Daily brief, exchange: 24/7, timezone: UTC, cut_off: "00:00", send_at: "23:59"}'
    )
    clear_of_midnight()
    morning.configured(free_port(), editions=f"[{later}]")
    before = morning.stored()
    said = morning("send").out
    assert re.fullmatch(r"not yet: today's issue goes out from 23:59 UTC on; --date \S+ sends it now\n", said)
    assert morning.stored() == before
