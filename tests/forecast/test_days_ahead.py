"""Properties of the daily forecast on made-up series."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from wfm.core.calendar import holidays_between
from wfm.forecast import daily_forecast
from wfm.forecast.baselines import seasonal_mean, seasonal_naive
from wfm.forecast.measures import summary
from wfm.forecast.rolling import backtest

START = date(2026, 3, 2)


def days(n: int, first: date = START, closed: tuple[int, ...] = ()) -> list[date]:
    return [day for i in range(n) if (day := first + timedelta(days=i)).weekday() not in closed]


def series(values: np.ndarray, when: list[date]) -> pd.Series:
    return pd.Series(values, index=pd.Index(when, dtype=object), dtype=float)


def noisy(n: int, level: float, seed: int, closed: tuple[int, ...] = (), cv: float = 0.08) -> pd.Series:
    rng = np.random.default_rng(seed)
    when = days(n, closed=closed)
    factor = np.array([1.2, 1.1, 1.0, 1.0, 1.0, 0.7, 0.6])[[day.weekday() for day in when]]
    return series(rng.poisson(level * factor * rng.gamma(cv**-2, cv**2, len(when))), when)


def test_weekdays_and_level_are_found() -> None:
    past = noisy(140, 1000, 1)
    ahead = days(28, past.index[-1] + timedelta(days=1))
    made = daily_forecast(past, ahead).set_index("date")["mean"]
    truth = 1000 * np.array([1.2, 1.1, 1.0, 1.0, 1.0, 0.7, 0.6])[[day.weekday() for day in ahead]]
    assert (made / truth - 1).abs().max() < 0.12
    assert abs(made.sum() / truth.sum() - 1) < 0.06


def test_spread_is_the_series_own_beyond_chance() -> None:
    """cv 8 % by construction; twelve seeds average out the sampling of a single series."""
    found = []
    for seed in range(12):
        past = noisy(112, 2000, seed)
        found.append(daily_forecast(past, days(14, past.index[-1] + timedelta(days=1)))["day_cv"].mean())
    assert 0.07 < np.mean(found) < 0.12


def test_a_constant_series_stays() -> None:
    past = series(np.full(100, 500.0), days(100))
    made = daily_forecast(past, days(10, past.index[-1] + timedelta(days=1)))
    assert made["mean"].to_numpy() == pytest.approx(500, rel=1e-3)
    assert (made["day_cv"] < 0.01).all()


def test_zeros_stay_zero() -> None:
    past = series(np.zeros(60), days(60))
    made = daily_forecast(past, days(7, past.index[-1] + timedelta(days=1)))
    assert made["mean"].to_numpy() == pytest.approx(0, abs=1e-6)
    assert np.isfinite(made.drop(columns="date").to_numpy(dtype=float)).all()


@pytest.mark.parametrize("known", [1, 3, 7, 14, 30])
def test_short_histories_give_wide_honest_bands(known: int) -> None:
    past = noisy(known, 300, 3)
    made = daily_forecast(past, days(14, past.index[-1] + timedelta(days=1)), country="CN")
    assert made["mean"].between(0.4 * past.mean(), 2 * past.mean()).all()
    assert (made["log_sd"] > 0.02).all()
    if known >= 7:
        weekday = [day.weekday() for day in made["date"]]
        assert made["mean"].groupby(weekday).mean().idxmin() in (5, 6)


def test_closed_weekdays_are_not_missed() -> None:
    """A centre closed at weekends: leads count open days, and Monday follows Friday."""
    past = noisy(140, 1000, 4, closed=(5, 6))
    ahead = days(14, past.index[-1] + timedelta(days=1), closed=(5, 6))
    made = daily_forecast(past, ahead)
    assert made["lead"].tolist() == list(range(1, 11))
    assert made["mean"].mean() == pytest.approx(past.mean(), rel=0.08)


def test_a_plan_that_starts_weeks_later_has_later_leads() -> None:
    past = noisy(100, 1000, 5)
    made = daily_forecast(past, days(3, past.index[-1] + timedelta(days=22)))
    assert made["lead"].tolist() == [22, 23, 24]


@pytest.mark.parametrize("factor", [0.0, 0.2, 6.0])
def test_odd_days_do_not_spoil_what_follows(factor: float) -> None:
    """An outage or an event of three days, two weeks before the end, moves the next four weeks by under 3 %."""
    past = noisy(140, 1000, 6)
    ahead = days(28, past.index[-1] + timedelta(days=1))
    odd = past.copy()
    odd.iloc[-16:-13] *= factor
    plain, after = (daily_forecast(x, ahead)["median"].sum() for x in (past, odd))
    assert after == pytest.approx(plain, rel=0.03)


def test_holidays_are_learned_from_other_holidays() -> None:
    """Past holidays were at 0.4: the next ones are expected low, their spread wide, and ordinary days stay ordinary."""
    when = days(200, date(2026, 3, 2))
    free = holidays_between(when[0], date(2026, 10, 31), "CN")
    rng = np.random.default_rng(7)
    past = series(1000 * rng.gamma(400, 1 / 400, len(when)) * np.where([day in free for day in when], 0.4, 1.0), when)
    ahead = days(25, when[-1] + timedelta(days=1))
    made = daily_forecast(past, ahead, country="CN").set_index("date")
    off = [day in free for day in ahead]
    ordinary = made.index.isin(days(6, when[-1] + timedelta(days=1), closed=(5, 6)))
    assert any(off)
    assert made.loc[off, "median"].mean() == pytest.approx(400, rel=0.25)
    assert made.loc[ordinary, "median"].mean() == pytest.approx(1000, rel=0.06)
    assert made.loc[off, "log_sd"].mean() > 2 * made.loc[ordinary, "log_sd"].mean()


def test_unknown_days_are_skipped_and_no_history_is_refused() -> None:
    past = noisy(100, 1000, 8)
    holes = past.copy()
    holes.iloc[40:47] = np.nan
    ahead = days(7, past.index[-1] + timedelta(days=1))
    assert daily_forecast(holes, ahead)["mean"].sum() == pytest.approx(daily_forecast(past, ahead)["mean"].sum(), rel=0.05)
    with pytest.raises(ValueError, match="estimate"):
        daily_forecast(past.iloc[:0], ahead)
    with pytest.raises(ValueError, match="not after"):
        daily_forecast(past, [past.index[-1]])
    assert len(daily_forecast(past, [])) == 0


def test_nothing_ahead_of_the_origin_is_used() -> None:
    past = noisy(150, 1000, 9)
    result = backtest(past, [past.index[-29]], 28, daily_forecast)
    spoiled = past.copy()
    spoiled.iloc[-28:] = 1.0
    assert backtest(spoiled, [past.index[-29]], 28, daily_forecast)["forecast"].equals(result["forecast"])


def test_backtest_by_hand() -> None:
    """Two weeks of 7 days, second week each day 10 more: naive is off by 10 a day."""
    past = series(np.r_[np.arange(100, 107), np.arange(110, 117)], days(14))
    result = backtest(past, [past.index[6]], 10, seasonal_naive)
    assert result["lead"].tolist() == [1, 2, 3, 4, 5, 6, 7]
    row = summary(result, {"1w": 7}).iloc[0]
    assert row["wape"] == pytest.approx(70 / (7 * 113))
    assert row["bias"] == pytest.approx(-70 / (7 * 113))
    mean = seasonal_mean(past, days(2, START + timedelta(days=14)))["median"]
    assert mean.tolist() == [105, 106]
