"""The benchmark of linked intervals: its races at a small size, its gates both ways, and a page that tells of all."""

import math

import numpy as np
import pytest

from benchmarks import transient
from benchmarks.report import write
from benchmarks.rounds import Claim, judge


@pytest.fixture(scope="module")
def small():
    """Everything but the golden accuracy, at eight agents."""
    return transient.rows(1, peak=8, many=12)


def test_every_contender_is_timed(small):
    day, least = small
    assert [c["name"] for c in day["contenders"]] == [transient.EXACT, transient.READABLE, transient.PLAIN, transient.FAST]
    assert [c["name"] for c in least["contenders"]] == [transient.LEAST, transient.EXACT]
    for claim in day["claims"] + least["claims"]:
        assert claim["ratio"] > 0
        assert not claim["more"]


def test_it_says_what_independent_intervals_get_wrong(small):
    for method in transient.METHODS:
        assert any(f"8 agents, {method}: " in line for line in small[1]["agreement"])
    assert any(line.startswith("8 agents, transient") and "0 of 96 intervals miss" in line for line in small[1]["agreement"])
    assert any("standard errors from the exact figures" in line for line in small[0]["agreement"])
    assert any("12 agents: one solution takes" in line for line in small[0]["agreement"])


def test_the_three_play_the_same_day():
    """Plain SimPy, our engines and the exact solution agree on what they are timed for."""
    day = transient.Day(8)
    exact = day.exact()
    plain = np.array(day.plain().batches)
    compiled, simpy = day.simulated("compiled")[0], day.simulated("simpy")[0]
    np.testing.assert_array_equal(compiled, simpy)
    offered = exact.offered.sum()
    for simulated in (plain[:, 0].sum(), compiled[:, transient.COLUMNS.index("offered")].sum()):
        assert abs(simulated - offered) < 5 * math.sqrt(offered)
    answered = exact.answered_within.sum()
    for simulated in (plain[:, 2].sum(), compiled[:, transient.COLUMNS.index("answered_within")].sum()):
        assert abs(simulated - answered) < 10 * math.sqrt(answered)


def test_an_error_is_held_against_its_bar():
    golden = np.array([0.0, 0.5, 2.0])
    entry = transient._entry("day", "p_delay", "ratio", golden + np.array([0.0, 0.0, 2e-7]), golden)
    assert entry["passes"] == {transient.EXACT: False}
    entry = transient._entry("day", "mean_queue", "count", golden + np.array([9e-10, 0.0, 1e-6]), golden)
    assert entry["passes"] == {transient.EXACT: True}
    assert entry["worst"][transient.EXACT] == pytest.approx(5e-7, rel=0.01)


def test_gates():
    bad = transient._entry("day", "p_delay", "ratio", np.array([0.5]), np.array([0.4]))
    slow = judge(Claim("slow", "a", "b", 200, 30, more=False), {"a": [201.0], "b": [1.0]})
    fine = judge(Claim("fine", "a", "b", 200, 30, more=False), {"a": [100.0], "b": [1.0]})
    assert transient.gates({"accuracy": [bad], "rows": [{"claims": [slow, fine]}]}) == ["day p_delay", "slow"]
    assert transient.gates({"accuracy": [], "rows": [{"claims": [fine]}]}) == []


def test_the_page(small, tmp_path):
    entry = transient._entry("day", "p_delay", "ratio", np.array([0.5]), np.array([0.5]))
    results = {
        "title": "T",
        "command": "c",
        "machine": {"processor": "some"},
        "reference": "r",
        "ways": [transient.EXACT],
        "accuracy": [entry],
        "rows": small,
        "notes": [],
    }
    for page in write([results], tmp_path):
        text = page.read_text("utf-8")
        assert "8 agents, lagged" in text
        assert "p_delay" in text
