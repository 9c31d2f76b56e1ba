"""Economic releases by name: what a source calls them, what we call them, and what their figures are counted in.

Yahoo sends bare numbers under short names; the unit and the usual name come from here. The names are the ones that the
calendars in CSV files use, so that a release has one name wherever it came from.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from newsletter.market import Reading, reading


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """A release. ``suffix`` (``%``, ``K``, ``M``, ``B`` or nothing) and ``places`` are how its figures are printed."""

    name: str
    suffix: str
    places: int
    impact: str


def _events(impact: str, suffix: str, places: int, names: dict[str, str]) -> dict[str, Event]:
    """By Yahoo's name; ours is the value."""
    return {
        known: Event(name=name, suffix=suffix, places=places, impact=impact)
        for theirs, name in names.items()
        for known in (_plain(theirs), _plain(name))
    }


def _plain(name: str) -> str:
    """Lower case, single spaces, without the star that Yahoo appends to some."""
    return re.sub(r"[\s*]+", " ", name.lower()).strip()


_KNOWN: dict[str, Event] = {
    **_events(
        "high",
        "%",
        1,
        {
            "CPI MM, SA": "CPI m/m",
            "CPI YY, NSA": "CPI y/y",
            "Core CPI MM, SA": "Core CPI m/m",
            "Core PCE Price Index MM": "Core PCE Price Index m/m",
            "PPI Final Demand MM": "PPI m/m",
            "PPI exFood/Energy MM": "Core PPI m/m",
            "Retail Sales MM": "Retail Sales m/m",
            "Retail Sales Ex-Autos MM": "Core Retail Sales m/m",
            "Unemployment Rate": "Unemployment Rate",
            "Average Earnings MM": "Average Hourly Earnings m/m",
            "GDP Advance": "Advance GDP q/q",
            "GDP 2nd Estimate": "Prelim GDP q/q",
            "GDP Final": "Final GDP q/q",
            "Employment Costs": "Employment Cost Index q/q",
        },
    ),
    **_events("high", "%", 2, {"Fed Funds Tgt Rate": "Federal Funds Rate"}),
    **_events(
        "high",
        "K",
        0,
        {
            "Non-Farm Payrolls": "Non-Farm Employment Change",
            "ADP National Employment": "ADP Non-Farm Employment Change",
            "Initial Jobless Clm": "Unemployment Claims",
        },
    ),
    **_events("high", "M", 2, {"JOLTS Job Openings": "JOLTS Job Openings"}),
    **_events(
        "high",
        "",
        1,
        {
            "ISM Manufacturing PMI": "ISM Manufacturing PMI",
            "ISM N-Mfg PMI": "ISM Services PMI",
            "S&P Global Mfg PMI Flash": "Flash Manufacturing PMI",
            "S&P Global Svcs PMI Flash": "Flash Services PMI",
            "Consumer Confidence": "CB Consumer Confidence",
            "U Mich Sentiment Prelim": "Prelim UoM Consumer Sentiment",
        },
    ),
    **_events(
        "medium",
        "%",
        1,
        {
            "Durable Goods": "Durable Goods Orders m/m",
            "Durables Ex-Transport": "Core Durable Goods Orders m/m",
            "Pending Sales Change MM": "Pending Home Sales m/m",
            "CaseShiller 20 YY NSA": "S&P/CS Composite-20 HPI y/y",
            "Personal Income MM": "Personal Income m/m",
            "Consumption, Adjusted MM": "Personal Spending m/m",
            "Industrial Production MM": "Industrial Production m/m",
            "Capacity Utilization SA": "Capacity Utilization Rate",
            "U Mich 1Yr Inf Prelim": "Prelim UoM Inflation Expectations",
            "U Mich 1Yr Inf Final": "Revised UoM Inflation Expectations",
            "Import Prices MM": "Import Prices m/m",
            "Factory Orders MM": "Factory Orders m/m",
            "Construction Spending MM": "Construction Spending m/m",
            "Business Inventories MM": "Business Inventories m/m",
            "Productivity Prelim": "Prelim Nonfarm Productivity q/q",
            "Productivity Revised": "Revised Nonfarm Productivity q/q",
        },
    ),
    **_events(
        "medium",
        "M",
        2,
        {
            "Building Permits: Number": "Building Permits",
            "Housing Starts Number": "Housing Starts",
            "Existing Home Sales": "Existing Home Sales",
        },
    ),
    **_events("medium", "K", 0, {"New Home Sales-Units": "New Home Sales"}),
    **_events("medium", "M", 1, {"EIA Weekly Crude Stocks": "Crude Oil Inventories"}),
    **_events(
        "medium",
        "",
        1,
        {
            "U Mich Sentiment Final": "Revised UoM Consumer Sentiment",
            "Chicago PMI": "Chicago PMI",
            "Philly Fed Business Indx": "Philly Fed Manufacturing Index",
            "NY Fed Manufacturing": "Empire State Manufacturing Index",
            "Rich Fed Comp. Index": "Richmond Manufacturing Index",
            "S&P Global Mfg PMI Final": "Final Manufacturing PMI",
            "S&P Global Svcs PMI Final": "Final Services PMI",
            "ISM Mfg Prices Paid": "ISM Manufacturing Prices",
        },
    ),
    **_events(
        "low",
        "B",
        1,
        {
            "International Trade $": "Trade Balance",
            "Adv Goods Trade Balance": "Goods Trade Balance",
            "Current Account": "Current Account",
            "Consumer Credit": "Consumer Credit m/m",
            "Federal Budget,$": "Federal Budget Balance",
        },
    ),
}


def event(name: str) -> Event:
    """The event of that name in either form; an unknown one keeps its name, and a rate of change its percent sign."""
    known = _KNOWN.get(_plain(name))
    if known is not None:
        return known
    clean = re.sub(r"[\s*]+$", "", name)
    percent = re.search(r"\b([mqy]/[mqy]|MM|YY|QQ)\b", clean) is not None
    return Event(name=clean, suffix="%" if percent else "", places=1, impact="low")


def figure(value: float | None, of: Event) -> Reading | None:
    """A bare number as the figure that is printed; a true zero survives, None stays None."""
    if value is None:
        return None
    # A figure more exact than usual is printed as it came.
    exact = next(
        (p for p in range(of.places, of.places + 3) if abs(round(value, p) - value) < 1e-9), of.places
    )
    text = f"{value if round(value, exact) else 0.0:.{exact}f}"  # no minus before a zero
    return reading(f"{text}{of.suffix}")
