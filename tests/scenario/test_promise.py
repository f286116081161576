"""A promise by the day: 100 % is refused, what comes near to it is told, and a bare number is asked about."""

from pathlib import Path

import pytest

from tests.scenario.shop import GOOD, write
from wfm.core import units
from wfm.core.errors import InputError
from wfm.scenario.reader import read_scenario
from wfm.scenario.remarks import remarks

PROMISE = GOOD + "staffing: {promise: {day_target_met: SHARE}}\n"


@pytest.mark.parametrize(("share", "days"), [("99.5%", "one in 200"), ("0.999", "one in 1000")])
def test_more_than_99_days_of_100_are_told(share: str, days: str, tmp_path: Path) -> None:
    (remark,) = remarks(*read_scenario(write(tmp_path, PROMISE.replace("SHARE", share))))
    assert days in str(remark)
    assert (remark.key, remark.line) == ("staffing.promise.day_target_met", 6)


@pytest.mark.parametrize("share", ["99%", "90%", "null"])
def test_a_promise_within_reach_is_not_remarked_on(share: str, tmp_path: Path) -> None:
    assert remarks(*read_scenario(write(tmp_path, PROMISE.replace("SHARE", share)))) == []


@pytest.mark.parametrize("share", ["100%", "1", "1.0"])
def test_every_day_is_refused(share: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="on every day"):
        read_scenario(write(tmp_path, PROMISE.replace("SHARE", share)))


@pytest.mark.parametrize(
    ("value", "percent"),
    [
        (90, "90%"),
        (0.9, "90%"),
        ("92.5%", "92.5%"),
        (99.5, "99.5%"),
        (True, None),
        ("often", None),
        (0, None),
        (900, None),
        ({}, None),
    ],
)
def test_which_percent_is_meant(value: object, percent: str | None) -> None:
    assert units.meant_percent(value) == percent
