"""Three contact types and three groups: the compiled engine beside SimPy, one row of `benchmarks.simulate`."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np

from benchmarks.plain_simpy_skills import CustomersAsProcesses, SkilledCentre
from benchmarks.rounds import Claim, Contender, row
from wfm.core import draws
from wfm.simulate.centre import Centre, Group, Skill
from wfm.simulate.centre_tallies import replicate_centre
from wfm.simulate.crowd import draw_crowd
from wfm.simulate.engines import many, simpy_engine
from wfm.simulate.model import SECOND, Model
from wfm.simulate.visits import Visits

FAST, TALLIES, READABLE = "wfm, compiled: records", "wfm, compiled: tallies", "wfm, SimPy engine"
CALLBACKS, PROCESSES = "plain SimPy with callbacks", "plain SimPy"
AHT, PATIENCE, THRESHOLD, LOAD = 240.0, 120.0, 20.0, 0.95
AGENTS = (40, 40, 40)
SERVES = ((0, 1), (1, 2), (0, 1, 2))  # types that each group serves; the lower the type, the sooner its turn
SEED = 20270705


def skilled(contacts: int) -> Centre:
    """A centre with about so many contacts, a third of each type."""
    rate = LOAD * sum(AGENTS) / AHT
    length = round(contacts / rate * SECOND)
    one = Model(
        start=np.zeros(1, dtype=np.int64),
        length=np.array([length]),
        rate=np.array([rate / 3]),
        agents=np.zeros(1, dtype=np.int64),
        aht=np.array([AHT]),
        day=np.array([740_000]),
        day_cv=np.zeros(1),
        slot_cv=np.zeros(1),
        family=draws.EXPONENTIAL,
        cv=1.0,
        then_mean=PATIENCE,
    )
    skills = tuple(Skill(kind, group, level=kind) for group, kinds in enumerate(SERVES) for kind in kinds)
    return Centre((one, one, one), tuple(Group(np.array([agents])) for agents in AGENTS), skills)


def plain(contacts: int, way: type[SkilledCentre]) -> SkilledCentre:
    """The same on SimPy alone."""
    rate = LOAD * sum(AGENTS) / AHT
    groups = list(zip(AGENTS, SERVES, strict=True))
    seconds = contacts / rate
    return way([rate / 3] * 3, [0, 1, 2], [AHT] * 3, [PATIENCE] * 3, groups, seconds=seconds, threshold=THRESHOLD, seed=SEED)


def agree(centre: Centre) -> str:
    """Both engines' visits of the same draws, compared value by value."""
    crowd = draw_crowd(centre, SEED, 0)
    fast, readable = many.play_centre(centre, crowd), simpy_engine.play_centre(centre, crowd)
    for field in fields(Visits):
        if not np.array_equal(getattr(fast, field.name), getattr(readable, field.name)):
            raise SystemExit(f"the engines differ in {field.name}")
    return f"both engines: {len(fast.contact):,} visits, equal in every value"


def skills_row(contacts: int, few: int, rounds: int) -> dict[str, Any]:
    """The race; ``few`` contacts for those who are slow."""
    large, small = skilled(contacts), skilled(few)
    counted, fewer = len(draw_crowd(large, SEED, 0).arrival), len(draw_crowd(small, SEED, 0).arrival)
    runs = [
        Contender(FAST, lambda: many.play_centre(large, draw_crowd(large, SEED, 0)), counted),
        Contender(TALLIES, lambda: replicate_centre(large, seed=SEED, replications=1, threshold=THRESHOLD), counted),
        Contender(READABLE, lambda: simpy_engine.play_centre(small, draw_crowd(small, SEED, 0)), fewer),
        Contender(PROCESSES, lambda: plain(few, CustomersAsProcesses), fewer),
        Contender(CALLBACKS, lambda: plain(few, SkilledCentre), fewer),
    ]
    claims = [
        Claim("compiled records over this project's SimPy engine", READABLE, FAST, 60, 120),
        Claim("compiled records over plain SimPy", PROCESSES, FAST, 60, 120),
        Claim("compiled tallies over plain SimPy", PROCESSES, TALLIES, 60, 120),
    ]
    checks = [agree(small), "plain SimPy with callbacks has no process for a customer: as fast as it can be written, not as it is"]
    return row("Three types, three groups, priorities, longest idle first", runs, claims, rounds, checks)
