"""Replay: what the stories stage would have told on every session of a history, and how often each rule fired.

    replay(day, start, end)        -> Report      every rule once over each history, then the sessions in order
    faults(report)                 -> tuple       what is out of bounds, each in a line
    base_rates(market, start, end) -> tuple       how often plain conditions held, beside the documented counts
    write(report, folder)                         replay.json and replay.html
    calibrate(day, start, end)     -> str         the calibration table, as it is committed

Deterministic: the same data give the same bytes. Restartable: with ``keep``, each finished year is put down and read
back by the next run over the same data and rules.
"""

from newsletter.replay.page import page
from newsletter.replay.rates import Rate, base_rates
from newsletter.replay.report import Report, Row, Year, as_json, faults
from newsletter.replay.run import calibrate, replay, write

__all__ = [
    "Rate",
    "Report",
    "Row",
    "Year",
    "as_json",
    "base_rates",
    "calibrate",
    "faults",
    "page",
    "replay",
    "write",
]
