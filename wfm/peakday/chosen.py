"""The day that deserves a page of its own: the one the planner names, else the one needing most agents, where days are unusual."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from wfm.scenario.model import Scenario

#: Contacts of a day over those of the plan's middle day, from which on it is out of the ordinary without an event.
OUT_OF_THE_ORDINARY = 1.5


def peak_day(scenario: Scenario, requirement: pd.DataFrame) -> date | None:
    """The day of the page on the peak day.

    Parameters
    ----------
    scenario
        ``report.day`` wins; the plan's reader holds that it lies in the plan.
    requirement
        Table ``requirement`` with ``date``, ``contacts`` and ``agents``.

    Returns
    -------
    date or None
        The day written; else `most_needed` if the scenario has events, or if a day has more than `OUT_OF_THE_ORDINARY` times the
        contacts of the median day; else None. A day that is not open has no page: None.
    """
    days = requirement.groupby("date")["contacts"].sum()
    asked = scenario.report.day
    if asked is not None:
        return asked if asked in days.index else None
    if days.empty or not days.max() > 0:
        return None
    return most_needed(requirement)["date"] if scenario.events or days.max() > OUT_OF_THE_ORDINARY * days.median() else None


def most_needed(requirement: pd.DataFrame) -> pd.Series:
    """The interval in which a plan is tightest: most agents needed, on the day with the most contacts of those that need as many.

    Returns
    -------
    Series
        Its row. Of equals on one day the interval with the most contacts, then the first; of equal days the first.
    """
    days = requirement.groupby("date", as_index=False).agg(agents=("agents", "max"), contacts=("contacts", "sum"))
    # Days of the same forecast differ by rounding alone.
    days["contacts"] = days["contacts"].round(6)
    day = days.sort_values(["agents", "contacts", "date"], ascending=[False, False, True])["date"].iloc[0]
    rows = requirement[requirement["date"] == day]
    found: pd.Series = rows.sort_values(["agents", "contacts"], ascending=False, kind="stable").iloc[0]
    return found
