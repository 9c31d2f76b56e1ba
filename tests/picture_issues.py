"""Six invented issues to photograph: an ordinary day, a heavy one, a quiet one, a Monday, one with a gap, a sample.

Nothing in them is a real price, name or event. They don't come from the writing stage, so their pictures change with the
look alone.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

from newsletter import charting
from newsletter.brief import Brief
from newsletter.facts import FactBook, Mode
from newsletter.render import render
from tests import briefs
from tests.charts_frames import FRAMES, story, walk


class Pictured(NamedTuple):
    """An issue as a browser needs it."""

    html: str
    images: Mapping[str, bytes]


def heavy() -> Brief:
    """A fall of everything, with figures as wide as they get."""
    row, tile, say = briefs.row, briefs.tile, briefs.say
    return briefs.changed(
        issue=replace(briefs.ISSUE, mode=Mode.STRONG),
        takeaway=replace(
            briefs.TAKEAWAY,
            headline=say("The S&P 500 tumbles 11.98%, the worst day since 1987"),
            bottom_line=say("no sector was spared, and the VIX closed at 82.69."),
        ),
        tiles=(
            tile("S&P 500", "6,197.62", "−11.98%"),
            tile("Nasdaq", "21,315.49", "−12.32%"),
            tile("Russell 2000", "2,304.77", "−14.27%"),
            tile("10-year yield", "3.63%", "−21\xa0bp"),
            tile("WTI crude", "−$37.63", "−$55.90"),
            tile("KSTL", "$1,069.57", "−17.28%"),
        ),
        snapshot=(
            row("S&P 500", "6,197.62", "−11.98%", "−13.1%", "−29.4%", "−26.1%"),
            row("Nasdaq", "21,315.49", "−12.32%", "−13.2%", "−29.0%", "−23.0%"),
            row("10-year yield", "3.63%", "−21\xa0bp", "+19\xa0bp", "−86\xa0bp", "−119\xa0bp"),
            row("VIX", "82.69", "+42.99%", "+51.8%", "+504.5%", "+500.1%"),
            row("WTI crude", "−$37.63", "—", "—", "—", "—"),
            row("Bitcoin", "$118,420", "−37.01%", "−36.7%", "−49.5%", "−30.3%", note="as of Nov. 22"),
        ),
        sectors=tuple(
            replace(sector, day=briefs.cell(f"−{number}.04%"), share=-number / 14)
            for number, sector in enumerate(briefs.SECTORS, 4)
        ),
    )


ISSUES: Mapping[str, tuple[Brief, tuple[str, str, str]]] = {
    "normal": (briefs.full(), ("indexed_comparison", "pair:^RUT-^GSPC", "ytd_paths")),
    "heavy": (heavy(), ("move_histogram", "^RUT", "hist_dot")),
    "quiet": (briefs.quiet(), ("small_multiples", "^GSPC", "triple_bars")),
    "monday": (briefs.monday(), ("yield_curve", "spread:DGS10-DGS2", "curve_line")),
    "degraded": (briefs.degraded(), ("level_line", "^GSPC", "line_level")),
    "sample": (briefs.sample(), ("sector_bars", "sectors:SPDR", "sector_bars")),
}
"""Name -> the brief; its chart: recipe, entity, the story's name for it."""


@cache
def pictured(name: str, folders: tuple[Path, ...] = briefs.FOLDERS) -> Pictured:
    """The issue with its images, as it is mailed where images are hosted."""
    brief, (recipe, entity, asked) = ISSUES[name]
    drawn = charting.draw_recipe(
        recipe, story(entity, asked), FactBook(), FRAMES["ordinary"], config=briefs.config()
    )
    rows, lines = charting.sparklines(
        [
            replace(row, spark=tuple(walk(252, start=100, step=1, seed=number)))
            for number, row in enumerate(brief.snapshot)
        ]
    )
    chart = replace(drawn.chart, after_paragraph=0)
    rendered = render(replace(brief, chart=chart, snapshot=rows), config=briefs.config(), folders=folders)
    images = {chart.light: drawn.light_png, chart.dark: drawn.dark_png, **lines}
    return Pictured(html=rendered.html, images=images)
