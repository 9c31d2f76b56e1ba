"""Finding and loading chart recipes: the operator's ``charts/`` first, then ours.

Both folders form one synthetic package, so that ``from .style import ...`` in a recipe finds the operator's own
``style.py`` where there is one. A recipe that is edited is loaded anew; one that can't be loaded is a ChartError that
names file and line.
"""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Mapping, Sequence
from hashlib import sha256
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol

from newsletter.errors import ChartError
from newsletter.facts import Fact, FactBook, Story
from newsletter.look import Theme
from newsletter.market import MarketDay

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHORT_NAMES: Mapping[str, tuple[str, ...]] = {
    "line_record": ("distance_to_record",),
    "drought_bars": ("distance_to_record",),
    "drawdown_area": ("drawdown",),
    "ytd_paths": ("indexed_comparison",),
    "bars_since": ("rank_bar", "since_bars", "move_histogram"),
    "hist_dot": ("move_histogram",),
    "streak_ladder": ("run_of_closes",),
    "candle": ("session",),
    "pair_spread": ("spread_band",),
    "ratio_line": ("spread_band",),
    "corr_line": ("spread_band",),
    "sector_bars": ("sector_bars",),
    "stack_bar": ("sector_bars",),
    "breadth_area": ("breadth_line",),
    "line_level": ("level_line", "spread_band"),
    "line_range": ("level_line",),
    "curve_line": ("yield_curve", "spread_band"),
    "regime_strip": ("vix_regime",),
    "surprise_bars": ("surprise_dots",),
    "reaction_dots": ("reaction_bars",),
    "calendar_strip": ("calendar_strip",),
    "season_bars": ("seasonality_strip",),
    "fan": ("seasonality_strip",),
    "triple_bars": ("small_multiples",),
}
"""What stories call a chart, and the recipes that draw it: the first that the day's data can carry."""

BY_DETECTOR: Mapping[str, tuple[str, ...]] = {
    "calm_end": ("since_bars",),
    "calm_end_drop2": ("since_bars",),
    "volume_surge": ("volume_bars",),
}
"""Stories whose short name stands for another chart than theirs: the end of a calm is called ``drought_bars`` like that
of a wait for a record, a day of much turnover ``bars_since`` like a large move."""

QUIET = "small_multiples"
"""What a quiet day shows where its theme has no chart of its own."""

HELPERS = frozenset({"style", "callouts", "words", "closes", "place", "moves", "compound", "reports"})
"""Modules of ``charts/`` that recipes share; they are not recipes."""

_PREFIX = "newsletter_charts_"


class BrokenRecipe(ChartError):
    """A recipe's file can't be loaded; the message names file and line."""


class Plan(Protocol):
    """What a recipe will draw: its words, its facts, and the table it plots."""

    @property
    def titles(self) -> tuple[str, ...]: ...
    @property
    def subtitle(self) -> str: ...
    @property
    def alt(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def facts(self) -> tuple[Fact, ...]: ...
    @property
    def columns(self) -> tuple[str, ...]: ...
    @property
    def rows(self) -> tuple[tuple[str | float | None, ...], ...]: ...


class Recipe(Protocol):
    """One file of ``charts/``: what to draw, then the drawing."""

    def plan(self, story: Story, book: FactBook, day: MarketDay) -> Plan:
        """Everything the chart will show; ChartError where the data can't carry it."""

    def draw(self, plan: Any, theme: Theme, *, title: str, name: str) -> Figure:
        """The plan in one theme, on a sheet of 640 x 500 px at twice the resolution."""


def asked_by(story: Story) -> tuple[str, ...]:
    """The recipes to try for a story, in order; none where it wants no chart."""
    own = BY_DETECTOR.get(story.detector, SHORT_NAMES.get(story.recipe, (story.recipe,)))
    fallback = story.fallback or ""
    asked = dict.fromkeys((*own, *SHORT_NAMES.get(fallback, (fallback,))))
    return tuple(name for name in asked if name not in ("", "none"))


def recipe(name: str, folders: Sequence[Path]) -> Recipe:
    """The recipe of that file name; ChartError where there is none, BrokenRecipe where it can't be loaded."""
    if not name.isidentifier() or name in HELPERS:
        raise ChartError(f"{name!r} is not a chart recipe; there is {', '.join(names(folders))}")
    path = next((p for folder in folders if (p := folder / f"{name}.py").is_file()), None)
    if path is None:
        raise ChartError(f"no chart recipe {name!r}; there is {', '.join(names(folders))}")
    module = _load(_package(folders), name, folders)
    for function in ("plan", "draw"):
        if not callable(getattr(module, function, None)):
            raise BrokenRecipe(
                f"{path}: has no function {function}(); docs/charts.md shows what a recipe needs"
            )
    return module


def names(folders: Sequence[Path]) -> tuple[str, ...]:
    """Every recipe there is, by file name."""
    found = {path.stem for folder in folders for path in folder.glob("*.py")}
    return tuple(sorted(name for name in found - HELPERS if not name.startswith("_")))


def where(error: BaseException, folders: Sequence[Path]) -> str:
    """``charts/mine.py:12`` for the deepest line of a recipe that an error passed through, or an empty string."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}"
    inside = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if any(Path(frame.filename).is_relative_to(folder) for folder in folders)
    ]
    return f"{inside[-1].filename}:{inside[-1].lineno}" if inside else ""


def _load(package: str, name: str, folders: Sequence[Path]) -> ModuleType:
    try:
        return importlib.import_module(f"{package}.{name}")
    # A recipe is the operator's own program: whatever it raises while it loads is a mistake in that file.
    except (
        *(SyntaxError, ImportError, ArithmeticError, AttributeError, LookupError),
        *(NameError, TypeError, ValueError),
    ) as error:
        place = where(error, folders) or name
        raise BrokenRecipe(
            f"{place}: the recipe can't be loaded: {_reason(error)}; correct it or remove it"
        ) from error


def _reason(error: Exception) -> str:
    return error.msg if isinstance(error, SyntaxError) else f"{type(error).__name__}: {error}"


def _package(folders: Sequence[Path]) -> str:
    """The name of the package made of ``folders`` as they are now; an edit makes a new one, and the old one goes."""
    places = "\n".join(map(str, folders))
    files = [path for folder in folders for path in sorted(folder.glob("*.py"))]
    state = "\n".join(f"{path} {(stat := path.stat()).st_mtime_ns} {stat.st_size}" for path in files)
    stem = _PREFIX + sha256(places.encode()).hexdigest()[:12]
    name = f"{stem}_{sha256(state.encode()).hexdigest()[:12]}"
    if name not in sys.modules:
        for old in [loaded for loaded in sys.modules if loaded.startswith(stem)]:
            del sys.modules[old]
        spec = ModuleSpec(name, None, is_package=True)
        spec.submodule_search_locations = [str(folder) for folder in folders]
        importlib.invalidate_caches()
        sys.modules[name] = module_from_spec(spec)
    return name
