"""Agents on queue that each interval needs: the least number meeting all targets (formula of the contact's patience)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import Field, model_validator

from wfm.core.contacts import ContactType
from wfm.core.errors import BadValueError
from wfm.core.inputs import Duration, Inputs, Share, assumed, group, stated

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


class ServiceLevel(Inputs):
    """A share of contacts answered within a time; the share is of all offered contacts (sl_offered)."""

    share: Share = assumed(0.80, "share of offered contacts answered in time", "及时应答的占比（分母为请求人工量）")
    within: Duration = assumed(20.0, "the time", "应答时限", "s")


class Targets(Inputs):
    """What service is to be reached in every interval; a target set to null is not asked for."""

    answer_rate: Share | None = stated(0.98, "share of offered contacts answered by a person", "人工接通率（按次）", source="S0-10")
    sl_offered: ServiceLevel | None = group(ServiceLevel, "answered within a time, of offered", "限时接通率")
    occupancy_max: Share | None = assumed(0.85, "agents busy at most this share of their time on queue", "占用率上限")
    line_blocking_max: Annotated[Share, Field(gt=0)] = assumed(
        0.01, "share of contacts that may find all lines busy", "线路拥塞率上限"
    )

    @model_validator(mode="after")
    def _something_is_asked(self) -> Targets:
        if self.answer_rate is None and self.sl_offered is None and self.occupancy_max is None:
            raise BadValueError("at least one target is needed", "Write answer_rate, sl_offered or occupancy_max")
        return self

    @property
    def threshold(self) -> float:
        """Seconds within which a contact counts as answered in time."""
        return self.sl_offered.within if self.sl_offered else 20.0

    def bounds(self) -> dict[str, tuple[int, float]]:
        """KPI name to (direction, bound), +1 meaning at least: the service targets a day is judged by.

        Busy lines are in them: a blocked contact is offered and not answered. The caps on occupancy and blocking size agents and
        lines.
        """
        result: dict[str, tuple[int, float]] = {}
        if self.answer_rate is not None:
            result["answer_rate"] = (1, self.answer_rate)
        if self.sl_offered is not None:
            result["sl_offered"] = (1, self.sl_offered.share)
        return result

    def solver(self) -> dict[str, Any]:
        """The targets as keywords of ``agents_for`` and ``rate_for`` of the Erlang models."""
        asked: dict[str, Any] = {}
        if self.answer_rate is not None:
            asked["answer_rate"] = self.answer_rate
        if self.sl_offered is not None:
            asked["sl_offered"] = (self.sl_offered.share, self.sl_offered.within)
        if self.occupancy_max is not None:
            asked["occupancy"] = self.occupancy_max
        return asked


def queue_model(arrival_rate: Any, aht: Any, contact: ContactType) -> Any:
    """The exact stationary model of the contact's patience: Erlang A, or with delayed onset; Erlang C where nobody hangs up."""
    from wfm import erlang

    onset, mean = contact.patience.onset, contact.patience.then_mean
    if math.isinf(mean) or math.isinf(onset):
        return erlang.ErlangC(arrival_rate, aht)
    if onset == 0:
        return erlang.ErlangA(arrival_rate, aht, patience=mean)
    return erlang.MMnDelayed(arrival_rate, aht, patience=mean, onset=onset)


def requirement(workload: pd.DataFrame, targets: Targets, contact: ContactType, *, group: str = "agents") -> pd.DataFrame:
    """Least agents on queue per interval such that every target holds there, each interval taken by itself (SIPP).

    Parameters
    ----------
    workload
        Table ``workload``.

    Returns
    -------
    DataFrame
        Table ``requirement``: ``agents``; ``binding``, the target asking for most; the KPIs these agents would give in a
        steady state with the interval's mean rate; the workload's other columns. An empty interval needs nobody; a target that no
        number of agents reaches gives inf, and nan for the KPIs.
    """
    rate, aht = workload["arrival_rate"].to_numpy(float), workload["aht"].to_numpy(float)
    model = queue_model(rate, aht, contact)
    asked = targets.solver()
    each = {name: np.asarray(model.agents_for(**{name: bound}), dtype=float) for name, bound in asked.items()}
    stacked = np.vstack(list(each.values()))
    agents = stacked.max(axis=0)
    names = np.array(list(each))
    return workload.assign(
        group=group,
        agents=agents,
        method=type(model).__name__,
        binding=np.where(agents > 0, names[stacked.argmax(axis=0)], ""),
        **steady_service(workload, agents, targets, contact),
    )


def steady_service(
    workload: pd.DataFrame, agents: NDArray[np.float64], targets: Targets, contact: ContactType
) -> dict[str, NDArray[np.float64]]:
    """KPIs that a number of agents gives in each interval, in a steady state with the interval's mean rate.

    Returns
    -------
    dict
        ``sl_offered``, ``answer_rate``, ``occupancy``, ``asa_answered`` [s]; nan where ``agents`` is inf.
    """
    model = queue_model(workload["arrival_rate"].to_numpy(float), workload["aht"].to_numpy(float), contact)
    reachable = np.isfinite(agents)
    measures = model.measures(np.where(reachable, agents, 0), threshold=targets.threshold)
    names = ("sl_offered", "answer_rate", "occupancy", "asa_answered")
    return {name: np.where(reachable, measures[name], np.nan) for name in names}
