"""Overflow between pools without queues: what one pool cannot take, as a stream offered to the next.

`overflow(load, lines)` gives the stream's mean and variance exactly (Riordan); streams of different pools add up, where
they are independent; `Stream.blocking` says how much of it a further pool loses, by the equivalent random theory
(Wilkinson) or by Hayward's approximation. Loads are in erlang: arrival rate times mean handle time.

For the overflow of one Poisson stream the equivalent pool is the very pool it came from, so that the equivalent random
theory is exact there, B(n + s, a) / B(n, a); for sums of streams and for any stream handed over as mean and variance it is
an approximation, a good one while the peakedness is 1 to 5. With waiting or hanging up in the first pool, simulate.

Sources: R. I. Wilkinson, "Theories for toll traffic engineering in the U.S.A.", BSTJ 35 (1956), Riordan's appendix;
Y. Rapp, Ericsson Technics 20 (1964); A. A. Fredericks, "Congestion in blocking systems", BSTJ 59 (1980).
"""

import math
import warnings
from dataclasses import dataclass
from typing import NamedTuple

from wfm.erlang.formulas.loss import blocking, ln_blocking, one_minus_blocking


class Pool(NamedTuple):
    """A Poisson load [erlang] and the (real) number of lines it is offered to."""

    load: float
    lines: float


@dataclass(frozen=True)
class Stream:
    """Traffic that need not be Poisson, by mean and variance of the lines it would keep busy if there were no end of them.

    Parameters
    ----------
    mean
        Offered load [erlang], >= 0.
    variance
        Its variance, >= 0; equal to the mean for Poisson traffic, greater for overflow.
    """

    mean: float
    variance: float

    def __post_init__(self) -> None:
        for name, value in (("mean", self.mean), ("variance", self.variance)):
            if not 0.0 <= value < math.inf:
                raise ValueError(f"{name} is {value}; it must be >= 0 and finite")
        if (self.variance > 0.0 and self.mean == 0.0) or (self.mean > 0.0 and self.variance == 0.0):
            raise ValueError(f"mean {self.mean} with variance {self.variance}: both must be > 0, or both 0")

    def __add__(self, other: "Stream") -> "Stream":
        """Two independent streams together."""
        return Stream(self.mean + other.mean, self.variance + other.variance)

    @property
    def peakedness(self) -> float:
        """Variance over mean: 1 for Poisson traffic (and without traffic), more for overflow, less for smooth traffic."""
        return self.variance / self.mean if self.mean > 0.0 else 1.0

    def rapp(self) -> Pool:
        """Rapp's explicit approximation of `equivalent`: load v + 3 z (z - 1)."""
        z = self.peakedness
        load = self.variance + 3.0 * z * (z - 1.0)
        return Pool(load, self._lines(load))

    def equivalent(self) -> Pool:
        """The Poisson load, and lines, whose overflow has this mean and variance.

        Given the load, Riordan's formula leaves one number of lines with the right variance, so the two equations are one
        in the load, solved to the last bits from a bracket that Rapp's load opens.

        Raises
        ------
        ValueError
            For traffic smoother than Poisson, which is no overflow.
        """
        if self.mean == 0.0:
            return Pool(0.0, 0.0)
        m, z = self.mean, self.peakedness
        if z < 1.0:
            raise ValueError(
                f"peakedness is {z:g}, less than 1: smooth traffic is no overflow; use blocking(lines, method='hayward')"
            )
        # No lines at all leave too much, any greater load too little.
        low = (m + 1.0) * (m + z - 1.0) / (m + z)
        if z == 1.0:
            return Pool(m, 0.0)
        high = max(self.rapp().load, low) * 1.01
        while self._surplus(high) > 0.0:
            low, high = high, 2.0 * high
        while True:
            middle = 0.5 * (low + high)
            if not low < middle < high:
                return Pool(low, max(self._lines(low), 0.0))
            if self._surplus(middle) > 0.0:
                low = middle
            else:
                high = middle

    def blocking(self, lines: float, method: str = "equivalent") -> float:
        """Share of the stream that so many further lines lose.

        Parameters
        ----------
        lines
            Lines of the further pool, >= 0; real numbers are allowed.
        method
            ``"equivalent"`` (equivalent random theory) or ``"hayward"``, B(lines/z, mean/z).

        Warns
        -----
        UserWarning
            By Hayward's formula for traffic smoother than Poisson: it tends to be too low there.
        """
        if not lines >= 0.0:
            raise ValueError(f"lines is {lines}; it must be >= 0")
        if method not in ("equivalent", "hayward"):
            raise ValueError(f"method is {method!r}; there are 'equivalent' and 'hayward'")
        if self.mean == 0.0:
            return 0.0 if lines > 0.0 else 1.0
        z = self.peakedness
        if method == "hayward":
            if z < 1.0:
                warnings.warn(f"peakedness is {z:g}, less than 1: Hayward's formula is poor for smooth traffic", stacklevel=2)
            return blocking(lines / z, self.mean / z)
        pool = self.equivalent()
        return math.exp(ln_blocking(pool.lines + lines, pool.load) - ln_blocking(pool.lines, pool.load))

    def beyond(self, lines: float) -> "Stream":
        """The stream that so many further lines leave over in turn, by the equivalent random theory."""
        pool = self.equivalent()
        return overflow(pool.load, pool.lines + lines)

    def lines_for(self, blocking: float, method: str = "equivalent") -> int:
        """Least whole number of further lines that lose at most this share, > 0."""
        if not 0.0 < blocking <= 1.0:
            raise ValueError(f"blocking is {blocking}; it must be > 0 and at most 1")
        missed, met = -1, 0
        while self.blocking(met, method) > blocking:
            missed, met = met, 2 * met + 1
        while met - missed > 1:
            middle = (met + missed) // 2
            missed, met = (missed, middle) if self.blocking(middle, method) <= blocking else (middle, met)
        return met

    def _lines(self, load: float) -> float:
        m, z = self.mean, self.peakedness
        return load * (m + z) / (m + z - 1.0) - m - 1.0

    def _surplus(self, load: float) -> float:
        """By how much the logarithm of the overflow of this load is too great."""
        return math.log(load / self.mean) + ln_blocking(max(self._lines(load), 0.0), load)


def overflow(load: float, lines: float) -> Stream:
    """What a Poisson load leaves over at so many lines without a queue, exactly (Riordan).

    Parameters
    ----------
    load
        Offered load [erlang], >= 0.
    lines
        Lines of the pool, >= 0; real numbers are allowed.
    """
    for name, value in (("load", load), ("lines", lines)):
        if not 0.0 <= value < math.inf:
            raise ValueError(f"{name} is {value}; it must be >= 0 and finite")
    mean = load * blocking(lines, load)
    if mean == 0.0:
        return Stream(0.0, 0.0)
    return Stream(mean, mean * _peakedness(lines, load, mean))


def _peakedness(n: float, a: float, mean: float) -> float:
    """1 - m + a / (n + 1 - carried), where the idle lines, n - carried, are never found by subtraction in overload."""
    carried = a * one_minus_blocking(n, a)
    if a <= n:
        return 1.0 - mean + a / (n + 1.0 - carried)
    idle = n % 1.0 - a * one_minus_blocking(n % 1.0, a)
    k, b = n % 1.0, blocking(n % 1.0, a)
    while k < n:
        k += 1.0
        idle = k * (1.0 + idle) / (k + a * b)
        b = a * b / (k + a * b)
    return max(1.0 + (n - idle) - a * idle / (1.0 + idle), 1.0)


def blocking_after(load: float, lines: float, more_lines: float) -> float:
    """Share of the overflow of a Poisson load at `lines` that `more_lines` behind them lose: exact, B(n + s) / B(n)."""
    for name, value in (("load", load), ("lines", lines), ("more_lines", more_lines)):
        if not 0.0 <= value < math.inf:
            raise ValueError(f"{name} is {value}; it must be >= 0 and finite")
    if load == 0.0:
        return 0.0 if more_lines > 0.0 else 1.0
    return math.exp(ln_blocking(lines + more_lines, load) - ln_blocking(lines, load))
