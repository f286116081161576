"""The question turned round: how many orders can these seats carry?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wfm.core import units
from wfm.staffing import queue_model
from wfm.staffing.linked import linked_factor

if TYPE_CHECKING:
    import pandas as pd

    from wfm.scenario.model import Scenario


@dataclass(frozen=True)
class Carried:
    """What a number of seats can carry by formula: the busiest interval of the plan decides, each interval taken by itself.

    Where the scenario links intervals (``staffing.method: transient``), the busiest interval's whole day decides, linked.

    Factors multiply the plan's volume; orders are per average day, nan where the scenario knows no orders. ``weekday`` is the
    weekday (0 Monday) of the interval that decides.
    """

    seats: int
    agents: float
    weekday: int
    time: str
    factor_all_targets: float
    factor_answer_rate: float
    orders_now: float
    orders_all_targets: float
    orders_answer_rate: float


def carried(scenario: Scenario, workload: pd.DataFrame, seats: int) -> Carried:
    """How far volume may grow before the agents in ``seats`` miss a target in the busiest interval.

    Parameters
    ----------
    workload
        Table ``workload`` with ``date`` and ``slot``.
    seats
        People present at once; on queue are ``seats x (1 - in-office shrinkage)`` on average (real agents: Erlang formulas of
        real order). Meals are not counted: they lie outside the busiest interval, or the schedule lists the gap.
    """
    agents = seats * (1 - scenario.people.shrinkage.in_office)
    busy = workload[workload["arrival_rate"] > 0]
    if busy.empty or agents == 0:
        return Carried(seats, agents, 0, "", math.nan, math.nan, math.nan, math.nan, math.nan)
    # Handle times differ by interval only when the history says so; the interval with the greatest load decides.
    top = busy.iloc[int(busy["offered_load"].argmax())]
    asked = scenario.targets.at(top["start"]).solver()
    model = queue_model(float(top["arrival_rate"]), float(top["aht"]), scenario.contact)
    all_targets = float(model.rate_for(agents, **asked)) / float(top["arrival_rate"])
    answer_rate = math.nan
    if "answer_rate" in asked:
        answer_rate = float(model.rate_for(agents, answer_rate=asked["answer_rate"])) / float(top["arrival_rate"])
    if scenario.staffing.method == "transient":
        day = workload[workload["date"] == top["date"]]
        all_targets = linked_factor(day, scenario.targets, scenario.contact, agents)
        if "answer_rate" in asked:
            answer_rate = linked_factor(day, scenario.targets, scenario.contact, agents, only="answer_rate")
    orders = math.nan if scenario.demand.orders_per_day is None else scenario.demand.orders_per_day * scenario.demand.volume
    return Carried(
        seats=seats,
        agents=agents,
        weekday=int(top["weekday"]),
        time=units.clock_text(float(top["slot"]) * float(top["duration"])),
        factor_all_targets=all_targets,
        factor_answer_rate=answer_rate,
        orders_now=orders,
        orders_all_targets=orders * all_targets,
        orders_answer_rate=orders * answer_rate,
    )
