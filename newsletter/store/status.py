"""The account of a mailing: how many got it, who didn't and why, and about whom nobody knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.sqlite import insert as upsert

from newsletter.store import ledger
from newsletter.store.database import Store
from newsletter.store.ledger import Mailing
from newsletter.store.schema import State, alert, delivery, excluded, mailing, subscriber


@dataclass(frozen=True, kw_only=True, slots=True)
class Doubt:
    """A delivery about which nobody knows: it may have arrived or not."""

    subscriber: str
    address: str
    reason: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """A mailing in numbers. ``planned`` of the mailing is the sum of ``states``.

    ``reasons`` and ``domains`` are (what, state, how many), the most frequent first; ``half`` and ``most`` say when 50 %
    and 95 % of those accepted had been, counted from the start.
    """

    mailing: Mailing
    left_out: dict[str, int]
    states: dict[State, int]
    reasons: tuple[tuple[str, State, int], ...]
    domains: tuple[tuple[str, State, int], ...]
    unknown: tuple[Doubt, ...]
    half: timedelta | None
    most: timedelta | None


def account(store: Store, issue: str) -> Account | None:
    """The account of one issue's mailing, or None if it was never begun."""
    found = ledger.find(store, issue)
    if found is None:
        return None
    with store.reading() as connection:
        here = delivery.c.issue == issue
        left_out = connection.execute(
            select(excluded.c.reason, excluded.c.count).where(excluded.c.issue == issue)
        )
        left_out_by_reason = {reason: number for reason, number in left_out}  # noqa: C416 - dict() takes a Result for a mapping
        reasons = connection.execute(
            select(delivery.c.reason, delivery.c.state, func.count())
            .where(here, delivery.c.reason != "")
            .group_by(delivery.c.reason, delivery.c.state)
            .order_by(func.count().desc(), delivery.c.reason)
        ).all()
        domains = connection.execute(
            select(delivery.c.domain, delivery.c.state, func.count())
            .where(here)
            .group_by(delivery.c.domain, delivery.c.state)
            .order_by(func.count().desc(), delivery.c.domain)
        ).all()
        doubts = connection.execute(
            select(delivery.c.subscriber, subscriber.c.address, delivery.c.reason, delivery.c.updated)
            .join_from(delivery, subscriber, delivery.c.subscriber == subscriber.c.id, isouter=True)
            .where(here, delivery.c.state == State.UNKNOWN)
            .order_by(delivery.c.updated)
        ).all()
        accepted = connection.scalars(
            select(delivery.c.updated)
            .where(here, delivery.c.state == State.ACCEPTED)
            .order_by(delivery.c.updated)
        ).all()
    return Account(
        mailing=found,
        left_out=left_out_by_reason,
        states=ledger.counts(store, issue),
        reasons=tuple((reason, State(state), number) for reason, state, number in reasons),
        domains=tuple((domain, State(state), number) for domain, state, number in domains),
        unknown=tuple(
            Doubt(subscriber=who, address=address or "", reason=reason, at=at)
            for who, address, reason, at in doubts
        ),
        half=_until(accepted, found.started, 0.5),
        most=_until(accepted, found.started, 0.95),
    )


def mailings(store: Store, limit: int = 20) -> tuple[Mailing, ...]:
    """The latest mailings, newest first."""
    with store.reading() as connection:
        names = connection.scalars(
            select(mailing.c.issue).order_by(mailing.c.started.desc()).limit(limit)
        ).all()
    found = (ledger.find(store, name) for name in names)
    return tuple(one for one in found if one is not None)


def first_alert(store: Store, issue: str, kind: str, now: datetime) -> bool:
    """Note that the operator is told of this; False if they were told before."""
    with store.writing() as connection:
        noted = connection.execute(
            upsert(alert).on_conflict_do_nothing(), {"issue": issue, "kind": kind, "at": now}
        )
        return noted.rowcount > 0


def forget_alert(store: Store, issue: str, kind: str) -> None:
    """The operator couldn't be told: the next time counts as the first."""
    with store.writing() as connection:
        connection.execute(delete(alert).where(alert.c.issue == issue, alert.c.kind == kind))


def _until(accepted: Sequence[datetime], started: datetime, share: float) -> timedelta | None:
    if not accepted:
        return None
    return accepted[min(int(len(accepted) * share), len(accepted) - 1)] - started
