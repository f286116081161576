"""Intervals linked by their queues: each open span of a plan as one transient chain (`wfm.erlang.transient`).

The chain knows exponential handle times; a contact's own spread is left to the simulation. A patience with an onset is approximated
(`wfm.erlang.transient.solver.TransientQueue`), one of another family is taken to be exponential (`wfm.staffing.impatience`).
Redials and busy lines are left to the simulation too, as in the formulas.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from wfm.staffing.impatience import exponential_alike
from wfm.staffing.steady import handle_times

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from wfm.core.contacts import ContactType
    from wfm.erlang.transient.solver import TransientQueue
    from wfm.staffing.inputs import Staffing
    from wfm.staffing.targets import Targets

    Floats = NDArray[np.float64]


def open_spans(workload: pd.DataFrame) -> Iterator[slice]:
    """Rows of intervals that follow each other without a break and last equally long, in order of time."""
    import pandas as pd

    duration = workload["duration"].to_numpy(float)
    start = workload["start"]
    gap = (start - start.shift()).dt.total_seconds().to_numpy(float)
    edges = np.flatnonzero((gap[1:] != duration[:-1]) | (duration[1:] != duration[:-1])) + 1
    assert isinstance(start, pd.Series)
    for first, last in zip([0, *edges.tolist()], [*edges.tolist(), len(start)], strict=True):
        if last > first:
            yield slice(first, last)


def chain(workload: pd.DataFrame, contact: ContactType) -> TransientQueue:
    """One open span as a queue of which agents finish their contact first."""
    from wfm.erlang.transient.solver import TransientQueue

    onset, mean = exponential_alike(contact)
    never = math.isinf(mean) or math.isinf(onset)
    return TransientQueue(
        workload["arrival_rate"].to_numpy(float),
        handle_times(workload, contact),
        # Shorter ones than a hundredth of a contact lose the same, and only take longer to compute.
        patience=math.inf if never else max(mean, contact.aht / 100),
        onset=0.0 if never else onset,
        interval=float(workload["duration"].iloc[0]),
    )


def linked_agents(workload: pd.DataFrame, targets: Targets, contact: ContactType, staffing: Staffing) -> Floats:
    """Agents by interval (`wfm.erlang.transient.staffing.staff`); every open span begins empty."""
    from wfm.erlang.transient.staffing import staff

    agents = np.zeros(len(workload))
    goals = _goals(workload, targets)
    for span in open_spans(workload):
        share, answered, busy = goals["sl_offered"][span], goals["answer_rate"][span], goals["occupancy"][span]
        if all(np.isnan(values).all() for values in (share, answered, busy)):
            continue
        profile = staff(
            chain(workload.iloc[span], contact),
            method=staffing.method,
            most=staffing.agents_max,
            step=staffing.step_max,
            every=staffing.every,
            answer_rate=answered,
            sl_offered=(share, goals["within"][span]),
            occupancy=busy,
        )
        # No number reaches the targets, and nobody has said how many there may be.
        never = profile.short if staffing.agents_max is None else np.zeros(len(profile.short), dtype=bool)
        agents[span] = np.where(never, np.inf, profile.agents)
    return agents


def linked_service(workload: pd.DataFrame, agents: Floats, targets: Targets, contact: ContactType) -> dict[str, Floats]:
    """KPIs that agents give, by arrival, intervals linked.

    Returns
    -------
    dict
        ``sl_offered``, ``answer_rate``, ``occupancy``, ``mean_wait_all`` [s]; ``asa_answered`` is nan: the chain does not tell how
        long those who are answered have waited apart from those who are not. nan where ``agents`` is inf.
    """
    names = ("sl_offered", "answer_rate", "occupancy", "mean_wait_all")
    reached = np.isfinite(agents)
    staffed = np.where(reached, agents, 0.0)
    columns = {name: np.full(len(workload), np.nan) for name in names}
    thresholds = np.broadcast_to(np.asarray(targets.thresholds(workload["start"]), dtype=float), len(workload))
    for span in open_spans(workload):
        solved = chain(workload.iloc[span], contact).solve(staffed[span], threshold=thresholds[span])
        for name in names:
            columns[name][span] = getattr(solved, name)
    # Nobody waits where nobody comes, as the formulas say too.
    nobody = workload["arrival_rate"].to_numpy(float) == 0
    for name, value in (("sl_offered", 1.0), ("answer_rate", 1.0), ("occupancy", 0.0), ("mean_wait_all", 0.0)):
        columns[name] = np.where(reached, np.where(nobody, value, columns[name]), np.nan)
    return columns | {"asa_answered": np.full(len(workload), np.nan)}


def linked_factor(workload: pd.DataFrame, targets: Targets, contact: ContactType, agents: float, only: str | None = None) -> float:
    """How many times its contacts a stretch of time may have before so many agents, all of them all the time, miss a target.

    Parameters
    ----------
    agents
        Of real order: between two whole numbers by straight line.
    only
        The one target that counts; None for all.
    """
    from wfm.erlang.transient.goals import Goals

    low = math.floor(agents + 1e-9)
    share = max(agents - low, 0.0)
    asked = _goals(workload, targets)
    thresholds = asked["within"]
    kept = {name: values if only in (None, name) else np.full(len(values), np.nan) for name, values in asked.items()}
    spans = list(open_spans(workload))

    def holds(number: int, factor: float) -> bool:
        for span in spans:
            scaled = workload.iloc[span].assign(arrival_rate=workload["arrival_rate"].iloc[span] * factor)
            if scaled["arrival_rate"].max() * scaled["aht"].max() > 3 * number + 30:
                return False
            goals = Goals(kept["answer_rate"][span], kept["sl_offered"][span], thresholds[span], kept["occupancy"][span])
            if not goals.met(chain(scaled, contact).solve(number, threshold=thresholds[span])).all():
                return False
        return True

    def greatest(number: int) -> float:
        if number == 0:
            return 0.0
        good, bad = 0.0, 0.25
        while holds(number, bad) and bad < 1e6:
            good, bad = bad, 2 * bad
        while bad - good > 1e-4 * bad:
            middle = (good + bad) / 2
            good, bad = (middle, bad) if holds(number, middle) else (good, middle)
        return good

    return greatest(low) if share < 1e-9 else (1 - share) * greatest(low) + share * greatest(low + 1)


def _goals(workload: pd.DataFrame, targets: Targets) -> dict[str, Floats]:
    goals = {name: np.full(len(workload), np.nan) for name in ("answer_rate", "sl_offered", "occupancy")}
    goals["within"] = np.zeros(len(workload))
    for held, rows in targets.groups(workload["start"]):
        asked = held.solver()
        goals["within"][rows] = held.threshold
        for name in ("answer_rate", "occupancy"):
            if name in asked:
                goals[name][rows] = asked[name]
        if "sl_offered" in asked:
            goals["sl_offered"][rows] = asked["sl_offered"][0]
    return goals
