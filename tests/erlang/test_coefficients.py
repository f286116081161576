"""The tables of the uniform expansion are what exact arithmetic says, and what they stand for."""

import math

import mpmath as mp
import pytest

from tests.erlang import coefficients as source
from wfm.erlang.formulas import coefficients as stored
from wfm.erlang.formulas.uniform import LOWEST, erfcx_lack, erfcx_near, half_square, is_uniform, shortfall, turn


def test_the_stored_slope_is_recomputed_in_fractions():
    assert list(stored.SLOPE) == source.slope()


@pytest.mark.parametrize("piece", [0, 7, 15])
def test_erfcx_near_zero(piece):
    for w in (piece / 16, (piece + 0.4) / 16, math.nextafter((piece + 1) / 16, 0)):
        with mp.workdps(30):
            assert erfcx_near(w) == pytest.approx(float(source.near(mp.mpf(w))), rel=4e-16)


@pytest.mark.parametrize("w", [1.0, 1.0000001, 1.3, 2.7, 5.0, 8.9, 27.0, 61.0, 1e4, 1e9])
def test_what_erfcx_lacks_to_its_limit(w):
    with mp.workdps(30):
        t = mp.mpf(1) / mp.mpf(w)
        assert erfcx_lack(1.0 / w) == pytest.approx(float(source.far(t) * t * t / 2), rel=8e-16, abs=5e-324)


@pytest.mark.parametrize("d", [-0.7, -0.25, -0.2499, -0.1, -1e-3, -1e-9, 0.0, 1e-12, 0.01, 0.2499, 0.25, 1.36, 40.0])
def test_half_square(d):
    with mp.workdps(40):
        assert half_square(d) == pytest.approx(float(mp.mpf(d) - mp.log1p(mp.mpf(d))), rel=2e-15, abs=1e-300)


@pytest.mark.parametrize("s", [12.0, 16.5, 39.9, 40.0, 99.9, 100.0, 250.25, 800.0])
@pytest.mark.parametrize("rho", [0.3, 0.7, 0.9, 0.999, 1.0, 1.001, 1.1, 1.5, 2.36])
def test_both_sides_of_the_turning_point(s, rho):
    """Against the incomplete gamma functions in 60 digits: a few units in the last place, conditioned on the exponent."""
    y = s * rho
    d = (y - s) / s
    assert is_uniform(s, max(d, LOWEST))
    t = turn(s, d)
    with mp.workdps(60):
        weight = mp.mpf(s) * mp.exp(y) * mp.mpf(y) ** (-mp.mpf(s))
        upper, lower = weight * mp.gammainc(s, y), weight * mp.gammainc(s, 0, y)
        whole = 2 * t.half * mp.exp(mp.mpf(t.square))
        ours = (t.scaled + t.rest, whole - t.scaled - t.rest) if d >= 0 else (whole - t.scaled + t.rest, t.scaled - t.rest)
        bar = 2e-15 * (1 + t.square)
        assert abs(ours[0] / upper - 1) < bar
        assert abs(ours[1] / lower - 1) < bar
        if d < 0:
            assert abs(shortfall(t, d) / (1 - (1 - mp.mpf(y) / s) * lower) - 1) < 2e-14
