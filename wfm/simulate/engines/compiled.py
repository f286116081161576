"""The fast engine: the records of the SimPy engine, row by row, a hundred times sooner."""

from __future__ import annotations

import numpy as np

from wfm.core import draws
from wfm.simulate.drawing import TYPE, Drawn
from wfm.simulate.engines import compiled_kernel
from wfm.simulate.model import Model
from wfm.simulate.records import HANDLED, Records


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
    draws.check_key(attempt=model.attempts_max)
    K, N = len(model.start), len(drawn.arrival)
    end = model.end
    outcome, wait = np.empty(N, dtype=np.int64), np.empty(N, dtype=np.int64)
    busy, overrun = np.zeros(K, dtype=np.int64), np.zeros(K, dtype=np.int64)
    status, later, more = compiled_kernel.play(
        model.start,
        end,
        model.closing(),
        model.agents,
        model.aht,
        drawn.arrival,
        drawn.interval,
        drawn.handle,
        drawn.patience,
        drawn.day,
        drawn.ordinal,
        (drawn.seed, drawn.replication, TYPE),
        (model.family, float(model.cv)),
        (float(model.onset), float(model.then_mean)),
        (float(model.redial_busy), float(model.redial_abandon), float(model.redial_delay), model.attempts_max),
        float(model.talk_share),
        -1 if model.lines is None else model.lines,
        outcome,
        wait,
        busy,
        overrun,
    )
    if status == compiled_kernel.ILL_ORDERED:
        raise ValueError("arrivals have to be in order, each within its interval")
    if status == compiled_kernel.TOO_LATE:
        raise OverflowError("somebody waits for longer than 64 bits of microseconds can say")
    staffed = model.agents * model.length + overrun
    if later == 0:
        handle = np.where(outcome == HANDLED, drawn.handle, 0)
        first = np.ones(N, dtype=np.int64)
        return Records(np.arange(N), first, drawn.interval, drawn.arrival, outcome, wait, handle, busy, staffed, overrun)
    rows = np.empty((7, N + later), dtype=np.int64)
    compiled_kernel.merge(drawn.arrival, drawn.interval, drawn.handle, outcome, wait, more[:later], rows)
    columns = [*rows, busy, staffed, overrun]
    return Records(*columns)
