"""Laws of handle time and patience: quantiles, survival, what is drawn from them, and what is refused."""

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats
from scipy.integrate import quad

from wfm.core import distributions_kernel, draws
from wfm.core.distributions import (
    Announced,
    Announcement,
    Balking,
    Classes,
    Delayed,
    Deterministic,
    Distribution,
    Empirical,
    ErlangK,
    Exponential,
    Gamma,
    HazardTable,
    Hyperexponential,
    Lognormal,
    QuantileTable,
    Staying,
    Uniform,
    Weibull,
    handle_law,
    patience_law,
)

DAY = 740_168  # 2027-07-05
HOUR = 3_600_000_000
KEY = (1, 0, 0, DAY, 4, 1, 0)

# The grid that uniforms lie on, the ends included.
grid = np.concatenate([10.0 ** -np.arange(1, 16), np.linspace(1e-6, 1 - 1e-6, 501), 1 - 10.0 ** -np.arange(1, 15)])
grid = (2 * np.floor(grid * 2.0**52) + 1) * 2.0**-53

SIGMA = math.sqrt(math.log1p(1.3**2))
SCIPY = {
    "exponential": (Exponential(120.0), stats.expon(scale=120.0)),
    "delayed": (Delayed(120.0, 90.0), stats.expon(loc=120.0, scale=90.0)),
    "uniform": (Uniform(240.0, 30.0), stats.uniform(30.0, 210.0)),
    "weibull of the bank": (Weibull(389.0, 0.91), stats.weibull_min(0.91, scale=389.0)),
    "weibull with an age": (Weibull(200.0, 4.0), stats.weibull_min(4.0, scale=200.0)),
    "lognormal": (Lognormal(180.0, 1.3), stats.lognorm(SIGMA, scale=180.0 * math.exp(-(SIGMA**2) / 2))),
    "gamma": (Gamma(180.0, 0.6), stats.gamma(1 / 0.36, scale=180.0 * 0.36)),
    "gamma with a long tail": (Gamma(180.0, 2.5), stats.gamma(1 / 6.25, scale=180.0 * 6.25)),
    "stages": (ErlangK(180.0, 3), stats.erlang(3, scale=60.0)),
}

HAZARDS = HazardTable(
    (0, 10, 20, 30, 60, 90, 180, 300, 480), tuple(h / 1000 for h in (3.6, 4.0, 2.9, 3.0, 2.8, 2.2, 1.9, 2.2, 1.6))
)
STEPS = Empirical((5, 20, 60, 200), (0.9, 0.7, 0.45, 0.2), tail=300.0)
TWO_KINDS = Hyperexponential((0.3, 0.7), (15.0, 400.0))
SAID = (Announcement(60, hazard=0.5, until=120), Announcement(90, hazard=3.0), Announcement(150, hang_up=0.2))
ALL: dict[str, Distribution] = {
    **{name: own for name, (own, _) in SCIPY.items()},
    "at one time": Deterministic(90.0),
    "two kinds": TWO_KINDS,
    "far apart": Hyperexponential((0.5, 0.4999, 0.0001), (0.01, 60.0, 1e5)),
    "hazards": HAZARDS,
    "steps": STEPS,
    "a table of quantiles": QuantileTable((0.1, 0.5, 0.9, 1.0), (30, 120, 400, 1800)),
    "some balk": Balking(0.2, Weibull(389.0, 0.91)),
    "some stay": Staying(0.3, Lognormal(180.0, 0.8)),
    "both": Balking(0.1, Staying(0.2, Balking(0.1, Exponential(100.0)))),
    "announced": Announced(Weibull(389.0, 0.91), SAID),
    "announced to two kinds": Announced(Balking(0.05, TWO_KINDS), SAID),
    "announced to the gamma": Announced(Gamma(180.0, 0.6), (Announcement(0, hazard=2.0), Announcement(200, hazard=0.25))),
    "announced to steps": Announced(STEPS, SAID),
    "kept until told": Announced(Uniform(100.0), (Announcement(50, hazard=0.0, until=200),)),
    "kept for ever": Announced(Exponential(100.0), (Announcement(50, hazard=0.0),)),
}
EVERY = pytest.mark.parametrize("law", ALL.values(), ids=ALL)


@pytest.mark.parametrize("name", SCIPY)
def test_quantiles_survival_hazard_and_mean_are_those_of_scipy(name: str) -> None:
    own, reference = SCIPY[name]
    expected = np.where(grid < 0.5, reference.ppf(grid), reference.isf(1 - grid))
    np.testing.assert_allclose(own.quantile(grid), expected, rtol=1e-12 if "gamma" not in name else 1e-9)
    t = np.array([0.0, 1e-3, 1.0, 29.0, 31.0, 119.0, 121.0, 200.0, 239.0, 600.0])
    np.testing.assert_allclose(own.survival(t), reference.sf(t), rtol=1e-12)
    alive = reference.sf(t) > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        hazard = reference.pdf(t[alive]) / reference.sf(t[alive])
    np.testing.assert_allclose(own.hazard(t)[alive], hazard, rtol=1e-9)
    assert own.mean == pytest.approx(reference.mean(), rel=1e-12)


@EVERY
def test_quantile_and_survival_are_each_others_inverse(law: Distribution) -> None:
    t = law.quantile(grid)
    rising = t[np.argsort(grid)]
    assert np.all(rising[1:] >= rising[:-1])
    ends = np.isfinite(t)
    before, after = law.survival(np.maximum(t[ends] * (1 - 1e-9) - 1e-9, -1.0)), law.survival(t[ends] * (1 + 1e-9) + 1e-9)
    above = 1 - grid[ends]
    tolerance = 1e-6 * above + 1e-15  # what a billionth of the time makes, and rounding
    assert np.all(after <= above + tolerance)
    assert np.all(before >= above - tolerance)
    assert np.mean(~ends) == pytest.approx(np.mean(1 - grid <= law._never), abs=0.005)


@EVERY
def test_mean_is_the_area_below_survival(law: Distribution) -> None:
    if law._never > 0:
        assert law.mean == math.inf
        return
    last = (0.0, *law._kinks)[-1]
    edges = [0.0, *law._kinks, last + 10, last + 1e3, last + 1e5, np.inf]  # piece by piece: quad would miss the mass
    area = sum(quad(law.survival, a, b, epsabs=1e-11, limit=400)[0] for a, b in pairwise(edges))
    assert law.mean == pytest.approx(area, rel=1e-7)


@EVERY
@given(data=st.data())
def test_survival_falls_from_one_and_quantiles_rise(law: Distribution, data: st.DataObject) -> None:
    early, late = sorted(data.draw(st.tuples(*[st.floats(0, 1e5)] * 2)))
    assert 1.0 >= law.survival(early) >= law.survival(late) >= law._never * (1 - 1e-12)
    low, high = sorted(data.draw(st.tuples(*[st.floats(1e-15, 1 - 1e-15)] * 2)))
    assert 0.0 <= law.quantile(low) <= law.quantile(high)


@EVERY
def test_hazard_is_the_slope_of_survival(law: Distribution) -> None:
    kinks = np.array([0.0, *law._kinks])
    for t in (3.0, 17.0, 45.0, 75.0, 110.0, 170.0, 350.0, 900.0):
        if np.min(np.abs(kinks - t)) < 1 or law.survival(t) < 1e-9:
            continue
        slope = math.log(law.survival(t - 1e-3) / law.survival(t + 1e-3)) / 2e-3
        assert law.hazard(t) == pytest.approx(slope, rel=2e-5, abs=1e-9), t


@EVERY
def test_blocks_draw_what_single_draws_give(law: Distribution) -> None:
    n, mean = 600, np.array([150.0, 0.0, 200.0])
    handles = handle_law(Lognormal(1.0, 0.7)) if law._never or law._law[0] >= 20 else handle_law(law)
    interval, handle, patience = np.arange(n) % 3, np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    distributions_kernel.fill_attempts(5, 2, 1, DAY, handles, mean, patience_law(law), 0, interval, handle, patience)
    single = [distributions_kernel.draw_attempt(5, 2, 1, DAY, i, 1, 0, handles, mean[i % 3], patience_law(law)) for i in range(n)]
    np.testing.assert_array_equal(np.array(single), np.column_stack([handle, patience]))
    assert np.all(handle[1::3] == 0)


# ---- announcements ----


@EVERY
def test_an_announcement_that_changes_nothing_leaves_every_bit(law: Distribution) -> None:
    if isinstance(law, Announced):
        return
    neutral = Announced(law, (Announcement(40, hazard=1.0), Announcement(90, hazard=1.0, until=200), Announcement(0.5)))
    assert neutral.law[0] != law.law[0]
    np.testing.assert_array_equal(neutral.quantile(grid), law.quantile(grid))


def test_a_factor_throughout_is_a_power_of_survival() -> None:
    for base in (Weibull(389.0, 0.91), Gamma(180.0, 0.6), TWO_KINDS, HAZARDS, Uniform(90.0)):
        always = Announced(base, (Announcement(0, hazard=0.3),))
        t = np.array([0.0, 5.0, 60.0, 89.0, 400.0])
        np.testing.assert_allclose(always.survival(t), np.asarray(base.survival(t)) ** 0.3, rtol=1e-12)
    hurried = Announced(Exponential(120.0), (Announcement(0, hazard=4.0),))
    np.testing.assert_allclose(hurried.quantile(grid), Exponential(30.0).quantile(grid), rtol=1e-13)


def test_who_leaves_before_it_never_hears_it_and_some_leave_at_its_moment() -> None:
    base, said = Exponential(100.0), Announced(Exponential(100.0), (Announcement(60, hazard=0.5, hang_up=0.25),))
    before = grid < 1 - math.exp(-0.6)
    np.testing.assert_array_equal(said.quantile(grid)[before], base.quantile(grid)[before])
    assert said.survival(60 - 1e-9) - said.survival(60) == pytest.approx(0.25 * math.exp(-0.6), rel=1e-6)
    at_it = said.quantile(np.linspace(0.001, 0.999, 999)) == 60.0
    assert np.mean(at_it) == pytest.approx(0.25 * math.exp(-0.6), abs=0.002)
    assert said.survival(160.0) == pytest.approx(0.75 * math.exp(-0.6 - 0.5))


def test_windows_overlap_by_their_product() -> None:
    said = Announced(Exponential(100.0), (Announcement(10, hazard=0.5, until=30), Announcement(20, hazard=3.0, until=40)))
    cumulated = -np.log(said.survival(np.array([10.0, 20.0, 30.0, 40.0, 50.0]))) * 100
    np.testing.assert_allclose(cumulated, np.cumsum([10, 5, 15, 30, 10]), rtol=1e-12)


# ---- classes of problems ----

SHOP = Classes((0.7, 0.3), (Lognormal(120.0, 0.6), Gamma(420.0, 0.9)), ("consult", "exception"))


def drawn(law: NDArray[np.float64], n: int = 60_000) -> NDArray[np.float64]:
    handle, patience = np.empty((2, n), dtype=np.int64)
    interval = np.zeros(n, dtype=np.int64)
    distributions_kernel.fill_attempts(
        20270705, 0, 0, DAY, law, np.array([180.0]), Exponential(60).law, 0, interval, handle, patience
    )
    return handle / 1e6


def test_classes_keep_the_mean_of_the_interval_and_each_its_own_law() -> None:
    """S1-10: consults short, exceptions long; the mixture's mean is the weighted mean."""
    assert SHOP.mean == pytest.approx(0.7 * 120 + 0.3 * 420)
    times = drawn(handle_law(SHOP))
    which = SHOP.classes_of(20270705, 0, np.full(len(times), DAY), np.arange(len(times)))
    assert abs(np.mean(which) - 0.3) < 4 * math.sqrt(0.21 / len(which))
    assert abs(times.mean() - 180) < 4 * times.std() / math.sqrt(len(times))
    for i, part in enumerate(SHOP.times):
        scaled = times[which == i] * SHOP.mean / 180
        ordered = np.sort(scaled)
        gap = np.max(np.abs(1 - part.survival(ordered) - (np.arange(len(ordered)) + 0.5) / len(ordered)))
        assert gap < 1.95 / math.sqrt(len(ordered))  # Kolmogorov, 0.1 %
    assert np.quantile(times[which == 1], 0.9) > 2 * np.quantile(times[which == 0], 0.9)


def test_all_attempts_and_transfers_of_a_contact_are_about_one_problem() -> None:
    law = handle_law(Classes((0.5, 0.5), (Deterministic(100.0), Deterministic(300.0))))
    for ordinal in range(50):
        found = {
            distributions_kernel.draw_attempt(3, 0, 0, DAY, ordinal, attempt, leg, law, 200.0, Exponential(60).law)[0]
            for attempt in (1, 2, 5)
            for leg in (0, 1)
        }
        expected = 100 + 200 * distributions_kernel.class_of(3, 0, 0, DAY, ordinal, law)
        assert found == {expected * 1_000_000}
    assert distributions_kernel.class_of(3, 0, 0, DAY, 0, handle_law(Exponential(60.0))) == 0


def test_legs_have_uniforms_of_their_own() -> None:
    law, patience = handle_law(Exponential(60.0)), Exponential(60.0).law
    times = {distributions_kernel.draw_attempt(1, 0, 0, DAY, 4, 1, leg, law, 180.0, patience) for leg in range(5)}
    assert len(times) == 5


@pytest.mark.parametrize(
    "name", ["lognormal", "gamma", "stages", "two kinds", "weibull of the bank", "a table of quantiles", "hazards"]
)
def test_drawn_handle_times_have_the_mean_of_the_interval(name: str) -> None:
    times, law = drawn(handle_law(ALL[name])), ALL[name]
    assert abs(times.mean() - 180) < 4 * times.std() / math.sqrt(len(times))
    ordered = np.sort(times) * law.mean / 180
    gap = np.max(np.abs(1 - law.survival(ordered) - (np.arange(len(ordered)) + 0.5) / len(ordered)))
    assert gap < 1.95 / math.sqrt(len(ordered))


def test_handle_times_of_the_bank() -> None:
    """data.md section 7: mean 188 s, median 120 s, lognormal with sigma 0.952; p90, p95, p99 408, 582, 1062 s as measured."""
    bank = Lognormal(188.1, math.sqrt(math.expm1(0.952**2)))
    assert bank.quantile(0.5) == pytest.approx(120.0, abs=0.5)
    for share, measured in ((0.9, 408), (0.95, 582), (0.99, 1062)):
        assert bank.quantile(share) == pytest.approx(measured, rel=0.05)
    times = drawn(bank._over(bank.mean).law) / 180 * bank.mean
    logs = np.log(times)
    assert logs.mean() == pytest.approx(4.784, abs=4 * 0.952 / math.sqrt(len(times)))
    assert logs.std() == pytest.approx(0.952, rel=0.015)
    assert abs(stats.skew(logs)) < 0.05
    assert abs(stats.kurtosis(logs)) < 0.1


def test_patience_of_the_bank() -> None:
    """data.md section 7: Kaplan-Meier S(60) 0.82, S(120) 0.71, S(300) 0.49, from the hazard table; the Weibull is close to it."""
    for t, share in ((60, 0.82), (120, 0.71), (300, 0.49)):
        assert HAZARDS.survival(t) == pytest.approx(share, abs=0.006)
        assert Weibull(389.0, 0.91).survival(t) == pytest.approx(share, abs=0.04)
    assert HAZARDS.quantile(0.5) == pytest.approx(280, rel=0.06)


# ---- edges ----


def test_handle_time_and_patience_of_an_attempt_in_microseconds() -> None:
    always = handle_law(Lognormal(60.0, 0.0))
    found = distributions_kernel.draw_attempt(*KEY, always, 180.0, Delayed(120.0, 0.0).law)
    assert found == (180_000_000, 120_000_000)
    assert distributions_kernel.draw_attempt(*KEY, handle_law(Deterministic(9.0)), 180.0, Delayed(120.0, 0.0).law) == found
    for never in (Exponential(math.inf), Delayed(120.0, math.inf), Deterministic(math.inf), Staying(1.0, Exponential(60.0))):
        assert distributions_kernel.draw_attempt(*KEY, always, 180.0, never.law)[1] == draws.NEVER
        assert (never.mean, never.survival(1e9)) == (math.inf, 1.0)
    assert distributions_kernel.draw_attempt(*KEY, always, 180.0, Balking(1.0, Exponential(60.0)).law)[1] == 0
    assert draws.NEVER + 100 * 365 * 24 * HOUR < 2**63


def test_steps_and_hazards_say_how_they_end() -> None:
    assert Empirical((10, 20), (0.5, 0.0)).quantile(0.999999) == 20.0
    assert Empirical((10,), (1.0,)).mean == math.inf
    assert Empirical((10, 20), (0.5, 0.25)).hazard(25.0) == pytest.approx(math.log(2) / 10)
    assert Empirical((0, 20), (0.9, 0.5), tail=100).quantile(0.05) == 0.0
    open_ended = HazardTable((0, 100), (0.01, 0.0))
    assert open_ended.quantile(0.7) == math.inf
    assert open_ended.survival(1e9) == pytest.approx(math.exp(-1))
    curve = HazardTable.of_survival((60, 120, 300), (0.82, 0.71, 0.49))
    np.testing.assert_allclose(curve.survival(np.array([60, 120, 300])), (0.82, 0.71, 0.49))
    assert curve.hazard(1e4) == pytest.approx(math.log(0.71 / 0.49) / 180)


def test_agents_speeds_have_mean_one_and_their_scatter() -> None:
    factors = np.array([distributions_kernel.speed_factor(7, 0, agent, 0.31) for agent in range(20_000)])
    sigma = math.sqrt(math.log1p(0.31**2))
    assert stats.kstest(factors, stats.lognorm(sigma, scale=math.exp(-(sigma**2) / 2)).cdf).pvalue > 1e-4
    assert distributions_kernel.speed_factor(7, 0, 3, 0.0) == 1.0
    assert len(set(factors)) == len(factors)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Exponential(-1), "mean is -1"),
        (lambda: Exponential("60"), "mean is '60'"),
        (lambda: Uniform(10, 20), "shortest must come first"),
        (lambda: Weibull(0, 1), "scale is 0"),
        (lambda: Weibull(100, 0.01), "shape is 0.01"),
        (lambda: Gamma(100, 0), "cv is 0"),
        (lambda: ErlangK(100, 2.5), "stages is 2.5"),
        (lambda: Lognormal(math.inf, 1), "mean is inf"),
        (lambda: Hyperexponential((0.5, 0.6), (1, 2)), "add up to 1.1"),
        (lambda: Hyperexponential((1.0,), (1, 2)), "1 shares and 2 means"),
        (lambda: Empirical((10, 10), (0.5, 0.4)), r"times\[1\] is 10.0 after 10.0"),
        (lambda: Empirical((10, 20), (0.5, 0.6)), "must not increase"),
        (lambda: HazardTable((5, 10), (0.1, 0.1)), r"times\[0\] is 5.0"),
        (lambda: HazardTable((0, 10), (0.1,)), "2 times and 1 hazards"),
        (lambda: HazardTable.of_survival((10, 20), (0.5, 0.0)), "shares above 0"),
        (lambda: QuantileTable((0.5, 0.9), (10, 20)), "the last share has to be 1"),
        (lambda: QuantileTable((0.5, 1.0), (20, 10)), "times must not decrease"),
        (lambda: Balking(1.5, Exponential(60)), "share is 1.5"),
        (lambda: Staying(0.5, Announced(Exponential(60), SAID)), "one plain distribution"),
        (lambda: Announced(Announced(Exponential(60), SAID), SAID), "without announcements"),
        (lambda: Announced(Exponential(60), (60,)), r"announcements\[0\] is 60"),
        (lambda: Announcement(60, until=60), "until is 60"),
        (lambda: Announcement(60, hang_up=1.2), "hang_up is 1.2"),
        (lambda: Classes((0.5, 0.5), (Exponential(60),)), "2 shares, 1 times"),
        (lambda: Classes((1.0,), (Balking(0.1, Exponential(60)),)), r"times\[0\] is Balking"),
        (lambda: handle_law(Staying(0.1, Exponential(60))), "an end for everybody"),
        (lambda: handle_law(Deterministic(0)), "mean above 0"),
        (lambda: patience_law(SHOP), "one of Classes"),
        (lambda: SHOP.quantile(0.5), "one of `times`"),
        (lambda: Exponential(60).quantile(1.0), "between 0 and 1"),
    ],
)
def test_what_is_refused_says_so(make: Callable[[], object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        make()
