"""What the templates are given beside the Brief: figures for layout, addresses, and what goes where.

Nothing here is a rule of the market or of the words; it is the arithmetic that a template would only obscure.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any

from newsletter import look
from newsletter.brief import (
    UNSUBSCRIBE_TOKEN,
    Brief,
    Cell,
    EarningsRow,
    Paragraph,
    ReleaseRow,
    SectorRow,
    SnapshotRow,
)
from newsletter.config import Config
from newsletter.market import Gap

SAMPLE_BANNER = "Sample data: invented prices"

NO_HEADLINE = "No headline found"
"""What a mover's reason says where there is none; said once where there is none for any."""

BARS = 30
"""Percent of a table's width for sector bars, both sides together."""

_WINDOWS = {"day": "1D", "week": "1W", "month": "1M", "year": "YTD"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One change in "at a glance"; ``wide`` ones are shown from 521 px on."""

    cell: Cell
    wide: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """A column of "at a glance": its head and whether only wide windows show it."""

    label: str
    wide: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class GlanceRow:
    """A row of "at a glance" with its changes in this issue's order of columns."""

    name: str
    note: str
    last: Cell
    changes: tuple[Change, ...]
    spark_light: str
    spark_dark: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """A sector and the lengths of its bar, in percent of the side of the axis that it stands on."""

    name: str
    day: Cell
    left: int
    right: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Release:
    """An economic release with its second line complete."""

    time: str
    event: str
    detail: str
    consensus: Cell
    important: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Reports:
    """Companies that report at one time of the day."""

    when: str
    rows: tuple[EarningsRow, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """Layout of one issue; see the fields. Addresses are None where no public address is configured."""

    language: str
    direction: str
    edition: str
    name: str
    postal_address: str | None
    browser_url: str | None
    unsubscribe_url: str | None
    facts_url: str | None
    privacy_url: str | None
    sample_banner: str | None
    degraded: tuple[Gap, ...]
    absent: tuple[Gap, ...]
    before_chart: tuple[Paragraph, ...]
    after_chart: tuple[Paragraph, ...]
    releases: tuple[Release, ...]
    reports: tuple[Reports, ...]
    windows: tuple[Window, ...]
    glance: tuple[GlanceRow, ...]
    bars: tuple[Bar, ...]
    bars_left: int
    bars_right: int
    ahead: str
    came: str
    unexplained: bool
    levels: bool
    sparks: bool


UNKNOWN = "—"
"""Stands for a figure that isn't known or may not be printed."""


def page(brief: Brief, config: Config) -> Page:
    """The layout of ``brief``."""
    base = config.public_base_url
    split = _split(brief)
    order = _order(brief.issue.flags)
    left, right = _sides(brief.sectors)
    return Page(
        language="en",
        direction="ltr",
        edition=_edition(brief, config),
        name=config.name,
        postal_address=config.sender.postal_address,
        browser_url=f"{base}/archive/{brief.issue.id}/" if base else None,
        unsubscribe_url=f"{base}/unsubscribe/{UNSUBSCRIBE_TOKEN}" if base else None,
        facts_url=f"{base}/archive/{brief.issue.id}/#facts" if base and brief.facts else None,
        privacy_url=config.privacy_url,
        sample_banner=SAMPLE_BANNER if brief.issue.sample else None,
        degraded=tuple(gap for gap in brief.gaps if gap.degraded),
        absent=tuple(gap for gap in brief.gaps if not gap.degraded),
        before_chart=brief.takeaway.paragraphs[:split],
        after_chart=brief.takeaway.paragraphs[split:],
        releases=tuple(_release(row) for row in brief.calendar.releases),
        reports=_reports(brief),
        windows=tuple(Window(label=_WINDOWS[name], wide=wide) for name, wide in order),
        glance=tuple(_glance(row, order) for row in brief.snapshot),
        bars=_bars(brief.sectors, left, right),
        bars_left=left,
        bars_right=right,
        sparks=any(row.spark_light for row in brief.snapshot),
        levels=2 * sum(row.last.text != UNKNOWN for row in brief.movers) >= len(brief.movers),
        ahead="Next week" if "friday" in brief.issue.flags else "This week",
        came="Yesterday" if (brief.issue.date - brief.issue.session).days == 1 else "Last session",
        unexplained=all(row.reason == NO_HEADLINE for row in brief.movers),
    )


def tokens() -> MappingProxyType[str, Any]:
    """The design tokens by name, as templates write them: ``look.light.ink``, ``look.h1.size``, ``look.width``."""
    names = {
        name.lower(): value
        for name, value in vars(look).items()
        if name.isupper() and isinstance(value, look.Theme | look.Type | int | float | str)
    }
    return MappingProxyType({**names, "spark_width": look.SPARK_SIZE[0]})


def colours(theme: look.Theme) -> tuple[str, ...]:
    """Every colour of ``theme``, in the order of its fields."""
    values = (getattr(theme, field.name) for field in fields(theme))
    return tuple(value for value in values if isinstance(value, str) and value.startswith("#"))


def _split(brief: Brief) -> int:
    """How many paragraphs stand before the chart: all of them where there is none."""
    count = len(brief.takeaway.paragraphs)
    if brief.chart is None:
        return count
    return max(0, min(brief.chart.after_paragraph + 1, count))


def _order(flags: tuple[str, ...]) -> tuple[tuple[str, bool], ...]:
    """The columns of changes, with whether each is for wide windows only: a phone has room for two."""
    if "monday" in flags:
        return (("year", False), ("day", False), ("week", True), ("month", True))
    if "friday" in flags:
        return (("week", False), ("day", False), ("month", True), ("year", True))
    return (("day", False), ("week", True), ("month", True), ("year", False))


def _glance(row: SnapshotRow, order: tuple[tuple[str, bool], ...]) -> GlanceRow:
    cells: dict[str, Cell] = {"day": row.day, "week": row.week, "month": row.month, "year": row.year}
    changes = tuple(Change(cell=cells[name], wide=wide) for name, wide in order)
    return GlanceRow(
        name=row.name,
        note=row.note,
        last=row.last,
        changes=changes,
        spark_light=row.spark_light,
        spark_dark=row.spark_dark,
    )


def _sides(sectors: tuple[SectorRow, ...]) -> tuple[int, int]:
    """The widths left and right of the axis, in percent of the table: as the longest fall is to the longest rise."""
    down, up = _longest(sectors, -1), _longest(sectors, 1)
    left = round(BARS * down / (down + up)) if down + up else BARS // 2
    left = min(max(left, 1), BARS - 1)
    return left, BARS - left


def _bars(sectors: tuple[SectorRow, ...], left: int, right: int) -> tuple[Bar, ...]:
    """The bars on one scale for both sides: the largest at which neither side's longest is cut."""
    down, up = _longest(sectors, -1), _longest(sectors, 1)
    scale = min([side / longest for side, longest in ((left, down), (right, up)) if longest], default=0)
    return tuple(
        Bar(
            name=row.name,
            day=row.day,
            left=_length(row, scale / left) if row.day.sign < 0 else 0,
            right=_length(row, scale / right) if row.day.sign > 0 else 0,
        )
        for row in sectors
    )


def _length(row: SectorRow, scale: float) -> int:
    # A move too small for one percent of the bar still shows on which side of the axis it lies.
    return max(1, round(100 * abs(row.share) * scale))


def _longest(sectors: tuple[SectorRow, ...], sign: int) -> float:
    return max((abs(row.share) for row in sectors if row.day.sign == sign), default=0.0)


def _release(row: ReleaseRow) -> Release:
    parts = [row.detail] if row.detail else []
    if row.previous.text.strip("—") and row.previous.text not in row.detail:
        parts.append(f"previous {row.previous.text}")
    return Release(
        time=row.time,
        event=row.event,
        detail=" · ".join(parts),
        consensus=row.consensus,
        important=row.important,
    )


def _reports(brief: Brief) -> tuple[Reports, ...]:
    calendar = brief.calendar
    groups = (
        Reports(when="Before the open", rows=calendar.before_open),
        Reports(when="After the close", rows=calendar.after_close),
        Reports(when="Time not confirmed", rows=calendar.unconfirmed),
    )
    return tuple(group for group in groups if group.rows)


def _edition(brief: Brief, config: Config) -> str:
    return next(
        (edition.title for edition in config.editions if edition.id == brief.issue.edition),
        brief.issue.edition,
    )
