"""Legs of contacts in the compiled engine of many queues: their queues, what is told of them, and what they need drawn.

A leg is an address in the memory that `wfm.simulate.engines.many_state` lays out; ``m`` and ``f`` are pointers to it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wfm.core import distributions_kernel, gamma_kernel, pointers
from wfm.core.compiled import ZERO, kernel
from wfm.core.pointers import view
from wfm.simulate import crowd_kernel, events, leg_kernel, tally_kernel
from wfm.simulate.engines import many_state
from wfm.simulate.engines import many_state as at
from wfm.simulate.events import ATTEMPT_SHIFT, CONTACT_SHIFT, RANK_SHIFT

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

_compile = kernel(
    __file__, gamma_kernel.__file__, distributions_kernel.__file__, crowd_kernel.__file__, leg_kernel.__file__,
    tally_kernel.__file__, pointers.__file__, events.__file__, many_state.__file__,
)  # fmt: skip
_draw_attempt, _transferred_to, _tally = distributions_kernel.draw_attempt, crowd_kernel.transferred_to, leg_kernel.tally_leg
_COLUMNS, _WIDTH = len(tally_kernel.NAMES), 11


@_compile
def kind_of(m: Integers, leg: int) -> int:
    """Contact type in whose queue the leg is."""
    return int(m[at.KINDS] + m[leg + at.KIND] * at.KIND_WIDTH)


@_compile
def first_kind_of(m: Integers, leg: int) -> int:
    """Contact type of the contact's first leg."""
    return int(m[at.KINDS] + m[leg + at.FIRST_KIND] * at.KIND_WIDTH)


@_compile
def append(m: Integers, leg: int) -> None:
    """Put a leg at the end of its queue."""
    kind = kind_of(m, leg)
    last = m[kind + at.K_TAIL]
    m[leg + at.STATE], m[leg + at.NEXT], m[leg + at.PREVIOUS] = at.WAITING, -1, last
    m[kind + at.K_TAIL] = leg
    if last >= 0:
        m[last + at.NEXT] = leg
    else:
        m[kind + at.K_HEAD] = leg


@_compile
def put_back(m: Integers, leg: int) -> None:
    """Put a leg at its place by arrival, before others of the same moment."""
    kind = kind_of(m, leg)
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
def unqueue(m: Integers, leg: int) -> None:
    """Take a leg out of its queue."""
    kind, after, before = kind_of(m, leg), m[leg + at.NEXT], m[leg + at.PREVIOUS]
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
def tell(m: Integers, f: Floats, records: Integers, leg: int, outcome: int, wait: int, handle: int) -> None:
    """A leg is over."""
    if m[at.LEAN]:
        K, k = m[at.INTERVALS], m[leg + at.WITHIN]
        here = m[at.SUMS] + (m[leg + at.KIND] * K + k) * _COLUMNS
        first = m[at.SUMS] + (m[leg + at.FIRST_KIND] * K + m[leg + at.FIRST_INTERVAL]) * _COLUMNS
        resumed, fresh = m[leg + at.OWN] == 0, m[leg + at.ATTEMPT] == 1 and m[leg + at.LEG] == 1
        if not resumed:
            m[leg + at.WAITED], m[leg + at.IN_TIME] = 0, wait <= f[m[kind_of(m, leg) + at.K_WITHIN] + k]
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
def give_back(m: Integers, leg: int) -> None:
    """The customer is gone; the record is free."""
    m[leg + at.STATE], m[leg + at.NEXT] = at.GONE, m[at.FREE]
    m[at.FREE] = leg
    m[at.USED] -= 1


@_compile
def order_of(m: Integers, rank: int, leg: int) -> int:
    """What orders events of one moment, as `wfm.simulate.events.priority`."""
    number = (m[leg + at.CONTACT] << CONTACT_SHIFT) | (m[leg + at.ATTEMPT] << ATTEMPT_SHIFT) | m[leg + at.LEG]
    return int((rank << RANK_SHIFT) | number)


# ---- who meets whom ----


@_compile
def next_kind(m: Integers, f: Floats, leg: int) -> int:
    """Number of the type to which a leg will be transferred, or -1."""
    shares = m[kind_of(m, leg) + at.K_TRANSFERS]
    if shares < 0 or m[leg + at.LEG] >= m[at.LEGS_MAX]:
        return -1
    return _transferred_to(
        m[at.SEED], m[at.REPLICATION], m[first_kind_of(m, leg) + at.K_KEY], m[leg + at.DAY], m[leg + at.ORDINAL],
        m[leg + at.ATTEMPT], m[leg + at.LEG], view(f, shares, shares + m[at.KINDS_N]),
    )  # fmt: skip


@_compile
def interval_of(m: Integers, time: int) -> int:
    """Interval of a time that is not before now."""
    k = m[at.INTERVAL]
    while k + 1 < m[at.INTERVALS] and m[m[at.STARTS] + k + 1] <= time:
        k += 1
    return int(k)


@_compile
def draw(m: Integers, f: Floats, leg: int) -> None:
    """Handle time and patience of a leg in its queue."""
    kind = kind_of(m, leg)
    m[leg + at.HANDLE], m[leg + at.PATIENCE] = _draw_attempt(
        m[at.SEED], m[at.REPLICATION], m[first_kind_of(m, leg) + at.K_KEY], m[leg + at.DAY], m[leg + at.ORDINAL],
        m[leg + at.ATTEMPT], m[leg + at.LEG] - 1, view(f, m[kind + at.K_HANDLE_LAW], m[kind + at.K_HANDLE_LAW_END]),
        f[m[kind + at.K_AHT] + m[leg + at.WITHIN]], view(f, m[kind + at.K_PATIENCE_LAW], m[kind + at.K_PATIENCE_LAW_END]),
    )  # fmt: skip
    m[leg + at.OWN], m[leg + at.AGENT] = 1, -1
