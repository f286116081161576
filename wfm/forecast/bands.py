"""Quantiles of an interval's count: negative binomial around its mean (data.md section 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

QUANTILES = {"contacts_q05": 0.05, "contacts_q25": 0.25, "contacts_q75": 0.75, "contacts_q95": 0.95}

SPREADS = ("day_cv", "slot_cv")


def quantile(mean: Floats, cv: Floats, probability: float) -> Floats:
    """Smallest count k with P(N <= k) >= ``probability`` for N of mean ``mean`` and variance ``mean + cv^2 mean^2``.

    Negative binomial, Poisson where ``cv`` is 0; a mean of 0 gives 0. Shapes broadcast.
    """
    import numpy as np
    from scipy.special import nbdtrik, pdtrik

    mean, cv = np.broadcast_arrays(np.asarray(mean, dtype=float), np.asarray(cv, dtype=float))
    result = np.zeros(mean.shape)
    some = mean > 0
    plain = some & (cv**2 * mean < 1e-6)
    mixed = some & ~plain
    result[plain] = np.ceil(pdtrik(probability, mean[plain]) - 1e-9)
    size = 1 / cv[mixed] ** 2
    result[mixed] = np.ceil(nbdtrik(probability, size, size / (size + mean[mixed])) - 1e-9)
    return np.maximum(result, 0.0)


def with_bands(table: pd.DataFrame) -> pd.DataFrame:
    """The table with its quantile columns, from ``contacts``, ``day_cv`` and ``slot_cv``."""
    import numpy as np

    mean = table["contacts"].to_numpy(dtype=float)
    cv = np.hypot(table["day_cv"].to_numpy(dtype=float), table["slot_cv"].to_numpy(dtype=float))
    return table.assign(**{name: quantile(mean, cv, q) for name, q in QUANTILES.items()})


def completed(table: pd.DataFrame) -> pd.DataFrame:
    """A planner's own forecast with the columns it lacks: contacts that vary by chance alone (``day_cv``, ``slot_cv`` 0), and the
    quantiles that follow.
    """
    spread = table.assign(**{name: 0.0 for name in SPREADS if name not in table})
    banded = with_bands(spread)
    return spread.assign(**{name: banded[name] for name in QUANTILES if name not in table})
