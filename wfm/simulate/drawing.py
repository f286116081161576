"""One replication's customers, drawn before anything is played: who comes when, how long each takes and is willing to wait."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wfm.core import draws
from wfm.simulate import drawing_kernel
from wfm.simulate.arguments import arguments
from wfm.simulate.arrivals_drawn import levels, responses
from wfm.simulate.model import Model

TYPE = 0  # number of a plan's only contact type in the keys of random numbers


@dataclass(frozen=True, eq=False)
class Drawn:
    """First attempts of N contacts in order of arrival, which is their number; int64, times in microseconds.

    ``day``, ``ordinal`` (number within the day) and ``kind`` (number of the contact type) key what later attempts need.
    """

    seed: int
    replication: int
    arrival: NDArray[np.int64]
    interval: NDArray[np.int64]
    handle: NDArray[np.int64]
    patience: NDArray[np.int64]
    day: NDArray[np.int64]
    ordinal: NDArray[np.int64]
    kind: int = TYPE


def draw(model: Model, seed: int, replication: int, kind: int = TYPE) -> Drawn:
    """Draw a replication of the contact type whose number is ``kind``: types of different numbers are drawn independently.

    Raises
    ------
    ValueError
        ``seed``, ``replication`` or ``kind`` do not fit the key of the random numbers.
    """
    draws.check_key(seed=seed, replication=replication, type=kind)
    given = arguments(model)
    key, expected = (seed, replication, kind), np.empty(len(given.start))
    day_level, slot_level = levels(given, key, 1)
    total = drawing_kernel.expect(
        given.length, given.rate, given.day, given.day_cv, given.slot_cv, day_level[0], slot_level[0], key, expected
    )
    room = int(total + 6 * math.sqrt(total)) + 16
    bursts, places = responses(given, key, 1)
    more = int(places[-1])
    while True:
        contacts = np.empty((6, room + more), dtype=np.int64)  # one block: less to ask of the system than for six
        count = drawing_kernel.fill(
            given.start, given.length, given.day, expected, given.tilt, given.aht, key, given.handle_law, given.patience_law,
            np.zeros(3, dtype=np.int64), np.zeros(1), *contacts[:, :room],
        )  # fmt: skip
        if count < room:
            if more:
                drawing_kernel.merge(bursts, 0, more, count, contacts)
            arrival, interval, handle, patience, day, ordinal = contacts[:, : count + more]
            return Drawn(seed, replication, arrival, interval, handle, patience, day, ordinal, kind)
        room *= 2


def draw_agents(
    agents: NDArray[np.float64], day: NDArray[np.int64], seed: int, replication: int, group: int = TYPE
) -> NDArray[np.int64]:
    """Whole agents of each interval: the mean rounded up with the chance of its fraction, else down; groups by themselves."""
    draws.check_key(seed=seed, replication=replication, type=group)
    whole = np.empty(len(day), dtype=np.int64)
    drawing_kernel.whole_agents(np.array(agents, dtype=float), np.array(day, dtype=np.int64), (seed, replication, group), whole)
    return whole
