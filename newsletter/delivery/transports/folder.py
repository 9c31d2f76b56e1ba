"""Writes each message to a file that mail programs open: the transport of a dry run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from newsletter.delivery.transport import Message, Receipt, Stage, Transport
from newsletter.errors import UsageError


class Folder:
    """A folder that takes everything."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: Message) -> Receipt:
        """Write ``ADDRESS.TOKEN.eml``; raises UsageError where that can't be."""
        # An address may hold a slash, and two may differ in what a file name can't: the token tells them apart.
        readable = re.sub(r"[^A-Za-z0-9@._+-]", "_", message.recipient).lstrip(".")[:100]
        path = self.folder / f"{readable}.{message.token}.eml"
        try:
            path.write_bytes(message.content())
        except OSError as error:
            raise UsageError(
                f"{path}: {error.strerror or error}; choose another folder with --out"
            ) from error
        return Receipt(stage=Stage.DOT, code=250, text=str(path))


@contextmanager
def connected(folder: Path) -> Iterator[Transport]:
    """The folder, made if it isn't there; raises UsageError where it can't be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}: {error.strerror or error}; choose another folder with --out") from error
    yield Folder(folder)
