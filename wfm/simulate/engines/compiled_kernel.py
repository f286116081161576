"""The play, compiled: each contact's fate is decided when it arrives, from the moments at which agents become free.

In order of arrival, a contact is answered by the agent who is free first; so there is no event of a departure and no queue: a heap
holds the moment at which each agent is free, and a contact that is answered replaces the least of them. Only when that moment lies
beyond the next change of the number of agents does a contact stay undecided until then. What remains are arrivals (sorted),
redials (a heap) and, where lines are limited, the moments at which lines become free.

Where moments are equal, `wfm.simulate.events` says what comes first. Departures and the change of agents come before arrivals, so
an agent free at the very moment counts; losing patience comes last, so it takes a moment strictly before the answer. All agents are
alike, so the order of departures at one moment does not matter. A redial without delay after lost patience happens after the other
redials of its moment, but before whoever loses patience next: its ``ORDER`` says so. It finds at least its own line free.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wfm.core import distributions_kernel, draws
from wfm.core.compiled import ZERO, kernel
from wfm.simulate.engines import heap_kernel
from wfm.simulate.engines.heap_kernel import FOREVER, heap_up, insert, longer, replace_first

Integers = NDArray[np.int64]

HANDLED, ABANDONED, BLOCKED = 0, 1, 2
NEVER = draws.NEVER
LATEST, LONGEST = draws.LATEST, draws.LONGEST

# Columns of later attempts.
CONTACT, ATTEMPT, INTERVAL, ARRIVAL, HANDLE, PATIENCE, OUTCOME, WAIT, ORDER = range(9)
WIDTH = 9

PLAYED, ILL_ORDERED, TOO_LATE = 0, 1, 2  # how a play ended

# ORDER of a redial among those of its moment: contact and attempt, behind all others if without delay after lost patience.
_AFTER_PATIENCE = 1 << 60
_ATTEMPT_BITS = 8

_FEW_LINES = 32  # so many are looked through as fast as a heap is kept

_compile = kernel(__file__, draws.__file__, distributions_kernel.__file__, heap_kernel.__file__)
_draw_redial = draws.redial
_draw_attempt = distributions_kernel.draw_attempt


@_compile
def _later(more: Integers, one: int, other: int) -> bool:
    if more[one, ARRIVAL] != more[other, ARRIVAL]:
        return bool(more[one, ARRIVAL] > more[other, ARRIVAL])
    return bool(more[one, ORDER] > more[other, ORDER])


@_compile
def _insert_redial(heap: Integers, size: int, more: Integers, row: int) -> None:
    i = size
    while i > 0:
        above = (i - 1) >> 1
        if not _later(more, heap[above], row):
            break
        heap[i] = heap[above]
        i = above
    heap[i] = row


@_compile
def _drop_first_redial(heap: Integers, size: int, more: Integers) -> None:
    row = heap[size - 1]
    i, child = 0, 1
    while child < size - 1:
        if child + 1 < size - 1 and _later(more, heap[child], heap[child + 1]):
            child += 1
        if not _later(more, row, heap[child]):
            break
        heap[i] = heap[child]
        i, child = child, 2 * child + 1
    heap[i] = row


@_compile
def _free_lines(release: Integers, held: int, came: int, heaped: bool) -> int:
    """Forget the lines that are free for who comes at ``came``: how many are left.

    A line's key is twice the moment at which it is free, and 1 more after lost patience, which comes after the arrivals of its
    moment.
    """
    now = 2 * came
    if heaped:
        while held > 0 and release[0] <= now:
            held -= 1
            last, release[held] = release[held], FOREVER
            if held > 0:
                replace_first(release, held, last)
        return held
    left = 0
    for i in range(held):
        if release[i] > now:
            release[left] = release[i]
            left += 1
    return left


@_compile
def _change_agents(free: Integers, before: int, now: int, leaving: Integers, leave: int, time: int) -> int:
    """Make the heap one of ``now`` agents at ``time``; whoever is busy beyond them finishes (``leaving``): how many do.

    The first to finish are those who leave. Some who were to leave before may stay after all, where there is room again.
    """
    size = before
    for i in range(leave):
        if leaving[i] > time:
            insert(free, size, leaving[i])
            size += 1
    leave = ZERO
    while size > now:
        if free[0] > time:
            leaving[leave] = free[0]
            leave += 1
        size -= 1
        last, free[size] = free[size], FOREVER
        if size > 0:
            replace_first(free, size, last)
    while size < now:
        insert(free, size, time)
        size += 1
    return leave


@_compile
def _more_rows(rows: Integers) -> Integers:
    result = np.empty((2 * len(rows), WIDTH), dtype=np.int64)
    for i in range(len(rows)):
        for column in range(WIDTH):
            result[i, column] = rows[i, column]
    return result


@_compile
def play(
    start: Integers,
    end: Integers,
    closing: Integers,
    agents: Integers,
    aht: NDArray[np.float64],
    arrival: Integers,
    interval: Integers,
    handle: Integers,
    patience: Integers,
    day: Integers,
    ordinal: Integers,
    key: tuple[int, int, int],
    handle_law: NDArray[np.float64],
    patience_law: NDArray[np.float64],
    redials: tuple[float, float, float, int],
    talk_share: float,
    lines: int,
    outcome: Integers,
    wait: Integers,
    busy: Integers,
    overrun: Integers,
) -> tuple[int, int, Integers]:
    """Play one replication.

    Parameters
    ----------
    start, end, closing, agents, aht
        [K], of `wfm.simulate.model.Model`.
    arrival, interval, handle, patience, day, ordinal
        [N], of `wfm.simulate.drawing.Drawn`.
    key
        Seed, replication and number of the contact type.
    handle_law, patience_law
        Laws of `wfm.core.distributions_kernel`.
    redials
        Shares after busy and after abandoning, mean delay [s], attempts at most (255 or fewer).
    talk_share, lines
        Of the model; lines -1 for no limit.
    outcome, wait
        Outputs [N] of the first attempts.
    busy, overrun
        Outputs [K], zeros beforehand: agents' time.

    Returns
    -------
    (status, later, more)
        ``later`` rows of ``more`` are later attempts, in the order in which they were drawn.
    """
    K, N = len(start), len(arrival)
    seed, replication, kind = key
    redial_busy, redial_abandon, redial_delay, attempts_max = redials
    most = 0
    for k in range(K):
        most = max(most, agents[k])
    free, leaving = np.full(2 * most + 4, FOREVER), np.empty(most + 1, dtype=np.int64)
    present = leave = ZERO
    # Undecided attempts: first ones by their contact, later ones by -1 - row.
    undecided = np.empty(64, dtype=np.int64)
    waiting = 0
    more, later = np.empty((64, WIDTH), dtype=np.int64), ZERO
    soon, redialling = np.empty(64, dtype=np.int64), ZERO
    # Lines that are held, until when: in no order as long as some are free, a heap where nearly none is.
    release, held, heaped = np.empty(64, dtype=np.int64), ZERO, False
    fresh, last = 0, 0
    redials_abandoned = redial_abandon > 0.0 and attempts_max > 1

    for k in range(K):
        since, closes = start[k], end[k] == closing[k]
        until = start[k + 1] if k + 1 < K else FOREVER
        if agents[k] != present or leave > 0:
            leave = _change_agents(free, present, agents[k], leaving, leave, since)
            present = agents[k]
            for i in range(leave):
                overrun[k] += min(leaving[i], end[k]) - since
        let_go = closes and present == 0
        horizon = end[k] if let_go else until
        last = max(last, since)
        again, waited, kept = 0, waiting, 0
        while True:
            if again > waited and present > 0:
                # ---- the usual case: new contacts, one after the other, until something else has to be looked at ----
                stop = more[soon[0], ARRIVAL] if redialling > 0 else FOREVER
                ends, booked = end[k], 0
                lines_known = min(lines, len(release) - 4)
                while fresh < N:
                    if 0 <= lines_known <= held:
                        break
                    came, frees = arrival[fresh], free[0]
                    if came >= ends or came < last or came > stop or frees > horizon or interval[fresh] != k:
                        break
                    patient = patience[fresh]
                    begin = max(came, frees)
                    if patient < NEVER and came + patient < begin:
                        if redials_abandoned:
                            break
                        outcome[fresh], wait[fresh] = ABANDONED, patient
                        free_at = 2 * (came + patient) + 1
                    else:
                        work = handle[fresh]
                        if begin >= LATEST or work > LONGEST:
                            return TOO_LATE, 0, more
                        done = begin + work
                        replace_first(free, present, done)
                        outcome[fresh], wait[fresh] = HANDLED, begin - came
                        free_at = 2 * (begin + int(work * talk_share)) if lines >= 0 else 0
                        if done <= ends:
                            booked += work
                        else:
                            _book(busy, overrun, start, end, k, begin, done)
                    if lines >= 0:
                        if heaped:
                            insert(release, held, free_at)
                        else:
                            release[held] = free_at
                        held += 1
                    last = came
                    fresh += 1
                busy[k] += booked
            # ---- who is next: those left undecided, then whoever arrives before the next interval ----
            if again < waited:
                who = undecided[again]
                again += 1
                arrives = False
            else:
                if again == waited:  # all of them are seen; newly undecided ones follow those kept
                    waiting = kept
                    again += 1
                first = arrival[fresh] if fresh < N else FOREVER
                if redialling > 0 and more[soon[0], ARRIVAL] < first:
                    who = -1 - soon[0]
                    if more[soon[0], ARRIVAL] >= until:
                        break
                    _drop_first_redial(soon, redialling, more)
                    redialling -= 1
                elif first < until:
                    if interval[fresh] != k or first < since or first >= end[k] or first < last:
                        return ILL_ORDERED, 0, more
                    last = first
                    who = fresh
                    fresh += 1
                else:
                    break
                arrives = True
            if who >= 0:
                contact, attempt, came, within = who, 1, arrival[who], interval[who]
                work, patient = handle[who], patience[who]
                behind = False
            else:
                row = -1 - who
                contact, attempt, came, within = more[row, CONTACT], more[row, ATTEMPT], more[row, ARRIVAL], more[row, INTERVAL]
                work, patient = more[row, HANDLE], more[row, PATIENCE]
                behind = more[row, ORDER] >= _AFTER_PATIENCE

            # ---- what becomes of them ----
            result, waits, share = HANDLED, 0, 0.0
            blocked = False
            if arrives and lines >= 0 and not behind:  # else their own line is free
                if held + waiting >= min(lines, len(release) - 4):
                    held = _free_lines(release, held, came, heaped)
                    if lines > len(release) - 4 and 2 * held > len(release):
                        release = longer(release)
                    elif heaped:
                        heaped = 4 * held >= 3 * lines
                    elif lines > _FEW_LINES and 8 * held > 7 * lines:
                        heap_up(release, held)
                        heaped = True
                blocked = held + waiting >= lines
            gives_up = came + patient if patient < NEVER else FOREVER
            if blocked:
                result, share = BLOCKED, redial_busy
            else:
                frees = free[0] if present > 0 else FOREVER
                if frees <= horizon:
                    begin = max(came, frees)
                    if gives_up < begin:
                        result, waits = ABANDONED, patient
                    else:
                        if begin >= LATEST or work > LONGEST:
                            return TOO_LATE, 0, more
                        done = begin + work
                        replace_first(free, present, done)
                        waits = begin - came
                        _book(busy, overrun, start, end, k, begin, done)
                elif gives_up < horizon:
                    result, waits = ABANDONED, patient
                elif let_go:
                    result, waits = ABANDONED, horizon - came
                else:
                    place = kept if again <= waited else waiting
                    if place == len(undecided):
                        undecided = longer(undecided)
                    undecided[place] = who
                    if again <= waited:
                        kept += 1
                    else:
                        waiting += 1
                    continue
                if result == ABANDONED:
                    share = redial_abandon
                if lines >= 0:
                    if held + 4 >= len(release):
                        release = longer(release)
                    free_at = 2 * (came + waits + int(work * talk_share)) if result == HANDLED else 2 * (came + waits) + 1
                    if heaped:
                        insert(release, held, free_at)
                    else:
                        release[held] = free_at
                    held += 1
            if who >= 0:
                outcome[who], wait[who] = result, waits
            else:
                more[row, OUTCOME], more[row, WAIT] = result, waits

            # ---- perhaps again ----
            if share <= 0.0 or attempt >= attempts_max:
                continue
            delay = _draw_redial(seed, replication, kind, day[contact], ordinal[contact], attempt, share, redial_delay)
            time = came + waits + delay
            if delay < 0 or time >= closing[within]:
                continue
            if later == len(more):
                more = _more_rows(more)
                soon = longer(soon)
            there = k
            while there + 1 < K and start[there + 1] <= time:
                there += 1
            drawn = _draw_attempt(
                seed, replication, kind, day[contact], ordinal[contact], attempt + 1, 0, handle_law, aht[there], patience_law
            )
            more[later, CONTACT], more[later, ATTEMPT], more[later, INTERVAL] = contact, attempt + 1, there
            more[later, ARRIVAL], more[later, HANDLE], more[later, PATIENCE] = time, drawn[0], drawn[1]
            more[later, ORDER] = (contact << _ATTEMPT_BITS) | (attempt + 1)
            if delay == 0 and result == ABANDONED:
                more[later, ORDER] |= _AFTER_PATIENCE
            _insert_redial(soon, redialling, more, later)
            redialling += 1
            later += 1
    return (PLAYED if fresh == N else ILL_ORDERED), later, more


@_compile
def _book(busy: Integers, overrun: Integers, start: Integers, end: Integers, k: int, begin: int, done: int) -> None:
    """Book an agent's time from ``begin``, in interval k or at its end, to ``done``; time after closing is overrun too."""
    while True:
        until = start[k + 1] if k + 1 < len(start) else FOREVER
        upto = min(done, until)
        busy[k] += upto - begin
        if upto > end[k]:
            overrun[k] += upto - max(begin, end[k])
        if done <= until:
            break
        begin = until
        k += 1


@_compile
def first_attempts(handle: Integers, outcome: Integers, contact: Integers, attempt: Integers, handled: Integers) -> None:
    """Where there are no later attempts: fills ``contact``, ``attempt`` and ``handled``, the handle time or 0."""
    for i in range(len(handle)):
        contact[i], attempt[i] = i, 1
        handled[i] = handle[i] if outcome[i] == HANDLED else 0


@_compile
def merge(
    arrival: Integers, interval: Integers, handle: Integers, outcome: Integers, wait: Integers, more: Integers, rows: Integers
) -> None:
    """All attempts, by contact and attempt: fills ``rows`` [7, N + later] in the order of `wfm.simulate.records.Records`."""
    N = len(arrival)
    place = np.zeros(N + 1, dtype=np.int64)
    for row in range(len(more)):
        place[more[row, CONTACT] + 1] += 1
    for i in range(N):
        place[i + 1] += place[i] + 1
        at = place[i]
        rows[0, at], rows[1, at], rows[2, at], rows[3, at], rows[4, at], rows[5, at] = (
            i,
            1,
            interval[i],
            arrival[i],
            outcome[i],
            wait[i],
        )
        rows[6, at] = handle[i] if outcome[i] == HANDLED else 0
    for row in range(len(more)):
        at = place[more[row, CONTACT]] + more[row, ATTEMPT] - 1
        rows[0, at], rows[1, at], rows[2, at] = more[row, CONTACT], more[row, ATTEMPT], more[row, INTERVAL]
        rows[3, at], rows[4, at], rows[5, at] = more[row, ARRIVAL], more[row, OUTCOME], more[row, WAIT]
        rows[6, at] = more[row, HANDLE] if more[row, OUTCOME] == HANDLED else 0
