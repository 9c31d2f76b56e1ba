"""The delivery ledger: one row for each issue and subscriber, and the rules that make a crash harmless.

A row is committed as ``sending`` before the first byte of its message leaves; its result stands in a later commit. So a
row found ``sending`` without a living owner may have left, and becomes ``unknown``, never ``planned``. Only this module
and :mod:`.claims` change rows, each function in one transaction, each change also a line of ``delivery_event``.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlalchemy.sql import ColumnElement

from newsletter.store import subscribers
from newsletter.store.database import Store
from newsletter.store.schema import Course, Standing, State, delivery, event, excluded, mailing
from newsletter.store.subscribers import Digests

OPEN = (State.PLANNED, State.DEFERRED)
"""States from which a row can still be claimed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mailing:
    """Sending one issue to its audience. ``candidates`` = ``planned`` + everyone who was left out."""

    issue: str
    edition: str
    message_sha: str
    candidates: int
    planned: int
    not_after: datetime
    state: Course
    reason: str
    owner: str
    started: datetime
    ended: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What a mailing is made of, before its audience is known."""

    issue: str
    edition: str
    message_sha: str
    not_after: datetime
    owner: str
    message_id: Callable[[str], str]
    """From a subscriber's id to the left part of the Message-ID."""


def find(store: Store, issue: str) -> Mailing | None:
    """The mailing of an issue, or None if it was never begun."""
    with store.reading() as connection:
        return _find(connection, issue)


def freeze(store: Store, plan: Plan, digests: Digests, now: datetime) -> Mailing:
    """Begin a mailing: fix its identity and its audience in one transaction. Returns the one that stands, if any.

    Candidates are all subscribers; those who may not receive are counted by reason.
    """
    with store.writing() as connection:
        standing = _find(connection, plan.issue)
        if standing is not None:
            return standing
        subscribers.settle(connection, digests, now)
        suppressed = subscribers.all_suppressed(connection)
        audience: list[dict[str, Any]] = []
        left_out: Counter[str] = Counter()
        for person in subscribers.stream(connection):
            reason = _excluded(person, suppressed, digests)
            if reason:
                left_out[reason] += 1
            else:
                audience.append(_row(plan, person, now))
        connection.execute(
            insert(mailing),
            {
                "issue": plan.issue,
                "edition": plan.edition,
                "message_sha": plan.message_sha,
                "candidates": len(audience) + left_out.total(),
                "planned": len(audience),
                "not_after": plan.not_after,
                "on_doubt": "at_most_once",
                "state": Course.OPEN,
                "reason": "",
                "owner": plan.owner,
                "started": now,
            },
        )
        if left_out:
            connection.execute(
                insert(excluded),
                [{"issue": plan.issue, "reason": why, "count": n} for why, n in sorted(left_out.items())],
            )
        if audience:
            connection.execute(insert(delivery), audience)
            tell(connection, plan.issue, [(row["subscriber"], State.PLANNED, "") for row in audience], now)
        made = _find(connection, plan.issue)
        assert made is not None
        return made


def adopt(store: Store, issue: str, owner: str, now: datetime) -> int:
    """Take over a mailing whose owner is proved dead; returns how many rows became unknown.

    The proof is the caller's: it holds the lock that the owner held for life.
    """
    with store.writing() as connection:
        lost = _ids(connection, issue, delivery.c.state == State.SENDING)
        move(connection, issue, lost, State.UNKNOWN, "its sender died", now)
        connection.execute(
            update(mailing)
            .where(mailing.c.issue == issue)
            .values(owner=owner, state=Course.OPEN, reason="", ended=None)
        )
        return len(lost)


def expire(store: Store, issue: str, reason: str, now: datetime) -> int:
    """Give up every row that hasn't been sent; returns how many."""
    with store.writing() as connection:
        ids = _ids(connection, issue, delivery.c.state.in_(OPEN))
        move(connection, issue, ids, State.EXPIRED, reason, now)
        return len(ids)


def close(store: Store, issue: str, state: Course, reason: str, now: datetime) -> None:
    """Say how a run of the mailing ended."""
    with store.writing() as connection:
        connection.execute(
            update(mailing).where(mailing.c.issue == issue).values(state=state, reason=reason, ended=now)
        )


def next_due(store: Store, issue: str, now: datetime) -> datetime | None:
    """When the next row can be claimed: ``now`` if one is untouched, else when the first deferred one is due."""
    with store.reading() as connection:
        here = delivery.c.issue == issue
        fresh = select(delivery.c.subscriber).where(here, delivery.c.state == State.PLANNED).limit(1)
        if connection.scalar(fresh) is not None:
            return now
        later: datetime | None = connection.scalar(
            select(func.min(delivery.c.next_try)).where(here, delivery.c.state == State.DEFERRED)
        )
        return later


def counts(store: Store, issue: str) -> dict[State, int]:
    """How many rows of an issue are in which state; every state has an entry."""
    with store.reading() as connection:
        rows = connection.execute(
            select(delivery.c.state, func.count()).where(delivery.c.issue == issue).group_by(delivery.c.state)
        )
        found = {State(state): number for state, number in rows}
    return {state: found.get(state, 0) for state in State}


def audience(store: Store, digests: Digests) -> tuple[list[subscribers.Subscriber], Counter[str]]:
    """Who would get an issue frozen now, and how many would be left out for what reason. Changes nothing."""
    with store.reading() as connection:
        suppressed = subscribers.all_suppressed(connection)
        chosen: list[subscribers.Subscriber] = []
        left_out: Counter[str] = Counter()
        for person in subscribers.stream(connection):
            reason = _excluded(person, suppressed, digests)
            if reason:
                left_out[reason] += 1
            else:
                chosen.append(person)
        return chosen, left_out


def _find(connection: Connection, issue: str) -> Mailing | None:
    row = connection.execute(select(mailing).where(mailing.c.issue == issue)).mappings().first()
    if row is None:
        return None
    return Mailing(
        issue=row["issue"],
        edition=row["edition"],
        message_sha=row["message_sha"],
        candidates=row["candidates"],
        planned=row["planned"],
        not_after=row["not_after"],
        state=Course(row["state"]),
        reason=row["reason"],
        owner=row["owner"],
        started=row["started"],
        ended=row["ended"],
    )


def _excluded(person: subscribers.Subscriber, suppressed: dict[bytes, str], digests: Digests) -> str | None:
    if person.state is not Standing.CONFIRMED:
        return person.state.value
    if suppressed and any(digest in suppressed for digest in digests(person.normalised)):
        return "suppressed"
    return None


def _row(plan: Plan, person: subscribers.Subscriber, now: datetime) -> dict[str, Any]:
    return {
        "issue": plan.issue,
        "subscriber": person.id,
        "position": _position(plan.issue, person.id),
        "domain": person.normalised.rpartition("@")[2],
        "message_id": plan.message_id(person.id),
        "state": State.PLANNED,
        "reason": "",
        "attempt": 0,
        "updated": now,
    }


def _position(issue: str, identity: str) -> int:
    # Another order each issue, so that it isn't always the same people who come last; 62 bits fit any integer column.
    return int.from_bytes(hashlib.sha256(f"{issue} {identity}".encode()).digest()[:8]) >> 2


def _ids(connection: Connection, issue: str, condition: ColumnElement[bool]) -> list[str]:
    return list(
        connection.scalars(select(delivery.c.subscriber).where(delivery.c.issue == issue, condition)).all()
    )


_MOVE = (
    update(delivery)
    .where(delivery.c.issue == bindparam("this"), delivery.c.subscriber == bindparam("who"))
    .values(
        state=bindparam("to"), reason=bindparam("why"), next_try=None, claim=None, updated=bindparam("at")
    )
)


def move(
    connection: Connection, issue: str, ids: Sequence[str], state: State, reason: str, now: datetime
) -> None:
    """Give rows another state, and note each change."""
    if not ids:
        return
    connection.execute(
        _MOVE,
        [{"this": issue, "who": identity, "to": state, "why": reason, "at": now} for identity in ids],
    )
    tell(connection, issue, [(identity, state, reason) for identity in ids], now)


def tell(
    connection: Connection, issue: str, changes: Iterable[tuple[str, State, str]], now: datetime
) -> None:
    """Add a line of ``delivery_event`` for each (subscriber, state, reason)."""
    connection.execute(
        insert(event),
        [
            {"issue": issue, "subscriber": who, "state": state, "reason": reason, "at": now}
            for who, state, reason in changes
        ],
    )
