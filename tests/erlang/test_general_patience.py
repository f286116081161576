"""Patience of any distribution: golden tables, closed limits, laws, an independent integration, the distributions themselves."""

import csv
import math

import numpy as np
import pytest

from tests.erlang.bars import absolute, rel, table, worst
from tests.shared import shared
from wfm.erlang import ErlangA, ErlangC, MMnDelayed, MMnG, MMnKGWhitt
from wfm.erlang.formulas import kpis as m
from wfm.erlang.impatience import (
    Balking,
    Delayed,
    Deterministic,
    Empirical,
    ErlangK,
    Exponential,
    Hyperexponential,
    Lognormal,
    Uniform,
    Weibull,
)

CURVE = Empirical((0.0, 0.05, 0.1, 0.3, 0.8), (0.95, 0.9, 0.7, 0.6, 0.2))
ALL = [
    Exponential(0.7),
    Deterministic(0.7),
    Delayed(0.3, 0.5),
    Uniform(1.5),
    Uniform(0.9, 0.4),
    ErlangK(0.7, 2),
    ErlangK(0.7, 30),
    Hyperexponential((0.3, 0.7), (0.02, 1.1)),
    Lognormal(0.7, 1.5),
    Lognormal(0.7, 0.2),
    Weibull(0.7, 0.6),
    Weibull(0.7, 3.0),
    Balking(0.1, Exponential(0.7)),
    Balking(0.2, ErlangK(0.7, 3)),
    CURVE,
]


def same(one, other, rel):
    """All KPIs of two queues, nan and all; tails to their last digits, service levels as far as a difference from 1 has any."""
    for name, value in one.items():
        least = 1e-15 if name.startswith("sl_") else 1e-280
        assert value == pytest.approx(other[name], rel=rel, abs=least, nan_ok=True), name


AGENTS = np.array([[0.0], [0.5], [1.0], [10.0], [90.0], [100.0], [120.0], [300.0]])


@pytest.mark.parametrize("threshold", [0.0, 0.1, 0.5, 2.0, math.inf])
def test_exponential_patience_is_erlang_a(threshold):
    general = MMnG([0.0, 0.8, 9.0, 100.0], 1.0, Exponential(0.5)).measures(AGENTS, threshold)
    same(general, ErlangA([0.0, 0.8, 9.0, 100.0], 1.0, 0.5).measures(AGENTS, threshold), 1e-11)


@pytest.mark.parametrize(("onset", "then"), [(0.5, 0.3), (0.05, 2.0), (0.5, 0.0)])
@pytest.mark.parametrize("threshold", [0.0, 0.1, 0.5, 2.0])
def test_patience_with_an_onset_is_the_delayed_queue(onset, then, threshold):
    patience = Delayed(onset, then) if then else Deterministic(onset)
    general = MMnG([0.0, 0.8, 9.0, 100.0], 1.0, patience).measures(AGENTS, threshold)
    same(general, MMnDelayed([0.0, 0.8, 9.0, 100.0], 1.0, then, onset).measures(AGENTS, threshold), 1e-11)


@pytest.mark.parametrize("patience", [Exponential(math.inf), Deterministic(math.inf), Balking(0.0, Delayed(3.0, math.inf))])
def test_endless_patience_is_erlang_c(patience):
    general = MMnG([0.0, 0.8, 9.0, 100.0], 1.0, patience).measures(AGENTS[1:], 0.2)
    exact = ErlangC([0.0, 0.8, 9.0, 100.0], 1.0).measures(AGENTS[1:], 0.2)
    for name in exact:
        if not name.startswith("ln_"):
            endless = AGENTS[1:] <= np.array([0.0, 0.8, 9.0, 100.0])
            value = np.where(endless & (name == "sl_net"), 0.0, general[name])
            assert value == pytest.approx(exact[name], rel=1e-11, abs=1e-280, nan_ok=True), name


def test_one_distribution_in_many_guises():
    queues = [
        Exponential(0.7),
        ErlangK(0.7, 1),
        Hyperexponential((0.5, 0.5), (0.7, 0.7)),
        Weibull(0.7, 1.0),
        Balking(0.0, Exponential(0.7)),
        Empirical((0.0,), (1.0,), tail=0.7),
    ]
    first = MMnG(100.0, 1.0, queues[0]).measures([60.0, 95.0, 120.0, 400.0], 0.1)
    for other in queues[1:]:
        same(MMnG(100.0, 1.0, other).measures([60.0, 95.0, 120.0, 400.0], 0.1), first, 1e-11)


GOLDEN = {
    "deterministic": lambda r: Deterministic(r.p1),
    "uniform": lambda r: Uniform(r.p1),
    "erlang2": lambda r: ErlangK(r.p1, 2),
    "hyperexponential2": lambda r: Hyperexponential((r.p1, 1.0 - r.p1), (r.p2, r.p3)),
    "balk_exp": lambda r: Balking(r.p1, Exponential(r.p2)),
    "exponential": lambda r: Exponential(r.p1),
}
PROBABILITIES = {
    "p_wait": m.P_WAIT,
    "p_no_wait": m.P_NO_WAIT,
    "p_abandon": m.ABANDON_RATE_OFFERED,
    "p_served": m.ANSWER_RATE,
    "occupancy": m.OCCUPANCY,
    "sl_offered": m.SL_OFFERED,
    "sl_answered": m.SL_ANSWERED,
    "sl_net": m.SL_NET,
    "sl_either": m.SL_EITHER,
    "sl_virtual": m.SL_VIRTUAL,
    "p_abandon_within_T": m.ABANDON_WITHIN,
    "p_wait_gt_T": m.P_WAIT_LONGER,
    "p_virtual_wait_gt_T": m.P_VIRTUAL_LONGER,
}
MEANS = {
    "e_wait": m.MEAN_WAIT_ALL,
    "e_queue": m.MEAN_QUEUE,
    "e_wait_served": m.ASA_ANSWERED,
    "e_virtual_wait": m.MEAN_WAIT_VIRTUAL,
    "e_wait_abandoned": m.MEAN_TIME_TO_ABANDON,
}


def relative_above_noise(v, g):
    return rel(v, g) if g > 1e-12 else 0.0


def golden_value(kpi, r):
    queue = MMnG(np.array([r.a]), 1.0, GOLDEN[r.family](r))
    return queue._value(kpi, float(r.n), r.T)[0]


@pytest.mark.parametrize("column", [*PROBABILITIES, *MEANS])
def test_golden_general_patience(column):
    """Every family and row; whoever abandons a deterministic patience waited exactly d, which the table has as a difference."""
    t = table("mmn_general_patience")
    expected = t[column].where(~((t.family == "deterministic") & (column == "e_wait_abandoned")), t.p1)
    values = [golden_value((PROBABILITIES | MEANS)[column], r) for r in t.itertuples()]
    if column in MEANS:
        worst("mmn_general_patience", column, rel, 1e-8, values, expected)
    else:
        worst("mmn_general_patience", column, absolute, 1e-10, values, expected)
        worst("mmn_general_patience", column, relative_above_noise, 1e-8, values, expected)


def test_golden_whitt():
    """Every row; what is below the doubles is compared by its logarithm."""
    lines = [line for line in shared("golden/whitt_state_dependent.csv").read_text().splitlines() if not line.startswith("#")]
    t = table("whitt_state_dependent")
    queues = [MMnKGWhitt(np.array([r.a]), 1.0, GOLDEN[r.family](r), r.capacity).measures(float(r.n)) for r in t.itertuples()]
    for column, name in (
        ("p_wait", "p_wait"),
        ("p_abandon", "abandon_rate_offered"),
        ("e_queue", "mean_queue"),
        ("p_block", "blocking"),
    ):
        worst("whitt", column, rel, 1e-11, [k[name][0] for k in queues], t[column])
    for k, row in zip(queues, csv.DictReader(lines), strict=True):
        digits, power = row["p_block"].split("e") if "e" in row["p_block"] else (row["p_block"], "0")
        off = k["ln_blocking"][0] - int(power) * math.log(10.0) - math.log(float(digits))
        assert abs(off) <= 1e-11 + 2e-16 * abs(k["ln_blocking"][0]), row


def test_time_has_no_unit():
    minutes = MMnG(2.0, 4.0, Balking(0.1, Lognormal(2.0, 1.2)))
    seconds = MMnG(2.0 / 60.0, 240.0, Balking(0.1, Lognormal(120.0, 1.2)))
    one, other = minutes.measures([5.0, 9.0, 20.0], 1.0 / 3.0), seconds.measures([5.0, 9.0, 20.0], 20.0)
    for name in one:
        factor = 60.0 if one._kpis[name].time else 1.0
        assert other[name] == pytest.approx(factor * one[name], rel=1e-11), name
    target = {"sl_offered": (0.8, 20.0), "abandon_rate_offered": 0.05}
    least = seconds.agents_for(**target)
    assert least == minutes.agents_for(sl_offered=(0.8, 1.0 / 3.0), abandon_rate_offered=0.05)
    enough, short = (seconds.measures(float(least - d), 20.0) for d in (0, 1))
    assert enough["sl_offered"] >= 0.8
    assert enough["abandon_rate_offered"] <= 0.05
    assert short["sl_offered"] < 0.8 or short["abandon_rate_offered"] > 0.05
