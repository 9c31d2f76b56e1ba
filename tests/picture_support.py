"""How an issue looks to readers: photographs in a browser, and whether two of them show the same thing.

A photograph is stored at half its size, where the smoothing of letters hardly shows. Two are compared by what a person
would notice: a pixel counts when no pixel beside it in the other picture has its colour, so that a letter drawn a little
differently is forgiven, and a line that has moved or a colour that has changed is not. On even grounds a slight change
counts. What is hardly seen, such as a hairline that is gone, is not noticed here either.
"""

import io
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter
from playwright.sync_api import Browser, Route, sync_playwright

from newsletter.look import FONT_STACK

WIDTHS = (375, 640)
ROBOTO_WIDTH = 1198.2
"""How wide Roboto sets the words by which it is told, px at 100."""

HOST = "http://issue.invalid"
"""Every request to it is answered here; there is no such host."""

COMMON, SPREAD = 16, 24
"""Colours of a stored picture: the commonest, and others that cover the rest."""
FORGIVEN = 40
"""Levels of 255 by which a pixel may leave the range of its neighbours: smoothing, and the palette of what is stored."""
EVEN = 5
"""Levels by which an even ground may differ: nothing is smoothed there."""
NOTICED = 0.0006
"""Share of such pixels that a person would notice."""

STILL = [
    *("--no-sandbox", "--headless=new", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--font-render-hinting=none", "--disable-lcd-text", "--hide-scrollbars"),
]
FORCED = ["--enable-features=WebContentsForceDark", "--blink-settings=forceDarkModeEnabled=true"]


class View(StrEnum):
    """How an issue is looked at."""

    LIGHT = "light"
    DARK = "dark"
    FORCED = "forced"  #: a program that recolours by itself, and knows nothing of our dark colours
    NO_IMAGES = "noimages"
    NO_STYLES = "nostyles"


@dataclass(frozen=True, kw_only=True)
class Photograph:
    """One picture at half its size, with what the page asked of others and by how much it was too wide."""

    image: Image.Image
    outside: tuple[str, ...]
    overflow: int


class Camera:
    """Photographs issues; open it with :func:`camera`."""

    def __init__(self, plain: Browser, forced: Browser) -> None:
        self._plain = _Window(plain)
        self._forced = _Window(forced)

    def take(self, html: str, images: Mapping[str, bytes], width: int, view: View) -> Photograph:
        """The whole page, ``images`` by the path that it names."""
        window = self._forced if view is View.FORCED else self._plain
        shown = {} if view is View.NO_IMAGES else images
        return window.take(seen(html, view), shown, frozenset(images), width, dark=view is View.DARK)

    def writes_in_roboto(self) -> bool:
        """Whether this machine sets the mail in the font of the stored pictures."""
        return abs(self._plain.width_of("Opening Tape 0123456789", FONT_STACK) - ROBOTO_WIDTH) < 1


class _Window:
    """A window of a browser at half size. Every request of its page is answered from memory or refused."""

    def __init__(self, browser: Browser) -> None:
        self._page = browser.new_page(device_scale_factor=0.5)
        self._html = ""
        self._images: Mapping[str, bytes] = {}
        self._named: frozenset[str] = frozenset()
        self._outside: list[str] = []
        self._page.route("**/*", self._answer)

    def take(
        self, html: str, images: Mapping[str, bytes], named: frozenset[str], width: int, *, dark: bool
    ) -> Photograph:
        self._html, self._images, self._named, self._outside = html, images, named, []
        page = self._page
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if dark else "light")
        page.goto(f"{HOST}/")
        overflow = int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))
        image = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
        return Photograph(image=image, outside=tuple(self._outside), overflow=overflow)

    def width_of(self, text: str, font: str) -> float:
        """How wide ``text`` is set at 100 px."""
        script = "([text, font]) => {const pen = document.createElement('canvas').getContext('2d'); pen.font = `100px ${font}`; return pen.measureText(text).width}"
        return float(self._page.evaluate(script, [text, font]))

    def _answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(f"{HOST}/")
        if not path:
            route.fulfill(body=self._html, content_type="text/html; charset=utf-8")
        elif path in self._images:
            route.fulfill(body=self._images[path], content_type="image/png")
        else:
            if path not in self._named and path != "favicon.ico":
                self._outside.append(route.request.url)
            route.abort()


@contextmanager
def camera(chromium: Path) -> Iterator[Camera]:
    """A camera for as long as the context lasts."""
    with sync_playwright() as playwright:
        plain = playwright.chromium.launch(executable_path=str(chromium), args=STILL)
        forced = playwright.chromium.launch(executable_path=str(chromium), args=[*STILL, *FORCED])
        yield Camera(plain, forced)
        plain.close()
        forced.close()


def seen(html: str, view: View) -> str:
    """The mail as that reader's program keeps it."""
    if view is View.NO_STYLES:
        return re.sub(r"<style\b.*?</style>", "", html, flags=re.DOTALL)
    if view is View.FORCED:
        # Gmail's apps recolour a mail without asking it; a browser would ask.
        return html.replace("prefers-color-scheme", "x-ignored").replace("color-scheme", "x-ignored")
    return html


def stored(image: Image.Image) -> bytes:
    """The picture as it is kept: a small palette, the same bytes each time."""
    out = io.BytesIO()
    image.quantize(palette=_palette(image), dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def _palette(image: Image.Image) -> Image.Image:
    """The commonest colours as they are, so that grounds stay true, and others spread over all that occur."""
    counted = sorted(image.getcolors(image.width * image.height) or (), key=lambda item: (-item[0], item[1]))
    common = [channel for _, colour in counted[:COMMON] if isinstance(colour, tuple) for channel in colour]
    spread = image.quantize(SPREAD, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    made = Image.new("P", (1, 1))
    made.putpalette([*common, *(spread.getpalette() or ())[: 3 * SPREAD]])
    return made


def difference(one: Image.Image, other: Image.Image) -> float:
    """The share of pixels at which the two show something else; 1 where one is clearly longer than the other."""
    if one.width != other.width or abs(one.height - other.height) > 2:
        return 1.0
    box = (0, 0, one.width, min(one.height, other.height))
    first, second = one.convert("RGB").crop(box), other.convert("RGB").crop(box)
    drawn = _over(ImageChops.lighter(_leaving(first, second), _leaving(second, first)), FORGIVEN)
    even = ImageChops.invert(_over(ImageChops.lighter(_unevenness(first), _unevenness(second)), EVEN))
    grounds = ImageChops.darker(_over(ImageChops.difference(first, second), EVEN), even)
    noticed = ImageChops.lighter(drawn, grounds)
    return noticed.histogram()[255] / (noticed.width * noticed.height)


def _leaving(image: Image.Image, other: Image.Image) -> Image.Image:
    """By how much each pixel leaves the range of the other picture's pixels around it."""
    low, high = other.filter(ImageFilter.MinFilter(3)), other.filter(ImageFilter.MaxFilter(3))
    return ImageChops.lighter(ImageChops.subtract(low, image), ImageChops.subtract(image, high))


def _unevenness(image: Image.Image) -> Image.Image:
    """How far apart the pixels around each pixel are."""
    return ImageChops.subtract(image.filter(ImageFilter.MaxFilter(3)), image.filter(ImageFilter.MinFilter(3)))


def _over(image: Image.Image, limit: int) -> Image.Image:
    """White where any channel is above ``limit``, black elsewhere."""
    red, green, blue = image.split()
    worst = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return worst.point([255 if level > limit else 0 for level in range(256)])


def browser_path() -> Path | None:
    """Chromium, if this machine has one."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    return Path(found) if found else None
