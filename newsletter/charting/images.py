"""A matplotlib figure as a small PNG whose bytes depend on nothing but what is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING

from newsletter.errors import ChartError
from newsletter.look import CHART_SIZE, SCALE, Theme

if TYPE_CHECKING:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from PIL import Image

COLOURS = 128
LIMIT = 120_000
"""Bytes a chart may have; mail is read on phones."""

PIXELS = (CHART_SIZE[0] * SCALE, CHART_SIZE[1] * SCALE)


def _pixels(canvas: FigureCanvasAgg) -> bytes:
    return bytes(canvas.buffer_rgba())  # type: ignore[no-untyped-call]  # nor this


@contextmanager
def plain_settings() -> Iterator[None]:
    """matplotlib as it comes: an operator's matplotlibrc must not change what is drawn."""
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        yield


def png(figure: Figure, theme: Theme) -> bytes:
    """The figure in 128 colours; the ground is exactly the card's, so that no edge shows in the mail."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]  # matplotlib does not annotate it
    width, height = canvas.get_width_height()
    if (width, height) != PIXELS:
        raise ChartError(f"the chart has {width} x {height} pixels instead of {PIXELS[0]} x {PIXELS[1]}")
    image = Image.frombuffer("RGBA", (width, height), _pixels(canvas)).convert("RGB")
    data = encoded(image, theme.card)
    if len(data) > LIMIT:
        raise ChartError(f"the chart has {len(data):,} bytes; at most {LIMIT:,} are mailed")
    return data


def encoded(image: Image.Image, ground: str) -> bytes:
    """An opaque image as PNG with a palette of 128, one of them exactly ``ground``."""
    from PIL import Image

    small = image.quantize(COLOURS, dither=Image.Dither.NONE)
    corner = small.getpixel((0, 0))
    palette = small.getpalette()
    if palette is None or not isinstance(corner, int):
        raise ChartError("the chart could not be reduced to a palette")
    palette[3 * corner : 3 * corner + 3] = _rgb(ground)
    small.putpalette(palette)
    out = BytesIO()
    small.save(out, format="PNG", optimize=True)
    return out.getvalue()


def _rgb(colour: str) -> Sequence[int]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
