"""Tables that a planner gives are refused where they do not keep the plan, before anything is made of them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import poisson

from tests.cli.commands import QUICKSTART, SMALL
from wfm.cli.options import Asked
from wfm.cli.tables import used
from wfm.core.contracts import check
from wfm.core.errors import InputError
from wfm.expected import plan_grid
from wfm.forecast.bands import QUANTILES
from wfm.scenario.model import Scenario
from wfm.scenario.reader import read_scenario
from wfm.steps import Steps

Change = Callable[[pd.DataFrame], pd.DataFrame]


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return read_scenario(QUICKSTART, SMALL)[0]


@pytest.fixture(scope="module")
def tables(scenario: Scenario) -> dict[str, pd.DataFrame]:
    """One good table of each name, on the plan's intervals."""
    grid = plan_grid(scenario)
    load = {"arrival_rate": 0.01, "aht": 300.0, "offered_load": 3.0}
    bands = dict.fromkeys(("contacts_q05", "contacts_q25", "contacts_q75", "contacts_q95"), 18.0)
    service = {"sl_offered": 0.9, "answer_rate": 0.95, "occupancy": 0.7, "asa_answered": 5.0}
    forecast = grid.assign(queue="shop", contacts=18.0, aht=300.0, **bands, day_cv=0.1, slot_cv=0.1, counts="customers")
    return {
        "forecast": forecast,
        "workload": forecast.assign(contact_type="shop", channel="voice", **load),
        "requirement": forecast.assign(group="shop", agents=5.0, method="erlang_a", binding="sl", **load, **service),
        "cover": grid.assign(group="shop", present=6, agents=5.6, required=5.0, short=0.0),
        "shifts": pd.DataFrame({
            "shift": "full_time", "start": grid["start"].iloc[:1], "end": grid["start"].iloc[:1] + pd.Timedelta("8h"),
            "activity": "work", "group": "shop", "people": 6,
        }),
        "people": pd.DataFrame([dict.fromkeys(("agents", "present", "rostered", "fte"), 5.0) | dict.fromkeys(
            ("heads", "seats", "licences_concurrent", "licences_named", "lines"), 6) | {"period": "", "site": "main"}]),
        "heads": pd.DataFrame({"kind": ["full_time", "leader"], "heads": [5, 1], "paid_hours_month": [826.65, 165.33]}),
    }  # fmt: skip


def first(column: str, value: object) -> Change:
    """The table with another value in its first row."""

    def change(table: pd.DataFrame) -> pd.DataFrame:
        rest = table[column].tolist()[1:]
        return table.assign(**{column: pd.Series([value, *rest], index=table.index)})

    return change


def later(time: str, column: str = "start") -> Change:
    return lambda table: table.assign(**{column: table[column] + pd.Timedelta(time)})


def test_good_tables_are_taken_and_what_they_lack_comes_from_the_plan(scenario: Scenario, tables: dict[str, pd.DataFrame]) -> None:
    assert Steps(scenario, given=tables).given.keys() == tables.keys()
    bare = tables["cover"].drop(columns=["date", "weekday", "slot", "duration"])
    filled = Steps(scenario, given={"cover": bare}).given["cover"]
    grid = plan_grid(scenario)
    for column in ("date", "weekday", "slot", "duration"):
        assert filled[column].tolist() == grid[column].tolist()


@pytest.mark.parametrize(
    ("name", "change", "says"),
    [
        ("forecast", first("contacts", np.inf), "finite numbers"),
        ("forecast", first("aht", 0.0), "take no time"),
        ("workload", first("aht", 0.0), "take no time"),
        ("requirement", first("offered_load", np.inf), "finite numbers"),
        ("cover", first("agents", np.inf), "finite numbers"),
        ("heads", first("heads", -1), "0 or more"),
        ("heads", first("kind", "boss"), "no such kind of work"),
        ("heads", first("kind", "leader"), "one key"),
        ("forecast", lambda table: table.iloc[:0], "no rows"),
        ("shifts", lambda table: table.iloc[:0], "no rows"),
        ("forecast", later("7min"), "start that the plan has not"),
        ("cover", later("7min"), "start that the plan has not"),
        ("requirement", later("5000D"), "days outside the plan"),
        ("workload", first("duration", 60.0), "duration: .* and the plan differ"),
        ("forecast", first("date", "2027-01-01"), "date: .* and the plan differ"),
        ("forecast", first("weekday", 9), "weekday: .* and the plan differ"),
        ("cover", first("slot", 0), "slot: .* and the plan differ"),
        ("forecast", first("counts", "orders"), "customers or attempts"),
        ("forecast", lambda table: table.iloc[:-5], "forecast of 'shop' lacks 5 intervals"),
        ("workload", lambda table: table.iloc[:16], "workload of 'shop' lacks 96 intervals"),
        ("requirement", lambda table: table.drop(index=table.index[7]), "requirement of 'shop' lacks 1 intervals"),
        ("cover", lambda table: table.iloc[3:], "cover of 'shop' lacks 3 intervals"),
        ("shifts", later("-9h", "end"), "ends before it starts"),
        ("shifts", lambda table: table.assign(date="2027-07-07"), "date: .* and the plan differ"),
        ("shifts", first("activity", "lunch"), "no such activity"),
        ("shifts", later("5000D"), "days outside the plan"),
    ],
)
def test_a_table_that_does_not_keep_the_plan_is_refused(
    name: str, change: Change, says: str, scenario: Scenario, tables: dict[str, pd.DataFrame]
) -> None:
    with pytest.raises(InputError, match=says):
        Steps(scenario, given=tables | {name: change(tables[name])})


def test_what_is_wrong_with_a_table_is_told_with_its_file(scenario: Scenario, tables: dict[str, pd.DataFrame]) -> None:
    files = {"forecast": "mine.csv", "shifts": "班次.csv"}
    for change in (later("7min"), lambda table: table.iloc[:0], lambda table: table.iloc[:-5]):
        with pytest.raises(InputError, match=r"^mine\.csv: "):
            Steps(scenario, given={"forecast": change(tables["forecast"])}, files=files)
    with pytest.raises(InputError, match=r"^班次\.csv: shifts\.end: a shift ends before it starts"):
        Steps(scenario, given={"shifts": later("-9h", "end")(tables["shifts"])}, files=files)
    strange = Steps(scenario, given=tables | {"shifts": tables["shifts"].assign(group="night")}, files=files)
    with pytest.raises(InputError, match=r"^班次\.csv: .*nobody needs this group"):
        _ = strange.schedule


def test_a_forecast_of_contacts_and_aht_alone_varies_by_chance(scenario: Scenario, tables: dict[str, pd.DataFrame]) -> None:
    own = tables["forecast"][["start", "queue", "contacts", "aht"]]
    made = Steps(scenario, given={"forecast": own}).forecast
    assert (made[["day_cv", "slot_cv"]] == 0).all(axis=None)
    for name, q in QUANTILES.items():
        assert (made[name] == poisson.ppf(q, 18.0)).all()
    wide = Steps(scenario, given={"forecast": own.assign(contacts_q95=40.0, day_cv=0.2)}).forecast
    assert (wide["contacts_q95"] == 40).all(), "what it says is kept"
    assert (wide["contacts_q05"] < made["contacts_q05"]).all(), "and what it lacks follows from that"


def test_shifts_of_a_group_nobody_needs_are_refused(scenario: Scenario, tables: dict[str, pd.DataFrame]) -> None:
    steps = Steps(scenario, given=tables | {"shifts": tables["shifts"].assign(group="night")})
    with pytest.raises(InputError, match="nobody needs this group"):
        _ = steps.schedule


def test_targets_out_of_reach_may_be_infinite(tables: dict[str, pd.DataFrame]) -> None:
    check(tables["requirement"].assign(agents=np.inf, asa_answered=np.inf), "requirement")
    check(tables["cover"].assign(required=np.inf, short=np.inf), "cover")


@pytest.mark.parametrize(("name", "other"), [("people", "heads"), ("heads", "people")])
def test_people_and_heads_come_together(name: str, other: str, scenario: Scenario, tables: dict[str, pd.DataFrame]) -> None:
    with pytest.raises(InputError, match=f"give {other} too: --use {other}="):
        Steps(scenario, given={name: tables[name]})


def test_a_folder_of_people_alone_can_be_used(tmp_path: Path, tables: dict[str, pd.DataFrame]) -> None:
    for name in ("people", "heads"):
        tables[name].to_csv(tmp_path / f"{name}.csv", index=False)
    asked = Asked(QUICKSTART, use=(str(tmp_path),))
    read, files = used(asked, "Asia/Shanghai", ("cover", "people", "heads"), folder=("cover",))
    assert files == {name: str(tmp_path / f"{name}.csv") for name in ("people", "heads")}
    assert read.keys() == {"people", "heads"}
    with pytest.raises(InputError, match="none of the tables"):
        used(asked, "Asia/Shanghai", ("cover",), folder=("cover",))
