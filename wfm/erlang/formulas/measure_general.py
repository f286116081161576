"""One KPI of M/M/n with patience of any distribution, chosen by its code; edges as in `wfm.erlang.formulas.measure`.

Balkers leave at once if they cannot be answered at once: they count as abandoned with wait 0. Plain Python; compiled in
`wfm.erlang.kernels`.
"""

import math
from collections.abc import Sequence

from wfm.erlang.formulas.fate import ENDLESS, MEAN, WILLING, fate
from wfm.erlang.formulas.general import find_top, is_endless, rise, sums
from wfm.erlang.formulas.kpis import (
    ABANDON_RATE_OFFERED,
    ABANDON_WITHIN,
    ANSWER_RATE,
    ASA_ANSWERED,
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
from wfm.erlang.formulas.loss import blocking_one_less
from wfm.erlang.formulas.panels import next_cut

# Beyond this no threshold is told from any longer one.
LONG = 1e200


def measure_general(
    kpi: int, n: float, a: float, unit: float, threshold: float, law: Sequence[float], cuts: Sequence[float]
) -> float:
    """KPI number `kpi` of n agents at load a; `unit` is the mean handle time in the distribution's unit of time."""
    if not (n >= 0.0 and 0.0 <= a < math.inf and unit > 0.0 and threshold >= 0.0):
        return math.nan
    within = near_cut(cuts, threshold * unit)
    if a == 0.0 or n == math.inf:
        if kpi <= P_NO_WAIT:
            return 1.0
        return math.nan if kpi == MEAN_TIME_TO_ABANDON or (kpi == OCCUPANCY and n == 0.0) else 0.0
    arrive = a / unit
    serve = n / unit
    if n == 0.0 or is_endless(law, arrive, serve):
        return measure_swamped(kpi, n, a, unit, within, law)
    top = find_top(law, cuts, arrive, serve)
    if kpi == MEAN_TIME_TO_ABANDON:
        # A ratio of integrals alone, so they may start where the first caller is lost, however rarely that is reached.
        s = sums(law, cuts, arrive, serve, top, cuts[0] if law[WILLING] == 1.0 else 0.0, math.inf)
        return s.lost_wait / s.lost / unit if s.lost > 0.0 else math.nan
    idle = math.exp(-rise(law, cuts, arrive, serve, 0.0, top))
    b = arrive * blocking_one_less(n, a)
    if kpi <= SL_VIRTUAL or (ABANDON_WITHIN <= kpi <= P_VIRTUAL_LONGER):
        return measure_within(kpi, idle, b, arrive, serve, top, within, law, cuts)
    s = sums(law, cuts, arrive, serve, top, 0.0, math.inf)
    total = idle + b * s.all
    if kpi == ANSWER_RATE:
        return (idle + b * s.served) / total
    if kpi == P_NO_WAIT:
        return idle / total
    if kpi == ABANDON_RATE_OFFERED:
        return b * s.lost / total
    if kpi == P_WAIT:
        return b * s.all / total
    if kpi == OCCUPANCY:
        return a / n * (idle + b * s.served) / total
    if kpi == MEAN_WAIT_ALL:
        return b * (s.served_wait + s.lost_wait) / total / unit
    if kpi == MEAN_QUEUE:
        return arrive * b * (s.served_wait + s.lost_wait) / total
    if kpi == ASA_ANSWERED:
        return b * s.served_wait / (idle + b * s.served) / unit
    return b * s.virtual / total / unit if kpi == MEAN_WAIT_VIRTUAL else math.nan


def near_cut(cuts: Sequence[float], t: float) -> float:
    """t, or the cut within rounding of it: a threshold given as the very moment patience ends is that moment."""
    cut = next_cut(cuts, t * (1.0 - 1e-15))
    return cut if abs(cut - t) <= 1e-15 * t else min(t, LONG)


def measure_within(
    kpi: int,
    idle: float,
    b: float,
    arrive: float,
    serve: float,
    top: float,
    within: float,
    law: Sequence[float],
    cuts: Sequence[float],
) -> float:
    """The KPI with a threshold, from the virtual waits up to it and beyond it, summed apart."""
    if within < top:
        gap = -rise(law, cuts, arrive, serve, within, top)
        head_unit = b * math.exp(min(gap, 0.0))
        tail_unit = b
    else:
        gap = rise(law, cuts, arrive, serve, top, within)
        head_unit = b
        tail_unit = b * math.exp(min(gap, 0.0))
    head_all = 0.0
    head_served = 0.0
    head_lost = 0.0
    if within > 0.0 and head_unit > 0.0:
        head = sums(law, cuts, arrive, serve, top, 0.0, within)
        head_all = head_unit * head.all
        head_served = head_unit * head.served
        head_lost = head_unit * head.lost
    tail_all = 0.0
    tail_served = 0.0
    if tail_unit > 0.0:
        tail = sums(law, cuts, arrive, serve, top, within, math.inf)
        tail_all = tail_unit * tail.all
        tail_served = tail_unit * tail.served
    total = idle + head_all + tail_all
    share = fate(law, within)
    patient = law[WILLING] * share.stays
    impatient = 1.0 - law[WILLING] + law[WILLING] * share.gone
    if kpi == SL_OFFERED:
        return (idle + head_served) / total
    if kpi == SL_NET:
        return (idle + head_served) / (idle + head_served + patient * tail_all)
    if kpi == SL_ANSWERED:
        return (idle + head_served) / (idle + head_served + tail_served)
    if kpi == SL_EITHER:
        return (idle + head_all + impatient * tail_all) / total
    if kpi == SL_VIRTUAL:
        return (idle + head_all) / total
    if kpi == ABANDON_WITHIN:
        return (head_lost + impatient * tail_all) / total
    return (patient if kpi == P_WAIT_LONGER else 1.0) * tail_all / total


def measure_swamped(kpi: int, n: float, a: float, unit: float, within: float, law: Sequence[float]) -> float:
    """The KPI where every wait outlasts all patience: no agents, or more callers who never leave than are served."""
    share = fate(law, within)
    stays = law[WILLING] * share.stays
    if kpi in (SL_EITHER, ABANDON_WITHIN):
        return 1.0 - law[WILLING] + law[WILLING] * share.gone
    if kpi == P_WAIT_LONGER:
        return stays
    if kpi == ANSWER_RATE:
        return n / a
    if kpi == ABANDON_RATE_OFFERED:
        return 1.0 - n / a
    if kpi == OCCUPANCY:
        return 1.0 if n > 0.0 else math.nan
    if kpi == SL_ANSWERED:
        return 0.0 if n > 0.0 else math.nan
    if kpi == ASA_ANSWERED:
        return math.inf if n > 0.0 else math.nan
    if kpi == MEAN_WAIT_ALL:
        return law[MEAN] / unit
    if kpi == MEAN_QUEUE:
        return a * law[MEAN] / unit
    if kpi == MEAN_TIME_TO_ABANDON:
        return math.nan if law[ENDLESS] == 1.0 and n > 0.0 else law[MEAN] / unit
    if kpi == MEAN_WAIT_VIRTUAL:
        return math.inf
    return 1.0 if kpi in (P_WAIT, P_VIRTUAL_LONGER) else 0.0
