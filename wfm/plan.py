"""One scenario, one plan. This page tells the whole story: what is made, in which order, and what a plan holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wfm.advice import Advice, advise
from wfm.expected import lacking, made_up
from wfm.loop import OneMore
from wfm.reverse import Carried
from wfm.scenario.origins import Origin, origins
from wfm.simulate import SimulationResult
from wfm.steps import Progress, Steps

if TYPE_CHECKING:
    import pandas as pd

    from wfm.beside import Beside
    from wfm.capacity import People
    from wfm.peakday import PeakDay
    from wfm.scenario.model import Scenario
    from wfm.schedule.schedule import Schedule


@dataclass(frozen=True)
class Plan:
    """A plan: the tables of DESIGN section 2 for one scenario, and what follows from them.

    ``history`` is None where the scenario has none, ``peak`` where no day is out of the ordinary, ``beside`` (why formula and
    simulation differ) where a plan that was saved without it is read; ``status`` is "short" where targets are not met as often as
    promised; ``overrides`` are the changes to the scenario file that were asked for beside it (``--set``, ``--given``), as they
    were written.
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
    overrides: tuple[str, ...] = ()
    peak: PeakDay | None = None
    beside: Beside | None = None

    @property
    def status(self) -> str:
        """``"met"`` or ``"short"``: whether all targets are met on the promised share of days."""
        return "met" if self.simulation.met >= self.scenario.promised_days else "short"


def make_plan(
    scenario: Scenario,
    *,
    folder: Path = Path(),
    seats: int | None = None,
    given: Mapping[str, pd.DataFrame] | None = None,
    files: Mapping[str, str] | None = None,
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
        The planner's own tables instead of a step's (`Steps`).
    files
        Where those were read, by name, for messages.
    progress
        Told when a stage begins and ends.

    Raises
    ------
    InputError
        A history file that cannot be planned from, or a table that breaks its contract.
    """
    steps = Steps(scenario, folder=folder, seats=seats, given=given, files=files, progress=progress)
    expected = steps.forecast
    past, repairs = steps.past
    staffed = steps.staffed
    simulation, better = steps.simulation, steps.one_more
    peak, beside = steps.peak, steps.beside
    money = steps.money
    known = tuple(origins(steps.asked))
    return Plan(
        scenario=steps.scenario,
        history=past,
        repairs=repairs,
        forecast=expected,
        day_draws=steps.day_draws,
        workload=staffed.workload,
        requirement=staffed.requirement,
        schedule=staffed.schedule,
        lines=staffed.lines,
        simulation=simulation,
        people=staffed.people,
        ledger=money.ledger,
        options=money.options,
        break_evens=money.break_evens,
        best=money.best,
        carried=steps.carried,
        one_more=better,
        advice=advise(
            steps.scenario,
            past,
            staffed,
            simulation,
            better,
            money.best,
            known,
            synthetic=made_up(steps.scenario, repairs),
            lacking=lacking(repairs),
        ),
        origins=known,
        peak=peak,
        beside=beside,
    )
