"""How a stock moved after each of its last reports, a bar each.

For a report that is ahead and for one that was just answered, whose bar is then highlighted. The typical move is the
median of their sizes. Where estimates are known, a triangle under the bar says whether earnings beat or missed them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from newsletter.errors import ChartError
from newsletter.facts import FactBook, Story, Unit
from newsletter.look import SEMIBOLD, Theme
from newsletter.market import EarningsDate, MarketDay, Timing
from newsletter.numerals import ap_date, percent

from . import callouts, style
from .closes import series_of
from .place import Box, span
from .reports import LAST, LEAST, Answer, answers
from .words import Citations, Plan, alt, source_line

WHEN = {
    Timing.BEFORE_OPEN: "before the open",
    Timing.AFTER_CLOSE: "after the close",
    Timing.UNKNOWN: "at an hour not known",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ReactionPlan(Plan):
    """``moves`` after reports with their ``labels``; ``beats`` is 1, -1 or 0 (not known) for each."""

    labels: tuple[str, ...]
    moves: tuple[float, ...]
    beats: tuple[int, ...]
    answered_today: bool
    typical: float
    typical_text: str
    last: str


def plan(story: Story, book: FactBook, day: MarketDay) -> ReactionPlan:
    """The last twelve answers; ChartError where fewer than eight are known."""
    series = series_of(day, story.entity)
    known = answers(day, story.entity)[-LAST:]
    if len(known) < LEAST:
        raise ChartError(f"{story.entity} has {len(known)} answered reports; the chart needs {LEAST}")
    moves = [answer.move for answer in known]
    typical = float(np.median(np.abs(moves)))
    today = known[-1].session.date() == day.session
    cited = Citations(book=book)
    cited.cite(story.entity, "report_move", f"{LAST}r", typical, Unit.PCT, day.session, series.source)
    cited.cite(story.entity, "report_count", f"{LAST}r", len(known), Unit.COUNT, day.session, series.source)
    for answer in known:
        cited.cite(story.entity, "return", "1s", answer.move, Unit.PCT, answer.session.date(), series.source)
    name, last = series.instrument.name, percent(moves[-1], 1, signed=True)
    size = percent(typical, 1)
    due = _due(story.entity, day)
    if due is not None:
        window = f"due@{due.day}"
        cited.cite(story.entity, "report", window, due.day, Unit.DATE, day.session, due.source)
        if due.confirmed:
            cited.cite(story.entity, "timing", window, due.timing.value, Unit.TEXT, day.session, due.source)
    hour = WHEN[due.timing if due.confirmed else Timing.UNKNOWN] if due is not None else ""
    timing = f"Next report: {ap_date(due.day)}, {hour}." if due is not None else ""
    return ReactionPlan(
        titles=(
            f"{name}: {last} after its report",
            f"{last} after the report",
        )
        if today
        else (
            f"{name} moves {size} on a typical report",
            f"A typical report moves {name} {size}",
            f"A typical report: {size}",
        ),
        subtitle=f"{name}, change on the session after its last {len(known)} reports",
        alt=alt(
            f"Bar chart of {name}, one-day moves after its last {len(known)} reports.",
            f"{last} on {ap_date(known[-1].session.date())}; the median size is {size}."
            if today
            else f"The median size is {size}, the last one was {last}.",
            timing,
        ),
        source=source_line(day, series),
        facts=cited.all,
        columns=("report", "move"),
        rows=tuple((str(answer.report.day), answer.move) for answer in known),
        labels=tuple(_label(answer, known[i - 1] if i else None) for i, answer in enumerate(known)),
        moves=tuple(moves),
        beats=tuple(_beat(answer.report) for answer in known),
        answered_today=today,
        typical=typical,
        typical_text=size,
        last=last,
    )


def _due(symbol: str, day: MarketDay) -> EarningsDate | None:
    ahead = [item for item in day.earnings if item.symbol == symbol and item.day > day.session]
    return min(ahead, key=lambda item: item.day, default=None)


def _label(answer: Answer, before: Answer | None) -> str:
    """The year, where it is a new one."""
    year = answer.report.day.year
    return str(year) if before is None or before.report.day.year != year else ""


def _beat(report: EarningsDate) -> int:
    if report.eps_actual is None or report.eps_estimate is None:
        return 0
    return int(np.sign(report.eps_actual - report.eps_estimate))


def draw(plan: ReactionPlan, theme: Theme, *, title: str, name: str) -> Figure:
    """The plan in one theme."""
    page = style.sheet(theme, title=title, subtitle=plan.subtitle, source=plan.source, name=name)
    low, high = span((*plan.moves, plan.typical, -plan.typical), include=(0.0,))
    shapes = any(plan.beats)
    scale = style.scale(low, high, head=20.0, foot=40.0 if shapes else 20.0, zero=True)
    labels = [callouts.end(theme, "Last", plan.last, y=0, main=plan.answered_today), _typical(theme, plan, 0)]
    box = Box(
        left=scale.left,
        top=style.PLOT_TOP,
        right=callouts.label_column([label.width for label in labels]),
        bottom=style.PLOT_BOTTOM,
    )
    target = style.plot(page, x=(-0.7, len(plan.moves) - 0.3), y=(scale.floor, scale.ceiling), box=box)
    page.block(
        Box(left=box.left, top=target.px_y(plan.typical), right=box.right, bottom=target.px_y(-plan.typical)),
        theme.accent,
        alpha=theme.band,
    )
    target.grid(scale.lines, scale.label, base=0.0)
    for x, value in enumerate(plan.moves):
        lit = plan.answered_today and x == len(plan.moves) - 1
        target.bar(x, value, colour=theme.accent if lit else theme.quiet, width=0.64)
        if plan.beats[x]:
            _shape(target, x, plan.beats[x])
    target.dates([(x - 0.32, label) for x, label in enumerate(plan.labels) if label])
    if shapes:
        _key(target)
    last = target.px_y(plan.moves[-1] / 2)
    callouts.ends(
        target,
        [
            callouts.end(theme, "Last", plan.last, y=last, main=plan.answered_today),
            _typical(theme, plan, target.px_y(plan.typical if plan.moves[-1] < 0 else -plan.typical)),
        ],
        leaders=False,
    )
    return page.figure


def _typical(theme: Theme, plan: ReactionPlan, y: float) -> callouts.End:
    words = ("Typical size", plan.typical_text)
    return callouts.End(
        y=y,
        runs=tuple(
            style.Run(text=text, size=style.NOTE, weight=SEMIBOLD, colour=theme.muted) for text in words
        ),
    )


def _shape(target: style.Plot, x: float, beat: int) -> None:
    """A triangle on the floor of the plot: up for earnings over the estimate, down for under."""
    low, high = target.y
    floor = low + (high - low) * 9 / (target.box.bottom - target.box.top)
    target.axes.plot(
        [x],
        [floor],
        marker="^" if beat > 0 else "v",
        markersize=6,
        color=target.sheet.theme.sub,
        linestyle="none",
        clip_on=False,
        zorder=4,
    )


def _key(target: style.Plot) -> None:
    """What the triangles mean, in words beside them."""
    run = style.Run(
        text="Triangles: earnings above or below estimate", size=style.FOOT, colour=target.sheet.theme.sub
    )
    target.sheet.write(target.box.left + 2, target.box.bottom - 20, run)
