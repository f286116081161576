"""Distributions of handle time, as the queue with endless agents needs them: what is left of a contact, on average.

Each knows its `mean`, the `survival` P(S > u), the `excess` E[(S - u)+], which is the survival's integral from u on, and the
`excess_square` E[((S - u)+)^2] / 2, the excess' integral from u on. All take arrays of times >= 0 and are exact to rounding
(an absolute 1e-15 or so of their value at 0), `AnyTimes` to its quadrature.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import special

from wfm.erlang.impatience import Deterministic, ErlangK, Exponential, Lognormal
from wfm.erlang.impatience.base import FINITE, Patience, number
from wfm.erlang.transient.pieces import Pieces, polynomials

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

# What is left past `reach`, as a share of the mean: beyond the last digits of a sum.
NEGLIGIBLE = 2.0**-60


class HandleTimes:
    """What all distributions of handle time answer."""

    mean: float

    def survival(self, u: Vector) -> Vector:
        """P(S > u)."""
        raise NotImplementedError

    def excess(self, u: Vector) -> Vector:
        """E[(S - u)+]."""
        raise NotImplementedError

    def excess_square(self, u: Vector) -> Vector:
        """E[((S - u)+)^2] / 2."""
        raise NotImplementedError

    @property
    def kinks(self) -> tuple[float, ...]:
        """Times at which the survival jumps."""
        return ()

    @cached_property
    def reach(self) -> float:
        """Past this time contacts are over, but for a share of the load that no double shows."""
        t = self.mean
        while float(self.excess(np.array([t]))[0]) > NEGLIGIBLE * self.mean and t < 1e6 * self.mean:
            t *= 1.25
        return t if t < 1e6 * self.mean else math.inf


@dataclass(frozen=True)
class ExponentialTimes(HandleTimes):
    """Exponential handle times.

    Parameters
    ----------
    mean
        Mean handle time, > 0.
    """

    mean: float

    def __post_init__(self) -> None:
        number("mean", self.mean, above=0.0, most=FINITE)

    def survival(self, u: Vector) -> Vector:
        """e^(-u / mean)."""
        return np.exp(-u / self.mean)

    def excess(self, u: Vector) -> Vector:
        """Mean times the survival."""
        return np.asarray(self.mean * self.survival(u))

    def excess_square(self, u: Vector) -> Vector:
        """Mean squared times the survival."""
        return np.asarray(self.mean * self.mean * self.survival(u))


@dataclass(frozen=True)
class FixedTimes(HandleTimes):
    """Every contact takes just as long.

    Parameters
    ----------
    mean
        The handle time, > 0.
    """

    mean: float

    def __post_init__(self) -> None:
        number("mean", self.mean, above=0.0, most=FINITE)

    def survival(self, u: Vector) -> Vector:
        """1 before the handle time is over, then 0."""
        return (u < self.mean).astype(np.float64)

    def excess(self, u: Vector) -> Vector:
        """What is left, exactly."""
        return np.maximum(self.mean - u, 0.0)

    def excess_square(self, u: Vector) -> Vector:
        """Half the square of what is left."""
        return np.asarray(0.5 * np.maximum(self.mean - u, 0.0) ** 2)

    @property
    def kinks(self) -> tuple[float, ...]:
        """The handle time."""
        return (float(self.mean),)


@dataclass(frozen=True)
class LognormalTimes(HandleTimes):
    """Lognormal handle times, which those of calls mostly resemble.

    Parameters
    ----------
    mean
        Mean handle time, > 0.
    cv
        Coefficient of variation (standard deviation / mean), > 0.
    """

    mean: float
    cv: float

    def __post_init__(self) -> None:
        number("mean", self.mean, above=0.0, most=FINITE)
        number("cv", self.cv, above=0.0, most=1e3)

    @cached_property
    def _spread(self) -> float:
        return math.sqrt(math.log1p(self.cv * self.cv))

    def _longer(self, u: Vector) -> tuple[Vector, Vector, Vector]:
        """P(S > u), E[S; S > u], E[S^2; S > u]: the normal distribution, shifted by one spread for each power."""
        s = self._spread
        with np.errstate(divide="ignore"):
            z = (math.log(self.mean) - 0.5 * s * s - np.log(u)) / s
        square = self.mean * self.mean * (1.0 + self.cv * self.cv)
        return special.ndtr(z), self.mean * special.ndtr(z + s), square * special.ndtr(z + 2.0 * s)

    def survival(self, u: Vector) -> Vector:
        """The normal distribution of ln u."""
        return self._longer(u)[0]

    def excess(self, u: Vector) -> Vector:
        """E[S; S > u] - u P(S > u)."""
        return _excess(u, self._longer(u))

    def excess_square(self, u: Vector) -> Vector:
        """E[S^2; S > u] / 2 - u E[S; S > u] + u^2 P(S > u) / 2."""
        return _excess_square(u, self._longer(u))


@dataclass(frozen=True)
class GammaTimes(HandleTimes):
    """Gamma handle times; with cv = 1/sqrt(k) those of k exponential stages.

    Parameters
    ----------
    mean
        Mean handle time, > 0.
    cv
        Coefficient of variation, > 0; 1 is exponential.
    """

    mean: float
    cv: float

    def __post_init__(self) -> None:
        number("mean", self.mean, above=0.0, most=FINITE)
        number("cv", self.cv, above=0.0, most=1e3)

    def _longer(self, u: Vector) -> tuple[Vector, Vector, Vector]:
        """P(S > u), E[S; S > u], E[S^2; S > u]: gamma distributions of one stage more for each power."""
        k = 1.0 / (self.cv * self.cv)
        x = u * k / self.mean
        square = self.mean * self.mean * (1.0 + self.cv * self.cv)
        share, time = np.asarray(special.gammaincc(k, x), dtype=np.float64), special.gammaincc(k + 1.0, x)
        return share, np.asarray(self.mean * time), np.asarray(square * special.gammaincc(k + 2.0, x))

    def survival(self, u: Vector) -> Vector:
        """The incomplete gamma function."""
        return self._longer(u)[0]

    def excess(self, u: Vector) -> Vector:
        """E[S; S > u] - u P(S > u)."""
        return _excess(u, self._longer(u))

    def excess_square(self, u: Vector) -> Vector:
        """E[S^2; S > u] / 2 - u E[S; S > u] + u^2 P(S > u) / 2."""
        return _excess_square(u, self._longer(u))


def _excess(u: Vector, longer: tuple[Vector, Vector, Vector]) -> Vector:
    share, time, _ = longer
    return np.maximum(time - u * share, 0.0)


def _excess_square(u: Vector, longer: tuple[Vector, Vector, Vector]) -> Vector:
    share, time, square = longer
    return np.maximum(0.5 * square - u * time + 0.5 * u * u * share, 0.0)


class AnyTimes(HandleTimes):
    """Handle times of which only the survival is known.

    Parameters
    ----------
    survival
        P(S > u) for arrays of times u >= 0; its integral has to be finite, and fall to nothing within a million times its
        first hundredth.
    kinks
        Times at which it jumps or bends, > 0.
    scale
        A time of the order of the mean: where to begin looking.

    Notes
    -----
    The survival is replaced by Chebyshev polynomials over pieces that are halved until nothing is missing that shows in the
    mean (a relative 1e-14); the rest follows from them.
    """

    def __init__(self, survival: Callable[[Vector], Vector], kinks: tuple[float, ...] = (), scale: float = 1.0) -> None:
        number("scale", scale, above=0.0, most=FINITE)
        self._survival, self._kinks = survival, tuple(number(f"kinks[{i}]", t, most=FINITE) for i, t in enumerate(kinks))
        ends, pieces = polynomials(survival, _ends(survival, sorted({t for t in self._kinks if t > 0.0}), scale))
        self._once = Pieces(ends, pieces).tail()
        self._twice = self._once.tail()
        self.mean = float(self._once(np.zeros(1))[0])

    @classmethod
    def of(cls, patience: Patience) -> AnyTimes:
        """A distribution of `wfm.erlang.impatience`, read as one of handle times."""
        return cls(patience.survival, patience.kinks, patience.mean_patience)

    def survival(self, u: Vector) -> Vector:
        """As given."""
        return np.asarray(self._survival(u), dtype=np.float64)

    def excess(self, u: Vector) -> Vector:
        """By quadrature."""
        return self._once(u)

    def excess_square(self, u: Vector) -> Vector:
        """By quadrature."""
        return self._twice(u)

    @property
    def kinks(self) -> tuple[float, ...]:
        """As given."""
        return self._kinks

    @cached_property
    def reach(self) -> float:
        """Where the survival has fallen to nothing."""
        return self._once.end


def _ends(f: Callable[[Vector], Vector], kinks: list[float], scale: float) -> Vector:
    """Where to cut at first: at the kinks, and at doubled times as far as anything survives."""
    end = max([scale, *kinks])
    while float(f(np.array([end]))[0]) > NEGLIGIBLE and end < 1e8 * scale:
        end *= 2.0
    if end >= 1e8 * scale:
        raise ValueError("the survival does not fall to 0; handle times need a finite mean")
    return np.unique([0.0, *kinks, *np.geomspace(scale * 1e-3, end, 48)])


def handle_times(service: Any) -> HandleTimes:
    """Read an argument: a mean (exponential), one of this module's distributions, or one of `wfm.erlang.impatience`.

    Raises
    ------
    ValueError
        For anything else.
    """
    if isinstance(service, HandleTimes):
        return service
    if isinstance(service, Patience):
        return _twin(service)
    if isinstance(service, (int, float, np.floating, np.integer)) and not isinstance(service, bool):
        return ExponentialTimes(number("service", float(service), above=0.0, most=FINITE))
    raise ValueError(f"service is {service!r}; give a mean handle time, or a distribution such as LognormalTimes(300, 0.8)")


def _twin(patience: Patience) -> HandleTimes:
    if isinstance(patience, Lognormal):
        return LognormalTimes(patience.mean, patience.cv)
    if isinstance(patience, ErlangK):
        return GammaTimes(patience.mean, 1.0 / math.sqrt(patience.stages))
    if isinstance(patience, Exponential):
        return ExponentialTimes(patience.mean)
    if isinstance(patience, Deterministic):
        return FixedTimes(patience.time)
    return AnyTimes.of(patience)
