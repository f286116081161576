"""Compiled: an interval of the chain with its sums, and the chance of who arrives in it to be answered in time.

The chance is a backward equation for one who waits (theory 1.12): it depends on those ahead and on the agents of this interval
and the next ones, never on who comes later.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from wfm.core.compiled import kernel
from wfm.erlang.transient import chain, waiting
from wfm.erlang.transient.chain import advance, leaving
from wfm.erlang.transient.waiting import answered

Vector = NDArray[np.float64]
_compile = kernel(__file__, chain.__file__, waiting.__file__)
Table = NDArray[np.float64]
Counts = NDArray[np.int64]

#: Columns of the sums.
OFFERED, DELAYED, BLOCKED, ABANDONING, ANSWERED_WITHIN, QUEUE, BUSY, EXCESS, LOST = range(9)
SUMS = 9

# Nodes of the quadrature over arrivals whose deadline lies past a change of staff, where the chance to be answered in time moves.
NODES, WEIGHTS = (np.asarray(each) for each in np.polynomial.legendre.leggauss(6))


@_compile
def stretches(length: float, pace: float, agents: int) -> int:
    """Into how many the nodes go, so that what moves at this pace per contact is followed to less than 1e-8.

    Chances of many who wait move faster than those of one: measured, by the cube root of the agents.
    """
    crowd: float = max((agents / 100.0) ** (1.0 / 3.0), 1.0)
    return max(math.ceil(3.0 * length * pace * crowd), 1)


@_compile
def room_for(values: Vector, size: int) -> Vector:
    """The values in an array of at least so many cells."""
    if len(values) >= size:
        return values
    longer = np.zeros(size)
    longer[: len(values)] = values
    return longer


@_compile
def play(
    x: Vector, over: Table, pieces: Table, agents: int, mu: float, theta: float, lines: int, sums: Vector
) -> tuple[Vector, Table, Vector, Table]:
    """The state after pieces (length, rate, fresh), whose sums are added to ``sums``; and the states that arrivals met.

    The last two are integrals of the state, weighted by the arrival rate: an arrival meets what time meets.
    """
    met, met_over = np.zeros(1), np.zeros((over.shape[0], 1))
    for p in range(len(pieces)):
        length, rate, fresh = pieces[p, 0], pieces[p, 1], pieces[p, 2]
        x, over, held, held_over, lost = advance(x, over, rate, agents, mu, theta, fresh, lines, length)
        most = max(len(held) - agents, held_over.shape[1]) + 1
        away = leaving(most, theta, fresh)
        delayed, full = 0.0, 0.0
        for k in range(len(held)):
            sums[BUSY] += min(k, agents) * held[k]
            if k >= agents:
                delayed += held[k]
                sums[QUEUE] += (k - agents) * held[k]
                sums[ABANDONING] += away[k - agents] * held[k]
        for row in range(held_over.shape[0]):
            for q in range(held_over.shape[1]):
                chance = held_over[row, q]
                delayed += chance
                sums[BUSY] += (agents + row + 1) * chance
                sums[EXCESS] += (row + 1) * chance
                sums[QUEUE] += q * chance
                sums[ABANDONING] += away[q] * chance
                if lines >= 0 and agents + row + 1 + q >= lines:
                    full += chance
        if 0 <= lines < len(held):
            full += held[lines]
        sums[OFFERED] += rate * length
        sums[DELAYED] += rate * max(delayed - full, 0.0)
        sums[BLOCKED] += rate * full
        sums[LOST] += lost
        met = room_for(met, len(held))
        for k in range(len(held)):
            met[k] += rate * held[k]
        if met_over.shape[1] < held_over.shape[1]:
            wider = np.zeros((met_over.shape[0], held_over.shape[1]))
            wider[:, : met_over.shape[1]] = met_over
            met_over = wider
        for row in range(held_over.shape[0]):
            for q in range(held_over.shape[1]):
                met_over[row, q] += rate * held_over[row, q]
    return x, over, met, met_over


@_compile
def gained(x: Vector, over: Table, chances: Table, agents: int, lines: int) -> float:
    """Expected answers in time of arrivals that meet these states; who finds every line taken is none of them."""
    total = 0.0
    for k in range(len(x)):
        if lines < 0 or k < lines:
            if k < agents:
                total += x[k]
            elif k - agents < chances.shape[1]:
                total += x[k] * chances[0, k - agents]
    for row in range(min(over.shape[0], chances.shape[0] - 1)):
        for q in range(min(over.shape[1], chances.shape[1])):
            if lines < 0 or agents + row + 1 + q < lines:
                total += over[row, q] * chances[row + 1, q]
    return total


@_compile
def expected(time: float, times: Vector, arrived: Vector) -> float:
    """Arrivals expected until a time, between the points of a table by straight lines, outside it as at its ends."""
    return float(np.interp(time, times, arrived))


@_compile
def chances(
    time: float, i: int, within: float, rows: int, longest: int, staff: Counts, mus: Vector, edges: Vector, theta: float,
    onset: float, times: Vector, arrived: Vector, finish: bool,
) -> Table:  # fmt: skip
    """``[l, j]``: chance to be answered ``within`` that time, arriving with l agents in excess and j waiting, in interval ``i``.

    ``finish``: agents who leave finish their contact first; else it returns to the queue (then no agent is ever in excess). The
    last interval's agents stay. Fewer rows and columns than asked for: nobody beyond them is answered in time.
    """
    count = len(staff)
    # The intervals that the wait may reach, and how long it is in each.
    last, end = i, time + within
    while last + 1 < count and edges[last + 1] < end:
        last += 1
    stretches = last - i + 1
    most = 0.0
    for k in range(i, last + 1):
        most = max(most, (staff[k] + rows) * mus[k])
    most = (most + theta * longest) * within
    bound = int(most + 9.0 * math.sqrt(most)) + 12
    rows, longest = min(rows, bound), min(longest, bound)
    tall, wide = np.empty(stretches, dtype=np.int64), np.empty(stretches, dtype=np.int64)
    tall[0], wide[0] = rows, longest
    for s in range(1, stretches):
        fewer = staff[i + s - 1] - staff[i + s]
        if finish:
            tall[s], wide[s] = max(tall[s - 1] + fewer, 1), wide[s - 1]
        else:
            tall[s], wide[s] = 1, wide[s - 1] + max(fewer, 0)
    here = np.zeros((tall[stretches - 1], wide[stretches - 1]))
    until = within
    for s in range(stretches - 1, -1, -1):
        k = i + s
        since = 0.0 if s == 0 else edges[k] - time
        # A stretch of a wait in which the one who waits is still too fresh to abandon, after one in which they are not.
        if since < onset < until:
            old = _recent(time + (onset + until) / 2, time, onset, times, arrived)
            here = answered(here, staff[k], mus[k], theta, old, theta, until - onset, 0.0)
            until = onset
        fresh = _recent(time + (since + until) / 2, time, onset, times, arrived)
        here = answered(here, staff[k], mus[k], theta, fresh, theta if since >= onset else 0.0, until - since, 0.0)
        until = since
        if s > 0:
            here = _mapped(here, staff[k - 1], staff[k], tall[s - 1], wide[s - 1], finish)
    return here


@_compile
def _recent(time: float, until: float, onset: float, times: Vector, arrived: Vector) -> float:
    """Of those who came before ``until``, how many are too fresh to abandon at ``time``."""
    if onset <= 0.0:
        return 0.0
    return max(expected(until, times, arrived) - expected(time - onset, times, arrived), 0.0)


@_compile
def _mapped(after: Table, before: int, now: int, rows: int, longest: int, finish: bool) -> Table:
    """Chances just before agents change from ``before`` to ``now``, from those just after."""
    result = np.zeros((rows, longest))
    for row in range(rows):
        for j in range(longest):
            excess = before + row - now if finish else 0
            ahead = j if finish else before + j - now
            if finish and excess < 0:
                ahead, excess = j + excess, 0
            if ahead < 0:
                result[row, j] = 1.0  # an agent who comes takes them
            elif excess < after.shape[0] and ahead < after.shape[1]:
                result[row, j] = after[excess, ahead]
    return result


@_compile
def interval(
    x: Vector, over: Table, i: int, steady: Table, tail: Table, within: float, staff: Counts, mus: Vector, edges: Vector,
    theta: float, onset: float, lines: int, times: Vector, arrived: Vector, finish: bool,
) -> tuple[Vector, Table, Vector]:  # fmt: skip
    """A whole interval: the state at its end, agents not yet changed, and its sums.

    Parameters
    ----------
    steady, tail
        Pieces (length, rate, fresh) in which nobody's deadline lies past a change of staff, and those after them.
    within
        The time of the service level; negative for none.
    """
    agents, mu, begin = staff[i], mus[i], edges[i]
    sums = np.zeros(SUMS)
    x, over, met, met_over = play(x, over, steady, agents, mu, theta, lines, sums)
    if within < 0.0:
        x, over, _, _ = play(x, over, tail, agents, mu, theta, lines, sums)
        return x, over, sums
    passed = steady[:, 0].sum()
    if passed > 0.0:
        longest = max(len(met) - agents, met_over.shape[1], 1)
        rows, middle = met_over.shape[0] + 1, begin + passed / 2
        if len(tail):
            soon = chances(middle, i, within, rows, longest, staff, mus, edges, theta, onset, times, arrived, finish)
        else:
            soon = _unchanging(middle, i, within, rows, longest, staff, mus, theta, onset, times, arrived, finish)
        sums[ANSWERED_WITHIN] += gained(met, met_over, soon, agents, lines)
    now = begin + passed
    piece = np.zeros((1, 3))
    # How fast chances move, and over how many agents, in this interval and those that a wait reaches.
    pace, crowd, k = max(mu, theta), agents, i + 1
    while k < len(staff) and edges[k] < edges[i + 1] + within:
        pace, crowd = max(pace, mus[k]), max(crowd, staff[k])
        k += 1
    for p in range(len(tail)):
        parts = stretches(tail[p, 0], pace, crowd)
        half = tail[p, 0] / parts / 2.0
        piece[0, 1], piece[0, 2] = tail[p, 1], tail[p, 2]
        for _ in range(parts):
            before = -1.0
            for m in range(len(NODES)):
                piece[0, 0] = half * (NODES[m] - before)
                before = NODES[m]
                x, over, _, _ = play(x, over, piece, agents, mu, theta, lines, sums)
                longest = max(len(x) - agents, over.shape[1], 1)
                soon = chances(now + half * (1.0 + NODES[m]), i, within, over.shape[0] + 1, longest, staff, mus, edges, theta,
                               onset, times, arrived, finish)  # fmt: skip
                sums[ANSWERED_WITHIN] += WEIGHTS[m] * half * tail[p, 1] * gained(x, over, soon, agents, lines)
            piece[0, 0] = half * (1.0 - before)
            x, over, _, _ = play(x, over, piece, agents, mu, theta, lines, sums)
            now += 2.0 * half
    return x, over, sums


@_compile
def _unchanging(
    time: float, i: int, within: float, rows: int, longest: int, staff: Counts, mus: Vector, theta: float, onset: float,
    times: Vector, arrived: Vector, finish: bool,
) -> Table:  # fmt: skip
    """`chances` where agents do not change before any deadline of the interval."""
    for_ever = np.array([-math.inf, math.inf])
    alone, pace = staff[i : i + 1], mus[i : i + 1]
    return chances(time, i - i, within, rows, longest, alone, pace, for_ever, theta, onset, times, arrived, finish)
