"""One session against the close before: open, high, low and close, beside the fortnight before it.

For a day that turned around. The day's extreme and its close are named in percent of the close before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from newsletter.errors import ChartError
from newsletter.facts import FactBook, Story, Unit
from newsletter.look import SEMIBOLD, Theme
from newsletter.market import MarketDay
from newsletter.numerals import ap_date, percent

from . import callouts, style
from .closes import closes, series_of, session_marks, unbroken
from .place import Box, span
from .words import Citations, Plan, alt, in_bp, opening, source_line

SHOWN = 15
INDEX_OPENS_FROM = date(2008, 1, 1)
"""Before it most opens of an index repeat the close before, so they aren't drawn."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Candle:
    """One session in percent of the close before the last one."""

    opened: float
    high: float
    low: float
    close: float


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionPlan(Plan):
    """``candles`` over ``days``; ``extreme`` and ``last`` are texts beside the last one."""

    days: tuple[date, ...]
    candles: tuple[Candle, ...]
    with_open: bool
    extreme: float
    extreme_text: str
    last: str


def plan(story: Story, book: FactBook, day: MarketDay) -> SessionPlan:
    """The last session of ``story.entity``; ChartError where its high or low isn't known or can't be."""
    series = series_of(day, story.entity)
    if in_bp(series.instrument):
        raise ChartError("yields have no open, high and low")
    close = unbroken(day, story.entity, closes(day, story.entity, at_least=SHOWN + 1).iloc[-SHOWN - 1 :])
    bars = series.bars.loc[close.index[1:], ["open", "high", "low", "close"]]
    before = float(close.iloc[-2])
    if not np.isfinite(bars.to_numpy()).all() or before <= 0:
        raise ChartError(f"open, high or low of {story.entity} isn't known")
    body = bars[["open", "close"]]
    if (bars["high"] < body.max(axis=1) * (1 - 1e-9)).any() or (
        bars["low"] > body.min(axis=1) * (1 + 1e-9)
    ).any():
        raise ChartError(f"a high or low of {story.entity} lies inside its bar")
    scaled = (bars / before - 1) * 100
    today = scaled.iloc[-1]
    up = float(today["close"]) >= 0
    extreme = float(today["low"] if up else today["high"])
    final = float(today["close"])
    cited = Citations(book=book)
    raw = bars.iloc[-1]
    for metric, value, unit in (
        ("return", final, Unit.PCT),
        ("low_return" if up else "high_return", extreme, Unit.PCT),
        ("day_low" if up else "day_high", float(raw["low"] if up else raw["high"]), Unit.LEVEL),
    ):
        cited.cite(story.entity, metric, "1s", value, unit, day.session, series.source)
    low_or_high = "low" if up else "high"
    edge, end = percent(extreme, 1, signed=True), percent(final, 1, signed=True)
    name = series.instrument.name
    return SessionPlan(
        titles=(
            f"{opening(series.instrument)} went from {edge} to {end}",
            f"{name}: from {edge} to {end}",
            f"From {edge} to {end} in one session",
        ),
        subtitle=f"{name}, range and close, percent of the close before",
        alt=alt(
            f"Chart of {series.instrument.prose}, {SHOWN} sessions by high, low and close, in percent.",
            f"On {ap_date(day.session)} its {low_or_high} was {edge} and its close {end} against the close before.",
        ),
        source=source_line(day, series),
        facts=cited.all,
        columns=("date", "open", "high", "low", "close"),
        rows=tuple(
            (str(stamp.date()), *(float(value) for value in row))
            for stamp, row in zip(pd.DatetimeIndex(bars.index), bars.to_numpy(), strict=True)
        ),
        days=tuple(stamp.date() for stamp in pd.DatetimeIndex(bars.index)),
        candles=tuple(Candle(opened=a, high=b, low=c, close=d) for a, b, c, d in scaled.to_numpy().tolist()),
        with_open=day.session >= INDEX_OPENS_FROM,
        extreme=extreme,
        extreme_text=f"{low_or_high.capitalize()} {edge}",
        last=f"Close {end}",
    )


def draw(plan: SessionPlan, theme: Theme, *, title: str, name: str) -> Figure:
    """The plan in one theme."""
    page = style.sheet(theme, title=title, subtitle=plan.subtitle, source=plan.source, name=name)
    low, high = span([edge for candle in plan.candles for edge in (candle.low, candle.high)], include=(0.0,))
    scale = style.scale(low, high, head=16.0, foot=16.0, zero=True)
    labels = [_label(theme, plan.last, 0, main=True), _label(theme, plan.extreme_text, 0, main=False)]
    box = Box(
        left=scale.left,
        top=style.PLOT_TOP,
        right=callouts.label_column([label.width for label in labels]),
        bottom=style.PLOT_BOTTOM,
    )
    target = style.plot(page, x=(-0.7, len(plan.candles) - 0.3), y=(scale.floor, scale.ceiling), box=box)
    target.grid(scale.lines, scale.label, base=0.0)
    target.dates(session_marks(plan.days))
    for x, candle in enumerate(plan.candles):
        last = x == len(plan.candles) - 1
        _candle(target, x, candle, colour=theme.accent if last else theme.quiet, opened=plan.with_open)
    callouts.ends(
        target,
        [
            _label(theme, plan.last, target.px_y(plan.candles[-1].close), main=True),
            _label(theme, plan.extreme_text, target.px_y(plan.extreme), main=False),
        ],
    )
    return page.figure


def _label(theme: Theme, text: str, y: float, *, main: bool) -> callouts.End:
    if main:
        return callouts.end(theme, "", text, y=y, main=True)
    return callouts.End(y=y, runs=(style.Run(text=text, size=style.NOTE, weight=SEMIBOLD, colour=theme.ink),))


def _candle(target: style.Plot, x: int, candle: Candle, *, colour: str, opened: bool) -> None:
    """Range as a line, open as a tick to the left, close as one to the right."""
    left, middle, right = (target.px_x(x + step) for step in (-0.34, 0.0, 0.34))
    high, low, close = (target.px_y(value) for value in (candle.high, candle.low, candle.close))
    target.sheet.rule([middle, middle], [high, low], colour=colour, width=3.0)
    target.sheet.rule([middle, right], [close, close], colour=colour, width=3.0)
    if opened:
        start = target.px_y(candle.opened)
        target.sheet.rule([left, middle], [start, start], colour=colour, width=3.0)
