"""A real history from one command to the report: an Israeli bank's call centre, 1999 (data.md, bank_il)."""

import json
from datetime import date
from pathlib import Path

import pytest

from tests.conftest import SCENARIOS
from tests.shared import shared
from wfm.expected import fitted
from wfm.report.saved import read_plan
from wfm.report.shown import ShownPlan, run
from wfm.scenario.origins import origins
from wfm.scenario.reader import read_scenario


@pytest.fixture(scope="module")
def bank() -> ShownPlan:
    shared("data/bank_il_1999_30min_dev.csv")
    shared("data/bank_il_1999feb_calls_dev.csv")
    return run(SCENARIOS / "bank.yaml", ["simulation.contacts=1", "simulation.replications_min=2"])


def test_the_two_weeks_after_the_file_are_planned(bank: ShownPlan) -> None:
    assert bank.forecast["date"].min() == date(1999, 9, 14)
    assert bank.forecast["date"].max() == date(1999, 9, 27)


def test_nobody_is_asked_for_in_closed_hours(bank: ShownPlan) -> None:
    """Fridays end at 14:00, Saturdays begin at 20:00; stray night calls of the file are no demand."""
    rows = bank.requirement.assign(hour=bank.requirement["start"].dt.hour)
    assert rows.loc[rows["weekday"] == 4, "hour"].between(7, 13).all()
    assert rows.loc[rows["weekday"] == 5, "hour"].between(20, 23).all()
    assert rows["hour"].min() == 7


def test_weekdays_and_the_day_of_atonement(bank: ShownPlan) -> None:
    days = bank.forecast.groupby("date")["contacts"].sum()
    ordinary = days[[date(1999, 9, day) for day in (14, 15, 16, 21, 22, 23)]]
    assert ordinary.between(1000, 2400).all()
    assert days[date(1999, 9, 20)] < 0.5 * ordinary.mean()
    assert days[date(1999, 9, 18)] < 0.5 * ordinary.mean()
    assert days[date(1999, 9, 17)] < 0.7 * ordinary.mean()


def test_bands_hold_the_forecast(bank: ShownPlan) -> None:
    table = bank.forecast
    assert (table["contacts_q05"] <= table["contacts_q25"]).all()
    assert (table["contacts_q25"] <= table["contacts_q75"]).all()
    assert (table["contacts_q75"] <= table["contacts_q95"]).all()
    assert ((table["contacts_q05"] <= table["contacts"]) & (table["contacts"] <= table["contacts_q95"])).mean() > 0.99


def test_the_summer_time_change_is_in_the_history_once(bank: ShownPlan) -> None:
    """1999-09-03 had 25 hours; the file has 48 rows, and the first of the repeated hours is meant."""
    assert bank.history is not None
    day = bank.history[bank.history["start"].dt.date == date(1999, 9, 3)]
    assert day["start"].is_unique
    assert len(day) == 48


def test_handle_time_and_patience_are_fitted_from_its_calls(bank: ShownPlan) -> None:
    """The per-call file's own facts: handle mean 183 s (10 s or more), patience 336 s by censored maximum likelihood."""
    contact = bank.scenario.contact
    assert contact.aht == pytest.approx(183, rel=0.02)
    assert contact.wrap == 30  # the file does not tell after-call work apart: the default stands
    assert contact.patience.then_mean == pytest.approx(336, rel=0.02)
    assert contact.patience.onset == 0
    found = {origin.key: origin for origin in bank.origins if origin.kind == "fitted"}
    assert set(found) == {"contact.talk", "contact.spread.cv", "contact.patience.onset", "contact.patience.then_mean"}
    for origin in found.values():
        assert origin.source.startswith("bank_il_1999feb_calls_dev.csv, n = ")
    assert found["contact.talk"].default == 150


def test_what_the_planner_wrote_wins_over_the_records() -> None:
    shared("data/bank_il_1999feb_calls_dev.csv")
    scenario, source = read_scenario(SCENARIOS / "bank.yaml", ["contact.talk=100s", "contact.patience.then_mean=60s"])
    kinds = {origin.key: origin.kind for origin in origins(fitted(scenario, source.folder))}
    contact = fitted(scenario, source.folder).contact
    assert (contact.talk, contact.patience.then_mean) == (100, 60)
    assert contact.aht == pytest.approx(183, rel=0.02)  # talk is the planner's, the rest of the records' handle time is wrap
    assert kinds["contact.talk"] == kinds["contact.patience.then_mean"] == "yours"
    assert kinds["contact.wrap"] == kinds["contact.spread.cv"] == "fitted"


def test_the_report_and_the_saved_plan_say_fitted(bank: ShownPlan, tmp_path: Path) -> None:
    written = bank.save(tmp_path / "bank")
    assert any(path.name == "report.html" for path in written)
    value = json.loads((tmp_path / "bank" / "plan.json").read_text(encoding="utf-8"))
    rows = {row["key"]: row for row in value["origins"]}
    assert rows["contact.patience.then_mean"]["kind"] == "fitted"
    page = (tmp_path / "bank" / "report.html").read_text(encoding="utf-8")
    assert "由记录拟合" in page
    assert "指数分布，删失数据极大似然" in page
    again = read_plan(tmp_path / "bank")
    assert {origin.key for origin in origins(again.scenario) if origin.kind == "fitted"} == {
        key for key, row in rows.items() if row["kind"] == "fitted"
    }


def test_nothing_pays_without_orders(bank: ShownPlan) -> None:
    """The file has calls, no orders: costs are compared, no benefit is made up."""
    assert (bank.ledger.query("category == 'benefit'")["amount"] == 0).all()
    assert "no_benefit" in {advice.key for advice in bank.advice}
