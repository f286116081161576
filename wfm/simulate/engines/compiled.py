"""The fast engine: the records of the SimPy engine, row by row, a hundred times sooner."""

from __future__ import annotations

import numpy as np

from wfm.simulate.arguments import arguments
from wfm.simulate.drawing import Drawn
from wfm.simulate.engines import compiled_kernel
from wfm.simulate.model import Model
from wfm.simulate.records import Records


def play(model: Model, drawn: Drawn) -> Records:
    """Play one replication.

    Parameters
    ----------
    model
        Intervals, agents and rules.
    drawn
        The replication's customers, of `wfm.simulate.drawing.draw`.

    Returns
    -------
    Records
        One row an attempt, and agents' time by interval.

    Raises
    ------
    ValueError
        Arrivals that are not in order, or outside of their intervals; more than 255 attempts.
    OverflowError
        Time beyond what 64 bits of microseconds hold.
    """
    given, N = arguments(model), len(drawn.arrival)
    arrival, interval, handle, patience, day, ordinal = (
        np.require(values, np.int64, ["C", "W"])
        for values in (drawn.arrival, drawn.interval, drawn.handle, drawn.patience, drawn.day, drawn.ordinal)
    )
    contact, attempt, outcome, wait, handled = np.empty((5, N), dtype=np.int64)
    busy, overrun = np.zeros(len(given.start), dtype=np.int64), np.zeros(len(given.start), dtype=np.int64)
    status, later, more = compiled_kernel.play(
        given.start, given.end, given.closing, given.agents, given.aht, arrival, interval, handle, patience, day, ordinal,
        (drawn.seed, drawn.replication, drawn.kind), given.handle_law, given.patience_law, given.redials, given.talk_share,
        given.lines, outcome, wait, busy, overrun,
    )  # fmt: skip
    check(status)
    staffed = given.agents * given.length + overrun
    if later == 0:
        compiled_kernel.first_attempts(handle, outcome, contact, attempt, handled)
        return Records(contact, attempt, interval, arrival, outcome, wait, handled, busy, staffed, overrun)
    rows = np.empty((7, N + later), dtype=np.int64)
    compiled_kernel.merge(arrival, interval, handle, outcome, wait, more[:later], rows)
    columns = [*rows, busy, staffed, overrun]
    return Records(*columns)


def check(status: int) -> None:
    """Refuse a play that did not end as it should: `play` says how."""
    if status == compiled_kernel.ILL_ORDERED:
        raise ValueError("arrivals have to be in order, each within its interval")
    if status == compiled_kernel.TOO_LATE:
        raise OverflowError("somebody waits or is served for so long that sums of it leave 64 bits of microseconds")
