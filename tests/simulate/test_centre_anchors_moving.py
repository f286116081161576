"""Days whose staff and demand jump, played as centres, beside the exact chain with the same rule for agents who leave.

With "return_to_queue" contacts in work go back to the head of the queue, which is what the usual chain on one line of states says
(theory 1.12); it counts a contact as answered when somebody first answers.
"""

from dataclasses import dataclass

import numpy as np
import pytest

from tests.simulate.plans import model
from tests.simulate.scores import Scores, mean_and_error
from tests.simulate.test_anchors_moving import Day, area, as_visits, present, tame
from wfm.erlang.transient.solver import TransientQueue
from wfm.simulate.centre import Centre, Leaving
from wfm.simulate.crowd import draw_crowd
from wfm.simulate.engines import many
from wfm.simulate.model import SECOND
from wfm.simulate.replications import records
from wfm.simulate.visits import ABANDONED, ANSWERED, BLOCKED, RETURNED, ROWS, Visits

SEED, DAYS = 20270705, 2000
K, SECONDS, AHT, WITHIN = 8, 600.0, 240.0, 30.0
EDGES = np.arange(K + 1) * round(SECONDS * SECOND)


@dataclass(frozen=True)
class Stays:
    """Each contact from arrival to its first answer (or the end of its patience), and all stretches of waiting and of work."""

    came: np.ndarray
    wait: np.ndarray
    answered: np.ndarray  # at all
    blocked: np.ndarray
    waiting: tuple[np.ndarray, np.ndarray]
    working: tuple[np.ndarray, np.ndarray]
    lost: np.ndarray  # moments, of those who give up after they were sent back as well

    @classmethod
    def of(cls, visits: Visits) -> "Stays":
        begun, first = visits.queued + visits.wait, visits.leg == 1
        worked, lined = np.isin(visits.outcome, ANSWERED), visits.outcome != BLOCKED
        return cls(
            visits.arrival[first], visits.wait[first], worked[first], ~lined[first], (visits.queued[lined], begun[lined]),
            (begun[worked], (begun + visits.handle)[worked]), begun[visits.outcome == ABANDONED],
        )  # fmt: skip

    def told(self) -> dict[str, np.ndarray]:
        """By interval, what `wfm.erlang.transient.solved.Transient` says; ``waited`` is its mean wait times contacts."""

        def count(moments: np.ndarray) -> np.ndarray:
            return np.histogram(moments, EDGES)[0]

        return {
            "offered": count(self.came),
            "blocked": count(self.came[self.blocked]),
            "mean_queue": area(*self.waiting, EDGES),
            "mean_busy": area(*self.working, EDGES),
            "abandoning": count(self.lost),
            "abandoned": count(self.came[~self.answered & ~self.blocked]),
            "waited": np.histogram(self.came, EDGES, weights=self.wait / SECOND)[0],
            "answered_within": count(self.came[self.answered & (self.wait <= WITHIN * SECOND)]),
            "queue_at": present(*self.waiting, EDGES[:-1]),
            "busy_at": present(*self.working, EDGES[:-1]),
        }


@pytest.mark.parametrize("leaving", ["return_to_queue", "finish"])
@pytest.mark.parametrize("number", range(4))
def test_random_days(number: int, leaving: Leaving, capsys: pytest.CaptureFixture[str]) -> None:
    """With and without impatience and limited lines, from an empty start."""
    random = np.random.default_rng(SEED + number)
    agents = random.integers(2, 15, K)
    rate = agents / AHT * random.uniform(0.6, 1.4, K)
    patience, lines = ((150.0, None), (150.0, 14), (np.inf, 20), (600.0, None))[number]
    plan = model(SECONDS, rate, agents, AHT, intervals=K, then_mean=patience, lines=lines)
    queue = TransientQueue(rate, AHT, patience=patience, interval=SECONDS, lines=lines, leaving=leaving)
    exact = queue.solve(agents, threshold=WITHIN)
    centre = Centre.of(plan, leaving=leaving)
    rows: dict[str, list[np.ndarray]] = {}
    returned = 0
    for replication in range(DAYS):
        visits = many.play_centre(centre, draw_crowd(centre, SEED + number, replication))
        returned += int(np.count_nonzero(visits.outcome == RETURNED))
        for name, values in Stays.of(visits).told().items():
            rows.setdefault(name, []).append(values)
    assert (returned > DAYS) == (leaving == "return_to_queue")
    scores = Scores()
    for name, each in rows.items():
        samples = np.array(each, dtype=float)
        expected = exact.mean_wait_all * (exact.offered - exact.blocked) if name == "waited" else getattr(exact, name)
        cells = zip(range(K), expected, *mean_and_error(samples), tame(samples), strict=True)
        for k, mean, value, error, judged in cells:
            if judged:
                scores.add(f"interval {k}, {agents[k]} agents", name, mean, value, error)
    scores.judge(f"Day {number}, {leaving}, patience {patience}, lines {lines}", capsys, cells=45, told=12)


def test_a_day_is_the_same_day_as_one_queue_and_as_a_centre() -> None:
    """So what the golden of those who finish says of the engine of single queues holds of centres."""
    day = Day.of("tv_exhaustive_a")
    centre = Centre.of(day.plan)
    for replication in range(20):
        one = as_visits(records(day.plan, day.plan.agents.astype(float), SEED, replication))
        visits = many.play_centre(centre, draw_crowd(centre, SEED, replication))
        for name in (*(name for name in ROWS if name != "agent"), "busy", "staffed", "overrun"):
            np.testing.assert_array_equal(getattr(visits, name), getattr(one, name), err_msg=name)
