"""Requirement to shifts: what always holds, and the cases a planner would try first."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.schedule.shop import requirement
from wfm.core.contracts import check
from wfm.core.errors import InputError
from wfm.schedule.inputs import Shifts
from wfm.schedule.schedule import Schedule, schedule
from wfm.schedule.solver import Limits

COSTS = {"full_time": 269.0, "peak_part_time": 100.0}
EXACT = Limits(gap=0.0)
PEAK = [6, 7, 7, 7, 8, 9, 9, 9, 9, 9, 9, 9, 7, 7, 7, 7]
WEEKDAY = [1.10, 1.05, 1, 1, 1, 0.90, 0.95]


def shop(days: int = 7) -> pd.DataFrame:
    """The ten-seat shop, 10:00-18:00, with a weekly pattern."""
    return requirement(
        lambda x: round(PEAK[int((x.clock - 10) * 2)] * WEEKDAY[x.weekday] / 1.1), {"daily": "10:00-18:00"}, days=days
    )


def recounted(plan: Schedule) -> np.ndarray:
    """Present people per row of the cover, counted from the shift rows alone."""
    present = np.zeros(len(plan.cover))
    starts = plan.cover["start"]
    ends = starts + pd.to_timedelta(plan.cover["duration"], unit="s")
    for row in plan.shifts.itertuples():
        same = (plan.cover["group"] == row.group).to_numpy()
        if row.activity == "work":
            present += same * ((starts >= row.start) & (ends <= row.end)).to_numpy() * row.people
        else:
            present -= same * ((starts < row.end) & (ends > row.start)).to_numpy() * row.people
    return present


def holds(plan: Schedule, shifts: Shifts, in_office: float) -> None:
    """What is true of every schedule."""
    check(plan.shifts, "schedule")
    check(plan.cover, "cover")
    cover = plan.cover
    assert np.array_equal(cover["agents"], cover["present"] * (1 - in_office))
    missing = cover["required"] - cover["agents"]
    assert np.array_equal(cover["short"], missing.where(missing > 1e-9, 0.0))
    assert len(plan.shortfalls) == (cover["short"] > 0).sum()
    assert set(plan.shortfalls["why"]) <= {"unreachable", "no_start", "seats", "meal", "people_max"}
    templates = shifts.templates()
    for _, rows in plan.shifts.groupby("shift"):
        work = rows[rows["activity"] == "work"].iloc[0]
        meals = rows[rows["activity"] == "meal"]
        template = templates[work["template"]]
        length = (work["end"] - work["start"]).total_seconds()
        assert meals["people"].sum() == (work["people"] if template.paid_meal and length > template.length / 2 else 0)
        earliest, latest = template.meal_window(length)
        assert ((meals["start"] - work["start"]).dt.total_seconds() >= earliest).all()
        assert ((meals["end"] - work["start"]).dt.total_seconds() <= latest).all()


@st.composite
def days(draw: st.DrawFn) -> tuple[pd.DataFrame, Shifts]:
    opens = draw(st.integers(3, 10))
    closes = draw(st.integers(opens + 4, 26))
    levels = draw(st.lists(st.integers(0, 12), min_size=52, max_size=52))
    written = {
        "full_time": {"length": f"{draw(st.integers(5, 9))}h"},
        "peak_part_time": draw(st.sampled_from([None, {"start": "any"}, {"start": "12:00"}])),
        "late": {"length": "8h", "start": ["14:00", "18:00"], "meal_earliest": "2h", "meal_latest": "6h"},
    }
    hours = f"{opens:02d}:00-{closes % 24:02d}:00" if closes != 24 else f"{opens:02d}:00-24:00"
    return requirement(lambda x: levels[int(x.clock * 2)], {"daily": hours}, days=1), Shifts.model_validate(written)


@settings(max_examples=25, deadline=None)
@given(days(), st.sampled_from([0.0, 0.06, 0.3]), st.sampled_from([None, 5, 10]), st.sampled_from([None, 8]))
def test_every_schedule(case: tuple[pd.DataFrame, Shifts], in_office: float, seats: int | None, people_max: int | None) -> None:
    table, shifts = case
    costs = {**COSTS, "late": 280.0}
    plan = schedule(table, shifts, in_office=in_office, costs=costs, seats=seats, people_max=people_max)
    holds(plan, shifts, in_office)
    assert np.array_equal(plan.cover["present"], recounted(plan))
    assert (plan.cover["present"] >= 0).all()
    assert seats is None or (plan.cover["present"] <= seats).all()
    work = plan.shifts[plan.shifts["activity"] == "work"]
    assert people_max is None or work["people"].sum() <= people_max
    assert plan.cost == pytest.approx(sum(costs[row.template] * row.people for row in work.itertuples()))
    # Shifts lie inside opening hours, and where any start is allowed and nothing is capped, nobody is missing.
    last = table["start"].iloc[-1] + timedelta(minutes=30)
    assert (work["start"] >= table["start"].iloc[0]).all()
    assert (work["end"] <= last).all()
    if seats is None and people_max is None:
        assert plan.shortfalls.empty


@settings(max_examples=15, deadline=None)
@given(days(), st.lists(st.integers(0, 3), min_size=52, max_size=52))
def test_more_requirement_never_costs_less(case: tuple[pd.DataFrame, Shifts], extra: list[int]) -> None:
    table, shifts = case
    costs = {**COSTS, "late": 280.0}
    more = table.assign(agents=table["agents"] + extra[: len(table)])
    less = schedule(table, shifts, in_office=0.0, costs=costs, limits=EXACT)
    assert schedule(more, shifts, in_office=0.0, costs=costs, limits=EXACT).cost >= less.cost - 1e-6


@settings(max_examples=10, deadline=None)
@given(days())
def test_names_do_not_matter(case: tuple[pd.DataFrame, Shifts]) -> None:
    table, shifts = case
    names = {"full_time": "z", "peak_part_time": "a", "late": "m"}
    written = {names[name]: t.model_dump() for name, t in reversed(shifts.templates().items())}
    renamed = Shifts.model_validate({"full_time": None, "peak_part_time": None, **written})
    costs = {**COSTS, "late": 280.0}
    one = schedule(table, shifts, in_office=0.06, costs=costs, limits=EXACT)
    two = schedule(table, renamed, in_office=0.06, costs={names[k]: v for k, v in costs.items()}, limits=EXACT)
    assert two.cost == pytest.approx(one.cost)
    assert np.array_equal(one.cover["present"], two.cover["present"])


def test_ten_seat_shop() -> None:
    plan = schedule(shop(28), Shifts(), in_office=0.06, costs=COSTS, seats=10)
    holds(plan, Shifts(), 0.06)
    assert plan.shortfalls.empty
    monday = plan.cover[plan.cover["date"] == date(2027, 7, 5)]
    # 9 on queue at 6 % shrinkage are 10 present: all seats, and lunch is staggered one at a time through the peak.
    assert monday["present"].max() == 10
    assert monday["eating"].max() == 1
    weekly = plan.weekly.set_index("template")
    assert weekly.loc["full_time", "busiest_day"] == 8
    assert weekly.loc["peak_part_time", "busiest_day"] == 3
    assert weekly.loc["full_time", "shifts_per_week"] == pytest.approx(51)
    assert plan.paid_hours == 8 * 204 + 4 * 80
    needed_hours = plan.cover["needed"].sum() / 2
    assert plan.efficiency == pytest.approx(needed_hours / plan.paid_hours)


def test_equal_days_are_worked_equally_and_runs_repeat() -> None:
    table = shop(14)
    one, two = (schedule(table, Shifts(), in_office=0.06, costs=COSTS, seats=10) for _ in range(2))
    pd.testing.assert_frame_equal(one.shifts, two.shifts)
    first, second = np.split(one.cover["present"].to_numpy(), 2)
    assert np.array_equal(first, second)


def test_lunch_gap_of_a_small_shop_is_listed_not_refused() -> None:
    plan = schedule(shop(1), Shifts(peak_part_time=None), in_office=0.06, costs=COSTS, seats=10)
    assert plan.shortfalls["short"].tolist() == pytest.approx([0.54])
    assert plan.shortfalls["why"].tolist() == ["meal"]


def test_too_few_seats_or_people_say_so() -> None:
    plan = schedule(shop(1), Shifts(), in_office=0.06, costs=COSTS, seats=8)
    assert set(plan.shortfalls["why"]) == {"seats"}
    assert plan.cover["present"].max() == 8
    plan = schedule(shop(1), Shifts(), in_office=0.06, costs=COSTS, people_max=7)
    assert "people_max" in set(plan.shortfalls["why"])
    assert plan.shifts.loc[plan.shifts["activity"] == "work", "people"].sum() == 7


def test_hours_no_shift_can_reach() -> None:
    plan = schedule(shop(1), Shifts(full_time=None), in_office=0.0, costs=COSTS)
    hours = plan.shortfalls["start"].dt.hour
    assert set(plan.shortfalls["why"]) == {"no_start"}
    assert not hours.between(12, 15).any()
    assert len(hours) == 8


def bank(days: int = 14) -> pd.DataFrame:
    """Sunday to Thursday 07-24, Friday 07-14, Saturday 20-24 (Israel, 1999)."""
    long = dict.fromkeys(["sun", "mon", "tue", "wed", "thu"], "07:00-24:00")

    def agents(x: pd.Series) -> float:
        return (
            3
            if x.weekday == 5
            else round(2 + 8 * np.exp(-(((x.clock - 10.5) / 2) ** 2)) + 6 * np.exp(-(((x.clock - 16) / 3) ** 2)))
        )

    hours = {**long, "fri": "07:00-14:00", "sat": "20:00-24:00"}
    return requirement(agents, hours, first=date(1999, 8, 1), days=days, timezone="Asia/Jerusalem")


def test_short_friday_and_saturday_evening_are_worked_by_cut_shifts() -> None:
    plan = schedule(bank(), Shifts(), in_office=0.06, costs=COSTS)
    holds(plan, Shifts(), 0.06)
    assert plan.shortfalls.empty
    cut = [values for key, values in plan.notes if key == "schedule.cut"]
    assert {values["hours"] for values in cut} == {"07:00-14:00", "20:00-00:00"}
    friday = plan.shifts[plan.shifts["date"] == date(1999, 8, 6)]
    assert ((friday["end"] - friday["start"]).dt.total_seconds()[friday["activity"] == "work"] == 7 * 3600).all()
    # Cut shifts are paid whole.
    people = plan.shifts.loc[plan.shifts["activity"] == "work", "people"].sum()
    assert plan.paid_hours == 8 * people
    saturday = plan.shifts[plan.shifts["date"] == date(1999, 8, 7)]
    assert saturday["activity"].tolist() == ["work"]


def test_night_shift_across_midnight() -> None:
    # OCA/shift-planning #49: a night that ends on the next calendar day belongs to the day it starts on.
    shifts = Shifts.model_validate({"full_time": None, "peak_part_time": None, "night": {"start": "22:00"}})
    plan = schedule(requirement(lambda x: 2, {"daily": "22:00-06:00"}, days=3), shifts, in_office=0.0, costs={"night": 300})
    work = plan.shifts[plan.shifts["activity"] == "work"]
    assert work["date"].tolist() == [date(2027, 7, 5), date(2027, 7, 6), date(2027, 7, 7)]
    assert work["people"].tolist() == [3, 3, 3]
    assert (work["end"].dt.hour == 6).all()
    assert plan.shortfalls.empty
    assert np.array_equal(plan.cover["present"], recounted(plan))


def test_round_the_clock() -> None:
    shifts = Shifts.model_validate({"peak_part_time": None, "night": {"start": "22:00"}})

    def agents(x: pd.Series) -> float:
        return 0 if 3 <= x.clock < 5 else round(1.6 + 8 * np.exp(-(((x.clock - 12) / 4) ** 2)))

    table = requirement(agents, {"daily": "00:00-24:00"}, days=9, seconds=3600)
    plan = schedule(table, shifts, in_office=0.0, costs={"full_time": 269, "night": 289})
    holds(plan, shifts, 0.0)
    assert plan.shortfalls.empty
    assert ("schedule.evening_before", {}) in plan.notes
    # After the first day the shift rows alone explain the cover; before it, the evening before the plan adds people.
    later = (plan.cover["date"] > date(2027, 7, 5)).to_numpy()
    counted = recounted(plan)
    assert np.array_equal(plan.cover["present"][later], counted[later])
    assert (plan.cover["present"].to_numpy() >= counted).all()
    assert plan.efficiency > 0.6


def test_daylight_saving_night() -> None:
    # 2027-03-28 in Berlin has 23 hours: an eight-hour night is eight hours of work, and ends an hour later by the clock.
    shifts = Shifts.model_validate({"full_time": None, "peak_part_time": None, "night": {"length": "7h", "start": "22:00"}})
    table = requirement(lambda x: 1, {"daily": "22:00-06:00"}, first=date(2027, 3, 27), days=2, timezone="Europe/Berlin")
    plan = schedule(table, shifts, in_office=0.0, costs={"night": 300})
    work = plan.shifts[plan.shifts["activity"] == "work"]
    assert [end.hour for end in work["end"]] == [6, 5]
    assert plan.shortfalls["start"].dt.date.tolist() == [date(2027, 3, 29)] * 2


def test_long_opening_is_planned_day_by_day() -> None:
    # A festival: open without a break from 07:00 on the first day to midnight of the third.
    hours = {"daily": "00:00-24:00", "2027-07-05": "07:00-24:00"}
    shifts = Shifts(peak_part_time=None)
    table = requirement(lambda x: 3 + (x.clock >= 20) * 4, hours, days=3)
    plan = schedule(table, shifts, in_office=0.0, costs=COSTS)
    assert plan.shortfalls.empty
    assert np.array_equal(plan.cover["present"], recounted(plan))
    work = plan.shifts[plan.shifts["activity"] == "work"]
    assert work["end"].max() == pd.Timestamp("2027-07-08", tz="Asia/Shanghai")


def test_unreachable_targets_are_staffed_and_listed() -> None:
    table = shop(1)
    table.loc[4, "agents"] = np.inf
    plan = schedule(table, Shifts(), in_office=0.06, costs=COSTS)
    assert plan.shortfalls["why"].tolist() == ["unreachable"]
    assert plan.cover["agents"].iloc[4] >= 9


def test_nothing_is_worked_where_nothing_is_needed() -> None:
    table = shop(1).assign(agents=0.0)
    plan = schedule(table, Shifts(), in_office=0.06, costs=COSTS)
    assert plan.shifts.empty
    assert plan.paid_hours == 0
    assert np.isnan(plan.efficiency)
    closed = schedule(table.iloc[:0], Shifts(), in_office=0.06, costs=COSTS)
    assert closed.cover.empty
    assert closed.shifts.empty


def test_fractional_agents_are_whole_people() -> None:
    # pyworkforce #41: 18.7 on queue asks for 19 people, and 19 are there.
    table = requirement(lambda x: 18.7, {"daily": "10:00-18:00"}, days=1)
    plan = schedule(table, Shifts(), in_office=0.06, costs=COSTS)
    assert (plan.cover["agents"] >= 19).all()
    assert (plan.cover["short"] == 0).all()
    assert plan.cover["needed"].unique().tolist() == [21]


def test_groups_share_the_seats() -> None:
    one = requirement(lambda x: 6, {"daily": "10:00-18:00"}, days=1, group="phone")
    two = requirement(lambda x: 3, {"daily": "10:00-18:00"}, days=1, group="chat")
    plan = schedule(pd.concat([two, one]), Shifts(), in_office=0.0, costs=COSTS, seats=8)
    assert plan.cover.groupby("start")["present"].sum().max() <= 8
    assert set(plan.shortfalls["group"]) == {"chat"}
    assert plan.shifts["shift"].str.split(" ").str[0].isin(["phone", "chat"]).all()


def test_meal_on_a_coarse_grid_is_rounded_up_and_said() -> None:
    table = requirement(lambda x: 4, {"daily": "09:00-18:00"}, days=1, seconds=3600)
    plan = schedule(table, Shifts(), in_office=0.0, costs=COSTS)
    meals = plan.shifts[plan.shifts["activity"] == "meal"]
    assert ((meals["end"] - meals["start"]).dt.total_seconds() == 3600).all()
    assert [values["shift"] for key, values in plan.notes if key == "schedule.rounded_to_grid"] == ["full_time"]


def test_bad_arguments_are_told_together() -> None:
    with pytest.raises(InputError) as error:
        schedule(shop(1), Shifts(), in_office=1.0, costs={"full_time": -1.0}, seats=-1)
    text = str(error.value)
    assert all(word in text for word in ("peak_part_time", "costs.full_time", "in_office", "seats"))
    with pytest.raises(InputError, match="agents"):
        schedule(shop(1).drop(columns="agents"), Shifts(), in_office=0.0, costs=COSTS)
    mixed = shop(1)
    mixed.loc[3, "duration"] = 900.0
    with pytest.raises(InputError, match="duration"):
        schedule(mixed, Shifts(), in_office=0.0, costs=COSTS)
