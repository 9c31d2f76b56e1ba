"""How long work tells that it is under way; the command line draws it, tests and libraries stay silent."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told what is being done. ``step`` starts a named piece of work; ``advance`` says how much of it is done."""

    def step(self, name: str) -> None:
        """A new piece of work begins; the one before is over."""

    def advance(self, done: int, total: int) -> None:
        """``done`` of ``total`` units of the current piece are over."""


class _Silent:
    def step(self, name: str) -> None:
        """Says nothing."""

    def advance(self, done: int, total: int) -> None:
        """Says nothing."""


silent: Progress = _Silent()
"""Progress nobody watches."""
