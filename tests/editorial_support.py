"""An invented small market for the editorial tests: every price, release and report in it is made up.

`market()` is a day on which the Russell 2000 stands a few percent under an old record after a big session; `told()` runs
it through the story engine and the writer, `rendered()` through the templates too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from newsletter import editorial, render, stories
from newsletter.brief import Brief
from newsletter.config import Config, load
from newsletter.facts import Choice, Family, Findings, Mode, PastIssue, Story
from newsletter.instruments import Instrument
from newsletter.market import EarningsDate, Headline, MarketDay, Release, Series, Timing, Verdict, reading
from newsletter.sessions import exchange

NEW_YORK = ZoneInfo("America/New_York")
ROOT = Path(__file__).resolve().parent.parent
FIRST = date(2019, 1, 2)
DAY = date(2026, 3, 10)
"""A Tuesday: the issue covers Monday, March 9, 2026."""

LIVELINESS = {
    "^GSPC": 0.8, "^IXIC": 1.1, "^DJI": 0.7, "^RUT": 1.2, "^VIX": 6.0, "CL=F": 1.8, "GC=F": 0.8, "BTC-USD": 2.5,
    "DX-Y.NYB": 0.35, "SPY": 0.8, "KRE": 1.6, "RSP": 0.8, "SMH": 1.8, "XLK": 1.2, "XLE": 1.4, "NVDA": 2.6, "AAPL": 1.5,
}  # fmt: skip
"""Standard deviation of the invented daily change, percent."""

LEVELS = {"^GSPC": 2500.0, "^IXIC": 6600.0, "^DJI": 23000.0, "^RUT": 1300.0, "^VIX": 22.0}


@lru_cache(maxsize=1)
def config() -> Config:
    """The repository's own."""
    return load(ROOT / "config.yaml")


def market(
    day: date = DAY,
    *,
    seed: int = 11,
    last: Mapping[str, tuple[float, float]] | None = None,
    releases: tuple[Release, ...] | None = None,
    headlines: tuple[Headline, ...] = (),
    verdict: Verdict = Verdict.NORMAL,
    early_close: bool = False,
) -> MarketDay:
    """An invented day. ``last`` sets the last two sessions' changes of a symbol, in percent."""
    place = exchange("XNYS", day.year + 1)
    session = place.before(day)
    sessions = place.index[(place.index >= pd.Timestamp(FIRST)) & (place.index <= pd.Timestamp(session))]
    universe = {entry.symbol: entry for entry in config().universe}
    series: dict[str, Series] = {}
    for offset, (symbol, width) in enumerate(LIVELINESS.items()):
        entry = universe[symbol]
        random = np.random.default_rng(seed * 1000 + offset)
        steps = random.normal(0.0 if symbol == "^VIX" else 0.03, width, len(sessions))
        if symbol == "^VIX":
            steps -= 0.02 * np.cumsum(steps) / 10
        if last and symbol in last:
            steps[-2:] = last[symbol]
        close = np.round(LEVELS.get(symbol, 100.0) * np.cumprod(1 + steps / 100), 2)
        series[symbol] = _series(entry, sessions, close)
    for offset, (symbol, level) in enumerate((("DGS2", 3.6), ("DGS10", 4.2))):
        random = np.random.default_rng(seed * 77 + offset)
        close = np.round(level + np.cumsum(random.normal(0, 0.04, len(sessions))) / 8, 2)
        series[symbol] = _series(universe[symbol], sessions, close)
    return MarketDay(
        day=day,
        session=session,
        cut_off=datetime.combine(day, time(6), tzinfo=NEW_YORK),
        exchange="XNYS",
        sessions=sessions,
        ahead=tuple(place.between(day, date(day.year, 12, 31))[:10]),
        series=MappingProxyType(series),
        releases=_releases(day) if releases is None else releases,
        earnings=_reports(day),
        headlines=headlines,
        coverage=MappingProxyType({"releases": date(2020, 1, 1), "earnings": date(2020, 1, 1)}),
        verdict=verdict,
        early_close=early_close,
    )


def _series(entry: object, sessions: pd.DatetimeIndex, close: np.ndarray) -> Series:
    instrument = Instrument(
        symbol=entry.symbol,  # type: ignore[attr-defined]
        name=entry.name,  # type: ignore[attr-defined]
        kind=entry.kind,  # type: ignore[attr-defined]
        prose=entry.prose,  # type: ignore[attr-defined]
        aliases=entry.aliases,  # type: ignore[attr-defined]
    )
    bars = pd.DataFrame(
        {"open": close, "high": close * 1.004, "low": close * 0.996, "close": close, "volume": 1e6},
        index=sessions,
    )
    return Series(instrument=instrument, bars=bars, source=f"invented:{instrument.symbol}")


def release(
    day: date, event: str, consensus: str, previous: str, *, at: time = time(8, 30), actual: str = ""
) -> Release:
    """An invented release."""
    return Release(
        event=event,
        day=day,
        at=at,
        impact="high",
        actual=reading(actual),
        consensus=reading(consensus),
        previous=reading(previous),
        source="ForexFactory",
    )


def _releases(day: date) -> tuple[Release, ...]:
    place = exchange("XNYS", day.year + 1)
    nxt = place.after(day)
    return (
        release(place.before(day), "New Home Sales", "650K", "640K", at=time(10), actual="655K"),
        release(day, "ISM Services PMI", "52.1", "51.7", at=time(10)),
        release(nxt, "CPI m/m", "0.3%", "0.2%"),
        release(place.after(nxt), "Unemployment Claims", "221K", "218K"),
    )


def _reports(day: date) -> tuple[EarningsDate, ...]:
    place = exchange("XNYS", day.year + 1)
    return (
        EarningsDate(
            symbol="NVDA",
            name="Nvidia",
            day=place.after(day),
            timing=Timing.AFTER_CLOSE,
            size=3e12,
            source="invented",
            eps_estimate=1.23,
        ),
    )


@dataclass(frozen=True, kw_only=True)
class Told:
    """An issue and what it was made of."""

    day: MarketDay
    findings: Findings
    choice: Choice
    brief: Brief


def told(
    day: MarketDay,
    *,
    lead: Story | None = None,
    mode: Mode | None = None,
    recent: tuple[PastIssue, ...] = (),
) -> Told:
    """The brief of an invented day, by the story engine's choice or by a given lead; ``recent`` are issues before it."""
    findings = stories.find(day)
    choice = stories.choose(findings, day)
    if lead is not None:
        choice = replace(choice, lead=lead)
    if mode is not None:
        choice = replace(choice, mode=mode)
    edition = config().edition(None)
    brief = editorial.write(choice, findings, day, config=config(), edition=edition, number=7, recent=recent)
    return Told(day=day, findings=findings, choice=choice, brief=brief)


def story(detector: str, entity: str, family: Family, direction: int = 1) -> Story:
    """A story of no score, to make the writer take a certain arc."""
    return Story(
        detector=detector,
        family=family,
        entity=entity,
        direction=direction,
        p=0.01,
        z=0.0,
        facts=(),
        recipe="line",
    )


def rendered(brief: Brief) -> render.Rendered:
    """HTML and text of a brief, from the repository's templates."""
    return render.render(brief, config=config(), folders=(ROOT / "templates",))


def checked(made: Told, brief: Brief | None = None) -> editorial.CheckReport:
    """The check's ledger of what the brief renders to."""
    brief = made.brief if brief is None else brief
    page = rendered(brief)
    return editorial.check(page.html, page.text, brief, made.findings, made.day)


def column(brief: Brief) -> str:
    """The Takeaway's words."""
    return "\n".join(paragraph.text for paragraph in brief.takeaway.paragraphs)
