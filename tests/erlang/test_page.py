"""docs/erlang.md names what there is: every KPI, every model, the slack; its example runs."""

import re
from pathlib import Path

import wfm.erlang
from wfm.erlang.formulas.staffing import SLACK
from wfm.erlang.models.kpis import KPIS

PAGE = (Path(__file__).resolve().parents[2] / "docs/erlang.md").read_text("utf-8")


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


def test_the_example_runs():
    example = re.search(r"```python\n(.*?)```", PAGE, re.S).group(1)
    names = {}
    exec(example, names)
    queue = names["queue"]
    assert 0.8 < names["kpis"]["sl_offered"] < 1
    assert queue.agents_for(sl_offered=(0.80, 20), abandon_rate_offered=0.05) >= queue.agents_for(sl_offered=(0.80, 20))


def test_the_tie_the_page_names():
    assert wfm.erlang.ErlangC(1.0, 170.0).agents_for(occupancy=0.85) == 200
