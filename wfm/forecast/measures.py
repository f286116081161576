"""How far forecasts were off: one row for each horizon and model, pooled over origins, leads and queues."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

BANDS = {50: 0.648096, 80: 1.281552, 95: 2.115715}
"""Bands that forecasts are judged by, in percent, and their ends in units of ``log_sd``: a Student t of 8 degrees of freedom scaled
to the normal's 80 % band, since the spread is measured there and errors of forecasts have the heavier tails.
"""
QUANTILES = {
    0.025: "low95", 0.1: "low80", 0.25: "low50", 0.5: "forecast", 0.75: "high50", 0.9: "high80", 0.975: "high95",
}  # fmt: skip


def summary(result: pd.DataFrame, horizons: Mapping[str, int], scale: float = float("nan")) -> pd.DataFrame:
    """Accuracy within each horizon.

    Parameters
    ----------
    result
        Rows of `wfm.forecast.rolling.backtest` or `backtest_intervals`, of one model.
    horizons
        Name to last lead: leads 1 to that one are pooled.
    scale
        What the mean absolute error is divided by for ``mase``: that of seasonal naive within the history (`naive_scale`).

    Returns
    -------
    DataFrame
        ``horizon``, ``leads`` (the last one), ``wape`` (sum of absolute errors / sum of actuals), ``bias`` (sum of forecast minus
        actual / sum of actuals), ``rmse``, ``mase``, ``pinball`` (mean over the seven `QUANTILES` of twice the pinball loss / mean
        actual), ``cover50``, ``cover80``, ``cover95`` (share of actuals within the band, its ends included), ``values`` (how many
        were judged) and ``origins``. Values that never came to be known are not judged. Columns of bands are NaN for a model
        without bands; ratios over a sum of 0 are NaN.
    """
    import numpy as np
    import pandas as pd

    rows = []
    for name, last in horizons.items():
        part = result[(result["lead"] <= last) & result["actual"].notna() & result["forecast"].notna()]
        actual = part["actual"].to_numpy(dtype=float)
        error = part["forecast"].to_numpy(dtype=float) - actual
        total, count = float(actual.sum()), len(part)
        row: dict[str, object] = {"horizon": name, "leads": last}
        row["wape"] = float(np.abs(error).sum()) / total if total else np.nan
        row["bias"] = float(error.sum()) / total if total else np.nan
        row["rmse"] = float(np.sqrt((error**2).mean())) if count else np.nan
        row["mase"] = float(np.abs(error).mean()) / scale if count and scale > 0 else np.nan
        row["pinball"] = _pinball(part, actual) / (total / count) if total and "low95" in part else np.nan
        for band in BANDS:
            inside = part["actual"].between(part[f"low{band}"], part[f"high{band}"]) if f"low{band}" in part and count else None
            row[f"cover{band}"] = float(inside.mean()) if inside is not None else np.nan
        rows.append({**row, "values": count, "origins": int(part["origin"].nunique())})
    return pd.DataFrame(rows)


def _pinball(part: pd.DataFrame, actual: Floats) -> float:
    """Twice the pinball loss, mean over the quantiles and values."""
    import numpy as np

    losses = []
    for probability, column in QUANTILES.items():
        beyond = actual - part[column].to_numpy(dtype=float)
        losses.append(2 * np.maximum(probability * beyond, (probability - 1) * beyond).mean())
    return float(np.mean(losses))


def naive_scale(series: pd.Series) -> float:
    """Mean absolute difference of a known day (or slot) from the same weekday's one before; NaN where no weekday came twice.

    ``series`` is indexed by date, or by (date, slot).
    """
    import pandas as pd

    known = series.dropna()
    keys = known.index.to_frame(index=False)
    weekday = pd.Series([day.weekday() for day in keys.iloc[:, 0]])
    group = [weekday, *(keys.iloc[:, i] for i in range(1, keys.shape[1]))]
    steps = pd.Series(known.to_numpy(dtype=float)).groupby(group).diff().abs()
    return float(steps.mean())
