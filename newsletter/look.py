"""Design tokens: the colours, sizes and spaces that templates and charts share.

One frozen :class:`Theme` for light and one for dark, with the same names. Colours are ``#RRGGBB``; sizes are CSS pixels
at the mail's width of 640. The tests hold each pair of text and ground to the contrast that WCAG 2 asks for. The mail
uses the reader's own fonts; what is drawn uses Source Sans Pro, which comes with a dependency.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont


@dataclass(frozen=True, kw_only=True, slots=True)
class Theme:
    """Every colour of one theme, by use."""

    name: str
    page: str  #: around the card, footer
    card: str  #: body, chart background
    masthead: str  #: top bar
    masthead_text: str
    masthead_meta: str  #: the date in the top bar
    ink: str  #: headings, names, levels
    text: str  #: body
    muted: str  #: meta, table heads, axis text
    muted_2: str  #: meta on tile and page
    sub: str  #: chart subtitle, note
    rule: str  #: hairlines, chart grid
    rule_strong: str
    base: str  #: chart baseline, bar axis
    tile: str
    accent: str  #: kicker, main series, button
    on_accent: str
    link: str
    callout: str  #: bottom line, correction
    up: str
    down: str
    quiet: str  #: comparison series in charts; its label uses ``muted``
    band: float  #: opacity of the accent over the period after a chart's event


LIGHT = Theme(
    name="light",
    page="#EEF1F5",
    card="#FFFFFF",
    masthead="#0B1524",
    masthead_text="#FFFFFF",
    masthead_meta="#B9C4D4",
    ink="#0B1524",
    text="#1F2937",
    muted="#5F6B7A",
    muted_2="#566272",
    sub="#4A5565",
    rule="#E3E7EC",
    rule_strong="#C9D0D9",
    base="#9AA4B1",
    tile="#F4F6F9",
    accent="#1552F0",
    on_accent="#FFFFFF",
    link="#1552F0",
    callout="#EEF3FF",
    up="#0A7A47",
    down="#C42B32",
    quiet="#7A8594",
    band=0.07,
)

DARK = Theme(
    name="dark",
    page="#0E1116",
    card="#171C24",
    masthead="#0B1524",
    masthead_text="#FFFFFF",
    masthead_meta="#B9C4D4",
    ink="#F3F5F8",
    text="#D5DAE1",
    muted="#98A3B1",
    muted_2="#98A3B1",
    sub="#B4BDC9",
    rule="#2B323D",
    rule_strong="#2B323D",
    base="#5D6876",
    tile="#1F2630",
    accent="#7FA6FF",
    on_accent="#0B1524",
    link="#8FB2FF",
    callout="#1B2740",
    up="#45D492",
    down="#FF8A8A",
    quiet="#7A8594",
    band=0.10,
)

THEMES = (LIGHT, DARK)


TEXT, GRAPHICS, APART = 4.5, 3.0, 1.5
"""The least contrast of text and of what is drawn with their ground (WCAG 2, AA), and of two lines in greyscale."""

PAIRS: tuple[tuple[str, str, float], ...] = (
    *((front, "card", TEXT) for front in ("ink", "text", "muted", "sub", "accent", "link", "up", "down")),
    *((front, "tile", TEXT) for front in ("ink", "text", "muted_2", "up", "down")),
    *((front, "page", TEXT) for front in ("ink", "muted_2", "link")),
    *((front, "masthead", TEXT) for front in ("masthead_text", "masthead_meta")),
    ("ink", "callout", TEXT),
    ("on_accent", "accent", TEXT),
    *((front, "card", GRAPHICS) for front in ("accent", "quiet", "up", "down")),
    ("accent", "callout", GRAPHICS),
    ("accent", "quiet", APART),
)
"""Every pair of colours that meet: what is in front, its ground, the least contrast. Rules and baselines are decoration."""


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast of two colours ``#RRGGBB``, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@dataclass(frozen=True, kw_only=True, slots=True)
class Type:
    """One style of text in the mail: size and line height in px, weight."""

    size: int
    line: int
    weight: int


H1 = Type(size=31, line=37, weight=800)
H1_PHONE = Type(size=26, line=32, weight=800)
H2 = Type(size=22, line=28, weight=800)
BODY = Type(size=17, line=27, weight=400)
WORDMARK = Type(size=23, line=28, weight=800)
BUTTON = Type(size=16, line=20, weight=700)
TABLE = Type(size=15, line=21, weight=400)
TABLE_NAME = Type(size=15, line=21, weight=600)
TABLE_HEAD = Type(size=13, line=18, weight=600)
TILE_NAME = Type(size=13, line=17, weight=400)
TILE_VALUE = Type(size=18, line=24, weight=700)
TILE_CHANGE = Type(size=14, line=19, weight=600)
KICKER = Type(size=13, line=18, weight=700)
META = Type(size=14, line=20, weight=400)
"""Nothing in the mail is set under 13 px."""

KICKER_SPACING = 0.6
"""Letter spacing of the kicker's capitals, px."""

FONT_STACK = "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
"""No web fonts; no Georgia, whose old-style figures spoil prices."""

WIDTH = 640
PADDING = 24
PADDING_PHONE = 16
PHONE_MAX = 520
"""Widest window, px, that counts as a phone."""

SPACES = (4, 8, 12, 16, 24, 34)
PARAGRAPH_GAP = 16
TILE_GAP = 9
TILE_RADIUS = 8
EDGE = 4
"""Width of the accent edge of a callout, px."""

CHART_SIZE = (640, 500)
"""Width and height of a chart as shown, px; the file has twice as many."""

SPARK_SIZE = (84, 22)
"""Width and height of a sparkline as shown, px; the file has twice as many."""

SCALE = 2
"""Pixels in an image file per pixel shown."""


REGULAR, SEMIBOLD, BOLD = 400, 600, 700
"""The weights that images are drawn in."""

_FONTS = {REGULAR: "SourceSansPro", SEMIBOLD: "SourceSansProSemibold", BOLD: "SourceSansProBold"}
_MEASURED_AT = 1000  # px, where rounding to the pixel grid no longer matters


@cache
def font_file(weight: int) -> str:
    """Where the font of that weight lies, for images; only the three weights above exist."""
    import font_source_sans_pro

    return str(font_source_sans_pro.font_files_otf[_FONTS[weight]])


@cache
def _face(weight: int) -> FreeTypeFont:
    from PIL import ImageFont

    return ImageFont.truetype(font_file(weight), _MEASURED_AT, layout_engine=ImageFont.Layout.BASIC)


def text_width(text: str, size: float, weight: int = REGULAR) -> float:
    """How wide ``text`` is drawn at ``size``, both in px."""
    return _face(weight).getlength(text) * size / _MEASURED_AT
