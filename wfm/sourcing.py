"""What each way of running the centre takes: people and minutes a month, re-staffed where handle time or volume differ."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from wfm.economics.inputs import Outsourced
from wfm.economics.options import Quantities
from wfm.staffed import Staffed, staff
from wfm.staffing import steady_service

if TYPE_CHECKING:
    from wfm.scenario.model import Scenario

_DAYS_PER_MONTH = 365 / 12


@dataclass
class Sourcing:
    """Quantities of an option in a month; the scenario is staffed once for each volume and handle time that occurs.

    Parameters
    ----------
    scenario, staffed
        The scenario and its staffing at the plan's own volume and handle time.
    seats
        Seats that are given; a vendor brings its own.
    """

    scenario: Scenario
    staffed: Staffed
    seats: int | None = None
    _known: dict[tuple[float, float, int | None], Staffed] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._known[(1.0, 1.0, self.seats)] = self.staffed

    def __call__(self, option: str, month: int) -> Quantities:
        """Quantities of ``option`` in ``month`` (1 is the first after the outlay)."""
        chosen = getattr(self.scenario.options, option)
        volume = (1 + self.scenario.money.demand_growth) ** ((month - 1) // 12)
        seats = None if isinstance(chosen, Outsourced) else self.seats
        return self._quantities(volume, getattr(chosen, "aht_factor", 1.0), seats)

    def at_plan(self) -> Quantities:
        """Quantities of a month at the plan's own volume and handle time."""
        return self._quantities(1.0, 1.0, self.seats)

    def _quantities(self, volume: float, aht: float, seats: int | None) -> Quantities:
        staffed = self._staffed(volume, aht, seats)
        people = staffed.people
        work = staffed.workload
        contacts = float(work["contacts"].sum()) / (7 * self.scenario.plan.weeks) * _DAYS_PER_MONTH
        served = self._served(staffed)
        answered = work["contacts"] * served["answer_rate"]
        talk = self.scenario.contact.talk / self.scenario.contact.aht * work["aht"]
        wait = served["asa_answered"].replace(np.inf, np.nan).fillna(0.0)
        per_month = _DAYS_PER_MONTH / (7 * self.scenario.plan.weeks) / 60
        return Quantities(
            agents=people.agents,
            heads=people.heads,
            full_time_heads=people.heads_of("full_time"),
            part_time_hours_month=people.part_time_hours_month,
            leaders=people.heads_of("leader"),
            seats=people.seats,
            licences_concurrent=people.licences_concurrent,
            licences_named=people.licences_named,
            lines=staffed.lines,
            fte=people.fte,
            contacts=contacts,
            talk_minutes=float((answered * talk).sum()) * per_month,
            wait_minutes=float((answered * wait).sum()) * per_month,
            holiday_hours=people.holiday_hours_month,
            orders=(self.scenario.demand.orders_per_day or 0.0) * self.scenario.demand.volume * volume * _DAYS_PER_MONTH,
            answered_share=float(answered.sum() / work["contacts"].sum()) if work["contacts"].sum() > 0 else 0.0,
        )

    def _served(self, staffed: Staffed) -> pd.DataFrame:
        """Service of the scheduled agents by formula, interval by interval of the workload."""
        work = staffed.workload
        agents = work[["start"]].merge(staffed.schedule.cover, on="start", how="left")["agents"].fillna(0.0)
        service = steady_service(work, agents.to_numpy(float), self.scenario.targets, self.scenario.contact)
        return pd.DataFrame(service, index=work.index)

    def _staffed(self, volume: float, aht: float, seats: int | None) -> Staffed:
        key = (round(volume, 9), round(aht, 9), seats)
        if key not in self._known:
            self._known[key] = staff(self.scenario, _scaled(self.staffed.workload, volume, aht), seats=seats)
        return self._known[key]


@dataclass(frozen=True)
class Held:
    """Quantities of people who are given: the same in every month of every option.

    Nobody knows how a given number of people would change with volume or handle time, so growth of demand and an option's own
    handle time are left out. Contacts and minutes are those of ``sourcing`` at the plan's own volume.

    Parameters
    ----------
    sourcing
        The scenario's own quantities.
    people
        Contract ``people``, one row.
    heads
        Contract ``heads``, one row a kind.
    """

    sourcing: Sourcing
    people: pd.DataFrame
    heads: pd.DataFrame

    def __call__(self, option: str, month: int) -> Quantities:
        """Quantities of ``option`` in ``month``: those given."""
        row, scenario = self.people.iloc[0], self.sourcing.scenario
        kinds = self.heads.set_index("kind").to_dict("index")
        paid = float(kinds.get("full_time", {}).get("paid_hours_month", 0.0))
        worked = paid * (1 - scenario.people.shrinkage.out_of_office)
        return replace(
            self.sourcing.at_plan(),
            agents=float(row["agents"]),
            heads=float(row["heads"]),
            full_time_heads=float(kinds.get("full_time", {}).get("heads", 0.0)),
            part_time_hours_month=float(kinds.get("part_time", {}).get("paid_hours_month", 0.0)),
            leaders=float(kinds.get("leader", {}).get("heads", 0.0)),
            seats=float(row["seats"]),
            licences_concurrent=float(row["licences_concurrent"]),
            licences_named=float(row["licences_named"]),
            lines=float(row["lines"]),
            fte=float(row["fte"]),
            holiday_hours=worked * scenario.people.reserves.holidays_open / 365,
        )


def _scaled(workload: pd.DataFrame, volume: float, aht: float) -> pd.DataFrame:
    return workload.assign(
        contacts=workload["contacts"] * volume,
        arrival_rate=workload["arrival_rate"] * volume,
        aht=workload["aht"] * aht,
        offered_load=workload["offered_load"] * volume * aht,
    )
