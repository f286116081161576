"""The grid of open intervals: closed days, midnight spans, the day that has 23 hours and the one that has 25."""

from datetime import date

import pandas as pd
import pytest

from wfm.core.intervals import OpeningHours, interval_grid, localize


def grid(hours: dict[str, str], first: date, days: int, zone: str = "Asia/Shanghai", seconds: int = 3600) -> pd.DataFrame:
    return interval_grid(first, days, seconds, OpeningHours(hours), zone)


def test_the_most_particular_hours_win() -> None:
    hours = OpeningHours({"daily": "10:00-18:00", "sun": "closed", "2027-11-11": "00:00-24:00", "holiday": "12:00-16:00"})
    assert hours.spans(date(2027, 11, 11)) == [(0, 86400)]
    assert hours.spans(date(2027, 11, 14)) == []
    assert hours.spans(date(2027, 11, 15)) == [(36000, 64800)]
    assert hours.spans(date(2027, 11, 15), holiday=True) == [(43200, 57600)]
    assert OpeningHours({"mon": "10:00-18:00"}).spans(date(2027, 11, 16)) == []


def test_ten_to_six_has_sixteen_half_hours() -> None:
    rows = grid({"daily": "10:00-18:00"}, date(2027, 7, 5), 7, seconds=1800)
    assert len(rows) == 7 * 16
    assert rows["start"].iloc[0] == pd.Timestamp("2027-07-05 10:00", tz="Asia/Shanghai")
    assert rows.groupby("date")["slot"].agg(["min", "max"]).eq([20, 35]).all(axis=None)


def test_hours_past_midnight_belong_to_the_day_they_started_on() -> None:
    rows = grid({"fri": "22:00-02:00"}, date(2027, 7, 5), 7)
    assert rows["date"].unique().tolist() == [date(2027, 7, 9)]
    assert rows["slot"].tolist() == [22, 23, 24, 25]
    assert rows["start"].iloc[-1] == pd.Timestamp("2027-07-10 01:00", tz="Asia/Shanghai")


@pytest.mark.parametrize(("day", "hours"), [(date(1999, 4, 2), 23), (date(1999, 9, 3), 25), (date(1999, 9, 4), 24)])
def test_a_day_of_daylight_saving_has_its_own_length(day: date, hours: int) -> None:
    rows = grid({"daily": "00:00-24:00"}, day, 1, "Asia/Jerusalem")
    assert len(rows) == hours
    assert rows["start"].is_unique


def test_round_the_clock_days_join_without_gap_or_overlap() -> None:
    rows = grid({"daily": "00:00-24:00"}, date(2027, 7, 5), 3, seconds=900)
    assert rows["start"].diff().dropna().eq(pd.Timedelta(minutes=15)).all()


def test_a_closed_centre_has_an_empty_grid_with_the_same_columns() -> None:
    rows = grid({"daily": "closed"}, date(2027, 7, 5), 3)
    assert rows.empty
    assert list(rows.columns) == ["start", "date", "weekday", "slot", "duration"]


def test_an_interval_has_to_divide_the_day() -> None:
    with pytest.raises(ValueError, match="divide the day"):
        grid({"daily": "10:00-18:00"}, date(2027, 7, 5), 1, seconds=1700)


@pytest.mark.parametrize(
    "hours", [{}, {"daily": "10:00-14:00, 13:00-18:00"}, {"someday": "10:00-18:00"}, {"daily": "10-18"}, {"2027-13-01": "closed"}]
)
def test_hours_that_mean_nothing_are_refused(hours: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"hours|span|date|clock"):
        OpeningHours(hours)


def test_wall_clock_of_a_file_becomes_instants() -> None:
    """A skipped hour is dropped when empty and shifted otherwise; of a repeated hour the first is meant."""
    naive = pd.Series(pd.to_datetime(["1999-04-02 02:30", "1999-04-02 02:30", "1999-09-03 01:30"]))
    instants, shifted = localize(naive, "Asia/Jerusalem", empty=pd.Series([True, False, False]))
    assert instants.isna().tolist() == [True, False, False]
    assert shifted.tolist() == [False, True, False]
    assert instants.iloc[2].utcoffset() == pd.Timedelta(hours=3)
