"""Arguments of one number an interval; what is out of range is refused by its name, place and value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wfm.erlang.shapes import plain_numbers

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Floats = NDArray[np.float64]


def each_interval(name: str, values: ArrayLike, count: int) -> Floats:
    """One number for each of so many intervals, or one for all; nan and negative ones too.

    Raises
    ------
    ValueError
        Another number of them, or no numbers.
    """
    found = np.atleast_1d(plain_numbers(name, values))
    if found.ndim != 1 or len(found) not in (1, count):
        raise ValueError(f"{name} has the shape {found.shape}; give one number, or one for each of {count} intervals")
    return np.broadcast_to(found, count)


def whole(name: str, values: ArrayLike, most: int) -> Floats:
    """Whole numbers of 0 to ``most``.

    Raises
    ------
    ValueError
        With the first that is none.
    """
    found = np.atleast_1d(plain_numbers(name, values))
    bad = np.flatnonzero(~((found >= 0) & (found == np.floor(found)) & (found <= most)))
    if len(bad):
        raise ValueError(f"{name}[{bad[0]}] is {found[bad[0]]:g}; it must be a whole number of 0 to {most:,}")
    return found
