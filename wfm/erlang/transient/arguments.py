"""What callers pass in, as arrays of numbers; what is none is refused by its name."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Floats = NDArray[np.float64]


def numbers(name: str, values: ArrayLike) -> Floats:
    """At least one number, in a row.

    Raises
    ------
    ValueError
        What holds something else.
    """
    try:
        return np.atleast_1d(np.asarray(values, dtype=float))
    except (TypeError, ValueError):
        raise ValueError(f"{name} is {values!r}; it must be numbers") from None


def each_interval(name: str, values: ArrayLike, count: int) -> Floats:
    """One number for each of so many intervals, or one for all.

    Raises
    ------
    ValueError
        Another number of them.
    """
    found = numbers(name, values)
    if found.ndim != 1 or len(found) not in (1, count):
        raise ValueError(f"{name} has the shape {found.shape}; give one number, or one for each of {count} intervals")
    return np.broadcast_to(found, count)


def positive(name: str, value: float) -> float:
    """A finite number above 0.

    Raises
    ------
    ValueError
        Any other.
    """
    if not 0 < numbers(name, value)[0] < math.inf:
        raise ValueError(f"{name} is {value}; it must be above 0 and finite")
    return float(value)


def all_hold(name: str, values: Floats, good: NDArray[np.bool_], wanted: str) -> None:
    """Nothing where all are good.

    Raises
    ------
    ValueError
        With the first that is not.
    """
    bad = np.flatnonzero(~good)
    if len(bad):
        raise ValueError(f"{name}[{bad[0]}] is {values[bad[0]]:g}; it must be {wanted}")
