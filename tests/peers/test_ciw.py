"""ciw, a simulator by others with its own engine and random numbers, beside ours: the same days, two samples, four standard errors.

Days start empty and end when the last who wait is answered. ciw's own schedules let a whole new shift begin beside those who still
finish; the node here hands the numbers over as a centre does, on ciw's engine.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import ciw
import numpy as np
import pytest

from tests.simulate.plans import estimate, model
from tests.simulate.scores import Scores, mean_and_error
from wfm.core import draws
from wfm.simulate.replications import replicate
from wfm.simulate.tally import COLUMNS

SEED, AHT, WITHIN, LENGTH = 20270705, 180.0, 20.0, 1800.0
AFTER = 1e6  # seconds after closing, more than anybody needs
OURS = 20  # times as many days as ciw's


@dataclass(frozen=True)
class Case:
    """Half-hours with so many arrivals per second and agents."""

    rate: list[float]
    agents: list[int]
    patience: float = math.inf
    cv: float | None = None  # of lognormal handle times; None: exponential
    lines: int | None = None
    kpis: tuple[str, ...] = field(default=("sl_offered", "mean_wait_all", "asa_answered", "abandon_rate_offered"))


WAITING = ("sl_offered", "mean_wait_all")
LIMITED = ("sl_offered", "mean_wait_all", "abandon_rate_offered", "blocking")
CASES = {
    "M/M/10+M": Case([10 / AHT] * 6, [10] * 6, patience=120.0),
    "M/M/1+M": Case([0.9 / AHT] * 8, [1] * 8, patience=300.0),
    "M/LN/8+M, cv 1.4": Case([8.5 / AHT] * 6, [8] * 6, patience=240.0, cv=1.4),
    "M/LN/6, nobody gives up": Case([5.2 / AHT] * 8, [6] * 8, cv=0.8, kpis=WAITING),
    "M/M/5/8+M": Case([5.5 / AHT] * 6, [5] * 6, patience=200.0, lines=8, kpis=LIMITED),
    "M(t)/M/n(t)+M": Case([n / AHT for n in (4, 8, 12, 10, 6, 3, 5, 2)], [4, 9, 12, 9, 7, 3, 6, 2], patience=150.0),
    "M(t)/LN/n(t)+M": Case([n / AHT for n in (6, 12, 12, 4, 4, 9)], [7, 11, 13, 4, 5, 8], patience=90.0, cv=1.0),
}


class Handover(ciw.Node):  # type: ignore[misc]
    """A node whose surplus agents leave at the end of a shift: the idle at once, then whoever finishes first.

    So nobody new is answered while as many are busy as there should be agents.
    """

    def change_shift(self) -> None:
        self.schedule.get_next_shift()
        self.next_shift_change = self.schedule.next_shift_change_date
        self.c = self.schedule.c
        for server in self.servers:  # some who were to leave may stay after all
            server.offduty = False
        self.add_new_servers(max(self.c - len(self.servers), 0))
        idle_then_first_to_finish = sorted(self.servers, key=lambda server: (server.busy, server.next_end_service_date))
        for server in idle_then_first_to_finish[: len(self.servers) - self.c]:
            server.shift_end = self.next_event_date
            server.offduty = True
            if not server.busy:
                self.kill_server(server)
        self.begin_service_if_possible_change_shift()


def of_ciw(case: Case, days: int) -> np.ndarray:
    """Tallies of days that ciw played: [days, half-hours, tallies]."""
    K = len(case.rate)
    ends = [LENGTH * (k + 1) for k in range(K)]
    sigma = math.sqrt(math.log1p(case.cv**2)) if case.cv else 0.0
    rows = np.zeros((days, K, len(COLUMNS)))
    for day in range(days):
        ciw.seed(SEED + day)
        rules: dict[str, Any] = {}
        if case.patience < math.inf:
            rules["reneging_time_distributions"] = [ciw.dists.Exponential(1 / case.patience)]
        if case.lines is not None:
            rules["queue_capacities"] = [case.lines - case.agents[0]]
        network = ciw.create_network(
            arrival_distributions=[ciw.dists.PoissonIntervals(case.rate, ends, ends[-1])],
            service_distributions=[
                ciw.dists.Lognormal(math.log(AHT) - sigma**2 / 2, sigma) if case.cv else ciw.dists.Exponential(1 / AHT)
            ],
            number_of_servers=[
                case.agents[0]
                if len(set(case.agents)) == 1
                else ciw.Schedule(numbers_of_servers=case.agents, shift_end_dates=[*ends[:-1], ends[-1] + AFTER])
            ],
            **rules,
        )
        played = ciw.Simulation(network, node_class=Handover)
        played.simulate_until_max_time(ends[-1] + AFTER / 2)
        add(rows[day], played.get_all_records())
    return rows


def add(row: np.ndarray, told: list[Any]) -> None:
    """Add ciw's records to a day's tallies."""
    for one in told:
        k = int(one.arrival_date // LENGTH)
        row[k, COLUMNS.index("offered")] += 1
        if one.record_type == "rejection":
            row[k, COLUMNS.index("blocked")] += 1
        elif one.record_type == "renege":
            row[k, COLUMNS.index("abandoned")] += 1
            row[k, COLUMNS.index("wait_abandoned")] += one.waiting_time
        else:
            row[k, COLUMNS.index("handled")] += 1
            row[k, COLUMNS.index("answered_within")] += one.waiting_time <= WITHIN
            row[k, COLUMNS.index("wait_handled")] += one.waiting_time
            for at in range(int(one.service_start_date // LENGTH), len(row)):
                last = at == len(row) - 1  # keeps the work after closing
                until = one.service_end_date if last else min(one.service_end_date, LENGTH * (at + 1))
                row[at, COLUMNS.index("busy_time")] += max(until - max(one.service_start_date, LENGTH * at), 0.0)
            if one.service_start_date >= LENGTH * len(row):
                row[-1, COLUMNS.index("busy_time")] += one.service_time


def of_ours(case: Case, days: int) -> np.ndarray:
    plan = model(
        LENGTH, case.rate, case.agents, AHT, intervals=len(case.rate), then_mean=case.patience, lines=case.lines,
        family=draws.LOGNORMAL if case.cv else draws.EXPONENTIAL, cv=case.cv or 1.0,
    )  # fmt: skip
    return replicate(plan, np.array(case.agents, dtype=float), seed=SEED, replications=days, threshold=WITHIN)


def two_samples(days: int) -> Scores:
    scores = Scores()
    for name, case in CASES.items():
        theirs, ours = of_ciw(case, days), of_ours(case, OURS * days)
        for k in range(len(case.rate)):
            cells = {kpi: [estimate(run[:, k], kpi) for run in (theirs, ours)] for kpi in case.kpis}
            for count in ("offered", "busy_time"):
                both = [mean_and_error(run[:, k, COLUMNS.index(count)]) for run in (theirs, ours)]
                cells[count] = [(float(mean), float(error)) for mean, error in both]
            for what, ((expected, error_there), (simulated, error)) in cells.items():
                scores.add(f"{name}, half-hour {k}", what, expected, simulated, math.hypot(error, error_there))
    return scores


def test_ciw_and_the_compiled_engine_agree(capsys: pytest.CaptureFixture[str]) -> None:
    scores = two_samples(60)
    scores.judge("ciw (expected) and the compiled engine, 60 days of ciw's", capsys, cells=240, told=30)


@pytest.mark.slow
def test_ciw_and_the_compiled_engine_agree_over_many_days(capsys: pytest.CaptureFixture[str]) -> None:
    scores = two_samples(1500)
    scores.judge("ciw (expected) and the compiled engine, 1,500 days of ciw's", capsys, cells=240, told=30)
