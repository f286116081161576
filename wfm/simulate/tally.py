"""Records to tallies: sums by interval of arrival, and agents' time by interval of the clock."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wfm.core.kpi import KPIS, TALLIES, Kpi
from wfm.simulate import tally_kernel
from wfm.simulate.model import SECOND
from wfm.simulate.records import Records

#: The tallies of `wfm.core.kpi`, and the agents' time past the end of their shifts (part of busy_time and staffed_time).
COLUMNS = (*TALLIES, "overrun_time")
_ORDER = [tally_kernel.NAMES.index(name) for name in COLUMNS]
_TIMES = [i for i, name in enumerate(COLUMNS) if name.startswith("wait_") or name.endswith("_time")]


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
    sums = np.zeros((K, len(tally_kernel.NAMES)), dtype=np.int64)
    tally_kernel.count(records.interval, records.outcome, records.wait, records.handle, within(threshold, K), sums)
    tally_kernel.count_customers(records.contact, records.attempt, records.interval, records.outcome, sums)
    for column, time in zip(
        ("busy_time", "staffed_time", "overrun_time"), (records.busy, records.staffed, records.overrun), strict=True
    ):
        sums[:, tally_kernel.NAMES.index(column)] = time
    return in_seconds(sums)


def within(threshold: float | NDArray[np.float64], intervals: int) -> NDArray[np.float64]:
    """A threshold, or one for each interval [s], as float64[intervals] in microseconds."""
    return np.array(np.broadcast_to(np.round(np.asarray(threshold, dtype=float) * SECOND), intervals))


def in_seconds(sums: NDArray[np.int64]) -> NDArray[np.float64]:
    """What `wfm.simulate.tally_kernel` summed, [..., len(COLUMNS)] in their order, times in seconds."""
    tallies = np.take(sums, _ORDER, axis=-1).astype(
        float
    )  # rows stay rows in memory: sums over them do not depend on who made them
    tallies[..., _TIMES] /= SECOND
    return tallies


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
