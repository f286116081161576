from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from tests.shared import shared
from wfm.core.contracts import check
from wfm.core.errors import InputError
from wfm.history import read_history
from wfm.history.exports import exports
from wfm.history.inputs import HistoryInputs

ROWS = ["start,offered"] + [f"2027-07-05 {h:02d}:{m:02d},{10 + h}" for h in range(10, 18) for m in (0, 30)]


@pytest.fixture
def write(tmp_path: Path):  # type: ignore[no-untyped-def]
    def written(lines: list[str], encoding: str = "utf-8") -> Path:
        path = tmp_path / "calls.csv"
        path.write_bytes("\n".join(lines).encode(encoding))
        return path

    return written


def read(path: Path, interval_s: int = 1800, **more: object):  # type: ignore[no-untyped-def]
    return read_history(path, **{"timezone": "Asia/Shanghai", "interval_s": interval_s, **more})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_and_chinese_headers(write, encoding: str) -> None:
    path = write(["时间,队列,来电量,接起量", "2027/7/5 9:00,售前,12,11", "2027/7/5 9:30,售前,0,0"], encoding)
    result = read(path)
    check(result.table, "history")
    assert result.table["start"].iloc[0] == pd.Timestamp("2027-07-05 09:00", tz="Asia/Shanghai")
    assert result.table["queue"].tolist() == ["售前", "售前"]
    assert result.table["offered"].tolist() == [12, 0]
    assert result.table["handled"].tolist() == [11, 0]
    assert (result.daily, result.interval_s, len(result.log)) == (False, 1800, 0)


@pytest.mark.parametrize("header", ["来电", "来电量", "呼入", "进线数"])
def test_usual_chinese_names_of_offered(write, header: str) -> None:
    result = read(write([f"时间,{header}", "2027-07-05 10:00,12", "2027-07-05 10:30,9"]))
    assert result.table["offered"].tolist() == [12, 9]


def test_every_problem_is_told_with_its_place(write) -> None:
    path = write(
        [
            "start,queue,offered,aht",
            "2027-07-05 10:00,a,12,180",
            "05/07/27 10:30,a,12,180",
            "2027-02-30 11:00,a,12,180",
            "2027-07-05 11:30,a,-3,180",
            "2027-07-05 12:00,a,NaN,180",
            '2027-07-05 12:30,a,"1,2,3",180',
            "2027-07-05 13:00,a,twelve,180",
            "2027-07-05 13:30,a,1.5,180",
            "2027-07-05 14:00,a,inf,-1",
        ]
    )
    with pytest.raises(InputError) as error:
        read(path)
    problems = error.value.problems
    assert [problem.line for problem in problems] == [3, 4, 5, 6, 7, 8, 9, 10, 10]
    assert [problem.key for problem in problems] == ["start", "start", *["offered"] * 6, "aht"]
    assert all(problem.file == str(path) and problem.way_out and problem.value for problem in problems)


def test_a_flood_of_problems_is_capped_and_counted(write) -> None:
    path = write(["start,offered", *[f"2027-07-05 10:{i:02d},x" for i in range(50)]])
    with pytest.raises(InputError, match="and 30 more problems") as error:
        read(path)
    assert len(error.value.problems) == 21


def test_identical_rows_are_dropped_and_contradictions_refused(write) -> None:
    result = read(write([*ROWS, ROWS[1]]))
    assert result.table["offered"].sum() == sum(2 * (10 + h) for h in range(10, 18))
    assert result.log[["line", "code"]].to_numpy().tolist() == [[0, "order"], [len(ROWS) + 1, "same_row"]]
    with pytest.raises(InputError, match="otherwise than line 2"):
        read(write([*ROWS, "2027-07-05 10:00,999"]))


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "empty"),
        (["start,offered"], "no rows"),
        (["start,calls_i_took", "2027-07-05,3"], "no column for 'offered'"),
        (["a,b", "2027-07-05,3"], "no column for 'start'"),
        (["start,offered", "2027-07-05 10:00,3,4,5"], "4 fields, more than"),
    ],
)
def test_files_that_are_no_history(write, lines: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(write(lines))


def test_absent_files(tmp_path: Path) -> None:
    for name in ("none.csv", "none.xlsx"):
        with pytest.raises(InputError, match="cannot be read: No such file"):
            read(tmp_path / name)


def test_columns_are_named_by_the_user(write) -> None:
    path = write(["when;n;seconds", "2027-07-05 10:00;4;700", "2027-07-05 10:30;5;800"])
    result = read(path, columns={"start": "when", "offered": "n", "handle_time": "seconds"})
    assert result.table["handle_time"].tolist() == [700, 800]
    with pytest.raises(InputError, match="no such column"):
        read(path, columns={"start": "when", "offered": "m"})


def test_mean_handle_times_become_sums(write) -> None:
    path = write(["start,offered,handled,aht", "2027-07-05 10:00,4,3,200", "2027-07-05 10:30,1,0,"])
    assert read(path).table["handle_time"].tolist() == [600.0, 0.0]


def test_queues_are_chosen_or_added_up(write) -> None:
    path = write(
        [
            "start,queue,offered",
            *[f"2027-07-05 {h}:{m},{q},{n}" for h in (10, 11) for m in ("00", "30") for q, n in (("a", 2), ("b", 3))],
        ]
    )
    assert set(read(path).table["queue"]) == {"a", "b"}
    with pytest.raises(InputError, match="all"):
        read(path).one_queue()
    assert read(path, queue="b").one_queue().table["offered"].tolist() == [3] * 4
    assert read(path, queue="all").one_queue().table["offered"].tolist() == [5] * 4
    with pytest.raises(InputError, match="It has: a, b"):
        read(path, queue="c")


def test_finer_rows_add_up_and_a_missing_part_is_unknown(write) -> None:
    quarter = [f"2027-07-05 {h:02d}:{m:02d},{h}" for h in (10, 11, 12) for m in (0, 15, 30, 45)]
    quarter.remove("2027-07-05 11:15,11")
    result = read(write(["start,offered", *quarter]))
    assert result.interval_s == 1800
    assert result.table["offered"].isna().tolist() == [False, False, True, False, False, False]
    assert result.table["offered"].sum() == 2 * 10 * 2 + 2 * 11 + 2 * 12 * 2
    assert "a part has no row" in result.log["what"].iloc[0]
    zero = read(write(["start,offered", *quarter]), absent="zero").table["offered"]
    assert zero.tolist() == [20, 20, 11, 22, 24, 24]
    with pytest.raises(InputError, match="add up"):
        read(write(["start,offered", *quarter]), interval_s=20 * 60)


def test_absent_rows_are_unknown_unless_the_export_leaves_zeros_out(write) -> None:
    lines = ["start,offered"]
    for day in range(1, 29):
        lines += [f"2027-02-{day:02d} {h}:00,5" for h in (10, 11, 12, 13) if not (day == 9 and h == 12)]
    lines = [line for line in lines if "2027-02-16" not in line]
    result = read(write(lines), interval_s=3600)
    assert len(result.table) == 27 * 4 - 1
    assert sorted(result.log["what"]) == ["calls: 2027-02-09 lacks 1 intervals within 12:00-13:00", "calls: 2027-02-16 has no row"]
    zero = read(write(lines), interval_s=3600, absent="zero").table.set_index("start")["offered"]
    assert len(zero) == 27 * 4
    assert zero[pd.Timestamp("2027-02-09 12:00", tz="Asia/Shanghai")] == 0


def test_offsets_and_daylight_saving(write) -> None:
    """A skipped hour is dropped if empty, else moved; a repeated hour that stands once is the first, standing twice it is both."""
    spring = read(
        write(["start,offered", "2027-03-14 01:30,1", "2027-03-14 02:00,0", "2027-03-14 02:30,7", "2027-03-14 03:30,1"]),
        timezone="America/New_York",
    )
    assert spring.table["offered"].tolist() == [1, 7, 1]
    assert spring.log["action"].tolist() == ["dropped", "moved forward"]
    rows = ["2027-11-07 00:30,1", "2027-11-07 01:00,2", "2027-11-07 01:30,3", "2027-11-07 01:00,4", "2027-11-07 01:30,5"]
    once = read(write(["start,offered", *rows[:3], "2027-11-07 02:00,6"]), timezone="America/New_York").table
    assert [f"{t:%H:%M%z}" for t in once["start"]] == ["00:30-0400", "01:00-0400", "01:30-0400", "02:00-0500"]
    both = read(write(["start,offered", *rows]), timezone="America/New_York").table
    assert [f"{t:%H:%M%z}" for t in both["start"]][1:] == ["01:00-0400", "01:30-0400", "01:00-0500", "01:30-0500"]
    assert both["offered"].tolist() == [1, 2, 3, 4, 5]
    utc = read(write(["start,offered", "2027-07-05T02:00:00Z,1", "2027-07-05T10:30:00+08:00,2"])).table
    assert [f"{t:%H:%M}" for t in utc["start"]] == ["10:00", "10:30"]


def test_daily_files_say_so(write) -> None:
    result = read(write(["date,calls", *[f"2027-02-{day:02d},{50 * (day % 7 > 0)}" for day in range(1, 29) if day != 12]]))
    assert result.daily
    assert result.interval_s == 86400
    assert result.log["what"].tolist() == ["calls: 2027-02-12 has no row"]


def test_a_week_of_zeros_is_told() -> None:
    result = read_history(shared("data/nhs111_daily_dev.csv"), timezone="Europe/London", interval_s=1800)
    assert result.log["what"].tolist() == [
        "111AI5: no contact at all from 2025-12-22 to 2025-12-28",
        "columns that were not read (1): region",
    ]


def test_a_year_of_a_real_centre_keeps_every_call_over_daylight_saving() -> None:
    """bank_il: clocks go forward on 1999-04-02 at 02:00 and back on 1999-09-03; six minutes and half hours agree."""
    six, half = (
        read_history(shared(f"data/bank_il_1999_{grid}_dev.csv"), timezone="Asia/Jerusalem", interval_s=1800)
        for grid in ("6min", "30min")
    )
    pd.testing.assert_frame_equal(six.table, half.table)
    raw = pd.read_csv(shared("data/bank_il_1999_30min_dev.csv"))
    assert half.table["offered"].sum() == raw["offered"].sum()
    rows_a_day = half.table.groupby(half.table["start"].dt.date).size()
    assert rows_a_day[date(1999, 4, 2)] == 46
    assert rows_a_day.drop(date(1999, 4, 2)).eq(48).all()
    assert half.log.loc[~half.log["code"].str.startswith("zero_run"), ["code", "lines"]].to_numpy().tolist() == [
        ["skipped_hour_empty", "4374, 4375"]
    ]
    offsets = half.table["start"].map(lambda t: t.utcoffset().total_seconds() / 3600)
    assert offsets.groupby(half.table["start"].dt.date).last().loc[
        [date(1999, 4, 1), date(1999, 4, 2), date(1999, 9, 3)]
    ].tolist() == [2, 3, 2]


def test_inputs_want_one_source() -> None:
    assert HistoryInputs(generate="shop").weeks == 52
    assert HistoryInputs(file="calls.csv", queue="a").absent == "unknown"
    for wrong in ({}, {"generate": "shop", "file": "calls.csv"}):
        with pytest.raises(ValueError, match="either made up or read"):
            HistoryInputs(**wrong)


@pytest.mark.parametrize(
    ("frame", "said"),
    [(pd.DataFrame(index=range(5)), "no columns"), (pd.DataFrame(), "no columns"), (pd.DataFrame({"start": []}), "no rows")],
)
def test_an_empty_frame_is_refused(frame: pd.DataFrame, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_history(frame, timezone="Asia/Shanghai", interval_s=1800)


@pytest.mark.parametrize(
    ("name", "value"),
    [("timezone", "Asia/Nowhere"), ("interval_s", 0), ("interval_s", -1800), ("duplicates", "add"), ("absent", "none")],
)
def test_arguments_that_are_none_are_refused(name: str, value: object) -> None:
    frame = pd.DataFrame({"start": ["2027-07-05 10:00", "2027-07-05 10:30"], "offered": [1, 2]})
    with pytest.raises(ValueError, match=rf"{name}.*{value}"):
        read_history(frame, **{"timezone": "Asia/Shanghai", "interval_s": 1800, name: value})


def test_a_named_export_takes_usual_names_for_what_its_map_lacks() -> None:
    known = next(
        one for one in exports() if one.grain == "interval" and one.columns.keys() >= {"start", "offered"} and one.distinctive
    )
    frame = pd.DataFrame({known.columns["start"][0]: ["2027-07-05 10:00", "2027-07-05 10:30"], "来电量": [1, 2]})
    table = read_history(frame, timezone="UTC", interval_s=1800, export=known.name).table
    assert table["offered"].tolist() == [1, 2]
