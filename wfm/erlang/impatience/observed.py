"""Patience as observed: callers who will not wait at all, and survival curves."""

import math
from dataclasses import dataclass
from functools import cached_property

from wfm.erlang.impatience.base import FINITE, Patience, items, number, steps
from wfm.erlang.impatience.onset import Deterministic


@dataclass(frozen=True)
class Balking(Patience):
    """A share of the callers hangs up at once if not answered at once; the others have a patience of their own.

    Parameters
    ----------
    share
        Share that leaves at once, 0 to 1.
    others
        Patience of those who are willing to wait.
    """

    share: float
    others: Patience

    def __post_init__(self) -> None:
        number("share", self.share, most=1.0)
        if not isinstance(self.others, Patience):
            raise ValueError(f"others is {self.others!r}; it must be a distribution of patience, such as Exponential(120)")

    @cached_property
    def _law(self) -> tuple[float, ...]:
        keep = 1.0 - self.share
        family, willing, mean, endless, *rest = self.others._law
        return (family, keep * willing, keep * mean if keep else 0.0, keep * endless, *rest)

    @cached_property
    def _cuts(self) -> tuple[float, ...]:
        return self.others._cuts

    @property
    def kinks(self) -> tuple[float, ...]:
        """Those of the others; the jump at 0 itself is not counted."""
        return self.others.kinks

    def _lived(self, t: float) -> float:
        return (1.0 - self.share) * self.others._lived(t)


@dataclass(frozen=True)
class Empirical(Patience):
    """Patience as observed: a survival curve in steps, such as Kaplan and Meier's estimate.

    What the curve leaves open at its end is closed by an exponential tail: without it nobody would ever leave later.

    Parameters
    ----------
    times
        Times of the curve, >= 0, increasing. A time 0 with a survival below 1 says that some leave at once.
    shares
        Survival from each time on (until the next), 1 to 0, not increasing. Before the first time it is 1.
    tail
        Mean of the tail; without it that of the last hazard, of the span of time from before the last step to the end of
        the curve; inf where the curve has no step (nobody ever leaves).
    """

    times: tuple[float, ...]
    shares: tuple[float, ...]
    tail: float | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "times", tuple(number(f"times[{i}]", t, most=FINITE) for i, t in items(self.times)))
        object.__setattr__(self, "shares", tuple(number(f"shares[{i}]", s, most=1.0) for i, s in items(self.shares)))
        if len(self.times) != len(self.shares) or not self.times:
            raise ValueError(f"{len(self.times)} times and {len(self.shares)} shares; give one share for every time")
        for i in range(1, len(self.times)):
            if not self.times[i - 1] < self.times[i]:
                raise ValueError(f"times[{i}] is {self.times[i]!r} after {self.times[i - 1]!r}; times must increase")
            if self.shares[i] > self.shares[i - 1]:
                raise ValueError(f"shares[{i}] is {self.shares[i]!r} after {self.shares[i - 1]!r}; shares must not increase")
        if self.tail is not None:
            number("tail", self.tail, above=0.0)

    @cached_property
    def _curve(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Times and shares from time 0 on, steps of no height left out, the end kept."""
        times, shares = [0.0], [1.0]
        for t, s in zip(self.times, self.shares, strict=True):
            if t == 0.0:
                shares[0] = s
            elif s < shares[-1] or t == self.times[-1]:
                times.append(t)
                shares.append(s)
        return tuple(times), tuple(shares)

    @cached_property
    def _tail_mean(self) -> float:
        times, shares = self._curve
        if self.tail is not None or shares[-1] == 0.0:
            return math.inf if self.tail is None or shares[-1] == 0.0 else float(self.tail)
        for i in range(len(times) - 1, 0, -1):
            if shares[i - 1] > shares[i]:
                return (times[-1] - times[i - 1]) / math.log(shares[i - 1] / shares[-1])
        return math.inf

    @cached_property
    def _law(self) -> tuple[float, ...]:
        times, shares = self._curve
        willing, tail = shares[0], self._tail_mean
        if willing == 0.0:
            return Deterministic(0.0)._law
        of_willing = [s / willing for s in shares]
        lived = math.fsum(s * (b - a) for s, a, b in zip(of_willing, times, times[1:], strict=False))
        mean = lived + (of_willing[-1] * tail if of_willing[-1] > 0.0 else 0.0)
        law = steps(times, of_willing, tail, mean)
        return (law[0], willing, willing * mean, willing * law[3], *law[4:])

    @cached_property
    def _cuts(self) -> tuple[float, ...]:
        times, shares = self._curve
        if shares[0] == 0.0:
            return (0.0,)
        after = [t for i, t in enumerate(times) if i and (shares[i] < shares[i - 1] or i == len(times) - 1)]
        return tuple(after or [0.0])

    @property
    def kinks(self) -> tuple[float, ...]:
        """The times of the steps, and the end of the curve."""
        return self._curve[0][1:]
