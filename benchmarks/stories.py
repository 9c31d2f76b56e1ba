"""What finding stories costs: one session's findings, and whether a replayed session costs more the longer it runs.

    python benchmarks/stories.py [--config FILE] [--from D] [--to D] [--runs N]

Processor time in seconds for `find` and `choose` on the newest session (first run, then the median of the rest), for all
rules over the whole history at once, and in milliseconds a session and a story by year of the replay; peak memory in MB.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from collections import defaultdict
from datetime import date
from pathlib import Path

from newsletter import issue
from newsletter.clock import system_clock
from newsletter.config import load
from newsletter.market import MarketDay
from newsletter.stories import choose, find, history
from newsletter.stories.prepared import Market

ROOT = Path(__file__).parent.parent


def newest(day: MarketDay, runs: int) -> list[float]:
    """Processor seconds of each run over the newest session."""
    taken = []
    for _ in range(runs):
        start = time.process_time()
        choose(find(day), day)
        taken.append(time.process_time() - start)
    return taken


def replayed(market: Market, start: date, end: date) -> tuple[float, dict[int, list[tuple[float, int]]]]:
    """Seconds for all rules at once, and by year each session's seconds and stories."""
    begin = time.process_time()
    by_session = history.stories_by_session(market, start, end)
    rules = time.process_time() - begin
    years: dict[int, list[tuple[float, int]]] = defaultdict(list)
    begin = time.process_time()
    for past in history.walk(market, by_session):
        now = time.process_time()
        years[past.session.year].append((now - begin, len(past.stories)))
        begin = now
    return rules, years


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", default=str(ROOT / "examples" / "history" / "config.yaml"))
    parser.add_argument("--from", dest="start", type=date.fromisoformat, default=date(2004, 1, 2))
    parser.add_argument("--to", dest="end", type=date.fromisoformat, default=date(2025, 9, 30))
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    config = load(Path(options.config))
    day = issue.history(config, config.edition(None), options.end, clock=system_clock)
    first, *rest = newest(day, max(options.runs, 2))
    print(
        f"{day.session}: {len(day.series)} series, {first:.2f} s at first, {statistics.median(rest):.2f} s after"
    )
    rules, years = replayed(Market(day=day), options.start, min(options.end, day.session))
    print(f"all rules over the history: {rules:.2f} s")
    for year, sessions in years.items():
        seconds, stories = sum(item[0] for item in sessions), sum(item[1] for item in sessions)
        print(
            f"{year}: {1000 * seconds / len(sessions):.2f} ms a session, {stories / len(sessions):.1f} stories each, "
            f"{1000 * seconds / max(stories, 1):.3f} ms a story"
        )
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
