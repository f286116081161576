"""From the past to what is coming: a scenario's history, and the forecast of every open interval of its plan."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from wfm.core.calendar import holidays_between
from wfm.core.errors import InputError, Problem, problem_of
from wfm.core.intervals import OpeningHours, interval_grid
from wfm.forecast import estimate, forecast, with_events
from wfm.forecast.festival import on_grid
from wfm.forecast.phases import event_days
from wfm.history import generate_shop, read_history
from wfm.history.contact_fit import fit_contact
from wfm.history.repairs import Repairs
from wfm.workload import nobody_redials, scaled, without_redials

if TYPE_CHECKING:
    import pandas as pd

    from wfm.scenario.model import Scenario


def read_past(scenario: Scenario, folder: Path) -> tuple[pd.DataFrame | None, pd.DataFrame]:
    """The past as a table (None where the scenario has none), and what was repaired in it.

    Raises
    ------
    InputError
        With every problem of a history file.
    """
    inputs, window = scenario.demand.history, scenario.plan
    if isinstance(inputs, str):
        return None, no_repairs()
    if inputs.reads:
        read = read_history(
            inputs.source(folder),
            timezone=scenario.timezone,
            interval_s=int(window.interval),
            queue=inputs.queue,
            columns=inputs.columns,
            absent=inputs.absent,
            export=inputs.export,
            sheet=inputs.sheet,
            hours=scenario.hours,
            date_order=inputs.date_order,
            duplicates=inputs.duplicates or "refuse",
            within=scenario.targets.threshold,
            wrap=_own_wrap(scenario),
        ).one_queue()
        return read.table, read.log
    return generate_shop(
        scenario.demand,
        scenario.contact,
        window.start,
        inputs.weeks,
        int(window.interval),
        scenario.hours,
        scenario.timezone,
        scenario.country,
        scenario.seed,
    ), no_repairs()


def _own_wrap(scenario: Scenario) -> float | None:
    """After-call work that the planner wrote or that was fitted from records; None for the default, which nobody vouches for."""
    contact = scenario.contact
    return float(contact.wrap) if "wrap" in contact.model_fields_set or "wrap" in contact.fitted else None


def lacking(repairs: pd.DataFrame) -> tuple[str, str]:
    """(what the handle time of the past lacks, by the code of its repair, the columns it has); empty where it lacks nothing."""
    for code, values in zip(repairs["code"], repairs["values"], strict=True):
        if code in ("talk_alone", "no_talk"):
            return str(code), str(json.loads(values)["columns"])
    return "", ""


def fitted(scenario: Scenario, folder: Path) -> Scenario:
    """The scenario with handle time and patience fitted from its per-contact records; itself where it names none.

    Raises
    ------
    InputError
        With every problem of the records, or too few of them.
    """
    if scenario.contact.fit is None:
        return scenario
    return scenario.model_copy(update={"contact": fit_contact(scenario.contact, folder, scenario.timezone)})


def made_up(scenario: Scenario, repairs: pd.DataFrame) -> bool:
    """Whether the past is synthetic: generated for the scenario, or read from a file that says so of itself."""
    inputs = scenario.demand.history
    return (not isinstance(inputs, str) and inputs.generate is not None) or "synthetic" in set(repairs["code"])


def no_repairs() -> pd.DataFrame:
    """An empty log of repairs."""
    return Repairs().log()


def plan_grid(scenario: Scenario) -> pd.DataFrame:
    """Every open interval of the plan's days (`wfm.core.intervals.interval_grid`).

    Raises
    ------
    InputError
        The centre is never open.
    """
    window = scenario.plan
    holidays = holidays_between(window.start, window.end, scenario.country)
    grid = interval_grid(window.start, window.days, int(window.interval), scenario.hours, scenario.timezone, holidays)
    if grid.empty:
        raise InputError(Problem("the centre is not open on any day of the plan", key="hours", way_out="Check plan.start as well"))
    return grid


def expect(scenario: Scenario, past: pd.DataFrame | None) -> tuple[pd.DataFrame, Scenario]:
    """The table ``forecast`` of every open interval, and the scenario to simulate it with.

    Where the past counts attempts, redials are taken out of the forecast or out of the simulation
    (`wfm.workload.without_redials`), so that nobody is counted twice; the column ``counts`` ("customers" or "attempts") says which
    (`counted`).

    Raises
    ------
    InputError
        A history that cannot be planned from.
    """
    grid = plan_grid(scenario)
    usual, known, hours = _usual(scenario, grid, past)
    expected, judged = _expected(scenario, past, known, hours)
    if not scenario.events:
        return (expected if known is grid else on_grid(expected, grid)), judged
    normal = _expected(scenario, past, usual, hours, ordinary=True)[0]
    return with_events(
        expected, scenario.events, normal=normal, grid=grid, shop=scenario.demand, volume=scenario.demand.volume
    ), judged


def _expected(
    scenario: Scenario, past: pd.DataFrame | None, grid: pd.DataFrame, hours: OpeningHours, *, ordinary: bool = False
) -> tuple[pd.DataFrame, Scenario]:
    """`expect` without the planner's events; with ``ordinary`` every day is one of its weekday."""
    if past is None:
        return scaled(estimate(scenario.demand, scenario.contact, grid), scenario.demand.volume).assign(
            counts="customers"
        ), scenario
    try:
        expected = forecast(
            past,
            grid,
            aht=scenario.contact.aht,
            country=scenario.country,
            hours=hours,
            peak=scenario.demand.peak,
            ordinary=ordinary,
        )
    except InputError:
        raise
    except ValueError as error:
        raise InputError(problem_of(error, "demand.history")) from None
    expected, contact = without_redials(expected, past, scenario.contact)
    counts = "customers" if contact is scenario.contact else "attempts"
    return scaled(expected, scenario.demand.volume).assign(counts=counts), scenario.model_copy(update={"contact": contact})


def _usual(scenario: Scenario, grid: pd.DataFrame, past: pd.DataFrame | None) -> tuple[pd.DataFrame, pd.DataFrame, OpeningHours]:
    """(intervals of normal days, intervals that something is known of without events, hours to learn from).

    On days of events the hours of normal days are those without dates. Of hours that dates alone open, a past that has none at that
    time of the week tells nothing, and an estimate nothing on days of events. Where no date opens more, all is the grid and its
    hours.
    """
    import pandas as pd

    every = {key: hours for key, hours in scenario.hours.root.items() if not key[:1].isdigit()}
    if len(every) == len(scenario.hours.root):
        return grid, grid, scenario.hours
    hours, window = OpeningHours(every) if every else scenario.hours, scenario.plan
    holidays = holidays_between(window.start, window.end, scenario.country)
    plain = grid[:0]
    if every:
        plain = interval_grid(window.start, window.days, int(window.interval), hours, scenario.timezone, holidays)
    days = event_days(scenario.events)
    mine, beyond = grid["date"].isin(days), ~grid["start"].isin(plain["start"])
    seen = _seen(grid["start"], past) if past is not None else ~mine | plain.empty
    known = grid[seen | ~beyond].reset_index(drop=True)
    if known.empty or not (len(known) < len(grid) or mine.any()):
        return grid, grid, scenario.hours
    usual = known if plain.empty else pd.concat([known[~known["date"].isin(days)], plain[plain["date"].isin(days)]])
    return (usual if len(usual) else known).sort_values("start", ignore_index=True), known, hours


def _seen(start: pd.Series, past: pd.DataFrame) -> pd.Series:
    """Which intervals lie in an hour of the week that the past has contacts of; none where it tells totals of days."""
    known = past.loc[past["offered"] > 0, "start"].dt.tz_convert(start.dt.tz)
    if not (known.dt.hour > 0).any():
        return start.isna()
    hours = set(known.dt.day_of_week * 24 + known.dt.hour)
    seen: pd.Series = (start.dt.day_of_week * 24 + start.dt.hour).isin(hours)
    return seen


def counted(scenario: Scenario, table: pd.DataFrame) -> Scenario:
    """The scenario to simulate a forecast or a workload with: nobody redials where its column ``counts`` says "attempts"."""
    if "counts" in table and (table["counts"] == "attempts").any():
        return scenario.model_copy(update={"contact": nobody_redials(scenario.contact)})
    return scenario
