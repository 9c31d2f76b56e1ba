"""What economic releases are called in a sentence, how much they matter, and where their facts stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """How a release is spoken of. ``weight`` orders what is due: 3 moves markets, 0 is for the table alone."""

    prose: str
    plural: bool = False
    weight: float = 1.0


EVENTS = {
    "Non-Farm Employment Change": Event(prose="the monthly jobs report", weight=4),
    "CPI m/m": Event(prose="consumer prices", plural=True, weight=4),
    "Core CPI m/m": Event(prose="core consumer prices", plural=True, weight=3.5),
    "CPI y/y": Event(prose="annual consumer inflation", weight=2.2),
    "Federal Funds Rate": Event(prose="the Fed's rate decision", weight=5),
    "FOMC Statement": Event(prose="the Fed's statement", weight=2.8),
    "Core PCE Price Index m/m": Event(prose="core PCE inflation", weight=3.2),
    "Retail Sales m/m": Event(prose="retail sales", plural=True, weight=3),
    "ISM Manufacturing PMI": Event(prose="the ISM manufacturing index", weight=2.6),
    "ISM Services PMI": Event(prose="the ISM services index", weight=2.6),
    "PPI m/m": Event(prose="producer prices", plural=True, weight=2.5),
    "JOLTS Job Openings": Event(prose="job openings", plural=True, weight=2.4),
    "Advance GDP q/q": Event(prose="first-estimate GDP growth", weight=3),
    "Prelim GDP q/q": Event(prose="second-estimate GDP growth", weight=2),
    "Final GDP q/q": Event(prose="final GDP growth", weight=1.5),
    "Unemployment Claims": Event(prose="jobless claims", plural=True, weight=2),
    "ADP Non-Farm Employment Change": Event(prose="ADP's private payrolls", plural=True, weight=2.1),
    "FOMC Meeting Minutes": Event(prose="the Fed's minutes", plural=True, weight=2.4),
    "Employment Cost Index q/q": Event(prose="the employment cost index", weight=2.2),
    "CB Consumer Confidence": Event(prose="consumer confidence", weight=1.8),
    "Prelim UoM Consumer Sentiment": Event(prose="the Michigan consumer sentiment index", weight=1.8),
    "Flash Services PMI": Event(prose="the flash services PMI", weight=1.6),
    "Flash Manufacturing PMI": Event(prose="the flash manufacturing PMI", weight=1.6),
    "Empire State Manufacturing Index": Event(prose="the Empire State manufacturing index", weight=1.5),
    "Philly Fed Manufacturing Index": Event(prose="the Philadelphia Fed's factory index", weight=1.4),
    "Durable Goods Orders m/m": Event(prose="durable goods orders", plural=True, weight=1.7),
    "Pending Home Sales m/m": Event(prose="pending home sales", plural=True, weight=1.2),
    "New Home Sales": Event(prose="new home sales", plural=True, weight=1.2),
    "Existing Home Sales": Event(prose="existing home sales", plural=True, weight=1.2),
    "Core PPI m/m": Event(prose="core producer prices", plural=True, weight=1.9),
    "Core Retail Sales m/m": Event(prose="core retail sales", plural=True, weight=1.8),
    "Unemployment Rate": Event(prose="the unemployment rate", weight=1.9),
    "Average Hourly Earnings m/m": Event(prose="hourly earnings", plural=True, weight=1.8),
    "Core Durable Goods Orders m/m": Event(prose="core durable goods orders", plural=True, weight=1.2),
    "Housing Starts": Event(prose="housing starts", plural=True, weight=1.2),
    "Industrial Production m/m": Event(prose="industrial production", weight=1.2),
    "Trade Balance": Event(prose="the trade balance", weight=1.0),
    "Fed Chair Powell Speaks": Event(prose="a speech by the Fed chair", weight=1.9),
    "Fed Chair Powell Testifies": Event(prose="testimony by the Fed chair", weight=1.9),
}
"""By the calendar's own name. An event that isn't here is printed in the table under that name and not spoken of."""

HEAVY = 2.0
"""Weight from which a release is worth a sentence on any day within the week."""


def event_entity(event: str) -> str:
    """``event:CPI m/m``."""
    return f"event:{event}"


def window(release_day: date, session: date) -> str:
    """The window under which the calendar's facts of a day stand: ``due@2025-08-29``, or ``out@`` from that day on."""
    return f"{'out' if release_day <= session else 'due'}@{release_day.isoformat()}"
