"""wfm history: a file, several, a scenario's own, stdin and a database, as one clean table and what was repaired."""

import json
import re
import sqlite3
from pathlib import Path

import pandas as pd
import pytest

from tests.cli.commands import QUICKSTART, SETS, wfm

HEADER = "时间,来电量,接听量,放弃量\n"
JULY = HEADER + "".join(f"2027-07-0{day} {hour}:00,{hour + day},{hour + day - 1},1\n" for day in (1, 2) for hour in (10, 11, 12))
AUGUST = HEADER + "".join(f"2027-08-0{day} {hour}:00,{hour},{hour},0\n" for day in (1, 2) for hour in (10, 11, 12))
HOURS = ["--interval", "60min", "--queue", "all"]


@pytest.fixture
def july(tmp_path: Path) -> Path:
    (tmp_path / "july.csv").write_bytes(JULY.encode("gb18030"))
    return tmp_path / "july.csv"


def rows(text: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(text)["rows"]
    return found


def test_a_bare_file_becomes_the_clean_table(july: Path) -> None:
    done = wfm("history", july, "--interval", "60min", "--json")
    assert done.code == 0, done.err
    value = json.loads(done.out)
    assert (value["step"], value["table"]) == ("history", "history")
    assert [row["offered"] for row in value["rows"]] == [11.0, 12.0, 13.0, 12.0, 13.0, 14.0]
    assert value["rows"][0]["start"] == "2027-07-01T10:00:00+08:00"


def test_the_clean_table_is_read_again_as_it_is(july: Path, tmp_path: Path) -> None:
    first = wfm("history", july, "--interval", "60min")
    (tmp_path / "clean.csv").write_bytes(first.raw)
    again = wfm("history", tmp_path / "clean.csv", "--interval", "60min")
    assert again.raw == first.raw


def test_several_files_are_one_past_and_overlaps_are_refused(july: Path, tmp_path: Path) -> None:
    august = tmp_path / "august.csv"
    august.write_text(AUGUST, encoding="utf-8")
    both = rows(wfm("history", july, august, *HOURS, "--json").out)
    assert sum(float(str(row["offered"])) for row in both) == 75 + 66
    twice = wfm("history", july, july, *HOURS, "--language", "en")
    assert twice.code == 2
    assert "july.csv: the file is named twice" in twice.err
    august.write_text(JULY.replace(",11,", ",12,"), encoding="utf-8")
    same_days = rows(wfm("history", july, august, "--interval", "60min", "--json").out)
    assert {row["queue"] for row in same_days} == {"july", "august"}


def test_columns_are_named_and_stdin_is_read() -> None:
    text = JULY.replace("时间", "Zeit").replace("来电量", "Anrufe")
    done = wfm("history", "-", "--columns", "start=Zeit,offered=Anrufe", "--interval", "60min", "--json", stdin=text.encode())
    assert done.code == 0, done.err
    assert len(rows(done.out)) == 6


def test_a_database_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with sqlite3.connect(tmp_path / "calls.db") as database:
        database.execute("create table calls (start text, offered integer)")
        database.executemany("insert into calls values (?, ?)", [("2027-07-01 10:00", 3), ("2027-07-01 10:30", 4)])
    database.close()
    monkeypatch.chdir(tmp_path)
    done = wfm("history", "--sql", "sqlite:///calls.db", "--query", "select start, offered from calls", "--json")
    assert done.code == 0, done.err
    assert [row["offered"] for row in rows(done.out)] == [3.0, 4.0]


def test_repairs_are_counted_listed_and_written(july: Path, tmp_path: Path) -> None:
    doubled = JULY + JULY.splitlines()[1] + "\n"
    july.write_text(doubled, encoding="utf-8")
    log = tmp_path / "log" / "repairs.csv"
    done = wfm("history", july, "--interval", "60min", "--repairs", log, "--brief", "--language", "en")
    assert done.code == 0, done.err
    assert re.search(r"queues: 1 \(\w+\)$", done.out, re.MULTILINE)
    assert re.search(r"repairs and gaps: \d+$", done.out, re.MULTILINE)
    assert "the same row twice" in set(pd.read_csv(log)["what"])
    assert "the same row twice" in wfm("history", july, "--interval", "60min", "-v", "--language", "en").err


def test_a_scenario_tells_its_own_past_and_options_override_it() -> None:
    whole = rows(wfm("history", QUICKSTART, *SETS, "--json").out)
    hourly = rows(wfm("history", QUICKSTART, *SETS, "--interval", "60min", "--json").out)
    assert len(whole) == 2 * len(hourly)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "name a file, a scenario, or a database"),
        (["nowhere.csv"], "nowhere.csv"),
        (["--sql", "sqlite:///calls.db"], "a query"),
        (["calls.csv", "--interval", "7min"], "15min, 30min, 60min or 1d"),
        (["calls.csv", "--timezone", "Mars/Olympus"], "not a time zone"),
        (["calls.csv", "--columns", "start"], "OURS=THEIRS"),
        (["calls.csv", "--set", "seed=3"], "no keys to override"),
        ([QUICKSTART, "--columns", "start=a"], "says itself what it reads"),
        ([QUICKSTART, "--set", "demand.history=estimate"], "has no history"),
    ],
)
def test_wrong_usage(arguments: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = wfm("history", *arguments, "--language", "en")
    assert done.code == 2, done.err
    assert says in done.err


def test_a_scenarios_sheet_brings_its_own_past(july: Path, tmp_path: Path) -> None:
    """A planner who fills in a sheet judges its history by the sheet, as others do by YAML; a workbook of calls stays a past."""
    (tmp_path / "shop.yaml").write_text(
        'wfm: 2\nname: {zh: 店, en: Shop}\nplan: {start: 2027-07-05}\nhours: {daily: "10:00-13:00"}\n'
        "demand: {history: {file: july.csv}}\n",
        encoding="utf-8",
    )
    assert wfm("new", tmp_path / "sheet.xlsx", "--from", tmp_path / "shop.yaml").code == 0
    told = [wfm("history", tmp_path / name, "--interval", "60min", "--json") for name in ("sheet.xlsx", "shop.yaml")]
    assert [one.code for one in told] == [0, 0], told[0].err
    assert rows(told[0].out) == rows(told[1].out) != []
    refused = wfm("backtest", tmp_path / "sheet.xlsx", "--language", "en")
    assert refused.code == 2
    assert "open days are too few" in refused.err
    pd.read_csv(july, encoding="gb18030").to_excel(tmp_path / "calls.xlsx", index=False, engine="xlsxwriter")
    assert len(rows(wfm("history", tmp_path / "calls.xlsx", "--interval", "60min", "--json").out)) == 6
