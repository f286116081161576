"""Staffing: the least agents, and the greatest load, that meet a target.

Every target KPI is monotone in the agents and in the load, so the answer to several targets is the largest (smallest)
of the answers to each. A target counts as met within a relative slack of 1e-12 of its value, so that a true tie (85 %
occupancy of 170 erlang on 200 agents) is not decided by the last bit. `greatest_load` uses no slack: the load it
returns never needs more agents than those given.
Plain Python; compiled in `wfm.erlang.kernels`.
"""

import math

from wfm.erlang.formulas.kpis import (
    ABANDON_RATE_OFFERED,
    ANSWER_RATE,
    ASA_ANSWERED,
    MEAN_WAIT_ALL,
    MEAN_WAIT_VIRTUAL,
    OCCUPANCY,
    P_NO_WAIT,
    SL_VIRTUAL,
)
from wfm.erlang.formulas.loss import odds
from wfm.erlang.formulas.measure import measure

SLACK = 1e-12
# Past this no call centre goes; a target still missed there is held unreachable.
MOST_AGENTS = 1e12
NEVER = 1e13


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

    A secant on the scale of `height`, on which KPIs are nearly straight lines in n, kept within a bracket that is halved
    where the secant does not shrink it: about four evaluations, O(log a) in the worst case.
    """
    if not (0.0 <= a < math.inf and patience >= 0.0 and onset >= 0.0 and threshold >= 0.0) or math.isnan(target):
        return math.nan
    if a == 0.0:
        return 0.0
    if is_unreachable(kpi, target):
        return math.inf
    if kpi <= SL_VIRTUAL and target > 0.0 and (patience == math.inf or onset == math.inf):
        return least_agents_endless(target, threshold, a)
    aim = height(kpi, target)
    root = math.sqrt(a)
    # What one agent more does to the height, to begin with.
    slope = (1.7 if kpi <= P_NO_WAIT else -1.7) / root
    if kpi <= SL_VIRTUAL:
        slope *= max(min(math.sqrt(patience + onset), 1.2), 0.1)
    missed = 0.0
    met = NEVER
    n = whole_above(first_guess(kpi, target, threshold, a, patience, onset, slope))
    last = 0.0
    last_height = 1000.0
    step = float(math.ceil(root))
    rounds = 0
    while met - missed > 1.0:
        value = measure(kpi, n, a, patience, onset, threshold)
        if is_met(kpi, value, target, SLACK):
            met = n
        else:
            missed = n
            if missed > MOST_AGENTS:
                return math.inf
        now = height(kpi, value)
        if last_height != now and abs(now) < 700.0 and abs(last_height) < 700.0:
            slope = (now - last_height) / (n - last)
        last = n
        last_height = now
        guess = whole_above(n + (aim - now) / slope) if slope != 0.0 else n
        rounds += 1
        if met == NEVER:
            # No more than doubling the way, no less than a step.
            n = min(max(guess, missed + 1.0), missed + step)
            step *= 4.0
        elif rounds > 6 and rounds % 2 == 0:
            n = float(math.floor(0.5 * (met + missed)))
        else:
            n = min(max(guess, missed + 1.0), met - 1.0)
    return met


def whole_above(x: float) -> float:
    """The next whole number from 1 on, within what is looked at."""
    return float(math.ceil(min(max(x, 1.0), 2.0 * MOST_AGENTS)))


def first_guess(kpi: int, target: float, threshold: float, a: float, patience: float, onset: float, slope: float) -> float:
    """Where large systems would meet the target (their fluid limit: whoever is served waits patience * ln(a/n)), roughly."""
    root = math.sqrt(a)
    if kpi <= SL_VIRTUAL:
        past = max(threshold - onset, 0.0)
        return a * math.exp(-past / patience if patience > 0.0 else 0.0) + height(kpi, target) / slope
    if kpi in (ANSWER_RATE, ABANDON_RATE_OFFERED):
        lost = target if kpi == ABANDON_RATE_OFFERED else 1.0 - target
        return a * (1.0 - lost) + 0.4 * root / (1.0 + 2.0 * lost * root)
    if kpi == OCCUPANCY:
        return a / target
    if kpi in (MEAN_WAIT_ALL, ASA_ANSWERED, MEAN_WAIT_VIRTUAL) and patience > 0.0:
        wait = target * root
        return a * math.exp(-target / patience) + 0.4 * root / (1.0 + wait)
    return a + height(kpi, target) / slope


def height(kpi: int, value: float) -> float:
    """Log-odds of a share, logarithm of a time or a number: the scale on which KPIs are straightest in the agents."""
    if kpi <= OCCUPANCY:
        if value >= 1.0:
            return 1000.0
        return math.log(value / (1.0 - value)) if value > 1e-300 else -1000.0
    return math.log(value) if 1e-300 < value < math.inf else (1000.0 if value > 1.0 else -1000.0)


def least_agents_endless(target: float, threshold: float, a: float) -> float:
    """Least integer n with P(W <= threshold) >= target > 0 in Erlang C, a > 0.

    Halfin and Whitt's (1981) ln P(W > 0) at n = a + beta sqrt(a) is -1.2533 beta - 0.25 beta**2 within a percent or so,
    which leaves a quadratic for beta; from there Erlang B's recursion walks to the answer, mostly one or two agents away.
    """
    late = 1.0 - (target - SLACK * target)
    root = math.sqrt(a)
    b = 1.2533141373155003 + root * threshold
    far = -math.log(late)
    beta = 2.0 * far / (math.sqrt(b * b + far) + b)
    if a + beta * root > MOST_AGENTS:
        return math.inf
    n = max(float(math.ceil(a + beta * root)), math.floor(a) + 1.0)
    o = odds(n, a)
    blocked, served = o.blocked, o.served
    decay = math.exp(-threshold)
    tail = math.exp(-(n - a) * threshold)
    if n * blocked * tail <= late * (n * blocked + (n - a) * served):
        # One less is enough while its own tail is short enough: 1/B(n-1) = (1/B(n) - 1) a/n.
        while n - 1.0 > a:
            total = served * a / n
            n -= 1.0
            tail = math.exp(-(n - a) * threshold)
            if n * blocked * tail > late * (n * blocked + (n - a) * (total - blocked)):
                return n + 1.0
            served = total - blocked
        return n
    while n * blocked * tail > late * (n * blocked + (n - a) * served):
        n += 1.0
        served = n / a * (blocked + served)
        tail *= decay
        if n > MOST_AGENTS:
            return math.inf
    return n


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
