"""A backtest judges by what the file says, and knows nothing of what comes after an origin."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from wfm.backtesting import run_backtest
from wfm.core.errors import InputError

ORIGIN = date(2027, 6, 16)


def history(stray: bool = False, gone: bool = False) -> pd.DataFrame:
    start = pd.date_range("2027-03-01 09:00", "2027-07-02 17:30", freq="30min", tz="Asia/Shanghai")
    start = start[(start.hour >= 9) & (start.hour < 18) & (start.day_of_week < 5)]
    rng = np.random.default_rng(20270705)
    table = pd.DataFrame({"start": start, "queue": "q", "offered": rng.poisson(40.0, len(start)).astype(float)})
    if gone:
        day = table["start"].dt.date
        table.loc[(day > ORIGIN) & (day <= ORIGIN + timedelta(days=7)), "offered"] = np.nan
    if stray:
        # Two contacts outside the hours, weeks after the origin.
        late = pd.to_datetime(["2027-06-28 22:00", "2027-06-29 05:00"]).tz_localize("Asia/Shanghai")
        table = pd.concat([table, pd.DataFrame({"start": late, "queue": "q", "offered": 1.0})], ignore_index=True)
    return table


def forecasts(table: pd.DataFrame) -> pd.DataFrame:
    done = run_backtest(table, timezone="Asia/Shanghai", first=ORIGIN, last=ORIGIN, horizons=("1w",))
    return done.forecasts


def test_actuals_are_the_sums_of_the_file() -> None:
    table = history(stray=True)
    sums = table.groupby(table["start"].dt.date)["offered"].sum()
    made = forecasts(table)
    assert len(made)
    assert made["actual"].tolist() == made["date"].map(sums).tolist()


def test_rows_after_the_origin_change_no_forecast() -> None:
    plain, more = forecasts(history()), forecasts(history(stray=True))
    pd.testing.assert_frame_equal(plain, more)


def test_nothing_known_after_the_origin_is_told() -> None:
    with pytest.raises(InputError, match="no known day"):
        forecasts(history(gone=True))
