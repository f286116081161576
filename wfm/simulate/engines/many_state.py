"""Layout of what the compiled engine of many queues works on: columns of its tables, and the tables together."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

# Scalars that change, `State.scalars`.
NOW, INTERVAL, OPEN, MOMENT, ARRIVALS, ON_LINE, HEAP, HOLE, FREE, USED, EMITTED = range(11)
SCALARS = 11

# Rows of `State.rows`: legs that wait, are answered or will call again.
(CONTACT, ATTEMPT, LEG, KIND, WITHIN, ARRIVAL, QUEUED, HANDLE, PATIENCE, STATE, NEXT, PREVIOUS, AGENT, BEGIN, TALK, OWN, DAY,
 ORDINAL, FIRST_KIND, FIRST_INTERVAL) = range(20)  # fmt: skip
LEG_WIDTH = 20
GONE, PENDING, WAITING, BUSY = range(4)  # STATE of a leg

# Rows of `State.heap`: what will happen when; the order among equal times is `wfm.simulate.events.priority`.
WHEN, ORDER, ROW = range(3)

# Rows of `State.agents`.
A_STATE, A_DUE, A_NEXT, A_PREVIOUS, A_IDLE_SINCE, A_ROW, A_GROUP = range(7)
AGENT_WIDTH = 7
OFF, IDLE, WORKING = range(3)  # A_STATE

# Rows of `State.groups`.
(G_FIRST, G_SIZE, G_ROSTERED, G_IDLE_FIRST, G_IDLE_LAST, G_IDLE, G_BUSY, G_WANTED, G_PRESENT, G_LATE, G_SINCE, G_SKILLS,
 G_SKILLS_END) = range(13)  # fmt: skip
GROUP_WIDTH = 13

# Rows of `State.kinds`.
(K_HEAD, K_TAIL, K_WEIGHT, K_HEAD_START, K_NUMBER, K_SKILLS, K_SKILLS_END, K_DELAYS, K_DELAYS_END, K_ATTEMPTS_MAX,
 K_TRANSFERS) = range(11)  # fmt: skip
KIND_WIDTH = 11

# Rows of `Rules.by_kind` and `Rules.by_group`.
S_OTHER, S_FIRST, S_DELAY, S_RESERVE, S_HANDICAP = range(5)  # S_OTHER: group or kind; S_FIRST: rank or level
SKILL_WIDTH = 5

# Numbers of `Rules.numbers`.
SEED, REPLICATION, LINES, RETURNS, CLOSING, LEGS_MAX = range(6)
NUMBERS = 6
ANSWER, LET_GO, KEEP = range(3)  # CLOSING

# How a stretch of the play ended.
DONE, MORE_ARRIVALS, MORE_ROOM, ILL_ORDERED, TOO_LATE, TOO_MANY_LEGS = range(6)


class Rules(NamedTuple):
    """What does not change while a centre is played; Y types, G groups, K intervals, S skills."""

    numbers: Integers  # [NUMBERS]
    start: Integers  # [K]
    closing: Integers  # [K]
    moments: Integers  # [n, 4], of `wfm.simulate.shifts.Moments`
    refusals: Integers  # [n, 2]
    by_kind: Integers  # [S, SKILL_WIDTH], skills by contact type
    by_kind_factor: Floats  # [S]
    by_group: Integers  # [S, SKILL_WIDTH]
    by_group_factor: Floats  # [S]
    delays: Integers  # [n], distinct and above 0, by type ascending
    aht: Floats  # [Y, K]
    talk_share: Floats  # [Y]
    redials: Floats  # [Y, 3], shares after busy and after abandoning, mean delay
    handle_laws: Floats  # [Y, n]
    patience_laws: Floats  # [Y, n]
    transfers: Floats  # [Y, Y]
    speed: Floats  # [A]


class State(NamedTuple):
    """What changes; everything needed to go on later."""

    scalars: Integers  # [SCALARS]
    rows: Integers  # [capacity, LEG_WIDTH]
    heap: Integers  # [capacity, 3]
    agents: Integers  # [A, AGENT_WIDTH]
    groups: Integers  # [G, GROUP_WIDTH]
    kinds: Integers  # [Y, KIND_WIDTH]
    times: Integers  # [G, K, 3], busy, staffed, overrun


class Arrivals(NamedTuple):
    """First attempts in order, or a part of them; ``first`` [1] is the number of the first one."""

    first: Integers
    kind: Integers
    interval: Integers
    arrival: Integers
    handle: Integers
    patience: Integers
    day: Integers
    ordinal: Integers


class Told(NamedTuple):
    """Where legs that are over go: to records, or to tallies."""

    lean: Integers  # [1], 1 for tallies
    records: Integers  # [capacity, 11], columns of `wfm.simulate.visits.ROWS` in order of end; none if lean
    sums: Integers  # [Y, K, len(tally_kernel.NAMES)]
    answers: Integers  # [Y, G], legs answered
    within: Floats  # [Y, K], microseconds
