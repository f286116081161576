"""Intervals that hold the truth as often as they say, also where the answer was awaited, and where there are no exceptions."""

import math

import numpy as np
import pytest
from scipy.stats import binomtest

from tests.simulate.exact import erlang_a
from tests.simulate.plans import model, play, shop
from wfm.core.contacts import ContactType, Patience, Redial
from wfm.core.kpi import KPIS, TALLIES
from wfm.simulate import SimulationInputs, simulate
from wfm.simulate.inputs import KpiName
from wfm.simulate.replications import replicate
from wfm.simulate.statistics import difference, half_width, quantiles, ratio, share_of_days, wilson
from wfm.simulate.stopping import stopped_by
from wfm.simulate.tally import over_and_under, tally, value


def test_the_ratio_interval_covers_the_truth_of_its_share() -> None:
    """Ratio of correlated sums whose true ratio is 0.8: 95 % intervals of 12 replications, 4000 times."""
    rng = np.random.default_rng(4)
    level = rng.gamma(100, 1 / 100, size=(12, 4000))
    under = rng.poisson(400 * level).astype(float)
    over = rng.binomial(under.astype(int), 0.8).astype(float)
    value, low, high = ratio(over, under, share=True)
    covered = np.mean((low <= 0.8) & (high >= 0.8))
    assert abs(covered - 0.95) < 0.015
    np.testing.assert_allclose(value, over.sum(axis=0) / under.sum(axis=0))


def test_intervals_of_simulated_service_cover_the_exact_one() -> None:
    exact = erlang_a(5, 4.0, 1.0, 20 / 180)["sl_offered"]
    # Forty answers from ten replications each; each replication a stretch of the same queue, long after it was empty.
    plan = model(300 * 45, 4.0 / 180, 5, 180, intervals=401, then_mean=180.0)
    over, under = over_and_under(tally(play(plan, 8), 20)[1:], "sl_offered")
    _, low, high = ratio(over.reshape(40, 10).T, under.reshape(40, 10).T, share=True)
    held = int(np.sum((low <= exact) & (high >= exact)))
    assert binomtest(held, 40, 0.95).pvalue > 1e-3


def test_ratios_at_the_edges() -> None:
    value, low, high = ratio(np.zeros((3, 1)), np.zeros((3, 1)), share=True)
    assert np.isnan([value, low, high]).all()
    value, low, high = ratio(np.array([[8.0]]), np.array([[10.0]]), share=True)
    assert value == 0.8
    assert np.isnan([low, high]).all()
    value, low, high = ratio(np.array([9.0, 10.0]), np.array([10.0, 10.0]), share=True)
    assert (float(low), float(high)) == (pytest.approx(0.3147, abs=1e-4), 1.0)
    assert half_width(np.array([9.0]), np.array([10.0])) == np.inf
    assert half_width(np.zeros(2), np.zeros(2)) == 0.0
    assert half_width(np.array([9.0, 10.0]), np.array([10.0, 10.0])) == pytest.approx(0.635, abs=1e-3)


def test_shares_without_exceptions_are_not_known_for_sure() -> None:
    """What scipy says of no failure among so many; the interval shrinks as cases come in."""
    cases = np.full((10, 3), [4.0, 30.0, 1000.0])
    for over, side in ((cases, "low"), (0 * cases, "high")):
        value, low, high = ratio(over, cases, share=True)
        for i, n in enumerate(cases.sum(axis=0)):
            exact = binomtest(int(over[:, i].sum()), int(n)).proportion_ci(method="exact")
            assert getattr(exact, side) == pytest.approx({"low": low, "high": high}[side][i], rel=1e-9)
            assert half_width(over[:, i], cases[:, i], share=True) == pytest.approx(1 - 0.025 ** (1 / n), rel=1e-9)
        assert np.all((value == low) | (value == high))
    # Seconds are no cases, and what is no share has no bound to lean on.
    for more in ({"share": True, "cases": False}, {"share": False}):
        assert ratio(cases, cases, **more)[1:] == (pytest.approx(np.ones(3)), pytest.approx(np.ones(3)))


def test_relative_half_widths() -> None:
    over, under = np.array([9.0, 10.0, 8.0]), np.array([100.0, 110.0, 90.0])
    assert half_width(over, under, relative=True) == pytest.approx(half_width(over, under) / (27 / 300))
    assert half_width(np.zeros(3), under, share=True, relative=True) == math.inf
    assert half_width(np.zeros(3), np.zeros(3), share=True, relative=True) == 0.0


def test_the_difference_of_one_plan_is_that_of_its_residuals() -> None:
    """Against a bootstrap over pairs of replications."""
    rng = np.random.default_rng(7)
    level = rng.gamma(50, 1 / 50, 400)
    under = [rng.poisson(300 * level).astype(float) for _ in range(2)]
    chances = [np.clip(p - 0.2 * (level - 1), 0, 1) for p in (0.7, 0.8)]
    over = [rng.binomial(n.astype(int), p).astype(float) for n, p in zip(under, chances, strict=True)]
    gap, low, high, reduction = difference((over[0], under[0]), (over[1], under[1]))
    picks = rng.integers(0, 400, (4000, 400))
    resampled = over[1][picks].sum(axis=1) / under[1][picks].sum(axis=1) - over[0][picks].sum(axis=1) / under[0][picks].sum(axis=1)
    assert gap == pytest.approx(over[1].sum() / under[1].sum() - over[0].sum() / under[0].sum())
    assert float(high - low) / (2 * 1.966) == pytest.approx(resampled.std(), rel=0.05)
    apart = [ratio(o, n, share=False) for o, n in zip(over, under, strict=True)]
    assert float(reduction) == pytest.approx(sum(float(h - v) ** 2 for v, _, h in apart) / float(high - gap) ** 2)
    assert float(reduction) > 1


@pytest.mark.parametrize(("precision", "kpi", "relative"), [(0.02, "sl_offered", False), (0.10, "abandon_rate_offered", True)])
def test_intervals_hold_the_truth_although_the_precision_was_waited_for(
    precision: float, kpi: KpiName, relative: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """400 runs that stop by themselves, of days of 8 h with 10 agents: the truth is that of all their days together."""
    plan = model(3600, 170 / 3600, 10, 180, intervals=8, then_mean=120.0)
    most = 100
    days = replicate(plan, np.full(8, 10.0), seed=20270705, replications=400 * most, threshold=20).sum(axis=1)
    truth = float(value(days.sum(axis=0), kpi))
    inputs = SimulationInputs(precision=precision, precision_of=kpi, precision_relative=relative)
    held, played = 0, []
    for run in days.reshape(400, most, -1):
        R = next(R for R in range(1, most + 1) if stopped_by(run[:R], inputs))
        assert stopped_by(run[:R], inputs) == "precision"
        over, under = over_and_under(run[:R], kpi)
        _, low, high = ratio(over, under, share=True)
        held += bool(low <= truth <= high)
        played.append(R)
    with capsys.disabled():
        print(
            f"\n{kpi} = {truth:.4f} to {precision:.0%}{' of it' if relative else ''}: {held} of 400 intervals hold it, "
            f"after {np.mean(played):.1f} replications in the mean, {np.min(played)} to {np.max(played)}"
        )
    assert np.mean(played) > 12  # the rule decides, not the least number of replications
    assert 0.91 <= held / 400 <= 0.98


@pytest.mark.parametrize(("precision", "kpi", "relative"), [(0.01, "abandon_rate_offered", False), (0.05, "asa_answered", True)])
def test_a_simulation_stops_where_the_rule_says(precision: float, kpi: KpiName, relative: bool) -> None:
    inputs = SimulationInputs(precision=precision, precision_of=kpi, precision_relative=relative, replications_min=3)
    contact = ContactType(patience=Patience(onset=0, then_mean=120), redial=Redial(after_busy=0, after_abandon=0))
    result = simulate(*shop(days=2, agents=3), contact, lines=None, threshold=20, targets={}, seed=6, inputs=inputs)
    sums = result.days.groupby("replication")[list(TALLIES)].sum().to_numpy(float)
    sums = np.column_stack([sums, np.zeros(len(sums))])  # without the time after the ends of shifts
    value, _, high = result.kpi(kpi)
    assert result.stopped_by == stopped_by(sums, inputs) == "precision"
    assert stopped_by(sums[:-1], inputs) == ""
    assert high - value <= precision * (value if relative else 1.0)
    assert result.replications > 3


def test_the_names_of_kpis_are_those_there_are() -> None:
    assert KpiName.__args__ == tuple(KPIS)  # type: ignore[attr-defined]


def test_a_precision_of_seconds_is_relative() -> None:
    assert SimulationInputs(precision_of="asa_answered", precision_relative=True).precision == 0.003
    with pytest.raises(ValueError, match="a precision is a share, and asa_answered is a time"):
        SimulationInputs(precision_of="asa_answered")


def test_days_that_share_their_luck_count_for_fewer() -> None:
    """20 weeks of 5 days, 3000 times: independent days, and every other week of days that are all good or all bad."""
    rng = np.random.default_rng(11)
    for common, most in ((0.0, 0.985), (0.5, 0.985)):
        held, width = 0, []
        for _ in range(3000):
            week, alone = rng.random((20, 1)) < 0.7, rng.random((20, 5)) < 0.7
            met = np.where(rng.random((20, 1)) < common, week, alone)
            share, low, high = share_of_days(met)
            assert low <= share <= high
            held += low <= 0.7 <= high
            width.append(high - low)
        assert 0.93 <= held / 3000 <= most
        plain = wilson(np.array(70.0), np.array(100.0))
        assert np.mean(width) > float(plain[2] - plain[1]) * (1 + common / 2) * 0.98
    days = rng.random((30, 1)) < 0.6  # one day a replication: nothing to share
    assert share_of_days(days) == pytest.approx(tuple(map(float, wilson(np.array(float(days.sum())), np.array(30.0)))))
    for edge in (np.ones((4, 3), dtype=bool), np.zeros((4, 3), dtype=bool)):
        expected = wilson(np.array(float(edge.sum())), np.array(12.0))
        assert share_of_days(edge) == pytest.approx(tuple(map(float, expected)))
    assert np.isnan(share_of_days(np.zeros((3, 0), dtype=bool))).all()


def test_wilson_against_scipy_and_without_days() -> None:
    met, days = np.array([0.0, 82.0, 93.0, 100.0, 0.0]), np.array([20.0, 100.0, 100.0, 100.0, 0.0])
    share, low, high = wilson(met, days)
    for i in range(4):
        expected = binomtest(int(met[i]), int(days[i])).proportion_ci(method="wilson")
        np.testing.assert_allclose([low[i], high[i]], [expected.low, expected.high], atol=1e-12)
    np.testing.assert_allclose(share[:4], met[:4] / days[:4])
    assert np.isnan([share[4], low[4], high[4]]).all()


def test_quantiles_leave_nan_out() -> None:
    values = np.random.default_rng(1).random((50, 6))
    values[::3, 1] = np.nan
    values[1:, 2] = np.nan
    values[:, 3] = np.nan
    at = (0.0, 0.05, 0.5, 0.95, 1.0)
    found = quantiles(values, at)
    some = [0, 1, 2, 4, 5]
    np.testing.assert_allclose(found[:, some], np.nanquantile(values[:, some], at, axis=0))
    assert np.isnan(found[:, 3]).all()
