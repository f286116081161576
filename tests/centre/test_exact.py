"""Priority with a reserve beside its exact Markov chain: two types, one group, the lower type only while two agents are idle."""

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import lil_matrix
from scipy.sparse.linalg import spsolve

from tests.centre.files import played

AGENTS, RATE, SERVICE, PATIENCE = 6, 1 / 60, 180.0, 120.0
LONGEST = 40  # of each queue; longer ones have a chance below 1e-9

TEXT = """\
wfm: 2
name: two priorities
language: en
country: ""
plan: {start: 2027-07-05, days: 28}
hours: {daily: "00:00-24:00"}
contacts:
  high: {per_day: 1440, day_to_day_cv: 0%, talk: 180s, wrap: 0s, spread: {family: exponential},
         patience: {family: exponential, mean: 120s}, redial: {after_abandon: 0%}}
  low: {per_day: 1440, day_to_day_cv: 0%, talk: 180s, wrap: 0s, spread: {family: exponential},
        patience: {family: exponential, mean: 120s}, redial: {after_abandon: 0%}}
groups: {own: {agents: 6}}
routing:
  high: [own]
  low: [{group: own, keep_free: 1}]
priority: [high, low]
simulation: {contacts: 1000000, precision: 0.00001}
"""


def exact() -> dict[str, float]:
    """Shares abandoned of each type, and occupancy, of the chain of (busy, high waiting, low waiting)."""
    states = [
        (busy, high, low)
        for busy in range(AGENTS + 1)
        for high in range(LONGEST + 1 if busy == AGENTS else 1)
        for low in range(LONGEST + 1 if busy >= AGENTS - 1 else 1)
    ]
    number = {state: i for i, state in enumerate(states)}
    flow = lil_matrix((len(states), len(states)))

    def goes(state: tuple[int, int, int], to: tuple[int, int, int], rate: float) -> None:
        if to in number:
            flow[number[to], number[state]] += rate
            flow[number[state], number[state]] -= rate

    for state in states:
        busy, high, low = state
        goes(state, (busy + 1, 0, low) if busy < AGENTS else (busy, high + 1, low), RATE)
        goes(state, (busy + 1, high, 0) if busy < AGENTS - 1 else (busy, high, low + 1), RATE)
        goes(state, (busy, high - 1, low), high / PATIENCE)
        goes(state, (busy, high, low - 1), low / PATIENCE)
        if high:
            goes(state, (busy, high - 1, low), busy / SERVICE)
        elif low and AGENTS - (busy - 1) > 1:
            goes(state, (busy, 0, low - 1), busy / SERVICE)
        elif busy:
            goes(state, (busy - 1, 0, low), busy / SERVICE)
    flow[0, :] = 1.0
    chance = spsolve(flow.tocsc(), np.eye(len(states))[0])
    mean = {name: float(chance @ np.array([state[i] for state in states])) for i, name in enumerate(("busy", "high", "low"))}
    return {"high": mean["high"] / PATIENCE / RATE, "low": mean["low"] / PATIENCE / RATE, "occupancy": mean["busy"] / AGENTS}


def test_priority_and_reserve_are_those_of_the_chain(tmp_path: Path) -> None:
    stated, result = exact(), played(TEXT, folder=tmp_path)
    found = {name: result.kpi("abandon_rate_offered", name) for name in ("high", "low")} | {"occupancy": result.kpi("occupancy")}
    for name, (value, low, high) in found.items():
        assert abs(value - stated[name]) < 4 * (high - low) / 2 / 1.96, (name, value, stated[name])
        assert value == pytest.approx(stated[name], rel=0.02)
    assert stated["low"] > 4 * stated["high"]
