"""Who meets whom in the compiled engine of many queues: contacts join and leave queues, agents answer them.

The rules are those of `wfm.simulate.engines.simpy_engine.Play`; `wfm.simulate.engines.many_state` has the layout.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wfm.core import draws
from wfm.core.compiled import ZERO, kernel
from wfm.simulate import events
from wfm.simulate.engines import crew_kernel, event_heap_kernel, legs_kernel, many_state
from wfm.simulate.engines import many_state as at
from wfm.simulate.engines.crew_kernel import account, rouse
from wfm.simulate.engines.event_heap_kernel import push
from wfm.simulate.engines.legs_kernel import (
    append,
    draw,
    first_kind_of,
    give_back,
    interval_of,
    kind_of,
    next_kind,
    order_of,
    tell,
    unqueue,
)
from wfm.simulate.events import Rank

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

_ABANDONED = 1
_RANK_HANG_UP, _RANK_DEPARTURE, _RANK_REDIAL = int(Rank.HANG_UP), int(Rank.DEPARTURE), int(Rank.REDIAL)
_RANK_OVERFLOW, _RANK_ABANDON = int(Rank.OVERFLOW), int(Rank.ABANDON)
NEVER, LATEST, LONGEST = draws.NEVER, draws.LATEST, draws.LONGEST

_compile = kernel(
    __file__, draws.__file__, crew_kernel.__file__, event_heap_kernel.__file__, legs_kernel.__file__, events.__file__,
    many_state.__file__,
)  # fmt: skip
_draw_redial = draws.redial


@_compile
def answer(m: Integers, f: Floats, leg: int, skill: int, group: int) -> None:
    """The agent of the group who is idle longest answers."""
    now, kind = m[at.NOW], kind_of(m, leg)
    agent = m[group + at.G_IDLE_FIRST]
    rouse(m, agent)
    if m[leg + at.STATE] == at.WAITING:
        unqueue(m, leg)
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
    push(m, now + handle, order_of(m, _RANK_DEPARTURE, leg), leg)
    if m[at.LINES] >= 0 and m[leg + at.TALK] < handle and next_kind(m, f, leg) < 0:
        push(m, now + m[leg + at.TALK], order_of(m, _RANK_HANG_UP, leg), leg)


@_compile
def answer_at_once(m: Integers, f: Floats, leg: int) -> bool:
    """Let the best idle agent answer, if there is any who may."""
    kind, waited = kind_of(m, leg), m[at.NOW] - m[leg + at.ARRIVAL]
    best, best_rank, best_since, best_group = ZERO - 1, ZERO, ZERO, ZERO
    for skill in range(m[kind + at.K_SKILLS], m[kind + at.K_SKILLS_END], at.SKILL_WIDTH):
        group, reserve = m[skill + at.S_OTHER], m[skill + at.S_RESERVE] if m[at.OPEN] else ZERO
        if m[group + at.G_IDLE] <= reserve or waited < m[skill + at.S_DELAY]:
            continue
        rank, since = m[skill + at.S_FIRST], m[m[group + at.G_IDLE_FIRST] + at.A_IDLE_SINCE] + m[skill + at.S_HANDICAP]
        if best < 0 or rank < best_rank or (rank == best_rank and since < best_since):  # groups come in order
            best, best_rank, best_since, best_group = skill, rank, since, group
    if best >= 0:
        answer(m, f, leg, best, best_group)
    return bool(best >= 0)


@_compile
def goes_first(m: Integers, leg: int, other: int) -> bool:
    """Who is answered first where nothing else decides."""
    for field in (at.ARRIVAL, at.CONTACT, at.ATTEMPT, at.LEG):
        if m[leg + field] != m[other + field]:
            return bool(m[leg + field] < m[other + field])
    return False


@_compile
def serve_one(m: Integers, f: Floats, group: int) -> bool:
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
            better = goes_first(m, leg, best_leg)
        if better:
            best, best_leg, best_level, best_score = skill, leg, level, score
    if best >= 0:
        answer(m, f, best_leg, best, group)
    return bool(best >= 0)


@_compile
def serve_all(m: Integers, f: Floats) -> None:
    """Let every idle agent of every group answer, if anyone may be answered."""
    for group in range(m[at.GROUPS], m[at.GROUPS_END], at.GROUP_WIDTH):
        while m[group + at.G_IDLE] > 0 and serve_one(m, f, group):
            pass


@_compile
def expect_overflow(m: Integers, leg: int) -> None:
    """The next moment at which a further group may answer."""
    kind, waited = kind_of(m, leg), m[at.NOW] - m[leg + at.ARRIVAL]
    for delay in range(m[kind + at.K_DELAYS], m[kind + at.K_DELAYS_END]):
        if m[delay] > waited:
            push(m, m[leg + at.ARRIVAL] + m[delay], order_of(m, _RANK_OVERFLOW, leg), leg)
            return


@_compile
def expect_end_of_patience(m: Integers, leg: int) -> None:
    """The moment at which whoever waits gives up."""
    if m[leg + at.PATIENCE] < NEVER:
        push(m, m[at.NOW] + m[leg + at.PATIENCE], order_of(m, _RANK_ABANDON, leg), leg)


@_compile
def will_be_answered(m: Integers, kind: int) -> bool:
    """Whether somebody of a type who waits after closing can still be answered, or waits for the next opening."""
    if m[at.CLOSING] == at.ANSWER:
        for skill in range(m[kind + at.K_SKILLS], m[kind + at.K_SKILLS_END], at.SKILL_WIDTH):
            if m[m[skill + at.S_OTHER] + at.G_WANTED] > 0:
                return True
    return bool(m[at.CLOSING] == at.KEEP)


@_compile
def join(m: Integers, f: Floats, records: Integers, leg: int) -> None:
    """Join the queue, or be answered at once."""
    if answer_at_once(m, f, leg):
        return
    append(m, leg)
    if not m[at.OPEN] and not will_be_answered(m, kind_of(m, leg)):
        give_up(m, f, records, leg)
        return
    expect_end_of_patience(m, leg)
    expect_overflow(m, leg)


@_compile
def perhaps_again(m: Integers, f: Floats, leg: int, blocked: bool) -> None:
    """An attempt has failed: the customer may call again."""
    first = first_kind_of(m, leg)
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
        give_back(m, leg)
        return
    m[leg + at.ATTEMPT] += 1
    m[leg + at.LEG], m[leg + at.KIND], m[leg + at.WITHIN] = 1, m[leg + at.FIRST_KIND], interval_of(m, time)
    m[leg + at.ARRIVAL], m[leg + at.QUEUED], m[leg + at.STATE] = time, time, at.PENDING
    draw(m, f, leg)
    push(m, time, order_of(m, _RANK_REDIAL, leg), leg)


@_compile
def give_up(m: Integers, f: Floats, records: Integers, leg: int) -> None:
    """Somebody in queue leaves it."""
    unqueue(m, leg)
    m[at.ON_LINE] -= 1
    tell(m, f, records, leg, _ABANDONED, m[at.NOW] - m[leg + at.QUEUED], 0)
    perhaps_again(m, f, leg, False)


@_compile
def pass_on(m: Integers, f: Floats, records: Integers, leg: int, kind: int) -> None:
    """A leg goes on in the queue of another type."""
    m[leg + at.LEG] += 1
    m[leg + at.KIND], m[leg + at.WITHIN] = kind, interval_of(m, m[at.NOW])
    m[leg + at.ARRIVAL], m[leg + at.QUEUED] = m[at.NOW], m[at.NOW]
    draw(m, f, leg)
    join(m, f, records, leg)


@_compile
def release(m: Integers, leg: int) -> int:
    """The agent of a leg is busy no more."""
    agent = m[at.GROUPS_END] + m[leg + at.AGENT] * at.AGENT_WIDTH  # agents stand behind the groups
    group = m[agent + at.A_GROUP]
    account(m, group)
    m[group + at.G_BUSY] -= 1
    if m[group + at.G_ROSTERED] and not m[agent + at.A_DUE]:
        m[group + at.G_LATE] -= 1
    m[leg + at.STATE] = at.PENDING
    return int(agent)
