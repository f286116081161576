"""From the agents each interval needs to the shifts people work, and the cover those shifts give."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from wfm.core import units
from wfm.core.contracts import check
from wfm.core.errors import InputError, Problem
from wfm.schedule.inputs import Note, Shifts
from wfm.schedule.patterns import Kind, Run, kind
from wfm.schedule.runs import Planner, Work
from wfm.schedule.solver import Ints, Limits

_HOUR = 3600.0


@dataclass(frozen=True)
class Schedule:
    """Shifts and their cover.

    Attributes
    ----------
    shifts
        Contract ``schedule``: a ``work`` row per shift with its people and cost, and a ``meal`` row per meal time within it (cost
        0: it is paid with the shift). Extra columns: ``date`` (the local day it starts on), ``template``.
    cover
        Contract ``cover``: ``present`` people with meals taken out, ``agents`` on queue on average after in-office shrinkage,
        ``required``, ``short``. Extra columns: ``date``, ``duration`` [s], ``needed`` (present people that the requirement asks
        for), ``eating``.
    shortfalls
        The rows of ``cover`` that are short, with ``why``: ``unreachable`` (no number of agents meets the target), ``no_start``
        (no shift can cover it), ``seats``, ``meal`` (people enough, but they eat), ``people_max``, ``search`` (the solver stopped).
    weekly
        One row per template: ``kind``, ``shifts`` (in the plan), ``shifts_per_week``, ``busiest_week``, ``busiest_day``,
        ``hours_per_shift``, ``shifts_per_person_week``. Present people; absence is added by the people chain.
    paid_hours, cost
        Sums over the plan; a shift counts on the day it starts, and is paid whole where opening hours cut it.
    efficiency
        Person-hours that were needed and were present, over paid hours; nan where nobody works.
    gap
        The largest relative gap to the bound among the programs solved; nan where one was rounded.
    notes
        What a planner should know, as (key, values).
    """

    shifts: pd.DataFrame
    cover: pd.DataFrame
    shortfalls: pd.DataFrame
    weekly: pd.DataFrame
    paid_hours: float
    cost: float
    efficiency: float
    gap: float
    notes: tuple[Note, ...]


def schedule(
    requirement: pd.DataFrame,
    shifts: Shifts,
    *,
    in_office: float,
    costs: Mapping[str, float],
    seats: int | None = None,
    people_max: int | None = None,
    days: int | None = None,
    limits: Limits | None = None,
) -> Schedule:
    """The cheapest shifts that cover a requirement, or come nearest to it.

    Missing people come first, then cost, then an even spread of surplus and meals near the middle of their window. Shifts lie
    inside opening hours; where no whole shift reaches an hour, longer ones are cut to the opening hours and paid whole. Needs
    count people in the building: ``ceil(agents / (1 - in_office))``, agents themselves rounded up to whole people.

    Parameters
    ----------
    requirement
        Contract ``requirement`` with one row per open interval and group; ``date`` and ``duration`` [s] where known, else the local
        day and the smallest step between starts. Agents may be ``inf`` (unreachable): the interval is staffed like the group's
        largest reachable one and listed as short.
    shifts
        The templates.
    in_office
        Share of time present but not on queue, meals in the shift not counted again.
    costs
        Money per shift of each template.
    seats
        At most so many people present at once, all groups together; who eats has left the seat. Groups with more work go first.
    people_max
        At most so many people on a shift per day, all groups together.
    days
        Length of the plan in days for the weekly averages; default from the first to the last date.
    limits
        Where each search stops.

    Returns
    -------
    Schedule
        Always; what cannot be covered is in ``shortfalls``.

    Raises
    ------
    InputError
        A frame that breaks the contract, a template without a cost, intervals of unequal or no length, or an argument out of range.
    """
    _refuse(shifts, in_office, costs, seats, people_max)
    table = with_days(check(requirement, "requirement"))
    limits = limits or Limits()
    seconds = float(table["duration"].iloc[0]) if len(table) else _HOUR
    kinds = [kind(i, name, t, float(costs[name]), seconds) for i, (name, t) in enumerate(shifts.templates().items())]
    taken = pd.Series(0, index=pd.DatetimeIndex(table["start"].unique()))
    used: dict[int, int] = {}
    parts: list[tuple[pd.DataFrame, pd.DataFrame, Work]] = []
    several = len(set(table["group"])) > 1
    loads = table.assign(load=table["agents"].where(np.isfinite(table["agents"]), 0.0)).groupby("group")["load"].sum()
    for name in loads.sort_values(ascending=False, kind="stable").index:
        rows = table[table["group"] == name].sort_values("start", ignore_index=True)
        room = None if seats is None else np.maximum(seats - taken.loc[rows["start"]].to_numpy(dtype=np.int64), 0)
        planner = Planner(kinds, len(rows), limits, people_max, used)
        needed = needed_people(rows["agents"], in_office)
        for run in _runs(rows, needed, room, seconds):
            planner.plan(run)
        cover = _cover(rows, needed, room, planner.work, in_office, people_max, used)
        taken.loc[rows["start"]] += cover["present"].to_numpy()
        parts.append((_shift_rows(rows, planner.work, seconds, several=several), cover, planner.work))
    return _result(parts, shifts, kinds, table, seconds, days, limits)


def _refuse(shifts: Shifts, in_office: float, costs: Mapping[str, float], seats: int | None, people_max: int | None) -> None:
    problems = [
        Problem("the shift '{name}' has no cost", "costs", way_out="Give money per shift for every template", values={"name": name})
        for name in shifts.templates()
        if name not in costs
    ]
    problems += [
        Problem("a cost per shift is a finite number, 0 or more", key=f"costs.{name}", value=cost)
        for name, cost in costs.items()
        if not (math.isfinite(cost) and cost >= 0)
    ]
    if not 0 <= in_office < 1:
        problems.append(Problem("in-office shrinkage is a share below 1", key="in_office", value=in_office))
    problems += [
        Problem("a cap on people is 0 or more", key=key, value=cap)
        for key, cap in (("seats", seats), ("people_max", people_max))
        if cap is not None and cap < 0
    ]
    if problems:
        raise InputError(*problems)


def with_days(table: pd.DataFrame) -> pd.DataFrame:
    """The table with ``date`` and ``duration``; intervals all of one length that divides the day."""
    table = table.copy()
    if "date" not in table:
        table["date"] = table["start"].dt.date
    if "duration" not in table:
        steps = table["start"].drop_duplicates().sort_values().diff().dt.total_seconds()
        table["duration"] = float(steps.min()) if len(table) > 1 else _HOUR
    lengths = table["duration"].unique()
    if len(lengths) > 1 or (len(lengths) and (not lengths[0] > 0 or 86400 % lengths[0])):
        way_out = "Schedule intervals of 15, 30 or 60 minutes"
        raise InputError(Problem("intervals of one length that divides the day are needed", "duration", list(lengths[:3]), way_out))
    return table


def needed_people(agents: pd.Series, in_office: float) -> Ints:
    """People present for the agents asked for; an unreachable target counts as the largest reachable one."""
    values = agents.to_numpy(dtype=float)
    reachable = values[np.isfinite(values)]
    values = np.where(np.isfinite(values), values, reachable.max(initial=0.0))
    whole = np.ceil(values - 1e-9)
    return np.ceil(whole / (1 - in_office) - 1e-9).astype(np.int64)


def _runs(rows: pd.DataFrame, needed: Ints, room: Ints | None, seconds: float) -> list[Run]:
    """Stretches of intervals that touch, each with its local clock and day numbers."""
    start = rows["start"]
    local = start.dt.tz_localize(None)
    clock = (local - local.dt.normalize()).dt.total_seconds().to_numpy().astype(np.int64)
    day = np.array([value.toordinal() for value in rows["date"]], dtype=np.int64)
    breaks = np.flatnonzero(start.diff().dt.total_seconds().to_numpy()[1:] != seconds) + 1
    runs = []
    for at in np.split(np.arange(len(rows)), breaks):
        never_closed = (
            len(at) == len(rows) and len(rows) * seconds >= 86400 - _HOUR and clock[0] == 0 and clock[-1] + seconds == 86400
        )
        runs.append(Run(at, clock[at], day[at], needed[at], None if room is None else room[at], round=never_closed))
    return runs


def _cover(
    rows: pd.DataFrame, needed: Ints, room: Ints | None, work: Work, in_office: float, people_max: int | None, used: dict[int, int]
) -> pd.DataFrame:
    # A mean over the interval: now and then somebody is in a meeting, so 8 present are 7.52 on queue and not 7.
    agents = work.present * (1 - in_office)
    required = rows["agents"].to_numpy(dtype=float)
    missing_agents = required - agents
    cover = pd.DataFrame({
        "start": rows["start"], "group": rows["group"], "date": rows["date"], "duration": rows["duration"], "present": work.present,
        "agents": agents, "required": required, "short": np.where(missing_agents > 1e-9, missing_agents, 0.0),
        "needed": needed, "eating": work.eating,
    })  # fmt: skip
    full = np.array([people_max is not None and used.get(day.toordinal(), 0) >= people_max for day in rows["date"]])
    missing = needed - work.present
    at_cap = np.zeros(len(rows), dtype=bool) if room is None else room < needed
    reasons = [np.isinf(required), ~work.can_start, at_cap, work.eating >= missing, full]
    names = ["unreachable", "no_start", "seats", "meal", "people_max"]
    # What is left is either a seat cap elsewhere in the shift's hours or a search that ended early.
    cover["why"] = np.where(cover["short"] > 0, np.select(reasons, names, "search" if room is None else "seats"), "")
    return cover


def _shift_rows(rows: pd.DataFrame, work: Work, seconds: float, *, several: bool) -> pd.DataFrame:
    """The schedule rows of a group: work, then the meals inside it."""
    records = []
    for placed in sorted(work.placed, key=lambda one: (one.row, one.kind.index)):
        at = rows.iloc[placed.row]
        length = placed.length * seconds if placed.cut else placed.kind.template.length
        clock = units.clock_text(at["start"].hour * 3600 + at["start"].minute * 60)
        name = " ".join([*([str(at["group"])] if several else []), placed.kind.name, clock, str(at["date"])])
        about = {"shift": name, "group": at["group"], "template": placed.kind.name, "date": at["date"], "cut": placed.cut}
        end = at["start"] + pd.Timedelta(seconds=length)
        cost = placed.people * placed.kind.cost
        records.append({**about, "start": at["start"], "end": end, "activity": "work", "people": placed.people, "cost": cost})
        for place, people in placed.meals:
            begin = at["start"] + pd.Timedelta(seconds=place * seconds)
            end = begin + pd.Timedelta(seconds=placed.kind.meal_length * seconds)
            records.append({**about, "start": begin, "end": end, "activity": "meal", "people": people, "cost": 0.0})
    columns = ["shift", "start", "end", "activity", "group", "people", "cost", "template", "date", "cut"]
    return pd.DataFrame(records, columns=columns)


def _result(
    parts: list[tuple[pd.DataFrame, pd.DataFrame, Work]],
    shifts: Shifts,
    kinds: list[Kind],
    table: pd.DataFrame,
    seconds: float,
    days: int | None,
    limits: Limits,
) -> Schedule:
    rows = [part for part, _, _ in parts if len(part)]
    zone: Any = table["start"].dtype
    if rows:
        shift_table = pd.concat(rows, ignore_index=True)
    else:
        shift_table = _shift_rows(
            table, Work(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, bool)), seconds, several=False
        )
        shift_table = shift_table.astype({"start": zone, "end": zone, "people": "int64", "cost": float})
    cover = pd.concat([part for _, part, _ in parts], ignore_index=True) if parts else _empty_cover(zone)
    placed = [one for _, _, work in parts for one in work.placed]
    gaps = [gap for _, _, work in parts for gap in work.gaps]
    paid = math.fsum(one.people * one.kind.template.length for one in placed) / _HOUR
    useful = float(np.minimum(cover["present"], cover["needed"]).sum()) * seconds / _HOUR
    gap = max(gaps, key=lambda value: math.inf if math.isnan(value) else value, default=0.0)
    at_work = shift_table[shift_table["activity"] == "work"]
    return Schedule(
        shifts=check(shift_table, "schedule").drop(columns="cut"),
        cover=check(cover.drop(columns="why"), "cover"),
        shortfalls=cover.loc[cover["short"] > 0, ["start", "group", "date", "required", "agents", "short", "why"]].reset_index(
            drop=True
        ),
        weekly=weekly_shifts(shifts, at_work, table, days),
        paid_hours=paid,
        cost=float(at_work["cost"].sum()),
        efficiency=useful / paid if paid else math.nan,
        gap=gap,
        notes=tuple(_notes(kinds, at_work, parts, gap, limits)),
    )


def _empty_cover(zone: Any) -> pd.DataFrame:
    kinds: dict[str, Any] = {"start": zone, "group": object, "date": object, "why": object}
    numbers = ("duration", "present", "agents", "required", "short", "needed", "eating")
    return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in {**kinds, **dict.fromkeys(numbers, float)}.items()})


def weekly_shifts(shifts: Shifts, at_work: pd.DataFrame, table: pd.DataFrame, days: int | None) -> pd.DataFrame:
    """What the people chain asks about each template."""
    first = min(table["date"], default=None)
    ordinal = pd.Series([(day - first).days for day in at_work["date"]], dtype=int, index=at_work.index)
    span = days or ((max(table["date"]) - first).days + 1 if first is not None else 7)
    records = []
    kinds = at_work["template"].map({name: template.kind for name, template in shifts.templates().items()})
    for name, template in shifts.templates().items():
        mine = at_work["template"] == name
        alike = kinds == template.kind
        people, when = at_work.loc[mine, "people"], ordinal[mine]
        count = int(people.sum())
        records.append({
            "template": name, "kind": template.kind, "shifts": count,
            # A plan of less than a week is taken as its week.
            "shifts_per_week": count * 7 / max(span, 7),
            "busiest_week": int(people.groupby(when // 7).sum().max()) if count else 0,
            "busiest_day": int(people.groupby(when).sum().max()) if count else 0,
            # Of the kind, all its templates together: nobody works two shifts a day.
            "day_of_kind": int(at_work["people"][alike].groupby(ordinal[alike]).sum().max()) if alike.any() else 0,
            "hours_per_shift": template.length / _HOUR, "shifts_per_person_week": template.shifts_per_person_week(),
        })  # fmt: skip
    return pd.DataFrame(records)


def _notes(
    kinds: list[Kind], at_work: pd.DataFrame, parts: list[tuple[pd.DataFrame, pd.DataFrame, Work]], gap: float, limits: Limits
) -> list[Note]:
    notes: list[Note] = []
    for k in kinds:
        if k.rounded():
            meal = k.meal_length * k.seconds
            values = {
                "shift": k.name,
                "interval": k.seconds,
                "covered": k.covered * k.seconds,
                "meal": meal,
                "start": list(k.template.start),
            }
            notes.append(("schedule.rounded_to_grid", values))
    cut = at_work[at_work["cut"].astype(bool)]
    clocks = cut["start"].dt.strftime("%H:%M") + "-" + cut["end"].dt.strftime("%H:%M") if len(cut) else cut["shift"]
    for (name, hours), rows in cut.groupby(["template", clocks], sort=False):
        notes.append(
            (
                "schedule.cut",
                {"shift": name, "hours": hours, "days": int(rows["date"].nunique()), "people": int(rows["people"].sum())},
            )
        )
    if any(work.carried for _, _, work in parts):
        notes.append(("schedule.evening_before", {}))
    if math.isnan(gap) or gap > limits.gap * (1 + 1e-9):
        notes.append(("schedule.gap", {"gap": None if math.isnan(gap) else gap, "wanted": limits.gap}))
    return notes
