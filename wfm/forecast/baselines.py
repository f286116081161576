"""What a forecast has to beat: last week again, and the mean of the last few weeks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from wfm.forecast.days import Days

    Floats = NDArray[np.float64]


def seasonal_naive(history: pd.Series, days: Sequence[date]) -> pd.DataFrame:
    """The last known total of the same weekday."""
    return seasonal_mean(history, days, weeks=1)


def seasonal_mean(history: pd.Series, days: Sequence[date], weeks: int = 4) -> pd.DataFrame:
    """The mean of the last ``weeks`` known totals of the same weekday; of all days where that weekday is unknown."""
    import pandas as pd

    known = history.dropna()
    weekday = pd.Series([day.weekday() for day in known.index], index=known.index)
    means = {w: float(known[weekday == w].tail(weeks).mean()) for w in set(weekday)}
    overall = float(known.tail(7 * weeks).mean())
    return pd.DataFrame({"date": list(days), "median": [means.get(day.weekday(), overall) for day in days]})


def seasonal_slots(past: Days, days: Sequence[date], weeks: int) -> Floats:
    """Each slot's mean over its last ``weeks`` known days of the same weekday, shape (days, slots); NaN where none is known."""
    import numpy as np

    weekday = past.weekday
    by_weekday = np.full((7, past.counts.shape[1]), np.nan)
    for w in range(7):
        rows = past.counts[weekday == w][::-1]
        known = np.isfinite(rows)
        last = known & (np.cumsum(known, axis=0) <= weeks)
        count = last.sum(axis=0)
        by_weekday[w] = np.where(count > 0, np.where(last, rows, 0.0).sum(axis=0) / np.maximum(count, 1), np.nan)
    return np.asarray(by_weekday[[day.weekday() for day in days]])
