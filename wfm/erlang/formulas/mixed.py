"""KPIs over busier and quieter intervals: the arrival rate is a gamma variable, constant over each interval.

Counts are then negative binomial. With Lambda = mean rate * e^s, the density of s is proportional to e^(k (s - e^s)),
k = 1/cv^2, which is analytic, and so are the KPIs: the trapezoidal rule converges at an exponential rate. They move
fastest where the load passes the agents, s = ln(n/a), on the scale 1/sqrt(n); so s = ln(n/a) + g sinh(v) and equal
steps in v put the nodes there and stretch them elsewhere. The steps are halved until the answer stands: the error of one
halving is about the square of the change it made. Plain Python; compiled in `wfm.erlang.kernels`.
"""

import math
from typing import NamedTuple

from wfm.erlang.formulas.kpis import (
    ABANDON_RATE_OFFERED,
    ABANDON_WITHIN,
    ANSWER_RATE,
    ASA_ANSWERED,
    CALL_WEIGHTED,
    INTERVAL_MEAN,
    MEAN_TIME_TO_ABANDON,
    SL_ANSWERED,
    SL_NET,
)
from wfm.erlang.formulas.measure import measure

STANDS = 1e-7
NEGLIGIBLE = 1e-17
MOST_STEPS = 5000
# Less load than this changes nothing, and would be lost in the rounding of what it is multiplied with.
IDLE = 1e-100
FINEST = 1e-3
# A smaller variation changes no KPI by 1e-10, and its steps would be lost in rounding.
COARSER_THAN_DOUBLES = 1e-9


class MixedNode(NamedTuple):
    """One term of both sums: KPI times weight, and weight alone."""

    top: float
    below: float


def mixed(kpi: int, n: float, a: float, patience: float, onset: float, threshold: float, cv: float) -> float:
    """KPI `kpi` (its code + `CALL_WEIGHTED` or + `INTERVAL_MEAN`) at mean load a and this variation of the rate.

    The mean over intervals is E[KPI]; weighted by calls, a KPI counts by what it is a share or a mean of: offered
    contacts, E[Lambda KPI]/E[Lambda], or the answered or the abandoned among them. cv = 0 is `measure`. nan with endless
    patience: at any moment the load could pass the agents for good.
    """
    weighted = kpi < INTERVAL_MEAN
    kpi = kpi - CALL_WEIGHTED if weighted else kpi - INTERVAL_MEAN
    if cv == 0.0 or a == 0.0 or n == 0.0 or n == math.inf:
        return measure(kpi, n, a, patience, onset, threshold)
    if not (cv > 0.0 and cv < math.inf and n > 0.0 and a > 0.0 and patience < math.inf and onset < math.inf):
        return math.nan
    middle = math.log(n / a)
    scale = 1.0 / math.sqrt(max(n * max(patience + onset, 1.0), 1.0))
    start = math.asinh(-middle / scale)
    step = min(0.5, min(cv, 0.5) / math.hypot(scale, middle))
    if step < COARSER_THAN_DOUBLES:
        return measure(kpi, n, a, patience, onset, threshold)
    here = mixed_node(kpi, weighted, start, middle, scale, n, a, patience, onset, threshold, cv)
    top, below = here.top, here.below
    first = start
    last = start
    for side in range(2):
        way = step if side == 1 else -step
        at = start
        before = here
        for _ in range(MOST_STEPS):
            at += way
            found = mixed_node(kpi, weighted, at, middle, scale, n, a, patience, onset, threshold, cv)
            top += found.top
            below += found.below
            small = found.top <= NEGLIGIBLE * top and found.below <= NEGLIGIBLE * below
            if not (found.below > 0.0) or (small and found.top <= before.top and found.below <= before.below):
                break
            before = found
        if side == 1:
            last = at
        else:
            first = at
    answer = top / below
    count = round((last - first) / step)
    while step > FINEST:
        for i in range(count):
            found = mixed_node(kpi, weighted, first + (i + 0.5) * step, middle, scale, n, a, patience, onset, threshold, cv)
            top += found.top
            below += found.below
        step *= 0.5
        count *= 2
        change = abs(top / below - answer)
        answer = top / below
        if not change > STANDS * abs(answer):
            break
    return answer


def mixed_node(
    kpi: int,
    weighted: bool,
    v: float,
    middle: float,
    scale: float,
    n: float,
    a: float,
    patience: float,
    onset: float,
    threshold: float,
    cv: float,
) -> MixedNode:
    """The term of both sums at v, up to a factor common to all."""
    s = middle + scale * math.sinh(v)
    weight = math.exp(-short_of_tangent(s) / cv / cv) * math.cosh(v)
    if weight == 0.0:
        return MixedNode(0.0, 0.0)
    load = max(a * math.exp(s), IDLE)
    if weighted:
        weight *= math.exp(s)
        if kpi in (SL_ANSWERED, ASA_ANSWERED):
            weight *= measure(ANSWER_RATE, n, load, patience, onset, threshold)
        elif kpi == SL_NET:
            weight *= 1.0 - measure(ABANDON_WITHIN, n, load, patience, onset, threshold)
        elif kpi == MEAN_TIME_TO_ABANDON:
            weight *= measure(ABANDON_RATE_OFFERED, n, load, patience, onset, threshold)
    return MixedNode(weight * measure(kpi, n, load, patience, onset, threshold), weight)


def short_of_tangent(s: float) -> float:
    """e^s - 1 - s, to its last digits also around 0."""
    if abs(s) > 0.1:
        return math.expm1(s) - s if s < 700.0 else math.inf
    rest = 0.0
    for k in range(11, 2, -1):
        rest = s / k * (1.0 + rest)
    return 0.5 * s * s * (1.0 + rest)
