"""Rates that are constant within intervals: how the arguments that describe them are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from wfm.erlang.models.base import FINITE
from wfm.erlang.shapes import Shape

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wfm.erlang.shapes import Numbers

    Vector = NDArray[np.float64]


def read_rates(shape: Shape, rate: Numbers, interval: Numbers) -> tuple[Vector, Vector]:
    """Rates and the edges of their intervals.

    Parameters
    ----------
    shape
        Collects the index where the rates are a Series.
    rate
        One rate for each of K intervals, >= 0 and finite.
    interval
        The length of all intervals (the first begins at 0), or K + 1 edges, increasing.

    Raises
    ------
    ValueError
        Naming what is wrong: no rates, edges that do not increase, or a number of edges other than K + 1.
    """
    rates = per_interval(shape, "rate", rate)
    if np.ndim(interval) == 0:
        length = Shape().read("interval", interval, above=0.0, most=FINITE)
        return rates, length * np.arange(len(rates) + 1.0)
    edges = np.asarray(interval, dtype=np.float64)
    if edges.shape != (len(rates) + 1,):
        raise ValueError(f"interval has the shape {edges.shape}; give one length, or {len(rates) + 1} edges for {len(rates)} rates")
    rising = np.isfinite(edges[1:]) & (edges[1:] > edges[:-1])
    if not (rising.all() and np.isfinite(edges[0])):
        at = int(np.argmin(rising)) + 1 if not rising.all() else 0
        raise ValueError(f"interval[{at}] is {edges[at]}; edges must be finite and increase")
    return rates, edges


def per_interval(shape: Shape, name: str, value: Numbers, size: int | None = None) -> Vector:
    """One number >= 0 for each interval; a single number holds for all where their number is known."""
    numbers: Any = np.asarray(shape.read(name, value, most=FINITE))
    if numbers.ndim == 0:
        numbers = np.full(size or 1, numbers)
    if numbers.ndim != 1 or not numbers.size or (size is not None and numbers.size != size):
        wanted = "one number for each interval" if size is None else f"one number for each of {size} intervals, or one for all"
        raise ValueError(f"{name} has the shape {numbers.shape}; give {wanted}")
    return np.ascontiguousarray(numbers, dtype=np.float64)


def is_regular(edges: Vector) -> bool:
    """Whether all intervals have the same length, to the last digits."""
    lengths = np.diff(edges)
    return bool(np.ptp(lengths) <= 4e-16 * max(abs(edges[0]), abs(edges[-1])))
