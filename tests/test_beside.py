"""Formula beside simulation: by hand on small cases, steps that add up, and a last step that is the plan's own simulation."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from wfm.beside import Beside, apart, compare
from wfm.beside.compared import REASONS, SCOPES
from wfm.beside.promise import KPIS, promised, roundings
from wfm.beside.variants import variants
from wfm.erlang import ErlangA
from wfm.scenario.model import Scenario
from wfm.scenario.reader import read_scenario
from wfm.simulate import SimulationInputs, simulate
from wfm.simulate.statistics import ratio
from wfm.staffing import requirement

SHOP = Path(__file__).parents[1] / "scenarios" / "quickstart.yaml"
#: The formula's own world: nothing but queues between intervals is left to the simulation.
PLAIN = ("contact.spread.family=exponential", "contact.redial.after_abandon=0%", "contact.redial.after_busy=0%")


def asked(*overrides: str) -> Scenario:
    return read_scenario(SHOP, [*overrides])[0]


def work(rates: list[float], *, aht: float = 180.0, duration: float = 1800.0, days: int = 1, day_cv: float = 0.0) -> pd.DataFrame:
    """A workload of some days alike from ten o'clock on; rates in contacts a second."""
    count = len(rates)
    first = pd.Timestamp("2027-07-05T10:00", tz="Asia/Shanghai")
    starts = [first + pd.Timedelta(days=day, seconds=i * duration) for day in range(days) for i in range(count)]
    dates = [start.date() for start in starts]
    return pd.DataFrame(
        {
            "start": pd.Series(starts),
            "date": dates,
            "weekday": [day.weekday() for day in dates],
            "slot": [int(36000 // duration) + i for _ in range(days) for i in range(count)],
            "duration": duration,
            "contacts": np.tile(rates, days) * duration,
            "contact_type": "phone",
            "channel": "phone",
            "arrival_rate": np.tile(rates, days),
            "aht": aht,
            "offered_load": np.tile(rates, days) * aht,
            "day_cv": day_cv,
            "slot_cv": 0.0,
        }
    )


def cover(table: pd.DataFrame, agents: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"start": table["start"], "group": "agents", "agents": np.resize(agents, len(table))})


def compared(scenario: Scenario, table: pd.DataFrame, agents: list[float], *, lines: int | None = None, **more: Any) -> Beside:
    need = requirement(table, scenario.targets, scenario.contact, staffing=scenario.staffing)
    return compare(scenario, table, need, cover(table, agents), lines, **more)


@pytest.fixture(scope="module")
def shop() -> Beside:
    """Three days of four intervals with everything in: fractions of agents, busy days, a few lines, redials."""
    return compared(asked(), work([0.03, 0.05, 0.06, 0.02], days=3, day_cv=0.2), [7.5, 11, 12.25, 5], lines=16, replications=60)


def test_one_agent_by_hand() -> None:
    """M/M/1 at half its load: W > t with chance rho exp(-(1 - rho) t / aht), mean wait rho / (1 - rho) aht."""
    scenario = asked("contact.patience.then_mean=never")
    table = work([0.005, 0.0], aht=100.0)
    sums = promised(table, np.array([1.0, 1.0]), scenario.contact, scenario.targets, linked=False)
    sl, lost, wait, busy = apart.value(sums)[0]
    assert sl == pytest.approx(1 - 0.5 * math.exp(-0.5 * 20 / 100))
    assert (lost, wait, busy) == (0.0, pytest.approx(100.0), pytest.approx(0.5))
    assert sums[0, :, 1].tolist() == pytest.approx([9.0, 9.0, 9.0, 1800.0])
    nobody = apart.value(sums)[1]
    assert np.isnan(nobody[:3]).all()
    assert nobody[3] == 0.0


def test_a_fraction_of_agents_is_a_chance_of_one_more() -> None:
    scenario = asked("contact.patience.onset=0s")
    table = work([0.05])
    found = promised(table, np.array([9.25]), scenario.contact, scenario.targets, linked=False)[0]
    nine, ten = (ErlangA(0.05, 180.0, patience=120.0).measures(n, threshold=20.0) for n in (9, 10))
    assert found[KPIS.index("sl_offered"), 0] / 90 == pytest.approx(0.75 * nine["sl_offered"] + 0.25 * ten["sl_offered"])
    busy = 0.75 * nine["occupancy"] * 9 + 0.25 * ten["occupancy"] * 10
    assert apart.value(found)[KPIS.index("occupancy")] == pytest.approx(busy / 9.25)


def test_overload_without_abandoning_has_a_wait_without_end_and_no_difference_of_it() -> None:
    beside = compared(asked("contact.patience.then_mean=never", "plan.weeks=1"), work([0.05, 0.001]), [8, 2], replications=5)
    whole = beside.scope("all", "mean_wait_all").iloc[0]
    assert math.isinf(whole["formula_scheduled"])
    assert math.isfinite(whole["simulated"])
    assert math.isnan(whole["by_cover"])
    assert math.isnan(whole["by_linked"])
    assert beside.scope("all", "sl_offered")["by_linked"].notna().all()


def test_roundings_have_the_fractions_in_the_mean() -> None:
    ways = roundings(np.array([3.0, 4.25, 0.5, 2.999999999999]), 1)
    np.testing.assert_allclose(np.mean(ways, axis=0), [3, 4.25, 0.5, 3])
    assert len(roundings(np.array([3.0, 2.0]), 1)) == 1


def test_intervals_of_ratios_are_those_of_the_simulation() -> None:
    draws = np.random.default_rng(3)
    under = draws.poisson(40, (30, 5)).astype(float)
    sums = np.stack([draws.binomial(under.astype(int), 0.8), under], axis=-1)
    value, low, high = ratio(sums[..., 0], sums[..., 1], share=False)
    np.testing.assert_allclose(apart.value(sums.sum(axis=0)), value)
    np.testing.assert_allclose(apart.half_of(sums), (high - low) / 2)
    np.testing.assert_allclose(apart.half_of_moments(apart.moments(sums), 30), (high - low) / 2)
    # The same numbers differ by nothing; what is added to all replications alike leaves no doubt either.
    assert not apart.half_between(sums, sums).any()
    more = sums.copy()
    more[..., 0] += 0.1 * under
    assert np.abs(apart.half_between(more, sums)).max() < 1e-12
    assert (apart.half_between(sums[:, :1], sums[:, 1:2]) > apart.half_of(sums[:, :1])).all()


def test_replications_that_all_agree_are_not_sure_beyond_their_contacts() -> None:
    sums = np.tile([[[50.0, 50.0]]], (20, 1, 1))
    assert apart.half_of(sums)[0] == 0.0
    half = apart.half_of(sums, promised=np.array([0.999]))[0]
    assert half == pytest.approx(2.093 * math.sqrt(0.999 * 0.001 / 1000), rel=1e-3)
    moments = apart.half_of_moments(apart.moments(sums), 20, promised=np.array([0.999]))
    assert moments[0] == pytest.approx(half)


def test_steps_add_up_to_the_difference(shop: Beside) -> None:
    assert shop.reasons == REASONS
    rows = shop.cells
    parts = sum(rows[f"by_{reason}"] for reason in shop.reasons)
    np.testing.assert_allclose(parts, rows["difference"], atol=1e-12)
    np.testing.assert_allclose(rows["simulated"] - rows["formula_needed"], rows["difference"], atol=1e-12)
    found = shop.intervals
    own = found["sl_offered_simulated"] - found["sl_offered_needed"]
    np.testing.assert_allclose(sum(found[f"by_{reason}"] for reason in shop.reasons), own, atol=1e-12)
    for name in ("simulated", "difference", *(f"by_{reason}" for reason in shop.reasons[1:])):
        assert (rows[f"{name}_low"] <= rows[name] + 1e-12).all()
        assert (rows[name] <= rows[f"{name}_high"] + 1e-12).all()


def test_groups_hold_every_interval_once_and_weigh_contacts(shop: Beside) -> None:
    counts = shop.cells[shop.cells["kpi"] == "sl_offered"].groupby("scope")
    assert counts["intervals"].sum().to_dict() == dict.fromkeys(SCOPES, 12)
    assert counts.size().to_dict() == {"all": 1, "slot": 4, "weekday": 3, "weekday_slot": 12}
    whole, slots = shop.scope("all").iloc[0], shop.scope("slot")
    for name in ("formula_needed", "formula_scheduled"):
        assert np.average(slots[name], weights=slots["contacts"]) == pytest.approx(whole[name])
    single = shop.scope("weekday_slot").sort_values(["weekday", "slot"])
    np.testing.assert_allclose(single["simulated"], shop.intervals["sl_offered_simulated"])
    np.testing.assert_allclose(single["simulated_high"], shop.intervals["sl_offered_simulated_high"])


def test_the_last_step_is_the_plans_own_simulation() -> None:
    scenario, table, agents = asked(), work([0.03, 0.05, 0.06, 0.02], days=3, day_cv=0.2), [7.5, 11, 12.25, 5]
    beside = compared(scenario, table, agents, lines=16, replications=12)
    inputs = SimulationInputs(replications_min=12, replications_max=12, contacts=10**9)
    own = simulate(
        table, cover(table, agents), scenario.contact, lines=16, threshold=20.0, targets={}, seed=scenario.seed, inputs=inputs
    )
    for name in KPIS:
        whole = beside.scope("all", name).iloc[0]
        assert whole["simulated"] == pytest.approx(own.kpi(name)[0], rel=1e-12)
        np.testing.assert_allclose(beside.intervals[f"{name}_simulated"], own.service[name], rtol=1e-12)
    assert beside.contacts == round(12 * table["contacts"].sum())


def test_what_a_plan_has_not_is_no_reason() -> None:
    table = work([0.05, 0.05])
    plain = compared(asked(*PLAIN), table, [11, 11], replications=3)
    assert plain.reasons == ("cover", "linked")
    assert [rung.feature for rung in variants(table, asked(*PLAIN).contact, None)] == ["linked"]
    # Lines that are never all busy, and agents exactly as needed, make no difference whatever.
    need = requirement(table, asked().targets, asked().contact)["agents"].tolist()
    beside = compared(asked(), table, need, lines=10_000, replications=3)
    assert beside.reasons == ("cover", "linked", "spread", "lines", "redials")
    whole = beside.cells[beside.cells["scope"] == "all"]
    assert not whole["by_cover"].any()
    assert not whole["by_lines"].any()
    assert not whole["by_lines_high"].any()


def test_a_long_settled_interval_is_what_the_formula_says() -> None:
    beside = compared(asked(*PLAIN), work([0.05], duration=200 * 3600.0), [10], replications=20)
    for name in ("sl_offered", "abandon_rate_offered", "occupancy"):
        row = beside.scope("all", name).iloc[0]
        assert row["by_linked_low"] < 0 < row["by_linked_high"], name
        assert abs(row["by_linked"]) < 0.01
    assert beside.intervals["beyond"].tolist() == [0]


@pytest.mark.parametrize(
    "patience",
    [
        "contact.patience={family: weibull, scale: 389s, shape: 0.91}",
        "contact.patience={family: measured, survival: {60s: 82%, 120s: 71%, 300s: 49%}}",
        "contact.announcements=[{at: 10s, hazard: 50%}]",
    ],
)
def test_patience_of_any_family_is_no_reason(patience: str) -> None:
    beside = compared(asked(*PLAIN, patience), work([0.05], duration=200 * 3600.0), [9], replications=20)
    assert beside.reasons == ("cover", "linked")
    for name in ("sl_offered", "abandon_rate_offered"):
        row = beside.scope("all", name).iloc[0]
        assert abs(row["by_linked"]) < 1.5 * (row["by_linked_high"] - row["by_linked_low"]) / 2 + 3e-4, name


def test_classes_of_problems_are_a_law_of_handle_times() -> None:
    classes = "contact.spread={family: exponential, classes: {a: {share: 70%, mean: 2min}, b: {share: 30%, mean: 9min}}}"
    assert compared(asked(*PLAIN, classes), work([0.05]), [10], replications=3).reasons == ("cover", "linked", "spread")


def test_a_queue_left_by_the_interval_before_is_found_and_named() -> None:
    """An hour without enough agents, then one with plenty: by itself the second is easy."""
    scenario = asked(*PLAIN, "contact.patience.onset=0s", "contact.patience.then_mean=3600s")
    beside = compared(scenario, work([0.1, 0.02], days=5), [8, 8], replications=40)
    row = beside.scope("slot").iloc[1]
    assert row["formula_scheduled"] > 0.95
    assert row["by_linked_high"] < -0.05
    assert row["simulated"] == pytest.approx(row["formula_scheduled"] + row["by_linked"])
    worst = beside.worst()
    assert set(worst["slot"]) == {21}
    assert (worst["beyond"] == -1).all()
    late = (worst["sl_offered_scheduled"] - worst["sl_offered_simulated"]) * worst["contacts"]
    np.testing.assert_allclose(worst["late"], late)
    assert worst["late"].is_monotonic_decreasing
    assert len(beside.worst(2)) == 2


def test_busy_and_quiet_days_cost_service_by_their_own_step() -> None:
    table = work([0.06] * 8, days=5, day_cv=0.25)
    beside = compared(asked(*PLAIN), table, [13], replications=60)
    assert beside.reasons == ("cover", "linked", "days")
    row = beside.scope("all").iloc[0]
    assert row["by_days_high"] < 0
    assert abs(row["by_days"]) > abs(row["by_linked"])


def test_redials_add_attempts_and_lose_service() -> None:
    scenario = asked("contact.patience.onset=0s", "contact.patience.then_mean=30s", "contact.redial.after_abandon=90%")
    row = compared(scenario, work([0.06] * 8), [9], replications=60).scope("all").iloc[0]
    assert row["by_redials_high"] < 0


def test_linked_intervals_are_their_own_formula() -> None:
    scenario = asked(*PLAIN, "contact.patience.onset=0s", "staffing.method=transient")
    table = work([0.03, 0.06, 0.02], days=2)
    beside = compared(scenario, table, [7.5, 12, 5], replications=80)
    assert beside.linked
    # Without an onset the chain is exact: nothing is left but chance.
    for name in ("sl_offered", "abandon_rate_offered"):
        row = beside.scope("all", name).iloc[0]
        half = (row["by_linked_high"] - row["by_linked_low"]) / 2
        assert abs(row["by_linked"]) < 2 * half + 0.002, name
    assert not compared(asked(*PLAIN), table, [7, 12, 5], replications=2).linked


def test_nobody_comes() -> None:
    beside = compared(asked(), work([0.0, 0.0]), [2, 2], lines=5, replications=3)
    assert beside.scope("all")["simulated"].isna().all()
    assert beside.scope("all", "occupancy")["simulated"].tolist() == [0.0]
    assert beside.intervals["beyond"].tolist() == [0, 0]
    assert beside.worst().empty


def test_one_interval_and_one_replication_have_no_confidence() -> None:
    beside = compared(asked(), work([0.05]), [10], lines=20, replications=1)
    assert len(beside.cells) == len(SCOPES) * len(KPIS)
    whole = beside.scope("all").iloc[0]
    assert 0 < whole["simulated"] < 1
    assert np.isnan(
        [whole["simulated_low"], whole["difference_high"], whole["by_days_low"] if "by_days" in whole else np.nan]
    ).all()
    assert beside.intervals["beyond"].tolist() == [0]


def test_where_no_number_of_agents_is_enough_nothing_is_promised() -> None:
    table = work([0.05, 0.05])
    need = requirement(table, asked().targets, asked().contact)
    need.loc[1, "agents"] = np.inf
    beside = compare(asked(), table, need, cover(table, [11, 4]), None, replications=2)
    assert beside.intervals["needed"].tolist() == [need["agents"].iloc[0], 4.0]
    assert beside.intervals["by_cover"].iloc[1] == 0.0


def test_intervals_without_cover_or_agents_are_told() -> None:
    table = work([0.01, 0.01])
    beside = compare(
        asked(), table, requirement(table, asked().targets, asked().contact), cover(table, [4, 4])[:1], 9, replications=4
    )
    assert beside.intervals["scheduled"].tolist() == [4.0, 0.0]
    last = beside.intervals.iloc[1]
    assert last["sl_offered_scheduled"] == last["sl_offered_simulated"] == 0.0
    assert np.isnan(last["occupancy_scheduled"])


def test_how_often_it_is_played_follows_the_budget(shop: Beside) -> None:
    table = work([0.05, 0.05])
    assert compared(asked(*PLAIN), table, [11], contacts=1800).replications == 10
    assert compared(asked(*PLAIN), table, [11], contacts=1).replications == 4
    # Else the budget of the plan's own simulation decides.
    assert compared(asked(*PLAIN, "simulation.contacts=3600"), table, [11]).replications == 100
    assert shop.contacts == round(60 * shop.scope("all")["contacts"].iloc[0])


def test_nonsense_is_refused() -> None:
    table = work([0.05])
    with pytest.raises(ValueError, match="no interval"):
        compared(asked(), table[:0], [1])
    with pytest.raises(ValueError, match="replications is 0"):
        compared(asked(), table, [1], replications=0)


def test_the_same_plan_gives_the_same_tables(shop: Beside) -> None:
    again = compared(asked(), work([0.03, 0.05, 0.06, 0.02], days=3, day_cv=0.2), [7.5, 11, 12.25, 5], lines=16, replications=60)
    pd.testing.assert_frame_equal(again.cells, shop.cells)
    pd.testing.assert_frame_equal(again.intervals, shop.intervals)
    assert again.intervals["date"].iloc[0] == date(2027, 7, 5)
