"""The service levels most asked for, a block of intervals at a time through the vector units (`wfm.erlang.vectors`).

The formulas are those of `wfm.erlang.formulas`; what lies outside the expansion's middle (small systems, loads far from the
agents) is left to the scalar kernels.
"""

import math

import numpy as np

from wfm.erlang.kernels import Vector, kernel, level_and_abandoned, measure_endless
from wfm.erlang.vectors import FLOOR, WIDTH, exponentials, is_middle, lags, turns

# Patience beyond so many handle times loses digits of the abandonment here.
LONGEST = 50.0
# With fewer than so many in its middle a block is not worth the steps.
FEWEST = 24


@kernel
def _room(rows: int) -> Vector:
    return np.full((rows, WIDTH), 50.0)


@kernel
def _is_plain(n: float, a: float, threshold: float) -> bool:
    return a < n and is_middle(n, (a - n) / n) and 0.0 <= threshold < math.inf


@kernel
def measure_endless_each(kpi: int, n: Vector, a: Vector, threshold: Vector) -> Vector:
    """P(W <= threshold) in Erlang C, element by element over flat arrays of one length: any service level."""
    out = np.empty(n.size)
    agents, d, late, half, scaled, rest, square, one, two = _room(9)
    d[:] = -0.1
    late[:] = 0.0
    inside = np.empty(WIDTH, np.bool_)
    for start in range(0, n.size, WIDTH):
        count = min(WIDTH, n.size - start)
        for j in range(count):
            k, b, t = n[start + j], a[start + j], threshold[start + j]
            inside[j] = _is_plain(k, b, t)
            late[j] = 0.0
            if inside[j]:
                agents[j] = k
                d[j] = (b - k) / k
                late[j] = max((b - k) * t, FLOOR)
        if np.sum(inside[:count]) < FEWEST:
            for i in range(start, start + count):
                out[i] = measure_endless(kpi, n[i], a[i], threshold[i])
            continue
        turns(agents, d, half, scaled, rest, square)
        for j in range(WIDTH):
            square[j] = max(-square[j], FLOOR)
        exponentials(square, one, two)
        exponentials(late, one, two)
        for j in range(count):
            if inside[j]:
                served = 2.0 * half[j] + square[j] * (rest[j] - scaled[j])
                out[start + j] = 1.0 - square[j] * late[j] / (square[j] - d[j] * served)
            else:
                out[start + j] = measure_endless(kpi, n[start + j], a[start + j], threshold[start + j])
    return out


@kernel
def _is_patient(n: float, a: float, patience: float, onset: float, threshold: float) -> bool:
    """Whether the three expansions of an Erlang A, at the agents, the load and what is left of it at T, are in their middle."""
    d = (a - n) / n
    x = n * patience
    if not (onset == 0.0 and patience <= LONGEST and is_middle(n, d) and is_middle(x, d) and 0.0 <= threshold <= patience):
        return False
    return d * x <= 2.0 * math.sqrt(x) + 10.0 and is_middle(x, d - (1.0 + d) * threshold / patience)


@kernel
def level_and_abandoned_each(
    kpi: int, n: Vector, a: Vector, patience: Vector, onset: Vector, threshold: Vector
) -> tuple[Vector, Vector]:
    """A service level and `ABANDON_RATE_OFFERED` of Erlang A in one go: mostly both are asked for, and share most of the way."""
    level = np.empty(n.size)
    lost = np.empty(n.size)
    agents, d, x, dz, decay, lag, drift, one, two = _room(9)
    half, scaled, rest, square = _room(4)
    half_x, scaled_x, rest_x, square_x = _room(4)
    half_z, scaled_z, rest_z, square_z = _room(4)
    inside = np.empty(WIDTH, np.bool_)
    d[:] = -0.1
    decay[:] = 0.0
    for start in range(0, n.size, WIDTH):
        count = min(WIDTH, n.size - start)
        for j in range(count):
            k, b, p, t = n[start + j], a[start + j], patience[start + j], threshold[start + j]
            inside[j] = kpi == 0 and _is_patient(k, b, p, onset[start + j], t)
            if inside[j]:
                agents[j] = k
                d[j] = (b - k) / k
                x[j] = k * p
                decay[j] = t / p
        if np.sum(inside[:count]) < FEWEST:
            for i in range(start, start + count):
                level[i], lost[i] = level_and_abandoned(kpi, n[i], a[i], patience[i], onset[i], threshold[i])
            continue
        lags(decay, lag)
        for j in range(WIDTH):
            dz[j] = d[j] - (1.0 + d[j]) * (decay[j] - lag[j])
            drift[j] = max(-x[j] * ((1.0 + d[j]) * lag[j] - d[j] * decay[j]), FLOOR)
        turns(agents, d, half, scaled, rest, square)
        turns(x, d, half_x, scaled_x, rest_x, square_x)
        turns(x, dz, half_z, scaled_z, rest_z, square_z)
        for j in range(WIDTH):
            square[j] = max(-square[j], FLOOR)
            square_x[j] = min(square_x[j], -FLOOR)
            square_z[j] = min(square_z[j], -FLOOR)
        exponentials(square, one, two)
        exponentials(square_x, one, two)
        exponentials(square_z, one, two)
        exponentials(drift, one, two)
        for j in range(count):
            if inside[j]:
                blocked, served = square[j], 2.0 * half[j] + square[j] * (rest[j] - scaled[j])
                full = scaled_x[j] - rest_x[j]
                if d[j] >= 0.0:
                    blocked, served = 1.0, scaled[j] + rest[j]
                    full = 2.0 * half_x[j] * square_x[j] - scaled_x[j] - rest_x[j]
                full_z = scaled_z[j] - rest_z[j]
                if dz[j] >= 0.0:
                    full_z = 2.0 * half_z[j] * square_z[j] - scaled_z[j] - rest_z[j]
                total = served + blocked * full
                late = blocked / ((1.0 + d[j]) * total)
                level[start + j] = served / total + late * (full - 1.0 - drift[j] * (full_z - 1.0))
                lost[start + j] = late * (1.0 + d[j] * full)
            else:
                i = start + j
                level[i], lost[i] = level_and_abandoned(kpi, n[i], a[i], patience[i], onset[i], threshold[i])
    return level, lost
