"""What differs between two plans: named where it differs, silent where it does not, the same words for the same change."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.conftest import SCENARIOS
from wfm.cli.diff import diff
from wfm.cli.report import report
from wfm.core.errors import InputError
from wfm.report.changes import changes, input_changes
from wfm.report.changes_said import brief_lines, changed_lines, input_lines
from wfm.report.files import write_outputs
from wfm.report.saved import only_plan
from wfm.report.shown import ShownPlan, run
from wfm.scenario.origins import Origin

SMALL = ("simulation.contacts=60000", "simulation.replications_min=2")


@pytest.fixture(scope="module")
def busier(quickstart: ShownPlan) -> ShownPlan:
    return run(SCENARIOS / "quickstart.yaml", [*SMALL, "demand.orders_per_day=1700", "targets.answer_rate=95%"])


@pytest.fixture(scope="module")
def folders(quickstart: ShownPlan, busier: ShownPlan, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    root = tmp_path_factory.mktemp("plans")
    for name, plan in (("a", quickstart), ("b", busier)):
        write_outputs(plan, root / name)
    return root / "a", root / "b"


def test_a_plan_is_the_same_as_itself(quickstart: ShownPlan) -> None:
    found = changes(quickstart, quickstart)
    assert found["identical"]
    assert not any(found[part] for part in ("inputs", "people", "agents", "shifts", "service", "money", "ledger"))
    assert changed_lines(found, "en", "CNY") == ["The two plans are the same."]


def test_inputs_name_what_was_changed_and_only_that(quickstart: ShownPlan, busier: ShownPlan) -> None:
    rows = {row["key"]: row for row in input_changes(quickstart.origins, busier.origins)}
    assert set(rows) == {"demand.orders_per_day", "targets.answer_rate"}
    assert (rows["targets.answer_rate"]["from"], rows["targets.answer_rate"]["to"]) == (0.98, 0.95)
    assert (rows["targets.answer_rate"]["origin_from"], rows["targets.answer_rate"]["origin_to"]) == ("stated", "yours")


def test_people_and_money_are_the_plans_own(quickstart: ShownPlan, busier: ShownPlan) -> None:
    found = changes(quickstart, busier)
    assert not found["identical"]
    people = {row["what"]: row for row in found["people"]}
    assert people["seats"]["to"] == busier.people.seats
    assert people["seats"]["change"] == busier.people.seats - quickstart.people.seats
    money = {(row["option"], row["measure"]): row["change"] for row in found["money"]}
    worth = busier.options.loc["hosted", "npv"] - quickstart.options.loc["hosted", "npv"]
    assert math.isclose(money["hosted", "npv"], worth, rel_tol=1e-9)
    moved = [abs(row["change"]) for row in found["ledger"]]
    assert moved == sorted(moved, reverse=True)


def test_agents_are_told_by_weekday_and_span(quickstart: ShownPlan) -> None:
    need = quickstart.requirement.copy()
    noon = (need["weekday"] == 0) & need["slot"].between(24, 27)
    need.loc[noon, "agents"] += 2
    found = changes(quickstart, replace(quickstart, requirement=need))
    assert found["agents"] == [{"weekday": 0, "start": 43_200.0, "end": 50_400.0, "change": 2}]
    assert "  2 more agents on Mondays 12:00-14:00" in changed_lines(found, "en", "CNY")
    assert "  周一 12:00-14:00 多需 2 名客服在线" in changed_lines(found, "zh", "CNY")
    fewer = changes(replace(quickstart, requirement=need), quickstart)
    assert "  2 fewer agents on Mondays 12:00-14:00" in changed_lines(fewer, "en", "CNY")


def test_overlapping_intervals_are_noise_and_others_are_not(quickstart: ShownPlan) -> None:
    def with_answer(value: float, low: float, high: float) -> ShownPlan:
        overall = quickstart.simulation.overall.copy()
        overall.loc[overall["kpi"] == "answer_rate", ["value", "low", "high"]] = [value, low, high]
        return replace(quickstart, simulation=replace(quickstart.simulation, overall=overall))

    base = with_answer(0.95, 0.94, 0.96)
    near, far = changes(base, with_answer(0.955, 0.945, 0.965)), changes(base, with_answer(0.98, 0.97, 0.99))
    assert [row["noise"] for row in near["service"] if row["kpi"] == "answer_rate"] == [True]
    assert [row["noise"] for row in far["service"] if row["kpi"] == "answer_rate"] == [False]
    assert any("within the noise" in line and "answer rate" in line for line in changed_lines(near, "en", "CNY"))
    assert not any(
        "within the noise" in line and line.strip().startswith("answer rate") for line in changed_lines(far, "en", "CNY")
    )


def test_brief_is_five_lines(quickstart: ShownPlan, busier: ShownPlan) -> None:
    lines = brief_lines(changes(quickstart, busier), "a → b", "en", "CNY", busier.scenario)
    assert len(lines) == 5
    assert "98% → 95%" in lines[1]


def test_the_command_speaks_json_and_words(folders: tuple[Path, Path]) -> None:
    names = [str(folder) for folder in folders]
    told = CliRunner().invoke(diff, [*names, "--json"], catch_exceptions=False)
    assert told.exit_code == 0
    value = json.loads(told.stdout)
    assert value["wfm_diff"] == 1
    assert {row["key"] for row in value["inputs"]} == {"demand.orders_per_day", "targets.answer_rate"}
    words = CliRunner().invoke(diff, [*names, "--language", "en"], catch_exceptions=False).stdout
    assert "heads" in words
    same = CliRunner().invoke(diff, [names[0], names[0], "--language", "zh"], catch_exceptions=False)
    assert "两份计划完全相同。" in same.stdout


def test_scenarios_and_workbooks_compare_their_inputs(folders: tuple[Path, Path]) -> None:
    words = CliRunner().invoke(
        diff, [str(SCENARIOS / "quickstart.yaml"), str(folders[1]), "--language", "en"], catch_exceptions=False
    )
    assert "98% → 95%" in words.stdout
    assert "heads" not in words.stdout
    books = CliRunner().invoke(diff, [str(folder / "plan.xlsx") for folder in folders] + ["--json"], catch_exceptions=False)
    assert {row["key"] for row in json.loads(books.stdout)["inputs"]} == {"demand.orders_per_day", "targets.answer_rate"}


def test_a_report_is_written_again_without_planning(folders: tuple[Path, Path], tmp_path: Path) -> None:
    told = CliRunner().invoke(report, [str(folders[0]), "--out", str(tmp_path), "-q"], catch_exceptions=False)
    assert told.exit_code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plan.xlsx", "report.html"]
    for name in ("report.html", "plan.xlsx"):
        assert (tmp_path / name).read_bytes() == (folders[0] / name).read_bytes()
    CliRunner().invoke(
        report, [str(folders[0]), "--out", str(tmp_path / "en"), "--language", "en", "--html"], catch_exceptions=False
    )
    assert [path.name for path in (tmp_path / "en").iterdir()] == ["report.html"]
    assert (tmp_path / "en" / "report.html").read_bytes() != (folders[0] / "report.html").read_bytes()


def test_of_several_plans_one_has_to_be_named(folders: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="2 plans stand here"):
        only_plan(folders[0].parent)
    with pytest.raises(InputError, match="there is no plan here"):
        only_plan(tmp_path)
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "plan.json").write_text("{}")
    assert only_plan(tmp_path) == tmp_path / "one"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_differences_are_those_of_the_printed_ends(quickstart: ShownPlan, busier: ShownPlan, language: str) -> None:
    lines = changed_lines(changes(quickstart, busier), language, "CNY", busier.scenario)
    told = [line for line in lines if re.search(r"[（(][^（(]*[+-][^（(]*\d[）)]?", line) and "→" in line and "%" not in line]
    known = [[float(number.replace(",", "")) for number in re.findall(r"-?\d[\d,]*(?:\.\d+)?", line)] for line in told]
    assert len([numbers for numbers in known if len(numbers) == 3]) > 5
    for line, numbers in zip(told, known, strict=True):
        if len(numbers) == 3:
            assert numbers[1] - numbers[0] == pytest.approx(numbers[2], abs=1e-9), line
            assert numbers[2], line


def test_what_does_not_show_is_not_told(quickstart: ShownPlan) -> None:
    found = changes(quickstart, quickstart) | {"identical": False}
    found["people"] = [{"what": "rostered", "from": 10.91, "to": 10.93, "change": 0.02}]
    found["money"] = [{"option": "hosted", "measure": "npv", "from": 70_100.0, "to": 70_300.0, "change": 200.0}]
    found["ledger"] = [{"option": "hosted", "line": "rent", "from": 1.0, "to": 3.0, "change": 2.0}]
    lines = "\n".join(changed_lines(found, "en", "CNY"))
    assert "rostered" not in lines
    assert "hosted" not in lines


def test_a_section_of_one_side_is_one_sentence_and_silent_keys_say_nothing() -> None:
    def value(key: str, given: object, kind: str, label: str = "x") -> Origin:
        return Origin(key, given, "", kind, "", "", "", label, label, None)  # type: ignore[arg-type]

    before = [value("people.shifts.full_time.start", ("any",), "assumed"), value("contact.fit", None, "assumed")]
    after = [
        before[0],
        value("contact.fit.file", "calls_a.csv", "yours", "file"),
        value("contact.fit.sheet", None, "assumed"),
        value("contact.fit.columns", {"arrival": "时间", "outcome": "结果"}, "yours", "columns"),
        value("people.shifts.evening.start", ("20:00",), "yours", "start; any time"),
        value("people.shifts.evening.kind", "part_time", "assumed"),
    ]
    lines = input_lines(input_changes(before, after), "en", "CNY")
    assert lines == [
        "file: (none) → calls_a.csv (yours; contact.fit.file)",
        "columns: (none) → arrival: 时间, outcome: 结果 (yours; contact.fit.columns)",
        "people.shifts.evening is new: start 20:00",
    ]


def test_an_option_that_one_plan_lacks_is_told_once(quickstart: ShownPlan) -> None:
    options, ledger = quickstart.options, quickstart.ledger
    fewer = replace(quickstart, options=options[options["option"] != "hosted"], ledger=ledger[ledger["option"] != "hosted"])
    lines = [line for line in changed_lines(changes(quickstart, fewer), "en", "CNY") if "hosted" in line]
    assert lines == ["  hosted: compared in the first plan only"]
