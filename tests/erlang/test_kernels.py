"""The compiled kernels: equal to their plain twins, cached across processes, callable from compiled code, light to import."""

import inspect
import json
import math
import os
import random
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from numba import njit

import wfm.erlang.formulas
from wfm.erlang import kernels, twin
from wfm.erlang.formulas import kpis as m


def queues(count):
    """Queues over the whole range, small enough in n * patience for plain Python."""
    draw = random.Random(11)
    for _ in range(count):
        n = float(round(10.0 ** draw.uniform(0.0, 4.0))) if draw.random() < 0.8 else 10.0 ** draw.uniform(-0.3, 4.0)
        a = n * draw.choice([10.0 ** draw.uniform(-6.0, 1.0), draw.uniform(0.9, 1.1), 1.0])
        patience = draw.choice([0.0, math.inf, 10.0 ** draw.uniform(-3.0, 2.0), 10.0 ** draw.uniform(-3.0, 2.0)])
        yield n, a, patience, draw.choice([0.0, 0.0, 10.0 ** draw.uniform(-3.0, 1.0)]), draw.choice([0.0, 0.1, 2.0])


def test_measures_equal_the_twin():
    """To 1e-12 of the value (with the logarithm's share where it is tiny)."""
    top = 0.0
    for queue in queues(400):
        for kpi in range(m.LN_P_WAIT_LONGER + 1):
            plain, compiled = twin.measure(kpi, *queue), kernels.measure(kpi, *queue)
            if math.isnan(plain) or math.isinf(plain) or abs(plain) < 1e-290:
                assert compiled == pytest.approx(plain, abs=1e-290, nan_ok=True)
            else:
                top = max(top, abs(compiled / plain - 1.0))
    print(f"\nworst relative difference of kernel and twin: {top:.1e}", end="")
    assert top <= 1e-12


def test_searches_equal_the_twin():
    draw = random.Random(3)
    for _, a, patience, onset, threshold in queues(60):
        kpi = draw.randrange(m.SL_OFFERED, m.MEAN_QUEUE + 1)
        target = draw.uniform(0.05, 0.95)
        least = (kpi, target, threshold, a, patience, onset)
        assert kernels.least_agents(*least) == twin.least_agents(*least)
        greatest = (kpi, target, threshold, float(draw.randrange(1, 50)), patience, onset)
        assert kernels.greatest_load(*greatest) == pytest.approx(twin.greatest_load(*greatest), rel=1e-9)


def test_no_input_however_odd_breaks_the_twin():
    """No exception (plain Python raises where compiled code overflows), no nan, no share outside 0-1."""
    draw = random.Random(2)

    def power(low, high):
        return 10.0 ** draw.uniform(low, high)

    for _ in range(400):
        n = draw.choice([power(-3, 0), power(0, 4), float(draw.randrange(1, 10**6))])
        a = draw.choice([n, n * power(-6, 1), power(-300, 0), n * power(-300, 2)])
        patience = draw.choice([0.0, power(-300, 0), power(-3, 2), math.inf])
        onset = draw.choice([0.0, power(-300, 0), power(-3, 6), math.inf])
        threshold = draw.choice([0.0, onset, power(-300, 0), power(-3, 3), power(3, 300), math.inf])
        if patience < math.inf:
            patience = min(patience, 1e5 / n)
        for kpi in range(m.LN_P_WAIT_LONGER + 1):
            value = twin.measure(kpi, n, a, patience, onset, threshold)
            if kpi == m.MEAN_TIME_TO_ABANDON and math.inf in (patience, onset):
                continue
            assert not math.isnan(value), (kpi, n, a, patience, onset, threshold)
            if kpi <= m.OCCUPANCY or m.BLOCKING <= kpi <= m.P_VIRTUAL_LONGER:
                assert -1e-14 <= value <= 1.0 + 1e-12, (kpi, n, a, patience, onset, threshold)


def test_every_name_of_the_twin_is_compiled_from_the_same_source():
    for name in twin.__all__:
        assert getattr(kernels, name).py_func.__code__ is getattr(twin, name).__code__


def formula_modules():
    folder = Path(wfm.erlang.formulas.__file__).parent
    return [import_module(f"wfm.erlang.formulas.{f.stem}") for f in folder.glob("[a-z]*.py")]


def test_every_formula_is_compiled_under_a_name_of_its_own():
    owners = {}
    for module in formula_modules():
        for name, formula in inspect.getmembers(module, inspect.isfunction):
            if formula.__module__ == module.__name__:
                assert getattr(kernels, name).py_func.__code__ is formula.__code__, name
                assert owners.setdefault(name, module) is module, f"{name} in {owners[name].__name__} and {module.__name__}"


def test_compiled_formulas_see_their_own_module():
    """Two modules may each have a constant of one name."""
    for module in formula_modules():
        for name, formula in inspect.getmembers(module, inspect.isfunction):
            if formula.__module__ == module.__name__:
                seen = getattr(kernels, name).py_func.__globals__
                for used in formula.__code__.co_names:
                    if used.isupper() and used in vars(module):
                        assert np.all(seen[used] == np.array(vars(module)[used])), (name, used)


def test_kernels_can_be_called_from_compiled_code():
    sl = kernels.measure

    @njit
    def total(levels):
        out = 0.0
        for n in levels:
            out += sl(0, n, 95.0, 0.7, 0.0, 0.1)
        return out

    assert total(np.array([90.0, 100.0])) == pytest.approx(
        twin.measure(0, 90.0, 95.0, 0.7, 0.0, 0.1) + twin.measure(0, 100.0, 95.0, 0.7, 0.0, 0.1), rel=1e-14
    )


CHILD = """
import json, numpy as np
from wfm.erlang import kernels
one = np.ones(1)
kernels.measure_each(0, 10 * one, 9 * one, one, 0 * one, 0.1 * one)
stats = kernels.measure_each.stats
print(json.dumps({"hits": sum(stats.cache_hits.values()), "misses": sum(stats.cache_misses.values())}))
"""


@pytest.mark.slow
def test_a_second_process_compiles_nothing(tmp_path):
    env = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}

    def run():
        out = subprocess.run([sys.executable, "-c", CHILD], env=env, check=True, capture_output=True, text=True).stdout
        return json.loads(out)

    assert run() == {"hits": 0, "misses": 1}
    assert run() == {"hits": 1, "misses": 0}


def test_the_cache_knows_all_formula_files():
    """numba alone would not notice that a formula called by the kernel has changed."""
    stamp = kernels.measure_each._cache._cache_file._source_stamp
    assert len(stamp) == len(list(Path(wfm.erlang.__file__).parent.rglob("*.py")))
    assert stamp == kernels.measure._cache._cache_file._source_stamp


def test_a_one_shot_question_loads_neither_numpy_nor_numba():
    code = (
        "import sys, wfm.erlang; assert 'wfm.erlang.models' not in sys.modules;"
        "from wfm.erlang import ErlangA; q = ErlangA(2.4, 180, 120); q.measures(430, threshold=20)['sl_offered'];"
        "q.agents_for(sl_offered=(0.8, 20)); q.rate_for(430, answer_rate=0.98);"
        "print([x for x in ('numpy', 'numba', 'pandas', 'scipy') if x in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout == "[]\n"
