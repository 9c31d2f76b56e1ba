"""What a transport is: it takes one message and gives the server's last word on it, or says that it lost the line.

A transport is one open connection, or something that behaves like one. It knows nothing of editions, issues or the
ledger. A new one is a file in ``transports/`` with a ``connected`` that yields it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from newsletter.errors import MailError


class Stage(StrEnum):
    """What a server's reply answered."""

    MAIL = "mail"  #: the sender's address
    RCPT = "rcpt"  #: the recipient's address
    DATA = "data"  #: the wish to hand over a message
    DOT = "dot"  #: the end of the message
    LOCAL = "local"  #: nothing: we refused to send it there


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One copy for one recipient. ``pieces`` joined are its bytes; ``stuffed`` the same with SMTP's doubled dots."""

    sender: str
    recipient: str
    token: str
    pieces: tuple[bytes, ...]
    stuffed: tuple[bytes, ...]

    def content(self) -> bytes:
        """The message as it is read."""
        return b"".join(self.pieces)

    def wire(self) -> bytes:
        """The message as it goes over SMTP, up to and without the final dot."""
        return b"".join(self.stuffed)


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """The server's last word on a message: a code of three digits (0 for LOCAL) and its text."""

    stage: Stage
    code: int
    text: str

    @property
    def accepted(self) -> bool:
        """Whether the next server took it."""
        return self.stage is Stage.DOT and 200 <= self.code < 300


class ConnectionLost(Exception):
    """The connection broke during a message.

    ``begun`` is False if the server answered nothing of it, so that it is as if never tried; ``handed_over`` is True if
    the final dot had left, so that nobody can know what became of it.
    """

    def __init__(self, detail: str, *, begun: bool, handed_over: bool) -> None:
        super().__init__(detail)
        self.begun = begun
        self.handed_over = handed_over


class NoConnection(MailError):
    """The server can't be reached, or refuses us before any message. ``lasting`` if trying again soon is no use."""

    def __init__(self, message: str, *, lasting: bool) -> None:
        super().__init__(message)
        self.lasting = lasting


class Transport(Protocol):
    """A way out for messages."""

    def send(self, message: Message) -> Receipt:
        """Hand over one message; raises ConnectionLost."""


Connect = Callable[[], AbstractContextManager[Transport]]
"""Opens a transport for the length of a ``with``; raises NoConnection."""
