"""The step: agents on queue that each interval needs, and the service that they would give."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wfm.staffing.inputs import Staffing
from wfm.staffing.steady import least, queue_model, steady_service

if TYPE_CHECKING:
    import pandas as pd

    from wfm.core.contacts import ContactType
    from wfm.staffing.targets import Targets


def requirement(
    workload: pd.DataFrame,
    targets: Targets,
    contact: ContactType,
    *,
    staffing: Staffing | None = None,
    group: str = "agents",
) -> pd.DataFrame:
    """Least agents on queue per interval such that every target holds there.

    Parameters
    ----------
    workload
        Table ``workload``; its ``start`` in the centre's zone. A column ``busier`` is a factor on the arrival rates that agents are
        found for; the KPIs are those at the workload's own rates.
    targets
        Each interval goes by those that hold at its start (`Targets.groups`).
    staffing
        The method and its constraints; None for every interval by itself (SIPP).

    Returns
    -------
    DataFrame
        Table ``requirement``: ``agents``; ``binding``, the target asking for most in a steady state; the KPIs these agents would
        give: in a steady state with the interval's mean rate, or, where the method links intervals, by arrival with the queues
        that intervals leave each other; the workload's other columns. An empty interval needs nobody; a target that no number of
        agents reaches gives inf, and nan for the KPIs.
    """
    staffing = staffing or Staffing()
    busy = workload
    if "busier" in workload:
        busy = workload.assign(arrival_rate=workload["arrival_rate"] * workload["busier"])
    rate, aht = busy["arrival_rate"].to_numpy(float), busy["aht"].to_numpy(float)
    agents, binding = np.zeros(len(rate)), np.full(len(rate), "", dtype=object)
    for held, rows in targets.groups(workload["start"]):
        agents[rows], binding[rows] = least(queue_model(rate[rows], aht[rows], contact), held)
    method = type(queue_model(1.0, 1.0, contact)).__name__
    constrained = staffing.agents_max is not None or staffing.step_max is not None or staffing.every > 1
    if staffing.method != "independent" or constrained:
        from wfm.staffing.linked import linked_agents, linked_service

        agents = linked_agents(busy, targets, contact, staffing)
        binding = np.where(agents > 0, np.where(binding == "", "queue", binding), "")
    if staffing.method == "independent":
        service = steady_service(workload, agents, targets, contact)
    else:
        service, method = linked_service(workload, agents, targets, contact), staffing.method
    return workload.assign(group=group, agents=agents, method=method, binding=binding, **service)
