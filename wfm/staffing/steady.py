"""Every interval taken by itself: a steady state at its mean rate, by the formula of the contact's patience (SIPP)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from wfm.staffing.impatience import formula_patience

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from wfm.core.contacts import ContactType
    from wfm.staffing.targets import Targets


def handle_times(workload: pd.DataFrame, contact: ContactType) -> NDArray[np.float64]:
    """Mean handle times by interval [s]; where one without contacts tells none, the contact's own."""
    aht = workload["aht"].to_numpy(float)
    return np.where(aht > 0, aht, contact.aht)


def queue_model(arrival_rate: Any, aht: Any, contact: ContactType) -> Any:
    """The exact stationary model of the contact's patience: Erlang A, or with delayed onset; Erlang C where nobody hangs up.

    Any other patience goes through M/M/n+G (`wfm.staffing.impatience.formula_patience`).
    """
    from wfm import erlang

    if (patience := contact.patience_distribution) is not None:
        return erlang.MMnG(arrival_rate, aht, patience=formula_patience(patience))
    onset, mean = contact.patience.onset, contact.patience.then_mean
    if math.isinf(mean) or math.isinf(onset):
        return erlang.ErlangC(arrival_rate, aht)
    if onset == 0:
        return erlang.ErlangA(arrival_rate, aht, patience=mean)
    return erlang.MMnDelayed(arrival_rate, aht, patience=mean, onset=onset)


def least(model: Any, targets: Targets) -> tuple[NDArray[np.float64], NDArray[Any]]:
    """Least agents that meet every target, and the target that asks for most of them ("" where nobody is needed)."""
    each = {name: np.asarray(model.agents_for(**{name: bound}), dtype=float) for name, bound in targets.solver().items()}
    stacked = np.vstack(list(each.values()))
    agents = stacked.max(axis=0)
    return agents, np.where(agents > 0, np.array(list(each))[stacked.argmax(axis=0)], "")


def steady_service(
    workload: pd.DataFrame, agents: NDArray[np.float64], targets: Targets, contact: ContactType
) -> dict[str, NDArray[np.float64]]:
    """KPIs that a number of agents gives in each interval, in a steady state with the interval's mean rate.

    Returns
    -------
    dict
        ``sl_offered`` (within the time that the interval's own targets name), ``answer_rate``, ``occupancy``, ``asa_answered``
        [s]; nan where ``agents`` is inf.
    """
    model = queue_model(workload["arrival_rate"].to_numpy(float), workload["aht"].to_numpy(float), contact)
    reachable = np.isfinite(agents)
    measures = model.measures(np.where(reachable, agents, 0), threshold=targets.thresholds(workload["start"]))
    names = ("sl_offered", "answer_rate", "occupancy", "asa_answered")
    return {name: np.where(reachable, measures[name], np.nan) for name in names}
