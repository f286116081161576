"""Erlang C's service level, a block of intervals at a time: step by step over short arrays, so that the compiler can use the
processor's vector units.

The same formulas as `wfm.erlang.formulas` (uniform expansion, Halfin and Whitt's regime), with erfcx as one polynomial and
the exponential written out, since neither may be a call. What lies outside the expansion's middle (fewer than 16 agents,
loads under two thirds of them, overload) is left to the scalar kernels.
"""

import math
from functools import partial

import numpy as np

from wfm.erlang.formulas.coefficients import MIDDLE, SLOPE, WHOLE
from wfm.erlang.formulas.uniform import AMPLE, HALF
from wfm.erlang.kernels import Vector, kernel, measure_endless

WIDTH = 128
# Where |eta| < 0.4: d - ln(1 + d) = 0.08 at d = -0.343.
LOWEST = -0.34
LOG2_E = 1.4426950408889634
# ln 2 in two parts, the first short enough for exact multiples.
LN_2, LN_2_REST = 0.693147180369123816490, 1.90821492927058770002e-10
# Adding it leaves the nearest whole number in the low bits of the double.
ROUNDER = 6755399441055744.0
# Below it the tail is lost beside 1 in any case, and the exponential must not reach the subnormal numbers.
FLOOR = -700.0

_slope, _whole = np.array(SLOPE), np.array(WHOLE)
_fast = partial(kernel, contract=True)


@_fast
def _exponentials(x: Vector, rounded: Vector, power: Vector) -> None:
    """Turn x into e^x, for x from `FLOOR` to 0; the other two are room to work in."""
    rounded_bits = rounded.view(np.int64)
    power_bits = power.view(np.int64)
    for j in range(WIDTH):
        rounded[j] = x[j] * LOG2_E + ROUNDER
    for j in range(WIDTH):
        power_bits[j] = (rounded_bits[j] << 52) + (1023 << 52)
    for j in range(WIDTH):
        whole = rounded[j] - ROUNDER
        r = x[j] - whole * LN_2 - whole * LN_2_REST
        p = 1.0 / 6227020800.0
        p = p * r + 1.0 / 479001600.0
        p = p * r + 1.0 / 39916800.0
        p = p * r + 1.0 / 3628800.0
        p = p * r + 1.0 / 362880.0
        p = p * r + 1.0 / 40320.0
        p = p * r + 1.0 / 5040.0
        p = p * r + 1.0 / 720.0
        p = p * r + 1.0 / 120.0
        p = p * r + 1.0 / 24.0
        p = p * r + 1.0 / 6.0
        p = p * r + 0.5
        p = p * r + 1.0
        x[j] = (p * r + 1.0) * power[j]


@_fast
def _odds(n: Vector, a: Vector, square: Vector, served: Vector, twice: Vector) -> None:
    """Exponents and odds of Erlang B for d < 0: blocked : served = e^square : twice + e^square * served."""
    for j in range(WIDTH):
        s = n[j]
        d = (a[j] - s) / s
        v = d / (2.0 + d)
        q = v * v
        series = 1.0 / 15.0 + q * (1.0 / 17.0 + q * (1.0 / 19.0 + q * (1.0 / 21.0 + q / 23.0)))
        series = 1.0 / 7.0 + q * (1.0 / 9.0 + q * (1.0 / 11.0 + q * (1.0 / 13.0 + q * series)))
        series = 1.0 / 3.0 + q * (0.2 + q * series)
        half_square = v * (d - 2.0 * q * series)
        eta = -math.sqrt(2.0 * half_square)
        inverse = 1.0 / s
        above = _slope[HALF + 2]
        beta = _slope[HALF + 1]
        rest = above * eta + beta
        for i in range(HALF, 0, -1):
            step = (i + 1.0) * inverse * above
            above = beta
            beta = _slope[i] + step
            rest = rest * eta + beta
        half = (1.0 + above * inverse) * math.sqrt(0.5 * math.pi * s)
        w = math.sqrt(half_square * s)
        x = (w - MIDDLE) / (w + MIDDLE)
        scaled = _whole[22]
        for i in range(21, -1, -1):
            scaled = scaled * x + _whole[i]
        square[j] = max(-half_square * s, FLOOR)
        served[j] = rest - half * scaled / (1.0 + 2.0 * w)
        twice[j] = 2.0 * half


@_fast
def _is_inside(n: float, a: float, threshold: float) -> bool:
    return AMPLE <= n < math.inf and (1.0 + LOWEST) * n <= a < n and 0.0 <= threshold < math.inf


@_fast
def measure_endless_each(kpi: int, n: Vector, a: Vector, threshold: Vector) -> Vector:
    """P(W <= threshold) in Erlang C, element by element over flat arrays of one length: any service level."""
    out = np.empty(n.size)
    agents = np.full(WIDTH, 2.0 * AMPLE)
    load = np.full(WIDTH, 1.8 * AMPLE)
    late = np.zeros(WIDTH)
    square = np.empty(WIDTH)
    served = np.empty(WIDTH)
    twice = np.empty(WIDTH)
    room = np.empty(WIDTH)
    more = np.empty(WIDTH)
    for start in range(0, n.size, WIDTH):
        count = min(WIDTH, n.size - start)
        outside = 0
        for j in range(count):
            k, b, t = n[start + j], a[start + j], threshold[start + j]
            inside = _is_inside(k, b, t)
            agents[j] = k if inside else 2.0 * AMPLE
            load[j] = b if inside else 1.8 * AMPLE
            late[j] = max((b - k) * t, FLOOR) if inside else 0.0
            outside += not inside
        _odds(agents, load, square, served, twice)
        _exponentials(square, room, more)
        _exponentials(late, room, more)
        for j in range(count):
            weight = square[j]
            spare = (agents[j] - load[j]) / agents[j]
            out[start + j] = 1.0 - weight * late[j] / (weight + spare * (twice[j] + weight * served[j]))
        if outside:
            for j in range(count):
                k, b, t = n[start + j], a[start + j], threshold[start + j]
                if not _is_inside(k, b, t):
                    out[start + j] = measure_endless(kpi, k, b, t)
    return out
