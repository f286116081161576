"""Announcements while people wait: they change how many hang up from then on, or for a while, or at that very moment."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from wfm.core import laws
from wfm.core.distributions_base import Distribution, number

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Announcement:
    """What is said to those who wait.

    Parameters
    ----------
    at
        Wait at which they hear it [s], >= 0.
    hazard
        Factor on the rate at which they hang up from then on: 0.5 halves it, 1 changes nothing, 0 keeps everybody. Of several at
        work at once, the factors are multiplied.
    until
        Wait at which its effect is over [s]; inf for never.
    hang_up
        Share of those still there who hang up when they hear it, 0 to 1.
    """

    at: float
    hazard: float = 1.0
    until: float = math.inf
    hang_up: float = 0.0

    def __post_init__(self) -> None:
        number("at", self.at)
        number("hazard", self.hazard, most=1e6)
        number("hang_up", self.hang_up, most=1.0)
        if not number("until", self.until, most=math.inf) > self.at:
            raise ValueError(f"until is {self.until!r}, at {self.at!r}; an effect has to end after it has begun")


class _Turns(NamedTuple):
    """Where the hazard's factor changes: cumulated hazard just before and just after, the factor from then on, the correction."""

    times: list[float]
    before: list[float]
    after: list[float]
    factor: list[float]
    correction: list[float]


@dataclass(frozen=True)
class Announced(Distribution):
    """Patience of people who hear announcements.

    Each announcement multiplies the hazard of hanging up; people who would have left before it leave as they would have. Whoever
    leaves at once (`Balking`) does so before any announcement. One that changes nothing (hazard 1, nobody hangs up) leaves each
    drawn patience as it was, bit for bit.

    Parameters
    ----------
    others
        Patience without announcements.
    announcements
        In any order.
    """

    others: Distribution
    announcements: Sequence[Announcement]

    def __post_init__(self) -> None:
        object.__setattr__(self, "announcements", tuple(self.announcements))
        if not isinstance(self.others, Distribution) or self.others._law[0] >= laws.ANNOUNCED:
            raise ValueError(f"others is {self.others!r}; it has to be a patience without announcements, such as Exponential(120)")
        for i, said in enumerate(self.announcements):
            if not isinstance(said, Announcement):
                raise ValueError(f"announcements[{i}] is {said!r}; it has to be an Announcement")

    @cached_property
    def _turns(self) -> _Turns:
        turns = _Turns([], [], [], [], [])
        factor, correction = 1.0, 0.0
        edges = {float(said.at) for said in self.announcements} | {float(said.until) for said in self.announcements}
        for time in sorted(edges - {math.inf}):
            left = float(self.others._survival(np.array(time)))
            if left == 0.0 and factor > 0.0:
                break  # nobody is there to hear it
            own = abs(math.log(left)) if left > 0.0 else math.inf
            now = math.prod(said.hazard for said in self.announcements if said.at <= time < said.until)
            stays = math.prod(1.0 - said.hang_up for said in self.announcements if said.at == time)
            if left == 0.0 and now > 0.0:
                stays = 0.0  # all whom only the announcement had kept
            before = correction + factor * own if factor > 0.0 else correction
            leaves = abs(math.log(stays)) if stays > 0.0 else math.inf
            turns.times.append(time)
            turns.before.append(before)
            turns.after.append(before + leaves)
            if leaves < math.inf and own < math.inf:
                correction += (factor - now) * own + leaves
            elif leaves < math.inf:
                correction += leaves
            factor = now
            turns.factor.append(factor)
            turns.correction.append(correction)
            if leaves == math.inf:
                break
        return turns

    @cached_property
    def _law(self) -> tuple[float, ...]:
        turns = self._turns
        if not turns.times:
            return self.others._law
        return (laws.ANNOUNCED, float(len(turns.times)), *(value for part in turns for value in part), *self.others._law)

    @property
    def mean(self) -> float:
        """Mean; inf where some never end."""
        if self._never > 0.0:
            return math.inf
        from scipy.integrate import quad

        edges = sorted({0.0, *self._turns.times, *self.others._kinks})
        pieces = [*pairwise(edges), (edges[-1], math.inf)]
        scale = self.others.mean if 0.0 < self.others.mean < math.inf else 1.0
        return math.fsum(
            scale * quad(lambda x: self.survival(scale * x), a / scale, b / scale, epsabs=1e-12, epsrel=1e-11, limit=200)[0]
            for a, b in pieces
        )

    @property
    def _never(self) -> float:
        turns = self._turns
        if not turns.times:
            return self.others._never
        if turns.after[-1] == math.inf:
            return 0.0
        return float(math.exp(-turns.correction[-1]) * self.others._never ** turns.factor[-1])

    @property
    def _kinks(self) -> tuple[float, ...]:
        return tuple(sorted({*self.others._kinks, *(t for t in self._turns.times if t > 0.0)}))

    def _parts(self, t: Floats) -> tuple[Floats, Floats, NDArray[np.bool_]]:
        """Factor and correction at each time, and whether all have left by then at an announcement."""
        turns = self._turns
        i = np.searchsorted(turns.times, t, side="right")
        gone = (i == len(turns.times)) & (i > 0) & (len(turns.times) > 0 and turns.after[-1] == math.inf)
        return np.array([1.0, *turns.factor])[i], np.array([0.0, *turns.correction])[i], gone

    def _survival(self, t: Floats) -> Floats:
        factor, correction, gone = self._parts(t)
        return np.where(gone, 0.0, np.exp(-correction) * self.others._survival(t) ** factor)

    def _hazard(self, t: Floats) -> Floats:
        factor, _, _ = self._parts(t)
        return np.where(factor > 0.0, factor * self.others._hazard(t), 0.0)

    def _over(self, unit: float) -> Self:
        said = tuple(replace(one, at=one.at / unit, until=one.until / unit) for one in self.announcements)
        return replace(self, others=self.others._over(unit), announcements=said)
