"""Every recipe on one page: on the day's own history, and on data made worse on purpose.

For the eye, before a release or after an edit of ``charts/``. What a recipe refuses stands there with its reason; a
recipe that fails in any other way stops the gallery.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from html import escape
from types import MappingProxyType
from typing import TYPE_CHECKING

from newsletter.charting import Drawn, draw_recipe
from newsletter.charting.recipes import names
from newsletter.config import Config
from newsletter.errors import ChartError
from newsletter.facts import Fact, FactBook, Family, Story
from newsletter.look import CHART_SIZE, LIGHT
from newsletter.market import MarketDay, Series
from newsletter.project import chart_folders

if TYPE_CHECKING:
    import pandas as pd

PAGE = "index.html"

Asked = tuple[str, str, str]
"""Entity, story's name for the chart, detector."""

EXAMPLES: Mapping[str, tuple[Asked, ...]] = MappingProxyType(
    {
        "distance_to_record": (
            ("^RUT", "line_record", "drought_distance"),
            ("^GSPC", "line_record", "record_close"),
        ),
        "drawdown": (
            ("^GSPC", "drawdown_area", "drawdown_exit_20"),
            ("^RUT", "drawdown_area", "drawdown_enter_20"),
        ),
        "indexed_comparison": (("pair:^RUT-^GSPC", "ytd_paths", ""), ("^DJI", "ytd_paths", "ytd_flip")),
        "rank_bar": (("^GSPC", "bars_since", "biggest_since"), ("^VIX", "bars_since", "vix_move")),
        "since_bars": (("^RUT", "bars_since", "biggest_since"), ("^GSPC", "bars_since", "whipsaw")),
        "move_histogram": (("^RUT", "hist_dot", "move_rank"), ("DGS10", "hist_dot", "yield_move")),
        "run_of_closes": (("^GSPC", "streak_ladder", "streak"), ("^DJI", "streak_ladder", "streak")),
        "level_line": (("^VIX", "line_range", "level_since"), ("^GSPC", "line_level", "ma_cross")),
        "spread_band": (
            ("pair:^RUT-^GSPC", "pair_spread", "pair_divergence"),
            ("spread:DGS10-DGS2", "curve_line", ""),
        ),
        "yield_curve": (("spread:DGS10-DGS2", "curve_line", "curve_extreme"),),
        "session": (("^GSPC", "candle", "intraday_reversal"),),
        "sector_bars": (("sectors:SPDR", "sector_bars", "sector_spread"),),
        "breadth_line": (("breadth:SPX", "breadth_area", "breadth_cross"),),
        "volume_bars": (("^GSPC", "bars_since", "volume_surge"),),
        "vix_regime": (("^VIX", "regime_strip", ""),),
        "surprise_dots": (("event:CPI m/m", "surprise_bars", "macro_surprise"),),
        "reaction_bars": (("NVDA", "reaction_dots", "earnings_ahead"),),
        "small_multiples": (("^GSPC", "triple_bars", ""),),
        "seasonality_strip": (("^GSPC", "season_bars", "seasonality"),),
        "calendar_strip": (("NVDA", "calendar_strip", "earnings_ahead"),),
    }
)
"""What each of our recipes is asked; an operator's own recipe is asked about the S&P 500."""

Damage = Callable[["pd.DataFrame"], "pd.DataFrame"]


def _flat(bars: pd.DataFrame) -> pd.DataFrame:
    prices = [name for name in bars.columns if name != "volume"]
    return bars.assign(**dict.fromkeys(prices, 100.0))


def _moonshot(bars: pd.DataFrame) -> pd.DataFrame:
    return _last_times(bars, 10.0)


def _crash(bars: pd.DataFrame) -> pd.DataFrame:
    return _last_times(bars, 0.6)


def _last_times(bars: pd.DataFrame, factor: float) -> pd.DataFrame:
    reached = [name for name in ("close", "high" if factor > 1 else "low") if name in bars.columns]
    last = bars.index == bars.index[-1]
    return bars.assign(**{name: bars[name].where(~last, bars[name] * factor) for name in reached})


def _hole(bars: pd.DataFrame) -> pd.DataFrame:
    return bars.drop(index=bars.index[-12:-11])


DAMAGES: Mapping[str, Damage] = MappingProxyType(
    {
        "as it was": lambda bars: bars,
        "flat": _flat,
        "last close ten times as high": _moonshot,
        "last close 40% lower": _crash,
        "150 sessions of history": lambda bars: bars.iloc[-150:],
        "one close": lambda bars: bars.iloc[-1:],
        "a session missing": _hole,
        "negative": lambda bars: -bars,
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Gallery:
    """Files by name, to be written side by side; ``index.html`` shows them. Counts are of charts."""

    files: Mapping[str, bytes]
    drawn: int
    refused: int


@dataclass(frozen=True, kw_only=True, slots=True)
class _Entry:
    recipe: str
    asked: Asked
    damage: str
    result: Drawn | str


def gallery(day: MarketDay, *, config: Config, only: Collection[str] = ()) -> Gallery:
    """Every recipe (or ``only`` these), asked its examples on ``day`` as it was and on each damaged copy of it.

    Some 200 charts in both themes, half a second each.
    """
    days = {name: _damaged(day, damage) for name, damage in DAMAGES.items()}
    entries = [
        _entry(recipe, asked, damage, days[damage], config)
        for recipe in names(chart_folders(config.folder))
        if not only or recipe in only
        for asked in EXAMPLES.get(recipe, (("^GSPC", recipe, ""),))
        for damage in DAMAGES
    ]
    files: dict[str, bytes] = {}
    for number, entry in enumerate(entries):
        if isinstance(entry.result, Drawn):
            files[f"{number:03d}-light.png"] = entry.result.light_png
            files[f"{number:03d}-dark.png"] = entry.result.dark_png
    files[PAGE] = _page(entries, day).encode()
    drawn = sum(isinstance(entry.result, Drawn) for entry in entries)
    return Gallery(files=MappingProxyType(files), drawn=drawn, refused=len(entries) - drawn)


def _damaged(day: MarketDay, damage: Damage) -> MarketDay:
    series = {
        symbol: Series(instrument=one.instrument, bars=damage(one.bars), source=one.source, state=one.state)
        for symbol, one in day.series.items()
        if len(one.bars)
    }
    return replace(day, series=series)


def _entry(recipe: str, asked: Asked, damage: str, day: MarketDay, config: Config) -> _Entry:
    entity, name, detector = asked
    story = Story(
        detector=detector,
        family=Family.LEVELS,
        entity=entity,
        direction=-1 if detector.startswith("drawdown_enter") else 1,
        p=1.0,
        z=0.0,
        facts=(),
        recipe=name,
    )
    result: Drawn | str
    try:
        result = draw_recipe(recipe, story, FactBook(), day, config=config)
    except ChartError as error:
        result = str(error)
    return _Entry(recipe=recipe, asked=asked, damage=damage, result=result)


def _page(entries: list[_Entry], day: MarketDay) -> str:
    sections = []
    for recipe in dict.fromkeys(entry.recipe for entry in entries):
        figures = [_figure(number, entry) for number, entry in enumerate(entries) if entry.recipe == recipe]
        sections.append(f"<section><h2>{escape(recipe)}</h2>{''.join(figures)}</section>")
    title = f"Charts of {day.session}"
    note = "<p>Sample data: invented prices</p>" if day.sample else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{title}</title><style>{_STYLE}</style></head>"
        f"<body><h1>{title}</h1>{note}{''.join(sections)}</body></html>\n"
    )


def _figure(number: int, entry: _Entry) -> str:
    about = escape(f"{entry.asked[0]} {entry.asked[2]}, {entry.damage}")
    if isinstance(entry.result, str):
        return f'<figure class="no"><figcaption>{about}</figcaption><p>{escape(entry.result)}</p></figure>'
    width, height = CHART_SIZE
    images = "".join(
        f'<img src="{number:03d}-{theme}.png" width="{width}" height="{height}" alt="{escape(entry.result.chart.alt)}">'
        for theme in ("light", "dark")
    )
    facts = _facts(entry.result.facts)
    return f"<figure><figcaption>{about}</figcaption>{images}<p>{escape(entry.result.chart.alt)}</p>{facts}</figure>"


def _facts(facts: tuple[Fact, ...]) -> str:
    rows = "".join(f"<li>{escape(item.id)} = {escape(str(item.value))}</li>" for item in facts)
    return f"<details><summary>{len(facts)} facts</summary><ul>{rows}</ul></details>"


_STYLE = (
    f"body{{background:{LIGHT.page};color:{LIGHT.ink};font:15px/21px system-ui,sans-serif;margin:24px}}"
    "section{display:flex;flex-wrap:wrap;gap:16px}h2{flex-basis:100%;margin:24px 0 0}"
    f"figure{{margin:0;padding:12px;background:{LIGHT.card};max-width:664px}}"
    "figure.no{max-width:300px}figcaption{font-weight:600}img{display:block;margin:8px 0;max-width:100%;height:auto}"
)
