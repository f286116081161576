"""Redials: the golden table, the fixed point by plain iteration, conservation of customers, the hopeless cases, searches."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.erlang.bars import absolute, rel, table, worst
from wfm.erlang import ErlangA, kernels
from wfm.erlang.formulas import kpis as m

COLUMNS = {
    "a_total": m.OFFERED_ATTEMPTS,
    "attempts_per_customer": m.ATTEMPTS_PER_CUSTOMER,
    "p_customer_lost": m.CUSTOMER_LOST,
    "p_block": m.BLOCKING,
    "p_wait": m.P_WAIT,
    "p_abandon": m.ABANDON_RATE_OFFERED,
    "p_served": m.ANSWER_RATE,
    "e_queue": m.MEAN_QUEUE,
    "e_wait_accepted": m.MEAN_WAIT_ACCEPTED,
    "e_wait_served": m.ASA_ANSWERED,
    "occupancy": m.OCCUPANCY,
    "sl_offered": m.SL_OFFERED,
    "sl_accepted": m.SL_ACCEPTED,
    "sl_answered": m.SL_ANSWERED,
    "sl_net": m.SL_NET,
    "sl_virtual": m.SL_VIRTUAL,
}
INPUTS = ("n", "lines", "a_fresh", "patience", "redial_abandon", "redial_block", "T")


@pytest.mark.parametrize("column", COLUMNS)
def test_golden_redial(column):
    """The attempts to 1e-10 of their value, the rest to 1e-9, and to 1e-10 absolutely; customers lost may be none."""
    t = table("erlang_x_redial")
    values = kernels.measure_redial_each(COLUMNS[column], *(t[c].to_numpy(float) for c in INPUTS))
    worst("erlang_x_redial", column, rel, 1e-10 if column == "a_total" else 1e-9, values, t[column])
    if column not in ("a_total", "e_queue"):
        worst("erlang_x_redial", column, absolute, 1e-10, values, t[column])


@pytest.mark.parametrize(("lines", "by_abandon", "by_block"), [(math.inf, 0.6, 0.0), (14, 0.3, 0.5), (12, 0.0, 0.9)])
def test_the_fixed_point_by_plain_iteration(lines, by_abandon, by_block):
    customers, load = 11.0, 11.0
    for _ in range(3000):
        q = ErlangA(load, 1.0, 0.7, lines=lines, redial_block=0.0).measures(10)
        blocked = q["blocking"] if lines < math.inf else 0.0
        load = customers + load * (by_abandon * q["abandon_rate_offered"] + by_block * blocked)
    q = ErlangA(customers, 1.0, 0.7, lines=lines, redial_abandon=by_abandon, redial_block=by_block).measures(10)
    assert q["offered_attempts"] == pytest.approx(load, rel=1e-10)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.integers(1, 200),
    st.one_of(st.integers(0, 100), st.just(math.inf)),
    st.floats(-3, 0.7),
    st.floats(-2, 2),
    st.sampled_from([0.0, 0.2, 0.9, 1.0]),
    st.sampled_from([0.0, 0.5, 1.0]),
)
def test_every_customer_is_served_or_lost(n, places, size, log_patience, by_abandon, by_block):
    a, patience = n * 10.0**size, 10.0**log_patience
    model = ErlangA(a, 1.0, patience, lines=n + places, redial_abandon=by_abandon, redial_block=by_block)
    q = model.measures(n, 0.3)
    if type(model) is ErlangA:
        return
    for name in q:
        if name != "mean_time_to_abandon":
            assert not math.isnan(q[name]), name
    assert 0.0 <= q["customer_lost"] <= 1.0
    if q["offered_attempts"] < math.inf:
        assert q["offered_attempts"] >= a * (1 - 1e-12)
        assert q["attempts_per_customer"] * q["answer_rate"] + q["customer_lost"] == pytest.approx(1.0, abs=1e-9)
    else:
        assert q["customer_lost"] == pytest.approx(max(1.0 - n / a, 0.0))
    unit = ErlangA(a / 60, 60.0, patience * 60, lines=n + places, redial_abandon=by_abandon, redial_block=by_block).measures(n)
    assert 60 * unit["offered_attempts"] == pytest.approx(q["offered_attempts"], rel=1e-6)


def test_callers_who_never_give_up_need_enough_agents():
    for lines in (math.inf, 15):
        q = ErlangA(12.0, 1.0, 2.0, lines=lines, redial_abandon=1, redial_block=1).measures(10, 0.3)
        assert q["offered_attempts"] == q["asa_answered"] == math.inf
        assert q["sl_offered"] == q["answer_rate"] == 0.0
        assert q["occupancy"] == 1.0
        assert q["customer_lost"] == pytest.approx(1 - 10 / 12)
    enough = ErlangA(9.99, 1.0, 2.0, redial_abandon=1).measures(10)
    assert enough["customer_lost"] == 0.0
    assert enough["occupancy"] == pytest.approx(0.999, rel=1e-9)
    # A busy line they give up on at last bounds the attempts again.
    assert ErlangA(12.0, 1.0, 2.0, lines=15, redial_abandon=1, redial_block=0.5).measures(10)["offered_attempts"] < 100
    assert ErlangA(0.0, 1.0, 2.0, redial_abandon=1).measures(10)["attempts_per_customer"] == 1.0


def test_searches_with_redials():
    q = ErlangA(1.0, 180.0, 120.0, redial_abandon=0.5)
    n = q.agents_for(sl_offered=(0.80, 20))
    assert q.measures(n, 20)["sl_offered"] >= 0.80 > q.measures(n - 1, 20)["sl_offered"]
    assert n >= ErlangA(1.0, 180.0, 120.0).agents_for(sl_offered=(0.80, 20))
    assert ErlangA(1.0, 180.0, 120.0, redial_abandon=1).agents_for(answer_rate=0.5) > 180
    lost = q.agents_for(customer_lost=0.01)
    assert q.measures(lost)["customer_lost"] <= 0.01 < q.measures(lost - 1)["customer_lost"]
    rate = q.rate_for(190, sl_offered=(0.80, 20))
    assert ErlangA(rate, 180.0, 120.0, redial_abandon=0.5).measures(190, 20)["sl_offered"] == pytest.approx(0.80, rel=1e-9)
