"""Replications without records, compiled: draw, play and tally one after the other, in the same memory."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wfm.core import distributions_kernel, draws
from wfm.core.compiled import kernel
from wfm.simulate import drawing_kernel, tally_kernel
from wfm.simulate.engines import compiled_kernel, heap_kernel

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

_compile = kernel(
    __file__,
    draws.__file__,
    distributions_kernel.__file__,
    drawing_kernel.__file__,
    tally_kernel.__file__,
    compiled_kernel.__file__,
    heap_kernel.__file__,
)
_expect, _fill, _merge, _whole_agents = (
    drawing_kernel.expect, drawing_kernel.fill, drawing_kernel.merge, drawing_kernel.whole_agents,
)  # fmt: skip
_play, _PLAYED = compiled_kernel.play, compiled_kernel.PLAYED
_CONTACT, _INTERVAL, _HANDLE = compiled_kernel.CONTACT, compiled_kernel.INTERVAL, compiled_kernel.HANDLE
_OUTCOME, _WAIT, _HANDLED = compiled_kernel.OUTCOME, compiled_kernel.WAIT, compiled_kernel.HANDLED
_count = tally_kernel.count
_OFFERED, _HANDLED_COUNT = tally_kernel.OFFERED, tally_kernel.HANDLED
_CUSTOMERS, _CUSTOMERS_HANDLED = tally_kernel.CUSTOMERS, tally_kernel.CUSTOMERS_HANDLED
_BUSY, _STAFFED, _OVERRUN = tally_kernel.BUSY, tally_kernel.STAFFED, tally_kernel.OVERRUN


@_compile
def replicate(
    start: Integers,
    length: Integers,
    closing: Integers,
    rate: Floats,
    agents: Floats,
    aht: Floats,
    day: Integers,
    day_cv: Floats,
    slot_cv: Floats,
    tilt: Floats,
    day_level: Floats,
    slot_level: Floats,
    responses: Integers,
    places: Integers,
    key: tuple[int, int, int],
    handle_law: Floats,
    patience_law: Floats,
    redials: tuple[float, float, float, int],
    talk_share: float,
    lines: int,
    within: Floats,
    sums: Integers,
) -> int:
    """Play replications from that of ``key`` on, and add each to a row of ``sums`` [R, K, len(tally_kernel.NAMES)].

    Arguments as of `wfm.simulate.engines.compiled_kernel.play` and `wfm.simulate.drawing_kernel`; ``agents`` are means, of which
    whole ones are drawn; ``within`` [K] in microseconds; levels are [R, K], or [R, 0] to be drawn by themselves; ``places``
    [R + 1] are where each replication's ``responses`` begin. Returns how the last play ended.
    """
    seed, first, kind = key
    K = len(start)
    end = start + length
    expected, whole = np.empty(K), np.empty(K, dtype=np.int64)
    contacts = np.empty((8, 16), dtype=np.int64)
    for r in range(len(sums)):
        this = (seed, first + r, kind)
        total = _expect(length, rate, day, day_cv, slot_cv, day_level[r], slot_level[r], this, expected)
        room, more_to_come = int(total + 6.0 * np.sqrt(total)) + 16, places[r + 1] - places[r]
        while True:
            if room + more_to_come > contacts.shape[1]:
                contacts = np.empty((8, room + more_to_come), dtype=np.int64)
            room = contacts.shape[1] - more_to_come
            N = _fill(
                start, length, day, expected, tilt, aht, this, handle_law, patience_law, np.zeros(3, dtype=np.int64), np.zeros(1),
                contacts[0, :room], contacts[1, :room], contacts[2, :room], contacts[3, :room], contacts[4, :room],
                contacts[5, :room],
            )  # fmt: skip
            if room > N:
                break
            room *= 2
        if more_to_come > 0:
            _merge(responses, places[r], places[r + 1], N, contacts[:6])
            N += more_to_come
        _whole_agents(agents, day, this, whole)
        interval, handle, outcome, wait = contacts[1, :N], contacts[2, :N], contacts[6, :N], contacts[7, :N]
        busy, overrun = np.zeros(K, dtype=np.int64), np.zeros(K, dtype=np.int64)
        status, later, more = _play(
            start, end, closing, whole, aht, contacts[0, :N], interval, handle, contacts[3, :N], contacts[4, :N], contacts[5, :N],
            this, handle_law, patience_law, redials, talk_share, lines, outcome, wait, busy, overrun,
        )  # fmt: skip
        if status != _PLAYED:
            return status
        here = sums[r]
        _count(interval, outcome, wait, handle, within, here)
        for k in range(K):  # so far there are first attempts only
            here[k, _CUSTOMERS] += here[k, _OFFERED]
            here[k, _CUSTOMERS_HANDLED] += here[k, _HANDLED_COUNT]
            here[k, _BUSY] += busy[k]
            here[k, _STAFFED] += whole[k] * length[k] + overrun[k]
            here[k, _OVERRUN] += overrun[k]
        if later > 0:
            columns = more[:later].T.copy()
            _count(columns[_INTERVAL], columns[_OUTCOME], columns[_WAIT], columns[_HANDLE], within, here)
            for row in range(later):
                if columns[_OUTCOME, row] == _HANDLED:
                    here[interval[columns[_CONTACT, row]], _CUSTOMERS_HANDLED] += 1
    return _PLAYED
