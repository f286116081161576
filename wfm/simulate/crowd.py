"""All customers of a centre for one replication: each type drawn by itself, then in one line by arrival."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wfm.core import distributions_kernel, draws
from wfm.simulate import crowd_kernel
from wfm.simulate.centre import Centre
from wfm.simulate.drawing import Drawn, draw


@dataclass(frozen=True, eq=False)
class Crowd:
    """First attempts of N contacts by arrival, which is their number; int64, times in microseconds.

    Of equal arrivals the lower type comes first. ``kind``, ``day`` and ``ordinal`` key what later attempts and legs need;
    ``speed`` is each agent's own factor on handle times, agents counted through all groups. ``numbers`` are those of the types in
    the keys of random numbers.
    """

    seed: int
    replication: int
    kind: NDArray[np.int64]
    arrival: NDArray[np.int64]
    interval: NDArray[np.int64]
    handle: NDArray[np.int64]
    patience: NDArray[np.int64]
    day: NDArray[np.int64]
    ordinal: NDArray[np.int64]
    speed: NDArray[np.float64]
    numbers: tuple[int, ...]


def draw_crowd(centre: Centre, seed: int, replication: int) -> Crowd:
    """Draw a replication.

    Raises
    ------
    ValueError
        ``seed`` or ``replication`` do not fit the key of the random numbers.
    """
    return together(centre, [draw(kind, seed, replication, number) for number, kind in enumerate(centre.kinds)])


def together(centre: Centre, parts: list[Drawn]) -> Crowd:
    """One crowd of what was drawn, or replayed, for each type."""
    seed, replication = parts[0].seed, parts[0].replication
    names = ("arrival", "interval", "handle", "patience", "day", "ordinal")
    numbers = tuple(part.kind for part in parts)
    sizes = np.array([0, *(len(part.arrival) for part in parts)]).cumsum()
    columns = [np.concatenate([getattr(part, name) for part in parts]) for name in names]
    place = np.empty(sizes[-1], dtype=np.int64)
    kind = np.empty(sizes[-1], dtype=np.int64)
    crowd_kernel.merge(columns[0], sizes, place, kind)
    arrival, interval, handle, patience, day, ordinal = (np.take(column, place) for column in columns)
    return Crowd(seed, replication, kind, arrival, interval, handle, patience, day, ordinal, speeds(centre, seed), numbers)


def speeds(centre: Centre, seed: int) -> NDArray[np.float64]:
    """Each agent's factor on handle times: theirs for good, whatever the replication."""
    values = [np.empty(0)]
    first = 0
    for group in centre.groups:
        own = [distributions_kernel.speed_factor(seed, first + agent, group.speed_cv) for agent in range(group.size)]
        values.append(np.array(own, dtype=float) if group.speed_cv > 0 else np.ones(group.size))
        first += group.size
    return np.concatenate(values)


class Later:
    """What a crowd's contacts need when an attempt fails or a leg is transferred; each has its own key."""

    def __init__(self, centre: Centre, crowd: Crowd) -> None:
        self._kinds = centre.kinds
        self._laws = [(kind.handle_law, kind.patience_law) for kind in centre.kinds]
        self._shares = None if centre.transfers is None else np.asarray(centre.transfers, dtype=float)
        self._seed, self._replication, self._numbers = crowd.seed, crowd.replication, crowd.numbers
        self._kind, self._day, self._ordinal = crowd.kind.tolist(), crowd.day.tolist(), crowd.ordinal.tolist()

    def _key(self, contact: int) -> tuple[int, int, int, int, int]:
        return self._seed, self._replication, self._numbers[self._kind[contact]], self._day[contact], self._ordinal[contact]

    def kind(self, contact: int) -> int:
        """Contact type of the first leg."""
        return int(self._kind[contact])

    def delay(self, contact: int, attempt: int, *, blocked: bool) -> int:
        """Microseconds until the attempt after ``attempt``, or -1 for a customer who gives up."""
        model = self._kinds[self._kind[contact]]
        share = model.redial_busy if blocked else model.redial_abandon
        if attempt >= model.attempts_max or share <= 0:
            return -1
        return int(draws.redial(*self._key(contact), attempt, share, model.redial_delay))

    def handle_and_patience(self, contact: int, attempt: int, leg: int, kind: int, interval: int) -> tuple[int, int]:
        """Microseconds of handle time and patience in the queue of ``kind``, which is joined in ``interval``."""
        handle_law, patience_law = self._laws[kind]
        mean = float(self._kinds[kind].aht[interval])
        drawn = distributions_kernel.draw_attempt(*self._key(contact), attempt, leg - 1, handle_law, mean, patience_law)
        return int(drawn[0]), int(drawn[1])

    def transferred_to(self, contact: int, attempt: int, leg: int, kind: int) -> int:
        """Type whose queue comes next, or -1."""
        if self._shares is None:
            return -1
        return int(crowd_kernel.transferred_to(*self._key(contact), attempt, leg, self._shares[kind]))
