"""Attempts to sums by interval, compiled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wfm.core.compiled import kernel

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

#: What `count` and the others fill, column by column: counts, and microseconds.
NAMES = (
    "offered",
    "blocked",
    "abandoned",
    "handled",
    "answered_within",
    "abandoned_within",
    "wait_handled",
    "wait_abandoned",
    "handle_time",
    "customers",
    "customers_handled",
    "busy_time",
    "staffed_time",
    "overrun_time",
)
OFFERED, BLOCKED, ABANDONED, HANDLED, ANSWERED_WITHIN, ABANDONED_WITHIN, WAIT_HANDLED, WAIT_ABANDONED, HANDLE_TIME = range(9)
CUSTOMERS, CUSTOMERS_HANDLED, BUSY, STAFFED, OVERRUN = range(9, 14)

_OUTCOME_HANDLED, _OUTCOME_ABANDONED = 0, 1
_compile = kernel(__file__)


@_compile
def count(interval: Integers, outcome: Integers, wait: Integers, handle: Integers, within: Floats, sums: Integers) -> None:
    """Add attempts to ``sums`` [K, len(NAMES)]; ``handle`` counts for those handled.

    ``within`` [K], microseconds: at most this long is within, for attempts that arrive in the interval.
    """
    for i in range(len(interval)):
        k = interval[i]
        sums[k, OFFERED] += 1
        if outcome[i] == _OUTCOME_HANDLED:
            sums[k, HANDLED] += 1
            sums[k, ANSWERED_WITHIN] += wait[i] <= within[k]
            sums[k, WAIT_HANDLED] += wait[i]
            sums[k, HANDLE_TIME] += handle[i]
        elif outcome[i] == _OUTCOME_ABANDONED:
            sums[k, ABANDONED] += 1
            sums[k, ABANDONED_WITHIN] += wait[i] <= within[k]
            sums[k, WAIT_ABANDONED] += wait[i]
        else:
            sums[k, BLOCKED] += 1


@_compile
def count_customers(contact: Integers, attempt: Integers, interval: Integers, outcome: Integers, sums: Integers) -> None:
    """Add customers where they first call, to ``sums``; rows in order of contact and attempt."""
    first = 0
    for i in range(len(contact)):
        if attempt[i] == 1:
            first = interval[i]
            sums[first, CUSTOMERS] += 1
        if outcome[i] == _OUTCOME_HANDLED:
            sums[first, CUSTOMERS_HANDLED] += 1
