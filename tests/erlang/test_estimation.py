"""Patience from censored waits: exact reference values, known families found again, and what must hold for any records."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tests.shared import shared
from wfm.erlang.estimation import balking, exponential, exponential_from_intervals, lognormal, survival_curve, weibull

FITS = {"exponential": exponential, "weibull": weibull, "lognormal": lognormal}


def test_golden_every_entry():
    """Rational arithmetic against ours, at a relative 1e-12; every entry of the file is used."""
    golden = json.loads(shared("golden/patience_censored.json").read_text())
    records = golden.pop("waits"), golden.pop("abandoned")
    curve, fit = survival_curve(*records), exponential(*records)
    points = golden.pop("km")
    ours = {
        "t": curve.times,
        "at_risk": curve.at_risk,
        "d": curve.hung_up,
        "S": curve.survival,
        "greenwood_var": curve.variance,
        "nelson_aalen": curve.cumulative_hazard,
    }
    worst = 0.0
    assert len(points) == len(curve.times)
    for i, point in enumerate(points):
        assert set(point) == set(ours)
        worst = max(worst, *(abs(ours[key][i] / value - 1.0) for key, value in point.items()))
    scalars = {
        "n_abandoned": fit.hung_up,
        "total_wait": fit.mean * fit.hung_up,
        "exp_mle_mean_patience": fit.mean,
        "exp_mle_se": fit.mean_se,
        "km_median": curve.median,
        "restricted_mean": curve.restricted_mean(),
        "tmax": curve.longest,
    }
    golden.pop("description")
    assert set(scalars) == set(golden)
    worst = max(worst, *(abs(scalars[key] / value - 1.0) for key, value in golden.items()))
    print(f"\npatience_censored: worst relative error {worst:.1e}, bar 1e-12", end="")
    assert worst <= 1e-12


def test_by_hand():
    """Five people: hung up at 2 and 4, answered at 1, 3 and 5. S(2) = 3/4, S(4) = 3/8."""
    curve = survival_curve([1, 2, 3, 4, 5], [False, True, False, True, False])
    assert curve.times.tolist() == [2, 4]
    assert curve.survival.tolist() == [0.75, 0.375]
    assert curve.at([0, 1.9, 2, 4.5, 5]).tolist() == [1, 1, 0.75, 0.375, 0.375]
    assert math.isnan(curve.at(5.1))
    assert curve.restricted_mean() == 2 + 2 * 0.75 + 0.375
    assert curve.restricted_mean(3) == 2 + 0.75
    assert curve.median == 4
    assert curve.quantile(0.9) == math.inf


def test_who_is_answered_when_somebody_hangs_up_was_at_risk():
    curve = survival_curve([3, 3], [1, 0])
    assert curve.at_risk.tolist() == [2]
    assert curve.survival.tolist() == [0.5]


def test_all_hang_up():
    curve = survival_curve([1, 2], [1, 1])
    assert curve.survival.tolist() == [0.5, 0]
    assert curve.variance.tolist() == [0.125, 0]
    assert curve.restricted_mean() == 1.5
    assert curve.at(10) == 0


def test_nobody_hangs_up():
    curve = survival_curve([1, 2, 0], [0, 0, 0])
    assert len(curve.times) == 0
    assert curve.median == math.inf
    assert curve.restricted_mean() == 2
    for fit in FITS.values():
        with pytest.raises(ValueError, match="nobody hung up"):
            fit([1, 2, 0], [0, 0, 0])
    with pytest.raises(ValueError, match="nobody hung up"):
        exponential_from_intervals([10.0, 20.0], [0, 0])


@pytest.mark.parametrize("function", [survival_curve, *FITS.values(), lambda w, a: balking(w, a, 5.0)])
@pytest.mark.parametrize(
    ("waits", "abandoned", "said"),
    [
        ([1, -2], [1, 0], r"waits\[1\] is -2"),
        ([1, math.nan], [1, 0], r"waits\[1\] is nan"),
        ([math.inf, 1], [1, 0], r"waits\[0\] is inf"),
        ([1, 2], [1, 2], r"abandoned\[1\] is 2"),
        ([1, 2, 3], [1, 0], "waits has 3, abandoned has 2"),
        ([[1, 2]], [1, 0], "waits has 2 dimensions"),
        ([], [], "no records"),
    ],
)
def test_bad_records_are_named(function, waits, abandoned, said):
    with pytest.raises(ValueError, match=said):
        function(waits, abandoned)


def test_what_no_shape_fits_is_refused():
    for fit in (weibull, lognormal):
        with pytest.raises(ValueError, match=r"balking\("):
            fit([0, 3, 5], [1, 1, 0])
        with pytest.raises(ValueError, match="longest wait"):
            fit([3, 5, 5], [0, 1, 1])


def censored(random, patience, offered):
    return np.minimum(patience, offered), patience < offered


@pytest.mark.parametrize("seed", range(6))
def test_known_families_are_found_again(seed):
    """Every parameter within four of the standard errors that the fit states itself; two thirds are censored."""
    random = np.random.default_rng(seed)
    offered = random.exponential(90.0, 4000) * (random.random(4000) < 0.8)
    fit = weibull(*censored(random, 150.0 * random.weibull(0.7, 4000), offered))
    assert abs(fit.shape - 0.7) <= 4 * fit.shape_se
    assert abs(fit.scale - 150.0) <= 4 * fit.scale_se
    normal = lognormal(*censored(random, random.lognormal(4.6, 1.1, 4000), offered))
    assert abs(normal.mu - 4.6) <= 4 * normal.mu_se
    assert abs(normal.sigma - 1.1) <= 4 * normal.sigma_se
    one = exponential(*censored(random, random.exponential(150.0, 4000), offered))
    assert abs(one.mean - 150.0) <= 4 * one.mean_se
    late = exponential(*censored(random, 30.0 + random.exponential(150.0, 4000), offered), onset=30.0)
    assert abs(late.mean - 150.0) <= 4 * late.mean_se


def test_stated_errors_are_the_spread_of_estimates():
    """Over 300 samples the estimates scatter as widely as their standard errors say, within 4 s.e. of that spread."""
    random = np.random.default_rng(7)
    fits: dict[str, list[tuple[float, float]]] = {"shape": [], "scale": [], "mu": [], "sigma": [], "mean": []}
    for _ in range(300):
        offered = random.exponential(90.0, 400)
        w = weibull(*censored(random, 150.0 * random.weibull(0.7, 400), offered))
        n = lognormal(*censored(random, random.lognormal(4.6, 1.1, 400), offered))
        e = exponential(*censored(random, random.exponential(150.0, 400), offered))
        fits["shape"].append((w.shape, w.shape_se))
        fits["scale"].append((w.scale, w.scale_se))
        fits["mu"].append((n.mu, n.mu_se))
        fits["sigma"].append((n.sigma, n.sigma_se))
        fits["mean"].append((e.mean, e.mean_se))
    for name, pairs in fits.items():
        values, errors = np.array(pairs).T
        assert values.std() == pytest.approx(errors.mean(), rel=0.25), name


def test_fits_agree_with_scipy():
    random = np.random.default_rng(3)
    waits, marks = censored(random, 120.0 * random.weibull(1.4, 500), random.exponential(100.0, 500))
    data = stats.CensoredData.right_censored(waits, ~marks)
    shape, _, scale = stats.weibull_min.fit(data, floc=0)
    fit = weibull(waits, marks)
    assert (fit.shape, fit.scale) == pytest.approx((shape, scale), rel=1e-4)
    sigma, _, median = stats.lognorm.fit(data, floc=0)
    normal = lognormal(waits, marks)
    assert (normal.sigma, math.exp(normal.mu)) == pytest.approx((sigma, median), rel=1e-4)


@pytest.mark.parametrize("family", ["weibull", "lognormal"])
def test_standard_errors_are_those_of_the_curvature(family):
    """The information by differences of the log-likelihood that scipy computes from the same records."""
    random = np.random.default_rng(11)
    waits, marks = censored(random, 120.0 * random.weibull(1.4, 300), random.exponential(100.0, 300))
    fit = FITS[family](waits, marks)

    def likelihood(first, second):
        law = stats.weibull_min(first, scale=second) if family == "weibull" else stats.lognorm(second, scale=math.exp(first))
        return law.logpdf(waits[marks]).sum() + law.logsf(waits[~marks]).sum()

    x, y = fit[0], fit[2]
    h, k = 1e-3 * abs(x), 1e-3 * abs(y)
    here = likelihood(x, y)
    xx = (likelihood(x + h, y) - 2 * here + likelihood(x - h, y)) / h**2
    yy = (likelihood(x, y + k) - 2 * here + likelihood(x, y - k)) / k**2
    xy = (likelihood(x + h, y + k) - likelihood(x + h, y - k) - likelihood(x - h, y + k) + likelihood(x - h, y - k)) / (4 * h * k)
    errors = np.sqrt(np.diag(np.linalg.inv([[-xx, -xy], [-xy, -yy]])))
    assert (fit[1], fit[3]) == pytest.approx(tuple(errors), rel=1e-4)
    assert likelihood(x * 1.001, y) < here > likelihood(x * 0.999, y)
    assert likelihood(x, y * 1.001) < here > likelihood(x, y * 0.999)


def test_interval_records_say_the_same():
    random = np.random.default_rng(5)
    waits, marks = censored(random, random.exponential(150.0, 960), random.exponential(90.0, 960))
    by_interval = exponential_from_intervals(waits.reshape(96, 10).sum(axis=1), marks.reshape(96, 10).sum(axis=1))
    assert by_interval == pytest.approx(exponential(waits, marks), rel=1e-12)
    with pytest.raises(ValueError, match=r"total_wait\[1\] is -1"):
        exponential_from_intervals([3, -1], [1, 1])
    with pytest.raises(ValueError, match="total_wait has 2, abandoned has 1"):
        exponential_from_intervals([3, 1], [1])


def test_balking_is_counted_apart():
    """A tenth hang up at once; of those answered within 5 s nobody knows, so a plain share would be too low."""
    random = np.random.default_rng(9)
    n = 20000
    offered = random.exponential(20.0, n) * (random.random(n) < 0.7)
    at_once = random.random(n) < 0.10
    patience = np.where(at_once, random.uniform(0.0, 5.0, n), 5.0 + random.exponential(150.0, n))
    waits, marks = censored(random, patience, offered)
    found = balking(waits, marks, below=5.0)
    assert abs(found.share - 0.10) <= 4 * found.share_se
    assert found.share_se < 0.01
    others = exponential(waits[found.kept], marks[found.kept], onset=5.0)
    assert abs(others.mean - 150.0) <= 4 * others.mean_se
    assert exponential(waits, marks).mean < 0.7 * others.mean
    assert weibull(waits[found.kept], marks[found.kept]).shape > 0.9


def test_balking_edges():
    nobody = balking([0, 7, 9], [0, 1, 0], below=5.0)
    assert nobody.share == 0.0
    assert nobody.kept.all()
    # Two of four who had to wait are gone at once; who was answered at once is no fifth.
    half = balking([0, 0, 0, 7, 9], [0, 1, 1, 1, 0], below=5.0)
    assert half.share == 0.5
    assert half.kept.tolist() == [True, False, False, True, True]
    # A threshold itself is no shorter wait.
    assert balking([5, 7], [1, 0], below=5.0).share == 0.0
    with pytest.raises(ValueError, match="nobody had to wait"):
        balking([0, 0], [0, 0], below=5.0)
    with pytest.raises(ValueError, match="below is 0"):
        balking([1, 2], [1, 0], below=0.0)


RECORDS = st.lists(st.tuples(st.floats(0.01, 1000.0), st.booleans(), st.integers(1, 4)), min_size=3, max_size=40)


@settings(max_examples=60, deadline=None)
@given(RECORDS)
def test_a_survival_curve_falls_from_one_to_zero(records):
    waits, marks, weights = map(np.array, zip(*records, strict=True))
    curve = survival_curve(waits, marks, weights)
    steps = np.append(1.0, curve.survival)
    assert (np.diff(steps) < 0).all()
    assert (steps >= 0).all()
    assert (curve.variance >= 0).all()
    # Nelson-Aalen's estimate of the survival never lies below Kaplan-Meier's.
    assert (np.exp(-curve.cumulative_hazard) >= curve.survival - 1e-12).all()
    assert 0 <= curve.restricted_mean() <= curve.longest
    plain = survival_curve(np.repeat(waits, weights), np.repeat(marks, weights))
    assert np.array_equal(plain.survival, curve.survival)
    assert plain.restricted_mean() == curve.restricted_mean()
    if (waits[marks.astype(bool)] < waits.max()).any() and marks.any():
        for fit in FITS.values():
            repeated = fit(np.repeat(waits, weights), np.repeat(marks, weights))
            assert tuple(fit(waits, marks, weights)) == pytest.approx(tuple(repeated), rel=1e-6)


@settings(max_examples=60, deadline=None)
@given(RECORDS, st.floats(1e-3, 1e3))
def test_the_unit_of_time_does_not_matter(records, unit):
    waits, marks, weights = map(np.array, zip(*records, strict=True))
    marks = marks.astype(bool)
    curve, scaled = survival_curve(waits, marks, weights), survival_curve(unit * waits, marks, weights)
    assert np.allclose(scaled.survival, curve.survival, rtol=1e-12, atol=1e-13)
    assert scaled.restricted_mean() == pytest.approx(unit * curve.restricted_mean(), rel=1e-12)
    if not marks.any() or not (waits[marks] < waits.max()).any():
        return
    assert exponential(unit * waits, marks).mean == pytest.approx(unit * exponential(waits, marks).mean, rel=1e-12)
    one, other = weibull(waits, marks), weibull(unit * waits, marks)
    assert (other.shape, other.shape_se) == pytest.approx((one.shape, one.shape_se), rel=1e-8)
    assert (other.scale, other.scale_se) == pytest.approx((unit * one.scale, unit * one.scale_se), rel=1e-8)
    one, other = lognormal(waits, marks), lognormal(unit * waits, marks)
    assert (other.sigma, other.sigma_se) == pytest.approx((one.sigma, one.sigma_se), rel=1e-6)
    assert other.mu == pytest.approx(one.mu + math.log(unit), rel=1e-6, abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(RECORDS)
def test_an_exponential_is_a_weibull_of_shape_one(records):
    """The likelihood of the Weibull fit is at least that of the exponential."""
    waits, marks, _ = map(np.array, zip(*records, strict=True))
    marks = marks.astype(bool)
    if not marks.any() or not (waits[marks] < waits.max()).any():
        return
    fit, mean = weibull(waits, marks), exponential(waits, marks).mean

    def likelihood(shape, scale):
        law = stats.weibull_min(shape, scale=scale)
        return law.logpdf(waits[marks]).sum() + law.logsf(waits[~marks]).sum()

    assert likelihood(fit.shape, fit.scale) >= likelihood(1.0, mean) - 1e-9
