"""Offered load when rates change: how many agents would be busy if there were always enough of them.

The load lags behind the arrivals by about a handle time and is smoother than they are. In the queue with endless agents the
number busy at t has the mean m(t) = integral of rate(t - u) P(S > u) du, whatever the distribution of handle times, and is
Poisson when arrivals are (S. G. Eick, W. A. Massey, W. Whitt, "The physics of the M_t/G/infinity queue", Operations
Research 41:731, 1993). With rates constant within intervals the integral is a sum over past intervals, exact to rounding,
and only those count from which contacts may still be going on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from wfm.erlang.models.base import FINITE
from wfm.erlang.shapes import Shape
from wfm.erlang.transient.handle_times import HandleTimes, handle_times
from wfm.erlang.transient.periods import is_regular, per_interval, read_rates

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wfm.erlang.shapes import Numbers

    Vector = NDArray[np.float64]
    Index = NDArray[np.int64]

Past = Literal["empty", "stationary"]

# Samples within an interval among which the extremes are looked for, and how far those found are pinned down.
PARTS = 16
HALVINGS = 48
# So many terms are summed at a time: bounds the memory.
CHUNK = 1_000_000


@dataclass(frozen=True, eq=False)
class LoadByInterval:
    """Offered load within each interval [erlang]; Series where the rates are one.

    Attributes
    ----------
    average
        Mean over the time of the interval, exact: times its length it is the work that goes on in it.
    least, most
        Extremes within the interval, its ends included.
    at_start, at_end
        At its ends.
    """

    average: Any
    least: Any
    most: Any
    at_start: Any
    at_end: Any


def offered_load(
    rate: Numbers, interval: Numbers, service: Any, at: Numbers, *, aht: Numbers | None = None, past: Past = "stationary"
) -> Any:
    """Mean number of busy agents at any times if there were always enough of them [erlang].

    Parameters
    ----------
    rate
        Contacts offered per second within each of K intervals, >= 0. After the last interval nobody arrives.
    interval
        Length of all intervals [s], the first beginning at 0, or their K + 1 edges.
    service
        Handle time: its mean [s] if exponential, a distribution of `wfm.erlang.transient.handle_times`, or one of
        `wfm.erlang.impatience`.
    at
        Times [s], on the clock of the edges, of any sign and in any order.
    aht
        Mean handle time of those who arrive in each interval, > 0, where it changes: the distribution of `service` is stretched
        to it.
    past
        What was before the first edge: ``"stationary"``, the first rate since for ever, or ``"empty"``, nobody.

    Returns
    -------
    float or float array
        Of the shape of `at`; a Series where `at` is one. The error is a few roundings of the greatest rate times the mean.

    Raises
    ------
    ValueError
        For rates, edges, times or a service that are none.

    Notes
    -----
    Takes time in proportion to the number of times asked for and of intervals that a handle time reaches back over.
    """
    arrivals = _Arrivals.read(Shape(), rate, interval, service, aht, past)
    times = np.asarray(at, dtype=np.float64)
    if not np.isfinite(times).all():
        raise ValueError("at must hold finite times")
    found = arrivals.load(times.ravel()).reshape(times.shape)
    if times.ndim == 0:
        return float(found)
    index = getattr(at, "index", None)
    shape = Shape(index if index is not None and hasattr(at, "to_numpy") else None)
    return shape.wrap(found, "offered_load")


def offered_load_by_interval(
    rate: Numbers, interval: Numbers, service: Any, *, aht: Numbers | None = None, past: Past = "stationary"
) -> LoadByInterval:
    """Average, extremes and ends of the offered load within each interval.

    Parameters
    ----------
    rate, interval, service, aht, past
        As in `offered_load`.

    Returns
    -------
    LoadByInterval
        The average is exact. The extremes are looked for at the ends, at sixteenths and where handle times of a fixed length
        end, then pinned down where the load stops rising: exact unless it turns more than once within a sixteenth.

    Raises
    ------
    ValueError
        As `offered_load`.
    """
    shape = Shape()
    arrivals = _Arrivals.read(shape, rate, interval, service, aht, past)
    samples = arrivals.samples(EXCESS)
    slopes = (arrivals.rates * arrivals.at_once)[:, None] - arrivals.samples(SURVIVAL)
    least, most = (arrivals.extreme(samples, slopes, sign) for sign in (-1.0, 1.0))
    columns = {
        "average": arrivals.average(),
        "least": least,
        "most": most,
        "at_start": samples[:, 0],
        "at_end": samples[:, -1],
    }
    return LoadByInterval(**{name: shape.wrap(np.ascontiguousarray(column), name) for name, column in columns.items()})


def delayed_load(
    rate: Numbers,
    interval: Numbers,
    service: Any,
    at: Numbers,
    *,
    delay: float,
    lost: float = 0.0,
    aht: Numbers | None = None,
    past: Past = "stationary",
) -> Any:
    """Offered load of contacts that wait just so long and are then served, but for a share that leaves [erlang].

    The second of two queues with endless agents in a row: everybody waits for `delay`, the share `lost` leaves, the others are
    handled (Y. Liu, W. Whitt, "Stabilizing customer abandonment in many-server queues with time-varying arrivals", Operations
    Research 60:1551, 2012).

    Parameters
    ----------
    rate, interval, service, at, aht, past
        As in `offered_load`.
    delay
        Wait before service [s], >= 0.
    lost
        Share that leaves during the wait, 0 to 1.

    Returns
    -------
    float or float array
        ``(1 - lost) * offered_load(at - delay)``.
    """
    wait = float(Shape().read("delay", delay, most=FINITE))
    share = float(Shape().read("lost", lost, most=1.0))
    times = np.asarray(at, dtype=np.float64) - wait
    return (1.0 - share) * offered_load(rate, interval, service, times[()], aht=aht, past=past)


SURVIVAL, EXCESS, EXCESS_SQUARE = 0, 1, 2


@dataclass(frozen=True, eq=False)
class _Arrivals:
    """Rates and handle times of each interval; `stretch` is what those of an interval are longer than the law's, if they are."""

    rates: Vector
    edges: Vector
    law: HandleTimes
    stretch: Vector | None
    past: Past

    @classmethod
    def read(cls, shape: Shape, rate: Numbers, interval: Numbers, service: Any, aht: Numbers | None, past: Past) -> _Arrivals:
        rates, edges = read_rates(shape, rate, interval)
        law = handle_times(service)
        if past not in ("empty", "stationary"):
            raise ValueError(f"past is {past!r}; it must be 'empty' or 'stationary'")
        stretch = None
        if aht is not None:
            means = per_interval(shape, "aht", aht, len(rates))
            if not (means > 0.0).all():
                first = int(np.argmin(means > 0.0))
                raise ValueError(f"aht[{first}] is {means[first]}; it must be > 0")
            stretch = means / law.mean
        return cls(rates, edges, law, stretch, past)

    @property
    def at_once(self) -> float:
        """Share of the contacts that take any time at all."""
        return float(self.law.survival(np.zeros(1))[0])

    def left(self, what: int, since: Vector, interval: Any) -> Vector:
        """Survival, excess or its square of those who came in these intervals, so long ago; times before 0 are taken as 0."""
        function = (self.law.survival, self.law.excess, self.law.excess_square)[what]
        since = np.maximum(since, 0.0)
        if self.stretch is None:
            return function(since)
        factor = self.stretch[interval]
        return np.asarray(factor**what * function(since / factor))

    def load(self, times: Vector) -> Vector:
        """m(t): what each interval's arrivals up to t have left, and what those before the first edge have."""
        begun = np.searchsorted(self.edges[:-1], times, side="left")
        return np.asarray(self.sum(EXCESS, times, begun) + self.before(EXCESS, times))

    def slope(self, times: Vector, interval: Index) -> Vector:
        """m'(t) within the given intervals: what arrives less what is finished."""
        gone = self.sum(SURVIVAL, times, interval + 1) + self.before(SURVIVAL, times)
        return np.asarray(self.rates[interval] * self.at_once - gone)

    def before(self, what: int, times: Vector) -> Vector:
        """The same of those who came before the first edge."""
        if self.past == "empty":
            return np.zeros_like(times)
        return np.asarray(self.rates[0] * self.left(what, times - self.edges[0], 0))

    def sum(self, what: int, times: Vector, stop: Index) -> Vector:
        """Sum over intervals j < stop of rate_j (left(t - end_j) - left(t - start_j))."""
        reach = self.law.reach * (1.0 if self.stretch is None else float(self.stretch.max()))
        first = np.minimum(np.searchsorted(self.edges[1:], times - reach, side="right"), stop)
        count = stop - first
        found = np.zeros_like(times)
        ends = np.cumsum(count + 1)
        begin = 0
        while begin < len(times):
            # At least one time, even where it alone is more than a chunk.
            end = max(int(np.searchsorted(ends, (ends[begin - 1] if begin else 0) + CHUNK, side="right")), begin + 1)
            some = slice(begin, end)
            sizes = count[some] + 1
            starts = np.cumsum(sizes) - sizes
            which = np.repeat(np.arange(len(sizes)), sizes)
            edge = np.arange(int(sizes.sum())) - starts[which] + first[some][which]
            since = times[some][which] - self.edges[edge]
            interval = np.minimum(edge, len(self.rates) - 1)
            start = self.left(what, since, interval)
            # Without a stretch an interval's end is the next one's start.
            close = start[1:] if self.stretch is None else self.left(what, since[1:], interval[:-1])
            terms = np.zeros_like(start)
            terms[:-1] = self.rates[interval[:-1]] * (close - start[:-1])
            terms[starts + sizes - 1] = 0.0
            found[some] = np.add.reduceat(terms, starts)
            begin = end
        return found

    def samples(self, what: int) -> Vector:
        """`sum` and `before` at the sixteenths of each interval, its ends included, from within."""
        K, parts = len(self.rates), np.arange(PARTS + 1.0) / PARTS
        places = self.edges[:-1, None] + np.diff(self.edges)[:, None] * parts
        times = places.ravel()
        if self.stretch is not None or not is_regular(self.edges):
            found = self.sum(what, times, np.repeat(np.arange(1, K + 1), PARTS + 1))
            return np.asarray((found + self.before(what, times)).reshape(places.shape))
        # Every interval passes on the same shares, so that sums are convolutions.
        length = float(np.diff(self.edges).mean())
        back = min(K, int(self.law.reach / length) + 2) if self.law.reach < np.inf else K
        still = self.left(what, np.arange(PARTS * (back + 1) + 1.0) * (length / PARTS), 0)
        found = np.empty((K, PARTS + 1))
        for part in range(PARTS + 1):
            here = still[part : part + PARTS * back + 1 : PARTS]
            shares = np.append(still[0] - here[0], here[:-1] - here[1:])[:back]
            found[:, part] = np.convolve(self.rates, shares)[:K]
        return np.asarray(found + self.before(what, times).reshape(places.shape))

    def average(self) -> Vector:
        """Mean of the load over each interval: of its own arrivals, and of those of the intervals before."""
        lengths, begun = np.diff(self.edges), np.arange(len(self.rates))
        means = self.law.mean * (1.0 if self.stretch is None else self.stretch)
        finished = self.left(EXCESS_SQUARE, np.zeros_like(lengths), begun) - self.left(EXCESS_SQUARE, lengths, begun)
        work = self.rates * (means * lengths - finished)
        for times, sign in ((self.edges[:-1], 1.0), (self.edges[1:], -1.0)):
            work += sign * (self.sum(EXCESS_SQUARE, times, begun) + self.before(EXCESS_SQUARE, times))
        return np.asarray(work / lengths)

    def extreme(self, samples: Vector, slopes: Vector, sign: float) -> Vector:
        """Greatest (sign 1) or least (-1) load of each interval."""
        top, rise = sign * samples, sign * slopes
        found = top.max(axis=1)
        width = np.diff(self.edges) / PARTS
        # Where the load turns between two samples it stays below the tangents at both.
        bound = np.minimum(top[:, :-1] + rise[:, :-1] * width[:, None], top[:, 1:] - rise[:, 1:] * width[:, None])
        turns = (rise[:, :-1] > 0.0) & (rise[:, 1:] < 0.0) & (bound > found[:, None] * (1.0 + sign * 1e-14))
        interval, part = np.nonzero(turns)
        low = self.edges[interval] + part * width[interval]
        high = low + width[interval]
        for _ in range(HALVINGS if len(interval) else 0):
            middle = 0.5 * (low + high)
            rising = sign * self.slope(middle, interval) > 0.0
            low, high = np.where(rising, middle, low), np.where(rising, high, middle)
        np.maximum.at(found, interval, sign * self.load(0.5 * (low + high)))
        factor = np.ones_like(self.rates) if self.stretch is None else self.stretch
        for kink in self.law.kinks:
            times = np.concatenate([self.edges[:-1] + kink * factor, self.edges[1:] + kink * factor])
            times = times[times < self.edges[-1]]
            np.maximum.at(found, np.searchsorted(self.edges, times, side="right") - 1, sign * self.load(times))
        return np.asarray(sign * found)
