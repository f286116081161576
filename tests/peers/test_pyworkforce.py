"""pyworkforce's own tests of its queues, answered by us, and both side by side; where they differ, what is exact.

Its tests are read from the installed package when these run; nothing of it is copied. Exact values come from mpmath and
from fractions.
"""

import importlib.util
import sys
import types
import warnings
from fractions import Fraction
from importlib import metadata
from itertools import product
from math import ceil
from pathlib import Path

import pytest

from benchmarks import reference
from tests.peers import pyworkforce_shim as shim
from wfm.erlang import ErlangA

INSTALLED = importlib.util.find_spec("pyworkforce") is not None
VERSION = metadata.version("pyworkforce") if INSTALLED else None
SPOKEN = "0.5.1"  # whose tests look at messages and attributes the shim has; Python 3.11 has no later one


def _own_tests():
    """(file, name) of each test of Erlang C that the installed package carries, found without importing it."""
    found = importlib.util.find_spec("pyworkforce") if VERSION == SPOKEN else None
    folder = Path(found.submodule_search_locations[0]) / "queuing/tests" if found else None
    files = [folder / "test_erlang.py", folder / "test_multi_erlang.py"] if folder else []
    texts = {file: file.read_text("utf-8") for file in files if file.exists()}
    return [
        pytest.param(file, line[4 : line.index("(")], id=f"{file.stem}:{line[4 : line.index('(')]}")
        for file, text in texts.items()
        for line in text.splitlines()
        if line.startswith("def test_")
    ]


OWN = _own_tests()


@pytest.fixture
def answered_by_us(monkeypatch):
    """Whoever imports pyworkforce gets the shim."""
    package = types.ModuleType("pyworkforce")
    package.queuing = shim
    for name, module in {"pyworkforce": package, "pyworkforce.queuing": shim, "pyworkforce.queuing.erlang": shim}.items():
        monkeypatch.setitem(sys.modules, name, module)


@pytest.mark.skipif(not OWN, reason=f"the tests are those of pyworkforce {SPOKEN}; here is {VERSION}")
@pytest.mark.parametrize(("file", "name"), OWN)
def test_its_own_tests_pass_with_our_answers(file, name, answered_by_us):
    module = types.ModuleType(file.stem)
    exec(compile(file.read_text("utf-8"), str(file), "exec"), vars(module))
    assert module.ErlangC is shim.ErlangC if "test_erlang" in file.stem else module.MultiErlangC is shim.MultiErlangC
    getattr(module, name)()


@pytest.fixture(scope="module")
def peer():
    if not INSTALLED:
        pytest.skip("pyworkforce is not installed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # ortools, which it brings, warns
        from pyworkforce import queuing
    return queuing


TRANSACTIONS = (1, 5, 25, 75, 100, 150, 425, 850, 1700, 3400)
HANDLE, WITHIN, INTERVAL = (1.0, 3.0, 4.5), (0.1, 1 / 3, 1.0), 30


def test_measures_agree_wherever_agents_exceed_the_load(peer):
    compared = 0
    for transactions, aht, asa in product(TRANSACTIONS, HANDLE, WITHIN):
        given = {"transactions": transactions, "aht": aht, "asa": asa, "interval": INTERVAL}
        theirs, ours = peer.ErlangC(**given), shim.ErlangC(**given)
        load = transactions / INTERVAL * aht
        for agents in {int(load) + 1, int(load) + 2, ceil(load + load**0.5), ceil(load + 3 * load**0.5)}:
            # The load is formed by other roundings, which count for more the nearer it comes to the agents.
            close = 1e-13 * max(1.0, load / (agents - load))
            assert ours.waiting_probability(agents) == pytest.approx(theirs.waiting_probability(agents), abs=close)
            assert ours.service_level(agents) == pytest.approx(theirs.service_level(agents), abs=close)
            assert ours.achieved_occupancy(agents) == pytest.approx(theirs.achieved_occupancy(agents), rel=1e-15)
            compared += 1
    assert compared > 300


def test_shrinkage_agrees(peer):
    for shrinkage, level in product((0.0, 0.1, 0.3, 0.35), (0.8, 0.9)):
        given = {"transactions": 300, "aht": 4.0, "asa": 1 / 3, "interval": INTERVAL, "shrinkage": shrinkage}
        theirs, ours = peer.ErlangC(**given), shim.ErlangC(**given)
        assert ours.required_positions(level, 0.9) == pytest.approx(theirs.required_positions(level, 0.9), rel=1e-12)
        present = theirs.required_positions(level, 0.9)["positions"]
        assert ours.service_level(present, scale_positions=True) == pytest.approx(
            theirs.service_level(present, scale_positions=True), rel=1e-12
        )


def test_required_positions_agree_but_for_low_targets(peer):
    """It starts its search at round(load + 1), which passes over an agent where the load's fraction is a half or more.

    Each case in which it names more than we do is decided by mpmath: our number meets both targets, one less does not.
    """
    low, total = 0, 0
    for transactions, aht, asa, level, most in product(TRANSACTIONS, HANDLE, WITHIN, (0.05, 0.2, 0.5, 0.8, 0.9, 0.99), (0.85, 1.0)):
        total += 1
        given = {"transactions": transactions, "aht": aht, "asa": asa, "interval": INTERVAL}
        theirs = peer.ErlangC(**given).required_positions(level, most)["raw_positions"]
        ours = shim.ErlangC(**given).required_positions(level, most)["raw_positions"]
        if ours == theirs:
            continue
        low += 1
        load = transactions / INTERVAL * aht
        assert theirs == ours + 1 == round(load + 1)
        assert level <= 0.5
        assert reference.erlang_c(ours, load, asa / aht)[2] >= level
        assert load / ours <= most
        # One less: overload, or short of a target.
        less = ours - 1
        assert less <= load or reference.erlang_c(less, load, asa / aht)[2] < level or load / less > most
    assert 0 < low < 0.1 * total


# transactions in 30 minutes, aht [min], greatest occupancy as written, agents of exactly that occupancy
TIES = [(210, 3, "0.7", 30), (210, 6, "0.7", 60), (420, 6, "0.7", 120), (1750, 3, "0.7", 250)]


@pytest.mark.parametrize(("transactions", "aht", "most", "agents"), TIES)
def test_required_positions_at_an_exact_occupancy(peer, transactions, aht, most, agents):
    """It divides load by occupancy in doubles and takes one agent too many where the quotient is whole."""
    assert Fraction(transactions * aht, INTERVAL) / Fraction(most) == agents
    given = {"transactions": transactions, "aht": aht, "asa": 1.0, "interval": INTERVAL}
    assert shim.ErlangC(**given).required_positions(0.5, float(most))["raw_positions"] == agents
    assert peer.ErlangC(**given).required_positions(0.5, float(most))["raw_positions"] == agents + 1


def test_below_the_load(peer):
    """100 erlang and 90 agents: it names a probability of 2.85 and an occupancy of 1.11. Everybody waits, and nobody rests.

    Exact is the limit of ever more patient callers, by mpmath.
    """
    given = {"transactions": 1000, "aht": 3.0, "asa": 1 / 3, "interval": INTERVAL}
    theirs, ours = peer.ErlangC(**given), shim.ErlangC(**given)
    wait, abandoned, _ = reference.erlang_a(90, 100.0, 1e4, 1 / 9)
    assert ours.waiting_probability(90) == 1.0 == pytest.approx(wait, abs=1e-12)
    assert ours.achieved_occupancy(90) == 1.0 == pytest.approx(100 * (1 - abandoned) / 90, abs=1e-12)
    assert ours.service_level(90) == 0.0
    if VERSION == SPOKEN:
        assert theirs.waiting_probability(90) == pytest.approx(2.85, abs=0.005)
        assert theirs.achieved_occupancy(90) == pytest.approx(100 / 90)
        assert theirs.service_level(90) == 0.0
    else:
        with pytest.raises(ValueError, match="greater than traffic intensity"):
            theirs.waiting_probability(90)


def test_a_grid_of_answers_agrees(peer):
    given = {"transactions": [100, 200], "aht": [3, 4.5], "asa": [0.33], "interval": [30], "shrinkage": [0.0, 0.3]}
    asked = {"service_level": [0.8, 0.9], "max_occupancy": [0.85, 1.0]}
    theirs = peer.MultiErlangC(given, n_jobs=1).required_positions(asked)
    ours = shim.MultiErlangC(given).required_positions(asked)
    assert len(ours) == len(theirs) == 32
    for mine, other in zip(ours, theirs, strict=True):
        assert mine == pytest.approx(other, rel=1e-12)


@pytest.fixture
def with_patience(peer):
    if not hasattr(peer, "ErlangA"):
        pytest.skip(f"pyworkforce {VERSION} has no Erlang A")
    return lambda load, aht, patience, asa: peer.ErlangA(load / aht, aht, asa, 1, patience)


def test_erlang_a_agrees_in_small_queues(with_patience):
    for load, agents, patience in product((2.0, 9.5), (3, 10, 12), (0.5, 2.0, 10.0)):
        theirs = with_patience(load, 3.0, patience, 1 / 3)
        ours = ErlangA(load / 3.0, 3.0, patience).measures(agents, 1 / 3)
        assert ours["p_wait"] == pytest.approx(theirs.waiting_probability(agents), rel=1e-9)
        assert ours["abandon_rate_offered"] == pytest.approx(theirs.abandonment_probability(agents), rel=1e-9)
        assert ours["occupancy"] == pytest.approx(theirs.achieved_occupancy(agents), rel=1e-9)
        # What it calls the speed of answer is the mean wait of all, those who abandon included.
        assert ours["mean_wait_all"] == pytest.approx(theirs.average_speed_of_answer(agents), rel=1e-9)
        assert ours["sl_offered"] == pytest.approx(theirs.service_level(agents), rel=1e-9)


@pytest.mark.parametrize(("load", "patience"), [(50, 1.0), (30, 0.5)])
def test_erlang_a_is_staffed_below_the_load(with_patience, load, patience):
    """It starts its search at the load; where callers hang up, 80/20 is reached well below."""
    ours = ErlangA(load / 3.0, 3.0, patience).agents_for(sl_offered=(0.8, 1 / 3))
    met, short = (reference.erlang_a(n, float(load), patience / 3.0, 1 / 9)[2] for n in (ours, ours - 1))
    assert short < 0.8 <= met
    theirs = with_patience(load, 3.0, patience, 1 / 3).required_positions(0.8)["raw_positions"]
    assert ours < load <= theirs


def test_erlang_a_of_a_large_queue(with_patience):
    """Its service level loses what underflows: e^-(rates times threshold) is 0 from some hundreds of agents on."""
    exact = reference.erlang_a(700, 700.0, 2.0, 1.0)[2]
    assert ErlangA(700.0, 1.0, 2.0).measures(700, 1.0)["sl_offered"] == pytest.approx(exact, abs=1e-12)
    assert with_patience(700.0, 1.0, 2.0, 1.0).service_level(700) < exact - 0.3
