"""How every command behaves: help, languages, interruptions, pipes that close, disks that refuse."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest

from tests.cli.commands import QUICKSTART, SETS, wfm
from wfm.cli.group import _COMMANDS
from wfm.cli.group import wfm as group

COMMAND = [sys.executable, "-c", "from wfm.cli import main; main()"]
SHARED = {"--set", "--overrides", "--use", "--seed", "--given", "--out", "--json", "--brief", "--language", "--quiet", "--verbose"}


@pytest.mark.parametrize("name", sorted(_COMMANDS))
def test_every_command_has_help(name: str) -> None:
    done = wfm(name, "--help")
    assert done.code == 0
    assert done.out.startswith(f"Usage: wfm {name} ")


def test_python_m_wfm_is_the_same_command() -> None:
    done = subprocess.run([sys.executable, "-m", "wfm", "--help"], capture_output=True, text=True, encoding="utf-8", check=True)
    assert done.stdout == wfm("--help").out


@pytest.mark.parametrize(
    "name", ["run", "history", "forecast", "staff", "schedule", "simulate", "people", "economics", "calc", "generate", "doctor"]
)
def test_help_shows_examples(name: str) -> None:
    assert wfm(name, "--help").out.count(f"\n  wfm {name} ") >= 2 - (name == "doctor")


@pytest.mark.parametrize("name", ["run", "schedule", "simulate", "people", "economics"])
def test_options_have_one_name_everywhere(name: str) -> None:
    command = group.get_command(click.Context(group), name)
    assert command is not None
    assert {option for param in command.params for option in param.opts} >= SHARED


@pytest.mark.parametrize(
    ("arguments", "english", "chinese"),
    [
        (["staff"], "the argument SCENARIO is missing", "缺少参数 SCENARIO"),
        (["staff", "a.yaml", "--brif"], "there is no option '--brif'. Did you mean --brief?", "没有选项“--brif”。是不是 --brief？"),
        (["staff", "a.yaml", "b.yaml"], "one argument too many: b.yaml", "多了参数：b.yaml"),
        (["staff", "a.yaml", "--seed"], "the option '--seed' needs a value", "选项“--seed”后面要写值"),
        (["staff", "a.yaml", "--seed", "-1"], "a whole number from 0 to 4294967295", "须为 0 到 4294967295 的整数"),
        (["calc", "--aht", "180", "--model", "Z"], "takes one of: A, B, C", "可取：A, B, C"),
        (["calc"], "the option '--aht' is missing", "缺少选项“--aht”"),
        (["stuff"], "there is no command 'stuff'. Did you mean 'staff'?", "没有命令“stuff”。是不是 'staff'？"),
    ],
)
def test_wrong_usage_is_one_line_and_a_hint_in_both_languages(
    arguments: list[str], english: str, chinese: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for language, says in (("en", english), ("zh", chinese)):
        monkeypatch.setenv("WFM_LANGUAGE", language)
        done = wfm(*arguments)
        assert done.code == 2
        lines = done.err.splitlines()
        assert len(lines) == 2
        assert says in lines[0]
        assert lines[1].endswith("--help")


def test_the_language_asked_for_wins_over_the_file_s(tmp_path: Path) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(QUICKSTART.read_text(encoding="utf-8") + "seeds: 3\n", encoding="utf-8")
    assert "unknown key" in wfm("staff", path, "--language", "en").err
    assert "unknown key" not in wfm("staff", path).err


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize("after", [0.0, 0.4, 1.5])
def test_an_interrupted_run_says_so_and_leaves_nothing(after: float, tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments = [
        "run",
        str(QUICKSTART),
        "--out",
        str(out),
        "--set",
        "simulation.contacts=100000000",
        "--set",
        "simulation.precision=0",
    ]
    with subprocess.Popen(
        [*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        assert process.stderr is not None
        process.stderr.readline()
        time.sleep(after)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=60)[1]
    assert process.returncode == 130
    assert "Traceback" not in said
    assert not out.exists() or not list(out.rglob("*"))


@pytest.mark.skipif(os.name == "nt", reason="POSIX pipes")
def test_a_reader_who_leaves_is_not_complained_about() -> None:
    command = [*COMMAND, "generate", str(QUICKSTART)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


def test_places_that_cannot_be_written_are_told_with_a_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WFM_LANGUAGE", "en")
    (tmp_path / "file").write_text("mine")
    (tmp_path / "folder.csv").mkdir()
    below = wfm("generate", QUICKSTART, *SETS, "--out", tmp_path / "file" / "below.csv", "--language", "en")
    assert (below.code, below.out) == (1, "")
    assert "a file stands where a folder is needed" in below.err
    assert wfm("generate", QUICKSTART, "--out", tmp_path / "folder.csv", "--language", "en").code == 2
    on_a_file = wfm("run", QUICKSTART, *SETS, "--out", tmp_path / "file", "-q", "--language", "en")
    assert on_a_file.code == 2
    assert "a file stands where a folder is needed" in on_a_file.err
    like_a_file = wfm("run", QUICKSTART, *SETS, "--out", tmp_path / "plan.json", "-q", "--language", "en")
    assert (like_a_file.code, "a plan is a folder" in like_a_file.err) == (2, True)
    assert (tmp_path / "file").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder.csv"]


@pytest.mark.skipif(os.name == "nt" or not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_said_without_a_traceback() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*COMMAND, "generate", str(QUICKSTART)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_run_states_its_overrides_and_the_tables_it_used(tmp_path: Path) -> None:
    forecast = tmp_path / "forecast.csv"
    forecast.write_bytes(wfm("forecast", QUICKSTART, *SETS).raw)
    done = wfm("run", QUICKSTART, *SETS, "--use", f"forecast={forecast}", "--out", tmp_path / "out", "--language", "en", "-v")
    assert done.code == 0, done.err
    assert "changed beside the scenario file" in done.out
    overrides = json.loads((tmp_path / "out" / "plan.json").read_text(encoding="utf-8"))["overrides"]
    assert overrides[0] == "simulation.contacts=1"
    assert "--use forecast" in overrides
    assert "plan.json" in done.err
    lines = wfm("run", QUICKSTART, *SETS, "--brief", "-q", "--out", tmp_path / "out").out.splitlines()
    assert len(lines) == 5
    "\n".join(lines).encode("cp936")
