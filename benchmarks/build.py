"""What an issue costs: building it, as a ratio to a bare import of pandas and matplotlib in the same run.

    python benchmarks/build.py [--config FILE] [--date D] [--runs N]

Each run is a process of its own, so that imports and caches count; medians of wall time and the peak resident memory
are printed. Without ``--config`` it uses examples/history where that data is there, else the sample market.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
BARE = [sys.executable, "-c", "import pandas, matplotlib.figure"]


@dataclass(frozen=True)
class Cost:
    """Median wall seconds and peak resident memory in MB over some runs."""

    seconds: float
    megabytes: float


def cost(command: list[str], runs: int) -> Cost:
    """What ``command`` takes; it must succeed."""
    seconds, memory = [], []
    for _ in range(runs):
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds.append(time.perf_counter() - start)
        memory.append(usage.ru_maxrss / 1024)
        if process.returncode:
            raise SystemExit(f"{' '.join(command)} left with {process.returncode}")
    return Cost(seconds=statistics.median(seconds), megabytes=max(memory))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    history = ROOT / "examples" / "history" / "config.yaml"
    has_history = (ROOT.parent / "shared" / "market" / "symbols.csv").is_file()
    parser.add_argument("--config", default=str(history) if has_history else None)
    parser.add_argument("--date", default="2025-08-26")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    newsletter = [sys.executable, "-m", "newsletter"]
    with tempfile.TemporaryDirectory() as out:
        build = (
            [*newsletter, "--config", options.config, "build", "--date", options.date, "--out", out]
            if options.config
            else [*newsletter, "demo", "--sample", "--date", options.date]
        )
        bare, version, whole = (
            cost(BARE, options.runs),
            cost([*newsletter, "--version"], options.runs),
            cost(build, options.runs),
        )
    print(f"{'':34}{'seconds':>9}{'ratio':>8}{'peak MB':>9}")
    for name, figure in (
        ("import pandas, matplotlib", bare),
        ("newsletter --version", version),
        ("newsletter build", whole),
    ):
        print(f"{name:34}{figure.seconds:9.2f}{figure.seconds / bare.seconds:8.2f}{figure.megabytes:9.0f}")


if __name__ == "__main__":
    main()
