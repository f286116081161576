"""A promise by the day: people for days as busy as it takes, and no busier."""

import numpy as np
import pandas as pd
import pytest

from tests.test_linked_staffing import work
from wfm.promised import MOST, STEP, _least, busier
from wfm.scenario.reader import read_scenario
from wfm.steps import Steps


def steps(*overrides):
    settings = ["plan.weeks=1", "demand.history.weeks=12", "simulation.replications_max=30", *overrides]
    return Steps(read_scenario("scenarios/quickstart.yaml", settings)[0])


def test_without_a_promise_people_are_found_for_the_forecast():
    assert "busier" not in steps().workload
    assert steps().scenario.promised_days == 0.90


@pytest.mark.parametrize("method", ["independent", "transient"])
def test_a_promise_is_kept_and_one_level_less_would_not(method):
    asked = steps(f"staffing.method={method}", "staffing.promise.day_target_met=99%")
    assert asked.scenario.promised_days == 0.99
    work = asked.workload
    assert (work["busier"] > 1).all()
    assert asked.simulation.met >= 0.99
    # The same people for days a level less busy: the level is told by the factor of any day.
    level = next(k for k in range(round(MOST / STEP) + 1) if np.allclose(busier(work, k * STEP), work["busier"]))
    less = steps(f"staffing.method={method}", "staffing.promise.day_target_met=99%")
    less.__dict__["workload"] = work.assign(busier=busier(work, (level - 1) * STEP))
    assert less.simulation.met < 0.99


def test_a_promise_that_the_forecast_keeps_takes_nobody_more():
    asked = steps("staffing.promise.day_target_met=20%")
    assert (asked.workload["busier"] == 1).all()
    pd.testing.assert_series_equal(asked.requirement["agents"], steps().requirement["agents"])


def test_levels_are_quantiles_of_the_day():
    table = work([40.0] * 10, [400.0] * 10)
    assert (busier(table, 0.0) == 1).all()  # the median lies below the mean
    high = busier(table, 2.0)
    # The gamma's spread is the day's own and the chance of so many contacts.
    assert high[0] > high[-1] > 1.2
    assert len(set(high[:10])) == 1
    assert (busier(table.assign(day_cv=0.0, contacts=0.0), 2.0) == 1).all()


@pytest.mark.parametrize("least", range(17))
def test_the_least_level_is_found(least):
    asked = []

    def holds(step):
        asked.append(step)
        return step >= least

    assert _least(holds, 16) == least
    assert len(asked) <= 7
