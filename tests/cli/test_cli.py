"""The command line: exit codes, streams, files, and how little it loads."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import SCENARIOS

SMALL = ["--set", "simulation.contacts=1", "--set", "simulation.replications_min=2", "--set", "plan.weeks=1"]


def wfm(*arguments: str | Path, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from wfm.cli import main; main()", *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=300)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_second_run_is_byte_identical(tmp_path: Path) -> None:
    for name in ("one", "two"):
        done = wfm("run", SCENARIOS / "quickstart.yaml", "--out", tmp_path / name, *SMALL)
        assert done.returncode == 0, done.stderr
    one, two = files(tmp_path / "one"), files(tmp_path / "two")
    assert {"report.html", "plan.json"} <= set(one)
    assert one == two


def test_json_is_one_object_and_nothing_else(tmp_path: Path) -> None:
    done = wfm("run", SCENARIOS / "quickstart.yaml", "--json", "--out", tmp_path / "out", *SMALL)
    answer = json.loads(done.stdout)
    assert answer["wfm_plan"] == 2
    assert answer == json.loads((tmp_path / "out" / "plan.json").read_text(encoding="utf-8"))


def test_progress_goes_to_stderr_and_the_screen_to_stdout(tmp_path: Path) -> None:
    done = wfm("run", SCENARIOS / "quickstart.yaml", "--language", "en", "--out", tmp_path / "out", *SMALL)
    assert done.stderr.startswith("wfm run ")
    assert "Ten-seat shop" in done.stdout
    quiet = wfm("run", SCENARIOS / "quickstart.yaml", "-q", "--out", tmp_path / "out", *SMALL)
    assert quiet.stdout == quiet.stderr == ""


def test_bad_input_is_one_line_a_problem_exit_2_and_nothing_written(tmp_path: Path) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(
        (SCENARIOS / "quickstart.yaml").read_text(encoding="utf-8") + "targets: {answer_rate: 980%}\n", encoding="utf-8"
    )
    done = wfm("run", path, "--out", tmp_path / "out", "-q")
    assert done.returncode == 2
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert len(lines) == 1
    assert "shop.yaml:" in lines[0]
    assert "targets.answer_rate" in lines[0]
    assert "98%" in lines[0]
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["run"], "SCENARIO is missing"),
        (["run", "nowhere.yaml", "-q"], "no such file"),
        (["rum"], "Did you mean 'run'?"),
        (["run", SCENARIOS / "quickstart.yaml", "-q", "--given", "seats=ten"], "--given"),
        (["run", SCENARIOS / "quickstart.yaml", "-q", "--given", "desks=10"], "only seats"),
        (["run", SCENARIOS / "quickstart.yaml", "-q", "--set", "targets.answer_rate"], "key=value"),
        (["run", SCENARIOS / "quickstart.yaml", "--frobnicate"], "no option"),
    ],
)  # fmt: skip
def test_wrong_usage_says_the_way_out_and_exits_with_2(arguments: list[str], says: str, tmp_path: Path) -> None:
    done = wfm(*arguments, *(["--language", "en"] if len(arguments) > 2 else []), folder=tmp_path)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_fail_under_turns_a_missed_promise_into_1(tmp_path: Path) -> None:
    short = ["--set", "demand.orders_per_day=2500", "--given", "seats=10", *SMALL, "-q", "--out", tmp_path / "out"]
    assert wfm("run", SCENARIOS / "quickstart.yaml", *short).returncode == 0
    assert wfm("run", SCENARIOS / "quickstart.yaml", *short, "--fail-under").returncode == 1


def test_an_output_folder_that_cannot_be_written_is_an_io_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = wfm("run", SCENARIOS / "estimate.yaml", "-q", "--out", tmp_path / "file" / "below", *SMALL)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_check_and_schema(tmp_path: Path) -> None:
    done = wfm("check", SCENARIOS / "quickstart.yaml", "--language", "en")
    assert done.returncode == 0
    assert "fine" in done.stdout
    schema = json.loads(wfm("schema").stdout)
    assert wfm("schema", "--out", tmp_path / "schema.json").stdout == ""
    assert (tmp_path / "schema.json").read_text(encoding="utf-8") == wfm("schema").stdout
    assert {"plan", "demand", "hours"} <= set(schema["anyOf"][0]["required"])


def test_check_opens_the_history_too(tmp_path: Path) -> None:
    text = (SCENARIOS / "quickstart.yaml").read_text(encoding="utf-8").replace("{generate: shop, weeks: 52}", "{file: calls.csv}")
    (tmp_path / "shop.yaml").write_text(text, encoding="utf-8")
    gone = wfm("check", tmp_path / "shop.yaml")
    assert gone.returncode == 2
    assert "calls.csv" in gone.stderr
    (tmp_path / "calls.csv").write_text("start,offered\n2027-07-01 10:00,many\n2027-07-01 10:30,-3\n", encoding="utf-8")
    bad = wfm("check", tmp_path / "shop.yaml")
    assert bad.returncode == 2
    assert "calls.csv:2" in bad.stderr
    assert "calls.csv:3" in bad.stderr


def test_the_documented_keys_are_up_to_date() -> None:
    page = Path(__file__).parents[2] / "docs" / "scenario.md"
    assert page.read_text(encoding="utf-8") == wfm("schema", "--markdown").stdout, (
        "run: uv run wfm schema --markdown --out docs/scenario.md"
    )


def test_the_five_edits_of_the_readme_are_keys(tmp_path: Path) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    edits = [row.split("`")[1] for row in readme.splitlines() if row.startswith("| ") and row.count("`") >= 2 and "=" in row]
    assert len(edits) == 5
    arguments = [part for edit in edits for part in ("--set", edit)]
    assert wfm("check", SCENARIOS / "quickstart.yaml", *arguments).returncode == 0


@pytest.mark.parametrize("module", ["wfm", "wfm.cli.group", "wfm.erlang", "wfm.simulate", "wfm.forecast", "wfm.history"])
def test_looking_around_loads_the_standard_library_and_click_only(module: str) -> None:
    code = (
        f"import sys, {module}; print([name for name in ('numpy', 'pandas', 'numba', 'pydantic', 'plotly') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ)
    assert done.stdout.strip() == "[]"


def test_help_names_every_command() -> None:
    done = wfm("--help")
    assert done.returncode == 0
    for command in ("run", "check", "schema"):
        assert command in done.stdout
