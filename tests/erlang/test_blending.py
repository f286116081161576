"""Blending: the golden table, CCmath's published example, the chain solved plainly, laws, the smallest reserve."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.erlang.bars import absolute, rel_l, table, worst
from wfm.erlang import BlendedQueue, ErlangA, ErlangC, kernels
from wfm.erlang.formulas import kpis as m

COLUMNS = {
    "p_wait": m.P_WAIT,
    "p_abandon": m.ABANDON_RATE_OFFERED,
    "e_wait": m.MEAN_WAIT_ALL,
    "e_queue": m.MEAN_QUEUE,
    "sl_offered": m.SL_OFFERED,
    "outbound_rate": m.OUTBOUND_RATE,
    "occupancy": m.OCCUPANCY,
}


@pytest.mark.parametrize("column", COLUMNS)
def test_golden_blending(column):
    t = table("blending_threshold")
    arrays = [t[c].to_numpy(float) for c in ("n", "reserve", "a", "patience", "T")]
    values = kernels.measure_blend_each(COLUMNS[column], *arrays)
    worst("blending_threshold", column, rel_l, 1e-12, values, t[column])
    if column == "sl_offered":
        worst("blending_threshold", column, absolute, 1e-13, values, t[column])


def test_published_ccmath_blending():
    """Its demo script states a patience of a minute, and gives it to no function: the numbers are those of endless patience."""
    q = BlendedQueue(4, 3, math.inf, reserve=2).measures(16, threshold=0.333)
    assert round(q["asa_answered"], 2) == 0.43
    assert round(100 * q["sl_offered"], 2) == 63.34
    assert round(100 * q["occupancy"], 2) == 95.83
    assert round(q["outbound_rate"], 2) == 1.11


@pytest.mark.parametrize(("n", "reserve", "a", "patience"), [(5, 2, 3.0, 0.5), (6, 0, 8.0, 2.0), (8, 7, 4.0, 1.0)])
def test_the_chain_solved_plainly(n, reserve, a, patience):
    low, size = n - reserve, 150
    q = np.zeros((size, size))
    for i in range(size - 1):
        k = low + i + 1
        q[i, i + 1] = a
        q[i + 1, i] = min(k, n) + max(k - n, 0) / patience
    q -= np.diag(q.sum(axis=1))
    q[:, 0] = 1.0
    p = np.linalg.solve(q.T, np.eye(size)[0])
    k = low + np.arange(size)
    found = BlendedQueue(a, 1.0, patience, reserve).measures(n)
    assert found["p_wait"] == pytest.approx(p[k >= n].sum(), rel=1e-11)
    assert found["mean_queue"] == pytest.approx(p @ np.maximum(k - n, 0), rel=1e-11)
    assert found["outbound_rate"] == pytest.approx(low * p[0], rel=1e-11)
    assert found["occupancy"] == pytest.approx(p @ np.minimum(k, n) / n, rel=1e-11)


def test_limits():
    blended, plain = BlendedQueue(9.0, 1.0, 2.0, reserve=12).measures(12, 0.2), ErlangA(9.0, 1.0, 2.0).measures(12, 0.2)
    for name in plain:
        assert blended[name] == pytest.approx(plain[name], rel=1e-12), name
    assert blended["outbound_rate"] == 0.0
    # One short of all agents in reserve is the same chain with one state fewer: nearly the same.
    almost = BlendedQueue(9.0, 1.0, 2.0, reserve=11).measures(12, 0.2)
    assert almost["sl_offered"] == pytest.approx(plain["sl_offered"], abs=1e-3)
    always = BlendedQueue(3.0, 1.0, math.inf, reserve=0).measures(4, 0.1)
    assert always["p_wait"] == always["occupancy"] == 1.0
    assert always["asa_answered"] == pytest.approx(1.0)
    assert BlendedQueue(0.0, 2.0, 3.0, reserve=2).measures(5)["outbound_rate"] == 1.5
    assert BlendedQueue(0.0, 2.0, 3.0, reserve=2).measures(5)["occupancy"] == 0.6
    full = BlendedQueue(5.0, 1.0, math.inf, reserve=1).measures(4, 0.1)
    assert full["outbound_rate"] == 0.0
    assert full["asa_answered"] == math.inf
    assert BlendedQueue(5.0, 1.0, 1.0, reserve=1).measures(0)["outbound_rate"] == 0.0


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.integers(1, 300),
    st.integers(0, 300),
    st.floats(-3, 0.7),
    st.one_of(st.floats(-3, 3).map(lambda x: 10.0**x), st.just(math.inf)),
    st.floats(0, 3),
)
def test_laws(n, reserve, size, patience, threshold):
    a = n * 10.0**size
    model = BlendedQueue(a, 1.0, patience, reserve)
    q = model.measures(n, threshold)
    for name in q:
        if name != "mean_time_to_abandon":
            assert not math.isnan(q[name]), name
        if name.startswith(("sl_", "p_", "abandon")) or name in ("occupancy", "answer_rate"):
            assert -1e-15 <= q[name] <= 1.0 + 1e-12, name
    assert q["answer_rate"] + q["abandon_rate_offered"] == pytest.approx(1.0, abs=1e-12)
    assert q["p_wait"] + q["p_no_wait"] == pytest.approx(1.0, abs=1e-12)
    assert q["occupancy"] * n == pytest.approx(a * q["answer_rate"] + q["outbound_rate"], rel=1e-9)
    for better in (model.measures(n + 1, threshold), BlendedQueue(a, 1.0, patience, reserve + 1).measures(n, threshold)):
        for name in ("sl_offered", "answer_rate", "p_no_wait"):
            assert better[name] >= q[name] - 1e-12
        assert better["mean_wait_all"] <= q["mean_wait_all"] * (1 + 1e-11)
    assert model.measures(n + 1)["outbound_rate"] >= q["outbound_rate"] * (1 - 1e-11)
    assert BlendedQueue(a, 1.0, patience, reserve + 1).measures(n)["outbound_rate"] <= q["outbound_rate"] * (1 + 1e-11)
    minutes = BlendedQueue(a / 60, 60.0, 60 * patience, reserve).measures(n)
    assert 60 * minutes["outbound_rate"] == pytest.approx(q["outbound_rate"], rel=1e-7, abs=1e-290)


def test_reserve_for():
    reserve = BlendedQueue(4, 3, math.inf, 0).reserve_for(16, sl_offered=(0.80, 0.333))
    levels = [BlendedQueue(4, 3, math.inf, c).measures(16, 0.333)["sl_offered"] for c in range(17)]
    assert reserve == next(c for c, level in enumerate(levels) if level >= 0.80)
    assert isinstance(reserve, int)
    assert BlendedQueue(4, 3, math.inf, 0).reserve_for(16, sl_offered=(0.05, 0.333)) == 0
    assert ErlangC(4, 3).measures(16, 0.333)["sl_offered"] < 0.90
    assert BlendedQueue(4, 3, math.inf, 0).reserve_for(16, sl_offered=(0.90, 0.333)) == math.inf
    assert BlendedQueue([4, 4.2], 3, math.inf, 0).reserve_for(16, sl_offered=(0.80, 0.333))[0] == reserve


def test_searches_and_refusals():
    model = BlendedQueue(4, 3, 2.0, 2)
    n = model.agents_for(sl_offered=(0.80, 0.333), outbound_rate=1.0)
    assert model.measures(n, 0.333)["sl_offered"] >= 0.80
    assert model.measures(n)["outbound_rate"] >= 1.0
    fewer = model.measures(n - 1, 0.333)
    assert fewer["sl_offered"] < 0.80 or fewer["outbound_rate"] < 1.0
    with pytest.raises(ValueError, match="no target 'occupancy' here"):
        model.agents_for(occupancy=0.9)
    with pytest.raises(ValueError, match="outbound_rate falls with the reserve"):
        model.reserve_for(16, outbound_rate=1.0)
    with pytest.raises(ValueError, match=r"reserve is 1\.5; it must be whole"):
        BlendedQueue(4, 3, 2.0, 1.5)
