"""Intervals that hold the truth as often as they say."""

import numpy as np
import pytest
from scipy.stats import binomtest

from tests.simulate.exact import erlang_a
from tests.simulate.plans import model, play
from wfm.simulate.statistics import half_width, quantiles, ratio, wilson
from wfm.simulate.tally import over_and_under, tally


def test_the_ratio_interval_covers_the_truth_of_its_share() -> None:
    """Ratio of correlated sums whose true ratio is 0.8: 95 % intervals of 12 replications, 4000 times."""
    rng = np.random.default_rng(4)
    level = rng.gamma(100, 1 / 100, size=(12, 4000))
    under = rng.poisson(400 * level).astype(float)
    over = rng.binomial(under.astype(int), 0.8).astype(float)
    value, low, high = ratio(over, under, share=True)
    covered = np.mean((low <= 0.8) & (high >= 0.8))
    assert abs(covered - 0.95) < 0.015
    np.testing.assert_allclose(value, over.sum(axis=0) / under.sum(axis=0))


def test_intervals_of_simulated_service_cover_the_exact_one() -> None:
    exact = erlang_a(5, 4.0, 1.0, 20 / 180)["sl_offered"]
    # Forty answers from ten replications each; each replication a stretch of the same queue, long after it was empty.
    plan = model(300 * 45, 4.0 / 180, 5, 180, intervals=401, then_mean=180.0)
    over, under = over_and_under(tally(play(plan, 8), 20)[1:], "sl_offered")
    _, low, high = ratio(over.reshape(40, 10).T, under.reshape(40, 10).T, share=True)
    held = int(np.sum((low <= exact) & (high >= exact)))
    assert binomtest(held, 40, 0.95).pvalue > 1e-3


def test_ratios_at_the_edges() -> None:
    value, low, high = ratio(np.zeros((3, 1)), np.zeros((3, 1)), share=True)
    assert np.isnan([value, low, high]).all()
    value, low, high = ratio(np.array([[8.0]]), np.array([[10.0]]), share=True)
    assert value == 0.8
    assert np.isnan([low, high]).all()
    value, low, high = ratio(np.array([9.0, 10.0]), np.array([10.0, 10.0]), share=True)
    assert (float(low), float(high)) == (pytest.approx(0.3147, abs=1e-4), 1.0)
    assert half_width(np.array([9.0]), np.array([10.0])) == np.inf
    assert half_width(np.zeros(2), np.zeros(2)) == 0.0
    assert half_width(np.array([9.0, 10.0]), np.array([10.0, 10.0])) == pytest.approx(0.635, abs=1e-3)


def test_wilson_against_scipy_and_without_days() -> None:
    met, days = np.array([0.0, 82.0, 93.0, 100.0, 0.0]), np.array([20.0, 100.0, 100.0, 100.0, 0.0])
    share, low, high = wilson(met, days)
    for i in range(4):
        expected = binomtest(int(met[i]), int(days[i])).proportion_ci(method="wilson")
        np.testing.assert_allclose([low[i], high[i]], [expected.low, expected.high], atol=1e-12)
    np.testing.assert_allclose(share[:4], met[:4] / days[:4])
    assert np.isnan([share[4], low[4], high[4]]).all()


def test_quantiles_leave_nan_out() -> None:
    values = np.random.default_rng(1).random((50, 6))
    values[::3, 1] = np.nan
    values[1:, 2] = np.nan
    values[:, 3] = np.nan
    at = (0.0, 0.05, 0.5, 0.95, 1.0)
    found = quantiles(values, at)
    some = [0, 1, 2, 4, 5]
    np.testing.assert_allclose(found[:, some], np.nanquantile(values[:, some], at, axis=0))
    assert np.isnan(found[:, 3]).all()
