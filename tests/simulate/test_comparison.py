"""Plans compared under common customers: the difference is unbiased, better known than apart, and its interval holds the truth."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from tests.simulate.exact import erlang_a
from tests.simulate.plans import model, shop
from wfm.core.contacts import ContactType
from wfm.core.kpi import KPIS
from wfm.simulate import SimulationInputs, SimulationResult, simulate
from wfm.simulate.comparison import compare, compare_days, compare_plans, compare_promises
from wfm.simulate.model import SECOND
from wfm.simulate.replications import replicate
from wfm.simulate.tally import COLUMNS, value

SEED, WITHIN, AHT, PATIENCE = 20270705, 20.0, 180.0, 180.0
TABLES = ("one", "other", "difference", "low", "high", "reduction")


@cache
def queue(agents: int, load: float = 10.0) -> np.ndarray:
    """3000 replications of some 830 contacts, in a queue that has been open for an hour and a half: [3000, 1, tallies]."""
    length = np.array([5400, 15_000]) * SECOND
    plan = model(1, load / AHT, agents, AHT, intervals=2, then_mean=PATIENCE)
    plan = replace(plan, start=np.array([0, length[0]]), length=length)
    return replicate(plan, np.full(2, float(agents)), seed=SEED, replications=3000, threshold=WITHIN)[:, 1:]


@pytest.mark.parametrize("kpi", ["sl_offered", "abandon_rate_offered", "mean_wait_all"])
def test_the_difference_is_unbiased_and_its_interval_as_sure_as_it_says(kpi: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Ten and eleven agents, 10 erlang: 200 comparisons of 15 replications each against exact Erlang A."""
    runs = {agents: queue(agents).reshape(200, 15, 1, -1) for agents in (10, 11)}
    scale = AHT if kpi == "mean_wait_all" else 1.0
    exact = [scale * erlang_a(agents, 10.0, PATIENCE / AHT, WITHIN / AHT)[kpi] for agents in (10, 11)]
    truth = exact[1] - exact[0]
    paired = [compare(one, other, kpi) for one, other in zip(runs[10], runs[11], strict=True)]
    # The same replications, each beside one of other customers.
    apart = [compare(one, other, kpi) for one, other in zip(runs[10], np.roll(runs[11], 1, axis=0), strict=True)]
    gaps, gaps_apart = (np.array([found.difference[0] for found in all_of_them]) for all_of_them in (paired, apart))
    z = (gaps.mean() - truth) / (gaps.std(ddof=1) / np.sqrt(len(gaps)))
    covered = sum(low <= truth <= high for _, low, high in (found.difference for found in paired))
    told = np.median([found.reduction for found in paired])
    real = gaps_apart.var(ddof=1) / gaps.var(ddof=1)
    with capsys.disabled():
        print(
            f"\n{kpi}, 10 to 11 agents: exact {truth:+.5f}, mean of 200 comparisons {gaps.mean():+.5f} (z = {z:+.2f}), "
            f"{covered} of 200 intervals hold it; variance apart over paired: {real:.1f}, as told {told:.1f}"
        )
    assert abs(z) < 4
    assert binomtest(covered, 200, 0.95).pvalue > 1e-3
    assert real > 2
    assert told == pytest.approx(real, rel=0.5)
    assert np.median([found.reduction for found in apart]) == pytest.approx(1.0, abs=0.15)


def test_intervals_days_and_the_whole_are_ratios_of_their_sums() -> None:
    plan = model(1800, 0.05, 9, 180, intervals=12, per_day=4, gap=3600, then_mean=120.0, lines=14)
    agents = np.full(12, 9.0)
    found = compare_plans(
        (plan, agents), (plan, agents + np.linspace(-1, 2, 12)), "sl_offered", seed=3, replications=25, threshold=WITHIN
    )
    runs = [replicate(plan, mean, seed=3, replications=25, threshold=WITHIN) for mean in (agents, agents + np.linspace(-1, 2, 12))]
    assert found.replications == 25
    assert found.days["day"].tolist() == np.unique(plan.day).tolist()
    for side, run in zip(("one", "other"), runs, strict=True):
        np.testing.assert_allclose(found.intervals[side], value(run.sum(axis=0), "sl_offered"))
        np.testing.assert_allclose(found.days[side], value(run.sum(axis=0).reshape(3, 4, -1).sum(axis=1), "sl_offered"))
        np.testing.assert_allclose(found.overall[side], value(run.sum(axis=(0, 1)), "sl_offered"))
    for table in (found.intervals, found.days, found.overall):
        np.testing.assert_allclose(table["difference"], table["other"] - table["one"])
        assert (table["low"] <= table["difference"]).all()
        assert (table["difference"] <= table["high"]).all()
    assert found.days["reduction"].min() > 1


def test_every_kpi_has_a_difference() -> None:
    plan = model(1800, 0.05, 9, 180, intervals=4, then_mean=120.0, lines=14, redial_abandon=0.2, redial_delay=60.0, attempts_max=3)
    runs = [replicate(plan, np.full(4, n), seed=3, replications=10, threshold=WITHIN) for n in (8.0, 10.0)]
    for kpi, about in KPIS.items():
        found = compare(*runs, kpi)
        gap, low, high = found.difference
        assert low <= gap <= high, kpi
        if about.direction and kpi != "blocking":  # who does not give up holds a line for longer
            assert gap * about.direction > 0, kpi


def test_a_plan_beside_itself_differs_in_nothing_for_sure() -> None:
    run = replicate(model(1800, 0.05, 8, 180, intervals=2), np.full(2, 8.0), seed=1, replications=5, threshold=WITHIN)
    found = compare(run, run, "sl_offered")
    assert found.difference == (0.0, 0.0, 0.0)
    assert found.reduction == np.inf


def test_what_was_never_asked_for_is_nan_and_one_replication_tells_no_spread() -> None:
    runs = np.zeros((2, 4, 3, len(COLUMNS)))
    for name in ("offered", "answered_within"):
        runs[:, :, 1, COLUMNS.index(name)] = 10
    found = compare(*runs, "sl_offered")
    assert found.intervals.loc[[0, 2], list(TABLES)].isna().all(axis=None)
    assert found.intervals.loc[1, ["one", "other", "difference", "low", "high"]].tolist() == [1, 1, 0, 0, 0]
    assert np.isnan(found.intervals.loc[1, "reduction"])
    alone = compare(runs[0][:1], runs[1][:1], "sl_offered").overall.iloc[0]
    assert alone["difference"] == 0
    assert alone[["low", "high", "reduction"]].isna().all()


def test_runs_that_cannot_be_paired_are_refused() -> None:
    run = np.zeros((4, 3, len(COLUMNS)))
    with pytest.raises(ValueError, match=r"unequal shapes cannot be paired: \(4, 3\) and \(3, 3\)"):
        compare(run, run[:3], "sl_offered")
    with pytest.raises(ValueError, match=r"tallies are \[replications, intervals, "):
        compare(run[0], run[0], "sl_offered")
    with pytest.raises(ValueError, match="'service_level' is no KPI; they are answer_rate"):
        compare(run, run, "service_level")
    with pytest.raises(ValueError, match="day has 2 values for 3 intervals"):
        compare(run, run, "sl_offered", day=np.array([1, 2]))
    plans = [(model(seconds, 0.01, 1, 180, intervals=2), np.ones(2)) for seconds in (1800, 900)]
    with pytest.raises(ValueError, match="theirs differ in start"):
        compare_plans(plans[0], plans[1], "sl_offered", seed=1, replications=2, threshold=WITHIN)


def test_results_of_two_simulations_are_compared_by_the_dates_and_replications_both_have() -> None:
    contact = ContactType()

    def result(agents: float, days: int, replications: int) -> SimulationResult:
        inputs = SimulationInputs(replications_min=replications, replications_max=replications)
        workload, cover = shop(days=days, agents=agents)
        return simulate(workload, cover, contact, lines=None, threshold=20, targets={"sl_offered": (1, 0.8)}, seed=5, inputs=inputs)

    one, other = result(4, 4, 12), result(5, 3, 10)
    found = compare_days(one.days, other.days, "sl_offered")
    assert found.replications == 10
    assert found.days["day"].tolist() == other.days["date"].unique().tolist()
    both = [
        frame[(frame["replication"] < 10) & frame["date"].isin(other.days["date"])]
        .groupby("date")[["answered_within", "offered"]]
        .sum()
        for frame in (one.days, other.days)
    ]
    for side, sums in zip(("one", "other"), both, strict=True):
        np.testing.assert_allclose(found.days[side], sums["answered_within"] / sums["offered"])
    assert found.difference[1] > 0
    assert found.reduction > 1
    with pytest.raises(ValueError, match="no day in common"):
        compare_days(one.days, other.days.assign(date=pd.Timestamp("2030-01-01").date()), "sl_offered")
    for target, column in (("all", "met"), ("sl_offered", "met_sl_offered")):
        kept = compare_promises(one.days, other.days, target).iloc[0]
        shares = [
            frame.loc[(frame["replication"] < 10) & frame["date"].isin(other.days["date"]), column].mean()
            for frame in (one.days, other.days)
        ]
        assert kept[["one", "other"]].tolist() == pytest.approx(shares)
        assert kept["difference"] == pytest.approx(shares[1] - shares[0])
        assert 0 < kept["low"] < kept["difference"] < kept["high"]
    with pytest.raises(ValueError, match="not judged by 'occupancy' in both"):
        compare_promises(one.days, other.days, "occupancy")
    same = compare_promises(one.days, one.days).iloc[0]
    assert same["difference"] == 0
    assert same["high"] == -same["low"] == pytest.approx(1 - 0.025 ** (1 / 12))
