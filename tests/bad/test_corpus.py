"""Every broken file of the corpus is refused in one way: exit code 2, the messages kept in ``messages.toml``, nothing written."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.bad.corpus import CASES, Case, expected, refused

EXPECTED = expected()


def before_and_after(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_broken_file_is_told_what_to_mend(case: Case, language: str, tmp_path: Path) -> None:
    case.lay(tmp_path)
    laid = before_and_after(tmp_path)
    ended = refused(case, tmp_path, language)
    assert ended.err.splitlines() == EXPECTED[case.name][language]
    assert ended.code == 2
    assert ended.out == ""
    assert before_and_after(tmp_path) == laid, "something was written"


def test_the_corpus_and_its_messages_are_of_one_piece() -> None:
    assert set(EXPECTED) == {case.name for case in CASES}
    assert sum(not case.history for case in CASES) >= 60
    assert sum(case.history for case in CASES) >= 40


@pytest.mark.parametrize("name", EXPECTED)
def test_a_message_names_its_place_in_both_languages_alike(name: str) -> None:
    """The file first, then lines that differ in words only, not in number; Chinese ones are Chinese; nothing of our insides."""
    lines, chinese = EXPECTED[name]["en"], EXPECTED[name]["zh"]
    assert lines
    assert len(lines) == len(chinese) <= 22
    for line, other in zip(lines, chinese, strict=True):
        assert line.startswith("wfm: ")
        assert len(line) < 420
        assert any("一" <= sign <= "鿿" for sign in other), f"not said in Chinese: {other}"
        for inside in ("Traceback", "pydantic", "pandas", "ruamel", "calamine", "Error(", "/tmp", "np.", "Timestamp("):
            assert inside not in line + other
    if len(lines) > 1:
        assert lines[-1] == f"wfm: {len(lines) - 1} problems, nothing written"


def test_a_bomb_costs_no_time(tmp_path: Path) -> None:
    """What is meant to take for ever takes about as long as any file."""
    for number, name in enumerate(
        ("scenarios/billion-laughs.yaml", "scenarios/thousands-of-braces.yaml", "scenarios/long-text.yaml")
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        case = next(case for case in CASES if case.name == name)
        began = time.process_time()
        assert refused(case, folder, "en").code == 2
        assert time.process_time() - began < 2


def test_the_program_itself_ends_with_2(tmp_path: Path) -> None:
    """The same through a process of its own: nothing on stdout, one line a problem on stderr."""
    case = next(case for case in CASES if case.name == "scenarios/share-above-one.yaml")
    path = case.lay(tmp_path)
    command = [sys.executable, "-c", "from wfm.cli import main; main()", "run", path.name, "-q", "--out", "out", "--language", "zh"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, encoding="utf-8", timeout=120, env=os.environ | {"WFM_LANGUAGE": "zh"}
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.splitlines() == EXPECTED[case.name]["zh"]
    assert not (tmp_path / "out").exists()
