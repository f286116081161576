"""Five lines to paste into a chat: what nobody should have to read out of the numbers is said."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from tests.conftest import SCENARIOS
from wfm.report import brief
from wfm.report.misses import said
from wfm.report.shown import ShownPlan
from wfm.report.words import LANGUAGES, text
from wfm.scenario.model import Scenario
from wfm.scenario.reader import read_scenario
from wfm.staffing import requirement
from wfm.staffing.linked import linked_service
from wfm.staffing.missed import missed
from wfm.steps import Steps


def money(plan: ShownPlan, language: str) -> str:
    lines = brief.plan(plan, language)
    assert len(lines) == 5
    return lines[3]


def test_options_that_pay_are_told_without_a_verdict(quickstart: ShownPlan) -> None:
    assert money(quickstart, "en").startswith("Money: outsourced: NPV CNY ")
    assert "payback" in money(quickstart, "en")


@pytest.mark.parametrize(
    ("language", "said"), [("zh", "3 年内没有一个方案的净现值为正，也没有一个能回本"), ("en", "over 3 years no option")]
)
def test_that_nothing_pays_is_said(quickstart: ShownPlan, language: str, said: str) -> None:
    options = quickstart.options.copy()
    real = options["option"] != "none"
    options.loc[real, "npv"] = -1000.0
    assert said.split("，")[0] in money(replace(quickstart, options=options), language)
    options.loc[real, "payback_months"] = float("nan")
    poor = money(replace(quickstart, options=options), language)
    assert said in poor
    assert ("不回本" if language == "zh" else "none pays back") in poor
    assert "—" not in poor


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_gains_are_not_counted_costs_are_compared(quickstart: ShownPlan, language: str) -> None:
    plain = replace(quickstart, options=quickstart.options.assign(benefit_year=0.0))
    told = money(plain, language)
    assert ("每通成本" if language == "zh" else "per contact") in told
    assert ("净现值" if language == "zh" else "NPV") not in told


def staffed(*more: str) -> tuple[Scenario, pd.DataFrame]:
    """A week of few open hours around the festival's opening, found for days a tenth busier than forecast."""
    sets = (
        "plan={start: 2027-11-08, weeks: 1, interval: 15min}",
        'hours={daily: "10:00-12:00", "2027-11-10": "18:00-22:00", "2027-11-11": "00:00-01:00"}',
        "staffing.promise.day_target_met=null",
        "demand.volume=20%",
    )
    scenario, source = read_scenario(SCENARIOS / "singles-day.yaml", [*sets, *more])
    plain = Steps(scenario, folder=source.folder)
    busy = plain.workload.assign(busier=1.1)
    return scenario, requirement(busy, scenario.targets, scenario.contact, staffing=scenario.staffing)


def promised(scenario: Scenario, language: str) -> Scenario:
    """The same with a promise by the day, in a language."""
    promise = scenario.staffing.promise.model_copy(update={"day_target_met": 0.9})
    staffing = scenario.staffing.model_copy(update={"promise": promise})
    return scenario.model_copy(update={"staffing": staffing, "language": language})


@pytest.mark.parametrize("language", LANGUAGES)
def test_agents_of_linked_intervals_say_what_binds_at_the_peak(language: str) -> None:
    scenario, need = staffed()
    lines = brief.staff(promised(scenario, language), need)
    told = "\n".join(lines)
    less = need["agents"].to_numpy(float).copy()
    top = int(less.argmax())
    less[top] -= 1
    busy = need.assign(arrival_rate=need["arrival_rate"] * need["busier"])
    misses = missed(busy.assign(**linked_service(busy, less, scenario.targets, scenario.contact)), scenario.targets)
    first = min(misses, key=lambda miss: (miss.start != need["start"].iloc[top], -miss.apart))
    assert f" {less[top]:g} " in lines[-2].replace(",", " ")
    assert said(first, language) in lines[-2]
    assert text(f"target.{first.target}", language, threshold=30) in lines[-2]
    assert len(lines) == 5, "the command prints five"
    assert "10.0%" in lines[-2]
    assert ("90% 的天数" if language == "zh" else "90% of days") in lines[-2]
    assert lines[-1] == text("digest.reached_linked", language)
    assert ("人工接通率≥90%" if language == "zh" else "answer rate≥90%") in told
    assert text("digest.reachable", language) not in lines


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("method", ["transient", "independent"])
def test_a_cap_tells_how_many_intervals_miss_and_the_worst(method: str, language: str) -> None:
    scenario, need = staffed(f"staffing.method={method}", "staffing.agents_max=20")
    last = brief.staff(promised(scenario, language), need)[-1]
    asked = {"answer_rate": (0.98, 0.9), "sl_offered": (0.8, 0.6)}
    dated = (need["start"].dt.strftime("%Y-%m-%dT%H:%M") >= "2027-11-10T20:00") & (
        need["start"].dt.strftime("%Y-%m-%d") <= "2027-11-12"
    )
    short = need["occupancy"] > dated.map({True: 0.95, False: 0.85}) + 1e-6
    for kpi, (usual, festival) in asked.items():
        short |= need[kpi] < dated.map({True: festival, False: usual}) - 1e-6
    assert short.any()
    assert (f"{short.sum()} 个时段达不到目标" if language == "zh" else f"{short.sum()} intervals miss a target") in last
    gaps = pd.DataFrame({kpi: dated.map({True: festival, False: usual}) - need[kpi] for kpi, (usual, festival) in asked.items()})
    gaps["occupancy"] = need["occupancy"] - dated.map({True: 0.95, False: 0.85})
    at = gaps.max(axis=1).idxmax()
    value = need.loc[at, gaps.loc[at].idxmax()]
    assert f"{need.loc[at, 'start']:%H:%M}" in last
    assert f"{100 * value:.1f}%" in last


def test_intervals_by_themselves_tell_shares_and_the_peak(quickstart: ShownPlan) -> None:
    need = quickstart.requirement
    scenario = quickstart.scenario.model_copy(update={"language": "en"})
    lines = brief.staff(scenario, need)
    top = need.loc[need["agents"].idxmax()]
    label = text(f"target.{top['binding']}", "en", threshold=20)
    assert f"at the peak ({top['start']:%a} {top['start'].day} {top['start']:%b} {top['start']:%H:%M}) {label}" in lines[-2]
    assert lines[-1] == text("digest.reachable", "en")
