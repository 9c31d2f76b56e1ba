"""The calibration table: how rare a raw score is within its family, and how it is fitted.

Some two hundred rule and entity pairs run every day, so a p of 1% is no news: what counts is on what share of sessions
the family's best raw score was at least this. The table is one committed file, fitted on 2004-2024 and the same for
every session, so it is a constant for the point-in-time rule.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np

from newsletter.facts import Family
from newsletter.stories.arrays import Floats

FILE = "calibration.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Curve:
    """One family's table: raw scores ascending, and bits of exceedance at each; ``sessions`` it was fitted on."""

    sessions: int
    raw: tuple[float, ...]
    bits: tuple[float, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Calibration:
    """Curves by family, and kappa, the bits taken off so that one session in five is strong."""

    kappa: float
    fitted: str
    curves: Mapping[Family, Curve]

    def bits(self, family: Family, raw: float) -> float:
        """-log2 of the share of sessions whose best raw in the family was at least this; raw itself if not fitted."""
        curve = self.curves.get(family)
        if curve is None:
            return raw
        return float(np.interp(raw, curve.raw, curve.bits))


@lru_cache(maxsize=1)
def load() -> Calibration:
    """The committed table."""
    text = resources.files("newsletter.stories").joinpath(FILE).read_text(encoding="utf-8")
    data = json.loads(text)
    return Calibration(
        kappa=float(data["kappa"]),
        fitted=str(data["fitted"]),
        curves={
            Family(name): Curve(
                sessions=int(item["sessions"]), raw=tuple(item["raw"]), bits=tuple(item["bits"])
            )
            for name, item in data["families"].items()
        },
    )


def dump(table: Calibration) -> str:
    """The table as it is committed."""
    families = {
        family.value: {"sessions": curve.sessions, "raw": list(curve.raw), "bits": list(curve.bits)}
        for family, curve in sorted(table.curves.items())
    }
    data = {"kappa": table.kappa, "fitted": table.fitted, "families": families}
    return json.dumps(data, indent=1) + "\n"


def fit(best: Floats) -> Curve:
    """The curve of one family from its best raw score of each session, 0 where nothing fired.

    Exceedance is smoothed by one: (1 + sessions at least as high) / (1 + sessions).
    """
    n = len(best)
    fired = np.sort(best[best > 0])
    if not len(fired):
        return Curve(sessions=n, raw=(0.0, 1.0), bits=(0.0, round(math.log2(n + 1), 3)))
    shares = np.concatenate((np.linspace(0.0, 0.99, 100), [0.995, 0.999, 1.0]))
    points = np.unique(np.round(np.quantile(fired, shares), 4))
    exceed = len(fired) - np.searchsorted(fired, points - 1e-4, side="left")
    bits = -np.log2((1.0 + exceed) / (1.0 + n))
    beyond = points[-1] + 0.5
    return Curve(
        sessions=n,
        raw=(0.0, *points.tolist(), round(float(beyond), 4)),
        bits=(0.0, *np.round(bits, 3).tolist(), round(math.log2(n + 1), 3)),
    )


def kappa(best: Sequence[float], share: float = 0.2, threshold: float = 4.0) -> float:
    """What must be taken off so that the best score of a session reaches ``threshold`` on ``share`` of sessions."""
    return round(float(np.quantile(np.asarray(best), 1.0 - share)) - threshold, 2)
