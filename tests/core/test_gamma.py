"""Gamma quantiles against SciPy's, from nearly nothing but the tail to nearly constant."""

import numpy as np
import pytest
from scipy import special

from wfm.core.gamma_kernel import gamma_quantile, gamma_shares

BELOW = np.concatenate([10.0 ** -np.arange(1, 16), np.linspace(1e-6, 1 - 1e-6, 501), 1 - 10.0 ** -np.arange(1, 15)])


@pytest.mark.parametrize("shape", [0.02, 0.1, 0.5, 0.76, 1.0, 1.0001, 2.0, 10.0, 19.99, 20.0, 400.0, 1e4])
def test_quantiles_and_shares(shape: float) -> None:
    above = 1 - BELOW
    expected = np.where(BELOW < 0.5, special.gammaincinv(shape, BELOW), special.gammainccinv(shape, above))
    found = np.array([gamma_quantile(u, s, shape) for u, s in zip(BELOW, above, strict=True)])
    told = expected > 1e-290  # below, doubles run out
    np.testing.assert_allclose(found[told], expected[told], rtol=1e-12)
    shares = np.array([gamma_shares(shape, x) for x in found])
    np.testing.assert_allclose(shares.sum(axis=1), 1.0, rtol=1e-15)
    np.testing.assert_allclose(np.where(BELOW < 0.5, shares[:, 0], shares[:, 1])[told], np.minimum(BELOW, above)[told], rtol=1e-11)


def test_shares_far_below_the_mean_of_a_nearly_constant_time() -> None:
    # mpmath, 40 digits: gammainc(1e6, 0, 995250, regularized); SciPy 1.17 is off by 7e-6 here.
    assert gamma_shares(1e6, 995_250.0)[0] == pytest.approx(9.814431062964447e-07, rel=1e-12)


def test_the_ends() -> None:
    assert gamma_shares(2.0, 0.0) == (0.0, 1.0)
    assert gamma_quantile(1e-16, 1.0, 0.01) == 0.0  # 1e-1600
