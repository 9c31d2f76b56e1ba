"""Six invented issues as readers see them, against the pictures in tests/pictures; `make shots` takes them anew."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageEnhance, ImageFilter

from newsletter import look
from tests import briefs
from tests.picture_issues import ISSUES, pictured
from tests.picture_support import NOTICED, WIDTHS, Camera, View, camera, difference, stored

pytestmark = pytest.mark.chromium

PICTURES = Path(__file__).parent / "pictures"
MOST_BYTES = 3_000_000
"""What all pictures together may weigh in the repository."""


@pytest.fixture(scope="module")
def lens(chromium: Path) -> Iterator[Camera]:
    with camera(chromium) as made:
        if not made.writes_in_roboto():
            said = "the pictures are set in Roboto (Debian: apt-get install fonts-roboto)"
            if os.environ.get("NEWSLETTER_REQUIRE_CHROMIUM", "") not in ("", "0"):
                pytest.fail(said, pytrace=False)
            pytest.skip(said)
        yield made


def kept(name: str) -> Image.Image:
    return Image.open(PICTURES / f"{name}.png").convert("RGB")


@pytest.mark.parametrize("view", View)
@pytest.mark.parametrize("issue", ISSUES)
def test_it_looks_as_it_did(lens: Camera, issue: str, view: View, tmp_path: Path) -> None:
    html, images = pictured(issue)
    for width in WIDTHS:
        name = f"{issue}-{width}-{view}"
        seen = lens.take(html, images, width, view)
        assert seen.overflow == 0, f"{name} is {seen.overflow} px too wide"
        assert seen.outside == (), f"{name} asked others"
        apart = difference(seen.image, kept(name))
        if apart > NOTICED:
            (tmp_path / f"{name}.png").write_bytes(stored(seen.image))
            pytest.fail(
                f"{name} looks different at {apart:.2%} of its pixels: compare {tmp_path / name}.png with "
                f"tests/pictures/{name}.png, and run `make shots` if the change is meant",
                pytrace=False,
            )


EDITS = {
    "a section that has moved by 8 px": (
        "parts/glance.mjml.j2",
        '<mj-section padding="34px 0 0">',
        '<mj-section padding="42px 0 0">',
    ),
    "rows that are 2 px higher": ("parts/cells.mjml.j2", 'macro name(text, remark="", pad=8)', 'macro name(text, remark="", pad=9)'),
    "falls in the colour of links": ("parts/cells.mjml.j2", "color:{{ look.light[colour(cell)] }}", "color:{{ look.light.link }}"),
    "figures to the left": ("parts/cells.mjml.j2", '<td align="right" valign="top" class="ink rule"', '<td align="left" valign="top" class="ink rule"'),
    "a lighter grey": ("parts/cells.mjml.j2", "color:{{ look.light.muted }}", "color:#B9C4D4"),
    "a callout without its edge": ("parts/cells.mjml.j2", "border-left:{{ look.edge }}px solid {{ look.light.accent }}", "border-left:0"),
    "tiles without their ground": ("parts/tiles.mjml.j2", "background:{{ look.light.tile }}", "background:{{ look.light.card }}"),
}  # fmt: skip


@pytest.mark.parametrize("edit", EDITS)
def test_a_change_of_the_look_is_noticed(lens: Camera, edit: str, tmp_path: Path) -> None:
    part, before, after = EDITS[edit]
    source = (briefs.FOLDERS[-1] / part).read_text()
    assert before in source
    (tmp_path / "parts").mkdir()
    (tmp_path / part).write_text(source.replace(before, after))
    html, images = pictured("normal", (tmp_path, *briefs.FOLDERS))

    seen = lens.take(html, images, 640, View.LIGHT)

    assert difference(seen.image, kept("normal-640-light")) > NOTICED


def test_a_dark_colour_that_is_gone_is_noticed(lens: Camera) -> None:
    html, images = pictured("normal")
    assert look.DARK.up in html
    seen = lens.take(html.replace(look.DARK.up, look.LIGHT.up), images, 375, View.DARK)
    assert difference(seen.image, kept("normal-375-dark")) > NOTICED


@pytest.mark.parametrize("name", ["normal-640-light", "quiet-375-dark"])
def test_smoothing_is_not_noticed(name: str) -> None:
    """Letters drawn a little softer, bolder or lighter, as another build of the browser may."""
    picture = kept(name)
    for other in (
        picture.filter(ImageFilter.GaussianBlur(0.3)),
        picture.filter(ImageFilter.UnsharpMask(1, 25)),
        ImageEnhance.Brightness(picture).enhance(0.99),
        Image.open(io.BytesIO(stored(picture))),
    ):
        assert difference(picture, other) <= NOTICED


def test_there_is_a_picture_of_each_and_none_too_many() -> None:
    wanted = {f"{issue}-{width}-{view}.png" for issue in ISSUES for width in WIDTHS for view in View}
    assert {path.name for path in PICTURES.iterdir()} == wanted
    assert sum(path.stat().st_size for path in PICTURES.iterdir()) < MOST_BYTES
