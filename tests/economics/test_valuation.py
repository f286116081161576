"""Measures of cash flows: the golden values of economics A10, and two other libraries as oracles."""

from datetime import date
from itertools import pairwise

import numpy as np
import numpy_financial as npf
import pytest
import pyxirr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from wfm.core.errors import InputError
from wfm.economics import valuation as v

BASE = [-1000.0, 300.0, 420.0, 680.0]
TRAP = [-1000.0, 2500.0, -1540.0]
YEARS_2027 = [date(year, 1, 1) for year in range(2027, 2031)]

amounts = st.floats(-1e4, 1e4).map(lambda x: round(x, 2))
flow_vectors = st.lists(amounts, min_size=2, max_size=12)


def test_base_vector():
    assert v.npv(0.10, BASE) == pytest.approx(130.728775, abs=5e-7)
    assert v.irr(BASE).value == pytest.approx(0.16340560, abs=5e-9)
    assert v.mirr(BASE, 0.10, 0.08) == pytest.approx(0.14050660, abs=5e-9)
    assert v.payback(BASE) == v.Payback(pytest.approx(2.411765, abs=5e-7), multiple=False)
    assert v.discounted_payback(0.10, BASE).periods == pytest.approx(2.744118, abs=5e-7)
    assert v.pi(0.10, BASE) == pytest.approx(1.130729, abs=5e-7)
    assert v.roi(BASE) == pytest.approx(0.40)
    assert v.pv_roi(0.10, BASE) == pytest.approx(0.130728775, abs=5e-10)
    assert v.funding_need(BASE) == 1000


def test_the_internal_rate_trap_shows_both_rates():
    trap = v.irr(TRAP)
    assert trap.roots == (pytest.approx(0.10, abs=1e-12), pytest.approx(0.40, abs=1e-12))
    assert trap.multiple
    assert trap.value is None


@pytest.mark.parametrize(
    ("flows", "word"),
    [([100, 50], "spent"), ([-100, -5], "paid back"), ([0, 0], "zero"), ([-1000, 2000, -1500], "no rate")],
)
def test_no_internal_rate_has_a_reason(flows, word):
    assert v.irr(flows).roots == ()
    assert word in v.irr(flows).reason
    assert v.irr(flows).value is None


def test_a_rate_that_only_touches_zero_is_found_once():
    assert v.irr([-100, 220, -121]).roots == (pytest.approx(0.10, abs=1e-7),)


@settings(deadline=None)
@given(st.lists(st.floats(-0.5, 3.0), min_size=1, max_size=4))
def test_every_planted_rate_is_found(rates):
    rates = sorted(rates)
    assume(all(b - a > 0.02 for a, b in pairwise(rates)))
    flows = np.array([1.0])
    for rate in rates:
        flows = np.convolve(flows, [-1.0, 1 + rate])
    assert v.irr(flows).roots == pytest.approx(rates, abs=1e-6)


@settings(deadline=None)
@given(flow_vectors)
def test_npv_is_zero_at_every_internal_rate_and_the_oracles_rate_is_among_them(flows):
    found = v.irr(flows)
    for rate in found.roots:
        assume(-0.99 < rate < 1e3)
        scale = np.sum(np.abs(v.discounted(rate, flows)))
        assert v.npv(rate, flows) == pytest.approx(0, abs=1e-10 * scale)
    theirs = pyxirr.irr(flows, silent=True)
    if theirs is not None and -0.9 < theirs < 100 and abs(npf.npv(theirs, flows)) < 1e-6:
        assert min(abs(rate - theirs) for rate in found.roots) < 1e-4


@settings(deadline=None)
@given(flow_vectors, st.floats(1e-3, 1e6))
def test_internal_rates_do_not_depend_on_the_money_scale(flows, scale):
    ours, scaled = v.irr(flows).roots, v.irr(np.array(flows) * scale).roots
    assume(all(-0.99 < rate < 1e3 for rate in ours))
    assert scaled == pytest.approx(ours, rel=1e-6, abs=1e-6)


@settings(deadline=None)
@given(flow_vectors, st.floats(-0.5, 2.0), st.floats(-0.5, 2.0))
def test_npv_and_mirr_agree_with_both_oracles(flows, rate, other):
    ours = v.npv(rate, flows)
    size = float(np.sum(np.abs(v.discounted(rate, flows)))) + 1e-300
    assert ours == pytest.approx(npf.npv(rate, flows), abs=1e-12 * size)
    assert ours == pytest.approx(pyxirr.npv(rate, flows), abs=1e-12 * size)
    if v.mirr(flows, rate, other) is None:
        assert not (max(flows) > 0 and min(flows) < 0)
    else:
        assert v.mirr(flows, rate, other) == pytest.approx(npf.mirr(flows, rate, other), rel=1e-9, abs=1e-9)


@settings(deadline=None)
@given(flow_vectors, st.floats(-3, 3), st.floats(-0.5, 1.0))
def test_npv_is_linear(flows, factor, rate):
    other = np.arange(len(flows)) * 7.0 - 3
    both = v.npv(rate, np.array(flows) * factor + other)
    size = float(np.sum(np.abs(v.discounted(rate, np.abs(flows) * abs(factor) + np.abs(other))))) + 1
    assert both == pytest.approx(factor * v.npv(rate, flows) + v.npv(rate, other), abs=1e-12 * size)


def test_dated_flows_across_a_leap_day():
    assert v.xnpv(0.10, BASE, YEARS_2027) == pytest.approx(130.504760, abs=5e-7)
    assert v.xirr(BASE, YEARS_2027).value == pytest.approx(0.1632411, abs=5e-8)
    plain = [date(year, 1, 1) for year in (2025, 2026, 2027, 2028)]
    assert v.xnpv(0.10, BASE, plain) == pytest.approx(v.npv(0.10, BASE), abs=1e-9)
    assert v.xirr(BASE, plain).value == pytest.approx(v.irr(BASE).value, abs=1e-12)
    assert v.xirr(BASE, YEARS_2027).value == pytest.approx(pyxirr.xirr(YEARS_2027, BASE), abs=1e-9)


@pytest.mark.parametrize(
    ("flows", "expected"),
    [
        ([-100, 120, -50, 60], v.Payback(2.5, multiple=True)),
        ([-100, 150, -100], v.Payback(None, multiple=True)),
        ([-100, 40, 40], v.Payback(None)),
        ([-100, 50, 50], v.Payback(2.0)),
        ([10, 20], v.Payback(0.0)),
        ([0, -10, 20], v.Payback(1.5)),
        ([-100, 100, -20, 20], v.Payback(3.0, multiple=True)),
    ],
)
def test_payback(flows, expected):
    assert v.payback(flows) == expected


@settings(deadline=None)
@given(flow_vectors)
def test_after_payback_the_cumulative_flow_stays_up(flows):
    time = v.payback(flows).periods
    total = np.cumsum(flows)
    if time is None:
        assert total[-1] < 0
    else:
        assert (total[int(np.ceil(time)) :] >= -1e-6).all()


def test_after_tax():
    flows = v.after_tax([400, 400, 400], 0.25, 900, [300, 300, 300])
    assert flows == pytest.approx([-900, 375, 375, 375])
    assert v.npv(0.10, flows) == pytest.approx(32.569497, abs=5e-7)
    assert v.irr(flows).value == pytest.approx(0.12044398, abs=5e-9)
    sold = v.after_tax([400, 400, 400], 0.25, 900, [300, 300, 300], salvage=100, book=0, working_capital=50)
    assert sold == pytest.approx([-950, 375, 375, 375 + 100 - 25 + 50])


def test_rates_by_the_month():
    assert v.monthly_rate(0.10) == pytest.approx(0.00797414, abs=5e-9)
    assert v.annual_rate(v.monthly_rate(0.10)) == pytest.approx(0.10, abs=1e-15)
    # A17.10: flows only at year ends are worth the same by the month and by the year.
    by_month = np.zeros(37)
    by_month[::12] = BASE
    assert v.npv(v.monthly_rate(0.10), by_month) == pytest.approx(v.npv(0.10, BASE), abs=1e-9)


def test_annuities_and_levelised_cost():
    assert v.annuity(0.10, 3) == pytest.approx(2.486852, abs=5e-7)
    assert v.annuity(0.0, 3) == 3
    assert v.eaa(0.10, BASE) == pytest.approx(v.npv(0.10, BASE) / 2.486852, rel=1e-6)
    assert v.levelised(0.10, [0, 11, 12.1], [0, 1, 1]) == pytest.approx(20 / (1 / 1.1 + 1 / 1.21))
    assert v.levelised(0.10, [1, 1], [0, 0]) is None


def test_measures_without_an_investment_do_not_exist():
    assert v.roi([0, 10]) is None
    assert v.pi(0.1, [5, 10]) is None
    assert v.mirr([5, 10], 0.1, 0.1) is None
    assert v.funding_need([5, 10]) == 0


@pytest.mark.parametrize("call", [lambda: v.npv(-1.0, BASE), lambda: v.npv(0.1, []), lambda: v.npv(float("nan"), BASE)])
def test_bad_arguments_are_refused(call):
    with pytest.raises(InputError):
        call()


def test_the_first_bad_flow_is_named():
    with pytest.raises(InputError, match=r"flows\[2\]"):
        v.npv(0.1, [1, 2, float("nan")])


def test_dates_must_match():
    with pytest.raises(InputError, match="4 flows"):
        v.xnpv(0.1, BASE, YEARS_2027[:3])
