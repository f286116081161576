"""Between schedule and simulation: what one more person would change on the weekday that falls short."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wfm.simulate import simulate
from wfm.staffed import shift_costs

if TYPE_CHECKING:
    import pandas as pd

    from wfm.scenario.model import Scenario
    from wfm.schedule.inputs import ShiftTemplate
    from wfm.simulate import SimulationInputs, SimulationResult
    from wfm.staffed import Staffed


@dataclass(frozen=True)
class OneMore:
    """One more shift on the weakest weekday, simulated.

    ``met_before`` and ``met_after`` are the shares of that weekday's days on which all targets are met, without and with one more
    person on shift ``template`` from ``start`` (seconds of the local day) for ``hours``, on the same customers. ``seats`` are then
    needed; ``cost_day`` is the shift's cost, without a seat or a licence more.
    """

    weekday: int
    template: str
    start: float
    hours: float
    met_before: float
    met_after: float
    cost_day: float
    seats: int


def play(
    scenario: Scenario, workload: pd.DataFrame, cover: pd.DataFrame, lines: int | None, inputs: SimulationInputs | None = None
) -> SimulationResult:
    """Simulate a workload served by a cover, judged by the scenario's targets of each date; ``inputs`` where not its own."""
    starts = workload["start"].sort_values()
    return simulate(
        workload,
        cover,
        scenario.contact,
        lines=lines,
        threshold=scenario.targets.thresholds(starts),
        targets=scenario.targets.judged(starts),
        seed=scenario.seed,
        inputs=inputs or scenario.simulation,
    )


def one_more(scenario: Scenario, staffed: Staffed, simulation: SimulationResult, *, seats: int | None = None) -> OneMore | None:
    """Try one more person on the weekday that meets its targets least often.

    Parameters
    ----------
    seats
        Seats that are given; where they are all taken nobody can be added.

    Returns
    -------
    OneMore or None
        None where every weekday keeps the promise, or one person more would not help.
    """
    weekdays = simulation.weekdays
    weak = weekdays.iloc[int(weekdays["met"].argmin())] if len(weekdays) else None
    if weak is None or weak["met"] >= scenario.promised_days:
        return None
    weekday = int(weak["weekday"])
    chosen = _best_shift(scenario, staffed, simulation, weekday)
    if chosen is None or (seats is not None and staffed.people.present >= seats):
        return None
    name, start, template = chosen
    work = staffed.workload[staffed.workload["weekday"] == weekday]
    cover = _with_one(staffed.schedule.cover, work, start, template, scenario.people.shrinkage.in_office)
    # As many replications as before, so that both shares speak of the same customers.
    inputs = scenario.simulation.model_copy(
        update={"replications_min": simulation.replications, "replications_max": simulation.replications}
    )
    limit = scenario.staffing.agents_max
    if limit is not None and (cover["agents"] > limit + 1e-9).any():
        return None
    again = play(scenario, work, cover, staffed.lines, inputs)
    if again.met <= float(weak["met"]):
        return None
    return OneMore(
        weekday=weekday,
        template=name,
        start=start,
        hours=template.length / 3600,
        met_before=float(weak["met"]),
        met_after=again.met,
        cost_day=shift_costs(scenario)[name],
        seats=max(int(staffed.people.seats), math.ceil(float(cover["present"].max()))),
    )


def _best_shift(
    scenario: Scenario, staffed: Staffed, simulation: SimulationResult, weekday: int
) -> tuple[str, float, ShiftTemplate] | None:
    """The cheapest kind of shift, started where it meets most contacts that were not answered in time."""
    service = simulation.service[["start", "missed"]].merge(staffed.workload[["start", "weekday", "slot", "duration"]], on="start")
    service = service[service["weekday"] == weekday].groupby("slot", as_index=False)[["missed", "duration"]].mean()
    begin = (service["slot"] * service["duration"]).to_numpy(float)
    if not len(begin):
        return None
    closing = begin.max() + float(service["duration"].iloc[0])
    costs = shift_costs(scenario)
    best: tuple[float, str, float, ShiftTemplate] | None = None
    for name, template in scenario.people.shifts.templates().items():
        for start in template.start_clocks() or np.unique(begin):
            if start < begin.min() or start + template.length > closing + 1e-9:
                continue
            inside = (begin >= start) & (begin < start + template.length)
            gain = float(service["missed"].to_numpy(float)[inside].sum()) / costs[name]
            if best is None or gain > best[0]:
                best = (gain, name, float(start), template)
    return best[1:] if best else None


def _with_one(cover: pd.DataFrame, work: pd.DataFrame, start: float, template: ShiftTemplate, in_office: float) -> pd.DataFrame:
    """The cover of the weekday with one more person present from ``start``; the meal is taken in the middle of the shift."""
    own = work[["start", "slot", "duration"]].merge(cover[["start", "group", "present"]], on="start")
    begin = own["slot"] * own["duration"]
    meal = start + template.length / 2
    here = (begin >= start) & (begin < start + template.length) & ~((begin >= meal) & (begin < meal + template.paid_meal))
    present = own["present"] + here
    return own.assign(present=present, agents=present * (1 - in_office))
