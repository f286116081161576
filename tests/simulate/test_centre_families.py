"""Centres of 20,000 contacts and more, a family of features each: both engines leave the same visits."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from tests.simulate.centres import both
from tests.simulate.plans import model
from wfm.core import draws
from wfm.simulate.centre import Breakdowns, Centre, Group, Outage, Skill
from wfm.simulate.crowd import draw_crowd
from wfm.simulate.engines import many
from wfm.simulate.model import SECOND
from wfm.simulate.settled import settled
from wfm.simulate.visits import ABANDONED, BLOCKED, HANDLED, RETURNED, TRANSFERRED, WAITING, Visits

SEED, AHT, HALF_HOUR = 20270705, 180.0, 1800
K = 96  # two days of half-hours


def demand(erlangs: float, aht: float = AHT, **rules: Any) -> Any:
    """A type whose load goes up and down over the day, on spans of 12 hours where ``per_day`` says so."""
    wave = 1 + 0.5 * np.sin(np.arange(K) / 7.0)
    return model(HALF_HOUR, erlangs / aht * wave, 0, aht, intervals=K, **({"cv": 0.7, "family": draws.LOGNORMAL} | rules))


def agents(mean: float, **about: Any) -> Group:
    """As many as the load wants, on average."""
    wave = 1 + 0.45 * np.sin(np.arange(K) / 7.0 - 0.1)
    return Group(np.round(mean * wave).astype(np.int64), **about)


def roster(size: int, **about: Any) -> Group:
    """Shifts of eight hours from every half-hour on, each with two breaks."""
    rows = []
    for agent in range(size):
        for day in range(2):
            begin = day * 86_400 + (agent * 7 % 32) * HALF_HOUR
            for since, until in ((0, 2.0), (2.25, 4.5), (5.0, 8.0)):
                rows.append((agent, begin + round(since * 3600), begin + round(until * 3600)))
    return Group(roster=np.array(rows, dtype=np.int64) * np.array([1, SECOND, SECOND]), **about)


def impatient(erlangs: float, **rules: Any) -> Any:
    redials = {"redial_abandon": 0.4, "redial_busy": 0.6, "redial_delay": 90.0, "attempts_max": 4}
    return demand(erlangs, **({"then_mean": 200.0} | redials | rules))


def nights(kind: Any) -> Any:
    """The same open for twelve hours of each day."""
    day = np.arange(K) // 24
    return replace(kind, start=kind.start + day * 12 * 3600 * SECOND, day=kind.day[0] + day)


ALL = tuple(Skill(y, g) for y in range(3) for g in range(3))
TEAMS = (agents(12), agents(9), agents(7))
TYPES = (impatient(12.0), impatient(9.0, aht=150.0), demand(7.0, aht=240.0, then_mean=600.0))


@dataclass(frozen=True)
class Family:
    centre: Callable[[], Centre]
    holds: Callable[[Centre, Visits], bool]
    contacts: int = 20_000


def share(visits: Visits, outcome: int) -> float:
    return float(np.mean(visits.outcome == outcome))


FAMILIES = {
    "plain: levels, ranks, reserves, weights": Family(
        lambda: Centre(
            tuple(replace(kind, attempts_max=1) for kind in TYPES), TEAMS,
            tuple(
                replace(
                    s, level=(s.kind + s.group) % 2, rank=(s.kind - s.group) % 3, reserve=int(s.kind != s.group),
                    handicap=10.0 * s.group,
                )
                for s in ALL
            ),
            weight=(1, 4, 2), head_start=(0.0, 20.0, 60.0),
        ),
        lambda c, v: many.is_plain(c) and share(v, HANDLED) > 0.6 and share(v, ABANDONED) > 0.01,
    ),
    "priorities and redials on few lines": Family(
        lambda: Centre(TYPES, TEAMS, tuple(replace(s, level=2 - s.kind) for s in ALL), lines=32),
        lambda c, v: share(v, BLOCKED) > 0.02 and bool((v.attempt == 4).any()),
    ),
    "overflow after delays, with reserves": Family(
        lambda: Centre(
            TYPES, TEAMS, tuple(replace(s, delay=25.0 * abs(s.kind - s.group), reserve=2 * (s.kind != s.group)) for s in ALL),
            lines=60,
        ),
        lambda c, v: bool(np.any(v.agent[v.kind == 0] >= TEAMS[0].size)),
    ),
    "transfers": Family(
        lambda: Centre(
            TYPES, TEAMS, (Skill(0, 0), Skill(1, 1), Skill(2, 2), Skill(2, 1, rank=1, level=1)), lines=70,
            transfers=np.array([[0.0, 0.2, 0.1], [0.1, 0.1, 0.1], [0.0, 0.05, 0.2]]),
        ),
        lambda c, v: share(v, TRANSFERRED) > 0.15 and int(v.leg.max()) >= 5,
    ),
    "rosters with breaks, agents' own speeds": Family(
        lambda: Centre(TYPES, (roster(40, speed_cv=0.3), roster(30, speed_cv=0.2), agents(5)), ALL),
        lambda c, v: bool(v.overrun[:2].any(axis=1).all()),
    ),
    "return to queue": Family(
        lambda: Centre(TYPES, (roster(40), agents(9), agents(7)), ALL, leaving="return_to_queue", lines=80),
        lambda c, v: np.count_nonzero(v.outcome == RETURNED) > 100,
    ),
    "outages and breakdowns": Family(
        lambda: Centre(
            TYPES, (*TEAMS[:2], roster(30)), ALL, outages=(Outage(30_000 * SECOND, 33_000 * SECOND, (0, 2), 0.6),),
            breakdowns=Breakdowns(0.97, 900.0, (1, 2), refuses=True),
        ),
        lambda c, v: share(v, BLOCKED) > 0.005,
    ),
    "kept over nights, temps": Family(
        lambda: Centre(
            (*(nights(kind) for kind in TYPES[:2]), nights(demand(7.0, aht=240.0))),
            (agents(14, speed_cv=0.3), agents(10), agents(8)),
            tuple(replace(s, factor=1.0 if s.group == s.kind else 1.4) for s in ALL), closing="keep",
        ),
        lambda c, v: bool(np.any((v.wait > 10 * 3600 * SECOND) & (v.outcome == HANDLED))),
    ),
    "let go at night": Family(
        lambda: Centre(
            tuple(nights(kind) for kind in TYPES), TEAMS, ALL, closing="let_go", leaving="return_to_queue", lines=50,
            transfers=np.full((3, 3), 0.05),
        ),
        lambda c, v: share(v, TRANSFERRED) > 0.05 and not np.any(v.outcome == WAITING),
    ),
    "all of it": Family(
        lambda: Centre(
            tuple(nights(replace(kind, talk_share=0.8)) for kind in TYPES),
            (roster(45, speed_cv=0.3), agents(9, speed_cv=0.2), agents(7)),
            tuple(
                replace(
                    s, delay=20.0 * abs(s.kind - s.group), reserve=int(s.kind == 2), level=s.kind % 2,
                    factor=1.0 + 0.4 * (s.group == 2),
                )
                for s in ALL
            ),
            lines=60, weight=(3, 1, 2), head_start=(0.0, 30.0, 0.0), transfers=np.full((3, 3), 0.04), leaving="return_to_queue",
            closing="keep", breakdowns=Breakdowns(0.98, 600.0, (1,)),
        ),
        lambda c, v: {HANDLED, ABANDONED, BLOCKED, TRANSFERRED, RETURNED} <= set(v.outcome.tolist()),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_of_centres(name: str) -> None:
    family = FAMILIES[name]
    centre = settled(family.centre(), SEED, 0)
    crowd = draw_crowd(centre, SEED, 0)
    assert len(crowd.arrival) > 0.9 * family.contacts
    visits = both(centre, crowd)
    assert family.holds(centre, visits)


@pytest.mark.slow
def test_a_million_contacts() -> None:
    """Fifty times the size, everything there is."""
    centre = FAMILIES["all of it"].centre()
    kinds = tuple(replace(kind, rate=kind.rate * 45) for kind in centre.kinds)
    groups = tuple(
        Group(group.agents * 45, speed_cv=group.speed_cv) if group.agents is not None else roster(45 * 45, speed_cv=group.speed_cv)
        for group in centre.groups
    )
    assert centre.lines is not None
    large = settled(replace(centre, kinds=kinds, groups=groups, lines=centre.lines * 45), SEED, 0)
    crowd = draw_crowd(large, SEED, 0)
    assert len(crowd.arrival) > 1_000_000
    visits = both(large, crowd)
    assert {HANDLED, ABANDONED, BLOCKED, TRANSFERRED, RETURNED} <= set(visits.outcome.tolist())
