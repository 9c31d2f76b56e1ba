"""A signal may come at any moment, also in the one in which the main thread holds the lock it waits by."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

from newsletter.delivery.sending import Stop

WHILE_LOCKED = """
import signal
from newsletter.mailing import ending_on_signals
with ending_on_signals(None) as ending:
    with ending._cond:  # where the main thread is, for an instant, each time it waits
        signal.raise_signal(signal.SIGTERM)
    assert ending.wait(10)
print("ended")
"""


def test_a_signal_never_waits_for_the_thread_it_interrupts() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WHILE_LOCKED], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "ended\n"


def test_who_waits_is_woken_whichever_way_the_end_is_asked_for() -> None:
    for way in ("ask", "set"):
        stop = Stop()
        threading.Timer(0.1, getattr(stop, way)).start()
        assert stop.wait(10)
        assert stop.is_set()


def test_a_wait_ends_by_itself_where_nobody_asks() -> None:
    stop, began = Stop(), time.monotonic()
    assert not stop.wait(0.05)
    assert time.monotonic() - began >= 0.05
    assert not stop.is_set()
