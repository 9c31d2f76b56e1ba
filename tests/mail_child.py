"""A process that mails the issue in a folder, for tests that end it: ``mail_child.py FOLDER PORT``.

It prints ``mailing`` once it has begun, and the outcome at the end. Its clock runs from the invented issue's hour on.
"""

from __future__ import annotations

import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

from newsletter import mailing
from newsletter.terminal import logging_to_stderr
from tests.mail_support import ENVIRONMENT, ISSUE, SEND_TIME, config_at

BEGUN = time.monotonic()


def clock() -> datetime:
    return SEND_TIME + timedelta(seconds=time.monotonic() - BEGUN)


class Said:
    """Says that the mailing has begun."""

    def step(self, name: str) -> None:
        print(name, flush=True)

    def advance(self, done: int, total: int) -> None:
        """Nothing."""


if __name__ == "__main__":
    logging_to_stderr(verbose=False)
    folder = Path(sys.argv[1])
    report = mailing.mail(
        config_at(folder, int(sys.argv[2])),
        folder / "issues" / ISSUE,
        clock=clock,
        environment=ENVIRONMENT,
        progress=Said(),
    )
    print(report.outcome.value, flush=True)
    sys.exit(report.exit_code)
