"""docs/transient.md: what its examples say, and that they run."""

import math
import re
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

PAGE = (Path(__file__).resolve().parents[2] / "docs/transient.md").read_text("utf-8")
APPROXIMATIONS = next(e for e in re.findall(r"```python\n(.*?)```", PAGE, re.S) if "ModifiedOfferedLoad" in e)


def test_approximations_of_a_rush():
    names = {}
    exec(APPROXIMATIONS, names)
    rates, law, mol = names["rates"], names["times"], names["mol"]
    assert (mol.measures(names["agents"], threshold=20)["sl_offered"] >= 0.80).all()
    assert (names["mostly_waiting"] < names["agents"]).all()
    # The load comes later than the arrivals, and less high.
    most = names["offered_load_by_interval"](rates, 900, law).most
    assert most[2] < 0.40 * 300
    assert most[4] > 0.20 * 300
    waits = names["rush"].waiting_time([1800, 2400, 3000, 3600])
    # Past the onset, and below what it would come to if the rush lasted: then 70 of 120 were served.
    lasting = 120 - 120 * math.log(70 / 120)
    assert 120 < waits[1] < lasting
    assert waits.max() < lasting
    assert names["rush"].waiting_time(names["gone"]) == pytest.approx(0.0, abs=1e-6)
    assert names["gone"] > 3600


def test_what_the_page_names_is_there():
    homes = {
        "offered_load": ["offered_load", "offered_load_by_interval", "delayed_load"],
        "modified_load": ["ModifiedOfferedLoad", "stabilised_agents"],
        "fluid": ["fluid"],
        "handle_times": ["LognormalTimes", "AnyTimes", "FixedTimes", "GammaTimes", "ExponentialTimes"],
    }
    for module, names in homes.items():
        for name in names:
            assert hasattr(import_module(f"wfm.erlang.transient.{module}"), name)


def test_the_exact_chain_of_the_page():
    names = {}
    exec(next(e for e in re.findall(r"```python\n(.*?)```", PAGE, re.S) if "TransientQueue" in e), names)
    day, minutes, least, alone = (names[name] for name in ("day", "minutes", "least", "alone"))
    # Minutes and intervals tell one story: the mean over the third interval, and its end is where the fourth begins.
    assert np.trapezoid(minutes.queue[:16]) / 15 == pytest.approx(day.mean_queue[2], rel=0.02)
    assert day.queue_at[2] == pytest.approx(minutes.queue[0])
    assert least.met.all()
    assert not alone.met.all()
    assert day.error < 1e-11


def test_methods_and_words_of_the_page_are_the_code_s():
    from wfm.erlang.transient.goals import METHODS

    table = PAGE.partition("| method | agents of an interval |")[2].partition("\n\n")[0]
    assert tuple(re.findall(r"^\| `(\w+)`", table, re.M)) == METHODS
