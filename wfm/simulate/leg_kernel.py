"""Legs of a centre's contacts to sums by contact type and interval, compiled: one function for records and for lean runs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wfm.core.compiled import kernel
from wfm.simulate import tally_kernel

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

_OFFERED, _BLOCKED, _ABANDONED, _HANDLED = (
    tally_kernel.OFFERED, tally_kernel.BLOCKED, tally_kernel.ABANDONED, tally_kernel.HANDLED,
)  # fmt: skip
_ANSWERED_WITHIN, _ABANDONED_WITHIN = tally_kernel.ANSWERED_WITHIN, tally_kernel.ABANDONED_WITHIN
_WAIT_HANDLED, _WAIT_ABANDONED, _HANDLE_TIME = tally_kernel.WAIT_HANDLED, tally_kernel.WAIT_ABANDONED, tally_kernel.HANDLE_TIME
_CUSTOMERS, _CUSTOMERS_HANDLED = tally_kernel.CUSTOMERS, tally_kernel.CUSTOMERS_HANDLED

# Outcomes, of `wfm.simulate.visits`.
_OUT_HANDLED, _OUT_ABANDONED, _OUT_BLOCKED, _OUT_TRANSFERRED, _OUT_RETURNED = range(5)

_compile = kernel(__file__, tally_kernel.__file__)


@_compile
def tally_leg(
    sums: Integers, here: int, first: int, in_time: bool, outcome: int, wait: int, handle: int, resumed: bool, fresh: bool
) -> None:
    """Add a leg to flat ``sums``: at ``here`` those of its type and interval, at ``first`` those of the customer's first leg.

    ``resumed`` says that it goes on with a leg that was returned to its queue: it is not offered again. ``wait`` is that of the
    whole chain of such legs, ``in_time`` whether the first of them was answered, or ended, in time: they count when the chain ends.
    ``fresh`` says that it is the customer's first leg of all.
    """
    if not resumed:
        sums[here + _OFFERED] += 1
    if fresh:
        sums[here + _CUSTOMERS] += 1
    if outcome in (_OUT_HANDLED, _OUT_TRANSFERRED):
        sums[here + _HANDLED] += 1
        sums[here + _ANSWERED_WITHIN] += in_time
        sums[here + _WAIT_HANDLED] += wait
        sums[here + _HANDLE_TIME] += handle
        if outcome == _OUT_HANDLED:
            sums[first + _CUSTOMERS_HANDLED] += 1
    elif outcome == _OUT_RETURNED:
        sums[here + _HANDLE_TIME] += handle
    elif outcome == _OUT_ABANDONED:
        sums[here + _ABANDONED] += 1
        sums[here + _ABANDONED_WITHIN] += in_time and not resumed
        sums[here + _WAIT_ABANDONED] += wait
    elif outcome == _OUT_BLOCKED:
        sums[here + _BLOCKED] += 1


@_compile
def tally_visits(
    contact: Integers,
    attempt: Integers,
    leg: Integers,
    kind: Integers,
    interval: Integers,
    outcome: Integers,
    wait: Integers,
    handle: Integers,
    within: Floats,
    sums: Integers,
) -> None:
    """Add rows of `wfm.simulate.visits.Visits`, which are in order of contact, attempt and leg; ``sums`` [Y, K, columns]."""
    K, flat = sums.shape[1], sums.reshape(-1)
    first, waited, in_time = 0, 0, False
    for i in range(len(contact)):
        here = (kind[i] * K + interval[i]) * sums.shape[2]
        fresh = attempt[i] == 1 and leg[i] == 1
        if fresh:
            first = here
        resumed = leg[i] > 1 and outcome[i - 1] == _OUT_RETURNED
        if not resumed:
            waited, in_time = 0, wait[i] <= within[kind[i], interval[i]]
        waited += wait[i]
        tally_leg(flat, here, first, in_time, outcome[i], waited, handle[i], resumed, fresh)


@_compile
def tally_plain(
    kind: Integers, interval: Integers, outcome: Integers, wait: Integers, handle: Integers, within: Floats, sums: Integers
) -> None:
    """Add contacts that have one leg each to ``sums`` [Y, K, columns]."""
    K, flat = sums.shape[1], sums.reshape(-1)
    for i in range(len(kind)):
        here = (kind[i] * K + interval[i]) * sums.shape[2]
        in_time = wait[i] <= within[kind[i], interval[i]]
        tally_leg(flat, here, here, in_time, outcome[i], wait[i], handle[i], False, True)
