"""wfm new, check and schema: files that run at once, nothing replaced by mistake, answers in the planner's language."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.scenario.shop import GOOD, write
from wfm.cli.check import check
from wfm.cli.new import new
from wfm.cli.schema import schema
from wfm.core.errors import InputError
from wfm.scenario.reader import read_scenario
from wfm.scenario.sheet import read_sheet
from wfm.scenario.starter import TEMPLATES

SCENARIOS = Path(__file__).parents[2] / "scenarios"


def run(command: object, *arguments: object) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments], standalone_mode=False)  # type: ignore[arg-type]


def refused(command: object, *arguments: object) -> str:
    result = run(command, *arguments)
    assert isinstance(result.exception, InputError)
    return str(result.exception)


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("suffix", [".yaml", ".xlsx"])
def test_a_new_file_is_right_at_once(template: str, language: str, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"shop{suffix}"
    made = run(new, path, "--template", template, "--language", language)
    assert made.exit_code == 0, made.exception
    assert f"wfm run {path}" in made.output
    checked = run(check, path)
    assert checked.exit_code == 0, checked.exception
    assert checked.stderr == ""
    scenario, _ = read_scenario(path)
    assert scenario.language == language
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(
        ["shop-history.csv", path.name] if template == "history" else [path.name]
    )


def test_the_templates_say_the_same_in_both_languages(tmp_path: Path) -> None:
    for template in TEMPLATES:
        for language in ("zh", "en"):
            run(new, tmp_path / f"{language}.yaml", "--template", template, "--language", language, "--force")
        same = ["language=en", "demand.history=estimate", "demand.orders_per_day=1"]
        zh, en = (read_scenario(tmp_path / f"{language}.yaml", same)[0] for language in ("zh", "en"))
        assert zh == en


def test_nothing_is_replaced_unless_forced(tmp_path: Path) -> None:
    path = write(tmp_path, "mine", "shop.yaml")
    assert "there already" in refused(new, path)
    assert path.read_text(encoding="utf-8") == "mine"
    write(tmp_path, "mine", "other-history.csv")
    assert "other-history.csv" in refused(new, tmp_path / "other.yaml", "--template", "history")
    assert not (tmp_path / "other.yaml").exists()
    assert run(new, path, "--force").exit_code == 0
    assert read_scenario(path)


@pytest.mark.parametrize(
    ("name", "says"), [("shop.txt", "a .yaml file or an .xlsx sheet"), ("shop.csv", ".xlsx"), ("", "a folder")]
)
def test_names_that_are_no_scenarios(name: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    assert says in refused(new, tmp_path / (name or "folder.yaml"))
    assert "xlsx" in refused(new, tmp_path / "shop.yaml", "--xlsx")


def test_a_scenario_is_taken_over_from_yaml_to_sheet_and_back(tmp_path: Path) -> None:
    sheet, text = tmp_path / "sheet.xlsx", tmp_path / "text.yaml"
    for path in sorted(SCENARIOS.glob("[eq]*.yaml")):
        scenario, _ = read_scenario(path)
        assert run(new, sheet, "--from", path, "--force").exit_code == 0
        assert run(new, text, "--from", sheet, "--force").exit_code == 0
        assert read_scenario(sheet)[0] == read_scenario(text)[0] == scenario
        first = sheet.read_bytes()
        run(new, sheet, "--from", text, "--force")
        assert sheet.read_bytes() == first


def test_paths_still_lead_to_the_same_file_and_bases_are_taken_in(tmp_path: Path) -> None:
    write(tmp_path, GOOD.replace("orders", "history: {file: past/a.csv}, orders"), "plans/base.yaml")
    child = write(tmp_path, "extends: base.yaml\nseed: 3\n", "plans/child.yaml")
    assert run(new, tmp_path / "flat.yaml", "--from", child).exit_code == 0
    scenario, _ = read_scenario(tmp_path / "flat.yaml")
    assert not isinstance(scenario.demand.history, str)
    assert (scenario.demand.history.file, scenario.seed) == ("plans/past/a.csv", 3)


def test_check_migrates_a_file_in_place(tmp_path: Path) -> None:
    old = "wfm: 1 # 版本\n" + GOOD.removeprefix("wfm: 2\n").replace("orders", "history: {csv: a.csv}, orders")
    path = write(tmp_path, old)
    write(tmp_path, "start,offered\n" + "".join(f"2027-06-{d:02d} 10:00,5\n" for d in range(1, 31)), "a.csv")
    told = run(check, path, "--language", "en")
    assert told.exit_code == 0, told.exception
    assert "note: " in told.stderr
    assert "wfm check --migrate" in told.stderr
    assert path.read_text(encoding="utf-8") == old
    done = run(check, path, "--migrate", "--language", "en")
    assert done.exit_code == 0, done.exception
    assert "rewritten" in done.stderr
    assert path.read_text(encoding="utf-8") == old.replace("wfm: 1", "wfm: 2").replace("csv: a", "file: a")
    assert run(check, path, "--language", "en").stderr == ""
    assert "only YAML files" in refused(check, tmp_path / "shop.xlsx", "--migrate")


def test_check_says_what_is_odd(tmp_path: Path) -> None:
    text = GOOD.replace("orders", "history: {file: a.csv}, orders").replace(
        '18:00"', '18:00", "2026-01-01": closed, holiday: closed'
    )
    path = write(tmp_path, text + "country: none\n")
    rows = "".join(f"2027-01-{d:02d} {h}:{m:02d},5\n" for d in range(1, 31) for h in range(10, 18) for m in (0, 30))
    write(tmp_path, "start,offered\n" + rows, "a.csv")
    done = run(check, path, "--json", "--language", "en")
    answer = json.loads(done.stdout)
    assert done.exit_code == 0
    assert answer["ok"] is True
    assert [(entry["key"], entry["line"]) for entry in answer["remarks"]] == [
        ("hours.2026-01-01", 5), ("hours.holiday", 5), ("demand.history.file", 4),
    ]  # fmt: skip
    assert "ends on 2027-01-30, 22 weeks before" in answer["remarks"][2]["message"]


def test_check_tells_problems_in_the_language_of_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD + "targets: {answer_rate: 98}\n")
    result = run(check, path)
    assert isinstance(result.exception, InputError)
    assert result.exception.language == "zh"
    assert "比例在 0 到 1 之间" in result.exception.problems[0].text("zh")
    broken = run(check, path, "--json", "--language", "en")
    assert broken.return_value == 2
    [problem] = json.loads(broken.stdout)["problems"]
    assert problem["key"] == "targets.answer_rate"
    assert (problem["line"], problem["value"], problem["way_out"]) == (6, 98, "Write 98% or 0.98")
    chinese = json.loads(run(check, path, "--json").stdout)
    assert chinese["ok"] is False
    assert "比例" in chinese["problems"][0]["text"]


def test_check_takes_overrides_of_a_sheet(tmp_path: Path) -> None:
    run(new, tmp_path / "keys.xlsx", "--template", "estimate")
    answer = json.loads(run(check, SCENARIOS / "estimate.yaml", "--overrides", tmp_path / "keys.xlsx", "--json").stdout)
    assert "name.zh=我的新店" in answer["overrides"]
    assert read_sheet(tmp_path / "keys.xlsx").values["name"]["en"] == "My new shop"


def test_the_schema_knows_extends_and_speaks_chinese() -> None:
    answer = json.loads(run(schema).stdout)
    assert answer["properties"]["extends"]["type"] == "string"
    assert answer["properties"]["hours"]["title"] == "营业时间"
    assert {"required": ["extends"]} in answer["anyOf"]
    assert "zh" not in json.dumps(
        [part for part in answer["$defs"].values() for part in part.get("properties", {}).values()]
    ).split('"zh":')
