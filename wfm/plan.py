"""One scenario, one plan. This page tells the whole story; it is the only place that knows the order of the steps."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wfm.advice import Advice, advise
from wfm.core.contracts import check
from wfm.economics.breakeven import break_evens
from wfm.economics.comparison import case_ledger, compare
from wfm.economics.ledger import BASELINE
from wfm.economics.options import case
from wfm.expected import expect, no_repairs, read_past
from wfm.forecast import day_draws
from wfm.loop import OneMore, one_more, play
from wfm.reverse import Carried, carried
from wfm.scenario.origins import Origin, origins
from wfm.simulate import SimulationResult
from wfm.sourcing import Sourcing
from wfm.staffed import staff
from wfm.workload import workload

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
    scenario: Scenario,
    *,
    folder: Path = Path(),
    seats: int | None = None,
    given: Mapping[str, pd.DataFrame] | None = None,
    progress: Progress = lambda stage, done: None,
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
    given
        The planner's own tables instead of a step's: "history", "forecast" (customers, not attempts) or "requirement", each under
        its contract (`wfm.core.contracts`).
    progress
        Told when a stage begins and ends.

    Raises
    ------
    InputError
        A history file that cannot be planned from, or a table that breaks its contract.
    """
    stage = _told(progress)
    own = {name: check(table, name) for name, table in (given or {}).items()}
    with stage("forecast"):
        past, repairs = (own.get("history"), no_repairs()) if own.keys() & {"history", "forecast"} else read_past(scenario, folder)
        known = tuple(origins(scenario))
        expected, scenario = (own["forecast"], scenario) if "forecast" in own else expect(scenario, past)
        draws = day_draws(expected, _DRAWS, scenario.seed, counts=True)
    with stage("requirement"):
        staffed = staff(scenario, workload(expected, scenario.contact), seats=seats, need=own.get("requirement"))
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


def _told(progress: Progress) -> Callable[[str], AbstractContextManager[None]]:
    @contextmanager
    def stage(name: str) -> Iterator[None]:
        progress(name, False)
        yield
        progress(name, True)

    return stage
