"""A person at the Words tab: the command itself on the invented sample market, in a real browser."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.briefs import ROOT
from tests.words_support import sample_project

DAY = "2025-08-26"


@dataclass(frozen=True)
class Preview:
    """The command as it runs, and the project it shows."""

    url: str
    folder: Path

    @property
    def note(self) -> Path:
        return self.folder / "notes" / f"{DAY}.md"


@contextlib.contextmanager
def previewed(folder: Path) -> Iterator[Preview]:
    """The command on the sample market in ``folder`` for as long as the block runs."""
    sample_project(folder)
    command = [sys.executable, "-m", "newsletter", "--config", str(folder / "config.yaml")]
    process = subprocess.Popen(
        [*command, "preview", "--date", DAY, "--port", "0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        said = process.stdout.readline()
        yield Preview(url=said.split(": ", 1)[1].split()[0], folder=folder)
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def preview(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preview]:
    with previewed(tmp_path_factory.mktemp("project")) as shown:
        yield shown


class Words:
    """The tab in a browser, and what went wrong in it."""

    def __init__(self, page: Page, preview: Preview) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(f"{preview.url}#words")
        page.wait_for_selector("#leads label", timeout=60_000)

    def until(self, condition: str, seconds: float = 60) -> None:
        """Wait for a condition; Playwright's own way needs `eval`, which the page forbids."""
        deadline = time.monotonic() + seconds
        while not self.page.evaluate(condition):
            assert time.monotonic() < deadline, condition
            self.page.wait_for_timeout(20)

    def settle(self) -> None:
        """Until the issue is up to date."""
        self.until("document.getElementById('status').textContent.trim().startsWith('Up to date')")

    def write(self, body: str) -> None:
        self.page.fill("#body", body)

    def said(self, part: str, words: str) -> None:
        """Until a part of the tab says these words."""
        self.until(f"document.getElementById({part!r}).textContent.includes({words!r})")


@pytest.fixture
def browser(chromium: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield opened
        opened.close()


@pytest.fixture
def words(preview: Preview, browser: Browser) -> Iterator[Words]:
    preview.note.unlink(missing_ok=True)
    opened = Words(browser.new_page(viewport={"width": 1200, "height": 1000}), preview)
    opened.settle()
    yield opened
    assert opened.complaints == []


def test_a_wrong_number_is_marked_while_it_is_typed(words: Words, preview: Preview) -> None:
    page = words.page
    before = page.evaluate("document.body.dataset.state")
    page.click("#body")
    page.keyboard.type("Calm.\n\nThe S&P 500 closed at 1.23.")

    words.said("faults", "no fact rounds to it")
    assert page.inner_text("#faults li b") == "Line 3"
    assert page.inner_text("#faults li mark") == "1.23"
    assert page.locator("#proof .unproven").all_inner_texts() == ["1.23"]
    assert page.locator("#lines .bad").all_inner_texts() == ["3"]
    assert page.get_attribute("#verdict", "role") == "status"
    assert page.inner_text("#verdict").startswith("1 not borne out")
    assert page.evaluate("document.body.dataset.state") == before  # nothing was composed for it

    page.click("#save")
    words.said("told", "Not saved. notes/2025-08-26.md:3: number: '1.23'")
    assert not preview.note.exists()

    page.click("#faults button")  # the nearest fact
    words.until("document.getElementById('faults').children.length === 0")
    assert '{{ f("^GSPC"' in page.input_value("#body")
    assert page.locator("#proof .unproven").count() == 0


def test_another_lead_and_headline_are_chosen_saved_and_seen(words: Words, preview: Preview) -> None:
    page = words.page
    own = page.get_attribute("#headline", "placeholder")
    page.locator("#leads input").last.check()
    key = page.locator("#leads input").last.input_value()
    headline = next(text for text in page.locator("#headlines button").all_inner_texts() if text != own)
    page.get_by_role("button", name=headline, exact=True).click()
    assert page.input_value("#headline") == headline

    page.click("#save")
    words.said("told", "Saved as notes/2025-08-26.md")
    assert preview.note.read_text() == f'---\nheadline: "{headline}"\nlead: "{key}"\n---\n'

    page.click("#tab-issue")
    # The mail keeps a number and its unit together by a space that doesn't break.
    text = "one.contentDocument?.querySelector('h1')?.textContent.replaceAll('\\u00a0', ' ')"
    seen = f"[...document.querySelectorAll('iframe')].every(one => {text}?.includes({headline!r}))"
    words.until(seen)
    page.click("#tab-words")
    assert page.input_value("#headline") == headline

    page.click("#aside")
    page.click("#sure [value=no]")
    assert preview.note.exists()
    page.click("#aside")
    page.click("#sure [value=yes]")
    words.said("told", "The note is now 2025-08-26.md.old")
    assert not preview.note.exists()
    assert page.input_value("#headline") == ""


def test_a_change_on_disk_is_not_overwritten_and_not_lost(words: Words, preview: Preview) -> None:
    page = words.page
    page.fill("#byline", "By me")
    preview.note.parent.mkdir(exist_ok=True)
    preview.note.write_text('---\nbyline: "By another"\n---\n')
    page.click("#save")

    words.said("told", "was changed on disk since it was loaded")
    assert preview.note.read_text() == '---\nbyline: "By another"\n---\n'
    assert page.input_value("#byline") == "By me"

    page.click("#told button")
    words.until("document.getElementById('byline').value === 'By another'")
    assert page.is_hidden("#told")

    # Without anything typed, what is saved elsewhere is simply shown.
    preview.note.write_text('---\nbyline: "By a third"\n---\n')
    words.until("document.getElementById('byline').value === 'By a third'")


def test_a_fact_is_found_and_put_where_one_writes(words: Words) -> None:
    page = words.page
    words.write("The S&P 500 closed at .")
    page.evaluate("document.getElementById('body').setSelectionRange(22, 22)")
    page.fill("#wanted", "s&p 500 close")
    page.locator("#found button", has_text='{{ f("^GSPC", "close") }}').click()
    assert page.input_value("#body") == 'The S&P 500 closed at {{ f("^GSPC", "close") }}.'
    words.said("verdict", "none in doubt")


def test_the_programs_column_is_a_beginning(words: Words) -> None:
    words.page.click("#begin")
    words.said("verdict", "none in doubt")
    assert words.page.locator("#proof p.body").count() == len(words.page.input_value("#body").split("\n\n"))


def test_a_note_that_stops_the_first_issue_can_be_put_aside(tmp_path: Path, browser: Browser) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / f"{DAY}.md").write_text("---\nheadlin: x\n---\n")
    with previewed(tmp_path) as preview:
        words = Words(browser.new_page(), preview)
        assert words.page.locator("[role=tab]").all_inner_texts() == ["Words"]
        words.said("told", "notes/2025-08-26.md:2: unknown setting headlin")
        assert words.page.is_disabled("#save")
        words.page.click("#aside")
        words.page.click("#sure [value=yes]")
        words.page.wait_for_selector("#tab-issue", timeout=60_000)
        words.settle()


def test_hostile_words_are_words(words: Words) -> None:
    page = words.page
    words.write("<img src=x onerror='document.title=1'> <script>document.title=1</script>")
    words.said("faults", "is HTML, which isn't printed")
    page.fill("#headline", "<b>Bold</b>")
    words.said("proof", "<b>Bold</b>")
    assert page.locator("#words img, #words script, #proof b").count() == 0
    assert page.title() != "1"


def test_it_fits_and_can_be_read_at_every_width_in_light_and_dark(words: Words) -> None:
    page = words.page
    words.write("The S&P 500 closed at 1.23. " * 8 + "A-word-without-an-end" * 20)
    words.said("faults", "1.23")
    for dark in (False, True):
        page.emulate_media(color_scheme="dark" if dark else "light")
        for width in (1200, 640, 420):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, width
        for part in READ:
            assert page.evaluate(CONTRAST, part) >= 4.5, (part, dark)


READ = ("#verdict", "#faults span", "#proof .unproven", ".lead .key-name", "#headlines button", "#lines .bad")

CONTRAST = """selector => {
  const of = (rgb) => {
    const [r, g, b] = rgb.map((value) => value / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const numbers = (colour) => {
    const canvas = document.createElement("canvas").getContext("2d");
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const element = document.querySelector(selector);
  const under = [];
  for (let at = element; at; at = at.parentElement) {
    under.push(numbers(getComputedStyle(at).backgroundColor));
    if (under.at(-1)[3] === 255) break;
  }
  const ground = under.reduceRight((below, [r, g, b, a]) => [r, g, b].map((value, i) => (value * a + below[i] * (255 - a)) / 255), [255, 255, 255]);
  const [light, dark] = [of(numbers(getComputedStyle(element).color).slice(0, 3)), of(ground)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}"""
"""WCAG's contrast of an element's words with what they stand on."""
