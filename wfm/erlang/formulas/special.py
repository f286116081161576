"""Special functions behind the Erlang formulas, accurate to a few units in the last place.

Everything here is plain Python over ``math``: `wfm.erlang.kernels` compiles the very same functions, `wfm.erlang.twin`
offers them as they are. Differences of ``lgamma`` are never used (they lose eps * n * ln n); the pieces below keep the
error of a logarithm near eps times the logarithm.

Sources: C. Loader, "Fast and accurate computation of binomial probabilities" (2000) for `stirling_error` and
`deviance`; DLMF 8.9.2 for the continued fraction; DLMF 5.11.2 for the digamma function.
"""

import math

HALF_LN_2PI = 0.9189385332046727


def stirling_error(x: float) -> float:
    """Stirling's error, ln Gamma(x+1) - [ln(2 pi x)/2 + x ln x - x] for x > 0."""
    shift = 0.0
    while x < 15.0:
        shift += (x + 0.5) * math.log1p(1.0 / x) - 1.0
        x += 1.0
    r = 1.0 / (x * x)
    tail = 1.0 / 1260.0 - r * (1.0 / 1680.0 - r * (1.0 / 1188.0 - r * (691.0 / 360360.0 - r / 156.0)))
    return shift + (1.0 / 12.0 - r * (1.0 / 360.0 - r * tail)) / x


def deviance(x: float, m: float) -> float:
    """Poisson deviance, x ln(x/m) + m - x for x > 0, m > 0, without cancellation when x is near m."""
    d = x - m
    if abs(d) < 0.1 * (x + m):
        v = d / (x + m)
        total = d * v
        term = 2.0 * x * v
        v *= v
        k = 3.0
        while True:
            term *= v
            longer = total + term / k
            if longer == total:
                return total
            total = longer
            k += 2.0
    return x * math.log(x / m) - d


def neg_ln_poisson(x: float, y: float) -> float:
    """-ln[e^-y y^x / Gamma(x+1)] for x >= 0, y >= 0: the Poisson weight of x at mean y, continued to real x."""
    if y <= 0.0:
        return math.inf if x > 0.0 else 0.0
    if x < 1.0:
        return math.lgamma(x + 1.0) + y - x * math.log(y)
    return HALF_LN_2PI + 0.5 * math.log(x) + stirling_error(x) + deviance(x, y)


def neg_ln_poisson_decayed(x: float, y: float, decay: float) -> float:
    """`neg_ln_poisson` at x and y e^-decay, also where y e^-decay is too small for a double."""
    z = y * math.exp(-decay)
    if z > 1e-280:
        return neg_ln_poisson(x, z)
    if x < 1.0:
        return math.lgamma(x + 1.0) - x * (math.log(y) - decay)
    return HALF_LN_2PI + 0.5 * math.log(x) + stirling_error(x) + x * (math.log(x / y) + decay) - x


def upper_tail(s: float, y: float) -> float:
    """e^y y^-s Gamma(s, y) for s > 0 and y >= max(s - 1, 1).

    The recursion down in s is a sum of falling positive terms; what remains below s = 3 is Legendre's continued
    fraction, evaluated by Lentz's method.
    """
    total = 0.0
    weight = 1.0
    while s > 3.0:
        total += weight
        s -= 1.0
        weight *= s / y
        if weight < 1e-20 * total:
            return total / y
    tiny = 1e-300
    b = y + 1.0 - s
    c = 1.0 / tiny
    d = 1.0 / b
    h = d
    i = 1.0
    while i < 10000.0:
        a = -i * (i - s)
        b += 2.0
        d = a * d + b
        if abs(d) < tiny:
            d = tiny
        c = b + a / c
        if abs(c) < tiny:
            c = tiny
        d = 1.0 / d
        step = c * d
        h *= step
        if abs(step - 1.0) < 1e-16:
            break
        i += 1.0
    return total / y + weight * h


def rising_sum(n: float, a: float) -> float:
    """Sum over k >= 1 of a^k / [(n+1)(n+2)...(n+k)]."""
    total = 0.0
    term = 1.0
    k = n + 1.0
    while True:
        ratio = a / k
        term *= ratio
        total += term
        if ratio < 1.0 and term <= 1e-20 * total:
            return total
        k += 1.0


def ln_minus_digamma(s: float) -> float:
    """What psi lacks to the logarithm, ln s - psi(s), for s > 0."""
    shift = 0.0
    while s < 12.0:
        shift += 1.0 / s - math.log1p(1.0 / s)
        s += 1.0
    r = 1.0 / (s * s)
    series = 1.0 / 12.0 - r * (1.0 / 120.0 - r * (1.0 / 252.0 - r * (1.0 / 240.0 - r * (1.0 / 132.0))))
    return shift + 0.5 / s + r * series


def ln_gamma_past_one(n: float) -> float:
    """Logarithm of Gamma(1 + n) for 0 < n <= 1, to its last digits also near 0.

    From 16 on the digamma function is so smooth that Gauss's rule of four points integrates it; recurrence leads there.
    """
    outer = 0.17392742256872693 * (digamma(16.0 + 0.06943184420297371 * n) + digamma(16.0 + 0.9305681557970263 * n))
    inner = 0.32607257743127307 * (digamma(16.0 + 0.33000947820757187 * n) + digamma(16.0 + 0.6699905217924281 * n))
    total = n * (outer + inner)
    for k in range(15, 0, -1):
        total -= math.log1p(n / k)
    return total


def digamma(s: float) -> float:
    """The digamma function psi(s) for s > 0."""
    return math.log(s) - ln_minus_digamma(s)


def upper_log_mean(s: float, y: float) -> float:
    """E[ln(G/y); G > y] for G ~ Gamma(s, 1) and y > s >= 1.

    The integrand dies off like exp(-(y - s + 1) q) in q = G/y - 1, so the double exponential rule q = exp(t - e^-t)
    on that scale reaches 1e-13 with about eighty points.
    """
    weight = math.exp(-neg_ln_poisson(s, y)) * s
    if weight < 1e-30:
        return 0.0
    scale = 1.0 / (y - s + 1.0)
    total = 0.0
    for i in range(-32, 33):
        t = 0.125 * i
        shrink = math.exp(-t)
        q = scale * math.exp(t - shrink)
        l = math.log1p(q)
        total += l * math.exp((s - 1.0) * l - y * q) * q * (1.0 + shrink)
    return weight * total * 0.125


def decay_mean(p: float) -> float:
    """Integral of e^(-p v) over v from 0 to 1, p >= 0."""
    if p < 1e-300:
        return 1.0
    return -math.expm1(-p) / p


def decay_first_moment(p: float) -> float:
    """Integral of v e^(-p v) over v from 0 to 1, p >= 0."""
    if p < 1.0:
        total = 0.5
        term = 1.0
        k = 1.0
        while k < 25.0:
            term *= -p / k
            total += term / (k + 2.0)
            k += 1.0
        return total
    return (1.0 - (1.0 + p) * math.exp(-p)) / (p * p)
