"""The fast engine of many queues: the records of the SimPy engine, row by row, from the kernel that the centre needs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from wfm.simulate.centre import Centre
from wfm.simulate.crowd import Crowd
from wfm.simulate.engines import many_kernel, plain_kernel
from wfm.simulate.engines import many_state as at
from wfm.simulate.engines.layout import Memory, lay_out, more_room
from wfm.simulate.visits import ROWS, Visits

Integers = NDArray[np.int64]
_ROOM = 256


def play_centre(centre: Centre, crowd: Crowd) -> Visits:
    """Play one replication of a centre.

    Parameters
    ----------
    centre
        Contact types, groups and rules.
    crowd
        The replication's customers, of `wfm.simulate.crowd.draw_crowd`.

    Returns
    -------
    Visits
        One row a visit of a queue, and agents' time by group and interval.

    Raises
    ------
    ValueError
        Arrivals that are not in order, or outside of their intervals; more attempts or legs than have keys.
    OverflowError
        Time beyond what 64 bits of microseconds hold.
    """
    if is_plain(centre):
        return _plain_visits(centre, crowd)
    memory, N = lay_out(centre, crowd.seed, crowd.numbers), len(crowd.arrival)
    crowd = replace(crowd, columns=np.ascontiguousarray(crowd.columns))
    records = np.empty((N + N // 8 + _ROOM, len(ROWS)), dtype=np.int64)
    m = memory.begin(crowd.replication)
    m[at.CONTACTS] = N
    m, records = go_on(m, memory.f, crowd.columns, 0, True, records)
    rows = np.empty((len(ROWS), N + m[at.EMITTED]), dtype=np.int64)
    many_kernel.arrange(records, N, rows)
    busy, staffed, overrun = np.ascontiguousarray(np.moveaxis(memory.times_of(m), 2, 0))
    contact, attempt, leg, kind, interval, arrival, queued, outcome, wait, handle, agent = rows
    return Visits(contact, attempt, leg, kind, interval, arrival, queued, outcome, wait, handle, agent, busy, staffed, overrun)


def is_plain(centre: Centre) -> bool:
    """Whether contacts call once, wait and are answered once, so that `plain_kernel` can play them."""
    redials = any(kind.attempts_max > 1 and (kind.redial_busy > 0 or kind.redial_abandon > 0) for kind in centre.kinds)
    refused = any(outage.refuses for outage in centre.outages)
    transferred = centre.transfers is not None and bool(np.asarray(centre.transfers).any())
    delayed = any(skill.delay > 0 for skill in centre.skills)
    rostered = any(group.roster is not None for group in centre.groups)
    usual = centre.lines is None and centre.leaving == "finish" and centre.closing == "answer"
    return usual and not (redials or refused or transferred or delayed or rostered)


def play_plain(memory: Memory, crowd: Crowd) -> tuple[Integers, Integers]:
    """Play a plain centre: its memory afterwards, and outcome, wait, handle time and agent [4, N] of each contact."""
    m, output = memory.begin(crowd.replication), np.empty((5, len(crowd.arrival)), dtype=np.int64)
    output[plain_kernel.HANDLE], output[plain_kernel.AGENT] = crowd.handle, -1
    status = plain_kernel.play(m, memory.f, np.ascontiguousarray(crowd.columns), output)
    if status != at.DONE:
        _refuse(status)
    return m, output[: plain_kernel.NEXT]


def _plain_visits(centre: Centre, crowd: Crowd) -> Visits:
    memory, N = lay_out(centre, crowd.seed, crowd.numbers), len(crowd.arrival)
    m, (outcome, wait, handle, agent) = play_plain(memory, crowd)
    busy, staffed, overrun = np.ascontiguousarray(np.moveaxis(memory.times_of(m), 2, 0))
    one, arrival = np.ones(N, dtype=np.int64), crowd.arrival
    return Visits(
        np.arange(N), one, one, crowd.kind, crowd.interval, arrival, arrival, outcome, wait, handle, agent, busy, staffed, overrun
    )


def go_on(
    m: Integers, f: NDArray[np.float64], coming: Integers, first: int, final: bool, records: Integers
) -> tuple[Integers, Integers]:
    """Play until more arrivals are wanted, or all is over; tables become longer on the way as they have to."""
    while True:
        status = many_kernel.advance(m, f, coming, first, final, records)
        if status == at.MORE_ROOM:
            if not m[at.LEAN] and m[at.CONTACTS] + m[at.EMITTED] + m[at.USED] + 2 > len(records):
                more = len(records) // 4 + m[at.USED] + _ROOM
                records = np.concatenate([records, np.empty((more, len(ROWS)), dtype=np.int64)])
            elif m[at.FREE] < 0 or 2 * many_kernel.drop_stale(m) > (m[at.HEAP_END] - m[at.HEAP_AT]) // at.EVENT_WIDTH:
                m = more_room(m)
        elif status in (at.DONE, at.MORE_ARRIVALS):
            return m, records
        else:
            _refuse(status)


def _refuse(status: int) -> None:
    if status == at.ILL_ORDERED:
        raise ValueError("arrivals have to be in order, each within its interval")
    if status == at.TOO_MANY_LEGS:
        raise ValueError("a contact is sent back into its queue more than 250 times")
    raise OverflowError("somebody waits or is served for so long that sums of it leave 64 bits of microseconds")
