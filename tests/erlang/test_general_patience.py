"""Patience of any distribution: golden tables, closed limits, laws, an independent integration, the distributions themselves."""

import csv
import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, special

from tests.erlang.bars import absolute, rel, table, worst
from tests.shared import shared
from wfm.erlang import ErlangA, ErlangB, ErlangC, MMnDelayed, MMnG, MMnKGWhitt
from wfm.erlang.formulas import general
from wfm.erlang.formulas import kpis as m
from wfm.erlang.formulas import panels as panels_of_formulas
from wfm.erlang.formulas.measure_general import measure_general
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
    """All KPIs of two queues, nan and all; tails to their last digits, what may be a difference as far as that has any."""
    for name, value in one.items():
        least = 1e-15 if name.startswith("sl_") or name == "abandon_within" else 1e-280
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
    if threshold < onset:
        assert (general["abandon_within"] == 0.0).all()


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


def gamma_lived(k, mean):
    return lambda t: t * special.gammaincc(k, t * k / mean) + mean * special.gammainc(k + 1.0, t * k / mean)


def lognormal(mean, cv):
    spread = math.sqrt(math.log(1.0 + cv * cv))
    middle = math.log(mean) - 0.5 * spread * spread

    def there(t):
        return special.ndtr((middle - math.log(t)) / spread) if t > 0.0 else 1.0

    def lived(t):
        return t * there(t) + mean * special.ndtr((math.log(t) - middle) / spread - spread) if t > 0.0 else 0.0

    return there, lived


def weibull(scale, k):
    return (
        lambda t: math.exp(-((t / scale) ** k)),
        lambda t: scale * special.gamma(1.0 + 1.0 / k) * special.gammainc(1.0 / k, (t / scale) ** k),
    )


def straight(low, high):
    """Survival falling evenly from 1 at low to 0 at high, and its integral."""

    def lived(t):
        x = min(max(t - low, 0.0), high - low)
        return min(t, low) + x - 0.5 * x * x / (high - low)

    return lambda t: min(1.0, max(0.0, (high - t) / (high - low))), lived


def exponential(mean):
    return lambda t: math.exp(-t / mean), lambda t: -mean * math.expm1(-t / mean)


def steps_of(curve, tail):
    """Survival in steps with an exponential tail, and its integral, step by step."""
    times, shares = [*curve.times, math.inf], curve.shares

    def there(t):
        i = max(i for i in range(len(shares)) if times[i] <= t)
        return shares[i] * (math.exp(-(t - times[i]) / tail) if i == len(shares) - 1 else 1.0)

    def lived(t):
        whole = sum(s * max(min(t, b) - a, 0.0) for s, a, b in zip(shares[:-1], times, times[1:], strict=False))
        return whole - shares[-1] * tail * math.expm1(-max(t - times[-2], 0.0) / tail)

    return there, lived


def mixed(parts):
    return tuple(lambda t, k=k: sum(p * f[k](t) for p, f in parts) for k in (0, 1))


# Survival and its integral by scipy, and where they bend: nothing shared with the module.
TEXTBOOK = [
    (Exponential(0.7), *exponential(0.7), []),
    (Deterministic(0.7), lambda t: float(t < 0.7), lambda t: min(t, 0.7), [0.7]),
    (
        Delayed(0.3, 0.5),
        lambda t: math.exp(-max(t - 0.3, 0.0) / 0.5),
        lambda t: min(t, 0.3) - 0.5 * math.expm1(-max(t - 0.3, 0.0) / 0.5),
        [0.3],
    ),
    (Uniform(1.5), *straight(0.0, 1.5), [1.5]),
    (Uniform(0.9, 0.4), *straight(0.4, 0.9), [0.4, 0.9]),
    (ErlangK(0.7, 2), lambda t: special.gammaincc(2, t / 0.35), gamma_lived(2, 0.7), []),
    (ErlangK(0.7, 30), lambda t: special.gammaincc(30, t * 30 / 0.7), gamma_lived(30, 0.7), []),
    (Hyperexponential((0.3, 0.7), (0.02, 1.1)), *mixed([(0.3, exponential(0.02)), (0.7, exponential(1.1))]), []),
    (Lognormal(0.7, 1.5), *lognormal(0.7, 1.5), []),
    (Lognormal(0.7, 0.2), *lognormal(0.7, 0.2), []),
    (Weibull(0.7, 0.6), *weibull(0.7, 0.6), []),
    (Weibull(0.7, 3.0), *weibull(0.7, 3.0), []),
    (Weibull(0.7, 50.0), *weibull(0.7, 50.0), []),
    (Balking(0.1, Exponential(0.7)), *mixed([(0.9, exponential(0.7))]), []),
    (CURVE, *steps_of(CURVE, 0.5 / math.log(3.0)), [0.05, 0.1, 0.3, 0.8]),
]
NAMES = [repr(row[0])[:50] for row in TEXTBOOK]


def integrated(n, a, within, there, lived, bends):
    """The KPIs by the formulas of Baccelli and Hebuterne with scipy's adaptive quadrature, piece by piece."""
    grid = [0.01 * 1.1**i for i in range(100)]
    top = max([0.0, *grid, *bends], key=lambda t: a * lived(t) - n * t)
    highest = a * lived(top) - n * top
    end = next(t for t in grid if t > top and a * lived(t) - n * t < highest - 60.0)
    places = sorted({0.0, *(end * i / 40.0 for i in range(41)), within, *(b for b in bends if b < end)})

    def integral(function, low=0.0):
        def of(t):
            return a * function(t) * math.exp(a * lived(t) - n * t - highest)

        pairs = pairwise(places)
        return math.fsum(integrate.quad(of, p, q, epsabs=1e-14, epsrel=1e-11)[0] for p, q in pairs if p >= low)

    ratio = 1.0
    for k in range(1, int(n)):
        ratio = 1.0 + k / a * ratio
    idle = ratio * math.exp(-highest)
    busy, served = integral(lambda t: 1.0), idle + integral(there)
    late, late_served = integral(lambda t: 1.0, within), integral(there, within)
    total = idle + busy
    return {
        "p_wait": busy / total,
        "abandon_rate_offered": integral(lambda t: 1.0 - there(t)) / total,
        "sl_offered": (served - late_served) / total,
        "sl_answered": 1.0 - late_served / served,
        "sl_virtual": 1.0 - late / total,
        "p_wait_longer": there(within) * late / total,
        "asa_answered": integral(lambda t: t * there(t)) / served,
        "mean_wait_all": integral(lived) / total,
        "mean_wait_virtual": integral(lambda t: t) / total,
    }


@pytest.mark.parametrize(("patience", "there", "lived", "bends"), TEXTBOOK, ids=NAMES)
@pytest.mark.parametrize(("n", "a"), [(1.0, 3.0), (12.0, 11.0), (80.0, 130.0)])
def test_against_adaptive_integration(patience, there, lived, bends, n, a):
    within = 0.3 if 0.3 not in bends else 0.31
    k = MMnG(a, 1.0, patience).measures(np.array([n]), within)
    for name, exact in integrated(n, a, within, there, lived, bends).items():
        assert k[name][0] == pytest.approx(exact, rel=1e-8, abs=1e-11), name


@pytest.mark.parametrize(("patience", "there", "lived", "bends"), TEXTBOOK, ids=NAMES)
def test_distributions_are_the_textbooks(patience, there, lived, bends):
    """Survival, its integral, and the hazard as the slope of its logarithm; the mean is the integral to the end."""
    times = [t for t in (0.0, 0.01, 0.25, 0.5, 0.65, 0.85, 1.2, 4.0) if t not in bends]
    for t in times:
        assert patience.survival(t) == pytest.approx(there(t), rel=1e-10, abs=1e-300)
        assert patience.integral(t) == pytest.approx(lived(t), rel=1e-11)
        if t > 0.0 and there(t + 1e-6) > 1e-200:
            slope = math.log(there(t - 1e-6) / there(t + 1e-6)) / 2e-6
            assert patience.hazard(t) == pytest.approx(slope, rel=1e-5, abs=1e-8), t
        elif bends and t > bends[-1] and there(t) == 0.0:
            assert patience.hazard(t) == math.inf
    assert patience.mean_patience == pytest.approx(lived(1e4), rel=1e-12)
    assert patience.integral(math.inf) == patience.mean_patience
    assert list(patience.survival(times)) == [patience.survival(t) for t in times]
    assert patience.kinks == tuple(bends)


FALL_WITH_AGENTS = ("abandon_rate_offered", "p_wait", "occupancy", "mean_wait_all", "mean_wait_virtual", "mean_queue")
RISE_WITH_AGENTS = ("sl_offered", "sl_net", "sl_either", "sl_virtual", "answer_rate", "p_no_wait")


@pytest.mark.parametrize("patience", ALL, ids=lambda d: repr(d)[:50])
@settings(max_examples=20, deadline=None, derandomize=True)
@given(st.integers(1, 300), st.floats(0.05, 4.0), st.floats(0.0, 3.0), st.floats(0.01, 500.0))
def test_laws(patience, n, rho, threshold, unit):
    """Flow is conserved, Little's law holds, more agents serve better, shares stay in [0, 1], nothing is nan."""
    a = rho * n
    queue = MMnG(np.array([a / unit]), unit, scaled(patience, unit))
    less, more = (queue.measures(float(x), threshold * unit) for x in (n, n + 1))
    reference = MMnG(np.array([a]), 1.0, patience).measures(float(n), threshold)
    for name, value in less.items():
        assert not math.isnan(value[0]), name
        if queue._kpis[name].share:
            assert -1e-15 <= value[0] <= 1.0 + 1e-12, name
        factor = unit if queue._kpis[name].time else 1.0
        assert value[0] == pytest.approx(factor * reference[name][0], rel=1e-10, abs=1e-13), name
    for name in RISE_WITH_AGENTS:
        assert more[name][0] >= less[name][0] * (1.0 - 1e-11), name
    for name in FALL_WITH_AGENTS:
        assert more[name][0] <= less[name][0] * (1.0 + 1e-11), name
    assert less["answer_rate"] + less["abandon_rate_offered"] == pytest.approx(1.0, rel=1e-12)
    assert a * less["answer_rate"] == pytest.approx(n * less["occupancy"], rel=1e-12)
    assert less["mean_queue"] * unit == pytest.approx(a * less["mean_wait_all"], rel=1e-12)
    assert less["p_wait"] + less["p_no_wait"] == pytest.approx(1.0, rel=1e-12)
    # Whoever is served or abandons within the threshold is whoever waits no longer.
    assert less["sl_either"] + less["p_wait_longer"] == pytest.approx(1.0, rel=1e-12)
    assert less["sl_offered"] + less["abandon_within"] == pytest.approx(less["sl_either"], rel=1e-11)


def scaled(patience, unit):
    """The same distribution in another unit of time."""
    match patience:
        case Balking(share, others):
            return Balking(share, scaled(others, unit))
        case Empirical(times, shares, tail):
            return Empirical(tuple(t * unit for t in times), shares, tail and tail * unit)
        case ErlangK(mean, stages):
            return ErlangK(mean * unit, stages)
        case Hyperexponential(shares, means):
            return Hyperexponential(shares, tuple(m * unit for m in means))
        case Lognormal(mean, cv):
            return Lognormal(mean * unit, cv)
        case Weibull(scale, shape):
            return Weibull(scale * unit, shape)
        case _:
            return type(patience)(*(t * unit for t in vars(patience).values() if isinstance(t, float)))


HARSH = [
    Weibull(0.7, 0.05),
    Weibull(0.7, 1000.0),
    ErlangK(0.7, 1000),
    Lognormal(0.7, 1e-12),
    Lognormal(0.7, 1e6),
    Hyperexponential((0.1, 0.2, 0.3, 0.4), (1e-6, 1e-3, 1.0, 1e4)),
    Delayed(1e3, 1e-6),
]


@pytest.mark.parametrize("patience", [*ALL, *HARSH], ids=lambda d: repr(d)[:50])
def test_work_is_bounded(patience, monkeypatch):
    """No system takes many panels, or many looks at the patience: up to 1e5 agents, loads from a thousandth to 1e6 of them."""
    panels, looks = counted(monkeypatch, general, "panel_end"), counted(monkeypatch, general, "fate")
    monkeypatch.setattr(panels_of_formulas, "fate", general.fate)
    for n in (1e-3, 1.0, 1e5):
        for rho in (1e-3, 1.0 + 1e-9, 100.0, 1e6):
            for kpi, threshold in ((m.SL_ANSWERED, 0.1), (m.ABANDON_RATE_OFFERED, 0.0)):
                panels.clear()
                looks.clear()
                value = measure_general(kpi, n, n * rho, 1.0, threshold, patience._law, patience._cuts)
                assert -1e-13 <= value <= 1.0 + 1e-12, (n, rho, kpi)
                assert len(panels) <= 250, (n, rho, kpi)
                assert len(looks) <= 4000, (n, rho, kpi)


def counted(monkeypatch, module, name):
    """A list that grows with each call of the module's function."""
    calls, function = [], getattr(module, name)
    monkeypatch.setattr(module, name, lambda *x: calls.append(1) or function(*x))
    return calls


def test_a_long_curve_takes_a_panel_or_two_a_step(monkeypatch):
    times = [0.01 * i for i in range(1, 301)]
    curve = Empirical(times, [1.0 - 0.3 * t for t in times])
    panels = counted(monkeypatch, general, "panel_end")
    value = measure_general(m.ABANDON_RATE_OFFERED, 10.0, 20.0, 1.0, 0.0, curve._law, curve._cuts)
    assert len(panels) <= 1500
    assert value == pytest.approx(MMnG(20.0, 1.0, Uniform(10.0 / 3.0)).measures(10.0)["abandon_rate_offered"], rel=3e-3)


@pytest.mark.parametrize("patience", ALL, ids=lambda d: repr(d)[:50])
def test_large_systems_and_overload(patience):
    """A hundred thousand agents, and a hundred times their load: fluid limits, no overflow."""
    agents = np.array([1e5, 1e5, 1e5, 1e5, 1e3, 10.0])
    load = np.array([1e2, 5e4, 1e5, 1e7, 1e5, 1e5])
    k = MMnG(load, 1.0, patience).measures(agents, 0.1)
    for name, value in k.items():
        assert not np.isnan(value).any() or name == "mean_time_to_abandon", name
    # Losses that are too rare for a double have no mean.
    assert not np.isnan(k["mean_time_to_abandon"][2:]).any()
    assert k["answer_rate"][3:] == pytest.approx(agents[3:] / load[3:], rel=1e-9)
    assert k["p_no_wait"][:2] == pytest.approx(1.0, abs=1e-12)


def test_on_either_side_of_as_many_endless_callers_as_are_served():
    """Waits grow without end from the very load at which those who never leave are as many as are served."""
    for share, stay in ((0.0, 0.3), (0.1, 0.3), (0.9, 0.7), (0.3, 1.0 / 3.0)):
        patience = Balking(share, Empirical((0.5,), (stay,), tail=math.inf))
        for n in (1.0, 7.0, 1e3):
            critical = n / ((1.0 - share) * stay)
            loads = [critical * (1.0 + k * 2.0**-52) for k in range(-4, 5)] + [critical * 0.99, critical * 1.01]
            k = MMnG(loads, 1.0, patience).measures(n, 0.1)
            for name, value in k.items():
                assert not np.isnan(value).any(), name
                assert (value >= 0.0).all(), name
            assert k["mean_wait_virtual"][-2] < math.inf
            assert k["mean_wait_virtual"][-1] == math.inf
            assert k["answer_rate"][:-2] == pytest.approx((1.0 - share) * stay, rel=1e-6)


def test_large_systems_are_erlang_a():
    load = [1e2, 9e4, 1e5, 1.001e5, 2e5, 1e7]
    general_patience = MMnG(load, 1.0, Exponential(0.5)).measures(1e5, 0.001)
    for name, value in ErlangA(load, 1.0, 0.5).measures(1e5, 0.001).items():
        if name in general_patience:
            assert general_patience[name] == pytest.approx(value, rel=1e-9, abs=1e-13), name


def test_the_moment_patience_ends_is_within_the_threshold():
    k = MMnG(140 / 3600, 180.0, Deterministic(20.0)).measures(6, 20.0)
    assert k["p_wait_longer"] == 0.0
    assert k["abandon_within"] == pytest.approx(k["abandon_rate_offered"], rel=1e-12)
    assert k["mean_time_to_abandon"] == pytest.approx(20.0, rel=1e-14)


def test_no_agents_and_none_willing_to_wait():
    k = MMnG(2.0, 1.0, Balking(0.25, Deterministic(0.5))).measures(0, 0.1)
    assert (k["answer_rate"], k["abandon_rate_offered"], k["p_wait"]) == (0.0, 1.0, 1.0)
    assert (k["mean_wait_all"], k["abandon_within"], k["p_wait_longer"]) == (0.375, 0.25, 0.75)
    for patience in (Deterministic(0.0), Balking(1.0, Exponential(3.0)), Empirical((0.0,), (0.0,))):
        gone = MMnG(8.0, 1.0, patience).measures(7, 0.1)
        assert gone["abandon_rate_offered"] == pytest.approx(ErlangB(8.0, 1.0).measures(7)["blocking"], rel=1e-13)
        assert (gone["mean_wait_all"], gone["mean_time_to_abandon"]) == (0.0, 0.0)


def test_whitt_is_exact_for_exponential_patience_and_erlang_b_without_a_queue():
    exact = ErlangA([6.0, 9.0, 14.0], 1.0, 0.5).measures(9)
    near = MMnKGWhitt([6.0, 9.0, 14.0], 1.0, Exponential(0.5), math.inf).measures(9)
    for name in ("p_wait", "abandon_rate_offered", "mean_queue", "occupancy", "mean_wait_all"):
        assert near[name] == pytest.approx(exact[name], rel=1e-12), name
    loss = ErlangB(9.0, 1.0).measures(9)["blocking"]
    assert MMnKGWhitt(9.0, 1.0, Uniform(1.0), 9).measures(9)["blocking"] == pytest.approx(loss, rel=1e-13)
    balking = MMnKGWhitt(14.0, 1.0, Balking(0.3, Exponential(0.5)), math.inf).measures(9)
    exact = MMnG(14.0, 1.0, Balking(0.3, Exponential(0.5))).measures(9)
    assert balking["abandon_rate_offered"] == pytest.approx(exact["abandon_rate_offered"], rel=1e-12)


def test_whitt_at_its_edges():
    """No lines: all blocked. No agents: not defined. Endless patience under overload: the queue of Erlang C."""
    none = MMnKGWhitt(9.0, 1.0, Exponential(0.5), 0).measures(9)
    assert (none["blocking"], none["ln_blocking"], none["answer_rate"], none["occupancy"]) == (1.0, 0.0, 0.0, 0.0)
    assert math.isnan(none["mean_wait_accepted"])
    assert math.isnan(MMnKGWhitt(9.0, 1.0, Exponential(0.5), 5).measures(0)["p_wait"])
    assert MMnKGWhitt(0.0, 1.0, Exponential(0.5), 5).measures(0)["answer_rate"] == 1.0
    for patience in (Exponential(math.inf), Balking(0.1, Deterministic(math.inf))):
        swamped = MMnKGWhitt(14.0, 1.0, patience, math.inf).measures(9)
        assert (swamped["p_wait"], swamped["mean_queue"], swamped["blocking"]) == (1.0, math.inf, 0.0)
        assert swamped["answer_rate"] == pytest.approx(9.0 / 14.0)
        assert (swamped["mean_wait_accepted"], swamped["ln_blocking"]) == (math.inf, -math.inf)
    few = MMnKGWhitt(np.array([14.0]), 1.0, Exponential(math.inf), 1e12).measures(9.0)
    assert math.isnan(few["mean_queue"][0])
    assert MMnKGWhitt(np.array([5.0]), 1.0, Exponential(0.5), 1e12).measures(9.0)["ln_blocking"][0] == -math.inf


def test_kernel_and_twin_agree_on_general_patience():
    for patience in ALL:
        queue = MMnG(11.0, 1.0, patience)
        plain, compiled = queue.measures(10.0, 0.1), queue.measures(np.array([10.0]), 0.1)
        for name in plain:
            assert compiled[name][0] == pytest.approx(plain[name], rel=1e-12), name


REFUSED = [
    (lambda: Exponential(-1.0), r"mean is -1.0; it must be a number >= 0"),
    (lambda: Deterministic(math.nan), r"time is nan; it must be a number >= 0"),
    (lambda: Delayed(1.0, -2.0), r"then_mean is -2.0; it must be a number >= 0"),
    (lambda: Uniform(1.0, 2.0), r"shortest is 2.0, longest 1.0"),
    (lambda: Uniform(math.inf), r"longest is inf; it must be a number > 0 and finite"),
    (lambda: ErlangK(1.0, 2.5), r"stages is 2.5; it must be a whole number from 1 to 1000"),
    (lambda: ErlangK(1.0, 5000), r"stages is 5000; it must be a number > 0 and at most 1000"),
    (lambda: Hyperexponential((0.5, 0.4), (1.0, 2.0)), r"shares add up to 0.9"),
    (lambda: Hyperexponential((1.0,), (1.0, 2.0)), r"1 shares and 2 means"),
    (lambda: Hyperexponential(1.0, 2.0), r"1.0 is no sequence of numbers"),
    (lambda: Lognormal(math.nan, 1.0), r"mean is nan"),
    (lambda: Lognormal("120", 1.0), r"mean is '120'; it must be a number > 0 and finite"),
    (lambda: Weibull(1.0, 0.0), r"shape is 0.0"),
    (lambda: Weibull(1.0, 0.01), r"shape is 0.01; it must be a number >= 0.05"),
    (lambda: Balking(1.2, Exponential(1.0)), r"share is 1.2; it must be a number >= 0 and at most 1"),
    (lambda: Balking(0.2, 120.0), r"others is 120.0"),
    (lambda: Empirical((1.0, 1.0), (0.9, 0.8)), r"times\[1\] is 1.0 after 1.0; times must increase"),
    (lambda: Empirical((1.0, 2.0), (0.8, 0.9)), r"shares\[1\] is 0.9 after 0.8"),
    (lambda: Empirical((), ()), r"0 times and 0 shares"),
    (lambda: Empirical((1.0,), (1.5,)), r"shares\[0\] is 1.5; it must be a number >= 0 and at most 1"),
    (lambda: MMnG(1.0, 180.0, 120.0), r"patience is 120.0; it must be a distribution"),
    (lambda: MMnKGWhitt(1.0, 180.0, Exponential(1.0), -1), r"lines is -1.0; it must be >= 0"),
    (lambda: Exponential(1.0).survival([0.5, -1.0]), r"t\[1\] is -1.0; it must be >= 0"),
]


@pytest.mark.parametrize(("call", "message"), REFUSED)
def test_bad_distributions_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
