"""Handle time from its parts: what lacks a part says so, and says which key brings it."""

from pathlib import Path

import pandas as pd
import pytest

from wfm.advice import Advice
from wfm.core.contacts import ContactType, Fit
from wfm.expected import lacking, read_past
from wfm.history import HistoryRead, read_history
from wfm.history.contact_fit import fit_contact
from wfm.history.repairs import row_said
from wfm.report import sentences
from wfm.scenario.reader import read_scenario

TIMES = [f"2027-07-05 {hour:02d}:00" for hour in range(10, 16)]


def read(path: Path, header: str, cells: str, **more: object) -> HistoryRead:
    path.write_text("\n".join([header, *(f"{time},{cells}" for time in TIMES)]), encoding="utf-8")
    return read_history(path, **{"timezone": "Asia/Shanghai", "interval_s": 3600, **more})  # type: ignore[arg-type]


def said(found: HistoryRead, code: str) -> str:
    rows = found.log[found.log["code"] == code].to_dict("records")
    return " | ".join(" - ".join(row_said(row, language)) for row in rows for language in ("en", "zh"))


@pytest.mark.parametrize(
    ("header", "cells", "handle_time"),
    [
        ("时间,来电量,接起量,总通话时长", "9,4,600", 600),
        ("时间,来电量,接起量,平均通话时长", "9,4,150", 600),
        ("时间,来电量,接起量,平均通话时长,平均保持时长", "9,4,140,10", 600),
    ],
)
def test_talk_without_after_call_work_is_told_and_the_key_that_adds_it(
    tmp_path: Path, header: str, cells: str, handle_time: float
) -> None:
    found = read(tmp_path / "calls.csv", header, cells)
    assert set(found.table["handle_time"]) == {handle_time}
    told = said(found, "talk_alone")
    assert "handle time is talk alone" in told
    assert "columns: {wrap_time: ...}" in told
    assert "contact.wrap" in told
    assert "没有话后处理列" in told
    added = read(tmp_path / "calls.csv", header, cells, wrap=30.0)
    assert set(added.table["handle_time"]) == {handle_time + 4 * 30}
    assert "contact.wrap (30 s) added" in said(added, "talk_and_wrap")


@pytest.mark.parametrize(
    "header", ["时间,来电量,接起量,总话后时长", "时间,来电量,接起量,平均话后时长", "时间,来电量,接起量,总保持时长"]
)
def test_after_call_work_or_hold_without_talk_is_no_handle_time(tmp_path: Path, header: str) -> None:
    found = read(tmp_path / "calls.csv", header, "9,4,120")
    assert "handle_time" not in found.table
    assert "contact.talk and contact.wrap count" in said(found, "no_talk")
    assert "没有通话时长列" in said(found, "no_talk")


def test_whole_handle_times_and_whole_parts_lack_nothing(tmp_path: Path) -> None:
    for header, cells in (
        ("时间,来电量,接起量,平均处理时长,平均通话时长", "9,4,180,150"),
        ("时间,来电量,接起量,总通话时长,平均话后时长", "9,4,600,30"),
        ("时间,来电量,接起量,总通话时长,总话后时长", "9,4,600,120"),
    ):
        found = read(tmp_path / "calls.csv", header, cells, wrap=99.0)
        assert set(found.table["handle_time"]) == {720}
        assert lacking(found.log) == ("", "")


RECORDS = "呼入时间,接听时间,挂断时间,通话结果,座席{}"


def records(path: Path, more: str = "", cell: str = "") -> Path:
    rows = [
        f"2027-07-05 10:{minute:02d}:00,2027-07-05 10:{minute:02d}:10,2027-07-05 10:{minute + 1:02d}:40,已接通,张{cell}"
        for minute in range(40)
    ]
    path.write_text("\n".join([RECORDS.format(more), *rows]), encoding="utf-8")
    return path


def test_records_that_end_with_the_call_lack_after_call_work(tmp_path: Path) -> None:
    reading = {"timezone": "Asia/Shanghai", "interval_s": 3600}
    found = read_history(records(tmp_path / "calls.csv"), **reading)  # type: ignore[arg-type]
    assert found.table["handle_time"].sum() == 40 * 90
    assert "columns: {wrap: ...}" in said(found, "talk_alone")
    added = read_history(tmp_path / "calls.csv", **reading, wrap=20)  # type: ignore[arg-type]
    assert added.table["handle_time"].sum() == 40 * 110
    whole = read_history(records(tmp_path / "calls.csv", ",话后时长", ",15"), **reading, wrap=20)  # type: ignore[arg-type]
    assert whole.table["handle_time"].sum() == 40 * 105
    assert lacking(whole.log) == ("", "")


def test_talk_fitted_from_talk_alone_keeps_the_after_call_work_that_stands(tmp_path: Path) -> None:
    records(tmp_path / "calls.csv")
    contact = ContactType(wrap=25, patience={"then_mean": 100}, fit=Fit(file="calls.csv"))
    fitted = fit_contact(contact, tmp_path, "Asia/Shanghai")
    assert (fitted.talk, fitted.wrap) == (90, 25)
    assert "没有话后处理" in sentences.phrase(fitted.fitted["talk"], "zh")


def test_a_plan_says_that_it_counts_talk_alone_unless_the_planner_wrote_the_rest(tmp_path: Path) -> None:
    read(tmp_path / "calls.csv", "时间,来电量,接起量,总通话时长", "9,4,600")
    scenario = tmp_path / "shop.yaml"
    scenario.write_text(
        "wfm: 2\nname: shop\nplan: {start: 2027-07-12, weeks: 1, interval: 60min}\ndemand:\n  history: {file: calls.csv}\n"
        'hours: {daily: "10:00-16:00"}\n',
        encoding="utf-8",
    )
    table, log = read_past(read_scenario(scenario)[0], tmp_path)
    assert isinstance(table, pd.DataFrame)
    assert lacking(log) == ("talk_alone", "总通话时长")
    advice = Advice("talk_alone", {"columns": "总通话时长"})
    assert "contact.wrap" in sentences.advice(advice, "en", "CNY")
    assert "人手按纯通话时长计算" in sentences.advice(advice, "zh", "CNY")
    own, _ = read_past(read_scenario(scenario, ["contact.wrap=30s"])[0], tmp_path)
    assert own is not None
    assert set(own["handle_time"]) == {720}
