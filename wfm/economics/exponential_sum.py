"""All real zeros of ``sum c_i exp(-t_i x)``: the equation behind every internal rate of return, dated or not.

With ``x = ln(1 + r)`` a net present value is such a sum, for whole periods and for day counts alike. Descartes' rule bounds
its zeros by the sign changes of ``c``, and the rule's proof is an algorithm: ``exp(m x) f(x)`` with ``m`` inside a sign change
has a derivative with one sign change fewer, whose zeros separate those of ``f``. So nothing is sampled, and no root can hide
between samples.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

Vector = NDArray[np.float64]


def real_zeros(exponents: Sequence[float] | Vector, coefficients: Sequence[float] | Vector) -> list[float]:
    """Every real ``x`` with ``sum c_i exp(-t_i x) = 0``, ascending; a zero that only touches is returned once.

    Parameters
    ----------
    exponents, coefficients
        ``t_i`` and ``c_i``; equal exponents are added up, zero coefficients dropped.

    Returns
    -------
    list of float
        Empty where the coefficients do not change sign. Zeros closer together than about 1e-7 come back as one.
    """
    t, where = np.unique(np.asarray(exponents, dtype=float), return_inverse=True)
    c = np.bincount(where, weights=np.asarray(coefficients, dtype=float), minlength=len(t))
    t, c = t[c != 0], c[c != 0]
    return _zeros(t, np.sign(c), np.log(np.abs(c))) if len(t) else []


def _zeros(t: Vector, sign: Vector, log_size: Vector) -> list[float]:
    changes = np.flatnonzero(sign[1:] != sign[:-1])
    if len(changes) == 0:
        return []
    middle = (t[changes[0]] + t[changes[0] + 1]) / 2
    turning = _zeros(t, sign * np.sign(t - middle), log_size + np.log(np.abs(t - middle)))

    noise = 8 * np.finfo(float).eps * len(t)

    def value(x: float) -> float:
        # Divided by its largest term: the size of the flows does not matter, and nothing overflows.
        power = log_size - x * t
        total = float(np.sum(sign * np.exp(power - power.max())))
        return 0.0 if abs(total) <= noise else total

    # Far to the left the largest exponent rules, far to the right the smallest.
    left, right = float(sign[-1]), float(sign[0])
    if not turning:
        return [_solve(value, _outward(value, 0.0, -1.0, left), _outward(value, 0.0, 1.0, right))]
    zeros: list[float] = []
    heights = [value(x) for x in turning]
    if heights[0] * left < 0:
        zeros.append(_solve(value, _outward(value, turning[0], -1.0, left), turning[0]))
    for i, x in enumerate(turning):
        if heights[i] == 0:
            zeros.append(x)
        if i + 1 < len(turning) and heights[i] * heights[i + 1] < 0:
            zeros.append(_solve(value, x, turning[i + 1]))
    if heights[-1] * right < 0:
        zeros.append(_solve(value, turning[-1], _outward(value, turning[-1], 1.0, right)))
    return zeros


def _outward(value: Callable[[float], float], start: float, direction: float, wanted: float) -> float:
    """A point beyond ``start`` where the sum already has the sign it keeps to infinity."""
    step = 1.0
    while value(start + direction * step) * wanted <= 0:
        step *= 2
    return start + direction * step


def _solve(value: Callable[[float], float], low: float, high: float) -> float:
    return float(brentq(value, low, high, xtol=1e-16, rtol=4 * np.finfo(float).eps))
