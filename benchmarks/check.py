"""How well the check sees: real issues as written, and every mistake that can be made in them.

    python benchmarks/check.py [--config FILE] [--from D] [--to D] [--issues N] [--run N] [--seed N] [--missed N]

What the check refuses of an issue as it was written is an alarm, false unless the writer erred; each is printed. Then every
sentence is made wrong in one way at a time, once for each place of each class (tests/editorial_mutants.py); mutants that
happen to be true are left out. The check should catch all of number, entity, sign and date, 95% of all, and raise no
false alarm.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from newsletter.config import load
from tests.editorial_mutants import MAKERS, Tally
from tests.past_issues import Withheld, composed, mistakes, runs, walk


def table(tally: Tally) -> Iterator[str]:
    """Mistakes made and caught, by class and in all."""
    yield f"{'class':14}{'made':>9}{'caught':>9}{'share':>10}"
    for kind in (*MAKERS, "all"):
        made = tally.made.total() if kind == "all" else tally.made[kind]
        caught = tally.caught.total() if kind == "all" else tally.caught[kind]
        yield f"{kind:14}{made:9,}{caught:9,}{100 * caught / made if made else 0:9.2f}%"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", default=str(ROOT / "examples" / "history" / "config.yaml"))
    parser.add_argument("--from", dest="start", type=date.fromisoformat, default=date(2020, 1, 2))
    parser.add_argument("--to", dest="end", type=date.fromisoformat, default=date(2025, 9, 30))
    parser.add_argument("--issues", type=int, default=250)
    parser.add_argument("--run", type=int, default=25)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--missed", type=int, default=20, help="missed mistakes to print of each class")
    options = parser.parse_args()
    config = load(Path(options.config))
    tally, raised, count, begun = Tally(), 0, 0, time.perf_counter()
    for days in runs(
        options.start, options.end, issues=options.issues, length=options.run, seed=options.seed
    ):
        for written in walk(config, days):
            if isinstance(written, Withheld):
                print(f"{written.day} {written.reason}")
                continue
            count += 1
            made = composed(config, written)
            for claim in made.report.failures:
                raised += 1
                print(f"{written.day} alarm: {claim.reason}", flush=True)
            mistakes(written, made, tally, seed=options.seed)
    print(f"{count} issues, {raised} alarms, {time.perf_counter() - begun:.0f} s")
    print("\n".join(table(tally)))
    for kind in MAKERS:
        for after in tally.of(kind)[: options.missed]:
            print(f"missed {kind}: {after}")


if __name__ == "__main__":
    main()
