"""Limited lines: the golden table, the limits (Erlang A, B, C), the chain solved plainly, laws, refusals."""

import copy
import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.erlang.bars import absolute, rel_l, table, worst
from wfm.erlang import ErlangA, ErlangB, ErlangC, kernels, twin
from wfm.erlang.formulas import kpis as m

COLUMNS = {
    "p_block": m.BLOCKING,
    "p_wait": m.P_WAIT,
    "p_no_wait": m.P_NO_WAIT,
    "p_abandon": m.ABANDON_RATE_OFFERED,
    "p_served": m.ANSWER_RATE,
    "e_queue": m.MEAN_QUEUE,
    "e_wait_offered": m.MEAN_WAIT_ALL,
    "e_wait_accepted": m.MEAN_WAIT_ACCEPTED,
    "e_wait_served": m.ASA_ANSWERED,
    "e_virtual_wait_accepted": m.MEAN_WAIT_VIRTUAL,
    "occupancy": m.OCCUPANCY,
    "sl_offered": m.SL_OFFERED,
    "sl_accepted": m.SL_ACCEPTED,
    "sl_answered": m.SL_ANSWERED,
    "sl_net": m.SL_NET,
    "sl_virtual": m.SL_VIRTUAL,
    "p_abandon_within_T": m.ABANDON_WITHIN,
    "p_wait_gt_T": m.P_WAIT_LONGER,
}


@pytest.mark.parametrize("column", COLUMNS)
def test_golden_finite_lines(column):
    t = table("erlang_a_finite_lines")
    zero = np.zeros(len(t))
    n, lines, a, patience, threshold = (t[c].to_numpy(float) for c in ("n", "lines", "a", "patience", "T"))
    values = kernels.measure_redial_each(COLUMNS[column], n, lines, a, patience, zero, zero, threshold)
    worst("finite_lines", column, rel_l, 1e-12, values, t[column])
    if column.startswith("sl_"):
        worst("finite_lines", column, absolute, 1e-13, values, t[column])


def states(n, lines, a, theta):
    """Stationary shares of time by a plain linear solve of the generator."""
    size = int(lines) + 1
    q = np.zeros((size, size))
    for k in range(size - 1):
        q[k, k + 1] = a
        q[k + 1, k] = min(k + 1, n) + max(k + 1 - n, 0) * theta
    q -= np.diag(q.sum(axis=1))
    q[:, 0] = 1.0
    return np.linalg.solve(q.T, np.eye(size)[0])


@pytest.mark.parametrize(
    ("n", "lines", "a", "patience"), [(3, 7, 2.5, 0.4), (5, 5, 9.0, 2.0), (4, 30, 6.0, 3.0), (6, 20, 5.9, math.inf)]
)
def test_the_chain_solved_plainly(n, lines, a, patience):
    p = states(n, lines, a, 1.0 / patience)
    k = np.arange(lines + 1)
    queue = p @ np.maximum(k - n, 0)
    q = ErlangA(a, 1.0, patience, lines=lines).measures(n)
    assert q["blocking"] == pytest.approx(p[-1], rel=1e-11)
    assert q["p_no_wait"] == pytest.approx(p[:n].sum(), rel=1e-11)
    assert q["mean_queue"] == pytest.approx(queue, rel=1e-11)
    assert q["occupancy"] == pytest.approx(p @ np.minimum(k, n) / n, rel=1e-11)
    assert q["abandon_rate_offered"] == pytest.approx(queue / patience / a, rel=1e-11)


def test_waits_by_simulating_those_ahead():
    """A tagged caller behind j others: served within T, abandoned within T, from 200 000 draws each."""
    n, lines, a, patience, threshold = 4, 12, 6.0, 0.8, 0.3
    p = states(n, lines, a, 1.0 / patience)
    draw = np.random.default_rng(3)
    served, lost = p[:n].sum(), 0.0
    for j in range(lines - n):
        rates = n + np.arange(j + 1) / patience
        v = draw.exponential(1.0 / rates, (200_000, j + 1)).sum(axis=1)
        own = draw.exponential(patience, 200_000)
        served += p[n + j] * np.mean((v <= threshold) & (own > v))
        lost += p[n + j] * np.mean((own <= threshold) & (own < v))
    q = ErlangA(a, 1.0, patience, lines=lines).measures(n, threshold=threshold)
    assert q["sl_offered"] == pytest.approx(served, abs=3e-3)
    assert q["abandon_within"] == pytest.approx(lost, abs=3e-3)


def test_limits():
    wide, plain = ErlangA(9.0, 1.0, 2.0, lines=1000).measures(10, 0.2), ErlangA(9.0, 1.0, 2.0).measures(10, 0.2)
    for name in plain:
        assert wide[name] == pytest.approx(plain[name], rel=1e-12), name
    patient, endless = ErlangA(9.0, 1.0, math.inf, lines=2000).measures(10, 0.2), ErlangC(9.0, 1.0).measures(10, 0.2)
    for name in ("sl_offered", "asa_answered", "p_wait", "occupancy"):
        assert patient[name] == pytest.approx(endless[name], rel=1e-11), name
    assert ErlangA(9.0, 1.0, 2.0, lines=10).measures(10)["blocking"] == pytest.approx(ErlangB(9.0, 1.0).measures(10)["blocking"])
    assert ErlangA(9.0, 1.0, 0.0, lines=20).measures(10)["abandon_rate_offered"] == pytest.approx(
        ErlangB(9.0, 1.0).measures(10)["blocking"], rel=1e-12
    )
    idle = ErlangA(9.0, 1.0, 2.0, lines=6).measures(12)
    assert idle["blocking"] == pytest.approx(ErlangB(9.0, 1.0).measures(6)["blocking"], rel=1e-12)
    assert idle["occupancy"] == pytest.approx(9.0 * idle["answer_rate"] / 12)
    assert ErlangA(0.0, 1.0, 2.0, lines=6).measures(2, 0.0)["sl_accepted"] == 1.0
    none = ErlangA(3.0, 1.0, 2.0, lines=4).measures(0, 0.0)
    assert none["answer_rate"] == none["sl_offered"] == 0.0
    assert none["blocking"] + none["abandon_rate_offered"] == pytest.approx(1.0)
    assert math.isnan(none["occupancy"])
    assert ErlangA(3.0, 1.0, math.inf, lines=4).measures(0)["blocking"] == 1.0
    assert ErlangA(3.0, 1.0, 1.0, lines=0).measures(2)["blocking"] == 1.0


def test_without_lines_it_is_the_same_queue_as_before():
    q = ErlangA(1.0, 180.0, 120.0)
    assert type(q) is ErlangA
    assert "blocking" not in q.measures(190, 20)
    assert copy.deepcopy(q).measures(190)["occupancy"] == q.measures(190)["occupancy"]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.integers(1, 300),
    st.integers(0, 300),
    st.floats(-4, 1),
    st.one_of(st.floats(-3, 3).map(lambda x: 10.0**x), st.just(math.inf), st.just(0.0)),
    st.one_of(st.just(0.0), st.floats(-4, 2).map(lambda x: 10.0**x)),
)
def test_laws(n, places, size, patience, threshold):
    a = n * 10.0**size
    q = ErlangA(a, 1.0, patience, lines=n + places).measures(n, threshold)
    known = {name: q[name] for name in q}
    for name, value in known.items():
        if name != "mean_time_to_abandon":
            assert not math.isnan(value), name
        if name.startswith(("sl_", "p_", "abandon")) or name in ("occupancy", "blocking", "answer_rate"):
            assert -1e-15 <= value <= 1.0 + 1e-12, name
    assert q["answer_rate"] + q["abandon_rate_offered"] + q["blocking"] == pytest.approx(1.0, abs=1e-12)
    assert q["p_wait"] + q["p_no_wait"] + q["blocking"] == pytest.approx(1.0, abs=1e-12)
    assert q["sl_virtual"] + q["p_virtual_longer"] == pytest.approx(1.0, abs=1e-12)
    assert q["occupancy"] * n == pytest.approx(a * q["answer_rate"], rel=1e-11)
    within = q["sl_offered"] + q["abandon_within"] + q["p_wait_longer"] + q["blocking"]
    assert within == pytest.approx(1.0, abs=1e-11)
    unit = ErlangA(a / 60.0, 60.0, patience * 60.0, lines=n + places).measures(n, threshold * 60.0)
    assert unit["asa_answered"] == pytest.approx(60.0 * q["asa_answered"], rel=1e-9, abs=1e-290)
    longer = ErlangA(a, 1.0, patience, lines=n + places + 1).measures(n)
    assert longer["blocking"] <= q["blocking"] * (1 + 1e-11)


def test_long_queues_keep_their_digits():
    """A hundred thousand places: the sums of the whole chain, in closed form where nobody hangs up."""
    n, places = 10_000, 100_000
    for a in (9_999.0, 10_000.0, 10_001.0, 20_000.0):
        q = ErlangA(a, 1.0, math.inf, lines=n + places).measures(n, 0.5)
        b = ErlangB(a, 1.0).measures(n)["blocking"]
        ln_rho = math.log1p((a - n) / n)
        # The last place against all with agents busy, sum of rho^-j, and those before, rho^-places (1/B - 1).
        busy = math.expm1(-(places + 1) * ln_rho) / math.expm1(-ln_rho) if a != n else places + 1.0
        last = 1.0 / (busy + math.exp(-places * ln_rho) * (1.0 / b - 1.0))
        assert q["blocking"] == pytest.approx(last, rel=1e-11)
    q = ErlangA(30_000.0, 1.0, 4.0, lines=n + places).measures(n, 0.5)
    plain = ErlangA(30_000.0, 1.0, 4.0).measures(n, 0.5)
    for name in ("answer_rate", "mean_wait_all", "asa_answered", "p_wait_longer"):
        assert q[name] == pytest.approx(plain[name], rel=1e-11), name


def test_lines_without_number_cost_nothing():
    """Where the weights have died out the rest of the places is not walked."""
    plain = ErlangA(9.0, 1.0, 2.0).measures(10, 0.2)
    wide = ErlangA(9.0, 1.0, 2.0, lines=1e15).measures(10, 0.2)
    patient = ErlangA(9.0, 1.0, math.inf, lines=1e15).measures(10, 0.2)
    assert wide["sl_offered"] == pytest.approx(plain["sl_offered"], rel=1e-12)
    assert wide["abandon_within"] == pytest.approx(plain["abandon_within"], rel=1e-12)
    assert patient["sl_offered"] == pytest.approx(ErlangC(9.0, 1.0).measures(10, 0.2)["sl_offered"], rel=1e-12)


@pytest.mark.parametrize("threshold", [1e-9, 1e-3, 1.0, 1e3, 1e6, 1e300])
@pytest.mark.parametrize("patience", [1e-300, 1e-9, 2.0, 1e12, math.inf])
def test_any_threshold_and_any_patience(threshold, patience):
    q = ErlangA(3.0, 1.0, patience, lines=12).measures(2, threshold)
    total = q["sl_offered"] + q["abandon_within"] + q["p_wait_longer"] + q["blocking"]
    assert total == pytest.approx(1.0, abs=1e-12)
    assert 0.0 <= q["abandon_within"] <= q["abandon_rate_offered"] * (1 + 1e-12)
    if threshold == 1e-9 and patience == 2.0:
        # Nobody is answered so soon: who leaves has only had the time to.
        assert q["abandon_within"] == pytest.approx(q["p_wait"] * threshold / patience, rel=1e-8)


def test_kernel_equals_twin():
    draw = random.Random(1)
    for _ in range(60):
        n = float(draw.randint(1, 40))
        args = (
            n,
            n + draw.randint(0, 60),
            n * 10 ** draw.uniform(-1, 1),
            10 ** draw.uniform(-2, 2),
            0.3,
            0.2,
            draw.choice([0.0, 0.3]),
        )
        for kpi in (m.SL_OFFERED, m.BLOCKING, m.ASA_ANSWERED, m.OFFERED_ATTEMPTS):
            assert kernels.measure_redial(kpi, *args) == pytest.approx(twin.measure_redial(kpi, *args), rel=1e-11, abs=1e-290)


def test_searches():
    q = ErlangA(2.0, 180.0, 240.0, lines=400)
    n = q.agents_for(sl_offered=(0.80, 20), blocking=0.001)
    assert q.measures(n, 20)["sl_offered"] >= 0.80 > q.measures(n - 1, 20)["sl_offered"] or q.measures(n - 1)["blocking"] > 0.001
    rate = q.rate_for(350, blocking=0.01)
    assert ErlangA(rate, 180.0, 240.0, lines=400).measures(350)["blocking"] == pytest.approx(0.01, rel=1e-9)
    lines = q.lines_for(350, blocking=0.001)
    assert ErlangA(2.0, 180.0, 240.0, lines=lines).measures(350)["blocking"] <= 0.001
    assert ErlangA(2.0, 180.0, 240.0, lines=lines - 1).measures(350)["blocking"] > 0.001
    assert ErlangA(2.0, 1.0, math.inf, lines=9).lines_for(1, blocking=0.1) == math.inf
    each = ErlangA([1.0, 2.0], 180.0, 240.0, lines=[300, 400])
    assert list(each.agents_for(sl_offered=(0.80, 20))) == [
        ErlangA(r, 180.0, 240.0, lines=k).agents_for(sl_offered=(0.80, 20)) for r, k in ((1.0, 300), (2.0, 400))
    ]


def test_refusals_name_the_way_out():
    q = ErlangA(1.0, 180.0, 120.0, lines=300)
    for target in ({"p_wait": 0.1}, {"blocking": 0.1}, {"sl_either": (0.8, 20)}):
        with pytest.raises(ValueError, match="does not move one way with agents; ask for sl_offered"):
            q.agents_for(**target)
    with pytest.raises(ValueError, match="one way with arrival_rate"):
        q.rate_for(100, abandon_rate_offered=0.05)
    with pytest.raises(ValueError, match=r"agents is 10\.5; it must be whole where lines are limited"):
        q.measures(10.5)["blocking"]
    with pytest.raises(ValueError, match=r"lines\[1\] is 10\.5; it must be whole"):
        ErlangA(1.0, 180.0, 120.0, lines=[10, 10.5])
    with pytest.raises(ValueError, match="agents must be whole"):
        q.agents_for(whole=False, sl_offered=(0.8, 20))
