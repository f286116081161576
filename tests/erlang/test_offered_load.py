"""The offered load when rates change: golden columns, direct quadrature, closed forms and laws that hold for any rates."""

import json
import math
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate

from tests.erlang.bars import table
from tests.shared import shared
from wfm.erlang.impatience import Balking, Deterministic, Empirical, ErlangK, Exponential, Hyperexponential, Lognormal, Weibull
from wfm.erlang.transient.handle_times import (
    AnyTimes,
    ExponentialTimes,
    FixedTimes,
    GammaTimes,
    LognormalTimes,
    handle_times,
)
from wfm.erlang.transient.offered_load import delayed_load, offered_load, offered_load_by_interval

LAWS = [
    ExponentialTimes(300.0),
    FixedTimes(300.0),
    FixedTimes(2000.0),
    LognormalTimes(300.0, 0.8),
    LognormalTimes(300.0, 2.0),
    LognormalTimes(40.0, 0.1),
    GammaTimes(300.0, 0.5),
    GammaTimes(300.0, 2.0),
    handle_times(Weibull(300.0, 1.5)),
    handle_times(Hyperexponential((0.4, 0.6), (60.0, 500.0))),
    handle_times(Empirical((60.0, 200.0, 300.0, 700.0), (0.8, 0.5, 0.2, 0.0))),
]


def rate_of(case):
    """The arrival rate of a golden case as a function of minutes, and where it bends."""
    a = case["arrival_rate"]
    if a["kind"] == "sinusoid":
        return (lambda t: a["mean_rate"] * (1 + a["amplitude"] * np.sin(2 * np.pi * (t - a["phase"]) / a["period"]))), []
    up, hold = a["ramp"], a["ramp"] + a["hold"]

    def spike(t):
        rising = 1 + (a["multiple"] - 1) * t / up
        falling = a["final_multiple"] + (a["multiple"] - a["final_multiple"]) * np.exp(-np.maximum(t - hold, 0.0) / a["decay_tau"])
        return a["base_rate"] * np.select([t < 0, t < up, t < hold], [1.0, rising, a["multiple"]], falling)

    return spike, [0.0, up, hold]


@pytest.mark.parametrize("name", ["tv_sinusoid_a", "tv_spike1111_a", "tv_exhaustive_a"])
def test_golden_loads(name):
    """Smooth rates as means over 0.6 seconds; the error of that falls with the square of the piece."""
    case = json.loads(shared(f"golden/{name}.json").read_text())
    golden = table(f"{name}_minute")
    rate, _ = rate_of(case)
    first, last = case["t0"] - 40 * case["aht"], case["t1"]
    edges = np.arange(first * 100, last * 100 + 1) / 100
    middle, half = 0.5 * (edges[1:] + edges[:-1]), 0.005
    nodes, weights = np.polynomial.legendre.leggauss(4)
    means = sum(w * rate(middle + half * x) for x, w in zip(nodes, weights, strict=True)) / 2
    found = offered_load(means, edges, case["aht"], golden.t)
    assert np.allclose(found, golden.mol_offered_load, rtol=1e-6, atol=1e-9)
    print(name, float(np.max(np.abs(found / golden.mol_offered_load - 1))))


def test_sinusoid_in_closed_form():
    """Eick, Massey and Whitt, exponential handle times: lag and damping by gamma / mu; halving the pieces quarters the error."""
    mean, swing, period, aht = 0.2, 0.6, 7200.0, 300.0
    turn = 2 * math.pi / period
    r = turn * aht
    at = np.linspace(14400.0, 21600.0, 97)
    exact = mean * aht * (1 + swing * (np.sin(turn * at) - r * np.cos(turn * at)) / (1 + r * r))
    errors = []
    for piece in (60.0, 30.0):
        edges = np.arange(0.0, 21600.0 + piece, piece)
        level = mean * (1 - swing * np.diff(np.cos(turn * edges)) / (turn * piece))
        errors.append(np.abs(offered_load(level, edges, aht, at) - exact).max())
    assert errors[1] < 1e-2
    assert 3.5 < errors[0] / errors[1] < 4.5


def by_quadrature(rates, edges, law, past, t):
    def rate(time):
        if time < edges[0]:
            return rates[0] if past == "stationary" else 0.0
        return rates[np.searchsorted(edges, time, side="right") - 1] if time < edges[-1] else 0.0

    cuts = sorted({0.0, *[t - e for e in edges if t > e], *law.kinks})
    total = 0.0
    for low, high in zip(cuts, [*cuts[1:], math.inf], strict=True):
        level = rate(t - (0.5 * (low + high) if high < math.inf else low + 1e-6))
        value = integrate.quad(lambda u: float(law.survival(np.array([u]))[0]), low, high, epsabs=1e-12, epsrel=1e-12, limit=200)
        total += level * value[0]
    return total


RATES = np.array([0.3, 1.2, 0.0, 0.7, 0.7, 2.0, 0.1])
EDGES = np.array([-900.0, 0.0, 450.0, 1800.0, 2700.0, 3600.0, 5000.0, 5900.0])


@pytest.mark.parametrize("law", LAWS[:8], ids=str)
@pytest.mark.parametrize("past", ["stationary", "empty"])
def test_the_load_is_the_integral(law, past):
    at = np.array([-2000.0, -900.0, -100.0, 0.0, 123.4, 1800.0, 4999.0, 5900.0, 7000.0])
    expected = [by_quadrature(RATES, EDGES, law, past, float(t)) for t in at]
    assert offered_load(RATES, EDGES, law, at, past=past) == pytest.approx(expected, rel=1e-11, abs=1e-9)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: f"{type(law).__name__} of mean {law.mean:g}, {law.kinks}")
def test_a_distribution_agrees_with_itself(law):
    """The excess is the survival's integral, the excess' square that of the excess."""
    at = np.array([0.0, 1.0, 30.0, 200.0, 299.0, 1000.0])
    for left, more in ((law.survival, law.excess), (law.excess, law.excess_square)):
        for low, high in pairwise(at):
            cuts = [low, *[k for k in law.kinks if low < k < high], high]
            area = sum(
                integrate.quad(lambda u, left=left: float(left(np.array([u]))[0]), a, b, epsabs=1e-12, epsrel=1e-12)[0]
                for a, b in pairwise(cuts)
            )
            both = more(np.array([low, high]))
            assert both[0] - both[1] == pytest.approx(area, rel=1e-10, abs=1e-9 * law.mean)
    assert law.excess(np.zeros(1))[0] == pytest.approx(law.mean, rel=1e-13)
    assert law.excess(np.array([law.reach]))[0] <= 1e-17 * law.mean


def test_a_measured_survival_gives_what_the_closed_form_does():
    exact = LognormalTimes(300.0, 0.8)
    measured = AnyTimes(exact.survival, scale=300.0)
    assert measured.mean == pytest.approx(300.0, rel=1e-13)
    at = np.linspace(-900.0, 7000.0, 300)
    assert offered_load(RATES, EDGES, measured, at) == pytest.approx(offered_load(RATES, EDGES, exact, at), abs=1e-10)
    one, other = (offered_load_by_interval(RATES, EDGES, law) for law in (measured, exact))
    assert one.average == pytest.approx(other.average, rel=1e-11)


def test_distributions_of_patience_are_read_as_handle_times():
    u = np.linspace(0.0, 2000.0, 50)
    for law in (
        Exponential(300.0),
        Deterministic(300.0),
        Lognormal(300.0, 0.8),
        ErlangK(300.0, 4),
        Balking(0.2, ErlangK(300.0, 2)),
    ):
        times = handle_times(law)
        assert times.mean == pytest.approx(law.mean_patience, rel=1e-13)
        assert times.survival(u) == pytest.approx(law.survival(u), abs=1e-14)
        assert times.excess(u) == pytest.approx(law.mean_patience - law.integral(u), abs=1e-10)


loads = st.lists(st.floats(0.0, 5.0), min_size=1, max_size=12)
laws = st.sampled_from(LAWS)
pasts = st.sampled_from(["stationary", "empty"])


@given(st.floats(0.0, 10.0), st.integers(1, 20), laws)
def test_a_constant_rate_gives_rate_times_mean_whatever_the_distribution(rate, count, law):
    found = offered_load_by_interval(np.full(count, rate), 900.0, law)
    for value in (found.average, found.least, found.most, found.at_start, found.at_end):
        assert value == pytest.approx(rate * law.mean, rel=1e-11)


@given(loads, loads, st.floats(0.0, 3.0), laws, pasts)
def test_the_load_is_linear_in_the_rates(one, other, factor, law, past):
    count = min(len(one), len(other))
    a, b = np.array(one[:count]), np.array(other[:count])
    at = np.linspace(-300.0, 900.0 * count + 2000.0, 17)
    parts = offered_load(a, 900.0, law, at, past=past) + factor * offered_load(b, 900.0, law, at, past=past)
    assert offered_load(a + factor * b, 900.0, law, at, past=past) == pytest.approx(parts, rel=1e-12, abs=1e-9)


@given(loads, st.floats(-1e5, 1e5), laws, pasts)
def test_the_clock_may_begin_anywhere(rates, shift, law, past):
    edges = 600.0 * np.arange(len(rates) + 1)
    at = np.linspace(-300.0, edges[-1] + 1000.0, 13) + 0.25
    moved = offered_load(rates, edges + shift, law, at + shift, past=past)
    assert moved == pytest.approx(offered_load(rates, edges, law, at, past=past), rel=1e-9, abs=1e-7)


@given(loads)
def test_fixed_handle_times_give_moving_sums(rates):
    """With a handle time of three intervals those of the last three intervals are busy."""
    found = offered_load_by_interval(rates, 100.0, FixedTimes(300.0), past="empty")
    window = [100.0 * sum(rates[max(0, k - 2) : k + 1]) for k in range(len(rates))]
    assert found.at_end == pytest.approx(window, abs=1e-9)


@settings(max_examples=30)
@given(loads, laws, pasts, st.booleans())
def test_extremes_and_average_are_those_of_a_fine_grid(rates, law, past, regular):
    count = len(rates)
    edges = 900.0 * np.arange(count + 1)
    if not regular:
        edges += 300.0 * np.sin(edges)
    found = offered_load_by_interval(rates, edges, law, past=past)
    for k in range(count):
        m = offered_load(rates, edges, law, np.linspace(edges[k], edges[k + 1], 801), past=past)
        size = 1.0 + m.max()
        assert found.average[k] == pytest.approx(integrate.simpson(m, dx=1 / 800), abs=2e-4 * size)
        assert m.max() - 1e-11 * size <= found.most[k] <= m.max() + 2e-3 * size
        assert m.min() - 2e-3 * size <= found.least[k] <= m.min() + 1e-11 * size


@settings(max_examples=30)
@given(loads, laws)
def test_all_work_that_arrives_is_done(rates, law):
    """The load over all time is the contacts times their mean handle time."""
    padded = [*rates, *[0.0] * 400]
    found = offered_load_by_interval(padded, 900.0, law, past="empty")
    assert 900.0 * found.average.sum() == pytest.approx(900.0 * sum(rates) * law.mean, rel=1e-6, abs=1e-9)


def test_a_month_of_quarter_hours_with_long_memory_is_the_sum_of_its_parts():
    """Where handle times reach far back, chunks of terms must join without seams."""
    rng = np.random.default_rng(4)
    rates = rng.uniform(0.0, 2.0, 1500)
    law = LognormalTimes(300.0, 3.0)
    at = rng.uniform(0.0, 1500 * 900.0, 3000)
    whole = offered_load(rates, 900.0, law, at)
    assert whole[:5] == pytest.approx([offered_load(rates, 900.0, law, t) for t in at[:5]], rel=1e-13)
    assert whole[-5:] == pytest.approx([offered_load(rates, 900.0, law, t) for t in at[-5:]], rel=1e-13)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.floats(0.0, 5.0), st.sampled_from([100.0, 240.0, 500.0])), min_size=1, max_size=8), laws, pasts)
def test_handle_times_that_change_are_as_many_days_laid_over_each_other(plan, law, past):
    """Contacts of each mean by themselves, with the law of that mean, add up: at any time, and in averages."""
    rates, means = np.array(plan).T
    edges = 900.0 * np.arange(len(rates) + 1)
    at = np.linspace(-300.0, edges[-1] + 1000.0, 13)
    whole = offered_load(rates, edges, law, at, aht=means, past=past)
    average = offered_load_by_interval(rates, edges, law, aht=means, past=past).average
    total, averages = np.zeros_like(at), np.zeros_like(rates)
    for mean in set(means.tolist()):
        alike = np.where(means == mean, rates, 0.0)
        # The same law in another unit of time.
        unit = mean / law.mean
        total += unit * offered_load(alike, edges / unit, law, at / unit, past=past)
        averages += unit * offered_load_by_interval(alike, edges / unit, law, past=past).average
    assert whole == pytest.approx(total, rel=1e-9, abs=1e-8)
    assert average == pytest.approx(averages, rel=1e-9, abs=1e-8)


@settings(max_examples=20)
@given(st.lists(st.tuples(st.floats(0.0, 5.0), st.floats(50.0, 900.0)), min_size=1, max_size=8), laws)
def test_extremes_with_handle_times_that_change(plan, law):
    rates, means = np.array(plan).T
    found = offered_load_by_interval(rates, 900.0, law, aht=means)
    for k in range(len(rates)):
        m = offered_load(rates, 900.0, law, np.linspace(900.0 * k, 900.0 * (k + 1), 801), aht=means)
        size = 1.0 + m.max()
        assert m.max() - 1e-11 * size <= found.most[k] <= m.max() + 2e-3 * size
        assert m.min() - 2e-3 * size <= found.least[k] <= m.min() + 1e-11 * size


def test_delayed_load_is_later_and_smaller():
    at = np.array([500.0, 2000.0, 5000.0])
    later = offered_load(RATES, EDGES, 300.0, at - 60.0)
    assert delayed_load(RATES, EDGES, 300.0, at, delay=60.0, lost=0.1) == pytest.approx(0.9 * later, rel=1e-14)
    assert delayed_load(RATES, EDGES, 300.0, 500.0, delay=60.0) == pytest.approx(later[0], rel=1e-14)


def test_series_come_back_as_series():
    rates = pd.Series([1.0, 2.0], index=pd.Index(["a", "b"]))
    assert offered_load_by_interval(rates, 900.0, 300.0).most.index.tolist() == ["a", "b"]
    at = pd.Series([0.0, 900.0], index=pd.Index(["x", "y"]))
    assert offered_load(rates, 900.0, 300.0, at).to_dict() == {"x": pytest.approx(300.0), "y": pytest.approx(300.0)}


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: offered_load([1.0, -1.0], 900.0, 300.0, 0.0), r"rate\[1\] is -1"),
        (lambda: offered_load([], 900.0, 300.0, 0.0), "rate has the shape"),
        (lambda: offered_load([1.0], 0.0, 300.0, 0.0), "interval is 0"),
        (lambda: offered_load([1.0, 1.0], [0.0, 9.0], 300.0, 0.0), "3 edges for 2 rates"),
        (lambda: offered_load([1.0, 1.0], [0.0, 9.0, 9.0], 300.0, 0.0), r"interval\[2\] is 9"),
        (lambda: offered_load([1.0], 900.0, "300", 0.0), "service is '300'"),
        (lambda: offered_load([1.0], 900.0, 300.0, math.nan), "finite times"),
        (lambda: offered_load([1.0], 900.0, 300.0, 0.0, past="full"), "past is 'full'"),
        (lambda: offered_load([1.0, 1.0], 900.0, 300.0, 0.0, aht=[1.0, 0.0]), r"aht\[1\] is 0"),
        (lambda: LognormalTimes(300.0, 0.0), "cv is 0"),
        (lambda: delayed_load([1.0], 900.0, 300.0, 0.0, delay=-1.0), "delay is -1"),
        (lambda: AnyTimes(lambda u: np.ones_like(u)), "finite mean"),
    ],
)
def test_what_is_out_of_range_is_told(call, told):
    with pytest.raises(ValueError, match=told):
        call()
