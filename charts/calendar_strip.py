"""What is due in the next five sessions, each item with how much such days have moved before.

Releases are measured on the S&P 500, reports on the company's own stock: the median size of the move on the last twelve
such days, with its n. Items without that history stand without a bar.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from newsletter.errors import ChartError
from newsletter.facts import FactBook, Story, Unit
from newsletter.look import BOLD, REGULAR, SEMIBOLD, Theme, text_width
from newsletter.market import EarningsDate, MarketDay, Release, Timing
from newsletter.numerals import ap_date, percent, table_time

from . import style
from .closes import closes, stamp
from .place import Box
from .reports import LAST, LEAST, answers
from .words import PROVIDERS, Citations, Plan, alt

BENCHMARK = "^GSPC"
SESSIONS, ROWS, FEWEST = 5, 8, 2
TOP, BOTTOM = 130.0, 462.0
TIMES = {Timing.BEFORE_OPEN: "pre-open", Timing.AFTER_CLOSE: "post-close", Timing.UNKNOWN: ""}
ORDER = {Timing.BEFORE_OPEN: time(8, 0), Timing.AFTER_CLOSE: time(16, 5), Timing.UNKNOWN: time(12, 0)}
NAME_WIDTH = 236.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One thing that is due; ``size`` is the median move of its like in percent, None where not known."""

    day: date
    at: time
    when: str
    name: str
    size: float | None
    n: int
    entity: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CalendarPlan(Plan):
    """In the order they are due."""

    items: tuple[Item, ...]
    lit: int | None


def plan(story: Story, book: FactBook, day: MarketDay) -> CalendarPlan:
    """The largest items of the next five sessions; ChartError where fewer than two are due."""
    if not day.ahead:
        raise ChartError("the sessions ahead aren't known")
    last = day.ahead[min(SESSIONS, len(day.ahead)) - 1]
    items = [*_releases(day, last, story.entity), *_reports(day, last)]
    items.sort(key=lambda item: (item.entity != story.entity, -(item.size or 0.0), item.day, item.at))
    items = sorted(items[:ROWS], key=lambda item: (item.day, item.at, item.name))
    if len(items) < FEWEST:
        raise ChartError(f"{len(items)} items are due by {last}; the chart needs {FEWEST}")
    lit = next((i for i, item in enumerate(items) if item.entity == story.entity), None)
    if lit is None and (story.entity.startswith("event:") or story.entity in day.series):
        raise ChartError(f"{story.entity} is not due by {last}")
    if all(item.size is None for item in items):
        raise ChartError("of nothing that is due is it known how such days move")
    cited = Citations(book=book)
    cited.cite("calendar", "due", f"{SESSIONS}s", len(items), Unit.COUNT, day.session, "calendar")
    for item in items:
        _cite(cited, item, day)
    return CalendarPlan(
        titles=_titles(items, items[lit] if lit is not None else None),
        subtitle="Due in five sessions, ET, and the typical move on such days",
        alt=alt(
            f"List of {len(items)} events that are due, with the median move on such days.",
            _finding(items[lit] if lit is not None else max(items, key=lambda item: item.size or 0.0)),
        ),
        source=f"{_source(day)}. As of {ap_date(day.session)}",
        facts=cited.all,
        columns=("day", "time", "event", "median move", "n"),
        rows=tuple((str(item.day), item.when, item.name, item.size, float(item.n)) for item in items),
        items=tuple(items),
        lit=lit,
    )


def _source(day: MarketDay) -> str:
    if day.sample:
        return "Sample data: invented prices"
    said = [*(item.source for item in day.releases[-1:]), *(item.source for item in day.earnings[-1:])]
    known = [PROVIDERS.get(name.partition(":")[0], name).removeprefix("Source: ") for name in said]
    return "Source: " + ", ".join(dict.fromkeys(known))


def _releases(day: MarketDay, last: date, lead: str) -> list[Item]:
    found: dict[tuple[date, time | None], Item] = {}
    for item in day.releases:
        if item.day <= day.session or item.day > last or item.impact not in ("high", "High"):
            continue
        size, n = _release_move(day, item)
        known = found.get((item.day, item.at))
        # Of several releases at one time the story's own speaks for the moment, else the one that moved most.
        entity = f"event:{item.event}"
        if known is None or entity == lead or (known.entity != lead and (size or 0.0) > (known.size or 0.0)):
            found[item.day, item.at] = Item(
                day=item.day,
                at=item.at or time(12, 0),
                when=table_time(item.at) if item.at is not None else "",
                name=item.event,
                size=size,
                n=n,
                entity=entity,
            )
    return list(found.values())


def _release_move(day: MarketDay, release: Release) -> tuple[float | None, int]:
    """The median size of the S&P 500's move on the release's last twelve days."""
    if BENCHMARK not in day.series:
        return None, 0
    found = closes(day, BENCHMARK, at_least=3)
    sizes = (found.pct_change() * 100).abs()
    past = sorted(
        {item.day for item in day.releases if item.event == release.event and item.day <= day.session}
    )
    moves = [
        float(sizes.iloc[at])
        for when in past
        if 0
        < (at := int(np.searchsorted(found.index.to_numpy(), pd.Timestamp(when).to_datetime64())))
        < len(found)
        and stamp(found, at).date() == when
    ][-LAST:]
    return (float(np.median(moves)), LAST) if len(moves) == LAST else (None, 0)


def _reports(day: MarketDay, last: date) -> list[Item]:
    found = []
    for report in day.earnings:
        if day.session < report.day <= last and report.symbol in day.series:
            moves = [abs(answer.move) for answer in answers(day, report.symbol)[-LAST:]]
            known = len(moves) >= LEAST
            found.append(
                _report(report, day, float(np.median(moves)) if known else None, len(moves) if known else 0)
            )
    return found


def _report(report: EarningsDate, day: MarketDay, size: float | None, n: int) -> Item:
    return Item(
        day=report.day,
        at=ORDER[report.timing],
        when=TIMES[report.timing],
        name=f"{day.series[report.symbol].instrument.name} reports",
        size=size,
        n=n,
        entity=report.symbol,
    )


def _cite(cited: Citations, item: Item, day: MarketDay) -> None:
    event = item.entity.startswith("event:")
    window = f"due@{item.day}"
    source = day.series[BENCHMARK].source if event and BENCHMARK in day.series else "calendar"
    cited.cite(item.entity, "day" if event else "report", window, item.day, Unit.DATE, day.session, source)
    if item.size is None:
        return
    kind = "release" if event else "report"
    own = source if event else day.series[item.entity].source
    cited.cite(item.entity, f"{kind}_move", f"{LAST}r", item.size, Unit.PCT, day.session, own)
    cited.cite(item.entity, f"{kind}_count", f"{LAST}r", item.n, Unit.COUNT, day.session, own)


def _titles(items: list[Item], lit: Item | None) -> tuple[str, ...]:
    largest = lit or max(items, key=lambda item: item.size or 0.0)
    size = percent(largest.size, 1) if largest.size is not None else ""
    weekday = f"{largest.day:%A}"
    titles = [f"{largest.name} {weekday}"] if not largest.entity.startswith("event:") else []
    if size and largest.entity.startswith("event:"):
        titles = [f"{largest.name} days move stocks {size}", f"Next: {largest.name} on {weekday}"]
    return (*titles, f"Due next: {largest.name}", f"{len(items)} events due in five sessions")


def _finding(item: Item) -> str:
    size = f"; median move on {item.n} such days {percent(item.size, 1)}" if item.size is not None else ""
    return f"{item.name}, {ap_date(item.day)}{size}."


def draw(plan: CalendarPlan, theme: Theme, *, title: str, name: str) -> Figure:
    """The plan in one theme."""
    page = style.sheet(theme, title=title, subtitle=plan.subtitle, source=plan.source, name=name)
    pitch = min(64.0, (BOTTOM - TOP) / len(plan.items))
    largest = max((item.size or 0.0 for item in plan.items), default=0.0) or 1.0
    for row, item in enumerate(plan.items):
        before = plan.items[row - 1] if row else None
        _row(
            page,
            item,
            top=TOP + pitch * row,
            pitch=pitch,
            new_day=before is None or before.day != item.day,
            lit=row == plan.lit,
            share=(item.size or 0.0) / largest,
        )
    return page.figure


def _row(
    page: style.Sheet, item: Item, *, top: float, pitch: float, new_day: bool, lit: bool, share: float
) -> None:
    theme, baseline = page.theme, top + pitch / 2 + style.LEVEL * style.AXIS
    days, times, names, bars = (
        style.LEFT,
        style.LEFT + 66,
        style.LEFT + 148,
        style.LEFT + 148 + NAME_WIDTH + 12,
    )
    if new_day:
        page.rule([style.LEFT, style.RIGHT], [top, top], colour=theme.rule, width=style.HAIR, zorder=0)
        day = style.Run(
            text=f"{item.day:%a} {item.day.day}", size=style.AXIS, weight=SEMIBOLD, colour=theme.ink
        )
        page.write(days, baseline, day)
    page.write(times, baseline, style.Run(text=item.when, size=style.FOOT, colour=theme.muted))
    weight = SEMIBOLD if lit else REGULAR
    name = style.Run(
        text=_cut(item.name, weight), size=style.AXIS, weight=weight, colour=theme.ink if lit else theme.text
    )
    page.write(names, baseline, name)
    if item.size is None:
        return
    text = style.Run(
        text=percent(item.size, 1), size=style.AXIS, weight=BOLD, colour=theme.accent if lit else theme.muted
    )
    room = style.RIGHT - bars - text_width("00.0%", style.AXIS, BOLD) - 8
    end = bars + max(2.0, room * share)
    middle = top + pitch / 2
    page.block(
        Box(left=bars, top=middle - 8, right=end, bottom=middle + 8),
        theme.accent if lit else theme.quiet,
        zorder=0.6,
    )
    page.write(end + 7, baseline, text)


def _cut(text: str, weight: int) -> str:
    """The name, shortened at a word where it is too long."""
    if text_width(text, style.AXIS, weight) <= NAME_WIDTH:
        return text
    words = text.split()
    while len(words) > 1 and text_width(" ".join(words) + "…", style.AXIS, weight) > NAME_WIDTH:
        words.pop()
    return " ".join(words) + "…"
