"""Sparklines, the gallery, and what an operator's matplotlib settings may not change."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import matplotlib
import pytest
from PIL import Image

from newsletter import pictures
from newsletter.charting import sparkline, sparklines
from newsletter.charting.gallery import DAMAGES, EXAMPLES, gallery
from newsletter.charting.recipes import names
from newsletter.config import parse
from newsletter.errors import ChartError
from newsletter.look import DARK, LIGHT, Theme
from newsletter.project import chart_folders
from tests import briefs
from tests.charts_frames import FRAMES, story, walk
from tests.test_charts_loading import draw, project

ROOT = Path(__file__).resolve().parent.parent


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_a_sparkline_is_small_and_lets_its_ground_through(theme: Theme) -> None:
    data = sparkline(walk(252, start=100, step=1, seed=1).tolist(), theme)
    image = Image.open(io.BytesIO(data)).convert("RGBA")
    assert image.size == (168, 44)
    assert len(data) <= 2000
    alpha = image.getchannel("A")
    assert alpha.getpixel((0, 0)) == 0
    drawn = [
        colour
        for _, colour in image.getcolors(168 * 44) or ()
        if isinstance(colour, tuple) and colour[3] > 250
    ]
    assert len(drawn) == 2
    for token, colour in zip((theme.quiet, theme.accent), sorted(drawn, key=lambda it: it[2]), strict=True):
        assert colour[:3] == pytest.approx(rgb(token), abs=2), "no ground's colour in it"
    assert data == sparkline(walk(252, start=100, step=1, seed=1).tolist(), theme)


def drawn_in(values: list[float]) -> Image.Image:
    """Where a sparkline is drawn, and how strongly."""
    return Image.open(io.BytesIO(sparkline(values, LIGHT))).convert("RGBA").getchannel("A")


def test_a_sparkline_goes_the_way_of_its_values() -> None:
    """A rising line is drawn at the bottom left and the top right, and nowhere in the other corners."""
    image = drawn_in([1.0, 2.0, 3.0, 4.0])
    ink = [
        sum(image.crop(box).histogram()[55:])
        for box in ((0, 22, 60, 44), (108, 0, 168, 22), (0, 0, 60, 14), (108, 30, 168, 44))
    ]
    assert ink[0] > 50
    assert ink[1] > 50
    assert ink[2:] == [0, 0]


def test_a_flat_sparkline_runs_through_the_middle() -> None:
    image = drawn_in([5.0] * 30)
    assert sum(image.crop((0, 0, 150, 18)).histogram()[55:]) == 0
    assert sum(image.crop((0, 18, 150, 26)).histogram()[55:]) > 100


@pytest.mark.parametrize("values", [[], [1.0], [1.0, float("nan")], [float("inf"), 1.0]])
def test_a_sparkline_of_nothing_is_refused(values: list[float]) -> None:
    with pytest.raises(ChartError, match="two values or more"):
        sparkline(values, LIGHT)


def test_each_row_with_a_year_of_closes_gets_its_line_in_both_themes() -> None:
    rows = [replace(briefs.SNAPSHOT[0], spark=spark) for spark in ((1.0, 2.0), (), (3.0, float("nan")))]
    drawn, images = sparklines(rows)
    first, *others = drawn
    assert images == {
        first.spark_light: sparkline((1.0, 2.0), LIGHT),
        first.spark_dark: sparkline((1.0, 2.0), DARK),
    }
    assert [(row.spark_light, row.spark_dark) for row in others] == [("", ""), ("", "")]
    assert all(
        pictures.PATH.fullmatch(path) and pictures.tells_content(path, images[path]) for path in images
    )


def test_other_content_has_another_name() -> None:
    path = pictures.path_of("chart-light", b"one")
    assert path == "charts/chart-light-7692c3ad3540bb80.png"  # printf one | sha256sum
    assert not pictures.tells_content(path, b"two")


def test_settings_of_the_operator_change_nothing(tmp_path: Path) -> None:
    config, lead = project(tmp_path), story("^GSPC", "line_level")
    plain = draw(config, lead)
    with matplotlib.rc_context(
        {"lines.linewidth": 9, "font.size": 30, "text.hinting": "none", "path.simplify": False}
    ):
        changed = draw(config, lead)
    assert plain is not None
    assert changed is not None
    assert plain.light_png == changed.light_png
    assert plain.dark_png == changed.dark_png


def test_the_gallery_knows_every_recipe(tmp_path: Path) -> None:
    assert set(EXAMPLES) == set(names(chart_folders(tmp_path)))


def test_the_gallery_shows_what_is_drawn_and_what_is_refused(tmp_path: Path) -> None:
    shown = ("yield_curve", "seasonality_strip")
    config = parse((ROOT / "config.yaml").read_text(encoding="utf-8"), tmp_path / "config.yaml")
    made = gallery(FRAMES["decades"], config=config, only=shown)
    page = made.files["index.html"].decode()
    assert made.drawn + made.refused == sum(len(EXAMPLES[recipe]) for recipe in shown) * len(DAMAGES)
    assert made.drawn >= 4
    assert made.refused >= 4
    for recipe in shown:
        assert f"<h2>{recipe}</h2>" in page
    for name in made.files:
        assert name == "index.html" or f'src="{name}"' in page
    assert page.count("<figure") == made.drawn + made.refused
