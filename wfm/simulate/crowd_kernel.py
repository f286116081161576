"""Putting contact types into one line, and transfers between them, compiled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wfm.core import draws
from wfm.core.compiled import ZERO, kernel

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

_compile = kernel(__file__, draws.__file__)
_uniform, _TRANSFER = draws.uniform, draws.TRANSFER


@_compile
def merge(arrival: Integers, sizes: Integers, place: Integers, kind: Integers) -> None:
    """Order of the arrivals of several types, one type's after the other's and each in order.

    ``sizes`` [Y + 1] holds where each begins and the last ends; outputs [N] are the place of each arrival in turn, and its type.
    Of equal ones the lower type comes first.
    """
    Y, N = len(sizes) - 1, len(arrival)
    at = sizes[:-1].copy()
    for i in range(N):
        best = ZERO - 1
        for y in range(Y):
            if at[y] < sizes[y + 1] and (best < 0 or arrival[at[y]] < arrival[at[best]]):
                best = y
        place[i], kind[i] = at[best], best
        at[best] += 1


@_compile
def transferred_to(seed: int, replication: int, kind: int, day: int, ordinal: int, attempt: int, leg: int, shares: Floats) -> int:
    """Number of the type that a finished leg goes on to, with chance ``shares`` [Y] each, or -1."""
    u = _uniform(seed, replication, _TRANSFER, kind, day, ordinal, attempt, leg, 0)
    total = 0.0
    for j in range(len(shares)):
        total += shares[j]
        if u < total:
            return j
    return -1
