"""Where the numbers of `wfm.erlang.formulas.coefficients` come from: recomputed here in exact and 50-digit arithmetic.

``uv run python -m tests.erlang.coefficients > wfm/erlang/formulas/coefficients.py`` writes the module anew.
"""

import textwrap
from fractions import Fraction

import mpmath as mp

TERMS = 32
PIECES_NEAR, PIECES_FAR, DEGREE = 16, 32, 8
MIDDLE, LONGEST = 3.75, 22

HEAD = '''"""Numbers of the uniform expansion, printed by ``python -m tests.erlang.coefficients``, which says where from."""

# Taylor coefficients of eta / (lambda - 1) in eta, where eta**2 / 2 = lambda - 1 - ln(lambda).
SLOPE = (
{slope}
)
# erfcx(w) on [0, 1): equal pieces, on each a polynomial in x from -1 to 1, constant term first.
PIECES_NEAR = {near_pieces}
NEAR = (
{near}
)
# 2 w**2 (1 - sqrt(pi) w erfcx(w)) for w >= 1, in t = 1/w on (0, 1], likewise.
PIECES_FAR = {far_pieces}
FAR = (
{far}
)
# (1 + 2 w) erfcx(w) for all w >= 0: one polynomial in (w - MIDDLE) / (w + MIDDLE), constant term first.
MIDDLE = {middle}
WHOLE = (
{whole}
)
'''


def slope() -> list[float]:
    """eta/(lambda-1): the series of mu = lambda - 1 follows from eta (1 + mu) = mu mu', its reciprocal by division."""
    mu = [Fraction(0), Fraction(1)]
    for n in range(2, TERMS + 2):
        mu.append((mu[n - 1] - sum((j * mu[j] * mu[n + 1 - j] for j in range(2, n)), Fraction(0))) / (n + 1))
    ratio = [Fraction(1)]
    for n in range(1, TERMS):
        ratio.append(-sum((ratio[k] * mu[n + 1 - k] for k in range(n)), Fraction(0)))
    return [float(x) for x in ratio]


def near(w: mp.mpf) -> mp.mpf:
    return mp.exp(w * w) * mp.erfc(w)


def far(t: mp.mpf) -> mp.mpf:
    if t == 0:
        return mp.mpf(1)
    w = 1 / t
    if w > 60:
        total, term, k = mp.mpf(0), 1 / (2 * w * w), 1
        while abs(term) > mp.mpf(10) ** -45:
            total += term
            term *= -(2 * k + 1) / (2 * w * w)
            k += 1
        return 2 * w * w * total
    with mp.workdps(80 + int(w * w)):
        return 2 * w * w * (1 - mp.sqrt(mp.pi) * w * near(w))


def whole(x: mp.mpf) -> mp.mpf:
    w = MIDDLE * (1 + x) / (1 - x)
    scaled = (1 - far(1 / w) / (2 * w * w)) / (mp.sqrt(mp.pi) * w) if w > 1 else near(w)
    return (1 + 2 * w) * scaled


def polynomial(function, degree: int) -> list[float]:
    """Interpolation on [-1, 1] at Chebyshev points."""
    points = [mp.cos(mp.pi * (2 * i + 1) / (2 * (degree + 1))) for i in range(degree + 1)]
    powers = mp.matrix(degree + 1, degree + 1)
    for i, x in enumerate(points):
        for j in range(degree + 1):
            powers[i, j] = x**j
    return [float(c) for c in mp.lu_solve(powers, mp.matrix([function(x) for x in points]))]


def pieces(function, count: int) -> list[float]:
    """One polynomial on each of so many equal pieces of [0, 1]."""
    out: list[float] = []
    for piece in range(count):
        out += polynomial(lambda x, p=piece: function((p + (1 + x) / 2) / count), DEGREE)
    return out


def module() -> str:
    """The text of the module."""

    def written(numbers: list[float]) -> str:
        return textwrap.fill(", ".join(map(repr, numbers)) + ",", 128, initial_indent="    ", subsequent_indent="    ")

    with mp.workdps(50):
        return HEAD.format(
            slope=written(slope()),
            near_pieces=f"{PIECES_NEAR}.0",
            near=written(pieces(near, PIECES_NEAR)),
            far_pieces=f"{PIECES_FAR}.0",
            far=written(pieces(far, PIECES_FAR)),
            middle=MIDDLE,
            whole=written(polynomial(whole, LONGEST)),
        )


if __name__ == "__main__":
    print(module(), end="")
