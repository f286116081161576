"""Offered load when rates change: how many agents would be busy if there were always enough of them.

The load lags behind the arrivals by about a handle time and is smoother than they are. In the queue with endless agents the
number busy at t has the mean m(t) = integral of rate(t - u) P(S > u) du, whatever the distribution of handle times, and is
Poisson when arrivals are (S. G. Eick, W. A. Massey, W. Whitt, "The physics of the M_t/G/infinity queue", Operations
Research 41:731, 1993). With rates constant within intervals the integral is a sum over past intervals, exact to rounding,
and only those count from which contacts may still be going on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from wfm.erlang.models.base import FINITE
from wfm.erlang.shapes import Shape
from wfm.erlang.transient.handle_times import HandleTimes, handle_times
from wfm.erlang.transient.periods import is_regular, read_rates

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wfm.erlang.shapes import Numbers

    Vector = NDArray[np.float64]

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


def offered_load(rate: Numbers, interval: Numbers, service: Any, at: Numbers, *, past: Past = "stationary") -> Any:
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
    rates, edges = read_rates(Shape(), rate, interval)
    law = handle_times(service)
    _check(past)
    times = np.asarray(at, dtype=np.float64)
    if not np.isfinite(times).all():
        raise ValueError("at must hold finite times")
    found = _load(rates, edges, law, times.ravel(), past).reshape(times.shape)
    if times.ndim == 0:
        return float(found)
    index = getattr(at, "index", None)
    shape = Shape(index if index is not None and hasattr(at, "to_numpy") else None)
    return shape.wrap(found, "offered_load")


def offered_load_by_interval(rate: Numbers, interval: Numbers, service: Any, *, past: Past = "stationary") -> LoadByInterval:
    """Average, extremes and ends of the offered load within each interval.

    Parameters
    ----------
    rate, interval, service, past
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
    rates, edges = read_rates(shape, rate, interval)
    law = handle_times(service)
    _check(past)
    samples = _samples(rates, edges, law.excess, law.reach, past)
    slopes = rates[:, None] * law.survival(np.zeros(1))[0] - _samples(rates, edges, law.survival, law.reach, past)
    least, most = (_extreme(rates, edges, law, past, samples, slopes, sign) for sign in (-1.0, 1.0))
    average = _average(rates, edges, law, past)
    columns = {"average": average, "least": least, "most": most, "at_start": samples[:, 0], "at_end": samples[:, -1]}
    return LoadByInterval(**{name: shape.wrap(np.ascontiguousarray(column), name) for name, column in columns.items()})


def delayed_load(
    rate: Numbers, interval: Numbers, service: Any, at: Numbers, *, delay: float, lost: float = 0.0, past: Past = "stationary"
) -> Any:
    """Offered load of contacts that wait just so long and are then served, but for a share that leaves [erlang].

    The second of two queues with endless agents in a row: everybody waits for `delay`, the share `lost` leaves, the others are
    handled (Y. Liu, W. Whitt, "Stabilizing customer abandonment in many-server queues with time-varying arrivals", Operations
    Research 60:1551, 2012).

    Parameters
    ----------
    rate, interval, service, at, past
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
    return (1.0 - share) * offered_load(rate, interval, service, times[()], past=past)


def _check(past: str) -> None:
    if past not in ("empty", "stationary"):
        raise ValueError(f"past is {past!r}; it must be 'empty' or 'stationary'")


def _load(rates: Vector, edges: Vector, law: HandleTimes, times: Vector, past: Past) -> Vector:
    """m(t): what each interval's arrivals up to t have left, and what those before the first edge have."""
    begun = np.searchsorted(edges[:-1], times, side="left")
    found = _sum(rates, edges, law.excess, law.reach, times, begun)
    return found + _before(rates, edges, law.excess, times, past)


def _slope(rates: Vector, edges: Vector, law: HandleTimes, times: Vector, interval: NDArray[np.int64], past: Past) -> Vector:
    """m'(t) within the given intervals: what arrives less what is finished."""
    gone = _sum(rates, edges, law.survival, law.reach, times, interval + 1) + _before(rates, edges, law.survival, times, past)
    return np.asarray(rates[interval] * law.survival(np.zeros(1))[0] - gone)


def _before(rates: Vector, edges: Vector, left: Callable[[Vector], Vector], times: Vector, past: Past) -> Vector:
    if past == "empty":
        return np.zeros_like(times)
    return np.asarray(rates[0] * left(np.maximum(times - edges[0], 0.0)))


def _sum(
    rates: Vector, edges: Vector, left: Callable[[Vector], Vector], reach: float, times: Vector, stop: NDArray[np.int64]
) -> Vector:
    """Sum over intervals j < stop of rate_j (left(t - end_j) - left(t - start_j)), times before 0 taken as 0."""
    first = np.minimum(np.searchsorted(edges[1:], times - reach, side="right"), stop)
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
        value = left(np.maximum(times[some][which] - edges[edge], 0.0))
        terms = np.zeros_like(value)
        terms[:-1] = rates[np.minimum(edge[:-1], len(rates) - 1)] * (value[1:] - value[:-1])
        terms[starts + sizes - 1] = 0.0
        found[some] = np.add.reduceat(terms, starts)
        begin = end
    return found


def _samples(rates: Vector, edges: Vector, left: Callable[[Vector], Vector], reach: float, past: Past) -> Vector:
    """What `_sum` and `_before` give at the sixteenths of each interval, its ends included, from within."""
    K, parts = len(rates), np.arange(PARTS + 1.0) / PARTS
    places = edges[:-1, None] + np.diff(edges)[:, None] * parts
    if not is_regular(edges):
        times = places.ravel()
        found = _sum(rates, edges, left, reach, times, np.repeat(np.arange(1, K + 1), PARTS + 1))
        return np.asarray((found + _before(rates, edges, left, times, past)).reshape(places.shape))
    # Every interval passes on the same shares, so that sums are convolutions.
    length = float(np.diff(edges).mean())
    back = min(K, int(reach / length) + 2) if reach < np.inf else K
    still = left(np.arange(PARTS * (back + 1) + 1.0) * (length / PARTS))
    found = np.empty((K, PARTS + 1))
    for part in range(PARTS + 1):
        here = still[part : part + PARTS * back + 1 : PARTS]
        shares = np.append(still[0] - here[0], here[:-1] - here[1:])[:back]
        found[:, part] = np.convolve(rates, shares)[:K]
    return np.asarray(found + _before(rates, edges, left, places.ravel(), past).reshape(places.shape))


def _average(rates: Vector, edges: Vector, law: HandleTimes, past: Past) -> Vector:
    """Mean of the load over each interval: of its own arrivals, and of those of the intervals before."""
    lengths = np.diff(edges)
    whole = law.excess_square(np.zeros(1))[0]
    work = rates * (law.mean * lengths - whole + law.excess_square(lengths))
    begun = np.arange(len(rates))
    for times, sign in ((edges[:-1], 1.0), (edges[1:], -1.0)):
        work += sign * _sum(rates, edges, law.excess_square, law.reach, times, begun)
        work += sign * _before(rates, edges, law.excess_square, times, past)
    return np.asarray(work / lengths)


def _extreme(rates: Vector, edges: Vector, law: HandleTimes, past: Past, samples: Vector, slopes: Vector, sign: float) -> Vector:
    """Greatest (sign 1) or least (-1) load of each interval."""
    top, rise = sign * samples, sign * slopes
    found = top.max(axis=1)
    width = np.diff(edges) / PARTS
    # Where the load turns between two samples it stays below the tangents at both.
    bound = np.minimum(top[:, :-1] + rise[:, :-1] * width[:, None], top[:, 1:] - rise[:, 1:] * width[:, None])
    turns = (rise[:, :-1] > 0.0) & (rise[:, 1:] < 0.0) & (bound > found[:, None] * (1.0 + sign * 1e-14))
    interval, part = np.nonzero(turns)
    low = edges[interval] + part * width[interval]
    high = low + width[interval]
    for _ in range(HALVINGS if len(interval) else 0):
        middle = 0.5 * (low + high)
        rising = sign * _slope(rates, edges, law, middle, interval, past) > 0.0
        low, high = np.where(rising, middle, low), np.where(rising, high, middle)
    np.maximum.at(found, interval, sign * _load(rates, edges, law, 0.5 * (low + high), past))
    for kink in law.kinks:
        times = edges + kink
        times = times[times < edges[-1]]
        np.maximum.at(found, np.searchsorted(edges, times, side="right") - 1, sign * _load(rates, edges, law, times, past))
    return np.asarray(sign * found)
