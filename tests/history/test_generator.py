from datetime import date, timedelta

import pandas as pd
import pytest

from wfm.core.contacts import ContactType
from wfm.core.contracts import check
from wfm.core.intervals import OpeningHours
from wfm.core.shop import Shop
from wfm.history import generate_shop
from wfm.history.generator import Habits

MONDAY = date(2027, 7, 5)
DAILY = OpeningHours({"daily": "10:00-18:00"})
PLAIN = Habits(growth_per_year=0.0, public_holiday=1.0, festival={}, festival_main={})


def made(
    orders: float = 1450.0, *, weeks: int = 52, seed: int = 1, hours: OpeningHours = DAILY, habits: Habits | None = None
) -> pd.DataFrame:
    return generate_shop(Shop(orders_per_day=orders), None, MONDAY, weeks, 1800, hours, "Asia/Shanghai", "CN", seed, habits)


def by_day(table: pd.DataFrame) -> pd.Series:
    return table.groupby(table["start"].dt.date)["offered"].sum()


def test_same_seed_same_past_and_another_seed_another() -> None:
    pd.testing.assert_frame_equal(made(), made())
    assert not made()["offered"].equals(made(seed=2)["offered"])


def test_it_keeps_the_contract_and_ends_before_the_plan() -> None:
    table = generate_shop(Shop(orders_per_day=900), ContactType(), MONDAY, 8, 1800, DAILY, "Asia/Shanghai", "CN", 1)
    check(table, "history")
    days = by_day(table).index
    assert (days[0], days[-1], len(days)) == (MONDAY - timedelta(days=56), MONDAY - timedelta(days=1), 56)
    assert len(table) == 56 * 16
    assert table["handle_time"].sum() / table["handled"].sum() == pytest.approx(180, rel=0.02)


def test_level_weekdays_and_busy_hours_are_the_shops() -> None:
    """Without growth and events the mean is orders x contacts per order; 57.5 % fall into 12-16 h (S1-08)."""
    table = made(weeks=156, habits=PLAIN)
    days = by_day(table)
    # 1092 days with cv 8 % and an autocorrelation of 0.5: the mean's standard error is 0.4 %.
    assert days.mean() == pytest.approx(1450 * 0.55, rel=0.015)
    weekday = days.groupby([day.weekday() for day in days.index]).mean() / days.mean()
    assert weekday.to_numpy() == pytest.approx([1.10, 1.05, 1, 1, 1, 0.9, 0.95], rel=0.035)
    hour = table["start"].dt.hour
    assert table.loc[hour.between(12, 15), "offered"].sum() / table["offered"].sum() == pytest.approx(0.575, abs=0.004)


def test_days_vary_as_stated_and_busy_days_come_together() -> None:
    days = by_day(made(20_000, weeks=156, habits=PLAIN))
    factor = Shop().weekday.values()
    level = days / [factor[day.weekday()] for day in days.index]
    level = level / level.mean()
    assert level.std() == pytest.approx(0.08, rel=0.12)
    assert level.autocorr(1) == pytest.approx(0.5, abs=0.1)


def test_growth_ends_at_the_shops_level_and_festivals_stand_out() -> None:
    days = by_day(made(20_000))
    usual = 20_000 * 0.55
    assert days.iloc[-14:].mean() == pytest.approx(usual, rel=0.08)
    assert days[date(2026, 11, 11)] > 2 * usual
    assert days[date(2027, 6, 18)] > 1.5 * usual
    assert days[date(2026, 10, 1)] < 0.95 * usual


def test_growth_doubles_the_level_in_a_year() -> None:
    habits = Habits(growth_per_year=1.0, public_holiday=1.0, festival={}, festival_main={})
    shop = Shop(orders_per_day=20_000, day_to_day_cv=0.0)
    days = by_day(generate_shop(shop, None, MONDAY, 52, 1800, DAILY, "Asia/Shanghai", "", 1, habits))
    assert days.iloc[-28:].mean() / days.iloc[:28].mean() == pytest.approx(2 ** (336 / 365.25), rel=0.01)


def test_closed_weekdays_have_no_rows() -> None:
    days = by_day(made(hours=OpeningHours({"daily": "10:00-18:00", "sun": "closed"})))
    assert {day.weekday() for day in days.index} == {0, 1, 2, 3, 4, 5}


def test_a_make_up_sunday_is_as_busy_as_weekdays() -> None:
    """Sunday 2026-09-20 is worked for the National Day."""
    shop = Shop(orders_per_day=200_000, day_to_day_cv=0.0)
    days = by_day(generate_shop(shop, None, date(2026, 9, 28), 2, 1800, DAILY, "Asia/Shanghai", "CN", 1, PLAIN))
    assert days[date(2026, 9, 20)] / (200_000 * 0.55) == pytest.approx(1.03, rel=0.02)


def test_a_shop_without_orders_or_weeks_is_refused() -> None:
    with pytest.raises(ValueError, match="orders_per_day"):
        generate_shop(Shop(), None, MONDAY, 4, 1800, DAILY, "Asia/Shanghai", "CN", 1)
    with pytest.raises(ValueError, match="one week"):
        made(weeks=0)
    assert made(0.0, weeks=2)["offered"].sum() == 0
