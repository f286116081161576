"""The peak day of a plan: its intervals, what binds by hour, and its queue by minute, each a table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from wfm.peakday import views
from wfm.peakday.backlog import Backlog, backlog
from wfm.peakday.resources import RESOURCES, by_hour
from wfm.peakday.window import window
from wfm.staffing import requirement
from wfm.staffing.steady import handle_times

if TYPE_CHECKING:
    import pandas as pd

    from wfm.scenario.model import Scenario
    from wfm.staffed import Staffed
    from wfm.staffing.targets import Targets

#: The ways of computing, in the order they are shown, as the scenario names them and as columns do.
VIEWS = {"independent_intervals": "independent", "transient": "transient", "simulation": "simulation"}


@dataclass(frozen=True, eq=False)
class PeakDay:
    """One day seen three ways.

    Attributes
    ----------
    day
        Which.
    views
        The ways that were asked for, of `VIEWS`.
    intervals
        One row an interval: ``start``, ``slot``, ``duration``, ``contacts``; agents ``needed`` by the plan, ``needed_independent``
        and ``needed_transient`` by each method for the plan's targets and level, ``scheduled`` (mean, on queue) and ``present``;
        ``within`` [s], ``target_sl_offered`` and ``target_answer_rate`` (nan where nothing is asked); what the scheduled agents
        give: ``sl_offered_<view>``, ``answer_rate_<view>``, ``queue_<view>`` (mean contacts waiting), of the simulation with
        ``_low`` and ``_high`` (95 %); and ``sl_offered_plan``, ``answer_rate_plan`` of the plan's own simulation, with busy and
        quiet days in. nan where nobody comes. Where people are staffed for a busier day than forecast, ``busier``: that day's
        contacts over the forecast's; agents needed stand for it, all service for the forecast.
    hours
        `wfm.peakday.resources.by_hour`.
    minutes
        ``start``, ``span``, ``own``, ``reach``, ``queue_transient``, ``queue_simulation``: `wfm.peakday.backlog.backlog`. Where
        people are staffed for a busier day than forecast, ``queue_busy`` too: linked intervals on such a day.
    replications
        How often the day was simulated.
    """

    day: date
    views: tuple[str, ...]
    intervals: pd.DataFrame
    hours: pd.DataFrame
    minutes: pd.DataFrame
    replications: int

    @property
    def timed(self) -> bool:
        """Whether queues are known by the minute: intervals by themselves have no inside."""
        return bool({"transient", "simulation"} & set(self.views))

    @property
    def backlog(self) -> Backlog | None:
        """The deepest backlog, by linked intervals, else by simulation."""
        return self.backlog_by("transient" if "transient" in self.views else "simulation")

    def backlog_by(self, view: str) -> Backlog | None:
        """The deepest backlog that one view sees; None where it sees none, or was not asked for."""
        return backlog(self.minutes, f"queue_{view}") if f"queue_{view}" in self.minutes else None

    @property
    def binding(self) -> pd.Series:
        """The hour in which a resource is taken furthest (a row of ``hours``), binding or not."""
        greatest = self.hours[[f"{name}_share" for name in RESOURCES]].max(axis=1)
        return self.hours.iloc[int(greatest.to_numpy(float).argmax())]

    def agent_hours(self, column: str) -> float:
        """Agents x hours of a column of ``intervals``."""
        return float((self.intervals[column] * self.intervals["duration"]).sum() / 3600)

    def missed(self, view: str) -> int:
        """Intervals with contacts in which a target is missed; of the simulation, by the whole of its 95 % interval."""
        rows, found = self.intervals, np.zeros(len(self.intervals), dtype=bool)
        for name in ("sl_offered", "answer_rate"):
            column = f"{name}_{view}_high" if view == "simulation" else f"{name}_{view}"
            found |= (rows[column] < rows[f"target_{name}"] - 1e-6).to_numpy(bool)
        return int(found.sum())


def at_peak(scenario: Scenario, staffed: Staffed, service: pd.DataFrame, day: date, *, contacts: int = views.CONTACTS) -> PeakDay:
    """A day of a plan, seen three ways, with what binds in it.

    All three take the day as forecast, neither busier nor quieter, with the agents scheduled. The open span that the day lies in is
    played from a day before it on; only the day is told.

    Parameters
    ----------
    staffed
        The plan's workload, requirement, schedule, lines and people.
    service
        Table ``service`` of the plan's own simulation.
    day
        A day on which the plan is open.
    contacts
        Contacts simulated at most (20 replications at least).
    """
    work = window(staffed.workload, day)
    asked = tuple(view for view in VIEWS.values() if view in _asked(scenario))
    cover = staffed.schedule.cover.set_index("start")[["agents", "present"]].groupby(level=0).sum()
    cover = cover.reindex(work["start"]).fillna(0.0).reset_index(drop=True)
    scheduled, targets = cover["agents"].to_numpy(float), scenario.targets
    within = np.array(np.broadcast_to(np.asarray(targets.thresholds(work["start"]), dtype=float), len(work)))
    need = staffed.requirement.set_index("start").reindex(work["start"]).reset_index()
    found = _viewed(asked, work, scheduled, within, scenario, staffed.lines, contacts)
    rows = work[["start", "slot", "duration", "contacts"]].assign(
        needed=need["agents"].to_numpy(float),
        **{f"needed_{method}": _needed(scenario, work, need, method) for method in ("independent", "transient") if method in asked},
        scheduled=scheduled,
        present=cover["present"].to_numpy(float),
        within=within,
        **_bounds(targets, work["start"]),
        **_columns(found),
    )
    own = work["own"].to_numpy(bool)
    day_rows = rows[own].reset_index(drop=True)
    known = service.set_index("start").reindex(day_rows["start"])
    for name in ("sl_offered", "answer_rate"):
        day_rows[f"{name}_plan"] = known[name].to_numpy(float)
    waits = next((found[view].wait for view in ("transient", "simulation", "independent") if view in found), None)
    if waits is not None:
        need = need.assign(mean_wait_all=waits)
    hours = by_hour(need.assign(needed=rows["needed"], scheduled=scheduled, present=rows["present"])[own], scenario, staffed.people)
    minutes = _minutes(work, scheduled, within, scenario, found)
    if "busier" in work and (work["busier"] > 1).any():
        day_rows["busier"] = work["busier"].to_numpy(float)[own]
    if "transient" in found and "busier" in day_rows:
        busy = work.assign(arrival_rate=work["arrival_rate"] * work["busier"])
        told = views.linked(busy, scheduled, within, scenario.contact, scenario.seed).minutes
        assert told is not None
        minutes["queue_busy"] = told[-len(minutes) :]
    return PeakDay(day, asked, day_rows, hours, minutes, found["simulation"].replications if "simulation" in found else 0)


def _asked(scenario: Scenario) -> set[str]:
    return {VIEWS[name] for name in scenario.report.compare}


def _viewed(
    asked: tuple[str, ...],
    work: pd.DataFrame,
    agents: np.ndarray,
    within: np.ndarray,
    scenario: Scenario,
    lines: int,
    contacts: int,
) -> dict[str, views.View]:
    contact, seed = scenario.contact, scenario.seed
    made: dict[str, Any] = {
        "independent": lambda: views.independent(work, agents, within, contact),
        "transient": lambda: views.linked(work, agents, within, contact, seed),
        "simulation": lambda: views.simulated(work, agents, within, contact, lines=lines, seed=seed, contacts=contacts),
    }
    return {view: made[view]() for view in asked}


def _needed(scenario: Scenario, work: pd.DataFrame, need: pd.DataFrame, method: str) -> np.ndarray:
    """Agents that a method asks for, for the level that the plan is staffed for."""
    if method == scenario.staffing.method and (need["method"] == method).all():
        return need["agents"].to_numpy(float)  # the plan's own
    staffing = scenario.staffing.model_copy(update={"method": method})
    return requirement(work, scenario.targets, scenario.contact, staffing=staffing)["agents"].to_numpy(float)


def _bounds(targets: Targets, starts: pd.Series) -> dict[str, np.ndarray]:
    """What is asked for in each interval, nan where nothing is."""
    judged, none = targets.judged(starts), (1, np.nan)
    asked = {name: np.asarray(judged.get(name, none)[1], dtype=float) for name in ("sl_offered", "answer_rate")}
    return {f"target_{name}": np.array(np.broadcast_to(bound, len(starts))) for name, bound in asked.items()}


def _columns(found: dict[str, views.View]) -> dict[str, np.ndarray]:
    columns = {}
    for view, result in found.items():
        for name in ("sl_offered", "answer_rate"):
            columns[f"{name}_{view}"] = getattr(result, name)
            if result.low is not None and result.high is not None:
                columns[f"{name}_{view}_low"], columns[f"{name}_{view}_high"] = result.low[name], result.high[name]
        columns[f"queue_{view}"] = result.queue
    return columns


def _minutes(
    work: pd.DataFrame, agents: np.ndarray, within: np.ndarray, scenario: Scenario, found: dict[str, views.View]
) -> pd.DataFrame:
    """The day's minutes and those after it, as far as the window goes."""
    import pandas as pd

    seconds, rows = views.moments(work)
    reach = agents * within / handle_times(work, scenario.contact)
    since = pd.Series(np.round(seconds * 1e6).astype("timedelta64[us]"))
    start = work["start"].iloc[rows].reset_index(drop=True) + since
    table = pd.DataFrame({"start": start, "span": work["span"].to_numpy()[rows], "own": work["own"].to_numpy(bool)[rows]})
    table["reach"] = reach[rows]
    for view, result in found.items():
        if result.minutes is not None:
            table[f"queue_{view}"] = result.minutes
    first = int(np.argmax(table["own"].to_numpy()))
    return table.iloc[first:].reset_index(drop=True)
