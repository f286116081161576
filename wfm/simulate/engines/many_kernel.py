"""The play of a centre, compiled: what `wfm.simulate.engines.simpy_engine.Play` says, event by event.

Legs are records of a pool, taken when somebody arrives and given back when the customer is gone, so memory grows with those who are
in the system, not with those who were. Queues and idle agents are lists linked through the records. Everything stands in two flat
arrays, ``m`` and ``f`` (here pointers to them), laid out in `wfm.simulate.engines.many_state`; legs, agents, groups, types and
skills are addresses. Whatever ends a leg is told, which writes a record or adds to the tallies. An event of a leg that has gone on
since is recognised by its number.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wfm.core import draws, pointers
from wfm.core.compiled import ZERO, kernel
from wfm.core.pointers import pointer
from wfm.simulate import events, shifts
from wfm.simulate.engines import crew_kernel, event_heap_kernel, legs_kernel, many_state, meeting_kernel
from wfm.simulate.engines import many_state as at
from wfm.simulate.engines.crew_kernel import account, account_all, come, fill_up, go_off, rest, rouse, want
from wfm.simulate.engines.event_heap_kernel import close_hole, push
from wfm.simulate.engines.legs_kernel import give_back, next_kind, order_of, put_back, tell
from wfm.simulate.engines.meeting_kernel import (
    answer_at_once,
    expect_end_of_patience,
    expect_overflow,
    give_up,
    join,
    pass_on,
    perhaps_again,
    release,
    serve_all,
    serve_one,
    will_be_answered,
)
from wfm.simulate.events import ATTEMPT_SHIFT, RANK_SHIFT, RETURNS_MAX, Rank

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

_HANDLED, _BLOCKED, _TRANSFERRED, _RETURNED, _STILL_WAITING = 0, 2, 3, 4, 5
_CLOSE, _BEGIN, _COUNT, _COME = shifts.CLOSE, shifts.BEGIN, shifts.COUNT, shifts.COME
_RANK_HANG_UP, _RANK_DEPARTURE, _RANK_CLOSE = int(Rank.HANG_UP), int(Rank.DEPARTURE), int(Rank.CLOSE)
_RANK_INTERVAL, _RANK_ARRIVAL, _RANK_REDIAL = int(Rank.INTERVAL), int(Rank.ARRIVAL), int(Rank.REDIAL)
_RANK_ABANDON = int(Rank.ABANDON)
_LEG_BITS = (1 << RANK_SHIFT) - 1
FOREVER = (1 << 63) - 1
NEVER = draws.NEVER

_compile = kernel(
    __file__, draws.__file__, pointers.__file__, crew_kernel.__file__, event_heap_kernel.__file__, legs_kernel.__file__,
    meeting_kernel.__file__, events.__file__, many_state.__file__, shifts.__file__,
)  # fmt: skip

# ---- agents come and go ----


@_compile
def _interrupts(m: Integers) -> bool:
    """Whether those who leave drop their work; after closing all finish it, unless it can wait for the next opening."""
    return bool(m[at.RETURNS] and (m[at.OPEN] or m[at.CLOSING] == at.KEEP))


@_compile
def _interrupt(m: Integers, f: Floats, records: Integers, agent: int) -> bool:
    """The agent leaves at once; the contact goes back into its queue, unless only after-call work is left. False: too often."""
    leg, now = m[agent + at.A_LEG], m[at.NOW]
    talked, waited = now - m[leg + at.BEGIN], m[leg + at.BEGIN] - m[leg + at.QUEUED]
    release(m, leg)
    go_off(m, agent)
    if m[leg + at.TALK] < m[leg + at.HANDLE] and talked >= m[leg + at.TALK]:
        other = next_kind(m, f, leg)
        tell(m, f, records, leg, _HANDLED if other < 0 else _TRANSFERRED, waited, talked)
        if other < 0:
            give_back(m, leg)
        else:
            pass_on(m, f, records, leg, other)
        return True
    if m[leg + at.LEG] >= RETURNS_MAX:
        return False
    tell(m, f, records, leg, _RETURNED, waited, talked)
    m[leg + at.LEG] += 1
    m[leg + at.HANDLE] -= talked
    m[leg + at.TALK] = max(m[leg + at.TALK] - talked, 0)
    m[leg + at.OWN], m[leg + at.QUEUED], m[leg + at.AGENT] = 0, now, -1
    if m[leg + at.PATIENCE] < NEVER:
        m[leg + at.PATIENCE] -= waited
    put_back(m, leg)
    expect_end_of_patience(m, leg)
    expect_overflow(m, leg)
    return True


@_compile
def _count(m: Integers, f: Floats, records: Integers, group: int, count: int) -> bool:
    """A group shall have so many agents; idle ones leave first, the highest numbers before others."""
    want(m, group, count)
    first, end = m[group + at.G_AGENTS], m[group + at.G_AGENTS_END]
    while m[group + at.G_PRESENT] > count and _interrupts(m):
        latest, begun = ZERO - 1, ZERO
        for agent in range(first, end, at.AGENT_WIDTH):
            if m[agent + at.A_STATE] == at.WORKING and (latest < 0 or m[m[agent + at.A_LEG] + at.BEGIN] >= begun):
                latest, begun = agent, m[m[agent + at.A_LEG] + at.BEGIN]
        if not _interrupt(m, f, records, latest):
            return False
    fill_up(m, group)
    return True


@_compile
def _come_or_go(m: Integers, f: Floats, records: Integers, agent: int, comes: bool) -> bool:
    group = m[agent + at.A_GROUP]
    account(m, group)
    m[agent + at.A_DUE] = comes
    m[group + at.G_WANTED] += 1 if comes else -1
    if m[agent + at.A_STATE] == at.WORKING:
        m[group + at.G_LATE] += -1 if comes else 1
        if not comes and _interrupts(m):
            return _interrupt(m, f, records, agent)
    elif comes:
        come(m, agent)
    else:
        rouse(m, agent)
        go_off(m, agent)
    return True


@_compile
def _close(m: Integers, f: Floats, records: Integers) -> bool:
    """A span ends: who stays, and who is let go."""
    if m[at.CLOSING] != at.KEEP:
        m[at.OPEN] = 0
    if m[at.CLOSING] == at.ANSWER:
        serve_all(m, f)
    for kind in range(m[at.KINDS], m[at.KINDS_END], at.KIND_WIDTH):
        if not will_be_answered(m, kind):
            while m[kind + at.K_HEAD] >= 0:
                give_up(m, f, records, m[kind + at.K_HEAD])
    if m[at.CLOSING] != at.ANSWER:
        for group in range(m[at.GROUPS], m[at.GROUPS_END], at.GROUP_WIDTH):
            if not m[group + at.G_ROSTERED] and not _count(m, f, records, group, 0):
                return False
    m[at.OPEN] = 0
    if m[at.CLOSING] == at.KEEP:
        serve_all(m, f)
    return True


# ---- what can happen ----


@_compile
def _change(m: Integers, f: Floats, records: Integers) -> bool:
    """A span ends, or all that begins and changes at one moment. False: a contact is sent back too often."""
    account_all(m)
    moment = m[at.MOMENT]
    if m[moment + at.M_KIND] == _CLOSE:
        m[at.MOMENT] += at.MOMENT_WIDTH
        return _close(m, f, records)
    while moment < m[at.MOMENTS_END] and m[moment + at.M_TIME] == m[at.NOW]:
        kind, number = m[moment + at.M_KIND], m[moment + at.M_NUMBER]
        moment += at.MOMENT_WIDTH
        m[at.MOMENT] = moment
        if kind == _BEGIN:
            m[at.INTERVAL], m[at.OPEN] = number, 1
        elif kind == _COUNT:
            if not _count(m, f, records, m[moment - at.MOMENT_WIDTH + at.M_GROUP], number):
                return False
        elif not _come_or_go(m, f, records, number, kind == _COME):
            return False
    serve_all(m, f)
    return True


@_compile
def _arrive(m: Integers, f: Floats, records: Integers, leg: int) -> None:
    """Somebody calls, for the first time or again."""
    refused = 0 <= m[at.LINES] <= m[at.ON_LINE]
    for time in range(m[at.REFUSALS], m[at.REFUSALS_END], 2):
        refused |= m[time] <= m[at.NOW] < m[time + 1]
    if refused:
        tell(m, f, records, leg, _BLOCKED, 0, 0)
        perhaps_again(m, f, leg, True)
    else:
        m[at.ON_LINE] += 1
        join(m, f, records, leg)


@_compile
def _depart(m: Integers, f: Floats, records: Integers, leg: int) -> None:
    """An agent is done with a leg, and turns to the next one or leaves."""
    agent = release(m, leg)
    group, other = m[agent + at.A_GROUP], next_kind(m, f, leg)
    if other < 0 and not (m[at.LINES] >= 0 and m[leg + at.TALK] < m[leg + at.HANDLE]):
        m[at.ON_LINE] -= 1
    wait = m[leg + at.BEGIN] - m[leg + at.QUEUED]
    tell(m, f, records, leg, _HANDLED if other < 0 else _TRANSFERRED, wait, m[leg + at.HANDLE])
    if m[group + at.G_ROSTERED]:
        leaves = m[agent + at.A_DUE] == 0
    else:
        leaves = m[group + at.G_BUSY] + m[group + at.G_IDLE] >= m[group + at.G_WANTED]
    if leaves:
        go_off(m, agent)
    else:
        rest(m, agent)
        serve_one(m, f, group)
    if other < 0:
        give_back(m, leg)
        return
    pass_on(m, f, records, leg, other)


@_compile
def _later_event(m: Integers, f: Floats, records: Integers) -> None:
    """Deal with the first event of the heap."""
    top = m[at.HEAP_AT]
    order, leg = m[top + at.ORDER], m[top + at.ABOUT]
    m[at.NOW], m[at.HOLE] = m[top + at.WHEN], 1
    rank = order >> RANK_SHIFT
    if order_of(m, 0, leg) == order & _LEG_BITS:  # else it has gone on, or is somebody else's record by now
        state = m[leg + at.STATE]
        if rank == _RANK_DEPARTURE:
            if state == at.BUSY:
                _depart(m, f, records, leg)
        elif rank == _RANK_ABANDON:
            if state == at.WAITING:
                give_up(m, f, records, leg)
        elif rank == _RANK_HANG_UP:
            if state == at.BUSY:
                m[at.ON_LINE] -= 1
        elif rank == _RANK_REDIAL:
            _arrive(m, f, records, leg)
        elif state == at.WAITING and not answer_at_once(m, f, leg):
            expect_overflow(m, leg)
    if m[at.HOLE]:
        close_hole(m)


@_compile
def drop_stale(memory: Integers) -> int:
    """Drop events that will find nothing to do, their legs having gone on; returns how many are left.

    Most are of people who were answered and had more patience: kept until it ends, they would grow with the patience.
    """
    m = pointer(memory)
    base, live = m[at.HEAP_AT], ZERO
    for i in range(m[at.HEAP]):
        event = base + at.EVENT_WIDTH * i
        order, leg = m[event + at.ORDER], m[event + at.ABOUT]
        rank, state = order >> RANK_SHIFT, m[leg + at.STATE]
        if rank in (_RANK_DEPARTURE, _RANK_HANG_UP):
            wanted = state == at.BUSY
        elif rank == _RANK_REDIAL:
            wanted = state == at.PENDING
        else:
            wanted = state == at.WAITING
        if wanted and order_of(m, 0, leg) == order & _LEG_BITS:
            to = base + at.EVENT_WIDTH * live
            m[to + at.WHEN], m[to + at.ORDER], m[to + at.ABOUT] = m[event + at.WHEN], order, leg
            live += 1
    for i in range(live, m[at.HEAP]):
        m[base + at.EVENT_WIDTH * i + at.WHEN] = FOREVER
    m[at.HEAP] = 0
    for i in range(live):
        event = base + at.EVENT_WIDTH * i
        push(m, m[event + at.WHEN], m[event + at.ORDER], m[event + at.ABOUT])
    return int(live)


@_compile
def _fresh(m: Integers, coming: Integers, n: int, i: int, contact: int) -> int:
    """A record for a contact's first leg."""
    leg = m[at.FREE]
    m[at.FREE] = m[leg + at.NEXT]
    m[at.USED] += 1
    m[leg + at.CONTACT], m[leg + at.ATTEMPT], m[leg + at.LEG] = contact, 1, 1
    m[leg + at.KIND] = m[leg + at.FIRST_KIND] = coming[at.C_KIND * n + i]
    m[leg + at.WITHIN] = m[leg + at.FIRST_INTERVAL] = coming[at.C_INTERVAL * n + i]
    m[leg + at.ARRIVAL] = m[leg + at.QUEUED] = coming[at.C_ARRIVAL * n + i]
    m[leg + at.HANDLE], m[leg + at.PATIENCE] = coming[at.C_HANDLE * n + i], coming[at.C_PATIENCE * n + i]
    m[leg + at.DAY], m[leg + at.ORDINAL] = coming[at.C_DAY * n + i], coming[at.C_ORDINAL * n + i]
    m[leg + at.STATE], m[leg + at.AGENT], m[leg + at.OWN] = at.PENDING, -1, 1
    return int(leg)


@_compile
def advance(memory: Integers, numbers: Floats, arrivals: Integers, first: int, final: bool, legs: Integers) -> int:
    """Go on until all is over, or something is missing.

    Parameters
    ----------
    memory, numbers
        The centre, as `wfm.simulate.engines.many_state` lays it out.
    arrivals
        [7, n], the next first attempts; ``memory[COMING]`` says which of them comes next.
    first
        Number of the first of them.
    final
        Whether they are the last ones.
    legs
        Output [capacity, 11], a record for each contact's first leg, then the others in the order in which they end; not used where
        ``memory[LEAN]``.

    Returns
    -------
    int
        `DONE`; `MORE_ARRIVALS` or `MORE_ROOM` (for legs, events or records), to be called again with them; `ILL_ORDERED`,
        `TOO_LATE` or `TOO_MANY_LEGS`.
    """
    m, f, coming, n, records = pointer(memory), pointer(numbers), pointer(arrivals), arrivals.shape[1], pointer(legs)
    margin = 4 * m[at.AGENTS_N] + 16  # as much as one moment can bring: all interrupted, all answering others
    while True:
        if m[at.BEYOND]:
            return at.TOO_LATE
        size = m[at.HEAP]
        if m[at.HEAP_AT] + at.EVENT_WIDTH * (size + margin) > m[at.HEAP_END] or m[at.FREE] < 0:
            return at.MORE_ROOM
        if not m[at.LEAN] and m[at.CONTACTS] + m[at.EMITTED] + m[at.USED] + 2 > len(legs):
            return at.MORE_ROOM
        i, moment = m[at.COMING], m[at.MOMENT]
        if i < n:
            time = coming[at.C_ARRIVAL * n + i]
        elif final:
            time = FOREVER
        else:
            return at.MORE_ARRIVALS
        rank = _RANK_ARRIVAL
        if moment < m[at.MOMENTS_END] and m[moment + at.M_TIME] <= time:
            time = m[moment + at.M_TIME]
            rank = _RANK_CLOSE if m[moment + at.M_KIND] == _CLOSE else _RANK_INTERVAL
        top = m[at.HEAP_AT]
        if size > 0 and (m[top + at.WHEN] < time or (m[top + at.WHEN] == time and m[top + at.ORDER] >> RANK_SHIFT < rank)):
            _later_event(m, f, records)
        elif time == FOREVER:
            break
        elif rank == _RANK_ARRIVAL:
            if time < m[at.NOW] or coming[at.C_INTERVAL * n + i] != m[at.INTERVAL] or not m[at.OPEN]:
                return at.ILL_ORDERED
            m[at.NOW], m[at.COMING] = time, i + 1
            _arrive(m, f, records, _fresh(m, coming, n, i, first + i))
        else:
            m[at.NOW] = time
            if not _change(m, f, records):
                return at.TOO_MANY_LEGS
    for kind in range(m[at.KINDS], m[at.KINDS_END], at.KIND_WIDTH):
        leg = m[kind + at.K_HEAD]
        while leg >= 0:
            end = m[m[at.CLOSINGS] + m[at.INTERVALS] - 1]
            tell(m, f, records, leg, _STILL_WAITING, max(end - m[leg + at.QUEUED], 0), 0)
            leg = m[leg + at.NEXT]
    return at.DONE


@_compile
def arrange(legs: Integers, contacts: int, rows: Integers) -> None:
    """Records as `advance` leaves them to columns ``rows`` [11, n] in order of contact, attempt and leg."""
    columns, n = rows.shape
    before = np.zeros(contacts + 1, dtype=np.int64)  # how many later records lower contacts have
    for i in range(contacts, n):
        before[legs[i, 0] + 1] += 1
    for c in range(contacts):
        before[c + 1] += before[c]
    order, filled = np.empty(n - contacts, dtype=np.int64), before[:-1].copy()
    for i in range(contacts, n):
        c, mine = legs[i, 0], (legs[i, 1] << ATTEMPT_SHIFT) | legs[i, 2]
        j = filled[c]
        filled[c] += 1
        while j > before[c] and (legs[order[j - 1], 1] << ATTEMPT_SHIFT) | legs[order[j - 1], 2] > mine:
            order[j] = order[j - 1]
            j -= 1
        order[j] = i
    for c in range(contacts):
        at_row = c + before[c]
        for column in range(columns):
            rows[column, at_row] = legs[c, column]
        for j in range(before[c], before[c + 1]):
            at_row += 1
            for column in range(columns):
                rows[column, at_row] = legs[order[j], column]
