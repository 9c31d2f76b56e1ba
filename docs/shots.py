"""Photograph issues: `make shots`.

Three sets: the sample issue for the README; the six invented issues that the tests compare with (tests/pictures); and,
where there is a market's history, six real mornings in shots/, to look at and not to be passed on.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.picture_issues import ISSUES, pictured  # noqa: E402 (from the repository, which isn't installed whole)
from tests.picture_support import STILL, WIDTHS, Camera, View, browser_path, camera, stored  # noqa: E402

DOCS = ROOT / "docs" / "images"
PICTURES = ROOT / "tests" / "pictures"
HISTORY = ROOT / "shots"
SHARED = Path(os.environ.get("NEWSLETTER_SHARED", ROOT.parent / "shared"))

SAMPLE_DATE = "2025-08-26"  # any fixed morning: the invented market is the same each time, so the picture changes with the look only
MORNINGS = {
    "normal": "2024-08-06",
    "heavy": "2025-04-10",
    "quiet": "2017-11-14",
    "monday": "2025-01-27",
    "friday": "2024-11-29",
    "degraded": "2008-10-14",
}
PUBLIC = "https://brief.example.com"


def main() -> None:
    chromium = browser_path()
    if chromium is None:
        sys.exit("shots need Chromium (Debian: apt-get install chromium)")
    with tempfile.TemporaryDirectory() as name:
        for_readme(chromium, build(Path(name), sample(), SAMPLE_DATE))
        with camera(chromium) as lens:
            if not lens.writes_in_roboto():
                sys.exit("the pictures are set in Roboto (Debian: apt-get install fonts-roboto)")
            for issue in ISSUES:
                html, images = pictured(issue)
                photograph(lens, PICTURES / issue, html, images)
            if (SHARED / "market" / "symbols.csv").is_file():
                for kind, day in MORNINGS.items():
                    folder = build(Path(name), history(), day)
                    images = {
                        str(path.relative_to(folder)): path.read_bytes()
                        for path in folder.glob("charts/*.png")
                    }
                    photograph(lens, HISTORY / f"{kind}-{day}", (folder / "index.html").read_text(), images)


def sample() -> dict[str, object]:
    """The repository's project on invented data."""
    invented = {"kind": "sample"}
    return {
        "extends": str(ROOT / "config.yaml"),
        "sources": dict.fromkeys(("prices", "calendars", "headlines"), invented),
    }


def history() -> dict[str, object]:
    """The example on the market's history, with its pages public, so that sparklines are drawn."""
    return {
        "extends": str(ROOT / "examples" / "history" / "config.yaml"),
        "public_base_url": PUBLIC,
        "sources": {
            "prices": {"path": str(SHARED / "market")},
            "calendars": {"path": str(SHARED / "calendars")},
        },
    }


def build(folder: Path, config: dict[str, object], day: str) -> Path:
    """Build the issue of that day; its folder."""
    with (folder / "config.yaml").open("w") as file:
        YAML().dump(config, file)
    arguments = ("--config", folder / "config.yaml", "build", "--date", day, "--out", folder / "out")
    subprocess.run((sys.executable, "-m", "newsletter", *arguments), check=True)
    return folder / "out" / f"{day}-morning"


def for_readme(chromium: Path, issue: Path) -> None:
    DOCS.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium), args=STILL)
        page = browser.new_page(viewport={"width": 680, "height": 1400}, device_scale_factor=1.5)
        page.goto((issue / "index.html").as_uri())
        page.screenshot(path=DOCS / "issue.png")
        browser.close()


def photograph(lens: Camera, place: Path, html: str, images: dict[str, bytes]) -> None:
    """Every view in every width, each to a file whose name begins with ``place``."""
    place.parent.mkdir(exist_ok=True)
    for width in WIDTHS:
        for view in View:
            seen = lens.take(html, images, width, view)
            place.with_name(f"{place.name}-{width}-{view}.png").write_bytes(stored(seen.image))
    print(place)


if __name__ == "__main__":
    main()
