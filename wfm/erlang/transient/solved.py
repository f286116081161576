"""Service of a day as it was solved: by interval and by moment, and the limit of finer and finer pieces."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wfm.erlang.transient.course import Course, Sums
from wfm.erlang.transient.state import State

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Transient:
    """Service by interval: float64[K] each; times in the unit of the queue's interval.

    Attributes
    ----------
    start, end, agents
        Of the interval.
    offered
        Contacts that arrive.
    mean_queue, mean_busy
        Time averages; agents who finish a contact after their time are among the busy.
    occupancy
        Busy time over time on duty, that of agents who finish late included; nan where nobody is on duty.
    p_delay
        Share of arrivals that find no agent free (and a line).
    blocked
        Contacts that find no line.
    abandoning
        Abandonments within the interval, whenever those contacts came.
    abandoned
        Contacts arriving in the interval that abandon before they are first answered, whenever that is.
    mean_wait_all
        Mean time until first answered or abandoning, of contacts arriving in the interval, those blocked apart.
    answered_within
        Contacts arriving in the interval and answered within the threshold.
    queue_at, busy_at
        Expected contacts waiting and in service when the interval begins, after the change of agents.
    error
        Greatest error of any probability of the above, as estimated: states and terms left out, and for smooth rates the last
        refinement's change. Sums over arrivals near a change of agents are taken at nodes, to less than 1e-8 more. What an onset of
        patience is approximated by is not in it.
    """

    start: Floats
    end: Floats
    agents: NDArray[np.int64]
    offered: Floats
    mean_queue: Floats
    mean_busy: Floats
    occupancy: Floats
    p_delay: Floats
    blocked: Floats
    abandoning: Floats
    abandoned: Floats
    mean_wait_all: Floats
    answered_within: Floats
    queue_at: Floats
    busy_at: Floats
    error: float

    def to_frame(self) -> pd.DataFrame:
        """A row an interval: all of the above, and the KPIs."""
        import pandas as pd

        columns = {name: value for name, value in vars(self).items() if isinstance(value, np.ndarray)}
        kpis = {name: getattr(self, name) for name in ("sl_offered", "answer_rate", "abandon_rate_offered", "blocking")}
        return pd.DataFrame(columns | kpis)

    def _repr_html_(self) -> str:
        return self.to_frame().to_html(index=False, float_format="{:.4g}".format)

    @property
    def sl_offered(self) -> Floats:
        """Answered within the threshold over offered, by arrival; nan where nobody arrives."""
        return ratio(self.answered_within, self.offered)

    @property
    def abandon_rate_offered(self) -> Floats:
        """Abandoned over offered, by arrival."""
        return ratio(self.abandoned, self.offered)

    @property
    def answer_rate(self) -> Floats:
        """Answered over offered, by arrival: neither abandoned nor blocked."""
        return 1.0 - ratio(self.abandoned + self.blocked, self.offered)

    @property
    def blocking(self) -> Floats:
        """Blocked over offered."""
        return ratio(self.blocked, self.offered)


@dataclass(frozen=True, eq=False)
class Moments:
    """What is known of single moments: float64[M] each.

    ``sl_if_arriving`` and ``abandon_if_arriving`` are the chances of a contact that arrives then; ``late`` the probability that
    more agents are busy than on duty.
    """

    time: Floats
    agents: NDArray[np.int64]
    queue: Floats
    busy: Floats
    p_delay: Floats
    late: Floats
    sl_if_arriving: Floats
    abandon_if_arriving: Floats

    def to_frame(self) -> pd.DataFrame:
        """A row a moment."""
        import pandas as pd

        return pd.DataFrame(vars(self))

    def _repr_html_(self) -> str:
        return self.to_frame().to_html(index=False, float_format="{:.4g}".format)


def tabled(
    course: Course,
    staff: NDArray[np.int64],
    begins: list[State],
    sums: list[Sums],
    abandoned: Floats,
    waits: Floats,
    interval: float,
) -> Transient:
    """The service of a day, from its sums; ``abandoned`` and ``waits`` (contact-seconds) are by arrival."""
    column = {name: np.array([getattr(part, name) for part in sums]) for name in Sums.__dataclass_fields__}
    taken = column["offered"] - column["blocked"]
    on_duty = staff * interval + column["excess"]
    return Transient(
        start=course.edges[:-1],
        end=course.edges[1:],
        agents=staff,
        offered=column["offered"],
        mean_queue=column["queue"] / interval,
        mean_busy=column["busy"] / interval,
        occupancy=ratio(column["busy"], on_duty),
        p_delay=ratio(column["delayed"], column["offered"]),
        blocked=column["blocked"],
        abandoning=column["abandoning"],
        abandoned=np.maximum(abandoned, 0.0),
        mean_wait_all=ratio(np.where(np.isnan(waits), math.inf, waits), taken),
        answered_within=column["answered_within"],
        queue_at=np.array([state.queue() for state in begins]),
        busy_at=np.array([state.busy() for state in begins]),
        error=float(column["lost"].sum()) + 1e-12,
    )


_SMOOTH = (
    "offered",
    "mean_queue",
    "mean_busy",
    "occupancy",
    "p_delay",
    "blocked",
    "abandoning",
    "abandoned",
    "mean_wait_all",
    "answered_within",
    "queue_at",
    "busy_at",
)


def extrapolated(levels: list[Transient]) -> Transient:
    """The last three refinements of a smooth rate, taken to the limit; the error is the last change."""
    merged, worst, levels = {}, 0.0, levels[-3:]
    for name in _SMOOTH:
        merged[name], change = _richardson([getattr(level, name) for level in levels])
        if name in ("occupancy", "p_delay"):
            worst = max(worst, change)
        elif name in ("answered_within", "abandoned"):
            worst = max(worst, _share_change(change, levels[-1].offered))
    first = levels[-1]
    return Transient(start=first.start, end=first.end, agents=first.agents, error=first.error + worst, **merged)


def between(levels: list[Moments]) -> tuple[dict[str, Floats], float]:
    """Columns of moments extrapolated, and the greatest last change of a probability."""
    merged, worst, levels = {}, 0.0, levels[-3:]
    for name in ("queue", "busy", "p_delay", "late", "sl_if_arriving", "abandon_if_arriving"):
        merged[name], change = _richardson([getattr(level, name) for level in levels])
        worst = max(worst, 0.0 if name in ("queue", "busy") else change)
    return merged, worst


def _share_change(change: float, offered: Floats) -> float:
    some = offered[offered > 0]
    return change / float(some.min()) if len(some) else 0.0


def _richardson(values: list[Floats]) -> tuple[Floats, float]:
    """Three values of errors even in the step, each step half of the one before: extrapolated, and the last change."""
    one, two, four = values
    once, twice = (4 * two - one) / 3, (4 * four - two) / 3
    result = (16 * twice - once) / 15
    change = np.abs(result - twice)
    return result, float(np.nanmax(change)) if np.isfinite(change).any() else 0.0


def ratio(over: Floats, under: Floats) -> Floats:
    """The one over the other; nan where that is 0."""
    result: Floats = np.divide(over, under, out=np.full(len(over), np.nan), where=under > 0)
    return result
