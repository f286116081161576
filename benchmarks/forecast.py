"""Seconds per forecast beside its accuracy: the daily forecast and simple baselines, on a made-up shop or on files.

    uv run python benchmarks/forecast.py [FILE.csv ...]

Each file is a table that `wfm backtest` reads; without files the synthetic shop is taken. WAPE is pooled over origins and 28 open
days ahead, times are of one thread. Exits with 1 where our forecast takes longer than the gate per origin, or is worse than
seasonal naive.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pandas as pd

GATE_SECONDS = 0.3
GATE_NAIVE = 1.0


def series_of(files: list[str]) -> dict[str, pd.Series]:
    """Name to totals by open day."""
    from wfm.forecast.days import lay_out_past
    from wfm.history import generate_shop, read_history

    if not files:
        from wfm.core.intervals import OpeningHours
        from wfm.core.shop import Shop

        hours = OpeningHours({"daily": "10:00-18:00"})
        tables = {
            "synthetic shop": generate_shop(
                Shop(orders_per_day=1450), None, date(2027, 7, 5), 60, 1800, hours, "Asia/Shanghai", "CN", 1
            )
        }
    else:
        tables = {Path(file).stem: read_history(file, timezone="UTC", interval_s=60, queue="all").table for file in files}
    return {name: lay_out_past(table, 1800, str(table["start"].dt.tz)).totals() for name, table in tables.items()}


def main(files: list[str]) -> int:
    """Measure, print, judge."""
    from wfm.forecast.baselines import seasonal_mean, seasonal_naive
    from wfm.forecast.daily import daily_forecast
    from wfm.forecast.measures import summary
    from wfm.forecast.origins import origins_of
    from wfm.forecast.rolling import backtest

    models: dict[str, Callable[..., pd.DataFrame]] = {
        "wfm": daily_forecast,
        "seasonal naive": seasonal_naive,
        "mean of 4": partial(seasonal_mean, weeks=4),
    }
    failed = False
    for name, series in series_of(files).items():
        origins = origins_of(list(series.index), 28)
        daily_forecast(series, [series.index[-1] + timedelta(days=7)])  # loads what is loaded once
        print(f"{name}: {len(series)} open days, {len(origins)} origins, 28 open days ahead")
        rows = {}
        for model, method in models.items():
            begin = time.process_time()
            result = backtest(series, origins, 28, method)
            seconds = (time.process_time() - begin) / len(origins)
            rows[model] = (seconds, float(summary(result, {"4w": 28})["wape"].iloc[0]))
        for model, (seconds, wape) in rows.items():
            ratio = wape / rows["seasonal naive"][1]
            print(f"  {model:15s} {seconds * 1e3:8.1f} ms an origin   WAPE {100 * wape:5.1f} %   {ratio:.2f} of seasonal naive's")
            failed |= model == "wfm" and (seconds > GATE_SECONDS or ratio > GATE_NAIVE)
    print(f"gates: {GATE_SECONDS:g} s an origin, {GATE_NAIVE:g} of seasonal naive's WAPE")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
