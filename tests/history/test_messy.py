"""Files as planners have them: what is repaired is logged by its lines, what cannot be known is refused with the way out."""

from pathlib import Path
from string import Formatter

import numpy as np
import pandas as pd
import pytest

from tests.shared import shared
from wfm.core.contracts import check
from wfm.core.errors import InputError, Problem
from wfm.core.intervals import OpeningHours
from wfm.history import HistoryRead, read_history
from wfm.history.clocks import Zone
from wfm.history.repairs import REPAIRS, Repairs, lines_said, repair_said, row_said

CLOCKS = [(hour, minute) for hour in range(10, 14) for minute in (0, 30)]
HALF_HOURS = [f"2027-07-05 {hour:02d}:{minute:02d}" for hour, minute in CLOCKS]


@pytest.fixture
def read(tmp_path: Path):  # type: ignore[no-untyped-def]
    def reading(*lines: str, **more: object) -> HistoryRead:
        path = tmp_path / "calls.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        found = read_history(path, **{"timezone": "Asia/Shanghai", "interval_s": 1800, **more})  # type: ignore[arg-type]
        check(found.table, "history")
        return found

    return reading


def codes(found: HistoryRead) -> dict[str, str]:
    return dict(zip(found.log["code"], found.log["lines"], strict=True))


def clocks(found: HistoryRead) -> list[str]:
    return found.table["start"].dt.strftime("%m-%d %H:%M").tolist()


def test_a_report_with_title_totals_headers_and_notes(read) -> None:
    found = read(
        "技能组话务报表",
        "统计周期：,2027-07-05 至 2027-07-06",
        "",
        "时间,来电量,接起量",
        *[f'{time},"1,0{i}0",900' for i, time in enumerate(HALF_HOURS[:4])],
        "小计,4060,3600",
        "时间,来电量,接起量",
        *[f"{time},12 通,--" for time in HALF_HOURS[4:]],
        "总计：,99,99",
        "数据截至 2027-07-06 08:00，仅供内部参考",
        "* 不含测试来电",
    )
    assert found.table["offered"].tolist() == [1000, 1010, 1020, 1030, 12, 12, 12, 12]
    assert found.table["handled"].tolist()[:4] == [900] * 4
    assert found.table["handled"].isna().tolist() == [False] * 4 + [True] * 4
    assert codes(found) == {
        "separators": "5, 6, 7, 8, 11, 12, ...",
        "totals": "9, 15",
        "header_again": "10",
        "no_number": "11, 12, 13, 14",
        "note": "16, 17",
    }


def test_a_total_with_a_date_is_a_row_and_a_bad_date_is_no_note(read) -> None:
    with pytest.raises(InputError, match=r":3: start: not a date"):
        read("start,offered", "2027-07-05 10:00,1", "2027-13-05 10:30,1")
    with pytest.raises(InputError, match=r":3: start: no date and time"):
        read("start,offered", "2027-07-05 10:00,1", ",1")
    found = read(
        "start,queue,offered", *[f"{time},{queue},{n}" for time in HALF_HOURS for queue, n in (("a", 2), ("b", 3), ("合计", 5))]
    )
    assert set(found.table["queue"]) == {"a", "b", "合计"}


def test_the_sum_of_the_queues_leaves_their_total_out(read) -> None:
    lines = [f"{time},{queue},{n}" for time in HALF_HOURS for queue, n in (("a", 2), ("b", 3), ("合计", 5))]
    found = read("start,queue,offered", *lines, queue="all")
    assert found.table["offered"].tolist() == [5] * 8
    assert "sum_queue" in codes(found)


def test_the_sum_is_unknown_where_a_queue_is(read) -> None:
    lines = [f"2027-07-{day:02d} {hour}:00,{queue},5" for day in range(1, 29) for hour in (10, 11, 12, 13) for queue in "ab"]
    lines.remove("2027-07-14 11:00,b,5")
    lines[0] = "2027-07-01 10:00,a,"
    found = read("start,queue,offered", *lines, queue="all", interval_s=3600)
    unknown = found.table.loc[found.table["offered"].isna(), "start"].dt.strftime("%m-%d %H:%M").tolist()
    assert unknown == ["07-01 10:00", "07-14 11:00"]
    assert found.table["offered"].dropna().eq(10).all()
    sparse = read("start,queue,offered", *lines[1:], queue="all", interval_s=3600, absent="zero").table["offered"]
    assert sparse.notna().all()


def test_duplicates_are_dealt_with_as_asked(read) -> None:
    lines = ["start,offered", *[f"{time},5" for time in HALF_HOURS], "2027-07-05 10:00,7"]
    with pytest.raises(InputError, match=r":10: start: a second row for this interval says otherwise than line 2"):
        read(*lines)
    assert [read(*lines, duplicates=how).table["offered"].iloc[0] for how in ("first", "last", "sum")] == [5, 7, 12]
    assert codes(read(*lines, duplicates="last"))["clash_last"] == "10"
    equal = [*lines[:-1], lines[1]]
    assert [read(*equal, duplicates=how).table["offered"].iloc[0] for how in ("refuse", "first", "last", "sum")] == [5, 5, 5, 10]


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("王小明", "***"),
        ("王先生", "***"),
        ("李雷 女士", "***"),
        ("Jane Doe", "***"),
        ("abc", "abc"),
        ("未知x1", "未知x1"),
        ("12个?", "12个?"),
    ],
)
def test_a_refused_cell_is_shown_unless_it_may_be_a_name(read, cell: str, shown: str) -> None:
    lines = ["start,offered", *[f"{time},5" for time in HALF_HOURS], f"2027-07-06 10:00,{cell}"]
    with pytest.raises(InputError) as refused:
        read(*lines)
    assert [problem.value for problem in refused.value.problems] == [shown]


def test_a_first_row_of_cells_is_not_quoted(read) -> None:
    for row in ("王小明,2027-07-05 10:00,售后", "13812345678,王小明,售后", "王小明,售后,35"):
        with pytest.raises(InputError) as refused:
            read(row, row, columns={"offered": "calls"})
        with pytest.raises(InputError) as guessed:
            read(row, row)
        said = str(refused.value) + str(guessed.value)
        assert "王小明" not in said
        assert "13812345678" not in said


def test_day_and_month_are_found_in_the_column_or_asked_for(read) -> None:
    days = [f"{day:02d}/07/2027 {hour}:00,1" for day in range(1, 20) for hour in (10, 11)]
    found = read("start,offered", *days, interval_s=3600)
    assert clocks(found)[:3] == ["07-01 10:00", "07-01 11:00", "07-02 10:00"]
    assert codes(found) == {"day_first": "26, ..."}
    with pytest.raises(InputError, match="date_order: dmy"):
        read("start,offered", *days[:20])
    assert clocks(read("start,offered", *days[2:4], date_order="mdy", interval_s=3600)) == ["02-07 10:00", "02-07 11:00"]
    with pytest.raises(InputError, match=r":22: start: dates with the month first, and with the day first in line 27"):
        read("start,offered", *days[:20], "07/25/2027 10:00,1", *days[20:])


@pytest.mark.parametrize(
    "lines",
    [
        ["日期,时段,进线量", *(f"2027/7/5,{h:02d}:{m:02d}-{h:02d}:{m + 29},1" for h, m in CLOCKS)],
        ["日期,时刻,进线量", *(f"{'2027年7月5日' if (h, m) == (10, 0) else ''},{h}:{m:02d},1" for h, m in CLOCKS)],
        ["date,time,offered", *(f"2027-07-05T00:00:00,{h}{m:02d},1" for h, m in CLOCKS)],
        ["date,time,offered", *(f"46573,{(2 * h + m / 30) / 48},1" for h, m in CLOCKS)],
        ["time,date,offered", *(f"{'上午' if h < 12 else '下午'} {h}:{m:02d},7/13/2027,1" for h, m in CLOCKS)],
    ],
)
def test_date_and_clock_in_two_columns(read, lines: list[str]) -> None:
    assert [text[-5:] for text in clocks(read(*lines))] == [text[-5:] for text in HALF_HOURS]


def test_clocks_as_numbers_of_an_export(read) -> None:
    """Avaya's STARTTIME: 0, 30, 100, ... 2330."""
    rows = [f"2027-07-05,{hour * 100 + minute},s1,{hour},1,0" for hour in range(24) for minute in (0, 30)]
    found = read("ROW_DATE,STARTTIME,SPLIT,CALLSOFFERED,ACDCALLS,ABNCALLS", *rows, export="avaya-cms")
    assert clocks(found) == [f"07-05 {hour:02d}:{minute:02d}" for hour in range(24) for minute in (0, 30)]


def test_hours_as_numbers(read) -> None:
    found = read("日期,小时,咨询量", *[f"2027-07-05,{hour},{hour}" for hour in range(24)], interval_s=3600)
    assert found.table["offered"].tolist() == list(range(24))


@pytest.mark.parametrize(
    "lines",
    [
        ["队列：售前,2027年7月", "时段,7月5日,7月6日,7月7日,合计", "09:00-09:30,1,3,5,9", "09:30-10:00,2,4,6,12", "合计,3,7,11,21"],
        [",周一,周二,周三", "时间,2027/7/5,2027/7/6,2027/7/7", "9:00,1,3,5", "9:30,2,4,6"],
        ["日期,星期,09:00,09:30,10:00", "2027-07-05,周一,1,2,", "2027-07-06,周二,3,4,", "2027-07-07,周三,5,6,", "平均,,3,4,"],
        ["time,05/07/2027,06/07/2027,07/07/2027", "9:00 AM,1,3,5", "9:30 AM,2,4,6"],
    ],
)
def test_wide_sheets(read, lines: list[str]) -> None:
    found = read(*lines)
    assert clocks(found) == [f"07-0{day} 09:{minute}" for day in (5, 6, 7) for minute in ("00", "30")]
    assert found.table["offered"].tolist() == [1, 2, 3, 4, 5, 6]
    assert "wide" in codes(found)


def test_wide_sheets_of_several_queues_and_without_a_year(read) -> None:
    found = read("队列,时段,2027-07-05,2027-07-06,2027-07-07", "a,9:00,1,2,3", "a,9:30,1,,3", "b,9:00,4,5,6")
    assert found.table.groupby("queue")["offered"].sum().to_dict() == {"a": 10, "b": 15}
    assert len(found.table) == 8
    with pytest.raises(InputError, match="dates without a year"):
        read("时段,7月5日,7月6日,7月7日", "09:00,1,3,5", "09:30,1,3,5")
    with pytest.raises(InputError, match=r":2: 日期: dates without a year"):
        read("日期,09:00,09:30,10:00", "7/5,1,3,5", "7/6,1,3,5", "7/7,1,3,5")
    with pytest.raises(InputError, match=r":3: offered: not a number"):
        read("时段,2027-07-05,2027-07-06,2027-07-07", "9:00,1,2,3", "9:30,1,x,3")


def test_shares_become_numbers_only_where_whole_numbers_follow(read) -> None:
    """95.0 % of 20 is 19; of 1000, at one decimal, any of several numbers."""
    found = read("start,offered,接通率,平均处理时长(秒)", *[f"{time},20,95.0%,100" for time in HALF_HOURS])
    assert found.table["handled"].tolist() == [19] * 8
    assert found.table["handle_time"].tolist() == [1900] * 8
    assert {"from_rate", "means"} <= codes(found).keys()
    found = read("start,offered,接通率", *[f"{time},1000,95.2%" for time in HALF_HOURS])
    assert "handled" not in found.table
    assert codes(found)["rate_left"].startswith("2, 3")
    # 50 % in whole percent: 10 of 20 and nothing else.
    assert read("start,offered,answer_rate", *[f"{time},20,50" for time in HALF_HOURS]).table["handled"].tolist() == [10] * 8


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (["98.5%", "0.985"], "some cells have a percent sign"),
        (["0.9", "0.8", "0.7", "1.2"], "no telling whether percent"),
        (["98", "99", "120"], "beyond 100 %"),
    ],
)
def test_scales_that_may_be_either_are_refused(read, cells: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read("start,offered,answer_rate", *[f"{time},20,{cell}" for time, cell in zip(HALF_HOURS, cells, strict=False)])


@pytest.mark.parametrize(
    ("header", "cell"),
    [
        ("aht", "185"),
        ("aht", "3:05"),
        ("aht", "0:03:05"),
        ("aht", "3分5秒"),
        ("aht (ms)", "185000"),
        ("AHT(min)", "3.0833333333"),
        ("平均处理时长（秒）", "185.0"),
    ],
)
def test_durations_of_a_column(read, header: str, cell: str) -> None:
    found = read(f"start,offered,handled,{header}", *[f"{time},4,3,{cell}" for time in HALF_HOURS])
    assert found.table["handle_time"].tolist() == pytest.approx([555] * 8)


def test_parts_of_the_handle_time_are_added_up(read) -> None:
    found = read("start,offered,handled,talk_time,hold_time,wrap_time", *[f"{time},4,3,300,0:01:00,90" for time in HALF_HOURS])
    assert found.table["handle_time"].tolist() == [450] * 8
    found = read("start,offered,handled,avg_talk,avg_acw", *[f"{time},4,3,100,20" for time in HALF_HOURS])
    assert found.table["handle_time"].tolist() == [360] * 8


def test_a_mean_without_contacts_handled_is_weighted_by_those_offered(read) -> None:
    """The commonest export of all; an interval in which all hung up (mean 0) weighs nothing."""
    found = read("start,offered,aht", *[f"{time},{4 + i},{0 if i == 2 else 100}" for i, time in enumerate(HALF_HOURS)])
    assert found.table["handled"].tolist() == [4, 5, 0, 7, 8, 9, 10, 11]
    assert found.table["handle_time"].sum() == pytest.approx(100 * found.table["handled"].sum())
    told = found.log.set_index("code").loc["mean_by_offered"]
    assert "weighted by those offered" in told["action"]
    assert "按来电量加权" in row_said({"code": "mean_by_offered", "values": told["values"]}, "zh")[1]
    found = read("start,offered,abandoned,aht", *[f"{time},4,1,100" for time in HALF_HOURS])
    assert found.table["handle_time"].tolist() == [300] * 8
    assert "mean_by_not_abandoned" in codes(found)
    found = read("start,offered,avg_talk,avg_acw", *[f"{time},4,100,20" for time in HALF_HOURS])
    assert found.table["handle_time"].tolist() == [480] * 8
    assert "handled" not in read("start,offered,avg_acw", *[f"{time},4,20" for time in HALF_HOURS]).table


def test_carried_over_answers_are_kept_and_mixed_up_columns_refused(read) -> None:
    times = [f"2027-07-{day:02d} {hour}:00" for day in range(1, 29) for hour in range(10, 16)]
    found = read("start,offered,handled", *[f"{time},4,{5 if i == 3 else 3}" for i, time in enumerate(times)], interval_s=3600)
    assert codes(found)["more_handled"] == "5"
    with pytest.raises(InputError, match=r":2: handled: more contacts handled than offered in 168 of 168 rows"):
        read("start,offered,handled", *[f"{time},3,4" for time in times], interval_s=3600)


WEEK = [f"2027-07-0{day} {hour:02d}:00,{hour}" for day in range(1, 8) for hour in range(9, 18)]


@pytest.mark.parametrize(
    "lines",
    [
        [*WEEK, *(f"2027-07-0{day},117" for day in range(1, 8))],
        [*(f"2027-06-{day},117" for day in range(10, 28)), *WEEK],
        [f"2027-07-0{d} {h}:{m:02d},9" for d in (1, 2, 3) for h in range(10, 18) for m in ((0, 15, 30, 45) if d < 3 else (0, 30))],
    ],
)
def test_mixed_grain_is_refused(read, lines: list[str]) -> None:
    with pytest.raises(InputError, match="Keep one kind of rows in one file"):
        read("start,offered", *lines, interval_s=3600)


def test_low_volume_with_empty_intervals_left_out_is_no_mixed_grain(read) -> None:
    random = np.random.default_rng(3)
    times = pd.date_range("2027-07-01", periods=28 * 96, freq="15min")
    kept = times[(random.random(len(times)) < 0.3) & (times.hour >= 8)]
    found = read("start,offered", *[f"{time:%Y-%m-%d %H:%M},1" for time in kept], absent="zero")
    assert found.table["offered"].sum() == len(kept)
    assert found.interval_s == 1800


@pytest.mark.parametrize("form", ["epoch", "ms", "offset", "zulu"])
def test_instants_know_no_daylight_saving(read, form: str) -> None:
    """Every half hour of the day the clocks go back: 25 hours, the repeated one twice, none lost."""
    instants = pd.date_range("2027-11-07 04:00", periods=50, freq="30min", tz="UTC")
    texts = {
        "epoch": [f"{instant.timestamp():.0f}" for instant in instants],
        "ms": [f"{instant.timestamp() * 1000:.0f}" for instant in instants],
        "offset": [instant.tz_convert("America/New_York").isoformat() for instant in instants],
        "zulu": [f"{instant:%Y-%m-%dT%H:%M:%SZ}" for instant in instants],
    }[form]
    found = read("start,offered", *[f"{text},{i}" for i, text in enumerate(texts)], timezone="America/New_York")
    assert found.table["start"].tolist() == [instant.tz_convert("America/New_York") for instant in instants]
    assert found.table["offered"].tolist() == list(range(50))
    assert clocks(found).count("11-07 01:30") == 2


def test_a_row_moved_out_of_a_skipped_hour_is_added_to_the_one_it_meets(read) -> None:
    lines = [f"2027-03-14 {hour:02d}:{minute:02d},7" for hour in (1, 2, 3) for minute in (0, 30)]
    found = read("start,offered", *lines, timezone="America/New_York")
    assert found.table["offered"].tolist() == [7, 7, 21, 7]
    assert codes(found)["skipped_hour"] == "4, 5"


def test_a_day_whose_midnight_is_skipped_stays(read) -> None:
    found = read("date,offered", *[f"2017-10-{day:02d},0" for day in range(10, 20)], timezone="America/Sao_Paulo")
    assert len(found.table) == 10
    assert len(found.log) == 0


@pytest.mark.parametrize(
    "zone", ["America/New_York", "Europe/London", "Asia/Shanghai", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Sao_Paulo"]
)
def test_zones_agree_with_pandas(zone: str) -> None:
    instants = pd.date_range("2015-01-01", "2020-01-01", freq="30min", tz="UTC")
    seconds = (instants.asi8 // 10 ** (9 if instants.unit == "ns" else 6)).astype("int64")
    ours = Zone(zone, int(seconds[0]), int(seconds[-1]))
    wall = instants.tz_convert(zone).tz_localize(None)
    assert (pd.to_datetime(ours.wall(seconds), unit="s") == wall).all()
    back, skipped = ours.instants(ours.wall(seconds))
    first = wall.tz_localize(zone, ambiguous=np.ones(len(wall), dtype=bool)).tz_convert("UTC")
    assert (pd.to_datetime(back, unit="s", utc=True) == first).all()
    assert not skipped.any()


HOURS = OpeningHours({"daily": "10:00-14:00", "sun": "closed"})


def weeks(*, leave_out: tuple[str, ...] = (), zero: tuple[str, ...] = ()) -> list[str]:
    times = [f"2027-07-{day:02d} {hour}:00" for day in range(1, 29) for hour in (10, 11, 12, 13)]
    return [
        "start,offered",
        *[f"{t},{0 if t.startswith(zero) and zero else 40}" for t in times if not (leave_out and t.startswith(leave_out))],
    ]


def test_absent_days_are_told_together_and_against_the_opening_hours(read) -> None:
    lines = weeks(leave_out=("2027-07-13", "2027-07-14", "2027-07-15", "2027-07-21 11"))
    found = read(*lines, interval_s=3600)
    assert found.log["what"].tolist() == [
        "calls: 2027-07-21 lacks 1 intervals within 11:00-12:00",
        "calls: no row from 2027-07-13 to 2027-07-15",
    ]
    # What is closed lacks nothing; contacts outside the hours, and open hours without a row, are told.
    closed = OpeningHours({"daily": "10:00-14:00", "sun": "closed", "2027-07-13..2027-07-15": "closed"})
    told = read(*lines, interval_s=3600, hours=closed).log["what"].tolist()
    assert told == ["calls: 2027-07-21 lacks 1 intervals within 11:00-12:00", "calls: 640 contacts outside the opening hours"]
    longer = read(*lines, interval_s=3600, hours=OpeningHours({"daily": "10:00-16:00"}))
    assert "calls: no row in 14 of the plan's open hours (14:00-16:00)" in longer.log["what"].tolist()


def test_zeros_in_busy_hours_look_like_an_outage(read) -> None:
    found = read(*weeks(zero=("2027-07-13", "2027-07-14", "2027-07-21 11", "2027-07-21 12")), interval_s=3600)
    assert found.log["what"].tolist() == [
        "calls: no contact at all from 2027-07-13 to 2027-07-14",
        "calls: no contact at all on 2027-07-21 within 11:00-13:00, a busy time on other weeks",
    ]


def test_hints_come_from_the_cells(read) -> None:
    with pytest.raises(InputError) as error:
        read("when,who,calls_i_took,note", *[f"{time},anna,{i},x" for i, time in enumerate(HALF_HOURS)])
    told = str(error.value).splitlines()
    assert "columns: {start: when}; by their cells it may be: when" in told[0]
    assert told[1].endswith("columns: {offered: calls_i_took}; by their cells it may be: calls_i_took")
    with pytest.raises(InputError, match="None of them holds dates"):
        read("a,offered", "x,1", "y,2")
    with pytest.raises(InputError, match="no header"):
        read(*[f"{time},3" for time in HALF_HOURS])


def test_problems_hide_numbers_of_people(read) -> None:
    with pytest.raises(InputError) as error:
        read("start,offered", "2027-07-05 10:00,13812345678 x", "2027-07-05 10:30,anna@example.com")
    assert "13812345678" not in str(error.value)
    assert "anna@" not in str(error.value)


def test_a_blank_queue_among_named_ones_is_refused(read) -> None:
    with pytest.raises(InputError, match=r":3: queue: no queue in this row"):
        read("start,queue,offered", "2027-07-05 10:00,a,1", "2027-07-05 10:00,,1")


def test_equal_repairs_stand_together() -> None:
    repairs = Repairs()
    repairs.add("totals", 9)
    repairs.add("totals", [5, 13])
    repairs.count("unknown", 1_000_000, range(2, 40))
    repairs.add("no_day", queue="a", day="2027-07-05")
    log = repairs.log()
    assert log[["line", "rows", "lines"]].to_numpy().tolist() == [
        [0, 0, ""],
        [2, 1_000_000, "2, 3, 4, 5, 6, 7, ..."],
        [5, 3, "5, 9, 13"],
    ]
    assert row_said(log.iloc[0].to_dict(), "zh") == ("a：2027-07-05 没有任何行", "按未知处理")
    assert row_said({"what": "by hand", "action": "kept"}, "zh") == ("by hand", "kept")


def test_every_repair_is_said_in_chinese() -> None:
    names = {name for pair in REPAIRS.values() for phrase in pair for _, name, _, _ in Formatter().parse(phrase) if name}
    blanks = dict.fromkeys(names, "1")
    for code in REPAIRS:
        assert all(any(ord(sign) > 0x2E80 for sign in text) for text in repair_said(code, blanks, "zh")), code


@pytest.mark.parametrize(
    ("name", "zone", "daily", "queues"),
    [
        ("bank_il_1999_30min", "Asia/Jerusalem", False, 1),
        ("bank_na_2003_30min", "America/New_York", False, 1),
        ("bank_na_2003_5min", "America/New_York", False, 1),
        ("nhs111_daily", "Europe/London", True, 23),
        ("olist_orders_daily", "America/Sao_Paulo", True, 1),
        ("pk_orders_daily", "Asia/Karachi", True, 1),
        ("travel_daily", "Europe/London", True, 1),
    ],
)
def test_real_histories_read_without_a_word(name: str, zone: str, daily: bool, queues: int) -> None:
    path = shared(f"data/{name}_dev.csv")
    found = read_history(path, timezone=zone, interval_s=1800)
    check(found.table, "history")
    assert (found.daily, found.table["queue"].nunique()) == (daily, queues)
    raw = pd.read_csv(path)
    if "5min" not in name:
        assert len(found.table) == len(raw) - len(found.log[found.log["code"] == "skipped_hour_empty"]) * 2
        assert found.table["offered"].sum() == raw["offered"].sum()


def test_agents_who_count_the_same_are_not_one_row_twice(tmp_path: Path) -> None:
    rows = ["日期,客服昵称,咨询人数", *(f"2027-06-0{day},{agent},3{day}" for day in (1, 2) for agent in "甲乙")]
    path = tmp_path / "agents.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    columns = {"start": "日期", "offered": "咨询人数"}
    with pytest.raises(InputError, match="second row for this interval"):
        read_history(path, timezone="Asia/Shanghai", interval_s=1800, columns=columns)
    summed = read_history(path, timezone="Asia/Shanghai", interval_s=1800, columns=columns, duplicates="sum").table
    assert summed["offered"].tolist() == [62, 64]
    path.write_text("\n".join([*rows, rows[-1]]), encoding="utf-8")
    again = read_history(path, timezone="Asia/Shanghai", interval_s=1800, columns={**columns, "queue": "客服昵称"})
    assert again.table["offered"].sum() == 126


def told(found: HistoryRead, code: str, language: str = "en") -> list[str]:
    """What the log says of one kind of repair."""
    rows = found.log[found.log["code"] == code].to_dict("records")
    return [": ".join(filter(None, (lines_said(row, language), " - ".join(row_said(row, language))))) for row in rows]


def test_columns_that_were_not_read_are_named_once(read) -> None:
    extra = [f"列{i}" for i in range(10)]
    found = read(",".join(["时间", "来电量", *extra]), *[",".join([time, "3", *"0" * 10]) for time in HALF_HOURS])
    [english] = told(found, "not_read")
    assert english.startswith("columns that were not read (10): 列0, 列1, 列2, 列3, 列4, 列5, 列6, 列7, ... - left out")
    assert told(found, "not_read", "zh")[0].startswith("未读取的列（10 列）：列0")
    wide = read("日期,星期,2027-07-05,2027-07-06,2027-07-07", *[f"1{hour}:00,备注,1,2,3" for hour in range(4)])
    assert told(wide, "not_read")[0].startswith("columns that were not read (1): 星期 -")
    calls = read("呼入时间,等待时长,通话结果,备注,13812345678", "2027-07-05 10:00,3,已接通,a,b", "2027-07-05 10:40,3,放弃,a,b")
    assert (
        told(calls, "not_read")[0].startswith("columns that were not read (2): 备注, *** -") or "(2)" in told(calls, "not_read")[0]
    )
    assert "1381234" not in " ".join(calls.log.astype(str).to_numpy().ravel())
    assert told(read("时间,来电量", *[f"{time},3" for time in HALF_HOURS]), "not_read") == []


def test_the_log_counts_rows_instead_of_listing_them_and_joins_columns(read) -> None:
    found = read("时间,来电量,接起量,放弃量", *[f"{time},4,--,--" for time in HALF_HOURS])
    assert told(found, "no_number") == ["rows 2 ff., 8 in all: 接起量, 放弃量: a dash or a word for no number - left unknown"]
    assert told(found, "no_number", "zh")[0].startswith("第 2 行起共 8 行: 接起量, 放弃量")
    few = read("时间,来电量", *[f"{time},4" for time in HALF_HOURS], "合计,32", "平均,4")
    assert told(few, "totals") == ["rows 10, 11: a row of totals - dropped"]
    assert told(few, "totals", "zh")[0].startswith("第 10、11 行: ")
    assert lines_said({"line": 5, "rows": 9, "lines": "5, 6, ...", "file": "7月.csv"}, "zh") == "7月.csv，第 5 行起共 9 行"


@pytest.mark.parametrize("newest_first", [False, True])
def test_a_repeated_hour_in_either_order_of_rows(read, newest_first: bool) -> None:
    """Paris, 2027-10-31: 02:00 to 03:00 comes twice."""
    runs = [("01:00", 1), ("01:30", 2), ("02:00", 3), ("02:30", 4), ("02:00", 5), ("02:30", 6), ("03:00", 7), ("03:30", 8)]
    lines = [f"2027-10-31 {clock},{n}" for clock, n in runs]
    found = read("start,offered", *(reversed(lines) if newest_first else lines), timezone="Europe/Paris")
    assert found.table["offered"].tolist() == [1, 2, 3, 4, 5, 6, 7, 8]
    hourly = [f"2027-10-{day} {hour:02d}:00,{day * 100 + hour}" for day in (30, 31) for hour in range(6)]
    hourly.insert(hourly.index("2027-10-31 02:00,3102") + 1, "2027-10-31 02:00,9999")
    if newest_first:
        hourly.reverse()
    found = read("start,offered", *hourly, timezone="Europe/Paris", interval_s=3600)
    assert found.table["offered"].tolist()[6:11] == [3100, 3101, 3102, 9999, 3103]
    # The newest day first, each day from morning to night.
    days = [line for line in hourly if line.startswith("2027-10-31")] + [line for line in hourly if line.startswith("2027-10-30")]
    found = read("start,offered", *days, timezone="Europe/Paris", interval_s=3600)
    assert found.table["offered"].tolist()[6:11] == [3100, 3101, 3102, 9999, 3103]


def test_numbers_in_messages_are_plain() -> None:
    assert "(got 0.0)" in Problem("too small", "key", np.float64(0.0)).text()
    assert "(got [1, 2.5])" in Problem("too small", "key", [np.int64(1), np.float64(2.5)]).text()


def test_neither_row_numbers_nor_clock_times_are_offered_as_contacts(read) -> None:
    with pytest.raises(InputError) as refused:
        read(
            "标题,,,",
            "序号,日期,时刻,人次",
            *[f"{i},{time.split()[0]},{time.split()[1]},{7 * i}人" for i, time in enumerate(HALF_HOURS, 1)],
        )
    [problem] = refused.value.problems
    assert problem.line == 2
    assert "columns: {offered: 人次}; by their cells it may be: 人次" in str(problem)
    assert "序号" not in str(problem).partition("e.g.")[2]


def test_weekdays_below_the_days_of_a_wide_sheet_belong_to_its_header(read) -> None:
    days = ["7月5日", "7月6日", "7月7日"]
    for weekdays in (["周一", "周二", "周三"], ["Mon", "Tue", "Wed"]):
        found = read(
            "2027年来电,,,", ",".join(["时段", *days]), ",".join(["", *weekdays]), *[f"{h}:00,1,2,3" for h in range(9, 13)]
        )
        assert found.table["offered"].sum() == 24
