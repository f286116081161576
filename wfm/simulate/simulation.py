"""The step: a workload and the agents planned for it, played until the answer is sure enough."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from wfm.core.contacts import ContactType
from wfm.core.contracts import check
from wfm.core.errors import InputError, Problem
from wfm.core.kpi import KPIS
from wfm.simulate import tables
from wfm.simulate.inputs import SimulationInputs
from wfm.simulate.model import SECOND, Model
from wfm.simulate.replications import records, replicate
from wfm.simulate.stopping import stopped_by as why_stop
from wfm.simulate.tables import Played, Targets
from wfm.simulate.tally import COLUMNS, tally

_OFFERED = COLUMNS.index("offered")


@dataclass(frozen=True, eq=False)
class SimulationResult:
    """Service that a plan gives.

    Attributes
    ----------
    service
        One row an interval: agents, mean tallies, ``missed``, every KPI with ``_low`` and ``_high`` (95 %).
    overall
        ``kpi``, ``value``, ``low``, ``high`` over the whole plan.
    days
        One row a replication and day: tallies, KPIs, ``met_<target>``, ``met``.
    weekdays
        One row a weekday: ``days``, ``met`` with its interval, ``met_<target>``, KPIs with intervals.
    promises
        ``target`` ("all" and each), ``met`` with its interval, ``days``.
    bands
        One row an interval and KPI: quantiles over replications.
    contacts
        Table ``contacts`` of the first replication.
    intervals
        One row an interval: ``met`` with its interval, ``met_<target>``: how often it met the targets by itself. Empty where a
        result was read from a folder.
    replications, contacts_simulated
        How often the plan was played, and attempts in all.
    stopped_by
        "precision", "contacts" (the budget is spent) or "replications" (their greatest number is reached).
    """

    service: pd.DataFrame
    overall: pd.DataFrame
    days: pd.DataFrame
    weekdays: pd.DataFrame
    promises: pd.DataFrame
    bands: pd.DataFrame
    contacts: pd.DataFrame
    replications: int
    contacts_simulated: int
    stopped_by: str
    intervals: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def met(self) -> float:
        """Share of days on which all targets were met."""
        return float(self.promises.loc[self.promises["target"] == "all", "met"].to_numpy(float)[0])

    def kpi(self, name: str) -> tuple[float, float, float]:
        """Value, low and high of a KPI over the whole plan."""
        value, low, high = self.overall.loc[self.overall["kpi"] == name, ["value", "low", "high"]].to_numpy(float)[0].tolist()
        return value, low, high


def simulate(
    workload: pd.DataFrame,
    cover: pd.DataFrame,
    contact: ContactType,
    *,
    lines: int | None,
    threshold: float | np.ndarray,
    targets: Targets,
    seed: int,
    inputs: SimulationInputs | None = None,
    busyness: float | None = None,
    progress: Callable[[float], None] | None = None,
) -> SimulationResult:
    """Play a plan with one queue again and again, each time with new customers.

    Rules of the play are those of `wfm.simulate.model.Model`. A replication is the whole plan; random numbers depend on the seed,
    the replication and the date alone, so plans that differ in agents, or in days, meet the same customers on the same dates.

    Parameters
    ----------
    workload
        Table ``workload`` of one contact type. Used beside its contract: ``date`` (the local day an interval belongs to; else that
        of ``start``), ``day_cv`` and ``slot_cv`` (else 0).
    cover
        ``start``, ``group``, ``agents`` of one group; an interval without a row has no agents, a row without an interval is idle
        time outside opening hours and left out. A fraction is a chance: 7.5 agents are 7 in half of the replications and 8 in the
        others, each interval by itself.
    contact
        Handle time, patience, redials; the mean handle time is the workload's.
    lines
        Lines, or None for no limit.
    threshold
        Seconds within which an answer counts for sl_offered and its kin; or one for each interval, in the order of time.
    targets
        KPI name to (direction, bound), +1 at least, -1 at most: what a day is judged by. A bound may be an array, one for each
        interval in the order of time (`wfm.simulate.tables.Targets`).
    seed
        0 to 2**32 - 1.
    inputs
        When to stop, and which engine.
    busyness
        Coefficient of variation of the day's level beyond chance; None takes ``day_cv``.
    progress
        Told the share of the budget that is spent, 1.0 at the end.

    Raises
    ------
    InputError
        A table that breaks its contract, several contact types or groups, a target that is no KPI.
    ValueError
        Intervals that overlap, or a seed out of range.
    """
    inputs = inputs or SimulationInputs()
    work = _workload(workload)
    _known(targets, len(work))
    _known_threshold(threshold, len(work))
    group, agents = _agents(cover, work["start"])
    model, dates = _model(work, contact, lines, busyness)
    first = records(model, agents, seed, 0, inputs.engine)
    tallies = [tally(first, threshold)]
    sums = [tallies[0].sum(axis=0)]
    while True:
        simulated = round(sum(total[_OFFERED] for total in sums))
        stopped_by = why_stop(np.stack(sums), inputs)
        if progress is not None:
            progress(1.0 if stopped_by else min(max(simulated / inputs.contacts, len(tallies) / inputs.replications_max), 0.99))
        if stopped_by:
            break
        more = replicate(model, agents, seed=seed, replications=1, threshold=threshold, engine=inputs.engine, first=len(tallies))
        tallies.append(more[0])
        sums.append(more[0].sum(axis=0))
    day = np.unique(model.day, return_inverse=True)[1]
    played = Played(np.stack(tallies), work["start"], group, agents, day, dates)
    origin = work["start"].iloc[0] if len(work) else pd.Timestamp(0, tz="UTC")
    name = str(work["contact_type"].iloc[0]) if len(work) else ""
    return SimulationResult(
        service=tables.service(played),
        overall=tables.overall(played),
        days=tables.days(played, targets),
        weekdays=tables.weekdays(played, targets),
        promises=tables.promises(played, targets),
        bands=tables.bands(played),
        contacts=tables.contacts(first, origin, work["start"].dt.tz, name),
        replications=len(tallies),
        contacts_simulated=simulated,
        stopped_by=stopped_by,
        intervals=tables.intervals(played, targets),
    )


def _known(targets: Targets, intervals: int) -> None:
    problems = [
        Problem("a target has to be one of the KPIs", str(name), way_out="They are {kpis}", values={"kpis": ", ".join(KPIS)})
        for name in targets
        if name not in KPIS
    ]
    problems += [
        Problem("a target's direction is 1 (at least) or -1 (at most)", key=str(name), value=direction)
        for name, (direction, _) in targets.items()
        if direction not in (1, -1)
    ]
    problems += [
        Problem("a target's bound is a number, or one for each interval", key=str(name), value=bound)
        for name, (_, bound) in targets.items()
        if (bound.shape != (intervals,) if isinstance(bound, np.ndarray) else not math.isfinite(bound))
    ]
    if problems:
        raise InputError(*problems)


def _known_threshold(threshold: float | np.ndarray, intervals: int) -> None:
    values = np.asarray(threshold, dtype=float)
    if values.shape not in ((), (intervals,)) or not np.all(values >= 0):
        raise InputError(Problem("a threshold is 0 seconds or more, or one for each interval", key="threshold", value=threshold))


def _workload(workload: pd.DataFrame) -> pd.DataFrame:
    check(workload, "workload")
    types = workload["contact_type"].unique()
    if len(types) > 1:
        raise InputError(
            Problem(
                "one queue is simulated at a time", key="contact_type", value=", ".join(map(str, types)), way_out="Keep one type"
            )
        )
    return workload.sort_values("start", ignore_index=True)


def _agents(cover: pd.DataFrame, start: pd.Series) -> tuple[str, np.ndarray]:
    """The group's name, and its mean agents in each interval."""
    missing = [column for column in ("start", "group", "agents") if column not in cover.columns]
    if missing:
        raise InputError(*(Problem("the cover table has no column '{column}'", values={"column": column}) for column in missing))
    groups = cover["group"].unique()
    if len(groups) > 1 or cover["start"].duplicated().any():
        raise InputError(
            Problem("one group answers the queue, with one row an interval", key="group", value=", ".join(map(str, groups)))
        )
    numbers = cover["agents"].to_numpy(float)
    bad = ~np.isfinite(numbers) | (numbers < 0)
    if bad.any():
        row = int(np.argmax(bad))
        raise InputError(
            Problem(
                "the cover table wants a number of agents of 0 or more (row {row})", "agents", numbers[row], values={"row": row}
            )
        )
    planned = pd.Series(numbers, index=pd.Index(cover["start"])).reindex(pd.Index(start), fill_value=0.0)
    return str(groups[0]) if len(groups) else "agents", planned.to_numpy(float)


def _model(work: pd.DataFrame, contact: ContactType, lines: int | None, busyness: float | None) -> tuple[Model, list[date]]:
    """The model, and the date of each of its days."""
    days = pd.to_datetime(work["date"]) if "date" in work.columns else work["start"].dt.tz_localize(None).dt.normalize()
    dates = [day.date() for day in days]
    if busyness is not None and not (busyness >= 0 and math.isfinite(busyness)):
        raise InputError(Problem("a coefficient of variation is 0 or more", key="busyness", value=busyness))
    level = np.full(len(work), busyness) if busyness is not None else _or_zero(work, "day_cv")
    since = (work["start"] - work["start"].iloc[0]) if len(work) else pd.Series([], dtype="timedelta64[us]")
    model = Model.of(
        contact,
        start=since.to_numpy().astype("timedelta64[us]").astype(np.int64),
        length=np.round(work["duration"].to_numpy(float) * SECOND).astype(np.int64),
        rate=work["arrival_rate"].to_numpy(float),
        agents=np.zeros(len(work), dtype=np.int64),  # drawn anew for each replication
        aht=work["aht"].to_numpy(float),
        day=np.array([day.toordinal() for day in dates], dtype=np.int64),
        day_cv=level,
        slot_cv=_or_zero(work, "slot_cv"),
        lines=lines,
    )
    return model, list(dict.fromkeys(dates))


def _or_zero(work: pd.DataFrame, column: str) -> np.ndarray:
    return work[column].fillna(0.0).to_numpy(float) if column in work.columns else np.zeros(len(work))
