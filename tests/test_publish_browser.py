"""The site in a browser: nothing is wider than the window, nothing is fetched elsewhere, and axe finds no fault."""

import dataclasses
import functools
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from newsletter import look
from newsletter.publishing import Wanted, publish
from tests import publish_support as support
from tests.test_publish_pages import hostile
from tests.test_render_browser import AXE, QUIET, Scheme
from tests.test_render_hostile import ATTACKS, with_figures

pytestmark = pytest.mark.chromium

ISSUE = "/archive/2026-11-24-morning/"
OTHER = "/archive/2026-11-20-morning/"
LONG = "supercalifragilistic" * 15 + " " + ATTACKS["arabic"]
"""A word of 300 letters, then words that run from right to left."""


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=str(chromium), args=QUIET)
        yield made
        made.close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """A test prints no log."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site of an ordinary issue, a sample full of hostile words, and its address on this machine."""
    folder = tmp_path_factory.mktemp("published")
    config = support.config(folder)
    support.build(config, support.brief())
    odd = with_figures(hostile(LONG))  # figures are written by us
    info = dataclasses.replace(odd.issue, id="2026-11-20-morning", date=support.SESSION, sample=True)
    support.build(config, dataclasses.replace(odd, issue=info))
    publish(config, folder / "site", Wanted(built=True, sample=True))
    handler = functools.partial(_Quiet, directory=str(folder / "site"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def opened(browser: Browser, address: str, *, width: int = 1200, scheme: Scheme = "light") -> Page:
    """A page whose requests elsewhere, failures and refusals of the policy end the test."""
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    wrong: list[str] = []
    host = address.partition("/archive")[0]
    page.on("request", lambda asked: wrong.append(asked.url) if not asked.url.startswith(host) else None)
    page.on("response", lambda got: wrong.append(f"{got.status} {got.url}") if got.status >= 400 else None)
    page.on("console", lambda said: wrong.append(said.text))
    page.goto(address)
    assert wrong == []
    return page


def overflow(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


@pytest.mark.parametrize("path", ["/", ISSUE, OTHER, "/archive/2026/"])
def test_nothing_is_wider_than_the_window(browser: Browser, served: str, path: str) -> None:
    page = opened(browser, served + path)
    if page.locator("summary").count():
        page.locator("summary").click()
    for width in (320, 375, 521, 899, 900, 1200):
        page.set_viewport_size({"width": width, "height": 900})
        assert overflow(page) == 0, width
    page.close()


@pytest.mark.parametrize("path", ["/", ISSUE, OTHER])
@pytest.mark.parametrize(("width", "scheme"), [(375, "dark"), (1200, "light")])
def test_axe_finds_no_fault(browser: Browser, served: str, path: str, width: int, scheme: Scheme) -> None:
    page = opened(browser, served + path, width=width, scheme=scheme)
    if page.locator("summary").count():
        page.locator("summary").click()
    found = page.evaluate(f"() => {{ {AXE}; return axe.run(document) }}")
    assert len(found["passes"]) > 20
    assert [(fault["id"], fault["nodes"][0]["html"][:200]) for fault in found["violations"]] == []
    page.close()


@pytest.mark.parametrize(("scheme", "theme"), [("light", look.LIGHT), ("dark", look.DARK)])
def test_light_and_dark_follow_the_system(
    browser: Browser, served: str, scheme: Scheme, theme: look.Theme
) -> None:
    page = opened(browser, served + ISSUE, scheme=scheme)
    red, green, blue = (int(theme.card[at : at + 2], 16) for at in (1, 3, 5))
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == (
        f"rgb({red}, {green}, {blue})"
    )
    assert str(page.evaluate("document.querySelector('figure img').currentSrc")).endswith(
        f"/charts/chart-{scheme}.png"
    )
    page.close()


def test_a_line_of_the_column_has_a_readable_measure(browser: Browser, served: str) -> None:
    page = opened(browser, served + ISSUE)
    lines = page.evaluate("""() => [...document.querySelectorAll('.prose > p:not(.callout)')].flatMap(p => {
      const range = document.createRange(), text = p.firstChild; let tops = {};
      for (let at = 0; at < text.length; at++) { range.setStart(text, at); range.setEnd(text, at + 1);
        const top = Math.round(range.getBoundingClientRect().top); tops[top] = (tops[top] || 0) + 1 }
      return Object.values(tops) })""")
    assert 55 <= max(lines) <= 75
    page.close()


def test_a_link_to_the_facts_opens_them(browser: Browser, served: str) -> None:
    page = opened(browser, served + ISSUE)
    page.get_by_role("link", name="See every fact and its source").click()
    page.wait_for_function("document.querySelector('details').open")
    assert page.evaluate("document.querySelector('#facts-takeaway').getBoundingClientRect().top") < 900
    page.close()


def test_the_figures_stand_beside_the_column_or_above_it(browser: Browser, served: str) -> None:
    page = opened(browser, served + ISSUE)
    place = "document.querySelector('{}').getBoundingClientRect().{}"
    assert page.evaluate(place.format(".tiles", "left")) > page.evaluate(place.format(".column", "right"))
    page.set_viewport_size({"width": 375, "height": 900})
    assert page.evaluate(place.format(".tiles", "bottom")) < page.evaluate(place.format("h1", "top"))
    assert page.evaluate(place.format("h1", "bottom")) < 667  # the first screen of a small phone
    page.close()
