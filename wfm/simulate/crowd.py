"""All customers of a centre for one replication: each type drawn by itself, then in one line by arrival."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wfm.core import distributions_kernel, draws
from wfm.simulate import crowd_kernel
from wfm.simulate.centre import Centre
from wfm.simulate.drawing import Drawn, draw


@dataclass(frozen=True, eq=False)
class Crowd:
    """First attempts of N contacts by arrival, which is their number.

    ``columns`` is int64[7, N], times in microseconds: ``kind``, ``arrival``, ``interval``, ``handle``, ``patience``, ``day`` and
    ``ordinal``, which are properties as well. Of equal arrivals the lower type comes first. The last two and the kind key what
    later attempts and legs need; ``numbers`` are those of the types in the keys of random numbers. ``speed`` is each agent's own
    factor on handle times, agents counted through all groups.
    """

    seed: int
    replication: int
    columns: NDArray[np.int64]
    speed: NDArray[np.float64]
    numbers: tuple[int, ...]

    kind = property(lambda self: self.columns[0], doc="Contact type.")
    arrival = property(lambda self: self.columns[1], doc="Clock time.")
    interval = property(lambda self: self.columns[2], doc="Interval of the arrival.")
    handle = property(lambda self: self.columns[3], doc="Handle time.")
    patience = property(lambda self: self.columns[4], doc="Willingness to wait.")
    day = property(lambda self: self.columns[5], doc="Ordinal of the local day.")
    ordinal = property(lambda self: self.columns[6], doc="Number within type and day.")


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
    names = ("arrival", "interval", "handle", "patience", "day", "ordinal")
    columns = merged([[getattr(part, name) for name in names] for part in parts])
    return Crowd(parts[0].seed, parts[0].replication, columns, speeds(centre, parts[0].seed), tuple(part.kind for part in parts))


def merged(parts: Sequence[Sequence[NDArray[np.int64]]]) -> NDArray[np.int64]:
    """Columns of a crowd, [7, N], of what each type has: six columns in order of arrival, from arrival to ordinal."""
    held = [[np.ascontiguousarray(values, dtype=np.int64) for values in part] for part in parts]  # while addresses are in use
    counts = np.array([len(part[0]) for part in held], dtype=np.int64)
    columns = np.empty((7, counts.sum()), dtype=np.int64)
    addresses = np.array([[values.ctypes.data for values in part] for part in held], dtype=np.int64)
    crowd_kernel.merge(addresses, counts, columns)
    return columns


def speeds(centre: Centre, seed: int) -> NDArray[np.float64]:
    """Each agent's factor on handle times: theirs for good, whatever the replication."""
    values = [np.empty(0)]
    for number, group in enumerate(centre.groups):
        if group.speed_cv > 0:
            values.append(
                np.array(
                    [distributions_kernel.speed_factor(seed, number, a, group.speed_cv) for a in range(group.size)], dtype=float
                )
            )
        else:
            values.append(np.ones(group.size))
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
