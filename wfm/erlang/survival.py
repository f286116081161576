"""The records patience is estimated from, and the curve that assumes no family: Kaplan-Meier.

Kaplan and Meier 1958, JASA 53, with Greenwood's variance (1926); Nelson (1969) and Aalen (1978) for the cumulative
hazard. Read through `wfm.erlang.estimation`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Vector = NDArray[np.float64]


class Records(NamedTuple):
    """Waits, whether each ended in hanging up, and how often each was seen."""

    waits: Vector
    hung_up: NDArray[np.bool_]
    weights: Vector


class Balking(NamedTuple):
    """Share of those who had to wait that hang up at once, and which records are left for a fit of the others."""

    share: float
    share_se: float
    kept: NDArray[np.bool_]


@dataclass(frozen=True)
class SurvivalCurve:
    """Kaplan-Meier: one element for each distinct wait at which somebody hung up.

    Attributes
    ----------
    times
        Those waits, ascending.
    at_risk, hung_up
        How many had waited as long and were still there just before, and how many of them hung up then.
    survival
        Share willing to wait longer than that.
    variance
        Greenwood's variance of `survival`.
    cumulative_hazard
        Nelson-Aalen.
    longest
        The longest wait of all, answered or not: nothing is known past it.
    """

    times: Vector
    at_risk: Vector
    hung_up: Vector
    survival: Vector
    variance: Vector
    cumulative_hazard: Vector
    longest: float

    def at(self, wait: ArrayLike) -> Vector:
        """Share willing to wait longer than this; nan past the longest wait, unless everybody had hung up by then."""
        wait = np.asarray(wait, dtype=np.float64)
        share = np.append(1.0, self.survival)[np.searchsorted(self.times, wait, side="right")]
        unknown = np.isnan(wait) | ((wait > self.longest) & (share > 0.0))
        return np.asarray(np.where(unknown, np.nan, share))

    def quantile(self, share: float) -> float:
        """Least wait by which at least this share has hung up; inf where the curve does not come down so far."""
        if not 0.0 < share < 1.0:
            raise ValueError(f"share is {share}; it must lie between 0 and 1")
        reached = np.flatnonzero(self.survival <= 1.0 - share)
        return float(self.times[reached[0]]) if len(reached) else math.inf

    @property
    def median(self) -> float:
        """Wait by which half would have hung up; inf where the curve stays above one half."""
        return self.quantile(0.5)

    def restricted_mean(self, until: float | None = None) -> float:
        """Mean of the smaller of patience and `until`, the area under the curve.

        Parameters
        ----------
        until
            Default and most: the longest wait. The whole mean is not known where the longest wait was answered.
        """
        until = self.longest if until is None else until
        if not 0.0 <= until <= self.longest:
            raise ValueError(f"until is {until}; it must lie between 0 and the longest wait, {self.longest}")
        edges = np.minimum(np.concatenate(([0.0], self.times, [until])), until)
        return float(np.diff(edges) @ np.append(1.0, self.survival))


def survival_curve(waits: ArrayLike, abandoned: ArrayLike, weights: ArrayLike | None = None) -> SurvivalCurve:
    """Patience without a family: Kaplan-Meier with Greenwood's variance, and Nelson-Aalen.

    Parameters
    ----------
    waits
        Time each contact waited, until it was answered or hung up, >= 0.
    abandoned
        Whether it hung up: true or false, 1 or 0.
    weights
        How often each record was seen, >= 0; default once.

    Returns
    -------
    SurvivalCurve
        Without any point where nobody hung up.

    Raises
    ------
    ValueError
        No records; lengths that differ; a wait or weight negative, nan or infinite; another mark than 0 or 1.
    """
    r = read_records(waits, abandoned, weights)
    times, place = np.unique(r.waits[r.hung_up], return_inverse=True)
    hung_up: Vector = np.bincount(place, r.weights[r.hung_up], len(times)).astype(np.float64)
    order = np.argsort(r.waits, kind="stable")
    still = np.append(np.cumsum(r.weights[order][::-1])[::-1], 0.0)
    at_risk = still[np.searchsorted(r.waits[order], times, side="left")]
    staying = at_risk - hung_up
    # Weights that are no whole numbers may leave a rest of rounding where everybody has hung up.
    staying = np.where(staying <= 1e-12 * at_risk, 0.0, staying)
    survival = np.cumprod(staying / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.where(survival > 0.0, survival**2 * np.cumsum(hung_up / (at_risk * staying)), 0.0)
    return SurvivalCurve(times, at_risk, hung_up, survival, variance, np.cumsum(hung_up / at_risk), float(r.waits.max()))


def balking(waits: ArrayLike, abandoned: ArrayLike, below: float, weights: ArrayLike | None = None) -> Balking:
    """Share of the contacts that had to wait who hang up before `below`: misdials, and those put off by the greeting.

    By Kaplan-Meier, since who is answered before `below` might have hung up as well. Who was answered without a wait was
    never asked and does not count.

    Parameters
    ----------
    waits, abandoned, weights
        As in `survival_curve`.
    below
        Hanging up after a shorter wait counts as balking, > 0; 5 to 10 s is usual.

    Returns
    -------
    Balking
        The share, its standard error (Greenwood), and a mark for each record that is not one of these, to fit the
        patience of the others from: ``exponential(waits[kept], abandoned[kept])``.

    Raises
    ------
    ValueError
        As in `survival_curve`; `below` is not a positive number; nobody had to wait.
    """
    if not 0.0 < below < math.inf:
        raise ValueError(f"below is {below}; it must be > 0 and finite")
    r = read_records(waits, abandoned, weights, keep_all=True)
    waited = r.hung_up | (r.waits > 0.0)
    if not r.weights[waited].sum() > 0.0:
        raise ValueError("nobody had to wait: who hangs up at once cannot be told")
    curve = survival_curve(r.waits[waited], r.hung_up[waited], r.weights[waited])
    last = int(np.searchsorted(curve.times, below, side="left")) - 1
    kept = ~(r.hung_up & (r.waits < below))
    if last < 0:
        return Balking(0.0, 0.0, kept)
    return Balking(1.0 - float(curve.survival[last]), math.sqrt(float(curve.variance[last])), kept)


def read_records(waits: ArrayLike, abandoned: ArrayLike, weights: ArrayLike | None, *, keep_all: bool = False) -> Records:
    """Records checked; those of weight 0 are left out unless `keep_all`."""
    wait, mark = vector("waits", waits), vector("abandoned", abandoned)
    weight = np.ones(len(wait)) if weights is None else vector("weights", weights)
    same_length(waits=wait, abandoned=mark, weights=weight)
    odd = np.flatnonzero((mark != 0.0) & (mark != 1.0))
    if len(odd):
        raise ValueError(f"abandoned[{odd[0]}] is {mark[odd[0]]:g}; it must be true or false, 1 or 0")
    if not weight.sum() > 0.0:
        raise ValueError("no records: patience cannot be estimated")
    used = np.full(len(wait), True) if keep_all else weight > 0.0
    return Records(wait[used], mark[used] == 1.0, weight[used])


def vector(name: str, values: ArrayLike) -> Vector:
    """One finite number >= 0 per record, or a message that names the first element that is none."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1:
        raise ValueError(f"{name} has {array.ndim} dimensions; it must be a list, a one-dimensional array or a Series")
    bad = np.flatnonzero(~((array >= 0.0) & (array < np.inf)))
    if len(bad):
        raise ValueError(f"{name}[{bad[0]}] is {array[bad[0]]:g}; it must be >= 0 and finite; leave out records without it")
    return array


def same_length(**vectors: Vector) -> None:
    """Refuse vectors of different lengths."""
    if len({len(v) for v in vectors.values()}) > 1:
        raise ValueError("lengths differ: " + ", ".join(f"{name} has {len(v)}" for name, v in vectors.items()))
