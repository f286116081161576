"""Whitt's approximation of M/G/n/K+G: a birth and death process whose k-th waiting caller leaves at rate delta(k).

With k behind him a caller has waited about k/rate, so delta(k) is the sum of the patience's hazard at 1/rate, 2/rate, ...,
k/rate, or -rate ln(share still there at k/rate) where the hazard has jumps (Whitt, Management Science 51:221, 2005; the
factor rate is missing in print). Service enters by its mean alone. Exact for exponential patience and service, elsewhere
good to some percent. Balkers do not enter the queue. Plain Python; compiled in `wfm.erlang.kernels`.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from wfm.erlang.formulas.fate import STEPS, UNIFORM, WILLING, hazard, summed_hazard
from wfm.erlang.formulas.general import is_endless
from wfm.erlang.formulas.kpis import (
    ABANDON_RATE_OFFERED,
    ANSWER_RATE,
    BLOCKING,
    LN_BLOCKING,
    MEAN_QUEUE,
    MEAN_WAIT_ACCEPTED,
    MEAN_WAIT_ALL,
    OCCUPANCY,
    P_NO_WAIT,
    P_WAIT,
)
from wfm.erlang.formulas.loss import ln_blocking
from wfm.erlang.formulas.measure_general import measure_swamped

# A running product is brought back by this power of two before it leaves the doubles.
BACK = 2.0**600
LN_BACK = 600.0 * math.log(2.0)
# More places than these are not gone through.
MOST_PLACES = 1e7


class Whitt(NamedTuple):
    """Shares of all arrivals: met by a free agent, by busy agents, by full lines (and its logarithm), abandoned; the queue."""

    free: float
    wait: float
    blocked: float
    ln_blocked: float
    lost: float
    queue: float


def whitt(n: float, lines: float, a: float, unit: float, law: Sequence[float]) -> Whitt:
    """N > 0 agents (real), lines >= n, load a > 0; places beyond n are whole, a fraction of one is not used."""
    entering = a * law[WILLING]
    places = math.floor(lines - n) if lines < math.inf else math.inf
    # Weights in units of that of n busy agents: those with an agent free weigh 1/B(n) - 1 together.
    ln_b = ln_blocking(n, a)
    weight = 1.0
    scale = 0.0
    sum_weights = 1.0
    sum_leaving = 0.0
    queue = 0.0
    delta = 0.0
    k = 0.0
    jumps = law[0] == STEPS or law[0] == UNIFORM
    while k < places and weight > 0.0:
        k += 1.0
        if k > MOST_PLACES:
            return Whitt(math.nan, math.nan, math.nan, math.nan, math.nan, math.nan)
        if entering <= 0.0:
            weight = 0.0
            break
        t = k * unit / entering
        delta = entering * summed_hazard(law, t) if jumps else delta + unit * hazard(law, t)
        before = weight
        ratio = entering / (n + delta)
        weight *= ratio
        # The last place's leavers at an infinite rate are all who enter it.
        sum_leaving += weight * delta if delta < math.inf else before * entering
        sum_weights += weight
        queue += k * weight
        if weight > BACK:
            weight /= BACK
            sum_weights /= BACK
            sum_leaving /= BACK
            queue /= BACK
            scale += LN_BACK
        elif weight < 1.0 / BACK and k < places:
            if places == math.inf:
                break
            return deep(n, places, a, unit, law, k, delta, weight, scale, sum_weights, sum_leaving, queue, ln_b)
    return whole(a, law, ln_b, weight, scale, 0.0, sum_weights, sum_leaving, queue)


def deep(
    n: float,
    places: float,
    a: float,
    unit: float,
    law: Sequence[float],
    k: float,
    delta: float,
    weight: float,
    scale: float,
    sum_weights: float,
    sum_leaving: float,
    queue: float,
    ln_b: float,
) -> Whitt:
    """The rest of the places, too rarely reached to matter except for how rarely the last one is."""
    entering = a * law[WILLING]
    depth = 0.0
    jumps = law[0] == STEPS or law[0] == UNIFORM
    while k < places and weight > 0.0:
        k += 1.0
        if k > MOST_PLACES:
            depth = -math.inf
            break
        t = k * unit / entering
        delta = entering * summed_hazard(law, t) if jumps else delta + unit * hazard(law, t)
        weight *= entering / (n + delta)
        if weight < 1.0 / BACK:
            weight *= BACK
            depth -= LN_BACK
    return whole(a, law, ln_b, weight, scale, depth, sum_weights, sum_leaving, queue)


def whole(
    a: float,
    law: Sequence[float],
    ln_b: float,
    weight: float,
    scale: float,
    depth: float,
    sum_weights: float,
    sum_leaving: float,
    queue: float,
) -> Whitt:
    """Shares from weights, counted in units of e^scale times that of n busy agents; the last one's further by e^depth."""
    b = math.exp(ln_b)
    idle = -math.expm1(ln_b)
    # In units of all states up to n: the weight of n busy is b, so the whole is 1 - b + b e^scale sum_weights.
    free = idle * math.exp(-scale)
    total = free + b * sum_weights
    if total <= 0.0:
        return Whitt(0.0, 1.0, 0.0, -math.inf, 0.0, 0.0)
    blocked = b * weight / total * math.exp(max(depth, -700.0)) if depth > -700.0 else 0.0
    ln_blocked = ln_b + math.log(weight) + depth - math.log(total) if weight > 0.0 else -math.inf
    balked = (1.0 - law[WILLING]) * (b * sum_weights - blocked * total) / total
    return Whitt(
        free / total,
        (b * sum_weights - b * weight * math.exp(max(depth, -700.0))) / total,
        blocked,
        ln_blocked,
        balked + b * sum_leaving / total / a,
        b * queue / total,
    )


def measure_whitt(kpi: int, n: float, lines: float, a: float, unit: float, law: Sequence[float]) -> float:
    """KPI number `kpi` of n agents (no more than there are lines), lines and load a; nan for those it does not know.

    No load: nobody waits or is lost. No lines: all are blocked. No agents: nan.
    """
    if not (n >= 0.0 and lines >= 0.0 and 0.0 <= a < math.inf and unit > 0.0):
        return math.nan
    busy = min(n, lines)
    if a == 0.0 or busy == math.inf:
        if kpi in (ANSWER_RATE, P_NO_WAIT):
            return 1.0
        if kpi == LN_BLOCKING:
            return -math.inf
        return math.nan if kpi == OCCUPANCY and n == 0.0 else 0.0
    if lines == 0.0:
        return measure_lineless(kpi, n)
    if busy == 0.0:
        return math.nan
    if lines == math.inf and is_endless(law, a, n):
        if kpi == LN_BLOCKING:
            return -math.inf
        return measure_swamped(MEAN_WAIT_ALL if kpi == MEAN_WAIT_ACCEPTED else kpi, n, a, unit, 0.0, law)
    q = whitt(busy, lines, a, unit, law)
    if kpi == P_WAIT:
        return q.wait
    if kpi == P_NO_WAIT:
        return q.free
    if kpi == BLOCKING:
        return q.blocked
    if kpi == LN_BLOCKING:
        return q.ln_blocked
    if kpi == ABANDON_RATE_OFFERED:
        return q.lost
    if kpi == MEAN_QUEUE:
        return q.queue
    if kpi == MEAN_WAIT_ALL:
        return q.queue / a
    if kpi == MEAN_WAIT_ACCEPTED:
        return q.queue / a / (q.free + q.wait)
    answered = max(q.free + q.wait - q.lost, 0.0)
    if kpi == ANSWER_RATE:
        return answered
    return a * answered / n if kpi == OCCUPANCY else math.nan


def measure_lineless(kpi: int, n: float) -> float:
    """The KPI where all are blocked."""
    if kpi == BLOCKING:
        return 1.0
    return math.nan if kpi == MEAN_WAIT_ACCEPTED or (kpi == OCCUPANCY and n == 0.0) else 0.0
