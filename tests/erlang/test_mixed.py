"""Random busyness: the golden table, the classic queues as limits, quadrature by scipy, and searches over a day."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tests.erlang.bars import rel, table, worst
from wfm.erlang import ErlangA, GammaMixed, MMnDelayed, twin
from wfm.erlang.formulas import kpis as m

COLUMNS = {
    "sl_interval_avg": "sl_offered_interval_mean",
    "sl_call_weighted": "sl_offered_call_weighted",
    "p_abandon_call_weighted": "abandon_rate_offered_call_weighted",
}


@pytest.mark.parametrize("column", COLUMNS)
def test_golden(column):
    """Compiled, and the plain twin."""
    t = table("gamma_mixed_arrivals")
    queue = GammaMixed(t.a_mean, 1.0, t.patience, t.cv)
    worst("gamma_mixed_arrivals", column, rel, 1e-9, queue.measures(t.n, t["T"])[COLUMNS[column]], t[column])
    plain = [GammaMixed(r.a_mean, 1.0, r.patience, r.cv).measures(float(r.n), r.T)[COLUMNS[column]] for r in t.itertuples()]
    worst("  plain Python", column, rel, 1e-9, plain, t[column])


def test_golden_at_the_mean_rate():
    t = table("gamma_mixed_arrivals")
    found = GammaMixed(t.a_mean, 1.0, t.patience, 0.0).measures(t.n, t["T"])["sl_offered_call_weighted"]
    worst("gamma_mixed_arrivals", "sl_at_mean", rel, 1e-9, found, t.sl_at_mean)


def quadrature(name, n, a, patience, onset, threshold, cv):
    """A KPI by Gauss's rule on thousands of nodes over the quantiles of the rate, straight from the definition."""
    law = stats.gamma(1 / cv**2, scale=cv**2)
    edges = np.unique(np.concatenate((np.geomspace(law.ppf(1e-20), law.isf(1e-20), 300), np.linspace(0.5, 1.5, 200) * n / a)))
    points, shares = np.polynomial.legendre.leggauss(12)
    half = 0.5 * np.diff(edges)[:, None]
    x, weight = (edges[:-1, None] + half * (1 + points)).ravel(), (half * shares).ravel()
    q = MMnDelayed(a * x, 1.0, patience, onset).measures(n, threshold)
    weight *= law.pdf(x)
    kpi = name.removesuffix("_call_weighted").removesuffix("_interval_mean")
    if name.endswith("_call_weighted"):
        weight *= x
        if kpi in ("sl_answered", "asa_answered"):
            weight *= q["answer_rate"]
        if kpi == "sl_net":
            weight *= 1.0 - q["abandon_within"]
        if kpi == "mean_time_to_abandon":
            weight *= q["abandon_rate_offered"]
    return weight @ q[kpi] / weight.sum()


@pytest.mark.parametrize(
    ("n", "a", "patience", "onset", "threshold", "cv"),
    [
        (12, 10.0, 0.7, 0.0, 0.1, 0.3),
        (40, 60.0, 0.0, 0.5, 0.1, 0.15),
        (150, 120.0, 1.5, 0.5, 0.2, 0.4),
        (30, 25.0, 4.0, 0.0, 5.0, 0.25),
        (8, 5.0, 0.5, 0.1, 0.05, 1.2),
        (900, 1000.0, 0.6, 0.0, 0.07, 0.02),
    ],
)
def test_every_kpi_against_its_definition(n, a, patience, onset, threshold, cv):
    q = GammaMixed(a, 1.0, patience, cv, onset).measures(n, threshold)
    expected = {name: quadrature(name, n, a, patience, onset, threshold, cv) for name in q}
    errors = {name: rel(q[name], value) for name, value in expected.items()}
    print(f"\n{max(errors, key=errors.get):<40} {max(errors.values()):.1e}", end="")
    assert max(errors.values()) <= 1e-9
    assert all(q[name] == 0.0 for name, value in expected.items() if value == 0.0)


@settings(max_examples=40, deadline=None)
@given(
    st.floats(1.0, 300.0), st.floats(0.5, 300.0), st.floats(0.05, 5.0), st.floats(0.0, 1.0), st.floats(0.0, 2.0), st.floats(0, 0.6)
)
def test_means_lie_between_zero_and_one_and_the_twins_agree(n, a, patience, onset, threshold, cv):
    plain = GammaMixed(a, 1.0, patience, cv, onset).measures(n, threshold)
    loops = GammaMixed([a], 1.0, patience, cv, onset).measures(n, threshold)
    for name in ("sl_offered", "sl_net", "answer_rate", "abandon_rate_offered", "p_wait"):
        for form in ("call_weighted", "interval_mean"):
            share = plain[f"{name}_{form}"]
            assert -1e-12 <= share <= 1 + 1e-12
            assert loops[f"{name}_{form}"][0] == pytest.approx(share, rel=1e-9, abs=1e-12)
    served, lost = plain["answer_rate_call_weighted"], plain["abandon_rate_offered_call_weighted"]
    assert served + lost == pytest.approx(1.0, abs=1e-11)
    # Busy intervals are the worse ones, so contacts fare no better than intervals.
    assert plain["sl_offered_call_weighted"] <= plain["sl_offered_interval_mean"] + 1e-12
    # What is served is the work done.
    assert plain["occupancy_interval_mean"] * n == pytest.approx(a * served, rel=1e-9)
    # Little's law.
    assert plain["mean_queue_interval_mean"] == pytest.approx(a * plain["mean_wait_all_call_weighted"], rel=1e-9, abs=1e-300)


@pytest.mark.parametrize("onset", [0.0, 30.0])
def test_without_variation_it_is_the_classic_queue(onset):
    mixed = GammaMixed(0.3, 180.0, 120.0, 0.0, onset).measures(60, 20)
    classic = MMnDelayed(0.3, 180.0, 120.0, onset).measures(60, 20)
    for name in mixed:
        assert mixed[name] == classic[name.removesuffix("_call_weighted").removesuffix("_interval_mean")]
    for tiny in (5e-324, 1e-200, 1e-12):
        assert GammaMixed(0.3, 180.0, 120.0, tiny, onset).measures(60, 20)["sl_offered_call_weighted"] == classic["sl_offered"]
    nearly = GammaMixed(0.3, 180.0, 120.0, 1e-6, onset).measures(60, 20)
    for name in mixed:
        assert nearly[name] == pytest.approx(mixed[name], rel=1e-8)
    assert GammaMixed(0.3, 180.0, 120.0, 0.0, onset).agents_for(sl_offered_call_weighted=(0.8, 20)) == MMnDelayed(
        0.3, 180.0, 120.0, onset
    ).agents_for(sl_offered=(0.8, 20))


def test_edges():
    nobody = GammaMixed(0.0, 180.0, 120.0, 0.3).measures(0, 20)
    assert nobody["sl_offered_call_weighted"] == nobody["sl_offered_interval_mean"] == 1.0
    assert GammaMixed(0.0, 180.0, 120.0, 0.3).agents_for(sl_offered_call_weighted=(0.8, 20)) == 0
    unmanned = GammaMixed(0.1, 180.0, 120.0, 0.3).measures(0, 20)
    assert unmanned["sl_offered_call_weighted"] == 0.0
    assert unmanned["abandon_rate_offered_interval_mean"] == 1.0
    assert math.isnan(unmanned["asa_answered_call_weighted"])
    assert GammaMixed(0.1, 180.0, 120.0, 0.3).agents_for(sl_offered_interval_mean=(1.0, 20)) == math.inf
    assert GammaMixed(1e-9, 180.0, 120.0, 0.3).agents_for(sl_offered_interval_mean=(0.8, 20)) == 1
    # Nobody waits at T = 0 but for those who find an agent free.
    blocked = GammaMixed(0.1, 180.0, 0.0, 0.3).measures(20, 0.0)
    assert blocked["sl_offered_call_weighted"] == pytest.approx(blocked["answer_rate_call_weighted"], rel=1e-12)
    assert math.isnan(twin.mixed(m.SL_OFFERED + m.CALL_WEIGHTED, 10.0, 8.0, math.inf, 0.0, 0.1, 0.2))


def test_a_rate_that_hardly_ever_is_near_its_mean():
    """cv = 4: most intervals are all but empty, a few hold everything."""
    q = GammaMixed(20.0, 1.0, 0.5, 4.0).measures(25, 0.1)
    for name in ("sl_offered_interval_mean", "answer_rate_call_weighted"):
        kpi = name.partition("_call")[0].partition("_interval")[0]
        weight = 1 if name.endswith("call_weighted") else 0
        # In s = ln x the density is smooth and wide.
        s = np.linspace(-700.0, 8.0, 400_001)
        density = np.exp((s - np.exp(s)) / 16.0 + weight * s)
        values = ErlangA(20.0 * np.exp(s), 1.0, 0.5).measures(25, 0.1)[kpi]
        assert q[name] == pytest.approx((density @ values) / density.sum(), rel=1e-9)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"patience": math.inf}, "patience is inf"),
        ({"cv": -0.1}, "cv is -0.1"),
        ({"cv": [0.1, math.nan]}, r"cv\[1\] is nan"),
        ({"onset": math.inf}, "onset is inf"),
    ],
)
def test_bad_arguments_are_named(change, said):
    with pytest.raises(ValueError, match=said):
        GammaMixed(**{"arrival_rate": 0.1, "aht": 180.0, "patience": 100.0, "cv": 0.1, **change})
    with pytest.raises(ValueError, match="no target 'occupancy_call_weighted'"):
        GammaMixed(0.1, 180.0, 100.0, 0.2).agents_for(occupancy_call_weighted=0.8)


def test_staffing_a_day():
    """96 intervals: the least agents meet the target and one fewer does not; variation costs agents."""
    rates = 0.02 + 0.5 * np.sin(np.linspace(0.0, math.pi, 96)) ** 2
    day = GammaMixed(rates, 240.0, 180.0, 0.25)
    for target in (
        {"sl_offered_call_weighted": (0.8, 20.0)},
        {"sl_offered_interval_mean": (0.8, 20.0)},
        {"abandon_rate_offered_call_weighted": 0.03},
        {"asa_answered_call_weighted": 15.0},
    ):
        n = day.agents_for(**target)
        ((name, bound),) = target.items()
        level = bound[0] if isinstance(bound, tuple) else bound
        met, missed = day.measures(n, 20.0)[name], day.measures(np.maximum(n - 1, 0), 20.0)[name]
        if name.startswith("sl"):
            assert (met >= level).all()
            assert (missed < level).all()
        else:
            assert (met <= level).all()
            assert (missed[n > 1] > level).all()
    by_calls = day.agents_for(sl_offered_call_weighted=(0.8, 20.0))
    assert (by_calls >= day.agents_for(sl_offered_interval_mean=(0.8, 20.0))).all()
    assert (by_calls >= ErlangA(rates, 240.0, 180.0).agents_for(sl_offered=(0.8, 20.0))).all()


def test_other_searches_invert_the_measures():
    queue = GammaMixed(0.3, 240.0, 180.0, 0.2)
    q = queue.measures(75, 20)
    level = q["sl_offered_call_weighted"]
    assert queue.rate_for(75, sl_offered_call_weighted=(level, 20)) == pytest.approx(0.3, rel=1e-8)
    assert queue.aht_for(75, sl_offered_call_weighted=(level, 20)) == pytest.approx(240.0, rel=1e-8)
    plain = ErlangA(0.3, 240.0, 180.0)
    assert plain.aht_for(75, sl_offered=(plain.measures(75, 20)["sl_offered"], 20)) == pytest.approx(240.0, rel=1e-8)
    assert queue.threshold_for(75, sl_offered_call_weighted=level) == pytest.approx(20.0, rel=1e-8)
    assert queue.agents_for(whole=False, sl_offered_call_weighted=(level, 20)) == pytest.approx(75.0, rel=1e-8)
