"""Compiled steps of the chain of contacts in the system: forward in time by uniformisation.

The state while ``n`` agents are on duty is a vector ``x`` (``x[k]``: probability of k contacts in the system, at most n of them in
service) and an array ``over`` of excess layers (``over[l - 1, q]``: probability of n + l contacts in service and q waiting),
which a fall in the number of agents leaves behind where everybody finishes their contact first. In a layer nobody starts, so it
empties towards n busy agents; without a fall there are no layers and the chain is the usual one.

Uniformisation (Jensen 1953; Grassmann 1977): with all rates constant over a time h, and L at least the greatest total rate of a
state, ``p(h) = sum_i Poisson(i; L h) p(0) P^i`` with ``P = I + Q / L``. Every term is positive, so nothing cancels, and the error
is what is left out: probabilities below `TINY` at the edges of the states kept, added up in ``lost``, and Poisson weights below
1e-18.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from wfm.core.compiled import kernel

Vector = NDArray[np.float64]
_compile = kernel(__file__, error_model="numpy")

#: States at the edges that are less likely than this are left out.
TINY = 1e-19
#: Events of a step, in the mean: the longer a step, the smaller the share of the terms that a Poisson's spread costs.
EVENTS = 1024.0
#: With layers, which vanish while a step lasts, steps are shorter.
EVENTS_LAYERED = 192.0


@_compile
def poisson(mean: float) -> tuple[int, Vector, Vector]:
    """First index of weight, Poisson weights of all indexes up to the last of weight, and the probabilities above each index."""
    mode = int(mean)
    last = mode + int(9.5 * math.sqrt(mean + 1.0)) + 24
    weights = np.zeros(last + 1)
    above = np.zeros(last + 1)
    # From the mode outwards, so that every weight has its own digits (Fox and Glynn 1988).
    weights[mode] = 1.0
    first = 0
    for i in range(mode, 0, -1):
        weights[i - 1] = weights[i] * i / mean
        if weights[i - 1] < 1e-19:
            weights[i - 1] = 0.0
            first = i
            break
    for i in range(mode, last):
        weights[i + 1] = weights[i] * mean / (i + 1)
    total = weights.sum()
    for i in range(first, last + 1):
        weights[i] /= total
    rest = 0.0
    for i in range(last, -1, -1):
        above[i] = rest
        rest += weights[i]
    return first, weights, above


@_compile
def leaving(most: int, theta: float, fresh: float) -> Vector:
    """Rate at which q waiting contacts abandon, q = 0..most.

    ``theta`` each, but for those too ``fresh`` to: their number is Poisson with this mean, so ``theta E[(q - N)^+]``.
    """
    rates = np.zeros(most + 1)
    chance = math.exp(-fresh)
    below = chance  # P(N <= q)
    old = 0.0
    for q in range(most):
        old += below
        rates[q + 1] = theta * old
        chance *= fresh / (q + 1)
        below = min(below + chance, 1.0)
    if fresh > 700.0:  # exp underflows: all but a certain number are old enough
        for q in range(most + 1):
            rates[q] = theta * max(q - fresh, 0.0)
    return rates


@_compile
def _deaths(top: int, agents: int, mu: float, away: Vector) -> Vector:
    """Total rate of leaving a state downwards, for k = 0..top in the system."""
    rates = np.empty(top + 1)
    for k in range(top + 1):
        rates[k] = min(k, agents) * mu + (away[k - agents] if k > agents else 0.0)
    return rates


@_compile
def _edges(x: Vector) -> tuple[int, int]:
    """First and last state of weight; (0, 0) where there is none."""
    low, high = 0, len(x) - 1
    while low < high and x[low] < TINY:
        low += 1
    while high > low and x[high] < TINY:
        high -= 1
    return low, high


@_compile
def advance(
    x: Vector, over: NDArray[np.float64], rate: float, agents: int, mu: float, theta: float, fresh: float, lines: int, length: float
) -> tuple[Vector, NDArray[np.float64], Vector, NDArray[np.float64], float]:
    """The state after ``length`` at constant rates, and its integral over that time.

    Parameters
    ----------
    x, over
        State, as above; ``over`` has a row a layer and may have none.
    rate, mu, theta
        Arrivals, services of one agent, abandonments of one who waits, per unit of time.
    fresh
        Mean number of those waiting who do not yet abandon (`leaving`).
    lines
        Contacts in the system at most; negative for no limit.

    Returns
    -------
    (x, over, integral of x, integral of over, lost)
        ``lost`` is the probability left out at the edges.
    """
    low, high = _edges(x)
    layers, most = over.shape
    queue = 0  # longest queue of weight in a layer
    if layers:
        for row in range(layers):
            for q in range(most):
                if over[row, q] >= TINY and q > queue:
                    queue = q
        high = max(high, agents + queue)
        low = min(low, agents)
    lost, left = 0.0, length
    room = int(math.sqrt(high + 1.0)) + 4
    size = high + room + 4
    total = np.zeros(size)
    here = np.zeros(size)
    known = min(high + 1, len(x))
    here[:known] = x[:known]
    total_over = np.zeros((layers, queue + 1))
    here_over = over[:, : queue + 1].copy()
    while left > 0.0:
        # Room for the queue to grow in; where it is not enough, the step is made again with more.
        top = high + room
        if 0 <= lines < top:
            top = max(lines, high)
        deepest = queue + room if layers else 0
        away = leaving(max(top - agents, deepest) + 1, theta, fresh)
        deaths = _deaths(top, agents, mu, away)
        greatest = rate + deaths[top]
        if layers:
            greatest = max(greatest, rate + (agents + layers) * mu + away[deepest])
        events = EVENTS_LAYERED if layers else EVENTS
        step = left if greatest * left <= events else events / greatest
        if greatest * step < 1e-300:
            for k in range(low, high + 1):
                total[k] += step * here[k]
            for row in range(layers):
                for q in range(queue + 1):
                    total_over[row, q] += step * here_over[row, q]
            left -= step
            continue
        if layers:
            done, after, after_over, low2, high2, queue2, grown, grown_over, gone = _layered_step(
                here, here_over, low, high, top, deepest, rate, agents, mu, away, deaths, greatest, step, lines
            )
        else:
            done, after, low2, high2, grown, gone = _step(here, low, high, top, rate, deaths, greatest, step, lines)
            after_over, queue2, grown_over = here_over, queue, total_over
        if not done:
            room *= 3
            continue
        if len(total) < len(grown):
            longer = np.zeros(len(grown))
            longer[: len(total)] = total
            total = longer
        for k in range(len(grown)):
            total[k] += grown[k]
        if layers:
            if total_over.shape[1] < grown_over.shape[1]:
                wider = np.zeros((total_over.shape[0], grown_over.shape[1]))
                wider[:, : total_over.shape[1]] = total_over
                total_over = wider
            for row in range(grown_over.shape[0]):
                for q in range(grown_over.shape[1]):
                    total_over[row, q] += grown_over[row, q]
            # Layers empty from the top.
            kept = after_over.shape[0]
            while kept and after_over[kept - 1].sum() < TINY:
                kept -= 1
            after_over = after_over[:kept].copy()
            layers = kept
        here, here_over, low, high, queue = after, after_over, low2, high2, queue2
        if layers:
            low, high = min(low, agents), max(high, agents + queue)
        lost += gone
        left -= step
    return here[: high + 1].copy(), here_over, total[: len(total)].copy(), total_over, lost


@_compile
def add(total: Vector, weight: float, values: Vector) -> None:
    """``total += weight * values``, in place."""
    # Indexes from 0 on, so that the compiler sees no negative one and the vector units are used.
    for i in range(len(total)):
        total[i] += weight * values[i]


@_compile
def _move(then: Vector, same: Vector, below: Vector, above: Vector, stay: Vector, up: float, down: Vector) -> None:
    """One event: what stays, what arrives from a state below and what falls from one above."""
    for i in range(len(then)):
        then[i] = stay[i] * same[i] + up * below[i] + down[i] * above[i]


@_compile
def _move_layer(
    then: Vector, same: Vector, below: Vector, above: Vector, beyond: Vector, stay: Vector, serve: float, up: float, down: Vector,
    come: float,
) -> None:  # fmt: skip
    """One event of a layer; ``beyond`` is the layer above it, from which contacts ``come``."""
    for i in range(len(then)):
        then[i] = (stay[i] - serve) * same[i] + up * below[i] + down[i] * above[i] + come * beyond[i]


@_compile
def _step(
    x: Vector, low: int, high: int, top: int, rate: float, deaths: Vector, greatest: float, step: float, lines: int
) -> tuple[bool, Vector, int, int, Vector, float]:
    """One uniformised step without layers: (done, x, low, high, integral, lost); not done where ``top`` is reached."""
    size = top + 4
    first, weights, above = poisson(greatest * step)
    # Two cells of margin below state 0 spare a test at every state.
    now, then = np.zeros(size + 2), np.zeros(size + 2)
    now[2 + low : 3 + high] = x[low : high + 1]
    stay, down = np.zeros(size + 2), np.zeros(size + 2)
    for k in range(top + 1):
        stay[2 + k] = 1.0 - (rate + deaths[k]) / greatest
        down[2 + k] = deaths[k] / greatest
    up = rate / greatest
    full = 0 <= lines <= top
    if full:
        stay[2 + lines] = 1.0 - deaths[lines] / greatest
    after, grown = np.zeros(size + 2), np.zeros(size + 2)
    lost = 0.0
    a, b = 2 + low, 2 + high
    highest = 2 + (lines if full else top)
    for i in range(len(weights)):
        w, e = weights[i], above[i] / greatest
        add(grown[a : b + 1], e, now[a : b + 1])
        if i >= first:
            add(after[a : b + 1], w, now[a : b + 1])
        if i + 1 == len(weights):
            break
        a = max(a - 1, 2)
        if b < highest:
            b += 1
        elif not full and now[b] > TINY:
            return False, after, 0, 0, grown, 0.0
        span = b + 1 - a
        _move(then[a : b + 1], now[a : b + 1], now[a - 1 :][:span], now[a + 1 :][:span], stay[a : b + 1], up, down[a + 1 :][:span])
        while a < b and then[a] < TINY:
            lost += then[a]
            then[a] = 0.0
            a += 1
        while b > a and then[b] < TINY:
            lost += then[b]
            then[b] = 0.0
            b -= 1
        then[a - 1] = 0.0
        then[a - 2] = 0.0
        then[b + 1] = 0.0
        then[b + 2] = 0.0
        now, then = then, now
    low, high = _edges(after)
    return True, after[2:].copy(), max(low - 2, 0), max(high - 2, 0), grown[2:].copy(), lost


@_compile
def _layered_step(
    x: Vector, over: NDArray[np.float64], low: int, high: int, top: int, deepest: int, rate: float, agents: int, mu: float,
    away: Vector, deaths: Vector, greatest: float, step: float, lines: int,
) -> tuple[bool, Vector, NDArray[np.float64], int, int, int, Vector, NDArray[np.float64], float]:  # fmt: skip
    """One uniformised step with layers: (done, x, over, low, high, queue, integrals, lost)."""
    layers, wide = over.shape
    first, weights, above = poisson(greatest * step)
    full = 0 <= lines <= top
    highest = lines if full else top
    # A cell of margin below state 0 and below an empty queue.
    now, then = np.zeros(top + 4), np.zeros(top + 4)
    now[1 + low : high + 2] = x[low : high + 1]
    stay, down = np.zeros(top + 4), np.zeros(top + 4)
    for k in range(top + 1):
        stay[1 + k] = 1.0 - ((0.0 if k == lines else rate) + deaths[k]) / greatest
        down[1 + k] = deaths[k] / greatest
    away_over = away[: deepest + 2] / greatest
    stay_over = 1.0 - rate / greatest - away_over
    now_over, then_over = np.zeros((layers + 2, deepest + 3)), np.zeros((layers + 2, deepest + 3))
    now_over[1 : layers + 1, 1 : wide + 1] = over
    after, grown = np.zeros(top + 4), np.zeros(top + 4)
    after_over, grown_over = np.zeros((layers, deepest + 1)), np.zeros((layers, deepest + 1))
    up, lost = rate / greatest, 0.0
    a, b, queue, tall = low, high, wide - 1, layers
    for i in range(len(weights)):
        w, e = weights[i], above[i] / greatest
        add(grown[1 + a : b + 2], e, now[1 + a : b + 2])
        if i >= first:
            add(after[1 + a : b + 2], w, now[1 + a : b + 2])
        for row in range(tall):
            add(grown_over[row, : queue + 1], e, now_over[row + 1, 1 : queue + 2])
            if i >= first:
                add(after_over[row, : queue + 1], w, now_over[row + 1, 1 : queue + 2])
        if i + 1 == len(weights):
            break
        if queue < deepest:
            queue += 1
        elif (lines < 0 or deepest < lines - agents) and now_over[1 : layers + 1, queue + 1].max() > TINY:
            return False, after, after_over, 0, 0, 0, grown, grown_over, 0.0
        a = max(a - 1, 0)
        if b < highest:
            b += 1
        elif not full and now[1 + b] > TINY:
            return False, after, after_over, 0, 0, 0, grown, grown_over, 0.0
        b = min(max(b, agents + queue), highest)
        span = b + 1 - a
        _move(
            then[1 + a : b + 2],
            now[1 + a : b + 2],
            now[a:][:span],
            now[2 + a :][:span],
            stay[1 + a : b + 2],
            up,
            down[2 + a :][:span],
        )
        for row in range(1, tall + 1):
            serve, come = (agents + row) * mu / greatest, (agents + row + 1) * mu / greatest
            same = now_over[row]
            _move_layer(
                then_over[row, 1:][: queue + 1], same[1:][: queue + 1], same[: queue + 1], same[2:][: queue + 1],
                now_over[row + 1, 1:][: queue + 1], stay_over, serve, up, away_over[1:][: queue + 1], come,
            )  # fmt: skip
            if lines >= 0:
                # No queue is longer than the lines leave to so many busy agents.
                held = max(lines - agents - row, 0)
                if held <= queue:
                    then_over[row, held + 1] += up * same[held + 1]
                if held < queue:
                    then_over[row, held + 2] -= up * same[held + 1]
        for q in range(queue + 1):
            then[1 + agents + q] += (agents + 1) * mu / greatest * now_over[1, q + 1]
        while tall and then_over[tall].sum() < TINY:
            lost += then_over[tall].sum()
            then_over[tall] = 0.0
            now_over[tall] = 0.0
            tall -= 1
        while queue > 0 and then_over[1 : tall + 1, queue + 1].sum() < TINY:
            lost += then_over[1 : tall + 1, queue + 1].sum()
            then_over[1 : tall + 1, queue + 1] = 0.0
            now_over[1 : tall + 1, queue + 1] = 0.0
            queue -= 1
        while b > max(a, agents) and then[1 + b] < TINY:
            lost += then[1 + b]
            then[1 + b] = 0.0
            b -= 1
        now[b + 2 :] = 0.0
        now, then = then, now
        now_over, then_over = then_over, now_over
    low, high = _edges(after)
    low, high = max(low - 1, 0), max(high - 1, 0)
    queue = 0
    for row in range(layers):
        for q in range(deepest + 1):
            if after_over[row, q] >= TINY and q > queue:
                queue = q
    return True, after[1:].copy(), after_over[:, : queue + 1].copy(), low, high, queue, grown[1:].copy(), grown_over, lost
