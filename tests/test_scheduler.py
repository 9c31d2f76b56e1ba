"""What is due, over a fortnight with a holiday and an early close; and a clock that is started, killed and woken late."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from newsletter import mailing, scheduler
from newsletter.config import Config, Edition
from newsletter.delivery.sending import Stop
from newsletter.delivery.transports.memory import Memory
from newsletter.errors import Held, MailError, SourceUnavailable
from newsletter.mailing import MailingReport
from newsletter.scheduler import Ended, Watch, due
from tests.mail_support import ENVIRONMENT, config_at, fill, issue_at, readers, wait_for

NEW_YORK = ZoneInfo("America/New_York")
ROOT = Path(__file__).parent.parent

# Made by hand from the exchange's calendar: 27 November 2025 is Thanksgiving, the day after ends at 13:00.
FORTNIGHT = [date(2025, 11, day) for day in (20, 21, 24, 25, 26, 28)] + [
    date(2025, 12, day) for day in (1, 2, 3)
]


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), NEW_YORK).astimezone(UTC)


def minutes(start: datetime, end: datetime, step: int = 5) -> Iterator[datetime]:
    while start < end:
        yield start
        start += timedelta(minutes=step)


@dataclass
class Desk:
    """A newsroom that builds invented issues and mails them to memory."""

    folder: Path
    now: datetime
    memory: Memory = field(default_factory=Memory)
    built: list[date] = field(default_factory=list)
    alerts: list[tuple[str, str]] = field(default_factory=list)
    trouble: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        self.config: Config = config_at(self.folder)
        fill(self.config, readers(3))

    def clock(self) -> datetime:
        return self.now

    def build(self, edition: Edition, day: date) -> Path:
        self.trouble()
        self.built.append(day)
        return issue_at(self.folder, day=day)

    def mail(self, folder: Path, *, stop: Stop) -> MailingReport:
        return mailing.mail(
            self.config,
            folder,
            clock=self.clock,
            environment=ENVIRONMENT,
            connect=self.memory.connected,
            stop=stop,
        )

    def alert(self, subject: str, text: str, *, issue: str, kind: str) -> None:
        if (issue, kind) not in self.alerts:
            self.alerts.append((issue, kind))

    def watch(self) -> Watch:
        return Watch(config=self.config, build=self.build, mail=self.mail, alert=self.alert, clock=self.clock)


def test_a_fortnight_with_a_holiday_and_an_early_close(tmp_path: Path) -> None:
    desk = Desk(tmp_path, at(date(2025, 11, 20), 0))
    watch = desk.watch()
    mailed: list[tuple[str, datetime]] = []
    for now in minutes(desk.now, at(date(2025, 12, 4), 0)):
        desk.now = now
        mailed += [(issue, desk.now) for issue, ended in watch.look().items() if ended is Ended.MAILED]

    assert mailed == [(f"{day}-morning", at(day, 6, 30)) for day in FORTNIGHT]
    assert len(desk.memory.messages) == 3 * len(FORTNIGHT)
    assert desk.built == FORTNIGHT
    assert desk.alerts == []


def test_restarts_and_second_processes_send_nothing_twice(tmp_path: Path) -> None:
    """A new watch at every look: what a process remembers must not be what keeps it from sending again."""
    desk = Desk(tmp_path, at(date(2025, 11, 25), 5))
    for now in minutes(desk.now, at(date(2025, 11, 25), 12), step=15):
        desk.now = now
        desk.watch().look()
        desk.watch().look()

    assert len(desk.memory.messages) == 3
    assert desk.built == [date(2025, 11, 25)]
    assert desk.alerts == []


@pytest.mark.parametrize(
    ("hour", "minute", "expected"), [(6, 31, Ended.MAILED), (9, 44, Ended.MAILED), (9, 45, Ended.LATE)]
)
def test_a_missed_start_is_caught_up_with_until_it_is_too_late(
    tmp_path: Path, hour: int, minute: int, expected: Ended
) -> None:
    day = date(2025, 11, 25)
    desk = Desk(tmp_path, at(day, hour, minute))

    assert desk.watch().look() == {"2025-11-25-morning": expected}
    assert desk.watch().look() == {
        "2025-11-25-morning": Ended.LATE if expected is Ended.LATE else Ended.NOTHING
    }
    assert desk.alerts == ([("2025-11-25-morning", "late")] if expected is Ended.LATE else [])


def test_nothing_is_due_before_the_hour_nor_on_days_without_a_session(tmp_path: Path) -> None:
    config = config_at(tmp_path)

    assert due(at(date(2025, 11, 25), 6, 29), config) == ()
    assert due(at(date(2025, 11, 27), 8), config) == (), "Thanksgiving"
    assert due(at(date(2025, 11, 29), 8), config) == (), "a Saturday"
    (one,) = due(at(date(2025, 11, 28), 6, 30), config)
    assert (one.issue, one.late) == ("2025-11-28-morning", False)
    assert one.not_after == at(date(2025, 11, 28), 9, 45)


def test_the_day_is_the_editions_own(tmp_path: Path) -> None:
    """Late on Monday in London it is Tuesday morning in Tokyo; and New York changes its clocks."""
    config = config_at(
        tmp_path,
        editions="[{id: tokyo, title: T, exchange: XTKS, timezone: Asia/Tokyo, cut_off: '06:00', send_at: '07:00'}]",
    )

    (one,) = due(datetime(2025, 11, 24, 22, 30, tzinfo=UTC), config)
    assert one.issue == "2025-11-25-tokyo"
    assert due(datetime(2025, 11, 23, 22, 30, tzinfo=UTC), config) == (), "a holiday in Japan"

    new_york = config_at(tmp_path)
    assert due(datetime(2025, 3, 10, 10, 30, tzinfo=UTC), new_york), "daylight time since the day before"
    assert due(datetime(2025, 3, 7, 10, 30, tzinfo=UTC), new_york) == ()


def test_a_source_that_comes_back_is_asked_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path, at(date(2025, 11, 25), 6, 30))
    answers = iter([SourceUnavailable("no prices"), SourceUnavailable("no prices")])

    def trouble() -> None:
        error = next(answers, None)
        if error is not None:
            raise error

    desk.trouble = trouble
    watch = desk.watch()
    ended: list[Ended] = []
    for _ in range(3):
        ended += watch.look().values()
        desk.now += scheduler.RETRY

    assert ended == [Ended.AGAIN, Ended.AGAIN, Ended.MAILED]
    assert desk.alerts == [("2025-11-25-morning", "failed")]
    assert len(desk.memory.messages) == 3


def test_what_a_person_must_mend_is_not_tried_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path, at(date(2025, 11, 25), 6, 30))

    def trouble() -> None:
        raise Held("no close of the index")

    desk.trouble = trouble
    watch = desk.watch()

    assert watch.look() == {"2025-11-25-morning": Ended.FAILED}
    assert watch.look() == {}
    assert desk.alerts == [("2025-11-25-morning", "held")]


def test_a_failure_that_lasts_past_the_deadline_ends(tmp_path: Path) -> None:
    desk = Desk(tmp_path, at(date(2025, 11, 25), 6, 30))

    def trouble() -> None:
        raise MailError("can't reach the mail server")

    desk.trouble = trouble
    watch = desk.watch()
    looks = 0
    for now in minutes(desk.now, at(date(2025, 11, 25), 12)):
        desk.now = now
        looks += bool(watch.look())

    assert looks == 40, "every five minutes from 6:30 to 9:40, and once more to say that it is too late"
    assert desk.alerts == [("2025-11-25-morning", "failed"), ("2025-11-25-morning", "late")]


def test_an_edition_asked_alone_leaves_the_others(tmp_path: Path) -> None:
    desk = Desk(tmp_path, at(date(2025, 11, 25), 7))

    assert desk.watch().look("closing") == {}
    assert desk.watch().look("morning") == {"2025-11-25-morning": Ended.MAILED}


class TestRun:
    """The real clock, in the foreground."""

    def test_looks_at_once_and_ends_when_asked(self, tmp_path: Path) -> None:
        desk = Desk(tmp_path, at(date(2025, 11, 25), 7))
        stop = Stop()
        running = threading.Thread(
            target=scheduler.run,
            args=(desk.config,),
            kwargs={
                "clock": desk.clock,
                "build": desk.build,
                "mail": desk.mail,
                "alert": desk.alert,
                "stop": stop,
            },
        )
        running.start()
        wait_for(lambda: len(desk.memory.messages) == 3)
        stop.set()
        running.join(5)

        assert not running.is_alive()
        assert len(desk.memory.messages) == 3

    def test_an_error_of_the_program_is_told_and_survived(self, tmp_path: Path) -> None:
        desk = Desk(tmp_path, at(date(2025, 11, 25), 7))

        def trouble() -> None:
            raise ZeroDivisionError("a bug")

        desk.trouble = trouble
        stop = Stop()
        running = threading.Thread(
            target=scheduler.run,
            args=(desk.config,),
            kwargs={
                "clock": desk.clock,
                "build": desk.build,
                "mail": desk.mail,
                "alert": desk.alert,
                "stop": stop,
            },
        )
        running.start()
        wait_for(lambda: bool(desk.alerts))

        assert running.is_alive()
        assert desk.alerts == [("scheduler 2025-11-25", "error")]
        stop.set()
        running.join(5)
        assert not running.is_alive()

    def test_sigterm_ends_it(self, tmp_path: Path) -> None:
        program = textwrap.dedent(
            """
            import sys
            from datetime import UTC, datetime
            from pathlib import Path
            from newsletter import scheduler
            from newsletter.terminal import logging_to_stderr
            from tests.mail_support import config_at

            logging_to_stderr(verbose=False)
            def never(*_, **__):
                raise AssertionError("nothing is due on a Sunday")
            sunday = lambda: datetime(2025, 11, 23, 12, tzinfo=UTC)
            scheduler.run(config_at(Path(sys.argv[1])), clock=sunday, build=never, mail=never, alert=never)
            print("ended")
            """
        )
        child = subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert child.stderr is not None
        assert "scheduler_started" in child.stderr.readline()
        child.send_signal(signal.SIGTERM)
        said, _ = child.communicate(timeout=10)

        assert (said, child.returncode) == ("ended\n", 0)
