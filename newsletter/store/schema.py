"""The tables: who is on the list, what they agreed to, and one row for each issue and subscriber.

Written in SQLAlchemy Core so that another database can hold the same. Words that stand in a column stand in an enum
here, in a check constraint and in docs/delivery.md.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

from newsletter.clock import utc

VERSION = 1
"""Version of these tables; a store of a later one is refused."""


class Standing(StrEnum):
    """Where a subscriber stands."""

    PENDING = "pending"  #: known, but nothing shows that they asked; gets no issue
    CONFIRMED = "confirmed"  #: asked for it; gets issues
    PAUSED = "paused"  #: their mailbox was full or away three issues in a row
    LEFT = "left"  #: unsubscribed
    BOUNCED = "bounced"  #: the address doesn't exist
    COMPLAINED = "complained"  #: called it spam


class State(StrEnum):
    """Where one delivery stands: the seven words of the ledger."""

    PLANNED = "planned"  #: in the audience, untouched
    SENDING = "sending"  #: may have left; committed before its first byte
    ACCEPTED = "accepted"  #: the next server took it
    DEFERRED = "deferred"  #: certainly not taken, to be tried again
    REJECTED = "rejected"  #: refused for good
    UNKNOWN = "unknown"  #: handed over without a reply, or its sender died
    EXPIRED = "expired"  #: will not be sent: deadline, suppressed


class Course(StrEnum):
    """Where a whole mailing stands."""

    OPEN = "open"  #: begun; `newsletter send` goes on with it
    HELD = "held"  #: stopped, a person must look; `newsletter send` resumes it
    DONE = "done"  #: every row has its last state


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept in UTC."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the name is SQLAlchemy's
        """UTC without its zone, the form that SQLite keeps; a naive value raises ValueError."""
        return None if value is None else utc(value).replace(tzinfo=None)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the name is SQLAlchemy's
        """The zone put back."""
        return None if value is None else value.replace(tzinfo=UTC)


def _one_of(column: str, words: type[StrEnum]) -> CheckConstraint:
    listed = ", ".join(f"'{word.value}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_is_known")


metadata = MetaData()

version = Table("schema_version", metadata, Column("version", Integer, primary_key=True))

subscriber = Table(
    "subscriber",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("address", Text, nullable=False),
    Column("normalised", Text, nullable=False, unique=True),
    Column("state", String(16), nullable=False),
    Column("soft_bounces", Integer, nullable=False, default=0),
    Column("created", Instant, nullable=False),
    Column("changed", Instant, nullable=False),
    _one_of("state", Standing),
)

# Append only. `text` is what an operator gave as proof; `text_sha` the hash of what a person was shown.
consent = Table(
    "consent",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("subscriber", String(16), nullable=False, index=True),
    Column("event", String(16), nullable=False),
    Column("at", Instant, nullable=False),
    Column("how", String(32), nullable=False),
    Column("text", Text),
    Column("text_sha", String(64)),
)

# Holds no address: it outlives the subscriber.
suppression = Table(
    "suppression",
    metadata,
    Column("digest", LargeBinary(32), nullable=False),
    Column("scope", String(32), nullable=False),
    Column("reason", String(16), nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("digest", "scope"),
)

mailing = Table(
    "mailing",
    metadata,
    Column("issue", String(64), primary_key=True),
    Column("edition", String(32), nullable=False),
    Column("message_sha", String(64), nullable=False),
    Column("candidates", Integer, nullable=False),
    Column("planned", Integer, nullable=False),
    Column("not_after", Instant, nullable=False),
    Column("on_doubt", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", Text, nullable=False, default=""),
    Column("owner", Text, nullable=False),
    Column("started", Instant, nullable=False),
    Column("ended", Instant),
    _one_of("state", Course),
)

excluded = Table(
    "excluded",
    metadata,
    Column("issue", ForeignKey("mailing.issue"), primary_key=True),
    Column("reason", String(16), primary_key=True),
    Column("count", Integer, nullable=False),
)

delivery = Table(
    "delivery",
    metadata,
    Column("issue", ForeignKey("mailing.issue"), primary_key=True),
    Column("subscriber", String(16), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("domain", Text, nullable=False),
    Column("message_id", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", Text, nullable=False, default=""),
    Column("attempt", Integer, nullable=False, default=0),
    Column("next_try", Instant),
    Column("claim", Text),
    Column("code", Integer),
    Column("enhanced", String(16)),
    Column("reply", Text),
    Column("updated", Instant, nullable=False),
    _one_of("state", State),
    Index("delivery_by_state", "issue", "state", "position"),
)

# Append only: every change of a delivery, so that an account can be given of each row.
event = Table(
    "delivery_event",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("issue", String(64), nullable=False),
    Column("subscriber", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", Text, nullable=False, default=""),
    Column("at", Instant, nullable=False),
)

alert = Table(
    "alert",
    metadata,
    Column("issue", String(64), primary_key=True),
    Column("kind", String(32), primary_key=True),
    Column("at", Instant, nullable=False),
)
