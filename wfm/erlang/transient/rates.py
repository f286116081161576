"""Arrival rates over time, cut into pieces on which the chain takes them as constant."""

from __future__ import annotations

import itertools
import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(6)


@dataclass(frozen=True)
class Piece:
    """A stretch of time with one arrival rate; ``fresh`` is the expected number of arrivals of the last ``onset`` seconds."""

    length: float
    rate: float
    fresh: float = 0.0


@dataclass(frozen=True, eq=False)
class StepRate:
    """A rate that is constant on every interval: exact, one piece an interval.

    Where patience has an onset, the time after a change of the rate is cut, since the number of fresh arrivals moves there.
    """

    edges: NDArray[np.float64]
    rates: NDArray[np.float64]
    onset: float = 0.0
    _edges: list[float] = field(init=False, repr=False)
    _until: list[float] = field(init=False, repr=False)

    def refined(self, factor: int) -> StepRate:
        """Itself: there is nothing to refine."""
        return self

    def __post_init__(self) -> None:
        ends = np.concatenate([[0.0], np.cumsum(self.rates * np.diff(self.edges))])
        object.__setattr__(self, "_edges", self.edges.tolist())
        object.__setattr__(self, "_until", ends.tolist())

    def mean(self, start: float, end: float) -> float:
        """Mean rate between two times; outside the intervals it is 0."""
        return (self._expected(end) - self._expected(start)) / (end - start) if end > start else 0.0

    def _expected(self, time: float) -> float:
        """Expected arrivals until a time."""
        i = bisect_right(self._edges, time) - 1
        if i < 0:
            return 0.0
        if i >= len(self.rates):
            return self._until[-1]
        return self._until[i] + float(self.rates[i]) * (time - self._edges[i])

    def pieces(self, start: float, end: float) -> list[Piece]:
        """The pieces between two times within one interval."""
        if end <= start:
            return []
        i = min(max(int(np.searchsorted(self.edges, start, side="right")) - 1, 0), len(self.rates) - 1)
        rate = float(self.rates[i])
        if self.onset == 0:
            return [Piece(end - start, rate)]
        settled = self.edges[i] + self.onset
        if start >= settled or (i > 0 and abs(self.mean(self.edges[i] - self.onset, self.edges[i]) - rate) <= 1e-12 * rate):
            return [Piece(end - start, rate, rate * self.onset)]
        cut = min(settled, end)
        parts = max(math.ceil(2 * (cut - start) / self.onset), 1)
        marks = [*np.linspace(start, cut, parts + 1).tolist(), *([end] if end > cut else [])]
        return [Piece(b - a, rate, self.recent((a + b) / 2)) for a, b in itertools.pairwise(marks)]

    def recent(self, time: float, since: float | None = None) -> float:
        """Expected arrivals of the ``onset`` seconds before a time, those after ``since`` left out."""
        until = time if since is None else min(time, since)
        return self.mean(time - self.onset, until) * max(until - time + self.onset, 0.0) if self.onset else 0.0

    def table(self, edges: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Times, and the arrivals expected until them."""
        return self.edges, np.array(self._until)


@dataclass(frozen=True, eq=False)
class SmoothRate:
    """A rate that is a smooth function between its breaks, taken as constant on pieces: an error like their length squared.

    Parameters
    ----------
    function
        Rate [1/s] at a time [s].
    breaks
        Times at which it jumps or has a kink.
    piece
        Length of a piece, at most [s].
    """

    function: Callable[[float], float]
    piece: float
    breaks: Sequence[float] = field(default=())
    onset: float = 0.0
    first: float = -math.inf
    factor: int = 1

    def refined(self, factor: int) -> SmoothRate:
        """The same with ``factor`` pieces for one."""
        return replace(self, factor=factor * self.factor)

    def mean(self, start: float, end: float) -> float:
        """Mean rate between two times."""
        if end <= start:
            return 0.0
        inner = [start, *sorted(b for b in self.breaks if start < b < end), end]
        total = 0.0
        for a, b in itertools.pairwise(inner):
            nodes = (a + b) / 2 + (b - a) / 2 * _NODES
            total += (b - a) / 2 * float(_WEIGHTS @ [self.function(t) for t in nodes.tolist()])
        return total / (end - start)

    def pieces(self, start: float, end: float) -> list[Piece]:
        """The pieces between two times; each stretch between breaks is cut evenly."""
        inner = [start, *sorted(b for b in self.breaks if start < b < end), end]
        result = []
        for a, b in itertools.pairwise(inner):
            # A multiple of a number that does not depend on the refinement, so that errors fall as powers of it.
            parts = max(math.ceil((b - a) / self.piece - 1e-9), 1) * self.factor
            marks = np.linspace(a, b, parts + 1).tolist()
            result += [Piece(d - c, self.mean(c, d), self.recent((c + d) / 2)) for c, d in itertools.pairwise(marks)]
        return result

    def recent(self, time: float, since: float | None = None) -> float:
        """Expected arrivals of the ``onset`` seconds before a time, those before the first and after ``since`` left out."""
        until = time if since is None else min(time, since)
        begin = max(time - self.onset, self.first)
        return self.mean(begin, until) * max(until - begin, 0.0) if self.onset else 0.0

    def table(self, edges: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Times, and the arrivals expected until them; where patience has no onset nobody asks."""
        if not self.onset:
            return np.zeros(1), np.zeros(1)
        marks = [piece.length for a, b in itertools.pairwise(edges.tolist()) for piece in self.pieces(a, b)]
        came = [piece.length * piece.rate for a, b in itertools.pairwise(edges.tolist()) for piece in self.pieces(a, b)]
        return float(edges[0]) + np.cumsum([0.0, *marks]), np.cumsum([0.0, *came])
