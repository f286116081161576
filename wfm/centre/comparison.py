"""Two centres under the same customers: how much better one serves each contact type, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from wfm.centre.model import ALL, CentreScenario
from wfm.centre.simulation import CentreResult, Progress, simulate_centre
from wfm.core.errors import InputError, Problem
from wfm.core.kpi import KPIS
from wfm.simulate.centre_tallies import CentreTallies
from wfm.simulate.comparison import compare


@dataclass(frozen=True, eq=False)
class CentreComparison:
    """What another centre does beside one.

    Attributes
    ----------
    kpis
        One row a contact type that both have ("all": the whole centre) and KPI: ``one``, ``other``, ``difference`` (other - one)
        with ``low`` and ``high`` (95 %), ``reduction`` (how many times as many replications unpaired runs would need).
    replications
        Pairs of replications.
    one, other
        The results.
    """

    kpis: pd.DataFrame
    replications: int
    one: CentreResult
    other: CentreResult

    def difference(self, kpi: str, kind: str = ALL) -> tuple[float, float, float]:
        """Difference of a KPI, low and high."""
        row = self.kpis[(self.kpis["kpi"] == kpi) & (self.kpis["type"] == kind)].iloc[0]
        return float(row["difference"]), float(row["low"]), float(row["high"])


def compare_centres(
    one: CentreScenario,
    other: CentreScenario,
    folders: tuple[Path | str, Path | str] = (".", "."),
    *,
    progress: Progress | None = None,
) -> CentreComparison:
    """Play two centres for the same customers.

    Contact types of one name meet the same customers as far as both centres have the same seed, days and volumes: the other's seed
    and types' numbers are those of the one. Replications that only one of them needed are left out.

    Parameters
    ----------
    one, other
        As `wfm.centre.read_centre` reads them.
    folders
        Where relative paths in each start.
    progress
        Told the share of the work that is done.

    Raises
    ------
    InputError
        Plans of different intervals, or without a contact type in common.
    """
    common = [name for name in one.contacts if name in other.contacts]
    if not common:
        way_out = "Call types that are to be compared alike in both files"
        raise InputError(Problem("the two centres have no contact type in common", "contacts", ", ".join(other.contacts), way_out))

    def half(offset: float) -> Progress | None:
        return None if progress is None else lambda share: progress(offset + share / 2)

    # Types are numbered alike in both, which keys their random numbers.
    numbered = tuple(common)
    first = simulate_centre(one, folders[0], first=numbered, progress=half(0.0))
    again = other.model_copy(update={"seed": one.seed})
    second = simulate_centre(again, folders[1], first=numbered, progress=half(0.5))
    if not first.played.grid["start"].equals(second.played.grid["start"]):
        way_out = "Give both the same plan and hours"
        raise InputError(Problem("two centres are compared over the same intervals", "plan", None, way_out))
    R = min(first.replications, second.replications)
    rows = []
    for kind in (*common, ALL):
        pair = [_of(result, kind, R) for result in (first, second)]
        for name in KPIS:
            if name == "occupancy" and kind != ALL:
                continue
            found = compare(pair[0], pair[1], name).overall.iloc[0]
            rows.append({"type": kind, "kpi": name, **found.to_dict()})
    return CentreComparison(pd.DataFrame(rows), R, first, second)


def _of(result: CentreResult, kind: str, replications: int) -> np.ndarray:
    """[R, K, columns] of a type, or of the whole."""
    tallies: CentreTallies = result.tallies
    whole = tallies.total if kind == ALL else tallies.types[:, result.played.kinds.index(kind)]
    return whole[:replications]
