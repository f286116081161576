"""Several files as one past, and queues that are called by numbers of people."""

from pathlib import Path

import pandas as pd
import pytest

from tests.bad.corpus import wfm
from wfm.core.contracts import check
from wfm.core.errors import InputError
from wfm.expected import read_past
from wfm.history import HistoryRead, read_history
from wfm.scenario.reader import read_scenario


def month(path: Path, first: str, days: int, n: int = 5, header: str = "时间,来电量", more: str = "") -> Path:
    stamps = [
        f"{day:%Y-%m-%d} {hour:02d}:{minute:02d}"
        for day in pd.date_range(first, periods=days)
        for hour in range(9, 18)
        for minute in (0, 30)
    ]
    path.write_text("\n".join([header, *(f"{stamp},{n}{more}" for stamp in stamps)]), encoding="utf-8")
    return path


def read(*paths: Path, **more: object) -> HistoryRead:
    found = read_history(list(paths), **{"timezone": "Asia/Shanghai", "interval_s": 1800, **more})  # type: ignore[arg-type]
    check(found.table, "history")
    return found


def test_months_of_one_queue_go_on_from_file_to_file(tmp_path: Path) -> None:
    files = [month(tmp_path / "7月.csv", "2027-07-01", 31), month(tmp_path / "8月.csv", "2027-08-01", 31, 6)]
    for order in (files, files[::-1]):
        found = read(*order)
        assert set(found.table["queue"]) == {"contacts"}
        assert found.table["start"].is_monotonic_increasing
        assert found.table["offered"].tolist() == [5] * 31 * 18 + [6] * 31 * 18
        assert found.log[["code", "file"]].to_numpy().tolist() == [["one_queue", ""]]
    named = [month(tmp_path / "来电 2027-07.csv", "2027-07-01", 3), month(tmp_path / "来电 2027-08.csv", "2027-07-04", 3)]
    assert set(read(*named).table["queue"]) == {"来电"}
    assert len(read(*files, columns={"queue": "file"}).table["queue"].unique()) == 2
    lacking = read(month(tmp_path / "a.csv", "2027-07-01", 28), month(tmp_path / "b.csv", "2027-08-01", 28))
    assert "no_days" in set(lacking.log["code"])


def test_files_of_the_same_days_are_queues_of_their_own(tmp_path: Path) -> None:
    files = [month(tmp_path / "售前.csv", "2027-07-01", 20), month(tmp_path / "售后.csv", "2027-07-01", 20, 7)]
    found = read(*files)
    assert found.table.groupby("queue")["offered"].sum().to_dict() == {"售前": 20 * 18 * 5, "售后": 20 * 18 * 7}
    assert read(*files, queue="售后").table["offered"].eq(7).all()
    assert read(*files, queue="all").table["offered"].eq(12).all()
    with pytest.raises(InputError, match=r"no such queue .*It has: 售前, 售后"):
        read(*files, queue="退货")


def test_what_two_files_share_counts_once_or_is_refused(tmp_path: Path) -> None:
    july, august = month(tmp_path / "7.csv", "2027-07-01", 31), month(tmp_path / "8.csv", "2027-07-31", 30)
    found = read(july, august)
    assert len(found.table) == 60 * 18
    assert found.log.set_index("code").loc["files_alike", "rows"] == 18
    month(august, "2027-07-31", 30, 9)
    with pytest.raises(InputError, match="the files overlap: 18 intervals stand in several, the first 2027-07-31T09:00:00"):
        read(july, august)
    for duplicates, n in (("first", 5), ("last", 9), ("sum", 14)):
        table = read(july, august, duplicates=duplicates).table
        assert set(table[table["start"].dt.strftime("%m-%d") == "07-31"]["offered"]) == {n}


def test_files_of_queues_and_of_other_intervals(tmp_path: Path) -> None:
    header = "时间,来电量,队列"
    july = month(tmp_path / "7.csv", "2027-07-01", 7, header=header, more=",售前")
    august = month(tmp_path / "8.csv", "2027-07-08", 7, header=header, more=",售后")
    assert read(july, august, queue="售后").table["queue"].tolist() == ["售后"] * 7 * 18
    daily = tmp_path / "days.csv"
    daily.write_text("\n".join(["日期,来电量", *(f"2027-08-{day:02d},90" for day in range(1, 20))]), encoding="utf-8")
    with pytest.raises(InputError, match=r"days.csv: rows 1440 minutes apart, and 30 minutes apart in .*7.csv"):
        read(july, daily)


SCENARIO = """\
wfm: 2
name: shop
plan: {{start: 2027-08-16, weeks: 1}}
demand:
  history:
    file:
      - data/7.csv
      - {second}
hours: {{daily: "9:00-18:00"}}
"""


def test_a_scenario_names_several_files(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    month(tmp_path / "data" / "7.csv", "2027-07-01", 31)
    month(tmp_path / "data" / "8.csv", "2027-08-01", 14)
    plan = tmp_path / "plan.yaml"
    plan.write_text(SCENARIO.format(second="data/8.csv"), encoding="utf-8")
    past, _ = read_past(read_scenario(plan)[0], tmp_path)
    assert past is not None
    assert len(past) == 45 * 18
    (tmp_path / "below").mkdir()
    (tmp_path / "top.yaml").write_text("extends: below/base.yaml\n", encoding="utf-8")
    (tmp_path / "below" / "base.yaml").write_text(SCENARIO.format(second="data/8.csv"), encoding="utf-8")
    assert read_scenario(tmp_path / "top.yaml")[0].demand.history.file == ["below/data/7.csv", "below/data/8.csv"]  # type: ignore[union-attr]
    for second, said in (
        ("data/9.csv", "plan.yaml:8: demand.history.file.1: cannot be read: No such file or directory (got 'data/9.csv')"),
        ("[x]", "plan.yaml:8: demand.history.file.1: a text is needed here"),
        ("8", "plan.yaml:8: demand.history.file.1: a text is needed here"),
    ):
        plan.write_text(SCENARIO.format(second=second), encoding="utf-8")
        result = wfm(tmp_path, "check", "plan.yaml", "--language", "en")
        assert result.code == 2
        assert said in result.err, result.err
    plan.write_text(SCENARIO.replace("      - data/7.csv\n      - {second}\n", "      []\n").format(), encoding="utf-8")
    assert "demand.history.file: too few of these are written" in wfm(tmp_path, "check", "plan.yaml", "--language", "en").err


def test_a_bare_file_that_is_not_there_is_looked_for_in_the_current_folder(tmp_path: Path) -> None:
    for language, said in (("en", "Paths are read from the current folder"), ("zh", "路径从当前文件夹算起")):
        result = wfm(tmp_path, "history", "nofile.csv", language=language)
        assert result.code == 2
        assert said in result.err
    sql = ["--sql", "sqlite:///nowhere.db", "--query", "select 1"]
    assert "Paths are read from the current folder" in wfm(tmp_path, "history", *sql).err


def test_queues_called_by_numbers_of_people_are_numbered_and_still_chosen(tmp_path: Path) -> None:
    header, numbers = "时间,来电量,队列", ("13812345678", "售后 13987654321")
    july = [
        month(tmp_path / f"{i}.csv", "2027-07-01", 7, i + 1, header=header, more=f",{name}")
        for i, name in enumerate((*numbers, "售前"))
    ]
    found = read(*july)
    assert set(found.table["queue"]) == {"queue 1", "售后 queue 2", "售前"}
    assert "1381234" not in found.log.to_csv() + found.table.to_csv()
    assert found.log["code"].tolist() == ["queue_hidden"]
    for name in ("13812345678", "queue 1"):
        assert set(read(*july, queue=name).table["offered"]) == {1}
    with pytest.raises(InputError) as refused:
        read(*july, queue="13700000000")
    assert "13812345678" not in str(refused.value)
    with pytest.raises(InputError) as several:
        found.one_queue()
    assert "Choose one of queue 1" in str(several.value)
    agents = month(tmp_path / "agents.csv", "2027-07-01", 7, header="时间,来电量,客服昵称", more=",王小明")
    named = read(agents, columns={"start": "时间", "offered": "来电量", "queue": "客服昵称"})
    assert set(named.table["queue"]) == {"person 1"}


def test_records_of_queues_called_by_numbers(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    rows = [f"2027-07-05 10:{minute:02d}:00,3,已接通,{queue}" for minute in range(30) for queue in ("13812345678", "售前")]
    path.write_text("\n".join(["呼入时间,等待时长,通话结果,队列", *rows]), encoding="utf-8")
    assert set(read(path).table["queue"]) == {"queue 1", "售前"}
    assert read(path, queue="13812345678").table["offered"].sum() == 30
