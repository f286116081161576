"""Distributions of a time as it was measured: survival curves, tables of hazards, tables of quantiles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from wfm.core import laws
from wfm.core.distributions_base import Distribution, increasing, number, numbers

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Empirical(Distribution):
    """A survival curve in steps, such as Kaplan and Meier's estimate: everybody of a step leaves at its very time.

    What the curve leaves open at its end is closed by an exponential tail: without it nobody would ever leave later.

    Parameters
    ----------
    times
        Times of the curve, >= 0, increasing. A time 0 with a survival below 1 says that some leave at once.
    shares
        Survival from each time on (until the next), 1 to 0, not increasing. Before the first time it is 1.
    tail
        Mean of the tail; without it that of the last hazard, of the span of time from before the last step to the end of
        the curve; inf where the curve has no step (nobody ever leaves).
    """

    times: Sequence[float]
    shares: Sequence[float]
    tail: float | None = None

    def __post_init__(self) -> None:
        _read_curve(self)
        if self.tail is not None:
            number("tail", self.tail, above=0.0, most=math.inf)

    @cached_property
    def _curve(self) -> tuple[Floats, Floats]:
        """Times and shares from time 0 on."""
        if self.times[0] > 0.0:
            return np.array([0.0, *self.times]), np.array([1.0, *self.shares])
        return np.array(self.times), np.array(self.shares)

    @cached_property
    def _tail_mean(self) -> float:
        times, shares = self._curve
        if self.tail is not None:
            return float(self.tail)
        steps = np.flatnonzero(shares[1:] < shares[:-1])
        if not len(steps) or shares[-1] == 0.0:
            return math.inf
        before = steps[-1]
        return float((times[-1] - times[before]) / math.log(shares[before] / shares[-1]))

    @cached_property
    def _law(self) -> tuple[float, ...]:
        times, shares = self._curve
        return (laws.STEPS, float(len(times)), self._tail_mean, *times.tolist(), *_cumulated(shares).tolist())

    @property
    def mean(self) -> float:
        """Mean; inf where some never end."""
        times, shares = self._curve
        return float(np.diff(times) @ shares[:-1]) + (float(shares[-1]) * self._tail_mean if shares[-1] > 0.0 else 0.0)

    @property
    def _never(self) -> float:
        return float(self.shares[-1]) if math.isinf(self._tail_mean) else 0.0

    @property
    def _kinks(self) -> tuple[float, ...]:
        return tuple(float(t) for t in self._curve[0][1:])

    def _survival(self, t: Floats) -> Floats:
        times, shares = self._curve
        there = shares[np.searchsorted(times, t, side="right") - 1]
        return np.asarray(there * np.exp(-np.maximum(t - times[-1], 0.0) / self._tail_mean))

    def _hazard(self, t: Floats) -> Floats:
        return np.where(t >= self._curve[0][-1], 1.0 / self._tail_mean, 0.0)

    def _over(self, unit: float) -> Self:
        tail = None if self.tail is None else self.tail / unit
        return replace(self, times=tuple(t / unit for t in self.times), tail=tail)


@dataclass(frozen=True)
class HazardTable(Distribution):
    """A hazard for each stretch of time, as measured from those who had waited so far: "3.6 in a thousand a second at first".

    Parameters
    ----------
    times
        Where each stretch begins, from 0 on, increasing.
    hazards
        Rate of leaving from each time on until the next, >= 0. The last one holds for ever: the tail; 0 there means that who is
        left never leaves.
    """

    times: Sequence[float]
    hazards: Sequence[float]

    def __post_init__(self) -> None:
        object.__setattr__(self, "times", numbers("times", self.times))
        object.__setattr__(self, "hazards", numbers("hazards", self.hazards))
        if len(self.times) != len(self.hazards) or not self.times:
            raise ValueError(f"{len(self.times)} times and {len(self.hazards)} hazards; give one hazard for every time")
        if self.times[0] != 0.0:
            raise ValueError(f"times[0] is {self.times[0]!r}; the first stretch has to begin at 0")
        increasing("times", self.times)

    @classmethod
    def of_survival(cls, times: Sequence[float], shares: Sequence[float], tail: float | None = None) -> Self:
        """From a survival curve such as Kaplan and Meier's, the hazard even between its points.

        Parameters
        ----------
        times
            Times of the curve, > 0, increasing.
        shares
            Survival at each, between 0 and 1, not increasing.
        tail
            Hazard after the last of them; without it that of the last stretch.

        Raises
        ------
        ValueError
            Other times or shares; a share of 0, which no hazard leads to.
        """
        curve = Empirical(times, shares)
        if curve.times[0] == 0.0 or curve.shares[-1] == 0.0:
            raise ValueError("hazards run between times above 0 and shares above 0; say with Balking who leaves at once")
        since = np.array([0.0, *curve.times])
        hazards = np.diff(_cumulated(np.array([1.0, *curve.shares]))) / np.diff(since)
        last = float(hazards[-1]) if tail is None else tail
        return cls(tuple(since.tolist()), (*hazards.tolist(), last))

    @cached_property
    def _table(self) -> tuple[Floats, Floats, Floats]:
        times, hazards = np.array(self.times), np.array(self.hazards)
        return times, hazards, np.concatenate(([0.0], np.cumsum(np.diff(times) * hazards[:-1])))

    @cached_property
    def _law(self) -> tuple[float, ...]:
        parts = [value for part in self._table for value in part.tolist()]
        return (laws.HAZARDS, float(len(self.times)), *parts)

    @property
    def mean(self) -> float:
        """Mean; inf where some never end."""
        times, hazards, cumulated = self._table
        if hazards[-1] == 0.0:
            return math.inf
        lengths = np.append(np.diff(times), np.inf)
        with np.errstate(divide="ignore", invalid="ignore"):
            stays = np.where(hazards > 0.0, -np.expm1(-hazards * lengths) / hazards, lengths)
        return float(np.exp(-cumulated) @ stays)

    @property
    def _never(self) -> float:
        return math.exp(-self._table[2][-1]) if self.hazards[-1] == 0.0 else 0.0

    @property
    def _kinks(self) -> tuple[float, ...]:
        return tuple(self.times[1:])

    def _survival(self, t: Floats) -> Floats:
        times, hazards, cumulated = self._table
        i = np.searchsorted(times, t, side="right") - 1
        return np.asarray(np.exp(-cumulated[i] - hazards[i] * (t - times[i])))

    def _hazard(self, t: Floats) -> Floats:
        times, hazards, _ = self._table
        return np.asarray(hazards[np.searchsorted(times, t, side="right") - 1])

    def _over(self, unit: float) -> Self:
        return replace(self, times=tuple(t / unit for t in self.times), hazards=tuple(h * unit for h in self.hazards))


@dataclass(frozen=True)
class QuantileTable(Distribution):
    """Quantiles as measured, straight lines between them: "half within 120 s, 90 % within 400 s, all within 1800 s".

    Parameters
    ----------
    shares
        Shares, increasing, the last one 1. Where the first is above 0, the shortest time is 0.
    times
        Time within which each share ends, >= 0, not decreasing; finite, and the last above 0.
    """

    shares: Sequence[float]
    times: Sequence[float]

    def __post_init__(self) -> None:
        object.__setattr__(self, "shares", numbers("shares", self.shares, most=1.0))
        object.__setattr__(self, "times", numbers("times", self.times))
        if len(self.shares) != len(self.times) or not self.shares:
            raise ValueError(f"{len(self.shares)} shares and {len(self.times)} times; give one time for every share")
        if self.shares[-1] != 1.0:
            raise ValueError(f"shares[{len(self.shares) - 1}] is {self.shares[-1]!r}; the last share has to be 1: the longest time")
        increasing("shares", self.shares)
        increasing("times", self.times, strictly=False)
        number("the last time", self.times[-1], above=0.0)

    @cached_property
    def _points(self) -> tuple[Floats, Floats]:
        if self.shares[0] > 0.0:
            return np.array([0.0, *self.shares]), np.array([0.0, *self.times])
        return np.array(self.shares), np.array(self.times)

    @cached_property
    def _law(self) -> tuple[float, ...]:
        shares, times = self._points
        return (laws.QUANTILES, float(len(shares)), *shares.tolist(), *times.tolist())

    @property
    def mean(self) -> float:
        """Mean; inf where some never end."""
        shares, times = self._points
        return float(np.diff(shares) @ (times[1:] + times[:-1]) / 2.0)

    @property
    def _kinks(self) -> tuple[float, ...]:
        return tuple(sorted({float(t) for t in self.times if t > 0.0}))

    def _survival(self, t: Floats) -> Floats:
        shares, times = self._points
        i = np.minimum(np.searchsorted(times, t, side="right"), len(times) - 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            below = shares[i - 1] + (t - times[i - 1]) / (times[i] - times[i - 1]) * (shares[i] - shares[i - 1])
        return np.asarray(np.where(t < times[0], 1.0, np.where(t >= times[-1], 0.0, 1.0 - below)))

    def _hazard(self, t: Floats) -> Floats:
        shares, times = self._points
        i = np.minimum(np.searchsorted(times, t, side="right"), len(times) - 1)
        rate = (shares[i] - shares[i - 1]) / (times[i] - times[i - 1]) / self._survival(t)
        return np.where(t < times[0], 0.0, rate)

    def _over(self, unit: float) -> Self:
        return replace(self, times=tuple(t / unit for t in self.times))


def _read_curve(curve: Empirical) -> None:
    object.__setattr__(curve, "times", numbers("times", curve.times))
    object.__setattr__(curve, "shares", numbers("shares", curve.shares, most=1.0))
    if len(curve.times) != len(curve.shares) or not curve.times:
        raise ValueError(f"{len(curve.times)} times and {len(curve.shares)} shares; give one share for every time")
    increasing("times", tuple(curve.times))
    for i in range(1, len(curve.shares)):
        if curve.shares[i] > curve.shares[i - 1]:
            raise ValueError(f"shares[{i}] is {curve.shares[i]!r} after {curve.shares[i - 1]!r}; shares must not increase")


def _cumulated(shares: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        return np.asarray(np.abs(np.log(shares)))
