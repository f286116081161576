"""A model as compiled functions take it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wfm.core import draws
from wfm.simulate.arrivals import Bursts, Linked, burst_arguments, linked_arguments
from wfm.simulate.model import Model

_LEVEL = np.empty(0)


class Arguments(NamedTuple):
    """Arrays of one type and layout, and writable: each other kind would be compiled for anew."""

    start: NDArray[np.int64]
    length: NDArray[np.int64]
    end: NDArray[np.int64]
    closing: NDArray[np.int64]
    rate: NDArray[np.float64]
    agents: NDArray[np.int64]
    aht: NDArray[np.float64]
    day: NDArray[np.int64]
    day_cv: NDArray[np.float64]
    slot_cv: NDArray[np.float64]
    tilt: NDArray[np.float64]
    linked: Linked
    bursts: Bursts
    handle_law: NDArray[np.float64]
    patience_law: NDArray[np.float64]
    redials: tuple[float, float, float, int]
    talk_share: float
    lines: int


def arguments(model: Model) -> Arguments:
    """The arguments of a model.

    Raises
    ------
    ValueError
        A day or a number of attempts that does not fit the keys of random numbers.
    """
    draws.check_key(attempt=model.attempts_max)
    if len(model.day):
        for day in (model.day[0], model.day[-1]):  # they ascend
            draws.check_key(day=int(day))
    return Arguments(
        np.array(model.start, dtype=np.int64),
        np.array(model.length, dtype=np.int64),
        np.array(model.end, dtype=np.int64),
        np.array(model.closing(), dtype=np.int64),
        np.array(model.rate, dtype=float),
        np.array(model.agents, dtype=np.int64),
        np.array(model.aht, dtype=float),
        np.array(model.day, dtype=np.int64),
        np.array(model.day_cv, dtype=float),
        np.array(model.slot_cv, dtype=float),
        _LEVEL if model.tilt is None else np.array(model.tilt, dtype=float),
        linked_arguments(model.busyness),
        burst_arguments(model.bursts),
        np.array(model.handle_law, dtype=float),
        np.array(model.patience_law, dtype=float),
        (float(model.redial_busy), float(model.redial_abandon), float(model.redial_delay), model.attempts_max),
        float(model.talk_share),
        -1 if model.lines is None else model.lines,
    )
