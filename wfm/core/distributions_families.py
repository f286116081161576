"""Textbook distributions of a time: of patience, in seconds, and of handle times."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from wfm.core import laws
from wfm.core.distributions_base import Distribution, number, numbers

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Uniform(Distribution):
    """Spread evenly between two times.

    Parameters
    ----------
    longest
        When the last one ends, > 0 and finite.
    shortest
        When the first one does, >= 0 and before ``longest``.
    """

    longest: float
    shortest: float = 0.0

    def __post_init__(self) -> None:
        number("longest", self.longest, above=0.0)
        if not number("shortest", self.shortest) < self.longest:
            raise ValueError(f"shortest is {self.shortest!r}, longest {self.longest!r}; shortest must come first")

    @cached_property
    def _law(self) -> tuple[float, ...]:
        return (laws.UNIFORM, float(self.shortest), float(self.longest))

    @property
    def mean(self) -> float:
        """Mean."""
        return 0.5 * self.shortest + 0.5 * self.longest

    @property
    def _kinks(self) -> tuple[float, ...]:
        return tuple(float(t) for t in (self.shortest, self.longest) if t > 0.0)

    def _survival(self, t: Floats) -> Floats:
        return np.clip((self.longest - t) / (self.longest - self.shortest), 0.0, 1.0)

    def _hazard(self, t: Floats) -> Floats:
        return np.where(t < self.shortest, 0.0, 1.0 / (self.longest - t))

    def _over(self, unit: float) -> Self:
        return replace(self, longest=self.longest / unit, shortest=self.shortest / unit)


class _Gamma(Distribution):
    """Gamma by its mean and its shape."""

    @property
    def _shape(self) -> float:
        raise NotImplementedError

    @cached_property
    def _law(self) -> tuple[float, ...]:
        return (laws.GAMMA, self.mean / self._shape, self._shape)

    def _survival(self, t: Floats) -> Floats:
        from scipy.special import gammaincc

        return np.asarray(gammaincc(self._shape, t * (self._shape / self.mean)))

    def _hazard(self, t: Floats) -> Floats:
        from scipy.special import gammaincc, gammaln, xlogy

        x = t * (self._shape / self.mean)
        density = np.exp(xlogy(self._shape - 1.0, x) - x - gammaln(self._shape)) * (self._shape / self.mean)
        return np.asarray(density / gammaincc(self._shape, x))


@dataclass(frozen=True)
class Gamma(_Gamma):
    """Gamma.

    Parameters
    ----------
    mean
        Mean, > 0 and finite.
    cv
        Coefficient of variation (standard deviation / mean), from 0.001 to 10; 1 is exponential.
    """

    mean: float
    cv: float

    def __post_init__(self) -> None:
        number("mean", self.mean, above=0.0)
        number("cv", self.cv, least=0.001, most=10.0)

    @property
    def _shape(self) -> float:
        return 1.0 / (self.cv * self.cv)

    def _over(self, unit: float) -> Self:
        return replace(self, mean=self.mean / unit)


@dataclass(frozen=True)
class ErlangK(_Gamma):
    """Exponential stages one after the other: more alike than the exponential.

    Parameters
    ----------
    mean
        Mean, > 0 and finite.
    stages
        How many, a whole number from 1 to 1000; the coefficient of variation is 1/sqrt(stages).
    """

    mean: float
    stages: int

    def __post_init__(self) -> None:
        number("mean", self.mean, above=0.0)
        if number("stages", self.stages, least=1.0, most=1000.0) % 1.0:
            raise ValueError(f"stages is {self.stages!r}; it has to be a whole number from 1 to 1000")

    @property
    def _shape(self) -> float:
        return float(self.stages)

    def _over(self, unit: float) -> Self:
        return replace(self, mean=self.mean / unit)


@dataclass(frozen=True)
class Lognormal(Distribution):
    """Lognormal: what handle times nearly always are.

    Parameters
    ----------
    mean
        Mean, > 0 and finite.
    cv
        Coefficient of variation (standard deviation / mean), from 0 (always the mean) to 1000.
    """

    mean: float
    cv: float

    def __post_init__(self) -> None:
        number("mean", self.mean, above=0.0)
        number("cv", self.cv, most=1000.0)

    @cached_property
    def _law(self) -> tuple[float, ...]:
        return (laws.LOGNORMAL, float(self.mean), float(self.cv))

    def _standard(self, t: Floats) -> tuple[Floats, float]:
        variance = math.log1p(self.cv * self.cv)
        with np.errstate(divide="ignore"):
            return (np.log(t / self.mean) + 0.5 * variance) / math.sqrt(variance), math.sqrt(variance)

    def _survival(self, t: Floats) -> Floats:
        from scipy.special import ndtr

        return np.where(t < self.mean, 1.0, 0.0) if self.cv == 0.0 else np.asarray(ndtr(-self._standard(t)[0]))

    def _hazard(self, t: Floats) -> Floats:
        from scipy.special import log_ndtr

        if self.cv == 0.0:
            return np.zeros_like(t)
        z, deviation = self._standard(t)
        density = np.exp(-0.5 * z * z - log_ndtr(-z)) / (t * (deviation * math.sqrt(2.0 * math.pi)))
        return np.where(t > 0.0, density, 0.0)

    @property
    def _kinks(self) -> tuple[float, ...]:
        return (float(self.mean),) if self.cv == 0.0 else ()

    def _over(self, unit: float) -> Self:
        return replace(self, mean=self.mean / unit)


@dataclass(frozen=True)
class Weibull(Distribution):
    """Weibull: survival e^-((t/scale)^shape).

    Parameters
    ----------
    scale
        Time after which a share 1/e is still there, > 0 and finite.
    shape
        Below 1 the longer somebody waits the less likely he is to leave; 1 is exponential. From 0.05 to 1000.
    """

    scale: float
    shape: float

    def __post_init__(self) -> None:
        number("scale", self.scale, above=0.0)
        number("shape", self.shape, least=0.05, most=1000.0)

    @cached_property
    def _law(self) -> tuple[float, ...]:
        return (laws.WEIBULL, float(self.scale), float(self.shape))

    @property
    def mean(self) -> float:
        """Mean."""
        return self.scale * math.gamma(1.0 + 1.0 / self.shape)

    def _survival(self, t: Floats) -> Floats:
        with np.errstate(over="ignore"):
            return np.exp(-((t / self.scale) ** self.shape))

    def _hazard(self, t: Floats) -> Floats:
        return self.shape / self.scale * (t / self.scale) ** (self.shape - 1.0)

    def _over(self, unit: float) -> Self:
        return replace(self, scale=self.scale / unit)


@dataclass(frozen=True)
class Hyperexponential(Distribution):
    """A mixture of exponentials: hurried and patient callers, more unlike than the exponential.

    Parameters
    ----------
    shares
        Share of each kind, >= 0, together 1 (to 1e-9).
    means
        Mean of each kind, > 0 and finite.
    """

    shares: Sequence[float]
    means: Sequence[float]

    def __post_init__(self) -> None:
        object.__setattr__(self, "shares", numbers("shares", self.shares, most=1.0))
        object.__setattr__(self, "means", numbers("means", self.means, above=0.0))
        if len(self.shares) != len(self.means) or not self.shares:
            raise ValueError(f"{len(self.shares)} shares and {len(self.means)} means; give one of each for every kind")
        if abs(math.fsum(self.shares) - 1.0) > 1e-9:
            raise ValueError(f"shares add up to {math.fsum(self.shares)!r}; they have to add up to 1")

    @property
    def _parts(self) -> tuple[Floats, Floats]:
        shares = np.array(self.shares)
        return shares / math.fsum(self.shares), np.array(self.means)

    @cached_property
    def _law(self) -> tuple[float, ...]:
        shares, means = self._parts
        return (laws.PHASES, float(len(shares)), *shares.tolist(), *means.tolist())

    @property
    def mean(self) -> float:
        """Mean."""
        shares, means = self._parts
        return float(shares @ means)

    def _survival(self, t: Floats) -> Floats:
        shares, means = self._parts
        return np.asarray(np.exp(-t[..., None] / means) @ shares)

    def _hazard(self, t: Floats) -> Floats:
        shares, means = self._parts
        there = np.exp(-t[..., None] / means)
        return np.asarray((there @ (shares / means)) / (there @ shares))

    def _over(self, unit: float) -> Self:
        return replace(self, means=tuple(mean / unit for mean in self.means))
