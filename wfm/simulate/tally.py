"""Records to tallies: sums by interval of arrival, and agents' time by interval of the clock."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wfm.core.kpi import KPIS, TALLIES, Kpi
from wfm.simulate.model import SECOND
from wfm.simulate.records import ABANDONED, BLOCKED, HANDLED, Records

#: The tallies of `wfm.core.kpi`, and the agents' time past the end of their shifts (part of busy_time and staffed_time).
COLUMNS = (*TALLIES, "overrun_time")


def tally(records: Records, threshold: float | NDArray[np.float64]) -> NDArray[np.float64]:
    """Tallies of one replication.

    Parameters
    ----------
    threshold
        Seconds; "within" means at most this long. An array has one for each interval, and attempts go by where they arrive.

    Returns
    -------
    ndarray
        [K, len(COLUMNS)]: counts and seconds. Attempts count where they arrive; a customer, answered at whatever attempt, counts
        where the first attempt arrives.
    """
    K = len(records.busy)
    handled, abandoned = records.outcome == HANDLED, records.outcome == ABANDONED
    limit = np.round(np.asarray(threshold, dtype=float) * SECOND)
    within = records.wait <= (limit[records.interval] if limit.ndim else limit)
    first = records.attempt == 1
    answered = np.zeros(int(records.contact[-1]) + 1 if len(records.contact) else 0, dtype=bool)
    answered[records.contact[handled]] = True

    def count(which: NDArray[np.bool_]) -> NDArray[np.float64]:
        return np.bincount(records.interval[which], minlength=K).astype(float)

    def seconds(time: NDArray[np.int64], which: NDArray[np.bool_]) -> NDArray[np.float64]:
        # Sums of whole microseconds below 2**53 are exact, so the order of the rows does not matter.
        return np.asarray(np.bincount(records.interval[which], weights=time[which], minlength=K) / SECOND)

    columns = {
        "offered": np.bincount(records.interval, minlength=K).astype(float),
        "blocked": count(records.outcome == BLOCKED),
        "abandoned": count(abandoned),
        "handled": count(handled),
        "answered_within": count(handled & within),
        "abandoned_within": count(abandoned & within),
        "wait_handled": seconds(records.wait, handled),
        "wait_abandoned": seconds(records.wait, abandoned),
        "handle_time": seconds(records.handle, handled),
        "busy_time": records.busy / SECOND,
        "staffed_time": records.staffed / SECOND,
        "customers": count(first),
        "customers_handled": count(first & answered[records.contact]),
        "overrun_time": records.overrun / SECOND,
    }
    return np.stack([columns[name] for name in COLUMNS], axis=1)


def terms(tallies: NDArray[np.float64], names: tuple[str, ...]) -> NDArray[np.float64]:
    """Sum of the named tallies (last axis of ``tallies``); a name that starts with "-" is subtracted."""
    total = np.zeros(tallies.shape[:-1])
    for name in names:
        column = tallies[..., COLUMNS.index(name.lstrip("-"))]
        total = total - column if name.startswith("-") else total + column
    return total


def over_and_under(tallies: NDArray[np.float64], kpi: str | Kpi) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Numerator and denominator of a KPI."""
    ratio = KPIS[kpi] if isinstance(kpi, str) else kpi
    return terms(tallies, ratio.over), terms(tallies, ratio.under)


def value(tallies: NDArray[np.float64], kpi: str | Kpi) -> NDArray[np.float64]:
    """A KPI of each tally row; nan where its denominator is 0."""
    over, under = over_and_under(tallies, kpi)
    ratio: NDArray[np.float64] = np.divide(over, under, out=np.full(over.shape, np.nan), where=under > 0)
    return ratio
