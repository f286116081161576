"""Tables as files: what is written is read back the same, and what is no table is told with its place."""

import json
import math
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wfm.core.columns import units
from wfm.core.errors import InputError
from wfm.core.tables import completed, csv_text, json_rows, read_table

ZONE = "Asia/Shanghai"


def forecast(**columns: object) -> pd.DataFrame:
    start = pd.DatetimeIndex(pd.date_range("2027-07-05 10:00", periods=2, freq="30min", tz=ZONE)).as_unit("us")
    quantiles = {f"contacts_q{q}": [1.0, 2.0] for q in ("05", "25", "75", "95")}
    base = {"start": start, "queue": ["a", "b"], "contacts": [1.5, 2.5], "aht": [180.0, 180.0], **quantiles}
    return pd.DataFrame({**base, "day_cv": [0.1, 0.1], "slot_cv": [0.0, 0.0], **columns})


def written(table: pd.DataFrame, folder: Path) -> Path:
    path = folder / "table.csv"
    path.write_bytes(csv_text(table, exact=True).encode("utf-8-sig"))
    return path


@given(st.lists(st.floats(min_value=0, allow_infinity=False, allow_nan=False), min_size=2, max_size=2))
def test_numbers_come_back_to_the_last_bit(tmp_path_factory: pytest.TempPathFactory, contacts: list[float]) -> None:
    table = forecast(contacts=contacts)
    back = read_table(written(table, tmp_path_factory.mktemp("exact")), "forecast", ZONE)
    pd.testing.assert_frame_equal(back, table, check_exact=True)


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs")), min_size=1, max_size=20))
def test_texts_come_back_and_never_start_a_formula(tmp_path_factory: pytest.TempPathFactory, queue: str) -> None:
    table = forecast(queue=[queue, f"{queue}x"])
    path = written(table, tmp_path_factory.mktemp("text"))
    assert read_table(path, "forecast", ZONE)["queue"].tolist() == [queue, f"{queue}x"]
    cells = pd.read_csv(path, encoding="utf-8-sig", dtype=str, keep_default_na=False)["queue"]
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)


def test_infinite_agents_missing_numbers_days_and_flags_come_back(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {"agents": [math.inf, math.nan], "date": [date(2027, 7, 5), date(2027, 7, 6)], "yes": [True, False], "n": [1, 2]}
    )
    back = read_table(written(table, tmp_path), "mine", ZONE)
    pd.testing.assert_frame_equal(back, table, check_exact=True)


def test_the_hour_that_comes_twice_stays_two_hours(tmp_path: Path) -> None:
    start = pd.date_range("2026-10-25 00:00", periods=4, freq="h", tz="Europe/London")
    table = forecast().loc[[0, 0, 0, 0]].assign(start=pd.DatetimeIndex(start).as_unit("us")).reset_index(drop=True)
    assert start.strftime("%H").tolist() == ["00", "01", "01", "02"]
    back = read_table(written(table, tmp_path), "forecast", "Europe/London")
    assert back["start"].equals(table["start"])


def test_a_clock_time_without_offset_is_of_the_zone_and_other_zones_are_turned(tmp_path: Path) -> None:
    path = tmp_path / "clock.csv"
    path.write_text("start;note\n2027-07-05 10:00;a\n2027-07-05T02:30:00Z;b\n", encoding="utf-8")
    starts = read_table(path, "mine", ZONE)["start"]
    assert [stamp.isoformat() for stamp in starts] == ["2027-07-05T10:00:00+08:00", "2027-07-05T10:30:00+08:00"]


def test_gb18030_utf_16_and_parquet_are_read(tmp_path: Path) -> None:
    table = forecast(queue=["售前", "售后"])
    (tmp_path / "old.csv").write_bytes(csv_text(table, exact=True).encode("gb18030"))
    (tmp_path / "powershell.csv").write_bytes(csv_text(table, exact=True).encode("utf-16"))
    table.to_parquet(tmp_path / "table.parquet", index=False)
    for name in ("old.csv", "powershell.csv", "table.parquet"):
        pd.testing.assert_frame_equal(read_table(tmp_path / name, "forecast", ZONE), table, check_exact=True)


def test_the_object_that_json_prints_is_read_like_the_csv(tmp_path: Path) -> None:
    table = forecast(queue=["=售前", "售后"])
    path = tmp_path / "table.json"
    path.write_text(json.dumps({"rows": json_rows(table)}), encoding="utf-8")
    pd.testing.assert_frame_equal(read_table(path, "forecast", ZONE), table, check_exact=True)


def test_days_and_clock_times_that_a_spreadsheet_rewrote_are_read(tmp_path: Path) -> None:
    path = tmp_path / "excel.csv"
    path.write_text("start,date\n2027/7/5 9:30,2027/7/5\n2027/07/05 10:00:00,2027-7-5\n", encoding="utf-8")
    table = read_table(path, "mine", ZONE)
    assert [stamp.isoformat() for stamp in table["start"]] == ["2027-07-05T09:30:00+08:00", "2027-07-05T10:00:00+08:00"]
    assert table["date"].tolist() == [date(2027, 7, 5)] * 2


@pytest.mark.parametrize(
    ("content", "line", "says"),
    [
        ('{"wfm_plan": 1}', 0, "not a table of a step"),
        ('{"rows": [1]}', 0, "not a table of a step"),
        ('{"rows": ', 0, "not a table of a step"),
        ('{"rows": [{"start": "2027-07-05T10:00"}, {"start": "soon"}]}', 2, "an instant is needed"),
        ("start\n2027/13/5 9:30\n", 2, "an instant is needed"),
        ("", 0, "the table is empty"),
        ("start,start\n", 1, "a column stands twice"),
        ("start,queue\n2027-07-05T10:00,a,b\n", 2, "the row has 3 cells, the header 2"),
        ("start,queue\nsoon,a\n", 2, "an instant is needed"),
        ("date,n\n2027-13-05,1\n", 2, "a day is needed"),
    ],
)
def test_what_is_no_table_is_told_with_its_line(content: str, line: int, says: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_table(path, "mine", ZONE)
    problem = caught.value.problems[0]
    assert says in str(problem)
    assert (problem.file, problem.line) == (str(path), line)


def test_a_broken_contract_names_the_file(tmp_path: Path) -> None:
    path = written(forecast().assign(contacts=[1.0, -2.0]), tmp_path)
    with pytest.raises(InputError, match=r"table\.csv.*contacts.*-2"):
        read_table(path, "forecast", ZONE)
    with pytest.raises(InputError, match="no column 'aht'"):
        read_table(written(forecast().drop(columns="aht"), tmp_path), "forecast", ZONE)
    (tmp_path / "text.parquet").write_text("not parquet")
    for name, says in (("text.parquet", "not a parquet file"), ("gone.parquet", "no such file"), ("gone.csv", "no such file")):
        with pytest.raises(InputError, match=says):
            read_table(tmp_path / name, "forecast", ZONE)


def test_json_rows_are_json() -> None:
    table = pd.DataFrame({"n": np.array([1, 2]), "x": [math.inf, 0.1], "day": [date(2027, 7, 5), None], "roots": [(0.1,), ()]})
    assert json.loads(json.dumps(json_rows(table), allow_nan=False)) == [
        {"n": 1, "x": None, "day": "2027-07-05", "roots": [0.1]},
        {"n": 2, "x": 0.1, "day": None, "roots": []},
    ]


def test_every_column_has_a_unit_or_none() -> None:
    table = pd.DataFrame(columns=["start", "agents", "sl_offered", "sl_offered_low", "wait_handled", "met", "strange"], dtype=float)
    said = units(table, "requirement")
    assert said["agents"] == "on queue, simultaneous"
    assert said["sl_offered"] == said["sl_offered_low"] == "share"
    assert (said["wait_handled"], said["met"], said["strange"]) == ("s", "share of days", "")


def test_a_table_from_elsewhere_gets_its_days_and_keeps_its_own() -> None:
    table = completed(forecast(), 1800)
    assert table["date"].tolist() == [date(2027, 7, 5)] * 2
    assert table["weekday"].tolist() == [0, 0]
    assert table["slot"].tolist() == [20, 21]
    assert table["duration"].tolist() == [1800.0] * 2
    own = completed(forecast(date=[date(2027, 7, 4)] * 2), 1800)
    assert own["date"].tolist() == [date(2027, 7, 4)] * 2
    assert own["weekday"].tolist() == [6, 6]
