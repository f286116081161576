"""What the play of a centre leaves: one row a visit of a contact to a queue, and agents' time by group and interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wfm.simulate.records import ABANDONED, BLOCKED, HANDLED

TRANSFERRED, RETURNED, WAITING = 3, 4, 5
#: What became of a visit. Of a contact that was transferred or sent back into the queue the next leg tells how it went on; who is
#: "waiting" is still in queue when nothing happens any more.
OUTCOMES = ("handled", "abandoned", "blocked", "transferred", "returned", "waiting")
ANSWERED = (HANDLED, TRANSFERRED, RETURNED)

__all__ = ["ABANDONED", "ANSWERED", "BLOCKED", "HANDLED", "OUTCOMES", "RETURNED", "TRANSFERRED", "WAITING", "Visits"]


@dataclass(frozen=True, eq=False)
class Visits:
    """A replication of a centre: int64, times in microseconds; rows in order of (contact, attempt, leg).

    Attributes
    ----------
    contact, attempt, leg
        Number of the contact in the replication, from 0; of the attempt, and of its leg, from 1.
    kind, interval, arrival
        Contact type whose queue is visited; interval and clock time of the arrival there. A leg after one that was returned keeps
        those of the returned one.
    queued
        When the leg joined the queue: its arrival, or the moment it was returned.
    outcome
        Number in `OUTCOMES`.
    wait
        Time in queue since ``queued``, of those still waiting until the last span ends; 0 for blocked.
    handle
        Time an agent spent on it; 0 for those not answered.
    agent
        Number of the agent, counted through all groups; -1 for those not answered.
    busy, staffed, overrun
        [G, K] agents' time, as `wfm.simulate.records.Records` has them.
    """

    contact: NDArray[np.int64]
    attempt: NDArray[np.int64]
    leg: NDArray[np.int64]
    kind: NDArray[np.int64]
    interval: NDArray[np.int64]
    arrival: NDArray[np.int64]
    queued: NDArray[np.int64]
    outcome: NDArray[np.int64]
    wait: NDArray[np.int64]
    handle: NDArray[np.int64]
    agent: NDArray[np.int64]
    busy: NDArray[np.int64]
    staffed: NDArray[np.int64]
    overrun: NDArray[np.int64]


#: Columns of the rows, in order.
ROWS = ("contact", "attempt", "leg", "kind", "interval", "arrival", "queued", "outcome", "wait", "handle", "agent")
