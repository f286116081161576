"""wfm doctor: what it finds, in what shape, and that it says the way out."""

import json
import re
from pathlib import Path

import pytest

from tests.cli.commands import wfm
from wfm.cli.doctor import _parts


def test_a_machine_that_runs_the_tests_can_make_plans() -> None:
    done = wfm("doctor", "--json")
    value = json.loads(done.out)
    assert done.code == 0
    assert value["wfm_doctor"] == 1
    assert value["ok"] is True
    states = {finding["what"]: finding["state"] for finding in value["findings"]}
    assert {"python", "packages", "compiler", "cache", "zones", "console", "folder", "cores"} <= set(states)
    assert set(states.values()) <= {"ok", "look"}
    # Where somebody's home lies is nobody's business.
    assert str(Path.home()) not in done.out


def test_a_cache_that_cannot_be_written_is_to_be_looked_at(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(blocked / "cache"))
    done = wfm("doctor", "-q", "--language", "en")
    assert done.code == 0
    assert "NUMBA_CACHE_DIR" in done.out
    assert "what to look at is not needed" in done.out


@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_speaks_both_languages_on_a_chinese_console(language: str) -> None:
    text = wfm("doctor", "--language", language).out
    text.encode("cp936")
    assert bool(re.search(r"[\u4e00-\u9fff]", text)) == (language == "zh")


def test_versions_are_compared_as_numbers() -> None:
    assert _parts("2.10.1") > _parts("2.9")
    assert _parts("3.0.0rc1")[:2] == (3, 0)
    assert _parts("2.0") <= _parts("2.0.0")
