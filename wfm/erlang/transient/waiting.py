"""Compiled: what becomes of those who wait, one of them or all, whoever comes later.

For one who waits, a backward equation: the chance to be answered by a deadline, or the mean wait. For all who are there, the chain
without arrivals until nobody waits.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wfm.core.compiled import kernel
from wfm.erlang.transient import chain
from wfm.erlang.transient.chain import EVENTS, add, advance, leaving, poisson

Vector = NDArray[np.float64]
_compile = kernel(__file__, chain.__file__)


@_compile
def _wait(then: Vector, same: Vector, nearer: Vector, stay: Vector, serve: float, ahead: Vector) -> None:
    for i in range(len(then)):
        then[i] = (stay[i] - serve) * same[i] + (serve + ahead[i]) * nearer[i]


@_compile
def _wait_late(then: Vector, same: Vector, nearer: Vector, lower: Vector, stay: Vector, serve: float, ahead: Vector) -> None:
    for i in range(len(then)):
        then[i] = (stay[i] - serve) * same[i] + serve * lower[i] + ahead[i] * nearer[i]


@_compile
def answered(
    chances: NDArray[np.float64], agents: int, mu: float, theta: float, fresh: float, own: float, length: float, source: float
) -> NDArray[np.float64]:
    """Chance to be answered by a deadline, for one who waits, a time ``length`` earlier; or, with a ``source``, the mean wait.

    Parameters
    ----------
    chances
        ``chances[l, j]``: with n + l agents busy and j waiting ahead, at the end of that time; row 0 is the queue without excess.
    theta, fresh
        As in `advance`, for those ahead.
    own
        The hazard of abandoning of the one who waits.
    source
        0: being answered is worth 1, and what is wanted is its chance. 1: it is worth nothing, every second of waiting is 1.
    """
    rows, most = chances.shape
    away = leaving(most, theta, fresh)
    greatest = (agents + rows - 1) * mu + away[most - 1] + own
    now = chances.copy()
    if greatest * length <= 0.0:
        return now + source * length  # nothing happens but time
    left = length
    ahead = away[:most] / greatest
    stay = 1.0 - ahead - own / greatest
    reward, gain = 1.0 - source, source / greatest
    then = np.empty_like(now)
    while left > 0.0:
        step = left if greatest * left <= EVENTS else EVENTS / greatest
        first, weights, _ = poisson(greatest * step)
        after = np.zeros_like(now)
        for i in range(len(weights)):
            if i >= first:
                for row in range(rows):
                    add(after[row], weights[i], now[row])
            if i + 1 == len(weights):
                break
            for row in range(rows):
                serve = (agents + row) * mu / greatest
                if row > 0:
                    then[row, 0] = (stay[0] - serve) * now[row, 0] + serve * now[row - 1, 0]
                    _wait_late(then[row, 1:], now[row, 1:], now[row, : most - 1], now[row - 1, 1:], stay[1:], serve, ahead[1:])
                else:
                    then[0, 0] = (stay[0] - serve) * now[0, 0] + serve * reward  # an agent is free and takes them
                    _wait(then[0, 1:], now[0, 1:], now[0, : most - 1], stay[1:], serve, ahead[1:])
            if source > 0.0:
                for row in range(rows):
                    for j in range(most):
                        then[row, j] += gain
            now, then = then, now
        now = after
        then = np.empty_like(now)
        left -= step
    return now


@_compile
def drain(
    x: Vector, over: NDArray[np.float64], never: int, agents: int, mu: float, theta: float, fresh: Vector, stride: float,
    since: float, lines: int, length: float, nobody: float,
) -> tuple[Vector, NDArray[np.float64], float, float, float]:  # fmt: skip
    """What those waiting still do if nobody else arrives: until ``length`` is over or less than ``nobody`` waits.

    Parameters
    ----------
    never
        States of no more contacts than this have nothing to add and are left out.
    fresh, stride
        Mean number of those too fresh to abandon: ``fresh[m]`` from m to m + 1 times ``stride`` after the arrivals ended, then 0.
    since
        Time passed since the arrivals ended.

    Returns
    -------
    (x, over, abandonments, time waited, time used)
    """
    abandoned, waited, used = 0.0, 0.0, 0.0
    while used < length:
        x, over = x.copy(), over.copy()
        x[: min(never + 1, len(x))] = 0.0
        over[:, 0] = 0.0
        if x.sum() + over.sum() < nobody:
            return x, over, abandoned, waited, length
        period = int((since + used) / stride + 1e-9) if len(fresh) else 0
        if period < len(fresh):
            young, step = fresh[period], max((period + 1) * stride - since - used, 1e-9 * stride)
        else:
            pace = agents * mu + theta
            young, step = 0.0, (max(len(x) - agents, 8) / pace if pace > 0.0 else 3600.0)
        step = min(step, length - used)
        x, over, held, held_over, _ = advance(x, over, 0.0, agents, mu, theta, young, lines, step)
        away = leaving(max(len(held) - agents, held_over.shape[1]) + 1, theta, young)
        for k in range(agents + 1, len(held)):
            waited += (k - agents) * held[k]
            abandoned += away[k - agents] * held[k]
        for row in range(held_over.shape[0]):
            for q in range(1, held_over.shape[1]):
                waited += q * held_over[row, q]
                abandoned += away[q] * held_over[row, q]
        used += step
    return x, over, abandoned, waited, used
