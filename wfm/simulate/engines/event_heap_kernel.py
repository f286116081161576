"""Events in order of time and rank, compiled: a heap in which each place has four below it.

Rows are (time, order, what about). While an event is dealt with, its place at the top is a hole that the first new event takes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wfm.core.compiled import kernel
from wfm.simulate.engines import many_state
from wfm.simulate.engines.many_state import HEAP, HOLE, ORDER, ROW, WHEN

Integers = NDArray[np.int64]

_compile = kernel(__file__, many_state.__file__)


@_compile
def _sink(heap: Integers, size: int, time: int, order: int, row: int) -> None:
    """Put an event where the first one was."""
    i, below = 0, 1
    while below < size:
        best, when, rank = below, heap[below, WHEN], heap[below, ORDER]
        for other in range(below + 1, min(below + 4, size)):
            if heap[other, WHEN] < when or (heap[other, WHEN] == when and heap[other, ORDER] < rank):
                best, when, rank = other, heap[other, WHEN], heap[other, ORDER]
        if when > time or (when == time and rank > order):
            break
        heap[i, WHEN], heap[i, ORDER], heap[i, ROW] = when, rank, heap[best, ROW]
        i, below = best, 4 * best + 1
    heap[i, WHEN], heap[i, ORDER], heap[i, ROW] = time, order, row


@_compile
def push(heap: Integers, scalars: Integers, time: int, order: int, row: int) -> None:
    """Add an event; there has to be room for it."""
    if scalars[HOLE]:
        scalars[HOLE] = 0
        _sink(heap, scalars[HEAP], time, order, row)
        return
    i = scalars[HEAP]
    scalars[HEAP] += 1
    while i > 0:
        above = (i - 1) >> 2
        if heap[above, WHEN] < time or (heap[above, WHEN] == time and heap[above, ORDER] < order):
            break
        heap[i, WHEN], heap[i, ORDER], heap[i, ROW] = heap[above, WHEN], heap[above, ORDER], heap[above, ROW]
        i = above
    heap[i, WHEN], heap[i, ORDER], heap[i, ROW] = time, order, row


@_compile
def close_hole(heap: Integers, scalars: Integers) -> None:
    """The first event is over, and nothing has taken its place."""
    scalars[HOLE] = 0
    scalars[HEAP] -= 1
    last = scalars[HEAP]
    if last > 0:
        _sink(heap, last, heap[last, WHEN], heap[last, ORDER], heap[last, ROW])
