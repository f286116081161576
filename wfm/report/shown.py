"""A plan with a face for Jupyter: it shows its first page, and every figure is one call away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wfm.plan import Plan, make_plan
from wfm.report import figures, figures_beside, figures_money, figures_peak
from wfm.report.headline import Headline, headline

if TYPE_CHECKING:
    from wfm.scenario.model import Scenario


class Plots:
    """The figures of a plan, each a plotly figure in the scenario's language unless another is asked for."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def _language(self, language: str | None) -> str:
        return language or self._plan.scenario.language

    def day(self, on: date | None = None, language: str | None = None) -> Any:
        """A day's required agents against those on queue; the busiest day unless ``on`` is given."""
        return figures.day(self._plan, self._language(language), on)

    def forecast(self, language: str | None = None) -> Any:
        """Contacts of each day with their band."""
        return figures.forecast(self._plan, self._language(language))

    def weekday(self, language: str | None = None) -> Any:
        """Contacts on an average day of each weekday."""
        return figures.weekday(self._plan, self._language(language))

    def service(self, on: date | None = None, language: str | None = None) -> Any:
        """Share answered in time by interval: simulation, formula, target."""
        return figures.service(self._plan, self._language(language), on)

    def weekdays(self, language: str | None = None) -> Any:
        """Share of days on which all targets are met, by weekday."""
        return figures.weekdays(self._plan, self._language(language))

    def beside_steps(self, language: str | None = None) -> Any:
        """Why formula and simulation differ: the steps from the one to the other."""
        return figures_beside.steps(self._plan, self._language(language))

    def beside_slots(self, language: str | None = None) -> Any:
        """Share answered in time by time of day: formula at the agents needed and scheduled, and simulation."""
        return figures_beside.slots(self._plan, self._language(language))

    def beside_week(self, language: str | None = None) -> Any:
        """How far the simulation lies above what the formula promised, by weekday and time."""
        return figures_beside.week(self._plan, self._language(language))

    def cash(self, language: str | None = None) -> Any:
        """Cumulative cash of each option against none."""
        return figures_money.cash(self._plan, self._language(language))

    def npv(self, language: str | None = None) -> Any:
        """Net present value of each option against none."""
        return figures_money.npv(self._plan, self._language(language))

    def break_evens(self, language: str | None = None) -> Any:
        """How far values may move before the conclusion turns."""
        return figures_money.break_evens(self._plan, self._language(language))

    def peak_agents(self, language: str | None = None) -> Any:
        """Agents of the peak day: asked for by each way of computing, and scheduled."""
        return figures_peak.agents(self._of_peak(), self._language(language))

    def peak_service(self, language: str | None = None) -> Any:
        """Share answered in time on the peak day, by each way of computing."""
        return figures_peak.service(self._of_peak(), self._language(language))

    def peak_queue(self, language: str | None = None) -> Any:
        """Contacts waiting on the peak day, minute by minute."""
        return figures_peak.queue(self._of_peak(), self._language(language))

    def _of_peak(self) -> Plan:
        if self._plan.peak is None:
            raise ValueError("no day of this plan is out of the ordinary: name one as report.day")
        return self._plan

    def __repr__(self) -> str:
        peak = "" if self._plan.peak is None else ", peak_agents, peak_service, peak_queue"
        return f"plots: {', '.join([*figures.FIGURES, *figures_beside.FIGURES_BESIDE])}{peak}"


class ShownPlan(Plan):
    """A `Plan` that shows itself: first page in a notebook, first screen as text, figures under ``plot``."""

    @classmethod
    def of(cls, plan: Plan) -> ShownPlan:
        """The same plan with a face."""
        return cls(**{field.name: getattr(plan, field.name) for field in fields(plan)})

    @property
    def plot(self) -> Plots:
        """The figures: ``plan.plot.day()``, ``.forecast()``, ``.service()``, ``.cash()`` and so on."""
        return Plots(self)

    @property
    def headline(self) -> Headline:
        """The numbers of the first screen, by key."""
        return headline(self)

    def screen(self, language: str | None = None) -> str:
        """The terminal's first screen."""
        from wfm.report.console import screen

        return screen(self, language or self.scenario.language)

    def save(self, folder: str | Path) -> tuple[Path, ...]:
        """Write report, plan.json and tables into a folder (`wfm.report.files.write_outputs`)."""
        from wfm.report.files import write_outputs

        return write_outputs(self, folder)

    def _repr_html_(self) -> str:
        from wfm.report.html import compact

        return compact(self, self.scenario.language)

    def __repr__(self) -> str:
        return self.screen()


def run(
    scenario: Scenario | str | Path, overrides: Sequence[str] = (), *, seats: int | None = None, folder: Path | None = None
) -> ShownPlan:
    """Make a plan that shows itself.

    Parameters
    ----------
    scenario
        A scenario, or the path of a scenario file.
    overrides
        ``"key=value"`` texts as after ``--set``; of a file only.
    seats
        Seats that are given, as in `wfm.plan.make_plan`.
    folder
        Where the scenario's relative paths start; of a file, its own folder.

    Raises
    ------
    InputError
        With every problem of the file.
    """
    if not isinstance(scenario, str | Path):
        return ShownPlan.of(make_plan(scenario, folder=folder or Path(), seats=seats))
    from wfm.scenario.reader import read_scenario

    chosen, source = read_scenario(scenario, overrides)
    plan = make_plan(chosen, folder=folder or source.folder, seats=seats)
    return ShownPlan.of(replace(plan, overrides=source.overrides))
