"""How contacts arrive beyond a level rate: days and intervals busier than planned, lines within intervals, bursts after a drop."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.core.distributions import Classes, Distribution
from wfm.simulate import arrivals_kernel

Floats = NDArray[np.float64]

_STRONGEST = 0.999  # over days: what is older than 20,700 days is negligible then, and summing up still cheap


@dataclass(frozen=True)
class Part:
    """A part of the variance of intervals' levels that hangs together over the day.

    Attributes
    ----------
    share
        Of the variance, 0 to 1.
    memory
        Time [s] over which its correlation falls to 1/e; inf for one that lasts all day.
    period
        Time [s] of a swing back and forth, inf for none. With about the length of the day, a morning busier than usual is
        followed by a quieter evening.

    Two intervals that begin t seconds apart are correlated by ``exp(-t / memory) * cos(2 * pi * t / period)``.
    """

    share: float
    memory: float
    period: float = math.inf

    def __post_init__(self) -> None:
        _within("share of a part", self.share, 0.0, 1.0)
        for name, value in (("memory", self.memory), ("period", self.period)):
            if not value > 0:
                raise ValueError(f"{name} is {value}; it has to be above 0 seconds, inf without end")


@dataclass(frozen=True)
class Busyness:
    """How the levels of days and of their intervals hang together; how far they scatter say ``day_cv`` and ``slot_cv``.

    Levels have gamma distributions of mean 1. What hangs together is the normal variate behind each, which has the same share
    below it; with the small scatter that levels have, levels are correlated as their normals are, nearly. As it stands, every day,
    type and interval is by itself.

    Attributes
    ----------
    over_days
        Correlation of a day's level with that of the next calendar day, 0 to 0.999; of days further apart its powers (a
        first-order autoregression). Days on which nobody works count.
    over_types
        Correlation between contact types on the same day, 0 to 1: the share of the variance that all types have in common. Of two
        types that have different ones, the geometric mean.
    within_day
        Parts of the variance of intervals' levels; what their shares leave to 1 is drawn for each interval by itself.
    """

    over_days: float = 0.0
    over_types: float = 0.0
    within_day: tuple[Part, ...] = ()

    def __post_init__(self) -> None:
        _within("over_days", self.over_days, 0.0, _STRONGEST)
        _within("over_types", self.over_types, 0.0, 1.0)
        total = math.fsum(part.share for part in self.within_day)
        if total > 1 + 1e-9:
            raise ValueError(f"the shares of within_day add up to {total:g}; together they are the variance, so 1 at most")


@dataclass(frozen=True)
class Burst:
    """Contacts that a drop brings on top of the others: a mailing that arrives, an airing on television.

    The number of a burst among a plan's `bursts` keys its random numbers: plans of other days that list the same bursts meet the
    same responses. Whoever would call while closed, or after the plan's end, is lost.

    Attributes
    ----------
    at
        Moment of the drop, microseconds after the plan's first moment; may lie before it, or while closed.
    contacts
        Expected number of responses, at most 2,000,000.
    lag
        Time [s] from the drop to each response, drawn for each by itself: any of `wfm.core.distributions` but `Classes`; a
        `QuantileTable` for one that was measured. Who never responds is lost too.
    exact
        Exactly ``contacts`` respond, not a Poisson number with that mean.
    """

    at: int
    contacts: float
    lag: Distribution
    exact: bool = False

    def __post_init__(self) -> None:
        _within("contacts of a burst", self.contacts, 0.0, 2_000_000)
        if self.exact and self.contacts != int(self.contacts):
            raise ValueError(f"contacts of a burst are {self.contacts}; exactly as many can only be a whole number")
        if not isinstance(self.lag, Distribution) or isinstance(self.lag, Classes):
            raise ValueError(
                f"lag of a burst is {self.lag!r}; it has to be a distribution of wfm.core.distributions, not of classes"
            )
        if abs(self.at) >= 1 << 60:
            raise ValueError(f"a burst is at {self.at}; moments are microseconds after the plan's first")


def tilts(rate: ArrayLike, start: ArrayLike, length: ArrayLike) -> Floats:
    """Slopes for the mean rates of intervals, so that the rate rises and falls smoothly and every interval keeps its total.

    The slope of an interval is that between the means of its neighbours, made less steep where it would lead past one of them
    (van Leer, "Towards the ultimate conservative difference scheme V", Journal of Computational Physics 32, 1979): a straight line
    through the means is met exactly, a peak stays level, no rate is negative. At an opening or closing the one neighbour decides.

    Parameters
    ----------
    rate, start, length
        [K], of each interval, as `wfm.simulate.model.Model` has them.

    Returns
    -------
    ndarray
        float64[K], -1 to 1, for `wfm.simulate.model.Model.tilt`.
    """
    mean, first, long = np.asarray(rate, dtype=float), np.asarray(start), np.asarray(length)
    K, middle, touch = len(mean), first + 0.5 * long, first[1:] == (first + long)[:-1]
    slope = np.where(touch, np.diff(mean) / np.diff(middle), 0.0)  # between an interval and the next
    tilt = np.zeros(K)
    for k in range(K):
        half = 0.5 * float(long[k])
        begins, ends = k == 0 or not touch[k - 1], k == K - 1 or not touch[k]
        if mean[k] <= 0 or (begins and ends):
            continue
        if begins:
            rise = slope[k] * half
        elif ends:
            rise = slope[k - 1] * half
        elif slope[k - 1] * slope[k] <= 0:
            rise = 0.0
        else:
            across = (mean[k + 1] - mean[k - 1]) / (middle[k + 1] - middle[k - 1]) * half
            rise = math.copysign(min(abs(across), abs(mean[k + 1] - mean[k]), abs(mean[k] - mean[k - 1])), across)
        tilt[k] = min(max(rise / mean[k], -1.0), 1.0)
    return tilt


def line(at_start: ArrayLike, at_end: ArrayLike) -> tuple[Floats, Floats]:
    """Mean rate and tilt of intervals whose rate goes in a straight line from ``at_start`` to ``at_end``, each [K].

    Raises
    ------
    ValueError
        A rate is negative or not finite.
    """
    first, last = np.asarray(at_start, dtype=float), np.asarray(at_end, dtype=float)
    bad = ~(np.isfinite(first) & np.isfinite(last) & (first >= 0) & (last >= 0))
    if bad.any():
        k = int(np.argmax(bad))
        raise ValueError(f"rates have to be finite and not negative; the first that is not is number {k}: {first[k]} to {last[k]}")
    mean = (first + last) / 2
    return mean, np.divide(last - first, first + last, out=np.zeros(len(mean)), where=mean > 0)


Linked = tuple[float, float, Floats]
Bursts = tuple[NDArray[np.int64], Floats, NDArray[np.int64], NDArray[np.int64], Floats]


def linked_arguments(busyness: Busyness) -> Linked:
    """What `wfm.simulate.arrivals_kernel.fill_levels` takes: over days, over types, and the parts within a day."""
    if busyness == _NEUTRAL:
        return _NOT_LINKED
    parts = [(part.share, part.memory, part.period) for part in busyness.within_day]
    return float(busyness.over_days), float(busyness.over_types), np.array(parts, dtype=float).reshape(-1, 3)


def burst_arguments(bursts: tuple[Burst, ...]) -> Bursts:
    """What `wfm.simulate.arrivals_kernel.respond` takes: moments, contacts, whether exact, places of the laws, and the laws."""
    return _bursts(bursts) if bursts else _NO_BURSTS


def _bursts(bursts: tuple[Burst, ...]) -> Bursts:
    laws = [burst.lag.law for burst in bursts]
    return (
        np.array([burst.at for burst in bursts], dtype=np.int64),
        np.array([burst.contacts for burst in bursts], dtype=float),
        np.array([burst.exact for burst in bursts], dtype=np.int64),
        np.cumsum([0, *(len(law) for law in laws)], dtype=np.int64),
        np.concatenate([np.empty(0), *laws]),
    )


def check_bursts(bursts: tuple[Burst, ...]) -> None:
    """Refuse more bursts than the keys of random numbers tell apart."""
    if len(bursts) > arrivals_kernel.BURSTS:
        raise ValueError(f"{len(bursts)} bursts; random numbers are keyed for {arrivals_kernel.BURSTS} of a contact type")


def _within(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high or not math.isfinite(value):
        limits = f"from {low:g} to {high:g}" if math.isfinite(high) else f"finite and at least {low:g}"
        raise ValueError(f"{name} is {value}; it has to be {limits}")


# Most plans have neither; so small ones are drawn without making arrays for them.
_NEUTRAL, _NOT_LINKED, _NO_BURSTS = Busyness(), (0.0, 0.0, np.empty((0, 3))), _bursts(())
