"""Daily rows of 23 queues with abandonment and a week that was not reported: NHS 111, winter 2025/26 (data.md, nhs111)."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from tests.conftest import SCENARIOS
from tests.shared import shared
from wfm.core.errors import InputError
from wfm.core.intervals import OpeningHours, interval_grid
from wfm.core.shop import Peak
from wfm.forecast import forecast
from wfm.history import read_history
from wfm.report.shown import ShownPlan, run

FILE = "data/nhs111_daily_dev.csv"
GAP = [date(2025, 12, day) for day in range(22, 29)]


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return pd.read_csv(shared(FILE), parse_dates=["timestamp"])


@pytest.fixture(scope="module")
def plan() -> ShownPlan:
    shared(FILE)
    return run(SCENARIOS / "nhs111.yaml", ["plan.weeks=1", "plan.interval=60min", "simulation.contacts=1"])


def test_the_week_without_reports_is_where_the_file_has_zeros(rows: pd.DataFrame) -> None:
    empty = rows[rows["offered"] == 0]
    assert set(empty["queue"]) == {"111AI5"}
    assert list(empty["timestamp"].dt.date) == GAP


def test_the_plan_says_what_it_found(plan: ShownPlan) -> None:
    log = plan.repairs
    gap = log[log["what"].str.contains("111AI5: no contact at all from 2025-12-22 to 2025-12-28")]
    assert len(gap) == 1
    assert "gap" in gap["action"].iloc[0]


def test_the_queue_is_planned_for_the_week_after_the_file(plan: ShownPlan, rows: pd.DataFrame) -> None:
    assert sorted(set(plan.forecast["date"])) == [date(2026, 2, day) for day in range(20, 27)]
    history = plan.history
    assert history is not None
    assert set(history["queue"]) == {"111AI5"}
    own = rows[rows["queue"] == "111AI5"]
    assert history["offered"].sum() == own["offered"].sum()
    assert history["abandoned"].sum() == own["abandoned"].sum()
    assert history["answered_within"].sum() == own["answered_60s"].sum()
    day = plan.forecast[plan.forecast["date"] == date(2026, 2, 23)]
    morning = day[day["start"].dt.hour.isin([9, 10, 11])]["contacts"].sum() / day["contacts"].sum()
    assert morning == pytest.approx(0.25, abs=0.03)  # the shape is the scenario's: the file has days only
    assert plan.requirement["agents"].max() < 60


def expected(table: pd.DataFrame) -> float:
    grid = interval_grid(date(2026, 2, 20), 14, 3600, OpeningHours({"daily": "00:00-24:00"}), "Europe/London")
    peak = Peak(hours="09:00-12:00", share=0.25)
    return float(forecast(table, grid, aht=600, country="GB", peak=peak)["contacts"].sum())


def test_the_gap_does_not_spoil_the_forecast(rows: pd.DataFrame) -> None:
    """Zeros of the gap count for as little as rows that are not there, and the level is that of the last weeks."""
    table = read_history(shared(FILE), timezone="Europe/London", interval_s=3600, queue="111AI5").table
    in_gap = table["start"].dt.date.isin(GAP)
    whole, without = expected(table), expected(table[~in_gap])
    assert whole == pytest.approx(without, rel=0.03)
    recent = rows[(rows["queue"] == "111AI5") & (rows["timestamp"] >= "2026-02-06")]["offered"].sum()
    assert whole == pytest.approx(recent, rel=0.10)
    # The same seven days at a quarter of their contacts are no gap, and they do count.
    quarter = table.assign(offered=np.where(in_gap, 250.0, table["offered"]))
    assert abs(expected(quarter) / without - 1) > abs(whole / without - 1)


def test_every_queue_or_their_sum(rows: pd.DataFrame) -> None:
    one = read_history(shared(FILE), timezone="Europe/London", interval_s=3600)
    assert one.table["queue"].nunique() == 23
    assert one.daily
    with pytest.raises(InputError, match="the file has 23 queues"):
        one.one_queue()
    summed = read_history(shared(FILE), timezone="Europe/London", interval_s=3600, queue="all")
    assert "111AI5: no contact at all from 2025-12-22 to 2025-12-28" in set(summed.log["what"])
    assert "kept; the sum of the queues lacks its contacts" in set(summed.log["action"])
    both = summed.table
    sums = rows.groupby("timestamp")["offered"].sum()
    assert len(both) == len(sums) == 88
    known = both["offered"].notna().to_numpy()
    assert (both["offered"].to_numpy()[known] == sums.to_numpy()[known]).all()
    assert known[-28:].all()
