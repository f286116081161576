"""Staffing: the least agents, and the greatest load, that meet a target.

Every target KPI is monotone in the agents and in the load, so the answer to several targets is the largest (smallest)
of the answers to each. A target counts as met within a relative slack of 1e-12 of its value, so that a true tie (85 %
occupancy of 170 erlang on 200 agents) is not decided by the last bit. `greatest_load` uses no slack: the load it
returns never needs more agents than those given.
Plain Python; compiled in `wfm.erlang.kernels`.
"""

import math

from wfm.erlang.formulas.kpis import P_NO_WAIT
from wfm.erlang.formulas.measure import measure

SLACK = 1e-12
# Past this no call centre goes; a target still missed there is held unreachable.
MOST_AGENTS = 1e12


def is_met(kpi: int, value: float, target: float, slack: float) -> bool:
    """Whether the value meets the target of this KPI within the relative slack; nan meets nothing."""
    if kpi <= P_NO_WAIT:
        return value >= target - slack * target
    return value <= target + slack * target


def is_unreachable(kpi: int, target: float) -> bool:
    """Whether no finite number of agents meets the target, whatever the positive load: a share of 1, a wait of 0."""
    return target >= 1.0 if kpi <= P_NO_WAIT else target <= 0.0


def least_agents(kpi: int, target: float, threshold: float, a: float, patience: float, onset: float) -> float:
    """Least integer n whose KPI meets the target, also below the load; 0 without load, inf where none does.

    Gallops from the load in steps of sqrt(a)/2, the scale on which every KPI moves (Halfin and Whitt 1981), then
    bisects: O(log a) evaluations.
    """
    if not (0.0 <= a < math.inf and patience >= 0.0 and onset >= 0.0 and threshold >= 0.0) or math.isnan(target):
        return math.nan
    if a == 0.0:
        return 0.0
    if is_unreachable(kpi, target):
        return math.inf
    step = float(math.ceil(0.5 * math.sqrt(a)))
    met = float(math.ceil(a))
    missed = met
    if is_met(kpi, measure(kpi, met, a, patience, onset, threshold), target, SLACK):
        missed = max(met - step, 0.0)
        while missed > 0.0 and is_met(kpi, measure(kpi, missed, a, patience, onset, threshold), target, SLACK):
            met = missed
            step *= 2.0
            missed = max(met - step, 0.0)
    else:
        met = missed + step
        while not is_met(kpi, measure(kpi, met, a, patience, onset, threshold), target, SLACK):
            missed = met
            step *= 2.0
            met = missed + step
            if met > MOST_AGENTS:
                return math.inf
    while met - missed > 1.0:
        middle = float(math.floor(0.5 * (met + missed)))
        if is_met(kpi, measure(kpi, middle, a, patience, onset, threshold), target, SLACK):
            met = middle
        else:
            missed = middle
    return met


def greatest_load(kpi: int, target: float, threshold: float, n: float, patience: float, onset: float) -> float:
    """Greatest load (erlang) at which n agents meet the target, to the last bits; inf where every load meets it.

    The mean handle time is the unit of time and stays what it is; only the arrival rate grows.
    """
    if not (n >= 0.0 and patience >= 0.0 and onset >= 0.0 and threshold >= 0.0) or math.isnan(target):
        return math.nan
    if n == 0.0 or is_unreachable(kpi, target):
        return 0.0
    met = n
    missed = n
    if is_met(kpi, measure(kpi, met, n, patience, onset, threshold), target, 0.0):
        while is_met(kpi, measure(kpi, n, met, patience, onset, threshold), target, 0.0):
            missed = 2.0 * met
            met = missed
            if met > 1e9 * n:
                return math.inf
        met *= 0.5
    else:
        while not is_met(kpi, measure(kpi, n, met, patience, onset, threshold), target, 0.0):
            missed = met
            met *= 0.5
            if met < 1e-200:
                return 0.0
    middle = 0.5 * (met + missed)
    while met < middle < missed:
        if is_met(kpi, measure(kpi, n, middle, patience, onset, threshold), target, 0.0):
            met = middle
        else:
            missed = middle
        middle = 0.5 * (met + missed)
    return met
