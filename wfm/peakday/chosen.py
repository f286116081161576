"""The day that deserves a page of its own: the one the planner names, else the busiest where days are out of the ordinary."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from wfm.scenario.model import Scenario

#: Contacts of a day over those of the plan's middle day, from which on it is out of the ordinary without an event.
OUT_OF_THE_ORDINARY = 1.5


def peak_day(scenario: Scenario, forecast: pd.DataFrame) -> date | None:
    """The day of the page on the peak day.

    Parameters
    ----------
    scenario
        ``report.day`` wins; the plan's reader holds that it lies in the plan.
    forecast
        Contract ``forecast`` (or ``workload``) with ``date`` and ``contacts``.

    Returns
    -------
    date or None
        The day written; else the one with most contacts (the first of equals) if the scenario has events, or if it has more than
        `OUT_OF_THE_ORDINARY` times the contacts of the median day; else None. A day that is not open has no page: None.
    """
    days = forecast.groupby("date")["contacts"].sum()
    asked = scenario.report.day
    if asked is not None:
        return asked if asked in days.index else None
    if days.empty or not days.max() > 0:
        return None
    busiest = max(days.index, key=lambda day: (float(days[day]), -day.toordinal()))
    return busiest if scenario.events or days.max() > OUT_OF_THE_ORDINARY * days.median() else None
