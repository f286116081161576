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
def merge(drawn: Integers, sizes: Integers, columns: Integers) -> None:
    """Contacts of several types in order of arrival; of equal arrivals the lower type comes first.

    ``drawn`` [6, N] has arrival, interval, handle, patience, day and ordinal, one type after the other and each in order; ``sizes``
    [Y + 1] holds where each begins and the last ends; ``columns`` [7, N] is the output, the type before those six.
    """
    Y, N = len(sizes) - 1, drawn.shape[1]
    at = sizes[:-1].copy()
    for i in range(N):
        best = ZERO - 1
        for y in range(Y):
            if at[y] < sizes[y + 1] and (best < 0 or drawn[0, at[y]] < drawn[0, at[best]]):
                best = y
        columns[0, i] = best
        for row in range(6):
            columns[row + 1, i] = drawn[row, at[best]]
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
