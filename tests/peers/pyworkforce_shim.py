"""pyworkforce's classes by name and argument, answered by `wfm.erlang`: minutes, and "asa" is the threshold.

What is refused, and in which words, is pyworkforce's, since its tests look at that too.
"""

from itertools import product
from math import ceil, floor

from wfm.erlang import ErlangC as Queue


class ErlangC:
    def __init__(self, transactions, aht, asa, interval, shrinkage=0.0):
        for name, value in {"transactions": transactions, "aht": aht, "asa": asa, "interval": interval}.items():
            if value <= 0:
                raise ValueError(f"{name} can't be smaller or equals than 0")
        if not 0 <= shrinkage < 1:
            raise ValueError("shrinkage must be between in the interval [0,1)")
        self._queue, self._asa, self._shrinkage = Queue(transactions / interval, aht), asa, shrinkage

    def waiting_probability(self, positions, scale_positions=False):
        return self._measures(positions, scale_positions)["p_wait"]

    def service_level(self, positions, scale_positions=False):
        return self._measures(positions, scale_positions)["sl_offered"]

    def achieved_occupancy(self, positions, scale_positions=False):
        return self._measures(positions, scale_positions)["occupancy"]

    def required_positions(self, service_level, max_occupancy=1.0):
        for name, value in {"service_level": service_level, "max_occupancy": max_occupancy}.items():
            if not 0 <= value <= 1:
                raise ValueError(f"{name} must be between 0 and 1")
        raw = self._queue.agents_for(sl_offered=(service_level, self._asa), occupancy=max_occupancy)
        return {
            "raw_positions": raw,
            "positions": ceil(raw / (1 - self._shrinkage)),
            "service_level": self.service_level(raw),
            "occupancy": self.achieved_occupancy(raw),
            "waiting_probability": self.waiting_probability(raw),
        }

    def _measures(self, positions, scale_positions):
        agents = floor((1 - self._shrinkage) * positions) if scale_positions else positions
        return self._queue.measures(agents, self._asa)


class MultiErlangC:
    """Every combination of a grid, its keys in alphabetical order."""

    def __init__(self, param_grid, n_jobs=2, pre_dispatch="2 * n_jobs"):
        self._queues = [ErlangC(**given) for given in _combinations(param_grid)]

    def waiting_probability(self, arguments_grid):
        return self._each(ErlangC.waiting_probability, arguments_grid)

    def service_level(self, arguments_grid):
        return self._each(ErlangC.service_level, arguments_grid)

    def achieved_occupancy(self, arguments_grid):
        return self._each(ErlangC.achieved_occupancy, arguments_grid)

    def required_positions(self, arguments_grid):
        return self._each(ErlangC.required_positions, arguments_grid)

    def _each(self, method, arguments_grid):
        return [method(queue, **given) for queue in self._queues for given in _combinations(arguments_grid)]


def _combinations(grid):
    for key, values in grid.items():
        if not hasattr(values, "__iter__"):
            raise TypeError(f"Parameter grid value is not iterable (key={key!r}, value={values!r})")
    keys = sorted(grid)
    return [dict(zip(keys, values, strict=True)) for values in product(*(grid[key] for key in keys))]
