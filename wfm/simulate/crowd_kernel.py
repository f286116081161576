"""Putting contact types into one line, and transfers between them, compiled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wfm.core import draws, pointers
from wfm.core.compiled import ZERO, kernel
from wfm.core.pointers import integers_at, pointer

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

FOREVER = (1 << 63) - 1

_compile = kernel(__file__, draws.__file__, pointers.__file__)
_uniform, _TRANSFER = draws.uniform, draws.TRANSFER


@_compile
def merge(parts: Integers, counts: Integers, columns: Integers) -> None:
    """Contacts of several types in order of arrival; of equal arrivals the lower type comes first.

    ``parts`` [Y, 6] are the addresses of each type's columns, which are in order: arrival, interval, handle, patience, day and
    ordinal; ``counts`` [Y] how many contacts there are; ``columns`` [7, N] is the output, the type before those six.
    """
    Y, N = parts.shape[0], columns.shape[1]
    used, next_arrival = np.zeros(Y, dtype=np.int64), np.empty(Y, dtype=np.int64)
    for y in range(Y):
        next_arrival[y] = integers_at(parts[y, 0])[0] if counts[y] > 0 else FOREVER
    to = pointer(columns)
    for i in range(N):
        best = ZERO
        for y in range(1, Y):
            if next_arrival[y] < next_arrival[best]:
                best = y
        place = used[best]
        used[best] = place + 1
        to[i] = best
        for row in range(6):
            to[(row + 1) * N + i] = integers_at(parts[best, row])[place]
        next_arrival[best] = integers_at(parts[best, 0])[place + 1] if place + 1 < counts[best] else FOREVER


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
