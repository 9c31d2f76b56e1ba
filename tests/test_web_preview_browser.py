"""The preview in a real browser: widths, schemes, facts on hover, keyboard, and a save that keeps the reader's place."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Frame, Page, Route, sync_playwright

from tests.preview_support import HTML, Folder, Running, folder, running

# Long enough to scroll, with an attempt at everything that an issue must never do.
ISSUE = HTML.replace(
    "</body>",
    "<script>parent.ran = true; document.title = 'ran'</script><img src='https://tracker.example/x.png' alt=''>"
    "<a href='https://news.example.com/'>A link</a>" + "<p>More words.</p>" * 200 + "</body>",
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    made = folder(tmp_path_factory.mktemp("project"))
    (made.path / "templates" / "issue.html").write_text(ISSUE)
    return made


@pytest.fixture(scope="module")
def preview(project: Folder) -> Iterator[Running]:
    with running(project.path) as served:
        served.settled("gathered 1")
        yield served


class Tab:
    """A browser tab on the preview, and what went wrong in it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.outside: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        # A request that the policy blocks is announced and never made, so only what leaves the page is counted.
        page.route(lambda url: not url.startswith("http://127.0.0.1:"), self._leaves)

    def _leaves(self, route: Route) -> None:
        self.outside.append(route.request.url)
        route.abort()

    def until(self, condition: str) -> None:
        """Wait for a condition; Playwright's own way needs `eval`, which the page forbids."""
        deadline = time.monotonic() + 15
        while not self.page.evaluate(condition):
            assert time.monotonic() < deadline, condition
            self.page.wait_for_timeout(10)

    def frame(self, width: str, scheme: str) -> Frame:
        self.page.wait_for_selector(f"[data-view={width}-{scheme}] iframe:not(.coming)")
        element = self.page.query_selector(f"[data-view={width}-{scheme}] iframe:not(.coming)")
        assert element is not None
        frame = element.content_frame()
        assert frame is not None
        frame.wait_for_load_state()
        return frame


@pytest.fixture
def tab(preview: Running, chromium: Path) -> Iterator[Tab]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        opened = Tab(browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme="dark"))
        opened.page.goto(f"http://127.0.0.1:{preview.port}/")
        opened.page.wait_for_selector("iframe")
        yield opened
        browser.close()


def choose(tab: Tab, name: str, value: str) -> None:
    tab.page.check(f"input[name={name}][value={value}]")


def test_each_width_and_scheme_is_what_it_says(tab: Tab) -> None:
    choose(tab, "scheme", "both")
    for width, pixels in (("phone", 375), ("desktop", 640)):
        for scheme, ground, picture in (
            ("light", "rgb(255, 255, 255)", "chart-light.png"),
            ("dark", "rgb(23, 28, 36)", "chart-dark.png"),  # #171C24
        ):
            frame = tab.frame(width, scheme)
            assert frame.evaluate("document.documentElement.clientWidth") == pixels
            assert frame.evaluate("getComputedStyle(document.body).backgroundColor") == ground
            assert str(frame.evaluate("document.images[0].currentSrc")).endswith(picture)


def test_nothing_in_the_issue_runs_or_calls_out(tab: Tab) -> None:
    choose(tab, "scheme", "both")
    tab.frame("desktop", "dark")
    tab.page.wait_for_timeout(200)

    assert tab.page.evaluate("typeof window.ran") == "undefined"
    assert tab.outside == []
    assert tab.complaints == []


def test_a_number_shows_its_fact_on_hover_and_on_focus(tab: Tab) -> None:
    frame = tab.frame("phone", "light")
    number = frame.locator(".nl-fact", has_text="19.0%")
    tip = "el => getComputedStyle(el, '::after').content"
    assert number.evaluate(tip) == "none"

    number.hover()
    assert "19.0312% as of Nov. 23, 2026" in number.evaluate(tip)

    tab.page.mouse.move(0, 0)
    number.focus()
    assert "^RUT · return · ytd" in number.evaluate(tip)

    tab.page.uncheck("input[name=facts]")
    tab.until("!document.querySelector('.coming')")
    assert tab.frame("phone", "light").locator(".nl-fact").count() == 0


def test_tabs_work_by_keyboard_and_are_remembered(tab: Tab) -> None:
    page = tab.page
    page.focus("#tab-issue")
    for key, wanted in (("ArrowRight", "text"), ("ArrowRight", "inbox"), ("End", "checks"), ("ArrowRight", "issue"), ("ArrowLeft", "checks")):  # fmt: skip
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.id") == f"tab-{wanted}"
        assert page.locator("[role=tabpanel]:visible").evaluate_all("all => all.map(one => one.id)") == [
            wanted
        ]
    page.reload()
    assert page.locator("#checks").is_visible()


def test_facts_are_found(tab: Tab) -> None:
    page = tab.page
    page.click("#tab-facts")
    page.fill("#filter", "dgs10 -4")

    assert page.locator(".facts tbody tr:visible").count() == 1
    assert page.inner_text("#matching") == "1 of 6"


def test_a_save_shows_without_losing_the_place(tab: Tab, project: Folder) -> None:
    page = tab.page
    scrolled = (
        "[...document.querySelectorAll('iframe')].map(one => one.contentDocument.scrollingElement.scrollTop)"
    )
    tab.frame("phone", "light")
    tab.frame("desktop", "light")
    page.evaluate(
        "document.querySelectorAll('iframe').forEach(one => one.contentDocument.scrollingElement.scrollTop = 700)"
    )
    page.evaluate("window.same = true")

    began = time.perf_counter()
    (project.path / "templates" / "issue.html").write_text(ISSUE.replace("Small caps", "Large caps"))
    tab.until(
        "[...document.querySelectorAll('iframe')].every(one => one.contentDocument?.querySelector('h1')?.textContent === 'Large caps')"
    )
    print(f"seen after {time.perf_counter() - began:.2f} s")

    assert page.evaluate(scrolled) == [700, 700]
    assert page.evaluate("window.same")  # the page itself was not loaded again
    assert tab.complaints == []
    (project.path / "templates" / "issue.html").write_text(ISSUE)


def test_an_error_appears_and_goes(tab: Tab, project: Folder) -> None:
    page = tab.page
    (project.path / "templates" / "issue.html").write_text("{% fro %}")
    page.wait_for_selector(".problem")
    assert "templates/issue.html:1: Encountered unknown tag 'fro'." in page.inner_text(".problem .message")
    assert page.inner_text("#status") == "Not up to date"

    (project.path / "templates" / "issue.html").write_text(ISSUE)
    page.wait_for_selector(".problem", state="detached")
    assert tab.complaints == []


def test_nothing_is_wider_than_a_phone(tab: Tab) -> None:
    tab.page.set_viewport_size({"width": 420, "height": 800})
    for name in ("issue", "text", "inbox", "stories", "facts", "checks"):
        tab.page.click(f"#tab-{name}")
        assert tab.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
