"""How every chart looks: the sheet with its head and foot, text, the plot with its scale, lines and marks.

A recipe thinks in CSS px on a sheet of 640 x 500, from the top left corner, y downwards, and in the data of its plot.
Nothing here uses ``pyplot``: its global state is slow to import and unsafe in threads. See docs/charts.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

from newsletter.errors import ChartError
from newsletter.look import BOLD, CHART_SIZE, PADDING, REGULAR, SCALE, Theme, font_file, text_width
from newsletter.numerals import number

from .place import Box, Points, places, span, ticks

WIDTH, HEIGHT = CHART_SIZE
LEFT, RIGHT = PADDING, WIDTH - PADDING

SHEET = Box(left=0, top=0, right=WIDTH, bottom=HEIGHT)

TITLE, SUBTITLE, AXIS, LABEL, NOTE, FOOT = 30.0, 19.5, 18.0, 19.5, 18.0, 15.0
"""Sizes of text, px."""

TITLE_WIDTH = RIGHT - LEFT
PLOT_TOP, PLOT_BOTTOM = 130.0, 428.0
GUTTER = 40.0
"""Where axis numbers stand, left of the plot."""

MAIN, OTHER, HAIR = 3.0, 2.1, 0.8
DENSE, MAIN_DENSE, OTHER_DENSE = 420, 1.9, 1.5
"""Widths of lines, pt; thinner from the number of points on where a line would fill itself in."""

LEVEL = 0.32
"""Half a digit's height in Source Sans Pro, em: a number that far below a line stands level with it."""

_ASCENT, _DESCENT = 0.73, 0.22  # of a line of text, em


def points(px: float) -> float:
    """Px as typographic points."""
    return px * 0.72


def font(weight: int, size: float) -> FontProperties:
    return FontProperties(fname=font_file(weight), size=points(size))


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """A line of text in one size, weight and colour."""

    text: str
    size: float = NOTE
    weight: int = REGULAR
    colour: str

    @property
    def width(self) -> float:
        return text_width(self.text, self.size, self.weight)


@dataclass(kw_only=True, slots=True)
class Sheet:
    """A figure under construction: what is drawn, and which parts of it are taken by text."""

    figure: Figure
    theme: Theme
    taken: list[Box] = field(default_factory=list)

    def write(
        self, x: float, baseline: float, run: Run, *, align: str = "left", ground: str | None = None
    ) -> Box:
        """Set a line of text; with ``ground`` it has a halo of that colour. Returns the room it takes.

        ChartError where it would leave the sheet: better no chart than half a number.
        """
        box = line_box(x, baseline, run, align)
        if not box.within(SHEET):
            raise ChartError(f"there is no room for {run.text!r}")
        text = self.figure.text(
            x / WIDTH,
            1 - baseline / HEIGHT,
            run.text,
            color=run.colour,
            fontproperties=font(run.weight, run.size),
            ha=align,
            va="baseline",
            zorder=5,
            parse_math=False,
        )
        if ground is not None:
            text.set_path_effects([withStroke(linewidth=points(6), foreground=ground)])
        self.taken.append(box)
        return box

    def axes(self, box: Box) -> Axes:
        """An empty, transparent plot that fills ``box``."""
        axes = self.figure.add_axes(
            (
                box.left / WIDTH,
                1 - box.bottom / HEIGHT,
                (box.right - box.left) / WIDTH,
                (box.bottom - box.top) / HEIGHT,
            )
        )
        axes.set_axis_off()
        axes.set_zorder(2)  # lines lie over the grid, text over both
        axes.patch.set_visible(False)
        return axes

    def rule(
        self, xs: Sequence[float], ys: Sequence[float], *, colour: str, width: float, zorder: float = 1
    ) -> None:
        """A line between px positions."""
        self.figure.add_artist(
            Line2D(
                [x / WIDTH for x in xs],
                [1 - y / HEIGHT for y in ys],
                color=colour,
                linewidth=width,
                solid_capstyle="butt",
                zorder=zorder,
            )
        )

    def block(self, box: Box, colour: str, *, alpha: float = 1.0, zorder: float = -1) -> None:
        """A filled rectangle; by default behind everything."""
        self.figure.add_artist(
            Rectangle(
                (box.left / WIDTH, 1 - box.bottom / HEIGHT),
                (box.right - box.left) / WIDTH,
                (box.bottom - box.top) / HEIGHT,
                facecolor=colour,
                edgecolor="none",
                alpha=alpha,
                zorder=zorder,
            )
        )


def line_box(x: float, baseline: float, run: Run, align: str) -> Box:
    """The room a line of text takes."""
    left = x - {"left": 0.0, "center": run.width / 2, "right": run.width}[align]
    return Box(
        left=left,
        top=baseline - _ASCENT * run.size,
        right=left + run.width,
        bottom=baseline + _DESCENT * run.size,
    )


def sheet(theme: Theme, *, title: str, subtitle: str, source: str, name: str) -> Sheet:
    """A new sheet with its head (accent bar, title, subtitle) and foot (source, name)."""
    figure = Figure(figsize=(WIDTH / 100, HEIGHT / 100), dpi=100 * SCALE, facecolor=theme.card)
    FigureCanvasAgg(figure)
    page = Sheet(figure=figure, theme=theme)
    page.block(Box(left=LEFT, top=20, right=LEFT + 44, bottom=26), theme.accent, zorder=2)
    page.write(LEFT, 68, Run(text=title, size=TITLE, weight=BOLD, colour=theme.ink))
    page.write(LEFT, 103, Run(text=subtitle, size=SUBTITLE, colour=theme.sub))
    page.write(LEFT, 484, Run(text=source, size=FOOT, colour=theme.muted))
    page.write(RIGHT, 484, Run(text=name, size=FOOT, weight=BOLD, colour=theme.ink), align="right")
    return page


@dataclass(kw_only=True, slots=True)
class Plot:
    """A plot on a sheet: a box in px and the scale of its data."""

    sheet: Sheet
    box: Box
    x: tuple[float, float]
    y: tuple[float, float]
    axes: Axes
    tinted: Box | None = None
    drawn: list[Points] = field(default_factory=list)

    def px_x(self, value: float) -> float:
        low, high = self.x
        return self.box.left + (value - low) / (high - low) * (self.box.right - self.box.left)

    def px_y(self, value: float) -> float:
        low, high = self.y
        return self.box.bottom - (value - low) / (high - low) * (self.box.bottom - self.box.top)

    @property
    def ink(self) -> Points:
        """Points along all lines drawn so far."""
        return np.concatenate(self.drawn) if self.drawn else np.empty((0, 2))

    def line(self, xs: Sequence[float], ys: Sequence[float], *, main: bool, zorder: float = 3) -> None:
        """A series; every value must be known."""
        if not np.isfinite(ys).all():
            raise ChartError("a line has a value that isn't known: it isn't drawn across the hole")
        theme = self.sheet.theme
        dense = len(xs) > DENSE
        self.axes.plot(
            xs,
            ys,
            color=theme.accent if main else theme.quiet,
            linewidth=(MAIN_DENSE if dense else MAIN) if main else (OTHER_DENSE if dense else OTHER),
            solid_capstyle="round",
            solid_joinstyle="round",
            zorder=zorder if main else zorder - 0.5,
            clip_on=False,
        )
        self.drawn.append(self._trace(xs, ys))

    def _trace(self, xs: Sequence[float], ys: Sequence[float]) -> Points:
        """The line as points at most 3 px apart, so that no text can hide it unseen."""
        at = np.array([[self.px_x(x), self.px_y(y)] for x, y in zip(xs, ys, strict=True)])
        if len(at) < 2:
            return at
        lengths = np.hypot(*np.diff(at, axis=0).T)
        along = np.concatenate([[0.0], np.cumsum(lengths)])
        steps = np.linspace(0, along[-1], max(2, min(20_000, int(along[-1] / 3) + 1)))
        return np.column_stack([np.interp(steps, along, at[:, 0]), np.interp(steps, along, at[:, 1])])

    def dot(self, x: float, y: float, *, main: bool = True, size: float | None = None) -> None:
        """The end of a series."""
        theme = self.sheet.theme
        self._mark(x, y, theme.accent if main else theme.quiet, theme.card, size or (7.0 if main else 6.0))

    def ring(self, x: float, y: float, *, main: bool = True) -> None:
        """A moment on the series."""
        theme = self.sheet.theme
        self._mark(x, y, theme.card, theme.accent if main else theme.quiet, 7.0, edge=2.0)
        self.drawn.append(np.array([[self.px_x(x), self.px_y(y)]]))

    def _mark(self, x: float, y: float, face: str, edge_colour: str, size: float, edge: float = 1.4) -> None:
        self.axes.plot(
            [x],
            [y],
            marker="o",
            markersize=size,
            markerfacecolor=face,
            markeredgecolor=edge_colour,
            markeredgewidth=edge,
            linestyle="none",
            zorder=4.5,
            clip_on=False,
        )

    def level(
        self, value: float, *, start: float | None = None, colour: str | None = None, width: float = 1.1
    ) -> None:
        """A horizontal line at a level that means something."""
        left = self.box.left if start is None else self.px_x(start)
        y = self.px_y(value)
        self.sheet.rule(
            [left, self.box.right], [y, y], colour=colour or self.sheet.theme.base, width=width, zorder=0.5
        )
        xs = np.arange(left, self.box.right, 3.0)
        self.drawn.append(np.column_stack([xs, np.full(len(xs), y)]))

    def moment(self, x: float, *, top: float | None = None, bottom: float | None = None) -> None:
        """A vertical hairline."""
        at = self.px_x(x)
        self.sheet.rule(
            [at, at],
            [self.box.top if top is None else top, self.box.bottom if bottom is None else bottom],
            colour=self.sheet.theme.muted,
            width=1.0,
            zorder=0.8,
        )

    def band(self, start: float, end: float) -> Box:
        """The faint ground of a period."""
        box = Box(left=self.px_x(start), top=self.box.top, right=self.px_x(end), bottom=self.box.bottom)
        self.sheet.block(box, self.sheet.theme.accent, alpha=self.sheet.theme.band)
        self.tinted = box
        return box

    def ground(self, box: Box) -> str:
        """The colour behind a box: the card, or the tint of the band."""
        theme, middle = self.sheet.theme, (box.left + box.right) / 2
        inside = self.tinted is not None and self.tinted.left <= middle <= self.tinted.right
        return blend(theme.accent, theme.card, theme.band) if inside else theme.card

    def grid(
        self, lines: Sequence[float], label: Callable[[float], str], *, base: float | None = None
    ) -> None:
        """Horizontal lines with their numbers in the gutter; ``base`` is the one that means something."""
        theme = self.sheet.theme
        floor = self.box.bottom
        if not lines or self.px_y(lines[0]) < floor - 1:
            self.sheet.rule(
                [self.box.left, self.box.right], [floor, floor], colour=theme.rule, width=HAIR, zorder=0
            )
        for value in lines:
            y = self.px_y(value)
            strong = base is not None and abs(value - base) < 1e-9
            self.sheet.rule(
                [self.box.left, self.box.right],
                [y, y],
                colour=theme.base if strong else theme.rule,
                width=1.1 if strong else HAIR,
                zorder=0.2 if strong else 0,
            )
            self.sheet.write(LEFT, y + LEVEL * AXIS, Run(text=label(value), size=AXIS, colour=theme.muted))

    def bar(self, x: float, value: float, *, colour: str, width: float = 0.72, least: float = 1.0) -> None:
        """A bar from zero; ``x`` is its middle. It is ``least`` px wide, however many there are."""
        zero, top, middle = self.px_y(0.0), self.px_y(value), self.px_x(x)
        half = max(self.px_x(x + width / 2) - middle, least / 2)
        left, right = middle - half, middle + half
        box = Box(left=left, top=min(zero, top), right=right, bottom=max(zero, top))
        self.sheet.block(box, colour, zorder=0.6)
        ys = np.arange(box.top, box.bottom + 3, 3.0)
        xs = np.arange(left, right + 3, 3.0)
        self.drawn.append(np.column_stack([np.repeat(xs, len(ys)), np.tile(ys, len(xs))]))

    def rug(self, xs: Sequence[float]) -> None:
        """Short strokes on the floor of the plot, one for each event."""
        bottom = self.box.bottom
        for x in xs:
            at = self.px_x(x)
            self.sheet.rule([at, at], [bottom - 13, bottom - 1], colour=self.sheet.theme.accent, width=1.3)

    def dates(self, marks: Sequence[tuple[float, str]]) -> None:
        """Tick and label at each x; a label without room is left out, its tick stays."""
        theme, y, free = self.sheet.theme, self.box.bottom, LEFT - 1.0
        for value, label in marks:
            at = self.px_x(value)
            self.sheet.rule([at, at], [y, y + 5], colour=theme.base, width=HAIR)
            run = Run(text=label, size=AXIS, colour=theme.muted)
            if label and at >= free and at + run.width <= RIGHT:
                self.sheet.write(at, y + 27, run)
                free = at + run.width + 14


def plot(page: Sheet, *, x: tuple[float, float], y: tuple[float, float], box: Box) -> Plot:
    """A plot in ``box`` with these scales."""
    if not (np.isfinite([*x, *y]).all() and x[0] < x[1] and y[0] < y[1]):
        raise ChartError("the plot has no scale: too few values, or values that aren't known")
    axes = page.axes(box)
    axes.set_xlim(*x)
    axes.set_ylim(*y)
    return Plot(sheet=page, box=box, x=x, y=y, axes=axes)


@dataclass(frozen=True, kw_only=True, slots=True)
class Scale:
    """A vertical scale: its ends, its grid lines, and how their numbers read."""

    floor: float
    ceiling: float
    lines: tuple[float, ...]
    decimals: int

    def label(self, value: float) -> str:
        """``2,500``; from a million on ``2.5M``."""
        for size, suffix in ((1e12, "T"), (1e9, "B"), (1e6, "M")):
            if max(map(abs, self.lines)) >= size:
                return f"{number(value / size, 1)}{suffix}"
        return number(value, self.decimals)

    @property
    def left(self) -> float:
        """Where the plot starts beside the numbers."""
        return gutter([self.label(line) for line in self.lines])


def scale(low: float, high: float, *, head: float = 20.0, foot: float = 12.0, zero: bool = False) -> Scale:
    """A scale for values from ``low`` to ``high``, with ``head`` px free above them and ``foot`` below; 3 to 5 lines.

    A round number just under the lowest value becomes the floor of the plot. With ``zero`` the scale holds zero, and
    where nothing is below it zero is the floor.
    """
    low, high = span([low, high], include=(0.0,) if zero else ())
    height = PLOT_BOTTOM - PLOT_TOP
    grounded = zero and low >= 0
    per_px = (high - low) / (height - head - (0.0 if grounded else foot))
    floor = 0.0 if grounded else low - foot * per_px
    ceiling = high + head * per_px
    lines = ticks(floor, ceiling)
    step = lines[1] - lines[0] if len(lines) > 1 else ceiling - floor
    if lines and not zero:
        if lines[0] - floor > 0.55 * step:
            floor = lines[0] - step
            lines = (floor, *lines)
        elif lines[0] - floor < 8 * per_px:  # no second line a hair above the floor
            floor = lines[0]
    return Scale(floor=floor, ceiling=ceiling, lines=lines, decimals=places(step))


def gutter(labels: Sequence[str]) -> float:
    """Where a plot starts so that these axis numbers fit beside it."""
    return LEFT + max(GUTTER, max((text_width(label, AXIS) for label in labels), default=0.0) + 7)


def blend(top: str, ground: str, alpha: float) -> str:
    """The opaque colour that ``top`` makes over ``ground``."""
    mixed = [
        round(int(top[i : i + 2], 16) * alpha + int(ground[i : i + 2], 16) * (1 - alpha)) for i in (1, 3, 5)
    ]
    return "#" + "".join(f"{part:02X}" for part in mixed)
