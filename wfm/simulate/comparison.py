"""Two plans under the same customers: how much better one is, by interval, by day and over the whole plan, and how sure that is.

Random numbers of a replication depend on the seed, the replication and the date alone, so runs of two plans with one seed meet the
same customers, and what is luck in one is luck in the other. Their difference is known far better than either, and
``reduction`` says how much: so many times as many replications would have to be played of plans that meet different customers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.core.kpi import KPIS, TALLIES, Kpi
from wfm.simulate import statistics
from wfm.simulate.model import Model
from wfm.simulate.replications import replicate
from wfm.simulate.tally import COLUMNS, over_and_under

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Comparison:
    """A KPI of two plans.

    Every table has ``one`` and ``other`` (values of the plans), ``difference`` (other - one) with ``low`` and ``high`` (95 %), and
    ``reduction``: how many times as large the variance of the difference is where the plans have no customers in common.

    Attributes
    ----------
    kpi
        Its name.
    replications
        Pairs of replications.
    intervals
        One row an interval, by its number ``interval``; nan where nothing was asked of an interval in either run.
    days
        One row a day, ``day``; call-weighted.
    overall
        One row, the whole plan; call-weighted.
    """

    kpi: str
    replications: int
    intervals: pd.DataFrame
    days: pd.DataFrame
    overall: pd.DataFrame

    @property
    def difference(self) -> tuple[float, float, float]:
        """Difference over the whole plan, low and high."""
        value, low, high = self.overall[["difference", "low", "high"]].to_numpy(float)[0].tolist()
        return value, low, high

    @property
    def reduction(self) -> float:
        """Variance of the overall difference of independent runs over that of these."""
        return float(self.overall["reduction"].to_numpy(float)[0])


def compare(one: Floats, other: Floats, kpi: str, *, day: NDArray[np.int64] | None = None) -> Comparison:
    """A KPI of two runs, paired replication by replication.

    Parameters
    ----------
    one, other
        [R, K, len(wfm.simulate.tally.COLUMNS)], of `wfm.simulate.replications.replicate` with the same seed, first replication and
        days. That they met the same customers is up to the caller; runs that did not give a reduction of about 1.
    kpi
        A name of `wfm.core.kpi.KPIS`.
    day
        int64[K], the day each interval belongs to (`Model.day`); None for a single day.

    Raises
    ------
    ValueError
        Tallies of different shapes, a day not given for each interval, or no such KPI.
    """
    asked = _kpi(kpi)
    one, other = np.asarray(one, dtype=float), np.asarray(other, dtype=float)
    for tallies in (one, other):
        if tallies.ndim != 3 or tallies.shape[2] != len(COLUMNS):
            raise ValueError(f"tallies are [replications, intervals, {len(COLUMNS)}]; these are {list(tallies.shape)}")
    K = one.shape[1]
    days, of_day = np.unique(np.zeros(K, dtype=np.int64) if day is None else np.asarray(day), return_inverse=True)
    if len(of_day) != K:
        raise ValueError(f"day has {len(of_day)} values for {K} intervals")

    def by_day(tallies: Floats) -> Floats:
        sums = np.zeros((len(tallies), len(days), len(COLUMNS)))
        for k in range(K):
            sums[:, of_day[k]] += tallies[:, k]
        return sums

    return Comparison(
        kpi=kpi,
        replications=len(one),
        intervals=_table(one, other, asked, interval=np.arange(K)),
        days=_table(by_day(one), by_day(other), asked, day=days),
        overall=_table(one.sum(axis=1)[:, None], other.sum(axis=1)[:, None], asked),
    )


def compare_plans(
    one: tuple[Model, Floats],
    other: tuple[Model, Floats],
    kpi: str,
    *,
    seed: int,
    replications: int,
    threshold: float | Floats,
    engine: str = "compiled",
) -> Comparison:
    """Play two plans for the same customers and compare a KPI of them.

    Parameters
    ----------
    one, other
        The model and its mean agents (float64[K]); the plans may differ in agents, rules, lines or rates, not in their intervals.
    kpi
        A name of `wfm.core.kpi.KPIS`.
    seed, replications, threshold, engine
        As of `wfm.simulate.replications.replicate`, for both.

    Raises
    ------
    ValueError
        Plans of different intervals or days; what `replicate` and `compare` refuse.
    """
    _kpi(kpi)
    (first, _), (second, _) = one, other
    for name in ("start", "length", "day"):
        if not np.array_equal(getattr(first, name), getattr(second, name)):
            raise ValueError(f"plans are compared over the same intervals; theirs differ in {name}")
    runs = [
        replicate(model, agents, seed=seed, replications=replications, threshold=threshold, engine=engine)
        for model, agents in (one, other)
    ]
    return compare(runs[0], runs[1], kpi, day=first.day)


def compare_days(one: pd.DataFrame, other: pd.DataFrame, kpi: str) -> Comparison:
    """A KPI of two simulations (`wfm.simulate.SimulationResult.days`) that had the same seed, on the dates both have.

    Replications that only one of them played are left out. Each date is one interval of the comparison, and ``day`` its date.

    Raises
    ------
    ValueError
        No dates in common, or no such KPI.
    """
    R, dates, (first, second) = _common(one, other, list(TALLIES))
    runs = [np.zeros((R, len(dates), len(COLUMNS))) for _ in range(2)]
    for run, values in zip(runs, (first, second), strict=True):
        run[:, :, [COLUMNS.index(name) for name in TALLIES]] = values
    found = compare(runs[0], runs[1], kpi, day=np.arange(len(dates)))
    return Comparison(kpi, R, found.intervals, found.days.assign(day=dates), found.overall)


def compare_promises(one: pd.DataFrame, other: pd.DataFrame, target: str = "all") -> pd.DataFrame:
    """How much oftener days of another plan meet a target, or "all": one row, as in `Comparison.overall`.

    Of `wfm.simulate.SimulationResult.days` of two simulations that had the same seed, on the dates and replications both have.
    Where the difference was the same in every replication, as where both always meet it, the interval leaves as much room as so
    many replications without an exception do (`wfm.simulate.statistics.ratio`).

    Raises
    ------
    ValueError
        No dates in common, or a target that was not judged in both.
    """
    column = "met" if target == "all" else f"met_{target}"
    for frame in (one, other):
        if column not in frame:
            raise ValueError(f"days were not judged by {target!r} in both simulations")
    _, dates, runs = _common(one, other, [column])
    kept = [run[:, :, 0].sum(axis=1) for run in runs]
    days = np.full(len(kept[0]), float(len(dates)))
    gap, low, high, reduction = statistics.difference((kept[0], days), (kept[1], days))
    if low == high:  # no replication differs from the others, which is not to say that none ever will
        room = statistics.half_width(0 * days, np.ones(len(days)), share=True)
        low, high = np.maximum(gap - room, -1.0), np.minimum(gap + room, 1.0)
    shares = [part.sum() / days.sum() for part in kept]
    return pd.DataFrame(
        {"one": [shares[0]], "other": [shares[1]], "difference": gap, "low": low, "high": high, "reduction": reduction}
    )


def _common(one: pd.DataFrame, other: pd.DataFrame, columns: list[str]) -> tuple[int, list[date], list[Floats]]:
    """Replications and dates that both tables of days have, and the columns of each, [R, dates, columns]."""
    R = min(1 + int(frame["replication"].max()) if len(frame) else 0 for frame in (one, other))
    dates = sorted(set(one["date"]) & set(other["date"]))
    if not dates or R == 0:
        raise ValueError("these simulations have no day in common")
    found = []
    for frame in (one, other):
        kept = frame[frame["date"].isin(dates) & (frame["replication"] < R)].sort_values(["replication", "date"])
        found.append(kept[columns].to_numpy(float).reshape(R, len(dates), len(columns)))
    return R, dates, found


def _kpi(name: str) -> Kpi:
    if name not in KPIS:
        raise ValueError(f"{name!r} is no KPI; they are {', '.join(KPIS)}")
    return KPIS[name]


def _table(one: Floats, other: Floats, kpi: Kpi, **labels: NDArray[np.int64]) -> pd.DataFrame:
    """One row a column of the tallies [R, columns, len(COLUMNS)]."""
    sums = [over_and_under(tallies, kpi) for tallies in (one, other)]
    gap, low, high, reduction = statistics.difference(*sums)
    values = [statistics.ratio(over, under, share=False)[0] for over, under in sums]
    measures = {"one": values[0], "other": values[1], "difference": gap, "low": low, "high": high, "reduction": reduction}
    return pd.DataFrame({**labels, **measures})
