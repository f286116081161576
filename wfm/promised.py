"""A promise by the day: how much busier than forecast a day is staffed for, so that the promised share of days keeps targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wfm.loop import play
from wfm.staffing import requirement

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from wfm.scenario.model import Scenario
    from wfm.staffing import Staffing

#: Standard deviations above its mean that a day is staffed for at most: one day in two thousand is busier.
MOST = 3.3
#: Steps in which they are sought.
STEP = 0.1


def promised(scenario: Scenario, workload: pd.DataFrame) -> pd.DataFrame:
    """The workload with the factor ``busier`` that each of its days is staffed for, where the scenario promises a share of days.

    Every day is staffed for the same quantile of its own level (a gamma with the forecast's ``day_cv``, and the chance of so many
    contacts added), the least whose agents, simulated interval by interval without shifts, keep all targets on the promised share
    of days. The search goes by modified offered loads, which a formula gives; the method asked for then has its say. Shifts bring
    rather more people than that.

    Returns
    -------
    DataFrame
        As it is where nothing is promised.
    """
    share = scenario.staffing.promise.day_target_met
    if share is None:
        return workload
    quick = scenario.staffing.model_copy(update={"method": "mol" if scenario.staffing.method == "transient" else "independent"})
    low, high = -1, round(MOST / STEP)
    while high - low > 1:
        middle = max((low + high) // 2, 0)
        if _met(scenario, workload, middle, quick) >= share:
            high = middle
        else:
            low = middle
    while scenario.staffing != quick and high < round(MOST / STEP):
        if _met(scenario, workload, high, scenario.staffing) >= share:
            break
        high += 2
    return workload.assign(busier=busier(workload, high * STEP))


def busier(workload: pd.DataFrame, deviations: float) -> NDArray[np.float64]:
    """How many times its forecast a day has that is busier by so many standard deviations of a normal, interval by interval."""
    from scipy import stats

    day = workload["date"] if "date" in workload else workload["start"].dt.date
    contacts = workload.groupby(day)["contacts"].transform("sum").to_numpy(float)
    level = workload["day_cv"].fillna(0.0).to_numpy(float) if "day_cv" in workload else np.zeros(len(workload))
    variance = level**2 + np.divide(1.0, contacts, out=np.zeros(len(contacts)), where=contacts > 0)
    result = np.ones(len(workload))
    some = variance > 0
    result[some] = stats.gamma.ppf(stats.norm.cdf(deviations), 1 / variance[some], scale=variance[some])
    # Nobody plans for less than the forecast.
    return np.maximum(result, 1.0)


def _met(scenario: Scenario, workload: pd.DataFrame, step: int, staffing: Staffing) -> float:
    """Share of days on which agents for so busy a day keep all targets."""
    need = requirement(workload.assign(busier=busier(workload, step * STEP)), scenario.targets, scenario.contact, staffing=staffing)
    agents = need["agents"].replace(np.inf, np.nan)
    cover = need[["start", "group"]].assign(agents=agents.fillna(agents.max()).fillna(0.0))
    return play(scenario, workload, cover, None).met
