"""The rows of the ledger that are being sent: claimed before a byte leaves, and what became of them.

One function, :func:`take_turns`, does both in one commit, for several connections at a time: waiting for the disk is
what costs, and they wait together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from newsletter.store import subscribers
from newsletter.store.database import Store
from newsletter.store.ledger import move, tell
from newsletter.store.schema import Course, Instant, Standing, State, delivery, mailing, subscriber
from newsletter.store.subscribers import Digests

SOFT_BOUNCES = 3
"""Issues in a row that bounced softly before a subscriber is paused."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """A row that is ours to send now. ``attempt`` counts from 1."""

    subscriber: str
    address: str
    domain: str
    message_id: str
    attempt: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What became of a claim.

    ``bounce`` says what the refusal tells about the address: ``hard`` takes the subscriber off the list, ``soft`` counts
    towards a pause. ``counted`` is False where the attempt doesn't count, because the refusal was about us.
    """

    claim: Claim
    state: State
    at: datetime
    reason: str = ""
    code: int | None = None
    enhanced: str | None = None
    reply: str = ""
    next_try: datetime | None = None
    bounce: str = ""
    counted: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """What one connection brings and wants: the results of its last claims, and up to ``want`` new ones."""

    by: str
    results: Sequence[Result] = ()
    want: int = 0


def take_turns(
    store: Store, issue: str, turns: Sequence[Turn], digests: Digests, now: datetime
) -> list[tuple[Claim, ...]]:
    """Record every turn's results and claim the rows it wants, all in one commit; the claims may then be sent.

    Rows that are due again come first. Nothing is claimed past the deadline; whoever has left the list since the
    audience was frozen expires here.
    """
    results = [result for turn in turns for result in turn.results]
    with store.writing() as connection:
        _record(connection, issue, results, digests, now)
        wanted = [turn.by for turn in turns for _ in range(turn.want)]
        claimed: list[tuple[str, Claim]] = []
        while len(claimed) < len(wanted):
            free = wanted[len(claimed) :]
            found = _candidates(connection, issue, len(free), now)
            if not found:
                break
            claimed += _claim(connection, issue, free, found, digests, now)
    return [tuple(claim for by, claim in claimed if by == turn.by) for turn in turns]


def hand_back(store: Store, issue: str, claims: Iterable[Claim], now: datetime) -> None:
    """Return claims of which no byte has left; they are as if never claimed."""
    with store.writing() as connection:
        ids = [claim.subscriber for claim in claims]
        if ids:
            connection.execute(
                update(delivery)
                .where(delivery.c.issue == issue, delivery.c.subscriber.in_(ids))
                .values(attempt=delivery.c.attempt - 1)
            )
        move(connection, issue, ids, State.PLANNED, "", now)


# Built once: composing a statement costs more than SQLite takes to run it.
_RECORD = (
    update(delivery)
    .where(delivery.c.issue == bindparam("this"), delivery.c.subscriber == bindparam("who"))
    .values(
        state=bindparam("to"),
        reason=bindparam("why"),
        attempt=bindparam("tries"),
        next_try=bindparam("again"),
        claim=None,
        code=bindparam("said_code"),
        enhanced=bindparam("said_enhanced"),
        reply=bindparam("said"),
        updated=bindparam("at"),
    )
)
_CLAIM = (
    update(delivery)
    .where(delivery.c.issue == bindparam("this"), delivery.c.subscriber == bindparam("who"))
    .values(
        state=State.SENDING,
        attempt=bindparam("tries"),
        claim=bindparam("by"),
        next_try=None,
        updated=bindparam("at"),
    )
)
_RECOVERED = (
    update(subscriber)
    .where(subscriber.c.soft_bounces > 0, subscriber.c.id.in_(bindparam("served", expanding=True)))
    .values(soft_bounces=0)
)
_OPEN_UNTIL = select(mailing.c.not_after).where(
    mailing.c.issue == bindparam("this"), mailing.c.state == Course.OPEN
)
_ROWS = (
    select(
        delivery.c.subscriber,
        delivery.c.domain,
        delivery.c.message_id,
        delivery.c.attempt,
        subscriber.c.address,
        subscriber.c.normalised,
        subscriber.c.state,
    )
    .join_from(delivery, subscriber, delivery.c.subscriber == subscriber.c.id, isouter=True)
    .where(delivery.c.issue == bindparam("this"))
    .limit(bindparam("many"))
)
_DUE = _ROWS.where(
    delivery.c.state == State.DEFERRED, delivery.c.next_try <= bindparam("now", type_=Instant)
).order_by(delivery.c.next_try)
_FRESH = _ROWS.where(delivery.c.state == State.PLANNED).order_by(delivery.c.position)


def _record(
    connection: Connection, issue: str, results: Sequence[Result], digests: Digests, now: datetime
) -> None:
    if not results:
        return
    connection.execute(
        _RECORD,
        [
            {
                "this": issue,
                "who": result.claim.subscriber,
                "to": result.state,
                "why": result.reason,
                "tries": result.claim.attempt if result.counted else result.claim.attempt - 1,
                "again": result.next_try,
                "said_code": result.code,
                "said_enhanced": result.enhanced,
                "said": result.reply,
                "at": result.at,
            }
            for result in results
        ],
    )
    tell(connection, issue, [(r.claim.subscriber, r.state, r.reason) for r in results], now)
    for result in results:
        if result.bounce == "hard":
            _bounced(connection, issue, result, digests)
    _soft_bounces(connection, results)


def _bounced(connection: Connection, issue: str, result: Result, digests: Digests) -> None:
    person = subscribers.by_id(connection, result.claim.subscriber)
    if person is None or not subscribers.move(connection, person.id, Standing.BOUNCED, result.at):
        return
    subscribers.suppress(connection, digests(person.normalised)[0], Standing.BOUNCED, result.at)
    subscribers.log(
        connection,
        subscribers.Event(
            subscriber=person.id, event="bounced", at=result.at, how="smtp", text=f"{issue}: {result.reply}"
        ),
    )


def _soft_bounces(connection: Connection, results: Sequence[Result]) -> None:
    served = [r.claim.subscriber for r in results if r.state is State.ACCEPTED]
    if served:
        connection.execute(_RECOVERED, {"served": served})
    soft = [r for r in results if r.bounce == "soft"]
    for result in soft:
        here = subscriber.c.id == result.claim.subscriber
        connection.execute(update(subscriber).where(here).values(soft_bounces=subscriber.c.soft_bounces + 1))
        paused = connection.execute(
            update(subscriber)
            .where(here, subscriber.c.soft_bounces >= SOFT_BOUNCES, subscriber.c.state == Standing.CONFIRMED)
            .values(state=Standing.PAUSED, soft_bounces=0, changed=result.at)
        )
        if paused.rowcount:
            subscribers.log(
                connection,
                subscribers.Event(
                    subscriber=result.claim.subscriber,
                    event="changed",
                    at=result.at,
                    how="smtp",
                    text="paused: soft bounces",
                ),
            )


def _candidates(
    connection: Connection, issue: str, many: int, now: datetime
) -> list[tuple[Claim, str, Standing]]:
    not_after = connection.scalar(_OPEN_UNTIL, {"this": issue})
    if not_after is None or now >= not_after:
        return []
    rows = list(connection.execute(_DUE, {"this": issue, "now": now, "many": many}))
    if len(rows) < many:
        rows += connection.execute(_FRESH, {"this": issue, "many": many - len(rows)})
    return [
        (
            Claim(
                subscriber=row.subscriber,
                address=row.address or "",
                domain=row.domain,
                message_id=row.message_id,
                attempt=row.attempt + 1,
            ),
            row.normalised or "",
            Standing(row.state) if row.state else Standing.LEFT,
        )
        for row in rows
    ]


def _claim(
    connection: Connection,
    issue: str,
    free: Sequence[str],
    found: Sequence[tuple[Claim, str, Standing]],
    digests: Digests,
    now: datetime,
) -> list[tuple[str, Claim]]:
    """Give the rows ``found`` to those who are ``free``, but for rows whose reader has left the list meanwhile."""
    marks = {normalised: digests(normalised) for _, normalised, _ in found}
    suppressed = subscribers.which_suppressed(connection, [mark for some in marks.values() for mark in some])
    kept: list[Claim] = []
    gone: list[str] = []
    for claim, normalised, standing in found:
        off = standing is not Standing.CONFIRMED or not suppressed.isdisjoint(marks[normalised])
        if off:
            gone.append(claim.subscriber)
        else:
            kept.append(claim)
    move(connection, issue, gone, State.EXPIRED, "suppressed", now)
    given = list(zip(free, kept, strict=False))
    if given:
        connection.execute(
            _CLAIM,
            [
                {"this": issue, "who": claim.subscriber, "tries": claim.attempt, "by": by, "at": now}
                for by, claim in given
            ],
        )
        tell(connection, issue, [(claim.subscriber, State.SENDING, "") for claim in kept], now)
    return given
