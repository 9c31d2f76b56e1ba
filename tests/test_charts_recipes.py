"""Every recipe on every frame, in both themes: it fits, it reads, it says what it plots."""

from __future__ import annotations

import calendar
import contextlib
import importlib
import io
import itertools
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from newsletter.charting import fitting_title, images
from newsletter.charting.recipes import BY_DETECTOR, SHORT_NAMES, names
from newsletter.errors import ChartError
from newsletter.facts import FactBook, Story
from newsletter.look import BOLD, DARK, LIGHT, REGULAR, SEMIBOLD, Theme, font_file, text_width
from newsletter.numerals import number
from newsletter.project import chart_folders
from tests.charts_frames import FRAMES, HOSTILE, story

STORIES: dict[str, tuple[Story, ...]] = {
    "distance_to_record": (
        story("^RUT", "line_record"),
        story("^GSPC", "drought_bars"),
        story("BTC-USD", "line_record"),
    ),
    "indexed_comparison": (
        story("pair:^RUT-^GSPC", "ytd_paths"),
        story("^GSPC", "ytd_paths", "ytd_flip"),
        story("^VIX", "ytd_paths"),
    ),
    "rank_bar": (
        story("^RUT", "bars_since"),
        story("^VIX", "bars_since"),
        story("DGS10", "bars_since"),
        story("^GSPC", "bars_since", "month_extreme"),
    ),
    "since_bars": (
        story("^RUT", "bars_since"),
        story("DGS10", "bars_since"),
        story("^GSPC", "bars_since", "whipsaw"),
        story("^GSPC", "drought_bars", "calm_end_drop2", -1),
        story("^RUT", "drought_bars", "calm_end"),
    ),
    "move_histogram": (story("^GSPC", "hist_dot"), story("DGS10", "hist_dot")),
    "drawdown": (
        story("^GSPC", "drawdown_area", "drawdown_enter_10", -1),
        story("^RUT", "drawdown_area", "drawdown_exit_20", 1),
    ),
    "spread_band": (
        story("pair:^RUT-^GSPC", "pair_spread"),
        story("pair:^RUT-^GSPC", "ratio_line"),
        story("spread:DGS10-DGS2", "curve_line"),
        story("risk:implied", "pair_spread"),
        story("cross:stocks-bonds", "corr_line"),
        story("pair:^RUT-^GSPC", "corr_line"),
    ),
    "yield_curve": (
        story("spread:DGS10-DGS2", "curve_line", "curve_extreme"),
        story("spread:DGS10-DGS2", "curve_line", "curve_flip"),
    ),
    "session": (story("^GSPC", "candle"), story("^RUT", "candle")),
    "sector_bars": (
        story("sectors:SPDR", "sector_bars", "sector_sweep"),
        story("sectors:SPDR", "sector_bars", "sector_spread"),
    ),
    "breadth_line": (story("breadth:SPX", "breadth_area"),),
    "vix_regime": (story("^VIX", "regime_strip"),),
    "surprise_dots": (
        story("event:CPI m/m", "surprise_bars"),
        story("event:Non-Farm Employment Change", "surprise_bars"),
    ),
    "reaction_bars": (story("NVDA", "reaction_dots", "earnings_reaction"),),
    "small_multiples": (
        story("^GSPC", "triple_bars"),
        story("cross:stocks-bonds-dollar", "triple_bars", "cross_asset_combo"),
    ),
    "seasonality_strip": (story("^GSPC", "season_bars"),),
    "calendar_strip": (
        story("NVDA", "calendar_strip", "earnings_ahead"),
        story("event:CPI m/m", "calendar_strip", "macro_ahead"),
    ),
    "volume_bars": (story("^GSPC", "bars_since", "volume_surge"),),
    "run_of_closes": (story("^GSPC", "streak_ladder"), story("DGS10", "streak_ladder")),
    "level_line": (
        story("^GSPC", "line_level", "round_number"),
        story("^GSPC", "line_level", "ma_cross"),
        story("^VIX", "line_level", "vix_cross"),
        story("DGS10", "line_range", "level_since"),
        story("CL=F", "line_level", "level_since"),
    ),
}
ASKED = [(name, one) for name, stories in STORIES.items() for one in stories]
ASKED_IDS = [f"{name}-{asked.entity}-{asked.detector}" for name, asked in ASKED]
FEW = ("ordinary", "jump")
"""Frames that every story is drawn on; the first story of a recipe is drawn on all."""
OURS = {font_file(weight) for weight in (REGULAR, SEMIBOLD, BOLD)}
PIXELS = (1280, 1000)


def module(name: str) -> ModuleType:
    return importlib.import_module(f"charts.{name}")


def figure(name: str, plan: Any, theme: Theme) -> Figure:
    drawn = module(name).draw(plan, theme, title=fitting_title(plan.titles), name="Opening Tape")
    assert isinstance(drawn, Figure)
    return drawn


def plans() -> Iterator[tuple[str, str, Any]]:
    """Name, frame and plan of everything that can be planned."""
    for (name, asked), frame in itertools.product(ASKED, FRAMES):
        if frame not in FEW and asked is not STORIES[name][0]:
            continue
        with contextlib.suppress(ChartError):
            yield name, frame, module(name).plan(asked, FactBook(), FRAMES[frame])


PLANS = list(plans())
every_chart = pytest.mark.parametrize(
    ("name", "frame", "plan"), PLANS, ids=[f"{name}-{i}-{frame}" for i, (name, frame, _) in enumerate(PLANS)]
)


def test_most_frames_can_be_drawn() -> None:
    """The tests below look at what can be planned; were that little, they would prove little."""
    for name in STORIES:
        frames = {frame for planned, frame, _ in PLANS if planned == name}
        assert len(frames) >= (1 if name == "seasonality_strip" else 3), f"{name} draws only {frames}"


def test_every_recipe_is_tested(tmp_path: Path) -> None:
    there = set(names(chart_folders(tmp_path)))
    assert there == set(STORIES)
    assert {
        recipe for recipes in (*SHORT_NAMES.values(), *BY_DETECTOR.values()) for recipe in recipes
    } <= there


@every_chart
def test_a_chart_fits_and_reads_the_same_in_both_themes(name: str, frame: str, plan: Any) -> None:
    light, dark = figure(name, plan, LIGHT), figure(name, plan, DARK)
    printed = [[text.get_text() for text in chart.findobj(Text)] for chart in (light, dark)]
    assert printed[0] == printed[1]
    for text in light.findobj(Text):
        assert not text.get_text() or text.get_fontproperties().get_file() in OURS, text.get_text()
    renderer = renderer_of(light)
    boxes = [(t.get_text(), t.get_window_extent(renderer)) for t in light.findobj(Text) if t.get_text()]
    assert len(boxes) >= 5, "title, subtitle, source, name and at least one label"
    for line, box in boxes:
        assert min(box.x0, box.y0) >= 0, line
        assert box.x1 <= PIXELS[0], line
        assert box.y1 <= PIXELS[1], line
    for (one, first), (other, second) in itertools.combinations(boxes, 2):
        assert not first.overlaps(second), f"{one!r} lies over {other!r}"
    for chart, theme in ((light, LIGHT), (dark, DARK)):
        check_image(images.png(chart, theme), theme)


def renderer_of(chart: Figure) -> RendererAgg:
    renderer = FigureCanvasAgg(chart).get_renderer()  # type: ignore[no-untyped-call]  # matplotlib does not say what
    assert isinstance(renderer, RendererAgg)
    return renderer


def check_image(data: bytes, theme: Theme) -> None:
    assert len(data) <= 120_000
    with Image.open(io.BytesIO(data)) as image:
        assert image.size == PIXELS
        assert image.mode == "P", "opaque, with a palette"
        assert image.convert("RGB").getpixel((0, 0)) == rgb(theme.card)


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))


@pytest.mark.parametrize("name", STORIES)
def test_the_same_input_gives_the_same_bytes(name: str) -> None:
    plan = next(plan for planned, _, plan in PLANS if planned == name)
    first, second = (images.png(figure(name, plan, LIGHT), LIGHT) for _ in range(2))
    assert first == second


@every_chart
def test_words_keep_their_limits(name: str, frame: str, plan: Any) -> None:
    title = fitting_title(plan.titles)
    assert len(title) <= 42
    assert text_width(title, 30, BOLD) <= 592
    assert 30 <= len(plan.alt) <= 200
    assert not re.match(r"(image|picture|graphic) of", plan.alt, re.IGNORECASE)
    assert text_width(plan.subtitle, 19.5) <= 592, plan.subtitle
    assert plan.facts
    assert {len(row) for row in plan.rows} == {len(plan.columns)}
    for text in (*plan.titles, plan.subtitle, plan.alt):
        assert not re.search(r"\bnan\b|\binf\b|(?<!\w)-\d", text), (
            f"{text!r} holds no number, or a hyphen for a minus"
        )


MONTH = "|".join((*calendar.month_name[1:], "Jan.", "Feb.", "Aug.", "Sept.", "Oct.", "Nov.", "Dec."))
DATE = re.compile(rf"(?:{MONTH}) \d{{1,2}}(?:, \d{{4}})?|(?:{MONTH}) \d{{4}}")
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
NAMES = re.compile(
    r"S&P 500|Russell 2000|(?:2|10|30)-year|(?:50|200)-day|of 200 sessions|= 100|(?:above|below) 100\b"
    r"|90% of|over 63 sessions|95% interval|1% move|2% drop|of 1%|by 1%|with zones at 15, 20 and 30"
    r"|(?:below|above|between) (?:15|20|30)(?: and (?:20|30))?|, 15 sessions by"
)
"""What is no number of the day: names, and thresholds that the design fixes."""


@every_chart
def test_every_number_is_a_fact(name: str, frame: str, plan: Any) -> None:
    """Numbers of title, subtitle and alt text, but for dates and names, are facts as rounded for print."""
    allowed = {str(date.fromisoformat(row[0]).year) for row in plan.rows if is_day(row[0])} | {"2025"}
    for item in plan.facts:
        allowed.add(item.window.partition("@")[2][:4])
        if isinstance(item.value, date):
            allowed.add(str(item.value.year))
        elif isinstance(item.value, int | float):
            allowed |= {number(abs(item.value), places) for places in (0, 1, 2, 3)}
            allowed.add(number(abs(item.value) / 1000))  # as calendars print it, 230K
    for text in (*plan.titles, plan.subtitle, plan.alt):
        for found in NUMBER.findall(NAMES.sub("", DATE.sub("", text))):
            assert found.rstrip(",.") in allowed, f"{found} in {text!r} is no fact"


def is_day(cell: object) -> bool:
    return isinstance(cell, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell) is not None


@pytest.mark.parametrize("frame", HOSTILE)
@pytest.mark.parametrize(("name", "asked"), ASKED, ids=ASKED_IDS)
def test_hostile_data_is_refused_or_drawn(name: str, asked: Story, frame: str) -> None:
    try:
        plan = module(name).plan(asked, FactBook(), HOSTILE[frame])
        chart = figure(name, plan, LIGHT)
    except ChartError:
        return
    renderer = renderer_of(chart)
    for text in chart.findobj(Text):
        assert not re.search(r"\bnan\b|\binf\b", text.get_text())
        assert not text.get_text() or text.get_window_extent(renderer).x1 <= PIXELS[0], text.get_text()


NO_PRICE_LINE = ("surprise_dots", "reaction_bars", "breadth_line", "calendar_strip")
"""They draw events, or members, whose prices have no hole in that frame."""

PRICES = [(name, asked) for name, asked in ASKED if name not in NO_PRICE_LINE]


@pytest.mark.parametrize(("name", "asked"), PRICES, ids=[f"{n}-{s.entity}-{s.detector}" for n, s in PRICES])
def test_a_hole_is_not_drawn_across(name: str, asked: Story) -> None:
    """The hole lies twelve sessions back, on Aug. 7: no line and no row of bars reaches over it."""
    try:
        plan = module(name).plan(asked, FactBook(), HOSTILE["a hole"])
    except ChartError:
        return
    days = [row[0] for row in plan.rows if is_day(row[0])]
    in_order = days == sorted(days) and len(days) > 1
    assert not (in_order and days[0] < "2025-08-07" < days[-1]), "a chart of days was drawn over the hole"
