"""Dates of a scenario that can be planned, and still do less than somebody may think."""

from pathlib import Path

import pytest

from tests.scenario.shop import GOOD, write
from wfm.core.errors import InputError
from wfm.scenario.reader import read_scenario
from wfm.scenario.remarks import remarks

# The plan is of four weeks from 5 July, 10:00 to 18:00.
DATED = GOOD + 'targets:\n  "SPAN": {answer_rate: 90%}\n'


def told(folder: Path, span: str) -> list[str]:
    return [str(remark) for remark in remarks(*read_scenario(write(folder, DATED.replace("SPAN", span))))]


def test_targets_within_the_plan_are_not_remarked_on(tmp_path: Path) -> None:
    assert told(tmp_path, "2027-07-05T10:00..2027-08-01") == []


@pytest.mark.parametrize("span", ["2027-08-01..2027-08-02", "2027-07-01..2027-07-05"])
def test_targets_across_an_end_of_the_plan_are_told(span: str, tmp_path: Path) -> None:
    (remark,) = told(tmp_path, span)
    assert f'shop.yaml:7: targets."{span}": part of this lies outside of the plan, 2027-07-05 to 2027-08-01' in remark


def test_targets_of_closed_hours_are_told(tmp_path: Path) -> None:
    (remark,) = told(tmp_path, "2027-07-06T18:00..2027-07-07T10:00")
    assert "these targets hold for nothing" in remark


@pytest.mark.parametrize("span", ["2027-07-04", "2027-08-02..2027-08-09", "2027-07-01T10:00..2027-07-04T20:00"])
def test_targets_outside_of_the_plan_are_refused(span: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="outside of the plan, 2027-07-05 to 2027-08-01"):
        told(tmp_path, span)
