"""Queues that differ from Erlang A only while somebody is free: agents with several chats, and inbound blended with outbound.

Once everybody is taken, contacts wait as in Erlang A, at whatever rate s all together complete them. So these queues say
how much the states before that weigh against the first with everybody taken, and the rest is Palm's sums
(`domain/theory.md` 1.9 and 1.10). Weights grow downwards without bound; they are scaled as they do.

Chats: with k chats the load is even, k mod n agents have one more than the others, and j chats at once are completed at
rate j / tau_j. Blending: an agent who gets free with nobody waiting starts an outbound contact while more than `reserve`
agents would be idle, so that the chain never falls below n - reserve. Plain Python; compiled in `wfm.erlang.kernels`.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from wfm.erlang.formulas.kpis import MEAN_CHATS, OCCUPANCY, OUTBOUND_RATE, SLOT_UTILISATION
from wfm.erlang.formulas.measure import measure
from wfm.erlang.formulas.outcome import Outcome, impatient_outcome, outcome_kpi, patient_outcome
from wfm.erlang.formulas.patience import Balance, heavy_kernel, is_heavy, light_kernel
from wfm.erlang.formulas.special import neg_ln_poisson

HUGE, TINY = 1e150, 1e-150


class Before(NamedTuple):
    """Weights of the states with somebody free (`prompt`), of the first without (`full`), and of the lowest.

    `busy` and `contacts` are sums over the states with somebody free: of busy agents, and of contacts in service.
    """

    prompt: float
    full: float
    lowest: float
    busy: float
    contacts: float


def chat_rate(k: float, n: float, times: Sequence[float]) -> float:
    """Chats completed per unit of time by n agents who share k chats evenly."""
    each = float(math.floor(k / n))
    more = k - each * n
    fewer = (n - more) * each / times[int(each) - 1] if each > 0.0 else 0.0
    return fewer + more * (each + 1.0) / times[int(each)] if more > 0.0 else fewer


def before_chats(n: float, a: float, times: Sequence[float]) -> Before:
    """The states with fewer chats than slots."""
    slots = n * len(times)
    prompt, full, weight, busy, chats = 0.0, 1.0, 1.0, 0.0, 0.0
    k = slots
    while k > 0.0:
        weight *= chat_rate(k, n, times) / a
        k -= 1.0
        prompt += weight
        busy += weight * min(k, n)
        chats += weight * k
        if weight > HUGE:
            weight, prompt, full, busy, chats = weight * TINY, prompt * TINY, full * TINY, busy * TINY, chats * TINY
        elif weight < 1e-20 * prompt and chat_rate(k, n, times) < a:
            break
    return Before(prompt, full, weight, busy, chats)


def before_reserve(n: float, reserve: float, a: float) -> Before:
    """The states with an agent in reserve free, down to n - reserve busy."""
    prompt, full, weight, busy = 0.0, 1.0, 1.0, 0.0
    k, idle = n, 0.0
    while idle < reserve and k > 0.0:
        weight *= k / a
        k -= 1.0
        idle += 1.0
        prompt += weight
        busy += weight * k
        if weight > HUGE:
            weight, prompt, full, busy = weight * TINY, prompt * TINY, full * TINY, busy * TINY
    return Before(prompt, full, weight, busy, busy)


def balance_after(b: Before, s: float, a: float, patience: float) -> Balance:
    """Palm's sums behind those states, everybody together completing s per unit of time; finite patience."""
    patience = max(patience, 1e-300)
    x, y = s * patience, a * patience
    heavy = is_heavy(x, y)
    q = heavy_kernel(x, y, (a - s) / s) if heavy else light_kernel(x, y, a / s, (a - s) / s)
    idle = b.prompt * q.unit
    late = b.full * s / a
    total = idle + late * (a / s) * q.full
    return Balance(x, y, heavy, idle / total, 0.0, 0.0, late / total, q.full, q.more, q.lost, q.full_rest, q.more_rest)


def after(b: Before, s: float, a: float, patience: float, threshold: float) -> Outcome:
    """What becomes of arrivals behind those states."""
    if patience == math.inf:
        return patient_outcome(b.prompt, b.full, s, a, threshold)
    return impatient_outcome(balance_after(b, s, a, patience), s, a, patience, threshold)


def share_full(b: Before, s: float, a: float, patience: float) -> float:
    """Share of time with everybody taken and nobody waiting."""
    if patience == math.inf:
        return b.full / (b.prompt + b.full * (s / (s - a)))
    q = balance_after(b, s, a, patience)
    return q.late * (a / s) * (math.exp(-neg_ln_poisson(q.x, q.y)) if q.heavy else 1.0)


def measure_chats(kpi: int, n: float, a: float, patience: float, threshold: float, times: Sequence[float]) -> float:
    """KPI number `kpi` of n agents (whole); times are those of 1, 2, ... chats at once over that of one, a in such units."""
    if not (n >= 0.0 and 0.0 <= a < math.inf and patience >= 0.0 and threshold >= 0.0):
        return math.nan
    slots = n * len(times)
    s = slots / times[len(times) - 1]
    if n == 0.0 or a == 0.0 or n == math.inf:
        if kpi == MEAN_CHATS:
            return a if n == math.inf else 0.0
        return measure(OCCUPANCY if kpi == SLOT_UTILISATION else kpi, n, a, patience, 0.0, threshold)
    if patience == math.inf and s <= a:
        return (
            slots if kpi == MEAN_CHATS else measure(OCCUPANCY if kpi == SLOT_UTILISATION else kpi, s, a, patience, 0.0, threshold)
        )
    b = before_chats(n, a, times)
    o = after(b, s, a, patience, threshold)
    if kpi == OCCUPANCY:
        return o.no_wait * (b.busy / b.prompt) / n + o.waiting
    if kpi == MEAN_CHATS:
        return o.no_wait * (b.contacts / b.prompt) + o.waiting * slots
    if kpi == SLOT_UTILISATION:
        return o.no_wait * (b.contacts / b.prompt) / slots + o.waiting
    return outcome_kpi(kpi, o, n, a)


def measure_blend(kpi: int, n: float, reserve: float, a: float, patience: float, threshold: float) -> float:
    """KPI number `kpi` of n agents, as many of them as `reserve` (whole) kept from outbound work while idle."""
    if not (n >= 0.0 and reserve >= 0.0 and 0.0 <= a < math.inf and patience >= 0.0 and threshold >= 0.0):
        return math.nan
    working = max(n - reserve, 0.0)
    if a == 0.0 and kpi == OUTBOUND_RATE:
        return working
    if a == 0.0 and kpi == OCCUPANCY:
        return working / n if n > 0.0 else math.nan
    if working == 0.0 or a == 0.0 or n == math.inf or (patience == math.inf and n <= a):
        return 0.0 if kpi == OUTBOUND_RATE else measure(kpi, n, a, patience, 0.0, threshold)
    b = before_reserve(n, reserve, a)
    o = after(b, n, a, patience, threshold)
    if kpi == OUTBOUND_RATE:
        return working * (o.no_wait * (b.lowest / b.prompt) if reserve > 0.0 else share_full(b, n, a, patience))
    if kpi == OCCUPANCY:
        return o.no_wait * (b.busy / b.prompt) / n + o.waiting if reserve > 0.0 else 1.0
    return outcome_kpi(kpi, o, n, a)
