"""Shifts that a planner brings: what they cover of a requirement, and what they come to."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from wfm.core.contracts import check
from wfm.core.errors import InputError, Problem
from wfm.schedule.schedule import Schedule, needed_people, weekly_shifts, with_days

if TYPE_CHECKING:
    from wfm.schedule.inputs import Shifts

_HOUR = 3600.0
_NEAR = 1e-9


def given_schedule(
    shifts: pd.DataFrame,
    requirement: pd.DataFrame,
    templates: Shifts,
    *,
    in_office: float,
    costs: Mapping[str, float],
    days: int | None = None,
    cover: pd.DataFrame | None = None,
) -> Schedule:
    """The `Schedule` that a table of shifts is.

    Parameters
    ----------
    shifts
        Contract ``schedule``: ``work`` rows, and ``meal`` rows within them. Where absent, ``template`` is the first word of
        ``shift``, ``date`` the local day of the start, and ``cost`` what the template costs.
    requirement
        Contract ``requirement``: the intervals to be covered.
    templates, in_office, costs, days
        As for `wfm.schedule.schedule.schedule`.
    cover
        The cover where it is known as well; else it is counted from the shifts. In a centre that never closes the evening before
        the plan is then worked like the same weekday's evening of the plan (of a plan under a week: its last day's).

    Raises
    ------
    InputError
        A table that breaks its contract, or a shift of a template that the scenario does not have.
    """
    table = with_days(check(requirement, "requirement"))
    shifts = _named(check(shifts, "schedule"), templates, costs)
    at_work = shifts[shifts["activity"] == "work"]
    if cover is None:
        parts = [_cover(rows, shifts[shifts["group"] == group], in_office) for group, rows in table.groupby("group", sort=False)]
        cover = check(pd.concat(parts, ignore_index=True), "cover")
    short = cover[cover["short"] > 0]
    why = np.where(np.isinf(short["required"].to_numpy(float)), "unreachable", "shifts")
    shortfalls = short[["start", "group", "date", "required", "agents", "short"]].assign(why=why).reset_index(drop=True)
    hours = at_work["template"].map({name: template.length / _HOUR for name, template in templates.templates().items()})
    paid = math.fsum((at_work["people"] * hours).tolist())
    useful = float((np.minimum(cover["present"], cover["needed"]) * cover["duration"]).sum()) / _HOUR
    return Schedule(
        shifts=shifts,
        cover=cover,
        shortfalls=shortfalls,
        weekly=weekly_shifts(templates, at_work, table, days),
        paid_hours=paid,
        cost=float(at_work["cost"].sum()),
        efficiency=useful / paid if paid else math.nan,
        gap=math.nan,
        notes=(),
    )


def _named(shifts: pd.DataFrame, templates: Shifts, costs: Mapping[str, float]) -> pd.DataFrame:
    """The shifts with ``template``, ``date`` and ``cost``."""
    known = templates.templates()
    if "template" not in shifts:
        shifts = shifts.assign(template=shifts["shift"].str.split().str[0])
    strange = sorted(set(shifts["template"]) - set(known))
    if strange:
        raise InputError(
            Problem(
                "the scenario has no such shift",
                key="template",
                value=strange[0],
                way_out="Its shifts are: {known}",
                values={"known": ", ".join(known)},
            )
        )
    if "date" not in shifts:
        shifts = shifts.assign(date=shifts["start"].dt.date)
    if "cost" not in shifts:
        each = shifts["template"].map(dict(costs)) * shifts["people"]
        shifts = shifts.assign(cost=each.where(shifts["activity"] == "work", 0.0).astype(float))
    return shifts


def _cover(rows: pd.DataFrame, shifts: pd.DataFrame, in_office: float) -> pd.DataFrame:
    """Contract ``cover`` of one group's intervals, counted from its shifts."""
    rows = rows.sort_values("start", ignore_index=True)
    seconds = float(rows["duration"].iloc[0])
    start = rows["start"]
    local = start.dt.tz_localize(None)
    never_closed = bool(
        len(rows) * seconds >= 86400 - _HOUR
        and (start.diff().dt.total_seconds().iloc[1:] == seconds).all()
        and local.iloc[0] == local.iloc[0].normalize()
        and (local.iloc[-1] + pd.Timedelta(seconds=seconds)) == (local.iloc[-1].normalize() + pd.Timedelta(days=1))
    )
    present, eating = np.zeros(len(rows), dtype=np.int64), np.zeros(len(rows), dtype=np.int64)
    at = (start - start.iloc[0]).dt.total_seconds().to_numpy()
    begin = (shifts["start"] - start.iloc[0]).dt.total_seconds().to_numpy()
    # What starts inside an interval counts from that interval's start, and covers the intervals it fills whole.
    length = np.maximum(((shifts["end"] - shifts["start"]).dt.total_seconds() / seconds + 1e-6).astype(int), 1) * seconds
    begin = np.floor(begin / seconds + 1e-6) * seconds
    back = 86400.0 * (7 if rows["date"].nunique() >= 7 else rows["date"].nunique())
    for activity, first, span, people in zip(shifts["activity"], begin, length, shifts["people"], strict=True):
        for early in (0.0, back) if never_closed else (0.0,):
            window = slice(*np.searchsorted(at, [first - early, first - early + span]))
            present[window] += people if activity == "work" else -people
            eating[window] += 0 if activity == "work" else people
    agents = present * (1 - in_office)
    required = rows["agents"].to_numpy(dtype=float)
    missing = required - agents
    return pd.DataFrame({
        "start": start, "group": rows["group"], "date": rows["date"], "duration": rows["duration"], "present": present,
        "agents": agents, "required": required, "short": np.where(missing > _NEAR, missing, 0.0),
        "needed": needed_people(rows["agents"], in_office), "eating": eating,
    })  # fmt: skip
