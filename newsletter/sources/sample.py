"""The sample market: invented prices, calendars and headlines, for trying everything without a network.

It reaches the last completed session before whatever day is asked for, and a session has the same prices whenever it is
asked for. Every page made from it says that it is invented.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd

from newsletter.errors import NoSession
from newsletter.instruments import Instrument, Kind
from newsletter.market import Headline, Members, Membership, Series, Timing
from newsletter.sessions import Exchange, Session
from newsletter.sources import sample_calendar, sample_loads, sample_market
from newsletter.sources.bonds import bonds_open
from newsletter.sources.point_in_time import REPORTS_AHEAD, REPORTS_BACK, Moment
from newsletter.sources.sample_market import ORIGIN, Factors, Floats, Rows
from newsletter.sources.supply import CalendarSupply, HeadlineSupply, PriceSupply, ShareCount

SOURCE = "sample"

RATES = (Kind.YIELD, Kind.CREDIT)
CRYPTO_BEGINS = date(2014, 9, 17)

REACTION = 5.0
"""Percent by which a share moves on an ordinary report."""


def prices(universe: Sequence[Instrument], market: Exchange, session: Session) -> PriceSupply:
    """The whole universe and about 470 index members, from the origin to ``session``."""
    if session <= ORIGIN:
        first = market.offset(market.after(ORIGIN), 1)
        raise NoSession(f"the sample market begins {ORIGIN}; the first possible issue is of {first}")
    factors = sample_market.factors(session)
    rows = np.flatnonzero(factors.days.isin(market.index))
    series = {item.symbol: _series(item, factors, rows, market) for item in universe}
    stocks = [item for item in universe if item.kind is Kind.STOCK]
    shares = tuple(
        ShareCount(
            symbol=item.symbol,
            as_of=ORIGIN,
            shares=round(10 ** (9 + 1.2 * sample_loads.share(item.symbol, 7))),
        )
        for item in stocks
    )
    members = _members(stocks, series, factors, rows)
    return PriceSupply(series=series, members=members, shares=shares)


def calendars(universe: Sequence[Instrument], market: Exchange, session: Session) -> CalendarSupply:
    """Releases of six years, rate decisions and reports, to some weeks past ``session``."""
    last = session + REPORTS_AHEAD
    stocks = [(item.symbol, item.name) for item in universe if item.kind is Kind.STOCK]
    others = [(symbol, name) for symbol, name, _ in sample_loads.companies()]
    claims = (
        *sample_calendar.claims(market, stocks, ("sample:calendar", "sample:company"), ORIGIN, last),
        *sample_calendar.claims(market, others, ("sample:calendar",), session - REPORTS_BACK, last),
    )
    releases = sample_calendar.releases(market, session)
    return CalendarSupply(
        releases=releases,
        earnings=claims,
        decisions=sample_calendar.decisions(market, session + timedelta(days=365)),
        coverage={"releases": releases[0].day, "earnings": ORIGIN},
    )


def headlines(moment: Moment) -> HeadlineSupply:
    """Five headlines of the evening before the issue, from publishers that don't exist."""
    first = date.toordinal(moment.session)
    chosen = []
    for place in range(5):
        title = _TITLES[(first * 7 + place * 5) % len(_TITLES)]
        publisher, site = _PUBLISHERS[place % len(_PUBLISHERS)]
        chosen.append(
            Headline(
                title=title,
                url=f"https://{site}/sample/{moment.session:%Y-%m-%d}/{place + 1}",
                source=publisher,
                published=moment.cut_off - timedelta(minutes=47 + 83 * place),
            )
        )
    return HeadlineSupply(headlines=tuple(chosen))


def _series(item: Instrument, factors: Factors, rows: Rows, market: Exchange) -> Series:
    return Series(instrument=item, bars=_bars(item, factors, rows, market), source=f"{SOURCE}:{item.symbol}")


def _bars(item: Instrument, factors: Factors, rows: Rows, market: Exchange) -> pd.DataFrame:
    if item.kind in RATES:
        return _rate(item, factors, rows)
    if item.kind is Kind.VOLATILITY:
        return sample_market.bars(item.symbol, factors.vix[rows], factors.days[rows], 5.0, 0.0)
    if item.kind is Kind.CRYPTO:
        return _crypto(item, factors)
    loads = sample_loads.loads(item)
    moves = _moves(item.symbol, loads, factors)
    if item.kind is Kind.STOCK:
        moves = moves + _reactions(item.symbol, factors, market)
    closes = loads.start * np.exp(np.cumsum(moves) / 100)[rows]
    wobble = sample_loads.ordinary_move(loads)
    places = 4 if loads.start < 5 else 2
    return sample_market.bars(item.symbol, closes, factors.days[rows], wobble, loads.volume, places)


def _moves(symbol: str, loads: sample_loads.Loads, factors: Factors) -> Floats:
    """Daily log changes in percent."""
    own = sample_market.stream(f"own:{symbol}").standard_normal(len(factors.days))
    moves: Floats = (
        loads.market * factors.market
        + loads.size * factors.size
        + loads.growth * factors.growth
        + loads.rate * factors.rate
        + loads.oil * factors.oil
        + loads.gold * factors.gold
        + loads.dollar * factors.dollar
        + loads.own * own * (0.6 + 0.4 * factors.calm / 0.9)
        + loads.drift
        - 0.005 * loads.own**2
    )
    return moves


def _reactions(symbol: str, factors: Factors, market: Exchange) -> Floats:
    """What reports did to the share, on the session that first traded on them."""
    jumps = np.zeros(len(factors.days))
    chance = sample_market.stream(f"reports:{symbol}").standard_normal(4 * 200)
    last = factors.days[-1].date()
    for day, timing, quarter in sample_calendar.reports(market, symbol, ORIGIN, last):
        felt = market.after(day) if timing is Timing.AFTER_CLOSE else day
        place = int(factors.days.searchsorted(pd.Timestamp(felt)))
        if place < len(jumps):
            jumps[place] = REACTION * chance[quarter]
    return jumps


def _rate(item: Instrument, factors: Factors, rows: Rows) -> pd.DataFrame:
    if item.kind is Kind.CREDIT:
        level = factors.spread
    else:
        level = factors.yields.get(item.symbol, factors.yields["DGS10"])
    open_days = rows[bonds_open(factors.days[rows])]
    return sample_market.level_bars(
        level[open_days], factors.days[open_days], 3 if item.symbol.startswith("^") else 2
    )


def _crypto(item: Instrument, factors: Factors) -> pd.DataFrame:
    """Every day of the week; on weekdays the stock market has a part in it."""
    loads = sample_loads.loads(item)
    days = pd.date_range(CRYPTO_BEGINS, max(factors.days[-1].date(), CRYPTO_BEGINS), name="date").as_unit(
        "ns"
    )
    own = sample_market.stream(f"own:{item.symbol}").standard_normal(len(days))
    market = pd.Series(factors.market, index=factors.days).reindex(days).fillna(0.0).to_numpy()
    moves = loads.own * own + 0.9 * market + loads.drift
    closes = loads.start * np.exp(np.cumsum(moves) / 100)
    table = sample_market.bars(item.symbol, closes, days, loads.own, loads.volume)
    return table.loc[: factors.days[-1]]


def _members(
    stocks: Sequence[Instrument], series: dict[str, Series], factors: Factors, rows: Rows
) -> Members:
    invented = sample_loads.companies()
    symbols = [symbol for symbol, _, _ in invented]
    days = factors.days[rows]
    noise = sample_market.stream("members").standard_normal(
        (len(factors.days), len(symbols)), dtype=np.float32
    )
    beta = np.array([0.6 + 0.8 * sample_loads.share(s, 2) for s in symbols], dtype=np.float32)
    style = np.array([-0.7 + 1.2 * sample_loads.share(s, 3) for s in symbols], dtype=np.float32)
    own = np.array([0.8 + 1.0 * sample_loads.share(s, 4) for s in symbols], dtype=np.float32)
    start = np.array([15 + 120 * sample_loads.share(s, 1) for s in symbols], dtype=np.float32)
    noise *= own
    noise += np.outer(factors.market.astype(np.float32), beta)
    noise += np.outer(factors.growth.astype(np.float32), style)
    noise += 0.012
    closes = start * np.exp(np.cumsum(noise, axis=0)[rows] / 100)
    panel = pd.DataFrame(np.round(closes.astype(np.float64), 3), index=days, columns=symbols)
    held = pd.DataFrame({item.symbol: series[item.symbol].bars["close"] for item in stocks}, index=days)
    names = {item.symbol: item.name for item in stocks} | {symbol: name for symbol, name, _ in invented}
    return Members(
        index="^GSPC",
        closes=pd.concat([held, panel], axis="columns"),
        spells=tuple(Membership(symbol=symbol, start=ORIGIN, end=None) for symbol in names),
        names=names,
        sectors={symbol: sector for symbol, _, sector in invented},
        source=f"{SOURCE}:members",
    )


_PUBLISHERS = (
    ("Example Wire", "example.com"),
    ("Placeholder Post", "example.org"),
    ("Sample Gazette", "example.net"),
)

_TITLES = (
    "Sample headline: freight brokers describe an unremarkable quarter",
    "Sample headline: the desk that still prints its charts",
    "Sample headline: why invented markets have real weekends",
    "Sample headline: a regional bank opens its oldest branch again",
    "Sample headline: chip orders, counted by hand",
    "Sample headline: traders prepare for a calendar with no surprises",
    "Sample headline: bond dealers learn to wait",
    "Sample headline: the town where every house is on the index",
    "Sample headline: refiners hedge against an invented winter",
    "Sample headline: small companies, long memories",
    "Sample headline: what a quiet Tuesday costs",
    "Sample headline: the dollar meets an imaginary friend",
    "Sample headline: retailers count carts, not customers",
    "Sample headline: a gold vault tries opening hours",
    "Sample headline: the economists who agreed once",
    "Sample headline: utilities explain the word boring",
    "Sample headline: how to read a yield curve upside down",
    "Sample headline: shareholders ask for shorter letters",
    "Sample headline: the last fax on the trading floor",
    "Sample headline: a short history of the long weekend",
)
