"""The play of a centre of many queues in which contacts call once, wait and are answered once, compiled.

Without redials, lines, transfers, rosters, overflow delays, refusals or work that is interrupted a contact's number is enough to
know it by: its outcome goes straight to where it is asked for, and nobody has to look at the moment when patience ends until an
agent is there to answer. Else the rules are those of `many_kernel`, whose memory this shares; in heads of queues and in events
stand numbers of contacts.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wfm.core import draws, pointers
from wfm.core.compiled import ZERO, kernel
from wfm.core.pointers import pointer
from wfm.simulate import shifts
from wfm.simulate.engines import crew_kernel, event_heap_kernel, many_state
from wfm.simulate.engines import many_state as at
from wfm.simulate.engines.crew_kernel import account, account_all, fill_up, go_off, rest, rouse, want
from wfm.simulate.engines.event_heap_kernel import close_hole, push

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

_HANDLED, _ABANDONED, _STILL_WAITING = 0, 1, 5
_CLOSE, _BEGIN = shifts.CLOSE, shifts.BEGIN
FOREVER = (1 << 63) - 1
NEVER = draws.NEVER
LATEST, LONGEST = draws.LATEST, draws.LONGEST

_compile = kernel(
    __file__,
    draws.__file__,
    pointers.__file__,
    crew_kernel.__file__,
    event_heap_kernel.__file__,
    many_state.__file__,
    shifts.__file__,
)

# Columns of what is told, and the link to the next in queue.
OUTCOME, WAIT, HANDLE, AGENT, NEXT = range(5)


@_compile
def _answer(m: Integers, f: Floats, told: Integers, n: int, contact: int, kind: int, arrival: int, skill: int, group: int) -> None:
    """The agent of the group who is idle longest answers."""
    now, agent = m[at.NOW], m[group + at.G_IDLE_FIRST]
    rouse(m, agent)
    account(m, group)
    m[group + at.G_BUSY] += 1
    handle = told[HANDLE * n + contact]
    factor = f[m[skill + at.S_FACTOR]] * f[m[agent + at.A_SPEED]]
    if factor != 1.0:
        longer = handle * factor
        handle = int(longer) if longer <= LONGEST else LONGEST + 1
        told[HANDLE * n + contact] = handle
    told[OUTCOME * n + contact], told[WAIT * n + contact] = _HANDLED, now - arrival
    told[AGENT * n + contact] = m[agent + at.A_NUMBER]
    m[agent + at.A_STATE] = at.WORKING
    m[m[kind + at.K_ANSWERS] + m[group + at.G_NUMBER]] += 1
    if handle > LONGEST or now >= LATEST:
        m[at.BEYOND] = 1
        handle = 0
    push(m, now + handle, contact, agent)


@_compile
def _arrive(m: Integers, f: Floats, told: Integers, n: int, contact: int, kind: int) -> None:
    """Be answered at once by the best idle agent, or join the queue."""
    best, best_rank, best_since, best_group = ZERO - 1, ZERO, ZERO, ZERO
    for skill in range(m[kind + at.K_SKILLS], m[kind + at.K_SKILLS_END], at.SKILL_WIDTH):
        group = m[skill + at.S_OTHER]
        if m[group + at.G_IDLE] <= m[skill + at.S_RESERVE]:
            continue
        rank, since = m[skill + at.S_FIRST], m[m[group + at.G_IDLE_FIRST] + at.A_IDLE_SINCE] + m[skill + at.S_HANDICAP]
        if best < 0 or rank < best_rank or (rank == best_rank and since < best_since):  # groups come in order
            best, best_rank, best_since, best_group = skill, rank, since, group
    if best >= 0:
        _answer(m, f, told, n, contact, kind, m[at.NOW], best, best_group)
        return
    told[NEXT * n + contact] = -1
    if m[kind + at.K_HEAD] >= 0:
        told[NEXT * n + m[kind + at.K_TAIL]] = contact
    else:
        m[kind + at.K_HEAD] = contact
    m[kind + at.K_TAIL] = contact


@_compile
def _give_up(told: Integers, n: int, contact: int, outcome: int, wait: int) -> int:
    """Somebody is not answered; returns who is next in the queue."""
    told[OUTCOME * n + contact], told[WAIT * n + contact], told[HANDLE * n + contact] = outcome, wait, 0
    return int(told[NEXT * n + contact])


@_compile
def _head(m: Integers, told: Integers, arrival: Integers, patience: Integers, n: int, kind: int) -> int:
    """First of those who still wait for the type, or -1: who was not willing to wait until now has given up."""
    contact = m[kind + at.K_HEAD]
    while contact >= 0 and patience[contact] < m[at.NOW] - arrival[contact]:
        contact = _give_up(told, n, contact, _ABANDONED, patience[contact])
    m[kind + at.K_HEAD] = contact
    return int(contact)


@_compile
def _serve_one(m: Integers, f: Floats, told: Integers, arrival: Integers, patience: Integers, n: int, group: int) -> bool:
    """Let an idle agent of the group answer the best of those who wait, if anyone may be answered."""
    now, idle = m[at.NOW], m[group + at.G_IDLE]
    best, first, best_level, best_score = ZERO - 1, ZERO, ZERO, ZERO
    for skill in range(m[group + at.G_SKILLS], m[group + at.G_SKILLS_END], at.SKILL_WIDTH):
        kind, level = m[skill + at.S_OTHER], m[skill + at.S_FIRST]
        if m[kind + at.K_HEAD] < 0 or (best >= 0 and level > best_level) or (m[at.OPEN] and idle <= m[skill + at.S_RESERVE]):
            continue
        contact = _head(m, told, arrival, patience, n, kind)
        if contact < 0:
            continue
        score = m[kind + at.K_WEIGHT] * (now - arrival[contact]) + m[kind + at.K_HEAD_START]
        better = best < 0 or level < best_level or score > best_score
        if not better and score == best_score:
            better = arrival[contact] < arrival[first] or (arrival[contact] == arrival[first] and contact < first)
        if better:
            best, first, best_level, best_score = skill, contact, level, score
    if best < 0:
        return False
    kind = m[best + at.S_OTHER]
    m[kind + at.K_HEAD] = told[NEXT * n + first]
    _answer(m, f, told, n, first, kind, arrival[first], best, group)
    return True


@_compile
def _serve_all(m: Integers, f: Floats, told: Integers, arrival: Integers, patience: Integers, n: int) -> None:
    for group in range(m[at.GROUPS], m[at.GROUPS_END], at.GROUP_WIDTH):
        while m[group + at.G_IDLE] > 0 and _serve_one(m, f, told, arrival, patience, n, group):
            pass


@_compile
def _close(m: Integers, f: Floats, told: Integers, arrival: Integers, patience: Integers, n: int) -> None:
    """A span ends: nobody is kept in reserve any more, and whom nobody of any group will answer is let go."""
    m[at.OPEN] = 0
    _serve_all(m, f, told, arrival, patience, n)
    for kind in range(m[at.KINDS], m[at.KINDS_END], at.KIND_WIDTH):
        staffed = False
        for skill in range(m[kind + at.K_SKILLS], m[kind + at.K_SKILLS_END], at.SKILL_WIDTH):
            staffed |= m[m[skill + at.S_OTHER] + at.G_WANTED] > 0
        while not staffed and m[kind + at.K_HEAD] >= 0:
            contact = _head(m, told, arrival, patience, n, kind)
            if contact >= 0:
                m[kind + at.K_HEAD] = _give_up(told, n, contact, _ABANDONED, m[at.NOW] - arrival[contact])


@_compile
def _change(m: Integers, f: Floats, told: Integers, arrival: Integers, patience: Integers, n: int) -> None:
    """A span ends, or all that begins and changes at one moment."""
    account_all(m)
    moment = m[at.MOMENT]
    if m[moment + at.M_KIND] == _CLOSE:
        m[at.MOMENT] += at.MOMENT_WIDTH
        _close(m, f, told, arrival, patience, n)
        return
    while moment < m[at.MOMENTS_END] and m[moment + at.M_TIME] == m[at.NOW]:
        if m[moment + at.M_KIND] == _BEGIN:
            m[at.INTERVAL], m[at.OPEN] = m[moment + at.M_NUMBER], 1
        else:
            want(m, m[moment + at.M_GROUP], m[moment + at.M_NUMBER])
            fill_up(m, m[moment + at.M_GROUP])
        moment += at.MOMENT_WIDTH
    m[at.MOMENT] = moment
    _serve_all(m, f, told, arrival, patience, n)


@_compile
def _depart(m: Integers, f: Floats, told: Integers, arrival: Integers, patience: Integers, n: int) -> None:
    """The first agent to be done turns to the next contact, or leaves."""
    top = m[at.HEAP_AT]
    m[at.NOW], m[at.HOLE] = m[top + at.WHEN], 1
    agent = m[top + at.ABOUT]
    group = m[agent + at.A_GROUP]
    account(m, group)
    m[group + at.G_BUSY] -= 1
    if m[group + at.G_BUSY] + m[group + at.G_IDLE] >= m[group + at.G_WANTED]:
        go_off(m, agent)
    else:
        rest(m, agent)
        _serve_one(m, f, told, arrival, patience, n, group)
    if m[at.HOLE]:
        close_hole(m)


@_compile
def play(memory: Integers, numbers: Floats, columns: Integers, output: Integers) -> int:
    """Play a whole replication.

    Parameters
    ----------
    memory, numbers
        The centre, as `wfm.simulate.engines.many_state` lays it out, with room for an event an agent.
    columns
        [7, N], first attempts, of `wfm.simulate.crowd.Crowd`.
    output
        [5, N]: outcome, wait, handle time (as drawn beforehand, then an agent's, or 0), agent (-1 beforehand), and a link that is
        nobody's concern.

    Returns
    -------
    int
        `DONE`, `ILL_ORDERED` or `TOO_LATE`.
    """
    m, f, told, n = pointer(memory), pointer(numbers), pointer(output), columns.shape[1]
    kind, arrival, patience = pointer(columns), pointer(columns[at.C_ARRIVAL]), pointer(columns[at.C_PATIENCE])
    interval = pointer(columns[at.C_INTERVAL])
    contact = ZERO
    while not m[at.BEYOND]:
        comes = arrival[contact] if contact < n else FOREVER
        changes = m[m[at.MOMENT] + at.M_TIME] if m[at.MOMENT] < m[at.MOMENTS_END] else FOREVER
        if m[at.HEAP] > 0 and m[m[at.HEAP_AT] + at.WHEN] <= min(comes, changes):
            _depart(m, f, told, arrival, patience, n)
        elif changes < FOREVER and changes <= comes:
            m[at.NOW] = changes
            _change(m, f, told, arrival, patience, n)
        elif comes < FOREVER:
            if comes < m[at.NOW] or interval[contact] != m[at.INTERVAL] or not m[at.OPEN]:
                return at.ILL_ORDERED
            m[at.NOW] = comes
            _arrive(m, f, told, n, contact, m[at.KINDS] + kind[contact] * at.KIND_WIDTH)
            contact += 1
        else:
            break
    if m[at.BEYOND]:
        return at.TOO_LATE
    for each in range(m[at.KINDS], m[at.KINDS_END], at.KIND_WIDTH):
        contact = m[each + at.K_HEAD]
        while contact >= 0:
            if patience[contact] < NEVER:
                contact = _give_up(told, n, contact, _ABANDONED, patience[contact])
            else:
                end = m[m[at.CLOSINGS] + m[at.INTERVALS] - 1]
                contact = _give_up(told, n, contact, _STILL_WAITING, max(end - arrival[contact], 0))
    return at.DONE
