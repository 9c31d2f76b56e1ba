"""One date a report, from what several sources claim. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from newsletter.market import EarningsDate, Timing
from newsletter.sources.supply import EarningsClaim

TOO_SOON = 60
"""Days within which a company doesn't report again: a date that only a less trusted source gives so near is a mistake."""

SAME_REPORT = 10
"""Days within which two dates of one company are one report: quarters are thirteen weeks apart."""


def merge(
    claims: Iterable[EarningsClaim],
    *,
    names: Mapping[str, str],
    sizes: Mapping[str, float],
    values: Mapping[str, float],
) -> tuple[EarningsDate, ...]:
    """One EarningsDate a report, oldest first, the largest company of a day first.

    The date that most sources give wins, at a tie the one of the most trusted. Timing is known when no two of them
    differ; the report is confirmed when two sources agree and nobody gives another date or timing. ``values`` are
    market values in dollars, ``sizes`` order companies.
    """
    by_company: dict[str, list[EarningsClaim]] = defaultdict(list)
    for claim in claims:
        by_company[claim.symbol].append(claim)
    dates = [
        _merged(report, names, sizes, values)
        for known in by_company.values()
        for report in _credible(list(_reports(sorted(known, key=lambda claim: (claim.day, claim.trust)))))
    ]
    return tuple(sorted(dates, key=lambda item: (item.day, -item.size, item.symbol)))


def _reports(claims: Sequence[EarningsClaim]) -> Iterator[list[EarningsClaim]]:
    report: list[EarningsClaim] = []
    for claim in claims:
        if report and (claim.day - report[0].day).days > SAME_REPORT:
            yield report
            report = []
        report.append(claim)
    if report:
        yield report


def _credible(reports: list[list[EarningsClaim]]) -> Iterator[list[EarningsClaim]]:
    """Without the dates that stand too near a report that a more trusted source gives."""
    trusted = [(report[0].day, min(claim.trust for claim in report)) for report in reports]
    for report, (day, trust) in zip(reports, trusted, strict=True):
        if not any(other < trust and 0 < abs((day - near).days) < TOO_SOON for near, other in trusted):
            yield report


def _merged(
    report: Sequence[EarningsClaim],
    names: Mapping[str, str],
    sizes: Mapping[str, float],
    values: Mapping[str, float],
) -> EarningsDate:
    votes: dict[date, list[EarningsClaim]] = defaultdict(list)
    for claim in report:
        votes[claim.day].append(claim)
    day = min(votes, key=lambda d: (-len(votes[d]), votes[d][0].trust, d))
    chosen = votes[day]
    timings = {claim.timing for claim in chosen} - {Timing.UNKNOWN}
    symbol = chosen[0].symbol
    return EarningsDate(
        symbol=symbol,
        name=names.get(symbol) or next((c.name for c in chosen if c.name), symbol),
        day=day,
        timing=next(iter(timings)) if len(timings) == 1 else Timing.UNKNOWN,
        size=sizes.get(symbol, 0.0),
        source="+".join(dict.fromkeys(claim.source for claim in chosen)),
        eps_estimate=next((c.eps_estimate for c in chosen if c.eps_estimate is not None), None),
        eps_actual=next((c.eps_actual for c in chosen if c.eps_actual is not None), None),
        market_value=values.get(symbol),
        confirmed=len(votes) == 1 and len({c.source for c in chosen}) > 1 and len(timings) <= 1,
    )
