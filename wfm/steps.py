"""The steps of a plan, each made when it is asked for, from the steps before it or from the planner's own tables."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from wfm.core.contracts import CONTRACTS, check
from wfm.core.errors import InputError, Problem
from wfm.core.interrupt import heed
from wfm.core.masking import veiled
from wfm.economics.breakeven import break_evens
from wfm.economics.comparison import case_ledger, compare
from wfm.economics.ledger import BASELINE
from wfm.economics.options import case
from wfm.expected import counted, expect, fitted, no_repairs, plan_grid, read_past
from wfm.forecast import day_draws
from wfm.forecast.bands import completed
from wfm.loop import OneMore, one_more, play
from wfm.peakday import peak_day
from wfm.promised import promised
from wfm.reverse import Carried, carried
from wfm.simulate import SimulationResult
from wfm.sourcing import Held, Sourcing
from wfm.staffed import Staffed, brought, lines, manned, shifts
from wfm.staffing import requirement
from wfm.workload import workload

if TYPE_CHECKING:
    import pandas as pd

    from wfm.beside import Beside
    from wfm.peakday import PeakDay
    from wfm.scenario.model import Scenario
    from wfm.schedule.schedule import Schedule

Progress = Callable[[str, bool], None]
"""Called as ``progress(stage, done)`` when a stage begins and when it is done."""

_OUTSIDE = "the table '{name}' has days outside the plan, {start} to {end}"
_DIFFERS = "the table '{name}' and the plan differ at {start}: the plan has {should}"
#: Tables of the plan's intervals, and whose rows have to fill every one of them.
_KEYS = {"forecast": "queue", "workload": "contact_type", "requirement": "group", "cover": "group"}
#: Columns by which a workload or a requirement tells its forecast too; `event` stands only where there are events.
_FORECAST = CONTRACTS["forecast"].columns.keys() - {"event"}
#: What people do in a shift (`wfm.schedule`).
ACTIVITIES = ("work", "meal")
#: Whole days drawn for the bands of daily totals.
DRAWS = 200


@dataclass(frozen=True)
class Comparison:
    """The options in money: their ledger, their measures, what would overturn them, and which is worth the most."""

    ledger: pd.DataFrame
    options: pd.DataFrame
    break_evens: pd.DataFrame
    best: str


class Steps:
    """The steps of a plan, each made when it is first asked for, from the steps before it.

    Parameters
    ----------
    scenario, folder, seats, progress
        As for `make_plan`.
    given
        Tables that stand in for a step, by name, each under its contract (`wfm.core.contracts`): ``history``; ``forecast``
        (contacts vary by chance alone where it does not say how: `wfm.forecast.bands.completed`); ``workload``; ``requirement``;
        ``shifts`` (contract ``schedule``) and ``cover``, the one counted from the other where only
        shifts are given; ``people``, always with ``heads`` (one row a kind). What a requirement or a workload says of contacts
        is taken for the steps before it too. In its column ``counts`` a table says whether its contacts are "customers" (else
        assumed) or "attempts", redials included. Given people are held: `wfm.sourcing.Held`.
    files
        Where given tables were read, by name: what is wrong with one is told with its file.

    Raises
    ------
    InputError
        A table that breaks its contract, has no rows or does not keep the plan's intervals; people without heads; or a cover
        without its shifts where shifts are needed.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        folder: Path = Path(),
        seats: int | None = None,
        given: Mapping[str, pd.DataFrame] | None = None,
        files: Mapping[str, str] | None = None,
        progress: Progress = lambda stage, done: None,
    ) -> None:
        self._files = dict(files or {})
        self._asked, self._folder, self._seats, self._stage = fitted(scenario, folder), folder, seats, _told(progress)
        # A planner's own table may bring more columns than the step needs, those of people among them.
        own = {name: self._checked(table, name) for name, table in (given or {}).items()}
        if ("people" in own) != ("heads" in own):
            # How many of them are part-timers or leaders decides what they cost.
            alone = "people" if "people" in own else "heads"
            way_out = "give heads too: --use heads=..." if alone == "people" else "give people too: --use people=..."
            raise InputError(Problem("people and heads are given together", key=alone, way_out=way_out))
        self.given = {name: veiled(table, CONTRACTS[_contract(name)].columns) if _contract(name) in CONTRACTS else table
                      for name, table in own.items()}  # fmt: skip

    def _checked(self, table: pd.DataFrame, name: str) -> pd.DataFrame:
        contract = _contract(name)
        with self._named(name):
            if contract in CONTRACTS:
                check(table, contract)
            if table.empty:
                raise InputError(Problem("the table '{name}' has no rows", key=name, values={"name": name}))
            if name == "shifts":
                self._refuse_shifts(table)
        if name in _KEYS:
            grid = plan_grid(self._asked).set_index("start")
            with self._named(name):
                table = self._on_grid(table, name, grid)
        return completed(table) if name == "forecast" else table

    @contextmanager
    def _named(self, name: str) -> Iterator[None]:
        """What is wrong with the given table ``name`` is told with its file."""
        try:
            yield
        except InputError as error:
            file = self._files.get(name, "")
            told = (replace(problem, file=problem.file or file) for problem in error.problems)
            raise InputError(*told, language=error.language) from None

    def _refuse_outside(self, days: Iterable[object], name: str) -> None:
        window = self._asked.plan
        first, last = window.start.isoformat(), window.end.isoformat()
        outside = [day for day in (str(day)[:10] for day in days) if not first <= day <= last]
        if outside:
            message, way_out = _OUTSIDE, "Plan the same days: set plan.start and plan.weeks"
            raise InputError(Problem(message, "date", outside[0], way_out, values={"name": name, "start": first, "end": last}))

    def _refuse_shifts(self, table: pd.DataFrame) -> None:
        """Shifts that end before they start, do what nobody knows, or lie outside the plan's days."""
        own = table["start"].dt.date
        self._refuse_outside(table.get("date", own), "shifts")
        for start, day, said in zip(table["start"], own, table.get("date", own), strict=True):
            # What starts after midnight may belong to the day before.
            if (day - date.fromisoformat(str(said)[:10])).days not in (0, 1):
                told = {"name": "shifts", "start": start.isoformat(), "should": day}
                raise InputError(Problem(_DIFFERS, "date", str(said)[:10], values=told))
        ends = table[table["end"] <= table["start"]]
        if len(ends):
            raise InputError(Problem("a shift ends before it starts", "shifts.end", ends["end"].iloc[0].isoformat()))
        strange = [value for value in table["activity"] if value not in ACTIVITIES]
        if strange:
            known = {"known": ", ".join(ACTIVITIES)}
            raise InputError(Problem("no such activity", "shifts.activity", strange[0], "Activities: {known}", values=known))

    def _on_grid(self, table: pd.DataFrame, name: str, grid: pd.DataFrame) -> pd.DataFrame:
        """A table of intervals with the day, weekday, slot and duration of the plan's grid; refused where it says otherwise."""
        start = table["start"].dt.tz_convert(self._asked.timezone)
        told: dict[str, object] = {"name": name}
        strange = start[~start.isin(grid.index)]
        if len(strange):
            self._refuse_outside(strange.dt.date, name)
            way_out = "Check plan.interval and hours"
            raise InputError(Problem("the table '{name}' has a start that the plan has not", "start", strange.iloc[0].isoformat(),
                                     way_out, values=told))  # fmt: skip
        of_grid = grid.reindex(start)
        for column in ("duration", "date", "weekday", "slot"):
            should = of_grid[column].tolist()
            if column not in table:
                table = table.assign(**{column: should})
                continue
            said = table[column].tolist()
            if column == "date":
                said, should = [str(day)[:10] for day in said], [day.isoformat() for day in should]
            wrong = [row for row, (one, other) in enumerate(zip(said, should, strict=True)) if one != other]
            if wrong:
                told |= {"start": start.iloc[wrong[0]].isoformat(), "should": should[wrong[0]]}
                raise InputError(Problem(_DIFFERS, column, said[wrong[0]], values=told))
        if "counts" in table and not table["counts"].isin(["customers", "attempts"]).all():
            value = next(value for value in table["counts"] if value not in ("customers", "attempts"))
            raise InputError(Problem("contacts are customers or attempts", "counts", str(value)))
        for what, rows in start.groupby(table[_KEYS[name]], sort=False):
            missing = grid.index[~grid.index.isin(rows)]
            if len(missing):
                # An interval left out is not one without contacts: nobody would be planned for it.
                message = "the {name} of '{what}' lacks {count} intervals of the plan, the first is {start}"
                way_out = "Give every open interval a row, or plan the same days: set plan.start and plan.weeks"
                told = {"name": name, "what": what, "count": len(missing), "start": missing[0].isoformat()}
                raise InputError(Problem(message, name, way_out=way_out, values=told))
        return table

    @property
    def asked(self) -> Scenario:
        """The scenario as it was asked for, with what its records say (``contact.fit``)."""
        return self._asked

    @property
    def held(self) -> bool:
        """Whether people are given, so that no option is staffed anew."""
        return "people" in self.given

    @cached_property
    def past(self) -> tuple[pd.DataFrame | None, pd.DataFrame]:
        """Table ``history`` (None where there is none or none is needed), and what was repaired in it."""
        if self.given.keys() & {"history", "forecast", "workload", "requirement"}:
            return self.given.get("history"), no_repairs()
        return read_past(self._asked, self._folder)

    @cached_property
    def _expected(self) -> tuple[pd.DataFrame, Scenario]:
        for name in ("forecast", "workload", "requirement"):
            if name in self.given and set(self.given[name].columns) >= _FORECAST:
                return self.given[name], counted(self._asked, self.given[name])
        with self._stage("forecast"):
            # A workload or a requirement without a forecast's columns says nothing of the past.
            needed = "history" not in self.given and self.given.keys() & {"workload", "requirement"}
            return expect(self._asked, read_past(self._asked, self._folder)[0] if needed else self.past[0])

    @property
    def scenario(self) -> Scenario:
        """The scenario as it is simulated: with redials where contacts are customers, without where they are attempts."""
        return self._expected[1]

    @property
    def forecast(self) -> pd.DataFrame:
        """Table ``forecast``."""
        return self._expected[0]

    @cached_property
    def day_draws(self) -> pd.DataFrame:
        """Table ``day_draws``: whole days as they may come."""
        return day_draws(self.forecast, DRAWS, self._asked.seed, counts=True)

    @cached_property
    def workload(self) -> pd.DataFrame:
        """Table ``workload``."""
        for name in ("workload", "requirement"):
            if name in self.given and CONTRACTS["workload"].columns.keys() <= set(self.given[name].columns):
                return self.given[name]
        return promised(self.scenario, workload(self.forecast, self.scenario.contact), self._seats)

    @cached_property
    def requirement(self) -> pd.DataFrame:
        """Table ``requirement``, with the workload it answers."""
        own = self.given.get("requirement")
        if own is None:
            return requirement(self.workload, self.scenario.targets, self.scenario.contact, staffing=self.scenario.staffing)
        missing = [column for column in self.workload if column not in own]
        return own.merge(self.workload[["start", *missing]], on="start", how="left") if missing else own

    @cached_property
    def schedule(self) -> Schedule:
        """Shifts and their cover."""
        need, own, cover = self.requirement, self.given.get("shifts"), self.given.get("cover")
        if cover is not None and own is None:
            way_out = "Give both: --use shifts=... --use cover=..."
            raise InputError(Problem("a cover says how many are there, not in which shifts", key="cover", way_out=way_out))
        known = set(need["group"])
        for name, table in (("shifts", own), ("cover", cover)):
            strange = [] if table is None else sorted(set(table["group"]) - known)
            if strange:
                told, file = {"known": ", ".join(sorted(known))}, self._files.get(name, "")
                message, way_out = "nobody needs this group", "Groups: {known}"
                raise InputError(Problem(message, f"{name}.group", strange[0], way_out, file, values=told))
        with self._stage("requirement"):
            return shifts(self.scenario, need, self._seats) if own is None else brought(self.scenario, own, need, cover)

    @cached_property
    def cover(self) -> pd.DataFrame:
        """Table ``cover``."""
        own = self.given.get("cover")
        return self.schedule.cover if own is None else own

    @cached_property
    def staffed(self) -> Staffed:
        """Workload, requirement, shifts, and the people, seats and lines behind them."""
        return manned(self.scenario, self.workload, self.requirement, self.schedule)

    @cached_property
    def simulation(self) -> SimulationResult:
        """What service the cover gives."""
        cover, trunk = self.cover, lines(self.requirement, self.scenario)
        with self._stage("simulation"):
            return play(self.scenario, self.workload, cover, trunk)

    @cached_property
    def peak(self) -> PeakDay | None:
        """The day that deserves a page of its own, seen three ways; None where no day is out of the ordinary."""
        from wfm.peakday import at_peak

        day = peak_day(self.scenario, self.requirement)
        if day is None:
            return None
        staffed, service = self.staffed, self.simulation.service
        with self._stage("peak"):
            return at_peak(self.scenario, staffed, service, day)

    @cached_property
    def beside(self) -> Beside:
        """What the formula promised beside what the simulation gives, and why they differ."""
        from wfm.beside import compare

        trunk = lines(self.requirement, self.scenario)
        with self._stage("beside"):
            return compare(self.scenario, self.workload, self.requirement, self.cover, trunk)

    @cached_property
    def one_more(self) -> OneMore | None:
        """What one more person would change."""
        return one_more(self.scenario, self.staffed, self.simulation, seats=self._seats)

    @cached_property
    def money(self) -> Comparison:
        """The options in money."""
        sourcing = Sourcing(self.scenario, self.staffed, self._seats)
        own = self.given.get("people")
        with self._stage("economics"):
            asked = self.scenario
            quantities = sourcing if own is None else Held(sourcing, own, self.given["heads"])
            money = case(asked.money, asked.people.wage, asked.options, quantities)
            ledger = case_ledger(money)
            options = compare(money, ledger)
            best = str(options["npv"].idxmax()) if options["npv"].max() > 0 else BASELINE
            return Comparison(ledger, options, break_evens(money), best)

    @cached_property
    def carried(self) -> Carried:
        """How much the seats can carry."""
        return carried(self.scenario, self.workload, self._seats or math.ceil(self.staffed.people.present))


def _contract(name: str) -> str:
    """The contract of a given table."""
    return {"shifts": "schedule"}.get(name, name)


def _told(progress: Progress) -> Callable[[str], AbstractContextManager[None]]:
    @contextmanager
    def stage(name: str) -> Iterator[None]:
        progress(name, False)
        yield
        heed()
        progress(name, True)

    return stage
