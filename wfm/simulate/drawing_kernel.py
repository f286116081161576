"""The drawing of a whole replication, compiled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wfm.core import distributions_kernel, draws
from wfm.core.compiled import ZERO, kernel

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

SECOND = 1_000_000
_WHOLE = 1e-9  # shrinkage leaves 8.9999... where 9 is meant

_compile = kernel(__file__, draws.__file__, distributions_kernel.__file__)
_factor, _uniform = draws.gamma_factor, draws.uniform
_fill_arrivals, _fill_attempts = draws.fill_arrivals, distributions_kernel.fill_attempts
_BUSYNESS, _SLOT_BUSYNESS, _AGENTS = draws.BUSYNESS, draws.SLOT_BUSYNESS, draws.AGENTS


@_compile
def expect(
    length: Integers, rate: Floats, day: Integers, day_cv: Floats, slot_cv: Floats, key: tuple[int, int, int], expected: Floats
) -> float:
    """Contacts expected in each interval (output, [K]), at the level of its day and its own; returns their sum.

    ``key`` is seed, replication and number of the contact type; a day's level scatters as its first interval says.
    """
    seed, replication, kind = key
    first, busyness, total = ZERO, 1.0, 0.0
    for k in range(len(rate)):
        if k == 0 or day[k] != day[k - 1]:
            first = k
            busyness = _factor(seed, replication, _BUSYNESS + ZERO, kind, day[k], k - first, day_cv[k])
        expected[k] = rate[k] * length[k] / SECOND * busyness
        if slot_cv[k] != 0.0:
            expected[k] *= _factor(seed, replication, _SLOT_BUSYNESS + ZERO, kind, day[k], k - first, slot_cv[k])
        total += expected[k]
    return total


@_compile
def fill(
    start: Integers,
    length: Integers,
    day: Integers,
    expected: Floats,
    aht: Floats,
    key: tuple[int, int, int],
    handle_law: Floats,
    patience_law: Floats,
    arrival: Integers,
    interval: Integers,
    handle: Integers,
    patience: Integers,
    of_day: Integers,
    ordinal: Integers,
) -> int:
    """First attempts of all days; the last six are outputs, of `wfm.simulate.drawing.Drawn`.

    Returns
    -------
    int
        How many contacts arrive. As many as the outputs hold means that there may be more.
    """
    seed, replication, kind = key
    K, first = len(start), ZERO
    count: int = ZERO
    while first < K:
        last = first + 1
        while last < K and day[last] == day[first]:
            last += 1
        here = count
        count += _fill_arrivals(
            seed, replication, kind, day[first], start[first:last], length[first:last], expected[first:last], first,
            arrival[here:], interval[here:],
        )  # fmt: skip
        _fill_attempts(
            seed, replication, kind, day[first], handle_law, aht, patience_law, interval[here:count], handle[here:count],
            patience[here:count],
        )  # fmt: skip
        for i in range(here, count):
            of_day[i] = day[first]
            ordinal[i] = i - here
        if count == len(arrival):
            break
        first = last
    return count


@_compile
def whole_agents(agents: Floats, day: Integers, key: tuple[int, int, int], whole: Integers) -> None:
    """Whole agents of each interval (output): the mean rounded up with the chance of its fraction, else down."""
    seed, replication, kind = key
    first = 0
    for k in range(len(agents)):
        if day[k] != day[first]:
            first = k
        down = np.floor(agents[k] + _WHOLE)
        chance = agents[k] - down
        whole[k] = int(down)
        if chance > _WHOLE and _uniform(seed, replication, _AGENTS, kind, day[k], k - first, 0, 0, 0) < chance:
            whole[k] += 1
