"""Maps of exports: complete, dated, sourced; recognised by their headers; their units and sums read right."""

import datetime as dt
import io
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wfm.core.errors import InputError
from wfm.history import read_history
from wfm.history.exports import Export, export, exports, outcome_words, plain, recognise

EVERY = [pytest.param(one, id=one.name) for one in exports()]


@pytest.mark.parametrize("one", EVERY)
def test_a_map_has_its_source_and_date(one: Export) -> None:
    assert one.source
    dt.date.fromisoformat(one.date)
    assert one.grain in ("interval", "day", "contact", "order")
    spelled = {header for headers in one.columns.values() for header in headers}
    assert set(one.unconfirmed) <= spelled
    assert set(one.units) <= set(one.columns)
    assert set(one.units.values()) <= {
        "s",
        "ms",
        "min",
        "h",
        "hms",
        "hhmm",
        "share",
        "percent",
        "utc",
        "epoch_s",
        "epoch_ms",
        "mdy",
        "mmddyyyy",
    }
    needed = {"contact": {"arrival", "date"}, "order": {"arrival"}}.get(one.grain, {"start", "date"})
    assert needed & set(one.columns)


@pytest.mark.parametrize("one", [pytest.param(one, id=one.name) for one in exports() if one.distinctive])
def test_an_export_is_recognised_by_its_own_headers_only(one: Export) -> None:
    headers = [names[0] for names in one.columns.values()] + list(one.distinctive)
    found = recognise(headers)
    assert found is not None
    assert found.name == one.name
    assert recognise([name.upper().replace(" ", "_") for name in headers]) is not None


def test_the_page_lists_every_export_and_what_nobody_confirms() -> None:
    page = (Path(__file__).parents[2] / "docs" / "history.md").read_text(encoding="utf-8")
    rows = {line.split("|")[1].strip().strip("`"): line for line in page.splitlines() if line.startswith("| `")}
    for one in exports():
        if not one.name.startswith("generic"):
            assert all(header in rows[one.name] for header in one.unconfirmed), one.name


def test_generic_headers_give_nothing_away() -> None:
    assert recognise(["start", "queue", "offered", "handled"]) is None
    assert recognise(["时间", "技能组", "来电量"]) is None


def test_an_unknown_name_is_told_with_the_known_ones() -> None:
    with pytest.raises(InputError) as caught:
        export("genesis")
    assert "genesys-cloud" in str(caught.value)
    assert export("Genesys_Cloud").name == "genesys-cloud"


@given(st.text(max_size=30))
def test_plain_spellings_are_stable(header: str) -> None:
    assert plain(plain(header)) == plain(header)


def test_a_header_serves_once() -> None:
    found = export("generic").find(["date", "时间", "来电量"])
    assert len(set(found.values())) == len(found)


def test_words_of_outcomes_mean_one_thing() -> None:
    words = outcome_words()
    assert words[plain("已接通")] == "handled"
    assert words["abandoned"] == "abandoned"
    assert set(words.values()) == {"handled", "abandoned", "blocked", "left", "phantom"}


def rows_of(text: str, tmp_path: Path, **more: object) -> pd.DataFrame:
    file = tmp_path / "export.csv"
    file.write_text(text, encoding="utf-8")
    return read_history(file, **{"timezone": "Asia/Shanghai", "interval_s": 1800, **more}).table  # type: ignore[arg-type]


def test_genesys_times_are_milliseconds(tmp_path: Path) -> None:
    """Two half hours, mean handle times of 180,000 ms and 240,500 ms over 10 and 8 answered contacts."""
    text = (
        "Interval Start,Media Type,Queue Name,Offer,Answer,Abandon,Avg Wait,Avg Handle\n"
        "2027-07-05 10:00,voice,售后,12,10,2,9000,180000\n2027-07-05 10:30,voice,售后,9,8,1,4000,240500\n"
    )
    table = rows_of(text, tmp_path)
    assert table["offered"].tolist() == [12, 9]
    assert table["handled"].tolist() == [10, 8]
    assert table["abandoned"].tolist() == [2, 1]
    assert table["handle_time"].tolist() == pytest.approx([1800, 1924])


def test_avaya_clocks_and_parts_of_handle_time(tmp_path: Path) -> None:
    text = (
        "ROW_DATE,STARTTIME,SPLIT,CALLSOFFERED,ACDCALLS,ABNCALLS,ACDTIME,HOLDTIME,ACWTIME,ACCEPTABLE\n"
        "2027-07-05,930,1,20,18,2,3000,200,400,15\n2027-07-05,1000,1,22,20,2,3300,100,500,17\n"
    )
    table = rows_of(text, tmp_path)
    assert list(table["start"].dt.strftime("%H:%M")) == ["09:30", "10:00"]
    assert table["handle_time"].tolist() == [3600, 3900]
    assert table["answered_within"].tolist() == [15, 17]


def test_alibaba_instants_are_epoch_milliseconds(tmp_path: Path) -> None:
    start = pd.Timestamp("2027-07-05 10:00", tz="Asia/Shanghai")
    rows = "".join(f"{int((start + pd.Timedelta(hours=i)).timestamp()) * 1000},3,2,1,9,23\n" for i in range(3))
    table = rows_of(
        "StatsTime,CallsOffered,CallsHandled,CallsAbandoned,TotalTalkTime,TotalWorkTime\n" + rows, tmp_path, interval_s=3600
    )
    assert table["start"].tolist() == [start + pd.Timedelta(hours=i) for i in range(3)]
    assert table["handle_time"].tolist() == [32, 32, 32]


def test_amazon_connect(tmp_path: Path) -> None:
    text = (
        "Queue,StartInterval,EndInterval,Contacts queued,Contacts handled,Contacts abandoned,Average handle time,Abandonment rate\n"
        "BasicQueue,2027-07-05 10:00:00,2027-07-05 10:30:00,11,10,1,185,9.09%\n"
        "BasicQueue,2027-07-05 10:30:00,2027-07-05 11:00:00,10,10,0,190,0%\n"
    )
    table = rows_of(text, tmp_path)
    assert table["offered"].tolist() == [11, 10]
    assert table["handle_time"].tolist() == [1850, 1900]


def test_genesys_import_files_are_utc(tmp_path: Path) -> None:
    text = (
        "Interval Start UTC Date,Queue,Media Type,Skill Set,Language,Offered,Interactions Handled,Total Handle Time\n"
        "2027-07-05T02:00:00Z,A,Voice,,,16,6,1200\n2027-07-05T02:15:00Z,A,Voice,,,14,7,1300\n"
    )
    table = rows_of(text, tmp_path, interval_s=900)
    assert table["start"].iloc[0] == pd.Timestamp("2027-07-05 10:00", tz="Asia/Shanghai")
    assert table["handle_time"].tolist() == [1200, 1300]


def test_an_export_of_orders_is_counted(tmp_path: Path) -> None:
    """Taobao's order report in GB18030: an order a row, counted by half hours."""
    buffer = io.StringIO()
    buffer.write("订单编号,买家会员名,买家实际支付金额,订单创建时间,订单付款时间,联系手机\n")
    for i in range(40):
        buffer.write(f'="{2407071234567890 + i}",tb{i},59.9,2027-07-05 10:{i:02d}:00,2027-07-05 10:{i:02d}:30,13812345678\n')
    file = tmp_path / "订单.csv"
    file.write_text(buffer.getvalue(), encoding="gb18030")
    read = read_history(file, timezone="Asia/Shanghai", interval_s=1800)
    assert read.table["offered"].tolist() == [30, 10]
    assert "orders counted; demand.volume turns them into contacts" in set(read.log["action"])
