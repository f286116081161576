"""The incomplete gamma functions near and far from their turning point, at a cost that does not grow with the parameter.

Everything the Erlang formulas need of them is, for s > 0 and y = s (1 + d),

    upper(s, y) = s e^y y^-s Gamma(s, y)      (the odds of being served in Erlang B: 1/B - 1)
    lower(s, y) = s e^y y^-s gamma(s, y)      (Palm's 1F1(1; s+1; y) in Erlang A)

and, with eta**2/2 = d - ln(1 + d), eta of the sign of d, w = |eta| sqrt(s/2), Temme's uniform expansion gives both:

    Gamma*(s) sqrt(pi s/2) erfcx(+-w) +- U(s, eta),   U = sum of beta_n eta^n,
    beta_{n-1} = f_n + (n+1) beta_{n+1} / s,  Gamma*(s) = 1 + beta_1 / s

where f_n are the Taylor coefficients of eta/d, Gamma* is the gamma function in units of Stirling's formula and
erfcx(w) = e^(w*w) erfc(w). From s = 12 and for d between -0.7 and 1.36 this is good to a few units in the last place.

Sources: N. M. Temme, "The asymptotic expansion of the incomplete gamma functions", SIAM J. Math. Anal. 10 (1979), and "A
set of algorithms for the incomplete gamma functions", Probab. Eng. Inform. Sci. 8 (1994); DLMF 8.12.
"""

import math
from typing import NamedTuple

from wfm.erlang.formulas.coefficients import FAR, NEAR, PIECES_FAR, PIECES_NEAR, SLOPE

SMALLEST = 12.0
LOWEST, HIGHEST = -0.7, 1.36
# Terms enough below some |eta|, from some s on: (0.1, 100), (0.4, 16), anywhere.
CLOSE, LARGE, FEW = 0.1, 100.0, 9
NARROW, AMPLE, HALF = 0.4, 16.0, 17
ALL = 29
SQRT_PI = 1.7724538509055160


class Turn(NamedTuple):
    """The two sides of the turning point at (s, y).

    `half` is Gamma* sqrt(pi s/2), `scaled` that times erfcx(w), `rest` U; `square` is w**2, by which e^-L =
    e^-square / (2 half) is the Poisson weight of s at y. `lack` is what Gamma* erfcx(w) sqrt(pi) w lacks to Gamma*, less
    Gamma* - 1, and `drop` U less its limit for large s: the pieces of 1 + d lower where d < 0, which is small
    (`shortfall`).
    """

    half: float
    scaled: float
    rest: float
    square: float
    lack: float
    drop: float
    eta: float


def is_uniform(s: float, d: float) -> bool:
    """Whether the expansion is good at s and y = s (1 + d)."""
    return s >= SMALLEST and LOWEST <= d <= HIGHEST


def half_square(d: float) -> float:
    """Half of eta squared, d - ln(1 + d), to its last digits also near 0."""
    if -0.25 < d < 0.25:
        v = d / (2.0 + d)
        q = v * v
        series = 1.0 / 13.0 + q * (1.0 / 15.0 + q * (1.0 / 17.0 + q / 19.0))
        series = 1.0 / 3.0 + q * (0.2 + q * (1.0 / 7.0 + q * (1.0 / 9.0 + q * (1.0 / 11.0 + q * series))))
        return v * (d - 2.0 * q * series)
    return d - math.log1p(d)


def erfcx_near(w: float) -> float:
    """e^(w*w) erfc(w) for 0 <= w < 1."""
    place = w * PIECES_NEAR
    piece = int(place)
    x = 2.0 * (place - piece) - 1.0
    i = 9 * piece
    q = x * x
    low = NEAR[i] + x * NEAR[i + 1] + q * (NEAR[i + 2] + x * NEAR[i + 3])
    return low + q * q * (NEAR[i + 4] + x * NEAR[i + 5] + q * (NEAR[i + 6] + x * NEAR[i + 7] + q * NEAR[i + 8]))


def erfcx_lack(t: float) -> float:
    """1 - sqrt(pi) w e^(w*w) erfc(w) at w = 1/t, 0 < t <= 1."""
    place = t * PIECES_FAR
    piece = int(place)
    if piece >= 32:
        piece = 31
    x = 2.0 * (place - piece) - 1.0
    i = 9 * piece
    q = x * x
    low = FAR[i] + x * FAR[i + 1] + q * (FAR[i + 2] + x * FAR[i + 3])
    high = FAR[i + 4] + x * FAR[i + 5] + q * (FAR[i + 6] + x * FAR[i + 7] + q * FAR[i + 8])
    return 0.5 * t * t * (low + q * q * high)


def sweep(most: int, inverse: float, eta: float) -> tuple[float, float, float]:
    """beta_1, the sum of beta_n eta^n, and that less its limit for large s, from terms up to `most` + 1; inverse = 1/s."""
    above = SLOPE[most + 2]
    beta = SLOPE[most + 1]
    rest = above * eta + beta
    drop = 0.0
    for n in range(most, 0, -1):
        step = (n + 1.0) * inverse * above
        above = beta
        beta = SLOPE[n] + step
        rest = rest * eta + beta
        drop = drop * eta + step
    return above, rest, drop


def turn(s: float, d: float) -> Turn:
    """Both sides of the turning point; see `is_uniform` for where it holds."""
    square = half_square(d)
    eta = math.sqrt(2.0 * square)
    root = math.sqrt(0.5 * s)
    w = eta * root
    if d < 0.0:
        eta = -eta
    inverse = 1.0 / s
    # Told apart so that the compiler sees loops of known length.
    if s >= LARGE and -CLOSE < eta < CLOSE:
        above, rest, drop = sweep(FEW, inverse, eta)
    elif s >= AMPLE and -NARROW < eta < NARROW:
        above, rest, drop = sweep(HALF, inverse, eta)
    else:
        above, rest, drop = sweep(ALL, inverse, eta)
    excess = above * inverse
    gamma = 1.0 + excess
    if w < 1.0:
        scaled = erfcx_near(w)
        lack = 1.0 - SQRT_PI * w * scaled
    else:
        t = 1.0 / w
        lack = erfcx_lack(t)
        scaled = (1.0 - lack) * t * (1.0 / SQRT_PI)
    half = gamma * SQRT_PI * root
    return Turn(half, half * scaled, rest, square * s, gamma * lack - excess, drop, eta)


def shortfall(t: Turn, d: float) -> float:
    """1 + d lower(s, y) for d <= 0, Palm's K, without cancellation."""
    slope = d / t.eta if t.eta != 0.0 else 1.0
    return slope * t.lack - d * t.drop
