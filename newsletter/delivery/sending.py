"""The loop that empties the ledger: threads with one connection each, claiming a few rows at a time.

Each turn is one commit: it records what became of the last few messages and claims the next few, and only then does a
byte of those leave. Killed at any moment, at most connections x CLAIM rows are in doubt.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from newsletter.clock import Clock
from newsletter.delivery.replies import HINTS, judge, wait
from newsletter.delivery.transport import Connect, ConnectionLost, Message, NoConnection, Transport
from newsletter.store import ledger
from newsletter.store.claims import Claim, Result, Turn, hand_back, take_turns
from newsletter.store.database import Store
from newsletter.store.schema import State
from newsletter.store.subscribers import Digests

CLAIM = 4
"""Rows that a connection claims at a time."""

PER_CONNECTION = 100
"""Messages after which a connection is renewed, as servers like it."""

GRACE = 4.0
"""Seconds from SIGTERM until those who still wait for a server hang up."""

BUDGET_FROM = 50
REJECTED_SHARE = 0.05
UNKNOWN_SHARE = 0.01
FAILED_CONNECTIONS = 10
"""The error budget: past BUDGET_FROM results these shares hold the mailing; as do so many failures in a row."""

log = structlog.get_logger()


LOOK = 0.2
"""Seconds between two looks at whether a signal came."""


class Stop(threading.Event):
    """Set when a run has to end: nothing new is begun, what is begun is finished, within GRACE seconds."""

    def __init__(self) -> None:
        super().__init__()
        self._since: float | None = None

    def ask(self, *_signal: object) -> None:
        """Ask for the end from a signal handler; asking again changes nothing.

        A handler runs between two steps of the main thread, which may hold the event's own lock at that moment: taking
        it there would wait for ever. So this only leaves word, and :meth:`wait` looks for it.
        """
        if self._since is None:
            self._since = time.monotonic()

    def set(self) -> None:
        """Ask for the end, and wake at once whoever waits."""
        self.ask()
        super().set()

    def is_set(self) -> bool:
        return self._since is not None

    def wait(self, timeout: float | None = None) -> bool:
        """Until the end is asked for, at most ``timeout`` seconds; whether it was."""
        until = None if timeout is None else time.monotonic() + timeout
        while not self.is_set():
            left = LOOK if until is None else min(LOOK, until - time.monotonic())
            if left <= 0:
                break
            super().wait(left)
        return self.is_set()

    def patient(self) -> bool:
        """Whether a reply may still be waited for."""
        return self._since is None or time.monotonic() < self._since + GRACE


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """One run through a mailing: what it works on and how. ``pause`` waits so many seconds, less if ``stop`` is set."""

    store: Store
    issue: str
    not_after: datetime
    owner: str
    digests: Digests
    message: Callable[[Claim], Message]
    connect: Connect
    connections: int
    clock: Clock
    stop: Stop
    pause: Callable[[float], object]
    tell: Callable[[int], None]
    """Told after every turn how many rows got a result in it."""


@dataclass(kw_only=True, slots=True)
class _Order:
    """A turn that waits for the clerk, and what came of it."""

    turn: Turn
    claims: tuple[Claim, ...] | None = None
    error: BaseException | None = None


class Clerk:
    """The one writer of the ledger: turns that come while it waits for the disk share the next commit."""

    def __init__(self) -> None:
        self._orders: list[_Order] = []
        self._ordering = threading.Lock()
        self._writing = threading.Lock()

    def turn(self, run: Run, turn: Turn) -> tuple[Claim, ...]:
        """Record and claim; returns once that is committed."""
        order = _Order(turn=turn)
        with self._ordering:
            self._orders.append(order)
        with self._writing:
            if order.claims is None and order.error is None:
                self._write(run)
        if order.error is not None:
            raise order.error
        return order.claims or ()

    def _write(self, run: Run) -> None:
        with self._ordering:
            orders, self._orders = self._orders, []
        turns = [order.turn for order in orders]
        try:
            claims = take_turns(run.store, run.issue, turns, run.digests, run.clock())
        except BaseException as error:  # raised by `turn` in each thread that waits for it
            for order in orders:
                order.error = error
            return
        for order, claimed in zip(orders, claims, strict=True):
            order.claims = claimed


@dataclass(kw_only=True, slots=True)
class Tally:
    """What a run has met so far; shared by its threads. ``halt`` says why nobody may go on."""

    results: int = 0
    rejected: int = 0
    unknown: int = 0
    failures: int = 0
    halt: str = ""
    error: BaseException | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)
    clerk: Clerk = field(default_factory=Clerk)

    def stop_for(self, reason: str) -> None:
        """Hold the mailing; the first reason stands."""
        with self.lock:
            self.halt = self.halt or reason

    def connected(self) -> None:
        """A connection did its work."""
        with self.lock:
            self.failures = 0

    def not_connected(self, why: str) -> None:
        """One more connection failed; too many in a row hold the mailing."""
        with self.lock:
            self.failures += 1
            if self.failures >= FAILED_CONNECTIONS:
                self.halt = self.halt or f"{self.failures} connections failed in a row, the last: {why}"

    def count(self, results: Sequence[Result]) -> None:
        """Take results into account; past the error budget they hold the mailing."""
        with self.lock:
            self.results += len(results)
            self.rejected += sum(result.state is State.REJECTED for result in results)
            self.unknown += sum(result.state is State.UNKNOWN for result in results)
            self.halt = self.halt or over_budget(self.results, self.rejected, self.unknown)


def over_budget(results: int, rejected: int, unknown: int) -> str:
    """Why a mailing with these counts must be held, or an empty text."""
    if results < BUDGET_FROM:
        return ""
    if rejected > REJECTED_SHARE * results:
        return f"{rejected} of {results} rejected"
    # One lost reply is an accident, not a share: with fewer than a hundred results it would be over any per cent.
    if unknown > max(1, UNKNOWN_SHARE * results):
        return f"{unknown} of {results} without a reply"
    return ""


def empty(run: Run) -> str:
    """Send until nothing can be claimed any more, or ``run.stop`` is set; returns why it was held, or an empty text.

    Anything unexpected in a thread stops the others and is raised.
    """
    tally = Tally()
    threads = [
        threading.Thread(target=_thread, args=(run, tally, number), name=f"mail-{number}", daemon=True)
        for number in range(run.connections)
    ]
    for thread in threads:
        thread.start()
    # After a stop, a thread that is stuck in opening a connection isn't waited for: it holds no claim.
    while any(thread.is_alive() for thread in threads) and run.stop.patient():
        next(filter(threading.Thread.is_alive, threads), threads[0]).join(0.05)
    until = time.monotonic() + 0.5
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    if tally.error is not None:
        raise tally.error
    return tally.halt


def _thread(run: Run, tally: Tally, number: int) -> None:
    try:
        _work(run, tally, f"{run.owner}/{number}")
    except BaseException as error:  # raised again by `empty`: a thread has nobody to raise to
        tally.error = error
        tally.stop_for("an error of ours")


def _work(run: Run, tally: Tally, name: str) -> None:
    failed = 0
    while _something_is_due(run, tally):
        try:
            with run.connect() as transport:
                failed = 0 if _serve(run, tally, name, transport) else failed + 1
        except NoConnection as error:
            failed += 1
            log.warning(str(error), action="connection_failed", issue=run.issue)
            if error.lasting:
                tally.stop_for(str(error))
            else:
                tally.not_connected(str(error))
        if failed:
            run.pause(min(2.0 ** (failed - 1), 30.0))


def _goes_on(run: Run, tally: Tally) -> bool:
    return not (run.stop.is_set() or tally.halt or run.clock() >= run.not_after)


def _serve(run: Run, tally: Tally, name: str, transport: Transport) -> bool:
    """Send over one connection until it is used up, broken, or nothing is to be claimed; False if it never worked."""
    results: list[Result] = []
    served = 0
    while True:
        want = CLAIM if _goes_on(run, tally) and served < PER_CONNECTION else 0
        claims = tally.clerk.turn(run, Turn(by=name, results=results, want=want))
        _account(run, tally, results)
        results = []
        if not claims:
            return True
        for position, claim in enumerate(claims):
            if run.stop.is_set() or tally.halt:
                hand_back(run.store, run.issue, claims[position:], run.clock())
                break
            try:
                results.append(_send(run, tally, transport, claim))
                served += 1
                tally.connected()
            except ConnectionLost as lost:
                return _broken(run, tally, name, claims[position:], results, lost)
            if results[-1].code == 421:
                # The server is about to hang up.
                _hand_in(run, tally, name, results, claims[position + 1 :])
                return True


def _send(run: Run, tally: Tally, transport: Transport, claim: Claim) -> Result:
    receipt = transport.send(run.message(claim))
    verdict = judge(receipt)
    now = run.clock()
    if verdict.stop:
        hint = HINTS.get(verdict.enhanced or "", "")
        said = f"{receipt.code} {receipt.text}"
        tally.stop_for(f"the server refuses us as a sender: {said}" + (f" ({hint})" if hint else ""))
    deferred = verdict.state is State.DEFERRED
    return Result(
        claim=claim,
        state=verdict.state,
        at=now,
        reason=verdict.reason,
        code=receipt.code or None,
        enhanced=verdict.enhanced,
        reply=receipt.text,
        next_try=(now if verdict.stop else now + _later(claim.attempt)) if deferred else None,
        bounce=verdict.bounce.value,
        counted=not verdict.stop,
    )


def _later(attempt: int) -> timedelta:
    # Spread, so that what was deferred together doesn't come back together.
    return wait(attempt, random.uniform(-1, 1))


def _broken(
    run: Run,
    tally: Tally,
    name: str,
    claims: Sequence[Claim],
    results: list[Result],
    lost: ConnectionLost,
) -> bool:
    """The connection broke at the first of ``claims``: say what is known of it, and return the others untouched."""
    now = run.clock()
    if not lost.begun:
        _hand_in(run, tally, name, results, claims)
        tally.not_connected(str(lost))
        return False
    state = State.UNKNOWN if lost.handed_over else State.DEFERRED
    result = Result(
        claim=claims[0],
        state=state,
        at=now,
        reason="no reply to the final dot" if lost.handed_over else "connection lost",
        reply=str(lost),
        next_try=None if lost.handed_over else now + _later(claims[0].attempt),
    )
    _hand_in(run, tally, name, [*results, result], claims[1:])
    return True


def _hand_in(run: Run, tally: Tally, name: str, results: list[Result], untouched: Sequence[Claim]) -> None:
    tally.clerk.turn(run, Turn(by=name, results=results))
    hand_back(run.store, run.issue, untouched, run.clock())
    _account(run, tally, results)


def _account(run: Run, tally: Tally, results: Sequence[Result]) -> None:
    tally.count(results)
    for result in results:
        if result.state in (State.REJECTED, State.UNKNOWN):
            log.warning(
                result.reply or result.reason,
                action=f"delivery_{result.state.value}",
                issue=run.issue,
                subscriber=result.claim.subscriber,
                code=result.code,
            )
    if results:
        run.tell(sum(result.state is not State.DEFERRED for result in results))


def _something_is_due(run: Run, tally: Tally) -> bool:
    """Wait until a row can be claimed; False if none will be before the deadline, or the run is to end."""
    while _goes_on(run, tally):
        now = run.clock()
        due = ledger.next_due(run.store, run.issue, now)
        if due is None or due >= run.not_after:
            return False
        seconds = (due - now).total_seconds()
        if seconds <= 0:
            return True
        run.pause(min(seconds, 30.0))
    return False
