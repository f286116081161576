"""The exact chain where the answer is known: steady state, endless agents, empty and extreme days, published runs."""

import json
import math

import numpy as np
import pytest

from tests.shared import shared
from wfm.erlang import ErlangA, ErlangC, MMnDelayed
from wfm.erlang.transient.solver import TransientQueue

STEADY = [
    # rate, aht, patience, agents, lines
    (0.1, 300.0, 240.0, 32, None),
    (0.1, 300.0, 240.0, 24, None),  # overload
    (0.1, 300.0, math.inf, 33, None),
    (0.02, 60.0, 90.0, 1, None),
    (0.1, 300.0, 240.0, 30, 36),
    (0.1, 300.0, math.inf, 28, 33),  # more load than agents: the lines hold it
    (0.1, 300.0, 240.0, 30, 30),
    (1.5, 300.0, 120.0, 450, None),
]


def told(queue, agents, threshold):
    """Measures of the stationary core."""
    here = queue.measures(agents, threshold)
    lost = here.get("blocking", 0.0)
    wait = here.get("mean_wait_accepted", here["mean_wait_all"])
    abandon = here["abandon_rate_offered"]
    return np.array([here["sl_offered"], abandon, here["p_wait"], wait, here["occupancy"], lost, here["mean_queue"]])


def steady(rate, aht, patience, agents, lines, threshold):
    if lines is not None:
        return told(ErlangA(rate, aht, patience=patience, lines=lines), agents, threshold)
    if math.isinf(patience):
        return told(ErlangC(rate, aht), agents, threshold)
    return told(ErlangA(rate, aht, patience=patience), agents, threshold)


def measured(found):
    columns = (
        found.sl_offered,
        found.abandon_rate_offered,
        found.p_delay,
        found.mean_wait_all,
        found.occupancy,
        found.blocking,
        found.mean_queue,
    )
    return np.array(columns).T


@pytest.mark.parametrize("leaving", ["finish", "return_to_queue"])
@pytest.mark.parametrize(("rate", "aht", "patience", "agents", "lines"), STEADY)
def test_constant_rates_stay_in_the_steady_state(rate, aht, patience, agents, lines, leaving):
    queue = TransientQueue([rate] * 5, aht, patience=patience, interval=900.0, lines=lines, leaving=leaving)
    found = queue.solve(agents, threshold=20.0, start="stationary")
    expected = steady(rate, aht, patience, agents, lines, 20.0)
    apart = np.abs(measured(found) - expected)
    print(f"worst of {rate} {agents} {lines}: {np.max(apart / np.maximum(expected, 1.0)):.1e}")
    np.testing.assert_allclose(measured(found), np.broadcast_to(expected, apart.shape), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(("rate", "aht", "patience", "agents", "lines"), STEADY)
def test_from_empty_the_steady_state_is_reached(rate, aht, patience, agents, lines):
    # Erlang C at 91 % takes some forty handle times for a digit to vanish, and more for ten.
    queue = TransientQueue([rate] * 12, aht, patience=patience, interval=aht * 60.0, lines=lines)
    found = queue.solve(agents, threshold=20.0)
    assert found.sl_offered[0] > found.sl_offered[-1]
    np.testing.assert_allclose(measured(found)[-1], steady(rate, aht, patience, agents, lines, 20.0), rtol=1e-9, atol=1e-9)


def test_endless_agents():
    """Poisson with the mean m' = rate - m / aht, exactly, whatever the agents do among themselves."""
    rates, aht, interval = np.array([0.2, 0.5, 0.0, 0.3]), 300.0, 600.0
    queue = TransientQueue(rates, aht, patience=60.0, interval=interval)
    found = queue.solve([1000, 900, 1100, 1000])
    load, expected, means = 0.0, [], []
    for rate in rates:
        expected.append(load)
        after = rate * aht + (load - rate * aht) * math.exp(-interval / aht)
        means.append(rate * aht + (load - after) * aht / interval)
        load = after
    np.testing.assert_allclose(found.busy_at, expected, rtol=1e-12)
    np.testing.assert_allclose(found.mean_busy, means, rtol=1e-12)
    np.testing.assert_allclose(found.sl_offered[rates > 0], 1.0, atol=1e-14)
    assert np.all(found.mean_queue < 1e-12)


def test_nobody_comes():
    found = TransientQueue([0.0, 0.0], 300.0, patience=60.0, interval=900.0).solve([0, 3])
    assert np.all(found.offered == 0)
    assert np.all(found.mean_busy == 0)
    for name in ("sl_offered", "abandon_rate_offered", "answer_rate", "p_delay", "mean_wait_all", "blocking"):
        assert np.all(np.isnan(getattr(found, name))), name
    assert math.isnan(found.occupancy[0])
    assert found.occupancy[1] == 0


def test_no_agents_at_all():
    """Everybody waits and, having patience, abandons: waits are patience, the queue is that of endless agents."""
    queue = TransientQueue([0.1, 0.1], 300.0, patience=60.0, interval=900.0)
    found = queue.solve(0, threshold=20.0)
    np.testing.assert_allclose(found.abandon_rate_offered, 1.0, atol=1e-12)
    np.testing.assert_allclose(found.mean_wait_all, 60.0, rtol=1e-11)
    np.testing.assert_allclose(found.p_delay, 1.0, atol=1e-12)
    np.testing.assert_allclose(found.queue_at, [0.0, 6.0 * (1 - math.exp(-15.0))], rtol=1e-11, atol=1e-13)
    assert np.all(found.sl_offered < 1e-12)
    assert np.all(np.isnan(found.occupancy))
    waits_for_ever = TransientQueue([0.1, 0.1], 300.0, patience=math.inf, interval=900.0).solve(0)
    assert np.all(np.isinf(waits_for_ever.mean_wait_all))
    assert np.all(waits_for_ever.abandoned == 0)


def test_no_lines_and_fewer_lines_than_agents():
    rates = [0.05, 0.2]
    none = TransientQueue(rates, 300.0, patience=60.0, interval=900.0, lines=0).solve([3, 2])
    np.testing.assert_allclose(none.blocking, 1.0, atol=1e-12)
    for name in ("p_delay", "sl_offered", "abandon_rate_offered", "answer_rate", "mean_busy"):
        np.testing.assert_allclose(getattr(none, name), 0.0, atol=1e-12)
    # Seven agents behind four lines are four agents.
    seven, four = (TransientQueue(rates, 300.0, patience=60.0, interval=900.0, lines=4).solve(n, threshold=20.0) for n in (7, 4))
    for name in ("blocked", "sl_offered", "mean_busy", "abandoned"):
        np.testing.assert_allclose(getattr(seven, name), getattr(four, name), rtol=1e-11, atol=1e-13)
    np.testing.assert_allclose(seven.p_delay, 0.0, atol=1e-13)
    np.testing.assert_allclose(seven.sl_offered + seven.blocking, 1.0, atol=1e-12)


def test_a_threshold_of_nothing_is_the_chance_not_to_wait():
    queue = TransientQueue([0.1, 0.15, 0.05], 300.0, patience=100.0, interval=900.0)
    found = queue.solve([30, 40, 10], threshold=0.0)
    np.testing.assert_allclose(found.sl_offered, 1 - found.p_delay, atol=1e-12)


@pytest.mark.parametrize("leaving", ["finish", "return_to_queue"])
def test_a_threshold_of_days_is_being_answered(leaving):
    queue = TransientQueue([0.02, 0.03, 0.01, 0.02], [300.0, 200.0, 400.0, 300.0], patience=100.0, interval=900.0, leaving=leaving)
    levels = [queue.solve([5, 6, 0, 4], threshold=t).sl_offered for t in (1000.0, 2500.0, 50_000.0)]
    assert np.all(levels[0] <= levels[1] + 1e-8)
    assert np.all(levels[1] <= levels[2] + 1e-8)
    np.testing.assert_allclose(levels[2], queue.solve([5, 6, 0, 4]).answer_rate, atol=1e-7)


@pytest.mark.parametrize(("agents", "threshold"), [(10, 300.0), (100, 300.0), (400, 20.0), (400, 300.0)])
def test_arrivals_near_a_change_of_agents(agents, threshold):
    """Their chances to be answered in time move fast where many wait: finer pieces of the same rate change nothing."""
    staffed = np.array([agents, round(1.1 * agents), round(0.8 * agents), agents])
    rate, rules = agents / 300.0, {"patience": 240.0, "interval": 900.0}
    coarse = TransientQueue([rate] * 4, 300.0, **rules).solve(staffed, threshold=threshold)
    fine = TransientQueue(lambda t: rate, 300.0, piece=60.0, **rules).solve(staffed, threshold=threshold)
    np.testing.assert_allclose(coarse.sl_offered, fine.sl_offered, atol=2e-9)
    np.testing.assert_allclose(coarse.abandon_rate_offered, fine.abandon_rate_offered, atol=2e-9)


def test_agents_go_and_come_again():
    """A queue is left alone for an interval: its contacts are there, less those who gave up, when agents are back."""
    queue = TransientQueue([0.1, 0.0, 0.0], 300.0, patience=2000.0, interval=900.0)
    found = queue.solve([10, 0, 300], threshold=20.0)
    assert found.busy_at[1] == pytest.approx(10.0, abs=0.01)  # they finish
    assert 0 < found.mean_busy[1] < 10.0
    assert found.queue_at[1] > 30
    assert found.queue_at[2] == pytest.approx(0.0, abs=1e-12)
    kept = found.queue_at[1] * math.exp(-900.0 / 2000.0)
    assert found.abandoning[1] == pytest.approx(found.queue_at[1] - kept, rel=1e-11)
    assert found.busy_at[2] == pytest.approx(kept + 10.0 * math.exp(-3.0), abs=0.01)
    back = TransientQueue([0.1, 0.0, 0.0], 300.0, patience=2000.0, interval=900.0, leaving="return_to_queue")
    returned = back.solve([10, 0, 300])
    assert returned.queue_at[1] == pytest.approx(found.queue_at[1] + found.busy_at[1], rel=1e-11)
    assert returned.mean_busy[1] == 0.0


def test_a_day_that_ends_with_a_queue():
    """The last agents stay: with one of them, no patience and nobody else coming, j ahead wait j + 1 handle times."""
    queue = TransientQueue([0.0], 300.0, patience=math.inf, interval=900.0)
    start = [0.0, 0.0, 0.0, 1.0]
    assert queue.solve(1, start=start).queue_at[0] == 2.0
    busy = TransientQueue([1.0], 1e6, patience=math.inf, interval=10.0).solve(1)
    # Ten come; all but the first wait, one after the other, for a million seconds each: 1e6 times N (N - 1) / 2.
    assert busy.mean_wait_all[0] * busy.offered[0] == pytest.approx(1e6 * 10.0**2 / 2, rel=1e-4)


@pytest.mark.parametrize("onset", [1e-6, 1e-3])
def test_an_onset_of_nothing_is_none(onset):
    rules = {"patience": 100.0, "interval": 900.0}
    late = TransientQueue([0.1, 0.15, 0.05], 300.0, onset=onset, **rules).solve([30, 40, 10], threshold=20.0)
    none = TransientQueue([0.1, 0.15, 0.05], 300.0, **rules).solve([30, 40, 10], threshold=20.0)
    for name in ("sl_offered", "abandon_rate_offered", "p_delay", "occupancy"):
        np.testing.assert_allclose(getattr(late, name), getattr(none, name), atol=30 * onset)


def test_an_onset_past_every_wait_is_endless_patience():
    rules = {"interval": 900.0}
    late = TransientQueue([0.1, 0.12], 300.0, patience=100.0, onset=40_000.0, **rules).solve([34, 39], threshold=20.0)
    never = TransientQueue([0.1, 0.12], 300.0, patience=math.inf, **rules).solve([34, 39], threshold=20.0)
    np.testing.assert_allclose(late.sl_offered, never.sl_offered, atol=1e-9)
    # Who is too fresh is one of a Poisson number: hardly ever fewer than all of those who came.
    np.testing.assert_allclose(late.abandoned, 0.0, atol=1e-5)


@pytest.mark.parametrize(("agents", "onset", "patience"), [(31, 20.0, 100.0), (24, 20.0, 100.0), (28, 60.0, 200.0)])
def test_an_onset_in_the_steady_state_is_close(agents, onset, patience):
    """An approximation: service level within two points of M/M/n with delayed patience, abandonment within a third of one."""
    queue = TransientQueue([0.1] * 40, 300.0, patience=patience, onset=onset, interval=900.0)
    found = queue.solve(agents, threshold=20.0)
    exact = MMnDelayed(0.1, 300.0, patience=patience, onset=onset).measures(agents, 20.0)
    print(found.sl_offered[-1] - exact["sl_offered"], found.abandon_rate_offered[-1] - exact["abandon_rate_offered"])
    assert found.sl_offered[-1] == pytest.approx(exact["sl_offered"], abs=0.02)
    assert found.abandon_rate_offered[-1] == pytest.approx(exact["abandon_rate_offered"], abs=0.0033)


@pytest.mark.parametrize(("agents", "patience"), [(18, 120.0), (3, 60.0), (20, math.inf), (1, 30.0)])
def test_mean_wait_of_the_answered_in_the_steady_state(agents, patience):
    queue = TransientQueue([0.1] * 2, 180.0, patience=patience, interval=900.0)
    model = ErlangC(0.1, 180.0) if math.isinf(patience) else ErlangA(0.1, 180.0, patience=patience)
    expected = model.measures(agents, 20.0)["asa_answered"]
    np.testing.assert_allclose(queue.asa_answered([agents] * 2, start="stationary"), expected, rtol=1e-7)


def test_nobody_answered_waits_no_mean_time():
    queue = TransientQueue([0.1, 0.0], 180.0, patience=60.0, interval=900.0)
    assert np.isnan(queue.asa_answered([2, 2])[1])


@pytest.mark.parametrize("name", ["contactcenters_MMC", "contactcenters_MMCAb"])
def test_published_runs(name):
    """Runs of a Java library, 1000 days from empty: inside its intervals, and at the exact figures to every digit given."""
    entries = json.loads(shared("golden/published_anchors.json").read_text())
    entry = next(each for each in entries if each["id"] == name)
    given = entry["inputs"]
    patience = 1 / given["nu"] if "nu" in given else math.inf
    queue = TransientQueue([given["lam"]], 1 / given["mu"], patience=patience, interval=given["horizon_min"])
    found = queue.solve(given["n"], threshold=given["T_min"])
    ours = {
        "in_target": found.answered_within[0],
        "sl": found.sl_offered[0],
        "occupancy": found.occupancy[0],
        "abandoned": found.abandoned[0],
    }
    # Both name the mean wait of those answered; the day is one interval.
    ours["asa_min"] = ours["asa_served_min"] = queue.asa_answered(given["n"])[0]
    for key, (low, high) in entry["published_ci"].items():
        if key not in ours:
            continue
        print(name, key, low, ours[key], high)
        assert low <= ours[key] <= high, key
    for key, figure in entry["exact_transient"].items():
        if key in ours:
            assert ours[key] == pytest.approx(figure, rel=2e-6), key


@pytest.mark.parametrize(
    ("rates", "aht", "patience", "agents", "within"),
    [
        ([1.0, 1.0], [180.0, 180.0], 10.0, [60, 250], 120.0),
        ([0.1, 0.1], [3000.0, 30.0], 60_000.0, [50, 50], 120.0),
        ([0.1, 0.1], [3000.0, 3.0], 60_000.0, [2, 10], 120.0),
        ([0.3, 0.2], [180.0, 240.0], 5.0, [40, 70], 60.0),
        ([0.5, 0.5], [180.0, 180.0], 90.0, [120, 60], 600.0),
    ],
)
def test_cutting_intervals_changes_nothing(rates, aht, patience, agents, within):
    """Service levels near a change of agents or pace are taken at nodes: more of them give the same."""
    whole = TransientQueue(rates, aht, patience=patience, interval=900.0).solve(agents, threshold=within)
    parts = 30
    cut = TransientQueue(np.repeat(rates, parts), np.repeat(aht, parts), patience=patience, interval=900.0 / parts)
    fine = cut.solve(np.repeat(agents, parts), threshold=within)
    answered = fine.answered_within.reshape(2, parts).sum(axis=1)
    np.testing.assert_allclose(whole.answered_within, answered, rtol=1e-7)
