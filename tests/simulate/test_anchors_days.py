"""Days as others have published or simulated them: an empty start, a burst after a broadcast, how service scatters by half-hour."""

import json
from typing import Any

import numpy as np
import pytest

from tests.shared import shared
from tests.simulate.plans import estimate, model
from tests.simulate.scores import Scores, mean_and_error
from wfm.core.distributions import Exponential
from wfm.simulate.arrivals import Burst
from wfm.simulate.replications import replicate
from wfm.simulate.tally import COLUMNS, over_and_under, value

SEED = 20270705


def in_parts(plan: Any, days: int, threshold: float) -> np.ndarray:
    """Tallies of whole days: [days, tallies]."""
    mean = plan.agents.astype(float)
    return replicate(plan, mean, seed=SEED, replications=days, threshold=threshold).sum(axis=1)


@pytest.mark.parametrize("anchor", ["contactcenters_MMC", "contactcenters_MMCAb"])
def test_a_day_that_starts_empty_as_published(anchor: str, capsys: pytest.CaptureFixture[str]) -> None:
    """L'Ecuyer and Buist, ContactCenters: days of 480 minutes; calls that wait at 480 are served, occupancy is of the 480 minutes.

    Within four standard errors of the exact transient values, and inside their intervals (of 1000 days, ends as rounded there).
    """
    entry = next(entry for entry in json.loads(shared("golden/published_anchors.json").read_text()) if entry["id"] == anchor)
    given, exact = entry["inputs"], entry["exact_transient"]
    patience = 60 / given["nu"] if "nu" in given else np.inf
    plan = model(given["horizon_min"] * 60, given["lam"] / 60, given["n"], 60 / given["mu"], then_mean=patience)
    days = in_parts(plan, 10_000, given["T_min"] * 60)
    occupied = days.copy()  # within the 480 minutes: work after closing counts as overrun
    for name in ("busy_time", "staffed_time"):
        occupied[:, COLUMNS.index(name)] -= days[:, COLUMNS.index("overrun_time")]
    assert np.all(occupied[:, COLUMNS.index("staffed_time")] == given["n"] * given["horizon_min"] * 60)
    wait, error = estimate(days, "asa_answered")
    simulated = {
        "in_target": mean_and_error(days[:, COLUMNS.index("answered_within")]),
        "abandoned": mean_and_error(days[:, COLUMNS.index("abandoned")]),
        "sl": estimate(days, "sl_offered"),
        "occupancy": estimate(occupied, "occupancy"),
        "asa_min": (wait / 60, error / 60),
        "asa_served_min": (wait / 60, error / 60),
    }
    scores = Scores()
    for what, expected in exact.items():
        scores.add(anchor, what, expected, *(float(part) for part in simulated[what]))
    for what, ends in entry["published_ci"].items():
        digits = max(len(str(end).partition(".")[2]) for end in ends)
        low, high = ends[0] - 0.5 * 10**-digits, ends[1] + 0.5 * 10**-digits
        assert low <= simulated[what][0] <= high, (what, simulated[what], ends)
    scores.judge(f"{anchor}, 10,000 days", capsys, cells=4)


BURSTS = [(5, 8, 0.16), (10, 12, 0.27), (10, 30, 0.29), (20, 30, 0.47), (40, 60, 0.75), (60, 90, 0.94)]


def test_a_burst_after_a_broadcast(capsys: pytest.CaptureFixture[str]) -> None:
    """S1-11: 300 customers, arriving as exp(5 min), 150 s each, patience 120 s; few keep trying. Shares within 2 points."""
    rows = []
    for agents, lines, stated in BURSTS:
        plan = model(
            10_800, 0.0, agents, 150, then_mean=120.0, lines=lines, redial_busy=0.3, redial_abandon=0.2, redial_delay=60.0,
            attempts_max=6, bursts=(Burst(at=0, contacts=300, lag=Exponential(300.0), exact=True),),
        )  # fmt: skip
        sums = in_parts(plan, 1000, 20.0)
        assert np.all(sums[:, COLUMNS.index("customers")] == 300)
        rows.append((agents, lines, stated, *estimate(sums, "answer_rate_customer")))
    with capsys.disabled():
        print("\nS1-11, 300 customers: agents, lines, answered as stated | simulated, s.e.")
        for agents, lines, stated, share, error in rows:
            print(f"{agents:4d} {lines:4d}  {stated:.0%} | {share:.2%} {error:.2%}", flush=True)
    for agents, lines, stated, share, error in rows:
        assert abs(share - stated) < 0.02, (agents, lines)
        assert error < 0.002


@pytest.mark.parametrize("number", [0, 1])
def test_service_of_intervals_scatters_as_in_the_golden_simulation(number: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Mean, spread and quantiles of single half-hours' and quarters' service, at a steady rate (Roubos, Koole, Stolletz 2012)."""
    given = json.loads(shared("golden/sl_variability_sim.json").read_text())["scenarios"][number]
    settle, kept, runs = 8, 200, 600
    plan = model(
        given["interval_s"], given["offered_erlang"] / given["aht_s"], given["n"], given["aht_s"], intervals=settle + kept,
        then_mean=given["patience_s"],
    )  # fmt: skip
    tallies = replicate(
        plan, plan.agents.astype(float), seed=SEED + number, replications=runs, threshold=given["T_s"]
    )[:, settle:]  # fmt: skip
    level = value(tallies, "sl_offered")
    assert not np.isnan(level).any()
    spread = np.sqrt(np.mean((level - level.mean()) ** 2, axis=1))
    found = {
        "mean_sl": (mean_and_error(level.mean(axis=1)), given["mean_se"]),
        "p_sl_below_080": (mean_and_error((level < 0.80).mean(axis=1)), given["p_se"]),
        "sd_sl": ((np.sqrt(np.mean(spread**2)), mean_and_error(spread)[1]), given["sd_se"]),
    }
    scores = Scores()
    for what, ((simulated, error), error_there) in found.items():
        scores.add(f"scenario {number}", what, given[what], simulated, np.hypot(error, error_there))
    # Weighted by contacts it is the long-run share: theirs is one run of 12,000 intervals, ours known better.
    over, under = over_and_under(tallies.sum(axis=1), "sl_offered")
    by_run = estimate(tallies.sum(axis=1), "sl_offered")
    scores.add(
        f"scenario {number}", "call_weighted_sl", given["call_weighted_sl"], over.sum() / under.sum(),
        np.hypot(by_run[1], by_run[1] * np.sqrt(runs * kept / given["intervals"])),
    )  # fmt: skip
    for name, q in (("q05", 0.05), ("q50", 0.50), ("q95", 0.95)):
        assert abs(np.quantile(level, q) - given[name]) <= 0.01, name
    scores.judge(f"Service of single intervals, scenario {number}", capsys, cells=4)
