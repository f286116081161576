"""The exact chain beside brute force: dense matrix exponentials of every pair (busy, waiting) and a tagged contact, small days."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.erlang.brute_chain import Brute
from wfm.erlang.transient.solver import TransientQueue

# Contacts, or contacts times their wait: sums over arrivals are taken at nodes, all else is at rounding.
ROUNDING, QUADRATURE = 1e-11, 3e-9


def both(day: Brute, threshold: float = 1.0, start=(1.0,)):
    """The solver's answer and the brute one's states and sums."""
    queue = TransientQueue(
        day.rates,
        day.aht,
        patience=1 / day.theta if day.theta else math.inf,
        interval=day.interval,
        leaving=day.leaving,
        lines=day.lines,
    )
    chances = "empty" if len(start) == 1 else start
    return queue, queue.solve(day.agents, threshold=threshold, start=chances), day.play(start)


@st.composite
def days(draw):
    """Up to four intervals, up to three agents, with and without lines; somebody or patience ends every wait."""
    count = draw(st.integers(1, 4))
    lines = draw(st.one_of(st.none(), st.integers(0, 5)))
    agents = draw(st.lists(st.integers(0, 3), min_size=count, max_size=count))
    theta = draw(st.sampled_from([0.0, 0.3, 1.5]))
    if not theta and not agents[-1]:
        agents[-1] = 1
    paces = [0.0, 0.5, 1.5, 3.0] if lines is not None else [0.0, 0.1, 0.25]
    return Brute(
        rates=draw(st.lists(st.sampled_from(paces), min_size=count, max_size=count)),
        aht=draw(st.lists(st.sampled_from([0.5, 1.0, 2.0]), min_size=count, max_size=count)),
        theta=theta,
        interval=draw(st.sampled_from([0.5, 1.0, 2.0])),
        agents=agents,
        leaving=draw(st.sampled_from(["finish", "return_to_queue"])),
        lines=lines,
        most=20,  # enough that nothing is left above: the chain itself has no such limit
    )


@settings(max_examples=120)
@given(days(), st.lists(st.integers(1, 5), min_size=1, max_size=3))
def test_states_and_sums(day, weights):
    """From any start: what time and arrivals meet in each interval, and the states between them."""
    size = len(weights) if day.lines is None else min(len(weights), day.lines + 1)
    start = np.array(weights[:size]) / sum(weights[:size])
    _, found, (begins, _, sums) = both(day, start=start)
    rates = np.array(day.rates)
    told = {
        "queue": found.mean_queue * day.interval,
        "busy": found.mean_busy * day.interval,
        "abandoning": found.abandoning,
        "delayed": np.nan_to_num(found.p_delay) * day.interval,
        "blocked": found.blocked,
    }
    for name, values in told.items():
        brute = np.array([each[name] for each in sums])
        if name == "delayed":
            brute = brute * (rates > 0)
        if name == "blocked":
            brute = brute * rates
        np.testing.assert_allclose(values, brute, atol=ROUNDING, rtol=1e-10, err_msg=name)
    on_duty = np.array(day.agents) * day.interval + np.array([each["excess"] for each in sums])
    busy = np.array([each["busy"] for each in sums])
    expected = np.divide(busy, on_duty, out=np.full(len(busy), np.nan), where=on_duty > 0)
    some = ~np.isnan(expected) & (on_duty > 1e-9)
    np.testing.assert_allclose(found.occupancy[some], expected[some], atol=1e-9)
    waiting = np.array([[b, w] for b, w in day.states])
    np.testing.assert_allclose(np.column_stack([found.busy_at, found.queue_at]), [p @ waiting for p in begins], atol=ROUNDING)


@settings(max_examples=60)
@given(days(), st.sampled_from([0.0, 0.4, 1.0, 1.37, 2.71, 9.0]))
def test_arrivals_are_followed_to_their_end(day, threshold):
    """Answered in time, abandoning whenever, and waiting, by interval of arrival: a tagged contact tells the same."""
    _, found, (begins, _, _) = both(day, threshold)
    np.testing.assert_allclose(found.answered_within, day.answered_within(begins, threshold), atol=QUADRATURE)
    np.testing.assert_allclose(found.abandoned, day.fates(begins) if day.theta else 0.0, atol=QUADRATURE)
    waits = np.nan_to_num(found.mean_wait_all) * (found.offered - found.blocked)
    np.testing.assert_allclose(waits, day.fates(begins, waits=True), atol=QUADRATURE, rtol=1e-7)


@settings(max_examples=60)
@given(days())
def test_moments(day):
    """Single moments within intervals, and just after agents have changed."""
    queue, _, (begins, ends, _) = both(day)
    edges = queue.edges(len(day.agents))
    at = queue.path(day.agents, edges, threshold=0.5)
    # The last moment is before anybody could come after it.
    states = [*begins, ends[-1]]
    tables = [day.functionals(i) for i in [*range(len(begins)), len(begins) - 1]]
    brute = np.array([p @ f for p, f in zip(states, tables, strict=True)])
    np.testing.assert_allclose(at.queue, brute[:, 0], atol=ROUNDING)
    np.testing.assert_allclose(at.busy, brute[:, 1], atol=ROUNDING)
    np.testing.assert_allclose(at.p_delay, brute[:, 3], atol=ROUNDING)
    for i, p in enumerate(begins):
        late = sum(chance for (b, _), chance in zip(day.states, p, strict=True) if b > day.agents[i])
        assert at.late[i] == pytest.approx(late, abs=ROUNDING)
        free = sum(c for (b, w), c in zip(day.states, p, strict=True) if b < day.agents[i] and b + w < day.cap)
        waits = np.array([float(b >= day.agents[i] and (day.lines is None or b + w < day.lines)) for b, w in day.states])
        soon = free + (p * waits) @ day.backward(edges[i], i, edges[i] + 0.5)
        assert at.sl_if_arriving[i] == pytest.approx(soon, abs=1e-10)


@settings(max_examples=120)
@given(days(), st.sampled_from([0.0, 0.7, 3.1]))
def test_nobody_is_lost(day, threshold):
    """Offered = blocked + abandoned + answered; those abandoning in time + after the end = those who came and abandon."""
    queue, found, (_, ends, sums) = both(day, threshold)
    for name in ("answered_within", "abandoned", "blocked", "abandoning"):
        values = getattr(found, name)
        assert np.all(values >= -ROUNDING), name
        if name != "abandoning":
            assert np.all(values <= found.offered + 1e-9), name
    assert np.all(found.answered_within + found.abandoned + found.blocked <= found.offered + QUADRATURE)
    # What is served in all: by the clock until the end, and who is left then, less those of them who abandon.
    served = sum(each["busy"] / aht for each, aht in zip(sums, day.aht, strict=True))
    left = ends[-1] @ np.array([b + w for b, w in day.states])
    assert found.offered.sum() == pytest.approx(served + found.abandoning.sum() + found.blocked.sum() + left, abs=1e-9)
    if day.leaving == "finish":
        # Those still waiting abandon with these chances; the last interval's agents stay.
        after = day.ever(len(day.agents) - 1, waits=False)
        # `ever` is of one who waits behind j: of w waiting, the last has w - 1 ahead, the first none.
        late = sum(p * sum(after[day.index[b, j]] for j in range(w)) for (b, w), p in zip(day.states, ends[-1], strict=True))
        total = found.abandoned.sum() if day.theta else 0.0
        assert total == pytest.approx(found.abandoning.sum() + (late if day.theta else 0.0), abs=1e-8)
        waited = np.nan_to_num(found.mean_wait_all) * (found.offered - found.blocked)
        if day.theta:
            assert waited.sum() * day.theta == pytest.approx(total, abs=1e-8)
    assert queue.solve(day.agents, threshold=threshold).answered_within == pytest.approx(found.answered_within, abs=1e-14)


def test_brute_force_is_not_the_same_code():
    """A hand calculation for both: one agent who leaves, one contact in service, nobody else."""
    for leaving, queue in (("finish", 0.0), ("return_to_queue", math.exp(-1.0))):
        day = Brute([0.0, 0.0], [1.0, 1.0], 0.0, 1.0, [1, 0], leaving, 2)
        answer = TransientQueue([0.0, 0.0], 1.0, patience=math.inf, interval=1.0, leaving=leaving, lines=2)
        begins, _, _ = day.play((0.0, 1.0))
        found = answer.solve([1, 0], start=[0.0, 1.0])
        assert found.queue_at[1] == pytest.approx(queue, abs=1e-14)
        assert begins[1] @ np.array([w for _, w in day.states]) == pytest.approx(queue, abs=1e-14)
