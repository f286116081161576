"""How sure a simulated number is: ratio estimators over replications, differences of two plans, shares of days, quantiles."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

CONFIDENCE = 0.95

Floats = NDArray[np.float64]
Estimate = tuple[Floats, Floats, Floats]


def ratio(over: Floats, under: Floats, *, share: bool, cases: bool = True) -> Estimate:
    """Ratio of sums over replications with its confidence interval.

    The estimator is sum(over) / sum(under); its variance is that of the residuals over - ratio * under (delta method), with
    Student's t on replications - 1 degrees of freedom (Law, "Simulation Modeling and Analysis", ratio estimation). A share that
    was 0, or 1, without exception has no variance to go by, yet is not known for sure: the far bound is then the exact binomial one
    for so many cases (Clopper and Pearson 1934). Cases of one day share their luck, so even that is the least one has to allow.

    Parameters
    ----------
    over, under
        [R, ...], one row a replication; replications are independent.
    share
        Whether the ratio is at most 1; the interval is cut there, and at 0.
    cases
        Whether ``under`` counts cases (and not seconds).

    Returns
    -------
    (value, low, high)
        nan where ``under`` sums to 0; low and high nan with fewer than two replications.
    """
    value, half = _value_and_half(over, under, exact=share and cases)
    return value, np.maximum(value - half, 0.0), np.minimum(value + half, 1.0) if share else value + half


def half_width(over: Floats, under: Floats, *, share: bool = False, relative: bool = False) -> float:
    """Half the width of the confidence interval of a ratio, not cut at any bound.

    Parameters
    ----------
    over, under
        [R], one value a replication.
    share
        Whether the ratio is a share of cases (see `ratio`).
    relative
        As a share of the value.

    Returns
    -------
    float
        inf as long as nothing is known: with fewer than two replications, or relative to a value of 0; 0 without any cases, of
        which there is nothing to know.
    """
    if len(over) < 2:
        return math.inf
    value, half = _value_and_half(over, under, exact=share)
    if np.isnan(value):
        return 0.0
    if relative:
        return float(half / value) if value > 0 else math.inf
    return float(half)


def difference(one: tuple[Floats, Floats], other: tuple[Floats, Floats]) -> tuple[Floats, Floats, Floats, Floats]:
    """How much another plan's ratio is above one's, replication r of both having met the same customers.

    Both ratios are linearised (delta method), so that replication r contributes one residual, (over - ratio * under) / mean(under)
    of the other less that of the one; Student's t on replications - 1 degrees of freedom. What common customers do to both plans
    cancels in it ("common random numbers": Law, "Simulation Modeling and Analysis").

    Parameters
    ----------
    one, other
        (over, under) of each, [R, ...].

    Returns
    -------
    (difference, low, high, reduction)
        ``reduction``: how many times as large the variance is for two runs that have no customers in common, which is how many
        times as many replications they would need; inf where the pairs do not differ at all, nan where neither varies. All nan
        where an ``under`` sums to 0; all but the difference with fewer than two replications.

    Raises
    ------
    ValueError
        Replications, or what follows them, that do not correspond.
    """
    shapes = [part.shape for part in (*one, *other)]
    if len(set(shapes)) > 1:
        raise ValueError(
            f"two runs of unequal shapes cannot be paired: {shapes[0]} and {next(s for s in shapes if s != shapes[0])}"
        )
    R = len(one[0])
    values, residuals = zip(*(_linear(over, under) for over, under in (one, other)), strict=True)
    gap = values[1] - values[0]
    if R < 2:
        unknown = np.full(gap.shape, np.nan)
        return gap, unknown, unknown, unknown
    paired = np.sum((residuals[1] - residuals[0]) ** 2, axis=0)
    apart = np.sum(residuals[0] ** 2, axis=0) + np.sum(residuals[1] ** 2, axis=0)
    half = stdtrit(R - 1, 0.5 + CONFIDENCE / 2) * np.sqrt(paired / (R - 1) / R)
    with np.errstate(divide="ignore", invalid="ignore"):
        return gap, gap - half, gap + half, apart / paired


def wilson(met: Floats, days: Floats) -> Estimate:
    """Share of days with Wilson's score interval, which stays inside [0, 1] and is not empty at 0 or 1 (Wilson, JASA 22, 1927).

    ``days`` are independent of one another and alike; neither number has to be whole. nan where there are no days.
    """
    z = float(ndtri(0.5 + CONFIDENCE / 2))
    n = np.where(days > 0, days, np.nan)
    p = met / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(np.maximum(p * (1 - p), 0.0) / n + z * z / (4 * n * n))
    return p, np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0)


def share_of_days(met: NDArray[np.bool_]) -> tuple[float, float, float]:
    """Share of days that met something, with its interval.

    Days of one replication may be alike in their luck (a busy week): then they count for fewer, by how much more the replications
    differ than independent days would let them (design effect; Korn and Graubard, Survey Methodology 24, 1998), never for more.
    Where days differ in their chances, as weekdays do, the interval is a little too wide.

    Parameters
    ----------
    met
        bool[R, D], days of independent replications.
    """
    R, D = met.shape
    n, kept = R * D, float(met.sum())
    effect = 1.0
    if R > 1 and D > 1 and 0 < kept < n:
        chance = D * kept / n * (1 - kept / n) * n / (n - 1)
        effect = max(1.0, float(met.sum(axis=1).var(ddof=1)) / chance)
    share, low, high = wilson(np.array(kept / effect), np.array(n / effect))
    return float(share), float(low), float(high)


def quantiles(values: Floats, at: tuple[float, ...]) -> Floats:
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


def _linear(over: Floats, under: Floats) -> tuple[Floats, Floats]:
    """A ratio of sums, and how far each replication moves it: (over - ratio * under) / mean(under); nan where under sums to 0."""
    total = under.sum(axis=0)
    some = total > 0
    value = np.divide(over.sum(axis=0), total, out=np.full(total.shape, np.nan), where=some)
    mean = np.divide(total, len(under), out=np.full(total.shape, np.nan), where=some)
    return value, (over - value * under) / mean


def _value_and_half(over: Floats, under: Floats, *, exact: bool) -> tuple[Floats, Floats]:
    """A ratio and half the width of its interval, which for a share without exceptions goes by its cases if ``exact``."""
    R = len(over)
    value, residuals = _linear(over, under)
    if R < 2:
        return value, np.full(value.shape, np.nan)
    half = np.asarray(stdtrit(R - 1, 0.5 + CONFIDENCE / 2) * np.sqrt(np.sum(residuals**2, axis=0) / (R - 1) / R))
    if exact:
        # 1 - x ** (1 / cases), without the loss of digits
        alone = -np.expm1(math.log(0.5 - CONFIDENCE / 2) / np.maximum(under.sum(axis=0), 1.0))
        half = np.where((value == 0) | (value == 1), alone, half)
    return value, half
