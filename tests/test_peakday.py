"""Which day has a page of its own."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from wfm.peakday import peak_day
from wfm.scenario.model import Scenario
from wfm.scenario.reader import read_scenario

SHOP = Path(__file__).parents[1] / "scenarios" / "quickstart.yaml"


def asked(*overrides: str) -> Scenario:
    return read_scenario(SHOP, overrides)[0]


def days(*contacts: float) -> pd.DataFrame:
    start = pd.date_range("2027-07-05", periods=len(contacts), tz="Asia/Shanghai")
    return pd.DataFrame({"start": start, "date": start.date, "contacts": contacts})


def test_an_ordinary_plan_has_none() -> None:
    assert peak_day(asked(), days(10, 12, 14, 11)) is None
    assert peak_day(asked(), days(0, 0)) is None


def test_a_day_out_of_the_ordinary_is_shown() -> None:
    assert peak_day(asked(), days(10, 12, 30, 11)) == date(2027, 7, 7)


@pytest.mark.parametrize("forecast", [days(10, 12, 14, 11), days(10, 14, 14)])
def test_with_an_event_the_busiest_day_is_shown(forecast: pd.DataFrame) -> None:
    event = "events=[{name: sale, phases: {main: {dates: 2027-07-20, contacts: 2}}}]"
    assert peak_day(asked(event), forecast) == forecast["date"][forecast["contacts"].idxmax()]


def test_the_day_written_wins() -> None:
    assert peak_day(asked("report.day=2027-07-05"), days(10, 12, 30)) == date(2027, 7, 5)
    assert peak_day(asked("report.day=2027-07-30"), days(10, 12, 30)) is None  # not open
