"""Our MJML engine against the original: the same pixels, and a second opinion on the templates.

    python benchmarks/mjml_parity.py [--mjml COMMAND]

Needs Chromium and MJML's own command (`npm install mjml`, then --mjml node_modules/.bin/mjml); neither is needed for
anything else. The invented issues of tests/briefs.py go through both engines, Node's in strict mode, and are
photographed at 375 and 640 pixels, light and dark.
"""

from __future__ import annotations

import argparse
import io
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Literal

from PIL import Image, ImageChops
from playwright.sync_api import Browser, Route, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from newsletter.render import engine, render
from tests import briefs

VARIANTS = ("full", "degraded", "quiet", "bare")
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def photograph(browser: Browser, html: str, width: int, scheme: Literal["light", "dark"]) -> Image.Image:
    """The whole page as pixels. Nothing is fetched: charts are left blank in both."""
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)

    def answer(route: Route) -> None:
        if route.request.url == "http://issue.invalid/":
            route.fulfill(body=html, content_type="text/html; charset=utf-8")
        else:
            route.abort()

    page.route("**/*", answer)
    page.goto("http://issue.invalid/")
    picture = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
    page.close()
    return picture


def different(one: Image.Image, other: Image.Image) -> int:
    """Pixels in which two pictures differ; all of them where their sizes do."""
    if one.size != other.size:
        return one.width * one.height
    mask = ImageChops.difference(one, other).convert("L").point(lambda value: 255 if value else 0)
    return mask.histogram()[255]


def node_html(command: str, source: str) -> str:
    """What MJML's own command makes of ``source``; its strict mode refuses what it thinks is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        given, made = Path(folder) / "issue.mjml", Path(folder) / "issue.html"
        given.write_text(source, encoding="utf-8")
        done = subprocess.run(
            [command, str(given), "-o", str(made), "--config.validationLevel=strict"],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode or not made.is_file():
            raise SystemExit(f"{command} refuses the issue:\n{done.stdout}{done.stderr}")
        return made.read_text(encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mjml", default=shutil.which("mjml"))
    options = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if options.mjml is None or chromium is None:
        print("left out: needs Chromium and MJML's command (npm install mjml; --mjml node_modules/.bin/mjml)")
        return 0
    version = subprocess.run([options.mjml, "--version"], capture_output=True, text=True, check=True).stdout
    print(f"ours: mjml 0.12.0 (Python); theirs: {' '.join(version.split())}, strict")
    differing = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--headless=new"]
        )
        for variant in VARIANTS:
            source = render(briefs.VARIANTS[variant](), config=briefs.config(), folders=briefs.FOLDERS).mjml
            theirs = node_html(options.mjml, source)
            ours = engine.to_html(source)
            taken = []
            for _ in range(5):
                start = time.perf_counter()
                engine.to_html(source)
                taken.append(time.perf_counter() - start)
            pixels = {
                f"{width} {scheme}": different(
                    photograph(browser, ours, width, scheme), photograph(browser, theirs, width, scheme)
                )
                for width in (375, 640)
                for scheme in SCHEMES
            }
            differing += sum(pixels.values())
            print(
                f"{variant:10} {len(ours.encode()):>7,} bytes (theirs {len(theirs.encode()):,}), "
                f"{1000 * statistics.median(taken):.0f} ms; conditional comments {ours.count('<!--[if')} "
                f"(theirs {theirs.count('<!--[if')}); differing pixels {pixels}"
            )
        browser.close()
    return 1 if differing else 0


if __name__ == "__main__":
    raise SystemExit(main())
