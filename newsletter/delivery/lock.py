"""The lock that a mailing's owner holds for life: who gets it knows that the owner before is dead.

The kernel gives a lock back when its process ends, however it ends; nothing has to be guessed from clocks or numbers.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from newsletter.errors import StoreError


@contextmanager
def held(store: Path, issue: str) -> Iterator[bool]:
    """True while the mailing of ``issue`` is ours; False at once if another process has it."""
    path = store.with_name(f"{store.name}-{issue}.lock")
    handle = _locked(path)
    try:
        yield handle is not None
    finally:
        if handle is not None:
            path.unlink(missing_ok=True)
            os.close(handle)


def _locked(path: Path) -> int | None:
    while True:
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise StoreError(
                f"{path}: {error.strerror}; see that the folder of the store can be written"
            ) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return None
        if _is_still_there(path, handle):
            return handle
        # Its last owner took the file away between our opening and our locking it: a lock on nothing.
        os.close(handle)


def _is_still_there(path: Path, handle: int) -> bool:
    try:
        there = path.stat()
    except FileNotFoundError:
        return False
    ours = os.fstat(handle)
    return (there.st_dev, there.st_ino) == (ours.st_dev, ours.st_ino)
