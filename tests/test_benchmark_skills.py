"""The plain SimPy models of many queues, which the compiled engine races, are right: priorities, pooling, and who is asked."""

import numpy as np
import pytest

from benchmarks.plain_simpy_skills import CustomersAsProcesses, SkilledCentre
from benchmarks.skills_twin import build
from tests.simulate.exact import erlang_a
from tests.simulate.plans import model
from wfm.erlang import ErlangC
from wfm.simulate.centre import Centre, Group, Skill
from wfm.simulate.crowd import draw_crowd
from wfm.simulate.engines import many
from wfm.simulate.statistics import ratio

AHT, WITHIN = 180.0, 20.0
BOTH = pytest.mark.parametrize("written", [SkilledCentre, CustomersAsProcesses])


def estimate(over: np.ndarray, under: np.ndarray) -> tuple[float, float]:
    """Value and standard error."""
    value, _, high = ratio(over, under, share=False)
    return float(value), float(high - value) / 2


def batches(centre: SkilledCentre) -> np.ndarray:
    """[steps, types, counts] without the first step, which starts empty."""
    return np.array(centre.counts, dtype=float)[1:]


@BOTH
def test_two_priorities_without_impatience(written: type[SkilledCentre]) -> None:
    """Of M/M/n with two priorities and one handle time, the first wait exp(n mu - lambda_1) if at all (Kella and Yechiali 1985)."""
    n, first, second = 6, 2.4, 2.4
    centre = written(
        [first / AHT, second / AHT],
        [0, 1],
        [AHT] * 2,
        [np.inf] * 2,
        [(n, (0, 1))],
        seconds=60_000,
        steps=60,
        threshold=WITHIN,
        seed=3,
    )
    counts = batches(centre)
    delayed = ErlangC((first + second) / AHT, AHT).measures(n, WITHIN)["p_wait"]
    exact = 1 - delayed * np.exp(-(n - first) * WITHIN / AHT)
    value, error = estimate(counts[:, 0, 2], counts[:, 0, 0])
    assert abs(value - exact) < 4 * error
    assert error < 0.01
    assert counts[:, 1, 2].sum() / counts[:, 1, 0].sum() < value - 0.1


@BOTH
def test_groups_that_serve_everything_are_one(written: type[SkilledCentre]) -> None:
    exact = erlang_a(9, 9.0, 1.0, WITHIN / AHT)
    centre = written(
        [4 / AHT, 5 / AHT],
        [1, 1],
        [AHT] * 2,
        [AHT] * 2,
        [(4, (0, 1)), (5, (1, 0))],
        seconds=60_000,
        steps=60,
        threshold=WITHIN,
        seed=4,
    )
    counts = batches(centre).sum(axis=1)
    for i, kpi in ((1, "abandon_rate_offered"), (2, "sl_offered")):
        value, error = estimate(counts[:, i], counts[:, 0])
        assert abs(value - exact[kpi]) < 4 * error
        assert error < 0.01


@BOTH
def test_groups_of_one_type_each_are_alone(written: type[SkilledCentre]) -> None:
    queues = [(3, 2.5, 0.5), (6, 6.0, 2.0), (2, 1.0, 1.0)]
    centre = written(
        [a / AHT for _, a, _ in queues], [0, 1, 2], [AHT] * 3, [AHT * patience for *_, patience in queues],
        [(n, (kind,)) for kind, (n, *_) in enumerate(queues)], seconds=60_000, steps=60, threshold=WITHIN, seed=5,
    )  # fmt: skip
    counts = batches(centre)
    for kind, (n, a, patience) in enumerate(queues):
        exact = erlang_a(n, a, patience, WITHIN / AHT)
        for i, kpi in ((1, "abandon_rate_offered"), (2, "sl_offered")):
            value, error = estimate(counts[:, kind, i], counts[:, kind, 0])
            assert abs(value - exact[kpi]) < 4 * error


@BOTH
def test_every_contact_is_counted_once_and_a_seed_repeats(written: type[SkilledCentre]) -> None:
    def run(seed: int) -> list[list[int]]:
        return written(
            [0.03, 0.03, 0.03], [0, 1, 2], [150.0, 180.0, 210.0], [120.0] * 3, [(5, (0, 1)), (5, (1, 2)), (6, (0, 1, 2))],
            seconds=20_000, threshold=WITHIN, seed=seed,
        ).totals()  # fmt: skip

    first = run(1)
    assert first == run(1) != run(2)
    for offered, abandoned, within in first:
        assert offered > 400
        assert 0 < abandoned + within <= offered


@BOTH
def test_the_longest_idle_agent_of_all_groups_is_asked(written: type[SkilledCentre]) -> None:
    """Of two groups of one, each takes every other call, however they are ordered; calls come far apart."""
    asked = [0, 0]
    centre = written([1e-3], [0], [10.0], [np.inf], [(1, (0,)), (1, (0,))], seconds=0.0, threshold=WITHIN, seed=1)
    for _ in range(100):
        done = centre.longest_idle(0)
        assert done is not None
        free = [len(idle) for idle in centre.idle]
        assert sum(free) == 1
        asked[free.index(0)] += 1
        centre.handle(0, done)
        centre.env.run()
    assert asked == [50, 50]


def test_the_c_twin_plays_what_the_compiled_engine_plays(capsys: pytest.CaptureFixture[str]) -> None:
    """Three types, three groups, 100 agents: outcome and wait of each contact, equal; and the plain SimPy models' shares."""
    twin = build()
    if isinstance(twin, str):
        pytest.skip(twin)
    numbers, serve = (30, 30, 40), ((0, 1), (1, 2), (0, 1, 2))
    rate, aht, patience = 0.95 * 100 / 240 / 3, 240.0, 120.0
    kinds = tuple(model(5000, rate, 0, aht, intervals=40, then_mean=patience) for _ in range(3))
    groups = tuple(Group(np.full(40, number, dtype=np.int64)) for number in numbers)
    skills = tuple(Skill(kind, group, level=kind) for group, served in enumerate(serve) for kind in served)
    centre = Centre(kinds, groups, skills)
    crowd = draw_crowd(centre, 20270705, 0)
    visits = many.play_centre(centre, crowd)
    outcome, wait = np.empty((2, len(crowd.arrival)), dtype=np.int64)
    order = np.array([[*served, *[-1] * (3 - len(served))] for served in serve])
    twin.play(np.array(numbers), order, (crowd.kind, crowd.arrival, crowd.handle, crowd.patience), outcome, wait)
    assert len(outcome) > 70_000
    np.testing.assert_array_equal(outcome, visits.outcome)
    np.testing.assert_array_equal(wait, visits.wait)

    within = (outcome == 0) & (wait <= WITHIN * 1e6)
    for written in (SkilledCentre, CustomersAsProcesses):
        other = batches(
            written(
                [rate] * 3, [0, 1, 2], [aht] * 3, [patience] * 3, list(zip(numbers, serve, strict=True)),
                seconds=5000, steps=40, threshold=WITHIN, seed=9,
            )
        )  # fmt: skip
        for kind in range(3):
            of = crowd.kind == kind
            offered = np.bincount(crowd.interval[of], minlength=40)[1:].astype(float)
            for i, happened in ((1, outcome == 1), (2, within)):
                ours = estimate(np.bincount(crowd.interval[of], weights=happened[of], minlength=40)[1:], offered)
                theirs = estimate(other[:, kind, i], other[:, kind, 0])
                assert abs(ours[0] - theirs[0]) < 4 * np.hypot(ours[1], theirs[1]), (written.__name__, kind, i)
