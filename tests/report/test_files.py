"""Files: whole or not at all, also when killed; the same bytes again; no formula smuggled in; plan.json as its schema says."""

from __future__ import annotations

import errno
import io
import json
import math
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import jsonschema
import pandas as pd
import pytest

from tests.cli.commands import wfm
from tests.conftest import SCENARIOS
from wfm.core.writing import sweep, write_files
from wfm.report.files import csv_text, plan_json, tables, write_outputs
from wfm.report.planjson import schema
from wfm.report.shown import ShownPlan


@pytest.fixture(scope="module")
def written(quickstart: ShownPlan, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    return write_outputs(quickstart, tmp_path_factory.mktemp("one"))


def test_all_files_are_there_and_nothing_else(written: tuple[Path, ...]) -> None:
    folder = written[0].parent
    assert {path.name for path in written} >= {
        "report.html",
        "plan.xlsx",
        "plan.json",
        "forecast.csv",
        "ledger.csv",
        "shifts.csv",
        "origins.csv",
    }
    assert {path for path in folder.rglob("*") if path.is_file()} == set(written)


def test_the_same_plan_gives_the_same_bytes(quickstart: ShownPlan, written: tuple[Path, ...], tmp_path: Path) -> None:
    again = write_outputs(quickstart, tmp_path / "deep" / "two")
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in written]


def test_tables_read_back(quickstart: ShownPlan, written: tuple[Path, ...]) -> None:
    ledger = next(path for path in written if path.name == "ledger.csv")
    assert ledger.read_bytes().startswith(b"\xef\xbb\xbf")
    table = pd.read_csv(ledger, encoding="utf-8-sig")
    assert list(table.columns) == list(quickstart.ledger.columns)
    for option, amount in quickstart.ledger.groupby("option")["amount"].sum().items():
        assert math.isclose(table.loc[table["option"] == option, "amount"].sum(), amount, rel_tol=1e-8)
    need = pd.read_csv(next(path for path in written if path.name == "requirement.csv"), encoding="utf-8-sig")
    assert pd.to_datetime(need["start"]).equals(pd.to_datetime(quickstart.requirement["start"].map(pd.Timestamp.isoformat)))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_text_cells_are_never_formulas_and_numbers_stay_numbers(start: str) -> None:
    table = pd.DataFrame({"name": [f"{start}HYPERLINK(1)", "plain"], "amount": [-1.5, 2.0]})
    back = pd.read_csv(io.StringIO(csv_text(table)))
    assert back["name"].tolist() == [f"'{start}HYPERLINK(1)", "plain"]
    assert back["amount"].tolist() == [-1.5, 2.0]


def test_an_error_leaves_the_earlier_files_alone(quickstart: ShownPlan, tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text("earlier")
    # A file where the tables' folder has to be: nothing can be written below it.
    (tmp_path / "tables").write_text("in the way")
    with pytest.raises(OSError, match="tables"):
        write_outputs(quickstart, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.html", "tables"]
    assert (tmp_path / "report.html").read_text() == "earlier"


def test_plan_json_is_what_its_schema_says(quickstart: ShownPlan) -> None:
    text = plan_json(quickstart)
    value = json.loads(text)
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.validate(value, schema())
    assert value["wfm_plan"] == 2
    assert "/work/" not in text
    assert "NaN" not in text
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**value, "wfm_plan": 1}, schema())


def test_plan_json_tells_the_plan(quickstart: ShownPlan) -> None:
    value = json.loads(plan_json(quickstart))
    assert value["best"] == quickstart.best
    assert value["people"]["seats"] == int(quickstart.people.table["seats"].iloc[0])
    assert [option["option"] for option in value["options"]] == quickstart.options["option"].tolist()
    assert math.isclose(value["headline"]["service.sl_offered"]["value"], quickstart.simulation.kpi("sl_offered")[0], rel_tol=1e-10)
    # The effective scenario, defaults included, is a scenario again.
    again = type(quickstart.scenario).model_validate(value["scenario"])
    assert again == quickstart.scenario


def test_every_table_of_the_plan_is_written(quickstart: ShownPlan) -> None:
    names = set(tables(quickstart))
    assert {"history", "forecast", "requirement", "shifts", "cover", "service", "people", "ledger", "options", "origins"} <= names


def test_tables_of_an_earlier_plan_go_and_the_users_own_stay(quickstart: ShownPlan, tmp_path: Path) -> None:
    write_outputs(quickstart, tmp_path)
    before = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    before["tables"]["of_old"] = {}
    (tmp_path / "plan.json").write_text(json.dumps(before), encoding="utf-8")
    (tmp_path / "tables" / "of_old.csv").write_text("a\n1\n")
    (tmp_path / "tables" / "mine.csv").write_text("a\n1\n")
    write_outputs(quickstart, tmp_path)
    assert not (tmp_path / "tables" / "of_old.csv").exists()
    assert (tmp_path / "tables" / "mine.csv").exists()


_WRITER = """
import sys
import tempfile
from pathlib import Path
from wfm.core.writing import write_files
root = Path(sys.argv[1])
print("ready", flush=True)
for turn in range(10_000):
    letter = b"ab"[turn % 2 : turn % 2 + 1]
    write_files({root / f"{n}.txt": letter * (50_000 + n) for n in range(12)})
"""


def whole(path: Path) -> bool:
    """Whether a file is all of one writer's making."""
    content = path.read_bytes()
    return len(content) == 50_000 + int(path.stem) and content[:1] * len(content) == content


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is not known there")
def test_a_killed_writer_leaves_whole_files_and_what_it_left_is_swept(tmp_path: Path) -> None:
    chance, left = random.Random(3), 0
    for _ in range(8):
        child = subprocess.Popen([sys.executable, "-c", _WRITER, str(tmp_path)], stdout=subprocess.PIPE)
        assert child.stdout
        child.stdout.readline()
        time.sleep(chance.uniform(0.02, 0.12))
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        child.stdout.close()
        left += any(tmp_path.glob(".wfm-*"))
        assert all(whole(path) for path in tmp_path.glob("*.txt"))
    assert left  # else this test would show nothing
    write_files({tmp_path / "0.txt": b"c" * 50_000})
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(f"{n}.txt" for n in range(12))


def test_a_living_writers_folder_is_not_swept(tmp_path: Path) -> None:
    from wfm.core.writing import _desk

    with _desk(tmp_path) as desk:
        (desk / "0").write_text("being written")
        sweep(tmp_path)
        assert (desk / "0").exists()
    assert not any(tmp_path.iterdir())


def test_what_is_interrupted_while_it_writes_leaves_the_earlier_file(tmp_path: Path) -> None:
    class Interrupting(dict):  # type: ignore[type-arg]
        def items(self):  # type: ignore[no-untyped-def]
            yield tmp_path / "a.txt", b"new"
            raise KeyboardInterrupt

    (tmp_path / "a.txt").write_text("earlier")
    with pytest.raises(KeyboardInterrupt):
        write_files(Interrupting({tmp_path / "a.txt": b"new"}))
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "earlier"


@pytest.mark.parametrize("when", ["write_bytes", "replace"])
def test_what_is_interrupted_leaves_no_folders(when: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def key(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(*{"write_bytes": (Path, "write_bytes"), "replace": (os, "replace")}[when], key)
    (tmp_path / "out").mkdir()
    with pytest.raises(KeyboardInterrupt):
        write_files({tmp_path / "out" / "more" / "a.html": b"a", tmp_path / "out" / "more" / "tables" / "b.csv": b"b"})
    assert list(tmp_path.rglob("*")) == [tmp_path / "out"], "only what was there before"


@pytest.mark.parametrize("refused", ["mkdtemp", "write_bytes", "replace"])
def test_the_disk_refuses_by_the_name_that_was_asked_for(refused: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(tmp_path / ".wfm-staged" / "0"))

    owner: dict[str, object] = {"mkdtemp": tempfile, "write_bytes": Path, "replace": os}
    monkeypatch.setattr(owner[refused], refused, full)
    with pytest.raises(OSError, match="No space") as told:
        write_files({tmp_path / "a.csv": b"a"})
    assert told.value.filename == str(tmp_path if refused == "mkdtemp" else tmp_path / "a.csv")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="a folder where nobody can make a file")
def test_a_place_that_takes_no_files_is_named() -> None:
    for path in ("/proc/x.csv", "/proc/x/y.csv"):
        done = wfm("forecast", SCENARIOS / "quickstart.yaml", "--out", path, "--language", "en")
        assert done.code == 1
        assert done.err.startswith(("wfm: /proc: no file can be", "wfm: /proc/x: no file can be")), done.err
