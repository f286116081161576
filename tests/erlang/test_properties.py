"""What must hold for every queue: n to 1e6, occupancy offered 1e-6 to 10, patience 1e-3 to 1e3 handle times."""

import math

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from wfm.erlang import ErlangA, ErlangC, MMnDelayed, kernels
from wfm.erlang.formulas import kpis as m

FEW = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def spread(low, high):
    """Numbers spread evenly over their logarithm."""
    return st.floats(math.log(low), math.log(high)).map(math.exp)


agents = st.one_of(spread(1.0, 1e6).map(lambda n: float(round(n))), spread(0.5, 1e6))
rho = st.one_of(spread(1e-6, 10.0), st.floats(0.9, 1.1), st.just(1.0))
patience = spread(1e-3, 1e3)
onset = st.one_of(st.just(0.0), spread(1e-3, 1e2))
threshold = st.one_of(st.just(0.0), spread(1e-3, 1e2))

SHARES = [
    *range(m.SL_OFFERED, m.OCCUPANCY + 1),
    m.ABANDON_WITHIN,
    m.P_WAIT_LONGER,
    m.P_VIRTUAL_LONGER,
    m.BLOCKING,
    m.LINE_OCCUPANCY,
]
TIMES = [m.MEAN_WAIT_ALL, m.ASA_ANSWERED, m.MEAN_WAIT_VIRTUAL, m.MEAN_QUEUE, m.MEAN_TIME_TO_ABANDON]


@FEW
@example(21691.0, 23295.72519944809 / 21691.0, 3.0566612795801382, 0.0, 3.1488453740516933)
@example(1575.0, 1483.3474580091397 / 1575.0, 0.0001098600197413559, 792.6273591449358, 1.0)
@given(agents, rho, patience, onset, threshold)
def test_shares_lie_in_0_1_and_times_are_finite(n, r, p, d, t):
    for kpi in SHARES:
        value = kernels.measure(kpi, n, r * n, p, d, t)
        assert 0.0 <= value <= 1.0, kpi
    for kpi in TIMES:
        value = kernels.measure(kpi, n, r * n, p, d, t)
        assert 0.0 <= value < math.inf, kpi


@FEW
@given(agents, rho, patience, onset, threshold)
def test_flow_is_conserved(n, r, p, d, t):
    a = r * n

    def kpi(code):
        return kernels.measure(code, n, a, p, d, t)

    assert kpi(m.ANSWER_RATE) + kpi(m.ABANDON_RATE_OFFERED) == pytest.approx(1.0, abs=1e-13)
    assert kpi(m.P_WAIT) + kpi(m.P_NO_WAIT) == pytest.approx(1.0, abs=1e-13)
    assert kpi(m.OCCUPANCY) == pytest.approx(r * kpi(m.ANSWER_RATE), rel=1e-13)
    assert kpi(m.MEAN_QUEUE) == pytest.approx(a * kpi(m.MEAN_WAIT_ALL), rel=1e-13)
    assert kpi(m.SL_EITHER) == pytest.approx(kpi(m.SL_OFFERED) + kpi(m.ABANDON_WITHIN), abs=1e-12)
    by_outcome = kpi(m.ANSWER_RATE) * kpi(m.ASA_ANSWERED) + kpi(m.ABANDON_RATE_OFFERED) * kpi(m.MEAN_TIME_TO_ABANDON)
    assert by_outcome == pytest.approx(kpi(m.MEAN_WAIT_ALL), rel=1e-9, abs=1e-290)
    if d == 0.0:
        assert kpi(m.ABANDON_RATE_OFFERED) * p == pytest.approx(kpi(m.MEAN_WAIT_ALL), rel=1e-12, abs=1e-290)


@FEW
@given(agents, rho, patience, onset, threshold)
def test_more_agents_never_hurt(n, r, p, d, t):
    for kpi in range(m.SL_OFFERED, m.MEAN_QUEUE + 1):
        fewer = kernels.measure(kpi, n, r * n, p, d, t)
        more = kernels.measure(kpi, n + 1.0, r * n, p, d, t)
        if kpi <= m.P_NO_WAIT:
            assert more >= fewer - 1e-12, kpi
        else:
            assert more <= fewer * (1.0 + 1e-11), kpi


@FEW
@given(agents, rho, spread(1.001, 2.0), patience, onset, threshold)
def test_more_load_never_helps(n, r, growth, p, d, t):
    for kpi in range(m.SL_OFFERED, m.MEAN_QUEUE + 1):
        less = kernels.measure(kpi, n, r * n, p, d, t)
        more = kernels.measure(kpi, n, r * n * growth, p, d, t)
        if kpi <= m.P_NO_WAIT:
            assert more <= less + 1e-12, kpi
        else:
            assert more >= less * (1.0 - 1e-11), kpi


@FEW
@given(agents, rho)
def test_no_patience_is_erlang_b(n, r):
    b = kernels.blocking(n, r * n)
    assume(b > 1e-290)
    assert kernels.measure(m.ABANDON_RATE_OFFERED, n, r * n, 0.0, 0.0, 0.0) == pytest.approx(b, rel=1e-11)
    assert kernels.measure(m.ABANDON_RATE_OFFERED, n, r * n, 1e-14, 0.0, 0.0) == pytest.approx(b, rel=1e-6)


@FEW
@given(spread(1.0, 1e4), spread(1e-3, 0.98), threshold)
def test_endless_patience_is_erlang_c(n, r, t):
    a = r * n
    assume(kernels.delay_probability(n, a) > 1e-250)
    for kpi in (m.SL_OFFERED, m.P_WAIT, m.P_NO_WAIT, m.MEAN_WAIT_ALL, m.ASA_ANSWERED, m.MEAN_WAIT_VIRTUAL, m.OCCUPANCY):
        c = kernels.measure(kpi, n, a, math.inf, 0.0, t)
        assert kernels.measure(kpi, n, a, 1e9, 0.0, t) == pytest.approx(c, rel=1e-4), kpi
        assert kernels.measure(kpi, n, a, 1.0, 1e7, t) == pytest.approx(c, rel=1e-9), kpi


@FEW
@given(agents, rho, patience, threshold)
def test_erlang_a_at_equal_rates_is_poisson(n, r, p, t):
    """Patience of one handle time: the number present is Poisson, so P(no wait) is a Poisson head (exact check)."""
    n = float(min(round(n), 200)) or 1.0
    a = r * n
    term = math.exp(-a)
    head = 0.0
    for k in range(int(n)):
        head += term
        term *= a / (k + 1)
    assume(a < 700.0)
    assert kernels.measure(m.P_NO_WAIT, n, a, 1.0, 0.0, t) == pytest.approx(head, rel=1e-11, abs=1e-290)


@FEW
@given(agents, rho, patience, onset, threshold, st.sampled_from([2.0**-12, 0.5, 64.0]))
def test_the_unit_of_time_is_free(n, r, p, d, t, unit):
    """A power of two changes no bit but the exponent's."""
    in_aht = MMnDelayed(r * n, 1.0, p, d).measures(n, threshold=t)
    scaled = MMnDelayed(r * n / unit, unit, p * unit, d * unit).measures(n, threshold=t * unit)
    for name in in_aht:
        factor = unit if ("wait" in name and "mean" in name) or name in ("asa_answered", "mean_time_to_abandon") else 1.0
        assert scaled[name] == pytest.approx(in_aht[name] * factor, rel=1e-15), name


@FEW
@given(
    spread(1e-3, 1e5),
    st.one_of(patience, st.just(math.inf)),
    onset,
    st.integers(m.SL_OFFERED, m.MEAN_QUEUE),
    st.floats(0.001, 0.999),
    threshold,
)
def test_staffing_is_the_least(a, p, d, kpi, target, t):
    """The answer meets the target, one agent fewer does not."""
    n = kernels.least_agents(kpi, target, t, a, p, d)
    assert n >= 1.0
    assert n == math.floor(n)
    margin = 1e-11 * target
    low, high = kernels.measure(kpi, n, a, p, d, t), kernels.measure(kpi, n - 1.0, a, p, d, t)
    if kpi <= m.P_NO_WAIT:
        assert low >= target - margin
        assert n == 1.0 or high < target
    else:
        assert low <= target + margin
        assert n == 1.0 or high > target


@FEW
@given(spread(1.0, 3e3).map(lambda n: float(round(n))), patience, onset, st.floats(0.5, 0.99), threshold)
def test_greatest_rate_is_the_inverse_of_staffing(n, p, d, target, t):
    a = kernels.greatest_load(m.SL_OFFERED, target, t, n, p, d)
    assert kernels.measure(m.SL_OFFERED, n, a, p, d, t) == pytest.approx(target, abs=1e-12)
    assert kernels.least_agents(m.SL_OFFERED, target, t, a, p, d) == n


def test_joint_targets_take_the_largest():
    q = ErlangA(0.5, 200, 150)
    alone = [
        q.agents_for(sl_offered=(0.9, 15)),
        q.agents_for(occupancy=0.8),
        q.agents_for(abandon_rate_offered=0.01),
    ]
    assert q.agents_for(sl_offered=(0.9, 15), occupancy=0.8, abandon_rate_offered=0.01) == max(alone)
    rate = [q.rate_for(110, occupancy=0.8), q.rate_for(110, answer_rate=0.99)]
    assert q.rate_for(110, occupancy=0.8, answer_rate=0.99) == min(rate)


def test_pooled_agents_never_do_worse():
    """S0-04: one queue of two equal groups needs no more agents than the two apart."""
    for calls in (5, 20, 60, 200, 1500):
        apart = ErlangC(calls / 3600, 180).agents_for(sl_offered=(0.8, 20))
        assert ErlangC(2 * calls / 3600, 180).agents_for(sl_offered=(0.8, 20)) <= 2 * apart


@settings(FEW, max_examples=40)
@given(spread(1e-2, 1e4), st.one_of(patience, st.just(math.inf)), st.floats(0.05, 0.95), spread(1e-2, 10.0))
def test_the_inverse_searches_hit_the_target(a, p, target, t):
    """Real agents, handle time and threshold at which a service level is just what was asked."""
    q = ErlangA(a, 1.0, p)
    n = q.agents_for(whole=False, sl_offered=(target, t))
    assert q.measures(n, threshold=t)["sl_offered"] == pytest.approx(target, abs=1e-9)
    least = q.agents_for(sl_offered=(target, t))
    assert least - 1 < n <= least or least == 1
    aht = q.aht_for(least, sl_offered=(target, t))
    assert ErlangA(a, aht, p).measures(least, threshold=t)["sl_offered"] == pytest.approx(target, abs=1e-9)
    if q.measures(least)["p_no_wait"] < target:
        within = q.threshold_for(least, sl_offered=target)
        assert within <= t * (1 + 1e-9)
        assert q.measures(least, threshold=within)["sl_offered"] == pytest.approx(target, abs=1e-9)


@settings(FEW, max_examples=60)
@given(spread(1e-2, 1e5), patience, st.floats(0.05, 0.99), st.floats(0.01, 0.5), st.floats(0.3, 0.99), threshold)
def test_joint_targets_are_met_by_the_least(a, p, level, lost, busy, t):
    q = ErlangA(a, 1.0, p)
    n = q.agents_for(sl_offered=(level, t), abandon_rate_offered=lost, occupancy=busy)

    def met(agents):
        k = q.measures(agents, threshold=t)
        return k["sl_offered"] >= level * (1 - 1e-11) and max(k["abandon_rate_offered"] / lost, k["occupancy"] / busy) <= 1 + 1e-11

    assert met(n)
    assert n == 1 or not met(n - 1)
