"""What the formula that a plan is staffed by says of each interval, for a number of agents.

KPIs are told as the two sums whose ratio they are, so that intervals add up as contacts and agents' time do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wfm.staffing.inputs import LINKED
from wfm.staffing.linked import linked_service
from wfm.staffing.steady import handle_times, queue_model

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from wfm.core.contacts import ContactType
    from wfm.staffing.targets import Targets

    Floats = NDArray[np.float64]

#: KPIs that formulas and simulation both tell (`wfm.core.kpi`), in the order of the sums.
KPIS = ("sl_offered", "abandon_rate_offered", "mean_wait_all", "occupancy")
#: Ways to round fractional agents to whole ones over which linked intervals are averaged.
ROUNDINGS = 4
_STEADY = ("sl_offered", "answer_rate", "mean_wait_all", "occupancy")


def is_linked(need: pd.DataFrame) -> bool:
    """Whether the plan's formula links intervals by their queues (table ``requirement``)."""
    return bool(need["method"].isin(LINKED).all()) and len(need) > 0


def promised(work: pd.DataFrame, agents: Floats, contact: ContactType, targets: Targets, *, linked: bool, seed: int = 0) -> Floats:
    """Sums that the formula gives with so many agents.

    Parameters
    ----------
    work
        Table ``workload`` in order of time; its mean rates hold, no day being busy or quiet.
    agents
        float64[K], finite; a fraction is the chance of one more.
    linked
        Whether intervals leave each other their queues (`wfm.staffing.linked`), else each is in a steady state of its own.
    seed
        Of the ways to round agents where intervals are linked.

    Returns
    -------
    ndarray
        float64[K, len(KPIS), 2]: numerator and denominator, contacts expected and seconds. 0 where nobody comes; a wait that never
        ends is inf.
    """
    rate, length = work["arrival_rate"].to_numpy(float), work["duration"].to_numpy(float)
    contacts, sums = rate * length, np.zeros((len(work), len(KPIS), 2))
    if linked:
        ways = roundings(agents, seed)
        alike = np.full(len(work), 1.0 / len(ways))
        parts = [(way, alike, linked_service(work, way, targets, contact)) for way in ways]
    else:
        model = queue_model(rate, handle_times(work, contact), contact)
        within, low = targets.thresholds(work["start"]), np.floor(agents)
        parts = []
        for number, chance in ((low, 1.0 - (agents - low)), (np.ceil(agents), agents - low)):
            if np.any(chance > 0):
                measures = model.measures(number, threshold=within)
                parts.append((number, chance, {name: np.asarray(measures[name], dtype=float) for name in _STEADY}))
    for number, chance, found in parts:
        here = chance > 0
        by_kpi = {**found, "abandon_rate_offered": 1.0 - found["answer_rate"]}
        for i, name in enumerate(KPIS):
            weight = np.where(here, chance, 0.0) * (number * length if name == "occupancy" else contacts)
            some = weight > 0
            sums[:, i, 0] += np.where(some, weight * np.where(some, by_kpi[name], 0.0), 0.0)
            sums[:, i, 1] += weight
    return sums


def roundings(agents: Floats, seed: int) -> list[Floats]:
    """Whole agents by interval: once where they are whole, else `ROUNDINGS` times, each interval its fraction of times one more."""
    low = np.floor(agents + 1e-9)
    share = np.clip(agents - low, 0.0, 1.0)
    if (share < 1e-9).all():
        return [low]
    places = np.random.default_rng([seed, len(agents)]).permuted(np.tile(np.arange(ROUNDINGS), (len(agents), 1)), axis=1)
    return [low + ((places[:, way] + 0.5) / ROUNDINGS < share) for way in range(ROUNDINGS)]


def needed(need: pd.DataFrame, start: pd.Series, scheduled: Floats) -> Floats:
    """Agents required in each interval; those scheduled where no number reaches the targets, for nothing is promised there."""
    asked = need.set_index("start")["agents"].groupby(level=0).sum().reindex(start).to_numpy(float)
    return np.where(np.isfinite(asked), asked, scheduled)
