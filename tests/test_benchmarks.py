"""The benchmark's judgement: floors and aims both ways, nothing timed that is absent or inexact, a page for what was found."""

import math
from pathlib import Path

import pytest

from benchmarks import reference
from benchmarks.erlang import API, KERNEL, MANY, PEER, Bench, Load
from benchmarks.erlang_twin import build
from benchmarks.report import write
from benchmarks.rounds import Claim, Contender, judge, row


@pytest.mark.parametrize(
    ("fast", "more", "verdict"),
    [(20.0, True, "floor missed"), (5.0, True, "floor reached"), (1.0, True, "aim reached"), (50.0, False, "aim reached")],
)
def test_a_ratio_is_held_against_floor_and_aim(fast, more, verdict):
    taken = {"slow": [90.0, 100.0, 300.0], "fast": [fast] * 3}
    bars = (10.0, 100.0) if more else (10.0, 5.0)
    judged = judge(Claim("", "slow", "fast", *bars, more=more), taken)
    assert judged["ratio"] == pytest.approx(100.0 / fast)
    assert judged["low"] <= judged["ratio"] <= judged["high"]
    assert judged["verdict"] == verdict


def test_a_claim_without_its_peer_says_so():
    judged = judge(Claim("", "pyworkforce", "ours", 10.0), {"ours": [1.0]})
    assert judged["ratio"] is None
    assert judged["verdict"] == "not measured: without pyworkforce"


def test_contenders_take_turns():
    order = []
    runs = [Contender(name, lambda name=name: order.append(name), 1) for name in "abc"]
    row("", runs, [], 3, [])
    assert "".join(order) == "abc" + "abc" + "bca" + "cab"


def test_what_misses_its_bar_is_not_timed():
    checks = [
        {"model": "erlang_c", "passes": {API: True, KERNEL: False}},
        {"model": "erlang_c", "passes": {API: True, KERNEL: True}},
    ]
    bench = Bench(1, checks, None, peer=False)
    left = bench._ours("erlang_c", (f"{API}: 100 erlang", bench.mixed.api_level, MANY), (KERNEL, bench.mixed.kernel_level, MANY))
    assert [c.name for c in left] == [f"{API}: 100 erlang"]


def test_a_wrong_value_fails_its_bar():
    assert reference._worst(reference.absolute, [0.5, 0.5 + 1e-13], [0.5, 0.5]) > 1e-14
    assert reference._worst(reference.absolute, [0.5, math.nan], [0.5, 0.5]) == math.inf


def test_the_table_made_without_the_golden_ones_agrees(monkeypatch):
    """The three ways to ask pass at the README's bars against values of mpmath by other formulas."""
    monkeypatch.setattr(reference, "SHARED", Path("/nowhere"))
    name, checks = reference.check()
    assert name.startswith("no golden tables here")
    assert {entry["model"] for entry in checks} == {"erlang_b", "erlang_c", "erlang_a", "staffing"}
    assert all(passed for entry in checks for passed in entry["passes"].values()), checks


def test_plain_c_says_the_same():
    twin = build()
    if isinstance(twin, str):
        pytest.skip(twin)
    queues = Load.drawn(0.5, 2_000.0, 20_000, 7)
    levels = queues.kernel_level()
    assert twin.service_level(queues.agents, queues.a, queues.within) == pytest.approx(levels, abs=1e-12)
    assert twin.service_level_by_recursion(queues.agents, queues.a, queues.within) == pytest.approx(levels, abs=1e-11)


def test_the_pages_tell_of_every_result(tmp_path):
    runs = [Contender(PEER, lambda: None, 1), Contender(API, lambda: None, 1)]
    found = {
        "title": "Made <up>",
        "command": "none",
        "machine": {"processor": "some"},
        "reference": "none",
        "ways": [API],
        "accuracy": [
            {"model": "m", "what": "w", "rows": 3, "worst": {API: 1e-15}, "bar": 1e-14, "kind": "absolute", "passes": {API: False}}
        ],
        "rows": [row("A question", runs, [Claim("a claim", PEER, API, 1e9), Claim("another", PEER, "nobody", 1)], 2, ["agreed"])],
        "notes": [],
    }
    html, markdown = (page.read_text("utf-8") for page in write([found, found | {"title": "Second"}], tmp_path))
    for text in (html, markdown):
        for said in (
            "A question",
            "a claim",
            "floor missed",
            "not measured: without nobody",
            "fails: not timed",
            "Second",
            "agreed",
        ):
            assert said in text
    assert "Made &lt;up&gt;" in html
    assert "http" not in html
