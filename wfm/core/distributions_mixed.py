"""Distributions of a time made of others: who leaves at once, who never leaves, and problems of several classes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.core import laws
from wfm.core.distributions_base import Distribution, number, numbers

Floats = NDArray[np.float64]
_WHOLE = 1e-9  # shares that add up to 1 but for this are meant to


class _Atoms(Distribution):
    """A share at once and a share for ever beside the others."""

    share: float
    others: Distribution

    @property
    def _at_once(self) -> float:
        raise NotImplementedError

    def _read(self) -> None:
        number("share", self.share, most=1.0)
        if not isinstance(self.others, Distribution) or self.others._law[0] >= laws.ANNOUNCED:
            raise ValueError(f"others is {self.others!r}; it has to be one plain distribution, such as Exponential(120)")

    @cached_property
    def _law(self) -> tuple[float, ...]:
        at_once, never, plain = _atoms(self)
        if at_once + never > 1.0 - 1e-12:
            never = 1.0 - at_once
        return (laws.ATOMS, at_once, never, *plain._law)

    @property
    def mean(self) -> float:
        """Mean; inf where some never end."""
        if self._never > 0.0:
            return math.inf
        return (1.0 - self.share) * self.others.mean if self.share < 1.0 else 0.0

    @property
    def _kinks(self) -> tuple[float, ...]:
        return self.others._kinks


@dataclass(frozen=True)
class Balking(_Atoms):
    """A share hangs up at once if not answered at once; the others have a patience of their own.

    Parameters
    ----------
    share
        Share that leaves at once, 0 to 1.
    others
        Patience of those who are willing to wait.
    """

    share: float
    others: Distribution

    def __post_init__(self) -> None:
        self._read()

    @property
    def _never(self) -> float:
        return (1.0 - self.share) * self.others._never

    def _survival(self, t: Floats) -> Floats:
        return (1.0 - self.share) * self.others._survival(t)

    def _hazard(self, t: Floats) -> Floats:
        return self.others._hazard(t)

    def _over(self, unit: float) -> Self:
        return replace(self, others=self.others._over(unit))


@dataclass(frozen=True)
class Staying(_Atoms):
    """A share never hangs up; the others have a patience of their own.

    Parameters
    ----------
    share
        Share that waits for however long, 0 to 1.
    others
        Patience of those who may leave.
    """

    share: float
    others: Distribution

    def __post_init__(self) -> None:
        self._read()

    @property
    def _never(self) -> float:
        return self.share + (1.0 - self.share) * self.others._never

    def _survival(self, t: Floats) -> Floats:
        return self.share + (1.0 - self.share) * self.others._survival(t)

    def _hazard(self, t: Floats) -> Floats:
        leaving = np.where(self.others._survival(t) > 0.0, (1.0 - self.share) * self.others._survival(t), 0.0)
        rate = np.where(leaving > 0.0, self.others._hazard(t), 0.0)
        return rate * leaving / (self.share + leaving)

    def _over(self, unit: float) -> Self:
        return replace(self, others=self.others._over(unit))


def _atoms(distribution: Distribution) -> tuple[float, float, Distribution]:
    """Shares at once and never, and what all the others have in common."""
    if not isinstance(distribution, _Atoms):
        return 0.0, 0.0, distribution
    at_once, never, plain = _atoms(distribution.others)
    share, left = distribution.share, 1.0 - distribution.share
    if isinstance(distribution, Balking):
        return share + left * at_once, left * never, plain
    return left * at_once, share + left * never, plain


@dataclass(frozen=True)
class Classes(Distribution):
    """Handle times of several classes of problems: short consults, long exceptions (S1-10).

    Each contact is about one class, drawn for it once; its attempts and transfers are about the same. A plan's own mean handle
    time of an interval holds for the mixture: the classes say how it scatters, and how long they are beside each other.

    Parameters
    ----------
    shares
        Share of the contacts in each class, >= 0, together 1 (to 1e-9).
    times
        Handle time of each, with a mean above 0; for what counts is which is how many times as long as another.
    names
        Of the classes, for reports; without them they are numbered.
    """

    shares: Sequence[float]
    times: Sequence[Distribution]
    names: Sequence[str] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "shares", numbers("shares", self.shares, most=1.0))
        object.__setattr__(self, "times", tuple(self.times))
        object.__setattr__(self, "names", tuple(self.names) or tuple(str(i) for i in range(len(self.shares))))
        if not len(self.shares) == len(self.times) == len(self.names) or not self.shares:
            raise ValueError(
                f"{len(self.shares)} shares, {len(self.times)} times and {len(self.names)} names; give one of each for every class"
            )
        if abs(math.fsum(self.shares) - 1.0) > _WHOLE:
            raise ValueError(f"shares add up to {math.fsum(self.shares)!r}; they have to add up to 1")
        for i, time in enumerate(self.times):
            if not isinstance(time, Distribution) or time._law[0] >= laws.ATOMS or not 0.0 < time.mean < math.inf:
                raise ValueError(f"times[{i}] is {time!r}; it has to have a mean above 0, such as Lognormal(180, 0.8)")

    @property
    def _weights(self) -> Floats:
        return np.array(self.shares) / math.fsum(self.shares)

    @cached_property
    def _law(self) -> tuple[float, ...]:
        n = len(self.times)
        parts = [time._law for time in self.times]
        places = np.cumsum([2 + 2 * n, *(len(part) for part in parts[:-1])])
        cumulated = [*np.cumsum(self._weights)[:-1].tolist(), 1.0]
        return (laws.CLASSES, float(n), *cumulated, *places.astype(float).tolist(), *(value for part in parts for value in part))

    @property
    def mean(self) -> float:
        """Mean; inf where some never end."""
        return float(self._weights @ np.array([time.mean for time in self.times]))

    @property
    def _kinks(self) -> tuple[float, ...]:
        return tuple(sorted({kink for time in self.times for kink in time._kinks}))

    def _survival(self, t: Floats) -> Floats:
        return np.asarray(sum(share * time._survival(t) for share, time in zip(self._weights, self.times, strict=True)))

    def _hazard(self, t: Floats) -> Floats:
        there = [share * time._survival(t) for share, time in zip(self._weights, self.times, strict=True)]
        ends = sum(np.where(left > 0.0, left * time._hazard(t), 0.0) for left, time in zip(there, self.times, strict=True))
        return np.asarray(ends / np.asarray(sum(there)))

    def _over(self, unit: float) -> Self:
        return replace(self, times=tuple(time._over(unit) for time in self.times))

    def quantile(self, u: ArrayLike) -> float:
        """Not in one step: the class is drawn first, and each has its own quantiles.

        Raises
        ------
        ValueError
            Always: ask one of `times`.
        """
        raise ValueError("classes of problems are drawn first, then the time: ask for a quantile of one of `times`")

    def classes_of(
        self,
        seed: int,
        replication: int,
        day: NDArray[np.int64],
        ordinal: NDArray[np.int64],
        kind: int = 0,
    ) -> NDArray[np.int64]:
        """Which class each contact of a simulation is about, by its number among `names`.

        Parameters
        ----------
        seed, replication, kind
            Of the simulation, and the number of the contact type.
        day, ordinal
            int64[N], the keys of the contacts (`wfm.simulate.drawing.Drawn`).
        """
        from wfm.core import distributions_kernel

        law = self.law
        found = [distributions_kernel.class_of(seed, replication, kind, d, o, law) for d, o in zip(day, ordinal, strict=True)]
        return np.array(found, dtype=np.int64)
