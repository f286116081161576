"""Customers who call again after the busy tone or after giving up, beside the chain of those in the system and on the way back."""

import numpy as np
import pytest
from scipy.sparse import coo_matrix
from scipy.sparse.linalg import spsolve

from tests.simulate.plans import estimate
from tests.simulate.scores import Scores
from tests.simulate.steady import OFFERED, group, kind, ratio_of
from wfm.simulate.centre import Centre, Skill
from wfm.simulate.centre_tallies import replicate_centre
from wfm.simulate.tally import COLUMNS

SEED, AHT, MEASURED = 20270705, 180.0, 1


def orbit(n: int, lines: int, a: float, patience: float, busy: float, given_up: float, delay: float) -> dict[str, float]:
    """M/M/n/lines+M with retrials (Falin and Templeton 1997), in handle times; nobody counts attempts."""
    most = int(6 * a * max(delay, 1) + 60)
    theta = 0.0 if np.isinf(patience) else 1 / patience
    size = (lines + 1) * (most + 1)
    origin, target, rates = [], [], []

    def add(x: int, j: int, y: int, i: int, rate: float) -> None:
        if rate > 0 and i <= most:
            origin.append(x * (most + 1) + j)
            target.append(y * (most + 1) + i)
            rates.append(rate)

    for x in range(lines + 1):
        for j in range(most + 1):
            waiting = max(x - n, 0)
            if x < lines:
                add(x, j, x + 1, j, a)
                add(x, j, x + 1, j - 1, j / delay)
            else:
                add(x, j, x, j + 1, a * busy)
                add(x, j, x, j - 1, j / delay * (1 - busy))
            if x:
                add(x, j, x - 1, j, min(x, n) + waiting * theta * (1 - given_up))
                add(x, j, x - 1, j + 1, waiting * theta * given_up)
    flow = np.array(rates)
    matrix = coo_matrix((flow, (np.array(target), np.array(origin))), shape=(size, size)).tolil()
    matrix.setdiag(matrix.diagonal() - np.bincount(origin, weights=flow, minlength=size))
    matrix[size - 1, :] = 1.0
    share = spsolve(matrix.tocsc(), np.eye(1, size, size - 1).ravel()).reshape(lines + 1, most + 1)
    assert share[:, -1].sum() < 1e-9
    inside, back = np.arange(lines + 1), np.arange(most + 1)
    attempts = a + share.sum(axis=0) @ back / delay
    waiting_mean = share.sum(axis=1) @ np.maximum(inside - n, 0)
    answered = share.sum(axis=1) @ np.minimum(inside, n)
    return {
        "blocking": float((share[lines] @ (a + back / delay)) / attempts),
        "abandon_rate_offered": float(waiting_mean * theta / attempts),
        "mean_wait_all": float(waiting_mean / attempts),
        "answer_rate_customer": float(answered / a),
        "occupancy": float(answered / n),
        "attempts": float(attempts / a),
    }


@pytest.mark.parametrize(
    ("n", "lines", "a", "patience", "busy", "given_up", "delay"),
    [
        (3, 3, 3.0, np.inf, 0.7, 0.0, 2.0), (4, 6, 4.5, 0.6, 0.5, 0.5, 1.0), (2, 8, 2.4, 1.0, 0.8, 0.6, 0.3),
        (6, 7, 7.0, 0.4, 0.9, 0.2, 1.5), (5, 12, 5.5, np.inf, 0.6, 0.0, 0.5),
    ],
)  # fmt: skip
def test_who_tries_again(
    n: int, lines: int, a: float, patience: float, busy: float, given_up: float, delay: float, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two types that are alike share the lines and two teams of agents."""
    lengths, R = (60 * AHT, 10_000 / a * AHT, 30 * AHT), 60
    again = {"redial_busy": busy, "redial_abandon": given_up, "redial_delay": delay * AHT, "attempts_max": 200}
    types = tuple(kind(lengths, part * a / AHT, AHT, then_mean=patience * AHT, **again) for part in (0.4, 0.6))
    skills = tuple(Skill(y, g) for y in range(2) for g in range(2))
    centre = Centre(types, (group(lengths, n // 2), group(lengths, n - n // 2)), skills, lines=lines)
    sums = replicate_centre(centre, seed=SEED + n, replications=R, threshold=20.0).total[:, MEASURED]
    exact, scores = orbit(n, lines, a, patience, busy, given_up, delay), Scores()
    where = f"n={n} lines={lines} a={a:g} patience={patience:g}, {busy:.0%} and {given_up:.0%} after {delay:g}"
    for kpi, expected in exact.items():
        if kpi == "attempts":
            scores.add(where, kpi, expected, *ratio_of(sums[:, OFFERED], sums[:, COLUMNS.index("customers")]))
        elif expected > 0:
            scores.add(where, kpi, expected * (AHT if kpi == "mean_wait_all" else 1), *estimate(sums, kpi))
    scores.judge("Redials", capsys, cells=4)
