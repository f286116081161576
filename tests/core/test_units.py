"""Durations, shares and clock times are read as people write them, and nothing else is."""

import math
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wfm.core import units


@pytest.mark.parametrize(
    ("text", "seconds"),
    [(20, 20), ("20", 20), ("20s", 20), ("3min", 180), ("3 min", 180), ("1h30min", 5400), ("4:30", 270), ("1:02:03", 3723),
     ("PT20S", 20), ("PT1H", 3600), ("0.5h", 1800), ("90秒", 90), ("3分钟", 180), (0, 0)],
)  # fmt: skip
def test_durations(text: object, seconds: float) -> None:
    assert units.duration(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "fast", "-3s", "4:75", "3 parsecs", True, None, math.nan, math.inf, -1, "PT", "1e400", 10**400, "9" * 400]
)
def test_what_is_not_a_duration_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match=r"duration|number"):
        units.duration(text)


@pytest.mark.parametrize(("text", "share"), [("98%", 0.98), (0.98, 0.98), ("1/3", 1 / 3), ("98％", 0.98), (0, 0), (1, 1)])
def test_shares(text: object, share: float) -> None:
    assert units.share(text) == pytest.approx(share, abs=1e-15)


@pytest.mark.parametrize("text", [98, "98", "101%", -0.1, "a%", "1/0", True, math.nan])
def test_what_is_not_a_share_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match=r"share|number"):
        units.share(text)


@pytest.mark.parametrize(
    ("text", "factor"), [("1.2", 1.2), ("120%", 1.2), ("1200%", 12), ("1250 ％", 12.5), (9.9, 9.9), ("3/2", 1.5), (0, 0)]
)  # fmt: skip
def test_factors(text: object, factor: float) -> None:
    assert units.factor(text) == factor


@pytest.mark.parametrize(
    ("read", "number", "says"),
    [
        (units.factor, 120, "120% or 12000%? A bare number of 10 or more may mean either: Write 120% or 12000%"),
        (units.factor, "97.5", "97.5% or 9750%?"),
        (units.factor, 10, "10% or 1000%?"),
        (units.rate, 30, "30% or 3000%? A bare number of 2 or more"),
        (units.growth, "-30", "30% or 3000%?"),
    ],
)
def test_a_bare_number_that_may_be_percent_is_asked_about(read: Callable[[object], float], number: object, says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        read(number)


@given(st.floats(0, 1e6))
def test_every_number_can_be_written_as_percent(number: float) -> None:
    assert units.ratio(units.percent(number)) == number


def test_clock_spans_may_run_past_midnight() -> None:
    assert units.clock_span("10:00-18:00") == (36000, 64800)
    assert units.clock_span("20:00-02:00") == (72000, 93600)
    assert units.clock_span("00:00-24:00") == (0, 86400)
    assert units.clock_span("１０：００－１８：００") == units.clock_span("10:00至18:00") == (36000, 64800)


@pytest.mark.parametrize("text", ["10-18", "25:00-26:00", "10:00", "10:00-10:00", "1320"])
def test_what_is_not_a_span_of_hours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"Write|quotes"):
        units.clock_span(text)


@given(st.integers(0, 86399 // 60))
def test_a_clock_time_survives_being_written(minute: int) -> None:
    assert units.clock(units.clock_text(minute * 60)) == minute * 60


def test_months() -> None:
    assert [units.months(text) for text in (36, "36 months", "3 years", "36个月", "3年")] == [36] * 5
    for text in ("soon", "9" * 400 + " months", math.inf, math.nan, 10**400, 1.5, -1):
        with pytest.raises(ValueError, match="months"):
            units.months(text)
