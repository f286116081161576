"""`Queue.derivative`: golden in test_golden; here what it takes, refuses and equals."""

import math

import numpy as np
import pandas as pd
import pytest

from wfm.erlang import ErlangA, ErlangB, ErlangC, MMnDelayed


def test_scalars_arrays_and_series():
    q = ErlangA(2.4, 180, 120)
    one = q.derivative("sl_offered", "agents", 430, threshold=20)
    assert isinstance(one, float)
    many = q.derivative("sl_offered", "agents", [430, 440], threshold=20)
    assert many[0] == pytest.approx(one, rel=1e-10)
    rates = pd.Series([2.4, 2.5], index=["mon", "tue"])
    found = ErlangA(rates, 180, 120).derivative("sl_offered", "agents", 430, threshold=20)
    assert list(found.index) == ["mon", "tue"]
    assert found["mon"] == pytest.approx(one, rel=1e-10)


def test_it_is_the_slope_between_neighbours():
    q = ErlangA(2.4, 180, 120)
    k = q.measures([429.5, 430.5], threshold=20)
    assert q.derivative("sl_offered", "agents", 430, threshold=20) == pytest.approx(np.diff(k["sl_offered"])[0], rel=1e-3)
    assert q.derivative("sl_offered", "threshold", 430, threshold=20) > 0
    assert q.derivative("abandon_rate_offered", "arrival_rate", 430) > 0
    assert q.derivative("asa_answered", "aht", 430) > 0
    assert MMnDelayed(2.4, 180, 60, 120).derivative("answer_rate", "onset", 430) > 0


def test_units_of_time():
    """A slope by the rate is in the unit of time, one by the handle time in its inverse."""
    seconds, minutes = ErlangA(2.4, 180, 120), ErlangA(2.4 * 60, 3, 2)
    for name, by, factor in (("p_wait", "arrival_rate", 60.0), ("p_wait", "aht", 1 / 60), ("asa_answered", "agents", 60.0)):
        assert seconds.derivative(name, by, 430) == pytest.approx(minutes.derivative(name, by, 430) * factor, rel=1e-9)


def test_closed_forms():
    n, a = 12.0, 9.0
    b = ErlangB(a, 1.0).measures(n)["blocking"]
    assert ErlangB(a, 1.0).derivative("blocking", "arrival_rate", n) == pytest.approx(b * (n / a - 1 + b), rel=1e-11)
    c = ErlangC(a, 1.0)
    tail = c.measures(n, threshold=0.3)["p_wait_longer"]
    assert c.derivative("sl_offered", "threshold", n, threshold=0.3) == pytest.approx((n - a) * tail, rel=1e-10)


def test_what_has_no_slope():
    assert ErlangC(10.0, 1.0).derivative("sl_offered", "agents", 8, threshold=0.1) == 0.0
    assert ErlangA(10.0, 1.0, math.inf).derivative("abandon_rate_offered", "agents", 20) == 0.0


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("sl", "agents", 430), "no KPI 'sl' here; there are sl_offered"),
        (("sl_offered", "agents", 430), "sl_offered needs a threshold"),
        (("p_wait", "lines", 430), "no number 'lines' to vary here; there are agents, threshold, arrival_rate, aht, patience"),
    ],
)
def test_refusals(asked, told):
    with pytest.raises(ValueError, match=told):
        ErlangA(2.4, 180, 120).derivative(*asked)
