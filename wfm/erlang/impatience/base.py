"""What all distributions of patience answer, and how their arguments are read."""

import math
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from wfm.erlang.formulas import fate as f
from wfm.erlang.formulas import general

if TYPE_CHECKING:
    from wfm.erlang.shapes import Numbers

FINITE = sys.float_info.max


class Patience:
    """What all distributions of patience answer."""

    @cached_property
    def _law(self) -> tuple[float, ...]:
        """The distribution as `wfm.erlang.formulas.fate` reads it."""
        raise NotImplementedError

    @cached_property
    def _cuts(self) -> tuple[float, ...]:
        """Where the integrals are cut: first the time nobody leaves before, then the kinks."""
        return (0.0,)

    @property
    def mean_patience(self) -> float:
        """Mean over all, balkers counted as 0; inf where some never leave."""
        return self._law[f.MEAN]

    @property
    def kinks(self) -> tuple[float, ...]:
        """Times at which survival jumps or bends."""
        return ()

    def survival(self, t: "Numbers") -> Any:
        """Share still there at t: of all who cannot be answered at once, those who wait longer than t."""
        return _over(lambda x: self._law[f.WILLING] * f.fate(self._law, x).stays, t)

    def hazard(self, t: "Numbers") -> Any:
        """Rate of leaving at t of those still there; 0 between jumps of the survival, inf where nobody is left."""
        return _over(lambda x: f.hazard(self._law, x), t)

    def integral(self, t: "Numbers") -> Any:
        """Integral of the survival from 0 to t: the mean of patience cut off at t."""
        return _over(lambda x: self.mean_patience if x == math.inf else self._lived(x), t)

    def _lived(self, t: float) -> float:
        return self._law[f.WILLING] * general.stay(self._law, self._cuts, 0.0, t).there


def _over(function: Callable[[float], float], t: "Numbers") -> Any:
    from wfm.erlang.shapes import Shape

    shape = Shape()
    times = shape.read("t", t)
    if isinstance(times, float):
        return function(times)
    import numpy as np

    return shape.wrap(np.array([function(float(x)) for x in times.ravel()]).reshape(times.shape))


def number(name: str, value: float, *, above: float = -math.inf, most: float = math.inf) -> float:
    """The value as a float, or a ValueError that says what it must be."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not (0.0 <= value <= most and value > above):
        lowest = "> 0" if above >= 0.0 else ">= 0"
        limit = "" if most == math.inf else " and finite" if most > 1e300 else f" and at most {most:g}"
        raise ValueError(f"{name} is {value!r}; it must be a number {lowest}{limit}")
    return float(value)


def steps(times: Sequence[float], shares: Sequence[float], tail: float, mean: float) -> tuple[float, ...]:
    """The law of a survival in steps with an exponential tail; the shares start with 1."""
    endless = shares[-1] if tail == math.inf else 0.0
    return (f.STEPS, 1.0, mean, endless, tail, float(len(times)), *times, *shares)


def items(values: Any) -> Iterator[tuple[int, float]]:
    """The numbers of a sequence with their places."""
    try:
        return iter([(i, float(v)) for i, v in enumerate(values)])
    except TypeError:
        raise ValueError(f"{values!r} is no sequence of numbers") from None
