"""An issue in a browser: nothing is wider than the window, nothing is fetched, and dark is dark."""

import io
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Literal

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route, sync_playwright

from newsletter import look
from newsletter.render import render
from tests import briefs
from tests.test_render_hostile import ATTACKS, poisoned_brief, with_figures

pytestmark = pytest.mark.chromium

Scheme = Literal["light", "dark"]
QUIET = [
    *("--no-sandbox", "--headless=new", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
HOST = "http://issue.invalid"
"""Every request to it is answered by the test; there is no such host."""


def png(colour: str, size: tuple[int, int] = look.CHART_SIZE) -> bytes:
    """An image for a place of that size, all in one colour."""
    made = io.BytesIO()
    width, height = size
    Image.new("RGB", (width * 2, height * 2), colour).save(made, "PNG")
    return made.getvalue()


IMAGES = {"/charts/chart-light.png": png("#ff0000"), "/charts/chart-dark.png": png("#00ff00")}


SPARK = re.compile(r"/charts/spark-\d\d-(light|dark)\.png")


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=str(chromium), args=QUIET)
        yield made
        made.close()


class Window:
    """A window that shows one issue; ``outside`` is what it asked others for."""

    def __init__(self, browser: Browser, html: str, width: int, scheme: Scheme, images: bool = True) -> None:
        self.outside: list[str] = []
        self.page: Page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)

        def answer(route: Route) -> None:
            path = route.request.url.removeprefix(HOST)
            if path == "/":
                route.fulfill(body=html, content_type="text/html; charset=utf-8")
            elif path in IMAGES and images:
                route.fulfill(body=IMAGES[path], content_type="image/png")
            elif SPARK.fullmatch(path) and images:
                route.fulfill(body=png("#00f", look.SPARK_SIZE), content_type="image/png")
            else:
                if path not in (*IMAGES, "/favicon.ico") and not SPARK.fullmatch(path):
                    self.outside.append(route.request.url)
                route.abort()

        self.page.route("**/*", answer)
        self.page.goto(f"{HOST}/")

    @property
    def overflow(self) -> int:
        """Pixels by which the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - innerWidth"))

    def colour(self, selector: str, what: str = "color") -> str:
        """The computed colour of the first ``selector``, as ``#RRGGBB``."""
        script = f"getComputedStyle(document.querySelector({selector!r}))[{what!r}]"
        red, green, blue = re.findall(r"\d+", str(self.page.evaluate(script)))[:3]
        return f"#{int(red):02X}{int(green):02X}{int(blue):02X}"

    def shown(self, selector: str) -> int:
        """How many elements of ``selector`` take room."""
        script = f"[...document.querySelectorAll({selector!r})].filter(e => e.getClientRects().length).length"
        return int(self.page.evaluate(script))


def html_of(variant: str) -> str:
    return render(briefs.VARIANTS[variant](), config=briefs.config(), folders=briefs.FOLDERS).html


def without_styles(html: str) -> str:
    """As Gmail shows it for some accounts."""
    return re.sub(r"<style.*?</style>", "", html, flags=re.DOTALL)


@pytest.mark.parametrize("variant", briefs.VARIANTS)
def test_nothing_is_wider_than_the_window(browser: Browser, variant: str) -> None:
    window = Window(browser, html_of(variant), 375, "dark")
    for width in (320, 375, 521, 640, 1200):
        window.page.set_viewport_size({"width": width, "height": 900})
        assert window.overflow == 0, width
    assert window.outside == []
    window.page.close()


@pytest.mark.parametrize("variant", briefs.VARIANTS)
def test_nothing_is_wider_without_styles_or_images(browser: Browser, variant: str) -> None:
    for html, images in ((without_styles(html_of(variant)), True), (html_of(variant), False)):
        window = Window(browser, html, 375, "light", images)
        assert window.overflow == 0
        assert window.outside == []
        window.page.close()


@pytest.mark.parametrize("kind", ["long word", "emoji", "arabic", "mjml", "twice escaped"])
def test_hostile_words_stay_in_their_place(browser: Browser, kind: str) -> None:
    brief = with_figures(poisoned_brief(ATTACKS[kind]))
    html = render(brief, config=briefs.config(), folders=briefs.FOLDERS).html
    for shown in (html, without_styles(html)):
        window = Window(browser, shown, 375, "light")
        assert window.overflow == 0
        assert window.outside == []
        window.page.close()


def test_columns_grow_with_the_window(browser: Browser) -> None:
    for width, wide in ((520, 0), (521, 2 * (1 + len(briefs.SNAPSHOT)))):
        window = Window(browser, html_of("full"), width, "light")
        assert window.shown(".wide") == wide
        window.page.close()
    window = Window(browser, without_styles(html_of("full")), 640, "light")
    assert window.shown(".wide") == 0
    window.page.close()


@pytest.mark.parametrize(("scheme", "theme"), [("light", look.LIGHT), ("dark", look.DARK)])
def test_each_token_is_where_it_belongs(browser: Browser, scheme: Scheme, theme: look.Theme) -> None:
    window = Window(browser, html_of("full"), 640, scheme)
    ground = "background-color"
    assert window.colour("body", ground) == theme.page
    assert window.colour(".card > table", ground) == theme.card
    assert window.colour(".tile", ground) == theme.tile
    assert window.colour(".callout", ground) == theme.callout
    assert window.colour(".callout", "border-left-color") == theme.accent
    assert window.colour(".masthead > table", ground) == theme.masthead
    assert window.colour("h1") == theme.ink
    assert window.colour("p.text") == theme.text
    assert window.colour(".muted") == theme.muted
    assert window.colour(".meta") == theme.muted_2
    assert window.colour(".accent") == theme.accent
    assert window.colour("a.link") == theme.link
    assert window.colour(".up") == theme.up
    assert window.colour(".down") == theme.down
    assert window.colour(".bar-up", ground) == theme.up
    assert window.colour(".bar-down", ground) == theme.down
    assert window.colour("th.rule", "border-bottom-color") == theme.rule
    assert window.colour("th.strong", "border-bottom-color") == theme.rule_strong
    assert window.colour(".axis", "border-left-color") == theme.base
    window.page.close()


@pytest.mark.parametrize(("scheme", "name"), [("light", "chart-light.png"), ("dark", "chart-dark.png")])
def test_the_chart_follows_the_scheme(browser: Browser, scheme: Scheme, name: str) -> None:
    window = Window(browser, html_of("full"), 640, scheme)
    assert str(window.page.evaluate("document.images[0].currentSrc")).endswith(name)
    assert window.page.evaluate("document.images[0].getBoundingClientRect().toJSON().width") == 640
    window.page.close()


def test_the_headline_stays_on_a_phones_first_screen(browser: Browser) -> None:
    window = Window(browser, html_of("full"), 375, "light")
    bottom = window.page.evaluate("document.querySelector('h1').getBoundingClientRect().bottom")
    assert bottom < 667  # the window of a small phone
    window.page.close()


def test_nothing_is_set_under_13_pixels(browser: Browser) -> None:
    window = Window(browser, html_of("full"), 375, "light")
    script = """[...document.querySelectorAll('body *')].filter(e => e.getClientRects().length
      && [...e.childNodes].some(n => n.nodeType == 3 && n.data.trim())
      && parseFloat(getComputedStyle(e).fontSize) < 13).map(e => e.outerHTML.slice(0, 80))"""
    assert window.page.evaluate(script) == []
    window.page.close()


def style(window: Window, selector: str, *names: str) -> tuple[str, ...]:
    """Computed styles of the first ``selector``."""
    script = f"(names) => {{ const s = getComputedStyle(document.querySelector({selector!r})); return names.map(n => s[n]) }}"
    return tuple(map(str, window.page.evaluate(script, list(names))))


def box(window: Window, selector: str, number: int = 0) -> dict[str, float]:
    """The rectangle of the ``number``-th ``selector``: x, y, width, height."""
    script = f"document.querySelectorAll({selector!r})[{number}].getBoundingClientRect().toJSON()"
    found: dict[str, float] = window.page.evaluate(script)
    return found


# Expected: the table of type in the design, px: size, line, weight.
TYPE = {
    "h1": (31, 37, 800),
    "h2": (22, 28, 800),
    "p.text": (17, 27, 400),
    ".masthead td[style*=letter]": (23, 28, 800),
    "table[role=table] td.ink": (15, 21, 400),
    "table[role=table] th[scope=row]": (15, 21, 600),
    "table[role=table] th[scope=col]": (13, 18, 600),
    ".tile p:nth-child(1)": (13, 17, 400),
    ".tile p:nth-child(2)": (18, 24, 700),
    ".tile p:nth-child(3)": (14, 19, 600),
    "p.accent": (13, 18, 700),
    "p.muted": (14, 20, 400),
    "p.meta:not(.tile p)": (14, 21, 400),
}


@pytest.mark.parametrize(("selector", "measures"), TYPE.items())
def test_type_is_set_as_designed(browser: Browser, selector: str, measures: tuple[int, int, int]) -> None:
    window = Window(browser, html_of("full"), 640, "light")
    size, line, weight = measures
    assert style(window, selector, "fontSize", "lineHeight", "fontWeight") == (
        f"{size}px",
        f"{line}px",
        str(weight),
    )
    window.page.close()


def test_a_phone_gets_a_smaller_headline_and_narrower_margins(browser: Browser) -> None:
    window = Window(browser, html_of("full"), 375, "light")
    assert style(window, "h1", "fontSize", "lineHeight") == ("26px", "32px")
    assert box(window, "h1")["x"] == 16
    window.page.set_viewport_size({"width": 640, "height": 900})
    assert box(window, "h1")["x"] == 24
    window.page.close()


@pytest.mark.parametrize(("width", "margin"), [(375, 16), (640, 24)])
def test_tiles_are_two_rows_of_three_alike(browser: Browser, width: int, margin: int) -> None:
    window = Window(browser, html_of("full"), width, "light")
    tiles = [box(window, ".tile", number) for number in range(6)]
    assert [round(tile["y"]) for tile in tiles] == [round(tiles[0]["y"])] * 3 + [round(tiles[3]["y"])] * 3
    assert {round(tile["height"]) for tile in tiles} == {round(tiles[0]["height"])}
    assert max(tile["width"] for tile in tiles) - min(tile["width"] for tile in tiles) <= 1
    assert tiles[0]["x"] == margin
    assert tiles[2]["x"] + tiles[2]["width"] == width - margin
    gaps = [
        tiles[1]["x"] - tiles[0]["x"] - tiles[0]["width"],
        tiles[3]["y"] - tiles[0]["y"] - tiles[0]["height"],
    ]
    assert gaps == [pytest.approx(9, abs=0.6)] * 2
    assert style(window, ".tile", "borderTopLeftRadius") == ("8px",)
    window.page.close()


def test_the_card_is_640_wide_and_in_the_middle(browser: Browser) -> None:
    window = Window(browser, html_of("full"), 1200, "light")
    assert box(window, ".card") | {"y": 0} == box(window, ".card") | {"y": 0, "x": 280, "width": 640}
    window.page.close()


def test_numbers_stand_under_each_other(browser: Browser) -> None:
    window = Window(browser, html_of("full"), 640, "light")
    script = """[...document.querySelectorAll("table[role=table]")].flatMap(table =>
      [...table.rows].slice(1).map(row => row.cells[row.cells.length - 1])).filter(cell => {
        const range = document.createRange(); range.selectNodeContents(cell);
        return Math.abs(range.getBoundingClientRect().right - 616) > 0.6 || range.getClientRects().length > 1
      }).map(cell => cell.outerHTML)"""
    assert window.page.evaluate(script) == []
    window.page.close()


@pytest.mark.parametrize(("variant", "scheme"), [("full", "light"), ("full", "dark"), ("degraded", "light")])
def test_axe_finds_no_fault(browser: Browser, variant: str, scheme: Scheme) -> None:
    window = Window(browser, html_of(variant), 375, scheme)
    window.page.add_script_tag(content=AXE)
    # A mail is shown inside a page that has landmarks of its own.
    rules = {name: {"enabled": False} for name in ("landmark-one-main", "region")}
    found = window.page.evaluate("rules => axe.run(document, {rules})", rules)
    assert len(found["passes"]) > 20
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found["violations"]] == []
    window.page.close()


def test_axe_would_find_a_fault(browser: Browser) -> None:
    window = Window(browser, html_of("bare").replace(look.LIGHT.ink, "#DDDDDD"), 375, "light")
    window.page.add_script_tag(content=AXE)
    found = window.page.evaluate("axe.run(document)")
    assert "color-contrast" in [fault["id"] for fault in found["violations"]]
    window.page.close()
