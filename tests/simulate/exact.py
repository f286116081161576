"""Exact steady-state measures for the tests, by a birth-death chain: independent of `wfm.erlang` and of the engines."""

import numpy as np
from scipy.special import betainc


def erlang_a(n: int, a: float, patience: float, within: float) -> dict[str, float]:
    """M/M/n+M in units of the handle time: Palm 1957; waits given j ahead by Riordan 1962 (theory 1.5 with infinite lines)."""
    theta = 1 / patience
    top = n + 50
    while a / (n + (top - n) * theta) > 0.5:
        top *= 2
    top += 200
    k = np.arange(1, top + 1)
    log = np.concatenate([[0.0], np.cumsum(np.log(a) - np.log(np.minimum(k, n) + np.maximum(k - n, 0) * theta))])
    share = np.exp(log - log.max())
    share /= share.sum()
    states = np.arange(top + 1)
    abandon = float(share @ np.maximum(states - n, 0)) * theta / a
    j = np.arange(top + 1 - n)  # waiting in front of an arrival
    b = n / theta
    soon = b / (b + j + 1) * betainc(j + 1, b + 1, -np.expm1(-theta * within))
    return {
        "abandon_rate_offered": abandon,
        "mean_wait_all": abandon * patience,
        "occupancy": float(share @ np.minimum(states, n)) / n,
        "sl_offered": float(share[:n].sum() + share[n:] @ soon),
    }


def erlang_b(n: int, a: float) -> float:
    """Blocking of M/G/n/n, by the textbook recursion."""
    blocking = 1.0
    for k in range(1, n + 1):
        blocking = a * blocking / (k + a * blocking)
    return blocking
