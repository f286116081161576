"""Blocks of intervals through the vector units: golden to the same bars, equal to the kernels everywhere else."""

import math

import numpy as np
import pytest

from tests.erlang.bars import absolute, rel_l, table, worst
from wfm.erlang import ErlangA, ErlangC, blocks, kernels
from wfm.erlang.formulas import kpis
from wfm.erlang.vectors import WIDTH, exponentials, lags


def repeated(t):
    """Every row many times over, in an order that mixes easy and odd ones: blocks work on what is next to each other."""
    order = np.random.default_rng(5).permutation(np.repeat(np.arange(len(t)), 3))
    return t.iloc[order]


def test_golden_erlang_c_in_blocks():
    t = repeated(table("erlang_c"))
    sl = ErlangC(t.a.to_numpy(), 1.0).measures(t.n.to_numpy(), threshold=t["T"].to_numpy())["sl_offered"]
    worst("erlang_c in blocks", "sl", absolute, 1e-14, sl, t.sl)


@pytest.mark.parametrize("name", ["sl_offered", "sl_answered", "sl_net", "sl_either", "sl_virtual"])
def test_golden_erlang_a_in_blocks(name):
    t = repeated(table("erlang_a"))
    k = ErlangA(t.a.to_numpy(), 1.0, t.patience.to_numpy()).measures(t.n.to_numpy(), threshold=t["T"].to_numpy())
    worst("erlang_a in blocks", name, absolute, 1e-13, k[name], t[name])
    worst("erlang_a in blocks", "p_abandon", rel_l, 1e-13, k["abandon_rate_offered"], t.p_abandon)


def drawn(count, seed):
    draw = np.random.default_rng(seed)
    n = 10.0 ** draw.uniform(0.0, 6.0, count)
    n = np.where(draw.random(count) < 0.5, np.round(n), n)
    near = n + draw.uniform(-4.0, 4.0, count) * np.sqrt(n)
    a = np.where(draw.random(count) < 0.7, near, n * 10.0 ** draw.uniform(-6.0, 1.0, count))
    patience = 10.0 ** draw.uniform(-3.0, 3.0, count)
    threshold = np.where(draw.random(count) < 0.2, 0.0, patience * 10.0 ** draw.uniform(-4.0, 1.0, count))
    return n, np.maximum(a, 1e-3), patience, threshold


@pytest.mark.parametrize("count", [1, WIDTH - 1, WIDTH, 20_011])
def test_blocks_equal_the_kernels(count):
    n, a, patience, threshold = drawn(count, 7)
    none, endless = np.zeros(count), np.full(count, math.inf)
    plain = kernels.measure_each(kpis.SL_OFFERED, n, a, endless, none, threshold)
    assert np.abs(blocks.measure_endless_each(kpis.SL_OFFERED, n, a, threshold) - plain).max() < 1e-15
    level, lost = blocks.level_and_abandoned_each(kpis.SL_OFFERED, n, a, patience, none, threshold)
    assert np.abs(level - kernels.measure_each(kpis.SL_OFFERED, n, a, patience, none, threshold)).max() < 1e-13
    golden = kernels.measure_each(kpis.ABANDON_RATE_OFFERED, n, a, patience, none, threshold)
    seen = golden > 1e-290
    lost, golden = lost[seen], golden[seen]
    assert (np.abs(lost / golden - 1) / (1 - np.log(golden))).max() < 1e-13
    assert level.min() >= 0.0
    assert level.max() <= 1.0 + 1e-13


def test_edges_go_the_kernels_way():
    n = np.tile([0.0, 1.0, 20.0, 20.0, 20.0, math.inf, 20.0, 1e6], 40)
    a = np.tile([1.0, 1.0, 0.0, 19.0, 19.0, 19.0, 20.0, 1e6 - 1], 40)
    t = np.tile([0.1, 0.1, 0.1, math.inf, 0.0, 0.1, 0.1, 1e-3], 40)
    none, endless, patience = np.zeros(n.size), np.full(n.size, math.inf), np.full(n.size, 0.5)
    plain = kernels.measure_each(kpis.SL_OFFERED, n, a, endless, none, t)
    assert np.allclose(blocks.measure_endless_each(kpis.SL_OFFERED, n, a, t), plain, rtol=0, atol=4e-16, equal_nan=True)
    level, lost = blocks.level_and_abandoned_each(kpis.SL_OFFERED, n, a, patience, none, t)
    assert np.allclose(level, kernels.measure_each(kpis.SL_OFFERED, n, a, patience, none, t), rtol=0, atol=1e-13)
    assert np.allclose(lost, kernels.measure_each(kpis.ABANDON_RATE_OFFERED, n, a, patience, none, t), rtol=1e-12, atol=0)


def test_the_steps():
    x = np.linspace(-700.0, 700.0, WIDTH)
    y = x.copy()
    exponentials(y, np.empty(WIDTH), np.empty(WIDTH))
    assert np.allclose(y, np.exp(x), rtol=1e-15, atol=0)
    u, out = np.linspace(1e-9, 1.0, WIDTH), np.empty(WIDTH)
    lags(u, out)
    large = u > 0.3
    assert np.allclose(out[large], (u + np.expm1(-u))[large], rtol=1e-14, atol=0)
    assert np.allclose(out[0], u[0] ** 2 / 2 - u[0] ** 3 / 6, rtol=1e-15, atol=0)
