"""Functions of time as Chebyshev polynomials over pieces, and their integrals."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

DEGREE = 15
_NODES = np.cos(np.pi * (np.arange(DEGREE + 1) + 0.5) / (DEGREE + 1))
_FIT = np.cos(np.arange(DEGREE + 1)[:, None] * np.arccos(_NODES)) * (2.0 / (DEGREE + 1))
_FIT[0] *= 0.5


def polynomials(f: Callable[[Vector], Vector], ends: Vector) -> tuple[Vector, Vector]:
    """Ends of pieces, and the Chebyshev coefficients of the function on each."""
    for _ in range(60):
        half = 0.5 * np.diff(ends)
        points = ends[:-1, None] + half[:, None] * (1.0 + _NODES)
        pieces = np.asarray(f(points.ravel()), dtype=np.float64).reshape(points.shape) @ _FIT.T
        missing = np.abs(pieces[:, -3:]).max(axis=1) * half
        coarse = (missing > 1e-15 * np.abs(pieces[:, 0] @ half)) & (half > 1e-14 * ends[1:])
        if not coarse.any():
            break
        ends = np.sort(np.append(ends, ends[:-1][coarse] + half[coarse]))
    return ends, pieces


class Pieces:
    """A function of u >= 0 as polynomials between ends; 0 past the last."""

    def __init__(self, ends: Vector, pieces: Vector) -> None:
        self._ends, self._pieces = ends, pieces

    @property
    def end(self) -> float:
        """Past it the function is 0."""
        return float(self._ends[-1])

    def tail(self) -> Pieces:
        """Its integral from u on."""
        half = 0.5 * np.diff(self._ends)
        found = -half[:, None] * np.polynomial.chebyshev.chebint(self._pieces, axis=1)
        # Each piece ends with what those after it hold.
        found[:, 0] -= found.sum(axis=1)
        start = found @ (-1.0) ** np.arange(found.shape[1])
        found[:, 0] += np.append(np.cumsum(start[::-1])[-2::-1], 0.0)
        return Pieces(self._ends, found)

    def __call__(self, u: Vector) -> Vector:
        """Its values, by Clenshaw's recurrence."""
        flat = np.minimum(np.ravel(u), self._ends[-1])
        piece = np.clip(np.searchsorted(self._ends, flat, side="right") - 1, 0, len(self._pieces) - 1)
        low, high = self._ends[piece], self._ends[piece + 1]
        x = ((flat - low) - (high - flat)) / (high - low)
        last, before = np.zeros_like(x), np.zeros_like(x)
        for column in self._pieces.T[:0:-1]:
            last, before = 2.0 * x * last - before + column[piece], last
        found = x * last - before + self._pieces[piece, 0]
        return np.asarray(np.maximum(found, 0.0).reshape(np.shape(u)))
