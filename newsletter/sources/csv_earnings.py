"""Earnings dates from three CSV files that see different things.

``earnings_dates_edgar_ndx.csv`` (from filings: date and timing), ``earnings_dates_megacap.csv`` (date and timing),
``earnings_dates_us740.csv`` (date only), and ``earnings_eps_history.csv`` (estimates and what was reported). What they
say is merged later, in ``earnings``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from newsletter.market import Timing
from newsletter.sources import csv_table
from newsletter.sources.companies import classes, dashed
from newsletter.sources.supply import EarningsClaim, Fetch

FILES = {  # in order of trust, from few companies to many, each with its columns for symbol and date
    "earnings_dates_edgar_ndx.csv": ("ticker", "report_date"),
    "earnings_dates_megacap.csv": ("ticker", "date"),
    "earnings_dates_us740.csv": ("symbol", "report_date"),
}
EPS = "earnings_eps_history.csv"

_TIMINGS = {"bmo": Timing.BEFORE_OPEN, "amc": Timing.AFTER_CLOSE}

Results = Mapping[tuple[str, date], tuple[float | None, float | None]]
"""Earnings a share, estimated and reported, by company and day."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Earnings:
    """What each file says, and the first and last day of the last file there is, which has most companies."""

    claims: tuple[EarningsClaim, ...]
    span: tuple[date, ...]
    fetches: tuple[Fetch, ...]


def read(folder: Path, universe: Sequence[str], *, at: datetime) -> Earnings:
    """Every date that the files know; ``universe`` tells which share class of a company is meant."""
    company = classes(universe)
    results, fetches = _results(folder / EPS, company, at)
    claims: list[EarningsClaim] = []
    widest: list[date] = []
    for trust, name in enumerate(FILES):
        if not (folder / name).is_file():
            continue
        found, fetch = _claims(folder / name, trust, company, results, at)
        claims.extend(found)
        fetches = (*fetches, fetch)
        # The files go from few companies to many; a calendar of ten companies covers nobody's day.
        widest = [claim.day for claim in found]
    return Earnings(claims=tuple(claims), span=(min(widest), max(widest)) if widest else (), fetches=fetches)


def _claims(
    path: Path, trust: int, company: Mapping[str, str], results: Results, at: datetime
) -> tuple[list[EarningsClaim], Fetch]:
    symbol_column, day_column = FILES[path.name]
    table = csv_table.read(path, f"earnings dates: {symbol_column},{day_column}")
    table.require([symbol_column, day_column])
    claims: list[EarningsClaim] = []
    for line, row in table.lines():
        day = csv_table.day(table, line, day_column, row[day_column])
        ticker = dashed(row[symbol_column])
        symbol = company.get(ticker, ticker)
        estimate, actual = results.get((symbol, day), (None, None))
        claims.append(
            EarningsClaim(
                symbol=symbol,
                day=day,
                timing=_TIMINGS.get(row.get("timing", "").lower(), Timing.UNKNOWN),
                source=f"csv:{path.name}",
                trust=trust,
                eps_estimate=estimate,
                eps_actual=actual,
            )
        )
    return claims, table.fetch(f"csv:{path.name}", sorted(claim.day for claim in claims), at)


def _results(path: Path, company: Mapping[str, str], at: datetime) -> tuple[Results, tuple[Fetch, ...]]:
    if not path.is_file():
        return {}, ()
    table = csv_table.read(path, "earnings a share: ticker,announce_date,eps_estimate,eps_actual")
    table.require(["ticker", "announce_date", "eps_estimate", "eps_actual"])
    results = {}
    for line, row in table.lines():
        if row["announce_date"]:
            day = csv_table.day(table, line, "announce_date", row["announce_date"])
            ticker = dashed(row["ticker"])
            results[company.get(ticker, ticker), day] = (
                csv_table.number(table, line, "eps_estimate", row["eps_estimate"]),
                csv_table.number(table, line, "eps_actual", row["eps_actual"]),
            )
    return results, (table.fetch(f"csv:{EPS}", sorted(day for _, day in results), at),)
