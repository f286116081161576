"""What every engine returns: one row an attempt, and agents' time by interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

HANDLED, ABANDONED, BLOCKED = 0, 1, 2
OUTCOMES = ("handled", "abandoned", "blocked")


@dataclass(frozen=True, eq=False)
class Records:
    """A replication as it was played: int64, times in microseconds; rows in order of (contact, attempt).

    Attributes
    ----------
    contact, attempt
        Number of the contact in the replication, from 0; number of the attempt, from 1.
    interval, arrival
        Interval and clock time of the attempt's arrival.
    outcome
        `HANDLED`, `ABANDONED` or `BLOCKED`.
    wait
        Time in queue, until answered or abandoned; 0 for blocked.
    handle
        Handle time (talk, hold and wrap) of handled attempts, else 0.
    busy, staffed, overrun
        [K] agents' time within each interval: busy; on queue, which counts agents who still work past the end of their shift; and
        the part past the end of shifts. Work after closing goes to the span's last interval.
    """

    contact: NDArray[np.int64]
    attempt: NDArray[np.int64]
    interval: NDArray[np.int64]
    arrival: NDArray[np.int64]
    outcome: NDArray[np.int64]
    wait: NDArray[np.int64]
    handle: NDArray[np.int64]
    busy: NDArray[np.int64]
    staffed: NDArray[np.int64]
    overrun: NDArray[np.int64]
