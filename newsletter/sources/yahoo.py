"""Daily bars from Yahoo Finance, kept in the price store: history once, later only the last two weeks.

A series that Yahoo doesn't have, or wouldn't give, is a Gap; nothing at all is SourceUnavailable. A last bar that is
missing is rebuilt where two witnesses agree; otherwise the series is stale, never guessed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pandas as pd

from newsletter.clock import Clock
from newsletter.config import Yahoo
from newsletter.errors import SourceUnavailable
from newsletter.instruments import Instrument, Kind
from newsletter.market import Gap, Series, State
from newsletter.progress import Progress
from newsletter.sessions import FIRST_DAY, Exchange
from newsletter.sources import treasury
from newsletter.sources.bonds import bonds_closed
from newsletter.sources.csv_prices import ON_SESSIONS, on_calendar
from newsletter.sources.point_in_time import Moment
from newsletter.sources.supply import Fetch, PriceSupply
from newsletter.sources.yahoo_bars import contradicted, daily, repaired
from newsletter.sources.yahoo_process import Chart, ChartTask, Patience, Replies, Request, ask
from newsletter.store.prices import Outcome, PriceStore, Revision, as_known

ELSEWHERE = frozenset(
    {"DGS3MO", "DGS2", "DGS5", "DGS10", "DGS30", "DFF", "DFEDTARL", "DFEDTARU", "SOFR", "HY_OAS", "IG_OAS"}
)
"""Series of the Federal Reserve, which Yahoo doesn't carry."""

RECENT = timedelta(days=15)
"""Calendar days that are asked for again: ten sessions, in which revisions and splits are seen."""

FRESH = timedelta(hours=1)
"""A series asked for within this time isn't asked for again."""

SETTLED = timedelta(days=5)
"""So long after a session its bars don't change any more."""

PRICES = ["open", "high", "low", "close", "volume", "adj_close"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """What asking Yahoo needs."""

    settings: Yahoo
    store: PriceStore
    market: Exchange
    clock: Clock
    patience: Patience
    progress: Progress


def prices(universe: Sequence[Instrument], moment: Moment, source: Source) -> PriceSupply:
    """Bars of everything in ``universe`` that Yahoo has, up to the newest complete day."""
    here = {item.symbol: item for item in universe if item.symbol not in ELSEWHERE}
    tasks = tuple(task for item in here.values() if (task := _task(item, moment, source)) is not None)
    source.progress.step("asking Yahoo for prices")
    replies = _ask(Request(charts=tasks), source)
    seen_at = source.clock()
    quotes = {task.symbol: chart for task, chart in replies.charts.items()}
    split = [
        symbol for symbol, chart in quotes.items() if not _kept(here[symbol], chart, moment, source, seen_at)
    ]
    again = _whole_again([here[symbol] for symbol in split], moment, source, seen_at)
    _repair(here, quotes, moment, source, seen_at)
    revisions = source.store.revisions()
    series = {
        symbol: found
        for symbol, item in here.items()
        if (found := _series(item, revisions, moment, source)) is not None
    }
    _refuse_nothing(series, replies, moment)
    absent = [item.name for item in universe if item.symbol in ELSEWHERE - set(treasury.COLUMNS)]
    gaps = [*_gaps(replies, here), *again]
    if absent:
        gaps.append(Gap(source="prices", reason=f"Yahoo doesn't carry {', '.join(absent)}"))
    fetches = tuple(_fetch(chart, seen_at) for chart in replies.charts.values())
    return PriceSupply(series=series, gaps=tuple(gaps), fetches=fetches)


def _ask(request: Request, source: Source) -> Replies:
    if not request.parts:
        return Replies()
    progress = source.progress
    return ask(request, source.settings, source.patience, advance=progress.advance, step=progress.step)


def _task(item: Instrument, moment: Moment, source: Source) -> ChartTask | None:
    """What to ask for of one series; None where everything is known and fresh."""
    stored, now = source.store.read(item.symbol), source.clock()
    end = max(now.date(), moment.session) + timedelta(days=2)
    if stored is None or stored.bars.empty:
        return ChartTask(symbol=item.symbol, start=FIRST_DAY, end=end)
    newest = stored.bars.index[-1].date()
    closed = source.market.closes(moment.session)
    known = newest >= moment.session
    if known and (stored.checked_at >= closed + SETTLED or now - stored.checked_at < FRESH):
        return None
    return ChartTask(symbol=item.symbol, start=min(newest, moment.session) - RECENT, end=end)


def _kept(item: Instrument, chart: Chart, moment: Moment, source: Source, seen_at: datetime) -> bool:
    """Put a reply into the store; False where its history has to be asked for again because of a split."""
    bars = _believed(item, chart, moment, source)
    if bars.empty:
        return True
    outcome = source.store.merge(item.symbol, bars, source=f"yahoo:{item.symbol}", seen_at=seen_at)
    return outcome is not Outcome.SPLIT


def _believed(item: Instrument, chart: Chart, moment: Moment, source: Source) -> pd.DataFrame:
    """A reply's complete days, without a last bar that its own quote contradicts."""
    bars = daily(chart, item.kind, source.market, source.clock())
    if contradicted(bars, chart.quote, item.kind, source.market, moment.session):
        bars = bars[bars.index != moment.midnight]
    return bars


def _whole_again(
    items: Sequence[Instrument], moment: Moment, source: Source, seen_at: datetime
) -> tuple[Gap, ...]:
    """After a split every old price is another one: ask for all of it, and replace the file."""
    if not items:
        return ()
    end = source.clock().date() + timedelta(days=3)
    tasks = tuple(ChartTask(symbol=item.symbol, start=FIRST_DAY, end=end) for item in items)
    source.progress.step("asking Yahoo for histories that a split has changed")
    replies = _ask(Request(charts=tasks), source)
    gaps: list[Gap] = []
    for item, task in zip(items, tasks, strict=True):
        if task in replies.charts:
            bars = _believed(item, replies.charts[task], moment, source)
            source.store.rewrite(item.symbol, bars, source=f"yahoo:{item.symbol}", seen_at=seen_at)
        else:
            reason = replies.failures[task].reason
            gaps.append(Gap(source=item.symbol, reason=f"a split, and its history can't be had ({reason})"))
    return tuple(gaps)


def _repair(
    here: Mapping[str, Instrument],
    quotes: Mapping[str, Chart],
    moment: Moment,
    source: Source,
    seen_at: datetime,
) -> None:
    """Make good a missing last bar from bars within the session, where the quote bears them out."""
    lost = [item for symbol, item in here.items() if symbol in quotes and _lacks(item, moment, source)]
    for interval in ("1h", "30m"):
        if not lost:
            return
        end = source.market.after(moment.session)
        tasks = {
            item.symbol: ChartTask(symbol=item.symbol, start=moment.session, end=end, interval=interval)
            for item in lost
        }
        source.progress.step("rebuilding last bars that Yahoo lost")
        replies = _ask(Request(charts=tuple(tasks.values())), source)
        for item in lost:
            hours, quote = replies.charts.get(tasks[item.symbol]), quotes[item.symbol].quote
            made = repaired(hours, quote, item.kind, source.market, moment.session)
            if made is not None:
                bar = made.bar.assign(state=made.state.value)
                source.store.merge(
                    item.symbol, bar, source=f"yahoo:{item.symbol}:{interval}", seen_at=seen_at
                )
        lost = [item for item in lost if _lacks(item, moment, source)]


def _lacks(item: Instrument, moment: Moment, source: Source) -> bool:
    if item.kind not in ON_SESSIONS or item.kind is Kind.VOLATILITY:
        return False
    stored = source.store.read(item.symbol)
    return stored is not None and moment.midnight not in stored.bars.index


def _series(item: Instrument, revisions: Sequence[Revision], moment: Moment, source: Source) -> Series | None:
    stored = source.store.read(item.symbol)
    if stored is None or stored.bars.empty:
        return None
    mine = [revision for revision in revisions if revision.symbol == item.symbol]
    bars = as_known(stored.bars, mine, moment.cut_off)
    state = State.OK
    if moment.midnight in bars.index:
        state = State(str(bars.loc[moment.midnight, "state"]))
    rows = on_calendar(bars[PRICES].astype(float), item.kind, source.market.index)
    if item.kind is Kind.YIELD and bonds_closed(moment.session):
        # Yahoo repeats the last quote on a bond holiday; nothing was struck.
        rows = rows[rows.index != moment.midnight]
    return Series(instrument=item, bars=rows, source=f"yahoo:{item.symbol}", state=state)


def _refuse_nothing(series: Mapping[str, Series], replies: Replies, moment: Moment) -> None:
    """Nothing came and nothing of the session was known: there is no issue to be made."""
    if replies.charts or not replies.failures:
        return
    if any(moment.midnight in item.bars.index for item in series.values()):
        return
    reason = next(iter(replies.failures.values())).reason
    raise SourceUnavailable(
        f"Yahoo Finance can't be reached ({reason}); try again later, or configure prices of kind csv"
    )


def _gaps(replies: Replies, here: Mapping[str, Instrument]) -> list[Gap]:
    """One line a reason, with the names of what is missing for it."""
    reasons: dict[str, list[str]] = {}
    for task, failure in replies.failures.items():
        if isinstance(task, ChartTask) and task not in replies.charts:
            reasons.setdefault(failure.reason, []).append(here[task.symbol].name)
    return [
        Gap(source="Yahoo Finance", reason=f"{_listed(names)}: {reason}") for reason, names in reasons.items()
    ]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= 6 else f"{len(names)} series"


def _fetch(chart: Chart, at: datetime) -> Fetch:
    days = [stamp.date() for stamp in chart.bars.index]
    digest = hashlib.sha256(pd.util.hash_pandas_object(chart.bars).to_numpy().tobytes())
    return Fetch(
        source=f"yahoo:{chart.task.symbol}",
        what=f"{chart.task.symbol} {chart.task.interval} {chart.task.start} to {chart.task.end}",
        rows=len(days),
        first=_first(days),
        newest=_first(days[::-1]),
        sha256=digest.hexdigest(),
        fetched_at=at,
    )


def _first(days: Sequence[date]) -> date | None:
    return days[0] if days else None
