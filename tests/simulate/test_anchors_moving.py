"""Queues that never settle: staff and demand that change over a day, as the Kolmogorov equations have them; days that start empty.

The golden tables have one rule each for agents who leave while they talk; the model plays that rule, and what the records show is
compared by interval and by minute.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.shared import shared
from tests.simulate.plans import model
from tests.simulate.scores import Scores, mean_and_error
from wfm.simulate.model import SECOND, Model
from wfm.simulate.records import ABANDONED, HANDLED, Records
from wfm.simulate.replications import records

SEED = 20270705
MINUTE = 60 * SECOND
WARM_UP = 480  # minutes before the first, where the golden starts in its steady state
RARE = 30  # sightings and misses, for a probability to be judged by its spread


@dataclass(frozen=True)
class Day:
    """A golden of the ``tv_*`` family as a model: minutes as intervals, the first ``before`` of them a warm-up."""

    given: Mapping[str, Any]
    plan: Model
    before: int

    @classmethod
    def of(cls, name: str, **rules: Any) -> "Day":
        given = json.loads(shared(f"golden/{name}.json").read_text())
        begin, end = int(given["t0"]), int(given["t1"])
        before = WARM_UP if given["initial_state"] == "stationary" else 0
        steps = np.array(given["staffing_steps"], dtype=float)
        # Half a minute in, the rate is the minute's mean but for a millionth; before the first minute, all is as at its beginning.
        middle = np.arange(begin - before, end) + 0.5
        rate = arrival_rate(given["arrival_rate"], np.where(middle < begin, float(begin), middle))
        agents = steps[np.maximum(np.searchsorted(steps[:, 0], middle, side="right") - 1, 0), 1]
        plan = model(
            60, rate / 60, agents, given["aht"] * 60, intervals=len(middle), then_mean=given["patience_mean"] * 60, **rules
        )
        return cls(given, plan, before)

    def table(self, of: str) -> pd.DataFrame:
        return pd.read_csv(shared(f"golden/{self.given['name']}_{of}.csv"), comment="#")

    def records(self, replication: int) -> Records:
        return records(self.plan, self.plan.agents.astype(float), SEED, replication)


def arrival_rate(given: Mapping[str, Any], t: np.ndarray) -> np.ndarray:
    """Per minute, as the golden's own ``arrival_rate_formula`` says."""
    if given["kind"] == "sinusoid":
        wave: np.ndarray = given["mean_rate"] * (
            1 + given["amplitude"] * np.sin(2 * np.pi * (t - given["phase"]) / given["period"])
        )
        return wave
    high, low = given["multiple"], given["final_multiple"]
    since = t - given["ramp"] - given["hold"]
    rising = 1 + (high - 1) * np.clip(t / given["ramp"], 0, 1)
    falling = low + (high - low) * np.exp(-np.maximum(since, 0) / given["decay_tau"])
    return np.asarray(given["base_rate"] * np.where(since < 0, rising, falling))


def present(begin: np.ndarray, end: np.ndarray, at: np.ndarray) -> np.ndarray:
    """How many stretches [begin, end) hold each moment."""
    return np.searchsorted(np.sort(begin), at, side="right") - np.searchsorted(np.sort(end), at, side="right")


def stretches(one: Records) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """When waiting begins and ends, and handling."""
    served = one.arrival + one.wait
    answered = one.outcome == HANDLED
    return one.arrival, served, served[answered], served[answered] + one.handle[answered]


def seen(day: Day, replications: int) -> dict[str, np.ndarray]:
    """What each replication shows: [R, minutes] states at each full minute, [R, intervals] sums and means over intervals."""
    given = day.given
    minutes = int(given["t1"] - given["t0"])
    at = (day.before + np.arange(minutes)) * MINUTE
    edges = (day.before + np.arange(0, minutes + 1, int(given["interval"]))) * MINUTE
    agents = day.plan.agents[day.before :]
    rows: dict[str, list[np.ndarray]] = {}
    for replication in range(replications):
        one = day.records(replication)
        came, served, begun, done = stretches(one)
        queue, busy = present(came, served, at), present(begun, done, at)
        gone, soon = one.outcome == ABANDONED, one.wait <= given["sl_threshold"] * MINUTE
        told = {
            "queue": queue,
            "busy": busy,
            "system": queue + busy,
            "delay": queue + busy >= agents,
            "over": busy > agents,
            "mean_queue": area(came, served, edges),
            "mean_busy": area(begun, done, edges),
            "lost": np.histogram(served[gone], edges)[0],
            "delayed": np.histogram(came[one.wait > 0], edges)[0],
            "lose": np.histogram(came[gone], edges)[0],
            "waited": np.histogram(came, edges, weights=one.wait / MINUTE)[0],
            "answered": np.histogram(came[~gone & soon], edges)[0],
        }
        for name, values in told.items():
            rows.setdefault(name, []).append(values)
    return {name: np.array(values, dtype=float) for name, values in rows.items()}


def area(begin: np.ndarray, end: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Mean number of stretches [begin, end) that are under way between each two edges."""

    def until(moments: np.ndarray) -> np.ndarray:
        """Sum of how long ago each moment was, at each edge; 0 for those to come."""
        moments = np.sort(moments)
        sums = np.concatenate([[0], np.cumsum(moments)])
        passed = np.searchsorted(moments, edges)
        return np.asarray(passed * edges - sums[passed])

    return np.asarray(np.diff(until(begin) - until(end)) / np.diff(edges))


#: Golden column, what shows it, and whether it is per arrival, whose expected number is known.
BY_INTERVAL = [
    ("mean_queue", "mean_queue", False), ("mean_busy", "mean_busy", False), ("abandon_events", "lost", False),
    ("p_delay", "delayed", True), ("p_abandon_cohort", "lose", True), ("e_wait_cohort", "waited", True),
    ("sl_offered_cohort", "answered", True),
]  # fmt: skip
BY_MINUTE = [
    ("mean_in_system", "system"), ("mean_queue", "queue"), ("mean_busy", "busy"), ("p_delay", "delay"), ("p_busy_gt_n", "over"),
]  # fmt: skip


def moving(name: str, replications: int, **rules: Any) -> Scores:
    """Scores of one golden, against all of its columns that records show."""
    day = Day.of(name, **rules)
    shown = seen(day, replications)
    scores = Scores()
    intervals, minutes = day.table("interval"), day.table("minute")
    for what, column, per_arrival in BY_INTERVAL:
        if what not in intervals:
            continue
        expected = intervals[what] * (intervals["arrivals"] if per_arrival else 1.0)
        value, error = mean_and_error(shown[column])
        enough = (shown[column] > 0).sum(axis=0) >= RARE
        for t, *cell, judged in zip(intervals["t_start"], expected, value, error, enough, strict=True):
            if judged:
                scores.add(f"{t:g} to {t + day.given['interval']:g} min", what, *cell)
    # Every fifth minute: the others say nearly the same.
    full = minutes[(minutes["t"] % 5 == 0) & (minutes["t"] < day.given["t1"])]
    index = (full["t"] - day.given["t0"]).astype(int).to_numpy()
    for what, column in BY_MINUTE:
        if what not in full:
            continue
        states = shown[column][:, index]
        value, error = mean_and_error(states)
        sightings = (states > 0).sum(axis=0)
        enough = (sightings >= RARE) & ((sightings <= replications - RARE) | (not what.startswith("p_")))
        for t, expected, *cell, judged in zip(full["t"], full[what], value, error, enough, strict=True):
            if judged:
                scores.add(f"at {t:g} min", what, expected, *cell)
    return scores


@pytest.mark.parametrize(("name", "rules"), [("tv_exhaustive_a", {})])
def test_demand_and_staff_that_change_over_a_day(name: str, rules: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    """M(t)/M/n(t)+M; exhaustive: whoever is busy when n falls finishes the contact."""
    scores = moving(name, 6000, **rules)
    scores.judge(f"{name}, {rules or 'finish'}", capsys, cells=550, told=30)
