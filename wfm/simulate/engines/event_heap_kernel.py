"""Events in order of time and rank, compiled: a heap in which each place has four below it.

While an event is dealt with, its place at the top is a hole that the first new event takes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wfm.core.compiled import ZERO, kernel
from wfm.simulate.engines import many_state
from wfm.simulate.engines.many_state import ABOUT, EVENT_WIDTH, HEAP, HEAP_AT, HOLE, ORDER, WHEN

Integers = NDArray[np.int64]  # here a pointer to it

FOREVER = (1 << 63) - 1

_compile = kernel(__file__, many_state.__file__)


@_compile
def _set(m: Integers, place: int, time: int, order: int, about: int) -> None:
    m[place + WHEN], m[place + ORDER], m[place + ABOUT] = time, order, about


@_compile
def _sink(m: Integers, size: int, time: int, order: int, about: int) -> None:
    """Put an event where the first one was.

    The least of four is found without a jump: on random values a processor guesses every second jump wrong. Places after the last
    hold `FOREVER`, so that nobody has to ask how many there are.
    """
    base = m[HEAP_AT]
    i, below = ZERO, ZERO + 1
    while below < size:
        place = base + EVENT_WIDTH * below
        a, b, c, d = m[place], m[place + EVENT_WIDTH], m[place + 2 * EVENT_WIDTH], m[place + 3 * EVENT_WIDTH]
        left, right = int(b < a), 2 + int(d < c)
        if (a == b) | (c == d):
            left = int((b < a) | ((b == a) & (m[place + EVENT_WIDTH + ORDER] < m[place + ORDER])))
            right = 2 + int((d < c) | ((d == c) & (m[place + 3 * EVENT_WIDTH + ORDER] < m[place + 2 * EVENT_WIDTH + ORDER])))
        on_left, on_right = b if left == 1 else a, d if right == 3 else c
        chosen, when = right if on_right < on_left else left, on_right if on_right < on_left else on_left
        if on_left == on_right and m[place + EVENT_WIDTH * right + ORDER] < m[place + EVENT_WIDTH * left + ORDER]:
            chosen = right
        best = place + EVENT_WIDTH * chosen
        if when > time or (when == time and m[best + ORDER] > order):
            break
        _set(m, base + EVENT_WIDTH * i, when, m[best + ORDER], m[best + ABOUT])
        i = below + chosen
        below = 4 * i + 1
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
        time = m[last + WHEN]
        m[last + WHEN] = FOREVER
        _sink(m, size, time, m[last + ORDER], m[last + ABOUT])
    else:
        m[m[HEAP_AT] + WHEN] = FOREVER
