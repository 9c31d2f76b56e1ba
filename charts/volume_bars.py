"""Turnover against its own habit: each session's volume over the median of the 50 before it, a bar a session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd
from matplotlib.figure import Figure

from newsletter.errors import ChartError
from newsletter.facts import FactBook, Story, Unit
from newsletter.look import Theme
from newsletter.market import MarketDay
from newsletter.numerals import ap_date, number

from . import callouts, style
from .closes import days, series_of, session_marks, unbroken
from .place import Box
from .words import Citations, Plan, alt, opening, source_line

HABIT, SHOWN = 50, 63


@dataclass(frozen=True, kw_only=True, slots=True)
class VolumePlan(Plan):
    """``values`` are multiples of the median."""

    days: tuple[date, ...]
    values: tuple[float, ...]
    last: str


def plan(story: Story, book: FactBook, day: MarketDay) -> VolumePlan:
    """A quarter of sessions; ChartError where volume isn't known for each of them."""
    series = series_of(day, story.entity)
    volume = series.bars["volume"].loc[: pd.Timestamp(day.session)].iloc[-HABIT - SHOWN :]
    if len(volume) < HABIT + SHOWN or not (volume > 0).all():
        raise ChartError(f"the volume of {story.entity} isn't known for {HABIT + SHOWN} sessions")
    unbroken(day, story.entity, series.bars["close"].loc[volume.index])
    ratio = (volume / volume.rolling(HABIT).median().shift(1)).iloc[HABIT:]
    now = float(ratio.iloc[-1])
    cited = Citations(book=book)
    cited.cite(story.entity, "volume_ratio", f"{HABIT}s", now, Unit.LEVEL, day.session, series.source)
    cited.cite(story.entity, "volume_median", f"{HABIT}s", HABIT, Unit.COUNT, day.session, series.source)
    text, name = number(now, 1), series.instrument.name
    return VolumePlan(
        titles=(
            f"{opening(series.instrument)}’s volume: {text} times usual",
            f"Volume {text} times the usual",
        ),
        subtitle=f"{name}, volume over the median of the {HABIT} sessions before",
        alt=alt(
            f"Bar chart of the volume of {series.instrument.prose} over its median of {HABIT} sessions.",
            f"On {ap_date(day.session)} it was {text} times that median.",
        ),
        source=source_line(day, series),
        facts=cited.all,
        columns=("date", "times median"),
        rows=tuple((str(when), float(value)) for when, value in zip(days(ratio), ratio, strict=True)),
        days=days(ratio),
        values=tuple(map(float, ratio)),
        last=f"{text} times",
    )


def draw(plan: VolumePlan, theme: Theme, *, title: str, name: str) -> Figure:
    """The plan in one theme."""
    page = style.sheet(theme, title=title, subtitle=plan.subtitle, source=plan.source, name=name)
    scale = style.scale(0.0, max(1.0, *plan.values), head=16.0, zero=True)
    label = callouts.end(theme, "", plan.last, y=0, main=True)
    box = Box(
        left=scale.left,
        top=style.PLOT_TOP,
        right=callouts.label_column([label.width]),
        bottom=style.PLOT_BOTTOM,
    )
    target = style.plot(page, x=(-0.7, len(plan.values) - 0.3), y=(scale.floor, scale.ceiling), box=box)
    target.grid(scale.lines, scale.label, base=0.0)
    for x, value in enumerate(plan.values):
        last = x == len(plan.values) - 1
        target.bar(x, value, colour=theme.accent if last else theme.quiet)
    target.level(1.0, colour=theme.muted)
    target.dates(session_marks(plan.days))
    y = target.px_y(plan.values[-1])
    callouts.ends(target, [callouts.end(theme, "", plan.last, y=y, main=True)], leaders=False)
    return page.figure
