"""How good a daily forecast has been: rolling origins, weighted absolute error, bias, coverage; and two baselines to beat."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    Method = Callable[[pd.Series, Sequence[date]], pd.DataFrame]

BANDS = {80: 1.2815515655446004, 95: 1.959963984540054}


def backtest(series: pd.Series, origins: Sequence[date], leads: int, method: Method) -> pd.DataFrame:
    """Forecasts from rolling origins beside what came.

    An origin is the last day seen; the method is refitted at each. Leads count the series' open days.

    Parameters
    ----------
    series
        Totals by open day, index of ``datetime.date``.
    origins
        Days of the series.
    leads
        Open days ahead, at most; fewer where the series ends.
    method
        ``method(history, days)`` gives ``date``, ``median`` and optionally ``log_sd``: `daily_forecast` with its country filled in,
        `seasonal_naive`, `seasonal_mean`.

    Returns
    -------
    DataFrame
        ``origin``, ``lead``, ``date``, ``actual``, ``forecast`` and, where the method gives a spread, ``low80``, ``high80``,
        ``low95``, ``high95``.
    """
    import numpy as np
    import pandas as pd

    parts = []
    for origin in origins:
        history = series.loc[:origin]
        coming = series.iloc[len(history) : len(history) + leads]
        if not len(coming):
            continue
        made = method(history, list(coming.index))
        part = pd.DataFrame(
            {
                "origin": origin,
                "lead": np.arange(1, len(coming) + 1),
                "date": list(coming.index),
                "actual": coming.to_numpy(dtype=float),
                "forecast": made["median"].to_numpy(dtype=float),
            }
        )
        if "log_sd" in made:
            middle, sd = np.log1p(part["forecast"]), made["log_sd"].to_numpy(dtype=float)
            for band, z in BANDS.items():
                part[f"low{band}"], part[f"high{band}"] = np.expm1(middle - z * sd), np.expm1(middle + z * sd)
        parts.append(part)
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def summary(result: pd.DataFrame, horizons: dict[str, int]) -> pd.DataFrame:
    """WAPE, bias and coverage for each horizon (its name to its last lead), pooled over origins and leads.

    WAPE is the sum of absolute errors over the sum of actuals; bias the sum of errors (forecast minus actual) over the same.
    """
    import pandas as pd

    rows = []
    for name, last in horizons.items():
        part = result[(result["lead"] <= last) & result["actual"].notna()]
        error, total = part["forecast"] - part["actual"], part["actual"].sum()
        row = {"horizon": name, "wape": error.abs().sum() / total, "bias": error.sum() / total, "days": len(part)}
        for band in BANDS:
            if f"low{band}" in part:
                row[f"cover{band}"] = part["actual"].between(part[f"low{band}"], part[f"high{band}"]).mean()
        rows.append(row)
    return pd.DataFrame(rows)


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
