"""Small centres of two types and two groups beside their Markov chains, solved: the designs of Garnett and Mandelbaum (2000)."""

import numpy as np
import pytest

from tests.simulate.exact_chain import Design, Way
from tests.simulate.scores import Scores
from tests.simulate.steady import score

SEED = 20270705
A, B = 0, 1  # contact types
NEVER = np.inf

DESIGNS = {
    # Two types of different handle times share a group; one has priority.
    "V, priority": Design(
        (0.012, 0.010), (3,), (Way(A, 0, 120.0), Way(B, 0, 200.0, level=1)), 8, (90.0, 300.0),
    ),
    # The same without priority: in order of arrival.
    "V, first come": Design((0.012, 0.010), (3,), (Way(A, 0, 120.0), Way(B, 0, 200.0)), 7, (90.0, 300.0)),
    # One group's agents help the other's type, but keep one agent back for their own, and are slower at it.
    "N, reserve": Design(
        (0.014, 0.010), (2, 3),
        (Way(A, 0, 150.0), Way(A, 1, 210.0, rank=1, level=1, reserve=1), Way(B, 1, 180.0)), 10, (120.0, 240.0),
    ),
    "N, reserve of two, nobody gives up": Design(
        (0.012, 0.011), (2, 3),
        (Way(A, 0, 150.0), Way(A, 1, 150.0, rank=1, level=1, reserve=2), Way(B, 1, 180.0)), 9, (NEVER, NEVER),
    ),
    # Both groups answer one type: the agent idle longest is chosen, and groups are of different pace.
    "longest idle": Design((0.02,), (2, 2), (Way(A, 0, 100.0), Way(A, 1, 170.0)), 7, (200.0,)),
    # Every group answers both types; by rank each its own first, and in order of arrival when both wait.
    "X, by rank": Design(
        (0.012, 0.012), (2, 2),
        (Way(A, 0, 120.0), Way(A, 1, 180.0, rank=1), Way(B, 1, 150.0), Way(B, 0, 225.0, rank=1)), 6, (150.0, 150.0),
    ),
    # Agents idle longest among all, and the oldest contact among all.
    "X, longest idle and first come": Design(
        (0.010, 0.014), (2, 1), (Way(A, 0, 120.0), Way(A, 1, 120.0), Way(B, 0, 140.0), Way(B, 1, 140.0)), 6, (100.0, 400.0),
    ),
    # Three types, a group for the middle one and for either neighbour.
    "W": Design(
        (0.008, 0.012, 0.006), (2, 2),
        (
            Way(0, 0, 160.0), Way(1, 0, 120.0, level=1, rank=1), Way(1, 1, 150.0, level=1), Way(2, 1, 180.0),
        ), 9, (200.0, 100.0, 300.0),
    ),
    # Part of those done goes on to the other queue and part of those back, on the same line.
    "transfers": Design(
        (0.012, 0.004), (2, 2), (Way(A, 0, 120.0), Way(B, 1, 150.0), Way(A, 1, 120.0, rank=1, level=1, reserve=1)), 8,
        (150.0, 250.0), ((0.1, 0.3), (0.2, 0.0)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DESIGNS)
def test_a_design_as_its_chain(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    scores, design = Scores(), DESIGNS[name]
    seed = SEED + list(DESIGNS).index(name)
    score(scores, name, design, seed, settle=6000.0, window=600_000.0, replications=60)
    scores.judge(f"{name}: {design.solve().states} states", capsys, cells=len(design.ways) + 2 * len(design.arrivals))
