"""Modified offered load: stationary where nothing changes, the golden days of the exact chain where it does, least agents."""

import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.erlang.bars import table
from tests.erlang.test_offered_load import rate_of
from tests.shared import shared
from wfm.erlang import ErlangA, MMnG
from wfm.erlang.impatience import Balking, Delayed, Deterministic, Empirical, Exponential, Lognormal, Weibull
from wfm.erlang.transient.fluid import fluid
from wfm.erlang.transient.handle_times import LognormalTimes
from wfm.erlang.transient.modified_load import AVERAGED, ModifiedOfferedLoad, stabilised_agents, wait_until_gone
from wfm.erlang.transient.offered_load import offered_load
from wfm.erlang.transient.solver import TransientQueue

RATES = np.array([0.05, 0.2, 0.35, 0.3, 0.1])


@pytest.mark.parametrize("patience", [120.0, Delayed(60.0, 90.0), Lognormal(150.0, 1.0)], ids=str)
def test_a_constant_rate_is_the_stationary_queue(patience):
    mol = ModifiedOfferedLoad([0.25] * 3, 900.0, LognormalTimes(240.0, 0.8), patience)
    queue = MMnG(0.25, 240.0, patience) if not isinstance(patience, float) else ErlangA(0.25, 240.0, patience)
    found, known = mol.measures(60, 20.0), queue.measures(60, 20.0)
    assert set(found) == set(AVERAGED)
    for name, values in found.items():
        assert values == pytest.approx([known[name]] * 3, rel=1e-9), name
    for over in ("average", "most"):
        least = mol.agents_for(over=over, sl_offered=(0.8, 20.0), abandon_rate_offered=0.02)
        assert least.tolist() == [queue.agents_for(sl_offered=(0.8, 20.0), abandon_rate_offered=0.02)] * 3


def golden(name):
    """Means of the golden rates over ten seconds, edges, agents and the table by interval, in seconds."""
    case = json.loads(shared(f"golden/{name}.json").read_text())
    rate, _ = rate_of(case)
    edges = np.arange(case["t0"] * 6, case["t1"] * 6 + 1) / 6
    nodes, weights = np.polynomial.legendre.leggauss(4)
    middle = 0.5 * (edges[1:] + edges[:-1])
    means = sum(w * rate(middle + x / 12) for x, w in zip(nodes, weights, strict=True)) / 2
    by_interval = table(f"{name}_interval")
    starts = np.array([s for s, _ in case["staffing_steps"]])
    agents = np.array([n for _, n in case["staffing_steps"]])[np.searchsorted(starts, middle, side="right") - 1]
    return case, means / 60, edges * 60, agents, by_interval


def by_interval(values, means, part):
    return (values * means).reshape(-1, part).sum(axis=1) / means.reshape(-1, part).sum(axis=1)


def stationary(case, means, part, agents):
    """SIPP: each interval by itself, its mean rate for ever."""
    queue = ErlangA(means.reshape(-1, part).mean(axis=1), case["aht"] * 60, case["patience_mean"] * 60)
    return queue.measures(agents.reshape(-1, part)[:, 0], case["sl_threshold"] * 60)


def test_a_smooth_day_is_within_a_point_of_the_exact_chain():
    case, means, edges, agents, exact = golden("tv_sinusoid_a")
    mol = ModifiedOfferedLoad(means, edges, case["aht"] * 60, case["patience_mean"] * 60, points=1)
    found = mol.measures(agents, case["sl_threshold"] * 60)
    part = int(case["interval"] * 6)
    error = {
        "sl_offered": by_interval(found["sl_offered"], means, part) - exact.sl_offered_cohort,
        "abandon_rate_offered": by_interval(found["abandon_rate_offered"], means, part) - exact.p_abandon_cohort,
        "p_wait": by_interval(found["p_wait"], means, part) - exact.p_delay,
    }
    sipp = stationary(case, means, part, agents)["sl_offered"] - exact.sl_offered_cohort
    print("\n", {name: float(np.abs(e[1:]).max()) for name, e in error.items()}, "SIPP", float(np.abs(sipp).max()))
    # The chain begins stationary in the first interval's rate, which never was for ever.
    assert np.abs(error["sl_offered"][1:]).max() < 0.03
    assert np.abs(error["abandon_rate_offered"][1:]).max() < 0.01
    assert np.abs(error["sl_offered"][1:]).mean() < 0.5 * np.abs(sipp[1:]).mean()


def test_a_spike_that_is_staffed_is_within_a_few_points():
    case, means, edges, agents, exact = golden("tv_spike1111_a")
    mol = ModifiedOfferedLoad(means, edges, case["aht"] * 60, case["patience_mean"] * 60, points=1)
    found = mol.measures(agents, case["sl_threshold"] * 60)
    part = int(case["interval"] * 6)
    error = by_interval(found["sl_offered"], means, part) - exact.sl_offered_cohort
    sipp = stationary(case, means, part, agents)["sl_offered"] - exact.sl_offered_cohort
    print("\n", float(np.abs(error).max()), "SIPP", float(np.abs(sipp).max()))
    assert np.abs(error).max() < 0.04
    assert np.abs(error).max() < 0.2 * np.abs(sipp).max()


def test_a_backlog_is_not_known():
    """After an overload the load is down within a handle time, but patient callers still wait; the fluid knows how long."""
    rates, agents, aht, patience = [0.2, 0.6, 0.2, 0.2], 60, 180.0, 1800.0
    exact = TransientQueue(rates, aht, patience=patience, interval=900.0).solve(agents, threshold=20.0, start="stationary")
    found = ModifiedOfferedLoad(rates, 900.0, aht, patience).measures(agents, 20.0)
    assert found["sl_offered"][0] == pytest.approx(exact.sl_offered[0], abs=1e-9)
    assert found["sl_offered"][2] > exact.sl_offered[2] + 0.3
    flow = fluid(rates, 900.0, agents, aht, patience, start="stationary").by_interval(20.0)
    assert flow.sl_offered == pytest.approx(exact.sl_offered, abs=0.08)


@pytest.mark.parametrize("patience", [120.0, Delayed(60.0, 90.0)], ids=str)
@pytest.mark.parametrize("over", ["average", "most"])
def test_agents_are_the_least(patience, over):
    mol = ModifiedOfferedLoad(RATES, 900.0, LognormalTimes(240.0, 0.8), patience)
    targets = {"sl_offered": (0.8, 20.0), "abandon_rate_offered": 0.03}
    agents = mol.agents_for(over=over, **targets)
    if over == "average":
        enough, few = mol.measures(agents, 20.0), mol.measures(agents - 1, 20.0)
        assert (enough["sl_offered"] >= 0.8).all()
        assert (enough["abandon_rate_offered"] <= 0.03).all()
        assert ((few["sl_offered"] < 0.8) | (few["abandon_rate_offered"] > 0.03)).all()
    else:
        assert (agents >= mol.agents_for(over="average", **targets)).all()


def test_agents_lag_behind_a_rise():
    """When the rate jumps up the load has yet to come; when it falls it is still there."""
    rates = [0.05, 0.4, 0.4, 0.05]
    agents = ModifiedOfferedLoad(rates, 300.0, 600.0, 120.0).agents_for(sl_offered=(0.8, 20.0))
    alone = ErlangA(rates, 600.0, 120.0).agents_for(sl_offered=(0.8, 20.0))
    assert agents[0] == alone[0]
    assert agents[1] < alone[1]
    assert agents[3] > alone[3]


@pytest.mark.parametrize("over", ["average", "most"])
def test_targets_and_handle_times_by_interval(over):
    """Each interval of a constant load is a queue of its own, with its own handle time, threshold and target."""
    means, shares, thresholds = np.array([100.0, 200.0, 400.0]), np.array([0.7, 0.8, 0.9]), np.array([10.0, 20.0, 60.0])
    mol = ModifiedOfferedLoad([0.2], 900.0, 300.0, 120.0)
    assert mol.agents_for(over=over, sl_offered=([0.8], [20.0])) == ErlangA(0.2, 300.0, 120.0).agents_for(sl_offered=(0.8, 20.0))
    for k in range(3):
        rates, lengths = np.zeros(3), np.full(3, 1e6)
        rates[k] = 0.2
        lengths = np.concatenate([[0.0], np.cumsum(lengths)])
        changing = ModifiedOfferedLoad(rates, lengths, 300.0, 120.0, aht=means, past="empty", points=1)
        alone = ErlangA(0.2, means[k], 120.0)
        assert changing.agents_for(sl_offered=(shares, thresholds))[k] == alone.agents_for(sl_offered=(shares[k], thresholds[k]))
        assert changing.measures(30, thresholds)["sl_offered"][k] == pytest.approx(alone.measures(30, thresholds[k])["sl_offered"])


def test_without_load_no_agents():
    agents = ModifiedOfferedLoad([0.0, 0.0, 0.3], 900.0, 240.0, 120.0, past="empty").agents_for(sl_offered=(0.8, 20.0))
    assert agents[:2].tolist() == [0.0, 0.0]
    assert agents[2] > 0


@settings(max_examples=40)
@given(
    st.floats(0.001, 0.99),
    st.sampled_from([120.0, Exponential(120.0), Weibull(90.0, 1.7), Delayed(60.0, 30.0), Lognormal(90.0, 2.0)]),
)
def test_the_time_by_which_a_share_is_gone(share, patience):
    law = Exponential(patience) if isinstance(patience, float) else patience
    assert law.survival(wait_until_gone(patience, share)) == pytest.approx(1 - share, abs=1e-9)


def test_the_time_by_which_a_share_is_gone_where_many_go_at_once():
    assert wait_until_gone(Balking(0.2, Exponential(90.0)), 0.1) == 0.0
    assert wait_until_gone(Deterministic(90.0), 0.1) == pytest.approx(90.0)
    assert wait_until_gone(Empirical((30.0, 60.0), (0.7, 0.0)), 0.5) == pytest.approx(60.0)
    for endless in (math.inf, Balking(0.2, Exponential(math.inf))):
        with pytest.raises(ValueError, match="never abandons"):
            wait_until_gone(endless, 0.5)


def test_stabilised_agents_follow_the_later_load():
    """The whole of DIS-MOL by hand: the load a time w earlier, then the least agents of the stationary queue at its greatest."""
    patience, service, share = Delayed(30.0, 120.0), LognormalTimes(240.0, 0.8), 0.1
    delay = 30.0 - 120.0 * math.log(0.9)
    agents = stabilised_agents(RATES, 900.0, service, patience, share, over="most")
    for k in range(len(RATES)):
        nodes = np.polynomial.legendre.leggauss(4)[0]
        at = np.concatenate([900.0 * (k + 0.5 + 0.5 * nodes), [900.0 * k, 900.0 * (k + 1)]])
        load = offered_load(RATES, 900.0, service, at - delay).max()
        assert agents[k] == MMnG(load / 240.0, 240.0, patience).agents_for(abandon_rate_offered=share)


def test_series_come_back_as_series():
    rates = pd.Series([0.1, 0.4], index=pd.Index(["a", "b"]))
    mol = ModifiedOfferedLoad(rates, 900.0, 240.0, 120.0)
    assert mol.load.index.tolist() == ["a", "b"]
    assert mol.measures([30, 90], 20.0)["sl_offered"].index.tolist() == ["a", "b"]
    assert mol.agents_for(sl_offered=(0.8, 20)).index.tolist() == ["a", "b"]


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: ModifiedOfferedLoad([0.1], 900.0, 240.0, 120.0, points=0), "points is 0"),
        (lambda: ModifiedOfferedLoad([0.1], 900.0, 240.0, 120.0).agents_for(over="all", p_wait=0.1), "over is 'all'"),
        (lambda: ModifiedOfferedLoad([0.1], 900.0, 240.0, 120.0).agents_for(asa_answered=9.0), "asa_answered has no average"),
        (lambda: ModifiedOfferedLoad([0.1], 900.0, 240.0, 120.0).agents_for(), "name at least one target"),
        (lambda: ModifiedOfferedLoad([0.1], 900.0, 240.0, 120.0).measures([1, 2]), "agents has the shape"),
        (lambda: stabilised_agents([0.1], 900.0, 240.0, 120.0, 0.0), "abandon_rate is 0"),
        (lambda: stabilised_agents([0.1], 900.0, 240.0, 120.0, 1.0), "abandon_rate is 1"),
    ],
)
def test_what_is_out_of_range_is_told(call, told):
    with pytest.raises(ValueError, match=told):
        call()
