"""Where a number comes from: every topic answers in both languages, with the plan's own numbers; formulas add up again."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.conftest import SCENARIOS
from wfm.cli.explain import explain as command
from wfm.core.errors import InputError
from wfm.report.explain import Explanation, Ground, explain, topics
from wfm.report.files import write_outputs
from wfm.report.shown import ShownPlan
from wfm.report.words import LANGUAGES
from wfm.scenario.reader import read_scenario
from wfm.steps import Steps

NOON = datetime(2027, 7, 5, 12, 30)


@pytest.fixture(scope="module")
def ground(quickstart: ShownPlan) -> Ground:
    return Ground(quickstart, "en", planned=True)


@pytest.fixture(scope="module")
def folder(quickstart: ShownPlan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("explained") / "shop"
    write_outputs(quickstart, root)
    return root


def facts(found: Explanation) -> dict[str, object]:
    return {fact.key: fact.value for part in found.parts for fact in part.facts}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("topic", topics())
def test_every_topic_answers(quickstart: ShownPlan, topic: str, language: str) -> None:
    found = explain(Ground(quickstart, language, planned=True), topic)
    lines = "\n".join(found.lines())
    assert found.title
    assert any(part.facts for part in found.parts)
    json.dumps(found.object(), allow_nan=False)
    if language == "en":
        assert not re.search(r"[\u3000-\u9fff]", lines)


def test_agents_say_what_one_less_would_miss(ground: Ground, quickstart: ShownPlan) -> None:
    found = explain(ground, "agents", NOON)
    need = quickstart.requirement.set_index("start")
    row = need[need.index.strftime("%Y-%m-%dT%H:%M") == "2027-07-05T12:30"].iloc[0]
    known = facts(found)
    agents = float(row["agents"])
    assert found.value == agents
    assert known["offered_load"] == row["offered_load"]
    assert max(float(str(known[key])) for key in known if key.startswith("alone.")) == agents
    target = quickstart.scenario.targets
    less, same = known[f"agents.{agents - 1:g}"], known[f"agents.{agents:g}"]
    assert isinstance(less, dict)
    assert isinstance(same, dict)
    assert target.sl_offered
    assert target.answer_rate
    assert same["sl_offered"] == pytest.approx(row["sl_offered"])
    assert same["sl_offered"] >= target.sl_offered.share
    assert less["sl_offered"] < target.sl_offered.share or less["answer_rate"] < target.answer_rate
    assert any("Why not one less" in line for line in found.lines())
    assert "Zeltyn" in found.formula


def test_inputs_carry_their_origins(ground: Ground) -> None:
    found = explain(ground, "agents", NOON)
    target = next(fact for part in found.parts for fact in part.facts if fact.key == "targets.answer_rate")
    assert (target.shown, target.origin, target.source) == ("98%", "document", "S0-10")


def test_contacts_lean_on_the_days_of_the_history(ground: Ground, quickstart: ShownPlan) -> None:
    found = explain(ground, "contacts", NOON)
    assert quickstart.history is not None
    history = quickstart.history.set_index("start")["offered"]
    days = {key.removeprefix("history."): value for key, value in facts(found).items() if key.startswith("history.")}
    assert len(days) == 6
    for day, value in days.items():
        assert date.fromisoformat(day).weekday() == NOON.weekday()
        assert value == history.loc[f"{day} 12:30:00+08:00"]


def test_a_net_present_value_is_the_sum_of_its_lines(ground: Ground, quickstart: ShownPlan) -> None:
    for option in ("self_built", "hosted", "outsourced"):
        found = explain(ground, "npv", None, option)
        worth = sum(value["present_value"] for value in facts(found).values() if isinstance(value, dict))
        none = float(str(facts(found)["pv_none"]))
        assert worth - none == pytest.approx(quickstart.options.loc[option, "npv"], rel=1e-9)


def test_a_kpi_is_its_numerator_over_its_denominator(ground: Ground, quickstart: ShownPlan) -> None:
    known = facts(explain(ground, "sl_offered"))
    value = quickstart.simulation.kpi("sl_offered")[0]
    assert float(str(known["answered_within"])) / float(str(known["offered"])) == pytest.approx(value, rel=1e-9)
    assert known["sl_offered"] == value
    here = explain(ground, "sl_offered", NOON)
    assert here.when.startswith("2027-07-05T12:30")


def test_lines_follow_from_their_load(ground: Ground, quickstart: ShownPlan) -> None:
    from wfm.erlang import ErlangB

    known = facts(explain(ground, "lines"))
    blocking = quickstart.scenario.targets.line_blocking_max
    assert ErlangB(float(str(known["line_load"])), 1.0).lines_for(blocking=blocking) == quickstart.lines


def test_a_key_of_the_scenario_tells_its_origin(ground: Ground) -> None:
    found = explain(ground, "people.wage.full_time")
    known = facts(found)
    assert found.value == 4500
    assert (known["default"], known["origin"], known["grade"]) == (4500, "found", "C")
    section = explain(ground, "targets")
    assert "targets.answer_rate" in facts(section)


@pytest.mark.parametrize(
    ("word", "topic"),
    [
        ("工位", "seats"),
        ("人工接通率", "answer_rate"),
        ("Seats", "seats"),
        ("answer rate", "answer_rate"),
        ("answer-rate", "answer_rate"),
        ("净现值", "npv"),
        ("orders_per_day", "demand.orders_per_day"),
    ],
)
def test_names_in_both_languages(ground: Ground, word: str, topic: str) -> None:
    assert explain(ground, word).what == topic


@pytest.mark.parametrize(
    ("word", "said"),
    [("agentz", "Did you mean: agents"), ("qqqq", "Ask for one of: agents"), ("full_time", "people.wage.full_time")],
)
def test_an_unknown_name_gets_suggestions(ground: Ground, word: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        explain(ground, word)


@pytest.mark.parametrize("when", [datetime(2027, 7, 5, 3, 0), datetime(2026, 1, 1, 12), date(2029, 1, 1)], ids=str)
def test_a_closed_moment_says_when_the_plan_is(ground: Ground, when: datetime) -> None:
    with pytest.raises(InputError, match="The plan runs from 2027-07-05 to 2027-08-01"):
        explain(ground, "agents", when)


def test_a_scenario_alone_is_explained_as_far_as_needed(quickstart: ShownPlan) -> None:
    scenario, source = read_scenario(SCENARIOS / "quickstart.yaml")
    steps = Steps(scenario, folder=source.folder)
    found = explain(Ground(steps, "en", planned=False), "agents", NOON)
    assert found.value == explain(Ground(quickstart, "en", planned=True), "agents", NOON).value
    assert "simulation" not in steps.__dict__  # nothing that was not asked for was made


def told(*words: str) -> Result:
    return CliRunner().invoke(command, list(words), catch_exceptions=False)


def test_words_stand_in_any_order(folder: Path) -> None:
    first = told("agents", "2027-07-05T12:30", str(folder), "--json").stdout
    assert json.loads(first)["wfm_explain"] == 1
    assert told(str(folder), "2027-07-05", "agents", "12:30", "--json").stdout == first
    npv = json.loads(told("hosted", str(folder), "npv", "--json").stdout)
    assert "hosted" in npv["title"] or "托管" in npv["title"]


def test_the_only_plan_is_taken_and_named(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "shop").symlink_to(folder)
    monkeypatch.chdir(tmp_path)
    result = told("seats", "--language", "en")
    assert "plan out/shop" in result.stderr
    assert result.stdout.startswith("seats\n  10\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("agents", "heads", "."), "one thing is explained at a time"),
        (("2027-07-05",), "what is to be explained is not named"),
        (("agents", "12:30", "."), "not a moment"),
        (("agents", "07-05T12:30", "."), "not a moment"),
        (("agents", "a.yaml", "b.yaml"), "two plans are named"),
    ],
)
def test_what_cannot_be_read_is_said(words: tuple[str, ...], said: str) -> None:
    with pytest.raises(InputError, match=said):
        told(*words)


@pytest.mark.parametrize("words", [("2027-07-05 12:30",), ("2027/7/5 12:30",), ("2027-7-5", "12:30")])
def test_moments_are_read_as_sheets_show_them(folder: Path, words: tuple[str, ...]) -> None:
    assert told("agents", *words, str(folder)).stdout == told("agents", "2027-07-05T12:30", str(folder)).stdout


def test_money_measures_are_what_their_amounts_come_to(ground: Ground, quickstart: ShownPlan) -> None:
    row = quickstart.options.loc["hosted"]
    cost = explain(ground, "cost_per_contact", option="hosted")
    known = facts(cost)
    assert known["pv_costs"] / known["pv_contacts"] == pytest.approx(row["cost_per_contact"])  # type: ignore[operator]
    assert known["pv_contacts"] == pytest.approx(_contacts_worth(quickstart), rel=0.03)
    assert "hosted.benefit" not in known, "the uplift is no part of the cost per contact"
    assert "hosted.rent" in known
    known = facts(explain(ground, "roi", option="hosted"))
    assert known["net_total"] / known["investment"] == pytest.approx(row["roi"])  # type: ignore[operator]
    known = facts(explain(ground, "break_even_uplift", option="hosted"))
    share = 1 - known["npv"] / known["pv_benefit"]  # type: ignore[operator]
    assert known["uplift"] * share == pytest.approx(row["break_even_uplift"], rel=1e-3)  # type: ignore[operator]
    assert "money.benefit.attribution" in known
    known = facts(explain(ground, "payback_months", option="hosted"))
    month = int(row["payback_months"])
    assert known[f"cumulative.{month}"] < 0 < known[f"cumulative.{month + 1}"]  # type: ignore[operator]


def _contacts_worth(plan: ShownPlan) -> float:
    """Present value of a month's contacts answered after go-live, from the plan's own forecast and formula."""
    need = plan.requirement
    answered = float((need["contacts"] * need["answer_rate"]).sum())
    month = answered / plan.scenario.plan.weeks * 365 / 7 / 12
    rate, months = 1.1 ** (1 / 12), plan.scenario.money.horizon
    lead = _lead(plan)
    return sum(month / rate**period for period in range(lead + 1, months + 1))


def _lead(plan: ShownPlan) -> int:
    """Months before the hosted centre opens."""
    return next(int(str(origin.value)) for origin in plan.origins if origin.key == "options.hosted.lead_time")


@pytest.mark.parametrize(
    ("word", "measure"), [("payback", "payback_months"), ("回本", "payback_months"), ("每通成本", "cost_per_contact")]
)
def test_measures_are_known_by_their_names_without_units(ground: Ground, word: str, measure: str) -> None:
    assert explain(ground, word).what == measure


def test_suggestions_are_whole_words_one_a_topic(ground: Ground) -> None:
    with pytest.raises(InputError) as caught:
        explain(ground, "paybak")
    near = str(caught.value).partition("Did you mean: ")[2].rstrip("?\n").split(", ")
    assert all(explain(ground, name).what for name in near)
    assert len({explain(ground, name).what for name in near}) == len(near)
    assert not any("(" in name for name in near)
