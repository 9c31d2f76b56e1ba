"""Where things go on a chart: boxes that don't collide, labels pushed apart, round grid lines.

Pure geometry. Lengths are CSS px from the top left corner, y downwards.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""An N x 2 array of x and y in px."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """A rectangle."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box, gap: float = 0.0) -> bool:
        """Whether the two come nearer than ``gap``."""
        return (
            self.left < other.right + gap
            and other.left < self.right + gap
            and self.top < other.bottom + gap
            and other.top < self.bottom + gap
        )

    def within(self, other: Box) -> bool:
        return (
            self.left >= other.left
            and self.right <= other.right
            and self.top >= other.top
            and self.bottom <= other.bottom
        )

    def covers(self, points: Points, gap: float = 0.0) -> int:
        """How many of ``points`` lie in the box grown by ``gap``."""
        if not len(points):
            return 0
        x, y = points[:, 0], points[:, 1]
        inside = (
            (x > self.left - gap) & (x < self.right + gap) & (y > self.top - gap) & (y < self.bottom + gap)
        )
        return int(inside.sum())


def first_free(
    candidates: Sequence[Box], *, taken: Sequence[Box], points: Points, bounds: Box, gap: float = 5.0
) -> int | None:
    """The candidate that hides least of the line; of equals the first. None where each meets a taken box."""
    best: tuple[int, int] | None = None
    for index, box in enumerate(candidates):
        if not box.within(bounds) or any(box.meets(other, gap) for other in taken):
            continue
        hidden = box.covers(points, gap)
        if best is None or hidden < best[0]:
            best = (hidden, index)
    return None if best is None else best[1]


def apart(
    middles: Sequence[float], heights: Sequence[float], *, top: float, bottom: float, gap: float
) -> list[float]:
    """Move the middles of blocks of these heights so that none overlap; their order is kept, nobody moves far.

    Blocks that collide are joined into one that settles around the mean of what its members want.
    """
    order = sorted(range(len(middles)), key=lambda i: middles[i])
    groups: list[list[int]] = [[index] for index in order]

    def height(group: list[int]) -> float:
        return sum(heights[i] for i in group) + gap * (len(group) - 1)

    def start(group: list[int]) -> float:
        offset, wanted = 0.0, []
        for i in group:
            wanted.append(middles[i] - heights[i] / 2 - offset)
            offset += heights[i] + gap
        return min(max(sum(wanted) / len(wanted), top), max(top, bottom - height(group)))

    index = 1
    while index < len(groups):
        before, here = groups[index - 1], groups[index]
        if start(before) + height(before) + gap > start(here) + 1e-9:
            groups[index - 1 : index + 1] = [before + here]
            index = max(1, index - 1)
        else:
            index += 1
    result = [0.0] * len(middles)
    for group in groups:
        at = start(group)
        for i in group:
            result[i] = at + heights[i] / 2
            at += heights[i] + gap
    return result


def ticks(low: float, high: float, *, most: int = 5) -> tuple[float, ...]:
    """Round numbers from ``low`` to ``high``, as many as may be up to ``most``; ``low < high``."""
    step = nice_step((high - low) / most / 2)
    while True:
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first < most:
            return tuple(round(number * step, 10) for number in range(first, last + 1))
        step = nice_step(step * 1.01)


def nice_step(raw: float) -> float:
    """The step of 1, 2, 2.5 or 5 times a power of ten nearest above ``raw``."""
    power = 10.0 ** math.floor(math.log10(raw))
    return next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= raw * (1 - 1e-9))


def places(step: float) -> int:
    """Decimals that grid lines this far apart need."""
    for decimals in range(7):
        if abs(step * 10**decimals - round(step * 10**decimals)) < 1e-6:
            return decimals
    return 7


def span(values: Sequence[float], *, include: Sequence[float] = ()) -> tuple[float, float]:
    """Lowest and highest of all values, widened where they are equal so that a flat line has a scale."""
    pool = [*values, *include]
    low, high = min(pool), max(pool)
    if high - low <= 1e-9 * max(abs(low), abs(high), 1.0):
        reach = max(abs(low) * 0.01, 1e-3 if low == 0 else 1e-6)
        return low - reach, high + reach
    return low, high
