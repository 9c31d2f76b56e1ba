"""Keeps messages in memory: the transport of tests and of whoever embeds the newsletter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from newsletter.delivery.transport import Message, Receipt, Stage, Transport

TAKEN = Receipt(stage=Stage.DOT, code=250, text="2.0.0 kept in memory")


class Memory:
    """A server that takes everything. ``answer`` decides otherwise: it gives a receipt, or raises ConnectionLost."""

    def __init__(self, answer: Callable[[Message], Receipt] | None = None) -> None:
        self.messages: list[Message] = []
        self._answer = answer
        self._lock = Lock()

    def send(self, message: Message) -> Receipt:
        """Keep the message if it is taken."""
        receipt = TAKEN if self._answer is None else self._answer(message)
        if receipt.accepted:
            with self._lock:
                self.messages.append(message)
        return receipt

    @contextmanager
    def connected(self) -> Iterator[Transport]:
        """This very server, as often as wanted."""
        yield self
