"""Patience estimated from waits, most of which ended in an answer and so say only "at least this long" (censored).

Records are waits, and whether each ended in hanging up; dropping the answered ones would make customers look far less
patient than they are. `survival_curve` assumes no family (Kaplan-Meier); `exponential`, `weibull` and
`lognormal` fit one by censored maximum likelihood, with standard errors from the observed information. `balking` counts
those who hang up at once apart.

A wait of 0 that was answered says nothing about patience and changes no answer. Who is answered at the very moment
somebody hangs up was still at risk. All times keep the unit of the waits.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from wfm.erlang.survival import (
    Balking,
    Records,
    SurvivalCurve,
    balking,
    read_records,
    same_length,
    survival_curve,
    vector,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Vector = NDArray[np.float64]

__all__ = [
    "Balking",
    "Exponential",
    "Lognormal",
    "SurvivalCurve",
    "Weibull",
    "balking",
    "exponential",
    "exponential_from_intervals",
    "lognormal",
    "survival_curve",
    "weibull",
]


class Exponential(NamedTuple):
    """Exponential patience: its mean, beyond the onset if there was one, and how many hung up."""

    mean: float
    mean_se: float
    hung_up: float


class Weibull(NamedTuple):
    """P(patience > t) = exp(-(t/scale)**shape); a shape below 1 says that who has waited long waits on."""

    shape: float
    shape_se: float
    scale: float
    scale_se: float

    @property
    def mean(self) -> float:
        """Mean patience."""
        return self.scale * math.gamma(1.0 + 1.0 / self.shape)


class Lognormal(NamedTuple):
    """The logarithm of patience is normal with mean mu and standard deviation sigma."""

    mu: float
    mu_se: float
    sigma: float
    sigma_se: float

    @property
    def mean(self) -> float:
        """Mean patience."""
        return math.exp(self.mu + 0.5 * self.sigma**2)


def exponential(waits: ArrayLike, abandoned: ArrayLike, weights: ArrayLike | None = None, *, onset: float = 0.0) -> Exponential:
    """Mean of an exponential patience: total waiting, of answered and abandoned alike, per contact that hung up.

    Parameters
    ----------
    waits, abandoned, weights
        As in `survival_curve`.
    onset
        Wait before which nobody is taken to hang up, >= 0: the mean is that of the patience beyond it, and whoever hung
        up before it counts as answered then.

    Raises
    ------
    ValueError
        As in `survival_curve`, or nobody hung up.
    """
    if not 0.0 <= onset < math.inf:
        raise ValueError(f"onset is {onset}; it must be >= 0 and finite")
    r = read_records(waits, abandoned, weights)
    hung_up = float(r.weights[r.hung_up & (r.waits >= onset)].sum())
    return _exponential(float(r.weights @ np.maximum(r.waits - onset, 0.0)), hung_up)


def exponential_from_intervals(total_wait: ArrayLike, abandoned: ArrayLike) -> Exponential:
    """As `exponential`, from interval records: total waiting of all offered contacts, and how many hung up.

    Parameters
    ----------
    total_wait
        Sum of the waits of all contacts of each interval, answered and abandoned, >= 0. A report that has the mean wait
        of the answered and of the abandoned gives it as ``answered * asa + abandoned * mean_time_to_abandon``.
    abandoned
        Contacts of each interval that hung up, >= 0.

    Raises
    ------
    ValueError
        Lengths that differ; an element negative, nan or infinite; nobody hung up.
    """
    total, count = vector("total_wait", total_wait), vector("abandoned", abandoned)
    same_length(total_wait=total, abandoned=count)
    return _exponential(math.fsum(total), math.fsum(count))


def _exponential(total_wait: float, hung_up: float) -> Exponential:
    _some_hung_up(hung_up)
    mean = total_wait / hung_up
    return Exponential(mean, mean / math.sqrt(hung_up), hung_up)


def weibull(waits: ArrayLike, abandoned: ArrayLike, weights: ArrayLike | None = None) -> Weibull:
    """Weibull patience by censored maximum likelihood.

    Parameters
    ----------
    waits, abandoned, weights
        As in `survival_curve`.

    Raises
    ------
    ValueError
        As in `survival_curve`; nobody hung up; somebody hung up at a wait of 0 (see `balking`); or all who hung up did
        so at the longest wait, when the likelihood grows without end.
    """
    from scipy.optimize import brentq

    r = _positive(read_records(waits, abandoned, weights))
    logs = np.log(r.waits)
    logs -= logs.max()
    top = float(r.waits.max())
    events = float(r.weights[r.hung_up].sum())
    mean_log = float(r.weights[r.hung_up] @ logs[r.hung_up]) / events

    def gap(log_shape: float) -> float:
        # The score of the shape, once the scale that fits it best is put in; it grows with the shape.
        powers = r.weights * np.exp(math.exp(log_shape) * logs)
        return float(powers @ logs) / float(powers.sum()) - math.exp(-log_shape) - mean_log

    low, high = -1.0, 1.0
    while gap(low) > 0.0:
        low -= 1.0
    while gap(high) < 0.0:
        high += 1.0
    shape = math.exp(float(brentq(gap, low, high, xtol=1e-14, rtol=1e-14)))
    log_scale = math.log(float(r.weights @ np.exp(shape * logs)) / events) / shape
    scale = top * math.exp(log_scale)
    past = logs - log_scale
    powers = r.weights * np.exp(shape * past)
    cross = float(powers @ past) * shape / scale
    information = [[events / shape**2 + float(powers @ past**2), -cross], [-cross, events * (shape / scale) ** 2]]
    errors = np.sqrt(np.diag(np.linalg.inv(information)))
    return Weibull(shape, float(errors[0]), scale, float(errors[1]))


def lognormal(waits: ArrayLike, abandoned: ArrayLike, weights: ArrayLike | None = None) -> Lognormal:
    """Lognormal patience by censored maximum likelihood; arguments and errors as in `weibull`.

    Newton's method in mu/sigma and 1/sigma, where the likelihood is concave (Burridge 1981, JRSS B 43), so that it has
    one maximum and every start finds it.
    """
    r = _positive(read_records(waits, abandoned, weights))
    logs = np.log(r.waits)
    # Centred and scaled, so that neither the unit of time nor the spread matters to the search.
    centre = float(np.average(logs[r.hung_up], weights=r.weights[r.hung_up]))
    spread = math.sqrt(float(np.average((logs - centre) ** 2, weights=r.weights)))
    x = (logs - centre) / spread
    at = np.array([0.0, 1.0])  # mu/sigma and 1/sigma
    value, slope, curvature = _lognormal_likelihood(r, x, at)
    for _ in range(200):
        step = np.linalg.solve(-curvature, slope)
        gain = float(slope @ step)
        while True:
            ahead = at + step
            if ahead[1] > 0.0:
                found = _lognormal_likelihood(r, x, ahead)
                if found[0] >= value - 1e-12 * abs(value):
                    break
            step = 0.5 * step
        at, (value, slope, curvature) = ahead, found
        if gain < 1e-22 * max(abs(value), 1.0):
            break
    sigma = 1.0 / at[1]
    # From the information of (mu/sigma, 1/sigma) to that of (mu, sigma).
    turn = np.array([[sigma, -at[0] * sigma**2], [0.0, -(sigma**2)]])
    errors = np.sqrt(np.diag(turn @ np.linalg.inv(-curvature) @ turn.T)) * spread
    return Lognormal(centre + spread * float(at[0] * sigma), float(errors[0]), spread * float(sigma), float(errors[1]))


def _lognormal_likelihood(r: Records, x: Vector, at: Vector) -> tuple[float, Vector, NDArray[np.float64]]:
    from scipy.special import log_ndtr

    z = at[1] * x - at[0]
    tail = log_ndtr(-z)
    hazard = np.exp(-0.5 * z * z - 0.5 * math.log(2.0 * math.pi) - tail)
    each = np.where(r.hung_up, math.log(at[1]) - 0.5 * z * z, tail)
    first = r.weights * np.where(r.hung_up, z, hazard)
    second = r.weights * np.where(r.hung_up, 1.0, hazard * (hazard - z))
    events = float(r.weights[r.hung_up].sum())
    slope = np.array([first.sum(), events / at[1] - first @ x])
    cross = float(second @ x)
    curvature = -np.array([[second.sum(), -cross], [-cross, second @ x**2 + events / at[1] ** 2]])
    return float(r.weights @ each), slope, curvature


def _some_hung_up(hung_up: float) -> None:
    if not hung_up > 0.0:
        raise ValueError("nobody hung up: all that is known of their patience is that it was longer than the waits")


def _positive(r: Records) -> Records:
    """The records with a wait, for families that put no mass on 0; it must be possible to fit two parameters to them."""
    _some_hung_up(float(r.weights[r.hung_up].sum()))
    if (r.waits[r.hung_up] == 0.0).any():
        raise ValueError("somebody hung up at a wait of 0: count them apart with balking(...) and fit the records it keeps")
    some = r.waits > 0.0
    if (r.waits[r.hung_up] >= r.waits.max()).all():
        raise ValueError("all who hung up did so at the longest wait of all: no shape fits best; fit an exponential")
    return Records(r.waits[some], r.hung_up[some], r.weights[some])
