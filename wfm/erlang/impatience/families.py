"""Patience of textbook distributions."""

import math
from dataclasses import dataclass
from functools import cached_property

from wfm.erlang.formulas import fate as f
from wfm.erlang.impatience.base import FINITE, Patience, items, number


@dataclass(frozen=True)
class Uniform(Patience):
    """Patience spread evenly between two times.

    Parameters
    ----------
    longest
        When the last one hangs up, > 0 and finite.
    shortest
        When the first one does, >= 0 and before `longest`.
    """

    longest: float
    shortest: float = 0.0

    def __post_init__(self) -> None:
        number("longest", self.longest, above=0.0, most=FINITE)
        number("shortest", self.shortest)
        if not self.shortest < self.longest:
            raise ValueError(f"shortest is {self.shortest!r}, longest {self.longest!r}; shortest must come first")

    @cached_property
    def _law(self) -> tuple[float, ...]:
        first, last = float(self.shortest), float(self.longest)
        return (f.UNIFORM, 1.0, 0.5 * first + 0.5 * last, 0.0, first, last)

    @cached_property
    def _cuts(self) -> tuple[float, ...]:
        return (float(self.shortest), float(self.longest))

    @property
    def kinks(self) -> tuple[float, ...]:
        """When the first and the last hang up."""
        return tuple(t for t in self._cuts if t > 0.0)

    def _lived(self, t: float) -> float:
        past = min(max(t - self.shortest, 0.0), self.longest - self.shortest)
        return min(t, self.shortest) + past * (1.0 - 0.5 * past / (self.longest - self.shortest))


@dataclass(frozen=True)
class ErlangK(Patience):
    """Erlang distributed patience: exponential stages one after the other, more alike than exponential patience.

    Parameters
    ----------
    mean
        Mean patience, > 0 and finite.
    stages
        Number of stages, a whole number from 1 to 1000; 1 is exponential. The coefficient of variation is 1/sqrt(stages).
    """

    mean: float
    stages: int

    def __post_init__(self) -> None:
        number("mean", self.mean, above=0.0, most=FINITE)
        if number("stages", self.stages, above=0.0, most=1000.0) % 1.0:
            raise ValueError(f"stages is {self.stages!r}; it must be a whole number from 1 to 1000")

    @cached_property
    def _law(self) -> tuple[float, ...]:
        return (f.STAGES, 1.0, float(self.mean), 0.0, float(self.stages), self.mean / self.stages)


@dataclass(frozen=True)
class Hyperexponential(Patience):
    """A mixture of exponential patiences: hurried and patient callers, more unlike than exponential patience.

    Parameters
    ----------
    shares
        Share of each kind, >= 0, together 1 (to 1e-9).
    means
        Mean patience of each kind, > 0 and finite.
    """

    shares: tuple[float, ...]
    means: tuple[float, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "shares", tuple(number(f"shares[{i}]", s) for i, s in items(self.shares)))
        object.__setattr__(self, "means", tuple(number(f"means[{i}]", m, above=0.0, most=FINITE) for i, m in items(self.means)))
        if len(self.shares) != len(self.means) or not self.shares:
            raise ValueError(f"{len(self.shares)} shares and {len(self.means)} means; give one of each for every kind")
        if abs(math.fsum(self.shares) - 1.0) > 1e-9:
            raise ValueError(f"shares add up to {math.fsum(self.shares)!r}; they must add up to 1")

    @cached_property
    def _law(self) -> tuple[float, ...]:
        whole = math.fsum(self.shares)
        shares = [s / whole for s in self.shares]
        mean = math.fsum(s * m for s, m in zip(shares, self.means, strict=True))
        return (f.PHASES, 1.0, mean, 0.0, float(len(shares)), *shares, *self.means)

    def _lived(self, t: float) -> float:
        shares = self._law[5 : 5 + len(self.means)]
        return math.fsum(-s * m * math.expm1(-t / m) for s, m in zip(shares, self.means, strict=True))


@dataclass(frozen=True)
class Lognormal(Patience):
    """Lognormal patience.

    Parameters
    ----------
    mean
        Mean patience, > 0 and finite.
    cv
        Coefficient of variation (standard deviation / mean), > 0 and finite.
    """

    mean: float
    cv: float

    def __post_init__(self) -> None:
        number("mean", self.mean, above=0.0, most=FINITE)
        number("cv", self.cv, above=0.0, most=1e6)

    @cached_property
    def _law(self) -> tuple[float, ...]:
        variance = math.log1p(self.cv * self.cv)
        return (f.LOGNORMAL, 1.0, float(self.mean), 0.0, math.log(self.mean) - 0.5 * variance, math.sqrt(variance))

    def _lived(self, t: float) -> float:
        if t == 0.0:
            return 0.0
        middle, spread = self._law[4:]
        earlier = 0.5 * math.erfc((spread - (math.log(t) - middle) / spread) * f.SQRT_HALF)
        return t * f.fate(self._law, t).stays + self.mean * earlier


@dataclass(frozen=True)
class Weibull(Patience):
    """Weibull patience: survival e^-((t/scale)^shape).

    Parameters
    ----------
    scale
        Time after which a share 1/e is still there, > 0 and finite.
    shape
        Below 1 the longer somebody waits the less likely he is to leave; 1 is exponential. From 0.05 to 1000.
    """

    scale: float
    shape: float

    def __post_init__(self) -> None:
        number("scale", self.scale, above=0.0, most=FINITE)
        if number("shape", self.shape, above=0.0, most=1000.0) < 0.05:
            raise ValueError(f"shape is {self.shape!r}; it must be a number >= 0.05 and at most 1000")

    @cached_property
    def _law(self) -> tuple[float, ...]:
        mean = self.scale * math.gamma(1.0 + 1.0 / self.shape)
        return (f.WEIBULL, 1.0, mean, 0.0, float(self.scale), float(self.shape))
