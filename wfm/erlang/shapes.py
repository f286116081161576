"""Scalars, lists, arrays or Series in, the same kind out: how the public models read their arguments.

Scalars go through the plain twin, so a one-shot question loads neither numpy nor numba; anything longer goes through
the compiled loops.
"""

import math
from collections.abc import Callable, Iterable
from numbers import Real
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Numbers = ArrayLike
    Vector = NDArray[np.float64]


class Shape:
    """What a result must look like: collects the index of the Series met while reading arguments."""

    def __init__(self, index: Any = None) -> None:
        self.index = index

    def read(self, name: str, value: Any, *, above: float = -math.inf, most: float = math.inf) -> Any:
        """Read one argument as a float or a float array.

        Parameters
        ----------
        name
            Name for messages.
        value
            A number, or anything numpy reads as an array of numbers.
        above
            The value must be >= 0, and > `above`.
        most
            The value must be <= `most`; pass the largest double to forbid inf.

        Raises
        ------
        ValueError
            Naming the first element that is nan or out of range, or Series whose indexes differ.
        """
        if isinstance(value, (int, float, Real)):
            number = float(value)
            if not (number >= 0.0 and above < number <= most):
                raise ValueError(f"{name} is {number}; {_rule(above, most)}")
            return number
        import numpy as np

        index = getattr(value, "index", None)
        if index is not None and hasattr(value, "to_numpy"):
            if self.index is not None and not self.index.equals(index):
                raise ValueError(f"{name} has an index other than the Series before it; align them first")
            self.index = index
        else:
            index = None
        array = np.asarray(value, dtype=np.float64)
        if array.ndim == 0:
            return self.read(name, float(array[()]), above=above, most=most)
        good = (array >= 0.0) & (array > above) & (array <= most)
        if not good.all():
            place = np.unravel_index(int(np.argmin(good)), array.shape)
            label = index[place[0]] if index is not None else ", ".join(str(int(i)) for i in place)
            raise ValueError(f"{name}[{label}] is {array[place]}; {_rule(above, most)}")
        return array

    def merge(self, other: "Shape") -> "Shape":
        """The shape of an answer that draws on both."""
        if self.index is not None and other.index is not None and not self.index.equals(other.index):
            raise ValueError("two Series have different indexes; align them first")
        return Shape(self.index if self.index is not None else other.index)

    def wrap(self, result: Any, name: str | None = None) -> Any:
        """A Series over the index met, where the result has that length; else the result itself."""
        if self.index is None or getattr(result, "shape", None) != (len(self.index),):
            return result
        import pandas as pd

        return pd.Series(result, index=self.index, name=name)


def _rule(above: float, most: float) -> str:
    lowest = "> 0" if above >= 0.0 else ">= 0"
    if most == math.inf:
        return f"it must be {lowest}"
    return f"it must be {lowest} and finite" if most > 1e300 else f"it must lie in [0, {most:g}]"


def are_arrays(values: Iterable[Any]) -> bool:
    """Whether any of them is more than a number, so that compiled loops do the work."""
    return not all(isinstance(v, float) for v in values)


def each(function: Callable[..., float], kpi: int, *values: Any, fixed: tuple[tuple[float, ...], ...] = ()) -> Any:
    """Apply one of the formulas of (kpi, numbers, fixed tables), by its compiled loop where any of the numbers is an array."""
    if not are_arrays(values):
        return function(kpi, *values, *fixed)
    result, shape = _looped(f"{function.__name__}_each", kpi, values, fixed)
    return result.reshape(shape)


def pair(loop: str, kpi: int, *values: Any) -> tuple[Any, Any]:
    """The two results of a compiled loop over arrays."""
    (one, other), shape = _looped(loop, kpi, values, ())
    return one.reshape(shape), other.reshape(shape)


def _looped(name: str, kpi: int, values: tuple[Any, ...], fixed: tuple[tuple[float, ...], ...]) -> tuple[Any, tuple[int, ...]]:
    import numpy as np

    from wfm.erlang import blocks, kernels

    loop = getattr(blocks if hasattr(blocks, name) else kernels, name)
    shape = np.broadcast_shapes(*(np.shape(v) for v in values))
    tables = [np.array(f, dtype=np.float64) for f in fixed]
    return loop(kpi, *(_flat(v, shape) for v in values), *tables), shape


def _flat(value: Any, shape: tuple[int, ...]) -> "Vector":
    """One line of contiguous, writable numbers, since each other kind of array would be compiled for anew."""
    import numpy as np

    array = np.asarray(value, dtype=np.float64)
    if array.shape != shape:
        whole = np.empty(shape)
        whole[...] = array
        return whole.reshape(-1)
    line = np.ascontiguousarray(array).reshape(-1)
    return line if line.flags.writeable else line.copy()
