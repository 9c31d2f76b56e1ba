"""Named queries about subscribers, their consent, and who must not be written to. Functions take an open transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from newsletter.store.schema import Standing, consent, subscriber, suppression

SUPPRESSED = (Standing.LEFT, Standing.BOUNCED, Standing.COMPLAINED)
"""Standings that put an address on the suppression list."""

Digests = Callable[[str], Sequence[bytes]]
"""From an address, normalised for comparing, to its digests on the suppression list, the newest key's first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Subscriber:
    """A person on the list. ``address`` as they spelt it, ``normalised`` for comparing."""

    id: str
    address: str
    normalised: str
    state: Standing
    created: datetime
    changed: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One line of the consent log: what happened, by what, and the words it rests on."""

    subscriber: str
    event: str
    at: datetime
    how: str
    text: str | None = None
    shown: str | None = None
    """The words a person was shown; only their hash is kept."""


def by_address(connection: Connection, normalised: str) -> Subscriber | None:
    """The subscriber with this normalised address."""
    return _one(connection.execute(_SELECT.where(subscriber.c.normalised == normalised)).first())


def by_id(connection: Connection, identity: str) -> Subscriber | None:
    """The subscriber with this id."""
    return _one(connection.execute(_SELECT.where(subscriber.c.id == identity)).first())


def listed(connection: Connection, state: Standing | None = None) -> tuple[Subscriber, ...]:
    """Subscribers by address, all or those of one standing."""
    query = _SELECT.order_by(subscriber.c.normalised)
    if state is not None:
        query = query.where(subscriber.c.state == state)
    return tuple(map(_made, connection.execute(query)))


def stream(connection: Connection) -> Iterator[Subscriber]:
    """Every subscriber, by address, without holding them all."""
    rows = connection.execute(
        _SELECT.order_by(subscriber.c.normalised), execution_options={"yield_per": 1000}
    )
    yield from map(_made, rows)


def create(connection: Connection, new: Subscriber) -> None:
    """Put a subscriber on the list; the address must not be known."""
    connection.execute(
        insert(subscriber),
        {
            "id": new.id,
            "address": new.address,
            "normalised": new.normalised,
            "state": new.state,
            "soft_bounces": 0,
            "created": new.created,
            "changed": new.changed,
        },
    )


def move(connection: Connection, identity: str, state: Standing, now: datetime) -> bool:
    """Give a subscriber another standing; False if they had it already."""
    changed = connection.execute(
        update(subscriber)
        .where(subscriber.c.id == identity, subscriber.c.state != state)
        .values(state=state, changed=now)
    )
    return changed.rowcount > 0


def log(connection: Connection, event: Event) -> None:
    """Add a line to the consent log."""
    shown = None if event.shown is None else hashlib.sha256(event.shown.encode()).hexdigest()
    connection.execute(
        insert(consent),
        {
            "subscriber": event.subscriber,
            "event": event.event,
            "at": event.at,
            "how": event.how,
            "text": event.text,
            "text_sha": shown,
        },
    )


def history(connection: Connection, identity: str) -> tuple[tuple[str, str, str | None], ...]:
    """What the consent log says of a subscriber, oldest first: event, by what, text."""
    rows = connection.execute(
        select(consent.c.event, consent.c.how, consent.c.text)
        .where(consent.c.subscriber == identity)
        .order_by(consent.c.number)
    )
    return tuple((event, how, text) for event, how, text in rows)


def suppress(connection: Connection, digest: bytes, reason: Standing, now: datetime) -> None:
    """Put a digest on the suppression list; it stays as it is if it stands there."""
    connection.execute(
        upsert(suppression).on_conflict_do_nothing(),
        {"digest": digest, "scope": "all", "reason": reason, "at": now},
    )


def suppressed(connection: Connection, digests: Sequence[bytes]) -> str | None:
    """Why an address must not be written to, or None."""
    reason: str | None = connection.scalar(
        select(suppression.c.reason).where(suppression.c.digest.in_(digests)).limit(1)
    )
    return reason


def which_suppressed(connection: Connection, digests: Sequence[bytes]) -> set[bytes]:
    """Those of ``digests`` that stand on the suppression list."""
    return set(connection.scalars(_WHICH, {"digests": digests}))


def any_suppressed(connection: Connection) -> bool:
    """Whether the suppression list holds anything."""
    return bool(connection.scalar(select(exists().select_from(suppression))))


def all_suppressed(connection: Connection) -> dict[bytes, str]:
    """The whole suppression list: digest to reason."""
    rows = connection.execute(select(suppression.c.digest, suppression.c.reason))
    return {digest: reason for digest, reason in rows}  # noqa: C416 - dict() takes a Result for a mapping


def settle(connection: Connection, digests: Digests, now: datetime) -> int:
    """Put everyone who is off the list on the suppression list, too; returns how many that were.

    Somebody can be taken off where no secret key is at hand; their row says so at once, the digest follows here.
    """
    known = all_suppressed(connection)
    rows = connection.execute(_SELECT.where(subscriber.c.state.in_(SUPPRESSED))).all()
    missing = [row for row in map(_made, rows) if known.keys().isdisjoint(digests(row.normalised))]
    for row in missing:
        suppress(connection, digests(row.normalised)[0], row.state, now)
    return len(missing)


_SELECT = select(
    subscriber.c.id,
    subscriber.c.address,
    subscriber.c.normalised,
    subscriber.c.state,
    subscriber.c.created,
    subscriber.c.changed,
)

_WHICH = select(suppression.c.digest).where(suppression.c.digest.in_(bindparam("digests", expanding=True)))

_Fields = Row[Any, Any, Any, Any, Any, Any]


def _one(row: _Fields | None) -> Subscriber | None:
    return None if row is None else _made(row)


def _made(row: _Fields) -> Subscriber:
    return Subscriber(
        id=row.id,
        address=row.address,
        normalised=row.normalised,
        state=Standing(row.state),
        created=row.created,
        changed=row.changed,
    )
