"""One scenario file on another: what is merged, where each key says it stands, and what is refused."""

import os
from pathlib import Path

import pytest

from tests.scenario.shop import GOOD, write
from wfm.core.errors import InputError
from wfm.scenario.reader import read_scenario, read_source

BASE = GOOD + (
    "targets: {answer_rate: 95%, sl_offered: {share: 70%, within: 30s}}\n"
    "people: {shifts: {evening: {length: 4h, paid_meal: 0s, start: ['17:00', '18:00'], kind: part_time}}}\n"
)


def refused(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        read_scenario(path)
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].text("zh") != str(caught.value)
    return str(caught.value)


def test_sections_are_merged_and_values_and_lists_replaced(tmp_path: Path) -> None:
    write(tmp_path, BASE, "base.yaml")
    child = "extends: base.yaml\nname: big\ntargets: {sl_offered: {share: 80%}}\npeople: {shifts: {evening: {start: ['19:00']}}}\n"
    scenario, source = read_scenario(write(tmp_path, child))
    assert scenario.name.en == "big"
    assert scenario.targets.answer_rate == 0.95
    assert scenario.targets.sl_offered is not None
    assert (scenario.targets.sl_offered.share, scenario.targets.sl_offered.within) == (0.8, 30)
    assert scenario.people.shifts.templates()["evening"].start == ("19:00",)
    assert "extends" not in source.values


def test_null_resets_to_the_default_but_keeps_a_meaning_of_its_own(tmp_path: Path) -> None:
    write(tmp_path, BASE.replace("}\ndemand", ", weeks: 2}\ndemand").replace('18:00"', '18:00", sun: closed'), "base.yaml")
    child = "extends: base.yaml\nplan: {weeks: null}\nhours: {sun: null}\ntargets: {sl_offered: null}\n"
    child += "people: {shifts: {evening: null, peak_part_time: null}}\n"
    scenario, _ = read_scenario(write(tmp_path, child))
    assert scenario.plan.weeks == 4
    assert scenario.hours.root == {"daily": "10:00-18:00"}
    assert scenario.targets.sl_offered is None
    assert list(scenario.people.shifts.templates()) == ["full_time"]


def test_null_where_the_other_file_says_nothing_is_nothing(tmp_path: Path) -> None:
    """The example of docs/scenario.md, on a base that is open every day alike and has no section of people."""
    write(tmp_path, GOOD, "base.yaml")
    child = "extends: base.yaml\nhours: {sun: null}\nplan: {interval: null}\npeople: {wage: {leader: null}}\n"
    scenario, source = read_scenario(write(tmp_path, child))
    assert scenario == read_scenario(tmp_path / "base.yaml")[0]
    assert ("hours", "sun") not in source.places


def test_problems_name_the_file_and_line_where_the_value_stands(tmp_path: Path) -> None:
    write(tmp_path, GOOD + "targets: {answer_rate: 950%}\n", "base.yaml")
    child = write(tmp_path, "extends: base.yaml\n\nseed: -1\n")
    with pytest.raises(InputError) as caught:
        read_scenario(child)
    told = {problem.key: (Path(problem.file).name, problem.line) for problem in caught.value.problems}
    assert told == {"targets.answer_rate": ("base.yaml", 6), "seed": ("shop.yaml", 3)}


def test_each_file_is_migrated_by_its_own_version(tmp_path: Path) -> None:
    write(tmp_path, GOOD.replace("wfm: 2", "wfm: 1").replace("orders", "history: {csv: a.csv}, orders"), "base.yaml")
    _, source = read_scenario(write(tmp_path, "extends: base.yaml\ndemand: {history: {csv: b.csv}}\n"))
    assert source.values["demand"]["history"] == {"file": "b.csv"}
    assert len(source.notices) == 2
    _, source = read_scenario(write(tmp_path, "wfm: 2\nextends: base.yaml\ndemand: {history: {file: b.csv}}\n"))
    assert [Path(notice.file).name for notice in source.notices] == ["base.yaml"]


def test_relative_paths_start_at_the_folder_of_the_file_that_writes_them(tmp_path: Path) -> None:
    write(tmp_path, GOOD.replace("orders", "history: {file: data/a.csv}, orders"), "common/base.yaml")
    source = read_source(write(tmp_path, "extends: common/base.yaml\n"))
    assert source.values["demand"]["history"]["file"] == "common/data/a.csv"
    write(tmp_path, "extends: ../middle.yaml\n", "common/up.yaml")
    write(tmp_path, "extends: common/base.yaml\n", "middle.yaml")
    source = read_source(write(tmp_path, "extends: common/up.yaml\ndemand: {history: {file: b.csv}}\n"))
    assert source.values["demand"]["history"]["file"] == "b.csv"


def test_one_source_of_history_takes_the_place_of_the_other(tmp_path: Path) -> None:
    write(tmp_path, GOOD.replace("orders", "history: {generate: shop, weeks: 30}, orders"), "base.yaml")
    scenario, _ = read_scenario(write(tmp_path, "extends: base.yaml\ndemand: {history: {file: a.csv}}\n"))
    history = scenario.demand.history
    assert not isinstance(history, str)
    assert (history.generate, history.file) == (None, "a.csv")
    scenario, _ = read_scenario(tmp_path / "base.yaml", ["demand.history.file=a.csv"])
    assert not isinstance(scenario.demand.history, str)
    assert scenario.demand.history.generate is None


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("../secret.yaml", "out of the folder"),
        ("a/../../secret.yaml", "out of the folder"),
        ("..\\secret.yaml", "out of the folder"),
        ("/etc/passwd", "a plain path"),
        ("~/secret.yaml", "a plain path"),
        ("$HOME/secret.yaml", "a plain path"),
        ("'%HOME%/secret.yaml'", "a plain path"),
        ("C:/secret.yaml", "a plain path"),
        ("C:secret.yaml", "a plain path"),
        ("\\\\server\\share\\secret.yaml", "a plain path"),
        ("//server/share/secret.yaml", "a plain path"),
        ("http://server/secret.yaml", "a plain path"),
        ("file:///etc/passwd", "a plain path"),
        ("gone.yaml", "is not there"),
        (".", "a folder"),
        ("shop.yaml", "circle"),
        ("3", "one file"),
        ("[a.yaml, b.yaml]", "one file"),
        ("''", "one file"),
        ('"a\\0b"', "one file"),
    ],
)
def test_what_extends_must_not_name(name: str, says: str, tmp_path: Path) -> None:
    folder = tmp_path / "plans"
    write(tmp_path, GOOD, "secret.yaml")
    assert says in refused(write(folder, f"# first\nextends: {name}\n{GOOD}"))


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    secret = write(tmp_path, GOOD, "secret.yaml")
    path = write(tmp_path / "plans", "extends: base.yaml\n")
    try:
        os.symlink(secret, path.parent / "base.yaml")
    except OSError:
        pytest.skip("links cannot be made here")
    assert "out of the folder" in refused(path)


def test_a_circle_and_a_long_chain_are_refused(tmp_path: Path) -> None:
    for number in range(7):
        write(tmp_path, f"extends: s{number + 1}.yaml\n", f"s{number}.yaml")
    write(tmp_path, GOOD, "s7.yaml")
    assert "more than 5 files" in refused(tmp_path / "s0.yaml")
    assert read_scenario(tmp_path / "s2.yaml")[0].name.en == "shop"
    write(tmp_path, "extends: s0.yaml\n", "s3.yaml")
    assert "circle" in refused(tmp_path / "s0.yaml")


def test_the_size_limit_holds_for_all_files_together(tmp_path: Path) -> None:
    filler = "#" + "x" * 40_000 + "\n"
    write(tmp_path, GOOD + filler, "b.yaml")
    write(tmp_path, "extends: b.yaml\n" + filler, "a.yaml")
    assert read_scenario(tmp_path / "a.yaml")[0].name.en == "shop"
    assert "together" in refused(write(tmp_path, "extends: a.yaml\n" + filler))
