"""Published and exact numbers beyond the steady state: delayed patience, lines, empty starts, changing staff, bursts."""

import json

import numpy as np
import pandas as pd
import pytest

from tests.shared import shared
from tests.simulate.exact import erlang_b
from tests.simulate.plans import estimate, model, play, tallies
from wfm.core import draws
from wfm.simulate.model import SECOND
from wfm.simulate.records import ABANDONED, HANDLED
from wfm.simulate.tally import COLUMNS, over_and_under, tally

SEED = 20270705


@pytest.mark.parametrize(
    ("per_hour", "onset", "abandoned", "digits"),
    [(140, 0, 0.0347, 5e-5), (140, 120, 0.0044, 5e-5), (170, 0, 0.0788, 5e-5), (170, 120, 0.0226, 5e-5)],
)
def test_patience_with_a_delayed_onset(per_hour: float, onset: float, abandoned: float, digits: float) -> None:
    """S4-14: ten agents, 180 s; 120 s and then exponential is not the same as exponential with mean 120 s."""
    contacts, batches = 60_000, 30
    plan = model(
        contacts / batches / per_hour * 3600, per_hour / 3600, 10, 180, intervals=batches + 1, onset=onset, then_mean=120.0
    )
    value, error = estimate(tally(play(plan, SEED), 20)[1:], "abandon_rate_offered")
    assert abs(value - abandoned) < 4 * error + digits
    assert error < 0.003


@pytest.mark.parametrize(("n", "a"), [(1, 0.8), (5, 4.0), (20, 22.0)])
@pytest.mark.parametrize("family", [draws.LOGNORMAL, draws.EXPONENTIAL])
def test_as_many_lines_as_agents_is_erlang_b_for_any_handle_time(n: int, a: float, family: int) -> None:
    batches = 25
    plan = model(1600 / (a / 180), a / 180, n, 180, intervals=batches + 1, lines=n, family=family, cv=0.8)
    sums = tally(play(plan, SEED), 20)[1:]
    value, error = estimate(sums, "blocking")
    assert abs(value - erlang_b(n, a)) < 4 * error
    assert sums[:, COLUMNS.index("wait_handled")].sum() == 0


@pytest.mark.parametrize("anchor", ["contactcenters_MMC", "contactcenters_MMCAb"])
def test_a_day_that_starts_empty_as_published(anchor: str) -> None:
    """The examples of L'Ecuyer and Buist: 1000 days of 8 h; the published intervals hold the exact transient values."""
    entry = next(entry for entry in json.loads(shared("golden/published_anchors.json").read_text()) if entry["id"] == anchor)
    given, exact = entry["inputs"], entry["exact_transient"]
    patience = 60 / given["nu"] if "nu" in given else np.inf
    plan = model(480 * 60, given["lam"] / 60, given["n"], 60 / given["mu"], then_mean=patience)
    days = tallies(plan, SEED, 60, threshold=given["T_min"] * 60).sum(axis=1)
    # Published occupancy is over the 480 minutes; ours counts the work after closing, so that is taken out of both sides.
    occupied = days.copy()
    for name in ("busy_time", "staffed_time"):
        occupied[:, COLUMNS.index(name)] -= days[:, COLUMNS.index("overrun_time")]
    simulated = {
        "in_target": per_day(days, "answered_within"),
        "abandoned": per_day(days, "abandoned"),
        "sl": estimate(days, "sl_offered"),
        "occupancy": estimate(occupied, "occupancy"),
    }
    mean_wait, error = estimate(days, "asa_answered")
    simulated["asa_min"] = simulated["asa_served_min"] = (mean_wait / 60, error / 60)
    scores = {name: (simulated[name][0] - value) / simulated[name][1] for name, value in exact.items()}
    assert len(scores) == 4
    assert max(map(abs, scores.values())) < 4, scores


def per_day(days: np.ndarray, name: str) -> tuple[float, float]:
    counts = days[:, COLUMNS.index(name)]
    return float(counts.mean()), float(counts.std(ddof=1) / np.sqrt(len(counts)))


def test_staff_that_changes_over_a_day_with_the_exhaustive_rule() -> None:
    """Against the Kolmogorov equations of M(t)/M/n(t)+M: who is busy when n falls finishes the contact."""
    given = json.loads(shared("golden/tv_exhaustive_a.json").read_text())
    golden = pd.read_csv(shared("golden/tv_exhaustive_a_interval.csv"), comment="#")
    rate, minutes = given["arrival_rate"], np.arange(720) + 0.5
    wave = np.sin(2 * np.pi * (minutes - rate["phase"]) / rate["period"])
    steps = np.array(given["staffing_steps"])
    agents = steps[np.searchsorted(steps[:, 0], minutes, side="right") - 1, 1]
    plan = model(
        60,
        rate["mean_rate"] * (1 + rate["amplitude"] * wave) / 60,
        agents,
        given["aht"] * 60,
        intervals=720,
        then_mean=given["patience_mean"] * 60,
    )
    busy, lost, delayed = [], [], []
    for replication in range(150):
        records = play(plan, SEED, replication)
        busy.append(records.busy.reshape(24, 30).sum(axis=1)[:23] / (1800 * SECOND))  # the last one holds work after closing
        when = ((records.arrival + records.wait)[records.outcome == ABANDONED] // (1800 * SECOND)).astype(int)
        lost.append(np.bincount(when, minlength=25)[:24])
        waited = (records.wait > 0).astype(float)
        delayed.append(np.bincount(records.interval // 30, weights=waited, minlength=24))
    delay = golden["p_delay"] * golden["arrivals"]
    z = [
        (np.mean(sample, axis=0) - exact) / (np.std(sample, axis=0, ddof=1) / np.sqrt(len(sample)))
        for sample, exact in ((busy, golden["mean_busy"][:23]), (lost, golden["abandon_events"]), (delayed, delay))
    ]
    assert np.abs(np.concatenate(z)).max() < 4


@pytest.mark.parametrize(
    ("agents", "lines", "answered"), [(5, 8, 0.16), (10, 12, 0.27), (10, 30, 0.29), (20, 30, 0.47), (40, 60, 0.75), (60, 90, 0.94)]
)
def test_a_burst_after_a_broadcast(agents: int, lines: int, answered: float) -> None:
    """S1-11: 300 customers, arriving as exp(5 min), 150 s each; few keep trying."""
    edges = np.exp(-np.arange(721) * 15 / 300)
    plan = model(
        15, 300 * (edges[:-1] - edges[1:]) / 15, agents, 150, intervals=720, then_mean=120.0, lines=lines,
        redial_busy=0.3, redial_abandon=0.2, redial_delay=60.0, attempts_max=6,
    )  # fmt: skip
    sums = tallies(plan, SEED, 40).sum(axis=1)
    over, under = over_and_under(sums, "answer_rate_customer")
    assert abs(over.sum() / under.sum() - answered) < 0.02


def test_service_within_intervals_scatters_as_in_the_golden_simulation() -> None:
    """Share of half-hours below 80/20 and their quantiles, at a steady rate (Roubos, Koole, Stolletz 2012)."""
    given = json.loads(shared("golden/sl_variability_sim.json").read_text())["scenarios"][0]
    plan = model(
        given["interval_s"], given["offered_erlang"] / given["aht_s"], given["n"], given["aht_s"], intervals=1501,
        then_mean=given["patience_s"],
    )  # fmt: skip
    records = play(plan, SEED)
    over, under = over_and_under(tally(records, given["T_s"])[1:], "sl_offered")
    level = over / under
    # Neighbouring half-hours are alike: as many independent ones as their correlation leaves.
    r = np.corrcoef(level[:-1], level[1:])[0, 1]
    n = len(level) * (1 - r) / (1 + r)
    assert abs(level.mean() - given["mean_sl"]) < 4 * np.hypot(level.std() / np.sqrt(n), given["mean_se"])
    below = np.mean(level < 0.80)
    assert abs(below - given["p_sl_below_080"]) < 4 * np.hypot(np.sqrt(below * (1 - below) / n), given["p_se"])
    assert abs(level.std() - given["sd_sl"]) < 4 * given["sd_sl"] / np.sqrt(2 * n)
    assert np.sum(records.outcome == HANDLED) > 100_000
