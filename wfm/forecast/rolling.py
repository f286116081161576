"""Forecasts from rolling origins beside what came: what a planner would have been told, day by day and interval by interval."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from wfm.forecast.measures import BANDS, QUANTILES

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from wfm.forecast.days import Days
    from wfm.forecast.top_down import QueueForecast

    Floats = NDArray[np.float64]
    Method = Callable[[pd.Series, Sequence[date]], pd.DataFrame]
    SlotMethod = Callable[[Days, Sequence[date]], QueueForecast | Floats]


def backtest(series: pd.Series, origins: Sequence[date], leads: int, method: Method) -> pd.DataFrame:
    """Forecasts of day totals from rolling origins.

    An origin is the last day seen; the method is refitted at each. Leads count the series' open days.

    Parameters
    ----------
    series
        Totals by open day, index of ``datetime.date``; NaN where unknown.
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
        ``origin``, ``lead``, ``date``, ``actual``, ``forecast`` (the median) and, where the method gives a spread, ``low50``,
        ``high50``, ``low80`` ... ``high95``.
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
                part[f"low{band}"] = np.maximum(np.expm1(middle - z * sd), 0.0)
                part[f"high{band}"] = np.expm1(middle + z * sd)
        parts.append(part)
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def backtest_intervals(
    past: Days, origins: Sequence[date], leads: int, methods: Mapping[str, SlotMethod]
) -> dict[str, pd.DataFrame]:
    """Forecasts of every open slot of the days after rolling origins, by several methods.

    Parameters
    ----------
    past
        The whole history (`wfm.forecast.days.lay_out`); a method sees it up to the origin.
    origins
        Days of the history.
    leads
        Days of the history ahead, at most.
    methods
        Name to ``method(past, days)``: a `QueueForecast`, or plain numbers of shape (days, slots).

    Returns
    -------
    dict of DataFrame
        By method ``origin``, ``lead``, ``date``, ``slot``, ``actual``, ``forecast`` (median day total times the slot's share) and,
        for a `QueueForecast`, the ends of the bands.
    """
    import numpy as np
    import pandas as pd

    parts: dict[str, list[pd.DataFrame]] = {name: [] for name in methods}
    place = {day: i for i, day in enumerate(past.days)}
    for origin in origins:
        seen = place[origin] + 1
        rows = slice(seen, min(seen + leads, len(past.days)))
        days = past.days[rows]
        if not days:
            continue
        history = replace(
            past, days=past.days[:seen], counts=past.counts[:seen], handled=past.handled[:seen], handle_time=past.handle_time[:seen]
        )
        row, slot = np.nonzero(past.open[past.weekday[rows]])
        frame = pd.DataFrame({"origin": origin, "lead": row + 1, "date": [days[i] for i in row], "slot": slot})
        frame["actual"] = past.counts[rows][row, slot]
        for name, method in methods.items():
            made = method(history, days)
            if isinstance(made, np.ndarray):
                parts[name].append(frame.assign(forecast=made[row, slot]))
            else:
                parts[name].append(frame.assign(**_with_bands(made, days, row, slot)))
    return {name: pd.concat(some, ignore_index=True) if some else pd.DataFrame() for name, some in parts.items()}


def _with_bands(made: QueueForecast, days: Sequence[date], row: NDArray[np.int64], slot: NDArray[np.int64]) -> dict[str, Floats]:
    """The forecast of slots and the ends of its bands: negative binomial around the mean."""
    import numpy as np

    from wfm.forecast.bands import quantile

    share = made.shares[[day.weekday() for day in days]][row, slot]
    mean, median, day_cv = (made.daily[name].to_numpy(dtype=float)[row] for name in ("mean", "median", "day_cv"))
    cv = np.hypot(day_cv, made.slot_cv)
    columns = {name: quantile(mean * share, cv, q) for q, name in QUANTILES.items() if name != "forecast"}
    return {"forecast": median * share, **columns}
