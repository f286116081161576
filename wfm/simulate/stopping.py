"""When to stop playing: the precision that was asked for, or the budget."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wfm.core.kpi import KPIS
from wfm.simulate.inputs import SimulationInputs
from wfm.simulate.statistics import half_width
from wfm.simulate.tally import COLUMNS, over_and_under

_OFFERED = COLUMNS.index("offered")


def stopped_by(sums: NDArray[np.float64], inputs: SimulationInputs) -> str:
    """Why to stop now, or "" to go on.

    Looked at after each replication; how often the intervals then hold the truth is told by `SimulationInputs`. Fewer than
    ``replications_min`` would leave no interval worth its name, whatever the budget.

    Parameters
    ----------
    sums
        [R, len(wfm.simulate.tally.COLUMNS)], tallies of each replication so far, over the whole plan.

    Returns
    -------
    str
        "precision", "contacts", "replications" or "".
    """
    if len(sums) < inputs.replications_min:
        return ""
    kpi = KPIS[inputs.precision_of]
    over, under = over_and_under(sums, kpi)
    if half_width(over, under, share=kpi.share_of_cases, relative=inputs.precision_relative) <= inputs.precision:
        return "precision"
    if sums[:, _OFFERED].sum() >= inputs.contacts:
        return "contacts"
    return "replications" if len(sums) >= inputs.replications_max else ""
