"""Dates, spans and counts in the spellings of a Chinese office are read where they can mean one thing only."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wfm.core import moments, units

FIRST, LAST = date(2027, 6, 8), date(2027, 6, 20)


FORMS = ["2027-06-{:02d}", "2027/06/{:02d}", "2027/6/{}", "2027.6.{}", "2027-6-{}", "2027年6月{}日", "２０２７／６／{}"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("to", ["..", " .. ", "~", "～", "至", " 到 ", " - ", "—"])
def test_spans_of_days(form: str, to: str) -> None:
    first, last = form.format(8), form.format(20)
    assert units.date_span(first) == (FIRST, FIRST)
    assert units.date_span(f"{first}{to}{last}") == (FIRST, LAST)
    assert moments.span(f"{first}{to}{last}") == (datetime(2027, 6, 8), datetime(2027, 6, 21))


@pytest.mark.parametrize("text", ["2027/06/08 20:00", "2027年6月8日20:00", "2027年6月8日 20点", "2027-06-08T20:00"])
def test_moments(text: str) -> None:
    assert moments.moment(text) == datetime(2027, 6, 8, 20)
    assert moments.span(f"{text}至2027/6/8 22:00") == (datetime(2027, 6, 8, 20), datetime(2027, 6, 8, 22))


@pytest.mark.parametrize(
    "text", ["06/08/2027", "8/6/2027", "6月8日", "2027/06", "2027/06-08", "2027/13/01", "2027-06-08~", "27/6/8"]
)
def test_dates_that_could_be_others_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a date"):
        units.date_span(text)
    with pytest.raises(ValueError, match="not a date"):
        moments.span(text)


@given(st.dates(), st.dates())
def test_what_is_in_the_one_spelling_stays(first: date, last: date) -> None:
    text = f"{first}..{last}"
    assert units.dates_text(text) == text


@pytest.mark.parametrize(
    ("text", "number"), [("12,000", 12000), ("1,234,567.5", 1234567.5), ("1，350", 1350), ("1.2万", 12000), ("0.07 万", 700)]
)
def test_counts(text: str, number: float) -> None:
    assert units.ratio(text) == number
    assert units.grouped(text) == number


@pytest.mark.parametrize("text", ["1,35", "12,00", "1200,000", ",000", "1,000,", "万", "1.2万元", "-1,000"])
def test_counts_that_are_slips_are_refused(text: str) -> None:
    assert units.grouped(text) == text
    with pytest.raises(ValueError, match="not a number"):
        units.ratio(text)
