"""A plan read back from its folder is the same plan; a folder that is none says so in one message."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from wfm.core.contracts import CONTRACTS, check
from wfm.core.errors import InputError
from wfm.plan import Plan
from wfm.report.files import write_outputs
from wfm.report.html import html
from wfm.report.planjson import plan_json
from wfm.report.saved import read_plan
from wfm.report.shown import ShownPlan
from wfm.report.workbook import workbook


@pytest.fixture(scope="module")
def folder(quickstart: ShownPlan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_outputs(quickstart, tmp_path_factory.mktemp("saved"))[0].parent


@pytest.fixture(scope="module")
def again(folder: Path) -> Plan:
    return read_plan(folder)


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    shutil.copytree(folder, tmp_path / "plan")
    return tmp_path / "plan"


def test_report_workbook_and_json_are_the_same_bytes(folder: Path, again: Plan) -> None:
    assert html(again).encode() == (folder / "report.html").read_bytes()
    assert workbook(again) == (folder / "plan.xlsx").read_bytes()
    assert plan_json(again).encode() == (folder / "plan.json").read_bytes()


def frames(plan: Plan) -> dict[str, pd.DataFrame]:
    assert plan.history is not None
    return {
        "history": plan.history, "forecast": plan.forecast, "day_draws": plan.day_draws, "workload": plan.workload,
        "requirement": plan.requirement, "schedule": plan.schedule.shifts, "cover": plan.schedule.cover,
        "contacts": plan.simulation.contacts, "service": plan.simulation.service, "people": plan.people.table,
        "ledger": plan.ledger, "options": plan.options, "shortfalls": plan.schedule.shortfalls,
        "weekly": plan.schedule.weekly, "promises": plan.simulation.promises, "days": plan.simulation.days,
        "repairs": plan.repairs, "break_evens": plan.break_evens,
    }  # fmt: skip


def test_every_table_comes_back_with_its_types(quickstart: ShownPlan, again: Plan) -> None:
    before, after = frames(quickstart), frames(again)
    for name in before:
        if name == "contacts":  # records of single contacts are not saved
            assert after[name].empty
            assert list(after[name].columns) == list(before[name].columns)
        else:
            pd.testing.assert_frame_equal(after[name], before[name], obj=name)


@pytest.mark.parametrize("name", CONTRACTS)
def test_contracts_hold(again: Plan, name: str) -> None:
    check((frames(again) | {"heads": again.people.kinds})[name], name)


def test_what_is_no_table_comes_back_too(quickstart: ShownPlan, again: Plan) -> None:
    for part in ("scenario", "lines", "best", "carried", "one_more", "advice", "origins", "overrides", "status"):
        assert getattr(again, part) == getattr(quickstart, part), part
    for part in ("paid_hours", "cost", "efficiency", "gap", "notes"):
        assert getattr(again.schedule, part) == getattr(quickstart.schedule, part), part


def test_a_replaced_table_is_taken_and_named(copy: Path) -> None:
    path = copy / "tables" / "people.csv"
    path.write_text(path.read_text(encoding="utf-8-sig").replace(",10,11,", ",12,13,"), encoding="gb18030")
    plan = read_plan(copy)
    assert plan.people.seats == 12
    assert plan.overrides[-1] == "tables/people.csv"
    assert "tables/people.csv" in html(plan)


def problem(folder: Path) -> str:
    with pytest.raises(InputError) as caught:
        read_plan(folder)
    return str(caught.value)


def test_no_plan_there(tmp_path: Path) -> None:
    assert "there is no plan here. Make one with wfm run" in problem(tmp_path)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_files_that_powershell_saved_are_read(encoding: str, copy: Path, again: Plan) -> None:
    for path in (copy / "plan.json", copy / "tables" / "forecast.csv"):
        path.write_text(path.read_text(encoding="utf-8-sig"), encoding=encoding)
    saved = read_plan(copy)
    assert plan_json(saved) == plan_json(read_plan(copy / "plan.json"))
    pd.testing.assert_frame_equal(saved.forecast, again.forecast)


def test_a_plan_json_alone_is_one_problem(copy: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="its tables are not beside it") as told:
        read_plan(shutil.copy(copy / "plan.json", tmp_path / "alone.json"))
    assert len(told.value.problems) == 1


def test_every_missing_table_is_named(copy: Path) -> None:
    (copy / "tables" / "cover.csv").unlink()
    (copy / "tables" / "ledger.csv").unlink()
    said = problem(copy)
    assert "cover.csv: no such file" in said
    assert "ledger.csv: no such file" in said


def test_a_plan_of_another_version(copy: Path) -> None:
    path = copy / "plan.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"wfm_plan": 2', '"wfm_plan": 1'), encoding="utf-8")
    assert "a plan of version 1; this wfm reads version 2 (got" not in problem(copy)
    assert "wfm_plan: a plan of version 1; this wfm reads version 2. Write it again with wfm run" in problem(copy)


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda value: value.pop("schedule"), "the plan's parts do not fit together (schedule)"),
        (lambda value: value["tables"].pop("service"), "the plan lacks the table 'service'"),
        (lambda value: value["scenario"]["plan"].update(weeks=99), "scenario.plan.weeks: the plan's scenario cannot be read here"),
        (lambda value: value["carried"].update(seats="many") or value.update(carried=[]), "the plan's parts do not fit together"),
        (lambda value: value["service"].update(replications="x"), "the plan's parts do not fit together"),
        (lambda value: value.update(advice=[{"key": 1}]), "the plan's parts do not fit together (values)"),
    ],
    ids=["schedule", "table", "scenario", "carried", "service", "advice"],
)
def test_an_edited_plan_json_is_bad_input(copy: Path, edit: object, said: str) -> None:
    path = copy / "plan.json"
    value = json.loads(path.read_text(encoding="utf-8"))
    edit(value)  # type: ignore[operator]
    path.write_text(json.dumps(value), encoding="utf-8")
    assert said in problem(copy)


@pytest.mark.parametrize("content", ["{", "[]", "null", '{"a": 1}', "\udc80"], ids=["cut", "list", "null", "other", "bytes"])
def test_a_file_that_is_no_plan(copy: Path, content: str) -> None:
    (copy / "plan.json").write_bytes(content.encode("utf-8", "surrogateescape"))
    assert "plan.json" in problem(copy)


@pytest.mark.parametrize(
    ("table", "old", "new", "said"),
    [
        ("cover", "short", "shrt", "the cover table has no column 'short'"),
        ("ledger", "-75000.0", "many", "ledger.csv:2: amount: a number is needed here (got 'many')"),
        ("weekly_shifts", "shifts_per_person_week", "x", "the weekly_shifts table has no column 'shifts_per_person_week'"),
        ("options", "0.0", "a,b", "the row has 21 cells, the header 20"),
    ],
)
def test_a_table_edited_into_nonsense(copy: Path, table: str, old: str, new: str, said: str) -> None:
    path = copy / "tables" / f"{table}.csv"
    path.write_text(path.read_text(encoding="utf-8-sig").replace(old, new, 1), encoding="utf-8")
    assert said in problem(copy)
