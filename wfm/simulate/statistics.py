"""How sure a simulated number is: ratio estimators over replications, shares of days, quantiles."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

CONFIDENCE = 0.95

Estimate = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]


def ratio(over: NDArray[np.float64], under: NDArray[np.float64], *, share: bool) -> Estimate:
    """Ratio of sums over replications with its confidence interval.

    The estimator is sum(over) / sum(under); its variance is that of the residuals over - ratio * under (delta method), with
    Student's t on replications - 1 degrees of freedom (Law, "Simulation Modeling and Analysis", ratio estimation).

    Parameters
    ----------
    over, under
        [R, ...], one row a replication; replications are independent.
    share
        Whether the ratio is at most 1; the interval is cut there, and at 0.

    Returns
    -------
    (value, low, high)
        nan where ``under`` sums to 0; low and high nan with fewer than two replications.
    """
    R = over.shape[0]
    total = under.sum(axis=0)
    value = np.divide(over.sum(axis=0), total, out=np.full(total.shape, np.nan), where=total > 0)
    if R < 2:
        return value, np.full(value.shape, np.nan), np.full(value.shape, np.nan)
    spread = np.sqrt(np.sum((over - value * under) ** 2, axis=0) / (R - 1) / R)
    half = stdtrit(R - 1, 0.5 + CONFIDENCE / 2) * np.divide(spread, total / R, out=np.full(total.shape, np.nan), where=total > 0)
    low, high = value - half, value + half
    return value, np.maximum(low, 0.0), np.minimum(high, 1.0) if share else high


def wilson(met: NDArray[np.float64], days: NDArray[np.float64]) -> Estimate:
    """Share of days with Wilson's score interval, which stays inside [0, 1] and is not empty at 0 or 1 (Wilson, JASA 22, 1927).

    Days of one weekday are alike; for the share over all days, whose weekdays differ, the interval is a little too wide.
    """
    z = float(ndtri(0.5 + CONFIDENCE / 2))
    n = np.where(days > 0, days, np.nan)
    p = met / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return p, np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0)


def quantiles(values: NDArray[np.float64], at: tuple[float, ...]) -> NDArray[np.float64]:
    """Quantiles along the first axis by linear interpolation, nan left out: [len(at), ...]; nan where nothing is left.

    One sort for all columns; `numpy.nanquantile` loops over them in Python.
    """
    rows = np.sort(values, axis=0)
    last = np.sum(~np.isnan(rows), axis=0) - 1
    result = np.empty((len(at), *values.shape[1:]))
    for i, q in enumerate(at):
        place = np.maximum(last, 0) * q
        below = np.floor(place).astype(int)
        above = np.minimum(below + 1, np.maximum(last, 0))
        low, high = (np.take_along_axis(rows, index[None], axis=0)[0] for index in (below, above))
        result[i] = low + (place - below) * (high - low)
    return result


def half_width(over: NDArray[np.float64], under: NDArray[np.float64]) -> float:
    """Half the width of the confidence interval of a ratio, not cut at any bound; inf where there is none yet, 0 without cases."""
    if len(over) < 2:
        return math.inf
    value, _, high = ratio(over, under, share=False)
    return float(np.nan_to_num(high - value))
