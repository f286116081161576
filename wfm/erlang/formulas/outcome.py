"""What becomes of all arrivals, whatever the queue they met, and the KPIs that follow from it.

A queue with limited lines, of chats or with blended work fills in an `Outcome`; `outcome_kpi` reads a KPI from it. Shares
are of all offered contacts, the blocked included; times are in mean handle times, summed over all offered contacts.
Plain Python; compiled in `wfm.erlang.kernels`.
"""

import math
from typing import NamedTuple

from wfm.erlang.formulas.kpis import (
    ABANDON_RATE_OFFERED,
    ABANDON_WITHIN,
    ANSWER_RATE,
    ASA_ANSWERED,
    BLOCKING,
    MEAN_QUEUE,
    MEAN_TIME_TO_ABANDON,
    MEAN_WAIT_ACCEPTED,
    MEAN_WAIT_ALL,
    MEAN_WAIT_VIRTUAL,
    OCCUPANCY,
    P_NO_WAIT,
    P_VIRTUAL_LONGER,
    P_WAIT,
    P_WAIT_LONGER,
    SL_ACCEPTED,
    SL_ANSWERED,
    SL_EITHER,
    SL_NET,
    SL_OFFERED,
    SL_VIRTUAL,
)
from wfm.erlang.formulas.patience import (
    Balance,
    abandoned,
    logs,
    mean_wait_abandoned,
    mean_wait_virtual,
    served,
    split,
    waiting,
)


class Outcome(NamedTuple):
    """Shares of all offered contacts; mean waits summed over them (`time_to_abandon` is of those who abandon).

    `virtual_within` and `virtual_beyond` are of the accepted by the wait of somebody with endless patience.
    """

    blocked: float
    no_wait: float
    waiting: float
    served: float
    abandoned: float
    served_within: float
    abandoned_within: float
    virtual_within: float
    virtual_beyond: float
    wait_beyond: float
    wait: float
    wait_served: float
    wait_virtual: float
    time_to_abandon: float


def per(part: float, base: float) -> float:
    """A ratio that is undefined where its base is 0."""
    return part / base if base > 0.0 else math.nan


def outcome_kpi(kpi: int, o: Outcome, n: float, a: float) -> float:
    """KPI number `kpi` of n agents at load a, given what becomes of the arrivals."""
    accepted = o.no_wait + o.waiting
    if kpi == SL_OFFERED:
        return o.served_within
    if kpi == SL_NET:
        return per(o.served_within, o.served + (o.abandoned - o.abandoned_within))
    if kpi == SL_ANSWERED:
        return per(o.served_within, o.served)
    if kpi == SL_EITHER:
        return o.served_within + o.abandoned_within
    if kpi == SL_VIRTUAL:
        return per(o.virtual_within, accepted)
    if kpi == SL_ACCEPTED:
        return per(o.served_within, accepted)
    if kpi == ANSWER_RATE:
        return o.served
    if kpi == P_NO_WAIT:
        return o.no_wait
    if kpi == ABANDON_RATE_OFFERED:
        return o.abandoned
    if kpi == P_WAIT:
        return o.waiting
    if kpi == OCCUPANCY:
        return per(a * o.served, n)
    if kpi == MEAN_WAIT_ALL:
        return o.wait
    if kpi == MEAN_QUEUE:
        return a * o.wait
    if kpi == MEAN_WAIT_ACCEPTED:
        return per(o.wait, accepted)
    if kpi == ASA_ANSWERED:
        return per(o.wait_served, o.served)
    if kpi == MEAN_WAIT_VIRTUAL:
        return per(o.wait_virtual, accepted)
    if kpi == BLOCKING:
        return o.blocked
    if kpi == ABANDON_WITHIN:
        return o.abandoned_within
    if kpi == P_WAIT_LONGER:
        return o.wait_beyond
    if kpi == P_VIRTUAL_LONGER:
        return per(o.virtual_beyond, accepted)
    if kpi == MEAN_TIME_TO_ABANDON:
        return o.time_to_abandon
    return math.nan


def patient_outcome(prompt: float, full: float, s: float, a: float, threshold: float) -> Outcome:
    """Nobody hangs up, and s > a: `prompt` to `full` weighs states with somebody free against the first without."""
    total = prompt + full * (s / (s - a))
    waits = full * (s / (s - a)) / total
    beyond = waits * math.exp(-(s - a) * threshold)
    within = prompt / total - waits * math.expm1(-(s - a) * threshold)
    mean = waits / (s - a)
    return Outcome(0.0, prompt / total, waits, 1.0, 0.0, within, 0.0, within, beyond, beyond, mean, mean, mean, math.nan)


def impatient_outcome(q: Balance, s: float, a: float, patience: float, threshold: float) -> Outcome:
    """All agents together complete s contacts per unit of time, and who waits has Exp(patience)."""
    by = split(q, s, a, patience, 0.0, threshold)
    lost = abandoned(q)
    return Outcome(
        0.0,
        q.no_wait,
        waiting(q, s, a),
        served(q),
        lost,
        by.served_within,
        max(lost - by.abandoned_after, 0.0),
        by.virtual_within,
        by.virtual_beyond,
        by.wait_beyond,
        patience * lost,
        q.late * patience * logs(q, s, a).served,
        mean_wait_virtual(q, s, a, patience, 0.0),
        mean_wait_abandoned(q, s, a, patience, 0.0),
    )
