"""One scenario, one plan. This page tells the whole story; it is the only place that knows the order of the steps."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wfm.advice import Advice, advise
from wfm.core.calendar import holidays_between
from wfm.core.errors import InputError, Problem
from wfm.core.intervals import interval_grid
from wfm.economics.breakeven import break_evens
from wfm.economics.comparison import case_ledger, compare
from wfm.economics.ledger import BASELINE
from wfm.economics.options import case
from wfm.forecast import day_draws, estimate, forecast
from wfm.history import generate_shop, read_csv
from wfm.loop import OneMore, one_more, play
from wfm.reverse import Carried, carried
from wfm.scenario.origins import Origin, origins
from wfm.simulate import SimulationResult
from wfm.sourcing import Sourcing
from wfm.staffed import staff
from wfm.workload import scaled, without_redials, workload

if TYPE_CHECKING:
    import pandas as pd

    from wfm.capacity import People
    from wfm.scenario.model import Scenario
    from wfm.schedule.schedule import Schedule

Progress = Callable[[str, bool], None]
"""Called as ``progress(stage, done)`` when a stage begins and when it is done."""

_DRAWS = 200


@dataclass(frozen=True)
class Plan:
    """A plan: the tables of DESIGN section 2 for one scenario, and what follows from them.

    ``history`` is None where the scenario has none; ``status`` is "short" where targets are not met as often as promised.
    """

    scenario: Scenario
    history: pd.DataFrame | None
    repairs: pd.DataFrame
    forecast: pd.DataFrame
    day_draws: pd.DataFrame
    workload: pd.DataFrame
    requirement: pd.DataFrame
    schedule: Schedule
    lines: int
    simulation: SimulationResult
    people: People
    ledger: pd.DataFrame
    options: pd.DataFrame
    break_evens: pd.DataFrame
    best: str
    carried: Carried
    one_more: OneMore | None
    advice: tuple[Advice, ...]
    origins: tuple[Origin, ...]

    @property
    def status(self) -> str:
        """``"met"`` or ``"short"``: whether all targets are met on the promised share of days."""
        return "met" if self.simulation.met >= self.scenario.promise.day_target_met else "short"


def make_plan(
    scenario: Scenario, *, folder: Path = Path(), seats: int | None = None, progress: Progress = lambda stage, done: None
) -> Plan:
    """Plan a scenario.

    Parameters
    ----------
    scenario
        The scenario, e.g. of `wfm.scenario.reader.read_scenario`.
    folder
        Where relative paths of the scenario start.
    seats
        Seats that are given: nobody beyond them is scheduled at once. None for as many as needed.
    progress
        Told when a stage begins and ends.

    Raises
    ------
    InputError
        A history file that cannot be planned from.
    """
    stage = _told(progress)
    with stage("forecast"):
        past, repairs = read_past(scenario, folder)
        expected = _expect(scenario, past)
        known = tuple(origins(scenario))
        if past is not None:
            expected, contact = without_redials(expected, past, scenario.contact)
            scenario = scenario.model_copy(update={"contact": contact})
        expected = scaled(expected, scenario.demand.volume)
        draws = day_draws(expected, _DRAWS, scenario.seed, counts=True)
    with stage("requirement"):
        staffed = staff(scenario, workload(expected, scenario.contact), seats=seats)
    with stage("simulation"):
        simulation = play(scenario, staffed.workload, staffed.schedule.cover, staffed.lines)
        better = one_more(scenario, staffed, simulation, seats=seats)
    with stage("economics"):
        money = case(scenario.money, scenario.people.wage, scenario.options, Sourcing(scenario, staffed, seats))
        ledger = case_ledger(money)
        options = compare(money, ledger)
        best = str(options["npv"].idxmax()) if options["npv"].max() > 0 else BASELINE
        carries = carried(scenario, staffed.workload, seats or math.ceil(staffed.people.present))
    return Plan(
        scenario=scenario,
        history=past,
        repairs=repairs,
        forecast=expected,
        day_draws=draws,
        workload=staffed.workload,
        requirement=staffed.requirement,
        schedule=staffed.schedule,
        lines=staffed.lines,
        simulation=simulation,
        people=staffed.people,
        ledger=ledger,
        options=options,
        break_evens=break_evens(money),
        best=best,
        carried=carries,
        one_more=better,
        advice=advise(scenario, past, staffed, simulation, better, best, known),
        origins=known,
    )


def read_past(scenario: Scenario, folder: Path) -> tuple[pd.DataFrame | None, pd.DataFrame]:
    """The past as a table (None where the scenario has none), and what was repaired in it.

    Raises
    ------
    InputError
        With every problem of a history file.
    """
    import pandas as pd

    inputs, window = scenario.demand.history, scenario.plan
    nothing = pd.DataFrame({"line": pd.Series(dtype=int), "what": pd.Series(dtype=str), "action": pd.Series(dtype=str)})
    if isinstance(inputs, str):
        return None, nothing
    if inputs.csv is not None:
        read = read_csv(
            folder / inputs.csv,
            timezone=scenario.timezone,
            interval_s=int(window.interval),
            queue=inputs.queue,
            columns=inputs.columns,
            absent=inputs.absent,
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
    ), nothing


def _expect(scenario: Scenario, past: pd.DataFrame | None) -> pd.DataFrame:
    """The forecast of every open interval of the plan's days."""
    window = scenario.plan
    holidays = holidays_between(window.start, window.end, scenario.country)
    grid = interval_grid(window.start, window.days, int(window.interval), scenario.hours, scenario.timezone, holidays)
    if grid.empty:
        raise InputError(Problem("the centre is not open on any day of the plan", key="hours", way_out="Check plan.start as well"))
    if past is None:
        return estimate(scenario.demand, scenario.contact, grid)
    try:
        return forecast(
            past, grid, aht=scenario.contact.aht, country=scenario.country, hours=scenario.hours, peak=scenario.demand.peak
        )
    except InputError:
        raise
    except ValueError as error:
        raise InputError(Problem(str(error), key="demand.history")) from None


def _told(progress: Progress) -> Callable[[str], AbstractContextManager[None]]:
    @contextmanager
    def stage(name: str) -> Iterator[None]:
        progress(name, False)
        yield
        progress(name, True)

    return stage
