"""Mean waits in closed form: priorities (Cobham 1954), waits by weight (Kleinrock 1964), queues in a row (Jackson 1957)."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from tests.simulate.exact import erlang_b
from tests.simulate.plans import estimate
from tests.simulate.scores import Scores
from tests.simulate.steady import MEASURED, OFFERED, group, kind, measured
from wfm.simulate.centre import Centre, Skill
from wfm.simulate.centre_tallies import replicate_centre
from wfm.simulate.crowd import draw_crowd
from wfm.simulate.engines import many
from wfm.simulate.model import SECOND
from wfm.simulate.tally import COLUMNS

SEED, AHT = 20270705, 180.0
LENGTHS = (40_000.0, 1_200_000.0, 1.0)
REPLICATIONS = 60


def erlang_c(n: int, a: float) -> float:
    """Chance of a wait in M/M/n."""
    blocking = erlang_b(n, a)
    return n * blocking / (n - a * (1 - blocking))


def by_priority(n: int, loads: np.ndarray) -> np.ndarray:
    """Mean waits in M/M/n without interruption, the first class before others, equal handle times: Cobham (1954)."""
    heavier = np.append(0.0, np.cumsum(loads)) / n
    waits: np.ndarray = erlang_c(n, loads.sum()) * AHT / n / ((1 - heavier[:-1]) * (1 - heavier[1:]))
    return waits


def by_weight(n: int, loads: np.ndarray, weights: tuple[int, ...]) -> np.ndarray:
    """The same where the highest product of weight and time waited goes first: Kleinrock (1964).

    He has one server. Given that all agents are busy, n of them are one who is n times as fast, so waits of those delayed are his
    (Sharif, Stanford, Taylor and Ziedins 2014 for the whole law).
    """
    rho = loads / n
    order = np.argsort(weights, kind="stable")
    waits = np.zeros(len(loads))
    first_come = erlang_c(n, loads.sum()) * AHT / n / (1 - rho.sum())
    for p in order:  # the lowest weight first: others' waits need those of the lower ones
        lower = [i for i in order if weights[i] < weights[p]]
        higher = [i for i in order if weights[i] > weights[p]]
        over = first_come - sum(rho[i] * waits[i] * (1 - weights[i] / weights[p]) for i in lower)
        waits[p] = over / (1 - sum(rho[i] * (1 - weights[p] / weights[i]) for i in higher))
    return waits


def one_team(n: int, loads: np.ndarray, levels: tuple[int, ...], **rules: Any) -> Centre:
    types = tuple(kind(LENGTHS, a / AHT, AHT) for a in loads)
    return Centre(types, (group(LENGTHS, n),), tuple(Skill(y, 0, level=level) for y, level in enumerate(levels)), **rules)


@pytest.mark.parametrize(("n", "shares"), [(1, (0.3, 0.2, 0.3)), (5, (0.2, 0.3, 0.35)), (20, (0.1, 0.3, 0.5))])
def test_levels_are_priorities(n: int, shares: tuple[float, ...], capsys: pytest.CaptureFixture[str]) -> None:
    """S2-10: and whoever has priority waits no longer."""
    loads = n * np.array(shares)
    found = measured(one_team(n, loads, (0, 1, 2)), seed=SEED + n, replications=REPLICATIONS)
    scores = Scores()
    for y, wait in enumerate(by_priority(n, loads)):
        scores.add(f"n={n}", f"class {y}: mean wait [s]", wait, *estimate(found.types[:, y], "mean_wait_all"))
        scores.add(f"n={n}", f"class {y}: no wait", 1 - erlang_c(n, loads.sum()), *estimate(found.types[:, y], "sl_offered"))
    scores.judge(f"Priorities, {n} agents (Cobham)", capsys, cells=6)
    waits = [estimate(found.types[:, y], "mean_wait_all")[0] for y in range(3)]
    assert waits[0] < waits[1] < waits[2]


@pytest.mark.parametrize(
    ("n", "shares", "weights"),
    [(1, (0.3, 0.4), (3, 1)), (1, (0.4, 0.3), (1, 2)), (6, (0.2, 0.3, 0.3), (10, 4, 1)), (3, (0.4, 0.4), (1, 1))],
)  # fmt: skip
def test_weights_are_priorities_that_accumulate(
    n: int, shares: tuple[float, ...], weights: tuple[int, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    loads = n * np.array(shares)
    centre = one_team(n, loads, (0,) * len(shares), weight=weights)
    found = measured(centre, seed=SEED + 100 + n, replications=REPLICATIONS)
    expected = by_weight(n, loads, weights)
    np.testing.assert_allclose(loads @ expected, loads.sum() * erlang_c(n, loads.sum()) * AHT / (n - loads.sum()))  # conserved
    scores = Scores()
    for y, wait in enumerate(expected):
        scores.add(f"n={n}", f"weight {weights[y]}: mean wait [s]", wait, *estimate(found.types[:, y], "mean_wait_all"))
    scores.judge(f"Weights {weights}, {n} agents (Kleinrock)", capsys, cells=len(weights))


def test_head_starts_from_none_to_always_first(capsys: pytest.CaptureFixture[str]) -> None:
    """Loads times waits are conserved (Kleinrock 1965) whatever the head start; 0 is first come, a very long one priority."""
    n, loads = 4, np.array([1.6, 1.8])
    total = loads.sum() * erlang_c(n, loads.sum()) * AHT / (n - loads.sum())
    scores, waits = Scores(), []
    for number, seconds in enumerate((0.0, 60.0, 300.0, 1e7)):
        centre = one_team(n, loads, (0, 0), head_start=(seconds, 0.0))
        found = measured(centre, seed=SEED + 200 + number, replications=REPLICATIONS)
        each = found.types[:, :, COLUMNS.index("wait_handled")] / found.types[:, :, OFFERED]
        conserved = each @ loads
        scores.add(f"{seconds:g} s", "loads x waits", total, conserved.mean(), conserved.std(ddof=1) / np.sqrt(REPLICATIONS))
        exact = {0.0: np.repeat(total / loads.sum(), 2), 1e7: by_priority(n, loads)}
        for y, wait in enumerate(exact.get(seconds, ())):
            scores.add(f"{seconds:g} s", f"type {y}: mean wait [s]", wait, *estimate(found.types[:, y], "mean_wait_all"))
        waits.append(each.mean(axis=0))
    scores.judge("Head starts", capsys, cells=8)
    assert all(longer[0] < shorter[0] and longer[1] > shorter[1] for shorter, longer in pairwise(waits))


def test_one_agent_with_weights_and_head_starts_by_hand() -> None:
    """Whom an agent answers next, told by a loop over all who wait; the very same waits."""
    loads = np.array([0.3, 0.25, 0.3])
    rules: dict[str, Any] = {"weight": (1, 3, 2), "head_start": (200.0, 0.0, 90.0)}
    centre = one_team(1, loads, (0, 0, 0), **rules)
    crowd = draw_crowd(centre, SEED, 0)
    visits = many.play_centre(centre, crowd)
    weight = np.array(rules["weight"])[crowd.kind]
    start = np.round(np.array(rules["head_start"]) * SECOND).astype(np.int64)[crowd.kind]
    free: int
    begin, free, waiting, coming = np.empty(len(crowd.arrival), dtype=np.int64), 0, [0], 1
    while waiting:
        now = max(free, int(crowd.arrival[waiting].min()))
        while coming < len(begin) and crowd.arrival[coming] < now:
            waiting.append(coming)
            coming += 1
        scores = weight[waiting] * (now - crowd.arrival[waiting]) + start[waiting]
        best = waiting.pop(int(np.argmax(scores)))  # of equal ones the first who came
        begin[best] = now
        free = now + int(crowd.handle[best])
        if not waiting and coming < len(begin):
            waiting.append(coming)
            coming += 1
    assert len(begin) > 5000
    np.testing.assert_array_equal(visits.wait, begin - crowd.arrival)
    assert len({(weight[i], begin[i] > crowd.arrival[i]) for i in range(len(begin))}) == 6  # of each type some wait and some do not


def test_queues_in_a_row_and_in_a_circle(capsys: pytest.CaptureFixture[str]) -> None:
    """Jackson (1957): each queue is as M/M/n by itself; S0-05: its contacts are external ones and those passed on."""
    scores = Scores()
    cases = {
        "in a row": ((0.02, 0.0), ((0.0, 1.0), (0.0, 0.0)), (4, 5), (150.0, 200.0)),
        "part of them": ((0.02, 0.008), ((0.0, 0.4), (0.0, 0.0)), (4, 4), (150.0, 200.0)),
        "and back": ((0.015, 0.006), ((0.0, 0.4), (0.25, 0.1)), (4, 4), (150.0, 200.0)),
    }
    for number, (where, (external, passed, agents, aht)) in enumerate(cases.items()):
        P = np.array(passed)
        flow = np.linalg.solve(np.eye(2) - P.T, np.array(external))
        types = tuple(kind(LENGTHS, rate, mean) for rate, mean in zip(external, aht, strict=True))
        teams = tuple(group(LENGTHS, n) for n in agents)
        centre = Centre(types, teams, (Skill(0, 0), Skill(1, 1)), transfers=P)
        found = measured(centre, seed=SEED + 300 + number, replications=REPLICATIONS)
        for y, n in enumerate(agents):
            a, sums = flow[y] * aht[y], found.types[:, y]
            wait = erlang_c(n, a)
            scores.add(where, f"queue {y}: mean wait [s]", wait * aht[y] / (n - a), *estimate(sums, "mean_wait_all"))
            scores.add(where, f"queue {y}: no wait", 1 - wait, *estimate(sums, "sl_offered"))
            scores.add(where, f"queue {y}: occupancy", a / n, *estimate(found.groups[:, y], "occupancy"))
            rate = sums[:, OFFERED] / LENGTHS[MEASURED]
            scores.add(where, f"queue {y}: offered [1/s]", flow[y], rate.mean(), rate.std(ddof=1) / np.sqrt(REPLICATIONS))
    scores.judge("Transfers", capsys, cells=24)


def test_flow_balance_contact_by_contact() -> None:
    """S0-05, exactly: who is passed on by one queue is what another gets at that very moment, external contacts apart."""
    P = np.array([[0.0, 0.4, 0.1], [0.2, 0.0, 0.0], [0.0, 0.0, 0.3]])
    lengths = (3600.0,) * 4
    types = tuple(kind(lengths, rate, 150.0, then_mean=200.0) for rate in (0.03, 0.01, 0.02))
    centre = Centre(
        types, (group(lengths, 6), group(lengths, 5)), tuple(Skill(y, g) for y in range(3) for g in range(2)), lines=14, transfers=P
    )  # fmt: skip
    tallies = replicate_centre(centre, seed=SEED, replications=20, threshold=20)
    first_legs = later_legs = 0
    for r in range(20):
        v = many.play_centre(centre, draw_crowd(centre, SEED, r))
        passed = np.flatnonzero(v.outcome == 3)
        assert np.all((v.contact[passed + 1] == v.contact[passed]) & (v.leg[passed + 1] == v.leg[passed] + 1))
        assert np.array_equal(v.arrival[passed + 1], (v.arrival + v.wait + v.handle)[passed])
        assert np.all(P[v.kind[passed], v.kind[passed + 1]] > 0)
        assert np.count_nonzero(v.leg > 1) == len(passed)
        entered = np.bincount(v.kind[v.leg == 1], minlength=3) + np.bincount(v.kind[passed + 1], minlength=3)
        np.testing.assert_array_equal(tallies.types[r, :, :, OFFERED].sum(axis=1), entered)
        first_legs, later_legs = first_legs + np.count_nonzero(v.leg == 1), later_legs + len(passed)
    assert later_legs > 0.3 * first_legs
