"""Agents of intervals linked by their queues: targets in force, the chain's service, and what one fewer would truly miss."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from tests.conftest import SCENARIOS
from wfm.report.explain import Explanation, Ground, explain
from wfm.report.misses import said
from wfm.report.words import LANGUAGES
from wfm.scenario.reader import read_scenario
from wfm.staffing.linked import linked_service
from wfm.staffing.missed import missed
from wfm.steps import Steps

JUMP = datetime(2027, 11, 10, 20, 0)
#: A week of few open hours, those around the jump among them; the festival's own targets from 20:00 on.
SETS = (
    "plan={start: 2027-11-08, weeks: 1, interval: 15min}",
    'hours={daily: "10:00-12:00", "2027-11-10": "18:00-22:00", "2027-11-11": "00:00-01:00"}',
    "staffing.promise.day_target_met=null",
)
FACTOR = 1.1


def steps(*more: str) -> Steps:
    """The festival's opening, found for days a tenth busier than forecast."""
    scenario, source = read_scenario(SCENARIOS / "singles-day.yaml", [*SETS, *more])
    plain = Steps(scenario, folder=source.folder)
    return Steps(scenario, folder=source.folder, given={"workload": plain.workload.assign(busier=FACTOR)})


@pytest.fixture(scope="module")
def linked() -> Steps:
    return steps()


def facts(found: Explanation) -> dict[str, object]:
    return {fact.key: fact.value for part in found.parts for fact in part.facts}


def at(need: pd.DataFrame, clock: str) -> int:
    return int(np.flatnonzero(need["start"].dt.strftime("%Y-%m-%dT%H:%M") == clock)[0])


def test_one_agent_less_misses_what_the_chain_of_the_whole_day_says(linked: Steps) -> None:
    found = explain(Ground(linked, "en", planned=False), "agents", JUMP)
    need, here = linked.requirement, at(linked.requirement, "2027-11-10T20:00")
    agents = need["agents"].to_numpy(float)
    assert found.value == agents[here]
    less = agents.copy()
    less[here] -= 1
    busy = need.assign(arrival_rate=need["arrival_rate"] * FACTOR)
    targets, contact = linked.scenario.targets, linked.scenario.contact
    assert not missed(busy.assign(**linked_service(busy, agents, targets, contact)), targets)
    whole = busy.assign(**linked_service(busy, less, targets, contact))
    misses = missed(whole, targets)
    assert misses
    why = next(line for line in found.lines() if "Why not one less" in line)
    assert all(said(miss, "en") in why for miss in misses[:3])
    known = facts(found)
    told = known[f"agents.{less[here]:g}.busier"]
    assert isinstance(told, dict)
    for kpi in ("sl_offered", "answer_rate", "occupancy", "mean_wait_all"):
        assert told[kpi] == pytest.approx(whole[kpi].iloc[here], rel=1e-4)
    same = known[f"agents.{agents[here]:g}"]
    assert isinstance(same, dict)
    assert same["sl_offered"] == need["sl_offered"].iloc[here]
    assert known["busier"] == FACTOR


@pytest.mark.parametrize("language", LANGUAGES)
def test_targets_are_those_in_force_as_percent(linked: Steps, language: str) -> None:
    found = explain(Ground(linked, language, planned=False), "agents", JUMP)
    shown = {fact.key: fact.shown for part in found.parts for fact in part.facts}
    assert (shown["target.sl_offered"], shown["target.answer_rate"], shown["target.occupancy"]) == ("≥ 60%", "≥ 90%", "≤ 95%")
    assert shown["targets.2027-11-10T20:00..2027-11-12.answer_rate"] == "90%"
    assert "targets.answer_rate" not in shown
    lines = "\n".join(found.lines())
    assert ("暂态链" if language == "zh" else "transient chain") in found.answer
    assert "10.0%" in found.answer
    assert ("稳态）" if language == "zh" else "steady state)") not in lines
    assert not any(key.startswith("alone.") for key in shown)
    before = explain(Ground(linked, language, planned=False), "agents", datetime(2027, 11, 10, 19, 45))
    shown = {fact.key: fact.shown for part in before.parts for fact in part.facts}
    assert (shown["target.sl_offered"], shown["targets.answer_rate"]) == ("≥ 80%", "98%")


def test_the_independent_formula_is_told_for_comparison(linked: Steps) -> None:
    from wfm.staffing import requirement

    alone = requirement(linked.workload, linked.scenario.targets, linked.scenario.contact)
    here = at(alone, "2027-11-10T20:00")
    assert facts(explain(Ground(linked, "en", planned=False), "agents", JUMP))["independent"] == alone["agents"].iloc[here]


def test_a_cap_that_misses_targets_is_told() -> None:
    found = explain(Ground(steps("staffing.agents_max=40"), "en", planned=False), "agents", JUMP)
    assert found.value == 40
    assert "staffing.agents_max" in found.answer
    assert "fewest" not in found.answer
    assert any("still miss: " in line and "answered within 30 s would be" in line for line in found.lines())


@pytest.mark.parametrize(
    ("method", "said"), [("lagged", "one handle time earlier"), ("mol", "modified offered load"), ("psa", "greatest rate")]
)
def test_each_method_tells_its_own_formula(method: str, said: str) -> None:
    found = explain(Ground(steps(f"staffing.method={method}"), "en", planned=False), "agents", JUMP)
    assert said in found.formula
    assert "fewest" not in found.answer


def test_constraints_of_intervals_by_themselves_are_told() -> None:
    made = steps("staffing={method: independent, agents_max: 40}")
    found = explain(Ground(made, "en", planned=False), "agents", JUMP)
    asked = max(float(str(value)) for key, value in facts(found).items() if key.startswith("alone."))
    assert found.value == 40 < asked
    assert f"asks for {asked:g}" in found.answer
    free = explain(Ground(steps("staffing.method=independent"), "en", planned=False), "agents", JUMP)
    assert free.value == asked
    assert "the fewest that meet every target" in free.answer


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_kpi_of_an_interval_goes_by_the_target_and_time_in_force(linked: Steps, language: str) -> None:
    found = explain(Ground(linked, language, planned=False), "sl_offered", JUMP)
    shown = {fact.key: fact.shown for part in found.parts for fact in part.facts}
    assert "30" in found.title
    assert "30" in found.formula
    assert shown["target"] == "≥ 60%"
    assert shown["targets.2027-11-10T20:00..2027-11-12.sl_offered.share"] == "60%"
    assert "targets.sl_offered.share" not in shown
    service = linked.simulation.service
    here = service[service["start"].dt.strftime("%Y-%m-%dT%H:%M") == "2027-11-10T20:00"].iloc[0]
    assert found.value == here["answered_within"] / here["offered"]
    before = explain(Ground(linked, language, planned=False), "sl_offered", datetime(2027, 11, 10, 19, 45))
    assert "20" in before.formula
    assert {fact.key: fact.shown for part in before.parts for fact in part.facts}["target"] == "≥ 80%"
    whole = explain(Ground(linked, language, planned=False), "sl_offered")
    assert any("2027-11-10T20:00..2027-11-12" in line for part in whole.parts for line in part.lines)


def test_lines_follow_from_the_wait_of_linked_intervals(linked: Steps) -> None:
    from wfm.erlang import ErlangB

    known = facts(explain(Ground(linked, "en", planned=False), "lines"))
    blocking = linked.scenario.targets.line_blocking_max
    assert ErlangB(float(str(known["line_load"])), 1.0).lines_for(blocking=blocking) == linked.staffed.lines
    need = linked.requirement
    contact = linked.scenario.contact
    busiest = need[need["start"].map(lambda start: start.isoformat()) == known["busiest"]].iloc[0]
    held = contact.talk / contact.aht * busiest["aht"] + busiest["mean_wait_all"]
    assert known["line_held"] == pytest.approx(held)
    assert busiest["mean_wait_all"] > 0
