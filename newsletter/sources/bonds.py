"""Days on which the bond market rests and stocks trade. Pure."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd


def bonds_closed(day: date) -> bool:
    """Whether ``day`` is Columbus Day or Veterans Day, the two holidays that only bonds keep."""
    return not bool(bonds_open(pd.DatetimeIndex([pd.Timestamp(day)]))[0])


def bonds_open(days: pd.DatetimeIndex) -> np.ndarray[tuple[Any, ...], np.dtype[np.bool_]]:
    """For each day, whether it is neither of the two."""
    month, day, weekday = days.month.to_numpy(), days.day.to_numpy(), days.day_of_week.to_numpy()
    columbus = (month == 10) & (weekday == 0) & (day >= 8) & (day <= 14)
    # A Veterans Day on a Sunday is kept on Monday; one on a Saturday isn't made up for.
    veterans = (month == 11) & ((day == 11) | ((day == 12) & (weekday == 0)))
    result: np.ndarray[tuple[Any, ...], np.dtype[np.bool_]] = ~(columbus | veterans)
    return result
