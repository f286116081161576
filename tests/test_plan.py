"""The whole story: what one table says, the next one keeps."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.conftest import SCENARIOS
from wfm.advice import Advice
from wfm.core.contacts import ContactType
from wfm.core.contracts import CONTRACTS, check
from wfm.core.errors import InputError
from wfm.report import sentences
from wfm.report.shown import ShownPlan, run
from wfm.staffing import queue_model
from wfm.workload import without_redials

SMALL = ("simulation.contacts=1", "simulation.replications_min=2", "plan.weeks=1")


def table_of(plan: ShownPlan, name: str) -> pd.DataFrame:
    return {
        "history": plan.history, "forecast": plan.forecast, "day_draws": plan.day_draws, "workload": plan.workload,
        "requirement": plan.requirement, "schedule": plan.schedule.shifts, "cover": plan.schedule.cover,
        "contacts": plan.simulation.contacts, "service": plan.simulation.service, "people": plan.people.table,
        "heads": plan.people.kinds, "ledger": plan.ledger,
    }[name]  # fmt: skip


@pytest.mark.parametrize("name", CONTRACTS)
def test_every_table_keeps_its_contract(quickstart: ShownPlan, name: str) -> None:
    check(table_of(quickstart, name), name)


def test_history_is_labelled_synthetic_and_ends_before_the_plan(quickstart: ShownPlan) -> None:
    assert quickstart.history is not None
    assert quickstart.history["start"].max().date() < quickstart.scenario.plan.start
    assert "synthetic_history" in {advice.key for advice in quickstart.advice}


def test_forecast_is_near_what_the_shop_was_made_from(quickstart: ShownPlan) -> None:
    """The history's level, weekdays and peak share come back from the forecast within its own uncertainty."""
    shop, days = quickstart.scenario.demand, quickstart.forecast.groupby("date")["contacts"].sum()
    assert days.mean() == pytest.approx(shop.contacts_per_day(), rel=0.1)
    weekday = days.groupby(lambda day: day.weekday()).mean()
    assert weekday.idxmax() == 0
    assert weekday.idxmin() == 5
    clock = quickstart.forecast["start"].dt.hour
    peak = quickstart.forecast.loc[clock.between(12, 15), "contacts"].sum() / quickstart.forecast["contacts"].sum()
    assert peak == pytest.approx(shop.peak.share, abs=0.02)


def test_requirement_is_minimal(quickstart: ShownPlan) -> None:
    """One agent fewer misses a target in every interval."""
    need, targets = quickstart.requirement, quickstart.scenario.targets
    model = queue_model(need["arrival_rate"].to_numpy(), need["aht"].to_numpy(), quickstart.scenario.contact)

    def met(agents: np.ndarray) -> np.ndarray:
        measures = model.measures(agents, threshold=targets.threshold)
        assert targets.answer_rate
        assert targets.sl_offered
        assert targets.occupancy_max
        return (
            (measures["answer_rate"] >= targets.answer_rate)
            & (measures["sl_offered"] >= targets.sl_offered.share)
            & (measures["occupancy"] <= targets.occupancy_max)
        )

    agents = need["agents"].to_numpy(float)
    assert met(agents).all()
    assert not met(agents - 1).any()


def test_seats_are_what_is_present_at_once(quickstart: ShownPlan) -> None:
    assert quickstart.people.table["seats"].iloc[0] == math.ceil(quickstart.schedule.cover["present"].max())


def test_ten_seats_are_just_enough(quickstart: ShownPlan) -> None:
    """The shop is sized so; the reverse question agrees with the plan itself."""
    assert quickstart.people.table["seats"].iloc[0] == 10
    carried = quickstart.carried
    assert 1 <= carried.factor_all_targets < 1.15
    assert carried.factor_answer_rate > carried.factor_all_targets
    assert carried.orders_all_targets == pytest.approx(1350 * carried.factor_all_targets)


def test_simulated_service_lies_near_the_formula(quickstart: ShownPlan) -> None:
    """Busy days, redials and meals move it, but both speak of the same centre."""
    formula = np.average(quickstart.requirement["sl_offered"], weights=quickstart.requirement["contacts"])
    assert quickstart.simulation.kpi("sl_offered")[0] == pytest.approx(formula, abs=0.06)


def test_ledger_adds_up_to_every_npv(quickstart: ShownPlan) -> None:
    money = quickstart.scenario.money
    rate = (1 + money.discount_rate) ** (1 / 12) - 1
    for option, rows in quickstart.ledger.groupby("option"):
        npv = (rows["amount"] / (1 + rate) ** rows["period"]).sum()
        assert npv == pytest.approx(quickstart.options.set_index("option").loc[option, "npv"], rel=1e-9)


def test_break_even_prices_hold_when_planned_again(quickstart: ShownPlan) -> None:
    row = quickstart.break_evens.query("what == 'vendor_price' and against == 'hosted'").iloc[0]
    plan = run(SCENARIOS / "quickstart.yaml", [f"options.outsourced.price.price={float(row['value'])!r}", *SMALL[:2]])
    npv = plan.options.set_index("option")["npv"]
    assert npv["outsourced"] == pytest.approx(npv["hosted"], rel=1e-9)


def test_same_scenario_same_plan(quickstart: ShownPlan) -> None:
    again = run(SCENARIOS / "quickstart.yaml", ["simulation.contacts=60000", "simulation.replications_min=2"])
    for name in CONTRACTS:
        pd.testing.assert_frame_equal(table_of(again, name), table_of(quickstart, name))


def test_given_seats_bind_and_are_answered() -> None:
    plan = run(SCENARIOS / "quickstart.yaml", ["demand.orders_per_day=2000", *SMALL], seats=10)
    assert plan.schedule.cover["present"].max() <= 10
    assert plan.schedule.cover["short"].max() > 0
    assert plan.carried.seats == 10
    assert plan.carried.orders_all_targets < 2000
    assert plan.status == "short"


def test_given_seats_hold_for_own_staff_in_every_year_and_not_for_the_vendor() -> None:
    plan = run(SCENARIOS / "quickstart.yaml", ["money.demand_growth=20%", *SMALL], seats=8)
    rent = plan.ledger.query("option == 'hosted' and line == 'rent'")["quantity"]
    assert rent.unique().tolist() == [8]
    vendor = plan.ledger.query("option == 'outsourced' and line == 'vendor_price'")["quantity"]
    alike = run(SCENARIOS / "quickstart.yaml", ["options.outsourced.aht_factor=1.0", *SMALL], seats=8)
    same = alike.ledger.query("option == 'outsourced' and line == 'vendor_price'")["quantity"]
    assert same.iloc[0] == pytest.approx(vendor.iloc[0], rel=0.15)


def test_unanswered_contacts_earn_nothing() -> None:
    """Eight seats cannot serve 2,000 orders: the benefit falls with the share answered, and the screen says so."""
    free = run(SCENARIOS / "quickstart.yaml", ["demand.orders_per_day=2000", *SMALL])
    tight = run(SCENARIOS / "quickstart.yaml", ["demand.orders_per_day=2000", *SMALL], seats=6)
    benefit = [plan.options.set_index("option").loc["hosted", "benefit_year"] for plan in (free, tight)]
    assert benefit[1] < 0.95 * benefit[0]
    assert "not_all_answered" in {advice.key for advice in tight.advice}
    nobody = run(SCENARIOS / "quickstart.yaml", ["targets.answer_rate=100%", *SMALL])
    assert (nobody.options["benefit_year"] == 0).all()


@pytest.mark.parametrize(("past", "said"), [("{generate: shop}", True), ("estimate", False)])
def test_a_plan_of_festival_days_is_no_measure_of_a_year(past: str, said: bool) -> None:
    """A past of a year raises 11.11 in the forecast, as the plan says; an estimate knows of no festival."""
    plan = run(SCENARIOS / "quickstart.yaml", ["plan.start=2027-11-08", f"demand.history={past}", *SMALL])
    remarks = {advice.key: advice.values for advice in plan.advice}  # noqa: PD011 -- not a table
    assert ("event_days" in remarks) == said
    if said:
        days = plan.forecast.groupby("date")["contacts"].sum()
        main = days.iloc[2:4].mean() / days.drop(days.index[2:4]).mean()
        assert remarks["event_days"] == {"count": 2.0, "day": "2027-11-10", "times": pytest.approx(main)}
        assert remarks["event_days"]["times"] > 2


def test_one_more_person_meets_the_same_customers(quickstart: ShownPlan) -> None:
    plan = run(SCENARIOS / "quickstart.yaml", ["demand.day_to_day_cv=20%", *SMALL[:1], "simulation.replications_min=4"])
    if plan.one_more is None:
        pytest.skip("every weekday keeps its promise on this draw")
    weekday = plan.simulation.weekdays.set_index("weekday").loc[plan.one_more.weekday]
    assert plan.one_more.met_before == weekday["met"]
    assert plan.one_more.met_after > plan.one_more.met_before
    # The shares are whole numbers of the same days.
    assert plan.one_more.met_after * weekday["days"] == pytest.approx(round(plan.one_more.met_after * weekday["days"]))


def test_nobody_comes_nobody_is_needed() -> None:
    plan = run(SCENARIOS / "quickstart.yaml", ["demand.orders_per_day=0", *SMALL])
    assert plan.forecast["contacts"].eq(0).all()
    assert plan.requirement["agents"].eq(0).all()
    assert plan.people.table[["seats", "heads"]].eq(0).all(axis=None)
    assert plan.options["cost_per_contact"].isna().all()


def test_volume_scales_a_plan_of_any_source() -> None:
    base = run(SCENARIOS / "estimate.yaml", SMALL)
    more = run(SCENARIOS / "estimate.yaml", ["demand.volume=150%", *SMALL])
    np.testing.assert_allclose(more.forecast["contacts"], 1.5 * base.forecast["contacts"])
    assert more.carried.orders_now == pytest.approx(1.5 * base.carried.orders_now)


def test_redials_of_a_history_are_counted_once() -> None:
    """Attempts L of which a share P hang up and r of those try again are L (1 - r P) customers."""
    contact = ContactType()
    table = pd.DataFrame({"contacts": [100.0], "contacts_q05": [80.0]})
    known = pd.DataFrame({"offered": [1000.0], "abandoned": [250.0]})
    fewer, same = without_redials(table, known, contact)
    assert fewer["contacts"].iloc[0] == pytest.approx(100 * (1 - 0.2 * 0.25))
    assert same == contact
    as_is, silent = without_redials(table, known[["offered"]], contact)
    assert as_is["contacts"].iloc[0] == 100
    assert silent.redial.after_abandon == silent.redial.after_busy == 0


def test_infinite_patience_is_erlang_c() -> None:
    plan = run(SCENARIOS / "estimate.yaml", ["contact.patience.then_mean=never", *SMALL])
    assert plan.requirement["method"].eq("ErlangC").all()


@pytest.mark.parametrize(
    ("change", "grows"),
    [
        ("demand.orders_per_day=2700", True), ("targets.answer_rate=99.9%", True),
        ("contact.talk=75s", False), ("targets.sl_offered.share=50%", False),
    ],
)  # fmt: skip
def test_more_work_or_higher_targets_need_no_fewer_people(change: str, grows: bool) -> None:
    base, other = run(SCENARIOS / "quickstart.yaml", SMALL), run(SCENARIOS / "quickstart.yaml", [change, *SMALL])
    before, after = base.requirement["agents"].to_numpy(), other.requirement["agents"].to_numpy()
    assert (after >= before).all() if grows else (after <= before).all()


def test_no_history_at_all(tmp_path: Path) -> None:
    """S1-08: orders x contacts per order x handle time."""
    plan = run(SCENARIOS / "estimate.yaml", SMALL[:2])
    assert plan.history is None
    sunday = plan.forecast[plan.forecast["weekday"] == 6]
    assert sunday["start"].dt.hour.min() == 10
    assert "estimated_demand" in {advice.key for advice in plan.advice}


def test_open_hours_without_a_past_are_told(tmp_path: Path) -> None:
    """Open until 23:00 on Saturdays, while the past ends at 22:00: nobody is planned there, and the plan says why."""
    starts = [start for start in pd.date_range("2027-05-10", "2027-07-04 23:30", freq="30min") if 9 <= start.hour < 22]
    pd.DataFrame({"start": starts, "offered": 9}).to_csv(tmp_path / "calls.csv", index=False)
    text = """\
wfm: 2
name: shop
plan: {start: 2027-07-05, weeks: 1}
demand: {history: {file: calls.csv}}
hours: {daily: "09:00-22:00", sat: "09:00-23:00"}
"""
    (tmp_path / "shop.yaml").write_text(text, encoding="utf-8")
    plan = run(tmp_path / "shop.yaml", SMALL)
    remarks = [advice for advice in plan.advice if advice.key == "never_called"]
    assert remarks == [Advice("never_called", {"count": 2.0, "weekday": 5.0, "start": 22 * 3600.0})]
    assert "Saturdays 22:00" in sentences.advice(remarks[0], "en", "CNY")
    assert "22:00 起）历史里没有来电" in sentences.advice(remarks[0], "zh", "CNY")
    as_past = run(tmp_path / "shop.yaml", [*SMALL, "hours.sat=09:00-22:00"])
    assert "never_called" not in {advice.key for advice in as_past.advice}


@pytest.mark.parametrize(
    "extreme",
    [
        ["demand.orders_per_day=1"],
        ["demand.orders_per_day=20000", "simulation.contacts=1"],
        ["hours.daily=00:00-24:00"],
        ["hours.daily=20:00-02:00"],
        ["contact.patience.onset=0s", "contact.patience.then_mean=1s"],
        ["contact.patience.then_mean=0s"],
        ["targets.sl_offered.share=100%"],
        ["people.shrinkage.in_office=0%", "people.shrinkage.out_of_office=0%"],
        ["demand.day_to_day_cv=0%"],
        ["options.outsourced=null", "options.self_built=null"],
        ["money.horizon=1"],
        ["money.discount_rate=0%"],
        ["money.benefit.gross_uplift=0"],
        ["plan.interval=15min"],
        ["plan.interval=60min"],
        ["country="],
    ],
    ids=lambda changes: changes[0],
)
def test_edges_make_a_plan(extreme: list[str]) -> None:
    """Zero volume, one order, load of a giant, midnight, no patience, an impossible target: none is an error."""
    plan = run(SCENARIOS / "estimate.yaml", [*SMALL[:2], *extreme])
    assert plan.status in ("met", "short")
    assert plan.screen("zh")
    assert plan.screen("en")


def test_a_closed_week_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="open"):
        run(SCENARIOS / "estimate.yaml", ["hours={daily: closed}"])
