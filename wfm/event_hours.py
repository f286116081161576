"""Open hours of which little is known on days of the planner's events: nights at a day's mean, and hours without contacts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from wfm.core.calendar import holidays_between
from wfm.core.intervals import OpeningHours

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from wfm.scenario.model import Scenario

Remark = tuple[str, dict[str, float | str]]


def at_the_mean(scenario: Scenario, workload: pd.DataFrame) -> list[Remark]:
    """Hours that are normally closed and have contacts of a phase without a shape: a normal day's mean per open hour counts there
    (``docs/events.md``), in the dead of night as well.

    Parameters
    ----------
    workload
        Table ``workload``, with events.

    Returns
    -------
    list of (key, values)
        At most one remark: the phases, their hours, and contacts an hour in them.
    """
    usual = {key: hours for key, hours in scenario.hours.root.items() if not key[:1].isdigit()}
    if not scenario.events or not usual or "event" not in workload:  # a forecast of one's own is without events
        return []
    rows = workload.groupby("start", as_index=False).agg(
        contacts=("contacts", "sum"), duration=("duration", "first"), event=("event", "first")
    )
    clock = rows["start"].dt.tz_convert(scenario.timezone).dt.tz_localize(None).to_numpy()
    asked = (rows["event"].isin(_unshaped(scenario)) & (rows["contacts"] > 0)).to_numpy()
    if asked.any():
        asked = asked & ~_open(OpeningHours(usual), clock, scenario.country)
    if not asked.any():
        return []
    mine = rows[asked]
    hours = float(mine["duration"].sum()) / 3600
    return [("event_nights", {"phases": ", ".join(mine["event"].unique()), "hours": hours,
                              "start": mine["start"].iloc[0].strftime("%Y-%m-%d %H:%M"),
                              "value": float(mine["contacts"].sum()) / hours})]  # fmt: skip


def without_contacts(workload: pd.DataFrame) -> list[Remark]:
    """Open hours for which an estimate expects nobody, though it expects somebody in others: those that dates open and no phase
    covers.
    """
    rows = workload.groupby("start", as_index=False).agg(contacts=("contacts", "sum"), duration=("duration", "first"))
    none = rows[rows["contacts"] == 0]
    if none.empty or len(none) == len(rows):
        return []
    return [("none_expected", {"hours": float(none["duration"].sum()) / 3600,
                               "start": none["start"].iloc[0].strftime("%Y-%m-%d %H:%M")})]  # fmt: skip


def _unshaped(scenario: Scenario) -> set[str]:
    """The phases with dates for which neither the planner nor the dated table says a shape, as the column ``event`` names them."""
    return {
        f"{event.key} {name}"
        for event in scenario.events
        for name, phase in event.resolved().items()
        if not phase.returns and phase.form == "usual" and "shape" not in phase.model_fields_set
    }


def _open(hours: OpeningHours, clock: NDArray[np.datetime64], country: str) -> NDArray[np.bool_]:
    """Whether moments by the wall clock lie in opening hours; those past midnight are of the day before."""
    days: list[date] = [each.item() for each in np.unique(clock.astype("datetime64[D]"))]
    held = np.zeros(len(clock), dtype=bool)
    if not days:
        return held
    free = holidays_between(days[0] - timedelta(days=1), days[-1], country) if "holiday" in hours.root else frozenset()
    for day in {each - timedelta(days=back) for each in days for back in (0, 1)}:
        midnight = np.datetime64(day, "s")
        for begin, end in hours.spans(day, holiday=day in free):
            held |= (clock >= midnight + np.timedelta64(begin, "s")) & (clock < midnight + np.timedelta64(end, "s"))
    return held
