"""Intervals whose service misses a target in force there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from wfm.staffing.targets import Targets

#: Relative error of a KPI that is no miss: that of solver and tables.
_CLOSE = 1e-6


@dataclass(frozen=True)
class Miss:
    """One target that one interval misses.

    Attributes
    ----------
    start
        The interval (tz-aware).
    target
        ``answer_rate``, ``sl_offered`` or ``occupancy``.
    value, bound
        The KPI and its target, as shares.
    threshold
        Seconds of the service level in force there.
    """

    start: Any
    target: str
    value: float
    bound: float
    threshold: float

    @property
    def apart(self) -> float:
        """By how much it misses, as a share of contacts or of time."""
        return abs(self.value - self.bound)


def missed(need: pd.DataFrame, targets: Targets) -> list[Miss]:
    """Every target that an interval misses, of intervals with contacts.

    Parameters
    ----------
    need
        ``start`` (the centre's zone), ``arrival_rate`` and the KPIs, as table ``requirement`` has them; a KPI that is nan, or no
        column, misses nothing.

    Returns
    -------
    list of Miss
        In order of time within each target.
    """
    found: list[Miss] = []
    called = need["arrival_rate"].to_numpy(float) > 0
    for held, rows in targets.groups(need["start"]):
        for target, asked in held.solver().items():
            if target not in need:
                continue
            bound = float(asked[0] if isinstance(asked, tuple) else asked)
            values = need[target].to_numpy(float)
            failed = values > bound * (1 + _CLOSE) if target == "occupancy" else values < bound * (1 - _CLOSE)
            places = np.flatnonzero(failed & rows & called)
            found += [Miss(need["start"].iloc[at], target, float(values[at]), bound, held.threshold) for at in places]
    return found
