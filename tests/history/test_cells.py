"""Single cells as people and systems write them."""

import datetime as dt
import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfm.core.errors import BadValueError
from wfm.history.cells import read_cell
from wfm.history.stamps import CLOCK, EITHER, INSTANT, NONE, RANGE, read_clock, read_stamp, read_stamps

EPOCH = dt.datetime(1970, 1, 1)


def at(seconds: int) -> str:
    return f"{EPOCH + dt.timedelta(seconds=seconds):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    "text",
    [
        "2027-07-05 10:30",
        "2027-07-05T10:30:00",
        "2027/7/5 10:30",
        "2027.7.5 10:30",
        "20270705 1030",
        "202707051030",
        "20270705103000",
        "2027年7月5日 10:30",
        "2027年07月05日10时30分",
        "2027年7月5日 上午10:30",
        "2027/7/5 周一 10:30",
        "2027-07-05 (周一) 10:30",
        "2027/7/5 10:30 AM",
        "Mon, 5 Jul 2027 10:30",
        "Jul 5, 2027 10:30 AM",
        "5-July-2027 10:30:00",
        "2027-07-05 10:30-11:00",
        "2027-07-05 10:30~11:00",
        "2027-07-05 10:30:00 - 2027-07-05 11:00:00",
        "2027年7月5日 10:30至11:00",
        "2027-07-05 10:30:00.000",
        "２０２７－０７－０５ １０：３０",
        "46573.4375",
        "46573.43749999",
    ],
)
def test_wall_clocks(text: str) -> None:
    stamp = read_stamp(text)
    assert at(stamp.seconds) == "2027-07-05 10:30"
    assert stamp.flags & CLOCK
    assert not stamp.flags & INSTANT


@pytest.mark.parametrize(
    "text",
    [
        "2027-07-05T02:30:00Z",
        "2027-07-05 10:30:00+08:00",
        "2027-07-05T10:30+0800",
        "2027-07-04T22:30:00-04:00",
        "1814754600",
        "1814754600000",
        "1814754600000000",
    ],
)
def test_instants(text: str) -> None:
    stamp = read_stamp(text)
    assert at(stamp.seconds) == "2027-07-05 02:30"
    assert stamp.flags & INSTANT


def test_days_midnights_and_spans() -> None:
    assert at(read_stamp("2027-07-05 24:00").seconds) == "2027-07-06 00:00"
    assert at(read_stamp("2027-07-05 23:30-24:00").seconds) == "2027-07-05 23:30"
    assert read_stamp("2027-07-05 23:30-00:00").flags & RANGE
    assert not read_stamp("46573").flags & CLOCK
    # The end of a span, or an offset from UTC: what follows within four hours is an end.
    assert read_stamp("2027-07-05 10:00-08:00").flags & INSTANT
    assert read_stamp("2027-07-05T10:00:00-05:00").flags & INSTANT


def test_day_and_month_in_two_orders() -> None:
    assert read_stamp("05/07/2027").flags & EITHER
    assert at(read_stamp("05/07/2027", "dmy").seconds) == "2027-07-05 00:00"
    assert at(read_stamp("05/07/2027", "mdy").seconds) == "2027-05-07 00:00"
    assert at(read_stamp("13/07/2027").seconds) == at(read_stamp("07/13/2027").seconds) == "2027-07-13 00:00"
    assert at(read_stamp("5/7/27", "dmy").seconds) == "2027-07-05 00:00"
    assert at(read_stamp("27/7/5", "ymd").seconds) == "2027-07-05 00:00"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("5/7/27", "two digits"),
        ("10:30", "without a date"),
        ("7月5日", "without a year"),
        ("2027-02-30", "not a date"),
        ("2027-13-01", "not a date"),
        ("1899-12-30", "before 1980"),
        ("9999-12-31", "after 2199"),
        ("2027-07-05 25:00", "not a clock"),
        ("2027-07-05 10:30 later", "not a clock"),
        ("合计", "not a date"),
        ("12", "not a date"),
    ],
)
def test_no_stamps(text: str, message: str) -> None:
    with pytest.raises(BadValueError, match=message):
        read_stamp(text)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("9:30", 34200),
        ("9点", 32400),
        ("下午9:30", 77400),
        ("9:30 PM", 77400),
        ("12 AM", 0),
        ("24:00", 86400),
        ("10:00-10:30", 36000),
    ],
)
def test_clocks(text: str, seconds: int) -> None:
    assert read_clock(text)[0] == seconds


FORMS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M",
    "%Y/%m/%d %H:%M",
    "%Y年%m月%d日 %H:%M",
    "%d-%b-%Y %H:%M:%S",
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y%m%d%H%M",
    "%Y-%m-%d %H:%M-23:59",
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.datetimes(dt.datetime(1981, 1, 1), dt.datetime(2199, 1, 1)), min_size=60, max_size=80),
    st.sampled_from(FORMS),
)
def test_columns_are_read_like_cells(moments: list[dt.datetime], form: str) -> None:
    """The fast way for a whole column and the careful way for a cell agree."""
    texts = [f"{moment:{form}}" for moment in moments]
    stamps, wrong = read_stamps(pd.Series(texts, dtype="str"))
    assert not wrong
    assert stamps.seconds.tolist() == [read_stamp(text).seconds for text in texts]
    assert stamps.flags.tolist() == [read_stamp(text).flags for text in texts]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.dates(dt.date(1981, 1, 1), dt.date(2199, 1, 1)), min_size=60, max_size=80))
def test_two_orders_are_read_like_cells(days: list[dt.date]) -> None:
    texts = [f"{day:%d/%m/%Y}" for day in days]
    stamps, wrong = read_stamps(pd.Series(texts, dtype="str"))
    assert not wrong
    cells = [read_stamp(text) for text in texts]
    assert stamps.seconds.tolist() == [cell.seconds for cell in cells]
    assert (list(stamps.other) if stamps.other is not None else [NONE] * len(texts)) == [cell.other for cell in cells]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        ("12.0", 12),
        ("1,020", 1020),
        ("1 020", 1020),
        ("1\u00a0020", 1020),
        ("１，０２０", 1020),
        ("12 通", 12),
        ("12 calls", 12),
        ("1.2万", 12000),
        ("1e3", 1000),
        ("12,345,678", 12345678),
    ],
)
def test_counts(text: str, number: float) -> None:
    assert read_cell(text).number == number


@pytest.mark.parametrize("text", ["", "-", "--", "—", "N/A", "null", "无", "#DIV/0!"])
@pytest.mark.parametrize("kind", ["count", "duration", "share"])
def test_words_for_no_number(text: str, kind: str) -> None:
    assert math.isnan(read_cell(text, kind).number)


@pytest.mark.parametrize("text", ["twelve", "inf", "-inf", "NaN", "0x10", "1,2,3", "1_000", "12 12", "=1+1", "true", "1.2.3"])
def test_no_counts(text: str) -> None:
    with pytest.raises(BadValueError, match="not a number"):
        read_cell(text)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("185", 185),
        ("0:03:05", 185),
        ("3:05", 185),
        ("00:03:05.5", 185.5),
        ("185s", 185),
        ("185秒", 185),
        ("3分5秒", 185),
        ("1小时2分", 3720),
        ("185000ms", 185),
        ("PT3M5S", 185),
        ("1 day, 0:03:05", 86585),
        ("182,5", 182.5),
    ],
)
def test_durations(text: str, seconds: float) -> None:
    assert read_cell(text, "duration").number == pytest.approx(seconds)


def test_durations_in_a_unit() -> None:
    assert read_cell("185,000", "duration", 0.001).number == pytest.approx(185)
    assert read_cell("3:05", "duration", 60.0).number == 185
