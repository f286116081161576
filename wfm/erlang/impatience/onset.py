"""Patience that is certain up to an onset: delayed, and its limits exponential and deterministic."""

import math
from dataclasses import dataclass
from functools import cached_property

from wfm.erlang.formulas import fate as f
from wfm.erlang.impatience.base import Patience, number, steps


class _Onset(Patience):
    """Patience onset + Exp(then_mean)."""

    @property
    def _ends(self) -> tuple[float, float]:
        """Onset, and the mean of the exponential part."""
        raise NotImplementedError

    @cached_property
    def _law(self) -> tuple[float, ...]:
        onset, then_mean = self._ends
        mean = onset + then_mean
        if mean == math.inf:
            return steps((0.0,), (1.0,), math.inf, mean)
        if mean == 0.0:
            # None is willing to wait at all.
            return (f.STEPS, 0.0, 0.0, 0.0, math.inf, 1.0, 0.0, 1.0)
        if then_mean == 0.0:
            return steps((0.0, onset), (1.0, 0.0), math.inf, mean)
        return steps((0.0, onset), (1.0, 1.0), then_mean, mean) if onset > 0.0 else steps((0.0,), (1.0,), then_mean, mean)

    @cached_property
    def _cuts(self) -> tuple[float, ...]:
        onset, then_mean = self._ends
        return (onset,) if onset + then_mean < math.inf else (0.0,)

    @property
    def kinks(self) -> tuple[float, ...]:
        """The onset, if there is one."""
        onset, then_mean = self._ends
        return (onset,) if 0.0 < onset < math.inf and then_mean < math.inf else ()

    def _lived(self, t: float) -> float:
        onset, then_mean = self._ends
        if t <= onset or then_mean == math.inf:
            return t
        return onset - (then_mean * math.expm1(-(t - onset) / then_mean) if then_mean > 0.0 else 0.0)


@dataclass(frozen=True)
class Exponential(_Onset):
    """Exponential patience, as in Erlang A.

    Parameters
    ----------
    mean
        Mean patience, >= 0: 0 loses everybody who is not answered at once; inf is Erlang C.
    """

    mean: float

    def __post_init__(self) -> None:
        number("mean", self.mean)

    @property
    def _ends(self) -> tuple[float, float]:
        return 0.0, float(self.mean)


@dataclass(frozen=True)
class Deterministic(_Onset):
    """Everybody hangs up at the same moment.

    Parameters
    ----------
    time
        When, >= 0; inf is Erlang C.
    """

    time: float

    def __post_init__(self) -> None:
        number("time", self.time)

    @property
    def _ends(self) -> tuple[float, float]:
        return float(self.time), 0.0


@dataclass(frozen=True)
class Delayed(_Onset):
    """Nobody hangs up before the onset, then exponentially ("two minutes, then gradually").

    Parameters
    ----------
    onset
        Time nobody is lost in, >= 0.
    then_mean
        Mean patience past the onset, >= 0; 0 means everybody leaves at the onset.
    """

    onset: float
    then_mean: float

    def __post_init__(self) -> None:
        number("onset", self.onset)
        number("then_mean", self.then_mean)

    @property
    def _ends(self) -> tuple[float, float]:
        return float(self.onset), float(self.then_mean)
