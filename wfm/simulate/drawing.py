"""One replication's customers, drawn before anything is played: who comes when, how long each takes and is willing to wait."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wfm.core import draws
from wfm.simulate.model import SECOND, Model

TYPE = 0  # number of the only contact type in the keys of random numbers


@dataclass(frozen=True, eq=False)
class Drawn:
    """First attempts of N contacts in order of (day, ordinal), which is their number; int64, times in microseconds.

    ``day`` and ``ordinal`` (number within the day) key what later attempts need.
    """

    seed: int
    replication: int
    arrival: NDArray[np.int64]
    interval: NDArray[np.int64]
    handle: NDArray[np.int64]
    patience: NDArray[np.int64]
    day: NDArray[np.int64]
    ordinal: NDArray[np.int64]


def draw(model: Model, seed: int, replication: int) -> Drawn:
    """Draw a replication.

    Raises
    ------
    ValueError
        ``seed`` or ``replication`` do not fit the key of the random numbers.
    """
    draws.check_key(seed=seed, replication=replication)
    days = [_day(model, seed, replication, first, last) for first, last in _days(model)]
    arrival, interval, handle, patience, day, ordinal = (
        np.concatenate(parts) if parts else np.empty(0, dtype=np.int64) for parts in (zip(*days, strict=True) if days else [()] * 6)
    )
    return Drawn(seed, replication, arrival, interval, handle, patience, day, ordinal)


def draw_agents(agents: NDArray[np.float64], day: NDArray[np.int64], seed: int, replication: int) -> NDArray[np.int64]:
    """Whole agents of each interval: the mean rounded up with the chance of its fraction, else down."""
    # Shrinkage leaves 8.9999... where 9 is meant.
    whole = np.floor(agents + 1e-9)
    chance = agents - whole
    slot = np.arange(len(day)) - np.searchsorted(day, day)
    for k in np.flatnonzero(chance > 1e-9):
        whole[k] += draws.uniform(seed, replication, draws.AGENTS, TYPE, int(day[k]), int(slot[k]), 0, 0, 0) < chance[k]
    return whole.astype(np.int64)


def _days(model: Model) -> Iterator[tuple[int, int]]:
    """First interval and first after the last of each day."""
    edges = np.flatnonzero(np.diff(model.day)) + 1
    yield from zip([0, *edges.tolist()], [*edges.tolist(), len(model.day)], strict=True) if len(model.day) else ()


def _day(model: Model, seed: int, replication: int, first: int, last: int) -> tuple[NDArray[np.int64], ...]:
    day = int(model.day[first])
    draws.check_key(day=day)
    key = (seed, replication)
    busyness = draws.gamma_factor(*key, draws.BUSYNESS, TYPE, day, 0, float(model.day_cv[first]))
    expected = model.rate[first:last] * model.length[first:last] / SECOND * busyness
    for k in np.flatnonzero(model.slot_cv[first:last]):
        expected[k] *= draws.gamma_factor(*key, draws.SLOT_BUSYNESS, TYPE, day, int(k), float(model.slot_cv[first + k]))
    total = float(expected.sum())
    room = int(total + 6 * math.sqrt(total)) + 16
    while True:
        arrival, interval = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int64)
        span = slice(first, last)
        count = draws.fill_arrivals(*key, TYPE, day, model.start[span], model.length[span], expected, first, arrival, interval)
        if count < room:
            break
        room *= 2
    arrival, interval = arrival[:count], interval[:count]
    handle, patience = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int64)
    draws.fill_attempts(
        *key, TYPE, day, model.family, model.cv, model.aht, model.onset, model.then_mean, interval, handle, patience
    )
    return arrival, interval, handle, patience, np.full(count, day), np.arange(count)


class LaterAttempts:
    """Redials of a replication's contacts, drawn when an attempt fails: each has its own key, so the moment does not matter."""

    def __init__(self, model: Model, drawn: Drawn) -> None:
        self._model = model
        self._key = (drawn.seed, drawn.replication, TYPE)
        self._day, self._ordinal = drawn.day.tolist(), drawn.ordinal.tolist()

    def delay(self, contact: int, attempt: int, *, blocked: bool) -> int:
        """Microseconds until the attempt after ``attempt``, or -1 for a customer who gives up."""
        model = self._model
        share = model.redial_busy if blocked else model.redial_abandon
        if attempt >= model.attempts_max or share <= 0:
            return -1
        return int(draws.redial(*self._key, self._day[contact], self._ordinal[contact], attempt, share, model.redial_delay))

    def handle_and_patience(self, contact: int, attempt: int, interval: int) -> tuple[int, int]:
        """Microseconds of handle time and patience of ``attempt``, which arrives in ``interval``."""
        model = self._model
        key = (*self._key, self._day[contact], self._ordinal[contact], attempt)
        mean = float(model.aht[interval])
        handle, patience = draws.handle_and_patience(*key, model.family, model.cv, mean, model.onset, model.then_mean)
        return int(handle), int(patience)
