"""The play of a centre, compiled: what `wfm.simulate.engines.simpy_engine.Play` says, event by event.

Legs are records of a pool, taken when somebody arrives and given back when the customer is gone, so memory grows with those who are
in the system, not with those who were. Queues and idle agents are lists linked through the records. Everything stands in two flat
arrays, ``m`` and ``f`` (here pointers to them), laid out in `wfm.simulate.engines.many_state`; legs, agents, groups, types and
skills are addresses. Whatever ends a leg is told to `_tell`, which writes a record or adds to the tallies. An event of a leg that
has gone on since is recognised by its number.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wfm.core import distributions_kernel, draws, gamma_kernel, pointers
from wfm.core.compiled import ZERO, kernel
from wfm.core.pointers import pointer, view
from wfm.simulate import centre, crowd_kernel, events, leg_kernel, shifts, tally_kernel
from wfm.simulate.engines import crew_kernel, event_heap_kernel, many_state
from wfm.simulate.engines import many_state as at
from wfm.simulate.engines.crew_kernel import account, account_all, come, fill_up, go_off, rest, rouse, want
from wfm.simulate.engines.event_heap_kernel import close_hole, push
from wfm.simulate.events import ATTEMPT_SHIFT, CONTACT_SHIFT, RANK_SHIFT, Rank

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

_HANDLED, _ABANDONED, _BLOCKED, _TRANSFERRED, _RETURNED, _STILL_WAITING = range(6)
_CLOSE, _BEGIN, _COUNT, _COME = shifts.CLOSE, shifts.BEGIN, shifts.COUNT, shifts.COME
_RANK_HANG_UP, _RANK_DEPARTURE, _RANK_CLOSE = int(Rank.HANG_UP), int(Rank.DEPARTURE), int(Rank.CLOSE)
_RANK_INTERVAL, _RANK_ARRIVAL, _RANK_REDIAL = int(Rank.INTERVAL), int(Rank.ARRIVAL), int(Rank.REDIAL)
_RANK_OVERFLOW, _RANK_ABANDON = int(Rank.OVERFLOW), int(Rank.ABANDON)
_LEG_BITS = (1 << RANK_SHIFT) - 1
FOREVER = (1 << 63) - 1
NEVER = draws.NEVER
LATEST, LONGEST = draws.LATEST, draws.LONGEST
_LEGS = centre.RETURNS_MAX

_compile = kernel(
    __file__, draws.__file__, gamma_kernel.__file__, distributions_kernel.__file__, crowd_kernel.__file__, leg_kernel.__file__,
    tally_kernel.__file__, pointers.__file__, crew_kernel.__file__,
    event_heap_kernel.__file__, events.__file__, centre.__file__, many_state.__file__, shifts.__file__,
)  # fmt: skip
_draw_attempt, _draw_redial = distributions_kernel.draw_attempt, draws.redial
_transferred_to, _tally = crowd_kernel.transferred_to, leg_kernel.tally_leg

_COLUMNS, _WIDTH = len(tally_kernel.NAMES), 11

# ---- lists: who waits, who is idle ----


@_compile
def _kind_of(m: Integers, leg: int) -> int:
    return int(m[at.KINDS] + m[leg + at.KIND] * at.KIND_WIDTH)


@_compile
def _first_kind_of(m: Integers, leg: int) -> int:
    return int(m[at.KINDS] + m[leg + at.FIRST_KIND] * at.KIND_WIDTH)


@_compile
def _append(m: Integers, leg: int) -> None:
    """Put a leg at the end of its queue."""
    kind = _kind_of(m, leg)
    last = m[kind + at.K_TAIL]
    m[leg + at.STATE], m[leg + at.NEXT], m[leg + at.PREVIOUS] = at.WAITING, -1, last
    m[kind + at.K_TAIL] = leg
    if last >= 0:
        m[last + at.NEXT] = leg
    else:
        m[kind + at.K_HEAD] = leg


@_compile
def _put_back(m: Integers, leg: int) -> None:
    """Put a leg at its place by arrival, before others of the same moment."""
    kind = _kind_of(m, leg)
    after, before = m[kind + at.K_HEAD], ZERO - 1
    while after >= 0 and m[after + at.ARRIVAL] < m[leg + at.ARRIVAL]:
        before, after = after, m[after + at.NEXT]
    m[leg + at.STATE], m[leg + at.NEXT], m[leg + at.PREVIOUS] = at.WAITING, after, before
    if before >= 0:
        m[before + at.NEXT] = leg
    else:
        m[kind + at.K_HEAD] = leg
    if after >= 0:
        m[after + at.PREVIOUS] = leg
    else:
        m[kind + at.K_TAIL] = leg


@_compile
def _unqueue(m: Integers, leg: int) -> None:
    kind, after, before = _kind_of(m, leg), m[leg + at.NEXT], m[leg + at.PREVIOUS]
    if before >= 0:
        m[before + at.NEXT] = after
    else:
        m[kind + at.K_HEAD] = after
    if after >= 0:
        m[after + at.PREVIOUS] = before
    else:
        m[kind + at.K_TAIL] = before
    m[leg + at.STATE] = at.PENDING


# ---- records and tallies ----


@_compile
def _tell(m: Integers, f: Floats, records: Integers, leg: int, outcome: int, wait: int, handle: int) -> None:
    """A leg is over."""
    if m[at.LEAN]:
        K, k = m[at.INTERVALS], m[leg + at.WITHIN]
        here = m[at.SUMS] + (m[leg + at.KIND] * K + k) * _COLUMNS
        first = m[at.SUMS] + (m[leg + at.FIRST_KIND] * K + m[leg + at.FIRST_INTERVAL]) * _COLUMNS
        resumed, fresh = m[leg + at.OWN] == 0, m[leg + at.ATTEMPT] == 1 and m[leg + at.LEG] == 1
        if not resumed:
            m[leg + at.WAITED], m[leg + at.IN_TIME] = 0, wait <= f[m[_kind_of(m, leg) + at.K_WITHIN] + k]
        m[leg + at.WAITED] += wait
        _tally(m, here, first, m[leg + at.IN_TIME] == 1, outcome, m[leg + at.WAITED], handle, resumed, fresh)
        return
    to = m[leg + at.CONTACT]
    if m[leg + at.ATTEMPT] > 1 or m[leg + at.LEG] > 1:
        to = m[at.CONTACTS] + m[at.EMITTED]
        m[at.EMITTED] += 1
    to *= _WIDTH
    for column in range(at.QUEUED + 1):
        records[to + column] = m[leg + column]
    records[to + 7], records[to + 8], records[to + 9], records[to + 10] = outcome, wait, handle, m[leg + at.AGENT]


@_compile
def _give_back(m: Integers, leg: int) -> None:
    m[leg + at.STATE], m[leg + at.NEXT] = at.GONE, m[at.FREE]
    m[at.FREE] = leg
    m[at.USED] -= 1


@_compile
def _order(m: Integers, rank: int, leg: int) -> int:
    number = (m[leg + at.CONTACT] << CONTACT_SHIFT) | (m[leg + at.ATTEMPT] << ATTEMPT_SHIFT) | m[leg + at.LEG]
    return int((rank << RANK_SHIFT) | number)


# ---- who meets whom ----


@_compile
def _next_kind(m: Integers, f: Floats, leg: int) -> int:
    """Number of the type to which a leg will be transferred, or -1."""
    shares = m[_kind_of(m, leg) + at.K_TRANSFERS]
    if shares < 0 or m[leg + at.LEG] >= m[at.LEGS_MAX]:
        return -1
    return _transferred_to(
        m[at.SEED], m[at.REPLICATION], m[_first_kind_of(m, leg) + at.K_KEY], m[leg + at.DAY], m[leg + at.ORDINAL],
        m[leg + at.ATTEMPT], m[leg + at.LEG], view(f, shares, shares + m[at.KINDS_N]),
    )  # fmt: skip


@_compile
def _answer(m: Integers, f: Floats, leg: int, skill: int, group: int) -> None:
    """The agent of the group who is idle longest answers."""
    now, kind = m[at.NOW], _kind_of(m, leg)
    agent = m[group + at.G_IDLE_FIRST]
    rouse(m, agent)
    if m[leg + at.STATE] == at.WAITING:
        _unqueue(m, leg)
    account(m, group)
    m[group + at.G_BUSY] += 1
    handle = m[leg + at.HANDLE]
    if m[leg + at.OWN]:
        factor = f[m[skill + at.S_FACTOR]] * f[m[agent + at.A_SPEED]]
        if factor != 1.0:
            longer = handle * factor
            handle = int(longer) if longer <= LONGEST else LONGEST + 1
            m[leg + at.HANDLE] = handle
        m[leg + at.TALK] = int(handle * f[m[kind + at.K_TALK_SHARE]])
    m[agent + at.A_STATE], m[agent + at.A_LEG] = at.WORKING, leg
    m[leg + at.STATE], m[leg + at.AGENT], m[leg + at.BEGIN] = at.BUSY, m[agent + at.A_NUMBER], now
    if m[at.LEAN]:
        m[m[kind + at.K_ANSWERS] + m[group + at.G_NUMBER]] += 1
    if handle > LONGEST or now >= LATEST:
        m[at.BEYOND] = 1  # told before the next event
        return
    push(m, now + handle, _order(m, _RANK_DEPARTURE, leg), leg)
    if m[at.LINES] >= 0 and m[leg + at.TALK] < handle and _next_kind(m, f, leg) < 0:
        push(m, now + m[leg + at.TALK], _order(m, _RANK_HANG_UP, leg), leg)


@_compile
def _answer_at_once(m: Integers, f: Floats, leg: int) -> bool:
    """Let the best idle agent answer, if there is any who may."""
    kind, waited = _kind_of(m, leg), m[at.NOW] - m[leg + at.ARRIVAL]
    best, best_rank, best_since, best_group = ZERO - 1, ZERO, ZERO, ZERO
    for skill in range(m[kind + at.K_SKILLS], m[kind + at.K_SKILLS_END], at.SKILL_WIDTH):
        group, reserve = m[skill + at.S_OTHER], m[skill + at.S_RESERVE] if m[at.OPEN] else ZERO
        if m[group + at.G_IDLE] <= reserve or waited < m[skill + at.S_DELAY]:
            continue
        rank, since = m[skill + at.S_FIRST], m[m[group + at.G_IDLE_FIRST] + at.A_IDLE_SINCE] + m[skill + at.S_HANDICAP]
        if best < 0 or rank < best_rank or (rank == best_rank and since < best_since):  # groups come in order
            best, best_rank, best_since, best_group = skill, rank, since, group
    if best >= 0:
        _answer(m, f, leg, best, best_group)
    return bool(best >= 0)


@_compile
def _goes_first(m: Integers, leg: int, other: int) -> bool:
    """Who is answered first where nothing else decides."""
    for field in (at.ARRIVAL, at.CONTACT, at.ATTEMPT, at.LEG):
        if m[leg + field] != m[other + field]:
            return bool(m[leg + field] < m[other + field])
    return False


@_compile
def _serve_one(m: Integers, f: Floats, group: int) -> bool:
    """Let an idle agent of the group answer the best of those who wait, if anyone may be answered."""
    now, idle = m[at.NOW], m[group + at.G_IDLE]
    best, best_leg, best_level, best_score = ZERO - 1, ZERO, ZERO, ZERO
    for skill in range(m[group + at.G_SKILLS], m[group + at.G_SKILLS_END], at.SKILL_WIDTH):
        kind = m[skill + at.S_OTHER]
        leg = m[kind + at.K_HEAD]
        if leg < 0:
            continue
        waited, reserve = now - m[leg + at.ARRIVAL], m[skill + at.S_RESERVE] if m[at.OPEN] else ZERO
        if idle <= reserve or waited < m[skill + at.S_DELAY]:
            continue
        level, score = m[skill + at.S_FIRST], m[kind + at.K_WEIGHT] * waited + m[kind + at.K_HEAD_START]
        if best < 0:
            better = True
        elif level != best_level:
            better = level < best_level
        elif score != best_score:
            better = score > best_score
        else:
            better = _goes_first(m, leg, best_leg)
        if better:
            best, best_leg, best_level, best_score = skill, leg, level, score
    if best >= 0:
        _answer(m, f, best_leg, best, group)
    return bool(best >= 0)


@_compile
def _serve_all(m: Integers, f: Floats) -> None:
    for group in range(m[at.GROUPS], m[at.GROUPS_END], at.GROUP_WIDTH):
        while m[group + at.G_IDLE] > 0 and _serve_one(m, f, group):
            pass


@_compile
def _expect_overflow(m: Integers, leg: int) -> None:
    """The next moment at which a further group may answer."""
    kind, waited = _kind_of(m, leg), m[at.NOW] - m[leg + at.ARRIVAL]
    for delay in range(m[kind + at.K_DELAYS], m[kind + at.K_DELAYS_END]):
        if m[delay] > waited:
            push(m, m[leg + at.ARRIVAL] + m[delay], _order(m, _RANK_OVERFLOW, leg), leg)
            return


@_compile
def _expect_end_of_patience(m: Integers, leg: int) -> None:
    if m[leg + at.PATIENCE] < NEVER:
        push(m, m[at.NOW] + m[leg + at.PATIENCE], _order(m, _RANK_ABANDON, leg), leg)


@_compile
def _will_be_answered(m: Integers, kind: int) -> bool:
    """Whether somebody of a type who waits after closing can still be answered, or waits for the next opening."""
    if m[at.CLOSING] == at.ANSWER:
        for skill in range(m[kind + at.K_SKILLS], m[kind + at.K_SKILLS_END], at.SKILL_WIDTH):
            if m[m[skill + at.S_OTHER] + at.G_WANTED] > 0:
                return True
    return bool(m[at.CLOSING] == at.KEEP)


@_compile
def _join(m: Integers, f: Floats, records: Integers, leg: int) -> None:
    """Join the queue, or be answered at once."""
    if _answer_at_once(m, f, leg):
        return
    _append(m, leg)
    if not m[at.OPEN] and not _will_be_answered(m, _kind_of(m, leg)):
        _give_up(m, f, records, leg)
        return
    _expect_end_of_patience(m, leg)
    _expect_overflow(m, leg)


# ---- what follows ----


@_compile
def _interval_of(m: Integers, time: int) -> int:
    k = m[at.INTERVAL]
    while k + 1 < m[at.INTERVALS] and m[m[at.STARTS] + k + 1] <= time:
        k += 1
    return int(k)


@_compile
def _draw(m: Integers, f: Floats, leg: int) -> None:
    """Handle time and patience of a leg in its queue."""
    kind = _kind_of(m, leg)
    m[leg + at.HANDLE], m[leg + at.PATIENCE] = _draw_attempt(
        m[at.SEED], m[at.REPLICATION], m[_first_kind_of(m, leg) + at.K_KEY], m[leg + at.DAY], m[leg + at.ORDINAL],
        m[leg + at.ATTEMPT], m[leg + at.LEG] - 1, view(f, m[kind + at.K_HANDLE_LAW], m[kind + at.K_HANDLE_LAW_END]),
        f[m[kind + at.K_AHT] + m[leg + at.WITHIN]], view(f, m[kind + at.K_PATIENCE_LAW], m[kind + at.K_PATIENCE_LAW_END]),
    )  # fmt: skip
    m[leg + at.OWN], m[leg + at.AGENT] = 1, -1


@_compile
def _perhaps_again(m: Integers, f: Floats, leg: int, blocked: bool) -> None:
    first = _first_kind_of(m, leg)
    redials = m[first + at.K_REDIALS]
    share, again, time = f[redials] if blocked else f[redials + 1], False, ZERO
    if share > 0.0 and m[leg + at.ATTEMPT] < m[first + at.K_ATTEMPTS_MAX]:
        delay = _draw_redial(
            m[at.SEED], m[at.REPLICATION], m[first + at.K_KEY], m[leg + at.DAY], m[leg + at.ORDINAL], m[leg + at.ATTEMPT], share,
            f[redials + 2],
        )  # fmt: skip
        time = m[at.NOW] + delay
        # Who is kept over night fails on another day than they came.
        within = m[at.INTERVAL] if m[at.CLOSING] == at.KEEP else m[leg + at.WITHIN]
        again = delay >= 0 and time < m[m[at.CLOSINGS] + within]
    if not again:
        _give_back(m, leg)
        return
    m[leg + at.ATTEMPT] += 1
    m[leg + at.LEG], m[leg + at.KIND], m[leg + at.WITHIN] = 1, m[leg + at.FIRST_KIND], _interval_of(m, time)
    m[leg + at.ARRIVAL], m[leg + at.QUEUED], m[leg + at.STATE] = time, time, at.PENDING
    _draw(m, f, leg)
    push(m, time, _order(m, _RANK_REDIAL, leg), leg)


@_compile
def _give_up(m: Integers, f: Floats, records: Integers, leg: int) -> None:
    _unqueue(m, leg)
    m[at.ON_LINE] -= 1
    _tell(m, f, records, leg, _ABANDONED, m[at.NOW] - m[leg + at.QUEUED], 0)
    _perhaps_again(m, f, leg, False)


@_compile
def _pass_on(m: Integers, f: Floats, records: Integers, leg: int, kind: int) -> None:
    """A leg goes on in the queue of another type."""
    m[leg + at.LEG] += 1
    m[leg + at.KIND], m[leg + at.WITHIN] = kind, _interval_of(m, m[at.NOW])
    m[leg + at.ARRIVAL], m[leg + at.QUEUED] = m[at.NOW], m[at.NOW]
    _draw(m, f, leg)
    _join(m, f, records, leg)


@_compile
def _release(m: Integers, leg: int) -> int:
    """The agent of a leg is busy no more."""
    agent = m[at.GROUPS_END] + m[leg + at.AGENT] * at.AGENT_WIDTH  # agents stand behind the groups
    group = m[agent + at.A_GROUP]
    account(m, group)
    m[group + at.G_BUSY] -= 1
    if m[group + at.G_ROSTERED] and not m[agent + at.A_DUE]:
        m[group + at.G_LATE] -= 1
    m[leg + at.STATE] = at.PENDING
    return int(agent)


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
    _release(m, leg)
    go_off(m, agent)
    if m[leg + at.TALK] < m[leg + at.HANDLE] and talked >= m[leg + at.TALK]:
        other = _next_kind(m, f, leg)
        _tell(m, f, records, leg, _HANDLED if other < 0 else _TRANSFERRED, waited, talked)
        if other < 0:
            _give_back(m, leg)
        else:
            _pass_on(m, f, records, leg, other)
        return True
    if m[leg + at.LEG] >= _LEGS:
        return False
    _tell(m, f, records, leg, _RETURNED, waited, talked)
    m[leg + at.LEG] += 1
    m[leg + at.HANDLE] -= talked
    m[leg + at.TALK] = max(m[leg + at.TALK] - talked, 0)
    m[leg + at.OWN], m[leg + at.QUEUED], m[leg + at.AGENT] = 0, now, -1
    if m[leg + at.PATIENCE] < NEVER:
        m[leg + at.PATIENCE] -= waited
    _put_back(m, leg)
    _expect_end_of_patience(m, leg)
    _expect_overflow(m, leg)
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
        _serve_all(m, f)
    for kind in range(m[at.KINDS], m[at.KINDS_END], at.KIND_WIDTH):
        if not _will_be_answered(m, kind):
            while m[kind + at.K_HEAD] >= 0:
                _give_up(m, f, records, m[kind + at.K_HEAD])
    if m[at.CLOSING] != at.ANSWER:
        for group in range(m[at.GROUPS], m[at.GROUPS_END], at.GROUP_WIDTH):
            if not m[group + at.G_ROSTERED] and not _count(m, f, records, group, 0):
                return False
    m[at.OPEN] = 0
    if m[at.CLOSING] == at.KEEP:
        _serve_all(m, f)
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
    _serve_all(m, f)
    return True


@_compile
def _arrive(m: Integers, f: Floats, records: Integers, leg: int) -> None:
    """Somebody calls, for the first time or again."""
    refused = 0 <= m[at.LINES] <= m[at.ON_LINE]
    for time in range(m[at.REFUSALS], m[at.REFUSALS_END], 2):
        refused |= m[time] <= m[at.NOW] < m[time + 1]
    if refused:
        _tell(m, f, records, leg, _BLOCKED, 0, 0)
        _perhaps_again(m, f, leg, True)
    else:
        m[at.ON_LINE] += 1
        _join(m, f, records, leg)


@_compile
def _depart(m: Integers, f: Floats, records: Integers, leg: int) -> None:
    """An agent is done with a leg, and turns to the next one or leaves."""
    agent = _release(m, leg)
    group, other = m[agent + at.A_GROUP], _next_kind(m, f, leg)
    if other < 0 and not (m[at.LINES] >= 0 and m[leg + at.TALK] < m[leg + at.HANDLE]):
        m[at.ON_LINE] -= 1
    wait = m[leg + at.BEGIN] - m[leg + at.QUEUED]
    _tell(m, f, records, leg, _HANDLED if other < 0 else _TRANSFERRED, wait, m[leg + at.HANDLE])
    if m[group + at.G_ROSTERED]:
        leaves = m[agent + at.A_DUE] == 0
    else:
        leaves = m[group + at.G_BUSY] + m[group + at.G_IDLE] >= m[group + at.G_WANTED]
    if leaves:
        go_off(m, agent)
    else:
        rest(m, agent)
        _serve_one(m, f, group)
    if other < 0:
        _give_back(m, leg)
        return
    _pass_on(m, f, records, leg, other)


@_compile
def _later_event(m: Integers, f: Floats, records: Integers) -> None:
    """Deal with the first event of the heap."""
    top = m[at.HEAP_AT]
    order, leg = m[top + at.ORDER], m[top + at.ABOUT]
    m[at.NOW], m[at.HOLE] = m[top + at.WHEN], 1
    rank = order >> RANK_SHIFT
    if _order(m, 0, leg) == order & _LEG_BITS:  # else it has gone on, or is somebody else's record by now
        state = m[leg + at.STATE]
        if rank == _RANK_DEPARTURE:
            if state == at.BUSY:
                _depart(m, f, records, leg)
        elif rank == _RANK_ABANDON:
            if state == at.WAITING:
                _give_up(m, f, records, leg)
        elif rank == _RANK_HANG_UP:
            if state == at.BUSY:
                m[at.ON_LINE] -= 1
        elif rank == _RANK_REDIAL:
            _arrive(m, f, records, leg)
        elif state == at.WAITING and not _answer_at_once(m, f, leg):
            _expect_overflow(m, leg)
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
        if wanted and _order(m, 0, leg) == order & _LEG_BITS:
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
            _tell(m, f, records, leg, _STILL_WAITING, max(end - m[leg + at.QUEUED], 0), 0)
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
