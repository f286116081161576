"""The play of a centre, compiled: what `wfm.simulate.engines.simpy_engine.Play` says, event by event.

Legs are rows of a pool, taken when somebody arrives and given back when the customer is gone, so memory grows with those who are
in the system, not with those who were. Queues and idle agents are lists linked through the rows. Whatever ends a leg is told to
`_tell`, which writes a record or adds to the tallies. An event of a leg that has gone on since is recognised by its number.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wfm.core import distributions_kernel, draws, gamma_kernel
from wfm.core.compiled import ZERO, kernel
from wfm.simulate import crowd_kernel, leg_kernel, shifts, tally_kernel
from wfm.simulate.engines import event_heap_kernel, many_state
from wfm.simulate.engines import many_state as at
from wfm.simulate.engines.event_heap_kernel import close_hole, push
from wfm.simulate.engines.many_state import Arrivals, Rules, State, Told
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
LATEST = 1 << 61  # 73,000 years
LONGEST = 1 << 50  # 35 years: sums over thousands of agents still fit
_LEGS = 250  # of one attempt: eight bits of the keys

_compile = kernel(
    __file__, draws.__file__, gamma_kernel.__file__, distributions_kernel.__file__, crowd_kernel.__file__, leg_kernel.__file__,
    tally_kernel.__file__, event_heap_kernel.__file__, many_state.__file__, shifts.__file__,
)  # fmt: skip
_draw_attempt, _draw_redial = distributions_kernel.draw_attempt, draws.redial
_transferred_to, _tally = crowd_kernel.transferred_to, leg_kernel.tally_leg


# ---- lists: who waits, who is idle ----


@_compile
def _append(rows: Integers, kinds: Integers, row: int) -> None:
    """Put a leg at the end of its queue."""
    kind = rows[row, at.KIND]
    last = kinds[kind, at.K_TAIL]
    rows[row, at.STATE], rows[row, at.NEXT], rows[row, at.PREVIOUS] = at.WAITING, -1, last
    kinds[kind, at.K_TAIL] = row
    if last >= 0:
        rows[last, at.NEXT] = row
    else:
        kinds[kind, at.K_HEAD] = row


@_compile
def _put_back(rows: Integers, kinds: Integers, row: int) -> None:
    """Put a leg at its place by arrival, before others of the same moment."""
    kind = rows[row, at.KIND]
    after, before = kinds[kind, at.K_HEAD], ZERO - 1
    while after >= 0 and rows[after, at.ARRIVAL] < rows[row, at.ARRIVAL]:
        before, after = after, rows[after, at.NEXT]
    rows[row, at.STATE], rows[row, at.NEXT], rows[row, at.PREVIOUS] = at.WAITING, after, before
    if before >= 0:
        rows[before, at.NEXT] = row
    else:
        kinds[kind, at.K_HEAD] = row
    if after >= 0:
        rows[after, at.PREVIOUS] = row
    else:
        kinds[kind, at.K_TAIL] = row


@_compile
def _unqueue(rows: Integers, kinds: Integers, row: int) -> None:
    kind, after, before = rows[row, at.KIND], rows[row, at.NEXT], rows[row, at.PREVIOUS]
    if before >= 0:
        rows[before, at.NEXT] = after
    else:
        kinds[kind, at.K_HEAD] = after
    if after >= 0:
        rows[after, at.PREVIOUS] = before
    else:
        kinds[kind, at.K_TAIL] = before
    rows[row, at.STATE] = at.PENDING


@_compile
def _rest(agents: Integers, groups: Integers, agent: int, now: int) -> None:
    """An agent is idle from now on."""
    group = agents[agent, at.A_GROUP]
    last = groups[group, at.G_IDLE_LAST]
    agents[agent, at.A_STATE], agents[agent, at.A_IDLE_SINCE] = at.IDLE, now
    agents[agent, at.A_NEXT], agents[agent, at.A_PREVIOUS] = -1, last
    groups[group, at.G_IDLE_LAST] = agent
    groups[group, at.G_IDLE] += 1
    if last >= 0:
        agents[last, at.A_NEXT] = agent
    else:
        groups[group, at.G_IDLE_FIRST] = agent


@_compile
def _rouse(agents: Integers, groups: Integers, agent: int) -> None:
    """An agent is idle no more."""
    group, after, before = agents[agent, at.A_GROUP], agents[agent, at.A_NEXT], agents[agent, at.A_PREVIOUS]
    groups[group, at.G_IDLE] -= 1
    if before >= 0:
        agents[before, at.A_NEXT] = after
    else:
        groups[group, at.G_IDLE_FIRST] = after
    if after >= 0:
        agents[after, at.A_PREVIOUS] = before
    else:
        groups[group, at.G_IDLE_LAST] = before


# ---- accounts ----


@_compile
def _account(scalars: Integers, groups: Integers, times: Integers, group: int) -> None:
    """Book a group's time since its last change."""
    here = groups[group]
    passed = scalars[at.NOW] - here[at.G_SINCE]
    if passed == 0:
        return
    here[at.G_SINCE] = scalars[at.NOW]
    k = scalars[at.INTERVAL]
    if k < 0:
        return
    busy = here[at.G_BUSY]
    times[group, k, 0] += busy * passed
    if scalars[at.OPEN]:
        over = here[at.G_LATE] if here[at.G_ROSTERED] else max(busy - here[at.G_WANTED], 0)
        times[group, k, 1] += (here[at.G_WANTED] + over) * passed
        times[group, k, 2] += over * passed
    else:
        times[group, k, 1] += busy * passed
        times[group, k, 2] += busy * passed


@_compile
def _tell(scalars: Integers, rows: Integers, told: Told, row: int, outcome: int, wait: int, handle: int) -> None:
    """A leg is over."""
    leg = rows[row]
    if told.lean[0]:
        _tally(
            told.sums, told.within, leg[at.KIND], leg[at.WITHIN], outcome, wait, handle, leg[at.OWN] == 0, leg[at.FIRST_KIND],
            leg[at.FIRST_INTERVAL], leg[at.ATTEMPT] == 1 and leg[at.LEG] == 1,
        )  # fmt: skip
        return
    to = told.records[scalars[at.EMITTED]]
    scalars[at.EMITTED] += 1
    to[0], to[1], to[2], to[3], to[4], to[5] = (
        leg[at.CONTACT], leg[at.ATTEMPT], leg[at.LEG], leg[at.KIND], leg[at.WITHIN], leg[at.ARRIVAL],
    )  # fmt: skip
    to[6], to[7], to[8], to[9], to[10] = leg[at.QUEUED], outcome, wait, handle, leg[at.AGENT]


@_compile
def _give_back(scalars: Integers, rows: Integers, row: int) -> None:
    rows[row, at.STATE], rows[row, at.NEXT] = at.GONE, scalars[at.FREE]
    scalars[at.FREE] = row
    scalars[at.USED] -= 1


@_compile
def _order(rank: int, leg: Integers) -> int:
    return (rank << RANK_SHIFT) | (leg[at.CONTACT] << CONTACT_SHIFT) | (leg[at.ATTEMPT] << ATTEMPT_SHIFT) | leg[at.LEG]


# ---- who meets whom ----


@_compile
def _next_kind(rules: Rules, rows: Integers, kinds: Integers, row: int) -> int:
    """Type to which a leg will be transferred, or -1."""
    leg = rows[row]
    if not kinds[leg[at.KIND], at.K_TRANSFERS] or leg[at.LEG] >= rules.numbers[at.LEGS_MAX]:
        return -1
    return _transferred_to(
        rules.numbers[at.SEED], rules.numbers[at.REPLICATION], kinds[leg[at.FIRST_KIND], at.K_NUMBER], leg[at.DAY],
        leg[at.ORDINAL], leg[at.ATTEMPT], leg[at.LEG], rules.transfers[leg[at.KIND]],
    )  # fmt: skip


@_compile
def _answer(rules: Rules, state: State, told: Told, row: int, group: int, factor: float) -> bool:
    """The agent of the group who is idle longest answers; False where times leave 64 bits."""
    scalars, rows, agents, groups = state.scalars, state.rows, state.agents, state.groups
    now, leg = scalars[at.NOW], rows[row]
    agent = groups[group, at.G_IDLE_FIRST]
    _rouse(agents, groups, agent)
    if leg[at.STATE] == at.WAITING:
        _unqueue(rows, state.kinds, row)
    _account(scalars, groups, state.times, group)
    groups[group, at.G_BUSY] += 1
    if leg[at.OWN]:
        by = factor * rules.speed[agent]
        if by != 1.0:
            leg[at.HANDLE] = int(leg[at.HANDLE] * by)
        leg[at.TALK] = int(leg[at.HANDLE] * rules.talk_share[leg[at.KIND]])
    agents[agent, at.A_STATE], agents[agent, at.A_ROW] = at.WORKING, row
    leg[at.STATE], leg[at.AGENT], leg[at.BEGIN] = at.BUSY, agent, now
    if told.lean[0]:
        told.answers[leg[at.KIND], group] += 1
    if now >= LATEST or leg[at.HANDLE] > LONGEST:
        return False
    push(state.heap, scalars, now + leg[at.HANDLE], _order(_RANK_DEPARTURE, leg), row)
    if rules.numbers[at.LINES] >= 0 and leg[at.TALK] < leg[at.HANDLE] and _next_kind(rules, rows, state.kinds, row) < 0:
        push(state.heap, scalars, now + leg[at.TALK], _order(_RANK_HANG_UP, leg), row)
    return True


@_compile
def _answer_at_once(rules: Rules, state: State, told: Told, row: int) -> int:
    """Let the best idle agent answer: 1, or 0 if there is nobody who may, -1 where times leave 64 bits."""
    scalars, agents, groups = state.scalars, state.agents, state.groups
    leg, kind = state.rows[row], state.kinds[state.rows[row, at.KIND]]
    waited = scalars[at.NOW] - leg[at.ARRIVAL]
    best, best_rank, best_since, best_group = ZERO - 1, ZERO, ZERO, ZERO
    for s in range(kind[at.K_SKILLS], kind[at.K_SKILLS_END]):
        skill = rules.by_kind[s]
        group, reserve = skill[at.S_OTHER], skill[at.S_RESERVE] if scalars[at.OPEN] else 0
        if groups[group, at.G_IDLE] <= reserve or waited < skill[at.S_DELAY]:
            continue
        rank, since = skill[at.S_FIRST], agents[groups[group, at.G_IDLE_FIRST], at.A_IDLE_SINCE] + skill[at.S_HANDICAP]
        if best >= 0 and (rank, since, group) > (best_rank, best_since, best_group):
            continue
        best, best_rank, best_since, best_group = s, rank, since, group
    if best < 0:
        return 0
    return 1 if _answer(rules, state, told, row, best_group, rules.by_kind_factor[best]) else -1


@_compile
def _serve_one(rules: Rules, state: State, told: Told, group: int) -> int:
    """Let an idle agent of the group answer the best of those who wait: 1, 0 if nobody may be answered, -1 beyond 64 bits."""
    scalars, rows, kinds, here = state.scalars, state.rows, state.kinds, state.groups[group]
    now = scalars[at.NOW]
    best, best_row, best_level, best_score = ZERO - 1, ZERO, ZERO, ZERO
    for s in range(here[at.G_SKILLS], here[at.G_SKILLS_END]):
        skill = rules.by_group[s]
        kind = kinds[skill[at.S_OTHER]]
        row = kind[at.K_HEAD]
        if row < 0:
            continue
        leg, reserve = rows[row], skill[at.S_RESERVE] if scalars[at.OPEN] else 0
        waited = now - leg[at.ARRIVAL]
        if here[at.G_IDLE] <= reserve or waited < skill[at.S_DELAY]:
            continue
        level, score = skill[at.S_FIRST], kind[at.K_WEIGHT] * waited + kind[at.K_HEAD_START]
        if best >= 0:
            if level > best_level or (level == best_level and score < best_score):
                continue
            if level == best_level and score == best_score:
                other = rows[best_row]
                mine = (leg[at.ARRIVAL], leg[at.CONTACT], leg[at.ATTEMPT], leg[at.LEG])
                if mine > (other[at.ARRIVAL], other[at.CONTACT], other[at.ATTEMPT], other[at.LEG]):
                    continue
        best, best_row, best_level, best_score = s, row, level, score
    if best < 0:
        return 0
    return 1 if _answer(rules, state, told, best_row, group, rules.by_group_factor[best]) else -1


@_compile
def _serve_all(rules: Rules, state: State, told: Told) -> bool:
    for group in range(len(state.groups)):
        while state.groups[group, at.G_IDLE] > 0:
            served = _serve_one(rules, state, told, group)
            if served < 0:
                return False
            if served == 0:
                break
    return True


@_compile
def _expect_overflow(rules: Rules, state: State, row: int) -> None:
    leg, kind = state.rows[row], state.kinds[state.rows[row, at.KIND]]
    waited = state.scalars[at.NOW] - leg[at.ARRIVAL]
    for d in range(kind[at.K_DELAYS], kind[at.K_DELAYS_END]):
        if rules.delays[d] > waited:
            push(state.heap, state.scalars, leg[at.ARRIVAL] + rules.delays[d], _order(_RANK_OVERFLOW, leg), row)
            return


@_compile
def _expect_end_of_patience(state: State, row: int) -> None:
    leg = state.rows[row]
    if leg[at.PATIENCE] < NEVER:
        push(state.heap, state.scalars, state.scalars[at.NOW] + leg[at.PATIENCE], _order(_RANK_ABANDON, leg), row)


@_compile
def _will_be_answered(rules: Rules, state: State, kind: int) -> bool:
    """Whether somebody of a type who waits after closing can still be answered, or waits for the next opening."""
    rule = rules.numbers[at.CLOSING]
    if rule == at.KEEP:
        return True
    if rule == at.ANSWER:
        for s in range(state.kinds[kind, at.K_SKILLS], state.kinds[kind, at.K_SKILLS_END]):
            if state.groups[rules.by_kind[s, at.S_OTHER], at.G_WANTED] > 0:
                return True
    return False


@_compile
def _join(rules: Rules, state: State, told: Told, row: int) -> bool:
    """Join the queue, or be answered at once."""
    answered = _answer_at_once(rules, state, told, row)
    if answered != 0:
        return answered > 0
    _append(state.rows, state.kinds, row)
    if not state.scalars[at.OPEN] and not _will_be_answered(rules, state, state.rows[row, at.KIND]):
        _give_up(rules, state, told, row)
        return True
    _expect_end_of_patience(state, row)
    _expect_overflow(rules, state, row)
    return True


# ---- what follows ----


@_compile
def _interval_of(rules: Rules, state: State, time: int) -> int:
    k = state.scalars[at.INTERVAL]
    while k + 1 < len(rules.start) and rules.start[k + 1] <= time:
        k += 1
    return k


@_compile
def _draw(rules: Rules, state: State, row: int) -> None:
    """Handle time and patience of a leg in its queue."""
    leg = state.rows[row]
    kind = leg[at.KIND]
    handle, patience = _draw_attempt(
        rules.numbers[at.SEED], rules.numbers[at.REPLICATION], state.kinds[leg[at.FIRST_KIND], at.K_NUMBER], leg[at.DAY],
        leg[at.ORDINAL], leg[at.ATTEMPT], leg[at.LEG] - 1, rules.handle_laws[kind], rules.aht[kind, leg[at.WITHIN]],
        rules.patience_laws[kind],
    )  # fmt: skip
    leg[at.HANDLE], leg[at.PATIENCE], leg[at.OWN], leg[at.AGENT] = handle, patience, 1, -1


@_compile
def _perhaps_again(rules: Rules, state: State, row: int, share: float) -> None:
    scalars, leg = state.scalars, state.rows[row]
    first = leg[at.FIRST_KIND]
    again = False
    if share > 0.0 and leg[at.ATTEMPT] < state.kinds[first, at.K_ATTEMPTS_MAX]:
        delay = _draw_redial(
            rules.numbers[at.SEED], rules.numbers[at.REPLICATION], state.kinds[first, at.K_NUMBER], leg[at.DAY], leg[at.ORDINAL],
            leg[at.ATTEMPT], share, rules.redials[first, 2],
        )  # fmt: skip
        time = scalars[at.NOW] + delay
        again = delay >= 0 and time < rules.closing[leg[at.WITHIN]]
    if not again:
        _give_back(scalars, state.rows, row)
        return
    leg[at.ATTEMPT] += 1
    leg[at.LEG], leg[at.KIND], leg[at.WITHIN] = 1, first, _interval_of(rules, state, time)
    leg[at.ARRIVAL], leg[at.QUEUED], leg[at.STATE] = time, time, at.PENDING
    _draw(rules, state, row)
    push(state.heap, scalars, time, _order(_RANK_REDIAL, leg), row)


@_compile
def _give_up(rules: Rules, state: State, told: Told, row: int) -> None:
    leg = state.rows[row]
    _unqueue(state.rows, state.kinds, row)
    state.scalars[at.ON_LINE] -= 1
    _tell(state.scalars, state.rows, told, row, _ABANDONED, state.scalars[at.NOW] - leg[at.QUEUED], 0)
    _perhaps_again(rules, state, row, rules.redials[leg[at.FIRST_KIND], 1])


@_compile
def _release(state: State, row: int) -> int:
    agent = state.rows[row, at.AGENT]
    group = state.agents[agent, at.A_GROUP]
    _account(state.scalars, state.groups, state.times, group)
    state.groups[group, at.G_BUSY] -= 1
    if state.groups[group, at.G_ROSTERED] and not state.agents[agent, at.A_DUE]:
        state.groups[group, at.G_LATE] -= 1
    state.rows[row, at.STATE] = at.PENDING
    return agent


# ---- agents come and go ----


@_compile
def _go_off(state: State, agent: int) -> None:
    state.agents[agent, at.A_STATE] = at.OFF
    state.groups[state.agents[agent, at.A_GROUP], at.G_PRESENT] -= 1


@_compile
def _come(state: State, agent: int) -> None:
    state.groups[state.agents[agent, at.A_GROUP], at.G_PRESENT] += 1
    _rest(state.agents, state.groups, agent, state.scalars[at.NOW])


@_compile
def _interrupt(rules: Rules, state: State, told: Told, agent: int) -> bool:
    """The agent leaves at once; the contact goes back into its queue, unless only after-call work is left."""
    scalars, rows = state.scalars, state.rows
    row = state.agents[agent, at.A_ROW]
    leg, now = rows[row], scalars[at.NOW]
    talked, waited = now - leg[at.BEGIN], leg[at.BEGIN] - leg[at.QUEUED]
    left = leg[at.HANDLE] - talked
    _release(state, row)
    _go_off(state, agent)
    if leg[at.TALK] < leg[at.HANDLE] and talked >= leg[at.TALK] and _next_kind(rules, rows, state.kinds, row) < 0:
        if rules.numbers[at.LINES] < 0:
            scalars[at.ON_LINE] -= 1
        _tell(scalars, rows, told, row, _HANDLED, waited, talked)
        _give_back(scalars, rows, row)
        return True
    if leg[at.LEG] >= _LEGS:
        return False
    _tell(scalars, rows, told, row, _RETURNED, waited, talked)
    leg[at.LEG] += 1
    leg[at.HANDLE], leg[at.TALK], leg[at.OWN], leg[at.QUEUED], leg[at.AGENT] = left, max(leg[at.TALK] - talked, 0), 0, now, -1
    if leg[at.PATIENCE] < NEVER:
        leg[at.PATIENCE] -= waited
    _put_back(rows, state.kinds, row)
    _expect_end_of_patience(state, row)
    _expect_overflow(rules, state, row)
    return True


@_compile
def _count(rules: Rules, state: State, told: Told, group: int, count: int) -> bool:
    """A group shall have so many agents; idle ones leave first, the highest numbers before others."""
    agents, here = state.agents, state.groups[group]
    _account(state.scalars, state.groups, state.times, group)
    here[at.G_WANTED] = count
    first = here[at.G_FIRST]
    agent = first + here[at.G_SIZE] - 1
    while here[at.G_PRESENT] > count and here[at.G_IDLE] > 0:
        if agents[agent, at.A_STATE] == at.IDLE:
            _rouse(agents, state.groups, agent)
            _go_off(state, agent)
        agent -= 1
    while here[at.G_PRESENT] > count and rules.numbers[at.RETURNS] and state.scalars[at.OPEN]:
        latest, begun = ZERO - 1, ZERO
        for agent in range(first, first + here[at.G_SIZE]):
            if agents[agent, at.A_STATE] == at.WORKING:
                begin = state.rows[agents[agent, at.A_ROW], at.BEGIN]
                if latest < 0 or begin >= begun:
                    latest, begun = agent, begin
        if not _interrupt(rules, state, told, latest):
            return False
    agent = first
    while here[at.G_PRESENT] < count:
        if agents[agent, at.A_STATE] == at.OFF:
            _come(state, agent)
        agent += 1
    return True


@_compile
def _come_or_go(rules: Rules, state: State, told: Told, agent: int, comes: bool) -> bool:
    agents = state.agents
    here = state.groups[agents[agent, at.A_GROUP]]
    _account(state.scalars, state.groups, state.times, agents[agent, at.A_GROUP])
    agents[agent, at.A_DUE] = comes
    here[at.G_WANTED] += 1 if comes else -1
    if agents[agent, at.A_STATE] == at.WORKING:
        here[at.G_LATE] += -1 if comes else 1
        if not comes and rules.numbers[at.RETURNS] and state.scalars[at.OPEN]:
            return _interrupt(rules, state, told, agent)
    elif comes:
        _come(state, agent)
    else:
        _rouse(agents, state.groups, agent)
        _go_off(state, agent)
    return True


@_compile
def _close(rules: Rules, state: State, told: Told) -> int:
    """A span ends: who stays, and who is let go."""
    scalars, rule = state.scalars, rules.numbers[at.CLOSING]
    if rule != at.KEEP:
        scalars[at.OPEN] = 0
    if rule == at.ANSWER and not _serve_all(rules, state, told):
        return at.TOO_LATE
    for kind in range(len(state.kinds)):
        if not _will_be_answered(rules, state, kind):
            while state.kinds[kind, at.K_HEAD] >= 0:
                _give_up(rules, state, told, state.kinds[kind, at.K_HEAD])
    if rule != at.ANSWER:
        for group in range(len(state.groups)):
            if not state.groups[group, at.G_ROSTERED] and not _count(rules, state, told, group, 0):
                return at.TOO_MANY_LEGS
    scalars[at.OPEN] = 0
    return at.DONE


# ---- what can happen ----


@_compile
def _change(rules: Rules, state: State, told: Told) -> int:
    """A span ends, or all that begins and changes at one moment."""
    scalars, moments = state.scalars, rules.moments
    time = scalars[at.NOW]
    for group in range(len(state.groups)):
        _account(scalars, state.groups, state.times, group)
    if moments[scalars[at.MOMENT], 1] == _CLOSE:
        scalars[at.MOMENT] += 1
        return _close(rules, state, told)
    while scalars[at.MOMENT] < len(moments) and moments[scalars[at.MOMENT], 0] == time:
        kind, group, number = moments[scalars[at.MOMENT], 1], moments[scalars[at.MOMENT], 2], moments[scalars[at.MOMENT], 3]
        scalars[at.MOMENT] += 1
        if kind == _BEGIN:
            scalars[at.INTERVAL], scalars[at.OPEN] = number, 1
        elif kind == _COUNT:
            if not _count(rules, state, told, group, number):
                return at.TOO_MANY_LEGS
        elif not _come_or_go(rules, state, told, state.groups[group, at.G_FIRST] + number, kind == _COME):
            return at.TOO_MANY_LEGS
    return at.DONE if _serve_all(rules, state, told) else at.TOO_LATE


@_compile
def _arrive(rules: Rules, state: State, told: Told, row: int) -> bool:
    """Somebody calls, for the first time or again."""
    scalars, leg = state.scalars, state.rows[row]
    refused = 0 <= rules.numbers[at.LINES] <= scalars[at.ON_LINE]
    for i in range(len(rules.refusals)):
        refused |= rules.refusals[i, 0] <= scalars[at.NOW] < rules.refusals[i, 1]
    if refused:
        _tell(scalars, state.rows, told, row, _BLOCKED, 0, 0)
        _perhaps_again(rules, state, row, rules.redials[leg[at.FIRST_KIND], 0])
        return True
    scalars[at.ON_LINE] += 1
    return _join(rules, state, told, row)


@_compile
def _depart(rules: Rules, state: State, told: Told, row: int) -> bool:
    """An agent is done with a leg, and turns to the next one or leaves."""
    scalars, rows, leg = state.scalars, state.rows, state.rows[row]
    agent = _release(state, row)
    here = state.groups[state.agents[agent, at.A_GROUP]]
    other = _next_kind(rules, rows, state.kinds, row)
    if other < 0 and not (rules.numbers[at.LINES] >= 0 and leg[at.TALK] < leg[at.HANDLE]):
        scalars[at.ON_LINE] -= 1
    wait = leg[at.BEGIN] - leg[at.QUEUED]
    _tell(scalars, rows, told, row, _HANDLED if other < 0 else _TRANSFERRED, wait, leg[at.HANDLE])
    if here[at.G_ROSTERED]:
        leaves = not state.agents[agent, at.A_DUE]
    else:
        leaves = here[at.G_BUSY] + here[at.G_IDLE] >= here[at.G_WANTED]
    if leaves:
        _go_off(state, agent)
    else:
        _rest(state.agents, state.groups, agent, scalars[at.NOW])
        if _serve_one(rules, state, told, state.agents[agent, at.A_GROUP]) < 0:
            return False
    if other < 0:
        _give_back(scalars, rows, row)
        return True
    leg[at.LEG] += 1
    leg[at.KIND], leg[at.WITHIN] = other, _interval_of(rules, state, scalars[at.NOW])
    leg[at.ARRIVAL], leg[at.QUEUED] = scalars[at.NOW], scalars[at.NOW]
    _draw(rules, state, row)
    return _join(rules, state, told, row)


@_compile
def _later_event(rules: Rules, state: State, told: Told) -> bool:
    """Deal with the first event of the heap."""
    scalars, rows = state.scalars, state.rows
    order, row = state.heap[0, at.ORDER], state.heap[0, at.ROW]
    scalars[at.HOLE] = 1
    rank, leg = order >> RANK_SHIFT, rows[row]
    fine = True
    if _order(0, leg) == order & _LEG_BITS:  # else it has gone on, or is somebody else's row by now
        status = leg[at.STATE]
        if rank == _RANK_DEPARTURE:
            if status == at.BUSY:
                fine = _depart(rules, state, told, row)
        elif rank == _RANK_ABANDON:
            if status == at.WAITING:
                _give_up(rules, state, told, row)
        elif rank == _RANK_HANG_UP:
            if status == at.BUSY:
                scalars[at.ON_LINE] -= 1
        elif rank == _RANK_REDIAL:
            fine = _arrive(rules, state, told, row)
        elif rank == _RANK_OVERFLOW and status == at.WAITING:
            answered = _answer_at_once(rules, state, told, row)
            if answered == 0:
                _expect_overflow(rules, state, row)
            fine = answered >= 0
    if scalars[at.HOLE]:
        close_hole(state.heap, scalars)
    return fine


@_compile
def _fresh(state: State, arrivals: Arrivals, i: int) -> int:
    """A row for a contact's first leg."""
    scalars = state.scalars
    row = scalars[at.FREE]
    leg = state.rows[row]
    scalars[at.FREE] = leg[at.NEXT]
    scalars[at.USED] += 1
    leg[at.CONTACT], leg[at.ATTEMPT], leg[at.LEG] = arrivals.first[0] + i, 1, 1
    leg[at.KIND] = leg[at.FIRST_KIND] = arrivals.kind[i]
    leg[at.WITHIN] = leg[at.FIRST_INTERVAL] = arrivals.interval[i]
    leg[at.ARRIVAL] = leg[at.QUEUED] = arrivals.arrival[i]
    leg[at.HANDLE], leg[at.PATIENCE] = arrivals.handle[i], arrivals.patience[i]
    leg[at.DAY], leg[at.ORDINAL] = arrivals.day[i], arrivals.ordinal[i]
    leg[at.STATE], leg[at.AGENT], leg[at.OWN] = at.PENDING, -1, 1
    return row


@_compile
def advance(rules: Rules, state: State, arrivals: Arrivals, final: bool, told: Told) -> int:
    """Go on until all is over, or something is missing.

    Parameters
    ----------
    rules, state, told
        Of `wfm.simulate.engines.many_state`.
    arrivals
        The next first attempts; ``state.scalars[ARRIVALS]`` says which of them comes next.
    final
        Whether they are the last ones.

    Returns
    -------
    int
        `DONE`; `MORE_ARRIVALS` or `MORE_ROOM` (in rows, heap or records), to be called again with them; `ILL_ORDERED`, `TOO_LATE` or
        `TOO_MANY_LEGS`.
    """
    scalars, heap, moments = state.scalars, state.heap, rules.moments
    margin = 4 * len(state.agents) + 16  # as much as one moment can bring: all interrupted, all answering others
    K = len(rules.start)
    while True:
        size = scalars[at.HEAP]
        if size + margin > len(heap) or scalars[at.FREE] < 0:
            return at.MORE_ROOM
        if not told.lean[0] and scalars[at.EMITTED] + scalars[at.USED] + 2 > len(told.records):
            return at.MORE_ROOM
        i = scalars[at.ARRIVALS]
        if i < len(arrivals.arrival):
            comes = arrivals.arrival[i]
        elif final:
            comes = FOREVER
        else:
            return at.MORE_ARRIVALS
        m = scalars[at.MOMENT]
        time, rank = comes, _RANK_ARRIVAL
        if m < len(moments) and moments[m, 0] <= comes:
            time, rank = moments[m, 0], _RANK_CLOSE if moments[m, 1] == _CLOSE else _RANK_INTERVAL
        if size > 0 and (heap[0, at.WHEN] < time or (heap[0, at.WHEN] == time and heap[0, at.ORDER] >> RANK_SHIFT < rank)):
            scalars[at.NOW] = heap[0, at.WHEN]
            if not _later_event(rules, state, told):
                return at.TOO_LATE
        elif time == FOREVER:
            break
        elif rank == _RANK_ARRIVAL:
            k = arrivals.interval[i]
            if comes < scalars[at.NOW] or k < 0 or k >= K or k != scalars[at.INTERVAL] or not scalars[at.OPEN]:
                return at.ILL_ORDERED
            scalars[at.NOW] = comes
            scalars[at.ARRIVALS] = i + 1
            if not _arrive(rules, state, told, _fresh(state, arrivals, i)):
                return at.TOO_LATE
        else:
            scalars[at.NOW] = time
            status = _change(rules, state, told)
            if status != at.DONE:
                return status
    for kind in range(len(state.kinds)):
        row = state.kinds[kind, at.K_HEAD]
        while row >= 0:
            _tell(scalars, state.rows, told, row, _STILL_WAITING, max(rules.closing[K - 1] - state.rows[row, at.QUEUED], 0), 0)
            row = state.rows[row, at.NEXT]
    return at.DONE


@_compile
def arrange(records: Integers, contacts: int, rows: Integers) -> None:
    """Records in order of their end to columns ``rows`` [11, n] in order of contact, attempt and leg."""
    place = np.zeros(contacts + 1, dtype=np.int64)
    for i in range(len(records)):
        place[records[i, 0] + 1] += 1
    for c in range(contacts):
        place[c + 1] += place[c]
    filled = np.zeros(contacts, dtype=np.int64)
    order = np.empty(len(records), dtype=np.int64)
    for i in range(len(records)):
        c = records[i, 0]
        j = place[c] + filled[c]
        filled[c] += 1
        mine = (records[i, 1] << ATTEMPT_SHIFT) | records[i, 2]
        while j > place[c] and (records[order[j - 1], 1] << ATTEMPT_SHIFT) | records[order[j - 1], 2] > mine:
            order[j] = order[j - 1]
            j -= 1
        order[j] = i
    for j in range(len(order)):
        for column in range(rows.shape[0]):
            rows[column, j] = records[order[j], column]
