"""The golden tables at the README's bars, no row left out. `pytest tests/erlang -s -k golden` prints the worst errors."""

import json
import math

import numpy as np
import pytest

from tests.erlang.bars import TINY, absolute, computed, log_error, rel, rel_l, table, worst
from tests.shared import shared
from wfm.erlang import ErlangA, ErlangB, ErlangC, kernels
from wfm.erlang.formulas import kpis as m

B_COLUMNS = [
    ("blocking", m.BLOCKING, rel_l, 4e-14),
    ("ln_blocking", m.LN_BLOCKING, log_error, 4e-14),
    ("one_minus_blocking", m.LINE_ANSWER_RATE, rel, 1e-12),
    ("carried", m.CARRIED_LOAD, rel, 1e-12),
    ("occupancy", m.LINE_OCCUPANCY, rel, 1e-12),
]


@pytest.mark.parametrize(("column", "kpi", "error", "bar"), B_COLUMNS)
def test_golden_erlang_b(column, kpi, error, bar):
    t = table("erlang_b")
    worst("erlang_b", column, error, bar, computed(kpi, t), t[column])


C_COLUMNS = [
    ("p_wait", m.P_WAIT, rel_l, 4e-14),
    ("ln_p_wait", m.LN_P_WAIT, log_error, 4e-14),
    ("asa", m.ASA_ANSWERED, rel_l, 4e-14),
    ("queue", m.MEAN_QUEUE, rel_l, 4e-14),
    ("p_wait_gt_T", m.P_WAIT_LONGER, rel_l, 4e-14),
    ("ln_p_wait_gt_T", m.LN_P_WAIT_LONGER, log_error, 4e-14),
    ("sl", m.SL_OFFERED, absolute, 1e-14),
    ("occupancy", m.OCCUPANCY, absolute, 1e-14),
]


@pytest.mark.parametrize(("column", "kpi", "error", "bar"), C_COLUMNS)
def test_golden_erlang_c(column, kpi, error, bar):
    t = table("erlang_c")
    worst("erlang_c", column, error, bar, computed(kpi, t, math.inf, 0.0, t["T"]), t[column])


QUEUE_COLUMNS = [
    ("p_wait", m.P_WAIT, rel_l, 1e-13),
    ("p_no_wait", m.P_NO_WAIT, rel_l, 1e-13),
    ("p_abandon", m.ABANDON_RATE_OFFERED, rel_l, 1e-13),
    ("e_wait", m.MEAN_WAIT_ALL, rel_l, 1e-13),
    ("e_queue", m.MEAN_QUEUE, rel_l, 1e-13),
    ("p_wait_gt_T", m.P_WAIT_LONGER, rel_l, 1e-13),
    ("p_virtual_wait_gt_T", m.P_VIRTUAL_LONGER, rel_l, 1e-13),
    ("p_served", m.ANSWER_RATE, absolute, 1e-13),
    ("occupancy", m.OCCUPANCY, absolute, 1e-13),
    ("sl_offered", m.SL_OFFERED, absolute, 1e-13),
    ("sl_answered", m.SL_ANSWERED, absolute, 1e-13),
    ("sl_net", m.SL_NET, absolute, 1e-13),
    ("sl_either", m.SL_EITHER, absolute, 1e-13),
    ("sl_virtual", m.SL_VIRTUAL, absolute, 1e-13),
    ("p_abandon_within_T", m.ABANDON_WITHIN, absolute, 1e-13),
    ("e_wait_served", m.ASA_ANSWERED, rel, 1e-9),
    ("e_virtual_wait", m.MEAN_WAIT_VIRTUAL, rel, 1e-9),
    ("e_wait_abandoned", m.MEAN_TIME_TO_ABANDON, rel, 1e-9),
]


@pytest.mark.parametrize(("column", "kpi", "error", "bar"), QUEUE_COLUMNS)
def test_golden_erlang_a(column, kpi, error, bar):
    t = table("erlang_a")
    if column == "e_wait_abandoned":
        t = t[t.p_abandon >= 1e-290]
    worst("erlang_a", column, error, bar, computed(kpi, t, t.patience, 0.0, t["T"]), t[column])


@pytest.mark.parametrize(("column", "kpi"), [(c, k) for c, k, _, _ in QUEUE_COLUMNS if c.startswith("sl_")])
def test_golden_service_levels_in_overload_keep_their_digits(column, kpi):
    """Beyond the README: a service level of 1e-50 is one to eleven digits, since it is summed and not subtracted."""
    t = table("erlang_a")
    t = t[(t.a > 1.2 * t.n) & (t[column] > TINY)]
    assert t[column].min() < 1e-20
    worst("erlang_a overload", column, rel_l, 1e-11, computed(kpi, t, t.patience, 0.0, t["T"]), t[column])


def relative_above_noise(v, g):
    """The bar of mmn_general_patience: relative where the value is above 1e-12."""
    return rel(v, g) if g > 1e-12 else 0.0


@pytest.mark.parametrize(("column", "kpi"), [(c, k) for c, k, _, _ in QUEUE_COLUMNS])
def test_golden_deterministic_patience(column, kpi):
    """Patience that ends for all at d is an onset d followed by a mean of 0."""
    t = table("mmn_general_patience")
    t = t[t.family == "deterministic"]
    if column == "e_wait_abandoned":
        # Whoever abandons waited exactly d. The table's own value is a difference over a probability and says
        # otherwise where that probability is below 1e-40, so d itself is what counts there.
        assert (abs(t[column] / t.p1 - 1.0)[t.p_abandon > 1e-40] < 1e-8).all()
        worst("mmn deterministic", column, rel, 1e-8, computed(kpi, t, 0.0, t.p1, t["T"]), t.p1)
        return
    values = computed(kpi, t, 0.0, t.p1, t["T"])
    if column in ("e_wait", "e_queue", "e_wait_served", "e_virtual_wait"):
        worst("mmn deterministic", column, rel, 1e-8, values, t[column])
    else:
        worst("mmn deterministic", column, absolute, 1e-10, values, t[column])
        worst("mmn deterministic", column, relative_above_noise, 1e-8, values, t[column])


TARGETS = {
    "blocking": m.BLOCKING,
    "sl": m.SL_OFFERED,
    "p_wait": m.P_WAIT,
    "asa": m.ASA_ANSWERED,
    "occupancy": m.OCCUPANCY,
    "e_wait": m.MEAN_WAIT_ALL,
    "p_abandon": m.ABANDON_RATE_OFFERED,
    "sl_offered": m.SL_OFFERED,
    "sl_net": m.SL_NET,
    "sl_answered": m.SL_ANSWERED,
    "sl_virtual": m.SL_VIRTUAL,
}


def staffed(t):
    """Least agents for every row of a staffing table, through the compiled solver."""
    out = []
    for r in t.itertuples():
        target = r.target / r.aht_s if r.metric in ("asa", "e_wait") else r.target
        threshold = 0.0 if math.isnan(r.T_s) else r.T_s / r.aht_s
        patience = math.inf if math.isnan(r.patience_s) else r.patience_s / r.aht_s
        a = r.calls * r.aht_s / r.interval_s
        out.append(kernels.least_agents(TARGETS[r.metric], float(target), threshold, a, patience, 0.0))
    return np.array(out)


def test_golden_staffing():
    t = table("staffing")
    wrong = t[staffed(t) != t.n_min]
    print(f"\nstaffing: {len(t)} rows, {len(wrong)} differ", end="")
    assert wrong.empty, wrong


def test_golden_staffing_through_the_models():
    """The public face in seconds, where the load is formed by arrival_rate * aht, gives the same integers."""
    t = table("staffing")
    names = {"sl": "sl_offered", "asa": "asa_answered", "e_wait": "mean_wait_all", "p_abandon": "abandon_rate_offered"}
    for r in t.itertuples():
        rate = r.calls / r.interval_s
        target = (r.target, r.T_s) if r.metric.startswith("sl") else r.target
        name = names.get(r.metric, r.metric)
        if r.model == "erlang_b":
            n = ErlangB(rate, r.aht_s).lines_for(**{name: target})
        elif r.model == "erlang_c":
            n = ErlangC(rate, r.aht_s).agents_for(**{name: target})
        else:
            n = ErlangA(rate, r.aht_s, r.patience_s).agents_for(**{name: target})
        assert n == r.n_min, r


def test_golden_staffing_ties():
    """The documented slack of 1e-12: true ties are met, near ones are decided down to 1e-11, 1e-12 is the slack itself."""
    t = table("staffing_ties").assign(n=staffed)
    exact = t[t.tie_kind == "exact"]
    on_the_slack = t[t.tie_kind == "near_1e-12"]
    rest = t.drop(exact.index).drop(on_the_slack.index)
    assert len(exact) == 8
    assert len(on_the_slack) == 12
    assert (exact.n == exact.n_min_tol).all(), exact
    assert (rest.n == rest.n_min).all(), rest[rest.n != rest.n_min]
    assert ((on_the_slack.n == on_the_slack.n_min) | (on_the_slack.n == on_the_slack.n_min - 1)).all(), on_the_slack
    print(f"\nstaffing_ties: {len(rest)} near rows as n_min, {len(exact)} exact rows as n_min_tol", end="")


LOADS = {
    "b_load": m.BLOCKING,
    "c_load_sl": m.SL_OFFERED,
    "c_load_pwait": m.P_WAIT,
    "c_load_asa": m.ASA_ANSWERED,
    "a_load_sl": m.SL_OFFERED,
    "a_load_pab": m.ABANDON_RATE_OFFERED,
}


@pytest.mark.parametrize("problem", LOADS)
def test_golden_greatest_load(problem):
    t = table("inverse_continuous")
    t = t[t.problem == problem]
    patience = t.patience.fillna(math.inf).to_numpy(float)
    loads = [
        kernels.greatest_load(LOADS[problem], float(r.target), 0.0 if math.isnan(r.T) else r.T, float(r.n), p, 0.0)
        for r, p in zip(t.itertuples(), patience, strict=True)
    ]
    worst("inverse_continuous", problem, rel, 1e-11, loads, t.answer)


SERVERS = {
    "b_servers": "blocking",
    "c_servers_sl": "sl_offered",
    "a_servers_sl": "sl_offered",
    "a_servers_pab": "abandon_rate_offered",
}


@pytest.mark.parametrize("problem", SERVERS)
def test_golden_real_agents(problem):
    t = table("inverse_continuous")
    t = t[t.problem == problem]
    model = {"b": lambda a, _: ErlangB(a, 1.0), "c": lambda a, _: ErlangC(a, 1.0), "a": lambda a, p: ErlangA(a, 1.0, p)}[problem[0]]
    target = t.target.to_numpy()
    asked = (target, t["T"].to_numpy()) if SERVERS[problem].startswith("sl") else target
    found = model(t.a.to_numpy(), t.patience.to_numpy()).agents_for(whole=False, **{SERVERS[problem]: asked})
    worst("inverse_continuous", problem, rel, 1e-11, found, t.answer)


def published(name):
    return next(e for e in json.loads(shared("golden/published_anchors.json").read_text()) if e["id"] == name)


def agrees(value, printed):
    """Equal as printed: half a unit of the last digit shown."""
    digits = len(repr(printed).partition(".")[2])
    return abs(value - printed) <= 0.5000001 * 10.0**-digits


def test_published_ccmath_erlang_c():
    e = published("ccmath_erlang_c")
    i, p = e["inputs"], e["published"]
    k = ErlangC(i["arrivals_per_min"], i["aht_min"]).measures(i["agents"], threshold=i["T_min"])
    assert agrees(k["asa_answered"], p["asa_min"])
    assert agrees(k["sl_offered"], p["sl"])
    assert agrees(k["occupancy"], p["occupancy"])
    assert k["asa_answered"] == pytest.approx(e["exact"]["asa_min"], rel=1e-7)


def test_published_ccmath_erlang_x_without_redials():
    """Its "service level" and "ASA" are those of a caller of endless patience; 100 lines are as good as no limit."""
    e = published("ccmath_erlang_x")
    i, p = e["inputs"], e["published"]
    k = ErlangA(i["arrivals_per_min"], i["aht_min"], i["patience_min"]).measures(i["agents"], threshold=i["T_min"])
    assert agrees(k["mean_wait_virtual"], p["asa_min"])
    assert agrees(k["sl_virtual"], p["sl"])
    assert agrees(k["abandon_rate_offered"], p["abandon"])
    assert agrees(k["occupancy"], p["occupancy"])
    assert k["sl_offered"] == pytest.approx(0.86147154, abs=1e-8)
    assert k["asa_answered"] == pytest.approx(0.0589, abs=5e-5)


def test_published_erlang_c_page():
    e = published("mitan_erlang_c")
    i, p = e["inputs"], e["published"]
    k = ErlangC(i["calls"] / i["interval_s"], i["aht_s"]).measures(i["agents"], threshold=i["T_s"])
    assert agrees(k["p_wait"], p["p_wait"])
    assert agrees(k["asa_answered"], p["asa_s"])
    assert agrees(k["sl_offered"], p["sl"])


def test_published_erlang_b_table():
    e = published("globalspec_erlang_b_table")
    for (lines, blocking), printed in zip(e["inputs"]["points"], e["published"]["loads"], strict=True):
        assert agrees(ErlangB(1.0, 1.0).rate_for(lines, blocking=blocking), printed)


SLOPES = {
    "dB_da": ("B", "blocking", "arrival_rate"),
    "dB_dn": ("B", "blocking", "agents"),
    "dC_da": ("C", "p_wait", "arrival_rate"),
    "dC_dn": ("C", "p_wait", "agents"),
    "dSLC_da": ("C", "sl_offered", "arrival_rate"),
    "dSLC_dn": ("C", "sl_offered", "agents"),
    "dPab_da": ("A", "abandon_rate_offered", "arrival_rate"),
    "dPab_dn": ("A", "abandon_rate_offered", "agents"),
    "dPab_dtheta": ("A", "abandon_rate_offered", "patience"),
    "dPw_da": ("A", "p_wait", "arrival_rate"),
    "dPw_dn": ("A", "p_wait", "agents"),
    "dPw_dtheta": ("A", "p_wait", "patience"),
    "dSLA_da": ("A", "sl_offered", "arrival_rate"),
    "dSLA_dn": ("A", "sl_offered", "agents"),
    "dSLA_dtheta": ("A", "sl_offered", "patience"),
}


@pytest.mark.parametrize("column", SLOPES)
def test_golden_derivatives(column):
    """Differences may be off by 1e-5 there; ours keep the bar of analytic derivatives."""
    t = table("derivatives")
    model, name, by = SLOPES[column]
    a = t.a.to_numpy() if model != "A" else t.a_erlang_a.to_numpy()
    p = t.patience.to_numpy()
    q = ErlangB(a, 1.0) if model == "B" else ErlangC(a, 1.0) if model == "C" else ErlangA(a, 1.0, p)
    threshold = t["T"].to_numpy() if name == "sl_offered" else None
    found = q.derivative(name, by, t.n.to_numpy(), threshold)
    if by == "patience":
        # Of theta = 1/patience.
        found = -found * p * p
    golden = t[column].to_numpy()
    if column.startswith("dSLC"):
        # The table's differences were taken of 1 - C e^-(n-a)T with 90 digits, which leaves noise where that lacks less than
        # 1e-70 to 1; there the chain rule over the table's own derivatives of C says what is right.
        tail = np.exp(-(t.n - a) * t["T"]).to_numpy()
        c = ErlangC(a, 1.0).measures(t.n.to_numpy())["p_wait"]
        push = t["T"].to_numpy() * c * (1.0 if column == "dSLC_da" else -1.0)
        golden = np.where(c * tail > 1e-70, golden, -(t[column.replace("SLC", "C")].to_numpy() + push) * tail)
        assert (c * tail > 1e-70).sum() > 40
    worst("derivatives", column, rel, 1e-8, found, golden)
