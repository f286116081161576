"""Moments of which the least is wanted, compiled: a heap in which each place has four below it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wfm.core.compiled import kernel

Integers = NDArray[np.int64]

FOREVER = (1 << 63) - 1

_U = np.uint64
_compile = kernel(__file__)


@_compile
def replace_first(heap: Integers, size: int, value: int) -> None:
    """Put ``value`` where the least of the heap was.

    Each place has four below it, of which the least is found without a jump: on random values a processor guesses every second
    jump wrong. Three places after the last hold `FOREVER`, so that nobody has to ask how many there are.
    """
    i, below, end = _U(0), _U(1), _U(size)
    while below < end:
        a, b, c, d = heap[below], heap[below + _U(1)], heap[below + _U(2)], heap[below + _U(3)]
        left, right = below + _U(b < a), below + _U(2) + _U(d < c)
        least_left, least_right = b if b < a else a, d if d < c else c
        place, least = right if least_right < least_left else left, least_right if least_right < least_left else least_left
        if least >= value:
            break
        heap[i] = least
        i, below = place, (place << _U(2)) + _U(1)
    heap[i] = value


@_compile
def insert(heap: Integers, size: int, value: int) -> None:
    """Put ``value`` into a heap of ``size``, which has room for it and for three after the last."""
    i = size
    while i > 0:
        above = (i - 1) >> 2
        if heap[above] <= value:
            break
        heap[i] = heap[above]
        i = above
    heap[i] = value


@_compile
def heap_up(values: Integers, count: int) -> None:
    """Make the first ``count`` values a heap."""
    for i in range(count):
        insert(values, i, values[i])
    for i in range(count, len(values)):
        values[i] = FOREVER


@_compile
def longer(values: Integers) -> Integers:
    """As many again, each `FOREVER`. Not by numpy's concatenate, which takes a second to compile."""
    result = np.empty(2 * len(values), dtype=np.int64)
    for i in range(len(values)):
        result[i], result[len(values) + i] = values[i], FOREVER
    return result
