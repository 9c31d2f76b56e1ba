"""What tests need from outside, and what happens where it is absent.

A test that needs the real market history, a browser, SpamAssassin, Postfix or cron says so with a marker or by asking for
the fixture of that name, which gives the path. Where the thing is absent such a test is skipped and says what would bring
it; with NEWSLETTER_REQUIRE_SHARED=1 (or _CHROMIUM, _SPAMASSASSIN, _POSTFIX, _CRON) it is an error, so that a run which
should have had everything can't pass by skipping.
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import matplotlib
import pytest
from hypothesis import settings

matplotlib.use("agg")  # no window, whatever MPLBACKEND says

# Machines that run tests are busy, so no example has a deadline; and every run tries the same examples.
settings.register_profile("newsletter", deadline=None, derandomize=True)
settings.register_profile(
    "search", deadline=None, max_examples=2000
)  # HYPOTHESIS_PROFILE=search looks further
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "newsletter"))

ROOT = Path(__file__).resolve().parent.parent


def _shared() -> Path | str:
    named = os.environ.get("NEWSLETTER_SHARED")
    folder = Path(named).resolve() if named else ROOT.parent / "shared"
    if (folder / "market" / "symbols.csv").is_file():
        return folder
    return f"no market history in {folder}; name its folder in NEWSLETTER_SHARED"


def _program(*names: str, package: str) -> Callable[[], Path | str]:
    def find() -> Path | str:
        # Postfix and cron live in /usr/sbin, which is not on everybody's path.
        path = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin"))
        found = next(filter(None, (shutil.which(name, path=path) for name in names)), None)
        return Path(found) if found else f"{names[0]} is not installed (Debian: apt-get install {package})"

    return find


def _postfix() -> Path | str:
    if os.geteuid() != 0:
        return "only root can start Postfix"
    return _program("postfix", package="postfix")()


def _cron() -> Path | str:
    if os.geteuid() != 0:
        return "only root can start cron"
    return _program("cron", package="cron")()


NEEDS: dict[str, Callable[[], Path | str]] = {
    "shared": _shared,
    "chromium": _program("chromium", "chromium-browser", "google-chrome", package="chromium"),
    "spamassassin": _program("spamassassin", package="spamassassin"),
    "postfix": _postfix,
    "cron": _cron,
}
"""Each name is a marker and a fixture; its function gives the path, or why there is none."""


def _need(name: str) -> Path:
    found = NEEDS[name]()
    if isinstance(found, Path):
        return found
    variable = f"NEWSLETTER_REQUIRE_{name.upper()}"
    if os.environ.get(variable, "") not in ("", "0"):
        pytest.fail(f"{variable} is set, but {found}", pytrace=False)
    pytest.skip(found)


# Before -m selects by the markers.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what asks for a fixture."""
    for item in items:
        for name in NEEDS.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(name)


# First of all set-ups, so that a fixture which works on the real thing is not built where there is none.
@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    for name in NEEDS:
        if item.get_closest_marker(name):
            _need(name)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real market history, calendars and recorded replies."""
    return _need("shared")


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser, for Playwright's `executable_path`."""
    return _need("chromium")


@pytest.fixture(scope="session")
def spamassassin() -> Path:
    """SpamAssassin's command."""
    return _need("spamassassin")


@pytest.fixture(scope="session")
def postfix() -> Path:
    """Postfix's command; only root can start it."""
    return _need("postfix")


@pytest.fixture(scope="session")
def cron() -> Path:
    """Cron's daemon; only root can start it."""
    return _need("cron")
