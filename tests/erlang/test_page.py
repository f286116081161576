"""docs/erlang.md names what there is: every KPI, every model, the slack; its examples run."""

import re
from pathlib import Path

import pytest

import wfm.erlang
from wfm.erlang.formulas.staffing import SLACK
from wfm.erlang.models.kpis import KPIS

PAGE = (Path(__file__).resolve().parents[2] / "docs/erlang.md").read_text("utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.S)


def rows(heading):
    """First cells of the table under a heading, with the rest of their lines."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return [line.split(" | ", 1) for line in section.splitlines() if line.startswith("| ")][1:]


def test_every_kpi_is_told_with_its_direction():
    told = {name: cells[1] for cells in rows("KPIs") for name in re.findall(r"`(\w+)`", cells[0])}
    assert set(told) == set(KPIS)
    for name, line in told.items():
        side = line.rpartition("|")[0].rpartition("|")[2].strip()
        assert side == {1: "at least", -1: "at most", 0: ""}[KPIS[name].better], name


def test_every_model_is_told():
    models = {name for name in wfm.erlang.__all__ if name != "Measures"}
    assert models <= set(re.findall(r"`(\w+)`", PAGE))


def test_the_slack_is_the_code_s():
    assert f"relative {SLACK:.0e} of its value" in PAGE


def run(number):
    """The names that an example of the page leaves behind, run on its own."""
    names = {}
    exec(EXAMPLES[number], names)
    return names


def test_the_first_example_answers():
    names = run(0)
    queue = names["queue"]
    assert 0.8 < names["kpis"]["sl_offered"] < 1
    assert queue.agents_for(sl_offered=(0.80, 20), abandon_rate_offered=0.05) >= queue.agents_for(sl_offered=(0.80, 20))


def test_patience_from_calls_staffs_a_queue():
    names = run(1)
    assert names["exponential"](names["waits"], names["abandoned"]).mean == sum(names["waits"]) / sum(names["abandoned"])
    least = names["agents"]
    levels = names["queue"].measures([least - 1, least], threshold=20)["sl_offered"]
    assert levels[0] < 0.80 <= levels[1]


def test_a_promise_takes_more_agents_than_the_mean():
    names = run(2)
    assert names["promise"].agents > names["mean"]
    assert names["promise"].probability >= 0.90
    assert names["half_hour"].play(names["mean"], threshold=20).probability(0.80).value < 0.90
    assert names["day"].play(names["plan"], 20).probability(0.80).value >= 0.90


def test_overflow_takes_more_lines_than_poisson_traffic():
    names = run(3)
    assert names["rest"].peakedness > 1
    assert names["lines"] > names["poisson"]


def test_the_ufuncs_agree_with_the_model():
    names = run(4)
    queue = wfm.erlang.ErlangA(names["load"] / 240, 240, 120)
    assert names["levels"] == pytest.approx(queue.measures(names["load"] + 2, threshold=20)["sl_offered"], rel=1e-12)
    assert names["agents"].tolist() == queue.agents_for(sl_offered=(0.80, 20)).tolist()


def test_compiled_code_agrees_with_the_model():
    loads = [40.0, 60.0, 80.0]
    assert run(5)["paid"] == sum(wfm.erlang.ErlangA(a / 240, 240, 120).agents_for(sl_offered=(0.80, 20)) for a in loads) / 2


def test_every_example_is_run():
    assert len(EXAMPLES) == 6


def test_the_tie_the_page_names():
    assert wfm.erlang.ErlangC(1.0, 170.0).agents_for(occupancy=0.85) == 200
