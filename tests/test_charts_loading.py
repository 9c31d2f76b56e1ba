"""Recipes are found in the operator's folder first; a broken one says where."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from newsletter import charting
from newsletter.charting.recipes import BrokenRecipe, recipe
from newsletter.config import Config, parse
from newsletter.errors import ChartError
from newsletter.facts import Choice, FactBook, Findings, Mode, Story
from newsletter.project import chart_folders
from tests.charts_frames import FRAMES, story

ROOT = Path(__file__).resolve().parent.parent


def project(folder: Path) -> Config:
    """A project folder with the standard configuration and an empty charts/."""
    (folder / "charts").mkdir(exist_ok=True)
    return parse((ROOT / "config.yaml").read_text(encoding="utf-8"), folder / "config.yaml")


def choice(lead: Story | None) -> Choice:
    return Choice(mode=Mode.NORMAL, lead=lead)


FOUND = Findings(stories=(), facts=FactBook())


def draw(config: Config, lead: Story | None, headline: str = "") -> charting.Drawn | None:
    return charting.draw(choice(lead), FOUND, FRAMES["ordinary"], config=config, headline=headline)


def test_a_recipe_of_the_operator_wins(tmp_path: Path) -> None:
    config = project(tmp_path)
    (tmp_path / "charts" / "level_line.py").write_text(
        "from .run_of_closes import draw\nfrom . import run_of_closes\n\n\ndef plan(story, book, day):\n    raise ValueError('mine')\n"
    )
    with pytest.raises(ChartError, match=r"level_line\.py:6: ValueError: mine"):
        charting.draw_recipe(
            "level_line", story("^GSPC", "line_level"), FactBook(), FRAMES["ordinary"], config=config
        )


def test_style_of_the_operator_serves_our_recipes(tmp_path: Path) -> None:
    config = project(tmp_path)
    ours = (ROOT / "charts" / "style.py").read_text(encoding="utf-8")
    plain = draw(config, story("^GSPC", "line_level"))
    (tmp_path / "charts" / "style.py").write_text(ours.replace("LEFT + 44", "LEFT + 400"))
    changed = draw(config, story("^GSPC", "line_level"))
    assert plain is not None
    assert changed is not None
    assert plain.light_png != changed.light_png


def test_an_edited_recipe_is_loaded_anew(tmp_path: Path) -> None:
    folders = (tmp_path, *chart_folders(tmp_path))
    path = tmp_path / "mine.py"
    for text in ("first", "second"):
        path.write_text(
            f"def plan(story, book, day): return {text!r}\ndef draw(plan, theme, *, title, name): ...\n"
        )
        os.utime(path, ns=(len(text), len(text)))
        loaded: Any = recipe("mine", folders)
        assert loaded.plan(None, None, None) == text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("def plan(:\n", r"charts/mine\.py:1: the recipe can't be loaded: "),
        ("x = 1\n\ny = 1 / 0\n", r"charts/mine\.py:3: the recipe can't be loaded: ZeroDivisionError"),
        (
            "import no_such_module_anywhere\n",
            r"charts/mine\.py:1: the recipe can't be loaded: ModuleNotFoundError",
        ),
        ("x = undefined\n", r"charts/mine\.py:1: .*NameError"),
        ("def plan(story, book, day): ...\n", r"charts/mine\.py: has no function draw\(\)"),
    ],
)
def test_a_broken_recipe_names_file_and_line(tmp_path: Path, text: str, says: str) -> None:
    config = project(tmp_path)
    (tmp_path / "charts" / "mine.py").write_text(text)
    with pytest.raises(BrokenRecipe, match=says):
        draw(config, story("^GSPC", "mine"))


@pytest.mark.parametrize("name", ["style", "../config", "os.path", "no_such_recipe", ""])
def test_what_is_no_recipe_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ChartError, match=r"no chart recipe|not a chart recipe"):
        recipe(name, chart_folders(tmp_path))


def test_without_a_lead_there_is_no_chart(tmp_path: Path) -> None:
    assert draw(project(tmp_path), None) is None


def with_fallback(recipe_name: str, fallback: str | None) -> Story:
    return Story(
        detector="invented",
        family=story("^GSPC", "").family,
        entity="^GSPC",
        direction=1,
        p=0.01,
        z=0.0,
        facts=(),
        recipe=recipe_name,
        fallback=fallback,
    )


def test_the_fallback_is_drawn_where_the_recipe_refuses(tmp_path: Path) -> None:
    config = project(tmp_path)
    (tmp_path / "charts" / "mine.py").write_text(
        "from newsletter.errors import ChartError\n"
        "def plan(story, book, day): raise ChartError('not today')\n"
        "def draw(plan, theme, *, title, name): ...\n"
    )
    drawn = draw(config, with_fallback("mine", "line_level"))
    assert drawn is not None
    assert drawn.chart.recipe == "level_line"
    assert draw(config, with_fallback("mine", None)) is None
    assert draw(config, with_fallback("none", None)) is None


def test_a_quiet_day_shows_the_markets(tmp_path: Path) -> None:
    config, lead = project(tmp_path), with_fallback("none", None)
    quiet = charting.draw(Choice(mode=Mode.QUIET, lead=lead), FOUND, FRAMES["ordinary"], config=config)
    assert quiet is not None
    assert quiet.chart.recipe == "small_multiples"
    assert draw(config, lead) is None


def test_a_title_never_repeats_the_headline(tmp_path: Path) -> None:
    config, lead = project(tmp_path), story("^GSPC", "line_level")
    first = draw(config, lead)
    assert first is not None
    second = draw(config, lead, headline=first.chart.title)
    assert second is not None
    assert second.chart.title != first.chart.title


def test_a_chart_that_contradicts_the_facts_is_not_drawn(tmp_path: Path) -> None:
    config, lead = project(tmp_path), story("^GSPC", "line_level")
    drawn = draw(config, lead)
    assert drawn is not None
    close = next(item for item in drawn.facts if item.metric == "close")
    wrong = type(close)(
        **{name: getattr(close, name) for name in close.__slots__} | {"value": close.number + 1}
    )
    with pytest.raises(ChartError, match=r"the facts say"):
        charting.draw_recipe("level_line", lead, FactBook([wrong]), FRAMES["ordinary"], config=config)


def test_what_the_brief_is_told(tmp_path: Path) -> None:
    drawn = draw(project(tmp_path), story("^GSPC", "line_level"))
    assert drawn is not None
    chart = drawn.chart
    assert {chart.title, chart.subtitle, chart.source, "Opening Tape"} <= set(chart.labels)
    assert set(chart.facts) == {item.id for item in drawn.facts}
    assert chart.columns[0] == "date"
    assert chart.data[-1][0] == "2025-08-25"
    assert chart.source == "Source: market data files. Close of Aug. 25, 2025"
