"""Holidays, make-up working days and festivals, against dates announced by the State Council."""

from datetime import date

import pytest

from wfm.core.calendar import day_table, holidays_between


def test_spring_festival_2026_and_its_make_up_days() -> None:
    days = day_table(date(2026, 2, 10), date(2026, 3, 1), "CN").set_index("date")
    assert days.loc[date(2026, 2, 17), "holiday"]
    assert bool(days.loc[date(2026, 2, 14), "makeup"])
    assert bool(days.loc[date(2026, 2, 14), "workday"])
    assert not days.loc[date(2026, 2, 20), "workday"]
    assert bool(days.loc[date(2026, 2, 24), "after"])


def test_singles_day_is_a_festival_in_china_only() -> None:
    first, last = date(2027, 11, 11), date(2027, 11, 11)
    assert day_table(first, last, "CN").loc[0, "festival"] == "double11"
    assert bool(day_table(first, last, "CN").loc[0, "festival_main"])
    assert day_table(first, last, "IL").loc[0, "festival"] == ""


def test_yom_kippur_1999() -> None:
    assert date(1999, 9, 20) in holidays_between(date(1999, 9, 14), date(1999, 9, 27), "IL")


def test_no_country_has_no_holidays() -> None:
    assert holidays_between(date(2027, 1, 1), date(2027, 12, 31), "") == frozenset()


def test_an_unknown_country_is_named() -> None:
    with pytest.raises(ValueError, match="'XX'"):
        day_table(date(2027, 1, 1), date(2027, 1, 2), "XX")
