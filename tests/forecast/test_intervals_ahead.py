"""The interval forecast: shapes, open hours, daylight saving, handle times, bands, draws; and the estimate without a past."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.shared import shared
from wfm.core.calendar import holidays_between
from wfm.core.contacts import ContactType
from wfm.core.contracts import check
from wfm.core.intervals import OpeningHours, interval_grid
from wfm.core.shop import Peak, Shop
from wfm.forecast import by_day, by_weekday, daily_forecast, day_draws, estimate, forecast
from wfm.forecast.bands import quantile
from wfm.history import generate_shop, read_history

ZONE = "Asia/Shanghai"
PLAN = date(2027, 7, 5)
DAILY = OpeningHours({"daily": "10:00-18:00"})
IL = OpeningHours({**dict.fromkeys(("sun", "mon", "tue", "wed", "thu"), "07:00-24:00"), "fri": "07:00-14:00", "sat": "20:00-24:00"})


def shop_past(hours: OpeningHours = DAILY, weeks: int = 12, contact: ContactType | None = None) -> pd.DataFrame:
    return generate_shop(Shop(orders_per_day=1450), contact, PLAN, weeks, 1800, hours, ZONE, "CN", 1)


def grid_of(hours: OpeningHours = DAILY, days: int = 14, seconds: int = 1800, zone: str = ZONE, first: date = PLAN) -> pd.DataFrame:
    return interval_grid(first, days, seconds, hours, zone)


def test_intervals_add_up_to_the_daily_forecast() -> None:
    past, grid = shop_past(), grid_of()
    made = forecast(past, grid, aht=180.0, country="CN")
    check(made, "forecast")
    totals = past.groupby(past["start"].dt.date)["offered"].sum()
    expected = daily_forecast(totals, sorted(set(grid["date"])), country="CN").set_index("date")["mean"]
    assert by_day(made).set_index("date")["contacts"].to_numpy() == pytest.approx(expected.to_numpy())
    assert made["contacts"].sum() == pytest.approx(14 * 1450 * 0.55, rel=0.06)
    busy = made["start"].dt.hour.between(12, 15)
    assert made.loc[busy, "contacts"].sum() / made["contacts"].sum() == pytest.approx(0.575, abs=0.01)
    assert made["day_cv"].between(0.05, 0.14).all()
    assert (made["aht"] == 180.0).all()


def test_bands_enclose_the_mean_and_widen_with_the_lead() -> None:
    made = forecast(shop_past(), grid_of(days=28), aht=180.0)
    columns = ["contacts_q05", "contacts_q25", "contacts", "contacts_q75", "contacts_q95"]
    assert (made[columns].diff(axis=1).iloc[:, 1:] >= 0).all().all()
    cv = made.groupby("date")["day_cv"].first()
    assert cv.iloc[-7:].mean() > cv.iloc[0]


@pytest.mark.parametrize("seconds", [900, 1800, 3600])
def test_the_grid_may_be_finer_or_coarser_than_the_past(seconds: int) -> None:
    past = shop_past()
    half, other = (by_day(forecast(past, grid_of(seconds=s), aht=180.0))["contacts"] for s in (1800, seconds))
    assert other.to_numpy() == pytest.approx(half.to_numpy())


def test_daily_pasts_take_the_shape_of_the_peak() -> None:
    past = shop_past()
    day = past["start"].dt.normalize()
    daily = past.groupby(day)["offered"].sum().rename_axis("start").reset_index().assign(queue="shop")
    made = forecast(daily, grid_of(), aht=180.0, peak=Peak())
    busy = made["start"].dt.hour.between(12, 15)
    assert made.loc[busy, "contacts"].sum() / made["contacts"].sum() == pytest.approx(0.575)
    flat = forecast(daily, grid_of(), aht=180.0)
    assert flat.groupby("date")["contacts"].nunique().max() <= 2
    assert flat["contacts"].sum() == pytest.approx(made["contacts"].sum())


def test_calls_outside_the_open_hours_are_no_demand() -> None:
    """Night calls at a tenth of the day's volume neither enter the plan nor swell its days."""
    past = shop_past()
    night = past.assign(start=past["start"] + pd.Timedelta(hours=9), offered=past["offered"] // 10)
    both = pd.concat([past, night]).drop_duplicates("start")
    for hours in (None, DAILY):
        clean, with_night = (forecast(x, grid_of(), aht=180.0, hours=hours) for x in (past, both))
        assert with_night["contacts"].to_numpy() == pytest.approx(clean["contacts"].to_numpy())


def test_hours_past_midnight_belong_to_the_evening() -> None:
    hours = OpeningHours({"daily": "20:00-02:00"})
    made = forecast(shop_past(hours), grid_of(hours), aht=180.0)
    assert (made.groupby("date").size() == 12).all()
    assert made.groupby("date")["contacts"].sum().to_numpy() == pytest.approx(1450 * 0.55, rel=0.2)
    assert (made["contacts"] > 0).all()


def test_closed_sundays_stay_closed() -> None:
    hours = OpeningHours({"daily": "10:00-18:00", "sun": "closed"})
    made = forecast(shop_past(hours), grid_of(hours), aht=180.0, hours=hours)
    assert set(made["weekday"]) == set(range(6))
    assert by_weekday(made)["days"].tolist() == [2] * 6


def test_handle_times_come_from_the_past_where_it_has_them() -> None:
    past = shop_past(contact=ContactType(talk=200.0, wrap=40.0))
    late = past["start"].dt.hour >= 16
    past["handle_time"] = past["handle_time"].where(~late, past["handle_time"] * 1.5)
    made = forecast(past, grid_of(), aht=180.0)
    hour = made["start"].dt.hour
    assert made.loc[hour < 16, "aht"].mean() == pytest.approx(240, rel=0.05)
    assert made.loc[hour >= 16, "aht"].mean() == pytest.approx(360, rel=0.08)


def test_gaps_are_unknown_not_zero() -> None:
    past = shop_past()
    gone = past["start"].dt.date.isin([PLAN - timedelta(days=i) for i in (9, 10, 11)])
    hour_gone = (past["start"].dt.date == PLAN - timedelta(days=3)) & (past["start"].dt.hour == 12)
    whole, holes = (forecast(x, grid_of(), aht=180.0, country="CN")["contacts"].sum() for x in (past, past[~gone & ~hour_gone]))
    assert holes == pytest.approx(whole, rel=0.03)


def test_queues_are_forecast_each_for_itself() -> None:
    past = shop_past()
    two = pd.concat([past.assign(queue="a"), past.assign(queue="b", offered=past["offered"] * 2)])
    made = forecast(two, grid_of(), aht=180.0)
    check(made, "forecast")
    sums = made.groupby("queue")["contacts"].sum()
    assert sums["b"] / sums["a"] == pytest.approx(2, rel=0.01)


def test_empty_and_foreign_pasts_are_refused() -> None:
    past = shop_past()
    with pytest.raises(ValueError, match="no rows"):
        forecast(past.iloc[:0], grid_of(), aht=180.0)
    night = OpeningHours({"daily": "02:00-05:00"})
    with pytest.raises(ValueError, match="within the open hours"):
        forecast(past, grid_of(night), aht=180.0, hours=night)


def test_zero_pasts_plan_nothing() -> None:
    past = shop_past().assign(offered=0.0)
    made = forecast(past, grid_of(), aht=180.0)
    assert made["contacts"].max() < 1e-6
    assert made["contacts_q95"].max() == 0


def test_rows_from_the_plan_on_are_not_used() -> None:
    past = shop_past()
    first = PLAN - timedelta(days=21)
    grid = grid_of(first=first)
    cut = past[past["start"].dt.date < first]
    pd.testing.assert_frame_equal(forecast(past, grid, aht=180.0), forecast(cut, grid, aht=180.0))


def test_a_repeated_hour_counts_twice_and_a_skipped_one_not_at_all() -> None:
    hours = OpeningHours({"daily": "00:00-24:00"})
    zone = "America/New_York"
    for first, rows in ((date(2027, 3, 14), 46), (date(2027, 11, 7), 50)):
        past = generate_shop(Shop(orders_per_day=5000), None, first, 10, 1800, hours, zone, "", 1)
        made = forecast(past, grid_of(hours, 2, zone=zone, first=first), aht=180.0)
        days = made.groupby("date")["contacts"].agg(["size", "sum"])
        assert days["size"].tolist() == [rows, 48]
        slots = made[made["date"] == first].groupby("slot")["contacts"]
        assert (slots.max() == slots.min()).all()


def test_bank_il_two_weeks_with_yom_kippur() -> None:
    """The real case: closed hours stay closed, Yom Kippur and its eve are low and uncertain, the day after is busy."""
    past = read_history(shared("data/bank_il_1999_30min_dev.csv"), timezone="Asia/Jerusalem", interval_s=1800).table
    first = date(1999, 9, 14)
    holidays = holidays_between(first, first + timedelta(days=13), "IL")
    grid = interval_grid(first, 14, 1800, IL, "Asia/Jerusalem", holidays)
    made = forecast(past, grid, aht=188.0, country="IL", hours=IL)
    check(made, "forecast")
    days = by_day(made).set_index("date")
    print("\n" + days.round(2).to_string())
    assert len(made) == len(grid)
    assert days.loc[date(1999, 9, 20), "contacts"] < 0.25 * days.loc[date(1999, 9, 27), "contacts"]
    assert days.loc[date(1999, 9, 19), "contacts"] < 0.6 * days.loc[date(1999, 9, 26), "contacts"]
    assert days.loc[date(1999, 9, 20), "day_cv"] > 3 * days.loc[date(1999, 9, 27), "day_cv"]
    ordinary = days.loc[[date(1999, 9, d) for d in (14, 15, 16, 21, 22, 23, 26, 27)], "contacts"]
    assert ordinary.between(1200, 2000).all()
    assert 300 < days.loc[date(1999, 9, 17), "contacts"] < 650
    peak = made.loc[made["contacts"].idxmax(), "start"]
    assert 9 <= peak.hour <= 11


def test_estimate_is_orders_times_contacts_by_weekday_and_hour() -> None:
    """S1-08: 1450 orders x 0.55 x 1.10 on a Monday; 57.5 % between 12 and 16 h; handle time 180 s."""
    made = estimate(Shop(orders_per_day=1450), ContactType(), grid_of(days=7))
    check(made, "forecast")
    days = by_day(made)["contacts"]
    assert days.iloc[0] == pytest.approx(1450 * 0.55 * 1.10)
    assert days.sum() == pytest.approx(7 * 1450 * 0.55)
    busy = made["start"].dt.hour.between(12, 15)
    assert made.loc[busy, "contacts"].sum() / made["contacts"].sum() == pytest.approx(0.575)
    assert (made["aht"] == 180).all()
    assert (made["day_cv"] == 0.08).all()
    with pytest.raises(ValueError, match="orders_per_day"):
        estimate(Shop(), ContactType(), grid_of(days=1))


@settings(max_examples=60, deadline=None)
@given(st.floats(0.01, 1e5), st.floats(0.0, 2.0), st.sampled_from([0.05, 0.25, 0.75, 0.95]))
def test_quantiles_are_scipys(mean: float, cv: float, q: float) -> None:
    from scipy.stats import nbinom, poisson

    small = cv**2 * mean < 1e-6
    exact = poisson(mean) if small else nbinom(cv**-2, cv**-2 / (cv**-2 + mean))
    found = float(quantile(np.array(mean), np.array(cv), q))
    assert exact.cdf(found) >= q - 1e-7
    assert found == 0 or exact.cdf(found - 1) < q + 1e-7


def test_draws_keep_the_means_the_spread_and_the_days_together() -> None:
    made = estimate(Shop(orders_per_day=4000, day_to_day_cv=0.15), ContactType(), grid_of(days=10)).assign(slot_cv=0.05)
    drawn = day_draws(made, 600, 3)
    check(drawn, "day_draws")
    assert len(drawn) == 600 * len(made)
    pd.testing.assert_frame_equal(drawn, day_draws(made, 600, 3))
    means = drawn.groupby("start")["contacts"].mean()
    assert (means.to_numpy() / made["contacts"].to_numpy()).mean() == pytest.approx(1, rel=0.02)
    days = drawn.assign(day=drawn["start"].dt.date).pivot_table(index="draw", columns="day", values="contacts", aggfunc="sum")
    level = days / days.mean()
    assert level.std().mean() == pytest.approx(0.15, rel=0.07)
    assert level.corr().to_numpy()[np.arange(9), np.arange(1, 10)].mean() == pytest.approx(0.5, abs=0.06)
    first = drawn[drawn["start"].dt.date == PLAN].pivot_table(index="draw", columns="start", values="contacts")
    halves = first.iloc[:, :8].sum(axis=1).corr(first.iloc[:, 8:].sum(axis=1))
    assert halves > 0.9
    counted = day_draws(made, 600, 3, counts=True)
    assert (counted["contacts"] % 1 == 0).all()
    inside = counted["contacts"].between(np.tile(made["contacts_q05"], 600), np.tile(made["contacts_q95"], 600)).mean()
    assert 0.86 < inside < 0.94
    with pytest.raises(ValueError, match="at least one"):
        day_draws(made, 0, 1)
