"""The gap, spread or ratio of two, with the band that it mostly keeps to: median and the middle 90%.

The gap of two one-session moves is drawn as bars, anything else as a line. The band is of the sessions before today;
today's percentile and the last time it was as wide are told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from newsletter.errors import ChartError
from newsletter.facts import FactBook, Story, Unit
from newsletter.look import SEMIBOLD, Theme, text_width
from newsletter.market import MarketDay
from newsletter.numerals import ap_date, basis_points, number, ordinal

from . import callouts, style
from .closes import calendar_marks, days, numbers, session_marks
from .compound import STOCKS_BONDS, Compound, Measure, compound
from .place import Box, span
from .words import Citations, Plan, alt, share_of, source_line

LEAST, YEAR, BAND = 252, 252, 1260
"""Sessions: that a band needs, that bars show, and that the band is taken from."""

RECENT = 21
"""Sessions in which "the last time as wide" is no news."""

LOW, HIGH = 5.0, 95.0


@dataclass(frozen=True, kw_only=True, slots=True)
class BandPlan(Plan):
    """``values`` over ``days`` as bars or a line; ``band`` is low, median, high; ``then`` the last time as wide."""

    bars: bool
    days: tuple[date, ...]
    values: tuple[float, ...]
    band: tuple[float, float, float]
    zero: bool
    name: str
    last: str
    then: date | None
    note: tuple[str, ...]


def plan(story: Story, book: FactBook, day: MarketDay) -> BandPlan:
    """The two series of a pair, spread or ratio; ChartError where they share less than a year."""
    found = compound(story.entity, day, recipe=story.recipe)
    if len(found.values) <= LEAST:
        raise ChartError(f"{story.entity} has {len(found.values)} values; a band needs {LEAST}")
    bars = found.measure is Measure.GAP
    window = np.array(found.values.iloc[-BAND - 1 : -1], dtype=np.float64)
    now = float(found.values.iloc[-1])
    band = tuple(float(value) for value in np.percentile(window, [LOW, 50, HIGH]))
    share = _share(window, now, bars=bars)
    then = _last_as_wide(found.values, now, bars=bars, middle=band[1])
    part = found.values.iloc[-_shown(found.values, then, bars=bars) :]
    cited = _cited(found, now, share, len(window), then, bars, book, day)
    text = _text(found.measure, now)
    near = then is not None and then >= found.values.index[-RECENT]
    visible = then if then is not None and then >= part.index[0] and not near else None
    since = (
        f"since {ap_date(then.date())}"
        if then is not None
        else f"since at least {found.values.index[0].year}"
    )
    note = (
        (ap_date(visible.date()), _text(found.measure, float(found.values[visible])))
        if visible is not None
        else ()
    )
    return BandPlan(
        titles=_titles(found, now, "" if near else since),
        subtitle=_subtitle(found, len(window)),
        alt=alt(
            f"{'Bar' if bars else 'Line'} chart: {_described(found)}, with its middle 90% of {len(window):,} sessions.",
            _finding(text, share, bars=bars, session=ap_date(day.session)),
            f"Last as wide: {ap_date(then.date())}." if then is not None and bars else "",
        ),
        source=source_line(
            day, *(s for s in day.series.values() if s.instrument in (found.first, found.second))
        ),
        facts=cited.all,
        columns=("date", found.measure.value),
        rows=tuple((str(when), float(value)) for when, value in zip(days(part), part, strict=True)),
        bars=bars,
        days=days(part),
        values=tuple(map(float, part)),
        band=(band[0], band[1], band[2]),
        zero=found.measure is not Measure.RATIO
        and min(float(part.min()), band[0]) <= 0 <= max(float(part.max()), band[2]),
        name="" if bars else _short(found),
        last=text,
        then=visible.date() if visible is not None else None,
        note=note,
    )


def _share(window: NDArray[np.float64], now: float, *, bars: bool) -> float:
    """Percent of the window that is smaller: in size for a gap, in value for a line."""
    return float((np.abs(window) < abs(now)).mean() * 100 if bars else (window < now).mean() * 100)


def _last_as_wide(values: pd.Series[float], now: float, *, bars: bool, middle: float) -> pd.Timestamp | None:
    before = values.iloc[:-1]
    if bars:
        found = before[before >= now] if now > 0 else before[before <= now]
    else:
        found = before[before >= now] if now >= middle else before[before <= now]
    return pd.Timestamp(found.index[-1]) if len(found) else None


def _shown(values: pd.Series[float], then: pd.Timestamp | None, *, bars: bool) -> int:
    """How many sessions are drawn: a year of bars or two of a line, more where the last time as wide is not far."""
    least = YEAR if bars else 2 * YEAR
    if then is None:
        return least
    back = len(values) - int(np.searchsorted(values.index.to_numpy(), then.to_datetime64()))
    return max(least, back + 10) if back <= 2 * least else least


def _cited(
    found: Compound,
    now: float,
    share: float,
    window: int,
    then: pd.Timestamp | None,
    bars: bool,
    book: FactBook,
    day: MarketDay,
) -> Citations:
    cited = Citations(book=book)
    metric, unit = {
        Measure.GAP: ("gap", Unit.PP),
        Measure.RATIO: ("ratio", Unit.LEVEL),
        Measure.SPREAD: ("close", Unit.BP),
        Measure.PREMIUM: ("premium", Unit.PTS),
        Measure.CORRELATION: ("correlation", Unit.LEVEL),
    }[found.measure]
    value: float = int(now) if unit is Unit.BP else now
    window_of = "63s" if found.measure is Measure.CORRELATION else "1s"
    cited.cite(found.entity, metric, window_of, value, unit, day.session, found.source)
    share_of = "gap_share" if bars else f"{metric}_share"
    cited.cite(found.entity, share_of, f"{window}s", share, Unit.PCT, day.session, found.source)
    cited.cite(found.entity, "sessions", f"{window}s", window, Unit.COUNT, day.session, found.source)
    file = f"file@{found.values.index[0].date()}"
    if then is not None:
        since = "gap_since" if bars else "last_as_wide"
        cited.cite(found.entity, since, file, then.date(), Unit.DATE, day.session, found.source)
    else:
        cited.cite(found.entity, "sessions", file, len(found.values), Unit.COUNT, day.session, found.source)
    return cited


def _text(measure: Measure, value: float) -> str:
    if measure is Measure.GAP:
        return f"{number(value, 1, signed=True)} points"
    if measure is Measure.SPREAD:
        return basis_points(value, signed=True)
    if measure is Measure.PREMIUM:
        return f"{number(value, 1, signed=True)} points"
    return number(value, 2, signed=True) if measure is Measure.CORRELATION else number(value, 3)


def _short(found: Compound) -> str:
    return found.measure.value.capitalize()


def _described(found: Compound) -> str:
    a, b = found.first.name, found.second.name
    return {
        Measure.GAP: f"daily change of {a} less that of {b}",
        Measure.RATIO: f"{a} divided by {b}",
        Measure.SPREAD: f"{a} less {b}",
        Measure.PREMIUM: "VIX less the volatility the S&P 500 realised",
        Measure.CORRELATION: f"correlation of {_sides(found)}",
    }[found.measure]


def _sides(found: Compound) -> str:
    """What is correlated: yields stand for the bonds that move against them."""
    if found.entity == STOCKS_BONDS:
        return "stocks and bonds"
    return f"{found.first.name} and {found.second.name}"


def _subtitle(found: Compound, window: int) -> str:
    """What is measured and the band, as fully as the sheet's width allows."""
    measured, band = _measured(found), f"Band: 90% of {window:,} sessions"
    if found.measure is Measure.CORRELATION:
        return measured
    wordings = (f"{measured}. {band}", f"{measured}. Band: 90%", f"{measured}, 90% band")
    return next(
        (text for text in wordings if text_width(text, style.SUBTITLE) <= style.RIGHT - style.LEFT),
        _bare(found),
    )


def _measured(found: Compound) -> str:
    a, b = found.first.name, found.second.name
    return {
        Measure.GAP: f"{a} less {b}, daily, points",
        Measure.RATIO: f"{a} / {b}",
        Measure.SPREAD: f"{a} less {b}, bp",
        Measure.PREMIUM: "VIX less realised volatility, points",
        Measure.CORRELATION: f"{_sides(found)[:1].upper()}{_sides(found)[1:]}, daily moves over 63 sessions",
    }[found.measure]


def _bare(found: Compound) -> str:
    """By symbol, where two long names leave no room."""
    return f"{found.first.symbol} against {found.second.symbol}. Band: 90%"


def _titles(found: Compound, now: float, since: str) -> tuple[str, ...]:
    a, b = found.first.name, found.second.name
    if found.measure is Measure.GAP:
        ahead, behind = (a, b) if now > 0 else (b, a)
        size = number(abs(now), 1)
        return (f"{ahead} beat {behind} by {size} points", f"A gap of {size} points", f"{size} points apart")
    if found.measure is Measure.SPREAD:
        word = "above" if now > 0 else "below"
        size = basis_points(abs(now))
        return (f"{a} {size} {word} {b}", f"A spread of {basis_points(now)}")
    if found.measure is Measure.PREMIUM:
        side = "above" if now > 0 else "below"
        return (f"VIX {number(abs(now), 1)} points {side} actual volatility",)
    if found.measure is Measure.CORRELATION:
        text, sign = number(now, 2, signed=True), "positive" if now > 0 else "negative"
        return (
            f"{_sides(found)[:1].upper()}{_sides(found)[1:]}: correlation {text}",
            f"A {sign} correlation of {text}",
        )
    if not since:
        return (f"{a} against {b}: {number(now, 3)}", f"A ratio of {number(now, 3)}")
    word = "highest" if now >= float(found.values.iloc[-BAND:].median()) else "lowest"
    return (
        f"{a} against {b}: {word} {since}",
        f"{a}: {word} ratio {since}",
        f"{word.capitalize()} ratio {since}",
    )


def _finding(text: str, share: float, *, bars: bool, session: str) -> str:
    return f"{text} on {session} is {'wider than' if bars else 'above'} {share_of(share)} of them."


def draw(plan: BandPlan, theme: Theme, *, title: str, name: str) -> Figure:
    """The plan in one theme."""
    page = style.sheet(theme, title=title, subtitle=plan.subtitle, source=plan.source, name=name)
    low, high = span(plan.values, include=plan.band)
    scale = style.scale(low, high, head=52.0, foot=20.0, zero=plan.zero)
    labels = [
        callouts.end(theme, plan.name, plan.last.replace(" points", ""), y=0, main=True),
        *_band_labels(theme, [0, 0, 0]),
    ]
    box = Box(
        left=scale.left,
        top=style.PLOT_TOP,
        right=callouts.label_column([label.width for label in labels]),
        bottom=style.PLOT_BOTTOM,
    )
    xs = list(range(len(plan.values))) if plan.bars else numbers(plan.days)
    ends = (-0.7, len(xs) - 0.3) if plan.bars else (xs[0], xs[-1])
    target = style.plot(page, x=ends, y=(scale.floor, scale.ceiling), box=box)
    _band(target, plan)
    target.grid(scale.lines, scale.label, base=0.0 if plan.zero else None)
    target.dates(session_marks(plan.days) if plan.bars else calendar_marks(plan.days))
    if plan.bars:
        for x, value in enumerate(plan.values):
            last = x == len(plan.values) - 1
            target.bar(
                x, value, colour=theme.accent if last else theme.quiet, width=0.9, least=2.6 if last else 1.0
            )
    else:
        target.line(xs, plan.values, main=True)
        target.dot(xs[-1], plan.values[-1])
    _marks(target, plan, xs)
    return page.figure


def _band(target: style.Plot, plan: BandPlan) -> None:
    theme = target.sheet.theme
    low, middle, high = (target.px_y(value) for value in plan.band)
    target.sheet.block(
        Box(left=target.box.left, top=high, right=target.box.right, bottom=low),
        theme.accent,
        alpha=theme.band,
    )
    target.sheet.rule(
        [target.box.left, target.box.right], [middle, middle], colour=theme.base, width=style.HAIR, zorder=0.1
    )


def _band_labels(theme: Theme, ys: list[float]) -> list[callouts.End]:
    return [
        callouts.End(y=y, runs=(style.Run(text=text, size=style.FOOT, weight=SEMIBOLD, colour=theme.muted),))
        for text, y in zip(
            (ordinal(int(LOW), words=False), "median", ordinal(int(HIGH), words=False)), ys, strict=True
        )
    ]


def _marks(target: style.Plot, plan: BandPlan, xs: list[float] | list[int]) -> None:
    theme = target.sheet.theme
    last = plan.values[-1]
    y = target.px_y(last * 0.6 if plan.bars else last)
    callouts.ends(
        target,
        [
            callouts.end(theme, plan.name, plan.last.replace(" points", ""), y=y, main=True),
            *_band_labels(theme, [target.px_y(value) for value in plan.band]),
        ],
        leaders=False,
    )
    if plan.then is None:
        return
    at = plan.days.index(plan.then)
    x, value = float(xs[at]), plan.values[at]
    target.ring(x, value, main=not plan.bars)
    callouts.note(
        target,
        callouts.dated(theme, *plan.note),
        x=target.px_x(x),
        y=target.px_y(value),
        required=False,
        reach=7,
    )
