"""Asking Yahoo through a short-lived child process, within a deadline, again where it is worth while."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any

import pandas as pd

from newsletter.config import Yahoo

WAITS = (30.0, 60.0, 120.0, 300.0, 600.0)
"""Seconds before asking again after a refusal."""

PAUSES = (2.0, 10.0)
"""Seconds before asking again after a failure of the network: it is over soon, or not today."""

CHILD = Path(__file__).with_name("yahoo_child.py")


@dataclass(frozen=True, kw_only=True, slots=True)
class ChartTask:
    """Bars of a symbol from ``start`` to before ``end``; ``interval`` is ``1d``, ``1h`` or ``30m``."""

    symbol: str
    start: date
    end: date
    interval: str = "1d"


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What one child is asked. The calendars are given as first and last day."""

    charts: tuple[ChartTask, ...] = ()
    economic: tuple[date, date] | None = None
    earnings: tuple[date, date] | None = None

    @property
    def parts(self) -> int:
        """How many replies this asks for."""
        return len(self.charts) + (self.economic is not None) + (self.earnings is not None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Quote:
    """The price that came with a chart, and its instant."""

    price: float
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Chart:
    """A reply: bars by ``stamp`` (aware), Yahoo's column names, and the quote where there was one."""

    task: ChartTask
    bars: pd.DataFrame
    quote: Quote | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """Why there is no reply.

    ``kind`` is ``refused`` (too many requests), ``unknown`` (no such thing), ``offline`` (no network) or ``failed``.
    """

    kind: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Replies:
    """What came: charts by task; rows of the calendars, None where they didn't come; failures by task or calendar."""

    charts: Mapping[ChartTask, Chart] = field(default_factory=dict)
    economic: tuple[Mapping[str, Any], ...] | None = None
    earnings: tuple[Mapping[str, Any], ...] | None = None
    failures: Mapping[ChartTask | str, Failure] = field(default_factory=dict)


@dataclass(kw_only=True, slots=True)
class Patience:
    """How long to go on: until ``ends`` on the monotonic clock, waiting ``waits`` after refusals, ``pauses`` after failures."""

    ends: float
    waits: Sequence[float] = WAITS
    pauses: Sequence[float] = PAUSES
    sleep: Callable[[float], None] = time.sleep

    @property
    def left(self) -> float:
        """Seconds until the deadline."""
        return self.ends - time.monotonic()


def ask(
    request: Request,
    settings: Yahoo,
    patience: Patience,
    *,
    advance: Callable[[int, int], None],
    step: Callable[[str], None],
) -> Replies:
    """Ask until everything has come, or waiting longer is of no use; only what is missing is asked again."""
    total, replies, wanted = request.parts, Replies(), request
    waits, pauses = iter(patience.waits), iter(patience.pauses)
    while True:
        done = total - wanted.parts
        fresh = _once(wanted, settings, patience, _counting(advance, done, total))
        replies = _joined(replies, fresh)
        wanted = _missing(request, replies)
        if not wanted.parts:
            return replies
        kinds = {failure.kind for failure in fresh.failures.values()}
        if kinds == {"offline"}:
            return replies
        wait = next(waits if "refused" in kinds else pauses, None)
        if wait is None or wait >= patience.left:
            return replies
        step(f"waiting {wait:.0f} s for Yahoo to answer again")
        patience.sleep(wait)


def _counting(advance: Callable[[int, int], None], done: int, total: int) -> Callable[[int], None]:
    return lambda count: advance(done + count, total)


def _once(request: Request, settings: Yahoo, patience: Patience, advance: Callable[[int], None]) -> Replies:
    """One child's replies; what it didn't manage in time is a failure."""
    with tempfile.TemporaryDirectory(prefix="newsletter-") as name:
        folder = Path(name)
        lines = _lines(request, settings, folder, patience, advance)
        return _read(request, lines, folder)


def _lines(
    request: Request, settings: Yahoo, folder: Path, patience: Patience, advance: Callable[[int], None]
) -> list[Mapping[str, Any]]:
    # As a file, not as a module: the package around it would be imported too. -P keeps its neighbours' names apart.
    process = subprocess.Popen(
        [sys.executable, "-P", str(CHILD)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    came: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
    reader = threading.Thread(target=_forward, args=(process.stdout, came), daemon=True)
    reader.start()
    replies: list[Mapping[str, Any]] = []
    try:
        process.stdin.write(json.dumps(_encoded(request, settings, folder)).encode())
        process.stdin.close()
        while patience.left > 0:
            line = came.get(timeout=patience.left)
            if line is None:
                break
            replies.append(json.loads(line))
            advance(len(replies))
    except (queue.Empty, BrokenPipeError, ValueError):
        pass  # out of time, or the child died: what came counts
    finally:
        process.kill()
        process.wait()
        reader.join()
        process.stdout.close()
    return replies


def _forward(pipe: IO[bytes], came: queue.SimpleQueue[bytes | None]) -> None:
    for line in pipe:
        came.put(line)
    came.put(None)


def _encoded(request: Request, settings: Yahoo, folder: Path) -> dict[str, Any]:
    def days(span: tuple[date, date] | None) -> list[str] | None:
        return None if span is None else [day.isoformat() for day in span]

    return {
        "base_url": settings.base_url,
        "timeout": settings.timeout,
        "retries": settings.retries,
        "folder": str(folder),
        "charts": [
            {
                "symbol": task.symbol,
                "start": task.start.isoformat(),
                "end": task.end.isoformat(),
                "interval": task.interval,
            }
            for task in request.charts
        ],
        "economic": days(request.economic),
        "earnings": days(request.earnings),
    }


def _read(request: Request, lines: Sequence[Mapping[str, Any]], folder: Path) -> Replies:
    charts: dict[ChartTask, Chart] = {}
    failures: dict[ChartTask | str, Failure] = {}
    rows: dict[str, tuple[Mapping[str, Any], ...]] = {}
    for line in lines:
        if "chart" in line:
            key: ChartTask | str = request.charts[line["chart"]]
        else:
            key = "economic" if "economic" in line else "earnings"
        if "error" in line:
            failures[key] = Failure(kind=line["kind"], reason=line["error"])
        elif isinstance(key, ChartTask):
            charts[key] = _chart(key, line, folder)
        else:
            rows[key] = tuple(line[key])
    late = Failure(kind="failed", reason="no answer in time")
    for task in request.charts:
        if task not in charts:
            failures.setdefault(task, late)
    for name in ("economic", "earnings"):
        if getattr(request, name) is not None and name not in rows:
            failures.setdefault(name, late)
    return Replies(
        charts=charts, economic=rows.get("economic"), earnings=rows.get("earnings"), failures=failures
    )


def _chart(task: ChartTask, line: Mapping[str, Any], folder: Path) -> Chart:
    bars = pd.read_parquet(folder / line["file"]).set_index("stamp")
    quote = line.get("quote") or None
    return Chart(
        task=task,
        bars=bars,
        quote=None
        if quote is None
        else Quote(price=quote["price"], at=datetime.fromtimestamp(quote["at"], UTC)),
    )


def _joined(known: Replies, fresh: Replies) -> Replies:
    return Replies(
        charts={**known.charts, **fresh.charts},
        economic=fresh.economic if fresh.economic is not None else known.economic,
        earnings=fresh.earnings if fresh.earnings is not None else known.earnings,
        failures={**known.failures, **fresh.failures},
    )


def _missing(request: Request, replies: Replies) -> Request:
    """What is still worth asking for."""
    charts = tuple(
        task
        for task in request.charts
        if task not in replies.charts and replies.failures[task].kind != "unknown"
    )
    return replace(
        request,
        charts=charts,
        economic=request.economic if replies.economic is None else None,
        earnings=request.earnings if replies.earnings is None else None,
    )
