"""Events in order of time and rank, compiled: a heap in which each place has four below it.

While an event is dealt with, its place at the top is a hole that the first new event takes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wfm.core.compiled import kernel
from wfm.simulate.engines import many_state
from wfm.simulate.engines.many_state import ABOUT, EVENT_WIDTH, HEAP, HEAP_AT, HOLE, ORDER, WHEN

Integers = NDArray[np.int64]  # here a pointer to it

_compile = kernel(__file__, many_state.__file__)


@_compile
def _set(m: Integers, place: int, time: int, order: int, about: int) -> None:
    m[place + WHEN], m[place + ORDER], m[place + ABOUT] = time, order, about


@_compile
def _sink(m: Integers, size: int, time: int, order: int, about: int) -> None:
    """Put an event where the first one was."""
    base = m[HEAP_AT]
    i, below = 0, 1
    while below < size:
        best = base + EVENT_WIDTH * below
        when, rank = m[best + WHEN], m[best + ORDER]
        chosen, last = below, min(below + 4, size)
        for other in range(below + 1, last):
            place = base + EVENT_WIDTH * other
            if m[place + WHEN] < when or (m[place + WHEN] == when and m[place + ORDER] < rank):
                chosen, best, when, rank = other, place, m[place + WHEN], m[place + ORDER]
        if when > time or (when == time and rank > order):
            break
        _set(m, base + EVENT_WIDTH * i, when, rank, m[best + ABOUT])
        i, below = chosen, 4 * chosen + 1
    _set(m, base + EVENT_WIDTH * i, time, order, about)


@_compile
def push(m: Integers, time: int, order: int, about: int) -> None:
    """Add an event; there has to be room for it."""
    if m[HOLE]:
        m[HOLE] = 0
        _sink(m, m[HEAP], time, order, about)
        return
    base = m[HEAP_AT]
    i = m[HEAP]
    m[HEAP] += 1
    while i > 0:
        above = (i - 1) >> 2
        place = base + EVENT_WIDTH * above
        if m[place + WHEN] < time or (m[place + WHEN] == time and m[place + ORDER] < order):
            break
        _set(m, base + EVENT_WIDTH * i, m[place + WHEN], m[place + ORDER], m[place + ABOUT])
        i = above
    _set(m, base + EVENT_WIDTH * i, time, order, about)


@_compile
def close_hole(m: Integers) -> None:
    """The first event is over, and nothing has taken its place."""
    m[HOLE] = 0
    m[HEAP] -= 1
    size = m[HEAP]
    if size > 0:
        last = m[HEAP_AT] + EVENT_WIDTH * size
        _sink(m, size, m[last + WHEN], m[last + ORDER], m[last + ABOUT])
