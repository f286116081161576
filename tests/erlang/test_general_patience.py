"""Patience of any distribution: closed limits, laws, an independent integration, and the distributions themselves."""

import math

import numpy as np
import pytest
from scipy.integrate import quad

from wfm.erlang import ErlangA, ErlangC, MMnDelayed, MMnG, twin
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
NAMES = [repr(d)[:40] for d in ALL]
LOADS = [(1.0, 0.5), (1.0, 3.0), (7.0, 6.5), (80.0, 60.0), (80.0, 80.0), (80.0, 130.0), (3.5, 3.0)]


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
