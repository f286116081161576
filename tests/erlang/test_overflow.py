"""Overflow: the golden table, the two-pool chain solved plainly, the equivalent pool, sums of streams, smooth traffic."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.erlang.bars import rel, table, worst
from wfm.erlang.overflow import Stream, blocking_after, overflow

COLUMNS = {
    "overflow_mean": lambda r, s: s.mean,
    "overflow_var": lambda r, s: s.variance,
    "peakedness": lambda r, s: s.peakedness,
    "secondary_block_exact": lambda r, s: blocking_after(r.a, r.n, r.secondary),
    "secondary_block_hayward": lambda r, s: s.blocking(r.secondary, "hayward"),
    "rapp_a": lambda r, s: s.rapp().load,
    "rapp_n": lambda r, s: s.rapp().lines,
}


@pytest.mark.parametrize("column", COLUMNS)
def test_golden_overflow(column):
    t = table("overflow_ert")
    values = [COLUMNS[column](r, overflow(r.a, r.n)) for r in t.itertuples()]
    worst("overflow_ert", column, rel, 1e-9, values, t[column])


def test_golden_exact_blocking_from_mean_and_variance_alone():
    """The equivalent pool of one overflow is the pool it came from, so that its blocking is the exact one."""
    t = table("overflow_ert")
    streams = [overflow(r.a, r.n) for r in t.itertuples()]
    worst("overflow_ert", "equivalent load", rel, 1e-8, [s.equivalent().load for s in streams], t.a)
    values = [s.blocking(r.secondary) for s, r in zip(streams, t.itertuples(), strict=True)]
    worst("overflow_ert", "equivalent blocking", rel, 1e-7, values, t.secondary_block_exact)


@pytest.mark.parametrize(("a", "n", "s"), [(3.0, 2, 3), (6.0, 5, 4), (1.0, 3, 2)])
def test_two_pools_solved_plainly(a, n, s):
    """The chain of both pools, the second so large that the overflow's moments are those without end."""
    for second in (s, 60):
        index = {(i, j): i * (second + 1) + j for i in range(n + 1) for j in range(second + 1)}
        q = np.zeros((len(index), len(index)))
        for (i, j), x in index.items():
            if i < n:
                q[x, index[i + 1, j]] += a
            elif j < second:
                q[x, index[i, j + 1]] += a
            if i:
                q[x, index[i - 1, j]] += i
            if j:
                q[x, index[i, j - 1]] += j
        q -= np.diag(q.sum(axis=1))
        q[:, 0] = 1.0
        p = np.linalg.solve(q.T, np.eye(len(index))[0]).reshape(n + 1, second + 1)
        busy = p.sum(axis=0)
        j = np.arange(second + 1)
        stream = overflow(a, n)
        if second == s:
            assert blocking_after(a, n, s) == pytest.approx(p[n, s] / p[n].sum(), rel=1e-10)
        else:
            assert stream.mean == pytest.approx(busy @ j, rel=1e-10)
            assert stream.variance == pytest.approx(busy @ j**2 - (busy @ j) ** 2, rel=1e-9)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.floats(-2, 3), st.floats(0.0, 2.0), st.integers(0, 40))
def test_laws(size, share, more):
    a = 10.0**size
    n = round(a * share)
    stream = overflow(a, n)
    if stream.mean == 0.0:
        return
    assert stream.peakedness >= 1.0 - 1e-12
    assert 0.0 <= blocking_after(a, n, more) <= 1.0
    assert 0.0 <= stream.blocking(more, "hayward") <= 1.0
    assert blocking_after(a, n, more + 1) <= blocking_after(a, n, more)
    # What is left over after both pools is what one pool of both leaves over.
    assert stream.mean * blocking_after(a, n, more) == pytest.approx(overflow(a, n + more).mean, rel=1e-9, abs=1e-290)


def test_streams_add_up():
    both = overflow(10.0, 8) + overflow(6.0, 6) + Stream(1.0, 1.0)
    assert both.mean == pytest.approx(overflow(10.0, 8).mean + overflow(6.0, 6).mean + 1.0)
    pool = both.equivalent()
    back = overflow(pool.load, pool.lines)
    assert back.mean == pytest.approx(both.mean, rel=1e-11)
    assert back.variance == pytest.approx(both.variance, rel=1e-9)
    lines = both.lines_for(0.01)
    assert both.blocking(lines) <= 0.01 < both.blocking(lines - 1)
    assert both.blocking(lines) == pytest.approx(both.blocking(lines, "hayward"), rel=0.1)
    assert both.beyond(lines).mean == pytest.approx(both.mean * both.blocking(lines), rel=1e-9)
    # Peaks need more lines than Poisson traffic of the same mean.
    assert lines > Stream(both.mean, both.mean).lines_for(0.01)


def test_edges():
    assert overflow(5.0, 0) == Stream(5.0, 5.0)
    assert overflow(0.0, 3) == Stream(0.0, 0.0)
    assert Stream(3.0, 3.0).equivalent() == (3.0, 0.0)
    assert Stream(0.0, 0.0).blocking(2) == blocking_after(0.0, 1, 2) == 0.0
    assert Stream(3.0, 4.0).blocking(0) == Stream(3.0, 4.0).blocking(0, "hayward") == 1.0
    assert overflow(1e6, 10).peakedness == pytest.approx(1.0, abs=1e-4)
    assert overflow(1e6, 10).peakedness > 1.0


def test_smooth_traffic_is_warned_of():
    smooth = Stream(3.0, 2.0)
    with pytest.warns(UserWarning, match="poor for smooth traffic"):
        assert 0.0 < smooth.blocking(4, "hayward") < 1.0
    with pytest.raises(ValueError, match="smooth traffic is no overflow; use blocking"):
        smooth.blocking(4)


def test_refusals():
    with pytest.raises(ValueError, match="both must be > 0, or both 0"):
        Stream(0.0, 1.0)
    with pytest.raises(ValueError, match="variance is -1"):
        Stream(1.0, -1.0)
    with pytest.raises(ValueError, match="load is nan"):
        overflow(math.nan, 1)
    with pytest.raises(ValueError, match="there are 'equivalent' and 'hayward'"):
        Stream(1.0, 2.0).blocking(1, "wilkinson")
    with pytest.raises(ValueError, match="blocking is 0"):
        Stream(1.0, 2.0).lines_for(0.0)
