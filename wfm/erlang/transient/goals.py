"""What is asked of a day's agents, interval by interval, and the profile that answers it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from wfm.erlang.transient.arguments import each_interval
from wfm.erlang.transient.solved import Transient

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

#: How the agents of an interval are found. ``independent``: a steady state at the interval's mean rate (SIPP); ``lagged``: at the
#: rates one handle time earlier (lag SIPP, Green, Kolesar and Soares 2001); ``psa``: at the interval's greatest rate (pointwise
#: stationary); ``mol``: at the modified offered load (Jennings, Mandelbaum, Massey and Whitt 1996); ``transient``: exact, linked.
Method = Literal["independent", "lagged", "psa", "mol", "transient"]
METHODS: tuple[Method, ...] = ("independent", "lagged", "psa", "mol", "transient")

# What the solver's own error may move a share by.
_CLOSE = 1e-9


@dataclass(frozen=True, eq=False)
class Goals:
    """Targets of each interval: float64[K] each, nan where nothing is asked."""

    answer_rate: Floats
    sl_offered: Floats
    within: Floats
    occupancy: Floats

    @classmethod
    def of(cls, count: int, answer_rate: Any = None, sl_offered: Any = None, occupancy: Any = None) -> Goals:
        """Targets written as for ``agents_for``: ``sl_offered=(share, within)``; numbers or one an interval.

        Raises
        ------
        ValueError
            A share outside [0, 1], a time below 0, or no target at all.
        """
        if sl_offered is not None and (not isinstance(sl_offered, tuple | list) or len(sl_offered) != 2):
            raise ValueError(f"sl_offered is {sl_offered!r}; it must be a share and a time, e.g. (0.80, 20)")
        share, within = (None, 0.0) if sl_offered is None else sl_offered
        goals = cls(
            _each("answer_rate", answer_rate, count),
            _each("sl_offered", share, count),
            _each("within", within, count),
            _each("occupancy", occupancy, count),
        )
        for name in ("answer_rate", "sl_offered", "occupancy"):
            values = getattr(goals, name)
            bad = np.flatnonzero(~(np.isnan(values) | ((values >= 0) & (values <= 1))))
            if len(bad):
                raise ValueError(f"{name}[{bad[0]}] is {values[bad[0]]:g}; a target is a share of 0 to 1")
        if not (goals.within >= 0).all() or not np.isfinite(goals.within).all():
            raise ValueError("the time of sl_offered must be 0 or more and finite")
        if all(np.isnan(getattr(goals, name)).all() for name in ("answer_rate", "sl_offered", "occupancy")):
            raise ValueError("at least one target is needed: answer_rate, sl_offered or occupancy")
        return goals

    def met(self, service: Transient) -> NDArray[np.bool_]:
        """Intervals in which every target holds; where nobody arrives they do."""
        offered = service.offered
        lost = service.abandoned + service.blocked
        busy = np.nan_to_num(service.occupancy)
        # Whoever comes is to find somebody there: nobody on duty is never too busy, and a wait for ever no abandonment.
        nobody = (service.agents == 0) & np.array([self.any(i) for i in range(len(offered))])
        failed = service.answered_within < self.sl_offered * offered * (1 - _CLOSE)
        failed |= lost > (1 - self.answer_rate) * offered + _CLOSE * offered
        failed |= busy > self.occupancy * (1 + _CLOSE)
        return np.asarray(~(failed | nobody) | (offered <= 0))

    def any(self, i: int) -> bool:
        """Whether anything is asked of an interval."""
        return not (math.isnan(self.answer_rate[i]) and math.isnan(self.sl_offered[i]) and math.isnan(self.occupancy[i]))


@dataclass(frozen=True, eq=False)
class Profile:
    """Agents of each interval, and the service they give.

    Attributes
    ----------
    agents
        int64[K].
    method
        How they were found.
    service
        Exact, intervals linked, whatever the method.
    met
        bool[K]: whether all targets of the interval hold, by arrival.
    short
        bool[K]: intervals that miss a target with all agents allowed, or, by a formula, would need more of them.
    solves
        Work done, in solutions of one whole day; 0 for methods that need none.
    """

    agents: Counts
    method: Method
    service: Transient
    met: NDArray[np.bool_]
    short: NDArray[np.bool_]
    solves: float

    def to_frame(self) -> pd.DataFrame:
        """The service with ``met`` and ``short``, a row an interval."""
        return self.service.to_frame().assign(met=self.met, short=self.short)

    def _repr_html_(self) -> str:
        return self.to_frame().to_html(index=False, float_format="{:.4g}".format)

    @property
    def agent_intervals(self) -> int:
        """Agents summed over intervals: what profiles are compared by."""
        total: int = self.agents.sum().item()
        return total


def _each(name: str, value: Any, count: int) -> Floats:
    return np.full(count, np.nan) if value is None else each_interval(name, value, count).copy()
