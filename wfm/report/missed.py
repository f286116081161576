"""Intervals whose service misses a target in force there, and how that is said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from wfm.core import kpi
from wfm.report import formats
from wfm.report.words import text

if TYPE_CHECKING:
    import pandas as pd

    from wfm.staffing import Targets

#: Methods that look at more than an interval's own mean rate; the service they tell is that of intervals linked by their queues.
LINKED = ("lagged", "psa", "mol", "transient")
#: Relative error of a KPI that is no miss: that of solver and tables.
_CLOSE = 1e-6
_DIGITS = 4


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

    def said(self, language: str) -> str:
        """``answered within 30 s would be 52.1%, below 60%``."""
        key = "explain.above" if self.target == "occupancy" else "explain.below"
        label = kpi.label(self.target, language, self.threshold)
        # A narrow miss is shown with as many digits as it takes to see it.
        told = [formats.share(self.value, digits) for digits in range(1, _DIGITS + 1)]
        value = next((shown for shown in told if abs(float(shown[:-1].replace(",", "")) / 100 - self.bound) > 1e-12), told[-1])
        return text(key, language, kpi=label, value=value, bound=formats.percent(self.bound))


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
