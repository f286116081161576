"""The drawing of a whole replication, compiled."""

from __future__ import annotations

import math

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
    length: Integers,
    rate: Floats,
    day: Integers,
    day_cv: Floats,
    slot_cv: Floats,
    day_level: Floats,
    slot_level: Floats,
    key: tuple[int, int, int],
    expected: Floats,
) -> float:
    """Contacts expected in each interval (output, [K]), at the level of its day and its own; returns their sum.

    ``key`` is seed, replication and number of the contact type; a day's level scatters as its first interval says. Levels that
    hang together are given, [K] each; those that do not are [0], and drawn each by itself.
    """
    seed, replication, kind = key
    first, busyness, total = ZERO, 1.0, 0.0
    for k in range(len(rate)):
        if k == 0 or day[k] != day[k - 1]:
            first = k
            if len(day_level) > 0:
                busyness = day_level[k]
            else:
                busyness = _factor(seed, replication, _BUSYNESS + ZERO, kind, day[k], k - first, day_cv[k])
        expected[k] = rate[k] * length[k] / SECOND * busyness
        if len(slot_level) > 0:
            expected[k] *= slot_level[k]
        elif slot_cv[k] != 0.0:
            expected[k] *= _factor(seed, replication, _SLOT_BUSYNESS + ZERO, kind, day[k], k - first, slot_cv[k])
        total += expected[k]
    return total


@_compile
def tilted(share: float, tilt: float) -> float:
    """Part of an interval after which a share of its contacts has come, if the rate rises from 1 - tilt to 1 + tilt times its mean.

    The root of (1 - tilt) t + tilt t**2 = share that does not cancel, also with a slope near 0.
    """
    at_first = 1.0 - tilt
    below = at_first + math.sqrt(max(at_first * at_first + 4.0 * tilt * share, 0.0))
    return 2.0 * share / below if below > 0.0 else 0.0


@_compile
def tilt_arrivals(start: Integers, length: Integers, tilt: Floats, interval: Integers, arrival: Integers) -> None:
    """Move arrivals (changed in place), drawn with level rates, to where rates that slope bring them; their order stays."""
    for i in range(len(arrival)):
        k = interval[i]
        if tilt[k] != 0.0:
            share = (arrival[i] - start[k] + 0.5) / length[k]  # the clock's microsecond holds it in the middle
            arrival[i] = start[k] + min(int(tilted(share, tilt[k]) * length[k]), length[k] - 1)


@_compile
def fill(
    start: Integers,
    length: Integers,
    day: Integers,
    expected: Floats,
    tilt: Floats,
    aht: Floats,
    key: tuple[int, int, int],
    handle_law: Floats,
    patience_law: Floats,
    place: Integers,
    used: Floats,
    arrival: Integers,
    interval: Integers,
    handle: Integers,
    patience: Integers,
    of_day: Integers,
    ordinal: Integers,
) -> int:
    """First attempts, those of bursts apart; the last six are outputs, of `wfm.simulate.drawing.Drawn`.

    ``tilt`` is [K], or [0] where every interval's rate is level. ``place`` [3] (a day's first interval, then as of
    `wfm.core.draws.fill_arrivals`) and ``used`` [1] say where to go on, and are changed in place; all 0 to begin with.

    Returns
    -------
    int
        How many contacts arrive. As many as the outputs hold means that there may be more.
    """
    seed, replication, kind = key
    K, first = len(start), place[0]
    count: int = ZERO
    while first < K:
        last = first + 1
        while last < K and day[last] == day[first]:
            last += 1
        here, begin = count, place[2]
        count += _fill_arrivals(
            seed, replication, kind, day[first], start[first:last], length[first:last], expected[first:last], first, place[1:],
            used, arrival[here:], interval[here:],
        )  # fmt: skip
        if len(tilt) > 0:
            tilt_arrivals(start, length, tilt, interval[here:count], arrival[here:count])
        _fill_attempts(
            seed, replication, kind, day[first], handle_law, aht, patience_law, begin, interval[here:count], handle[here:count],
            patience[here:count],
        )  # fmt: skip
        for i in range(here, count):
            of_day[i] = day[first]
            ordinal[i] = begin + i - here
        if count == len(arrival):
            break
        first = last
        place[0], place[1], place[2], used[0] = first, 0, 0, 0.0
    return count


@_compile
def merge(responses: Integers, since: int, until: int, count: int, contacts: Integers) -> None:
    """Put columns ``since`` to ``until`` of what bursts bring, [6, N] by arrival, among ``count`` contacts; at equal times behind.

    ``contacts`` [6, at least count + until - since] are changed in place.
    """
    arrival, before = contacts[0], np.empty(until - since, dtype=np.int64)
    i = count
    for j in range(until - since - 1, -1, -1):
        while i > 0 and arrival[i - 1] > responses[0, since + j]:
            i -= 1
        before[j] = i
    for q in range(6):
        values = contacts[q]
        i = count
        for j in range(until - since - 1, -1, -1):
            while i > before[j]:
                i -= 1
                values[i + j + 1] = values[i]
            values[i + j] = responses[q, since + j]


@_compile
def fill_days(
    key: tuple[int, int, int],
    handle_law: Floats,
    aht: Floats,
    patience_law: Floats,
    of_day: Integers,
    interval: Integers,
    handle: Integers,
    patience: Integers,
) -> None:
    """Handle times and patience (outputs, [N]) of contacts whose arrivals are known, numbered from 0 on each day; days ascend."""
    seed, replication, kind = key
    first = ZERO
    while first < len(of_day):
        last = first + 1
        while last < len(of_day) and of_day[last] == of_day[first]:
            last += 1
        _fill_attempts(
            seed, replication, kind, of_day[first], handle_law, aht, patience_law, ZERO, interval[first:last], handle[first:last],
            patience[first:last],
        )  # fmt: skip
        first = last


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
