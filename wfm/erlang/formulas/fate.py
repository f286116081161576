"""Distributions of patience as plain numbers: what share of callers is still there after t, and what share has gone.

A distribution is a sequence of floats, `law`, and the places where it changes its course, `cuts`, both in one unit of
time. `law` starts with its family, the share of callers that is willing to wait at all, the mean (balkers count 0), and
the share that never leaves. Then, by family:

========= ===================================================================================================
STEPS     mean of the exponential tail, count, times (the first 0), shares still there from each time on (the first 1)
PHASES    count, shares, means
UNIFORM   shortest, longest
STAGES    count, mean of each
LOGNORMAL mean and standard deviation of the logarithm
WEIBULL   scale, shape
========= ===================================================================================================

The functions are about those who are willing to wait. `cuts` starts with the time nobody is lost before; the others are
the kinks, where the share still there jumps or bends.
Plain Python; compiled in `wfm.erlang.kernels`.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from wfm.erlang.formulas.special import neg_ln_poisson, rising_sum, upper_tail

STEPS = 0.0
PHASES = 1.0
UNIFORM = 2.0
STAGES = 3.0
LOGNORMAL = 4.0
WEIBULL = 5.0
WILLING = 1
MEAN = 2
ENDLESS = 3
SQRT_HALF = 0.7071067811865476


class Fate(NamedTuple):
    """Shares of those willing to wait that are still there and that have gone, each to its own last digits."""

    stays: float
    gone: float


def step_at(law: Sequence[float], t: float) -> int:
    """Index of the step of STEPS that t lies in; each step includes its beginning."""
    low = 0
    high = int(law[5])
    while high - low > 1:
        middle = (low + high) // 2
        if law[6 + middle] <= t:
            low = middle
        else:
            high = middle
    return low


def fate(law: Sequence[float], t: float) -> Fate:
    """What has become at t >= 0 of those willing to wait."""
    family = law[0]
    if family == STEPS:
        count = int(law[5])
        i = step_at(law, t)
        share = law[6 + count + i]
        if i < count - 1 or law[4] == math.inf:
            return Fate(share, 1.0 - share)
        decay = (t - law[6 + i]) / law[4]
        return Fate(share * math.exp(-decay), 1.0 - share - share * math.expm1(-decay))
    if family == PHASES:
        count = int(law[4])
        stays = 0.0
        gone = 0.0
        for i in range(count):
            decay = t / law[5 + count + i]
            stays += law[5 + i] * math.exp(-decay)
            gone -= law[5 + i] * math.expm1(-decay)
        return Fate(stays, gone)
    if t <= 0.0:
        return Fate(1.0, 0.0)
    if family == UNIFORM:
        if t <= law[4] or t >= law[5]:
            return Fate(1.0, 0.0) if t <= law[4] else Fate(0.0, 1.0)
        width = law[5] - law[4]
        return Fate((law[5] - t) / width, (t - law[4]) / width)
    if family == STAGES:
        x = t / law[5]
        weight = math.exp(-neg_ln_poisson(law[4], x))
        if x < law[4]:
            gone = weight * (1.0 + rising_sum(law[4], x))
            return Fate(1.0 - gone, gone)
        stays = weight * law[4] * upper_tail(law[4], x)
        return Fate(stays, 1.0 - stays)
    if family == LOGNORMAL:
        z = (math.log(t) - law[4]) / law[5] * SQRT_HALF
        return Fate(0.5 * math.erfc(z), 0.5 * math.erfc(-z))
    power = weibull_power(law, t)
    return Fate(math.exp(-power), -math.expm1(-power))


def weibull_power(law: Sequence[float], t: float) -> float:
    """(t/scale)^shape for t > 0; where it would leave the doubles, a number whose exponential is 0 all the same."""
    return math.exp(min(law[5] * math.log(t / law[4]), 100.0))


def reach(law: Sequence[float], t: float, tiny: float) -> float:
    """How far past t sixteen Gauss-Legendre points resolve the share still there, kinks apart; inf where e^-60 or less are.

    Below `tiny` a span may be a single piece, resolved or not. Of STEPS only the tail is asked for.
    """
    family = law[0]
    if family == STEPS:
        return t + 4.0 * law[4] if t - law[5 + int(law[5])] < 60.0 * law[4] else math.inf
    if family == PHASES:
        count = int(law[4])
        shortest = math.inf
        for i in range(count):
            mean = law[5 + count + i]
            shortest = min(shortest, mean if t < 60.0 * mean else math.inf)
        return t + 4.0 * shortest
    if family == UNIFORM:
        return law[5] if t < law[5] else math.inf
    if family == STAGES:
        return reach_of_stages(law, t)
    # The others are functions of the logarithm of t, too steep at 0 for a polynomial: no piece is wider than from t to 3 t.
    if family == LOGNORMAL:
        z = (math.log(t) - law[4]) / law[5] if t > 0.0 else -math.inf
        if z < -38.0:
            return max(math.exp(law[4] - 38.0 * law[5]), tiny)
        return max(t * min(3.0, math.exp(min(2.0 * law[5], 2.0))), tiny) if z < 11.0 else math.inf
    y = law[5] * math.log(t / law[4]) if t > 0.0 else -math.inf
    if y < -50.0:
        return max(law[4] * math.exp(-50.0 / law[5]), tiny)
    step = min(8.0, max(1.5, -6.0 - y)) / law[5]
    return max(t * min(3.0, math.exp(min(step, 2.0))), tiny) if y < 4.1 else math.inf


def reach_of_stages(law: Sequence[float], t: float) -> float:
    """`reach` of STAGES: two standard deviations, or all that is too far before the mean for a double to tell."""
    root = math.sqrt(law[4])
    spread = root * law[5]
    z = (t - law[4] * law[5]) / spread
    if z < -40.0:
        return law[4] * law[5] - 40.0 * spread
    return t + 2.0 * spread if z < 12.0 + 60.0 / root else math.inf


def hazard(law: Sequence[float], t: float) -> float:
    """Rate of leaving at t of those still there; between the steps of STEPS 0, past the end inf."""
    family = law[0]
    if family == STEPS:
        i = step_at(law, t)
        count = int(law[5])
        if law[6 + count + i] == 0.0:
            return math.inf
        return 1.0 / law[4] if i == count - 1 else 0.0
    if family == PHASES:
        # In units of the slowest phase, so that nothing is 0/0 far out.
        count = int(law[4])
        slowest = 0.0
        for i in range(count):
            slowest = max(slowest, law[5 + count + i] if law[5 + i] > 0.0 else 0.0)
        density = 0.0
        stays = 0.0
        for i in range(count):
            mean = law[5 + count + i]
            if law[5 + i] > 0.0:
                share = law[5 + i] * math.exp(t / slowest - t / mean)
                stays += share
                density += share / mean
        return density / stays
    if family == UNIFORM:
        if t < law[4]:
            return 0.0
        return 1.0 / (law[5] - t) if t < law[5] else math.inf
    if family == STAGES:
        if t <= 0.0:
            return 1.0 / law[5] if law[4] == 1.0 else 0.0
        x = t / law[5]
        if x >= law[4]:
            return 1.0 / (law[5] * x * upper_tail(law[4], x))
        weight = math.exp(-neg_ln_poisson(law[4], x))
        return weight * law[4] / (law[5] * x * (1.0 - weight * (1.0 + rising_sum(law[4], x))))
    if family == LOGNORMAL:
        if t <= 0.0:
            return 0.0
        z = (math.log(t) - law[4]) / law[5]
        if z > 2.0:
            return 2.0 / (upper_tail(0.5, 0.5 * z * z) * z * law[5] * t)
        density = math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
        return density / (0.5 * math.erfc(z * SQRT_HALF) * law[5] * t)
    if t <= 0.0:
        return 1.0 / law[4] if law[5] == 1.0 else (0.0 if law[5] > 1.0 else math.inf)
    return law[5] / t * weibull_power(law, t)


def summed_hazard(law: Sequence[float], t: float) -> float:
    """-ln of the share still there, of STEPS and UNIFORM: the integral of the hazard with its jumps."""
    if law[0] == STEPS:
        count = int(law[5])
        i = step_at(law, t)
        share = law[6 + count + i]
        if share == 0.0:
            return math.inf
        since = (t - law[6 + i]) / law[4] if i == count - 1 and law[4] < math.inf else 0.0
        return since - math.log(share)
    stays = fate(law, t).stays
    return -math.log(stays) if stays > 0.0 else math.inf
