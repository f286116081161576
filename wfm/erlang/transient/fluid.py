"""Fluid model of a queue whose rates and agents change: no chance, only flows. For overload: how long a backlog lasts.

Contacts are a fluid that flows in at the arrival rate, is served at agents / aht while all are busy, and drains away where
patience ends. It is the limit of large queues, so what comes of chance is missing: below the capacity nobody waits in it. It
tells little about a good service level, and most about a spike: queue, wait, and when the backlog is gone, to a few percent
from about fifty agents on.

Patience may be of any distribution (Y. Liu, W. Whitt, "The G_t/GI/s_t+GI many-server fluid queue", Queueing Systems 71:405,
2012); exponential patience is solved in closed form, other patience by steps (`wfm.erlang.transient.fluid_ages`). Handle times
enter by their mean only, which is exact in the limit where they are exponential. With others it is an approximation: right
wherever rates stay long enough, but not for the first handle times after a change, when contacts of other ages than usual are
being handled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from wfm.erlang.impatience import Exponential, Patience
from wfm.erlang.impatience.base import FINITE, number
from wfm.erlang.shapes import Shape
from wfm.erlang.transient.periods import per_interval, read_rates

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wfm.erlang.shapes import Numbers

    Vector = NDArray[np.float64]

Leaving = Literal["finish", "return_to_queue"]

# Places within an interval at which averages over its arrivals are taken.
SAMPLES = 64


@dataclass(frozen=True, eq=False)
class FluidByInterval:
    """What the fluid does in each interval; arrays, or Series where the rates are one.

    Attributes
    ----------
    offered, blocked
        Contacts that arrive, and those of them that find all lines busy.
    abandoned
        Contacts that leave in the interval, whenever they came.
    mean_queue, mean_busy
        Means over the time of the interval.
    queue_at_end, wait_at_end
        Contacts waiting at its end, and the wait of one who arrives just then [s].
    mean_wait_all
        Mean wait of those who arrive and are not blocked, until they are answered or leave [s].
    mean_wait_virtual, p_wait
        Mean wait of those who arrive, had they endless patience, and the share of them that waits at all.
    abandon_rate_offered
        Share of those who arrive that leaves, then or later.
    sl_offered
        Share of those who arrive that is answered within the threshold; None without one.
    """

    offered: Any
    blocked: Any
    abandoned: Any
    mean_queue: Any
    mean_busy: Any
    queue_at_end: Any
    wait_at_end: Any
    mean_wait_all: Any
    mean_wait_virtual: Any
    p_wait: Any
    abandon_rate_offered: Any
    sl_offered: Any


class Fluid:
    """A solved fluid model: what it does at any time from the first edge on. Made by `fluid`.

    At an edge the values are those just past it. After the last interval nobody arrives and its agents stay.
    """

    _edges: Vector
    _rates: Vector
    _shape: Shape

    def queue(self, at: Numbers) -> Any:
        """Contacts waiting."""
        return self._over(self._queue, at)

    def busy(self, at: Numbers) -> Any:
        """Agents busy."""
        return self._over(self._busy, at)

    def abandon_rate(self, at: Numbers) -> Any:
        """Contacts that leave per second."""
        return self._over(self._leaving, at)

    def waiting_time(self, at: Numbers) -> Any:
        """How long a contact that arrives then would wait for an agent, had it endless patience [s]; inf if none ever comes."""
        return self._over(self._wait, at)

    def clears(self, at: float) -> float:
        """The first time, not before `at`, at which nobody waits; inf if there is none."""
        return self._clears(float(self._times(at)))

    def by_interval(self, threshold: Numbers | None = None) -> FluidByInterval:
        """Totals and averages of each interval.

        Parameters
        ----------
        threshold
            T of the service level [s], >= 0 and finite, one or one for each interval.

        Returns
        -------
        FluidByInterval
            Contacts, queue and busy agents follow from the solution; what is averaged over arrivals is taken at 64 places of
            an interval, straight between them.
        """
        within = None if threshold is None else per_interval(Shape(), "threshold", threshold, len(self._rates))[:, None]
        start, end = self._edges[:-1], self._edges[1:]
        parts = np.linspace(0.0, 1.0, SAMPLES + 1)
        # The last sample belongs to the interval it ends.
        parts[-1] -= 1e-9
        places = start[:, None] + (end - start)[:, None] * parts
        wait = self._wait(places.ravel()).reshape(places.shape)
        blocked, abandoned, queue, busy = self._totals()
        offered = self._rates * (end - start)
        with np.errstate(invalid="ignore"):
            taken = np.where(offered > 0.0, 1.0 - blocked / offered, 1.0)
        stays = self._stays(places, wait)
        found = {
            "offered": offered,
            "blocked": blocked,
            "abandoned": abandoned,
            "mean_queue": queue / (end - start),
            "mean_busy": busy / (end - start),
            "queue_at_end": self._queue(places[:, -1]),
            "wait_at_end": wait[:, -1],
            "mean_wait_all": _mean(self._lasts(wait)),
            "mean_wait_virtual": _mean(wait),
            "p_wait": _share(wait, np.ones_like(wait), 0.0, above=True),
            "abandon_rate_offered": taken * (1.0 - _mean(stays)),
        }
        level = None if within is None else self._shape.wrap(taken * _share(wait, stays, within, above=False), "sl_offered")
        return FluidByInterval(**{name: self._shape.wrap(value, name) for name, value in found.items()}, sl_offered=level)

    def _over(self, function: Any, at: Numbers) -> Any:
        times = self._times(at)
        found = np.asarray(function(np.ravel(times))).reshape(times.shape)
        index = getattr(at, "index", None)
        return float(found) if found.ndim == 0 else Shape(index if hasattr(at, "to_numpy") else None).wrap(found)

    def _times(self, at: Numbers) -> Vector:
        times = np.asarray(at, dtype=np.float64)
        if not (np.isfinite(times) & (times >= self._edges[0])).all():
            raise ValueError(f"at must hold finite times from the first edge on, {self._edges[0]:g}")
        return times

    def _queue(self, at: Vector) -> Vector:
        raise NotImplementedError

    def _busy(self, at: Vector) -> Vector:
        raise NotImplementedError

    def _leaving(self, at: Vector) -> Vector:
        raise NotImplementedError

    def _wait(self, at: Vector) -> Vector:
        raise NotImplementedError

    def _stays(self, at: Vector, wait: Vector) -> Vector:
        """Share of those who arrive at these times, and would have these waits, that is answered."""
        raise NotImplementedError

    def _lasts(self, wait: Vector) -> Vector:
        """How long those wait on average, until then or until they leave."""
        raise NotImplementedError

    def _clears(self, at: float) -> float:
        raise NotImplementedError

    def _totals(self) -> tuple[Vector, Vector, Vector, Vector]:
        """Blocked, abandoned, and the integrals of queue and busy agents, in each interval."""
        raise NotImplementedError


def fluid(
    rate: Numbers,
    interval: Numbers,
    agents: Numbers,
    aht: float,
    patience: float | Patience,
    *,
    lines: float | None = None,
    start: float | Literal["stationary"] = 0.0,
    leaving: Leaving = "finish",
    step: float | None = None,
) -> Fluid:
    """Solve the fluid model of a queue with changing rates and agents.

    Parameters
    ----------
    rate
        Contacts offered per second within each of K intervals, >= 0.
    interval
        Length of all intervals [s], the first beginning at 0, or their K + 1 edges.
    agents
        Agents in each interval, or one number for all, >= 0; they need not be whole.
    aht
        Mean handle time [s], > 0.
    patience
        Mean patience [s] if exponential, > 0, inf for endless; or a distribution of `wfm.erlang.impatience`.
    lines
        Contacts the system holds; what arrives beyond is blocked. Only with exponential patience and ``leaving="return_to_queue"``.
    start
        Contacts in the system at the first edge, or ``"stationary"``: those of the first interval if it had lasted for ever. With
        other than exponential patience at most as many as there are agents.
    leaving
        What becomes of contacts that more agents were busy with than there are now: agents ``"finish"`` them first, or they
        ``"return_to_queue"``, to its head, as in the simple Markov chain (exponential patience only).
    step
        Longest step [s] where patience is not exponential; by default a fiftieth of the mean patience or handle time,
        whichever is less, at least 1/1000 of the longest interval. Errors fall with its square.

    Returns
    -------
    Fluid
        In closed form for exponential patience; else see `wfm.erlang.transient.fluid_ages`.

    Raises
    ------
    ValueError
        For arguments out of range, naming the first bad element; for a steady state that is endless.
    """
    from wfm.erlang.transient.fluid_ages import AgedFluid
    from wfm.erlang.transient.fluid_flow import FlowFluid

    shape = Shape()
    rates, edges = read_rates(shape, rate, interval)
    staff = per_interval(shape, "agents", agents, len(rates))
    mean = number("aht", aht, above=0.0, most=FINITE)
    if leaving not in ("finish", "return_to_queue"):
        raise ValueError(f"leaving is {leaving!r}; it must be 'finish' or 'return_to_queue'")
    begin = start if start == "stationary" else number("start", start, most=FINITE)
    if isinstance(patience, Exponential):
        patience = patience.mean
    if not isinstance(patience, Patience):
        most = None if lines is None else number("lines", lines)
        if most is not None and leaving != "return_to_queue":
            raise ValueError("a limit to the lines is known with leaving='return_to_queue' only")
        return FlowFluid(shape, rates, edges, staff, mean, number("patience", patience, above=0.0), most, begin, leaving)
    if lines is not None or leaving != "finish":
        raise ValueError("lines and leaving='return_to_queue' are known with exponential patience only; give its mean")
    longest = None if step is None else number("step", step, above=0.0, most=FINITE)
    return AgedFluid(shape, rates, edges, staff, mean, patience, begin, longest)


def _mean(values: Vector) -> Vector:
    with np.errstate(invalid="ignore"):
        return np.asarray(0.5 * (values[:, 1:] + values[:, :-1]).mean(axis=1))


def _share(wait: Vector, weight: Vector, bound: float | Vector, *, above: bool) -> Vector:
    """Mean weight of the times at which the wait is above a bound, or not; it is taken as straight between samples."""
    early, late = wait[:, :-1], wait[:, 1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        cross = (bound - early) / (late - early)
    over = np.where(early > bound, np.where(late > bound, 1.0, cross), np.where(late > bound, 1.0 - cross, 0.0))
    over = np.where(np.isfinite(over), over, (early > bound).astype(float))
    part = over if above else 1.0 - over
    level = np.where(early > bound, weight[:, 1:], weight[:, :-1]) if not above else weight[:, :-1]
    both = (early > bound) == (late > bound)
    return np.asarray((part * np.where(both, 0.5 * (weight[:, 1:] + weight[:, :-1]), level)).mean(axis=1))
