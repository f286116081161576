"""One KPI of one queue, chosen by its code: the measures of `wfm.erlang.models`, in units of the mean handle time.

The queue is M/M/n with patience onset + Exp(patience); infinite patience or onset (from 1e100 on) is Erlang C. Definitions
are those of DESIGN 5: every service level counts by arrival, `W <= T`. Plain Python; compiled in `wfm.erlang.kernels`.

Edges: no load gives wait 0, service level 1, occupancy 0; no agents give service level 0, everyone abandons, occupancy
and the means over the answered are nan; an endless queue (infinite patience, n <= a) gives wait inf, service level 0,
occupancy 1, and the share never answered, 1 - n/a, stands as `abandon_rate_offered`, which is its limit as patience
grows. What is undefined or outside the domain is nan.
"""

import math

from wfm.erlang.formulas.delay import (
    delay_mean,
    delay_probability,
    delay_tail,
    ln_delay_probability,
    no_delay_probability,
)
from wfm.erlang.formulas.kpis import (
    ABANDON_RATE_OFFERED,
    ABANDON_SURPLUS,
    ABANDON_WITHIN,
    ANSWER_RATE,
    ASA_ANSWERED,
    BLOCKING,
    CARRIED_LOAD,
    LATE_ANSWERED,
    LATE_NET,
    LATE_OFFERED,
    LINE_ANSWER_RATE,
    LINE_OCCUPANCY,
    LN_BLOCKING,
    LN_P_WAIT,
    LN_P_WAIT_LONGER,
    MEAN_QUEUE,
    MEAN_TIME_TO_ABANDON,
    MEAN_WAIT_ALL,
    MEAN_WAIT_VIRTUAL,
    OCCUPANCY,
    P_NO_WAIT,
    P_VIRTUAL_LONGER,
    P_WAIT,
    P_WAIT_LONGER,
    SL_ANSWERED,
    SL_EITHER,
    SL_NET,
    SL_OFFERED,
    SL_VIRTUAL,
)
from wfm.erlang.formulas.loss import blocking, blocking_one_less, ln_blocking, one_minus_blocking
from wfm.erlang.formulas.patience import (
    Balance,
    Split,
    abandoned,
    balance,
    mean_wait,
    mean_wait_abandoned,
    mean_wait_served,
    mean_wait_virtual,
    served,
    split,
    waiting,
)

# Patience and onset beyond so many handle times are endless: their products must stay within the doubles.
LONGEST = 1e100


def measure(kpi: int, n: float, a: float, patience: float, onset: float, threshold: float) -> float:
    """KPI number `kpi` of n agents at load a; see the module for edges, and `wfm.erlang.models` for the definitions."""
    if not (n >= 0.0 and 0.0 <= a < math.inf and patience >= 0.0 and onset >= 0.0 and threshold >= 0.0):
        return math.nan
    if kpi == BLOCKING:
        return blocking(n, a)
    if kpi == LINE_OCCUPANCY:
        return min(a * one_minus_blocking(n, a) / n, 1.0) if n > 0.0 else math.nan
    if kpi == LN_BLOCKING:
        return ln_blocking(n, a)
    if kpi == LINE_ANSWER_RATE:
        return one_minus_blocking(n, a)
    if kpi == CARRIED_LOAD:
        return a * one_minus_blocking(n, a)
    if kpi == LN_P_WAIT:
        return ln_delay_probability(n, a)
    if kpi == LN_P_WAIT_LONGER:
        return ln_delay_probability(n, a) - ((n - a) * threshold if n > a and threshold > 0.0 else 0.0)
    if n == 0.0 or a == 0.0 or n == math.inf:
        return measure_idle(kpi, n, a, patience, onset, threshold)
    if patience > LONGEST or onset > LONGEST:
        return measure_endless(kpi, n, a, threshold)
    q = balance(n, a, patience, onset)
    if kpi <= SL_VIRTUAL or ABANDON_WITHIN <= kpi <= P_VIRTUAL_LONGER or LATE_OFFERED <= kpi <= LATE_ANSWERED:
        return measure_by(kpi, q, split(q, n, a, patience, onset, threshold))
    if kpi == ANSWER_RATE:
        return served(q)
    if kpi == P_NO_WAIT:
        return q.no_wait
    if kpi == ABANDON_RATE_OFFERED:
        return abandoned(q)
    if kpi == P_WAIT:
        return waiting(q, n, a)
    if kpi == OCCUPANCY:
        return min(a / n * served(q), 1.0)
    if kpi == MEAN_WAIT_ALL:
        return mean_wait(q, n, a, patience, onset)
    if kpi == MEAN_QUEUE:
        return a * mean_wait(q, n, a, patience, onset)
    if kpi == ASA_ANSWERED:
        return mean_wait_served(q, n, a, patience, onset)
    if kpi == MEAN_WAIT_VIRTUAL:
        return mean_wait_virtual(q, n, a, patience, onset)
    if kpi == MEAN_TIME_TO_ABANDON:
        return mean_wait_abandoned(q, n, a, patience, onset)
    if kpi == ABANDON_SURPLUS:
        # Flow conservation: (1 - n/a) P(V > 0) of the abandonment is what the agents cannot carry.
        return q.no_wait * (blocking_one_less(n, a) - (a - n) / a) if a > n and onset == 0.0 else abandoned(q)
    return math.nan


def measure_by(kpi: int, q: Balance, by: Split) -> float:
    """The KPI where it hangs on the threshold."""
    if kpi == SL_OFFERED:
        return by.served_within
    if kpi == SL_NET:
        return min(by.served_within / (served(q) + by.abandoned_after), 1.0)
    if kpi == SL_ANSWERED:
        return min(by.served_within / served(q), 1.0)
    if kpi == SL_EITHER:
        return by.wait_within
    if kpi == SL_VIRTUAL:
        return by.virtual_within
    if kpi == ABANDON_WITHIN:
        return max(abandoned(q) - by.abandoned_after, 0.0)
    if kpi == LATE_OFFERED:
        return abandoned(q) + by.served_after
    if kpi == LATE_NET:
        return (by.served_after + by.abandoned_after) / (served(q) + by.abandoned_after)
    if kpi == LATE_ANSWERED:
        return by.served_after / served(q)
    return by.wait_beyond if kpi == P_WAIT_LONGER else by.virtual_beyond


def level_and_abandoned(kpi: int, n: float, a: float, patience: float, onset: float, threshold: float) -> tuple[float, float]:
    """A service level and `ABANDON_RATE_OFFERED`, which share most of the way."""
    if is_ordinary(n, a, patience, onset, threshold):
        q = balance(n, a, patience, onset)
        return measure_by(kpi, q, split(q, n, a, patience, onset, threshold)), abandoned(q)
    level = measure(kpi, n, a, patience, onset, threshold)
    return level, measure(ABANDON_RATE_OFFERED, n, a, patience, onset, threshold)


def is_ordinary(n: float, a: float, patience: float, onset: float, threshold: float) -> bool:
    """Whether there are agents and load, and patience has an end: no edge case."""
    there_are_both = 0.0 < n < math.inf and 0.0 < a < math.inf
    return there_are_both and 0.0 <= patience <= LONGEST and 0.0 <= onset <= LONGEST and threshold >= 0.0


def measure_endless(kpi: int, n: float, a: float, threshold: float) -> float:
    """The KPI where nobody ever abandons (Erlang C), n > 0 and a > 0."""
    if kpi <= SL_VIRTUAL:
        return 1.0 - delay_tail(n, a, threshold)
    if LATE_OFFERED <= kpi <= LATE_ANSWERED:
        return delay_tail(n, a, threshold)
    if kpi == ANSWER_RATE:
        return min(n / a, 1.0)
    if kpi == P_NO_WAIT:
        return no_delay_probability(n, a)
    if kpi == ABANDON_RATE_OFFERED:
        return max((a - n) / a, 0.0)
    if kpi == P_WAIT:
        return delay_probability(n, a)
    if kpi == OCCUPANCY:
        return min(a / n, 1.0)
    if kpi == MEAN_QUEUE:
        return a * delay_mean(n, a)
    if kpi in (MEAN_WAIT_ALL, ASA_ANSWERED, MEAN_WAIT_VIRTUAL):
        return delay_mean(n, a)
    if kpi in (P_WAIT_LONGER, P_VIRTUAL_LONGER):
        return delay_tail(n, a, threshold)
    return 0.0 if kpi == ABANDON_WITHIN else math.nan


def measure_idle(kpi: int, n: float, a: float, patience: float, onset: float, threshold: float) -> float:
    """The KPI without load or with agents without number (nobody waits), or without agents (nobody is answered)."""
    if a == 0.0 or n == math.inf:
        if kpi <= P_NO_WAIT:
            return 1.0
        if kpi == OCCUPANCY and n == 0.0:
            return math.nan
        return math.nan if kpi == MEAN_TIME_TO_ABANDON else 0.0
    stay = 1.0
    if threshold >= onset:
        stay = 0.0 if patience == 0.0 else math.exp(-(threshold - onset) / patience)
    if kpi in (SL_EITHER, ABANDON_WITHIN):
        return 1.0 - stay
    if kpi == P_WAIT_LONGER:
        return stay
    if kpi in (SL_ANSWERED, ASA_ANSWERED, OCCUPANCY):
        return math.nan
    if kpi in (MEAN_WAIT_ALL, MEAN_TIME_TO_ABANDON):
        return onset + patience
    if kpi == MEAN_QUEUE:
        return a * (onset + patience)
    if kpi == MEAN_WAIT_VIRTUAL:
        return math.inf
    return 0.0 if kpi <= P_NO_WAIT else 1.0
