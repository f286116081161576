"""Agents in the compiled engines of many queues: who is idle, who comes and goes, and their time. `many_state` has the layout."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wfm.core.compiled import kernel
from wfm.simulate.engines import many_state
from wfm.simulate.engines import many_state as at

Integers = NDArray[np.int64]  # here a pointer to it

_compile = kernel(__file__, many_state.__file__)


@_compile
def rest(m: Integers, agent: int) -> None:
    """An agent is idle from now on."""
    group = m[agent + at.A_GROUP]
    last = m[group + at.G_IDLE_LAST]
    m[agent + at.A_STATE], m[agent + at.A_IDLE_SINCE] = at.IDLE, m[at.NOW]
    m[agent + at.A_NEXT], m[agent + at.A_PREVIOUS] = -1, last
    m[group + at.G_IDLE_LAST] = agent
    m[group + at.G_IDLE] += 1
    if last >= 0:
        m[last + at.A_NEXT] = agent
    else:
        m[group + at.G_IDLE_FIRST] = agent


@_compile
def rouse(m: Integers, agent: int) -> None:
    """An agent is idle no more."""
    group, after, before = m[agent + at.A_GROUP], m[agent + at.A_NEXT], m[agent + at.A_PREVIOUS]
    m[group + at.G_IDLE] -= 1
    if before >= 0:
        m[before + at.A_NEXT] = after
    else:
        m[group + at.G_IDLE_FIRST] = after
    if after >= 0:
        m[after + at.A_PREVIOUS] = before
    else:
        m[group + at.G_IDLE_LAST] = before


@_compile
def account(m: Integers, group: int) -> None:
    """Book how long a group has been busy, and past the end of shifts, since its last change; before any of that changes."""
    passed, k = m[at.NOW] - m[group + at.G_SINCE], m[at.INTERVAL]
    m[group + at.G_SINCE] = m[at.NOW]
    if k < 0:
        return
    busy, to = m[group + at.G_BUSY], m[group + at.G_TIMES] + 3 * k
    m[to] += busy * passed
    over = busy
    if m[at.OPEN]:
        over = m[group + at.G_LATE] if m[group + at.G_ROSTERED] else busy - m[group + at.G_WANTED]
    if over > 0:
        m[to + 2] += over * passed


@_compile
def account_all(m: Integers) -> None:
    """Book the time of all groups, those on duty too: before a span ends, an interval begins or anybody comes or goes."""
    for group in range(m[at.GROUPS], m[at.GROUPS_END], at.GROUP_WIDTH):
        if m[at.OPEN]:
            on_duty = m[group + at.G_WANTED] * (m[at.NOW] - m[at.CHANGED])
            m[m[group + at.G_TIMES] + 3 * m[at.INTERVAL] + 1] += on_duty
        account(m, group)
    m[at.CHANGED] = m[at.NOW]


@_compile
def go_off(m: Integers, agent: int) -> None:
    """An agent who is not idle leaves."""
    m[agent + at.A_STATE] = at.OFF
    m[m[agent + at.A_GROUP] + at.G_PRESENT] -= 1


@_compile
def come(m: Integers, agent: int) -> None:
    """An agent is there from now on."""
    m[m[agent + at.A_GROUP] + at.G_PRESENT] += 1
    rest(m, agent)


@_compile
def want(m: Integers, group: int, count: int) -> None:
    """A group shall have so many agents: idle ones leave, the highest numbers first; who is busy stays for now."""
    account(m, group)
    m[group + at.G_WANTED] = count
    agent = m[group + at.G_AGENTS_END]
    while m[group + at.G_PRESENT] > count and m[group + at.G_IDLE] > 0:
        agent -= at.AGENT_WIDTH
        if m[agent + at.A_STATE] == at.IDLE:
            rouse(m, agent)
            go_off(m, agent)


@_compile
def fill_up(m: Integers, group: int) -> None:
    """Whoever is wanted and not there comes, the lowest numbers first."""
    agent = m[group + at.G_AGENTS]
    while m[group + at.G_PRESENT] < m[group + at.G_WANTED]:
        if m[agent + at.A_STATE] == at.OFF:
            come(m, agent)
        agent += at.AGENT_WIDTH
