"""The story of one mailing: a frozen issue goes to everyone who asked for it, once, and before it is stale.

::

    read      the issue folder, as it lies there                     a mailing never builds, so a restart can't fetch again
    ask       the ledger: sent already? begun with other content?    "already sent" ends here, exit 0
    check     sender, public pages, secret key, deadline             one clear line, before anything is begun
    lock      held for life                                          a second process leaves at once; a dead owner is proved
    greet     the mail server                                        unreachable or refusing: nothing was begun
    freeze    the audience, in one transaction with its identity     or adopt what a dead owner left: its doubts are unknown
    prepare   the message, encoded once                              a copy is the pieces and three tokens
    empty     claim, commit, send, record                            until nothing waits, the deadline, a stop, or trouble
    account   planned = accepted + rejected + unknown + expired

Nobody is sent the same issue twice by our own doing; whom we can't know about is counted and named.
"""

from __future__ import annotations

import base64
import os
import re
import secrets
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from newsletter.brief import UNSUBSCRIBE_TOKEN
from newsletter.clock import Clock
from newsletter.config import Config, Edition, secret
from newsletter.delivery import alerting, inspection, lock, requirements, sending
from newsletter.delivery.message import Values, ascii_address, letter_of, prepare
from newsletter.delivery.sending import Stop
from newsletter.delivery.transport import Connect, ConnectionLost, Message, Receipt
from newsletter.delivery.transports import smtp
from newsletter.delivery.transports.folder import connected as to_folder
from newsletter.errors import ConfigError, DataError, Held, MailError, UsageError
from newsletter.findings import Finding, Severity
from newsletter.progress import Progress, silent
from newsletter.sessions import exchange
from newsletter.store import ledger
from newsletter.store.claims import Claim
from newsletter.store.database import Store, opened
from newsletter.store.issues import FrozenIssue, load
from newsletter.store.ledger import Mailing, Plan
from newsletter.store.schema import Course, State
from newsletter.store.status import Account, account, mailings
from newsletter.subscribers import roster
from newsletter.subscribers.addresses import AddressRefused, parse
from newsletter.subscribers.keys import Keys, Purpose, from_environment, optional

LOCAL_ADDRESS = re.compile(r"[A-Za-z0-9._+-]{1,64}@localhost")
"""A mailbox of this machine, for trying out."""

NOBODY = "a" * 16
"""The id in a test copy's link for someone who isn't on the list; no subscriber has it."""

log = structlog.get_logger()


class Outcome(StrEnum):
    """How a call ended."""

    SENT = "sent"  #: every row has its last state
    ALREADY_SENT = "already sent"  #: nothing to do
    UNDER_WAY = "under way"  #: another process is sending it
    NOBODY = "nobody"  #: the list has nobody who may receive it
    STOPPED = "stopped"  #: asked to end before the end; send again to go on


@dataclass(frozen=True, kw_only=True, slots=True)
class MailingReport:
    """What a call of :func:`mail` did. ``account`` is of the whole mailing, earlier calls included."""

    issue: str
    outcome: Outcome
    account: Account | None
    warnings: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 if nothing is left to do; 1 if a stop or the deadline left somebody without this issue."""
        if self.outcome is Outcome.STOPPED:
            return 1
        late = self.outcome is Outcome.SENT and any(
            reason == "deadline" for reason, _, _ in (self.account.reasons if self.account else ())
        )
        return 1 if late else 0

    @property
    def summary(self) -> str:
        """One line for a person."""
        match self.outcome:
            case Outcome.UNDER_WAY:
                return f"{self.issue} is being sent by another process"
            case Outcome.NOBODY:
                return f"{self.issue}: nobody on the list may receive it; see `newsletter subscribers list`"
            case _:
                return f"{self.issue} {self.outcome.value}: {_figures(self.account)}"


@dataclass(frozen=True, kw_only=True, slots=True)
class DryRun:
    """What a dry run wrote where. ``problems`` are what a real mailing would be refused for."""

    folder: Path
    messages: int
    left_out: dict[str, int]
    problems: tuple[str, ...]


def mail(
    config: Config,
    folder: Path,
    *,
    clock: Clock,
    environment: Mapping[str, str] | None = None,
    progress: Progress = silent,
    stop: Stop | None = None,
    connect: Connect | None = None,
    pause: Callable[[float], object] | None = None,
) -> MailingReport:
    """Mail the issue in ``folder`` to the list; safe to call again, from anywhere, at any time.

    Without ``stop`` SIGTERM and SIGINT end the run in good order. ``connect`` is another way out than config's mail
    server, ``pause`` another way to wait. Raises MailError (server can't be reached, refuses us, or the deadline is
    past), Held (error budget, or refused as a sender), ConfigError, DataError, StoreError.
    """
    issue = load(folder)
    edition = config.edition(issue.brief["issue"]["edition"])
    with opened(config.paths.store) as store, ending_on_signals(stop) as ending:
        begun = ledger.find(store, issue.id)
        if begun is not None and begun.state is Course.DONE:
            return _report(config, store, issue, Outcome.ALREADY_SENT)
        keys = _checked(config, issue, environment, clock())
        way = connect or _server(config, environment, ending)
        with lock.held(config.paths.store, issue.id) as ours:
            if not ours:
                return MailingReport(issue=issue.id, outcome=Outcome.UNDER_WAY, account=None)
            return _mail(
                _Job(
                    config=config,
                    edition=edition,
                    issue=issue,
                    store=store,
                    keys=keys,
                    clock=clock,
                    progress=progress,
                    stop=ending,
                    connect=way,
                    pause=pause or ending.wait,
                )
            )


def send_to(
    config: Config,
    folder: Path,
    addresses: Sequence[str],
    *,
    clock: Clock,
    environment: Mapping[str, str] | None = None,
    connect: Connect | None = None,
) -> tuple[Receipt, ...]:
    """Send the issue in ``folder`` to single addresses, on the list or not: no ledger, no deadline, as often as wanted.

    Raises UsageError for what is no address, ConfigError without a sender, and MailError naming who was refused; the
    others have it then.
    """
    issue = load(folder)
    _refuse_if(requirements.of_sender(config))
    keys = optional(environment)
    copy = prepare(letter_of(config, issue, clock()))
    messages = [copy(_test_values(config, address, keys)) for address in addresses]
    receipts: list[Receipt] = []
    refused: list[str] = []
    with (connect or _server(config, environment, Stop()))() as transport:
        for message in messages:
            try:
                receipt = transport.send(message)
            except ConnectionLost as lost:
                raise MailError(f"connection lost while sending to {message.recipient}: {lost}") from lost
            receipts.append(receipt)
            if not receipt.accepted:
                refused.append(f"{message.recipient}: {receipt.code} {receipt.text}")
    if refused:
        raise MailError(f"not taken for {'; '.join(refused)}")
    return tuple(receipts)


def dry_run(
    config: Config,
    folder: Path,
    out: Path,
    *,
    clock: Clock,
    environment: Mapping[str, str] | None = None,
    progress: Progress = silent,
) -> DryRun:
    """Write the mail of everyone who would get the issue now to a file each in ``out``; nothing is sent or noted."""
    issue = load(folder)
    problems = [
        problem for problem in (requirements.of_sender(config), *requirements.of_list(config)) if problem
    ]
    keys = optional(environment)
    if keys is None:
        problems.append(
            "NEWSLETTER_SECRET_KEY is not set, so links can't be made nor the suppression list checked"
        )
    problems += filter(None, [requirements.of_issue(issue)])
    problems += map(str, _errors_of(config, issue, clock()))
    copy = prepare(letter_of(config, issue, clock()))
    with opened(config.paths.store) as store:
        people, left_out = ledger.audience(store, keys.digests if keys else lambda _: ())
    progress.step("writing the mails")
    with to_folder(out) as transport:
        for done, person in enumerate(people, start=1):
            transport.send(copy(_values(issue, keys, person.id, person.address)))
            progress.advance(done, len(people))
    return DryRun(folder=out, messages=len(people), left_out=dict(left_out), problems=tuple(problems))


def alert(
    config: Config,
    subject: str,
    text: str,
    *,
    issue: str,
    kind: str,
    clock: Clock,
    environment: Mapping[str, str] | None = None,
    connect: Connect | None = None,
) -> bool:
    """Mail the operator, once for each issue and ``kind`` (``build``, ``mail``, ``late``...); never raises for a failure."""
    way = connect or _server(config, environment, Stop())
    return alerting.alert(config, subject, text, issue=issue, kind=kind, now=clock(), connect=way)


def greet(config: Config, *, environment: Mapping[str, str] | None = None) -> None:
    """Connect to the mail server, prove who we are, and leave; raises MailError or ConfigError with what is wrong."""
    with _server(config, environment, Stop())():
        pass


def status(config: Config, issue: str | None = None) -> Account | None:
    """The account of an issue's mailing, or of the latest one; None if there is none."""
    with opened(config.paths.store) as store:
        if issue is None:
            latest = mailings(store, 1)
            issue = latest[0].issue if latest else ""
        return account(store, issue)


def deadline(edition: Edition, day: date) -> datetime:
    """When the issue of ``day`` is stale: so many minutes after the opening bell. Raises NoSession on a holiday."""
    place = exchange(edition.exchange, day.year + 1)
    return place.opens(place.session(day)) + timedelta(minutes=edition.not_after_open)


def _figures(found: Account | None) -> str:
    if found is None:
        return "no account"
    counted = [f"{number} {state.value}" for state, number in found.states.items() if number]
    return f"{found.mailing.planned} planned, {', '.join(counted) or 'none sent'}"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Job:
    """What one call works with, from the lock on."""

    config: Config
    edition: Edition
    issue: FrozenIssue
    store: Store
    keys: Keys
    clock: Clock
    progress: Progress
    stop: Stop
    connect: Connect
    pause: Callable[[float], object]


def _mail(job: _Job) -> MailingReport:
    """From the lock on: this process alone mails this issue."""
    store, issue = job.store, job.issue
    begun = ledger.find(store, issue.id)
    if begun is not None and begun.state is Course.DONE:
        return _report(job.config, store, issue, Outcome.ALREADY_SENT)
    if begun is not None and begun.message_sha != issue.sha:
        raise Held(
            f"{issue.folder} was changed after its mailing began; put the old content back, "
            "and mend it in the next issue"
        )
    if begun is None and not ledger.audience(store, job.keys.digests)[0]:
        return MailingReport(issue=issue.id, outcome=Outcome.NOBODY, account=None)
    not_after = deadline(job.edition, _date(issue)) if begun is None else begun.not_after
    if job.clock() >= not_after:
        raise _too_late(job, begun, not_after)
    with job.connect():
        pass  # greets and leaves: a server that can't be reached must not freeze the issue
    begun = _begun(job, begun, not_after)
    return _ended(job, _emptied(job, begun))


def _begun(job: _Job, before: Mailing | None, not_after: datetime) -> Mailing:
    """The mailing, frozen now, or taken over from an owner who is dead: we hold the lock."""
    owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    if before is not None:
        lost = ledger.adopt(job.store, job.issue.id, owner, job.clock())
        log.info("mailing resumed", action="mailing_resumed", issue=job.issue.id, unknown=lost)
        return before
    plan = Plan(
        issue=job.issue.id,
        edition=job.edition.id,
        message_sha=job.issue.sha,
        not_after=not_after,
        owner=owner,
        message_id=partial(job.keys.message_id, job.issue.id),
    )
    mailing = ledger.freeze(job.store, plan, job.keys.digests, job.clock())
    log.info("audience frozen", action="mailing_frozen", issue=job.issue.id, planned=mailing.planned)
    return mailing


def _emptied(job: _Job, mailing: Mailing) -> str:
    """Send what can be sent; why it was held, or an empty text."""
    waiting = _waiting(job)
    if not waiting:
        return ""
    copy = prepare(letter_of(job.config, job.issue, mailing.started))
    done = mailing.planned - waiting
    job.progress.step("mailing")

    def tell(finished: int) -> None:
        nonlocal done
        done += finished
        job.progress.advance(done, mailing.planned)

    def message(claim: Claim) -> Message:
        return copy(_values(job.issue, job.keys, claim.subscriber, claim.address))

    return sending.empty(
        sending.Run(
            store=job.store,
            issue=job.issue.id,
            not_after=mailing.not_after,
            owner=str(os.getpid()),
            digests=job.keys.digests,
            message=message,
            connect=job.connect,
            connections=min(job.config.smtp.connections, waiting),
            clock=job.clock,
            stop=job.stop,
            pause=job.pause,
            tell=tell,
        )
    )


def _ended(job: _Job, held: str) -> MailingReport:
    """Settle the rows that are left and say how it ended."""
    store, issue, waiting = job.store, job.issue.id, _waiting(job)
    if waiting and held:
        ledger.close(store, issue, Course.HELD, held, job.clock())
        log.error(held, action="mailing_held", issue=issue, waiting=waiting)
        raise Held(
            f"{issue} is held with {waiting} recipients not served: {held}; "
            "mend that and run `newsletter send` again, which goes on where this stopped"
        )
    if waiting and job.stop.is_set():
        log.warning("mailing stopped", action="mailing_stopped", issue=issue, waiting=waiting)
        return _report(job.config, store, job.issue, Outcome.STOPPED)
    # What still waits is past the deadline, or due again only after it.
    ledger.expire(store, issue, "deadline", job.clock())
    ledger.close(store, issue, Course.DONE, "", job.clock())
    counted = {state.value: number for state, number in ledger.counts(store, issue).items() if number}
    log.info("mailing done", action="mailing_done", issue=issue, **counted)
    return _report(job.config, store, job.issue, Outcome.SENT)


def _waiting(job: _Job) -> int:
    states = ledger.counts(job.store, job.issue.id)
    return states[State.PLANNED] + states[State.DEFERRED]


def _too_late(job: _Job, begun: Mailing | None, not_after: datetime) -> MailError:
    rest = "nobody was mailed"
    if begun is not None:
        now = job.clock()
        ledger.adopt(job.store, begun.issue, begun.owner, now)
        expired = ledger.expire(job.store, begun.issue, "deadline", now)
        ledger.close(job.store, begun.issue, Course.DONE, "deadline", now)
        rest = f"{expired} of {begun.planned} recipients go without"
    local = not_after.astimezone(ZoneInfo(job.edition.timezone))
    return MailError(
        f"{job.issue.id} is too late: it was to be mailed before {local:%H:%M %Z} on {local:%Y-%m-%d}; {rest}"
    )


def _errors_of(config: Config, issue: FrozenIssue, moment: datetime) -> list[Finding]:
    """What servers or mailbox providers would refuse the message for."""
    found = inspection.inspect(letter_of(config, issue, moment))
    return [finding for finding in found if finding.severity is Severity.ERROR]


def _checked(
    config: Config, issue: FrozenIssue, environment: Mapping[str, str] | None, moment: datetime
) -> Keys:
    """The keys, once nothing speaks against mailing this issue to the list."""
    _refuse_if(requirements.of_sender(config))
    for problem in requirements.of_list(config):
        _refuse_if(problem)
    reason = requirements.of_issue(issue)
    if reason is not None:
        raise UsageError(reason)
    broken = _errors_of(config, issue, moment)
    if broken:
        raise DataError(f"{issue.folder} can't be mailed: {broken[0]}")
    smtp.checked(_smtp(config, environment))
    return from_environment(environment)


def _refuse_if(problem: str | None) -> None:
    if problem is not None:
        raise ConfigError(problem)


def _server(config: Config, environment: Mapping[str, str] | None, stop: Stop) -> Connect:
    return partial(smtp.connected, _smtp(config, environment), stop.patient)


def _smtp(config: Config, environment: Mapping[str, str] | None) -> smtp.Server:
    return smtp.Server(
        host=config.smtp.host,
        port=config.smtp.port,
        security=config.smtp.security,
        timeout=config.smtp.timeout,
        username=secret("SMTP_USERNAME", environment),
        password=secret("SMTP_PASSWORD", environment),
    )


def _values(issue: FrozenIssue, keys: Keys | None, subscriber: str, address: str) -> Values:
    return Values(
        recipient=ascii_address(address),
        message_id=keys.message_id(issue.id, subscriber) if keys else _random_token(),
        unsubscribe=keys.token(Purpose.UNSUBSCRIBE, subscriber) if keys else UNSUBSCRIBE_TOKEN,
    )


def _test_values(config: Config, text: str, keys: Keys | None) -> Values:
    """A copy for anybody: with their own link if they are on the list. Never the Message-ID of the real mailing."""
    given = text.strip()
    person = None
    if not LOCAL_ADDRESS.fullmatch(given):
        given = _parsed(given)
        with opened(config.paths.store) as store:
            person = roster.look_up(store, given)
    token = UNSUBSCRIBE_TOKEN
    if keys is not None:
        token = keys.token(Purpose.UNSUBSCRIBE, person.id if person else NOBODY)
    return Values(recipient=ascii_address(given), message_id=_random_token(), unsubscribe=token)


def _parsed(text: str) -> str:
    try:
        return parse(text).given
    except AddressRefused as error:
        raise UsageError(f"--to {text}: {error}") from None


def _random_token() -> str:
    return base64.b32encode(secrets.token_bytes(16)).decode("ascii").rstrip("=").lower()


def _date(issue: FrozenIssue) -> date:
    try:
        return date.fromisoformat(issue.brief["issue"]["date"])
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(
            f"{issue.folder / 'brief.json'}: no date of the issue: {error}; build it again with `newsletter build`"
        ) from error


def _report(config: Config, store: Store, issue: FrozenIssue, outcome: Outcome) -> MailingReport:
    return MailingReport(
        issue=issue.id,
        outcome=outcome,
        account=account(store, issue.id),
        warnings=requirements.warnings(config),
    )


@contextmanager
def ending_on_signals(stop: Stop | None) -> Iterator[Stop]:
    """``stop``, or one that SIGTERM and SIGINT set. Only the main thread can listen to signals."""
    if stop is not None or threading.current_thread() is not threading.main_thread():
        yield stop or Stop()
        return
    ending = Stop()
    before = {number: signal.signal(number, ending.ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield ending
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
