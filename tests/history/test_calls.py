"""Per-contact records: read, counted by interval, ends and moments understood, nobody named."""

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.shared import shared
from wfm.core.errors import InputError
from wfm.history.calls import Calls, history_of_calls, read_calls
from wfm.history.columns import find_layout
from wfm.history.rows import Found
from wfm.history.sources import chunks

BANK = "data/bank_il_1999feb_calls_dev.csv"


def calls_of(tmp_path: Path, text: str, **more: object) -> Calls:
    file = tmp_path / "calls.csv"
    file.write_text(text, encoding="utf-8")
    return read_calls(file, **{"timezone": "Asia/Shanghai", **more})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def bank() -> Calls:
    return read_calls(shared(BANK), timezone="Asia/Jerusalem")


def test_the_bank_is_read_whole(bank: Calls) -> None:
    """24,223 rows, of which 209 are phantoms (data/README.md, and the file itself)."""
    raw = pd.read_csv(shared(BANK))
    log = bank.log.set_index("code")["rows"]
    assert len(raw) == 24_223
    assert log["phantom"] == (raw["outcome"] == "phantom").sum()
    assert len(bank.table) + log["phantom"] == len(raw)
    assert log["hang_up"] == ((raw["outcome"] == "abandoned") & (raw["wait_s"] == 0)).sum()


def test_its_intervals_are_those_of_the_rows_and_its_days_those_of_the_interval_file(bank: Calls) -> None:
    """Computed here from the raw rows; phantoms, which the bank's own counts hold, added back (data/README.md: sums are equal)."""
    raw = pd.read_csv(shared(BANK), parse_dates=["arrival"])
    ours = bank.history(1800)
    ours.index = pd.DatetimeIndex(ours["start"].dt.tz_localize(None))
    slots = raw[raw["outcome"] != "phantom"]["arrival"].dt.floor("30min").value_counts()
    assert (ours["offered"] == slots.reindex(ours.index, fill_value=0)).all()
    phantoms = raw[raw["outcome"] == "phantom"]["arrival"].dt.date.value_counts()
    days = ours.groupby(ours.index.date)["offered"].sum().add(phantoms, fill_value=0)
    intervals = pd.read_csv(shared("data/bank_il_1999_30min_dev.csv"), parse_dates=["timestamp"])
    theirs = intervals.groupby(intervals["timestamp"].dt.date)["offered"].sum().reindex(days.index)
    assert (days == theirs).all()


def test_chunks_and_records_give_the_same_history(bank: Calls) -> None:
    parts = chunks(shared(BANK), rows=1_000)
    first = next(parts)
    layout = find_layout(first, {}, None, "bank")
    assert layout.grain == "contact"

    def every():  # type: ignore[no-untyped-def]
        yield first
        yield from parts

    found = Found("bank")
    table = history_of_calls(every(), layout, found=found, timezone="Asia/Jerusalem", interval_s=900, within=20)
    pd.testing.assert_frame_equal(table, bank.history(900, 20), check_dtype=False)
    assert found.repairs.log().set_index("code")["rows"].to_dict() == bank.log.set_index("code")["rows"].to_dict()


def test_sums_of_the_history_are_those_of_the_rows(bank: Calls) -> None:
    raw = pd.read_csv(shared(BANK))
    served = raw[raw["outcome"] == "served"]
    table = bank.history(1800, 60)
    assert table["handled"].sum() == len(served)
    assert table["abandoned"].sum() == (raw["outcome"] == "abandoned").sum()
    assert table["answered_within"].sum() == (served["wait_s"] <= 60).sum()
    assert table["handle_time"].sum() == pytest.approx(served["handle_s"].sum())


def test_agents_are_numbered_not_named(bank: Calls) -> None:
    raw = pd.read_csv(shared(BANK), dtype=str, keep_default_na=False)
    names = set(raw["agent"]) - {""}
    agents = set(bank.table["agent"]) - {""}
    assert agents == {f"agent {i}" for i in range(1, len(names) + 1)}


RECORDS = """来电时间,技能组,排队时长,通话时长,话后处理时长,通话结果,客服,来电号码
2027-07-05 10:00:05,售后,12,180,20,已接通,王小明,13812345678
2027-07-05 10:01:00,售后,0:01:05,,,排队放弃,,13912345678
2027-07-05 10:31:00,售前,5,100,0,人工接听,李雷,13712345678
2027-07-05 10:32:00,售前,5,,,测试,,13612345678
"""


def test_chinese_records(tmp_path: Path) -> None:
    calls = calls_of(tmp_path, RECORDS)
    assert list(calls.table["outcome"]) == ["handled", "abandoned", "handled"]
    assert list(calls.table["wait"]) == [12, 65, 5]
    assert calls.table["handle_time"].iloc[0] == 200
    assert list(calls.table["agent"]) == ["agent 1", "", "agent 2"]
    table = calls.history(1800, 20)
    assert table.groupby("queue")["offered"].sum().to_dict() == {"售前": 1, "售后": 2}
    assert len(table) == 4  # two queues, from 10:00 to 10:30; the test call's half hour is known, too


def test_moments_tell_waits_and_ends(tmp_path: Path) -> None:
    """An export without durations or outcomes: answered or not, and when it ended, say all."""
    rows = ["2027-07-05 10:00:00,2027-07-05 10:00:20,2027-07-05 10:03:20", "2027-07-05 10:05:00,,2027-07-05 10:06:40"]
    text = "\n".join(["呼入时间,接听时间,挂断时间", *rows])
    table = calls_of(tmp_path, text).table
    assert list(table["outcome"]) == ["handled", "abandoned"]
    assert list(table["wait"]) == [20, 100]
    assert table["handle_time"].iloc[0] == 180
    assert np.isnan(table["handle_time"].iloc[1])


def test_records_delivered_twice_count_once(tmp_path: Path) -> None:
    text = "arrival,call_id,outcome\n2027-07-05 10:00,a,served\n2027-07-05 10:01,b,served\n2027-07-05 10:00,a,served\n"
    calls = calls_of(tmp_path, text)
    assert len(calls.table) == 2
    assert "same_contact" in set(calls.log["code"])


def test_words_nobody_knows_are_told_together_with_the_way_out(tmp_path: Path) -> None:
    rows = "".join(f"2027-07-05 10:{i:02d},{'好了' if i % 2 else '跑了'}\n" for i in range(20))
    with pytest.raises(InputError) as caught:
        calls_of(tmp_path, "arrival,outcome,wait\n" + rows.replace("了\n", "了,5\n"))
    (problem,) = caught.value.problems
    assert problem.text().endswith(
        "outcome: words for how a contact ended that are not known: 好了 (10), 跑了 (10). "
        "Say what they mean: columns: {outcome.handled: ..., outcome.abandoned: ..., outcome.phantom: ...}"
    )


def test_the_planner_says_what_words_mean(tmp_path: Path) -> None:
    rows = "".join(f"2027-07-05 10:{i:02d},{'好了' if i % 2 else '跑了'},5\n" for i in range(20))
    said = {"outcome.handled": "好了", "outcome.abandoned": "跑了，溜了"}
    calls = calls_of(tmp_path, "arrival,outcome,wait\n" + rows, columns=said)
    assert calls.table["outcome"].value_counts()[["handled", "abandoned"]].tolist() == [10, 10]


def test_a_clock_that_repeats_an_hour(tmp_path: Path) -> None:
    """Wall clocks of the repeated hour are read as its first run; the second run is not known, so it is no zero."""
    text = "arrival,outcome\n2027-10-31 00:30,served\n2027-10-31 02:10,served\n2027-10-31 02:40,served\n2027-10-31 04:00,served\n"
    table = calls_of(tmp_path, text, timezone="Europe/Berlin").history(3600)
    assert table["offered"].sum() == 4
    found = Found("x")
    parts = list(chunks(tmp_path / "calls.csv"))
    layout = find_layout(parts[0], {"outcome": "outcome"}, "generic-contacts", "x")
    table = history_of_calls(parts, layout, found=found, timezone="Europe/Berlin", interval_s=3600)
    walls = table["start"].dt.tz_localize(None)
    assert not walls.duplicated().any()
    assert table["offered"].tolist() == [1, 0, 2, 0, 1]


def test_utc_stamps_are_moved_into_the_zone(tmp_path: Path) -> None:
    header = "InitiationTimestamp,DisconnectTimestamp,Agent.ConnectedToAgentTimestamp"
    text = f"{header}\n2027-07-05T02:00:00Z,2027-07-05T02:05:00Z,2027-07-05T02:00:30Z\n"
    table = calls_of(tmp_path, text).table
    assert table["arrival"].iloc[0] == pd.Timestamp("2027-07-05 10:00", tz="Asia/Shanghai")
    assert table["wait"].iloc[0] == 30
    assert table["handle_time"].iloc[0] == 270


def test_lines_of_one_order_are_one_order(tmp_path: Path) -> None:
    rows = ["A1,1,2027-07-05 10:00,王小明", "A1,2,2027-07-05 10:00,王小明", "A2,3,2027-07-05 10:40,李雷"]
    text = "\n".join(["主订单编号,子订单编号,支付完成时间,收件人", *rows])
    file = tmp_path / "orders.csv"
    file.write_text(text, encoding="gb18030")
    parts = list(chunks(file))
    layout = find_layout(parts[0], {}, None, "orders")
    assert layout.grain == "order"
    found = Found("orders")
    table = history_of_calls(parts, layout, found=found, timezone="Asia/Shanghai", interval_s=1800)
    assert list(table.columns) == ["start", "queue", "offered"]
    assert table["offered"].tolist() == [1, 1]
    assert {"orders", "same_contact"} <= set(found.repairs.log()["code"])


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 86_399), st.sampled_from(["served", "abandoned", "busy"])), min_size=1, max_size=60))
def test_nothing_is_lost_between_records_and_intervals(rows: list[tuple[int, str]]) -> None:
    base = pd.Timestamp("2027-07-05")
    frame = pd.DataFrame(
        {"arrival": [str(base + pd.Timedelta(seconds=s)) for s, _ in rows], "outcome": [word for _, word in rows], "wait": 3}
    )
    calls = read_calls(frame, timezone="Asia/Shanghai")
    table = calls.history(900)
    assert table["offered"].sum() == len(rows)
    assert table["handled"].sum() == sum(word == "served" for _, word in rows)
    assert table["start"].is_unique


def test_more_records_need_no_more_memory(tmp_path: Path) -> None:
    """Bounded memory: twice the records, the same table of sums."""
    import tracemalloc

    def peak(count: int) -> int:
        buffer = io.StringIO()
        buffer.write("arrival,outcome,wait,handle_time\n")
        for i in range(count):
            buffer.write(f"2027-07-{1 + i % 28:02d} {8 + i % 12:02d}:{i % 60:02d}:{i % 59:02d},served,{i % 40},{100 + i % 200}\n")
        file = tmp_path / f"{count}.csv"
        file.write_text(buffer.getvalue(), encoding="utf-8")
        parts = chunks(file, rows=2_000)
        first = next(parts)
        layout = find_layout(first, {}, None, "x")

        def every():  # type: ignore[no-untyped-def]
            yield first
            yield from parts

        tracemalloc.start()
        history_of_calls(every(), layout, found=Found("x"), timezone="Asia/Shanghai", interval_s=1800)
        _, top = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return top

    peak(5_000)
    assert peak(40_000) < 1.5 * peak(20_000)
