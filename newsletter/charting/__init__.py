"""The chart of the day: a story's recipe, drawn light and dark, with its words.

:func:`draw` asks the lead's recipe, then its fallback; where neither can carry its annotations on this day's data the
issue goes out without a chart and says nothing about it. Recipes live in ``charts/``; see docs/charts.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import structlog

from newsletter import pictures
from newsletter.brief import Chart
from newsletter.charting import images
from newsletter.charting.recipes import QUIET, BrokenRecipe, Plan, asked_by, names, recipe, where
from newsletter.charting.sparks import sparkline, sparklines
from newsletter.config import Config
from newsletter.errors import ChartError
from newsletter.facts import Choice, Fact, FactBook, Findings, Mode, Story
from newsletter.look import BOLD, CHART_SIZE, DARK, LIGHT, PADDING, text_width
from newsletter.market import MarketDay
from newsletter.project import chart_folders

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE_SIZE, TITLE_WIDTH, TITLE_LENGTH = 30.0, CHART_SIZE[0] - 2 * PADDING, 42
ALT_LENGTH = 200

__all__ = ["Drawn", "draw", "draw_recipe", "fitting_title", "labels", "names", "sparkline", "sparklines"]

T = TypeVar("T")
log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    """A chart: its two images, what the brief says of it, and the facts it states that the issue's book lacks."""

    light_png: bytes
    dark_png: bytes
    chart: Chart
    facts: tuple[Fact, ...]


def draw(
    choice: Choice, findings: Findings, day: MarketDay, *, config: Config, headline: str = ""
) -> Drawn | None:
    """The chart of the lead story, or None where there is none to draw.

    ``headline`` is what the chart's title may not repeat. A recipe whose file is broken raises ChartError with file and
    line; one that can't carry the data is passed over for the story's fallback, and said in the log. A quiet day falls
    back to several markets at a glance.
    """
    if choice.lead is None:
        return None
    last = (QUIET,) if choice.mode is Mode.QUIET else ()
    for name in dict.fromkeys((*asked_by(choice.lead), *last)):
        try:
            return draw_recipe(name, choice.lead, findings.facts, day, config=config, headline=headline)
        except BrokenRecipe:
            raise
        except ChartError as error:
            log.info(
                "chart", action="chart_passed_over", recipe=name, story=choice.lead.key, reason=str(error)
            )
    return None


def draw_recipe(
    name: str, story: Story, book: FactBook, day: MarketDay, *, config: Config, headline: str = ""
) -> Drawn:
    """One recipe for one story in both themes; ChartError says why it can't be drawn."""
    folders = chart_folders(config.folder)
    loaded = recipe(name, folders)
    plan: Plan = _ask(lambda: loaded.plan(story, book, day), name, folders)
    title = fitting_title(plan.titles, headline)
    if len(plan.alt) > ALT_LENGTH:
        raise ChartError(f"alt text of {len(plan.alt)} characters; at most {ALT_LENGTH} are read out")
    with images.plain_settings():
        figures = [
            _ask(partial(loaded.draw, plan, theme, title=title, name=config.name), name, folders)
            for theme in (LIGHT, DARK)
        ]
        light, dark = (
            images.png(figure, theme) for figure, theme in zip(figures, (LIGHT, DARK), strict=True)
        )
    return Drawn(
        light_png=light,
        dark_png=dark,
        chart=Chart(
            recipe=name,
            title=title,
            subtitle=plan.subtitle,
            alt=plan.alt,
            source=plan.source,
            labels=labels(figures[0]),
            facts=tuple(item.id for item in plan.facts),
            columns=plan.columns,
            data=plan.rows,
            light=pictures.path_of("chart-light", light),
            dark=pictures.path_of("chart-dark", dark),
        ),
        facts=tuple(item for item in plan.facts if item.id not in book),
    )


def labels(figure: Figure) -> tuple[str, ...]:
    """Every text printed on a chart, in the order it was set."""
    from matplotlib.text import Text

    return tuple(text.get_text() for text in figure.findobj(Text) if text.get_visible() and text.get_text())


def fitting_title(titles: Sequence[str], headline: str = "") -> str:
    """The first title that fits on one line and isn't the headline over again; ChartError where none does."""
    for title in titles:
        fits = len(title) <= TITLE_LENGTH and text_width(title, TITLE_SIZE, BOLD) <= TITLE_WIDTH
        if fits and title.casefold() != headline.casefold():
            return title
    raise ChartError(f"no title of {TITLE_LENGTH} characters: {' / '.join(titles) or 'the recipe has none'}")


def _ask(step: Callable[[], T], name: str, folders: Sequence[Path]) -> T:
    """Run a recipe's step. A recipe is the operator's own program: its mistakes become a ChartError with its line."""
    try:
        return step()
    except (ArithmeticError, AttributeError, LookupError, NameError, TypeError, ValueError) as error:
        place = where(error, folders)
        raise ChartError(f"{place or name}: {type(error).__name__}: {error}") from error
