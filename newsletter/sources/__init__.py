"""The outside world as a MarketDay: prices, calendars and headlines, cut at the issue's moment and judged.

:func:`gather` is the only door. A source is one file here; each hands over values or a Gap, never half of something.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from newsletter.clock import Clock
from newsletter.config import Config, DataSource, Edition, HeadlineKind, PriceKind
from newsletter.errors import ConfigError, NoSession
from newsletter.instruments import Instrument
from newsletter.market import MarketDay, Verdict
from newsletter.progress import Progress, silent
from newsletter.sessions import Exchange, Session, exchange
from newsletter.sources import (
    csv_calendars,
    csv_prices,
    earnings,
    feeds,
    gate,
    headlines,
    sample,
    sizes,
    treasury,
    yahoo,
    yahoo_calendars,
)
from newsletter.sources.point_in_time import (
    Moment,
    cut_calendars,
    cut_headlines,
    cut_off,
    cut_prices,
    shares_at,
)
from newsletter.sources.supply import CalendarSupply, Fetch, HeadlineSupply, PriceSupply
from newsletter.sources.yahoo_process import Patience
from newsletter.store.prices import PriceStore

__all__ = ["Fetch", "Gathered", "gather", "moment_of"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Gathered:
    """What came in for one issue, and how it came. ``provenance`` goes to ``sources.json``, not into the issue."""

    day: MarketDay
    provenance: tuple[Fetch, ...]


def gather(
    config: Config, edition: Edition, day: date, *, clock: Clock, progress: Progress | None = None
) -> Gathered:
    """Everything known on the morning of ``day``, the issue's date.

    Raises NoSession where ``day`` can't have an issue: no session, the future, or before the data begins; DataError
    for a broken file; SourceUnavailable where nothing could be fetched. Anything less is a Gap in the result, and the
    verdict says whether it may be mailed.
    """
    now = clock()
    if day.year > now.year + 1:
        raise NoSession(f"no issue of {day} yet: it lies too far ahead; give the date of a morning")
    market = exchange(edition.exchange, now.year + 1)
    moment = moment_of(market, edition, day, clock=clock)
    watch = progress or silent
    supply = _Supplier(config, market, moment, clock, watch)
    prices, calendars, news = supply.prices(), supply.calendars(), supply.headlines()
    _refuse_before_data(prices, market, moment)
    watch.step("checking what came in")
    fetches = (*prices.fetches, *calendars.fetches, *news.fetches)
    return Gathered(
        day=assemble(config, edition, market, moment, prices, calendars, news), provenance=fetches
    )


def moment_of(market: Exchange, edition: Edition, day: date, *, clock: Clock) -> Moment:
    """The moment of the issue of ``day``; raises NoSession, with the nearest date that has one, where there is none."""
    now = clock()
    if not market.is_session(day):
        outside = day < market.index[0].date() or day > market.index[-1].date()
        if outside:
            market.session(day)
        raise NoSession(
            f"no issue on {day} ({day:%A}): {market.mic} is closed; the next issue is of {market.after(day)}"
        )
    session = market.before(day)
    if market.closes(session) > now:
        newest = market.after(market.last_completed(now))
        raise NoSession(
            f"no issue of {day} yet: the session before it, {session}, isn't over; "
            f"the newest possible issue is of {newest}"
        )
    return Moment(day=day, session=session, cut_off=cut_off(day, edition.cut_off, edition.timezone))


def assemble(
    config: Config,
    edition: Edition,
    market: Exchange,
    moment: Moment,
    prices: PriceSupply,
    calendars: CalendarSupply,
    news: HeadlineSupply,
) -> MarketDay:
    """Cut, judge and join what the sources handed over; pure."""
    symbols = frozenset(entry.symbol for entry in config.universe)
    prices = cut_prices(prices, moment)
    calendars = cut_calendars(calendars, moment, symbols)
    news = cut_headlines(news, moment)
    sessions = _sessions(market, prices, moment.session)
    before = market.before(moment.session)
    judgement = gate.judge(
        prices.series,
        moment,
        sessions,
        universe=symbols,
        members=prices.members,
        reported={c.symbol for c in calendars.earnings if before <= c.day <= moment.session},
    )
    shares = shares_at(prices)
    values = sizes.market_values(judgement.series, shares, calendars.earnings)
    names = {entry.symbol: entry.name for entry in config.universe}
    members = prices.members
    coverage = dict(calendars.coverage)
    if members is not None:
        coverage["members"] = members.closes.index[0].date()
        names = {**members.names, **names}
    gaps = (*prices.gaps, *calendars.gaps, *news.gaps, *judgement.gaps)
    return MarketDay(
        day=moment.day,
        session=moment.session,
        cut_off=moment.cut_off,
        exchange=edition.exchange,
        sessions=sessions,
        ahead=tuple(market.offset(moment.session, count) for count in range(1, 11)),
        series=MappingProxyType(dict(judgement.series)),
        members=members,
        releases=calendars.releases,
        earnings=earnings.merge(
            calendars.earnings,
            names=names,
            sizes=sizes.sizes(judgement.series, members, values),
            values=values,
        ),
        rate_decisions=calendars.decisions,
        headlines=headlines.select(news.headlines, moment.cut_off),
        shares=MappingProxyType(dict(shares)),
        coverage=MappingProxyType(coverage),
        gaps=gaps,
        verdict=_verdict(judgement.verdict, any(gap.degraded for gap in gaps)),
        early_close=market.is_early_close(moment.session),
        sample=_invented(config),
    )


class _Supplier:
    """Asks each configured source."""

    def __init__(
        self, config: Config, market: Exchange, moment: Moment, clock: Clock, progress: Progress
    ) -> None:
        self._config = config
        self._market = market
        self._moment = moment
        self._clock = clock
        self._progress = progress
        self._ends = time.monotonic() + config.sources.deadline
        self._universe = tuple(
            Instrument(
                symbol=entry.symbol,
                name=entry.name,
                kind=entry.kind,
                prose=entry.prose,
                aliases=entry.aliases,
            )
            for entry in config.universe
        )

    def prices(self) -> PriceSupply:
        """Prices of the universe, to the source's newest row."""
        source = self._config.sources.prices
        self._progress.step("reading prices")
        if source.kind is PriceKind.CSV:
            return csv_prices.read(
                _folder(source),
                self._universe,
                self._market.index,
                at=self._clock(),
                progress=self._progress,
            )
        if source.kind is PriceKind.YAHOO:
            return self._with_treasury(yahoo.prices(self._universe, self._moment, self._yahoo()))
        return sample.prices(self._universe, self._market, self._moment.session)

    def _with_treasury(self, prices: PriceSupply) -> PriceSupply:
        """Par yields beside Yahoo's prices; never where Yahoo itself is replaced, as in tests without a network."""
        if self._config.sources.yahoo.base_url is not None:
            return prices
        yields = treasury.prices(
            self._universe,
            self._moment,
            PriceStore(self._config.paths.prices),
            self._market.index,
            clock=self._clock,
        )
        order = [item.symbol for item in self._universe]
        series = {**prices.series, **yields.series}
        return replace(
            prices,
            series={symbol: series[symbol] for symbol in order if symbol in series},
            gaps=(*prices.gaps, *yields.gaps),
            fetches=(*prices.fetches, *yields.fetches),
        )

    def _yahoo(self) -> yahoo.Source:
        return yahoo.Source(
            settings=self._config.sources.yahoo,
            store=PriceStore(self._config.paths.prices),
            market=self._market,
            clock=self._clock,
            patience=Patience(ends=self._ends),
            progress=self._progress,
        )

    def calendars(self) -> CalendarSupply:
        """Releases, earnings dates and rate decisions."""
        source = self._config.sources.calendars
        self._progress.step("reading calendars")
        symbols = [item.symbol for item in self._universe]
        if source.kind is PriceKind.CSV:
            return csv_calendars.read(_folder(source), symbols, at=self._clock())
        if source.kind is PriceKind.YAHOO:
            return yahoo_calendars.calendars(symbols, self._moment, self._yahoo())
        return sample.calendars(self._universe, self._market, self._moment.session)

    def headlines(self) -> HeadlineSupply:
        """What others write."""
        source = self._config.sources.headlines
        if source.kind is HeadlineKind.NONE:
            return HeadlineSupply()
        self._progress.step("reading headlines")
        if source.kind is HeadlineKind.FILE and source.path is not None:
            return headlines.read(source.path, at=self._clock())
        if source.kind is HeadlineKind.FEEDS:
            return feeds.read(source.feeds, at=self._clock(), progress=self._progress)
        return sample.headlines(self._moment)


def _folder(source: DataSource) -> Path:
    if source.path is None:  # the configuration refuses this; only a hand-made Config gets here
        raise ConfigError("kind csv needs a path: the folder with the files")
    return source.path


def _refuse_before_data(prices: PriceSupply, market: Exchange, moment: Moment) -> None:
    """An issue needs two closes of the index that leads it."""
    leader = prices.series.get(gate.LEADER)
    begun = [leader] if leader is not None else list(prices.series.values())
    starts = [item.bars.index[0].date() for item in begun if not item.bars.empty]
    if not starts:
        return
    first = market.offset(Session(market.after(min(starts))), 1)
    if moment.day < first:
        raise NoSession(
            f"no issue of {moment.day}: prices begin {min(starts)}; the first possible issue is of {first}"
        )


def _sessions(market: Exchange, prices: PriceSupply, session: Session) -> pd.DatetimeIndex:
    starts = [
        item.bars.index[0]
        for item in prices.series.values()
        if item.instrument.kind in csv_prices.ON_SESSIONS and not item.bars.empty
    ]
    first = min(starts, default=market.index[0])
    return market.index[
        market.index.searchsorted(first) : market.index.searchsorted(pd.Timestamp(session), side="right")
    ]


def _invented(config: Config) -> bool:
    """Whether anything in the issue comes from the sample market."""
    sources = config.sources
    return (
        PriceKind.SAMPLE in (sources.prices.kind, sources.calendars.kind)
        or sources.headlines.kind is HeadlineKind.SAMPLE
    )


def _verdict(judged: Verdict, missing: bool) -> Verdict:
    return Verdict.DEGRADED if judged is Verdict.NORMAL and missing else judged
