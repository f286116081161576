"""The least profile of a day: its targets hold by complete solutions and by simulation, and no agent of it is needless."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from tests.erlang.days import GoldenDay
from tests.erlang.random_days import drawn, missing, needless
from tests.simulate.plans import model
from wfm.erlang.transient.goals import METHODS
from wfm.erlang.transient.solver import TransientQueue
from wfm.erlang.transient.staffing import staff
from wfm.simulate.replications import replicate
from wfm.simulate.tally import COLUMNS

DAYS = range(10)
SPIKE = {"sl_offered": (0.8, 0.5), "answer_rate": 0.9}
REPLICATIONS = 2000


def spike(**changes) -> TransientQueue:
    return GoldenDay.read("tv_spike1111_a").queue(leaving="finish", **changes)


def by_means() -> TransientQueue:
    """The spike with the mean rate of each quarter."""
    day = GoldenDay.read("tv_spike1111_a")
    return day.queue(arrival_rate=day.means, leaving="finish", breaks=(), piece=None)


@pytest.mark.parametrize("seed", DAYS)
def test_random_days(seed):
    queue, targets = drawn(seed)
    found = staff(queue, **targets)
    assert found.met.all()
    assert not found.short.any()
    assert len(missing(queue, found.agents, targets)) == 0
    assert needless(queue, found.agents, targets) == []
    assert found.solves < 60


def test_the_spike_by_means():
    queue = by_means()
    found = staff(queue, start="stationary", **SPIKE)
    print(found.agents.tolist(), found.agent_intervals, f"{found.solves:.1f} solves")
    assert found.met.all()
    assert len(missing(queue, found.agents, SPIKE, start="stationary")) == 0


@pytest.mark.slow
def test_no_agent_of_the_spike_is_needless():
    queue = by_means()
    found = staff(queue, start="empty", **SPIKE)
    assert needless(queue, found.agents, SPIKE) == []


def test_the_spike_itself():
    """A rate that is a function: staffed on its pieces, judged by the extrapolated solution; targets hold but for their error."""
    queue = spike(piece=2.5)
    found = staff(queue, intervals=24, start="stationary", **SPIKE)
    assert found.met.all()
    assert len(missing(queue, found.agents, SPIKE, start="stationary", slack=1e-3)) == 0
    # The means hide the ramp within a quarter: it needs more agents before the top than after.
    assert abs(found.agent_intervals - staff(by_means(), start="stationary", **SPIKE).agent_intervals) < 40


@pytest.mark.parametrize("seed", DAYS)
def test_simulated(seed):
    """2000 simulated days: no target is above what they allow, with 99 % confidence in all intervals of the ten days at once.

    Their figures are the exact ones.
    """
    queue, targets = drawn(seed)
    found = staff(queue, **targets)
    share, within = targets["sl_offered"]
    lines = None if queue.lines < 0 else queue.lines
    plan = model(
        queue.interval,
        queue.rate,
        found.agents,
        queue.aht[0],
        intervals=len(found.agents),
        then_mean=1 / queue.theta,
        lines=lines,
    )
    tallies = replicate(plan, found.agents.astype(float), seed=2027, replications=REPLICATIONS, threshold=within)
    column = {name: tallies[:, :, k] for k, name in enumerate(COLUMNS)}
    exact = found.service
    answered = column["handled"]
    for name, over, target in (
        ("sl_offered", column["answered_within"], share),
        ("answer_rate", answered, targets.get("answer_rate", 0.0)),
    ):
        level = over.sum(axis=0) / column["offered"].sum(axis=0)
        apart = over - level * column["offered"]
        error = np.sqrt((apart**2).sum(axis=0)) / column["offered"].sum(axis=0)
        upper = level + norm.ppf(1 - 0.01 / (2 * len(DAYS) * len(level))) * error
        assert np.all(target <= upper), (name, np.flatnonzero(target > upper))
    worst = []
    for simulated, expected in (
        (column["offered"], exact.offered),
        (column["answered_within"], exact.answered_within),
        (column["abandoned"], exact.abandoned),
        (answered, exact.offered - exact.abandoned - exact.blocked),
        # The simulated last interval counts what agents finish after its end too.
        (column["busy_time"][:, :-1], exact.mean_busy[:-1] * queue.interval),
        (column["wait_handled"] + column["wait_abandoned"], exact.mean_wait_all * (exact.offered - exact.blocked)),
    ):
        variance = simulated.var(axis=0, ddof=1)
        if not np.any(simulated % 1):  # counts vary no less than their mean: a few rare ones tell less of it
            variance = np.maximum(variance, expected)
        often = expected * REPLICATIONS >= 30
        z = (simulated.mean(axis=0) - expected)[often] / np.sqrt(variance[often] / REPLICATIONS)
        worst.append(np.abs(z).max(initial=0.0))
    print(seed, "worst z", np.round(worst, 2).tolist())
    assert max(worst) <= 4.5


def test_intervals_by_themselves():
    """The other methods: judged exactly, and each wrong in its own way on a spike."""
    queue = by_means()
    found = {method: staff(queue, method=method, start="stationary", **SPIKE) for method in METHODS}
    for method, profile in found.items():
        wrong = missing(queue, profile.agents, SPIKE, start="stationary")
        print(f"{method:<12} {profile.agent_intervals:>5} agent-intervals, {len(wrong)} of 24 intervals miss a target")
        assert set(np.flatnonzero(~profile.met)) == set(wrong)
        assert profile.method == method
        assert profile.agent_intervals == profile.agents.sum()
        np.testing.assert_array_equal(profile.service.agents, profile.agents)
    assert found["transient"].met.all()
    for method in ("independent", "lagged", "psa"):
        assert not found[method].met.all()
        assert found[method].solves == 0
    assert 0 < found["transient"].solves < 60


def test_where_nothing_changes_all_methods_agree():
    queue = TransientQueue([0.1] * 6, 300.0, patience=120.0, interval=900.0)
    targets = {"sl_offered": (0.8, 20.0), "answer_rate": 0.95}
    profiles = {method: staff(queue, method=method, start="stationary", **targets).agents.tolist() for method in METHODS}
    assert profiles["independent"] == profiles["lagged"] == profiles["psa"] == profiles["mol"]
    # Six intervals at the least of the steady state; linked, one more now may spare one later, never in all.
    assert abs(sum(profiles["transient"]) - sum(profiles["independent"])) <= 6


def test_seats():
    """With fewer seats than are needed: all of them and short, nobody above, and the rest still met."""
    queue, targets = drawn(3)
    free = staff(queue, **targets).agents
    for most in (int(free.max()) - 2, int(np.median(free)), 0):
        found = staff(queue, most=most, **targets)
        assert found.agents.max() <= most
        assert np.all(found.agents[found.short] == most)
        assert found.short.any()
        assert np.all(found.met | found.short)
    assert np.array_equal(staff(queue, most=int(free.max()) + 5, **targets).agents, free)


@pytest.mark.parametrize("seed", [1, 4, 7])
def test_steps_and_shifts(seed):
    queue, targets = drawn(seed)
    least = staff(queue, **targets)
    stepped = staff(queue, step=1, **targets)
    assert np.abs(np.diff(stepped.agents)).max() <= 1
    assert stepped.met.all()
    assert stepped.agent_intervals >= least.agent_intervals
    blocks = staff(queue, every=4, **targets)
    assert np.all(blocks.agents.reshape(-1, 4) == blocks.agents[::4, None])
    assert blocks.met.all()
    for k in range(0, len(blocks.agents), 4):  # none of them needless
        if blocks.agents[k]:
            fewer = blocks.agents.copy()
            fewer[k : k + 4] -= 1
            assert len(missing(queue, fewer, targets, slack=-1e-7))
    both = staff(queue, step=2, every=4, **targets)
    assert np.abs(np.diff(both.agents[::4])).max() <= 2
    assert both.met.all()


def test_lines_that_turn_callers_away_leave_intervals_short():
    queue = TransientQueue([0.02, 0.1, 0.02], 300.0, patience=120.0, interval=900.0, lines=20)
    found = staff(queue, answer_rate=0.9, sl_offered=(0.5, 20.0))
    assert found.short.tolist() == [False, True, False]
    assert found.agents[1] == 20  # more agents than lines are no use
    assert found.met.tolist() == [True, False, True]


def test_an_agent_more_may_harm():
    """Who gives up is gone; who is served keeps an agent busy: with an agent more, those who come later wait longer.

    That is no error but why trimming has to be repeated.
    """
    queue = TransientQueue([2 / 900, 0.5 / 900], 900.0, patience=20.0, interval=300.0)
    none, one = (queue.solve([n, 1], threshold=20.0).sl_offered for n in (0, 1))
    assert one[0] > none[0] + 0.5
    assert one[1] < none[1] - 0.2
    # Where everybody stays, one more never harms.
    patient = TransientQueue([2 / 300, 0.5 / 300, 1 / 300], 300.0, patience=math.inf, interval=300.0)
    base = patient.solve([1, 1, 2], threshold=20.0).sl_offered
    for more in ([2, 1, 2], [1, 2, 2], [1, 1, 3]):
        assert np.all(patient.solve(more, threshold=20.0).sl_offered >= base - 1e-9)


@settings(max_examples=60)
@given(
    loads=st.lists(st.sampled_from([0.0, 0.5, 2.0, 6.0, 15.0]), min_size=1, max_size=8),
    aht=st.sampled_from([100.0, 300.0, 900.0]),
    interval=st.sampled_from([60.0, 300.0, 900.0]),
    patience=st.sampled_from([20.0, 100.0, 600.0, math.inf]),
    lines=st.one_of(st.none(), st.integers(0, 30)),
    level=st.one_of(st.none(), st.tuples(st.sampled_from([0.0, 0.5, 0.95, 1.0]), st.sampled_from([0.0, 20.0, 1000.0]))),
    answered=st.one_of(st.none(), st.sampled_from([0.8, 0.97, 1.0])),
    occupancy=st.one_of(st.none(), st.sampled_from([0.5, 0.75, 1.0])),
    most=st.one_of(st.none(), st.integers(0, 25)),
)
def test_any_small_day(loads, aht, interval, patience, lines, level, answered, occupancy, most):
    """Nothing crashes; every target holds, or the interval is short and has all there are."""
    targets = {"sl_offered": level, "answer_rate": answered, "occupancy": occupancy}
    targets = {name: value for name, value in targets.items() if value is not None}
    if not targets:
        targets = {"answer_rate": 0.9}
    queue = TransientQueue(np.array(loads) / aht, aht, patience=patience, interval=interval, lines=lines)
    found = staff(queue, most=most, **targets)
    assert np.all(found.met | found.short)
    assert set(missing(queue, found.agents, targets)) <= set(np.flatnonzero(found.short))
    assert set(np.flatnonzero(~found.met)) <= set(np.flatnonzero(found.short))
    if most is not None:
        assert found.agents.max() <= most
    assert needless(queue, found.agents, targets) == []


def test_the_spike_simulated():
    """2000 days of the golden spike with its own least profile, its rate by half minutes: as above."""
    queue, parts = spike(piece=2.5), 30
    found = staff(queue, intervals=24, start="empty", **SPIKE)
    edges = np.linspace(-120.0, 240.0, 24 * parts + 1)
    rates = np.array([queue.mean_rate(a, b) for a, b in itertools.pairwise(edges.tolist())])
    agents = np.repeat(found.agents, parts)
    plan = model(30, rates / 60, agents, 240.0, intervals=len(agents), then_mean=180.0)
    tallies = replicate(plan, agents.astype(float), seed=2027, replications=REPLICATIONS, threshold=30.0)
    column = {name: tallies[:, :, k].reshape(REPLICATIONS, 24, parts).sum(axis=2) for k, name in enumerate(COLUMNS)}
    offered = column["offered"]
    for over, target, exact in (
        (column["answered_within"], 0.8, found.service.sl_offered),
        (column["handled"], 0.9, found.service.answer_rate),
    ):
        level = over.sum(axis=0) / offered.sum(axis=0)
        error = np.sqrt(((over - level * offered) ** 2).sum(axis=0)) / offered.sum(axis=0)
        assert np.all(target <= level + norm.ppf(1 - 0.01 / 48) * error)
        print("worst z", np.round(np.abs((level - exact) / error).max(), 2))
        assert np.all(np.abs(level - exact) <= 4.5 * error)


def test_whoever_comes_finds_somebody():
    """A wait for ever is no abandonment, and nobody on duty is never too busy: one agent at least where anybody comes."""
    for_ever = TransientQueue([0.1] * 3, 300.0, patience=math.inf, interval=900.0)
    assert (staff(for_ever, answer_rate=0.9).agents >= 1).all()
    assert not staff(for_ever, answer_rate=0.9, most=1, method="independent").service.answer_rate[0] < 0
    rare = TransientQueue([0.0003, 0.0, 0.0003], 300.0, patience=120.0, interval=900.0)
    found = staff(rare, occupancy=0.85)
    assert found.agents.tolist() == [1, 0, 1]
    assert found.met.all()


def test_seats_beside_a_full_block_help_it():
    """With all seats taken in one interval, those after it (and before) are used where that meets its target."""
    queue = TransientQueue([0.2, *[0.0] * 7], 60.0, patience=6000.0, interval=60.0)
    found = staff(queue, sl_offered=(0.9, 400.0), most=5)
    assert found.met.all()
    assert not found.short.any()
    assert found.agents[0] == 5 < found.agents.sum()
    assert needless(queue, found.agents, {"sl_offered": (0.9, 400.0)}) == []
    # And where it cannot, that is said of the interval alone.
    never = staff(queue, sl_offered=(0.9, 100.0), most=2)
    assert never.short.tolist() == (~never.met).tolist()
    assert never.short[0]


def test_only_intervals_that_miss_are_short():
    queue = TransientQueue([0.02, 0.3, 0.02, 0.02], 180.0, patience=120.0, interval=900.0)
    found = staff(queue, sl_offered=(0.8, 20.0), most=40, every=2)
    assert found.short.tolist() == [False, True, False, False]


@pytest.mark.parametrize("start", [np.array([0.5, 0.5]), [0.2, 0.8], "stationary"])
@pytest.mark.parametrize("method", METHODS)
def test_days_begin_as_told(start, method):
    queue = TransientQueue([0.05] * 4, 180.0, patience=120.0, interval=900.0)
    assert staff(queue, method=method, sl_offered=(0.8, 20.0), start=start).agents.min() > 5


def test_many_who_wait_when_the_day_begins():
    queue = TransientQueue([0.01] * 3, 180.0, patience=120.0, interval=900.0)
    waiting = np.zeros(301)
    waiting[300] = 1.0
    found = staff(queue, sl_offered=(0.8, 20.0), start=waiting)
    assert found.met.all()
    assert not found.short.any()


def test_lagged_intervals_lag_from_the_first():
    queue = TransientQueue([0.02, *[0.2] * 6], 300.0, patience=120.0, interval=60.0)
    agents = staff(queue, method="lagged", sl_offered=(0.8, 20.0)).agents
    assert (np.diff(agents) >= 0).all()
    assert agents[0] < agents[-1]


def test_a_formula_that_wants_more_than_the_lines_is_short():
    queue = TransientQueue([0.1] * 2, 300.0, patience=120.0, interval=900.0, lines=20)
    for method in ("independent", "transient"):
        found = staff(queue, method=method, answer_rate=0.99)
        assert found.short.all()
        assert found.agents.max() <= 20
