"""Tallies to the tables that people read: service by interval, by day and by weekday, with confidence, and promises kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, tzinfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.core.kpi import KPIS, TALLIES, Kpi
from wfm.simulate import statistics
from wfm.simulate.records import HANDLED, OUTCOMES, Records
from wfm.simulate.tally import COLUMNS, over_and_under, value

#: KPI name to (direction, bound): +1 asks for at least the bound, -1 for at most. A bound may be an array of one for each interval,
#: nan where none is asked for: then a day's sum over its intervals is held against the sum that their bounds ask for.
Targets = Mapping[str, tuple[int, float | NDArray[np.float64]]]

BANDS = {"q05": 0.05, "q25": 0.25, "q50": 0.50, "q75": 0.75, "q95": 0.95}
_SLACK = 1e-12  # a target is met within rounding


@dataclass(frozen=True, eq=False)
class Played:
    """What all replications gave: ``tallies`` [R, K, len(COLUMNS)], and the K intervals they belong to.

    ``day`` numbers the plan's days from 0 for each interval; ``dates`` holds their dates.
    """

    tallies: NDArray[np.float64]
    start: pd.Series
    group: str
    agents: NDArray[np.float64]
    day: NDArray[np.int64]
    dates: list[date]

    @property
    def weekday(self) -> NDArray[np.int64]:
        """Weekday of each day, 0 for Monday."""
        return np.array([day.weekday() for day in self.dates], dtype=np.int64)

    def by_day(self) -> NDArray[np.float64]:
        """Tallies by day: [R, D, len(COLUMNS)]."""
        return self.daily(self.tallies)

    def daily(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sums by day of what each interval [R, K, ...] has."""
        summed: NDArray[np.float64] = np.add.reduceat(values, np.searchsorted(self.day, np.arange(len(self.dates))), axis=1)
        return summed


def service(played: Played) -> pd.DataFrame:
    """Table ``service``: one row an interval.

    ``agents`` as planned; the tallies as means over replications, and ``missed``: contacts offered but not answered in time; every
    KPI with ``_low`` and ``_high``, the 95 % confidence interval of its long-run value in this interval.
    """
    means = {name: played.tallies[:, :, COLUMNS.index(name)].mean(axis=0) for name in COLUMNS}
    frame = pd.DataFrame({"start": played.start, "group": played.group, "agents": played.agents, **means})
    frame["missed"] = frame["offered"] - frame["answered_within"]
    frame["replications"] = played.tallies.shape[0]
    return pd.concat([frame, _kpis(played.tallies)], axis=1)


def overall(played: Played) -> pd.DataFrame:
    """Every KPI over the whole plan: ``kpi``, ``value``, ``low``, ``high``; call-weighted."""
    sums = played.tallies.sum(axis=1)
    rows = []
    for name, kpi in KPIS.items():
        rows.append((name, *(float(part) for part in estimate(sums, kpi))))
    return pd.DataFrame(rows, columns=["kpi", "value", "low", "high"])


def days(played: Played, targets: Targets) -> pd.DataFrame:
    """One row a replication and day: ``date``, ``weekday``, tallies, KPIs, ``met_<target>`` for each target and ``met`` for all.

    A target without a value is not missed on a day without contacts. Where contacts came and nobody was answered, one that asks
    something of those answered (as `asa_answered` does) is.
    """
    sums = played.by_day()
    R, D = sums.shape[:2]
    flat = sums.reshape(R * D, len(COLUMNS))
    columns: dict[str, object] = {
        "replication": np.repeat(np.arange(R), D),
        "date": played.dates * R,
        "weekday": np.tile(played.weekday, R),
    }
    columns |= {name: flat[:, COLUMNS.index(name)] for name in TALLIES}
    columns |= {name: value(flat, name) for name in KPIS}
    return pd.DataFrame(columns | {f"met_{name}": flags.ravel() for name, flags in _met(played, targets).items()}).rename(
        columns={"met_all": "met"}
    )


def weekdays(played: Played, targets: Targets) -> pd.DataFrame:
    """One row a weekday that the plan has: ``days`` simulated, KPIs with intervals, and the share of days that met the targets.

    ``met`` (all of them) and ``met_<target>``, each with ``_low`` and ``_high`` (`wfm.simulate.statistics.share_of_days`).
    """
    sums = played.by_day()
    R = sums.shape[0]
    present = np.unique(played.weekday)
    tallies = np.stack([sums[:, played.weekday == w].sum(axis=1) for w in present], axis=1) if len(present) else sums
    counts = np.array([R * np.sum(played.weekday == w) for w in present], dtype=float)
    columns: dict[str, object] = {"weekday": present, "days": counts.astype(int)}
    for name, flags in _met(played, targets).items():
        shares = np.array([statistics.share_of_days(flags[:, played.weekday == w]) for w in present], dtype=float).reshape(-1, 3)
        columns |= _with_interval(_column(name), (shares[:, 0], shares[:, 1], shares[:, 2]))
    return pd.concat([pd.DataFrame(columns), _kpis(tallies)], axis=1)


def promises(played: Played, targets: Targets) -> pd.DataFrame:
    """Share of days on which each ``target``, and "all" of them, were met: ``met``, ``met_low``, ``met_high``, ``days``.

    ``bound`` is the target's; where it differs by interval, the mean over all contacts it is asked for.
    """
    flags = _met(played, targets)
    rows = []
    for name, kept in flags.items():
        direction, asked = targets.get(name, (0, np.nan))
        bound = _mean_bound(played, name, asked)
        rows.append((name, direction, bound, *statistics.share_of_days(kept), kept.size))
    return pd.DataFrame(rows, columns=["target", "direction", "bound", "met", "met_low", "met_high", "days"])


def bands(played: Played) -> pd.DataFrame:
    """Quantiles of every KPI over replications: one row an interval and KPI, columns ``q05`` to ``q95``.

    They say how much single days scatter, where the intervals of `service` say how well the long run is known. Replications in
    which an interval has no value of a KPI (nobody called) are left out; of a single one, all quantiles are its value.
    """
    frames = []
    for name in KPIS:
        rows = statistics.quantiles(value(played.tallies, name), tuple(BANDS.values()))
        frames.append(
            pd.DataFrame({"start": played.start, "group": played.group, "kpi": name, **dict(zip(BANDS, rows, strict=True))})
        )
    return pd.concat(frames, ignore_index=True)


def intervals(played: Played, targets: Targets) -> pd.DataFrame:
    """How often each interval by itself met the targets: one row an interval.

    ``replications``; ``met`` (all that are asked for there) and ``met_<target>``, the share of replications that did, with Wilson's
    ``_low`` and ``_high``; nan where nothing is asked for. As for days, nothing is missed in an interval without contacts. Most
    intervals have few contacts, so their service scatters far more than a day's: a day may well meet a target that half of its
    intervals miss.
    """
    R, K = played.tallies.shape[:2]
    columns: dict[str, object] = {"start": played.start, "group": played.group, "replications": R}
    every, asked_any = np.ones((R, K), dtype=bool), np.zeros(K, dtype=bool)
    shares: dict[str, NDArray[np.float64]] = {}
    for name, (direction, bound) in targets.items():
        bounds = np.broadcast_to(np.asarray(bound, dtype=float), K)
        asked = ~np.isnan(bounds)
        kept = _kept(value(played.tallies, name), bounds, direction) & ~_nobody_answered(played.tallies, name)
        every &= kept | ~asked
        asked_any |= asked
        shares[name] = np.where(asked, kept.sum(axis=0), np.nan)
    shares["all"] = np.where(asked_any, every.sum(axis=0), np.nan)
    for name, kept_in in shares.items():
        columns |= _with_interval(_column(name), statistics.wilson(kept_in, np.full(K, float(R))))
    return pd.DataFrame(columns)


def contacts(records: Records, origin: pd.Timestamp, zone: tzinfo, contact_type: str, replication: int = 0) -> pd.DataFrame:
    """Table ``contacts`` of one replication; ``customer`` is the number of the contact, the same over its attempts."""
    arrival = origin + pd.to_timedelta(pd.Series(records.arrival, dtype="int64"), unit="us")
    outcome = np.array(OUTCOMES, dtype=object)[records.outcome]
    return pd.DataFrame(
        {
            "replication": replication,
            "contact": records.contact,
            "attempt": records.attempt,
            "type": contact_type,
            "arrival": arrival.dt.tz_convert(zone),
            "outcome": outcome,
            "wait": records.wait / 1e6,
            "handle_time": np.where(records.outcome == HANDLED, records.handle / 1e6, np.nan),
        }
    )


def _met(played: Played, targets: Targets) -> dict[str, NDArray[np.bool_]]:
    """Whether each day met each target, then all of them: [R, D]."""
    sums = played.by_day()
    flags: dict[str, NDArray[np.bool_]] = {}
    for name, (direction, bound) in targets.items():
        if isinstance(bound, np.ndarray):
            over, under = over_and_under(played.tallies, name)
            asked = ~np.isnan(bound)
            reached = played.daily(over * asked)
            wanted = played.daily(under * np.where(asked, bound, 0.0))
            judged = played.daily(played.tallies * asked[:, None])
        else:
            reached, wanted, judged = value(sums, name), np.full(sums.shape[:-1], bound), sums
        flags[name] = _kept(reached, wanted, direction) & ~_nobody_answered(judged, name)
    every = np.logical_and.reduce(list(flags.values())) if flags else np.ones(sums.shape[:-1], dtype=bool)
    return {**flags, "all": every}


def _kept(reached: NDArray[np.float64], wanted: NDArray[np.float64], direction: int) -> NDArray[np.bool_]:
    """Whether a target is not missed; nan misses nothing."""
    return ~(direction * reached < direction * wanted - _SLACK * np.abs(wanted))


def _nobody_answered(tallies: NDArray[np.float64], name: str) -> NDArray[np.bool_]:
    """Where a KPI of those answered has no value although contacts came: the worst that can be, not a target kept."""
    kpi = KPIS[name]
    if kpi.under != ("handled",) or kpi.direction == 0:
        return np.zeros(tallies.shape[:-1], dtype=bool)
    nobody: NDArray[np.bool_] = (tallies[..., COLUMNS.index("handled")] == 0) & (tallies[..., COLUMNS.index("offered")] > 0)
    return nobody


def _mean_bound(played: Played, name: str, bound: float | NDArray[np.float64]) -> float:
    """A target's bound; where it differs by interval, the mean weighted by what the KPI is a share of."""
    if not isinstance(bound, np.ndarray):
        return bound
    under = over_and_under(played.tallies.sum(axis=0), name)[1] * ~np.isnan(bound)
    return float((under * np.nan_to_num(bound)).sum() / under.sum()) if under.sum() > 0 else float(np.nanmean(bound))


def _kpis(tallies: NDArray[np.float64]) -> pd.DataFrame:
    columns: dict[str, object] = {}
    for name, kpi in KPIS.items():
        columns |= _with_interval(name, estimate(tallies, kpi))
    return pd.DataFrame(columns)


def estimate(tallies: NDArray[np.float64], kpi: str | Kpi) -> statistics.Estimate:
    """A KPI of replications' tallies with its 95 % interval.

    Parameters
    ----------
    tallies
        [R, ..., len(wfm.simulate.tally.COLUMNS)], of `wfm.simulate.replications.replicate`: the KPI of each interval; summed over
        the intervals before, that of the whole plan (call-weighted).
    kpi
        One of `wfm.core.kpi.KPIS`, or its name.

    Returns
    -------
    (value, low, high)
        [...] each; nan where nothing was asked, low and high also with fewer than two replications.

    Raises
    ------
    ValueError
        No such KPI.
    """
    if isinstance(kpi, str):
        if kpi not in KPIS:
            raise ValueError(f"{kpi!r} is no KPI; they are {', '.join(KPIS)}")
        kpi = KPIS[kpi]
    return statistics.ratio(*over_and_under(tallies, kpi), share=kpi.unit == "share", cases=kpi.share_of_cases)


def _column(target: str) -> str:
    return "met" if target == "all" else f"met_{target}"


def _with_interval(name: str, found: statistics.Estimate) -> dict[str, NDArray[np.float64]]:
    return dict(zip((name, f"{name}_low", f"{name}_high"), found, strict=True))
