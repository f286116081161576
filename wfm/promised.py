"""A promise by the day: how much busier than forecast a day is staffed for, so that the promised share of days keeps targets."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from wfm.loop import play
from wfm.staffed import staff

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from wfm.scenario.model import Scenario

#: Standard deviations above its mean that a day is staffed for at most: one day in two thousand is busier.
MOST = 3.3
#: Steps in which they are sought.
STEP = 0.2


def promised(scenario: Scenario, workload: pd.DataFrame, seats: int | None = None) -> pd.DataFrame:
    """The workload with the factor ``busier`` that each of its days is staffed for, where the scenario promises a share of days.

    Every day is staffed for the same quantile of its own level (a gamma with the forecast's ``day_cv``, and the chance of so many
    contacts added): the least whose shifts, simulated, keep all targets on the promised share of days. Where even `MOST` does not,
    that is what is staffed for, and the plan says that it falls short.

    Returns
    -------
    DataFrame
        As it is where nothing is promised.
    """
    share = scenario.staffing.promise.day_target_met
    if share is None:
        return workload
    known: dict[tuple[int, bool], bool] = {}
    last = round(MOST / STEP)
    quick = scenario
    if scenario.staffing.method == "transient":
        # A formula that is close finds the neighbourhood.
        quick = scenario.model_copy(update={"staffing": scenario.staffing.model_copy(update={"method": "mol"})})

    def kept(step: int, by: Scenario) -> bool:
        key = (step, by is quick)
        if key not in known:
            known[key] = _met(by, busy(workload, step), seats) >= share
        return known[key]

    found = _least(lambda step: kept(step, quick), last)
    if quick is not scenario:
        while found < last and not kept(found, scenario):
            found += 1
        while found > 0 and kept(found - 1, scenario):
            found -= 1
    return busy(workload, found)


def _least(holds: Callable[[int], bool], last: int) -> int:
    """The least of 0 to ``last`` that holds: in growing strides, then between the last two; ``last`` where none does."""
    low, high, stride = -1, 0, 4
    while high < last and not holds(high):
        low, high, stride = high, min(high + stride, last), 2 * stride
    while high - low > 1:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle
    return high


def busy(workload: pd.DataFrame, step: int) -> pd.DataFrame:
    """The workload with the factors of a level."""
    return workload.assign(busier=busier(workload, step * STEP))


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


def _met(scenario: Scenario, workload: pd.DataFrame, seats: int | None) -> float:
    """Share of days on which the shifts for so busy days keep all targets."""
    staffed = staff(scenario, workload, seats=seats)
    return play(scenario, workload, staffed.schedule.cover, staffed.lines).met
