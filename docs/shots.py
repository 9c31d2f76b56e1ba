"""Photograph the sample issue for the README: `make shots`."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
DATE = "2025-08-26"  # any fixed morning: the invented market is the same each time, so the picture changes with the look only


def sample_project(folder: Path) -> Path:
    """The repository's project on invented data; returns its config."""
    yaml = YAML()
    config = yaml.load(ROOT / "config.yaml")
    for source in ("prices", "calendars", "headlines"):
        config["sources"][source] = {"kind": "sample"}
    path = folder / "config.yaml"
    yaml.dump(config, path)
    return path


def main() -> None:
    browser_path = shutil.which("chromium") or shutil.which("google-chrome")
    if not browser_path:
        sys.exit("shots need Chromium (Debian: apt-get install chromium)")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build = ("--config", sample_project(folder), "build", "--date", DATE, "--out", folder / "out")
        subprocess.run((sys.executable, "-m", "newsletter", *build), check=True)
        page_file = next((folder / "out").rglob("index.html"))

        IMAGES.mkdir(parents=True, exist_ok=True)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 680, "height": 1400}, device_scale_factor=1.5)
            page.goto(page_file.as_uri())
            page.screenshot(path=IMAGES / "issue.png")
            browser.close()
    print(IMAGES / "issue.png")


if __name__ == "__main__":
    main()
