"""Handle times and patience drawn by law, compiled: which law a model has is data, so one compiled engine plays them all.

A law is a flat float64 array, written as `wfm.core.laws` says. Times are by inversion of one uniform, so a law that changes a
little moves every drawn time a little.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from wfm.core import draws, gamma_kernel, laws
from wfm.core.compiled import ZERO, kernel
from wfm.core.laws import ANNOUNCED, ATOMS, CLASSES, DELAYED, GAMMA, LOGNORMAL, PHASES, QUANTILES, STEPS, UNIFORM, WEIBULL

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_compile = kernel(__file__, draws.__file__, gamma_kernel.__file__, laws.__file__)
_pair, _fill_pairs, _uniform, _BLOCK = draws.pair, draws.fill_pairs, draws.uniform, draws._BLOCK
_HANDLE, _CLASS, _SPEED = draws.HANDLE, draws.CLASS, draws.SPEED
_microseconds, _exponential, _normal, _lognormal = (
    draws.microseconds, draws.exponential_quantile, draws.normal_quantile, draws.lognormal_quantile,
)  # fmt: skip
_gamma_quantile = gamma_kernel.gamma_quantile

_LEAST = 1e-300  # no share is smaller


@_compile
def _reached(law: Floats, first: int, n: int, value: float) -> int:
    """How many of the n ascending numbers from ``first`` on are at most ``value``."""
    low: int = ZERO
    high = n
    while low < high:
        middle = (low + high) >> 1
        if law[first + middle] <= value:
            low = middle + 1
        else:
            high = middle
    return low


@_compile
def _phases(law: Floats, at: int, hazard: float) -> float:
    """When exponentials mixed have a cumulated hazard: it grows ever more slowly, so Newton's method comes from below."""
    n = int(law[at + 1])
    rate, time = 0.0, 0.0
    for i in range(n):
        share, mean = law[at + 2 + i], law[at + 2 + n + i]
        if share > 0.0:
            rate += share / mean
            time = max(time, mean * (hazard + math.log(share)))
    time = max(time, hazard / rate)
    for _ in range(100):
        # Shares still there, in units of the longest-lived phase's: nothing underflows.
        least = math.inf
        for i in range(n):
            if law[at + 2 + i] > 0.0:
                least = min(least, time / law[at + 2 + n + i])
        left = leaving = gone = 0.0
        for i in range(n):
            share, mean = law[at + 2 + i], law[at + 2 + n + i]
            here = share * math.exp(least - time / mean)
            left += here
            leaving += here / mean
            gone -= share * math.expm1(-time / mean)
        reached = -math.log1p(-gone) if gone < 0.5 else least - math.log(left)
        step = (hazard - reached) * left / leaving
        time += step
        if abs(step) <= 1e-9 * time:  # the next one would be its square
            break
    return time


@_compile
def _by_hazard(law: Floats, at: int, hazard: float) -> float:
    """When the law at ``at`` has a cumulated hazard."""
    code = law[at]
    if code == DELAYED:
        return float(law[at + 1] + law[at + 2] * hazard if law[at + 2] > 0.0 else law[at + 1])
    if code == WEIBULL:
        return float(law[at + 1] * hazard ** (1.0 / law[at + 2]))
    if code == PHASES:
        return _phases(law, at, hazard)
    n = int(law[at + 1])
    if code == STEPS:
        step = _reached(law, at + 3 + n, n, hazard)
        if step > 0 and law[at + 3 + n + step - 1] == hazard:
            step -= 1
        if step < n:
            return float(law[at + 3 + step])
        return float(law[at + 2 + n] + law[at + 2] * (hazard - law[at + 2 + 2 * n]))
    i = at + 2 + _reached(law, at + 2 + 2 * n, n, hazard) - 1
    return float(law[i] + (hazard - law[i + 2 * n]) / law[i + n]) if law[i + n] > 0.0 else math.inf


@_compile
def _by_share(law: Floats, at: int, u: float, above: float) -> float:
    """Where the law at ``at`` has the share ``u`` below and ``above`` above; together 1."""
    code = law[at]
    if code == GAMMA:
        return float(law[at + 1] * _gamma_quantile(u, above, law[at + 2]))
    if code == UNIFORM:
        return float(law[at + 1] + u * (law[at + 2] - law[at + 1]))
    if code == QUANTILES:
        n = int(law[at + 1])
        i = at + 2 + min(_reached(law, at + 2, n, u), n - 1)
        into = (u - law[i - 1]) / (law[i] - law[i - 1])
        return float(law[n + i - 1] + into * (law[n + i] - law[n + i - 1]))
    if u <= 0.5 or law[at + 2] == 0.0:
        return float(law[at + 1] * _lognormal(u, law[at + 2]))
    # By symmetry from the smaller share, which is the more precise; the same to the last bit where the two are exact.
    variance = math.log1p(law[at + 2] * law[at + 2])
    return float(law[at + 1] * math.exp(-math.sqrt(variance) * _normal(above) - 0.5 * variance))


@_compile
def _plain(law: Floats, at: int, u: float, above: float) -> float:
    if law[at] >= DELAYED:
        return _by_hazard(law, at, -math.log(above))
    return _by_share(law, at, u, above)


@_compile
def quantile(law: Floats, u: float) -> float:
    """Quantile of a law at ``u`` on (0, 1); inf for the share that never ends. Classes have quantiles of their own each."""
    at, above = ZERO, 1.0 - u
    if law[0] == ANNOUNCED:
        n = int(law[1])
        at += 2 + 5 * n
        hazard = -math.log(above)
        heard = _reached(law, 2 + n, n, hazard) - 1
        if heard >= 0:
            if hazard < law[2 + 2 * n + heard]:
                return float(law[2 + heard])
            factor, correction = law[2 + 3 * n + heard], law[2 + 4 * n + heard]
            if factor == 0.0:
                return math.inf
            if factor != 1.0 or correction != 0.0:
                hazard = (hazard - correction) / factor
                if DELAYED <= law[at] < ATOMS:
                    return _by_hazard(law, at, hazard)
                u, above = max(-math.expm1(-hazard), _LEAST), max(math.exp(-hazard), _LEAST)
    if law[at] == ATOMS:
        at_once, never = law[at + 1], law[at + 2]
        if u < at_once:
            return 0.0
        if above <= never:
            return math.inf
        others = 1.0 - at_once - never
        u, above = max((u - at_once) / others, _LEAST), max((above - never) / others, _LEAST)
        at += 3
    return _plain(law, at, u, above)


@_compile
def fill_quantiles(law: Floats, values: Floats) -> None:
    """Uniforms in ``values`` become what `quantile` makes of each; what is alike for all of them is reckoned once."""
    if law[0] == DELAYED and law[2] > 0.0:
        for i in range(len(values)):
            values[i] = law[1] + law[2] * _exponential(values[i])
    elif law[0] == LOGNORMAL and law[2] > 0.0:
        variance = math.log1p(law[2] * law[2])
        deviation, shift = math.sqrt(variance), 0.5 * variance
        for i in range(len(values)):
            values[i] = law[1] * math.exp(deviation * _normal(values[i]) - shift)
    else:
        for i in range(len(values)):
            values[i] = quantile(law, values[i])


@_compile
def _class_at(law: Floats, u: float) -> int:
    n = int(law[1])
    return min(_reached(law, 2, n, u), n - 1)


@_compile
def class_of(seed: int, replication: int, kind: int, day: int, ordinal: int, handle_law: Floats) -> int:
    """Which class a contact's problem is of, by its number among those of the law; 0 where the law has no classes.

    It is drawn for the contact, so all its attempts and transfers are about the same problem.
    """
    if handle_law[0] != CLASSES:
        return 0
    return _class_at(handle_law, _uniform(seed, replication, _CLASS, kind, day, ordinal, 0, 0, 0))


@_compile
def draw_attempt(
    seed: int,
    replication: int,
    kind: int,
    day: int,
    ordinal: int,
    attempt: int,
    leg: int,
    handle_law: Floats,
    mean: float,
    patience_law: Floats,
) -> tuple[int, int]:
    """Microseconds of handle time and of patience of one attempt.

    Parameters
    ----------
    seed, replication, kind, day, ordinal, attempt, leg
        The key, as `wfm.core.draws.pair` has it.
    handle_law
        Law of the handle time in units of its mean.
    mean
        Mean handle time [s].
    patience_law
        Law of the patience [s].
    """
    u, v = _pair(seed, replication, _HANDLE, kind, day, ordinal, attempt, leg, 0)
    if handle_law[0] == CLASSES:
        n, this = int(handle_law[1]), class_of(seed, replication, kind, day, ordinal, handle_law)
        relative = _plain(handle_law, int(handle_law[2 + n + this]), u, 1.0 - u)
    else:
        relative = quantile(handle_law, u)
    return _microseconds(mean * relative), _microseconds(quantile(patience_law, v))


@_compile
def fill_attempts(
    seed: int,
    replication: int,
    kind: int,
    day: int,
    handle_law: Floats,
    mean: Floats,
    patience_law: Floats,
    begin: int,
    interval: Integers,
    handle: Integers,
    patience: Integers,
) -> None:
    """First attempts of a day's contacts, ordinals ``begin`` and on: fills ``handle`` and ``patience`` block by block.

    As `draw_attempt` says. ``mean`` holds the mean handle time of every interval of the plan [s], ``interval`` the interval of each
    contact.
    """
    even, odd = np.empty(_BLOCK), np.empty(_BLOCK)
    which, unused = np.empty(_BLOCK), np.empty(_BLOCK)
    for first in range(0, len(handle), _BLOCK):
        here = min(len(handle) - first, _BLOCK)
        _fill_pairs(seed, replication, _HANDLE, kind, day, begin + first, 1, even[:here], odd[:here])
        if handle_law[0] == CLASSES:
            _fill_pairs(seed, replication, _CLASS, kind, day, begin + first, 0, which[:here], unused[:here])
            n = int(handle_law[1])
            for i in range(here):
                at = int(handle_law[2 + n + _class_at(handle_law, which[i])])
                even[i] = _plain(handle_law, at, even[i], 1.0 - even[i])
        else:
            fill_quantiles(handle_law, even[:here])
        fill_quantiles(patience_law, odd[:here])
        for i in range(here):
            handle[first + i] = _microseconds(mean[interval[first + i]] * even[i])
            patience[first + i] = _microseconds(odd[i])


@_compile
def speed_factor(seed: int, group: int, agent: int, cv: float) -> float:
    """What an agent's own speed makes of his handle times: a lognormal factor with mean 1 and coefficient of variation ``cv``.

    Keyed by the group and the agent's number in it, so the same in every replication, on every day and in every scenario; 0 gives
    exactly 1.
    """
    return _lognormal(_uniform(seed, 0, _SPEED, group, 0, agent, 0, 0, 0), cv)
