"""What led on the loudest sessions and on ordinary ones, to be read by an editor.

    python benchmarks/leads.py [--config FILE] [--from D] [--to D] [--loud N] [--ordinary N] [--seed N] [DAY ...]

From one replay: for each day the kind of day, the moves of the large indexes and the VIX, the lead, and the runners-up
with their scores. Loud sessions are those with the largest absolute one-session moves of the S&P 500, the Nasdaq, the
Russell 2000 or the VIX, each counted against its own history; ordinary ones are drawn with a seed from the rest.
"""

from __future__ import annotations

import argparse
import random
from datetime import date
from pathlib import Path

import numpy as np

from newsletter import issue
from newsletter.clock import system_clock
from newsletter.config import load
from newsletter.stories import history
from newsletter.stories.history import Past
from newsletter.stories.prepared import Market

ROOT = Path(__file__).parent.parent
WATCHED = {"^GSPC": "S&P 500", "^IXIC": "Nasdaq", "^RUT": "Russell 2000", "^VIX": "VIX"}


def loudness(market: Market, start: date) -> dict[date, float]:
    """For each session, the best rank share any watched move takes in its own history; 1 is the largest of all."""
    found: dict[date, float] = {}
    for track in market.tracks(*WATCHED):
        first = track.row_up_to(start) + 1
        sizes = np.nan_to_num(track.sizes[first:])
        order = np.argsort(np.argsort(sizes, kind="stable"), kind="stable") + 1
        for row, rank in enumerate(order.tolist(), start=first):
            day = track.day(row)
            found[day] = max(found.get(day, 0.0), rank / len(order))
    return found


def line(market: Market, past: Past) -> str:
    """One session in three lines: its moves, its lead, the best of the rest."""
    moves = []
    for track in market.tracks(*WATCHED):
        row = track.row(past.session)
        if row is not None:
            moves.append(f"{WATCHED[track.entity]} {track.moves[row]:+.2f}%")
    choice = past.choice
    lead = choice.lead
    rest = ", ".join(f"{story.key} {story.score:.1f}" for story in choice.also)
    told = f"{lead.key} {lead.score:.1f} p={lead.p:.4f}" if lead else "the table"
    return (
        f"{past.session} {choice.mode.value:6} {told}\n    {', '.join(moves)}\n    also: {rest or 'nothing'}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", default=str(ROOT / "examples" / "history" / "config.yaml"))
    parser.add_argument("--from", dest="start", type=date.fromisoformat, default=date(1990, 1, 2))
    parser.add_argument("--to", dest="end", type=date.fromisoformat, default=date(2025, 9, 30))
    parser.add_argument("--loud", type=int, default=30)
    parser.add_argument("--ordinary", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("days", nargs="*", type=date.fromisoformat, metavar="DAY")
    options = parser.parse_args()
    config = load(Path(options.config))
    day = issue.history(config, config.edition(None), options.end, clock=system_clock)
    market, end = Market(day=day), min(options.end, day.session)
    stories = history.stories_by_session(market, options.start, end)
    issues = {past.session: past for past in history.walk(market, stories)}
    if options.days:
        wanted = {"asked for": [day for day in options.days if day in issues]}
    else:
        ranks = {day: share for day, share in loudness(market, options.start).items() if day in issues}
        loud = sorted(ranks, key=lambda day: (-ranks[day], day))[: options.loud]
        left = sorted(set(issues) - set(loud))
        drawn = random.Random(options.seed).sample(left, min(options.ordinary, len(left)))
        wanted = {"loud": sorted(loud), "ordinary": sorted(drawn)}
    for name, days in wanted.items():
        print(f"{name}: {len(days)} sessions")
        for day in days:
            print(line(market, issues[day]))


if __name__ == "__main__":
    main()
