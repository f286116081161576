"""Times that are certain up to an onset: delayed, and its limits exponential and deterministic."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from wfm.core import laws
from wfm.core.distributions_base import Distribution, number

Floats = NDArray[np.float64]


class _Onset(Distribution):
    """Certain up to an onset, exponential from there."""

    @property
    def _ends(self) -> tuple[float, float]:
        raise NotImplementedError

    @cached_property
    def _law(self) -> tuple[float, ...]:
        return (laws.DELAYED, *self._ends)

    @property
    def _never(self) -> float:
        return 1.0 if math.inf in self._ends else 0.0

    @property
    def _kinks(self) -> tuple[float, ...]:
        onset = self._ends[0]
        return (onset,) if 0.0 < onset < math.inf else ()

    def _survival(self, t: Floats) -> Floats:
        onset, then_mean = self._ends
        if then_mean > 0.0:
            return np.exp(-np.maximum(t - onset, 0.0) / then_mean) if onset < math.inf else np.ones_like(t)
        return np.where(t < onset, 1.0, 0.0)

    def _hazard(self, t: Floats) -> Floats:
        onset, then_mean = self._ends
        return np.where(t < onset, 0.0, 1.0 / then_mean if then_mean > 0.0 else math.inf)


@dataclass(frozen=True)
class Exponential(_Onset):
    """Exponential: whoever has waited is as likely to leave in the next second as at the start.

    Parameters
    ----------
    mean
        Mean, >= 0; inf for never.
    """

    mean: float

    def __post_init__(self) -> None:
        number("mean", self.mean, most=math.inf)

    @property
    def _ends(self) -> tuple[float, float]:
        return 0.0, float(self.mean)

    def _over(self, unit: float) -> Self:
        return replace(self, mean=self.mean / unit)


@dataclass(frozen=True)
class Deterministic(_Onset):
    """Always the same time.

    Parameters
    ----------
    time
        Which, >= 0; inf for never.
    """

    time: float

    def __post_init__(self) -> None:
        number("time", self.time, most=math.inf)

    @property
    def mean(self) -> float:
        """Mean."""
        return self.time

    @property
    def _ends(self) -> tuple[float, float]:
        return float(self.time), 0.0

    def _over(self, unit: float) -> Self:
        return replace(self, time=self.time / unit)


@dataclass(frozen=True)
class Delayed(_Onset):
    """Nobody before the onset, then exponentially: "patience goes gradually after two minutes" (S4-14).

    Parameters
    ----------
    onset
        Time that everybody waits, >= 0.
    then_mean
        Mean time after it, >= 0; 0 for all at the onset, inf for never.
    """

    onset: float
    then_mean: float

    def __post_init__(self) -> None:
        number("onset", self.onset, most=math.inf)
        number("then_mean", self.then_mean, most=math.inf)

    @property
    def mean(self) -> float:
        """Mean."""
        return self.onset + self.then_mean

    @property
    def _ends(self) -> tuple[float, float]:
        return float(self.onset), float(self.then_mean)

    def _over(self, unit: float) -> Self:
        return replace(self, onset=self.onset / unit, then_mean=self.then_mean / unit)
