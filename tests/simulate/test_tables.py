"""Promises by day and by interval where there is little to go by: no contacts, nobody answered, one replication, no target."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from tests.simulate.plans import shop
from wfm.core.contacts import ContactType
from wfm.core.errors import InputError
from wfm.core.kpi import KPIS
from wfm.simulate import SimulationInputs, simulate
from wfm.simulate.statistics import wilson
from wfm.simulate.tables import Played, bands, days, intervals, overall, promises, service, weekdays
from wfm.simulate.tally import COLUMNS

TARGETS = {"sl_offered": (1, 0.80), "asa_answered": (-1, 30.0)}


def played(cells: list[list[dict[str, float]]]) -> Played:
    """Tallies by replication and half-hour; two half-hours a day, from Monday on."""
    tallies = np.zeros((len(cells), len(cells[0]), len(COLUMNS)))
    for r, row in enumerate(cells):
        for k, cell in enumerate(row):
            for name, value in cell.items():
                tallies[r, k, COLUMNS.index(name)] = value
    K = tallies.shape[1]
    day = np.arange(K) // 2
    start = pd.Series(
        pd.to_datetime([f"2027-07-{5 + d:02d} {9 + k % 2}:00" for k, d in enumerate(day)]).tz_localize("Asia/Shanghai")
    )
    return Played(tallies, start, "agents", np.ones(K), day, [date(2027, 7, 5 + d) for d in range(day[-1] + 1)])


QUIET: dict[str, float] = {}
LOST = {"offered": 4.0, "abandoned": 4.0, "customers": 4.0}
GOOD = {"offered": 10.0, "handled": 10.0, "answered_within": 9.0, "wait_handled": 100.0, "customers": 10.0}
POOR = {"offered": 10.0, "handled": 8.0, "answered_within": 5.0, "wait_handled": 600.0, "abandoned": 2.0, "customers": 10.0}


def test_a_day_on_which_nobody_is_answered_keeps_no_promise_to_those_answered() -> None:
    flags = days(played([[QUIET, QUIET, LOST, LOST, GOOD, LOST]]), TARGETS | {"sl_answered": (1, 0.5)})
    assert flags["met_asa_answered"].tolist() == [True, False, True]
    assert flags["met_sl_answered"].tolist() == [True, False, True]
    assert flags["met_sl_offered"].tolist() == [True, False, False]
    by_interval = {"asa_answered": (-1, np.array([np.nan, 30.0, 30.0, np.nan, 30.0, np.nan]))}
    kept = days(played([[QUIET, QUIET, LOST, LOST, LOST, GOOD]]), by_interval)["met_asa_answered"]
    assert kept.tolist() == [True, False, False]  # the good half-hour is asked nothing, so it cannot save the last day


def test_how_often_an_interval_meets_by_itself() -> None:
    table = intervals(played([[GOOD, QUIET, LOST, POOR], [GOOD, GOOD, POOR, POOR], [POOR, QUIET, GOOD, POOR]]), TARGETS)
    assert table["met_sl_offered"].tolist() == pytest.approx([2 / 3, 1, 1 / 3, 0])
    assert table["met_asa_answered"].tolist() == pytest.approx([2 / 3, 1, 1 / 3, 0])
    assert table["met"].tolist() == pytest.approx([2 / 3, 1, 1 / 3, 0])
    assert table["replications"].tolist() == [3] * 4
    for i, kept in enumerate((2.0, 3.0, 1.0, 0.0)):
        expected = [float(part) for part in wilson(np.array(kept), np.array(3.0))]
        assert table.loc[i, ["met", "met_low", "met_high"]].tolist() == pytest.approx(expected)


def test_intervals_of_which_nothing_is_asked_meet_nothing() -> None:
    bound = np.array([0.8, np.nan, 0.4, 0.8])
    table = intervals(played([[GOOD, GOOD, POOR, POOR]] * 2), {"sl_offered": (1, bound)})
    assert table["met_sl_offered"].tolist() == pytest.approx([1, np.nan, 1, 0], nan_ok=True)
    assert table["met"].tolist() == pytest.approx([1, np.nan, 1, 0], nan_ok=True)
    assert intervals(played([[GOOD, POOR]]), {})["met"].isna().all()
    # Another target is asked there.
    both = intervals(played([[GOOD, GOOD, POOR, POOR]]), {"sl_offered": (1, bound), "asa_answered": (-1, 30.0)})
    assert both["met"].tolist() == [1, 1, 0, 0]


def test_an_interval_meets_what_its_days_meet_where_a_day_is_one_interval() -> None:
    result = simulate(
        *shop(days=4, hours="10:00-11:00", minutes=60, agents=3, per_hour=50), ContactType(), lines=None, threshold=20,
        targets={"sl_offered": (1, 0.8)}, seed=3, inputs=SimulationInputs(replications_min=25, replications_max=25),
    )  # fmt: skip
    by_date = result.days.groupby("date")["met"].mean()
    assert result.intervals["met"].tolist() == pytest.approx(by_date.tolist())
    assert 0 < result.met < 1


def test_one_replication_gives_values_without_intervals() -> None:
    one = played([[GOOD, POOR, QUIET, QUIET]])
    table = service(one)
    assert table.loc[0, "sl_offered"] == 0.9
    assert table[[f"sl_offered_{side}" for side in ("low", "high")]].isna().all(axis=None)
    assert overall(one).set_index("kpi").loc["sl_offered"].tolist() == pytest.approx([0.7, np.nan, np.nan], nan_ok=True)
    quantiles = bands(one).query("kpi == 'sl_offered'").iloc[:, 3:]
    assert quantiles.iloc[0].tolist() == [0.9] * 5
    assert quantiles.iloc[2].isna().all()
    told = promises(one, TARGETS).set_index("target")
    assert told.loc["all", "met"] == 0.5
    assert told.loc["all", "met_low"] < 0.1
    assert told.loc["all", "met_high"] > 0.9
    assert weekdays(one, TARGETS)["met"].tolist() == [0, 1]
    assert weekdays(one, TARGETS)["days"].tolist() == [1, 1]


def test_shares_without_exceptions_leave_room_for_one() -> None:
    table = overall(played([[GOOD, GOOD]] * 10)).set_index("kpi")
    assert table.loc["blocking", ["value", "low"]].tolist() == [0, 0]
    assert table.loc["blocking", "high"] == pytest.approx(1 - 0.025 ** (1 / 200))
    assert table.loc["answer_rate", ["value", "high"]].tolist() == [1, 1]
    assert table.loc["answer_rate", "low"] == pytest.approx(0.025 ** (1 / 200))
    assert set(table.index) == set(KPIS)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"targets": {"sl_offered": (1, np.nan)}}, "bound is a number, or one for each interval"),
        ({"targets": {"sl_offered": (1, np.array([0.8, 0.9]))}}, "bound is a number, or one for each interval"),
        ({"threshold": -1.0}, "threshold is 0 seconds or more"),
        ({"threshold": np.nan}, "threshold is 0 seconds or more"),
        ({"threshold": np.array([20.0, 30.0])}, "threshold is 0 seconds or more"),
    ],
)
def test_bounds_and_thresholds_that_judge_nothing_are_refused(more: dict[str, object], said: str) -> None:
    given = {"lines": None, "threshold": 20, "targets": {"sl_offered": (1, 0.8)}, "seed": 1} | more
    with pytest.raises(InputError, match=said):
        simulate(*shop(days=1), ContactType(), **given)  # type: ignore[arg-type]
