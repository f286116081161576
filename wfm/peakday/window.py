"""The intervals that the service of one day hangs on: its own open spans, a day before it and some hours after it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from wfm.staffing.linked import open_spans

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

#: How long before the day its open span is played, where nobody closes: queues are forgotten within hours.
BEFORE = timedelta(days=1)
#: How long after the day, so that a backlog of its last hours is seen to clear.
AFTER = timedelta(hours=6)


def window(table: pd.DataFrame, day: date) -> pd.DataFrame:
    """Rows of the open spans that a day lies in, from at most `BEFORE` its first interval to at most `AFTER` its last one.

    Parameters
    ----------
    table
        ``start``, ``date`` and ``duration`` by interval, in order of time.
    day
        A day of the table.

    Returns
    -------
    DataFrame
        The rows with two columns more: ``span`` numbers the open spans from 0, ``own`` tells the day's own intervals.
    """
    own = (table["date"] == day).to_numpy()
    span = np.zeros(len(table), dtype=np.int64)
    for number, rows in enumerate(open_spans(table)):
        span[rows] = number
    start = table["start"]
    first, last = start[own].min() - BEFORE, start[own].max() + AFTER
    near = np.isin(span, span[own]) & ((start >= first) & (start <= last)).to_numpy()
    numbers: NDArray[np.int64] = np.unique(span[near], return_inverse=True)[1]
    chosen: pd.DataFrame = table[near].assign(span=numbers, own=own[near]).reset_index(drop=True)
    return chosen
