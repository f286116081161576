"""The public face: kinds in and out, edges, refusals, and the cases that break other packages (peers.md 6d)."""

import math

import mpmath as mp
import numpy as np
import pandas as pd
import pytest

import wfm.erlang
from wfm.erlang import ErlangA, ErlangB, ErlangC, MMnDelayed, twin
from wfm.erlang.formulas import kpis as m


def test_the_example_of_the_documentation():
    q = ErlangA(arrival_rate=2.4, aht=180, patience=120)
    k = q.measures(430, threshold=20)
    assert k["occupancy"] == pytest.approx(q.offered_load / 430 * k["answer_rate"])
    n = q.agents_for(sl_offered=(0.80, 20), abandon_rate_offered=0.05, occupancy=0.88)
    assert isinstance(n, int)
    better, worse = q.measures(n, threshold=20), q.measures(n - 1, threshold=20)

    def met(k):
        return k["sl_offered"] >= 0.8 and k["abandon_rate_offered"] <= 0.05 and k["occupancy"] <= 0.88

    assert met(better)
    assert not met(worse)
    rate = q.rate_for(430, sl_offered=(0.80, 20))
    assert ErlangA(rate, 180, 120).measures(430, threshold=20)["sl_offered"] == pytest.approx(0.80, abs=1e-12)


def test_measures_read_as_a_mapping():
    k = ErlangA(1, 180, 120).measures(180)
    assert "sl_offered" not in k
    with pytest.raises(KeyError, match="needs a threshold"):
        k["sl_offered"]
    with pytest.raises(KeyError, match="no KPI 'service_level'"):
        k["service_level"]
    with_threshold = ErlangA(1, 180, 120).measures(180, threshold=20)
    assert set(with_threshold) - set(k) == {
        "sl_offered", "sl_net", "sl_answered", "sl_either", "sl_virtual",
        "abandon_within", "p_wait_longer", "p_virtual_longer",
    }  # fmt: skip
    assert dict(with_threshold)["p_wait"] == k["p_wait"]
    assert "p_wait " in repr(k)
    with pytest.raises(TypeError):
        k["p_wait"] = 0.0


def test_scalars_lists_arrays_and_series_agree():
    rates = [0.0, 0.01, 0.05, 0.2]
    index = pd.date_range("2024-11-11", periods=4, freq="30min", tz="Asia/Shanghai")
    target = {"sl_offered": (0.8, 20), "answer_rate": 0.95}
    one_by_one = [ErlangA(r, 180, 120).agents_for(**target) for r in rates]
    listed = ErlangA(rates, 180, 120).agents_for(**target)
    series = ErlangA(pd.Series(rates, index=index), 180, 120).agents_for(**target)
    grid = ErlangA(np.array(rates)[:, None], [180, 240], 120).agents_for(**target)
    assert isinstance(listed, np.ndarray)
    assert list(listed) == one_by_one
    assert isinstance(series, pd.Series)
    assert series.index.equals(index)
    assert list(series) == one_by_one
    assert grid.shape == (4, 2)
    assert list(grid[:, 0]) == one_by_one
    k = ErlangA(pd.Series(rates, index=index), 180, 120).measures(10, threshold=20)
    assert k["asa_answered"].name == "asa_answered"
    alone = [ErlangA(r, 180, 120).measures(10)["asa_answered"] for r in rates]
    assert list(k["asa_answered"]) == pytest.approx(alone, rel=1e-12)
    assert ErlangA(np.float64(0.05), np.array(180), 120).agents_for(**target) == one_by_one[2]


def test_every_row_may_have_its_own_target():
    n = ErlangC(0.5, 180).agents_for(sl_offered=([0.5, 0.8, 0.95], [60, 20, 10]))
    alone = [ErlangC(0.5, 180).agents_for(sl_offered=pair) for pair in ((0.5, 60), (0.8, 20), (0.95, 10))]
    assert list(n) == alone


REFUSED = [
    (lambda: ErlangC(-1, 180), r"arrival_rate is -1.0; it must be >= 0 and finite"),
    (lambda: ErlangC(math.nan, 180), r"arrival_rate is nan"),
    (lambda: ErlangC(math.inf, 180), r"arrival_rate is inf"),
    (lambda: ErlangC([1, 2, -3, -4], 180), r"arrival_rate\[2\] is -3.0"),
    (lambda: ErlangC([[1, 2], [math.nan, 4]], 180), r"arrival_rate\[1, 0\] is nan"),
    (lambda: ErlangC(pd.Series([1, -2], index=["mon", "tue"]), 180), r"arrival_rate\[tue\] is -2.0"),
    (lambda: ErlangC(1, 0), r"aht is 0.0; it must be > 0 and finite"),
    (lambda: ErlangA(1, 180, -5), r"patience is -5.0; it must be >= 0"),
    (lambda: MMnDelayed(1, 180, 120, math.nan), r"onset is nan"),
    (lambda: ErlangC(1, 180).measures(-1), r"agents is -1.0"),
    (lambda: ErlangC(1, 180).measures(200, threshold=-1), r"threshold is -1.0"),
    (lambda: ErlangC(1, 180).agents_for(), r"name at least one target: sl_offered"),
    (lambda: ErlangC(1, 180).agents_for(service_level=0.8), r"no target 'service_level'"),
    (lambda: ErlangC(1, 180).agents_for(sl_offered=0.8), r"sl_offered takes \(share, threshold\)"),
    (lambda: ErlangC(1, 180).agents_for(sl_offered=(80, 20)), r"sl_offered is 80.0; it must lie in \[0, 1\]"),
    (lambda: ErlangC(1, 180).agents_for(occupancy=[0.8, 1.1]), r"occupancy\[1\] is 1.1"),
    (lambda: ErlangB(1, 180).lines_for(sl_offered=(0.8, 20)), r"no target 'sl_offered' here; there are blocking"),
    (
        lambda: ErlangC(pd.Series([1.0, 2.0]), pd.Series([1.0, 2.0], index=[5, 6])),
        r"aht has an index other than the Series before it",
    ),
]


@pytest.mark.parametrize(("call", "message"), REFUSED)
def test_bad_input_never_yields_a_number(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("kind", [lambda r: ErlangC(r, 180), lambda r: ErlangA(r, 180, 60)])
def test_no_load_needs_nobody(kind):
    q = kind(0.0)
    assert q.agents_for(sl_offered=(0.8, 20), occupancy=0.85) == 0
    for n in (0, 1, 7):
        k = q.measures(n, threshold=20)
        assert (k["sl_offered"], k["mean_wait_all"], k["p_wait"], k["answer_rate"]) == (1.0, 0.0, 0.0, 1.0)
    assert math.isnan(q.measures(0)["occupancy"])
    assert q.measures(1)["occupancy"] == 0.0


def test_no_agents_answer_nobody():
    """An interval without agents between staffed ones."""
    k = MMnDelayed(0.1, 180, 120, 60).measures([5, 0, 5], threshold=20)
    assert k["sl_offered"][1] == 0.0
    assert k["abandon_rate_offered"][1] == 1.0
    assert k["mean_wait_all"][1] == pytest.approx(180.0)
    assert k["mean_wait_virtual"][1] == math.inf
    assert math.isnan(k["asa_answered"][1])
    assert math.isnan(k["occupancy"][1])
    assert np.isfinite(k["occupancy"][[0, 2]]).all()
    assert ErlangA(0.1, 180, 30).measures(0, threshold=30)["abandon_within"] == pytest.approx(1.0 - math.exp(-1.0))


@pytest.mark.parametrize("agents", [99, 100])
def test_erlang_c_without_surplus_has_no_service(agents):
    k = ErlangC(1, 100).measures(agents, threshold=20)
    assert (k["sl_offered"], k["p_wait"], k["occupancy"]) == (0.0, 1.0, 1.0)
    assert k["asa_answered"] == k["mean_queue"] == math.inf
    assert k["answer_rate"] == pytest.approx(agents / 100)


def test_load_equal_to_agents_with_patience_is_an_ordinary_queue():
    k = ErlangA(1, 100, 100).measures(100, threshold=20)
    poisson_head = twin.measure(m.P_NO_WAIT, 100.0, 100.0, 1.0, 0.0, 0.0)
    assert k["p_no_wait"] == pytest.approx(poisson_head)
    assert 0.9 < k["sl_offered"] < 1.0
    assert k["abandon_rate_offered"] == pytest.approx(k["mean_wait_all"] / 100)


def test_endless_patience_and_endless_onset_are_erlang_c():
    for q in (ErlangA(0.5, 180, math.inf), MMnDelayed(0.5, 180, 60, math.inf), MMnDelayed(0.5, 180, math.inf, 5)):
        k, c = q.measures(95, threshold=20), ErlangC(0.5, 180).measures(95, threshold=20)
        assert all(k[name] == c[name] for name in k if name in c)


@pytest.mark.parametrize(
    "target",
    [
        {"sl_offered": (1.0, 20)},
        {"abandon_rate_offered": 0.0},
        {"answer_rate": 1.0},
        {"asa_answered": 0.0},
        {"occupancy": 0.0},
    ],
)
def test_unreachable_targets_take_endless_agents(target):
    assert ErlangA(1, 180, 120).agents_for(**target) == math.inf
    assert ErlangA(1, 180, 120).rate_for(100, **target) == 0.0
    assert list(ErlangA([0, 1], 180, 120).agents_for(**target)) == [0, math.inf]


def test_trivial_targets_take_one_agent():
    for target in ({"sl_offered": (0.0, 20)}, {"occupancy": 1.0}, {"p_wait": 1.0}, {"abandon_rate_offered": 1.0}):
        assert ErlangA(5, 180, 120).agents_for(**target) == 1
    assert ErlangA(1, 180, 120).rate_for(10, occupancy=1.0) == math.inf


def test_one_agent_is_the_textbook_queue():
    """M/M/1: waits P(W > T) = rho e^-(1-rho)T, B = a/(1+a)."""
    k = ErlangC(0.7, 1).measures(1, threshold=2)
    assert k["p_wait_longer"] == pytest.approx(0.7 * math.exp(-0.6), rel=1e-15)
    assert k["asa_answered"] == pytest.approx(0.7 / 0.3, rel=1e-15)
    assert ErlangB(0.7, 1).measures(1)["blocking"] == pytest.approx(0.7 / 1.7, rel=1e-15)


def test_occupancy_of_one_at_a_whole_load():
    """pyworkforce cannot start here; 101 agents is what 80/20 takes above 100 erlang, 1 what the cap alone takes."""
    q = ErlangC(1, 100)
    assert q.agents_for(occupancy=1.0) == 1
    assert q.agents_for(sl_offered=(0.01, 0), occupancy=1.0) == 101


def test_a_third_of_an_erlang():
    assert ErlangC(0.3, 1).agents_for(sl_offered=(0.8, 0.1)) == 2
    assert ErlangC(0.3, 1).measures(1)["p_wait"] == pytest.approx(0.3)
    assert ErlangC(2.5, 1).agents_for(sl_offered=(0.2, 0.1)) == 3


@pytest.mark.parametrize(("load", "aht", "patience", "threshold", "sl"), [(700, 60, 120, 60, 0.988), (450, 180, 180, 300, 0.981)])
def test_full_load_at_long_thresholds(load, aht, patience, threshold, sl):
    """Uniformisation underflows here (peers.md 1.1 shows 0.410 and 0.494; the patience is the one behind its exact values)."""
    k = ErlangA(load / aht, aht, patience).measures(load, threshold=threshold)
    assert k["sl_offered"] == pytest.approx(sl, abs=5e-4)


def abandoned_by_states(a, n, patience):
    """P(ab) of M/M/n+M from the stationary distribution of its birth-death chain."""
    logs = [0.0]
    while len(logs) < 4 * n:
        k = len(logs)
        logs.append(logs[-1] + math.log(a / (min(k, n) + max(k - n, 0) / patience)))
    top = max(logs)
    weights = [math.exp(v - top) for v in logs]
    return sum(w * max(k - n, 0) / patience for k, w in enumerate(weights)) / (a * sum(weights))


@pytest.mark.parametrize("patience", [0.3, 1.0, 5.0])
def test_more_load_than_agents(patience):
    """600 erlang on 590 agents: an ordinary queue when people hang up."""
    k = ErlangA(600, 1, patience).measures(590)
    assert k["abandon_rate_offered"] == pytest.approx(abandoned_by_states(600.0, 590, patience), rel=1e-10)


def test_a_group_of_twenty_thousand():
    assert ErlangC(20_000 / 180, 180).agents_for(sl_offered=(0.8, 20)) == 20_014


def test_fractional_agents_are_between_whole_ones():
    k = ErlangA(0.5, 180, 120).measures([95, 95.5, 96], threshold=20)
    for name, value in k.items():
        low, middle, high = value
        assert min(low, high) < middle < max(low, high), name


def test_calls_an_hour_or_a_second():
    hour = ErlangA(1200, 180 / 3600, 120 / 3600).agents_for(sl_offered=(0.8, 20 / 3600))
    assert hour == ErlangA(1200 / 3600, 180, 120).agents_for(sl_offered=(0.8, 20))


def test_lines():
    """Lines for 1 % blocking of 100 erlang are 117 in every published table."""
    q = ErlangB(100 / 180, 180)
    assert q.lines_for(blocking=0.01) == 117
    k = q.measures(117)
    assert k["blocking"] + k["answer_rate"] == pytest.approx(1.0, abs=1e-15)
    assert k["carried_load"] == pytest.approx(100 * k["answer_rate"])
    assert k["ln_blocking"] == pytest.approx(math.log(k["blocking"]))
    assert 180 * q.rate_for(117, blocking=0.01) > 100 > 180 * q.rate_for(116, blocking=0.01)
    assert q.lines_for(blocking=0.01, occupancy=0.7) > 140


def test_nan_passes_through_the_formulas():
    for place in range(5):
        arguments = [10.0, 8.0, 1.0, 0.5, 0.1]
        arguments[place] = math.nan
        assert all(math.isnan(twin.measure(kpi, *arguments)) for kpi in range(m.LN_P_WAIT_LONGER + 1))
    assert math.isnan(twin.measure(0, -1.0, 8.0, 1.0, 0.0, 0.1))


def test_the_public_names():
    assert {"ErlangA", "ErlangB", "ErlangC", "GammaMixed", "MMnDelayed", "Measures"} <= set(wfm.erlang.__all__)
    assert all(hasattr(wfm.erlang, name) for name in wfm.erlang.__all__)
    assert set(wfm.erlang.__all__) <= set(dir(wfm.erlang))
    with pytest.raises(AttributeError, match="no attribute 'ErlangZ'"):
        _ = wfm.erlang.ErlangZ


@pytest.mark.parametrize(
    ("patience", "target"),
    [(0.0, {"mean_queue": 2.3}), (1.0, {"mean_queue": 2.0}), (0.5, {"sl_answered": (0.1, 0.02)}), (2.0, {"occupancy": 1.0})],
)
def test_hardly_any_agents_may_be_enough(patience, target):
    """A search over real agents comes close to 0, where the odds of being served are of the order of the agents."""
    q = ErlangA(0.02, 1.0, patience)
    assert 0.0 <= q.agents_for(whole=False, **target) <= 0.02
    assert q.agents_for(**target) == 1


@pytest.mark.parametrize("load", [1e-9, 1e-3, 0.3, 0.999])
def test_a_thousandth_of_an_agent(load):
    """1/B - 1 = n e^a a^-n Gamma(n, a), against arbitrary precision."""
    for n in (1e-200, 1e-12, 1e-5, 0.3, 0.999):
        with mp.workdps(400):
            odds = n * mp.exp(load) * mp.mpf(load) ** -n * mp.gammainc(n, load)
            carried, alone = odds / (1 + odds), 1 / (1 + odds)
        assert twin.one_minus_blocking(n, load) == pytest.approx(float(carried), rel=4e-15)
        assert twin.blocking(n, load) == pytest.approx(float(alone), rel=4e-15)


def test_any_threshold_and_any_patience():
    """Beyond measure is endless: whoever is answered at all is answered within it."""
    for q in (ErlangC(13.96, 1.0), MMnDelayed(13.96, 1.0, math.inf, 0.0)):
        assert q.agents_for(sl_offered=(0.5, math.inf)) == 14
        assert q.agents_for(sl_offered=(0.5, 1e300)) == 14
        assert q.agents_for(whole=False, sl_offered=(0.5, math.inf)) == pytest.approx(13.96, rel=1e-15)
        assert q.aht_for(14, sl_offered=(0.5, math.inf)) == pytest.approx(14 / 13.96, rel=1e-15)
    assert ErlangC(1e300, 1.0).agents_for(sl_offered=(0.5, 1.0)) == math.inf
    longest = ErlangA(133.4, 1.0, 1.7e308).measures(150, threshold=0.1)
    endless = ErlangC(133.4, 1.0).measures(150, threshold=0.1)
    assert longest["sl_offered"] == endless["sl_offered"]
    assert longest["asa_answered"] == endless["asa_answered"]
    assert ErlangA(5e-324, 1.0, 3e-9).measures(21, threshold=1.0)["sl_offered"] == 1.0


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: ErlangC("0.25", 240), r"arrival_rate is '0.25'; give a number"),
        (lambda: ErlangC(["0.25", "0.3"], 240), r"arrival_rate is \['0.25', '0.3'\]; give a number"),
        (lambda: ErlangC(None, 240), "arrival_rate is None; give a number"),
        (lambda: ErlangC(0.25 + 1j, 240), r"arrival_rate is \(0.25\+1j\); give a number"),
        (lambda: ErlangC(0.25, pd.Series(pd.to_timedelta([240, 200], unit="s"))), "aht holds durations or dates"),
        (lambda: ErlangC(0.25, pd.Timedelta(240, unit="s")), "aht is Timedelta|aht holds durations"),
        (lambda: ErlangC([1.0, 2.0], [1.0, 2.0, 3.0]), r"shapes \(2,\), \(3,\) do not go together"),
        (lambda: ErlangC([1.0, 2.0], 1.0).measures([3, 4, 5])["p_wait"], r"shapes \(2,\), \(3,\) do not go together"),
        (lambda: ErlangC(1e200, 1e200), r"arrival_rate \* aht is inf; it must be >= 0 and finite"),
        (lambda: ErlangC(0.25, 240).agents_for(sl_offered=(80, 20)), "sl_offered is 80.0; .* 80 % is 0.8"),
        (lambda: ErlangC(0.25, 240).agents_for(asa_answered=(0.8, 20)), "asa_answered has no threshold; give one number"),
    ],
)
def test_what_is_no_number_is_told_by_name(make, told):
    with pytest.raises(ValueError, match=told):
        make()


def test_a_queue_says_what_it_is():
    assert repr(ErlangA(0.25, 240, 120)) == "ErlangA(arrival_rate=0.25, aht=240, patience=120)"
    assert repr(ErlangC(np.arange(100.0), 240)) == "ErlangC(arrival_rate=<ndarray>, aht=240)"


def test_object_columns_of_numbers_are_numbers():
    mixed = pd.Series([1, 2.5], dtype=object)
    assert ErlangC(mixed, 1.0).measures(5)["p_wait"].iloc[0] == ErlangC(1.0, 1.0).measures(5)["p_wait"]
