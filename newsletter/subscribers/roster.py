"""Who is on the list: joining, leaving, and looking them up.

Nobody who left, bounced or complained is put back by anyone but themselves: joining refuses them, import included.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from newsletter.errors import UsageError
from newsletter.store import subscribers as table
from newsletter.store.database import Store, Transaction
from newsletter.store.schema import Standing
from newsletter.store.subscribers import SUPPRESSED, Event, Subscriber
from newsletter.subscribers.addresses import Address, AddressRefused, parse
from newsletter.subscribers.keys import Keys


class Joined(StrEnum):
    """What became of an address that was to join."""

    ADDED = "added"
    CONFIRMED = "confirmed"  #: was pending; the consent now given confirms it
    KNOWN = "known"  #: stood on the list already
    SUPPRESSED = "suppressed"  #: left, bounced or complained; only its owner can come back


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """Why somebody may be written to: by what (``import``, ``operator``) and the proof, or None if there is none."""

    how: str
    consent: str | None


def new_id() -> str:
    """A random subscriber id: 80 bits in 16 characters of lower-case base32."""
    return base64.b32encode(secrets.token_bytes(10)).decode("ascii").lower()


def add(
    store: Store, text: str, *, keys: Keys | None, now: datetime, consent: str | None = None
) -> tuple[Joined, Subscriber]:
    """The operator puts one address on the list, confirmed; raises UsageError if it is none or is suppressed."""
    address = _address(text)
    ground = Ground(how="operator", consent=consent or "put on the list by the operator")
    (outcome,) = join(store, [address], ground, keys=keys, now=now)
    if outcome is Joined.SUPPRESSED:
        raise UsageError(
            f"{address.given} has left, bounced or complained; only its owner can come back, through the sign-up page"
        )
    return outcome, find(store, address.given)


def join(
    store: Store, addresses: Sequence[Address], ground: Ground, *, keys: Keys | None, now: datetime
) -> list[Joined]:
    """Put addresses on the list in one transaction, confirmed if there is consent, else pending; outcomes in order.

    Without ``keys`` the suppression list can't be read, so it must be empty; else UsageError.
    """
    with store.writing() as connection:
        if keys is None and table.any_suppressed(connection):
            raise UsageError(
                "NEWSLETTER_SECRET_KEY is not set, so the suppression list can't be checked; "
                "set the key that the list was made with"
            )
        return [_join(connection, address, ground, keys, now) for address in addresses]


def find(store: Store, text: str) -> Subscriber:
    """The subscriber with this address in any spelling; raises UsageError if there is none."""
    found = look_up(store, text)
    if found is None:
        raise UsageError(f"{text.strip()} is not on the list; `newsletter subscribers list` shows who is")
    return found


def look_up(store: Store, text: str) -> Subscriber | None:
    """The subscriber with this address in any spelling, or None; raises UsageError for what is no address."""
    with store.reading() as connection:
        return table.by_address(connection, _address(text).normalised)


def remove(store: Store, text: str, *, keys: Keys | None, now: datetime) -> bool:
    """The operator takes an address off the list for good; False if it was off already, UsageError if unknown."""
    return leave(store, find(store, text).id, "operator", keys=keys, now=now)


def leave(
    store: Store, identity: str, how: str, *, keys: Keys | None, now: datetime, shown: str | None = None
) -> bool:
    """Take a subscriber off the list at once; False if they were off it already or were never on it.

    ``how`` is ``one-click``, ``page`` or ``operator``; ``shown`` the words the person saw. Without ``keys`` the row
    says it, and the suppression list follows when a mailing or the public pages next start with the key.
    """
    with store.writing() as connection:
        person = table.by_id(connection, identity)
        if person is None or person.state in SUPPRESSED:
            return False
        table.move(connection, identity, Standing.LEFT, now)
        table.log(connection, Event(subscriber=identity, event="left", at=now, how=how, shown=shown))
        if keys is not None:
            table.suppress(connection, keys.digests(person.normalised)[0], Standing.LEFT, now)
        return True


def known(store: Store, identity: str) -> bool:
    """Whether there is, or was, a subscriber with this id."""
    with store.reading() as connection:
        return table.by_id(connection, identity) is not None


def everyone(store: Store, state: Standing | None = None) -> tuple[Subscriber, ...]:
    """All subscribers by address, or those of one standing."""
    with store.reading() as connection:
        return table.listed(connection, state)


def settle(store: Store, keys: Keys, now: datetime) -> int:
    """Enter on the suppression list whoever left while no key was at hand; returns how many that were."""
    with store.writing() as connection:
        return table.settle(connection, keys.digests, now)


def _address(text: str) -> Address:
    try:
        return parse(text)
    except AddressRefused as error:
        raise UsageError(f"{text.strip()!r}: {error}") from None


def _join(
    connection: Transaction, address: Address, ground: Ground, keys: Keys | None, now: datetime
) -> Joined:
    known = table.by_address(connection, address.normalised)
    off = known is not None and known.state in SUPPRESSED
    if off or (keys is not None and table.suppressed(connection, keys.digests(address.normalised))):
        return Joined.SUPPRESSED
    if known is None:
        state = Standing.PENDING if ground.consent is None else Standing.CONFIRMED
        person = Subscriber(
            id=new_id(),
            address=address.given,
            normalised=address.normalised,
            state=state,
            created=now,
            changed=now,
        )
        table.create(connection, person)
        event = "imported" if ground.how == "import" else "asked" if ground.consent is None else "confirmed"
        table.log(
            connection,
            Event(subscriber=person.id, event=event, at=now, how=ground.how, text=ground.consent),
        )
        return Joined.ADDED
    if known.state is Standing.PENDING and ground.consent is not None:
        table.move(connection, known.id, Standing.CONFIRMED, now)
        table.log(
            connection,
            Event(subscriber=known.id, event="confirmed", at=now, how=ground.how, text=ground.consent),
        )
        return Joined.CONFIRMED
    return Joined.KNOWN
