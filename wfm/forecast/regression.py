"""The regression under the daily forecast: ridge whose outliers count less, and what last year did around the same weekday."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

YEAR = 364
HUBER = 1.5


def huber_ridge(matrix: Floats, target: Floats, weight: Floats, penalty: Floats, rounds: int = 4) -> tuple[Floats, float]:
    """Coefficients of a weighted ridge regression whose outliers count less, and the robust scale of its residuals.

    Parameters
    ----------
    matrix, target, weight
        Shapes (days, columns), (days,), (days,).
    penalty
        Ridge weight by column.
    rounds
        Rounds of re-weighting by Huber's function at 1.5 scales (scale: weighted median of absolute residuals / 0.6745).
    """
    import numpy as np

    robust = np.ones(len(target))
    beta = np.zeros(matrix.shape[1])
    scale = 0.0
    for _ in range(rounds):
        w = weight * robust
        weighted = matrix * w[:, None]
        beta = np.linalg.solve(matrix.T @ weighted + np.diag(penalty), weighted.T @ target).astype(np.float64)
        residual = np.abs(target - matrix @ beta)
        order = np.argsort(residual)
        cumulative = np.cumsum(weight[order])
        scale = float(residual[order][np.searchsorted(cumulative, cumulative[-1] / 2)]) / 0.6745
        scale = max(scale, 1e-3)
        robust = np.minimum(1.0, HUBER * scale / np.maximum(residual, 1e-12))
    return beta, scale


def last_year(days: NDArray[np.int64], seen: NDArray[np.int64], residual: Floats) -> Floats:
    """The residual around the same weekday a year earlier, mean of 15 days; 0 where nothing is known of it."""
    import numpy as np

    first = int(min(days[0], seen[0]))
    length = int(days[-1]) - first + 1
    total, count = np.zeros(length + 1), np.zeros(length + 1)
    np.add.at(total, seen - first + 1, residual)
    np.add.at(count, seen - first + 1, 1.0)
    summed, counted = np.cumsum(total), np.cumsum(count)
    low = np.clip(days - YEAR - 7 - first, 0, length)
    high = np.clip(days - YEAR + 8 - first, 0, length)
    have = counted[high] - counted[low]
    return np.where(have >= 5, (summed[high] - summed[low]) / np.maximum(have, 1.0), 0.0)
