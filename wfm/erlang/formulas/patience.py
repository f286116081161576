"""Erlang A with a delayed onset: M/M/n with patience onset + Exp(mean); onset 0 is Erlang A itself.

Callers stay for `onset` and then lose patience at rate 1/mean ("two minutes, then gradually", S4-14). Mean 0 makes the
patience deterministic, and onset 0 with mean 0 is Erlang B. Times are in mean handle times, a is the offered load in
erlang (so the arrival rate), n the agents (real, > 0).

With phi(t) = a H(t) - n t, H(t) the integral of the patience's survival function, and eps = 1/B(n-1, a), an arrival's
virtual wait V has density a e^phi(t) / (eps + a J), J the integral of e^phi (Baccelli and Hebuterne 1981; Zeltyn and
Mandelbaum, QUESTA 51, 2005). Up to the onset phi is linear, so that piece is elementary; past it phi is that of
Erlang A (Palm 1957) started at the onset, so that piece is Erlang A's series times the growth e^((a-n) onset). In
u = e^(-t/mean) the second piece is an incomplete gamma integral with parameters x = n mean, y = a mean.

Two scales keep every intermediate number within range (`domain/theory.md` 1.4): in overload ("heavy") everything is in
units of e^L(x, y), L = -ln of the Poisson weight, and with a > n in units of the growth up to the onset.
The mean waits in overload are closed too: V/mean is -ln(G/y) for a Gamma(x) variable G cut off at y, which leaves the
digamma function and a small, quickly decaying rest. Plain Python; compiled in `wfm.erlang.kernels`.
"""

import math
from typing import NamedTuple

from wfm.erlang.formulas.gauss import NODES, POINTS, WEIGHTS
from wfm.erlang.formulas.loss import blocking_one_less
from wfm.erlang.formulas.special import (
    decay_first_moment,
    decay_mean,
    ln_minus_digamma,
    neg_ln_poisson,
    neg_ln_poisson_decayed,
    upper_log_mean,
    upper_tail,
)
from wfm.erlang.formulas.uniform import is_uniform, shortfall, turn

# From there on the series for mean waits, of some 6 sqrt(x) terms, is longer than so many panels.
LONG, PANELS = 1e4, 10


class Kernel(NamedTuple):
    """Palm's sums at (x, y), in units of e^L(x, y) where heavy: A = 1F1(1; x+1; y), A - 1, and K = 1 - (1 - y/x) A.

    There A and A - 1 are regularised gamma functions near 1; `full_rest` and `more_rest` are what they lack to it.
    `unit` is e^-L(x, y) where heavy, else 1.
    """

    full: float
    more: float
    lost: float
    full_rest: float
    more_rest: float
    unit: float


class Balance(NamedTuple):
    """How an arrival is met: the weights of the three pieces of its virtual wait, with Palm's sums for the last."""

    x: float
    y: float
    heavy: bool
    no_wait: float
    early_unit: float
    early: float
    late: float
    full: float
    more: float
    lost: float
    full_rest: float
    more_rest: float


class Split(NamedTuple):
    """Shares of all arrivals by a threshold T: served after and within, abandoned after, V and W beyond and within."""

    served_after: float
    served_within: float
    abandoned_after: float
    virtual_beyond: float
    virtual_within: float
    wait_beyond: float
    wait_within: float


class Logs(NamedTuple):
    """Palm's sums for waiting times past the onset, by outcome, in units of patience (and e^L(x, y) where heavy)."""

    served: float
    abandoned: float


def is_heavy(x: float, y: float) -> bool:
    """Whether Palm's series at (x, y) is long and large, so that its gamma form in units of e^L is used instead."""
    return y > x + 2.0 * math.sqrt(x) + 10.0


def light_kernel(x: float, y: float, rho: float, excess: float) -> Kernel:
    """Palm's sums; rho = y/x and excess = rho - 1 are given apart, since x may be 0 and rho near 1."""
    if is_uniform(x, excess):
        t = turn(x, excess)
        if excess < 0.0:
            full = t.scaled - t.rest
            return Kernel(full, full - 1.0, shortfall(t, excess), 0.0, 0.0, 1.0)
        full = 2.0 * t.half * math.exp(t.square) - t.scaled - t.rest
        return Kernel(full, full - 1.0, 1.0 + excess * full, 0.0, 0.0, 1.0)
    weight = 1.0 / (x + 1.0)
    more = 0.0
    lost = 0.0
    j = 1.0
    while True:
        more += weight
        term = j * weight
        lost += term
        j += 1.0
        ratio = y / (x + j)
        weight *= ratio
        if ratio < 1.0 and term <= 1e-20 * lost:
            return Kernel(1.0 + y * more, y * more, rho * lost, 0.0, 0.0, 1.0)


def heavy_kernel(x: float, y: float, excess: float) -> Kernel:
    """Palm's sums in units of e^L(x, y); excess = y/x - 1 > 0."""
    if is_uniform(x, excess):
        t = turn(x, excess)
        weight = math.exp(-t.square) / (2.0 * t.half)
        rest = weight * (t.scaled + t.rest)
    else:
        weight = math.exp(-neg_ln_poisson(x, y))
        rest = weight * x * upper_tail(x, y)
    return Kernel(1.0 - rest, 1.0 - rest - weight, weight + excess * (1.0 - rest), rest, rest + weight, weight)


def balance(n: float, a: float, patience: float, onset: float) -> Balance:
    """Weights of the pieces for n > 0, a > 0, finite patience >= 0 and finite onset >= 0."""
    patience = max(patience, 1e-300)
    x = n * patience
    y = a * patience
    heavy = is_heavy(x, y)
    kernel = heavy_kernel(x, y, (a - n) / n) if heavy else light_kernel(x, y, a / n, (a - n) / n)
    # Counted in units of the larger end of the linear piece, which is its start where n >= a, else the onset.
    b = blocking_one_less(n, a)
    early_unit = a * b * kernel.unit
    idle = kernel.unit
    early = 0.0
    late = b
    if onset > 0.0:
        growth = (a - n) * onset
        idle *= math.exp(-max(growth, 0.0))
        early = early_unit * onset * decay_mean(abs(growth))
        late *= math.exp(min(growth, 0.0))
    total = idle + early + late * (a / n) * kernel.full
    return Balance(
        x,
        y,
        heavy,
        idle / total,
        early_unit / total,
        early / total,
        late / total,
        kernel.full,
        kernel.more,
        kernel.lost,
        kernel.full_rest,
        kernel.more_rest,
    )


def waiting(q: Balance, n: float, a: float) -> float:
    """P(V > 0): share of arrivals that cannot be answered at once."""
    return min(q.early + q.late * (a / n) * q.full, 1.0)


def abandoned(q: Balance) -> float:
    """Share of arrivals that hang up before they are answered."""
    return min(q.late * q.lost, 1.0)


def served(q: Balance) -> float:
    """Share of arrivals that are answered."""
    return min(q.no_wait + q.early + q.late * q.more, 1.0)


def split(q: Balance, n: float, a: float, patience: float, onset: float, threshold: float) -> Split:
    """What happens within the threshold and after it; tails, and service levels in overload, to their last digits."""
    surplus = a - n
    if threshold < onset:
        # Nobody has left yet, and the density of V is a e^((a-n)t), in units of its larger end.
        left = onset - threshold
        after = q.early_unit * left * decay_mean(abs(surplus) * left) * math.exp(min(surplus, 0.0) * threshold)
        head = threshold * decay_mean(abs(surplus) * threshold) * math.exp(-max(surplus, 0.0) * left)
        within = q.no_wait + q.early_unit * head
        within = min(within, 1.0)
        virtual = min(after + q.late * (a / n) * q.full, 1.0)
        return Split(after + q.late * q.more, within, q.late * q.lost, virtual, within, virtual, within)
    since = threshold - onset
    # Patience of mean 0 ends at the onset itself: nobody waits past it.
    decay = since / patience if patience > 0.0 else math.inf
    gone = -math.expm1(-decay)
    stay = 1.0 - gone if decay < 0.5 else math.exp(-decay)
    z = q.y * stay
    # z/x - 1, which the difference of the rounded z and x would know to fewer digits.
    excess = (a - n) / n - a / n * gone
    if q.heavy and is_heavy(q.x, z):
        kernel = heavy_kernel(q.x, z, excess)
        factor = q.late
        prompt = q.no_wait + q.early
        within = prompt + q.late * (a / n) * (kernel.full_rest - q.full_rest)
        served_within = prompt + q.late * (kernel.more_rest - q.more_rest)
        virtual = factor * (a / n) * kernel.full
    else:
        kernel = light_kernel(q.x, z, a / n * stay, excess)
        if q.heavy:
            factor = q.late * math.exp(-neg_ln_poisson_decayed(q.x, q.y, decay))
        else:
            factor = q.late * math.exp(drift(n, a, patience, since, decay, gone))
        virtual = factor * (a / n) * kernel.full
        within = max(1.0 - virtual, 0.0)
        served_within = max(served(q) - factor * kernel.more, 0.0)
    # Rounding must not carry a share beyond 1.
    within = min(within, 1.0)
    virtual = min(virtual, 1.0)
    return Split(
        factor * kernel.more,
        min(served_within, 1.0),
        factor * kernel.lost,
        virtual,
        within,
        stay * virtual,
        min(stay * within + gone, 1.0),
    )


def drift(n: float, a: float, patience: float, since: float, decay: float, gone: float) -> float:
    """phi(t) = a H(t) - n t at t = since after the onset, decay = since/patience, gone = 1 - e^-decay."""
    if decay > 1.0:
        return a * patience * gone - n * since
    return -(a * patience * lag_behind(decay, gone) + (n - a) * since)


def lag_behind(s: float, gone: float) -> float:
    """How far gone = 1 - e^-s lags behind s, to its last digits."""
    if s > 0.03:
        return s - gone
    lag = 0.0
    for k in range(9, 2, -1):
        lag = s / k * (1.0 - lag)
    return 0.5 * s * s * (1.0 - lag)


def logs(q: Balance, n: float, a: float) -> Logs:
    """Integrals of the wait past the onset against the densities of being served and of hanging up."""
    if q.heavy:
        mean_log = math.log(q.y / (q.x + 1.0)) + ln_minus_digamma(q.x + 1.0) + upper_log_mean(q.x + 1.0, q.y)
        return Logs(mean_log, q.lost - mean_log)
    if q.x > LONG:
        return logs_by_panels(q, n, a)
    weight = 1.0 / (q.x + 1.0)
    harmonic = 0.0
    share = 0.0
    mean_log = 0.0
    lost_log = 0.0
    j = 1.0
    while True:
        harmonic += 1.0 / (q.x + j)
        share += j / (q.x + j)
        mean_log += weight * harmonic
        term = weight * share
        lost_log += term
        j += 1.0
        ratio = q.y / (q.x + j)
        weight *= ratio
        if ratio < 1.0 and term <= 1e-20 * lost_log:
            return Logs(q.y * mean_log, a / n * lost_log)


def logs_by_panels(q: Balance, n: float, a: float) -> Logs:
    """`logs` where Palm's series is long: the density e^(y (1 - e^-s) - x s) over the few panels on which it lives."""
    excess = (n - a) * (q.x / n)
    width = 80.0 / (excess + math.sqrt(excess * excess + 80.0 * q.y)) / PANELS
    served_log = 0.0
    lost_log = 0.0
    for panel in range(PANELS):
        for i in range(POINTS):
            s = (panel + NODES[i]) * width
            gone = -math.expm1(-s)
            lag = lag_behind(s, gone)
            density = WEIGHTS[i] * math.exp(-(excess * s + q.y * lag))
            served_log += s * (1.0 - gone) * density
            lost_log += (s * gone - lag) * density
    return Logs(q.y * width * served_log, a / n * (q.x * width) * lost_log)


def linear_moment(growth: float) -> float:
    """Integral of v e^(growth v) over v from 0 to 1, in units of the larger of e^growth and 1."""
    moment = decay_first_moment(abs(growth))
    return decay_mean(growth) - moment if growth > 0.0 else moment


def mean_wait(q: Balance, n: float, a: float, patience: float, onset: float) -> float:
    """E[W] over all arrivals, answered or not."""
    early = q.early_unit * onset * onset * linear_moment((a - n) * onset)
    return early + q.late * (onset * (q.more + q.lost) + patience * q.lost)


def mean_wait_served(q: Balance, n: float, a: float, patience: float, onset: float) -> float:
    """E[W | served], those answered at once included."""
    early = q.early_unit * onset * onset * linear_moment((a - n) * onset)
    return (early + q.late * (onset * q.more + patience * logs(q, n, a).served)) / served(q)


def mean_wait_abandoned(q: Balance, n: float, a: float, patience: float, onset: float) -> float:
    """E[W | abandoned], also where too few abandon for a double to say."""
    return onset + patience * logs(q, n, a).abandoned / q.lost


def mean_wait_virtual(q: Balance, n: float, a: float, patience: float, onset: float) -> float:
    """E[V]: the mean wait of someone with endless patience."""
    early = q.early_unit * onset * onset * linear_moment((a - n) * onset)
    past = onset * q.full + q.full / n + patience * logs(q, n, a).served
    return early + q.late * (a / n) * past
