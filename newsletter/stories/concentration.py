"""How much of an index's move its largest companies made. Source of the rule: docs/stories.md; of its track: live.py.

Index weights come with a live source only; from history the equal-weight fund against the index (``pair:RSP-SPY``)
stands in.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from newsletter.facts import Fact, Unit
from newsletter.stories import arrays
from newsletter.stories.firings import Firings, Hit, firings, rows
from newsletter.stories.ledger import ledger
from newsletter.stories.live import GROUPS
from newsletter.stories.moves import RARE
from newsletter.stories.tracks import Track


def concentration(track: Track) -> Firings:
    """The one, five or ten largest companies made a share of the index's move that is among the largest 5% of 1,260.

    On days the index moves 0.3% or more. Needs 250 such days. p: R+ on the share, of the group it is rarest for.
    Direction: that of the index.
    """
    ranked = np.vstack([arrays.rank_p(share, least=250, start=track.start) for share in track.parts.values()])
    rarest = np.argmin(np.where(np.isnan(ranked), np.inf, ranked), axis=0)
    p = ranked[rarest, np.arange(len(track))]
    shares = np.vstack(list(track.parts.values()))[rarest, np.arange(len(track))]
    with np.errstate(invalid="ignore"):
        at = rows((p <= RARE) & (shares > 0))
    return firings(
        at,
        p[at],
        np.sign(track.moves[at]).astype(np.int64),
        count=np.array(GROUPS)[rarest][at],
        share=shares[at],
    )


def concentration_facts(track: Track, hit: Hit) -> Iterable[Fact]:
    """How many companies, and the share of the index's move they made in percent."""
    notes = ledger(track, hit.row)
    notes.add("carriers", "1s", int(hit.extra["count"]), Unit.COUNT)
    notes.add("carried", "1s", float(hit.extra["share"]), Unit.PCT)
    return notes
