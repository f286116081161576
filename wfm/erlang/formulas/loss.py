"""Erlang B: n lines, no queue, offered load a in erlang; real n through Jagerman's continuation.

1/B(n, a) = a^-n e^a Gamma(n+1, a) (D. L. Jagerman, BSTJ 53:525, 1974). Stable forms after `domain/theory.md` 1.2:
the upper tail directly where a >= n, the whole gamma function less a rising sum elsewhere, always in units of the
Poisson weight, so that nothing overflows. Plain Python; compiled in `wfm.erlang.kernels`.
"""

import math

from wfm.erlang.formulas.special import neg_ln_poisson, rising_sum, upper_tail


def blocking(n: float, a: float) -> float:
    """Share of attempts that find all n lines busy, B(n, a); 0 at a = 0 < n, 1 at n = 0, nan outside the domain."""
    if not (n >= 0.0 and 0.0 <= a < math.inf):
        return math.nan
    if n == 0.0:
        return 1.0
    if a == 0.0 or n == math.inf:
        return 0.0
    if a >= n and a >= 1.0:
        return 1.0 / (1.0 + n * upper_tail(n, a))
    weight = math.exp(-neg_ln_poisson(n, a))
    return weight / (1.0 - weight * rising_sum(n, a))


def ln_blocking(n: float, a: float) -> float:
    """Logarithm of B(n, a), finite also where B is too small for a double."""
    if not (n >= 0.0 and 0.0 <= a < math.inf):
        return math.nan
    if n == 0.0:
        return 0.0
    if a == 0.0 or n == math.inf:
        return -math.inf
    if a >= n and a >= 1.0:
        return -math.log1p(n * upper_tail(n, a))
    ln_weight = neg_ln_poisson(n, a)
    return -ln_weight - math.log1p(-math.exp(-ln_weight) * rising_sum(n, a))


def one_minus_blocking(n: float, a: float) -> float:
    """1 - B(n, a), the share carried, without cancellation where nearly everything is blocked."""
    if not (n >= 0.0 and 0.0 <= a < math.inf):
        return math.nan
    if n == 0.0:
        return 0.0
    if a == 0.0 or n == math.inf:
        return 1.0
    if a >= n and a >= 1.0:
        served = n * upper_tail(n, a)
        return served / (1.0 + served)
    weight = math.exp(-neg_ln_poisson(n, a))
    return 1.0 - weight / (1.0 - weight * rising_sum(n, a))


def blocking_one_less(n: float, a: float) -> float:
    """B(n-1, a) for n > 0 and a > 0, continued by (1/B(n) - 1) a / n below one agent (where it may exceed 1)."""
    if n >= 1.0:
        return blocking(n - 1.0, a)
    if a >= 1.0:
        return 1.0 / (a * upper_tail(n, a))
    weight = math.exp(-neg_ln_poisson(n, a))
    return n * weight / (a * (1.0 - weight * rising_sum(n, a) - weight))
