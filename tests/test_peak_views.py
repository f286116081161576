"""The peak day seen three ways, what binds in it, and when its backlog clears."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from wfm.capacity import people
from wfm.peakday import PeakDay, at_peak
from wfm.peakday.backlog import backlog
from wfm.peakday.views import ROUNDINGS, roundings
from wfm.peakday.window import window
from wfm.scenario.model import Scenario
from wfm.scenario.reader import read_scenario
from wfm.schedule.schedule import Schedule
from wfm.staffed import Staffed
from wfm.workload import workload

SHOP = Path(__file__).parents[1] / "scenarios" / "quickstart.yaml"
DAY = date(2027, 7, 7)
#: Handle times and patience as the formulas have them, nobody tries again.
PLAIN = (
    "contact.spread.family=exponential",
    "contact.patience.onset=0s",
    "contact.redial.after_abandon=0%",
    "contact.redial.after_busy=0%",
    "plan.interval=15min",
    "people.shrinkage.in_office=0%",
)


def asked(*overrides: str) -> Scenario:
    return read_scenario(SHOP, [*PLAIN, *overrides])[0]


def planned(
    scenario: Scenario,
    contacts: list[float],
    agents: list[float],
    *,
    days: int = 1,
    first: str = "2027-07-07 10:00",
    present: list[float] | None = None,
    needed: list[float] | None = None,
    lines: int = 500,
) -> Staffed:
    """A plan of equal days of 15-minute intervals, as the steps would have made it."""
    midnight = pd.Timestamp(first, tz="Asia/Shanghai")
    start = [midnight + pd.Timedelta(days=d, minutes=15 * k) for d in range(days) for k in range(len(contacts))]
    clock = [int((at - at.normalize()).total_seconds() // 900) for at in start]
    forecast = pd.DataFrame({
        "start": pd.DatetimeIndex(start).as_unit("us"), "queue": "phone", "contacts": contacts * days, "aht": 180.0, "day_cv": 0.1,
        "slot_cv": 0.0, "date": [at.date() for at in start], "weekday": [at.weekday() for at in start], "slot": clock,
        "duration": 900.0,
    })  # fmt: skip
    work = workload(forecast, scenario.contact)
    here = agents * days
    need = work.assign(
        group="agents", agents=[float(n) for n in (needed or agents) * days], method="given", binding="", asa_answered=0.0
    )
    cover = need[["start", "group", "date", "duration"]].assign(
        present=[float(n) for n in (present or agents) * days], agents=[float(n) for n in here], required=need["agents"], short=0.0
    )
    weekly = pd.DataFrame(
        {"kind": ["full_time"], "shifts_per_week": [5.0], "hours_per_shift": [8.0], "shifts_per_person_week": [5.0]}
    )
    chain = people(cover, weekly, scenario.people.shrinkage, scenario.people.leaders, lines, reserves=scenario.people.reserves)
    nobody = pd.DataFrame()
    worked = Schedule(nobody, cover, nobody, nobody, 0.0, 0.0, 0.0, 0.0, ())
    return Staffed(work, need, worked, lines, chain)


def seen(scenario: Scenario, staffed: Staffed, day: date = DAY, contacts: int = 400_000) -> PeakDay:
    service = staffed.workload[["start"]].assign(sl_offered=0.5, answer_rate=0.6)
    return at_peak(scenario, staffed, service, day, contacts=contacts)


def test_a_constant_day_looks_alike_and_has_no_backlog() -> None:
    scenario = asked()
    peak = seen(scenario, planned(scenario, [40.0] * 32, [11.0] * 32))
    rows = peak.intervals[8:]  # the queue that begins empty has settled by then
    for name in ("sl_offered", "answer_rate"):
        assert rows[f"{name}_independent"].to_numpy() == pytest.approx(rows[f"{name}_transient"].to_numpy(), abs=2e-3)
        inside = rows[f"{name}_transient"].between(rows[f"{name}_simulation_low"], rows[f"{name}_simulation_high"])
        assert inside.mean() > 0.75
    assert peak.backlog is None
    assert peak.missed("independent") == peak.missed("transient")
    assert (rows["sl_offered_plan"] == 0.5).all()


def test_a_spike_is_told_wrong_by_intervals_alone_and_right_by_the_chain() -> None:
    scenario = asked("contact.patience.then_mean=300s")
    contacts = [20.0] * 8 + [150.0] + [20.0] * 15
    peak = seen(scenario, planned(scenario, contacts, [8.0] * 24), contacts=1_000_000)
    rows = peak.intervals
    spike = slice(8, 12)
    apart = (rows["sl_offered_independent"] - rows["sl_offered_transient"])[spike]
    # After the spike intervals alone forget who is waiting.
    assert apart.iloc[1] > 0.2
    busy = rows[(rows["sl_offered_transient"] > 0.02) & (rows["sl_offered_transient"] < 0.98)]
    inside = busy["sl_offered_transient"].between(busy["sl_offered_simulation_low"], busy["sl_offered_simulation_high"])
    assert inside.mean() >= 0.8
    found, simulated = peak.backlog, peak.backlog_by("simulation")
    assert found is not None
    assert simulated is not None
    assert found.at == rows["start"].iloc[9]  # the moment the spike ends
    assert found.cleared is not None
    assert simulated.cleared is not None
    assert abs((found.cleared - simulated.cleared).total_seconds()) <= 120
    assert found.contacts == pytest.approx(simulated.contacts, rel=0.05)


def test_a_backlog_clears_soon_after_the_fluid() -> None:
    # Nobody gives up. In a quarter of an hour 600 come: 20 are with agents, 20 x 900 s / 180 s = 100 are done, 480 wait. Then 40
    # come a quarter and 100 are answered: 4 a minute fewer.
    scenario = asked("contact.patience.then_mean=never")
    contacts = [0.0] * 4 + [600.0] + [40.0] * 20
    found = seen(scenario, planned(scenario, contacts, [20.0] * 25), contacts=1).backlog
    assert found is not None
    assert found.cleared is not None
    assert found.at == pd.Timestamp("2027-07-07 11:15", tz="Asia/Shanghai")
    assert found.waiting == pytest.approx(480, rel=0.01)
    minutes = (found.cleared - found.at).total_seconds() / 60
    fluid = (480 - 20 * scenario.targets.threshold / 180) / 4
    # A mean queue cannot be gone before the fluid; chance keeps it for two deviations of all who come and go, 42 contacts, at most.
    assert fluid <= minutes <= fluid + 2 * math.sqrt(600 + 8 * 40 + 9 * 100) / 4
    assert found.last == found.cleared


def test_a_busy_day_is_told_where_people_are_staffed_for_it() -> None:
    scenario = asked()
    staffed = planned(scenario, [40.0] * 4 + [55.0] + [40.0] * 11, [12.0] * 16)
    busy = replace(staffed, workload=staffed.workload.assign(busier=1.3))
    plain, peak = seen(scenario, staffed, contacts=1), seen(scenario, busy, contacts=1)
    assert "queue_busy" not in plain.minutes
    assert plain.backlog_by("busy") is None
    assert (peak.minutes["queue_busy"] >= peak.minutes["queue_transient"]).all()
    pd.testing.assert_series_equal(peak.minutes["queue_transient"], plain.minutes["queue_transient"])
    # A forecast as much higher is the same day.
    more = planned(scenario, [52.0] * 4 + [71.5] + [52.0] * 11, [12.0] * 16)
    assert peak.minutes["queue_busy"].to_numpy() == pytest.approx(
        seen(scenario, more, contacts=1).minutes["queue_transient"].to_numpy()
    )
    assert peak.backlog_by("busy") is not None


def test_a_backlog_that_closing_leaves_is_not_cleared() -> None:
    scenario = asked("contact.patience.then_mean=never")
    found = seen(scenario, planned(scenario, [20.0] * 7 + [300.0], [8.0] * 8)).backlog
    assert found is not None
    assert found.cleared is None
    assert found.last is None
    assert found.end == pd.Timestamp("2027-07-07 12:00", tz="Asia/Shanghai")


def test_backlogs_are_read_from_the_minutes_of_the_day() -> None:
    start = pd.date_range("2027-07-07 23:56", periods=8, freq="min", tz="Asia/Shanghai")
    table = pd.DataFrame({"start": start, "span": 0, "own": [True] * 4 + [False] * 4, "reach": 2.0})
    queue = [0.0, 3.0, 1.0, 5.0, 9.0, 3.0, 1.0, 0.0]
    found = backlog(table.assign(queue_transient=queue), "queue_transient")
    assert found is not None
    # Deepest within the day, cleared after midnight; the deeper one of the next day is not this day's.
    assert (found.at, found.cleared, found.minutes, found.contacts) == (start[3], start[6], 2, 3.0)
    assert backlog(table.assign(queue_transient=2.0), "queue_transient") is None


def test_few_desks_bind_with_the_agents_they_keep_away() -> None:
    scenario = asked("people.leaders.own_desk=no")
    staffed = planned(scenario, [40.0] * 8, [9.0] * 8, needed=[12.0] * 8)
    peak = seen(scenario, staffed)
    row = peak.hours.iloc[0]
    assert row["seats_held"] == 9
    assert row["agents_share"] == pytest.approx(12 / 9)
    assert row["seats_share"] == pytest.approx(12 / 9)
    assert {"agents", "seats"} <= set(row["binding"].split("+"))


def test_few_lines_bind_alone() -> None:
    scenario = asked()
    peak = seen(scenario, planned(scenario, [40.0] * 8, [20.0] * 8, needed=[11.0] * 8, lines=8))
    row = peak.binding
    assert row["binding"] == "lines"
    assert row["lines_used"] > 8
    assert row["lines_share"] == pytest.approx(row["lines_used"] / 8)


def test_agents_needed_beyond_any_number_are_short() -> None:
    scenario = asked()
    peak = seen(scenario, planned(scenario, [40.0] * 4, [11.0] * 4, needed=[11.0, math.inf, 11.0, 11.0]))
    assert math.isinf(peak.binding["agents_share"])
    assert "agents" in peak.binding["binding"]


def test_nobody_calls() -> None:
    scenario = asked()
    peak = seen(scenario, planned(scenario, [0.0] * 8, [0.0] * 8))
    assert peak.intervals[["sl_offered_independent", "sl_offered_transient", "sl_offered_simulation"]].isna().all(axis=None)
    assert peak.backlog is None
    assert set(peak.hours["binding"]) == {""}
    assert [peak.missed(view) for view in peak.views] == [0, 0, 0]


def test_a_night_brings_its_queue_over_midnight() -> None:
    scenario = asked("contact.patience.then_mean=never")
    # The evening's last hour is swamped: whoever is left waiting is the next day's.
    evening = [20.0] * 92 + [200.0] * 4
    staffed = planned(scenario, evening, [8.0] * 96, days=2, first="2027-07-06 00:00")
    peak = seen(scenario, staffed)
    assert len(peak.intervals) == 96
    assert peak.intervals["queue_transient"].iloc[0] > 300
    assert peak.intervals["queue_simulation"].iloc[0] > 300
    assert peak.intervals["queue_independent"].iloc[0] < 5
    assert peak.minutes["start"].iloc[0] == peak.intervals["start"].iloc[0]


def test_the_window_is_the_open_span_and_ends_hours_after_the_day() -> None:
    scenario = asked()
    round_the_clock = planned(scenario, [1.0] * 96, [2.0] * 96, days=4, first="2027-07-05 00:00").workload
    rows = window(round_the_clock, DAY)
    assert rows["start"].iloc[0] == pd.Timestamp("2027-07-06 00:00", tz="Asia/Shanghai")
    assert rows["own"].sum() == 96
    assert (rows["start"].iloc[-1] - rows.loc[rows["own"], "start"].iloc[-1]) == pd.Timedelta(hours=6)
    by_day = planned(scenario, [1.0] * 8, [2.0] * 8, days=4, first="2027-07-05 10:00").workload
    assert window(by_day, DAY)["own"].all()


def test_fractions_of_agents_are_kept_by_the_roundings() -> None:
    agents = np.array([7.5, 8.0, 3.25, 0.875])
    ways = roundings(agents, 1)
    assert len(ways) == ROUNDINGS
    assert np.mean(ways, axis=0) == pytest.approx(agents, abs=1 / ROUNDINGS)
    assert len(roundings(np.array([3.0, 4.0]), 1)) == 1


def test_only_the_views_asked_for_are_computed() -> None:
    scenario = asked("report.compare=[independent_intervals]")
    peak = seen(scenario, planned(scenario, [40.0] * 8, [11.0] * 8))
    assert peak.views == ("independent",)
    assert not peak.timed
    assert peak.backlog is None
    assert peak.replications == 0
    assert not [column for column in peak.intervals if "transient" in column or "simulation" in column]


def test_the_same_plan_gives_the_same_day() -> None:
    scenario = asked()
    staffed = planned(scenario, [40.0] * 8, [10.6] * 8)
    one, other = seen(scenario, staffed), seen(scenario, replace(staffed))
    for name in ("intervals", "hours", "minutes"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))
