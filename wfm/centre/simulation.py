"""A centre file played until the answer is sure enough, by contact type, by group and for the whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from wfm.centre import first_replication, tables
from wfm.centre.assembled import Assembled, assembled
from wfm.centre.model import CentreScenario
from wfm.simulate.centre_tallies import CentreTallies, replicate_centre
from wfm.simulate.stopping import stopped_by
from wfm.simulate.tally import COLUMNS

if TYPE_CHECKING:
    import pandas as pd

_OFFERED = COLUMNS.index("offered")
Progress = Callable[[float], None]

#: Tables of a result, the first one what is printed where none is asked for.
TABLES = ("types", "service", "weekdays", "promises", "days", "bands", "labels", "groups", "sites", "service_groups", "answers",
          "contacts", "spells", "agent_time")  # fmt: skip


@dataclass(frozen=True, eq=False)
class CentreResult:
    """Service that a centre gives.

    ``type`` is a contact type or "all", the whole centre. Numbers of contacts are means over replications of the whole plan; KPIs
    have ``_low`` and ``_high`` (95 %). What is transferred is offered again to the other type.

    Attributes
    ----------
    types
        One row a type: whom it is about, contacts, KPIs, ``met``: the share of days that met its targets; "all": of all types.
    service
        One row an interval and type: tallies, ``missed``, KPIs.
    weekdays, promises, days, bands
        As of `wfm.simulate.SimulationResult`, by type.
    labels
        Types summed by ``segment``, ``language`` and ``region``, where they have any.
    groups, sites
        One row a group, or a site: staffed, busy and overrun hours, contacts answered, occupancy.
    service_groups
        One row an interval and group: agents on queue, busy, occupancy.
    answers
        One row a type and group that may answer it: contacts answered, ``share_of_type``, ``share_of_group``.
    contacts, spells, agent_time
        What happened in the first replication: one row an attempt, one an answer, and what agents did when.
    replications, contacts_simulated, stopped_by
        How much was played and why no more (`wfm.simulate.SimulationResult`).
    tallies
        What all replications gave, for comparisons.
    played
        The arrays that were played.
    """

    types: pd.DataFrame
    service: pd.DataFrame
    weekdays: pd.DataFrame
    promises: pd.DataFrame
    days: pd.DataFrame
    bands: pd.DataFrame
    labels: pd.DataFrame
    groups: pd.DataFrame
    sites: pd.DataFrame
    service_groups: pd.DataFrame
    answers: pd.DataFrame
    contacts: pd.DataFrame
    spells: pd.DataFrame
    agent_time: pd.DataFrame
    replications: int
    contacts_simulated: int
    stopped_by: str
    tallies: CentreTallies
    played: Assembled

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Name to table, as they are written to files."""
        return {name: getattr(self, name) for name in TABLES}

    def kpi(self, name: str, kind: str = "all") -> tuple[float, float, float]:
        """A KPI of a type, or of the whole centre, with its interval."""
        row = self.types[self.types["type"] == kind].iloc[0]
        return float(row[name]), float(row[f"{name}_low"]), float(row[f"{name}_high"])


def simulate_centre(
    scenario: CentreScenario,
    folder: Path | str = ".",
    *,
    first: tuple[str, ...] = (),
    progress: Progress | None = None,
) -> CentreResult:
    """Play a centre until its KPI is known well enough, or the budget is spent.

    The precision asked for (``simulation.precision`` of ``simulation.precision_of``) is that of the whole centre; every type's own
    interval stands beside its numbers.

    Parameters
    ----------
    scenario
        As `wfm.centre.read_centre` reads it.
    folder
        Where relative paths in it start (`Source.folder`).
    first
        Order in which contact types are numbered (`wfm.centre.assembled.assembled`).
    progress
        Told the share of the budget that is spent, 1.0 at the end.

    Raises
    ------
    InputError
        Parts that do not fit each other, or a table that cannot be read.
    """
    made = assembled(scenario, folder, first=first)
    inputs = scenario.simulation
    parts: list[CentreTallies] = []
    sums: list[np.ndarray] = []
    why = ""
    while not why:
        more = played(made, scenario, 1, len(parts))
        parts.append(more)
        sums.append(more.total[0].sum(axis=0))
        offered = round(sum(total[_OFFERED] for total in sums))
        why = stopped_by(np.stack(sums), inputs)
        if progress is not None:
            progress(1.0 if why else min(max(offered / inputs.contacts, len(parts) / inputs.replications_max), 0.99))
    tallies = CentreTallies(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("types", "groups", "answers")))
    visits = first_replication.play(made, scenario.seed, inputs.engine)
    return CentreResult(
        **tables.all_tables(scenario, made, tallies),
        **first_replication.tables(made, visits, scenario.seed),
        replications=len(parts),
        contacts_simulated=offered,
        stopped_by=why,
        tallies=tallies,
        played=made,
    )


def played(made: Assembled, scenario: CentreScenario, replications: int, first: int = 0) -> CentreTallies:
    """So many replications from number ``first``."""
    return replicate_centre(
        made.centre,
        seed=scenario.seed,
        replications=replications,
        threshold=made.thresholds,
        engine=scenario.simulation.engine,
        first=first,
    )
