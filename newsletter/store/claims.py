"""The rows of the ledger that are being sent: claimed before a byte leaves, and what became of them.

One function, :func:`turn`, does both in one commit, so that a mailing costs a commit for every few messages.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from newsletter.store import subscribers
from newsletter.store.database import Store
from newsletter.store.ledger import move, tell
from newsletter.store.schema import Course, Standing, State, delivery, mailing, subscriber
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


def turn(
    store: Store,
    issue: str,
    by: str,
    *,
    results: Sequence[Result],
    want: int,
    digests: Digests,
    now: datetime,
) -> tuple[Claim, ...]:
    """Record ``results`` and claim up to ``want`` further rows for ``by``, in one commit; the claims may then be sent.

    Rows that are due again come first. Nothing is claimed past the deadline; whoever has left the list since the
    audience was frozen expires here.
    """
    with store.writing() as connection:
        for result in results:
            _record(connection, issue, result, digests)
        if results:
            tell(connection, issue, [(r.claim.subscriber, r.state, r.reason) for r in results], now)
            _bounces(connection, results)
        claims: list[Claim] = []
        while len(claims) < want:
            found = _candidates(connection, issue, want - len(claims), now)
            if not found:
                break
            claims += _claim(connection, issue, by, found, digests, now)
        return tuple(claims)


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


def _record(connection: Connection, issue: str, result: Result, digests: Digests) -> None:
    attempt = result.claim.attempt if result.counted else result.claim.attempt - 1
    connection.execute(
        update(delivery)
        .where(delivery.c.issue == issue, delivery.c.subscriber == result.claim.subscriber)
        .values(
            state=result.state,
            reason=result.reason,
            attempt=attempt,
            next_try=result.next_try,
            claim=None,
            code=result.code,
            enhanced=result.enhanced,
            reply=result.reply,
            updated=result.at,
        )
    )
    if result.bounce == "hard":
        _bounced(connection, issue, result, digests)


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


def _bounces(connection: Connection, results: Sequence[Result]) -> None:
    served = [r.claim.subscriber for r in results if r.state is State.ACCEPTED]
    if served:
        connection.execute(
            update(subscriber)
            .where(subscriber.c.id.in_(served), subscriber.c.soft_bounces > 0)
            .values(soft_bounces=0)
        )
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
    connection: Connection, issue: str, want: int, now: datetime
) -> list[tuple[Claim, str, Standing]]:
    found = connection.scalar(
        select(mailing.c.not_after).where(mailing.c.issue == issue, mailing.c.state == Course.OPEN)
    )
    if found is None or now >= found:
        return []
    query = (
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
        .where(delivery.c.issue == issue)
    )
    due = query.where(delivery.c.state == State.DEFERRED, delivery.c.next_try <= now).order_by(
        delivery.c.next_try
    )
    fresh = query.where(delivery.c.state == State.PLANNED).order_by(delivery.c.position)
    rows = list(connection.execute(due.limit(want)))
    if len(rows) < want:
        rows += connection.execute(fresh.limit(want - len(rows)))
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
    by: str,
    found: Sequence[tuple[Claim, str, Standing]],
    digests: Digests,
    now: datetime,
) -> list[Claim]:
    kept: list[Claim] = []
    gone: list[str] = []
    for claim, normalised, standing in found:
        off = standing is not Standing.CONFIRMED or subscribers.suppressed(connection, digests(normalised))
        if off:
            gone.append(claim.subscriber)
        else:
            kept.append(claim)
    move(connection, issue, gone, State.EXPIRED, "suppressed", now)
    if kept:
        connection.execute(
            update(delivery)
            .where(delivery.c.issue == bindparam("this"), delivery.c.subscriber == bindparam("who"))
            .values(
                state=State.SENDING,
                attempt=bindparam("tries"),
                claim=bindparam("by"),
                next_try=None,
                updated=now,
            ),
            [{"this": issue, "who": c.subscriber, "tries": c.attempt, "by": by} for c in kept],
        )
        tell(connection, issue, [(c.subscriber, State.SENDING, "") for c in kept], now)
    return kept
