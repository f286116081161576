"""Older files are read as if they had been written today, and told so; files of the future are refused."""

from pathlib import Path

import pytest

from tests.scenario.shop import GOOD, write
from wfm.core.errors import InputError
from wfm.scenario.document import read_document
from wfm.scenario.migration import CURRENT, STEPS, migrated, rewritten
from wfm.scenario.reader import read_scenario

OLD = """\
# 我的方案
wfm: 1            # the format
name: shop
plan: {start: 2027-07-05}
demand:
  # past contacts
  history: {"csv": a.csv, absent: zero}   # csv stays in comments
hours: {daily: "10:00-18:00"}
"""


def test_an_old_file_is_read_as_a_new_one_and_told(tmp_path: Path) -> None:
    scenario, source = read_scenario(write(tmp_path, OLD))
    assert scenario.wfm == CURRENT
    history = scenario.demand.history
    assert not isinstance(history, str)
    assert (history.file, history.absent) == ("a.csv", "zero")
    [notice] = source.notices
    assert (notice.line, notice.key) == (7, "demand.history.csv")
    assert "file" in str(notice)
    assert "wfm check --migrate" in notice.text("zh")


def test_line_numbers_survive(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"shop.yaml:7: demand.history.file: .*\(got 3\)"):
        read_scenario(write(tmp_path, OLD.replace("a.csv", "3")))


def test_a_current_file_has_no_notices(tmp_path: Path) -> None:
    _, source = read_scenario(write(tmp_path, GOOD))
    assert source.notices == ()


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("3", "newer wfm"),
        ("two", "whole number from 1 to 2"),
        ("'2'", "whole number"),
        ("2.0", "whole number"),
        ("true", "whole number"),
        ("0", "whole number"),
        ("-1", "whole number"),
        ("null", "whole number"),
        ("[2]", "whole number"),
    ],
)
def test_other_versions_are_refused(written: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=says) as caught:
        read_scenario(write(tmp_path, GOOD.replace("wfm: 2", f"wfm: {written}")))
    assert [(problem.key, problem.line) for problem in caught.value.problems] == [("wfm", 1)]


def test_a_new_file_with_an_old_key_is_told_the_new_one(tmp_path: Path) -> None:
    text = GOOD.replace("orders_per_day", "history: {csv: a.csv}, orders_per_day")
    with pytest.raises(InputError, match=r"demand.history.csv: this key has another name now. Write file"):
        read_scenario(write(tmp_path, text))


def test_rewriting_changes_the_keys_and_nothing_else(tmp_path: Path) -> None:
    old = read_document(write(tmp_path, OLD), "shop.yaml")
    new = rewritten(OLD, old)
    assert new == OLD.replace("wfm: 1 ", "wfm: 2 ").replace('"csv": a', '"file": a')
    again = read_document(write(tmp_path, new, "new.yaml"), "new.yaml")
    assert again.values == migrated(old)[0].values
    assert rewritten(new, again) == new


def test_a_name_that_stands_there_already_wins(tmp_path: Path) -> None:
    scenario, _ = read_scenario(write(tmp_path, OLD.replace("absent: zero", "file: b.csv")))
    history = scenario.demand.history
    assert not isinstance(history, str)
    assert history.file == "b.csv"


def test_there_is_a_step_for_every_version() -> None:
    assert set(STEPS) == set(range(1, CURRENT))
