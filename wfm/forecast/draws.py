"""Whole days drawn with their correlations: a busy day is busy from morning to evening, and often so is the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

DAY_CORRELATION = 0.5
"""Autocorrelation of the day's level from one open day to the next (0.2-0.65 measured, data.md section 7)."""


def day_draws(forecast: pd.DataFrame, draws: int, seed: int, *, counts: bool = False) -> pd.DataFrame:
    """Days as they may come, by the forecast's own spread.

    Parameters
    ----------
    forecast
        Contract ``forecast``; a column ``date`` (the local day an interval belongs to) is used where present.
    draws
        How many times the whole horizon is drawn.
    seed
        The same seed gives the same draws, on one version of NumPy.
    counts
        False: an interval's expected contacts on that drawn day, for a simulation that adds chance itself. True: counts of
        contacts, chance (Poisson) included.

    Returns
    -------
    DataFrame
        Contract ``day_draws``. A day's factor is gamma with mean 1 and coefficient of variation ``day_cv``, correlated with
        the days around it and shared by its intervals; an interval's own factor is gamma with ``slot_cv``, independent. Queues
        are drawn independently of each other.

    Raises
    ------
    ValueError
        Fewer than one draw.
    """
    import numpy as np
    import pandas as pd

    if draws < 1:
        raise ValueError("at least one draw is needed")
    parts = []
    for number, (queue, table) in enumerate(forecast.groupby("queue", sort=True)):
        rng = np.random.Generator(np.random.PCG64DXSM([seed, number]))
        dates = table["date"] if "date" in table else table["start"].dt.date
        code, days = pd.factorize(dates)
        day_cv = table["day_cv"].groupby(code).first().to_numpy(dtype=float)
        level = _day_factors(rng, draws, len(days), day_cv)[:, code]
        slot_cv = table["slot_cv"].to_numpy(dtype=float)
        spread = np.maximum(slot_cv, 1e-9) ** 2
        level = level * np.where(slot_cv > 0, rng.gamma(1 / spread, spread, (draws, len(table))), 1.0)
        contacts = level * table["contacts"].to_numpy(dtype=float)
        if counts:
            contacts = rng.poisson(contacts).astype(float)
        parts.append(
            pd.DataFrame(
                {
                    "draw": np.repeat(np.arange(draws), len(table)),
                    "start": pd.DatetimeIndex(table["start"]).repeat(1)[np.tile(np.arange(len(table)), draws)],
                    "queue": queue,
                    "contacts": contacts.ravel(),
                }
            )
        )
    if not parts:
        return pd.DataFrame({"draw": pd.Series(dtype=int), "start": forecast["start"], "queue": forecast["queue"], "contacts": 0.0})
    return pd.concat(parts, ignore_index=True)


def _day_factors(rng: np.random.Generator, draws: int, days: int, cv: NDArray[np.float64]) -> NDArray[np.float64]:
    """Factors of shape (draws, days): gamma with mean 1 and each day's ``cv``, correlated along the days."""
    import numpy as np
    from scipy.special import gammaincinv, ndtr

    normal = rng.standard_normal((draws, days))
    for i in range(1, days):
        normal[:, i] = DAY_CORRELATION * normal[:, i - 1] + np.sqrt(1 - DAY_CORRELATION**2) * normal[:, i]
    shape = 1 / np.maximum(cv, 1e-9) ** 2
    return np.where(cv > 1e-6, gammaincinv(shape, ndtr(normal)) / shape, 1.0)
