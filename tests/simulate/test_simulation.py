"""The step as the plan calls it: tables in, tables out."""

import subprocess
import sys
from datetime import date

import numpy as np
import pandas as pd
import pytest

from tests.simulate.plans import shop
from wfm.core.contacts import ContactType, Patience, Redial, Spread
from wfm.core.contracts import check
from wfm.core.errors import InputError
from wfm.core.kpi import KPIS, TALLIES, kpis
from wfm.simulate import SimulationInputs, SimulationResult, simulate
from wfm.simulate.drawing import draw_agents

TARGETS = {"answer_rate": (1, 0.98), "sl_offered": (1, 0.80), "occupancy": (-1, 0.85)}
SHORT = SimulationInputs(replications_min=4, replications_max=4)
PATIENT = ContactType(patience=Patience(onset=120, then_mean=120))


def run(workload: pd.DataFrame, cover: pd.DataFrame, contact: ContactType = PATIENT, **more: object) -> SimulationResult:
    arguments = {"lines": 12, "threshold": 20, "targets": TARGETS, "seed": 7, "inputs": SHORT} | more
    return simulate(workload, cover, contact, **arguments)  # type: ignore[arg-type]


def test_tables_keep_their_contracts_and_agree_with_one_another() -> None:
    result = run(*shop(days=9, agents=4))
    check(result.service, "service")
    check(result.contacts, "contacts")
    assert len(result.service) == 9 * 16
    assert len(result.days) == 9 * 4
    assert len(result.bands) == 9 * 16 * len(KPIS)
    # The same totals by interval, by day, overall; the KPIs are those of wfm.core.kpi.
    totals = result.days[list(TALLIES)].sum().to_frame().T
    np.testing.assert_allclose(result.service[list(TALLIES)].sum() * 4, totals.iloc[0])
    values = kpis(totals).iloc[0]
    for name in KPIS:
        value, low, high = result.kpi(name)
        assert value == pytest.approx(values[name])
        assert low <= value <= high
    first = result.days[result.days["replication"] == 0]
    assert result.contacts["outcome"].eq("handled").sum() == first["handled"].sum()
    assert result.contacts["wait"].sum() == pytest.approx(first["wait_handled"].sum() + first["wait_abandoned"].sum())
    assert result.days["offered"].sum() == result.contacts_simulated
    assert (result.service["missed"] == result.service["offered"] - result.service["answered_within"]).all()
    assert (
        result.contacts["arrival"]
        .between(result.service["start"].min(), result.service["start"].max() + pd.Timedelta("30min"))
        .all()
    )


def test_promises_are_shares_of_days() -> None:
    result = run(*shop(days=14, agents=5))
    days = result.days
    assert 0 < result.met < 1
    assert result.met == days["met"].mean()
    assert (days["met"] == (days["met_answer_rate"] & days["met_sl_offered"] & days["met_occupancy"])).all()
    assert (days["met_sl_offered"] == (days["sl_offered"] >= 0.80)).all()
    assert (days["met_occupancy"] == (days["occupancy"] <= 0.85)).all()
    by_weekday = result.weekdays.set_index("weekday")
    assert by_weekday.index.tolist() == list(range(7))
    assert (by_weekday["days"] == 8).all()
    pd.testing.assert_series_equal(
        by_weekday["met"], days.groupby("weekday")["met"].mean(), check_names=False, check_index_type=False
    )
    assert result.promises["target"].tolist() == [*TARGETS, "all"]
    assert (result.promises["met_low"] < result.promises["met"]).all()


def test_a_day_without_contacts_misses_nothing() -> None:
    result = run(*shop(days=2, per_hour=0, agents=1))
    assert result.met == 1.0
    assert np.isnan(result.kpi("sl_offered")[0])
    assert result.kpi("occupancy")[0] == 0.0
    assert result.stopped_by == "precision"


def test_the_same_arguments_give_the_same_tables_and_another_seed_others() -> None:
    plan = shop(days=3)
    first, second, other = run(*plan), run(*plan), run(*plan, seed=8)
    for table in ("service", "overall", "days", "weekdays", "promises", "bands", "contacts"):
        pd.testing.assert_frame_equal(getattr(first, table), getattr(second, table))
    assert not first.contacts.equals(other.contacts)


def test_the_order_of_rows_does_not_matter() -> None:
    workload, cover = shop(days=2)
    mixed = run(workload.sample(frac=1, random_state=1), cover.sample(frac=1, random_state=2))
    pd.testing.assert_frame_equal(run(workload, cover).service, mixed.service)


def test_ten_per_cent_more_contacts_are_the_same_contacts_and_more() -> None:
    contact = ContactType(redial=Redial(after_busy=0, after_abandon=0))
    base = run(*shop(days=1, agents=1000), contact, lines=None).contacts
    more = run(*shop(days=1, agents=1000, per_hour=66), contact, lines=None).contacts
    assert len(more) > len(base)
    same = more.iloc[: len(base)]
    assert (same["handle_time"] == base["handle_time"]).all()
    assert (same["arrival"] < base["arrival"]).all()


def test_more_agents_and_fewer_days_meet_the_same_customers() -> None:
    workload, cover = shop(days=7, agents=3)
    contact = ContactType(redial=Redial(after_busy=0, after_abandon=0))
    week = run(workload, cover, contact, lines=None)
    tuesday = workload["date"] == date(2027, 7, 6)
    alone = run(workload[tuesday], cover[tuesday].assign(agents=9.0), contact, lines=None)
    arrivals = week.contacts["arrival"]
    assert arrivals[arrivals.dt.day == 6].tolist() == alone.contacts["arrival"].tolist()
    assert alone.kpi("mean_wait_all")[0] < week.kpi("mean_wait_all")[0]


def test_busyness_scatters_days_without_moving_their_mean() -> None:
    def offered(days: int = 90, **more: object) -> pd.Series:
        columns = {name: more.pop(name) for name in ("day_cv", "slot_cv") if name in more}
        return run(*shop(days=days, per_hour=50, agents=30, **columns), ContactType(), lines=None, **more).days["offered"]

    calm, lively = offered(busyness=0.0), offered(busyness=0.08)
    mean, n = 400.0, len(calm)
    for sample, variance in ((calm, mean), (lively, mean + (0.08 * mean) ** 2)):
        assert abs(sample.mean() - mean) < 4 * np.sqrt(variance / n)
        assert abs(sample.var() / variance - 1) < 4 * np.sqrt(2 / n)
    assert offered(5, day_cv=0.08).tolist() == offered(5, busyness=0.08).tolist() != offered(5).tolist()
    # Sixteen intervals that vary by half of their mean, each by itself, beside chance.
    assert offered(slot_cv=0.5).var() == pytest.approx(mean + 16 * (0.5 * 25) ** 2, rel=4 * np.sqrt(2 / n))


def test_it_stops_at_the_precision_or_the_budget_and_says_which() -> None:
    plan = shop(days=3, agents=5)
    for inputs, reason in (
        (SimulationInputs(precision=0.5, replications_min=3), "precision"),
        (SimulationInputs(precision=0.0, contacts=10_000, replications_min=2), "contacts"),
        (SimulationInputs(precision=0.0, replications_min=2, replications_max=5), "replications"),
    ):
        told: list[float] = []
        result = run(*plan, inputs=inputs, progress=told.append)
        assert result.stopped_by == reason
        assert told == sorted(told)
        assert told[-1] == 1.0
        assert len(told) == result.replications
        if reason == "contacts":
            assert 10_000 <= result.contacts_simulated < 13_000
    precise = run(*plan, inputs=SimulationInputs(precision=0.02))
    _, low, high = precise.kpi("sl_offered")
    assert precise.stopped_by == "precision"
    assert high - low <= 0.04


def test_round_the_clock_through_a_change_to_summer_time() -> None:
    workload, cover = shop(days=3, hours="00:00-24:00", zone="Europe/Berlin", first=date(2027, 3, 27), per_hour=40, agents=3)
    result = run(workload, cover, ContactType(), lines=None)
    assert result.days.loc[result.days["replication"] == 0, "staffed_time"].round(-3).tolist() == [
        pytest.approx(3 * hours * 3600, rel=0.02) for hours in (24, 23, 24)
    ]
    # No closing in between: overrun only after the last day.
    assert (result.service["overrun_time"].iloc[:-1] == 0).all()


def test_hours_past_midnight_belong_to_the_day_they_began_on() -> None:
    result = run(*shop(days=2, hours="20:00-02:00"))
    assert result.days["date"].unique().tolist() == [date(2027, 7, 5), date(2027, 7, 6)]


def test_intervals_without_cover_have_no_agents() -> None:
    workload, cover = shop(days=1)
    result = run(workload, cover.assign(agents=3.0).iloc[4:])
    assert result.service["agents"].tolist() == [0] * 4 + [3] * 12
    assert result.service["occupancy"].isna().iloc[:4].all()


def test_a_fraction_of_an_agent_is_a_chance_in_each_interval() -> None:
    day = np.repeat(np.arange(740000, 740400), 16)
    drawn = draw_agents(np.full(len(day), 7.52), day, 5, 0)
    assert set(drawn) == {7, 8}
    assert abs(drawn.mean() - 7.52) < 4 * 0.5 / np.sqrt(len(drawn))
    assert abs(np.corrcoef(drawn[:-1], drawn[1:])[0, 1]) < 4 / np.sqrt(len(drawn))
    assert np.array_equal(draw_agents(np.full(len(day), 7.52), day, 5, 0), drawn)
    assert not np.array_equal(draw_agents(np.full(len(day), 7.52), day, 5, 1), drawn)
    whole = draw_agents(np.full(len(day), 3.9999999999), day, 5, 0)
    assert (whole == 4).all()


def test_an_empty_plan_gives_empty_tables() -> None:
    workload, cover = shop(days=1)
    result = run(workload.iloc[:0], cover)
    assert len(result.service) == len(result.days) == len(result.weekdays) == len(result.contacts) == 0
    assert result.contacts_simulated == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda w, c: (w.drop(columns="aht"), c), "no column 'aht'"),
        (lambda w, c: (pd.concat([w, w.assign(contact_type="chat")]), c), "one queue is simulated at a time"),
        (lambda w, c: (w, pd.concat([c, c.assign(group="b")])), "one group answers the queue"),
        (lambda w, c: (w, c.drop(columns="agents")), "cover table has no column 'agents'"),
        (lambda w, c: (w, c.assign(agents=np.inf)), "number of agents of 0 or more"),
        (lambda w, c: (w, c.assign(agents=-1.0)), "number of agents of 0 or more"),
    ],
)
def test_tables_that_cannot_be_played_are_refused(change: object, said: str) -> None:
    with pytest.raises(InputError, match=said):
        run(*change(*shop(days=1)))  # type: ignore[operator]


def test_targets_that_are_no_kpis_are_refused() -> None:
    plan = shop(days=1)
    with pytest.raises(InputError, match="They are answer_rate"):
        run(*plan, targets={"service_level": (1, 0.8)})
    with pytest.raises(InputError, match=r"1 \(at least\) or -1"):
        run(*plan, targets={"sl_offered": (2, 0.8)})
    with pytest.raises(InputError, match="coefficient of variation"):
        run(*plan, busyness=-0.1)
    with pytest.raises(ValueError, match="seed is -1"):
        run(*plan, seed=-1)
    with pytest.raises(ValueError, match="replications_min 20 is above"):
        SimulationInputs(replications_min=20, replications_max=10)


def test_exponential_handle_times_are_asked_for_by_the_contact() -> None:
    contact = ContactType(spread=Spread(family="exponential"), redial=Redial(after_busy=0, after_abandon=0))
    handle = run(*shop(days=7, agents=100), contact, lines=None).contacts["handle_time"]
    assert handle.std() / handle.mean() == pytest.approx(1.0, abs=0.06)


def test_importing_the_package_loads_nothing_heavy() -> None:
    heavy = ("numpy", "pandas", "numba", "simpy", "scipy", "pydantic")
    code = f"import wfm.simulate, sys; print([name for name in {heavy} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
