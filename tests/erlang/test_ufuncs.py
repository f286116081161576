"""The NumPy ufuncs: real ones, equal to the kernels and the models."""

import math
import subprocess
import sys

import numpy as np
import pytest

from wfm.erlang import ErlangA, ErlangB, ErlangC, kernels, ufuncs
from wfm.erlang.formulas import kpis

AGENTS = np.array([[3.0], [11.5], [430.0], [10_000.0]])
LOADS = np.array([1e-3, 2.5, 11.0, 400.0, 9_990.0])


COSTLY = {"sl_net", "sl_either", "sl_virtual", "sl_answered", "p_wait", "asa_answered", "mean_wait_all"}


@pytest.mark.parametrize("name", [pytest.param(n, marks=pytest.mark.slow) if n in COSTLY else n for n in sorted(ufuncs._LOOPS)])
def test_each_is_a_ufunc_of_the_signature_it_says(name):
    built = getattr(ufuncs, name)
    assert isinstance(built, np.ufunc)
    assert built.nout == 1
    assert f"\n{name}(" in ufuncs.__doc__ or name in ufuncs.__doc__
    assert built is getattr(ufuncs, name)


def test_they_equal_the_models():
    n, a = np.broadcast_arrays(AGENTS, LOADS)
    assert np.array_equal(ufuncs.blocking(AGENTS, LOADS), ErlangB(a, 1.0).measures(n)["blocking"])
    c = ErlangC(a, 1.0).measures(n, threshold=0.1)
    assert np.allclose(1.0 - ufuncs.delay_tail(AGENTS, LOADS, 0.1), c["sl_offered"], rtol=0, atol=5e-16)
    k = ErlangA(a, 1.0, 0.7).measures(n, threshold=0.1)
    assert np.array_equal(ufuncs.sl_offered(AGENTS, LOADS, 0.7, 0.1), k["sl_offered"])
    assert np.array_equal(ufuncs.abandon_rate_offered(AGENTS, LOADS, 0.7), k["abandon_rate_offered"])
    assert np.array_equal(ufuncs.least_agents(LOADS, 0.7, 0.8, 0.1), ErlangA(LOADS, 1.0, 0.7).agents_for(sl_offered=(0.8, 0.1)))


def test_they_behave_as_numpys_own():
    out = np.empty(2)
    assert ufuncs.blocking([10, 20], 8, out=out) is out
    assert ufuncs.blocking(10, 8) == kernels.blocking(10.0, 8.0)
    assert np.isnan(ufuncs.blocking([-1.0, 1.0], [1.0, math.inf])).all()
    assert str(ufuncs.blocking) == "<ufunc 'blocking'>"


def test_an_unknown_name_is_told():
    with pytest.raises(AttributeError, match="there are blocking, ln_blocking"):
        _ = ufuncs.erlang_d


def test_asking_for_one_compiles_only_that():
    code = "from wfm.erlang import ufuncs; ufuncs.blocking; print(sorted(set(vars(ufuncs)) & set(ufuncs._LOOPS)))"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout == "['blocking']\n"


def test_the_codes_are_those_of_the_kpis():
    assert kernels.least_agents(kpis.SL_OFFERED, 0.8, 0.1, 400.0, 0.7, 0.0) == ufuncs.least_agents(400.0, 0.7, 0.8, 0.1)


@pytest.mark.slow
def test_all_of_erlang_a():
    n, a = np.broadcast_arrays(AGENTS, LOADS)
    k = ErlangA(a, 1.0, 0.7).measures(n, threshold=0.1)
    for name in ("sl_answered", "sl_net", "sl_either", "sl_virtual"):
        assert np.array_equal(getattr(ufuncs, name)(AGENTS, LOADS, 0.7, 0.1), k[name])
    for name in ("p_wait", "asa_answered", "mean_wait_all"):
        assert np.array_equal(getattr(ufuncs, name)(AGENTS, LOADS, 0.7), k[name])
