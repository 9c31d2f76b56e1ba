"""What a person at a terminal sees: progress bars, tables, colour. Elsewhere one plain log line a step."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import structlog
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Table
from rich.text import Text

from newsletter.progress import Progress

_PIPED = 240
"""Columns for a table that goes into a pipe or a file, where nothing has to fit a screen."""

console = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)


class _Drawn:
    """Progress as a bar that names the current step."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._task: TaskID | None = None

    def step(self, name: str) -> None:
        if self._task is not None:
            self._bars.remove_task(self._task)
        self._task = self._bars.add_task(name, total=None)

    def advance(self, done: int, total: int) -> None:
        if self._task is not None:
            self._bars.update(self._task, completed=done, total=total)


class _Logged:
    """Progress as one log line a step, for cron and pipes."""

    def __init__(self) -> None:
        self._log = structlog.get_logger()

    def step(self, name: str) -> None:
        self._log.info("step", action="step", name=name)

    def advance(self, done: int, total: int) -> None:
        """Nothing: a line for every unit would be noise."""


@contextmanager
def progress() -> Iterator[Progress]:
    """A progress bar on a terminal, a log line a step elsewhere; nothing of it is left when the work is over."""
    if not errors.is_terminal:
        yield _Logged()
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Bars(*columns, console=errors, transient=True) as bars:
        yield _Drawn(bars)


def table(columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]]) -> None:
    """Print a table; ``columns`` are (heading, ``left`` or ``right``)."""
    drawn = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading, side in columns:
        drawn.add_column(heading, justify="right" if side == "right" else "left", no_wrap=side == "right")
    for row in rows:
        drawn.add_row(*(Text(cell) for cell in row))
    target = console if console.is_terminal else Console(highlight=False, width=_PIPED)
    target.print(drawn)


def logging_to_stderr(verbose: bool) -> None:
    """Log lines go to stderr, so that output can be piped; ``-v`` shows the small ones too."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(10 if verbose else 20),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
