"""Handle times and patience drawn by law, compiled: which law a model has is data, so one compiled engine plays them all.

A law is a flat float64 array: a code, then its parameters. `wfm.core.distributions` makes them and says what each means.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from wfm.core import draws
from wfm.core.compiled import kernel

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# Codes, and what follows them.
LOGNORMAL = 0  # mean, coefficient of variation
DELAYED = 1  # onset, mean thereafter: exponential with onset 0, deterministic with mean 0, never with mean inf

_compile = kernel(__file__, draws.__file__)
_pair, _fill_pairs, _uniform, _BLOCK = draws.pair, draws.fill_pairs, draws.uniform, draws._BLOCK
_HANDLE, _SPEED = draws.HANDLE, draws.SPEED
_microseconds, _exponential, _normal, _lognormal = (
    draws.microseconds, draws.exponential_quantile, draws.normal_quantile, draws.lognormal_quantile,
)  # fmt: skip


@_compile
def quantile(law: Floats, u: float) -> float:
    """Quantile of a law at ``u`` on (0, 1); inf for the share that never ends."""
    if law[0] == DELAYED:
        return float(law[1] + law[2] * _exponential(u) if law[2] > 0.0 else law[1])
    return float(law[1] * _lognormal(u, law[2]))


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
    return _microseconds(mean * quantile(handle_law, u)), _microseconds(quantile(patience_law, v))


@_compile
def fill_attempts(
    seed: int,
    replication: int,
    kind: int,
    day: int,
    handle_law: Floats,
    mean: Floats,
    patience_law: Floats,
    interval: Integers,
    handle: Integers,
    patience: Integers,
) -> None:
    """First attempts of a day's contacts, ordinals 0, 1, ...: fills ``handle`` and ``patience`` as `draw_attempt` says, by blocks.

    ``mean`` holds the mean handle time of every interval of the plan [s] and ``interval`` the interval of each contact.
    """
    even, odd = np.empty(_BLOCK), np.empty(_BLOCK)
    for first in range(0, len(handle), _BLOCK):
        here = min(len(handle) - first, _BLOCK)
        _fill_pairs(seed, replication, _HANDLE, kind, day, first, 1, even[:here], odd[:here])
        fill_quantiles(handle_law, even[:here])
        fill_quantiles(patience_law, odd[:here])
        for i in range(here):
            handle[first + i] = _microseconds(mean[interval[first + i]] * even[i])
            patience[first + i] = _microseconds(odd[i])


@_compile
def speed_factor(seed: int, agent: int, cv: float) -> float:
    """What an agent's own speed makes of his handle times: a lognormal factor with mean 1 and coefficient of variation ``cv``.

    Keyed by the agent's number alone, so the same in every replication, on every day and in every scenario; 0 gives exactly 1.
    """
    return _lognormal(_uniform(seed, 0, _SPEED, 0, 0, agent, 0, 0, 0), cv)
