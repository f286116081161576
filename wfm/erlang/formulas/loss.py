"""Erlang B: n lines, no queue, offered load a in erlang; real n through Jagerman's continuation.

1/B(n, a) = a^-n e^a Gamma(n+1, a) (D. L. Jagerman, BSTJ 53:525, 1974). What everything else follows from are the odds of
being served, 1/B - 1 = n e^a a^-n Gamma(n, a): by the uniform expansion near the turning point, by the upper tail where a
is well above n, by the whole gamma function less a rising sum well below, always in units in which nothing overflows.
Plain Python; compiled in `wfm.erlang.kernels`.
"""

import math
from typing import NamedTuple

from wfm.erlang.formulas.special import ln_gamma_past_one, neg_ln_poisson, rising_sum, upper_tail
from wfm.erlang.formulas.uniform import is_uniform, turn

# Up to so many whole lines the recursion is the shortest way.
FEWEST = 16.0


class Odds(NamedTuple):
    """Blocked to served: B = blocked / (blocked + served). Neither overflows; `ln_blocked` also where blocked is 0."""

    ln_blocked: float
    blocked: float
    served: float


def odds(n: float, a: float) -> Odds:
    """The odds for n > 0 and a > 0."""
    if n <= FEWEST and a > 1e-6 and n == math.floor(n):
        # 1/B(n) - 1 = (1/B(n-1)) n/a, upwards: all terms positive.
        ratio = 1.0 / a
        served = 0.0
        k = 1.0
        while k <= n:
            served = k * ratio * (1.0 + served)
            k += 1.0
        return Odds(0.0, 1.0, served)
    if n < 1.0 and a < 1.0:
        return odds_of_a_part(n, a)
    d = (a - n) / n
    if is_uniform(n, d):
        t = turn(n, d)
        if d >= 0.0:
            return Odds(0.0, 1.0, t.scaled + t.rest)
        weight = math.exp(-t.square)
        return Odds(-t.square, weight, 2.0 * t.half + weight * (t.rest - t.scaled))
    if a >= n and a >= 1.0:
        return Odds(0.0, 1.0, n * upper_tail(n, a))
    ln_weight = -neg_ln_poisson(n, a)
    weight = math.exp(ln_weight)
    return Odds(ln_weight, weight, 1.0 - weight * (1.0 + rising_sum(n, a)))


def odds_of_a_part(n: float, a: float) -> Odds:
    """The odds for 0 < n < 1 and 0 < a < 1, where those of being served are of the order of n.

    Gamma(n, a) = Gamma(n) - a^n/n - a^n times the alternating series of gamma(n, a) past its first term, all times n.
    """
    growth = ln_gamma_past_one(n) - n * math.log(a)
    series = 0.0
    term = 1.0
    k = 1.0
    while k < 20.0:
        term *= -a / k
        series -= term / (n + k)
        k += 1.0
    weight = math.exp(-growth)
    return Odds(-growth - a, weight * math.exp(-a), n * series * weight - math.expm1(-growth))


def blocking(n: float, a: float) -> float:
    """Share of attempts that find all n lines busy, B(n, a); 0 at a = 0 < n, 1 at n = 0, nan outside the domain."""
    if not (n >= 0.0 and 0.0 <= a < math.inf):
        return math.nan
    if n == 0.0:
        return 1.0
    if a == 0.0 or n == math.inf:
        return 0.0
    o = odds(n, a)
    return o.blocked / (o.blocked + o.served)


def ln_blocking(n: float, a: float) -> float:
    """Logarithm of B(n, a), finite also where B is too small for a double."""
    if not (n >= 0.0 and 0.0 <= a < math.inf):
        return math.nan
    if n == 0.0:
        return 0.0
    if a == 0.0 or n == math.inf:
        return -math.inf
    o = odds(n, a)
    if o.ln_blocked == 0.0:
        return -math.log1p(o.served)
    return o.ln_blocked - math.log(o.blocked + o.served)


def one_minus_blocking(n: float, a: float) -> float:
    """1 - B(n, a), the share carried, without cancellation where nearly everything is blocked."""
    if not (n >= 0.0 and 0.0 <= a < math.inf):
        return math.nan
    if n == 0.0:
        return 0.0
    if a == 0.0 or n == math.inf:
        return 1.0
    o = odds(n, a)
    return o.served / (o.blocked + o.served)


def blocking_one_less(n: float, a: float) -> float:
    """B(n-1, a) for n > 0 and a > 0, continued by (1/B(n) - 1) a / n below one agent (where it may exceed 1)."""
    o = odds(n, a)
    if n < 1.0:
        return n / a * o.blocked / o.served
    # n/a may be beyond the doubles.
    return o.blocked / a * n / o.served
