"""What a detector returns: all its firings over a history at once, and how one of them becomes facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from newsletter.facts import Fact, Family
from newsletter.stories.arrays import Bools, Floats, Ints
from newsletter.stories.prepared import Market
from newsletter.stories.tracks import Track


@dataclass(frozen=True, kw_only=True, slots=True)
class Firings:
    """Every firing of one rule on one track, oldest first. All arrays have one entry a firing.

    ``at`` rows of the track; ``p`` in (0, 1]; ``direction`` +1, -1 or 0; ``yardstick`` the row that "since" names, -1
    for none; ``changed`` whether the state changed (True but for standing states); ``extra`` what the facts need.
    """

    at: Ints
    p: Floats
    direction: Ints
    yardstick: Ints
    changed: Bools
    extra: Mapping[str, NDArray[Any]]

    def __len__(self) -> int:
        return len(self.at)

    def on(self, row: int) -> int | None:
        """The index of the firing on that row, or None."""
        k = int(np.searchsorted(self.at, row))
        return k if k < len(self.at) and self.at[k] == row else None

    def hit(self, k: int) -> Hit:
        """One firing."""
        return Hit(
            row=int(self.at[k]),
            p=float(self.p[k]),
            direction=int(self.direction[k]),
            yardstick=int(self.yardstick[k]),
            changed=bool(self.changed[k]),
            extra={name: values[k].item() for name, values in self.extra.items()},
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """One firing, as plain numbers."""

    row: int
    p: float
    direction: int
    yardstick: int
    changed: bool
    extra: Mapping[str, Any]


def firings(
    at: Ints,
    p: Floats,
    direction: Ints | int,
    *,
    yardstick: Ints | None = None,
    changed: Bools | None = None,
    **extra: NDArray[Any],
) -> Firings:
    """Firings with the usual values filled in; rows whose p isn't known do not fire."""
    n = len(at)
    known = ~np.isnan(p)
    signs = np.full(n, direction, dtype=np.int64) if isinstance(direction, int) else direction
    return Firings(
        at=at[known],
        p=np.clip(p[known], 1e-9, 1.0),
        direction=signs[known],
        yardstick=(np.full(n, -1, dtype=np.int64) if yardstick is None else yardstick)[known],
        changed=(np.ones(n, dtype=bool) if changed is None else changed)[known],
        extra={name: values[known] for name, values in extra.items()},
    )


def rows(flags: Bools) -> Ints:
    """Rows of the set flags."""
    return np.flatnonzero(flags).astype(np.int64)


def no_facts(*_: object) -> Iterable[Fact]:
    """For rules whose facts all stand in the standard book."""
    return ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Detector:
    """One rule, registered.

    ``entities`` picks the tracks it runs on, ``run`` gives all firings on one, ``facts`` what one firing adds to the
    book. ``cites`` are facts of the standard book, ``metric:window`` (``DGS10 metric:window`` of another entity), that the story states, its main fact first.
    ``sized`` rules are about the session's move and get its magnitude. ``leads`` False bars a rule from leading;
    ``ahead`` marks rules about what the calendar holds: they lead only on a quiet day; ``theme`` a standing state.
    ``listed`` False keeps a rule out of the runners-up: it only supports others. ``reference`` is the share of sessions in percent on which the rule fires per entity: lowest and highest.
    """

    name: str
    family: Family
    entities: Callable[[Market], tuple[Track, ...]]
    run: Callable[[Track], Firings]
    facts: Callable[[Track, Hit], Iterable[Fact]] = no_facts
    cites: tuple[str, ...] = ()
    recipe: str
    fallback: str | None = None
    sized: bool = False
    leads: bool = True
    ahead: bool = False
    theme: bool = False
    listed: bool = True
    reference: tuple[float, float] | None = None
