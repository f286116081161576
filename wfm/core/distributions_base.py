"""What every distribution of a time answers, and how the numbers it is made of are read."""

from __future__ import annotations

import math
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
FINITE = sys.float_info.max


class Distribution(ABC):
    """A distribution of a time from 0 on, in seconds or in whatever unit its parameters are."""

    @property
    def law(self) -> Floats:
        """The distribution as compiled code draws from it: what `wfm.core.laws` says. A new array each time."""
        return np.array(self._law, dtype=np.float64)

    @cached_property
    @abstractmethod
    def _law(self) -> tuple[float, ...]: ...

    if TYPE_CHECKING:  # to those made from their mean it is a field, which a property up here would be taken for the default of

        @property
        def mean(self) -> float:
            """Mean time; inf where a share never ends."""

    @abstractmethod
    def _survival(self, t: Floats) -> Floats: ...

    @abstractmethod
    def _hazard(self, t: Floats) -> Floats: ...

    @abstractmethod
    def _over(self, unit: float) -> Self:
        """The same distribution in units of ``unit``."""

    @property
    def _never(self) -> float:
        """Share that never ends."""
        return 0.0

    @property
    def _kinks(self) -> tuple[float, ...]:
        """Times at which survival jumps or bends, ascending."""
        return ()

    def survival(self, t: ArrayLike) -> Any:
        """Share that lasts longer than ``t``, a number or an array; 1 before 0."""
        return _each(lambda x: np.where(x < 0.0, 1.0, self._survival(np.maximum(x, 0.0))), t)

    def hazard(self, t: ArrayLike) -> Any:
        """Rate of ending at ``t`` of those still there; 0 between the jumps of a survival in steps, inf where nobody is left."""

        def rate(x: Floats) -> Floats:
            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
                now = np.maximum(x, 0.0)
                ends: Floats = np.where(x < 0.0, 0.0, np.where(self._survival(now) > 0.0, self._hazard(now), np.inf))
                return ends

        return _each(rate, t)

    def quantile(self, u: ArrayLike) -> Any:
        """Time within which a share ``u`` in (0, 1) ends, a number or an array; inf for who never does. Drawn times are such.

        Raises
        ------
        ValueError
            A share that is not between 0 and 1.
        """
        from wfm.core import distributions_kernel

        law = self.law

        def inverse(shares: Floats) -> Floats:
            if not np.all((shares > 0.0) & (shares < 1.0)):
                raise ValueError("a quantile is asked for at shares between 0 and 1, both excluded")
            return np.array([distributions_kernel.quantile(law, u) for u in shares.ravel()]).reshape(shares.shape)

        return _each(inverse, u)


def _each(function: Any, t: ArrayLike) -> Any:
    values = np.asarray(t, dtype=np.float64)
    result = function(values)
    return float(result) if values.ndim == 0 else np.asarray(result, dtype=np.float64)


def number(name: str, value: Any, *, above: float = -math.inf, least: float = 0.0, most: float = FINITE) -> float:
    """The value as a float.

    Raises
    ------
    ValueError
        What is no number, or outside of [``least``, ``most``], or not above ``above``: saying what it has to be.
    """
    plain = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    if not (plain and least <= value <= most and value > above):
        lowest = f"above {above:g}" if above >= least else f"{least:g} or more"
        limit = "" if most == math.inf else ", finite" if most > 1e300 else f", at most {most:g}"
        raise ValueError(f"{name} is {value!r}; it has to be a number {lowest}{limit}")
    return float(value)


def numbers(name: str, values: Iterable[Any], **limits: float) -> tuple[float, ...]:
    """Several of them; messages name the place."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise ValueError(f"{name} is {values!r}; it has to be a list of numbers")
    return tuple(number(f"{name}[{i}]", value, **limits) for i, value in enumerate(values))


def increasing(name: str, values: Sequence[float], *, strictly: bool = True) -> None:
    """Refuse values that do not rise, naming the first."""
    for i in range(1, len(values)):
        if values[i] < values[i - 1] or (strictly and values[i] == values[i - 1]):
            rise = "increase" if strictly else "not decrease"
            raise ValueError(f"{name}[{i}] is {values[i]!r} after {values[i - 1]!r}; {name} must {rise}")
