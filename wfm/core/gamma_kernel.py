"""Quantiles of the gamma distribution, compiled.

The share below x by its power series, the share above by its continued fraction (Abramowitz and Stegun 6.5.29 and 6.5.31), each
where it converges soon; the quantile by Newton's method on the logarithm of whichever share is smaller, which is nearly straight.
"""

from __future__ import annotations

import math

from wfm.core import draws
from wfm.core.compiled import kernel

_compile = kernel(__file__, draws.__file__)
_normal = draws.normal_quantile

_LARGE = 20.0  # from here on Stirling's series is exact to the last bits
_SMALLEST = 1e-300


@_compile
def _scale(shape: float, x: float) -> float:
    """x**shape * exp(-x) / gamma(shape + 1), without the cancellation of large powers."""
    if shape < _LARGE:
        return math.exp(shape * math.log(x) - x - math.lgamma(shape + 1.0))
    off = (x - shape) / shape
    series = (
        1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - 1.0 / (1680.0 * shape * shape)) / (shape * shape)) / (shape * shape)
    ) / shape
    return math.exp(-shape * (off - math.log1p(off)) - series) / math.sqrt(2.0 * math.pi * shape)


@_compile
def gamma_shares(shape: float, x: float) -> tuple[float, float]:
    """Shares of a gamma distribution (scale 1) below and above ``x``, each with its own relative precision."""
    if x <= 0.0:
        return 0.0, 1.0
    if x < shape + 1.0:
        term, total, k = 1.0, 1.0, shape
        while term > 1e-17 * total:
            k += 1.0
            term *= x / k
            total += term
        below = _scale(shape, x) * total
        return below, 1.0 - below
    # Lentz's evaluation of the continued fraction.
    b = x + 1.0 - shape
    c, d = 1.0 / _SMALLEST, 1.0 / b
    fraction, i = d, 0.0
    while True:
        i += 1.0
        a = i * (shape - i)
        b += 2.0
        d = a * d + b
        c = b + a / c
        d = 1.0 / (d if abs(d) > _SMALLEST else _SMALLEST)
        c = c if abs(c) > _SMALLEST else _SMALLEST
        factor = c * d
        fraction *= factor
        if abs(factor - 1.0) < 1e-16 or i > 1e6:
            break
    above = _scale(shape, x) * shape * fraction
    return 1.0 - above, above


@_compile
def gamma_quantile(below: float, above: float, shape: float) -> float:
    """Where a gamma distribution (scale 1) has the share ``below`` on its left and ``above`` on its right.

    Parameters
    ----------
    below, above
        On (0, 1); together 1. The smaller one decides.
    shape
        Above 0; 1 over the squared coefficient of variation.
    """
    lower = below <= above
    target = max(below if lower else above, _SMALLEST)
    root = math.sqrt(shape)
    start = 1.0 - 1.0 / (9.0 * shape) + (_normal(target) if lower else -_normal(target)) / (3.0 * root)
    if shape >= 1.0 and start > 0.1:  # Wilson and Hilferty 1931
        x = shape * start * start * start
    elif lower:
        x = math.exp((math.log(target) + math.lgamma(shape + 1.0)) / shape)
    else:
        x = max(shape - math.log(target) - 1.0, 0.1 * shape)
    for _ in range(100):
        if x < _SMALLEST:  # the share of a shape near 0 that is as good as nothing
            return 0.0
        left, right = gamma_shares(shape, x)
        density = _scale(shape, x) * shape / x
        share = left if lower else right
        if density <= 0.0 or share <= 0.0:
            x *= 0.5 if not lower else 2.0
            continue
        step = math.log(share / target) * share / density
        if lower:  # in log x, where the lower tail is straight
            x *= math.exp(min(max(-step / x, -50.0), 50.0))
        else:
            x = max(x + step, 0.1 * x)
        if abs(step) <= 1e-9 * x:
            break
    return x
