"""The day's shape: the share of its contacts in each slot, by weekday, and how far intervals stray from it (data.md section 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

HALF_LIFE = 42.0
"""Days after which a past day counts half; 3-12 weeks hardly differ (data.md section 4)."""
SHRINK = 1.0
"""How many days of the weekday the shape of all days together counts for."""


def shares(counts: Floats, weekday: NDArray[np.int64], age: Floats, use: NDArray[np.bool_], opened: NDArray[np.bool_]) -> Floats:
    """Share of a day's contacts by weekday and slot.

    Parameters
    ----------
    counts
        Shape (days, slots), NaN where unknown.
    weekday, age
        Weekday of each day and its age in days at the end of the history.
    use
        Days to learn from; holidays have shapes of their own.
    opened
        Shape (7, slots): open slots.

    Returns
    -------
    ndarray, shape (7, slots)
        Rows sum to 1 over their open slots. A rare weekday leans on the shape of all days; one without any known contact is flat.
    """
    import numpy as np

    weight = np.where(use, 0.5 ** (age / HALF_LIFE), 0.0)[:, None]
    known = np.isfinite(counts)
    filled = np.where(known, counts, 0.0)

    def rate(rows: NDArray[np.bool_]) -> Floats:
        seen = (weight * known)[rows].sum(axis=0)
        return np.asarray((weight * filled)[rows].sum(axis=0) / np.where(seen > 0, seen, 1.0))

    overall = rate(np.ones(len(counts), dtype=bool))
    result = np.zeros(opened.shape)
    for w in range(7):
        if not opened[w].any():
            continue
        rows = weekday == w
        general = np.where(opened[w], overall, 0.0)
        general = general / general.sum() if general.sum() > 0 else opened[w] / opened[w].sum()
        own = np.where(opened[w], rate(rows), 0.0)
        days = float(weight[rows].sum())
        if own.sum() > 0:
            general = (days * own / own.sum() + SHRINK * general) / (days + SHRINK)
        result[w] = general / general.sum()
    return result


def slot_cv(counts: Floats, weekday: NDArray[np.int64], use: NDArray[np.bool_], shape: Floats) -> float:
    """Coefficient of variation of an interval within its day, beyond chance.

    From the residuals of the intervals given their day's total, whose variance is taken as m(1 - p) + c m^2 for expected count
    m and share p; the square root of c, or 0 where chance explains everything.
    """
    import numpy as np

    p = shape[weekday]
    known = np.isfinite(counts) & use[:, None] & (p > 0)
    covered = np.where(known, p, 0.0).sum(axis=1, keepdims=True)
    total = np.where(known, counts, 0.0).sum(axis=1, keepdims=True)
    share = np.where(known, p / np.where(covered > 0, covered, 1.0), 0.0)
    mean = total * share
    beyond = np.where(known, (np.where(known, counts, 0.0) - mean) ** 2 - mean * (1 - share), 0.0)
    squares = np.where(known, mean**2, 0.0)
    days = np.flatnonzero(squares.sum(axis=1) > 0)
    if len(days) < 2:
        return 0.0
    # The few oddest days (an outage of an hour) would otherwise widen every interval.
    ratio = beyond[days].sum(axis=1) / squares[days].sum(axis=1)
    middle = np.median(ratio)
    kept = days[ratio <= middle + 6 * np.median(np.abs(ratio - middle)) / 0.6745]
    c = beyond[kept].sum() / squares[kept].sum()
    per_weekday = max(len(days) / max(len(set(weekday[days].tolist())), 1), 1.0)
    # The shape was learned from the same days, which takes part of their scatter away.
    return float(np.sqrt(max(c, 0.0) * (1 + 2 / per_weekday)))
