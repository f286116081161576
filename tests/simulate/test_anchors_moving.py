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
from wfm.simulate.centre import Centre, Leaving
from wfm.simulate.crowd import draw_crowd
from wfm.simulate.engines.many import play_centre
from wfm.simulate.model import SECOND, Model
from wfm.simulate.records import Records
from wfm.simulate.replications import records
from wfm.simulate.visits import ABANDONED, ANSWERED, Visits

SEED = 20270705
MINUTE = 60 * SECOND
WARM_UP = 90  # minutes before the first, where the golden starts in its steady state
RARE = 30  # days that differ from most, for a number to be judged by their spread
CROOKED = 0.15  # skewness over the root of days: beyond it standard errors do not say what they say of a bell


@dataclass(frozen=True)
class Day:
    """A golden of the ``tv_*`` family as a model: minutes as intervals, the first ``before`` of them a warm-up."""

    given: Mapping[str, Any]
    plan: Model
    before: int

    @classmethod
    def of(cls, name: str) -> "Day":
        given = json.loads(shared(f"golden/{name}.json").read_text())
        begin, end = int(given["t0"]), int(given["t1"])
        before = WARM_UP if given["initial_state"] == "stationary" else 0
        steps = np.array(given["staffing_steps"], dtype=float)
        # Half a minute in, the rate is the minute's mean but for a millionth; before the first minute, all is as at its beginning.
        middle = np.arange(begin - before, end) + 0.5
        rate = arrival_rate(given["arrival_rate"], np.where(middle < begin, float(begin), middle))
        agents = steps[np.maximum(np.searchsorted(steps[:, 0], middle, side="right") - 1, 0), 1]
        plan = model(60, rate / 60, agents, given["aht"] * 60, intervals=len(middle), then_mean=given["patience_mean"] * 60)
        return cls(given, plan, before)

    def table(self, of: str) -> pd.DataFrame:
        return pd.read_csv(shared(f"golden/{self.given['name']}_{of}.csv"), comment="#")

    def played(self, replication: int, leaving: Leaving) -> Visits:
        """By the engine of single queues where it knows the rule, else by that of centres."""
        if leaving == "finish":
            one = records(self.plan, self.plan.agents.astype(float), SEED, replication)
            return as_visits(one)
        centre = Centre.of(self.plan, leaving=leaving)
        return play_centre(centre, draw_crowd(centre, SEED, replication))


def as_visits(one: Records) -> Visits:
    """Records of a queue in which every attempt is one visit."""
    none = np.zeros_like(one.contact)
    times = (part[None] for part in (one.busy, one.staffed, one.overrun))
    return Visits(
        one.contact, one.attempt, none + 1, none, one.interval, one.arrival, one.arrival, one.outcome, one.wait, one.handle, none,
        *times,
    )  # fmt: skip


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


def seen(day: Day, replications: int, leaving: Leaving) -> dict[str, np.ndarray]:
    """What each replication shows: [R, minutes] states at each full minute, [R, intervals] sums and means over intervals."""
    given = day.given
    minutes = int(given["t1"] - given["t0"])
    at = (day.before + np.arange(minutes)) * MINUTE
    edges = (day.before + np.arange(0, minutes + 1, int(given["interval"]))) * MINUTE
    agents = day.plan.agents[day.before :]
    rows: dict[str, list[np.ndarray]] = {}
    for replication in range(replications):
        legs = day.played(replication, leaving)
        left = legs.queued + legs.wait
        answered = np.isin(legs.outcome, ANSWERED)
        begun, done = left[answered], (left + legs.handle)[answered]
        queue, busy = present(legs.queued, left, at), present(begun, done, at)
        # A contact that went back into the queue has several legs; cohorts are judged by the first, until somebody answers.
        first = np.flatnonzero(legs.leg == 1)
        came = legs.arrival[first]
        soon = answered[first] & (legs.wait[first] <= given["sl_threshold"] * MINUTE)
        told = {
            "queue": queue,
            "busy": busy,
            "system": queue + busy,
            "delay": queue + busy >= agents,
            "over": busy > agents,
            "mean_queue": area(legs.queued, left, edges),
            "mean_busy": area(begun, done, edges),
            "lost": np.histogram(left[legs.outcome == ABANDONED], edges)[0],
            "delayed": np.histogram(came[legs.wait[first] > 0], edges)[0],
            "lose": np.histogram(came[legs.outcome[first] == ABANDONED], edges)[0],
            "waited": np.histogram(came, edges, weights=legs.wait[first] / MINUTE)[0],
            "answered": np.histogram(came[soon], edges)[0],
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


def tame(samples: np.ndarray) -> np.ndarray:
    """Which columns scatter so that their standard error can be trusted."""
    off = samples - samples.mean(axis=0)
    spread = off.std(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        skewness = np.abs((off**3).mean(axis=0) / spread**3)
    usual = np.median(samples, axis=0)
    enough: np.ndarray = (np.sum(samples != usual, axis=0) >= RARE) & (skewness <= CROOKED * np.sqrt(len(samples)))
    return enough


def moving(name: str, replications: int, leaving: Leaving) -> Scores:
    """Scores of one golden, against all of its columns that records show."""
    day = Day.of(name)
    shown = seen(day, replications, leaving)
    scores = Scores()
    intervals, minutes = day.table("interval"), day.table("minute")
    for what, column, per_arrival in BY_INTERVAL:
        if what not in intervals:
            continue
        expected = intervals[what] * (intervals["arrivals"] if per_arrival else 1.0)
        value, error = mean_and_error(shown[column])
        for t, *cell, judged in zip(intervals["t_start"], expected, value, error, tame(shown[column]), strict=True):
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
        for t, expected, *cell, judged in zip(full["t"], full[what], value, error, tame(states), strict=True):
            if judged:
                scores.add(f"at {t:g} min", what, expected, *cell)
    return scores


GOLDENS = pytest.mark.parametrize(
    ("name", "leaving", "days", "cells"),
    [
        ("tv_exhaustive_a", "finish", 4000, 500),
        ("tv_sinusoid_a", "return_to_queue", 400, 1300),
        ("tv_spike1111_a", "return_to_queue", 1500, 300),
    ],
)


@GOLDENS
def test_demand_and_staff_that_change_over_a_day(
    name: str, leaving: Leaving, days: int, cells: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """M(t)/M/n(t)+M; exhaustive: whoever is busy when n falls finishes the contact; preemptive: it goes back into the queue."""
    moving(name, days, leaving).judge(f"{name}, {leaving}, {days} days", capsys, cells=cells, told=30)


@pytest.mark.slow
@GOLDENS
def test_many_days_of_changing_demand_and_staff(
    name: str, leaving: Leaving, days: int, cells: int, capsys: pytest.CaptureFixture[str]
) -> None:
    moving(name, 10 * days, leaving).judge(f"{name}, {leaving}, {10 * days} days", capsys, cells=cells, told=30)
