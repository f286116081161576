"""Compiled play of a stretch of time, contact by contact: how many arrive in each interval, how many are answered in time.

First come first served, exponential handle times (the unit of time), patience onset + Exp(patience). Every random number
is that of a contact and not of a moment (`wfm.core.draws`), so with other agents the same people call.
"""

import math

import numpy as np
from numpy.typing import NDArray

from wfm.core import draws
from wfm.core.compiled import kernel
from wfm.core.draws import ARRIVAL, BUSYNESS, HANDLE, START, exponential_quantile, gamma_factor, pair, uniform
from wfm.erlang.formulas.patience import Balance
from wfm.erlang.kernels import FILES, balance, blocking_one_less, split

Vector = NDArray[np.float64]
Counts = NDArray[np.int64]

# Stale as well when the random numbers have changed, which are not of this package.
_kernel = kernel(*FILES, draws.__file__, error_model="numpy")


@_kernel
def put(heap: Vector, size: int, time: float) -> None:
    """Add a time to a heap of this size, least first."""
    i = size
    while i > 0 and heap[(i - 1) // 2] > time:
        heap[i] = heap[(i - 1) // 2]
        i = (i - 1) // 2
    heap[i] = time


@_kernel
def take(heap: Vector, size: int) -> float:
    """Remove the least time of a heap of this size."""
    least = heap[0]
    last = heap[size - 1]
    i = 0
    while 2 * i + 1 < size - 1:
        child = 2 * i + 1
        if child + 1 < size - 1 and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= last:
            break
        heap[i] = heap[child]
        i = child
    heap[i] = last
    return float(least)


@_kernel
def wait_beyond(tail: float, q: Balance, n: float, a: float, patience: float, onset: float) -> float:
    """The virtual wait that is exceeded with this probability, which is less than that of any wait."""
    low, high = 0.0, 1.0 / n
    while split(q, n, a, patience, onset, high).virtual_beyond > tail:
        low = high
        high *= 2.0
    for _ in range(40):
        middle = 0.5 * (low + high)
        if split(q, n, a, patience, onset, middle).virtual_beyond > tail:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


@_kernel
def begin(seed: int, replication: int, n: int, a: float, patience: float, onset: float, busy: Vector) -> int:
    """Fill `busy` with the times at which the busy agents come free, in the stationary queue; how many they are.

    Whoever waits already is not kept: an arrival then has the virtual wait V to wait, after which one agent comes free
    and the others are as busy as ever. V has the stationary law, and so has the number of busy agents where it is 0.
    """
    q = balance(float(n), a, patience, onset)
    u = uniform(seed, replication, START, 0, 0, 0, 0, 0, 0)
    if u > q.no_wait:
        wait = wait_beyond(1.0 - u, q, float(n), a, patience, onset)
        put(busy, 0, wait)
        for i in range(1, n):
            put(busy, i, wait + exponential_quantile(uniform(seed, replication, START, 0, 0, i, 0, 0, 0)))
        return n
    # From n - 1 busy agents downwards: P(j - 1) / P(j) = j / a.
    rest = 1.0 - u / q.no_wait
    count = n - 1
    share = blocking_one_less(float(n), a)
    while rest > share and count > 0:
        rest -= share
        share *= count / a
        count -= 1
    for i in range(count):
        put(busy, i, exponential_quantile(uniform(seed, replication, START, 0, 0, i + 1, 0, 0, 0)))
    return count


@_kernel
def play(
    seed: int,
    replication: int,
    load: Vector,
    length: float,
    agents: Counts,
    patience: float,
    onset: float,
    threshold: float,
    cv: float,
    stationary: bool,
    offered: Counts,
    within: Counts,
) -> None:
    """Play intervals of one length one after the other, and count contacts by the interval they arrive in.

    Agents whom the next interval does not have finish their contact first. Whoever still waits at the end is answered by
    the agents of the last interval.
    """
    intervals = len(load)
    busyness = gamma_factor(seed, replication, BUSYNESS, 0, 0, 0, cv)
    busy = np.empty(max(agents.max(), 1))
    size = 0
    if stationary and agents[0] > 0 and load[0] * busyness > 0.0:
        size = begin(seed, replication, agents[0], load[0] * busyness, patience, onset, busy)
    room = 64
    waiting = np.empty((room, 4))  # a ring: arrival, deadline, handle time, interval
    head, count = 0, 0
    k, at, into, ordinal = 0, 0, 0.0, 0  # interval of the clock and of the next arrival; intensity used up in the latter
    arrival = 0.0
    more = True
    while True:
        if more:
            into += exponential_quantile(uniform(seed, replication, ARRIVAL, 0, 0, ordinal, 0, 0, 0))
            while at < intervals and into >= load[at] * busyness * length:
                into -= load[at] * busyness * length
                at += 1
            arrival = (at + into / (load[at] * busyness * length)) * length if at < intervals else math.inf
            more = False
        edge = (k + 1) * length if k + 1 < intervals else math.inf
        free = busy[0] if size > 0 else math.inf
        now = min(arrival, edge, free)
        if now == math.inf or (arrival == math.inf and count == 0):
            return
        if now == arrival and now < edge and now < free:
            offered[at] += 1
            u, v = pair(seed, replication, HANDLE, 0, 0, ordinal, 1, 0, 0)
            ordinal += 1
            more = True
            if size < agents[k]:
                put(busy, size, now + exponential_quantile(u))
                size += 1
                within[at] += 1
                continue
            if count == room:
                longer = np.empty((2 * room, 4))
                for i in range(room):
                    longer[i] = waiting[(head + i) % room]
                waiting, head, room = longer, 0, 2 * room
            place = (head + count) % room
            waiting[place, 0] = now
            waiting[place, 1] = now + onset + patience * exponential_quantile(v)
            waiting[place, 2] = exponential_quantile(u)
            waiting[place, 3] = at
            count += 1
            continue
        if now == edge:
            k += 1
        else:
            take(busy, size)
            size -= 1
        while count > 0 and size < agents[k]:
            arrived, deadline = waiting[head, 0], waiting[head, 1]
            if deadline >= now:
                put(busy, size, now + waiting[head, 2])
                size += 1
                if now - arrived <= threshold:
                    within[int(waiting[head, 3])] += 1
            head = (head + 1) % room
            count -= 1


@_kernel
def play_each(
    seed: int,
    load: Vector,
    length: float,
    agents: Counts,
    patience: float,
    onset: float,
    threshold: float,
    cv: float,
    stationary: bool,
    offered: Counts,
    within: Counts,
) -> None:
    """`play` for replications 0, 1, ...: one row each of the outputs, which must be zero."""
    for i in range(len(offered)):
        play(seed, i, load, length, agents, patience, onset, threshold, cv, stationary, offered[i], within[i])
