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
            Naming the first element that is nan or out of range, what holds no plain numbers (texts, dates, durations), or
            Series whose indexes differ.
        """
        if isinstance(value, (int, float, Real)):
            number = float(value)
            if not (number >= 0.0 and above < number <= most):
                raise ValueError(f"{name} is {number}; {_rule(above, most, number)}")
            return number
        import numpy as np

        index = getattr(value, "index", None)
        if index is not None and hasattr(value, "to_numpy"):
            if self.index is not None and not self.index.equals(index):
                raise ValueError(f"{name} has an index other than the Series before it; align them first")
            self.index = index
        else:
            index = None
        array = plain_numbers(name, value)
        if array.ndim == 0:
            return self.read(name, float(array[()]), above=above, most=most)
        good = (array >= 0.0) & (array > above) & (array <= most)
        if not good.all():
            place = np.unravel_index(int(np.argmin(good)), array.shape)
            label = index[place[0]] if index is not None else ", ".join(str(int(i)) for i in place)
            raise ValueError(f"{name}[{label}] is {array[place]}; {_rule(above, most, float(array[place]))}")
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


def plain_numbers(name: str, value: Any) -> "Vector":
    """An array of doubles from whatever holds plain numbers, and from nothing else: a text or a duration has no unit here."""
    import numpy as np

    array = np.asarray(value)
    if array.dtype.kind in "mM":
        raise ValueError(f"{name} holds durations or dates; give numbers in your unit of time, such as x.dt.total_seconds()")
    plain = array.dtype.kind in "iuf" or (array.dtype == object and all(isinstance(v, Real) for v in array.flat))
    if not plain:
        raise ValueError(f"{name} is {_short(value)}; give a number, or a list, array or Series of numbers")
    return np.asarray(array, dtype=np.float64)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"a {type(value).__name__}"


def _rule(above: float, most: float, value: float) -> str:
    lowest = "> 0" if above >= 0.0 else ">= 0"
    if most == math.inf:
        return f"it must be {lowest}"
    if most > 1e300:
        return f"it must be {lowest} and finite"
    return f"it must lie in [0, {most:g}]" + (f": {value:g} % is {value / 100:g}" if most < value <= 100.0 else "")


def common(*values: Any) -> tuple[int, ...]:
    """The shape that these have together.

    Raises
    ------
    ValueError
        Lengths that do not go together.
    """
    import numpy as np

    shapes = [np.shape(v) for v in values]
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        several = ", ".join(sorted({str(shape) for shape in shapes if shape}))
        raise ValueError(f"arguments of shapes {several} do not go together; give one length, and single numbers") from None


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
    shape = common(*values)
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
