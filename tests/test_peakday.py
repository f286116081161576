"""Which day has a page of its own."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from wfm.peakday import peak_day
from wfm.peakday.chosen import most_needed
from wfm.scenario.model import Scenario
from wfm.scenario.reader import read_scenario

SHOP = Path(__file__).parents[1] / "scenarios" / "quickstart.yaml"


def asked(*overrides: str) -> Scenario:
    return read_scenario(SHOP, overrides)[0]


def days(*contacts: float, agents: tuple[float, ...] = ()) -> pd.DataFrame:
    start = pd.date_range("2027-07-05", periods=len(contacts), tz="Asia/Shanghai")
    return pd.DataFrame({"start": start, "date": start.date, "contacts": contacts, "agents": agents or contacts})


def test_an_ordinary_plan_has_none() -> None:
    assert peak_day(asked(), days(10, 12, 14, 11)) is None
    assert peak_day(asked(), days(0, 0)) is None


def test_a_day_out_of_the_ordinary_is_shown() -> None:
    assert peak_day(asked(), days(10, 12, 30, 11)) == date(2027, 7, 7)


@pytest.mark.parametrize("forecast", [days(10, 12, 14, 11), days(10, 14, 14)])
def test_with_an_event_the_busiest_day_is_shown(forecast: pd.DataFrame) -> None:
    event = "events=[{name: sale, phases: {main: {dates: 2027-07-20, contacts: 2}}}]"
    assert peak_day(asked(event), forecast) == forecast["date"][forecast["contacts"].idxmax()]


def test_the_day_that_needs_most_agents_is_shown_and_contacts_decide_ties() -> None:
    assert peak_day(asked(), days(10, 12, 30, 11, agents=(2, 9, 5, 3))) == date(2027, 7, 6)
    assert peak_day(asked(), days(10, 12, 30, 11, agents=(2, 9, 9, 3))) == date(2027, 7, 7)
    assert peak_day(asked(), days(10, 30, 30, 11, 10, agents=(2, 9, 9, 3, 1))) == date(2027, 7, 6)


def test_the_tightest_interval_is_that_of_the_day_shown() -> None:
    rows = pd.concat([days(10, 12, 30, agents=(2, 9, 9)), days(9, 1, 40, agents=(1, 1, 8))])
    row = most_needed(rows)
    assert (row["date"], row["contacts"], row["agents"]) == (date(2027, 7, 7), 30, 9)


def test_the_day_written_wins() -> None:
    assert peak_day(asked("report.day=2027-07-05"), days(10, 12, 30)) == date(2027, 7, 5)
    assert peak_day(asked("report.day=2027-07-30"), days(10, 12, 30)) is None  # not open
