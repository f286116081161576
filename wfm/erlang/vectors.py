"""Steps of the Erlang formulas over a short array at a time, written so that the compiler can use the processor's vector units.

No step may branch or call (`math.copysign` is a call): erfcx is one polynomial, the exponential is written out. What they are
good for is said by `is_middle`: the uniform expansion's middle, |eta| < 0.4 from s = 16 on, where half of its terms are enough.
"""

import math
from functools import partial

import numpy as np

from wfm.erlang.formulas.coefficients import MIDDLE, SLOPE, WHOLE
from wfm.erlang.formulas.uniform import AMPLE, HALF
from wfm.erlang.kernels import Vector, kernel

WIDTH = 128
# Where |eta| < 0.4: d - ln(1 + d) = 0.08 at d = -0.343 and at d = 0.461.
LOWEST, HIGHEST = -0.34, 0.45
LOG2_E = 1.4426950408889634
# ln 2 in two parts, the first short enough for exact multiples.
LN_2, LN_2_REST = 0.693147180369123816490, 1.90821492927058770002e-10
# Adding it leaves the nearest whole number in the low bits of the double.
ROUNDER = 6755399441055744.0
# The exponential must reach neither the subnormal numbers nor infinity.
FLOOR = -700.0

_sums = partial(kernel, contract=True)
_slope, _whole = np.array(SLOPE), np.array(WHOLE)


@kernel
def is_middle(s: float, d: float) -> bool:
    """Whether `turns` is good at s and y = s (1 + d)."""
    return AMPLE <= s < math.inf and LOWEST <= d <= HIGHEST


@_sums
def exponentials(x: Vector, rounded: Vector, power: Vector) -> None:
    """Turn x into e^x, for x from `FLOOR` to -`FLOOR`; the other two are room to work in."""
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


@_sums
def turns(s: Vector, d: Vector, half: Vector, scaled: Vector, rest: Vector, square: Vector) -> None:
    """`wfm.erlang.formulas.uniform.turn` at s and y = s (1 + d), where `is_middle`."""
    for j in range(WIDTH):
        v = d[j] / (2.0 + d[j])
        q = v * v
        series = 1.0 / 15.0 + q * (1.0 / 17.0 + q * (1.0 / 19.0 + q * (1.0 / 21.0 + q / 23.0)))
        series = 1.0 / 7.0 + q * (1.0 / 9.0 + q * (1.0 / 11.0 + q * (1.0 / 13.0 + q * series)))
        series = 1.0 / 3.0 + q * (0.2 + q * series)
        half_square = v * (d[j] - 2.0 * q * series)
        size = math.sqrt(2.0 * half_square)
        eta = size if d[j] >= 0.0 else -size
        inverse = 1.0 / s[j]
        above = _slope[HALF + 2]
        beta = _slope[HALF + 1]
        total = above * eta + beta
        for i in range(HALF, 0, -1):
            step = (i + 1.0) * inverse * above
            above = beta
            beta = _slope[i] + step
            total = total * eta + beta
        root = math.sqrt(0.5 * s[j])
        w = size * root
        x = (w - MIDDLE) / (w + MIDDLE)
        erfcx = _whole[22]
        for i in range(21, -1, -1):
            erfcx = erfcx * x + _whole[i]
        whole = (1.0 + above * inverse) * 1.7724538509055160 * root
        half[j] = whole
        scaled[j] = whole * erfcx / (1.0 + 2.0 * w)
        rest[j] = total
        square[j] = half_square * s[j]


@_sums
def lags(x: Vector, out: Vector) -> None:
    """How far 1 - e^-x lags behind x, for x from 0 to 1, to its last digits."""
    for j in range(WIDTH):
        u = x[j]
        total = 1.0
        for i in range(18, 2, -1):
            total = 1.0 - u * (1.0 / i) * total
        out[j] = 0.5 * u * u * total
