"""Text that belongs to a point of a plot: labels at the end of a line, and notes that find a free place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from newsletter.errors import ChartError
from newsletter.look import BOLD, SEMIBOLD, Theme

from .place import Box, apart, first_free
from .style import HAIR, LABEL, NOTE, RIGHT, Plot, Run

_LINE = 23.0  # from one line to the next, px


@dataclass(frozen=True, kw_only=True, slots=True)
class End:
    """The label of a series, beside its last point: lines of text and the y, px, where it belongs."""

    y: float
    runs: tuple[Run, ...]

    @property
    def width(self) -> float:
        return max(run.width for run in self.runs)

    @property
    def height(self) -> float:
        return _LINE * len(self.runs)


def end(theme: Theme, name: str, value: str, *, y: float, main: bool) -> End:
    """Name and value of a series in its colour."""
    colour = theme.accent if main else theme.muted
    runs = [Run(text=name, size=LABEL, weight=SEMIBOLD, colour=colour)] if name else []
    if value:
        runs.append(Run(text=value, size=LABEL, weight=BOLD if main else SEMIBOLD, colour=colour))
    return End(y=y, runs=tuple(runs))


def label_column(widths: Sequence[float]) -> float:
    """Where a plot ends so that labels of these widths fit to its right."""
    return RIGHT - max(widths, default=0.0) - 13


def ends(target: Plot, labels: Sequence[End], *, offset: float = 13.0, leaders: bool = True) -> None:
    """Set end labels to the right of a plot, pushed apart where they would collide, order kept.

    ``leaders`` ties a label that moved to its point with a hairline.
    """
    if not labels:
        return
    page, x = target.sheet, target.box.right + offset
    middles = apart(
        [label.y for label in labels],
        [label.height for label in labels],
        top=target.box.top - 6,
        bottom=target.box.bottom + 14,
        gap=5,
    )
    for label, middle in zip(labels, middles, strict=True):
        if leaders and abs(middle - label.y) > 9:
            page.rule(
                [target.box.right + 5, x - 3],
                [label.y, middle],
                colour=page.theme.base,
                width=HAIR,
            )
        top = middle - label.height / 2
        for row, run in enumerate(label.runs):
            page.write(x, top + _LINE * row + 17.5, run)


def note(
    target: Plot,
    runs: Sequence[Run],
    *,
    x: float,
    y: float,
    reach: float = 10.0,
    prefer: Sequence[str] = (),
    required: bool = True,
    bounds: Box | None = None,
) -> Box | None:
    """Set a note of one or more lines near (``x``, ``y``) px where it hides neither text nor line.

    ``prefer`` orders the sides that are tried: ``above``, ``below``, ``left``, ``right`` and their corners such as
    ``above-left``. ``bounds`` is the plot unless told. Where there is no room a required note raises ChartError, another is left out.
    """
    width, height = max(run.width for run in runs), _LINE * len(runs)
    spots: list[tuple[Box, str]] = []
    for distance in (reach, reach + 12, reach + 30, reach + 56, reach + 90, reach + 130):
        for side in (*prefer, *(side for side in _SIDES if side not in prefer)):
            spots.append(_spot(side, x, y, width, height, distance))
    box = bounds or target.box
    room = Box(left=box.left + 2, top=box.top - 2, right=box.right - 2, bottom=box.bottom - 3)
    spots = [(_moved_inside(spot, room), align) for spot, align in spots]
    chosen = first_free([spot for spot, _ in spots], taken=target.sheet.taken, points=target.ink, bounds=room)
    if chosen is None:
        if required:
            raise ChartError(f"there is no room for the note {runs[0].text!r}")
        return None
    box, align = spots[chosen]
    at = {"left": box.left, "center": (box.left + box.right) / 2, "right": box.right}[align]
    for row, run in enumerate(runs):
        target.sheet.write(at, box.top + _LINE * row + 17, run, align=align, ground=target.ground(box))
    return box


def _moved_inside(spot: Box, room: Box) -> Box:
    """The box moved sideways where it would leave the plot."""
    aside = max(room.left - spot.left, 0.0) or min(room.right - spot.right, 0.0)
    return Box(left=spot.left + aside, top=spot.top, right=spot.right + aside, bottom=spot.bottom)


_SIDES = ("above-left", "above-right", "above", "below-left", "below-right", "below", "left", "right")


def _spot(side: str, x: float, y: float, width: float, height: float, reach: float) -> tuple[Box, str]:
    vertical, _, horizontal = side.partition("-")
    if vertical in ("left", "right"):
        vertical, horizontal = "beside", vertical
    top = {"above": y - reach - height, "below": y + reach, "beside": y - height / 2}[vertical]
    aside = reach if vertical == "beside" else 0.0
    left = {"left": x - aside - width, "right": x + aside, "": x - width / 2}[horizontal]
    align = {"left": "right", "right": "left", "": "center"}[horizontal]
    return Box(left=left, top=top, right=left + width, bottom=top + height), align


def dated(theme: Theme, when: str, *lines: str) -> tuple[Run, ...]:
    """The note of an event: its date, then what it was."""
    return (
        Run(text=when, size=LABEL, weight=SEMIBOLD, colour=theme.ink),
        *(Run(text=line, size=NOTE, colour=theme.sub) for line in lines if line),
    )
