"""What is due now, and a clock that asks.

The clock decides nothing: on each session's morning it asks :func:`due`, and the ledger sees to it that an issue goes out
once, however often it is asked. So a restart, a second process or a missed start are ordinary: whatever is due and not
too late is done, and what is too late is said.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

import structlog
from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.date import DateTrigger

from newsletter.clock import Clock
from newsletter.config import Config, Edition
from newsletter.delivery.sending import Stop
from newsletter.errors import Held, NewsletterError, UsageError
from newsletter.mailing import MailingReport, Outcome, deadline, ending_on_signals
from newsletter.sessions import exchange
from newsletter.store import ledger
from newsletter.store.database import opened
from newsletter.store.issues import issue_id
from newsletter.store.ledger import Mailing
from newsletter.store.schema import Course

RETRY = timedelta(minutes=5)
"""After a failure that may pass, such as a source that doesn't answer, it is tried again until the deadline."""

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """An issue whose hour has come. ``late`` if it can't be mailed any more."""

    edition: Edition
    day: date
    send_at: datetime
    not_after: datetime
    late: bool

    @property
    def issue(self) -> str:
        """``2025-08-26-morning``."""
        return issue_id(self.day, self.edition.id)


class Build(Protocol):
    """Makes the issue of a day, unless it is there already, and says where it lies."""

    def __call__(self, edition: Edition, day: date) -> Path: ...


class Mail(Protocol):
    """Mails the issue in a folder; ends soon once ``stop`` is set."""

    def __call__(self, folder: Path, *, stop: Stop) -> MailingReport: ...


class Alert(Protocol):
    """Tells the operator, once for each issue and kind."""

    def __call__(self, subject: str, text: str, *, issue: str, kind: str) -> object: ...


def due(now: datetime, config: Config) -> tuple[Due, ...]:
    """Each edition's issue of today, by the edition's own calendar and zone, once its hour has come. Pure.

    Nothing on a day without a session; an early close is a session like any other.
    """
    found = (_due(now, edition) for edition in config.editions)
    return tuple(one for one in found if one is not None)


def _due(now: datetime, edition: Edition) -> Due | None:
    zone = ZoneInfo(edition.timezone)
    day = now.astimezone(zone).date()
    if not exchange(edition.exchange, day.year + 1).is_session(day):
        return None
    send_at = datetime.combine(day, edition.send_at, zone)
    if now < send_at:
        return None
    not_after = deadline(edition, day)
    return Due(edition=edition, day=day, send_at=send_at, not_after=not_after, late=now >= not_after)


class Ended(StrEnum):
    """What one look at the clock did for an issue."""

    MAILED = "mailed"
    NOTHING = "nothing"  #: sent before, nobody on the list, or another process is at it
    LATE = "late"
    FAILED = "failed"  #: a person must mend it
    AGAIN = "again"  #: failed in a way that may pass; try again
    STOPPED = "stopped"


@dataclass(kw_only=True, slots=True)
class Watch:
    """Does what is due. ``settled`` holds the issues for which nothing is left to do."""

    config: Config
    build: Build
    mail: Mail
    alert: Alert
    clock: Clock
    stop: Stop = field(default_factory=Stop)
    settled: set[str] = field(default_factory=set)

    def look(self, edition: str | None = None) -> dict[str, Ended]:
        """Do all that is due now, of one edition or of every; what was done for each issue."""
        ended: dict[str, Ended] = {}
        for one in due(self.clock(), self.config):
            asked = edition in (None, one.edition.id)
            if not asked or one.issue in self.settled or self.stop.is_set():
                continue
            ended[one.issue] = self._do(one)
            if ended[one.issue] not in (Ended.AGAIN, Ended.STOPPED):
                self.settled.add(one.issue)
        return ended

    def _do(self, one: Due) -> Ended:
        try:
            begun = self._begun(one)
            if begun is not None and begun.state is Course.DONE:
                return Ended.NOTHING
            if one.late and begun is None:
                return self._too_late(one)
            report = self.mail(self.build(one.edition, one.day), stop=self.stop)
        except NewsletterError as error:
            return self._failed(one, error)
        log.info(report.summary, action="mailing_ended", issue=one.issue, outcome=report.outcome.value)
        if report.outcome is Outcome.STOPPED:
            return Ended.STOPPED
        return Ended.MAILED if report.outcome is Outcome.SENT else Ended.NOTHING

    def _begun(self, one: Due) -> Mailing | None:
        with opened(self.config.paths.store) as store:
            return ledger.find(store, one.issue)

    def _too_late(self, one: Due) -> Ended:
        zone = ZoneInfo(one.edition.timezone)
        text = (
            f"{one.issue} was to be mailed between {one.send_at.astimezone(zone):%H:%M} and "
            f"{one.not_after.astimezone(zone):%H:%M %Z}, and wasn't. Now it is too late."
        )
        log.warning(text, action="issue_too_late", issue=one.issue)
        self.alert(f"{one.issue}: too late", f"{text}\n", issue=one.issue, kind="late")
        return Ended.LATE

    def _failed(self, one: Due, error: NewsletterError) -> Ended:
        kind = "held" if isinstance(error, Held) else "failed"
        log.error(str(error), action="issue_failed", issue=one.issue)
        self.alert(f"{one.issue}: {kind}", f"{error}\n", issue=one.issue, kind=kind)
        # What a person must mend isn't tried again by itself; nor is it where the hour has passed.
        lasting = isinstance(error, Held | UsageError) or self.clock() >= one.not_after
        return Ended.FAILED if lasting else Ended.AGAIN


def run(
    config: Config,
    *,
    clock: Clock,
    build: Build,
    mail: Mail,
    alert: Alert,
    stop: Stop | None = None,
) -> None:
    """Watch in the foreground until SIGTERM or SIGINT, or until ``stop`` is set; what is begun is ended in good order.

    At the start it looks at once, so that what a restart has missed is caught up with.
    """
    with ending_on_signals(stop) as ending:
        watch = Watch(config=config, build=build, mail=mail, alert=alert, clock=clock, stop=ending)
        scheduler = _scheduler(config, watch)
        scheduler.start()
        log.info("watching", action="scheduler_started", next=str(_next(scheduler)))
        ending.wait()
        scheduler.shutdown(wait=True)
        log.info("ended", action="scheduler_ended")


def _scheduler(config: Config, watch: Watch) -> BackgroundScheduler:
    # Woken late (a laptop that slept), it still looks, once: `due` decides whether it is too late.
    scheduler = BackgroundScheduler(
        timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    )

    # A job for each edition: one that waits for a slow server must not keep the others waiting.
    def look(edition: str) -> None:
        if Ended.AGAIN in watch.look(edition).values():
            again = DateTrigger(watch.clock() + RETRY)
            scheduler.add_job(look, again, [edition], id=f"{edition} again", replace_existing=True)

    def broken(event: JobExecutionEvent) -> None:
        watch.alert(
            "the scheduler met an error of the program",
            f"{event.exception!r}\n\n{event.traceback}\n",
            issue=f"scheduler {watch.clock().date()}",
            kind="error",
        )

    scheduler.add_listener(broken, EVENT_JOB_ERROR)
    for edition in config.editions:
        zone = ZoneInfo(edition.timezone)
        at = CronTrigger(hour=edition.send_at.hour, minute=edition.send_at.minute, timezone=zone)
        scheduler.add_job(look, at, [edition.id], id=edition.id)
        scheduler.add_job(look, args=[edition.id], id=f"{edition.id} start")
    return scheduler


def _next(scheduler: BackgroundScheduler) -> datetime | None:
    times = [job.next_run_time for job in scheduler.get_jobs() if isinstance(job.trigger, CronTrigger)]
    return min(times, default=None)
