"""From workload to people: agents, shifts, lines, heads and seats. One story for the plan, each option, each what-if."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wfm.capacity import People, people
from wfm.core import registry
from wfm.erlang import ErlangB
from wfm.schedule.given import given_schedule
from wfm.schedule.schedule import Schedule, schedule
from wfm.staffing import requirement

if TYPE_CHECKING:
    import pandas as pd

    from wfm.scenario.model import Scenario


#: Standard deviations above the mean that one day in twenty exceeds.
ONE_IN_TWENTY = 1.645


@dataclass(frozen=True)
class Staffed:
    """A workload with the agents it needs, the shifts that bring them, and the people, seats and lines behind those."""

    workload: pd.DataFrame
    requirement: pd.DataFrame
    schedule: Schedule
    lines: int
    people: People


def staff(scenario: Scenario, workload: pd.DataFrame, *, seats: int | None = None, need: pd.DataFrame | None = None) -> Staffed:
    """Staff a workload as the scenario says.

    Parameters
    ----------
    workload
        Table ``workload``.
    seats
        People present at once, at most; None for as many as needed.
    need
        Table ``requirement`` to staff for; None for what the targets ask.
    """
    if need is None:
        need = requirement(workload, scenario.targets, scenario.contact, staffing=scenario.staffing)
    return manned(scenario, workload, need, shifts(scenario, need, seats))


def manned(scenario: Scenario, workload: pd.DataFrame, need: pd.DataFrame, worked: Schedule) -> Staffed:
    """The people, seats and lines behind a schedule, with what it was made for."""
    trunk = lines(need, scenario)
    staff_ = scenario.people
    window = scenario.plan
    chain = people(
        worked.cover,
        worked.weekly,
        staff_.shrinkage,
        staff_.leaders,
        trunk,
        reserves=staff_.reserves,
        period=f"{window.start}..{window.end}",
    )
    return Staffed(workload, need, worked, trunk, chain)


def brought(scenario: Scenario, table: pd.DataFrame, need: pd.DataFrame, cover: pd.DataFrame | None = None) -> Schedule:
    """The schedule that a planner's own shifts are (`wfm.schedule.given.given_schedule`)."""
    in_office, days = scenario.people.shrinkage.in_office, scenario.plan.days
    return given_schedule(
        table, need, scenario.people.shifts, in_office=in_office, costs=shift_costs(scenario), days=days, cover=cover
    )


def shifts(scenario: Scenario, need: pd.DataFrame, seats: int | None) -> Schedule:
    """The shifts, in no more seats than the busiest interval needs where that costs no service: a desk is rent."""
    in_office = scenario.people.shrinkage.in_office
    reachable = need["agents"][np.isfinite(need["agents"])]
    least = math.ceil(float(reachable.max()) / (1 - in_office) - 1e-9) if len(reachable) else 0

    def within(limit: int | None) -> Schedule:
        return schedule(
            need, scenario.people.shifts, in_office=in_office, costs=shift_costs(scenario), seats=limit, days=scenario.plan.days
        )

    if seats is not None:
        return within(seats)
    tight = within(least)
    if tight.shortfalls.empty:
        return tight
    free = within(None)
    return free if free.shortfalls["short"].sum() < tight.shortfalls["short"].sum() else tight


def lines(requirement: pd.DataFrame, scenario: Scenario) -> int:
    """Trunk lines (Erlang B) for talking and waiting in the busiest interval of a busy day; after-call work holds no line.

    A busy day is one in twenty: the day's level at 1.645 standard deviations above its forecast. The wait is the mean wait of the
    answered at the required agents (steady state); S1-03, economics A2.
    """
    # Linked intervals tell how long all wait; that holds lines as well as the wait of the answered.
    wait = requirement["mean_wait_all"] if "mean_wait_all" in requirement else requirement["asa_answered"]
    held = scenario.contact.talk / scenario.contact.aht * requirement["aht"] + wait.fillna(0.0)
    busy = 1 + ONE_IN_TWENTY * requirement["day_cv"]
    load = float((requirement["arrival_rate"] * busy * held).replace(np.inf, np.nan).max())
    return int(ErlangB(load, 1.0).lines_for(blocking=scenario.targets.line_blocking_max)) if load > 0 else 0


def shift_costs(scenario: Scenario) -> dict[str, float]:
    """What one shift of each template costs: full-timers by the loaded month over its working hours, part-timers by the hour."""
    wage = scenario.people.wage
    hour = wage.full_time * (1 + wage.on_cost) / registry.point("labour_cn.month_hours").value
    return {
        name: shift.length / 3600 * (hour if shift.kind == "full_time" else wage.part_time_hour * (1 + wage.part_time_on_cost))
        for name, shift in scenario.people.shifts.templates().items()
    }
