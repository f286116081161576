"""The fluid model: an independent small-step scheme, closed laws, balances, and general patience held to the exponential one."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfm.erlang.impatience import (
    Balking,
    Delayed,
    Deterministic,
    Empirical,
    Exponential,
    Hyperexponential,
    Lognormal,
    Uniform,
    Weibull,
)
from wfm.erlang.transient.fluid import fluid

RATES = np.array([0.1, 0.5, 0.6, 0.2, 0.05, 0.3, 0.4, 0.0, 0.1, 0.1])
AGENTS = np.array([20, 60, 90, 70, 40, 30, 90, 10, 40, 5.0])
AT = np.linspace(0.0, 9000.0, 1201) + 1e-3
OTHERS = [
    Delayed(120.0, 120.0),
    Balking(0.3, Exponential(100.0)),
    Weibull(150.0, 2.0),
    Lognormal(150.0, 1.0),
    Uniform(300.0, 20.0),
    Hyperexponential((0.3, 0.7), (20.0, 300.0)),
]


def small_steps(agents, aht, patience, leaving, lines, step):
    """First-order steps of in-flow, service and abandonment: queue and busy agents every minute."""
    busy = queue = 0.0
    found = []
    for i in range(int(9000 / step)):
        k = int((i + 0.5) * step / 900.0)
        if leaving == "return_to_queue":
            busy, queue = min(busy + queue, agents[k]), max(busy + queue - agents[k], 0.0)
        enters = min(queue, max(agents[k] - busy, 0.0))
        busy, queue = busy + enters, queue - enters
        if i % int(60 / step) == 0:
            found.append((i * step, queue, busy))
        served, left = busy / aht * step, queue / patience * step
        busy -= served
        queue += min(RATES[k] * step, max(lines - busy - queue, 0.0) + left) - left
        enters = min(queue, max(agents[k] - busy, 0.0))
        busy, queue = busy + enters, queue - enters
    return np.array(found).T


@pytest.mark.parametrize(
    ("leaving", "lines"),
    [("finish", math.inf), ("return_to_queue", math.inf), ("return_to_queue", 100.0), ("return_to_queue", 50.0)],
)
def test_small_steps_come_to_the_same(leaving, lines):
    """Their error halves with the step, so twice the finer less the coarser has next to none."""
    path = fluid(RATES, 900.0, AGENTS, 240.0, 150.0, leaving=leaving, lines=None if lines == math.inf else lines)
    at, *fine = small_steps(AGENTS, 240.0, 150.0, leaving, lines, 0.25)
    _, *coarse = small_steps(AGENTS, 240.0, 150.0, leaving, lines, 0.5)
    for exact, a, b in zip((path.queue(at), path.busy(at)), fine, coarse, strict=True):
        assert exact == pytest.approx(2 * a - b, abs=0.02)
        assert np.abs(exact - a).max() > 1e-6  # they do differ: not the same code


def test_a_spike_in_closed_form():
    """Twice the capacity for ten minutes, endless patience: the queue grows and falls in straight lines."""
    capacity = 60 / 300.0
    path = fluid([2 * capacity, 0.5 * capacity], [0.0, 600.0, 1800.0], 60, 300.0, math.inf, start=60)
    assert path.queue([300.0, 600.0, 800.0]) == pytest.approx([300 * capacity, 600 * capacity, 500 * capacity], rel=1e-12)
    assert path.clears(10.0) == pytest.approx(1800.0, rel=1e-12)
    assert path.waiting_time([0.0, 300.0, 600.0, 1200.0]) == pytest.approx([0.0, 300.0, 600.0, 300.0], rel=1e-12, abs=1e-9)
    assert path.clears(1800.0) == 1800.0
    found = path.by_interval(60.0)
    assert found.sl_offered == pytest.approx([0.1, 0.1], rel=1e-9)
    assert found.mean_wait_virtual == pytest.approx([300.0, 300.0], rel=1e-6)
    assert found.abandoned == pytest.approx([0.0, 0.0], abs=1e-9)


def test_overload_with_patience_in_closed_form():
    """In the long run queue and wait are those of Whitt's fluid limit; the wait of a tagged customer from its own formula."""
    rate, agents, aht, patience = 0.5, 60.0, 240.0, 150.0
    path = fluid([rate], 90_000.0, agents, aht, patience, start="stationary")
    wait = -patience * math.log(agents / aht / rate)
    assert path.queue([0.0, 50_000.0]) == pytest.approx([(rate - agents / aht) * patience] * 2, rel=1e-12)
    assert path.waiting_time([0.0, 50_000.0]) == pytest.approx([wait] * 2, rel=1e-12)
    found = path.by_interval(wait + 1.0)
    assert found.abandon_rate_offered[0] == pytest.approx(1 - agents / aht / rate, rel=1e-9)
    assert found.sl_offered[0] == pytest.approx(agents / aht / rate, rel=1e-9)
    assert found.mean_wait_all[0] == pytest.approx((rate - agents / aht) * patience / rate, rel=1e-9)
    later = fluid([rate], 90_000.0, agents, aht, patience)
    t = aht * math.log(rate * aht / (rate * aht - agents)) + 100.0
    queue = (rate - agents / aht) * patience * -math.expm1(-100.0 / patience)
    assert later.queue(t) == pytest.approx(queue, rel=1e-12)
    assert later.waiting_time(t) == pytest.approx(patience * math.log1p(queue * aht / agents / patience), rel=1e-12)


def test_thresholds_by_interval():
    path = fluid(RATES, 900.0, AGENTS, 240.0, 150.0)
    found = path.by_interval(np.linspace(0.0, 180.0, 10)).sl_offered
    assert found == pytest.approx([path.by_interval(20.0 * k).sl_offered[k] for k in range(10)], rel=1e-12)


def test_agents_who_go_finish_or_send_back():
    """Sixty busy, forty stay: those who finish are busy for another 240 ln(60/40) s, and nobody else is answered."""
    until = 240.0 * math.log(1.5)
    kept = fluid([0.25, 0.1], [0.0, 900.0, 1800.0], [60.0, 40.0], 240.0, 150.0, start=60.0)
    assert kept.busy([899.0, 900.0, 900.0 + until, 1000.0]) == pytest.approx([60, 60, 40, 40], rel=1e-12)
    assert kept.waiting_time(900.0) == pytest.approx(until, rel=1e-9)
    back = fluid([0.25, 0.1], [0.0, 900.0, 1800.0], [60.0, 40.0], 240.0, 150.0, start=60.0, leaving="return_to_queue")
    assert (back.busy(900.0), back.queue(900.0)) == (pytest.approx(40.0), pytest.approx(20.0))
    # Who comes then has the twenty before him, less those who leave.
    assert back.waiting_time(900.0) == pytest.approx(150.0 * math.log1p(20.0 * 240.0 / 40.0 / 150.0), rel=1e-12)


def test_nobody_ever_answers_without_agents():
    for patience in (150.0, math.inf, Delayed(60.0, 60.0)):
        path = fluid([0.1], 900.0, 0.0, 240.0, patience)
        assert path.waiting_time(100.0) == math.inf
        assert path.clears(100.0) == math.inf
        found = path.by_interval(1e6)
        assert found.sl_offered[0] == pytest.approx(0.0, abs=1e-9)
        assert found.p_wait[0] == pytest.approx(1.0)
    assert fluid([0.1], 900.0, 0.0, 240.0, Delayed(60.0, 60.0)).by_interval().abandon_rate_offered[0] == pytest.approx(1.0)


def differences(one, other):
    return [
        np.abs(f(AT) - g(AT)).max()
        for f, g in zip(*((p.queue, p.busy, p.waiting_time, p.abandon_rate) for p in (one, other)), strict=True)
    ]


def test_other_patience_that_is_exponential():
    """The steps come to the closed form, with their square; at bends of the wait somewhat slower."""
    exact = fluid(RATES, 900.0, AGENTS, 240.0, 150.0)
    errors = np.array([differences(exact, fluid(RATES, 900.0, AGENTS, 240.0, Delayed(0.0, 150.0), step=h)) for h in (4.0, 1.0)])
    print("\nqueue, busy, wait, rate of leaving; steps of 4 s and 1 s", errors)
    assert (errors[1] < [1e-3, 1e-4, 5e-3, 1e-5]).all()
    assert (errors[1] < errors[0] / [12, 12, 5, 12]).all()
    by_default = differences(exact, fluid(RATES, 900.0, AGENTS, 240.0, Hyperexponential((1.0,), (150.0,))))
    assert by_default[2] < 0.05
    one, other = exact.by_interval(20.0), fluid(RATES, 900.0, AGENTS, 240.0, Delayed(0.0, 150.0), step=1.0).by_interval(20.0)
    for name, bar in {"abandoned": 2e-3, "mean_queue": 1e-4, "mean_busy": 1e-4, "wait_at_end": 1e-2}.items():
        assert getattr(one, name) == pytest.approx(getattr(other, name), abs=bar), name
    assert one.sl_offered == pytest.approx(other.sl_offered, abs=1e-4)
    assert exact.clears(2000.0) == pytest.approx(fluid(RATES, 900.0, AGENTS, 240.0, Delayed(0.0, 150.0)).clears(2000.0), abs=0.05)


@pytest.mark.parametrize("patience", OTHERS, ids=str)
def test_other_patience_settles_with_its_step(patience):
    fine = fluid(RATES, 900.0, AGENTS, 240.0, patience, step=0.5)
    usual = fluid(RATES, 900.0, AGENTS, 240.0, patience)
    queue, busy, wait, _ = differences(fine, usual)
    assert queue < 0.05
    assert busy < 0.02
    assert wait < 0.3


@pytest.mark.parametrize("patience", [*OTHERS, Deterministic(100.0), Empirical((30.0, 90.0, 200.0), (0.9, 0.6, 0.2))], ids=str)
def test_who_comes_is_served_leaves_or_is_still_there(patience):
    """Those who leave by the ages in the queue, integrated, are those that the balance says."""
    path = fluid(RATES, 900.0, AGENTS, 240.0, patience, step=1.0)
    found = path.by_interval()
    inside = path.queue(9000.0) + path.busy(9000.0)
    assert found.offered.sum() == pytest.approx(found.abandoned.sum() + (found.mean_busy * 900.0).sum() / 240.0 + inside, rel=1e-12)
    came = (found.abandon_rate_offered * found.offered).sum()
    ended = found.abandoned.sum()
    # Those still waiting at the end have yet to leave.
    assert ended <= came + 0.02 * ended <= ended + path.queue(9000.0) + 0.04 * ended
    if not patience.kinks or isinstance(patience, Delayed):
        t = (np.arange(90_000) + 0.5) / 10
        assert 0.1 * path.abandon_rate(t).sum() == pytest.approx(ended, rel=2e-3)


@pytest.mark.parametrize("patience", OTHERS, ids=str)
def test_steady_overload_of_any_patience(patience):
    """As many have lost patience by the wait as cannot be served (Whitt 2006); queue by Little from the integral of survival."""
    rate, agents, aht = 0.5, 50.0, 240.0
    path = fluid([rate, rate], 5000.0, agents, aht, patience, start="stationary")
    wait = path.waiting_time([0.0, 2500.0, 9000.0])
    assert patience.survival(wait) == pytest.approx([agents / aht / rate] * 3, abs=1e-6)
    assert path.queue([0.0, 2500.0]) == pytest.approx(rate * patience.integral(wait[:2]), rel=1e-5)
    found = path.by_interval()
    assert found.abandon_rate_offered == pytest.approx([1 - agents / aht / rate] * 2, abs=1e-5)
    # Little's law: those who wait are the arrivals times their mean wait.
    assert found.mean_wait_all * rate == pytest.approx(found.mean_queue, rel=1e-4)


def test_nobody_leaves_before_the_onset():
    """A backlog that clears within the onset: as with endless patience."""
    rates, edges = [0.5, 0.1], [0.0, 300.0, 3000.0]
    delayed, endless = (fluid(rates, edges, 60.0, 240.0, p, start=60.0) for p in (Delayed(400.0, 60.0), math.inf))
    at = np.linspace(0.0, 3000.0, 301)
    assert delayed.waiting_time(at) == pytest.approx(endless.waiting_time(at), abs=1e-6)
    assert delayed.queue(at) == pytest.approx(endless.queue(at), abs=1e-6)
    assert delayed.by_interval().abandoned == pytest.approx([0.0, 0.0], abs=1e-6)


def test_all_with_one_patience_wait_no_longer():
    """In a lasting overload everybody waits until just before he would hang up, and the rest hangs up."""
    path = fluid([0.5], 9000.0, 60.0, 240.0, Deterministic(100.0), start=60.0)
    assert path.waiting_time([1000.0, 5000.0]) == pytest.approx([100.0, 100.0], abs=1e-6)
    assert path.queue(5000.0) == pytest.approx(50.0, rel=1e-6)
    assert path.by_interval().abandon_rate_offered[0] == pytest.approx(0.5, abs=0.02)


def test_who_will_not_wait_leaves_room_for_the_others():
    """Where those who would wait are fewer than can be served, nobody waits at all."""
    path = fluid([0.3], 9000.0, 60.0, 240.0, Balking(0.3, Exponential(100.0)), start=60.0)
    assert path.queue(5000.0) == 0.0
    assert path.waiting_time(5000.0) == 0.0
    assert path.abandon_rate(5000.0) == pytest.approx(0.05, rel=1e-9)
    found = path.by_interval(10.0)
    assert found.abandoned[0] == pytest.approx(450.0, rel=1e-9)
    assert found.sl_offered[0] == pytest.approx(0.25 / 0.3, rel=1e-9)


levels = st.lists(st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 100.0)), min_size=1, max_size=8)


@settings(max_examples=60)
@given(
    levels, st.floats(30.0, 600.0), st.floats(20.0, 600.0), st.sampled_from(["finish", "return_to_queue"]), st.floats(0.0, 150.0)
)
def test_balance_of_exponential_patience(plan, aht, patience, leaving, start):
    rates, agents = np.array(plan).T
    path = fluid(rates, 600.0, agents, aht, patience, start=start, leaving=leaving)
    end = 600.0 * len(rates)
    found = path.by_interval(20.0)
    served = (found.mean_busy * 600.0).sum() / aht
    assert start + found.offered.sum() == pytest.approx(
        found.abandoned.sum() + served + path.queue(end) + path.busy(end), rel=1e-9, abs=1e-9
    )
    at = np.linspace(0.0, end, 200)
    assert (path.queue(at) >= 0.0).all()
    assert (path.waiting_time(at) >= 0.0).all()
    assert ((found.sl_offered >= -1e-9) & (found.sl_offered <= 1 + 1e-9)).all()
    # Nobody overtakes.
    turns = at + path.waiting_time(at)
    assert (np.diff(turns[np.isfinite(turns)]) >= -1e-6).all()


@settings(max_examples=25)
@given(levels, st.sampled_from([Delayed(0.0, 150.0), *OTHERS[:4]]))
def test_balance_of_other_patience(plan, patience):
    rates, agents = np.array(plan).T
    path = fluid(rates, 600.0, agents, 240.0, patience, step=10.0)
    end = 600.0 * len(rates)
    found = path.by_interval()
    served = (found.mean_busy * 600.0).sum() / 240.0
    assert found.offered.sum() == pytest.approx(
        found.abandoned.sum() + served + path.queue(end) + path.busy(end), rel=1e-9, abs=1e-6
    )
    at = np.linspace(0.0, end, 100)
    turns = at + path.waiting_time(at)
    assert (np.diff(turns[np.isfinite(turns)]) >= -1e-6).all()


def test_series_come_back_as_series():
    rates = pd.Series([0.1, 0.4], index=pd.Index(["a", "b"]))
    found = fluid(rates, 900.0, 50, 240.0, 150.0).by_interval(20.0)
    assert found.queue_at_end.index.tolist() == found.sl_offered.index.tolist() == ["a", "b"]


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: fluid([0.1, -0.1], 900.0, 5, 240.0, 150.0), r"rate\[1\]"),
        (lambda: fluid([0.1, 0.1], 900.0, [5, 5, 5], 240.0, 150.0), "agents has the shape"),
        (lambda: fluid([0.1], 900.0, 5, 0.0, 150.0), "aht is 0"),
        (lambda: fluid([0.1], 900.0, 5, 240.0, 0.0), "patience is 0"),
        (lambda: fluid([0.1], 900.0, 5, 240.0, 150.0, lines=9.0), "leaving='return_to_queue'"),
        (lambda: fluid([0.1], 900.0, 5, 240.0, Delayed(1.0, 1.0), lines=9.0), "exponential patience only"),
        (lambda: fluid([0.1], 900.0, 5, 240.0, 150.0, leaving="stay"), "leaving is 'stay'"),
        (lambda: fluid([0.1], 900.0, 5, 240.0, math.inf, start="stationary"), "for ever"),
        (lambda: fluid([0.1], 900.0, 5, 240.0, Balking(0.1, Exponential(math.inf)), start="stationary"), "for ever"),
        (lambda: fluid([0.1], 900.0, 5, 240.0, Delayed(1.0, 1.0), start=9.0), "at most the 5 agents"),
        (lambda: fluid([0.1], 900.0, 5, 240.0, 150.0, lines=9.0, start=10.0, leaving="return_to_queue"), "more than the 9 lines"),
        (lambda: fluid([0.1], 900.0, 5, 240.0, 150.0).queue(-1.0), "from the first edge on"),
    ],
)
def test_what_is_out_of_range_is_told(call, told):
    with pytest.raises(ValueError, match=told):
        call()
