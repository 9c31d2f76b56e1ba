"""Sparklines for "at a glance": a year of closes as a line of 84 x 22 px, drawn at twice that."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING

from newsletter import pictures
from newsletter.brief import SnapshotRow
from newsletter.errors import ChartError
from newsletter.look import DARK, LIGHT, SCALE, SPARK_SIZE, Theme

if TYPE_CHECKING:
    from PIL import Image

COLOURS = 16
OVERSAMPLED = 4
"""Drawn so many times larger and scaled down, which smooths the line."""

LINE, DOT, MARGIN = 1.5, 2.4, 3.0
"""Width of the line, radius of the last point and room around them, px as shown."""


def sparkline(values: Sequence[float], theme: Theme) -> bytes:
    """``values``, oldest first, as a PNG without ground: a grey line that ends in an accent dot.

    What is around it shows through, also where a program recolours the mail by itself. ChartError for fewer than two
    known values.
    """
    from PIL import Image, ImageDraw

    if not _drawable(values):
        raise ChartError(f"a sparkline needs two values or more, all known; it got {len(values)}")
    zoom = SCALE * OVERSAMPLED
    width, height = (side * zoom for side in SPARK_SIZE)
    points = _points(values, width, height, MARGIN * zoom)
    line, dot = (Image.new("L", (width, height)) for _ in range(2))
    ImageDraw.Draw(line).line(points, fill=255, width=round(LINE * zoom), joint="curve")
    ImageDraw.Draw(dot).circle(points[-1], DOT * zoom, fill=255)
    drawn = Image.alpha_composite(_inked(line, theme.quiet), _inked(dot, theme.accent))
    out = BytesIO()
    drawn.quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(
        out, format="PNG", optimize=True
    )
    return out.getvalue()


def _inked(mask: Image.Image, colour: str) -> Image.Image:
    """``colour`` wherever ``mask`` is white, at the size of the file."""
    from PIL import Image

    size = (SPARK_SIZE[0] * SCALE, SPARK_SIZE[1] * SCALE)
    ink = Image.new("RGB", size, colour)
    ink.putalpha(mask.resize(size, Image.Resampling.BOX))
    return ink


def sparklines(rows: Sequence[SnapshotRow]) -> tuple[tuple[SnapshotRow, ...], Mapping[str, bytes]]:
    """``rows`` with a line each in both themes, and the images by their path; a row without a year of closes stays bare."""
    drawn: list[SnapshotRow] = []
    images: dict[str, bytes] = {}
    for number, row in enumerate(rows, 1):
        if not _drawable(row.spark):
            drawn.append(row)
            continue
        light, dark = (sparkline(row.spark, theme) for theme in (LIGHT, DARK))
        names = (
            pictures.path_of(f"spark-{number:02}-light", light),
            pictures.path_of(f"spark-{number:02}-dark", dark),
        )
        images |= dict(zip(names, (light, dark), strict=True))
        drawn.append(replace(row, spark_light=names[0], spark_dark=names[1]))
    return tuple(drawn), images


def _drawable(values: Sequence[float]) -> bool:
    return len(values) >= 2 and all(map(math.isfinite, values))


def _points(values: Sequence[float], width: int, height: int, margin: float) -> list[tuple[float, float]]:
    low, high = min(values), max(values)
    flat = high - low <= 1e-12 * max(abs(low), abs(high), 1e-300)
    across, down = (width - 2 * margin) / (len(values) - 1), height - 2 * margin
    return [
        (margin + across * i, margin + (down / 2 if flat else down * (1 - (value - low) / (high - low))))
        for i, value in enumerate(values)
    ]
