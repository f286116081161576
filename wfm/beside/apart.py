"""How sure a difference is: of two ratios over the same replications, and of a simulated ratio from a formula's."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

Floats = NDArray[np.float64]

CONFIDENCE = 0.95


def value(sums: Floats) -> Floats:
    """Ratio of numerator and denominator (last axis); nan where the denominator is 0."""
    over, under = sums[..., 0], sums[..., 1]
    ratio: Floats = np.divide(over, under, out=np.full(over.shape, np.nan), where=under > 0)
    return ratio


def half_between(one: Floats, other: Floats) -> Floats:
    """Half the 95 % interval of how far ``one`` ratio of sums lies from the ``other``, both over the same replications.

    The ratios are sum(over) / sum(under); their difference varies as that of the residuals (over - ratio x under) / mean(under), by
    the delta method, with Student's t. Replications in common take out of it what they have in common.

    Parameters
    ----------
    one, other
        [R, ..., 2], row r of both the same customers.

    Returns
    -------
    ndarray
        nan with fewer than two replications, and where a denominator is 0.
    """
    return _half(_residuals(one) - _residuals(other), len(one))


def half_of(one: Floats, *, promised: Floats | None = None, confidence: float = CONFIDENCE) -> Floats:
    """Half the confidence interval of a simulated ratio.

    Parameters
    ----------
    one
        [R, ..., 2].
    promised
        For shares of contacts: what the formula says. Where hardly ever anyone waits, replications agree by chance, and the scatter
        among them says nothing; the interval is then at least that of as many contacts, each in time with this chance.
    """
    return widened(_half(_residuals(one), len(one), confidence), one.sum(axis=0)[..., 1], promised, len(one), confidence)


def half_of_moments(summed: Floats, replications: int, *, promised: Floats | None = None, confidence: float = CONFIDENCE) -> Floats:
    """`half_of` from sums over replications: ``summed`` [..., 5] of over, under, over^2, over x under, under^2."""
    over, under, square, cross, under_square = np.moveaxis(summed, -1, 0)
    ratio = np.divide(over, under, out=np.full(over.shape, np.nan), where=under > 0)
    if replications < 2:
        return np.full(over.shape, np.nan)
    spread = np.maximum(square - 2 * ratio * cross + ratio**2 * under_square, 0.0) / (replications - 1) / replications
    half = _factor(replications, confidence) * np.sqrt(spread) * replications / np.where(under > 0, under, np.nan)
    return widened(half, under, promised, replications, confidence)


def widened(half: Floats, count: Floats, promised: Floats | None, replications: int, confidence: float = CONFIDENCE) -> Floats:
    """``half`` an interval, at least that of ``count`` independent contacts at the share ``promised``; None leaves it."""
    if promised is None or replications < 2:
        return half
    share = np.clip(promised, 0.0, 1.0)
    least = _factor(replications, confidence) * np.sqrt(share * (1 - share) / np.where(count > 0, count, np.nan))
    return np.maximum(half, least)


def moments(sums: Floats) -> Floats:
    """[..., 5] of `half_of_moments` from [r, ..., 2], summed over the first axis."""
    over, under = sums[..., 0], sums[..., 1]
    return np.stack([part.sum(axis=0) for part in (over, under, over**2, over * under, under**2)], axis=-1)


def _residuals(sums: Floats) -> Floats:
    total = sums.sum(axis=0)
    ratio, mean = value(total), total[..., 1] / max(len(sums), 1)
    return (sums[..., 0] - ratio * sums[..., 1]) / np.where(mean > 0, mean, np.nan)


def _half(residuals: Floats, replications: int, confidence: float = CONFIDENCE) -> Floats:
    if replications < 2:
        return np.full(residuals.shape[1:], np.nan)
    spread = np.sqrt(np.sum(residuals**2, axis=0) / (replications - 1) / replications)
    return np.asarray(_factor(replications, confidence) * spread)


def _factor(replications: int, confidence: float) -> float:
    return float(stdtrit(replications - 1, 0.5 + confidence / 2))
