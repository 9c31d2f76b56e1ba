"""The share of an index's members above their own average of 50 or 200 sessions, over a year.

The lines at 20, 50 and 80 percent are the ones that stories speak of. Members without enough closes are left out, and
how many are counted is printed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from newsletter.errors import ChartError
from newsletter.facts import FactBook, Story, Unit
from newsletter.look import Theme
from newsletter.market import MarketDay, Members
from newsletter.numerals import ap_date, number, percent

from . import callouts, style
from .closes import calendar_marks, days, numbers
from .place import Box
from .words import PROVIDERS, Citations, Plan, alt

ENTITY = "breadth:SPX"
SHOWN, LEAST, COVERED = 252, 63, 0.9
LINES = (0.0, 20.0, 50.0, 80.0, 100.0)
HALF = 50.0


@dataclass(frozen=True, kw_only=True, slots=True)
class BreadthPlan(Plan):
    """``values`` are shares in percent; ``then`` is the last day on the other side of half."""

    days: tuple[date, ...]
    values: tuple[float, ...]
    then: date | None
    note: tuple[str, ...]
    last: str


def plan(story: Story, book: FactBook, day: MarketDay) -> BreadthPlan:
    """The members of the index; ChartError where fewer than 90% of them have data."""
    if day.members is None:
        raise ChartError("the members of the index aren't known")
    window = 200 if any("200" in note for note in (*story.notes, story.detector)) else 50
    share, counted, belong = _share(day.members, day, window)
    if len(share) < LEAST:
        raise ChartError(f"breadth is known for {len(share)} sessions; the chart needs {LEAST}")
    if counted < COVERED * belong:
        raise ChartError(f"{counted} of {belong} members have {window} closes: too few to speak of the index")
    part = share.iloc[-SHOWN:]
    now = float(part.iloc[-1])
    then = _last_across(part)
    cited = Citations(book=book)
    source = day.members.source
    cited.cite(ENTITY, f"above_sma{window}", "1s", now, Unit.PCT, day.session, source)
    cited.cite(ENTITY, f"counted_sma{window}", "1s", counted, Unit.COUNT, day.session, source)
    word = "below" if now > HALF else "above"
    if then is not None:
        cited.cite(ENTITY, f"sma{window}_half_since", "1s", then.date(), Unit.DATE, day.session, source)
    text = percent(now, 0)
    return BreadthPlan(
        titles=(f"{text} of members are above their average", f"{text} of members above average"),
        subtitle=f"Share of {counted} {_named(day.members.index, day)} members above their {window}-day average",
        alt=alt(
            f"Line chart of the share of {counted} index members above their {window}-day average.",
            f"On {ap_date(day.session)} it was {text}.",
            f"It was last {word} half on {ap_date(then.date())}." if then is not None else "",
        ),
        source="Sample data: invented prices"
        if day.sample
        else f"{PROVIDERS.get(source.partition(':')[0], f'Source: {source}')}. Close of {ap_date(day.session)}",
        facts=cited.all,
        columns=("date", f"above {window}-day average"),
        rows=tuple((str(when), float(value)) for when, value in zip(days(part), part, strict=True)),
        days=days(part),
        values=tuple(map(float, part)),
        then=then.date() if then is not None else None,
        note=(ap_date(then.date()), f"Last {word} half") if then is not None else (),
        last=text,
    )


def _named(symbol: str, day: MarketDay) -> str:
    return day.series[symbol].instrument.name if symbol in day.series else symbol


def _share(members: Members, day: MarketDay, window: int) -> tuple[pd.Series[float], int, int]:
    """The share by session, how many members were counted on the last, and how many belonged to the index."""
    closes = members.closes[members.closes.index <= pd.Timestamp(day.session)].iloc[-SHOWN - window :]
    if not len(closes) or pd.Timestamp(closes.index[-1]).date() != day.session:
        raise ChartError("the members' closes don't reach the session")
    belongs = _belongs(members, closes)
    mean = closes.rolling(window).mean()
    counted = belongs & mean.notna().to_numpy() & closes.notna().to_numpy()
    above = counted & (closes.to_numpy() > mean.to_numpy())
    n = counted.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = pd.Series(100 * above.sum(axis=1) / n, index=closes.index)
    return share[n > 0], int(n[-1]), int(belongs[-1].sum())


def _belongs(members: Members, closes: pd.DataFrame) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Which member belonged to the index on which session."""
    stamps, column = closes.index.to_numpy(), {name: i for i, name in enumerate(closes.columns)}
    result = np.zeros(closes.shape, dtype=bool)
    for spell in members.spells:
        if spell.symbol in column:
            start = int(np.searchsorted(stamps, pd.Timestamp(spell.start).to_datetime64()))
            end = (
                len(stamps)
                if spell.end is None
                else int(np.searchsorted(stamps, pd.Timestamp(spell.end).to_datetime64()))
            )
            result[start:end, column[spell.symbol]] = True
    return result


def _last_across(part: pd.Series[float]) -> pd.Timestamp | None:
    """The last day on the other side of half of the members, where that is inside the chart."""
    side = (part > HALF).to_numpy()
    other = np.flatnonzero(side != side[-1])
    return pd.Timestamp(part.index[int(other[-1])]) if len(other) else None


def draw(plan: BreadthPlan, theme: Theme, *, title: str, name: str) -> Figure:
    """The plan in one theme."""
    page = style.sheet(theme, title=title, subtitle=plan.subtitle, source=plan.source, name=name)
    label = callouts.end(theme, "Above", plan.last, y=0, main=True)
    left = style.gutter([percent(line, 0) for line in LINES])
    box = Box(
        left=left,
        top=style.PLOT_TOP + 12,
        right=callouts.label_column([label.width]),
        bottom=style.PLOT_BOTTOM,
    )
    xs = numbers(plan.days)
    target = style.plot(page, x=(xs[0], xs[-1]), y=(0.0, 100.0), box=box)
    target.grid(LINES, lambda value: f"{number(value)}%", base=50.0)
    target.dates(calendar_marks(plan.days))
    target.line(xs, plan.values, main=True)
    target.dot(xs[-1], plan.values[-1])
    callouts.ends(
        target, [callouts.end(theme, "Above", plan.last, y=target.px_y(plan.values[-1]), main=True)]
    )
    if plan.then is not None:
        x, value = numbers([plan.then])[0], plan.values[plan.days.index(plan.then)]
        target.ring(x, value)
        callouts.note(
            target, callouts.dated(theme, *plan.note), x=target.px_x(x), y=target.px_y(value), required=False
        )
    return page.figure
